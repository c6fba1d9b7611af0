"""The road over NATS, with real servers: three in a cluster at the centre's site, and a leaf at each nation's.

Rows T32 and T33: a broker dies, or loses what it kept, and the log stays whole.
"""

import asyncio
import shutil
import socket
import subprocess
import time
from contextlib import ExitStack, asynccontextmanager, contextmanager

import pytest
from nats.errors import Error
from nats.js.errors import APIError
from tests.attacks.live.brokers import SERVER, Fleet, free_ports, serve, until_reached
from tests.attacks.live.hall import PARTIES, Silent, hall, told
from tests.attacks.live.proxy import Proxy

from entente.errors import StoreError
from entente.exchange.client import Link, Node, Watch
from entente.exchange.ledger import Ledger
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.pins import quorum_in
from entente.exchange.proving.witness import Witness
from entente.exchange.saying.decoding import decode
from entente.exchange.serving import bus, hailing
from entente.exchange.serving.brokers import CONNECTIONS, Brokers, Place, leaf_of, nodes_of, place_in, write_brokers
from entente.exchange.serving.bus import STREAM, Road, addresses_in, carry, connected
from entente.exchange.serving.certificates import client_context, make_certificates, revoke
from entente.exchange.serving.issuing import hosts_of, issue
from entente.exchange.serving.preparing import CERTIFICATES, witness_of
from entente.exchange.serving.telling import Teller
from entente.exchange.signing import digest, read_key, unseal

HOLDERS = {f"{party}-{i}": party for party in PARTIES for i in range(4)}
MINE, THEIRS = "nato", "russia"


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    with hall(tmp_path_factory.mktemp("bus"), nodes=4) as made:
        yield made


@pytest.fixture(scope="module")
def fleet(room):
    made = Fleet(room.folder, PARTIES)
    try:
        made.start()
        yield made
    finally:
        made.close()


class End:
    """The centre's end of the road, as `entente centre serve` runs it; it can be taken away and put back."""

    def __init__(self, room, fleet) -> None:
        self.room, self.fleet, self.silent = room, fleet, Silent()

    async def begin(self):
        writer, at = self.room.centre.service.writer, self.room.folder / CERTIFICATES
        self.task = asyncio.create_task(carry(self.fleet.address, at, "centre", writer, Teller(self.silent)))

    async def end(self):
        assert not self.task.done(), self.task
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture(scope="module")
def gate(room, fleet):
    """The centre's end, open, and the stream made."""
    made = End(room, fleet)
    room.call(made.begin())
    asyncio.run(kept_by_three(room, fleet))
    yield made
    room.call(made.end())


async def kept_by_three(room, fleet):
    """Until the stream stands on three brokers; what is known of it."""
    bus = await connected(fleet.address, room.folder / CERTIFICATES, "centre", lambda *_, **__: None)
    try:
        for _ in range(200):
            try:
                info = await bus.jetstream(timeout=1.0).stream_info(STREAM)
                if info.cluster.leader and all(replica.current for replica in info.cluster.replicas):
                    return info
            except (Error, APIError, TimeoutError):
                """Not yet."""
            await asyncio.sleep(0.1)
    finally:
        await bus.close()
    raise AssertionError("no stream on three brokers")


@asynccontextmanager
async def road(room, fleet, name, tell=lambda *_, **__: None):
    made = await Road.opened(fleet.leaf(HOLDERS[name]), room.folder / CERTIFICATES, HOLDERS[name], name, tell)
    try:
        yield made
    finally:
        await made.close()


async def sent(way, raws, tries=60):
    """The answers, in the end."""
    for _ in range(tries):
        answers = await way.send(raws)
        if answers is not None:
            return answers
        await asyncio.sleep(0.1)
    raise AssertionError("no answer")


@pytest.fixture(scope="module")
def voices(room):
    return {name: room.voice(party, name) for name, party in HOLDERS.items()}


