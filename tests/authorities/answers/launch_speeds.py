"""Launch speeds of the arcs with the range and apogee that were reported of test flights."""

from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """Speed at the surface of Kepler's arc [km/s]."""
    return en.arc(case["range_km"], case["apogee_km"]).burnout_speed_km_s
