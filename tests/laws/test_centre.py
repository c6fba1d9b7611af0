"""What the centre says, shows and remembers: products and their grades, notices, questions, feeds, and every bound."""

import pytest
from msgspec.structs import replace
from tests.attacks.room import PUBLIC, UPPER, S, circle, furnished, why
from tests.attacks.specimens import SPECIMENS

from entente.exchange import messages as said
from entente.exchange.centre import Arrived, due, receive, refuse, refuse_unread, replay_refusal, restored, snapshot
from entente.exchange.ruling.alarms import Alarm, Show
from entente.exchange.ruling.alerts import is_agreed
from entente.exchange.ruling.entitlement import MAY_SAY
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import instant

FURNISHED = furnished()
FEEDS = (said.Feed(name="eye", state="up", since=FURNISHED.log[0][3].sent),)
MINUTE, HOUR = 60 * S, 3600 * S


@pytest.fixture
def room():
    return FURNISHED.copy()


def kinds(entries):
    return [entry.__class__.__name__ for entry in entries]


def names(alarms):
    return [str(alarm.reason) for alarm in alarms]


def test_the_first_word_of_a_launch_is_an_alert_at_once(room):
    entries = room.launch("nato-sat", missile="icbm")
    alert = entries[1]
    index = room.state.size - 1
    assert (alert.launch, alert.evidence, alert.parties, alert.notice) == (1, (index - 1,), ("nato",), None)
    assert (alert.party, alert.node, alert.number, alert.sent) == ("centre", "centre", 1, instant(room.now_ns))
    assert alert.deadline == instant(room.now_ns + 5 * MINUTE)
    both = room.state.parties
    assert room.outgoing == [Show(both, index - 1), Show(both, index)]


def test_the_other_systems_word_corroborates_it(room):
    room.launch("nato-sat")
    entries = room.launch("rus-radar", seen_by="radar", missile="unknown")
    assert kinds(entries) == ["LaunchDetected", "Corroborated"]
    alert, corroborated = room.last(said.Alert), room.last(said.Corroborated)
    assert corroborated[1].alert == alert[0]
    assert corroborated[1].evidence == (alert[0] - 1, corroborated[0] - 1)
    assert corroborated[1].parties == ("nato", "rus")
    assert kinds(room.launch("rus-sat")) == ["LaunchDetected"], "said once"
    assert len(room.state.launches[1].sources) == 3


def test_of_two_launches_the_nearest_in_time_is_joined(room):
    room.launch("nato-sat", "a", age_s=40.0)
    room.launch("nato-sat", "b", age_s=20.0)
    room.launch("rus-sat", "x", age_s=27.0)
    room.launch("rus-sat", "y", age_s=38.0)
    assert [sorted(launch.sources) for launch in room.state.launches.values()] == [
        ["nato-sat/launch/a", "rus-sat/launch/y"], ["nato-sat/launch/b", "rus-sat/launch/x"],
    ]  # fmt: skip


def test_a_revision_replaces_and_an_older_one_does_not(room):
    room.launch("nato-sat", revision=2, missile="unknown")
    assert kinds(room.launch("nato-sat", revision=3, missile="srbm")) == ["LaunchDetected"]
    room.launch("nato-sat", revision=2, missile="icbm")
    (launch,) = room.state.launches.values()
    assert launch.sources["nato-sat/launch/l-1"].missile == "srbm"
    room.say(said.Boot, "nato", started="nato-sat", its_boot=2)
    room.heads["nato-sat"] = (2, 0, said.NOTHING)
    assert kinds(room.launch("nato-sat", missile="srbm")) == ["LaunchDetected"], "the same after a boot joins itself"


