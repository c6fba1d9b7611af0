"""The shell in one process: what is refused and why, repeated, throttled, stored or not; starts, checkpoints and receipts.
Rows T01, T02, T05, T17, T22, T24, T25, T34, T76 as the centre itself answers them."""

import shutil
from contextlib import contextmanager

import apsw
import msgspec
import pytest
from tests.attacks.simulator import sayings
from tests.attacks.simulator.disk import Disk, Disks
from tests.attacks.simulator.small import KEYS, NOW, QUORUM, Room
from tests.attacks.simulator.world import PARTIES, key_of

from entente.errors import LedgerError
from entente.exchange import shell
from entente.exchange.centre import snapshot
from entente.exchange.messages import NOTHING
from entente.exchange.proving import cosigning
from entente.exchange.proving.cosigning import PATIENCE_NS, Cosigning, Request
from entente.exchange.proving.entries import entry_of, envelope_of
from entente.exchange.proving.evidence import shown
from entente.exchange.proving.notes import TreeHead, head_of, sign_head
from entente.exchange.proving.receipts import check_receipt, cosigned
from entente.exchange.proving.replaying import replayed
from entente.exchange.proving.witness import Refused
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S
from entente.exchange.serving.throttle import MOST_KNOWN, MOST_WRONG, Bucket, Limits, Throttle
from entente.exchange.signing import digest, key_id, public_of, seal


@pytest.fixture
def room(tmp_path):
    made = Room(tmp_path)
    yield made
    made.ledger.close()


@contextmanager
def witnesses(room):
    held = {party: room.witness(party) for party in PARTIES}
    yield held
    for each in held.values():
        each.mirror.close()


def test_t01_same_bytes_again_get_the_same_place(room):
    raw = room.radar(sayings.healthy, NOW)
    first = room.one(raw)
    assert first.outcome == "accepted"
    size = room.ledger.size
    assert [reply.index for reply in room.shell.submit([raw, raw], NOW)] == [first.index] * 2
    assert room.ledger.size == size
    other = room.radar(sayings.tracked, NOW)
    accepted, repeated = room.shell.submit([other, other], NOW)
    assert (accepted.outcome, repeated.outcome) == ("accepted", "repeated")
    assert accepted.index == repeated.index


@pytest.mark.parametrize("at_once", [True, False])
def test_t02_other_bytes_under_one_number_are_refused_and_told(room, at_once):
    raw = room.radar(sayings.healthy, NOW)
    room.radar.number, room.radar.previous = 0, NOTHING
    other = room.radar(sayings.tracked, NOW)
    replies = room.shell.submit([raw, other], NOW) if at_once else [room.one(raw), room.one(other)]
    assert [(reply.outcome, reply.reason) for reply in replies] == [("accepted", ""), ("refused", "equivocation")]
    told = [alarm for alarm in room.shell.take_outgoing() if getattr(alarm, "reason", "") == "equivocation"]
    assert set(told[0].digests) == {digest(raw), digest(other)}
    assert set(told[0].to) == set(PARTIES)
    assert room.shell.take_outgoing() == []
    assert [(*piece,) for piece in room.ledger.evidence()] == [("nato-radar", "equivocation", other)]
    (piece,) = shown(room.ledger.evidence(), room.shell.state.keyring, room.ledger.found)
    assert (piece.signers, piece.entry, piece.digest) == (("nato-radar",), replies[0].index, digest(other))
    assert envelope_of(room.ledger.entry(piece.entry)) == raw, "both bodies, each under its signature"


def test_t05_what_cannot_be_read_or_believed_is_counted_and_not_kept(room):
    size, good = room.ledger.size, room.radar(sayings.healthy, NOW)
    for n in range(0, len(good), 40):
        assert room.one(good[:n] + bytes([good[n] ^ 1]) + good[n + 1 :]).outcome == "refused"
    assert [room.one(raw).reason for raw in (b"", b"x" * 68, b"x" * 70_000)] == ["malformed"] * 3
    unknown = seal(key_of("stranger"), good[68:])
    assert (room.one(unknown).reason, room.one(unknown).again) == ("key-unknown", True)
    assert room.ledger.size == size
    assert room.shell.counts["bad-signature"] > 5
    assert room.shell.counts["malformed"] == 3
    assert room.one(good).outcome == "accepted"


