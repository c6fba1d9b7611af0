"""Stage 6: who answers what, and what is stopped.

A site looks for the earliest point, between floor and ceiling, at which an interceptor can meet what its own party's
picture holds; it waits as long as that point allows, and fires one salvo if the track is then good enough, else tries a
later point. Each party decides alone at the rungs modelled here; what sharing changes is the picture it decides on.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.estimate.belief import BURNS
from entente.estimate.follow import Q
from entente.estimate.kalman import predict_ballistic
from entente.estimate.predict import path_ahead
from entente.physics.intercept import LOOK, earliest_meeting
from entente.records import Flights, Outcome, Picture, Tracks
from entente.scenario.world import Site, World

HANDOVER_MISS = 3.0  # standard deviations of the allowed handover error beyond which the seeker finds nothing
AHEAD = 400  # points of LOOK seconds that a path is predicted for


@dataclass(frozen=True)
class _Plan:
    """One salvo: when it leaves, when and where it would meet the body."""

    t_launch: float
    t_intercept: float
    r_ecef: Floats


def defend(world: World, flights: Flights, picture: Picture) -> Outcome:
    """Every site against every object that its party's picture holds, in the order in which they come down."""
    shots: list[tuple[int, int, _Plan, float, bool]] = []
    why_not: dict[tuple[int, int], str] = {}
    p_leak, stopped = np.ones(flights.count), np.zeros(flights.count, np.bool_)
    for number, site in enumerate(world.sites):
        tracks = picture.tracks.of(site.party)
        left = site.inventory
        for obj in np.argsort(flights.t_impact, kind="stable"):
            plan = _plan(site, tracks.rows(tracks.obj == obj))
            salvo = min(world.case.shots_per_object, left)
            if isinstance(plan, str) or salvo == 0:
                why_not[number, int(obj)] = plan if isinstance(plan, str) else "no interceptor left"
                continue
            left -= salvo
            p_kill = site.p_kill if _is_where_expected(flights, int(obj), plan, site) else 0.0
            p_leak[obj] *= 1.0 - site.p_common * (1.0 - (1.0 - p_kill) ** salvo)
            found = rng.uniform(world.seed, rng.SHOT, int(obj), number, 0) < site.p_common
            for shot in range(salvo):
                hit = found and rng.uniform(world.seed, rng.SHOT, int(obj), number, 1 + shot) < p_kill
                stopped[obj] |= hit
                shots.append((number, int(obj), plan, p_kill, bool(hit)))
    return Outcome(
        site=np.array([s[0] for s in shots], np.int32),
        obj=np.array([s[1] for s in shots], np.int32),
        t_launch=np.array([s[2].t_launch for s in shots]),
        t_intercept=np.array([s[2].t_intercept for s in shots]),
        r_ecef=np.array([s[2].r_ecef for s in shots]).reshape(-1, 3),
        p_kill=np.array([s[3] for s in shots]),
        hit=np.array([s[4] for s in shots], np.bool_),
        p_no_leak=1.0 - p_leak,
        stopped=stopped,
        why_not=why_not,
    )


def _plan(site: Site, tracks: Tracks) -> _Plan | str:
    """The salvo that a site fires at one object, or what was missing."""
    why = "no track in the picture"
    path, then, P = np.empty((AHEAD, 3)), np.empty(6), np.empty((6, 6))
    next_look = float(tracks.t[1] - tracks.t[0])
    for g in range(len(tracks.t)):
        for k in range(len(tracks.obj)):
            if not tracks.held[k, g] or not tracks.p_boost[k, g] < BURNS or not np.isfinite(tracks.impact.t[k, g]):
                continue
            t = float(tracks.t[g])
            count = min(AHEAD, max(1, int((tracks.impact.t[k, g] - t) / LOOK)))
            path_ahead(tracks.x[k, g], LOOK, path[:count])
            at, flight = earliest_meeting(
                path[:count],
                site.r_ecef,
                site.axes,
                site.commit_delay,
                site.speed,
                site.boost,
                site.floor,
                site.ceiling,
            )
            if at < 0:
                if why == "no track in the picture":
                    why = "never within reach"
                continue
            wait = at * LOOK - flight - site.commit_delay
            if wait > next_look:
                why = "track lost while waiting for a nearer point"
                continue
            predict_ballistic(tracks.x[k, g], tracks.P[k, g], at * LOOK, Q[1], then, P)
            if math.sqrt(max(P[0, 0], P[1, 1], P[2, 2])) > site.handover_sigma:
                why = "track too poor while in reach"
                continue
            return _Plan(t + at * LOOK - flight, t + at * LOOK, path[at].copy())
    return why


def _is_where_expected(flights: Flights, obj: int, plan: _Plan, site: Site) -> bool:
    """Whether the body is near enough to the predicted meeting point for the seeker to find it."""
    miss = float(np.linalg.norm(plan.r_ecef - flights.position_at(obj, plan.t_intercept)))
    return miss <= HANDOVER_MISS * math.sqrt(3.0) * site.handover_sigma
