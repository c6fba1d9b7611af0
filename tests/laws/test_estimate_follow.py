"""The tracker: many bodies at once, and bad input that is refused, put right or given up, counted by its reason."""

import math
import resource
import time
from dataclasses import fields, replace
from functools import cache
from typing import NamedTuple

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.chains import Chain, _commonest, follow_sensors
from entente.estimate import scans
from entente.estimate.bank import is_sound
from entente.estimate.claims import LISTED
from entente.estimate.follow import CONFIRM_HITS, Q, follow_scans
from entente.estimate.kalman import radar_measure
from entente.estimate.predict import state_at
from entente.flights import fly_all
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.records import FALSE_ALARM, INFRARED, RADAR
from entente.scenario.load import load
from entente.scenario.units import DEG, KM
from entente.scenario.world import build
from entente.sensing import observe

pytestmark = pytest.mark.kernel
compiled_only = pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="10^5 detections take minutes uncompiled")

EVERY = 10.0  # s
SIGMA = np.array([40.0, 1e-3, 1e-3])
STANDS = ((50.0, 10.0), (50.0, 151.0))  # deg: two radars 10,000 km apart
REACH = 3_000.0 * KM
FAST = 20.0  # s of the processor for 10^5 false detections and what follows of them; it is 1 on a free core
MEGABYTES = 400  # that these may add: 50 for their rows, the rest for tracks


class Seen(NamedTuple):
    """Scans as `follow_scans` takes them."""

    t: np.ndarray
    known: np.ndarray
    sensor: np.ndarray
    start: np.ndarray
    obj: np.ndarray
    z: np.ndarray
    sigma: np.ndarray


class Found(NamedTuple):
    """What it wrote."""

    track: np.ndarray
    t: np.ndarray
    x: np.ndarray
    P: np.ndarray
    p_boost: np.ndarray
    obj: np.ndarray
    confirmed: np.ndarray
    ended: np.ndarray
    counts: np.ndarray


def stand(k):
    site, enu = np.array(ecef_from_geodetic(STANDS[k][0] * DEG, STANDS[k][1] * DEG, 0.0)), np.empty((3, 3))
    enu_axes(STANDS[k][0] * DEG, STANDS[k][1] * DEG, enu)
    return site, enu


def bodies(count, seed, k=0):
    """States of bodies that fall about a radar, 400 km high and 600 km around."""
    draws, (site, enu) = np.random.default_rng(seed), stand(k)
    local = np.column_stack([draws.uniform(-6e5, 6e5, (count, 2)), draws.uniform(3e5, 5e5, count)])
    moving = np.column_stack([draws.uniform(-2e3, 2e3, (count, 2)), draws.uniform(-300, 500, count)])
    return np.concatenate([site + local @ enu, moving @ enu], axis=1)


def look(states, k, draws):
    """What radar k measures of bodies."""
    z, (site, enu) = np.empty((len(states), 3)), stand(k)
    for i, x in enumerate(states):
        radar_measure(x, site, enu, z[i], np.empty((3, 6)))
    return z + SIGMA * draws.normal(size=z.shape)


def history(count=3, looks=8, seed=1, k=0, begin=0.0):
    """Scans of some falling bodies, all detected every time."""
    draws, states, z = np.random.default_rng(seed + 100), bodies(count, seed, k), []
    for _ in range(looks):
        z.append(look(states, k, draws))
        for x in states:
            state_at(x, EVERY, x)
    t = begin + EVERY * np.arange(looks)
    return Seen(
        t, t + 1.0, np.full(looks, k, np.int32), np.arange(looks + 1, dtype=np.int32) * count,
        np.tile(np.arange(count, dtype=np.int32), looks), np.concatenate(z), np.tile(SIGMA, (count * looks, 1)),
    )  # fmt: skip


