"""Who can see what: directions from a place, and what the Earth hides."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import ECC2, R_EQ, R_MEAN, R_POLE


@kernel
def azimuth_elevation_range(r: Floats, site: Floats, axes: Floats, out: Floats) -> None:
    """Direction and distance of a point from a place.

    Args:
        r, site: Earth-fixed positions [m], (3,); axes: east, north, up at the place as rows, (3, 3).
        out: (3,), written: azimuth [rad, clockwise from north, 0 to 2 pi], elevation [rad], range [m].
    Valid: straight rays; refraction (up to 0.5 deg at the horizon) is neglected.
    Source: own; elementary.
    """
    dx, dy, dz = r[0] - site[0], r[1] - site[1], r[2] - site[2]
    east = axes[0, 0] * dx + axes[0, 1] * dy + axes[0, 2] * dz
    north = axes[1, 0] * dx + axes[1, 1] * dy + axes[1, 2] * dz
    up = axes[2, 0] * dx + axes[2, 1] * dy + axes[2, 2] * dz
    out[0] = math.atan2(east, north) % (2.0 * math.pi)
    out[1] = math.atan2(up, math.hypot(east, north))
    out[2] = math.sqrt(dx * dx + dy * dy + dz * dz)


@kernel
def hidden_by_earth(a: Floats, b: Floats, margin: float) -> bool:
    """Whether the straight line between two points passes within `margin` [m] of the ellipsoid's surface.

    Args:
        a, b: Earth-fixed positions [m], (3,); margin: height of what hides, such as the top of the clouds [m].
    Valid: the raised ellipsoid stands for the surface of constant height, wrong by up to 0.4 % of `margin`.
    Source: own; distance from the centre to a chord in axes scaled so that the ellipsoid is a unit sphere.
    """
    flat, tall = R_EQ + margin, R_POLE + margin
    ax, ay, az = a[0] / flat, a[1] / flat, a[2] / tall
    dx, dy, dz = b[0] / flat - ax, b[1] / flat - ay, b[2] / tall - az
    length2 = dx * dx + dy * dy + dz * dz
    if length2 == 0.0:
        return ax * ax + ay * ay + az * az < 1.0
    share = min(1.0, max(0.0, -(ax * dx + ay * dy + az * dz) / length2))
    x, y, z = ax + share * dx, ay + share * dy, az + share * dz
    return x * x + y * y + z * z < 1.0


@kernel
def before_earth(a: Floats, b: Floats) -> bool:
    """Whether the Earth lies behind `b` as seen from `a`; against the limb and beyond it, space does.

    Args:
        a, b: Earth-fixed positions [m], (3,); a outside the Earth, b not hidden from it.
    Source: own; as hidden_by_earth, for the ray that goes on beyond b.
    """
    ax, ay, az = a[0] / R_EQ, a[1] / R_EQ, a[2] / R_POLE
    dx, dy, dz = b[0] / R_EQ - ax, b[1] / R_EQ - ay, b[2] / R_POLE - az
    ahead = -(ax * dx + ay * dy + az * dz)
    length2 = dx * dx + dy * dy + dz * dz
    if ahead <= 0.0:
        return False
    share = ahead / length2
    x, y, z = ax + share * dx, ay + share * dy, az + share * dz
    return x * x + y * y + z * z < 1.0


def horizon_distance(altitude: Floats, elevation: Floats) -> Floats:
    """How far along the ground a body at a height is still seen at an elevation.

    Args:
        altitude: of the body above the sphere [m], >= 0; elevation: at the viewer on the ground [rad], 0 to pi/2; (...).
    Returns:
        distance from the viewer to the point below the body [m], (...).
    Valid: sphere of R_MEAN, within 0.5 % of the ellipsoid's; straight rays: refraction, some 0.5 deg at the horizon and a
        third of it at 3 deg (recalled), would add up to 60 and 20 km.
    Source: own; sine rule in the triangle of the Earth's centre, viewer and body.
    """
    return R_MEAN * (np.arccos(R_MEAN / (R_MEAN + altitude) * np.cos(elevation)) - elevation)


def lowest_visible(distance: Floats, elevation: Floats) -> Floats:
    """Lowest height at which a body at a distance along the ground is seen at an elevation or above it.

    Args:
        distance: along the ground [m], elevation: [rad], (...).
    Returns:
        height above the sphere [m], (...); inf where distance / R_MEAN + elevation reaches a right angle.
    Valid, source: as horizon_distance, which it undoes.
    """
    angle = distance / R_MEAN + elevation
    over = np.cos(np.minimum(angle, 0.5 * np.pi))
    return np.where(angle < 0.5 * np.pi, R_MEAN * (np.cos(elevation) / np.where(over > 0.0, over, 1.0) - 1.0), np.inf)


def reach_distance(slant: Floats, altitude: Floats) -> Floats:
    """How far along the ground a range leads to a body at a height.

    Args:
        slant: range [m], altitude: of the body [m], (...).
    Returns:
        distance along the ground [m], (...); 0 where the range ends below the height.
    Valid: sphere of R_MEAN, straight rays.
    Source: own; law of cosines.
    """
    far = R_MEAN + altitude
    cosine = (R_MEAN**2 + far**2 - slant**2) / (2.0 * R_MEAN * far)
    return R_MEAN * np.arccos(np.clip(cosine, -1.0, 1.0))


def geodetic_from_authalic(lat: Floats) -> Floats:
    """Geodetic latitude of the authalic one, which makes equal areas of a sphere equal areas of the ellipsoid.

    Args:
        lat: authalic latitude [rad], (...).
    Returns:
        geodetic latitude [rad], (...).
    Valid: within 1e-10 rad (1 mm).
    Source: Snyder, Map Projections: A Working Manual (USGS 1395, 1987), equation 3-18, to the sixth power of e.
    """
    e2, e4, e6 = ECC2, ECC2**2, ECC2**3
    second = e2 / 3.0 + 31.0 * e4 / 180.0 + 517.0 * e6 / 5040.0
    fourth = 23.0 * e4 / 360.0 + 251.0 * e6 / 3780.0
    return lat + second * np.sin(2.0 * lat) + fourth * np.sin(4.0 * lat) + 761.0 * e6 / 45360.0 * np.sin(6.0 * lat)


def authalic_from_geodetic(lat: Floats) -> Floats:
    """Authalic latitude [rad] of the geodetic one, (...): what `geodetic_from_authalic` undoes.

    Source: Snyder (1987), equations 3-11 and 3-12, closed.
    """
    e = math.sqrt(ECC2)

    def q(sine: Floats) -> Floats:
        return (1.0 - ECC2) * (sine / (1.0 - ECC2 * sine**2) + np.arctanh(e * sine) / e)

    return np.arcsin(np.clip(q(np.sin(lat)) / q(np.ones(1)), -1.0, 1.0))


def earth_area() -> float:
    """Area of the ellipsoid [m^2]. Source: Snyder (1987), equations 3-12 and 3-13 at the pole."""
    e = math.sqrt(ECC2)
    q = 1.0 + (1.0 - ECC2) / (2.0 * e) * math.log((1.0 + e) / (1.0 - e))
    return 2.0 * math.pi * R_EQ**2 * q
