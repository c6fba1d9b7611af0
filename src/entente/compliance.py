"""Which limits does a scenario keep? Per limit: met, exceeded, needs judgement, not in force, with value and margin.

There is no verdict on an agreement as a whole, and none on a party: that is for the parties to give.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from entente.scenario import rows
from entente.scenario.accords import Agreement, Duty, Limit
from entente.scenario.parts import PartyName
from entente.scenario.schema import ProposedLimit, Scenario
from entente.strategy.regimes import Judged, Verdict, judge
from entente.tallies import Tally, tally

Ruling = Literal["met", "exceeded", "needs judgement", "not in force"]
NAMES: dict[PartyName, tuple[str, ...]] = {"us_nato": ("United States", "NATO"), "russia": ("Russia", "Soviet Union")}
CAUTION = "A verdict speaks of one limit. Whether a party keeps an agreement is not computed: the parties judge that."
NOTHING = "nothing in the scenario or the catalogue to compare it with"


@dataclass(frozen=True)
class Found:
    """What one limit, or one duty, comes to for one party.

    Attributes:
        agreement: id of the catalogue, or the name of a proposed limit.
        status: how the agreement stands that day; proposed, or for a limit not yet due: from when on.
        verdict: of this limit only.
        if_it_held: the verdict on the numbers, whether or not the limit is in force.
        value_low, value_high: what was compared, in `unit`; None: nothing to compare.
        margin_low, margin_high: room left at the worse and at the better end; below 0 the limit is exceeded.
        of: what the value was taken from; source: who says so, of the limit first.
    """

    agreement: str
    title: str
    party: PartyName
    quantity: str
    bound: str
    limit: float | None
    unit: str
    status: str
    verdict: Ruling
    if_it_held: Verdict
    value_low: float | None
    value_high: float | None
    margin_low: float | None
    margin_high: float | None
    clause: str | None
    of: str
    source: tuple[str, ...]

    def __str__(self) -> str:
        """One line: verdict, limit, value, margin."""
        due = self.status.partition("; ")[2]
        held = f" ({due + '; ' if due else ''}if it held: {self.if_it_held})" if self.verdict == "not in force" else ""
        start = f"{self.verdict}{held}: {self.party}, {self.quantity}"
        if self.limit is not None:
            start += f" {self.bound} {self.limit:g} {self.unit}"
        if self.value_low is None or self.margin_low is None or self.margin_high is None:
            return f"{start}; {self.of}"
        value, margin = _span(self.value_low, self.value_high), _span(self.margin_low, self.margin_high)
        return f"{start}; has {value}, margin {margin}; {self.of}"


@dataclass(frozen=True)
class Compliance:
    """Every limit and duty that binds a party of the scenario, and those that it proposes, on one day."""

    title: str
    day: dt.date
    rows: tuple[Found, ...]

    def __iter__(self) -> Iterator[Found]:
        return iter(self.rows)

    def of(self, agreement: str, party: str | None = None) -> tuple[Found, ...]:
        """The rows of one agreement or proposed limit, of one party or of both."""
        return tuple(row for row in self.rows if row.agreement == agreement and party in (None, row.party))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "title": self.title,
            "day": self.day.isoformat(),
            "caution": CAUTION,
            "rows": [asdict(r) for r in self.rows],
        }

    def text(self, lapsed: bool = False) -> str:
        """What was computed, by agreement: proposals, in force, the rest; then what was not, by name; the caution last.

        Args:
            lapsed: shows agreements that had lapsed, too, and what they would come to.
        """
        order = {"proposed here": 0, "in force": 1}
        computed = [row for row in self.rows if row.value_low is not None]
        computed.sort(key=lambda row: order.get(row.status.split(";")[0], 2))
        text = [f"{self.title}, on {self.day}"]
        past = dict.fromkeys(row.agreement for row in computed if row.status == "lapsed")
        for name in dict.fromkeys(row.agreement for row in computed if lapsed or row.status != "lapsed"):
            some = [row for row in computed if row.agreement == name]
            text += ["", f"{some[0].title} ({some[0].status.split(';')[0]})", *(f"  {row}" for row in some)]
        left = [row for row in self.rows if row.value_low is None and row.verdict == "needs judgement"]
        names = dict.fromkeys(row.agreement for row in left)
        if left:
            text += ["", f"needs judgement, {NOTHING}: {len(left)} limits and duties of {', '.join(names)}"]
        if past and not lapsed:
            text += ["", f"lapsed, and not shown: {', '.join(past)}"]
        return "\n".join([*text, "", CAUTION])

    def __str__(self) -> str:
        """The text, without what had lapsed."""
        return self.text()


def comply(scenario: Scenario) -> Compliance:
    """What each limit of each agreement, and each limit the scenario proposes, comes to on the scenario's day.

    Args:
        scenario: its epoch is the day; its status, exclude and assume say which interceptors count, and how fast they are.
    Returns:
        a row for each limit and party, proposals first, then in the order of the catalogue.
    Valid: an interceptor is taken for strategic if it is faster than 3 km/s or nuclear-armed; for one at sea if its title
        says ship.
        Loadings are estimates; only New START's own counts are compared exactly, with the limits of New START.
    """
    day = scenario.epoch.date()
    found = [row for proposed in scenario.limits for row in _proposed(scenario, proposed)]
    for agreement in rows.agreements():
        status = agreement.status_on(day)
        if status is None:
            continue
        for party, names in NAMES.items():
            if not any(name in each for name in names for each in agreement.parties):
                continue
            found += [
                _limit(scenario, agreement, limit, party, status) for limit in agreement.limits if _binds(limit, names)
            ]
            found += [_duty(scenario, agreement, duty, party, status) for duty in agreement.duties]
    return Compliance(scenario.title, day, tuple(found))


@dataclass(frozen=True)
class _Asked:
    """What is asked of a party: a limit or a duty, and where it stands."""

    agreement: str
    title: str
    quantity: str
    bound: str
    limit: float | None
    unit: str
    clause: str | None
    source: tuple[str, ...]


def _proposed(scenario: Scenario, proposed: ProposedLimit) -> Iterator[Found]:
    said = proposed.measure.replace("_", " "), proposed.bound, proposed.value, proposed.unit
    asked = _Asked(proposed.name, proposed.title, *said, clause=None, source=(proposed.source,))
    for party in proposed.parties or list(NAMES):
        value = tally(scenario, party, proposed.measure)
        judged = judge(value.low, value.high, proposed.value, proposed.bound) if value else None
        ruled: Ruling = judged.verdict if judged else "needs judgement"
        yield _found(asked, party, ("proposed here", ruled), judged, value)


def _binds(limit: Limit, names: tuple[str, ...]) -> bool:
    """Whether a limit is one for this party: each party's, or named for it."""
    return limit.applies_to.startswith("each party") or any(name in limit.applies_to for name in names)


