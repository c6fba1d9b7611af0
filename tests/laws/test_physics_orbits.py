"""Satellites on ellipses: Kepler's equation, closed forms, and an arc integrated step by step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from entente.constants import GM, OMEGA, R_EQ
from entente.physics.orbits import eccentric_anomaly, period, place_on_orbit, revolutions_a_day

pytestmark = pytest.mark.kernel

ROUNDING = 1e-13  # rad: a few units in the last place of pi
METRE = 1.0  # m: the integrator's error over an arc of hours; rounding alone is 1e-7 m
MOLNIYA = (R_EQ + 600e3, R_EQ + 39_700e3, math.radians(63.0), math.radians(318.0), math.radians(-100.0))
eccentricities = st.floats(0.0, 0.9499)
turns = st.floats(-3.0, 3.0)


@given(turns, eccentricities)
def test_the_anomaly_solves_keplers_equation(turn, e):
    mean = 2.0 * math.pi * turn
    found = eccentric_anomaly(mean, e)
    assert math.remainder(found - e * math.sin(found) - mean, 2.0 * math.pi) == pytest.approx(0.0, abs=20 * ROUNDING)


@given(st.floats(-math.pi + 1e-6, math.pi - 1e-6), eccentricities)
def test_the_anomaly_inverts_keplers_equation(anomaly, e):
    """Back from M to E; near perigee of a flat ellipse the inverse is worse conditioned by 1 / (1 - e)."""
    mean = anomaly - e * math.sin(anomaly)
    assert eccentric_anomaly(mean, e) == pytest.approx(anomaly, abs=20 * ROUNDING / (1.0 - e))


@pytest.mark.parametrize("e", [-0.1, 0.95, 1.0, math.nan])
def test_no_anomaly_outside_the_domain(e):
    assert math.isnan(eccentric_anomaly(1.0, e))


def test_periods_are_the_closed_form():
    """A circular orbit of one sidereal day is 42,164 km wide; Molniya orbits turn twice a day."""
    assert period(42_164e3) == pytest.approx(86_164.0, abs=1.0)
    assert period(1.0e7) == pytest.approx(2.0 * math.pi * math.sqrt(1.0e21 / GM), rel=1e-14)
    assert revolutions_a_day(0.5 * (MOLNIYA[0] + MOLNIYA[1])) == 2
    assert revolutions_a_day(42_164e3) == 1
    assert revolutions_a_day(400_000e3) == 1


def test_perigee_and_apogee_lie_where_they_should():
    perigee, apogee, inclination, argument, longitude = MOLNIYA
    low, high = np.array(place_on_orbit(0.0, *MOLNIYA)), np.array(place_on_orbit(0.5, *MOLNIYA))
    assert np.linalg.norm(low) == pytest.approx(perigee, rel=1e-12)
    assert np.linalg.norm(high) == pytest.approx(apogee, rel=1e-12)
    assert math.atan2(high[1], high[0]) == pytest.approx(longitude, abs=1e-9)
    assert high[2] / apogee == pytest.approx(math.sin(inclination) * math.sin(argument + math.pi), abs=1e-12)
    assert low[2] / perigee == pytest.approx(-high[2] / apogee, abs=1e-12)


def test_a_revolution_later_the_same_place_lies_further_west():
    a = 0.5 * (MOLNIYA[0] + MOLNIYA[1])
    here, later = place_on_orbit(0.3, *MOLNIYA), place_on_orbit(1.3, *MOLNIYA)
    west = math.atan2(here[1], here[0]) - math.atan2(later[1], later[0])
    assert math.remainder(west - OMEGA * period(a), 2.0 * math.pi) == pytest.approx(0.0, abs=1e-9)
    assert later[2] == pytest.approx(here[2], abs=1e-3)


@given(st.floats(0.02, 0.98), st.floats(0.0, math.pi), st.floats(0.0, 6.2))
def test_the_place_agrees_with_an_integrated_arc(share, inclination, argument):
    """Two bodies in inertial axes from perigee on, by a Runge-Kutta code of order 8, seen from the turning Earth."""
    perigee, apogee, longitude = MOLNIYA[0], MOLNIYA[1], 0.7
    orbit = (perigee, apogee, inclination, argument, longitude)
    t = share * period(0.5 * (perigee + apogee))
    start = np.array(place_on_orbit(0.0, *orbit))
    normal = plane_normal(orbit, start)
    v = np.cross(normal, start) / perigee * math.sqrt(GM * 2.0 * apogee / (perigee * (perigee + apogee)))

    def pull(_, y):
        return np.concatenate([y[3:], -GM * y[:3] / np.linalg.norm(y[:3]) ** 3])

    done = solve_ivp(pull, (0.0, t), np.concatenate([start, v]), method="DOP853", rtol=1e-12, atol=1e-4)
    x, y, z = done.y[:3, -1]
    c, s = math.cos(OMEGA * t), math.sin(OMEGA * t)
    np.testing.assert_allclose(place_on_orbit(share, *orbit), [c * x + s * y, c * y - s * x, z], atol=METRE)


def plane_normal(orbit, at_perigee):
    """Unit vector along the angular momentum, in the Earth-fixed axes of the perigee, by the node's longitude then."""
    perigee, _, inclination, argument, _ = orbit
    # The perigee direction is the node's turned by the argument about the normal: solve for the node's longitude.
    east = np.arctan2(np.sin(argument) * np.cos(inclination), np.cos(argument))
    node = np.arctan2(at_perigee[1], at_perigee[0]) - east
    normal = np.array([np.sin(node) * np.sin(inclination), -np.cos(node) * np.sin(inclination), np.cos(inclination)])
    assert abs(normal @ at_perigee) < 1e-6 * perigee
    return normal


@pytest.mark.parametrize(("share", "altitude_km", "moved_deg"), [(0.5, 38_500, 0.09), (0.2, 26_250, 1.07)])
def test_a_satellite_hardly_moves_while_a_missile_burns(share, altitude_km, moved_deg):
    """What scenario.world says of satellites that it freezes: the arc in 300 s as seen from the ground below."""
    orbit = (R_EQ + 1650e3, R_EQ + 38_500e3, math.radians(63.8), math.radians(270.0), 0.0)
    then = share + 300.0 / period(0.5 * (orbit[0] + orbit[1]))
    here, later = np.array(place_on_orbit(share, *orbit)), np.array(place_on_orbit(then, *orbit))
    below = here * R_EQ / np.linalg.norm(here)
    assert (np.linalg.norm(here) - R_EQ) / 1e3 == pytest.approx(altitude_km, abs=10)
    cosine = (here - below) @ (later - below) / np.linalg.norm(here - below) / np.linalg.norm(later - below)
    assert math.degrees(math.acos(cosine)) == pytest.approx(moved_deg, abs=0.01)