def logged(room, raws):
    """Those of the envelopes that stand on the log, in its order."""
    return [
        entry[8:]
        for entry in room.centre.service.reader.ledger.entries(0, room.centre.service.size)
        if entry[8:] in raws
    ]


@contextmanager
def refused():
    """By a broker: as an error, or as silence."""
    with pytest.raises((Error, APIError, TimeoutError, asyncio.TimeoutError)):
        yield


def test_envelopes_and_answers_go_by_leaf_hub_and_centre(room, fleet, gate, voices):
    raws = [voices["nato-0"].health() for _ in range(20)]

    async def play():
        async with road(room, fleet, "nato-0") as mine, road(room, fleet, "russia-0") as theirs:
            answers = await sent(mine, raws)
            again = await mine.send(raws[:1])
            start = time.monotonic()
            alone = await sent(theirs, [voices["russia-0"].health()])
            took_s = time.monotonic() - start
            await forgotten(room, fleet)
            return answers, again, alone, took_s, await kept_by_three(room, fleet)

    answers, again, theirs, took_s, stream = asyncio.run(play())
    assert [answer.outcome for answer in answers] == ["accepted"] * 20
    assert [answer.index for answer in answers] == sorted(answer.index for answer in answers)
    assert (again[0].outcome, again[0].index) == ("repeated", answers[0].index)
    assert theirs[0].outcome == "accepted"
    assert took_s < 0.9, "a message alone waits for no other"
    assert (stream.config.num_replicas, len(stream.cluster.replicas)) == (3, 2)
    assert stream.config.deny_delete
    assert stream.config.deny_purge


def test_receipts_come_to_a_node_that_sends_over_the_bus(room, fleet, gate, voices, tmp_path):
    """Envelopes by the brokers; witnesses sign over HTTPS, and receipts are fetched there."""
    bodies = [decode(unseal(voices["nato-2"].health()).body) for _ in range(5)]
    counted = []

    class Counted:
        """The road, and what it carried."""

        def __init__(self, way) -> None:
            self.way = way

        async def send(self, raws):
            answers = await self.way.send(raws)
            counted.extend(answers or ())
            return answers

    async def play():
        quorum = quorum_in(room.pins)
        with own_outbox(room, "nato-2", tmp_path) as outbox:
            async with (
                road(room, fleet, "nato-2") as way,
                link(room, "nato-2") as centre,
                witnesses(room, quorum, tmp_path),
            ):
                for body in bodies:
                    outbox.put(body)
                node = Node(outbox, quorum, centre, road=Counted(way))
                running = asyncio.create_task(node.run())
                await until(lambda: not outbox.waiting(10))
                await ended(running)

    asyncio.run(play())
    assert [answer.outcome for answer in counted] == ["accepted"] * 5


@asynccontextmanager
async def link(room, name, port=None):
    address = room.centre.node_address if port is None else f"https://127.0.0.1:{port}"
    async with Link(address, client_context(room.folder / CERTIFICATES, name)) as made:
        yield made


@asynccontextmanager
async def witnesses(room, quorum, folder):
    """Both parties' witnesses, running."""
    tasks, mirrors, links = [], [], []
    for signer, other in (quorum.witnesses, quorum.witnesses[::-1]):
        name = signer.name
        (party,) = [party for party in PARTIES if witness_of(party) == name]
        mirrors.append(Ledger(folder / f"{name}.db", room.pins.line))
        key = read_key(room.folder / party / f"{name}.key")
        links.append(Link(room.centre.node_address, client_context(room.folder / CERTIFICATES, name)))
        tasks.append(
            asyncio.create_task(Watch(Witness(mirrors[-1], name, key, quorum.log, other), key, links[-1]).run())
        )
    try:
        yield
    finally:
        await ended(*tasks)
        for each in links:
            await each.close()
        for each in mirrors:
            each.close()


