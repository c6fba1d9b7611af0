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
AIR_COST = 30.0  # m; what the air costs is reckoned within 5 % (test_estimate_passage)
WIDTH = 0.04  # relative; axes of areas in closed form against those of flown sigma points
SHIFT = 0.10  # of a standard deviation; centres of the same
LONGER = 0.01  # relative, or of a standard deviation; what twice as long steps in the air change
STEEP = 0.25  # rad below the horizon; a flatter arc dives into the air where sigma points are no longer alike
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
    assert np.linalg.norm(np.array(ecef_from_geodetic(lat, lon, 0.0)) - end[:3]) < AIR_COST
    assert t == pytest.approx(100.0 + dt, abs=0.5)
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


def flown(x, P, sign, spread):
    """An area as `impact_area` would have it if it flew every sigma point: place, time, their covariances."""
    n = 7 if sign > 0 else 6
    root, ends = np.linalg.cholesky(n * P), np.empty((2 * n, 4))
    for point in range(2 * n):
        j, side = point // 2, 1 - 2 * (point % 2)
        y = x + side * root[:, j] if j < 6 else x.copy()
        ln_beta = LN_BETA + (side * math.sqrt(n) * spread if j == 6 else 0.0)
        ends[point, 3], status = to_ground(y, 0.5 * math.exp(-ln_beta) if sign > 0 else 0.0, sign, y)
        assert status == 0
        ends[point, :3] = y[:3]
    mean = ends.mean(axis=0)
    lat, lon, _ = geodetic_from_ecef(*mean[:3])
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    offsets = (ends[:, :3] - mean[:3]) @ enu[:2].T
    return (lat, lon), mean[3], offsets.T @ offsets / (2 * n), ends[:, 3].std()


def somewhere(seed):
    """A body above the air that will come down steeply enough, and what may be known of it: anything from 20 m to 20 km."""
    rng = np.random.default_rng(seed)
    while True:
        lat, lon, alt = rng.uniform(-1.3, 1.3), rng.uniform(-3.0, 3.0), rng.uniform(101e3, 1_200e3)
        speed, climb, azimuth = rng.uniform(1000, 6500), rng.uniform(-0.9, 1.2), rng.uniform(0.0, 2.0 * math.pi)
        flat = speed * math.cos(climb)
        x = body(lat, lon, alt, (flat * math.sin(azimuth), flat * math.cos(azimuth), speed * math.sin(climb)))
        end = np.empty(6)
        _, status = to_ground(x, 0.0, 1.0, end)
        if status == 0 and end[:3] @ end[3:] < -math.sin(STEEP) * np.linalg.norm(end[:3]) * np.linalg.norm(end[3:]):
            break
    scale = np.repeat([10 ** rng.uniform(1.3, 4.3), 10 ** rng.uniform(0.0, 2.0)], 3)
    root = rng.normal(size=(6, 6))
    return x, scale[:, None] * (root @ root.T / 6 + 0.1 * np.eye(6)) * scale


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("seed", range(40))
def test_areas_in_closed_form_are_those_of_flown_sigma_points(seed, sign):
    """All over the Earth, short flights and long; drag unknown by a third. Time within 2 s, and its spread within a tenth."""
    (x, P), cov = somewhere(seed), np.empty((2, 2))
    if sign > 0:
        lat, lon, t, sigma_t, status = impact_area(x, P, 0.0, LN_BETA, 0.35, cov)
    else:
        lat, lon, t, sigma_t, status = launch_area(x, P, 0.0, 0.0, 0.0, cov)
    assert status == 0
    place, when, expected, spread_t = flown(x, P, sign, 0.35)
    enu = np.empty((3, 3))
    enu_axes(*place, enu)
    apart = enu @ (np.array(ecef_from_geodetic(lat, lon, 0.0)) - ecef_from_geodetic(*place, 0.0))
    white = np.linalg.inv(np.linalg.cholesky(expected))
    axes = np.sqrt(np.linalg.eigvalsh(white @ cov @ white.T))
    np.testing.assert_allclose(axes, 1.0, atol=WIDTH)
    assert np.linalg.norm(white @ apart[:2]) < SHIFT
    assert abs(t - when) < 2.0
    assert sigma_t == pytest.approx(spread_t, rel=0.1)


@pytest.mark.parametrize("climb", [-2000.0, -100.0, 900.0])
@pytest.mark.parametrize("alt", [5e3, 20e3, 60e3, 99e3])
def test_areas_of_bodies_in_the_air_are_those_of_flown_sigma_points(alt, climb):
    """Steeply down, nearly the same; flat or rising, where drag is most of what happens, all are flown, in longer steps."""
    x, P, cov = body(alt=alt, speed=(1500.0, 1500.0, climb)), np.diag([300.0] * 3 + [10.0] * 3) ** 2, np.empty((2, 2))
    lat, lon, t, sigma_t, status = impact_area(x, P, 0.0, LN_BETA, 0.35, cov)
    place, when, expected, spread_t = flown(x, P, 1.0, 0.35)
    assert status == 0
    enu = np.empty((3, 3))
    enu_axes(*place, enu)
    apart = enu @ (np.array(ecef_from_geodetic(lat, lon, 0.0)) - ecef_from_geodetic(*place, 0.0))
    white = np.linalg.inv(np.linalg.cholesky(expected))
    steep = climb < -1000.0
    np.testing.assert_allclose(np.sqrt(np.linalg.eigvalsh(white @ cov @ white.T)), 1.0, atol=WIDTH if steep else LONGER)
    assert np.linalg.norm(white @ apart[:2]) < (SHIFT if steep else LONGER)
    assert t == pytest.approx(when, abs=0.3 if steep else 0.1)
    assert sigma_t == pytest.approx(spread_t, rel=0.1 if steep else LONGER)


def test_the_allowance_for_boost_widens_the_launch_area():
    P, narrow, wide = 100.0 * np.eye(6), np.empty((2, 2)), np.empty((2, 2))
    a = launch_area(body(), P, 50.0, 0.0, 0.0, narrow)
    b = launch_area(body(), P, 50.0, 20e3, 30.0, wide)
    assert a[:3] == b[:3]
    np.testing.assert_allclose(wide - narrow, 4e8 * np.eye(2), rtol=1e-9)
    assert b[3] == pytest.approx(math.hypot(a[3], 30.0))
