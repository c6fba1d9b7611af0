"""Which azimuth and pitch bring a vehicle down at a region's centroid, over an Earth that turns meanwhile?"""

import math
from functools import lru_cache

import numpy as np

from entente.ascent import CLOSE, Ascent
from entente.compiled import Floats
from entente.errors import Unreachable
from entente.physics.earth import geodesic, miss
from entente.scenario.units import DEG
from entente.scenario.vehicle import Vehicle


def aim(
    ascent: Ascent, lat: float, lon: float, start: tuple[float, float], slope: Floats | None = None
) -> tuple[float, float]:
    """Azimuth and pitch that come down within a metre of a point, by Broyden's method from `start`.

    Args:
        lat, lon: the point [rad].
        start: azimuth and pitch to begin with [rad].
        slope: how the miss changes with them, as `slope_at` has it for a vehicle much like this one; found if None.
    Raises:
        Unreachable: the point is not reached from there.
    """
    programme = np.array(start)
    slope = slope_at(ascent, lat, lon, start) if slope is None else slope
    miss = np.array(_miss(ascent, float(programme[0]), float(programme[1]), lat, lon))
    for _ in range(20):
        if math.hypot(*miss) < CLOSE:
            return float(programme[0]), float(programme[1])
        if abs(np.linalg.det(slope)) < 1.0:  # m^2/rad^2: at the edge of reach, range no longer depends on the pitch
            break
        change = np.clip(np.linalg.solve(slope, -miss), -0.05, 0.05)
        before, programme = miss, programme + change
        miss = np.array(_miss(ascent, float(programme[0]), float(programme[1]), lat, lon))
        if math.hypot(*miss) < 0.5 * math.hypot(*before):
            # One flight a step instead of three: the slope is put right along the way just gone.
            slope = slope + np.outer(miss - before - slope @ change, change) / (change @ change)
        else:
            slope = slope_at(ascent, lat, lon, (float(programme[0]), float(programme[1])))
    raise Unreachable(
        f"target {lat / DEG:.1f} N {lon / DEG:.1f} E: too near the edge of this vehicle's reach to be aimed at; ask for a "
        "nearer point"
    )


def slope_at(ascent: Ascent, lat: float, lon: float, programme: tuple[float, float]) -> Floats:
    """How the miss of a point [m] changes with azimuth and pitch [rad], (2, 2), by differences."""
    azimuth, pitch = programme
    step = 1e-5
    miss = _miss(ascent, azimuth, pitch, lat, lon)
    turned = _miss(ascent, azimuth + step, pitch, lat, lon)
    tilted = _miss(ascent, azimuth, pitch + step, lat, lon)
    return np.array([[turned[i] - miss[i], tilted[i] - miss[i]] for i in range(2)]) / step


def _miss(ascent: Ascent, azimuth: float, pitch: float, lat: float, lon: float) -> tuple[float, float]:
    """Where it comes down, seen from the target: along the way there and across it [m]."""
    got_lat, got_lon, _ = ascent.impact(azimuth, pitch)
    return miss(ascent.lat, ascent.lon, lat, lon, got_lat, got_lon)


def _turn(of: float, to: float) -> float:
    """The angle from one azimuth to another [rad], within half a turn."""
    return (to - of + math.pi) % (2.0 * math.pi) - math.pi


def toward(ascent: Ascent, lat: float, lon: float, lofted: bool) -> tuple[float, float]:
    """Azimuth and pitch that cover the distance to a point, the azimuth led until the bearing is right within 1 deg.

    Raises:
        Unreachable: beyond the vehicle's reach toward it; says the most it reaches.
    """
    length, bearing, _, _ = geodesic(ascent.lat, ascent.lon, lat, lon)
    azimuth = bearing
    for _ in range(12):
        # While the Earth carries the point along, a range may be out of reach at the bearing and within it a little aside.
        best, most = ascent.farthest(azimuth)
        pitch = best if length > most else ascent.pitch_for(azimuth, length, lofted)
        got_lat, got_lon, _ = ascent.impact(azimuth, pitch)
        off = _turn(geodesic(ascent.lat, ascent.lon, got_lat, got_lon)[1], bearing)
        if abs(off) < DEG and length <= most:
            return azimuth, pitch
        azimuth += off
    return azimuth, ascent.pitch_for(azimuth, length, lofted)


@lru_cache(maxsize=64)
def nominal_programme(
    vehicle: Vehicle, origin: tuple[float, float], target: tuple[float, float], lofted: bool
) -> tuple[float, float]:
    """Azimuth and pitch from region to region with the nominal ballistic coefficient.

    Raises:
        Unreachable: beyond the vehicle's reach; says the most it reaches.
    """
    ascent = _nominal(vehicle, origin)
    return aim(ascent, *target, start=toward(ascent, *target, lofted))


@lru_cache(maxsize=64)
def nominal_slope(
    vehicle: Vehicle, origin: tuple[float, float], target: tuple[float, float], lofted: bool
) -> tuple[tuple[float, ...], ...]:
    """`slope_at` of the nominal programme, as rows; every history aims with it, its vehicle differs little."""
    programme = nominal_programme(vehicle, origin, target, lofted)
    return tuple(map(tuple, slope_at(_nominal(vehicle, origin), *target, programme).tolist()))


def _nominal(vehicle: Vehicle, origin: tuple[float, float]) -> Ascent:
    beta = vehicle.ballistic_coefficient_kg_m2
    return Ascent(vehicle, *origin, beta.nominal if beta else 1.0)
