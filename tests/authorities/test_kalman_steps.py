"""The filter's steps against other people's: textbook formulas in NumPy, Stone Soup, SciPy's DOP853."""

import math
import warnings
from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.linalg import block_diag
from scipy.stats import chi2

from entente.constants import GM, J2, OMEGA, R_EQ
from entente.estimate.associate import gate
from entente.estimate.kalman import angles_measure, predict_ballistic, predict_linear, radar_measure, transition, update
from entente.physics.earth import ecef_from_geodetic, enu_axes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Stone Soup's own imports warn; they are not ours to mend
    from stonesoup.base import Property
    from stonesoup.models.measurement.nonlinear import CartesianToElevationBearingRange
    from stonesoup.models.transition.base import TransitionModel
    from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
    from stonesoup.predictor.kalman import ExtendedKalmanPredictor
    from stonesoup.types.angle import Bearing, Elevation
    from stonesoup.types.array import CovarianceMatrix, StateVector
    from stonesoup.types.detection import Detection
    from stonesoup.types.hypothesis import SingleHypothesis
    from stonesoup.types.state import GaussianState
    from stonesoup.updater.kalman import ExtendedKalmanUpdater

pytestmark = pytest.mark.kernel

ROUNDING = 1e-12  # relative to the largest entry: the same sums in another order, on matrices of condition 1e4
STONE_SOUP = (
    1e-9  # relative; its update is not Joseph's form and its Jacobians are finite differences, stepped as below
)
CENTIMETRES = 0.05  # m over 1,000 s; Runge-Kutta steps of 20 s against DOP853 at 1e-12
PACE = 1e-4  # m/s, the same
DERIVATIVE = 1e-6  # relative, the same


def close(a, b, tolerance):
    """Equal to `tolerance` of the largest entry."""
    b = np.asarray(b, dtype=float)
    np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * np.abs(b).max())


def radar(lat=0.9, lon=0.4):
    """A site and its axes."""
    site, enu = np.array(ecef_from_geodetic(lat, lon, 100.0)), np.empty((3, 3))
    enu_axes(lat, lon, enu)
    return site, enu


def body(site, enu, east=300e3, north=-500e3, up=400e3, speed=(-900.0, 2500.0, 1200.0)):
    """A state seen from that site, and a covariance with every entry non-zero."""
    x = np.concatenate([site + enu.T @ [east, north, up], enu.T @ np.array(speed)])
    rng = np.random.default_rng(7)
    root = rng.normal(size=(6, 6)) * np.array([800.0, 900.0, 700.0, 20.0, 30.0, 25.0])[:, None]
    return x, root @ root.T


def textbook(x, P, z, z_pred, H, R):
    """Kalman's update as every book prints it."""
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    A = np.eye(len(x)) - K @ H
    nu = z - z_pred
    nis = nu @ np.linalg.solve(S, nu)
    log_likelihood = -0.5 * (nis + np.linalg.slogdet(2.0 * math.pi * S)[1])
    return x + K @ nu, A @ P @ A.T + K @ R @ K.T, nis, log_likelihood


@pytest.mark.parametrize("m", [2, 3])
def test_a_linear_step_is_the_textbooks(m):
    """Prediction and update as every book prints them, in NumPy, with two and three measured values: to rounding."""
    rng = np.random.default_rng(m)
    x, F, H = rng.normal(size=6), rng.normal(size=(6, 6)), rng.normal(size=(m, 6))
    root = rng.normal(size=(6, 6))
    P, Q, variance = root @ root.T + np.eye(6), 0.3 * np.eye(6), rng.uniform(0.5, 2.0, size=m)
    x_pred, P_pred = np.empty(6), np.empty((6, 6))
    predict_linear(x, P, F, Q, x_pred, P_pred)
    close(x_pred, F @ x, ROUNDING)
    close(P_pred, F @ P @ F.T + Q, ROUNDING)

    z, z_pred = rng.normal(size=m), H @ x_pred
    x_out, P_out = np.empty(6), np.empty((6, 6))
    nis, log_likelihood = update(x_pred, P_pred, z, z_pred, H, variance, -1, x_out, P_out)
    x_book, P_book, nis_book, log_book = textbook(x_pred, P_pred, z, z_pred, H, np.diag(variance))
    close(x_out, x_book, ROUNDING)
    close(P_out, P_book, ROUNDING)
    assert nis == pytest.approx(nis_book, rel=1e-11)
    assert log_likelihood == pytest.approx(log_book, rel=1e-11)
    assert (P_out == P_out.T).all()


