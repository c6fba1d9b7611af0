"""Stage 6: who answers what, and what is stopped.

A site looks for the earliest point, between floor and ceiling, at which an interceptor can meet what its own party's
picture holds; it waits as long as that point allows, and fires one salvo if the track is then good enough, else tries a
later point. Who fires is a matter of the rung:

- alone: each party answers what its own picture says will fall on a region of its own, by one salvo a body, not knowing
  what the other does;
- deconflicted: by agreed rules the party whose region it is answers; the other only where that party cannot;
- coordinated: each body is offered to the site of either party that is best placed, and stock that is left over gives a
  second salvo.

Every party decides on its own interceptors; the models ask whether it could, not whether it would.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.estimate.follow import Q
from entente.estimate.salvo import FIRES, LOST_WAITING, NEVER_IN_REACH, NO_TRACK, TOO_POOR, plan_salvo
from entente.physics.earth import geodesic
from entente.records import Areas, Flights, Outcome, Picture, Tracks
from entente.scenario.rows import find_rung
from entente.scenario.world import NOBODY, Site, World
from entente.strategy.attrition import stopped_each

HANDOVER_MISS = 3.0  # standard deviations of the allowed handover error beyond which the seeker finds nothing
DECOYS = 10  # undiscriminated objects beside each warhead, in the less favourable of the two counts
WHY_NOT = {
    NO_TRACK: "no track in the picture",
    NEVER_IN_REACH: "never within reach",
    LOST_WAITING: "track lost while waiting for a nearer point",
    TOO_POOR: "track too poor while in reach",
}
NEAR = 3.0  # semi-axes of the impact area by which a body may miss a region and still be answered for it


@dataclass(frozen=True)
class _Plan:
    """One salvo: when it leaves, when and where it would meet the body, and whose region the body is falling on."""

    t_launch: float
    t_intercept: float
    r_ecef: Floats
    claimed_by: int | None  # a party, NOBODY where the scenario does not say, None where it falls on no region


@dataclass
class _Stock:
    """What the sites still have, what they were asked for, and what is missing where."""

    left: list[int]
    why_not: dict[tuple[int, int], str]
    salvos: list[tuple[int, int, _Plan, int]] = field(default_factory=list)  # site, object, plan, interceptors


@dataclass(frozen=True)
class Options:
    """Every salvo that sites could fire by what their parties' pictures hold, by (site, object); else what is missing."""

    plans: dict[tuple[int, int], _Plan]
    why_not: dict[tuple[int, int], str]


def defend(world: World, flights: Flights, picture: Picture, rung: int) -> Outcome:
    """Every body that a party's picture holds, in the order in which they can be met, and who answers it.

    Raises:
        UnknownName: no such rung.
    """
    return decide(world, flights, options(world, flights, picture), rung)


def options(world: World, flights: Flights, picture: Picture) -> Options:
    """What every site could do about every body. The same at all rungs that share a picture."""
    found = Options({}, {})
    for party in range(len(world.parties)):
        tracks = picture.tracks.of(party)
        sites = [(number, site) for number, site in enumerate(world.sites) if site.party == party]
        bodies = [tracks.rows(tracks.obj == obj) for obj in range(flights.count)] if sites else []
        for (number, site), (obj, body) in product(sites, enumerate(bodies)):
            plan = _plan(world, site, body)
            if isinstance(plan, str):
                found.why_not[number, obj] = plan
            elif plan.claimed_by is None:
                found.why_not[number, obj] = "will fall on no region that is answered for"
            else:
                found.plans[number, obj] = plan
    return found


def decide(world: World, flights: Flights, possible: Options, rung: int) -> Outcome:
    """Who fires, by the rules of the rung, and what comes of it."""
    engagement = find_rung(rung, world.scenario.ladder).engagement
    plans, stock = possible.plans, _Stock([site.inventory for site in world.sites], dict(possible.why_not))
    # In the order in which the pictures have them come into reach: what nobody can meet is nobody's to wait for.
    soonest: dict[int, float] = {}
    for (_, obj), plan in plans.items():
        soonest[obj] = min(plan.t_intercept, soonest.get(obj, math.inf))
    order = sorted(soonest, key=lambda obj: (soonest[obj], obj))
    for place, obj in enumerate(order):
        if engagement == "alone":
            _alone(world, plans, obj, stock)
        elif engagement == "deconflicted":
            _deconflicted(world, plans, obj, stock)
        else:
            _coordinated(world, plans, obj, stock, still_to_come=len(order) - place - 1)
    fired = {salvo[:2] for salvo in stock.salvos}
    for key in plans:
        if key not in fired:
            stock.why_not.setdefault(key, "another site answers it")
    return _scored(world, flights, stock)


def _best(world: World, plans: dict[tuple[int, int], _Plan], obj: int, stock: _Stock, who: set[int]) -> Iterator[int]:
    """The sites of these parties that can answer a body and have stock, the surest first, then the earliest."""
    able = [number for number, site in enumerate(world.sites) if (number, obj) in plans and site.party in who]
    for number in able:
        if stock.left[number] == 0:
            stock.why_not[number, obj] = "no interceptor left"
    ready = [number for number in able if stock.left[number] > 0]

    def order(number: int) -> tuple[float, float]:
        site = world.sites[number]
        return -site.p_kill * site.p_common, plans[number, obj].t_intercept

    yield from sorted(ready, key=order)


def _fire(world: World, plans: dict[tuple[int, int], _Plan], number: int, obj: int, stock: _Stock) -> None:
    salvo = min(world.case.shots_per_object, stock.left[number])
    stock.left[number] -= salvo
    stock.salvos.append((number, obj, plans[number, obj], salvo))


