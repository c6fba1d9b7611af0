"""Arcs side by side in lanes end where arcs flown alone end, in any company."""

import math

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.constants import OMEGA
from entente.physics import lanes
from entente.physics.dop853 import END, LANES, LENGTH, POINT, SLOPE, START
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes
from entente.physics.forces import NO_AIR, SMOOTH, STANDARD, free_fall, rates
from entente.physics.integrate import FASTEST, advance, next_length

pytestmark = pytest.mark.kernel

ULPS = 2.0  # units in the last place: what `exponential` promises
ROUNDING = 1e-14  # relative: the forces are the same sums in another order
TOLERANCE = 1e-10  # of one step
CLOSE = 0.05  # m: 1e-10 of an Earth radius is 0.6 mm a step, which the way down can make tens of times larger
METRE = 1.0  # m: what the fast setting promises at the ground
FAST, FINE = 5e-8, 1e-13  # tolerances of one step
MANY = 12 if numba.config.DISABLE_JIT else 3_000  # arcs; as plain Python each takes half a second


def drawn(count, seed, heights=(60e3, 200e3), speeds=(2e3, 8e3), elevations=(-0.8, 1.0)):
    """States climbing or falling [m, m/s, rad], and inverse ballistic coefficients [m^2/kg]."""
    random = np.random.default_rng(seed)
    y, axes = np.empty((count, 6)), np.empty((3, 3))
    for row in y:
        lat, lon = math.asin(random.uniform(-1, 1)), random.uniform(-3, 3)
        enu_axes(lat, lon, axes)
        speed, azimuth, elevation = random.uniform(*speeds), random.uniform(0, 6.28), random.uniform(*elevations)
        level = speed * math.cos(elevation)
        row[:3] = ecef_from_geodetic(lat, lon, random.uniform(*heights))
        row[3:] = axes.T @ [level * math.sin(azimuth), level * math.cos(azimuth), speed * math.sin(elevation)]
    return y, 1.0 / random.uniform(3e3, 1e4, count)


def down_in(y, inv_beta, longest=3_000.0):
    """Times [s] at which bodies are within 20 s of the ground, at the most `longest`."""
    times = np.empty(len(y))
    for body, state in enumerate(y.copy()):
        t, arc = 0.0, free_fall(inv_beta[body], OMEGA, SMOOTH)
        while altitude(*state[:3]) > 0.0 and t < longest:
            before, t = state.copy(), t + 20.0
            advance(t - 20.0, state, t, arc, TOLERANCE)
        times[body] = t - 20.0
        assert altitude(*before[:3]) > 0.0
    return times


def flown(y, t_end, inv_beta, air, tolerance=TOLERANCE):
    """Where arcs end, and how they went."""
    y, status = y.copy(), np.full(len(y), -1.0)
    lanes.advance_many(y, t_end, inv_beta, OMEGA, air, tolerance, status)
    return y, status


def alone(y, t_end, inv_beta, air):
    """Where arcs end that are flown one by one."""
    y = y.copy()
    for body, state in enumerate(y):
        assert advance(0.0, state, t_end[body], free_fall(inv_beta[body], OMEGA, air), TOLERANCE) == 0
    return y


@given(st.floats(-700.0, 700.0))
def test_the_exponential_is_that_of_the_library(x):
    """From -700 to 700: two units in the last place."""
    assert abs(lanes.exponential(x) - math.exp(x)) <= ULPS * math.ulp(math.exp(x))


def test_the_exponential_at_many_places():
    """The same in even steps, which meet every power of 2."""
    for x in np.linspace(-700.0, 50.0, 20_001):
        assert abs(lanes.exponential(x) - math.exp(x)) <= ULPS * math.ulp(math.exp(x)), x


def test_the_exponential_beyond_its_ends():
    assert lanes.exponential(-1e300) == lanes.exponential(-700.0) > 0.0
    assert lanes.exponential(1e300) == lanes.exponential(700.0) < math.inf
    assert math.isnan(lanes.exponential(math.nan))
    assert lanes.exponential(0.0) == 1.0


