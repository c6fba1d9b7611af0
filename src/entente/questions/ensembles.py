"""How do flights scatter? A hundred thousand of them, each a little different, and where each is when sensors look."""

import math
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from entente import rng
from entente.compiled import Floats, kernel
from entente.errors import ModelError
from entente.physics import dispersed, powered
from entente.physics.earth import geodesic_many, geodetic_many
from entente.questions.flying import planned
from entente.scenario.parts import Ranged
from entente.scenario.units import DEG, KM, KM_S
from entente.scenario.vehicle import Vehicle

TOLERANCE = 1e-8  # of one step: impacts within 1 m of steps a thousand times finer (tests/laws/test_dispersed.py)
CHUNK = 2_000  # flights a thread takes at a time
MOST_STATES = 40_000_000  # flights times times: 2.5 GB


@dataclass(frozen=True)
class Spread:
    """One standard deviation of what differs from flight to flight. All assumed, at the level of the open literature.

    Shares are of the nominal value, log-normal; a burn that takes longer is weaker by as much.
    """

    azimuth_deg: float = 0.1
    pitch_deg: float = 0.1
    impulse: float = 0.005  # specific impulse of every stage
    burn: float = 0.02  # burn time of every stage
    payload: float = 0.0
    drag: float = 0.1
    density: float = 0.05  # of the air against the standard; season and weather
    ballistic_coefficient: bool = True  # drawn over the vehicle's own range, where it has one


@dataclass(frozen=True)
class Ensemble:
    """Flights that were flown with one programme; N of them, and where they were at M times."""

    # (N,) 0 came down; 2 never lifted off, 3 still up after a day: nan in its columns; 4 came down while an engine burnt
    status: NDArray[np.int8]
    range_km: Floats = field(repr=False)  # (N,)
    apogee_km: Floats = field(repr=False)  # (N,)
    time_of_flight_s: Floats = field(repr=False)  # (N,)
    burnout_speed_km_s: Floats = field(repr=False)  # (N,) seen from the turning Earth
    lat_deg: Floats = field(repr=False)  # (N,) of the impact
    lon_deg: Floats = field(repr=False)  # (N,)
    times_s: Floats = field(repr=False)  # (M,) since lift-off
    position_km: Floats = field(repr=False)  # (N, M, 3) Earth-fixed; nan after the impact
    velocity_km_s: Floats = field(repr=False)  # (N, M, 3) seen from the turning Earth
    final_pitch_deg: float = 0.0  # of the one programme, before it is dispersed


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
    Valid: as `fly`, within 1 m of it; what differs is the same for all stages of a flight, and drawn independently.
    """
    spread = spread or Spread()
    times = np.array(times_s, dtype=float).reshape(-1)
    _check(flights, seed, times, spread)
    ascent, azimuth, pitch, bend, beta = planned(
        vehicle, lat_deg, lon_deg, azimuth_deg, range_km, loft, rotation, apogee_km, steering
    )
    launch = ascent.launch(azimuth, pitch, bend)
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
    return _ensemble(ascent.lat, ascent.lon, ascent.omega, pitch - bend, times, status, events, states)


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


def _check(flights: int, seed: int, times: Floats, spread: Spread) -> None:
    problems = []
    if not 1 <= flights <= 10_000_000:
        problems.append(f"flights: {flights} is outside the model; it must lie between 1 and 10,000,000")
    if not 0 <= seed < 2**31:
        problems.append(f"seed: {seed} is outside the model; it must lie between 0 and 2,147,483,647")
    if not (np.isfinite(times).all() and (times >= 0.0).all() and (np.diff(times) > 0.0).all()):
        problems.append("times_s: must be 0 or more, and ascend")
    if flights * times.size > MOST_STATES:
        problems.append(
            f"times_s: {flights:,} flights at {times.size} times are more than {MOST_STATES:,} states; ask for fewer of one"
        )
    for name in ("azimuth_deg", "pitch_deg", "impulse", "burn", "payload", "drag", "density"):
        value, most = getattr(spread, name), 5.0 if name.endswith("deg") else 0.5
        if not 0.0 <= value <= most:
            problems.append(f"spread.{name}: {value:g} is outside the model; it must lie between 0 and {most:g}")
    if problems:
        raise ModelError("\n".join(problems))


def _ensemble(
    lat: float, lon: float, omega: float, pitch: float, times: Floats, status: Floats, events: Floats, states: Floats
) -> Ensemble:
    impact, place, length = np.empty((len(status), 6)), np.empty((len(status), 3)), np.empty(len(status))
    powered.earth_fixed_many(events[:, powered.IMPACT], events[:, powered.IMPACT_STATE :], omega, impact)
    geodetic_many(impact[:, :3], place)
    geodesic_many(lat, lon, place, length)
    burning = (status == 0) & np.isnan(events[:, powered.BURNOUT])
    return Ensemble(
        status=np.where(burning, 4, status).astype(np.int8),
        range_km=length / KM,
        apogee_km=events[:, powered.APOGEE_ALT] / KM,
        time_of_flight_s=events[:, powered.IMPACT].copy(),
        burnout_speed_km_s=events[:, powered.BURNOUT_SPEED] / KM_S,
        lat_deg=place[:, 0] / DEG,
        lon_deg=place[:, 1] / DEG,
        times_s=times,
        position_km=states[:, :, :3] / KM,
        velocity_km_s=states[:, :, 3:] / KM_S,
        final_pitch_deg=pitch / DEG,
    )
