"""Closed forms of free flight between two points of a sphere: minimum-energy, lofted and depressed arcs.

No atmosphere, no rotation, a sphere of constants.R_MEAN; burnout at the surface. Arrays in, arrays out, SI and radians.
"""

import numpy as np

from entente.compiled import Floats
from entente.constants import GM, R_MEAN


def minimum_energy(ground_range: Floats) -> tuple[Floats, Floats, Floats]:
    """The slowest arc that covers a range.

    Args:
        ground_range: along the surface [m], (...), between 0 and half a circumference.
    Returns:
        speed at launch [m/s], angle above the horizontal [rad], apogee above the surface [m], each (...).
    Valid: spherical Earth without rotation or air.
    Source: Wheelon, ARS Journal 29 (1959) 915-926; v^2 = (2 mu/R) s/(1+s), s = sin(phi/2), angle (pi - phi)/4.
    """
    half = 0.5 * ground_range / R_MEAN
    s = np.sin(half)
    speed = np.sqrt(2.0 * GM / R_MEAN * s / (1.0 + s))
    return speed, 0.25 * np.pi - 0.5 * half, 0.5 * R_MEAN * (s + np.cos(half) - 1.0)


def through_apogee(ground_range: Floats, apogee: Floats) -> tuple[Floats, Floats, Floats]:
    """The arc through a given range and apogee: lofted or depressed.

    Args:
        ground_range: along the surface [m], (...); apogee: above the surface [m], (...), positive.
    Returns:
        speed at launch [m/s], angle above the horizontal [rad], time of flight [s], each (...).
    Valid: as minimum_energy; range below half a circumference.
    Source: conic through both ends with its apogee between them: e = (ra - R)/(ra - R cos(phi/2)); Kepler's equation.
    """
    half = 0.5 * ground_range / R_MEAN
    top = R_MEAN + apogee
    e = (top - R_MEAN) / (top - R_MEAN * np.cos(half))
    a = top / (1.0 + e)
    speed = np.sqrt(GM * (2.0 / R_MEAN - 1.0 / a))
    along = np.sqrt(GM * a * (1.0 - e * e)) / R_MEAN  # angular momentum over radius: the horizontal part of the speed
    angle = np.arccos(np.clip(along / speed, -1.0, 1.0))
    # The launch lies at true anomaly pi - phi/2 of an orbit whose apogee is overhead halfway.
    eccentric = 2.0 * np.arctan2(np.sqrt(1.0 - e) * np.cos(0.5 * half), np.sqrt(1.0 + e) * np.sin(0.5 * half))
    mean = eccentric - e * np.sin(eccentric)
    return speed, angle, 2.0 * np.sqrt(a**3 / GM) * (np.pi - mean)


def farthest(speed: Floats) -> Floats:
    """Range of the minimum-energy arc flown at a launch speed [m/s]; half a circumference at or above orbital speed [m].

    Source: sin(phi/2) = Q/(2 - Q), Q = v^2 R/mu (Wheelon 1959).
    """
    q = np.asarray(speed) ** 2 * R_MEAN / GM
    return 2.0 * R_MEAN * np.arcsin(np.clip(q / (2.0 - np.minimum(q, 1.0)), 0.0, 1.0))
