"""What does the page say, before it is said in any language? Everything is computed here once, from the study alone."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entente.comparison import (
    Balance,
    Change,
    Estimate,
    Exchange,
    Exposure,
    Fact,
    Loss,
    Stride,
    balanced,
    baseline,
    change,
    exposure,
    facts,
    gain,
    histories,
    level,
    losses,
    reciprocity,
    walk,
)
from entente.comparison.gains import NOISE
from entente.comparison.intervals import sign_test
from entente.findings import Verdict, judge, under_limits
from entente.limited import Changes
from entente.questions.footprint import people_covered
from entente.run import Run
from entente.scenario.rows import find_rung, interceptors, radars, satellites, vehicles
from entente.scenario.schema import Case, Scenario, Way
from entente.scenario.systems import Row, Rung
from entente.study import Study

HEADLINE = 4  # the rung the answer is about, where the study has it: the joint data-fusion centre
PROTECTION = ("p_no_leaker_decoys", "p_no_leaker", "p_no_leaker_system")
"""Protection, the least favourable first: with decoys, with perfect discrimination, and with a common failure beside it."""
LEAD = ("first_known_s", "warning_lead_s", "impact_area_90_km2", "people_in_area", "unresolved_600", *PROTECTION)
"""The measures of the answer and its tables, where the study has them."""
PICTURED = ("warning_lead_s", "impact_area_90_km2", "p_no_leaker_decoys", "p_no_leaker")
"""Those of the picture of the ladder."""
UNSURE_BASES = ("assumed", "recalled", "invented")
Key = tuple[str, str, int, str]  # measure, case, rung, party


@dataclass(frozen=True)
class Material:
    """A study, and what the comparison and the findings make of it."""

    study: Study
    baseline: int
    headline: int
    levels: dict[Key, Estimate]  # lead measures, and the times of the warning chart
    gains: dict[Key, Estimate]  # lead measures at every rung, against the baseline
    changes: dict[tuple[str, str, str], Change]  # measure, case, party: at the headline rung
    exposures: dict[tuple[str, int, str], Exposure]  # case, rung, party
    facts: dict[str, tuple[Fact, ...]]  # by party: at the headline rung, in the most revealing case
    balance: Balance
    exchanges: tuple[Exchange, ...]
    losses: tuple[Loss, ...]
    walks: tuple[tuple[Way, tuple[Stride, ...]], ...]
    verdicts: tuple[Verdict, ...]
    limits: Changes | None  # what the limits that the scenario proposes would change; None where it proposes none
    covered: dict[tuple[str, str], dict[str, int]]  # case, party that answers: people in its footprint, and in reach

    @property
    def cases(self) -> Sequence[Case]:
        """The cases, in the scenario's order; the first is the lead case."""
        return self.study.scenario.cases

    @property
    def rungs(self) -> list[int]:
        """The rungs that were run."""
        return [int(rung) for rung in self.study.data["rung"].values]

    @property
    def parties(self) -> list[str]:
        """The parties, by name."""
        return [party.name for party in self.study.scenario.parties]

    @property
    def lead(self) -> list[str]:
        """The lead measures that this study has."""
        return [name for name in LEAD if name in self.study.data]

    @property
    def seeds(self) -> int:
        """Histories for each case and rung."""
        return int(self.study.data.sizes["seed"])

    @property
    def drawn(self) -> int:
        """How many uncertain inputs were drawn."""
        return int(self.study.inputs.sizes["input"])

    @property
    def can_tell(self) -> bool:
        """Whether so many histories, all going one way, would be a change beyond noise."""
        return not self.changes or sign_test(self.seeds, 0) < NOISE / len(self.changes)

    def rung(self, number: int) -> Rung:
        """The switches of a rung."""
        return find_rung(number, self.study.scenario.ladder)

    def unit(self, measure: str) -> str:
        """The unit of a measure."""
        return str(self.study.data[measure].attrs["units"])

    def kept(self, case: str, rung: int) -> Run:
        """The whole first history."""
        return self.study.kept[case, rung]

    def costliest(self, party: str, rung: int) -> tuple[str, Exposure] | None:
        """The case in which a party gives most away; None if no case tells."""
        known = [(case.name, self.exposures[case.name, rung, party]) for case in self.cases]
        known = [(case, one) for case, one in known if one.enough]
        return max(known, key=lambda pair: pair[1].nats) if known else None


