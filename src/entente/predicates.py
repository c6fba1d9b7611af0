"""What does a finding ask of a study? Its predicate, as data, and in how many draws of the assumptions it holds.

For each history a predicate gives a *margin*: how far above the bar the numbers are, in units of the bar less one; the predicate
holds where it is not negative. The margin is what the deciding inputs are ranked by.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field

from entente.comparison import baseline, histories
from entente.compiled import Floats
from entente.measures import COMPATIBLE
from entente.scenario.parts import Finding as FindingName
from entente.scenario.parts import Name, Part, Text, as_tuple
from entente.scenario.rows import KINDS, interceptors, vehicles
from entente.scenario.schema import Case, Scenario, Stress
from entente.scenario.systems import Interceptor, NotComputable
from entente.scenario.world import selected
from entente.study import Study

Nature = Literal["attack", "test", "space launch", "sounding rocket"]
RangeClass = Literal["SRBM", "MRBM", "IRBM", "ICBM", "SLBM"]
UNDER = "stressed_"  # how measures begin that were taken under the stress asked about
FAR = 2.0  # the largest margin counted: three times the bar; what was never known and now is counts as that


class Class(Part):
    """A class of launches: how many at once, and by what."""

    name: Text
    launches: Annotated[int, Field(ge=1)]
    range_classes: list[RangeClass]
    required: bool = False


class Protection(Part):
    """P(no leaker) rises by so much, in every required class, for every party that has such cases."""

    kind: Literal["protection"]
    natures: list[Nature]
    measures: Annotated[list[Name], Field(min_length=1)]
    rises_by: Annotated[float, Field(gt=0, lt=1)]
    classes: list[Class]
    headline: Annotated[list[int], Field(min_length=1)]


class Earlier(Part):
    """A time that falls by so many seconds."""

    measure: Name
    by_s: Annotated[float, Field(gt=0)]


class Smaller(Part):
    """An area that falls by this share."""

    measure: Name
    by_share: Annotated[float, Field(gt=0, lt=1)]


class Connected(Part):
    """Earlier or smaller in this share of the launches, for each party."""

    kind: Literal["connected"]
    natures: list[Nature]
    earlier: Earlier
    smaller: Smaller
    in_share_of_launches: Annotated[float, Field(gt=0, le=1)]
    headline: Annotated[list[int], Field(min_length=1)]


class Compatible(Part):
    """Of the gain as `Connected` counts it, this share survives a stress, for each party."""

    kind: Literal["compatible"]
    natures: list[Nature]
    earlier: Earlier
    smaller: Smaller
    inside: Annotated[Name, Field(description="the measure that says whether the area holds what it should")]
    stress: Stress
    survives: Annotated[float, Field(gt=0, le=1)]
    headline: Annotated[list[int], Field(min_length=1, max_length=1)]


class Massive(Part):
    """A raid that several warheads make up is stopped, of a massive one next to nothing; of each party's own defence, by year."""

    kind: Literal["massive"]
    years: Annotated[list[int], Field(min_length=1)]
    half_between: Annotated[
        list[float],
        Field(min_length=2, max_length=2, description="where the raid lies at which P(no leaker) is one half"),
    ]
    massive: Annotated[int, Field(ge=1, le=2_000, description="warheads of a massive raid")]
    stopped_at_most: Annotated[float, Field(gt=0, lt=1, description="share of the massive raid")]
    undiscriminated: Annotated[list[int], Field(min_length=1, description="objects beside each warhead")]
    draws: Annotated[int, Field(ge=59, description="of the assumptions")]


class Stabilising(Part):
    """A defence of cities lowers and one of forces raises the first-strike index by so much, at every level of two forces."""

    kind: Literal["stabilising"]
    parties: Annotated[list[Name], Field(min_length=2, max_length=2, description="of the catalogue's forces")]
    year: int
    levels: Annotated[list[int], Field(min_length=1, description="warheads of each side, falling")]
    interceptors: Annotated[int, Field(ge=1, description="of each side, where it defends")]
    changes_by: Annotated[float, Field(gt=0, lt=1)]
    draws: Annotated[int, Field(ge=59, description="of the assumptions")]


class Unilateral(Part):
    """The 10th percentile of what comes back falls by more than this share, through a defence that the other deployed alone."""

    kind: Literal["unilateral"]
    defender: Name
    deterrent: Name
    years: Annotated[list[int], Field(min_length=1, description="the latest is the headline")]
    falls_by: Annotated[float, Field(gt=0, lt=1)]
    undiscriminated: Annotated[list[int], Field(min_length=1, description="objects beside each warhead")]
    draws: Annotated[int, Field(ge=59, description="of the assumptions")]


class Clause(Part):
    """What a guarantee promises in one point, by which means that is observed, and what of a breach would be seen, and when."""

    what: Text
    means: Literal["national means", "exchanged data", "inspection", "none"]
    breach: Text
    when: Text


