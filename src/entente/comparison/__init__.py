"""What do the numbers of a study mean? Gains, losses and exposure of each rung, each with two intervals.

::

    values.py      which numbers are meant: one measure, case, rung and party over its histories
    intervals.py   Estimate: a value, its sampling interval over seeds, its range over the assumptions
    gains.py       level, gain (paired), who is better or worse off beyond noise: balanced, reciprocity
    exposing.py    what the other party learns about the giver: exposure in nats, and the facts in words
    losses.py      everything that gets worse from one rung to the next, with its cause
    paths.py       walk: step by step over the years, and what is left if the other leaves
    observing.py   observed: what a third party gets of the cooperation of two, how late, and what that reveals

Every function takes a `Study` and names of its coordinates; nothing here runs a history or reads a file.
"""

from entente.comparison.exposing import Exposure, Fact, exposure, facts
from entente.comparison.gains import (
    Balance,
    Change,
    Exchange,
    balanced,
    baseline,
    change,
    gain,
    level,
    reciprocity,
)
from entente.comparison.intervals import Estimate
from entente.comparison.losses import Loss, losses
from entente.comparison.observing import Observed, Watched, observed
from entente.comparison.paths import Exit, Stride, walk
from entente.comparison.values import histories

__all__ = [
    "Balance",
    "Change",
    "Estimate",
    "Exchange",
    "Exit",
    "Exposure",
    "Fact",
    "Loss",
    "Observed",
    "Stride",
    "Watched",
    "balanced",
    "baseline",
    "change",
    "exposure",
    "facts",
    "gain",
    "histories",
    "level",
    "losses",
    "observed",
    "reciprocity",
    "walk",
]
