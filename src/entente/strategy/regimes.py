"""Is a limit met? One predicate per kind of limit: numbers in, a verdict and a margin out.

A value that nobody knows exactly is its two ends. It is *met* only if both ends meet the limit and *exceeded* only if neither
does; between, people must judge. No verdict speaks of more than its one limit.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["met", "exceeded", "needs judgement"]
Bound = Literal["at most", "at least"]


@dataclass(frozen=True)
class Judged:
    """A verdict on one limit, and by how much it is met.

    Attributes:
        margin_low, margin_high: room left in the limit's unit at the two ends of the value, the worse first; below 0 it is
            exceeded.
    """

    verdict: Verdict
    margin_low: float
    margin_high: float


def judge(low: float, high: float, limit: float, bound: Bound = "at most") -> Judged:
    """Whether a value between two ends keeps a limit.

    Args:
        low, high: the ends of the value, in the limit's unit.
        limit: the number itself keeps the limit.
        bound: the value must be at most, or at least, the limit.
    Raises:
        ValueError: the ends are not in rising order, or not numbers.
    """
    if not low <= high or not math.isfinite(limit):
        raise ValueError(f"{low:g} to {high:g} against {limit:g}: the ends must rise and the limit be a number")
    worse, better = (limit - high, limit - low) if bound == "at most" else (low - limit, high - limit)
    verdict: Verdict = "met" if worse >= 0 else "exceeded" if better < 0 else "needs judgement"
    return Judged(verdict, worse, better)


def lower_velocity(
    interceptor: tuple[float, float],
    target_speed: tuple[float, float] | None,
    target_range: tuple[float, float] | None,
    limits: tuple[float, float, float] = (3_000.0, 5_000.0, 3_500_000.0),
) -> Verdict:
    """The demarcation of 1997: is a defence against theatre missiles deemed to keep the ABM Treaty?

    Args:
        interceptor: ends of its highest speed [m/s].
        target_speed, target_range: ends of the fastest [m/s] and farthest [m] target of its tests; None: not known.
        limits: of the three [m/s, m/s, m].
    Returns:
        met: slow enough, and tested only against what the pair allows, so deemed to comply. exceeded: a target lay beyond
        either end of the pair. needs judgement: faster than the first limit, where each party judges for itself, or unknown.
    Source: First and Second Agreed Statement of 26 September 1997.
    """
    targets = [
        judge(*ends, limit).verdict if ends is not None else "needs judgement"
        for ends, limit in zip((target_speed, target_range), limits[1:], strict=True)
    ]
    if "exceeded" in targets:
        return "exceeded"
    slow = judge(*interceptor, limits[0]).verdict
    return "met" if slow == "met" and all(each == "met" for each in targets) else "needs judgement"


def forbidden_by_range(low: float, high: float, shortest: float = 500_000.0, longest: float = 5_500_000.0) -> Verdict:
    """The INF Treaty: does a ground-launched missile of this range lie in the forbidden band?

    Args:
        low, high: ends of its range [m].
        shortest, longest: ends of the band [m], which are part of it.
    Source: INF Treaty, Article II.
    """
    if high < shortest or low > longest:
        return "met"
    return "exceeded" if low >= shortest and high <= longest else "needs judgement"


def to_be_notified(reach: float, apogee: float, threshold: float = 500_000.0) -> bool:
    """The 500 km rule: must a launch be notified? Its range or its greatest height lies above the threshold [m].

    Source: memorandum of 16 December 2000 on launch notifications (PLNS).
    """
    return max(reach, apogee) > threshold


def deployment_areas(distances: Sequence[Sequence[float]], radius: float = 150_000.0) -> int:
    """How many areas of that radius sites fill, if sites that fit into one area count as one.

    Args:
        distances: between each two sites [m], square, symmetric.
        radius: of an area [m].
    Valid: sites are joined from the first on, so that the count is an upper bound where many stand close together.
    Source: ABM Treaty, Article III.
    """
    areas: list[list[int]] = []
    for site in range(len(distances)):
        home = next((area for area in areas if all(distances[site][other] <= 2.0 * radius for other in area)), None)
        if home is None:
            areas.append([site])
        else:
            home.append(site)
    return len(areas)
