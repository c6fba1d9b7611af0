"""Draw the pictures of flight: `python builders/flight_pictures.py` writes docs/pictures/flight-*.svg again.

What is drawn is to scale, computed here by the public functions, and labelled where it is drawn.
"""

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from card import EDGE, WIDTH, Card, axes, write_all

import entente as en
from entente.constants import GM, R_MEAN
from entente.physics.orbits import eccentric_anomaly
from entente.questions.claims import LEAST, MOST, SPEEDS
from entente.report.axes import Scale
from entente.report.svg import Floats, line_path, tag
from entente.scenario.places import CREDIT_LAND, land
from entente.scenario.units import DEG, KM, MINUTE

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests/authorities/lofted_flights.yaml"
RANGE, LOFTED, DEPRESSED = 8_000.0, 2_800.0, 400.0  # km, and apogees beside the one of least energy
VEHICLE = "icbm_solid"
SPACE = 100.0  # km
EVERY = 5 * MINUTE
# px  where the dates of a crowd stand; the others to the right
BESIDE = {"18 November 2022": (-9, 4, "end"), "24 March 2022": (-4, -11, "start"), "12 July 2023": (9, 15, "start")}
NAMES = {"lofted": "Lofted", "least": "Least energy", "depressed": "Depressed"}


def flown() -> dict[str, float | None]:
    """The apogees [km] of the three flights of the first two pictures."""
    return {"lofted": LOFTED, "least": en.minimum_energy(RANGE).apogee_km, "depressed": DEPRESSED}


def side_view() -> Card:
    """The round Earth from the side, and three free flights over it."""
    card = Card(
        "flight-arcs",
        575,
        f"Three ways over {RANGE:,.0f} km",
        "Free flight, true to scale, a mark every five minutes. Higher or lower, both need a faster launch.",
    )
    scale = (WIDTH - 2 * EDGE - 90) / (2 * R_MEAN * math.sin(0.5 * RANGE * KM / R_MEAN))  # px per m
    centre = 150.0 + scale * (LOFTED * KM + R_MEAN)  # px

    def at(radius: Floats | float, angle: Floats | float) -> Floats:
        return np.stack(
            [0.5 * WIDTH + scale * radius * np.sin(angle), centre - scale * radius * np.cos(angle)], axis=-1
        )

    for height, kind in ((SPACE, "air"), (0.0, "earth"), (SPACE, "space")):
        card.dot(0.5 * WIDTH, centre, scale * (R_MEAN + height * KM), kind)
    for kind, apogee in flown().items():
        arc = en.arc(RANGE, apogee)
        card.line(at(*places(arc, np.linspace(0.0, arc.time_of_flight_s, 241))), f"path {kind}")
        marks(card, arc, kind, at)
        x, y = at(R_MEAN + arc.apogee_km * KM, 0.0)
        card.say(x, y - 42, f"{NAMES[kind]}: {arc.apogee_km:,.0f} km up", f"{kind} strong", "middle")
        speed = f"{arc.time_of_flight_s / MINUTE:.0f} min, leaves at {arc.burnout_speed_km_s:.2f} km/s"
        card.say(x, y - 26, speed, kind, "middle")
    x, y = at(R_MEAN, 0.0)
    card.say(x, y + 60, f"{RANGE:,.0f} km along the ground", "quiet", "middle")
    x, y = at(R_MEAN + SPACE * KM, -0.5 * RANGE * KM / R_MEAN)
    card.say(x, y - 8, "100 km", "quiet", "end", 12)
    return card


