"""What does the map show? Radars and how far they look, the flight, and where each party believes it will come down."""

import math
import re
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from entente.assessment import IN_90, LOOK_AT
from entente.constants import R_MEAN
from entente.physics.earth import geodetic_from_ecef
from entente.records import Flights, Tracks
from entente.report.maps import View, area_path, circle, fit, ground, lines_path
from entente.report.svg import Labels, marker, tag, text
from entente.report.words import area, clock, party_name
from entente.run import Run
from entente.scenario.schema import Region
from entente.scenario.units import DEG, KM, KM2
from entente.scenario.world import RADAR, Sensor, Site, World

Floats = NDArray[np.float64]

SAME_AREA = 0.01  # relative difference below which two areas are one drawing
MOMENT = LOOK_AT  # s after launch: the areas drawn are those that the measures compare
NEAR = 3_500 * KM  # radars further than this from the flight do not widen the map
MARKS = ("triangle", "diamond")  # one shape a party
SCALE_BARS = [step * 10**power * KM for power in range(4) for step in (1, 2, 5)]  # up to 5,000 km


@dataclass(frozen=True)
class Belief:
    """One 90 % impact area on the map."""

    label: str
    class_: str
    lat: float
    lon: float
    axes: Floats  # (2,) [m], of the 90 % ellipse
    bearing: float

    @property
    def size(self) -> float:
        """Its area [m^2]."""
        return float(math.pi * self.axes[0] * self.axes[1])


def draw_map(alone: Run, together: Run, rung: int, width: float, height: float, size: float) -> Markup:
    """The map for one frame: `width` by `height` pixels, text of `size` pixels.

    Areas too small for it are drawn again at a larger scale: in the lower left corner, on a narrow map below it.
    """
    world, flights = alone.world, alone.flights
    track = ground_track(flights)
    lat, lon = _shown(world, track)
    view = fit(lat, lon, width, height, margin=3.2 * size)
    areas = beliefs(alone, together, rung)
    small = bool(areas) and max(belief.axes[0] for belief in areas) * 2 * view.scale < 0.2 * width
    close, total, labels = Markup(""), height, Labels(width, height)
    if small:
        x, y, wide, high = (
            (0.0, height + 8, width, 0.68 * width) if width < 600 else (0.0, 0.6 * height, 0.38 * width, 0.4 * height)
        )
        close, total = _frame(_close_up(areas, track, wide, high, size), x, y, wide, high), max(height, y + high)
        labels.taken.append((x, y, x + wide, y + high))
    parts = [ground(view), *(_fan(view, sensor) for sensor in world.sensors if sensor.kind == RADAR)]
    parts += [_ellipse(view, belief) for belief in areas]
    parts += [_region(view, region) for region in (world.origin, world.target)]
    spots = _marks(view, world, size, labels)
    parts += _flight(view, flights, track, labels, size)
    parts += [mark for mark, _ in spots]
    parts += [] if small else [_name_area(view, belief, labels, size) for belief in areas]
    parts += [label(labels) for _, label in spots]
    parts.append(_scale_bar(view, size))
    title = tag("title", f"Map of the launch from {world.origin.title} toward {world.target.title}")
    inside = _frame(parts, 0.0, 0.0, width, height)
    return tag("svg", title, inside, close, viewBox=f"0 0 {width:g} {total:g}", role="img", class_="map")


def _frame(parts: list[Markup], x: float, y: float, width: float, height: float) -> Markup:
    """A figure inside the figure, clipped to its own frame."""
    edge = tag("rect", x=0, y=0, width=f"{width:g}", height=f"{height:g}", class_="frame")
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", *parts, edge, x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", viewBox=box)


def _close_up(
    areas: list[Belief], track: tuple[Floats, Floats, Floats], width: float, height: float, size: float
) -> list[Markup]:
    """The areas and the impact at the largest scale that holds them."""
    rings = [_ring(belief) for belief in areas]
    lat, lon = (np.concatenate([*(ring[i] for ring in rings), track[i][-1:]]) for i in (0, 1))
    view = fit(lat, lon, width, height, margin=4.5 * size)
    labels = Labels(width, height)
    x, y = view.pixels(track[0][-1:], track[1][-1:])[0]
    labels.block(x, y, 0.6 * size)
    labels.taken.append((0.0, 0.0, width, 2.0 * size))
    labels.taken.append((width - 9 * size, height - 2.6 * size, width, height))
    parts = [ground(view), *(_ellipse(view, belief) for belief in areas)]
    parts += [tag("path", d=lines_path(view, track[0], track[1]), class_="track thin")]
    parts += [marker("circle", x, y, 0.32 * size, "tick")]
    parts += [_name_area(view, belief, labels, size) for belief in areas[::-1]]
    parts += [labels.place(float(x), float(y), ["Impact"], size, "strong track-text", gap=0.7 * size)]
    parts += [
        text(10, 1.5 * size, [f"Close-up: 90 % areas {MOMENT:.0f} s after launch"], size, "strong"),
        _scale_bar(view, size),
    ]
    return parts


