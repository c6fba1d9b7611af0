"""How much may one sender say, and how often may one address be wrong? Token buckets; bounded, and forgotten at a restart.

Two lanes for every key: launches, notices and the words of officers have one of their own, so that a flood of tracks by the
same node never holds up its warning. What is no message of this log, though signed (it cannot be read, or is meant for
another), has a third: whoever got hold of it can send it, and empties no lane of who signed it. An address from which more
than ten bad envelopes came within a minute is not read for the rest of that minute. What is throttled is not on the log: a
flood would fill it.
"""

from dataclasses import dataclass, field

from entente.exchange.messages import AirTrack, LinesOfSight, Said, StateOfHealth, TrackState
from entente.exchange.saying.instants import NS_PER_S

CROWD = (TrackState, AirTrack, LinesOfSight, StateOfHealth)  # all else goes in the reserved lane
MINUTE_NS = 60 * NS_PER_S
MOST_WRONG = 10  # bad envelopes from one address in a minute
MOST_KNOWN = 4_096  # keys, addresses; the one heard of first is forgotten first


@dataclass(frozen=True)
class Limits:
    """Messages a second for one key, and how many at once; chosen by us."""

    crowd_per_s: float = 50.0
    crowd_at_once: float = 500.0
    reserved_per_s: float = 10.0
    reserved_at_once: float = 200.0


@dataclass
class Bucket:
    """Tokens left, and when they were counted."""

    tokens: float
    counted_ns: int

    def take(self, per_s: float, most: float, now_ns: int, count: float = 1.0) -> bool:
        """Take so many, if there are so many. A clock that was set back adds none."""
        passed_s = max(0, now_ns - self.counted_ns) / NS_PER_S
        self.tokens, self.counted_ns = min(most, self.tokens + per_s * passed_s), now_ns
        if self.tokens < count:
            return False
        self.tokens -= count
        return True


@dataclass
class Throttle:
    """The buckets of all keys, and the bad envelopes of all addresses."""

    limits: Limits = field(default_factory=Limits)
    _buckets: dict[tuple[str, str], Bucket] = field(default_factory=dict)
    _wrong: dict[str, Bucket] = field(default_factory=dict)

    def lets_pass(self, key: str, said: Said | None, now_ns: int) -> bool:
        """Whether this key may say this now; None: no message of this log."""
        crowd = isinstance(said, CROWD)
        lane = "stray" if said is None else "crowd" if crowd else "reserved"
        per_s = self.limits.crowd_per_s if crowd else self.limits.reserved_per_s
        most = self.limits.crowd_at_once if crowd else self.limits.reserved_at_once
        bucket = self._buckets.get((key, lane))
        if bucket is None:
            _make_room(self._buckets)
            bucket = self._buckets[key, lane] = Bucket(most, now_ns)
        return bucket.take(per_s, most, now_ns)

    def was_wrong(self, address: str, now_ns: int) -> None:
        """A bad envelope came from this address."""
        if address not in self._wrong or now_ns - self._wrong[address].counted_ns > MINUTE_NS:
            self._wrong.pop(address, None)
            _make_room(self._wrong)
            self._wrong[address] = Bucket(MOST_WRONG, now_ns)
        self._wrong[address].tokens -= 1.0

    def is_shut_out(self, address: str, now_ns: int) -> bool:
        """Whether nothing is read from this address now."""
        bucket = self._wrong.get(address)
        return bucket is not None and bucket.tokens < 0 and 0 <= now_ns - bucket.counted_ns <= MINUTE_NS


def _make_room(known: dict[str, Bucket] | dict[tuple[str, str], Bucket]) -> None:
    if len(known) >= MOST_KNOWN:
        del known[next(iter(known))]  # type: ignore[arg-type]
