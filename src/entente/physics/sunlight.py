"""Where the Sun is, and when it glints: whether a satellite looks at clouds that throw sunlight at it.

Clouds and water mirror the Sun best at grazing angles. A satellite far out always has one point of the day side where the
Sun would be mirrored; near the terminator that point nears the limb and the angle becomes grazing. On 26 September 1983
the Soviet satellite over missile fields lined up with the Sun that way was taken for five launches.
"""

import math

import erfa
import numpy as np

from entente.compiled import Floats
from entente.constants import R_MEAN

LIGHT_DAY = 173.1446  # au a day, the speed of light; IAU 2012 (299,792,458 m/s over 149,597,870,700 m)
J2000 = 2_451_545.0  # days  Julian date of noon on 1 January 2000
TT_LATE = (
    64.0 / 86_400.0
)  # days  of TT after UTC, in 2000; 52 s in 1983 and 69 s since 2017 move the Sun by 0.5 arc seconds
CLOUD_TOPS = 12_000.0  # m  of the high clouds that glint; recalled, 8 to 16 km
# rad  Clouds throw sunlight at a viewer who sees them more grazingly than this. Water mirrors 8 % there (Fresnel, index 1.33),
# four times what it mirrors straight up, and 20 % at half the angle; assumed, 15 to 35 deg.
GRAZING = math.radians(25.0)
STEPS = 60  # halvings, down to the last bit


def sun_direction(days: float) -> Floats:
    """Apparent direction of the Sun from the Earth's centre.

    Args:
        days: UTC since noon on 1 January 2000, 86,400 s each.
    Returns:
        unit vector (3,), Earth-fixed.
    Valid: 1900 to 2100, within 20 arc seconds, nearly all of it the Earth's turn (UT1 is taken as UTC, polar motion as none);
        outside, the ephemeris drifts by arc seconds a century and the Earth's turn by minutes.
    Source: IAU SOFA by erfa: epv00 for the Earth (arc seconds), c2t06a for the turn (IAU 2006/2000A).
    """
    around_sun, around_all, _ = erfa.ufunc.epv00(J2000, days + TT_LATE)
    toward = _unit(-around_sun["p"]) + around_all["v"] / LIGHT_DAY
    turn = erfa.c2t06a(J2000, days + TT_LATE, J2000, days, 0.0, 0.0)
    return _unit(turn @ toward)


def specular_point(sun: Floats, station: Floats, height: float = CLOUD_TOPS) -> tuple[float, Floats]:
    """Where a level surface at a height would mirror the Sun towards a satellite.

    Args:
        sun: unit vector; station: the satellite, above the surface [m], (3,), both Earth-fixed; height: [m].
    Returns:
        angle between the surface and the ray [rad], 0 at the limb; the point [m], (3,). nan where the Sun stands too far
        behind the limb for any.
    Valid: sphere of R_MEAN: angles within 0.2 deg of the ellipsoid's.
    Source: own; incidence equals reflection along the great circle below the satellite and the Sun, by bisection.
    """
    radius, far = R_MEAN + height, float(np.linalg.norm(station))
    apart = _angle(sun, station)
    low, high = 0.0, _limb(radius, far)
    if apart > high + 0.5 * math.pi or far <= radius:
        return math.nan, np.full(3, math.nan)
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        if _zenith_angle(middle, radius, far) < apart - middle:
            low = middle
        else:
            high = middle
    return 0.5 * math.pi - _zenith_angle(low, radius, far), radius * _turned(station, sun, low)


def glint(sun: Floats, station: Floats) -> Floats:
    """The clouds that throw sunlight at a satellite at a grazing angle, or through the twilight at the limb.

    Args:
        sun: unit vector; station: the satellite [m], (3,), both Earth-fixed.
    Returns:
        the place [m], (3,): the mirroring point where its angle is below GRAZING; the limb on the Sun's side where the Sun
        has set there but not for the cloud tops, which scatter it forward; nan where neither is.
    Valid: whether clouds are there, how high and of what, is not asked: this says when it can happen.
    Source: own. Geoffrey Forden's animation of Cosmos-1382 on 26 September 1983, https://dipsy.pbs.org/wgbh/nova/missileers/media/fals.html
        (20:15 UTC, Sun and missile fields in line), which tests/authorities/test_sunlight.py follows.
    """
    angle, point = specular_point(sun, station)
    if angle <= GRAZING:
        return point
    radius, far = R_MEAN + CLOUD_TOPS, float(np.linalg.norm(station))
    edge = _limb(radius, far) if far > radius else math.nan
    set_by = _angle(sun, station) - edge - 0.5 * math.pi  # how far below the horizon of the limb the Sun stands
    if 0.0 <= set_by <= math.acos(R_MEAN / radius):
        return radius * _turned(station, sun, edge)
    return np.full(3, math.nan)


def _limb(radius: float, far: float) -> float:
    """From the point below a satellite to its limb, as an angle at the Earth's centre."""
    return math.acos(min(1.0, radius / far))


def _zenith_angle(away: float, radius: float, far: float) -> float:
    """Of a satellite, as seen from the surface so far away along it [rad]."""
    return math.atan2(far * math.sin(away), far * math.cos(away) - radius)


def _turned(start: Floats, toward: Floats, angle: float) -> Floats:
    """The unit vector of `start`, turned by an angle towards another vector; any way where the two are one line."""
    one = _unit(start)
    across = toward - (toward @ one) * one
    if np.linalg.norm(across) < 1e-12:
        across = np.cross(one, np.eye(3)[np.argmin(np.abs(one))])
    return math.cos(angle) * one + math.sin(angle) * _unit(across)


def _angle(a: Floats, b: Floats) -> float:
    return math.atan2(float(np.linalg.norm(np.cross(a, b))), float(a @ b))


def _unit(v: Floats) -> Floats:
    unit: Floats = v / np.linalg.norm(v)
    return unit
