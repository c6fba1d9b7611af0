"""When does a finding count as supported? By the share of draws in which it holds, sampling error counted against it."""

from typing import Literal

from scipy.stats import beta

Ruling = Literal[
    "supported",
    "supported under stated assumptions",
    "undecided",
    "not supported",
    "not computable from open sources",
    "not computed yet",
    "not asked by this scenario",
]
SUPPORTED, UNDER_ASSUMPTIONS, NOT_SUPPORTED = 0.95, 0.5, 0.05  # shares of the draws
CONFIDENCE = 0.95  # one-sided, of the share


def share_bounds(held: int, draws: int) -> tuple[float, float]:
    """The lower and the upper one-sided 95 % bound of a share.

    Source: Clopper and Pearson (1934), Biometrika 26:404-413; exact, hence cautious.
    """
    low = float(beta.ppf(1.0 - CONFIDENCE, held, draws - held + 1)) if held else 0.0
    high = float(beta.ppf(CONFIDENCE, held + 1, draws - held)) if held < draws else 1.0
    return low, high


def rule(held: int, draws: int) -> Ruling:
    """The verdict on a predicate that holds in so many of so many draws, sampling error counted against it.

    At least 59 draws are needed before anything can be *supported*, or *not supported*.
    """
    low, high = share_bounds(held, draws)
    if low >= SUPPORTED:
        return "supported"
    if low >= UNDER_ASSUMPTIONS:
        return "supported under stated assumptions"
    return "not supported" if high <= NOT_SUPPORTED else "undecided"
