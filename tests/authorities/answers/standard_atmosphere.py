"""The air at heights that the standard's tables print."""

import math
from typing import Any

from entente.physics.atmosphere import TOP, air


def answer(case: dict[str, Any]) -> float:
    """Density [kg/m^3], pressure [Pa] or speed of sound [m/s] at a geometric height; at 1,000 km just before the air ends."""
    rho, pressure, sound = air(min(case["height_km"] * 1e3, math.nextafter(TOP, 0.0)))
    return {"density": rho, "pressure": pressure, "sound": sound}[case["what"]]
