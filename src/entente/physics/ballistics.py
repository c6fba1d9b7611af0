"""Closed forms of free flight to the surface of a sphere: minimum-energy, lofted and depressed arcs.

No atmosphere, a sphere of constants.R_MEAN; burnout at the surface or above it, range from the point below burnout to
the impact. Arrays in, arrays out, which broadcast; SI and radians. Every sum has terms of one sign, so no digits are
lost at short ranges, in steep lofts or near half a circumference; only `lead_time` iterates.
"""

from collections.abc import Callable

import numpy as np

from entente.compiled import Floats
from entente.constants import GM, R_MEAN

STEPS = 100  # of `lead_time` at most; false position with halving needs about ten
SETTLED = 1e-9  # s  left between the time of flight and the lead: half a micrometre of the Earth's turning


def minimum_energy(ground_range: Floats, burnout: Floats | float = 0.0) -> tuple[Floats, Floats, Floats, Floats]:
    """The slowest arc that covers a range.

    Args:
        ground_range: along the surface [m], (...), between 0 and half a circumference.
        burnout: height of the burnout above the surface [m], (...), not negative.
    Returns:
        speed at burnout [m/s], angle above the horizontal [rad], apogee above the surface [m], time of flight [s].
    Valid: spherical Earth without rotation or air; nothing is checked.
    Source: least semi-major axis (r1 + r2 + chord)/4, direction halfway between zenith and target: Battin, Mathematics
        and Methods of Astrodynamics (1999), 6.6; at the surface v^2 = (2 mu/R) s/(1+s), s = sin(phi/2), angle
        (pi - phi)/4: Wheelon, ARS Journal 29 (1959) 915-926.
    """
    r1, half = R_MEAN + burnout, 0.5 * ground_range / R_MEAN
    s, c = np.sin(half), np.cos(half)
    chord = np.hypot(burnout, 2.0 * s * np.sqrt(r1 * R_MEAN))
    drop = 2.0 * R_MEAN * s * s
    speed2 = 8.0 * GM * R_MEAN * s * s / ((chord + burnout) * (r1 + R_MEAN + chord))
    angle = 0.5 * np.arctan2(2.0 * R_MEAN * s * c, burnout + drop)
    # q = p/r1 = 1 - e cos(anomaly from the apogee); the rest 1 - q by its conjugate, 1 - e by 1 - e^2 = p/a.
    q = drop / chord
    rest = (burnout * burnout + 4.0 * R_MEAN * s * s * (burnout + R_MEAN * c * c)) / (chord * (chord + drop))
    tangent = np.tan(angle)
    e = np.hypot(rest, q * tangent)
    a = 0.25 * (r1 + R_MEAN + chord)
    rise = q * tangent * tangent * (1.0 + e) * a / (e + rest)
    return np.sqrt(speed2), angle, burnout + rise, _over(ground_range, rise, burnout)[2]


def through_apogee(
    ground_range: Floats, apogee: Floats, burnout: Floats | float = 0.0
) -> tuple[Floats, Floats, Floats]:
    """The arc through a given range and apogee: lofted or depressed.

    Args:
        ground_range: along the surface [m], (...); apogee, burnout: heights above the surface [m], (...).
    Returns:
        speed at burnout [m/s], angle above the horizontal [rad], time of flight [s], each (...).
    Valid: as minimum_energy; the apogee lies above the surface, and not below the burnout.
    Source: see `_over`.
    """
    return _over(ground_range, apogee - burnout, burnout)


def _over(ground_range: Floats, rise: Floats, burnout: Floats | float) -> tuple[Floats, Floats, Floats]:
    """As through_apogee, with the apogee's height above the burnout [m].

    Source: own. With x_i half the angle between an end and the apogee, the conic through both ends says
        sin^2 x_i = d_i (1 - e)/(2 e), d_i = (ra - r_i)/r_i; x_1 + x_2 = phi/2 then has a closed solution.
        Time from Kepler's equation counted from the apogee: sqrt(a^3/mu) (E + e sin E) on either side.
    """
    r1, half = R_MEAN + burnout, 0.5 * ground_range / R_MEAN
    top = r1 + rise
    ratio = np.sqrt(rise * R_MEAN / (r1 * (burnout + rise)))
    before = np.arctan2(ratio * np.sin(half), 1.0 + ratio * np.cos(half))
    after = np.arctan2(np.sin(half), ratio + np.cos(half))
    odds = 0.5 * (burnout + rise) / (R_MEAN * np.sin(after) ** 2)  # e/(1 - e)
    e = odds / (1.0 + odds)
    scale = np.sqrt(GM * (1.0 + odds) / top)  # sqrt(mu/p)
    up = scale * e * np.sin(2.0 * before)
    along = scale * (1.0 / (1.0 + odds) + 2.0 * e * np.sin(before) ** 2)
    a = top * (1.0 + odds) / (1.0 + 2.0 * odds)
    stretch = np.sqrt(1.0 + 2.0 * odds)
    climb, fall = 2.0 * np.arctan(stretch * np.tan(before)), 2.0 * np.arctan(stretch * np.tan(after))
    time = np.sqrt(a**3 / GM) * (climb + fall + e * (np.sin(climb) + np.sin(fall)))
    return np.hypot(up, along), np.arctan2(up, along), time


