"""How good a whole picture is: a set of estimates against the set of what was there.

GOSPA and OSPA are distances of two sets of points; the four figures of the Single Integrated Air Picture (SIAP) count
over time. Points are rows of (N, d), in metres where they are positions; a set may be empty.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.assign import assign_all

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

TRUTHS, FOUND, TRACKS, ASSIGNED, ERROR = 0, 1, 2, 3, 4  # what SIAP adds up, see `count_siap`
LARGEST = 600.0  # logarithm of a power of the cutoff that sums of 1e40 such powers still hold


@kernel
def gospa(x: Floats, y: Floats, cutoff: float, order: float, match_out: Ints) -> tuple[float, float, float, float, int]:
    """Generalised optimal sub-pattern assignment of estimates x to truths y, with alpha = 2, and what it is made of.

    Args:
        x: estimates, (N, d); y: truths, (M, d), in metres where they are positions.
        cutoff: distance at which an estimate no longer belongs to a truth, in units of x, above 0.
        order: power of the mean, 1 or more.
        match_out: the truth of each estimate, -1 where it is false, (N,).
    Returns:
        the distance, in units of x, then its parts, in units of x to the power `order`, whose sum has the distance as
        its root of that order: localisation, missed (each cutoff^order / 2), false (the same); status: 4, with nan, where
        a number is not finite, d differs, cutoff or order is not allowed, or cutoff^order is above e^600.
    Valid: a pair exactly at the cutoff counts as one missed and one false.
    Source: Rahmathullah, Garcia-Fernandez & Svensson, Generalized optimal sub-pattern assignment metric, FUSION 2017.
    """
    n, m = x.shape[0], y.shape[0]
    powers = np.empty((n, m))
    if _distances(x, y, cutoff, order, powers) != 0:
        return math.nan, math.nan, math.nan, math.nan, 4
    assign_all(powers, match_out)
    farthest = cutoff**order
    localisation, pairs = 0.0, 0
    for i in range(n):
        if match_out[i] >= 0 and powers[i, match_out[i]] < farthest:
            localisation += powers[i, match_out[i]]
            pairs += 1
        else:
            match_out[i] = -1
    missed, false = 0.5 * farthest * (m - pairs), 0.5 * farthest * (n - pairs)
    return (localisation + missed + false) ** (1.0 / order), localisation, missed, false, 0


@kernel
def gospa_many(held: Bools, x: Floats, there: Bools, r: Floats, cutoff: float, order: float, out: Floats) -> int:
    """`gospa` of what is held against what is there, moment by moment.

    Args:
        held: (K, G), x: (K, G, d): the estimates; there: (M, G), r: (M, G, d): the truths, in the same units.
        cutoff, order: see `gospa`.
        out: (G,), written, in units of x; nan where neither is anything.
    Returns:
        the worst status of `gospa`.
    """
    worst, d = 0, x.shape[2]
    for g in range(held.shape[1]):
        estimates, truths = np.empty((held.shape[0], d)), np.empty((there.shape[0], d))
        n, m = 0, 0
        for k in range(held.shape[0]):
            if held[k, g]:
                estimates[n] = x[k, g]
                n += 1
        for k in range(there.shape[0]):
            if there[k, g]:
                truths[m] = r[k, g]
                m += 1
        out[g] = math.nan
        if n + m > 0:
            out[g], _, _, _, status = gospa(estimates[:n], truths[:m], cutoff, order, np.empty(n, np.int32))
            worst = max(worst, status)
    return worst


@kernel
def ospa(x: Floats, y: Floats, cutoff: float, order: float) -> tuple[float, int]:
    """Optimal sub-pattern assignment distance of two sets: the mean distance of points, cut off, with those alone at it.

    Args:
        x: (N, d); y: (M, d); cutoff: the greatest distance that counts, in units of x, above 0; order: 1 or more.
    Returns:
        the distance, 0 to cutoff, in units of x, 0 where both sets are empty; status: 4, with nan, as for `gospa`.
    Valid: pairs are chosen by the power of their distance, as the definition asks; Stone Soup 1.9.1 chooses by the
        distance itself, so for order > 1 its answer may be too large (tests/authorities/test_against_stonesoup.py).
    Source: Schuhmacher, Vo & Vo, A consistent metric for performance evaluation of multi-object filters, IEEE Trans.
        Signal Processing 56 (2008) 3447-3457, equation 3.
    """
    n, m = x.shape[0], y.shape[0]
    powers, match = np.empty((n, m)), np.empty(n, np.int32)
    if _distances(x, y, cutoff, order, powers) != 0:
        return math.nan, 4
    if max(n, m) == 0:
        return 0.0, 0
    assign_all(powers, match)
    total = cutoff**order * abs(n - m)
    for i in range(n):
        if match[i] >= 0:
            total += powers[i, match[i]]
    return (total / max(n, m)) ** (1.0 / order), 0


@kernel
def _distances(x: Floats, y: Floats, cutoff: float, order: float, out: Floats) -> int:
    """Distances of all pairs, cut off, to the power `order`, into `out` (N, M); status 4 for what `gospa` refuses."""
    if not (0.0 < cutoff < math.inf and 1.0 <= order < math.inf and x.shape[1] == y.shape[1]):
        return 4
    if order * math.log(cutoff) > LARGEST:
        return 4
    for points in (x, y):
        for i in range(points.shape[0]):
            for a in range(points.shape[1]):
                if not abs(points[i, a]) < math.inf:
                    return 4
    farthest = cutoff**order
    for i in range(x.shape[0]):
        for j in range(y.shape[0]):
            squared = 0.0
            for a in range(x.shape[1]):
                squared += (x[i, a] - y[j, a]) ** 2
            if not squared < cutoff * cutoff:
                out[i, j] = farthest
            elif order == 2.0:
                out[i, j] = squared
            else:
                out[i, j] = math.sqrt(squared) ** order
    return 0


@kernel
def nearest_truth(x: Floats, y: Floats, cutoff: float, truth_out: Ints) -> int:
    """The truth nearest to each estimate, however many share it; what `count_siap` may be asked about.

    Args:
        x: estimates, (N, d); y: truths, (M, d); cutoff: distance from which on an estimate belongs to none, above 0.
        truth_out: (N,) number of the truth, -1 for none; of equally near ones the first.
    Returns:
        status: 4 where d differs or the cutoff is none; an estimate or a truth that is not finite belongs to none.
    Source: own.
    """
    if not (cutoff > 0.0 and x.shape[1] == y.shape[1]):
        return 4
    for i in range(x.shape[0]):
        truth_out[i] = -1
        nearest = cutoff * cutoff
        for j in range(y.shape[0]):
            squared = 0.0
            for a in range(x.shape[1]):
                squared += (x[i, a] - y[j, a]) ** 2
            if squared < nearest:
                nearest = squared
                truth_out[i] = j
    return 0


@kernel
def count_siap(x: Floats, y: Floats, truth: Ints, totals: Floats) -> int:
    """Add one moment to what the SIAP figures are made of.

    Args:
        x: tracks held, (N, d); y: truths there, (M, d), positions [m].
        truth: the truth of each track, -1 for none, (N,); several tracks may have the same.
        totals: (5,) sums so far, begun with zeros: truths, truths that some track has, tracks, tracks that have a
            truth, distances of those to it [m]; added to.
    Returns:
        status: 4 where d differs, a number of a truth is none, or a distance is not finite; then nothing is added.
    Source: Votruba et al., Single Integrated Air Picture Metrics Implementation (2001).
    """
    n, m = x.shape[0], y.shape[0]
    is_found = np.zeros(m, np.bool_)
    found, assigned, error = 0, 0, 0.0
    if x.shape[1] != y.shape[1]:
        return 4
    for i in range(n):
        if not -1 <= truth[i] < m:
            return 4
        if truth[i] < 0:
            continue
        squared = 0.0
        for a in range(x.shape[1]):
            squared += (x[i, a] - y[truth[i], a]) ** 2
        error += math.sqrt(squared)
        assigned += 1
        if not is_found[truth[i]]:
            is_found[truth[i]] = True
            found += 1
    if not error < math.inf:
        return 4
    totals[TRUTHS] += m
    totals[FOUND] += found
    totals[TRACKS] += n
    totals[ASSIGNED] += assigned
    totals[ERROR] += error
    return 0


@kernel
def siap(totals: Floats) -> tuple[float, float, float, float]:
    """The SIAP figures of one moment or of many.

    Args:
        totals: (5,), see `count_siap`.
    Returns:
        completeness (share of the truths that some track has, best 1), ambiguity (tracks for each truth found, best 1),
        spuriousness (share of the tracks without a truth, best 0), position accuracy (mean distance of tracks to their
        truths [m], best 0); 0, 1, 0, 0 where there was nothing to divide by, as Stone Soup has it.
    Source: Votruba et al. (2001).
    """
    completeness = totals[FOUND] / totals[TRUTHS] if totals[TRUTHS] > 0.0 else 0.0
    ambiguity = totals[ASSIGNED] / totals[FOUND] if totals[FOUND] > 0.0 else 1.0
    spuriousness = (totals[TRACKS] - totals[ASSIGNED]) / totals[TRACKS] if totals[TRACKS] > 0.0 else 0.0
    accuracy = totals[ERROR] / totals[ASSIGNED] if totals[ASSIGNED] > 0.0 else 0.0
    return completeness, ambiguity, spuriousness, accuracy
