"""Which assumptions could reverse a verdict, and at which value? Found in half of the draws, confirmed in the other half.

The range of an input is split, and the predicate counted on one side: "known to be above 0.6 it would be another verdict". What
the first half of the draws suggests is claimed only if the second half, which the search has not seen, bears it out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta

from entente.compiled import Floats
from entente.deciders import FEWEST
from entente.predicates import holds
from entente.rulings import CONFIDENCE, NOT_SUPPORTED, SUPPORTED, UNDER_ASSUMPTIONS, Ruling, rule, share_bounds
from entente.swings import Sample, rounded

Side = Literal["above", "below"]
Truths = NDArray[np.bool_]
SPLITS = np.arange(0.05, 0.96, 0.05)  # of the draws of an input, where its range is split
MOST = 3  # assumptions that are named together, and reversals each way
SMALLEST = 10  # draws in a part, in either half
Bar = tuple[float, bool]  # a share, and whether the part lies above it
WAYS: dict[str, tuple[tuple[Bar, ...], ...]] = {
    "supported": (((UNDER_ASSUMPTIONS, False), (SUPPORTED, False)),),
    "supported under stated assumptions": (((UNDER_ASSUMPTIONS, False),), ((SUPPORTED, True),)),
    "undecided": (((UNDER_ASSUMPTIONS, True),), ((NOT_SUPPORTED, False),)),
    "not supported": (((UNDER_ASSUMPTIONS, True), (NOT_SUPPORTED, True)),),
}
"""Of each ruling the bars whose crossing changes it, way by way, the plainest reversal first."""


@dataclass(frozen=True)
class Bound:
    """An input above or below a value, in its unit."""

    input: str
    side: Side
    value: float
    unit: str
    sourced: bool


@dataclass(frozen=True)
class Reversal:
    """What would have to be so for another verdict.

    Attributes:
        bounds: one assumption, or two or three together.
        bar, up: the share that is crossed, upward or downward.
        share: of the confirming draws in which the predicate then holds; interval: 95 % bounds; draws: how many they are.
        part: share of all draws in which it is so.
    """

    bounds: tuple[Bound, ...]
    bar: float
    up: bool
    share: float
    interval: tuple[float, float]
    draws: int
    part: float


@dataclass(frozen=True)
class _Split:
    """A part of the draws: in which an input lies above or below a value."""

    input: int
    side: Side
    value: float
    inside: Truths


def reversals(sample: Sample, ruling: Ruling | None = None) -> tuple[Reversal, ...]:
    """What would reverse the verdict on a predicate: single assumptions, else two or three together; none that the draws confirm.

    Args:
        sample: an undefined margin counts as not holding, as in the verdict.
        ruling: the verdict; that of the draws if left out.
    Valid: independent inputs. With 59 draws or fewer nothing is claimed; of inputs that do not matter a claim is made about
        once in twenty times at most.
    Source: own: sample splitting; bounds of Clopper and Pearson, for single inputs divided by how many are tried.
    """
    known = sample.kept(np.ones(len(sample.margin), np.bool_))
    held = holds(known.margin)
    if len(held) <= FEWEST or not known.names:
        return ()
    ways = WAYS[ruling or rule(int(held.sum()), len(held))]
    # Odd and even draws: the numbers of draws have nothing to do with what they drew.
    search = np.arange(len(held)) % 2 == 0
    return tuple(one for way in ways for one in _one_way(known, held, search, way))


def can_tell(ruling: str) -> bool:
    """Whether a verdict is one that could be reversed."""
    return ruling in WAYS


def _one_way(sample: Sample, held: Truths, search: Truths, bars: tuple[Bar, ...]) -> tuple[Reversal, ...]:
    """By the first of the bars that anything crosses: single inputs, else some together."""
    splits = list(_splits(sample, search))
    for bar in bars:
        if found := _single(sample, held, search, splits, bar) or _together(sample, held, search, splits, bar):
            return found
    return ()


def _splits(sample: Sample, search: Truths) -> Iterator[_Split]:
    for n in range(len(sample.names)):
        values = sample.values[:, n]
        for at in sorted({rounded(one) for one in np.quantile(values[search], SPLITS).tolist()}):
            for side, inside in (("above", values > at), ("below", values < at)):
                if (inside & search).sum() >= SMALLEST and (inside & ~search).sum() >= SMALLEST:
                    yield _Split(n, side, at, inside)  # type: ignore[arg-type]


def _single(sample: Sample, held: Truths, search: Truths, splits: list[_Split], bar: Bar) -> tuple[Reversal, ...]:
    """Of each input and side the largest part in which the bar is crossed; the largest parts first."""
    largest: dict[tuple[int, str], _Split] = {}
    for one, crosses in zip(splits, _cross(held, [one.inside & search for one in splits], bar), strict=True):
        key = one.input, one.side
        if crosses and (key not in largest or one.inside.sum() > largest[key].inside.sum()):
            largest[key] = one
    tries = list(largest.values())
    sure = _cross(held, [one.inside & ~search for one in tries], bar, _of_several(len(tries)))
    found = [_reversal(sample, held, search, [one], bar) for one, ok in zip(tries, sure, strict=True) if ok]
    return tuple(sorted(found, key=lambda one: -one.part)[:MOST])


def _together(sample: Sample, held: Truths, search: Truths, splits: list[_Split], bar: Bar) -> tuple[Reversal, ...]:
    """Two or three inputs, each the one that brings the share nearest to the bar or farthest beyond."""
    chosen: list[_Split] = []
    inside = np.ones(len(held), np.bool_)
    while len(chosen) < MOST:
        left = [s for s in splits if all(s.input != one.input for one in chosen)]
        parts = [inside & s.inside for s in left]
        ok = [n for n, part in enumerate(parts) if min((part & search).sum(), (part & ~search).sum()) >= SMALLEST]
        if not ok:
            return ()
        ends = _bounds(held, [parts[n] & search for n in ok], CONFIDENCE)[0 if bar[1] else 1]
        best = ok[int(np.argmax(ends) if bar[1] else np.argmin(ends))]
        chosen.append(left[best])
        inside = parts[best]
        if len(chosen) > 1 and _cross(held, [inside & search], bar)[0]:
            break
    if not _cross(held, [inside & ~search], bar)[0]:
        return ()
    return (_reversal(sample, held, search, chosen, bar),)


def _of_several(tries: int) -> float:
    """The confidence of each of several bounds, so that all hold with 95 %."""
    return 1.0 - (1.0 - CONFIDENCE) / max(1, tries)


def _bounds(held: Truths, parts: list[Truths], confidence: float) -> tuple[Floats, Floats]:
    """The one-sided bounds of the share in each part, as of `share_bounds`."""
    n = np.array([part.sum() for part in parts], np.float64)
    k = np.array([(part & held).sum() for part in parts], np.float64)
    low = np.where(k > 0, beta.ppf(1.0 - confidence, np.maximum(k, 1), n - k + 1), 0.0)
    high = np.where(k < n, beta.ppf(confidence, k + 1, np.maximum(n - k, 1)), 1.0)
    return low, high


def _cross(held: Truths, parts: list[Truths], bar: Bar, confidence: float = CONFIDENCE) -> list[bool]:
    """Whether the share in each part lies beyond the bar, sampling error counted against it."""
    if not parts:
        return []
    low, high = _bounds(held, parts, confidence)
    at, up = bar
    return np.asarray(low >= at if up else high <= at).tolist()


def _reversal(sample: Sample, held: Truths, search: Truths, chosen: list[_Split], bar: Bar) -> Reversal:
    inside = np.logical_and.reduce([one.inside for one in chosen])
    there = held[inside & ~search]
    return Reversal(
        bounds=tuple(
            Bound(sample.names[one.input], one.side, one.value, sample.units[one.input], sample.sourced[one.input])
            for one in chosen
        ),
        bar=bar[0],
        up=bar[1],
        share=float(there.mean()),
        interval=share_bounds(int(there.sum()), len(there)),
        draws=len(there),
        part=float(inside.mean()),
    )
