"""A burning body: derivatives, another integrator, limits. Flights: tests/honesty/test_boost_model.py."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from entente.estimate.boost import HARDEST, boost_step, boosting_at, predict_boost
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.gravity import ecef_acceleration

pytestmark = pytest.mark.kernel

CENTRAL = 1e-5  # relative; central differences
CLOSE = {5.0: 0.1, 30.0: 1.0, 120.0: 10.0}  # m, by thrust; steps of 5 s over a minute, against DOP853 at 1e-11
EXHAUST = 2500.0  # m/s  assumed; vacuum specific impulses of 230 to 300 s less what drag and height cost


def body(alt=30e3, speed=(900.0, 300.0, 900.0), a=30.0):
    """A state (7,) given in local axes."""
    enu = np.empty((3, 3))
    enu_axes(0.6, 0.8, enu)
    return np.concatenate([ecef_from_geodetic(0.6, 0.8, alt), enu.T @ np.array(speed), [math.log(a)]])


@pytest.mark.parametrize("a", [5.0, 30.0, 120.0])
def test_the_way_of_a_burning_body_is_dop853s(a):
    x, x_out = body(a=a), np.empty(7)

    def slope(_t, y):
        thrust = math.exp(y[6])
        turn = np.array(ecef_acceleration(*y[:6])) + thrust * y[3:6] / np.linalg.norm(y[3:6])
        return np.concatenate([y[3:6], turn, [thrust / EXHAUST * (1.0 - thrust / HARDEST)]])

    assert boosting_at(x, 60.0, EXHAUST, x_out) == 0
    end = solve_ivp(slope, (0.0, 60.0), x, "DOP853", rtol=1e-11, atol=1e-6).y[:, -1]
    assert np.linalg.norm(x_out[:3] - end[:3]) < CLOSE[a]
    np.testing.assert_allclose(x_out[3:], end[3:], atol=0.1 * CLOSE[a])


def test_thrust_grows_as_mass_burns():
    """Below HARDEST 1/a falls evenly: a = T / (m - flow t), exhaust = T / flow."""
    x = body(a=1.0)
    boosting_at(x, 500.0, EXHAUST, x)
    assert math.exp(x[6]) == pytest.approx(1.0 / (1.0 - 500.0 / EXHAUST), rel=0.01)


@pytest.mark.parametrize("a", [5.0, 30.0, 120.0])
def test_the_steps_derivative_is_exact_for_it(a):
    x, F, spare, up, down = body(a=a), np.empty((7, 7)), np.empty((7, 7)), np.empty(7), np.empty(7)
    boost_step(x, 3.0, EXHAUST, np.empty(7), F)
    for j, e in enumerate([10.0] * 3 + [0.3] * 3 + [1e-4]):
        boost_step(x + e * np.eye(7)[j], 3.0, EXHAUST, up, spare)
        boost_step(x - e * np.eye(7)[j], 3.0, EXHAUST, down, spare)
        np.testing.assert_allclose(
            F[:, j], (up - down) / (2 * e), rtol=CENTRAL, atol=CENTRAL * (100.0 if j == 6 else 1.0)
        )


def test_a_covariance_moves_with_the_steps():
    x, F, x_out, P_out = body(), np.empty((7, 7)), np.empty(7), np.empty((7, 7))
    root = np.random.default_rng(1).normal(size=(7, 7)) * np.array([100.0] * 3 + [10.0] * 3 + [0.2])[:, None]
    P = root @ root.T
    boost_step(x, 4.0, EXHAUST, np.empty(7), F)
    assert predict_boost(x, P, 4.0, 0.0, 0.0, EXHAUST, x_out, P_out) == 0
    np.testing.assert_allclose(P_out, F @ P @ F.T, rtol=1e-9)
    predict_boost(x, P, 4.0, 2.0, 1e-3, EXHAUST, x, P)
    assert P[3, 3] - P_out[3, 3] == pytest.approx(8.0)
    assert P[6, 6] - P_out[6, 6] == pytest.approx(4e-3)


@pytest.mark.parametrize(
    ("dt", "q", "walk", "exhaust", "status"),
    [(-1.0, 0.0, 0.0, 1.0, 4), (1.0, -1.0, 0.0, 1.0, 4), (1.0, 0.0, -1.0, 1.0, 4), (1.0, 0.0, 0.0, 0.0, 4),
     (math.inf, 0.0, 0.0, 1.0, 4), (math.nan, 0.0, 0.0, 1.0, 4), (1.0, 0.0, 0.0, 2500.0, 0)],
)  # fmt: skip
def test_what_is_not_allowed(dt, q, walk, exhaust, status):
    assert predict_boost(body(), np.eye(7), dt, q, walk, exhaust, np.empty(7), np.empty((7, 7))) == status


def test_what_stands_still_or_bursts_is_said():
    for x in (body(speed=(0.0, 0.0, 0.5)), body(a=HARDEST), body(a=math.nan)):
        assert predict_boost(x, np.eye(7), 1.0, 0.0, 0.0, EXHAUST, np.empty(7), np.empty((7, 7))) == 2
        assert boosting_at(x, 1.0, EXHAUST, np.empty(7)) == 2
    assert boosting_at(body(), 1.0, 0.0, np.empty(7)) == 4
    assert boosting_at(body(), math.nan, EXHAUST, np.empty(7)) == 4