def _limit(scenario: Scenario, agreement: Agreement, limit: Limit, party: PartyName, status: str) -> Found:
    day, value = scenario.epoch.date(), None
    if limit.measure is not None:
        at_sea = True if "at sea" in limit.applies_to else False if "on land" in limit.applies_to else None
        value = tally(scenario, party, limit.measure, agreement.id, at_sea)
    judged = judge(value.low, value.high, limit.value, limit.bound) if value else None
    if judged and judged.verdict == "exceeded":
        judged = replace(judged, verdict=limit.beyond)
    held = status == "in force"
    if held and limit.since is not None and day < limit.since:
        held, status = False, f"{status}; from {limit.since} on"
    if held and limit.until is not None and day >= limit.until:
        held, status = False, f"{status}; until {limit.until}"
    ruled: Ruling = (judged.verdict if judged else "needs judgement") if held else "not in force"
    said = limit.quantity, limit.bound, limit.value, limit.unit
    asked = _Asked(agreement.id, agreement.title, *said, clause=limit.clause, source=tuple(agreement.source))
    return _found(asked, party, (status, ruled), judged, value)


def _duty(scenario: Scenario, agreement: Agreement, duty: Duty, party: PartyName, status: str) -> Found:
    """A duty is never judged: the row says what the scenario shows of it."""
    own = [case for case in scenario.cases if case.launched_by == party and case.nature != "attack"]
    told = [case.name for case in own if case.notice]
    untold = [case.name for case in own if not case.notice]
    ruled: Ruling = "needs judgement" if status == "in force" else "not in force"
    said = f"{duty.what}, {duty.deadline}", "", None, duty.unit or ""
    asked = _Asked(agreement.id, agreement.title, *said, clause=duty.clause, source=tuple(agreement.source))
    found = _found(asked, party, (status, ruled), None, None)
    if not own or "notices" not in agreement.flows:
        return found
    return replace(
        found, of=f"its launches with a notice: {', '.join(told) or 'none'}; without: {', '.join(untold) or 'none'}"
    )


def _found(
    asked: _Asked, party: PartyName, stands: tuple[str, Ruling], judged: Judged | None, value: Tally | None
) -> Found:
    return Found(
        **{**vars(asked), "source": (*asked.source, *(value.source if value else ()))},
        party=party,
        status=stands[0],
        verdict=stands[1],
        if_it_held=judged.verdict if judged else "needs judgement",
        value_low=value.low if value else None,
        value_high=value.high if value else None,
        margin_low=judged.margin_low if judged else None,
        margin_high=judged.margin_high if judged else None,
        of=value.of if value else NOTHING,
    )


def _span(low: float, high: float | None) -> str:
    return f"{low:.4g}" if high is None or low == high else f"{low:.4g} to {high:.4g}"
