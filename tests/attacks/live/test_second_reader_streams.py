"""The second reader on the stream: frames by hand, floods of them, odd numbers, and who does not read. Rows T35, T37 to T39."""

import json
import struct
import time

import pytest
from tests.attacks.live.hall import hall, told
from tests.attacks.live.peers import connected, status_of
from tests.attacks.live.test_halls import stream

from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CERTIFICATES

KEY = b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = b"host: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" + KEY
CONT, TEXT, CLOSE, PING, PONG = 0, 1, 8, 9, 10
FLOOD = 3_000  # frames


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre."""
    with hall(tmp_path_factory.mktemp("streams"), nodes=2) as made:
        yield made
        time.sleep(1.5)  # what was cut in the middle of TLS is given a second to say farewell
        with made.client("nato-0") as client:
            assert client.get("/health").json()["status"] == "up"
        assert not [each for each in told(made.lines) if each["event"] == "warning" and "fault" in each]


def frame(opcode, payload=b"", *, fin=True, masked=True, reserved=0, length=None):
    """One frame, as it is told to be."""
    size = len(payload) if length is None else length
    short = size if size < 126 else 126 if size < 65_536 else 127
    long = b"" if size < 126 else struct.pack("!H", size) if size < 65_536 else struct.pack("!Q", size)
    head = bytes([fin << 7 | reserved << 4 | opcode, masked << 7 | short]) + long
    return head + (bytes(4) if masked else b"") + payload  # the mask is naught: it changes nothing


def opened(room, path=b"/stream", more=b"", begin=b"GET %b HTTP/1.1\r\n"):
    """A WebSocket by hand, and the head of what was answered."""
    context = client_context(room.folder / CERTIFICATES, "nato-0")
    held = connected(int(room.centre.node_address.rsplit(":", 1)[1]), context)
    held.settimeout(5.0)
    held.sendall(begin % path + UPGRADE + more + b"\r\n")
    got = b""
    while b"\r\n\r\n" not in got and (part := held.recv(1)):
        got += part
    return held, got


def ended(held, patience_s=5.0):
    """The code with which the other end closed; None: it was cut. Frames of the stream itself are passed over."""
    got, end_s = b"", time.monotonic() + patience_s
    try:
        while time.monotonic() < end_s:
            part = held.recv(65_536)
            if not part:
                return None
            got += part
            if (at := got.find(b"\x88")) >= 0 and len(got) >= at + 4 and got[at + 1] < 126:
                code = struct.unpack("!H", got[at + 2 : at + 4])[0]
                if 1000 <= code < 1016:
                    return code
    except ConnectionError:
        return None
    raise AssertionError("it stays open")


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (frame(TEXT, b"{}"), 1008),
        (frame(TEXT, b"{}", masked=False), 1002),
        (frame(TEXT, b"{}", reserved=4), 1002),  # compressed, which was not agreed
        (frame(TEXT, b"\xff\xfe"), 1007),
        (frame(CONT, b"x"), 1002),
        (frame(3, b"x"), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"x", fin=False), 1002),
        (frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"), 1002),
        (frame(TEXT, b"a", fin=False) + frame(PING, b"") + frame(CONT, b"b"), 1008),
        (frame(TEXT, length=2**62), 1009),
        (frame(TEXT, length=65_537), 1009),
        (frame(TEXT, length=2**63), 1009),
        (frame(CLOSE, struct.pack("!H", 1005)), 1002),
        (frame(CLOSE, struct.pack("!H", 999)), 1002),
        (frame(CLOSE, b"x"), 1002),
        (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
        (frame(CLOSE, struct.pack("!H", 1000)), 1000),
        (frame(TEXT, bytes(4_096)), None),
    ],
)
def test_t38_a_frame_that_breaks_the_rules_ends_the_stream(room, what, code):
    held, answer = opened(room)
    with held:
        assert status_of(answer) == 101
        held.sendall(what)
        assert ended(held) == code


def test_t39_no_stream_is_compressed_and_no_other_tongue_is_spoken(room):
    more = b"sec-websocket-extensions: permessage-deflate; client_max_window_bits\r\nsec-websocket-protocol: soap, chat\r\n"
    held, answer = opened(room, more=more)
    with held:
        assert status_of(answer) == 101
        assert b"extensions" not in answer.lower()
        assert b"sec-websocket-protocol" not in answer.lower()


@pytest.mark.parametrize(
    ("begin", "path", "more", "status"),
    [
        (b"GET %b HTTP/1.1\r\n", b"/stream", b"origin: https://evil.example\r\n", 403),
        (b"GET %b HTTP/1.1\r\n", b"/stream", b"origin: null\r\n", 403),
        (b"GET %b HTTP/1.1\r\n", b"/stream", b"origin: \r\n", 403),
        (b"GET %b HTTP/1.1\r\n", b"/stream", KEY, 400),
        (b"GET %b HTTP/1.1\r\n", b"/entries", b"", 403),
        (b"GET %b HTTP/1.1\r\n", b"/stream/../stream", b"", 403),
        (b"POST %b HTTP/1.1\r\n", b"/stream", b"content-length: 0\r\n", 405),
    ],
)
def test_t65_a_stream_opens_in_one_way_only(room, begin, path, more, status):
    held, answer = opened(room, path, more, begin)
    with held:
        assert status_of(answer) == status, answer


@pytest.mark.parametrize(
    "flood",
    [frame(PING, b"x" * 125), frame(PING), frame(PONG), frame(CONT, fin=False)],
    ids=["pings", "empty pings", "pongs", "empty fragments"],
)
def test_t37_a_flood_of_frames_ends_its_stream(room, flood):
    """It costs the centre an answer each, or a place in a list each; neither may be had for ever."""
    held, _ = opened(room)
    held.sendall(frame(TEXT, fin=False) if flood[0] & 15 == CONT else b"")
    with held, pytest.raises(OSError, match=r"EOF|reset|pipe"):
        poured(held, flood)


def poured(held, flood):
    """Thousands at once, and a few more for the cut to be noticed."""
    for _ in range(FLOOD):
        held.sendall(flood)
    for _ in range(4):
        time.sleep(0.1)
        held.sendall(flood)


@pytest.mark.parametrize(
    "asked",
    [
        *(f"after={number}" for number in ("-1", "9" * 20, "9" * 16, "1e3", "0x1", "%D9%A1", "", "1&after=2")),
        *(f"from={number}" for number in ("-1", "9" * 16, "%00", "1.5")),
        *(f"run={run}&after=0" for run in ("", "%F0%9F%92%A3")),
    ],
)
def test_odd_numbers_resume_nothing_and_end_nothing(room, asked):
    run = "" if "run" in asked else f"run={room.centre.service.stream.run}&"
    with stream(room, name="nato-0", asked=f"?{run}{asked}") as socket:
        hello = json.loads(socket.recv(timeout=5.0))[0]
        assert hello["kind"] == "hello"
        assert hello["resumed"] == (asked == "after=1&after=2")
        assert isinstance(json.loads(socket.recv(timeout=5.0)), list)


def test_who_leaves_as_the_centre_stops_does_not_break_its_stop(tmp_path):
    with hall(tmp_path) as made:
        held, _ = opened(made)
        held.sendall(frame(CLOSE, struct.pack("!H", 1000)))
        time.sleep(0.2)  # it answers, and waits for TLS to be closed as well
    held.close()
    assert told(made.lines)[-1]["event"] == "down"
