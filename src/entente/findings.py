"""What do the findings F1 to F8 say? Claims as questions, answered with numbers and a verdict.

The questions and their bars stand in findings.yaml, which is hashed into a study before it runs. The verdict rests on the
share of assumption draws (seeds) in which the predicate holds, sampling error counted against it; an input that decides and
has no source keeps it from being more than *supported under stated assumptions*.
"""

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from entente.ambiguous import CentreVerdict, centre_verdict, reasons_centre
from entente.comparison import Estimate, baseline, gain, histories, level
from entente.comparison.intervals import estimate
from entente.compiled import Floats
from entente.deciders import FEWEST, Decider, deciders, unsourced_matter
from entente.hinges import Hinge, hinge, hinge_guaranteed, of_centre, of_histories, of_levels, of_raids, of_unilateral
from entente.limited import Changes
from entente.limited import under_limits as limits_applied
from entente.massive import RaidVerdict, raid_verdicts, reasons
from entente.predicates import (
    UNDER,
    Ambiguous,
    AtRungs,
    Compatible,
    Connected,
    FindingRow,
    FindingSheet,
    Guarantee,
    Guaranteed,
    Margins,
    Massive,
    Stabilising,
    Unilateral,
    holds,
    margins,
)
from entente.provenance import findings_hash
from entente.rulings import Ruling, rule, share_bounds
from entente.scenario.reader import read
from entente.scenario.schema import Scenario
from entente.stabilising import LevelsVerdict, levels_verdict, reasons_of
from entente.study import Study
from entente.thirds import best, guarantee_takings, reasons_third
from entente.unilateral import Taking, headline, takings
from entente.unilateral import reasons_of as reasons_unilateral

FILE = Path(__file__).parent / "findings.yaml"
ALONE_SIZES = {"bias_km": 1.0, "clock_skew_s": 1.0, "latency_s": 30.0, "outage": 0.05}  # the stress of F8, part by part
__all__ = [
    "Decider",
    "Number",
    "Ruling",
    "RungVerdict",
    "Verdict",
    "findings_hash",
    "judge",
    "not_computed",
    "rule",
    "share_bounds",
]


@dataclass(frozen=True)
class Number:
    """One number that a verdict rests on, by party and case."""

    title: str
    measure: str
    case: str
    party: str
    level: Estimate  # at the rung
    gain: Estimate  # against the baseline


@dataclass(frozen=True)
class RungVerdict:
    """What a finding comes to at one rung."""

    rung: int
    share: float  # of assumption draws in which the predicate holds; nan where it was not computed
    interval: tuple[float, float]  # of the share: the two one-sided 95 % bounds
    ruling: Ruling  # capped where a deciding input has no source
    capped: bool
    deciders: tuple[Decider, ...]  # ranked; at headline rungs, and where the ruling may be capped
    by_party: dict[str, float]  # the share for each party alone
    by_class: dict[str, float]  # the share for each class of launch (F4), or each case (F5), both parties together
    measure: str  # the least favourable, which decided
    numbers: tuple[Number, ...]  # at headline rungs only
    not_computable: tuple[str, ...] = ()  # parties of which the predicate cannot be computed


@dataclass(frozen=True)
class Verdict:
    """A finding, answered. `ruling` is that of the headline rung, capped where a deciding input has no source."""

    id: str
    title: str
    claim: str
    question: str
    computed: bool
    rung: int | None  # the headline rung; None where nothing was computed
    headline: tuple[int, ...]  # the rungs to show, the headline rung first
    by_rung: dict[int, RungVerdict]  # every rung of the study but the baseline
    ruling: Ruling
    capped: bool
    why: tuple[str, ...]  # sentences: why the cap, why not computed, what is left out
    deciders: tuple[Decider, ...]  # the inputs that decide, ranked; empty where too few histories tell
    where_we_differ: str
    sources: tuple[str, ...]
    raids: tuple[RaidVerdict, ...] = ()  # of F1, which asks nothing of the rungs: by year and case, the headline first
    levels: LevelsVerdict | None = None  # of F3, which asks nothing of the rungs either
    takings: tuple[Taking, ...] = ()  # of F2 and F7, which do not either: the headline first
    guarantees: tuple[Guarantee, ...] = ()  # of F7
    centre: CentreVerdict | None = None  # of F6, which asks for events and not for histories
    hinge: Hinge | None = (
        None  # what moves the number behind it, and what could reverse it; None where nothing was computed
    )

    @property
    def share(self) -> float:
        """The share of draws behind the ruling; nan where it was not computed."""
        if self.raids:
            return self.raids[0].share
        if self.levels:
            return self.levels.share
        if self.centre:
            return self.centre.share
        if self.takings:
            return self.takings[0].share
        return self.by_rung[self.rung].share if self.rung is not None else math.nan


