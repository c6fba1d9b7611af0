"""What does the map show? One instant at two rungs: radars, flights, where each party believes the first will come down.

Two panels of one scale; below them, where the areas are too small to see, two close-ups of one scale.
"""

import math
import re
import zlib
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from entente.constants import R_MEAN
from entente.knowing import IN_90
from entente.measures import LOOK_AT
from entente.physics.earth import geodetic_from_ecef
from entente.records import Flights, Tracks
from entente.report.language import Tongue
from entente.report.maps import View, area_path, circle, fit, ground, lines_path
from entente.report.svg import Labels, marker, tag, text
from entente.run import Run
from entente.scenario.schema import Region
from entente.scenario.units import DEG, KM, KM2
from entente.scenario.world import RADAR, Sensor, Site, World

Floats = NDArray[np.float64]
GroundTrack = tuple[Floats, Floats, Floats]  # latitude, longitude [rad], height [m]

NEAR = 3_500 * KM  # radars further than this from the flight do not widen the map
MARKS = ("triangle", "diamond")  # one shape a party
SCALE_BARS = [step * 10**power * KM for power in range(4) for step in (1, 2, 5)]  # up to 5,000 km
GAP = 14.0  # px between panels
NARROW = 600.0  # px: below this width panels stand under one another
WORTH = 3.0  # times the scale of the map: a close-up that shows less is left out
SMALL = 0.2  # of a panel's width: areas narrower than this are drawn again in a close-up


@dataclass(frozen=True)
class Belief:
    """One party's 90 % impact area."""

    party: int
    lat: float
    lon: float
    axes: Floats  # (2,) [m], of the 90 % ellipse
    bearing: float

    @property
    def size(self) -> float:
        """Its area [m^2]."""
        return float(math.pi * self.axes[0] * self.axes[1])

    @property
    def ring(self) -> tuple[Floats, Floats]:
        """Latitudes and longitudes [rad] around it."""
        turn = np.linspace(0, 2 * math.pi, 73)[:-1]
        along, across = self.axes[0] * np.cos(turn), self.axes[1] * np.sin(turn)
        return circle(self.lat, self.lon, np.hypot(along, across), self.bearing + np.arctan2(across, along))


@dataclass(frozen=True)
class Scene:
    """One rung at one instant."""

    title: str
    run: Run
    beliefs: tuple[Belief, ...]


def instant(run: Run) -> float:
    """The moment drawn [s since launch]: where the measures look, or half-way for what is down before."""
    impact = float(run.flights.t_impact[0] - run.flights.t_launch[0])
    return LOOK_AT if impact > LOOK_AT else round(impact / 2)


def beliefs(run: Run) -> tuple[Belief, ...]:
    """What each party believes of the first flight at the instant, the larger area first."""
    found = [_belief(run, party) for party in range(len(run.world.parties))]
    return tuple(sorted((belief for belief in found if belief), key=lambda belief: -belief.size))


def _belief(run: Run, holder: int) -> Belief | None:
    """The area of the holder's track of the first object: the smallest where it holds more than one."""
    tracks: Tracks = run.picture.tracks
    at = int(np.searchsorted(tracks.t, run.flights.t_launch[0] + instant(run)))
    if at == len(tracks.t):
        return None
    known = tracks.held[:, at] & tracks.impact.known[:, at] & (tracks.holder == holder) & (tracks.obj == 0)
    if not known.any():
        return None
    impact = tracks.impact[known, at]
    best = int(np.argmin(impact.axes.prod(axis=-1)))
    axes = impact.axes[best] * math.sqrt(IN_90)
    return Belief(holder, float(impact.lat[best]), float(impact.lon[best]), axes, float(impact.bearing[best]))


@dataclass(frozen=True)
class Pen:
    """What every part of the drawing needs to know."""

    tongue: Tongue
    parties: tuple[str, ...]
    size: float  # of text [px]


def draw_situation(scenes: tuple[Scene, ...], pen: Pen, width: float) -> Markup:
    """The figure, `width` pixels wide: one column a scene, or one under the other where that is narrow."""
    narrow = width < NARROW
    wide = width if narrow else (width - GAP * (len(scenes) - 1)) / len(scenes)
    high, close_high = (0.95 * wide, 0.6 * wide) if narrow else (0.86 * wide, 0.52 * wide)
    run = scenes[0].run
    tracks = [ground_track(run.flights, body) for body in range(run.flights.count)]
    view = fit(*_shown(run.world, tracks[0]), wide, high, margin=3.0 * pen.size)
    known = [belief for scene in scenes for belief in scene.beliefs]
    small = bool(known) and max(belief.axes[0] for belief in known) * 2 * view.scale < SMALL * wide
    close = _close_view(known, tracks[0], wide, close_high, pen.size) if small else None
    close = close if close and close.scale > WORTH * view.scale else None
    below = [_base(view, run.world)] + ([tag("g", ground(close), id=_name(close))] if close else [])
    parts, y, head = [tag("defs", *below)], 0.0, 1.9 * pen.size
    total = head + high + (close_high + GAP / 2 if close else 0.0)
    for i, scene in enumerate(scenes):
        x, top = (0.0, i * (total + GAP)) if narrow else (i * (wide + GAP), 0.0)
        parts.append(text(x, top + 1.15 * pen.size, [scene.title], 1.08 * pen.size, "strong"))
        parts.append(_frame(_panel(scene, tracks, view, pen, not close), x, top + head, wide, high))
        if close:
            inside = _close_up(scene, tracks[0], close, pen)
            parts.append(_frame(inside, x, top + head + high + GAP / 2, wide, close_high))
        y = top + total
    title = tag("title", pen.tongue.say("map.alt", origin=run.world.origin.title, target=run.world.target.title))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {y:.0f}", role="img", class_="figure map")


