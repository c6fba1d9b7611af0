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
from entente.questions.standing import side_of, uncertain_in
from entente.rulings import Ruling, rule, share_bounds

Three = tuple[float, float, float]  # 5, 50 and 95 per cent of the draws
ENDS = (5.0, 50.0, 95.0)
OWNERS = {"united_states": "us_nato"}  # as the other findings name them
FEWER = 4  # times fewer draws where other numbers of interceptors are tried


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
        starts: the highest level at which each defence does enough in nine draws of ten, by number of interceptors:
            (cities, forces), nan where at none.
    """

    levels: tuple[LevelVerdict, ...]
    share: float
    interval: tuple[float, float]
    ruling: Ruling
    capped: bool
    deciders: tuple[Decider, ...]
    starts: dict[int, tuple[float, float]]


def levels_verdict(predicate: Stabilising) -> LevelsVerdict:
    """The verdict, by the draws in which both halves hold at every level."""
    found = drawn(
        tuple(predicate.parties), predicate.year, tuple(predicate.levels), predicate.interceptors, predicate.draws
    )
    margin = np.clip(found.margin(predicate.changes_by), -1.0 - FAR, FAR)
    held = int(holds(margin).sum())
    ruling, decided = rule(held, predicate.draws), _deciders(predicate, found, margin)
    capped = ruling == "supported" and not all(one.sourced for one in decided)
    numbers = sorted({*predicate.also, predicate.interceptors})
    return LevelsVerdict(
        levels=tuple(_level(predicate, found, n) for n in range(len(predicate.levels))),
        share=held / predicate.draws,
        interval=share_bounds(held, predicate.draws),
        ruling="supported under stated assumptions" if capped else ruling,
        capped=capped,
        deciders=decided,
        starts={number: _starts(predicate, found, number) for number in numbers},
    )


@cache
def drawn(parties: tuple[str, ...], year: int, warheads: tuple[int, ...], interceptors: int, draws: int) -> Levels:
    """The index at every level, the same for every study."""
    side_a, side_b = (side_of(party, year) for party in parties)
    return levels(side_a, side_b, warheads, interceptors, uncertain_in(year, *parties), draws)


def _starts(predicate: Stabilising, found: Levels, number: int) -> tuple[float, float]:
    if number != predicate.interceptors:
        few = max(1, predicate.draws // FEWER)
        found = drawn(tuple(predicate.parties), predicate.year, tuple(predicate.levels), number, few)
    return found.matters_from("cities", predicate.changes_by), found.matters_from("forces", predicate.changes_by)


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
        f"least clear at {worst.level:,} warheads a side: cities lower it in {worst.lowers:.0%}, "
        f"forces raise it in {worst.raises:.0%} of the draws"
    )
    for number, (cities, forces) in found.starts.items():
        at = [f"{one:,.0f}" if one == one else "at no level" for one in (cities, forces)]
        said.append(
            f"with {number} interceptors a side the change is clear in nine draws of ten up to this many warheads: "
            f"cities {at[0]}, forces {at[1]}"
        )
    return said
