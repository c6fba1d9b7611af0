"""Laws of falling through air: another integrator, derivatives, the ballistic filter above, statuses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from entente.estimate.kalman import angles_measure, predict_ballistic, radar_measure
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.predict import falling_area, height, impact_area, launch_area, to_ground
from entente.estimate.reentry import air_step, falling_at, falling_transition, predict_falling, stays_above, stride
from entente.physics.atmosphere import EDGES, density, density_and_slope
from entente.physics.earth import ecef_from_geodetic, enu_axes, geodetic_from_ecef
from entente.physics.gravity import ecef_acceleration

pytestmark = pytest.mark.kernel

CENTRAL = 2e-6  # relative; central differences, steps near the cube root of rounding
IN_AIR = 2.0  # m; steps of 4 km way through drag whose density has corners, against DOP853 at 1e-10
SLOPES = (
    0.015  # relative, of the largest entry in a block; by ln beta, from steps of 16 km way above 50 km; 0.004 elsewhere
)
LN_BETA = math.log(3000.0)


def body(alt, speed, ln_beta=LN_BETA, lat=0.6, lon=0.8):
    """A state (7,) given in local axes."""
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    return np.concatenate([ecef_from_geodetic(lat, lon, alt), enu.T @ np.array(speed), [ln_beta]])


def fine(x, dt):
    """The same fall by SciPy's integrator."""

    def slope(_t, y):
        a = np.array(ecef_acceleration(*y))
        alt = height(y)
        if alt < AIR_TOP:
            a -= 0.5 * math.exp(-x[6]) * density(alt) * math.sqrt(y[3:] @ y[3:]) * y[3:]
        return np.concatenate([y[3:], a])

    return solve_ivp(slope, (0.0, dt), x[:6], "DOP853", rtol=1e-11, atol=1e-5, max_step=2.0).y[:, -1]


FALLS = [
    (101e3, (1500.0, 1500.0, -2500.0), LN_BETA, 10.0),
    (130e3, (1500.0, 1500.0, -2500.0), LN_BETA, 30.0),
    (60e3, (-2500.0, 500.0, -2500.0), math.log(8000.0), 10.0),
    (30e3, (500.0, 1500.0, -1500.0), math.log(1500.0), 10.0),
    (20e3, (300.0, 500.0, -900.0), math.log(400.0), 10.0),
    (300.0, (100.0, 300.0, 500.0), LN_BETA, 5.0),
]


@pytest.mark.parametrize(("alt", "speed", "ln_beta", "dt"), FALLS)
def test_the_way_through_air_is_dop853s(alt, speed, ln_beta, dt):
    x, x_out, F = body(alt, speed, ln_beta), np.empty(7), np.empty((7, 7))
    assert falling_transition(x, dt, x_out, F) == 0
    end = fine(x, dt)
    assert np.linalg.norm(x_out[:3] - end[:3]) < IN_AIR
    assert np.linalg.norm(x_out[3:6] - end[3:]) < IN_AIR
    assert x_out[6] == ln_beta
    assert F[6].tolist() == [0.0] * 6 + [1.0]
    alone = np.empty(7)
    assert falling_at(x, dt, alone) == 0
    np.testing.assert_allclose(alone, x_out, rtol=1e-12)


@pytest.mark.parametrize(("alt", "speed", "ln_beta", "dt"), FALLS)
def test_the_transition_is_the_slope_of_a_fine_integration(alt, speed, ln_beta, dt):
    x, F, slopes = body(alt, speed, ln_beta), np.empty((7, 7)), np.empty((6, 7))
    falling_transition(x, dt, np.empty(7), F)
    for j, h in enumerate([10.0] * 3 + [1.0] * 3 + [1e-2]):
        e = h * np.eye(7)[j]
        slopes[:, j] = (fine(x + e, dt) - fine(x - e, dt)) / (2.0 * h)
    for rows in (slice(0, 3), slice(3, 6)):
        for columns in (slice(0, 3), slice(3, 6), slice(6, 7)):
            a, b = F[rows, columns], slopes[rows, columns]
            # Above dense air drag is so small that a hundredth of it is nothing.
            assert np.abs(a - b).max() < SLOPES * np.abs(b).max() + 2e-5


