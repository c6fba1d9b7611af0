"""Can an interceptor be there in time? Its reach by burnout speed, and the earliest point where it meets a body."""

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import G0
from entente.physics.earth import altitude

LOOK = 5.0  # s  between the points of a path that are tried


@kernel
def can_reach(east: float, north: float, up: float, flight: float, speed: float, boost: float) -> bool:
    """Whether an interceptor can be at a point a given time after ignition.

    Args:
        east, north, up: the point from the site [m].
        flight: time since ignition [s].
        speed: burnout speed [m/s]; boost: burn time [s].
    Valid: flat Earth with constant gravity, no air, even acceleration in any one direction: good to a few per cent within
        1,000 km and ranges the boost does not dominate; generous below 30 km, where air slows.
    Source: own: bodies thrown with one speed in all directions lie on a sphere whose centre falls freely.
    """
    if flight <= boost:
        return False
    reach = speed * (flight - 0.5 * boost)
    lifted = up + 0.5 * G0 * flight * flight
    return east * east + north * north + lifted * lifted <= reach * reach


@kernel
def earliest_meeting(
    path: Floats, site: Floats, axes: Floats, ready: float, speed: float, boost: float, floor: float, ceiling: float
) -> int:
    """The first point of a predicted path that an interceptor can reach in time.

    Args:
        path: predicted positions, Earth-fixed [m], (M, 3), LOOK seconds apart, the first one now.
        site: (3,) position; axes: (3, 3) east, north, up at the site.
        ready: time from now to ignition [s].
        speed, boost: see can_reach; floor, ceiling: heights between which it can engage [m].
    Returns:
        index of the point; -1 if none.
    Valid: as can_reach.
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
        if can_reach(east, north, up, m * LOOK - ready, speed, boost):
            return m
    return -1
