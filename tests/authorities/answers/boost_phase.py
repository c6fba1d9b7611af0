"""How long generic vehicles burn, how fast they are then, and how long they fly."""

from typing import Any

import entente as en
from answers._flown import flown


def answer(case: dict[str, Any]) -> float:
    """Burn or time left after detection [s], burnout speed [km/s], or time of flight [min]."""
    if case["what"] == "free flight":
        return en.minimum_energy(case["range_km"]).time_of_flight_s / 60.0
    flight = flown(case)
    burnout = flight.events["burnout_s"]
    return {
        "burn": burnout,
        "time left": burnout - case.get("detected_s", 0.0),
        "burnout speed": flight.burnout_speed_km_s,
        "time": flight.time_of_flight_s / 60.0,
    }[case["what"]]
