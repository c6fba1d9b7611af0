"""What does the centre know after these entries? Its state, worked out again from the log alone, entry by entry.

What the parties said is judged anew, at the time that stands with it; what the centre said must be exactly what follows.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import get_args

from entente.errors import LedgerError
from entente.exchange.centre import NOBODY, UNREADABLE, Arrived, Centre, receive, replay_refusal
from entente.exchange.messages import Refusal, Said
from entente.exchange.proving.entries import envelope_of, received_ns
from entente.exchange.ruling.keyring import CENTRE
from entente.exchange.ruling.nodes import is_unused
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.physical import Fault
from entente.exchange.signing import Envelope, digest, is_signed, unseal

FREE = UNREADABLE | {
    Reason.OTHER_LOG, Reason.OTHER_ORIGIN, Reason.KEY_UNKNOWN, Reason.KEY_RETIRED, Reason.KEY_REVOKED, Reason.NOT_YOURS,
    Reason.EQUIVOCATION, Reason.OLD_BOOT, Reason.UNKNOWN_BOOT, Reason.NUMBER_USED, Reason.CHAIN_BROKEN,
}  # fmt: skip
REASONS = UNREADABLE | set(Reason) | set(get_args(Fault))

Signed = Callable[[int, Envelope, str], None]  # index, envelope, public key in hex that must have signed it


def replayed(state: Centre, entries: Iterable[bytes]) -> Centre:
    """The state after more entries of one's own log; see `steps`.

    Signatures are not looked at, but where two keys have one hint: the entries of one's own log are as they were when they
    were written, or its root is another.
    """
    for after, _ in steps(state, entries):
        state = after
    return state


def steps(state: Centre, entries: Iterable[bytes], signed: Signed | None = None) -> Iterator[tuple[Centre, Said]]:
    """The state after each entry, and what the entry says.

    Args:
        state: before the first of them.
        entries: from index `state.size` on.
        signed: told of every entry by which key it must be signed; for who checks signatures.
    Raises:
        LedgerError: an entry that does not follow; its index is named.
        Malformed, Undecodable: an entry that is no message.
    """
    centre = next(key for key, held in state.keyring.keys.items() if held.party == CENTRE)
    due = deque[Said]()
    for index, entry in enumerate(entries, state.size):
        raw, now_ns = envelope_of(entry), received_ns(entry)
        envelope = unseal(raw)
        said = decode(envelope.body)
        is_due = bool(due)
        if is_due:
            _demand(due.popleft(), said, index)
        is_own = is_due or (isinstance(said, Refusal) and said.party == CENTRE)
        key = centre if is_own else _key_of(state, envelope)
        if signed:
            signed(index, envelope, key)
        if not is_due:
            if isinstance(said, Refusal) and is_own:
                _demand_sense(state, said, index)
                state, follows, _ = replay_refusal(state, said, now_ns)
            else:
                state, follows, _ = receive(state, Arrived(message=said, digest=digest(raw), key=key), now_ns)
            _demand(follows[0], said, index)
            due.extend(follows[1:])
        yield state, said
    if due:
        raise LedgerError(
            f"entry {state.size - len(due)}: is missing; after what stands before it the centre says {type(due[0]).__name__}"
        )


def _demand_sense(state: Centre, said: Refusal, index: int) -> None:
    """A refused message is not kept; but its sender is known, and only what its content is refused for uses up a number."""
    node, number = state.nodes.get(said.sender), said.its_number
    if node is None:
        fits = said.sender in (NOBODY, CENTRE) and not number
    elif number:
        fits = said.reason not in FREE and is_unused(node, number)
    else:
        fits = said.reason in FREE or node.refused.get(said.refused) == said.reason
    if not fits or said.reason not in REASONS:
        raise LedgerError(f"entry {index}: a refusal of {said.sender} for {said.reason} that the rules do not know so")


def _demand(expected: Said, said: Said, index: int) -> None:
    """The entry must say what follows."""
    if expected is not said and expected != said and encode(expected) != encode(said):
        raise LedgerError(f"entry {index}: {type(expected).__name__} must stand there; another does")


def _key_of(state: Centre, envelope: Envelope) -> str:
    """The key that signed; the signature is looked at only where the hint leaves a choice."""
    candidates = state.keyring.candidates(envelope.key_id)
    if len(candidates) == 1:
        return candidates[0]
    return next((key for key in candidates if is_signed(envelope, bytes.fromhex(key))), "")
