"""Laws of joining: no knowledge before it arrives, none out of nothing, none lost."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from entente.arrivals import later, released
from entente.fusing import CENTRE_DELAY, _alone, _declared, _find_areas, _merge, join
from entente.records import BOTH, CENTRE, OWN, PARTNER, RADAR, TRACK, Areas
from entente.run import before_sharing
from entente.scenario.load import load
from entente.sharing import share

CASE = "mrbm-central-europe"
SEEDS = (1, 2, 3, 4)
PARTIES = (0, 1)
NO_GAIN = 1e-9  # relative rounding of a trace


def spread(P):
    """Trace of the position covariance, (...)."""
    return np.trace(P[..., :3, :3], axis1=-2, axis2=-1)


@cache
def history(seed):
    """One history before anybody shares."""
    return before_sharing(load("one-launch"), CASE, seed)


@cache
def joined(seed, rung):
    """National tracks, what flowed and the picture."""
    begun = history(seed)
    shared = share(begun.world, begun.national, rung)
    return begun.national, shared, join(begun.world, begun.national, shared, rung)


def same(a, b, at=slice(None)):
    """Whether two sets of tracks are one, bit for bit, at some moments; those never held may be left out of either."""
    a, b = (tracks.rows(tracks.held.any(axis=1)) for tracks in (a, b))
    for name in ("held", "x", "P", "p_boost", "seen_by"):
        np.testing.assert_array_equal(getattr(a, name)[:, at], getattr(b, name)[:, at], err_msg=name)
    np.testing.assert_array_equal(a.launch.table[:, at], b.launch.table[:, at])
    np.testing.assert_array_equal(a.impact.table[:, at], b.impact.table[:, at])


@pytest.mark.parametrize("seed", SEEDS)
def test_alone_the_picture_is_the_nations_own(seed):
    """Rungs 0 and 1: the picture is the national tracks, bit for bit, and nobody was told anything."""
    for rung in (0, 1):
        national, _, picture = joined(seed, rung)
        for party in PARTIES:
            same(picture.tracks.of(party), national.tracks.of(party))
            assert (picture.tracks.of(party).made_of == OWN).all()
        assert len(picture.tracks.of(CENTRE).obj) == 0
        assert np.isnan(picture.told).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_second_display_changes_no_own_track(seed):
    """Rung 2: the own tracks stay; beside them the partner's areas, with no state, from their arrival on."""
    national, shared, picture = joined(seed, 2)
    for party in PARTIES:
        mine, own = picture.tracks.of(party), national.tracks.of(party)
        count = len(own.obj)
        same(mine.rows(slice(count)), own)
        display = mine.rows(slice(count, None))
        assert (display.made_of == PARTNER).all()
        assert np.isnan(display.x).all()
        for k in range(len(display.obj)):
            np.testing.assert_array_equal(display.held[k], display.t >= display.since[k])
            assert display.since[k] in shared.arrives[shared.giver == 1 - party]
            assert not display.launch.known[k, ~display.held[k]].any()


