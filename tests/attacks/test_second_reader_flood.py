"""A second reader's floods: what one sender, or one who has only its envelopes, can do to another's warning."""

import pytest
from tests.attacks.recorded import KEYS, LOG_KEY, OPENING, POLICY, POLICY_TEXT, PUBLIC, QUORUM, Recorded

from entente.exchange import messages as said
from entente.exchange.proving.entries import envelope_of
from entente.exchange.saying.decoding import encode
from entente.exchange.serving.throttle import Limits
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import seal

TIGHT = Limits(crowd_per_s=0.1, crowd_at_once=20.0, reserved_per_s=0.1, reserved_at_once=20.0)


@pytest.fixture
def room(tmp_path):
    room = Recorded(tmp_path)
    for holder in ("nato-sat", "nato-radar", "rus-sat"):
        room.add(holder)
    for party in ("nato", "rus"):
        room.say(said.PolicyInForce, party, digest=POLICY, text=POLICY_TEXT)
    room.launch("nato-sat", "first")
    room.shell = Shell(room.ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING, TIGHT)
    yield room
    room.close()


def warns(room, node="nato-sat"):
    """Whether its next warning is taken."""
    room.launch(node, "next", place=3, after_s=0.001)
    return room.replies[-1].outcome == "accepted"


def test_envelopes_of_a_node_sent_again_by_another_hold_up_no_warning_of_it(room):
    """Against: whoever read the log could send a node's own envelopes until its lane was empty."""
    old = [envelope_of(entry) for entry in room.ledger.entries()]
    replies = room.shell.submit(old * 40, room.now_ns)
    assert {reply.outcome for reply in replies} <= {"repeated", "refused"}
    assert warns(room)


def test_envelopes_of_another_log_hold_up_no_warning(room):
    """Against: a key that serves two logs was silenced in one by what it had said in the other."""
    other = said.AirTrack(
        log="exercise-0", origin="exercise", party="nato", node="nato-sat", boot=1, number=9, sent="2026-01-01T00:00:00.000Z",
        track="a", call_sign="A1", observed="2026-01-01T00:00:00.000Z", observed_sigma_s=0.1, alt_m=9_000.0,
        area=said.Polygon(corners=((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))), speed_m_s=240.0, course_deg=0.0,
        flight_plan="none",
    )  # fmt: skip
    query = said.Query(log="exercise-0", origin="exercise", party="nato", node="nato-sat", boot=1, number=9, about=0,
                       sent="2026-01-01T00:00:00.000Z", question="call me")  # fmt: skip
    before = room.ledger.size
    room.shell.submit([seal(KEYS["nato-sat"], encode(each)) for each in (other, query)] * 50, room.now_ns)
    assert room.ledger.size <= before + 20
    assert warns(room)


def test_signed_bytes_that_say_nothing_do_not_fill_the_log(room):
    """Against: each stood on the log as a refusal, as many as a stolen key, even a revoked one, could sign."""
    before = room.ledger.size
    raws = [seal(KEYS["nato-radar"], b"no message %d" % n) for n in range(200)]
    replies = room.shell.submit(raws, room.now_ns)
    assert room.ledger.size <= before + 20
    assert replies[-1].reason == "throttled"
    assert warns(room, "nato-radar")
    room.say(said.KeyRevoke, "nato", key=PUBLIC["nato-radar"], reason="lost")
    before = room.ledger.size
    room.shell.submit([seal(KEYS["nato-radar"], b"still none %d" % n) for n in range(200)], room.now_ns)
    assert room.ledger.size <= before + 20


def test_a_flood_of_one_party_holds_up_nothing_of_the_other(room):
    for n in range(40):
        room.launch("nato-sat", f"l-{n}", place=n % 4, after_s=0.001)
    assert room.replies[-1].reason == "throttled"
    assert warns(room, "rus-sat")
