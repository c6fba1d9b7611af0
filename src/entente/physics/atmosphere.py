"""The air: US Standard Atmosphere 1976, density, pressure and speed of sound by height."""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.constants import G0, GAMMA_AIR, GAS_AIR, R_GEOPOTENTIAL

TOP = 1_000_000.0  # m  above this there is no air in the model
LAYER_TOP = 86_000.0  # m  geometric height up to which the layers with linear temperature hold

# Geopotential height [m], temperature [K] and lapse rate [K/m] at the foot of each layer (table 4 of the standard).
_H = np.array([0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0])
_T = np.array([288.15, 216.65, 216.65, 228.65, 270.65, 270.65, 214.65])
_L = np.array([-0.0065, 0.0, 0.001, 0.0028, 0.0, -0.0028, -0.002])

UPPER = len(_H)  # layer index of the air from 86 km to TOP
# Geometric height [m] where the formula changes, so that a step of an integrator should end there.
EDGES = np.append(R_GEOPOTENTIAL * _H[1:] / (R_GEOPOTENTIAL - _H[1:]), [LAYER_TOP, TOP])

_LOWEST = (
    -200_000.0
)  # m  below this the lowest layer's formula is held, for the geopotential height has a pole far below
_COLDEST = 100.0  # K  colder than any layer: holds the temperature of a formula continued far beyond its layer


def _feet() -> Floats:
    """Pressure [Pa] at the foot of each layer, from sea level upward (equations 33a and 33b of the standard)."""
    feet = [101_325.0]
    for i, rise in enumerate(np.diff(_H)):
        if _L[i] == 0.0:
            feet.append(feet[i] * math.exp(-G0 * rise / (GAS_AIR * _T[i])))
        else:
            feet.append(feet[i] * (_T[i + 1] / _T[i]) ** (-G0 / (GAS_AIR * _L[i])))
    return np.array(feet)


_P = _feet()
# d ln p / dh [1/m] where the temperature is constant, and d ln p / d ln T where it is not.
_DECAY = np.where(_L == 0.0, -G0 / (GAS_AIR * _T), 0.0)
_EXPONENT = -G0 / (GAS_AIR * np.where(_L == 0.0, np.inf, _L))
_SOUND_ABOVE = math.sqrt(
    GAMMA_AIR * GAS_AIR * (_T[-1] + _L[-1] * (R_GEOPOTENTIAL * LAYER_TOP / (R_GEOPOTENTIAL + LAYER_TOP) - _H[-1]))
)

# Above 86 km: the standard's published densities (table I), joined by straight lines in the logarithm.
_ABOVE = np.array(
    [
        [86.0, 6.958e-6],  # km, kg/m^3
        [90.0, 3.416e-6],
        [95.0, 1.393e-6],
        [100.0, 5.604e-7],
        [105.0, 2.325e-7],
        [110.0, 9.708e-8],
        [115.0, 4.289e-8],
        [120.0, 2.222e-8],
        [130.0, 8.152e-9],
        [140.0, 3.831e-9],
        [150.0, 2.076e-9],
        [160.0, 1.233e-9],
        [180.0, 5.194e-10],
        [200.0, 2.541e-10],
        [250.0, 6.073e-11],
        [300.0, 1.916e-11],
        [400.0, 2.803e-12],
        [500.0, 5.215e-13],
        [600.0, 1.137e-13],
        [700.0, 3.070e-14],
        [800.0, 1.136e-14],
        [900.0, 5.759e-15],
        [1000.0, 3.561e-15],
    ]
)
_Z = 1e3 * _ABOVE[:, 0]
_LN_RHO = np.log(_ABOVE[:, 1])


@kernel
def layer(alt: float) -> int:
    """Index of the layer that holds a height.

    Args:
        alt: height above the ellipsoid [m].
    Returns:
        i with EDGES[i - 1] <= alt < EDGES[i]: 0 the lowest (and below it), UPPER from 86 km, len(EDGES) from TOP.
    """
    i = 0
    while i < len(EDGES) and alt >= EDGES[i]:
        i += 1
    return i


@kernel
def air_in(layer: int, alt: float) -> tuple[float, float, float]:
    """The air at a height by the formula of one layer, continued smoothly where the height is outside of it.

    Args:
        layer: index as `layer` gives it, 0 to len(EDGES).
        alt: height above the ellipsoid [m].
    Returns:
        density [kg/m^3], pressure [Pa], speed of sound [m/s], as `air`.
    Valid: as `air` inside the layer; beyond it finite, and smooth as far as a trial step strays (temperatures are held
        from 100 K downward, 10 km or more beyond any edge).
    Source: US Standard Atmosphere 1976 (NOAA-S/T 76-1562), equations 33a, 33b, 42, 50; above 86 km see `upper_density`.
    """
    if layer >= UPPER:
        return (upper_density(alt) if layer == UPPER else 0.0), 0.0, _SOUND_ABOVE
    z = max(alt, _LOWEST)
    rise = R_GEOPOTENTIAL * z / (R_GEOPOTENTIAL + z) - _H[layer]
    temperature = max(_T[layer] + _L[layer] * rise, _COLDEST)
    if _L[layer] == 0.0:
        pressure = _P[layer] * math.exp(_DECAY[layer] * rise)
    else:
        pressure = _P[layer] * math.exp(_EXPONENT[layer] * math.log(temperature / _T[layer]))
    return pressure / (GAS_AIR * temperature), pressure, math.sqrt(GAMMA_AIR * GAS_AIR * temperature)


@kernel
def air(alt: float) -> tuple[float, float, float]:
    """The air at a height.

    Args:
        alt: height above the ellipsoid [m]; below 0 the lowest layer is continued.
    Returns:
        density [kg/m^3], pressure [Pa], speed of sound [m/s]; above 86 km the speed of sound of that height and
        pressure 0, above 1,000 km density 0 as well.
    Valid: density within 0.1 % of the standard to 86 km, 3 % from there to 1,000 km (interpolated table); real air departs
        by tens of per cent with season and Sun.
    Source: US Standard Atmosphere 1976 (NOAA-S/T 76-1562), tables 4 and I.
    """
    return air_in(layer(alt), alt)


@kernel
def density(alt: float) -> float:
    """Density of the air [kg/m^3] at a height [m]; see `air`."""
    return air(alt)[0]


@kernel
def upper_density(alt: float) -> float:
    """Density [kg/m^3] above 86 km, interpolated in the logarithm; the ends are continued, to 200 km beyond."""
    z = min(max(alt, LAYER_TOP - 200_000.0), TOP + 200_000.0)
    i = 0
    while i < len(_Z) - 2 and z >= _Z[i + 1]:
        i += 1
    share = (z - _Z[i]) / (_Z[i + 1] - _Z[i])
    return math.exp(_LN_RHO[i] + share * (_LN_RHO[i + 1] - _LN_RHO[i]))
