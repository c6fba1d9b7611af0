"""Is it in the log, for both of us? What everybody demands of a checkpoint, and the receipt a node gets; pure.

A receipt is a C2SP tlog-proof: index, inclusion proof, and a checkpoint signed by the log and by the witnesses of both
parties. Its extra data is the time of receipt, for the entry is that time and the envelope. With the quorum's public keys
it can be checked anywhere, in twenty years, without asking anyone.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from entente.errors import BadProof, KeyRefused, Malformed
from entente.exchange.proving.entries import TIME_BYTES, entry_of
from entente.exchange.proving.merkle import HASH_BYTES, leaf_hash, verify_inclusion
from entente.exchange.proving.notes import (
    DECIMAL,
    LOG_TYPE,
    LONGEST_NOTE,
    WITNESS_TYPE,
    Note,
    Signer,
    TreeHead,
    read_head,
    read_note,
    signed_at,
    unbase64,
)
from entente.exchange.signing import check_public

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63  # of a proof: more leaves than 2**63 there are not


@dataclass(frozen=True)
class Quorum:
    """Who must have signed a checkpoint before anyone relies on it: the log and the witness of every party."""

    log: Signer
    witnesses: tuple[Signer, ...]


@dataclass(frozen=True)
class Cosigned:
    """A checkpoint that the whole quorum signed.

    Attributes:
        head: what it says.
        seen_s: when each witness says it saw it, seconds since 1970, by name.
    """

    head: TreeHead
    seen_s: dict[str, int]


@dataclass(frozen=True)
class Receipt:
    """Where an envelope stands in the log, and what shows it."""

    received_ns: int
    index: int
    proof: tuple[bytes, ...]
    note: str


def quorum_of(log: Signer, witnesses: Sequence[Signer]) -> Quorum:
    """A quorum of separate keys: one that stood for two would let one party sign for both.

    Raises:
        KeyRefused: a key or a name twice, fewer than two witnesses, or a key that is none.
    """
    signers = [log, *witnesses]
    for signer in signers:
        check_public(signer.public)
    if len({signer.public for signer in signers}) < len(signers) or len({s.name for s in signers}) < len(signers):
        raise KeyRefused("quorum: a key or a name stands twice; the log and each witness have their own")
    if len(witnesses) < 2 or any(witness.type != WITNESS_TYPE for witness in witnesses) or log.type != LOG_TYPE:
        raise KeyRefused(
            f"quorum: {len(witnesses)} witnesses; there is one of each party, with a witness's key, and a log"
        )
    return Quorum(log, tuple(witnesses))


def cosigned(note: str, quorum: Quorum) -> Cosigned:
    """What a checkpoint says, once the log and all witnesses have signed it.

    Raises:
        Malformed: no checkpoint.
        BadProof: a signature is missing or does not hold, or it is another log's.
    """
    read = read_note(note)
    head = log_signed(read, quorum.log)
    seen = {witness.name: _demand(read, witness) for witness in quorum.witnesses}
    return Cosigned(head, seen)


def log_signed(note: Note, log: Signer) -> TreeHead:
    """What a checkpoint says, once the log has signed it.

    Raises:
        Malformed: no checkpoint.
        BadProof: the log's signature is missing or does not hold, or it is another log's.
    """
    head = read_head(note.text)
    if head.origin != log.name:
        raise BadProof(f"checkpoint: of the log {head.origin!r}; this is about {log.name!r}")
    _demand(note, log)
    return head


def write_receipt(receipt: Receipt) -> str:
    """A receipt as text; keep it in a file that ends in .tlog-proof."""
    extra = receipt.received_ns.to_bytes(TIME_BYTES, "big", signed=True)
    hashes = [b64encode(hash_).decode() for hash_ in receipt.proof]
    top = [FIRST_LINE, f"extra {b64encode(extra).decode()}", f"index {receipt.index}", *hashes]
    return "\n".join(top) + "\n\n" + receipt.note


def read_receipt(text: str) -> Receipt:
    """Take a receipt apart, strictly.

    Raises:
        Malformed: not exactly of the form that `write_receipt` gives.
    """
    if len(text) > 2 * LONGEST_NOTE:
        raise Malformed(f"receipt: {len(text):,} characters; at most {2 * LONGEST_NOTE:,} are read")
    top, _, note = text.partition("\n\n")
    lines = top.split("\n")
    if len(lines) < 3 or lines[0] != FIRST_LINE or lines[1][:6] != "extra " or lines[2][:6] != "index ":
        raise Malformed(f"receipt: must begin with {FIRST_LINE!r}, then extra and index, a line each")
    extra, index, hashes = unbase64(lines[1][6:], "receipt: extra"), lines[2][6:], lines[3:]
    if len(extra) != TIME_BYTES or not DECIMAL.fullmatch(index) or len(hashes) > MOST_HASHES:
        raise Malformed(f"receipt: needs a time of {TIME_BYTES} bytes, a whole index, at most {MOST_HASHES} hashes")
    proof = tuple(unbase64(line, "receipt: proof") for line in hashes)
    if any(len(hash_) != HASH_BYTES for hash_ in proof):
        raise Malformed(f"receipt: a hash of another length than {HASH_BYTES} bytes")
    return Receipt(int.from_bytes(extra, "big", signed=True), int(index), proof, note)


def check_receipt(text: str, envelope: bytes, quorum: Quorum) -> tuple[Receipt, Cosigned]:
    """Check that this envelope stands where the receipt says, in a log that the whole quorum signed.

    Raises:
        Malformed: no receipt.
        BadProof: it does not hold.
    """
    receipt = read_receipt(text)
    signed = cosigned(receipt.note, quorum)
    leaf = leaf_hash(entry_of(receipt.received_ns, envelope))
    verify_inclusion(receipt.index, signed.head.size, leaf, receipt.proof, signed.head.root)
    return receipt, signed


def _demand(note: Note, signer: Signer) -> int:
    """When this signer signed; it must have."""
    time_s = signed_at(note, signer)
    if time_s is None:
        raise BadProof(f"checkpoint: {signer.name} has not signed it")
    return time_s
