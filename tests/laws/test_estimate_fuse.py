"""Covariance intersection: never worse than its better input, never claims more than it knows."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.fuse import covariance_intersection

pytestmark = pytest.mark.kernel

ROUNDING = 1e-9  # relative to the trace; double inversion of matrices of condition up to 1e6
FLAT = 1e-8  # relative; how far the trace may lie above a fine search's, the weight being found to 1e-9

seeds = st.integers(0, 2**32 - 1)


def covariance(rng, n=6):
    """A random covariance whose axes differ by up to a thousand."""
    root = rng.normal(size=(n, n)) * 10 ** rng.uniform(-1, 1, size=n)
    return root @ root.T + 1e-3 * np.eye(n)


def fuse(xa, Pa, xb, Pb):
    """The kernel, with its outputs made for it."""
    x, P = np.full(len(xa), math.nan), np.full(Pa.shape, math.nan)
    return covariance_intersection(xa, Pa, xb, Pb, x, P), x, P


@given(seeds)
def test_the_trace_is_the_smallest_there_is(seed):
    rng = np.random.default_rng(seed)
    Pa, Pb = covariance(rng), covariance(rng)
    w, _, P = fuse(np.zeros(6), Pa, np.ones(6), Pb)
    A, B = np.linalg.inv(Pa), np.linalg.inv(Pb)
    searched = min(np.trace(np.linalg.inv(v * A + (1 - v) * B)) for v in np.linspace(0, 1, 201))
    assert 0.0 <= w <= 1.0
    assert np.trace(P) <= min(np.trace(Pa), np.trace(Pb)) * (1 + ROUNDING)
    assert np.trace(P) <= searched * (1 + FLAT)


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


@pytest.mark.parametrize("broken", [-np.eye(6), np.full((6, 6), math.nan), np.zeros((6, 6))])
def test_what_is_no_covariance_gives_nan_and_writes_nothing(broken):
    w, x, P = fuse(np.zeros(6), broken, np.zeros(6), np.eye(6))
    assert math.isnan(w)
    assert np.isnan(x).all()
    assert np.isnan(P).all()