def places(arc: en.Arc, t: Floats) -> tuple[Floats, Floats]:
    """Distance from the Earth's centre [m] and angle from the apogee [rad] at times [s] since launch: Kepler's equation."""
    high, half = R_MEAN + arc.apogee_km * KM, 0.5 * arc.range_km * KM / R_MEAN
    e = (high - R_MEAN) / (high - R_MEAN * math.cos(half))
    a = high / (1.0 + e)
    mean = math.pi + math.sqrt(GM / a**3) * (t - 0.5 * arc.time_of_flight_s)
    anomaly = np.array([eccentric_anomaly(float(m), e) for m in mean])
    true = 2.0 * np.arctan2(math.sqrt(1.0 + e) * np.sin(0.5 * anomaly), math.sqrt(1.0 - e) * np.cos(0.5 * anomaly))
    return a * (1.0 - e * np.cos(anomaly)), true % (2.0 * math.pi) - math.pi


def marks(card: Card, arc: en.Arc, kind: str, at: Callable[[Floats, Floats], Floats]) -> None:
    """A ring every five minutes, and outside it the minute."""
    t = np.arange(EVERY, arc.time_of_flight_s, EVERY)
    radius, angle = places(arc, t)
    points, later, farther = at(radius, angle), at(*places(arc, t + 1.0)), at(radius + 100 * KM, angle)
    for time, point, along, out in zip(t, points, later - points, farther - points, strict=True):
        across = np.array([along[1], -along[0]]) / np.hypot(*along)
        inside = arc.time_of_flight_s - time < MINUTE  # there the arcs run together outside
        across *= math.copysign(1.0, across @ out) * (-1.0 if inside else 1.0)
        card.dot(*point, 3.6, f"ring {kind}")
        x, y = point + 16.0 * across
        unit = " min" if time == t[0] and kind == "lofted" else ""
        card.say(x, y + 4, f"{time / MINUTE:.0f}{unit}", kind, "end" if unit else "middle", 12)


def heights() -> Card:
    """Height against time of the three flights of one vehicle, powered."""
    card = Card(
        "flight-heights",
        550,
        "One vehicle, three pitch programmes",
        "The same three arcs with engines and air, flown by a generic missile of three solid stages.",
    )
    across, up = Scale(0.0, 50.0, EDGE + 46, WIDTH - EDGE), Scale(0.0, 3_000.0, 490.0, 110.0)
    air = np.array([(across(t), up(height)) for t, height in ((0, 0), (50, 0), (50, SPACE), (0, SPACE))])
    card.line(air, "air", closed=True)
    axes(card, across, up, (10, 3), ("minutes after launch", " km"))
    for kind, apogee in flown().items():
        flight = en.fly(VEHICLE, azimuth_deg=0.0, range_km=RANGE, apogee_km=apogee, rotation=False)
        x = [across(t / MINUTE) for t in flight.t_s]
        points = np.column_stack([x, [up(height) for height in flight.altitude_km]])
        burnt = int(flight.events["burnout_s"])
        card.line(np.vstack([points[burnt:-1:10], points[-1]]), f"path {kind}")
        card.line(points[: burnt + 1 : 5], "path boost")
        tell(card, kind, flight, points)
    card.say(across(5.2), up(SPACE) - 4, f"engines burn for {burnt / MINUTE:.0f} min", "boost", size=12)
    card.say(across.b, up(SPACE) - 4, "100 km", "quiet", "end", 12)
    return card


def tell(card: Card, kind: str, flight: en.Flight, points: Floats) -> None:
    """Name a powered flight beside its top: how high, how long, and how long it falls through the last 100 km."""
    dx, dy, anchor = {"lofted": (0, 60, "middle"), "least": (-50, -48, "start"), "depressed": (60, -48, "middle")}[kind]
    x, y = points[int(flight.events["apogee_s"])] + (dx, dy)
    free = en.arc(RANGE, flight.apogee_km).time_of_flight_s
    card.say(x, y, f"{NAMES[kind]}: {flight.apogee_km:,.0f} km up", f"{kind} strong", anchor)
    times = f"{flight.time_of_flight_s / MINUTE:.1f} min, free flight {free / MINUTE:.1f}"
    card.say(x, y + 17, times, kind, anchor)
    last = flight.time_of_flight_s - flight.events["down_through_100_km_s"]
    share = 100.0 * last / flight.time_of_flight_s
    card.say(x, y + 33, f"last 100 km: {last:.0f} s, {share:.1f} %", kind, anchor, 12)