@pytest.mark.parametrize("air", [SMOOTH, NO_AIR])
def test_the_forces_are_those_of_one_body(air):
    y, inv_beta = drawn(LANES, 1)
    many, one = np.zeros(lanes.SIZE), np.empty(6)
    many[POINT : POINT + 6 * LANES] = y.T.ravel()
    many[lanes.INV_BETA : lanes.INV_BETA + LANES] = inv_beta if air == SMOOTH else 0.0
    lanes.slopes(many, OMEGA)
    found = many[SLOPE : SLOPE + 6 * LANES].reshape(6, LANES).T
    for body in range(LANES):
        rates(0.0, y[body], free_fall(inv_beta[body], OMEGA, air), one)
        # Density multiplies the height's rounding, 1e-9 m, by 1/6,700 m.
        np.testing.assert_allclose(found[body, :3], one[:3], rtol=0, atol=0)
        np.testing.assert_allclose(found[body, 3:], one[3:], rtol=0, atol=100 * ROUNDING * np.linalg.norm(one[3:]))


@pytest.mark.parametrize("error", [0.0, 1e-6, 0.9, 1.5, 1e3, 1e9, math.inf, math.nan])
def test_the_next_length_is_that_of_one_body(error):
    """As `next_length`, also where a step broke down; but none grows after a refusal."""
    many, h, later = np.zeros(lanes.SIZE), 8.0, 20.0
    many[POINT : POINT + LANES] = error * TOLERANCE
    many[LENGTH : LENGTH + LANES], many[lanes.UNTIL : lanes.UNTIL + LANES] = h, later
    many[lanes.GROWTH], many[lanes.GROWTH + 1] = FASTEST, 1.0
    many[START], many[END], many[END + 1] = 5.0, 7.0, 7.0
    lanes.judge(many, TOLERANCE)
    good = error <= 1.0
    assert many[lanes.TRY] == pytest.approx(next_length(h, error, FASTEST), rel=100 * ROUNDING)
    assert many[lanes.TRY + 1] == pytest.approx(next_length(h, error, 1.0), rel=100 * ROUNDING)
    assert many[lanes.GROWTH] == (FASTEST if good else 1.0)
    assert many[lanes.TIME] == (h if good else 0.0)
    assert many[START : START + 2].tolist() == ([7.0, 7.0] if good else [5.0, 0.0])


@pytest.mark.parametrize("air", [SMOOTH, NO_AIR])
def test_arcs_end_where_arcs_flown_alone_end(air):
    """Down to the ground, and one that does not fly at all: 5 cm."""
    y, inv_beta = drawn(LANES + 3, 2)
    t_end = down_in(y, inv_beta, 1_000.0)
    t_end[5] = 0.0
    ends, status = flown(y, t_end, inv_beta, air)
    assert not status.any()
    assert (ends[5] == y[5]).all()
    away = np.linalg.norm((ends - alone(y, t_end, inv_beta, air))[:, :3], axis=1)
    assert away.max() < CLOSE


@settings(max_examples=3 if numba.config.DISABLE_JIT else 25)
@given(st.integers(0, 10_000), st.floats(-300.0, 60.0))
def test_arcs_run_backward_too(seed, duration):
    """Without air, whatever the sign of the time."""
    y, inv_beta = drawn(3, seed)
    t_end = np.array([duration, -0.5 * duration, 0.1 * duration])
    ends, status = flown(y, t_end, inv_beta, NO_AIR)
    assert not status.any()
    np.testing.assert_allclose(ends[:, :3], alone(y, t_end, inv_beta, NO_AIR)[:, :3], rtol=0, atol=CLOSE)