def _panel(scene: Scene, tracks: list[GroundTrack], view: View, pen: Pen, name_areas: bool) -> list[Markup]:
    world, labels = scene.run.world, Labels(view.width, view.height)
    labels.taken.append((view.width - 10 * pen.size, view.height - 2.6 * pen.size, view.width, view.height))
    parts = [tag("use", href=f"#{_name(view)}"), *(_ellipse(view, belief) for belief in scene.beliefs)]
    parts += [tag("path", d=lines_path(view, track[0], track[1]), class_="track thin") for track in tracks[1:]]
    spots = _marks(view, world, pen, labels)
    parts += _flight(view, scene.run, tracks[0], labels, pen)
    parts += [mark for mark, _ in spots]
    parts += [_name_area(view, belief, labels, pen) for belief in scene.beliefs] if name_areas else []
    parts += [label(labels) for _, label in spots]
    parts.append(_scale_bar(view, pen))
    return parts


def _base(view: View, world: World) -> Markup:
    """What is the same in every panel: the ground, the radars' fans and the regions; drawn once, used by name."""
    fans = [_fan(view, sensor) for sensor in world.sensors if sensor.kind == RADAR]
    regions = [_region(view, region) for region in (world.origin, world.target)]
    return tag("g", ground(view), *fans, *regions, id=_name(view))


def _name(view: View) -> str:
    """A name that no other view on the page has."""
    return f"view-{zlib.crc32(repr(view).encode()):08x}"