def gather(study: Study) -> Material:
    """Everything the page says of a study."""
    base = baseline(study)
    rungs = [int(rung) for rung in study.data["rung"].values]
    above = [rung for rung in rungs if rung > base]
    headline = HEADLINE if HEADLINE in rungs else (above or rungs)[-1]
    cases = [case.name for case in study.scenario.cases]
    parties: list[str] = [party.name for party in study.scenario.parties]
    lead = [name for name in LEAD if name in study.data]
    cells = [(case, rung, party) for case in cases for rung in rungs for party in parties]
    shown = dict.fromkeys((*lead, "first_known_s", "warning_s"))
    levels = {(name, *cell): level(study, name, *cell) for name in shown for cell in cells if name in study.data}
    gains = {(name, *cell): gain(study, name, *cell) for name in lead for cell in cells}
    asked = [(name, case, party) for name in lead for case in cases for party in parties]
    return Material(
        study=study,
        baseline=base,
        headline=headline,
        levels=levels,
        gains=gains,
        changes={(n, c, p): change(study, n, c, headline, p, of=len(asked)) for n, c, p in asked},
        exposures={cell: exposure(study, *cell, of=len(cases)) for cell in cells},
        facts={party: _facts(study, cases, headline, party) for party in parties},
        balance=balanced(study, headline),
        exchanges=reciprocity(study, headline),
        losses=losses(study),
        walks=tuple(
            (way, walk(study, way)) for way in study.scenario.paths if all(step.rung in rungs for step in way.steps)
        ),
        verdicts=tuple(judge(study)),
        limits=under_limits(study.scenario),
        covered=_covered(study.scenario),
    )


def _covered(scenario: Scenario) -> dict[tuple[str, str], dict[str, int]]:
    """People covered against the missiles of each attack, by the party that answers for the region attacked."""
    same: dict[tuple[str, str, str, str], dict[str, int]] = {}
    found: dict[tuple[str, str], dict[str, int]] = {}
    for case in scenario.cases:
        for party in scenario.parties:
            if case.nature == "attack" and case.target in party.answers_for:
                asked = case.origin, case.vehicle, party.name, case.loft
                same[asked] = same[asked] if asked in same else people_covered(scenario, *asked)
                found[case.name, party.name] = same[asked]
    return found


def _facts(study: Study, cases: list[str], rung: int, party: str) -> tuple[Fact, ...]:
    """What a party discloses in the case in which most histories disclose something."""
    found = [facts(study, case, rung, party) for case in cases]
    return max(found, key=lambda some: sum(fact.share for fact in some))


def told(study: Study, case: str, rung: int, party: str) -> float:
    """Share of histories in which a party's first report at a rung is its partner's word; nan where that is not known.

    Known by comparison with the highest rung at which no warning flows: own sensors do not depend on the rung.
    """
    alone = [
        int(r) for r in study.data["rung"].values if "warnings" not in find_rung(int(r), study.scenario.ladder).flows
    ]
    if not alone:
        return math.nan
    own, now = (histories(study, "first_known_s", case, r, party) for r in (alone[-1], rung))
    heard = np.isfinite(now) & (np.isnan(own) | (now < own))
    return float(heard.mean())


def used(study: Study) -> list[Row]:
    """The catalogue rows that this study's worlds were made of."""
    ids = {case.vehicle for case in study.scenario.cases}
    for run in study.kept.values():
        ids |= {sensor.id for sensor in run.world.sensors} | {site.id for site in run.world.sites}
    return [row for row in (*radars(), *satellites(), *interceptors(), *vehicles()) if row.id in ids]


def unsure(rows: list[Row]) -> list[Row]:
    """Those that nobody has verified."""
    return [row for row in rows if row.confidence == "low" or row.basis in UNSURE_BASES or row.assumed]
