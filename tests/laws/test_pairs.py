"""Partners who are off and partners who are not: corrected, matched, believed or not, whole histories long."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from entente.arrivals import admit
from entente.estimate.kalman import transition
from entente.estimate.pairs import _sum_others, join_many, match_many
from entente.estimate.trust import alarm_level
from entente.fusing import FALSE_DOUBTS, join
from entente.records import BOTH, OWN, PARTNER, TRACK
from entente.run import before_sharing
from entente.scenario.load import load
from entente.scenario.schema import Stress
from entente.sharing import share

SIGMA = np.array([500.0, 0.2])
MOMENTS = 120
LEVEL = alarm_level(FALSE_DOUBTS, 5.0)
BODIES = np.array(
    [
        [4.5e6, 1.0e6, 5.2e6, 3_000.0, -2_000.0, 1_000.0],
        [4.0e6, 2.0e6, 5.4e6, -1_000.0, 4_000.0, -500.0],
        [5.2e6, 0.5e6, 4.6e6, 500.0, 1_500.0, 3_500.0],
        [4.8e6, -1.0e6, 5.1e6, 2_500.0, 2_500.0, 500.0],
    ]
)
P_OWN = np.diag([150.0, 150, 150, 2, 2, 2]) ** 2
P_THEIRS = np.diag([400.0, 400, 400, 4, 4, 4]) ** 2


def scene(seed, shift, count=4):
    """Tracks of both sides of some bodies, each side's errors constant in its own frame: own, partner's, truth."""
    random = np.random.default_rng(seed)
    F = np.empty((6, 6))
    truth, xa, xb = (np.empty((count, MOMENTS, 6)) for _ in range(3))
    for k in range(count):
        ea = np.linalg.cholesky(P_OWN) @ random.normal(size=6)
        eb = np.linalg.cholesky(P_THEIRS) @ random.normal(size=6)
        x = BODIES[k].copy()
        for g in range(MOMENTS):
            truth[k, g], xa[k, g] = x, x + ea
            ahead = np.empty(6)
            transition(x, shift[3], ahead, F)
            xb[k, g] = ahead + eb + np.r_[shift[:3], np.zeros(3)]
            transition(x, 5.0, x, F)
    return xa, xb, truth


def matched(xa, xb, held_b=None):
    count, held = len(xa), np.ones(xa.shape[:2], np.bool_)
    held_b = np.ones(xb.shape[:2], np.bool_) if held_b is None else held_b
    Pa, Pb = (
        np.broadcast_to(P_OWN, (count, MOMENTS, 6, 6)).copy(),
        np.broadcast_to(P_THEIRS, (len(xb), MOMENTS, 6, 6)).copy(),
    )
    match, x, P = np.empty((count, MOMENTS), np.int32), np.full_like(xb, np.nan), np.full_like(Pb, np.nan)
    shift, cov = np.empty(4), np.empty((4, 4))
    end = match_many(held, xa, Pa, np.zeros(held.shape), held_b, xb, Pb, SIGMA, LEVEL, match, x, P, shift, cov)
    return end, match, x, P, shift, cov


def test_many_bodies_put_the_partner_into_one_s_own_frame():
    """With a bias of 1 km and 0.2 s, over 40 scenes: corrected by the other bodies', tracks lie where their sigmas say."""
    shift, raw, corrected, squares = np.array([800.0, -600.0, 0.0, 0.2]), [], [], []
    for seed in range(40):
        xa, xb, truth = scene(seed, shift)
        end, match, x, P, found, cov = matched(xa, xb)
        assert end == MOMENTS
        assert (match == np.arange(4)[:, None]).all()
        assert (np.abs(found - shift) < 5.0 * np.sqrt(np.diag(cov))).all()
        assert (np.sqrt(np.diag(cov)) < SIGMA[[0, 0, 0, 1]]).all()
        raw.append(np.linalg.norm((xb - truth)[:, -1, :3], axis=1))
        corrected.append(np.linalg.norm((x - truth)[:, -1, :3], axis=1))
        squares += [(e := x[k, -1] - truth[k, -1]) @ np.linalg.solve(P[k, -1], e) for k in range(4)]
    print(f"raw {np.mean(raw):.0f} m, corrected {np.mean(corrected):.0f} m, NEES {np.mean(squares):.2f} of 6")
    assert np.mean(corrected) < 0.8 * np.mean(raw)
    assert np.mean(squares) < 8.0  # the prior of 0.5 km was told of 1 km, which lies 1.4 sigmas out


