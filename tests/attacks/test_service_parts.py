"""The parts of the live centre one by one: whose turn it is, what goes out, who sits where, what is vouched for, what is told."""

import asyncio
import json
import ssl

import pytest
from tests.attacks.live.hall import Silent
from tests.attacks.room import KEYS, PUBLIC, furnished
from tests.attacks.specimens import SPECIMENS

from entente.errors import BadProof, Malformed, StoreError
from entente.exchange.proving.vouching import held_by, question, vouched
from entente.exchange.saying.decoding import encode
from entente.exchange.serving.certificates import client_context, make_certificates, peer_in, revoke, server_context
from entente.exchange.serving.lanes import MOST_WAITING, Lanes, Parcel, is_crowd
from entente.exchange.serving.sessions import ANSWER_S, MOST_OF_ONE, MOST_OF_PARTY, SHIFT_S, Sessions
from entente.exchange.serving.stream import LENGTH, MOST_AT_ONCE, Stream, Viewer
from entente.exchange.serving.telling import AT_ONCE, Teller
from entente.exchange.serving.wire import framed, unframed
from entente.exchange.serving.writer import Timings
from entente.exchange.signing import CHALLENGE, new_key, pae, public_of, seal

KEY = new_key()
TRACK, LAUNCH = (seal(KEY, encode(SPECIMENS[kind])) for kind in ("track-state", "launch-detected"))
LINE, ORIGIN = "exercise/exercise-1", "https://localhost:1"


def parcel(sender, *raws):
    return Parcel(raws, sender, 0.0, lambda replies: None)


def test_warnings_go_first_and_senders_take_turns():
    lanes = Lanes()
    for _ in range(5):
        lanes.put(parcel("loud", TRACK, TRACK))
    lanes.put(parcel("quiet", TRACK))
    lanes.put(parcel("loud", LAUNCH))
    order = [(each.sender, each.raws[0] == LAUNCH) for each in lanes.take(6)]
    assert order == [("loud", True), ("loud", False), ("quiet", False), ("loud", False)]
    assert lanes.waiting == 6
    assert len(lanes.take(100)) == 3
    assert lanes.take(100) == []


def test_a_lane_is_bounded_for_each_sender_alone():
    lanes = Lanes()
    assert lanes.put(parcel("loud", *[TRACK] * MOST_WAITING))
    assert not lanes.put(parcel("loud", TRACK))
    assert lanes.put(parcel("loud", LAUNCH)), "its own warning has another lane"
    assert lanes.put(parcel("quiet", TRACK))


@pytest.mark.parametrize(
    ("raws", "crowd"),
    [
        ([TRACK], True),
        ([LAUNCH], False),
        ([TRACK, LAUNCH], False),
        ([b"x"], True),
        ([bytes(68) + b'{"kind":1}'], True),
        ([bytes(68) + b'{"kind":"\xff"}'], True),
        ([bytes(68) + b"[" * 60_000], True),
    ],
)
def test_what_cannot_be_read_is_no_warning(raws, crowd):
    assert is_crowd(raws) == crowd


@pytest.mark.parametrize("parts", [[], [b""], [b"a", b"", b"bcd" * 300]])
def test_parts_come_back_as_they_went(parts):
    assert unframed(framed(parts), 3) == parts


@pytest.mark.parametrize("raw", [b"\0", b"\0\0\0\5abc", b"\xff\xff\xff\xff", framed([b"a"] * 4)])
def test_parts_that_are_not_whole_or_too_many_are_none(raw):
    assert unframed(raw, 3) is None


def items(framed_):
    return [item["seq"] for item in json.loads(framed_[0] or b"[]")]


def test_readers_see_what_is_theirs_and_who_falls_behind_is_let_go():
    stream = Stream("run-1")
    for i in range(6):
        stream.put(lambda n: b'{"seq":%d}' % n, ("nato",) if i % 2 else ("nato", "rus"), observed=i == 0)
    views = [Viewer("a", "nato"), Viewer("b", "rus"), Viewer("c", None)]
    assert [items(stream.frame(view, 0)) for view in views] == [[1, 2, 3, 4, 5, 6], [1, 3, 5], [1]]
    assert stream.frame(views[2], 1) == (b"", 6), "nothing for these eyes, and yet it goes on"
    assert stream.frame(views[0], 2)[1] == 6
    assert stream.has("run-1", 6)
    assert not stream.has("run-1", 7)
    assert not stream.has("run-2", 6)
    for _ in range(LENGTH):
        stream.put(lambda n: b'{"seq":%d}' % n, ("nato",), observed=False)
    assert stream.frame(views[0], 5) is None
    assert items(stream.frame(views[0], 6)) == list(range(7, 7 + MOST_AT_ONCE))


def test_a_reader_waits_until_there_is_more():
    async def play():
        stream = Stream("run-1")
        waits = asyncio.create_task(stream.beyond(0))
        await asyncio.sleep(0)
        assert not waits.done()
        stream.put(lambda n: b"{}", ("nato",), observed=True)
        await asyncio.wait_for(waits, 1.0)
        await stream.beyond(0)

    asyncio.run(play())


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def opened_session(sessions, key, nonce=None, origin=ORIGIN, text=None):
    given, asked = sessions.challenge(ORIGIN)
    signature = key.sign(pae(CHALLENGE, (text or asked).encode()))
    return sessions.open(public_of(key).hex(), nonce or given, signature, origin)


