"""The forces of a party in a year as one side of an exchange: the catalogue's legs, added up."""

from dataclasses import replace
from typing import Any

from entente.questions.holdings import forces
from entente.questions.levels import ASSUMED, Range
from entente.questions.sides import Force
from entente.scenario.holdings import Leg

FIXED = "silo"  # the leg that stays where the other side knows it to be


def side_of(party: str, year: int, **numbers: Any) -> Force:
    """The nominal force of a party in a year.

    Args:
        party, year: as of `en.forces`; numbers: fields of `Force` other than those that the legs give.
    Raises:
        UnknownName, ModelError: as `en.forces` and `Force`.
    Valid: silos are fixed, everything else survives as far as it is on alert.
    """
    ends = ranges_of(party, year)
    legs = Force(
        fixed_warheads=ends["fixed_warheads"][1],
        fixed_vehicles=ends["fixed_vehicles"][1],
        survivable_warheads=ends["survivable_warheads"][1],
        alert=ends["alert"][1],
    )
    return replace(legs, **numbers)


def ranges_of(party: str, year: int) -> dict[str, Range]:
    """What the catalogue leaves open of it: fields of `Force` with (low, nominal, high).

    The ends are those of all legs at once, so wider than any estimate; alert is weighted by nominal warheads.
    """
    legs = forces(party, year).legs
    fixed, moving = legs.get("silo"), [leg for name, leg in legs.items() if name != FIXED]
    none: Range = (0.0, 0.0, 0.0)
    return {
        "fixed_warheads": _ends([fixed], "warheads") if fixed else none,
        "fixed_vehicles": _ends([fixed], "carriers") if fixed else none,
        "survivable_warheads": _ends(moving, "warheads"),
        "alert": _alert(moving),
    }


def uncertain_in(year: int, party_a: str = "united_states", party_b: str = "russia") -> dict[str, Range]:
    """The assumed ranges, with each side's own alert shares as the catalogue has them in a year."""
    alerts = {f"{side}.alert": ranges_of(party, year)["alert"] for side, party in (("a", party_a), ("b", party_b))}
    return {name: ends for name, ends in ASSUMED.items() if name != "alert"} | alerts


def _ends(legs: list[Leg], what: str) -> Range:
    low, nominal, high = (sum(getattr(getattr(leg, what), end) for leg in legs) for end in ("low", "nominal", "high"))
    return low, nominal, high


def _alert(legs: list[Leg]) -> Range:
    total = sum(leg.warheads.nominal for leg in legs)
    if total <= 0.0:
        return (0.0, 0.0, 0.0)
    low, nominal, high = (
        sum(leg.warheads.nominal * getattr(leg.alert, end) for leg in legs) / total
        for end in ("low", "nominal", "high")
    )
    return low, nominal, high
