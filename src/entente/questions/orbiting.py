"""Over which points of the Earth does a satellite pass? Its ground track, with what the flattening does to it."""

import math
from dataclasses import dataclass, field

import numpy as np

from entente.compiled import Floats
from entente.constants import GEO_RADIUS, OMEGA, R_EQ
from entente.errors import EntenteError, ModelError, unknown
from entente.physics import orbits
from entente.questions.asked import is_number
from entente.scenario.rows import catalogue, satellites
from entente.scenario.systems import Orbit, Satellite
from entente.scenario.units import DEG, KM

HOUR, DAY = 3600.0, 86_400.0  # s
LONGEST_H = 744.0  # a month of secular drift; beyond it the Moon, the Sun and the air say more than the flattening
MOST_ROWS = 1_000_000
TEXTBOOK = {"molniya": (2, 0.74), "tundra": (1, 0.2684)}  # revolutions a day, eccentricity: recalled, grade D
STEERED_DEG = (
    2.5  # shift of a track that counts as repeating; tests/authorities/test_orbits.py holds the catalogue to it
)
FROZEN_DEG = 63.4  # inclination at which the perigee hardly moves; Vallado, Fundamentals of Astrodynamics, section 11.4


@dataclass(frozen=True)
class GroundTrack:
    """Where a satellite is overhead.

    Attributes:
        satellite: its name.
        period_s: from perigee to perigee; of a geostationary satellite, one turn of the Earth.
        node_drift_deg_day: of the orbit's plane among the stars, eastward positive; perigee_drift_deg_day: of the perigee
            within the plane, forward positive; both 0 for a geostationary satellite.
        revolutions: from node to node, the whole number nearest to one turn of the Earth under the plane.
        repeats_after_s: the time these take; track_shift_deg: how far east of itself the track then lies.
        repeats: whether that is less than 2.5 deg, which operators steer away; heights that are published to tens of km
            leave as much in the catalogue's orbits. If not, `repeats_after_s` is only when it comes nearest to itself.
        apogee_longitude_deg: (A,) below each passage of the apogee; the station of a geostationary satellite.
        t_s: (N,) seconds, a row a step; lat_deg, lon_deg, altitude_km: (N,) each, geodetic, WGS 84, -180 to 180 eastward.
    """

    satellite: str
    period_s: float
    node_drift_deg_day: float
    perigee_drift_deg_day: float
    revolutions: int
    repeats_after_s: float
    track_shift_deg: float
    repeats: bool
    apogee_longitude_deg: Floats
    t_s: Floats = field(repr=False)
    lat_deg: Floats = field(repr=False)
    lon_deg: Floats = field(repr=False)
    altitude_km: Floats = field(repr=False)


def ground_track(satellite: str | Satellite | Orbit | float, hours: float = 24.0, step_s: float = 60.0) -> GroundTrack:
    """The points over which a satellite passes.

    Args:
        satellite: the id of a catalogue satellite ("eks_1"), a row of it, or an Orbit; "molniya" or "tundra" for the
            textbook orbits of two and one revolutions a day, apogee over longitude 0; or a longitude [deg], -180 to 180,
            for a geostationary satellite.
        hours: above 0 and at most 744; step_s: above 0, at most the whole time and not below a millionth of it.
            At time 0 an orbit of phase 0 passes its perigee, half a revolution before its apogee longitude.
    Raises:
        UnknownName: no such satellite in the catalogue.
        ModelError: a satellite whose orbit is not known from open sources, or a number outside the model.
    Valid: mean elements with secular drift by J2: on the ground, over a day, within 3 J2 (R/p)^2 radians of integrated
        orbits (tests/authorities/test_orbits.py), p the semi-latus rectum: 6 km for a Molniya orbit, 0.5 km for a Tundra
        orbit, 18 km for a low one. A geostationary satellite is held at its station.
        Air, Moon, Sun and manoeuvres are left out.
    Source: Vallado, Fundamentals of Astrodynamics, sections 9.6 and 11.4.
    """
    wrong = _mistakes(hours, step_s)
    try:
        name, orbit = _described(satellite)
    except EntenteError as error:
        raise type(error)("\n".join([str(error), *wrong])) from None
    if wrong:
        raise ModelError("\n".join(wrong))
    t = float(step_s) * np.arange(math.floor(hours * HOUR / step_s * (1.0 + 1e-12)) + 1, dtype=np.float64)
    return _moving(name, orbit, t) if isinstance(orbit, Orbit) else _standing(name, orbit, t)


def _mistakes(hours: float, step_s: float) -> list[str]:
    """One line for each number that cannot be."""
    wrong = []
    if not (is_number(hours) and 0.0 < hours <= LONGEST_H):
        wrong.append(f"hours: {hours!r} is outside the model; it must be above 0 and at most {LONGEST_H:g}")
        hours = LONGEST_H
    longest = hours * HOUR
    if not (is_number(step_s) and longest / MOST_ROWS <= step_s <= longest):
        wrong.append(
            f"step_s: {step_s!r} is outside the model; over {hours:g} h it must lie between "
            f"{longest / MOST_ROWS:g} and {longest:g}"
        )
    return wrong


