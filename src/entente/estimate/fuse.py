"""Two estimates of one body, made of data that may overlap, nobody knows how far."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import invert

SEARCHES = 60  # at most; some seven are usual
CLOSE = 1e-9  # to which the weight is found; the trace is flat there, so its relative error is far below that


@kernel
def covariance_intersection(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, x_out: Floats, P_out: Floats) -> float:
    """Fuse two estimates of unknown correlation: P^-1 = w Pa^-1 + (1 - w) Pb^-1, w for the smallest trace of P.

    Args:
        xa, xb: estimates, (n,), in the same frame at the same time; Pa, Pb: their covariances, (n, n).
        x_out: (n,); P_out: (n, n).
    Returns:
        w between 0 and 1, exactly 1 or 0 where one estimate alone is best; nan, and nothing written, where a
        covariance is not positive definite.
    Valid: consistent (claims no more than it knows) for any correlation if both inputs are; conservative by design.
    Source: Julier & Uhlmann, A non-divergent estimation algorithm in the presence of unknown correlations (ACC 1997).
    """
    n = xa.shape[0]
    A, B, M, P = np.empty((n, n)), np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
    if invert(Pa, A) + invert(Pb, B) != 0:
        return math.nan
    # The inverse is convex on positive matrices, so the slope of the trace changes sign once, or the best is at an end.
    slope_a, slope_b = _slope(A, B, Pa), _slope(A, B, Pb)
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
        slope = _slope(A, B, P)
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
def _slope(A: Floats, B: Floats, P: Floats) -> float:
    """A number with the sign of the fall of the trace of P = (w A + (1 - w) B)^-1 with w, nearly linear in w.

    The fall is tr(P A P) - tr(P B P). Were each estimate good where the other is poor, the terms would go as 1 / w^2 and
    1 / (1 - w)^2: the difference of their inverse roots is a line.
    """
    n = P.shape[0]
    a, b = 0.0, 0.0
    for i in range(n):
        for j in range(i + 1):
            squared = 0.0
            for k in range(n):
                squared += P[i, k] * P[k, j]
            twice = 1.0 if i == j else 2.0
            a += twice * squared * A[i, j]
            b += twice * squared * B[i, j]
    return 1.0 / math.sqrt(b) - 1.0 / math.sqrt(a)
