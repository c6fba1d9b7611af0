"""A measurement that comes late: what it says about now, without filtering everything since then again.

Exact retrodiction: the steps that a filter has made since are walked through once more for the state at the late moment
only, as an augmented state would have been (fixed-point smoothing). That takes nothing of the measurements but what they did
to the estimate, so it serves any update (extended, unscented, joint association), and any number of steps. In the linear
case the result is that of filtering in order; Bar-Shalom's algorithms B1 and Bl leave terms out and are not.
Valid once: the steps themselves are not corrected, so a second late measurement from before the last one is only nearly
exact.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import invert


@kernel
def retrodict(
    x: Floats,
    P: Floats,
    F: Floats,
    x_prior: Floats,
    P_prior: Floats,
    x_post: Floats,
    P_post: Floats,
    x_out: Floats,
    P_out: Floats,
    cross_out: Floats,
) -> int:
    """What is believed now about the state at an earlier moment, and how that is correlated with the state now.

    Args:
        x: state at the earlier moment, predicted from the last update before it, (n,); P: its covariance, (n, n).
        F: transitions of the steps since, the first from the earlier moment, (L, n, n).
        x_prior: predicted states before the update of each step, (L, n); P_prior: covariances, (L, n, n).
        x_post, P_post: the same after the update; the last of them is the estimate now.
        x_out: (n,); P_out: (n, n), of the earlier state; may be x and P.
        cross_out: (n, n): covariance of the state now (rows) with the earlier state (columns).
    Returns:
        status: 4 where a predicted covariance is not positive definite; then the outputs mean nothing.
    Valid: exact where the steps are linear and their process noise adds up; else as good as the steps' own derivatives.
    Source: own form of the fixed-point smoother, Anderson & Moore, Optimal Filtering (1979), section 7.2: gains and
        innovations are replaced by what they did, K H = 1 - P_post / P_prior and H'/S nu = (x_post - x_prior) / P_prior; as
        augmented states for late measurements, Challa, Evans & Wang, Information Fusion 4 (2003) 185-199.
    """
    n = x.shape[0]
    inverse, ahead, left = np.empty((n, n)), np.empty((n, n)), np.empty((n, n))
    for i in range(n):
        x_out[i] = x[i]
        for j in range(n):
            P_out[i, j] = P[i, j]
            ahead[i, j] = P[i, j]
    for step in range(F.shape[0]):
        # Predict: the state now has moved on, the earlier one has not.
        for i in range(n):
            for j in range(n):
                s = 0.0
                for k in range(n):
                    s += F[step, i, k] * ahead[k, j]
                cross_out[i, j] = s
        if invert(P_prior[step], inverse) != 0:
            return 4
        # left: P_prior^-1 times the covariance of both, the earlier state's regression on this step's.
        for i in range(n):
            for j in range(n):
                s = 0.0
                for k in range(n):
                    s += inverse[i, k] * cross_out[k, j]
                left[i, j] = s
        for i in range(n):
            for k in range(n):
                x_out[i] += left[k, i] * (x_post[step, k] - x_prior[step, k])
        for i in range(n):
            for j in range(n):
                s = 0.0
                for k in range(n):
                    s += P_post[step, i, k] * left[k, j]
                ahead[i, j] = s
        for i in range(n):
            for j in range(i + 1):
                s = 0.0
                for k in range(n):
                    s += left[k, i] * (cross_out[k, j] - ahead[k, j])
                P_out[i, j] -= s
                P_out[j, i] = P_out[i, j]
    for i in range(n):
        for j in range(n):
            cross_out[i, j] = ahead[i, j]
    return 0


@kernel
def update_late(
    x: Floats,
    P: Floats,
    x_then: Floats,
    P_then: Floats,
    cross: Floats,
    z: Floats,
    z_pred: Floats,
    H: Floats,
    variance: Floats,
    azimuth_row: int,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """Correct the state now by a measurement of an earlier one, one component after the other.

    Args:
        x: state now, (n,); P: its covariance, (n, n).
        x_then, P_then, cross: of the earlier state, from `retrodict`; read only.
        z, z_pred, H, variance, azimuth_row: as `kalman.update`; z_pred and H at the earlier state.
        x_out: (n,); P_out: (n, n); may be x and P.
    Returns:
        normalised innovation squared, logarithm of the likelihood, as `kalman.update`; both nan where the innovation's
        covariance is not positive definite.
    Source: Bar-Shalom, Willett & Tian, Tracking and Data Fusion (2011), section 7.5 (update by the cross-covariance).
    """
    n = x.shape[0]
    both, then = cross.copy(), P_then.copy()
    moved, now, b = np.zeros(n), np.empty(n), np.empty(n)
    nis, log_likelihood = 0.0, 0.0
    for i in range(n):
        x_out[i] = x[i]
        for j in range(n):
            P_out[i, j] = P[i, j]
    for a in range(z.shape[0]):
        nu = z[a] - z_pred[a]
        if a == azimuth_row:
            nu -= 2.0 * math.pi * math.floor(nu / (2.0 * math.pi) + 0.5)
        s = variance[a]
        for i in range(n):
            now[i], b[i] = 0.0, 0.0
            for k in range(n):
                now[i] += both[i, k] * H[a, k]
                b[i] += then[i, k] * H[a, k]
            s += H[a, i] * b[i]
            nu -= H[a, i] * moved[i]
        if not s > 0.0:
            return math.nan, math.nan
        nis += nu * nu / s
        log_likelihood -= 0.5 * (nu * nu / s + math.log(2.0 * math.pi * s))
        for i in range(n):
            x_out[i] += now[i] / s * nu
            moved[i] += b[i] / s * nu
            for j in range(n):
                P_out[i, j] -= now[i] * now[j] / s
                both[i, j] -= now[i] * b[j] / s
                then[i, j] -= b[i] * b[j] / s
    return nis, log_likelihood