class Guarantee(Part):
    """So many interceptors able to engage at most, clause by clause; none: as many as are deployed."""

    name: Name
    title: Text
    at_most: Annotated[int | None, Field(ge=0)] = None
    clauses: Annotated[list[Clause], Field(min_length=1)]

    @property
    def observable(self) -> bool:
        """Whether every clause is, by stated means."""
        return all(one.means != "none" for one in self.clauses)


class Guaranteed(Part):
    """Under a guarantee that is observable clause by clause a third party's 10th percentile loses less than this share."""

    kind: Literal["guaranteed"]
    defender: Name
    partner: Annotated[Name, Field(description="whose interceptors a joint system would add")]
    deterrent: Name
    others: Annotated[list[Name], Field(description="third parties against the partner only")]
    years: Annotated[list[int], Field(min_length=1, description="the latest is the headline")]
    loss_below: Annotated[float, Field(gt=0, lt=1)]
    undiscriminated: Annotated[list[int], Field(min_length=1, description="objects beside each warhead")]
    faster_than_km_s: Annotated[float, Field(gt=0, description="interceptors taken to be able to engage")]
    guarantees: Annotated[list[Guarantee], Field(min_length=1, description="the weakest first")]
    draws: Annotated[int, Field(ge=59, description="of the assumptions")]


class Ambiguous(Part):
    """Of the shipped events, those read wrongly or not at all fall by this share, and false alarms a year do not rise."""

    kind: Literal["ambiguous"]
    against: Annotated[int, Field(ge=0, description="the rung that is compared with: what was")]
    rung: Annotated[int, Field(ge=1, description="of the ladder, at which there is a centre")]
    moment_s: Annotated[float, Field(gt=0, le=1_800, description="after the event began")]
    falls_by: Annotated[float, Field(gt=0, lt=1)]
    trusts: Annotated[list[float], Field(description="in the word of a partner that is suspected; 0 decides")]
    draws: Annotated[int, Field(ge=59, description="of the assumptions")]
    repeats: Annotated[int, Field(ge=1, description="of chance in each of them")]


AtRungs = Protection | Connected | Compatible
Predicate = AtRungs | Massive | Stabilising | Unilateral | Guaranteed | Ambiguous


class FindingRow(Part):
    """One finding as findings.yaml has it."""

    id: FindingName
    title: Text
    claim: Text
    question: Text
    computed: bool
    predicate: Annotated[Predicate | None, Field(discriminator="kind")] = None
    needs: Text | None = None
    not_modelled: Annotated[tuple[Text, ...], BeforeValidator(as_tuple)] = ()
    where_we_differ: Annotated[str, Field(min_length=1, max_length=2_000)]
    sources: Annotated[list[Text], Field(min_length=1)]


class FindingSheet(Part):
    """The file of the findings."""

    entente: Literal[1]
    findings: list[FindingRow]
    not_computed: list[Text]


@dataclass(frozen=True)
class Margins:
    """How far above the bar, history by history (S,). nan where the predicate is undefined."""

    overall: Floats
    by_party: dict[str, Floats]
    by_class: dict[str, Floats]  # class of launches, or case
    cases: tuple[tuple[str, str], ...]  # (party, case) that were asked
    measure: str  # which measure decided, where several were tried
    missing: tuple[str, ...] = ()  # what the scenario has no case of
    not_computable: tuple[str, ...] = ()  # parties whose own systems no open source lets us compute
    draws: int | None = None  # in how many histories it was asked, the first ones; None: in all


def holds(margin: Floats) -> NDArray[np.bool_]:
    """Where the predicate holds; an undefined margin does not."""
    with np.errstate(invalid="ignore"):
        return np.asarray(margin >= 0.0)


def margins(study: Study, predicate: AtRungs, rung: int) -> Margins:
    """The margins of a predicate at a rung against the baseline, by the least favourable of its measures."""
    if isinstance(predicate, Compatible):
        return compatible(study, predicate, rung)
    if isinstance(predicate, Connected):
        return connected(study, predicate, rung)
    tried = [protection(study, predicate, measure, rung) for measure in predicate.measures if measure in study.data]
    return min(tried, key=lambda one: (float(holds(one.overall).mean()), float(np.nan_to_num(one.overall).mean())))