def test_one_body_leaves_the_declared_prior_as_it_is():
    """Its own pair must not correct it: the track is where it was, its frame as unknown as declared."""
    xa, xb, _ = scene(2, np.array([300.0, 0.0, 0.0, 0.0]), count=1)
    _, _, x, P, _, _ = matched(xa, xb)
    np.testing.assert_array_equal(x, xb)
    more = np.trace(P[0, -1, :3, :3]) - np.trace(P_THEIRS[:3, :3])
    assert more == pytest.approx(3 * SIGMA[0] ** 2 + (SIGMA[1] * np.linalg.norm(xb[0, -1, 3:])) ** 2, rel=1e-9)


def test_honest_partners_are_believed_through_every_scene():
    """300 scenes of ten minutes with errors that last, shifts from the declared prior: stated 0.1 an hour, so 5 of 300."""
    alarms = 0
    for seed in range(300):
        drawn = np.random.default_rng(10_000 + seed).normal(size=4) * SIGMA[[0, 0, 0, 1]]
        alarms += matched(*scene(seed, drawn, count=1)[:2])[0] < MOMENTS
    print(f"{alarms} false alarms in 50 hours, stated {FALSE_DOUBTS * 50:.0f}")
    assert alarms <= FALSE_DOUBTS * 50


@pytest.mark.parametrize("size", [3_000.0, 20_000.0])
def test_a_partner_far_off_is_found_out(size):
    """4 km are noticed by pairs that agree too badly, 20 km by near misses; from then on nothing is matched."""
    for seed in range(10):
        xa, xb, _ = scene(seed, np.array([size, size, 0.0, 0.0]), count=2)
        end, match, *_ = matched(xa, xb)
        assert end < MOMENTS
        assert (match[:, end:] == -1).all()


def test_what_is_no_covariance_is_left_out_and_counted():
    xa, xb, _ = scene(3, np.zeros(4), count=2)
    xb[1, 50:] = math.nan
    _, match, x, *_ = matched(xa, xb)
    assert (match[1, 50:] == -1).all()
    assert np.isnan(x[1, 50:, 0]).all()
    assert (match[0] == 0).all()
    share, out, P = np.empty((1, 1)), np.zeros((1, 1, 6)), np.zeros((1, 1, 6, 6))
    one, none = np.zeros((1, 1), np.int32), np.zeros((1, 1, 6, 6))
    good = P_OWN.reshape(1, 1, 6, 6)
    for disjoint in (True, False):
        known = np.array([[disjoint]])
        assert join_many(one, known, xa[:1, :1], good, xb[:1, :1], none, out, P, share) == 1
        assert join_many(one, known, xa[:1, :1], none, xb[:1, :1], good, out, P, share) == 1
        assert math.isnan(share[0, 0])
        assert not out.any()


@cache
def history(seed):
    return before_sharing(load("one-launch"), "mrbm-central-europe", seed)


def pictured(seed, change=None, rung=3):
    begun = history(seed)
    shared = share(begun.world, begun.national, rung)
    return join(begun.world, begun.national, change(shared) if change else shared, rung)


@pytest.mark.parametrize("rung", [3, 4])
def test_a_track_says_what_it_is_made_of(rung):
    """Sensors, share and message: own before the partner's first track, both after, the message one that had arrived."""
    begun = history(1)
    shared = share(begun.world, begun.national, rung)
    tracks = join(begun.world, begun.national, shared, rung).tracks
    party_of = np.array([s.party for s in begun.world.sensors])
    for party in (0, 1):
        mine = tracks.of(party)
        stated = mine.held & np.isfinite(mine.x[..., 0])
        both = stated & (mine.made_of == BOTH)
        assert both.any()
        assert ((mine.share[both] >= 0.0) & (mine.share[both] <= 1.0)).all()
        assert (mine.share[stated & (mine.made_of == OWN)] == 1.0).all()
        assert (mine.share[stated & (mine.made_of == PARTNER)] == 0.0).all()
        message = mine.sent[both][:, 1 - party]
        assert (shared.giver[message] == 1 - party).all()
        assert (shared.kind[message] == TRACK).all()
        assert (shared.arrives[message] <= np.broadcast_to(mine.t, both.shape)[both]).all()
        assert (mine.sent[stated & (mine.made_of == OWN)] == -1).all()
        owners = {party_of[n] for n in range(len(party_of)) if np.bitwise_or.reduce(mine.sensors[stated]) >> n & 1}
        # Which of its sensors saw it, a partner tells a centre and nobody else.
        assert owners == ({0, 1} if rung == 4 else {party})


