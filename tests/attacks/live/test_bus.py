"""The road over NATS: a real server, accounts, certificates. Rows T32 and T33: the broker dies or loses, the log stays whole."""

import asyncio
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from nats.errors import Error
from nats.js.errors import APIError
from tests.attacks.live.hall import PARTIES, hall

from entente.exchange.client import Link, Node
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.pins import quorum_in
from entente.exchange.saying.decoding import decode
from entente.exchange.serving.bus import STREAM, Gate, Road, carry, connected, server_config
from entente.exchange.serving.certificates import client_context, make_certificates
from entente.exchange.serving.preparing import CERTIFICATES
from entente.exchange.signing import read_key, unseal

SERVER = Path(sys.executable).parent / "nats-server"
HOLDERS = {f"{party}-{i}": party for party in PARTIES for i in range(2)}


class Broker:
    """One server, which can be killed and started again."""

    def __init__(self, folder) -> None:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            self.port = held.getsockname()[1]
        self.address, self.process = f"tls://localhost:{self.port}", None
        self.config = folder / "nats.conf"
        text = server_config(folder / CERTIFICATES, "centre", folder / "nats", HOLDERS, port=self.port)
        self.config.write_text(text)

    def start(self):
        with self.config.with_suffix(".log").open("a") as err:
            self.process = subprocess.Popen([SERVER, "-c", self.config], stderr=err)
        end_s = time.monotonic() + 20.0
        while time.monotonic() < end_s:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1.0).close()
                return
            except OSError:
                assert self.process.poll() is None, self.config.with_suffix(".log").read_text()
                time.sleep(0.05)

    def kill(self):
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with hall(tmp_path_factory.mktemp("bus")) as made:
        yield made


@pytest.fixture(scope="module")
def broker(room):
    made = Broker(room.folder)
    made.start()
    yield made
    made.kill()


class End:
    """The centre's end of the road, which can be taken away and put back."""

    def __init__(self, room, broker) -> None:
        self.room, self.address = room, broker.address

    async def begin(self):
        self.bus = await connected(self.address, client_context(self.room.folder / CERTIFICATES, "centre"))
        self.task = asyncio.create_task(Gate(self.bus, self.room.centre.service.writer).run())

    async def empty(self):
        """The broker loses all that it holds."""
        await self.bus.jetstream().purge_stream(STREAM)

    async def pause(self):
        assert not self.task.done()
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    async def leave(self):
        await self.bus.close()

    async def end(self):
        await self.pause()
        await self.leave()


@pytest.fixture(scope="module")
def gate(room, broker):
    """The centre's end, open."""
    made = End(room, broker)
    room.call(made.begin())
    yield made
    room.call(made.end())


@asynccontextmanager
async def road(room, broker, name):
    made = await Road.opened(broker.address, room.folder / CERTIFICATES, HOLDERS[name], name)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture(scope="module")
def voices(room):
    return {name: room.voice(party, name) for name, party in HOLDERS.items()}


@contextmanager
def refused():
    """By the broker: as an error, or as silence."""
    with pytest.raises((Error, APIError, TimeoutError, asyncio.TimeoutError)):
        yield


def test_envelopes_and_answers_come_over_the_bus(room, broker, gate, voices):
    raws = [voices["nato-0"].health() for _ in range(20)]

    async def play():
        async with road(room, broker, "nato-0") as mine, road(room, broker, "russia-0") as theirs:
            answers = await mine.send(raws)
            again = await mine.send(raws[:1])
            return answers, again, await theirs.send([voices["russia-0"].health()])

    answers, again, theirs = asyncio.run(play())
    assert [answer.outcome for answer in answers] == ["accepted"] * 20
    assert [answer.index for answer in answers] == sorted(answer.index for answer in answers)
    assert (again[0].outcome, again[0].index) == ("repeated", answers[0].index)
    assert theirs[0].outcome == "accepted"