def ground_tracks() -> Card:
    """Three orbits of early-warning satellites over the world, and where on them the time goes."""
    card = Card(
        "flight-orbits",
        520,
        "Where early-warning satellites pass",
        "Ground tracks of one day on an equal-area map, a mark every hour: the slower, the closer.",
    )
    world = Globe(WIDTH - 2 * EDGE, 0.5 * WIDTH, 304.0)
    edge = np.linspace(-90.0, 90.0, 91)
    sides = np.concatenate([world(edge, np.full(91, 180.0)), world(edge[::-1], np.full(91, -180.0))])
    card.parts.append(tag("clipPath", tag("path", d=line_path(sides, closed=True)), id="world"))
    card.line(sides, "sea", closed=True)
    lines = [world(edge, np.full(91, float(lon))) for lon in range(-150, 180, 30)]
    lines += [world(np.full(2, float(lat)), np.array([-180.0, 180.0])) for lat in range(-60, 90, 30)]
    card.draw("path", d="".join(line_path(line) for line in lines), class_="graticule")
    card.draw("path", d="".join(shores(world)), class_="land", fill_rule="evenodd", clip_path="url(#world)")
    for kind, name, lon, x, anchor in (
        ("lofted", "tundra", 15.0, -10, "end"),
        ("depressed", "molniya", 90.0, -58, "start"),
    ):
        track = en.ground_track(name, step_s=60.0)
        orbit(card, world, kind, track, lon)
        x += world(np.array([63.4]), np.array([lon]))[0, 0] + (40 if anchor == "end" else 0)
        north = 24.0 * float(np.mean(track.lat_deg[:-1] > 0.0))
        turns = f"{name.capitalize()}: once round in {track.period_s / 3_600.0:.0f} h"
        card.say(x, 106, turns, f"{kind} strong", anchor)
        card.say(x, 124, f"{north:.0f} h a day north of the equator", kind, anchor, 12)
    x, y = world(np.zeros(1), np.array([-141.0]))[0]
    card.dot(x, y, 6, "dot least")
    card.say(x, y - 28, "Geostationary", "least strong", "middle")
    card.say(x, y - 12, "always over one point", "least", "middle", 12)
    card.say(WIDTH - EDGE, card.height - 14, CREDIT_LAND, "quiet", "end", 10.5)
    return card


@dataclass(frozen=True)
class Globe:
    """The Equal Earth projection: areas true. Source: Savric, Patterson and Jenny, IJGIS 33 (2019) 454-465."""

    width: float  # px, of the whole world; its middle at (x, y)
    x: float
    y: float

    def __call__(self, lat_deg: Floats, lon_deg: Floats) -> Floats:
        """Pixels (N, 2) of places."""
        bent = np.arcsin(0.5 * math.sqrt(3.0) * np.sin(lat_deg * DEG))
        b2, b6 = bent**2, bent**6
        slope = 1.340264 - 3.0 * 0.081106 * b2 + b6 * (7.0 * 0.000893 + 9.0 * 0.003796 * b2)
        east = 2.0 / math.sqrt(3.0) * lon_deg * DEG * np.cos(bent) / slope
        north = bent * (1.340264 - 0.081106 * b2 + b6 * (0.000893 + 0.003796 * b2))
        scale = self.width / (4.0 / math.sqrt(3.0) * math.pi / 1.340264)
        return np.column_stack([self.x + scale * east, self.y - scale * north])


def shores(world: Globe) -> list[str]:
    """Path data of the land; a ring over the edge of the map is drawn at both sides of it."""
    paths = []
    for ring in land():
        jumps = np.abs(np.diff(ring[:, 0])) > 180.0
        around = jumps.any() and ring[:, 1].min() > -80.0  # the ring around the pole lies along the edge already
        lon = np.unwrap(ring[:, 0], period=360.0) if around else ring[:, 0]
        for turn in (-360.0, 0.0, 360.0) if around else (0.0,):
            points = thinned(world(ring[:, 1], lon + turn))
            if len(points) > 3 and np.ptp(points, axis=0).max() > 2.5:
                paths.append(line_path(points, closed=True))
    return paths


