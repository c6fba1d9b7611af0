"""Which findings would change if the limits that a scenario proposes were kept? Each with and without, the same draws.

Findings that ask nothing of histories are computed anew from what the limits leave of the catalogue, in the year and the case
of their headline. The others are named where a limit reaches them, with what to write to run the world that keeps it.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, get_args

import numpy as np

from entente.compiled import Floats
from entente.massive import margin as massive_margin
from entente.massive import raid_verdicts
from entente.predicates import FindingRow, FindingSheet, Guaranteed, Massive, Stabilising, Unilateral, holds
from entente.questions import national
from entente.questions.caps import DEFENCES, FORCES, RELEASES, Cap, caps_of, kept_systems
from entente.questions.deterrents import POSTURES, able, seen, shield, struck, taken
from entente.rulings import Ruling, rule
from entente.scenario.parts import PartyName, Ranged
from entente.scenario.rows import interceptors
from entente.scenario.schema import Scenario
from entente.scenario.systems import Interceptor
from entente.scenario.world import selected
from entente.stabilising import drawn
from entente.tallies import DECLARED
from entente.thirds import left_by
from entente.unilateral import NATIONS

UNSOURCED: tuple[Ruling, Ruling] = ("supported", "supported under stated assumptions")
OF_HISTORIES = {"F4": (*DEFENCES, *RELEASES), "F5": RELEASES, "F8": RELEASES}
SAME = 1e-9


@dataclass(frozen=True)
class Stand:
    """Where a finding stands: its ruling, the share of draws in which it holds, the middle of its number."""

    ruling: Ruling
    share: float
    number: float


@dataclass(frozen=True)
class Change:
    """One finding without the limits and with them.

    Attributes:
        what: key of the number, as of `hinges.Hinge`; unit: of it.
        before, after: None where histories would have to be run; `needs` then says what to write for them.
    """

    finding: str
    title: str
    what: str
    unit: str
    before: Stand | None
    after: Stand | None
    needs: str = ""

    @property
    def changed(self) -> bool:
        """Whether the verdict or its number is another."""
        if self.before is None or self.after is None:
            return False
        same = math.isclose(self.before.number, self.after.number, rel_tol=SAME, abs_tol=SAME)
        return self.before.ruling != self.after.ruling or not same

    def __str__(self) -> str:
        """One line."""
        start = f"{self.finding} {self.title}"
        if self.before is None or self.after is None:
            return f"{start}: {self.needs}"
        numbers = f"{_said(self.before.number, self.unit)} -> {_said(self.after.number, self.unit)}"
        rulings = dict.fromkeys((self.before.ruling, self.after.ruling))
        return f"{start}: {' -> '.join(rulings)}; {WORDS[self.what]} {numbers}"


WORDS = {
    "raid": "raid of an even chance, in warheads",
    "loss": "lost of the 10th percentile",
    "change": "smaller of the two changes of the index",
    "bare": "lost without a guarantee",
}


@dataclass(frozen=True)
class Changes:
    """What the proposed limits of a scenario would change, finding by finding."""

    rows: tuple[Change, ...]
    not_applied: tuple[str, ...]  # limits that cut nothing here, and why

    def __iter__(self) -> Iterator[Change]:
        return iter(self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        rows = [asdict(row) | {"changed": row.changed} for row in self.rows]
        return {"rows": rows, "not_applied": list(self.not_applied)}

    def __str__(self) -> str:
        """What changes, what needs histories, what stays."""
        lines = [f"  {row}" for row in self.rows if row.changed or row.needs]
        same = [row.finding for row in self.rows if not row.changed and not row.needs]
        text = ["What changes in the findings if the proposed limits are kept", *(lines or ["  nothing"])]
        text += [f"  unchanged: {', '.join(same)}"] if same else []
        return "\n".join([*text, *(f"  not applied: {line}" for line in self.not_applied)])


def under_limits(scenario: Scenario, sheet: FindingSheet) -> Changes | None:
    """The findings without and with the limits that a scenario proposes; None where it proposes none.

    Args:
        sheet: the findings and their bars.
    Valid: as `caps`: what a limit leaves of a number is cut from all systems alike; speeds count by their nominal values.
    """
    if not scenario.limits:
        return None
    caps = caps_of(scenario.limits)
    rows = []
    for row in sheet.findings:
        if (closed := _closed(row, caps)) is not None:
            rows.append(closed)
        elif row.predicate is not None and (touched := _touched(scenario, row.id, caps)):
            rows.append(Change(row.id, row.title, "", "", None, None, touched))
    known = (*DEFENCES, *FORCES, *RELEASES)
    left = [f"{one.name}: at least, which cuts nothing" for one in scenario.limits if one.bound != "at most"]
    left += [
        f"{one.name}: no finding computes {one.measure.replace('_', ' ')}"
        for one in scenario.limits
        if one.measure not in known
    ]
    return Changes(tuple(rows), tuple(left))


def _closed(row: FindingRow, caps: tuple[Cap, ...]) -> Change | None:
    """A finding that needs no histories; None of one that does."""
    predicate = row.predicate
    if isinstance(predicate, Massive):
        return _twice(row, "raid", "warheads", lambda some: _raids(predicate, some), _defences(caps))
    if isinstance(predicate, Unilateral):
        meant = _defences(caps, predicate.defender) + _forces(caps, predicate.deterrent)
        return _twice(row, "loss", "1", lambda some: _retaliation(predicate, some), meant)
    if isinstance(predicate, Stabilising):
        return _twice(row, "change", "", lambda some: _levels(predicate, some), caps)
    if isinstance(predicate, Guaranteed):
        return _twice(row, "bare", "1", lambda some: _guarantees(predicate, some), _defences(caps, predicate.defender))
    return None


def _defences(caps: tuple[Cap, ...], party: str | None = None) -> tuple[Cap, ...]:
    """The limits on interceptors, of one party or of both."""
    return tuple(cap for cap in caps if cap.measure in DEFENCES and party in (None, cap.party))


def _forces(caps: tuple[Cap, ...], party: str) -> tuple[Cap, ...]:
    """The limits on a party's own forces."""
    return tuple(cap for cap in caps if cap.measure in FORCES and cap.party == party)