async def ended(*tasks):
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_t32_the_leading_broker_is_killed_and_traffic_goes_on(room, fleet, gate, voices):
    """What was acknowledged stands; what was under way comes by the other two."""
    raws = [voices["russia-1"].health() for _ in range(20)]

    async def play():
        leader = (await kept_by_three(room, fleet)).cluster.leader
        async with road(room, fleet, "russia-1") as mine:
            first = await sent(mine, raws[:5])
            under_way = asyncio.create_task(mine.send(raws[5:10]))
            await asyncio.sleep(0.003)
            fleet.kill(leader)
            await under_way
            start = time.monotonic()
            rest = await sent(mine, raws[5:])
            return leader, first, rest, time.monotonic() - start

    leader, first, rest, took_s = asyncio.run(play())
    fleet.start(leader)
    assert {answer.outcome for answer in first} == {"accepted"}
    assert {answer.outcome for answer in rest} <= {"accepted", "repeated"}
    assert logged(room, raws) == raws
    assert took_s < 30.0
    asyncio.run(kept_by_three(room, fleet))


def test_t32_a_nations_own_broker_is_killed_and_its_node_goes_on(room, fleet, gate, voices):
    """It says once that nothing comes, and what waits goes when the broker is back."""
    raws, said = [voices["russia-0"].health() for _ in range(4)], Silent()

    async def play():
        async with road(room, fleet, "russia-0", Teller(said)) as mine:
            assert await sent(mine, raws[:2])
            fleet.kill(leaf_of(THEIRS))
            start = time.monotonic()
            assert await mine.send(raws[2:]) is None, "nothing is known, so all waits in the outbox"
            assert await mine.send(raws[2:]) is None
            assert time.monotonic() - start < 15.0
            fleet.start(leaf_of(THEIRS))
            return await sent(mine, raws[2:])

    assert {answer.outcome for answer in asyncio.run(play())} <= {"accepted", "repeated"}
    assert logged(room, raws) == raws
    events = [each["event"] for each in told(said.lines)]
    assert events.count("bus-waits") == events.count("bus-down") == 1
    assert events[-1] == "bus-up"


def test_t29_a_nation_that_is_cut_off_works_on_and_drains_over_the_bus_in_order(room, fleet, gate, voices, tmp_path):
    """Both its lines are cut, that of its broker and that of HTTPS; the first alone comes back."""
    port = int(room.centre.node_address.rpartition(":")[2])
    bodies = [decode(unseal(voices["nato-3"].health()).body) for _ in range(31)]

    async def play():
        with Proxy(port) as https, own_outbox(room, "nato-3", tmp_path) as outbox:
            async with road(room, fleet, "nato-3") as way, link(room, "nato-3", https.port) as centre:
                node = Node(outbox, quorum_in(room.pins), centre, road=way)
                running = asyncio.create_task(node.run())
                outbox.put(bodies[0])
                await until(lambda: node.sent_to == 1)
                fleet.cut()
                https.shut = True
                https.cut()
                raws = [outbox.put(body) for body in bodies[1:]]
                node.spoke()
                await asyncio.sleep(1.5)
                alone = node.sent_to
                fleet.heal()
                await until(lambda: node.sent_to == len(bodies))
                await ended(running)
                return alone, raws

    try:
        alone, raws = asyncio.run(play())
    finally:
        fleet.heal()
    assert alone == 1
    assert logged(room, raws) == raws


@contextmanager
def own_outbox(room, name, folder):
    key = read_key(room.folder / HOLDERS[name] / f"{name}.key")
    with Outbox(folder / f"{name}.db", key, room.pins.name, name, 1) as made:
        yield made


async def until(done, patience_s=15.0):
    """Until it is so."""
    end_s = time.monotonic() + patience_s
    while not done():
        assert time.monotonic() < end_s, "it did not come to that"
        await asyncio.sleep(0.02)


