"""What may a body look like? The JSON Schema of the message kinds, for whoever writes or reads them with other tools.

A schema says less than `decoding` and `gates`: a body that fits it may still be refused.
"""

from typing import Any, get_args

import msgspec

from entente.errors import unknown
from entente.exchange.messages import Message, Said

KINDS: dict[str, type[Message]] = {str(kind.__struct_config__.tag): kind for kind in get_args(Said)}


def schema(kind: str | None = None) -> dict[str, Any]:
    """JSON Schema (2020-12) of one kind of message, such as `track-state`, or of all of them.

    Raises:
        UnknownName: there is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise unknown("kind of message", kind, KINDS)
    return msgspec.json.schema(Said if kind is None else KINDS[kind])