def test_t05_an_address_that_is_wrong_too_often_waits_a_minute(room):
    good = room.radar(sayings.healthy, NOW)
    bad = good[:-1] + bytes([good[-1] ^ 1])
    reasons = [room.one(bad, address="a").reason for _ in range(MOST_WRONG + 3)]
    assert reasons == ["bad-signature"] * (MOST_WRONG + 1) + ["throttled"] * 2
    assert room.one(good, address="a").reason == "throttled"
    assert room.one(good, address="b").outcome == "accepted"
    assert room.shell.submit([good], NOW + 61 * NS_PER_S, "a")[0].outcome == "repeated"


def test_t34_a_flood_of_tracks_leaves_the_lane_of_launches_free(tmp_path):
    room = Room(tmp_path, Limits(1.0, 5.0, 1.0, 5.0))
    flood = room.shell.submit([room.radar(sayings.tracked, NOW) for _ in range(20)], NOW)
    assert [reply.outcome for reply in flood] == ["accepted"] * 5 + ["refused"] * 15
    assert all(reply.again for reply in flood[5:])
    assert room.one(room.radar(sayings.detected, NOW, 1, "l-1")).outcome == "accepted"
    assert room.one(room.radars["rus"](sayings.tracked, NOW)).outcome == "accepted"
    later = room.shell.submit([room.radar(sayings.tracked, NOW)], NOW + 2 * NS_PER_S)
    assert later[0].outcome == "accepted"
    room.ledger.close()


def test_signed_but_unreadable_or_impossible_is_refused_with_evidence(room):
    size = room.ledger.size
    nonsense = seal(room.radar.key, b'{"kind":"nothing"}')
    assert room.one(nonsense).reason == "not-a-message"
    impossible = room.radar(lambda head: msgspec.structs.replace(sayings.tracked(head, NOW), r_km=(1.0, 2.0, 3.0)))
    assert room.one(impossible).outcome == "refused"
    assert room.ledger.size == size + 2  # a refusal each, which holds the digest alone
    assert not any(impossible in entry for entry in room.ledger.entries())
    state = room.shell.state
    room.again()
    assert room.shell.state == state


def test_two_threads_and_one_come_to_the_same(room, tmp_path):
    raws = [room.radar(sayings.tracked, NOW) for _ in range(9)]
    raws[4] = raws[4][:-1] + b"?"
    (tmp_path / "other").mkdir()
    other = Room(tmp_path / "other")
    together = room.shell.submit(raws, NOW)
    assert together == [other.one(raw) for raw in raws]
    assert together[4].reason == "bad-signature"
    other.ledger.close()


def test_t22_a_start_takes_the_snapshot_and_what_came_after(room, monkeypatch):
    monkeypatch.setattr(shell, "SNAPSHOT_EVERY", 6)
    for n in range(9):
        room.one(room.radar(sayings.detected, NOW, n % 6, f"l-{n}"))
    state = room.shell.state
    latest = room.ledger.latest_snapshot()
    assert 6 <= latest.index < room.ledger.size
    room.again()
    assert room.shell.state == state
    assert room.one(room.radar(sayings.healthy, NOW)).outcome == "accepted"
    room.ledger.save_snapshot(room.ledger.size, room.ledger.root(), b"of another version")
    state = room.shell.state
    room.again()
    assert room.shell.state == state


def test_a_log_that_does_not_follow_from_itself_is_no_start(room):
    stranger = sayings.healthy(sayings.header("centre", "centre", 1, 9, NOW, NOTHING), NOW)
    room.ledger.append([entry_of(NOW, seal(KEYS.centre, encode(stranger)))])
    with pytest.raises(LedgerError, match=f"entry {room.ledger.size - 1}: Refusal must stand there"):
        room.again()


def test_a_log_without_what_the_centre_says_of_a_launch_is_no_start(room):
    room.ledger.append([entry_of(NOW, room.radar(sayings.detected, NOW, 1, "l-1"))])
    with pytest.raises(LedgerError, match=f"entry {room.ledger.size}: is missing; .* says Alert"):
        room.again()


def test_t07_where_a_hint_means_two_keys_the_signature_decides(room):
    keys = [public_of(radar.key).hex() for radar in room.radars.values()]
    ring = room.shell.state.keyring
    hints = ring.hints | {key_id(bytes.fromhex(key)).hex(): tuple(keys) for key in keys}
    room.shell.state = state = msgspec.structs.replace(
        room.shell.state, keyring=msgspec.structs.replace(ring, hints=hints)
    )
    raws = [radar(sayings.healthy, NOW) for radar in room.radars.values()]
    assert [reply.outcome for reply in room.shell.submit(raws, NOW)] == ["accepted"] * 2
    assert replayed(state, room.ledger.entries(state.size)) == room.shell.state
    nobody = [raws[0][:4] + bytes(64) + raws[0][68:]]
    with pytest.raises(LedgerError, match="must stand there"):
        replayed(state, [entry_of(NOW, raw) for raw in nobody])


