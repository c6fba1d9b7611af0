"""What did the log say, and who stands by it? Notes that several keys sign, checkpoints and cosignatures, as text; pure.

A note is text, an empty line, and signature lines. A checkpoint is a note whose text is origin, size and root; the log
signs it (type 0x01), and each party's witness adds when it saw it and that all before is unchanged (type 0x04).

Sources: C2SP signed-note, tlog-checkpoint, tlog-cosignature (types of Ed25519 only; a key has one type, so that no reader
chooses among several).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from entente.errors import BadProof, Malformed
from entente.exchange.proving.merkle import HASH_BYTES
from entente.exchange.signing import Key, fits, public_of

LOG_TYPE, WITNESS_TYPE = 0x01, 0x04
LONGEST_NOTE = 65_536  # characters
MOST_SIGNATURES = 16
DASH = "\u2014 "
# No blanks, no plus, and nothing that shows as nothing or bends what stands around it (C1, soft hyphen, bidi, zero width).
NAME = re.compile(r"[^\s+\x00-\x20\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]{1,200}")
NO_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # controls, and halves of pairs that UTF-8 cannot hold
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Signature:
    """A signature line: by whom it says it is, and the bytes after the key's id."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True)
class Note:
    """A text, its last newline included, and the signatures below it; none is believed yet."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class Signer:
    """A public key under the name and for the use (`LOG_TYPE`, `WITNESS_TYPE`) under which it signs notes."""

    name: str
    public: bytes
    type: int

    @property
    def key_id(self) -> bytes:
        """First four bytes of SHA-256(name, newline, type, key)."""
        return sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]


@dataclass(frozen=True)
class TreeHead:
    """What a checkpoint says: the log of this name has this many entries under this root."""

    origin: str
    size: int
    root: bytes


def read_note(whole: str) -> Note:
    """Take a note apart, strictly.

    Raises:
        Malformed: not exactly of the form of C2SP signed-note, too long, or under too many signatures.
    """
    if len(whole) > LONGEST_NOTE:
        raise Malformed(f"note: {len(whole):,} characters; at most {LONGEST_NOTE:,} are read")
    if NO_TEXT.search(whole):
        raise Malformed("note: control characters; a note holds text and newlines")
    text, gap, below = whole.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or not text or lines.pop() or not lines:
        raise Malformed("note: no signature lines; they stand below an empty line and end with a newline")
    if len(lines) > MOST_SIGNATURES:
        raise Malformed(f"note: {len(lines)} signatures; at most {MOST_SIGNATURES} are read")
    return Note(text + "\n", tuple(_read_signature(line) for line in lines))


def write_signer(signer: Signer) -> str:
    """A public key as text, with name and use: NAME+ID+BASE64 (the `vkey` of C2SP)."""
    return f"{signer.name}+{signer.key_id.hex()}+{b64encode(bytes([signer.type]) + signer.public).decode()}"


def read_signer(text: str) -> Signer:
    """A public key from its text.

    Raises:
        Malformed: no such text, its id is not that of the key, or it is for another use than a log's or a witness's.
    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    raw = unbase64(encoded, "key")
    signer = Signer(name, raw[1:], raw[0])
    if not NAME.fullmatch(name) or len(raw) != 33 or signer.type not in (LOG_TYPE, WITNESS_TYPE):
        raise Malformed(f"key: {text[:80]!r} is no Ed25519 key of a log or a witness; it reads: NAME+ID+BASE64")
    if signer.key_id.hex() != key_id:
        raise Malformed(f"key: {text[:80]!r} has the id {signer.key_id.hex()}, not {key_id!r}: it was mistyped")
    return signer


def head_text(head: TreeHead) -> str:
    """The text of a checkpoint."""
    return f"{head.origin}\n{head.size}\n{b64encode(head.root).decode()}\n"


def read_head(text: str) -> TreeHead:
    """What the text of a checkpoint says; lines beyond the three are refused, for nobody can audit them.

    Raises:
        Malformed: not origin, size and root, a line each.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not NAME.fullmatch(lines[0]) or not DECIMAL.fullmatch(lines[1]):
        raise Malformed("checkpoint: must be three lines: the log's name, its size, its root")
    root = unbase64(lines[2], "checkpoint: its root")
    if len(root) != HASH_BYTES:
        raise Malformed(f"checkpoint: its root has {len(root)} bytes; SHA-256 has {HASH_BYTES}")
    return TreeHead(lines[0], int(lines[1]), root)


def head_of(note: str) -> TreeHead:
    """What a checkpoint says, whoever signed it."""
    return read_head(read_note(note).text)


def sign_head(head: TreeHead, key: Key) -> str:
    """The checkpoint under the log's own signature; the name of the log's key is the log's."""
    text, signer = head_text(head), Signer(head.origin, public_of(key), LOG_TYPE)
    return f"{text}\n{_line(signer, key.sign(text.encode()))}"


def cosign(text: str, name: str, key: Key, now_s: int) -> str:
    """The signature line of a witness under the text of a checkpoint: seen at `now_s`, and all before is unchanged."""
    signer = Signer(name, public_of(key), WITNESS_TYPE)
    return _line(signer, now_s.to_bytes(8, "big") + key.sign(_cosigned(text, now_s)))


def signed_at(note: Note, signer: Signer) -> int | None:
    """When this witness signed the note; 0 for a log, which says no time; None if there is no line of this signer.

    Raises:
        BadProof: there is a line under its name and key, and the signature does not hold.
    """
    found = None
    for line in note.signatures:
        if (line.name, line.key_id) == (signer.name, signer.key_id):
            found = _checked(note.text, line.signature, signer)
    return found


def unbase64(text: str, where: str) -> bytes:
    """Bytes from the one base64 form they have.

    Raises:
        Malformed: anything but the standard alphabet, padded, without spare bits.
    """
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raw = b""
    if not raw or b64encode(raw).decode() != text:
        raise Malformed(f"{where}: {text[:60]!r} is not base64")
    return raw


def _checked(text: str, signature: bytes, signer: Signer) -> int:
    """The time that a signature states, 0 for a log's, once it holds."""
    time_s, signed, rest = 0, text.encode(), signature
    if signer.type == WITNESS_TYPE:
        time_s, rest = int.from_bytes(signature[:8], "big"), signature[8:]
        signed = _cosigned(text, time_s)
    if len(rest) != 64 or time_s >= 2**63 or not fits(signer.public, rest, signed):
        raise BadProof(f"note: the signature of {signer.name} does not hold")
    return time_s


def _cosigned(text: str, time_s: int) -> bytes:
    """What a witness signs."""
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def _line(signer: Signer, signature: bytes) -> str:
    """A signature line."""
    return f"{DASH}{signer.name} {b64encode(signer.key_id + signature).decode()}\n"


def _read_signature(line: str) -> Signature:
    """A signature line, taken apart."""
    name, _, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not NAME.fullmatch(name):
        raise Malformed(f"note: {line[:60]!r} is no signature line; it reads: {DASH}NAME BASE64")
    raw = unbase64(encoded, "note: signature")
    if len(raw) < 5:
        raise Malformed("note: a signature line without a signature")
    return Signature(name, raw[:4], raw[4:])
