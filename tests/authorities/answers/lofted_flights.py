"""Flight times of lofted tests, with boost and re-entry."""

from typing import Any

from answers._flown import flown


def answer(case: dict[str, Any]) -> float:
    """Time of the whole flight [min]."""
    return flown(case).time_of_flight_s / 60.0
