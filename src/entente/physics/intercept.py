"""Can an interceptor be there in time? Its reach by burnout speed, and the earliest point where it meets a body."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import G0
from entente.physics.earth import altitude

LOOK = 5.0  # s  between the points of a path that are tried
LONGEST = 900.0  # s  no interceptor here flies longer
FARTHEST = (
    3_000e3  # m  along the plane at the site; beyond, a flat Earth is wrong by more than a tenth: out of reach here
)
STEP = 2.0  # s  in which the first moment of reach is searched


@kernel
def flight_time(east: float, north: float, up: float, speed: float, boost: float) -> float:
    """How long an interceptor takes to a point, the direct way.

    Args:
        east, north, up: the point from the site [m].
        speed: burnout speed [m/s]; boost: burn time [s].
    Returns:
        time since ignition [s]; inf where it never gets there.
    Valid: flat Earth with constant gravity, no air, even acceleration along one direction: good to a few per cent within
        1,000 km where the flight is not mostly boost, to a tenth at FARTHEST, where it ends; generous below 30 km, where
        air slows.
    Source: own: bodies thrown with one speed in all directions lie on a sphere whose centre falls freely.
    """
    return first_reach(east, north, up, speed, boost, LONGEST)


@kernel
def first_reach(east: float, north: float, up: float, speed: float, boost: float, latest: float) -> float:
    """`flight_time`, searched no further than `latest` [s]: inf, or anything later, where it takes longer."""
    level = math.sqrt(east * east + north * north)
    if level > FARTHEST:
        return math.inf
    # The way over the ground alone takes this long, so the search need not begin before.
    least = level / speed - 0.5 * boost
    t = boost + STEP * max(math.floor(min(least, LONGEST) / STEP), 0.0)
    while t < latest:
        t += STEP
        if _slack(east, north, up, t, speed, boost) >= 0.0:
            early, late = t - STEP, t
            for _ in range(30):
                middle = 0.5 * (early + late)
                if _slack(east, north, up, middle, speed, boost) >= 0.0:
                    late = middle
                else:
                    early = middle
            return late
    return math.inf


@kernel
def _slack(east: float, north: float, up: float, t: float, speed: float, boost: float) -> float:
    """How far inside the sphere of reach a point lies [m^2], negative outside."""
    reach = speed * max(t - 0.5 * boost, 0.0)
    lifted = up + 0.5 * G0 * t * t
    return reach * reach - east * east - north * north - lifted * lifted


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
