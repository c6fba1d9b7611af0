"""Laws of the passage through the air: the air in its slices, a fine integration, no air, more air."""

import math

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from entente.constants import GM, R_MEAN
from entente.estimate.passage import AIR, HEIGHT, TOP, passage
from entente.physics.atmosphere import density

pytestmark = pytest.mark.kernel

PLACE = 0.05  # relative, of the way that the air costs
TIME = 0.10  # relative, of the time that it costs; worst for blunt bodies near their last speed

entries = [(7000, 22), (7000, 40), (4500, 40), (3500, 50), (3500, 25), (2000, 60), (1500, 45)]  # m/s, degrees


def fine(sink, across, k, alt=TOP):
    """The same fall by DOP853, over height."""

    def slope(fallen, y):
        u, w, r = y[0], y[1], R_MEAN + alt - fallen
        drag = k * density(alt - fallen) * math.hypot(u, w)
        return [(u * w / r - drag * u) / w, (GM / r**2 - u * u / r - drag * w) / w, u / w * R_MEAN / r, 1.0 / w]

    return solve_ivp(slope, (0, alt), [across, sink, 0, 0], "DOP853", rtol=1e-9, atol=1e-6, max_step=2e3).y[2:, -1]


def test_the_air_in_a_slice_is_the_integral_of_the_density():
    corners = [11e3, 20e3, 32e3, 47e3, 51e3, 71e3, 86e3, 90e3, 95e3]
    for low, high, air in zip(HEIGHT[1:], HEIGHT[:-1], AIR, strict=True):
        inside = [h for h in corners if low < h < high]
        assert air == pytest.approx(quad(density, low, high, points=inside or None)[0], rel=1e-4)


@pytest.mark.parametrize("beta", [700.0, 2_000.0, 5_000.0, 12_000.0])
@pytest.mark.parametrize(("speed", "angle"), entries)
def test_what_the_air_costs_is_what_a_fine_integration_says(speed, angle, beta):
    sink, across = speed * math.sin(math.radians(angle)), speed * math.cos(math.radians(angle))
    cost = np.array(passage(TOP, sink, across, 0.5 / beta)) - passage(TOP, sink, across, 0.0)
    expected = fine(sink, across, 0.5 / beta) - fine(sink, across, 0.0)
    assert cost[0] < 0.0 < cost[1]
    assert cost[0] == pytest.approx(expected[0], rel=PLACE)
    assert cost[1] == pytest.approx(expected[1], rel=TIME)


@pytest.mark.parametrize("alt", [90e3, 61e3, 50e3, 33e3, 20e3, 9e3, 3e3, 500.0])
@pytest.mark.parametrize("beta", [1_000.0, 5_000.0])
def test_it_may_begin_anywhere_in_the_air(alt, beta):
    """As good from within a slice, but for ten metres."""
    cost = np.array(passage(alt, 2000.0, 1500.0, 0.5 / beta)) - passage(alt, 2000.0, 1500.0, 0.0)
    expected = fine(2000.0, 1500.0, 0.5 / beta, alt) - fine(2000.0, 1500.0, 0.0, alt)
    assert cost[0] == pytest.approx(expected[0], rel=PLACE, abs=10.0)
    assert cost[1] == pytest.approx(expected[1], rel=TIME, abs=0.01)


def test_without_air_it_is_a_thrown_stone():
    """Straight down: the time that energy gives; a plane answer, good to the change of gravity on the way."""
    _, time = passage(TOP, 1000.0, 1e-9, 0.0)
    g = GM / (R_MEAN + 50e3) ** 2
    assert time == pytest.approx((math.sqrt(1000.0**2 + 2 * g * TOP) - 1000.0) / g, rel=2e-3)


def test_more_drag_is_shorter_and_later():
    ways, times = np.array([passage(TOP, 1500.0, 2000.0, k) for k in np.linspace(0.0, 1e-3, 40)]).T
    assert (np.diff(ways) < 0.0).all()
    assert (np.diff(times) > 0.0).all()


@pytest.mark.parametrize("k", [0.1, 10.0])
def test_a_feather_still_comes_down(k):
    """However dense the air: finite numbers, straight down in the end."""
    way, time = passage(TOP, 1500.0, 2000.0, k)
    assert 0.0 < way < 200e3
    assert 100.0 < time < 1e5
