"""The log on disk: entries, their hashes, the tree over them, and the checkpoints that both sides cosigned.

What `append` returned for is on the disk (`disk`), a whole batch with its part of the tree in one transaction. A leaf hash
stands beside its entry, so that an audit can name the entry that changed; inner hashes are kept in the order in which
appending completes them (`merkle.rank`), so that the tables grow at their ends. About 1.3 bytes a byte of envelopes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw

from entente.errors import LedgerError
from entente.exchange.proving.disk import Disk
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.merkle import Frontier, frontier_at, leaf_hash, rank, root_from
from entente.exchange.proving.notes import TreeHead, head_of

FORMAT = 1  # of the tables below
KEPT_EVERY = 256  # entries: of the checkpoints in between only the last is kept
SNAPSHOTS_KEPT = 2
MOST_EVIDENCE, MOST_OF_ONE = 1_000, 100  # pieces, and about one name; the first are worth the most

TABLES = """
CREATE TABLE about (origin TEXT NOT NULL, format INTEGER NOT NULL);
CREATE TABLE entries (at INTEGER PRIMARY KEY, entry BLOB NOT NULL, leaf BLOB NOT NULL);
CREATE TABLE inner_nodes (rank INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE nodes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE numbers (node INTEGER, boot INTEGER, number INTEGER, at INTEGER NOT NULL,
                      PRIMARY KEY (node, boot, number)) WITHOUT ROWID;
CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL);
CREATE TABLE snapshots (at INTEGER PRIMARY KEY, root BLOB NOT NULL, state BLOB NOT NULL, digest BLOB NOT NULL);
CREATE TABLE evidence (id INTEGER PRIMARY KEY, about TEXT NOT NULL, reason TEXT NOT NULL, what BLOB NOT NULL UNIQUE);
"""

Number = tuple[str, int, int]  # node, boot, number


@dataclass(frozen=True)
class Snapshot:
    """The centre's state after the first `index` entries, whose tree has this root."""

    index: int
    root: bytes
    state: bytes


