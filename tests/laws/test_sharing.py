"""Laws of release: what leaves a nation, how coarse, how late, and what never leaves."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from entente.errors import UnknownName
from entente.estimate.belief import BURNS
from entente.fusing import join
from entente.lines import after_outages, outages_of
from entente.physics.earth import geodesic
from entente.records import PARTNER, TRACK, WARNING
from entente.run import before_sharing
from entente.scenario.load import load
from entente.sharing import WARNING_EVERY, share

CASE = "mrbm-central-europe"
SEEDS = (1, 2, 3)
ROUNDING = 1e-8  # m; a bias of kilometres added to positions of 6e6 m
METRE = 1.0  # m; messages give positions to a metre: off by half of one, and differences of two by one
MILLISECOND = 1e-3 + 1e-9  # s; messages give times to one
SAID = 1e-3  # m/s; and velocities to a thousandth
PLACE = 2.3  # m; they give places to 1e-5 degrees; a shift is between two places


@cache
def history(seed):
    """One history before anybody shares."""
    return before_sharing(load("one-launch"), CASE, seed)


def released(seed, rung=4, **policy):
    """World, national tracks and what flows, with the policy of both parties changed."""
    begun = history(seed)
    world = replace(begun.world, policies=tuple(replace(p, **policy) for p in begun.world.policies))
    return world, begun.national.tracks, share(world, begun.national, rung)


def of_tracks(shared, kind):
    """(giver, track, rows) for each released track."""
    for track in np.unique(shared.track[shared.kind == kind]):
        rows = np.flatnonzero((shared.kind == kind) & (shared.track == track))
        yield int(shared.giver[rows[0]]), int(track), rows


def test_nothing_flows_before_the_rung_says_so():
    """Rungs 0 and 1: nothing; 2: warnings only; 3 and 4: warnings and tracks, from both sides."""
    for rung, kinds in ((0, set()), (1, set()), (2, {WARNING}), (3, {WARNING, TRACK}), (4, {WARNING, TRACK})):
        shared = released(1, rung)[2]
        assert set(shared.kind) == kinds
        assert set(shared.giver) == ({0, 1} if kinds else set())
        assert shared.x.shape == (len(shared.t), 6)
        assert shared.P.shape == (len(shared.t), 6, 6)
        assert shared.launch.axes.shape == (len(shared.t), 2)
    with pytest.raises(UnknownName):
        share(history(1).world, history(1).national, 9)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_warning_is_the_same_at_every_rung(seed):
    """What rung 2 warns of, rung 4 warns of, bit for bit."""
    low, high = released(seed, 2)[2], released(seed, 4)[2]
    rows = high.kind == WARNING
    for name in ("giver", "track", "t", "arrives", "seen_by"):
        np.testing.assert_array_equal(getattr(low, name), getattr(high, name)[rows])
    np.testing.assert_array_equal(low.launch.table, high.launch.table[rows])
    np.testing.assert_array_equal(low.impact.table, high.impact.table[rows])


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_arrives_before_it_is_known(seed):
    """Arrival is the content's moment plus the policy's delay; the content is held then; rows are sorted by arrival."""
    world, national, shared = released(seed)
    assert (np.diff(shared.arrives) >= 0.0).all()
    for row in range(len(shared.t)):
        policy = world.policies[shared.giver[row]]
        delay = policy.warning_delay if shared.kind[row] == WARNING else policy.track_delay
        assert 0.0 <= shared.arrives[row] - shared.t[row] - delay < MILLISECOND
        assert delay > 0.0
        at = np.flatnonzero(national.t == shared.t[row])
        assert national.held[shared.track[row], at].all()
        assert shared.t[row] >= national.since[shared.track[row]]
        assert national.holder[shared.track[row]] == shared.giver[row]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_released_position_carries_one_bias_that_never_averages_out(seed):
    """Released less national: the same vector in every message of a track; velocities untouched; covariance + sigma^2."""
    world, national, shared = released(seed)
    seen = 0
    for giver, track, rows in of_tracks(shared, TRACK):
        at = np.searchsorted(national.t, shared.t[rows])
        shift = shared.x[rows] - national.x[track, at]
        np.testing.assert_allclose(shift[:, :3], shift[:1, :3].repeat(len(rows), 0), rtol=0, atol=METRE)
        np.testing.assert_allclose(shift[:, 3:], 0.0, atol=SAID)
        sigma = world.policies[giver].track_sigma
        assert 0.0 < np.abs(shift[0, :3]).max() < 6.0 * sigma
        declared = np.zeros((6, 6))
        declared[:3, :3] = sigma**2 * np.eye(3)
        np.testing.assert_allclose(shared.P[rows], national.P[track, at] + declared, rtol=1e-11)
        assert (national.p_boost[track, at] < BURNS).all()
        seen += len(rows)
    assert seen > 10


def test_the_bias_is_as_large_as_declared():
    """Over 300 seeds each component has mean 0 and the policy's sigma: within four standard errors."""
    begun = history(1)
    shifts = []
    for seed in range(300):
        shared = share(replace(begun.world, seed=seed), begun.national, 4)
        giver, track, rows = next(of_tracks(shared, TRACK))
        at = np.searchsorted(begun.national.tracks.t, shared.t[rows[0]])
        shift = shared.x[rows[0], :3] - begun.national.tracks.x[track, at, :3]
        shifts.append(shift / begun.world.policies[giver].track_sigma)
    sample = np.array(shifts).ravel()
    assert abs(sample.mean()) < 4.0 / np.sqrt(len(sample))
    assert abs(sample.std() - 1.0) < 4.0 / np.sqrt(2 * len(sample))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_released_area_is_never_smaller_than_the_floor(seed):
    """Nor smaller than the nation's own; its centre lies off by one constant bias; its time and bearing stay."""
    world, national, shared = released(seed)
    for giver, track, rows in of_tracks(shared, WARNING):
        floor = world.policies[giver].area_floor
        at = np.searchsorted(national.t, shared.t[rows])
        for name in ("launch", "impact"):
            mine, theirs = getattr(national, name)[track, at], getattr(shared, name)[rows]
            assert (theirs.known >= mine.known).all()
            assert name == "launch" or (theirs.known == mine.known).all()  # where it came from is told again
            said = mine.known
            assert (theirs.axes[said] >= floor).all()
            assert (theirs.axes[said] >= mine.axes[said]).all()
            np.testing.assert_allclose(theirs.t[said], mine.t[said], atol=MILLISECOND)
            np.testing.assert_allclose(np.sin(theirs.bearing - mine.bearing)[said], 0.0, atol=np.radians(0.5e-3) + 1e-9)
            moved = [geodesic(mine.lat[i], mine.lon[i], theirs.lat[i], theirs.lon[i])[:2] for i in np.flatnonzero(said)]
            for length, azimuth in moved[1:]:
                assert length == pytest.approx(moved[0][0], abs=PLACE)
                assert azimuth == pytest.approx(moved[0][1], abs=PLACE / moved[0][0])


