"""What does one nation's site hear from its own systems, when an exercise is played at several sites?

At each nation's site the same scenario, script and beginning are given; each tells its own node what that nation's systems
would report, and nothing of the other's. A site's clock is civil time. Of the script only what is injected is played here.
"""

import heapq
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from entente.exchange.saying.instants import NS_PER_S
from entente.exercise.histories import Cue, History, cues, health

HEALTH_S = 10


@dataclass(frozen=True)
class Begun:
    """A history, and how long after the exercise it begins [s]."""

    at_s: float
    history: History


def feed(begun: Sequence[Begun], party: str, log: str, begins_ns: int, ends_s: float) -> Iterator[Cue]:
    """A nation's own drafts in order of time, and every ten seconds how its feeds are.

    Args:
        begun: all histories of the exercise, in the order in which every site is given them: names follow from it.
        begins_ns: of the exercise, a whole second [ns since 1970].
        ends_s: after its beginning; inf: never.
    """
    own = [
        cue
        for serial, each in enumerate(begun, 1)
        for cue in cues(each.history, log, serial, begins_ns + round(each.at_s) * NS_PER_S)
        if cue.party == party
    ]
    world = begun[0].history.world
    moments = (begins_ns + k * HEALTH_S * NS_PER_S for k in itertools.count())
    feeds = (health(world, party, log, at_ns, begins_ns) for at_ns in moments)
    merged = heapq.merge(sorted(own, key=_when), feeds, key=_when)
    return itertools.takewhile(lambda cue: (cue.at_ns - begins_ns) / NS_PER_S <= ends_s, merged)


def tell(
    coming: Iterator[Cue], say: Callable[[Cue], None], clock: Callable[[], int], wait: Callable[[float], None]
) -> None:
    """Say each at its moment.

    Args:
        clock: ns since 1970; wait: so many seconds.
    """
    for cue in coming:
        while (left_ns := cue.at_ns - clock()) > 0:
            wait(min(left_ns / NS_PER_S, 1.0))
        say(cue)


def _when(cue: Cue) -> int:
    return cue.at_ns
