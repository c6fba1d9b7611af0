"""What goes out as it happens? A ring of numbered items, and for every reader the place up to which it has read.

Nobody is waited for: who falls further behind than the ring is long is let go, and comes back by index. Each item is written
once, and readers who are equally far are sent the same bytes. A run is one life of the centre; numbers begin anew with it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

LENGTH = 20_000  # items
MOST_AT_ONCE = 2_000  # items of one frame
ALL = ""  # to all


@dataclass(frozen=True)
class Item:
    """One thing that is said to readers, as JSON; to which party (ALL: everybody who may see it), and whether observers may."""

    number: int
    text: bytes
    parties: tuple[str, ...]
    observed: bool


@dataclass(frozen=True)
class Viewer:
    """Who reads: a seat or a node of a party, or an observer, who has none."""

    name: str
    party: str | None

    def sees(self, item: Item) -> bool:
        """Whether this item is for these eyes."""
        return item.observed if self.party is None else self.party in item.parties


@dataclass
class Stream:
    """The items of one run of the centre."""

    run: str
    last: int = 0
    seated: Counter[str | None] = field(default_factory=Counter)  # readers of each party; None: observers
    _items: deque[Item] = field(default_factory=lambda: deque(maxlen=LENGTH))
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    _made: tuple[tuple[int, int, str | None], bytes] = ((0, 0, None), b"")

    def put(self, write: Callable[[int], bytes], parties: tuple[str, ...], *, observed: bool) -> None:
        """One more; `write` gets its number."""
        self.last += 1
        self._items.append(Item(self.last, write(self.last), parties, observed))
        self._changed.set()
        self._changed = asyncio.Event()

    @property
    def readers(self) -> int:
        """All of them."""
        return self.seated.total()

    def has(self, run: str, after: int) -> bool:
        """Whether a reader who has seen all up to this number can go on from there."""
        return run == self.run and self.last - len(self._items) <= after <= self.last

    async def beyond(self, after: int) -> None:
        """Wait until there is more."""
        while self.last <= after:
            await self._changed.wait()

    def frame(self, viewer: Viewer, after: int) -> tuple[bytes, int] | None:
        """The next items for this viewer as a JSON array, and up to where; None: it fell behind."""
        if not self.has(self.run, after):
            return None
        stop = min(self.last, after + MOST_AT_ONCE)
        key = after, stop, viewer.party
        if self._made[0] != key:
            first = self.last - len(self._items) + 1
            chosen = (self._items[number - first] for number in range(after + 1, stop + 1))
            shown = [item.text for item in chosen if viewer.sees(item)]
            self._made = key, b"[" + b",".join(shown) + b"]" if shown else b""
        return self._made[1], stop
