"""Is this log what it claims to be? All of it worked out again from the entries and the keys: `entente verify`.

1. Every entry is there and hashes to what is kept beside it; every hash of the tree follows.
2. Every signature is good, by a key that spoke for its holder at that index.
3. What the parties said is judged anew, and what the centre wrote is exactly what follows from it.
4. Every checkpoint kept is about these entries and signed by the log; of those under both parties' signatures the largest
   is named. Checkpoints from elsewhere, such as the other party's, are about these entries, too.

Only the first bad entry is named: what comes after it hangs on it.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from entente.errors import BadProof, ExchangeError, LedgerError, Malformed, Undecodable
from entente.exchange.centre import Centre
from entente.exchange.ledger import Ledger
from entente.exchange.proving.merkle import Frontier, leaf_hash
from entente.exchange.proving.notes import Note, Signer, head_of, read_note, signed_at
from entente.exchange.proving.receipts import Quorum, log_signed
from entente.exchange.proving.replaying import steps
from entente.exchange.ruling.keyring import CENTRE, Keyring
from entente.exchange.saying import gates
from entente.exchange.signing import Envelope, is_signed

BATCH = 1_024  # signatures


@dataclass(frozen=True)
class Bad:
    """The first thing that is wrong: at which entry, or at which of several up to `last`, and what."""

    index: int
    reason: str
    last: int

    def __str__(self) -> str:
        where = f"entry {self.index}" if self.index == self.last else f"entry {self.index} or one up to {self.last}"
        return f"{where}: {self.reason}"


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        size, root: entries read, and the root over them.
        checkpoints: how many hold.
        cosigned: how many entries the largest one under both parties' signatures covers.
        seen_s: when each witness says it saw that one, seconds since 1970.
        state: the centre's, worked out anew; as far as it could be.
        bad: the first thing that is wrong; None: nothing.
    """

    size: int
    root: bytes
    checkpoints: int
    cosigned: int
    seen_s: dict[str, int]
    state: Centre
    bad: Bad | None


def audit(ledger: Ledger, opening: Centre, quorum: Quorum, elsewhere: Sequence[str] = ()) -> Audit:
    """Work out a log again.

    Args:
        opening: the state before the first entry, from keys that were exchanged by hand (`centre.opened`).
        quorum: who signs checkpoints, from the same keys.
        elsewhere: checkpoints that others kept.
    Raises:
        Malformed: one of `elsewhere` is no checkpoint.
    """
    notes = [*ledger.checkpoints(), *((head_of(note).size, note) for note in elsewhere)]
    kept = sorted(notes, key=lambda each: each[0])  # of one size, the log's own comes first
    walk, signatures = _Walk(ledger, {size for size, _ in kept}), _Signatures()
    state, ruled = opening, list[Bad]()
    entries = walk.entries()
    try:
        for after, said in steps(opening, entries, signatures.add):
            state, fault = after, gates.refusal(said) if said.party != CENTRE else None
            if fault:
                raise LedgerError(f"{fault}: the centre refuses what cannot be so, and this stands on the log")
    except (Malformed, Undecodable) as problem:
        walk.bad.append(_at(walk.index, f"is no message: {problem}"))
    except LedgerError as problem:
        ruled = [_at(walk.index, str(problem).removeprefix(f"entry {walk.index}: "))]
    deque(entries, maxlen=0)  # the tree over all, for the checkpoints
    seen = signatures.finish() + walk.bad
    signed = _Signed(quorum, state.keyring)
    unsigned = signed.check([each for each in kept if each[0] <= walk.frontier.size or walk.is_whole], walk)
    bad = _first(seen, ruled, unsigned)
    return Audit(walk.frontier.size, walk.frontier.root(), signed.held, signed.cosigned, signed.seen_s, state, bad)


def _first(seen: list[Bad], ruled: list[Bad], unsigned: list[Bad]) -> Bad | None:
    """The first bad entry, as far as it can be told.

    A changed row or a bad signature is seen where it is; of equal entries that says most. What does not follow by the rules
    may hang on something before, if the checkpoint behind it does not hold; and that is all that a checkpoint tells.
    """
    first = min([*seen, *ruled], key=lambda each: each.index, default=None)
    if not unsigned or (first in seen and first.index <= unsigned[0].last):
        return first
    spread = unsigned[0]
    if first is None or first.index > spread.last:
        return spread
    return Bad(spread.index, f"{spread.reason}; entry {first.index}: {first.reason}", first.index)


def _at(index: int, reason: str) -> Bad:
    return Bad(index, reason, index)


def first_difference(one: Ledger, other: Ledger) -> int | None:
    """The first entry in which two copies of a log differ, or where one of them ends; None: they are the same."""
    for i, (mine, theirs) in enumerate(zip(one.entries(), other.entries(), strict=False)):
        if mine != theirs:
            return i
    return None if one.size == other.size else min(one.size, other.size)


