"""Who fires, by the rules of a rung? From what every site could do, the salvos that are fired.

- alone: each party answers what its own picture says will fall on a region of its own, not knowing what the other does;
- deconflicted: by agreed rules the party whose region it is answers; the other only where that party cannot;
- coordinated: each party first serves its own regions as well as it can; what is left is offered to both;
- sectoral: each party answers what can be met over its own sector, whoever it is falling on, and nothing else;
- joint: one assignment over both inventories.

Whoever decides, decides by `strategy.allocation` over what it may decide on, so that rungs differ in that alone. A party
fires at most one salvo at a body, at every rung.
"""

import math
from dataclasses import dataclass, field

import numpy as np

from entente.salvos import Options, Plan
from entente.scenario.world import NOBODY, World
from entente.strategy.allocation import Offers, assign

NONE_LEFT = "no interceptor left"
OTHERS_REGION = "will fall on the other party's region"
OTHERS_SECTOR = "would be met outside this side's sector"


@dataclass(frozen=True)
class Salvo:
    """What one site fires at one body, and how many it keeps for a second salvo at what is taken for a survivor."""

    site: int
    obj: int
    plan: Plan
    shots: int
    second: int


@dataclass
class Stock:
    """What the sites may still give, what was fired, and what is missing where."""

    left: list[int]
    why_not: dict[tuple[int, int], str]
    salvos: list[Salvo] = field(default_factory=list)


def who_fires(world: World, possible: Options, engagement: str) -> Stock:
    """The salvos of a history, in the order in which the pictures have the bodies come into reach."""
    kept_back = [math.ceil(world.rules.reserve * site.inventory - 1e-9) for site in world.sites]
    left = [site.inventory - back for site, back in zip(world.sites, kept_back, strict=True)]
    stock = Stock(left, dict(possible.why_not))
    choose = {
        "alone": _alone,
        "deconflicted": _deconflicted,
        "coordinated": _coordinated,
        "sectoral": _sectoral,
        "joint": _joint,
    }[engagement]
    place = {obj: n for n, obj in enumerate(_in_order(possible))}
    chosen = choose(world, possible, stock)
    stock.salvos.extend(sorted(chosen, key=lambda salvo: (place[salvo.obj], salvo.plan.t_intercept, salvo.site)))
    fired, answered = {(s.site, s.obj) for s in stock.salvos}, {s.obj for s in stock.salvos}
    for number, obj in possible.plans:
        if (number, obj) not in fired:
            other = "another site answers it" if obj in answered or stock.left[number] else NONE_LEFT
            stock.why_not.setdefault((number, obj), other)
    return stock


def left_to_the_other(possible: Options, stock: Stock) -> set[int]:
    """Bodies that nobody answers although a site with interceptors to give could: each side leaves them to the other."""
    answered = {salvo.obj for salvo in stock.salvos}
    return {obj for number, obj in possible.plans if obj not in answered and stock.left[number] > 0}


def _in_order(possible: Options) -> list[int]:
    """The bodies that anybody can meet, the soonest first: what nobody can meet is nobody's to wait for."""
    soonest: dict[int, float] = {}
    for (_, obj), plan in possible.plans.items():
        soonest[obj] = min(plan.t_intercept, soonest.get(obj, math.inf))
    return sorted(soonest, key=lambda obj: (soonest[obj], obj))


@dataclass(frozen=True)
class _Asked:
    """Offers as `allocation` has them, and the salvo that each stands for."""

    offers: Offers
    salvos: tuple[Salvo, ...]


def _asked(world: World, salvos: list[Salvo]) -> _Asked:
    """Salvos as offers."""
    sites = [world.sites[salvo.site] for salvo in salvos]
    missed = []
    for salvo, site in zip(salvos, sites, strict=True):
        miss = (1.0 - site.p_kill) ** salvo.shots
        if salvo.second and salvo.plan.second:
            miss *= 1.0 - salvo.plan.second.right * (1.0 - (1.0 - site.p_kill) ** salvo.second)
        missed.append(miss)
    offers = Offers(
        site=np.array([salvo.site for salvo in salvos], np.int32),
        obj=np.array([salvo.obj for salvo in salvos], np.int32),
        party=np.array([site.party for site in sites], np.int32),
        uses=np.array([salvo.shots + salvo.second for salvo in salvos], np.int32),
        holds=np.array([site.p_common for site in sites]),
        missed=np.array(missed),
    )
    return _Asked(offers, tuple(salvos))