@given(
    st.floats(500.0, 99e3),
    st.tuples(*[st.floats(-2500.0, 2500.0)] * 3).filter(lambda v: np.linalg.norm(v) > 10.0),
    st.floats(math.log(300.0), math.log(2e4)),
    st.floats(-1.5, 1.5),
)
def test_a_steps_derivative_is_exact_for_it(alt, speed, ln_beta, lat):
    h, x = 0.4, body(alt, speed, ln_beta, lat)
    F, spare, up, down = np.empty((6, 7)), np.empty((6, 7)), np.empty(7), np.empty(7)
    edges = np.append(EDGES, 0.0)
    if np.abs(edges - alt).min() < 0.5 * h * abs(speed[2]) + 600.0:
        return  # a step across an edge has a bend in it
    air_step(x, h, np.empty(7), F)
    for j, e in enumerate([10.0] * 3 + [0.3] * 3 + [1e-4]):
        air_step(x + e * np.eye(7)[j], h, up, spare)
        air_step(x - e * np.eye(7)[j], h, down, spare)
        slope = (up - down)[:6] / (2.0 * e)
        scale = np.array([1.0] * 3 + [1.0] * 3) * (1.0 if j < 6 else 100.0)
        np.testing.assert_allclose(F[:, j] / scale, slope / scale, rtol=20 * CENTRAL, atol=20 * CENTRAL)


@given(st.floats(0.0, 99e3).filter(lambda z: np.abs(EDGES - z).min() > 2.0))
def test_the_airs_slope_is_that_of_its_density(alt):
    dense, slope = density_and_slope(alt)
    assert dense == pytest.approx(density(alt), rel=1e-14)
    assert slope == pytest.approx((math.log(density(alt + 1.0)) - math.log(density(alt - 1.0))) / 2.0, rel=1e-5)


def test_there_is_no_air_to_thin_out_above_its_top():
    assert density_and_slope(1.1e6) == (0.0, 0.0)
    assert density_and_slope(500e3)[1] == pytest.approx(math.log(density(500.5e3) / density(499.5e3)) / 1e3, rel=1e-4)


@pytest.mark.parametrize("dt", [0.0, 10.0, 100.0, -30.0])
def test_above_the_air_it_is_the_ballistic_filter(dt):
    x = body(400e3, (1500.0, 2500.0, 900.0))
    root = np.random.default_rng(2).normal(size=(7, 7)) * np.array([300.0] * 3 + [10.0] * 3 + [0.3])[:, None]
    P, q = root @ root.T, 0.0 if dt < 0.0 else 2.0
    x_out, P_out, six, P_six, F = np.empty(7), np.empty((7, 7)), np.empty(6), np.empty((6, 6)), np.empty((7, 7))
    assert stays_above(x, dt)
    assert predict_falling(x, P, dt, q, 0.0, x_out, P_out) == 0
    assert predict_ballistic(x[:6].copy(), P[:6, :6].copy(), dt, q, six, P_six) == 0
    assert (x_out[:6] == six).all()
    alone = np.empty(7)
    assert falling_at(x, dt, alone) == 0
    np.testing.assert_allclose(alone, x_out, rtol=1e-12)
    np.testing.assert_allclose(P_out[:6, :6], P_six, rtol=1e-13)
    falling_transition(x, dt, x_out, F)
    np.testing.assert_allclose(P_out[:, 6], F @ P[:, 6], rtol=1e-12)
    assert P_out[6, 6] == P[6, 6]
    assert (P_out == P_out.T).all()


@pytest.mark.parametrize(("alt", "speed", "ln_beta", "dt"), FALLS)
def test_a_covariance_goes_through_air_as_its_transition_says(alt, speed, ln_beta, dt):
    x = body(alt, speed, ln_beta)
    root = np.random.default_rng(3).normal(size=(7, 7)) * np.array([30.0] * 3 + [1.0] * 3 + [0.1])[:, None]
    x_out, P, F = np.empty(7), root @ root.T, np.empty((7, 7))
    expected = np.empty((7, 7))
    assert falling_transition(x, dt, x_out, F) == 0
    assert predict_falling(x, P, dt, 0.0, 0.0, x_out, expected) == 0
    np.testing.assert_allclose(expected, F @ P @ F.T, rtol=1e-8, atol=1e-9 * np.abs(P).max())
    x_in, P_in = x.copy(), P.copy()
    assert predict_falling(x_in, P_in, dt, 0.0, 0.0, x_in, P_in) == 0
    assert (P_in == expected).all()
    assert (x_in == x_out).all()


def test_what_the_filter_does_not_know_grows():
    x, x_out, P, Q = body(30e3, (500.0, 1500.0, -1500.0)), np.empty(7), np.empty((7, 7)), np.zeros((7, 7))
    predict_falling(x, Q, 4.0, 3.0, 1e-3, x_out, P)
    assert P[6, 6] == pytest.approx(4e-3)
    # Near flat space: drag takes a tenth of a velocity within the 4 s.
    assert P[3, 3] == pytest.approx(12.0, rel=0.2)
    assert P[0, 0] == pytest.approx(3.0 * 64.0 / 3.0, rel=0.2)
    assert np.linalg.eigvalsh(P).min() > 0.0


