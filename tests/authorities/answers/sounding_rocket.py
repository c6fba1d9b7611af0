"""The flight of a sounding rocket, and the closed forms for its apogee and range."""

from typing import Any

import numpy as np

import entente as en
from answers._flown import flown


def answer(case: dict[str, Any]) -> float:
    """Apogee [km], time [min], free flight [s], what a report exceeds it by [s], or when it climbs past a height [min]."""
    what = case["what"]
    if what in ("free flight", "overhead"):
        free = en.arc(case["range_km"], case["apogee_km"]).time_of_flight_s
        return free if what == "free flight" else 60.0 * case["reported_min"] - free
    flight = flown(case)
    if what == "climb":
        rising = flight.t_s <= flight.events["apogee_s"]
        return float(np.interp(case["altitude_km"], flight.altitude_km[rising], flight.t_s[rising])) / 60.0
    return {"apogee": flight.apogee_km, "time": flight.time_of_flight_s / 60.0}[what]
