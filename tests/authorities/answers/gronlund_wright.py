"""Slowest and depressed trajectories of one vehicle, over an Earth that does not turn."""

import math
from typing import Any

import numpy as np

import entente as en
from answers._flown import flown
from entente.constants import R_MEAN


def answer(case: dict[str, Any]) -> float:
    """Time or a difference of two [min], their ratio, burnout speed [km/s], or the apogee of a slowest arc [km]."""
    if case["what"] == "free flight":
        return en.arc(case["range_km"], case.get("apogee_km")).time_of_flight_s / 60.0
    flight = flown(case)
    if case["what"] == "time":
        return flight.time_of_flight_s / 60.0
    if case["what"] == "burnout speed":
        return flight.burnout_speed_km_s
    if case["what"] in ("longer", "share"):
        other = flown(case | {"apogee_km": case["than_apogee_km"]})
        ratio = flight.time_of_flight_s / other.time_of_flight_s
        return ratio if case["what"] == "share" else (flight.time_of_flight_s - other.time_of_flight_s) / 60.0
    return _slowest_apogee(case, flight)


def _slowest_apogee(case: dict[str, Any], flight: en.Flight) -> float:
    """Apogee of the slowest arc from where a flight along a meridian burns out to the planned impact [km]."""
    latitude = float(np.interp(flight.events["burnout_s"], flight.t_s, flight.lat_deg))
    covered_km = math.radians(latitude - case["lat_deg"]) * R_MEAN / 1e3
    return en.minimum_energy(case["range_km"] - covered_km, flight.burnout_altitude_km).apogee_km
