"""When? Times as messages say them (ISO 8601, UTC, milliseconds) and as the log counts them (nanoseconds since 1970)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


@lru_cache(maxsize=1024)  # decoding, gates and rules ask for the same few of a message one after the other
def nanoseconds(instant: str) -> int:
    """Nanoseconds since 1970, no leap seconds, of an instant as messages write it.

    Raises:
        ValueError: there is no such day or hour.
    """
    return (datetime.fromisoformat(instant) - EPOCH) // MILLISECOND * NS_PER_MS


def instant(ns: int) -> str:
    """As messages write it, cut to the millisecond; `ns`: since 1970, before the year 10000."""
    when = EPOCH + ns // NS_PER_MS * MILLISECOND
    return when.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
