"""Stage 3: what each nation believes from its own sensors.

Satellites and radars are followed apart, because their reports reach a nation with different delays; then what both say
of one body is joined. The result is a belief at the moments of a grid that all later stages share.
"""

import math

import numpy as np

from entente.chains import Chain, follow_sensors
from entente.classes import NO_DRAG, STRAIGHT, before_boost, classify
from entente.compiled import Floats
from entente.estimate.belief import areas_many, associate_many, intersect_many
from entente.records import (
    FALSE_ALARM,
    INFRARED,
    OWN,
    RADAR,
    Areas,
    Codes,
    Detections,
    Flights,
    NationalTracks,
    Sets,
    Tracks,
)
from entente.scenario.world import World

GRID = 5.0  # s  between the moments of the grid


def follow(world: World, flights: Flights, detections: Detections) -> NationalTracks:
    """What each nation believes from its own sensors alone."""
    grid = np.arange(float(flights.t_launch.min()), float(flights.t_impact.max()), GRID)
    nations, counts = zip(
        *(_nation(world, detections, party, grid) for party in range(len(world.parties))), strict=True
    )
    return NationalTracks(
        tracks=Tracks.joined(nations),
        first_seen=np.array([_first_seen(world, detections, party) for party in range(len(world.parties))]),
        counts=np.array(counts),
    )


def _first_seen(world: World, detections: Detections, party: int) -> float:
    own = np.array([s.party == party for s in world.sensors])
    rows = np.repeat(np.arange(len(detections.scan_t)), np.diff(detections.scan_start))
    true = own[detections.scan_sensor[rows]] & (detections.obj != FALSE_ALARM)
    return float(detections.scan_report_t[rows[true]].min()) if true.any() else math.nan


def _nation(world: World, detections: Detections, party: int, grid: Floats) -> tuple[Tracks, Sets]:
    """One nation: its radar tracks, the plumes its satellites saw, and which plume is which track; and what was refused."""
    radar = _chain(world, detections, party, RADAR, grid)
    plume = _chain(world, detections, party, INFRARED, grid)
    launch = Areas.unknown(*radar.held.shape).columns
    areas_many(grid, radar.held, radar.x, radar.P, radar.p_boost, NO_DRAG, STRAIGHT, False, launch)
    seen_by = [np.full(chain.held.shape, kind, np.int8) for chain, kind in ((radar, RADAR), (plume, INFRARED))]
    _identify(radar, plume, seen_by[0], launch)
    held, x, P, p_boost, since, obj = (
        np.concatenate([getattr(chain, name) for chain in (radar, plume)])
        for name in ("held", "x", "P", "p_boost", "since", "obj")
    )
    launch = np.concatenate([launch, np.repeat(plume.launch[:, None, :], len(grid), axis=1)])
    for column in (x, P, p_boost, launch):
        column[~held] = np.nan
    codes = np.concatenate(seen_by)
    classes, beta_ln, boost = classify(grid, held, x, P, p_boost, codes, launch, held)
    launch = np.where((codes == RADAR)[..., None], before_boost(launch, boost), launch)
    impact = Areas.unknown(*held.shape).columns
    areas_many(grid, held, x, P, p_boost, beta_ln, STRAIGHT, True, impact)
    tracks = Tracks(
        t=grid,
        holder=np.full(len(obj), party, np.int8),
        held=held,
        x=x,
        P=P,
        p_boost=p_boost,
        seen_by=codes,
        made_of=np.full(held.shape, OWN, np.int8),
        sensors=np.where(held, np.concatenate([radar.sensors, plume.sensors]), 0),
        share=np.where(held, 1.0, np.nan),
        sent=np.full((*held.shape, 2), -1, np.int32),
        launch=Areas.from_table(launch),
        impact=Areas.from_table(impact),
        classes=classes,
        since=since,
        obj=obj,
    )
    return tracks, radar.counts + plume.counts


def _identify(radar: Chain, plume: Chain, seen_by: Codes, launch: Floats) -> None:
    """Join the plume tracks that are radar tracks into these, in place: state, what it was seen by, launch area.

    Once both are known to be one body, they stay one: the plume was seen, whatever its track becomes. While the radar
    track is held, the plume's is not held beside it.
    """
    match = np.full(radar.held.shape, -1, np.int32)
    associate_many(radar.held, radar.x, radar.P, plume.held, plume.x, plume.P, match)
    intersect_many(match, radar.x, radar.P, plume.x, plume.P, radar.x, radar.P, np.empty(match.shape))
    for r in range(len(radar.obj)):
        for p in np.unique(match[r][match[r] >= 0]):
            after = np.arange(radar.held.shape[1]) >= np.argmax(match[r] == p)
            seen_by[r, after] = RADAR | INFRARED
            radar.sensors[r, after] |= plume.sensors[p, after]
            launch[r, after] = plume.launch[p]
            plume.held[p, after & radar.held[r]] = False


def _chain(world: World, detections: Detections, party: int, kind: int, grid: Floats) -> Chain:
    """Everything one nation's radars (or satellites) followed and confirmed."""
    numbers = [n for n, s in enumerate(world.sensors) if s.party == party and s.kind == kind]
    return follow_sensors(world, detections, numbers, kind, grid)
