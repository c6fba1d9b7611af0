"""What one peer takes of a centre's work is counted; who is in debt waits, nobody else does, and its warning comes through."""

import time

import httpx
import pytest
from tests.attacks.live.hall import hall

from entente.exchange.serving import answering
from entente.exchange.serving.rations import AT_ONCE_S, BYTE_S, LONGEST_S, REQUEST_S, SHARE, Rations


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre, its log long enough to be worth reading."""
    with hall(tmp_path_factory.mktemp("rations")) as made:
        voice = made.voice("russia", "russia-0")
        with made.client("russia-0") as client:
            for _ in range(40):
                assert client.post("/envelopes", content=voice.health()).json()["outcome"] == "accepted"
        yield made


def test_work_is_earned_back_and_not_saved_up_without_end():
    now_s = [100.0]
    ration = Rations(lambda: now_s[0]).of("nato-0")
    ration.spend(AT_ONCE_S)
    assert ration.debt_s == 0.0
    ration.spend(SHARE)
    assert ration.debt_s == pytest.approx(1.0)
    now_s[0] += 1.0
    assert ration.debt_s == pytest.approx(0.0)
    now_s[0] += 1_000.0
    ration.spend(AT_ONCE_S + SHARE)
    assert ration.debt_s == pytest.approx(1.0)
    now_s[0] -= 50.0  # a clock that steps back earns nothing
    assert ration.debt_s == pytest.approx(1.0)


def test_peers_are_bounded_and_apart():
    rations = Rations()
    rations.of("nato-0").spend(100.0)
    assert rations.of("russia-0").debt_s == 0.0
    assert rations.of("nato-0").debt_s > 0.0
    for i in range(3_000):
        rations.of(f"stranger-{i}")
    assert len(rations._known) <= 1_024


def test_what_is_read_is_paid_for_by_who_reads(room):
    """The thread that reads is measured, and so is every byte."""
    ration, other = (room.centre.service.rations.of(name) for name in ("nato-0", "russia-1"))
    ration.left_s, ration.clock, before_s = 1.0, lambda: ration.counted_s, other.left_s  # nothing is earned meanwhile
    with room.client("nato-0") as client:
        size = sum(len(client.get("/entries").content) for _ in range(20))
    spent_s, ration.clock = 1.0 - ration.left_s, time.monotonic
    assert spent_s > 20 * (REQUEST_S + 50e-6) + BYTE_S * size, "its bytes, and the thread that reads"
    assert other.left_s >= before_s


def test_who_is_in_debt_waits_and_nobody_else(room):
    service = room.centre.service
    service.rations.of("nato-0").spend(100.0)
    try:
        with room.client("nato-0") as debtor, room.client("russia-1") as other:
            start = time.monotonic()
            assert other.get("/entries").status_code == 200
            assert time.monotonic() - start < LONGEST_S
            start = time.monotonic()
            assert debtor.post("/envelopes", content=room.voice("nato", "nato-0").launch()).status_code == 200
            assert LONGEST_S <= time.monotonic() - start < LONGEST_S + 2.0, "late, and yet it is heard"
            with pytest.raises(httpx.ReadTimeout):
                debtor.get("/entries", timeout=LONGEST_S + 1.0)
            assert other.get("/receipts", params={"of": "0,1"}).status_code == 200
    finally:
        service.rations.of("nato-0").left_s = AT_ONCE_S


def test_a_long_answer_is_whole(room, monkeypatch):
    monkeypatch.setattr(answering, "PIECE", 1_000)
    with room.client("russia-1") as client:
        answer = client.get("/entries")
    assert answer.content == room.centre.service.reader.entries(0, 2**53)
    assert int(answer.headers["content-length"]) == len(answer.content) > 10_000
