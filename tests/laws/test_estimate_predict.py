"""Laws of coming down: round trips, another integrator, areas as large as many flights make them."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from entente.estimate.kalman import transition
from entente.estimate.predict import impact_area, launch_area, state_at, to_ground
from entente.physics.atmosphere import density
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes, geodetic_from_ecef
from entente.physics.gravity import ecef_acceleration

pytestmark = pytest.mark.kernel

CLOSE = 0.05  # m, in vacuum; steps of 20 s against DOP853 at 1e-10
IN_AIR = 1.0  # m; steps of 2 km way through drag whose density has corners, against DOP853 at 1e-10
SAMPLING = 0.15  # relative, of a standard deviation from 400 flights: four times its own 1 / sqrt(800)

LN_BETA = math.log(3000.0)


def body(lat=0.6, lon=0.8, alt=200e3, speed=(-1500.0, 1500.0, 1200.0)):
    """A state given in local axes."""
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    return np.concatenate([ecef_from_geodetic(lat, lon, alt), enu.T @ np.array(speed)])


def by_dop853(x, k, sign):
    """Time and place where SciPy's integrator meets the ground."""

    def slope(_t, y):
        a = np.array(ecef_acceleration(*y))
        if k > 0.0:
            a -= k * density(altitude(*y[:3])) * math.sqrt(y[3:] @ y[3:]) * y[3:]
        return sign * np.concatenate([y[3:], a])

    def ground(_t, y):
        return altitude(*y[:3])

    ground.terminal, ground.direction = True, -1
    answer = solve_ivp(slope, (0, 3600), x, "DOP853", rtol=1e-10, atol=1e-4, events=ground, max_step=5.0)
    return sign * answer.t[-1], answer.y[:, -1]


@pytest.mark.parametrize(
    ("k", "sign", "tolerance"),
    [
        (0.0, 1.0, CLOSE),
        (0.0, -1.0, CLOSE),
        (0.5 / 3000, 1.0, IN_AIR),
        (0.5 / 500, 1.0, IN_AIR),
        (0.5 / 1e5, 1.0, IN_AIR),
    ],
)
def test_the_way_down_is_dop853s(k, sign, tolerance):
    x, end = body(), np.empty(6)
    dt, status = to_ground(x, k, sign, end)
    seconds, place = by_dop853(x, k, sign)
    assert status == 0
    assert np.sign(dt) == sign
    assert np.linalg.norm(end[:3] - place[:3]) < tolerance
    assert abs(dt - seconds) < 0.1
    assert abs(altitude(*end[:3])) < CLOSE


def test_launched_and_fallen_are_the_two_ends_of_one_arc():
    x, foot, back = body(), np.empty(6), np.empty(6)
    before, _ = to_ground(x, 0.0, -1.0, foot)
    lifted = foot.copy()
    state_at(foot, -before, back)
    assert np.linalg.norm(back[:3] - x[:3]) < CLOSE
    state_at(foot, 1.0, lifted)
    after, _ = to_ground(lifted, 0.0, 1.0, back)
    onward, _ = to_ground(x, 0.0, 1.0, foot)
    assert np.linalg.norm(back[:3] - foot[:3]) < CLOSE
    assert after + 1.0 == pytest.approx(onward - before, abs=1e-2)


def test_state_at_is_the_filters_own_prediction():
    x, a, b, F = body(), np.empty(6), np.empty(6), np.empty((6, 6))
    for dt in (7.0, 100.0, -50.0):
        state_at(x, dt, a)
        transition(x, dt, b, F)
        np.testing.assert_allclose(a, b, rtol=1e-13)


def test_one_that_is_under_the_ground_and_sinks_is_put_onto_it():
    x, end = body(alt=-500.0, speed=(100.0, 0.0, -50.0)), np.empty(6)
    dt, status = to_ground(x, 1e-4, 1.0, end)
    lat, lon, alt = geodetic_from_ecef(*end[:3])
    assert (dt, status) == (0.0, 0)
    assert (lat, lon) == pytest.approx((0.6, 0.8), abs=1e-9)
    assert abs(alt) < 1e-6


