"""The same envelopes by another road: NATS JetStream between sites. A road only; the centre's log stays the record.

A node publishes an envelope to `to.PARTY.NODE`; the stream keeps it, on the disk, until the centre has it on its own log, and
the centre's answer comes back on `from.PARTY.NODE`. What the stream loses is sent again, for the node's outbox waits for the
centre's answer and for the receipt, never for the broker's. Each party has an account of its own: it may publish under its own
name, hear its own answers, and nothing else. Who connects is known by certificate, as at the centre's own port.

Source: measured on nats-server 2.15: with `sync_interval: always` no acknowledged message was lost by power cuts, yet one bit
flipped in one of three replicas lost thousands (nats-server issue 7549). Hence the outbox.
"""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import nats
from nats.aio.client import Client
from nats.errors import Error as BusError
from nats.js.api import ConsumerConfig, StreamConfig

from entente.exchange.serving.certificates import AUTHORITY, client_context
from entente.exchange.serving.wire import Answer
from entente.exchange.serving.writer import Writer
from entente.exchange.signing import LONGEST, digest

STREAM, DURABLE, ACCOUNT = "to-centre", "centre", "CENTRE"
PATIENCE_S = 5.0
MOST_AT_ONCE = 128
DAY_S = 86_400.0
PAUSE_S = 1.0  # between tries


class Answered(msgspec.Struct, frozen=True):
    """What became of the envelope with this digest."""

    digest: str
    answer: Answer


def server_config(
    certificates: Path, name: str, store: Path, holders: Mapping[str, str], *, port: int, centre: str = "centre"
) -> str:
    """What a NATS server of an exercise is started with: accounts, certificates, and a sync at every write.

    Args:
        name: under whose certificate it runs.
        holders: name -> party, of all nodes; `centre`: the name of the centre.
    """
    parties = sorted(set(holders.values()))
    exported = [
        f'{{service: "to.{party}.*", accounts: [{party}]}}, {{stream: "from.{party}.*", accounts: [{party}]}}'
        for party in parties
    ]
    accounts = [
        f'  {ACCOUNT}: {{ jetstream: enabled, users: [{{user: "{centre}@centre"}}], exports: [{", ".join(exported)}] }}'
    ]
    for party in parties:
        users = [_user(holder, party) for holder, whose in holders.items() if whose == party]
        road = f'{{service: {{account: {ACCOUNT}, subject: "to.{party}.*"}}}}'
        answers = f'{{stream: {{account: {ACCOUNT}, subject: "from.{party}.*"}}}}'
        accounts.append(f"  {party}: {{ users: [{', '.join(users)}], imports: [{road}, {answers}] }}")
    at = certificates.resolve()
    return f"""listen: "127.0.0.1:{port}"
server_name: "{name}"
max_payload: {LONGEST + 4096}
jetstream {{ store_dir: "{store.resolve()}", sync_interval: always }}
tls {{
  cert_file: "{at / name}.pem", key_file: "{at / name}.key", ca_file: "{at / AUTHORITY}.pem"
  verify_and_map: true, min_version: "1.3", timeout: 5
}}
accounts {{
{chr(10).join(accounts)}
}}
"""


def _user(holder: str, party: str) -> str:
    """One node: what it may publish and hear."""
    publish, hear = f'["to.{party}.{holder}"]', f'["from.{party}.{holder}", "_INBOX.>"]'
    return f'{{user: "{holder}@{party}", permissions: {{publish: {publish}, subscribe: {hear}}}}}'


async def connected(address: str, context: ssl.SSLContext) -> Client:
    """A connection that comes back by itself after a cut."""
    return await nats.connect(
        address,
        tls=context,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.2,
        connect_timeout=5,
        error_cb=_passed_over,
    )


@dataclass
class Road:
    """A node's way over the bus; `send` is that of `client.Link`."""

    bus: Client
    party: str
    node: str
    _waiting: dict[str, "asyncio.Future[Answer]"] = field(default_factory=dict)

    @classmethod
    async def opened(cls, address: str, certificates: Path, party: str, node: str) -> "Road":
        """Connected, and listening for answers."""
        road = cls(await connected(address, client_context(certificates, node)), party, node)
        await road.bus.subscribe(f"from.{party}.{node}", cb=road._heard)
        return road

    async def close(self) -> None:
        """Leave."""
        await self.bus.close()

    async def send(self, raws: Sequence[bytes]) -> list[Answer] | None:
        """What became of envelopes; None: nothing is known of one of them, send all again."""
        loop = asyncio.get_running_loop()
        waits = [self._waiting.setdefault(digest(raw), loop.create_future()) for raw in raws]
        try:
            stream = self.bus.jetstream(timeout=PATIENCE_S)
            for raw in raws:
                await stream.publish(f"to.{self.party}.{self.node}", raw)
            return await asyncio.wait_for(asyncio.gather(*waits), PATIENCE_S)
        except (BusError, TimeoutError, OSError):
            return None
        finally:
            for raw in raws:
                self._waiting.pop(digest(raw), None)

    async def _heard(self, message: Any) -> None:
        said = msgspec.json.decode(message.data, type=Answered)
        waits = self._waiting.get(said.digest)
        if waits is not None and not waits.done():
            waits.set_result(said.answer)


@dataclass
class Gate:
    """The centre's end: takes from the stream, lets the writer write, answers, and only then lets the stream forget."""

    bus: Client
    writer: Writer
    replicas: int = 1

    async def run(self) -> None:
        """Until cancelled."""
        stream = self.bus.jetstream()
        await stream.add_stream(StreamConfig(
            name=STREAM, subjects=["to.*.*"], num_replicas=self.replicas, max_age=DAY_S, deny_delete=True,
            max_msg_size=LONGEST,
        ))  # fmt: skip
        config = ConsumerConfig(durable_name=DURABLE, ack_wait=30.0, max_ack_pending=4 * MOST_AT_ONCE)
        taken = await stream.pull_subscribe("to.*.*", DURABLE, STREAM, config=config)
        while True:
            try:
                messages = await taken.fetch(MOST_AT_ONCE, timeout=1.0)
            except (BusError, TimeoutError):
                continue
            await asyncio.gather(*(self._carry(sender, part) for sender, part in _by_sender(messages).items()))

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


async def carry(address: str, certificates: Path, name: str, writer: Writer, tell: Callable[..., None]) -> None:
    """Be the centre's end until cancelled; whatever the broker does, the other roads stay open."""
    while True:
        try:
            bus = await connected(address, client_context(certificates, name))
            tell("bus-up", address=address)
            try:
                await Gate(bus, writer).run()
            finally:
                await bus.close()
        except (BusError, OSError, TimeoutError) as problem:
            tell("bus-down", address=address, reason=str(problem))
            await asyncio.sleep(PAUSE_S)


def _by_sender(messages: Sequence[Any]) -> dict[str, list[Any]]:
    """Messages by subject, in order."""
    found: dict[str, list[Any]] = {}
    for message in messages:
        found.setdefault(message.subject, []).append(message)
    return found


async def _passed_over(_: Exception) -> None:
    """A refusal by the broker shows as a missing answer, and the outbox sends again."""
