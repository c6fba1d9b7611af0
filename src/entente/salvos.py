"""What could each site fire at each body, by its party's picture? The same at all rungs that share a picture.

A plan is one salvo: when it leaves, when and where it meets the body, on whose region that is falling; and where the
doctrine has it, a second one that could still leave after a look.
"""

import math
from dataclasses import dataclass, field
from itertools import product

import numpy as np

from entente.aftermath import Wake
from entente.compiled import Floats
from entente.estimate.follow import Q
from entente.estimate.predict import free_fall
from entente.estimate.salvo import FIRES, LOST_WAITING, NEVER_IN_REACH, NO_TRACK, TOO_POOR, plan_salvo
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.records import Areas, Flights, Picture, Tracks
from entente.scenario.units import DEG
from entente.scenario.world import Site, World

WHY_NOT = {
    NO_TRACK: "no track in the picture",
    NEVER_IN_REACH: "never within reach",
    LOST_WAITING: "track lost while waiting for a nearer point",
    TOO_POOR: "track too poor while in reach",
}
NO_REGION = "will fall on no region that is answered for"
NEAR = 3.0  # semi-axes of the impact area by which a body may miss a region and still be answered for it
COIN = 0.5  # chance to judge right by a look that shows nothing


@dataclass(frozen=True)
class Second:
    """A salvo that could follow a look: when it leaves, when and where it meets the body, and how sure the look is."""

    t_launch: float
    t_intercept: float
    r_ecef: Floats
    t_look: float
    right: float  # chance that the look is judged right


@dataclass(frozen=True)
class Plan:
    """One salvo: when it leaves, when, where and how fast it would meet the body, and whose region the body is falling on."""

    t_launch: float
    t_intercept: float
    r_ecef: Floats  # (3,)
    v_ecef: Floats  # (3,) of the body there, as predicted
    claimed_by: int  # a party, NOBODY where the scenario does not say
    sector: int | None  # the party in whose sector the meeting lies; None where it lies in none
    second: Second | None


@dataclass(frozen=True)
class Options:
    """Every salvo that sites could fire by what their parties' pictures hold, by (site, object); else what is missing."""

    plans: dict[tuple[int, int], Plan]
    why_not: dict[tuple[int, int], str]
    wakes: dict[tuple[int, int], Wake] = field(default_factory=dict)  # of those that were fired at some rung


def options(world: World, flights: Flights, picture: Picture, delay: float = 0.0) -> Options:
    """What every site could do about every body.

    Args:
        delay: that every decision takes on top of the site's own [s], as where a second key must be turned.
    """
    found = Options({}, {})
    for party in range(len(world.parties)):
        tracks = picture.tracks.of(party)
        sites = [(number, site) for number, site in enumerate(world.sites) if site.party == party]
        bodies = [tracks.rows(tracks.obj == obj) for obj in range(flights.count)] if sites else []
        for (number, site), (obj, body) in product(sites, enumerate(bodies)):
            plan = _plan(world, site, body, delay)
            if isinstance(plan, str):
                found.why_not[number, obj] = plan
            else:
                found.plans[number, obj] = plan
    return found


def _plan(world: World, site: Site, tracks: Tracks, delay: float) -> Plan | str:
    """The salvo that a site fires at one object, or what was missing."""
    place = np.empty(3)
    status, leaves, meets, g, k = _search(site, tracks, 0, delay, place)
    if status != FIRES:
        return WHY_NOT[status]
    owner = _claimed_by(world, tracks.impact[k, g])
    if owner is None:
        return NO_REGION
    then = np.empty(6)
    free_fall(tracks.x[k, g], meets - float(tracks.t[g]), then)
    second = _second(world, site, tracks, meets, delay) if world.rules.second_shots else None
    return Plan(leaves, meets, place, then[3:], owner, sector_of(world, place), second)


def _search(site: Site, tracks: Tracks, since: int, delay: float, place: Floats) -> tuple[int, float, float, int, int]:
    """The first salvo by what is held from a moment of the grid on: status, ignition, meeting, moment and track decided on."""
    status, leaves, meets, _, g, k = plan_salvo(
        tracks.t[since:],
        tracks.held[:, since:],
        tracks.x[:, since:],
        tracks.P[:, since:],
        tracks.p_boost[:, since:],
        tracks.impact.t[:, since:],
        site.r_ecef,
        site.axes,
        site.speed,
        site.boost,
        site.commit_delay + delay,
        site.floor,
        site.ceiling,
        site.range_max,
        site.target_speed_max,
        site.handover_sigma,
        Q[1],
        place,
    )
    return status, leaves, meets, g + since, k


def _second(world: World, site: Site, tracks: Tracks, met: float, delay: float) -> Second | None:
    """The salvo that could leave once the first one has met the body and was looked at; None where no window is left."""
    look = met + world.rules.look
    since = int(np.searchsorted(tracks.t, look))
    if since > len(tracks.t) - 2:
        return None
    place = np.empty(3)
    status, leaves, meets, _, _ = _search(site, tracks, since, delay, place)
    if status != FIRES:
        return None
    held = tracks.held[:, since] & np.isfinite(tracks.x[:, since, 0])
    sharp = 0.0
    if held.any():
        spread = np.sqrt(np.diagonal(tracks.P[held, since], axis1=1, axis2=2)[:, :3].max(axis=1)).min()
        sharp = min(1.0, site.handover_sigma / float(spread))
    return Second(leaves, meets, place, look, COIN + (world.rules.look_right - COIN) * sharp)


def _claimed_by(world: World, impact: Areas) -> int | None:
    """Whose region a body is falling on, by its impact area: the nearest one, unless even that is far outside the area."""
    lat, lon, reach = float(impact.lat), float(impact.lon), NEAR * float(impact.axes[0])
    if not world.defended:
        return None
    nearest, away = _nearest(world, lat, lon)
    return world.defended[nearest].party if away <= reach else None


def _nearest(world: World, lat: float, lon: float) -> tuple[int, float]:
    """The region that is nearest to a point on the ground, and how far its edge is [m]; negative inside."""
    away = [geodesic(lat, lon, home.lat, home.lon)[0] - home.radius for home in world.defended]
    nearest = int(np.argmin(away))
    return nearest, away[nearest]


def sector_of(world: World, r_ecef: Floats) -> int | None:
    """In whose sector a point lies, by the place below it; None where it lies in neither's.

    Where no party has sectors of its own, whoever answers for the nearest region has the place in its sector.
    """
    lat, lon, _ = geodetic_from_ecef(*r_ecef)
    if any(party.sectors for party in world.parties):
        for number, party in enumerate(world.parties):
            for one in party.sectors:
                if one.south_deg <= lat / DEG <= one.north_deg and one.west_deg <= lon / DEG <= one.east_deg:
                    return number
        return None
    if not world.defended or not math.isfinite(lat):
        return None
    owner = world.defended[_nearest(world, lat, lon)[0]].party
    return owner if owner >= 0 else None
