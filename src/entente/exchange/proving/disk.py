"""A file that keeps its word: what a transaction returned for is on the disk; one process writes. SQLite through apsw.

What bites: after a failed sync nobody knows what the disk holds, and a second try that succeeds proves nothing. So such a
file takes nothing more; opening it again decides. Sources: sqlite.org/wal.html and pragma.html; Rebello et al. (2020), Can
applications recover from fsync failures?
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

from entente.errors import LedgerError, LedgerFull

DURABLE = ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "checkpoint_fullfsync=ON")


class Disk:
    """One open file. To write it, be the only one; to read it (`writing=False`), be anyone.

    Args:
        tables: SQL that lays out a new file.
        vfs: the name of another SQLite file system, for tests that cut the power.
    Raises:
        LedgerError: no such file, none of ours, or open elsewhere.
    """

    def __init__(self, path: Path, tables: str, *, writing: bool, vfs: str | None = None) -> None:
        self.path = path
        self._closed_because = "" if writing else "it was opened for reading"
        self._lock = _locked(path) if writing else -1
        try:
            self._db = _opened(path, tables, writing, vfs)
        except apsw.Error as problem:
            self._let_go()
            raise LedgerError(f"{path}: cannot be opened ({problem}); give the file that was kept there") from None

    def close(self) -> None:
        """Close the file and let another write; safe to call twice."""
        self._db.close()
        self._let_go()

    def rows(self, asked: str, values: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """What a query finds.

        Raises:
            LedgerError: the file cannot be read.
        """
        try:
            yield from self._db.execute(asked, values)
        except (apsw.Error, OverflowError) as problem:
            raise LedgerError(f"{self.path}: cannot be read ({problem}); restore it from a mirror") from None

    def first(self, asked: str, values: tuple[Any, ...] = ()) -> tuple[Any, ...] | None:
        """The first row that a query finds."""
        return next(self.rows(asked, values), None)

    @contextmanager
    def transaction(self) -> Iterator[apsw.Connection]:
        """All or nothing, and on the disk afterwards.

        Raises:
            LedgerFull: no room; nothing changed, and it can be tried again.
            LedgerError: something is there already; or the disk failed, and then nothing more is taken.
        """
        if self._closed_because:
            raise LedgerError(f"{self.path}: takes nothing ({self._closed_because}); open it again")
        try:
            with self._db:
                yield self._db
        except apsw.FullError as full:
            raise LedgerFull(f"{self.path}: {full}; nothing was lost and nothing was taken: make room") from None
        except apsw.ConstraintError as taken:
            raise LedgerError(f"{self.path}: is there already ({taken}); an index, a number is given once") from None
        except apsw.Error as problem:
            self._closed_because = f"the disk failed: {problem}"
            raise LedgerError(f"{self.path}: the disk failed ({problem}); it takes nothing more: stop") from None

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
        raise LedgerError(f"{path}: another process has it open; one log has one writer") from None
    return lock


def _opened(path: Path, tables: str, writing: bool, vfs: str | None) -> apsw.Connection:
    """The file, open, and laid out if it is new. Nothing is left open if that fails."""
    flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE if writing else apsw.SQLITE_OPEN_READONLY
    db = apsw.Connection(str(path), flags=flags, vfs=vfs)
    try:
        for pragma in DURABLE if writing else ():
            db.execute(f"PRAGMA {pragma}").fetchall()
        laid_out = next(iter(db.execute("SELECT count(*) FROM sqlite_schema")))[0]
        if writing and not laid_out:
            with db:
                db.execute(tables)
    except apsw.ReadOnlyError:
        db.close()
        if writing or path.with_name(path.name + "-wal").exists():
            raise
        return _never_changing(path)
    except apsw.Error:
        db.close()
        raise
    return db


def _never_changing(path: Path) -> apsw.Connection:
    """A file that was closed whole, in a place where not even a lock can be written, such as a disk kept as evidence."""
    flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
    return apsw.Connection(f"file:{quote(str(path))}?immutable=1", flags=flags)
