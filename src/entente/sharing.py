"""Stage 4: what each nation releases at a rung of cooperation, how coarse, and when it arrives.

The release goes in the order of the joint rules: threshold, area coarsening, delay, by the functions of `exchange.coarsening`,
which the live nodes use too. Coarseness is one bias per object, drawn once and kept, so that no repetition and no new track
averages it out; its size is declared, and whoever receives the state carries it whole, as a consider state. While the line
is down, what was to be sent waits for its end. Every number is as a message carries it, so that a recorded log holds a
history to the last bit (`conveying`).

`stressed` then does what nobody declared: the step into the common frame and the common time is off, the line is slower and
worse than agreed. It works on finished releases, so that one history is made once and compared under many stresses.
"""

import math
from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entente import rng
from entente.compiled import Floats
from entente.estimate.belief import BURNS, LAT, LON, MAJOR, WHEN
from entente.estimate.follow import BETA_LN
from entente.estimate.predict import impact_area
from entente.exchange.releasing.coarsening import coarser_areas, displaced, is_surely_long
from entente.exchange.releasing.precision import LENGTH, SPEED, TIME, TIME_LATE, areas_kept, covariances_kept
from entente.lines import UNSTRESSED, Wrong, after_outages, outages_of, wrong_of
from entente.physics.earth import ecef_from_geodetic, geodesic, geodetic_from_ecef
from entente.records import FALSE_ALARM, TRACK, WARNING, Areas, Bools, Detections, Ints, NationalTracks, Shared, Tracks
from entente.scenario.rows import find_rung
from entente.scenario.units import KM
from entente.scenario.world import Policy, World

WARNING_EVERY = 60.0  # s  between two warnings about the same track, the first one apart
FALSE_OBJECTS = 1_000_000  # added to the number of a false track to make the key of its bias


def share(world: World, national: NationalTracks, rung: int) -> Shared:
    """What flows at this rung, from both nations.

    Raises:
        UnknownName: no such rung.
    """
    return let_through(world, stressed(world, national, releases(world, national)), rung)


def releases(world: World, national: NationalTracks) -> list[Shared]:
    """What both nations would let go of if everything flowed, in parts of one track and one kind; the same at every rung."""
    return _as_said([part for track in range(len(national.tracks.obj)) for part in _released(world, national, track)])


def stressed(world: World, national: NationalTracks, parts: list[Shared]) -> list[Shared]:
    """The releases as they arrive under the world's stress; the very same where there is none.

    Each giver is off by a vector and a time of its own, drawn once a history: its own picture is right, its step into what is
    common is not. The draws do not depend on the size of the stress, so that sizes are compared on the same luck.
    """
    if world.stress == UNSTRESSED:
        return parts
    end = float(national.tracks.t[-1])
    ways = [wrong_of(world, giver, end) for giver in range(len(world.parties))]
    return [_under(world, ways[part.giver[0]], part, _key(national.tracks, int(part.track[0]))) for part in parts]


def _under(world: World, wrong: Wrong, part: Shared, key: int) -> Shared:
    """One part of the releases: blurred once more, out of register, by a wrong clock, late."""
    coarse = world.stress.coarsening_km * KM
    blur = np.array([rng.normal(world.seed, rng.STRESS, key, 1 + wrong.giver, i) for i in range(7)])
    areas = []
    for given, east, north in ((part.launch, *blur[3:5]), (part.impact, *blur[5:7])):
        table = _shifted(coarser_areas(given.columns, coarse, east, north), wrong.bias)
        table[:, WHEN] += wrong.skew
        areas.append(Areas.from_table(table))
    x, P = displaced(part.x, part.P, coarse * blur[:3] + wrong.bias, coarse)
    return replace(
        part,
        t=part.t + wrong.skew,
        arrives=after_outages(part.arrives + world.stress.latency_s, wrong.outages),
        x=x,
        P=P,
        launch=areas[0],
        impact=areas[1],
        bias=np.hypot(part.bias, coarse),
    )


def _shifted(areas: Floats, bias: Floats) -> Floats:
    """Areas (N, 7) whose centres lie where the points of the ground under them would be after a step [m] of the frame."""
    for i in np.flatnonzero(np.isfinite(areas[:, LAT])) if bias.any() else ():
        centre = np.array(ecef_from_geodetic(areas[i, LAT], areas[i, LON], 0.0))
        areas[i, LAT], areas[i, LON], _ = geodetic_from_ecef(*(centre + bias))
    return areas


