"""One state, carried forward and corrected: the extended Kalman filter with ballistic dynamics in Earth-fixed axes."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import GM, J2, OMEGA, R_EQ
from entente.estimate.factor import sandwich
from entente.physics.gravity import ecef_acceleration

SUBSTEP = 20.0  # s  longest Runge-Kutta step; position error some cm per 1,000 s (tests/authorities)
INSIDE = 6.2e6  # m  from the Earth's centre; below this the gravity model means nothing
_SHARE = np.array([0.0, 0.5, 0.5, 1.0])  # where in the step the four Runge-Kutta slopes are taken


@kernel
def predict_linear(x: Floats, P: Floats, F: Floats, Q: Floats, x_out: Floats, P_out: Floats) -> None:
    """Carry a state forward by a given transition: x = F x, P = F P F' + Q.

    Args:
        x: state, (n,); P: its covariance, (n, n).
        F: transition, (n, n); Q: process noise, (n, n).
        x_out: (n,), not to be `x` itself; P_out: (n, n).
    Source: Bar-Shalom, Li & Kirubarajan, Estimation with Applications (2001), section 5.2.
    """
    n = x.shape[0]
    for i in range(n):
        s = 0.0
        for k in range(n):
            s += F[i, k] * x[k]
        x_out[i] = s
    sandwich(F, P, P_out)
    for i in range(n):
        for j in range(n):
            P_out[i, j] += Q[i, j]


@kernel
def predict_ballistic(x: Floats, P: Floats, dt: float, q: float, x_out: Floats, P_out: Floats) -> int:
    """Carry a free-falling state forward, with its covariance.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,); P: its covariance, (6, 6).
        dt: time [s]; negative only with q = 0.
        q: spectral density of the white acceleration that stands for what the model lacks [m^2/s^3].
        x_out: (6,); P_out: (6, 6).
    Returns:
        status: 2 where the body ends deep inside the Earth, 4 for a time or density that is not allowed.
    Valid: no drag, so above about 80 km; process noise as if space were flat, within (dt / 800 s)^2 of itself.
    Source: Bar-Shalom, Li & Kirubarajan (2001), sections 6.2.2 (noise) and 10.3 (extended filter).
    """
    if not (q >= 0.0 and (dt >= 0.0 or q == 0.0) and abs(dt) < math.inf):
        return 4
    F = np.empty((6, 6))
    status = transition(x, dt, x_out, F)
    sandwich(F, P, P_out)
    add_noise(q, dt, P_out)
    return status


@kernel
def add_noise(q: float, dt: float, P: Floats) -> None:
    """Add to P, (6, 6) or larger, what a white acceleration of density q [m^2/s^3] has done within dt [s] in flat space."""
    for i in range(3):
        P[i, i] += q * dt**3 / 3.0
        P[i, i + 3] += q * dt * dt / 2.0
        P[i + 3, i] += q * dt * dt / 2.0
        P[i + 3, i + 3] += q * dt


@kernel
def transition(x: Floats, dt: float, x_out: Floats, F_out: Floats) -> int:
    """A free-falling state after `dt` [s] of either sign, and the derivative of it by the state now.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,).
        x_out: (6,).
        F_out: (6, 6); differentiates the same Runge-Kutta steps, so it is exact for them.
    Returns:
        status: 2 where the body ends deep inside the Earth.
    Valid: point mass, J2, Coriolis and centrifugal terms; no drag.
    Source: Montenbruck & Gill, Satellite Orbits (2000), sections 4.1 (Runge-Kutta) and 7.2 (variational equations).
    """
    steps = max(1, math.ceil(abs(dt) / SUBSTEP))
    h = dt / steps
    slope = np.empty((4, 6))
    pull = np.empty((4, 3, 3))
    d = np.empty(6)
    for i in range(6):
        x_out[i] = x[i]
        for j in range(6):
            F_out[i, j] = 1.0 if i == j else 0.0
    for _ in range(steps):
        for s in range(4):
            w = h * _SHARE[s]
            for i in range(6):
                d[i] = x_out[i] + (w * slope[s - 1, i] if s > 0 else 0.0)
            ax, ay, az = ecef_acceleration(d[0], d[1], d[2], d[3], d[4], d[5])
            slope[s, 0], slope[s, 1], slope[s, 2] = d[3], d[4], d[5]
            slope[s, 3], slope[s, 4], slope[s, 5] = ax, ay, az
            gradient(d[0], d[1], d[2], pull[s])
        for i in range(6):
            x_out[i] += h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])
        for c in range(6):
            for s in range(4):
                w = h * _SHARE[s]
                for i in range(6):
                    d[i] = F_out[i, c] + (w * slope[s - 1, i] if s > 0 else 0.0)
                for i in range(3):
                    slope[s, i] = d[i + 3]
                    slope[s, i + 3] = pull[s, i, 0] * d[0] + pull[s, i, 1] * d[1] + pull[s, i, 2] * d[2]
                slope[s, 3] += 2.0 * OMEGA * d[4]
                slope[s, 4] -= 2.0 * OMEGA * d[3]
            for i in range(6):
                F_out[i, c] += h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])
    r2 = x_out[0] * x_out[0] + x_out[1] * x_out[1] + x_out[2] * x_out[2]
    return 0 if r2 > INSIDE * INSIDE else 2


@kernel
def gradient(x: float, y: float, z: float, out: Floats) -> None:
    """How the acceleration of a body at rest in Earth-fixed axes changes with its position [1/s^2], into `out` (3, 3).

    Valid: as `gravity.ecef_acceleration`, of which it is the derivative by position.
    Source: own; derivative of Montenbruck & Gill (2000), section 3.2, checked against finite differences.
    """
    r2 = x * x + y * y + z * z
    u = 1.0 / r2
    core = GM * u / math.sqrt(r2)
    bulge = 1.5 * J2 * R_EQ * R_EQ * u
    z2 = z * z * u
    r = (x, y, z)
    for i in range(3):
        # As in gravity: the z row feels 3 - 5z^2/r^2 where x and y feel 1 - 5z^2/r^2.
        c = 3.0 if i == 2 else 1.0
        for j in range(3):
            s = r[i] * r[j] * u * (3.0 + bulge * (5.0 * c - 35.0 * z2))
            if j == 2:
                s += 10.0 * bulge * r[i] * z * u
            if i == j:
                s -= 1.0 + bulge * (c - 5.0 * z2)
            out[i, j] = core * s
    out[0, 0] += OMEGA * OMEGA
    out[1, 1] += OMEGA * OMEGA


@kernel
def update(
    x: Floats,
    P: Floats,
    z: Floats,
    z_pred: Floats,
    H: Floats,
    variance: Floats,
    azimuth_row: int,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, float]:
    """Correct a state by a measurement, one component after the other, in Joseph's form, which keeps P positive.

    Args:
        x: state, (n,); P: its covariance, (n, n).
        z: measurement, (m,); z_pred: what the state predicts for it, (m,).
        H: derivative of z_pred by the state, (m, n).
        variance: of the measurement's components, (m,), not negative; their noises are independent of one another.
        azimuth_row: the row of z that is an angle on a full circle, whose difference is wrapped; -1 for none.
        x_out: (n,), not to be `x` itself; P_out: (n, n).
    Returns:
        normalised innovation squared, natural logarithm of the measurement's likelihood; both nan where the
        innovation's covariance is not positive definite, and then the outputs mean nothing.
    Source: Bar-Shalom, Li & Kirubarajan (2001), sections 5.2 and 5.4 (Joseph form); Bierman, Factorization Methods for
        Discrete Sequential Estimation (1977), section II.6: with independent noises, components may come in turn.
    """
    n = x.shape[0]
    A = np.empty((n, n))
    PHt, left = np.empty(n), np.empty(n)
    nis = 0.0
    log_likelihood = 0.0
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
            b = 0.0
            for k in range(n):
                b += P_out[i, k] * H[a, k]
            PHt[i] = b
            s += H[a, i] * b
            # What earlier components have moved already is no longer news.
            nu -= H[a, i] * (x_out[i] - x[i])
        if not s > 0.0:
            return math.nan, math.nan
        nis += nu * nu / s
        log_likelihood -= 0.5 * (nu * nu / s + math.log(2.0 * math.pi * s))
        # Joseph's form (I - K H) P (I - K H)' + K R K', one factor after the other, each of rank one off the identity.
        for i in range(n):
            x_out[i] += PHt[i] / s * nu
            b = 0.0
            for j in range(n):
                A[i, j] = P_out[i, j] - PHt[i] / s * PHt[j]
                b += A[i, j] * H[a, j]
            left[i] = b
        for i in range(n):
            for j in range(i + 1):
                P_out[i, j] = A[i, j] - left[i] * (PHt[j] / s) + variance[a] / (s * s) * (PHt[i] * PHt[j])
                P_out[j, i] = P_out[i, j]
    return nis, log_likelihood


@kernel
def radar_measure(x: Floats, site_r: Floats, enu: Floats, z_out: Floats, H_out: Floats) -> int:
    """Range, azimuth and elevation of a body seen from a site, and their derivatives by the state.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,), or [r, v, ln beta], (7,).
        site_r: position of the sensor, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        z_out: range [m], azimuth, elevation [rad], (3,).
        H_out: (3, 6) or (3, 7); the columns from the third on are 0.
    Returns:
        status: 2 within 1e-9 of the vertical, where azimuth has no derivative, or at the sensor itself.
    """
    dx, dy, dz = x[0] - site_r[0], x[1] - site_r[1], x[2] - site_r[2]
    e = enu[0, 0] * dx + enu[0, 1] * dy + enu[0, 2] * dz
    n = enu[1, 0] * dx + enu[1, 1] * dy + enu[1, 2] * dz
    u = enu[2, 0] * dx + enu[2, 1] * dy + enu[2, 2] * dz
    flat = math.hypot(e, n)
    slant = math.hypot(flat, u)
    z_out[0] = slant
    z_out[1] = math.atan2(e, n) % (2.0 * math.pi)
    z_out[2] = math.atan2(u, flat)
    if not flat > 1e-9 * slant:
        return 2
    for k in range(3):
        along = (e * enu[0, k] + n * enu[1, k]) / flat
        H_out[0, k] = (flat * along + u * enu[2, k]) / slant
        H_out[1, k] = (n * enu[0, k] - e * enu[1, k]) / (flat * flat)
        H_out[2, k] = (flat * enu[2, k] - u * along) / (slant * slant)
    for k in range(3, H_out.shape[1]):
        H_out[0, k] = 0.0
        H_out[1, k] = 0.0
        H_out[2, k] = 0.0
    return 0


@kernel
def angles_measure(x: Floats, site_r: Floats, enu: Floats, z_out: Floats, H_out: Floats) -> int:
    """Azimuth and elevation [rad] of a body: `radar_measure` without its range; z_out (2,), H_out (2, 6) or (2, 7)."""
    z = np.empty(3)
    H = np.empty((3, H_out.shape[1]))
    status = radar_measure(x, site_r, enu, z, H)
    for a in range(2):
        z_out[a] = z[a + 1]
        for k in range(H_out.shape[1]):
            H_out[a, k] = H[a + 1, k]
    return status