@pytest.mark.parametrize("rung", [2, 3, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_knows_before_being_told(seed, rung):
    """Until the partner's first word arrives, what a party believes of impact is what it believes alone."""
    national, shared, picture = joined(seed, rung)
    for party in PARTIES:
        told = shared.arrives[shared.giver == 1 - party].min()
        assert picture.told[party] == told
        before = national.tracks.t < told
        mine, own = picture.tracks.of(party), national.tracks.of(party)
        assert not (mine.held[:, before] & ~np.isin(mine.made_of[:, before], (OWN, BOTH))).any() or rung == 4
        np.testing.assert_array_equal(mine.held[:, before].any(axis=0), own.held[:, before].any(axis=0))


@pytest.mark.parametrize("seed", SEEDS)
def test_joining_leaves_no_more_spread_than_either_side_had(seed):
    """Covariance intersection takes the smallest trace of the position covariance: at most that of the better input.

    The partner's counts with what both declare of their frames and clocks, as long as nothing better is known of these.
    """
    national, shared, _ = joined(seed, 4)
    frame, clock = _declared(history(seed).world)
    fused = 0
    for party in PARTIES:
        mine, theirs = national.tracks.of(party), released(national, shared, 1 - party)
        both = _merge(history(seed).world, _alone(mine), theirs, party).tracks
        kept = np.flatnonzero(np.concatenate([mine.held, theirs.held]).any(axis=1))
        for row, k in enumerate(kept[kept < len(mine.obj)]):
            at = both.made_of[row] == BOTH
            np.testing.assert_array_equal(both.P[row, ~at], mine.P[k, ~at])
            whole = spread(both.P[row, at])
            alone = spread(mine.P[k, at])
            assert (whole <= alone * (1 + NO_GAIN)).all()
            speed = np.linalg.norm(theirs.x[:, at, 3:], axis=-1)
            others = spread(theirs.P[:, at]) + 3.0 * frame**2 + (clock * speed) ** 2
            assert (whole <= np.where(theirs.held[:, at], others, 0.0).max(axis=0) * (1 + NO_GAIN)).all()
            assert (np.linalg.eigvalsh(both.P[row, at]) > 0.0).all()
            fused += at.sum()
    assert fused > 20


@pytest.mark.parametrize("rung", [3, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_no_own_track_is_lost_by_joining(seed, rung):
    """Where a party alone holds a track it holds one with the partner's help, and believes itself no worse informed."""
    national, _, picture = joined(seed, rung)
    for party in PARTIES:
        mine, own = picture.tracks.of(party), national.tracks.of(party)
        held = own.held.any(axis=0)
        assert mine.held[:, held].any(axis=0).all()
        best = [np.where(t.held, spread(np.nan_to_num(t.P)), np.inf).min(axis=0) for t in (mine, own)]
        assert (best[0][held] <= best[1][held] * (1 + NO_GAIN)).all()


@pytest.mark.parametrize("rung", [3, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_sharing_never_widens_the_impact_area(seed, rung):
    """Position decides how tracks are joined; an own area that its velocity makes smaller is kept."""
    national, _, picture = joined(seed, rung)

    def smallest(tracks):
        sizes = np.where(tracks.held & tracks.impact.known, tracks.impact.axes.prod(axis=-1), np.inf)
        return sizes.min(axis=0)

    for party in PARTIES:
        mine, own = smallest(picture.tracks.of(party)), smallest(national.tracks.of(party))
        assert np.isfinite(own).any()
        assert (mine <= own * (1 + NO_GAIN)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_seen_by_both_kinds_is_said(seed):
    """A joint track is seen by all that either side saw it with; not held, nothing is known."""
    _, _, picture = joined(seed, 4)
    tracks = picture.tracks
    assert np.isnan(tracks.x[~tracks.held]).all() or (tracks.made_of[~tracks.held] != OWN).any()
    assert not tracks.impact.known[~tracks.held].any()
    assert not tracks.launch.known[~tracks.held].any()
    assert ((tracks.seen_by[tracks.held] & ~np.int8(RADAR | 2)) == 0).all()


def test_own_data_that_come_back_through_the_centre_stay_own():
    """Before the partner's first track arrives, nothing in a party's own picture is made of the partner's data."""
    _, shared, picture = joined(1, 4)
    for party in (0, 1):
        mine = picture.tracks.of(party)
        first = shared.arrives[(shared.giver == 1 - party) & (shared.kind == TRACK)].min()
        early = mine.held & (mine.t < first) & np.isfinite(mine.x[..., 0])
        assert early.any()
        assert (mine.made_of[early] == OWN).all()
        assert (mine.made_of[mine.held & (mine.t > first + 60.0) & np.isfinite(mine.x[..., 0])] & PARTNER).any()


def test_the_centre_is_later_than_its_inputs():
    """Its picture reaches the screens CENTRE_DELAY later: a track first held at t is held there at t + delay or after."""
    _, _, picture = joined(1, 4)
    centre = picture.tracks.of(CENTRE)
    late = later(centre, CENTRE_DELAY)
    for k in range(len(centre.obj)):
        first, then = centre.t[centre.held[k]][0], late.t[late.held[k]][0]
        assert then >= first + CENTRE_DELAY
        assert late.since[k] == centre.since[k] + CENTRE_DELAY
        # Whose data a belief is made of travels with it.
        assert set(late.made_of[k][late.held[k]]) <= set(centre.made_of[k][centre.held[k]])


def test_a_silent_partner_changes_nothing():
    """At the centre's rung, with every message of the partner struck out: the own picture of the impact is one's own."""
    begun = history(1)
    shared = share(begun.world, begun.national, 4)
    nobody = np.zeros(len(shared.t), np.bool_)
    silent = shared.rows(nobody)
    picture = join(begun.world, begun.national, silent, 4)
    for party in PARTIES:
        same(picture.tracks.of(party), begun.national.tracks.of(party))
    assert np.isnan(picture.told).all()


def test_the_order_of_arrival_decides_not_the_order_of_rows():
    """A later message replaces an earlier one: with the last tracks struck out, earlier moments do not change."""
    begun = history(2)
    shared = share(begun.world, begun.national, 4)
    until = float(np.median(shared.arrives[shared.kind == TRACK]))
    early = shared.arrives <= until
    cut = shared.rows(early)
    whole, part = (join(begun.world, begun.national, s, 4).tracks for s in (shared, cut))
    before = whole.t <= until
    for party in PARTIES:
        a, b = whole.of(party), part.of(party)
        for k in range(len(a.obj)):
            (same_row,) = np.flatnonzero(b.since == a.since[k]) if a.held[k, before].any() else (-1,)
            if same_row >= 0:
                np.testing.assert_array_equal(a.x[k, before], b.x[same_row, before])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_released_track_is_what_had_arrived(seed):
    """Not held before its first arrival; at every moment unchanged by what arrives later."""
    national, shared, _ = joined(seed, 4)
    for giver in PARTIES:
        theirs = released(national, shared, giver)
        rows = (shared.giver == giver) & (shared.kind == TRACK)
        for k, name in enumerate(np.unique(shared.track[rows])):
            arrives = shared.arrives[rows & (shared.track == name)]
            assert not theirs.held[k, theirs.t < arrives[0]].any()
            assert theirs.held[k, theirs.t >= arrives[0]][0]
        for until in np.quantile(shared.arrives[rows], [0.3, 0.6, 0.9]):
            early = shared.arrives <= until
            cut = shared.rows(early)
            part = released(national, cut, giver)
            before = theirs.t <= until
            for k in range(len(part.obj)):
                np.testing.assert_array_equal(theirs.x[k, before], part.x[k, before])


def test_a_track_that_comes_after_the_end_is_in_no_picture():
    """Every message of one giver arrives when all is over: nothing of it, and nothing breaks."""
    begun = history(1)
    shared = share(begun.world, begun.national, 4)
    late = replace(shared, arrives=np.where(shared.giver == 1, shared.arrives + 1e5, shared.arrives))
    picture = join(begun.world, begun.national, late, 4)
    same(picture.tracks.of(0), begun.national.tracks.of(0))


def test_an_own_area_that_is_smaller_is_kept():
    """A joint state with twice the spread leads to a larger area: one's own stays; one with half of it is taken."""
    own = history(1).national.tracks.of(1)
    everywhere = np.ones(own.held.shape, np.bool_)
    known = own.held & own.impact.known
    size = {}
    for factor in (4.0, 0.25):
        tables = {name: Areas.from_table(getattr(own, name).table) for name in ("launch", "impact")}
        joint = replace(own, P=factor * own.P, classes=own.classes.copy(), **tables)
        _find_areas(joint, everywhere)
        size[factor] = joint.impact.axes.prod(axis=-1)[known]
    alone = own.impact.axes.prod(axis=-1)[known]
    np.testing.assert_allclose(size[4.0], alone)
    assert (size[0.25] < 0.7 * alone).mean() > 0.8
