"""Rows T27, T28, T34, T36, T65 and T75 on a running centre, and what its two ports say to whom."""

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
from tests.attacks.live.hall import OBSERVER, PARTIES, hall, told
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from entente.errors import LedgerError
from entente.exchange.ledger import Ledger
from entente.exchange.messages import Acknowledgement, Feed, KeyRevoke, StateOfHealth
from entente.exchange.proving.pins import quorum_in
from entente.exchange.proving.receipts import check_receipt
from entente.exchange.proving.witness import Witness
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.lanes import MOST_WAITING
from entente.exchange.serving.preparing import CERTIFICATES, root_outbox
from entente.exchange.serving.wire import Proposal, framed, unframed
from entente.exchange.signing import CHALLENGE, digest, pae, public_of, read_key

FEEDS = (Feed(name="radar", state="up", since="2026-01-01T00:00:00.000Z"),)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre."""
    with hall(tmp_path_factory.mktemp("hall"), nodes=4) as made:
        yield made


@pytest.fixture(scope="module")
def voices(room):
    """Everybody in it; each numbers what it says."""
    names = [(party, f"{party}-{i}") for party in PARTIES for i in range(4)] + [(p, f"{p}-desk") for p in PARTIES]
    return {name: room.voice(party, name) for party, name in names}


def signed_in(room, client, key):
    """A session of who has this key; the answer."""
    asked = client.get("/challenge").json()
    assert asked["text"] == f"entente session\n{room.pins.line}\n{room.centre.console_address}\n{asked['challenge']}\n"
    signature = key.sign(pae(CHALLENGE, asked["text"].encode())).hex()
    said = {"key": public_of(key).hex(), "challenge": asked["challenge"], "signature": signature}
    return client.post("/session", json=said), said


def desk_key(room, party="nato"):
    return read_key(room.folder / party / f"{party}-desk.key")


def stream(room, client=None, asked="", name="", **more):
    """A reader of either port."""
    address = (room.centre.node_address if name else room.centre.console_address).replace("https", "wss")
    cookies = {"Cookie": "; ".join(f"{k}={v}" for k, v in client.cookies.items())} if client else {}
    origin = None if name else room.centre.console_address
    context = client_context(room.folder / CERTIFICATES, name)
    return connect(f"{address}/stream{asked}", ssl=context, **{"origin": origin, "additional_headers": cookies} | more)


def items(socket, until, patience_s=5.0):
    """Items up to the first for which `until` holds."""
    seen, end_s = [], time.monotonic() + patience_s
    while time.monotonic() < end_s:
        seen += json.loads(socket.recv(timeout=patience_s))
        if any(until(item) for item in seen):
            return seen
    raise AssertionError(seen[-3:])


def close_code(socket, patience_s=5.0):
    """With what the other end closed the stream."""
    end_s = time.monotonic() + patience_s
    try:
        while time.monotonic() < end_s:
            socket.recv(timeout=patience_s)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    raise AssertionError("it stays open")


def is_entry(kind):
    return lambda item: item["kind"] == "entry" and item["body"]["kind"] == kind


@pytest.mark.parametrize(
    ("spoil", "status", "reason"),
    [
        (lambda raw: raw, 200, ""),
        (lambda raw: raw[:40], 400, "malformed"),
        (lambda raw: raw[:-1] + b"~", 403, "bad-signature"),
        (lambda raw: b"none" + raw[4:], 403, "key-unknown"),
    ],
)
def test_an_envelope_is_answered_with_what_became_of_it(room, voices, spoil, status, reason):
    raw = spoil(voices["nato-0"].health())
    with room.client("nato-0") as client:
        answer = client.post("/envelopes", content=raw)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert (answer.json()["index"] is None) == bool(reason)


def test_the_same_envelope_again_has_the_same_index(room, voices):
    raw = voices["nato-0"].health()
    with room.client("nato-0") as client:
        first, again = (client.post("/envelopes", content=raw).json() for _ in range(2))
    assert (first["outcome"], again["outcome"], again["index"]) == ("accepted", "repeated", first["index"])


def test_t02_both_parties_read_both_bodies_of_who_speaks_two_ways(room, voices):
    voice = voices["nato-0"]
    number, previous = voice.number, voice.previous
    first = voice.health()
    voice.number, voice.previous = number, previous
    other = voice(Acknowledgement, about=0, digest="00" * 32)
    with room.client("nato-0") as client:
        index = client.post("/envelopes", content=first).json()["index"]
        assert client.post("/envelopes", content=other).json()["reason"] == "equivocation"
    voice.number, voice.previous = number + 1, digest(first)
    with room.client("russia-1") as client:
        (piece,) = [one for one in client.get("/evidence").json() if one["digest"] == digest(other)]
        assert (piece["about"], piece["signers"], piece["entry"]) == ("nato-0", ["nato-0"], index)
        assert client.get(f"/evidence/{digest(other)}").content == other
        assert client.get("/evidence/none").status_code == 404


def test_what_breaks_a_rule_is_refused_and_stays_refused(room, voices):
    raw = voices["nato-0"](Acknowledgement, about=0, digest="00" * 32)
    with room.client("nato-0") as client:
        answer = client.post("/envelopes", content=raw)
    assert (answer.status_code, answer.json()["reason"], answer.json()["again"]) == (422, "not-entitled", False)


def test_entries_and_proofs_are_read_by_both_parties(room):
    size = room.centre.service.size
    with room.client("russia-1") as client:
        entries = unframed(client.get("/entries").content, size)
        assert entries == list(room.centre.service.reader.ledger.entries(0, size))
        assert client.get("/checkpoint").text == "", "no witness is here"
        assert client.get("/receipts/0").status_code == 404
        assert client.get("/receipts", params={"of": "0,1"}).json() == [None, None]
        assert unframed(client.get("/proof", params={"old": 1, "new": size}).content, 64)
        assert client.get("/proof", params={"old": 5, "new": 10**6}).status_code == 400
        assert client.get("/receipts", params={"of": ",".join("0" * 257)}).status_code == 400
        assert client.post("/batches", content=b"\x00\x00\x00\x09x").status_code == 400
        assert client.get("/proposal").status_code == 403
        assert client.get("/vouch", params={"nonce": "0" * 64}).status_code == 403
        assert client.post("/cosignature", json={"held": 1}).status_code == 403
        assert client.post("/vouch", content=b"x").json() == {"asked": False}
        assert client.get("/sender").json()["last"] == 0
        assert "entente_envelopes_total" in client.get("/metrics").text


def test_witnesses_sign_and_receipts_hold(room):
    """Both by hand: what is asked, and the answer; then every entry has a receipt that holds."""
    quorum, lines = quorum_in(room.pins), {}
    clients = {signer.name: room.client(signer.name) for signer in quorum.witnesses}
    for party in PARTIES:
        name, other = f"{party}-witness", next(s for s in quorum.witnesses if s.name != f"{party}-witness")
        key = read_key(room.folder / party / f"{name}.key")
        mirror = Ledger(room.folder / party / "mirror.db", room.pins.line)
        witness = Witness(mirror, name, key, quorum.log, other)
        witness.confirm(None)
        asked = msgspec.json.decode(clients[name].get("/proposal").content, type=Proposal).asked
        held = witness.take(asked.start, asked.entries)
        lines[name] = held, witness.cosign(asked.note, asked.old_size, asked.proof, int(time.time()))
        mirror.close()
    spoiled = {"held": 0, "line": lines["nato-witness"][1], "refused": {"code": 1}}
    assert clients["nato-witness"].post("/cosignature", json=spoiled).status_code == 400
    complete = []
    for name, (held, line) in lines.items():
        answer = clients[name].post("/cosignature", json={"held": held, "line": line})
        complete.append(answer.json()["complete"])
    assert complete == [False, True]
    size = lines["nato-witness"][0]
    with room.client("nato-0") as client:
        entries = unframed(client.get("/entries", params={"stop": size}).content, size)
        for index, receipt in enumerate(client.get("/receipts", params={"of": ",".join(map(str, range(size)))}).json()):
            assert check_receipt(receipt, entries[index][8:], quorum)[0].index == index
        assert client.get("/receipts/0").text.startswith("c2sp.org/tlog-proof")
    for client in clients.values():
        client.close()


def test_one_witness_asks_the_other_through_the_centre(room):
    with room.client("nato-witness") as asking, room.client("russia-witness") as asked, ThreadPoolExecutor(1) as pool:
        waits = pool.submit(asking.get, "/vouch", params={"nonce": "ab" * 32})
        while asked.get("/proposal").json()["vouch"] != "ab" * 32:
            time.sleep(0.01)
        assert asked.post("/vouch", content=b"sealed").json() == {"asked": True}
        assert waits.result().content == b"sealed"


def test_t65_no_other_page_opens_a_stream_or_asks(room):
    evil = "https://evil.example"
    with room.client() as client:
        signed_in(room, client, desk_key(room))
        for origin in (evil, room.centre.console_address.replace("https", "http"), None, "null"):
            with pytest.raises(InvalidStatus) as refused, stream(room, client, origin=origin):
                pass
            assert refused.value.response.status_code == 403
        for method, path in (
            ("GET", "/challenge"),
            ("POST", "/session"),
            ("POST", "/envelopes"),
            ("DELETE", "/session"),
        ):
            assert client.request(method, path, headers={"origin": evil}).status_code == 403
        assert client.get("/challenge", headers={"host": "evil.example"}).status_code == 403
        with stream(room, client) as socket:
            assert json.loads(socket.recv())[0]["kind"] == "hello"
    with pytest.raises(InvalidStatus) as refused, stream(room, name="nato-0", origin=evil):
        pass
    assert refused.value.response.status_code == 403


def test_a_session_is_opened_by_the_seat_s_key_alone(room):
    key = desk_key(room)
    with room.client() as client:
        assert client.get("/session").status_code == client.get("/sender").status_code == 403
        assert client.post("/envelopes", content=b"x").status_code == 403
        with pytest.raises(InvalidStatus), stream(room, client):
            pass
        answer, said = signed_in(room, client, key)
        assert answer.json() == {"name": "nato-desk", "party": "nato"}
        cookie = answer.headers["set-cookie"]
        assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
        assert client.post("/session", json=said).status_code == 403, "a challenge serves once"
        assert client.get("/session").json()["name"] == "nato-desk"
        assert client.get("/sender").json()["last"] == 0
        for bad in (b"", b"{}", b'{"key":"\xff"}', json.dumps(said | {"key": "g" * 64}).encode()):
            assert client.post("/session", content=bad).status_code == 400
        other, _ = signed_in(room, client, read_key(room.folder / "nato" / "nato-0.key"))
        assert other.status_code == 403, "a node is no seat"
        assert client.delete("/session").status_code == 200
        client.cookies.clear()
        assert client.get("/session").status_code == 403


def test_an_alert_is_seen_by_all_and_acknowledged_by_a_seat(room, voices):
    with room.client() as desk, room.client("russia-2") as node, stream(room, name="nato-2") as far:
        signed_in(room, desk, desk_key(room))
        with stream(room, desk) as near:
            sent = time.monotonic()
            assert node.post("/envelopes", content=voices["russia-2"].launch()).status_code == 200
            seen = [items(socket, is_entry("alert")) for socket in (near, far)]
            assert time.monotonic() - sent < 2.0
            alert = next(item for item in seen[0] if is_entry("alert")(item))
            word = voices["nato-desk"](Acknowledgement, about=alert["index"], digest=alert["digest"])
            assert desk.post("/envelopes", content=word).json()["outcome"] == "accepted"
            items(far, is_entry("acknowledgement"))
            assert desk.get("/sender").json()["last"] == 1


def test_a_reader_goes_on_where_it_was_and_reads_the_past(room, voices):
    with room.client("nato-1") as client, stream(room, name="nato-1") as socket:
        hello = json.loads(socket.recv())[0]
        client.post("/envelopes", content=voices["nato-1"].health())
        seen = items(socket, is_entry("state-of-health"))
        numbers = [item["seq"] for item in seen if item.get("seq")]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
    with stream(room, name="nato-1", asked=f"?run={hello['run']}&after={numbers[0] - 1}") as socket:
        again = items(socket, is_entry("state-of-health"))
        assert again[0]["resumed"]
        assert [item for item in again if item.get("seq") in numbers and item["kind"] == "entry"]
    with stream(room, name="nato-1", asked="?run=another&after=1&from=0") as socket:
        past = items(socket, lambda item: item.get("index") == 5)
        assert not past[0]["resumed"]
        assert [item["index"] for item in past if item["kind"] == "entry"][:6] == [0, 1, 2, 3, 4, 5]


def test_an_observer_sees_what_both_parties_have_seen_and_says_nothing(room):
    with room.client() as client:
        answer, _ = signed_in(room, client, OBSERVER)
        assert answer.json() == {"name": "observer", "party": None}
        assert client.post("/envelopes", content=b"x").status_code == 403
        with stream(room, client, asked="?from=0") as socket:
            seen = items(socket, lambda item: item["kind"] == "tick")
    kinds = {item["body"]["kind"] for item in seen if item["kind"] == "entry"}
    assert kinds == {"alert"}, "no track, no key, no word of an officer"


def test_a_stream_ends_with_the_session_or_with_what_a_reader_says(room):
    with room.client() as client:
        signed_in(room, client, desk_key(room, "russia"))
        with stream(room, client) as socket:
            client.delete("/session")
            assert close_code(socket) == 1008
    with stream(room, name="nato-0") as socket:
        socket.send("hello")
        assert close_code(socket) == 1008


def test_a_seat_whose_key_is_revoked_is_out(room):
    with room.client() as client, room.client("russia-0") as node:
        signed_in(room, client, desk_key(room, "russia"))
        assert client.get("/session").status_code == 200
        with root_outbox(room.folder, room.pins, "russia") as root:
            head = {
                "log": room.pins.name,
                "origin": "exercise",
                "party": "russia",
                "node": "root",
                "boot": 1,
                "number": 1,
            }
            key = public_of(desk_key(room, "russia")).hex()
            raw = root.put(KeyRevoke(**head, sent=instant(time.time_ns()), key=key, reason="lost"))
        assert node.post("/envelopes", content=raw).json()["outcome"] == "accepted"
        assert client.get("/session").status_code == 403
        answer, _ = signed_in(room, client, desk_key(room, "russia"))
        assert answer.status_code == 403


def test_t34_a_flood_of_tracks_holds_up_no_warning_and_no_other(room, voices):
    """One node sends all that it can on eight lines; its own launch, and the other's word, are written at once."""
    flood, over = [framed([voices["nato-3"].health() for _ in range(200)]) for _ in range(8)], threading.Event()

    def pour(batch):
        thinned = 0
        with room.client("nato-3") as client:
            while not over.is_set():
                answer = client.post("/batches", content=batch)
                thinned += answer.status_code == 503 or sum(each["again"] for each in answer.json())
        return thinned

    with ThreadPoolExecutor(8) as pool:
        pouring = [pool.submit(pour, batch) for batch in flood]
        time.sleep(0.5)
        taken = []
        with room.client("nato-3") as own, room.client("russia-3") as other:
            for client, raw in ((own, voices["nato-3"].launch("l-9", -30.0)), (other, voices["russia-3"].health())):
                start = time.monotonic()
                assert client.post("/envelopes", content=raw).json()["outcome"] == "accepted"
                taken.append(time.monotonic() - start)
        over.set()
        thinned = sum(each.result() for each in pouring)
    assert max(taken) < 3.0, taken
    assert thinned > 0, "it was no flood"


