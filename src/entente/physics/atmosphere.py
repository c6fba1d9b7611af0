"""The air: US Standard Atmosphere 1976, density, pressure and speed of sound by height."""

import math

import numpy as np

from entente.compiled import kernel
from entente.constants import G0, GAMMA_AIR, GAS_AIR, R_GEOPOTENTIAL

TOP = 1_000_000.0  # m  above this there is no air in the model
LAYER_TOP = 86_000.0  # m  geometric height up to which the layers with linear temperature hold

# Geopotential height [m], temperature [K], lapse rate [K/m], pressure [Pa] at the foot of each layer (table 4 of the standard).
_H = np.array([0.0, 11_000.0, 20_000.0, 32_000.0, 47_000.0, 51_000.0, 71_000.0])
_T = np.array([288.15, 216.65, 216.65, 228.65, 270.65, 270.65, 214.65])
_L = np.array([-0.0065, 0.0, 0.001, 0.0028, 0.0, -0.0028, -0.002])
_P = np.array([101_325.0, 22_632.06, 5_474.889, 868.0187, 110.9063, 66.93887, 3.956420])

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
def air(alt: float) -> tuple[float, float, float]:
    """The air at a height.

    Args:
        alt: height above the ellipsoid [m]; below 0 the lowest layer is continued.
    Returns:
        density [kg/m^3], pressure [Pa], speed of sound [m/s]; all of 86 km's speed of sound above that height,
        pressure 0 above it.
    Valid: density within 0.1 % of the standard to 86 km, 3 % from there to 1,000 km (interpolated table); real air departs
        by tens of per cent with season and Sun.
    Source: US Standard Atmosphere 1976 (NOAA-S/T 76-1562), tables 4 and I.
    """
    if alt >= LAYER_TOP:
        return upper_density(alt), 0.0, 274.1
    h = R_GEOPOTENTIAL * alt / (R_GEOPOTENTIAL + alt)
    i = 6
    while i > 0 and h < _H[i]:
        i -= 1
    temperature = _T[i] + _L[i] * (h - _H[i])
    if _L[i] == 0.0:
        pressure = _P[i] * math.exp(-G0 / (GAS_AIR * _T[i]) * (h - _H[i]))
    else:
        pressure = _P[i] * (temperature / _T[i]) ** (-G0 / (GAS_AIR * _L[i]))
    return pressure / (GAS_AIR * temperature), pressure, math.sqrt(GAMMA_AIR * GAS_AIR * temperature)


@kernel
def density(alt: float) -> float:
    """Density of the air [kg/m^3] at a height [m]; see `air`."""
    return air(alt)[0]


@kernel
def upper_density(alt: float) -> float:
    """Density [kg/m^3] above 86 km, interpolated in the logarithm; 0 above 1,000 km."""
    if alt >= TOP:
        return 0.0
    i = 0
    while alt >= _Z[i + 1]:
        i += 1
    share = (alt - _Z[i]) / (_Z[i + 1] - _Z[i])
    return math.exp(_LN_RHO[i] + share * (_LN_RHO[i + 1] - _LN_RHO[i]))
