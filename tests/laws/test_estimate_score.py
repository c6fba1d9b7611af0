"""Areas contain what they say, ellipses turn as they should, information adds up."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from entente.estimate.score import area_90, area_of, ellipse, information_nats, is_inside, log_det, nees, nis

pytestmark = pytest.mark.kernel

ALPHA = 1e-3 / 4  # chance of a false alarm of the containment tests, shared among four of them
seeds = st.integers(0, 2**32 - 1)


def covariance(seed, n):
    """A random covariance."""
    root = np.random.default_rng(seed).normal(size=(n, n))
    return root @ root.T + 1e-2 * np.eye(n)


@given(seeds)
def test_squares_and_determinants_are_numpys(seed):
    P, error = covariance(seed, 6), np.random.default_rng(seed + 1).normal(size=6)
    assert nees(error, P) == pytest.approx(error @ np.linalg.solve(P, error), rel=1e-9)
    assert log_det(P) == pytest.approx(np.linalg.slogdet(P)[1], rel=1e-9, abs=1e-9)


def test_what_is_no_covariance_has_no_score():
    assert math.isnan(nees(np.ones(2), -np.eye(2)))
    assert math.isnan(log_det(np.zeros((2, 2))))


@given(seeds, st.integers(1, 4))
def test_innovations_are_scored_as_errors_are(seed, m):
    S, draws = covariance(seed, m), np.random.default_rng(seed + 1)
    z, z_pred = draws.normal(size=(2, m))
    assert nis(z, z_pred, S, -1) == nees(z - z_pred, S)
    turned = z.copy()
    turned[0] += 4 * math.pi
    wrapped = (z - z_pred + math.pi) % (2 * math.pi) - math.pi
    wrapped[1:] = (z - z_pred)[1:]
    assert nis(turned, z_pred, S, 0) == pytest.approx(wrapped @ np.linalg.solve(S, wrapped), rel=1e-7)


@pytest.mark.parametrize(("z", "S"), [(math.nan, 1.0), (math.inf, 1.0), (1.0, -1.0), (1.0, math.nan)])
def test_innovations_that_are_none_have_no_score(z, S):
    assert math.isnan(nis(np.array([z, 0.0]), np.zeros(2), S * np.eye(2), 1))


def test_halving_every_deviation_of_six_is_worth_six_ln_2():
    P = covariance(1, 6)
    assert information_nats(P, P / 4.0) == pytest.approx(6 * math.log(2.0))
    assert information_nats(P, P) == 0.0


@given(st.floats(1.0, 1e6), st.floats(0.01, 0.99), st.floats(0.0, 3.1))
def test_an_ellipse_is_read_back_as_drawn(longer, ratio, bearing):
    along, across = np.array([math.sin(bearing), math.cos(bearing)]), np.array([math.cos(bearing), -math.sin(bearing)])
    cov = longer**2 * (np.outer(along, along) + ratio**2 * np.outer(across, across))
    a, b, angle = ellipse(cov)
    assert a == pytest.approx(longer, rel=1e-9)
    assert b == pytest.approx(longer * ratio, rel=1e-6)
    assert abs(math.sin(angle - bearing)) < 1e-6
    assert 0.0 <= angle <= math.pi
    assert area_of(cov, 1 - math.exp(-0.5)) == pytest.approx(math.pi * a * b, rel=1e-6)
    assert area_90(cov) == area_of(cov, 0.9)


@pytest.mark.parametrize("p", [0.5, 0.9])
@pytest.mark.parametrize("cov", [np.diag([4.0, 1.0]), np.array([[4.0, 1.7], [1.7, 1.0]])])
def test_areas_contain_what_they_say(p, cov):
    points = np.random.default_rng(5).multivariate_normal([0, 0], cov, size=4000)
    inside = sum(is_inside(east, north, cov, p) for east, north in points)
    assert binomtest(int(inside), len(points), p).pvalue > ALPHA