@pytest.mark.parametrize("seed", SEEDS)
def test_short_flights_stay_at_home(seed):
    """No flight shorter than the policy's limit is released; the higher the limit, the later the first word."""
    assert len(released(seed, min_range=4_000e3)[2].t) == 0
    first = [released(seed, min_range=limit)[2].arrives.min() for limit in (0.0, 500e3, 1_500e3)]
    assert first == sorted(first)
    # No launch area, no measured length: what cannot be decided is refused.
    begun = history(seed)
    tracks = begun.national.tracks
    nowhere = replace(tracks, launch=type(tracks.launch).from_table(np.full_like(tracks.launch.table, np.nan)))
    assert len(share(begun.world, replace(begun.national, tracks=nowhere), 4).t) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_releases_keep_their_distance_in_time(seed):
    """Tracks no more often than the policy's interval; warnings a minute apart but for the first that says where."""
    world, _, shared = released(seed)
    for giver, _, rows in of_tracks(shared, TRACK):
        assert (np.diff(shared.t[rows]) >= world.policies[giver].track_interval).all()
    for _, _, rows in of_tracks(shared, WARNING):
        gaps = np.diff(shared.t[rows])
        early = np.flatnonzero(gaps < WARNING_EVERY)
        assert len(early) <= 1
        for i in early:
            assert not shared.impact.known[rows[i]]
            assert shared.impact.known[rows[i + 1]]


def test_a_warning_always_says_where_it_came_from():
    """Three launches: where a track's launch area was known once and is not now, the last known one is said again."""
    begun = before_sharing(load("europe-2013"), "mrbm-central-europe-3", 1)
    shared, tracks = share(begun.world, begun.national, 2), begun.national.tracks
    lost = 0
    for giver, track, rows in of_tracks(shared, WARNING):
        assert shared.launch.known[rows].all()
        at = np.searchsorted(tracks.t, shared.t[rows])
        for row, g in zip(rows, at, strict=True):
            latest = np.flatnonzero(tracks.launch.known[track, : g + 1])[-1]
            assert shared.launch.t[row] == pytest.approx(tracks.launch.t[track, latest], abs=MILLISECOND)
            assert shared.launch.axes[row, 0] >= begun.world.policies[giver].area_floor
            lost += latest < g
    assert lost > 0


