"""How far is the partner's frame off, and how far its clock? Learned from bodies that both sides follow.

The state is (4,): a constant translation b [m], Earth-fixed, and a time tau [s] by which the partner's states run ahead:
x_b(t) = x(t + tau) + (b, 0). A pair of tracks of one body then differs by H (b, tau) and the errors of both; H holds the
body's velocity and acceleration, so that the difference of velocities tells of the clock too.

Errors of a track at two moments are nearly the same errors. So a pair counts once, with the best difference it has had,
and what many pairs say adds up as information. A track may be corrected by what *other* pairs say, and by the declared
prior: what its own pair says is already in it, and to use that twice is double counting in another dress.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import cholesky, invert
from entente.physics.gravity import ecef_acceleration

CLOCK = 3  # the component that is a time


@kernel
def shift_matrix(x: Floats, H_out: Floats) -> None:
    """How a state (6,) moves with frame and clock: H (6, 4), the last column its rate of change in free fall."""
    ax, ay, az = ecef_acceleration(x[0], x[1], x[2], x[3], x[4], x[5])
    for i in range(6):
        for j in range(3):
            H_out[i, j] = 1.0 if i == j else 0.0
    for i in range(3):
        H_out[i, CLOCK] = x[3 + i]
    H_out[3, CLOCK], H_out[4, CLOCK], H_out[5, CLOCK] = ax, ay, az


@kernel
def tell_shift(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, info_out: Floats, vector_out: Floats) -> int:
    """What one pair of tracks of one body says of frame and clock, as information that adds up over pairs.

    Args:
        xa, xb: own and partner's estimate of one falling body, (6,), Earth-fixed; Pa, Pb: covariances, (6, 6).
        info_out: H' R^-1 H, (4, 4); vector_out: H' R^-1 (xb - xa), (4,); R = Pa + Pb.
    Returns:
        status: 0, or 4, with zeros, where R is not positive definite or a number is not finite.
    Valid: errors of both independent; a shift that moves the body little against its curvature: clocks apart by less than
        2 s (18 m of error in free fall).
    Source: Bar-Shalom, Willett & Tian, Tracking and Data Fusion (2011), chapter 9 (track-to-track bias estimation); the
        information form of least squares.
    """
    H, R = np.empty((6, 4)), np.empty((6, 6))
    for i in range(4):
        vector_out[i] = 0.0
        for j in range(4):
            info_out[i, j] = 0.0
    for i in range(6):
        if not abs(xa[i]) + abs(xb[i]) < math.inf:
            return 4
        for j in range(6):
            R[i, j] = Pa[i, j] + Pb[i, j]
    if invert(R, R) != 0:
        return 4
    shift_matrix(xa, H)
    for a in range(4):
        for i in range(6):
            s = 0.0
            for j in range(6):
                s += R[i, j] * H[j, a]
            vector_out[a] += s * (xb[i] - xa[i])
            for b in range(4):
                info_out[a, b] += s * H[i, b]
    return 0


@kernel
def solve_shift(info: Floats, vector: Floats, sigma: Floats, shift_out: Floats, cov_out: Floats) -> int:
    """Frame and clock from what pairs said and from what was declared beforehand.

    Args:
        info: sum of what pairs said, (4, 4); vector: (4,); see `tell_shift`.
        sigma: declared standard deviations, of each component of the translation [m] and of the clock [s], (2,).
        shift_out: estimate, (4,); cov_out: its covariance, (4, 4).
    Returns:
        status: 0, or 4, and nothing useful written, where a number is not finite or a sigma is not above 0.
    Valid: linear and Gaussian, prior honest. One pair whose velocities say little leaves the sum of translation and
        velocity times clock known and each alone not: the covariance says so.
    """
    if not (0.0 < sigma[0] < math.inf and 0.0 < sigma[1] < math.inf):
        return 4
    for i in range(4):
        for j in range(4):
            cov_out[i, j] = info[i, j]
    # Scaled to the prior, in whose units the matrix is well conditioned: metres and seconds are not alike.
    for i in range(4):
        for j in range(4):
            cov_out[i, j] *= sigma[i // CLOCK] * sigma[j // CLOCK]
        cov_out[i, i] += 1.0
    if invert(cov_out, cov_out) != 0:
        return 4
    for i in range(4):
        for j in range(4):
            cov_out[i, j] *= sigma[i // CLOCK] * sigma[j // CLOCK]
    for i in range(4):
        s = 0.0
        for j in range(4):
            s += cov_out[i, j] * vector[j]
        shift_out[i] = s
    return 0


@kernel
def unshift(x: Floats, P: Floats, shift: Floats, cov: Floats, x_out: Floats, P_out: Floats) -> int:
    """The partner's state in one's own frame and time, what is not known of them left in as a consider covariance.

    Args:
        x: (6,), Earth-fixed; P: (6, 6); shift: (4,), cov: (4, 4), from `solve_shift` over other pairs.
        x_out: (6,); P_out: (6, 6): may be the inputs.
    Returns:
        status: 0, or 4, and nothing written, where `P` or the result is not positive definite.
    Valid: honest if the shift's error is independent of the track's: it must not come from this body's own pair.
    Source: Schmidt's consider states; Bierman, Factorization Methods for Discrete Sequential Estimation (1977), chapter 8.
    """
    H, more, lower = np.empty((6, 4)), np.empty((6, 6)), np.empty((6, 6))
    if cholesky(P, lower) != 0:
        return 4
    shift_matrix(x, H)
    _spread(H, cov, more)
    for i in range(6):
        for j in range(6):
            more[i, j] += P[i, j]
    if cholesky(more, lower) != 0:
        return 4
    for i in range(6):
        s = x[i]
        for j in range(4):
            s -= H[i, j] * shift[j]
        x_out[i] = s
        for j in range(6):
            P_out[i, j] = more[i, j]
    return 0


@kernel
def _spread(H: Floats, cov: Floats, out: Floats) -> None:
    """H cov H' (6, 6) of H (6, 4), cov (4, 4), exactly symmetric."""
    half = np.empty((6, 4))
    for i in range(6):
        for j in range(4):
            s = 0.0
            for k in range(4):
                s += H[i, k] * cov[k, j]
            half[i, j] = s
    for i in range(6):
        for j in range(i + 1):
            s = 0.0
            for k in range(4):
                s += half[i, k] * H[j, k]
            out[i, j] = s
            out[j, i] = s
