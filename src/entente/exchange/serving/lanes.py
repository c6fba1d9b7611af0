"""Whose turn is it? What waits to be written, by sender: warnings before the crowd, and of each lane every sender in turn.

So a sender that floods waits for itself. Bounded: who has too much waiting is told so, and sends again.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from entente.exchange.messages import AirTrack, LinesOfSight, StateOfHealth, TrackState
from entente.exchange.shell import Reply
from entente.exchange.signing import HEAD_BYTES

MOST_WAITING = 2_048  # envelopes of one sender, in each lane
CROWD = tuple(str(kind.__struct_config__.tag) for kind in (TrackState, AirTrack, LinesOfSight, StateOfHealth))


@dataclass(frozen=True)
class Parcel:
    """Envelopes that came together, from whom, when [monotonic s], and who waits for the answers."""

    raws: tuple[bytes, ...]
    sender: str
    came_s: float
    answer: Callable[[list[Reply] | None], None]


@dataclass
class Lanes:
    """All that waits. `take` gives whole parcels, so that what came together stays in order."""

    warnings: dict[str, deque[Parcel]] = field(default_factory=dict)
    crowd: dict[str, deque[Parcel]] = field(default_factory=dict)
    waiting: int = 0

    def put(self, parcel: Parcel) -> bool:
        """Let it wait; False: this sender has too much waiting."""
        lane = self.crowd if is_crowd(parcel.raws) else self.warnings
        queue = lane.setdefault(parcel.sender, deque())
        if sum(len(each.raws) for each in queue) + len(parcel.raws) > MOST_WAITING:
            return False
        queue.append(parcel)
        self.waiting += len(parcel.raws)
        return True

    def take(self, most: int) -> list[Parcel]:
        """The next parcels, of at most so many envelopes, or one that is larger."""
        taken, room = list[Parcel](), most
        for lane in (self.warnings, self.crowd):
            while lane and room > 0:
                sender = next(iter(lane))
                queue = lane.pop(sender)
                parcel = queue.popleft()
                if queue:
                    lane[sender] = queue  # behind the others
                taken.append(parcel)
                room -= len(parcel.raws)
        self.waiting -= sum(len(parcel.raws) for parcel in taken)
        return taken


class _Tagged(msgspec.Struct):
    """What a message says that it is; whether it is, is seen later."""

    kind: str


_TAGGED = msgspec.json.Decoder(_Tagged)


def is_crowd(raws: Sequence[bytes]) -> bool:
    """Whether all of these can wait: tracks, looks, states of health, and what cannot be read."""
    return all(_kind(raw) in CROWD for raw in raws)


def _kind(raw: bytes) -> str:
    try:
        return _TAGGED.decode(raw[HEAD_BYTES:]).kind
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return CROWD[0]
