"""Stage 6: who answers what, and what is stopped.

`salvos` says what every site could fire by its party's picture, `engaging` who fires by the rules of the rung, and here
it is scored: drawn for this history, and as chances. Every party decides on its own interceptors; the models ask whether
it could, not whether it would.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.aftermath import Wake, wake
from entente.compiled import Floats
from entente.engaging import Salvo, Stock, left_to_the_other, who_fires
from entente.records import Areas, Flights, Outcome, Picture
from entente.salvos import Options, Plan, Second, options
from entente.scenario.rows import find_rung
from entente.scenario.world import Site, World
from entente.strategy.attrition import stopped_each

HANDOVER_MISS = 3.0  # standard deviations of the allowed handover error beyond which the seeker finds nothing
DECOYS = 10  # undiscriminated objects beside each warhead, in the less favourable of the two counts
FIRST, SECOND = 1, 100  # where the keys of a salvo's shots begin
REFUSED = "one of the two keys was not turned"

__all__ = ["decide", "defend", "delay_at"]


def defend(world: World, flights: Flights, picture: Picture, rung: int) -> Outcome:
    """Every body that a party's picture holds, in the order in which they can be met, and who answers it.

    Raises:
        UnknownName: no such rung.
    """
    return decide(world, flights, options(world, flights, picture, delay_at(world, rung)), rung)


def delay_at(world: World, rung: int) -> float:
    """What every decision to fire takes at a rung on top of the site's own delay [s]: where two keys are turned, more."""
    joint = find_rung(rung, world.scenario.ladder).engagement == "joint"
    return world.rules.key_delay if joint else 0.0


def decide(world: World, flights: Flights, possible: Options, rung: int) -> Outcome:
    """Who fires, by the rules of the rung, and what comes of it."""
    engagement = find_rung(rung, world.scenario.ladder).engagement
    stock = who_fires(world, possible, engagement)
    refusal = world.rules.refusal if engagement == "joint" else 0.0
    return _scored(world, flights, possible, stock, refusal)


@dataclass(frozen=True)
class _Shot:
    """One interceptor: when it left, when and where it met, what chance it had and what it did."""

    site: int
    obj: int
    t_launch: float
    t_intercept: float
    r_ecef: Floats
    p_kill: float
    hit: bool


def _scored(world: World, flights: Flights, possible: Options, stock: Stock, refusal: float) -> Outcome:
    """What the salvos do: drawn for this history, and as chances."""
    salvos = stock.salvos
    refused = {
        salvo.obj for salvo in salvos if refusal > 0.0 and rng.uniform(world.seed, rng.KEYS, salvo.obj, 0, 0) < refusal
    }
    for salvo in salvos:
        if salvo.obj in refused:
            stock.why_not[salvo.site, salvo.obj] = REFUSED
    fired = np.array([salvo.obj not in refused for salvo in salvos], np.bool_)
    shots = _shots(world, flights, [salvo for salvo in salvos if salvo.obj not in refused])
    number = np.array([salvo.site for salvo in salvos], np.int32)
    obj = np.array([salvo.obj for salvo in salvos], np.int32)
    party = np.array([world.sites[n].party for n in number], np.int32)
    holds = np.array([world.sites[n].p_common for n in number])
    kills = np.array([_kills(world, flights, salvo) for salvo in salvos])
    wakes = [_wake(world, possible, salvo) for salvo in salvos]
    inventory = np.array([site.inventory for site in world.sites], np.int32)
    spent = np.bincount(np.array([shot.site for shot in shots], np.int32), minlength=len(world.sites))
    stopped, to_other = np.zeros(flights.count, np.bool_), np.zeros(flights.count, np.bool_)
    stopped[[shot.obj for shot in shots if shot.hit]] = True
    to_other[list(left_to_the_other(possible, stock))] = True
    return Outcome(
        site=np.array([shot.site for shot in shots], np.int32),
        obj=np.array([shot.obj for shot in shots], np.int32),
        t_launch=np.array([shot.t_launch for shot in shots]),
        t_intercept=np.array([shot.t_intercept for shot in shots]),
        r_ecef=np.array([shot.r_ecef for shot in shots]).reshape(-1, 3),
        p_kill=np.array([shot.p_kill for shot in shots]),
        hit=np.array([shot.hit for shot in shots], np.bool_),
        p_no_leak=(1.0 - refusal) * stopped_each(obj, party, holds, 1.0 - kills, flights.count),
        salvo_site=number,
        salvo_obj=obj,
        missed=1.0 - kills,
        missed_decoys=1.0 - _picked(world, salvos) * kills,
        stopped=stopped,
        why_not=stock.why_not,
        agreed=1.0 - refusal,
        left=inventory - spent.astype(np.int32),
        left_to_other=to_other,
        salvo_fired=fired,
        salvo_launch=np.array([salvo.plan.t_launch for salvo in salvos]),
        debris=Areas.from_table(np.array([one.debris for one in wakes]).reshape(-1, 7)),
        seen=np.array([one.seen for one in wakes], np.bool_),
        toward=np.array([one.toward for one in wakes], np.bool_),
    )


