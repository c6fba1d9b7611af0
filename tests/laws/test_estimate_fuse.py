"""Covariance intersection: never worse than its better input, never claims more than it knows. And information fusion."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.fuse import covariance_intersection, fuse_known

pytestmark = pytest.mark.kernel

ROUNDING = 1e-9  # relative to the trace; double inversion of matrices of condition up to 1e6
FLAT = 1e-8  # relative; how far the trace may lie above a fine search's, the weight being found to 1e-9

seeds = st.integers(0, 2**32 - 1)


def covariance(rng, n=6):
    """A random covariance whose axes differ by up to a thousand."""
    root = rng.normal(size=(n, n)) * 10 ** rng.uniform(-1, 1, size=n)
    return root @ root.T + 1e-3 * np.eye(n)


def fuse(xa, Pa, xb, Pb, counted=3):
    """The kernel, with its outputs made for it."""
    x, P = np.full(len(xa), math.nan), np.full(Pa.shape, math.nan)
    return covariance_intersection(xa, Pa, xb, Pb, x, P, counted), x, P


def spread(P, counted=3):
    """The trace over the first components."""
    return np.trace(P[:counted, :counted])


@given(seeds, st.sampled_from([1, 3, 6, 99]))
def test_the_counted_trace_is_the_smallest_there_is(seed, counted):
    rng = np.random.default_rng(seed)
    Pa, Pb = covariance(rng), covariance(rng)
    w, _, P = fuse(np.zeros(6), Pa, np.ones(6), Pb, counted)
    A, B = np.linalg.inv(Pa), np.linalg.inv(Pb)
    searched = min(spread(np.linalg.inv(v * A + (1 - v) * B), counted) for v in np.linspace(0, 1, 201))
    assert 0.0 <= w <= 1.0
    assert spread(P, counted) <= min(spread(Pa, counted), spread(Pb, counted)) * (1 + ROUNDING)
    assert spread(P, counted) <= searched * (1 + FLAT)


@given(seeds)
def test_what_is_not_counted_lies_below_the_mixture_of_both(seed):
    """Velocity may come out above the better input's, never above the weighted mean of both: P <= w Pa + (1 - w) Pb."""
    rng = np.random.default_rng(seed)
    Pa, Pb = covariance(rng), covariance(rng)
    w, _, P = fuse(np.zeros(6), Pa, np.zeros(6), Pb)
    assert np.linalg.eigvalsh(w * Pa + (1 - w) * Pb - P).min() > -1e-9 * np.trace(Pa + Pb)


def test_the_whole_trace_may_leave_position_worse_than_the_better_input():
    """Why position alone is counted: where metres a second are many, the trace of all six gives metres away for them."""
    Pa, Pb = np.diag([1.0, 1, 1, 1e4, 1e4, 1e4]), np.diag([4.0, 4, 4, 1, 1, 1])
    _, _, whole = fuse(np.zeros(6), Pa, np.zeros(6), Pb, 6)
    _, _, position = fuse(np.zeros(6), Pa, np.zeros(6), Pb)
    assert spread(whole) > 1.8 * spread(Pa)
    assert spread(position) == spread(Pa)


@given(seeds)
def test_it_claims_no_more_than_it_knows_whatever_the_correlation(seed):
    rng = np.random.default_rng(seed)
    Pa, Pb = covariance(rng), covariance(rng)
    u, _, v = np.linalg.svd(rng.normal(size=(6, 6)))
    C = np.linalg.cholesky(Pa) @ u @ np.diag(rng.uniform(0, 1, 6)) @ v @ np.linalg.cholesky(Pb).T
    w, _, P = fuse(np.zeros(6), Pa, np.zeros(6), Pb)
    Ka, Kb = w * P @ np.linalg.inv(Pa), (1 - w) * P @ np.linalg.inv(Pb)
    actual = Ka @ Pa @ Ka.T + Kb @ Pb @ Kb.T + Ka @ C @ Kb.T + Kb @ C.T @ Ka.T
    assert np.linalg.eigvalsh(P - actual).min() > -1e-6 * np.trace(P)


