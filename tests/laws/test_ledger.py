"""The log on disk gives back what it took, and refuses to start or go on where it cannot."""

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import apsw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.errors import LedgerError
from entente.exchange.ledger import Ledger, Snapshot
from entente.exchange.proving.entries import entry_of, envelope_of, received_ns
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.merkle import (
    EMPTY,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from entente.exchange.proving.notes import TreeHead, sign_head
from entente.exchange.signing import digest, new_key

KEY = new_key()
ORIGIN = "exercise/one"


def entries(count, start=0):
    return [entry_of(1_000 + i, b"envelope %d" % i) for i in range(start, start + count)]


def note_of(ledger, size=None):
    size = ledger.size if size is None else size
    return sign_head(TreeHead(ledger.origin, size, ledger.root(size)), KEY)


@pytest.fixture
def ledger(tmp_path):
    with Ledger(tmp_path / "log.db", ORIGIN) as made:
        yield made


@given(st.integers(-(2**63), 2**63 - 1), st.binary(max_size=99))
def test_an_entry_is_time_and_envelope(time_ns, envelope):
    entry = entry_of(time_ns, envelope)
    assert len(entry) == 8 + len(envelope)
    assert (received_ns(entry), envelope_of(entry)) == (time_ns, envelope)


def test_the_time_of_an_entry_is_eight_bytes_big_end_first():
    assert entry_of(1, b"x").hex() == "0000000000000001" + b"x".hex()
    assert entry_of(-1, b"").hex() == "ffffffffffffffff"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 20), max_size=12))
def test_what_was_appended_is_there_in_whatever_batches(tmp_path_factory, batches):
    path = tmp_path_factory.mktemp("log") / "log.db"
    all_of_them, reference = [], Frontier(0, [])
    with Ledger(path, ORIGIN) as ledger:
        for count in batches:
            more = entries(count, len(all_of_them))
            assert ledger.append(more) == len(all_of_them)
            all_of_them += more
    reference.append(leaf_hash(entry) for entry in all_of_them)
    with Ledger(path, ORIGIN) as ledger:
        assert ledger.size == len(all_of_them)
        assert ledger.frontier() == reference
        assert list(ledger.entries()) == all_of_them
        assert list(ledger.entries(2, 5)) == all_of_them[2:5]
        assert [ledger.entry(i) for i in range(ledger.size)] == all_of_them
        for size in range(ledger.size + 1):
            verify_consistency(
                size, ledger.size, ledger.root(size), ledger.root(), consistency_proof(ledger.node, size, ledger.size)
            )
        for i in range(ledger.size):
            proof = inclusion_proof(ledger.node, i, ledger.size)
            verify_inclusion(i, ledger.size, leaf_hash(all_of_them[i]), proof, ledger.root())


def test_an_empty_log_has_the_root_of_an_empty_tree(ledger):
    assert (ledger.size, ledger.root(), ledger.root(0)) == (0, EMPTY, EMPTY)
    assert ledger.latest_checkpoint() is None
    assert ledger.latest_snapshot() is None


def test_messages_are_found_by_node_boot_and_number(ledger):
    ledger.append(entries(4), [("a", 1, 7), None, ("b", 1, 7), ("a", 2, 7)])
    ledger.append(entries(2, 4), [("a", 1, 8)])
    assert ledger.found("a", 1, 7) == (0, digest(b"envelope 0"))
    assert ledger.found("b", 1, 7) == (2, digest(b"envelope 2"))
    assert ledger.found("a", 2, 7) == (3, digest(b"envelope 3"))
    assert ledger.found("a", 1, 8) == (4, digest(b"envelope 4"))
    for nothing in (("a", 1, 9), ("c", 1, 7), ("b", 2, 7)):
        assert ledger.found(*nothing) is None


def test_a_number_is_given_once_and_its_batch_leaves_nothing_behind(ledger):
    ledger.append(entries(2), [("a", 1, 1), ("a", 1, 2)])
    before = ledger.size, ledger.root()
    with pytest.raises(LedgerError, match="given once"):
        ledger.append(entries(2, 2), [("b", 1, 1), ("a", 1, 2)])
    assert (ledger.size, ledger.root()) == before
    assert ledger.found("b", 1, 1) is None
    ledger.append(entries(1, 2), [("b", 1, 1)])
    assert ledger.size == 3


