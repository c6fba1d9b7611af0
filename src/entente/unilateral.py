"""What does finding F2 come to? A defence that one side deploys alone, against the retaliation of the other.

It asks nothing of a study's histories: closed forms over the ranges of the catalogue, and those that no source states.
"""

from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np

from entente.compiled import Floats
from entente.deciders import Decider, first_order, noise
from entente.predicates import FAR, Unilateral, holds
from entente.questions.answers import Year, reaction, room_on
from entente.questions.deterrents import (
    POSTURES,
    Back,
    Posture,
    Seen,
    Shield,
    Taken,
    armed,
    seen,
    shield,
    struck,
    taken,
)
from entente.questions.national import holding
from entente.rulings import Ruling, rule, share_bounds
from entente.scenario.accords import Event
from entente.scenario.rows import agreements, first_of_july, record

Three = tuple[float, float, float]  # 5, 50 and 95 per cent of the draws
SEEN: tuple[Seen, ...] = get_args(Seen)
NATIONS = {"us_nato": "united_states", "russia": "russia"}  # whose missiles are a party's deterrent
CONSISTENT = "consistent with the record"
FEWER = 4  # times fewer draws where every year is computed


@dataclass(frozen=True)
class Asked:
    """Which case: whose interceptors against whose retaliation, when, how seen, and how they shoot; as of `Taking`."""

    defender: str
    deterrent: str
    year: int
    seen: str
    posture: str
    beside: int
    system: bool


@dataclass(frozen=True)
class Taking:
    """What one view of a defence takes from one retaliation.

    Attributes:
        seen: as deployed, as announced, the worst case; or the guarantee that is given.
        posture: of the side struck; beside: undiscriminated objects beside each warhead; system: tracks fail all at once.
        interceptors: that are counted; without: 10th percentile of what would arrive without them.
        loss: share of it that is lost; growth: warheads more that make up for it; most: interceptors that take no more than
            the bar.
        share: of the draws in which the predicate holds; interval, ruling, capped, deciders: as of a verdict.
    """

    defender: str
    deterrent: str
    year: int
    seen: str
    posture: str
    beside: int
    system: bool
    interceptors: int
    without: Three
    loss: Three
    growth: Three
    most: Three
    share: float
    interval: tuple[float, float]
    ruling: Ruling
    capped: bool
    deciders: tuple[Decider, ...]


def three(values: Floats) -> Three:
    """5, 50 and 95 per cent; infinite where so many draws are."""
    low, middle, high = np.percentile(values, (5, 50, 95), method="inverted_cdf").tolist()
    return low, middle, high


def judged(
    margin: Floats, inputs: Floats, names: tuple[str, ...], sourced: tuple[bool, ...]
) -> tuple[float, tuple[float, float], Ruling, bool, tuple[Decider, ...]]:
    """Share, bounds, ruling, whether it is capped, and what decides: all inputs where none stands out of the noise."""
    held, draws = int(holds(margin).sum()), len(margin)
    if np.ptp(margin) == 0.0:
        indices, least = np.zeros(len(names)), 0.0
    else:
        indices, least = first_order(inputs, margin), noise(margin, len(names))
    found = [
        Decider(name, name.replace(".", ": "), float(index), least, known)
        for name, index, known in zip(names, indices, sourced, strict=True)
    ]
    above = [one for one in found if one.index > one.threshold] or found
    ruling = rule(held, draws)
    capped = ruling == "supported" and not all(one.sourced for one in above)
    if capped:
        ruling = "supported under stated assumptions"
    ranked = tuple(sorted(above, key=lambda one: -one.index))
    return held / draws, share_bounds(held, draws), ruling, capped, ranked


def takings(predicate: Unilateral) -> tuple[Taking, ...]:
    """Every year, view, posture and count of objects, the latest year, what was deployed and the least favourable case first."""
    return _takings(predicate.model_dump_json())


@cache
def _takings(said: str) -> tuple[Taking, ...]:
    predicate = Unilateral.model_validate_json(said)
    return tuple(
        _taking(predicate, year, how, posture, beside, system)
        for year in sorted(predicate.years, reverse=True)
        for how in SEEN
        for posture in POSTURES
        for beside in sorted(predicate.undiscriminated, reverse=True)
        for system in (False, True)
    )


@cache
def _parts(defender: str, deterrent: str, year: int, how: Seen, posture: Posture, draws: int) -> tuple[Back, Shield]:
    back = struck(NATIONS[deterrent], year, posture, defender, draws)
    return back, shield(seen(defender, year, how), defender, draws, how == "worst case")


def _loss(predicate: Unilateral, year: int, how: Seen, posture: Posture, beside: int, system: bool) -> Taken:
    parts = _parts(predicate.defender, predicate.deterrent, year, how, posture, predicate.draws)
    return taken(*parts, beside, predicate.falls_by, system)


def _taking(predicate: Unilateral, year: int, how: Seen, posture: Posture, beside: int, system: bool) -> Taking:
    back, held = _parts(predicate.defender, predicate.deterrent, year, how, posture, predicate.draws)
    asked = Asked(predicate.defender, predicate.deterrent, year, how, posture, beside, system)
    return taking(asked, back, held, predicate.falls_by, more=True)


def taking(asked: Asked, back: Back, held: Shield, bar: float, more: bool) -> Taking:
    """What a shield takes, judged: whether it is more than the bar, or less."""
    found = taken(back, held, asked.beside, bar, asked.system)
    over = found.loss / bar - 1.0
    margin = np.clip((over if more else -over) - 1e-12, -1.0 - FAR, FAR)
    names, sourced = back.names + held.names, back.sourced + held.sourced
    share, interval, ruling, capped, ranked = judged(margin, np.hstack([back.inputs, held.inputs]), names, sourced)
    return Taking(
        **vars(asked),
        interceptors=held.count,
        without=three(found.without),
        loss=three(found.loss),
        growth=three(found.growth),
        most=three(found.most),
        share=share,
        interval=interval,
        ruling=ruling,
        capped=capped,
        deciders=ranked,
    )


