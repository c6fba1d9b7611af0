"""Does it pay to strike first? Kent and Thaler's index, and what stands beside it: costs, split, what comes back, objections."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np

from entente.compiled import Floats
from entente.questions.asked import needed, one_of, whole
from entente.questions.attrition import refuse
from entente.questions.sides import Force
from entente.strategy import retaliation
from entente.strategy import stability as kernels

Curve = Literal["exponential", "hyperbolic", "square-root"]
CURVES: tuple[str, ...] = get_args(Curve)  # in the order of the kernels' numbers
NUMBERS = (1, 10, 100)  # warheads that arrive at least
TENTH = 0.10
WAITING = "above 1: the model says waiting is cheaper"
OBJECTIONS = (
    "O'Neill (1987), A Measure for Crisis Instability, Journal of Conflict Resolution 31: a ratio of costs depends on "
    "where costs are counted from, and leaves out how likely each side thinks it that the other strikes",
    "Powell (1989), Crisis Stability in the Nuclear Age, American Political Science Review 83: an advantage of striking "
    "first does not by itself make a crisis unstable, for a side that is losing it can still back down",
    "the damage curve is a stand-in for curves that Kent and Thaler drew by hand, the exponent and the surcharge are theirs, and "
    "the value destroyed is a share of something that nobody has measured",
)


@dataclass(frozen=True)
class Strike:
    """One side strikes first, at the split that costs it least.

    Attributes:
        available, on_forces: weapons of the striker, and how many of them it spends on forces; the others go to value.
        cost, cost_enemy: to the striker, and to the side struck.
        damage, damage_enemy: share of the value that each loses.
        fixed_left: share of the other's fixed warheads that is left.
        at_least: chance that so many warheads arrive in retaliation, by number.
        mean, tenth: warheads that arrive on the average, and the 10th percentile.
    """

    available: float
    on_forces: float
    cost: float
    cost_enemy: float
    damage: float
    damage_enemy: float
    fixed_left: float
    at_least: dict[int, float]
    mean: float
    tenth: int


@dataclass(frozen=True)
class Stability:
    """The first-strike index of two sides.

    Attributes:
        index: 1 no incentive, 0 the greatest; above 1 the model says waiting is cheaper; nan where it is undefined.
        ratio_a, ratio_b: cost of striking first over that of being struck first, to each side; nan where that is 0 / 0 or x / 0.
        a_first, b_first: what each strike comes to.
        curve: of the damage.
        why: why it is undefined, or what must be said of it; empty where nothing must.
        objections: to reading the index as a measure of danger.
    """

    index: float
    ratio_a: float
    ratio_b: float
    a_first: Strike
    b_first: Strike
    curve: str
    why: str
    objections: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


@dataclass(frozen=True)
class Drawdown:
    """What a first strike comes to along every split, (n,) each.

    Attributes:
        on_forces: weapons spent on forces; cost, cost_enemy, damage, damage_enemy: as of `Strike`.
    """

    on_forces: Floats
    cost: Floats
    cost_enemy: Floats
    damage: Floats
    damage_enemy: Floats


def stability_cost(damage_own: float = 0.8, damage_enemy: float = 0.8) -> float:
    """Cost of an exchange to a side.

    Args:
        damage_own, damage_enemy: share of its own value, and of the other's, that is destroyed.
    Returns:
        0 (unharmed, the other destroyed) to 1.3 (destroyed, the other unharmed).
    Raises:
        ModelError: what is no number between 0 and 1; one line each.
    Source: Kent and Thaler (1989), RAND R-3765, appendix C: C = D_own^0.75 + 0.3 (1 - D_enemy^0.75).
    """
    wrong = needed("damage_own", damage_own, 0, 1) + needed("damage_enemy", damage_enemy, 0, 1)
    refuse("stability_cost", wrong)
    return float(kernels.cost(float(damage_own), float(damage_enemy)))


def first_strike_index(side_a: Force, side_b: Force, curve: Curve = "exponential") -> float:
    """Kent and Thaler's index of two sides.

    Args:
        side_a, side_b: their forces.
        curve: of the damage: "exponential", "hyperbolic" or "square-root".
    Returns:
        0 or more, not clipped: 1 no incentive to strike first, 0 the greatest, above 1 the model says waiting is cheaper;
        nan where a cost is 0 (`stability` says why).
    Raises:
        ModelError: what is no force, or an unknown curve; one line each.
    Source: Kent and Thaler (1989), RAND R-3765, pp. 22 to 35: (C1_A / C2_A) (C1_B / C2_B).
    """
    refuse("first_strike_index", asked(side_a, side_b, curve))
    return float(kernels.index(side_a.row(), side_b.row(), CURVES.index(curve)))


def stability(side_a: Force, side_b: Force, curve: Curve = "exponential") -> Stability:
    """The index, what it is made of, what arrives in retaliation, and the objections (arguments as `first_strike_index`)."""
    refuse("stability", asked(side_a, side_b, curve))
    first_a, first_b = _strike(side_a, side_b, curve), _strike(side_b, side_a, curve)
    index = float(kernels.index(side_a.row(), side_b.row(), CURVES.index(curve)))
    return Stability(
        index=index,
        ratio_a=_ratio(first_a.cost, first_b.cost_enemy),
        ratio_b=_ratio(first_b.cost, first_a.cost_enemy),
        a_first=first_a,
        b_first=first_b,
        curve=curve,
        why=_why(index, first_a, first_b),
        objections=OBJECTIONS,
    )


def drawdown(striker: Force, struck: Force, curve: Curve = "exponential", points: int = 101) -> Drawdown:
    """Costs and damage along every split of a striker's weapons, from none spent on forces to all."""
    refuse("drawdown", asked(striker, struck, curve) + whole("points", points, 2, 100_000))
    spent = np.linspace(0.0, kernels.available(striker.row()), int(points))
    out = np.empty((len(spent), 4))
    kernels.curve_many(spent, striker.row(), struck.row(), CURVES.index(curve), out)
    return Drawdown(spent, *out.T)


