"""How much of the centre's work may one peer take? A share, and something to begin with; who takes more waits, and nobody else.

What is asked costs what it was measured to cost: so much for a request, for a byte in or out, and what the thread that reads
the log spent on it. A peer in debt is heard later, by a second at most, so that its warning still comes through; it reads
nothing until the debt is paid, one thing at a time on however many lines it asks. Peers are told apart by certificate, or by
address where there is none.
"""

import asyncio
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from entente.exchange.serving.certificates import Peer

SHARE = 0.2  # seconds of work for each second
AT_ONCE_S = 0.5  # of work, saved up
LONGEST_S = 1.0  # for which a request waits
REQUEST_S, BYTE_S = 1e-3, 10e-9  # of work, for a request and for each byte; as measured on 2 cores of 2026
MOST_KNOWN = 1_024  # peers; who was heard of first is forgotten first


@dataclass
class Ration:
    """What one peer has left [s of work]; below zero: its debt. `reading`: held by what it reads now."""

    left_s: float
    counted_s: float
    clock: Callable[[], float]
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def spend(self, work_s: float) -> None:
        """It was given this much."""
        now_s = self.clock()
        earned_s = SHARE * max(0.0, now_s - self.counted_s)
        self.left_s, self.counted_s = min(AT_ONCE_S, self.left_s + earned_s) - work_s, now_s

    @property
    def debt_s(self) -> float:
        """How long until it owes nothing."""
        self.spend(0.0)
        return max(0.0, -self.left_s / SHARE)


@dataclass
class Rations:
    """All peers'."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, Ration] = field(default_factory=dict)

    def of(self, who: str) -> Ration:
        """One peer's."""
        if who not in self._known:
            if len(self._known) >= MOST_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[who] = Ration(AT_ONCE_S, self.clock(), self.clock)
        return self._known[who]


ASKING: ContextVar[Ration | None] = ContextVar("asking", default=None)  # for whom something is done now


class Rationed:
    """Counts what each peer takes, and lets who is in debt wait before it is heard."""

    def __init__(self, app: ASGIApp, rations: Rations) -> None:
        self.app, self.rations = app, rations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one stream."""
        peer: Peer | None = scope["state"]["peer"]
        ration = self.rations.of(peer.name if peer else scope["client"][0])
        ASKING.set(ration)
        ration.spend(REQUEST_S)
        if ration.debt_s:
            await asyncio.sleep(min(LONGEST_S, ration.debt_s))

        async def received() -> Message:
            message = await receive()
            ration.spend(BYTE_S * len(message.get("body", b"")))
            return message

        async def sent(message: Message) -> None:
            ration.spend(BYTE_S * len(message.get("body", b"")))
            await send(message)

        await self.app(scope, received, sent)
