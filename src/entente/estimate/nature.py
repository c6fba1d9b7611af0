"""What is an event, given what is said of it? Chances of the natures from base rates and evidence, and three rules to call it.

Evidence of different channels is taken to be independent once the nature is given, so that decibans add. What several
sensors of one channel say is not: with a stated chance one cause made all of them say it, and then it counts once.
"""

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats

Bools = NDArray[np.bool_]
NATURES = ("test", "space launch", "sounding rocket", "attack", "sensor fault", "unknown")
ATTACK = NATURES.index("attack")
TINY = 1e-300  # of a chance, so that its logarithm is finite
UNRESOLVED, CLEARED, HELD = 0, 1, 2  # what an event is called: neither, no attack, an attack


def trusted(likelihood: Floats, trust: Floats) -> Floats:
    """The likelihood of a partner's word, believed in part.

    Args:
        likelihood: (..., N) of an honest partner's word, by nature.
        trust: (...), 0 (it could say anything, whatever the event is) to 1.
    Returns:
        (..., N): the mixture of both; equal for all natures where trust is 0, so that the word weighs nothing.
    Valid: a partner is honest, or what it says has nothing to do with the event; what falsehood could do says `bounds_of`.
    Source: own; the mixture of a reliable and an uninformative witness.
    """
    t = np.asarray(trust, np.float64)[..., None]
    return np.asarray(t * likelihood + (1.0 - t) * likelihood.mean(axis=-1, keepdims=True))


def silence(likelihood: Floats, due: Floats) -> Floats:
    """The likelihood that no notice is there, where one would have been due only with a chance.

    Args:
        likelihood: (..., N) of none where one is due, by nature; due: (...), 0 to 1.
    Returns:
        (..., N): 1 - due (1 - likelihood); one for every nature where none is due, so that silence weighs nothing.
    Valid: what need not be announced is not announced, whatever it is.
    Source: own; the mixture over whether a notice is due. A notice that is there has the factor due for every nature, which
        Bayes' rule drops.
    """
    d = np.asarray(due, np.float64)[..., None]
    return np.asarray(1.0 - d * (1.0 - likelihood))


def channel_log(likelihood: Floats, said: NDArray[np.int64], held: Bools, common: Floats) -> Floats:
    """Logarithm of the joint likelihood of what the sensors of one channel say.

    Args:
        likelihood: (..., I, N) of each report, by nature; said: (I,) what each says; held: (..., I) whether it is held.
        common: (...), the chance that one cause made all of them say the same.
    Returns:
        (..., N): ln(c L + (1 - c) prod L_i) where all say the same, else ln((1 - c) prod L_i); 0 where nothing is held.
    Valid: the chance of a common cause is the same for every nature.
    Source: own; the beta-factor model of common-cause failures (Fleming 1975) for reports.
    """
    logs = np.log(np.maximum(likelihood, TINY))
    each = np.where(held[..., None], logs, 0.0).sum(axis=-2)
    several = held.sum(axis=-1) > 1
    if not several.any():
        return np.asarray(each)
    lowest = np.where(held, said, np.iinfo(np.int64).max).min(axis=-1)
    highest = np.where(held, said, -1).max(axis=-1)
    first = np.zeros(each.shape)
    for n in range(held.shape[-1]):
        first = np.where((held.argmax(axis=-1) == n)[..., None], logs[..., n, :], first)
    c = np.clip(common, 0.0, 1.0)[..., None]
    with np.errstate(divide="ignore"):
        one_cause, apart = np.log(c) + first, np.log(1.0 - c) + each
    # Of unlike reports one cause is out, and what is left of the mixture is the same for every nature.
    alike = (lowest == highest)[..., None]
    return np.asarray(np.where(several[..., None] & alike, np.logaddexp(one_cause, apart), each))