def test_t33_what_all_brokers_lost_is_sent_again(room, fleet, gate, voices):
    """They acknowledged five, and lost them and the stream before the centre came; the node's next try brings them."""
    raws = [voices["nato-0"].health() for _ in range(5)]

    async def play(patience_s):
        async with road(room, fleet, "nato-0") as mine:
            return await asyncio.wait_for(sent(mine, raws), patience_s)

    room.call(gate.end())
    with pytest.raises(TimeoutError):
        asyncio.run(play(1.5))
    assert logged(room, raws) == []
    fleet.lose()
    room.call(gate.begin())
    answers = asyncio.run(play(30.0))
    assert {answer.outcome for answer in answers} <= {"accepted", "repeated"}
    assert logged(room, raws) == raws
    asyncio.run(forgotten(room, fleet))


async def forgotten(room, fleet):
    """Until the brokers have let go of all that the centre has."""
    for _ in range(100):
        if (await kept_by_three(room, fleet)).state.messages == 0:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the stream forgets nothing")


@pytest.mark.slow
def test_the_stream_is_made_again_while_the_centre_runs(room, fleet, gate, voices):
    """All brokers lose all, and nobody tells the centre."""
    raws = [voices["nato-0"].health() for _ in range(3)]

    async def play():
        async with road(room, fleet, "nato-0") as mine:
            fleet.lose()
            return await asyncio.wait_for(sent(mine, raws, tries=300), 40.0)

    assert {answer.outcome for answer in asyncio.run(play())} <= {"accepted", "repeated"}
    assert logged(room, raws) == raws


def test_a_party_has_its_own_road_and_no_other(room, fleet, gate, voices):
    """As its own broker sees to it: another name, another node's, the answers of others, the stream itself."""
    said = Silent()

    async def play():
        async with road(room, fleet, "nato-0", Teller(said)) as mine:
            stream = mine.bus.jetstream(timeout=0.2)
            for subject in ("to.russia.russia-0", "to.nato.nato-1", "from.nato.nato-1"):
                with refused():
                    await stream.publish(subject, b"x")
            for subject in ("from.>", "from.russia.russia-0", "_INBOX.nato-1.>", ">"):
                await mine.bus.subscribe(subject)
            with refused():
                await stream.delete_stream(STREAM)
            with refused():
                await mine.bus.publish(f"to.{MINE}.nato-0", bytes(80_000))
            await mine.bus.flush()

    asyncio.run(play())
    reasons = [each["reason"] for each in told(said.lines) if each["event"] == "bus-refused"]
    assert len(reasons) == 3 + 4 + 1
    assert sum("publish to" in reason for reason in reasons) == 4
    assert sum("subscription to" in reason for reason in reasons) == 4


LOOSE = """
server_name: "nato-loose", listen: "127.0.0.1:{port}"
leafnodes {{ remotes: [{{
  urls: ["tls://{hub}"], account: "nato"
  tls {{ cert_file: "certificates/nato-leaf.pem", key_file: "certificates/nato-leaf.key", ca_file: "certificates/ca.pem" }}
}}] }}
tls {{
  cert_file: "certificates/nato-leaf.pem", key_file: "certificates/nato-leaf.key", ca_file: "certificates/ca.pem"
  verify_and_map: true
}}
accounts {{ nato: {{ users: [{{user: "nato-0@nato"}}] }} }}
"""


def test_a_nation_that_frees_its_own_broker_speaks_and_hears_no_more_for_it(room, fleet, gate, voices):
    """It holds its leaf's certificate, and lets its own leaf allow everything: the hub does not."""
    (port,) = free_ports(1)
    file = room.folder / "loose.conf"
    file.write_text(LOOSE.format(port=port, hub=fleet.plan.hubs[0].leaves))
    raw, before = voices["russia-0"].health(), room.centre.service.size
    process, heard = serve(room.folder, file), []

    async def hear(message):
        heard.append(message.data)

    async def play():
        bus = await connected(f"tls://127.0.0.1:{port}", room.folder / CERTIFICATES, "nato-0", lambda *_, **__: None)
        async with road(room, fleet, "russia-0") as theirs:
            for subject in ("from.russia.*", "from.>", "to.>", "_INBOX.russia-0.>"):
                await bus.subscribe(subject, cb=hear)
            stream = bus.jetstream(timeout=1.0)
            for _ in range(100):  # until the leaf stands: what is its own passes
                try:
                    await stream.publish("to.nato.nato-0", b"not an envelope")
                    break
                except (Error, APIError, TimeoutError):
                    await asyncio.sleep(0.05)
            for subject in ("to.russia.russia-0", "from.russia.russia-0", "$JS.API.STREAM.DELETE.to-centre"):
                with refused():
                    await bus.request(subject, raw, timeout=0.5)
            size = room.centre.service.size
            answers = await sent(theirs, [raw])
            await bus.flush()
        await bus.close()
        return size, answers

    try:
        until_reached(port, process)
        size, answers = asyncio.run(play())
    finally:
        process.kill()
        process.wait()
    assert size == before, "no word of it came to the centre"
    assert answers[0].outcome == "accepted"
    assert not any(digest(raw).encode() in data for data in heard), "nor does it hear what was answered to the other"


