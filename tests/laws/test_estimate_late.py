"""A late measurement says what it would have said in time: against filtering in order, and against algorithm A1."""

import math

import numpy as np
import pytest

from entente.estimate.kalman import predict_ballistic, predict_linear, radar_measure, transition, update
from entente.estimate.late import retrodict, update_late
from entente.physics.earth import ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

EQUAL = 1e-9  # relative; linear case, in order or late; rounding in inverses of covariances of condition 1e5
NEARLY = 0.02  # standard deviations; the ballistic filter's derivatives are taken at other points in another order
Q, SIGMA = 3.0, np.array([30.0, 20.0, 50.0])


def steps(dt):
    """Transition and process noise of a nearly constant velocity."""
    return np.eye(6) + dt * np.eye(6, k=3), Q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))


def correct(x, P, z, variance=SIGMA**2):
    """A measurement of the position."""
    x_out, P_out = np.empty(6), np.empty((6, 6))
    update(x, P, z, x[:3].copy(), np.eye(3, 6), variance, -1, x_out, P_out)
    return x_out, P_out


def onward(x, P, dt):
    """A prediction."""
    x_out, P_out = np.empty(6), np.empty((6, 6))
    predict_linear(x, P, *steps(dt), x_out, P_out)
    return x_out, P_out


def linear(lag, seed):
    """Late and in order: an update at 0, one at 1.3 s that comes late, others at 2, 4, 6 s ... until now."""
    draws = np.random.default_rng(seed)
    z = draws.normal(0.0, 100.0, (lag + 2, 3))
    start = correct(draws.normal(0.0, 300.0, 6), np.diag([200.0] * 3 + [20.0] * 3) ** 2, z[0])
    then = onward(*start, 1.3)
    in_order = correct(*then, z[1])
    now, F, priors, posts = start, np.empty((lag, 6, 6)), [], []
    for k in range(lag):
        in_order = correct(*onward(*in_order, 0.7 if k == 0 else 2.0), z[k + 2])
        prior = onward(*now, 2.0)
        now = correct(*prior, z[k + 2])
        F[k] = steps(0.7 if k == 0 else 2.0)[0]
        priors.append(prior)
        posts.append(now)
    history = [np.array(part) for side in (priors, posts) for part in zip(*side, strict=True)]
    return then, F, history, z[1], now, in_order


def late(then, F, history, z, now):
    """The late way: state and covariance now, and what became of the earlier state."""
    x_then, P_then, cross = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    assert retrodict(*then, F, *history, x_then, P_then, cross) == 0
    x, P = np.empty(6), np.empty((6, 6))
    surprise = update_late(*now, x_then, P_then, cross, z, x_then[:3].copy(), np.eye(3, 6), SIGMA**2, -1, x, P)
    return (x, P), (x_then, P_then, cross), surprise


def same(a, b, tolerance):
    """Whether two estimates are equal to so many standard deviations."""
    scale = np.sqrt(np.diag(b[1]))
    assert np.abs((a[0] - b[0]) / scale).max() < tolerance
    assert np.abs((a[1] - b[1]) / np.outer(scale, scale)).max() < tolerance


@pytest.mark.parametrize("lag", [1, 2, 5, 20])
@pytest.mark.parametrize("seed", range(5))
def test_in_the_linear_case_late_is_as_good_as_in_time(lag, seed):
    then, F, history, z, now, in_order = linear(lag, seed)
    found, _, _ = late(then, F, history, z, now)
    same(found, in_order, EQUAL)
    assert (found[1] == found[1].T).all()
    # A late one that is thrown away costs something, or this test would prove nothing.
    assert np.trace(now[1]) > 1.001 * np.trace(in_order[1]) or lag > 5


@pytest.mark.parametrize("seed", range(5))
def test_one_step_late_is_bar_shaloms_algorithm_a1(seed):
    """Written out: retrodiction to the earlier moment by gain, innovation and process noise of the one step since."""
    then, F, history, z, now, _ = linear(1, seed)
    (x_prior,), (P_prior,), (x_post,), (P_post,) = history
    noise, H = steps(0.7)[1], np.eye(3, 6)
    S = H @ P_prior @ H.T + np.diag(SIGMA**2)
    gain = P_prior @ H.T @ np.linalg.inv(S)
    # The innovation, from what it did.
    nu = np.linalg.lstsq(gain, x_post - x_prior, rcond=None)[0]
    pull = noise @ H.T @ np.linalg.inv(S)
    back = np.linalg.inv(F[0])
    x_then = back @ (x_post - pull @ nu)
    P_vv, P_xv = noise - pull @ H @ noise, noise - P_prior @ H.T @ np.linalg.inv(S) @ H @ noise
    P_then = back @ (P_post + P_vv - P_xv - P_xv.T) @ back.T
    cross = (P_post - P_xv) @ back.T
    found, smoothed, (nis, log_likelihood) = late(then, F, history, z, now)
    same(smoothed[:2], (x_then, P_then), 1e-8)
    np.testing.assert_allclose(smoothed[2], cross, rtol=1e-7, atol=1e-7 * np.abs(cross).max())
    S_then = H @ P_then @ H.T + np.diag(SIGMA**2)
    W = cross @ H.T @ np.linalg.inv(S_then)
    innovation = z - x_then[:3]
    same(found, (x_post + W @ innovation, P_post - W @ S_then @ W.T), 1e-8)
    assert nis == pytest.approx(innovation @ np.linalg.solve(S_then, innovation), rel=1e-8)
    assert log_likelihood == pytest.approx(-0.5 * (nis + math.log(np.linalg.det(2 * math.pi * S_then))), rel=1e-8)


