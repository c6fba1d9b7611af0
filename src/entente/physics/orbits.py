"""Where is a satellite on an elliptical orbit? Kepler's equation, the place over a turning Earth, and the slow drifts.

Two descriptions: `place_on_orbit` names an orbit by its apogee over the ground and keeps it fixed among the stars (the
studies); the functions with `elements` let the flattening turn its plane and its perigee (ground tracks). Elements are
(6,): semi-major axis [m], eccentricity, inclination, node, argument of perigee, mean anomaly [rad], mean ones, at t = 0.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import GM, J2, OMEGA, R_EQ
from entente.physics.earth import geodetic_from_ecef, spin


@kernel
def period(semi_major_axis: float) -> float:
    """Time of one revolution [s] for a semi-major axis [m]. Source: Kepler's third law."""
    return 2.0 * math.pi * math.sqrt(semi_major_axis * semi_major_axis * semi_major_axis / GM)


@kernel
def semi_major_axis(period: float) -> float:
    """Semi-major axis [m] of an orbit whose revolution takes `period` [s]. Source: Kepler's third law."""
    turn = period / (2.0 * math.pi)
    return (GM * turn * turn) ** (1.0 / 3.0)


@kernel
def revolutions_a_day(semi_major_axis: float) -> int:
    """Revolutions, to the nearest whole number and at least one, in one turn of the Earth under the stars."""
    return max(1, round(2.0 * math.pi / OMEGA / period(semi_major_axis)))


@kernel
def eccentric_anomaly(mean: float, eccentricity: float) -> float:
    """The solution E of Kepler's equation, M = E - e sin E.

    Args:
        mean: mean anomaly M [rad], any number of turns.
        eccentricity: e, from 0 to below 0.95.
    Returns:
        E [rad], within half a turn of 0 after whole turns are taken off; nan for an eccentricity outside that.
    Valid: M is met within 1e-13 rad; Newton's steps end after at most 12.
    Source: Montenbruck & Gill, Satellite Orbits (2000), section 2.2.3; start of Danby (1987), M + 0.85 e on M's side.
    """
    if not 0.0 <= eccentricity < 0.95:
        return math.nan
    m = mean - 2.0 * math.pi * math.floor(mean / (2.0 * math.pi) + 0.5)
    e = m + math.copysign(0.85 * eccentricity, m)
    for _ in range(50):
        step = (e - eccentricity * math.sin(e) - m) / (1.0 - eccentricity * math.cos(e))
        e -= step
        if abs(step) < 1e-15 * (1.0 + abs(e)):
            break
    return e


@kernel
def node_by_apogee(inclination: float, argument: float, apogee_longitude: float) -> float:
    """Longitude of the ascending node [rad] when the apogee is passed over `apogee_longitude`; angles [rad]; own."""
    at_apogee = math.atan2(math.sin(argument + math.pi) * math.cos(inclination), math.cos(argument + math.pi))
    return apogee_longitude - at_apogee


@kernel
def place_on_orbit(
    share: float, perigee: float, apogee: float, inclination: float, argument: float, apogee_longitude: float
) -> tuple[float, float, float]:
    """Earth-fixed position on an orbit that is named by the longitude over which it passes its apogee.

    Args:
        share: revolutions since the perigee half a revolution before that passage of the apogee; 0.5 is the apogee.
        perigee, apogee: distances from the Earth's centre [m].
        inclination, argument: of the orbit and of its perigee [rad]; apogee_longitude: [rad], at share 0.5.
    Returns:
        x, y, z [m], Earth-fixed.
    Valid: two bodies; the flattening turns the node of a 12-hour orbit by 0.15 deg a day, which whole days off neglect.
    Source: Montenbruck & Gill, Satellite Orbits (2000), section 2.2; the Earth turns under it by OMEGA.
    """
    a, e = 0.5 * (perigee + apogee), (apogee - perigee) / (apogee + perigee)
    anomaly = eccentric_anomaly(2.0 * math.pi * share, e)
    radius = a * (1.0 - e * math.cos(anomaly))
    true = 2.0 * math.atan2(math.sqrt(1.0 + e) * math.sin(0.5 * anomaly), math.sqrt(1.0 - e) * math.cos(0.5 * anomaly))
    # Longitudes are counted from the ascending node, which drifts west as the Earth turns.
    node = node_by_apogee(inclination, argument, apogee_longitude) - OMEGA * (share - 0.5) * period(a)
    from_node = argument + true
    x, y = spin(radius * math.cos(from_node), radius * math.sin(from_node) * math.cos(inclination), node)
    return x, y, radius * math.sin(from_node) * math.sin(inclination)


@kernel
def secular_rates(a: float, e: float, i: float) -> tuple[float, float, float]:
    """How fast node, argument of perigee and mean anomaly run on average around a flattened Earth.

    Args:
        a, e, i: mean semi-major axis [m], eccentricity [1], inclination [rad].
    Returns:
        rates of node, argument of perigee, mean anomaly [rad/s]; the last holds the mean motion. nan unless 0 <= e < 1.
    Valid: first order in J2: the drifts, and the mean anomaly's beyond sqrt(GM/a^3), are right to a share of about
        J2 (R/p)^2, 1e-3 for low orbits; no higher harmonics, air, Moon or Sun.
    Source: Kozai, Astronomical Journal 64 (1959) 367-377; Vallado, Fundamentals of Astrodynamics, section 9.6.
    """
    if not 0.0 <= e < 1.0:
        return math.nan, math.nan, math.nan
    n = math.sqrt(GM / (a * a * a))
    p, c = a * (1.0 - e * e), math.cos(i)
    bulge = 0.75 * J2 * (R_EQ / p) ** 2 * n
    return -2.0 * bulge * c, bulge * (5.0 * c * c - 1.0), n + bulge * math.sqrt(1.0 - e * e) * (3.0 * c * c - 1.0)


