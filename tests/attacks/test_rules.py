"""Threats to the rules of the centre, by their numbers: what is answered, and that nothing refused changes an alert."""

import json
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.attacks.room import LOG, POLICY, PUBLIC, START, Room, S, circle, furnished, proof, why

from entente.errors import Malformed, Undecodable
from entente.exchange import messages as said
from entente.exchange.centre import Arrived, due, opened, receive, restored, snapshot
from entente.exchange.ruling.alerts import standing
from entente.exchange.ruling.keyring import pinned
from entente.exchange.ruling.nodes import clock_of
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.instants import instant

FURNISHED = furnished()


@pytest.fixture
def room():
    return FURNISHED.copy()


def alerts_of(state):
    return {number: launch.alerts for number, launch in state.launches.items()}


def kinds(entries):
    return [entry.__class__.__name__ for entry in entries]


def test_t01_the_same_bytes_again_change_nothing(room):
    room.launch("nato-sat")
    now, digest, key, message = room.log[-2]
    before = room.state
    after, entries, sent = receive(before, Arrived(message, digest, key, earlier=digest), now + 3600 * S)
    assert (after, entries, sent) == (before, [], [])


def test_t02_one_number_and_two_bodies_is_refused_and_told_to_both(room):
    room.launch("nato-sat")
    first = room.log[-2][1]
    before = alerts_of(room.state)
    other = replace(room.log[-2][3], missile="icbm")
    entries = room.arrive(other, counts=False)
    assert why(entries) == "equivocation"
    assert entries[0].refused == sha256(encode(other)).hexdigest()
    alarm = room.outgoing[-1]
    assert (alarm.reason, alarm.to) == (Reason.EQUIVOCATION, ("nato", "rus"))
    assert alarm.digests == (first, entries[0].refused)
    assert alerts_of(room.state) == before
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) is None, "the honest message after it is good"


FEEDS = (said.Feed(name="eye", state="up", since=instant(START)),)


def test_t03_a_gap_is_accepted_and_told_after_five_seconds(room):
    room.say(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    ahead = room.message(said.StateOfHealth, "nato-sat", number=6, previous="ab" * 32, feeds=FEEDS)
    assert why(room.arrive(ahead, counts=False)) is None
    assert due(room.state, room.now_ns + 5 * S) == []
    (alarm,) = due(room.state, room.now_ns + 5 * S + 1)
    assert (alarm.reason, alarm.sender, alarm.numbers) == (Reason.GAP, "nato-sat", (2, 5))
    for number in (2, 3, 4):
        assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) is None, number
    assert [alarm.numbers for alarm in due(room.state, room.now_ns + 6 * S)] == [(5, 5)]
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) == "chain-broken", "6 said that ab... was its fifth"


def test_t03_late_ones_fill_the_gap_if_they_fit_the_chain_on_both_sides(room):
    two, three = (room.message(said.StateOfHealth, "nato-sat", number=n, feeds=FEEDS) for n in (1, 2))
    three = replace(three, previous=sha256(encode(two)).hexdigest())
    four = replace(three, number=3, previous=sha256(encode(three)).hexdigest())
    assert why(room.arrive(four, counts=False)) is None
    assert why(room.arrive(replace(three, previous="cd" * 32), counts=False)) == "chain-broken"
    assert why(room.arrive(three, counts=False)) is None
    assert why(room.arrive(replace(two, sent=instant(START - S)), counts=False)) == "chain-broken"
    assert why(room.arrive(two, counts=False)) is None
    assert not room.state.nodes["nato-sat"].gaps
    assert due(room.state, room.now_ns + 10 * S) == []


def test_t03_the_oldest_of_too_many_gaps_is_given_up_aloud(room):
    for k in range(34):
        ahead = room.message(said.StateOfHealth, "nato-sat", number=2 + 2 * k, previous="ab" * 32, feeds=FEEDS)
        room.arrive(ahead, counts=False)
        assert ("gap-given-up" in room.alarms()) == (k >= 32)
    node = room.state.nodes["nato-sat"]
    assert (len(node.gaps), node.given_up) == (32, 2)
    gone = room.message(said.StateOfHealth, "nato-sat", number=1, previous=said.NOTHING, feeds=FEEDS)
    assert why(room.arrive(gone, counts=False)) == "number-used"


