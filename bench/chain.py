"""The whole chain for 10 to 10,000 objects and 20 sensors: scans to tracks of two nations, and both their pictures joined.

`python bench/chain.py [OBJECTS ...]`. What is timed, for each nation on a core of its own: scans of its 7 radars and 3
satellites -> border, gate, assign, two-mode filter, confirm (`chains.follow_sensors`, twice), states at moments 10 s
apart, plumes joined to radar tracks; then, every 10 s, the partner's tracks put into one's own frame, matched and joined
(`estimate.pairs`). Not timed: flying, simulating detections, classes of vehicle, impact areas, messages, compilation.
"Times real time" is the length of the history over the processor time of the slower nation, stage by stage, which is
what two undisturbed cores take; the wall time of both nations in two threads is printed beside it.

What the chain is given: generic two-stage missiles of 2,000 km class, launched over the first 200 s from anywhere in a
theatre of 1.7e7 km2 (35 to 60 N, 80 degrees of longitude) in any direction, half of them lofted; so that from then on all are in
the air, at a density that grows with their number and is printed: the mean distance to the nearest other, and how many
lie within the 140 km in which a new radar track looks for its second detection. Of each nation's radars three reach
4,000 km over 120 degrees (50 m, 0.2 degrees), four 1,500 km all around (30 m, 0.05 degrees); its satellites stand 36,000
km high (0.004 degrees, chance 0.9 a look). All look every 10 s. Chance of detection by a radar falls with range as
Swerling 1 has it; its mean over looks at bodies within a face and 1.3 times the reach is printed, and the false alarms.

What comes out is judged on the first nation's joint picture: complete is the share of objects that a radar of either
nation saw three times within the last minute and that a track stands for, within 20 km and one to one; spurious the share
of tracks that stand for nothing; GOSPA is that of order 2 at a cutoff of 20 km over those objects, as the distance that one
object or track contributes in the root mean square. Tracks that claim no place, being vaguer than 20 km, are not judged:
plumes long burnt out, which the chain carries on, and pays for. Cost no worse than n log n: "/log2 n" does not rise.
"""

import argparse
import gc
import math
import threading
import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

import entente as en
from entente.ascent import Ascent
from entente.chains import follow_sensors
from entente.constants import GEO_RADIUS
from entente.errors import ModelError
from entente.estimate.assign import assign_listed
from entente.estimate.belief import associate_many, intersect_many
from entente.estimate.pairs import join_many, match_many
from entente.estimate.scans import REASONS
from entente.estimate.trust import alarm_level
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.geometry import azimuth_elevation_range
from entente.physics.powered import BURNOUT
from entente.physics.signals import off_boresight, scan_reach
from entente.records import FALSE_ALARM, INFRARED, RADAR, Flights
from entente.scenario.rows import vehicles
from entente.scenario.units import DEG, KM
from entente.scenario.world import Sensor, build
from entente.sensing import observe

OBJECTS = (10, 100, 1_000, 10_000)
LONG, SPREAD, EVERY, ROW = (
    600.0,
    200.0,
    10.0,
    5.0,
)  # s: the history, its launches, between moments, between rows of a flight
SOUTH, NORTH, WEST, EAST = 35.0, 60.0, -10.0, 70.0  # deg: the theatre
WAYS = 48  # flights that are flown; each object repeats one, turned about the Earth's axis, under which nothing changes
FALSE_ALARMS = 10.0  # expected in a scan
SECOND_LOOK = 140.0 * KM  # 4.6 sigma of 3 km/s in 10 s
CUTOFF = 20.0 * KM
SIGMA, RATE = np.array([280.0, 0.14]), 0.1  # declared of frame and clock [m], [s]; false doubts an hour
FAR, NEAR = (
    (4_000.0 * KM, 60.0, 50.0, 0.2),
    (1_500.0 * KM, 180.0, 30.0, 0.05),
)  # reach, half sector, range and angle sigma


def flown():
    """Times, states and phases of the ways there are, each with its latitude at launch and when it burns out."""
    vehicle = next(row for row in vehicles() if row.id == "mrbm_2000").vehicle
    draws, out = np.random.default_rng(1), []
    while len(out) < WAYS:
        lat, azimuth = draws.uniform(SOUTH, NORTH) * DEG, draws.uniform(0.0, 2.0 * math.pi)
        try:
            t, states, phase, events = Ascent(vehicle, lat, 0.0, 5_000.0).path(
                azimuth, draws.uniform(20, 60) * DEG, ROW
            )
        except ModelError:
            continue
        out.append((t, states, phase, events[BURNOUT]))
    return out


