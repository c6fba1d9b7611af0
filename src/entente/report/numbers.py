"""What is the typical value over histories, how sure is it, and how far do histories differ?

Three kinds of measure: a *share* (0 or 1 in each history), a *time* that may never come (censored: nan counts as later
than everything, or, for a lead, as less than everything), and an *amount* (nan where undefined, left out and counted).
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

Floats = NDArray[np.float64]
Kind = Literal["share", "time", "lead", "mean", "amount"]

Z95 = 1.959963984540054  # two-sided 95 % point of the normal distribution
KINDS: dict[str, Kind] = {
    "warned": "share",
    "impact_inside_50": "share",
    "impact_inside_90": "share",
    "first_known_s": "time",
    "warning_s": "time",
    "commit_s": "time",
    "warning_lead_s": "lead",
    "completeness": "mean",
    "spurious_tracks": "mean",
    "p_no_leaker": "mean",
    "engaged": "mean",
    "shots": "mean",
}
"""What is not named here is an amount: its median over the histories in which it is defined."""


@dataclass(frozen=True)
class Summary:
    """One measure at one rung for one party, over histories. Infinite where the typical history never gets there."""

    kind: Kind
    value: float  # a share, a median or a mean; nan if defined in no history
    low: float  # 95 % sampling interval
    high: float
    spread: tuple[float, float]  # 5 % and 95 % of histories
    defined: int  # histories in which it happened or is defined
    histories: int
    fell: float = math.nan  # for a difference: share of histories in which it is below zero
    rose: float = math.nan

    @property
    def missing(self) -> float:
        """Share of histories in which it never happened or is not defined."""
        return 1.0 - self.defined / self.histories if self.histories else math.nan

    @property
    def one_sided(self) -> bool:
        """For a difference: it falls more often than it rises, or the reverse, beyond chance (sign test, 5 %)."""
        if math.isnan(self.fell):
            return False
        fell, rose = round(self.fell * self.histories), round(self.rose * self.histories)
        return bool(2.0 * bdtr(min(fell, rose), fell + rose, 0.5) < 0.05) if fell + rose else False

    @property
    def significant(self) -> bool:
        """For a difference: the interval leaves zero out."""
        return self.low > 0.0 or self.high < 0.0


def summarise(name: str, values: Floats) -> Summary:
    """The summary of one measure over histories (S,)."""
    kind = KINDS.get(name, "amount")
    defined = int(np.isfinite(values).sum())
    if kind == "time" and defined:
        values = np.where(np.isnan(values), np.inf, values)
    elif kind == "lead" and defined:
        values = np.where(np.isnan(values), -np.inf, values)
    kept = values[~np.isnan(values)]
    if kind == "share" and not np.isin(kept, (0.0, 1.0)).all():
        kind = "mean"  # several launches: a history's share of them, no longer yes or no
    return _summary(kind, kept, defined, len(values))


def difference(name: str, values: Floats, base: Floats) -> Summary:
    """The paired difference `values - base`, history by history; two that both never happen differ by nothing."""
    kind = KINDS.get(name, "amount")
    with np.errstate(invalid="ignore"):
        change = values - base
    if kind in ("time", "lead"):
        sign = 1.0 if kind == "time" else -1.0
        change = np.where(np.isnan(values) & ~np.isnan(base), sign * np.inf, change)
        change = np.where(~np.isnan(values) & np.isnan(base), -sign * np.inf, change)
        change = np.where(np.isnan(values) & np.isnan(base), 0.0, change)
    change = change[~np.isnan(change)]
    found = _summary("mean" if kind in ("share", "mean") else kind, change, len(change), len(values))
    return replace(found, fell=float(np.mean(change < 0)), rose=float(np.mean(change > 0))) if len(change) else found


def _summary(kind: Kind, kept: Floats, defined: int, histories: int) -> Summary:
    if not len(kept):
        return Summary(kind, math.nan, math.nan, math.nan, (math.nan, math.nan), defined, histories)
    ordered = np.sort(kept)
    spread = float(_at(ordered, 0.05)), float(_at(ordered, 0.95))
    if kind == "share":
        value, (low, high) = float(kept.mean()), wilson(int(kept.sum()), len(kept))
    elif kind == "mean":
        value = float(kept.mean())
        half = Z95 * float(kept.std(ddof=1)) / math.sqrt(len(kept)) if len(kept) > 1 else math.nan
        low, high = value - half, value + half
    else:
        value, (low, high) = _median(ordered), order_interval(ordered)
    return Summary(kind, value, low, high, spread, defined, histories)


def _median(ordered: Floats) -> float:
    """The median; where its two neighbours are infinite and finite, the infinite one."""
    lower, upper = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return float(lower if lower == upper else (lower + upper) / 2)


def _at(ordered: Floats, share: float) -> float:
    """An observed value, not one between two of them: times may be infinite."""
    return ordered[min(len(ordered) - 1, max(0, round(share * (len(ordered) - 1))))]


def wilson(yes: int, of: int) -> tuple[float, float]:
    """95 % interval of a share.

    Source: Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
    """
    p, z2 = yes / of, Z95**2
    middle = (p + z2 / (2 * of)) / (1 + z2 / of)
    half = Z95 / (1 + z2 / of) * math.sqrt(p * (1 - p) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def order_interval(ordered: Floats) -> tuple[float, float]:
    """95 % interval of a median, between two order statistics; infinite at both ends for fewer than six values.

    Source: David and Nagaraja, Order Statistics (2003), section 7.1; exact binomial, no assumption on the shape.
    """
    n = len(ordered)
    r = int(np.sum(bdtr(np.arange(n // 2), n, 0.5) <= 0.025))
    if r == 0:
        return -math.inf, math.inf
    return float(ordered[r - 1]), float(ordered[n - r])
