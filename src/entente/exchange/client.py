"""A nation's side of the wire: a node that loses nothing, and a witness that signs only what it holds.

A node puts what it says into its outbox and works on, whether the centre is there or not. What waits is sent in order, in
batches, and again after every cut, until a receipt shows it in a log that both parties cosigned. What the centre refuses
for good is kept with the reason and sent no more.

A witness asks what it is to sign, takes the entries, checks, keeps, signs. It begins by asking the other party's witness what
that one holds (`vouching`); until it knows, it signs nothing.
"""

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from entente.errors import BadProof, ExchangeError, LedgerError, LedgerFull, Malformed
from entente.exchange.proving.cosigning import Request
from entente.exchange.proving.notes import head_of
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.receipts import Quorum
from entente.exchange.proving.vouching import held_by, question, vouched
from entente.exchange.proving.witness import Refused, Witness
from entente.exchange.ruling.reasons import Reason
from entente.exchange.serving.papers import Papers
from entente.exchange.serving.reaching import Reach, Tell, untold
from entente.exchange.serving.wire import (
    LONGEST_BATCH,
    MOST_OF_BATCH,
    MOST_RECEIPTS,
    Answer,
    Proposal,
    Witnessed,
    framed,
    unframed,
)
from entente.exchange.signing import Key

PATIENCE_S = 10.0  # for one answer
RESEND_S = 5.0  # what is accepted and has no receipt after so long, though others have, is sent again
IDLE_S = 0.25
ROOM_S = 5.0  # between tries of a full disk
NOT_YET = {
    Reason.KEY_UNKNOWN: "the log holds no key of this node; let its root say it with: entente centre introduce",
    Reason.DISK_FULL: "the centre's disk is full",
    Reason.THROTTLED: "too much at once",
}


@dataclass
class Link:
    """A way to the centre's port for nodes. An answer is None where there was none.

    Args:
        address: https://HOST:PORT.
        context: from `certificates.client_context`.
        papers: whose context it is; with them it is told why there is no answer.
    """

    address: str
    context: ssl.SSLContext
    papers: Papers | None = None
    tell: Tell = untold

    def __post_init__(self) -> None:
        """Open nothing yet."""
        self.reach = Reach(self.address, self.papers, self.tell)
        limits = httpx.Limits(max_keepalive_connections=4, keepalive_expiry=8.0)
        self._http = httpx.AsyncClient(
            base_url=self.address, verify=self.context, timeout=PATIENCE_S, limits=limits, trust_env=False
        )

    async def close(self) -> None:
        """Close all connections."""
        self.reach.close()
        await self._http.aclose()

    async def __aenter__(self) -> "Link":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def send(self, raws: Sequence[bytes]) -> list[Answer] | None:
        """What became of envelopes; None: nothing is known, send them again."""
        answer = await self._ask("POST", "/batches", content=framed(raws))
        if answer is None or answer.status_code != 200:
            return None
        return msgspec.json.decode(answer.content, type=list[Answer])

    async def receipts(self, indices: Sequence[int]) -> list[str | None]:
        """Receipts of entries, where there are any."""
        answer = await self._ask("GET", "/receipts", params={"of": ",".join(map(str, indices))})
        if answer is None or answer.status_code != 200:
            return [None] * len(indices)
        return msgspec.json.decode(answer.content, type=list[str | None])

    async def entries(self, start: int, stop: int) -> list[bytes] | None:
        """Entries of the log, as many as one answer holds."""
        answer = await self._ask("GET", "/entries", params={"start": start, "stop": stop})
        return None if answer is None or answer.status_code != 200 else unframed(answer.content, stop - start)

    async def checkpoint(self) -> str | None:
        """The largest checkpoint that both signed; empty: there is none yet."""
        answer = await self._ask("GET", "/checkpoint")
        return None if answer is None or answer.status_code != 200 else answer.text

    async def proof(self, old: int, new: int) -> list[bytes] | None:
        """That the log of `new` entries continues the one of `old`."""
        answer = await self._ask("GET", "/proof", params={"old": old, "new": new})
        return None if answer is None or answer.status_code != 200 else unframed(answer.content, 128)

    async def sender(self) -> dict[str, Any] | None:
        """What the centre holds of this one: boot, last number, its digest."""
        answer = await self._ask("GET", "/sender")
        return None if answer is None or answer.status_code != 200 else msgspec.json.decode(answer.content)

    async def proposal(self) -> Proposal | None:
        """What a witness is asked next."""
        answer = await self._ask("GET", "/proposal")
        if answer is None or answer.status_code != 200:
            return None
        return msgspec.json.decode(answer.content, type=Proposal)

    async def cosign(self, said: Witnessed) -> bool:
        """A witness's answer; whether it arrived."""
        answer = await self._ask("POST", "/cosignature", content=msgspec.json.encode(said))
        return answer is not None and answer.status_code == 200

    async def ask_vouch(self, nonce: str) -> bytes | None:
        """The other witness's answer to a question."""
        answer = await self._ask("GET", "/vouch", params={"nonce": nonce})
        return None if answer is None or answer.status_code != 200 else answer.content

    async def vouch(self, raw: bytes) -> bool:
        """Answer the other's question; whether it arrived."""
        answer = await self._ask("POST", "/vouch", content=raw)
        return answer is not None and answer.status_code == 200

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        try:
            answer = await self._http.request(method, path, **more)
        except (httpx.HTTPError, OSError) as problem:  # what a line made wrong comes as the ssl.SSLError that it is
            self.reach.failed(problem)
            return None
        self.reach.answered()
        if 400 <= answer.status_code < 500:
            self.reach.refused(f"{method} {path}", answer.status_code, answer.text)
        return answer


