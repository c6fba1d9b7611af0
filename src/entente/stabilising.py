"""What does finding F3 come to? What defences of cities and of forces do to the first-strike index, level by level.

It asks nothing of a study's histories: forces come from the catalogue, and everything else is drawn over stated assumptions.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from entente.compiled import Floats
from entente.deciders import Decider, first_order, noise
from entente.predicates import FAR, Stabilising, holds
from entente.questions.levels import Levels, levels
from entente.questions.showing import Bracket, fewest
from entente.questions.standing import side_of, uncertain_in
from entente.rulings import Ruling, rule, share_bounds

Three = tuple[float, float, float]  # 5, 50 and 95 per cent of the draws
ENDS = (5.0, 50.0, 95.0)
OWNERS = {"united_states": "us_nato"}  # as the other findings name them
FEWER = 2  # times fewer draws where other numbers of interceptors are tried


@dataclass(frozen=True)
class LevelVerdict:
    """One force level.

    Attributes:
        level: warheads of each side.
        index: without a defence; cities, forces: what such a defence of both sides changes.
        lowers, raises: share of the draws in which the one lowers, the other raises the index by enough.
        tenth: 10th percentile of what arrives in retaliation, of each side, without a defence; the middle of the draws.
    """

    level: int
    index: Three
    cities: Three
    forces: Three
    lowers: float
    raises: float
    tenth: tuple[float, float]


@dataclass(frozen=True)
class LevelsVerdict:
    """Every level, and the verdict over all of them.

    Attributes:
        fewest: from which number of interceptors a side each defence does enough in nine draws of ten, a bracket a level.
    """

    levels: tuple[LevelVerdict, ...]
    share: float
    interval: tuple[float, float]
    ruling: Ruling
    capped: bool
    deciders: tuple[Decider, ...]
    fewest: dict[str, tuple[Bracket, ...]]


def levels_verdict(predicate: Stabilising) -> LevelsVerdict:
    """The verdict, by the draws in which both halves hold at every level."""
    found = drawn(
        tuple(predicate.parties), predicate.year, tuple(predicate.levels), predicate.interceptors, predicate.draws
    )
    margin = np.clip(found.margin(predicate.changes_by), -1.0 - FAR, FAR)
    held, few = int(holds(margin).sum()), max(1, predicate.draws // FEWER)
    ruling, decided = rule(held, predicate.draws), _deciders(predicate, found, margin)
    capped = ruling == "supported" and not all(one.sourced for one in decided)
    return LevelsVerdict(
        levels=tuple(_level(predicate, found, n) for n in range(len(predicate.levels))),
        share=held / predicate.draws,
        interval=share_bounds(held, predicate.draws),
        ruling="supported under stated assumptions" if capped else ruling,
        capped=capped,
        deciders=decided,
        fewest=_fewest(tuple(predicate.parties), predicate.year, tuple(predicate.levels), predicate.changes_by, few),
    )


@cache
def drawn(parties: tuple[str, ...], year: int, warheads: tuple[int, ...], interceptors: int, draws: int) -> Levels:
    """The index at every level, the same for every study."""
    side_a, side_b = (side_of(party, year) for party in parties)
    return levels(side_a, side_b, warheads, interceptors, uncertain_in(year, *parties), draws)


@cache
def _fewest(
    parties: tuple[str, ...], year: int, warheads: tuple[int, ...], least: float, draws: int
) -> dict[str, tuple[Bracket, ...]]:
    """The brackets, the same for every study."""
    side_a, side_b = (side_of(party, year) for party in parties)
    return fewest(side_a, side_b, warheads, least, uncertain_in(year, *parties), draws)


def _level(predicate: Stabilising, found: Levels, n: int) -> LevelVerdict:
    cities, forces = found.effect("cities")[n], found.effect("forces")[n]
    return LevelVerdict(
        level=predicate.levels[n],
        index=_three(found.index[0, n]),
        cities=_three(cities),
        forces=_three(forces),
        lowers=float((cities <= -predicate.changes_by).mean()),
        raises=float((forces >= predicate.changes_by).mean()),
        tenth=(float(np.median(found.tenth_a[0, n])), float(np.median(found.tenth_b[0, n]))),
    )


def _three(values: Floats) -> Three:
    low, middle, high = np.nanpercentile(values, ENDS).tolist()
    return low, middle, high


def _deciders(predicate: Stabilising, found: Levels, margin: Floats) -> tuple[Decider, ...]:
    """The inputs whose index is above noise; no source states any of their ranges."""
    if np.ptp(margin) == 0.0:
        return ()
    names = list(found.shares)
    whose = dict(zip("ab", (OWNERS.get(party, party) for party in predicate.parties), strict=True))
    inputs = np.stack([found.shares[name] for name in names], axis=1)
    indices, least = first_order(inputs, margin), noise(margin, len(names))
    ranked = [
        Decider(f"{whose[name[0]]}.{name[2:]}", f"{whose[name[0]]}: {name[2:]}", float(index), least, False)
        for name, index in zip(names, indices, strict=True)
        if index > least
    ]
    return tuple(sorted(ranked, key=lambda one: -one.index))


def reasons_of(predicate: Stabilising, found: LevelsVerdict) -> list[str]:
    """What must be said beside the verdict."""
    said = ["a number above one says that waiting is cheaper; no index says that somebody will strike"]
    worst = min(found.levels, key=lambda one: min(one.lowers, one.raises))
    said.append(
        f"least clear at {worst.level:,} warheads a side: cities lower it in a share of {worst.lowers:.2f}, "
        f"forces raise it in a share of {worst.raises:.2f} of the draws"
    )
    for defence, brackets in found.fewest.items():
        said.append(
            f"of {defence}, fewer than this many interceptors a side are lost in the assumptions: {_from(brackets[-1])} at "
            f"{predicate.levels[-1]:,} warheads, {_from(brackets[0])} at {predicate.levels[0]:,}"
        )
    again = [level for level, one in zip(predicate.levels, found.fewest["cities"], strict=True) if one.until]
    if again:
        said.append(
            f"many more of cities lose it again at {again[0]:,} warheads and fewer, for next to nothing gets through either way"
        )
    return said


def _from(one: Bracket) -> str:
    """`9 to 10`; what none of the numbers tried reaches, as more than the most."""
    return f"more than {one.lost:,}" if one.seen is None else f"{one.lost:,} to {one.seen:,}"
