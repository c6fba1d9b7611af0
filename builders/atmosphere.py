"""Write src/entente/physics/upper_air.py: the standard's air from 86 to 1,000 km, as polynomials of its logarithm.

The US Standard Atmosphere 1976 (NOAA-S/T 76-1562, section 1.3) defines the upper air by equations that must be
integrated; this integrates them, and needs a second that no flight should pay for again.

1. Integrate ln(n T) of N2, O, O2, Ar and He upward from 86 km, equations 35 to 37.
2. Integrate ln n of H downward from 500 km to 150 km against its flux, and upward in diffusive balance, equations 38, 39.
3. Sum the masses; scale the sum to the density with which the layers below end at 86 km (by 2e-5: the standard's number
   densities there have seven digits of a slightly different air); fit a spline of degree 7 to its logarithm, continuous
   to the second derivative.
4. Write its pieces, and say how far they are from the sum and from what was there before.

Usage: python builders/atmosphere.py
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import BSpline

from entente.constants import G0, R_GEOPOTENTIAL
from entente.physics.atmosphere import LAYER_TOP, TOP, UPPER, air_in, density

TARGET = Path(__file__).parents[1] / "src/entente/physics/upper_air.py"
HEAD = '''"""Density of the US Standard Atmosphere 1976 from 86 to 1,000 km. Written by builders/atmosphere.py.

