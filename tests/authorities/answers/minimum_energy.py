"""Least-energy arcs by Wheelon's formula."""

from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """Launch speed or speed at a height [km/s], launch angle [deg], apogee [km] or time of flight [s] over a range."""
    flight = en.minimum_energy(case["range_km"])
    return {
        "speed": flight.burnout_speed_km_s,
        "angle": flight.burnout_angle_deg,
        "apogee": flight.apogee_km,
        "time": flight.time_of_flight_s,
        "passing": flight.speed_at(case.get("altitude_km", 0.0)),
    }[case["what"]]
