"""Which questions are open between the parties? Answers are information; nothing follows from them by itself.

Bounds: 64 questions a party. An answered one, or one older than an hour, makes room; if there is none, the new one is
refused. An answer is due in 5 minutes (chosen by us); several may be given within the hour.
"""

import msgspec
from msgspec.structs import replace

from entente.exchange.messages import Answer
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_S

QUERIES = 64  # of one party
ANSWER_NS = 300 * NS_PER_S
FORGET_NS = 3600 * NS_PER_S


class Asked(msgspec.Struct, frozen=True):
    """A question of the log: who asked, about which entry, when, and the entry that answered last."""

    party: str
    about: int
    asked_ns: int
    answered: int | None = None


Queries = dict[int, Asked]


def query_refusal(queries: Queries, party: str, about: int, size: int, now_ns: int) -> Reason | None:
    """Why this question cannot be put; None: it can."""
    if about >= size:
        return Reason.UNKNOWN_ENTRY
    full = _count(queries, party) >= QUERIES and _room(queries, party, now_ns) is None
    return Reason.FULL if full else None


def answer_refusal(queries: Queries, said: Answer, now_ns: int) -> Reason | None:
    """Why this answers nothing; None: it does."""
    asked = queries.get(said.about)
    if asked is None or now_ns > asked.asked_ns + FORGET_NS:
        return Reason.UNKNOWN_QUERY
    return Reason.OWN_QUERY if asked.party == said.party else None


def asked(queries: Queries, party: str, about: int, index: int, now_ns: int) -> Queries:
    """The questions with this one, which is entry `index`."""
    kept = dict(queries)
    if _count(queries, party) >= QUERIES:
        kept.pop(_room(queries, party, now_ns))  # type: ignore[arg-type]  # query_refusal found one
    return kept | {index: Asked(party, about, now_ns)}


def answered(queries: Queries, about: int, index: int) -> Queries:
    """The questions after the one at `about` was answered by entry `index`."""
    return queries | {about: replace(queries[about], answered=index)}


def _count(queries: Queries, party: str) -> int:
    return sum(query.party == party for query in queries.values())


def _room(queries: Queries, party: str, now_ns: int) -> int | None:
    for index, query in queries.items():
        if query.party == party and (query.answered is not None or now_ns > query.asked_ns + FORGET_NS):
            return index
    return None
