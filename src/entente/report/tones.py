"""How do parts of the Earth look on a map? Tones laid over one another, each named in the widest part of it that shows.

What both maps of who sees and maps of who covers share: the frame, the tones, the marks of sites, the file.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from markupsafe import Markup
from scipy.ndimage import binary_erosion, distance_transform_edt

from entente.constants import R_MEAN
from entente.errors import ModelError, StoreError
from entente.report.maps import CAP, View, ground
from entente.report.outlines import STEP, Bools, Claim, ask, outline
from entente.report.svg import Labels, marker, tag, text
from entente.scenario.units import DEG

WIDTH, HEIGHT, HEAD, EDGE = 760.0, 560.0, 84.0, 28.0  # px: of the map; above it; around words
TONE_SIZE = 17.0  # px: letters of a tone's name
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


@dataclass(frozen=True)
class Mark:
    """A radar inside the frame: where [px], its name and whose it is."""

    x: float
    y: float
    name: str
    party: int


def marks_of(places: Sequence[tuple[float, float, str, int]], view: View) -> list[Mark]:
    """One mark a place inside the frame, however much stands there: latitude, longitude [rad], title and whose it is."""
    marks: dict[tuple[float, float], Mark] = {}
    for lat, lon, title, party in places:
        if view.shows(lat, lon):
            x, y = view.pixels(np.array([lat]), np.array([lon]))[0].tolist()
            marks.setdefault((lat, lon), Mark(x, y, re.split(", | \\(| near | at ", title)[0], party))
    return list(marks.values())


def tone_map(
    view: View,
    tones: Mapping[str, Claim],
    names: Mapping[str, str],
    marks: Sequence[Mark],
    edged: Sequence[str],
    clipped: bool = True,
) -> Markup:
    """The map as one group of elements the size of the view.

    Args:
        tones: where each holds, by its class, the lowest first: what lies above another hides it.
        names: of the tones; edged: classes that are drawn with a line around them.
        clipped: whether to cut what hangs over the edge, by a name that a file can have once.
    """
    paths = {kind: path for kind, holds in tones.items() if (path := outline(view, holds))}
    labels = Labels(view.width, view.height)
    for mark in marks:
        labels.block(mark.x, mark.y, 7.0)
    parts = [
        ground(view),
        *(tag("path", d=path, class_=f"seen {kind}", fill_rule="evenodd") for kind, path in paths.items()),
        *(tag("path", d=path, class_=f"edge {kind}") for kind, path in paths.items() if kind in edged),
        *_tone_names(view, tones, labels, marks, names),
        *(marker(MARKS[mark.party], mark.x, mark.y, 4.6, f"site p{mark.party}") for mark in marks),
        *(labels.place(mark.x, mark.y, [mark.name], 11.5, "place", far=False) for mark in marks),
    ]
    if not clipped:
        return tag("g", *parts, class_="map")
    frame = tag("clipPath", tag("rect", x=0, y=0, width=view.width, height=view.height), id="frame")
    return tag("g", frame, tag("g", *parts, clip_path="url(#frame)"), class_="map")


def write_card(file: Path, view: View, drawn: Markup, title: str, said: str, below: str, style: str = STYLE) -> Path:
    """A map as an SVG file of its own, with what it shows said above it and where it comes from below.

    Raises:
        StoreError: the file cannot be written.
    """
    high = view.height + HEAD + EDGE
    shape = {"width": f"{view.width:g}", "height": f"{high:g}", "viewBox": f"0 0 {view.width:g} {high:g}"}
    whole = tag(
        "svg",
        tag("title", title),
        tag("desc", said),
        tag("style", Markup(style)),
        tag("rect", x=0, y=0, width=view.width, height=high, class_="card"),
        text(EDGE, 36, [title], _fitting(view, title, 22, 0.61), "head"),
        text(EDGE, 62, [said], _fitting(view, said, 14, 0.53), "quiet"),
        tag("g", drawn, transform=f"translate(0 {HEAD:g})"),
        text(EDGE, high - 9, [below], _fitting(view, below, 11, 0.53), "quiet"),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        **shape,
    )
    try:
        file.write_text(str(whole).replace("><", ">\n<") + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"map: {file} cannot be written ({error.strerror}); give another file") from None
    return file


def _fitting(view: View, line: str, size: float, wide: float) -> float:
    """The size [px] of letters, at most that one, at which a line fits the frame; a letter is `wide` of its size on average."""
    return round(min(size, (view.width - 2 * EDGE) / (wide * max(len(line), 1))), 1)


def _tone_names(
    view: View, tones: Mapping[str, Claim], labels: Labels, marks: Sequence[Mark], names: Mapping[str, str]
) -> list[Markup]:
    """Each tone's name in the widest part of it that shows and holds the whole name."""
    inside: dict[str, Bools] = {}
    x, y, above = ask(view, lambda lat, lon: np.zeros(len(lat), np.bool_))
    for kind, holds in reversed(list(tones.items())):
        _, _, held = ask(view, holds)
        inside[kind], above = held & ~above, held | above
    framed = ((y > 0) & (y < view.height))[:, None] & ((x > 0) & (x < view.width))[None, :]
    for mark in marks:
        framed[np.ix_(np.abs(y - mark.y) < CLEAR, np.abs(x - mark.x) < CLEAR)] = False
    parts = []
    for kind, held in reversed(list(inside.items())):
        for lines, size in _ways_to_write(names[kind]):
            wide, high = 0.62 * size * max(map(len, lines)), (0.6 + 1.2 * len(lines)) * size
            box = np.ones((max(1, int(high / STEP)), max(1, int(wide / STEP))), bool)
            room = binary_erosion(held & framed, box)
            if not room.any():
                continue
            row, column = np.unravel_index(
                int(np.argmax(np.where(room, distance_transform_edt(held & framed), 0.0))), room.shape
            )
            labels.taken.append((x[column] - wide / 2, y[row] - high / 2, x[column] + wide / 2, y[row] + high / 2))
            first = y[row] + (0.35 - 0.6 * (len(lines) - 1)) * size
            parts.append(text(x[column], first, lines, size, f"tone {kind}", "middle"))
            break
    return parts


def _ways_to_write(name: str) -> list[tuple[list[str], float]]:
    """A name in one line, or broken at a space into two nearly equal ones, or into words; and the sizes [px] to try."""
    words = name.split()
    halves = [[" ".join(words[:n]), " ".join(words[n:])] for n in range(1, len(words))]
    two = [min(halves, key=lambda one: max(map(len, one)))] if halves else []
    ways = [([name], TONE_SIZE), *((lines, TONE_SIZE) for lines in two), *((lines, 13.0) for lines in two)]
    return [*ways, (words, 13.0), (words, 10.5)]
