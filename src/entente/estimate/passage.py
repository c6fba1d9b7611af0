"""The last 100 km of a fall: how much short of its vacuum end the air makes a body come down, and how much later.

Only the difference counts, so a plane fall over a round Earth at rest will do; it is thirty times as fast as flying it.
"""

import math

import numpy as np

from entente.compiled import kernel
from entente.constants import GM, R_MEAN

TOP = 100_000.0  # m  where the passage begins; no drag above: at most 5e-3 m/s^2 there, at 3 km/s and 500 kg/m^2
# Heights of the slices in which a path is bent little [m], and the air in each [kg/m^2]: the integral of
# `atmosphere.density` over height (tests/laws/test_estimate_passage.py). 18 slices were no better, 8 a third as good.
HEIGHT = 1e3 * np.array([100.0, 75.0, 56.0, 42.0, 32.0, 24.0, 18.0, 14.0, 11.0, 8.0, 6.0, 4.0, 2.0, 0.0])
AIR = np.array([0.24635, 3.6362, 18.897, 68.999, 214.2, 471.44, 676.89, 873.17, 1324.6, 1182.0, 1475.1, 1821.0, 2226.1])
SLICES = AIR.shape[0]
# How much the density falls from foot to top of a slice, as a logarithm: by the mean densities of its neighbours.
_MIDDLE, _MEAN = 0.5 * (HEIGHT[:-1] + HEIGHT[1:]), np.log(AIR / (HEIGHT[:-1] - HEIGHT[1:]))
THINS = -np.gradient(_MEAN, _MIDDLE) * (HEIGHT[:-1] - HEIGHT[1:])


@kernel
def passage(alt: float, sink: float, across: float, k: float) -> tuple[float, float]:
    """Way over the ground and time from a height in the air down to 0.

    Args:
        alt: where it begins [m], 0 to TOP, or a little above.
        sink, across: downward and horizontal speed there, against the ground [m/s]; sink positive.
        k: half the inverse of the ballistic coefficient [m^2/kg]; 0 for no drag.
    Returns:
        way along the sphere R_MEAN [m], time [s].
    Valid: a way less another one's is that of a fine integration within 5 %, a time within 10 % (2 % for sharp bodies,
        2,000 kg/m^2 and more), where it begins 15 degrees or more below the horizon; constant ballistic coefficient,
        standard air at rest.
    Source: own, by the midpoint rule over height h. With c = across / sink and q = sink^2, drag leaves c alone:
        dc/dh = -c ((1 + c^2) / r - g / q),  dq/dh = 2 k rho sqrt(1 + c^2) q - 2 (g - c^2 q / r).
        The second is linear in q: over a slice drag is an exponential of the air in it, stable however dense that is.
    """
    q = sink * sink
    c = across / sink
    way, time = 0.0, 0.0
    slow = 1.0 / sink
    for n in range(SLICES):
        low = HEIGHT[n + 1]
        if alt <= low:
            continue
        air, dh = AIR[n], HEIGHT[n] - low
        if alt < HEIGHT[n]:
            # The rest of a slice, in which the air thins out evenly on a logarithmic scale.
            air *= _share_below((alt - low) / dh, n)
        if alt < HEIGHT[n] or n == 0:
            dh = alt - low
        r = R_MEAN + low + 0.5 * dh
        g = GM / (r * r)
        brake = 2.0 * k * air
        half = q * math.exp(-0.5 * brake * math.sqrt(1.0 + c * c)) + g * dh
        # Never backwards: what air has all but stopped falls straight down.
        middle = max(c + 0.5 * dh * c * ((1.0 + c * c) / r - g / q), 0.0)
        square = middle * middle
        drag = brake * math.sqrt(1.0 + square)
        kept = math.exp(-drag)
        # What gravity gave early in the slice has been braked since.
        share = (1.0 - kept) / drag if drag > 1e-6 else 1.0
        after = q * kept + 2.0 * dh * share * max(g - square * half / r, 0.0)
        # 1 / q by Simpson's rule: it may double within a slice.
        bent = max(c + dh * middle * ((1.0 + square) / r - g * (1.0 / q + 4.0 / half + 1.0 / after) / 6.0), 0.0)
        way += dh * (c + 4.0 * middle + bent) / 6.0 * R_MEAN / r
        c, q = bent, after
        before = slow
        slow = 1.0 / math.sqrt(q)
        time += dh * (before + 4.0 / math.sqrt(half) + slow) / 6.0
    return way, time


@kernel
def _share_below(part: float, n: int) -> float:
    """How much of the air in slice n lies in its lowest `part` of height, 0 to 1, density being exponential there."""
    thins = THINS[n]
    return (1.0 - math.exp(-thins * part)) / (1.0 - math.exp(-thins))
