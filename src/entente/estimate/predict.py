"""Where it will come down, where it came from, where it will be.

Areas go through sigma points: the state's Gaussian is replaced by 2 n points of equal weight at sqrt(n) standard
deviations, each is flown to the ground, and mean and covariance are taken there (the cubature rule, which is the
unscented transform with kappa = 0: no negative weight, so the covariance is always positive). To fly every point in
steps takes thirty times as long; only the mean is, and the others come down beside it, in closed form above the air.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import ECC2, GM, OMEGA, R_MEAN, R_POLE
from entente.estimate.conic import fall
from entente.estimate.factor import cholesky
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.passage import passage
from entente.physics.atmosphere import density
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodetic_from_ecef, inertial_velocity, spin
from entente.physics.gravity import ecef_acceleration

LONGEST = 3600.0  # s  a body still up after this is called "does not come down"
SUBSTEP = 20.0  # s  longest step of `state_at`, the same as the filter's
VACUUM_STEP = 20.0  # s  longest step without drag; 1 cm over a whole arc (tests/laws)
COAST_STEP = (
    60.0  # s  longest step of the one body of an area that is flown: 2 m over half an hour, unlike its sigma points
)
STEEP2 = 0.067  # squared sine of 15 degrees: a body in the air that sinks less steeply is flown
LEVEL = 0.1  # m  height at which a body counts as on the ground
AIR_STEP = 5.0  # s  longest step in the air
LANDING = 7  # tries at ending the last step on the ground; each is some thirty times nearer
AIR_STRIDE = 2_000.0  # m  longest way up or down in one step in the air, a quarter of the scale height
DENSE_TOP, THIN = 50_000.0, 4.0  # m, 1: above this height that is so much longer
COARSE = 2.0  # times as long are the steps of a sigma point in the air: off by less than a hundredth of its area
BRAKED = 0.15  # longest step in the air, in times in which drag would stop the body
SCALE_HEIGHT, SEA_DENSITY = 7_000.0, 1.7  # m, kg/m^3  of an exponential air no thinner than the standard one
_SHARE = np.array([0.0, 0.5, 0.5, 1.0])  # where in the step the four Runge-Kutta slopes are taken


@kernel
def state_at(x: Floats, dt: float, x_out: Floats) -> None:
    """A freely falling state [r, v] (6,), Earth-fixed [m, m/s], after `dt` [s] of either sign; no drag, J2."""
    steps = max(1, math.ceil(abs(dt) / SUBSTEP))
    for i in range(6):
        x_out[i] = x[i]
    for _ in range(steps):
        step(x_out, dt / steps, 0.0, x_out)


@kernel
def free_fall(x: Floats, dt: float, x_out: Floats) -> None:
    """`state_at` in a single step, for a minute at most: off by 0.2 m after a minute, by nothing after a few seconds."""
    step(x, dt, 0.0, x_out)


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
        the mean); calibrated as far as the body's errors are Gaussian (tests/honesty). Only the mean is flown, but for a
        body in the air that rises or is flat; against every sigma point flown, and entry at 15 degrees or more, axes are
        within 4 %, centres within a tenth of a standard deviation (tests/laws).
    Source: Arasaratnam & Haykin, Cubature Kalman filters, IEEE Trans. Automatic Control 54 (2009), section V.
    """
    small, lower, body = np.empty((6, 6)), np.zeros((7, 7)), np.empty(7)
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 0], cov_out[1, 1] = math.nan, math.nan, math.nan, math.nan
    if cholesky(P, small) != 0 or not beta_ln_sigma >= 0.0 or not abs(beta_ln_mean) < math.inf:
        return math.nan, math.nan, math.nan, math.nan, 4
    for i in range(6):
        body[i] = x[i]
        for j in range(i + 1):
            lower[i, j] = small[i, j]
    body[6], lower[6, 6] = beta_ln_mean, beta_ln_sigma
    return _falls(body, lower, t, cov_out)


@kernel
def falling_area(x: Floats, P: Floats, t: float, cov_out: Floats) -> tuple[float, float, float, float, int]:
    """`impact_area` of a body whose drag is a part of its state, and correlated with the rest of it.

    Args:
        x: [r, v, ln beta] Earth-fixed [m, m/s, 1], (7,); P: its covariance, (7, 7); t: the time it holds for [s].
        cov_out: covariance of the point in local east and north [m^2], (2, 2).
    Returns, valid, source: as `impact_area`.
    """
    lower = np.empty((7, 7))
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 0], cov_out[1, 1] = math.nan, math.nan, math.nan, math.nan
    if cholesky(P, lower) != 0 or not abs(x[6]) < math.inf:
        return math.nan, math.nan, math.nan, math.nan, 4
    return _falls(x, lower, t, cov_out)


