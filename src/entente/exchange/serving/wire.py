"""The small forms in which both ends of the wire speak beside envelopes; each knows nothing of the other's machinery."""

from collections.abc import Sequence
from typing import Annotated

import msgspec

from entente.exchange.proving.cosigning import Request
from entente.exchange.proving.witness import Refused

MOST_OF_BATCH, LONGEST_BATCH = 256, 2**20  # envelopes, bytes
MOST_RECEIPTS = 256  # of one answer
LENGTH_BYTES = 4


class Answer(msgspec.Struct, frozen=True):
    """What became of one envelope, as its sender reads it; see `shell.Reply`."""

    outcome: str
    index: int | None
    reason: str
    again: bool


class Proposal(msgspec.Struct, frozen=True):
    """What the centre asks of a witness, the largest checkpoint that both signed, and the other witness's question."""

    asked: Request | None
    latest: str
    vouch: str | None


class Witnessed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A witness's answer: entries it holds, and its line, or why it does not sign; neither if it was asked for none."""

    held: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    line: Annotated[str, msgspec.Meta(max_length=1_000)] | None = None
    refused: Refused | None = None


class Opening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who opens a session: the seat's public key, the challenge, and its signature, hex."""

    key: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z", max_length=64)]
    challenge: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z", max_length=64)]
    signature: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{128}\Z", max_length=128)]


def framed(parts: Sequence[bytes]) -> bytes:
    """Parts, each behind its length."""
    return b"".join(len(part).to_bytes(LENGTH_BYTES, "big") + part for part in parts)


def unframed(raw: bytes, most: int) -> list[bytes] | None:
    """Parts that each stand behind their length; None: cut short, or more than `most`."""
    parts, at = list[bytes](), 0
    while at < len(raw):
        begins = at + LENGTH_BYTES
        at = begins + int.from_bytes(raw[at:begins], "big")
        if begins > len(raw) or at > len(raw) or len(parts) == most:
            return None
        parts.append(raw[begins:at])
    return parts