def test_t25_a_full_disk_refuses_and_recovers(tmp_path):
    disks = Disks()
    try:
        disk = disks.hold(Disk(tmp_path / "live"))
        room = Room(disk.folder)
        known, new = room.radar(sayings.healthy, NOW), room.radar(sayings.detected, NOW, 1, "l-1")
        index, state = room.one(known).index, snapshot(room.shell.state)

        def full(what, _):
            if what == "write":
                raise apsw.FullError("full")

        disk.fault = full
        replies = room.shell.submit([known, new, new, b"", known[:-1] + b"?"], NOW)
        assert [reply.reason for reply in replies] == ["", "disk-full", "disk-full", "malformed", "bad-signature"]
        assert replies[0].index == index
        assert replies[1].again
        assert snapshot(room.shell.state) == state
        disk.fault = None
        assert room.one(new).outcome == "accepted"
        room.ledger.close()
    finally:
        disks.unregister()


def test_checkpoints_and_receipts(room):
    raw = room.radar(sayings.detected, NOW, 1, "l-1")
    index = room.one(raw).index
    assert room.shell.receipt(index) is None
    with witnesses(room) as both:
        note = room.shell.checkpoint(NOW, both)
        assert cosigned(note, QUORUM).head.size == room.ledger.size
        assert room.shell.checkpoint(NOW, both) == note  # nothing new, nothing asked
        receipt, _ = check_receipt(room.shell.receipt(index), raw, QUORUM)
        assert receipt.index == index
        assert room.shell.receipt(room.ledger.size) is room.shell.receipt(-1) is None
        room.again()
        assert room.shell.cosigning.latest == note
        room.one(room.radar(sayings.healthy, NOW))
        assert head_of(room.shell.checkpoint(NOW, both)).size == room.ledger.size  # refused once: the log had forgotten


def test_t17_one_party_that_stays_away_holds_up_evidence_only(room):
    with witnesses(room) as both:
        for n in range(3):
            now = NOW + n * 2 * PATIENCE_NS
            room.shell.submit([room.radar(sayings.healthy, NOW)], now)
            assert room.shell.checkpoint(now, {"nato": both["nato"]}) == ""
        note = room.shell.checkpoint(now, both)
        assert cosigned(note, QUORUM).head.size == room.ledger.size
        assert both["rus"].mirror.size == both["nato"].mirror.size == room.ledger.size


def test_a_late_line_completes_an_older_proposal(room):
    with witnesses(room) as both:
        board = room.shell.cosigning
        older = {name: ask(board, both[name], NOW) for name in PARTIES}
        room.one(room.radar(sayings.healthy, NOW))
        assert board.propose(NOW + 1).head.size < room.ledger.size  # still the first
        assert board.propose(NOW + PATIENCE_NS).head.size == room.ledger.size
        assert board.answered("nato", *older["nato"]) is None
        assert board.request("nato", NOW) is not None
        assert head_of(board.answered("rus", *older["rus"])).size == older["rus"][0].start + len(
            older["rus"][0].entries
        )
        assert board.answered("rus", *older["rus"]) is None  # done already