def test_past_all_brokers_the_signature_decides(room, fleet, gate, voices):
    """Were every broker the other's: the centre knows who speaks by the key alone, as on every road."""
    thief = room.voice(MINE, "nato-1")
    thief.head |= {"party": THEIRS, "node": "russia-1"}
    raw = thief.health()

    async def play():
        return await room.centre.service.writer.submit([raw], "russia-1")  # as `Gate` hands on what comes on that road

    (reply,) = room.call(play())
    assert (reply.outcome, reply.reason, reply.index) == ("refused", "not-yours", None)
    assert logged(room, [raw]) == []


def test_a_wrong_certificate_is_said_once_in_one_line(room, fleet, gate, tmp_path, monkeypatch):
    """Of another authority; of this one's at another's broker; at the hub; another authority's folder."""
    monkeypatch.setattr(hailing.Hail, "pause_s", 1.0)
    monkeypatch.setattr(bus, "FLUSH_S", 1)
    monkeypatch.setattr(bus, "PAUSE_S", 0.2)
    make_certificates(tmp_path / "rogue", {"nato-0": MINE})
    mixed = shutil.copytree(room.folder / CERTIFICATES, tmp_path / "mixed")
    for kind in ("pem", "key"):
        shutil.copy(tmp_path / "rogue" / f"nato-0.{kind}", mixed / f"nato-0.{kind}")
    own, leaf, hub = room.folder / CERTIFICATES, fleet.leaf(MINE), fleet.plan.hubs[0].address
    cases = {
        "is not of the authority in ca.pem beside it": (mixed, "nato-0", leaf),
        "does not stand for": (tmp_path / "rogue", "nato-0", leaf),
        "hangs up on this certificate": (own, "russia-0", leaf),
        "this broker is for others": (own, "nato-0", hub),
    }
    said = {}

    async def play(words, folder, name, address):
        said[words] = Silent()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connected(address, folder, name, Teller(said[words])), 4.5)

    async def all_of_them():
        await asyncio.gather(*(play(words, *case) for words, case in cases.items()))

    asyncio.run(all_of_them())
    for words, lines in said.items():
        (line,) = told(lines.lines)
        assert line["event"] == "bus-down"
        assert words in line["reason"], line


def test_a_leaf_of_another_authority_is_refused(room, fleet, gate, tmp_path):
    """As in the files of a nation that made its own; the hub says why."""
    make_certificates(tmp_path / CERTIFICATES, {"nato-leaf": MINE, "nato-0": MINE})
    (port,) = free_ports(1)
    hub = fleet.plan.hubs[0]
    file = tmp_path / "loose.conf"
    file.write_text(LOOSE.format(port=port, hub=hub.leaves))
    process = serve(tmp_path, file)
    try:
        until_reached(port, process)
        asyncio.run(until(lambda: "failed to verify certificate" in file.with_suffix(".log").read_text()))
    finally:
        process.kill()
        process.wait()
    assert "Leafnode connection closed: TLS Handshake Failure" in file.with_suffix(".log").read_text()


