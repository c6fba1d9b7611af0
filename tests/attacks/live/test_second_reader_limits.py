"""The second reader's list of what no test had reached: refusals, limits and deadlines of the live centre, each made to act."""

import asyncio
import time

import pytest
from tests.attacks.live.hall import hall
from tests.attacks.live.test_halls import close_code, stream
from websockets.exceptions import InvalidStatus

from entente.errors import LedgerError, LedgerFull
from entente.exchange.serving import feeding, witnessing
from entente.exchange.serving.certificates import server_context
from entente.exchange.serving.preparing import CERTIFICATES
from entente.exchange.serving.protocol import MOST_OF_ALL, MOST_OPEN, Door, Port
from entente.exchange.serving.wire import LONGEST_BATCH, framed
from entente.exchange.signing import LONGEST, seal


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre."""
    with hall(tmp_path_factory.mktemp("limits"), nodes=2) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "path", "most"),
    [
        ("nato-0", "/envelopes", LONGEST),
        ("nato-0", "/batches", LONGEST_BATCH),
        ("nato-witness", "/cosignature", LONGEST),
        ("nato-witness", "/vouch", LONGEST),
        ("", "/session", LONGEST),
    ],
)
def test_t38_no_question_takes_a_body_without_end(room, name, path, most):
    """Declared, and in parts of which nobody says how many come."""
    with room.client(name) as client:
        assert client.post(path, content=bytes(most + 1)).status_code == 413
        assert client.post(path, content=(bytes(50_000) for _ in range(most // 50_000 + 2))).status_code == 413
        assert client.get("/health").status_code == 200


def test_t34_what_is_signed_and_cannot_be_read_is_throttled(room):
    key = room.voice("nato", "nato-1").key
    raws = [seal(key, b'{"kind":"nothing","n":%d}' % i) for i in range(250)]
    with room.client("nato-1") as client:
        reasons = [each["reason"] for each in client.post("/batches", content=framed(raws)).json()]
    assert reasons[0] == "not-a-message"
    assert reasons[-1] == "throttled"


def test_t17_a_witness_that_does_not_answer_keeps_nobody_waiting(room, monkeypatch):
    monkeypatch.setattr(witnessing, "ASKED_S", 0.3)
    with room.client("nato-witness") as client:
        answer = client.get("/vouch", params={"nonce": "ab" * 32})
    assert answer.status_code == 503
    assert "russia-witness has not answered" in answer.json()["error"]
    assert not room.centre.service.vouches, "the question is forgotten"


def test_t37_a_witness_that_asks_twice_is_answered_once_and_in_time(room):
    writer = room.centre.service.writer

    async def asked():
        first = asyncio.ensure_future(writer.request("nato-witness", 5.0))
        await asyncio.sleep(0)
        second = asyncio.ensure_future(writer.request("nato-witness", 0.0))
        return await first, await second

    assert room.call(asked()) == (None, None)


def test_t25_a_checkpoint_for_which_there_is_no_room_is_left_for_later(room, monkeypatch):
    service = room.centre.service
    with room.client("nato-witness") as client:
        assert client.get("/proposal").json()["asked"] is not None

        def full(*_):
            raise LedgerFull("no room")

        with monkeypatch.context() as patch:
            patch.setattr(service.shell.cosigning, "answered", full)
            assert client.post("/cosignature", json={"held": 0}).json() == {"complete": False}
        assert client.get("/health").json()["status"] == "up"
        assert client.get("/proposal").json()["asked"] is not None, "and it is asked again"


def test_a_reader_that_fell_behind_is_told_so(room):
    service = room.centre.service

    async def forget():
        service.tell_cosigned()
        service.stream._items.clear()

    with stream(room, name="nato-0") as socket:
        socket.recv(timeout=5.0)
        room.call(forget())
        assert close_code(socket) == 1013


def test_no_proof_is_made_backwards(room):
    with pytest.raises(LedgerError, match="only grows"):
        room.centre.service.reader.consistency(5, 2)


def test_t35_what_is_remembered_of_addresses_is_bounded(room):
    """Connections of ten thousand addresses, none of which is kept open."""
    context = server_context(room.folder / CERTIFICATES, "centre", mutual=True)
    told = []
    port = Port(None, None, context, Door(mutual=True), lambda event, **fields: told.append(event))
    assert all(port._admits(f"10.0.{i // 256}.{i % 256}") for i in range(10_000))
    assert len(port._new) <= MOST_OF_ALL + 1
    assert not told
    assert sum(port._admits("10.9.9.9") for _ in range(500)) <= 101, (
        "and one of them does not come as often as it likes"
    )
    assert MOST_OPEN < 101


def test_t35_the_streams_of_one_party_leave_places_for_the_other(room, monkeypatch):
    """Streams are never closed to make room: so they are counted, and whoever leaves gives its place back."""
    monkeypatch.setattr(feeding, "MOST_READERS", 2)
    with stream(room, name="nato-0"), stream(room, name="nato-1"):
        with pytest.raises(InvalidStatus), stream(room, name="nato-0"):
            pass
        with stream(room, name="russia-0") as other:
            assert other.recv(timeout=5.0)
    until_s = time.monotonic() + 5.0
    while room.centre.service.stream.readers and time.monotonic() < until_s:
        time.sleep(0.02)
    with stream(room, name="nato-0") as again:
        assert again.recv(timeout=5.0)
