"""What has this node said, and is it in the log for both? The node's own memory, on disk.

A message gets its number here, is chained to the one before, is sealed and stored, and only then sent; it waits until a
receipt shows it in a log that both parties cosigned. So a node never loses what it said, and never says two things under
one number, unless its disk is put back to an older day: `must_know` notices that before it speaks again.
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from entente.errors import ExchangeError, LedgerError
from entente.exchange.messages import NOTHING, Said
from entente.exchange.proving.disk import Disk
from entente.exchange.proving.receipts import Quorum, Receipt, check_receipt
from entente.exchange.saying.decoding import encode
from entente.exchange.signing import Key, digest, seal

TABLES = """
CREATE TABLE about (log TEXT NOT NULL, node TEXT NOT NULL, boot INTEGER NOT NULL);
CREATE TABLE letters (number INTEGER PRIMARY KEY, raw BLOB NOT NULL, receipt TEXT);
CREATE INDEX waiting ON letters (number) WHERE receipt IS NULL;
CREATE TABLE refusals (number INTEGER PRIMARY KEY, reason TEXT NOT NULL);
"""


class Outbox:
    """The outbox of one node at one boot, for one log.

    Args:
        key: with which the node signs.
        boot: as the party's root announced it; a node that is set up anew begins another file.
    Raises:
        LedgerError: the file is of another node, boot or log, or open elsewhere.
    """

    def __init__(self, path: Path, key: Key, log: str, node: str, boot: int, *, vfs: str | None = None) -> None:
        self.path, self.log, self.node, self.boot = path, log, node, boot
        self._key = key
        self._disk = Disk(path, TABLES, writing=True, vfs=vfs)
        try:
            self._be()
        except BaseException:
            self._disk.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._disk.close()

    def __enter__(self) -> "Outbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def last(self) -> int:
        """The number of the latest message; 0 before the first."""
        row = self._disk.first("SELECT max(number) FROM letters")
        return (row and row[0]) or 0

    def put(self, message: Said) -> bytes:
        """Number, chain, seal and store a message; its envelope, which is on the disk when this returns.

        Raises:
            ExchangeError: the message is of another node, boot or log.
            LedgerError: the disk failed or is full; nothing may be sent.
        """
        if (message.log, message.node, message.boot) != (self.log, self.node, self.boot):
            raise ExchangeError(f"{self.path}: a message of {message.node!r}, boot {message.boot}, for {message.log!r}; "
                                f"this is the outbox of {self.node!r}, boot {self.boot}, for {self.log!r}")  # fmt: skip
        number = self.last + 1
        before = self._raw(number - 1)
        said = msgspec.structs.replace(message, number=number, previous=digest(before) if before else NOTHING)
        raw = seal(self._key, encode(said))
        with self._disk.transaction() as db:
            db.execute("INSERT INTO letters VALUES (?, ?, NULL)", (number, raw))
        return raw

    def waiting(self, most: int = 256, after: int = 0) -> list[tuple[int, bytes]]:
        """Numbers beyond `after` and envelopes without a receipt, oldest first; those refused for good wait no more."""
        asked = ("SELECT number, raw FROM letters WHERE receipt IS NULL AND number > ? "
                 "AND number NOT IN (SELECT number FROM refusals) ORDER BY number LIMIT ?")  # fmt: skip
        return [(number, raw) for number, raw in self._disk.rows(asked, (after, most))]

    def settle(self, number: int, receipt: str, quorum: Quorum) -> Receipt:
        """Check a receipt and keep it beside its envelope; only now the message waits no more.

        Raises:
            LedgerError: no message has this number.
            Malformed, BadProof: the receipt does not hold; the message goes on waiting.
        """
        return self.settle_all({number: receipt}, quorum)[0]

    def settle_all(self, receipts: Mapping[int, str], quorum: Quorum) -> list[Receipt]:
        """Check receipts, by number, and keep them, all or none.

        Raises:
            As `settle`.
        """
        checked = [self._checked(number, receipt, quorum) for number, receipt in receipts.items()]
        with self._disk.transaction() as db:
            rows = [(receipt, number) for number, receipt in receipts.items()]
            db.executemany("UPDATE letters SET receipt = ? WHERE number = ?", rows)
        return checked

    def give_up(self, number: int, reason: str) -> None:
        """Keep why the centre refused a message for good; sending it again would change nothing."""
        with self._disk.transaction() as db:
            db.execute("INSERT OR REPLACE INTO refusals VALUES (?, ?)", (number, reason))

    def refused(self, number: int) -> str | None:
        """Why a message was refused for good; None: it was not."""
        row = self._disk.first("SELECT reason FROM refusals WHERE number = ?", (number,))
        return row[0] if row else None

    def receipt(self, number: int) -> str | None:
        """The receipt kept for a message."""
        row = self._disk.first("SELECT receipt FROM letters WHERE number = ?", (number,))
        return row[0] if row else None

    def must_know(self, boot: int, number: int, known: str) -> None:
        """Refuse to speak if the centre holds more of this node than this file does: it was put back to an older day.

        Args:
            boot: the largest of this node that the log knows.
            number: the largest of that boot in the log; 0: none.
            known: digest of its envelope.
        Raises:
            LedgerError: it is not known here; the party's root announces a new boot, with a new outbox.
        """
        if boot > self.boot:
            raise LedgerError(f"{self.path}: is of boot {self.boot}, and the log knows this node at boot {boot}; "
                              f"run it with --boot {boot}")  # fmt: skip
        if boot < self.boot:
            raise LedgerError(f"{self.path}: is of boot {self.boot}, and the log knows this node at boot {boot}; "
                              "let its root announce the new one: entente node boot")  # fmt: skip
        raw = self._raw(number)
        if number > 0 and (raw is None or digest(raw) != known):
            raise LedgerError(f"{self.path}: the log holds message {number} of this node, and this file does not; "
                              "begin a new outbox at a new boot: entente node boot")  # fmt: skip

    def _checked(self, number: int, receipt: str, quorum: Quorum) -> Receipt:
        """A receipt that holds for the message of this number."""
        raw = self._raw(number)
        if raw is None:
            raise LedgerError(f"{self.path}: no message {number}; the last is {self.last}")
        checked, _ = check_receipt(receipt, raw, quorum)
        return checked

    def _raw(self, number: int) -> bytes | None:
        """The envelope of a message."""
        row = self._disk.first("SELECT raw FROM letters WHERE number = ?", (number,))
        return row[0] if row else None

    def _be(self) -> None:
        """Be the outbox of this node: say so in a new file, find it said in an old one."""
        mine = (self.log, self.node, self.boot)
        if self._disk.first("SELECT 1 FROM about") is None:
            with self._disk.transaction() as db:
                db.execute("INSERT INTO about VALUES (?, ?, ?)", mine)
        about = self._disk.first("SELECT log, node, boot FROM about")
        if about != mine:
            raise LedgerError(f"{self.path}: holds messages of {about}; asked for {mine}")
