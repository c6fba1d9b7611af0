"""The unscented filter: against Stone Soup's, against NumPy, against the extended one where both must agree."""

import math
import warnings
from datetime import datetime, timedelta

import numpy as np
import pytest

from entente.estimate.boost import boosting_at, predict_boost
from entente.estimate.kalman import angles_measure, predict_ballistic, predict_linear, radar_measure, update
from entente.estimate.predict import state_at
from entente.estimate.reentry import falling_at, predict_falling
from entente.estimate.unscented import (
    BALLISTIC,
    BOOSTING,
    FALLING,
    gather,
    predict_unscented,
    scatter,
    update_unscented,
)
from entente.physics.earth import ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

EQUAL = 1e-9  # relative, against Stone Soup 1.9.1 after 20 looks
WRITTEN = 1e-9  # relative, the same sums by NumPy
ALIKE = 1e-4  # standard deviations; small covariances, where the extended and the unscented filter see the same straight lines
LN_BETA, EXHAUST = math.log(3000.0), 2500.0
SITE, AXES = np.zeros(3), np.eye(3)


def theirs(kappa, x, P, seen, sigma, dt, F, noise):
    """The track by Stone Soup: alpha = 1, beta = 0 make its weights ours; its state in our order, for sigma points' sake."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
        from stonesoup.models.transition.linear import LinearGaussianTimeInvariantTransitionModel
        from stonesoup.predictor.kalman import UnscentedKalmanPredictor
        from stonesoup.types.angle import Bearing, Elevation
        from stonesoup.types.detection import Detection
        from stonesoup.types.hypothesis import SingleHypothesis
        from stonesoup.types.state import GaussianState
        from stonesoup.updater.kalman import UnscentedKalmanUpdater
    start = datetime(2013, 4, 8)
    model = CartesianToElevationBearingRange(6, (0, 1, 2), np.diag(sigma[::-1] ** 2))
    motion = LinearGaussianTimeInvariantTransitionModel(transition_matrix=F, covariance_matrix=noise)
    predictor = UnscentedKalmanPredictor(motion, alpha=1.0, beta=0.0, kappa=kappa)
    updater = UnscentedKalmanUpdater(model, alpha=1.0, beta=0.0, kappa=kappa)
    state = GaussianState(x.reshape(-1, 1), P, timestamp=start)
    for k, z in enumerate(seen, start=1):
        at = start + timedelta(seconds=dt * k)
        look = Detection(
            [[Elevation(z[2])], [Bearing(np.pi / 2 - z[1])], [z[0]]], timestamp=at, measurement_model=model
        )
        state = updater.update(SingleHypothesis(predictor.predict(state, timestamp=at), look))
    return np.array(state.state_vector, float)[:, 0], np.array(state.covar, float)


@pytest.mark.parametrize("kappa", [0.0, -3.0])
def test_it_is_stone_soups_unscented_filter(kappa):
    """A radar track of 20 looks, constant velocity; kappa = 0 (cubature) and 3 - n."""
    draws, dt, q, sigma = np.random.default_rng(1), 10.0, 4.0, np.array([30.0, 2e-3, 3e-3])
    truth, P = np.array([300e3, 500e3, 400e3, 900.0, 2500.0, 1200.0]), np.diag([800.0, 900, 700, 20, 30, 25]) ** 2
    x, start, first = truth.copy(), truth.copy(), P.copy()
    F = np.eye(6) + dt * np.eye(6, k=3)
    noise = q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
    seen, x_pred, P_pred = np.empty((20, 3)), np.empty(6), np.empty((6, 6))
    for k in range(20):
        truth[:3] += dt * truth[3:]
        radar_measure(truth, SITE, AXES, seen[k], np.empty((3, 6)))
        seen[k] += sigma * draws.normal(size=3)
        predict_linear(x, P, F, noise, x_pred, P_pred)
        nis, _ = update_unscented(x_pred, P_pred, seen[k], sigma**2, SITE, AXES, kappa, x, P)
        assert nis < 30.0
    x_soup, P_soup = theirs(kappa, start, first, seen, sigma, dt, F, noise)
    np.testing.assert_allclose(x, x_soup, rtol=0, atol=EQUAL * np.abs(x).max())
    np.testing.assert_allclose(P, P_soup, rtol=0, atol=EQUAL * np.abs(P).max())


def body(alt=60e3, speed=(1500.0, 800.0, -2000.0), last=LN_BETA):
    """A state (7,), and a radar 200 km away."""
    enu = np.empty((3, 3))
    enu_axes(0.6, 0.8, enu)
    x = np.concatenate([ecef_from_geodetic(0.6, 0.8, alt), enu.T @ np.array(speed), [last]])
    site, axes = np.array(ecef_from_geodetic(0.62, 0.77, 100.0)), np.empty((3, 3))
    enu_axes(0.62, 0.77, axes)
    return x, site, axes


def spread(scale=1.0, size=7):
    """A covariance with correlations."""
    root = np.random.default_rng(4).normal(size=(size, size))
    return scale**2 * (root @ root.T + np.eye(size)) * np.outer(*[([200.0] * 3 + [20.0] * 3 + [0.1])[:size]] * 2)


MOTIONS = {
    BALLISTIC: (body(300e3)[0][:6].copy(), state_at),
    FALLING: (body()[0], falling_at),
    BOOSTING: (
        body(30e3, (900.0, 300.0, 900.0), math.log(30.0))[0],
        lambda x, dt, out: boosting_at(x, dt, EXHAUST, out),
    ),
}


def weights(n, kappa):
    """Of the sigma points."""
    return np.array([kappa] + [0.5] * (2 * n)) / (n + kappa)


@pytest.mark.parametrize("motion", MOTIONS)
@pytest.mark.parametrize("kappa", [0.0, 1.5])
def test_a_prediction_written_out_in_numpy(motion, kappa):
    x, move = MOTIONS[motion]
    n, dt, q, walk = len(x), 4.0, 2.0, 1e-3
    P = spread(size=n)
    root = np.linalg.cholesky((n + kappa) * P).T
    points = np.concatenate([[x], x + root, x - root])
    for point in points:
        move(point.copy(), dt, point)
    w = weights(n, kappa)
    mean = w @ points
    cov = (w[:, None] * (points - mean)).T @ (points - mean)
    cov[:6, :6] += q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
    if n == 7:
        cov[6, 6] += walk * dt
    x_out, P_out = np.empty(n), np.empty((n, n))
    assert predict_unscented(x, P, dt, q, walk, motion, EXHAUST, kappa, x_out, P_out) == 0
    np.testing.assert_allclose(x_out, mean, rtol=WRITTEN)
    np.testing.assert_allclose(P_out, cov, rtol=1e-6, atol=WRITTEN * np.abs(cov).max())


@pytest.mark.parametrize("m", [2, 3])
@pytest.mark.parametrize("kappa", [0.0, 1.5])
def test_a_correction_written_out_in_numpy(m, kappa):
    x, site, enu = body()
    P, variance = spread(), np.array([30.0, 1e-3, 2e-3])[3 - m :] ** 2
    root, w = np.linalg.cholesky((7 + kappa) * P).T, weights(7, kappa)
    points, z3 = np.concatenate([[x], x + root, x - root]), np.empty(3)
    seen = []
    for point in points:
        radar_measure(point, site, enu, z3, np.empty((3, 7)))
        seen.append(z3[3 - m :].copy())
    seen = np.array(seen)
    mean = w @ seen
    for a in (m - 2, m - 1):
        mean[a] = math.atan2(w @ np.sin(seen[:, a]), w @ np.cos(seen[:, a])) % (2 * math.pi)
    S = (w[:, None] * (seen - mean)).T @ (seen - mean) + np.diag(variance)
    cross = (w[:, None] * (points - x)).T @ (seen - mean)
    nu = np.array([50.0, 1e-3, -2e-3])[3 - m :]
    gain = cross @ np.linalg.inv(S)
    x_out, P_out = np.empty(7), np.empty((7, 7))
    # A turn more is the same azimuth.
    z = mean + nu + np.array([0.0, 2 * math.pi, 0.0])[3 - m :]
    nis, log_likelihood = update_unscented(x, P, z, variance, site, enu, kappa, x_out, P_out)
    assert nis == pytest.approx(nu @ np.linalg.solve(S, nu), rel=1e-6)
    assert log_likelihood == pytest.approx(-0.5 * (nis + np.linalg.slogdet(2 * math.pi * S)[1]), rel=1e-6)
    np.testing.assert_allclose(x_out - x, gain @ nu, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(P_out, P - gain @ S @ gain.T, rtol=1e-6, atol=WRITTEN * np.abs(P).max())


def alike(a, A, b, B, P):
    """Whether two results agree to a share of the standard deviations that went in."""
    scale = np.sqrt(np.diag(P))
    assert np.abs((a - b) / scale).max() < ALIKE
    assert np.abs((A - B) / np.outer(scale, scale)).max() < 10 * ALIKE


@pytest.mark.parametrize("motion", MOTIONS)
def test_small_errors_move_as_the_extended_filter_says(motion):
    x, _ = MOTIONS[motion]
    n, dt, q, walk = len(x), 3.0, 0.0, 0.0
    P = spread(1e-3, n)
    a, A, b, B = np.empty(n), np.empty((n, n)), np.empty(n), np.empty((n, n))
    assert predict_unscented(x, P, dt, q, walk, motion, EXHAUST, 0.0, a, A) == 0
    if motion == BALLISTIC:
        predict_ballistic(x, P, dt, q, b, B)
    elif motion == FALLING:
        predict_falling(x, P, dt, q, walk, b, B)
    else:
        predict_boost(x, P, dt, q, walk, EXHAUST, b, B)
    alike(a, A, b, B, B)


@pytest.mark.parametrize("m", [2, 3])
def test_small_errors_are_corrected_as_the_extended_filter_does(m):
    x, site, enu = body()
    P, variance = spread(1e-3), np.array([0.03, 1e-6, 2e-6])[3 - m :] ** 2
    z, H, a, A, b, B = np.empty(m), np.empty((m, 7)), np.empty(7), np.empty((7, 7)), np.empty(7), np.empty((7, 7))
    (radar_measure if m == 3 else angles_measure)(x, site, enu, z, H)
    seen = z + 0.7 * np.sqrt(variance)
    nis, log_likelihood = update_unscented(x, P, seen, variance, site, enu, 0.0, a, A)
    expected = update(x, P, seen, z, H, variance, m - 2, b, B)
    alike(a, A, b, B, P)
    assert (nis, log_likelihood) == pytest.approx(expected, abs=1e-2)


def test_sigma_points_have_the_moments_they_were_made_of():
    x, P, points, mean, cov = body()[0], spread(), np.empty((15, 7)), np.empty(7), np.empty((7, 7))
    for kappa in (0.0, 2.0, -4.0):
        assert scatter(x, P, kappa, points) == 0
        gather(points, kappa, mean, cov)
        np.testing.assert_allclose(mean, x, rtol=1e-14)
        np.testing.assert_allclose(cov, P, rtol=1e-9, atol=1e-6)


@pytest.mark.parametrize(
    ("dt", "q", "motion", "kappa", "sign", "status"),
    [(-1.0, 1.0, 1, 0.0, 1.0, 4), (math.nan, 0.0, 1, 0.0, 1.0, 4), (1.0, 0.0, 0, 0.0, 1.0, 4), (1.0, 0.0, 1, -7.0, 1.0, 4),
     (1.0, 0.0, 1, 0.0, -1.0, 4), (1.0, -1.0, 1, 0.0, 1.0, 4), (-1.0, 0.0, 1, 0.0, 1.0, 0), (1.0, 0.0, 2, 0.0, 1.0, 2)],
)  # fmt: skip
def test_what_is_not_allowed(dt, q, motion, kappa, sign, status):
    x = body()[0]
    answer = predict_unscented(x, sign * spread(), dt, q, 0.0, motion, EXHAUST, kappa, np.empty(7), np.empty((7, 7)))
    assert answer == status


def test_a_ballistic_body_deep_inside_the_earth_is_said():
    x = body(-200e3)[0][:6].copy()
    assert predict_unscented(x, spread(size=6), 1.0, 0.0, 0.0, BALLISTIC, 1.0, 0.0, np.empty(6), np.empty((6, 6))) == 2


def test_drag_walks_in_the_air_only():
    grown = []
    for alt, motion, last in ((300e3, FALLING, 8.0), (60e3, FALLING, 8.0), (300e3, BOOSTING, 3.0)):
        x, P_out = body(alt, last=last)[0], np.empty((7, 7))
        predict_unscented(x, 1e-6 * spread(), 1.0, 0.0, 0.5, motion, 1e9, 0.0, x, P_out)
        grown.append(P_out[6, 6])
    assert grown == pytest.approx([0.0, 0.5, 0.5], abs=1e-3)


@pytest.mark.parametrize("what", ["P", "kappa", "variance", "nan"])
def test_corrections_that_mean_nothing_are_said(what):
    x, site, enu = body()
    P, variance, z = spread(), np.array([1.0, 1e-6, 1e-6]), np.array([2e5, 0.5, 0.2])
    answer = update_unscented(
        x, -P if what == "P" else P, np.full(3, math.nan) if what == "nan" else z,
        np.full(3, -1e12) if what == "variance" else variance, site, enu, -7.0 if what == "kappa" else 0.0,
        np.empty(7), np.empty((7, 7)),
    )  # fmt: skip
    assert all(math.isnan(part) for part in answer)
