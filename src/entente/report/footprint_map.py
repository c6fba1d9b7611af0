"""How does a footprint look on a map? What a party covers alone, and what the partner's sensors and interceptors add."""

from pathlib import Path

from markupsafe import Markup

from entente.questions.defended import TITLES, WAYS, Footprint
from entente.report.coverage_map import NAMES
from entente.report.maps import View
from entente.report.outlines import Bools, Claim
from entente.report.svg import Floats
from entente.report.tones import STYLE, marks_of, tone_map, write_card
from entente.scenario.places import CREDIT_LAND
from entente.scenario.units import DEG

KINDS = ("alone", "lent", "joint")  # classes of the tones, as WAYS
PARTIES = ("us_nato", "russia")  # whose colours are p0 and p1, as everywhere
LOOK = """
.seen.reach { fill: #6b7280; fill-opacity: .13; } .edge.reach { stroke: #6b7280; stroke-dasharray: 5 4; stroke-width: 1.2; }
.tone.reach { fill: #4b525c; font-weight: 500; } .seen { fill-opacity: .76; } .launch { fill: #1b1e23; font-weight: 650; }
.start { fill: none; stroke: #1b1e23; stroke-width: 1.6; stroke-dasharray: 2 2; }
"""
SHADES = (  # dark, light and their letters, of each party's colour
    ("#3f86c4", "#a9cbe8", "#0b3f72", "#062c52", "#0b4a8a"),
    ("#e08a3c", "#f7d0a6", "#8a3c00", "#4f2200", "#7a3600"),
)


def look(found: Footprint) -> str:
    """The tones in the colours of the party and of its partner."""
    own, other = SHADES[PARTIES.index(found.party)], SHADES[1 - PARTIES.index(found.party)]
    return LOOK + (
        f".seen.alone {{ fill: {own[0]}; }} .edge.alone {{ stroke: {own[2]}; }} .tone.alone {{ fill: {own[3]}; }}\n"
        f".seen.lent {{ fill: {own[1]}; }} .edge.lent {{ stroke: {own[0]}; }} .tone.lent {{ fill: {own[4]}; }}\n"
        f".seen.joint {{ fill: {other[1]}; }} .edge.joint {{ stroke: {other[2]}; }} .tone.joint {{ fill: {other[4]}; }}\n"
    )


def footprint_map(found: Footprint, view: View, clipped: bool = True) -> Markup:
    """What is covered in each of the three ways, and how far the vehicle reaches, as one group of elements."""
    asked = _Asked(found)
    tones: dict[str, Claim] = {"reach": asked.reach}
    # A way that adds nothing is not drawn: its name would stand on the one below.
    shown = [n for n in (2, 1, 0) if n == 0 or (found.covered(WAYS[n]) & ~found.covered(WAYS[n - 1])).any()]
    tones |= {KINDS[n]: asked.covered(n) for n in shown}
    names = {"reach": "in reach of the missile"} | {KINDS[n]: _named(n) for n in range(3)}
    sites = [
        (lat * DEG, lon * DEG, title, PARTIES.index(whose))
        for (lat, lon, title), whose in zip(found.site_place, found.site_party, strict=True)
    ]
    return tone_map(view, tones, names, marks_of(sites, view), list(tones), clipped)


def write_map(found: Footprint, file: Path, view: View) -> Path:
    """The map as an SVG file of its own, with what it shows said above it.

    Raises:
        StoreError: the file cannot be written.
    """
    drawn = footprint_map(found, view)
    return write_card(
        file, view, drawn, headline(found), summary(found), f"{below(found)}. {CREDIT_LAND}", STYLE + look(found)
    )


def headline(found: Footprint) -> str:
    """What the map shows."""
    return f"{NAMES[found.party]}: covered against missiles from {found.region}"


def summary(found: Footprint) -> str:
    """People covered in each way, in a sentence."""
    people = [found.people(way) / 1e6 for way in WAYS]
    said = ", ".join(f"{title} {count:.0f}" for title, count in zip(TITLES, people, strict=True))
    return f"Millions in the cities inside: {said}; in reach {found.people() / 1e6:.0f}."


def below(found: Footprint) -> str:
    """What it holds for."""
    rule = "one salvo" if found.shots == "one salvo" else "two salvos with a look between"
    return (
        f"{found.vehicle}, {found.loft}; {rule}, stocks ignored; {found.day.day} {found.day:%B %Y}; "
        f"commit at {found.detections:g} expected detections"
    )


def _named(way: int) -> str:
    return ("covered alone", *TITLES[1:])[way]


class _Asked:
    """What a footprint says of places, remembered: every tone of a map asks the same ones."""

    def __init__(self, found: Footprint) -> None:
        self.found = found
        self.known: dict[tuple[bytes, bytes], tuple[Bools, Floats]] = {}

    def at(self, lat: Floats, lon: Floats) -> tuple[Bools, Floats]:
        """Whether the vehicle reaches places (N,) [rad], and the margins there (N, 3)."""
        key = lat.tobytes(), lon.tobytes()
        if key not in self.known:
            self.known[key] = self.found.asked_at(lat / DEG, lon / DEG)
        return self.known[key]

    def reach(self, lat: Floats, lon: Floats) -> Bools:
        """The claim that the vehicle reaches a place."""
        return self.at(lat, lon)[0]

    def covered(self, way: int) -> Claim:
        """The claim that a place is covered in one of WAYS."""
        return lambda lat, lon: self.at(lat, lon)[1][:, way] >= 0.0
