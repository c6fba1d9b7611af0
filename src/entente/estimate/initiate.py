"""A first state from one detection, or from two lines of sight: where it is, and how little is known of its speed.

Where a body was seen only as a line, something else must say where on it: how high burning bodies are (`from_angles`), a
second satellite (`from_pair`), or where launches come from (`from_region`).
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import R_EQ, R_POLE
from entente.estimate.factor import invert
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodetic_from_ecef

TURNS = 8  # Gauss-Newton turns at most; two or three settle
SETTLED = 1e-3  # m  a turn that moves less is the last
PARALLEL = 1e-9  # squared sine of the angle between two lines below which they do not meet


@kernel
def from_radar(
    z: Floats, sigma: Floats, site_r: Floats, enu: Floats, speed_sigma: float, x_out: Floats, P_out: Floats
) -> int:
    """State from range, azimuth and elevation, with a velocity of which only the size is known.

    Args:
        z: range [m], azimuth, elevation [rad], (3,); sigma: their standard deviations, (3,).
        site_r: position of the radar, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        speed_sigma: standard deviation of each velocity component about 0 [m/s].
        x_out: (6,); P_out: (6, 6).
    Returns:
        status: 4 where the range is not positive or something is nan.
    Valid: to first order in the angles' noise: off by range * sigma^2 / 2 (5 m at 1,000 km and 0.18 degree).
    Source: Bar-Shalom, Li & Kirubarajan (2001), section 10.4.3 (conversion to Cartesian), and Musicki & Song, one-point
        initiation, IEEE Trans. AES 49 (2013).
    """
    if not (z[0] > 0.0 and sigma[0] > 0.0 and sigma[1] > 0.0 and sigma[2] > 0.0 and speed_sigma >= 0.0):
        return 4
    if not abs(z[0] + z[1] + z[2] + sigma[0] + sigma[1] + sigma[2]) < math.inf:
        return 4
    J = np.empty((3, 3))
    slant, az, el = z[0], z[1], z[2]
    _ray(az, el, enu, J)
    wide_az, wide_el = sigma[1] * slant * math.cos(el), sigma[2] * slant
    _place(J, slant, sigma[0], wide_az, wide_el, site_r, speed_sigma, x_out, P_out)
    return 0


@kernel
def from_angles(
    az: float,
    el: float,
    sigma_az: float,
    sigma_el: float,
    site_r: Floats,
    enu: Floats,
    alt_mean: float,
    alt_sigma: float,
    speed_up: float,
    speed_sigma: float,
    x_out: Floats,
    P_out: Floats,
) -> int:
    """State from a line of sight that looks down on a body whose height is roughly known.

    The line meets the ellipsoid raised by `alt_mean`, on the near side. Along the line the body may be as far as the
    height is uncertain: s with s sin(g) + s^2 / (2 R) = alt_sigma, g the grazing angle. This is alt_sigma / sin(g) but
    for grazing lines, where the Earth's curve keeps it finite.

    Args:
        az, el: line of sight at the sensor [rad]; sigma_az, sigma_el: their standard deviations [rad].
        site_r: position of the sensor, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        alt_mean, alt_sigma: height of the body above the ellipsoid [m].
        speed_up: mean of its upward speed [m/s]; speed_sigma: standard deviation of each velocity component [m/s].
        x_out: (6,); P_out: (6, 6).
    Returns:
        status: 2 where the line misses the raised Earth or the sensor is inside it, 4 for nan or a sigma not positive.
    Valid: the raised surface is taken as an ellipsoid, within 1e-3 of alt_mean.
    Source: own; intersection of a line and an ellipsoid, Ericson, Real-Time Collision Detection (2005), section 5.3.2.
    """
    if not (sigma_az > 0.0 and sigma_el > 0.0 and alt_sigma > 0.0 and speed_sigma >= 0.0 and abs(az + el) < math.inf):
        return 4
    J = np.empty((3, 3))
    _ray(az, el, enu, J)
    a, b = R_EQ + alt_mean, R_POLE + alt_mean
    # |(r + s d) / axes|^2 = 1, a quadratic in s.
    dd, rd, rr = 0.0, 0.0, -1.0
    for k in range(3):
        axis = b if k == 2 else a
        dd += (J[0, k] / axis) ** 2
        rd += J[0, k] * site_r[k] / (axis * axis)
        rr += (site_r[k] / axis) ** 2
    inner = rd * rd - dd * rr
    if not (inner > 0.0 and rd < 0.0 and rr > 0.0):
        return 2
    slant = rr / (-rd + math.sqrt(inner))
    # The outward normal of the ellipsoid where the line meets it.
    up = np.empty(3)
    length = 0.0
    for k in range(3):
        axis = b if k == 2 else a
        up[k] = (site_r[k] + slant * J[0, k]) / (axis * axis)
        length += up[k] * up[k]
    length = math.sqrt(length)
    sin_grazing = 0.0
    for k in range(3):
        up[k] /= length
        sin_grazing -= up[k] * J[0, k]
    along = alt_sigma * 2.0 / (sin_grazing + math.sqrt(sin_grazing * sin_grazing + 2.0 * alt_sigma / R_EQ))
    _place(J, slant, along, sigma_az * slant * math.cos(el), sigma_el * slant, site_r, speed_sigma, x_out, P_out)
    for k in range(3):
        x_out[k + 3] = speed_up * up[k]
    return 0


@kernel
def from_pair(
    first: Floats,
    second: Floats,
    sigma_first: Floats,
    sigma_second: Floats,
    site_first: Floats,
    site_second: Floats,
    enu_first: Floats,
    enu_second: Floats,
    between: float,
    speed_up: float,
    speed_sigma: float,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, int]:
    """State from the lines of sight of two satellites, where the two are nearest to each other.

    Weighted least squares for position and velocity at the second look: across each line its noise, and on the velocity
    a prior, since between the two looks the body moved.

    Args:
        first, second: azimuth, elevation [rad] seen by either, (2,); sigma_first, sigma_second: their standard
            deviations, (2,).
        site_first, site_second: Earth-fixed positions of the sensors [m], (3,); enu_first, enu_second: their axes, (3, 3).
        between: time from the first look to the second [s], not negative.
        speed_up: mean of its upward speed [m/s]; speed_sigma: standard deviation of each velocity component [m/s].
        x_out: (6,); P_out: (6, 6): at the time of the second look.
    Returns:
        by how much the two lines miss one another, squared and normalised: chi-square with one degree of freedom where
        they saw the same body; status: 2 where the lines are parallel or meet behind a sensor, 4 for nan, a sigma not
        positive or a negative time; then the first is nan.
    Valid: straight motion between the looks (an acceleration of 30 m/s^2 over 10 s is 1.5 km, to be counted in
        speed_sigma: 150 m/s); to first order in the angles' noise.
    Source: own; linear least squares, Bar-Shalom, Li & Kirubarajan (2001), section 3.4; the nearest points of two
        lines, Ericson, Real-Time Collision Detection (2005), section 5.1.8.
    """
    known = first[0] + first[1] + second[0] + second[1]
    if not (abs(known + between + speed_up) < math.inf and between >= 0.0 and speed_sigma > 0.0):
        return math.nan, 4
    if not (sigma_first[0] > 0.0 and sigma_first[1] > 0.0 and sigma_second[0] > 0.0 and sigma_second[1] > 0.0):
        return math.nan, 4
    A, B = np.empty((3, 3)), np.empty((3, 3))
    _ray(first[0], first[1], enu_first, A)
    _ray(second[0], second[1], enu_second, B)
    far_a, far_b, status = _nearest(A, B, site_first, site_second)
    if status != 0:
        return math.nan, status
    up = np.empty(3)
    for k in range(3):
        up[k] = site_second[k] + far_b * B[0, k]
    _upward(up)
    info, right, row = np.zeros((6, 6)), np.zeros(6), np.empty(6)
    # Reckoned from a point near the answer, or digits would be lost in squares of the Earth's radius.
    for k in range(3):
        info[k + 3, k + 3] = 1.0 / (speed_sigma * speed_sigma)
        right[k + 3] = speed_up * up[k] / (speed_sigma * speed_sigma)
    cost = speed_up * speed_up / (speed_sigma * speed_sigma)
    for look in range(4):
        one, turn = look < 2, 1 + look % 2
        wide = sigma_first[turn - 1] * far_a if one else sigma_second[turn - 1] * far_b
        if turn == 1:
            wide *= math.cos(first[1] if one else second[1])
        at = 0.0
        for k in range(3):
            across = A[turn, k] if one else B[turn, k]
            row[k], row[k + 3] = across, (-between * across if one else 0.0)
            at += across * ((site_first[k] if one else site_second[k]) - site_second[k] - far_b * B[0, k])
        cost += _weigh(info, right, row, at, wide)
    if invert(info, P_out) != 0:
        return math.nan, 2
    for i in range(6):
        moved = 0.0
        for j in range(6):
            moved += P_out[i, j] * right[j]
        cost -= moved * right[i]
        x_out[i] = moved + (site_second[i] + far_b * B[0, i] if i < 3 else 0.0)
    return max(cost, 0.0), 0


@kernel
def from_region(
    look: Floats,
    sigma: Floats,
    site_r: Floats,
    enu: Floats,
    lat: float,
    lon: float,
    cov: Floats,
    alt_mean: float,
    alt_sigma: float,
    speed_up: float,
    speed_sigma: float,
    x_out: Floats,
    P_out: Floats,
) -> tuple[float, int]:
    """State from one line of sight and the region that launches come from; also where the line grazes the Earth.

    Weighted least squares for the position: across the line its noise, above the ellipsoid the height that burning
    bodies have, over the ground the region.

    Args:
        look: azimuth, elevation at the sensor [rad], (2,); sigma: their standard deviations, (2,).
        site_r: position of the sensor, Earth-fixed [m], (3,); enu: its axes, rows east, north, up, (3, 3).
        lat, lon: middle of the region [rad]; cov: its covariance in local east and north [m^2], (2, 2).
        alt_mean, alt_sigma, speed_up, speed_sigma, x_out, P_out: as `from_angles`.
    Returns:
        how far line and region lie apart, squared and normalised: chi-square with two degrees of freedom for a body from
        there; status: 1 where it does not settle, 4 for nan, a sigma not positive or a cov not positive definite.
    Valid: regions of standard deviations to about 300 km (the plane tangent at the middle); a body as far from the region
        as it has flown since launch is to be counted in cov.
    Source: own; Gauss-Newton, Bar-Shalom, Li & Kirubarajan (2001), section 3.7 (nonlinear least squares).
    """
    det = cov[0, 0] * cov[1, 1] - cov[0, 1] * cov[1, 0]
    known = look[0] + look[1] + lat + lon + alt_mean + speed_up
    if not (abs(known) < math.inf and sigma[0] > 0.0 and sigma[1] > 0.0 and alt_sigma > 0.0 and speed_sigma >= 0.0):
        return math.nan, 4
    if not (cov[0, 0] > 0.0 and det > 0.0):
        return math.nan, 4
    J, axes, here = np.empty((3, 3)), np.empty((3, 3)), np.empty((3, 3))
    middle, place, info, right = np.empty(3), np.empty(3), np.empty((3, 3)), np.empty(3)
    _ray(look[0], look[1], enu, J)
    enu_axes(lat, lon, axes)
    middle[0], middle[1], middle[2] = ecef_from_geodetic(lat, lon, alt_mean)
    # Rows that say how far east of the middle a place is, and how far north given that, both in standard deviations.
    rows, wide, cost = np.empty((5, 3)), np.ones(5), 0.0
    east, slope = math.sqrt(cov[0, 0]), cov[0, 1] / cov[0, 0]
    for k in range(3):
        place[k] = middle[k]
        rows[3, k] = axes[0, k] / east
        rows[4, k] = (axes[1, k] - slope * axes[0, k]) / math.sqrt(det / cov[0, 0])
        rows[0, k], rows[1, k] = J[1, k], J[2, k]
    moved2 = math.inf
    for _ in range(TURNS):
        slant = math.sqrt((place[0] - site_r[0]) ** 2 + (place[1] - site_r[1]) ** 2 + (place[2] - site_r[2]) ** 2)
        wide[0], wide[1], wide[2] = sigma[0] * slant * math.cos(look[1]), sigma[1] * slant, alt_sigma
        at_lat, at_lon, alt = geodetic_from_ecef(place[0], place[1], place[2])
        enu_axes(at_lat, at_lon, here)
        cost = 0.0
        for k in range(3):
            rows[2, k] = here[2, k]
            right[k] = 0.0
            for j in range(3):
                info[k, j] = 0.0
        for a in range(5):
            at = alt_mean - alt if a == 2 else 0.0
            for k in range(3):
                if a != 2:
                    at += rows[a, k] * ((site_r[k] if a < 2 else middle[k]) - place[k])
            cost += _weigh(info, right, rows[a], at, wide[a])
        invert(info, info)
        moved2 = 0.0
        for i in range(3):
            moved = info[i, 0] * right[0] + info[i, 1] * right[1] + info[i, 2] * right[2]
            place[i] += moved
            cost -= moved * right[i]
            moved2 += moved * moved
        if moved2 < SETTLED * SETTLED:
            break
    for i in range(3):
        x_out[i], x_out[i + 3] = place[i], speed_up * here[2, i]
        for j in range(3):
            P_out[i, j], P_out[i, j + 3], P_out[i + 3, j] = info[i, j], 0.0, 0.0
            P_out[i + 3, j + 3] = speed_sigma * speed_sigma if i == j else 0.0
    return max(cost, 0.0), (0 if moved2 < SETTLED * SETTLED else 1)


@kernel
def _weigh(info: Floats, right: Floats, row: Floats, at: float, sigma: float) -> float:
    """Add the equation row x = at, known to `sigma`, to normal equations of n unknowns; returns (at / sigma)^2."""
    w = 1.0 / (sigma * sigma)
    for i in range(row.shape[0]):
        right[i] += w * row[i] * at
        for j in range(row.shape[0]):
            info[i, j] += w * row[i] * row[j]
    return w * at * at


@kernel
def _nearest(A: Floats, B: Floats, a: Floats, b: Floats) -> tuple[float, float, int]:
    """How far along the rays A[0] from `a` and B[0] from `b` the two are nearest [m]; status 2 if parallel or behind."""
    turn, off_a, off_b = 0.0, 0.0, 0.0
    for k in range(3):
        turn += A[0, k] * B[0, k]
        off_a += A[0, k] * (b[k] - a[k])
        off_b += B[0, k] * (b[k] - a[k])
    sine2 = 1.0 - turn * turn
    if not sine2 > PARALLEL:
        return math.nan, math.nan, 2
    far_a, far_b = (off_a - turn * off_b) / sine2, (turn * off_a - off_b) / sine2
    return far_a, far_b, (0 if far_a > 0.0 and far_b > 0.0 else 2)


@kernel
def _upward(place: Floats) -> None:
    """Put the outward normal of the ellipsoid where a place (3,) is in the place's stead."""
    axes = np.empty((3, 3))
    lat, lon, _ = geodetic_from_ecef(place[0], place[1], place[2])
    enu_axes(lat, lon, axes)
    for k in range(3):
        place[k] = axes[2, k]