def _frame(parts: list[Markup], x: float, y: float, width: float, height: float) -> Markup:
    """A figure inside the figure, clipped to its own frame."""
    edge = tag("rect", x=0, y=0, width=f"{width:g}", height=f"{height:g}", class_="frame")
    box = f"0 0 {width:g} {height:g}"
    return tag("svg", *parts, edge, x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", viewBox=box)


def _close_view(areas: list[Belief], track: GroundTrack, width: float, height: float, size: float) -> View:
    """The largest scale that holds all the areas and the impact."""
    rings = [belief.ring for belief in areas]
    lat, lon = (np.concatenate([*(ring[i] for ring in rings), track[i][-1:]]) for i in (0, 1))
    return fit(lat, lon, width, height, margin=3.6 * size)


def _close_up(scene: Scene, track: GroundTrack, view: View, pen: Pen) -> list[Markup]:
    size, labels = pen.size, Labels(view.width, view.height)
    x, y = view.pixels(track[0][-1:], track[1][-1:])[0]
    labels.block(x, y, 0.6 * size)
    labels.taken.append((0.0, 0.0, view.width, 2.0 * size))
    labels.taken.append((view.width - 9 * size, view.height - 2.6 * size, view.width, view.height))
    parts = [tag("use", href=f"#{_name(view)}"), *(_ellipse(view, belief) for belief in scene.beliefs)]
    parts += [tag("path", d=lines_path(view, track[0], track[1]), class_="track thin")]
    parts += [marker("circle", x, y, 0.32 * size, "tick")]
    parts += [_name_area(view, belief, labels, pen) for belief in scene.beliefs[::-1]]
    impact = pen.tongue.say("map.impact")
    parts += [labels.place(float(x), float(y), [impact], size, "strong track-text", gap=0.7 * size)]
    said = pen.tongue.say("map.close" if scene.beliefs else "map.close.none", moment=f"{instant(scene.run):.0f}")
    return [*parts, text(10, 1.5 * size, [said], size, "strong"), _scale_bar(view, pen)]


def ground_track(flights: Flights, body: int = 0) -> GroundTrack:
    """Latitude, longitude [rad] and height [m] along a flight, once in ten seconds and at its end."""
    rows = np.r_[flights.start[body] : flights.start[body + 1] - 1 : 10, flights.start[body + 1] - 1]
    lat, lon, height = np.array([geodetic_from_ecef(*flights.r_ecef[row]) for row in rows]).T
    return lat, lon, height


def _shown(world: World, track: GroundTrack) -> tuple[Floats, Floats]:
    """The places that must be on the map: the flight, and the radars and sites near it."""
    middle = len(track[0]) // 2
    things: list[Sensor | Site] = [*(s for s in world.sensors if s.kind == RADAR), *world.sites]
    near = [s for s in things if _apart(s.lat, s.lon, track[0][middle], track[1][middle]) < NEAR]
    return np.array([*track[0], *(s.lat for s in near)]), np.array([*track[1], *(s.lon for s in near)])


def _apart(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
    return R_MEAN * math.acos(max(-1.0, min(1.0, cosine)))


def _fan(view: View, sensor: Sensor) -> Markup:
    """Where the radar looks, to its published reach; faces side by side are one area."""
    paths = []
    for boresight, half in sensor.faces[:, :2]:
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


def _ellipse(view: View, belief: Belief) -> Markup:
    return tag("path", d=area_path(view, *belief.ring), class_=f"belief p{belief.party}")


def _name_area(view: View, belief: Belief, labels: Labels, pen: Pen) -> Markup:
    """The area's name beside its edge: first the ends of its longer axis, then all around."""
    lines = [pen.parties[belief.party], f"{pen.tongue.number(belief.size / KM2)} {pen.tongue.say('unit.km2')}"]
    for turn in (math.pi, 0.0, 0.5 * math.pi, 1.5 * math.pi, *np.arange(0.25, 2.0, 0.25) * math.pi):
        edge = np.hypot(belief.axes[0] * math.cos(turn), belief.axes[1] * math.sin(turn))
        aside = math.atan2(belief.axes[1] * math.sin(turn), belief.axes[0] * math.cos(turn))
        x, y = view.pixels(*circle(belief.lat, belief.lon, np.array([edge]), np.array([belief.bearing + aside])))[0]
        label = labels.place(x, y, lines, pen.size, f"strong p{belief.party}-text", gap=6, far=False)
        if label:
            return label
    return Markup("")


def _flight(view: View, run: Run, track: GroundTrack, labels: Labels, pen: Pen) -> list[Markup]:
    """The ground track, with marks where it starts, is at the instant, is highest and comes down."""
    lat, lon, height = track
    flights, say, size = run.flights, pen.tongue.say, pen.size
    whole = float(flights.t_impact[0] - flights.t_launch[0])
    seconds = np.append(np.arange(len(lat) - 1) * 10.0, whole)
    top, now = int(np.argmax(height)), int(np.searchsorted(seconds, instant(run)))
    apogee = say("map.apogee", km=pen.tongue.whole(height[top] / KM))
    ticks = {
        0: say("map.launch"),
        now: say("map.now", clock=pen.tongue.clock(instant(run))),
        len(lat) - 1: say("map.impact.at", clock=pen.tongue.clock(whole)),
    }
    points = view.pixels(lat, lon)
    out = [tag("path", d=lines_path(view, lat, lon), class_="track")]
    for x, y in points[::3]:
        labels.block(float(x), float(y), 2.0)
    for i, name in {**ticks, top: ticks.get(top, apogee)}.items():
        x, y = points[i]
        out.append(marker("circle", x, y, (0.42 if i == now else 0.3) * size, "now" if i == now else "tick"))
        out.append(labels.place(x, y, [name], size, "strong track-text", gap=0.7 * size))
    return out


def _marks(view: View, world: World, pen: Pen, labels: Labels) -> list[tuple[Markup, "_Later"]]:
    """Radars and interceptor sites in the frame; what stands at one place gets one label."""
    out, named, size = [], set(), pen.size
    things: list[tuple[Sensor | Site, str, str]] = [
        (s, MARKS[s.party], "radar") for s in world.sensors if s.kind == RADAR
    ]
    things += [(s, "cross", "site") for s in world.sites]
    for thing, shape, kind in things:
        if not view.shows(thing.lat, thing.lon):
            continue
        x, y = view.pixels(np.array([thing.lat]), np.array([thing.lon]))[0]
        labels.block(x, y, 0.5 * size)
        mark = marker(shape, x, y, 0.42 * size, f"mark {kind} p{thing.party}")
        name = "" if (thing.lat, thing.lon) in named else short(thing.title)
        named.add((thing.lat, thing.lon))
        out.append((mark, _Later(float(x), float(y), name, 0.88 * size, f"p{thing.party}-text")))
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
            labels.place(self.x, self.y, [self.name], self.size, self.class_, gap=0.7 * self.size, far=False)
            if self.name
            else Markup("")
        )


def short(title: str) -> str:
    """The name of a place from a system's title: the part before a comma or bracket, and of that the place."""
    name = re.split(r"[,(]| with | near | operated ", title)[0].strip()
    return re.split(r" (?:at|on) (?=[A-Z])", name)[-1]


def _scale_bar(view: View, pen: Pen) -> Markup:
    """The longest round length that fills at most a quarter of the width, in the lower right corner."""
    length = max((bar for bar in SCALE_BARS if bar * view.scale < 0.25 * view.width), default=SCALE_BARS[0])
    x, y = view.width - 14.0 - length * view.scale, view.height - 14.0
    bar = tag("path", d=f"M{x:.0f},{y - 4:.0f}V{y:.0f}H{view.width - 14:.0f}V{y - 4:.0f}", class_="scale")
    said = f"{pen.tongue.whole(length / KM)} {pen.tongue.say('unit.km')}"
    return bar + text(view.width - 18.0, y - 6.0, [said], 0.9 * pen.size, "quiet", "end")
