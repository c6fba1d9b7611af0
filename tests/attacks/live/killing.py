"""Who is killed, when, and what does the log say afterwards? A centre, two nodes that speak, two witnesses, and a sender
that writes down every answer it gets; whoever is killed is started again at once.

Afterwards, on the log alone: nothing that was answered is lost, nothing that a node had put into its outbox is lost or stands
twice, every checkpoint that anybody saw is of this one history, and the whole log can be worked out again from the keys.
"""

import shutil
import threading
import time
from collections import Counter
from contextlib import suppress
from random import Random

import httpx
from tests.attacks.live.ground import LINE, NODES, WITNESSES, Ground, Voice, introduced, posted
from tests.attacks.live.processes import Child, be_centre, be_node, be_witness, free_port
from tests.attacks.simulator import sayings
from tests.attacks.simulator.disk import WAYS
from tests.attacks.simulator.small import key_add
from tests.attacks.simulator.world import key_of

from entente.errors import ExchangeError
from entente.exchange.ledger import Ledger
from entente.exchange.messages import LaunchDetected
from entente.exchange.proving.audit import audit
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.notes import head_of
from entente.exchange.proving.pins import opening
from entente.exchange.proving.receipts import cosigned
from entente.exchange.ruling.nodes import number_of
from entente.exchange.saying.decoding import decode
from entente.exchange.signing import digest, unseal

PER_S = 20.0  # of each node
DRAIN_S = 60.0
LOT = 100


class Sender(threading.Thread):
    """Says one thing after the other to the centre, each until it is answered, and writes down the answers."""

    def __init__(self, ground) -> None:
        super().__init__(daemon=True)
        self.ground, self.answered, self.notes, self.wrong = ground, {}, {}, []
        self.ended = threading.Event()
        self.voice = Voice("nato", "nato-sat")

    def run(self):
        """Until told to end; the last thing is answered, too."""
        with self.ground.client("nato-radar") as client:
            number = 0
            while not self.ended.is_set():
                number += 1
                raw = self.voice(time.time_ns(), sayings.healthy, time.time_ns())
                self._say(client, raw)
                if number % 5 == 0:
                    self._look(client)
                time.sleep(0.01)

    def _say(self, client, raw):
        while True:
            _, answer = posted(client, raw)
            if answer is not None and answer.index is not None:
                if self.answered.setdefault(answer.index, raw) is not raw:
                    self.wrong.append((answer.index, "two messages were answered with one index"))
                return
            if answer is not None and not answer.again:
                self.wrong.append((len(self.answered), answer.reason))
                return
            time.sleep(0.03)

    def _look(self, client):
        """Keep what is shown as signed by both."""
        with suppress(httpx.TransportError):
            note = client.get("/checkpoint").text
            self.notes |= {note: True} if note else {}


class Stage:
    """All processes of one exercise."""

    def __init__(self, folder) -> None:
        self.ground = ground = Ground.laid_out(folder, free_port())
        self.centre = Child("centre", be_centre, ground)
        self.nodes = [Child(name, be_node, ground, name, party, PER_S, ground.port) for name, party in NODES.items()]
        self.witnesses = [Child(name, be_witness, ground, name, ground.port) for name in WITNESSES]
        self.said = {name: {} for name in NODES}  # number -> digest, once in the outbox
        self.fell = Counter()

    def begin(self):
        """Start all, and let the roots speak."""
        self.centre.start()
        assert self.centre.wait_ready()
        with self.ground.client("nato-radar") as client:
            raws = introduced(time.time_ns())
            root = Voice("nato", "root", key_of("nato-root"))
            root.number, root.previous = 2, digest(raws[1])
            raws.append(root(time.time_ns(), key_add("nato-sat", "node", key_of("nato-sat"))))
            assert [posted(client, raw)[1].outcome for raw in raws] == ["accepted"] * len(raws)
        for child in (*self.nodes, *self.witnesses):
            child.start()
            assert child.wait_ready()

    def hear(self):
        """What the nodes said since."""
        for child in self.nodes:
            self.said[child.name] |= dict(told for told in child.told() if told != "up")

    def kill(self, child):
        """Kill it, hear its last words, start it again."""
        assert child.is_alive, f"{child.name} ended by itself with {child.process.exitcode}"
        child.kill()
        self.hear()
        self.fell[child.name] += 1
        child.start()

    def end(self):
        """Let all drain, then end all; every one of them as it should."""
        for child in self.nodes:
            assert child.is_alive
            child.kill()
        self.hear()
        for child in self.nodes:
            child.arguments = (*child.arguments[:3], 1e-6, self.ground.port)  # says one thing more, then only sends
            child.start()
        with self.ground.client("nato-radar") as client:
            self._drain(client)
        for child in (*self.nodes, *self.witnesses, self.centre):
            assert child.stop() == 0, child.name
        self.hear()

    def _drain(self, client):
        """Until all that the nodes said is on the log and cosigned: long after many blows, but it never stands still."""
        entries, signed, since_s = -1, 0, time.monotonic()
        while entries != signed or self.missing():
            assert all(child.is_alive for child in (*self.nodes, *self.witnesses, self.centre))
            assert time.monotonic() < since_s + DRAIN_S, f"stands still at {signed} of {entries} entries cosigned"
            time.sleep(0.5)
            self.hear()
            with suppress(httpx.TransportError):
                health = client.get("/health").json()
                if (health["entries"], health["cosigned"]) != (entries, signed):
                    entries, signed, since_s = health["entries"], health["cosigned"], time.monotonic()

    def missing(self):
        """How much of what the nodes said does not stand on the log."""
        with Ledger(self.ground.log, LINE, writing=False) as ledger:
            stands = {digest(envelope_of(entry)) for entry in ledger.entries()}
        return sum(named not in stands for said in self.said.values() for named in said.values())