def test_there_is_no_root_over_more_than_there_is(ledger):
    ledger.append(entries(3))
    for size in (4, -1):
        with pytest.raises(LedgerError, match="no root"):
            ledger.root(size)
    for missing in (lambda: ledger.entry(3), lambda: ledger.node(0, 3), lambda: ledger.node(2, 0)):
        with pytest.raises(LedgerError, match="not there"):
            missing()


def test_checkpoints_are_kept_if_they_say_what_the_log_is(ledger):
    ledger.append(entries(5))
    note = note_of(ledger, 3)
    ledger.save_checkpoint(3, note)
    assert ledger.latest_checkpoint() == (3, note)
    ledger.append(entries(2, 5), note="")
    grown = ledger.frontier()
    more = entries(1, 7)
    grown.append([leaf_hash(more[0])])
    after = sign_head(TreeHead(ORIGIN, 8, grown.root()), KEY)
    ledger.append(more, note=after)
    assert ledger.latest_checkpoint() == (8, after)
    ledger.save_checkpoint(5, note_of(ledger, 5))  # a smaller one that came late does no harm
    assert ledger.latest_checkpoint() == (8, after)
    assert [size for size, _ in ledger.checkpoints()] == [5, 8]
    for wrong in (
        sign_head(TreeHead(ORIGIN, 8, bytes(32)), KEY),
        sign_head(TreeHead("exercise/two", 8, ledger.root()), KEY),
        note_of(ledger, 7),
    ):
        with pytest.raises(LedgerError, match="not about this log"):
            ledger.save_checkpoint(8, wrong)


def test_a_checkpoint_that_does_not_fit_takes_its_batch_with_it(ledger):
    with pytest.raises(LedgerError):
        ledger.append(entries(2), note=sign_head(TreeHead(ORIGIN, 2, bytes(32)), KEY))
    assert ledger.size == 0
    assert list(ledger.entries()) == []


def test_of_the_checkpoints_within_256_entries_the_last_is_kept(ledger):
    for start in range(0, 700, 10):
        ledger.append(entries(10, start))
        ledger.save_checkpoint(ledger.size, note_of(ledger))
    assert [size for size, _ in ledger.checkpoints()] == [250, 510, 700]
    ledger.save_checkpoint(700, note_of(ledger))
    assert [size for size, _ in ledger.checkpoints()] == [250, 510, 700]


def test_the_latest_whole_snapshot_is_found(ledger, tmp_path):
    ledger.append(entries(9))
    for index in (3, 6, 9):
        ledger.save_snapshot(index, ledger.root(index), b"state %d" % index)
    ledger.save_snapshot(9, ledger.root(9), b"state nine")
    assert ledger.latest_snapshot() == Snapshot(9, ledger.root(), b"state nine")
    ledger.close()
    db = apsw.Connection(str(tmp_path / "log.db"))
    assert [at for (at,) in db.execute("SELECT at FROM snapshots")] == [6, 9]
    db.execute("UPDATE snapshots SET state = ? WHERE at = 9", (b"state NINE",))
    db.close()
    with Ledger(tmp_path / "log.db", ORIGIN) as again:
        assert again.latest_snapshot() == Snapshot(6, again.root(6), b"state 6")
        again.save_snapshot(12, again.root(), b"of another tree")
        again.save_snapshot(9, bytes(32), b"of another tree")
        assert again.latest_snapshot() is None


def test_evidence_is_kept_once(ledger):
    for i in (1, 1, 2):
        ledger.keep_evidence(Evidence("who", "reason", b"note %d" % i))
    ledger.append(entries(2), evidence=[Evidence("who", "another", b"note 2"), Evidence("who", "another", b"note 3")])
    assert [(*piece,) for piece in ledger.evidence()] == [
        ("who", "reason", b"note 1"), ("who", "reason", b"note 2"), ("who", "another", b"note 3"),
    ]  # fmt: skip


def test_evidence_is_bounded(ledger, monkeypatch):
    monkeypatch.setattr("entente.exchange.ledger.MOST_EVIDENCE", 3)
    monkeypatch.setattr("entente.exchange.ledger.MOST_OF_ONE", 2)
    for about in "abc":  # where all is full, who has most gives up its latest
        for i in range(5):
            ledger.keep_evidence(Evidence(about, "reason", f"{about} {i}".encode()))
    assert [piece.what for piece in ledger.evidence()] == [b"a 0", b"b 0", b"c 0"]