@pytest.mark.parametrize("lag", [1, 3])
def test_a_ballistic_filter_takes_a_late_look_nearly_as_in_time(lag):
    draws, enu = np.random.default_rng(lag), np.empty((3, 3))
    enu_axes(0.6, 0.7, enu)
    site = np.array(ecef_from_geodetic(0.6, 0.7, 0.0))
    x0 = np.concatenate([site + enu.T @ [2e5, 4e5, 2.5e5], enu.T @ [-1200.0, 1500.0, 1200.0]])
    P0, sigma = np.diag([300.0] * 3 + [20.0] * 3) ** 2, np.array([30.0, 1e-3, 1e-3])

    def measured(x):
        z, H = np.empty(3), np.empty((3, 6))
        radar_measure(x, site, enu, z, H)
        return z, H

    def moved(x, P, dt):
        x_out, P_out = np.empty(6), np.empty((6, 6))
        predict_ballistic(x, P, dt, 1.0, x_out, P_out)
        return x_out, P_out

    def looked(x, P, z):
        x_out, P_out = np.empty(6), np.empty((6, 6))
        update(x, P, z, *measured(x), sigma**2, 1, x_out, P_out)
        return x_out, P_out

    truth = x0 + np.sqrt(np.diag(P0)) * draws.normal(size=6)
    then, F, priors, posts = moved(x0, P0, 4.0), np.empty((lag, 6, 6)), [], []
    seen = measured(moved(truth, P0, 4.0)[0])[0] + sigma * draws.normal(size=3)
    now, in_order, at = (x0, P0), looked(*then, seen), then[0]
    for k in range(lag):
        z = measured(moved(truth, P0, 10.0 * (k + 1))[0])[0] + sigma * draws.normal(size=3)
        in_order = looked(*moved(*in_order, 6.0 if k == 0 else 10.0), z)
        priors.append(moved(*now, 10.0))
        posts.append(looked(*priors[-1], z))
        now, reached = posts[-1], np.empty(6)
        transition(at, 6.0 if k == 0 else 10.0, reached, F[k])
        at = posts[-1][0]
    history = [np.array(part) for side in (priors, posts) for part in zip(*side, strict=True)]
    x_then, P_then, cross = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    assert retrodict(*then, F, *history, x_then, P_then, cross) == 0
    x, P = np.empty(6), np.empty((6, 6))
    update_late(*now, x_then, P_then, cross, seen, *measured(x_then), sigma**2, 1, x, P)
    same((x, P), in_order, NEARLY)


def test_an_azimuth_is_wrapped():
    then, F, history, _, now, _ = linear(1, 0)
    x_then, P_then, cross = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    retrodict(*then, F, *history, x_then, P_then, cross)
    answers = []
    for turn in (0.0, 2 * math.pi):
        x, P = np.empty(6), np.empty((6, 6))
        seen = np.array([x_then[0] + 1.0 + turn])
        answers.append(
            (update_late(*now, x_then, P_then, cross, seen, x_then[:1].copy(), np.eye(1, 6), SIGMA[:1], 0, x, P), x)
        )
    assert answers[0][0] == pytest.approx(answers[1][0])
    np.testing.assert_allclose(answers[0][1], answers[1][1], rtol=1e-12)


def test_what_is_no_covariance_is_said():
    then, F, history, z, now, _ = linear(2, 0)
    history[1][1] *= -1.0
    x_then, P_then, cross = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    assert retrodict(*then, F, *history, x_then, P_then, cross) == 4
    answer = update_late(
        *now, x_then, -np.eye(6), np.zeros((6, 6)), z, z, np.eye(3, 6), 0.0 * SIGMA, -1, np.empty(6), np.empty((6, 6))
    )
    assert all(math.isnan(part) for part in answer)
