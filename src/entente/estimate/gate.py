"""Which detections each track could have made, without a table of all pairs: a tree, then a box, then the ellipsoid.

Why a tree: a sweep over the one coordinate that divides best needs no planting and is up to four times as fast where a
scan is thin, 0.2 against 0.5 ms for 1,000 tracks; but its work grows as tracks times detections where a scan is dense,
and there, at 10,000 tracks, it is already twice as slow. SciPy's cKDTree has one radius for all coordinates and hands
back Python lists: 2.5 to 35 times as slow. `bench/gates.py` times all three.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.factor import cholesky, solve_lower

Ints = NDArray[np.int32]

LEAF = 32  # points that are looked at one by one rather than divided further: 8 and 64 are slower
DEPTH = 64  # more than the halvings of any number of points that fits into memory
SAMPLE = 64  # points by which the spread of a range is judged
TURN = 2.0 * math.pi


@kernel
def plant(point: Floats, width: Floats, number: Ints, axis_out: Ints, cut_out: Floats) -> None:
    """Order points in place so that every range of them is halved by one coordinate: a k-d tree without pointers.

    Args:
        point: (n, d), finite, reordered; number: (n,), reordered alike.
        width: what counts as one length in each coordinate, (d,), positive; it only steers which coordinate divides, so
            that metres and radians can stand side by side.
        axis_out, cut_out: (n,). A range [a, b) of more than LEAF points is divided at m = (a + b) // 2: in coordinate
            axis_out[m], none before m lies beyond cut_out[m] and none from m on short of it.
    Source: Bentley, Multidimensional binary search trees used for associative searching, CACM 18 (1975) 509-517.
    """
    n, d = point.shape
    todo = np.empty((DEPTH, 2), np.int64)
    todo[0, 0], todo[0, 1] = 0, n
    left = 1
    while left > 0:
        left -= 1
        begin, end = todo[left, 0], todo[left, 1]
        if end - begin <= LEAF:
            continue
        axis, widest = 0, -1.0
        for a in range(d):
            low, high = math.inf, -math.inf
            for k in range(begin, end, max(1, (end - begin) // SAMPLE)):
                low, high = min(low, point[k, a]), max(high, point[k, a])
            if (high - low) / width[a] > widest:
                axis, widest = a, (high - low) / width[a]
        middle = (begin + end) // 2
        _select(point, number, axis, begin, end, middle)
        axis_out[middle], cut_out[middle] = axis, point[middle, axis]
        todo[left, 0], todo[left, 1] = begin, middle
        todo[left + 1, 0], todo[left + 1, 1] = middle, end
        left += 2


@kernel
def _select(point: Floats, number: Ints, axis: int, begin: int, end: int, middle: int) -> None:
    """Reorder a range so that, by one coordinate, none before `middle` is larger and none after it smaller (Hoare)."""
    low, high = begin, end - 1
    while low < high:
        pivot = point[(low + high) // 2, axis]
        i, j = low, high
        while i <= j:
            while point[i, axis] < pivot:
                i += 1
            while point[j, axis] > pivot:
                j -= 1
            if i <= j:
                for a in range(point.shape[1]):
                    point[i, a], point[j, a] = point[j, a], point[i, a]
                number[i], number[j] = number[j], number[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@kernel
def gate_many(
    z: Floats,
    z_pred: Floats,
    S: Floats,
    edge: float,
    circle: int,
    column_out: Ints,
    d2_out: Floats,
    count_out: Ints,
    dropped_out: Ints,
) -> int:
    """The detections inside each track's gate, nearest first, at most k of them.

    Args:
        z: detections, (m, d); one with a number that is not finite is in nobody's gate.
        z_pred: what each track predicts, (n, d); S: covariance of the innovation, (n, d, d).
        edge: the gate, a normalised innovation squared, such as `associate.gate` gives; above 0.
        circle: the coordinate that is an angle on a full circle, whose differences are wrapped; -1 for none.
        column_out: numbers of the detections, (n, k), -1 behind the last.
        d2_out: their normalised innovations squared, (n, k), inf behind the last; count_out: how many, (n,).
        dropped_out: how many more there were, farther off than the k kept, (n,); -1 where S is not positive definite or
            a prediction is not finite, and then the count is 0.
    Returns:
        status: 0; 4 where `edge` or `circle` is none, or a `dropped_out` is -1.
    Valid: time m log m + n log m + what lies in the boxes about the gates; memory m + n k, however many detections.
        With k no less than the number of tracks that share detections, optimal assignment loses nothing by what is
        dropped: a track never needs more than its k cheapest.
    Source: own; a gate is never wider in a coordinate than sqrt(edge S_aa), by Cauchy and Schwarz.
    """
    n, d = z_pred.shape
    m, most = z.shape[0], column_out.shape[1]
    if not 0.0 < edge < math.inf or not -1 <= circle < d:
        return 4
    point, number = np.empty((m, d)), np.empty(m, np.int32)
    size = 0
    for j in range(m):
        good = True
        for a in range(d):
            point[size, a] = z[j, a]
            good = good and abs(z[j, a]) < math.inf
        if good:
            if circle >= 0:
                point[size, circle] -= TURN * math.floor(z[j, circle] / TURN)
            number[size] = j
            size += 1
    axis, cut = np.empty(m, np.int32), np.empty(m)
    plant(point[:size], _least_width(S), number[:size], axis, cut)
    status = 0
    lower, half, centre, white = np.empty((d, d)), np.empty(d), np.empty(d), np.empty(d)
    for i in range(n):
        count_out[i], dropped_out[i] = 0, 0
        for k in range(most):
            column_out[i, k], d2_out[i, k] = -1, math.inf
        good = cholesky(S[i], lower) == 0
        for a in range(d):
            half[a], centre[a] = math.sqrt(edge * max(S[i, a, a], 0.0)), z_pred[i, a]
            good = good and abs(centre[a]) < math.inf and half[a] < math.inf
        if not good:
            dropped_out[i], status = -1, 4
            continue
        # A box across north is looked for at each of its places on the unrolled circle; one all round, only once.
        turns, whole = 1, circle >= 0 and half[circle] >= 0.5 * TURN
        if circle >= 0:
            centre[circle] -= TURN * math.floor(centre[circle] / TURN)
            if not whole:
                turns = 3
        for turn in range(turns):
            if turn == 1:
                centre[circle] -= TURN
            elif turn == 2:
                centre[circle] += 2.0 * TURN
            if turn > 0 and not -half[circle] <= centre[circle] <= TURN + half[circle]:
                continue
            found = _look_up(
                point, number, size, axis, cut, centre, half, circle if whole else -1, lower, edge, white,
                column_out[i], d2_out[i], count_out[i] + dropped_out[i],
            )  # fmt: skip
            count_out[i] = min(found, most)
            dropped_out[i] = found - count_out[i]
    return status


@kernel
def _least_width(S: Floats) -> Floats:
    """The least standard deviation in each coordinate of covariances (n, d, d): what makes metres and radians alike."""
    width = np.empty(S.shape[1])
    for a in range(S.shape[1]):
        width[a] = math.inf
        for i in range(S.shape[0]):
            if S[i, a, a] > 0.0:
                width[a] = min(width[a], math.sqrt(S[i, a, a]))
        if width[a] == math.inf:
            width[a] = 1.0
    return width


@kernel
def _look_up(
    point: Floats,
    number: Ints,
    size: int,
    axis: Ints,
    cut: Floats,
    centre: Floats,
    half: Floats,
    circle: int,
    lower: Floats,
    edge: float,
    white: Floats,
    column: Ints,
    d2: Floats,
    found: int,
) -> int:
    """Walk the tree through a box about `centre` and keep what lies in the ellipsoid; how many were found, with `found`.

    `circle`: the coordinate whose whole circle is in the box, -1 for none; `column`, `d2` (k,): the nearest, kept in order.
    """
    apart = np.empty(point.shape[1])
    todo = np.empty((DEPTH, 2), np.int64)
    todo[0, 0], todo[0, 1] = 0, size
    left = 1
    while left > 0:
        left -= 1
        begin, end = todo[left, 0], todo[left, 1]
        if end - begin > LEAF:
            middle = (begin + end) // 2
            a = axis[middle]
            if a == circle or centre[a] - half[a] <= cut[middle]:
                todo[left, 0], todo[left, 1] = begin, middle
                left += 1
            if a == circle or cut[middle] <= centre[a] + half[a]:
                todo[left, 0], todo[left, 1] = middle, end
                left += 1
            continue
        for k in range(begin, end):
            inside = True
            for a in range(point.shape[1]):
                apart[a] = point[k, a] - centre[a]
                if a == circle:
                    apart[a] -= TURN * math.floor(apart[a] / TURN + 0.5)
                else:
                    inside = inside and abs(apart[a]) <= half[a]
            if inside:
                squared = solve_lower(lower, apart, white)
                if squared <= edge:
                    _keep(number[k], squared, column, d2, found)
                    found += 1
    return found


@kernel
def _keep(j: int, squared: float, column: Ints, d2: Floats, found: int) -> None:
    """Put a detection into its place among the nearest of a track; the farthest falls out where the list is full."""
    k = min(found, column.shape[0])
    while k > 0 and d2[k - 1] > squared:
        k -= 1
        if k + 1 < column.shape[0]:
            column[k + 1], d2[k + 1] = column[k], d2[k]
    if k < column.shape[0]:
        column[k], d2[k] = j, squared
