"""What do both ports of a centre share? The writer, the reader, the stream, the sessions, and what is to be measured."""

import asyncio
import math
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar, get_args

import msgspec

from entente.exchange.messages import Alert, Bulletin, Corroborated, Notice
from entente.exchange.proving.entries import TIME_BYTES, received_ns
from entente.exchange.proving.pins import Pins
from entente.exchange.ruling.alarms import Alarm
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.instants import instant
from entente.exchange.serving.rations import ASKING, Rations
from entente.exchange.serving.reading import Reader
from entente.exchange.serving.sessions import Sessions
from entente.exchange.serving.stream import Stream
from entente.exchange.serving.telling import Teller
from entente.exchange.serving.writer import Heard, Writer
from entente.exchange.shell import Shell
from entente.exchange.signing import HEAD_BYTES

T = TypeVar("T")
OBSERVED = (*get_args(Notice), Alert, Corroborated, Bulletin)  # what an observer may see: what both parties have seen
TICK_S = 1.0


@dataclass
class Service:
    """One centre, running, as its ports see it.

    Args:
        shell: the centre.
        pins: its keys.
        observers: public key, hex -> name.
        tell: for who runs it.
        stop: ends the process, with a reason.
        clock: the centre's, nanoseconds since 1970.
        certificate_ends_s: when its certificate does, seconds since 1970.
    """

    shell: Shell
    pins: Pins
    observers: dict[str, str]
    tell: Teller
    stop: Callable[[str], None]
    clock: Callable[[], int] = time.time_ns
    certificate_ends_s: Callable[[], float] = lambda: math.inf
    stream: Stream = field(default_factory=lambda: Stream(secrets.token_hex(8)))
    rations: Rations = field(default_factory=Rations)
    size: int = 0  # entries of which the stream knows
    standing: tuple[Alarm, ...] = ()
    vouches: dict[str, tuple[str, "asyncio.Future[bytes]"]] = field(default_factory=dict)  # witness -> question, answer
    leaving: bool = False  # nobody is kept waiting any more
    began_s: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Begin to write; in a running loop."""
        ledger = self.shell.ledger
        self.size = ledger.size
        self.writer = Writer(self.shell, asyncio.get_running_loop(), self._hear, self.stop, self.clock)
        self.reader = Reader.of(ledger.path, ledger.origin)
        self._reading = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self.sessions = Sessions(ledger.origin, lambda: self.shell.state, self.observers)
        self.writer.start()
        self._ticking = asyncio.get_running_loop().create_task(self._tick())

    async def close(self) -> None:
        """Write what waits, and end."""
        self._ticking.cancel()
        await asyncio.get_running_loop().run_in_executor(None, self.writer.close)
        self._reading.shutdown()
        self.reader.ledger.close()

    async def read(self, what: Callable[..., T], *arguments: Any) -> T:
        """Let the reader do something, beside the loop; at the cost of who asks, and once it owes nothing."""
        ration = ASKING.get() or Rations().of("")
        async with ration.reading:
            await asyncio.sleep(ration.debt_s)
            work = partial(_timed, what, *arguments)
            found, work_s = await asyncio.get_running_loop().run_in_executor(self._reading, work)
            ration.spend(work_s)
        return found

    async def receipts(self, indices: list[int]) -> list[str | None]:
        """Receipts under the largest checkpoint that all cosigned."""
        size, note = self.cosigned
        return await self.read(self.reader.receipts, indices, size, note)

    @property
    def cosigned(self) -> tuple[int, str]:
        """The largest checkpoint that all cosigned, and over how many entries; of one moment, though another thread writes."""
        note = self.shell.cosigning.latest
        return (int(note.split("\n", 2)[1]), note) if note else (0, "")

    @property
    def health(self) -> dict[str, Any]:
        """How it stands, for who runs it."""
        return {
            "status": "failed" if self.writer.failed else "up",
            "log": self.shell.ledger.origin,
            "entries": self.size,
            "cosigned": self.cosigned[0],
            "waiting": self.writer.waiting,
            "alarms": len(self.standing),
        }

    def hello(self, number: int, *, resumed: bool) -> bytes:
        """The first thing that a reader is told."""
        return msgspec.json.encode({
            "kind": "hello", "run": self.stream.run, "seq": number, "resumed": resumed, "now": instant(self.clock()),
            "log": self.pins.name, "origin": self.pins.origin, "parties": list(self.shell.state.parties),
            "entries": self.size, "cosigned": self.cosigned[0],
        })  # fmt: skip

    def standing_for(self, party: str | None) -> bytes:
        """The alarms that stand and are for these eyes, as a frame."""
        return b"[" + b",".join(alarm_text(each, "alarm", 0) for each in self.standing if party in each.to) + b"]"

    def tell_cosigned(self) -> None:
        """Both witnesses have signed a larger checkpoint."""
        self._put_facts("cosigned")

    def _put_facts(self, kind: str) -> None:
        """The centre's time, and how far evidence has come."""
        facts = {"kind": kind, "now": instant(self.clock()), "entries": self.size, "cosigned": self.cosigned[0]}
        self.stream.put(partial(_numbered, msgspec.json.encode(facts)), self.shell.state.parties, observed=True)

    def _hear(self, heard: Heard) -> None:
        """Put what happened on the stream."""
        for index, entry in heard.entries:
            text, observed = entry_text(index, entry)
            self.stream.put(partial(_numbered, text), self.shell.state.parties, observed=observed)
            self.size = max(self.size, index + 1)
        for kind, alarms in (("alarm", heard.alarms), ("alarm-over", heard.over)):
            for alarm in alarms:
                self.stream.put(partial(alarm_text, alarm, kind), alarm.to, observed=False)
                self.tell(kind, reason=alarm.reason, sender=alarm.sender, about=alarm.about)
        self.standing = heard.standing

    async def _tick(self) -> None:
        """Each second: the centre's time, and how far evidence has come."""
        while True:
            self._put_facts("tick")
            await asyncio.sleep(TICK_S)


def _timed(what: Callable[..., T], *arguments: Any) -> tuple[T, float]:
    """What it returns, and the processor's time that it took [s]."""
    began_s = time.thread_time()
    return what(*arguments), time.thread_time() - began_s


def entry_text(index: int, entry: bytes) -> tuple[bytes, bool]:
    """An entry as readers get it, not yet numbered, and whether observers may see it.

    `digest` is that by which an acknowledgement names it.
    """
    body = entry[TIME_BYTES + HEAD_BYTES :]
    said = decode(body)
    facts = {
        "kind": "entry", "index": index, "received": instant(received_ns(entry)),
        "digest": sha256(encode(said)).hexdigest(), "body": msgspec.Raw(body),
    }  # fmt: skip
    return msgspec.json.encode(facts), isinstance(said, OBSERVED)


def alarm_text(alarm: Alarm, kind: str, number: int) -> bytes:
    """An alarm as readers get it."""
    return msgspec.json.encode({
        "seq": number, "kind": kind, "reason": alarm.reason, "sender": alarm.sender, "since": instant(alarm.since_ns),
        "about": alarm.about, "numbers": alarm.numbers, "digests": alarm.digests,
    })  # fmt: skip


def _numbered(text: bytes, number: int) -> bytes:
    """An item with its number in front."""
    return b'{"seq":%d,' % number + text[1:]