def test_a_track_that_names_its_launch_is_evidence(room):
    launched = {"launched": instant(room.now_ns - 60 * S), "launched_sigma_s": 5.0, "launch_area": circle(20.0, 40.0)}
    assert kinds(room.track("nato-radar")) == ["TrackState"]
    assert kinds(room.track("nato-radar", "t-2", **launched)) == ["TrackState", "Alert"]
    assert kinds(room.track("nato-radar", "t-2", after_s=1.0, r=(3501.0, 3501.5, 4502.0), **launched)) == ["TrackState"]
    assert kinds(room.launch("nato-radar", age_s=60.0)) == ["LaunchDetected"], "of one node: a track and a launch"
    assert kinds(room.launch("rus-sat", age_s=60.0)) == ["LaunchDetected", "Corroborated"]
    assert room.state.nodes["nato-radar"].tracks["t-2"].launch == 1


def test_a_late_track_raises_nothing_until_it_is_timely(room):
    launched = {"launched": instant(room.now_ns - 300 * S), "launched_sigma_s": 5.0, "launch_area": circle(20.0, 40.0)}
    room.track("nato-radar", observed=instant(room.now_ns - 130 * S), **launched)
    assert "late-launch" in room.alarms()
    room.track("nato-radar", observed=instant(room.now_ns - 125 * S), r=(3505.0, 3507.0, 4510.0), **launched)
    assert room.alarms() == [], "told once"
    entries = room.track("nato-radar", observed=instant(room.now_ns - 110 * S), r=(3520.0, 3530.0, 4540.0), **launched)
    assert kinds(entries) == ["TrackState", "Alert"]


@pytest.mark.parametrize(
    ("nato", "rus", "agreed"),
    [("test", "test", True), ("test", "attack", False), ("unknown", "unknown", False), ("attack", "attack", True)],
)
def test_the_bulletin_says_what_both_hold_it_for(room, nato, rus, agreed):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    room.acknowledge("rus-desk", alert, rus)
    entries = room.acknowledge("nato-desk", alert, nato)
    assert kinds(entries) == ["Acknowledgement", "Bulletin"]
    assert (entries[1].views, entries[1].agreed) == ({"nato": nato, "rus": rus}, agreed)
    assert is_agreed({"nato": "test"}) is False


