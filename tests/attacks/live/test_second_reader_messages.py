"""The second reader's messages: good signatures on what should not pass, over real ports. Rows T11, T45, T57, T59, T60."""

import time

import msgspec
import pytest
from tests.attacks.live.hall import OBSERVER, Voice, hall, told
from tests.attacks.live.test_halls import close_code, desk_key, is_entry, items, signed_in, stream

from entente.exchange.centre import restored, snapshot
from entente.exchange.messages import Acknowledgement, Alert, Cancel, Feed, LaunchDetected, PreLaunch, StateOfHealth
from entente.exchange.saying.instants import NS_PER_S, instant

ENDS = ("0001-01-01T00:00:00.000Z", "1677-09-21T00:12:43.145Z", "1969-12-31T23:59:59.999Z", "2262-04-11T23:47:16.854Z",
        "2262-04-11T23:47:16.855Z", "9999-12-31T23:59:59.999Z")  # fmt: skip
ELSEWHERE = (
    {"log": "trial-2"}, {"origin": "real"}, {"origin": "test"}, {"party": "nato"}, {"node": "nato-1"}, {"party": "centre"},
    {"boot": 2},
)  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre; after all of it its state can be kept and taken up again."""
    with hall(tmp_path_factory.mktemp("messages"), nodes=4) as made:
        yield made
        state = made.centre.service.shell.state
        assert restored(snapshot(state)) == state
        with made.client("nato-0") as client:
            assert client.get("/health").json()["status"] == "up"
        assert not [each for each in told(made.lines) if each["event"] == "warning"]


@pytest.fixture(scope="module")
def voices(room):
    """Everybody in it."""
    names = [(p, f"{p}-{i}") for p in ("nato", "russia") for i in range(4)] + [
        (p, f"{p}-desk") for p in ("nato", "russia")
    ]
    return {name: room.voice(party, name) for party, name in names}


def answer(client, raw):
    """What became of one."""
    return msgspec.json.decode(client.post("/envelopes", content=raw).content)


def with_time(voice, where, when):
    """A message that names this time in this place, and else what is usual."""
    now = instant(time.time_ns())
    before = voice.number, voice.previous
    usual = msgspec.json.decode(voice.launch()[68:], type=LaunchDetected)
    voice.number, voice.previous = before
    fields = {name: getattr(usual, name) for name in ("launch", "revision", "whose", "missile", "seen_by", "observed",
              "observed_sigma_s", "launched", "launched_sigma_s", "launch_area")}  # fmt: skip
    if where == "since":
        return voice(StateOfHealth, feeds=(Feed(name="radar", state="up", since=when),))
    if where in ("window_opens", "window_closes"):
        window = {"window_opens": now, "window_closes": now, where: when}
        return voice(PreLaunch, notice="PLN/NA/2026/001/001/01", missile="icbm", launch_area=usual.launch_area,
                     azimuth_from_deg=10.0, azimuth_to_deg=20.0, **window)  # fmt: skip
    if where == "sent":
        return voice(StateOfHealth, sent=when, feeds=(Feed(name="radar", state="up", since=now),))
    return voice(LaunchDetected, **fields | {where: when})


@pytest.mark.parametrize("where", ["sent", "since", "observed", "launched", "window_opens", "window_closes"])
def test_t45_times_at_the_ends_of_what_can_be_counted_end_nothing(room, voices, where):
    """Nanoseconds in 64 bits end in 1677 and 2262: each is taken or refused, written down, and can be taken up again."""
    voice = voices["nato-1"]
    with room.client("nato-1") as client:
        for when in ENDS:
            held = client.get("/sender").json()
            voice.number, voice.previous = held["last"], held["head"]
            said = answer(client, with_time(voice, where, when))
            assert said["outcome"] in ("accepted", "refused")
            assert said["reason"] not in ("throttled", "disk-full", "number-used", "chain-broken")
        held = client.get("/sender").json()
        voice.number, voice.previous = held["last"], held["head"]
        assert answer(client, voice.health())["outcome"] == "accepted", "and the node goes on"


def test_t60_an_acknowledgement_from_the_browser_names_the_alert_that_was_shown(room, voices):
    """Two alerts: the text of one under the number of the other, the node's word for the seat's, and the word said twice."""
    with room.client() as desk, room.client("russia-2") as node, stream(room, name="nato-2") as far:
        signed_in(room, desk, desk_key(room))
        alerts = []
        for at, lat_deg in enumerate((10.0, -40.0)):
            assert answer(node, voices["russia-2"].launch(f"l-{at}", lat_deg))["outcome"] == "accepted"
            alerts.append(next(item for item in items(far, is_entry("alert")) if is_entry("alert")(item)))
        voice = voices["nato-desk"]
        swapped = voice(Acknowledgement, about=alerts[0]["index"], digest=alerts[1]["digest"])
        assert answer(desk, swapped)["outcome"] == "refused"
        good = voice(Acknowledgement, about=alerts[0]["index"], digest=alerts[0]["digest"])
        assert answer(desk, good)["reason"] == ""
        assert answer(desk, good)["outcome"] == "repeated"
        of_node = voices["nato-3"](Acknowledgement, about=alerts[1]["index"], digest=alerts[1]["digest"])
        assert answer(desk, of_node)["reason"] == "not-entitled", "through a seat's session a node is still a node"
        theirs = voices["russia-desk"](Acknowledgement, about=alerts[1]["index"], digest=alerts[1]["digest"])
        assert answer(desk, theirs)["outcome"] == "accepted", (
            "who speaks is decided by the signature, wherever it comes in"
        )
        nowhere = voice(Acknowledgement, about=2**53, digest="0" * 64)
        assert answer(desk, nowhere)["outcome"] == "refused"


def test_t11_t59_what_was_said_elsewhere_or_by_others_is_not_said_here(room, voices):
    """Another log, another origin, the other party's name, the centre's own kinds: all with good signatures."""
    voice = voices["russia-1"]
    with room.client("nato-1") as client, room.client("russia-1") as own:
        for head in ELSEWHERE:
            stranger = Voice(room, "russia", "russia-1")
            stranger.head = stranger.head | head
            for through in (client, own):
                assert answer(through, stranger.health())["outcome"] == "refused", head
        alerts = voice(Alert, launch=1, evidence=(0,), parties=("nato",), notice=None, deadline=instant(time.time_ns()))
        assert answer(own, alerts)["reason"] == "not-entitled", "only the centre alerts"
        cancelled = voice(Cancel, notice="PLN/NA/2026/001/002/04", original="PLN/NA/2026/001/001/01")
        assert answer(own, cancelled)["outcome"] == "refused", "another's notice"


def test_an_observer_says_nothing_though_its_signature_is_good(room):
    observer = Voice.__new__(Voice)
    observer.key, observer.number, observer.previous, observer.policy = OBSERVER, 0, "0" * 64, "0" * 64
    observer.head = {"log": room.pins.name, "origin": "exercise", "party": "nato", "node": "observer", "boot": 1}
    word = observer(Acknowledgement, about=0, digest="0" * 64)
    with room.client() as client, room.client("nato-0") as node:
        signed_in(room, client, OBSERVER)
        assert client.post("/envelopes", content=word).status_code == 403
        assert client.get("/sender").status_code == 403
        assert answer(node, word)["reason"] == "key-unknown"
        with stream(room, client, asked="?from=0") as socket:
            socket.send("let me")
            assert close_code(socket) == 1008


def test_t57_what_is_told_to_one_party_alone_reaches_no_other_eye(room, voices):
    """An alarm that is for one side: the bytes of every other stream do not hold its sender."""
    with room.client() as guest, stream(room, name="russia-3") as other, room.client("nato-3") as node:
        signed_in(room, guest, OBSERVER)
        with stream(room, guest) as looking:
            late = instant(time.time_ns() + 4 * NS_PER_S)
            feeds = (Feed(name="radar", state="up", since=instant(time.time_ns())),)
            for _ in range(4):
                answer(node, voices["nato-3"](StateOfHealth, sent=late, feeds=feeds))
            seen = {id(each): b"" for each in (other, looking)}
            until_s = time.monotonic() + 2.0
            for socket in (other, looking):
                while time.monotonic() < until_s:
                    seen[id(socket)] += socket.recv(timeout=3.0)
                until_s += 1.0
    raised = [each for each in told(room.lines) if each["event"] == "alarm" and each.get("sender") == "nato-3"]
    assert raised, "it was an alarm"
    private = [each for each in room.centre.service.standing if "russia" not in each.to]
    assert b'"alarm"' not in seen[id(looking)], "an observer is shown none"
    for each in private:
        assert each.reason.encode() not in seen[id(other)]