def test_a_radar_step_is_the_textbooks():
    """Range, azimuth and elevation of a body 700 km away: the printed update with the radar's own derivative."""
    site, enu = radar()
    x, P = body(site, enu)
    z, H = np.empty(3), np.empty((3, 6))
    assert radar_measure(x, site, enu, z, H) == 0
    seen = z + np.array([40.0, 1e-3, -2e-3])
    variance = np.array([25.0, 3e-3, 3e-3]) ** 2
    x_out, P_out = np.empty(6), np.empty((6, 6))
    nis, log_likelihood = update(x, P, seen, z, H, variance, 1, x_out, P_out)
    x_book, P_book, nis_book, log_book = textbook(x, P, seen, z, H, np.diag(variance))
    close(x_out[:3] - x[:3], x_book[:3] - x[:3], 1e-11)  # a difference of numbers 1e4 times as large
    close(x_out[3:], x_book[3:], ROUNDING)
    close(P_out, P_book, ROUNDING * 100)  # condition of the innovation's covariance, metres beside radians: 1e10
    assert nis == pytest.approx(nis_book, rel=1e-9)
    assert log_likelihood == pytest.approx(log_book, rel=1e-9)


def test_azimuth_across_north_is_a_small_difference():
    """From 0.01 rad west of north to 0.01 east are 0.02 rad where the row is an angle, and nearly a turn where it is none."""
    x, P = np.zeros(6), np.eye(6)
    H = np.zeros((2, 6))
    H[0, 0] = H[1, 1] = 1.0
    variance, x_out, P_out = np.ones(2), np.empty(6), np.empty((6, 6))
    near, _ = update(x, P, np.array([2 * math.pi - 0.01, 0.0]), np.array([0.01, 0.0]), H, variance, 0, x_out, P_out)
    assert near == pytest.approx(0.02**2 / 2)
    assert x_out[0] == pytest.approx(-0.01)
    far, _ = update(x, P, np.array([2 * math.pi - 0.01, 0.0]), np.array([0.01, 0.0]), H, variance, -1, x_out, P_out)
    assert far > 15.0


def test_a_covariance_that_is_none_gives_nan():
    """Negative variances: nan for the distance and the likelihood, no number that looks right."""
    H, z, out = np.eye(2, 6), np.zeros(2), (np.empty(6), np.empty((6, 6)))
    nis, log_likelihood = update(np.zeros(6), -np.eye(6), z, z, H, np.zeros(2), -1, *out)
    assert math.isnan(nis)
    assert math.isnan(log_likelihood)


def stone_soup_step(prior, transition_model, measurement_model, seen, seconds):
    """One extended Kalman step as Stone Soup does it: prediction, posterior."""
    start = datetime(2013, 4, 8)
    then = start + timedelta(seconds=seconds)
    predicted = ExtendedKalmanPredictor(transition_model).predict(
        GaussianState(prior[0].reshape(-1, 1), CovarianceMatrix(prior[1]), timestamp=start), timestamp=then
    )
    detection = Detection(
        StateVector([[Elevation(seen[2])], [Bearing(math.pi / 2 - seen[1])], [seen[0]]]),
        timestamp=then,
        measurement_model=measurement_model,
    )
    posterior = ExtendedKalmanUpdater(measurement_model).update(SingleHypothesis(predicted, detection))
    return predicted, posterior


class LocalRadar(CartesianToElevationBearingRange):
    """Stone Soup's elevation, bearing and range with the derivative written out (its own is a finite difference)."""

    def jacobian(self, state, **kwargs):
        """Rows elevation, bearing (anticlockwise from x), range."""
        position = np.array(state.state_vector[[0, 2, 4], 0], dtype=float)
        x, y, z = position
        flat2, slant2 = x * x + y * y, position @ position
        H = np.zeros((3, 6))
        H[0, [0, 2, 4]] = np.array([-x * z, -y * z, flat2]) / (slant2 * math.sqrt(flat2))
        H[1, [0, 2]] = np.array([-y, x]) / flat2
        H[2, [0, 2, 4]] = position / math.sqrt(slant2)
        return H


def local_radar(sigma):
    """The measurement model of a radar at the origin of its own east-north-up axes."""
    return LocalRadar(
        ndim_state=6, mapping=(0, 2, 4), noise_covar=np.diag([sigma[2] ** 2, sigma[1] ** 2, sigma[0] ** 2])
    )


ORDER = [0, 2, 4, 1, 3, 5]  # Stone Soup interleaves position and velocity


