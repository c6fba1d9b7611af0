"""Chances of association against every joint event written out; what happens where that cannot be done."""

import itertools
import math

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.jpda import APPROXIMATE, EXACT, TRACKS, UNKNOWN, clusters_of, joint_probabilities

pytestmark = pytest.mark.kernel

ROUNDING = 1e-12  # sums of at most some thousand products
ROUGH = 0.15  # worst error of belief propagation over the 100 drawn clusters below: 0.133
MOSTLY = 2e-4  # the median of the worst of each: 1.03e-4

seeds = st.integers(0, 2**32 - 1)


def drawn(seed, tracks, columns):
    """Gates that share detections at random."""
    draws = np.random.default_rng(seed)
    k = min(columns, 4)
    column = np.array([draws.permutation(columns)[:k] for _ in range(tracks)], np.int32).reshape(tracks, k)
    count = draws.integers(0, k + 1, tracks).astype(np.int32)
    return column, draws.normal(0.0, 3.0, (tracks, k)), count, columns


def chances(column, log_ratio, count, columns, tracks=TRACKS):
    """`joint_probabilities` with its arrays made."""
    p, none, how = np.full(log_ratio.shape, 7.0), np.full(len(count), 7.0), np.full(len(count), 7, np.int32)
    return joint_probabilities(column, log_ratio, count, columns, tracks, p, none, how), p, none, how


def written_out(column, log_ratio, count, _columns):
    """The same from the list of all joint events."""
    p, none, total = np.zeros(log_ratio.shape), np.zeros(len(count)), 0.0
    for event in itertools.product(*[range(-1, c) for c in count]):
        used = [column[i, e] for i, e in enumerate(event) if e >= 0]
        if len(set(used)) < len(used):
            continue
        weight = math.exp(sum(log_ratio[i, e] for i, e in enumerate(event) if e >= 0))
        total += weight
        for i, e in enumerate(event):
            if e < 0:
                none[i] += weight
            else:
                p[i, e] += weight
    return p / total, none / total


@given(seeds, st.integers(0, 5), st.integers(1, 8))
def test_chances_are_those_of_all_joint_events(seed, tracks, columns):
    case = drawn(seed, tracks, columns)
    status, p, none, how = chances(*case)
    assert status == 0
    assert (how == EXACT).all()
    for ours, listed in zip((p, none), written_out(*case), strict=True):
        np.testing.assert_allclose(ours, listed, rtol=0, atol=ROUNDING)


@given(seeds, st.integers(1, 12))
def test_chances_add_up(seed, tracks):
    """To 1 for each track, to no more than 1 for each detection; for clusters too large to write out."""
    column, log_ratio, count, columns = drawn(seed, tracks, 10)
    _, p, none, _ = chances(column, log_ratio, count, columns)
    np.testing.assert_allclose(p.sum(axis=1) + none, 1.0, atol=ROUNDING)
    for j in range(columns):
        assert p[(column == j) & (np.arange(4) < count[:, None])].sum() <= 1.0 + ROUNDING


def test_belief_propagation_is_near_and_says_what_it_is():
    worst = []
    for seed in range(100):
        case = drawn(seed, 5, 6)
        status, p, none, how = chances(*case, tracks=0)
        exact, exact_none = written_out(*case)
        worst.append(max(np.abs(p - exact).max(), np.abs(none - exact_none).max()))
        cluster = clusters_of(case[0], case[2], case[3])
        alone = np.bincount(cluster, minlength=5)[cluster] == 1
        assert (how == np.where(alone, EXACT, APPROXIMATE)).all()
        assert status == (0 if alone.all() else 1)
        np.testing.assert_allclose(p.sum(axis=1) + none, 1.0, atol=ROUNDING)
    assert 1e-3 < max(worst) < ROUGH
    assert np.median(worst) < MOSTLY


def test_a_crowd_falls_back_and_those_apart_stay_exact():
    crowd = TRACKS + 1
    column = np.concatenate([np.zeros((crowd, 1), np.int32), [[1]]]).astype(np.int32)
    log_ratio, count = np.zeros((crowd + 1, 1)), np.ones(crowd + 1, np.int32)
    status, p, none, how = chances(column, log_ratio, count, 2)
    assert status == 1
    assert (how[:crowd] == APPROXIMATE).all()
    assert how[crowd] == EXACT
    assert p[crowd, 0] == none[crowd] == 0.5
    assert p[:crowd, 0] == pytest.approx(1.0 / (crowd + 1), rel=0.3)  # exactly, by symmetry: nobody, or one of them


