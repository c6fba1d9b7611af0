"""Draw the pictures of coverage: `python builders/coverage_pictures.py` writes docs/pictures/coverage-*.svg again.

What is drawn is to scale, computed here by the public functions, and named where it is drawn.
"""

import math
import sys
from collections.abc import Mapping

import numpy as np
from card import EDGE, HEAD, WIDTH, Card, on_map, write_all
from markupsafe import Markup

import entente as en
from entente.constants import R_MEAN
from entente.questions.covered import Coverage
from entente.report.coverage_map import NAMES, coverage_map
from entente.report.maps import View
from entente.report.svg import Floats, line_path, tag
from entente.report.tones import STYLE, around
from entente.scenario.places import CREDIT_LAND
from entente.scenario.rows import radars
from entente.scenario.units import DEG, KM

OFFERED = ("gabala", "armavir_southwest", "armavir_southeast")
LEAST = en.minimum_energy(10_010.0).apogee_km  # km  the highest apogee that any flight of least energy has
LOFTED_KM = 2_000.0  # km  apogee
FLIGHTS = {"least": en.minimum_energy(10_010.0), "lofted": en.arc(10_010.0, LOFTED_KM)}
PUBLISHED = 6_000.0  # km  the longest range that is printed of these radars, for targets that are not
FAN = """
.fan { fill: #e3f0e6; } .sight { fill: none; stroke: #2f7d4f; stroke-width: 1.6; }
.reach { fill: none; stroke: #2f7d4f; stroke-width: 1.5; stroke-dasharray: 6 5; }
text.ray { fill: #1f6a3f; } .drop { stroke: #1b1e23; stroke-width: 1; stroke-dasharray: 2 3; } .radar { fill: #1f6a3f; }
"""


class Side:
    """The round Earth from the side, to scale: pixels of places at heights and at distances along the ground [km]."""

    scale, x0, y0 = 0.09, EDGE + 116.0, 372.0  # px per km; px, the radar

    def at(self, height: Floats | float, away: Floats | float) -> Floats:
        """The ground falls away on both sides of the radar."""
        angle = np.asarray(away) * KM / R_MEAN
        far = R_MEAN / KM + np.asarray(height)
        x, up = far * np.sin(angle), far * np.cos(angle) - R_MEAN / KM
        return np.stack([self.x0 + self.scale * x, self.y0 - self.scale * up], axis=-1)

    def ray(self, elevation_deg: Floats | float, slant: float) -> Floats:
        """The far end of a straight line of sight."""
        angle = np.asarray(elevation_deg) * DEG
        x, up = slant * np.cos(angle), slant * np.sin(angle)
        return np.stack([self.x0 + self.scale * x, self.y0 - self.scale * up], axis=-1)


def horizon() -> Card:
    """A radar on the round Earth, from the side: its published range, its horizon, and what flies below that."""
    card = Card(
        "coverage-horizon",
        590,
        "The Earth ends the view before the range does",
        "True to scale. Both flights pass over the radar; the higher one rises into its view much earlier.",
    )
    side, inside = Side(), "url(#below-head)"
    card.parts.append(tag("style", Markup(FAN)))
    card.parts.append(tag("clipPath", tag("rect", x=0, y=HEAD, width=WIDTH, height=600), id="below-head"))
    rim = side.ray(np.linspace(0.0, 90.0, 90), PUBLISHED)
    card.draw("path", d=line_path(np.vstack([side.ray(0.0, 0.0), rim]), True), class_="fan", clip_path=inside)
    card.draw("path", d=line_path(rim), class_="reach", clip_path=inside)
    along = side.at(0.0, np.linspace(-2_000.0, 8_800.0, 160))
    card.line(np.vstack([along, [(WIDTH + 90.0, 700.0), (-90.0, 700.0)]]), "earth", closed=True)
    card.line(side.at(LEAST, np.linspace(-1_650.0, 6_700.0, 120)), "space")
    for elevation in (0.0, 3.0):
        card.line(np.vstack([side.ray(0.0, 0.0), side.ray(elevation, PUBLISHED)]), "sight")
        far = en.horizon(LEAST, elevation)
        card.line(np.vstack([side.at(0.0, far), side.at(LEAST, far)]), "drop")
    seen = {kind: fly_past(card, side, arc, kind) for kind, arc in FLIGHTS.items()}
    for elevation in (0.0, 3.0):
        card.dot(*side.at(LEAST, en.horizon(LEAST, elevation)), 4.2, "ring least")
    card.dot(*side.at(0.0, 0.0), 6.0, "radar")
    name_parts(card, side, seen)
    return card


