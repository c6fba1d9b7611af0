"""Two sets of tracks, moment by moment: the second put into the first's frame, matched, judged, and joined.

1. Every track of the second set is corrected by what the declared prior and all *other* pairs say of frame and clock.
2. Tracks are matched one to one inside the gate, at the least total distance.
3. What a pair says of frame and clock is noted, the best it ever said, for the others.
4. What a pair, or a near miss, wins against the second side's honesty is added up; from the alarm on nothing is matched.

Shapes: A and B tracks at G moments; `held` (A, G) and (B, G) say where a track is believed in.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.belief import BURNS
from entente.estimate.factor import invert
from entente.estimate.fuse import covariance_intersection, fuse_known
from entente.estimate.near import Tree, add_point, empty_tree, find_near, grow
from entente.estimate.register import solve_shift, tell_shift, unshift
from entente.estimate.same import LISTED, Pairs, cost_of, empty_pairs, pair_tracks, place_tracks
from entente.estimate.trust import near_miss, win

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

NEAR = 100_000.0  # m  within which two tracks that match nothing may be one body, wrongly placed; assumed
ALIKE = 0.1  # share of the speed by which their velocities may differ then; assumed


@kernel
def match_many(
    held_a: Bools,
    xa: Floats,
    Pa: Floats,
    p_boost: Floats,
    held_b: Bools,
    xb: Floats,
    Pb: Floats,
    sigma: Floats,
    level: float,
    match: Ints,
    x_out: Floats,
    P_out: Floats,
    shift_out: Floats,
    cov_out: Floats,
) -> int:
    """Which of B's tracks is which of A's, at every moment, once B's are in A's frame and time, and until B is not believed.

    Args:
        held_a (A, G), xa (A, G, 6), Pa (A, G, 6, 6), p_boost (A, G) and the same for B, Earth-fixed.
        sigma: declared standard deviations of B's frame against A's, each component [m], and of its clock [s], (2,).
        level: sum of wins at which B is no longer believed; see `trust.alarm_level`.
        match: (A, G), number of B's track or -1, written.
        x_out (B, G, 6), P_out (B, G, 6, 6): B's tracks as A is to have them, written where held; nan where they are refused.
        shift_out (4,), cov_out (4, 4): frame and clock by all pairs together, at the end.
    Returns:
        the first moment from which B is not believed; G if that is never.
    Valid: as `tell_shift` and `trust.alarm_level`; for the distance of a pair, errors of both sides independent or known
        only to be bounded: a common part makes the gate too wide, not too narrow.
    Source: own; association as Bar-Shalom, Willett & Tian, Tracking and Data Fusion (2011), section 9.5.
    """
    a_count, b_count, moments = held_a.shape[0], held_b.shape[0], held_a.shape[1]
    pairs, rivals = empty_pairs(a_count, b_count), empty_tree(a_count)
    row, can = np.empty(a_count, np.int32), np.empty(b_count, np.bool_)
    info, vector = np.zeros((b_count, 4, 4)), np.zeros((b_count, 4))
    others_info, others_vector = np.empty((b_count + 1, 4, 4)), np.empty((b_count + 1, 4))
    partner = np.full(b_count, -1, np.int32)
    shift, cov = np.empty(4), np.empty((4, 4))
    evidence, end = 0.0, moments
    for g in range(moments):
        _sum_others(info, vector, others_info, others_vector)
        for b in range(b_count):
            can[b] = False
            if held_b[b, g]:
                solve_shift(others_info[b], others_vector[b], sigma, shift, cov)
                can[b] = unshift(xb[b, g], Pb[b, g], shift, cov, x_out[b, g], P_out[b, g]) == 0
                if not can[b]:
                    for i in range(6):
                        x_out[b, g, i] = math.nan
        some = False
        for a in range(a_count):
            match[a, g] = -1
            some = some or held_a[a, g]
        if not some:
            continue
        place_tracks(pairs.tree, can, x_out, P_out, g)
        pair_tracks(pairs, held_a[:, g], xa, Pa, x_out, P_out, g, row)
        joined, wins = 0, 0.0
        for a in range(a_count):
            b = row[a]
            if b >= 0:
                match[a, g] = b
                joined += 1
                wins += win(cost_of(pairs, a, b), 6)
                _note(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g], a, b, partner, info, vector)
        missed = _near_misses(held_a[:, g], xa, p_boost, x_out, row, g, pairs, rivals)
        if joined + missed > 0:
            evidence += (wins + missed * near_miss()) / (joined + missed)
        if evidence >= level:
            for later in range(g, moments):
                for a in range(a_count):
                    match[a, later] = -1
            end = g
            break
    _sum_others(info, vector, others_info, others_vector)
    solve_shift(others_info[b_count], others_vector[b_count], sigma, shift_out, cov_out)
    return end


@kernel
def _sum_others(info: Floats, vector: Floats, info_out: Floats, vector_out: Floats) -> None:
    """What all pairs but that of each track say of frame and clock, (B + 1, ...); in the last row, what all say."""
    count, total, told = vector.shape[0], np.zeros((4, 4)), np.zeros(4)
    for b in range(count + 1):
        for i in range(4):
            vector_out[b, i] = told[i]
            told[i] += vector[b, i] if b < count else 0.0
            for j in range(4):
                info_out[b, i, j] = total[i, j]
                total[i, j] += info[b, i, j] if b < count else 0.0
    # Those before it, then those after: the whole less its own would lose digits where its own is most of it.
    for i in range(4):
        told[i] = 0.0
        for j in range(4):
            total[i, j] = 0.0
    for b in range(count - 1, -1, -1):
        for i in range(4):
            vector_out[b, i] += told[i]
            told[i] += vector[b, i]
            for j in range(4):
                info_out[b, i, j] += total[i, j]
                total[i, j] += info[b, i, j]


@kernel
def _note(
    xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, a: int, b: int, partner: Ints, info: Floats, vector: Floats
) -> None:
    """Keep what a pair says of frame and clock if it is the first, another pair than before, or more than it said."""
    more, told = np.empty((4, 4)), np.empty(4)
    if tell_shift(xa, Pa, xb, Pb, more, told) != 0:
        return
    said = info[b, 0, 0] + info[b, 1, 1] + info[b, 2, 2]
    if partner[b] == a and more[0, 0] + more[1, 1] + more[2, 2] <= said:
        return
    partner[b] = a
    for i in range(4):
        vector[b, i] = told[i]
        for j in range(4):
            info[b, i, j] = more[i, j]


@kernel
def _near_misses(
    held: Bools, xa: Floats, p_boost: Floats, xb: Floats, row: Ints, g: int, pairs: Pairs, rivals: Tree
) -> int:
    """How many falling tracks and tracks of B match nothing, and have none but each other nearby.

    `pairs` holds B's tracks; `rivals` is room for A's.
    """
    count, grown = 0, False
    for a in range(xa.shape[0]):
        if not held[a] or row[a] >= 0 or not p_boost[a, g] < BURNS:
            continue
        found, other = 0, -1
        for k in range(min(find_near(pairs.tree, xa[a, g], NEAR, pairs.near, pairs.apart2), LISTED)):
            if _is_near(xa[a, g], xb[pairs.near[k], g]):
                found, other = found + 1, pairs.near[k]
        if found != 1:
            continue
        if not grown:
            _place_rivals(held, xa, g, rivals)
            grown = True
        for k in range(min(find_near(rivals, xb[other, g], NEAR, pairs.near, pairs.apart2), LISTED)):
            rival = pairs.near[k]
            if rival != a and _is_near(xa[rival, g], xb[other, g]):
                found = 2
        count += 1 if found == 1 else 0
    return count


@kernel
def _place_rivals(held: Bools, x: Floats, g: int, tree: Tree) -> None:
    """Put the places of one's own tracks at moment g into a tree."""
    tree.size[0] = 0
    for k in range(held.shape[0]):
        if held[k]:
            add_point(tree, k, x[k, g], 0.0)
    grow(tree)


