"""The unscented filter: a few points around the estimate are carried along and measured instead of derivatives taken.

2 n + 1 points, n the size of the state: the mean, with weight kappa / (n + kappa), and two along each column of a
root of the covariance, sqrt(n + kappa) away. kappa = 0 is the cubature filter, whose weights are all positive;
kappa = 3 - n meets a Gaussian's fourth moment along each axis, but may lose positive covariances.
Source of all: Julier & Uhlmann, Unscented filtering and nonlinear estimation, Proc. IEEE 92 (2004) 401-422;
Arasaratnam & Haykin, Cubature Kalman filters, IEEE Trans. Automatic Control 54 (2009).
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.boost import boosting_at
from entente.estimate.factor import cholesky, solve_lower
from entente.estimate.kalman import INSIDE, add_noise
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.predict import height, state_at
from entente.estimate.reentry import AIR_NOISE, falling_at

BALLISTIC, FALLING, BOOSTING = 0, 1, 2  # motions: [r, v] without air; [r, v, ln beta] with it; [r, v, ln a]


@kernel
def predict_unscented(
    x: Floats,
    P: Floats,
    dt: float,
    q: float,
    walk: float,
    motion: int,
    exhaust: float,
    kappa: float,
    x_out: Floats,
    P_out: Floats,
) -> int:
    """Carry a state forward by its sigma points.

    Args:
        x: as `motion` says, (6,) or (7,); P: its covariance.
        dt: time [s]; negative only with q = walk = 0.
        q: spectral density of the white acceleration [m^2/s^3], for a FALLING body as `reentry.predict_falling` has it; walk:
            what the variance of the seventh number grows by in each second, in the air or burning [1/s].
        motion: BALLISTIC, as `kalman.predict_ballistic`; FALLING, as `reentry.predict_falling`; BOOSTING, as
            `boost.predict_boost`.
        exhaust: see there; not used otherwise.
        kappa: see the module; n + kappa positive.
        x_out, P_out: may be the inputs.
    Returns:
        status: the worst of the points', see there; 4 also where P is not positive definite, or x has not the
        motion's size.
    Source: Julier & Uhlmann (2004), section III, of the points; the motions are their modules'.
    """
    n = x.shape[0]
    if not (q >= 0.0 and walk >= 0.0 and (dt >= 0.0 or q + walk == 0.0) and abs(dt) < math.inf and n + kappa > 0.0):
        return 4
    if n != (6 if motion == BALLISTIC else 7):
        return 4
    points = np.empty((2 * n + 1, n))
    if scatter(x, P, kappa, points) != 0:
        return 4
    high, status = n == 7 and height(x) >= AIR_TOP, 0
    for p in range(2 * n + 1):
        status = max(status, _moved(points[p], dt, motion, exhaust))
    gather(points, kappa, x_out, P_out)
    in_air = motion == FALLING and not (high and height(x_out) >= AIR_TOP)
    add_noise(max(q, AIR_NOISE) if in_air and q > 0.0 else q, dt, P_out)
    if in_air or motion == BOOSTING:
        P_out[6, 6] += walk * dt
    return status


@kernel
def _moved(x: Floats, dt: float, motion: int, exhaust: float) -> int:
    """Carry one point forward in place; returns the status."""
    if motion == BOOSTING:
        return boosting_at(x, dt, exhaust, x)
    if motion == FALLING:
        return falling_at(x, dt, x)
    state_at(x, dt, x)
    return 0 if x[0] * x[0] + x[1] * x[1] + x[2] * x[2] > INSIDE * INSIDE else 2


@kernel
def update_unscented(
    x: Floats,
    P: Floats,
    z: Floats,
    variance: Floats,
    site_r: Floats,
    enu: Floats,
    kappa: float,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """Correct a state by what a radar or a satellite saw, measured at its sigma points.

    Args:
        x: [r, v] or [r, v, one more], (n,); P: its covariance, (n, n).
        z: range [m], azimuth, elevation [rad], (3,), or azimuth, elevation, (2,).
        variance: of their noises, (3,) or (2,), not negative.
        site_r: position of the sensor, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        kappa: see the module.
        x_out: (n,); P_out: (n, n); may be the inputs.
    Returns:
        normalised innovation squared, logarithm of the likelihood; both nan, and the outputs untouched, where P or the
        innovation's covariance is not positive definite or something is nan.
    Valid: azimuths of the points within half a turn of each other: not right above the sensor.
    """
    n, m = x.shape[0], z.shape[0]
    count = 2 * n + 1
    points, seen = np.empty((count, n)), np.empty((count, m))
    if not n + kappa > 0.0 or scatter(x, P, kappa, points) != 0:
        return math.nan, math.nan
    for p in range(count):
        _seen(points[p], site_r, enu, seen[p])
        d = seen[p, m - 2] - seen[0, m - 2]
        seen[p, m - 2] = seen[0, m - 2] + d - 2.0 * math.pi * math.floor(d / (2.0 * math.pi) + 0.5)
    mean, S, lower = np.empty(m), np.empty((m, m)), np.empty((m, m))
    for a in range(m):
        mean[a] = _middle(seen, kappa, a, a >= m - 2)
    _spread(seen, kappa, mean, S)
    nu, white, column, cross = np.empty(m), np.empty(m), np.empty(m), np.empty((n, m))
    for a in range(m):
        S[a, a] += variance[a]
        nu[a] = z[a] - mean[a]
    nu[m - 2] -= 2.0 * math.pi * math.floor(nu[m - 2] / (2.0 * math.pi) + 0.5)
    if cholesky(S, lower) != 0:
        return math.nan, math.nan
    nis = solve_lower(lower, nu, white)
    if not nis < math.inf:
        return math.nan, math.nan
    w, volume = 0.5 / (n + kappa), 0.0
    for a in range(m):
        volume += 2.0 * math.log(lower[a, a])
    # cross: covariance of state and measurement in the innovation's whitened axes, so that the gain's S drops out.
    for i in range(n):
        for a in range(m):
            s = 0.0
            for p in range(1, count):
                s += w * (points[p, i] - x[i]) * (seen[p, a] - mean[a])
            column[a] = s
        solve_lower(lower, column, cross[i])
    for i in range(n):
        moved = 0.0
        for a in range(m):
            moved += cross[i, a] * white[a]
        x_out[i] = x[i] + moved
    for i in range(n):
        for j in range(i + 1):
            s = P[i, j]
            for a in range(m):
                s -= cross[i, a] * cross[j, a]
            P_out[i, j] = s
            P_out[j, i] = s
    return nis, -0.5 * (nis + volume + m * math.log(2.0 * math.pi))


@kernel
def _seen(x: Floats, site_r: Floats, enu: Floats, out: Floats) -> None:
    """`kalman.radar_measure`, or without its range where `out` has two places, and without derivatives."""
    dx, dy, dz = x[0] - site_r[0], x[1] - site_r[1], x[2] - site_r[2]
    e = enu[0, 0] * dx + enu[0, 1] * dy + enu[0, 2] * dz
    n = enu[1, 0] * dx + enu[1, 1] * dy + enu[1, 2] * dz
    u = enu[2, 0] * dx + enu[2, 1] * dy + enu[2, 2] * dz
    flat = math.hypot(e, n)
    m = out.shape[0]
    if m == 3:
        out[0] = math.hypot(flat, u)
    out[m - 2], out[m - 1] = math.atan2(e, n), math.atan2(u, flat)


@kernel
def scatter(x: Floats, P: Floats, kappa: float, points_out: Floats) -> int:
    """Sigma points (2 n + 1, n) of a state (n,), the mean first; status 4 where P is not positive definite."""
    n = x.shape[0]
    lower = np.empty((n, n))
    if cholesky(P, lower) != 0:
        return 4
    far = math.sqrt(n + kappa)
    for i in range(n):
        points_out[0, i] = x[i]
        for j in range(n):
            points_out[1 + j, i] = x[i] + far * lower[i, j]
            points_out[1 + n + j, i] = x[i] - far * lower[i, j]
    return 0


@kernel
def gather(points: Floats, kappa: float, x_out: Floats, P_out: Floats) -> None:
    """Mean (m,) and covariance (m, m) of sigma points (2 n + 1, m)."""
    for i in range(points.shape[1]):
        x_out[i] = _middle(points, kappa, i, False)
    _spread(points, kappa, x_out, P_out)


@kernel
def _middle(points: Floats, kappa: float, i: int, angle: bool) -> float:
    """Weighted mean of column i, summed as offsets from the first point to keep digits; of angles, on the circle."""
    c = 0.5 * (points.shape[0] - 1) + kappa
    off, sine, cosine = 0.0, 0.0, kappa / c
    for p in range(1, points.shape[0]):
        d = points[p, i] - points[0, i]
        if angle:
            sine, cosine = sine + 0.5 / c * math.sin(d), cosine + 0.5 / c * math.cos(d)
        else:
            off += 0.5 / c * d
    return points[0, i] + (math.atan2(sine, cosine) if angle else off)


@kernel
def _spread(points: Floats, kappa: float, mean: Floats, P_out: Floats) -> None:
    """Weighted covariance of sigma points (2 n + 1, m) about a mean (m,), into (m, m)."""
    count, m = points.shape
    c = 0.5 * (count - 1) + kappa
    for i in range(m):
        for j in range(i + 1):
            s = kappa / c * (points[0, i] - mean[i]) * (points[0, j] - mean[j])
            for p in range(1, count):
                s += 0.5 / c * (points[p, i] - mean[i]) * (points[p, j] - mean[j])
            P_out[i, j] = s
            P_out[j, i] = s
