"""One nation's tracker over the scans of its sensors of one kind.

For every scan, in the order of time:
1. Where every track would be is reckoned roughly; one near a detection is predicted to the scan, both modes (`modes`).
2. Detections are gated and given to tracks at the least total cost (`associate`).
3. Tracks with a detection are updated; tracks that could have been seen and were not count a miss.
4. A track is confirmed by M hits in N chances; dropped on reaching the ground, a young one (or a plume) also by misses
   or silence.
5. Detections that nobody took begin new tracks; a track that repeats an older one is dropped.
6. What changed is noted: at most one row a detection.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.associate import assign, gate
from entente.estimate.initiate import from_angles, from_radar
from entente.estimate.modes import combine, drift, is_elsewhere, is_far_off, predict_modes, reach_of_modes, update_modes
from entente.physics.earth import altitude
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.signals import off_boresight, scan_reach

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

ALIVE = 24  # tracks at once; the worst of the tentative ones gives way to a new detection
CONFIRM_HITS, CONFIRM_CHANCES = 3, 5  # M of N
GATE = 0.9999  # chance that a true detection lies inside the gate
SPEED_SIGMA = 3_000.0  # m/s  of a new radar track's velocity, each component
RISE, RISE_SIGMA = 800.0, 1_200.0  # m/s  upward speed of a newly seen plume and its uncertainty
PLUME_HEIGHT, PLUME_SIGMA = 8_000.0, 6_000.0  # m  height at which a plume is first seen: by flights of the catalogue
MEAN_BOOST, MEAN_COAST = (
    100.0,
    1e7,
)  # s  mean stay in each mode; a burnt-out body hardly ever burns again, but re-entry brakes it
REACH_MARGIN = 1.3  # beyond this multiple of its reach a radar is not expected to see
MISSES = 5  # in a row, after which a track is dropped
UNTOUCHED = 30.0  # s  after which a track is predicted although nothing was seen near it; `drift` is 50 m off by then
SILENCE = 60.0  # s  without a detection, after which a track is dropped
ESTABLISHED = 6  # hits after which a radar track is carried on unseen until it comes down

# m^2/s^3  unknown acceleration: about 70 m/s^2 between looks 5 s apart in boost (the best that white noise makes of an
# acceleration that is steady; mean NEES 4.5 in boost, design 6); slight in free fall
Q = np.array([25_000.0, 1e-4])
BETA_LN = np.array([math.log(5000.0), 0.35])  # every tracker's prior of the ballistic coefficient [ln kg/m^2]


@kernel
def expected(x: Floats, infrared: bool, site: Floats, axes: Floats, faces: Floats, limits: Floats, aer: Floats) -> bool:
    """Whether a sensor could see a body at `x`: in a face, in elevation, in reach; for a satellite, not behind the Earth.

    Args:
        x: position or state, Earth-fixed, (3,) or (6,); site (3,), axes (3, 3): the sensor; faces: (F, 6), see
            physics.signals.off_boresight; limits: (4,) lowest and highest elevation [rad], reach [m], clutter density.
        aer: (3,), scratch.
    """
    if infrared:
        return not hidden_by_earth(site, x[:3], 0.0)
    azimuth_elevation_range(x[:3], site, axes, aer)
    if aer[2] > REACH_MARGIN * limits[2]:
        return False
    angle = off_boresight(aer[0], aer[1], faces, limits[0], limits[1])
    return aer[2] <= REACH_MARGIN * limits[2] * scan_reach(angle)


@kernel
def copy_state(x: Floats, P: Floats, x_out: Floats, P_out: Floats) -> None:
    """Copy a state (n,) and its covariance (n, n); a loop, because slices of arrays take long to compile."""
    for a in range(x.shape[0]):
        x_out[a] = x[a]
        for b in range(x.shape[0]):
            P_out[a, b] = P[a, b]


@kernel
def copy_bank(x: Floats, P: Floats, p: Floats, x_out: Floats, P_out: Floats, p_out: Floats) -> None:
    """Copy both modes of a track: x (2, 6), P (2, 6, 6), p (2,)."""
    for mode in range(2):
        copy_state(x[mode], P[mode], x_out[mode], P_out[mode])
        p_out[mode] = p[mode]


@kernel
def recent_hits(history: int) -> int:
    """Hits among the last CONFIRM_CHANCES chances; the lowest bit of `history` is the latest."""
    total = 0
    for i in range(CONFIRM_CHANCES):
        total += (history >> i) & 1
    return total


@kernel
def is_repeat(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats) -> bool:
    """Whether two tracks stand for one body: every component within three standard deviations."""
    for i in range(6):
        if abs(xa[i] - xb[i]) > 3.0 * math.sqrt(Pa[i, i] + Pb[i, i]):
            return False
    return True


@kernel
def carry(x: Floats, P: Floats, p: Floats, dt: float, q: Floats, stay: Floats, xc: Floats, Pc: Floats) -> int:
    """Predict a track by `dt` [s] in place, both modes and their mixture xc (6,), Pc (6, 6).

    Returns:
        status: 0; 1 where it has come down; else that of `predict_modes`.
    """
    x2, P2, p2 = np.empty((2, 6)), np.empty((2, 6, 6)), np.empty(2)
    status = predict_modes(x, P, p, dt, q, stay, x2, P2, p2)
    copy_bank(x2, P2, p2, x, P, p)
    combine(x, P, p, xc, Pc)
    if status == 0 and altitude(xc[0], xc[1], xc[2]) < -3.0 * math.sqrt(Pc[0, 0] + Pc[1, 1] + Pc[2, 2]):
        return 1
    return status


@kernel
def are_apart(xa: Floats, Pa: Floats, dta: float, xb: Floats, Pb: Floats, dtb: float, q: float) -> bool:
    """Whether two tracks of age `dta` and `dtb` [s] surely are no repeats of one another, by their positions alone."""
    here, there = np.empty(3), np.empty(3)
    drift(xa, dta, here)
    drift(xb, dtb, there)
    apart, spread = 0.0, q * (dta**3 + dtb**3)
    for i in range(3):
        apart += (here[i] - there[i]) ** 2
        spread += Pa[i, i] + dta * (2.0 * Pa[i, i + 3] + dta * Pa[i + 3, i + 3])
        spread += Pb[i, i] + dtb * (2.0 * Pb[i, i + 3] + dtb * Pb[i + 3, i + 3])
    return apart > 10.0 * spread + 1e6


@kernel
def follow_scans(
    infrared: bool,
    scan_t: Floats,
    scan_known: Floats,
    scan_sensor: Ints,
    scan_start: Ints,
    obj: Ints,
    z: Floats,
    sigma: Floats,
    site: Floats,
    axes: Floats,
    faces: Floats,
    limits: Floats,
    q: Floats,
    out_track: Ints,
    out_t: Floats,
    out_x: Floats,
    out_P: Floats,
    out_boost: Floats,
    out_obj: Ints,
    out_confirmed: Bools,
    out_end: Floats,
) -> int:
    """Follow everything that one nation's radars, or its satellites, reported.

    Args:
        infrared: whether the sensors give angles only.
        scan_t: times of the scans [s], rising, (S,); scan_known: when the nation had them [s]; scan_sensor: whose.
        scan_start: (S+1,) rows of each scan in obj, z, sigma; obj: truth, only passed through; z, sigma: (D, 3).
        site, axes, faces, limits: one row a sensor, see `expected`; limits[3] is the density of false detections in
            measurement space [1/(m rad^2) or 1/rad^2].
        q: spectral density of the unknown acceleration in boost and in coast [m^2/s^3], (2,).
        out_*: at most one row a detection, so (D, ...) is enough: one for every update of a track: its number, times [s],
            state and covariance *at the scan*, chance that it burns, truth, whether confirmed. out_t is (D, 2): when the
            scan was made and when the nation had it.
        out_end: (D,) for each number, when its track came down or turned out to repeat another [s]; inf if neither.
    Returns:
        rows written.
    Valid: free fall or boost; in boost the acceleration is white noise, so errors there are of the right size, not
        calibrated. Time of the scans of one kind only rises: reports of one kind are handled in the order of the looks.
    Source: Blackman & Popoli, Design and Analysis of Modern Tracking Systems (1999), chapter 6 (M of N, deletion, global
        nearest neighbour).
    """
    x, P, p = np.empty((ALIVE, 2, 6)), np.empty((ALIVE, 2, 6, 6)), np.empty((ALIVE, 2))
    x2, P2, p2 = np.empty((2, 6)), np.empty((2, 6, 6)), np.empty(2)
    xc, Pc = np.empty((ALIVE, 6)), np.empty((ALIVE, 6, 6))
    place = np.empty((ALIVE, 3))
    t_state, t_hit = np.zeros(ALIVE), np.zeros(ALIVE)
    alive, confirmed = np.zeros(ALIVE, np.bool_), np.zeros(ALIVE, np.bool_)
    history, chances, misses = np.zeros(ALIVE, np.int64), np.zeros(ALIVE, np.int64), np.zeros(ALIVE, np.int64)
    number, hits = np.zeros(ALIVE, np.int32), np.zeros(ALIVE, np.int32)
    known = np.zeros(ALIVE)
    stay = np.array([MEAN_BOOST, MEAN_COAST])
    aer = np.empty(3)
    size = 2 if infrared else 3
    first = 3 - size
    edge = gate(GATE, size)
    variance = np.empty(size)
    match, changed_by = np.empty(ALIVE, np.int32), np.empty(ALIVE, np.int32)
    alone = np.zeros(ALIVE)
    rows, born = 0, 0

    for k in range(scan_t.shape[0]):
        s = scan_sensor[k]
        begin, end = scan_start[k], scan_start[k + 1]
        count = end - begin
        taken, cost = np.zeros(count, np.bool_), np.empty((ALIVE, count))

        # 1. Predict, where it matters.
        for i in range(ALIVE):
            match[i], changed_by[i] = -1, -1
            if not alive[i]:
                continue
            if scan_t[k] - t_hit[i] > SILENCE and (infrared or hits[i] < ESTABLISHED):
                alive[i] = False
                continue
            age = scan_t[k] - t_state[i]
            drift(xc[i], age, place[i])
            wanted = age > UNTOUCHED or altitude(place[i, 0], place[i, 1], place[i, 2]) < 0.0
            reach = reach_of_modes(x[i], P[i], age, q[0], edge) if count > 0 else 0.0
            for b in range(count):
                cost[i, b] = math.inf
                if not is_elsewhere(place[i], reach, z[begin + b], sigma[begin + b], infrared, site[s], axes[s], edge):
                    cost[i, b] = 0.0
                    wanted = True
            if wanted:
                status = carry(x[i], P[i], p[i], age, q, stay, xc[i], Pc[i])
                t_state[i] = scan_t[k]
                for a in range(3):
                    place[i, a] = xc[i, a]
                if status != 0:
                    alive[i] = False
                    out_end[number[i]] = scan_known[k] if status == 1 else math.inf

        # 2. Gate and assign.
        if count > 0:
            for i in range(ALIVE):
                for b in range(count):
                    d = begin + b
                    if not alive[i] or cost[i, b] > 0.0:
                        cost[i, b] = math.inf
                        continue
                    cost[i, b] = math.inf
                    for m in range(size):
                        variance[m] = sigma[d, first + m] ** 2
                    if is_far_off(x[i], P[i], z[d, first:], variance, site[s], axes[s], edge):
                        continue
                    nis, log_likelihood = update_modes(
                        x[i], P[i], p[i], z[d, first:], variance, site[s], axes[s], x2, P2, p2
                    )
                    if nis <= edge:
                        cost[i, b] = math.log(limits[s, 3]) - log_likelihood
            # A detection inside the gate is taken unless a false alarm there would be likelier.
            assign(cost, alone, match)

        # 3. Update, or count the miss.
        for i in range(ALIVE):
            if not alive[i]:
                continue
            # A body larger than expected may be seen from farther off; not to see one there is no miss.
            if match[i] < 0 and not expected(place[i], infrared, site[s], axes[s], faces[s], limits[s], aer):
                continue
            chances[i] += 1
            history[i] = (history[i] << 1) & 0xFF
            if match[i] < 0:
                misses[i] += 1
                continue
            d = begin + match[i]
            taken[match[i]] = True
            for m in range(size):
                variance[m] = sigma[d, first + m] ** 2
            update_modes(x[i], P[i], p[i], z[d, first:], variance, site[s], axes[s], x2, P2, p2)
            copy_bank(x2, P2, p2, x[i], P[i], p[i])
            combine(x[i], P[i], p[i], xc[i], Pc[i])
            history[i] |= 1
            hits[i] += 1
            misses[i] = 0
            t_hit[i] = scan_t[k]
            known[i] = max(known[i], scan_known[k])
            # 4. Confirm.
            if recent_hits(history[i]) >= CONFIRM_HITS:
                confirmed[i] = True
            changed_by[i] = d

        # 4. Drop.
        for i in range(ALIVE):
            if (
                alive[i]
                and not confirmed[i]
                and chances[i] >= CONFIRM_CHANCES
                and recent_hits(history[i]) < CONFIRM_HITS
            ):
                alive[i] = False
            if alive[i] and misses[i] >= MISSES and (infrared or hits[i] < ESTABLISHED):
                alive[i] = False

        # 5. Begin new tracks, and drop those that repeat an older one.
        for b in range(count):
            if taken[b]:
                continue
            d = begin + b
            i = _free(alive, confirmed, t_hit)
            if i < 0:
                continue
            if infrared:
                status = from_angles(
                    z[d, 1],
                    z[d, 2],
                    sigma[d, 1],
                    sigma[d, 2],
                    site[s],
                    axes[s],
                    PLUME_HEIGHT,
                    PLUME_SIGMA,
                    RISE,
                    RISE_SIGMA,
                    xc[i],
                    Pc[i],
                )
            else:
                status = from_radar(z[d], sigma[d], site[s], axes[s], SPEED_SIGMA, xc[i], Pc[i])
            if status != 0:
                continue
            for mode in range(2):
                copy_state(xc[i], Pc[i], x[i, mode], P[i, mode])
            p[i, 0] = 0.95 if infrared else 0.8
            p[i, 1] = 1.0 - p[i, 0]
            alive[i], confirmed[i] = True, False
            t_state[i], t_hit[i], known[i] = scan_t[k], scan_t[k], scan_known[k]
            history[i], chances[i], misses[i], hits[i] = 1, 1, 0, 1
            number[i] = born
            out_end[born] = math.inf
            born += 1
            changed_by[i] = d
        for i in range(ALIVE):
            if not alive[i] or chances[i] < 2:
                continue
            for j in range(ALIVE):
                older = alive[j] and confirmed[j] and (not confirmed[i] or number[j] < number[i])
                if i == j or not alive[i] or not older or (changed_by[i] < 0 and changed_by[j] < 0):
                    continue
                age_i, age_j = scan_t[k] - t_state[i], scan_t[k] - t_state[j]
                if are_apart(xc[i], Pc[i], age_i, xc[j], Pc[j], age_j, q[0]):
                    continue
                for n in (i, j):
                    if t_state[n] < scan_t[k]:
                        carry(x[n], P[n], p[n], scan_t[k] - t_state[n], q, stay, xc[n], Pc[n])
                        t_state[n] = scan_t[k]
                if is_repeat(xc[i], Pc[i], xc[j], Pc[j]):
                    alive[i] = False
                    out_end[number[i]] = scan_known[k]

        # 6. Note what changed.
        for i in range(ALIVE):
            d = changed_by[i]
            if d >= 0:
                out_track[rows], out_t[rows, 0], out_t[rows, 1] = number[i], scan_t[k], known[i]
                copy_state(xc[i], Pc[i], out_x[rows], out_P[rows])
                out_boost[rows], out_obj[rows], out_confirmed[rows] = p[i, 0], obj[d], confirmed[i]
                rows += 1
    return rows


@kernel
def _free(alive: Bools, confirmed: Bools, t_hit: Floats) -> int:
    """An empty slot, else the tentative track that was hit longest ago, else -1."""
    worst = -1
    for i in range(ALIVE):
        if not alive[i]:
            return i
        if not confirmed[i] and (worst < 0 or t_hit[i] < t_hit[worst]):
            worst = i
    return worst
