"""What time does a machine believe it is?"""

from tests.attacks.simulator.scheduler import SECOND

EPOCH_NS = 1_385_640_000 * SECOND  # 28 November 2013, 12:00 UTC: where true time starts


class Clock:
    """A machine's civil clock: wrong by an offset, running fast or slow, and stepped now and then."""

    def __init__(self, scheduler, offset_s=0.0, drift=0.0) -> None:
        self.scheduler = scheduler
        self.offset_ns = round(offset_s * SECOND)
        self.drift = drift

    def now_ns(self):
        """Nanoseconds since 1970, as the machine has it."""
        true = self.scheduler.now_ns
        return EPOCH_NS + true + self.offset_ns + round(true * self.drift)

    def step(self, seconds):
        """Someone set the clock."""
        self.offset_ns += round(seconds * SECOND)
