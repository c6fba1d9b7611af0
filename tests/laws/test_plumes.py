"""Laws of plumes: brighter, higher and clearer is never seen less; the air in the way is what an integral says."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from entente.constants import GEO_RADIUS, R_EQ, R_MEAN, R_POLE
from entente.physics.earth import ecef_from_geodetic
from entente.physics.geometry import before_earth, hidden_by_earth
from entente.physics.plumes import (
    DARK_SKY,
    VACUUM_SHARE,
    VAPOUR_DEPTH,
    VAPOUR_HEIGHT,
    afterburning,
    air_mass,
    burning_thrust,
    plume_chance,
    transmission,
)

pytestmark = pytest.mark.kernel

STATION = np.array([GEO_RADIUS, 0.0, 0.0])
DIMMEST = 30e3
latitudes, longitudes = st.floats(-80.0, 80.0), st.floats(-80.0, 80.0)


def at(lat, lon, height):
    return np.array(ecef_from_geodetic(math.radians(lat), math.radians(lon), height))


def vapour_above(height, elevation, far=200e3):
    """Vapour along a ray from a height, over that of the whole column: the integral itself, in scale heights."""

    def density(s):
        r = math.sqrt((R_MEAN + height) ** 2 + s * s + 2.0 * (R_MEAN + height) * s * math.sin(elevation))
        return math.exp(-(r - R_MEAN) / VAPOUR_HEIGHT) / VAPOUR_HEIGHT

    lowest = max(0.0, -(R_MEAN + height) * math.sin(elevation))
    ends = [0.0, lowest, *(lowest + step for step in (1e4, 1e5, 6e5))]
    return sum(quad(density, a, b, limit=200)[0] for a, b in pairwise(ends))


@pytest.mark.parametrize("elevation", [90, 60, 30, 15, 10, 8, 7, 5, 3, 2, 1, 0.5, 0.1, 0])
def test_the_air_mass_is_the_integral(elevation):
    way = math.radians(elevation)
    assert air_mass(math.sin(way)) == pytest.approx(vapour_above(0.0, way), rel=2e-3)


@pytest.mark.parametrize("height", [3e3, 8e3, 20e3])
@pytest.mark.parametrize("edge", [-3e3, 2e3, 6e3, 50e3])
def test_the_air_lets_through_what_the_integral_says(height, edge):
    """Plumes behind, at and before the limb: places whose ray to the satellite passes at a lowest height, or above it."""
    lowest = max(0.0, min(height, height - edge))
    away = math.acos((R_EQ + lowest) / GEO_RADIUS) + math.copysign(math.acos((R_EQ + lowest) / (R_EQ + height)), edge)
    place = (R_EQ + height) * np.array([math.cos(away), math.sin(away), 0.0])
    line = STATION - place
    sine = line @ place / np.linalg.norm(line) / np.linalg.norm(place)
    # On the sphere of the equator instead of the mean one: 0.1 % of the depth along a grazing ray.
    depth = VAPOUR_DEPTH * vapour_above(height, math.asin(sine))
    assert transmission(STATION, place) == pytest.approx(math.exp(-depth), rel=0.01, abs=1e-4)


@given(latitudes, longitudes, st.floats(0.0, 200e3), st.floats(1e3, 1e6), st.floats(1.0, 10.0), st.floats(0.1, 1.0))
def test_more_thrust_is_never_seen_less_and_nothing_beyond_the_chance_of_a_look(lat, lon, height, thrust, more, p):
    place = at(lat, lon, height)
    one, other = (plume_chance(f, DIMMEST, p, STATION, place) for f in (thrust, more * thrust))
    assert 0.0 <= one <= other <= p
    assert plume_chance(1e12, DIMMEST, p, STATION, at(0.5 * lat, 0.5 * lon, 40e3)) == p


@given(st.floats(-60.0, 60.0), st.floats(-60.0, 60.0), st.floats(0.0, 30e3), st.floats(10.0, 10e3))
def test_low_down_a_plume_is_seen_less_the_lower_it_is(lat, lon, height, up):
    low, high = (plume_chance(60e3, DIMMEST, 0.9, STATION, at(lat, lon, h)) for h in (height, height + up))
    assert low <= high


def test_a_dim_stage_fades_high_up_and_a_vernier_is_hardly_seen():
    """Chances by hand: above the vapour and the afterburning, thrust over threshold times what is left; then full."""
    high = at(20.0, 10.0, 120e3)
    assert before_earth(STATION, high)
    assert plume_chance(60e3, DIMMEST, 0.9, STATION, high) == pytest.approx(0.9 * 2.0 * VACUUM_SHARE)
    assert plume_chance(3e3, DIMMEST, 0.9, STATION, high) == pytest.approx(0.9 * 0.1 * VACUUM_SHARE)
    assert plume_chance(400e3, DIMMEST, 0.9, STATION, high) == 0.9
    assert plume_chance(400e3, DIMMEST, 0.9, STATION, at(20.0, 10.0, 0.0)) < 0.01
    assert [afterburning(h) for h in (0.0, 40e3, 80e3, 500e3)] == pytest.approx([1.0, 1.0, VACUUM_SHARE, VACUUM_SHARE])
    assert afterburning(60e3) == pytest.approx(math.sqrt(VACUUM_SHARE))


def test_against_the_limb_fainter_plumes_are_seen():
    """A plume 100 km up a little inside the limb, and one beyond it: the same but for what lies behind."""
    inside, beyond = (at(0.0, lon, 100e3) for lon in (65.0, 82.0))
    assert before_earth(STATION, inside)
    assert not before_earth(STATION, beyond)
    assert not hidden_by_earth(STATION, beyond, 0.0)
    chances = [plume_chance(10e3, DIMMEST, 0.9, STATION, place) for place in (inside, beyond)]
    assert chances[1] == pytest.approx(DARK_SKY * chances[0], rel=1e-6)


@given(latitudes, st.floats(-180.0, 180.0), st.floats(1e3, 500e3))
def test_what_lies_behind_is_what_a_walk_along_the_ray_meets(lat, lon, height):
    place = at(lat, lon, height)
    if hidden_by_earth(STATION, place, 0.0):
        return
    way = STATION + np.linspace(1.0, 3.0, 4_000)[:, None] * (place - STATION)
    inside = (way[:, :2] ** 2).sum(1) / R_EQ**2 + way[:, 2] ** 2 / R_POLE**2
    if abs(inside.min() - 1.0) > 1e-4:
        assert before_earth(STATION, place) == (inside.min() < 1.0)


def test_a_stage_burns_between_its_times():
    burns = np.array([[0.0, 60.0, 4e5], [65.0, 100.0, 2e5]])
    assert [burning_thrust(t, burns) for t in (-1.0, 0.0, 59.9, 60.0, 64.0, 65.0, 99.0, 100.0)] == [
        0.0, 4e5, 4e5, 0.0, 0.0, 2e5, 2e5, 0.0,
    ]  # fmt: skip
