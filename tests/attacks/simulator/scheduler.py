"""What happens when? One queue of events in true time, one stream of draws, one hash of everything that was done."""

import hashlib
import heapq
from random import Random

SECOND = 1_000_000_000


class Scheduler:
    """True time [ns], the events to come, and the run's own hash: same seed, same hash."""

    def __init__(self, seed: int) -> None:
        self.draws = Random(seed)
        self.now_ns = 0
        self.queue = []
        self.sequence = 0
        self.hash = hashlib.sha256()
        self.events = 0

    def after(self, seconds, what, *arguments):
        """Do it that much later; events of the same instant keep the order in which they were asked for."""
        self.sequence += 1
        at_ns = self.now_ns + max(0, round(seconds * SECOND))
        heapq.heappush(self.queue, (at_ns, self.sequence, what, arguments))

    def every(self, seconds, what, *arguments):
        """Do it again and again, with a jitter of a fifth: timers at exact multiples hide mistakes."""

        def tick():
            what(*arguments)
            self.after(seconds * self.draws.uniform(0.8, 1.2), tick)

        self.after(seconds * self.draws.random(), tick)

    def note(self, *words):
        """Make this part of the run's hash."""
        self.hash.update(repr((self.now_ns, *words)).encode())

    def run(self, until_s):
        """Go on until true time is `until_s`."""
        until_ns = round(until_s * SECOND)
        while self.queue and self.queue[0][0] <= until_ns:
            self.now_ns, _, what, arguments = heapq.heappop(self.queue)
            self.events += 1
            what(*arguments)
        self.now_ns = until_ns
