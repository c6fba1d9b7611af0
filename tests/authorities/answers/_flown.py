"""Whole flights of the catalogue's vehicles as cases describe them; a flight that several cases ask about is flown once."""

from functools import cache
from typing import Any

import entente as en

ASKED = ("range_km", "apogee_km", "lat_deg", "lon_deg", "azimuth_deg", "rotation", "loft")


def flown(case: dict[str, Any]) -> en.Flight:
    """The flight of a case: its vehicle, with another payload if the case has one, from its launch point."""
    asked = {key: case[key] for key in ASKED if key in case}
    return _fly(case["vehicle"], case.get("payload_kg"), tuple(asked.items()))


@cache
def _fly(name: str, payload_kg: float | None, asked: tuple[tuple[str, Any], ...]) -> en.Flight:
    row = next(row for row in en.catalogue("vehicles") if row.id == name)
    vehicle = row.vehicle if payload_kg is None else row.vehicle.model_copy(update={"payload_kg": payload_kg})
    return en.fly(vehicle, **dict(asked))