def judge(stage, sender):
    """What the log says afterwards."""
    ground, counts = stage.ground, Counter()
    with Ledger(ground.log, LINE, writing=False) as ledger:
        found = audit(ledger, opening(ground.pins), ground.quorum, list(sender.notes))
        assert found.bad is None, found.bad
        entries = list(ledger.entries())
        roots = {}
        shown = [*sender.notes, *(note for _, note in ledger.checkpoints())]
        for name in WITNESSES:
            with Ledger(ground.mirror(name), LINE, writing=False) as mirror:
                assert list(mirror.entries()) == entries[: mirror.size], f"{name} holds another history"
                assert not list(mirror.evidence())
                shown += [note for _, note in mirror.checkpoints()]
        for note in sender.notes:
            cosigned(note, ground.quorum)  # what the centre shows as signed by both is
        for note in shown:
            head = head_of(note)
            assert head.root == ledger.root(head.size), f"a checkpoint over {head.size} entries is of another history"
            roots[head.size] = cosigned_by_both(note, ground.quorum)
    raws = [envelope_of(entry) for entry in entries]
    bodies = [decode(unseal(raw).body) for raw in raws]
    counts["acknowledged lost"] = sum(raws[index] != raw for index, raw in sender.answered.items())
    stands = Counter(map(digest, raws))
    counts["said lost"] = stage.missing()
    counts["duplicated"] = sum(n - 1 for n in stands.values())
    counts["duplicated"] += len(bodies) - len(set(map(number_of, bodies)))
    launches = [body for body in bodies if isinstance(body, LaunchDetected)]
    facts = {
        "entries": len(entries), "answered": len(sender.answered), "said": sum(map(len, stage.said.values())),
        "launches": len(launches), "seen": len(sender.notes), "checkpoints": len(roots), "cosigned": sum(roots.values()),
    }  # fmt: skip
    return counts, facts | stage.fell


def cosigned_by_both(note, quorum):
    """Whether it is: a witness's own may bear fewer signatures."""
    try:
        cosigned(note, quorum)
    except ExchangeError:
        return False
    return True


def played(folder, *, kills=0, cuts=0, seed=1):
    """So many kills and power cuts, in random order, at random instants; what was wrong, by count, and what was done."""
    draws, stage = Random(seed), Stage(folder)
    stage.begin()
    sender = Sender(stage.ground)
    sender.start()
    blows = ["kill"] * kills + ["cut"] * cuts
    draws.shuffle(blows)
    try:
        for blow in blows:
            time.sleep(draws.choice((0.02, 0.6, 1.2)) * draws.random())
            if blow == "cut":
                cut_power(stage, draws)
            else:
                victims = [stage.centre] * 3 + stage.nodes + stage.witnesses
                stage.kill(draws.choice(victims))
        sender.ended.set()
        sender.join(DRAIN_S)
        assert not sender.is_alive()
        stage.end()
    finally:
        for child in (stage.centre, *stage.nodes, *stage.witnesses):
            child.kill()
    assert not sender.wrong, sender.wrong[:5]
    return judge(stage, sender)


def played_in_lots(folder, *, seed=1, **blows):
    """As `played`, in exercises of LOT blows each: at a start the centre goes over its log, which grows with every blow."""
    counts, facts = Counter(), Counter()
    for lot in range(max(blows.values()) // LOT):
        wrong, done = played(folder / str(lot), seed=seed + lot, **dict.fromkeys(blows, LOT))
        counts.update(wrong)
        facts.update(done)
    return counts, facts


def cut_power(stage, draws):
    """Start the centre on a disk whose power fails at a random operation; then put what is left in its place."""
    stage.kill(stage.centre)
    stage.centre.kill()
    stage.centre.start(cut=(draws.randrange(1, 120), draws.choice(WAYS), draws.randrange(2**32)))
    stage.centre.process.join(30.0)
    assert not stage.centre.is_alive, "the power did not fail"
    left, folder = stage.ground.folder / "left", stage.ground.folder / "centre"
    shutil.rmtree(folder)
    left.rename(folder)
    stage.fell["power"] += 1
    stage.centre.start()