@kernel
def _ray(az: float, el: float, enu: Floats, out: Floats) -> None:
    """Unit vectors along a line of sight, toward growing azimuth and elevation, as rows of `out` (3, 3)."""
    sa, ca, se, ce = math.sin(az), math.cos(az), math.sin(el), math.cos(el)
    for k in range(3):
        east, north, up = enu[0, k], enu[1, k], enu[2, k]
        out[0, k] = ce * (sa * east + ca * north) + se * up
        out[1, k] = ca * east - sa * north
        out[2, k] = -se * (sa * east + ca * north) + ce * up


@kernel
def _place(
    J: Floats,
    slant: float,
    along: float,
    wide_az: float,
    wide_el: float,
    site_r: Floats,
    speed_sigma: float,
    x_out: Floats,
    P_out: Floats,
) -> None:
    """Fill in a state `slant` [m] along the ray with standard deviations along and across it [m], at rest."""
    for i in range(3):
        x_out[i] = site_r[i] + slant * J[0, i]
        x_out[i + 3] = 0.0
        for j in range(3):
            P_out[i, j] = (
                along * along * (J[0, i] * J[0, j])
                + wide_az * wide_az * (J[1, i] * J[1, j])
                + wide_el * wide_el * (J[2, i] * J[2, j])
            )
            P_out[i, j + 3] = 0.0
            P_out[i + 3, j] = 0.0
            P_out[i + 3, j + 3] = speed_sigma * speed_sigma if i == j else 0.0
