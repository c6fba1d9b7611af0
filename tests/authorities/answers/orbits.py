"""Orbits and ground tracks: what closes, what turns, what stands still."""

import math
from typing import Any

from scipy.optimize import brentq

import entente as en
from entente.constants import R_EQ
from entente.physics import orbits

YEAR = 365.2422  # days: the Sun goes once round


def answer(case: dict[str, Any]) -> float:
    """The case's `what`, in its unit."""
    return ANSWERS[case["what"]](case)


def track(case: dict[str, Any], inclination_deg: float | None = None) -> en.GroundTrack:
    """The ground track of the case's orbit."""
    inclination = case["inclination_deg"] if inclination_deg is None else inclination_deg
    orbit = en.Orbit(
        constellation="published",
        perigee_km=case["axis_km"] * (1.0 - case["eccentricity"]) - R_EQ / 1e3,
        apogee_km=case["axis_km"] * (1.0 + case["eccentricity"]) - R_EQ / 1e3,
        inclination_deg=inclination,
        argument_of_perigee_deg=270.0,
        apogee_longitude_deg=0.0,
    )
    return en.ground_track(orbit, hours=1.0)


def nodal_period(case: dict[str, Any]) -> float:
    """From ascending node to ascending node [s]."""
    there = track(case)
    return there.repeats_after_s / there.revolutions


def step(case: dict[str, Any]) -> float:
    """How far west of the one before a revolution crosses the equator [deg]."""
    there = track(case)
    return (360.0 - there.track_shift_deg) / there.revolutions


ANSWERS = {
    "axis of a period": lambda case: orbits.semi_major_axis(case["period_s"]) / 1e3,
    "height of a station": lambda case: float(en.ground_track(0.0).altitude_km[0]),
    "critical inclination": lambda case: brentq(lambda i: track(case, i).perigee_drift_deg_day, 45.0, 90.0),
    "sun-synchronous inclination": lambda case: brentq(
        lambda i: track(case, i).node_drift_deg_day - 360.0 / YEAR, 90.0, 180.0
    ),
    "node drift": lambda case: track(case).node_drift_deg_day,
    "perigee drift": lambda case: track(case).perigee_drift_deg_day,
    "nodal period": nodal_period,
    "cycle": lambda case: case["revolutions"] * nodal_period(case) / 86_400.0,
    "step": step,
    "repeating axis": lambda case: (
        orbits.repeating_axis(
            case["revolutions"], case["turns"], case["eccentricity"], math.radians(case["inclination_deg"])
        )
        / 1e3
    ),
}