def with_scan(seen, at, t, known, sensor, z, sigma):
    """One more scan before position `at`, of objects that are nothing."""
    row, more = seen.start[at], len(z)
    return Seen(
        np.insert(seen.t, at, t), np.insert(seen.known, at, known), np.insert(seen.sensor, at, sensor),
        np.concatenate([seen.start[: at + 1], seen.start[at:] + more]).astype(np.int32),
        np.insert(seen.obj, row, np.full(more, FALSE_ALARM, np.int32)),
        np.insert(seen.z, row, z, axis=0), np.insert(seen.sigma, row, sigma, axis=0),
    )  # fmt: skip


def with_rows(seen, at, z, sigma):
    """More detections in scan `at`, of nothing."""
    row, more = seen.start[at], len(z)
    start = seen.start.copy()
    start[at + 1 :] += more
    return seen._replace(
        start=start,
        obj=np.insert(seen.obj, row, np.full(more, FALSE_ALARM, np.int32)),
        z=np.insert(seen.z, row, z, axis=0),
        sigma=np.insert(seen.sigma, row, sigma, axis=0),
    )


def joined(a, b):
    """Two histories one after the other."""
    both = Seen(*(np.concatenate([x, y]) for x, y in zip(a, b, strict=True)))
    return both._replace(start=np.concatenate([a.start, b.start[1:] + a.start[-1]]).astype(np.int32))


def followed(seen, room=None):
    """What two radars' tracker makes of it."""
    rows, sites = len(seen.obj), [stand(k) for k in range(2)]
    face = np.array([0.0, math.pi, 0.5, math.pi, 0.0, 0.5 * math.pi])
    limits = np.array([0.02, 1.5, REACH, 1e-4 / (REACH * 2 * math.pi * 0.5)])
    counts = np.zeros(len(scans.REASONS), np.int64)
    out = Found(
        np.empty(rows, np.int32), np.empty((rows, 2)), np.empty((rows, 7)), np.empty((rows, 7, 7)), np.empty(rows),
        np.empty(rows, np.int32), np.empty(rows, np.bool_), np.full(rows, np.inf), counts,
    )  # fmt: skip
    used = follow_scans(
        False, *seen, np.array([s for s, _ in sites]), np.array([e for _, e in sites]), np.tile(face, (2, 1, 1)),
        np.tile(limits, (2, 1)), Q, rows if room is None else room, counts, *out[:-1],
    )  # fmt: skip
    return Found(*(column[:used] for column in out[:-2]), out.ended, counts)


def same(a, b):
    """Whether the same rows were written, to the bit."""
    return all(np.array_equal(x, y) for x, y in zip(a[:-2], b[:-2], strict=True))


@pytest.mark.parametrize("count", [1, 40, 400])
def test_every_body_has_one_track_and_no_other(count):
    """Also where there are more tracks than a leaf of the tree holds."""
    if numba.config.DISABLE_JIT and count > 40:
        pytest.skip("minutes uncompiled")
    found = followed(history(count, looks=12))
    sure = found.confirmed & (found.t[:, 0] >= 80.0)
    for at in np.unique(found.t[sure, 0]):
        now = sure & (found.t[:, 0] == at)
        assert sorted(found.obj[now]) == list(range(count))
        assert len(np.unique(found.track[now])) == count
    last = found.t[:, 0] == 110.0
    names = [np.unique(found.obj[found.track == k]) for k in found.track[last]]
    # Of 400 bodies within 600 km a few change tracks while these are two looks old.
    assert sum(len(each) == 1 for each in names) >= 0.97 * count
    assert not np.delete(found.counts, scans.CROWDED).any()


BAD = {
    "a range that is no number": (0, math.nan, None, scans.NOT_FINITE),
    "an azimuth that is infinite": (1, math.inf, None, scans.NOT_FINITE),
    "an elevation that is no number": (2, math.nan, None, scans.NOT_FINITE),
    "a negative range": (0, -1.0, None, scans.ABSURD),
    "a range of nothing": (0, 0.0, None, scans.ABSURD),
    "a range beyond any reach": (0, 20.0 * REACH, None, scans.ABSURD),
    "an elevation beyond the zenith": (2, 1.6, None, scans.ABSURD),
    "an elevation below the nadir": (2, -1.6, None, scans.ABSURD),
    "an azimuth of 10^9 turns": (1, 6e9, None, scans.ABSURD),
    "an error of nothing in range": (0, None, 0.0, scans.ABSURD),
    "a negative error in azimuth": (1, None, -1e-3, scans.ABSURD),
    "an error of nothing in elevation": (2, None, 0.0, scans.ABSURD),
    "an error that is no number": (2, None, math.nan, scans.NOT_FINITE),
    "an error beyond the reach": (0, None, 2.0 * REACH, scans.ABSURD),
    "an error of many turns": (1, None, 1e3, scans.ABSURD),
}


