"""The forces of one side as the first-strike index needs them: numbers, never places; and made up leg by leg.

A force is fixed (in silos, where the other side knows it to be) or survivable (mobile, at sea, in the air). What is not
on alert does not survive a first strike: it stands together in few soft places, and the few weapons which that takes are
not counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from entente.compiled import Floats
from entente.errors import ModelError
from entente.questions.asked import is_number, needed, one_of, yes_or_no
from entente.questions.watch import Mistakes
from entente.strategy import stability

Posture = Literal["generated", "day-to-day"]
MOST_WEAPONS = 100_000  # of anything that is counted
LEGS = ("silo", "mobile", "sea", "air")
POSTURES = ("generated", "day-to-day")
# Share on alert: (low, nominal, high). Two thirds of the submarines at sea, few mobile missiles out and no bomber on alert
# is the usual description of a day without a crisis; the ends are assumed.
ALERT: dict[str, dict[str, tuple[float, float, float]]] = {
    "generated": {"silo": (1, 1, 1), "mobile": (0.8, 0.9, 0.95), "sea": (0.8, 0.9, 0.95), "air": (0.7, 0.9, 0.95)},
    "day-to-day": {"silo": (1, 1, 1), "mobile": (0.05, 0.15, 0.3), "sea": (0.25, 0.5, 0.66), "air": (0, 0, 0.1)},
}
PLACES = {  # of the kernel's row, by the name of the field
    "fixed_warheads": "fixed",
    "fixed_vehicles": "vehicles",
    "survivable_warheads": "survivable",
    "kill_per_weapon": "kill",
    "reliability": "reliability",
    "value_w80": "w80",
    "defence_cities": "cities",
    "defence_forces": "forces",
    "lua_share": "lua",
    "alert": "alert",
    "p_intercept": "intercept",
    "preferential": "preferential",
    "strike_share": "first",
}
COUNTS = ("fixed_warheads", "fixed_vehicles", "survivable_warheads", "defence_cities", "defence_forces")
SHARES = ("kill_per_weapon", "reliability", "lua_share", "alert", "p_intercept", "strike_share")


@dataclass(frozen=True)
class Force:
    """One side's strategic forces, as numbers.

    Attributes:
        fixed_warheads, fixed_vehicles: in silos, and how many silos; without vehicles there can be no warheads.
        survivable_warheads: on mobile launchers, submarines and aircraft.
        kill_per_weapon: chance that one of this side's weapons that works destroys a fixed vehicle of the other.
        reliability: chance that a weapon of this side works.
        value_w80: arriving weapons of the other side that destroy 80 % of this side's value; 500 is assumed.
        defence_cities: interceptors that guard this side's value; defence_forces: its fixed vehicles.
        lua_share: share of the fixed force that is launched under attack, 90 % of which is saved.
        alert: share of the survivable warheads on alert; the others are lost to a first strike. 0.9 is a force that was
            generated, as much as a striker can use of its own.
        p_intercept: chance that an interceptor of this side stops a weapon.
        preferential: whether its defences guard a part and let the rest go; else they thin the attack on everything.
        strike_share: share of its survivable warheads that this side can use when it strikes first; Kent and Thaler's 0.9.
    Raises:
        ModelError: a number outside its limits, or warheads without carriers; one line each, all at once.
    """

    fixed_warheads: float = 0
    fixed_vehicles: float = 0
    survivable_warheads: float = 0
    kill_per_weapon: float = 0.7
    reliability: float = 0.85
    value_w80: float = 500
    defence_cities: float = 0
    defence_forces: float = 0
    lua_share: float = 0
    alert: float = 0.9
    p_intercept: float = 0.7
    preferential: bool = False
    strike_share: float = stability.STRIKER

    def __post_init__(self) -> None:
        wrong = []
        for name in COUNTS:
            wrong += needed(name, getattr(self, name), 0, MOST_WEAPONS)
        for name in SHARES:
            wrong += needed(name, getattr(self, name), 0, 1)
        wrong += needed("value_w80", self.value_w80, 1e-3, 1e9)
        wrong += yes_or_no("preferential", self.preferential)
        counted = all(map(is_number, (self.fixed_warheads, self.fixed_vehicles)))
        if counted and self.fixed_warheads > 0 and self.fixed_vehicles == 0:
            wrong.append(
                f"fixed_vehicles: {self.fixed_warheads:g} fixed warheads stand on no vehicle; give the vehicles, or 0 warheads"
            )
        if wrong:
            raise ModelError("\n".join(f"Force: {line}" for line in wrong))

    @property
    def warheads(self) -> float:
        """All of them."""
        return self.fixed_warheads + self.survivable_warheads

    def row(self) -> Floats:
        """As the kernels take it."""
        return stability.row(**{PLACES[one.name]: float(getattr(self, one.name)) for one in fields(self)})


def force_of(
    warheads: float,
    shares: Mapping[str, float],
    warheads_per_silo: float = 1.0,
    posture: Posture = "generated",
    **numbers: Any,
) -> Force:
    """A force from its total and the share of each leg.

    Args:
        warheads: deployed, on all legs.
        shares: of silo, mobile, sea and air; they add up to 1.
        warheads_per_silo: on each fixed vehicle.
        posture: "generated" or "day-to-day": which share of each survivable leg is on alert.
        numbers: fields of `Force`, other than those that follow from the legs.
    Raises:
        ModelError: an unknown leg, shares that do not add up, a number outside its limits; one line each.
    """
    wrong = needed("warheads", warheads, 0, MOST_WEAPONS) + one_of("posture", posture, POSTURES)
    wrong += needed("warheads_per_silo", warheads_per_silo, 0.1, 20)
    for leg, share in shares.items():
        wrong += one_of("shares", leg, LEGS) + needed(f"shares.{leg}", share, 0, 1)
    if not wrong and abs(sum(shares.values()) - 1.0) > 1e-6:
        wrong.append(f"shares: they add up to {sum(shares.values()):.4g}; they must add up to 1")
    if wrong:
        raise ModelError("\n".join(f"force_of: {line}" for line in wrong))
    fixed = warheads * shares.get("silo", 0.0)
    moving = {leg: warheads * shares.get(leg, 0.0) for leg in LEGS[1:]}
    survivable = sum(moving.values())
    alert = sum(ALERT[posture][leg][1] * count for leg, count in moving.items())
    legs = Force(
        fixed_warheads=fixed,
        fixed_vehicles=fixed / warheads_per_silo,
        survivable_warheads=survivable,
        alert=alert / survivable if survivable > 0 else ALERT["generated"]["sea"][1],
    )
    return replace(legs, **numbers)


def force_in(text: str, where: str = "force") -> Force:
    """A force written as name=number,name=number.

    Raises:
        ModelError: what is not written so, unknown names, numbers outside their limits; one line each.
    """
    wrong = Mistakes()
    numbers: dict[str, Any] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, equals, number = (one.strip() for one in part.partition("="))
        if not equals:
            wrong.add(f"{where}: {part!r} is not name=number; write such as alert=0.6")
        elif name not in PLACES:
            wrong.unknown(where, name, PLACES)
        elif name == "preferential":
            numbers[name] = number.lower() in ("1", "true", "yes")
        else:
            try:
                numbers[name] = float(number)
            except ValueError:
                wrong.add(f"{where}: {name}: {number!r} is not a number")
    wrong.refuse()
    return Force(**numbers)
