"""Flight times of lofted tests, with boost and re-entry."""

from typing import Any

import entente as en
from answers._flown import flown


def answer(case: dict[str, Any]) -> float:
    """Time of the whole flight [min], or by how much it exceeds free flight through the same range and apogee [s]."""
    seconds = flown(case).time_of_flight_s
    if case["what"] == "overhead":
        return seconds - en.arc(case["range_km"], case["apogee_km"]).time_of_flight_s
    return seconds / 60.0
