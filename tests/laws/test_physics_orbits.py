"""Satellites on ellipses: Kepler's equation, closed forms, and an arc integrated step by step."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from entente.constants import GM, J2, OMEGA, R_EQ
from entente.physics.earth import geodetic_from_ecef
from entente.physics.orbits import (
    eccentric_anomaly,
    fixed_place_by_elements,
    nodal_day,
    nodal_period,
    node_by_apogee,
    period,
    place_by_elements,
    place_on_orbit,
    repeating_axis,
    revolutions_a_day,
    secular_rates,
    semi_major_axis,
    track_by_elements,
)

pytestmark = pytest.mark.kernel

ROUNDING = 1e-13  # rad: a few units in the last place of pi
METRE = 1.0  # m: the integrator's error over an arc of hours; rounding alone is 1e-7 m
MOLNIYA = (R_EQ + 600e3, R_EQ + 39_700e3, math.radians(63.0), math.radians(318.0), math.radians(-100.0))
eccentricities = st.floats(0.0, 0.9499)
turns = st.floats(-3.0, 3.0)
inclinations = st.floats(0.0, math.pi)
axes = st.floats(6_600e3, 50_000e3)
elements = st.builds(
    lambda perigee, e, i, node, argument, mean: np.array([perigee / (1.0 - e), e, i, node, argument, mean]),
    st.floats(6_600e3, 20_000e3), st.floats(0.0, 0.8), inclinations, st.floats(-3.0, 3.0), st.floats(0.0, 6.2),
    st.floats(0.0, 6.2),
)  # fmt: skip


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


@given(axes)
def test_axis_and_period_are_inverse(a):
    assert semi_major_axis(period(a)) == pytest.approx(a, rel=1e-14)


@given(axes, st.floats(0.0, 0.8), inclinations)
def test_a_mirrored_orbit_drifts_mirrored(a, e, i):
    """Seen from the south, or run backwards: the node goes the other way, perigee and anomaly as before."""
    node, perigee, mean = secular_rates(a, e, i)
    mirrored = secular_rates(a, e, math.pi - i)
    assert mirrored == pytest.approx((-node, perigee, mean), rel=1e-12, abs=1e-12 * mean)


@given(axes, st.floats(0.0, 0.8))
def test_what_stands_still_stands_still(a, e):
    """The node over the poles; the perigee where 5 cos^2 = 1; the anomaly is Kepler's where 3 cos^2 = 1."""
    n = 2.0 * math.pi / period(a)
    assert abs(secular_rates(a, e, 0.5 * math.pi)[0]) < 1e-15 * n
    assert abs(secular_rates(a, e, math.acos(math.sqrt(1.0 / 5.0)))[1]) < 1e-15 * n
    assert secular_rates(a, e, math.acos(math.sqrt(1.0 / 3.0)))[2] == pytest.approx(n, rel=1e-15)


@given(axes, inclinations)
def test_drifts_are_the_bulge_averaged_over_a_revolution(a, i):
    """A round orbit's node by Gauss's equation: the pull across the plane, times sin(u), averaged over 720 places."""
    u = np.arange(720) * 2.0 * math.pi / 720.0
    across = -3.0 * GM * J2 * R_EQ**2 / a**4 * math.sin(i) * math.cos(i) * np.sin(u)
    if math.sin(i) > 1e-6:
        known = (across * np.sin(u)).mean() * a / (math.sqrt(GM * a) * math.sin(i))
        assert secular_rates(a, 0.0, i)[0] == pytest.approx(known, rel=1e-9, abs=1e-20)


@pytest.mark.parametrize("e", [-0.1, 1.0, math.nan])
def test_no_drift_outside_the_domain(e):
    assert np.isnan(secular_rates(1e7, e, 1.0)).all()
    assert math.isnan(repeating_axis(2, 1, e, 1.0))


@given(st.integers(1, 14), st.integers(1, 3), st.floats(0.0, 0.7), inclinations)
def test_a_repeating_orbit_repeats(revolutions, days, e, i):
    """After so many revolutions from node to node the Earth has turned so often under the plane."""
    a = repeating_axis(revolutions, days, e, i)
    assert R_EQ < a < 100_000e3
    assert revolutions * nodal_period(a, e, i) == pytest.approx(days * nodal_day(a, e, i), rel=1e-12)


def test_no_orbit_repeats_inside_the_earth():
    """18 revolutions a day; none, and none in no day."""
    assert math.isnan(repeating_axis(18, 1, 0.0, 1.0))
    assert math.isnan(repeating_axis(0, 1, 0.0, 1.0))
    assert math.isnan(repeating_axis(1, 0, 0.0, 1.0))


