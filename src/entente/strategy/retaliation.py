"""How many warheads arrive in retaliation? The whole distribution: carriers that survive or not, weapons that work or not."""

import math

import numpy as np
from scipy.stats import binom

from entente.compiled import Floats
from entente.strategy.stability import ALERT, FIXED, RELIABILITY, SURVIVABLE, VEHICLES

NEGLIGIBLE = 1e-12  # chance of a number that is left out
SURE = 1.0 - 1e-12  # a kill that leaves a logarithm
NOTHING = 1e-100  # a chance that is none; SciPy's binomial overflows far below it
QUANTILE = 1.2815515655446004  # standard deviations between the median of a normal distribution and its 10th percentile


def survivors(fixed: int, carriers: int, survives: float, sure: int, reliability: float) -> Floats:
    """Chances that so many warheads that survived a first strike work, (fixed + sure + 1,).

    Args:
        fixed: warheads on `carriers` fixed vehicles, as evenly as whole numbers allow, each vehicle surviving by itself.
        survives: chance that a vehicle does.
        sure: warheads that survive for sure.
        reliability: chance that a warhead works.
    Source: own: the product of the generating functions of the vehicles and of the rest, by a Fourier transform.
    """
    size = fixed + sure + 1
    z = np.exp(-2j * math.pi * np.arange(size) / size)
    one = 1.0 - reliability + reliability * z
    total = one**sure
    if carriers:
        base, more = divmod(fixed, carriers)
        for count, warheads in ((carriers - more, base), (more, base + 1)):
            total = total * (1.0 - survives + survives * one**warheads) ** count
    found = np.fft.ifft(total).real
    return np.asarray(np.clip(found, 0.0, 1.0), np.float64)


def past(chances: Floats, interceptors: int, kill: float) -> Floats:
    """Chances that so many warheads get past interceptors that are spread evenly, (n,) as given.

    Args:
        chances: that so many come, (n,).
        interceptors: of the other side; kill: chance of each shot.
    Source: own: with no more interceptors than warheads one shot each, so that what is stopped is the same binomial whatever
        comes; else whole shots at each, one more at the rest.
    """
    if interceptors <= 0 or kill <= NOTHING:
        return chances
    out = np.zeros(len(chances))
    coming = np.arange(len(chances))
    many = np.where(coming >= interceptors, chances, 0.0)
    hits = _binomial(interceptors, kill)
    # What is stopped shifts the number down: a correlation, and nothing falls below 0 there.
    both = np.convolve(many, hits[::-1])
    out += both[interceptors : interceptors + len(chances)]
    for number in np.flatnonzero((chances > NEGLIGIBLE) & (coming < interceptors)).tolist():
        out[: number + 1] += chances[number] * _few(number, interceptors, kill)
    return out


def _few(number: int, interceptors: int, kill: float) -> Floats:
    """Chances that so many of a few warheads get through, (number + 1,)."""
    if number == 0:
        return np.ones(1)
    base, more = divmod(interceptors, number)
    parts = [
        _binomial(count, (1.0 - kill) ** shots) for count, shots in ((number - more, base), (more, base + 1)) if count
    ]
    return parts[0] if len(parts) == 1 else np.convolve(parts[0], parts[1])


def _binomial(tries: int, chance: float) -> Floats:
    """Chances of so many successes, (tries + 1,)."""
    if chance <= NOTHING:
        return np.eye(1, tries + 1)[0]
    return np.asarray(binom.pmf(np.arange(tries + 1), tries, chance), np.float64)


def tenth_many(struck: Floats, lost: Floats, interceptors: Floats, kill: Floats) -> Floats:
    """About the 10th percentile of the warheads that arrive, in many exchanges at once, (n,).

    Args:
        struck: rows of the side struck, (n, WIDTH); lost: share of its fixed weapons, (n,).
        interceptors, kill: of the striker's defence of cities, (n,).
    Valid: within two warheads, or 3 per cent, of the exact one of `past` where ten or more come (tests/laws/test_retaliation.py).
    Source: own: the mean less 1.2816 standard deviations, never below 0; the defence takes its mean and adds its variance.
    """
    works, left = struck[:, RELIABILITY], 1.0 - lost
    carriers = np.maximum(1.0, struck[:, VEHICLES])
    each = struck[:, FIXED] / carriers
    sure = struck[:, ALERT] * struck[:, SURVIVABLE]
    mean = works * (left * struck[:, FIXED] + sure)
    chance = works * (1.0 - works) * (left * struck[:, FIXED] + sure)
    chance = chance + carriers * (each * works) ** 2 * left * (1.0 - left)
    shots = np.divide(interceptors, mean, out=np.zeros(len(mean)), where=mean > 0.0)
    whole = np.floor(shots)
    through = (1.0 - kill) ** whole * (1.0 - kill * (shots - whole))
    many = shots > 1.0  # more come then, and each meets fewer shots: what gets through grows by this slope
    slope = np.where(many, through * (1.0 - shots * np.log1p(-np.minimum(kill, SURE))), 1.0)
    luck = np.where(many, mean * through * (1.0 - through), interceptors * kill * (1.0 - kill))
    spread = np.sqrt(chance * slope**2 + luck)
    return np.asarray(np.maximum(0.0, mean * through - QUANTILE * spread), np.float64)


def at_least(chances: Floats, number: int) -> float:
    """Chance that at least so many arrive."""
    return float(min(1.0, max(0.0, chances[number:].sum())))


def percentile(chances: Floats, share: float) -> int:
    """The number that is not reached with a chance of `share` at most: the least n with P(N <= n) >= share."""
    return int(np.searchsorted(np.cumsum(chances), share * float(chances.sum()) * (1.0 - 1e-9)))