def test_an_extended_step_with_constant_velocity_is_stone_soups():
    """ExtendedKalmanPredictor, ExtendedKalmanUpdater, ConstantVelocity, CartesianToElevationBearingRange of 1.9.1."""
    dt, q, sigma = 10.0, 4.0, np.array([30.0, 2e-3, 3e-3])
    x = np.array([300e3, -500e3, 400e3, -900.0, 2500.0, 1200.0])
    P = body(*radar())[1]
    seen = np.array([math.sqrt(x[:3] @ x[:3]) + 5000.0, math.atan2(x[0], x[1]) + 0.01, 0.62])
    theirs = np.ix_(np.argsort(ORDER), np.argsort(ORDER))
    model = CombinedLinearGaussianTransitionModel([ConstantVelocity(q)] * 3)
    prior = (x[np.argsort(ORDER)], P[theirs])
    predicted, posterior = stone_soup_step(prior, model, local_radar(sigma), seen, dt)

    F = np.eye(6) + dt * np.eye(6, k=3)
    Q = q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(3))
    x_pred, P_pred, x_out, P_out = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    predict_linear(x, P, F, Q, x_pred, P_pred)
    z, H = np.empty(3), np.empty((3, 6))
    radar_measure(x_pred, np.zeros(3), np.eye(3), z, H)
    update(x_pred, P_pred, seen, z, H, sigma**2, 1, x_out, P_out)
    close(x_pred, np.array(predicted.state_vector, dtype=float)[ORDER, 0], STONE_SOUP)
    close(P_pred, np.array(predicted.covar)[np.ix_(ORDER, ORDER)], STONE_SOUP)
    close(x_out, np.array(posterior.state_vector, dtype=float)[ORDER, 0], STONE_SOUP)
    close(P_out, np.array(posterior.covar)[np.ix_(ORDER, ORDER)], STONE_SOUP)


class Ballistic(TransitionModel):
    """Our dynamics as a Stone Soup model: function and derivative from SciPy, noise from the formula."""

    q: float = Property()
    ndim_state = 6

    def _flown(self, state, seconds):
        start = np.array(state.state_vector, dtype=float)[ORDER, 0]
        answer = solve_ivp(slope_with_transition, (0, seconds), np.concatenate([start, np.eye(6).ravel()]), **TIGHT)
        return answer.y[:6, -1], answer.y[6:, -1].reshape(6, 6)

    def function(self, state, noise=False, **kwargs):
        """The state after the interval."""
        end, _ = self._flown(state, kwargs["time_interval"].total_seconds())
        return StateVector(end[np.argsort(ORDER)])

    def jacobian(self, state, **kwargs):
        """Its derivative."""
        _, F = self._flown(state, kwargs["time_interval"].total_seconds())
        return F[np.ix_(np.argsort(ORDER), np.argsort(ORDER))]

    def covar(self, time_interval, **kwargs):
        """White acceleration."""
        dt = time_interval.total_seconds()
        return block_diag(*[self.q * np.array([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]])] * 3)

    def rvs(self, *args, **kwargs):
        """Not drawn from here."""
        raise NotImplementedError

    def pdf(self, *args, **kwargs):
        """Not asked here."""
        raise NotImplementedError


TIGHT = {"method": "DOP853", "rtol": 1e-12, "atol": 1e-9}


def slope(_t, y):
    """Free fall in Earth-fixed axes, written out once more in vectors and independently of the package."""
    r, v = y[:3], y[3:6]
    spin = np.array([0.0, 0.0, OMEGA])
    d = math.sqrt(r @ r)
    bulge = 1.5 * J2 * (R_EQ / d) ** 2 * (np.array([1.0, 1.0, 3.0]) - 5.0 * (r[2] / d) ** 2)
    a = -GM / d**3 * r * (1.0 + bulge) - 2.0 * np.cross(spin, v) - np.cross(spin, np.cross(spin, r))
    return np.concatenate([v, a])


def slope_with_transition(t, y):
    """The same with the variational equations; the gradient by complex steps, exact to rounding."""
    A = np.zeros((6, 6))
    for j in range(6):
        bent = y[:6].astype(complex)
        bent[j] += 1e-20j
        A[:, j] = complex_slope(bent).imag / 1e-20
    return np.concatenate([slope(t, y[:6]), (A @ y[6:].reshape(6, 6)).ravel()])