@given(seeds)
def test_the_estimate_is_the_weighted_one(seed):
    rng = np.random.default_rng(seed)
    Pa, Pb = covariance(rng), covariance(rng)
    xa, xb = rng.normal(size=6), rng.normal(size=6)
    w, x, P = fuse(xa, Pa, xb, Pb)
    expected = P @ (w * np.linalg.solve(Pa, xa) + (1 - w) * np.linalg.solve(Pb, xb))
    np.testing.assert_allclose(x, expected, rtol=1e-6, atol=1e-6)
    assert (P == P.T).all()


def test_order_does_not_matter():
    rng = np.random.default_rng(1)
    Pa, Pb, xa, xb = covariance(rng), covariance(rng), rng.normal(size=6), rng.normal(size=6)
    w, x, P = fuse(xa, Pa, xb, Pb)
    v, y, Q = fuse(xb, Pb, xa, Pa)
    assert w + v == pytest.approx(1.0, abs=1e-8)
    np.testing.assert_allclose(x, y, rtol=1e-6)
    np.testing.assert_allclose(P, Q, rtol=1e-6)


@pytest.mark.parametrize("first", [True, False])
def test_a_better_estimate_is_taken_as_it_is(first):
    rng = np.random.default_rng(2)
    good, bad = covariance(rng), None
    bad = good * 50.0 + 1.0 * np.eye(6)
    a, b = rng.normal(size=6), rng.normal(size=6)
    w, x, P = fuse(a, good, b, bad) if first else fuse(b, bad, a, good)
    assert w == (1.0 if first else 0.0)
    assert (x == a).all()
    assert (good == P).all()


BROKEN = [-np.eye(6), np.full((6, 6), math.nan), np.zeros((6, 6))]
NOWHERE = np.array([0.0, 0.0, math.nan, 0.0, 0.0, 0.0])


@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_no_covariance_gives_nan_and_writes_nothing(broken):
    for given_ in ((np.zeros(6), broken, np.zeros(6), np.eye(6)), (np.zeros(6), np.eye(6), np.zeros(6), broken)):
        w, x, P = fuse(*given_)
        assert math.isnan(w)
        assert np.isnan(x).all()
        assert np.isnan(P).all()


@pytest.mark.parametrize("lost", [NOWHERE, np.full(6, math.inf)])
def test_an_estimate_that_is_nowhere_is_not_fused(lost):
    assert math.isnan(fuse(lost, np.eye(6), np.zeros(6), np.eye(6))[0])
    assert known(np.zeros(6), np.eye(6), lost, np.eye(6), np.zeros(6), 9 * np.eye(6))[0] == 4


def known(xa, Pa, xb, Pb, xc, Pc):
    """Information fusion, with its outputs made for it."""
    x, P = np.full(len(xa), math.nan), np.full(Pa.shape, math.nan)
    return fuse_known(xa, Pa, xb, Pb, xc, Pc, x, P), x, P


@given(seeds, st.integers(1, 7))
def test_with_the_common_part_removed_it_is_the_least_squares_of_all_data(seed, n):
    """Data of three kinds: a's own, b's own, and what both have. Fused, they are as good as solved together, once each."""
    rng = np.random.default_rng(seed)
    rows = [rng.normal(size=(n + 2, n)) for _ in range(3)]
    values = [rng.normal(size=n + 2) for _ in range(3)]

    def solved(*which):
        H, z = np.vstack([rows[i] for i in which]), np.concatenate([values[i] for i in which])
        return np.linalg.solve(H.T @ H, H.T @ z), np.linalg.inv(H.T @ H)

    status, x, P = known(*solved(0, 2), *solved(1, 2), *solved(2))
    best, least = solved(0, 1, 2)
    assert status == 0
    np.testing.assert_allclose(x, best, rtol=1e-6, atol=1e-6 * np.abs(best).max())
    np.testing.assert_allclose(P, least, rtol=1e-6, atol=1e-6 * np.abs(least).max())
    assert (P == P.T).all()


