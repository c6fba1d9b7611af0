"""Can an interceptor be there in time? Its reach by burnout speed, and the earliest point where it meets a body."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import GM, R_MEAN
from entente.physics.earth import altitude, height_by_series

LOOK = 5.0  # s  between the points of a path that are tried
LONGEST = 900.0  # s  no interceptor here flies longer
SPEED, BOOST, FLOOR, CEILING, NEAREST, FARTHEST, FASTEST = range(7)  # columns of what an interceptor can do


@kernel
def direct_time(east: float, north: float, up: float, speed: float, boost: float) -> float:
    """How long an interceptor takes to a point, the direct way, whether or not it has burned out by then.

    Args:
        east, north, up: the point from the site [m].
        speed: burnout speed [m/s], below that of escape; boost: burn time [s].
    Returns:
        time since ignition [s]; inf where it never gets there.
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
    return 0.5 * boost + fall


@kernel
def flight_time(east: float, north: float, up: float, speed: float, boost: float) -> float:
    """As `direct_time`; inf as well where it would take longer than LONGEST, or be there before it has burned out."""
    time = direct_time(east, north, up, speed, boost)
    return time if boost <= time <= LONGEST else math.inf


@kernel
def fly_out(east: float, north: float, up: float, speed: float, boost: float, nearest: float) -> float:
    """As `flight_time`, with a least distance in the place of what the burn itself covers.

    Args:
        nearest: distance from the site below which nothing can be met [m]; negative for what the burn covers. With one,
            points that are passed while the engine burns are met when it has burned out.
    Valid: as `direct_time`; the wait in front of a near point is taken for granted, as by bending the climb.
    """
    if nearest < 0.0:
        return flight_time(east, north, up, speed, boost)
    if math.sqrt(east * east + north * north + up * up) < nearest:
        return math.inf
    time = max(boost, direct_time(east, north, up, speed, boost))
    return time if time <= LONGEST else math.inf


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


@kernel
def deadline(point: Floats, at: float, target_speed: float, site: Floats, axes: Floats, can: Floats) -> float:
    """The latest ignition that still meets a body at a point of its path.

    Args:
        point: Earth-fixed [m], (3,); at: when the body is there [s]; target_speed: its speed there against the ground [m/s].
        site: (3,) position; axes: (3, 3) east, north, up there.
        can: (7,) burnout speed, burn time, floor, ceiling, least distance (negative for what the burn covers), largest
            distance in the plane level at the site, and fastest target; SI, inf where there is no such limit.
    Returns:
        time of ignition [s]; -inf where the point cannot be met.
    Valid: as `direct_time`.
    """
    height = height_by_series(point[0], point[1], point[2])
    if height < can[FLOOR] or height > can[CEILING] or target_speed > can[FASTEST]:
        return -math.inf
    dx, dy, dz = point[0] - site[0], point[1] - site[1], point[2] - site[2]
    east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    if east * east + north * north > can[FARTHEST] * can[FARTHEST]:
        return -math.inf
    up = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    return at - fly_out(east, north, up, can[SPEED], can[BOOST], can[NEAREST])


@kernel
def deadlines_many(path: Floats, t: Floats, site: Floats, axes: Floats, can: Floats, out: Floats) -> None:
    """`deadline` of every point of a path.

    Args:
        path: Earth-fixed positions of the body [m], (N, 3); t: when it is there [s], ascending, (N,), N at least 2.
        site, axes, can: as `deadline`; out: (N,), written [s].
    """
    for n in range(t.shape[0]):
        a, b = max(n - 1, 0), min(n + 1, t.shape[0] - 1)
        dx, dy, dz = path[b, 0] - path[a, 0], path[b, 1] - path[a, 1], path[b, 2] - path[a, 2]
        speed = math.sqrt(dx * dx + dy * dy + dz * dz) / (t[b] - t[a])
        out[n] = deadline(path[n], t[n], speed, site, axes, can)
