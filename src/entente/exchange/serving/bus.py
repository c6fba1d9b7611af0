"""The same envelopes by another road: NATS JetStream between sites. A road only; the centre's log stays the record.

A node publishes an envelope to `to.PARTY.NODE` at its nation's own broker, which passes it on to those at the centre's site
(`brokers`). The stream there keeps it, on the disks of three, until the centre has it on its own log, and the centre's answer
comes back on `from.PARTY.NODE`. What the stream loses is sent again, for the node's outbox waits for the centre's answer and
for the receipt, never for the broker's. Whoever publishes for another is stopped twice: by the brokers, and by the signature.

Source: measured on nats-server 2.15: with `sync_interval: always` no acknowledged message was lost by power cuts, yet one bit
flipped in one of three replicas lost thousands (nats-server issue 7549). Hence the outbox.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from nats.aio.client import Client
from nats.errors import Error as BusError
from nats.js.api import ConsumerConfig, DiscardPolicy, RetentionPolicy, StreamConfig

from entente.errors import StoreError
from entente.exchange.serving.hailing import Hail
from entente.exchange.serving.papers import Papers
from entente.exchange.serving.wire import Answer
from entente.exchange.serving.writer import Writer
from entente.exchange.signing import LONGEST, digest

STREAM, DURABLE = "to-centre", "centre"
PATIENCE_S, MAKE_S = 3.0, 2.0  # for an answer; for the brokers to make the stream
FLUSH_S = 5  # for a broker to say that a connection stands
MOST_AT_ONCE = 128
DAY_S = 86_400.0
KEPT_BYTES, MOST_OF_NODE = 2**30, 100_000  # of what is under way: of all, and messages of one node; more is refused
PAUSE_S, AGAIN_WITHIN_S = 1.0, 0.2  # between tries; between those to connect again
PULL_S, AGAIN_S = 5.0, 10.0  # how long the centre's end waits for messages; after which an unanswered one comes again
EXPIRED = "408"  # nothing came within PULL_S


class Answered(msgspec.Struct, frozen=True):
    """What became of the envelope with this digest."""

    digest: str
    answer: Answer


def addresses_in(words: str) -> list[str]:
    """Where brokers are reached, out of what `--bus` was given.

    Raises:
        StoreError: one is not tls://HOST:PORT.
    """
    found = [word.strip() for word in words.split(",")]
    wrong = [word for word in found if not word.startswith("tls://") or not word.rpartition(":")[2].isdecimal()]
    if wrong:
        raise StoreError(f"--bus: {', '.join(map(repr, wrong))}: no address of a broker; write tls://HOST:PORT, "
                         "several with commas between")  # fmt: skip
    return found


async def connected(words: str, certificates: Path, name: str, tell: Callable[..., None]) -> Client:
    """A connection that comes back by itself after a cut, to any of the brokers; it is told of why it does not come.

    Raises:
        StoreError: no such certificates, or no addresses.
    """
    papers = Papers(certificates, name)
    hail, bus = Hail(words, papers, tell), Client()

    async def reached() -> None:
        await bus.flush(
            FLUSH_S
        )  # nats-py takes a connection that was hung up on for one that stands, until it reads from it
        if not bus.is_connected:
            raise ConnectionResetError("hung up on")
        hail.reached()

    lasting: dict[str, Any] = {"max_reconnect_attempts": -1, "reconnect_time_wait": AGAIN_WITHIN_S, "ping_interval": 5}
    heard: dict[str, Any] = {"error_cb": hail.failed, "reconnected_cb": reached}
    try:
        await bus.connect(
            addresses_in(words),
            tls=papers.context,
            inbox_prefix=f"_INBOX.{name}",
            connect_timeout=FLUSH_S,
            **lasting,
            **heard,
        )
        while True:
            try:
                await reached()
                return bus
            except (BusError, TimeoutError, OSError):
                await asyncio.sleep(PAUSE_S)
    except BaseException:
        with suppress(OSError, BusError, TimeoutError):
            await asyncio.wait_for(bus.close(), PAUSE_S)
        raise


@dataclass
class Road:
    """A node's way over the bus; `send` is that of `client.Link`."""

    bus: Client
    party: str
    node: str
    tell: Callable[..., None] = lambda event, **fields: None
    _told: str = ""
    _waiting: dict[str, "asyncio.Future[Answer]"] = field(default_factory=dict)

    @classmethod
    async def opened(
        cls,
        words: str,
        certificates: Path,
        party: str,
        node: str,
        tell: Callable[..., None] = lambda event, **fields: None,
    ) -> "Road":
        """Connected, and listening for answers."""
        road = cls(await connected(words, certificates, node, tell), party, node, tell)
        await road.bus.subscribe(f"from.{party}.{node}", cb=road._heard)
        return road

    async def close(self) -> None:
        """Leave."""
        await self.bus.close()

    async def send(self, raws: Sequence[bytes]) -> list[Answer] | None:
        """What became of envelopes; None: nothing is known of one of them, send all again."""
        if not self.bus.is_connected:
            self._wait("no broker")
            return None
        loop = asyncio.get_running_loop()
        waits = [self._waiting.setdefault(digest(raw), loop.create_future()) for raw in raws]
        try:
            stream = self.bus.jetstream(timeout=PATIENCE_S)
            for raw in raws:
                await stream.publish(f"to.{self.party}.{self.node}", raw)
            answers = await asyncio.wait_for(asyncio.gather(*waits), PATIENCE_S)
        except (BusError, TimeoutError, OSError) as problem:
            self._wait(str(problem) or "nothing came back")
            return None
        else:
            self._told = ""
            return answers
        finally:
            for raw in raws:
                self._waiting.pop(digest(raw), None)

    def _wait(self, reason: str) -> None:
        """Tell, once until an answer comes, that nothing does by this road."""
        if not self._told:
            self._told = reason
            self.tell(
                "bus-waits", reason=f"no answer of the centre over the brokers ({reason}); sent over HTTPS, or again"
            )

    async def _heard(self, message: Any) -> None:
        said = msgspec.json.decode(message.data, type=Answered)
        waits = self._waiting.get(said.digest)
        if waits is not None and not waits.done():
            waits.set_result(said.answer)