def protection(study: Study, predicate: Protection, measure: str, rung: int) -> Margins:
    """How far P(no leaker) rises above the bar, in the worst of the required classes and parties.

    A case counts for the party that answers for the region hit; a class has the mean over its cases. A party whose own
    interceptors cannot be computed is left out, and named: nothing can be said of what it had before.
    """
    seeds = study.data.sizes["seed"]
    by_class: dict[str, Floats] = {}
    by_party: dict[str, list[Floats]] = {}
    asked: list[tuple[str, str]] = []
    missing: list[str] = []
    unknown_ = tuple(party.name for party in study.scenario.parties if is_not_computable(study.scenario, party.name))
    for one in predicate.classes:
        of_class = []
        for party in study.scenario.parties:
            cases = [
                case.name
                for case in study.scenario.cases
                if case.nature in predicate.natures and case.target in party.answers_for and _is_in(one, case)
            ]
            if not cases:
                continue
            asked += [(party.name, case) for case in cases]
            rise = np.mean([_rise(study, measure, case, rung, party.name) for case in cases], axis=0)
            if party.name in unknown_:
                rise = np.full(seeds, math.nan)
            of_class.append(np.clip(rise / predicate.rises_by - 1.0, -1.0 - FAR, FAR))
            if one.required:
                by_party.setdefault(party.name, []).append(of_class[-1])
        if of_class:
            by_class[one.name] = np.fmin.reduce(of_class)
        elif one.required:
            missing.append(one.name)
    worst = {party: np.asarray(np.min(rows, axis=0)) for party, rows in by_party.items()}
    overall = np.fmin.reduce(list(worst.values())) if worst else np.full(seeds, math.nan)
    hit = tuple(party for party in unknown_ if party in worst)
    return Margins(overall, worst, by_class, tuple(asked), measure, tuple(missing), hit)


def is_not_computable(scenario: Scenario, party: str) -> bool:
    """Whether a party has interceptors, but none that open sources let us compute or that may be counted."""
    usable = [row for row in selected(scenario, interceptors()) if row.owner == party and not row.nuclear_armed]
    day = scenario.epoch.date()
    listed = [
        row
        for row in KINDS["interceptors"]()
        if isinstance(row, Interceptor | NotComputable) and row.owner == party and row.id not in scenario.exclude
        if not row.periods or row.status_on(day) in scenario.status
    ]
    return bool(listed) and not usable


def _is_in(one: Class, case: Case) -> bool:
    vehicle = next(row for row in vehicles() if row.id == case.vehicle)
    return case.launches == one.launches and vehicle.range_class in one.range_classes


def _rise(study: Study, measure: str, case: str, rung: int, party: str) -> Floats:
    now = histories(study, measure, case, rung, party)
    return now - histories(study, measure, case, baseline(study), party)


def connected(study: Study, predicate: Connected, rung: int) -> Margins:
    """How far half the launches are above the bar, for the party that has less of it.

    A group of launches counts as that many, each with the mean of its group. A party's own launches are not among its.
    """
    by_party: dict[str, Floats] = {}
    by_case: dict[str, list[Floats]] = {}
    asked: list[tuple[str, str]] = []
    for party in study.scenario.parties:
        cases = [
            case for case in study.scenario.cases if case.nature in predicate.natures and case.launched_by != party.name
        ]
        if not cases:
            continue
        above = np.array([_above(study, predicate, case.name, rung, party.name) for case in cases])
        weights = np.array([case.launches for case in cases], np.float64)
        by_party[party.name] = _reached_by(above, weights, predicate.in_share_of_launches)
        asked += [(party.name, case.name) for case in cases]
        for case, row in zip(cases, above, strict=True):
            by_case.setdefault(case.name, []).append(row)
    if not by_party:
        nowhere = np.full(study.data.sizes["seed"], math.nan)
        return Margins(nowhere, {}, {}, (), predicate.earlier.measure, ("a launch of another",))
    overall = np.min(list(by_party.values()), axis=0)
    worst = {case: np.asarray(np.min(rows, axis=0)) for case, rows in by_case.items()}
    return Margins(overall, by_party, worst, tuple(asked), predicate.earlier.measure)


def _above(study: Study, predicate: Connected, case: str, rung: int, party: str) -> Floats:
    """The better of the two ways to be above the bar, one a history."""
    return np.maximum(*_ways(study, predicate, case, rung, party))


def _ways(
    study: Study, predicate: Connected | Compatible, case: str, rung: int, party: str, prefix: str = ""
) -> tuple[Floats, Floats]:
    """How far above its bar is the warning, and how far the area, one a history; `prefix` names other measures at the rung."""
    start = baseline(study)
    time, size = predicate.earlier.measure, predicate.smaller.measure
    then, now = (histories(study, p + time, case, r, party) for p, r in (("", start), (prefix, rung)))
    wide, narrow = (histories(study, p + size, case, r, party) for p, r in (("", start), (prefix, rung)))
    earlier = _margin(then, now, (then - now) / predicate.earlier.by_s)
    # An area of no size cannot shrink further; it then counts as unchanged.
    share = np.divide(wide - narrow, wide, out=np.zeros(len(wide)), where=wide > 0.0)
    smaller = _margin(wide, narrow, np.where(np.isnan(wide - narrow), math.nan, share) / predicate.smaller.by_share)
    return earlier, smaller


