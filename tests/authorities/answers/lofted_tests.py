"""Free flight with the range and apogee that were reported of test flights."""

from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """Time of flight of Kepler's arc [s]."""
    return en.arc(case["range_km"], case["apogee_km"]).time_of_flight_s
