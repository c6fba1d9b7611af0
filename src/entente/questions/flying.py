"""How does this vehicle fly? One powered flight with its events, and the farthest it goes."""

import math
from dataclasses import dataclass, field

import numpy as np

from entente.compiled import Floats
from entente.constants import OMEGA
from entente.errors import ModelError, unknown
from entente.flights import Ascent
from entente.physics import powered
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.scenario.rows import vehicles
from entente.scenario.systems import Vehicle
from entente.scenario.units import DEG, KM, KM_S

EVENT_NAMES = {
    "burnout_s": powered.BURNOUT,
    "up_through_100_km_s": powered.UP_100,
    "apogee_s": powered.APOGEE,
    "down_through_100_km_s": powered.DOWN_100,
    "impact_s": powered.IMPACT,
}


@dataclass(frozen=True)
class Flight:
    """One flight from lift-off to impact. The arrays have one row a second, and one for the impact."""

    range_km: float
    apogee_km: float
    time_of_flight_s: float
    burnout_speed_km_s: float  # seen from the turning Earth
    burnout_altitude_km: float
    burnout_angle_deg: float
    final_pitch_deg: float  # the one number of the pitch programme that was solved for
    events: dict[str, float]  # seconds since lift-off; nan where it did not happen
    t_s: Floats = field(repr=False)  # (N,)
    lat_deg: Floats = field(repr=False)  # (N,)
    lon_deg: Floats = field(repr=False)  # (N,)
    altitude_km: Floats = field(repr=False)  # (N,)
    speed_km_s: Floats = field(repr=False)  # (N,) seen from the turning Earth


def fly(
    vehicle: Vehicle | str,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    azimuth_deg: float = 90.0,
    range_km: float | None = None,
    loft: str = "lofted",
    rotation: bool = True,
) -> Flight:
    """One flight over a planned range: the pitch programme is solved, masses and burn times are never changed.

    Args:
        vehicle: stages and payload, see Vehicle and Stage; or the name of a class of the catalogue, such as "scud_b".
        lat_deg, lon_deg: launch point; azimuth_deg: direction at lift-off, 0 to 360 clockwise from north.
        range_km: planned range along the ellipsoid; the longest there is if None.
        loft: "lofted" or "depressed": which of the two programmes that cover a range shorter than the longest.
        rotation: whether the Earth turns.
    Raises:
        UnknownName: no such class in the catalogue.
        Unreachable: beyond the vehicle's reach, or nearer than that side of the longest range goes; says the limit.
        ModelError: a number outside the model, or a vehicle that never lifts off or never comes down.
    Valid: a point mass with a generic pitch programme over WGS 84 with J2 and the 1976 standard atmosphere.
    Source: own; within 2 % of Forden (2007), table 3, for his two vehicles.
    """
    flown = _of_catalogue(vehicle) if isinstance(vehicle, str) else vehicle
    ascent = _ascent(flown, lat_deg, lon_deg, azimuth_deg, rotation)
    azimuth = azimuth_deg * DEG
    if loft not in ("lofted", "depressed"):
        raise ModelError(f"loft: {loft!r} is neither 'lofted' nor 'depressed'")
    if range_km is None:
        pitch, _ = ascent.farthest(azimuth)
    elif not 0.0 < range_km < 20_000.0:
        raise ModelError(f"range_km: {range_km:g} is outside the model; it must be above 0 and below 20,000")
    else:
        pitch = ascent.pitch_for(azimuth, range_km * KM, loft == "lofted")
    return _flight(ascent, azimuth, pitch)


def max_range(
    vehicle: Vehicle | str, lat_deg: float = 0.0, lon_deg: float = 0.0, azimuth_deg: float = 90.0, rotation: bool = True
) -> Flight:
    """The farthest flight in a direction; see `fly`."""
    return fly(vehicle, lat_deg, lon_deg, azimuth_deg, rotation=rotation)


def _of_catalogue(name: str) -> Vehicle:
    classes = {row.id: row.vehicle for row in vehicles()}
    if name not in classes:
        raise unknown("vehicle", name, classes)
    return classes[name]


def _ascent(vehicle: Vehicle, lat_deg: float, lon_deg: float, azimuth_deg: float, rotation: bool) -> Ascent:
    for name, value, least, most in (
        ("lat_deg", lat_deg, -89.9, 89.9),
        ("lon_deg", lon_deg, -180.0, 360.0),
        ("azimuth_deg", azimuth_deg, 0.0, 360.0),
    ):
        if not least <= value <= most:
            raise ModelError(f"{name}: {value:g} is outside the model; it must lie between {least:g} and {most:g}")
    beta = vehicle.ballistic_coefficient_kg_m2
    omega = OMEGA if rotation else 0.0
    return Ascent(vehicle, lat_deg * DEG, lon_deg * DEG, beta.nominal if beta else 1.0, omega)


def _flight(ascent: Ascent, azimuth: float, pitch: float) -> Flight:
    path = np.empty((math.ceil(ascent.impact(azimuth, pitch)[2][powered.IMPACT]) + 2, 8))
    _, rows, events = ascent.fly(azimuth, pitch, path)
    state, place = np.empty(6), np.empty((rows, 4))
    for row in range(rows):
        powered.earth_fixed(path[row, 0], path[row, 1:7], ascent.omega, state)
        lat, lon, alt = geodetic_from_ecef(state[0], state[1], state[2])
        place[row] = lat / DEG, lon / DEG, alt / KM, float(np.linalg.norm(state[3:])) / KM_S
    end = place[-1, :2] * DEG
    return Flight(
        range_km=geodesic(ascent.lat, ascent.lon, end[0], end[1])[0] / KM,
        apogee_km=float(events[powered.APOGEE_ALT]) / KM,
        time_of_flight_s=float(events[powered.IMPACT]),
        burnout_speed_km_s=float(events[powered.BURNOUT_SPEED]) / KM_S,
        burnout_altitude_km=float(events[powered.BURNOUT_ALT]) / KM,
        burnout_angle_deg=float(events[powered.BURNOUT_ANGLE]) / DEG,
        final_pitch_deg=pitch / DEG,
        events={name: float(events[at]) for name, at in EVENT_NAMES.items()},
        t_s=path[:rows, 0].copy(),
        lat_deg=place[:, 0],
        lon_deg=place[:, 1],
        altitude_km=place[:, 2],
        speed_km_s=place[:, 3],
    )
