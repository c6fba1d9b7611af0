"""How do flights scatter? A hundred thousand of them, each a little different, and where each is when sensors look."""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from entente import rng
from entente.compiled import Floats, kernel
from entente.errors import ModelError
from entente.physics import dispersed, powered
from entente.physics.earth import geodesic_many, geodetic_many, miss_many
from entente.questions.asked import needed, whole
from entente.questions.flying import Plan, planned
from entente.scenario.parts import Ranged
from entente.scenario.units import DEG, KM, KM_S
from entente.scenario.vehicle import Vehicle

TOLERANCE = 1e-8  # of one step; what it costs is said and held by tests/laws/test_ensembles.py
CHUNK = 2_000  # flights a thread takes at a time
MOST_STATES = 40_000_000  # flights times times: 2.5 GB


@dataclass(frozen=True)
class Spread:
    """How flights differ: one standard deviation of each, all assumed, at the level of the open literature.

    Attributes:
        azimuth_deg, pitch_deg: of the direction at lift-off, and of the pitch after the turn begins.
        impulse, burn: shares of the specific impulse, and of the burn time, of all stages; a longer burn is weaker by as
            much, for the propellant stays.
        payload, drag, density: shares of the payload, of the drag coefficients, of the standard's air (season, weather).
        ballistic_coefficient: whether that of a payload that separates is drawn over the vehicle's own range.

    Shares are log-normal: 0.02 is two per cent.
    """

    azimuth_deg: float = 0.1
    pitch_deg: float = 0.1
    impulse: float = 0.005
    burn: float = 0.02
    payload: float = 0.0
    drag: float = 0.1
    density: float = 0.05
    ballistic_coefficient: bool = True


@dataclass(frozen=True, repr=False)
class Ensemble:
    """Flights that were flown with one programme: N of them, and where they were at M times.

    Attributes:
        status: (N,) 0 came down; 2 never lifted off, 3 still up after a day, nan in the columns of both; 4 came down
            while an engine burnt, nan in its burnout.
        range_km, apogee_km, time_of_flight_s, burnout_speed_km_s: (N,), as of a Flight.
        impact_lat_deg, impact_lon_deg: (N,), where each came down.
        along_km, across_km: (N,), how far from where the undispersed flight comes down, beyond it and to the right of it.
        times_s: (M,), since lift-off; position_km, velocity_km_s: (N, M, 3), WGS 84 Earth-fixed axes, x toward longitude
            0 and z toward the north pole, velocity seen from the turning Earth; nan after the impact.
        lat_deg, lon_deg, altitude_km: (N, M), the same places on the ellipsoid.
    """

    status: NDArray[np.int8]
    range_km: Floats
    apogee_km: Floats
    time_of_flight_s: Floats
    burnout_speed_km_s: Floats
    impact_lat_deg: Floats
    impact_lon_deg: Floats
    along_km: Floats
    across_km: Floats
    times_s: Floats
    position_km: Floats
    velocity_km_s: Floats
    lat_deg: Floats
    lon_deg: Floats
    altitude_km: Floats

    def __repr__(self) -> str:
        """How many, how far, and how widely they scatter; no arrays."""
        low, middle, high = np.nanpercentile(self.range_km, [5, 50, 95])
        return (
            f"Ensemble of {len(self.status):,} flights, {int((self.status == 0).sum()):,} of them down: range "
            f"{middle:,.0f} km (90 % from {low:,.0f} to {high:,.0f}), 1 sigma {np.nanstd(self.along_km):.3g} km along and "
            f"{np.nanstd(self.across_km):.3g} km across; states at {len(self.times_s)} times"
        )


