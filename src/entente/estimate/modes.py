"""Does it still burn? Two filters side by side that differ in one number only: how much acceleration they allow for.

Mode 0 boosts (large q), mode 1 coasts (small q); both fall freely otherwise. A bank is x (2, 6), P (2, 6, 6), p (2,).
1. Mix: each mode starts from what both believed, weighted by the chance of having come from there.
2. Predict each mode.  3. Update each mode; the measurement's likelihood moves the mode probabilities.
4. Combine, for output only.
Source of all four: Blom & Bar-Shalom, The interacting multiple model algorithm for systems with Markovian switching
coefficients, IEEE Trans. Automatic Control 33 (1988) 780-783.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.estimate.kalman import angles_measure, predict_ballistic, radar_measure, update
from entente.physics.gravity import ecef_acceleration

BOOSTING, COASTING = 0, 1


@kernel
def switch(dt: float, mean_boost: float, mean_coast: float, out: Floats) -> None:
    """Chance of each mode after `dt`, given the mode before: rows from, columns to, into `out` (2, 2).

    Args:
        dt: time [s], not negative.
        mean_boost, mean_coast: mean time that a body stays in each mode [s]; inf where it never leaves it.
    Source: two-state Markov process in continuous time, closed form; Cox & Miller (1965), section 4.3.
    """
    leave_boost, leave_coast = 1.0 / mean_boost, 1.0 / mean_coast
    both = leave_boost + leave_coast
    moved = -math.expm1(-both * dt) / both if both > 0.0 else 0.0
    out[0, 1] = leave_boost * moved
    out[1, 0] = leave_coast * moved
    out[0, 0] = 1.0 - out[0, 1]
    out[1, 1] = 1.0 - out[1, 0]


@kernel
def combine(x: Floats, P: Floats, p: Floats, x_out: Floats, P_out: Floats) -> None:
    """Mean and covariance of the mixture of two estimates.

    Args:
        x: (2, n); P: (2, n, n); p: their weights, (2,), of sum 1.
        x_out: (n,); P_out: (n, n); not to be parts of the inputs.
    """
    n = x.shape[1]
    for i in range(n):
        # Not p0 x0 + p1 x1: p0 + p1 is 1 only to rounding, and positions are large.
        x_out[i] = x[0, i] + p[1] * (x[1, i] - x[0, i])
    for i in range(n):
        for j in range(n):
            apart = p[0] * p[1] * ((x[1, i] - x[0, i]) * (x[1, j] - x[0, j]))
            P_out[i, j] = p[0] * P[0, i, j] + p[1] * P[1, i, j] + apart


@kernel
def predict_modes(
    x: Floats,
    P: Floats,
    p: Floats,
    dt: float,
    q: Floats,
    mean_stay: Floats,
    x_out: Floats,
    P_out: Floats,
    p_out: Floats,
) -> int:
    """Steps 1 and 2: mix, then carry both modes forward.

    Args:
        x: (2, 6) [m, m/s]; P: (2, 6, 6); p: chance of each mode, (2,).
        dt: time [s], not negative.
        q: spectral density of each mode's unknown acceleration [m^2/s^3], (2,).
        mean_stay: mean time in each mode [s], (2,); inf where it is never left.
        x_out: (2, 6); P_out: (2, 6, 6); p_out: (2,); not to be the inputs.
    Returns:
        status: the worse of the two modes', see `kalman.predict_ballistic`.
    """
    T = np.empty((2, 2))
    share = np.empty(2)
    switch(dt, mean_stay[0], mean_stay[1], T)
    status = 0
    for to in range(2):
        p_out[to] = p[0] * T[0, to] + p[1] * T[1, to]
        # A mode that cannot be reached keeps its own belief, with weight 0.
        share[0] = p[0] * T[0, to] / p_out[to] if p_out[to] > 0.0 else 1.0 - to
        share[1] = 1.0 - share[0]
        combine(x, P, share, x_out[to], P_out[to])
        status = max(status, predict_ballistic(x_out[to], P_out[to], dt, q[to], x_out[to], P_out[to]))
    return status


@kernel
def update_modes(
    x: Floats,
    P: Floats,
    p: Floats,
    z: Floats,
    variance: Floats,
    site_r: Floats,
    enu: Floats,
    x_out: Floats,
    P_out: Floats,
    p_out: Floats,
) -> tuple[float, float]:
    """Step 3: correct both modes by one detection and weigh them by how well each had predicted it.

    Args:
        x: (2, 6) [m, m/s]; P: (2, 6, 6); p: chance of each mode, (2,).
        z: range [m], azimuth, elevation [rad], (3,), or azimuth, elevation, (2,).
        variance: of its noise, (3,) or (2,).
        site_r: position of the sensor, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        x_out: (2, 6); P_out: (2, 6, 6); p_out: (2,); not to be the inputs.
    Returns:
        the smaller normalised innovation squared (for gating), logarithm of the likelihood under both modes together;
        both nan where a mode cannot predict the detection, and then the outputs mean nothing.
    """
    m = z.shape[0]
    z_pred = np.empty(m)
    H = np.empty((m, 6))
    log_p = np.empty(2)
    nearest = math.inf
    for k in range(2):
        if m == 3:
            status = radar_measure(x[k], site_r, enu, z_pred, H)
        else:
            status = angles_measure(x[k], site_r, enu, z_pred, H)
        if status != 0:
            return math.nan, math.nan
        nis, log_likelihood = update(x[k], P[k], z, z_pred, H, variance, m - 2, x_out[k], P_out[k])
        log_p[k] = log_likelihood + (math.log(p[k]) if p[k] > 0.0 else -math.inf)
        nearest = min(nearest, nis)
    top = max(log_p[0], log_p[1])
    total = math.exp(log_p[0] - top) + math.exp(log_p[1] - top)
    if not total > 0.0:
        return math.nan, math.nan
    p_out[1] = math.exp(log_p[1] - top) / total
    p_out[0] = 1.0 - p_out[1]
    return nearest, top + math.log(total)


@kernel
def is_far_off(x: Floats, P: Floats, z: Floats, variance: Floats, site_r: Floats, enu: Floats, edge: float) -> bool:
    """Whether a detection surely lies outside the gate of `update_modes`, by one of its components alone.

    Args:
        x, P, z, variance, site_r, enu: see `update_modes`.
        edge: of the gate, in normalised innovation squared.
    Returns:
        True only where `update_modes` would answer more than `edge` (no component's own share exceeds the whole); a
        tenth of its time.
    """
    m = z.shape[0]
    z_pred, H = np.empty(3), np.empty((3, 6))
    for mode in range(2):
        if radar_measure(x[mode], site_r, enu, z_pred, H) != 0:
            return False
        inside = True
        for a in range(m):
            row = a + 3 - m
            nu = z[a] - z_pred[row]
            if row == 1:
                nu -= 2.0 * math.pi * math.floor(nu / (2.0 * math.pi) + 0.5)
            s = variance[a]
            for i in range(3):
                for j in range(3):
                    s += H[row, i] * P[mode, i, j] * H[row, j]
            inside = inside and not nu * nu > 1.001 * edge * s
        if inside:
            return False
    return True


@kernel
def foresee(x: Floats, P: Floats, site_r: Floats, enu: Floats, z_out: Floats, S_out: Floats) -> int:
    """What both modes expect a sensor to measure, and how surely: for many detections that are to be weighed.

    Args:
        x: (2, 6) [m, m/s]; P: (2, 6, 6); site_r, enu: see `update_modes`.
        z_out: range [m], azimuth, elevation [rad] by mode, (2, 3); S_out: their covariance, without noise, (2, 3, 3).
    Returns:
        status: 2 where a mode cannot predict a detection.
    Source: Bar-Shalom, Li & Kirubarajan (2001), section 5.2.
    """
    h = np.empty((3, 3))
    for k in range(2):
        dx, dy, dz = x[k, 0] - site_r[0], x[k, 1] - site_r[1], x[k, 2] - site_r[2]
        e = enu[0, 0] * dx + enu[0, 1] * dy + enu[0, 2] * dz
        n = enu[1, 0] * dx + enu[1, 1] * dy + enu[1, 2] * dz
        u = enu[2, 0] * dx + enu[2, 1] * dy + enu[2, 2] * dz
        flat2 = e * e + n * n
        flat, slant = math.sqrt(flat2), math.sqrt(flat2 + u * u)
        if not flat > 1e-9 * slant:
            return 2
        z_out[k, 0], z_out[k, 1], z_out[k, 2] = slant, math.atan2(e, n), math.atan2(u, flat)
        for i in range(3):
            along = (e * enu[0, i] + n * enu[1, i]) / flat
            h[0, i] = (flat * along + u * enu[2, i]) / slant
            h[1, i] = (n * enu[0, i] - e * enu[1, i]) / flat2
            h[2, i] = (flat * enu[2, i] - u * along) / (slant * slant)
        for a in range(3):
            g0 = h[a, 0] * P[k, 0, 0] + h[a, 1] * P[k, 1, 0] + h[a, 2] * P[k, 2, 0]
            g1 = h[a, 0] * P[k, 0, 1] + h[a, 1] * P[k, 1, 1] + h[a, 2] * P[k, 2, 1]
            g2 = h[a, 0] * P[k, 0, 2] + h[a, 1] * P[k, 1, 2] + h[a, 2] * P[k, 2, 2]
            for b in range(a + 1):
                S_out[k, a, b] = g0 * h[b, 0] + g1 * h[b, 1] + g2 * h[b, 2]
    return 0


@kernel
def weigh_detection(
    z: Floats, sigma: Floats, z_pred: Floats, S: Floats, p: Floats, infrared: bool
) -> tuple[float, float]:
    """The two answers of `update_modes`, a twentieth of its time after `foresee`, equal but for rounding.

    Args:
        z, sigma: range [m] (not used for infrared), azimuth, elevation [rad] and their standard deviations, (3,).
        z_pred: (2, 3), S: (2, 3, 3), from `foresee`; p: chance of each mode, (2,).
    """
    nearest, log_0, top = math.inf, -math.inf, -math.inf
    for k in range(2):
        nu1 = z[1] - z_pred[k, 1]
        nu1 -= 2.0 * math.pi * math.floor(nu1 / (2.0 * math.pi) + 0.5)
        nu2 = z[2] - z_pred[k, 2]
        s11, s21, s22 = S[k, 1, 1] + sigma[1] * sigma[1], S[k, 2, 1], S[k, 2, 2] + sigma[2] * sigma[2]
        nis, volume = 0.0, 1.0
        if not infrared:
            # Range is taken out first: what it says of both angles.
            s00 = S[k, 0, 0] + sigma[0] * sigma[0]
            if not s00 > 0.0:
                return math.nan, math.nan
            nu0, one, two = z[0] - z_pred[k, 0], S[k, 1, 0] / s00, S[k, 2, 0] / s00
            s11, s21, s22 = s11 - one * S[k, 1, 0], s21 - two * S[k, 1, 0], s22 - two * S[k, 2, 0]
            nu1, nu2 = nu1 - one * nu0, nu2 - two * nu0
            nis, volume = nu0 * nu0 / s00, 2.0 * math.pi * s00
        if not s11 > 0.0:
            return math.nan, math.nan
        two = s21 / s11
        s22, nu2 = s22 - two * s21, nu2 - two * nu1
        volume *= (2.0 * math.pi) ** 2 * s11 * s22
        # Of errors far below any sensor's the product may vanish where its parts do not.
        if not (s22 > 0.0 and volume > 0.0):
            return math.nan, math.nan
        nis += nu1 * nu1 / s11 + nu2 * nu2 / s22
        log_p = -0.5 * (nis + math.log(volume)) + (math.log(p[k]) if p[k] > 0.0 else -math.inf)
        nearest, top = min(nearest, nis), max(top, log_p)
        if k == 0:
            log_0 = log_p
    if not top > -math.inf:
        return math.nan, math.nan
    return nearest, top + math.log(math.exp(log_0 - top) + math.exp(log_p - top))


@kernel
def drift(x: Floats, dt: float, out: Floats) -> None:
    """About where a free-falling state (6,) is after `dt` [s], into `out` (3,) [m]: off by 50 m after half a minute."""
    ax, ay, az = ecef_acceleration(x[0], x[1], x[2], x[3], x[4], x[5])
    out[0] = x[0] + dt * (x[3] + 0.5 * dt * ax)
    out[1] = x[1] + dt * (x[4] + 0.5 * dt * ay)
    out[2] = x[2] + dt * (x[5] + 0.5 * dt * az)


@kernel
def reach_of_modes(x: Floats, P: Floats, dt: float, q: float, edge: float) -> float:
    """How far from their mixture either mode may expect a body after `dt` [s], inside a gate `edge` [m]; on the safe side.

    Args:
        x: (2, 6); P: (2, 6, 6), before mixing; q: the larger spectral density [m^2/s^3].
    """
    apart, widest = 0.0, 0.0
    for i in range(3):
        apart += (x[1, i] - x[0, i] + dt * (x[1, i + 3] - x[0, i + 3])) ** 2
    for mode in range(2):
        spread = 0.0
        for i in range(3):
            spread += P[mode, i, i] + dt * (2.0 * P[mode, i, i + 3] + dt * P[mode, i + 3, i + 3])
        widest = max(widest, spread)
    # Mixing adds at most a quarter of the square of what lies between the modes.
    return math.sqrt(apart) + math.sqrt(edge * (widest + 0.25 * apart + q * dt**3))


@kernel
def line_of_sight(z: Floats, enu: Floats, out: Floats) -> None:
    """Unit vector (3,), Earth-fixed, into which a sensor with axes `enu` (3, 3) saw azimuth z[1], elevation z[2] [rad]."""
    c = math.cos(z[2])
    east, north, up = c * math.sin(z[1]), c * math.cos(z[1]), math.sin(z[2])
    for i in range(3):
        out[i] = east * enu[0, i] + north * enu[1, i] + up * enu[2, i]


@kernel
def is_off_line(
    place: Floats, reach: float, line: Floats, z: Floats, sigma: Floats, infrared: bool, site_r: Floats, edge: float
) -> bool:
    """`is_elsewhere` for a detection whose `line_of_sight` is known already."""
    along, far2 = 0.0, 0.0
    for i in range(3):
        away = place[i] - site_r[i]
        along += away * line[i]
        far2 += away * away
    off2 = far2 - along * along
    noise2 = far2 * max(sigma[1] * sigma[1], sigma[2] * sigma[2])
    if infrared:
        if along < 0.0:
            return True
    else:
        off2 += (along - z[0]) ** 2
        noise2 += sigma[0] * sigma[0]
    return off2 > widest_off(reach, noise2, edge) ** 2


@kernel
def widest_off(reach: float, noise2: float, edge: float) -> float:
    """How far a track and a detection of it may lie apart [m]: reach of the track [m], squared noise of the detection."""
    return 1.5 * (reach + math.sqrt(edge * noise2)) + 1_000.0


@kernel
def is_elsewhere(
    place: Floats, reach: float, z: Floats, sigma: Floats, infrared: bool, site_r: Floats, enu: Floats, edge: float
) -> bool:
    """Whether a detection surely has nothing to do with a track, by the distance alone.

    Args:
        place: about where the track is [m], (3,); reach: see `reach_of_modes`, half as much again is allowed.
        z, sigma: range [m] (not used for infrared), azimuth, elevation [rad] and their standard deviations, (3,).
        site_r, enu, edge: see `is_far_off`.
    """
    line = np.empty(3)
    line_of_sight(z, enu, line)
    return is_off_line(place, reach, line, z, sigma, infrared, site_r, edge)
