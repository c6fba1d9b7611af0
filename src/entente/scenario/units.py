"""The only place where units are converted: multiply on the way in, divide on the way out.

``reach = row.reach_km * KM`` and ``reach_km = reach / KM``; works for numbers and arrays alike.
`UNITS` says the same by the ending of a key, so that messages can name the unit a key carries.
"""

from math import pi

KM = 1e3  # m
KM_S = 1e3  # m/s
KN = 1e3  # N
KM2 = 1e6  # m^2
DEG = pi / 180.0  # rad
MINUTE = 60.0  # s
PER_CENT = 0.01  # 1

UNITS: dict[str, tuple[str, float]] = {
    "km_s": ("km/s", KM_S),
    "kg_m2": ("kg/m2", 1.0),
    "kn": ("kN", KN),
    "km2": ("km2", KM2),
    "m2": ("m2", 1.0),
    "km": ("km", KM),
    "m": ("m", 1.0),
    "deg": ("deg", DEG),
    "min": ("min", MINUTE),
    "s": ("s", 1.0),
    "kg": ("kg", 1.0),
}
"""Ending of a key: the unit as people write it, and how many SI units it is. Longest endings first."""

MISTAKEN: dict[str, tuple[tuple[str, str, float], ...]] = {
    "km/s": (("m/s", "metres per second", 1 / KM_S), ("km/h", "kilometres per hour", 1 / 3600.0)),
    "km2": (("m2", "square metres", 1 / KM2),),
    "km": (("m", "metres", 1 / KM), ("nmi", "nautical miles", 1.852)),
    "m": (("km", "kilometres", KM), ("cm", "centimetres", 0.01), ("mm", "millimetres", 0.001)),
    "deg": (("rad", "radians", 1 / DEG), ("mrad", "milliradians", 0.001 / DEG)),
    "s": (("ms", "milliseconds", 0.001), ("min", "minutes", MINUTE), ("h", "hours", 3600.0)),
    "kN": (("N", "newtons", 0.001), ("MN", "meganewtons", 1000.0)),
    "kg": (("g", "grams", 0.001), ("t", "tonnes", 1000.0)),
}
"""For each unit a key may carry: what people write instead, its name, and the factor that mends it."""


def unit_of(key: str) -> str | None:
    """The unit a key carries: ``km/s`` for ``burnout_speed_km_s``, None for ``title``."""
    for ending, (unit, _) in UNITS.items():
        if key.endswith("_" + ending):
            return unit
    return None