def test_time_may_run_back():
    x, there, back, F, G = (
        body(60e3, (1500.0, 0.0, -2500.0)),
        np.empty(7),
        np.empty(7),
        np.empty((7, 7)),
        np.empty((7, 7)),
    )
    falling_transition(x, 6.0, there, F)
    falling_transition(there, -6.0, back, G)
    assert np.linalg.norm(back[:3] - x[:3]) < IN_AIR
    np.testing.assert_allclose((G @ F)[:6, :6], np.eye(6), atol=2e-3)
    assert predict_falling(there, np.eye(7), -6.0, 0.0, 0.0, back, np.empty((7, 7))) == 0


@pytest.mark.parametrize(
    ("alt", "up", "dt", "above"),
    [
        (101e3, 100.0, 10.0, True),
        (101e3, -200.0, 10.0, False),
        (99e3, 3000.0, 1.0, False),
        (150e3, 0.0, 120.0, False),
        (150e3, 0.0, 90.0, True),
        (150e3, 2000.0, -20.0, True),
        (130e3, 2000.0, -20.0, False),
    ],
)
def test_who_meets_no_air(alt, up, dt, above):
    assert stays_above(body(alt, (1000.0, 0.0, up)), dt) == above


def test_strides_shorten_where_the_air_is_dense():
    high, _ = stride(body(200e3, (1000.0, 0.0, 500.0)), 1.0)
    edge, in_air = stride(body(110e3, (1000.0, 0.0, -2000.0)), 1.0)
    thin, inside = stride(body(60e3, (1000.0, 0.0, -2000.0)), 1.0)
    dense, _ = stride(body(20e3, (1000.0, 0.0, -2000.0)), 1.0)
    light, _ = stride(body(20e3, (1000.0, 0.0, -2000.0), math.log(50.0)), 1.0)
    assert (high, in_air, inside) == (20.0, False, True)
    assert edge == pytest.approx(5.1, abs=0.05)
    assert 0.1 > 0.5 * light > 0.0
    assert high > thin > dense > light


@pytest.mark.parametrize(
    ("dt", "q", "walk", "status"),
    [
        (-1.0, 1.0, 0.0, 4), (-1.0, 0.0, 1e-4, 4), (1.0, -1.0, 0.0, 4), (1.0, 0.0, -1.0, 4),
        (math.nan, 0.0, 0.0, 4), (math.inf, 0.0, 0.0, 4), (0.0, 0.0, 0.0, 0), (1.0, 1.0, 1e-4, 0),
    ],
)  # fmt: skip
def test_times_and_noises_that_are_not_allowed(dt, q, walk, status):
    x = body(50e3, (1000.0, 0.0, -2000.0))
    assert predict_falling(x, np.eye(7), dt, q, walk, np.empty(7), np.empty((7, 7))) == status


@pytest.mark.parametrize("ln_beta", [-1.0, 30.0, math.nan])
def test_a_coefficient_that_no_body_has_is_said(ln_beta):
    x = body(50e3, (1000.0, 0.0, -2000.0), ln_beta)
    assert predict_falling(x, np.eye(7), 1.0, 0.0, 0.0, np.empty(7), np.empty((7, 7))) == 2
    assert falling_transition(x, 1.0, np.empty(7), np.empty((7, 7))) == 2
    assert falling_transition(x, math.inf, np.empty(7), np.empty((7, 7))) == 4
    assert falling_at(x, math.inf, np.empty(7)) == 4
    assert falling_at(x, 1.0, np.empty(7)) == 2


def test_what_would_take_for_ever_is_given_up():
    x = body(20e3, (100.0, 0.0, -200.0))
    assert predict_falling(x, np.eye(7), 1e7, 0.0, 0.0, np.empty(7), np.empty((7, 7))) == 1
    assert falling_transition(x, 1e7, np.empty(7), np.empty((7, 7))) == 1
    assert falling_at(x, 1e7, np.empty(7)) == 1


def test_deep_inside_the_earth_there_is_no_answer():
    x = body(-200e3, (10.0, 0.0, -20.0))
    assert predict_falling(x, np.eye(7), 1.0, 0.0, 0.0, np.empty(7), np.empty((7, 7))) == 2
    still = body(-5.0, (0.0, 0.0, 0.0))
    assert predict_falling(still, np.eye(7), 1.0, 0.0, 0.0, np.empty(7), np.empty((7, 7))) == 0


