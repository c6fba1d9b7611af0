"""What would a flight over this range be like? Closed forms, for a number or for many."""

from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.errors import ModelError
from entente.physics import ballistics
from entente.scenario.units import DEG, KM, KM_S

HALF_WAY_ROUND = np.pi * R_MEAN / KM  # km


@dataclass(frozen=True)
class Arc:
    """A free flight between two points of a sphere; each field a number, or an array as long as what was asked."""

    range_km: float | Floats
    apogee_km: float | Floats
    burnout_speed_km_s: float | Floats
    burnout_angle_deg: float | Floats
    time_of_flight_s: float | Floats


def minimum_energy(range_km: float | Floats) -> Arc:
    """The slowest free flight over a range, from the surface, without air or rotation.

    Args:
        range_km: along a sphere of 6,371 km, above 0 and below half a circumference (20,015 km); a number or an array.
    Raises:
        ModelError: a range outside that.
    Valid: ballistic part only; a real flight adds 1.5 to 4.5 minutes of boost.
    Source: Wheelon, ARS Journal 29 (1959).
    """
    given = _checked("range_km", range_km, HALF_WAY_ROUND)
    speed, angle, apogee = ballistics.minimum_energy(given * KM)
    _, _, time = ballistics.through_apogee(given * KM, apogee)
    return _arc(given, apogee / KM, speed, angle, time)


def arc(range_km: float | Floats, apogee_km: float | Floats | None = None) -> Arc:
    """The free flight over a range with a given apogee: lofted above the minimum-energy apogee, depressed below it.

    Args:
        range_km: as for minimum_energy; apogee_km: above the surface, positive; the minimum-energy one if None.
    Raises:
        ModelError: a range or apogee outside that.
    Valid: as minimum_energy; depressed arcs below about 100 km would in fact be dominated by the air.
    """
    if apogee_km is None:
        return minimum_energy(range_km)
    given, top = _checked("range_km", range_km, HALF_WAY_ROUND), _checked("apogee_km", apogee_km, 1e6)
    speed, angle, time = ballistics.through_apogee(given * KM, top * KM)
    return _arc(given, top, speed, angle, time)


def _checked(name: str, value: float | Floats, most: float) -> Floats:
    given = np.asarray(value, dtype=float)
    bad = ~((given > 0.0) & (given < most))
    if bad.any():
        raise ModelError(
            f"{name}: {given[bad].flat[0]:g} is outside the model; it must be above 0 and below {most:,.0f}"
        )
    return given


def _arc(range_km: Floats, apogee_km: Floats, speed: Floats, angle: Floats, time: Floats) -> Arc:
    columns = (range_km, apogee_km, speed / KM_S, angle / DEG, time)
    if np.broadcast(*columns).ndim == 0:
        return Arc(*(float(column) for column in columns))
    return Arc(*np.broadcast_arrays(*columns))