def test_a_group_among_very_many_detections_is_exact_up_to_the_cells():
    draws = np.random.default_rng(2)
    # As plain Python the exact one takes most of a minute.
    for m, exact in ((1100, False),) if numba.config.DISABLE_JIT else ((900, True), (1100, False)):
        column = np.repeat(np.arange(m, dtype=np.int32)[None], TRACKS, axis=0)
        log_ratio, count = draws.normal(-5.0, 1.0, (TRACKS, m)), np.full(TRACKS, m, np.int32)
        status, _, none, how = chances(column, log_ratio, count, m)
        assert status == (0 if exact else 1)
        assert (how == (EXACT if exact else APPROXIMATE)).all()
        # So many detections hardly compete: each track's chance is nearly the one it would have alone.
        np.testing.assert_allclose(none, 1.0 / (1.0 + np.exp(log_ratio).sum(axis=1)), atol=0.01)


def test_one_track_is_probabilistic_data_association():
    log_ratio = np.array([[1.0, -2.0, 0.5]])
    _, p, none, _ = chances(np.array([[4, 0, 2]], np.int32), log_ratio, np.array([3], np.int32), 5)
    whole = 1.0 + np.exp(log_ratio).sum()
    np.testing.assert_allclose(p, np.exp(log_ratio) / whole, rtol=ROUNDING)
    assert none[0] == pytest.approx(1.0 / whole, rel=ROUNDING)


@pytest.mark.parametrize("size", [30.0, 700.0, 1e4, 1e300])
def test_overwhelming_ratios_neither_overflow_nor_vanish(size):
    """Three tracks, one detection that is certainly one's: each has it with a third; or certainly nobody's."""
    column, count = np.zeros((3, 1), np.int32), np.ones(3, np.int32)
    for sign, expected in ((1.0, 1 / 3), (-1.0, 0.0)):
        status, p, none, how = chances(column, np.full((3, 1), sign * size), count, 1)
        assert status == 0
        assert (how == EXACT).all()
        np.testing.assert_allclose(p[:, 0], expected, atol=math.exp(-30))
        np.testing.assert_allclose(none, 1.0 - p[:, 0], atol=ROUNDING)


def test_only_differences_count_however_large():
    """Two detections, two tracks, all four pairs 5,000 likelier than misses; one way round is e^2 likelier."""
    column, count = np.array([[0, 1], [0, 1]], np.int32), np.full(2, 2, np.int32)
    _, p, _, _ = chances(column, 5_000.0 + np.array([[2.0, 0.0], [0.0, 0.0]]), count, 2)
    np.testing.assert_allclose(p[0], np.array([math.e**2, 1.0]) / (1.0 + math.e**2), rtol=1e-9)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_ratios_that_are_none_spoil_only_their_own_track(bad):
    column, log_ratio, count, columns = drawn(3, 4, 5)
    count[:] = 3
    spoilt = log_ratio.copy()
    spoilt[1, 2] = bad
    status, p, none, how = chances(column, spoilt, count, columns)
    assert status == UNKNOWN
    assert list(how) == [EXACT, UNKNOWN, EXACT, EXACT]
    assert math.isnan(none[1])
    assert np.isnan(p[1]).all()
    others = [0, 2, 3]
    _, reference, _, _ = chances(column[others], log_ratio[others], count[others], columns)
    np.testing.assert_allclose(p[others], reference, atol=ROUNDING)


@pytest.mark.parametrize(("count", "column"), [(-1, 0), (2, 0), (1, -1), (1, 5)])
def test_lists_that_are_none_are_marked(count, column):
    given_ = np.full((1, 1), column, np.int32), np.zeros((1, 1)), np.full(1, count, np.int32)
    status, _, none, how = chances(*given_, 5)
    assert (status, how[0]) == (UNKNOWN, UNKNOWN)
    assert math.isnan(none[0])


def test_clusters_are_joined_through_others():
    column, count = np.array([[0, 1], [2, 3], [1, 2], [4, 5], [5, 6]], np.int32), np.full(5, 2, np.int32)
    assert list(clusters_of(column, count, 7)) == [0, 0, 0, 3, 3]
    count[2] = 0
    assert list(clusters_of(column, count, 7)) == [0, 1, 2, 3, 3]