def test_a_reader_reads_while_the_writer_writes(ledger):
    ledger.append(entries(3))
    with Ledger(ledger.path, ORIGIN, writing=False) as reader:
        ledger.append(entries(3, 3))
        assert reader.size == 3
        assert reader.root() == ledger.root(3)
        assert list(reader.entries()) == entries(3)
        for change in (
            lambda: reader.append(entries(1)),
            lambda: reader.save_snapshot(3, reader.root(), b""),
        ):
            with pytest.raises(LedgerError, match="opened for reading"):
                change()


def test_what_is_no_log_is_refused(tmp_path):
    (tmp_path / "text.db").write_bytes(b"no database at all, but a text that is long enough to be looked at" * 99)
    for path in (tmp_path / "text.db", tmp_path / "none.db"):
        with pytest.raises(LedgerError, match="cannot be opened"):
            Ledger(path, ORIGIN, writing=False)
    with pytest.raises(LedgerError, match="cannot be opened"):
        Ledger(tmp_path / "text.db", ORIGIN)
    with pytest.raises(LedgerError, match="cannot be written"):
        Ledger(tmp_path / "no folder" / "log.db", ORIGIN)
    apsw.Connection(str(tmp_path / "other.db")).execute("CREATE TABLE other (x)")
    with pytest.raises(LedgerError, match="cannot be read"):
        Ledger(tmp_path / "other.db", ORIGIN)
    with Ledger(tmp_path / "log.db", ORIGIN):
        pass
    with pytest.raises(LedgerError, match="asked for the log 'exercise/two'"):
        Ledger(tmp_path / "log.db", "exercise/two")
    shutil.copy(tmp_path / "log.db", tmp_path / "newer.db")
    apsw.Connection(str(tmp_path / "newer.db")).execute("UPDATE about SET format = 2")
    with pytest.raises(LedgerError, match="in form 1"):
        Ledger(tmp_path / "newer.db", ORIGIN)


@contextmanager
def as_a_stranger(folder):
    """Nothing can be written in the folder meanwhile, not even by root, who becomes somebody else."""
    root = os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


def test_a_log_may_be_read_where_nothing_can_be_written():
    with TemporaryDirectory(prefix="evi dence?") as name:  # pytest's own folders are closed to strangers
        folder = Path(name)
        with Ledger(folder / "log.db", ORIGIN) as ledger:
            ledger.append(entries(3))
        (folder / "log.db").chmod(0o444)
        with as_a_stranger(folder), Ledger(folder / "log.db", ORIGIN, writing=False) as reader:
            assert list(reader.entries()) == entries(3)


def test_a_log_that_was_not_closed_is_not_read_without_its_end():
    """The end is in the file beside it, which cannot be read without a lock; the file alone would be an older log."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Ledger(folder / "log.db", ORIGIN) as ledger:
            ledger.append(entries(3))
            for file in ("log.db", "log.db-wal"):
                shutil.copy(folder / file, folder / f"copy-{file}")
                (folder / f"copy-{file}").chmod(0o444)
        with as_a_stranger(folder), pytest.raises(LedgerError, match="cannot be opened"):
            Ledger(folder / "copy-log.db", ORIGIN, writing=False)


def test_a_log_on_a_disk_that_takes_nothing_is_not_opened_for_writing():
    with TemporaryDirectory() as name:
        folder = Path(name)
        with Ledger(folder / "log.db", ORIGIN) as ledger:
            ledger.append(entries(3))
        (folder / "log.db").chmod(0o444)
        (folder / "log.db.lock").chmod(0o666)
        with as_a_stranger(folder), pytest.raises(LedgerError, match="cannot be opened"):
            Ledger(folder / "log.db", ORIGIN)


def test_a_ledger_closes_twice_and_lets_another_write(tmp_path):
    ledger = Ledger(tmp_path / "log.db", ORIGIN)
    ledger.close()
    ledger.close()
    with Ledger(tmp_path / "log.db", ORIGIN) as other:
        other.append(entries(1))


def test_a_file_takes_at_most_two_and_a_half_times_its_envelopes(tmp_path):
    """Of 350 bytes, which is a short message."""
    envelopes = [os.urandom(350) for _ in range(1_600)]
    with Ledger(tmp_path / "log.db", ORIGIN) as ledger:
        for start in range(0, 1_600, 10):
            batch = envelopes[start : start + 10]
            numbers = [(f"node-{i % 3}", 1, start + i) for i in range(10)]
            ledger.append([entry_of(start, envelope) for envelope in batch], numbers)
            ledger.save_checkpoint(ledger.size, note_of(ledger))
    assert (tmp_path / "log.db").stat().st_size < 2.5 * 350 * 1_600
