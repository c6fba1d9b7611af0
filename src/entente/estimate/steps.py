"""One whole radar look at one state at once: predict, measure, correct, for six numbers and no other size.

The same numbers as `kalman.predict_linear` or `predict_ballistic`, `radar_measure` and `update` one after the other, in a
third to a half of the time: loops of known length are unrolled, only one triangle of a covariance is reckoned, the
blocks of a transition and the velocity columns of a measurement that are zero are left out, and nothing is allocated
but one scratch array. For filters that do nothing else, such as ensembles of 10^5 histories of one track.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.kalman import add_noise, transition

TURN = 2.0 * math.pi


@kernel
def steady_step(
    x: Floats,
    P: Floats,
    dt: float,
    q: float,
    z: Floats,
    variance: Floats,
    site_r: Floats,
    enu: Floats,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """Carry a state on with constant velocity and correct it by what a radar saw.

    Args:
        x: [r, v] in the axes of `site_r` [m, m/s], (6,); P: its covariance, symmetric, (6, 6).
        dt: time [s], not negative; q: spectral density of the unknown acceleration [m^2/s^3], not negative.
        z: range [m], azimuth, elevation [rad], (3,); variance: of their noises, (3,), not negative.
        site_r: position of the radar [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        x_out: (6,); P_out: (6, 6); may be the inputs.
    Returns:
        normalised innovation squared, logarithm of the likelihood, as `kalman.update`; both nan, and the outputs
        meaningless, where dt or q is not allowed, the body is over the radar, or a covariance is not positive definite.
    Valid: as its parts; tests/laws compare all three.
    Source: Bar-Shalom, Li & Kirubarajan, Estimation with Applications (2001), sections 5.2, 5.4, 6.2.2.
    """
    if not (dt >= 0.0 and q >= 0.0 and dt < math.inf):
        return math.nan, math.nan
    cubic, square = q * dt * dt * dt / 3.0, 0.5 * q * dt * dt
    for i in range(3):
        x_out[i] = x[i] + dt * x[i + 3]
        x_out[i + 3] = x[i + 3]
    # Positions before velocities: P_out may be P, and each entry is read before it is written over.
    for i in range(3):
        for j in range(i + 1):
            P_out[i, j] = P[i, j] + dt * (P[i + 3, j] + P[j + 3, i] + dt * P[i + 3, j + 3])
    for i in range(3):
        for j in range(3):
            P_out[i + 3, j] = P[i + 3, j] + dt * P[max(i, j) + 3, min(i, j) + 3]
    for i in range(3):
        for j in range(i + 1):
            P_out[i + 3, j + 3] = P[i + 3, j + 3]
        P_out[i, i] += cubic
        P_out[i + 3, i] += square
        P_out[i + 3, i + 3] += q * dt
    return _correct(z, variance, site_r, enu, x_out, P_out)


@kernel
def falling_step(
    x: Floats,
    P: Floats,
    dt: float,
    q: float,
    z: Floats,
    variance: Floats,
    site_r: Floats,
    enu: Floats,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """Carry a free-falling state on and correct it by what a radar saw.

    Arguments, results and source as `steady_step`, in Earth-fixed axes; both results are nan also where the body ends
    deep inside the Earth. Valid: no drag, as `kalman.predict_ballistic`.
    """
    if not (dt >= 0.0 and q >= 0.0 and dt < math.inf):
        return math.nan, math.nan
    F, half = np.empty((6, 6)), np.empty((6, 6))
    status = transition(x, dt, x_out, F)
    for i in range(6):
        for j in range(6):
            # Only the lower triangle of P is read.
            s = 0.0
            for k in range(6):
                s += F[i, k] * (P[k, j] if k >= j else P[j, k])
            half[i, j] = s
    for i in range(6):
        for j in range(i + 1):
            s = 0.0
            for k in range(6):
                s += half[i, k] * F[j, k]
            P_out[i, j] = s
    add_noise(q, dt, P_out)
    if status != 0:
        return math.nan, math.nan
    return _correct(z, variance, site_r, enu, x_out, P_out)


@kernel
def _correct(z: Floats, variance: Floats, site_r: Floats, enu: Floats, x: Floats, P: Floats) -> tuple[float, float]:
    """Correct a state in place by range, azimuth, elevation, one after the other in Joseph's form.

    Only the lower triangle of P is read; both are written.
    """
    dx, dy, dz = x[0] - site_r[0], x[1] - site_r[1], x[2] - site_r[2]
    e = enu[0, 0] * dx + enu[0, 1] * dy + enu[0, 2] * dz
    n = enu[1, 0] * dx + enu[1, 1] * dy + enu[1, 2] * dz
    u = enu[2, 0] * dx + enu[2, 1] * dy + enu[2, 2] * dz
    flat2 = e * e + n * n
    flat, slant = math.sqrt(flat2), math.sqrt(flat2 + u * u)
    if not flat > 1e-9 * slant:
        return math.nan, math.nan
    # Rows of `work`: the derivatives by position, innovations, the move so far, P h, its share left over.
    work = np.empty((7, 6))
    for k in range(3):
        along = (e * enu[0, k] + n * enu[1, k]) / flat
        work[0, k] = (flat * along + u * enu[2, k]) / slant
        work[1, k] = (n * enu[0, k] - e * enu[1, k]) / flat2
        work[2, k] = (flat * enu[2, k] - u * along) / (slant * slant)
    azimuth = z[1] - math.atan2(e, n)
    work[3, 0] = z[0] - slant
    work[3, 1] = azimuth - TURN * math.floor(azimuth / TURN + 0.5)
    work[3, 2] = z[2] - math.atan2(u, flat)
    for i in range(6):
        work[4, i] = 0.0
    nis, volume = 0.0, 1.0
    for a in range(3):
        h0, h1, h2 = work[a, 0], work[a, 1], work[a, 2]
        for i in range(3):
            work[5, i + 3] = P[i + 3, 0] * h0 + P[i + 3, 1] * h1 + P[i + 3, 2] * h2
        b0 = P[0, 0] * h0 + P[1, 0] * h1 + P[2, 0] * h2
        b1 = P[1, 0] * h0 + P[1, 1] * h1 + P[2, 1] * h2
        b2 = P[2, 0] * h0 + P[2, 1] * h1 + P[2, 2] * h2
        work[5, 0], work[5, 1], work[5, 2] = b0, b1, b2
        r = variance[a]
        s = r + h0 * b0 + h1 * b1 + h2 * b2
        if not s > 0.0:
            return math.nan, math.nan
        nu = work[3, a] - (h0 * work[4, 0] + h1 * work[4, 1] + h2 * work[4, 2])
        nis += nu * nu / s
        volume *= TURN * s
        # (I - K h) P (I - K h)' + K r K': first P - b b'/s, then what rounding left of its product with h.
        inverse = 1.0 / s
        for i in range(6):
            work[4, i] += work[5, i] * (inverse * nu)
            for j in range(i + 1):
                P[i, j] -= work[5, i] * inverse * work[5, j]
        for i in range(3):
            work[6, i + 3] = P[i + 3, 0] * h0 + P[i + 3, 1] * h1 + P[i + 3, 2] * h2
        work[6, 0] = P[0, 0] * h0 + P[1, 0] * h1 + P[2, 0] * h2
        work[6, 1] = P[1, 0] * h0 + P[1, 1] * h1 + P[2, 1] * h2
        work[6, 2] = P[2, 0] * h0 + P[2, 1] * h1 + P[2, 2] * h2
        for i in range(6):
            for j in range(i + 1):
                P[i, j] += inverse * (r * inverse * work[5, i] - work[6, i]) * work[5, j]
    for i in range(6):
        x[i] += work[4, i]
        for j in range(i):
            P[j, i] = P[i, j]
    return nis, -0.5 * (nis + math.log(volume))