def _described(satellite: object) -> tuple[str, Orbit | float]:
    """A name, and the orbit or the longitude [deg] of a geostationary one."""
    if isinstance(satellite, str):
        return _named(satellite)
    if isinstance(satellite, Satellite):
        return satellite.id, _of_row(satellite)
    if isinstance(satellite, Orbit):
        return satellite.constellation or "an orbit of your own", satellite
    if not is_number(satellite) or not -180.0 <= (lon := float(satellite)) <= 180.0:
        raise ModelError(
            f"satellite: {repr(satellite)[:40]} names no orbit; give a catalogue id, a Satellite, an Orbit, or a longitude "
            f"from -180 to 180"
        )
    return f"geostationary at {lon:g} deg", lon


def _named(name: str) -> tuple[str, Orbit | float]:
    if name in TEXTBOOK:
        return name, _textbook(name)
    known = {row.id: row for row in satellites()}
    if name in known:
        return name, _of_row(known[name])
    for row in catalogue("satellites"):
        if getattr(row, "id", "") == name:
            raise ModelError(
                f"satellite: {name!r} is listed but its place cannot be computed: {getattr(row, 'why_not', '')}; "
                f"give an Orbit of your own"
            )
    raise unknown("satellite", name, [*known, *TEXTBOOK])


def _of_row(row: Satellite) -> Orbit | float:
    if row.orbit is not None:
        return row.orbit
    assert row.longitude_deg is not None
    return row.longitude_deg


def _textbook(name: str) -> Orbit:
    """The orbit of that name whose track closes every day, flattening included."""
    revolutions, e = TEXTBOOK[name]
    a = orbits.repeating_axis(revolutions, 1, e, FROZEN_DEG * DEG)
    return Orbit(
        constellation=name,
        perigee_km=(a * (1.0 - e) - R_EQ) / KM,
        apogee_km=(a * (1.0 + e) - R_EQ) / KM,
        inclination_deg=FROZEN_DEG,
        argument_of_perigee_deg=270.0,
        apogee_longitude_deg=0.0,
    )


def _standing(name: str, lon_deg: float, t: Floats) -> GroundTrack:
    """A dot on the equator."""
    turn = 2.0 * math.pi / OMEGA
    return GroundTrack(
        satellite=name,
        period_s=turn,
        node_drift_deg_day=0.0,
        perigee_drift_deg_day=0.0,
        revolutions=1,
        repeats_after_s=turn,
        track_shift_deg=0.0,
        repeats=True,
        apogee_longitude_deg=np.array([lon_deg]),
        t_s=t,
        lat_deg=np.zeros(len(t)),
        lon_deg=np.full(len(t), lon_deg),
        altitude_km=np.full(len(t), (GEO_RADIUS - R_EQ) / KM),
    )


def _moving(name: str, orbit: Orbit, t: Floats) -> GroundTrack:
    """By mean elements that hold at the passage of the apogee over the orbit's longitude, half a period from phase 0."""
    perigee, apogee = R_EQ + orbit.perigee_km * KM, R_EQ + orbit.apogee_km * KM
    a, e, i = 0.5 * (perigee + apogee), (apogee - perigee) / (apogee + perigee), orbit.inclination_deg * DEG
    argument = orbit.argument_of_perigee_deg * DEG
    node = orbits.node_by_apogee(i, argument, orbit.apogee_longitude_deg * DEG)
    elements = np.array([a, e, i, node, argument, math.pi])
    to_node, to_perigee, on = orbits.secular_rates(a, e, i)
    period = 2.0 * math.pi / on
    begins = (orbit.phase - 0.5) * period
    track = np.empty((len(t), 3))
    status = orbits.track_by_elements(begins + t, elements, track)
    passages = np.arange(math.ceil(begins / period), math.floor((begins + t[-1]) / period) + 1) * period
    below = np.empty((len(passages), 3))
    status = max(status, orbits.track_by_elements(passages, elements, below))
    if status != 0:
        raise ModelError(f"satellite: {name!r} has eccentricity {e:.3g}; it must be below 0.95")
    turn = orbits.nodal_period(a, e, i)
    revolutions = max(1, round(orbits.nodal_day(a, e, i) / turn))
    shift = math.remainder((to_node - OMEGA) * revolutions * turn, 2.0 * math.pi) / DEG
    return GroundTrack(
        satellite=name,
        period_s=period,
        node_drift_deg_day=to_node * DAY / DEG,
        perigee_drift_deg_day=to_perigee * DAY / DEG,
        revolutions=revolutions,
        repeats_after_s=revolutions * turn,
        track_shift_deg=shift,
        repeats=abs(shift) < STEERED_DEG,
        apogee_longitude_deg=below[:, 1] / DEG,
        t_s=t,
        lat_deg=track[:, 0] / DEG,
        lon_deg=track[:, 1] / DEG,
        altitude_km=track[:, 2] / KM,
    )
