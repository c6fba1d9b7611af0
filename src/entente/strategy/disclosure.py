"""How much does what was released tell about what was not? Information in nats, estimated from joint samples.

The expected divergence from a receiver's prior to its posterior on a parameter is the mutual information between the
parameter and what was released. It is estimated from pairs (parameter, released features) over histories: both turned into
normal scores, the parameter regressed on the features, information = -0.5 ln(1 - R2). For a normal-scored parameter this
is never more than the true information, whatever the joint distribution.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.stats import f, norm, rankdata, t

from entente.compiled import Floats

FEWEST = 30  # histories below which nothing is said
LEVEL = 0.01  # chance that any parameter at all is counted where nothing is told
RESOLUTION = 0.05  # of a parameter's prior spread: known better than that is known, 3.0 nats; the choice is ours
DEPENDENT = 1e-9  # share of the largest singular value below which a feature repeats the others


@dataclass(frozen=True)
class Disclosed:
    """What features tell about each of K parameters, and about all of them together. nats; nan with too few histories."""

    each: Floats  # (K,) 0 where no more than noise
    total: float  # their sum
    interval: tuple[float, float]  # 95 % of the total over histories; 0 to `limit` where nothing is told
    limit: float  # what is told about one parameter must reach this to be noticed; 0 where nothing was released


def normal_scores(values: Floats) -> Floats:
    """Values replaced by the normal quantiles of their ranks, ties sharing one rank.

    Args:
        values: (n, k), all defined.
    Returns:
        scores, (n, k); 0 in columns that are constant.
    Source: Blom (1958): ranks r of n go to (r - 3/8) / (n + 1/4).
    """
    ranks = rankdata(values, axis=0)
    return np.asarray(norm.ppf((ranks - 0.375) / (len(values) + 0.25)), np.float64)


def features_of(released: Floats) -> Floats:
    """Released values as regressors: their normal scores with 0 where undefined, and a column that says where they are.

    Args:
        released: (n, k); nan where a feature is undefined in a history.
    Returns:
        (n, m), constant columns left out; (n, 0) if nothing varies.
    """
    columns = []
    for column in released.T:
        known = np.isfinite(column)
        scores = np.zeros(len(column))
        if known.sum() > 1:
            scores[known] = normal_scores(column[known][:, None])[:, 0]
        columns += [scores, known.astype(np.float64)]
    varied = [c for c in columns if np.ptp(c) > 0.0]
    return np.column_stack(varied) if varied else np.empty((len(released), 0))


def disclosed(parameters: Floats, released: Floats, of: int = 1) -> Disclosed:
    """What released features tell about each parameter.

    Args:
        parameters: (n, K) as drawn in each of n histories, independent of one another; nan where not drawn.
        released: (n, F) what was released in the same histories; nan where undefined.
        of: how many such questions are asked together; noise is then held to 1 % over all of them.
    Returns:
        information in nats: R2 adjusted for the number of features, counted only where the F test of the regression
        rejects "tells nothing" at 1 % for all K together (Bonferroni); the total; its 95 % interval by the jackknife
        over histories, with which parameters count held fixed.
    Valid: n at least 30, else nan. A lower bound three times over: of the linear part only, of these features only, and
        a sum over independent parameters, which is never more than their joint information. A parameter that is told
        exactly would be infinitely much: nobody needs it to better than a twentieth of its spread, and so it is at most
        3.0 nats. The choice of those that
        pass favours estimates that are high by chance, so that small totals (below about 0.2 nats) are somewhat high.
    Source: own; -0.5 ln(1 - rho^2): Cover and Thomas, Elements of Information Theory (2006), example 8.5.1.
    """
    n = len(released)
    if n < FEWEST:
        return Disclosed(np.full(parameters.shape[1], math.nan), math.nan, (math.nan, math.nan), math.nan)
    regressors = features_of(released)
    usable = np.isfinite(parameters).all(axis=0) & (np.ptp(np.nan_to_num(parameters), axis=0) > 0.0)
    each = np.zeros(parameters.shape[1])
    if not regressors.shape[1] or not usable.any():
        return Disclosed(each, 0.0, (0.0, 0.0), 0.0)
    scores = normal_scores(parameters[:, usable])
    basis = _orthonormal(regressors)
    told, without = _information(scores, basis, of)
    each[np.flatnonzero(usable)] = told
    total, limit = float(each.sum()), _limit(n, basis.shape[1], scores.shape[1] * of)
    if total == 0.0:
        return Disclosed(each, 0.0, (0.0, limit), limit)
    leave_one_out = without[:, told > 0.0].sum(axis=1)
    # Jackknife: Efron and Tibshirani, An Introduction to the Bootstrap (1993), equation 11.5.
    error = math.sqrt((n - 1) / n * float(((leave_one_out - leave_one_out.mean()) ** 2).sum()))
    reach = float(t.ppf(0.975, n - 1)) * error
    most = -math.log(RESOLUTION) * float((told > 0.0).sum())
    return Disclosed(each, total, (max(0.0, total - reach), min(most, total + reach)), limit)


def _orthonormal(regressors: Floats) -> Floats:
    """An orthonormal basis of the centred regressors, repeated ones left out, (n, rank)."""
    centred = regressors - regressors.mean(axis=0)
    u, singular, _ = np.linalg.svd(centred, full_matrices=False)
    return np.asarray(u[:, singular > DEPENDENT * singular[0]])


def _information(scores: Floats, basis: Floats, of: int) -> tuple[Floats, Floats]:
    """Information about each parameter (K,), 0 where the F test does not pass, and the same without each history (n, K)."""
    n, rank = basis.shape
    centred = scores - scores.mean(axis=0)
    residual = centred - basis @ (basis.T @ centred)
    left, whole = (residual**2).sum(axis=0), (centred**2).sum(axis=0)
    free = n - 1 - rank
    if free < 2:
        return np.zeros(scores.shape[1]), np.zeros(scores.shape)
    statistic = (whole - left) / rank / np.maximum(left / free, np.finfo(float).tiny)
    passes = f.sf(statistic, rank, free) < LEVEL / (scores.shape[1] * of)
    # Leaving one history out changes the sums of squares in closed form, by its leverage.
    leverage = (basis**2).sum(axis=1, keepdims=True) + 1.0 / n
    left_out = left - residual**2 / np.maximum(1.0 - leverage, 1e-9)
    whole_out = whole - centred**2 * n / (n - 1)
    told = np.where(passes, _nats(left, whole, n, rank), 0.0)
    return told, np.where(passes, _nats(left_out, whole_out, n - 1, rank), 0.0)


def _limit(n: int, rank: int, parameters: int) -> float:
    """The information at which the F test just passes; infinite where it never can."""
    free = n - 1 - rank
    if free < 2:
        return math.inf
    ratio = float(f.isf(LEVEL / parameters, rank, free))
    return float(0.5 * math.log((1.0 + ratio * rank / free) * free / (n - 1)))


def _nats(left: Floats, whole: Floats, n: int, rank: int) -> Floats:
    """-0.5 ln(1 - R2), R2 adjusted for the number of regressors; never below 0, nor above what the resolution allows.

    Source: Theil (1961), Economic Forecasts and Policy: 1 - R2 = (left / (n - 1 - rank)) / (whole / (n - 1)).
    """
    unexplained = (left / (n - 1 - rank)) / (whole / (n - 1))
    return np.asarray(np.maximum(0.0, -0.5 * np.log(np.maximum(unexplained, RESOLUTION**2))))
