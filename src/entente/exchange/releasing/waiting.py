"""When does it leave? What is to be released waits for its slot; the queue is data, and a restart changes nothing.

A slot is a multiple of its length in civil time. When a draft came in shows in nothing that leaves: only in which slot, after
the policy's delay. In a slot a flight says one thing, the newest, and the order is that of the pseudonyms. Each draft is
judged again when it leaves, so that nothing goes under a policy that is no longer in force.
"""

from dataclasses import dataclass
from typing import TypeVar

import msgspec

from entente.exchange.messages import LaunchDetected, Said
from entente.exchange.release import Draft, Giver, kind_of, obligations, released, surely_km
from entente.exchange.releasing.coarsening import slot_after
from entente.exchange.releasing.permits import Terms, Withheld
from entente.exchange.saying.instants import NS_PER_MS, instant

Value = TypeVar("Value")
MS_PER_S = 1_000
MOST_WAITING = 10_000  # drafts; more are refused
MOST_BODIES = 10_000  # flights of which is remembered how long they surely are; the oldest are forgotten


class Waits(msgspec.Struct, frozen=True):
    """A draft, when it was made, and when it may leave at the earliest [ms since 1970]."""

    draft: Draft
    made_ms: int
    due_ms: int


class Queue(msgspec.Struct, frozen=True):
    """All that a nation remembers of its releases; kept beside its sealed log, and as secret.

    Attributes:
        longest_km: the longest that each body's flight was surely known to be: what was once long enough stays so.
        revisions: how many messages of a detected launch went out, by pseudonym.
    """

    waits: tuple[Waits, ...] = ()
    longest_km: dict[str, float] = {}
    revisions: dict[str, int] = {}


@dataclass(frozen=True)
class Left:
    """What became of the drafts that were due."""

    queue: Queue
    messages: tuple[Said, ...]
    withheld: tuple[tuple[Draft, Withheld], ...]


def hold(queue: Queue, giver: Giver, draft: Draft, now_ms: int) -> tuple[Queue, Withheld | None]:
    """Take a draft in, or say why it will not leave."""
    longest = _longer(queue.longest_km, draft)
    queue = msgspec.structs.replace(queue, longest_km=longest)
    under = obligations(giver, draft, _known(longest, draft))
    if not isinstance(under, Terms):
        return queue, under
    if len(queue.waits) >= MOST_WAITING:
        return queue, "queue full"
    waits = Waits(draft, now_ms, _due(now_ms, under))
    return msgspec.structs.replace(queue, waits=(*queue.waits, waits)), None


def next_due(queue: Queue) -> int | None:
    """When `let_go` has something to do next [ms since 1970]."""
    return min((waits.due_ms for waits in queue.waits), default=None)


def let_go(queue: Queue, giver: Giver, now_ms: int) -> Left:
    """What leaves now: of each flight and kind the newest that is due, by the policy in force now."""
    later: list[Waits] = []
    withheld: list[tuple[Draft, Withheld]] = []
    going: dict[tuple[str, str], tuple[Draft, Said, Terms]] = {}
    for waits in queue.waits:
        under = obligations(giver, waits.draft, _known(queue.longest_km, waits.draft))
        if not isinstance(under, Terms):
            withheld.append((waits.draft, under))
        elif max(waits.due_ms, _due(waits.made_ms, under)) > now_ms:
            later.append(msgspec.structs.replace(waits, due_ms=_due(waits.made_ms, under)))
        elif isinstance(said := released(giver, waits.draft, under), str):
            withheld.append((waits.draft, said))
        else:
            flight = kind_of(said), _name(said)
            if flight[1] and flight in going:
                withheld.append((going.pop(flight)[0], "overtaken"))
            going[flight if flight[1] else (flight[0], f"{len(going):05}")] = waits.draft, said, under
    revisions, messages = dict(queue.revisions), []
    for _, (_, said, under) in sorted(going.items(), key=lambda item: item[0]):
        slot = under.slot_s * MS_PER_S
        said = msgspec.structs.replace(said, sent=instant(now_ms // slot * slot * NS_PER_MS))
        if isinstance(said, LaunchDetected):
            revisions[said.launch] = revisions.pop(said.launch, 0) + 1
            said = msgspec.structs.replace(said, revision=revisions[said.launch])
        messages.append(said)
    return Left(Queue(tuple(later), queue.longest_km, _bounded(revisions)), tuple(messages), tuple(withheld))


def _due(made_ms: int, under: Terms) -> int:
    """The slot in which a draft leaves."""
    return slot_after(made_ms + under.delay_s * MS_PER_S, under.slot_s * MS_PER_S)


def _name(said: Said) -> str:
    """Under which pseudonym a message speaks of its flight; none for what is about no one flight."""
    return str(getattr(said, "launch", None) or getattr(said, "track", None) or getattr(said, "sensor", ""))


def _known(longest: dict[str, float], draft: Draft) -> float | None:
    """How long the shortest of the flights that a draft is about surely is; None where one cannot be told."""
    if not draft.bodies or any(body not in longest for body in draft.bodies):
        return None
    return min(longest[body] for body in draft.bodies)


def _longer(longest: dict[str, float], draft: Draft) -> dict[str, float]:
    """What is known of the lengths of flights after a draft about one body came in."""
    surely = surely_km(draft)
    if surely is None or len(draft.bodies) != 1:
        return longest
    body = draft.bodies[0]
    return _bounded({**longest, body: max(surely, longest.get(body, surely))})


def _bounded(table: dict[str, Value]) -> dict[str, Value]:
    """The newest entries of a table."""
    return table if len(table) <= MOST_BODIES else dict(list(table.items())[-MOST_BODIES:])
