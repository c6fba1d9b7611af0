"""Row T25 on a nation's side: no room for a node's queue or its outbox; nothing is lost, nothing said twice."""

import errno
import io
import json
import os

import msgspec
import pytest

from entente.errors import LedgerFull
from entente.exchange.releasing.waiting import Left, Queue
from entente.exchange.serving import departing
from entente.exchange.serving.departing import Releasing, read_queue
from entente.exchange.serving.telling import Teller


class Saying(msgspec.Struct):
    """What goes into an outbox."""

    word: str
    boot: int


def words(said):
    """Of each."""
    return [each.word for each in said]


class Full:
    """An outbox that has room for so many more."""

    def __init__(self, room) -> None:
        self.room, self.held, self.boot = room, [], 2

    def put(self, said):
        if not self.room:
            raise LedgerFull("outbox.db: database or disk is full")
        self.room -= 1
        assert said.boot == 2
        self.held.append(said.word)


@pytest.fixture
def releasing(tmp_path, monkeypatch):
    """A node's side of the policy that lets three things go at once, into an outbox with room for one."""
    monkeypatch.setattr(departing, "ROOM_S", 0.0)
    told, said = [], [Saying(word, 1) for word in "abc"]
    monkeypatch.setattr(departing, "next_due", lambda queue: 0 if queue == "three wait" else None)
    monkeypatch.setattr(departing, "let_go", lambda queue, giver, now_ms: Left(Queue(), said, []))
    made = Releasing(None, Full(1), tmp_path / "queue", lambda event, **fields: told.append(event), "three wait")
    made.told = told
    return made


def test_t25_what_has_no_room_in_the_outbox_goes_there_later_once_and_in_order(releasing):
    assert words(releasing.release(1)) == ["a"]
    assert words(releasing.release(2)) == []
    assert not releasing.path.exists(), "until then the file still holds what is not in the outbox"
    releasing.outbox.room = 5
    assert words(releasing.release(3)) == ["b", "c"]
    assert releasing.outbox.held == ["a", "b", "c"]
    assert releasing.told == ["disk-full", "room-again"], "each once, however often it was tried"
    assert read_queue(releasing.path) == Queue()


def test_t25_who_cannot_tell_goes_on_and_says_later_how_much_was_left_out():
    class Where(io.StringIO):
        room = False

        def write(self, text):
            if not self.room:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(text)

    where = Where()
    tell = Teller(where)
    tell("refused")
    tell("refused")
    where.room = True
    tell("refused")
    (line,) = where.getvalue().splitlines()
    assert json.loads(line)["left_out"] == 2


def test_t25_a_queue_that_cannot_be_written_is_written_later(releasing, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    releasing.outbox.room = 5
    with monkeypatch.context() as shortage:
        shortage.setattr(os, "fsync", full)
        assert words(releasing.release(1)) == ["a", "b", "c"]
        assert not releasing.is_kept
    assert words(releasing.release(2)) == []
    assert releasing.is_kept
    assert releasing.outbox.held == ["a", "b", "c"]
    assert releasing.told == ["queue-not-kept", "room-again"]
