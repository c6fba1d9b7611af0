"""Free flight through published ranges and apogees, and a few whole flights."""

from typing import Any

import entente as en
from answers._flown import flown


def answer(case: dict[str, Any]) -> float:
    """Launch speed or speed at a height [km/s], launch angle [deg], time [s or min], range [km]."""
    if case["what"] == "longest range":
        return flown(case).range_km
    arc = en.arc(case["range_km"], case.get("apogee_km"))
    minute = 60.0 if case["unit"] == "min" else 1.0
    if case["what"] == "whole time":
        return flown(case).time_of_flight_s / minute
    if case["what"] == "speed ratio":
        flight = flown(case)
        return flight.burnout_speed_km_s / arc.speed_at(flight.burnout_altitude_km)
    if case["what"] == "speed at altitude":
        return arc.speed_at(case["altitude_km"])
    return {
        "launch speed": arc.burnout_speed_km_s,
        "angle": arc.burnout_angle_deg,
        "time": arc.time_of_flight_s / minute,
    }[case["what"]]
