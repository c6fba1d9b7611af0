"""What arrives is parsed, verified, judged by the rules, stored, and only then answered. This file holds no rule.

One call of `submit` is one batch, one transaction, one wait for the disk. In order, cheapest first: size and form, whether
any key has that hint, the signatures (two threads: the library lets go of Python's lock), the body, the limits of its
sender, the physical gates, whether the log holds that number already, and the centre's rules. The state moves on only
when the entries are on the disk, so that a full disk leaves all as it was.

A start takes the last snapshot and goes over what came after it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal, Protocol

import msgspec

from entente.errors import LedgerError, LedgerFull, Malformed, Undecodable
from entente.exchange.centre import TOLD, Arrived, Centre, receive, refuse, refuse_unread, restored, snapshot
from entente.exchange.ledger import Ledger, Number
from entente.exchange.messages import Message, Refusal, Said
from entente.exchange.proving.cosigning import Cosigning
from entente.exchange.proving.entries import entry_of, envelope_of, received_ns
from entente.exchange.proving.evidence import Evidence
from entente.exchange.proving.merkle import inclusion_proof
from entente.exchange.proving.receipts import Quorum, Receipt, write_receipt
from entente.exchange.proving.replaying import replayed
from entente.exchange.proving.witness import Refused
from entente.exchange.ruling.alarms import Outgoing
from entente.exchange.ruling.nodes import number_of, sender
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying import gates
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.serving.throttle import Limits, Throttle
from entente.exchange.signing import Envelope, Key, digest, is_signed, seal, unseal

SNAPSHOT_EVERY = 10_000  # entries
ALONE = 8  # envelopes that one thread checks faster than two
PASSING = frozenset({Reason.THROTTLED, Reason.DISK_FULL, Reason.KEY_UNKNOWN})  # refusals that may not last

VERIFIERS = ThreadPoolExecutor(2, thread_name_prefix="verify")


@dataclass(frozen=True)
class Keys:
    """The centre's two: the log's own, for checkpoints, and that by which it speaks."""

    log: Key
    centre: Key


class Reply(msgspec.Struct, frozen=True):
    """What became of one envelope.

    Attributes:
        index: where it stands in the log; None: nowhere.
        reason: why it was refused.
    """

    outcome: Literal["accepted", "repeated", "refused"]
    index: int | None = None
    reason: str = ""

    @property
    def again(self) -> bool:
        """Whether it may be accepted if it is sent again."""
        return self.reason in PASSING


class AnyWitness(Protocol):
    """A witness that answers at once; those behind a network are asked through `Shell.cosigning`."""

    def take(self, start: int, entries: Sequence[bytes]) -> int:
        """See `witness.Witness`."""

    def cosign(self, note: str, old_size: int, proof: Sequence[bytes], now_s: int) -> str | Refused:
        """See `witness.Witness`."""

    def learn(self, note: str) -> None:
        """See `witness.Witness`."""


class Letter(msgspec.Struct, frozen=True):
    """An envelope on its way through one batch: taken apart, and the keys that its hint may mean."""

    raw: bytes
    envelope: Envelope
    candidates: tuple[str, ...]


@dataclass
class Batch:
    """What one transaction will write, and what it will have changed."""

    state: Centre
    entries: list[bytes]
    numbers: list[Number | None]
    earlier: dict[Number, tuple[int, str]]
    evidence: list[Evidence]
    outgoing: list[Outgoing]


class Shell:
    """One centre, running.

    Args:
        ledger: its log, open for writing.
        keys: the centre's own.
        quorum: who signs checkpoints.
        opening: the state before the first entry (`centre.opened`).
        limits: of the throttle.
    Raises:
        LedgerError: the log does not follow from itself.
    """

    def __init__(
        self, ledger: Ledger, keys: Keys, quorum: Quorum, opening: Centre, limits: Limits | None = None
    ) -> None:
        self.ledger, self.keys = ledger, keys
        self.throttle = Throttle(limits or Limits())
        self.counts: Counter[str] = Counter()
        self.state, self._snapped = _state_of(ledger, opening)
        self.cosigning = Cosigning(ledger, keys.log, quorum)
        self.outgoing: list[Outgoing] = []

    def submit(self, raws: Sequence[bytes], now_ns: int, address: str | Sequence[str] = "") -> list[Reply]:
        """Take envelopes; one answer each, given when what is accepted is on the disk.

        Args:
            now_ns: the centre's civil clock, nanoseconds since 1970.
            address: where they came from, or where each came from.
        Raises:
            LedgerError: the disk failed, or a witness has shown that the log lost entries; nothing is answered, and this
                centre is to stop.
        """
        if self.cosigning.lost:
            raise LedgerError(f"{self.ledger.path}: {self.cosigning.lost}")
        addresses = [address] * len(raws) if isinstance(address, str) else address
        letters = [self._opened(raw, now_ns, where) for raw, where in zip(raws, addresses, strict=True)]
        signers = _signers([each for each in letters if isinstance(each, Letter)])
        batch = Batch(self.state, [], [], {}, [], [])
        replies = []
        for letter, where in zip(letters, addresses, strict=True):
            if isinstance(letter, Letter):
                key = next(signers)
                replies.append(self._judged(batch, letter, key, now_ns) if key else self._wrong(where, now_ns))
            else:
                replies.append(letter)
        replies = self._stored(batch, replies)
        self.counts.update(reply.reason or reply.outcome for reply in replies)
        return replies

    def checkpoint(self, now_ns: int, witnesses: Mapping[str, AnyWitness]) -> str:
        """Ask witnesses that answer at once until no more is to be got; the largest checkpoint of all."""
        before = self.cosigning.size
        while any(self._asked(name, witness, now_ns) for name, witness in witnesses.items()):
            pass
        if self.cosigning.size > before:
            for witness in witnesses.values():
                witness.learn(self.cosigning.latest)
        return self.cosigning.latest

    def receipt(self, index: int) -> str | None:
        """What shows that this entry stands in the log that all cosigned; None: not yet."""
        size = self.cosigning.size
        if not 0 <= index < size:
            return None
        proof = inclusion_proof(self.ledger.node, index, size)
        received = received_ns(self.ledger.entry(index))
        return write_receipt(Receipt(received, index, tuple(proof), self.cosigning.latest))

    def take_outgoing(self) -> list[Outgoing]:
        """What is to be sent since the last call; all of it follows from entries that are on the disk."""
        sent, self.outgoing = self.outgoing, []
        return sent

    def _opened(self, raw: bytes, now_ns: int, address: str) -> Letter | Reply:
        """Take it apart, if it may come from there."""
        if address and self.throttle.is_shut_out(address, now_ns):
            return _refused(Reason.THROTTLED)
        try:
            envelope = unseal(raw)
        except Malformed:
            self.throttle.was_wrong(address, now_ns)
            return _refused(Reason.MALFORMED)
        candidates = self.state.keyring.candidates(envelope.key_id)
        return Letter(raw, envelope, candidates) if candidates else _refused(Reason.KEY_UNKNOWN)

    def _wrong(self, address: str, now_ns: int) -> Reply:
        """No key that it may mean has signed it."""
        self.throttle.was_wrong(address, now_ns)
        return _refused(Reason.BAD_SIGNATURE)

    def _judged(self, batch: Batch, letter: Letter, key: str, now_ns: int) -> Reply:
        """Decode it, look whether it is there, and let the rules speak."""
        named = digest(letter.raw)
        try:
            said = decode(letter.envelope.body)
        except Undecodable as problem:
            if not self.throttle.lets_pass(key, None, now_ns):
                return _refused(Reason.THROTTLED)
            return self._written(batch, refuse_unread(batch.state, named, key, problem.reason, now_ns), letter, now_ns)
        earlier = self._earlier(batch, said)
        arrived = Arrived(message=said, digest=named, key=key, earlier=earlier[1] if earlier else None)
        if earlier and earlier[1] == named:  # whoever sends it again takes nothing from its sender
            return Reply("repeated", earlier[0])
        is_ours = (said.log, said.origin) == (batch.state.log, batch.state.origin)
        if not self.throttle.lets_pass(key, said if is_ours else None, now_ns):
            return _refused(Reason.THROTTLED)
        reason = gates.refusal(said)
        follows = refuse(batch.state, arrived, reason, now_ns) if reason else receive(batch.state, arrived, now_ns)
        return self._written(batch, follows, letter, now_ns, arrived)

    def _earlier(self, batch: Batch, said: Message) -> tuple[int, str] | None:
        """Where the log, or this batch, holds that sender's number; a number above its last is nowhere."""
        number = number_of(said)
        if number in batch.earlier:
            return batch.earlier[number]
        node = self.state.nodes.get(sender(said))
        if node is not None and said.boot == node.boot and said.number > node.last:
            return None
        found = self.ledger.found(*number)
        if found and number_of(decode(unseal(envelope_of(self.ledger.entry(found[0]))).body)) != number:
            raise LedgerError(f"{self.ledger.path}: its table of numbers is not that of its entries; take a mirror")
        return found

    def _written(
        self, batch: Batch, follows: tuple[Centre, list[Said], list[Outgoing]], letter: Letter, now_ns: int,
        arrived: Arrived | None = None,
    ) -> Reply:  # fmt: skip
        """Put what follows into the batch."""
        batch.state, entries, outgoing = follows
        index = self.ledger.size + len(batch.entries)
        for said in entries:
            is_it = arrived is not None and said is arrived.message
            raw = letter.raw if is_it else seal(self.keys.centre, encode(said))
            batch.entries.append(entry_of(now_ns, raw))
            batch.numbers.append(number_of(said) if is_it else None)
        batch.outgoing.extend(outgoing)
        if entries and arrived is not None and entries[0] is arrived.message:
            batch.earlier[number_of(arrived.message)] = (index, arrived.digest)
            return Reply("accepted", index)
        refusal = next((said for said in entries if isinstance(said, Refusal)), None)
        if refusal is not None and refusal.reason in TOLD:
            batch.evidence.append(Evidence(refusal.sender, refusal.reason, letter.raw))
        return _refused(refusal.reason if refusal else Reason.NUMBER_USED)

    def _stored(self, batch: Batch, replies: list[Reply]) -> list[Reply]:
        """Commit; only then the state moves on."""
        if batch.entries:
            try:
                self.ledger.append(batch.entries, batch.numbers, evidence=batch.evidence)
            except LedgerFull:
                return [
                    reply if _is_independent(reply, self.ledger.size) else _refused(Reason.DISK_FULL)
                    for reply in replies
                ]
        self.state = batch.state
        self.outgoing.extend(batch.outgoing)
        if self.ledger.size >= self._snapped + SNAPSHOT_EVERY:
            self.ledger.save_snapshot(self.ledger.size, self.ledger.root(), snapshot(self.state))
            self._snapped = self.ledger.size
        return replies

    def _asked(self, name: str, witness: AnyWitness, now_ns: int) -> bool:
        """Ask one witness once; whether that brought anything."""
        request = self.cosigning.request(name, now_ns)
        if request is None:
            return False
        before = self.cosigning.witnesses[name]
        held, signed = before.held, before.signed
        now_held = witness.take(request.start, request.entries)
        answer = (
            witness.cosign(request.note, request.old_size, request.proof, now_ns // 10**9) if request.note else None
        )
        self.cosigning.answered(name, request, now_held, answer)
        return (before.held, before.signed) != (held, signed)


def _state_of(ledger: Ledger, opening: Centre) -> tuple[Centre, int]:
    """The state after all entries of a log, and up to where a snapshot covers it."""
    latest = ledger.latest_snapshot()
    state, snapped = opening, 0
    if latest is not None:
        try:
            after = restored(latest.state)
            if _continues(after, opening, latest.index):
                state, snapped = after, latest.index
        except Malformed:  # of an older format: the log says it all again
            state, snapped = opening, 0
    return replayed(state, ledger.entries(state.size)), snapped


def _continues(after: Centre, opening: Centre, index: int) -> bool:
    """Whether a snapshot is of this place in this log, begun with these keys: what was pinned decides, not the file."""
    place = after.log, after.origin, after.parties, after.size
    begun = (opening.log, opening.origin, opening.parties, index) == place
    return begun and opening.keyring.keys.items() <= after.keyring.keys.items()


def _signers(letters: Sequence[Letter]) -> Iterator[str | None]:
    """The key that signed each, or None, in two threads."""
    if len(letters) < ALONE:
        return map(_signer, letters)
    half = len(letters) // 2
    parts = VERIFIERS.map(lambda part: [_signer(letter) for letter in part], (letters[:half], letters[half:]))
    return (key for part in parts for key in part)


def _signer(letter: Letter) -> str | None:
    """The key whose signature it bears."""
    for key in letter.candidates:
        if is_signed(letter.envelope, bytes.fromhex(key)):
            return key
    return None


def _refused(reason: str) -> Reply:
    return Reply("refused", reason=str(reason))


def _is_independent(reply: Reply, size: int) -> bool:
    """Whether this answer holds though the batch was not stored."""
    if reply.index is not None:
        return reply.index < size
    return reply.reason in PASSING or reply.reason in (Reason.MALFORMED, Reason.BAD_SIGNATURE)