def test_a_session_wants_the_right_key_challenge_origin_and_time():
    room, clock = furnished(), Clock()
    desk, observer = KEYS["nato-desk"], new_key()
    sessions = Sessions(LINE, lambda: room.state, {public_of(observer).hex(): "guest"}, clock)
    token, viewer = opened_session(sessions, desk)
    assert viewer == sessions.viewer(token) == Viewer("nato-desk", "nato")
    assert opened_session(sessions, observer)[1] == Viewer("guest", None)
    for how in ({"nonce": "0" * 64}, {"origin": "https://evil.example"}, {"text": "another"}):
        assert opened_session(sessions, desk, **how) is None
    for key in (KEYS["nato-radar"], KEYS["nato"], new_key()):
        assert opened_session(sessions, key) is None
    nonce, text = sessions.challenge(ORIGIN)
    signature = desk.sign(pae(CHALLENGE, text.encode()))
    clock.now = ANSWER_S + 1.0
    assert sessions.open(PUBLIC["nato-desk"], nonce, signature, ORIGIN) is None, "too late"
    clock.now = SHIFT_S + 1.0
    assert sessions.viewer(token) is None
    assert sessions.viewer("nobody's") is None


def test_no_crowd_of_challenges_keeps_a_seat_out():
    room = furnished()
    sessions = Sessions(LINE, lambda: room.state, {})
    first, text = sessions.challenge(ORIGIN)
    signature = KEYS["nato-desk"].sign(pae(CHALLENGE, text.encode()))
    for _ in range(5_000):
        sessions.challenge(ORIGIN)
    assert sessions.open(PUBLIC["nato-desk"], first, signature, ORIGIN) is not None
    assert sessions.open(PUBLIC["nato-desk"], first, signature, ORIGIN) is None, "it serves once"


def test_who_opens_many_sessions_closes_its_own():
    room, guests = furnished(), [new_key() for _ in range(MOST_OF_PARTY // MOST_OF_ONE + 1)]
    sessions = Sessions(LINE, lambda: room.state, {public_of(key).hex(): "guest" for key in guests})
    other, _ = opened_session(sessions, KEYS["nato-desk"])
    tokens = [opened_session(sessions, key)[0] for key in guests for _ in range(MOST_OF_ONE + 1)]
    assert sessions.viewer(other) is not None
    assert sum(sessions.viewer(token) is not None for token in tokens) == MOST_OF_PARTY
    assert sessions.viewer(tokens[-1]) is not None, "the newest stays"


def test_a_vouch_answers_one_question_of_one_log_by_one_key():
    key, other, nonce = new_key(), new_key(), question()
    for note in ("a\n\nb\n", None):
        raw = vouched(key, LINE, nonce, note)
        assert held_by(raw, public_of(key), LINE, nonce) == note
        for wrong in (
            (raw, public_of(other), LINE, nonce),
            (raw, public_of(key), "exercise/other", nonce),
            (raw, public_of(key), LINE, question()),
            (seal(key, raw[68:]), public_of(key), LINE, nonce),
        ):
            with pytest.raises(BadProof):
                held_by(*wrong)
    with pytest.raises(Malformed):
        held_by(b"x", public_of(key), LINE, nonce)


def test_lines_are_json_and_a_flood_of_them_is_counted():
    lines = Silent()
    tell = Teller(lines)
    for i in range(1_000):
        tell("knock", name=f"a\n{i}")
    told = [json.loads(line) for line in "".join(lines.lines).splitlines()]
    assert AT_ONCE <= len(told) < 100
    assert tell.counts == {"knock": 1_000}
    assert told[0]["name"] == "a\n0"


def test_timings_count_within_bounds():
    timings = Timings()
    for taken in (0.0005, 0.004, 100.0):
        timings.add(taken)
    assert (timings.count, timings.within[0], timings.within[2], timings.within[-1]) == (3, 1, 2, 2)


def test_certificates_are_made_once_and_name_their_holder(tmp_path):
    make_certificates(tmp_path / "a", {"centre": "centre", "nato-0": "nato"})
    with pytest.raises(StoreError, match="never overwritten"):
        make_certificates(tmp_path / "a", {"centre": "centre"})
    with pytest.raises(StoreError, match="cannot be written"):
        make_certificates(tmp_path / "a" / "ca.pem" / "b", {"centre": "centre"})
    for name in ("rogue", "../a/nato-0"):
        with pytest.raises(StoreError, match="certificate"):
            client_context(tmp_path / "nowhere", name)
    with pytest.raises(StoreError, match=r"nobody\.pem: no certificate .*there are: centre, nato-0"):
        revoke(tmp_path / "a", "nobody")
    revoke(tmp_path / "a", "nato-0")
    revoke(tmp_path / "a", "nato-0")
    context = server_context(tmp_path / "a", "centre", mutual=True)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_3
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert all(not file.stat().st_mode & 0o077 for file in (tmp_path / "a").iterdir())


@pytest.mark.parametrize(
    "shown",
    [None, {}, {"subjectAltName": (("DNS", "a@b"),)}, {"subjectAltName": (("email", "nobody"), ("email", "@x"))}],
)
def test_who_names_nobody_is_nobody(shown):
    assert peer_in(shown) is None
