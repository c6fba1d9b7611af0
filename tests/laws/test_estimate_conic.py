"""Laws of the closed-form fall: the integrator's path, energy kept, the same way back, what never comes down."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from entente.constants import GM, R_MEAN
from entente.estimate.conic import fall

pytestmark = pytest.mark.kernel

CLOSE = 0.1  # m; DOP853 at 1e-11 over half an hour

bodies = st.tuples(
    st.floats(1e3, 1.2e6), st.floats(10.0, 7_000.0), st.floats(-1.3, 1.5), st.floats(-1.4, 1.4), st.floats(0.0, 6.28)
)


def state(alt, speed, climb, lat, azimuth):
    """Place and velocity above the sphere R_MEAN."""
    up = np.array([math.cos(lat), 0.0, math.sin(lat)])
    east, north = np.array([0.0, 1.0, 0.0]), np.array([-math.sin(lat), 0.0, math.cos(lat)])
    level = math.sin(azimuth) * east + math.cos(azimuth) * north
    return (R_MEAN + alt) * up, speed * (math.cos(climb) * level + math.sin(climb) * up)


def flown(r, v):
    """Where an integrator meets the sphere, and when."""

    def slope(_t, y):
        return np.concatenate([y[3:], -GM * y[:3] / np.linalg.norm(y[:3]) ** 3])

    def ground(_t, y):
        return np.linalg.norm(y[:3]) - R_MEAN

    ground.terminal, ground.direction = True, -1
    answer = solve_ivp(slope, (0, 9000), [*r, *v], "DOP853", rtol=1e-11, atol=1e-5, events=ground)
    return answer.y[:3, -1], answer.t[-1]


@given(bodies)
def test_the_end_is_the_integrators(body):
    r, v = state(*body)
    *place, dt, status = fall(*r, *v, R_MEAN)
    assume(status == 0)
    assume(np.dot(place, r) < 0.99999 * R_MEAN * np.linalg.norm(r) or dt < 1000.0)
    there, then = flown(r, v)
    grazing = abs(math.sin(body[2])) < 0.02
    assert np.linalg.norm(np.array(place) - there) < (1e3 if grazing else CLOSE * max(1.0, dt / 100.0))
    assert dt == pytest.approx(then, abs=1.0 if grazing else 1e-2)
    assert np.linalg.norm(place) == pytest.approx(R_MEAN, rel=1e-12)


@pytest.mark.parametrize("climb", [0.0, 1.5707963267948966])
def test_straight_up_and_level(climb):
    """The limits: thrown straight up it comes straight down; level, it falls as a thrown stone does."""
    r, v = state(200e3, 1_000.0, climb, 0.3, 1.0)
    *place, dt, status = fall(*r, *v, R_MEAN)
    there, then = flown(r, v)
    assert status == 0
    assert np.linalg.norm(np.array(place) - there) < CLOSE
    assert dt == pytest.approx(then, abs=1e-3)


def test_there_and_back_is_the_same_way():
    """Time turned round: what comes down at a place was thrown from the place where the turned fall ends."""
    r, v = state(400e3, 4_000.0, 0.5, 0.8, 2.0)
    *foot, before, _ = fall(*r, *(-v), R_MEAN)
    *end, after, _ = fall(*r, *v, R_MEAN)
    away = np.linalg.norm(np.array(end) - foot)
    energy = 0.5 * v @ v - GM / np.linalg.norm(r)
    # From the foot with the speed that energy gives, along the way that the arc had there.
    h = 1e-3
    *near, _, _ = fall(*(r + h * v), *(-(v - h * GM * r / np.linalg.norm(r) ** 3)), R_MEAN)
    assert np.linalg.norm(np.array(near) - foot) < 0.1
    assert before > 0.0
    assert after > before
    assert away > 1e6
    assert energy < 0.0


@pytest.mark.parametrize(
    ("speed", "climb"), [(7_800.0, 0.0), (12_000.0, 1.5), (12_000.0, -1.5), (math.nan, 0.0), (11_500.0, 0.0)]
)
def test_what_orbits_or_escapes_never_comes_down(speed, climb):
    *numbers, status = fall(*np.concatenate(state(300e3, speed, climb, 0.3, 1.0)), R_MEAN)
    assert status == 2
    assert all(math.isnan(number) for number in numbers)


def test_below_the_ground_and_sinking_is_put_onto_it():
    r, v = state(-500.0, 100.0, -0.5, 0.3, 1.0)
    *place, dt, status = fall(*r, *v, R_MEAN)
    assert (dt, status) == (0.0, 0)
    np.testing.assert_allclose(place, r * R_MEAN / np.linalg.norm(r), rtol=1e-12)
    *_, dt, status = fall(*r, *(-10.0 * v), R_MEAN)  # rising, it comes out and down again; too slow to come out, never
    assert status == 0
    assert 80.0 < dt < 100.0
    assert fall(*r, *(-v), R_MEAN)[-1] == 2
