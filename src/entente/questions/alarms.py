"""How often would a false alarm end in war, and what does shared warning change? A range of orders of magnitude, no forecast.

Two sides, each with the same fault tree and leaves of its own; a crisis is one for both. With shared warning the partner's
notices make launches known, its sensors contradict what is false, and its own false alarms are passed on.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from entente.compiled import Floats
from entente.questions.asked import whole
from entente.questions.attrition import refuse
from entente.questions.deciding import DRAWS, drawn, three
from entente.scenario.rows import chances
from entente.strategy.faults import FALSE_ALARMS, ONE_SIDE, in_a_year, through

SIDES = ("a", "b")
COMMON = ("crisis", "told", "contradicted", "passed_on", "follows")  # the same for both sides
NO_FORECAST = "no forecast: most chances are assumed, and nobody can measure them"
PUBLISHED = (0.0002, 0.009, 0.07)
"""5, 50 and 95 per cent a year by Barrett, Baum and Hostetler (2013), Science & Global Security 21, as a third text quotes
them; not re-read. Nothing here is fitted to it."""


@dataclass(frozen=True)
class Inadvertence:
    """Chances of inadvertent war in a year, draw by draw, (D,) each.

    Attributes:
        alone: each side by its own sensors; shared: with shared warning, reliance on launch under attack as before.
        leaves: the values drawn, by side and name, such as "a.misread", and "crisis" of both.
    """

    alone: Floats
    shared: Floats
    leaves: dict[str, Floats]

    @property
    def factor(self) -> Floats:
        """By how much sharing multiplies the chance; above 1 it makes war likelier."""
        return np.asarray(self.shared / self.alone, np.float64)

    @property
    def orders(self) -> float:
        """Orders of magnitude between the 5th and the 95th percentile without sharing."""
        low, _, high = three(self.alone)
        return math.log10(high / low)

    @property
    def rises(self) -> float:
        """Share of the draws in which sharing makes it likelier."""
        return float((self.factor > 1.0).mean())

    def to_dict(self) -> dict[str, Any]:
        """For programs: 5, 50 and 95 per cent of the draws."""
        ends = {name: three(getattr(self, name)) for name in ("alone", "shared", "factor")}
        return ends | {"orders": self.orders, "rises": self.rises, "published": PUBLISHED, "said": NO_FORECAST}

    def __str__(self) -> str:
        """The range, what sharing does, and what it is not."""
        a, s, f = (three(getattr(self, name)) for name in ("alone", "shared", "factor"))
        return "\n".join(
            [
                f"chance in a year, each alone: {a[1]:.0e} ({a[0]:.0e} to {a[2]:.0e}), {self.orders:.1f} orders of magnitude",
                f"with shared warning:          {s[1]:.0e} ({s[0]:.0e} to {s[2]:.0e})",
                f"times {f[1]:.2f} ({f[0]:.2f} to {f[2]:.2f}); likelier in {self.rises:.0%} of the draws",
                NO_FORECAST,
            ]
        )


def inadvertence(draws: int = DRAWS) -> Inadvertence:
    """The chance of inadvertent war in a year by a fault tree, without and with shared warning.

    Args:
        draws: of the ranges of its leaves.
    Raises:
        ModelError: no whole number of draws.
    Valid: as an order of magnitude at best; leaves independent, but for a crisis, which is one for both.
    Source: the form after Barrett, Baum and Hostetler (2013), Science & Global Security 21:106-133, abstract read; the leaves
        are the rows of catalogue/chances.yaml.
    """
    refuse("inadvertence", whole("draws", draws, 1, 1_000_000))
    leaves = drawn_leaves(int(draws))
    return Inadvertence(chance(leaves, sharing=False), chance(leaves, sharing=True), leaves)


def drawn_leaves(draws: int) -> dict[str, Floats]:
    """Every leaf of both sides."""
    found: dict[str, Floats] = {}
    for row in chances():
        names = [row.id] if row.id in COMMON else [f"{side}.{row.id}" for side in SIDES]
        found |= {name: drawn(row.value, f"chance.{name}", draws) for name in names}
    return found


def chance(leaves: dict[str, Floats], sharing: bool, under_attack: dict[str, Floats] | None = None) -> Floats:
    """The chance in a year, (D,).

    Args:
        sharing: whether warning is shared.
        under_attack: by side, in the place of the leaf of that name.
    """
    sides = {side: _side(leaves, side, sharing) for side in SIDES}
    own = {side: through(FALSE_ALARMS, one) for side, one in sides.items()}
    rate = np.zeros(len(leaves["crisis"]))
    for side, other in (SIDES, SIDES[::-1]):
        passed = leaves["passed_on"] * own[other] if sharing else 0.0
        one = sides[side] | {"alarms": own[side] + passed}
        one |= {"under_attack": under_attack[side]} if under_attack else {}
        rate += through(ONE_SIDE, one)
    return in_a_year(rate)


def _side(leaves: dict[str, Floats], side: str, sharing: bool) -> dict[str, Floats]:
    """One side's leaves as they stand without or with shared warning."""
    one = {name[2:]: value for name, value in leaves.items() if name.startswith(f"{side}.")}
    one |= {"crisis": leaves["crisis"], "calm": 1.0 - leaves["crisis"]}
    if sharing:
        one["misread"] = one["misread"] * (1.0 - leaves["told"])
        one["unsettled"] = one["unsettled"] * leaves["contradicted"]
    return one
