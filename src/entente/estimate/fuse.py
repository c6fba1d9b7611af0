"""Two estimates of one body, made of data that overlap: nobody knows how far, or it is known exactly.

Covariance intersection needs to know nothing of what both sides share, and pays with caution. Where that is known, as
when one's own message comes back inside a joint product, information fusion takes it off once and loses nothing.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import invert

SEARCHES = 60  # at most; some seven are usual
CLOSE = 1e-9  # to which the weight is found; the trace is flat there, so its relative error is far below that
POSITION = 3  # the components whose spread is made smallest: of [r, v] metres, not metres and metres a second


@kernel
def covariance_intersection(
    xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, x_out: Floats, P_out: Floats, counted: int = POSITION
) -> float:
    """Fuse two estimates of unknown correlation: P^-1 = w Pa^-1 + (1 - w) Pb^-1, w for the least spread of position.

    Args:
        xa, xb: estimates, (n,), in the same frame at the same time; Pa, Pb: their covariances, (n, n).
        x_out: (n,); P_out: (n, n).
        counted: how many of the first components count in the trace that w makes smallest; n or more for all.
    Returns:
        w between 0 and 1, exactly 1 or 0 where one estimate alone is best; nan, and nothing written, where a
        covariance is not positive definite or an estimate is not finite.
    Valid: consistent (claims no more than it knows) for any correlation if both inputs are; conservative by design. The
        trace over the counted components never exceeds that of the better input, nor does the mean squared error there
        if both are calibrated. The others (velocity) lie below the same mixture of both inputs, P <= w Pa + (1 - w) Pb,
        which may be above the better one: a trace of metres and metres a second together would hide that, not heal it.
    Source: Julier & Uhlmann, A non-divergent estimation algorithm in the presence of unknown correlations (ACC 1997); any
        block of P is convex in w, for P is the inverse of a line (Boyd & Vandenberghe, Convex Optimization, 3.6.2).
    """
    n = xa.shape[0]
    counted = min(max(counted, 1), n)
    A, B, M, P = np.empty((n, n)), np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
    if not _is_finite(xa, xb) or invert(Pa, A) + invert(Pb, B) != 0:
        return math.nan
    # The inverse is convex on positive matrices, so the slope of the trace changes sign once, or the best is at an end.
    slope_a, slope_b = _slope(A, B, Pa, counted), _slope(A, B, Pb, counted)
    w = 1.0 if slope_a >= 0.0 else (0.0 if slope_b <= 0.0 else 0.5)
    low, high, side = 0.0, 1.0, 0
    for _ in range(SEARCHES if w == 0.5 else 0):
        # False position, of Illinois' kind: an end that stays twice counts half.
        w = (low * slope_a - high * slope_b) / (slope_a - slope_b)
        for i in range(n):
            for j in range(n):
                M[i, j] = w * A[i, j] + (1.0 - w) * B[i, j]
        if invert(M, P) != 0:
            return math.nan
        slope = _slope(A, B, P, counted)
        if slope > 0.0:
            moved = w - low
            low, slope_b = w, slope
            slope_a *= 0.5 if side == 1 else 1.0
            side = 1
        else:
            moved = high - w
            high, slope_a = w, slope
            slope_b *= 0.5 if side == -1 else 1.0
            side = -1
        if moved < CLOSE or high - low < CLOSE:
            break
    # At the ends the inputs themselves, not their double inverses.
    if w == 1.0 or w == 0.0:
        for i in range(n):
            x_out[i] = xa[i] if w == 1.0 else xb[i]
            for j in range(n):
                P_out[i, j] = Pa[i, j] if w == 1.0 else Pb[i, j]
        return w
    # x = xa + (1 - w) P Pb^-1 (xb - xa): differences first, for positions are 1e6 times their errors.
    for i in range(n):
        s = 0.0
        for k in range(n):
            s += B[i, k] * (xb[k] - xa[k])
        M[0, i] = s
    for i in range(n):
        s = xa[i]
        for k in range(n):
            s += (1.0 - w) * P[i, k] * M[0, k]
        x_out[i] = s
        for j in range(n):
            P_out[i, j] = P[i, j]
    return w


@kernel
def _is_finite(xa: Floats, xb: Floats) -> bool:
    """Whether all numbers of both estimates (n,) are."""
    for i in range(xa.shape[0]):
        if not abs(xa[i]) + abs(xb[i]) < math.inf:
            return False
    return True


@kernel
def _slope(A: Floats, B: Floats, P: Floats, counted: int) -> float:
    """A number with the sign of the fall of the counted trace of P = (w A + (1 - w) B)^-1 with w, nearly linear in w.

    The fall is that of P A P less P B P. Were each estimate good where the other is poor, the terms would go as 1 / w^2
    and 1 / (1 - w)^2: the difference of their inverse roots is a line.
    """
    n = P.shape[0]
    a, b = 0.0, 0.0
    for i in range(n):
        for j in range(i + 1):
            squared = 0.0
            for k in range(counted):
                squared += P[i, k] * P[k, j]
            twice = 1.0 if i == j else 2.0
            a += twice * squared * A[i, j]
            b += twice * squared * B[i, j]
    return 1.0 / math.sqrt(b) - 1.0 / math.sqrt(a)


@kernel
def fuse_known(
    xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, xc: Floats, Pc: Floats, x_out: Floats, P_out: Floats
) -> int:
    """Fuse two estimates whose common information is known: P^-1 = Pa^-1 + Pb^-1 - Pc^-1, so that nothing counts twice.

    Args:
        xa, xb: estimates, (n,), in the same frame at the same time; Pa, Pb: their covariances, (n, n).
        xc, Pc: the estimate that all they have in common amounts to; Pc[0, 0] infinite where that is nothing.
        x_out: (n,); P_out: (n, n).
    Returns:
        status: 0; 4, and nothing written, where a covariance is not positive definite or an estimate is not finite; 2, and
        nothing written, where the common part is more than both together hold.
    Valid: exact where models are linear, noise is Gaussian and all that makes both errors depend on each other is in the
        common part: equal to the filter that has all data. Process noise that both predict alone is in neither; of
        falling bodies it is small, of burning ones it is not.
    Source: Chong, Mori & Chang, Distributed multitarget multisensor tracking, in Bar-Shalom (ed.), Multitarget-Multisensor
        Tracking (1990), chapter 8; Grime & Durrant-Whyte, Data fusion in decentralized sensor networks (1994).
    """
    n = xa.shape[0]
    A, B, C, M = np.empty((n, n)), np.empty((n, n)), np.zeros((n, n)), np.empty((n, n))
    if not _is_finite(xa, xb) or invert(Pa, A) + invert(Pb, B) != 0:
        return 4
    shares = Pc[0, 0] != math.inf
    if shares and invert(Pc, C) != 0:
        return 4
    for i in range(n):
        for j in range(n):
            M[i, j] = A[i, j] + B[i, j] - C[i, j]
    if invert(M, A) != 0:
        return 2
    for i in range(n):
        s = 0.0
        for k in range(n):
            s += B[i, k] * (xb[k] - xa[k])
            if shares:
                s -= C[i, k] * (xc[k] - xa[k])
        M[0, i] = s
    for i in range(n):
        s = xa[i]
        for k in range(n):
            s += A[i, k] * M[0, k]
        x_out[i] = s
        for j in range(n):
            P_out[i, j] = A[i, j]
    return 0