def flights_of(count):
    """So many objects on these ways, at longitudes and times of their own."""
    ways, draws = flown(), np.random.default_rng(count)
    chosen, lon = draws.integers(0, WAYS, count), draws.uniform(WEST, EAST, count) * DEG
    begin = draws.uniform(0.0, SPREAD, count)
    start, parts = [0], []
    for way, turn, at in zip(chosen, lon, begin, strict=True):
        t, states, phase, _ = ways[way]
        c, s = math.cos(turn), math.sin(turn)
        spun = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
        parts.append((t + at, states[:, :3] @ spun.T, states[:, 3:] @ spun.T, phase))
        start.append(start[-1] + len(t))
    t, r, v, phase = (np.concatenate([part[i] for part in parts]) for i in range(4))
    last, nothing = np.array(start[1:]) - 1, np.zeros(count)
    return Flights(
        start=np.array(start, np.int32), t=t, r_ecef=r, v_ecef=v, phase=phase.astype(np.int8), t_launch=begin,
        t_burnout=begin + np.array([ways[way][3] for way in chosen]), t_impact=t[last],
        launch_ecef=r[start[:-1]], impact_ecef=r[last], apogee=nothing,
    )  # fmt: skip


def sensor(number, party, kind, lat, lon, kin, azimuth=0.0):
    """One radar of a kind, or a satellite."""
    axes, infrared = np.empty((3, 3)), kind == INFRARED
    enu_axes(lat * DEG, lon * DEG, axes)
    place = np.array(ecef_from_geodetic(lat * DEG, lon * DEG, 0.0))
    if infrared:
        place *= GEO_RADIUS / np.linalg.norm(place)
    reach, half, metres, degrees = kin
    turns = 180.0 if half > 90.0 else 60.0
    face = [azimuth * DEG, half * DEG, 30.0 * DEG, turns * DEG, 3.0 * DEG, 85.0 * DEG]
    return Sensor(
        id=f"s{number}", title="", party=party, kind=kind, lat=lat * DEG, lon=lon * DEG, r_ecef=place, axes=axes,
        faces=np.array([face] if not infrared else np.empty((0, 6))),
        elevation=(-0.5 * math.pi, 0.5 * math.pi) if infrared else (3.0 * DEG, 85.0 * DEG),
        reach_published=reach, reach_boost=reach, reach_coast=reach, revisit=EVERY,
        sigma=np.array([metres, degrees * DEG, degrees * DEG]), p_detect=0.9, cloud_break=6e3, dimmest_plume=3e4,
        latency=1.0, false_alarms=FALSE_ALARMS, glint=np.zeros(3),
    )  # fmt: skip


def sensors():
    """Ten of each nation: of the west those in the west, facing any way, and of the east those in the east."""
    out = []
    for party, (west, east) in enumerate(((WEST, 30.0), (30.0, EAST))):
        for k, azimuth in enumerate((60.0, 180.0, 300.0)):
            out.append((party, RADAR, 50.0, west + (k + 1) * (east - west) / 4.0, FAR, azimuth))
        for k, lat in enumerate((40.0, 45.0, 50.0, 55.0)):
            out.append((party, RADAR, lat, west + (k + 0.5) * (east - west) / 4.0, NEAR, 0.0))
        for k in range(3):
            out.append((party, INFRARED, 0.0, west + k * (east - west) / 2.0, (math.nan, 180.0, math.nan, 0.004), 0.0))
    return tuple(sensor(n, *each) for n, each in enumerate(out))


def seen_share(world, flights, detections):
    """Mean chance of detection: detections of true bodies over looks at bodies in a face and within 1.3 times the reach."""
    looks, found, aer = 0, 0, np.empty(3)
    for n, each in enumerate(world.sensors):
        if each.kind != RADAR:
            continue
        scans = np.flatnonzero(detections.scan_sensor == n)[6::24]
        for k in scans:
            a, b = detections.scan_start[k], detections.scan_start[k + 1]
            found += np.count_nonzero(detections.obj[a:b] != FALSE_ALARM)
            for place in truth_at(flights, detections.scan_t[k])[0]:
                azimuth_elevation_range(place, each.r_ecef, each.axes, aer)
                angle = off_boresight(aer[0], aer[1], each.faces, *each.elevation)
                looks += aer[2] < 1.3 * each.reach_coast * scan_reach(angle)
    return found / max(looks, 1)


