"""Rows T29 to T31 and T33 on real processes: lines that are cut, silent one way, far, slow and wrong, while nodes speak."""

import json
import time

import pytest
from tests.attacks.live.ground import LINE, NODES, WITNESSES, Ground, introduced, posted
from tests.attacks.live.processes import Child, be_centre, be_node, be_witness, free_port
from tests.attacks.live.proxy import Proxy

from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import envelope_of, received_ns
from entente.exchange.saying.decoding import decode
from entente.exchange.saying.instants import nanoseconds
from entente.exchange.signing import unseal

NODE, WITNESS = "nato-radar", "witness-nato"
PER_S = 20.0


class Site:
    """A centre, and between it and one node, and one witness, a line of each."""

    def __init__(self, folder) -> None:
        self.ground = ground = Ground.laid_out(folder, free_port())
        self.centre = Child("centre", be_centre, ground)
        self.centre.start()
        assert self.centre.wait_ready()
        self.client = ground.client("rus-radar")
        for raw in introduced(time.time_ns()):
            assert posted(self.client, raw)[1].outcome == "accepted"
        self.node_line, self.witness_line = Proxy(ground.port).__enter__(), Proxy(ground.port).__enter__()
        self.node = Child(NODE, be_node, ground, NODE, NODES[NODE], PER_S, self.node_line.port)
        ports = {name: self.witness_line.port if name == WITNESS else ground.port for name in WITNESSES}
        self.witnesses = [Child(name, be_witness, ground, name, port) for name, port in ports.items()]
        self.children = (self.node, *self.witnesses)
        for child in self.children:
            child.start()
            assert child.wait_ready()

    def close(self):
        """End all; each as it should."""
        codes = [child.stop() for child in (*self.children, self.centre)]
        self.node_line.__exit__()
        self.witness_line.__exit__()
        self.client.close()
        assert codes == [0] * 4, codes

    @property
    def health(self):
        """The centre's own."""
        return self.client.get("/health").json()

    def numbers(self):
        """The node's messages on the log, in the order of the log: number, and how late it came [s]."""
        with Ledger(self.ground.log, LINE, writing=False) as ledger:
            entries = list(ledger.entries())
        bodies = [(decode(unseal(envelope_of(entry)).body), received_ns(entry)) for entry in entries]
        own = [(body, at) for body, at in bodies if body.node == NODE]
        return [(body.number, (at - nanoseconds(body.sent)) / 1e9) for body, at in own]

    def until(self, holds, patience_s=20.0):
        """Wait for it; whether it came to hold."""
        until_s = time.monotonic() + patience_s
        while time.monotonic() < until_s:
            if holds():
                return True
            time.sleep(0.1)
        return False

    def caught_up(self):
        """Whether all that the node had said a moment ago is on the log and signed by both."""
        assert self.node.is_alive, f"the node ended by itself with {self.node.process.exitcode}"
        said = sum(1 for told in self.node.told() if told != "up")
        self.said = getattr(self, "said", 0) + said
        health = self.health
        return health["entries"] >= self.said and health["cosigned"] >= self.said

    def told(self, event):
        """Lines of the centre's own log of this kind."""
        lines = (self.ground.folder / "centre.jsonl").read_text().splitlines()
        return [each for each in map(json.loads, lines) if each["event"] == event]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """One site for all of these; each test heals its lines."""
    made = Site(tmp_path_factory.mktemp("lines"))
    yield made
    made.close()


def whole(numbers):
    """Every number from 1 to the last, once, in order."""
    return [number for number, _ in numbers] == list(range(1, len(numbers) + 1))


def test_t29_a_node_that_is_cut_off_works_on_and_drains_in_order(site):
    assert site.until(site.caught_up)
    site.node_line.shut = True
    site.node_line.cut()
    before = len(site.numbers())
    time.sleep(3.0)
    assert len(site.numbers()) <= before + 2, "nothing came while the line was cut"
    site.node_line.heal()
    assert site.until(site.caught_up)
    numbers = site.numbers()
    assert whole(numbers)
    assert len(numbers) >= before + 2.0 * PER_S * 0.5, "it spoke on meanwhile"
    assert max(late_s for _, late_s in numbers) > 1.0, "what waited came late, and its times say so"


def test_t30_when_only_answers_are_lost_nothing_stands_twice(site):
    before = site.node_line.taken
    for cut_after in (0, 200, 3_000, 1_000, 0, 5_000):
        site.node_line.back.silent = not cut_after
        site.node_line.back.cut_after = cut_after or None
        time.sleep(0.7)
        site.node_line.heal()
        site.node_line.cut()
    assert site.until(site.caught_up)
    assert site.node_line.taken > before + 3, "it came again and again"
    assert whole(site.numbers())


def test_t31_alerts_go_on_while_a_witness_is_cut_off_and_the_stall_is_an_alarm(site):
    assert site.until(site.caught_up)
    site.witness_line.shut = True
    site.witness_line.cut()
    start = time.monotonic()
    signed = site.health["cosigned"]
    assert site.until(lambda: any(each["reason"] == "evidence-stalled" for each in site.told("alarm")), 25.0)
    assert 8.0 < time.monotonic() - start < 20.0
    health = site.health
    assert health["entries"] > signed + 50, "the log goes on"
    assert health["cosigned"] <= signed + 40, "and nothing is called signed by both meanwhile"
    (alarm,) = [each for each in site.told("alarm") if each["reason"] == "evidence-stalled"]
    assert alarm["sender"] == WITNESS
    site.witness_line.heal()
    assert site.until(site.caught_up)
    assert site.until(lambda: any(each["reason"] == "evidence-stalled" for each in site.told("alarm-over")))


def test_t33_what_the_line_changes_or_swallows_is_sent_again(site):
    """Wrong bytes end a TLS connection; nothing of them is read."""
    before = site.node_line.taken
    for way in (site.node_line.there, site.node_line.back):
        way.wrong_each = 3_000
        time.sleep(1.5)
        way.heal()
        site.node_line.cut()
    site.node_line.there.silent = True
    time.sleep(0.5)
    site.node_line.heal()
    site.node_line.cut()
    assert site.until(site.caught_up)
    assert site.node_line.taken > before + 2
    assert whole(site.numbers())
    assert site.health["status"] == "up"


def test_a_far_line_delays_and_no_more(site):
    """150 ms each way, as between continents: signed by both within some seconds, though the machine is busy."""
    for line in (site.node_line, site.witness_line):
        line.there.delay_s = line.back.delay_s = 0.15
        line.there.jitter_s = 0.05
    time.sleep(2.0)
    behind = [(health["entries"] - health["cosigned"]) for health in [site.health for _ in range(3)]]
    site.node_line.heal()
    site.witness_line.heal()
    assert max(behind) <= 5.0 * PER_S, behind
    assert site.until(site.caught_up)
    assert whole(site.numbers())
