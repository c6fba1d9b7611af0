"""The maps among the pictures of tracking: where one launch came from and where it will come down, alone and joined."""

from dataclasses import dataclass

import numpy as np
from card import EDGE, WIDTH, Card
from followed import NAMES, STYLE, belief, clock, digits, radars_that_saw, told, way
from markupsafe import Markup
from room import Box, Room

from entente.physics.earth import geodetic_from_ecef
from entente.records import Tracks
from entente.report.maps import View, fit, ground
from entente.report.situation import Belief
from entente.report.svg import Floats, marker, tag
from entente.scenario.places import CREDIT_LAND
from entente.scenario.units import KM, KM2, MINUTE

MOMENTS = (180.0, 210.0, 240.0, 300.0)  # s  after launch, at which impact areas are drawn
GAP, HEAD, UPPER, LOWER, CLOSE = 14.0, 84.0, 306.0, 330.0, 224.0  # px: of the map's parts

MAP_STYLE = """
.sea { fill: #e6eef4; } .land { fill: #f5f1e6; stroke: #59636c; stroke-width: .7; } .frame { fill: none; stroke: #9aa5ad; }
.border { fill: none; stroke: #b3ad9d; stroke-width: .6; } .disputed { stroke-dasharray: 3 2.5; }
.belief { stroke-width: 2; fill-opacity: .10; } .belief.p0 { fill: #0b5ba8; } .belief.p1 { fill: #a84a00; }
.belief.all { fill: #6a3fb0; } .cross { stroke: #1b1e23; stroke-width: 2; }
.scale { stroke: #1b1e23; stroke-width: 1.2; fill: none; }
.site { stroke: #fdfcf9; stroke-width: 1.2; }
.site.p0 { fill: #0b5ba8; } .site.p1 { fill: #a84a00; }
"""


@dataclass(frozen=True)
class Part:
    """A map somewhere on a card."""

    view: View
    x: float
    y: float

    @property
    def frame(self) -> Box:
        """Inside which words are to stay [px]."""
        return self.x + 4.0, self.y + 4.0, self.x + self.view.width - 4.0, self.y + self.view.height - 4.0

    def at(self, lat: Floats, lon: Floats) -> Floats:
        """Pixels (N, 2) on the card of places [rad]."""
        return self.view.pixels(np.atleast_1d(lat), np.atleast_1d(lon)) + np.array([self.x, self.y])


def areas() -> Card:
    """Where it came from and where it will come down, alone and with the centre, on maps."""
    begun, joint = told()
    alone = [begun.national.tracks.of(party) for party in (0, 1)]
    sizes = [size_of(belief(tracks, "impact", MOMENTS[-1], 1)) for tracks in (alone[1], joint.picture.tracks.of(1))]
    card = Card(
        "tracking-areas",
        HEAD + UPPER + LOWER + 106.0,
        f"Five minutes after launch: {sizes[0]} alone, {sizes[1]} joined",
        "Areas that hold the launch, or the impact, nine times in ten; the crosses are the truth.",
    )
    card.parts.append(tag("style", Markup(STYLE + MAP_STYLE)))
    wide = WIDTH - 2 * EDGE
    room = Room(card, [np.full((1, 2), -1e3)])
    whole, near, *impacts = parts_of(wide)
    captions = {
        "The flight, and the radars that saw it": (whole, ""),
        "Where it came from": (near, ""),
        "Where it will come down: Russia alone": (impacts[0], "p1"),
        "Russia, with the joint centre": (impacts[1], "all"),
    }
    for number, (caption, (part, kind)) in enumerate(captions.items()):
        lay(card, part, number)
        card.say(part.x, part.y - 8.0, caption, f"{kind} strong", "start", 14.0)
    bar(room, whole, 500.0)
    bar(room, near, 20.0)
    for part in impacts:
        bar(room, part, 100.0)
    flight(room, whole)
    launches(room, near, [belief(tracks, "launch", MOMENTS[-1], party) for party, tracks in enumerate(alone)])
    falls(room, impacts[0], alone[1], "p1")
    falls(room, impacts[1], joint.picture.tracks.of(1), "all")
    card.say(EDGE, card.height - 16.0, CREDIT_LAND, "quiet", size=11)
    return card


def size_of(area: Belief) -> str:
    """Two digits of an area."""
    value = digits(area.size / KM2)
    return f"{value:,.{0 if value >= 10.0 else 1}f} km²"


def parts_of(wide: float) -> list[Part]:
    """The four maps: the whole flight, where it began, and twice where it ends, these of one scale."""
    begun, joint = told()
    second, looks = HEAD + UPPER + 64.0, radars_that_saw()
    _, lat, lon, _ = way()
    lat, lon = np.append(lat, [s.lat for s in looks]), np.append(lon, [s.lon for s in looks])
    whole = fit(lat, lon, wide - CLOSE - GAP, UPPER, 34.0)
    rings = [belief(begun.national.tracks.of(party), "launch", MOMENTS[-1], party).ring for party in (0, 1)]
    near = fit(*(np.concatenate(one) for one in zip(*rings, strict=True)), CLOSE, UPPER, 30.0)
    rings = [
        belief(tracks.of(1), "impact", t, 1).ring
        for tracks in (begun.national.tracks, joint.picture.tracks)
        for t in MOMENTS
    ]
    impact = fit(*(np.concatenate(one) for one in zip(*rings, strict=True)), 0.5 * (wide - GAP), LOWER, 26.0)
    return [
        Part(whole, EDGE, HEAD + 22.0), Part(near, EDGE + wide - CLOSE, HEAD + 22.0),
        Part(impact, EDGE, second), Part(impact, EDGE + 0.5 * (wide + GAP), second),
    ]  # fmt: skip