def beliefs(alone: Run, together: Run, rung: int) -> list[Belief]:
    """The 90 % impact areas at MOMENT: each party's at the lowest rung, and at the highest where that differs."""
    found, names = [], [party_name(party) for party in alone.world.parties]
    where = f", rung {alone.rung}" if len(alone.shared.t) else " alone"
    for party, name in enumerate(names):
        found.append(_belief(alone, party, f"{name}{where}", f"belief p{party}"))
    for party, name in enumerate(names):
        later = _belief(together, party, f"{name}, rung {rung}", "belief joint")
        before = found[party]
        if later and (before is None or abs(later.size / before.size - 1.0) > SAME_AREA):
            found.append(later)
    return sorted((belief for belief in found if belief), key=lambda belief: -belief.size)


def _belief(run: Run, holder: int, label: str, class_: str) -> Belief | None:
    """The area of the holder's track of the launched object: the smallest where it holds more than one."""
    tracks: Tracks = run.picture.tracks
    moment = int(np.searchsorted(tracks.t, run.flights.t_launch[0] + MOMENT))
    if moment == len(tracks.t):
        return None
    known = tracks.held[:, moment] & tracks.impact.known[:, moment] & (tracks.holder == holder) & (tracks.obj == 0)
    if not known.any():
        return None
    impact = tracks.impact[known, moment]
    best = int(np.argmin(impact.axes.prod(axis=-1)))
    axes = impact.axes[best] * math.sqrt(IN_90)
    return Belief(label, class_, float(impact.lat[best]), float(impact.lon[best]), axes, float(impact.bearing[best]))


def ground_track(flights: Flights) -> tuple[Floats, Floats, Floats]:
    """Latitude, longitude [rad] and height [m] along the first flight, once in ten seconds and at its end."""
    rows = np.r_[flights.start[0] : flights.start[1] - 1 : 10, flights.start[1] - 1]
    lat, lon, height = np.array([geodetic_from_ecef(*flights.r_ecef[row]) for row in rows]).T
    return lat, lon, height