@pytest.mark.parametrize("what", BAD)
def test_a_detection_that_nobody_could_use_changes_nothing_and_is_counted(what):
    component, value, error, reason = BAD[what]
    seen = history()
    z, sigma = seen.z[:1] * [1.0, 1.0, 1.02], SIGMA[None].copy()
    if value is not None:
        z[0, component] = value
    if error is not None:
        sigma[0, component] = error
    clean = followed(seen)
    for at in (0, 4):
        found = followed(with_rows(seen, at, z, sigma))
        assert same(found, clean)
        assert found.counts[reason] == 1
        assert found.counts.sum() == 1


def test_a_detection_that_comes_twice_is_taken_once():
    """Bit by bit the same; wherever it stands, and however often."""
    seen, clean = history(), followed(history())
    again = with_rows(seen, 3, np.repeat(seen.z[9:12], 5, axis=0), np.tile(SIGMA, (15, 1)))
    # The first of each is kept, so those that stand before say whose they are.
    again.obj[9:24] = np.repeat(seen.obj[9:12], 5)
    found = followed(again)
    assert found.counts[scans.REPEATED] == 15
    assert found.counts.sum() == 15
    assert same(found, clean)


SCANS = {
    "the same scan again": (4, 30.0, 31.0, scans.REPEATED_SCAN),
    "one older than the last": (4, 15.0, 40.0, scans.LATE_SCAN),
    "one from long ago": (6, -1e6, 60.0, scans.LATE_SCAN),
    "one without a time": (4, math.nan, 40.0, scans.NO_TIME),
    "one from the end of time": (4, math.inf, math.inf, scans.NO_TIME),
    "one known before it was made": (4, 35.0, 34.0, scans.NO_TIME),
    "one that is never known": (4, 35.0, math.inf, scans.NO_TIME),
}


@pytest.mark.parametrize("what", SCANS)
def test_a_scan_out_of_time_changes_nothing_and_is_counted(what):
    at, t, known, reason = SCANS[what]
    seen = history()
    rows = slice(seen.start[at - 1], seen.start[at])
    found = followed(with_scan(seen, at, t, known, 0, seen.z[rows], seen.sigma[rows]))
    assert same(found, followed(seen))
    assert found.counts[reason] == 1
    assert found.counts.sum() == 1


def test_time_that_runs_backwards_is_refused_scan_by_scan():
    """All looks in the opposite order: the first is followed, the others are late."""
    seen = history()
    order = np.arange(len(seen.t))[::-1]
    back = Seen(
        seen.t[order], seen.known[order], seen.sensor, seen.start, seen.obj,
        seen.z.reshape(8, 3, 3)[order].reshape(-1, 3), seen.sigma,
    )  # fmt: skip
    found = followed(back)
    assert found.counts[scans.LATE_SCAN] == 7
    assert (found.t[:, 0] == 70.0).all()


def test_a_scan_from_the_far_future_takes_no_time():
    """Thirty years on: nobody carries a track that far, second by second."""
    seen, nothing = history(), np.empty((0, 3))
    found = followed(with_scan(seen, 8, 1e9, 1e9, 0, nothing, nothing))
    assert same(found, followed(seen))


