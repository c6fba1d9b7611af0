"""A second reader's attempts on the rules: notices, alerts, boots, roles. What stands after `against:` was possible once."""

from hashlib import sha256
from typing import get_args

import pytest
from msgspec.structs import replace
from tests.attacks.room import HOLDERS, KEYS, PUBLIC, ROLES, START, S, circle, furnished, why

from entente.exchange import messages as said
from entente.exchange.centre import due
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import instant
from entente.exchange.signing import new_key, public_of

WHOLE_EARTH = circle(0.0, 0.0, 20_000.0)
VAGUE = {"launched_sigma_s": 80_000.0, "launch_area": WHOLE_EARTH, "missile": "unknown"}


@pytest.fixture
def room():
    return furnished()


def notice_of(room):
    return room.last(said.Alert)[1].notice


def products(entries, kind):
    return [entry for entry in entries if isinstance(entry, kind)]


def change(room, opens_s, closes_s, part=2):
    opens, closes = (instant(room.now_ns + at_s * S) for at_s in (opens_s, closes_s))
    notice, original = f"PLN/RU/2026/001/{part:03d}/02", "PLN/RU/2026/001/001/01"
    return room.say(
        said.WindowChange, "rus-desk", notice=notice, original=original, window_opens=opens, window_closes=closes
    )


# Notices that explain away what was not announced.


def test_a_window_moved_over_a_launch_that_was_seen_explains_nothing(room):
    """Against: a notice for the day after tomorrow was moved over a launch, and the next report of it was corroborated."""
    room.announce("rus-desk")
    room.launch("nato-sat", after_s=60.0)
    assert notice_of(room) is None
    assert why(change(room, -600, 600)) is None
    again = room.launch("nato-sat", revision=2, age_s=21.0, after_s=1.0)
    more = room.launch("nato-radar", age_s=22.0, after_s=1.0)
    assert not products([*again, *more], said.Corroborated)


def test_a_window_moved_over_a_launch_before_it_was_reported_explains_nothing(room):
    """Against: who launches knows it first, and had half a minute to announce it."""
    room.announce("rus-desk")
    room.now_ns += 60 * S
    change(room, -600, 600)
    room.launch("nato-sat", age_s=40.0, after_s=10.0)
    assert notice_of(room) is None


def test_a_notice_sent_after_the_launch_explains_nothing(room):
    room.announce("rus-desk", ahead_s=-600.0)
    room.launch("nato-sat", age_s=40.0, after_s=5.0)
    assert notice_of(room) is None


def test_a_notice_sent_when_the_launch_may_not_have_been_yet_explains_it(room):
    room.announce("rus-desk", ahead_s=-600.0)
    room.launch("nato-sat", age_s=15.0, after_s=5.0)  # give or take 5 s: three of these allow for it
    assert notice_of(room) == "PLN/RU/2026/001/001/01"


def test_a_window_changed_in_time_explains_what_follows(room):
    room.announce("rus-desk")
    change(room, 60, 600)
    room.launch("nato-sat", age_s=20.0, after_s=120.0)
    assert notice_of(room) == "PLN/RU/2026/001/001/01"


def test_a_window_moved_away_later_takes_no_explanation_back_in_secret(room):
    """What changes is told: the alert that said `announced` is cancelled, and another takes its place."""
    room.announce("rus-desk", ahead_s=30.0)
    room.launch("nato-sat", after_s=60.0)
    alert = room.last(said.Alert)
    assert alert[1].notice == "PLN/RU/2026/001/001/01"
    change(room, 3_600, 7_200)
    entries = room.launch("rus-sat", age_s=22.0, after_s=2.0)
    assert products(entries, said.Alert)[0].notice is None
    assert room.state.launches[1].alerts[0].cancelled is not None


def test_a_notice_whose_launch_took_place_explains_no_other(room):
    """Against: a launch that nobody saw was reported as done, and its notice explained the next one in its window."""
    room.announce("rus-desk", ahead_s=0.0)
    room.say(said.PostLaunch, "rus-desk", after_s=700.0, notice="PLN/RU/2026/001/002/03", original="PLN/RU/2026/001/001/01",
             launched=instant(room.now_ns + 60 * S), outcome="as announced")  # fmt: skip
    room.launch("nato-sat", age_s=20.0, after_s=600.0)
    assert notice_of(room) is None


def test_a_notice_whose_launch_took_place_explains_that_one_still(room):
    room.announce("rus-desk", ahead_s=0.0)
    launched = room.now_ns + 60 * S
    room.say(said.PostLaunch, "rus-desk", after_s=70.0, notice="PLN/RU/2026/001/002/03", original="PLN/RU/2026/001/001/01",
             launched=instant(launched), outcome="as announced")  # fmt: skip
    room.launch("nato-sat", after_s=5.0, launched=instant(launched + 8 * S))
    assert notice_of(room) == "PLN/RU/2026/001/001/01"


def test_a_cancelled_notice_is_not_revived_by_a_change_or_a_report(room):
    room.announce("rus-desk", ahead_s=0.0)
    room.say(said.Cancel, "rus-desk", notice="PLN/RU/2026/001/002/04", original="PLN/RU/2026/001/001/01")
    assert why(change(room, 0, 3_600, 3)) == Reason.NOTICE_CANCELLED
    room.launch("nato-sat", after_s=60.0)
    assert notice_of(room) is None


