"""The second reader on the wire: HTTP by hand at both ports, what answers and the centre's own lines give away, and files."""

import os
import re
import stat
from functools import partial

import pytest
from tests.attacks.live import hall as halls
from tests.attacks.live.hall import OBSERVER, hall, told
from tests.attacks.live.peers import connected, status_of
from tests.attacks.live.test_halls import desk_key, signed_in

from entente.console.live import mount
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CERTIFICATES
from entente.exchange.serving.running import running
from entente.exchange.serving.throttle import Limits
from entente.exchange.serving.wire import framed, unframed

END = b"connection: close\r\n\r\n"
POST = b"POST /envelopes HTTP/1.1\r\nhost: localhost\r\n"
SECOND = b"GET /metrics HTTP/1.1\r\nhost: localhost\r\n" + END  # what a smuggler hides behind the first
INSIDE = re.compile(rb'Traceback|File "|site-packages|/src/|/tmp/|line \d+, in|PRIVATE KEY')


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre, with the desk's pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(halls, "running", partial(running, mount=mount))
        with hall(tmp_path_factory.mktemp("wire"), nodes=2) as made:
            yield made


def answered(room, raw, name="nato-0"):
    """All that comes back over one connection until it is closed; `name` empty: at the consoles' port."""
    address = room.centre.node_address if name else room.centre.console_address
    context = client_context(room.folder / CERTIFICATES, name)
    try:
        with connected(int(address.rsplit(":", 1)[1]), context) as held:
            held.settimeout(12.0)
            held.sendall(raw)
            return b"".join(iter(lambda: held.recv(65_536), b""))
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: identity\r\ncontent-length: 0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding : chunked\r\n\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: chunked\r\n\r\n5\r\nabcdeXX0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: chunked\r\n\r\n+5\r\nabcde\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: chunked\r\n\r\n0x5\r\nabcde\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"transfer-encoding: chunked\r\n\r\n" + b"f" * 30 + b"\r\nabcde\r\n0\r\n\r\n" + SECOND, 400),
        (POST + b"content-length: +0\r\n\r\n" + SECOND, 400),
        (POST + b"content-length: 0, 5\r\n\r\n" + SECOND, 400),
        (POST + b"content-length: 0x0\r\n\r\n" + SECOND, 400),
        (POST + b"content-length: " + b"0" * 30 + b"\r\n\r\n" + SECOND, 400),
        (POST + b"content-length: " + b"9" * 30 + b"\r\n\r\n" + SECOND, 400),
        (POST + b"host: evil.example\r\ncontent-length: 0\r\n\r\n" + SECOND, 400),
        (b"GET /health HTTP/1.1\r\n\r\n" + SECOND, 400),
        (b"GET /health HTTP/1.1\r\nhost: a\r\nx: a\x00b\r\n\r\n" + SECOND, 400),
        (b"GET /health HTTP/1.1\r\nhost: a\r\nx y: b\r\n\r\n" + SECOND, 400),
        (b"GET /he\xffalth HTTP/1.1\r\nhost: a\r\n\r\n" + SECOND, 400),
        (b"GET  /health HTTP/1.1\r\nhost: a\r\n\r\n" + SECOND, 400),
        (b"GET /health HTTP/9.9\r\nhost: a\r\n\r\n" + SECOND, 400),
        (b"\x16\x03\x01\x02\x00" + SECOND, 400),
        (b"GET /health HTTP/1.1\r\n" + b"x: y\r\n" * 4_000 + b"\r\n" + SECOND, 400),
    ],
)
def test_t38_what_can_be_read_in_two_ways_is_read_in_none(room, request_, status):
    got = answered(room, request_)
    assert status_of(got) in (status, None), got[:100]
    assert b"entente_entries" not in got, "nothing behind it was read as a request of its own"
    assert not INSIDE.search(got)


def test_t38_requests_behind_one_another_are_answered_in_order(room):
    """The preface of HTTP/2 is a request for nothing; then no more is read."""
    paths = [b"/health", b"/checkpoint", b"/none", b"/metrics"]
    got = answered(
        room,
        b"".join(b"GET %b HTTP/1.1\r\nhost: a\r\n" % path + (END if path == paths[-1] else b"\r\n") for path in paths),
    )
    assert [int(status) for status in re.findall(rb"HTTP/1.1 (\d+)", got)] == [200, 200, 404, 200]
    got = answered(room, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9) + SECOND)
    assert b"entente_entries" not in got
    got = answered(
        room,
        b"GET /health HTTP/1.1\r\nhost: a\r\nupgrade: h2c\r\nconnection: upgrade, close\r\nhttp2-settings: AAMAAABk\r\n\r\n",
    )
    assert status_of(got) == 200, "and no other tongue is taken up"


def test_t38_a_body_that_is_too_large_is_not_waited_for(room):
    got = answered(room, POST + b"expect: 100-continue\r\ncontent-length: 65537\r\n\r\n")
    assert status_of(got) == 413
    got = answered(room, POST + b"expect: 100-continue\r\ncontent-length: 3\r\n" + END + b"abc")
    assert got.startswith(b"HTTP/1.1 100 ")
    assert b"malformed" in got


@pytest.mark.parametrize(
    "path",
    [
        b"/health/",
        b"//evil.example/health",
        b"/assets/..%2f..%2fcentre%2flog.key",
        b"/assets/%2e%2e/%2e%2e/pins.toml",
        b"/centre/log.key",
        b"/health%00",
        b"/../health",
        b"https://evil.example/health",
        b"/evidence/..%2f",
        b"/docs",
        b"/redoc",
        b"*",
    ],
)
def test_t66_no_path_leads_elsewhere(room, path):
    """Nor is anybody sent to a host that only the request names."""
    for name, host in (
        ("nato-0", b"evil.example"),
        ("", room.centre.console_address.removeprefix("https://").encode()),
    ):
        got = answered(room, b"GET %b HTTP/1.1\r\nhost: %b\r\n" % (path, host) + END, name)
        assert status_of(got) in (404, 400), got[:200]
        assert b"evil" not in got.lower()
        assert not INSIDE.search(got)