@given(elements, st.floats(-1e6, 1e6))
def test_the_state_has_the_elements(given_elements, t):
    """Axis by energy, parameter and inclination by angular momentum, node by its direction: at any time."""
    y = np.empty(6)
    assert place_by_elements(t, given_elements, y) == 0
    a, e, i, node = given_elements[:4]
    assert 1.0 / (2.0 / np.linalg.norm(y[:3]) - y[3:] @ y[3:] / GM) == pytest.approx(a, rel=1e-11)
    h = np.cross(y[:3], y[3:])
    assert h @ h / GM == pytest.approx(a * (1.0 - e * e), rel=1e-11)
    there = node + secular_rates(a, e, i)[0] * t
    right = math.sin(i) * np.array([math.sin(there), -math.cos(there), 0.0]) + [0.0, 0.0, math.cos(i)]
    np.testing.assert_allclose(h / np.linalg.norm(h), right, rtol=0, atol=1e-9)


@given(elements, st.floats(0.0, 86_400.0))
def test_the_place_moves_with_the_velocity(given_elements, t):
    """Central differences, but for the drifts, each at most 1.5 J2 (R/p)^2 n; seen from the turning Earth likewise."""
    a, e = given_elements[:2]
    slow = 6.0 * J2 * (R_EQ / (a * (1.0 - e * e))) ** 2 * 2.0 * math.pi / period(a) * a * (1.0 + e) / (1.0 - e)
    here, before, after = np.empty(6), np.empty(6), np.empty(6)
    for place in (place_by_elements, fixed_place_by_elements):
        for at, out in ((t, here), (t - 0.5, before), (t + 0.5, after)):
            assert place(at, given_elements, out) == 0
        assert np.linalg.norm(after[:3] - before[:3] - here[3:]) < slow + 0.01


@given(elements, st.floats(0.0, 86_400.0))
def test_the_earth_turns_under_the_orbit(given_elements, t):
    """Earth-fixed axes lag by the Earth's angle; the track is the geodetic place of what they hold."""
    inertial, fixed, track = np.empty(6), np.empty(6), np.empty((1, 3))
    assert place_by_elements(t, given_elements, inertial) == 0
    assert fixed_place_by_elements(t, given_elements, fixed) == 0
    turned = complex(fixed[0], fixed[1]) * complex(math.cos(OMEGA * t), math.sin(OMEGA * t))
    assert [turned.real, turned.imag, fixed[2]] == pytest.approx(inertial[:3], abs=1e-5)
    assert track_by_elements(np.array([t]), given_elements, track) == 0
    assert tuple(track[0]) == geodetic_from_ecef(*fixed[:3])


@given(st.floats(0.0, 1.0))
def test_frozen_and_drifting_orbits_agree_for_a_revolution(share):
    """The studies' frozen place against the drifting one, from perigee to perigee: apart by the drifts of half a period."""
    perigee, apogee, i, argument, longitude = MOLNIYA
    a, e = 0.5 * (perigee + apogee), (apogee - perigee) / (apogee + perigee)
    node = node_by_apogee(i, argument, longitude)
    t, y = (share - 0.5) * period(a), np.empty(6)
    assert fixed_place_by_elements(t, np.array([a, e, i, node, argument, math.pi]), y) == 0
    drift = np.abs(np.array(secular_rates(a, e, i)) - [0.0, 0.0, 2.0 * math.pi / period(a)])
    fastest = math.sqrt(GM / a * (1.0 + e) / (1.0 - e)) * period(a) / (2.0 * math.pi)  # m per rad of mean anomaly
    bound = abs(t) * ((drift[0] + drift[1]) * apogee + drift[2] * fastest)
    apart = np.linalg.norm(y[:3] - place_on_orbit(share, *MOLNIYA))
    assert apart <= 1.01 * bound + METRE


def test_no_place_outside_the_domain():
    """Status 2, and nothing but nan."""
    y, track = np.zeros(6), np.zeros((2, 3))
    hyperbolic = np.array([1e7, 0.95, 1.0, 0.0, 0.0, 0.0])
    assert place_by_elements(0.0, hyperbolic, y) == 2
    assert np.isnan(y).all()
    assert fixed_place_by_elements(0.0, hyperbolic, y) == 2
    assert track_by_elements(np.zeros(2), hyperbolic, track) == 2
    assert np.isnan(track).all()
