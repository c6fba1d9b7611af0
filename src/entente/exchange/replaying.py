"""What does the centre know after these entries? Its state, worked out again from the log alone, entry by entry.

What the parties said is judged anew, at the time that stands with it; what the centre said must be exactly what follows.
"""

from collections import deque
from collections.abc import Iterable

from entente.errors import LedgerError
from entente.exchange.centre import Arrived, Centre, receive, replay_refusal
from entente.exchange.decoding import decode, encode
from entente.exchange.entries import envelope_of, received_ns
from entente.exchange.keyring import CENTRE
from entente.exchange.messages import Refusal, Said
from entente.exchange.signing import Envelope, digest, is_signed, unseal


def replayed(state: Centre, entries: Iterable[bytes], *, is_checked: bool = False) -> Centre:
    """The state after more entries.

    Args:
        state: before the first of them.
        entries: from index `state.size` on.
        is_checked: whether every signature is known to be good; else only one that decides between two keys is looked at,
            for the entries of one's own log are as they were when they were written, or its root is another.
    Raises:
        LedgerError: an entry that does not follow; its index is named.
        Malformed, Undecodable: an entry that is no message.
    """
    due = deque[Said]()
    for index, entry in enumerate(entries, state.size):
        raw, now_ns = envelope_of(entry), received_ns(entry)
        envelope = unseal(raw)
        said = decode(envelope.body)
        if due:
            _demand(due.popleft(), envelope.body, index)
            continue
        if isinstance(said, Refusal) and said.party == CENTRE:
            state, follows, _ = replay_refusal(state, said, now_ns)
        else:
            key = _key_of(state, envelope)
            state, follows, _ = receive(state, Arrived(message=said, digest=digest(raw), key=key), now_ns)
        if not follows:
            raise LedgerError(f"entry {index}: says what was said before")
        _demand(follows[0], envelope.body, index)
        due.extend(follows[1:])
    if due:
        raise LedgerError(
            f"entry {state.size - len(due)}: is missing; after what stands before it the centre says {type(due[0]).__name__}"
        )
    return state


def _demand(expected: Said, body: bytes, index: int) -> None:
    """The entry must say what follows."""
    if encode(expected) != body and decode(body) != expected:
        raise LedgerError(f"entry {index}: {type(expected).__name__} must stand there; another does")


def _key_of(state: Centre, envelope: Envelope) -> str:
    """The key that signed; the signature is looked at only where the hint leaves a choice."""
    candidates = state.keyring.candidates(envelope.key_id)
    if len(candidates) == 1:
        return candidates[0]
    return next((key for key in candidates if is_signed(envelope, bytes.fromhex(key))), "")