def test_t04_a_count_begun_again_needs_the_word_of_the_root(room):
    room.launch("nato-sat")
    again = room.message(said.StateOfHealth, "nato-sat", number=1, previous=said.NOTHING, boot=2, feeds=FEEDS)
    assert why(room.arrive(again, counts=False)) == "unknown-boot"
    restarted = room.message(said.StateOfHealth, "nato-sat", number=1, previous=said.NOTHING, feeds=FEEDS)
    assert why(room.arrive(restarted, counts=False)) == "equivocation"
    assert room.reason(said.Boot, "rus", started="nato-sat", its_boot=2) == "unknown-entry", "not its root"
    assert room.reason(said.Boot, "nato", started="nato-sat", its_boot=1) == "old-boot"
    assert room.reason(said.Boot, "nato", started="nato-sat", its_boot=2) is None
    assert room.alarms() == []
    assert why(room.arrive(again, counts=False)) is None
    assert room.reason(said.Boot, "nato", started="root", its_boot=2) is None, "a root counts anew by its own word"
    room.heads["nato"] = (2, 0, said.NOTHING)
    assert room.reason(said.Boot, "nato", started="root", its_boot=3) is None
    room.heads["nato-sat"] = (1, 2, room.heads["nato-sat"][2])
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) == "old-boot"


def test_t04_a_boot_does_not_hide_a_gap(room):
    room.arrive(room.message(said.StateOfHealth, "nato-sat", number=3, previous="ab" * 32, feeds=FEEDS), counts=False)
    room.say(said.Boot, "nato", started="nato-sat", its_boot=2)
    assert room.alarms() == ["gap-given-up"]


def test_t06_a_key_of_the_other_party_cannot_speak_for_a_node(room):
    message = room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    entries = room.arrive(message, key="rus-radar", counts=False)
    assert (why(entries), entries[0].sender) == ("not-yours", "rus-radar")
    assert "not-yours" in room.alarms()
    assert room.state.nodes["nato-sat"].last == 0
    assert why(room.arrive(message, key="nato-radar", counts=False)) == "not-yours", "nor can a sister's"
    assert why(room.arrive(message)) is None


def test_t07_a_hint_finds_candidates_and_decides_nothing(room):
    ring = room.state.keyring
    hint = bytes.fromhex(next(hint for hint, keys in ring.hints.items() if PUBLIC["nato-sat"] in keys))
    assert ring.candidates(hint) == (PUBLIC["nato-sat"],)
    assert ring.candidates(bytes(4)) == ()
    message = room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    assert why(room.arrive(message, key="spare", counts=False)) == "key-unknown"
    assert room.log[-1][3].sender == "nobody"


def test_t07_keys_that_share_a_hint_are_both_offered(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.keyring.key_id", lambda public: bytes(4))
    room.add("late-node", key="spare", party="nato")
    room.state = replace(room.state, keyring=replace(room.state.keyring, hints={}))
    ring = room.state.keyring._with(PUBLIC["spare"], room.state.keyring.keys[PUBLIC["spare"]])
    ring = ring._with(PUBLIC["nato-sat"], ring.keys[PUBLIC["nato-sat"]])
    assert ring.candidates(bytes(4)) == (PUBLIC["spare"], PUBLIC["nato-sat"])


def test_t08_a_revoked_key_is_judged_by_index_not_by_claimed_time(room):
    early = room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS, sent=instant(START - 3600 * S))
    room.say(said.KeyRevoke, "nato", key=PUBLIC["nato-sat"], reason="lost")
    assert why(room.arrive(early, counts=False)) == "key-revoked"
    assert "key-revoked" in room.alarms()
    ring, at = room.state.keyring, room.state.keyring.keys[PUBLIC["nato-sat"]].ended
    assert ring.holder_of(PUBLIC["nato-sat"], at - 1).holder == "nato-sat", "what stands before is still good"
    assert ring.holder_of(PUBLIC["nato-sat"], at) is None


def test_t09_a_rotation_in_flight_loses_nothing(room):
    rotate = room.message(
        said.KeyRotate, "nato", old=PUBLIC["nato-sat"], key=PUBLIC["spare"], holder="nato-sat",
        proof="00" * 64, old_proof="00" * 64,
    )  # fmt: skip
    rotate = replace(rotate, proof=proof(rotate, "spare"), old_proof=proof(rotate, "nato-sat"))
    assert why(room.arrive(rotate)) is None
    for key in ("nato-sat", "spare", "nato-sat"):
        assert why(room.arrive(room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS), key=key)) is None
    assert room.reason(said.KeyRetire, "nato", key=PUBLIC["nato-sat"]) is None
    last = room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    assert why(room.arrive(last, key="nato-sat", counts=False)) == "key-retired"
    assert why(room.arrive(last, key="spare")) is None


