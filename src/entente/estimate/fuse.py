"""Two estimates of one body, made of data that may overlap, nobody knows how far."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import invert

HALVINGS = 30  # the weight is found to 1e-9; the trace is flat there, so its relative error is far below that


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
    # The inverse is convex on positive matrices, so the slope of the trace changes sign once: halving cannot miss it.
    low, high = 0.0, 1.0
    w = 0.5
    for _ in range(HALVINGS):
        w = 0.5 * (low + high)
        for i in range(n):
            for j in range(n):
                M[i, j] = w * A[i, j] + (1.0 - w) * B[i, j]
        if invert(M, P) != 0:
            return math.nan
        falls = 0.0
        for i in range(n):
            for j in range(n):
                squared = 0.0
                for k in range(n):
                    squared += P[i, k] * P[k, j]
                falls += squared * (A[i, j] - B[i, j])
        if falls > 0.0:
            low = w
        else:
            high = w
    if low == 0.0:
        w = 0.0
    elif high == 1.0:
        w = 1.0
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
        # At the ends the inputs themselves, not their double inverses.
        x_out[i] = xb[i] if w == 0.0 else s
        for j in range(n):
            P_out[i, j] = Pa[i, j] if w == 1.0 else (Pb[i, j] if w == 0.0 else P[i, j])
    return w
