"""Which message do these bytes say, if any?

Between a signed body and `Said`, strict, in this order:

1. size, before anything is read;
2. JSON and schema in one pass: wrong types, unknown fields, values beyond their limits, NaN and numbers out of range
   are refused, and so is nesting deeper than any message has;
3. keys that stand twice: readers differ in which of the two they take, so that one signed body would say two things;
4. days that no calendar has.

Whatever passes can be worked with: no text in it that is a time, a name or a key can raise later.
"""

import json
from typing import Any, get_args

import msgspec

from entente.errors import Undecodable
from entente.exchange.messages import Said, StateOfHealth
from entente.exchange.saying.instants import nanoseconds

ENVELOPE_LIMIT = 65_536  # bytes
BODY_LIMIT = ENVELOPE_LIMIT - 68  # without key and signature
INSTANT_FIELDS = ("window_opens", "window_closes", "launched", "begins", "ends", "observed", "impact", "deadline")

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Said)


def encode(message: Said, bucket: int = 1) -> bytes:
    """The body of a message; blanks at its end, which mean nothing, hide its length up to a multiple of `bucket` bytes.

    Raises:
        Undecodable: it would be too large for anyone to read.
    """
    body = _ENCODER.encode(message)
    body = body.ljust(-(-len(body) // bucket) * bucket)
    if len(body) > BODY_LIMIT:
        raise Undecodable("too-large")
    return body


def decode(body: bytes) -> Said:
    """The message that a body says.

    Raises:
        Undecodable: it says none; `reason` is one of too-large, not-json, too-deep, not-a-message, key-twice, no-such-day,
            and the cause, if there is one, says which field.
    """
    if len(body) > BODY_LIMIT:
        raise Undecodable("too-large")
    try:
        said = _DECODER.decode(body)
        if _ENCODER.encode(said) != body.rstrip(b" "):  # written by others; else there is only this one way to read it
            _PAIRS.decode(body.decode())
    except msgspec.ValidationError as error:
        raise Undecodable("not-a-message") from error
    except (msgspec.DecodeError, ValueError) as error:
        raise Undecodable("not-json") from error
    except RecursionError as error:
        raise Undecodable("too-deep") from error
    _refuse_impossible_days(said)
    return said


def _unique(pairs: list[tuple[str, Any]]) -> None:
    """Python's own reader shows every pair of an object; msgspec's takes the last of two."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise Undecodable("key-twice")


_PAIRS = json.JSONDecoder(object_pairs_hook=_unique, parse_int=str, parse_float=str)


def _refuse_impossible_days(said: Said) -> None:
    try:
        for instant in instants_of(said):
            nanoseconds(instant)
    except ValueError as error:
        raise Undecodable("no-such-day") from error


def instants_of(said: Said) -> list[str]:
    """Every time that a message names, `sent` first."""
    named = [getattr(said, field) for field in _INSTANTS[said.__class__]]
    if isinstance(said, StateOfHealth):
        for feed in said.feeds:
            named += [feed.since, *(instant for gap in feed.gaps for instant in (gap.begins, gap.ends))]
    return [instant for instant in named if instant is not None]


_INSTANTS = {
    kind: ("sent", *(field for field in kind.__struct_fields__ if field in INSTANT_FIELDS)) for kind in get_args(Said)
}
