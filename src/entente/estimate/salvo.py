"""When would a site fire at what a picture holds, and where would the interceptor meet it?

A driver over the moments of a grid, apart from `physics.intercept` because it rests on tracks.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.belief import BURNS
from entente.estimate.kalman import predict_ballistic
from entente.estimate.predict import free_fall
from entente.physics.earth import altitude
from entente.physics.intercept import LONGEST, LOOK, flight_time

Bools = NDArray[np.bool_]

FIRES, NO_TRACK, NEVER_IN_REACH, LOST_WAITING, TOO_POOR = 0, 1, 2, 3, 4  # what a search may say
AHEAD = 400  # points of LOOK seconds that a path is predicted for
STRIDE = 12  # points in one stretch of the path, which is passed over whole where it holds no meeting
SAG = 6_000.0  # m  that a body may rise above the straight line between the ends of a stretch: g (60 s)^2 / 8, and a third
ALIKE = 1_000.0  # m  by which a path may differ from the last one searched for that search to stand; a body flies 20 km a LOOK
GRACE = 1.0  # s  a search that failed by less than this, or by less than ALIKE in height, is repeated


@kernel
def plan_salvo(
    t: Floats,
    held: Bools,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    impact_t: Floats,
    site: Floats,
    axes: Floats,
    speed: float,
    boost: float,
    ready: float,
    floor: float,
    ceiling: float,
    farthest: float,
    fastest: float,
    handover_sigma: float,
    q: float,
    place: Floats,
) -> tuple[int, float, float, float, int, int]:
    """The first salvo that a site would fire at one object, by the tracks that its party holds of it.

    At every moment, for every track held, not burning and with a known impact: the earliest point of its fall that an
    interceptor can reach in time; if the site can wait for its next look, it waits; if the track will then be too poor for
    the seeker, it does not fire yet.

    Args:
        t: moments, evenly apart [s], (G,), G at least 2; held (K, G), x (K, G, 6), P (K, G, 6, 6), p_boost (K, G): the
            tracks; impact_t: when each comes down [s], (K, G), nan where not known.
        site: its position, Earth-fixed [m], (3,); axes: its east, north, up, (3, 3).
        speed, boost: burnout speed [m/s] and burn time [s] of its interceptor; ready: least time from a decision to
            ignition [s]; floor, ceiling: heights between which it can engage [m]; farthest: from the site, in the plane level
            there [m]; fastest: what it can engage, against the ground [m/s]; inf where there is no such limit.
        handover_sigma: worst standard deviation of a coordinate at the meeting with which the seeker finds the body [m].
        q: spectral density of the unknown acceleration on the way there [m^2/s^3].
        place: (3,) Earth-fixed [m] where it would meet, written if it fires, else nan.
    Returns:
        FIRES, or what was missing: NO_TRACK, NEVER_IN_REACH, LOST_WAITING, TOO_POOR; times of ignition and of the meeting
        [s], speed of the body there against the ground [m/s], nan if none; moment and track decided on, -1 if none.
    Valid: as `physics.intercept.flight_time`. A search is not repeated while the body falls as it did then, within ALIKE.
    Source: own; the rule in plain Python is in tests/laws.
    """
    tracks = held.shape[0]
    next_look = t[1] - t[0]
    why = NO_TRACK
    fall, then, spread = np.empty((tracks, 6)), np.empty(6), np.empty((6, 6))
    meeting = np.empty(6)
    searched, until = np.full(tracks, math.nan), np.empty(tracks)
    place[0], place[1], place[2] = math.nan, math.nan, math.nan
    for g in range(t.shape[0]):
        for k in range(tracks):
            left = impact_t[k, g] - t[g]
            if not held[k, g] or not p_boost[k, g] < BURNS or not abs(left) < math.inf:
                searched[k] = math.nan
                continue
            if searched[k] <= t[g]:
                free_fall(fall[k], t[g] - searched[k], fall[k])
                searched[k] = t[g]
                if t[g] < until[k] and _apart(fall[k], x[k, g], left) < ALIKE:
                    continue
            at, flight = _meet(
                x[k, g], left, site, axes, ready, speed, boost, floor, ceiling, farthest, fastest, meeting
            )
            wait = at * LOOK - flight - ready
            searched[k] = math.nan
            if at < 0 or wait > next_look:
                for i in range(6):
                    fall[k, i] = x[k, g, i]
                searched[k], until[k] = t[g], t[g] + wait - 2.0 * next_look
                if at < 0:
                    # What is out of reach by more than a little from now on, stays so.
                    near, _ = _meet(
                        x[k, g],
                        left + LOOK,
                        site,
                        axes,
                        ready - GRACE,
                        speed,
                        boost,
                        floor - ALIKE,
                        ceiling + ALIKE,
                        farthest + ALIKE,
                        fastest + ALIKE / LOOK,
                        meeting,
                    )
                    until[k] = math.inf if near < 0 else t[g]
                if at >= 0:
                    why = LOST_WAITING
                elif why == NO_TRACK:
                    why = NEVER_IN_REACH
                continue
            predict_ballistic(x[k, g], P[k, g], at * LOOK, q, then, spread)
            if math.sqrt(max(spread[0, 0], spread[1, 1], spread[2, 2])) > handover_sigma:
                why = TOO_POOR
                continue
            place[0], place[1], place[2] = meeting[0], meeting[1], meeting[2]
            met = math.sqrt(meeting[3] ** 2 + meeting[4] ** 2 + meeting[5] ** 2)
            return FIRES, t[g] + at * LOOK - flight, t[g] + at * LOOK, met, g, k
    return why, math.nan, math.nan, math.nan, -1, -1


@kernel
def _apart(a: Floats, b: Floats, left: float) -> float:
    """How far two falling states (6,) will be from one another at most within `left` [s], roughly [m]."""
    place, pace = 0.0, 0.0
    for i in range(3):
        place += (a[i] - b[i]) ** 2
        pace += (a[i + 3] - b[i + 3]) ** 2
    return math.sqrt(place) + math.sqrt(pace) * max(left, 0.0)


@kernel
def _meet(
    x: Floats,
    left: float,
    site: Floats,
    axes: Floats,
    ready: float,
    speed: float,
    boost: float,
    floor: float,
    ceiling: float,
    farthest: float,
    fastest: float,
    meeting: Floats,
) -> tuple[int, float]:
    """`intercept.earliest_meeting` along the fall of a state in its `left` seconds; state of the body there in `meeting`.

    Only where the body is no farther from the site and no faster than the interceptor can engage.

    The path is first walked in stretches of a minute, and in steps of LOOK only where a stretch may hold a meeting.
    """
    count = min(AHEAD, max(1, int(left / LOOK)))
    begin, end = np.empty(6), np.empty(6)
    for i in range(6):
        end[i] = x[i]
    high_end, away_end = altitude(end[0], end[1], end[2]), _level_distance(end, site, axes)
    m = 0
    while m < count:
        size = min(STRIDE, count - m)
        for i in range(6):
            begin[i] = end[i]
        high, away = high_end, away_end
        free_fall(begin, size * LOOK, end)
        high_end, away_end = altitude(end[0], end[1], end[2]), _level_distance(end, site, axes)
        # No faster along the ground than this, so nearer to the site than `near` nowhere in the stretch.
        pace = 1.05 * math.sqrt(
            max(begin[3] ** 2 + begin[4] ** 2 + begin[5] ** 2, end[3] ** 2 + end[4] ** 2 + end[5] ** 2)
        )
        near = 0.5 * (away + away_end - pace * size * LOOK)
        least = 0.5 * boost + near / speed
        too_high, too_low = min(high, high_end) > ceiling, max(high, high_end) < floor - SAG
        if not (too_high or too_low or ready + least > (m + size) * LOOK or least > LONGEST + LOOK):
            for n in range(m, m + size):
                height = altitude(begin[0], begin[1], begin[2])
                pace = math.sqrt(begin[3] ** 2 + begin[4] ** 2 + begin[5] ** 2)
                near = _level_distance(begin, site, axes)
                if floor <= height <= ceiling and near <= farthest and pace <= fastest:
                    needs = _time_to(begin, site, axes, speed, boost)
                    if ready + needs <= n * LOOK:
                        for i in range(6):
                            meeting[i] = begin[i]
                        return n, needs
                free_fall(begin, LOOK, begin)
        m += size
    return -1, math.inf


@kernel
def _level_distance(x: Floats, site: Floats, axes: Floats) -> float:
    """Distance of a body from a site in the plane level there [m]."""
    east, north = 0.0, 0.0
    for i in range(3):
        east += axes[0, i] * (x[i] - site[i])
        north += axes[1, i] * (x[i] - site[i])
    return math.sqrt(east * east + north * north)


@kernel
def _time_to(x: Floats, site: Floats, axes: Floats, speed: float, boost: float) -> float:
    """Time of flight of an interceptor to where a body is [s]; inf where it never gets there."""
    east, north, up = 0.0, 0.0, 0.0
    for i in range(3):
        d = x[i] - site[i]
        east += axes[0, i] * d
        north += axes[1, i] * d
        up += axes[2, i] * d
    return flight_time(east, north, up, speed, boost)
