"""What would be seen of a broken promise, by which means, and how long before it counts?

The means are national means (satellites, radars and ships of one's own), exchanged data, inspection, and none. A clause is
*seen* by a means where a breach would show itself to it, whoever breaks it; what shows only by luck, or only if it is told, is
seen partly and counts as not seen. Days are ranges, and assumed: nobody has verified interceptors.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from entente.errors import unknown
from entente.scenario.parts import Part, Ranged, Source, Text, within
from entente.scenario.reader import read

FILE = Path(__file__).parent / "verification.yaml"
Means = Literal["none", "national means", "exchanged data", "inspection"]
MEANS: tuple[Means, ...] = get_args(Means)
Days = Annotated[Ranged, within(0, 10_000)]
Span = tuple[float, float, float]  # low, nominal, high


class Sight(Part):
    """What one means shows of one clause."""

    sees: Literal["yes", "partly", "no"]
    breach: Annotated[Text, Field(description="what of a breach is seen")]
    after_days: Annotated[Days | None, Field(description="from its beginning until it is seen")] = None


class Promise(Part):
    """One clause, and what each means shows of it."""

    what: Text
    keeps: Literal["nothing", "as many as there are", "the number promised", "the speed promised"]
    counts_after_days: Annotated[Days | None, Field(description="from the beginning of a breach until it counts")] = (
        None
    )
    by: dict[Means, Sight]
    source: Annotated[list[Source], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> "Promise":
        missing = [one for one in MEANS if one not in self.by]
        if missing:
            raise ValueError(f"{self.what!r} says nothing of {', '.join(missing)}; every means needs a line")
        late = [one for one, sight in self.by.items() if sight.sees == "yes" and sight.after_days is None]
        if late:
            raise ValueError(f"{self.what!r} is seen by {', '.join(late)} without after_days; say after how many days")
        return self


class PromiseSheet(Part):
    """The file of the promises."""

    entente: Literal[1]
    promises: list[Promise]


@dataclass(frozen=True)
class Seen:
    """What some means together show of some clauses.

    Attributes:
        unseen: the clauses that none of them sees.
        after_days: until the slowest of the clauses that are seen is seen; None where none is.
        ahead_days: by how long that is before the breach counts, for the clause where it is least; below 0 it counts first.
        breach: what is seen, or would be.
    """

    means: tuple[Means, ...]
    clauses: tuple[str, ...]
    unseen: tuple[str, ...]
    after_days: Span | None
    ahead_days: Span | None
    breach: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether every clause is seen."""
        return not self.unseen


@cache
def promises() -> dict[str, Promise]:
    """Every clause that anything is known of, by its words."""
    return {one.what: one for one in read(FILE, PromiseSheet).promises}


def promise(what: str) -> Promise:
    """One clause.

    Raises:
        UnknownName: nothing is known of such a clause.
    """
    if what not in promises():
        raise unknown("clause", what, promises())
    return promises()[what]


def verify(clauses: tuple[str, ...], means: tuple[Means, ...]) -> Seen:
    """What of a breach of clauses would be seen by some means together, and when.

    Args:
        clauses: as verification.yaml words them; means: those that are allowed.
    Raises:
        UnknownName: nothing is known of a clause, or there is no such means.
    Valid: a breach by whoever made the promise; means fail one by one, and no means hides from another.
    """
    for one in means:
        if one not in MEANS:
            raise unknown("means of verification", str(one), MEANS)
    told = [promise(what) for what in clauses]
    first = {one.what: _first(one, means) for one in told}
    ways = [span for span in first.values() if span is not None]
    ahead = [_ahead(one, span) for one in told if (span := first[one.what]) is not None]
    return Seen(
        means=means,
        clauses=clauses,
        unseen=tuple(what for what, span in first.items() if span is None),
        after_days=_most(ways) if ways else None,
        ahead_days=_least(ahead) if ahead else None,
        breach=tuple(dict.fromkeys(one.by[way].breach for one in told for way in means if one.by[way].sees == "yes")),
    )


def unnoticed(what: str, means: tuple[Means, ...]) -> Span:
    """How many interceptors could be added, one silo after the other, before the first of them is seen.

    Returns:
        low, nominal, high; infinite where it is not seen at all, 0 where the clause keeps no number.
    Raises:
        UnknownName: nothing is known of the clause.
    """
    one = promise(what)
    if one.keeps != "the number promised" or one.counts_after_days is None:
        return (0.0, 0.0, 0.0)
    span, each = _first(one, means), one.counts_after_days
    if span is None:
        return (float("inf"), float("inf"), float("inf"))
    low, middle, high = span
    return low // each.high, middle // each.nominal, high // each.low


def _first(one: Promise, means: tuple[Means, ...]) -> Span | None:
    """Until the quickest of the means that see a breach does; None where none does."""
    spans = [_span(days) for way in means if one.by[way].sees == "yes" and (days := one.by[way].after_days)]
    return _least(spans) if spans else None


def _span(days: Ranged) -> Span:
    return days.low, days.nominal, days.high


def _ahead(one: Promise, seen: Span) -> Span:
    """From being seen until it counts: the ends are those of both at once."""
    if one.counts_after_days is None:
        return (-seen[2], -seen[1], -seen[0])
    low, middle, high = _span(one.counts_after_days)
    return low - seen[2], middle - seen[1], high - seen[0]


def _most(spans: list[Span]) -> Span:
    return max(s[0] for s in spans), max(s[1] for s in spans), max(s[2] for s in spans)


def _least(spans: list[Span]) -> Span:
    return min(s[0] for s in spans), min(s[1] for s in spans), min(s[2] for s in spans)
