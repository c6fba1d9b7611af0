"""What may be read of a log while it is written? Entries, receipts and proofs, through a connection of their own.

The writer tells how far the log is cosigned; all below that never changes. Not for two threads at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from entente.errors import LedgerError
from entente.exchange.ledger import Ledger
from entente.exchange.proving.entries import received_ns
from entente.exchange.proving.evidence import Shown, shown
from entente.exchange.proving.merkle import consistency_proof, inclusion_proof
from entente.exchange.proving.receipts import Receipt, write_receipt
from entente.exchange.ruling.keyring import Keyring
from entente.exchange.serving.wire import framed
from entente.exchange.signing import digest

MOST_ENTRIES, MOST_BYTES = 4_096, 2**18  # of one answer: a line of 256 kbit/s carries it before it is given up


@dataclass(frozen=True)
class Reader:
    """A log, open for reading."""

    ledger: Ledger

    @classmethod
    def of(cls, path: Path, origin: str) -> "Reader":
        """Open it; the file is there already."""
        return cls(Ledger(path, origin, writing=False))

    def entries(self, start: int, stop: int) -> bytes:
        """Entries from `start` up to `stop`, or as many as one answer holds, each behind its length."""
        parts, room = list[bytes](), MOST_BYTES
        for entry in self.ledger.entries(start, min(stop, start + MOST_ENTRIES)):
            room -= len(entry)
            if room < 0 and parts:
                break
            parts.append(entry)
        return framed(parts)

    def receipts(self, indices: Sequence[int], size: int, note: str) -> list[str | None]:
        """What shows that each of these entries stands under a checkpoint over `size` entries; None: not yet."""
        return [self._receipt(index, size, note) if 0 <= index < size else None for index in indices]

    def evidence(self, keyring: Keyring) -> list[Shown]:
        """What was signed and refused."""
        return list(shown(self.ledger.evidence(), keyring, self.ledger.found))

    def piece(self, named: str) -> bytes | None:
        """The bytes of one piece of evidence, by their digest."""
        return next((piece.what for piece in self.ledger.evidence() if digest(piece.what) == named), None)

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the log of `new` entries continues the one of `old`.

        Raises:
            LedgerError: there are not so many entries.
        """
        if not 0 <= old <= new:
            raise LedgerError(f"proof: from {old} to {new} entries; a log only grows")
        return consistency_proof(self.ledger.node, old, new)

    def _receipt(self, index: int, size: int, note: str) -> str:
        proof = inclusion_proof(self.ledger.node, index, size)
        return write_receipt(Receipt(received_ns(self.ledger.entry(index)), index, tuple(proof), note))
