"""Stage 7: the measures of one history, and its story.

A measure has one value a party; nan where it is undefined, which is not the same as 0: "never warned" is printed beside a
median, not averaged into it. With several objects a measure is the mean over those for which it is defined, P(no leaker)
their product; the first knowledge of a group counts from its first launch.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from entente.compiled import Floats
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.records import (
    FALSE_ALARM,
    INFRARED,
    PARTNER,
    RADAR,
    Areas,
    Assessment,
    Bools,
    Codes,
    Event,
    Flights,
    NationalTracks,
    Outcome,
    Picture,
    Tracks,
)
from entente.scenario.units import KM, KM2
from entente.scenario.world import World

LOOK_AT = 300.0  # s  after launch: when the picture is compared
IN_90 = -2.0 * math.log(0.1)  # squared axes of the 90 % ellipse over those of the 1-sigma ellipse
IN_50 = -2.0 * math.log(0.5)
UNKNOWN_AXIS = 1_500_000.0  # m  1-sigma prior of an impact point of which nothing is known: half a continent


@dataclass(frozen=True)
class Measure:
    """What a number is, and which way is better."""

    title: str
    unit: str
    better: Literal["higher", "lower", "none"]
    note: str


MEASURES: dict[str, Measure] = {
    "first_known_s": Measure(
        "First knows of the launch", "s", "lower", "since launch; own sensors or the partner's word"
    ),
    "warning_s": Measure("Credible warning", "s", "lower", "since launch; by the party's own declared rule"),
    "warning_lead_s": Measure("Warning before impact", "s", "higher", "from credible warning to impact"),
    "warned": Measure("Warned at all", "1", "higher", "share of histories with a credible warning"),
    "launch_area_90_km2": Measure("90 % launch area", "km2", "lower", "300 s after launch"),
    "impact_area_50_km2": Measure("50 % impact area", "km2", "lower", "300 s after launch"),
    "impact_area_90_km2": Measure("90 % impact area", "km2", "lower", "300 s after launch"),
    "impact_inside_50": Measure(
        "Impact inside the 50 % area", "1", "none", "50 % if the area is honest; more where fusing is cautious"
    ),
    "impact_inside_90": Measure(
        "Impact inside the 90 % area", "1", "none", "90 % if the area is honest; more where fusing is cautious"
    ),
    "position_error_km": Measure("Position error", "km", "lower", "300 s after launch; best track held"),
    "position_sigma_km": Measure("Position uncertainty (1 sigma)", "km", "lower", "300 s after launch; as claimed"),
    "completeness": Measure("Share of the flight tracked", "1", "higher", "from burnout to impact"),
    "spurious_tracks": Measure(
        "Spurious and duplicate tracks", "tracks", "lower", "held beyond one an object, on average"
    ),
    "information_nats": Measure(
        "Delivered information", "nats", "higher", "about the impact point, from the partner, at 300 s"
    ),
    "engaged": Measure("Engaged", "1", "higher", "share of objects fired at"),
    "commit_s": Measure("Commit", "s", "lower", "since launch; ignition of the first interceptor"),
    "shots": Measure("Interceptors fired", "shots", "none", ""),
    "p_no_leaker": Measure("P(no leaker)", "1", "higher", "perfect discrimination; chance that nothing gets through"),
}


def assess(world: World, flights: Flights, national: NationalTracks, picture: Picture, outcome: Outcome) -> Assessment:
    """All measures of one history, and the events of its story."""
    values = {name: np.full(len(world.parties), np.nan) for name in MEASURES}
    for party in range(len(world.parties)):
        mine = picture.tracks.of(party)
        objects = [
            _of_object(world, flights, party, obj, mine.rows(mine.obj == obj), national, picture)
            for obj in range(flights.count)
        ]
        for name in objects[0]:
            known = [o[name] for o in objects if not math.isnan(o[name])]
            values[name][party] = np.mean(known) if known else np.nan
        values["spurious_tracks"][party] = _too_many(mine)
        for name, value in _defence(world, flights, party, outcome).items():
            values[name][party] = value
    return Assessment(values, tuple(sorted(_story(world, flights, picture, outcome, values), key=lambda e: e.t)))


def _of_object(
    world: World, flights: Flights, party: int, obj: int, tracks: Tracks, national: NationalTracks, picture: Picture
) -> dict[str, float]:
    """The measures of what one party knows of one object; times since that object's launch."""
    t0, impact = float(flights.t_launch[obj]), float(flights.t_impact[obj])
    warned_at = _credible(world, party, tracks, impact)
    flies = t0 + LOOK_AT < impact
    at = int(np.searchsorted(tracks.t, t0 + LOOK_AT)) if flies else len(tracks.t)
    areas = {"launch": _best_area(tracks.launch, tracks.held, at), "impact": _best_area(tracks.impact, tracks.held, at)}
    alone = national.tracks.of(party)
    own = alone.rows(alone.obj == obj)
    before = _best_area(own.impact, own.held, at)
    out = {
        # Of a group the first launch is what becomes known first, so from there the time counts.
        "first_known_s": float(np.fmin(national.first_seen[party], picture.told[party]) - flights.t_launch.min()),
        "warning_s": warned_at - t0,
        "warning_lead_s": impact - warned_at,
        "warned": float(not math.isnan(warned_at)),
        "launch_area_90_km2": _size(areas["launch"], IN_90),
        "impact_area_50_km2": _size(areas["impact"], IN_50),
        "impact_area_90_km2": _size(areas["impact"], IN_90),
        "impact_inside_50": _contains(areas["impact"], flights.impact_ecef[obj], IN_50),
        "impact_inside_90": _contains(areas["impact"], flights.impact_ecef[obj], IN_90),
        "information_nats": math.log(_spread(before) / _spread(areas["impact"])) if flies else math.nan,
    }
    out["position_error_km"], out["position_sigma_km"] = _position(flights, obj, tracks, at)
    coasting = (tracks.t >= flights.t_burnout[obj]) & (tracks.t <= impact)
    has_state = np.asarray((tracks.held & np.isfinite(tracks.x[..., 0])).any(axis=0))
    out["completeness"] = float(has_state[coasting].mean())
    return out


