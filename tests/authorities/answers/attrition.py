"""Attrition: Wilkening's closed forms and what others computed with them."""

from typing import Any

import entente as en
from entente.errors import ModelError
from entente.questions.attrition import stocks
from entente.strategy.attrition import wilson

GIVEN = ("p_kill", "shots", "p_track", "warheads", "confidence", "doctrine", "decoys", "p_ww", "p_dw", "interceptors")


def answer(case: dict[str, Any]) -> float:
    """A chance, a number of shots, interceptors or warheads, or the end of an interval."""
    given = {key: case[key] for key in GIVEN if key in case}
    match case["what"]:
        case "one":
            return en.kill_probability(**given)
        case "none":
            return en.leakage(**given).p_none
        case "expected":
            return en.leakage(**given).expected_leakers
        case "engaged":
            return en.leakage(**given).engaged
        case "shots":
            return stocks(**given).shots
        case "stock":  # before it is rounded up
            found = stocks(**given)
            return found.shots * found.objects
        case "interceptors":
            return en.interceptors_needed(**given)
        case "least track":
            return _least_track(**given)
        case "wilson":
            return wilson(case["hits"], case["tests"])[case["end"] == "high"]
    raise ValueError(case["what"])


def _least_track(warheads: int, confidence: float) -> float:
    """The track factor at which a stock begins to exist, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        try:
            en.interceptors_needed(warheads=warheads, confidence=confidence, p_kill=0.999, p_track=middle)
            high = middle
        except ModelError:
            low = middle
    return high