class Road(Protocol):
    """A way to send envelopes."""

    async def send(self, raws: Sequence[bytes]) -> list[Answer] | None:
        """See `Link.send`."""


@dataclass
class Node:
    """One node, running.

    Args:
        outbox: what it says.
        quorum: whose signatures a receipt bears.
        hear: called with every item of the centre's stream.
        road: another way to send, tried first, such as `bus.Road`.
    """

    outbox: Outbox
    quorum: Quorum
    link: Link
    hear: Callable[[dict[str, Any]], None] = lambda item: None
    tell: Tell = untold
    road: Road | None = None
    accepted: dict[int, int] = field(default_factory=dict)  # number -> index, without a receipt yet
    sent_to: int = 0  # all up to this number was answered, by this run of the centre
    cosigned: int = 0
    run_of_centre: str = ""
    _waits_for: str = ""
    _new: asyncio.Event = field(default_factory=asyncio.Event)

    def spoke(self) -> None:
        """Something was put into the outbox."""
        self._new.set()

    async def run(self) -> None:
        """Send, follow and settle until cancelled.

        Raises:
            LedgerError: the disk failed, or this outbox is not the latest of this node.
        """
        await _together(self._deliver(), self._settle(), self._follow())

    async def _know(self) -> None:
        """Whether all that the centre has of this node is known here: asked once after every start, before a word is sent.

        Raises:
            LedgerError: it is not; this outbox was put back to an older day, or the node was set up anew.
        """
        for pause_s in self.link.reach.pauses():
            held = await self.link.sender()
            if held is not None:
                if held["node"] == self.outbox.node:
                    self.outbox.must_know(held["boot"], held["last"], held["head"])
                return
            await asyncio.sleep(pause_s)

    async def _deliver(self) -> None:
        """What waits, in order."""
        await self._know()
        for pause_s in self.link.reach.pauses():
            waiting = self.outbox.waiting(MOST_OF_BATCH, self.sent_to)
            if not waiting:
                self._new.clear()
                await _within(self._new.wait(), IDLE_S)
                continue
            part = _fitting(waiting)
            raws = [raw for _, raw in part]
            answers = await self.road.send(raws) if self.road is not None else None
            if answers is None:
                answers = await self.link.send(raws)
            if answers is None or not self._take([number for number, _ in part], answers):
                await asyncio.sleep(pause_s)

    def _take(self, numbers: list[int], answers: list[Answer]) -> bool:
        """Note what became of each, up to the first that is to be sent again; whether that was none."""
        for number, answer in zip(numbers, answers, strict=True):
            if answer.again:
                if answer.reason != self._waits_for:
                    self.tell("waits", number=number, reason=answer.reason, why=NOT_YET.get(Reason(answer.reason), ""))
                self._waits_for = answer.reason
                return False
            self._waits_for = ""
            if answer.reason in (Reason.OLD_BOOT, Reason.UNKNOWN_BOOT):
                raise LedgerError(f"{self.outbox.path}: is of boot {self.outbox.boot}, and the log knows this node at another; "
                                  "run it with --boot, as its root announced it")  # fmt: skip
            if answer.index is not None:
                self.accepted[number] = answer.index
            else:
                try:
                    self.outbox.give_up(number, answer.reason)
                except LedgerFull as problem:
                    self.tell("disk-full", reason=str(problem))
                    return False
                self.tell("refused", number=number, reason=answer.reason)
            self.sent_to = number
        return True

    async def _settle(self) -> None:
        """Receipts, as soon as there are any."""
        while True:
            ready = [(number, index) for number, index in self.accepted.items() if index < self.cosigned][
                :MOST_RECEIPTS
            ]
            found = await self.link.receipts([index for _, index in ready]) if ready else []
            receipts = {number: receipt for (number, _), receipt in zip(ready, found, strict=True) if receipt}
            try:
                self.outbox.settle_all(receipts, self.quorum)
            except (BadProof, Malformed) as problem:  # the centre, or who speaks for it, shows what is not so
                self.tell("bad-receipt", reason=str(problem))
                receipts = {}
            except LedgerFull as problem:
                self.tell("disk-full", reason=str(problem))
                receipts = {}
            for number in receipts:
                self.accepted.pop(number, None)  # a new run of the centre may have cleared it meanwhile
            if not receipts:
                await asyncio.sleep(IDLE_S)

    async def _follow(self) -> None:
        """The centre's stream, from where it was left."""
        after = 0
        for pause_s in self.link.reach.pauses():
            address = self.link.address.replace("https", "wss", 1)
            asked = f"{address}/stream?run={self.run_of_centre}&after={after}"
            try:
                async with connect(
                    asked, ssl=self.link.context, max_size=2**24, proxy=None, compression=None
                ) as socket:
                    async for frame in socket:
                        for item in msgspec.json.decode(frame):
                            after = item.get("seq") or after
                            self._heard(item)
            except (OSError, WebSocketException, TimeoutError) as problem:
                self.link.reach.failed(problem)
            await asyncio.sleep(pause_s)

    def _heard(self, item: dict[str, Any]) -> None:
        """One item; a new run of the centre may not have all that the one before took."""
        self.link.reach.answered()
        if item["kind"] == "hello" and item["run"] != self.run_of_centre:
            self.run_of_centre, self.sent_to = item["run"], 0
            self.accepted.clear()
        if "cosigned" in item:
            self.cosigned = item["cosigned"]
        self.hear(item)