Source: NOAA-S/T 76-1562, section 1.3, integrated there; ln(density [kg/m^3]) between two joints [m, geometric] is the
polynomial whose coefficients, lowest power first, are a row of LN_DENSITY, of t from -1 at the lower joint to 1.
"""

import numpy as np
'''

# The standard's own constants (section 1.2 and tables 1, 3, 5 to 7), in its values and units, kilomole and kilometre included.
# Recalled (grade D), and compared with those that the open package ussa1976 carries.
GAS = 8314.32  # J/(K kmol)
AVOGADRO = 6.022169e26  # 1/kmol
MIXED = 28.9644  # kg/kmol  air below 86 km
GASES = ("N2", "O", "O2", "Ar", "He", "H")
MASS = np.array([28.0134, 15.9994, 31.9988, 39.948, 4.0026, 1.00797])  # kg/kmol
AT_86 = np.array([1.129794e20, 8.6e16, 3.030898e19, 1.351400e18, 7.5817e14])  # 1/m^3  N2 to He
THERMAL = np.array([0.0, 0.0, 0.0, 0.0, -0.40, -0.25])  # 1  alpha
A = np.array([np.nan, 6.986e20, 4.863e20, 4.487e20, 1.700e21, 3.305e21])  # 1/(m s)  D n = A (T / 273.15)^B
B = np.array([np.nan, 0.750, 0.750, 0.870, 0.691, 0.500])
EDDY = 1.2e2  # m^2/s
Q = np.array([0.0, -5.809644e-4, 1.366212e-4, 9.434079e-5, -2.457369e-4])  # 1/km^3
U = np.array([0.0, 56.90311, 86.000, 86.000, 86.000])  # km
W = np.array([0.0, 2.706240e-5, 8.333333e-5, 8.333333e-5, 6.666667e-4])  # 1/km^3
Q_LOW, U_LOW, W_LOW = -3.416248e-3, 97.000, 5.008765e-4  # 1/km^3, km, 1/km^3: oxygen atoms below 97 km
H_FROM, H_KNOWN, H_DENSITY, H_FLUX = 150e3, 500e3, 8.0e10, 7.2e11  # m, m, 1/m^3, 1/(m^2 s)

# Heights [m] where the equations change, and where the fitted pieces meet: the slope of ln(density) jumps by 3 % at 100 km
# and its curvature at 110 km, so two narrow pieces bend there.
KINKS = 1e3 * np.array([86.0, 91.0, 95.0, 97.0, 100.0, 110.0, 115.0, 120.0, 150.0, 500.0, 1000.0])
JOINTS = 1e3 * np.array([86, 91, 95, 99.5, 100.5, 105, 109, 111, 115, 120, 150, 200, 300, 400, 500, 700, 1000])
HAIR = 1e-3  # m  how far from a kink its two sides are evaluated
PRECISE = {"method": "DOP853", "rtol": 1e-11, "atol": 1e-11, "dense_output": True}
DEGREE, SMOOTH = 7, 2  # of the spline; derivatives that are continuous


def temperature(z: float) -> tuple[float, float]:
    """Kinetic temperature [K] and its gradient [K/m] at a height [m] from 86 km up (equations 25 to 31)."""
    if z < 91e3:
        return 186.8673, 0.0
    if z < 110e3:
        share = (z - 91e3) / -19.9429e3
        root = np.sqrt(1.0 - share**2)
        return 263.1905 - 76.3232 * root, -76.3232 * share / root / 19.9429e3
    if z < 120e3:
        return 240.0 + 12e-3 * (z - 110e3), 12e-3
    squeeze = (R_GEOPOTENTIAL + 120e3) / (R_GEOPOTENTIAL + z)
    left = (1000.0 - 360.0) * np.exp(-0.01875e-3 * (z - 120e3) * squeeze)
    return 1000.0 - left, 0.01875e-3 * squeeze**2 * left


def weight(z: float) -> float:
    """The quotient g / (R* T) [kmol/(kg m)] at a height [m]: times a molar mass, the inverse of a scale height."""
    return G0 * (R_GEOPOTENTIAL / (R_GEOPOTENTIAL + z)) ** 2 / (GAS * temperature(z)[0])


def eddies(z: float) -> float:
    """Eddy diffusion coefficient [m^2/s] (equation 7)."""
    if z < 95e3:
        return EDDY
    off = ((z - 95e3) / 20e3) ** 2
    return EDDY * np.exp(1.0 - 1.0 / (1.0 - off)) if off < 1.0 else 0.0


def diffusion(gas: int, n: np.ndarray, z: float) -> float:
    """Molecular diffusion coefficient [m^2/s] of a gas through the gases `n` [1/m^3] (equation 8, table 6)."""
    return A[gas] / n.sum() * (temperature(z)[0] / 273.15) ** B[gas]


def carried(z: float) -> np.ndarray:
    """What the vertical flux of each gas takes from d ln(n T)/dz [1/m], N2 to He (equation 37); nothing above 150 km."""
    if z > 150e3:
        return np.zeros(5)
    x = z / 1e3
    lost = Q * (x - U) ** 2 * np.exp(-W * (x - U) ** 3)
    if x < U_LOW:
        lost[1] += Q_LOW * (U_LOW - x) ** 2 * np.exp(-W_LOW * (U_LOW - x) ** 3)
    return lost / 1e3


def thinning(z: float, ln_nt: np.ndarray) -> np.ndarray:
    """Slopes d ln(n T)/dz [1/m] of N2, O, O2, Ar and He (equations 35 to 37)."""
    warm, gradient = temperature(z)
    n = np.exp(ln_nt) / warm
    mean = MIXED if z <= 100e3 else MASS[0]
    mixing = eddies(z)
    lost = carried(z)
    lost[0] = weight(z) * mean
    for gas, background in ((1, n[:1]), (2, n[:1]), (3, n[:3]), (4, n[:3])):
        share = diffusion(gas, background, z)
        share /= share + mixing
        heavy = share * MASS[gas] + (1.0 - share) * mean
        lost[gas] += weight(z) * heavy + share * THERMAL[gas] * gradient / warm
    return -lost


def five_gases() -> list:
    """Step 1: dense solutions of ln(n T), (5,), one between each two kinks."""
    state, ways = np.log(AT_86 * temperature(86e3)[0]), []
    for low, high in pairwise(KINKS):
        ways.append(solve_ivp(thinning, (low + HAIR, high - HAIR), state, **PRECISE))
        state = ways[-1].y[:, -1]
    return ways


def others(ways: list, z: float) -> np.ndarray:
    """Number densities [1/m^3] of N2 to He at a height [m]."""
    i = min(np.searchsorted(KINKS, z, side="right") - 1, len(ways) - 1)
    return np.exp(ways[i].sol(z)) / temperature(z)[0]


def hydrogen(ways: list) -> list:
    """Step 2: dense solutions of ln n of H, down from 500 km to 150 km and up to 1,000 km."""

    def slope(z: float, ln_n: np.ndarray, flux: float) -> np.ndarray:
        warm, gradient = temperature(z)
        still = weight(z) * MASS[5] + (1.0 + THERMAL[5]) * gradient / warm
        return -still - flux / (diffusion(5, others(ways, z), z) * np.exp(ln_n))

    start = [np.log(H_DENSITY)]
    return [
        solve_ivp(slope, (H_KNOWN, H_FROM), start, args=(H_FLUX,), **PRECISE),
        solve_ivp(slope, (H_KNOWN, TOP), start, args=(0.0,), **PRECISE),
    ]


def composition(heights: np.ndarray) -> np.ndarray:
    """Number densities [1/m^3] at heights [m] from 86 to 1,000 km, (heights, 6) in the order of GASES."""
    ways = five_gases()
    down, up = hydrogen(ways)
    n = np.zeros((len(heights), 6))
    for row, z in zip(n, heights, strict=True):
        row[:5] = others(ways, z)
        if z >= H_FROM:
            row[5] = np.exp((down if z <= H_KNOWN else up).sol(z)[0])
    return n


def mass_density(heights: np.ndarray) -> np.ndarray:
    """Density [kg/m^3] at heights [m] from 86 to 1,000 km."""
    return composition(heights) @ MASS / AVOGADRO


def between_joints(count: int) -> np.ndarray:
    """`count` heights [m] in each piece, closer together towards its ends."""
    t = -np.cos(np.pi * (np.arange(count) + 0.5) / count)
    return np.concatenate([0.5 * (low + high) + 0.5 * (high - low) * t for low, high in pairwise(JOINTS)])


def fitted(heights: np.ndarray, ln_density: np.ndarray) -> np.ndarray:
    """Step 3: coefficients of the pieces, (pieces, DEGREE + 1), lowest power of t first."""
    knots = np.concatenate(
        [[JOINTS[0]] * (DEGREE + 1), np.repeat(JOINTS[1:-1], DEGREE - SMOOTH), [JOINTS[-1]] * (DEGREE + 1)]
    )
    basis = BSpline.design_matrix(heights, knots, DEGREE).toarray()
    foot = np.log(air_in(UPPER - 1, LAYER_TOP)[0])  # the first function alone is not 0 at the foot, where it is 1
    rest = np.linalg.lstsq(basis[:, 1:], ln_density - foot * basis[:, 0], rcond=None)[0]
    spline = BSpline(knots, np.concatenate([[foot], rest]), DEGREE)
    t = -np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    pieces = [spline(0.5 * (low + high) + 0.5 * (high - low) * t) for low, high in pairwise(JOINTS)]
    return np.array([np.polynomial.polynomial.polyfit(t, piece, DEGREE) for piece in pieces])


def main() -> None:
    """Steps 1 to 4."""
    heights = between_joints(41)
    integrated = mass_density(heights)
    foot, below = mass_density(np.array([LAYER_TOP]))[0], air_in(UPPER - 1, LAYER_TOP)[0]
    table = fitted(heights, np.log(integrated * below / foot))
    piece = np.searchsorted(JOINTS, heights, side="right") - 1
    t = 2.0 * (heights - JOINTS[piece]) / np.diff(JOINTS)[piece] - 1.0
    off = np.exp((table[piece] * t[:, None] ** np.arange(DEGREE + 1)).sum(axis=1)) / integrated - 1.0
    before = np.array([density(z) for z in heights]) / integrated - 1.0
    lines = [HEAD]
    for name, values in {"JOINTS": JOINTS, "LN_DENSITY": table}.items():
        text = np.array2string(values, separator=", ", threshold=10**6, floatmode="unique", max_line_width=116)
        lines.append(f"{name} = np.array(\n    {text}\n)\n")
    TARGET.write_text("\n".join(lines))
    for i, (low, high) in enumerate(pairwise(JOINTS / 1e3)):
        here = piece == i
        print(
            f"{low:6.1f} to {high:6.1f} km: off by {abs(off[here]).max():.1e}, before by {abs(before[here]).max():.1e}"
        )
    print(f"at 86 km the sum is {foot:.6e} kg/m^3, the layer below ends with {below:.6e}")
    print(f"{TARGET.name}: written, {len(table)} pieces (run ruff format on it)")


if __name__ == "__main__":
    main()