def test_what_came_down_goes_up_again():
    """In the smooth air too, time turned round leads back to where the arc began."""
    y, inv_beta = drawn(3, 5)
    t_end = np.minimum(down_in(y, inv_beta, 300.0), 30.0)
    ends, _ = flown(y, t_end, inv_beta, SMOOTH, FINE)
    back, status = flown(ends, -t_end, inv_beta, SMOOTH, FINE)
    assert not status.any()
    np.testing.assert_allclose(back[:, :3], y[:, :3], rtol=0, atol=CLOSE)


def test_company_and_order_mean_nothing():
    """The same to the last bit: all at once, turned round, one by one."""
    y, inv_beta = drawn(2 * LANES + 5, 3)
    t_end = np.linspace(0.0, 150.0, len(y))
    ends, _ = flown(y, t_end, inv_beta, SMOOTH)
    turned, _ = flown(y[::-1], t_end[::-1].copy(), inv_beta[::-1].copy(), SMOOTH)
    assert (turned[::-1] == ends).all()
    for body in (0, 7, 20):
        one = slice(body, body + 1)
        assert (flown(y[one], t_end[one], inv_beta[one], SMOOTH)[0] == ends[one]).all()


def test_nothing_to_do():
    ends, status = flown(np.empty((0, 6)), np.empty(0), np.empty(0), SMOOTH)
    assert ends.shape == (0, 6)
    assert status.shape == (0,)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_marked_and_spoils_nothing(wrong):
    y, inv_beta = drawn(LANES + 4, 4)
    t_end = np.full(len(y), 40.0)
    ends, _ = flown(y, t_end, inv_beta, SMOOTH)
    spoilt, late, light = y.copy(), t_end.copy(), inv_beta.copy()
    spoilt[2, 4], late[5], light[9] = wrong, wrong, wrong
    found, status = flown(spoilt, late, light, SMOOTH)
    assert set(np.flatnonzero(status)) == {2, 5, 9}
    assert (status[[2, 5, 9]] == 3.0).all()
    good = status == 0.0
    assert (found[good] == ends[good]).all()


def test_what_breaks_down_on_its_way_spoils_nothing():
    """A body that falls into the Earth's centre gets status 3 when its steps are used up; the others fly on."""
    y, inv_beta = drawn(4, 6)
    t_end = np.full(4, 60.0)
    ends, _ = flown(y, t_end, inv_beta, NO_AIR)
    y[1] = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    status = np.full(4, -1.0)
    with np.errstate(all="ignore"):
        lanes._in_lanes(y, t_end, inv_beta, OMEGA, NO_AIR, TOLERANCE, status, 60)
    assert status.tolist() == [0.0, 3.0, 0.0, 0.0]
    assert (y[[0, 2, 3]] == ends[[0, 2, 3]]).all()


def test_too_few_steps_are_said():
    y, inv_beta = drawn(3, 7)
    t_end, status = np.array([0.0, 2_000.0, 2_000.0]), np.full(3, -1.0)
    lanes._in_lanes(y, t_end, inv_beta, OMEGA, NO_AIR, TOLERANCE, status, 2)
    assert status.tolist() == [0.0, 3.0, 3.0]
    assert np.isfinite(y).all()


def test_in_the_standard_air_arcs_are_flown_alone():
    y, inv_beta = drawn(3, 8)
    t_end = np.full(3, 30.0)
    ends, status = flown(y, t_end, inv_beta, STANDARD)
    assert not status.any()
    assert (ends == alone(y, t_end, inv_beta, STANDARD)).all()


def test_the_fast_setting_is_good_to_a_metre():
    """From 200 km to the ground, 2 to 7 km/s, 15 to 60 degrees up, against 1e-13."""
    y, inv_beta = drawn(MANY, 9, (200e3, 200e3), (2e3, 7e3), (0.26, 1.05))
    t_end = down_in(y, inv_beta, 3_000.0 if MANY > 100 else 100.0)
    fast, status = flown(y, t_end, inv_beta, SMOOTH, FAST)
    assert not status.any()
    fine, status = flown(y, t_end, inv_beta, SMOOTH, FINE)
    assert not status.any()
    assert np.linalg.norm((fast - fine)[:, :3], axis=1).max() < METRE
