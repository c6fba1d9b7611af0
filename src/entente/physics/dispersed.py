"""Many flights of one vehicle that differ a little: in aim, engine, weight, drag and air."""

from entente.compiled import Floats, kernel
from entente.physics import powered

# Columns of the table of differences, one row a flight: angles to add [rad], and factors.
AZIMUTH, PITCH, IMPULSE, BURN, PAYLOAD, BETA, DRAG, DENSITY = 0, 1, 2, 3, 4, 5, 6, 7
COLUMNS = 8


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
        differences: (N, COLUMNS), one a flight. A shorter burn is a stronger one: the propellant stays.
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
