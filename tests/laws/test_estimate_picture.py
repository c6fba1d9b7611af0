"""Distances of sets against every pairing written out, their laws, and the SIAP counts by hand."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.picture import count_siap, gospa, gospa_many, nearest_truth, ospa, siap

pytestmark = pytest.mark.kernel

ROUNDING = 1e-9  # relative, of sums and roots

seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(0, 4)
orders = st.sampled_from([1.0, 1.5, 2.0, 3.0])
CUTOFF = 1.5


def points(seed, n):
    """Points about one apart, so that cutoffs matter."""
    return np.random.default_rng(seed).normal(size=(n, 3))


def scored(x, y, order, cutoff=CUTOFF):
    """`gospa` with its array made."""
    match = np.full(len(x), 7, np.int32)
    return (*gospa(x, y, cutoff, order, match), match)


def pairings(n, m):
    """Every way to pair some of n with some of m."""
    for k in range(min(n, m) + 1):
        for chosen in itertools.combinations(range(n), k):
            for others in itertools.permutations(range(m), k):
                yield list(zip(chosen, others, strict=True))


@given(seeds, sizes, sizes, orders)
def test_gospa_over_moments_is_that_of_each(seed, n, m, order):
    """Only what is held counts against what is there; nothing against nothing is no distance."""
    draws = np.random.default_rng(seed)
    held, there = draws.random((n, 5)) < 0.5, draws.random((m, 5)) < 0.5
    x, r = draws.normal(size=(n, 5, 3)), draws.normal(size=(m, 5, 3))
    x[~held] = np.nan
    out = np.empty(5)
    assert gospa_many(held, x, there, r, CUTOFF, order, out) == 0
    for g in range(5):
        one = scored(x[held[:, g], g], r[there[:, g], g], order)[0]
        assert out[g] == pytest.approx(one, rel=ROUNDING) if held[:, g].any() or there[:, g].any() else np.isnan(out[g])


@given(seeds, sizes, sizes, orders)
def test_gospa_is_the_least_over_all_pairings(seed, n, m, order):
    """The definition with alpha = 2, proposition 1 of the paper: unpaired ones cost half a cutoff each, nothing is cut off."""
    x, y = points(seed, n), points(seed + 1, m)
    apart = np.linalg.norm(x[:, None] - y[None], axis=2)
    least = min(
        sum(apart[i, j] ** order for i, j in pairs) + 0.5 * CUTOFF**order * (n + m - 2 * len(pairs))
        for pairs in pairings(n, m)
    )
    distance, localisation, missed, false, status, match = scored(x, y, order)
    assert status == 0
    assert distance == pytest.approx(least ** (1 / order), rel=ROUNDING)
    assert localisation + missed + false == pytest.approx(least, rel=ROUNDING)
    found = match >= 0
    assert missed == pytest.approx(0.5 * CUTOFF**order * (m - found.sum()))
    assert false == pytest.approx(0.5 * CUTOFF**order * (n - found.sum()))
    assert localisation == pytest.approx((apart[found, match[found]] ** order).sum(), rel=ROUNDING)


@given(seeds, sizes, sizes, orders)
def test_ospa_is_the_least_over_all_permutations(seed, n, m, order):
    x, y = points(seed, n), points(seed + 1, m)
    cut = np.minimum(np.linalg.norm(x[:, None] - y[None], axis=2), CUTOFF) ** order
    if n > m:
        cut = cut.T
    few, many = cut.shape
    sums = [sum(cut[i, j] for i, j in enumerate(p)) for p in itertools.permutations(range(many), few)]
    expected = ((min(sums) + CUTOFF**order * (many - few)) / many) ** (1 / order) if many else 0.0
    distance, status = ospa(x, y, CUTOFF, order)
    assert status == 0
    assert distance == pytest.approx(expected, rel=ROUNDING)


@given(seeds, sizes, sizes, sizes, orders)
def test_both_are_metrics(seed, n, m, k, order):
    x, y, z = points(seed, n), points(seed + 1, m), points(seed + 2, k)
    for distance in (lambda a, b: scored(a, b, order)[0], lambda a, b: ospa(a, b, CUTOFF, order)[0]):
        assert distance(x, y) == pytest.approx(distance(y, x), rel=ROUNDING)
        assert distance(x, x[::-1].copy()) == 0.0
        assert distance(x, z) <= distance(x, y) + distance(y, z) + ROUNDING


@pytest.mark.parametrize("order", [1.0, 2.0])
def test_empty_sets_and_points_beyond_the_cutoff(order):
    none, two = np.empty((0, 3)), np.array([[0.0, 0, 0], [1e7, 0, 0]])
    half = 0.5 * CUTOFF**order
    assert scored(none, none, order)[:5] == (0.0, 0.0, 0.0, 0.0, 0)
    assert ospa(none, none, CUTOFF, order) == (0.0, 0)
    assert scored(none, two, order)[1:5] == (0.0, 2 * half, 0.0, 0)
    assert scored(two, none, order)[1:5] == (0.0, 0.0, 2 * half, 0)
    assert ospa(none, two, CUTOFF, order)[0] == ospa(two, none, CUTOFF, order)[0] == pytest.approx(CUTOFF)
    far = two + 1e7
    far[:, 1] = 1e9
    distance, localisation, missed, false, _, match = scored(far, two, order)
    assert (localisation, missed, false) == (0.0, 2 * half, 2 * half)
    assert (match == -1).all()
    assert distance == pytest.approx((4 * half) ** (1 / order))
    at_cutoff = scored(np.array([[CUTOFF, 0.0, 0.0]]), np.zeros((1, 3)), order)
    assert at_cutoff[1:4] == (0.0, half, half)


def test_the_same_point_twice_is_one_found_and_one_false():
    _, localisation, missed, false, _, match = scored(np.zeros((2, 3)), np.zeros((1, 3)), 2.0)
    assert (localisation, missed, false) == (0.0, 0.0, 0.5 * CUTOFF**2)
    assert sorted(match) == [-1, 0]


@pytest.mark.parametrize(
    ("spoil", "cutoff", "order"),
    [
        (math.nan, 1.0, 2.0),
        (math.inf, 1.0, 2.0),
        (0.0, 0.0, 2.0),
        (0.0, math.nan, 2.0),
        (0.0, math.inf, 2.0),
        (0.0, 1.0, 0.9),
        (0.0, 1.0, math.nan),
        (0.0, 1.0, math.inf),
        (0.0, 1e200, 2.0),
        (0.0, -1.0, 2.0),
    ],
)
def test_what_has_no_distance_is_refused(spoil, cutoff, order):
    x, y = np.array([[spoil, 0.0]]), np.zeros((1, 2))
    for a, b in ((x, y), (y, x)):
        *numbers, status, _ = scored(a, b, order, cutoff)
        assert status == 4
        assert np.isnan(numbers).all()
        distance, status = ospa(a, b, cutoff, order)
        assert (math.isnan(distance), status) == (True, 4)
    assert scored(np.zeros((1, 3)), np.zeros((1, 2)), 2.0)[4] == 4


def test_siap_by_hand():
    """Moment 1: three tracks, two of them on the first of two truths; moment 2: nothing of either."""
    x = np.array([[0.0, 0.0], [3.0, 4.0], [50.0, 0.0]])
    y = np.array([[0.0, 0.0], [90.0, 0.0]])
    truth, totals = np.full(3, 7, np.int32), np.zeros(5)
    assert nearest_truth(x, y, 10.0, truth) == 0
    assert list(truth) == [0, 0, -1]
    assert count_siap(x, y, truth, totals) == 0
    assert siap(totals) == (0.5, 2.0, pytest.approx(1 / 3), 2.5)
    none = np.empty((0, 2))
    assert count_siap(none, none, np.empty(0, np.int32), totals) == 0
    assert siap(totals) == (0.5, 2.0, pytest.approx(1 / 3), 2.5)
    assert siap(np.zeros(5)) == (0.0, 1.0, 0.0, 0.0)


def test_siap_adds_over_time():
    draws, totals, both = np.random.default_rng(4), np.zeros(5), np.zeros(5)
    for n, m in ((5, 3), (0, 4), (6, 1)):
        x, y = draws.normal(size=(n, 3)), draws.normal(size=(m, 3))
        truth, one = np.empty(n, np.int32), np.zeros(5)
        nearest_truth(x, y, 1.5, truth)
        assert count_siap(x, y, truth, totals) == count_siap(x, y, truth, one) == 0
        both += one
        assert one[3] == (truth >= 0).sum()
        assert one[1] == len(set(truth[truth >= 0]))
    np.testing.assert_allclose(totals, both, rtol=ROUNDING)


@pytest.mark.parametrize(("place", "number", "columns"), [(math.nan, 0, 2), (0.0, 1, 2), (0.0, -2, 2), (0.0, 0, 3)])
def test_what_siap_cannot_count_is_refused_whole(place, number, columns):
    totals = np.ones(5)
    x, y, truth = np.array([[place, 0.0]]), np.zeros((1, columns)), np.array([number], np.int32)
    assert count_siap(x, y, truth, totals) == 4
    assert (totals == 1.0).all()


def test_nothing_belongs_to_what_is_nowhere():
    truth = np.full(2, 7, np.int32)
    assert nearest_truth(np.array([[math.nan], [1.0]]), np.array([[math.nan], [1.5]]), 1.0, truth) == 0
    assert list(truth) == [-1, 1]
    assert nearest_truth(np.zeros((2, 1)), np.zeros((2, 1)), math.nan, truth) == 4
    assert nearest_truth(np.zeros((2, 1)), np.zeros((2, 2)), 1.0, truth) == 4