def headline(rows: tuple[Taking, ...]) -> Taking:
    """As deployed in the latest year, by the case in which the claim holds least."""
    last = max(one.year for one in rows)
    return min((one for one in rows if one.year == last and one.seen == "deployed"), key=lambda one: one.share)


def reasons_of(predicate: Unilateral) -> tuple[str, ...]:
    """What must be said beside the verdict: the bound, open-endedness, what offsets it, the other direction, the record."""
    return _reasons(predicate.model_dump_json())


@cache
def _reasons(given: str) -> tuple[str, ...]:
    predicate = Unilateral.model_validate_json(given)
    year = max(predicate.years)
    first = next(
        one
        for one in takings(predicate)
        if (one.year, one.seen, one.posture, one.beside, one.system) == (year, "deployed", "day-to-day", 0, False)
    )
    fits = sum(one.verdict == CONSISTENT for one in events())
    return (
        "every interceptor is taken to meet every warhead, wherever it flies: an upper bound, geometry ignored",
        f"day to day and each warhead told apart, {first.interceptors} interceptors deployed in {year} take {first.loss[1]:.0%} "
        f"({first.loss[0]:.0%} to {first.loss[2]:.0%}) of a 10th percentile of {first.without[1]:.0f} warheads",
        *_open_ended(predicate, year),
        f"to make up for what was deployed in {year}, {first.growth[1]:.0f} warheads more ({first.growth[0]:.0f} to "
        f"{first.growth[2]:.0f}) in the same mix; {_room(predicate.deterrent, year)}",
        f"no more than {predicate.falls_by:.0%} are taken by {first.most[1]:.0f} interceptors ({first.most[0]:.0f} to "
        f"{first.most[2]:.0f}); {_ceiling(year)}",
        *_other_way(predicate, year),
        _answer(answered(predicate)),
        f"of {len(events())} dated events {fits} are consistent with the record, the others not computable: the model measures "
        "incentive, not causation",
    )


def _open_ended(predicate: Unilateral, year: int) -> list[str]:
    """By how much more is taken by what was announced, and at worst, than by what is there; paired draws."""
    losses = [_loss(predicate, year, how, "day-to-day", 0, False).loss for how in SEEN]
    more = [three(one - losses[0]) for one in losses[1:]]
    return [
        f"open-ended by {more[0][1]:.0%} ({more[0][0]:.0%} to {more[0][2]:.0%}) as announced and by {more[1][1]:.0%} "
        f"({more[1][0]:.0%} to {more[1][2]:.0%}) in the worst case the other side may see"
    ]


def _room(deterrent: str, year: int) -> str:
    """What the limit on warheads that was due left of room."""
    room = room_on(NATIONS[deterrent], first_of_july("year", year))
    if room.limit is None:
        return f"no limit on warheads was due then; {room.counted:,} were counted on {room.when}"
    counted = f"{room.counted:,} of {room.limit.value:,.0f}"
    return f"{room.agreement} left room for {room.left:.0f}: {counted} were counted on {room.when}"


def _ceiling(year: int) -> str:
    """Which limit on interceptors was in force."""
    day = first_of_july("year", year)
    there = [
        limit
        for row in agreements()
        if row.status_on(day) == "in force"
        for limit in row.limits
        if limit.measure in ("interceptors", "strategic_interceptors")
    ]
    return f"a limit of {there[0].value:.0f} was in force" if there else "no limit on interceptors was in force"


def answered(predicate: Unilateral) -> tuple[Year, ...]:
    """The path of action and reaction by the stated rule, every year from the first to the last."""
    years = tuple(range(min(predicate.years), max(predicate.years) + 1))
    few = max(59, predicate.draws // FEWER)
    return reaction(predicate.defender, NATIONS[predicate.deterrent], years, few, predicate.falls_by)


def _answer(path: tuple[Year, ...]) -> str:
    """Where the path ends, and where the count went."""
    last = path[-1]
    return (
        f"answered by a stated rule, {last.built[1]:.0f} warheads more ({last.built[0]:.0f} to {last.built[2]:.0f}) would stand "
        f"by {last.year}; the count changed by {last.counted:+d} since {path[0].year}: {last.verdict}"
    )


def _other_way(predicate: Unilateral, year: int) -> list[str]:
    """The deterrent's own defence against the defender's missiles: apart where nuclear-armed, else not computable."""
    titles = "; ".join(holding(predicate.deterrent, year).left_out)
    said = [f"the other way round not computable: no source gives the number of {titles}"]
    if systems := armed(predicate.deterrent, year):
        back = struck(NATIONS[predicate.defender], year, "day-to-day", predicate.deterrent, predicate.draws)
        held = shield(systems, predicate.deterrent, predicate.draws)
        loss = three(taken(back, held, 0, predicate.falls_by).loss)
        said.append(
            f"{predicate.deterrent}, nuclear-armed, apart and never pooled: {held.count} interceptors around one city, "
            f"taken to meet every warhead, {loss[1]:.0%} ({loss[0]:.0%} to {loss[2]:.0%}) of the other's 10th percentile"
        )
    return said


def events() -> tuple[Event, ...]:
    """What happened to agreements, dated and graded."""
    return tuple(sorted((one for one in record() if one.finding == "F2"), key=lambda one: one.day))
