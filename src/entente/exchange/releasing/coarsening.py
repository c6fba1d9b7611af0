"""How is something released made coarser, and when may it go? The rules on arrays, for the study and for live nodes alike.

The bias is an argument: the study draws it by its seed, a nation makes it of its secret (`blurring`).
"""

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.physics.earth import destination

SURELY = 1.0  # standard deviations by which a flight must be longer than the limit: five chances in six
LAT, LON, MAJOR, MINOR = 0, 1, 2, 3  # columns of a table of areas, see records.Areas
Whole = TypeVar("Whole", int, NDArray[np.int64])


def is_surely_long(length: float, unsure: float, limit: float) -> bool:
    """Whether a flight of this length, give or take a standard deviation, is surely no shorter than a limit; in one unit."""
    return length - SURELY * unsure >= limit


def coarser_areas(table: Floats, floor: float, east: float, north: float) -> Floats:
    """Areas (N, 7), see `records.Areas`, no smaller than a floor [m], their centres moved by a bias in units of the floor.

    Times stay as they were: their standard deviations are those of the whole area, wherever its centre is put.
    """
    out = table.copy()
    azimuth, away = math.atan2(east, north), floor * math.hypot(east, north)
    for i in np.flatnonzero(np.isfinite(table[:, LAT])):
        out[i, LAT], out[i, LON] = destination(table[i, LAT], table[i, LON], azimuth, away)
    out[:, MAJOR : MINOR + 1] = np.hypot(table[:, MAJOR : MINOR + 1], floor)
    return out


def displaced(x: Floats, P: Floats, away: Floats, sigma: float, sigma_v: float = 0.0) -> tuple[Floats, Floats]:
    """States (..., 6) moved by a bias (3,) [m] or (6,) [m, m/s], and covariances (..., 6, 6) that say so.

    It is declared, so that nobody believes too much.

    Args:
        sigma, sigma_v: declared standard deviations of the bias, on each axis [m], [m/s].
    """
    out, declared = x.copy(), P.copy()
    out[..., : len(away)] += away
    declared[..., :3, :3] += sigma**2 * np.eye(3)
    declared[..., 3:, 3:] += sigma_v**2 * np.eye(3)
    return out, declared


def slot_after(ready_ms: Whole, slot_ms: int) -> Whole:
    """The first multiple of the slot [ms] that is later: what happens at its very beginning waits for the next one.

    It follows from the civil time alone, so that a release after a restart falls where it would have fallen without.
    """
    return (ready_ms // slot_ms + 1) * slot_ms
