"""The air: US Standard Atmosphere 1976, density, pressure and speed of sound by height."""

import math

import numpy as np

from entente.compiled import Floats, kernel, kernel_inlined
from entente.constants import G0, GAMMA_AIR, GAS_AIR, R_GEOPOTENTIAL
from entente.physics.upper_air import JOINTS, LN_DENSITY

TOP = 1_000_000.0  # m  above this there is no air in the model
LAYER_TOP = 86_000.0  # m  geometric height up to which the layers with linear temperature hold

# Geopotential height [m], temperature [K] and lapse rate [K/m] at the foot of each layer (table 4 of the standard).
_H = np.array([0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0])
_T = np.array([288.15, 216.65, 216.65, 228.65, 270.65, 270.65, 214.65])
_L = np.array([-0.0065, 0.0, 0.001, 0.0028, 0.0, -0.0028, -0.002])

UPPER = len(_H)  # layer index of the air from 86 km to TOP
# Geometric height [m] where the formula changes, so that a step of an integrator should end there.
EDGES = np.append(R_GEOPOTENTIAL * _H[1:] / (R_GEOPOTENTIAL - _H[1:]), [LAYER_TOP, TOP])

_STRAY = 200_000.0  # m  this far below sea level or beyond the upper air, a continued formula is held
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
_TOP_RISE = R_GEOPOTENTIAL * LAYER_TOP / (R_GEOPOTENTIAL + LAYER_TOP) - _H[-1]
_SOUND_ABOVE = math.sqrt(GAMMA_AIR * GAS_AIR * (_T[-1] + _L[-1] * _TOP_RISE))  # m/s  274.1

# Above 86 km ln(density) is a polynomial of t, from -1 to 1 in each piece; beyond the ends it goes on straight.
_MIDDLE = 0.5 * (JOINTS[1:] + JOINTS[:-1])
_PER_HALF = 2.0 / np.diff(JOINTS)
_DEGREE = LN_DENSITY.shape[1] - 1
_POWERS = np.arange(_DEGREE + 1)
_SLOPE_BELOW = float(_PER_HALF[0] * (LN_DENSITY[0] * _POWERS) @ (-1.0) ** (_POWERS - 1))  # 1/m  at 86 km
_SLOPE_ABOVE = float(_PER_HALF[-1] * (LN_DENSITY[-1] @ _POWERS))  # 1/m  at TOP


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


@kernel_inlined
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
    z = max(alt, -_STRAY)
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
    Valid: density within 2e-5 of the standard's equations to 86 km, 1.4e-4 from there to 1,000 km, and 1e-3 of
        every density it prints; real air departs by tens of per cent with season and Sun.
    Source: US Standard Atmosphere 1976 (NOAA-S/T 76-1562), tables 4 and I.
    """
    return air_in(layer(alt), alt)


@kernel
def density(alt: float) -> float:
    """Density of the air [kg/m^3] at a height [m]; see `air`."""
    return air(alt)[0]


@kernel
def density_and_slope(alt: float) -> tuple[float, float]:
    """Density of the air and how it thins out.

    Args:
        alt: height above the ellipsoid [m].
    Returns:
        density [kg/m^3], derivative of its logarithm by height [1/m], both 0 above TOP.
    Valid: as `air`; at the edges between layers the slope is that of the upper one.
    Source: own, by derivation of the formulas that `air_in` names: d ln p / dH = -G0 / (GAS_AIR T) in every layer.
    """
    i = layer(alt)
    if i > UPPER:
        return 0.0, 0.0
    if i == UPPER:
        return upper_density(alt), _upper_slope(alt)
    dense, pressure, _ = air_in(i, alt)
    shrinks = R_GEOPOTENTIAL / (R_GEOPOTENTIAL + alt)
    return dense, -(G0 / GAS_AIR + _L[i]) * (GAS_AIR * dense / pressure) * shrinks * shrinks


@kernel
def _upper_slope(alt: float) -> float:
    """Derivative of ln(upper_density) by height [1/m], between LAYER_TOP and TOP."""
    i = 0
    while alt > JOINTS[i + 1]:
        i += 1
    t = (alt - _MIDDLE[i]) * _PER_HALF[i]
    slope = _DEGREE * LN_DENSITY[i, _DEGREE]
    for power in range(_DEGREE - 1, 0, -1):
        slope = slope * t + power * LN_DENSITY[i, power]
    return slope * _PER_HALF[i]


@kernel_inlined
def upper_density(alt: float) -> float:
    """Density above 86 km, where gases part by their mass.

    Args:
        alt: height above the ellipsoid [m].
    Returns:
        density [kg/m^3]; below 86 km and above TOP it goes on exponentially, to 200 km beyond.
    Valid: continuous to the second derivative; within 1.4e-4 of the standard's integrated equations at 100 km, where they
        have a kink, 1e-4 at 110 km and 4e-5 elsewhere.
    Source: US Standard Atmosphere 1976 (NOAA-S/T 76-1562), section 1.3; pieces from builders/atmosphere.py.
    """
    z = min(max(alt, LAYER_TOP), TOP)
    i = 0
    while z > JOINTS[i + 1]:
        i += 1
    t = (z - _MIDDLE[i]) * _PER_HALF[i]
    ln_density = LN_DENSITY[i, _DEGREE]
    for power in range(_DEGREE - 1, -1, -1):
        ln_density = ln_density * t + LN_DENSITY[i, power]
    beyond = min(max(alt - z, -_STRAY), _STRAY)
    return math.exp(ln_density + (_SLOPE_BELOW if beyond < 0.0 else _SLOPE_ABOVE) * beyond)
