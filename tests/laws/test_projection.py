"""The map is equal-area, turns back, and keeps its centre; clipping keeps areas and stays in the frame."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.constants import R_MEAN
from entente.report.maps import CAP, MARGIN, area_path, circle, fit, forward, inverse, lines_path
from entente.scenario.units import DEG, KM

METRE = 1.0  # of 20,000 km: what float64 leaves after two arcsines near the edge
latitudes = st.floats(-89, 89).map(lambda d: d * DEG)
longitudes = st.floats(-180, 180).map(lambda d: d * DEG)
distances = st.floats(1_000, 15_000 * KM)  # to 135 degrees from the centre
bearings = st.floats(0, 2 * math.pi)


@given(latitudes, longitudes)
def test_the_centre_is_the_origin(lat0, lon0):
    x, y = forward(np.array(lat0), np.array(lon0), lat0, lon0)
    assert math.hypot(x, y) < METRE
    lat, lon = inverse(np.zeros(1), np.zeros(1), lat0, lon0)
    assert abs(lat[0] - lat0) < 1e-12
    assert abs(math.remainder(lon[0] - lon0, 2 * math.pi)) < 1e-12


@given(latitudes, longitudes, distances, bearings)
def test_forward_and_inverse_undo_each_other(lat0, lon0, distance, bearing):
    lat, lon = circle(lat0, lon0, np.array([distance]), np.array([bearing]))
    x, y = forward(lat, lon, lat0, lon0)
    back = forward(*inverse(x, y, lat0, lon0), lat0, lon0)
    assert np.hypot(back[0] - x, back[1] - y)[0] < METRE


@given(latitudes, longitudes, distances, bearings)
def test_a_distance_from_the_centre_is_its_chord(lat0, lon0, distance, bearing):
    """The azimuthal equal-area map draws a point at the length of the chord to it, in its true direction."""
    x, y = forward(*circle(lat0, lon0, np.array([distance]), np.array([bearing])), lat0, lon0)
    chord = 2 * R_MEAN * math.sin(distance / R_MEAN / 2)
    assert abs(math.hypot(x[0], y[0]) - chord) < METRE
    assert math.hypot(x[0] - chord * math.sin(bearing), y[0] - chord * math.cos(bearing)) < METRE


@given(latitudes, longitudes, st.floats(-80, 80).map(lambda d: d * DEG), longitudes)
def test_areas_are_true(lat0, lon0, lat, lon):
    """The Jacobian of the map over that of the sphere is 1, by central differences."""
    h = 1e-5
    apart = math.sin(lat0) * math.sin(lat) + math.cos(lat0) * math.cos(lat) * math.cos(lon - lon0)
    if apart < -0.7:  # toward the antipode the differences lose their digits
        return
    lats, lons = lat + h * np.array([1, -1, 0, 0]), lon + h * np.array([0, 0, 1, -1])
    x, y = forward(lats, lons, lat0, lon0)
    along = (x[0] - x[1]) * (y[2] - y[3]) - (x[2] - x[3]) * (y[0] - y[1])
    assert abs(along) / (2 * h) ** 2 / (R_MEAN**2 * math.cos(lat)) == pytest.approx(1, abs=1e-6)


def polygon(path):
    return np.array([[float(v) for v in pair.split(",")] for pair in path.strip("MZ").split()])


def size(points):
    x, y = points.T
    return abs(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


EUROPE = fit(np.array([35, 60, 50, 50]) * DEG, np.array([30, 30, 0, 55]) * DEG, 1000, 700, margin=40)


@given(st.floats(38, 55), st.floats(15, 40), st.floats(100, 900))
def test_a_circle_has_its_area_on_the_map(lat, lon, radius_km):
    turn = np.linspace(0, 2 * math.pi, 721)[:-1]
    ring = circle(lat * DEG, lon * DEG, np.full_like(turn, radius_km * KM), turn)
    points = EUROPE.pixels(*ring)
    if np.all((points > 0) & (points < [EUROPE.width, EUROPE.height])):
        cap = 2 * math.pi * R_MEAN**2 * (1 - math.cos(radius_km * KM / R_MEAN)) * EUROPE.scale**2
        assert size(polygon(area_path(EUROPE, *ring))) == pytest.approx(cap, rel=2e-2)  # rounded to 0.1 px, thinned


@given(st.floats(-80, 80), longitudes, st.floats(100, 9_000))
def test_what_is_drawn_stays_in_the_frame(lat, lon, radius_km):
    turn = np.linspace(0, 2 * math.pi, 181)
    ring = circle(lat * DEG, lon, np.full_like(turn, radius_km * KM), turn)
    path = area_path(EUROPE, *ring)
    if path:
        points = polygon(path)
        assert points.min() >= -MARGIN - 0.1
        assert points[:, 0].max() <= EUROPE.width + MARGIN + 0.1
        assert points[:, 1].max() <= EUROPE.height + MARGIN + 0.1


def test_a_ring_around_everything_fills_the_frame():
    """A ring that leaves the cap on all sides is closed along the cap's edge, never through the map."""
    turn = np.linspace(0, 2 * math.pi, 181)[:-1]
    ring = circle(EUROPE.lat0 + 0.2, EUROPE.lon0, np.full_like(turn, CAP * R_MEAN), turn)
    frame = (EUROPE.width + 2 * MARGIN) * (EUROPE.height + 2 * MARGIN)
    assert size(polygon(area_path(EUROPE, *ring))) == pytest.approx(frame, rel=1e-3)


def test_lines_beyond_the_cap_are_not_drawn():
    lon = np.linspace(-180, 180, 100) * DEG
    assert lines_path(EUROPE, np.full_like(lon, -60 * DEG), lon) == ""
    assert lines_path(EUROPE, np.full_like(lon, 50 * DEG), lon).startswith("M")


def test_a_view_holds_what_it_was_fitted_to():
    assert EUROPE.shows(50 * DEG, 0.0)
    assert EUROPE.shows(35 * DEG, 30 * DEG)
    assert not EUROPE.shows(-35 * DEG, 30 * DEG)