def test_t17_a_party_that_stops_cosigning_stops_no_alert(room):
    """Nothing in the rules waits for a checkpoint: the alert stands behind the very message."""
    room.say(said.Checkpoint, "rus-radar", size=2, root="ab" * 32)
    assert kinds(room.launch("nato-sat", age_s=30.0)) == ["LaunchDetected", "Alert"]
    assert kinds(room.launch("rus-sat", after_s=3600.0)) == ["LaunchDetected", "Alert"]


def test_t21_what_was_released_under_no_policy_or_another_is_refused(room):
    assert Room().state.policies == {}
    for policy, reason in ((said.NOTHING, "no-policy"), ("ab" * 32, "old-policy"), (POLICY, None)):
        assert why(room.launch("nato-sat", policy=policy)) == reason
    assert why(room.track("nato-radar", policy="ab" * 32)) == "old-policy"
    assert room.reason(said.PolicyInForce, "nato", digest="ab" * 32, text="{}") == "other-text"
    unfurnished = Room()
    unfurnished.add("nato-sat")
    assert why(unfurnished.launch("nato-sat")) == "no-policy"


def test_t45_times_of_the_future_are_refused_and_of_the_past_are_late(room):
    hour = instant(room.now_ns + 3600 * S)
    assert room.reason(said.StateOfHealth, "nato-sat", sent=hour, feeds=FEEDS) == "future"
    assert why(room.launch("nato-sat", observed=hour)) == "future"
    assert why(room.launch("nato-sat", observed="9999-12-31T23:59:59.999Z")) == "future"
    assert room.reason(said.StateOfHealth, "nato-sat", sent=instant(room.now_ns + 5 * S), feeds=FEEDS) is None
    assert why(room.copy().launch("nato-radar", observed=instant(room.now_ns + 5 * S))) is None
    assert why(room.copy().launch("nato-radar", observed=instant(room.now_ns + 5_001_000_000))) == "future"
    assert (
        room.reason(said.StateOfHealth, "nato-sat", sent=instant(room.now_ns + 5_001_000_000), feeds=FEEDS) == "future"
    )
    for past in ("0001-01-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z", instant(room.now_ns - 121 * S)):
        entries = room.launch("nato-radar", name=f"past-{past[:4]}", observed=past, launched=past)
        assert kinds(entries) == ["LaunchDetected"], "it is evidence, and no alert"
        assert "late-launch" in room.alarms()
    assert kinds(room.launch("nato-radar", name="now", observed=instant(room.now_ns - 120 * S))) == [
        "LaunchDetected",
        "Alert",
    ]
    assert restored(snapshot(room.state)) == room.state


def test_t45_late_evidence_joins_a_known_launch(room):
    room.launch("nato-sat", age_s=200.0)
    same = instant(room.now_ns - 200 * S)
    assert kinds(room.launch("rus-sat", observed=same, launched=same)) == ["LaunchDetected", "Corroborated"]


@pytest.mark.parametrize(
    ("delay_s", "clock"),
    [(0.0, "clock-well"), (0.3, "clock-well"), (0.34, "clock-well"), (0.8, "clock-wide"), (1.2, "clock-wide"),
     (1.4, "clock-degraded"), (30.0, "clock-degraded"), (-0.04, "clock-well"), (-0.5, "clock-wide"), (-2.0, "clock-degraded"),
     (-30.0, None)],
)  # fmt: skip
def test_t46_a_skewed_clock_is_widened_degraded_or_refused(room, delay_s, clock):
    """300 ms may be travel; what is sent from the future is the clock in full."""
    sent = instant(room.now_ns - round(delay_s * S))
    assert room.reason(said.StateOfHealth, "nato-sat", sent=sent, feeds=FEEDS) == (None if clock else "future")
    if clock:
        assert clock_of(room.state.nodes["nato-sat"]) == clock
        assert room.alarms() == ([] if clock == "clock-well" else [clock])


def test_t46_a_degraded_clock_joins_nothing_but_alerts_all_the_same(room):
    room.launch("rus-sat")
    for k in range(2):
        entries = room.launch("nato-sat", name=f"l-{k}", sent=instant(room.now_ns - 30 * S))
        assert kinds(entries) == ["LaunchDetected", "Alert"]
    assert all(launch.alerts[-1].corroborated is None for launch in room.state.launches.values())