def thinned(points: Floats) -> Floats:
    """A ring without the points that lie about a pixel from the last one kept."""
    kept = [0]
    for n in range(1, len(points)):
        if np.abs(points[n] - points[kept[-1]]).max() > 1.2:
            kept.append(n)
    return points[kept]


def orbit(card: Card, world: Globe, kind: str, track: en.GroundTrack, east: float) -> None:
    """A ground track moved east by so many degrees, as a body of rotation allows; lines end at the edge of the map."""
    lon = (track.lon_deg + east + 180.0) % 360.0 - 180.0
    points = world(track.lat_deg, lon)
    for part in np.split(points, np.flatnonzero(np.abs(np.diff(lon)) > 180.0) + 1):
        if len(part) > 1:
            card.line(thinned(part), f"path {kind}")
    for n in np.flatnonzero(track.t_s % 3_600.0 == 0.0)[:24]:
        card.dot(*points[n], 3, f"ring {kind}")


def tests_flown() -> Card:
    """How long published tests took beyond free fall, by launch speed, and the band of `check_claim`."""
    card = Card(
        "flight-claims",
        460,
        "What an announced time tells",
        "Reported time less free fall. All flights of generic vehicles lie in the band, by a tenth or more.",
    )
    across, up = Scale(4.0, 9.5, EDGE + 46, WIDTH - EDGE), Scale(-60.0, 350.0, 400.0, 90.0)
    speeds = np.array([across.low, *(v for v in SPEEDS if v > across.low), across.high])
    edges = [[(across(v), up(float(np.interp(v, SPEEDS, edge)))) for v in speeds] for edge in (LEAST, MOST)]
    card.line(np.array(edges[0] + edges[1][::-1]), "band", closed=True)
    axes(card, across, up, (6, 5), ("launch speed of the free fall, km/s", " s"))
    card.line(np.array([(across.a, up(0.0)), (across.b, up(0.0))]), "ground")
    card.say(across.a + 10, up(0.0) + 24, "impossible: sooner than free fall", "boost")
    card.say(across.a + 10, up(0.0) - 16, "sooner than a boost allows", "quiet")
    card.say(across.a + 10, up(315.0), "later than boost and air explain", "quiet")
    card.say(across.a + 10, up(150.0), "what boost and air take", "lofted strong")
    for name, range_km, apogee_km, reported_s in reports():
        claim = en.check_claim(range_km, apogee_km, reported_s)
        x, y = across(claim.launch_speed_km_s), up(reported_s - claim.free_fall_s)
        card.dot(x, y, 4.5, "dot least")
        dx, dy, anchor = BESIDE.get(name, (9, 4, "start"))
        card.say(x + dx, y + dy, name, anchor=anchor, size=12)
    return card


def reports() -> list[tuple[str, float, float, float]]:
    """Published tests: name, range and apogee [km], time [s]; one of which two sides gave two times stands there twice."""
    found = []
    for case in yaml.safe_load(TESTS.read_text(encoding="utf-8"))["cases"]:
        day, place = case["name"].partition(":")[0], (case["range_km"], case["apogee_km"])
        if case.get("what", "time") == "time" and "value" in case:
            found.append((day, *place, MINUTE * case["value"]))
        elif case.get("what", "time") == "time":
            for minutes, whose in zip(case["band"], ("the other's", "one side's"), strict=True):
                found.append((f"{day}: {whose} {minutes} min", *place, MINUTE * minutes))
    return found


PICTURES = (side_view, heights, ground_tracks, tests_flown)


if __name__ == "__main__":
    sys.exit(write_all(PICTURES))
