"""On what did an event turn? Why it could not be cleared, which rung would have changed it, on which assumptions that hangs.

Computed from the readings of the side that was alarmed; nothing is written by hand for one event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import prod

import numpy as np

from entente.deciders import first_order, noise
from entente.estimate.nature import ATTACK
from entente.questions.events import RESOLVED_AT, SEEDS, event
from entente.questions.judged import assumed
from entente.questions.reading import Reading, prior_in
from entente.questions.tidings import NOTICES, REPORTS, suspect_of
from entente.scenario.event_files import load_event
from entente.scenario.parts import Ranged
from entente.scenario.rows import evidence, judging

TEN = RESOLVED_AT[1]
CHANGES = 0.1  # of the histories: from so much more on a rung changes an event
NAMED = 2  # assumptions
WORSE = 0.02  # of the histories: from so much less on a rung harms


@dataclass(frozen=True)
class Turn:
    """What an event turned on, in the eyes of one side.

    Attributes:
        at_s: when an attack was likeliest by ten minutes, as it was; chance: the median over the draws, then; base: before any
            report.
        rival: the likeliest other nature; weights: by what it held then, how many times likelier in an attack than in the rival.
        right, early: by rung, the share of the histories in which it is resolved rightly by ten and by five minutes.
        ends: as it was, by ten minutes, the shares resolved rightly, wrongly, not.
        first: the median chance of an attack by the first report, as it was and at rung 1; silent: whether what rung 1 adds to
            it is that no notice came where one was due.
        unseen: whether its own sensors report nothing but that they see nothing.
        believed: the same at the highest of them, if the partner were believed in full; None where it is not the suspect.
        deciders: the assumptions on which the chance of an attack at ten minutes, against the bar, hangs most.
    """

    at_s: float
    chance: float
    base: float
    rival: str
    weights: tuple[tuple[str, float], ...]
    right: tuple[float, ...]
    early: tuple[float, ...]
    ends: tuple[float, float, float]
    first: tuple[float, float]
    silent: bool
    unseen: bool
    believed: float | None
    deciders: tuple[str, ...]

    @property
    def changed_by(self) -> int | None:
        """The lowest rung that changes it by a tenth; None: none does."""
        return changed_by(self.right)

    @property
    def worst(self) -> int | None:
        """The rung at which it is read worst by ten minutes, if that is worse than as it was; None: at none."""
        rung = min(range(len(self.right)), key=lambda n: self.right[n])
        return rung if self.right[0] - self.right[rung] >= WORSE else None

    @property
    def speaks(self) -> float:
        """How many times likelier all that it held is in an attack than in the rival."""
        return prod(factor for _, factor in self.weights)


def changed_by(right: Sequence[float]) -> int | None:
    """The first rung at which a share is a tenth more than at the lowest; None: at none."""
    return next((rung for rung, share in enumerate(right) if share - right[0] >= CHANGES), None)


@cache
def turn_of(name: str, party: str = "") -> Turn:
    """A shipped event, read at every rung that matters by a side that suspects somebody; the first, where none is named."""
    told = load_event(name)
    party = party or told.suspected[0].by
    account = event(told, range(REPORTS + 1), SEEDS)
    was = account.readings[0, party]
    middle = np.where(was.at_s <= TEN, np.median(was.p[..., ATTACK], axis=1), 0.0)
    at_s = float(was.at_s[int(middle.argmax())])
    believed = None
    if suspect_of(told, party) == "partner":
        believed = float(event(told, (REPORTS,), SEEDS, 1.0).shares(REPORTS, party)[0])
    return Turn(
        at_s=at_s,
        chance=float(middle.max()),
        base=float(np.median(prior_in(told, assumed(SEEDS))[:, ATTACK])),
        rival=was.rival(at_s),
        weights=_factors(was, at_s),
        right=tuple(float(account.shares(rung, party)[0]) for rung in account.rungs),
        early=tuple(float(account.shares(rung, party, RESOLVED_AT[0])[0]) for rung in account.rungs),
        ends=was.shares(TEN),
        first=_first(was, account.readings[NOTICES, party]),
        silent="no notice" in dict(_factors(account.readings[NOTICES, party], at_s)),
        unseen=all(one.says.endswith("nothing") for one in was.items if one.giver == "own"),
        believed=believed,
        deciders=_deciders(was),
    )


def _factors(reading: Reading, at_s: float) -> tuple[tuple[str, float], ...]:
    """What is held, and how many times likelier it is in an attack than in the likeliest rival."""
    return tuple((says, float(10.0 ** (weight / 10.0))) for _, says, weight in reading.weights(at_s))


def _first(was: Reading, then: Reading) -> tuple[float, float]:
    """The median chance of an attack at the first moment with anything to judge in most histories."""
    at = int((was.quiet.mean(axis=1) < 0.5).argmax())
    return float(np.median(was.p[at, :, ATTACK])), float(np.median(then.p[at, :, ATTACK]))


def _deciders(was: Reading) -> tuple[str, ...]:
    """The inputs on which it hangs most whether it is at ease at ten minutes, above what noise reaches."""
    takes, at = assumed(SEEDS), int(np.flatnonzero(was.at_s == TEN)[0])
    margin = np.log(was.p[at, :, ATTACK]) - np.log(takes.numbers["cleared"])
    names = list(takes.shares)
    indices = first_order(np.stack([takes.shares[name] for name in names], axis=1), margin)
    least = noise(margin, len(names))
    return tuple(names[n] for n in np.argsort(-indices)[:NAMED] if indices[n] > least)


def range_of(name: str) -> Ranged:
    """The range of an input by its name, such as `judging.base-attack` or `evidence.no-notice.attack`."""
    kind, _, rest = name.partition(".")
    if kind == "judging":
        return next(row.value for row in judging() if row.id == rest)
    row_id, _, nature = rest.rpartition(".")
    return next(row.chance[nature] for row in evidence() if row.id == row_id)  # type: ignore[index]