def test_a_body_that_jumps_10_000_km_begins_anew():
    """Its old track takes nothing from there, a new one is confirmed, and both are where their bodies are."""
    before, after = history(1, 8), history(1, 8, seed=2, k=1, begin=85.0)
    found = followed(joined(before, after))
    alone = followed(before)
    assert same(Found(*(column[:8] for column in found[:-2]), found.ended, found.counts), alone)
    there = found.t[:, 0] > 80.0
    assert len(np.unique(found.track[there])) == 1
    assert not set(found.track[there]) & set(found.track[~there])
    assert found.confirmed[there][CONFIRM_HITS:].all()
    assert np.linalg.norm(found.x[there][:, :3] - stand(1)[0], axis=1).max() < REACH
    assert not found.counts.any()


def test_a_covariance_that_is_none_any_more_ends_its_track():
    """Errors so small that rounding leaves nothing of a covariance: the tracks are given up, counted, and begun anew."""
    seen = history(1, 8)
    seen.sigma[3:5] = [1e-9, 1e-17, 1e-17]
    found = followed(seen)
    assert np.isfinite(found.x).all()
    assert (np.linalg.eigvalsh(found.P[found.t[:, 0] >= 60.0]) > 0.0).all()
    assert found.counts[scans.BROKEN] == 2
    assert found.counts.sum() == 2


@given(st.integers(0, 1), st.integers(0, 5), st.sampled_from([math.nan, -1.0, 0.0, math.inf]))
def test_a_state_is_sound_only_if_both_modes_are(mode, i, spoilt):
    x, P, lower = np.ones((2, 6)), np.tile(np.eye(6), (2, 1, 1)), np.empty((6, 6))
    assert is_sound(x, P, lower)
    P[mode, i, i] = spoilt
    if spoilt != math.inf:
        assert not is_sound(x, P, lower)
    P[mode, i, i] = 1.0
    if not math.isfinite(spoilt):
        x[mode, i] = spoilt
        assert not is_sound(x, P, lower)


def test_where_there_is_no_room_the_tentative_track_hit_longest_ago_gives_way():
    """Three bodies, four slots, six false detections in two scans: what is confirmed stays, and what is left out is counted."""
    seen = history(3, 8)
    draws = np.random.default_rng(3)
    for at in (4, 5):
        z = np.column_stack([draws.uniform(1e6, 2e6, 6), draws.uniform(0, 6, 6), draws.uniform(0.1, 1.0, 6)])
        seen = with_rows(seen, at, z, np.tile(SIGMA, (6, 1)))
    found = followed(seen, room=4)
    clean = followed(history(3, 8))
    true = found.obj != FALSE_ALARM
    assert (found.x[true] == clean.x).all()
    # One slot is free: one of the first six gets it, and gives way to one of the next six.
    assert found.counts[scans.GAVE_WAY] == 1
    assert found.counts[scans.NO_ROOM] == 10
    assert found.counts.sum() == 11
    # Those who stay are not even seen in a scan of false detections only.
    z = seen.z[seen.start[5] : seen.start[5] + 6]
    crowded = followed(with_scan(history(3, 8), 8, 75.0, 76.0, 0, z, np.tile(SIGMA, (6, 1))), room=3)
    assert crowded.counts[scans.NO_ROOM] == 6
    assert same(crowded, clean)
    assert followed(seen, room=0).counts[scans.NO_ROOM] == len(seen.obj)


def test_a_track_that_repeats_an_older_one_is_dropped():
    """Each detection a second time, metres off: every body keeps its first track."""
    seen = history(2, 8)
    twice = seen
    for at in range(3, 8):
        rows = slice(twice.start[at], twice.start[at + 1])
        twice = with_rows(twice, at, twice.z[rows] + [5.0, 1e-5, 1e-5], twice.sigma[rows])
    found = followed(twice)
    last = (found.t[:, 0] == 70.0) & found.confirmed
    assert np.isfinite(found.ended[: found.track.max() + 1]).any()
    assert not found.confirmed[found.track >= 2].any()
    assert len(np.unique(found.track[last & (found.track < 2)])) == 2