@pytest.mark.parametrize("method", [b"TRACE", b"OPTIONS", b"CONNECT", b"PUT", b"PATCH", b"HEAD", b"FOO", b"get"])
def test_t65_no_other_method_does_anything(room, method):
    host = room.centre.console_address.removeprefix("https://").encode()
    got = answered(room, b"%b /session HTTP/1.1\r\nhost: %b\r\nx-secret: abc\r\n" % (method, host) + END, "")
    assert status_of(got) == 405
    assert b"abc" not in got
    assert b"access-control" not in got.lower()


ODD = {
    "/entries?start=": ("-1", "1e3", "9" * 30, "%00"),
    "/proof?old=": ("0", "3&new=2", "0&new=9007199254740992"),
    "/receipts/": ("9" * 5_000, "x", "-1", "9007199254740993"),
    "/receipts?of=": ("", "1,,2", "1%0a", ",".join(["1"] * 257)),
    "/vouch?nonce=": ("x",),
    "/evidence/": ("f" * 64,),
}


@pytest.mark.parametrize("asked", [path + number for path, numbers in ODD.items() for number in numbers])
def test_t40_odd_questions_of_the_log_are_refused_in_words(room, asked):
    with room.client("nato-0") as client:
        answer = client.get(asked)
    assert answer.status_code in (400, 403, 404, 422)
    assert not INSIDE.search(answer.content)


def test_t40_odd_ranges_of_the_log_are_empty_or_overlap(room):
    with room.client("nato-0") as client, room.client("russia-0") as other:
        for asked in ("start=9007199254740992", "start=5&stop=5", "start=5&stop=2", "stop=0"):
            assert client.get(f"/entries?{asked}").content == b""
        whole = client.get("/entries").content
        assert client.get("/entries?start=0&stop=9007199254740992").content == whole == other.get("/entries").content
        assert whole.endswith(client.get("/entries?start=3").content)


def test_t65_the_desk_s_pages_cannot_be_framed_sniffed_or_made_to_run_what_is_not_theirs(room):
    with room.client() as client:
        for path in ("/", "/names.json", "/health", "/session", "/assets/live.js", "/nothing"):
            headers = client.get(path).headers
            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy
            assert "script-src 'self';" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "no-referrer"
        many = "bytes=" + ",".join(f"{i}-" for i in range(2_000))
        assert client.get("/assets/live.js", headers={"range": many}).status_code in (200, 400, 404, 416)


def test_t57_a_stranger_learns_nothing_of_what_happens(room):
    """Whoever can reach the port of consoles may ask whether the centre stands and what it is for; not how much is said."""
    with room.client() as stranger, room.client("nato-0") as node:
        seen = stranger.get("/health").json()
        node.post("/envelopes", content=room.voice("nato", "nato-0").health())
        assert set(seen) == {"status", "log"}
        assert stranger.get("/health").json() == seen
        assert stranger.get("/metrics").status_code == 404
        assert stranger.get("/entries").status_code == 404


def test_no_line_of_the_centre_holds_a_secret(room):
    """Tokens, signatures, private keys, bodies: whoever reads the log of events could otherwise speak for a seat."""
    with room.client() as client:
        answer, said = signed_in(room, client, desk_key(room))
        token = client.cookies["__Host-entente"]
        client.post("/session", json=said)
        client.post("/session", json={**said, "key": "0" * 64})
        client.get("/session?secret=abcdef", headers={"cookie": "x=abcdef", "authorization": "abcdef"})
        signed_in(room, client, OBSERVER)
    assert answer.status_code == 200
    lines = "".join(room.lines)
    assert {"session-opened", "session-refused"} <= {each["event"] for each in told(room.lines)}
    for secret in (token, said["signature"], said["challenge"], "abcdef", "PRIVATE", "Traceback"):
        assert secret not in lines


def test_t16_t57_keys_and_what_waits_are_their_owner_s_alone_to_read(tmp_path, room):
    """With a umask that lets everybody read: each party's folder, the centre's, and every key in them."""
    before = os.umask(0o022)
    try:
        with hall(tmp_path / "open") as made, made.client("nato-0") as client:
            client.post("/envelopes", content=made.voice("nato", "nato-0").health())
    finally:
        os.umask(before)
    folders = [tmp_path / "open" / name for name in ("nato", "russia", "centre")]
    kept = [
        file for file in (tmp_path / "open").rglob("*") if file.suffix == ".key" or file.name in ("policy", "secret")
    ]
    assert len(kept) > 15
    loose = [path for path in (*folders, *kept) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert not loose


def test_t37_a_slow_line_is_asked_to_carry_only_what_it_can_before_it_is_cut(tmp_path):
    """Ten seconds are given: the log goes in pages, to who reads it and to a witness that has long been away."""
    with hall(tmp_path, limits=Limits(1e9, 1e9, 1e9, 1e9)) as made:
        voice, read, size = made.voice("nato", "nato-1"), 0, made.centre.service.size + 1_024
        with made.client("nato-1") as client, made.client("nato-witness") as witness:
            for _ in range(4):
                client.post("/batches", content=framed([voice.health() for _ in range(256)]))
            while page := client.get("/entries", params={"start": read}).content:
                assert len(page) < 300_000
                read += len(unframed(page, size))
            assert len(witness.get("/proposal").content) < 600_000
        assert read == size
