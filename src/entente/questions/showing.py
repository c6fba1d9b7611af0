"""How many interceptors does it take before a defence shows in the index? Below that the effect is lost in the assumptions.

By doubling and then by halving, level by level, in the same draws throughout. Nine draws in ten must show the effect. That the
share rises with the number is checked at every number that was tried, and is not so of cities: a defence that lets next to
nothing through leaves a striker nothing to fear and the struck nothing to lose.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from entente.compiled import Floats
from entente.questions.levels import ASSUMED, DEFENCES, DRAWS, Range, at_level, both, drawn_rows, shares_of
from entente.questions.sides import Force
from entente.strategy import stability as kernels

MOST = 3_000  # interceptors of each side that are tried
CLOSE = 1.05  # the bracket's ends over one another, or 1 interceptor apart
NOISE = 0.03  # by how much a share of the draws may fall with the number before that is called no rise
ENOUGH = 0.9  # of the draws


@dataclass(frozen=True)
class Bracket:
    """Between which numbers of interceptors of each side an effect begins to show.

    Attributes:
        lost: the largest number below `seen` at which it was found lost; seen: the smallest at which it shows; None: at none.
        until: the largest number tried that still shows it, where more of them lose it again; None: they do not.
        rising: whether the share of the draws rose with every number tried.
        tried: numbers, and the share of the draws that show the effect.
    """

    lost: int
    seen: int | None
    until: int | None
    rising: bool
    tried: tuple[tuple[int, float], ...]


def fewest(
    side_a: Force,
    side_b: Force,
    warheads: Sequence[float],
    least: float = 0.01,
    uncertain: Mapping[str, Range] = ASSUMED,
    draws: int = DRAWS,
    enough: float = ENOUGH,
) -> dict[str, tuple[Bracket, ...]]:
    """The number of interceptors from which a defence of cities lowers, and one of forces raises the index, at each level.

    Args:
        side_a, side_b, warheads, uncertain, draws: as of `levels`; each side has the same number.
        least: change of the index that counts; enough: share of the draws that must show it.
    Returns:
        by defence, "cities" and "forces", a bracket a level.
    Valid: the share of a finite number of draws is meant; `rising` is false where a larger number was seen to show less.
    """
    found: dict[str, list[Bracket]] = {defence: [] for defence in DEFENCES[1:]}
    shares = shares_of(uncertain, 1, draws)
    for level in warheads:
        rows = (
            drawn_rows(at_level(side_a, level, "none", 0), "a", uncertain, shares, draws),
            drawn_rows(at_level(side_b, level, "none", 0), "b", uncertain, shares, draws),
        )
        bare = both(*rows, 0)[0]
        for defence, brackets in found.items():
            brackets.append(bisect(_shows(rows, bare, defence, least), enough))
    return {defence: tuple(brackets) for defence, brackets in found.items()}


def _shows(rows: tuple[Floats, Floats], bare: Floats, defence: str, least: float) -> Callable[[int], float]:
    """The share of the draws in which so many interceptors change the index by enough, the right way."""
    place = kernels.CITIES if defence == "cities" else kernels.FORCES
    sign = -1.0 if defence == "cities" else 1.0

    def share(number: int) -> float:
        for one in rows:
            one[:, place] = number
        change = sign * (both(*rows, 0)[0] - bare)
        for one in rows:
            one[:, place] = 0.0
        return float((np.nan_to_num(change) >= least).mean())

    return share


def bisect(share: Callable[[int], float], enough: float = ENOUGH, most: int = MOST) -> Bracket:
    """The first bracket in which a share reaches `enough`: by doubling the number, then by halving its logarithm."""
    known = {0: 0.0}
    for number in _doubled(most):
        known[number] = share(number)
    showing = [number for number, one in known.items() if one >= enough]
    if not showing:
        return Bracket(most, None, None, _rises(known), tuple(known.items()))
    high = showing[0]
    low = max(number for number in known if number < high)
    while high - low > 1 and high > CLOSE * low:
        middle = min(high - 1, max(low + 1, round((max(low, 1) * high) ** 0.5)))
        known[middle] = share(middle)
        low, high = (low, middle) if known[middle] >= enough else (middle, high)
    until = None if showing[-1] == most else showing[-1]
    known = dict(sorted(known.items()))
    return Bracket(low, high, until, _rises(known), tuple(known.items()))


def _doubled(most: int) -> list[int]:
    numbers = [1]
    while 2 * numbers[-1] < most:
        numbers.append(2 * numbers[-1])
    return [*numbers, most]


def _rises(known: dict[int, float]) -> bool:
    shares = list(known.values())
    return all(after >= before - NOISE for before, after in pairwise(shares))
