"""Draw the pictures of reach: `python builders/reach_pictures.py` writes docs/pictures/reach-*.svg again.

What is drawn is computed here by the public functions, and labelled where it is drawn.
"""

import sys
from functools import cache

import numpy as np
from card import EDGE, WIDTH, Card, axes, on_map, write_all
from markupsafe import Markup

import entente as en
from entente.questions.reassurance import REGIONS, generic_flights
from entente.report.axes import Scale
from entente.report.footprint_map import below, footprint_map, look
from entente.report.svg import Floats, tag
from entente.report.tones import STYLE, View, around
from entente.scenario.places import CREDIT_LAND

VEHICLE = "icbm_solid"
SITES = {"Redzikowo, Poland": (54.5, 17.1), "Deveselu, Romania": (44.1, 24.4)}
SPEEDS = np.arange(3.0, 9.01, 0.1)  # km/s
BOOST_S, FLOOR_KM, CEILING_KM = 100.0, 90.0, 3_000.0  # held fixed while the speed changes
LATEST = 1_100.0  # s  top of the picture
# Speeds that were said, by whom, and what of them: reference in docs/explanation/dispute.md.
SAID = {
    3.0: ["SM-3 IB", "3.0"],
    4.5: ["SM-3 IIA", "4.5"],
    5.5: ["SM-3 IIB, cancelled, 5.5", "“cannot” (Sankaran)"],
    6.3: ["two-stage GBI, 6.3 by its agency", "“too slow”"],
    9.0: ["9 by Postol", "“able”"],
}
LOOKS = """
.band0 { fill: #0b5ba8; fill-opacity: .22; } .band1 { fill: #a84a00; fill-opacity: .2; }
.rim0 { stroke: #0b5ba8; } .rim1 { stroke: #a84a00; }
.name0 { fill: #0b4a8a; font-weight: 650; } .name1 { fill: #8a3c00; font-weight: 650; }
.burns { fill: #b0182b; fill-opacity: .1; } .burning { fill: #b0182b; font-weight: 650; }
.claim { stroke: #1b1e23; stroke-width: 1; stroke-dasharray: 2 3; fill: none; }
"""


@cache
def latest_commits() -> tuple[dict[str, Floats], float]:
    """The latest commits [s after launch] by speed and flight, (V, F), of both sites, and when the flights burn out [s]."""
    flights = generic_flights(VEHICLE, REGIONS["russia"], (41.5, -92.0))
    found = {}
    for name, (lat, lon) in SITES.items():
        given = {"boost_s": BOOST_S, "floor_km": FLOOR_KM, "ceiling_km": CEILING_KM, "lat_deg": lat, "lon_deg": lon}
        every = [
            [en.reach(flight=flight, burnout_speed_km_s=float(speed), **given).latest_commit_s[0] for flight in flights]
            for speed in SPEEDS
        ]
        found[name] = np.nan_to_num(np.array(every), nan=-1.0)
    return found, flights[0].events["burnout_s"]


def dispute() -> Card:
    """Speed and commit time: from where on an interceptor in Europe reaches flights from Russia to North America."""
    card = Card(
        "reach-dispute",
        560,
        "Fast and early: what reaching an ICBM takes",
        "65 generic flights, western Russia to North America. Line: half of them; shaded: any to all.",
    )
    card.parts.append(tag("style", Markup(LOOKS)))
    across, up = Scale(2.8, 9.2, EDGE + 58, WIDTH - EDGE - 8), Scale(0.0, LATEST, 494.0, 160.0)
    axes(card, across, up, (7, 6), ("burnout speed of the interceptor, km/s", " s"))
    card.say(EDGE, 148.0, "latest commit, after the launch", "quiet halo", size=12)
    found, burnout = latest_commits()
    card.draw("rect", x=across.a, y=up(burnout), width=across.b - across.a, height=up.a - up(burnout), class_="burns")
    card.say(across.a + 8, up(burnout) + 16, f"until {burnout:.0f} s the missile burns:", "burning", size=12.5)
    card.say(across.a + 8, up(burnout) + 32, "where it goes nobody can know", "burning", size=12.5)
    for n, (name, latest) in enumerate(found.items()):
        most, half, least = (np.quantile(latest, share, axis=1) for share in (1.0, 0.5, 0.0))
        reached = most >= 0.0
        top = [(across(v), up(c)) for v, c in zip(SPEEDS[reached], most[reached], strict=True)]
        low = [(across(v), up(max(c, 0.0))) for v, c in zip(SPEEDS[reached], least[reached], strict=True)]
        card.line(np.array(top + low[::-1]), f"band{n}", closed=True)
        some = half >= 0.0
        card.line(np.array([(across(v), up(c)) for v, c in zip(SPEEDS[some], half[some], strict=True)]), f"path rim{n}")
        speed, commit, anchor = (7.0, 480.0, "end") if n == 0 else (9.15, 90.0, "end")
        card.say(across(speed), up(commit), name, f"name{n} halo", anchor, 14)
    rows = {3.0: 0, 4.5: 0, 5.5: 1, 6.3: 0, 9.0: 0}
    for speed, lines in SAID.items():
        x, y = across(speed), 92.0 + 34.0 * rows[speed]
        card.line(np.array([(x, y + 20.0), (x, up.a)]), "claim")
        anchor = "end" if speed == 9.0 else "start" if speed == 3.0 else "middle"
        for row, line in enumerate(lines):
            card.say(x, y + 14.0 * row, line, "halo strong" if row == 0 else "halo", anchor, 12)
    return card


def sensors() -> Card:
    """Where the partner's radars make the difference: intercontinental flights."""
    found = en.footprint("middle-east", "icbm_liquid", "us_nato", "europe-2013")
    more = (found.people("sensors") - found.people("alone")) / 1e6
    return covered_on(
        "reach-sensors",
        f"Russia's radars would cover {more:.0f} million people more",
        "What US and NATO can cover against an intercontinental missile from the Middle East, in 2013.",
        found,
        around(70.0, -75.0, 47.0),
    )


def interceptors() -> Card:
    """Where only the partner's interceptors do: southern Russia."""
    found = en.footprint("middle-east-south", "mrbm_2000", "russia", "europe-2026")
    more = (found.people("interceptors") - found.people("alone")) / 1e6
    return covered_on(
        "reach-interceptors",
        f"With the partner's interceptors {more:.0f} million people more",
        "What Russia can cover against a medium-range missile from the Middle East, in 2026.",
        found,
        around(44.0, 42.0, 22.0),
    )


def covered_on(name: str, title: str, subtitle: str, found: en.Footprint, view: View) -> Card:
    """A card that is one map of a footprint."""
    lines = [below(found), CREDIT_LAND]
    return on_map(name, (title, subtitle), footprint_map(found, view), STYLE + look(found), view.height, lines)


PICTURES = (dispute, sensors, interceptors)


if __name__ == "__main__":
    sys.exit(write_all(PICTURES))