def _alone(world: World, plans: dict[tuple[int, int], _Plan], obj: int, stock: _Stock) -> None:
    for party in range(len(world.parties)):
        mine = {
            key: plan
            for key, plan in plans.items()
            if world.sites[key[0]].party == party and plan.claimed_by in (party, NOBODY)
        }
        for number, site in enumerate(world.sites):
            if site.party == party and (number, obj) in plans and (number, obj) not in mine:
                stock.why_not[number, obj] = "will fall on the other party's region"
        for number in _best(world, mine, obj, stock, {party}):
            _fire(world, plans, number, obj, stock)
            break


def _deconflicted(world: World, plans: dict[tuple[int, int], _Plan], obj: int, stock: _Stock) -> None:
    owners = {plan.claimed_by for (_, body), plan in plans.items() if body == obj and plan.claimed_by is not None}
    for parties in (owners, {0, 1}):
        for number in _best(world, plans, obj, stock, parties):
            _fire(world, plans, number, obj, stock)
            return


def _coordinated(
    world: World, plans: dict[tuple[int, int], _Plan], obj: int, stock: _Stock, still_to_come: int
) -> None:
    salvo = world.case.shots_per_object
    for turn, number in enumerate(_best(world, plans, obj, stock, {0, 1})):
        if turn == 0 or (turn == 1 and stock.left[number] >= salvo * (still_to_come + 1)):
            _fire(world, plans, number, obj, stock)


def _scored(world: World, flights: Flights, stock: _Stock) -> Outcome:
    """What the salvos do: drawn for this history, and as chances."""
    parties = len(world.parties)
    stopped = np.zeros(flights.count, np.bool_)
    asked = np.bincount([number for number, _, _, _ in stock.salvos], minlength=len(world.sites))
    shots: list[tuple[int, int, _Plan, float, bool]] = []
    kills, picked = np.empty(len(stock.salvos)), np.empty(len(stock.salvos))
    for n, (number, obj, plan, salvo) in enumerate(stock.salvos):
        site = world.sites[number]
        p_kill = site.p_kill if _is_where_expected(flights, obj, plan, site) else 0.0
        kills[n] = 1.0 - (1.0 - p_kill) ** salvo
        picked[n] = min(1.0, site.inventory / (world.case.shots_per_object * asked[number] * (1 + DECOYS)))
        # One draw for all salvos of a party at a body: what fails for a good site fails for a lesser one too.
        found = rng.uniform(world.seed, rng.SHOT, obj, site.party, 0) < site.p_common
        for shot in range(salvo):
            hit = found and rng.uniform(world.seed, rng.SHOT, obj, parties + number, 1 + shot) < p_kill
            stopped[obj] |= hit
            shots.append((number, obj, plan, p_kill, bool(hit)))
    salvo_site = np.array([salvo[0] for salvo in stock.salvos], np.int32)
    salvo_obj = np.array([salvo[1] for salvo in stock.salvos], np.int32)
    party = np.array([world.sites[number].party for number in salvo_site], np.int32)
    holds = np.array([world.sites[number].p_common for number in salvo_site])
    return Outcome(
        site=np.array([s[0] for s in shots], np.int32),
        obj=np.array([s[1] for s in shots], np.int32),
        t_launch=np.array([s[2].t_launch for s in shots]),
        t_intercept=np.array([s[2].t_intercept for s in shots]),
        r_ecef=np.array([s[2].r_ecef for s in shots]).reshape(-1, 3),
        p_kill=np.array([s[3] for s in shots]),
        hit=np.array([s[4] for s in shots], np.bool_),
        p_no_leak=stopped_each(salvo_obj, party, holds, 1.0 - kills, flights.count),
        salvo_site=salvo_site,
        salvo_obj=salvo_obj,
        missed=1.0 - kills,
        missed_decoys=1.0 - picked * kills,
        stopped=stopped,
        why_not=stock.why_not,
    )


def _plan(world: World, site: Site, tracks: Tracks) -> _Plan | str:
    """The salvo that a site fires at one object, or what was missing."""
    place = np.empty(3)
    status, leaves, meets, _, g, k = plan_salvo(
        tracks.t,
        tracks.held,
        tracks.x,
        tracks.P,
        tracks.p_boost,
        tracks.impact.t,
        site.r_ecef,
        site.axes,
        site.speed,
        site.boost,
        site.commit_delay,
        site.floor,
        site.ceiling,
        site.range_max,
        site.target_speed_max,
        site.handover_sigma,
        Q[1],
        place,
    )
    if status != FIRES:
        return WHY_NOT[status]
    return _Plan(leaves, meets, place, _claimed_by(world, tracks.impact[k, g]))


def _claimed_by(world: World, impact: Areas) -> int | None:
    """Whose region a body is falling on, by its impact area: the nearest one, unless even that is far outside the area."""
    lat, lon, reach = float(impact.lat), float(impact.lon), NEAR * float(impact.axes[0])
    if not world.defended:
        return None
    away = [geodesic(lat, lon, home.lat, home.lon)[0] - home.radius for home in world.defended]
    nearest = int(np.argmin(away))
    return world.defended[nearest].party if away[nearest] <= reach else None


def _is_where_expected(flights: Flights, obj: int, plan: _Plan, site: Site) -> bool:
    """Whether the body is near enough to the predicted meeting point for the seeker to find it."""
    miss = float(np.linalg.norm(plan.r_ecef - flights.position_at(obj, plan.t_intercept)))
    return miss <= HANDOVER_MISS * math.sqrt(3.0) * site.handover_sigma
