"""Shared warning under launch under attack: what if nobody relies on it more, and what if reliance follows the time gained?

The stated rule: of the fixed force that was not to be launched under attack, a share joins it, which is `follows` of the share
that the gain has in the time to decide. With it the index and the retaliation rise; so does what a false alarm can do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from entente.compiled import Floats
from entente.questions.alarms import SIDES, chance, drawn_leaves
from entente.questions.asked import one_of, whole
from entente.questions.attrition import refuse
from entente.questions.deciding import DRAWS, Flight, Timeline, decision_timeline, three
from entente.questions.levels import ASSUMED, Range, both, drawn_rows, ranges_wrong, shares_of
from entente.questions.sides import Force
from entente.questions.stability import CURVES, Curve, asked
from entente.strategy import stability as kernels

WAYS = ("alone", "shared", "relied on")  # no sharing; sharing, reliance as before; sharing, reliance by the rule


@dataclass(frozen=True)
class Reliance:
    """Three ways, draw by draw: no sharing; sharing with reliance as before; sharing with reliance by the rule. (3, D) each.

    Attributes:
        index: the first-strike index; nan where it is undefined.
        tenth_a, tenth_b: 10th percentile of the warheads of A, of B that arrive after the other struck first.
        yearly: chance of inadvertent war in a year; under_attack: share of A's fixed force launched under attack.
        timeline: the time to decide, with the gain.
    """

    index: Floats
    tenth_a: Floats
    tenth_b: Floats
    yearly: Floats
    under_attack: Floats
    timeline: Timeline

    def change(self, what: str, way: str) -> Floats:
        """By how much a number differs from no sharing, (D,): `index`, `tenth_a`, `tenth_b`; of `yearly` the factor."""
        refuse("change", one_of("what", what, ("index", "tenth_a", "tenth_b", "yearly")) + one_of("way", way, WAYS))
        values = getattr(self, what)
        now, before = values[WAYS.index(way)], values[0]
        return np.asarray(now / before if what == "yearly" else now - before, np.float64)

    def rises(self, way: str) -> float:
        """Share of the draws in which inadvertent war is likelier than without sharing."""
        return float((self.change("yearly", way) > 1.0).mean())

    def to_dict(self) -> dict[str, Any]:
        """For programs: 5, 50 and 95 per cent of the draws, by way."""
        names = ("index", "tenth_a", "tenth_b", "yearly", "under_attack")
        found: dict[str, Any] = {
            way: {name: _three(getattr(self, name)[n]) for name in names} for n, way in enumerate(WAYS)
        }
        for way in WAYS[1:]:
            found[way] |= {"rises": self.rises(way), "factor": _three(self.change("yearly", way))}
        return found | {"timeline": self.timeline.to_dict()}

    def __str__(self) -> str:
        """A line a way."""
        lines = [
            f"{'':10s} {'launched under attack':24s} {'index: change':26s} {'chance of inadvertent war':25s} likelier in"
        ]
        for n, way in enumerate(WAYS):
            lua = _said(self.under_attack[n], "{:.2f}")
            if n == 0:
                lines.append(f"{way:10s} {lua:24s} {'':26s} {'':25s}".rstrip())
                continue
            index, factor = (
                _said(self.change("index", way), "{:+.3f}"),
                "times " + _said(self.change("yearly", way), "{:.2f}"),
            )
            lines.append(f"{way:10s} {lua:24s} {index:26s} {factor:25s} {self.rises(way):.0%}")
        return "\n".join(
            [*lines, "one sign each way: safer forces, and more that a false alarm can set off; no forecast"]
        )


def shared_warning(
    side_a: Force,
    side_b: Force,
    gain_s: float | tuple[float, float, float] = 30.0,
    flight: Flight = "icbm",
    uncertain: Mapping[str, Range] = ASSUMED,
    draws: int = DRAWS,
    curve: Curve = "exponential",
) -> Reliance:
    """What shared warning does to the index, to retaliation and to false alarms, by how far launch under attack follows it.

    Args:
        side_a, side_b: their forces; their `lua_share` is drawn, as the leaf `under_attack` of the fault tree.
        gain_s, flight: as of `decision_timeline`; uncertain, curve: as of `levels`; draws: of everything.
    Raises:
        ModelError: what is outside its limits, one line each.
    Valid: as a direction and its range; the rule and its range are assumed.
    Source: own; the index by Kent and Thaler (1989), the fault tree as of `inadvertence`.
    """
    refuse(
        "shared_warning", asked(side_a, side_b, curve) + ranges_wrong(uncertain) + whole("draws", draws, 1, 1_000_000)
    )
    count = int(draws)
    timeline = decision_timeline(flight, gain_s, count)
    leaves = drawn_leaves(count)
    before = {side: leaves[f"{side}.under_attack"] for side in SIDES}
    joins = leaves["follows"] * timeline.share
    after = {side: share + (1.0 - share) * joins for side, share in before.items()}
    shares = shares_of(uncertain, 1, count)
    index, tenth_a, tenth_b, yearly = (np.empty((len(WAYS), count)) for _ in range(4))
    for n, (sharing, under_attack) in enumerate(((False, before), (True, before), (True, after))):
        rows = {name: drawn_rows(side, name, uncertain, shares, count) for name, side in (("a", side_a), ("b", side_b))}
        for side, one in rows.items():
            one[:, kernels.LUA] = under_attack[side]
        index[n], tenth_a[n], tenth_b[n] = both(rows["a"], rows["b"], CURVES.index(curve))
        yearly[n] = chance(leaves, sharing, under_attack)
    return Reliance(index, tenth_a, tenth_b, yearly, np.array([before["a"], before["a"], after["a"]]), timeline)


def _three(values: Floats) -> tuple[float, float, float]:
    return three(values[np.isfinite(values)]) if np.isfinite(values).any() else (np.nan, np.nan, np.nan)


def _said(values: Floats, form: str) -> str:
    low, middle, high = (form.format(one) for one in _three(values))
    return f"{middle} ({low} to {high})"