def ask(board, witness, now_ns):
    """A request, and the witness's answer to it."""
    request = board.request(witness.name, now_ns)
    held = witness.take(request.start, request.entries)
    return request, held, witness.cosign(request.note, request.old_size, request.proof, now_ns // NS_PER_S)


def test_lines_of_others_do_not_count(room):
    with witnesses(room) as both:
        board = room.shell.cosigning
        request, held, line = ask(board, both["nato"], NOW)
        for false in (
            line + line,
            "\u2014 nato AAAA\n",
            "x",
            line.replace("A", "B"),
            "\u2014 nato " + "A" * 400 + "\n",
        ):
            assert board.answered("nato", request, held, false) is None
            assert board.answered("rus", request, held, line) is None
        assert board.request("nato", NOW).note
        nothing = Request(0, (), "", 0, ())
        assert board.answered("nato", nothing, 10**9, line) is None
        assert board.witnesses["nato"].held == room.ledger.size
        assert board.answered("nato", nothing, -5, Refused(409, "no", 10**9)) is None
        assert (board.witnesses["nato"].held, board.witnesses["nato"].signed) == (0, room.ledger.size)
        board.answered("nato", nothing, 0, Refused(409, "no", 0))
        board.answered("nato", request, held, line)
        assert board.request("nato", NOW) is None


def test_many_entries_go_in_several_requests(room, monkeypatch):
    monkeypatch.setattr(cosigning, "MOST_ENTRIES", 3)
    with witnesses(room) as both:
        first = room.shell.cosigning.request("nato", NOW)
        assert (len(first.entries), first.note) == (3, "")
        monkeypatch.setattr(cosigning, "MOST_BYTES", 10)
        assert len(room.shell.cosigning.request("nato", NOW).entries) == 1
        assert cosigned(room.shell.checkpoint(NOW, both), QUORUM).head.size == room.ledger.size


def test_open_proposals_are_bounded(room, monkeypatch):
    monkeypatch.setattr(cosigning, "MOST_OPEN", 2)
    board = Cosigning(room.ledger, KEYS.log, QUORUM)
    first = board.propose(NOW)
    assert board.propose(NOW + PATIENCE_NS) is first  # nothing new: the same text, asked again
    for n in range(2, 5):
        room.one(room.radar(sayings.healthy, NOW))
        assert board.propose(NOW + n * PATIENCE_NS).head.size == room.ledger.size
    assert len(board._open) == 2


def test_a_witness_ahead_of_the_log_shows_that_the_log_lost_its_end(room):
    board = room.shell.cosigning
    request = board.request("nato", NOW)
    board.answered("nato", request, 10**6, Refused(409, "signed last at 1000000 entries", 10**6))
    assert board.witnesses["nato"].refused.size == 10**6


def test_throttle_is_bounded_and_survives_a_clock_set_back(room):
    throttle, said = (
        Throttle(Limits(1.0, 2.0, 1.0, 1.0)),
        sayings.healthy(sayings.header("nato", "n", 1, 1, NOW, NOTHING), NOW),
    )
    for n in range(MOST_KNOWN + 5):
        assert throttle.lets_pass(str(n), said, NOW)
        throttle.was_wrong(str(n), NOW)
    assert len(throttle._buckets) == len(throttle._wrong) == MOST_KNOWN
    bucket = Bucket(1.0, NOW)
    assert [bucket.take(1.0, 2.0, NOW - 10 * NS_PER_S), bucket.take(1.0, 2.0, NOW - 9 * NS_PER_S)] == [True, True]
    assert not bucket.take(1.0, 2.0, NOW - 9 * NS_PER_S)


def test_t18_a_log_that_a_witness_shows_to_be_cut_takes_nothing_more(room, tmp_path):
    """An older copy is put back, and its own largest checkpoint with it: only the witness knows better, and can prove it."""
    room.one(room.radar(sayings.healthy, NOW))
    room.ledger.close()
    shutil.copy(tmp_path / "log.db", tmp_path / "older.db")
    room.again()
    room.one(room.radar(sayings.healthy, NOW))
    with witnesses(room) as held:
        room.shell.checkpoint(NOW, held)
        room.ledger.close()
        shutil.copy(tmp_path / "older.db", tmp_path / "log.db")
        room.again()
        size = room.ledger.size
        assert size < held["nato"].mirror.size
        room.shell.checkpoint(NOW, held)
        with pytest.raises(LedgerError, match=f"{size} entries, but .* over {held['nato'].mirror.size}; restore"):
            room.one(room.radar(sayings.healthy, NOW))
        assert room.ledger.size == size


@pytest.mark.parametrize("note", ["", "nonsense", "smaller", "forged"])
def test_t18_a_witness_that_only_says_so_stops_nobody(room, note):
    room.one(room.radar(sayings.healthy, NOW))
    head = TreeHead(room.ledger.origin, 1_000, b"x" * 32)
    small = TreeHead(room.ledger.origin, room.ledger.size, room.ledger.root())
    shown = {"smaller": sign_head(small, KEYS.log), "forged": sign_head(head, key_of("stranger"))}.get(note, note)
    name = next(iter(room.shell.cosigning.witnesses))
    request = room.shell.cosigning.request(name, NOW)
    room.shell.cosigning.answered(name, request, 0, Refused(409, "far ahead", 1_000, shown))
    assert room.one(room.radar(sayings.healthy, NOW)).outcome == "accepted"


def test_each_copy_shows_by_itself_what_both_stood_by(room):
    room.one(room.radar(sayings.healthy, NOW))
    with witnesses(room) as held:
        note = room.shell.checkpoint(NOW, held)
        assert [witness.mirror.latest_checkpoint() for witness in held.values()] == [(room.ledger.size, note)] * 2
