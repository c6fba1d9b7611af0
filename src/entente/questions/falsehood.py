"""How far could a partner that reports falsely move a judgement? Bounds on the effect by trust, and the checks that limit it.

Nothing here says what such a partner would report, or searches for it: only how far the strongest possible word reaches.
"""

from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.estimate import nature as kernels
from entente.questions.judged import Assumed, answers
from entente.questions.reading import Reading
from entente.questions.tidings import REPORTS, TRACKS, WARNINGS, Chance

TRUSTS = (0.0, 0.25, 0.5, 0.75, 1.0)
CHECKS = (
    "a word is mixed with distrust: its weight is bounded whatever it says, and nothing where trust is 0",
    "a word alone never counts as a second kind of sensor: the strictest rule asks for one's own satellites and radars to see it",
    "a notice weighs only where what is seen starts in its window and flies as announced",
    "a track that passes our own sensors' field is compared with theirs, and the test of trust ends belief in the whole feed",
    "what is said is signed and logged: a falsehood stands on the record of both, with its signature",
)
"""What limits it, apart from the bounds."""


@dataclass(frozen=True)
class Bound:
    """At one trust: the chance of an attack without the partner's word, and between which chances its word could move it.

    Attributes:
        without, low, high: means over the histories; decibans: how far the word reaches up, the median over the histories.
        alarm: share of the histories in which the event could be held for an attack only because of a word.
        lull: share in which it could be cleared only because of a word.
    """

    trust: float
    without: float
    low: float
    high: float
    decibans: float
    alarm: float
    lull: float


def falsehood(without: Reading, rung: int, at_s: float, takes: Assumed, chance: Chance) -> tuple[Bound, ...]:
    """The bounds at a rung, trust by trust.

    Args:
        without: a reading at a rung below all words, such as 1, with the moment `at_s`.
    """
    at = int(np.flatnonzero(without.at_s == at_s)[0])
    p = without.p[at]
    honest = [_two(one, p) for one in _words(rung, takes, chance)]
    attack = p[:, kernels.ATTACK]
    bars = [chance.each(takes.numbers[name]) for name in ("held", "cleared")]
    return tuple(_bound(trust, attack, honest, bars) for trust in TRUSTS)


def _bound(trust: float, attack: Floats, honest: list[Floats], bars: list[Floats]) -> Bound:
    low, high = kernels.bounds_of(attack, honest, np.full(len(attack), trust))
    up = 10.0 * (np.log10(high / (1.0 - high + kernels.TINY)) - np.log10(attack / (1.0 - attack + kernels.TINY)))
    return Bound(
        trust=trust,
        without=float(attack.mean()),
        low=float(low.mean()),
        high=float(high.mean()),
        decibans=float(np.median(up)),
        alarm=float(((high >= bars[0]) & (attack < bars[0])).mean()),
        lull=float(((low <= bars[1]) & (attack > bars[1])).mean()),
    )


def _words(rung: int, takes: Assumed, chance: Chance) -> list[Floats]:
    """The channels of the partner's word at a rung: likelihoods of all answers (R, A, N)."""
    channels = ["word", "partner"] if rung >= WARNINGS else []
    channels += ["radar"] if rung >= TRACKS else []
    channels = [*(one for one in channels if one != "partner"), "infrared"] if rung >= REPORTS else channels
    return [np.repeat(answers(one, takes.likelihood)[1], chance.repeats, axis=0) for one in channels]


def _two(likelihood: Floats, p: Floats) -> Floats:
    """Likelihoods if it is an attack and if it is not (R, A, 2), by the chances of the other natures without the word."""
    others = np.delete(p, kernels.ATTACK, axis=-1)
    others = others / np.maximum(others.sum(axis=-1, keepdims=True), kernels.TINY)
    rest = (np.delete(likelihood, kernels.ATTACK, axis=-1) * others[:, None, :]).sum(axis=-1)
    return np.stack([likelihood[..., kernels.ATTACK], rest], axis=-1)