def _all_salvos(world: World, possible: Options) -> list[Salvo]:
    """Every salvo that any site could fire: short ones too, and a second one only after a whole first."""
    most, more = world.case.shots_per_object, world.rules.second_shots
    found = []
    for (number, obj), plan in sorted(possible.plans.items(), key=lambda pair: pair[0]):
        found += [Salvo(number, obj, plan, shots, 0) for shots in range(1, most + 1)]
        if plan.second:
            found += [Salvo(number, obj, plan, most, second) for second in range(1, more + 1)]
    return found


def _take(world: World, salvos: list[Salvo], stock: Stock, most: int = 1, kept: tuple[Salvo, ...] = ()) -> list[Salvo]:
    """The best choice among salvos, those kept among them."""
    if not salvos:
        return []
    asked = _asked(world, salvos)
    rows = tuple(n for n, salvo in enumerate(asked.salvos) if any(salvo is one for one in kept))
    return [asked.salvos[n] for n in assign(asked.offers, np.array(stock.left, np.int32), most, rows)]


def _spend(chosen: list[Salvo], stock: Stock) -> None:
    for salvo in chosen:
        stock.left[salvo.site] -= salvo.shots + salvo.second


def _is_own(world: World, salvo: Salvo) -> bool:
    """Whether a site's own party answers for the region that the body is falling on, by that party's picture."""
    return salvo.plan.claimed_by == world.sites[salvo.site].party


def _alone(world: World, possible: Options, stock: Stock) -> list[Salvo]:
    chosen: list[Salvo] = []
    for party in range(len(world.parties)):
        mine = [s for s in _all_salvos(world, possible) if world.sites[s.site].party == party]
        for salvo in mine:
            if salvo.plan.claimed_by not in (party, NOBODY):
                stock.why_not[salvo.site, salvo.obj] = OTHERS_REGION
        chosen += _take(world, [s for s in mine if s.plan.claimed_by in (party, NOBODY)], stock)
    _spend(chosen, stock)
    return chosen


def _deconflicted(world: World, possible: Options, stock: Stock) -> list[Salvo]:
    salvos = _all_salvos(world, possible)
    chosen = _take(world, [s for s in salvos if _is_own(world, s)], stock)
    _spend(chosen, stock)
    answered = {salvo.obj for salvo in chosen}
    others = _take(world, [s for s in salvos if s.obj not in answered], stock)
    _spend(others, stock)
    return chosen + others


def _coordinated(world: World, possible: Options, stock: Stock) -> list[Salvo]:
    salvos = _all_salvos(world, possible)
    first = _take(world, [s for s in salvos if _is_own(world, s)], stock)
    chosen = _take(world, salvos, stock, most=2, kept=tuple(first))
    _spend(chosen, stock)
    return chosen


def _joint(world: World, possible: Options, stock: Stock) -> list[Salvo]:
    chosen = _take(world, _all_salvos(world, possible), stock, most=2)
    _spend(chosen, stock)
    return chosen


def _sectoral(world: World, possible: Options, stock: Stock) -> list[Salvo]:
    """The side in whose sector a body can be met first answers it; the other one where that side has nothing to give."""
    allowed = {}
    for (number, obj), plan in possible.plans.items():
        if plan.sector == world.sites[number].party:
            allowed[number, obj] = plan
        else:
            stock.why_not[number, obj] = OTHERS_SECTOR
    salvos = _all_salvos(world, Options(allowed, {}))
    holder: dict[int, tuple[float, int]] = {}
    for (number, obj), plan in allowed.items():
        first = (plan.t_intercept, world.sites[number].party)
        holder[obj] = min(first, holder.get(obj, first))
    chosen: list[Salvo] = []
    for turn in ("holder", "other"):
        answered = {salvo.obj for salvo in chosen}
        for party in range(len(world.parties)):
            mine = [
                s
                for s in salvos
                if world.sites[s.site].party == party
                and (holder[s.obj][1] == party if turn == "holder" else s.obj not in answered)
            ]
            taken = _take(world, mine, stock)
            _spend(taken, stock)
            chosen += taken
            answered |= {salvo.obj for salvo in taken}
    return chosen
