"""How much time is left to decide, and what share of it does earlier warning bring? From ignition to the last moment to act.

The steps before and after the decision are drawn over the catalogue's ranges; what they leave of a flight is left to decide.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from entente.compiled import Floats
from entente.questions.asked import needed, one_of, whole
from entente.questions.attrition import refuse
from entente.questions.deterrents import shares
from entente.scenario.clocks import Moment
from entente.scenario.parts import Ranged
from entente.scenario.rows import moments
from entente.scenario.world import at_share

Flight = Literal["icbm", "slbm"]
DECISION = "decision"
DRAWS = 1_000
ENDS = (5.0, 50.0, 95.0)  # per cent of the draws
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Timeline:
    """The time to decide in one kind of flight, draw by draw, (D,) each.

    Attributes:
        flight: icbm or slbm; flight_s: how long it lasts.
        steps: [s] of detection, report, assessment, decision and execution, by name; the decision is what it is said to take.
        gain_s: [s] by which warning comes earlier.
        rows: the catalogue's, with their sources.
    """

    flight: Flight
    flight_s: Floats
    steps: dict[str, Floats]
    gain_s: Floats
    rows: tuple[Moment, ...]

    @property
    def total_s(self) -> Floats:
        """All steps, the decision too [s]."""
        return np.asarray(sum(self.steps.values()), np.float64)

    @property
    def left_s(self) -> Floats:
        """What the other steps leave to decide [s]; below 0 where they do not fit into the flight."""
        others = [seconds for name, seconds in self.steps.items() if name != DECISION]
        return np.asarray(self.flight_s - sum(others), np.float64)

    @property
    def share(self) -> Floats:
        """The gain as a share of the time to decide that there is with it, 0 to 1; 0 where there is none even so."""
        left = np.maximum(self.left_s, 0.0)
        now = np.maximum(self.left_s + self.gain_s, 0.0)
        got = np.divide(now - left, now, out=np.zeros(len(now)), where=now > 0.0)
        return np.clip(got, 0.0, 1.0)

    @property
    def of_decision(self) -> Floats:
        """The gain over what a decision is said to take."""
        return np.asarray(self.gain_s / self.steps[DECISION], np.float64)

    @property
    def too_late(self) -> tuple[float, float]:
        """Share of the draws in which all steps do not fit into the flight: without the gain, and with it."""
        spare = self.flight_s - self.total_s
        return float((spare < 0.0).mean()), float((spare + self.gain_s < 0.0).mean())

    def to_dict(self) -> dict[str, Any]:
        """For programs: 5, 50 and 95 per cent of the draws."""
        found: dict[str, Any] = {"flight": self.flight, "flight_s": three(self.flight_s), "gain_s": three(self.gain_s)}
        found["steps_s"] = {name: three(seconds) for name, seconds in self.steps.items()}
        found |= {name: three(getattr(self, name)) for name in ("total_s", "left_s", "share", "of_decision")}
        return found | {"too_late": self.too_late, "sources": {row.id: row.source for row in self.rows}}

    def __str__(self) -> str:
        """A line a step, what is left, and what the gain comes to; all of it assumed."""
        lines = [f"{name:24s} {_said(seconds)} s" for name, seconds in self.steps.items()]
        lines += [
            f"{'together':24s} {_said(self.total_s)} s",
            f"{'flight (' + self.flight + ')':24s} {_said(self.flight_s)} s",
        ]
        lines.append(f"{'left to decide':24s} {_said(self.left_s)} s")
        lines.append(
            f"{'warning gained':24s} {_said(self.gain_s)} s: {_said(100 * self.share)} % of the time to decide"
        )
        before, after = self.too_late
        lines.append(f"the steps do not fit into the flight in {before:.0%} of the draws, with the gain in {after:.0%}")
        return "\n".join([*lines, "no operational budget is public: the ranges are assumed around what sources say"])


def decision_timeline(
    flight: Flight = "icbm", gain_s: float | tuple[float, float, float] = 30.0, draws: int = DRAWS
) -> Timeline:
    """The time to decide under attack, and what seconds of warning come to as a share of it.

    Args:
        flight: "icbm" or "slbm".
        gain_s: by which warning comes earlier [s]: one number, or low, nominal and high; below 0 where it comes later.
            30 s is the bar of finding F5.
        draws: of the ranges.
    Raises:
        ModelError: what is outside its limits, one line each.
    Valid: steps one after the other and independent of one another; every range is assumed around what sources say in words.
    Source: the rows of catalogue/moments.yaml.
    """
    given = gain_s if isinstance(gain_s, tuple | list) else (gain_s,) * 3
    wrong = one_of("flight", flight, get_args(Flight)) + whole("draws", draws, 1, 1_000_000)
    wrong += [line for one in dict.fromkeys(given) for line in needed("gain_s", one, -3_600, 3_600)]
    if len(given) != 3 or (not wrong and not given[0] <= given[1] <= given[2]):
        wrong.append(f"gain_s: {gain_s} is not low, nominal, high in rising order")
    refuse("decision_timeline", wrong)
    count = int(draws)
    by_id = {row.id: row for row in moments()}
    steps = {row.id: drawn(row.seconds, f"moment.{row.id}", count) for row in moments() if row.role == "step"}
    low, middle, high = (float(one) for one in given)
    return Timeline(
        flight=flight,
        flight_s=drawn(by_id[flight].seconds, f"moment.{flight}", count),
        steps=steps,
        gain_s=drawn(Ranged(low=low, nominal=middle, high=high), "moment.gain", count),
        rows=tuple(row for row in moments() if row.role == "step" or row.id == flight),
    )


def drawn(value: Ranged, name: str, draws: int) -> Floats:
    """A range of the catalogue, draw by draw: a function of its name and the number of the draw."""
    return np.array([at_share(value, one) for one in shares(name, draws).tolist()])


def three(values: Floats) -> Three:
    """5, 50 and 95 per cent of the draws."""
    low, middle, high = np.percentile(values, ENDS).tolist()
    return low, middle, high


def _said(values: Floats) -> str:
    low, middle, high = three(values)
    return f"{middle:.0f} ({low:.0f} to {high:.0f})"