def _too_many(tracks: Tracks) -> float:
    """Tracks held beyond one for each real object, averaged over the moments at which any is held; 0 if none ever is."""
    held = tracks.held & np.isfinite(tracks.x[..., 0])
    real = np.zeros(held.shape[1])
    for obj in np.unique(tracks.obj[tracks.obj != FALSE_ALARM]):
        real += held[tracks.obj == obj].any(axis=0)
    some = np.asarray(held.any(axis=0))
    return float((held.sum(axis=0) - real)[some].mean()) if some.any() else 0.0


def _credible(world: World, party: int, tracks: Tracks, impact: float) -> float:
    """The first moment before the impact [s] at which the party's own rule holds [s]; nan if it never does."""
    rule = world.parties[party].warning
    size = math.pi * IN_90 * tracks.impact.axes[..., 0] * tracks.impact.axes[..., 1]
    located: Bools = tracks.held & (size <= rule.impact_area_max_km2 * KM2)
    if not located.any():
        return math.nan
    seen: Codes = np.bitwise_or.reduce(np.where(tracks.held, tracks.seen_by, np.int8(0)), axis=0)
    kinds = (seen & RADAR > 0).astype(int) + (seen & INFRARED > 0)
    by_radar: Bools = np.isfinite(tracks.x[..., 0]) & (tracks.seen_by & RADAR > 0)
    holds: Bools = located.any(axis=0) & (kinds >= rule.phenomenologies)
    if rule.or_confirmed_track:
        holds |= (located & by_radar).any(axis=0)
    moments = tracks.t[np.flatnonzero(holds & (tracks.t < impact))]
    return float(moments[0]) if len(moments) else math.nan


def _best_area(areas: Areas, held: Bools, at: int) -> Floats | None:
    """The smallest area known at a moment, as a table row; None if none is."""
    if at >= held.shape[1]:
        return None
    rows = areas.table[:, at][held[:, at] & np.isfinite(areas.lat[:, at])]
    return rows[np.argmin(rows[:, 2] * rows[:, 3])] if len(rows) else None


def _size(area: Floats | None, squared: float) -> float:
    return math.nan if area is None else math.pi * squared * float(area[2] * area[3]) / KM2


def _spread(area: Floats | None) -> float:
    """Product of the semi-axes: the exponential of the entropy but for a constant; that of the prior if unknown."""
    return UNKNOWN_AXIS**2 if area is None else float(area[2] * area[3])