def let_through(world: World, parts: list[Shared], rung: int) -> Shared:
    """Those of the releases that flow at this rung, in the order in which they arrive."""
    flows = find_rung(rung, world.scenario.ladder).flows
    kinds = [WARNING] * ("warnings" in flows) + [TRACK] * ("tracks" in flows or "reports" in flows)
    flowing = [part for part in parts if part.kind[0] in kinds]
    if "reports" not in flows:  # which sensors contribute is told to a centre only, of tracks
        flowing = [replace(part, sensors=np.zeros_like(part.sensors)) for part in flowing]
    return _in_order([*flowing, _messages(0)], noticed(world, "notices" in flows))


def _messages(count: int) -> Shared:
    """Messages that say nothing yet."""
    return Shared(
        giver=np.zeros(count, np.int8),
        kind=np.zeros(count, np.int8),
        track=np.zeros(count, np.int32),
        t=np.zeros(count),
        arrives=np.zeros(count),
        x=np.full((count, 6), np.nan),
        P=np.full((count, 6, 6), np.nan),
        seen_by=np.zeros(count, np.int8),
        sensors=np.zeros(count, np.int64),
        launch=Areas.unknown(count),
        impact=Areas.unknown(count),
        bias=np.zeros(count),
        noticed=np.zeros(2, np.bool_),
        reports=Detections.none(),
    )


def _in_order(parts: list[Shared], noticed: Bools) -> Shared:
    """All messages in the order in which they arrive."""

    def column(name: str) -> Any:
        values = [getattr(part, name) for part in parts]
        if isinstance(values[0], Areas):
            return Areas.from_table(np.concatenate([areas.table for areas in values])[order])
        return np.concatenate(values)[order]

    order = np.lexsort(
        [np.concatenate([getattr(p, key) for p in parts]) for key in ("kind", "track", "giver", "arrives")]
    )
    columns = {f.name: column(f.name) for f in fields(Shared) if f.name not in ("noticed", "reports")}
    return Shared(**columns, noticed=noticed, reports=Detections.none())


def _released(world: World, national: NationalTracks, track: int) -> list[Shared]:
    """Everything one nation would let go of about one of its tracks: its warnings, then its states."""
    believed = national.tracks
    giver = int(believed.holder[track])
    policy = world.policies[giver]
    first = _cleared(policy, national, track)
    if first is None:
        return []
    launch, impact = believed.launch.table[track], believed.impact.table[track]
    bias = np.array([rng.normal(world.seed, rng.SHARE, _key(believed, track), giver, i) for i in range(7)])
    outages = outages_of(world, giver, float(believed.t[-1]))
    moments = np.flatnonzero(believed.held[track])
    moments = moments[moments >= first]
    parts = []
    # States are shared of third parties' missiles; of its own launches a party gives notices and warnings.
    mine = world.parties[giver].name == world.case.launched_by
    for kind in (WARNING,) if mine else (WARNING, TRACK):
        if kind == WARNING:
            chosen, delay = _warned(believed.t[moments], impact[moments, LAT]), policy.warning_delay
        else:
            coasts = believed.p_boost[track, moments] < BURNS
            chosen, delay = _spaced(believed.t[moments], coasts, policy.track_interval), policy.track_delay
        g = moments[chosen]
        if not len(g):
            continue
        part = _messages(len(g))
        origin = _last_known(launch, first, g) if kind == WARNING else launch[g]
        part = replace(part, launch=Areas.from_table(coarser_areas(origin, policy.area_floor, bias[3], bias[4])))
        if kind == WARNING:
            part = replace(part, impact=Areas.from_table(coarser_areas(impact[g], policy.area_floor, bias[5], bias[6])))
        part.giver[:], part.kind[:], part.track[:], part.t[:] = giver, kind, track, believed.t[g]
        part.arrives[:] = after_outages(part.t + delay, outages)
        part.seen_by[:] = believed.seen_by[track, g]
        if kind == TRACK:
            x, P, away = believed.x[track, g], believed.P[track, g], policy.track_sigma * bias[:3]
            part.x[:], part.P[:] = displaced(x, P, away, policy.track_sigma)
            part.sensors[:], part.bias[:] = believed.sensors[track, g], policy.track_sigma
        parts.append(part)
    return parts