def _shown(world: World, track: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    """The places that must be on the map: the flight, the sites, and the radars near them."""
    middle = len(track[0]) // 2
    near = [
        s for s in world.sensors if s.kind == RADAR and _apart(s.lat, s.lon, track[0][middle], track[1][middle]) < NEAR
    ]
    lat = [*track[0], *(s.lat for s in near), *(s.lat for s in world.sites)]
    lon = [*track[1], *(s.lon for s in near), *(s.lon for s in world.sites)]
    return np.array(lat), np.array(lon)


def _apart(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
    return R_MEAN * math.acos(max(-1.0, min(1.0, cosine)))


def _fan(view: View, sensor: Sensor) -> Markup:
    """Where the radar looks, to its published reach; faces side by side are one area."""
    paths = []
    for boresight, half in sensor.faces:
        whole = half >= math.pi - 1e-9 or len(sensor.faces) * half >= math.pi - 1e-9
        bearings = np.linspace(boresight - half, boresight + half, 73)
        if whole:
            bearings = np.linspace(0.0, 2 * math.pi, 145)[:-1]
        lat, lon = circle(sensor.lat, sensor.lon, np.full_like(bearings, sensor.reach_published), bearings)
        if not whole:
            lat, lon = np.append(lat, sensor.lat), np.append(lon, sensor.lon)
        paths.append(area_path(view, lat, lon))
        if whole:
            break
    return tag("path", tag("title", sensor.title), d="".join(paths), class_=f"fan p{sensor.party}")


def _region(view: View, region: Region) -> Markup:
    """The circle within which flights begin or end."""
    turn = np.linspace(0, 2 * math.pi, 73)[:-1]
    ring = circle(region.lat_deg * DEG, region.lon_deg * DEG, np.full_like(turn, region.radius_km * KM), turn)
    return tag("path", tag("title", region.title), d=area_path(view, *ring), class_="region")


def _ring(belief: Belief) -> tuple[Floats, Floats]:
    """Latitudes and longitudes [rad] around an area."""
    turn = np.linspace(0, 2 * math.pi, 73)[:-1]
    along, across = belief.axes[0] * np.cos(turn), belief.axes[1] * np.sin(turn)
    return circle(belief.lat, belief.lon, np.hypot(along, across), belief.bearing + np.arctan2(across, along))


def _ellipse(view: View, belief: Belief) -> Markup:
    return tag("path", d=area_path(view, *_ring(belief)), class_=belief.class_)


def _name_area(view: View, belief: Belief, labels: Labels, size: float) -> Markup:
    """The area's name beside its edge: first the ends of its longer axis, then all around."""
    for turn in (math.pi, 0.0, 0.5 * math.pi, 1.5 * math.pi, *np.arange(0.25, 2.0, 0.25) * math.pi):
        edge = np.hypot(belief.axes[0] * math.cos(turn), belief.axes[1] * math.sin(turn))
        aside = math.atan2(belief.axes[1] * math.sin(turn), belief.axes[0] * math.cos(turn))
        x, y = view.pixels(*circle(belief.lat, belief.lon, np.array([edge]), np.array([belief.bearing + aside])))[0]
        lines = [belief.label, area(belief.size / KM2)]
        label = labels.place(x, y, lines, size, f"strong {belief.class_}-text", gap=6, far=False)
        if label:
            return label
    return Markup("")


def _flight(
    view: View, flights: Flights, track: tuple[Floats, Floats, Floats], labels: Labels, size: float
) -> list[Markup]:
    """The ground track, with ticks where it starts, burns out, is highest and comes down."""
    lat, lon, height = track
    seconds = np.append(np.arange(len(lat) - 1) * 10.0, flights.t_impact[0] - flights.t_launch[0])
    burnout = int(np.searchsorted(seconds, flights.t_burnout[0] - flights.t_launch[0]))
    top = int(np.argmax(height))
    ticks = {0: "Launch", burnout: "Burnout", top: f"Apogee, {height[top] / KM:,.0f} km up", len(lat) - 1: "Impact"}
    timed = view.width > 600
    out = [tag("path", d=lines_path(view, lat, lon), class_="track")]
    points = view.pixels(lat, lon)
    for x, y in points[::3]:
        labels.block(float(x), float(y), 2.0)
    for i, name in ticks.items():
        x, y = points[i]
        out.append(marker("circle", x, y, 0.32 * size, "tick"))
        moment = float(flights.t_burnout[0] - flights.t_launch[0]) if i == burnout else float(seconds[i])
        out.append(
            labels.place(
                x,
                y,
                [f"{name}, {clock(moment)}" if i and (timed or name == "Impact") else name],
                size,
                "strong track-text",
                gap=0.7 * size,
            )
        )
    return out


def _marks(view: View, world: World, size: float, labels: Labels) -> list[tuple[Markup, "_Later"]]:
    """Radars and interceptor sites in the frame; what stands at one place gets one label."""
    out, named = [], set()
    things: list[tuple[Sensor | Site, str, str]] = [
        (s, MARKS[s.party], "radar") for s in world.sensors if s.kind == RADAR
    ]
    things += [(s, "cross", "site") for s in world.sites]
    for thing, shape, kind in things:
        if not view.shows(thing.lat, thing.lon):
            continue
        x, y = view.pixels(np.array([thing.lat]), np.array([thing.lon]))[0]
        labels.block(x, y, 0.5 * size)
        mark = marker(shape, x, y, 0.45 * size, f"mark {kind} p{thing.party}")
        name = "" if (thing.lat, thing.lon) in named else short(thing.title)
        if isinstance(thing, Sensor) and name and view.width > 600:
            name = f"{name}, {thing.reach_published / KM:,.0f} km"
        named.add((thing.lat, thing.lon))
        out.append((mark, _Later(float(x), float(y), name, 0.92 * size, f"p{thing.party}-text")))
    return out


@dataclass(frozen=True)
class _Later:
    """A label to be placed once the more important ones have their places."""

    x: float
    y: float
    name: str
    size: float
    class_: str

    def __call__(self, labels: Labels) -> Markup:
        return (
            labels.place(self.x, self.y, [self.name], self.size, self.class_, gap=0.7 * self.size)
            if self.name
            else Markup("")
        )


def short(title: str) -> str:
    """The name of a place from a system's title: the part before a comma or bracket, and of that the place."""
    name = re.split(r"[,(]| with | near | operated ", title)[0].strip()
    return re.split(r" (?:at|on) (?=[A-Z])", name)[-1]


def _scale_bar(view: View, size: float) -> Markup:
    """The longest round length that fills at most a quarter of the width, in the lower right corner."""
    length = max((bar for bar in SCALE_BARS if bar * view.scale < 0.25 * view.width), default=SCALE_BARS[0])
    x, y = view.width - 14.0 - length * view.scale, view.height - 14.0
    bar = tag("path", d=f"M{x:.0f},{y - 4:.0f}V{y:.0f}H{view.width - 14:.0f}V{y - 4:.0f}", class_="scale")
    return bar + text(view.width - 18.0, y - 6.0, [f"{length / KM:,.0f} km"], 0.9 * size, "quiet", "end")
