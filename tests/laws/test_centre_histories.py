"""Random histories of the centre, judged by a second, much simpler reading of the log that they leave.

Seats and nodes of both parties say launches, notices, cancellations and acknowledgements in any order, late, twice, with
wrong digests, by revoked keys; clocks jump. Whatever happens:

- nothing is corroborated, acknowledged or agreed by one party alone;
- where every alert stands follows from the log;
- nothing refused changes an alert;
- the state comes back from its snapshot exactly, and from a replay of the log.
"""

from itertools import permutations
from random import Random

import pytest
from tests.attacks.room import HOLDERS, LOG, POLICY, PUBLIC, S, circle, furnished

from entente.exchange import messages as said
from entente.exchange.centre import Arrived, receive, replay_refusal, restored, snapshot
from entente.exchange.ruling.alerts import ACKNOWLEDGE_NS, is_agreed, standing
from entente.exchange.saying.instants import instant

IN_CI = 20_000
BLOCK, BLOCKS = 100_000, 10  # nightly
STEPS = 14
FURNISHED = furnished()
NODES, SEATS = ("nato-sat", "nato-radar", "rus-sat", "rus-radar"), ("nato-desk", "nato-desk-2", "rus-desk")
PLACES = tuple(circle(10.0 + 20.0 * k, 30.0) for k in range(2))
NATURES = ("test", "attack", "unknown", None)
NOTICES = {"nato-desk": "PLN/US/2026/001/001/01", "rus-desk": "PLN/RU/2026/001/001/01"}
WAITS = (0, 0, 0, 0, S, S, 20 * S, 100 * S, 299 * S, 601 * S, -S)


class History:
    """One log in the making; `turns`: what arrived and was accepted or refused, as an auditor finds it."""

    def __init__(self, draw):
        self.draw, self.state, self.now_ns = draw, FURNISHED.state, FURNISHED.now_ns
        self.heads = dict(FURNISHED.heads)
        self.log = [(at, message) for at, _, _, message in FURNISHED.log]
        self.arrived, self.named = [], 0

    def say(self, kind, node, **fields):
        """One message of an honest count; now and then it comes twice, or its number comes with another body."""
        _, last, head = self.heads.get(node, (1, 0, said.NOTHING))
        party = HOLDERS.get(node, node)
        message = kind(
            log=LOG, origin="exercise", party=party, node="root" if party == node else node, boot=1, number=last + 1,
            sent=instant(self.now_ns), previous=head, **fields,
        )  # fmt: skip
        self.named += 1
        arrived = Arrived(message, f"{self.named:064x}", PUBLIC[node])
        followed = self.hear(arrived)
        if (followed and followed[0] is message) or followed[0].its_number:
            self.heads[node] = (1, last + 1, arrived.digest)
        if followed[0] is message and self.draw.random() < 0.05:
            assert self.hear(Arrived(message, arrived.digest, arrived.key, arrived.digest)) == []
        if followed[0] is message and self.draw.random() < 0.05:
            assert self.hear(Arrived(message, "f" * 64, arrived.key, arrived.digest))[0].reason == "equivocation"

    def hear(self, arrived):
        before = self.state.launches
        self.state, entries, _ = receive(self.state, arrived, self.now_ns)
        if entries and entries[0] is not arrived.message:
            assert self.state.launches is before
        self.log += [(self.now_ns, entry) for entry in entries]
        self.arrived.append((self.now_ns, arrived, entries))
        return entries

    def step(self):
        """Anything, by anyone."""
        draw = self.draw
        self.now_ns += draw.choice(WAITS)
        what = draw.random()
        if what < 0.45 and self.state.alerts:
            seat, about = draw.choice(SEATS), draw.choice([*self.state.alerts, 3])
            digest = draw.choice([self.digest(about)] * 9 + ["a" * 64])
            self.say(said.Acknowledgement, seat, about=about, digest=digest, nature=draw.choice(NATURES))
        elif what < 0.75:
            self.detect(draw.choice(NODES))
        elif what < 0.95:
            self.notify(draw.choice(list(NOTICES)))
        else:
            self.say(said.KeyRevoke, "nato", key=PUBLIC[draw.choice(["nato-desk", "nato-sat"])], reason="")

    def digest(self, about):
        number = self.state.alerts.get(about)
        if number is None:
            return "b" * 64
        return next(alert.digest for alert in self.state.launches[number].alerts if alert.index == about)

    def detect(self, node):
        draw = self.draw
        age = draw.choice((5, 20, 20, 25, 300)) * S
        self.say(
            said.LaunchDetected, node, policy=POLICY, launch=f"l-{draw.randrange(2)}", revision=draw.randrange(1, 4),
            whose="unknown", missile=draw.choice(("mrbm", "mrbm", "unknown", "srbm", "icbm")), seen_by="radar",
            observed=instant(self.now_ns - age), observed_sigma_s=1.0, launched=instant(self.now_ns - age),
            launched_sigma_s=draw.choice((1.0, 10.0)), launch_area=draw.choice(PLACES),
        )  # fmt: skip

    def notify(self, seat):
        original = NOTICES[seat]
        if original in self.state.notices:
            self.say(said.Cancel, seat, notice=original[:-5] + "2/04", original=original)
            return
        self.say(
            said.PreLaunch, seat, notice=original, missile="mrbm", window_opens=instant(self.now_ns - 60 * S),
            window_closes=instant(self.now_ns + 600 * S), launch_area=PLACES[0], azimuth_from_deg=0.0, azimuth_to_deg=90.0,
        )  # fmt: skip


