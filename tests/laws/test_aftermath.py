"""Laws of what a flight leaves: the arc is the one that is flown, and the pieces come down where free fall takes them."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from entente.aftermath import SAMPLES, flight, wake
from entente.constants import GM, R_MEAN
from entente.knowing import IN_90, size_km2
from entente.physics.intercept import flight_time
from entente.run import before_sharing
from entente.scenario.load import load

METRE = 1.0  # m  the integrator's own error over a flight of 15 minutes
PER_SECOND = 0.05  # m/s


@cache
def world():
    """Any world, for its sites and sensors."""
    return before_sharing(load("one-launch"), "mrbm-central-europe", 1).world


@settings(max_examples=40, deadline=None)
@given(st.floats(2_500, 7_000), st.floats(30e3, 900e3), st.floats(0.1, 6.2), st.floats(50e3, 600e3))
def test_the_path_is_free_fall_to_the_meeting(speed, away, azimuth, high):
    """From the site with the burnout speed, integrated by SciPy for the time that the planner says: the same end and velocity."""
    site = replace(world().sites[0], speed=speed, boost=0.0)
    east, north = away * math.sin(azimuth), away * math.cos(azimuth)
    up = math.sqrt((R_MEAN + high) ** 2 - away**2) - R_MEAN
    time = flight_time(east, north, up, speed, 0.0)
    assume(math.isfinite(time))
    meet = site.r_ecef + site.axes.T @ np.array([east, north, up])
    path, v_end = flight(site, meet)
    centre = site.r_ecef - R_MEAN * site.axes[2]
    assert path.shape == (SAMPLES, 3)
    np.testing.assert_allclose(path[0], site.r_ecef, atol=METRE)
    np.testing.assert_allclose(path[-1], meet, atol=METRE)

    def back(_, state):
        r = state[:3]
        return np.concatenate([-state[3:], GM * r / np.linalg.norm(r) ** 3])

    # Backwards from the meeting with the velocity found, for the time found: at the site, with the burnout speed.
    end = solve_ivp(
        back, (0.0, time), np.concatenate([meet - centre, v_end]), rtol=1e-11, atol=1e-6, method="DOP853"
    ).y[:, -1]
    np.testing.assert_allclose(end[:3] + centre, site.r_ecef, atol=10 * METRE)
    assert np.linalg.norm(end[3:]) == pytest.approx(speed, abs=PER_SECOND)


def test_pieces_of_a_body_that_falls_straight_come_down_below():
    """Met head on by an interceptor straight above its site: a small area, round, with the site in it, soon after."""
    site = world().sites[0]
    meet = site.r_ecef + 200e3 * site.axes[2]
    found = wake(world(), site, meet, -2_000.0 * site.axes[2], 500.0)
    lat, lon, longer, shorter, _, when, sigma = found.debris
    assert abs(lat - site.lat) < 0.01
    assert abs(lon - site.lon) < 0.01
    assert longer == pytest.approx(shorter, rel=0.1)
    assert 560.0 < when < 900.0
    assert sigma > 0.0


def test_the_later_it_is_met_the_smaller_the_debris_area():
    """From 300 km down to 60 km on one fall: less time to spread."""
    site = world().sites[0]
    v_body = 2_500.0 * (0.6 * site.axes[1] - 0.8 * site.axes[2])
    sizes = []
    for high in (300e3, 200e3, 100e3, 60e3):
        met = site.r_ecef + high * site.axes[2] - 0.75 * (300e3 - high) * site.axes[1]
        sizes.append(size_km2(wake(world(), site, met, v_body, 0.0).debris, IN_90))
    assert sizes == sorted(sizes, reverse=True)
    assert 0.0 < sizes[-1] < sizes[0] < 10_000.0


def test_nobody_sees_without_sensors_and_only_a_threatened_region_is_alarmed():
    """No sensors of the other party: not seen; no regions of its own: nothing that it could take for an attack."""
    site = world().sites[0]
    meet = site.r_ecef + site.axes.T @ np.array([200e3, 300e3, 200e3])
    v_body = np.array([1_000.0, -2_000.0, -1_000.0])
    blind = replace(world(), sensors=tuple(s for s in world().sensors if s.party == site.party))
    assert not wake(blind, site, meet, v_body, 0.0).seen
    assert wake(world(), site, meet, v_body, 0.0).seen
    assert not wake(world(), site, meet, v_body, 0.0).toward
    homes = tuple(replace(home, party=1 - site.party, radius=20e6) for home in world().defended)
    assert wake(replace(world(), defended=homes), site, meet, v_body, 0.0).toward
