"""How far does the curved Earth let a viewer see? Closed forms, for a number or for many."""

import numpy as np

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.errors import ModelError
from entente.physics import geometry
from entente.scenario.units import DEG, KM

Number = float | Floats
HIGHEST_KM = 100_000.0
FARTHEST_KM = 0.5 * np.pi * R_MEAN / KM  # km  a quarter of the way round, where 0 deg sees nothing however high


def horizon(altitude_km: Number, elevation_deg: Number = 0.0) -> Number:
    """How far along the ground a body at a height stands above an elevation.

    Args:
        altitude_km: of the body, 0 to 100,000; elevation_deg: at the viewer on the ground, 0 to 90; numbers or arrays.
    Returns:
        the largest distance along a sphere of 6,371 km from the viewer to the point below the body [km].
    Raises:
        ModelError: a number outside that; one line for each kind of mistake.
    Valid: straight rays; refraction, some 0.5 deg at the horizon, would add up to 60 km.
    Source: physics.geometry.horizon_distance.
    """
    height = _numbers("altitude_km", altitude_km)
    elevation = _numbers("elevation_deg", elevation_deg)
    _refuse(
        _outside("altitude_km", height, 0.0, HIGHEST_KM),
        _outside("elevation_deg", elevation, 0.0, 90.0),
        _apart(altitude_km=height, elevation_deg=elevation),
    )
    return _plain(geometry.horizon_distance(height * KM, elevation * DEG) / KM)


def lowest_visible(range_km: Number, elevation_deg: Number = 0.0) -> Number:
    """How high a body must be for a viewer on the ground to see it at an elevation or above it.

    Args:
        range_km: along a sphere of 6,371 km from the viewer to the point below the body, 0 to below 10,007.5;
        elevation_deg: 0 to 90; numbers or arrays.
    Returns:
        the height [km]; inf where no height is enough.
    Raises:
        ModelError: a number outside that; one line for each kind of mistake.
    Valid, source: as horizon, which it undoes.
    """
    distance = _numbers("range_km", range_km)
    elevation = _numbers("elevation_deg", elevation_deg)
    _refuse(
        _outside("range_km", distance, 0.0, FARTHEST_KM),
        _outside("elevation_deg", elevation, 0.0, 90.0),
        _apart(range_km=distance, elevation_deg=elevation),
    )
    return _plain(geometry.lowest_visible(distance * KM, elevation * DEG) / KM)


def _numbers(name: str, value: object) -> Floats:
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ModelError(f"{name}: {str(value)[:40]!r} is neither a number nor an array of numbers") from None


def _outside(name: str, given: Floats, least: float, most: float) -> str | None:
    bad = ~((given >= least) & (given <= most))
    if not bad.any():
        return None
    return f"{name}: {given[bad].flat[0]:.10g} is outside the model; it must be from {least:g} to {most:,.10g}"


def _apart(**given: Floats) -> str | None:
    try:
        np.broadcast_shapes(*(array.shape for array in given.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in given.items())
        return f"arrays: {shapes} do not fit together; give numbers, or arrays of one length"
    return None


def _refuse(*lines: str | None) -> None:
    wrong = [line for line in lines if line]
    if wrong:
        raise ModelError("\n".join(wrong))


def _plain(value: Floats) -> Number:
    """A float if it is one number, else the array."""
    return float(value) if np.ndim(value) == 0 else value