def compatible(study: Study, predicate: Compatible, rung: int) -> Margins:
    """How much of the gain is left under a stress, above the share asked for, for the party that keeps less of it.

    The gain of a launch is the better of the two ways, in units of its bar, 0 to 3; that of a party is the mean over the launches
    that are not its own. An area that no longer holds the impact has lost its gain, however small it is. Where a party had no
    gain, none survives.
    """
    seeds = study.data.sizes["seed"]
    draws = stressed_draws(study, predicate)
    if not draws or study.scenario.stress != Stress():
        what = "histories without and with the stress that is asked about"
        return Margins(np.full(seeds, math.nan), {}, {}, (), predicate.earlier.measure, (what,))
    by_party: dict[str, Floats] = {}
    by_case: dict[str, list[Floats]] = {}
    asked: list[tuple[str, str]] = []
    for party in study.scenario.parties:
        cases = [c for c in study.scenario.cases if c.nature in predicate.natures and c.launched_by != party.name]
        kept = [_kept(study, predicate, case.name, rung, party.name) for case in cases]
        if not kept:
            continue
        weights = np.array([case.launches for case in cases], np.float64)
        clean, left = (weights @ np.array([pair[i] for pair in kept]) for i in (0, 1))
        survives = _surviving(clean, left, predicate.survives, draws)
        survives[:draws] = np.nan_to_num(survives[:draws], nan=-1.0)
        by_party[party.name] = survives
        for case, pair in zip(cases, kept, strict=True):
            asked.append((party.name, case.name))
            by_case.setdefault(case.name, []).append(_surviving(*pair, predicate.survives, draws))
    overall = np.min(list(by_party.values()), axis=0) if by_party else np.full(seeds, math.nan)
    worst = {case: np.asarray(np.min(rows, axis=0)) for case, rows in by_case.items()}
    return Margins(overall, by_party, worst, tuple(asked), predicate.earlier.measure, draws=draws)


def stressed_draws(study: Study, predicate: Compatible) -> int:
    """How many seeds, the first ones, have a history under the stress of the predicate; 0 where another one was run."""
    name = f"{UNDER}{predicate.earlier.measure}"
    if predicate.stress != COMPATIBLE or name not in study.data:
        return 0
    found = [study.data[f"{UNDER}{one}"].values for one in (predicate.smaller.measure, predicate.earlier.measure)]
    there = np.flatnonzero(np.isfinite(np.stack(found)).any(axis=(0, 1, 2, 3)))
    return int(there[-1]) + 1 if len(there) else 0


def _kept(study: Study, predicate: Compatible, case: str, rung: int, party: str) -> tuple[Floats, Floats]:
    """The gain of a launch without and with the stress, in units of its bar, 0 to 3, one a history."""
    inside, under = (histories(study, p + predicate.inside, case, rung, party) for p in ("", UNDER))
    still = np.divide(under, inside, out=np.ones(len(inside)), where=inside > 0.0)
    out = []
    for prefix, holding in (("", np.ones(len(still))), (UNDER, np.clip(np.nan_to_num(still, nan=1.0), 0.0, 1.0))):
        earlier, smaller = (
            np.clip(way + 1.0, 0.0, 1.0 + FAR) for way in _ways(study, predicate, case, rung, party, prefix)
        )
        out.append(np.maximum(earlier, smaller * holding))
    return out[0], out[1]


def _surviving(clean: Floats, left: Floats, share: float, draws: int) -> Floats:
    """The share of the gain that is left, in units of the share asked for, less one; nan where there was none, or later seeds."""
    out = np.full(len(clean), math.nan)
    np.divide(left, share * clean, out=out, where=clean > 0.0)
    out[draws:] = math.nan
    return np.clip(out - 1.0, -1.0, FAR)


def _margin(then: Floats, now: Floats, in_bars: Floats) -> Floats:
    """A gain in units of the bar, less one: known only now counts as far above, never known as nothing gained."""
    out = np.where(np.isnan(then) & ~np.isnan(now), FAR, in_bars - 1.0)
    out = np.where(np.isnan(now), np.where(np.isnan(then), -1.0, -1.0 - FAR), out)
    return np.clip(out, -1.0 - FAR, FAR)


def _reached_by(above: Floats, weights: Floats, share: float) -> Floats:
    """The margin that this share of the launches reaches, history by history: (cases, S) -> (S,)."""
    order = np.argsort(-above, axis=0, kind="stable")
    reached = np.cumsum(weights[order], axis=0) >= share * weights.sum()
    first = np.argmax(reached, axis=0)
    return np.take_along_axis(np.take_along_axis(above, order, axis=0), first[None, :], axis=0)[0]