def test_one_that_is_under_the_ground_and_rises_comes_down_later():
    dt, status = to_ground(body(alt=-500.0, speed=(100.0, 0.0, 900.0)), 0.0, 1.0, np.empty(6))
    assert status == 0
    assert 180.0 < dt < 190.0  # 2 v / g


@pytest.mark.parametrize(
    ("speed", "status"), [((7900.0, 0.0, 0.0), 2), ((0.0, 0.0, 12_000.0), 2), ((math.nan, 0, 0), 4)]
)
def test_what_does_not_come_down_is_said(speed, status):
    cov = np.empty((2, 2))
    answer = impact_area(body(speed=speed), np.eye(6), 0.0, LN_BETA, 0.3, cov)
    assert answer[-1] == status
    assert all(math.isnan(part) for part in answer[:-1])
    assert np.isnan(cov).all()


@pytest.mark.parametrize("P", [-np.eye(6), np.full((6, 6), math.nan)])
def test_areas_of_what_is_no_covariance_are_refused(P):
    cov = np.empty((2, 2))
    assert impact_area(body(), P, 0.0, LN_BETA, 0.3, cov)[-1] == 4
    assert launch_area(body(), P, 0.0, 1e4, 5.0, cov)[-1] == 4
    assert impact_area(body(), np.eye(6), 0.0, LN_BETA, -1.0, cov)[-1] == 4


def test_a_sharp_state_falls_where_it_flies():
    cov, end = np.empty((2, 2)), np.empty(6)
    x = body()
    lat, lon, t, sigma_t, status = impact_area(x, 1e-6 * np.eye(6), 100.0, LN_BETA, 0.0, cov)
    dt, _ = to_ground(x, 0.5 / 3000.0, 1.0, end)
    assert status == 0
    assert np.linalg.norm(np.array(ecef_from_geodetic(lat, lon, 0.0)) - end[:3]) < CLOSE
    assert t == pytest.approx(100.0 + dt, abs=1e-3)
    assert sigma_t < 1e-3
    assert (cov == cov.T).all()


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_areas_are_as_large_as_400_flights_make_them(sign):
    rng, n = np.random.default_rng(11), 400
    P = np.diag([800.0, 500.0, 900.0, 12.0, 9.0, 15.0]) ** 2
    x, cov, end = body(), np.empty((2, 2)), np.empty(6)
    if sign > 0:
        lat, lon, t, sigma_t, status = impact_area(x, P, 0.0, LN_BETA, 0.3, cov)
    else:
        lat, lon, t, sigma_t, status = launch_area(x, P, 0.0, 0.0, 0.0, cov)
    assert status == 0
    enu, offsets, times = np.empty((3, 3)), np.empty((n, 2)), np.empty(n)
    enu_axes(lat, lon, enu)
    centre = np.array(ecef_from_geodetic(lat, lon, 0.0))
    for i in range(n):
        k = 0.5 * math.exp(-LN_BETA - 0.3 * rng.normal()) if sign > 0 else 0.0
        times[i], _ = to_ground(rng.multivariate_normal(x, P), k, sign, end)
        offsets[i] = (enu @ (end[:3] - centre))[:2]
    whitened = np.linalg.solve(np.linalg.cholesky(cov), offsets.T)
    np.testing.assert_allclose(whitened.std(axis=1), 1.0, atol=SAMPLING)
    assert np.abs(whitened.mean(axis=1)).max() < 4 / math.sqrt(n)
    assert sigma_t == pytest.approx(times.std(), rel=SAMPLING)
    assert t == pytest.approx(times.mean(), abs=4 * sigma_t / math.sqrt(n))


def test_the_allowance_for_boost_widens_the_launch_area():
    P, narrow, wide = 100.0 * np.eye(6), np.empty((2, 2)), np.empty((2, 2))
    a = launch_area(body(), P, 50.0, 0.0, 0.0, narrow)
    b = launch_area(body(), P, 50.0, 20e3, 30.0, wide)
    assert a[:3] == b[:3]
    np.testing.assert_allclose(wide - narrow, 4e8 * np.eye(2), rtol=1e-9)
    assert b[3] == pytest.approx(math.hypot(a[3], 30.0))
