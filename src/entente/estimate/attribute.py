"""Which track is a line of sight a look at? Asked afterwards, of tracks that have long been made of such looks."""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.factor import cholesky, solve_lower
from entente.estimate.kalman import angles_measure, transition

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

GATE = 18.42  # chi-square with 2 degrees of freedom, 0.9999
WAIT = 30.0  # s  from a report to the confirmation of its track, at most: three looks 10 s apart


@kernel
def attribute_many(
    grid: Floats,
    held: Bools,
    x: Floats,
    P: Floats,
    t: Floats,
    known: Floats,
    site: Floats,
    axes: Floats,
    z: Floats,
    sigma: Floats,
    track_out: Ints,
) -> None:
    """Give every line of sight to the track that it fits best, if it fits one.

    Args:
        grid: moments [s], rising, (G,); held (K, G), x (K, G, 6), P (K, G, 6, 6): tracks, Earth-fixed.
        t: when each look was made [s], (D,); known: when its nation had it [s], (D,).
        site (D, 3), axes (D, 3, 3): the sensor; z, sigma: (D, 2) azimuth, elevation and their standard deviations [rad].
        track_out: number of the track of each look, -1 for none, (D,).
    Valid: a track at the first moment after a look is known to it, carried back in free fall, is where the tracker had it
        when it took the look in; looks made up to WAIT before the confirmation are found by carrying back farther.
    Source: own.
    """
    then, F = np.empty(6), np.empty((6, 6))
    z_then, H, S = np.empty(2), np.empty((2, 6)), np.empty((2, 2))
    lower, apart, white = np.empty((2, 2)), np.empty(2), np.empty(2)
    for d in range(t.shape[0]):
        track_out[d] = -1
        nearest = GATE
        if not abs(t[d] + known[d] + z[d, 0] + z[d, 1] + sigma[d, 0] + sigma[d, 1]) < math.inf:
            continue
        first = np.searchsorted(grid, known[d])
        for k in range(held.shape[0]):
            g = first
            while g < grid.shape[0] and grid[g] <= known[d] + WAIT and not held[k, g]:
                g += 1
            if g >= grid.shape[0] or grid[g] > known[d] + WAIT:
                continue
            if transition(x[k, g], t[d] - grid[g], then, F) != 0:
                continue
            if angles_measure(then, site[d], axes[d], z_then, H) != 0:
                continue
            for a in range(2):
                apart[a] = z[d, a] - z_then[a]
                for b in range(2):
                    S[a, b] = sigma[d, a] ** 2 if a == b else 0.0
                    for i in range(6):
                        for j in range(6):
                            S[a, b] += H[a, i] * P[k, g, i, j] * H[b, j]
            apart[0] -= 2.0 * math.pi * math.floor(apart[0] / (2.0 * math.pi) + 0.5)
            if cholesky(S, lower) == 0:
                distance2 = solve_lower(lower, apart, white)
                if distance2 < nearest:
                    nearest, track_out[d] = distance2, k
