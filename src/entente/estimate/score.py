"""How good an estimate is: its error against what it claims, the size of its area, what a report was worth."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.factor import cholesky, solve_lower


@kernel
def nees(error: Floats, P: Floats) -> float:
    """Normalised estimation error squared, e' P^-1 e; chi-square with n degrees of freedom if the filter is honest.

    Args:
        error: estimate minus truth, (n,); P: the covariance claimed, (n, n).
    Returns:
        a number without unit; nan where P is not positive definite.
    Source: Bar-Shalom, Li & Kirubarajan, Estimation with Applications (2001), section 5.4.2.
    """
    n = error.shape[0]
    lower = np.empty((n, n))
    if cholesky(P, lower) != 0:
        return math.nan
    return solve_lower(lower, error, np.empty(n))


@kernel
def nis(z: Floats, z_pred: Floats, S: Floats, circle: int) -> float:
    """Normalised innovation squared, chi-square with m degrees of freedom if the filter is honest.

    Args:
        z, z_pred: what was measured and what was predicted, (m,); S: covariance of their difference, (m, m).
        circle: the component that is an angle on a full circle, whose difference is wrapped; -1 for none.
    Returns:
        a number without unit; nan where S is not positive definite or a number is not finite.
    Source: Bar-Shalom, Li & Kirubarajan, Estimation with Applications (2001), section 5.4.2.
    """
    innovation = np.empty(z.shape[0])
    for a in range(z.shape[0]):
        innovation[a] = z[a] - z_pred[a]
        if a == circle:
            innovation[a] -= 2.0 * math.pi * math.floor(innovation[a] / (2.0 * math.pi) + 0.5)
        if not abs(innovation[a]) < math.inf:
            return math.nan
    return nees(innovation, S)


@kernel
def log_det(P: Floats) -> float:
    """Natural logarithm of the determinant of a covariance (n, n); nan where it is not positive definite."""
    n = P.shape[0]
    lower = np.empty((n, n))
    if cholesky(P, lower) != 0:
        return math.nan
    total = 0.0
    for i in range(n):
        total += 2.0 * math.log(lower[i, i])
    return total


@kernel
def information_nats(P_before: Floats, P_after: Floats) -> float:
    """What was learned [nats]: the fall in differential entropy of a Gaussian from P_before to P_after, (n, n) each.

    Source: Cover & Thomas, Elements of Information Theory (2006), theorem 8.4.1.
    """
    return 0.5 * (log_det(P_before) - log_det(P_after))


@kernel
def ellipse(cov: Floats) -> tuple[float, float, float]:
    """Shape of a 1-sigma ellipse on the ground.

    Args:
        cov: covariance in local east and north [m^2], (2, 2).
    Returns:
        longer semi-axis [m], shorter semi-axis [m], bearing of the longer one [rad, clockwise from north, 0 to pi].
    Source: own; eigenvalues of a symmetric 2 x 2 matrix.
    """
    mean = 0.5 * (cov[0, 0] + cov[1, 1])
    half = 0.5 * (cov[1, 1] - cov[0, 0])
    spread = math.hypot(half, cov[0, 1])
    bearing = 0.5 * math.atan2(cov[0, 1], half) % math.pi
    return math.sqrt(mean + spread), math.sqrt(max(mean - spread, 0.0)), bearing


@kernel
def area_of(cov: Floats, p: float) -> float:
    """Size [m^2] of the smallest area that holds a plane Gaussian of covariance `cov` (2, 2) [m^2] with chance p."""
    det = cov[0, 0] * cov[1, 1] - cov[0, 1] * cov[1, 0]
    return -2.0 * math.log(1.0 - p) * math.pi * math.sqrt(max(det, 0.0))


@kernel
def area_90(cov: Floats) -> float:
    """Size [m^2] of the 90 % area, which rankings use."""
    return area_of(cov, 0.9)


@kernel
def is_inside(east: float, north: float, cov: Floats, p: float) -> bool:
    """Whether a point lies in the area of containment p.

    Args:
        east, north: offset of the point from the area's centre [m].
        cov: covariance in local east and north [m^2], (2, 2), positive definite.
        p: containment, 0 to 1.
    """
    det = cov[0, 0] * cov[1, 1] - cov[0, 1] * cov[1, 0]
    squared = (cov[1, 1] * east * east - 2.0 * cov[0, 1] * east * north + cov[0, 0] * north * north) / det
    return squared <= -2.0 * math.log(1.0 - p)