def test_a_revoked_certificate_opens_no_broker_once_its_file_is_written_again(room, fleet, gate, voices):
    """The list of keys in the file is what counts; a renewed certificate opens it again."""
    name = "nato-2"

    async def tried(said):
        task = asyncio.create_task(connected(fleet.leaf(MINE), room.folder / CERTIFICATES, name, Teller(said)))
        await until(lambda: said.lines)
        if told(said.lines)[0]["event"] == "bus-up":
            await (await task).close()
            return True
        await ended(task)
        return False

    def written_again():
        write_brokers(fleet.plan)
        fleet.divert()
        fleet.reload(leaf_of(MINE))
        time.sleep(0.5)

    assert asyncio.run(tried(Silent()))
    lost = {kind: (room.folder / CERTIFICATES / f"{name}.{kind}").read_bytes() for kind in ("pem", "key")}
    revoke(room.folder / CERTIFICATES, name)
    written_again()
    said = Silent()
    assert not asyncio.run(tried(said))
    assert "revoked" in told(said.lines)[0]["reason"]
    issue(room.folder / CERTIFICATES, name, MINE, anew=True)
    written_again()
    assert asyncio.run(tried(Silent()))
    for kind, content in lost.items():
        (room.folder / CERTIFICATES / f"{name}.{kind}").write_bytes(content)
    assert not asyncio.run(tried(Silent()))


def test_a_broker_has_only_so_many_places(fleet):
    """Who has no certificate takes one until the handshake's time is over; the next is told so, and the broker stands."""
    place = fleet.plan.leaves[THEIRS]
    with ExitStack() as open_ones:
        lines = [open_ones.enter_context(socket.create_connection((place.host, place.port), 2.0)) for _ in range(70)]
        time.sleep(0.5)  # a server greets first, and counts then
        said = [line.recv(4096) for line in lines]
    full = sum(b"maximum connections exceeded" in each for each in said)
    assert 1 <= full <= 70 - CONNECTIONS + 8, full  # a few are in already, and a server counts while they come
    assert fleet.processes[leaf_of(THEIRS)].poll() is None


@pytest.mark.parametrize("hubs", [1, 3])
def test_the_server_takes_every_file(room, tmp_path, hubs):
    shutil.copytree(room.folder, tmp_path / "room")
    places = tuple(Place(f"hub-{i}.example") for i in range(hubs))
    leaves = {party: Place(leaf_of(party)) for party in PARTIES}
    files = write_brokers(Brokers(tmp_path / "room", places, leaves, nodes_of(tmp_path / "room"), "0.0.0.0"))
    assert len(files) == hubs + 2
    for file in files:
        done = subprocess.run(
            [SERVER, "-t", "-c", file.relative_to(tmp_path / "room")],
            cwd=tmp_path / "room",
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert ("sync_interval: always" in file.read_text()) == file.stem.startswith("hub")


def test_what_is_no_place_is_refused(tmp_path):
    for word in ("", "a b", "hub:", "hub:x", "hub:65000", "../hub", 'hub"'):
        with pytest.raises(StoreError, match="broker: "):
            place_in(word)
    for words in ("", "nats://a:1", "tls://a", "tls://a:1,b:2"):
        with pytest.raises(StoreError, match="--bus: "):
            addresses_in(words)
    with pytest.raises(StoreError, match="name one for trials, or three"):
        write_brokers(Brokers(tmp_path, (Place("a"), Place("b")), {}, {}))


def test_no_nations_broker_gets_a_certificate_for_the_centres_host(tmp_path):
    make_certificates(tmp_path / CERTIFICATES, {"centre": "centre"}, ("centre.example", "localhost"))
    with pytest.raises(StoreError, match="could pass for the centre"):
        write_brokers(Brokers(tmp_path, (Place("hub-0"),), {MINE: Place("centre.example")}, {MINE: ()}))
    write_brokers(Brokers(tmp_path, (Place("centre.example"),), {MINE: Place("nato-leaf")}, {MINE: ()}))
    assert hosts_of(tmp_path / CERTIFICATES, "nato-leaf") == ("nato-leaf",)