def test_repeated_and_reordered_messages_give_the_same_picture():
    def shuffled(shared):
        order = np.random.default_rng(1).permutation(np.r_[np.arange(len(shared.t)), np.arange(0, len(shared.t), 3)])
        return shared.rows(order)

    clean, again = pictured(1), pictured(1, shuffled)
    for name in ("held", "x", "P", "made_of"):
        np.testing.assert_array_equal(getattr(clean.tracks, name), getattr(again.tracks, name), err_msg=name)
    assert not again.refused.any()


def test_an_older_word_that_comes_late_changes_nothing():
    """One line is slower: a state that holds for an earlier moment than one that is there already is passed over."""

    def crossed(shared):
        rows = np.flatnonzero((shared.kind == TRACK) & (shared.giver == 0))
        late = shared.rows(np.r_[np.arange(len(shared.t)), rows[3]])
        late.arrives[-1] = shared.arrives[rows[6]] + 0.5
        return late

    clean, again = pictured(1), pictured(1, crossed)
    np.testing.assert_array_equal(clean.tracks.x, again.tracks.x)


SPOILT = {
    "a covariance with a negative axis": lambda s, r: s.P.__setitem__((r, 0, 0), -1.0),
    "one that is not its own transpose": lambda s, r: s.P.__setitem__((r, 0, 1), s.P[r, 0, 1] + 1e5),
    "one of rank one": lambda s, r: s.P.__setitem__(r, 1.0),
    "a state that is nowhere": lambda s, r: s.x.__setitem__((r, 2), math.nan),
    "a time that is none": lambda s, r: s.t.__setitem__(r, math.inf),
    "a word from the future": lambda s, r: s.t.__setitem__(r, s.arrives[r] + 1.0),
}


@pytest.mark.parametrize("how", SPOILT)
def test_what_nobody_could_use_is_refused_and_counted(how):
    """Every track message of the second nation spoilt: the first is alone, and knows how many it refused."""

    def spoilt(shared):
        bad = shared.rows(np.arange(len(shared.t)))
        for row in np.flatnonzero((bad.kind == TRACK) & (bad.giver == 1)):
            SPOILT[how](bad, row)
        return bad

    begun = history(1)
    count = int(((s := share(begun.world, begun.national, 3)).kind[s.giver == 1] == TRACK).sum())
    picture = pictured(1, spoilt)
    assert picture.refused.tolist() == [0, count]
    mine = picture.tracks.of(0)
    assert (mine.made_of[mine.held & np.isfinite(mine.x[..., 0])] == OWN).all()
    assert len(admit(spoilt(s))[0].t) == len(s.t) - count


@pytest.mark.parametrize("rung", [3, 4])
def test_a_partner_that_is_far_off_makes_nothing_worse(rung):
    """Undeclared 30 km: one's own track is as good as alone wherever it is held, and the partner is doubted in the end."""
    begun = history(2)
    world = replace(begun.world, stress=Stress(bias_km=30.0))
    picture = join(world, begun.national, share(world, begun.national, rung), rung)
    own = begun.national.tracks.of(1)
    at = int(np.searchsorted(own.t, 500.0))
    mine = picture.tracks.of(1)
    body = begun.flights.position_at(0, float(own.t[at]))
    error = [
        min(np.linalg.norm(t.x[k, at, :3] - body) for k in np.flatnonzero(t.held[:, at] & np.isfinite(t.x[:, at, 0])))
        for t in (own, mine)
    ]
    assert error[1] <= error[0] * (1 + 1e-9)
    assert np.isfinite(picture.doubted[:2]).all()
    after = mine.t >= picture.doubted[1]
    assert not (mine.made_of[:, after] & PARTNER)[mine.held[:, after] & np.isfinite(mine.x[:, after, 0])].any()


def test_what_all_others_say_is_the_sum_without_each_one_s_own():
    draws = np.random.default_rng(7)
    for count in (0, 1, 2, 30):
        info, vector = draws.normal(size=(count, 4, 4)), draws.normal(size=(count, 4))
        info_out, vector_out = np.empty((count + 1, 4, 4)), np.empty((count + 1, 4))
        _sum_others(info, vector, info_out, vector_out)
        for b in range(count + 1):
            others = np.arange(count) != b
            np.testing.assert_allclose(info_out[b], info[others].sum(axis=0), rtol=0, atol=1e-12)
            np.testing.assert_allclose(vector_out[b], vector[others].sum(axis=0), rtol=0, atol=1e-12)
