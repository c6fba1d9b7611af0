"""Where is a satellite on an elliptical orbit? Kepler's equation, and the place over a turning Earth."""

import math

from entente.compiled import kernel
from entente.constants import GM, OMEGA
from entente.physics.earth import spin


@kernel
def period(semi_major_axis: float) -> float:
    """Time of one revolution [s] for a semi-major axis [m]. Source: Kepler's third law."""
    return 2.0 * math.pi * math.sqrt(semi_major_axis * semi_major_axis * semi_major_axis / GM)


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
    at_apogee = math.atan2(math.sin(argument + math.pi) * math.cos(inclination), math.cos(argument + math.pi))
    node = apogee_longitude - at_apogee - OMEGA * (share - 0.5) * period(a)
    from_node = argument + true
    x, y = spin(radius * math.cos(from_node), radius * math.sin(from_node) * math.cos(inclination), node)
    return x, y, radius * math.sin(from_node) * math.sin(inclination)
