"""Draw the pictures of tracking: `python builders/tracking_pictures.py` writes docs/pictures/tracking-*.svg again.

They show one history, the one that the README tells: what is drawn and said is read from it here. Words look for a free
place beside what they name, since models change and curves move.
"""

import math
import sys
from collections.abc import Callable

import numpy as np
from card import EDGE, WIDTH, Card, write_all
from followed import (
    IN_90_PLANE,
    NAMES,
    STYLE,
    Known,
    back_in_the_air,
    clock,
    first_look,
    known,
    length,
    longest_gap,
    second_look,
    told,
)
from markupsafe import Markup
from room import Box, Room
from tracking_maps import areas

from entente.estimate.associate import gate
from entente.estimate.follow import GATE
from entente.records import INFRARED, RADAR
from entente.report.axes import Scale
from entente.report.svg import Floats, tag
from entente.scenario.units import KM, MINUTE

LOOK_STYLE = """
.region { stroke-width: 2; fill-opacity: .12; } .region.least { fill: #1b1e23; } .region.p1 { fill: #a84a00; fill-opacity: .5; }
.region.all { fill: #6a3fb0; fill-opacity: .3; } .gate { fill: none; stroke: #8b9096; stroke-width: 1.3; stroke-dasharray: 6 4; }
.cross { stroke: #1b1e23; stroke-width: 2; } .scale { stroke: #1b1e23; stroke-width: 1.2; fill: none; }
"""
TIME = Scale(math.log10(20.0), math.log10(1_240.0), EDGE + 46.0, WIDTH - EDGE)
SECONDS = {30: "30 s", 60: "1 min", 120: "2", 180: "3", 300: "5", 600: "10", 900: "15 min"}
REACHES = {10: "10 m", 100: "100 m", 1_000: "1 km", 10_000: "10 km", 100_000: "100 km"}
# s  where curves may be named, the best first
NAMED_AT = (600.0, 540.0, 480.0, 420.0, 360.0, 300.0, 270.0, 240.0, 780.0)
STRETCHED = 4.0  # times as large are lengths along the beam drawn in the picture of one look


def history() -> Card:
    """How far off each party may be, alone and with the joint centre, from the first look until it is back in the air."""
    begun, _ = told()
    card = Card(
        "tracking-history",
        800.0,
        "One launch, as each side knows it",
        "How far off the missile may be, nine times in ten: the longest half-axis of the 90 % region.",
    )
    card.parts.append(tag("style", Markup(STYLE)))
    high = 280.0
    moments = {"engines burn out": float(begun.flights.t_burnout[0]), "back in the air": back_in_the_air()}
    for name, t in moments.items():
        x = TIME(math.log10(t))
        card.line(np.array([(x, 102.0), (x, 745.0)]), "moment")
        card.say(x, 96.0, f"{name}, {clock(t)}", "quiet", "middle" if t < NAMED_AT[0] else "end", 12.0)
    room = Room(card)
    for party, begin in enumerate((112.0, 452.0)):
        up = Scale(math.log10(4.0), math.log10(200e3), begin + high, begin)
        panel(card, up, NAMES[party], f"p{party} strong")
        frame = (TIME.a + 4.0, begin, WIDTH - 10.0, begin + high - 3.0)
        curves(room, up, party, frame)
    card.say(0.5 * (TIME.a + TIME.b), 782.0, "after launch; both scales are logarithmic", "quiet", "middle", 12)
    return card


def panel(card: Card, up: Scale, name: str, kind: str) -> None:
    """Grid, round numbers, and whose panel it is."""
    for reach, said in REACHES.items():
        y = up(math.log10(reach))
        card.line(np.array([(TIME.a, y), (TIME.b, y)]), "grid")
        card.say(TIME.a - 8, y + 4, said, "quiet", "end", 12)
    card.line(np.array([(TIME.a, up.a), (TIME.b, up.a)]), "ground")
    card.say(EDGE, up.b + 4.0, name, kind, "start", 17)
    for t, said in SECONDS.items():
        card.say(TIME(math.log10(t)), up.a + 18, said, "quiet", "middle", 12)


