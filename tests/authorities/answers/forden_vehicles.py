"""Longest ranges of vehicles whose masses and engines are published."""

from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """Longest range of a catalogue vehicle from the equator [km], or the pitch its turn then ends at [deg]."""
    flight = en.max_range(case["vehicle"], azimuth_deg=case["azimuth_deg"], rotation=case["rotation"])
    return {"range": flight.range_km, "final pitch": flight.final_pitch_deg}[case["what"]]
