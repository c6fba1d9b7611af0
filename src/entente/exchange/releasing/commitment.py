"""How can a party be held to what it did not show? It commits to the raw event, and opens it later to an inspector.

A commitment is the hash of a salt and of the event. Who has it alone learns nothing: without the salt not even a guess of the
event can be tried. Who is given salt and event later checks that they are the ones, and no others fit. The salt follows from
the party's secret and the event, so that nothing but the sealed national log has to be kept.
"""

import hmac
from hashlib import sha256

from entente.exchange.releasing.blurring import keyed

SALT_BYTES = 32
DOMAIN = b"entente commitment 1\0"


def salt_of(secret: bytes, raw: bytes) -> bytes:
    """The salt of one event, 32 bytes: opening one event tells of no other."""
    return keyed(secret, "salt", sha256(raw).hexdigest())


def commit(salt: bytes, raw: bytes) -> str:
    """The digest that goes into the message, hex.

    Raises:
        ValueError: not a salt of 32 bytes, so that salt and event could be cut apart elsewhere.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"salt: {len(salt)} bytes; a salt has {SALT_BYTES}")
    return sha256(DOMAIN + salt + raw).hexdigest()


def opens(commitment: str, salt: bytes, raw: bytes) -> bool:
    """Whether this salt and this event are those that a party committed itself to."""
    return len(salt) == SALT_BYTES and hmac.compare_digest(commitment.encode(), commit(salt, raw).encode())