def curves(room: Room, up: Scale, party: int, frame: Box) -> None:
    """One party's panel: its curves and marks, then their names, each where there is room."""
    begun, joint = told()
    until = back_in_the_air()
    alone = known(begun.national.tracks.of(party), begun.flights, until)
    both = known(joint.picture.tracks.of(party), begun.flights, until)

    def at(t: float, reach: float) -> tuple[float, float]:
        return TIME(math.log10(t)), up(math.log10(reach))

    def draw(t: Floats, values: Floats, kind: str) -> None:
        for part in parts(values):
            room.line(np.array([at(*one) for one in zip(t[part], values[part], strict=True)]), kind)

    draw(both.t, both.error, "path truth")
    draw(both.t, both.reach, "path all")
    draw(alone.t, alone.reach, f"path p{party}")
    first = np.flatnonzero(np.isfinite(alone.reach))[0]
    confirmed = float(begun.national.tracks.of(party).since.min())
    marks = [(float(alone.t[first]), float(alone.reach[first]), [f"track confirmed, {clock(confirmed)}"], -90.0)]
    plume, radar = (first_look(begun, party, kind) for kind in (INFRARED, RADAR))
    if plume:
        lines = [
            f"plume seen from space: {length(plume.reach)}",
            f"look at {clock(plume.made)}, told at {clock(plume.had)}",
        ]
        marks.append((plume.had, plume.reach, lines, -70.0))
    if radar:
        marks.append((radar.had, radar.reach, [f"first radar look, {clock(radar.had)}: {length(radar.reach)}"], 120.0))
    joined = np.flatnonzero(np.isfinite(both.reach))[0]
    if both.t[joined] < alone.t[first]:
        lines = [
            "the other side's satellites,",
            f"through the centre, {clock(float(both.t[joined]))}: {length(both.reach[joined])}",
        ]
        marks.append((float(both.t[joined]), float(both.reach[joined]), lines, -30.0))
    looks = sorted([(one.had, one.reach) for one in (plume, radar) if one] + [marks[0][:2]])
    room.line(np.array([at(*one) for one in looks]), f"path wait p{party}")
    for t, reach, lines, _ in marks:
        whose = "all" if "centre" in lines[-1] else f"p{party}"
        room.dot(*at(t, reach), 4.2, f"ring {whose}")
    for t, reach, lines, toward in marks:
        whose = "all" if "centre" in lines[-1] else f"p{party}"
        room.say(*at(t, reach), lines, whose, 12.5, toward, frame)
    name_curves(room, at, party, alone, both, frame)


def name_curves(
    room: Room, at: Callable[[float, float], tuple[float, float]], party: int, alone: Known, both: Known,
    frame: Box,
) -> None:  # fmt: skip
    """What is which, with numbers; and why a region grew where it did."""
    mine = f"p{party}"
    hidden, seen = longest_gap(party)
    if seen - hidden > 2.0 * MINUTE:
        last, back = np.searchsorted(alone.t, (hidden, seen)).tolist()
        room.dot(*at(hidden, alone.reach[last]), 4.2, f"ring {mine}")
        room.say(*at(hidden, alone.reach[last]), [f"last seen, {clock(hidden)}"], mine, 12.5, -110.0, frame)
        back = min(back, len(alone.t) - 2)
        after = np.nanmax(alone.reach[back : back + 3])
        if after > 3.0 * alone.reach[back - 1]:
            lines = [f"seen again after {(seen - hidden) / MINUTE:.0f} min:", "the filter doubts", "that it only fell"]
            room.say(*at(seen, after), lines, mine, 12.5, 180.0, frame)
    best = None
    for t in NAMED_AT:
        g = int(np.searchsorted(both.t, t))
        named = (
            (alone.reach[g], f"{t / MINUTE:.0f} min: {length(alone.reach[g])} alone", f"{mine} strong", -90.0),
            (both.reach[g], f"{length(both.reach[g])} with the centre", "all strong", 90.0),
        )
        cost, before = 0.0, len(room.boxes)
        for value, line, kind, toward in named:
            place = room.place(*at(t, value), [line], kind, 12.5, toward, frame)
            cost += place.cost if place else math.inf
            room.boxes += [place.box] if place else []
        del room.boxes[before:]
        if best is None or cost < best[0]:
            best = cost, t, named
    assert best
    for value, line, kind, toward in best[2]:
        room.say(*at(best[1], value), [line], kind, 12.5, toward, frame)
    for t in NAMED_AT:
        g = int(np.searchsorted(both.t, t))
        if room.say(*at(t, both.error[g]), ["how far off it really was"], "truth", 12.5, 90.0, frame, 45.0):
            break


