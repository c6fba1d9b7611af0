"""Two modes: chances add up, one mode alone is the plain filter, and a burning body is recognised."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.kalman import predict_ballistic, radar_measure, update
from entente.estimate.modes import (
    BOOSTING,
    COASTING,
    combine,
    drift,
    foresee,
    is_elsewhere,
    is_far_off,
    predict_modes,
    reach_of_modes,
    switch,
    update_modes,
    weigh_detection,
)
from entente.estimate.predict import state_at
from entente.physics.earth import ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

ROUNDING = 1e-12
Q = np.array([2000.0, 0.1])  # m^2/s^3: tens of m/s^2 that change within seconds; hardly anything
STAY = np.array([60.0, math.inf])
SIGMA = np.array([30.0, 1e-3, 1e-3])

times = st.floats(1e-3, 300.0)


def stand():
    """A radar."""
    site, enu = np.array(ecef_from_geodetic(0.6, 0.7, 0.0)), np.empty((3, 3))
    enu_axes(0.6, 0.7, enu)
    return site, enu


def bank(p_boost=0.5):
    """Two modes with one belief."""
    site, enu = stand()
    x = np.concatenate([site + enu.T @ [2e5, 3e5, 1.5e5], enu.T @ [500.0, 1500.0, 1500.0]])
    P = np.diag([500.0, 500.0, 500.0, 50.0, 50.0, 50.0]) ** 2
    return np.array([x, x]), np.array([P, P]), np.array([p_boost, 1 - p_boost])


def empty():
    """Room for a bank."""
    return np.empty((2, 6)), np.empty((2, 6, 6)), np.empty(2)


@given(times, times, st.floats(1.0, 1e4), st.floats(1.0, 1e4))
def test_switching_twice_is_switching_for_the_sum(a, b, boost, coast):
    first, second, both = np.empty((2, 2)), np.empty((2, 2)), np.empty((2, 2))
    switch(a, boost, coast, first)
    switch(b, boost, coast, second)
    switch(a + b, boost, coast, both)
    np.testing.assert_allclose(first @ second, both, atol=ROUNDING)
    np.testing.assert_allclose(both.sum(axis=1), 1.0, atol=ROUNDING)
    assert (both >= 0.0).all()


def test_a_mode_that_is_never_left_keeps_its_chance():
    T = np.empty((2, 2))
    switch(30.0, 60.0, math.inf, T)
    assert T[COASTING].tolist() == [0.0, 1.0]
    assert T[BOOSTING, BOOSTING] == pytest.approx(math.exp(-0.5))
    switch(30.0, math.inf, math.inf, T)
    assert (np.eye(2) == T).all()


@given(st.integers(0, 2**32 - 1), st.floats(0.0, 1.0))
def test_a_mixture_has_its_moments(seed, p):
    rng = np.random.default_rng(seed)
    x, roots, weights = rng.normal(size=(2, 6)), rng.normal(size=(2, 6, 6)), np.array([p, 1 - p])
    P = roots @ roots.transpose(0, 2, 1)
    mean, cov = np.empty(6), np.empty((6, 6))
    combine(x, P, weights, mean, cov)
    np.testing.assert_allclose(mean, weights @ x, atol=ROUNDING * 10)
    second = sum(w * (C + np.outer(m, m)) for w, C, m in zip(weights, P, x, strict=True))
    np.testing.assert_allclose(cov, second - np.outer(weights @ x, weights @ x), atol=ROUNDING * 1000)


@pytest.mark.parametrize("m", [2, 3])
def test_a_bank_that_surely_coasts_is_the_plain_filter(m):
    site, enu = stand()
    x, P, p = bank(p_boost=0.0)
    x1, P1, p1 = empty()
    assert predict_modes(x, P, p, 10.0, Q, STAY, x1, P1, p1) == 0
    plain_x, plain_P = np.empty(6), np.empty((6, 6))
    predict_ballistic(x[1], P[1], 10.0, Q[1], plain_x, plain_P)
    np.testing.assert_allclose(x1[COASTING], plain_x, rtol=ROUNDING)
    np.testing.assert_allclose(P1[COASTING], plain_P, rtol=ROUNDING)
    assert p1.tolist() == [0.0, 1.0]

    z3, H3 = np.empty(3), np.empty((3, 6))
    radar_measure(plain_x, site, enu, z3, H3)
    z, H, variance = (z3[3 - m :] + 1e-3).copy(), H3[3 - m :].copy(), (SIGMA[3 - m :] ** 2).copy()
    x2, P2, p2 = empty()
    _, log_likelihood = update_modes(x1, P1, p1, z, variance, site, enu, x2, P2, p2)
    _, plain_log = update(plain_x, plain_P, z, z3[3 - m :].copy(), H, variance, m - 2, plain_x.copy(), plain_P.copy())
    assert log_likelihood == pytest.approx(plain_log)
    assert p2.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(("thrust", "burns"), [(40.0, True), (0.0, False)])
def test_a_burning_body_is_recognised(thrust, burns):
    site, enu = stand()
    rng = np.random.default_rng(6)
    x, P, p = bank()
    truth = x[0].copy()
    for _ in range(12):
        for _ in range(5):
            state_at(truth, 1.0, truth)
            truth[3:] += thrust * truth[3:] / np.linalg.norm(truth[3:])
        z, H = np.empty(3), np.empty((3, 6))
        radar_measure(truth, site, enu, z, H)
        x1, P1, p1 = empty()
        predict_modes(x, P, p, 5.0, Q, np.array([60.0, 1e4]), x1, P1, p1)
        x, P, p = empty()
        nis, log_likelihood = update_modes(x1, P1, p1, z + SIGMA * rng.normal(size=3), SIGMA**2, site, enu, x, P, p)
        assert nis >= 0.0
        assert math.isfinite(log_likelihood)
        assert p.sum() == 1.0
    assert (p[BOOSTING] > 0.95) if burns else (p[COASTING] > 0.95)


def test_what_cannot_be_predicted_is_nan():
    site, enu = stand()
    x, P, p = bank()
    x[1, :3] = site
    assert all(math.isnan(part) for part in update_modes(x, P, p, np.ones(3), SIGMA**2, site, enu, *empty()))
    x, P, p = bank()
    assert all(math.isnan(part) for part in update_modes(x, -P, p, np.ones(3), SIGMA**2, site, enu, *empty()))
    assert predict_modes(x, P, p, -1.0, Q, STAY, *empty()) == 4


@pytest.mark.parametrize("m", [2, 3])
def test_what_is_called_far_off_lies_outside_the_gate(m):
    """Never the other way round; and most of what lies outside is called so, else nothing would be saved."""
    (site, enu), (x, P, p), edge = stand(), bank(), 20.0
    rng, outside, called = np.random.default_rng(m), 0, 0
    x[1, :3] += 400.0  # the modes differ
    z, H = np.empty(3), np.empty((3, 6))
    radar_measure(x[0], site, enu, z, H)
    for _ in range(400):
        seen = z + rng.normal(size=3) * 10 ** rng.uniform(-1.0, 2.0) * np.array([500.0, 1.5e-3, 1.5e-3])
        seen[1] += 2.0 * math.pi * rng.integers(-1, 2)
        nis, _ = update_modes(x, P, p, seen[3 - m :], SIGMA[3 - m :] ** 2, site, enu, *empty())
        far = is_far_off(x, P, seen[3 - m :], SIGMA[3 - m :] ** 2, site, enu, edge)
        assert not (far and nis <= edge)
        outside, called = outside + (nis > edge), called + far
    assert outside > 100
    assert called > 0.7 * outside


def test_what_cannot_be_predicted_is_not_called_far_off():
    site, enu = stand()
    x, P, _ = bank()
    x[:, :3] = site
    assert not is_far_off(x, P, np.array([1e6, 0.0, 0.0]), SIGMA**2, site, enu, 1.0)


@pytest.mark.parametrize("m", [2, 3])
@pytest.mark.parametrize("spread", [50.0, 3000.0])
def test_what_is_called_elsewhere_lies_outside_the_gate(m, spread):
    """Reckoned before the track is predicted, from two modes apart, 0 to 30 s old: never inside the gate afterwards."""
    site, enu = stand()
    draws, edge = np.random.default_rng([m, int(spread)]), 20.0
    elsewhere, inside = 0, 0
    for _ in range(600):
        x, P, p = bank(draws.uniform(0.01, 0.99))
        P[:, 3:, 3:] = np.eye(3) * spread**2
        x[0, 3:] += draws.normal(size=3) * spread
        dt = draws.uniform(0.0, 30.0)
        xc, Pc, place = np.empty(6), np.empty((6, 6)), np.empty(3)
        combine(x, P, p, xc, Pc)
        drift(xc, dt, place)
        reach = reach_of_modes(x, P, dt, Q[0], edge)
        x2, P2, p2 = empty()
        predict_modes(x, P, p, dt, Q, STAY, x2, P2, p2)
        z, H = np.empty(3), np.empty((3, 6))
        seen = x2[draws.integers(2)].copy()
        seen[:3] += draws.normal(size=3) * draws.choice([1.0, 3.0, 10.0, 30.0]) * (500.0 + dt * spread)
        radar_measure(seen, site, enu, z, H)
        away = is_elsewhere(place, reach, z, SIGMA, m == 2, site, enu, edge)
        nis, _ = update_modes(x2, P2, p2, z[3 - m :], SIGMA[3 - m :] ** 2, site, enu, *empty())
        assert not (away and nis <= edge)
        elsewhere, inside = elsewhere + away, inside + (nis <= edge)
    assert elsewhere > 60
    assert inside > 60


def test_a_drift_is_nearly_the_fall():
    x, place, end = bank()[0][0], np.empty(3), np.empty(6)
    state_at(x, 30.0, end)
    drift(x, 30.0, place)
    assert np.linalg.norm(place - end[:3]) < 50.0


@pytest.mark.parametrize("m", [2, 3])
def test_a_detection_weighs_the_same_without_being_taken(m):
    """Against the answers of the whole update, for modes apart, of any chance, and any turn of the azimuth."""
    (site, enu), draws = stand(), np.random.default_rng(m)
    z, z_pred, S = np.empty(3), np.empty((2, 3)), np.empty((2, 3, 3))
    for _ in range(200):
        x, P, p = bank(draws.choice([0.0, 1.0, draws.random()]))
        x[1] += draws.normal(size=6) * 300.0
        root = draws.normal(size=(2, 6, 6)) * np.array([300.0, 300, 300, 30, 30, 30])[:, None]
        P = root @ np.swapaxes(root, 1, 2)
        radar_measure(x[0], site, enu, z, np.empty((3, 6)))
        seen = z + draws.normal(size=3) * np.array([1_000.0, 3e-3, 3e-3])
        seen[1] += 2.0 * math.pi * draws.integers(-1, 2)
        assert foresee(x, P, site, enu, z_pred, S) == 0
        told = weigh_detection(seen, SIGMA, z_pred, S, p, m == 2)
        whole = update_modes(x, P, p, seen[3 - m :], SIGMA[3 - m :] ** 2, site, enu, *empty())
        assert told == pytest.approx(whole, rel=1e-8, abs=1e-8)


def test_what_cannot_be_weighed_is_no_number():
    site, enu = stand()
    x, P, p = bank()
    z_pred, S = np.empty((2, 3)), np.empty((2, 3, 3))
    x[:, :3] = site
    assert foresee(x, P, site, enu, z_pred, S) == 2
    x, P, p = bank()
    for spoilt in range(3):
        foresee(x, P, site, enu, z_pred, S)
        S[0, spoilt, spoilt] = -1e12
        for infrared in (False, True):
            told = weigh_detection(z_pred[0], SIGMA, z_pred, S, p, infrared)
            assert all(math.isnan(part) for part in told) == (spoilt > 0 or not infrared)
    foresee(x, P, site, enu, z_pred, S)
    assert all(math.isnan(part) for part in weigh_detection(z_pred[0], SIGMA, z_pred, S, np.zeros(2), False))