@dataclass
class Gate:
    """The centre's end: takes from the stream, lets the writer write, answers, and only then lets the stream forget.

    Args:
        replicas: how many brokers keep each message.
    """

    bus: Client
    writer: Writer
    replicas: int = 1

    async def run(self) -> None:
        """Until cancelled, or until the stream cannot be had.

        Raises:
            nats.errors.Error: it cannot; try again later.
        """
        while True:
            await self._open()
            inbox = self.bus.new_inbox()
            taken = await self.bus.subscribe(inbox)
            try:
                while await self._take(taken, inbox):
                    """Goes on."""
            finally:
                await taken.unsubscribe()
            await asyncio.sleep(AGAIN_WITHIN_S)

    async def _open(self) -> None:
        """The stream and the place in it, made if the brokers lost them."""
        stream = self.bus.jetstream(timeout=MAKE_S)
        await stream.add_stream(StreamConfig(
            name=STREAM, subjects=["to.*.*"], num_replicas=self.replicas, retention=RetentionPolicy.WORK_QUEUE,
            max_age=DAY_S, max_bytes=KEPT_BYTES, max_msgs_per_subject=MOST_OF_NODE, max_msg_size=LONGEST,
            discard=DiscardPolicy.NEW, discard_new_per_subject=True, deny_delete=True, deny_purge=True,
        ))  # fmt: skip
        config = ConsumerConfig(durable_name=DURABLE, ack_wait=AGAIN_S, max_ack_pending=4 * MOST_AT_ONCE)
        await stream.add_consumer(STREAM, config)

    async def _take(self, taken: Any, inbox: str) -> bool:
        """Ask once, and carry what comes until that is used up; whether asking again is of use."""
        wanted, until_s = MOST_AT_ONCE, time.monotonic() + PULL_S + 1.0
        asked = {"batch": wanted, "expires": int(PULL_S * 1e9)}
        await self.bus.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{DURABLE}", msgspec.json.encode(asked), inbox)
        while wanted > 0:
            try:
                messages = [await taken.next_msg(timeout=max(0.01, until_s - time.monotonic()))]
            except (BusError, TimeoutError):
                return False  # not even word that nothing came
            while taken.pending_msgs and len(messages) < wanted:
                messages.append(await taken.next_msg(timeout=PULL_S))
            codes = [message.headers["Status"] for message in messages if "Status" in (message.headers or {})]
            said = [message for message in messages if "Status" not in (message.headers or {})]
            wanted -= len(said)
            await asyncio.gather(*(self._carry(sender, part) for sender, part in _by_sender(said).items()))
            if codes:
                return codes == [EXPIRED]
        return True

    async def _carry(self, subject: str, messages: list[Any]) -> None:
        """What one sender sent, in order; unanswered it stays on the stream."""
        _, party, node = subject.split(".")
        replies = await self.writer.submit([message.data for message in messages], node)
        if replies is None:
            return
        for message, reply in zip(messages, replies, strict=True):
            answer = Answer(reply.outcome, reply.index, reply.reason, reply.again)
            await self.bus.publish(f"from.{party}.{node}", msgspec.json.encode(Answered(digest(message.data), answer)))
            await message.ack()


async def carry(words: str, certificates: Path, name: str, writer: Writer, tell: Callable[..., None]) -> None:
    """Be the centre's end until cancelled; whatever the broker does, the other roads stay open.

    Args:
        words: where the brokers are, with commas between; three of them keep each message three times.
    """
    replicas = 3 if len(addresses_in(words)) >= 3 else 1
    bus, told = await connected(words, certificates, name, tell), ""
    try:
        while True:
            try:
                await Gate(bus, writer, replicas).run()
            except (BusError, OSError, TimeoutError) as problem:
                if str(problem) != told:
                    told = str(problem)
                    tell(
                        "bus-waits", bus=words, reason=f"the brokers keep nothing yet ({told}); two of three must be up"
                    )
                await asyncio.sleep(PAUSE_S)
    finally:
        await bus.close()


def _by_sender(messages: Sequence[Any]) -> dict[str, list[Any]]:
    """Messages by subject, in order."""
    found: dict[str, list[Any]] = {}
    for message in messages:
        found.setdefault(message.subject, []).append(message)
    return found