def parts(values: Floats) -> list[Floats]:
    """Runs of known values, as positions."""
    rows = np.flatnonzero(np.isfinite(values))
    return [part for part in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(part) > 1]


def one_look() -> Card:
    """One look taken apart: what was expected, what the radar said, what is believed after."""
    step = second_look(1)
    edge, far = gate(GATE, 3), f"{step.away / KM:,.0f}"
    sigma = np.sqrt(np.diag(step.expected + step.look))
    scale = (0.5 * WIDTH - EDGE - 6.0) / (math.sqrt(edge) * sigma[0])  # px per m
    tall = 2.0 * STRETCHED * scale * math.sqrt(edge) * sigma[1]
    middle = 96.0 + 0.5 * tall
    card = Card(
        "tracking-look",
        round(middle + 0.5 * tall + 70.0),
        f"One look, taken apart: {clock(step.t)} after launch, by {step.sensor.title.split(',')[0]}",
        f"Regions that hold nine in ten; range, upward, is stretched {STRETCHED:.0f} times. The radar lies {far} km below.",
    )
    card.parts.append(tag("style", Markup(STYLE + LOOK_STYLE)))
    room = Room(card)

    def at(points: Floats) -> Floats:
        return np.array([0.5 * WIDTH, middle]) + scale * np.atleast_2d(points) * (1.0, -STRETCHED)

    room.line(at(rim(step.expected + step.look, edge)), "path gate")
    for cov, centre, kind in (
        (step.expected, np.zeros(2), "least"),
        (step.look, step.seen, "p1"),
        (step.corrected, step.now, "all"),
    ):
        room.line(at(centre + rim(cov, IN_90_PLANE)), f"path region {kind}")
    x, y = at(step.truth)[0]
    for ends in (((x - 7, y), (x + 7, y)), ((x, y - 7), (x, y + 7))):
        room.line(np.array(ends), "cross")
    frame = (12.0, 76.0, WIDTH - 12.0, card.height - 44.0)
    wide, deep = (np.sqrt(IN_90_PLANE * np.diag(cov)) for cov in (step.expected, step.look))
    after = np.sqrt(IN_90_PLANE * np.diag(step.corrected))
    said = (
        (
            rim(step.expected + step.look, edge),
            63,
            ["the gate: a look of this body", "lies outside once in ten thousand"],
            "quiet",
            55.0,
        ),
        (step.seen + rim(step.look, IN_90_PLANE), 0, ["what the radar says", across(deep)], "p1 strong", 60.0),
        (
            step.now + rim(step.corrected, IN_90_PLANE),
            32,
            ["what is believed after it", across(after)],
            "all strong",
            -120.0,
        ),
        (rim(step.expected, IN_90_PLANE), 50, ["what was expected", across(wide)], "strong", 110.0),
    )
    for points, k, lines, kind, toward in said:
        room.say(*at(points)[k], lines, kind, 13.0, toward, frame, 190.0)
    room.say(x, y, ["the truth"], "", 12.5, 150.0, frame)
    long, x, y = 2.0 * KM * scale, EDGE, card.height - 22.0
    card.line(np.array([(x, y - 5), (x, y), (x + long, y), (x + long, y - 5)]), "scale")
    card.say(x + long + 8.0, y + 2.0, "2 km across", "", "start", 12.0)
    surprise = f"surprise {step.surprise:.1f}, where 3 is usual and the gate lies at {edge:.0f}"
    card.say(WIDTH - EDGE, y + 2.0, surprise, "quiet", "end", 12.0)
    return card


def across(half: Floats) -> str:
    """Half-axes across the beam and along it, in words."""
    return f"±{length(half[0])} across, ±{length(half[1])} along"


def rim(cov: Floats, squared: float) -> Floats:
    """The ellipse of a plane covariance, (73, 2), about 0."""
    turn = np.linspace(0.0, 2.0 * math.pi, 73)
    return np.column_stack([np.cos(turn), np.sin(turn)]) @ (math.sqrt(squared) * np.linalg.cholesky(cov)).T


PICTURES = (history, one_look, areas)


if __name__ == "__main__":
    sys.exit(write_all(PICTURES))
