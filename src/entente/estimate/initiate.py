"""A first state from a single detection: where it is, and how little is known of its speed."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import R_EQ, R_POLE


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