@kernel
def _is_near(xa: Floats, xb: Floats) -> bool:
    """Whether two states (6,) may be one body, wrongly placed."""
    apart, faster, speed = 0.0, 0.0, 0.0
    for i in range(3):
        apart += (xa[i] - xb[i]) ** 2
        faster += (xa[3 + i] - xb[3 + i]) ** 2
        speed += xa[3 + i] ** 2
    return apart < NEAR**2 and faster < ALIKE**2 * speed


@kernel
def join_many(
    match: Ints,
    disjoint: Bools,
    xa: Floats,
    Pa: Floats,
    xb: Floats,
    Pb: Floats,
    x_out: Floats,
    P_out: Floats,
    share: Floats,
) -> int:
    """Join the tracks of A with those of B that they match, moment by moment.

    Args:
        match: (A, G); where it is -1, nothing is written.
        disjoint: (A, G) where both are known to have nothing in common: then by information fusion, else by intersection.
        xa (A, G, 6), Pa (A, G, 6, 6) and the same for B.
        x_out (>= A, G, 6), P_out (>= A, G, 6, 6): written; may be xa and Pa themselves.
        share: how much of the joint information is A's, 0 to 1, exactly 1 or 0 where one side stands alone, (A, G); written.
    Returns:
        how many pairs were refused because a covariance was none; A's track stays as it is there, its share nan.
    """
    nothing, refused, before = np.full((6, 6), math.inf), 0, np.empty((6, 6))
    for a in range(match.shape[0]):
        for g in range(match.shape[1]):
            b = match[a, g]
            if b < 0:
                continue
            share[a, g] = math.nan
            broken = invert(Pa[a, g], before) != 0
            w = math.nan
            if not broken and disjoint[a, g]:
                xc, Pc = xa[a, g], nothing
                if fuse_known(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g], xc, Pc, x_out[a, g], P_out[a, g]) == 0:
                    w = 1.0
            elif not broken:
                w = covariance_intersection(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g], x_out[a, g], P_out[a, g])
            if math.isnan(w):
                refused += 1
            elif not disjoint[a, g] and (w == 0.0 or w == 1.0):
                share[a, g] = w
            else:
                share[a, g] = _share(w, before, P_out[a, g])
    return refused


@kernel
def _share(w: float, info: Floats, P: Floats) -> float:
    """How much of an estimate with covariance P (6, 6) comes from the information w times `info` (6, 6), 0 to 1."""
    total = 0.0
    for i in range(6):
        for j in range(6):
            total += w * info[i, j] * P[j, i]
    return total / 6.0