@dataclass
class Watch:
    """A witness, running.

    Args:
        key: by which it answers the other's question, the same by which it signs.
        public_of_other: the other witness's public key.
        clock: this party's own, seconds since 1970.
    """

    witness: Witness
    key: Key
    link: Link
    tell: Tell = untold
    clock: Callable[[], float] = time.time
    confirmed: bool = False

    async def run(self) -> None:
        """Ask and sign until cancelled."""
        await _together(self._confirm(), self._sign())

    async def _confirm(self) -> None:
        """What does the other party's witness hold?"""
        line, other = self.witness.log.name, self.witness.other
        for pause_s in self.link.reach.pauses():
            nonce = question()
            raw = await self.link.ask_vouch(nonce)
            if raw is not None:
                try:
                    await self._hold(held_by(raw, other.public, line, nonce))
                except (BadProof, Malformed) as problem:
                    self.tell("vouch-refused", reason=str(problem))
                if self.confirmed:
                    return
            await asyncio.sleep(pause_s)

    async def _hold(self, note: str | None) -> None:
        """Take note of what the other holds."""
        mine = self.witness.head.size
        theirs = head_of(note).size if note else 0
        proof = await self.link.proof(mine, theirs) if theirs > mine else []
        if proof is not None:
            self.witness.confirm(note, proof)
            self.confirmed = True
            self.tell("confirmed", size=theirs)

    async def _sign(self) -> None:
        """What it is asked, one after the other."""
        learned = ""
        for pause_s in self.link.reach.pauses():
            asked = await self.link.proposal()
            if asked is None:
                await asyncio.sleep(pause_s)
                continue
            if asked.vouch is not None:
                await self.link.vouch(
                    vouched(self.key, self.witness.log.name, asked.vouch, self.witness.vouch(int(self.clock())))
                )
            try:
                if asked.asked is not None:
                    await self._answer(asked.asked)
                if asked.latest != learned:
                    learned = self._learned(asked.latest)
            except LedgerFull as problem:  # nothing was signed; it goes on when there is room
                self.tell("disk-full", reason=str(problem))
                await asyncio.sleep(ROOM_S)

    async def _answer(self, asked: Request) -> None:
        """One answer; a refusal is told, for it is evidence or an error."""
        held = self.witness.take(asked.start, asked.entries)
        answer = None
        if asked.note and self.confirmed:
            answer = self.witness.cosign(asked.note, asked.old_size, asked.proof, int(self.clock()))
        refused = answer if isinstance(answer, Refused) else None
        if refused and refused.says_where(asked.old_size):
            self.tell("resumes", signed=refused.size)  # a centre that was started again learns where to go on
        elif refused:
            self.tell("refused", code=refused.code, reason=refused.reason)
        await self.link.cosign(Witnessed(held, answer if isinstance(answer, str) else None, refused))
        if refused:
            await asyncio.sleep(IDLE_S)

    def _learned(self, note: str) -> str:
        """Keep what both signed, if this copy has come so far."""
        try:
            if head_of(note).size <= self.witness.mirror.size:
                self.witness.learn(note)
                return note
        except LedgerFull:
            raise
        except ExchangeError as problem:
            self.tell("checkpoint-refused", reason=str(problem))
        return ""


async def _together(*works: Coroutine[Any, Any, None]) -> None:
    """All of them; what the first of them raises ends the others, and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as tasks:
            for work in works:
                tasks.create_task(work)
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None


def _fitting(waiting: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """As many as one batch holds."""
    room, part = LONGEST_BATCH, list[tuple[int, bytes]]()
    for number, raw in waiting:
        room -= len(raw) + 4
        if room < 0:
            break
        part.append((number, raw))
    return part


async def _within(what: Any, patience_s: float) -> None:
    try:
        await asyncio.wait_for(what, patience_s)
    except TimeoutError:
        return