def test_measurements_say_nothing_of_drag_directly():
    enu = np.empty((3, 3))
    enu_axes(0.6, 0.7, enu)
    site = np.array(ecef_from_geodetic(0.6, 0.7, 0.0))
    x = body(50e3, (1000.0, 0.0, -2000.0))
    z, H, six = np.empty(3), np.full((3, 7), math.nan), np.empty((3, 6))
    assert radar_measure(x, site, enu, z, H) == 0
    radar_measure(x, site, enu, z, six)
    assert (H[:, :6] == six).all()
    assert (H[:, 6] == 0.0).all()
    two, J = np.empty(2), np.full((2, 7), math.nan)
    assert angles_measure(x, site, enu, two, J) == 0
    assert (H[1:] == J).all()
    assert (two == z[1:]).all()


@pytest.mark.parametrize("alt", [300e3, 90e3, 30e3])
@pytest.mark.parametrize("climb", [-1500.0, 300.0])
def test_an_area_without_correlation_is_the_old_one(alt, climb):
    x, cov, old = body(alt, (900.0, 1200.0, climb)), np.empty((2, 2)), np.empty((2, 2))
    P = np.diag([300.0] * 3 + [10.0] * 3 + [0.3]) ** 2
    new = falling_area(x, P, 50.0, cov)
    assert new == pytest.approx(impact_area(x[:6].copy(), P[:6, :6].copy(), 50.0, LN_BETA, 0.3, old), rel=1e-13)
    np.testing.assert_allclose(cov, old, rtol=1e-12)
    assert new[-1] == 0


@pytest.mark.parametrize(("alt", "climb"), [(250e3, 300.0), (90e3, -1800.0), (30e3, -100.0)])
def test_a_correlated_area_is_that_of_flown_sigma_points(alt, climb):
    """Heavier bodies that also are faster come down much farther: the correlation counts."""
    x, cov, apart = body(alt, (1200.0, 1500.0, climb)), np.empty((2, 2)), np.empty((2, 2))
    root = np.random.default_rng(5).normal(size=(7, 7)) * np.array([200.0] * 3 + [8.0] * 3 + [0.15])[:, None]
    P = root @ root.T
    _, _, t, sigma_t, status = falling_area(x, P, 0.0, cov)
    assert status == 0
    ends = np.empty((14, 4))
    lower = np.linalg.cholesky(7.0 * P)
    for point in range(14):
        y, end = x + (1 - 2 * (point % 2)) * lower[:, point // 2], np.empty(6)
        ends[point, 3], _ = to_ground(y[:6].copy(), 0.5 * math.exp(-y[6]), 1.0, end)
        ends[point, :3] = end[:3]
    mean = ends.mean(axis=0)
    at = geodetic_from_ecef(*mean[:3])
    enu = np.empty((3, 3))
    enu_axes(at[0], at[1], enu)
    offsets = (ends[:, :3] - mean[:3]) @ enu[:2].T
    expected = offsets.T @ offsets / 14
    white = np.linalg.inv(np.linalg.cholesky(expected))
    np.testing.assert_allclose(np.sqrt(np.linalg.eigvalsh(white @ cov @ white.T)), 1.0, atol=0.06)
    assert abs(t - mean[3]) < 0.2 * sigma_t + 0.3
    assert sigma_t == pytest.approx(ends[:, 3].std(), rel=0.1)
    impact_area(x[:6].copy(), P[:6, :6].copy(), 0.0, x[6], math.sqrt(P[6, 6]), apart)
    assert np.abs(np.linalg.eigvalsh(white @ apart @ white.T) - 1.0).max() > 0.1


def test_areas_of_what_is_no_state_are_refused():
    x, cov = body(200e3, (900.0, 1200.0, 0.0)), np.empty((2, 2))
    assert falling_area(x, -np.eye(7), 0.0, cov)[-1] == 4
    x[6] = math.inf
    assert falling_area(x, np.eye(7), 0.0, cov)[-1] == 4
    assert np.isnan(cov).all()


def test_a_launch_area_leaves_drag_alone():
    x, seven, six = body(200e3, (900.0, 1200.0, 300.0)), np.empty((2, 2)), np.empty((2, 2))
    root = np.random.default_rng(6).normal(size=(7, 7)) * np.array([200.0] * 3 + [8.0] * 3 + [0.15])[:, None]
    P = root @ root.T
    assert launch_area(x, P, 0.0, 0.0, 0.0, seven) == launch_area(x[:6].copy(), P[:6, :6].copy(), 0.0, 0.0, 0.0, six)
    assert (seven == six).all()
