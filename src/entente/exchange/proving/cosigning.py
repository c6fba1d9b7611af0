"""How does a checkpoint come to bear all signatures? The log proposes, each party's witness answers when it can.

Nothing here waits: a proposal stays open while answers come in, in any order, late, twice or never. A new one is made when
the last is complete, or when its answers have been missing for `PATIENCE_NS`; older ones stay open, so that a slow witness
completes what a fast one signed long ago. A party that stops signing holds up evidence, never an alert.

Every answer is checked before it counts: the line must be this witness's own, over this very text. What a witness says of
itself (that it signed so far, that it refuses) is believed only so far as to choose what to send it next. But if it shows a
checkpoint over more entries than there are, under the log's own signature, then this log has lost them: nothing more may be
written to it.
"""

from dataclasses import dataclass, field

from entente.errors import ExchangeError
from entente.exchange.ledger import Ledger
from entente.exchange.proving.merkle import consistency_proof
from entente.exchange.proving.notes import Signer, TreeHead, head_of, read_note, sign_head, signed_at
from entente.exchange.proving.receipts import Quorum, cosigned, log_signed
from entente.exchange.proving.witness import Refused
from entente.exchange.saying.instants import NS_PER_S
from entente.exchange.signing import Key

PATIENCE_NS = 5 * NS_PER_S
MOST_OPEN = 16  # proposals
MOST_ENTRIES, MOST_BYTES = 4_096, 2**18  # of one request: a line of 512 kbit/s carries it before it is given up


@dataclass
class Proposal:
    """A checkpoint under the log's signature, and the lines collected so far, by witness."""

    head: TreeHead
    note: str
    made_ns: int
    lines: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What one witness is asked.

    Attributes:
        start, entries: what it is thought to lack.
        note: the checkpoint to sign; empty if it lacks more entries than fit into one request.
        old_size, proof: from what it is thought to have signed last.
    """

    start: int
    entries: tuple[bytes, ...]
    note: str
    old_size: int
    proof: tuple[bytes, ...]


@dataclass
class Asked:
    """What the log thinks of a witness: how many entries it holds, up to where it signed, why it refused last."""

    held: int = 0
    signed: int = 0
    refused: Refused | None = None


class Cosigning:
    """The open proposals of one log.

    Args:
        ledger: the log.
        key: the log's own, for checkpoints.
        quorum: who must sign.
    """

    def __init__(self, ledger: Ledger, key: Key, quorum: Quorum) -> None:
        self.ledger, self.quorum = ledger, quorum
        self._key = key
        self._open: dict[int, Proposal] = {}
        self.witnesses = {signer.name: Asked() for signer in quorum.witnesses}
        latest = ledger.latest_checkpoint()
        self.latest = latest[1] if latest else ""
        self.size = latest[0] if latest else 0  # entries that everybody cosigned
        self.lost = ""  # what a witness has shown to be missing here

    def propose(self, now_ns: int) -> Proposal | None:
        """The checkpoint to be signed now, made if the time has come; None if all entries are cosigned."""
        newest = self._open[max(self._open)] if self._open else None
        if self.ledger.size == self.size or (newest and now_ns < newest.made_ns + PATIENCE_NS):
            return newest
        if newest and newest.head.size == self.ledger.size:
            newest.made_ns = now_ns
            return newest
        head = TreeHead(self.ledger.origin, self.ledger.size, self.ledger.root())
        self._open[head.size] = Proposal(head, sign_head(head, self._key), now_ns)
        for size in sorted(self._open)[:-MOST_OPEN]:
            del self._open[size]
        return self._open[head.size]

    def request(self, witness: str, now_ns: int) -> Request | None:
        """What to ask this witness next; None if it has signed all that is proposed."""
        proposal, asked = self.propose(now_ns), self.witnesses[witness]
        if proposal is None or witness in proposal.lines:
            return None
        stop = min(proposal.head.size, asked.held + MOST_ENTRIES)
        entries = _within(self.ledger, asked.held, stop)
        if asked.held + len(entries) < proposal.head.size:
            return Request(asked.held, entries, "", asked.signed, ())
        old = min(asked.signed, proposal.head.size)
        proof = consistency_proof(self.ledger.node, old, proposal.head.size)
        return Request(asked.held, entries, proposal.note, old, tuple(proof))

    def answered(self, witness: str, request: Request, held: int, answer: str | Refused | None) -> str | None:
        """Take an answer to a request.

        Args:
            held: how many entries the witness says it holds.
            answer: its line, its refusal, or None to a request without a checkpoint.
        Returns:
            the checkpoint under all signatures, if this completed it; it is on the disk by then.
        Raises:
            LedgerError: the disk failed.
        """
        asked = self.witnesses[witness]
        asked.held = max(0, min(held, self.ledger.size))
        asked.refused = answer if isinstance(answer, Refused) else None
        if asked.refused:
            asked.signed = max(0, min(asked.refused.size, self.ledger.size))
            self.lost = self.lost or self._lost(witness, asked.refused.note)
        if not isinstance(answer, str):
            return None
        proposal = self._open.get(head_of(request.note).size) if request.note else None
        if proposal is None or not self._is_by(witness, proposal, answer):
            return None
        asked.signed = proposal.head.size
        proposal.lines[witness] = answer
        return self._complete(proposal) if len(proposal.lines) == len(self.quorum.witnesses) else None

    def _complete(self, proposal: Proposal) -> str:
        """Put the lines under the checkpoint, check the whole as any reader would, keep it."""
        note = proposal.note + "".join(proposal.lines[signer.name] for signer in self.quorum.witnesses)
        head = cosigned(note, self.quorum).head
        self.ledger.save_checkpoint(head.size, note)
        self.latest, self.size = note, head.size
        self._open = {size: each for size, each in self._open.items() if size > head.size}
        return note

    def _lost(self, witness: str, note: str) -> str:
        """What a checkpoint that a witness shows says is missing here; empty: nothing, or it is not this log's."""
        try:
            size = log_signed(read_note(note), self.quorum.log).size if note else 0
        except ExchangeError:
            return ""
        if size <= self.ledger.size:
            return ""
        return (
            f"{self.ledger.size} entries, but {witness} holds a checkpoint over {size}; restore the end from a mirror"
        )

    def _is_by(self, witness: str, proposal: Proposal, line: str) -> bool:
        """Whether this line is this witness's signature under this proposal, and nothing more."""
        signer = next(each for each in self.quorum.witnesses if each.name == witness)
        return line.count("\n") == 1 and _signs(proposal.note + line, signer)


def _signs(note: str, signer: Signer) -> bool:
    try:
        return signed_at(read_note(note), signer) is not None
    except ExchangeError:
        return False


def _within(ledger: Ledger, start: int, stop: int) -> tuple[bytes, ...]:
    """Entries from `start`, as many as one request may carry."""
    taken, room = list[bytes](), MOST_BYTES
    for entry in ledger.entries(start, stop):
        room -= len(entry)
        if room < 0 and taken:
            break
        taken.append(entry)
    return tuple(taken)
