"""How much gets through: salvos, the chance that each misses, and failures that they have in common.

Detection, tracking and classification hold for a salvo with a chance of its own, and fail together for all salvos of a
party: if they hold for one they hold for every salvo with a larger chance. So a further salvo never makes it worse.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


def stopped_each(obj: Ints, party: Ints, holds: Floats, missed: Floats, count: int) -> Floats:
    """Chance that an object is stopped, failures in common by object and party.

    Args:
        obj, party: of each salvo, (S,); parties are numbered from 0.
        holds: chance that detection, tracking and classification hold for it, (S,).
        missed: chance that all its shots miss although they hold, (S,).
        count: objects, B.
    Returns:
        (B,); 0 for an object at which nobody fires.
    Source: Wilkening, Science and Global Security 8 (2000): K_w = P_track (1 - (1 - k)^n), for salvos that share P_track.
    """
    through = np.ones(count)
    for side in np.unique(party):
        for body in np.unique(obj[party == side]):
            mine = (party == side) & (obj == body)
            through[body] *= sum(
                weight * float(np.prod(missed[mine][holds[mine] >= least])) for weight, least in _levels(holds[mine])
            )
    return 1.0 - through


def none_through(obj: Ints, party: Ints, holds: Floats, missed: Floats, count: int) -> float:
    """Chance that no object gets through if failures are common to all objects of a party (arguments as `stopped_each`)."""
    cases = [(1.0, np.zeros(len(obj), np.bool_))]
    for side in np.unique(party):
        mine = party == side
        cases = [
            (chance * weight, works | (mine & (holds >= least)))
            for chance, works in cases
            for weight, least in _levels(holds[mine])
        ]
    total = 0.0
    for chance, works in cases:
        through = np.ones(count)
        np.multiply.at(through, obj[works], missed[works])
        total += chance * float(np.prod(1.0 - through))
    return total


def _levels(holds: Floats) -> list[tuple[float, float]]:
    """One draw decides for all: (weight, least) such that with chance `weight` just the salvos with holds >= least work."""
    steps = [1.0, *sorted(set(holds.tolist()), reverse=True), 0.0]
    # Between one level and the next lower one, everything at or above the upper level works.
    return [(upper - lower, upper if number else 2.0) for number, (upper, lower) in enumerate(pairwise(steps))]
