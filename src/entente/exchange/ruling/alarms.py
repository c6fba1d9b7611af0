"""What does the centre send besides what it writes on the log? Entries to show, and alarms."""

import msgspec

from entente.exchange.ruling.reasons import Reason


class Show(msgspec.Struct, frozen=True, tag="show"):
    """An entry of the log that these parties are to see at once."""

    to: tuple[str, ...]
    index: int


class Alarm(msgspec.Struct, frozen=True, kw_only=True, tag="alarm"):
    """Something a duty officer, or a node, is to know. It changes nothing: the state follows from the log alone.

    Attributes:
        to: parties.
        sender: the node, seat or party it is about.
        about: the entry it is about; for a gap, its first and its last number stand in `numbers`.
        digests: of the envelopes that prove it; two for an equivocation.
        since_ns: since when; an alarm of `due` stands until it no longer holds, and is the same as long as it stands.
    """

    to: tuple[str, ...]
    reason: Reason
    sender: str
    since_ns: int
    about: int | None = None
    numbers: tuple[int, int] | None = None
    digests: tuple[str, ...] = ()


Outgoing = Show | Alarm
