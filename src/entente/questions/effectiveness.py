"""What does the command `attrition` say? Stocks, raids under each doctrine and records of tests, ready to print."""

from dataclasses import asdict
from typing import Any, get_args

import numpy as np

from entente.errors import ModelError
from entente.questions.asked import needed, whole
from entente.questions.attrition import MOST_WARHEADS, CommonMode, kill_probability, leakage, refuse, stocks
from entente.questions.raids import Doctrine, raid
from entente.scenario import rows
from entente.scenario.systems import TestRecord
from entente.scenario.table import NO_WAR
from entente.strategy.attrition import WHOLE, wilson

MOST_BESIDE = 10
LIKELY = 0.95  # how often the number of leakers given is not exceeded
OPTIMISTIC = (
    "Shots that fail independently of one another are optimistic; geometry, time and every other limit are ignored."
)


def whole_answer(
    warheads: int, interceptors: int, p_kill: float, p_track: float, shots: int, confidence: float, beside: int,
    held_back: float, histories: int, seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Everything the command says, less favourable cases first.

    Raises:
        ModelError: what is no number, or outside its limits; one line each.
    """
    wrong = whole("warheads", warheads, 1, MOST_WARHEADS) + whole("beside", beside, 0, MOST_BESIDE)
    wrong += needed("confidence", confidence, 0, 1)
    given: dict[str, Any] = {
        "warheads": warheads,
        "interceptors": interceptors,
        "p_kill": p_kill,
        "p_track": p_track,
        "shots": shots,
    }
    chance: dict[str, Any] = {"held_back": held_back, "histories": histories, "seed": seed}
    try:
        raid(**given | chance | {"warheads": 1, "histories": min(1, histories)})
    except ModelError as error:
        wrong += [line.removeprefix("raid: ") for line in str(error).splitlines()]
    refuse("attrition", list(dict.fromkeys(wrong)))
    extra = list(dict.fromkeys((beside, 0)))
    return {
        "asked": given | {"confidence": confidence, "beside": beside} | chance,
        "kill_probability": kill_probability(p_kill, shots, p_track),
        "stocks": [_stock(warheads, confidence, p_kill, p_track, one) for one in extra],
        "raids": [
            _row(given, chance, one, doctrine, mode)
            for one in extra
            for doctrine in get_args(Doctrine)
            for mode in get_args(CommonMode)
        ],
        "tests": [_record(row) for row in rows.tests()],
        "warnings": [NO_WAR, OPTIMISTIC],
    }


def _stock(warheads: int, confidence: float, p_kill: float, p_track: float, beside: int) -> dict[str, Any]:
    """One line of the stocks, or why there is none."""
    try:
        found = asdict(stocks(warheads, confidence, p_kill, p_track, decoys=warheads * beside))
    except ModelError as error:
        return {"beside": beside, "impossible": str(error).partition("confidence: ")[2]}
    return {"beside": beside, "impossible": ""} | found


def _row(given: dict[str, Any], chance: dict[str, Any], beside: int, doctrine: Doctrine, mode: str) -> dict[str, Any]:
    """One line of the raids: exact for a barrage, drawn for the rest."""
    asked = given | {"decoys": given["warheads"] * beside, "common_mode": mode}
    row = {"doctrine": doctrine, "beside": beside, "common_mode": mode}
    if doctrine == "barrage":
        exact = leakage(**asked)
        found = {"expected_leakers": exact.expected_leakers, "p_none": exact.p_none, "fired": float(exact.fired)}
        return row | found | {"at_most": exact.at_most(LIKELY), "pmf": exact.pmf, "histories": 0}
    drawn = raid(**asked, **chance, doctrine=doctrine)
    names = ("expected_leakers", "expected_leakers_interval", "p_none", "p_none_interval", "fired", "pmf", "histories")
    at_most = int(np.searchsorted(np.cumsum(drawn.pmf), LIKELY * (1.0 - WHOLE)))
    return row | {name: getattr(drawn, name) for name in names} | {"at_most": at_most}


def _record(row: TestRecord) -> dict[str, Any]:
    return {
        "title": row.title, "hits": row.hits, "tests": row.tests, "share": row.hits / row.tests,
        "interval": wilson(row.hits, row.tests), "source": row.source,
    }  # fmt: skip
