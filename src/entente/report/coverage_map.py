"""How does coverage look on a map? Three tones, one party, the other, both; each named where it lies."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup
from scipy.ndimage import binary_erosion, distance_transform_edt

from entente.constants import R_MEAN
from entente.errors import ModelError, StoreError
from entente.questions.covered import Coverage
from entente.report.maps import CAP, View, ground
from entente.report.outlines import STEP, Bools, Claim, ask, outline
from entente.report.svg import Floats, Labels, marker, tag, text
from entente.scenario.places import CREDIT_LAND
from entente.scenario.units import DEG

WIDTH, HEIGHT, HEAD, EDGE = 760.0, 560.0, 84.0, 28.0  # px: of the map; above it; around words
TONE_SIZE = 17.0  # px: letters of a tone's name
NAMES = {"us_nato": "US and NATO", "russia": "Russia"}
MARKS = ("circle", "diamond")
CLEAR = 7.0  # px: between a radar's mark and a tone's name
NEAR_POLE_DEG = 89.9  # at a pole itself no direction is north
STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: #1b1e23; }
.head { font-weight: 700; } .quiet { fill: #5a6068; } .card { fill: #fdfcf9; stroke: #d9d6cd; }
.sea { fill: #e6eef4; } .land { fill: #f5f1e6; stroke: #59636c; stroke-width: .8; }
.graticule { fill: none; stroke: #c3d1dc; stroke-width: .6; } .border { fill: none; stroke: #a9a294; stroke-width: .6; }
.disputed { stroke-dasharray: 3 2.5; }
.seen { fill-opacity: .6; } .seen.p0 { fill: #8dbbe6; } .seen.p1 { fill: #f4b27c; } .seen.all { fill: #9a84c2; fill-opacity: .8; }
.edge { fill: none; stroke-width: 1.5; stroke-linejoin: round; } .edge.p0 { stroke: #0b5ba8; } .edge.p1 { stroke: #a84a00; }
.site { stroke: #fdfcf9; stroke-width: 1.3; } .site.p0 { fill: #0b5ba8; } .site.p1 { fill: #a84a00; }
.map text { paint-order: stroke; stroke: #fdfcf9; stroke-opacity: .8; stroke-width: 3px; stroke-linejoin: round; }
.tone { font-weight: 700; } .tone.p0 { fill: #0b4a8a; } .tone.p1 { fill: #8a3c00; } .tone.all { fill: #44306f; }
.map .place { fill: #3a3f45; stroke-width: 2.4px; }
"""


def around(
    lat_deg: float, lon_deg: float, radius_deg: float = 46.0, width: float = WIDTH, height: float = HEIGHT
) -> View:
    """A view centred on a place that shows what lies within a distance [deg of arc] to its left and right.

    Raises:
        ModelError: a centre that is not on the Earth, or a radius below 5 or where the corners would stretch too much.
    """
    most = 2.0 * math.asin(math.sin(0.5 * CAP) * width / math.hypot(width, height)) / DEG
    if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 180.0 and 5.0 <= radius_deg <= most):
        raise ModelError(
            f"map: {radius_deg:g} deg around {lat_deg:g} N {lon_deg:g} E cannot be drawn; give a place on the Earth "
            f"and 5 to {math.floor(most)} deg"
        )
    lat = min(max(lat_deg, -NEAR_POLE_DEG), NEAR_POLE_DEG) * DEG
    scale = 0.5 * width / (2.0 * R_MEAN * math.sin(0.5 * radius_deg * DEG))
    return View(lat, lon_deg * DEG, width, height, scale, 0.5 * width, 0.5 * height)


def coverage_map(
    found: Coverage, view: View, row: int = 0, names: Mapping[str, str] | None = None, clipped: bool = True
) -> Markup:
    """What everybody sees at one of the heights, as one group of elements the size of the view.

    Args:
        names: of the tones; clipped: whether to cut what hangs over the edge, by a name that a file can have once.
    """
    tones = {f"p{k}": _claim(found, row, k) for k in range(len(found.parties))}
    if len(found.parties) > 1:
        tones["all"] = _claim(found, row, None)
    paths = {kind: path for kind, holds in tones.items() if (path := outline(view, holds))}
    labels, marks = Labels(view.width, view.height), _marks(found, view)
    for mark in marks:
        labels.block(mark.x, mark.y, 7.0)
    parts = [
        ground(view),
        *(tag("path", d=path, class_=f"seen {kind}", fill_rule="evenodd") for kind, path in paths.items()),
        *(tag("path", d=path, class_=f"edge {kind}") for kind, path in paths.items() if kind != "all"),
        *_tone_names(view, tones, labels, marks, names or _alone(found)),
        *(marker(MARKS[mark.party], mark.x, mark.y, 4.6, f"site p{mark.party}") for mark in marks),
        *(labels.place(mark.x, mark.y, [mark.name], 11.5, "place", far=False) for mark in marks),
    ]
    if not clipped:
        return tag("g", *parts, class_="map")
    frame = tag("clipPath", tag("rect", x=0, y=0, width=view.width, height=view.height), id="frame")
    return tag("g", frame, tag("g", *parts, clip_path="url(#frame)"), class_="map")


