"""Stage 4: what each nation releases at a rung of cooperation, how coarse, and when it arrives.

The release goes in the order of the joint rules: threshold, area coarsening, delay. Coarseness is one bias per track, drawn
once and kept: independent noise would average out over repeated releases, a bias does not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.estimate.belief import BEARING, BURNS, LAT, LON, MAJOR, MINOR
from entente.estimate.follow import BETA_LN
from entente.estimate.predict import impact_area
from entente.physics.earth import destination, geodesic
from entente.records import TRACK, WARNING, Areas, NationalTracks, Shared
from entente.scenario.rows import find_rung
from entente.scenario.world import Policy, World

WARNING_EVERY = 60.0  # s  between two warnings about the same track, the first one apart


@dataclass(frozen=True)
class _Message:
    giver: int
    kind: int
    track: int
    t: float
    arrives: float
    x: Floats
    P: Floats
    seen_by: int
    launch: Floats
    impact: Floats


def share(world: World, national: NationalTracks, rung: int) -> Shared:
    """What flows at this rung, from both nations.

    Raises:
        UnknownName: no such rung.
    """
    flows = find_rung(rung, world.scenario.ladder).flows
    messages = [
        message
        for track in range(len(national.tracks.obj))
        for message in _released(world, national, track, "warnings" in flows, "tracks" in flows or "reports" in flows)
    ]
    messages.sort(key=lambda m: (m.arrives, m.giver, m.track, m.kind))
    return Shared(
        giver=np.array([m.giver for m in messages], np.int8),
        kind=np.array([m.kind for m in messages], np.int8),
        track=np.array([m.track for m in messages], np.int32),
        t=np.array([m.t for m in messages]),
        arrives=np.array([m.arrives for m in messages]),
        x=np.array([m.x for m in messages]).reshape(-1, 6),
        P=np.array([m.P for m in messages]).reshape(-1, 6, 6),
        seen_by=np.array([m.seen_by for m in messages], np.int8),
        launch=Areas.from_table(np.array([m.launch for m in messages]).reshape(-1, 6)),
        impact=Areas.from_table(np.array([m.impact for m in messages]).reshape(-1, 6)),
    )


def _released(world: World, national: NationalTracks, track: int, warnings: bool, tracks: bool) -> Iterator[_Message]:
    """Everything one nation lets go of about one of its tracks, in the order of time."""
    believed = national.tracks
    giver = int(believed.holder[track])
    policy = world.policies[giver]
    bias = [rng.normal(world.seed, rng.SHARE, track, giver, i) for i in range(7)]
    launch, impact = believed.launch.table[track], believed.impact.table[track]
    next_warning, next_track = -np.inf, -np.inf
    unsaid, no_state = np.full(6, np.nan), (np.full(6, np.nan), np.full((6, 6), np.nan))
    cleared, said_where = False, False
    for g in np.flatnonzero(believed.held[track]):
        t = float(believed.t[g])
        # A flight once known to be long enough stays so: a burning missile only flies farther.
        cleared = cleared or _is_long(policy, launch[g], believed.x[track, g], believed.P[track, g])
        if not cleared:
            continue
        warn = warnings and (t >= next_warning or (np.isfinite(impact[g, LAT]) and not said_where))
        report = tracks and t >= next_track and believed.p_boost[track, g] < BURNS
        if not (warn or report):
            continue
        seen_by = int(believed.seen_by[track, g])
        coarse_launch = _coarser(policy, launch[g], bias[3], bias[4])
        if warn:
            said_where = bool(np.isfinite(impact[g, LAT]))
            coarse_impact = _coarser(policy, impact[g], bias[5], bias[6])
            arrives = t + policy.warning_delay
            yield _Message(giver, WARNING, track, t, arrives, *no_state, seen_by, coarse_launch, coarse_impact)
            next_warning = t + WARNING_EVERY
        if report:
            x, P = believed.x[track, g].copy(), believed.P[track, g].copy()
            x[:3] += policy.track_sigma * np.array(bias[:3])
            P[:3, :3] += policy.track_sigma**2 * np.eye(3)  # the bias is declared, so that nobody believes too much
            yield _Message(giver, TRACK, track, t, t + policy.track_delay, x, P, seen_by, coarse_launch, unsaid)
            next_track = t + policy.track_interval


def _is_long(policy: Policy, launch: Floats, x: Floats, P: Floats) -> bool:
    """Whether a flight is long enough to be released: measured to where it would come down if it stopped burning now.

    What cannot be decided is refused.
    """
    if not np.isfinite(launch[LAT]):
        return False
    lat, lon, _, _, status = impact_area(x, P, 0.0, BETA_LN[0], BETA_LN[1], np.empty((2, 2)))
    return status == 0 and geodesic(launch[LAT], launch[LON], lat, lon)[0] >= policy.min_range


def _coarser(policy: Policy, area: Floats, east: float, north: float) -> Floats:
    """An area no smaller than the policy's floor, its centre moved by the bias (in units of the floor)."""
    out = area.copy()
    if not np.isfinite(area[LAT]):
        return out
    away = policy.area_floor * float(np.hypot(east, north))
    out[LAT], out[LON] = destination(area[LAT], area[LON], float(np.arctan2(east, north)), away)
    out[MAJOR], out[MINOR] = np.hypot(area[MAJOR], policy.area_floor), np.hypot(area[MINOR], policy.area_floor)
    out[BEARING] = area[BEARING]
    return out