@cache
def sheet() -> FindingSheet:
    """findings.yaml, checked."""
    return read(FILE, FindingSheet)


def not_computed() -> tuple[str, ...]:
    """What the claims speak of and no model here answers."""
    return tuple(sheet().not_computed)


def under_limits(scenario: Scenario) -> Changes | None:
    """Which findings would change if the limits that a scenario proposes were kept; None where it proposes none.

    Args:
        scenario: as `en.load` gives it.
    Returns:
        each finding without the limits and with them, the same draws: rulings, shares and headline numbers; findings that ask
        for histories with what to write to run the world that keeps the limits.
    Valid: a limit on a number cuts the same share from all systems that it counts; speeds count by their nominal values.
    """
    return limits_applied(scenario, sheet())


def judge(study: Study) -> list[Verdict]:
    """The verdicts on F1 to F8, in order."""
    return [_judged(study, row) for row in sheet().findings]


def _judged(study: Study, row: FindingRow) -> Verdict:
    """One finding."""
    why = [f"not modelled: {what}" for what in row.not_modelled]
    why += [
        f"out of scope: {one.what}: {one.effect[row.id]}" for one in study.scenario.out_of_scope if row.id in one.effect
    ]
    if isinstance(row.predicate, Massive):
        return _massive(row, row.predicate, why)
    if isinstance(row.predicate, Stabilising):
        return _stabilising(row, row.predicate, why)
    if isinstance(row.predicate, Unilateral):
        return _unilateral(row, row.predicate, why)
    if isinstance(row.predicate, Guaranteed):
        return _guaranteed(row, row.predicate, why)
    if isinstance(row.predicate, Ambiguous):
        return _ambiguous(row, row.predicate, why)
    if row.predicate is None:
        return _verdict(row, "not computed yet", [f"not computed yet: it needs {row.needs}", *why])
    start = baseline(study)
    rungs = [int(rung) for rung in study.data["rung"].values if rung != start]
    headline = [rung for rung in row.predicate.headline if rung in rungs]
    if not headline:
        asked = " or ".join(str(rung) for rung in row.predicate.headline)
        return _verdict(row, "not asked by this scenario", [f"rung {asked} was not run", *why])
    found = margins(study, row.predicate, headline[0])
    if found.missing:
        what = "" if isinstance(row.predicate, Compatible) else "case of "
        return _verdict(
            row, "not asked by this scenario", [f"no {what}{', '.join(found.missing)} in this scenario", *why]
        )
    computed = headline if isinstance(row.predicate, Compatible) else rungs
    by_rung = {rung: _at(study, row.predicate, rung, rung in headline) for rung in computed}
    first = by_rung[headline[0]]
    why = [*_reasons(study, row, first), *why]
    bare = _verdict(row, first.ruling, why, headline, by_rung)
    if math.isnan(first.share) or _is_fixed(study):
        return bare
    return replace(bare, hinge=hinge(of_histories(study, row.predicate, headline[0])))


def _massive(row: FindingRow, predicate: Massive, also: list[str]) -> Verdict:
    """F1: the same for every study, by the latest year and the less favourable case."""
    found = raid_verdicts(predicate)
    bare = _verdict(row, found[0].ruling if found else "not computable from open sources", [])
    first = found[0] if found else None
    return replace(
        bare,
        computed=bool(found),
        raids=found,
        capped=first is not None and first.capped,
        deciders=first.deciders if first else (),
        why=(*reasons(predicate, found), *also),
        hinge=hinge(of_raids(predicate, first)) if first else None,
    )


def _stabilising(row: FindingRow, predicate: Stabilising, also: list[str]) -> Verdict:
    """F3: the same for every study."""
    found = levels_verdict(predicate)
    return replace(
        _verdict(row, found.ruling, []),
        computed=True,
        levels=found,
        capped=found.capped,
        deciders=found.deciders,
        why=(*reasons_of(predicate, found), *also),
        hinge=hinge(of_levels(predicate)),
    )


