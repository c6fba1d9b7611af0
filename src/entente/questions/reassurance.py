"""Could a defence reach the other party's deterrent, and which single limit would keep it from doing so?

Generic flights of one class, from one generic region 700 km across, to a disc 3,000 km wide: shares of them, never maps.
A system is asked site by site; nothing is optimised, for either side.
"""

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.errors import ModelError
from entente.physics import covering
from entente.physics.earth import destination, ecef_from_geodetic, enu_axes
from entente.physics.intercept import SPEED, deadlines_many
from entente.questions.arcs import arc_between
from entente.questions.asked import needed
from entente.questions.covered import aligned
from entente.questions.flying import Flight, fly
from entente.questions.footprint import can_of, nominal_world, radars_of
from entente.questions.reach import coasting
from entente.scenario.load import load
from entente.scenario.schema import Scenario
from entente.scenario.units import DEG, KM, KM_S
from entente.scenario.world import Site, World

# Centroids of generic launch regions, and what is flown to; on half degrees, places of nothing.
REGIONS = {"russia": (56.0, 50.0), "us_nato": (44.0, -104.0)}
TO = {"us_nato": (41.5, -92.0), "russia": (56.0, 50.0)}
AROUND_KM, TO_KM = 350.0, 1_500.0  # radii of the two
ABOVE_KM = 100.0  # by which flights rise above the arc of least energy between the surfaces; burnout lies high
SPEEDS_KM_S = np.arange(1.0, 10.01, 0.1)
SOUTH_DEG = np.arange(0.0, 60.1, 1.0)


@dataclass(frozen=True)
class Reached:
    """One site against all generic flights, every input nominal.

    Attributes:
        with_own_sensors: share of the flights that it reaches with a commit when so many detections by its own party's radars
            are expected; with_both: with those of both; with_any: however early it commits, after the launch.
        fast_km_s: the largest burnout speed at which none is reached, however early the commit, boost time as it is.
        late_s: seconds after launch from which no commit reaches any; nan if none ever does.
        south_deg: by how far to the south the site would have to stand to reach none however early it commits; inf if it still
            does 60 degrees away.
        inventory: interceptors there.
    """

    site: str
    title: str
    inventory: int
    speed_km_s: float
    with_own_sensors: float
    with_both: float
    with_any: float
    fast_km_s: float
    late_s: float
    south_deg: float