def _last_known(areas: Floats, first: int, moments: NDArray[np.integer]) -> Floats:
    """The areas (G, 7) at moments (N,), where not known the last known one; the one at the moment `first` is known."""
    known = np.arange(first, len(areas))
    known[np.isnan(areas[first:, LAT])] = first
    return np.asarray(areas[np.maximum.accumulate(known)[moments - first]])


def _as_said(parts: list[Shared]) -> list[Shared]:
    """The same releases once they were put into messages: all numbers to the decimals that these carry."""
    if not parts:
        return parts

    def together(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    areas = areas_kept(np.concatenate([area.columns for part in parts for area in (part.launch, part.impact)]))
    x, P = together("x"), covariances_kept(together("P"))
    x = np.concatenate([LENGTH.kept(x[:, :3]), SPEED.kept(x[:, 3:])], axis=1)
    t, arrives, bias = TIME.kept(together("t")), TIME_LATE.kept(together("arrives")), LENGTH.kept(together("bias"))
    out, end = [], 0
    for part in parts:
        begin, end = end, end + len(part.t)
        rows, middle = slice(begin, end), begin + end
        out.append(
            replace(
                part,
                t=t[rows],
                arrives=arrives[rows],
                x=x[rows],
                P=P[rows],
                launch=Areas.from_table(areas[2 * begin : middle]),
                impact=Areas.from_table(areas[middle : 2 * end]),
                bias=bias[rows],
            )
        )
    return out


def _key(tracks: Tracks, track: int) -> int:
    """What the draws of a track are keyed by: its body, so that a new track of it has the same ones."""
    obj = int(tracks.obj[track])
    return FALSE_OBJECTS + track if obj == FALSE_ALARM else obj


def _cleared(policy: Policy, national: NationalTracks, track: int) -> int | None:
    """The first moment at which a flight is surely long enough for release: how far it would go if it burned no more.

    Surely: by one standard deviation of both ends together, five chances in six. A flight once known to be long enough
    stays so: a burning missile only flies farther. What cannot be decided is refused.
    """
    believed = national.tracks
    launch = believed.launch.table[track]
    corner = np.empty((2, 2))
    for g in np.flatnonzero(believed.held[track] & np.isfinite(launch[:, LAT])):
        lat, lon, _, _, status = impact_area(
            believed.x[track, g], believed.P[track, g], 0.0, BETA_LN[0], BETA_LN[1], corner
        )
        if status != 0:
            continue
        unsure = math.sqrt(launch[g, MAJOR] ** 2 + corner[0, 0] + corner[1, 1])
        if is_surely_long(geodesic(launch[g, LAT], launch[g, LON], lat, lon)[0], unsure, policy.min_range):
            return int(g)
    return None


def _warned(t: Floats, impact_lat: Floats) -> Ints:
    """Which moments (N,) carry a warning: the first, every minute after, and the one that first says where it will fall."""
    out, following, said = [], -math.inf, False
    for i, (moment, lat) in enumerate(zip(t.tolist(), impact_lat.tolist(), strict=True)):
        if moment >= following or (not said and not math.isnan(lat)):
            out.append(i)
            following, said = moment + WARNING_EVERY, not math.isnan(lat)
    return np.array(out, np.int32)


def _spaced(t: Floats, may: Bools, interval: float) -> Ints:
    """Which moments (N,) carry a state: those at which it may be released, no closer than the interval."""
    out, following = [], -math.inf
    for i, (moment, fit) in enumerate(zip(t.tolist(), may.tolist(), strict=True)):
        if fit and moment >= following:
            out.append(i)
            following = moment + interval
    return np.array(out, np.int32)


def noticed(world: World, flow: bool) -> Bools:
    """Whether those on duty at each party know that this launch was announced.

    Who launches knows. A party tells the other only where notices flow; a third party tells whom it tells, and where notices
    flow, who was told passes it on.
    """
    notice = world.case.notice
    own = np.array([p.name == world.case.launched_by for p in world.parties])
    if notice is None:
        return own
    parties = range(len(world.parties))
    reaches = [rng.uniform(world.seed, rng.NOTICE, party, 0, 0) < world.passed_on for party in parties]
    again = [rng.uniform(world.seed, rng.NOTICE, party, 0, 1) < world.passed_on for party in parties]
    if notice.by == "third party":
        told = np.array([p.name in notice.to for p in world.parties]) & reaches
        return own | told | (told[::-1] & again & flow)
    return own | (np.array(reaches) & flow)