def test_a_party_does_not_change_or_cancel_what_the_other_announced(room):
    room.announce("nato-desk", ahead_s=0.0)
    original = "PLN/US/2026/001/001/01"
    reason = room.reason(said.Cancel, "rus-desk", notice="PLN/US/2026/001/002/04", original=original)
    assert reason == Reason.UNKNOWN_NOTICE
    room.launch("rus-sat", after_s=60.0)
    assert notice_of(room) == original


def test_an_identifier_of_the_other_party_taken_first_is_seen_and_another_is_free(room):
    """Whose country is whose no text says: the entry says which party wrote it, and the refusal that it is taken."""
    room.now_ns = START
    assert why(room.announce("rus-desk", notice="PLN/US/2026/001/001/01")) is None
    assert room.last(said.PreLaunch)[1].party == "rus"
    assert why(room.announce("nato-desk", 1)) == Reason.NOTICE_TAKEN
    assert why(room.announce("nato-desk", 2)) is None


# Reports that swallow others.


@pytest.mark.parametrize("wait_s", [10.0, 400.0])
@pytest.mark.parametrize("other", ["nato-radar", "rus-radar"])
def test_a_report_of_anything_anywhere_swallows_no_report_that_says_something(room, wait_s, other):
    """Against: one node's `somewhere, some day` took up what its own sisters saw later, and no alert was raised."""
    room.launch("nato-sat", **VAGUE)
    vague = room.last(said.Alert)
    entries = room.launch(other, after_s=wait_s)
    assert len(products(entries, said.Alert)) == 1
    assert room.acknowledge("nato-desk", vague)[0].reason == Reason.ALERT_CANCELLED


def test_a_vague_report_of_what_is_known_raises_nothing_more(room):
    room.launch("nato-radar")
    assert not products(room.launch("nato-sat", after_s=400.0, **VAGUE), said.Alert)


def test_the_nodes_of_one_party_do_not_crowd_the_other_out_of_a_launch(room):
    """Against: sixteen sources of one party filled a launch, so that the other's report stood alone for ever."""
    names = [f"rus-n{n}" for n in range(8)]
    for name in names:
        KEYS[name] = new_key()
        PUBLIC[name], HOLDERS[name], ROLES[name] = public_of(KEYS[name]).hex(), "rus", "node"
    try:
        for name in names:
            assert why(room.add(name)) is None
            room.launch(name)
            room.track(
                name, launched=instant(room.now_ns - 20 * S), launched_sigma_s=5.0, launch_area=circle(20.0, 40.0)
            )
        entries = room.launch("nato-sat", after_s=1.0)
        assert products(entries, said.Corroborated)
    finally:
        for name in names:
            del KEYS[name], PUBLIC[name], HOLDERS[name], ROLES[name]


def test_a_flood_of_one_party_forgets_no_launch_of_the_other(room):
    room.launch("rus-sat", "theirs", 5)
    for n in range(140):
        room.launch("nato-sat", f"l-{n}", n % 5)
    held = room.state.launches[1]
    assert held.opener == "rus-sat"
    assert [launch.party for launch in room.state.launches.values()].count("nato") == 128


def test_two_nodes_and_two_seats_of_one_party_are_still_one_party(room):
    room.launch("nato-sat")
    assert not products(room.launch("nato-radar", after_s=1.0), said.Corroborated)
    alert = room.last(said.Alert)
    room.acknowledge("nato-desk", alert, nature="test")
    assert not products(room.acknowledge("nato-desk-2", alert, nature="test"), said.Bulletin)


def test_a_track_that_names_its_launch_only_later_raises_the_alert_then(room):
    """Against: whether a track is evidence was asked of its first state only."""
    assert not products(room.track("nato-radar"), said.Alert)
    launched = {"launched": instant(room.now_ns - 60 * S), "launched_sigma_s": 5.0, "launch_area": circle(40.0, 45.0)}
    entries = room.track("nato-radar", after_s=1.0, r=(3501.0, 3501.5, 4502.0), **launched)
    assert len(products(entries, said.Alert)) == 1
    entries = room.track("nato-radar", after_s=1.0, r=(3502.0, 3503.0, 4504.0), **launched)
    assert not products(entries, said.Alert)


# Boots, numbers, roles.


def test_a_boot_does_not_hide_that_a_node_fell_silent(room):
    """Against: the root said that a silent node begins anew, and nothing more was ever told of its silence."""
    feed = said.Feed(name="radar", state="up", since=instant(room.now_ns))
    room.say(said.StateOfHealth, "nato-radar", feeds=(feed,))
    room.now_ns += 31 * S
    assert Reason.SILENT in {alarm.reason for alarm in due(room.state, room.now_ns)}
    room.say(said.Boot, "nato", started="nato-radar", its_boot=2)
    assert Reason.SILENT in {alarm.reason for alarm in due(room.state, room.now_ns + 31 * S)}


