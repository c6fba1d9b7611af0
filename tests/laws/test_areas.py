"""Areas on the sphere: distances, bearings and what lies inside, against other ways to find them."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.attacks.specimens import SQUARE, ellipse

from entente.exchange.messages import Polygon
from entente.exchange.saying.areas import (
    RADIUS_KM,
    away,
    bearing_deg,
    centre_of,
    distance_km,
    extent_km,
    is_inside,
    is_proper,
    turn_deg,
)

METRE = 1e-3  # km  rounding of coordinates of this size, with room
points = st.tuples(st.floats(-89, 89), st.floats(-180, 180))
bearings = st.floats(0, 359.9)


def unit(point):
    lat, lon = np.radians(point)
    return np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


@given(points, points)
def test_distance_is_the_angle_between_the_directions(a, b):
    across = np.linalg.norm(np.cross(unit(a), unit(b)))
    assert distance_km(a, b) == pytest.approx(RADIUS_KM * math.atan2(across, unit(a) @ unit(b)), abs=METRE)
    assert distance_km(a, b) == pytest.approx(distance_km(b, a), abs=METRE)


@given(points, bearings, st.floats(1, 19_000))
def test_who_goes_away_finds_the_way_and_the_distance(start, bearing, far):
    there = away(start, bearing, far)
    assert distance_km(start, there) == pytest.approx(far, abs=METRE)
    assert abs(turn_deg(bearing, bearing_deg(start, there))) * math.sin(far / RADIUS_KM) < 1e-6


@given(st.floats(-720, 720), st.floats(-720, 720))
def test_a_turn_is_the_shorter_way(a, b):
    turn = turn_deg(a, b)
    assert -180 <= turn <= 180
    assert math.cos(math.radians(a + turn - b)) == pytest.approx(1)


@given(points, st.floats(1, 3_000), st.floats(0.05, 1), bearings, st.floats(0.1, 1.9))
def test_an_ellipse_holds_what_is_nearer_than_its_edge(centre, major, flat, bearing, share):
    """The edge in polar form: a b / sqrt((b cos)^2 + (a sin)^2) from the centre."""
    assume(abs(share - 1) > 1e-3)
    area = ellipse(*centre, major, major * flat)
    turn = math.radians(bearing - area.bearing_deg)
    a, b = area.semi_major_km, area.semi_minor_km
    edge = a * b / math.hypot(b * math.cos(turn), a * math.sin(turn))
    assert is_inside(away(centre, bearing, edge * share), area) == (share < 1)
    assert extent_km(area) == major


@given(points, st.lists(st.floats(-0.15, 0.15), min_size=3, max_size=8), st.floats(10, 4_000), bearings)
def test_a_polygon_holds_what_lies_on_the_inner_side_of_every_edge(centre, shifts, size, look):
    """A convex one, counted round its centre, against the signs of the triple products of its edges."""
    turns = [(n + shift) / len(shifts) * 360 for n, shift in enumerate(shifts)]
    area = Polygon(corners=tuple(away(centre, turn, size) for turn in turns))
    for share in (0.1, 0.5, 0.9, 1.1, 3.0):
        point = away(centre, look, size * share)
        sides = [
            np.dot(np.cross(unit(a), unit(b)), unit(point))
            for a, b in zip(area.corners, area.corners[1:] + area.corners[:1], strict=True)
        ]
        if min(map(abs, sides)) > 1e-9:  # not on an edge
            assert is_inside(point, area) == all(side < 0 for side in sides)


def test_a_polygon_lies_across_the_day_line_and_round_the_pole():
    fiji = Polygon(corners=((-20.0, 175.0), (-20.0, -175.0), (-15.0, -175.0), (-15.0, 175.0)))
    assert is_inside((-17.0, 180.0), fiji)
    assert is_inside((-17.0, -179.0), fiji)
    assert not is_inside((-17.0, 0.0), fiji)
    arctic = Polygon(corners=((80.0, 0.0), (80.0, 120.0), (80.0, -120.0)))
    assert is_inside((90.0, 17.0), arctic)
    assert not is_inside((-90.0, 17.0), arctic)
    assert centre_of(arctic)[0] == pytest.approx(90)


def test_what_is_no_area():
    assert is_proper(SQUARE)
    assert is_proper(ellipse(10.0, 20.0, 50.0, 50.0))
    assert not is_proper(ellipse(10.0, 20.0, 50.0, 51.0))
    assert is_proper(ellipse(10.0, 20.0, 20_020.0))
    assert not is_proper(Polygon(corners=((1.0, 1.0), (1.0, 2.0), (1.0, 1.0))))
    assert not is_proper(Polygon(corners=((0.0, 0.0), (0.0, 120.0), (0.0, -120.0))))
