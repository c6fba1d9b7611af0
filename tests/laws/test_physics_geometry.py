"""Laws of sight: directions undo, what hides one way hides the other, the horizon is where geometry puts it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.constants import GEO_RADIUS, R_EQ, R_POLE
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth

pytestmark = pytest.mark.kernel

ROUNDING = 1e-8  # m, of places 1e7 m from the centre
places = st.tuples(st.floats(-1.55, 1.55), st.floats(-3.1, 3.1), st.floats(0.0, 2_000e3))


def at(place):
    """Earth-fixed position of (lat, lon, alt)."""
    return np.array(ecef_from_geodetic(*place))


@given(places, st.floats(0, 6.28), st.floats(-1.5, 1.5), st.floats(1e3, 1e7))
def test_a_direction_leads_back_to_its_point(place, azimuth, elevation, slant):
    """Azimuth, elevation and range of a point laid off in them: the same, to rounding."""
    axes, out = np.empty((3, 3)), np.empty(3)
    enu_axes(place[0], place[1], axes)
    level = slant * math.cos(elevation)
    offset = np.array([level * math.sin(azimuth), level * math.cos(azimuth), slant * math.sin(elevation)])
    azimuth_elevation_range(at(place) + axes.T @ offset, at(place), axes, out)
    assert out[2] == pytest.approx(slant, abs=ROUNDING)
    assert slant * abs(out[1] - elevation) < 10 * ROUNDING
    assert level * abs(math.sin(out[0] - azimuth)) < 10 * ROUNDING
    assert 0.0 <= out[0] < 2 * math.pi + 1e-15


@given(places, places, st.floats(0.0, 12e3))
def test_who_is_hidden_from_whom(a, b, margin):
    """The same both ways; a brute force of 4,001 points along the line says the same where it can tell."""
    ra, rb = at(a), at(b)
    hidden = hidden_by_earth(ra, rb, margin)
    assert hidden == hidden_by_earth(rb, ra, margin)
    way = (ra + np.linspace(0, 1, 4_001)[:, None] * (rb - ra)) / [R_EQ + margin, R_EQ + margin, R_POLE + margin]
    lowest = np.linalg.norm(way, axis=1).min()
    # Between two of the points the line sinks by less than its step squared over 8 radii.
    sinks = (np.linalg.norm(rb - ra) / 4_000 / R_POLE) ** 2
    if lowest < 1.0:
        assert hidden
    elif lowest > 1.0 + sinks:
        assert not hidden


@given(st.floats(0.0, 80.0), st.floats(-3, 3))
def test_a_satellite_sees_to_its_horizon(longitude, lon):
    """From the geostationary ring the ground is seen to 81.3 degrees away on the equator, and no farther."""
    satellite = GEO_RADIUS * np.array([math.cos(lon), math.sin(lon), 0.0])
    edge = math.degrees(math.acos(R_EQ / GEO_RADIUS))
    assert edge == pytest.approx(81.3, abs=0.05)
    near, far = (at((0.0, lon + math.radians(away), 1.0)) for away in (longitude, edge + 0.1 + longitude))
    assert not hidden_by_earth(satellite, near, 0.0)
    assert hidden_by_earth(satellite, far, 0.0)


def test_a_point_is_hidden_from_itself_only_underground():
    """The degenerate line: a point above the ground is seen, one below is not."""
    above, below = at((0.5, 0.5, 100.0)), at((0.5, 0.5, -100.0))
    assert not hidden_by_earth(above, above, 0.0)
    assert hidden_by_earth(below, below, 0.0)
    assert hidden_by_earth(above, above, 1_000.0)