def write_map(found: Coverage, file: Path, view: View, row: int = 0) -> Path:
    """The map as an SVG file of its own, with what it shows said above it.

    Raises:
        StoreError: the file cannot be written.
    """
    high = view.height + HEAD + EDGE
    shape = {"width": f"{view.width:g}", "height": f"{high:g}", "viewBox": f"0 0 {view.width:g} {high:g}"}
    title, said = headline(found, row), summary(found, row)
    whole = tag(
        "svg",
        tag("title", title),
        tag("desc", said),
        tag("style", Markup(STYLE)),
        tag("rect", x=0, y=0, width=view.width, height=high, class_="card"),
        text(EDGE, 36, [title], 22, "head"),
        text(EDGE, 62, [said], 14, "quiet"),
        tag("g", coverage_map(found, view, row), transform=f"translate(0 {HEAD:g})"),
        text(EDGE, high - 9, [f"Ranges: {found.target}. {CREDIT_LAND}"], 11, "quiet"),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        **shape,
    )
    try:
        file.write_text(str(whole).replace("><", ">\n<") + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"map: {file} cannot be written ({error.strerror}); give another file") from None
    return file


def headline(found: Coverage, row: int) -> str:
    """What the map shows."""
    return f"Where radars see a body {found.altitudes_km[row]:,.0f} km up, {found.day.day} {found.day:%B %Y}"


def summary(found: Coverage, row: int) -> str:
    """Areas of the tones, over the whole Earth, in a sentence."""
    said = [f"{NAMES[p]} {found.area_million_km2(found.seen_by(p))[row]:.1f}" for p in found.parties]
    if len(found.parties) > 1:
        said.append(f"both {found.area_million_km2(found.both)[row]:.1f}")
    return f"On the whole Earth, in million km²: {', '.join(said)}."


def _claim(found: Coverage, row: int, party: int | None) -> Claim:
    def holds(lat: Floats, lon: Floats) -> Bools:
        counts = found.counts_at(lat / DEG, lon / DEG)[:, row]
        return np.all(counts > 0, axis=0) if party is None else counts[party] > 0

    return holds


@dataclass(frozen=True)
class Mark:
    """A radar inside the frame: where [px], its name and whose it is."""

    x: float
    y: float
    name: str
    party: int


def _marks(found: Coverage, view: View) -> list[Mark]:
    """One mark a place, however many radars stand there."""
    marks: dict[tuple[float, float], Mark] = {}
    for limit in found.radars:
        lat, lon = limit.row.lat_deg * DEG, limit.row.lon_deg * DEG
        if view.shows(lat, lon):
            x, y = view.pixels(np.array([lat]), np.array([lon]))[0].tolist()
            name = re.split(", | \\(| near | at ", limit.title)[0]
            marks.setdefault((lat, lon), Mark(x, y, name, found.parties.index(limit.party)))
    return list(marks.values())


def _alone(found: Coverage) -> dict[str, str]:
    """What each tone is called, by its class."""
    if len(found.parties) == 1:
        return {"p0": NAMES[found.parties[0]]}
    return {f"p{k}": f"{NAMES[party]} alone" for k, party in enumerate(found.parties)} | {"all": "both"}


def _tone_names(
    view: View, tones: Mapping[str, Claim], labels: Labels, marks: list[Mark], names: Mapping[str, str]
) -> list[Markup]:
    """Each tone's name in the widest part of it that holds the whole name."""
    x, y, _ = ask(view, tones["p0"])
    inside = {kind: ask(view, holds)[2] for kind, holds in tones.items()}
    if "all" in inside:
        inside |= {kind: held & ~inside["all"] for kind, held in inside.items() if kind != "all"}
    framed = ((y > 0) & (y < view.height))[:, None] & ((x > 0) & (x < view.width))[None, :]
    for mark in marks:
        framed[np.ix_(np.abs(y - mark.y) < CLEAR, np.abs(x - mark.x) < CLEAR)] = False
    parts = []
    for kind, held in inside.items():
        name = names[kind]
        wide, high = 0.62 * TONE_SIZE * len(name), 1.8 * TONE_SIZE
        box = np.ones((max(1, int(high / STEP)), max(1, int(wide / STEP))), bool)
        room = binary_erosion(held & framed, box)
        if not room.any():
            continue
        row, column = np.unravel_index(
            int(np.argmax(np.where(room, distance_transform_edt(held & framed), 0.0))), room.shape
        )
        labels.taken.append((x[column] - wide / 2, y[row] - high / 2, x[column] + wide / 2, y[row] + high / 2))
        parts.append(text(x[column], y[row] + 0.35 * TONE_SIZE, [name], TONE_SIZE, f"tone {kind}", "middle"))
    return parts
