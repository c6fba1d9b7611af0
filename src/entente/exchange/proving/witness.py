"""One party's own copy of the log, and its word that history only grew.

A witness stores every entry before it signs for it: what it cosigns it can show. It signs a checkpoint only if the log
signed it, it continues what this witness signed last, and the entries it was given hash to that root. It stores, then
signs: so after a power cut it never signs a smaller or another history than before.

Its own disk may be put back to an older day without its noticing. So at every start it signs nothing until the other party
has shown the largest checkpoint that it holds (`confirm`): this witness then signs nothing smaller, and nothing that does
not continue it.

Source: C2SP tlog-witness and tlog-mirror (answers by number as there).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from entente.errors import BadProof, ExchangeError, Malformed
from entente.exchange.ledger import Ledger
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.merkle import EMPTY, leaf_hash, verify_consistency
from entente.exchange.proving.notes import Signer, TreeHead, cosign, head_of, read_note, signed_at
from entente.exchange.proving.receipts import log_signed
from entente.exchange.signing import Key

MOST_WAITING = 64 * 2**20  # bytes of entries held before a checkpoint covers them


@dataclass(frozen=True)
class Refused:
    """Why a witness does not sign.

    Attributes:
        code: 400 cannot be read; 403 not signed by the log; 404 another log; 409 not where this witness is; 422 shown to
            be false; 503 not yet: entries or the other party's checkpoint are missing.
        reason: in words.
        size: of what this witness signed last: from there the log is to prove.
        note: that checkpoint, if it is larger than the log's: under the log's own signature it shows that entries were lost.
    """

    code: int
    reason: str
    size: int
    note: str = ""

    def says_where(self, old_size: int) -> bool:
        """Whether it says no more than where this witness is, to who thought that it was at `old_size`."""
        return self.code == 409 and self.size != old_size and not self.note


class Witness:
    """The witness of one party.

    Args:
        mirror: this party's copy, open for writing.
        name, key: under which it signs.
        log: whose checkpoints it signs.
        other: the other party's witness.
    """

    def __init__(self, mirror: Ledger, name: str, key: Key, log: Signer, other: Signer) -> None:
        self.mirror, self.name, self.log, self.other = mirror, name, log, other
        self._key = key
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._floor: TreeHead | None = None  # what the other party showed since the start

    @property
    def head(self) -> TreeHead:
        """What this witness signed last."""
        latest = self.mirror.latest_checkpoint()
        return head_of(latest[1]) if latest else TreeHead(self.log.name, 0, EMPTY)

    def confirm(self, note: str | None, proof: Sequence[bytes] = ()) -> None:
        """Take note of the largest checkpoint that the other party holds; only then this witness signs.

        Args:
            note: under the signatures of the log and of the other's witness; None if it says that it holds none.
            proof: that it continues what this witness signed last; none if it is not larger.
        Raises:
            Malformed, BadProof, LedgerError: it does not hold, or contradicts this copy: one of the two is evidence.
        """
        mine = self.head
        if note is None:
            self._floor = mine
            return
        read = read_note(note)
        theirs = log_signed(read, self.log)
        if signed_at(read, self.other) is None:
            raise BadProof(f"checkpoint: {self.other.name}, who shows it, has not signed it")
        if theirs.size > mine.size:
            verify_consistency(mine.size, theirs.size, mine.root, theirs.root, proof)
        else:
            self.mirror.must_hold(theirs)
        self._floor = max(mine, theirs, key=lambda head: head.size)

    def take(self, start: int, entries: Sequence[bytes]) -> int:
        """Hold entries until a checkpoint covers them; what is known already is passed over.

        Args:
            start: index of the first of them.
        Returns:
            how many entries are held: from there the log is to go on.
        """
        held = self.mirror.size + len(self._waiting)
        if start <= held:
            for entry in entries[held - start :]:
                if self._waiting_bytes + len(entry) > MOST_WAITING:
                    break
                self._waiting.append(entry)
                self._waiting_bytes += len(entry)
        return self.mirror.size + len(self._waiting)

    def cosign(self, note: str, old_size: int, proof: Sequence[bytes], now_s: int) -> str | Refused:
        """Sign a checkpoint, or say why not.

        Args:
            note: signed by the log.
            old_size: of what the log thinks that this witness signed last.
            proof: that the checkpoint continues it.
            now_s: this party's own clock, seconds since 1970.
        Returns:
            the signature line.
        Raises:
            LedgerError: this party's disk failed; nothing was signed.
        """
        mine = self.head
        try:
            read = read_note(note)
            head = log_signed(read, self.log)
        except ExchangeError as problem:
            return Refused(_code(problem, note, self.log), str(problem), mine.size)
        refused = self._not_here(head, old_size, mine) or self._false(note, head, proof, mine)
        if refused:
            return refused
        if head.size > mine.size:
            self._keep(note, head)
        assert self._floor is not None
        if head.size < self._floor.size:
            return Refused(503, f"still short of the {self._floor.size} entries that the other party holds", head.size)
        return cosign(read.text, self.name, self._key, now_s)

    def learn(self, note: str) -> None:
        """Keep a checkpoint that the other party signed as well: so this copy shows by itself what both stood by.

        Raises:
            Malformed, BadProof: the log or the other's witness has not signed it.
            LedgerError: it is not about this copy.
        """
        read = read_note(note)
        head = log_signed(read, self.log)
        if signed_at(read, self.other) is None:
            raise BadProof(f"checkpoint: {self.other.name} has not signed it")
        self.mirror.save_checkpoint(head.size, note)

    def vouch(self, now_s: int) -> str | None:
        """The largest checkpoint that this witness signed, for the other party's `confirm`; None if there is none."""
        latest = self.mirror.latest_checkpoint()
        if latest is None:
            return None
        return latest[1] + cosign(read_note(latest[1]).text, self.name, self._key, now_s)

    def _not_here(self, head: TreeHead, old_size: int, mine: TreeHead) -> Refused | None:
        """Whether the checkpoint starts elsewhere than where this witness is, or comes too early."""
        if not 0 <= old_size <= head.size:
            return Refused(400, f"from {old_size} to {head.size} entries; a log only grows", mine.size)
        if old_size != mine.size:
            latest = self.mirror.latest_checkpoint() if head.size < mine.size else None
            return Refused(
                409, f"signed last at {mine.size} entries, not at {old_size}", mine.size, latest[1] if latest else ""
            )
        if self._floor is None:
            return Refused(503, "the other party has not shown yet what it holds", mine.size)
        if head.size > self.mirror.size + len(self._waiting):
            return Refused(503, f"{self.mirror.size + len(self._waiting)} entries here; send the others", mine.size)
        return None

    def _false(self, note: str, head: TreeHead, proof: Sequence[bytes], mine: TreeHead) -> Refused | None:
        """Whether the checkpoint is shown to be false: then it is kept as evidence, and the waiting entries are dropped."""
        try:
            verify_consistency(mine.size, head.size, mine.root, head.root, proof)
            self._demand_roots(head)
        except BadProof as problem:
            self._waiting, self._waiting_bytes = [], 0
            self.mirror.keep_evidence(Evidence(self.log.name, str(problem), note.encode()))
            return Refused(409 if head.size == mine.size else 422, str(problem), mine.size)
        return None

    def _demand_roots(self, head: TreeHead) -> None:
        """The entries here must hash to what the checkpoint says, and to what the other party holds on the way."""
        grown, before = self.mirror.frontier(), self.mirror.size
        for known in sorted({head, self._floor or head}, key=lambda each: each.size):
            if known.size <= head.size:
                grown.append(leaf_hash(entry) for entry in self._waiting[grown.size - before : known.size - before])
                root = grown.root() if known.size >= before else self.mirror.root(known.size)
                if root != known.root:
                    raise BadProof(f"checkpoint: the entries here do not hash to the root of {known.size} entries")

    def _keep(self, note: str, head: TreeHead) -> None:
        """Store the entries that the checkpoint covers, and it, in one transaction."""
        count = head.size - self.mirror.size
        if count > 0:
            self.mirror.append(self._waiting[:count], note=note)
        else:  # a copy that was filled in another way
            self.mirror.save_checkpoint(head.size, note)
            return
        self._waiting = self._waiting[count:]
        self._waiting_bytes = sum(map(len, self._waiting))


def _code(problem: ExchangeError, note: str, log: Signer) -> int:
    """The number for a checkpoint that the log did not sign."""
    if isinstance(problem, Malformed):
        return 400
    return 403 if head_of(note).origin == log.name else 404