@kernel
def _falls(x: Floats, lower: Floats, t: float, cov_out: Floats) -> tuple[float, float, float, float, int]:
    """`falling_area` from the Cholesky factor of the covariance, (7, 7), whose last diagonal entry may be 0."""
    end, ends = np.empty(6), np.empty((14, 4))
    if height(x) < AIR_TOP:
        status = _all_sliding(x, lower, end, ends)
        if status != 0:
            status = _all_flown(x, lower, ends)
    else:
        status = _mean_flown(x, lower, 1.0, end, ends)
        if status == 0:
            _brake(end, x[6], lower, ends)
    return _area(ends, 14, status, t, cov_out)


@kernel
def launch_area(
    x: Floats, P: Floats, t: float, path_sigma: float, path_sigma_t: float, cov_out: Floats
) -> tuple[float, float, float, float, int]:
    """Where and when a body left the ground: its free fall run backwards, widened for the boost that is not known.

    Args:
        x: [r, v] Earth-fixed [m, m/s], (6,); P: its covariance, (6, 6); t: the time it holds for [s]. Of a state with
            ln beta, (7,) and (7, 7), the first six are used.
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
    lower, end, ends = np.empty(P.shape), np.empty(6), np.empty((14, 4))
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 0], cov_out[1, 1] = math.nan, math.nan, math.nan, math.nan
    if cholesky(P, lower) != 0:
        return math.nan, math.nan, math.nan, math.nan, 4
    # A backward arc has no drag, hence six dimensions and not seven.
    status = _mean_flown(x, lower, -1.0, end, ends)
    lat, lon, t_launch, sigma_t, status = _area(ends, 12, status, t, cov_out)
    cov_out[0, 0] += path_sigma * path_sigma
    cov_out[1, 1] += path_sigma * path_sigma
    return lat, lon, t_launch, math.hypot(sigma_t, path_sigma_t), status


@kernel
def _area(ends: Floats, count: int, status: int, t: float, cov_out: Floats) -> tuple[float, float, float, float, int]:
    """Mean and covariance of where sigma points meet the ground: place and time from now, the first `count` of (14, 4)."""
    if status != 0:
        return math.nan, math.nan, math.nan, math.nan, status
    mean = np.zeros(4)
    for point in range(count):
        for i in range(4):
            mean[i] += ends[point, i] / count
    lat, lon, _ = geodetic_from_ecef(mean[0], mean[1], mean[2])
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    cov_out[0, 0], cov_out[0, 1], cov_out[1, 1] = 0.0, 0.0, 0.0
    var_t = 0.0
    for point in range(count):
        east, north = 0.0, 0.0
        for i in range(3):
            east += axes[0, i] * (ends[point, i] - mean[i])
            north += axes[1, i] * (ends[point, i] - mean[i])
        cov_out[0, 0] += east * east / count
        cov_out[0, 1] += east * north / count
        cov_out[1, 1] += north * north / count
        var_t += (ends[point, 3] - mean[3]) ** 2 / count
    cov_out[1, 0] = cov_out[0, 1]
    return lat, lon, t + mean[3], math.sqrt(var_t), 0


@kernel
def _all_flown(x: Floats, lower: Floats, ends: Floats) -> int:
    """Where 14 sigma points of a state (7,) end, every one flown to the ground: place and time from now, (14, 4). Status."""
    y, flown = np.empty(7), np.empty(6)
    for point in range(14):
        _sigma_point(x, lower, point, y)
        dt, status = _fly_down(y, 0.5 * math.exp(-y[6]), 1.0, COARSE, flown)
        if status != 0:
            return status
        ends[point, 0], ends[point, 1], ends[point, 2], ends[point, 3] = flown[0], flown[1], flown[2], dt
    return 0


@kernel
def _sigma_point(x: Floats, lower: Floats, point: int, out: Floats) -> None:
    """One of the 14 sigma points of a state (7,), by the Cholesky factor of its covariance."""
    j = point // 2
    off = math.sqrt(7.0) if point % 2 == 0 else -math.sqrt(7.0)
    for i in range(7):
        out[i] = x[i] + off * lower[i, j]


@kernel
def _all_sliding(x: Floats, lower: Floats, end: Floats, ends: Floats) -> int:
    """As `_all_flown`, but only the mean's vacuum end is flown, and the others come down beside it as `passage` has it.

    Returns:
        status: not 0 also where one does not sink steeply.
    """
    dt, status = _coast(x, 1.0, end)
    mean, y = np.empty(4), np.empty(7)
    status = max(status, _slide(x, 0.0, mean))
    for point in range(14 if status == 0 else 0):
        _sigma_point(x, lower, point, y)
        place = ends[point]
        status = max(status, _slide(y, 0.5 * math.exp(-y[6]), place))
        for i in range(4):
            place[i] += (end[i] if i < 3 else dt) - mean[i]
    return status


@kernel
def _slide(x: Floats, k: float, out: Floats) -> int:
    """Where and in what time a sinking body in the air comes down by `passage`, (4,); status 2 if it sinks too flatly."""
    alt = height(x)
    r = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2])
    up = (x[0] * x[3] + x[1] * x[4] + x[2] * x[5]) / r
    speed2 = x[3] * x[3] + x[4] * x[4] + x[5] * x[5]
    if not (up < 0.0 and up * up > STEEP2 * speed2):
        return 2
    across = math.sqrt(max(speed2 - up * up, 1e-6))
    way, time = passage(alt, -up, across, k)
    along, above = math.sin(way / R_MEAN), math.cos(way / R_MEAN)
    for i in range(3):
        out[i] = (r - alt) * (above * x[i] / r + along * (x[i + 3] - up * x[i] / r) / across)
    out[3] = time
    return 0


@kernel
def _mean_flown(x: Floats, lower: Floats, sign: float, end: Floats, ends: Floats) -> int:
    """Where sigma points would end without air: the mean flown, the others as far from it as closed-form falls end.

    Args:
        x: (6,) or (7,); lower: Cholesky factor of its covariance; sign: 1 forward, -1 backward in time.
        end: the mean on the ground, (6,), written.
        ends: place and time from now, (14, 4), written: 12 points, and twice the mean for the two that differ in drag.
    Returns:
        status as `to_ground`.
    """
    dt, status = _coast(x, sign, end)
    if status != 0:
        return status
    radius = math.sqrt(end[0] * end[0] + end[1] * end[1] + end[2] * end[2])
    sink = -sign * (end[0] * end[3] + end[1] * end[4] + end[2] * end[5]) / radius
    mean = np.empty(4)
    status = _fall(x, radius, sign, mean)
    high = height(mean)
    y = np.empty(6)
    root = math.sqrt(7.0 if sign > 0.0 else 6.0)
    for point in range(14):
        j = point // 2
        for i in range(4):
            ends[point, i] = end[i] if i < 3 else dt
        if j == 6 or status != 0:
            continue
        off = root if point % 2 == 0 else -root
        for i in range(6):
            y[i] = x[i] + off * lower[i, j]
        place = ends[point]
        status = _fall(y, radius, sign, place)
        # The ground there is not as far from the Earth's centre as below the mean: on along the mean's way.
        more = sign * (height(place) - high) / sink if sink > 1.0 else 0.0
        for i in range(3):
            place[i] += end[i] - mean[i] + more * end[i + 3]
        place[3] += dt - mean[3] + more
    return status


@kernel
def _fall(x: Floats, radius: float, sign: float, out: Floats) -> int:
    """Where a state (6,) meets a sphere, by `conic.fall`, either way in time: Earth-fixed place and time, (4,); status."""
    vx, vy, vz = inertial_velocity(x[0], x[1], x[2], x[3], x[4], x[5])
    a, b, c, dt, status = fall(x[0], x[1], x[2], sign * vx, sign * vy, sign * vz, radius)
    out[0], out[1] = spin(a, b, -OMEGA * sign * dt)
    out[2], out[3] = c, sign * dt
    return status


@kernel
def _coast(x: Floats, sign: float, end: Floats) -> tuple[float, int]:
    """`to_ground` without drag in few steps, since the closed form says beforehand about how long the fall takes."""
    about = np.empty(4)
    alt = height(x)
    radius = math.sqrt(x[0] * x[0] + x[1] * x[1] + x[2] * x[2]) - alt
    if not abs(x[3] + x[4] + x[5] + alt) < math.inf:
        return math.nan, 4
    if _fall(x, radius, sign, about) != 0 or not abs(about[3]) < LONGEST:
        return math.nan, 2
    dt = about[3]
    for i in range(6):
        end[i] = x[i]
    if dt == 0.0:
        end[0], end[1], end[2] = about[0], about[1], about[2]
        return dt, 0
    steps = math.ceil(abs(dt) / COAST_STEP)
    for _ in range(steps):
        step(end, dt / steps, 0.0, end)
    for _ in range(LANDING):
        alt = height(end)
        if abs(alt) < LEVEL:
            return dt, 0
        r = math.sqrt(end[0] * end[0] + end[1] * end[1] + end[2] * end[2])
        h = -alt * r / (end[0] * end[3] + end[1] * end[4] + end[2] * end[5])
        # Newton's step on the height; one that would go too far is no landing but a graze.
        if not abs(h) < COAST_STEP:
            return math.nan, 2
        step(end, h, 0.0, end)
        dt += h
    return math.nan, 1


@kernel
def _brake(end: Floats, beta_ln: float, lower: Floats, ends: Floats) -> None:
    """Move the vacuum ends (14, 4) of sigma points back along the mean's way, and later, by what the air does to the mean.

    Points differ in drag by the last row of `lower` (7, 7); those whose entry is 0 have the mean's. `end` (6,) is the mean's
    vacuum state on the ground. A body that enters the air more steeply or faster is braked a little less: left out, some
    per cent of the shortfall, itself some per cent of an area.
    """
    r = math.sqrt(end[0] * end[0] + end[1] * end[1] + end[2] * end[2])
    up = (end[0] * end[3] + end[1] * end[4] + end[2] * end[5]) / r
    across2 = end[3] * end[3] + end[4] * end[4] + end[5] * end[5] - up * up
    across = math.sqrt(max(across2, 1e-6))
    # Back up to the edge of the air by energy and angular momentum.
    slower = r / (r + AIR_TOP)
    sink2 = up * up + across2 * (1.0 - slower * slower) - 2.0 * GM * AIR_TOP / (r * (r + AIR_TOP))
    # Above the air now, so sink2 is positive but for a body at its highest point there.
    sink = math.sqrt(max(sink2, 1.0))
    way, time = passage(AIR_TOP, sink, across * slower, 0.0)
    usual, usually = passage(AIR_TOP, sink, across * slower, 0.5 * math.exp(-beta_ln))
    for point in range(14):
        braked, later = usual, usually
        if lower[6, point // 2] != 0.0:
            off = (math.sqrt(7.0) if point % 2 == 0 else -math.sqrt(7.0)) * lower[6, point // 2]
            braked, later = passage(AIR_TOP, sink, across * slower, 0.5 * math.exp(-beta_ln - off))
        for i in range(3):
            ends[point, i] += (braked - way) * (end[i + 3] - up * end[i] / r) / across
        ends[point, 3] += later - time


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
    return _fly_down(x, k, sign, 1.0, x_out)


@kernel
def _fly_down(x: Floats, k: float, sign: float, coarse: float, x_out: Floats) -> tuple[float, int]:
    """`to_ground` in steps that are so many times as long in the air."""
    before = np.empty(6)
    for i in range(6):
        x_out[i] = x[i]
    t = 0.0
    alt = height(x_out)
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
            longer = coarse * (THIN if alt > DENSE_TOP else 1.0)
            h = min(coarse * AIR_STEP, longer * AIR_STRIDE / max(abs(up), 1.0))
            h = min(h, coarse * BRAKED / (k * SEA_DENSITY * math.exp(-max(alt, 0.0) / SCALE_HEIGHT) * speed + 1e-9))
        elif k > 0.0 and sinking > 0.0:
            # End a step near the edge of the air; gravity makes it arrive a little deeper, where air is still thin.
            h = min(VACUUM_STEP, (alt - AIR_TOP) / sinking + 0.1)
        drag = k if alt < AIR_TOP + 1_000.0 else 0.0
        for i in range(6):
            before[i] = x_out[i]
        alt_before = alt
        landing = False
        for _ in range(LANDING):
            step(before, sign * h, drag, x_out)
            alt = height(x_out)
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
def height(x: Floats) -> float:
    """Height above the ellipsoid [m] along the line to the centre: 0 where `earth.altitude` is, 0.6 m off at 100 km.

    Three times as fast, and called at every Runge-Kutta stage.
    """
    p2 = x[0] * x[0] + x[1] * x[1]
    r2 = p2 + x[2] * x[2]
    return math.sqrt(r2) - R_POLE / math.sqrt(1.0 - ECC2 * p2 / r2)


@kernel
def step(x: Floats, h: float, k: float, x_out: Floats) -> None:
    """One classical Runge-Kutta step of free fall, with drag k rho v^2 where k is not 0; x_out may be x."""
    slope = np.empty((4, 6))
    d = np.empty(6)
    for s in range(4):
        for i in range(6):
            d[i] = x[i] + (h * _SHARE[s] * slope[s - 1, i] if s > 0 else 0.0)
        ax, ay, az = ecef_acceleration(d[0], d[1], d[2], d[3], d[4], d[5])
        if k > 0.0:
            brake = k * density(height(d)) * math.sqrt(d[3] * d[3] + d[4] * d[4] + d[5] * d[5])
            ax, ay, az = ax - brake * d[3], ay - brake * d[4], az - brake * d[5]
        slope[s, 0], slope[s, 1], slope[s, 2] = d[3], d[4], d[5]
        slope[s, 3], slope[s, 4], slope[s, 5] = ax, ay, az
    for i in range(6):
        x_out[i] = x[i] + h / 6.0 * (slope[0, i] + 2.0 * (slope[1, i] + slope[2, i]) + slope[3, i])