def truth_at(flights, t):
    """Places of what is in the air at a moment, and which objects these are."""
    row = np.array(
        [
            np.searchsorted(flights.t[a:b], t, side="right") + a - 1
            for a, b in zip(flights.start[:-1], flights.start[1:], strict=True)
        ]
    )
    up = (row >= flights.start[:-1]) & (row < flights.start[1:] - 1)
    row = row[up]
    h = flights.t[row + 1] - flights.t[row]
    s = ((t - flights.t[row]) / h)[:, None]
    a, b, h = s * s * (3.0 - 2.0 * s), s * (1.0 - s), h[:, None]
    r0, r1, v0, v1 = flights.r_ecef[row], flights.r_ecef[row + 1], flights.v_ecef[row], flights.v_ecef[row + 1]
    return r0 + a * (r1 - r0) + h * b * ((1.0 - s) * v0 - s * v1), np.flatnonzero(up)


class Tracks(NamedTuple):
    """A nation's own tracks at the moments."""

    held: np.ndarray
    x: np.ndarray
    P: np.ndarray
    p_boost: np.ndarray
    counts: np.ndarray


def follow(world, detections, party, grid):
    """One nation's radar tracks and plumes, those of one body joined."""
    chains = []
    for kind in (RADAR, INFRARED):
        numbers = [n for n, s in enumerate(world.sensors) if s.party == party and s.kind == kind]
        chains.append(follow_sensors(world, detections, numbers, kind, grid))
    radar, plume = chains
    match = np.full(radar.held.shape, -1, np.int32)
    associate_many(radar.held, radar.x, radar.P, plume.held, plume.x, plume.P, match)
    intersect_many(match, radar.x, radar.P, plume.x, plume.P, radar.x, radar.P, np.empty(match.shape))
    # From when both are known to be one body on, the plume is not held beside the radar's track.
    r, g = np.nonzero(match >= 0)
    plume.held[match[r, g], g] = False
    columns = (np.concatenate([getattr(c, name) for c in chains]) for name in ("held", "x", "P", "p_boost"))
    return Tracks(*columns, counts=radar.counts + plume.counts)


def join(own, theirs):
    """Own picture with the partner's tracks in it: what of it says where a body is, where that is, and until when it joins."""
    match = np.full(own.held.shape, -1, np.int32)
    x, P = np.zeros_like(theirs.x), np.zeros_like(theirs.P)
    level = alarm_level(RATE, EVERY)
    end = match_many(
        own.held, own.x, own.P, own.p_boost, theirs.held, theirs.x, theirs.P, SIGMA, level, match, x, P,
        np.empty(4), np.empty((4, 4)),
    )  # fmt: skip
    x_out, P_out, share = own.x.copy(), own.P.copy(), np.full(match.shape, np.nan)
    join_many(match, np.zeros(match.shape, np.bool_), own.x, own.P, x, P, x_out, P_out, share)
    alone = theirs.held & np.isfinite(x[..., 0])
    alone[:, end:] = False
    a, g = np.nonzero(match >= 0)
    alone[match[a, g], g] = False
    sharp = np.concatenate([own.held & (spread(P_out) < CUTOFF), alone & (spread(P) < CUTOFF)])
    return sharp, np.concatenate([x_out, x])[..., :3], end


def spread(P):
    """Standard deviation of place, all three components together [m]."""
    return np.sqrt(P[..., 0, 0] + P[..., 1, 1] + P[..., 2, 2])


def gospa(tracks, truths):
    """Pairs within the cutoff one to one, and the squares summed up: matched, and GOSPA of order 2 to its second power."""
    near = cKDTree(tracks).query_ball_point(truths, CUTOFF) if len(tracks) else [[] for _ in truths]
    most = max((len(each) for each in near), default=0) or 1
    column, cost = np.zeros((len(truths), most), np.int32), np.zeros((len(truths), most))
    size = np.array([len(each) for each in near], np.int32)
    for i, each in enumerate(near):
        column[i, : size[i]] = each
        cost[i, : size[i]] = ((tracks[each] - truths[i]) ** 2).sum(axis=1)
    row = np.empty(len(truths), np.int32)
    assign_listed(column, cost, size, len(tracks), np.full(len(truths), CUTOFF**2), row)
    i = np.flatnonzero(row >= 0)
    matched = len(i)
    local = ((tracks[row[i]] - truths[i]) ** 2).sum()
    return matched, local + 0.5 * CUTOFF**2 * (len(truths) + len(tracks) - 2 * matched)


