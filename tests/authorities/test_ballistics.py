"""Closed forms of free flight against published ones, and against flying the arc."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from entente.constants import GM, R_MEAN
from entente.physics import ballistics
from entente.physics.ballistics import farthest, through_apogee

METRE = 1.0  # m over up to 13,000 km; DOP853 at 1e-12 against closed forms good to rounding


def flown(speed, angle):
    """Range [m], apogee [m] and time [s] of an arc over a sphere, by integrating it in its plane."""

    def slope(_t, y):
        pull = -GM / math.hypot(y[0], y[1]) ** 3
        return [y[2], y[3], pull * y[0], pull * y[1]]

    def ground(_t, y):
        return math.hypot(y[0], y[1]) - R_MEAN

    def top(_t, y):
        return y[0] * y[2] + y[1] * y[3]

    ground.terminal, ground.direction, top.direction = True, -1, -1
    start = [0.0, R_MEAN, speed * math.cos(angle), speed * math.sin(angle)]
    arc = solve_ivp(slope, (0, 20_000), start, "DOP853", rtol=1e-12, atol=1e-9, events=(ground, top))
    x, y = arc.y[:2, -1]
    highest = arc.y_events[1][0]
    return math.atan2(x, y) % (2 * math.pi) * R_MEAN, math.hypot(highest[0], highest[1]) - R_MEAN, arc.t[-1]


def test_minimum_energy_is_wheelons(minimum_energy, agrees):
    """Wheelon (1959), 13 ranges from 300 to 13,000 km: speed, angle, apogee, time within 0.1 %."""
    ground_range = minimum_energy["range_km"] * 1e3
    speed, angle, apogee = ballistics.minimum_energy(ground_range)
    time = through_apogee(ground_range, apogee)[2]
    computed = {"speed": speed / 1e3, "angle": math.degrees(angle), "apogee": apogee / 1e3, "time": time}
    agrees(computed[minimum_energy["what"]], minimum_energy)


def test_lofted_arcs_take_keplers_time(lofted_tests, agrees):
    """Seven lofted flights of 2017 to 2024: time of free flight within 0.1 %."""
    _, _, time = through_apogee(lofted_tests["range_km"] * 1e3, lofted_tests["apogee_km"] * 1e3)
    agrees(time, lofted_tests)


def test_lofted_flights_took_longer_than_free_flight(lofted_tests):
    """Reported times exceed free flight by the boost: 90 to 290 s."""
    _, _, time = through_apogee(lofted_tests["range_km"] * 1e3, lofted_tests["apogee_km"] * 1e3)
    assert 90.0 < lofted_tests["reported_s"] - time < 290.0


@pytest.mark.parametrize("ground_range", [300e3, 2_700e3, 10_000e3, 13_000e3])
@pytest.mark.parametrize("loft", [0.3, 1.0, 3.0])
def test_closed_forms_describe_what_flies(ground_range, loft):
    """SciPy's DOP853 at 1e-12 flies the arc: range and apogee within 1 m, time within 1 ms."""
    apogee = loft * ballistics.minimum_energy(ground_range)[2]
    speed, angle, time = through_apogee(ground_range, apogee)
    got_range, got_apogee, got_time = flown(speed, angle)
    assert abs(got_range - ground_range) < METRE
    assert abs(got_apogee - apogee) < METRE
    assert abs(got_time - time) < 1e-3


@pytest.mark.parametrize("ground_range", [300e3, 2_700e3, 10_000e3])
def test_no_slower_arc_covers_the_range(ground_range):
    """Brute force over 4,001 apogees: none needs less speed, and `farthest` is the inverse."""
    speed, angle, apogee = ballistics.minimum_energy(ground_range)
    assert abs(farthest(speed) - ground_range) < METRE
    through = through_apogee(ground_range, apogee)
    assert through[0] == pytest.approx(speed, rel=1e-12)
    assert through[1] == pytest.approx(angle, abs=1e-9)
    slowest = through_apogee(ground_range, np.linspace(0.2, 5.0, 4001) * apogee)[0].min()
    assert slowest >= speed * (1.0 - 1e-12)
    assert slowest == pytest.approx(speed, rel=1e-6)


def test_from_orbital_speed_on_everything_is_within_reach():
    """At and above the speed of a low orbit the farthest point is the antipode."""
    orbital = math.sqrt(GM / R_MEAN)
    assert farthest(np.array([orbital, 2.0 * orbital])) == pytest.approx(math.pi * R_MEAN)
    assert farthest(0.0) == 0.0