class Ledger:
    """One log, open. To write it, be the only one; to read it (`writing=False`), be anyone.

    Raises:
        LedgerError: no ledger, another log's, open elsewhere, or, for writing, one that no longer holds what was cosigned.
    """

    _edge: Frontier | None

    def __init__(self, path: Path, origin: str, *, writing: bool = True, vfs: str | None = None) -> None:
        self.path, self.origin = path, origin
        self._disk = Disk(path, TABLES, writing=writing, vfs=vfs)
        try:
            self._be(origin, writing)
            self._size, self._edge = self._stored_size(), None
            if writing:
                self._refuse_a_loss()
        except BaseException:
            self._disk.close()
            raise

    def close(self) -> None:
        """Close the file and let another write; safe to call twice."""
        self._disk.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def size(self) -> int:
        """How many entries there are."""
        return self._size

    def frontier(self) -> Frontier:
        """The right edge of the tree, to try entries on before they are stored."""
        return self._frontier.copy()

    def append(
        self, entries: Sequence[bytes], numbered: Sequence[Number | None] = (), note: str = "",
        evidence: Sequence[Evidence] = (),
    ) -> int:  # fmt: skip
        """Store entries, their tree and, if given, a checkpoint in one transaction; it is on the disk when this returns.

        Args:
            entries: `entries.entry_of(...)` each, in order.
            numbered: for each entry the (node, boot, number) by which `found` is to find it, or None.
            note: a checkpoint over the log as it is afterwards; the caller has checked its signatures.
            evidence: as `keep_evidence`.
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
        with self._disk.transaction() as db:
            rows = zip(range(first, grown.size), entries, leaves, strict=True)
            db.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
            db.executemany("INSERT INTO inner_nodes VALUES (?, ?)", enumerate(completed, before + 1))
            _number(db, first, numbered)
            _keep(db, evidence)
            if note:
                self._keep_checkpoint(db, note, TreeHead(self.origin, grown.size, grown.root()))
        self._size, self._edge = grown.size, grown
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
        asked = "SELECT at, entry, leaf FROM entries WHERE at >= ? AND at < ? ORDER BY at"
        for at, entry, leaf in self._disk.rows(asked, (start, until)):
            yield at, self._blob(entry, f"entry {at}"), self._blob(leaf, f"leaf {at}")

    def node(self, level: int, i: int) -> bytes:
        """The hash of the perfect subtree `i` of this level; level 0 are the leaves."""
        if level == 0:
            return self._one("SELECT leaf FROM entries WHERE at = ?", i, f"leaf {i}")
        return self._one("SELECT hash FROM inner_nodes WHERE rank = ?", rank(level, i), f"subtree {level}, {i}")

    def inner_nodes(self) -> Iterator[bytes]:
        """The hashes above the leaves in the order in which appending completed them; for audits."""
        return (hash_ for (hash_,) in self._disk.rows("SELECT hash FROM inner_nodes ORDER BY rank"))

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
        row = self._disk.first(asked, (node, boot, number))
        return None if row is None else (row[0], sha256(envelope_of(self.entry(row[0]))).hexdigest())

    def save_checkpoint(self, size: int, note: str) -> None:
        """Keep a checkpoint over the first `size` entries; the caller has checked its signatures.

        Of the checkpoints within 256 entries only the last is kept, and what comes after it.
        Raises:
            LedgerError: it does not say what this log holds.
        """
        head = TreeHead(self.origin, size, self.root(size))
        with self._disk.transaction() as db:
            self._keep_checkpoint(db, note, head)

    def latest_checkpoint(self) -> tuple[int, str] | None:
        """Size and text of the largest checkpoint kept."""
        row = self._disk.first("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")
        return None if row is None else (row[0], self._note(row[1], row[0]))

    def checkpoints(self) -> Iterator[tuple[int, str]]:
        """Size and text of every checkpoint kept, smallest first."""
        for size, note in self._disk.rows("SELECT size, note FROM checkpoints ORDER BY size"):
            yield size, self._note(note, size)

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
        oldest = "SELECT at FROM snapshots ORDER BY at DESC LIMIT ?"
        with self._disk.transaction() as db:
            mark = sha256(state).digest()
            db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", (index, root, state, mark))
            db.execute(f"DELETE FROM snapshots WHERE at NOT IN ({oldest})", (SNAPSHOTS_KEPT,))

    def latest_snapshot(self) -> Snapshot | None:
        """The latest whole snapshot that fits the tree; a damaged one is passed over, for all of it can be replayed."""
        for at, root, state, mark in self._disk.rows("SELECT at, root, state, digest FROM snapshots ORDER BY at DESC"):
            is_whole = isinstance(state, bytes) and sha256(state).digest() == mark
            if is_whole and at <= self.size and self.root(at) == root:
                return Snapshot(at, root, state)
        return None

    def keep_evidence(self, piece: Evidence) -> None:
        """Keep what somebody signed and should not have: each once, the first hundred about one name, a thousand in all."""
        with self._disk.transaction() as db:
            _keep(db, [piece])

    def evidence(self) -> Iterator[Evidence]:
        """What is kept as evidence, oldest first."""
        for about, reason, what in self._disk.rows("SELECT about, reason, what FROM evidence ORDER BY id"):
            yield Evidence(str(about), str(reason), self._blob(what, f"evidence about {about!r}"))

    @property
    def _frontier(self) -> Frontier:
        """The right edge of the tree, read when it is first asked for."""
        if self._edge is None:
            self._edge = frontier_at(self.node, self._size)
        return self._edge

    def _be(self, origin: str, writing: bool) -> None:
        """Be the log of this name: say so in a new file, find it said in an old one."""
        if writing and self._disk.first("SELECT 1 FROM about") is None:
            with self._disk.transaction() as db:
                db.execute("INSERT INTO about VALUES (?, ?)", (origin, FORMAT))
        about = self._disk.first("SELECT origin, format FROM about")
        if about != (origin, FORMAT):
            raise LedgerError(f"{self.path}: holds {about}; asked for the log {origin!r} in form {FORMAT}")

    def _stored_size(self) -> int:
        """How many entries the file holds. That none is missing before the last is for the audit to find: it reads all."""
        row = self._disk.first("SELECT at FROM entries ORDER BY at DESC LIMIT 1")
        return row[0] + 1 if row else 0

    def _refuse_a_loss(self) -> None:
        """Start only if what was cosigned is still there."""
        latest = self.latest_checkpoint()
        self.must_hold(head_of(latest[1]) if latest else TreeHead(self.origin, self.size, self.root()))

    def _keep_checkpoint(self, db: apsw.Connection, note: str, head: TreeHead) -> None:
        """Inside a transaction: keep a checkpoint if it says what this log is."""
        said = head_of(note)
        if said != head:
            raise LedgerError(f"{self.path}: the checkpoint over {said.size} entries is not about this log as it is")
        block = said.size // KEPT_EVERY * KEPT_EVERY
        db.execute("DELETE FROM checkpoints WHERE size BETWEEN ? AND ?", (block, said.size))
        db.execute("INSERT INTO checkpoints VALUES (?, ?)", (said.size, note))

    def _one(self, asked: str, value: int, what: str) -> bytes:
        """The one blob that a row holds."""
        row = self._disk.first(asked, (value,))
        if row is None:
            raise LedgerError(f"{self.path}: {what} is not there; restore it from a mirror")
        return self._blob(row[0], what)

    def _blob(self, value: object, what: str) -> bytes:
        """What a row holds; a file that somebody changed may hold anything."""
        if isinstance(value, bytes):
            return value
        raise LedgerError(f"{self.path}: {what} is no longer what was written; restore it from a mirror")

    def _note(self, value: object, size: int) -> str:
        """The text of the checkpoint kept over so many entries."""
        if isinstance(value, str):
            return value
        raise LedgerError(f"{self.path}: the checkpoint over {size} entries is no text; delete it, or take a mirror")


def _keep(db: apsw.Connection, pieces: Sequence[Evidence]) -> None:
    """Inside a transaction: keep evidence, as far as there is room for it.

    Where there is none, the name with the most of it gives up its latest: so nobody's many keep out another's first.
    """
    for piece in pieces:
        total, own, is_kept = _first(
            db,
            "SELECT count(*), ifnull(sum(about = ?), 0), ifnull(max(what = ?), 0) FROM evidence",
            (piece.about, piece.what),
        )
        if is_kept or own >= MOST_OF_ONE:
            continue
        if total >= MOST_EVIDENCE:
            asked = "SELECT max(id), count(*) FROM evidence GROUP BY about ORDER BY count(*) DESC LIMIT 1"
            latest, most = _first(db, asked, ())
            if most <= own + 1:
                continue
            db.execute("DELETE FROM evidence WHERE id = ?", (latest,))
        db.execute("INSERT INTO evidence (about, reason, what) VALUES (?, ?, ?)", piece)


def _first(db: apsw.Connection, asked: str, values: tuple[str | bytes, ...]) -> tuple[Any, ...]:
    """The one row of a count."""
    return next(iter(db.execute(asked, values)))


def _number(db: apsw.Connection, first: int, numbered: Sequence[Number | None]) -> None:
    """Inside a transaction: make entries findable by number."""
    given = [(*number, at) for at, number in enumerate(numbered, first) if number]
    db.executemany("INSERT OR IGNORE INTO nodes (name) VALUES (?)", {(name,) for name, *_ in given})
    db.executemany("INSERT INTO numbers VALUES ((SELECT id FROM nodes WHERE name = ?), ?, ?, ?)", given)
