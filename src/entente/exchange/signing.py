"""Who said these bytes? Envelopes and keys; the only file that touches private keys.

An envelope is key_id(4) || Ed25519 signature(64) || body. The signature covers the type of the body as well as the body
(DSSE's pre-authentication encoding), so that what was signed for one use is refused for another. The body stays as it was
received: nothing is ever put into another form before it is hashed or checked.

Sources: RFC 8032 (Ed25519); DSSE protocol 1.0.2 (PAE).
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import msgspec
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from entente.errors import KeyRefused, Malformed, StoreError

MESSAGE = "application/vnd.entente.message+json"
POLICY = "application/vnd.entente.policy+json"
KEY_STATEMENT = "application/vnd.entente.key+text"
CHALLENGE = "application/vnd.entente.challenge+text"

KEY_ID_BYTES, SIGNATURE_BYTES = 4, 64
HEAD_BYTES = KEY_ID_BYTES + SIGNATURE_BYTES
LONGEST = 65_536  # bytes of an envelope
PRIME = 2**255 - 19  # of the field of Ed25519; RFC 8032, section 5.1

# y of the points of order 1, 2, 4 and 8; under such a "key" one signature fits many messages. The two of order 8 are the
# roots of the curve's equation doubled; tests/attacks/test_log.py works all of them out from the curve.
SMALL_ORDER = frozenset({
    0, 1, PRIME - 1,
    0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
})  # fmt: skip


class Envelope(msgspec.Struct, frozen=True):
    """What was received, taken apart.

    Attributes:
        key_id: first four bytes of the SHA-256 of the public key: a hint, never a proof.
        signature: 64 bytes.
        body: as received.
    """

    key_id: bytes
    signature: bytes
    body: bytes


@dataclass(frozen=True, repr=False)
class Key:
    """A private key, held in memory; it shows only its public half."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Key({public_of(self).hex()})"

    def sign(self, text: bytes) -> bytes:
        """The signature over exactly these bytes, 64 bytes; messages go through `seal`."""
        return self.private.sign(text)


def new_key() -> Key:
    """A key from the operating system's randomness."""
    return Key(Ed25519PrivateKey.generate())


def read_key(path: Path) -> Key:
    """The private key in a file that `write_key` wrote (PKCS 8, PEM).

    Raises:
        StoreError: no such file, or it holds no Ed25519 key, or others than its owner may read it.
    """
    try:
        mode, pem = path.stat().st_mode, path.read_bytes()
        private = serialization.load_pem_private_key(pem, password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, InternalError) as problem:
        raise StoreError(
            f"{path}: no private key can be read ({str(problem)[:80]}); make one with: entente keys new"
        ) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise StoreError(f"{path}: this key is not for Ed25519; make one with: entente keys new")
    if mode & 0o077:
        raise StoreError(f"{path}: others may read this private key; allow its owner only: chmod 600 {path}")
    return Key(private)


def write_key(path: Path, key: Key) -> None:
    """Keep a private key in a new file that only its owner can read.

    Raises:
        StoreError: there is a file of that name already (a key is never overwritten), or it cannot be written.
    """
    pem = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise StoreError(
            f"{path}: there is a file already, and a key is never overwritten; pick another name"
        ) from None
    except OSError as problem:
        raise StoreError(f"{path}: cannot be written ({problem.strerror}); pick another place") from None


def public_of(key: Key) -> bytes:
    """The public half, 32 bytes."""
    return key.private.public_key().public_bytes_raw()


def key_id(public: bytes) -> bytes:
    """The hint in front of an envelope: first four bytes of the SHA-256 of the public key."""
    return sha256(public).digest()[:KEY_ID_BYTES]


def check_public(public: bytes) -> None:
    """Refuse a public key that is no key: under a point of small order one signature fits many messages.

    Raises:
        KeyRefused: not 32 bytes, not in the one form that RFC 8032 gives a point, or of small order.
    """
    if len(public) != 32:
        raise KeyRefused(f"public key: {len(public)} bytes; an Ed25519 key has 32")
    y = int.from_bytes(public, "little") & (2**255 - 1)
    if y >= PRIME or y in SMALL_ORDER:
        raise KeyRefused(f"public key {public.hex()}: not the canonical form of a point of large order; make a new key")


def pae(payload_type: str, body: bytes) -> bytes:
    """What is signed: the type and the body, each with its length (DSSE)."""
    name = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)


def seal(key: Key, body: bytes, payload_type: str = MESSAGE) -> bytes:
    """The envelope around a body.

    Raises:
        Malformed: the envelope would be longer than 64 KiB.
    """
    if len(body) > LONGEST - HEAD_BYTES:
        raise Malformed(f"body: {len(body):,} bytes; an envelope holds at most {LONGEST - HEAD_BYTES:,}")
    return key_id(public_of(key)) + key.sign(pae(payload_type, body)) + body


def unseal(raw: bytes) -> Envelope:
    """Take an envelope apart; nothing in it is believed yet.

    Raises:
        Malformed: longer than 64 KiB, or too short to hold a body.
    """
    if len(raw) > LONGEST:
        raise Malformed(f"envelope: {len(raw):,} bytes; at most {LONGEST:,} are read")
    if len(raw) <= HEAD_BYTES:
        raise Malformed(f"envelope: {len(raw)} bytes; key and signature alone take {HEAD_BYTES}")
    return Envelope(raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:HEAD_BYTES], raw[HEAD_BYTES:])


def is_signed(envelope: Envelope, public: bytes, payload_type: str = MESSAGE) -> bool:
    """Whether the holder of this public key signed this body as a body of this type."""
    return fits(public, envelope.signature, pae(payload_type, envelope.body))


def fits(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether this is a signature over exactly these bytes by this key; any odd key or signature is simply not."""
    try:
        _verifier(public).verify(signature, text)
    except (InvalidSignature, KeyRefused):
        return False
    return True


@lru_cache(maxsize=1024)
def _verifier(public: bytes) -> Ed25519PublicKey:
    """The key in the form the library checks with; parties have few keys."""
    check_public(public)
    return Ed25519PublicKey.from_public_bytes(public)


def digest(raw: bytes) -> str:
    """By what bytes are named: hex SHA-256."""
    return sha256(raw).hexdigest()
