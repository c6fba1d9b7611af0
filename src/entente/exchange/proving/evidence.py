"""What proves that somebody spoke two ways? What was signed and refused, kept byte for byte beside the log.

A centre keeps the envelopes of whose refusal both sides are told: two bodies under one number, a chain that contradicts
itself, another's name, a revoked key. A witness keeps checkpoints that its log should not have signed. Nobody needs to
believe whoever kept it: the signature is the proof, and it is checked again here.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import msgspec

from entente.errors import Malformed, Undecodable
from entente.exchange.ruling.keyring import Keyring
from entente.exchange.ruling.nodes import number_of
from entente.exchange.saying.decoding import decode
from entente.exchange.signing import digest, is_signed, unseal

Found = Callable[[str, int, int], tuple[int, str] | None]  # as `Ledger.found`


class Evidence(NamedTuple):
    """About whom, why it was refused, and the envelope, or the checkpoint's text."""

    about: str
    reason: str
    what: bytes


class Shown(msgspec.Struct, frozen=True):
    """What one piece comes to.

    Attributes:
        digest: of its bytes, hex; as the log's refusal names it.
        signers: who has signed it, by keys that the log knows; none: it proves nothing by itself.
        entry: where the log holds what its sender said under that number; None: nowhere, or it names no number.
    """

    about: str
    reason: str
    digest: str
    signers: tuple[str, ...]
    entry: int | None


def shown(pieces: Iterable[Evidence], keyring: Keyring, found: Found) -> Iterator[Shown]:
    """Look at pieces of evidence, one after the other."""
    for about, reason, what in pieces:
        yield Shown(about, reason, digest(what), _signers(what, keyring), _entry(what, found))


def _signers(what: bytes, keyring: Keyring) -> tuple[str, ...]:
    """The holders of the keys under which it is a message."""
    try:
        envelope = unseal(what)
    except Malformed:
        return ()
    hinted = keyring.candidates(envelope.key_id)
    return tuple(keyring.keys[key].holder for key in hinted if is_signed(envelope, bytes.fromhex(key)))


def _entry(what: bytes, found: Found) -> int | None:
    try:
        known = found(*number_of(decode(unseal(what).body)))
    except (Malformed, Undecodable):
        return None
    return known[0] if known else None