def test_t36_bad_signatures_cost_their_sender_its_voice(room, voices):
    bad = framed([voices["russia-0"].health()[:-1] + b"~" for _ in range(30)])
    with room.client("russia-0") as client, room.client("russia-1") as other:
        reasons = [answer["reason"] for answer in client.post("/batches", content=bad).json()]
        assert reasons.count("bad-signature") >= 10
        assert client.post("/envelopes", content=voices["russia-0"].health()).status_code == 429
        assert other.post("/envelopes", content=voices["russia-1"].health()).status_code == 200


def test_t75_a_node_whose_time_server_lies_is_refused_or_told_of(room, voices):
    late = instant(time.time_ns() + 40 * NS_PER_S)
    with room.client("nato-2") as client:
        assert (
            client.post("/envelopes", content=voices["nato-2"](StateOfHealth, sent=late, feeds=FEEDS)).status_code
            == 422
        )
        for _ in range(4):
            wide = instant(time.time_ns() + 3 * NS_PER_S)
            client.post("/envelopes", content=voices["nato-2"](StateOfHealth, sent=wide, feeds=FEEDS))
    assert any(each.get("reason") == "clock-degraded" and each["sender"] == "nato-2" for each in told(room.lines))


def test_t27_what_waits_is_bounded_and_a_full_queue_says_so(room, voices):
    """The writer is held; a sender fills its lane, is told to come again, and the others are taken."""
    writer = room.centre.service.writer
    held, go = threading.Event(), threading.Event()

    def hold():
        held.set()
        go.wait(20.0)

    with writer._ready:
        writer._tasks.append(hold)
        writer._ready.notify()
    assert held.wait(5.0)
    raws = [voices["nato-1"].health() for _ in range(256)]

    async def fill():
        waiting = [asyncio.ensure_future(writer.submit(raws, "nato-1")) for _ in range(MOST_WAITING // 256)]
        await asyncio.sleep(0)
        assert await writer.submit(raws[:1], "nato-1") is None, "its lane is full"
        other = asyncio.ensure_future(writer.submit([voices["nato-2"].health()], "nato-2"))
        await asyncio.sleep(0)
        assert writer.waiting == MOST_WAITING + 1
        go.set()
        return await other, await asyncio.gather(*waiting)

    other, waited = room.call(fill())
    assert other[0].reason in ("", "future")
    assert {reply.outcome for replies in waited for reply in replies} <= {"accepted", "repeated", "refused"}
    assert writer.waiting == 0


def test_t28_a_slow_disk_delays_and_loses_nothing(tmp_path):
    with hall(tmp_path) as made:
        shell = made.centre.service.shell
        append = shell.ledger.append

        def slow(*arguments, **named):
            time.sleep(0.5)
            return append(*arguments, **named)

        shell.ledger.append = slow
        voice = made.voice("nato", "nato-0")
        raws = [voice.health() for _ in range(24)]

        def send(raw):
            with made.client("nato-0") as client:
                return client.post("/envelopes", content=raw).json()["outcome"]

        start = time.monotonic()
        with ThreadPoolExecutor(24) as pool:
            assert set(pool.map(send, raws)) == {"accepted"}
        assert time.monotonic() - start < 8.0, "what waits becomes one batch"


def test_t26_a_disk_that_fails_ends_the_centre(tmp_path):
    with hall(tmp_path) as made:
        service = made.centre.service

        def broken(*_, **_named):
            raise LedgerError("the disk failed")

        service.shell.ledger.append = broken
        voice = made.voice("nato", "nato-0")
        with made.client("nato-0") as client:
            assert client.post("/envelopes", content=voice.health()).status_code == 503
            assert client.get("/health").status_code == 503
            assert client.post("/batches", content=framed([voice.health()])).status_code == 503
        with made.client("nato-witness") as witness:
            assert witness.post("/cosignature", json={"held": 0}).json() == {"complete": False}
        assert made.centre.ended.result() == "LedgerError: the disk failed"


def test_a_centre_whose_door_breaks_says_so_and_ends(tmp_path, monkeypatch):
    def broken(_):
        raise ValueError("no door")

    with hall(tmp_path) as made:
        monkeypatch.setattr(made.loop, "sock_accept", broken)
        with made.client("nato-0") as client:
            client.get("/health")  # it waits at the door already
        assert "no door" in made.call(asyncio.wait_for(made.centre.ended, 5.0))