def test_t33_what_the_broker_loses_is_sent_again(room, broker, gate, voices):
    """It acknowledged five, and lost them before the centre came; the node has no answer, and its second try brings them."""
    raws = [voices["nato-1"].health() for _ in range(5)]

    async def play():
        async with road(room, broker, "nato-1") as mine:
            return await mine.send(raws)

    room.call(gate.pause())
    assert asyncio.run(play()) is None
    room.call(gate.empty())
    room.call(gate.leave())
    room.call(gate.begin())
    answers = asyncio.run(play())
    assert {answer.outcome for answer in answers} == {"accepted"}
    held = list(room.centre.service.reader.ledger.entries(0, room.centre.service.size))
    assert [entry[8:] for entry in held if entry[8:] in raws] == raws


def test_t32_the_broker_is_killed_and_the_node_goes_on(room, broker, gate, voices):
    raws = [voices["russia-1"].health() for _ in range(10)]

    async def play():
        async with road(room, broker, "russia-1") as mine:
            assert await mine.send(raws[:5])
            broker.kill()
            start = time.monotonic()
            assert await mine.send(raws[5:]) is None, "nothing is known, so all waits in the outbox"
            assert time.monotonic() - start < 20.0
            broker.start()
            for _ in range(20):
                answers = await mine.send(raws[5:])
                if answers is not None:
                    return answers
            raise AssertionError("it did not come back")

    assert {answer.outcome for answer in asyncio.run(play())} <= {"accepted", "repeated"}
    before = list(room.centre.service.reader.ledger.entries(0, room.centre.service.size))
    assert [entry[8:] for entry in before if entry[8:] in raws] == raws


def test_a_party_has_its_own_road_and_no_other(room, broker, gate, tmp_path):
    make_certificates(tmp_path / "rogue", {"nato-0": "nato"})

    async def play():
        with refused():  # it goes on trying
            await asyncio.wait_for(connected(broker.address, client_context(tmp_path / "rogue", "nato-0")), 3.0)
        async with road(room, broker, "nato-0") as mine:
            stream = mine.bus.jetstream(timeout=1.0)
            for subject in ("to.russia.russia-0", "to.nato.nato-1", "from.nato.nato-1"):
                with refused():
                    await stream.publish(subject, b"x")
            with refused():
                await stream.delete_stream(STREAM)

    asyncio.run(play())


def test_the_commands_own_end_carries_and_a_node_sends_by_two_roads(room, broker, voices, tmp_path):
    """`carry` as the centre runs it; a node whose broker is away sends over HTTPS."""
    told = []

    async def carried(raws):
        task = asyncio.create_task(
            carry(
                broker.address,
                room.folder / CERTIFICATES,
                "centre",
                room.centre.service.writer,
                lambda *a, **f: told.append(a[0]),
            )
        )
        for _ in range(100):
            await asyncio.sleep(0.05)
            if told:
                break
        return task

    task = room.call(carried(None))
    raws = [voices["nato-1"].health()]

    async def play():
        async with road(room, broker, "nato-1") as mine:
            return await mine.send(raws)

    assert asyncio.run(play())[0].outcome == "accepted"
    assert told == ["bus-up"]
    room.loop.call_soon_threadsafe(task.cancel)

    async def two_roads():
        context = client_context(room.folder / CERTIFICATES, "nato-1")
        key = read_key(room.folder / "nato" / "nato-0.key")
        async with Link(room.centre.node_address, context) as link:
            with Outbox(tmp_path / "outbox.db", key, room.pins.name, "nato-0", 1) as outbox:
                node = Node(outbox, quorum_in(room.pins), link, road=Away())
                outbox.put(decode(unseal(voices["nato-0"].health()).body))
                running = asyncio.create_task(node.run())
                for _ in range(100):
                    await asyncio.sleep(0.05)
                    if node.sent_to:
                        break
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
                return node.sent_to

    assert asyncio.run(two_roads()) == 1


class Away:
    """A road that leads nowhere."""

    async def send(self, raws):
        return None