def speed_at(height: Floats, speed: Floats, angle: Floats, apogee: Floats, burnout: Floats | float = 0.0) -> Floats:
    """Speed [m/s] at a height above the surface [m] on the arc with this speed, angle and apogee; by vis-viva.

    Valid: heights up to the apogee; counted down from there, so that steep arcs keep their digits near it.
    """
    level = speed * np.cos(angle) * (R_MEAN + burnout) / (R_MEAN + apogee)
    return np.hypot(level, np.sqrt(2.0 * GM * (apogee - height) / ((R_MEAN + height) * (R_MEAN + apogee))))


def farthest(speed: Floats | float) -> Floats:
    """Range of the minimum-energy arc flown at a launch speed [m/s]; half a circumference at or above orbital speed [m].

    Source: sin(phi/2) = Q/(2 - Q), Q = v^2 R/mu (Wheelon 1959), hence cos(phi/2) = 2 sqrt(1 - Q)/(2 - Q).
    """
    q = np.minimum(np.asarray(speed) ** 2 * R_MEAN / GM, 1.0)
    return 2.0 * R_MEAN * np.arctan2(q, 2.0 * np.sqrt(1.0 - q))


def period(semi_major_axis: Floats) -> Floats:
    """Time of one revolution [s] for a semi-major axis [m]: more than any arc takes that goes no farther out."""
    return 2.0 * np.pi * np.sqrt(semi_major_axis**3 / GM)


def seen_from_ground(speed: Floats, angle: Floats, azimuth: Floats, eastward: Floats) -> tuple[Floats, Floats, Floats]:
    """An inertial velocity as the turning ground sees it.

    Args:
        speed, angle, azimuth: [m/s], above the horizontal [rad], clockwise from north [rad].
        eastward: what the ground moves at by the body's place and height [m/s].
    Returns:
        speed [m/s], angle [rad], azimuth [rad, 0 to a turn].
    """
    level = speed * np.cos(angle)
    east, north, up = level * np.sin(azimuth) - eastward, level * np.cos(azimuth), speed * np.sin(angle)
    across = np.hypot(east, north)
    return np.hypot(across, up), np.arctan2(up, across), np.arctan2(east, north) % (2.0 * np.pi)


def bearing(lat: Floats, lat_to: Floats, eastward: Floats) -> tuple[Floats, Floats]:
    """Distance along a sphere of R_MEAN [m], and azimuth at the start [rad, 0 to a turn clockwise from north].

    Args:
        lat, lat_to: latitudes of both ends [rad], (...); eastward: longitude of the second less that of the first.
    Source: Vincenty's form for the sphere: the tangent of the arc, good at every distance.
    """
    north = np.cos(lat) * np.sin(lat_to) - np.sin(lat) * np.cos(lat_to) * np.cos(eastward)
    east = np.cos(lat_to) * np.sin(eastward)
    near = np.sin(lat) * np.sin(lat_to) + np.cos(lat) * np.cos(lat_to) * np.cos(eastward)
    return R_MEAN * np.arctan2(np.hypot(north, east), near), np.arctan2(east, north) % (2.0 * np.pi)


def lead_time(
    lat: Floats, lat_to: Floats, eastward: Floats, time_of: Callable[[Floats], Floats], longest: Floats, omega: float
) -> tuple[Floats, Floats]:
    """How long a flight takes to a point that the turning Earth carries along, and how well that is solved.

    Args:
        lat, lat_to, eastward: as for bearing [rad], (...), at launch.
        time_of: time of flight [s] over inertial ranges [m]; longest: more than it ever is [s], (...).
        omega: at which the Earth turns [rad/s].
    Returns:
        time of flight [s], (...), and what time_of exceeds it by [s]: SETTLED or less where it converged.
    Valid: one root where the time grows by less than a second for each second's lead, as it does between regions.
    Source: own; false position with the Illinois halving, which keeps its bracket.
    """

    def ahead(lead: Floats) -> Floats:
        return time_of(bearing(lat, lat_to, eastward + omega * lead)[0]) - lead

    low, high = np.zeros_like(lat), np.broadcast_to(longest, np.shape(lat))
    at_low, at_high = ahead(low), ahead(high)
    side, lead, miss = np.zeros_like(lat), low, at_low
    for _ in range(STEPS):
        lead = high - at_high * (high - low) / (at_high - at_low)
        miss = ahead(lead)
        if (np.abs(miss) <= SETTLED).all():
            break
        short = miss > 0.0
        at_high = np.where(short & (side > 0.0), 0.5 * at_high, np.where(short, at_high, miss))
        at_low = np.where(~short & (side < 0.0), 0.5 * at_low, np.where(short, miss, at_low))
        low, high = np.where(short, lead, low), np.where(short, high, lead)
        side = np.where(short, 1.0, -1.0)
    return lead, miss