@compiled_only
def test_10_to_the_5_false_detections_in_a_scan_are_borne():
    """In seconds, in bounded memory; the body among them keeps its track, also if they all come from one spot."""
    seen, draws = history(3, 10), np.random.default_rng(4)
    followed(seen)
    for spot in (False, True):
        z = np.column_stack(
            [draws.uniform(1e5, REACH, 100_000), draws.uniform(0, 6.28, 100_000), draws.uniform(0, 1, 100_000)]
        )
        if spot:
            z = seen.z[12] + 10.0 * SIGMA * draws.normal(size=z.shape)
        jammed = with_rows(seen, 4, z, np.tile(SIGMA, (len(z), 1)))
        before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        found = followed(jammed, room=20_000)
        assert time.process_time() - begun < FAST
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MEGABYTES
        assert found.counts[scans.NO_ROOM] > 70_000
        last = found.confirmed & (found.t[:, 0] == 90.0)
        assert {0, 1, 2} <= set(found.obj[last])
        if spot:
            assert found.counts[scans.CROWDED] > 0


def test_of_many_detections_near_a_track_the_nearest_are_weighed():
    seen = history(1, 6)
    around = seen.z[4] + SIGMA * np.random.default_rng(5).normal(size=(3 * LISTED, 3)) * 3.0
    found = followed(with_rows(seen, 4, around, np.tile(SIGMA, (len(around), 1))))
    assert found.counts[scans.CROWDED] >= 1
    assert np.unique(found.track[found.t[:, 0] == 30.0])[0] in found.track[found.t[:, 0] == 40.0]


@cache
def one_launch():
    world = build(load("one-launch"), "mrbm-central-europe", 2)
    flights = fly_all(world)
    return world, observe(world, flights), np.arange(0.0, float(flights.t_impact.max()), 5.0)


@pytest.mark.parametrize("kind", [RADAR, INFRARED])
def test_scans_in_any_order_make_the_same_tracks(kind):
    """Shuffled, each with its rows: put right and counted; the tracks are those of the scans in time."""
    world, detections, grid = one_launch()
    numbers = [n for n, s in enumerate(world.sensors) if s.party == 0 and s.kind == kind]
    order = np.random.default_rng(6).permutation(len(detections.scan_t))
    count = np.diff(detections.scan_start)
    rows = np.concatenate([np.arange(*detections.scan_start[k : k + 2]) for k in order])
    mixed = replace(
        detections,
        scan_t=detections.scan_t[order],
        scan_report_t=detections.scan_report_t[order],
        scan_sensor=detections.scan_sensor[order],
        scan_start=np.concatenate([[0], np.cumsum(count[order])]).astype(np.int32),
        obj=detections.obj[rows],
        z=detections.z[rows],
        sigma=detections.sigma[rows],
    )
    clean, found = (follow_sensors(world, each, numbers, kind, grid) for each in (detections, mixed))
    assert len(clean.obj)
    for field in fields(Chain):
        if field.name != "counts":
            np.testing.assert_array_equal(getattr(found, field.name), getattr(clean, field.name), err_msg=field.name)
    assert found.counts[scans.REORDERED] > 0
    assert not np.delete(found.counts, scans.REORDERED).any()
    assert not clean.counts.any()


def test_a_scan_without_a_time_is_refused_by_a_chain():
    world, detections, grid = one_launch()
    numbers = [n for n, s in enumerate(world.sensors) if s.party == 0 and s.kind == RADAR]
    lost = replace(detections, scan_t=detections.scan_t.copy())
    lost.scan_t[np.flatnonzero(np.isin(detections.scan_sensor, numbers))[3]] = math.nan
    assert follow_sensors(world, lost, numbers, RADAR, grid).counts[scans.NO_TIME] == 1


@settings(max_examples=50)
@given(st.lists(st.lists(st.integers(-1, 3), min_size=1, max_size=9), max_size=5))
def test_a_track_is_of_the_object_that_most_rows_are_of(rows):
    start = np.concatenate([[0], np.cumsum([len(each) for each in rows])]).astype(np.int32)
    flat = np.array([n for each in rows for n in each], np.int32)
    best = [min(set(each), key=lambda n: (-each.count(n), n)) for each in rows]
    assert _commonest(flat, start).tolist() == best