@dataclass(frozen=True)
class Reassurance:
    """What a party's defence could do about generic flights of the other's deterrent."""

    party: str
    deterrent_of: str
    vehicle: str
    day: dt.date
    detections: float
    flights: int
    sites: tuple[Reached, ...]
    latest_commit_s: Floats = field(repr=False)  # (sites, flights), nan where never

    @property
    def share(self) -> float:
        """Share of the flights that any site reaches with its own party's sensors, stocks ignored."""
        return max((one.with_own_sensors for one in self.sites), default=0.0)

    def table(self) -> str:
        """Site by site: shares of the flights reached, then for each limit alone where it brings them to nothing."""
        lines: list[tuple[str, ...]] = [
            ("", "", "", "reached with", "with", "however", "none", "none by a", "none so far"),
            ("site", "number", "speed", "own sensors", "both's", "early", "up to", "commit after", "to the south"),
        ]
        for one in self.sites:
            after = "-" if math.isnan(one.late_s) else f"{one.late_s:,.0f} s"
            away = "over 60 deg" if math.isinf(one.south_deg) else f"{one.south_deg:.0f} deg"
            shares = (f"{share:.0%}" for share in (one.with_own_sensors, one.with_both, one.with_any))
            speeds = f"{one.speed_km_s:.1f} km/s", f"{one.fast_km_s:.1f} km/s"
            lines.append((one.site, f"{one.inventory}", speeds[0], *shares, speeds[1], after, away))
        return aligned(lines) if self.sites else "no interceptor of that party on that day is one that the models fire"

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, ready for JSON."""
        kept = ("party", "deterrent_of", "vehicle", "detections", "flights", "share")
        return {key: getattr(self, key) for key in kept} | {
            "day": self.day.isoformat(),
            "sites": [vars(one) for one in self.sites],
        }


def reassurance(
    party: str,
    vehicle: str = "icbm_solid",
    scenario: Scenario | str = "europe-2013",
    on: dt.date | str | int | None = None,
    detections: float = 10.0,
) -> Reassurance:
    """Which share of generic flights of the other party's deterrent a party's defence can reach, and what would end that.

    Args:
        party: whose defence; vehicle: id of a class of the catalogue, flown by the other.
        scenario: one, or its name, for the systems; on: a day or a year in the place of its own.
        detections: how many by radar after burnout must be expected before a commit.
    Returns:
        Reassurance; a kinematic answer, every input nominal: that a flight is reached does not say that it is stopped.
    Raises:
        UnknownName, ModelError: a question that cannot be. Unreachable: the class does not fly so far.
    Valid: as `en.reach`; 65 flights near the arc of least energy, from one generic region to a disc.
    Source: own; docs/explanation/dispute.md.
    """
    told = load(scenario) if isinstance(scenario, str) else scenario
    problems = needed("detections", detections, 0.5, 1_000.0)
    if problems:
        raise ModelError("\n".join(problems))
    world = nominal_world(told, told.regions[0].name, vehicle, party, on, (), "lofted")
    own = next(number for number, one in enumerate(world.parties) if one.name == party)
    other = world.parties[1 - own].name
    flights = generic_flights(vehicle, REGIONS[other], TO[party])
    ways = [coasting(one) for one in flights]
    known = np.array([_known(world, own, t, path, detections) for t, _, path in ways])
    sites = [one for one in world.sites if one.party == own]
    latest = np.array([_latest(one, ways) for one in sites]).reshape(len(sites), len(flights))
    return Reassurance(
        party=party,
        deterrent_of=other,
        vehicle=vehicle,
        day=world.scenario.epoch.date(),
        detections=float(detections),
        flights=len(flights),
        sites=tuple(_reached(one, row, known, ways) for one, row in zip(sites, latest, strict=True)),
        latest_commit_s=np.where(np.isfinite(latest), latest, math.nan),
    )


@lru_cache(maxsize=8)
def generic_flights(vehicle: str, origin: tuple[float, float], target: tuple[float, float]) -> tuple[Flight, ...]:
    """Flights of a class from five points of a region to thirteen of a disc, each near the arc of least energy.

    Raises:
        Unreachable: the class does not fly so far.
    """
    found = []
    for lat, lon in _spread(*origin, ((AROUND_KM, 4),)):
        for to_lat, to_lon in _spread(*target, ((0.5 * TO_KM, 4), (TO_KM, 8))):
            arc = arc_between(lat, lon, to_lat, to_lon)
            way = float(arc.ground_azimuth_deg), float(arc.ground_range_km)
            found.append(fly(vehicle, lat, lon, *way, apogee_km=float(arc.apogee_km) + ABOVE_KM))
    return tuple(found)


def _spread(lat: float, lon: float, rings: Sequence[tuple[float, int]]) -> list[tuple[float, float]]:
    """A point [deg] and others on rings around it, (radius [km], how many), all on half degrees."""
    places = [(lat, lon)]
    for radius, count in rings:
        for n in range(count):
            there = destination(lat * DEG, lon * DEG, 2.0 * math.pi * n / count, radius * KM)
            places.append((round(2.0 * there[0] / DEG) / 2.0, round(2.0 * there[1] / DEG) / 2.0))
    return places


Way = tuple[Floats, Floats, Floats]  # times [s], heights [km], Earth-fixed places [m] of a flight after its burnout


def _known(world: World, own: int, t: Floats, path: Floats, detections: float) -> tuple[float, float]:
    """When so many detections are expected, by a party's radars and by both's."""
    counts = np.empty((2, len(t)))
    covering.expected_detections(path, t, radars_of(world, own), counts)
    late = world.policies[1 - own].track_delay
    alone, both = (covering.known_at(t[:-1], counts[:, :-1], detections, late, only) for only in (True, False))
    return alone, both


def _latest(
    site: Site, ways: Sequence[Way], change: Callable[[Floats], None] | None = None, south: float = 0.0
) -> Floats:
    """The latest commit of a site against each flight, (F,); -inf where none, or before the launch."""
    can, axes = can_of(site), np.empty((3, 3))
    if change is not None:
        change(can)
    lat = site.lat - south
    enu_axes(lat, site.lon, axes)
    place = np.array(ecef_from_geodetic(lat, site.lon, 0.0))
    out = np.empty(len(ways))
    for n, (t, _, path) in enumerate(ways):
        deadlines = np.empty(len(t))
        deadlines_many(path, t, place, axes, can, deadlines)
        out[n] = deadlines.max() - site.commit_delay
    return np.where(out >= 0.0, out, -math.inf)


def _reached(site: Site, latest: Floats, known: Floats, ways: Sequence[Way]) -> Reached:
    """What a site reaches, and where each limit alone would bring that to nothing."""

    def at_speed(speed: float) -> bool:
        def change(can: Floats) -> None:
            can[SPEED] = speed * KM_S

        return bool(np.isfinite(_latest(site, ways, change)).any())

    def at_latitude(south: float) -> bool:
        return bool(np.isfinite(_latest(site, ways, south=south * DEG)).any())

    fast = _last_without(at_speed, SPEEDS_KM_S)
    away = [one for one in SOUTH_DEG if site.lat / DEG - one >= -85.0 and not at_latitude(float(one))]
    return Reached(
        site=site.id,
        title=site.title,
        inventory=site.inventory,
        speed_km_s=site.speed / KM_S,
        with_own_sensors=float((latest >= known[:, 0]).mean()),
        with_both=float((latest >= known[:, 1]).mean()),
        with_any=float(np.isfinite(latest).mean()),
        fast_km_s=fast,
        late_s=float(latest.max()) if np.isfinite(latest).any() else math.nan,
        south_deg=float(away[0]) if away else math.inf,
    )


def _last_without(reaches: Callable[[float], bool], values: NDArray[np.float64]) -> float:
    """The largest of rising values before the first that reaches anything."""
    low, high = 0, len(values)  # values[:low] reach nothing, values[high:] do
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(float(values[middle])) else (middle + 1, high)
    return float(values[low - 1]) if low else 0.0
