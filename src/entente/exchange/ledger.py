"""The log on disk: entries, their hashes, the tree over them, and the checkpoints both sides cosigned; SQLite through apsw.

What `append` returned for is on the disk: write-ahead log, `synchronous=FULL`, one transaction for a whole batch with its
part of the tree. A leaf hash stands beside its entry, so that an audit can name the entry that changed; inner hashes are
kept in the order in which appending completes them (`merkle.rank`), so that all tables grow at their end.
One process writes: a lock on `PATH.lock` is held until `close`.

What bites: after a failed sync nobody knows what the disk holds, and a second try that succeeds proves nothing. So such a
ledger takes nothing more; opening it again decides. Sources: Rebello et al. (2020), Can applications recover from fsync
failures?; sqlite.org/wal.html.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import apsw

from entente.errors import LedgerError, LedgerFull
from entente.exchange.merkle import Frontier, frontier_at, leaf_hash, rank, root_from
from entente.exchange.notes import TreeHead, head_of

FORMAT = 1  # of the tables below
TIME_BYTES = 8
KEPT_EVERY = 256  # entries: of the checkpoints in between only the last is kept
SNAPSHOTS_KEPT = 2

TABLES = """
CREATE TABLE about (origin TEXT NOT NULL, format INTEGER NOT NULL);
CREATE TABLE entries (at INTEGER PRIMARY KEY, entry BLOB NOT NULL, leaf BLOB NOT NULL);
CREATE TABLE inner_nodes (rank INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE numbers (node INTEGER, boot INTEGER, number INTEGER, at INTEGER NOT NULL,
                      PRIMARY KEY (node, boot, number)) WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE snapshots (at INTEGER PRIMARY KEY, root BLOB NOT NULL, state BLOB NOT NULL, digest BLOB NOT NULL);
"""
DURABLE = ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON", "foreign_keys=ON")

Number = tuple[str, int, int]  # node, boot, number


@dataclass(frozen=True)
class Snapshot:
    """The centre's state after the first `index` entries, whose tree has this root."""

    index: int
    root: bytes
    state: bytes


def entry_of(received_ns: int, envelope: bytes) -> bytes:
    """An entry of the log: when the centre received it, big-endian nanoseconds since 1970, and the envelope as it came."""
    return received_ns.to_bytes(TIME_BYTES, "big", signed=True) + envelope


def received_ns(entry: bytes) -> int:
    """When the centre received this entry."""
    return int.from_bytes(entry[:TIME_BYTES], "big", signed=True)


def envelope_of(entry: bytes) -> bytes:
    """The envelope in an entry, as it was received."""
    return entry[TIME_BYTES:]


class Ledger:
    """One log, open. To write it, be the only one; to read it (`writing=False`), be anyone.

    Raises:
        LedgerError: no ledger, another log's, open elsewhere, or one that no longer holds what was cosigned.
    """

    def __init__(self, path: Path, origin: str, *, writing: bool = True, vfs: str | None = None) -> None:
        self.path, self.origin = path, origin
        self._closed_because = "" if writing else "it was opened for reading"
        self._lock = _locked(path) if writing else -1
        try:
            self._db = _opened(path, origin, writing, vfs)
            self._frontier = frontier_at(self.node, self._stored_size())
            self._refuse_a_loss()
        except BaseException:
            self._let_go()
            raise

    def close(self) -> None:
        """Close the file and let go of the lock; safe to call twice."""
        self._db.close()
        self._let_go()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._frontier.size

    def frontier(self) -> Frontier:
        """The right edge of the tree, to try entries on before they are stored."""
        return self._frontier.copy()

    def append(self, entries: Sequence[bytes], numbered: Sequence[Number | None] = (), note: str = "") -> int:
        """Store entries, their tree and, if given, a checkpoint in one transaction; it is on the disk when this returns.

        Args:
            entries: `entry_of(...)` each, in order.
            numbered: for each entry the (node, boot, number) by which `found` is to find it, or None.
            note: a checkpoint over the log as it is afterwards; the caller has checked its signatures.
        Returns:
            the index of the first of them.
        Raises:
            LedgerFull: no room; nothing changed, and it can be tried again.
            LedgerError: the disk failed, or a number is taken; after a failure of the disk nothing more is accepted.
        """
        first, grown = self.size, self._frontier.copy()
        leaves = [leaf_hash(entry) for entry in entries]
        before = first - first.bit_count()  # inner subtrees so far
        completed = grown.append(leaves)
        with self._transaction():
            run = self._db.executemany
            run("INSERT INTO entries VALUES (?, ?, ?)", zip(range(first, grown.size), entries, leaves, strict=True))
            run("INSERT INTO inner_nodes VALUES (?, ?)", enumerate(completed, before + 1))
            self._number(first, numbered)
            if note:
                self._keep_checkpoint(note, grown.size, grown.root())
        self._frontier = grown
        return first

    def entry(self, i: int) -> bytes:
        """Entry `i` as it was stored."""
        return self._one("SELECT entry FROM entries WHERE at = ?", i, f"entry {i}")

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Entries from `start` up to `stop`, or to the end, in order."""
        return (entry for _, entry, _ in self.rows(start, stop))

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, bytes, bytes]]:
        """Index, entry and stored leaf hash from `start` up to `stop`, in order; for audits."""
        until = self.size if stop is None else stop
        yield from self._db.execute("SELECT * FROM entries WHERE at >= ? AND at < ? ORDER BY at", (start, until))

    def node(self, level: int, i: int) -> bytes:
        """The hash of the perfect subtree `i` of this level; level 0 are the leaves."""
        if level == 0:
            return self._one("SELECT leaf FROM entries WHERE at = ?", i, f"leaf {i}")
        return self._one("SELECT hash FROM inner_nodes WHERE rank = ?", rank(level, i), f"subtree {level}, {i}")

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` entries, or over all."""
        if size is None or size == self.size:
            return self._frontier.root()
        if not 0 <= size < self.size:
            raise LedgerError(f"{self.path}: no root over {size} entries; there are {self.size}")
        return root_from(self.node, size)

    def found(self, node: str, boot: int, number: int) -> tuple[int, str] | None:
        """Where the message with this number stands, and the digest of its envelope."""
        asked = "SELECT at FROM numbers JOIN nodes ON nodes.id = node WHERE name = ? AND boot = ? AND number = ?"
        for (at,) in self._db.execute(asked, (node, boot, number)):
            return at, sha256(envelope_of(self.entry(at))).hexdigest()
        return None

    def save_checkpoint(self, size: int, note: str) -> None:
        """Keep a checkpoint over the first `size` entries; the caller has checked its signatures.

        Of the checkpoints within 256 entries only the last is kept.
        Raises:
            LedgerError: it does not say what this log holds, or a larger one is kept already.
        """
        root = self.root(size)
        with self._transaction():
            self._keep_checkpoint(note, size, root)

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """Size and text of the largest checkpoint kept."""
        for size, note in self._db.execute("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1"):
            return size, note
        return None

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Size and text of every checkpoint kept, smallest first."""
        yield from self._db.execute("SELECT size, note FROM checkpoints ORDER BY size")

    def must_hold(self, head: TreeHead) -> None:
        """Refuse to go on unless this log begins with what `head` says: a checkpoint that somebody else kept.

        This is how a backup restored over a newer log is noticed: what it forgot stands in the mirrors.
        Raises:
            LedgerError: shorter, another log, or another root.
        """
        if head.origin != self.origin:
            raise LedgerError(f"{self.path}: this is {self.origin!r}, the checkpoint is of {head.origin!r}")
        if head.size > self.size:
            raise LedgerError(f"{self.path}: {self.size} entries, but {head.size} were cosigned; "
                              "the end is lost: restore it from a mirror")  # fmt: skip
        if self.root(head.size) != head.root:
            raise LedgerError(f"{self.path}: the first {head.size} entries are not those that were cosigned; "
                              "find the first bad entry with: entente verify")  # fmt: skip

    def save_snapshot(self, index: int, root: bytes, state: bytes) -> None:
        """Keep the centre's state after the first `index` entries: a short cut for the next start, never evidence."""
        with self._transaction():
            mark = sha256(state).digest()
            self._db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", (index, root, state, mark))
            self._db.execute(
                "DELETE FROM snapshots WHERE at NOT IN (SELECT at FROM snapshots ORDER BY at DESC LIMIT ?)",
                (SNAPSHOTS_KEPT,),
            )

    def latest_snapshot(self) -> Snapshot | None:
        """The latest whole snapshot that fits the tree; a damaged one is passed over, for all of it can be replayed."""
        for at, root, state, mark in self._db.execute("SELECT * FROM snapshots ORDER BY at DESC"):
            if at <= self.size and self.root(at) == root and sha256(state).digest() == mark:
                return Snapshot(at, root, state)
        return None

    def _stored_size(self) -> int:
        """How many entries the file holds. That none is missing before the last is for the audit to find: it reads all."""
        (last,) = next(iter(self._db.execute("SELECT max(at) FROM entries")))
        return 0 if last is None else last + 1

    def _refuse_a_loss(self) -> None:
        """Start only if what was cosigned is still there."""
        latest = self.latest_checkpoint()
        if latest:
            self.must_hold(head_of(latest[1]))

    def _keep_checkpoint(self, note: str, size: int, root: bytes) -> None:
        """Inside a transaction: keep a checkpoint that says what the log is."""
        said, latest = head_of(note), self.latest_checkpoint()
        if said != TreeHead(self.origin, size, root):
            raise LedgerError(f"{self.path}: the checkpoint over {said.size} entries is not about this log as it is")
        if latest and latest[0] > said.size:
            raise LedgerError(f"{self.path}: a checkpoint over {latest[0]} entries is kept; {said.size} is less")
        block = said.size // KEPT_EVERY * KEPT_EVERY
        self._db.execute("DELETE FROM checkpoints WHERE size >= ?", (block,))
        self._db.execute("INSERT INTO checkpoints VALUES (?, ?)", (said.size, note))

    def _number(self, first: int, numbered: Sequence[Number | None]) -> None:
        """Inside a transaction: make entries findable by number."""
        given = [(*number, at) for at, number in enumerate(numbered, first) if number]
        self._db.executemany("INSERT OR IGNORE INTO nodes (name) VALUES (?)", {(name,) for name, *_ in given})
        asked = "INSERT INTO numbers VALUES ((SELECT id FROM nodes WHERE name = ?), ?, ?, ?)"
        self._db.executemany(asked, given)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, and on the disk afterwards; a failed disk ends this ledger."""
        if self._closed_because:
            raise LedgerError(f"{self.path}: takes nothing ({self._closed_because}); open it again")
        try:
            with self._db:
                yield
        except apsw.FullError as full:
            raise LedgerFull(f"{self.path}: {full}; nothing was lost and nothing was taken: make room") from None
        except apsw.ConstraintError as taken:
            raise LedgerError(f"{self.path}: {taken}; a number of a node is given once, an index too") from None
        except apsw.Error as problem:
            self._closed_because = f"the disk failed: {problem}"
            raise LedgerError(f"{self.path}: the disk failed ({problem}); it takes nothing more: stop") from None

    def _one(self, asked: str, value: int, what: str) -> bytes:
        """The one blob that a row holds."""
        for (blob,) in self._db.execute(asked, (value,)):
            return blob
        raise LedgerError(f"{self.path}: {what} is not there; there are {self.size} entries")

    def _let_go(self) -> None:
        """Let another process write."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _locked(path: Path) -> int:
    """The lock of the one who writes: held by an open file, so that the system lets go of it when the process ends."""
    try:
        lock = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as problem:
        raise LedgerError(f"{path}: cannot be written ({problem.strerror}); pick another place") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise LedgerError(f"{path}: another centre has it open; one log has one writer") from None
    return lock


def _opened(path: Path, origin: str, writing: bool, vfs: str | None) -> apsw.Connection:
    """The file, open, with its tables; refused if it is of another log or form."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writing else apsw.SQLITE_OPEN_READONLY
    try:
        db = apsw.Connection(str(path), flags=flags, vfs=vfs)
        if writing:
            for pragma in DURABLE:
                db.execute(f"PRAGMA {pragma}")
        empty = not next(iter(db.execute("SELECT count(*) FROM sqlite_schema")))[0]
        if empty and writing:
            with db:
                db.execute(TABLES)
                db.execute("INSERT INTO about VALUES (?, ?)", (origin, FORMAT))
        about = next(iter(db.execute("SELECT origin, format FROM about")))
    except (apsw.Error, StopIteration) as problem:
        raise LedgerError(f"{path}: no log can be opened ({problem}); give the file that the centre writes") from None
    if about != (origin, FORMAT):
        db.close()
        raise LedgerError(f"{path}: the log {about[0]!r} in form {about[1]}; asked for {origin!r} in form {FORMAT}")
    return db