def ensemble(
    vehicle: Vehicle | str,
    flights: int = 100_000,
    seed: int = 1,
    spread: Spread | None = None,
    times_s: Sequence[float] | Floats = (),
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    azimuth_deg: float = 90.0,
    range_km: float | None = None,
    loft: str = "lofted",
    rotation: bool = True,
    apogee_km: float | None = None,
    steering: str = "pitch programme",
    threads: int | None = None,
) -> Ensemble:
    """Fly a vehicle many times with the programme that `fly` solves for, everything in `spread` drawn anew each time.

    Args:
        flights: how many, 1 to 10,000,000; flight n of a seed is the same however many there are.
        seed: 0 to 2^31 - 1; spread: see Spread, its defaults if None.
        times_s: since lift-off, ascending, at which every flight's state is wanted.
        threads: how many at once; one a processor if None. The answer does not depend on it.
        the others: as for `fly`.
    Raises:
        as `fly`; ModelError: numbers outside these limits, all at once.
    Valid: as `fly`, impacts within 1 m of it to 4,000 km and 10 m farther out, more only where a body grazes the air nearly
        in orbit; what differs is the same for all stages of a flight, and drawn independently.
    """
    spread = Spread() if spread is None else spread
    times = _check(flights, seed, times_s, spread, threads)
    flights, seed = int(flights), int(seed)
    plan = planned(vehicle, lat_deg, lon_deg, azimuth_deg, range_km, loft, rotation, apogee_km, steering)
    ascent, beta, launch = plan.ascent, plan.beta, plan.ascent.launch(plan.azimuth, plan.pitch, plan.bend)
    deviations = sigmas(spread)
    status, events = np.empty(flights), np.empty((flights, powered.EVENTS))
    states, phases = np.empty((flights, times.size, 6)), np.empty((flights, times.size))

    def fly_chunk(first: int) -> None:
        here = slice(first, min(first + CHUNK, flights))
        differences = np.empty((here.stop - first, dispersed.COLUMNS))
        draw(seed, deviations, first, differences)
        if spread.ballistic_coefficient and beta is not None:
            differences[:, dispersed.BETA] = _drawn(beta, seed, first, here.stop) / beta.nominal
        dispersed.fly_many(
            ascent.body, launch, differences, TOLERANCE, times, status[here], events[here], states[here], phases[here]
        )

    fly_chunk(0)  # compiled before threads begin
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        list(pool.map(fly_chunk, range(CHUNK, flights, CHUNK)))
    return _ensemble(plan, times, status, events, states)


def sigmas(spread: Spread) -> Floats:
    """One standard deviation of each column of `dispersed`, (COLUMNS,)."""
    angles = [spread.azimuth_deg * DEG, spread.pitch_deg * DEG]
    return np.array([*angles, spread.impulse, spread.burn, spread.payload, 0.0, spread.drag, spread.density])


@kernel
def draw(seed: int, sigmas: Floats, first: int, out: Floats) -> None:
    """Differences of the flights `first` and following.

    Args:
        sigmas: (COLUMNS,), see `dispersed`, one standard deviation of each; where it is 0 nothing differs.
        out: (N, COLUMNS), written: angles normal about 0, factors log-normal about a median of 1.
    Valid: flight n of a seed is the same in whatever batch it is drawn.
    """
    for flight in range(out.shape[0]):
        for column in range(dispersed.COLUMNS):
            sigma = sigmas[column]
            angle = column in (dispersed.AZIMUTH, dispersed.PITCH)
            out[flight, column] = 0.0 if angle else 1.0
            if sigma > 0.0:
                value = sigma * rng.normal(seed, rng.FLIGHT, first + flight, 0, column)
                out[flight, column] = value if angle else math.exp(value)


@kernel
def uniform_shares(seed: int, first: int, out: Floats) -> None:
    """Uniform numbers for the flights `first` and following, (N,), for what is drawn over a range of its own."""
    for flight in range(out.size):
        out[flight] = rng.uniform(seed, rng.FLIGHT, first + flight, 0, dispersed.BETA)