def _contains(area: Floats | None, point_ecef: Floats, squared: float) -> float:
    """1 if the ellipse holds the point, 0 if not, nan if there is no ellipse."""
    if area is None:
        return math.nan
    lat, lon, _ = geodetic_from_ecef(*point_ecef)
    length, azimuth, _, _ = geodesic(float(area[0]), float(area[1]), lat, lon)
    along, across = length * math.cos(azimuth - area[4]), length * math.sin(azimuth - area[4])
    return float((along / area[2]) ** 2 + (across / area[3]) ** 2 <= squared)


def _position(flights: Flights, obj: int, tracks: Tracks, at: int) -> tuple[float, float]:
    """Error and claimed standard deviation (root of the trace) of the best track held at a moment [km]."""
    if at >= len(tracks.t) or not (tracks.held[:, at] & np.isfinite(tracks.x[:, at, 0])).any():
        return math.nan, math.nan
    spread = np.trace(tracks.P[:, at, :3, :3], axis1=1, axis2=2)
    best = int(np.nanargmin(np.where(tracks.held[:, at], spread, np.nan)))
    error = float(np.linalg.norm(tracks.x[best, at, :3] - flights.position_at(obj, float(tracks.t[at]))))
    return error / KM, math.sqrt(float(spread[best])) / KM


def _defence(world: World, flights: Flights, party: int, outcome: Outcome) -> dict[str, float]:
    """What a party's sites did; nan for a party without sites."""
    sites = [n for n, site in enumerate(world.sites) if site.party == party]
    if not sites:
        return {}
    mine = np.isin(outcome.site, sites)
    first = outcome.t_launch[mine].min() - flights.t_launch[0] if mine.any() else math.nan
    return {
        "engaged": len(np.unique(outcome.obj[mine])) / flights.count,
        "commit_s": float(first),
        "shots": float(mine.sum()),
        "p_no_leaker": float(np.prod(outcome.p_no_leak)),
    }


def _story(
    world: World, flights: Flights, picture: Picture, outcome: Outcome, values: dict[str, Floats]
) -> Iterator[Event]:
    """What happened, and who knew it when. Party -1: nobody's knowledge, the world itself."""
    t0 = float(flights.t_launch.min())
    for obj in range(flights.count):
        yield Event(float(flights.t_launch[obj]), -1, "launch", f"launch {obj + 1}")
        yield Event(float(flights.t_burnout[obj]), -1, "burnout", f"burnout {obj + 1}")
        yield Event(
            float(flights.t_impact[obj]),
            -1,
            "impact",
            f"impact {obj + 1}" + (", stopped" if outcome.stopped[obj] else ""),
        )
    for party in range(len(world.parties)):
        tracks = picture.tracks.of(party)
        for k in range(len(tracks.obj)):
            if not math.isnan(tracks.since[k]):
                yield Event(float(tracks.since[k]), party, "track", _track_text(tracks, k))
        if math.isfinite(picture.told[party]):
            yield Event(float(picture.told[party]), party, "told", "first word from the partner")
        known = values["first_known_s"][party]
        if math.isfinite(known):
            yield Event(t0 + known, party, "seen", "first knows of the launch")
        for obj in range(flights.count):
            warning = _credible(world, party, tracks.rows(tracks.obj == obj), float(flights.t_impact[obj]))
            if math.isfinite(warning):
                which = f" of launch {obj + 1}" if flights.count > 1 else ""
                yield Event(warning, party, "warning", f"credible warning{which}")
    for shot in range(len(outcome.site)):
        site = world.sites[outcome.site[shot]]
        yield Event(float(outcome.t_launch[shot]), site.party, "shot", f"{site.title}: interceptor {shot + 1} leaves")
        text = f"interceptor {shot + 1} {'hits' if outcome.hit[shot] else 'misses'}"
        yield Event(float(outcome.t_intercept[shot]), site.party, "intercept", text)


def _track_text(tracks: Tracks, k: int) -> str:
    """What a track is made of when it first stands in a picture."""
    g = int(np.argmax(tracks.held[k]))
    if tracks.obj[k] == FALSE_ALARM:
        return "false track confirmed"
    if tracks.made_of[k, g] == PARTNER:
        return "partner's track received" if np.isfinite(tracks.x[k, g, 0]) else "partner's warning displayed"
    return "plume confirmed by satellites" if tracks.seen_by[k, g] == INFRARED else "track confirmed by radar"
