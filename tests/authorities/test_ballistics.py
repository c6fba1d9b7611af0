"""Closed forms of free flight against published ones, and against flying the arc."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import entente as en
from entente.constants import GM, OMEGA, R_MEAN
from entente.physics import ballistics
from entente.physics.ballistics import farthest, through_apogee

METRE = 1.0  # m over up to 13,000 km; DOP853 at 1e-12 against closed forms good to rounding


def flown(speed, angle, height=0.0):
    """Range [m], apogee [m] and time [s] of an arc over a sphere, by integrating it in its plane."""

    def ground(_t, y):
        return math.hypot(y[0], y[1]) - R_MEAN

    def top(_t, y):
        return y[0] * y[2] + y[1] * y[3]

    ground.terminal, ground.direction, top.direction = True, -1, -1
    start = [0.0, R_MEAN + height, speed * math.cos(angle), speed * math.sin(angle)]
    arc = solve_ivp(pull, (0, 20_000), start, "DOP853", rtol=1e-12, atol=1e-9, events=(ground, top))
    x, y = arc.y[:2, -1]
    highest = arc.y_events[1][0]
    return math.atan2(x, y) % (2 * math.pi) * R_MEAN, math.hypot(highest[0], highest[1]) - R_MEAN, arc.t[-1]


def pull(_t, y):
    """Derivative of a state in a plane or in space, under a point mass."""
    r, v = np.split(np.asarray(y), 2)
    return np.concatenate([v, -GM / np.linalg.norm(r) ** 3 * r])


def test_lofted_flights_took_longer_than_free_flight(lofted_tests):
    """Reported times exceed free flight by the boost: 90 to 290 s."""
    if "reported_s" in lofted_tests:
        free = en.arc(lofted_tests["range_km"], lofted_tests["apogee_km"]).time_of_flight_s
        assert 90.0 < lofted_tests["reported_s"] - free < 290.0


@pytest.mark.parametrize("height", [0.0, 50e3, 400e3])
@pytest.mark.parametrize("ground_range", [1e3, 300e3, 2_700e3, 10_000e3, 19_000e3])
@pytest.mark.parametrize("loft", [0.3, 1.0, 3.0])
def test_closed_forms_describe_what_flies(ground_range, loft, height):
    """SciPy's DOP853 at 1e-12 flies the arc: range and apogee within 1 m, time within 1 ms."""
    apogee = height + loft * (ballistics.minimum_energy(ground_range, height)[2] - height)
    speed, angle, time = through_apogee(ground_range, apogee, height)
    got_range, got_apogee, got_time = flown(speed, angle, height)
    assert abs(got_range - ground_range) < METRE
    assert abs(got_apogee - apogee) < METRE
    assert abs(got_time - time) < 1e-3


def test_a_steep_loft_of_one_kilometre_comes_down_where_it_should():
    """1 km of range under an apogee of 5,000 km: within 1 m, though the launch is 0.0006 deg off the vertical."""
    speed, angle, time = through_apogee(1e3, 5_000e3)
    got_range, got_apogee, got_time = flown(speed, angle)
    assert abs(got_range - 1e3) < METRE
    assert abs(got_apogee - 5_000e3) < METRE
    assert abs(got_time - time) < 1e-3


@pytest.mark.parametrize("height", [0.0, 200e3, 1_000e3])
@pytest.mark.parametrize("ground_range", [300e3, 2_700e3, 10_000e3])
def test_no_slower_arc_covers_the_range(ground_range, height):
    """Brute force over 4,001 apogees: none needs less speed."""
    speed, angle, apogee, time = ballistics.minimum_energy(ground_range, height)
    through = through_apogee(ground_range, apogee, height)
    assert through[0] == pytest.approx(speed, rel=1e-12)
    assert through[1] == pytest.approx(angle, abs=1e-9)
    assert through[2] == pytest.approx(time, rel=1e-9)
    slowest = through_apogee(ground_range, height + np.linspace(0.2, 5.0, 4001) * (apogee - height), height)[0].min()
    assert slowest >= speed * (1.0 - 1e-12)
    assert slowest == pytest.approx(speed, rel=1e-6)


@pytest.mark.parametrize("ground_range", [300e3, 2_700e3, 10_000e3])
def test_the_farthest_range_is_the_inverse(ground_range):
    """Of the least speed for a range: back within 1 mm, from 300 to 10,000 km."""
    assert abs(farthest(ballistics.minimum_energy(ground_range)[0]) - ground_range) < 1e-3 * METRE


def test_from_orbital_speed_on_everything_is_within_reach():
    """At and above the speed of a low orbit the farthest point is the antipode."""
    orbital = math.sqrt(GM / R_MEAN)
    assert farthest(np.array([orbital, 2.0 * orbital])) == pytest.approx(math.pi * R_MEAN)
    assert farthest(0.0) == 0.0


@pytest.mark.parametrize("apogee_km", [None, 400.0, 6_000.0])
@pytest.mark.parametrize(
    "places",
    [
        (0.0, 0.0, 0.0, 30.0),
        (0.0, 0.0, 0.0, -30.0),
        (45.5, 60.0, 41.0, -100.0),
        (-30.0, 170.0, 10.5, -160.0),
        (64.5, -20.0, 64.5, -20.5),
    ],
)
@pytest.mark.parametrize("height_km", [0.0, 200.0])
def test_a_flight_between_regions_lands_on_the_turned_target(places, apogee_km, height_km):
    """A second way: from the ground-relative launch, fly in inertial axes, spin the Earth: within 1 m of the target."""
    lat, lon, to_lat, to_lon = (math.radians(value) for value in places)
    found = en.arc_between(*places, apogee_km=apogee_km, burnout_altitude_km=height_km)
    r1 = R_MEAN + height_km * 1e3
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    speed, angle, azimuth = (
        found.ground_speed_km_s * 1e3,
        *np.radians([found.ground_angle_deg, found.ground_azimuth_deg]),
    )
    level = math.sin(azimuth) * east + math.cos(azimuth) * np.cross(up, east)
    velocity = speed * (math.cos(angle) * level + math.sin(angle) * up) + np.cross([0.0, 0.0, OMEGA], r1 * up)
    start = np.concatenate([r1 * up, velocity])
    end = solve_ivp(pull, (0, found.time_of_flight_s), start, "DOP853", rtol=1e-13, atol=1e-9).y[:3, -1]
    turned = to_lon + OMEGA * found.time_of_flight_s
    target = [math.cos(to_lat) * math.cos(turned), math.cos(to_lat) * math.sin(turned), math.sin(to_lat)]
    assert np.linalg.norm(end - R_MEAN * np.array(target)) < METRE