def test_without_a_view_there_is_no_bulletin_but_it_is_acknowledged(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    room.acknowledge("rus-desk", alert)
    assert kinds(room.acknowledge("nato-desk", alert, "test")) == ["Acknowledgement"]
    assert room.state.launches[1].alerts[0].acknowledged == room.state.size - 1
    assert kinds(room.acknowledge("rus-desk", alert, "test")) == ["Acknowledgement", "Bulletin"]
    assert kinds(room.acknowledge("rus-desk", alert)) == ["Acknowledgement"], "who says nothing keeps its view"
    assert kinds(room.acknowledge("rus-desk", alert, "test")) == ["Acknowledgement"]


def test_at_most_eight_bulletins_of_an_alert(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)
    room.acknowledge("nato-desk", alert, "test")
    told = [kinds(room.acknowledge("rus-desk", alert, view)) for view in ("test", "attack") * 5]
    assert [len(entries) for entries in told] == [2] * 8 + [1, 1]


def test_deadlines_that_are_missed_are_told_and_then_history(room):
    room.launch("nato-sat")
    at = room.now_ns
    for age, missed in (
        (120 * S, []),
        (120 * S + 1, ["not-corroborated"]),
        (300 * S + 1, ["not-acknowledged", "not-corroborated"]),
        (600 * S + 1, ["not-acknowledged", "not-corroborated", "no-bulletin"]),
        (HOUR + 1, []),
    ):
        assert names(due(room.state, at + age)) == missed, age
    alarm = due(room.state, at + 200 * S)[0]
    assert alarm == Alarm(
        to=("nato", "rus"), reason=Reason.NOT_CORROBORATED, sender="centre", since_ns=at, about=room.state.size - 1
    )
    alert = room.last(said.Alert)
    room.launch("rus-sat")
    room.acknowledge("nato-desk", alert, "test")
    room.acknowledge("rus-desk", alert, "test")
    assert due(room.state, at + 700 * S) == []


def test_a_notice_explains_one_launch(room):
    room.announce("rus-desk", ahead_s=0.0)
    room.launch("rus-sat", "first", after_s=60.0, age_s=50.0)
    room.launch("rus-sat", "second", age_s=5.0)
    assert [launch.alerts[-1].notice for launch in room.state.launches.values()] == ["PLN/RU/2026/001/001/01", None]


def test_the_notice_that_a_reporter_names_comes_first(room):
    room.announce("rus-desk", ahead_s=0.0)
    room.announce("rus-desk", serial=2, ahead_s=0.0)
    second = "PLN/RU/2026/002/001/01"
    assert room.launch("nato-sat", "a", after_s=60.0, announced=second)[1].notice == second
    assert (
        room.launch("nato-sat", "b", age_s=5.0, announced="PLN/RU/2026/009/001/01")[1].notice
        == "PLN/RU/2026/001/001/01"
    )


def test_a_notice_that_does_not_fit_all_who_saw_it_falls(room):
    """Another takes the alert's place, without it; it can explain another launch then."""
    room.announce("rus-desk", ahead_s=0.0)
    room.launch("nato-sat", after_s=60.0)
    assert kinds(room.launch("rus-sat", azimuth_deg=200.0, azimuth_sigma_deg=1.0)) == [
        "LaunchDetected", "Alert", "Corroborated",
    ]  # fmt: skip
    old, new = room.state.launches[1].alerts
    assert (old.notice, old.cancelled, new.notice) == ("PLN/RU/2026/001/001/01", room.state.size - 3, None)
    assert room.state.notices["PLN/RU/2026/001/001/01"].launch is None
    entries = room.launch("rus-sat", revision=2, azimuth_deg=20.0, azimuth_sigma_deg=1.0)
    assert kinds(entries) == ["LaunchDetected"], "that it is announced after all is no alarm"
    assert room.state.notices["PLN/RU/2026/001/001/01"].launch == 1
    cancel = {"notice": "PLN/RU/2026/001/002/04", "original": "PLN/RU/2026/001/001/01"}
    assert kinds(room.say(said.Cancel, "rus-desk", **cancel)) == ["Cancel"], "the alert never said so"
    assert room.state.notices["PLN/RU/2026/001/001/01"].launch is None


def test_a_notice_after_the_launch_announces_nothing(room):
    room.launch("rus-sat")
    room.announce("rus-desk", ahead_s=-60.0)
    assert kinds(room.launch("rus-sat", revision=2)) == ["LaunchDetected"]
    assert room.state.launches[1].alerts[0].notice is None


def test_notices_refer_to_those_of_their_own_party(room):
    change = {"window_opens": instant(room.now_ns), "window_closes": instant(room.now_ns + HOUR)}
    first, ref = "PLN/US/2026/001/001/01", {"notice": "PLN/US/2026/001/002/02", "original": "PLN/US/2026/001/001/01"}
    assert room.reason(said.WindowChange, "nato-desk", **ref, **change) == "unknown-notice"
    assert why(room.announce("nato-desk")) is None
    assert why(room.announce("nato-desk")) == "notice-taken"
    assert why(room.announce("rus-desk", notice=first)) == "notice-taken"
    assert room.reason(said.WindowChange, "rus-desk", **ref, **change) == "unknown-notice"
    assert room.reason(said.WindowChange, "nato-desk", **ref, **change) is None
    assert kinds(room.launch("rus-sat", age_s=5.0))[1:] == ["Alert", "Corroborated"], "the window is another now"
    after = {
        "notice": "PLN/US/2026/001/003/03",
        "original": first,
        "launched": instant(room.now_ns),
        "outcome": "failed",
    }
    assert room.reason(said.PostLaunch, "nato-desk", **after) is None
    assert room.state.notices[first].took_place == room.state.size - 1


def test_a_cancelled_notice_explains_nothing(room):
    room.announce("rus-desk", ahead_s=0.0)
    cancel = {"notice": "PLN/RU/2026/001/002/04", "original": "PLN/RU/2026/001/001/01"}
    assert kinds(room.say(said.Cancel, "rus-desk", **cancel)) == ["Cancel"]
    assert room.launch("nato-sat", after_s=60.0)[1].notice is None


def test_experiments_and_what_is_brought_down_stand_beside(room):
    span = {"begins": instant(room.now_ns), "ends": instant(room.now_ns + HOUR), "area": circle(20.0, 40.0)}
    experiment = {"notice": "PLN/US/2026/003/001/05", "effect": "glow", **span}
    assert (
        room.reason(said.Experiment, "nato-desk", **experiment, original="PLN/US/2026/001/001/01") == "unknown-notice"
    )
    assert room.reason(said.Experiment, "nato-desk", **experiment) is None
    other = {"notice": "PLN/US/2026/003/002/05", "effect": "glow", "original": "PLN/US/2026/003/001/05"}
    assert room.reason(said.Experiment, "nato-desk", **span, **other) is None
    falling = {"notice": "PLN/RU/2026/004/001/06", "space_object": "2001-016A", "original": "PLN/US/2026/003/001/05"}
    assert room.reason(said.Deorbit, "rus-desk", **span, **falling) == "unknown-notice", "of the other party"
    assert room.reason(said.Deorbit, "rus-desk", **span, **falling | {"original": None}) is None
    assert room.launch("rus-sat", after_s=60.0)[1].notice is None
    cancel = {"notice": "PLN/US/2026/003/003/04", "original": "PLN/US/2026/003/001/05"}
    assert room.reason(said.Cancel, "nato-desk", **cancel) == "unknown-notice", "an experiment is no launch"


def test_notices_are_acknowledged_by_digest(room):
    room.announce("rus-desk")
    notice = room.last(said.PreLaunch)
    assert why(room.acknowledge("nato-desk", (notice[0], replace(notice[1], missile="srbm")))) == "other-text"
    assert why(room.acknowledge("nato-desk", notice)) is None
    assert room.state.notices[notice[1].notice].seen_by == {"nato": room.state.size - 1}


def test_notices_are_bounded(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.notices.NOTICES", 3)
    for serial in (1, 2, 3):
        room.announce("nato-desk", serial)
    assert why(room.announce("rus-desk")) is None, "each party has its own"
    assert why(room.announce("nato-desk", 4)) == "full"
    room.say(said.Cancel, "nato-desk", notice="PLN/US/2026/002/002/04", original="PLN/US/2026/002/001/01")
    assert why(room.announce("nato-desk", 4)) is None
    assert sorted(room.state.notices) == [
        f"PLN/{c}/2026/00{n}/001/01" for c, n in (("RU", 1), ("US", 1), ("US", 3), ("US", 4))
    ]
    assert why(room.announce("nato-desk", 5)) == "full"
    room.now_ns += 48 * HOUR + HOUR + 48 * HOUR + 1_000_000
    assert why(room.announce("nato-desk", 5)) is None
    assert "PLN/US/2026/001/001/01" not in room.state.notices


def test_launches_are_bounded_by_node_and_by_party(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.launching.OF_NODE", 2)
    monkeypatch.setattr("entente.exchange.ruling.launching.OF_PARTY", 3)
    for k in range(3):
        entries = room.launch("nato-sat", f"l-{k}", place=k)
        assert kinds(entries)[1:] == (["Alert"] if k < 2 else [])
    assert room.alarms() == ["full"], "logged, and both are told that no alert was raised"
    assert kinds(room.launch("nato-radar", place=3))[1:] == ["Alert"], "a sister is not silenced"
    assert kinds(room.launch("nato-radar", "l-2", place=4))[1:] == []
    assert kinds(room.launch("rus-sat", place=5))[1:] == ["Alert"], "nor is the other party"
    assert len(room.state.launches) == len(room.state.alerts) == 4
    room.now_ns += 601 * S
    assert kinds(room.launch("nato-sat", "l-9", place=6))[1:] == ["Alert"], "the oldest closed one makes room"
    assert 1 not in room.state.launches
    assert set(room.state.alerts.values()) == set(room.state.launches)


def test_sources_of_a_launch_are_bounded(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.alerts.SOURCES", 2)
    room.launch("nato-sat")
    assert kinds(room.launch("nato-radar"))[1:] == ["Alert"], "one more than half of them begins another launch"
    assert kinds(room.launch("rus-sat"))[1:] == ["Corroborated"], "half of them are for each party"


def test_alerts_of_a_launch_are_bounded(room):
    """A reporter that changes its mind about the notice again and again."""
    for serial in range(1, 8):
        room.announce("rus-desk", serial, ahead_s=0.0)
    for revision in range(1, 8):
        name = f"PLN/RU/2026/00{revision}/001/01"
        entries = room.launch("nato-sat", revision=revision, age_s=0.0, after_s=1.0, announced=name)
        assert kinds(entries) == ["LaunchDetected", "Alert", "Corroborated"]
    assert [alert.notice[12:15] for alert in room.state.launches[1].alerts] == ["004", "005", "006", "007"]
    assert set(room.state.alerts) == {alert.index for alert in room.state.launches[1].alerts}


def test_tracks_names_and_refusals_of_a_node_are_bounded(room, monkeypatch):
    for name in ("tracking.TRACKS", "tracking.LAUNCHES", "nodes.REFUSALS"):
        monkeypatch.setattr(f"entente.exchange.ruling.{name}", 2)
    for k in (0, 1, 0, 2):
        room.track("nato-radar", f"t-{k}", after_s=1.0)
        room.launch("nato-radar", f"l-{k}", place=k, revision=room.state.size)
        room.gate(room.message(said.StateOfHealth, "nato-radar", feeds=FEEDS), f"reason-{k}")
    node = room.state.nodes["nato-radar"]
    assert (list(node.tracks), list(node.launches)) == (["t-0", "t-2"], ["l-0", "l-2"])
    assert list(node.refused.values()) == ["reason-0", "reason-2"]


def test_questions_and_answers(room):
    room.launch("nato-sat")
    about = room.last(said.Alert)[0]
    assert room.reason(said.Query, "nato-desk", about=room.state.size, question="is it yours") == "unknown-entry"
    assert room.reason(said.Query, "nato-desk", about=about, question="is it yours") is None
    query = room.state.size - 1
    assert due(room.state, room.now_ns + 300 * S) != (late := due(room.state, room.now_ns + 301 * S))
    assert (names(late)[-1], late[-1].about) == ("not-answered", query)
    assert "not-answered" not in names(due(room.state, room.now_ns + HOUR + 1))
    assert room.reason(said.Answer, "nato-desk", about=query, answer="yes") == "own-query"
    assert room.reason(said.Answer, "rus-desk", about=about, answer="yes") == "unknown-query"
    assert room.reason(said.Answer, "rus-desk", about=query, answer="not known") is None
    assert room.reason(said.Answer, "rus-desk", about=query, answer="yes") is None
    assert "not-answered" not in names(due(room.state, room.now_ns + 301 * S))
    room.now_ns += HOUR + 1_000_000
    assert room.reason(said.Answer, "rus-desk", about=query, answer="no") == "unknown-query"


def test_questions_are_bounded(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.queries.QUERIES", 2)
    for reason in (None, None, "full"):
        assert room.reason(said.Query, "nato-desk", about=0, question="call me") == reason
    assert room.reason(said.Query, "rus-desk", about=0, question="call me") is None
    second = list(room.state.queries)[1]
    room.say(said.Answer, "rus-desk", about=second, answer="calling")
    assert room.reason(said.Query, "nato-desk", about=0, question="call me") is None
    assert second not in room.state.queries
    room.now_ns += HOUR + 1_000_000
    assert room.reason(said.Query, "nato-desk", about=0, question="call me") is None
    assert len(room.state.queries) == 3


def test_intents_are_information_about_an_alert(room):
    room.launch("nato-sat")
    fields = {"begins": instant(room.now_ns), "ends": instant(room.now_ns + MINUTE), "keep_out": circle(20.0, 45.0)}
    assert room.reason(said.EngagementIntent, "nato-desk", about=3, **fields) == "unknown-entry"
    before = room.state
    assert room.reason(said.EngagementIntent, "nato-desk", about=room.last(said.Alert)[0], **fields) is None
    assert (room.state.launches, room.state.alerts) == (before.launches, before.alerts)


def feed(name, state):
    return said.Feed(name=name, state=state, since=FEEDS[0].since, covers=circle(20.0, 40.0))


def test_feeds_are_told_of_and_their_silence_too(room):
    assert due(room.state, room.now_ns + HOUR) == [], "who never spoke is not silent"
    for feeds, told in (
        ((feed("a", "up"), feed("b", "up")), []),
        ((feed("a", "up"), feed("b", "degraded")), ["feed-degraded"]),
        ((feed("a", "down"), feed("b", "degraded")), ["feed-down"]),
        ((feed("a", "up"),), ["feed-up", "feed-down"]),
        ((feed("a", "up"), feed("c", "down")), ["feed-down"]),
    ):
        room.say(said.StateOfHealth, "nato-sat", feeds=feeds)
        assert room.alarms() == told
    assert room.state.nodes["nato-sat"].feeds["a"].covers == circle(20.0, 40.0)
    assert names(due(room.state, room.now_ns + 30 * S)) == []
    (alarm,) = due(room.state, room.now_ns + 30 * S + 1)
    assert (alarm.reason, alarm.sender) == (Reason.SILENT, "nato-sat")


def test_a_node_is_held_to_its_own_account_of_what_it_sees(room):
    room.say(said.StateOfHealth, "nato-sat", feeds=(feed("a", "up"),))
    assert why(room.launch("nato-sat", place=3)) == "outside-coverage"
    assert why(room.launch("nato-sat", place=0)) is None
    room.say(said.StateOfHealth, "nato-sat", feeds=(feed("a", "up"), *FEEDS))
    assert why(room.launch("nato-sat", "l-2", place=3)) is None, "a feed without an account may see anywhere"


def test_a_state_of_health_that_fills_a_gap_is_history(room):
    first = room.message(said.StateOfHealth, "nato-sat", feeds=(feed("a", "down"),))
    room.arrive(room.message(said.StateOfHealth, "nato-sat", number=3, previous="ab" * 32, feeds=FEEDS), counts=False)
    room.arrive(first)
    assert room.state.nodes["nato-sat"].feeds["eye"].state == "up"
    assert room.state.nodes["nato-sat"].gaps[0].before == room.log[-1][1]


def test_two_checkpoints_that_cannot_both_be_true(room):
    room.say(said.Checkpoint, "nato-sat", size=4, root="ab" * 32)
    assert room.alarms() == []
    room.say(said.Checkpoint, "rus-sat", size=5, root="ba" * 32)
    room.say(said.Checkpoint, "rus-sat", size=4, root="ab" * 32)
    assert room.alarms() == []
    room.say(said.Checkpoint, "rus-desk", size=5, root="bb" * 32)
    assert room.alarms() == ["two-faces"]
    assert room.outgoing[-1].digests == ("bb" * 32, "ba" * 32)
    room.say(said.Checkpoint, "rus-desk", size=room.state.size + 1, root="bb" * 32)
    assert room.alarms() == ["two-faces"], "more entries than there are"
    for size in range(9):
        room.say(said.Checkpoint, "nato-sat", size=size, root="ab" * 32)
    assert len(room.state.checkpoints["nato"]) == 8


def test_an_exercise_hears_nothing_of_another_log_or_origin(room):
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS, log="exercise-2") == "other-log"
    room = FURNISHED.copy()
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS, origin="real") == "other-origin"
    assert room.state.nodes["nato-sat"].last == 0


def test_nobody_speaks_for_the_centre(room):
    room.launch("nato-sat")
    alert = room.last(said.Alert)[1]
    entries = room.arrive(replace(alert, number=2), key="centre", counts=False)
    assert (why(entries), entries[0].sender) == ("not-entitled", "centre")
    assert why(room.arrive(replace(alert, number=3), key="nato-sat", counts=False)) == "not-yours"
    product = set(said.Product.__args__)
    assert set(said.Said.__args__) - product == set(MAY_SAY), "every other kind has roles that say it"


def test_a_refused_message_uses_up_its_number(room):
    """It is not on the log, but its digest is: the chain goes on behind it, and no gap is left."""
    bad = room.message(said.StateOfHealth, "nato-sat", feeds=FEEDS)
    entries = room.gate(bad, "bad-units")
    assert (entries[0].reason, entries[0].its_number) == ("bad-units", 1)
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) is None
    assert room.log[-1][3].previous == entries[0].refused
    assert not room.state.nodes["nato-sat"].gaps
    again = room.arrive(bad, counts=False)
    assert (again[0].reason, again[0].its_number) == ("bad-units", 0), "the same answer to the same bytes"
    other = replace(bad, sent=instant(room.now_ns + S))
    assert why(room.arrive(other, counts=False)) == "number-used"
    assert room.gate(replace(bad, log="exercise-2"), "bad-units")[0].its_number == 0
    twice = Arrived(replace(bad, number=2), "ab" * 32, PUBLIC["nato-sat"], earlier=room.heads["nato-sat"][2])
    _, entries, sent = refuse(room.state, twice, "bad-units", room.now_ns)
    assert (entries[0].reason, sent[-1].reason) == ("equivocation", "equivocation"), "which outranks what it says"


def test_a_refused_message_in_a_gap_uses_up_its_number(room):
    room.arrive(room.message(said.StateOfHealth, "nato-sat", number=4, previous="ab" * 32, feeds=FEEDS), counts=False)
    room.gate(room.message(said.StateOfHealth, "nato-sat", number=2, previous="cd" * 32, feeds=FEEDS), "bad-units")
    gaps = room.state.nodes["nato-sat"].gaps
    assert [(gap.first, gap.last, gap.after) for gap in gaps] == [(1, 1, None), (3, 3, "ab" * 32)]
    room.heads.pop("nato-sat")
    assert room.reason(said.StateOfHealth, "nato-sat", feeds=FEEDS) is None


def test_what_cannot_be_read_leaves_no_gap(room):
    digest = "ee" * 32
    state, entries, _ = refuse_unread(room.state, digest, PUBLIC["nato-sat"], "not-json", room.now_ns)
    assert (entries[0].sender, entries[0].refused, entries[0].its_number) == ("nato-sat", digest, 0)
    assert replay_refusal(room.state, entries[0], room.now_ns)[:2] == (state, entries)
    room.state = state
    after = room.message(said.StateOfHealth, "nato-sat", number=2, previous=digest, feeds=FEEDS)
    assert why(room.arrive(after)) is None
    assert not room.state.nodes["nato-sat"].gaps
    state, entries, _ = refuse_unread(room.state, digest, PUBLIC["nato"], "not-json", room.now_ns)
    assert entries[0].sender == "nato", "of a root"


def test_nothing_raises_on_data(room):
    """One message of every kind, by every key, with every number there is."""
    for key in ("nato-radar", "nato-desk", "nato", "rus-desk", "spare", "centre"):
        for specimen in SPECIMENS.values():
            for number in (1, 2, 2**53):
                for node in ("nato-radar", "root", "nato-desk", "centre"):
                    message = replace(specimen, node=node, number=number, log="exercise-1", origin="exercise")
                    state, entries, _ = receive(room.state, Arrived(message, "ab" * 32, PUBLIC[key]), room.now_ns)
                    assert entries
                    assert restored(snapshot(state)) == state


def test_a_state_at_its_bounds_is_small_and_comes_back():
    """Two nodes a party with all tracks, names, gaps and refusals that are kept, and 512 launches: under 1 MB."""
    room = furnished()
    for k in range(300):
        for node in ("nato-sat", "nato-radar", "rus-sat", "rus-radar"):
            place = {"launched": instant(room.now_ns - (2 * k + 5) * 200 * S), "observed": instant(room.now_ns)}
            room.launch(node, f"l-{k}", **place)
            room.track(node, f"t-{k}", covariance=UPPER)
        room.log.clear()
    raw = snapshot(room.state)
    again = restored(raw)
    assert again == room.state
    assert snapshot(again) == raw, "in the same order"
    assert [len(room.state.nodes["nato-sat"].tracks), len(room.state.nodes["nato-sat"].launches)] == [128, 128]
    assert len(room.state.launches) <= 1024
    assert len(raw) < 1_000_000