def _drawn(value: Ranged, seed: int, first: int, last: int) -> Floats:
    """The range's value in each flight; see Ranged."""
    shares = np.empty(last - first)
    uniform_shares(seed, first, shares)
    ends = np.array([value.low, value.nominal, value.high])
    if value.low > 0.0 and value.high / value.low >= 10.0:
        return np.exp(np.interp(shares, (0.0, 0.5, 1.0), np.log(ends)))
    return np.interp(shares, (0.0, 0.5, 1.0), ends)


def _check(flights: int, seed: int, times: object, spread: object, threads: int | None) -> Floats:
    """The times as an array, if nothing that was asked is wrong."""
    problems = [*whole("flights", flights, 1, 10_000_000), *whole("seed", seed, 0, 2**31 - 1)]
    problems += [] if threads is None else whole("threads", threads, 1, 1_000)
    try:
        asked = np.asarray(times, dtype=float).reshape(-1)
    except (TypeError, ValueError):
        asked = np.array([math.nan])
    if not (np.isfinite(asked).all() and (asked >= 0.0).all() and (np.diff(asked) > 0.0).all()):
        problems.append(f"times_s: {str(times)[:40]} must be numbers, 0 or more, and ascend, such as [60, 120]")
    if not problems and flights * asked.size > MOST_STATES:
        problems.append(
            f"times_s: {int(flights):,} flights at {asked.size} times are more than {MOST_STATES:,} states; ask for fewer of one"
        )
    if not isinstance(spread, Spread):
        problems.append(f"spread: {str(spread)[:40]!r} is not an entente.Spread, such as Spread(drag=0.2)")
    else:
        for name in ("azimuth_deg", "pitch_deg", "impulse", "burn", "payload", "drag", "density"):
            problems += needed(f"spread.{name}", getattr(spread, name), 0.0, 5.0 if name.endswith("deg") else 0.5)
    if problems:
        raise ModelError("\n".join(problems))
    return asked


def _ensemble(plan: Plan, times: Floats, status: Floats, events: Floats, states: Floats) -> Ensemble:
    ascent = plan.ascent
    events[(status == 2) | (status == 3)] = np.nan
    states[(status == 2) | (status == 3)] = np.nan
    impact, place = np.empty((len(status), 6)), np.empty((len(status), 3))
    powered.earth_fixed_many(events[:, powered.IMPACT], events[:, powered.IMPACT_STATE :], ascent.omega, impact)
    geodetic_many(impact[:, :3], place)
    length, miss = np.empty(len(status)), np.empty((len(status), 2))
    geodesic_many(ascent.lat, ascent.lon, place, length)
    lat, lon, _ = ascent.impact(plan.azimuth, plan.pitch, plan.bend)
    miss_many(ascent.lat, ascent.lon, lat, lon, place, miss)
    where = np.empty((states.shape[0] * states.shape[1], 3))
    geodetic_many(states[:, :, :3].reshape(-1, 3), where)
    where = where.reshape(*states.shape[:2], 3)
    burning = (status == 0) & np.isnan(events[:, powered.BURNOUT])
    return Ensemble(
        status=np.where(burning, 4, status).astype(np.int8),
        range_km=length / KM,
        apogee_km=events[:, powered.APOGEE_ALT] / KM,
        time_of_flight_s=events[:, powered.IMPACT].copy(),
        burnout_speed_km_s=events[:, powered.BURNOUT_SPEED] / KM_S,
        impact_lat_deg=place[:, 0] / DEG,
        impact_lon_deg=place[:, 1] / DEG,
        along_km=miss[:, 0] / KM,
        across_km=miss[:, 1] / KM,
        times_s=times,
        position_km=states[:, :, :3] / KM,
        velocity_km_s=states[:, :, 3:] / KM_S,
        lat_deg=where[:, :, 0] / DEG,
        lon_deg=where[:, :, 1] / DEG,
        altitude_km=where[:, :, 2] / KM,
    )