def test_t46_a_clock_that_steps_back_is_seen_within_four_messages(room):
    clocks = []
    for k in range(10):
        lag = 0.0 if k < 6 else 1.0
        room.say(
            said.StateOfHealth, "nato-sat", after_s=1.0, feeds=FEEDS, sent=instant(room.now_ns + S - round(lag * S))
        )
        clocks.append(str(clock_of(room.state.nodes["nato-sat"])))
    assert clocks[:6] == ["clock-well"] * 6
    assert clocks[9] == "clock-wide", "a step of 1 s, at one message a second, in less than 5 s"
    room.say(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    assert room.alarms() == ["clock-well"], "one message in time proves the clock right"


def test_t46_an_error_that_a_node_declares_counts(room):
    clock = said.Clock(source="free", error_s=2.0)
    room.say(said.StateOfHealth, "nato-sat", feeds=FEEDS, clock=clock)
    assert room.alarms() == ["clock-degraded"]


def test_t46_a_step_back_of_the_centre_stands_on_the_log(room):
    room.say(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    entries = room.say(said.StateOfHealth, "nato-sat", after_s=-2.5, feeds=FEEDS)
    assert kinds(entries) == ["StateOfHealth", "ClockStep"]
    assert entries[1].back_s == 2.5
    assert kinds(room.say(said.StateOfHealth, "nato-sat", after_s=0.5, feeds=FEEDS)) == ["StateOfHealth"], "told once"


def test_t51_a_false_launch_of_one_node_is_labelled_and_never_corroborated(room):
    for k in range(20):
        entries = room.launch("nato-sat", name=f"ghost-{k}", place=k % 4)
        assert kinds(entries) == ["LaunchDetected", "Alert"]
        assert entries[1].parties == ("nato",)
        room.launch("nato-radar", name=f"ghost-{k}", place=k % 4)
    assert all(launch.alerts[-1].corroborated is None for launch in room.state.launches.values())
    (alarm,) = {alarm.reason for alarm in due(room.state, room.now_ns + 121 * S)}
    assert alarm == Reason.NOT_CORROBORATED


def test_t51_a_notice_and_a_detection_of_one_party_are_one_party(room):
    room.announce("nato-desk", ahead_s=0.0)
    room.announce("nato-desk", serial=2, place=1, ahead_s=0.0)
    assert kinds(room.launch("nato-sat", after_s=60.0)) == ["LaunchDetected", "Alert"]
    assert room.log[-1][3].notice == "PLN/US/2026/001/001/01"
    assert kinds(room.launch("rus-sat", place=1)) == ["LaunchDetected", "Alert", "Corroborated"]


def test_t51_a_vague_early_report_swallows_no_later_launch(room):
    """A ghost as large as a continent and as long as an hour, seen and dismissed by both, before the real launch."""
    vague = {"launched_sigma_s": 3600.0, "launch_area": circle(20.0, 40.0, 3_000.0), "missile": "unknown"}
    room.launch("nato-sat", "ghost", **vague)
    ghost = room.last(said.Alert)
    room.acknowledge("nato-desk", ghost, "sensor fault")
    room.acknowledge("rus-desk", ghost, "sensor fault")
    assert kinds(room.launch("rus-sat", "real")) == ["LaunchDetected", "Alert"], "and a ghost corroborates nothing"
    assert [standing(alert, room.now_ns) for alert in room.state.launches[1].alerts] == ["cancelled", "open"]
    assert kinds(room.launch("rus-sat", "second", place=1)) == ["LaunchDetected", "Alert"], "it agrees with not all"


def test_t51_a_launch_cannot_hide_behind_an_older_name(room):
    room.launch("nato-sat")
    room.launch("rus-sat")
    for k, change in enumerate(({"place": 3}, {"missile": "icbm"}, {"age_s": 0.0, "launched_sigma_s": 1.0})):
        entries = room.copy().launch("nato-sat", revision=2, **{"after_s": 30.0 if k == 2 else 0.0} | change)
        assert kinds(entries) == ["LaunchDetected", "Alert"], change
        assert entries[1].launch == 2
    assert kinds(room.launch("nato-sat", revision=2, missile="srbm")) == ["LaunchDetected"]


def test_t52_one_name_at_two_nodes_is_two_things(room):
    room.launch("nato-sat", name="x", place=0)
    room.launch("rus-sat", name="x", place=3)
    room.track("nato-radar", "x")
    room.track("rus-radar", "x", r=(4500.0, 3500.0, 3500.0))
    assert room.alarms() == []
    assert len(room.state.launches) == 2
    assert [room.state.nodes[name].tracks["x"].r_km[0] for name in ("nato-radar", "rus-radar")] == [3500.0, 4500.0]
    room.track("nato-radar", "x", after_s=601.0)
    assert room.alarms() == ["track-jumped"], "a name taken up again after ten minutes is another track"


def test_t53_a_track_that_jumps_is_a_new_track(room):
    room.track("nato-radar")
    room.track("nato-radar", after_s=10.0, r=(3510.0, 3515.0, 4520.0))
    assert room.alarms() == []
    room.track("nato-radar", after_s=10.0, r=(5510.0, 3515.0, 4520.0))
    assert room.alarms() == ["track-jumped"]
    room.track("nato-radar", after_s=10.0, r=(5520.0, 3530.0, 4540.0), v=(8.0, 1.5, 2.0))
    assert room.alarms() == ["track-jumped"], "an acceleration of 700 m/s2"
    assert room.state.nodes["nato-radar"].tracks["t-1"].jumps == 2
    before = room.state.nodes["nato-radar"].tracks
    room.track("nato-radar", observed=instant(room.now_ns - 30 * S))
    assert room.state.nodes["nato-radar"].tracks == before, "an older state is evidence only"


def test_t58_the_policy_before_is_good_for_a_minute(room):
    room.say(said.PolicyInForce, "nato", digest=sha256(b"[]").hexdigest(), text="[]")
    assert why(room.launch("nato-sat", after_s=60.0)) is None
    assert why(room.launch("nato-sat", after_s=0.001)) == "old-policy"
    assert why(room.launch("nato-sat", policy=sha256(b"[]").hexdigest())) is None


def test_t59_one_party_never_counts_twice(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    for seat in ("nato-desk", "nato-desk", "nato-desk-2", "nato-desk"):
        assert kinds(room.acknowledge(seat, alert, "test")) == ["Acknowledgement"]
    (raised,) = room.state.launches[1].alerts
    assert (standing(raised, room.now_ns), raised.acknowledged) == ("open", None)
    room.add("nato-desk", key="spare", role="seat")
    message = room.message(
        said.Acknowledgement, "nato-desk", about=alert[0], digest=sha256(encode(alert[1])).hexdigest(), nature="test"
    )
    assert kinds(room.arrive(message, key="spare")) == ["Acknowledgement"], "two keys of one seat"
    assert room.state.launches[1].alerts[0].acknowledged is None
    assert kinds(room.acknowledge("rus-desk", alert, "test")) == ["Acknowledgement", "Bulletin"]
    raised = room.state.launches[1].alerts[0]
    assert (standing(raised, room.now_ns), raised.acknowledged) == ("acknowledged", room.state.size - 2)


def test_t59_nodes_acknowledge_nothing(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    assert why(room.acknowledge("rus-radar", alert, "test")) == "not-entitled"
    assert why(room.launch("nato-desk")) == "not-entitled", "and seats detect nothing"


def test_t60_an_acknowledgement_fits_one_alert_and_one_text(room):
    room.launch("nato-sat")
    room.launch("nato-sat", name="l-2", place=2)
    (second, first) = room.last(said.Alert), (10, room.log[10][3])
    assert isinstance(first[1], said.Alert)
    before = alerts_of(room.state)
    assert why(room.acknowledge("rus-desk", (first[0], second[1]))) == "other-text"
    assert why(room.acknowledge("rus-desk", (first[0], replace(first[1], evidence=(1,))))) == "other-text"
    assert why(room.acknowledge("rus-desk", (first[0] - 1, first[1]))) == "unknown-entry"
    assert why(room.acknowledge("rus-desk", (10**9, first[1]))) == "unknown-entry"
    assert alerts_of(room.state) == before


def test_t61_after_the_deadline_an_acknowledgement_is_refused(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    assert alert[1].deadline == instant(room.now_ns + 300 * S)
    room.acknowledge("nato-desk", alert, "attack")
    late = room.copy()
    late.now_ns += 300 * S + 1_000_000
    assert why(late.acknowledge("rus-desk", alert, "test")) == "alert-expired"
    assert standing(late.state.launches[1].alerts[0], late.now_ns) == "expired"
    assert Reason.NOT_ACKNOWLEDGED in {alarm.reason for alarm in due(late.state, late.now_ns)}
    room.now_ns += 300 * S
    assert kinds(room.acknowledge("rus-desk", alert, "test")) == ["Acknowledgement", "Bulletin"]
    assert not room.log[-1][3].agreed
    assert kinds(room.acknowledge("nato-desk", alert, "test")) == ["Acknowledgement", "Bulletin"]
    assert room.log[-1][3].agreed
    room.now_ns += 301 * S
    assert why(room.acknowledge("nato-desk", alert, "attack")) == "alert-closed"


@pytest.mark.parametrize("cancel_first", [False, True])
def test_t61_a_cancellation_that_crosses_an_acknowledgement(room, cancel_first):
    """The order of the log decides; the alert that takes the cancelled one's place is acknowledged anew."""
    room.announce("nato-desk", ahead_s=0.0)
    room.launch("rus-sat", after_s=60.0)
    alert = room.last(said.Alert)
    assert alert[1].notice == "PLN/US/2026/001/001/01"
    room.acknowledge("nato-desk", alert, "test")
    cancel = {"notice": "PLN/US/2026/001/002/04", "original": "PLN/US/2026/001/001/01"}
    if cancel_first:
        assert kinds(room.say(said.Cancel, "nato-desk", **cancel)) == ["Cancel", "Alert"]
        assert why(room.acknowledge("rus-desk", alert, "test")) == "alert-cancelled"
    else:
        assert kinds(room.acknowledge("rus-desk", alert, "test")) == ["Acknowledgement", "Bulletin"]
        assert kinds(room.say(said.Cancel, "nato-desk", **cancel)) == ["Cancel", "Alert"]
    old, new = room.state.launches[1].alerts
    assert (standing(old, room.now_ns), standing(new, room.now_ns)) == ("cancelled", "open")
    assert (old.acknowledged is None) == cancel_first
    assert (new.notice, new.corroborated) == (None, None)
    assert room.reason(said.Cancel, "nato-desk", **cancel) == "notice-cancelled"


def test_t78_a_log_of_the_first_version_gives_the_same_for_ever():
    """Recorded once by `record`; whoever changes what it gives has changed the past, and needs another version."""
    record = json.loads((Path(__file__).parent / "log_version_1.json").read_text())
    state = opened(LOG, "exercise", pinned(record["pinned"]))
    for now_ns, digest, key, body, products in record["turns"]:
        state, entries, _ = receive(state, Arrived(decode(body.encode()), digest, key), now_ns)
        assert [encode(entry).decode() for entry in entries[1:]] == products


def test_t78_another_version_of_the_state_or_of_a_message_is_refused(room):
    raw = snapshot(room.state)
    assert restored(raw) == room.state
    for other in (raw.replace(b'"format":1', b'"format":2'), raw[:-1], b"\xff", b"{}"):
        with pytest.raises(Malformed, match="replay the log"):
            restored(other)
    body = encode(room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS))
    with pytest.raises(Undecodable):
        decode(body.replace(b'"version":1', b'"version":2'))
    with pytest.raises(Undecodable):
        decode(body.replace(b'"version":1', b'"version":1,"hint":1'))


def record(path):
    """How `log_version_1.json` was made: one of everything."""
    room = furnished()
    room.announce("nato-desk", ahead_s=0.0)
    room.launch("rus-sat", after_s=60.0)
    room.launch("nato-sat", after_s=1.0)
    alert = room.last(said.Alert)
    room.acknowledge("nato-desk", alert, "test")
    room.acknowledge("rus-desk", alert, "attack")
    room.say(said.Query, "rus-desk", about=alert[0], question="is it yours")
    room.say(said.Answer, "nato-desk", about=room.state.size - 1, answer="yes", nature="test")
    room.say(said.Cancel, "nato-desk", notice="PLN/US/2026/001/002/04", original="PLN/US/2026/001/001/01")
    for k in range(3):
        room.track("nato-radar", after_s=5.0, r=(3500.0 + 5 * k, 3500.0 + 7.5 * k, 4500.0 + 10 * k))
    room.track("rus-radar", after_s=-2.0)
    room.say(said.StateOfHealth, "rus-radar", feeds=FEEDS)
    turns, products = [], []
    for now_ns, digest, key, message in room.log:
        if message.party == "centre":
            products.append(encode(message).decode())
        else:
            products = []
            turns.append((now_ns, digest, key, encode(message).decode(), products))
    roots = {name: PUBLIC[name] for name in ("nato", "rus", "centre")}
    path.write_text(json.dumps({"pinned": roots, "turns": turns}, indent=0))
