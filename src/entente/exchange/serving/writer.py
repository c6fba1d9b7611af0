"""The one thread that writes. Whatever waits becomes one batch, one transaction, one wait for the disk, and then is answered.

Between batches, at fixed times: a checkpoint is proposed to the witnesses that asked (every `PROPOSE_S`), and what is late is
looked up (every `LOOK_S`). Witnesses are never waited for, so that an alert is out as soon as it is on the disk. If the disk
fails, nothing more is answered and the centre stops: what was answered is on the log.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from entente.errors import LedgerFull
from entente.exchange.centre import due
from entente.exchange.proving.cosigning import Request
from entente.exchange.proving.witness import Refused
from entente.exchange.ruling.alarms import Alarm, Show
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_S
from entente.exchange.serving.lanes import Lanes, Parcel, is_crowd
from entente.exchange.shell import Reply, Shell

MOST_AT_ONCE = 128  # envelopes of a batch
PROPOSE_S, LOOK_S = 0.25, 1.0
HUSH_S = 1.0
STALLED_NS = 10 * NS_PER_S

Tell = Callable[..., None]


@dataclass(frozen=True)
class Heard:
    """What a batch, or a look at the clock, brought for those who listen.

    Attributes:
        entries: index and bytes of each.
        alarms: that are new; `over`: that no longer stand; `standing`: all that stand.
    """

    entries: tuple[tuple[int, bytes], ...] = ()
    alarms: tuple[Alarm, ...] = ()
    over: tuple[Alarm, ...] = ()
    standing: tuple[Alarm, ...] = ()


@dataclass
class Timings:
    """How long answers took [s]: how many within each bound, their sum, their number."""

    bounds: tuple[float, ...] = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)
    within: list[int] = field(default_factory=lambda: [0] * 11)
    total: float = 0.0
    count: int = 0

    def add(self, taken_s: float) -> None:
        """One more."""
        self.total, self.count = self.total + taken_s, self.count + 1
        for i, bound in enumerate(self.bounds):
            self.within[i] += taken_s <= bound


@dataclass
class Writer:
    """The thread, and what it is handed.

    Args:
        shell: the centre; nobody else touches it while this runs.
        loop: where answers are given and `hear` is called.
        hear: what those who listen are told.
        stop: called once if the disk failed.
        clock: the centre's civil clock, nanoseconds since 1970.
    """

    shell: Shell
    loop: asyncio.AbstractEventLoop
    hear: Callable[[Heard], None]
    stop: Callable[[str], None]
    clock: Callable[[], int] = time.time_ns
    failed: str = ""
    committed: Timings = field(default_factory=Timings)
    _lanes: Lanes = field(default_factory=Lanes)
    _ready: threading.Condition = field(default_factory=threading.Condition)
    _tasks: list[Callable[[], None]] = field(default_factory=list)
    _asking: dict[str, asyncio.Future[Request | None]] = field(default_factory=dict)
    _asked: dict[str, Request] = field(default_factory=dict)
    _standing: tuple[Alarm, ...] = ()
    _progress_ns: dict[str, tuple[int, int]] = field(default_factory=dict)  # witness -> signed so far, since when
    _hushed: dict[str, float] = field(default_factory=dict)  # sender -> until when [monotonic s]
    _closing: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Write what waits, then end."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join()

    @property
    def waiting(self) -> int:
        """How many envelopes wait."""
        return self._lanes.waiting

    async def submit(self, raws: Sequence[bytes], sender: str) -> list[Reply] | None:
        """The answers to envelopes that came together; None: too much waits already, or nothing is written any more."""
        answered = self.loop.create_future()
        parcel = Parcel(tuple(raws), sender, time.monotonic(), partial(_settle, answered))
        if parcel.came_s < self._hushed.get(sender, 0.0) and is_crowd(parcel.raws):
            return [Reply("refused", reason=Reason.THROTTLED)] * len(raws)
        with self._ready:
            if self.failed or self._closing or not self._lanes.put(parcel):
                return None
            self._ready.notify()
        return await answered

    async def request(self, witness: str, patience_s: float) -> Request | None:
        """What this witness is asked next; None: nothing within this time, or it asked again."""
        asked = self.loop.create_future()
        with self._ready:
            before = self._asking.pop(witness, None)
            self._asking[witness] = asked
            behind = self._asked.get(witness)
            if behind is not None and not behind.note:  # it lacks more than fitted into one request
                self._tasks.append(self._propose)
                self._ready.notify()
        if before is not None:
            _settle(before, None)
        try:
            return await asyncio.wait_for(asked, patience_s)
        except TimeoutError:
            return None

    async def answered(self, witness: str, held: int, answer: str | Refused | None) -> bool:
        """Take a witness's answer to what it was asked last; whether it completed a checkpoint."""
        done = self.loop.create_future()
        with self._ready:
            if self.failed or self._closing:
                return False
            self._tasks.append(partial(self._take_answer, witness, held, answer, done))
            self._ready.notify()
        return await done

    def _run(self) -> None:
        """Until it is closed, or the disk fails."""
        try:
            self._write()
        except Exception as problem:  # whatever it is: nothing more is answered, the rest of the centre is told
            self.failed = f"{type(problem).__name__}: {problem}"
            with self._ready:
                left = self._lanes.take(2**62)
                asking, self._asking = self._asking, {}
            self._soon(partial(_turn_away, left))
            for each in asking.values():
                self._soon(partial(_settle, each, None))
            self._soon(partial(self.stop, self.failed))

    def _write(self) -> None:
        now_s = time.monotonic()
        propose_s, look_s = now_s, now_s
        while True:
            with self._ready:
                if not (self._lanes.waiting or self._tasks or self._closing):
                    self._ready.wait(max(0.0, min(propose_s, look_s) - time.monotonic()))
                parcels, tasks = self._lanes.take(MOST_AT_ONCE), self._tasks
                self._tasks = []
                ends = self._closing and not parcels and not tasks
            if ends:
                return
            if parcels:
                self._commit(parcels)
            for task in tasks:
                task()
            now_s = time.monotonic()
            if now_s >= propose_s:
                self._propose()
                propose_s = now_s + PROPOSE_S
            if now_s >= look_s:
                self._look()
                look_s = now_s + LOOK_S

    def _commit(self, parcels: list[Parcel]) -> None:
        """One batch. The answers go out with what it brought, warnings first."""
        raws = [raw for parcel in parcels for raw in parcel.raws]
        senders = [parcel.sender for parcel in parcels for _ in parcel.raws]
        try:
            replies = self.shell.submit(raws, self.clock(), senders)
        except BaseException:
            self._soon(partial(_turn_away, parcels))
            raise
        sent = self.shell.take_outgoing()
        shown = [(each.index, self.shell.ledger.entry(each.index)) for each in sent if isinstance(each, Show)]
        heard = Heard(tuple(shown), tuple(each for each in sent if isinstance(each, Alarm)), (), self._standing)
        done_s = time.monotonic()
        for parcel in parcels:
            self.committed.add(done_s - parcel.came_s)
        self._soon(partial(self._deliver, parcels, replies, heard))

    def _deliver(self, parcels: list[Parcel], replies: list[Reply], heard: Heard) -> None:
        """In the loop: answer, and let those who listen hear."""
        at = 0
        for parcel in parcels:
            own = replies[at : at + len(parcel.raws)]
            parcel.answer(own)
            at += len(parcel.raws)
            if any(reply.reason == Reason.THROTTLED for reply in own):
                self._hush(parcel.sender)
        self.hear(heard)

    def _hush(self, sender: str) -> None:
        """Who says too much costs others nothing for a while: what it sends is not even read, but for its warnings."""
        now_s = time.monotonic()
        self._hushed = {name: until_s for name, until_s in self._hushed.items() if until_s > now_s}
        self._hushed[sender] = now_s + HUSH_S

    def _propose(self) -> None:
        """Ask every witness that waits to be asked."""
        with self._ready:
            asking = list(self._asking)
        now_ns = self.clock()
        for witness in asking:
            request = self.shell.cosigning.request(witness, now_ns)
            if request is not None:
                self._asked[witness] = request
                with self._ready:
                    waits = self._asking.pop(witness, None)
                if waits is not None:
                    self._soon(partial(_settle, waits, request))

    def _take_answer(self, witness: str, held: int, answer: str | Refused | None, done: asyncio.Future[bool]) -> None:
        request = self._asked.pop(witness, None)
        try:
            complete = request and self.shell.cosigning.answered(witness, request, held, answer)
        except LedgerFull:  # the checkpoint is not kept now; another will be
            complete = None
        if request is not None and not request.note:
            self._asked[witness] = request
        self._soon(partial(_settle, done, bool(complete)))

    def _look(self) -> None:
        """Which alarms stand now?"""
        now_ns = self.clock()
        standing = (*due(self.shell.state, now_ns), *self._stalled(now_ns))
        before, now = set(self._standing), set(standing)
        new = tuple(each for each in standing if each not in before)
        over = tuple(each for each in self._standing if each not in now)
        self._standing = standing
        self._soon(partial(self.hear, Heard((), new, over, standing)))

    def _stalled(self, now_ns: int) -> list[Alarm]:
        """Witnesses that have not signed for long what is there to be signed: evidence waits, alerts do not."""
        late = []
        for name, asked in self.shell.cosigning.witnesses.items():
            signed, since_ns = self._progress_ns.get(name, (-1, now_ns))
            if asked.signed != signed or self.shell.cosigning.size == self.shell.ledger.size:
                signed, since_ns = asked.signed, now_ns
            self._progress_ns[name] = signed, since_ns
            if now_ns > since_ns + STALLED_NS and signed < self.shell.ledger.size:
                late.append(Alarm(
                    to=self.shell.state.parties, reason=Reason.EVIDENCE_STALLED, sender=name, since_ns=since_ns,
                ))  # fmt: skip
        return late

    def _soon(self, what: Callable[[], Any]) -> None:
        """In the loop, if it still runs."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(what)


def _settle(future: asyncio.Future[Any], value: Any) -> None:
    if not future.done():
        future.set_result(value)


def _turn_away(parcels: list[Parcel]) -> None:
    """No answer but that there is none."""
    for parcel in parcels:
        parcel.answer(None)
