"""What does the other party's witness hold? Asked once after every start, and answered under that witness's own key.

The question carries a number that was never used before, and the answer signs it: so the centre, which carries both, can keep
an answer back but not show an old one, nor say that there is none.
"""

import secrets

from entente.errors import BadProof
from entente.exchange.signing import Key, is_signed, seal, unseal

VOUCH = "application/vnd.entente.vouch+text"
NONCE_BYTES = 32


def question() -> str:
    """A number that was never used before, hex."""
    return secrets.token_hex(NONCE_BYTES)


def vouched(key: Key, line: str, nonce: str, note: str | None) -> bytes:
    """The answer of a witness: the largest checkpoint that it signed, or that there is none."""
    return seal(key, f"{line}\n{nonce}\n{note or ''}".encode(), VOUCH)


def held_by(raw: bytes, public: bytes, line: str, nonce: str) -> str | None:
    """The checkpoint in an answer; None: the witness says that it holds none.

    Raises:
        Malformed: no envelope.
        BadProof: it is not signed by that witness, or answers another question.
    """
    envelope = unseal(raw)
    if not is_signed(envelope, public, VOUCH):
        raise BadProof("vouch: the other party's witness has not signed it")
    try:
        said_line, said_nonce, note = (*envelope.body.decode().split("\n", 2), "", "")[:3]
    except UnicodeDecodeError:
        raise BadProof("vouch: an answer that is no text") from None
    if (said_line, said_nonce) != (line, nonce):
        raise BadProof("vouch: an answer to another question")
    return note or None
