"""Who can see what: directions from a place, and what the Earth hides."""

import math

from entente.compiled import Floats, kernel
from entente.constants import R_EQ, R_POLE


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