def test_a_boot_does_not_hide_a_feed_that_is_no_longer_told_of(room):
    feeds = [said.Feed(name=name, state="up", since=instant(room.now_ns)) for name in ("one", "two")]
    room.say(said.StateOfHealth, "nato-radar", feeds=tuple(feeds))
    room.say(said.Boot, "nato", started="nato-radar", its_boot=2)
    room.heads["nato-radar"] = (2, 0, said.NOTHING)
    room.say(said.StateOfHealth, "nato-radar", feeds=(feeds[0],))
    assert Reason.FEED_DOWN in room.alarms()


def test_a_boot_of_a_party_by_its_own_name_is_refused(room):
    """Against: it was accepted, stood on the log, and had no effect; a root boots as `root`."""
    assert room.reason(said.Boot, "nato", started="nato", its_boot=2) == Reason.UNKNOWN_ENTRY
    assert room.reason(said.Boot, "nato", started="root", its_boot=2) is None


def test_numbers_of_an_earlier_boot_do_not_come_back(room):
    old = room.message(said.AirTrack, "nato-radar", track="a", call_sign="A1", observed=instant(room.now_ns), alt_m=9_000.0,
                       observed_sigma_s=0.1, area=circle(1.0, 1.0), speed_m_s=240.0, course_deg=0.0,
                       flight_plan="none")  # fmt: skip
    room.say(said.Boot, "nato", started="nato-radar", its_boot=2)
    assert why(room.arrive(old, counts=False)) == Reason.OLD_BOOT
    room.say(said.Boot, "nato", started="nato-radar", its_boot=3)
    assert room.reason(said.Boot, "nato", started="nato-radar", its_boot=2) == Reason.OLD_BOOT
    assert room.reason(said.Boot, "rus", started="nato-radar", its_boot=4) == Reason.UNKNOWN_ENTRY


def test_the_other_body_of_a_number_fills_no_gap(room):
    head = room.heads.get("nato-sat", (1, 0, said.NOTHING))[2]
    room.launch("nato-sat", "a", number=1)
    room.launch("nato-sat", "c", 2, number=3, previous="5" * 64)
    other = room.message(said.LaunchDetected, "nato-sat", number=1, previous=head, launch="b", revision=1, whose="own",
                         missile="icbm", seen_by="radar", observed=instant(room.now_ns), observed_sigma_s=0.1,
                         launched=instant(room.now_ns), launched_sigma_s=1.0, launch_area=circle(1.0, 1.0))  # fmt: skip
    assert why(room.arrive(other, counts=False)) == Reason.EQUIVOCATION
    named = sha256(encode(other)).hexdigest()
    two = room.message(said.Checkpoint, "nato-sat", number=2, previous=named, size=1, root="0" * 64)
    assert why(room.arrive(two, counts=False)) == Reason.CHAIN_BROKEN


@pytest.mark.parametrize("kind", get_args(said.Product))
def test_nobody_speaks_for_the_centre(room, kind):
    fields = {
        said.Alert: {"launch": 1, "evidence": (), "parties": ("nato", "rus"), "notice": None, "deadline": instant(START)},
        said.Corroborated: {"launch": 1, "alert": 1, "evidence": (), "parties": ("nato", "rus"), "notice": None},
        said.Bulletin: {"launch": 1, "alert": 1, "evidence": (), "agreed": True, "views": {}},
        said.Refusal: {"refused": "0" * 64, "sender": "rus-sat", "reason": "equivocation", "its_number": 5},
        said.ClockStep: {"back_s": 1.0},
    }[kind]  # fmt: skip
    assert room.reason(kind, "nato-sat", **fields) == Reason.NOT_ENTITLED
    assert room.reason(kind, "nato", **fields) == Reason.NOT_ENTITLED
    own = replace(room.message(kind, "nato-sat", **fields), party="centre", node="centre")
    assert why(room.arrive(own, key="nato-sat", counts=False)) == Reason.NOT_YOURS
    assert why(room.arrive(own, key="centre", counts=False)) == Reason.NOT_ENTITLED


def test_a_policy_said_again_and_again_keeps_no_old_one_alive(room):
    room.say(said.PolicyInForce, "nato", text="{ }", digest=sha256(b"{ }").hexdigest())
    for _ in range(3):
        room.say(said.PolicyInForce, "nato", after_s=30.0, text="{ }", digest=sha256(b"{ }").hexdigest())
        assert why(room.launch("nato-sat")) == Reason.OLD_POLICY


def test_an_acknowledgement_of_what_is_no_alert_and_no_notice_counts_for_nothing(room):
    room.launch("nato-sat")
    index, alert = room.last(said.Alert)
    detected = next(i for i, entry in enumerate(room.log) if isinstance(entry[3], said.LaunchDetected))
    for about, named in ((detected, room.log[detected][3]), (index + 1, alert), (0, room.log[0][3])):
        assert room.acknowledge("rus-desk", (about, named))[0].reason == Reason.UNKNOWN_ENTRY
    assert room.acknowledge("rus-desk", (index, room.log[detected][3]))[0].reason == Reason.OTHER_TEXT
    assert not room.state.launches[1].alerts[0].acks
