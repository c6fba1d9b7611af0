"""One message's effects while they are worked out: what changes in the state, what goes on the log, what is sent.

A rule writes into a turn; `after` makes of it the next state. The state before is never touched.
"""

from hashlib import sha256
from typing import Any, TypeVar

from msgspec.structs import replace

from entente.exchange.messages import Product, Said
from entente.exchange.ruling.alarms import Alarm, Outgoing, Show
from entente.exchange.ruling.keyring import CENTRE
from entente.exchange.ruling.nodes import Node
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.state import Centre
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import instant

P = TypeVar("P", bound=Product)


class Turn:
    """What follows from one message at one time.

    Attributes:
        name: of the sender; `node`: what is remembered of it.
        index: of the first entry that this puts on the log.
        changes: fields of the state that are replaced.
        entries: what goes on the log, in order.
    """

    __slots__ = ("changes", "entries", "index", "name", "node", "now_ns", "outgoing", "state")

    def __init__(self, state: Centre, name: str, node: Node, now_ns: int) -> None:
        self.state, self.name, self.node, self.now_ns = state, name, node, now_ns
        self.index = state.size
        self.changes: dict[str, Any] = {}
        self.entries: list[Said] = []
        self.outgoing: list[Outgoing] = []

    def now(self, field: str) -> Any:
        """A field of the state as it has become so far."""
        return self.changes[field] if field in self.changes else getattr(self.state, field)

    def put(self, field: str, key: Any, value: Any) -> None:
        """Set one entry of a table of the state."""
        self.changes[field] = {**self.now(field), key: value}

    def say(self, kind: type[P], **fields: Any) -> tuple[int, P]:
        """A product of the centre, put on the log next, and its index there."""
        product = product_of(self.state, kind, self.now_ns, self.now("said") + 1, **fields)
        self.changes["said"] = product.number
        index = self.state.size + len(self.entries)
        self.entries.append(product)
        self.outgoing.append(Show(self.state.parties, index))
        return index, product

    def alarm(self, reason: Reason, to: tuple[str, ...] | None = None, **about: Any) -> None:
        """Tell both parties, or only these."""
        told = self.state.parties if to is None else to
        self.outgoing.append(Alarm(to=told, reason=reason, sender=self.name, since_ns=self.now_ns, **about))

    def after(self) -> Centre:
        """The state when all of it has happened."""
        if self.name in self.now("nodes"):
            self.put("nodes", self.name, self.node)
        self.changes["size"] = self.state.size + len(self.entries)
        self.changes["clock_ns"] = self.now_ns
        return replace(self.state, **self.changes)


def product_of(state: Centre, kind: type[P], now_ns: int, number: int, **fields: Any) -> P:
    """A message of the centre. It names no message before it: the log is its chain."""
    heading: dict[str, Any] = {
        "log": state.log,
        "origin": state.origin,
        "party": CENTRE,
        "node": CENTRE,
        "boot": 1,
        "number": number,
    }
    return kind(**heading, sent=instant(now_ns), **fields)


def body_digest(message: Said) -> str:
    """By what an acknowledgement names a message: SHA-256 of its body as `encode` writes it."""
    return sha256(encode(message)).hexdigest()