def read(log):
    """The second reading: index of each alert -> (both acknowledged, cancelled), and what was said of it.

    It knows nothing of launches, only that an alert is cancelled by the next of the same launch.
    """
    alerts, latest = {}, {}
    for index, (at, entry) in enumerate(log):
        match entry:
            case said.Alert():
                if entry.launch in latest:
                    alerts[latest[entry.launch]]["cancelled"] = True
                latest[entry.launch] = index
                alerts[index] = {"at": at, "parties": set(), "views": {}, "cancelled": False, "bulletin": {}}
            case said.Acknowledgement():
                alert = alerts[entry.about]
                assert not alert["cancelled"], "it came after the cancellation"
                assert len(alert["parties"]) == 2 or at <= alert["at"] + ACKNOWLEDGE_NS, "it came too late"
                alert["parties"].add(entry.party)
                if entry.nature:
                    alert["views"][entry.party] = entry.nature
            case said.Corroborated():
                whose = {log[i][1].party for i in entry.evidence}
                assert whose == set(entry.parties) == {"nato", "rus"}
            case said.Bulletin():
                alert = alerts[entry.alert]
                assert alert["parties"] == {"nato", "rus"}
                assert entry.views == alert["views"] != alert["bulletin"]
                assert entry.agreed == is_agreed(entry.views)
                alert["bulletin"] = entry.views
    return alerts


def judge(history):
    alerts = read(history.log)
    for number, launch in history.state.launches.items():
        for alert in launch.alerts:
            told = alerts.pop(alert.index)
            assert history.state.alerts[alert.index] == number
            assert (alert.acknowledged is not None) == (told["parties"] == {"nato", "rus"})
            overdue = history.now_ns > told["at"] + ACKNOWLEDGE_NS
            simple = "cancelled" if told["cancelled"] else "acknowledged" if len(told["parties"]) == 2 else None
            assert standing(alert, history.now_ns) == (simple or ("expired" if overdue else "open"))
    assert all(told["cancelled"] for told in alerts.values()), "only what was cancelled is forgotten"
    assert restored(snapshot(history.state)) == history.state


def replay(history):
    """What an auditor does, who has the log alone."""
    state = FURNISHED.state
    for now_ns, arrived, entries in history.arrived:
        if entries:
            refused = isinstance(entries[0], said.Refusal)
            again = replay_refusal(state, entries[0], now_ns) if refused else receive(state, arrived, now_ns)
            assert again[1] == entries
            state = again[0]
    assert snapshot(state) == snapshot(history.state)


def live(seed):
    history = History(Random(seed))
    for _ in range(STEPS):
        history.step()
    return history


def check(seeds):
    seen = {"Corroborated": 0, "Bulletin": 0, "Refusal": 0, "ClockStep": 0}
    for seed in seeds:
        history = live(seed)
        judge(history)
        if seed % 20 == 0:
            replay(history)
        for _, entry in history.log:
            name = entry.__class__.__name__
            if name in seen:
                seen[name] += 1
    assert all(count > len(seeds) // 20 for count in seen.values()), f"the histories are too tame: {seen}"


def test_no_history_confirms_by_one_party():
    check(range(IN_CI))


@pytest.mark.parametrize("order", list(permutations(("nato", "nato again", "rus", "cancel", "wait"))), ids="-".join)
def test_every_order_of_two_parties_a_cancellation_and_a_deadline(order):
    """All 120: where the two alerts stand is told from the order alone, in one line each."""
    room = FURNISHED.copy()
    room.announce("rus-desk", ahead_s=-60.0, launch_area=PLACES[0])
    room.launch("nato-sat", launch_area=PLACES[0], after_s=30.0)
    alert = room.last(said.Alert)
    for what in order:
        if what == "cancel":
            room.say(said.Cancel, "rus-desk", notice=NOTICES["rus-desk"][:-5] + "2/04", original=NOTICES["rus-desk"])
        elif what == "wait":
            room.now_ns += ACKNOWLEDGE_NS + S
        else:
            seat = {"nato": "nato-desk", "nato again": "nato-desk-2", "rus": "rus-desk"}[what]
            room.acknowledge(seat, alert, "test")
    old, new = room.state.launches[1].alerts
    ended = min(order.index("cancel"), order.index("wait"))
    in_time = order.index("rus") < ended and min(order.index("nato"), order.index("nato again")) < ended
    assert (old.acknowledged is not None) == in_time
    assert standing(old, room.now_ns) == "cancelled"
    assert standing(new, room.now_ns) == ("expired" if order.index("cancel") < order.index("wait") else "open")
    assert sum(isinstance(entry[3], said.Bulletin) for entry in room.log) == in_time


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_history_confirms_by_one_party_nightly(block):
    check(range(IN_CI + block * BLOCK, IN_CI + (block + 1) * BLOCK))
