"""Laws of prediction and measurement: derivatives, closing circles, positive covariances, statuses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.kalman import gradient, predict_ballistic, radar_measure, transition, update
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.gravity import ecef_acceleration

pytestmark = pytest.mark.kernel

CENTRAL = 1e-6  # relative; central differences of smooth functions, steps near the cube root of rounding
ROUND_TRIP = 1e-2  # m after 400 s out and back, two Runge-Kutta errors below a millimetre and rounding

places = st.tuples(st.floats(-1.5, 1.5), st.floats(-math.pi, math.pi))
offsets = st.tuples(st.floats(-2e6, 2e6), st.floats(-2e6, 2e6), st.floats(-2e5, 2e6)).filter(
    lambda o: math.hypot(o[0], o[1]) > 1e4
)
speeds = st.tuples(*[st.floats(-4000.0, 4000.0)] * 3)


def stand(place):
    """A site and its axes."""
    site, enu = np.array(ecef_from_geodetic(place[0], place[1], 50.0)), np.empty((3, 3))
    enu_axes(place[0], place[1], enu)
    return site, enu


def wrapped(angle):
    """An angle between -pi and pi."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


@given(places, offsets)
def test_the_radars_derivative_is_its_slope(place, offset):
    site, enu = stand(place)
    x = np.concatenate([site + enu.T @ np.array(offset), np.zeros(3)])
    z, H, up, down, spare = np.empty(3), np.empty((3, 6)), np.empty(3), np.empty(3), np.empty((3, 6))
    assert radar_measure(x, site, enu, z, H) == 0
    assert z[0] == pytest.approx(math.sqrt(np.dot(offset, offset)), rel=1e-9)
    assert 0.0 <= z[1] <= 2 * math.pi
    h = 10.0
    for j in range(3):
        e = h * np.eye(6)[j]
        radar_measure(x + e, site, enu, up, spare)
        radar_measure(x - e, site, enu, down, spare)
        slope = np.array([up[0] - down[0], wrapped(up[1] - down[1]), up[2] - down[2]]) / (2 * h)
        scale = np.array([1.0, 1.0 / math.hypot(*offset[:2]), 1.0 / z[0]])
        np.testing.assert_allclose(H[:, j] / scale, slope / scale, atol=CENTRAL)
    assert (H[:, 3:] == 0.0).all()


def test_straight_up_has_no_azimuth():
    site, enu = stand((0.7, 0.3))
    x = np.concatenate([site + 3e5 * enu[2], np.zeros(3)])
    z, H = np.empty(3), np.empty((3, 6))
    assert radar_measure(x, site, enu, z, H) == 2
    assert radar_measure(np.concatenate([site, np.zeros(3)]), site, enu, z, H) == 2


@given(places, st.floats(-1e4, 2e7))
def test_the_gradient_is_the_slope_of_the_acceleration(place, alt):
    r = np.array(ecef_from_geodetic(place[0], place[1], alt))
    G, h = np.empty((3, 3)), 20.0
    gradient(*r, G)
    for j in range(3):
        e = h * np.eye(3)[j]
        up, down = ecef_acceleration(*(r + e), 0.0, 0.0, 0.0), ecef_acceleration(*(r - e), 0.0, 0.0, 0.0)
        np.testing.assert_allclose(G[:, j], (np.array(up) - down) / (2 * h), rtol=0, atol=CENTRAL * 3e-6)
    np.testing.assert_allclose(G, G.T, atol=1e-20)


@given(places, st.floats(2e5, 1e6), speeds, st.floats(1.0, 100.0))
def test_the_transition_is_the_slope_of_the_flight(place, alt, speed, dt):
    x = np.concatenate([ecef_from_geodetic(place[0], place[1], alt), speed])
    end, F, up, down, spare = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty(6), np.empty((6, 6))
    transition(x, dt, end, F)
    for j in range(6):
        h = 100.0 if j < 3 else 1.0
        e = h * np.eye(6)[j]
        transition(x + e, dt, up, spare)
        transition(x - e, dt, down, spare)
        np.testing.assert_allclose(F[:, j], (up - down) / (2 * h), rtol=CENTRAL, atol=CENTRAL)


@given(places, st.floats(2e5, 1e6), speeds)
def test_out_and_back_is_where_it_was(place, alt, speed):
    # Upward, so that 400 s of fall never reach deep into the Earth, where no law of ours holds.
    x = np.concatenate([ecef_from_geodetic(place[0], place[1], alt + 1e6), speed])
    there, back, F, G = np.empty(6), np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    assert transition(x, 200.0, there, F) == 0
    assert transition(there, -200.0, back, G) == 0
    assert np.abs(back - x).max() < ROUND_TRIP
    np.testing.assert_allclose(G @ F, np.eye(6), atol=1e-7)


@given(st.integers(0, 2**32 - 1), st.floats(0.1, 60.0), st.floats(0.0, 1e4))
def test_covariances_stay_symmetric_and_positive(seed, dt, q):
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(6, 6)) * np.array([1e4, 1e4, 1e4, 1e2, 1e2, 1e2])[:, None]
    site, enu = stand((0.6, 0.7))
    x = np.concatenate([site + enu.T @ [3e5, 2e5, 4e5], [100.0, 2000.0, 500.0]])
    x_pred, P, x_out, P_out = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    assert predict_ballistic(x, root @ root.T + np.eye(6), dt, q, x_pred, P) == 0
    z, H = np.empty(3), np.empty((3, 6))
    radar_measure(x_pred, site, enu, z, H)
    update(x_pred, P, z, z, H, np.array([10.0, 1e-3, 1e-3]) ** 2, 1, x_out, P_out)
    for matrix in (P, P_out):
        assert (matrix == matrix.T).all()
        assert np.linalg.eigvalsh(matrix).min() > -1e-12 * np.trace(matrix)
    assert np.trace(P_out) <= np.trace(P)
    np.testing.assert_allclose(x_out, x_pred, rtol=0, atol=1e-8)


def test_outputs_may_be_the_inputs():
    x = np.array([6.9e6, 1e5, 2e5, 100.0, 3000.0, 4000.0])
    P = np.diag([1e6] * 3 + [1e4] * 3)
    x_out, P_out = np.empty(6), np.empty((6, 6))
    predict_ballistic(x, P, 10.0, 1.0, x_out, P_out)
    predict_ballistic(x, P, 10.0, 1.0, x, P)
    assert (x == x_out).all()
    assert (P_out == P).all()


@pytest.mark.parametrize(
    ("dt", "q", "status"),
    [
        (0.0, 1.0, 0),
        (-1.0, 0.0, 0),
        (-1.0, 1.0, 4),
        (1.0, -1.0, 4),
        (math.nan, 1.0, 4),
        (math.inf, 1.0, 4),
        (500.0, 0.0, 2),
    ],
)
def test_times_and_noises_that_are_not_allowed(dt, q, status):
    x = np.array([6.4e6, 0.0, 0.0, -3000.0, 0.0, 0.0])
    assert predict_ballistic(x, np.eye(6), dt, q, np.empty(6), np.empty((6, 6))) == status
