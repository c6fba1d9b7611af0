"""Can an interceptor be there in time? Its reach by burnout speed, and the earliest point where it meets a body."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import GM, R_MEAN
from entente.physics.earth import altitude

LOOK = 5.0  # s  between the points of a path that are tried
LONGEST = 900.0  # s  no interceptor here flies longer


@kernel
def flight_time(east: float, north: float, up: float, speed: float, boost: float) -> float:
    """How long an interceptor takes to a point, the direct way.

    Args:
        east, north, up: the point from the site [m].
        speed: burnout speed [m/s], below that of escape; boost: burn time [s].
    Returns:
        time since ignition [s]; inf where it never gets there, within LONGEST or before it has burned out.
    Valid: free flight in an inverse-square field from the surface of a sphere that does not turn, the burn drawn together
        into one instant in its middle (even acceleration along one direction); no air, so generous below 30 km; the
        Earth's spin, left out, is worth up to 0.46 km/s either way.
    Source: Lagrange's time equation by semi-axis, chord and perimeter, the earlier of its two arcs: Battin, An Introduction
        to the Mathematics and Methods of Astrodynamics (1999), section 6.6.
    """
    here = R_MEAN
    there = math.sqrt(east * east + north * north + (here + up) ** 2)
    chord = math.sqrt(east * east + north * north + up * up)
    axis = 1.0 / (2.0 / here - speed * speed / GM)
    perimeter = 0.5 * (here + there + chord)
    if perimeter > 2.0 * axis:
        return math.inf
    alpha = 2.0 * math.asin(math.sqrt(perimeter / (2.0 * axis)))
    beta = 2.0 * math.asin(math.sqrt(max(perimeter - chord, 0.0) / (2.0 * axis)))
    fall = math.sqrt(axis**3 / GM) * ((alpha - math.sin(alpha)) - (beta - math.sin(beta)))
    time = 0.5 * boost + fall
    return time if boost <= time <= LONGEST else math.inf


@kernel
def earliest_meeting(
    path: Floats, site: Floats, axes: Floats, ready: float, speed: float, boost: float, floor: float, ceiling: float
) -> tuple[int, float]:
    """The first point of a predicted path that an interceptor can reach in time.

    Args:
        path: predicted positions, Earth-fixed [m], (M, 3), LOOK seconds apart, the first one now.
        site: (3,) position; axes: (3, 3) east, north, up at the site.
        ready: least time from now to ignition [s].
        speed, boost: see flight_time; floor, ceiling: heights between which it can engage [m].
    Returns:
        index of the point, -1 if none; time of flight to it [s].
    Valid: as flight_time.
    Source: own, by trial of every point.
    """
    d = np.empty(3)
    for m in range(path.shape[0]):
        height = altitude(path[m, 0], path[m, 1], path[m, 2])
        if height < floor or height > ceiling:
            continue
        for i in range(3):
            d[i] = path[m, i] - site[i]
        east = axes[0, 0] * d[0] + axes[0, 1] * d[1] + axes[0, 2] * d[2]
        north = axes[1, 0] * d[0] + axes[1, 1] * d[1] + axes[1, 2] * d[2]
        up = axes[2, 0] * d[0] + axes[2, 1] * d[1] + axes[2, 2] * d[2]
        needs = flight_time(east, north, up, speed, boost)
        if ready + needs <= m * LOOK:
            return m, needs
    return -1, math.inf