@kernel
def nodal_period(a: float, e: float, i: float) -> float:
    """Time from one ascending node to the next [s], flattening included; arguments, validity, source: secular_rates."""
    _, perigee, mean = secular_rates(a, e, i)
    return 2.0 * math.pi / (perigee + mean)


@kernel
def nodal_day(a: float, e: float, i: float) -> float:
    """Time in which the Earth turns once under the orbit's plane [s]; arguments, validity, source: secular_rates."""
    return 2.0 * math.pi / (OMEGA - secular_rates(a, e, i)[0])


@kernel
def repeating_axis(revolutions: int, turns: int, e: float, i: float) -> float:
    """Semi-major axis whose ground track closes after whole revolutions in whole turns of the Earth under its plane.

    Args:
        revolutions, turns: how many of each; e, i: mean eccentricity [1] and inclination [rad].
    Returns:
        mean semi-major axis [m]; nan if there is none outside the Earth.
    Valid: as secular_rates; met within 1e-13 of the axis.
    Source: Vallado, Fundamentals of Astrodynamics, section 11.4.2; each step asks Kepler's law for the missing time.
    """
    if revolutions < 1 or turns < 1 or not 0.0 <= e < 1.0:
        return math.nan
    a = semi_major_axis(2.0 * math.pi / OMEGA * turns / revolutions)
    for _ in range(60):
        if not a > R_EQ:
            return math.nan
        ratio = turns * nodal_day(a, e, i) / (revolutions * nodal_period(a, e, i))
        a *= ratio ** (2.0 / 3.0)
        if abs(ratio - 1.0) < 1e-14:
            break
    return a


@kernel
def place_by_elements(t: float, elements: Floats, out: Floats) -> int:
    """Position and velocity of a satellite whose node, perigee and anomaly run at their secular rates.

    Args:
        t: time since the elements hold [s]; elements: see the module, (6,).
        out: position [m] and velocity [m/s], (6,), inertial axes (Earth-fixed ones frozen at t = 0), written.
    Returns:
        status: 0; 2, and nan written, for an eccentricity outside 0 to below 0.95.
    Valid: as secular_rates; what the flattening does within a revolution is left out: up to 3 J2 (R/p)^2 rad in direction
        (3 km on the ground seen for a Molniya orbit) and 2.5 J2 R^2/p in height. The velocity is that of the ellipse.
    Source: Montenbruck & Gill, Satellite Orbits (2000), section 2.2; Vallado, Fundamentals of Astrodynamics, section 9.6.
    """
    a, e, i = elements[0], elements[1], elements[2]
    if not 0.0 <= e < 0.95:
        out[:] = math.nan
        return 2
    to_node, to_perigee, on = secular_rates(a, e, i)
    node, argument = elements[3] + to_node * t, elements[4] + to_perigee * t
    anomaly = eccentric_anomaly(elements[5] + on * t, e)
    s, c, flat = math.sin(anomaly), math.cos(anomaly), math.sqrt(1.0 - e * e)
    speed = math.sqrt(GM / a) / (1.0 - e * c)
    along, across = a * (c - e), a * flat * s
    v_along, v_across = -speed * s, speed * flat * c
    x, y = spin(along, across, argument)
    vx, vy = spin(v_along, v_across, argument)
    out[0], out[1] = spin(x, y * math.cos(i), node)
    out[3], out[4] = spin(vx, vy * math.cos(i), node)
    out[2], out[5] = y * math.sin(i), vy * math.sin(i)
    return 0


@kernel
def fixed_place_by_elements(t: float, elements: Floats, out: Floats) -> int:
    """As place_by_elements, position and velocity as seen from the turning Earth, Earth-fixed axes."""
    status = place_by_elements(t, elements, out)
    x, y = spin(out[0], out[1], -OMEGA * t)
    vx, vy = spin(out[3], out[4], -OMEGA * t)
    out[0], out[1], out[3], out[4] = x, y, vx + OMEGA * y, vy - OMEGA * x
    return status


@kernel
def track_by_elements(times: Floats, elements: Floats, out: Floats) -> int:
    """The ground track: what lies below the satellite, and how far.

    Args:
        times: since the elements hold [s], (N,); elements: see the module, (6,).
        out: geodetic latitude, longitude [rad] and height above the ellipsoid [m], (N, 3), written.
    Returns:
        status, validity and source as place_by_elements.
    """
    state, status = np.empty(6), 0
    for row in range(len(times)):
        status = max(status, fixed_place_by_elements(times[row], elements, state))
        out[row, 0], out[row, 1], out[row, 2] = geodetic_from_ecef(state[0], state[1], state[2])
    return status
