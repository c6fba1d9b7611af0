"""Where it will come down, where it came from, where it will be.

Areas go through sigma points: the state's Gaussian is replaced by 2 n points of equal weight at sqrt(n) standard
deviations, each is flown to the ground, and mean and covariance are taken there (the cubature rule, which is the
unscented transform with kappa = 0: no negative weight, so the covariance is always positive).
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import ECC2, R_POLE
from entente.estimate.factor import cholesky
from entente.physics.atmosphere import density
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodetic_from_ecef
from entente.physics.gravity import ecef_acceleration

LONGEST = 3600.0  # s  a body still up after this is called "does not come down"
AIR_TOP = 100_000.0  # m  no drag above: at most 5e-3 m/s^2 there, at 3 km/s and 500 kg/m^2
SUBSTEP = 5.0  # s  longest step of `state_at`
VACUUM_STEP = 20.0  # s  longest step without drag; 1 cm over a whole arc (tests/laws)
AIR_STEP = 1.0  # s  longest step in the air
LANDING = 7  # tries at ending the last step on the ground; each is some thirty times nearer
AIR_STRIDE = 2_000.0  # m  longest way in one step in the air, a quarter of the scale height
DENSE_TOP, THIN = 50_000.0, 4.0  # m, 1: above this height steps are this much longer
_SHARE = np.array([0.0, 0.5, 0.5, 1.0])  # where in the step the four Runge-Kutta slopes are taken


@kernel
def state_at(x: Floats, dt: float, x_out: Floats) -> None:
    """A freely falling state [r, v] (6,), Earth-fixed [m, m/s], after `dt` [s] of either sign; no drag, J2."""
    steps = max(1, math.ceil(abs(dt) / SUBSTEP))
    for i in range(6):
        x_out[i] = x[i]
    for _ in range(steps):
        _step(x_out, dt / steps, 0.0, x_out)


@kernel
def path_ahead(x: Floats, every: float, path_out: Floats) -> None:
    """Positions (M, 3) along the free fall of a state (6,), `every` [s] apart, the first one now; see `state_at`."""
    now = np.empty(6)
    for i in range(6):
        now[i] = x[i]
    for m in range(path_out.shape[0]):
        for i in range(3):
            path_out[m, i] = now[i]
        state_at(now, every, now)


@kernel
def impact_area(
    x: Floats, P: Floats, t: float, beta_ln_mean: float, beta_ln_sigma: float, cov_out: Floats
) -> tuple[float, float, float, float, int]:
    """Where and when a body will come down, with drag below 100 km.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,); P: its covariance, (6, 6); t: the time it holds for [s].
        beta_ln_mean, beta_ln_sigma: mean and standard deviation of the natural logarithm of the ballistic coefficient
            [kg/m^2], mass over drag coefficient times area.
        cov_out: covariance of the point in local east and north [m^2], (2, 2).
    Returns:
        latitude, longitude [rad] of the mean point at height 0, time of impact [s], its standard deviation [s], status:
        2 where the body, or one that lies sqrt(7) standard deviations off, does not come down within an hour;
        4 where P is not positive definite or something is nan. All nan where status is not 0.
    Valid: constant ballistic coefficient, no wind, no thrust from now on; areas up to about 1,000 km (plane tangent at
        the mean); calibrated as far as the body's errors are Gaussian (tests/honesty).
    Source: Arasaratnam & Haykin, Cubature Kalman filters, IEEE Trans. Automatic Control 54 (2009), section V.
    """
    return _area(x, P, t, beta_ln_mean, beta_ln_sigma, 1.0, cov_out)


@kernel
def launch_area(
    x: Floats, P: Floats, t: float, path_sigma: float, path_sigma_t: float, cov_out: Floats
) -> tuple[float, float, float, float, int]:
    """Where and when a body left the ground: its free fall run backwards, widened for the boost that is not known.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,); P: its covariance, (6, 6); t: the time it holds for [s].
        path_sigma: standard deviation added to east and to north for the way during boost [m].
        path_sigma_t: standard deviation added to the time [s].
        cov_out: covariance of the point in local east and north [m^2], (2, 2).
    Returns:
        latitude, longitude [rad] of the mean point at height 0, time of launch [s], its standard deviation [s], status
        as `impact_area`.
    Valid: without thrust the arc reaches the ground before (in time) and short of the true launch point; the allowance
        must cover that bias, which is of the size of the boost path (tens of km for ranges up to 3,000 km).
    Source: as `impact_area`.
    """
    lat, lon, t_launch, sigma_t, status = _area(x, P, t, math.inf, 0.0, -1.0, cov_out)
    cov_out[0, 0] += path_sigma * path_sigma
    cov_out[1, 1] += path_sigma * path_sigma
    return lat, lon, t_launch, math.hypot(sigma_t, path_sigma_t), status


@kernel
def _area(
    x: Floats, P: Floats, t: float, beta_ln_mean: float, beta_ln_sigma: float, sign: float, cov_out: Floats
) -> tuple[float, float, float, float, int]:
    """Mean and covariance of where sigma points meet the ground, forward (sign 1) or backward (-1) in time."""
    lower = np.empty((6, 6))
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 0], cov_out[1, 1] = math.nan, math.nan, math.nan, math.nan
    if cholesky(P, lower) != 0 or not beta_ln_sigma >= 0.0:
        return math.nan, math.nan, math.nan, math.nan, 4
    # A backward arc has no drag, hence six dimensions and not seven.
    n = 7 if sign > 0.0 else 6
    ground = np.empty((2 * n, 4))
    y = np.empty(6)
    mean = np.zeros(4)
    for point in range(2 * n):
        j = point // 2
        off = math.sqrt(n) if point % 2 == 0 else -math.sqrt(n)
        for i in range(6):
            y[i] = x[i] + (off * lower[i, j] if j < 6 else 0.0)
        beta_ln = beta_ln_mean + (off * beta_ln_sigma if j == 6 else 0.0)
        dt, status = to_ground(y, 0.5 * math.exp(-beta_ln), sign, y)
        if status != 0:
            return math.nan, math.nan, math.nan, math.nan, status
        for i in range(3):
            ground[point, i] = y[i]
        ground[point, 3] = t + dt
        for i in range(4):
            mean[i] += ground[point, i] / (2 * n)
    lat, lon, _ = geodetic_from_ecef(mean[0], mean[1], mean[2])
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 1] = 0.0, 0.0, 0.0
    var_t = 0.0
    for point in range(2 * n):
        east, north = 0.0, 0.0
        for i in range(3):
            east += axes[0, i] * (ground[point, i] - mean[i])
            north += axes[1, i] * (ground[point, i] - mean[i])
        cov_out[0, 0] += east * east / (2 * n)
        cov_out[0, 1] += east * north / (2 * n)
        cov_out[1, 1] += north * north / (2 * n)
        var_t += (ground[point, 3] - mean[3]) ** 2 / (2 * n)
    cov_out[1, 0] = cov_out[0, 1]
    return lat, lon, mean[3], math.sqrt(var_t), 0


@kernel
def to_ground(x: Floats, k: float, sign: float, x_out: Floats) -> tuple[float, int]:
    """Fly a state until it meets the ellipsoid, downwards if forward in time, upwards if backward.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,).
        k: half the inverse of the ballistic coefficient [m^2/kg]; 0 for no drag.
        sign: 1 forward, -1 backward in time.
        x_out: state on the ground, (6,); may be `x` itself. A body below the ground already and still sinking is put
            straight up onto it, at once.
    Returns:
        time until then [s], negative if backward; status: 2 where it does not come down within an hour, 4 for a nan.
    """
    before = np.empty(6)
    for i in range(6):
        x_out[i] = x[i]
    t = 0.0
    alt = _height(x_out)
    if not (alt > -1e7 and k >= 0.0 and abs(x_out[3] + x_out[4] + x_out[5]) < math.inf):
        return math.nan, 4
    while t < LONGEST:
        speed = math.sqrt(x_out[3] ** 2 + x_out[4] ** 2 + x_out[5] ** 2)
        up = (x_out[0] * x_out[3] + x_out[1] * x_out[4] + x_out[2] * x_out[5]) / math.sqrt(
            x_out[0] ** 2 + x_out[1] ** 2 + x_out[2] ** 2
        )
        sinking = -sign * up
        if alt <= 0.0 and sinking >= 0.0:
            lat, lon, _ = geodetic_from_ecef(x_out[0], x_out[1], x_out[2])
            x_out[0], x_out[1], x_out[2] = ecef_from_geodetic(lat, lon, 0.0)
            return sign * t, 0
        h = VACUUM_STEP
        if k > 0.0 and alt < AIR_TOP:
            # Above the dense air drag is slight, and longer steps lose nothing.
            longer = THIN if alt > DENSE_TOP else 1.0
            h = longer * min(AIR_STEP, AIR_STRIDE / max(speed, 1.0))
        elif k > 0.0 and sinking > 0.0:
            # End a step near the edge of the air; gravity makes it arrive a little deeper, where air is still thin.
            h = min(VACUUM_STEP, (alt - AIR_TOP) / sinking + 0.1)
        drag = k if alt < AIR_TOP + 1_000.0 else 0.0
        for i in range(6):
            before[i] = x_out[i]
        alt_before = alt
        landing = False
        for _ in range(LANDING):
            _step(before, sign * h, drag, x_out)
            alt = _height(x_out)
            landing = landing or (alt <= 0.0 and alt_before > 0.0)
            if not landing:
                break
            # Shorten the last step until it ends on the ground: a secant will do, the path is nearly straight.
            h *= alt_before / (alt_before - alt)
        if landing:
            return sign * (t + h), 0
        t += h
    return math.nan, 2


@kernel
def _height(x: Floats) -> float:
    """Height above the ellipsoid [m] along the line to the centre: 0 where `earth.altitude` is, 0.6 m off at 100 km.

    Three times as fast, and called at every Runge-Kutta stage.
    """
    p2 = x[0] * x[0] + x[1] * x[1]
    r2 = p2 + x[2] * x[2]
    return math.sqrt(r2) - R_POLE / math.sqrt(1.0 - ECC2 * p2 / r2)


@kernel
def _step(x: Floats, h: float, k: float, x_out: Floats) -> None:
    """One classical Runge-Kutta step of free fall, with drag k rho v^2 where k is not 0; x_out may be x."""
    slope = np.empty((4, 6))
    d = np.empty(6)
    for s in range(4):
        for i in range(6):
            d[i] = x[i] + (h * _SHARE[s] * slope[s - 1, i] if s > 0 else 0.0)
        ax, ay, az = ecef_acceleration(d[0], d[1], d[2], d[3], d[4], d[5])
        if k > 0.0:
            brake = k * density(_height(d)) * math.sqrt(d[3] * d[3] + d[4] * d[4] + d[5] * d[5])
            ax, ay, az = ax - brake * d[3], ay - brake * d[4], az - brake * d[5]
        slope[s, 0], slope[s, 1], slope[s, 2] = d[3], d[4], d[5]
        slope[s, 3], slope[s, 4], slope[s, 5] = ax, ay, az
    for i in range(6):
        x_out[i] = x[i] + h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])