@dataclass
class _Walk:
    """One way through the rows, which builds the tree again.

    Attributes:
        sizes: of trees whose roots are wanted.
        bad: what is wrong with rows; `is_whole`: whether all of them were read.
        index: of the entry that is being looked at.
        roots: size -> root, as worked out.
    """

    ledger: Ledger
    sizes: set[int]
    index: int = 0
    frontier: Frontier = field(default_factory=lambda: Frontier(0, []))
    roots: dict[int, bytes] = field(default_factory=dict)
    bad: list[Bad] = field(default_factory=list)
    is_whole: bool = False

    def entries(self) -> Iterator[bytes]:
        """The entries in order, up to the first that does not fit what is kept beside it or above it."""
        try:
            yield from self._rows()
        except LedgerError as problem:
            self.bad.append(_at(self.frontier.size, str(problem)))

    def _rows(self) -> Iterator[bytes]:
        """Entries, checked against their hashes.

        Raises:
            LedgerError: a row is missing, cannot be read, or is not what was hashed.
        """
        inner = self.ledger.inner_nodes()
        self._note_root()
        for at, entry, leaf in self.ledger.rows():
            self.index = self.frontier.size
            if at != self.index:
                raise LedgerError("is not there; restore it from a mirror")
            if leaf_hash(entry) != leaf:
                raise LedgerError("is not what was hashed: it, or its hash, was changed on the disk")
            above = self.frontier.copy()
            for level, hash_ in enumerate(above.append([leaf]), 1):
                if next(inner, None) != hash_:
                    first = self.index + 1 - (1 << level)
                    raise LedgerError(f"the tree above entries {first} to {self.index} is not theirs: one was changed")
            self.frontier = above
            self._note_root()
            yield entry
        self.index, self.is_whole = self.frontier.size, True

    def _note_root(self) -> None:
        if self.frontier.size in self.sizes:
            self.roots[self.frontier.size] = self.frontier.root()


class _Signatures:
    """Signatures to be checked, a batch at a time, by this thread and another.

    Not while the rules run: a thread that comes back from the library waits for Python's lock until the rules let go of it,
    which took longer than the check itself.
    """

    def __init__(self) -> None:
        self._other = ThreadPoolExecutor(1, thread_name_prefix="audit")
        self._batch: list[tuple[int, Envelope, str]] = []
        self._bad: list[Bad] = []

    def add(self, index: int, envelope: Envelope, key: str) -> None:
        """One more."""
        self._batch.append((index, envelope, key))
        if len(self._batch) == BATCH:
            self._check()

    def finish(self) -> list[Bad]:
        """The bad ones that were found, once all are checked."""
        self._check()
        self._other.shutdown()
        return self._bad

    def _check(self) -> None:
        half = len(self._batch) // 2
        later = self._other.submit(_first_unsigned, self._batch[half:])
        found = _first_unsigned(self._batch[:half]), later.result()
        self._bad += [bad for bad in found if bad]
        self._batch = []


def _first_unsigned(batch: list[tuple[int, Envelope, str]]) -> Bad | None:
    """The first of a batch that its key has not signed."""
    for index, envelope, key in batch:
        if not is_signed(envelope, bytes.fromhex(key)):
            return _at(index, f"is not signed by {key}" if key else "is signed by no key that this log knows")
    return None


@dataclass
class _Signed:
    """What the checkpoints say, and who stands by them.

    Attributes:
        held: how many hold; `good`: over how many entries the last of them.
        cosigned, seen_s: see `Audit`.
    """

    quorum: Quorum
    keyring: Keyring
    held: int = 0
    good: int = 0
    cosigned: int = 0
    seen_s: dict[str, int] = field(default_factory=dict)

    def check(self, notes: list[tuple[int, str]], walk: _Walk) -> list[Bad]:
        """Check checkpoints, smallest first; the first that is wrong."""
        for size, note in notes:
            try:
                bad = self._is_about(note, size, walk)
            except ExchangeError as problem:
                bad = _at(max(size - 1, 0), f"checkpoint over {size} entries: {problem}")
            if bad:
                return [bad]
            self.held, self.good = self.held + 1, size
        return []

    def _is_about(self, note: str, kept_size: int, walk: _Walk) -> Bad | None:
        """Check one, and take note of it if all witnesses signed it; what is wrong with the entries, if it holds and they do not.

        Raises:
            Malformed, BadProof: it cannot be read, or bears a signature that does not hold.
        """
        read = read_note(note)
        head = log_signed(read, self.quorum.log)
        if head.size != kept_size:
            raise BadProof(f"it is one over {head.size}")
        short = walk.frontier.size
        if head.size > short:
            return _at(short, f"is not there, but {head.size} entries were signed: restore them from a mirror")
        if walk.roots[head.size] != head.root and self.good == head.size:
            return _at(
                max(head.size - 1, 0), f"two histories of {head.size} entries were signed: keep both as evidence"
            )
        if walk.roots[head.size] != head.root:
            return Bad(self.good, "is not what was signed: compare it with a mirror", head.size - 1)
        times = {witness.name: self._seen(read, witness, head.size) for witness in self.quorum.witnesses}
        seen = {name: time_s for name, time_s in times.items() if time_s is not None}
        if len(seen) == len(times):
            self.cosigned, self.seen_s = head.size, seen
        return None

    def _seen(self, note: Note, witness: Signer, size: int) -> int | None:
        """When a witness signed: by the key that was exchanged, or by one that its root put in its place on the log.

        Its root is that of the party by which the exchanged key stands on the log: anybody's root may give its own witness
        this name.
        """
        exchanged = self.keyring.keys.get(witness.public.hex())
        bound = exchanged and (exchanged.party, witness.name, "witness")
        ends = {witness.public: size}
        for key, held in self.keyring.keys.items():
            public = bytes.fromhex(key)
            if (held.party, held.holder, held.role) == bound and (held.since < size or public in ends):
                ends[public] = size if held.ended is None else held.ended
        good = [Signer(witness.name, public, witness.type) for public, end in ends.items() if size <= end]
        return max((time_s for each in good if (time_s := signed_at(note, each)) is not None), default=None)
