"""How does this vehicle fly? One powered flight with its events, and the farthest it goes."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from entente.ascent import HALF_ROUND, Ascent
from entente.compiled import Floats
from entente.constants import OMEGA
from entente.errors import ModelError, Unreachable, unknown
from entente.physics import powered
from entente.physics.earth import distance, geodetic_many
from entente.questions.asked import needed, one_of, outside, yes_or_no
from entente.scenario.parts import Ranged
from entente.scenario.rows import vehicles
from entente.scenario.units import DEG, KM, KM_S
from entente.scenario.vehicle import Vehicle

EVENT_NAMES = {
    "burnout_s": powered.BURNOUT,
    "up_through_100_km_s": powered.UP_100,
    "apogee_s": powered.APOGEE,
    "down_through_100_km_s": powered.DOWN_100,
    "impact_s": powered.IMPACT,
}


STEERINGS = ("pitch programme", "gravity turn")
SAMPLE = 1.0  # s  between the rows of a flight's arrays


@dataclass(frozen=True)
class Flight:
    """One flight from lift-off to impact.

    Attributes:
        range_km: along the ellipsoid, launch to impact.
        apogee_km: height of the highest point above the ellipsoid.
        time_of_flight_s: lift-off to impact.
        burnout_speed_km_s: of the last burnout, seen from the turning Earth; burnout_altitude_km: its height;
            burnout_angle_deg: of the motion there, above the horizontal.
        turn_pitch_deg: solved for: the thrust's pitch above the launch horizontal where the turn ends; of a gravity turn,
            after its kick. final_pitch_deg: the one held from there, or with a planned apogee the other one solved for,
            at burnout.
        events: seconds since lift-off by name, in their order; nan, at the end, where it did not happen, such as 100 km
            on a short flight.
        t_s, lat_deg, lon_deg, altitude_km, speed_km_s: the way, (N,) each: a row a second and one for the impact; the
            speed is seen from the turning Earth.
    """

    range_km: float
    apogee_km: float
    time_of_flight_s: float
    burnout_speed_km_s: float
    burnout_altitude_km: float
    burnout_angle_deg: float
    turn_pitch_deg: float
    final_pitch_deg: float
    events: dict[str, float]
    t_s: Floats = field(repr=False)
    lat_deg: Floats = field(repr=False)
    lon_deg: Floats = field(repr=False)
    altitude_km: Floats = field(repr=False)
    speed_km_s: Floats = field(repr=False)


def fly(
    vehicle: Vehicle | str,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    azimuth_deg: float = 90.0,
    range_km: float | None = None,
    loft: str = "lofted",
    rotation: bool = True,
    apogee_km: float | None = None,
    steering: str = "pitch programme",
) -> Flight:
    """One flight over a planned range: the pitch programme is solved, masses and burn times are never changed.

    Args:
        vehicle: stages and payload, see Vehicle and Stage; or the name of a class of the catalogue, such as "scud_b".
        lat_deg, lon_deg: launch point; azimuth_deg: direction at lift-off, 0 to 360 clockwise from north.
        range_km: planned range along the ellipsoid; if None the longest there is, which a vehicle has not that reaches
            beyond the antipode.
        loft: "lofted" or "depressed": which of the two programmes that cover a range shorter than the longest.
        rotation: whether the Earth turns.
        apogee_km: planned apogee too, which decides instead of `loft`; the pitch then turns on until burnout, and what
            energy the range and the apogee do not need is spent on that bend.
        steering: "pitch programme", or "gravity turn": after a small kick the thrust follows the motion through the air.
    Raises:
        UnknownName: no such class in the catalogue.
        Unreachable: range or apogee beyond the vehicle's reach, or below it; says the limits.
        ModelError: numbers outside the model, all at once, or a vehicle that never lifts off or never comes down.
    Valid: a point mass with a generic pitch programme over WGS 84 with J2 and the 1976 standard atmosphere.
    Source: own; within 3 % of Forden (2007), table 3, for his two vehicles, and 5 % over an Earth that does not turn.
    """
    plan = planned(vehicle, lat_deg, lon_deg, azimuth_deg, range_km, loft, rotation, apogee_km, steering)
    return _flight(plan.ascent, plan.azimuth, plan.pitch, plan.bend)


class Plan(NamedTuple):
    """A vehicle on its launch point, and the programme that was solved for."""

    ascent: Ascent
    azimuth: float  # [rad], as the others
    pitch: float
    bend: float
    beta: Ranged | None  # the vehicle's ballistic coefficient [kg/m^2]; flown with the nominal one


def planned(
    vehicle: Vehicle | str,
    lat_deg: float,
    lon_deg: float,
    azimuth_deg: float,
    range_km: float | None,
    loft: str,
    rotation: bool,
    apogee_km: float | None,
    steering: str,
) -> Plan:
    """The programme that `fly` flies; arguments and errors as there."""
    _check(lat_deg, lon_deg, azimuth_deg, range_km, loft, rotation, apogee_km, steering)
    flown = _of_catalogue(vehicle) if isinstance(vehicle, str) else vehicle
    if not isinstance(flown, Vehicle):
        raise ModelError(
            f"vehicle: {str(flown)[:40]!r} is neither an entente.Vehicle nor the name of a class, such as 'scud_b'"
        )
    beta, omega = flown.ballistic_coefficient_kg_m2, OMEGA if rotation else 0.0
    nominal = beta.nominal if beta else 1.0
    ascent = Ascent(flown, lat_deg * DEG, lon_deg * DEG, nominal, omega, steering == "gravity turn")
    azimuth, bend = azimuth_deg * DEG, 0.0
    if range_km is None:
        pitch, most = ascent.farthest(azimuth)
        if most > HALF_ROUND:
            raise Unreachable(
                f"range_km: left out, but toward azimuth {azimuth_deg:g} deg, with what the Earth's turn adds, this vehicle "
                "reaches every range, beyond the antipode; give one, such as 8000"
            )
    elif apogee_km is None:
        pitch = ascent.pitch_for(azimuth, range_km * KM, loft == "lofted")
    else:
        pitch, bend = ascent.bend_for(azimuth, range_km * KM, apogee_km * KM)
    return Plan(ascent, azimuth, pitch, bend, beta)


def max_range(
    vehicle: Vehicle | str,
    lat_deg: float = 0.0,
    lon_deg: float = 0.0,
    azimuth_deg: float = 90.0,
    rotation: bool = True,
    steering: str = "pitch programme",
) -> Flight:
    """The farthest flight in a direction; see `fly`."""
    return fly(vehicle, lat_deg, lon_deg, azimuth_deg, rotation=rotation, steering=steering)


def _of_catalogue(name: str) -> Vehicle:
    classes = {row.id: row.vehicle for row in vehicles()}
    if name not in classes:
        raise unknown("vehicle", name, classes)
    return classes[name]


def _check(
    lat_deg: float,
    lon_deg: float,
    azimuth_deg: float,
    range_km: float | None,
    loft: str,
    rotation: bool,
    apogee_km: float | None,
    steering: str,
) -> None:
    problems = [
        *needed("lat_deg", lat_deg, -89.9, 89.9, ", for at a pole every direction is south or north"),
        *needed("lon_deg", lon_deg, -180.0, 360.0),
        *needed("azimuth_deg", azimuth_deg, 0.0, 360.0),
        *outside("range_km", range_km, 0.1, 19_900.0),
        *outside("apogee_km", apogee_km, 0.1, 100_000.0),
        *one_of("loft", loft, ("lofted", "depressed")),
        *yes_or_no("rotation", rotation),
        *one_of("steering", steering, STEERINGS),
    ]
    if apogee_km is not None and range_km is None:
        problems.append("apogee_km: given without range_km; give both, or neither")
    if apogee_km is not None and steering == "gravity turn":
        problems.append("apogee_km: a gravity turn has one way to each range; plan an apogee with a pitch programme")
    if problems:
        raise ModelError("\n".join(problems))


def _flight(ascent: Ascent, azimuth: float, pitch: float, bend: float) -> Flight:
    t, states, _, events = ascent.path(azimuth, pitch, SAMPLE, bend)
    if math.isnan(events[powered.BURNOUT]):
        raise Unreachable(
            f"range_km: flown to a pitch of {pitch / DEG:.0f} deg this vehicle comes down after {t[-1]:.0f} s, while an engine "
            "still burns; ask for more, or for a higher apogee"
        )
    place = np.empty((len(t), 3))
    geodetic_many(states[:, :3], place)
    known = _stage_events(ascent) | {name: float(events[at]) for name, at in EVENT_NAMES.items()}
    return Flight(
        range_km=distance(ascent.lat, ascent.lon, place[-1, 0], place[-1, 1]) / KM,
        apogee_km=float(events[powered.APOGEE_ALT]) / KM,
        time_of_flight_s=float(events[powered.IMPACT]),
        burnout_speed_km_s=float(events[powered.BURNOUT_SPEED]) / KM_S,
        burnout_altitude_km=float(events[powered.BURNOUT_ALT]) / KM,
        burnout_angle_deg=float(events[powered.BURNOUT_ANGLE]) / DEG,
        turn_pitch_deg=(pitch + bend) / DEG,
        final_pitch_deg=(pitch - bend) / DEG,
        events=dict(sorted(known.items(), key=lambda one: (math.isnan(one[1]), one[1]))),
        t_s=t,
        lat_deg=place[:, 0] / DEG,
        lon_deg=place[:, 1] / DEG,
        altitude_km=place[:, 2] / KM,
        speed_km_s=np.linalg.norm(states[:, 3:], axis=1) / KM_S,
    )


def _stage_events(ascent: Ascent) -> dict[str, float]:
    """When each stage lights and burns out [s since lift-off]."""
    found, t = {}, 0.0
    for number, stage in enumerate(ascent.body.stages, start=1):
        found[f"ignition_{number}_s"] = t
        found[f"burnout_{number}_s"] = t + float(stage[powered.BURN])
        t += float(stage[powered.BURN] + stage[powered.COAST])
    return found
