"""The air against the published tables of the standard, and its layers against integrating the hydrostatic equation."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from entente.constants import G0, GAS_AIR, R_GEOPOTENTIAL
from entente.physics.atmosphere import LAYER_TOP, TOP, air, density

pytestmark = pytest.mark.kernel

TABLE = 1e-5  # relative; the pressures at the feet of the layers are tabulated with seven digits, temperatures exactly
KINKS = {0: 288.15, 11: 216.65, 20: 216.65, 32: 228.65, 47: 270.65, 51: 270.65, 71: 214.65, 84.852: 186.946}


def test_air_is_the_standards(standard_atmosphere, agrees):
    """US Standard Atmosphere 1976, table I: density to 100 km, pressure and speed of sound to 20 km, within 0.02 %."""
    rho, pressure, sound = air(standard_atmosphere["height_km"] * 1e3)
    agrees({"density": rho, "pressure": pressure, "sound": sound}[standard_atmosphere["what"]], standard_atmosphere)


def test_air_carries_itself():
    """DOP853 at 1e-11 integrates dp/dh = -p g0/(R T) from sea level to 86 km: pressure and density within 1e-5."""
    feet, temperatures = np.array(list(KINKS)) * 1e3, np.array(list(KINKS.values()))

    def slope(h, p):
        return -p * G0 / (GAS_AIR * np.interp(h, feet, temperatures))

    pressure = 101_325.0
    for low, high in pairwise(feet):
        way = solve_ivp(slope, (low, high), [pressure], "DOP853", rtol=1e-11, atol=1e-14, dense_output=True)
        for h in np.linspace(low, high, 7):
            geometric = min(R_GEOPOTENTIAL * h / (R_GEOPOTENTIAL - h), LAYER_TOP - 1e-6)
            rho, p, sound = air(geometric)
            temperature = np.interp(h, feet, temperatures)
            assert p == pytest.approx(way.sol(h)[0], rel=TABLE)
            assert rho == pytest.approx(way.sol(h)[0] / (GAS_AIR * temperature), rel=TABLE)
            assert sound == pytest.approx((1.4 * GAS_AIR * temperature) ** 0.5, rel=TABLE)
        pressure = way.y[0, -1]


def test_air_thins_upward_and_ends():
    """Density falls with every 500 m up to 1,000 km without a jump above 0.2 %, and is 0 from there on."""
    heights = np.arange(-1_000.0, TOP, 500.0)
    rho = np.array([density(z) for z in heights])
    assert (np.diff(rho) < 0.0).all()
    assert density(LAYER_TOP) == pytest.approx(density(LAYER_TOP - 1e-3), rel=2e-3)
    assert density(TOP) == 0.0
    assert density(1e9) == 0.0
    assert density(TOP - 1.0) > 0.0
