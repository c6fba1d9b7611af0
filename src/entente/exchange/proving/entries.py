"""What is one entry of the log? When the centre received it, and the envelope as it came.

The time is part of what is hashed and cosigned, so that everything the centre decided follows from the log alone.
"""

TIME_BYTES = 8


def entry_of(received_ns: int, envelope: bytes) -> bytes:
    """An entry: big-endian nanoseconds since 1970, then the envelope, byte for byte."""
    return received_ns.to_bytes(TIME_BYTES, "big", signed=True) + envelope


def received_ns(entry: bytes) -> int:
    """When the centre received this entry, nanoseconds since 1970."""
    return int.from_bytes(entry[:TIME_BYTES], "big", signed=True)


def envelope_of(entry: bytes) -> bytes:
    """The envelope in an entry, as it was received."""
    return entry[TIME_BYTES:]