def _ambiguous(row: FindingRow, predicate: Ambiguous, also: list[str]) -> Verdict:
    """F6: the same for every study, by the suspicion under which it holds least."""
    found = centre_verdict(predicate)
    return replace(
        _verdict(row, found.ruling, []),
        computed=True,
        centre=found,
        capped=found.capped,
        deciders=found.deciders,
        why=(*reasons_centre(predicate, found), *also),
        hinge=hinge(of_centre(predicate, found)),
    )


def _unilateral(row: FindingRow, predicate: Unilateral, also: list[str]) -> Verdict:
    """F2: the same for every study."""
    found = takings(predicate)
    bare = _of_takings(row, headline(found), found, [*reasons_unilateral(predicate), *also])
    return replace(bare, hinge=hinge(of_unilateral(predicate, bare.takings[0])))


def _guaranteed(row: FindingRow, predicate: Guaranteed, also: list[str]) -> Verdict:
    """F7: the same for every study."""
    found = guarantee_takings(predicate)
    bare = _of_takings(row, best(predicate, found), found, [*reasons_third(predicate), *also])
    hung = hinge_guaranteed(predicate, bare.takings[0], found)
    return replace(bare, guarantees=tuple(predicate.guarantees), hinge=hung)


def _of_takings(row: FindingRow, first: Taking, found: tuple[Taking, ...], why: list[str]) -> Verdict:
    """A finding on what interceptors take, by its headline row."""
    return replace(
        _verdict(row, first.ruling, why),
        computed=True,
        takings=(first, *(one for one in found if one is not first)),
        capped=first.capped,
        deciders=first.deciders,
    )


def _verdict(
    row: FindingRow,
    ruling: Ruling,
    why: list[str],
    headline: list[int] | None = None,
    by_rung: dict[int, RungVerdict] | None = None,
) -> Verdict:
    rungs = tuple(headline or ())
    first = by_rung[rungs[0]] if by_rung else None
    return Verdict(
        id=row.id,
        title=row.title,
        claim=row.claim,
        question=row.question,
        computed=first is not None,
        rung=rungs[0] if rungs else None,
        headline=rungs,
        by_rung=by_rung or {},
        ruling=ruling,
        capped=first is not None and first.capped,
        why=tuple(why),
        deciders=first.deciders if first else (),
        where_we_differ=row.where_we_differ,
        sources=tuple(row.sources),
    )


def _at(study: Study, predicate: AtRungs, rung: int, headline: bool) -> RungVerdict:
    """What a finding comes to at one rung."""
    found = margins(study, predicate, rung)
    draws = len(found.overall) if found.draws is None else found.draws
    if np.isnan(found.overall).all():
        numbers = _numbers(study, predicate, found, rung) if headline else ()
        return RungVerdict(
            rung=rung,
            share=math.nan,
            interval=(math.nan, math.nan),
            ruling="not computable from open sources",
            capped=False,
            deciders=(),
            by_party=dict.fromkeys(found.by_party, math.nan),
            by_class=dict.fromkeys(found.by_class, math.nan),
            measure=found.measure,
            numbers=numbers,
            not_computable=found.not_computable,
        )
    held = int(holds(found.overall).sum())
    ruling = rule(held, draws)
    of_knowing = isinstance(predicate, Connected | Compatible)
    ranked = deciders(study, found.overall, of_knowing) if headline or ruling == "supported" else ()
    capped = ruling == "supported" and (_is_fixed(study) or unsourced_matter(study, found.overall, ranked))
    if capped:
        ruling = "supported under stated assumptions"
    # For each party means for both: one that fails decides, one that cannot be computed leaves the rest open.
    if found.not_computable and ruling != "not supported":
        ruling, capped = "not computable from open sources", False
    return RungVerdict(
        rung=rung,
        share=held / draws,
        interval=share_bounds(held, draws),
        ruling=ruling,
        capped=capped,
        deciders=ranked,
        by_party={party: _share(one, draws) for party, one in found.by_party.items()},
        by_class={name: _share(one, draws) for name, one in found.by_class.items()},
        measure=found.measure,
        numbers=_numbers(study, predicate, found, rung) if headline else (),
        not_computable=found.not_computable,
    )


def _share(margin: Floats, draws: int) -> float:
    """In how many of the draws it holds; nan where it is undefined in all of them."""
    return math.nan if np.isnan(margin).all() else float(holds(margin).sum() / draws)