def quality(flights, detections, grid, held, place):
    """Complete, spurious, and GOSPA an object or track, over the moments from the last launch on."""
    scan_of = np.repeat(np.arange(len(detections.scan_t)), np.diff(detections.scan_start))
    t, radar = detections.scan_t[scan_of], np.isfinite(detections.z[:, 0])
    there = matched = tracks = 0
    total = 0.0
    for g in np.flatnonzero(grid >= SPREAD)[::4]:
        fresh = radar & (t > grid[g] - 60.0) & (t <= grid[g]) & (detections.obj != FALSE_ALARM)
        often = np.bincount(detections.obj[fresh], minlength=flights.count) >= 3
        truths, which = truth_at(flights, grid[g])
        mine = place[held[:, g], g]
        # A track of a body that nobody sees any more is no ghost: those near it are left out, as the body is.
        unseen = truths[~often[which]]
        if len(unseen) and len(mine):
            mine = mine[cKDTree(unseen).query(mine)[0] > CUTOFF]
        truths = truths[often[which]]
        pairs, square = gospa(mine, truths)
        there, matched, tracks, total = there + len(truths), matched + pairs, tracks + len(mine), total + square
    return matched / max(there, 1), 1.0 - matched / max(tracks, 1), math.sqrt(2.0 * total / max(there + tracks, 1)) / KM


def in_turn(work, arguments):
    """Results of each nation's part and its processor time."""
    out, taken = [], []
    for each in arguments:
        gc.collect()
        begin = time.thread_time()
        out.append(work(*each))
        taken.append(time.thread_time() - begin)
    return out, taken


def side_by_side(work, arguments):
    """Wall time of both nations' parts at once."""
    threads = [threading.Thread(target=work, args=each) for each in arguments]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def crowd(flights):
    """Mean distance to the nearest other and mean number within SECOND_LOOK, in the middle of the history."""
    places = truth_at(flights, 0.5 * LONG)[0]
    tree = cKDTree(places)
    nearest = tree.query(places, k=2)[0][:, 1]
    return nearest.mean() / KM, (tree.query_ball_point(places, SECOND_LOOK, return_length=True) - 1).mean()


COLUMNS = (
    ("objects", "{:d}"), ("seen/scan", "{:.1f}"), ("P_D", "{:.2f}"), ("nearest km", "{:.0f}"), ("in 140 km", "{:.1f}"),
    ("follow s", "{:.3f}"), ("join s", "{:.3f}"), ("x real", "{:.0f}"), ("x wall", "{:.0f}"), ("us/obj/scan", "{:.2f}"),
    ("/log2 n", "{:.2f}"), ("complete", "{:.3f}"), ("spurious", "{:.3f}"), ("GOSPA km", "{:.2f}"),
)  # fmt: skip


def measure(count, rounds):
    """Everything for so many objects: a row of COLUMNS, and what was refused or given up in words."""
    world = build(en.load("one-launch"), "mrbm-central-europe", 1)
    vehicle = next(row for row in vehicles() if row.id == "mrbm_2000")
    world = replace(world, sensors=sensors(), threat=replace(world.threat, vehicle=vehicle))
    flights = flights_of(count)
    detections = observe(world, replace(flights, t_launch=np.zeros(1), t_impact=np.array([LONG])))
    grid = np.arange(EVERY, LONG, EVERY)
    rows = [(world, detections, party, grid) for party in (0, 1)]
    best, wall = [math.inf, math.inf], math.inf
    for _ in range(rounds):
        own, following = in_turn(follow, rows)
        sides = [(own[0], own[1]), (own[1], own[0])]
        joined, joining = in_turn(join, sides)
        best = [min(best[0], max(following)), min(best[1], max(joining))]
        wall = min(wall, side_by_side(follow, rows) + side_by_side(join, sides))
    held, place, end = joined[0]
    scans, took = len(detections.scan_t), sum(best)
    each = 1e6 * took * len(world.sensors) / count / scans
    row = (
        count, len(detections.obj) / scans, seen_share(world, flights, detections), *crowd(flights), *best,
        LONG / took, LONG / wall, each, each / math.log2(count), *quality(flights, detections, grid, held, place),
    )  # fmt: skip
    counts = own[0].counts + own[1].counts
    told = [f"{number} {reason}" for number, reason in zip(counts, REASONS, strict=True) if number]
    if end < len(grid):
        told.append(f"the partner is not believed from {grid[end]:.0f} s on")
    return row, told


def main():
    """Print a line for each number of objects."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("objects", nargs="*", type=int, default=OBJECTS)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    measure(10, 1)  # compiles
    print(
        f"{LONG:.0f} s, 20 sensors, scans {EVERY:.0f} s apart, {FALSE_ALARMS:.0f} false alarms each, {asked.rounds} rounds"
    )
    print("  ".join(name for name, _ in COLUMNS))
    for count in asked.objects:
        row, told = measure(count, asked.rounds)
        shown = (form.format(value).rjust(len(name)) for value, (name, form) in zip(row, COLUMNS, strict=True))
        print("  ".join(shown), *told, sep="\n    ", flush=True)


if __name__ == "__main__":
    main()