def test_nothing_in_common_adds_information():
    rng = np.random.default_rng(3)
    Pa, Pb = covariance(rng), covariance(rng)
    nothing = np.full((6, 6), math.inf)
    status, _, P = known(np.zeros(6), Pa, np.ones(6), Pb, np.full(6, math.nan), nothing)
    assert status == 0
    np.testing.assert_allclose(P, np.linalg.inv(np.linalg.inv(Pa) + np.linalg.inv(Pb)), rtol=1e-6, atol=1e-9)


def test_what_both_hold_whole_comes_back_as_it_was():
    """Own data that return through the partner: the common part is all of it, and nothing is gained."""
    rng = np.random.default_rng(4)
    Pa, xa = covariance(rng), rng.normal(size=6)
    status, x, P = known(xa, Pa, xa, Pa, xa, Pa)
    assert status == 0
    np.testing.assert_allclose(x, xa, atol=1e-9)
    np.testing.assert_allclose(P, Pa, rtol=1e-6, atol=1e-9)


def test_outputs_may_be_the_inputs():
    rng = np.random.default_rng(5)
    xa, xb, xc = rng.normal(size=(3, 6))
    Pa, Pb = covariance(rng), covariance(rng)
    Pc = 30.0 * (Pa + Pb)
    _, x, P = known(xa, Pa, xb, Pb, xc, Pc)
    assert fuse_known(xa, Pa, xb, Pb, xc, Pc, xa, Pa) == 0
    assert (xa == x).all()
    assert (Pa == P).all()


@pytest.mark.parametrize("place", [1, 3, 5])
@pytest.mark.parametrize("broken", BROKEN)
def test_information_fusion_refuses_what_is_no_covariance(place, broken):
    given_ = [np.zeros(6), np.eye(6), np.zeros(6), np.eye(6), np.zeros(6), 9.0 * np.eye(6)]
    given_[place] = broken
    status, x, P = known(*given_)
    assert status == 4
    assert np.isnan(x).all()
    assert np.isnan(P).all()


def test_more_in_common_than_both_hold_is_refused():
    status, x, _ = known(np.zeros(6), np.eye(6), np.zeros(6), np.eye(6), np.zeros(6), 0.4 * np.eye(6))
    assert status == 2
    assert np.isnan(x).all()


@given(seeds, st.floats(0.05, 0.95))
def test_one_s_own_part_of_a_joint_product_can_be_taken_off(seed, w):
    """A centre joined what a nation sent with the partner's track, by weight w: less its own part, only the partner's is new.

    Own filter with the centre's product, the nation's message at weight w in common, is own filter with the partner's
    track at weight 1 - w; and all of the partner's once the nation divides by the weight that the centre tells.
    """
    rng = np.random.default_rng(seed)
    own, sent, theirs = (covariance(rng) for _ in range(3))
    x_own, x_sent, x_theirs = rng.normal(size=(3, 6))
    info = w * np.linalg.inv(sent) + (1 - w) * np.linalg.inv(theirs)
    centre = np.linalg.inv(info)
    x_centre = centre @ (w * np.linalg.solve(sent, x_sent) + (1 - w) * np.linalg.solve(theirs, x_theirs))
    status, x, P = known(x_own, own, x_centre, (centre + centre.T) / 2, x_sent, sent / w)
    nothing = np.full((6, 6), math.inf)
    again, y, Q = known(x_own, own, x_theirs, theirs / (1 - w), x_own, nothing)
    assert (status, again) == (0, 0)
    np.testing.assert_allclose(P, Q, rtol=1e-5, atol=1e-6 * np.trace(Q))
    np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5 * np.sqrt(np.trace(Q)) + 1e-6)