def _numbers(study: Study, predicate: AtRungs, found: Margins, rung: int) -> tuple[Number, ...]:
    """The measures behind a verdict, the deciding one first, with both intervals."""
    if isinstance(predicate, Compatible):
        return tuple(
            _left(study, measure, case, party, rung, found.draws or 0)
            for measure in (predicate.earlier.measure, predicate.smaller.measure)
            for party, case in found.cases
        )
    if isinstance(predicate, Connected):
        measures = [predicate.earlier.measure, predicate.smaller.measure]
    else:
        measures = [found.measure, *(m for m in predicate.measures if m != found.measure and m in study.data)]
    return tuple(
        Number(
            title=str(study.data[measure].attrs["long_name"]),
            measure=measure,
            case=case,
            party=party,
            level=level(study, measure, case, rung, party),
            gain=gain(study, measure, case, rung, party),
        )
        for measure in measures
        for party, case in found.cases
    )


def _left(study: Study, measure: str, case: str, party: str, rung: int, draws: int) -> Number:
    """A measure under stress, and what is gained by it over the baseline all the same, in the seeds that have both."""
    name = f"{UNDER}{measure}"
    now = histories(study, name, case, rung, party)[:draws]
    then = histories(study, measure, case, baseline(study), party)[:draws]
    fixed, none = _is_fixed(study), np.empty(0)
    gained = estimate(then - now, (none, none), "median", fixed=fixed)
    newly, lost = np.isnan(then) & ~np.isnan(now), ~np.isnan(then) & np.isnan(now)
    better, worse = ((then > now) | newly).mean(), ((then < now) | lost).mean()
    return Number(
        title=str(study.data[name].attrs["long_name"]),
        measure=name,
        case=case,
        party=party,
        level=estimate(now, (none, none), "median", fixed=fixed),
        gain=replace(
            gained, newly=float(newly.mean()), lost=float(lost.mean()), better=float(better), worse=float(worse)
        ),
    )


def _each_alone(study: Study, first: RungVerdict) -> list[str]:
    """How much of the gain in foretelling the impact each part of the stress leaves by itself, in the lead case."""
    if study.tolerance is None:
        return []
    found, said = study.tolerance, []
    for party in study.scenario.parties:
        shares = [found.left("area", name, size, first.rung, party.name) for name, size in ALONE_SIZES.items()]
        if not any(map(math.isnan, shares)):
            bias, skew, latency, outage = (f"{share:.0%}" if share >= 0.0 else "less than none" for share in shares)
            said.append(
                f"each alone leaves of what {party.name} gains in foretelling the impact of the lead case: "
                f"1 km of bias {bias}, 1 s of skew {skew}, 30 s of latency {latency}, 5% of outages {outage}"
            )
    return said


def _is_fixed(study: Study) -> bool:
    return study.scenario.inputs == "nominal"


def _reasons(study: Study, row: FindingRow, first: RungVerdict) -> list[str]:
    """Why the verdict is no stronger than it is."""
    why = []
    known = {party: share for party, share in first.by_party.items() if not math.isnan(share)}
    if first.ruling not in ("supported", "not computable from open sources") and len(set(known.values())) > 1:
        alone = " and ".join(f"for {party} in {share:.0%}" for party, share in known.items())
        why.append(f"at rung {first.rung} it holds {alone} of the draws, and it is asked of each party")
    why += _each_alone(study, first) if isinstance(row.predicate, Compatible) else []
    unsourced = [one.title for one in first.deciders if not one.sourced]
    if first.not_computable:
        who = " and ".join(first.not_computable)
        why.append(
            f"of the interceptors of {who} open sources state too little, or they are nuclear-armed and kept apart"
        )
    if _is_fixed(study):
        why.append("every input stands at its nominal value: the share is over chance alone, not over assumptions")
    elif study.data.sizes["seed"] < FEWEST:
        why.append(
            f"{study.data.sizes['seed']} histories are too few to rank what decides; at least {FEWEST} are needed"
        )
    elif first.capped:
        named = ", ".join(unsourced) or "none stands out of the noise, and some that vary have no source"
        why.append(f"decided by inputs that no source states: {named}")
    if study.provenance.get("findings_hash", findings_hash()) != findings_hash():
        why.append("findings.yaml was changed after the study ran: the bar is not the one that was set before")
    return why