def fly_past(card: Card, side: Side, arc: en.Arc, kind: str) -> float:
    """Draw a flight whose apogee lies where least energy meets the horizon; how far along the ground it comes into view [km]."""
    half = 0.5 * arc.range_km * KM / R_MEAN
    top = R_MEAN + arc.apogee_km * KM
    e = (top - R_MEAN) / (top - R_MEAN * math.cos(half))
    angle = np.linspace(-half, half, 400_001)
    height = (top * (1.0 - e) / (1.0 - e * np.cos(angle)) - R_MEAN) / KM
    away = angle * R_MEAN / KM + en.horizon(LEAST, 0.0)
    card.line(side.at(height, away)[::2000], f"path {kind}")
    above = height >= en.lowest_visible(np.abs(away))
    first = np.flatnonzero(above)[-1]  # the flight comes from the right
    if kind == "lofted":
        card.dot(*side.at(height[first], away[first]), 4.2, "ring lofted")
    return float(away[first])


def name_parts(card: Card, side: Side, seen: Mapping[str, float]) -> None:
    """What is what, said where it is."""
    x, y = side.at(0.0, 0.0)
    card.say(x, y + 27, "radar", "strong ray", "middle")
    for elevation, below in ((0.0, 24.0), (3.0, 10.0)):
        x, y = side.ray(elevation, PUBLISHED)
        card.say(x + 8, y + 5, f"{elevation:g}°", "ray", size=13)
        far = en.horizon(LEAST, elevation)
        x, y = side.at(0.0, far)
        card.say(x - 9, y + below, f"{far:,.0f} km at {elevation:g}°", "", "end", 13)
    x, y = side.ray(24.0, PUBLISHED)
    for row, line in enumerate((f"published range {PUBLISHED:,.0f} km,", "for a target nobody names")):
        card.say(x - 14, y + 17 * row, line, "ray", "end", 13)
    x, y = side.at(LOFTED_KM, 2_300.0)
    lofted = f"lofted to {LOFTED_KM:,.0f} km: in view {seen['lofted']:,.0f} km away"
    card.say(x + 10, y - 14, lofted, "lofted strong halo", "middle", 13)
    card.say(EDGE + 134, 350.0, f"least energy: in view {seen['least']:,.0f} km away", "least strong", "start", 13)
    lines = (
        f"No flight of least energy, over any distance, rises above {LEAST:,.0f} km",
        "(dashed). Farther away along the ground than these two distances,",
        "a radar sees none of them, whatever its range.",
    )
    for row, line in enumerate(lines):
        card.say(EDGE, 530.0 + 18 * row, line, "", size=13)


def europe() -> Card:
    """Europe in the middle of 2013: who sees a body 300 km up."""
    found = en.coverage(altitude_km=300.0)
    both, either = (found.area_million_km2(cells)[0] for cells in (found.both, found.either))
    return seen_on(
        "coverage-europe",
        "Who sees a body 300 km up, in the middle of 2013",
        f"Radars by their published ranges. Together they see {either:.0f} million km² of the Earth, both see {both:.0f}.",
        found,
        around(57.0, 38.0),
    )


def offers() -> Card:
    """The Middle East in the middle of 2007: what the radars that were offered would have added."""
    others = [row.id for row in radars() if row.owner == "russia" and row.id not in OFFERED]
    found = en.coverage(on=2007, altitude_km=300.0, extra=OFFERED, without=others)
    added = found.area_million_km2(found.gain("us_nato"))[0]
    return seen_on(
        "coverage-offers",
        f"The offers of 2007 would have added {added:.1f} million km²",
        "Who sees a body 300 km up in the middle of 2007: US and NATO, and the radars that were offered.",
        found,
        around(38.0, 40.0, 34.0),
        {"p0": "US and NATO", "p1": "added by the offers", "all": "both"},
    )


def seen_on(
    name: str, title: str, subtitle: str, found: Coverage, view: View, tones: Mapping[str, str] | None = None
) -> Card:
    """A card that is one map of coverage."""
    assert set(found.parties) <= set(NAMES)
    return on_map(name, (title, subtitle), coverage_map(found, view, 0, tones), STYLE, view.height, [CREDIT_LAND])


PICTURES = (horizon, europe, offers)


if __name__ == "__main__":
    sys.exit(write_all(PICTURES))
