"""How sure is a number? A value with its sampling interval over seeds and its range over the assumptions.

The two are different things (and stay apart on the page). The *sampling interval* says how far the value may be off
because only so many histories were run; it shrinks with more of them. The *assumption range* says how far the value
differs between one reading of the uncertain inputs and another; more histories do not shrink it.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from scipy.special import bdtr, ndtr, ndtri, stdtrit
from scipy.stats import binom

from entente.compiled import Floats

Interval = tuple[float, float]
Statistic = Literal["median", "mean"]

NOWHERE: Interval = (math.nan, math.nan)
FEWEST_TWINS = 5  # pairs of histories with the same inputs; with fewer the chance between them is not estimated
PSEUDO = 2  # observations added at each end of a bounded measure: Agresti and Coull's "plus four"


@dataclass(frozen=True)
class Estimate:
    """A number with what is known of its error. Values in the unit of its measure; for a gain, positive is better.

    `value` is the median over the histories in which the measure is defined, or the mean where it counts or is a share.
    An interval is (nan, nan) where too few histories are defined to give one: fewer than 6 for a median, 2 for a mean.
    """

    value: float
    sampling: Interval  # 95 % over seeds, or as asked
    assumption: Interval  # 5 to 95 % over the draws of the uncertain inputs, chance taken out
    n: int  # histories in which it is defined; for a gain, at both rungs
    defined: float  # the same as a share of all histories
    statistic: Statistic
    newly: float = 0.0  # for a gain: share of histories in which it was undefined before and is defined now
    lost: float = 0.0  # for a gain: the reverse
    better: float = 0.0  # for a gain: share of histories in which it is better, the newly defined among them
    worse: float = 0.0  # for a gain: the same for worse

    @property
    def clear(self) -> bool:
        """Whether the sampling interval leaves zero out."""
        return self.sampling[0] > 0.0 or self.sampling[1] < 0.0


def estimate(
    values: Floats,
    twins: tuple[Floats, Floats],
    statistic: Statistic,
    bounds: Interval | None = None,
    fixed: bool = False,
    confidence: float = 0.95,
) -> Estimate:
    """A number over histories, with both intervals.

    Args:
        values: one a history (S,); nan where undefined.
        twins: (T,) and (T,): the same measure in pairs of histories with the same inputs and other chance.
        bounds: the least and the most that the measure can be; None if it has no such bounds.
        fixed: every history has the same inputs, so that there is no assumption range.
        confidence: of the sampling interval.
    """
    kept = values[np.isfinite(values)]
    n = len(kept)
    defined = n / len(values) if len(values) else math.nan
    if not n:
        return Estimate(math.nan, NOWHERE, NOWHERE, 0, defined, statistic)
    value = float(np.median(kept) if statistic == "median" else np.mean(kept))
    around = median_interval(kept, confidence) if statistic == "median" else mean_interval(kept, bounds, confidence)
    over = (value, value) if fixed else assumption_range(kept, twins, value, statistic)
    return Estimate(value, around, over, n, defined, statistic)


def median_interval(values: Floats, confidence: float = 0.95) -> Interval:
    """The interval between two order statistics that holds the median with at least this confidence.

    Args:
        values: (n,), all defined.
    Returns:
        the two values; (nan, nan) if no two of so few values reach the confidence.
    Valid: independent values of any distribution; cautious where values tie.
    Source: David and Nagaraja, Order Statistics (2003), section 7.1: the count below the median is binomial(n, 1/2).
    """
    n = len(values)
    k = _rank(n, confidence)
    if k < 1:
        return NOWHERE
    ordered = np.sort(values)
    return float(ordered[k - 1]), float(ordered[n - k])


@cache
def _rank(n: int, confidence: float) -> int:
    """The largest k with P(count < k) <= (1 - confidence) / 2."""
    return int(binom.ppf((1.0 - confidence) / 2.0, n, 0.5))


def mean_interval(values: Floats, bounds: Interval | None = None, confidence: float = 0.95) -> Interval:
    """An interval for the mean.

    Args:
        values: (n,), all defined.
        bounds: the least and most a value can be. Where every value is one of them or 0 (yes or no, or a difference of
            such), two values are added at each end before the normal interval is taken, so that a hundred histories
            that all succeed do not claim certainty.
    Valid: yes-or-no values: coverage at or a little above the confidence on average over shares from n = 20; others:
        Student's t, which for very skewed values covers 0.89 with 20 and 0.93 with 100 histories, and claims certainty
        where all are equal.
    Source: Agresti and Coull (1998), The American Statistician 52:119-126; for differences own extension of it.
    """
    n = len(values)
    if n < 2:
        return NOWHERE
    if bounds is None or not np.isin(values, (*bounds, 0.0)).all():
        half = float(stdtrit(n - 1, 0.5 + confidence / 2.0) * values.std(ddof=1) / math.sqrt(n))
        return float(values.mean()) - half, float(values.mean()) + half
    more = np.concatenate([values, np.repeat(bounds, PSEUDO)])
    half = float(ndtri(0.5 + confidence / 2.0) * more.std() / math.sqrt(len(more)))
    return max(bounds[0], float(more.mean()) - half), min(bounds[1], float(more.mean()) + half)


def sign_test(up: int, down: int) -> float:
    """The two-sided chance of so uneven a split if up and down are equally likely.

    Source: exact binomial; ties left out, as Conover, Practical Nonparametric Statistics (1999), section 3.4.
    """
    return min(1.0, 2.0 * float(bdtr(min(up, down), up + down, 0.5))) if up + down else 1.0


def assumption_range(
    values: Floats, twins: tuple[Floats, Floats], centre: float, statistic: Statistic = "median"
) -> Interval:
    """5 to 95 % of what the value is over the draws of the uncertain inputs, the chance within a draw taken out.

    Model: value = what the inputs make of it + chance, the two independent. The variance of chance is half the mean
    squared difference of twins; deviations from the centre are drawn in by the square root of the share of the variance
    that is not chance. For amounts all of this is done in normal scores (ranks), so that a few huge values do not decide it;
    for shares and counts in the values themselves.

    Args:
        values: (n,), all defined.
        twins: two arrays (T,), pairs with the same inputs; nan where undefined.
        centre: what the range shrinks to where chance explains all of the spread.
    Valid: exact where some rising function of the value is normal in inputs and chance; for a measure that is 0 or 1 in each
        history the variance is right and the shape is not. With fewer than 5 pairs of twins chance is not taken out, and
        the range is too wide; with 20 its share is known to about 0.2.
    Source: own; the variance decomposition is Searle, Casella and McCulloch, Variance Components (1992), section 3.2.
    """
    if statistic == "mean":
        low, high = (float(q) for q in np.quantile(values, (0.05, 0.95)))
        shrink = math.sqrt(max(0.0, 1.0 - chance_share(values, twins)))
        return centre + shrink * min(0.0, low - centre), centre + shrink * max(0.0, high - centre)
    ordered = np.sort(values)
    scored = tuple(_scores(one, ordered) for one in (values, *twins))
    shrink = math.sqrt(max(0.0, 1.0 - chance_share(scored[0], (scored[1], scored[2]))))
    if shrink == 0.0:
        return centre, centre
    low, high = (float(q) for q in np.quantile(values, ndtr(shrink * ndtri((0.05, 0.95)))))
    return min(low, centre), max(high, centre)


def _scores(values: Floats, ordered: Floats) -> Floats:
    """Normal scores of values by their place among the ordered ones, ties in the middle of theirs; nan stays nan."""
    place = 0.5 * (np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right"))
    scores = ndtri((place + 0.25) / (len(ordered) + 0.5))
    return np.where(np.isnan(values), np.nan, scores)


def chance_share(values: Floats, twins: tuple[Floats, Floats]) -> float:
    """The share of the variance over histories that is chance and not inputs; 0 if there are too few twins to say."""
    apart = (twins[0] - twins[1])[np.isfinite(twins[0]) & np.isfinite(twins[1])]
    total = float(values.var(ddof=1)) if len(values) > 1 else 0.0
    if len(apart) < FEWEST_TWINS or total == 0.0:
        return 0.0
    return float(np.mean(apart**2)) / 2.0 / total
