"""What does each side hold of an event, and from when? Its own evidence at once, the partner's word as the rung lets flow.

Rung 0 is what was: notices that were sent at the time, by whatever way. From 1 notices flow as agreed, also those that did not
exist; from 2 the partner's warnings and its answers; from 3 its radar tracks; from 4 what its satellites say, and answers come
from the same room. Rungs 5 to 8 coordinate engagements and add nothing here.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from entente.compiled import Floats
from entente.questions.deterrents import shares
from entente.questions.dues import due, suspicion_of
from entente.questions.judged import Assumed, channel_of, spread, threats
from entente.scenario.events import Event, Evidence, Notice

NEVER = np.inf
Suspect = Literal["partner", "third party"]
NOTICES, WARNINGS, TRACKS, REPORTS = 1, 2, 3, 4  # rungs from which each flows
CONTENT = {"radar": TRACKS, "infrared": REPORTS}  # channels whose rows pass one by one, from which rung
SEEN_BY_US = {"radar track toward us": "radar track not toward us"}  # a track toward the partner, as we are told


@dataclass(frozen=True)
class Item:
    """One thing that a party holds, in R histories.

    Attributes:
        id: of the row or notice, or what the partner was asked; giver: "own", "notice" or "partner".
        at_s: from when it is held, (R,), NEVER where it is not; until_s: until a later report of the same sensors replaces it.
        due: that there is no notice, the chance that one was due (R,); None for all else.
    """

    id: str
    says: str
    channel: str
    giver: Literal["own", "notice", "partner"]
    at_s: Floats
    until_s: Floats
    due: Floats | None = None

    def held(self, at_s: Floats) -> np.ndarray:
        """Whether it is held at moments (T,): (T, R)."""
        return (self.at_s <= at_s[:, None]) & (at_s[:, None] < self.until_s)


@dataclass(frozen=True)
class Chance:
    """So many seeds, each with so many repetitions of chance."""

    seeds: int
    repeats: int = 1

    def each(self, values: Floats) -> Floats:
        """A value a seed, for every repetition (R,)."""
        return np.repeat(values, self.repeats)

    def happens(self, name: str, chance: Floats) -> np.ndarray:
        """Whether something of a chance (S,) happens, (R,)."""
        return _uniform(f"{name}.happens", self.seeds * self.repeats) < self.each(chance)


@lru_cache(maxsize=256)
def _uniform(name: str, count: int) -> Floats:
    """As `shares`, remembered: rungs share their draws."""
    return shares(name, count)


def suspect_of(event: Event, party: str) -> Suspect | None:
    """Whom a party would suspect; None: nobody."""
    one = suspicion_of(event, party)
    return one.whom if one else None


def tidings(event: Event, party: str, rung: int, takes: Assumed, chance: Chance) -> list[Item]:
    """All that a party holds sooner or later at a rung, in R histories; nothing without evidence of its own."""
    own = _replaced([_row(event, row, "own", row.says, chance) for row in event.evidence if row.holder == party])
    first = np.min([one.at_s for one in own], axis=0) if own else np.full(chance.seeds * chance.repeats, NEVER)
    found = [*own, *_notices(event, party, rung, takes, chance, first)]
    return found if rung < WARNINGS else [*found, *_partner(event, party, rung, takes, chance, first)]


def _row(event: Event, row: Evidence, giver: Literal["own", "partner"], says: str, chance: Chance) -> Item:
    name = f"event.{event.id}.{row.id}"
    at = chance.each(spread(row.at_s, f"{name}.at_s", chance.seeds))
    there = chance.happens(name, spread(row.appears, f"{name}.appears", chance.seeds))
    at = np.where(there, at, NEVER)
    return Item(row.id, says, channel_of()[says], giver, at, np.full(len(at), NEVER))


def _replaced(items: list[Item]) -> list[Item]:
    """A later report that says something else replaces an earlier one of the same channel; but that nothing is seen does not."""
    out = []
    for one in items:
        until = one.until_s
        for other in items:
            if other.channel == one.channel and other.says != one.says and not other.says.endswith("nothing"):
                until = np.where((other.at_s > one.at_s) & (other.at_s < until), other.at_s, until)
        out.append(replace(one, until_s=until))
    return out


def arrives(event: Event, notice: Notice, takes: Assumed, chance: Chance) -> Floats:
    """When a notice reaches those on duty (R,): long before is minus infinity, lost or not passed on never."""
    name = f"event.{event.id}.{notice.id}"
    passed, lost = (spread(getattr(notice, key), f"{name}.{key}", chance.seeds) for key in ("passed_on", "lost"))
    there = chance.happens(name, passed * (1.0 - lost))
    delay = chance.each(takes.numbers["delay-notice"])
    return np.where(there, notice.sent_s + delay, NEVER)


def matches(event: Event, notice: Notice) -> bool:
    """Whether a notice fits what happened: its window, and its kind as far as what happened has a kind that can be announced."""
    if notice.format == "cancel":
        return False
    opens = -np.inf if notice.opens_s is None else notice.opens_s
    closes = np.inf if notice.closes_s is None else notice.closes_s
    kind = notice.announces is None or event.truth.nature in (notice.announces, "unknown")
    return bool(kind and opens <= 0.0 <= closes)


def _notices(event: Event, party: str, rung: int, takes: Assumed, chance: Chance, first: Floats) -> list[Item]:
    """What the notices come to, from the first evidence on: a match, a contradiction, or that there is none."""
    flowing = [one for one in event.notices if one.to == party and (one.happened or rung >= NOTICES)]
    never = np.full(len(first), NEVER)
    match, contra = never, never
    for one in flowing:
        at = np.maximum(arrives(event, one, takes, chance), first)
        if matches(event, one):
            match = np.minimum(match, at)
        else:
            contra = np.minimum(contra, at)
    items = [_notice("notice matches", match, contra), _notice("notice contradicts", contra, never)]
    owed = chance.each(due(event, party, takes))
    if rung >= NOTICES and owed.any():  # who need not announce it is not accused by silence
        items.append(replace(_notice("no notice", first, np.minimum(match, contra)), due=owed))
    return [one for one in items if np.isfinite(one.at_s).any()]


def _notice(says: str, at: Floats, until: Floats) -> Item:
    return Item(says.replace(" ", "-"), says, "notice", "notice", np.where(at < until, at, NEVER), until)


def _partner(event: Event, party: str, rung: int, takes: Assumed, chance: Chance, first: Floats) -> list[Item]:
    """What comes from the partner: rows one by one where their content flows, one word for the others, and its answers."""
    partner, delay = event.partner(party), chance.each(takes.numbers["delay-warning"])
    rows = [row for row in event.evidence if row.holder == partner]
    passed = [row for row in rows if rung >= CONTENT.get(channel_of()[row.says], rung + 1)]
    told = [
        _row(event, row, "partner", SEEN_BY_US.get(row.says, row.says), chance)
        for row in passed
        if row.says != "radar track not toward us"  # not toward the partner, which says nothing of us
    ]
    own = [_row(event, row, "own", row.says, chance) for row in rows if row not in passed]
    items = _replaced([replace(one, at_s=one.at_s + delay) for one in told]) + _word(own, delay)
    return [*items, *_answers(event, partner, rung, takes, chance, first, rows)]


def _word(rows: Iterable[Item], delay: Floats) -> list[Item]:
    """Whether the partner sees it: the first that does; or that it sees nothing, until something does."""
    never = np.full(len(delay), NEVER)
    sees, nothing = never, never
    for one in rows:
        if one.says in threats() or one.says.startswith("radar track"):
            sees = np.minimum(sees, one.at_s + delay)
        elif one.says.endswith("nothing"):
            nothing = np.minimum(nothing, one.at_s + delay)
    items = [
        Item("sees", "partner sees it", "partner", "partner", sees, never),
        Item("sees-nothing", "partner sees nothing", "partner", "partner", nothing, sees),
    ]
    return [one for one in items if np.isfinite(one.at_s).any()]


def _answers(
    event: Event, partner: str, rung: int, takes: Assumed, chance: Chance, first: Floats, rows: list[Evidence]
) -> list[Item]:
    """What the partner answers when it is asked at the first doubt: whose it is, and whether its own sensors are well."""
    delay = takes.numbers["delay-answer-room" if rung >= REPORTS else "delay-answer"]
    at, never = first + chance.each(delay), np.full(len(first), NEVER)
    ours = event.truth.by == partner and event.truth.nature != "attack"
    says = "partner says ours" if ours else "partner says not ours"
    items = [Item("answer", says, "word", "partner", at, never)]
    if any(row.says == "own feed well" for row in rows):
        items.append(Item("health", "partner's feed well", "partner-feed", "partner", at, never))
    return items
