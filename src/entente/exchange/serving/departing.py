"""What leaves a nation's node, and when? Drafts wait under its policy, are kept on the disk, and go into the outbox when due.

A full disk loses nothing and lets nothing leave twice: what was let go is owed to the outbox until it is there, and only then
the file forgets it. It is told once, and tried again each second.
"""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from entente.errors import ExchangeError, LedgerFull, StoreError
from entente.exchange.messages import Said
from entente.exchange.proving.outbox import Outbox
from entente.exchange.release import Draft, Giver
from entente.exchange.releasing.waiting import Queue, hold, let_go, next_due
from entente.exchange.serving.telling import Teller

ROOM_S = 1.0  # between tries of a full disk


@dataclass
class Releasing:
    """A node's side of the policy: what waits, and where it is kept."""

    giver: Giver
    outbox: Outbox
    path: Path
    tell: Teller
    queue: Queue
    is_kept: bool = True  # the queue is on the disk as it is here
    _owed: list[Said] = field(default_factory=list)  # let go, and not in the outbox yet
    _lacks: str = ""  # what there is no room for
    _again_s: float = 0.0  # when that is tried again

    def take(self, draft: Draft, now_ms: int) -> None:
        """Let a draft wait, or tell why it will not leave.

        Raises:
            ExchangeError: it is another node's.
        """
        mine, its = (self.outbox.log, self.outbox.node), (draft.said.log, draft.said.node)
        if its != mine:
            raise ExchangeError(f"a draft of {its[1]!r} for {its[0]!r}; this is {mine[1]!r} for {mine[0]!r}")
        self.queue, withheld = hold(self.queue, self.giver, draft, now_ms)
        if withheld:
            self.tell("withheld", reason=withheld)
        self.is_kept = False
        self._settle()

    def release(self, now_ms: int) -> list[Said]:
        """Put into the outbox what leaves now; what was put is on the disk before the queue forgets it."""
        due = next_due(self.queue)
        if not self._owed and due is not None and due <= now_ms:
            left = let_go(self.queue, self.giver, now_ms)
            boot = self.outbox.boot  # what waited since an earlier boot is said at this one
            self._owed = [msgspec.structs.replace(said, boot=boot) for said in left.messages]
            self.queue, self.is_kept = left.queue, False
            for _, reason in left.withheld:
                self.tell("withheld", reason=reason)
        return self._settle()

    def _settle(self) -> list[Said]:
        """What is owed goes into the outbox, then the queue onto the disk; what went."""
        if self._lacks and time.monotonic() < self._again_s:
            return []
        put = self._put()
        if not self._owed and not self.is_kept:
            self._keep()
        if self._lacks and self.is_kept:
            self._lacks = ""
            self.tell("room-again")
        return put

    def _put(self) -> list[Said]:
        """As many as there is room for, in order."""
        put = list[Said]()
        while self._owed:
            try:
                self.outbox.put(self._owed[0])
            except LedgerFull as problem:
                self._full("disk-full", str(problem))
                break
            put.append(self._owed.pop(0))
        return put

    def _keep(self) -> None:
        """Replace the file."""
        partial = self.path.with_suffix(".partial")
        try:
            with partial.open("wb") as file:
                file.write(msgspec.json.encode(self.queue))
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
            self.is_kept = True
        except OSError as problem:
            self._full(
                "queue-not-kept", f"{self.path}: {problem.strerror}; what waits is lost if this node is killed now"
            )

    def _full(self, event: str, reason: str) -> None:
        """Told once; tried again later."""
        if event != self._lacks:
            self.tell(event, reason=reason)
        self._lacks, self._again_s = event, time.monotonic() + ROOM_S


def read_queue(path: Path) -> Queue:
    """The queue as it was kept; empty where there is none.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Queue) if path.exists() else Queue()
    except (OSError, msgspec.DecodeError) as problem:
        raise StoreError(f"{path}: cannot be read ({problem}); what waited there is lost if you remove it") from None