def arrivals(striker: Force, struck: Force, on_forces: float) -> Floats:
    """Chances that so many warheads of the side struck arrive, after a strike that spends so many weapons on its forces.

    Valid: numbers are rounded to whole ones; launch under attack saves its share of the vehicles.
    """
    left = 1.0 - kernels.lost(on_forces, striker.row(), struck.row())
    known = retaliation.survivors(
        fixed=round(struck.fixed_warheads),
        carriers=max(1, round(struck.fixed_vehicles)) if struck.fixed_warheads else 0,
        survives=left,
        sure=round(struck.alert * struck.survivable_warheads),
        reliability=struck.reliability,
    )
    return retaliation.past(known, round(striker.defence_cities), striker.p_intercept)


def _strike(striker: Force, struck: Force, curve: str) -> Strike:
    ours, theirs, number = striker.row(), struck.row(), CURVES.index(curve)
    spent = float(kernels.split(ours, theirs, number))
    cost, cost_enemy, damage, damage_enemy = kernels.exchange(spent, ours, theirs, number)
    chances = arrivals(striker, struck, spent)
    return Strike(
        available=float(kernels.available(ours)),
        on_forces=spent,
        cost=float(cost),
        cost_enemy=float(cost_enemy),
        damage=float(damage),
        damage_enemy=float(damage_enemy),
        fixed_left=1.0 - float(kernels.lost(spent, ours, theirs)),
        at_least={n: retaliation.at_least(chances, n) for n in NUMBERS},
        mean=float(chances @ np.arange(len(chances))),
        tenth=retaliation.percentile(chances, TENTH),
    )


def _ratio(first: float, second: float) -> float:
    return first / second if second > 0.0 else math.nan


def _why(index: float, first_a: Strike, first_b: Strike) -> str:
    """What is odd about the index, in words."""
    costs = {
        "A of striking first": first_a.cost,
        "A of being struck first": first_b.cost_enemy,
        "B of striking first": first_b.cost,
        "B of being struck first": first_a.cost_enemy,
    }
    nothing = [f"the cost to {name} is 0" for name, value in costs.items() if value <= 0.0]
    if nothing:
        return f"undefined: {' and '.join(nothing)}, so that a ratio of costs says nothing"
    return WAITING if index > 1.0 else ""


def asked(side_a: object, side_b: object, curve: object) -> list[str]:
    """What is wrong with two sides and a curve, a line each."""
    wrong = [
        f"{name}: {str(side)[:40]!r} is no Force; write en.Force(...)"
        for name, side in (("side_a", side_a), ("side_b", side_b))
        if not isinstance(side, Force)
    ]
    return wrong + one_of("curve", curve, CURVES)
