"""Many flights of one vehicle that differ a little: in aim, engine, weight, drag and air."""

import math

from entente import rng
from entente.compiled import Floats, kernel
from entente.physics import powered

# Columns of the table of differences, one row a flight: angles to add [rad], and factors.
AZIMUTH, PITCH, IMPULSE, BURN, PAYLOAD, BETA, DRAG, DENSITY = 0, 1, 2, 3, 4, 5, 6, 7
COLUMNS = 8


@kernel
def draw(seed: int, sigmas: Floats, first: int, out: Floats) -> None:
    """Differences of the flights `first` and following.

    Args:
        sigmas: (COLUMNS,), one standard deviation of each; where it is 0 nothing differs.
        out: (N, COLUMNS), written: angles normal about 0, factors log-normal about a median of 1.
    Valid: flight n of a seed is the same in whatever batch it is drawn.
    """
    for flight in range(out.shape[0]):
        for column in range(COLUMNS):
            sigma = sigmas[column]
            angle = column in (AZIMUTH, PITCH)
            out[flight, column] = 0.0 if angle else 1.0
            if sigma > 0.0:
                value = sigma * rng.normal(seed, rng.FLIGHT, first + flight, 0, column)
                out[flight, column] = value if angle else math.exp(value)


@kernel
def shares(seed: int, first: int, out: Floats) -> None:
    """Uniform numbers for the flights `first` and following, (N,), for what is drawn over a range of its own."""
    for flight in range(out.size):
        out[flight] = rng.uniform(seed, rng.FLIGHT, first + flight, 0, BETA)


@kernel
def fly_many(
    body: powered.Body,
    launch: powered.Launch,
    differences: Floats,
    tolerance: float,
    times: Floats,
    status: Floats,
    events: Floats,
    states: Floats,
    phases: Floats,
) -> None:
    """Fly each row of a table of differences, see `powered.fly`.

    Args:
        differences: (N, COLUMNS), as `draw` makes them. A shorter burn is a stronger one: the propellant stays.
        status: (N,), events: (N, EVENTS), states: (N, M, 6), Earth-fixed, and phases: (N, M), written.
    Source: own.
    """
    for n in range(differences.shape[0]):
        one, by = differences[n], body.stages.copy()
        by[:, powered.THRUST] *= one[IMPULSE] / one[BURN]
        by[:, powered.FLOW] /= one[BURN]
        by[:, powered.BURN] *= one[BURN]
        programme = launch.programme.copy()
        programme[1:, 1] += one[PITCH]
        drag = body.drag.copy()
        drag[:, 1] *= one[DRAG]
        flies = powered.Body(by, body.payload * one[PAYLOAD], body.beta * one[BETA], drag)
        starts = powered.Launch(
            launch.lat,
            launch.lon,
            launch.azimuth + one[AZIMUTH],
            programme,
            launch.follows,
            launch.density * one[DENSITY],
            launch.omega,
        )
        status[n] = powered.fly(flies, starts, tolerance, times, states[n], phases[n], events[n])
        powered.earth_fixed_many(times, states[n], launch.omega, states[n])