def _twice(
    row: FindingRow, what: str, unit: str, stand: Callable[[tuple[Cap, ...]], Stand], caps: tuple[Cap, ...]
) -> Change:
    before = stand(())
    return Change(row.id, row.title, what, unit, before, stand(caps) if caps else before)


def _stand(margin: Floats, number: Floats) -> Stand:
    """The ruling of the draws; no verdict of these is more than under assumptions, for none of their inputs is sourced."""
    held = int(holds(margin).sum())
    ruling = rule(held, len(margin))
    middle = float(np.percentile(number, 50, method="inverted_cdf"))
    return Stand(UNSOURCED[1] if ruling == UNSOURCED[0] else ruling, held / len(margin), middle)


def _raids(predicate: Massive, caps: tuple[Cap, ...]) -> Stand:
    """F1: the latest year and the less favourable case of the party that the verdict is about."""
    first = raid_verdicts(predicate)[0]
    caps = _defences(caps, first.party)
    asked = first.party, first.year, "national", first.beside
    found = []
    for system in (False, True):
        curve = national.drawn(*asked, system, predicate.massive, predicate.draws, caps)
        none = np.zeros(predicate.draws)
        curve = curve or national.Drawn(0, none, none, none)
        found.append(_stand(massive_margin(predicate, curve), curve.half))
    return min(found, key=lambda one: one.share)


def _retaliation(predicate: Unilateral, caps: tuple[Cap, ...]) -> Stand:
    """F2: as deployed in the latest year, in the case in which it holds least."""
    year = max(predicate.years)
    held = shield(seen(predicate.defender, year, "deployed", caps), predicate.defender, predicate.draws)
    found = []
    for posture in POSTURES:
        back = struck(NATIONS[predicate.deterrent], year, posture, predicate.defender, predicate.draws, caps)
        for beside in sorted(predicate.undiscriminated, reverse=True):
            for system in (False, True):
                loss = taken(back, held, beside, predicate.falls_by, system).loss
                found.append(_stand(loss / predicate.falls_by - 1.0 - 1e-12, loss))
    return min(found, key=lambda one: one.share)


