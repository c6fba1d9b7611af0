"""Is the centre reached, and if not, why? Said once for each reason, and once more when it is reached again.

Who is not answered goes on trying: within two seconds where the line is down, each ten seconds where a certificate is the
reason, for then it is a person who must do something.
"""

import asyncio
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from entente.exchange.serving.papers import Papers, Why

FIRST_PAUSE_S, LONGEST_PAUSE_S, UNWANTED_PAUSE_S = 0.1, 2.0, 10.0  # between tries
LOOK_S = 5.0  # between two looks at the reason
GRACE_S = 1.0  # a line that is back by then was never told of
MOST_TOLD = 300  # letters of what another end says

Tell = Callable[..., None]


def untold(event: str, **fields: object) -> None:
    """Nobody listens."""


@dataclass
class Reach:
    """How one holder stands with the centre.

    Args:
        address: https://HOST:PORT.
        papers: without them nothing is told of why there is no answer.
    """

    address: str
    papers: Papers | None = None
    tell: Tell = untold
    is_up: bool = False
    is_unwanted: bool = False  # a certificate is the reason
    _told: str = ""
    _next_look_s: float = 0.0
    _looking: asyncio.Task[None] | None = None
    _refusals: dict[str, str] = field(default_factory=dict)

    def answered(self) -> None:
        """The centre answered."""
        self.is_up, self.is_unwanted = True, False
        if self._told:
            self.tell("line-up", centre=self.address)
            self._told = ""

    def failed(self, problem: BaseException) -> None:
        """It did not; why is looked at beside all else."""
        self.is_up = False
        if self.papers is not None and time.monotonic() >= self._next_look_s:
            self._next_look_s = time.monotonic() + LOOK_S
            self._looking = asyncio.get_running_loop().create_task(self._look(self.papers, problem))

    def refused(self, what: str, status: int, reason: str) -> None:
        """It answered that this is not for us, or not so: told once for each reason."""
        if self._refusals.get(what) != reason:
            self._refusals[what] = reason
            self.tell("not-answered", what=what, status=status, reason=reason[:MOST_TOLD])

    def pauses(self) -> Iterator[float]:
        """How long to wait before each next try: longer as long as the centre is away, and never all at once."""
        pause_s = FIRST_PAUSE_S
        while True:
            yield pause_s * random.uniform(0.5, 1.0)
            longest_s = UNWANTED_PAUSE_S if self.is_unwanted else LONGEST_PAUSE_S
            pause_s = FIRST_PAUSE_S if self.is_up else min(longest_s, 2.0 * pause_s)

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    async def _look(self, papers: Papers, problem: BaseException) -> None:
        """Tell why, if that is new; and take up a certificate that was put there since."""
        papers.renew()
        await asyncio.sleep(GRACE_S)
        if self.is_up:
            return
        why = await _beside(papers, problem, self.address)
        if self.is_up:
            return
        self.is_unwanted = why.is_certificate
        if why.words != self._told:
            self._told = why.words
            self.tell("line-down", reason=why.words)


async def _beside(papers: Papers, problem: BaseException, address: str) -> Why:
    """Why, found in a thread of its own: it may take seconds, and a process that ends does not wait for it."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[Why] = loop.create_future()

    def look() -> None:
        why = papers.why(problem, address)
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: None if found.done() else found.set_result(why))

    threading.Thread(target=look, daemon=True, name="why").start()
    return await found