def test_a_warning_says_no_state_and_a_track_no_impact():
    """Each kind states what it states; the rest is nan."""
    shared = released(1)[2]
    warnings, tracks = shared.kind == WARNING, shared.kind == TRACK
    assert np.isnan(shared.x[warnings]).all()
    assert np.isnan(shared.P[warnings]).all()
    assert np.isfinite(shared.x[tracks]).all()
    assert not shared.impact.known[tracks].any()


def test_a_line_that_is_down_holds_messages_back_and_loses_none():
    """As many messages as without outages; each arrives at its time or at the end of an outage; order of sending kept."""
    _, _, free = released(1)
    world, _, held = released(1, availability=0.5, outage=120.0)
    assert len(held.t) == len(free.t)
    assert (np.diff(held.arrives) >= 0.0).all()
    late = 0
    for giver in (0, 1):
        a, b = free.giver == giver, held.giver == giver
        np.testing.assert_array_equal(np.sort(free.t[a]), np.sort(held.t[b]))
        policy = world.policies[giver]
        delay = np.where(held.kind[b] == WARNING, policy.warning_delay, policy.track_delay)
        waited = held.arrives[b] - held.t[b] - delay
        assert (waited >= -ROUNDING).all()
        late += int((waited > MILLISECOND).sum())
    assert late > 0


def test_the_line_works_as_often_as_declared():
    """Share of moments at which nothing has to wait, over 400 lines: availability within four standard errors."""
    begun = history(1)
    works = []
    for seed in range(400):
        policies = tuple(replace(p, availability=0.7, outage=100.0) for p in begun.world.policies)
        spells = outages_of(replace(begun.world, seed=seed, policies=policies), 0, 2_000.0)
        assert (spells[:, 1] > spells[:, 0]).all()
        assert (spells[1:, 0] >= spells[:-1, 1]).all()
        moments = np.arange(0.0, 2_000.0, 10.0)
        works.append((after_outages(moments, spells) == moments).mean())
    assert np.mean(works) == pytest.approx(0.7, abs=4.0 * np.std(works) / np.sqrt(len(works)))


def test_a_bias_belongs_to_the_body_not_to_the_track():
    """Ten thousand repetitions and new tracks of one body carry one bias: what a receiver holds never falls below it."""
    begun = history(1)
    tracks = begun.national.tracks
    mine = np.flatnonzero((tracks.holder == 0) & (tracks.obj == 0))
    twice = tracks.rows(np.concatenate([np.arange(len(tracks.obj)), mine]))
    shared = share(begun.world, replace(begun.national, tracks=twice), 4)
    shifts = []
    for _, track, rows in of_tracks(shared, TRACK):
        if twice.holder[track] == 0 and twice.obj[track] == 0:
            at = np.searchsorted(twice.t, shared.t[rows])
            shifts.append((shared.x[rows] - twice.x[track, at])[:, :3])
            assert (shared.bias[rows] == begun.world.policies[0].track_sigma).all()
    every = np.concatenate(shifts)
    assert len(shifts) >= 2
    np.testing.assert_allclose(np.tile(every, (100, 1)).mean(axis=0), every[0], atol=METRE)
    # The receiver's own belief: never surer than the declared bias lets it be.
    picture = join(begun.world, begun.national, share(begun.world, begun.national, 3), 3).tracks.of(1)
    theirs = picture.held & (picture.made_of == PARTNER) & np.isfinite(picture.x[..., 0])
    sigma = begun.world.policies[0].track_sigma
    assert (np.linalg.eigvalsh(picture.P[theirs][:, :3, :3])[:, 0] >= 0.9 * sigma**2).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_flight_that_may_be_short_is_refused(seed):
    """260 km from a ship: however wide the predicted area, nothing is released; seed 1 once was, on one noisy look."""
    begun = before_sharing(load("europe-2013"), "ship-southern-russia", seed)
    assert len(share(begun.world, begun.national, 4).t) == 0


def test_a_party_shares_no_states_of_its_own_launches():
    """Warnings and notices of them, yes; the other side's states of them, yes."""
    begun = before_sharing(load("europe-2013"), "space-launch", 1)
    shared = share(begun.world, begun.national, 4)
    own = shared.giver == [p.name for p in begun.world.parties].index("russia")
    assert set(shared.kind[own]) == {WARNING}
    assert TRACK in set(shared.kind[~own])
