"""How much better off is a party? Levels, paired gains, and who is better or worse off beyond noise.

A gain is positive when the party is better off: the sign rule is the measure's own (`better`). What did not happen is
censored: a median is taken over the histories in which the measure is defined, a gain over those in which it is defined at
both rungs; histories in which it came to be defined (never warned, now warned) are counted beside it.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from entente.comparison.exposing import Exposure, exposure
from entente.comparison.intervals import Estimate, Interval, Statistic, estimate, sign_test
from entente.comparison.values import histories, once, unit_of, variable
from entente.compiled import Floats
from entente.errors import ModelError
from entente.study import Study

Direction = Literal["better", "worse", "no clear change"]
At = tuple[str, int, str]  # case, rung, party

MEDIANS = ("s", "km", "km2", "nats", "people")  # units of amounts; anything else is a share or a count, and has a mean
ROUNDING = 1e-9  # of the larger of two values: what differs by less is the same number, added up in another order
NOISE = 0.05  # chance that anything at all is called better or worse where nothing changed
SHOWN = ("information_nats", "warning_lead_s", "impact_area_90_km2")  # what is traded, beside exposure


@dataclass(frozen=True)
class Change:
    """Whether one party is better or worse off in one measure of one case, and by how much."""

    measure: str
    case: str
    party: str
    direction: Direction
    p: float  # chance of so clear a change where nothing changed
    gain: Estimate


@dataclass(frozen=True)
class Balance:
    """Whether a rung is balanced against the baseline: no party worse on any of its priorities, both better on one."""

    rung: int
    balanced: bool
    changes: tuple[Change, ...]  # every priority of every party in every case in which it can be compared
    why: tuple[str, ...]  # what decided it, a sentence each

    def of(self, party: str, direction: Direction) -> tuple[Change, ...]:
        """The changes of one party in one direction."""
        return tuple(c for c in self.changes if c.party == party and c.direction == direction)


@dataclass(frozen=True)
class Exchange:
    """One line of the two-party table: what each party gets, or gives, at a rung in one case."""

    case: str
    what: str  # information_nats, warning_lead_s, impact_area_90_km2 or exposure
    unit: str
    values: dict[str, Estimate | Exposure]  # by party: what it gets; for exposure, what it gives
    ratio: float | None  # of the first party's to the second's; None where the second's may be zero or of another sign


def baseline(study: Study) -> int:
    """The rung that gains are measured against: the study's own, or, where that was not run, the highest below it.

    Raises:
        ModelError: no rung at or below the baseline was run.
    """
    run = [int(rung) for rung in study.data["rung"].values if rung <= study.baseline]
    if not run:
        raise ModelError(
            f"baseline: rung {study.baseline} is what was in force, and neither it nor a lower one was run; "
            "add it to the scenario's rungs"
        )
    return max(run)


def statistic_of(study: Study, measure: str) -> Statistic:
    """Median for amounts, mean for shares and counts."""
    return "median" if unit_of(study, measure) in MEDIANS else "mean"


def level(study: Study, measure: str, case: str, rung: int, party: str, confidence: float = 0.95) -> Estimate:
    """What a measure is, in its own unit.

    Raises:
        UnknownName: no such measure, case, rung or party.
    """
    question = ("level", measure, case, rung, party, confidence)
    return once(study, question, lambda: _level(study, measure, (case, rung, party), confidence))


def _level(study: Study, measure: str, at: At, confidence: float) -> Estimate:
    values, again = histories(study, measure, *at), histories(study, measure, *at, again=True)
    bounds = (0.0, 1.0) if _is_share(study, measure) else None
    fixed = study.scenario.inputs == "nominal"
    return estimate(values, (values[: len(again)], again), statistic_of(study, measure), bounds, fixed, confidence)


def gain(
    study: Study, measure: str, case: str, rung: int, party: str, since: int | None = None, confidence: float = 0.95
) -> Estimate:
    """How much better a measure is than at the baseline, history by history: positive is better, in the measure's unit.

    Args:
        since: the rung it is compared with; the baseline if None.
        confidence: of the sampling interval.
    Raises:
        UnknownName: no such measure, case, rung or party.
        ModelError: a measure of which neither direction is better.
    """
    before = baseline(study) if since is None else since
    question = ("gain", measure, case, rung, party, before, confidence)
    return once(study, question, lambda: _gain(study, measure, (case, rung, party), before, confidence))


def _gain(study: Study, measure: str, at: At, before: int, confidence: float) -> Estimate:
    sign, (case, rung, party) = sign_of(study, measure), at
    then, now = (histories(study, measure, case, r, party) for r in (before, rung))
    then_again, now_again = (histories(study, measure, case, r, party, again=True) for r in (before, rung))
    difference, again = sign * _apart(now, then) + 0.0, sign * _apart(now_again, then_again) + 0.0  # no minus zero
    twins = (difference[: len(again)], again)
    fixed = study.scenario.inputs == "nominal"
    bounds = (-1.0, 1.0) if _is_share(study, measure) else None
    found = estimate(difference, twins, statistic_of(study, measure), bounds, fixed, confidence)
    newly, lost = np.isnan(then) & ~np.isnan(now), ~np.isnan(then) & np.isnan(now)
    up, down = ups_and_downs(study, measure, case, rung, party, before)
    return replace(
        found,
        newly=float(newly.mean()),
        lost=float(lost.mean()),
        better=up / len(now),
        worse=down / len(now),
    )


def _apart(now: Floats, then: Floats) -> Floats:
    """The differences, 0 where they are no more than rounding."""
    difference = now - then
    same = np.abs(difference) <= ROUNDING * np.maximum(np.abs(now), np.abs(then))
    return np.where(same, 0.0, difference)


def ups_and_downs(study: Study, measure: str, case: str, rung: int, party: str, since: int) -> tuple[int, int]:
    """In how many histories a party is better off in a measure, and in how many worse; as `gain` counts them."""
    question = ("ups and downs", measure, case, rung, party, since)
    return once(study, question, lambda: _ups_and_downs(study, measure, (case, rung, party), since))


def _ups_and_downs(study: Study, measure: str, at: At, since: int) -> tuple[int, int]:
    case, rung, party = at
    then, now = (histories(study, measure, case, r, party) for r in (since, rung))
    difference = sign_of(study, measure) * _apart(now, then)
    there, gone = np.isnan(then) & ~np.isnan(now), ~np.isnan(then) & np.isnan(now)
    return int(((difference > 0.0) | there).sum()), int(((difference < 0.0) | gone).sum())


def sign_of(study: Study, measure: str) -> float:
    """1 where more is better, -1 where less is.

    Raises:
        UnknownName: no such measure.
        ModelError: neither is better.
    """
    better = once(study, ("better", measure), lambda: variable(study, measure).attrs["better"])
    if better == "none":
        raise ModelError(f"gain: of {measure} neither more nor less is better; ask for its level")
    return 1.0 if better == "higher" else -1.0


def change(
    study: Study, measure: str, case: str, rung: int, party: str, since: int | None = None, of: int = 1
) -> Change:
    """Whether a party is better or worse off beyond noise: the sign test over all histories in which something changed.

    Histories in which the measure came to be defined count as better, those in which it ceased to be as worse. Where
    most histories go one way and the mean of a share or count goes the other, that is no clear change.

    Args:
        of: how many comparisons are made together; each is then held to a level that many times stricter (Bonferroni).
    Source: Conover, Practical Nonparametric Statistics (1999), section 3.4, for the sign test and its ties.
    """
    found = gain(study, measure, case, rung, party, since)
    seeds = study.data.sizes["seed"]
    up, down = round(found.better * seeds), round(found.worse * seeds)
    p = sign_test(up, down)
    torn = found.statistic == "mean" and (up - down) * found.value < 0.0
    clear = p < NOISE / of and not torn
    direction: Direction = ("better" if up > down else "worse") if clear else "no clear change"
    return Change(measure, case, party, direction, p, found)


def priorities(study: Study) -> list[tuple[str, str]]:
    """Every party with each measure by which it judges a step, where the study has it and it has a better side."""
    return [
        (party.name, measure)
        for party in study.scenario.parties
        for measure in party.priorities
        if measure in study.data and study.data[measure].attrs["better"] != "none"
    ]


def cases_of(study: Study) -> list[str]:
    """The cases of a study, by name, in its order."""
    return [str(name) for name in study.data["case"].values]


def balanced(study: Study, rung: int) -> Balance:
    """No party worse beyond noise on any of its declared priority measures, and both better on at least one.

    Over all cases. Noise: the chance that anything is called worse although nothing changed is held to 5 % together.
    """
    asked = [(party, measure, case) for party, measure in priorities(study) for case in cases_of(study)]
    changes = tuple(change(study, measure, case, rung, party, of=len(asked)) for party, measure, case in asked)
    names = [party.name for party in study.scenario.parties]
    why = [
        f"{c.party} is worse off in {c.measure} ({c.case}): worse in {c.gain.worse:.0%} of histories"
        for c in changes
        if c.direction == "worse"
    ]
    worse = bool(why)
    nothing = [name for name in names if not any(c.party == name and c.direction == "better" for c in changes)]
    why += [f"{name} is better off in none of its priorities" for name in nothing]
    for name in names:
        best = sorted({c.measure for c in changes if c.party == name and c.direction == "better"})
        why += [f"{name} is better off in {', '.join(best)}"] if best else []
    return Balance(rung, not worse and not nothing, changes, tuple(why))


def reciprocity(study: Study, rung: int) -> tuple[Exchange, ...]:
    """What the two parties get and give at a rung, side by side, case by case: gains against the baseline, and exposure.

    Noise in what is exposed is held to 1 % over all cases together, as on a path.
    """
    first, second = (party.name for party in study.scenario.parties)
    lines, cases = [], cases_of(study)
    for case in cases:
        for what in SHOWN:
            got = level if what == "information_nats" else gain
            values: dict[str, Estimate | Exposure] = {p: got(study, what, case, rung, p) for p in (first, second)}
            unit = unit_of(study, what)
            lines.append(Exchange(case, what, unit, values, _ratio(study, values)))
        given: dict[str, Estimate | Exposure] = {
            p: exposure(study, case, rung, p, of=len(cases)) for p in (first, second)
        }
        lines.append(Exchange(case, "exposure", "nats", given, _ratio(study, given)))
    return tuple(lines)


def _ratio(study: Study, values: dict[str, Estimate | Exposure]) -> float | None:
    """The first party's number over the second's; None unless both are clearly above zero."""
    first, second = (values[party.name] for party in study.scenario.parties)
    above = [_interval(one)[0] > 0.0 for one in (first, second)]
    return _value(first) / _value(second) if all(above) else None


def _value(one: Estimate | Exposure) -> float:
    return one.value if isinstance(one, Estimate) else one.nats


def _interval(one: Estimate | Exposure) -> Interval:
    return one.sampling if isinstance(one, Estimate) else one.interval


def _is_share(study: Study, measure: str) -> bool:
    """Whether the measure lies between 0 and 1 in every history."""
    return once(study, ("share", measure), lambda: _lies_in_0_to_1(study, measure))


def _lies_in_0_to_1(study: Study, measure: str) -> bool:
    found = variable(study, measure)
    values = found.values[np.isfinite(found.values)]
    return found.attrs["units"] == "1" and bool(((values >= 0.0) & (values <= 1.0)).all())