def complex_slope(y):
    """`slope` in operations that a complex step passes through."""
    x, yy, z, vx, vy, vz = y
    d2 = x * x + yy * yy + z * z
    core, b, s = -GM / d2**1.5, 1.5 * J2 * R_EQ**2 / d2, 5.0 * z * z / d2
    ax = core * x * (1.0 + b * (1.0 - s)) + 2.0 * OMEGA * vy + OMEGA**2 * x
    ay = core * yy * (1.0 + b * (1.0 - s)) - 2.0 * OMEGA * vx + OMEGA**2 * yy
    return np.array([vx, vy, vz, ax, ay, core * z * (1.0 + b * (3.0 - s))])


def test_an_extended_step_with_ballistic_dynamics_is_stone_soups():
    """The radar stands at the pole's axis below the centre of the axes: its east-north-up are the Earth-fixed axes."""
    dt, q, sigma = 10.0, 4.0, np.array([30.0, 2e-3, 3e-3])
    x = np.array([3.0e6, -4.0e6, 4.6e6, -900.0, 2500.0, 1200.0])
    P = body(*radar())[1]
    prior = (x[np.argsort(ORDER)], P[np.ix_(np.argsort(ORDER), np.argsort(ORDER))])
    seen = np.array([6.80e6, 2.49, 0.76])
    predicted, posterior = stone_soup_step(prior, Ballistic(q=q), local_radar(sigma), seen, dt)

    x_pred, P_pred, x_out, P_out = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    assert predict_ballistic(x, P, dt, q, x_pred, P_pred) == 0
    z, H = np.empty(3), np.empty((3, 6))
    radar_measure(x_pred, np.zeros(3), np.eye(3), z, H)
    update(x_pred, P_pred, seen, z, H, sigma**2, 1, x_out, P_out)
    close(x_pred, np.array(predicted.state_vector, dtype=float)[ORDER, 0], STONE_SOUP)
    close(P_pred, np.array(predicted.covar)[np.ix_(ORDER, ORDER)], STONE_SOUP)
    close(x_out, np.array(posterior.state_vector, dtype=float)[ORDER, 0], STONE_SOUP)
    close(P_out, np.array(posterior.covar)[np.ix_(ORDER, ORDER)], STONE_SOUP)


@pytest.mark.parametrize("seconds", [1.0, 10.0, 1000.0, -100.0])
def test_free_fall_and_its_derivative_are_dop853s(seconds):
    """SciPy's DOP853 at 1e-12, J2 and turning axes, -100 to 1,000 s: 5 cm, 0.1 mm/s, derivative 1e-6."""
    site, enu = radar()
    x, _ = body(site, enu, up=300e3, speed=(-1500.0, 2000.0, 3500.0))
    ours, F = np.empty(6), np.empty((6, 6))
    assert transition(x, seconds, ours, F) == 0
    answer = solve_ivp(slope_with_transition, (0, seconds), np.concatenate([x, np.eye(6).ravel()]), **TIGHT)
    theirs = answer.y[:, -1]
    assert np.abs(ours[:3] - theirs[:3]).max() < CENTIMETRES
    assert np.abs(ours[3:] - theirs[3:6]).max() < PACE
    np.testing.assert_allclose(F, theirs[6:].reshape(6, 6), rtol=DERIVATIVE, atol=1e-8 * max(1.0, abs(seconds)))


def test_angles_are_the_radars_without_range():
    """Azimuth, elevation and their derivatives: the same bits as the radar's."""
    site, enu = radar()
    x, _ = body(site, enu)
    z3, H3, z2, H2 = np.empty(3), np.empty((3, 6)), np.empty(2), np.empty((2, 6))
    assert radar_measure(x, site, enu, z3, H3) == 0
    assert angles_measure(x, site, enu, z2, H2) == 0
    assert (z2 == z3[1:]).all()
    assert (H3[1:] == H2).all()


@pytest.mark.parametrize("m", [1, 2, 3])
@pytest.mark.parametrize("p", [0.5, 0.99, 1 - 1e-9])
def test_gates_are_scipys_quantiles(p, m):
    """Chi-square with one to three degrees of freedom, up to 1 - 1e-9: within 1e-7."""
    assert gate(p, m) == pytest.approx(chi2.ppf(p, m), rel=1e-7)


@pytest.mark.parametrize(("p", "m"), [(0.0, 3), (1.0, 3), (math.nan, 3), (0.9, 0), (0.9, 4)])
def test_gates_outside_their_domain_are_nan(p, m):
    """Chances of 0 and 1, no or four degrees of freedom: nan."""
    assert math.isnan(gate(p, m))
