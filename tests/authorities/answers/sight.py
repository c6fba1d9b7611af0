"""What a radar sees over the curve of the Earth: heights at ranges, and how far away whole flights stay below it."""

from typing import Any

import numpy as np

import entente as en

RANGES_KM = np.arange(9_000.0, 11_000.0, 10.0)  # the highest apogee of least energy lies at 10,010 km


def answer(case: dict[str, Any]) -> float:
    """A height or a range along the ground [km], by the case's `what`."""
    return ANSWERS[case["what"]](case)


def least_energy_limit(case: dict[str, Any]) -> float:
    """Beyond this range no flight of least energy, over any distance, ever rises above the elevation."""
    apogees = en.minimum_energy(RANGES_KM, case["burnout_altitude_km"]).apogee_km
    return np.max(en.horizon(apogees, case["elevation_deg"]))


ANSWERS = {
    "lowest visible": lambda case: en.lowest_visible(case["range_km"], case["elevation_deg"]),
    "least-energy limit": least_energy_limit,
}
