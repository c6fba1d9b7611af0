"""If each announced interceptor is answered in warheads, some years later, what would have been built, and was it? Finding F2.

The stated rule: every year the side without the defence looks at what is deployed and announced, and orders the warheads that
bring its 10th percentile back; they stand after a delay, and none is taken back. The deployments are those of the record;
nobody chooses anything. What was counted shows whether the record fits; if it does not, the model cannot say why.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from entente.compiled import Floats
from entente.questions.deciding import drawn, three
from entente.questions.deterrents import Posture, seen, shield, struck, taken
from entente.scenario.accords import Limit
from entente.scenario.parts import Ranged
from entente.scenario.rows import agreements, exchanges, first_of_july, record

Fits = Literal["consistent with the record", "not computable"]
Three = tuple[float, float, float]
DELAY = Ranged(low=3, nominal=5, high=10)  # years from an announcement to warheads on carriers; assumed
LIMITED = "deployed_warheads"
TITLES = {"united_states": "United States", "russia": "Russia"}  # as agreements name those whom New START counted


@dataclass(frozen=True)
class Room:
    """What a limit on warheads left on a day: the limit, if one was due, and what was counted last."""

    limit: Limit | None
    agreement: str
    counted: int
    when: dt.date

    @property
    def left(self) -> float | None:
        """Warheads between the count and the limit; None without one."""
        return None if self.limit is None else self.limit.value - self.counted


@dataclass(frozen=True)
class Year:
    """One year of the path.

    Attributes:
        interceptors: deployed, and deployed or announced.
        loss: share of the 10th percentile that those deployed take, nothing added; after: what they take of it after the answer.
        asked: warheads that bring it back against all that is announced; built: those that stand by then, under the rule.
        room: under a limit on warheads; beyond: share of the draws in which more was built than it leaves; nan without one.
        counted: change of the count since the first year; events: of the record, that year, by id.
        verdict: consistent where the change of the count lies among nine draws in ten of what the rule built.
    """

    year: int
    interceptors: tuple[int, int]
    loss: Three
    after: Three
    asked: Three
    built: Three
    room: Room
    beyond: float
    counted: int
    events: tuple[str, ...]
    verdict: Fits


@cache
def reaction(
    defender: str,
    nation: str,
    years: tuple[int, ...],
    draws: int,
    bar: float = 0.05,
    posture: Posture = "day-to-day",
    delay: Ranged = DELAY,
) -> tuple[Year, ...]:
    """The path, year by year.

    Args:
        defender: whose interceptors; nation: whose missiles, by the catalogue's forces.
        years: one after the other; what was ordered before the first is not known and taken as none.
        draws: of the assumptions, the delay among them; bar, posture: as of `taken` and `struck`.
    Raises:
        ModelError: a year without forces in the table.
    Valid: upper bounds, geometry ignored; every warhead told apart; the mix of the force kept.
    Source: own rule.
    """
    waits = np.rint(drawn(delay, f"{nation}.delay", draws)).astype(np.int64)
    asked: dict[int, Floats] = {}
    found = []
    for year in years:
        back = struck(nation, year, posture, defender, draws)
        there, all_of = (shield(seen(defender, year, how), defender, draws) for how in ("deployed", "announced"))
        asked[year] = taken(back, all_of, 0, bar).growth
        built = np.zeros(draws)
        for before, growth in asked.items():
            built = np.where(before + waits <= year, np.maximum(built, growth), built)
        bare = taken(back, there, 0, bar)
        grown = taken(back.grown(1.0 + built / back.warheads), there, 0, bar)
        after = np.maximum(0.0, 1.0 - np.divide(grown.tenth, bare.without, out=np.ones(draws), where=bare.without > 0))
        room = room_on(nation, first_of_july("year", year))
        change = room.counted - room_on(nation, first_of_july("year", years[0])).counted
        ends = three(built)
        found.append(
            Year(
                year=year,
                interceptors=(there.count, all_of.count),
                loss=three(bare.loss),
                after=three(after),
                asked=three(asked[year]),
                built=ends,
                room=room,
                beyond=float("nan") if room.left is None else float((built > room.left).mean()),
                counted=change,
                events=tuple(one.id for one in record() if one.finding == "F2" and one.day.year == year),
                verdict="consistent with the record" if ends[0] <= change <= ends[2] else "not computable",
            )
        )
    return tuple(found)


def room_on(nation: str, day: dt.date) -> Room:
    """The stricter limit on deployed warheads that was due on a day, and what was counted last."""
    due = [
        (limit, row.title)
        for row in agreements()
        if row.status_on(day) == "in force" and any(TITLES[nation] in party for party in row.parties)
        for limit in row.limits
        if limit.measure == LIMITED and (limit.since or day) <= day and (limit.until is None or day < limit.until)
    ]
    counts = [(row.as_of, getattr(row, nation)) for row in exchanges() if row.as_of <= day and getattr(row, nation)]
    when, side = max(counts, key=lambda pair: pair[0])
    limit, title = min(due, key=lambda pair: pair[0].value) if due else (None, "")
    return Room(limit, title, side.deployed_warheads, when)