def lay(card: Card, part: Part, number: int) -> None:
    """Sea, land, borders and a frame."""
    frame = {"x": 0, "y": 0, "width": f"{part.view.width:g}", "height": f"{part.view.height:g}"}
    card.parts.append(tag("clipPath", tag("rect", **frame), id=f"part-{number}"))
    inside = tag("g", ground(part.view), clip_path=f"url(#part-{number})")
    place = f"translate({part.x:g} {part.y:g})"
    card.parts.append(tag("g", inside, tag("rect", **frame, class_="frame"), transform=place))


def flight(room: Room, part: Part) -> None:
    """The way over the ground, a mark every five minutes, and the radars that saw it."""
    t, lat, lon, height = way()
    points = part.at(lat, lon)
    room.line(points[::20], "path least")
    for minute in (5, 10, 15):
        k = int(np.searchsorted(t, minute * MINUTE))
        room.dot(*points[k], 3.6, "ring least")
    for sensor in radars_that_saw():
        x, y = part.at(np.array(sensor.lat), np.array(sensor.lon))[0]
        room.card.parts.append(marker(("triangle", "diamond")[sensor.party], x, y, 6.0, f"site p{sensor.party}"))
        room.points.append(np.array([(x, y)]) + 6.0 * np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (0, 0)]))
    for k, said in ((0, "launch"), (len(points) - 1, "impact")):
        room.say(*points[k], [said], "strong", 13.0, 90.0 if k else 60.0, part.frame)
    for minute in (5, 10, 15):
        k = int(np.searchsorted(t, minute * MINUTE))
        room.say(*points[k], [f"{minute} min, {height[k] / KM:.0f} km up"], "", 12.0, -120.0, part.frame)
    said_ = set()
    for sensor in radars_that_saw():
        name = sensor.title.split(",")[0]
        if name not in said_:
            x, y = part.at(np.array(sensor.lat), np.array(sensor.lon))[0]
            room.say(x, y, [name], f"p{sensor.party}", 12.0, 0.0, part.frame, 60.0)
        said_.add(name)


def launches(room: Room, part: Part, found: list[Belief]) -> None:
    """Where it came from, as each side has it alone."""
    begun, _ = told()
    cross(room, part, begun.flights.launch_ecef[0])
    for area in found:
        ring(room, part, area, f"p{area.party}")
    for area, name in zip(found, NAMES, strict=True):
        x, y = part.at(*area.ring).T
        k = int(np.argmin(y)) if area.party else int(np.argmax(y))
        room.say(
            x[k],
            y[k],
            [name, f"alone: {size_of(area)}"],
            f"p{area.party}",
            12.5,
            -90.0 if area.party else 90.0,
            part.frame,
        )


def falls(room: Room, part: Part, tracks: Tracks, kind: str) -> None:
    """Where it will come down, by one set of tracks, at one moment after another."""
    begun, _ = told()
    cross(room, part, begun.flights.impact_ecef[0])
    found = [belief(tracks, "impact", t, 1) for t in MOMENTS]
    for area in found:
        ring(room, part, area, kind)
    for area, t in zip(found, MOMENTS, strict=True):
        x, y = part.at(*area.ring).T
        k = int(np.argmin(y))
        room.say(x[k], y[k], [f"{clock(t)}: {size_of(area)}"], kind, 12.5, -60.0, part.frame)


def bar(room: Room, part: Part, km: float) -> None:
    """How long so many kilometres are, at the bottom left."""
    x, y, long = part.x + 12.0, part.y + part.view.height - 12.0, km * KM * part.view.scale
    room.line(np.array([(x, y - 5), (x, y), (x + long, y), (x + long, y - 5)]), "scale")
    room.card.say(x + long + 6.0, y + 2.0, f"{km:g} km", "halo", "start", 12.0)
    room.boxes.append((x, y - 12.0, x + long + 60.0, y + 6.0))


def ring(room: Room, part: Part, area: Belief, kind: str) -> None:
    """The rim of an area."""
    points = part.at(*area.ring)
    room.line(np.vstack([points, points[:1]]), f"path belief {kind}")


def cross(room: Room, part: Part, r_ecef: Floats) -> None:
    """The truth."""
    lat, lon, _ = geodetic_from_ecef(*r_ecef)
    x, y = part.at(np.array(lat), np.array(lon))[0]
    room.line(np.array([(x - 7, y), (x + 7, y)]), "cross")
    room.line(np.array([(x, y - 7), (x, y + 7)]), "cross")