def posterior(prior: Floats, log_likelihood: Floats) -> Floats:
    """Chances of the natures.

    Args:
        prior: (..., N), summing to 1; log_likelihood: (..., N), summed over the channels.
    Returns:
        (..., N), summing to 1.
    Source: Bayes' rule.
    """
    logs = np.log(np.maximum(prior, TINY)) + log_likelihood
    p = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def decibans(log_likelihood: Floats, nature: int, rival: int) -> Floats:
    """The weight of evidence for one nature against another [dB], (...); adds up over independent channels only.

    Source: Good (1950), Probability and the Weighing of Evidence; after Turing.
    """
    return np.asarray(10.0 / np.log(10.0) * (log_likelihood[..., nature] - log_likelihood[..., rival]))


def by_bayes(attack: Floats, held: Floats, cleared: Floats) -> NDArray[np.int64]:
    """What an event is called by the chance of an attack, (...): held from one bar up, cleared below another.

    Args:
        attack: (...); held, cleared: (...), the bars.
    """
    return np.where(attack >= held, HELD, np.where(attack <= cleared, CLEARED, UNRESOLVED))


def by_or(threats: NDArray[np.int64], denied: Bools) -> NDArray[np.int64]:
    """The rule OR: an alarm as soon as one report is a threat, unless a notice matches or the raw sensors deny it.

    Args:
        threats: (...), how many phenomenologies report a threat; denied: (...).
    """
    return np.where((threats > 0) & ~denied, HELD, CLEARED)


def by_and(threats: NDArray[np.int64], denied: Bools) -> NDArray[np.int64]:
    """The rule AND, two phenomenologies: as `by_or`, and a threat by one of them leaves the event open."""
    return np.where(denied | (threats == 0), CLEARED, np.where(threats >= 2, HELD, UNRESOLVED))


def bounds_of(attack: Floats, honest: list[Floats], trust: Floats) -> tuple[Floats, Floats]:
    """Between which chances of an attack the partner's word could move one, whatever it says: (...) each.

    Args:
        attack: (...), the chance without its word.
        honest: by channel of its word, (..., A, 2): likelihood of each answer if it is an attack, and if it is not; those
            of an honest partner, silence among them.
        trust: (...).
    Valid: a bound on the effect, not what it would say; the other natures are taken together.
    Source: own; each answer's likelihood ratio lies between those of the strongest answers.
    """
    low, high = np.zeros(np.shape(attack)), np.zeros(np.shape(attack))
    for answers in honest:
        mixed = trusted(answers, np.asarray(trust, np.float64)[..., None])
        ratio = np.log(np.maximum(mixed[..., 0], TINY)) - np.log(np.maximum(mixed[..., 1], TINY))
        low, high = low + np.minimum(ratio.min(axis=-1), 0.0), high + np.maximum(ratio.max(axis=-1), 0.0)
    with np.errstate(divide="ignore"):
        start = np.log(np.maximum(attack, TINY)) - np.log(np.maximum(1.0 - attack, TINY))
    return 1.0 / (1.0 + np.exp(-(start + low))), 1.0 / (1.0 + np.exp(-(start + high)))


def brier(p: Floats, truth: NDArray[np.int64]) -> float:
    """The mean squared error of chances, over all natures: 0 is perfect, 2 the worst.

    Args:
        p: (D, N); truth: (D,) which nature it was.
    Source: Brier (1950), Monthly Weather Review 78:1-3.
    """
    was = np.eye(p.shape[-1])[truth]
    return float(((p - was) ** 2).sum(axis=-1).mean())


def reliability(p: Floats, was: Bools, bins: int = 10) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Chances given and shares that came true, bin by bin: the mean chance (bins,), the share (bins,) and how many (bins,).

    Args:
        p: (D,) chances; was: (D,) whether it came true. Empty bins are nan.
    Source: DeGroot and Fienberg (1983), The Statistician 32:12-22.
    """
    at = np.minimum((p * bins).astype(np.int64), bins - 1)
    count = np.bincount(at, minlength=bins)
    with np.errstate(invalid="ignore"):
        return np.bincount(at, p, bins) / count, np.bincount(at, was.astype(np.float64), bins) / count, count