def _guarantees(predicate: Guaranteed, caps: tuple[Cap, ...]) -> Stand:
    """F7: the observable guarantee that holds most; its number is what is lost without any, where that is most."""
    year = max(predicate.years)
    systems = [
        row
        for row in seen(predicate.defender, year, "deployed", caps)
        if row.burnout_speed_km_s.nominal > predicate.faster_than_km_s
    ]
    back, held = able(predicate.deterrent, year, predicate.draws), shield(systems, predicate.defender, predicate.draws)

    def least(count: int) -> Stand:
        cases = []
        for beside in predicate.undiscriminated:
            for system in (True, False):
                loss = taken(back, replace(held, count=count), beside, predicate.loss_below, system).loss
                cases.append(_stand(1.0 - loss / predicate.loss_below - 1e-12, loss))
        return min(cases, key=lambda one: (one.share, -one.number))

    counts = {left_by(one, held.count) for one in predicate.guarantees if one.observable}
    best = max((least(count) for count in counts), key=lambda one: one.share)
    return replace(best, number=least(held.count).number)


def _levels(predicate: Stabilising, caps: tuple[Cap, ...]) -> Stand:
    """F3: levels above what both sides may have fall away, and both defend with no more than both may."""

    def most(measure: str) -> float:
        """What both may have, where both are bound."""
        bound: dict[PartyName, float] = {}
        for cap in caps:
            if cap.measure == measure:
                bound[cap.party] = min(cap.value, bound.get(cap.party, math.inf))
        return max(bound.values()) if len(bound) == len(get_args(PartyName)) else math.inf

    levels = tuple(one for one in predicate.levels if one <= most("deployed_warheads"))
    number = min(predicate.interceptors, most("interceptors"), most("strategic_interceptors"))
    if not levels or number < 1:
        nothing = np.zeros(predicate.draws)
        return _stand(nothing - 1.0, nothing)
    found = drawn(tuple(predicate.parties), predicate.year, levels, math.floor(number), predicate.draws)
    margin = found.margin(predicate.changes_by)
    return _stand(margin, (margin + 1.0) * predicate.changes_by)


def _touched(scenario: Scenario, finding: str, caps: tuple[Cap, ...]) -> str:
    """What to write for the histories of a world that keeps the limits; empty where they reach nothing of it."""
    reached = [cap for cap in caps if cap.measure in OF_HISTORIES.get(finding, ())]
    there = [
        row for row in selected(scenario, interceptors()) if isinstance(row, Interceptor) and not row.nuclear_armed
    ]
    left = {row.id: row.inventory for row in kept_systems(there, [cap for cap in reached if cap.measure in DEFENCES])}
    gone = [row.id for row in there if row.id not in left]
    fewer = [
        f"{row.id} {row.inventory} to {left[row.id]}" for row in there if left.get(row.id, 0) not in (0, row.inventory)
    ]
    said = [f"exclude: [{', '.join(gone)}]"] if gone else []
    said += [f"fewer interceptors, which a scenario cannot say: {', '.join(fewer)}"] if fewer else []
    said += [line for cap in reached if (line := _released(scenario, cap))]
    return f"asks for histories; run the scenario with {'; '.join(said)}" if said else ""


def _released(scenario: Scenario, cap: Cap) -> str:
    """How a party's release policy would have to be; empty where it keeps the limit already."""
    if cap.measure not in DECLARED:
        return ""
    key = DECLARED[cap.measure]
    value = next(getattr(one.release, key) for one in scenario.parties if one.name == cap.party)
    high = value.high if isinstance(value, Ranged) else value
    return f"release.{key} of {cap.party} at most {cap.value:g}" if high > cap.value else ""


def _said(value: float, unit: str) -> str:
    """A number with its unit: shares in per cent."""
    return f"{100.0 * value:.2g} %" if unit == "1" else f"{value:.3g}"
