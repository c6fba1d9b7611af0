"""What stands behind finding F7? What China can reach with by year, what each means of verification is worth, and the others.

1. `reaching`: warheads able to reach, the input that decides, as a range by year; what is left of them, and what is lost.
2. `verified`: each guarantee by each means: what of a breach is seen, when, and what could be there unseen.
3. `others`: the United Kingdom and France against the partner's interceptors, and against those of a joint system, only.

Closed forms, every interceptor taken to meet every warhead: upper bounds, geometry ignored.
"""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from entente.predicates import FAR, Guarantee, Guaranteed, holds
from entente.questions.deterrents import Back, Shield, able, armed, shield, struck, taken
from entente.questions.holdings import forces
from entente.questions.national import holding
from entente.questions.verification import MEANS, Means, Seen, unnoticed, verify
from entente.scenario import rows
from entente.scenario.parts import Ranged
from entente.thirds import engaging, left_by
from entente.unilateral import Three, three

WAYS: tuple[tuple[Means, ...], ...] = (*((one,) for one in MEANS), MEANS)  # each means alone, then all of them


@dataclass(frozen=True)
class Reaching:
    """A third party's retaliatory capability in one year.

    Attributes:
        able: warheads able to reach; sourced: whether a source states it; source: of the row.
        back: 10th percentile of what would arrive after a strike, without interceptors.
        interceptors: of the defender, faster than the limit; loss: share of the 10th percentile that they take.
        most: interceptors that take no more than the bar; None where there are none to say how good they are.
    """

    deterrent: str
    year: int
    able: Ranged
    sourced: bool
    back: Three
    interceptors: int
    loss: Three
    most: Three | None
    source: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """One guarantee under some means of verification in one year.

    Attributes:
        promised: interceptors that it leaves; deployed: those that are there.
        seen: what of a breach is seen, and when.
        possible: how many interceptors could be there before a breach is seen, low, nominal, high; infinite where it is not.
        loss: share of the 10th percentile that the nominal number takes; share: of the draws in which that is below the bar.
    """

    guarantee: str
    title: str
    year: int
    promised: int
    deployed: int
    seen: Seen
    possible: Three
    loss: Three
    share: float


@dataclass(frozen=True)
class Other:
    """Another third party against the partner's system, or against a joint one.

    Attributes:
        counted: interceptors that can be counted; apart: nuclear-armed, and never pooled with others.
        loss: share of its 10th percentile that these take; None where none can be counted.
        computable: whether nothing is left out; left_out: what no source gives a number of.
    """

    nation: str
    year: int
    against: str
    counted: int
    apart: bool
    loss: Three | None
    computable: bool
    left_out: tuple[str, ...]


def reaching(predicate: Guaranteed) -> tuple[Reaching, ...]:
    """Every year from which the catalogue has another estimate of the deterrent, and those of the predicate."""
    since = [row.since for row in rows.forces() if row.party == predicate.deterrent]
    return tuple(_reaching(predicate.model_dump_json(), year) for year in sorted({*since, *predicate.years}))


@cache
def _reaching(said: str, year: int) -> Reaching:
    predicate = Guaranteed.model_validate_json(said)
    held, back, there = forces(predicate.deterrent, year), _back(predicate, year), engaging(predicate, year)
    found = taken(back, there, 0, predicate.loss_below)
    return Reaching(
        deterrent=predicate.deterrent,
        year=year,
        able=held.able_to_reach,
        sourced="able_to_reach" not in held.row.assumed,
        back=three(found.without),
        interceptors=there.count,
        loss=three(found.loss),
        most=three(found.most) if there.count else None,
        source=tuple(held.row.source),
    )


def verified(predicate: Guaranteed) -> tuple[Verified, ...]:
    """Every guarantee in the latest year, by each means alone and by all of them together."""
    return tuple(_verified(predicate, one, means) for one in predicate.guarantees for means in WAYS)


def _verified(predicate: Guaranteed, one: Guarantee, means: tuple[Means, ...]) -> Verified:
    year = max(predicate.years)
    deployed = engaging(predicate, year).count
    promised = left_by(one, deployed)
    clauses = tuple(of.what for of in one.clauses)
    seen = verify(clauses, means)
    possible = _possible(one, seen, promised, deployed)
    loss, share = _at(predicate.model_dump_json(), year, round(possible[1]))
    return Verified(one.name, one.title, year, promised, deployed, seen, possible, loss, share)


def _possible(one: Guarantee, seen: Seen, promised: int, deployed: int) -> Three:
    """Promised, and what could be loaded before that is seen: no more than there are, for new silos are seen in time.

    Where a clause is not seen, what is there already and more: nothing bounds it.
    """
    if not seen.whole:
        return float(promised), float(deployed), float("inf")
    if one.at_most is None:
        return float(deployed), float(deployed), float(deployed)
    more = [unnoticed(of.what, seen.means) for of in one.clauses]
    low, middle, high = (min(deployed, promised + max(ways)) for ways in zip(*more, strict=True))
    return float(low), float(middle), float(high)


@cache
def _at(said: str, year: int, count: int) -> tuple[Three, float]:
    """The loss to so many interceptors, and the share of draws below the bar, in the less favourable mode of failure."""
    predicate = Guaranteed.model_validate_json(said)
    back, there = _back(predicate, year), replace(engaging(predicate, year), count=count)
    found = []
    for system in (True, False):
        loss = taken(back, there, 0, predicate.loss_below, system).loss
        margin = np.clip(1.0 - loss / predicate.loss_below - 1e-12, -1.0 - FAR, FAR)
        found.append((three(loss), float(holds(margin).mean())))
    return min(found, key=lambda pair: pair[1])


def others(predicate: Guaranteed) -> tuple[Other, ...]:
    """The other third parties by year: against the partner's nuclear-armed interceptors, apart, its others, and both sides'."""
    return tuple(
        row
        for nation in predicate.others
        for year in sorted(predicate.years, reverse=True)
        for row in _others(predicate.model_dump_json(), nation, year)
    )


@cache
def _others(said: str, nation: str, year: int) -> tuple[Other, ...]:
    predicate = Guaranteed.model_validate_json(said)
    partner, left = predicate.partner, tuple(holding(predicate.partner, year).left_out)
    back = struck(nation, year, "day-to-day", partner, predicate.draws)
    around, theirs = shield(armed(partner, year), partner, predicate.draws), engaging(predicate, year)

    def row(against: str, held: Shield | None, apart: bool, missing: tuple[str, ...]) -> Other:
        loss = three(taken(back, held, 0, predicate.loss_below).loss) if held and held.count else None
        return Other(nation, year, against, held.count if held else 0, apart, loss, not missing, missing)

    return (
        row(f"{partner}, nuclear-armed", around, True, ()),
        row(partner, None, False, left),
        row(f"{predicate.defender} and {partner}, joint", theirs, False, left),
    )


def _back(predicate: Guaranteed, year: int) -> Back:
    return able(predicate.deterrent, year, predicate.draws)