def _picked(world: World, salvos: list[Salvo]) -> Floats:
    """Share of the objects beside a warhead for which a site's stock suffices, spread evenly over all of them; one a salvo."""
    needs = np.zeros(len(world.sites))
    for salvo in salvos:
        needs[salvo.site] += world.case.shots_per_object + (world.rules.second_shots if salvo.plan.second else 0)
    return np.array(
        [min(1.0, world.sites[salvo.site].inventory / (needs[salvo.site] * (1 + DECOYS))) for salvo in salvos]
    )


def _wake(world: World, possible: Options, salvo: Salvo) -> Wake:
    """What a salvo leaves behind, worked out once for all rungs that could fire it."""
    key = salvo.site, salvo.obj
    if key not in possible.wakes:
        plan = salvo.plan
        possible.wakes[key] = wake(world, world.sites[salvo.site], plan.r_ecef, plan.v_ecef, plan.t_intercept)
    return possible.wakes[key]


def _kills(world: World, flights: Flights, salvo: Salvo) -> float:
    """Chance that a salvo, and the second one that may follow it, stops its body if detection and tracking hold."""
    site, second = world.sites[salvo.site], salvo.plan.second
    kills = 1.0 - (1.0 - _chance(flights, salvo.obj, salvo.plan, site)) ** salvo.shots
    if salvo.second and second:
        again = 1.0 - (1.0 - _chance(flights, salvo.obj, second, site)) ** salvo.second
        kills += (1.0 - kills) * second.right * again
    return kills


def _shots(world: World, flights: Flights, salvos: list[Salvo]) -> list[_Shot]:
    """What leaves in this history: every first salvo, then the second ones at what a look takes for survivors."""
    shots = [shot for salvo in salvos for shot in _fire(world, flights, salvo, salvo.plan, salvo.shots, FIRST)]
    for salvo in salvos:
        second = salvo.plan.second
        if not salvo.second or second is None:
            continue
        alive = not any(shot.hit and shot.obj == salvo.obj and shot.t_intercept <= second.t_look for shot in shots)
        right = rng.uniform(world.seed, rng.LOOK, salvo.obj, salvo.site, 0) < second.right
        if alive == right:
            shots += _fire(world, flights, salvo, second, salvo.second if alive else -salvo.second, SECOND)
    return shots


def _fire(world: World, flights: Flights, salvo: Salvo, plan: Plan | Second, shots: int, key: int) -> list[_Shot]:
    """The shots of one salvo; fewer than none: as many, at a body that is stopped already."""
    site, obj = world.sites[salvo.site], salvo.obj
    chance = _chance(flights, obj, plan, site)
    # One draw for all salvos of a party at a body: what fails for a good site fails for a lesser one too.
    found = shots > 0 and rng.uniform(world.seed, rng.SHOT, obj, site.party, 0) < site.p_common
    place = len(world.parties) + salvo.site
    return [
        _Shot(
            salvo.site,
            obj,
            plan.t_launch,
            plan.t_intercept,
            plan.r_ecef,
            chance,
            bool(found and rng.uniform(world.seed, rng.SHOT, obj, place, key + shot) < chance),
        )
        for shot in range(abs(shots))
    ]


def _chance(flights: Flights, obj: int, plan: Plan | Second, site: Site) -> float:
    """Chance of one shot: none where the body is not near enough to the predicted meeting point for the seeker to find it."""
    miss = float(np.linalg.norm(plan.r_ecef - flights.position_at(obj, plan.t_intercept)))
    return site.p_kill if miss <= HANDOVER_MISS * math.sqrt(3.0) * site.handover_sigma else 0.0
