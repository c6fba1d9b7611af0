"""Is it one launch? Areas against a fine grid of places; times, classes and sectors at their edges."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.attacks.room import START, S, circle

from entente.exchange import messages as said
from entente.exchange.ruling.correlation import (
    ALIKE,
    FROM_50_TO_90,
    Detection,
    agree,
    alike,
    at_90_percent,
    explains,
    in_sector,
    overlap,
)
from entente.exchange.saying.areas import away, is_inside
from entente.exchange.saying.instants import instant

SEEN = Detection(index=9, party="nato", missile="mrbm", launched_ns=START, sigma_s=3.0, area=circle(40.0, 50.0))
OTHER = replace(SEEN, index=10, party="rus", sigma_s=4.0)
NOTICE = said.PreLaunch(
    log="exercise-1", origin="exercise", party="nato", node="nato-desk", boot=1, number=1, sent=instant(START),
    notice="PLN/US/2026/001/001/01", missile="mrbm", window_opens=instant(START), window_closes=instant(START + 60 * S),
    launch_area=circle(40.0, 50.0), azimuth_from_deg=350.0, azimuth_to_deg=80.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("apart_s", "one"), [(0.0, True), (14.999, True), (-15.0, True), (15.001, False), (-15.001, False)]
)
def test_times_agree_within_three_sigma_of_both(apart_s, one):
    assert agree(SEEN, replace(OTHER, launched_ns=START + round(apart_s * S))) == one


def test_a_degraded_clock_agrees_with_nothing():
    assert agree(SEEN, OTHER)
    assert not agree(SEEN, replace(OTHER, alone=True))
    assert not agree(replace(SEEN, alone=True), OTHER)


def test_classes_are_alike_both_ways():
    for a in ALIKE:
        assert alike(a, a)
        assert alike(a, "unknown")
        assert alike("unknown", a)
        for b in ALIKE:
            assert alike(a, b) == alike(b, a)
    assert alike("sounding rocket", "slbm"), "25 January 1995"
    assert not alike("icbm", "srbm")
    assert not alike("other", "icbm")
    assert not agree(SEEN, replace(OTHER, missile="icbm"))
    assert not agree(SEEN, replace(OTHER, area=circle(45.0, 50.0)))


ellipses = st.builds(
    lambda lat, lon, major, ratio, bearing: circle(lat, lon, major, semi_minor_km=major * ratio, bearing_deg=bearing),
    st.floats(-4, 4), st.floats(-4, 4), st.floats(20, 300), st.floats(0.05, 1.0), st.floats(0, 359),
)  # fmt: skip


def places(area):
    """A fine grid over an ellipse, in its own axes."""
    for ring in range(1, 9):
        for step in range(48):
            turn = 2 * math.pi * step / 48
            along = area.semi_major_km * ring / 8.001 * math.cos(turn)
            across = area.semi_minor_km * ring / 8.001 * math.sin(turn)
            yield away((area.lat_deg, area.lon_deg), area.bearing_deg + math.degrees(math.atan2(across, along)),
                       math.hypot(along, across))  # fmt: skip


@given(ellipses, ellipses)
def test_ellipses_that_share_a_place_overlap(a, b):
    """Against brute force; the other way round with ellipses grown by 3 %, for they are drawn up to 1 % too large."""
    assert overlap(a, b) == overlap(b, a)
    if any(is_inside(place, b) for place in places(a)):
        assert overlap(a, b)
    elif overlap(a, b):
        grown = [replace(e, semi_major_km=1.03 * e.semi_major_km, semi_minor_km=1.03 * e.semi_minor_km) for e in (a, b)]
        # Slivers fall between the places of a grid: the nearest of them must be close to the other.
        assert any(_near(place, grown[1]) for place in places(grown[0]))


def _near(place, area):
    """Within a step of the grid: inside the area grown by half."""
    return is_inside(
        place, replace(area, semi_major_km=2.0 * area.semi_major_km, semi_minor_km=2.0 * area.semi_minor_km)
    )


def test_two_thin_ellipses_that_cross_overlap():
    """No centre and no corner of one lies in the other."""
    bar = circle(0.5, 0.0, 300.0, semi_minor_km=1.0, bearing_deg=90.0)
    for north in (0.0, 1.0, 2.0, 2.4):
        assert overlap(bar, circle(north, 0.3, 300.0, semi_minor_km=1.0)), north
    assert not overlap(bar, circle(3.5, 0.3, 300.0, semi_minor_km=1.0))


def test_polygons():
    square = said.Polygon(corners=((0.0, 179.0), (0.0, -179.0), (2.0, -179.0), (2.0, 179.0)))
    hook = said.Polygon(corners=((5.0, 0.0), (5.0, 6.0), (11.0, 6.0), (11.0, 5.0), (6.0, 5.0), (6.0, 0.0)))
    assert overlap(square, circle(1.0, -179.9, 5.0)), "across the date line"
    assert overlap(circle(1.0, 180.0, 900.0), square), "one around the other"
    assert not overlap(square, circle(1.0, -177.0, 50.0))
    assert overlap(hook, circle(5.5, 3.0, 10.0))
    assert not overlap(hook, circle(9.0, 2.0, 100.0)), "in the bay, where its centre is"
    assert overlap(hook, said.Polygon(corners=((8.0, 4.0), (8.0, 7.0), (8.5, 5.5)))), "edges cross"
    assert not overlap(hook, said.Polygon(corners=((8.0, 1.0), (9.0, 3.0), (9.0, 1.0))))
    within = said.Polygon(corners=((0.5, 179.5), (0.5, -179.5), (1.5, 179.5)))
    assert overlap(square, within)
    assert overlap(within, square)


def test_areas_of_half_the_cases_are_grown_to_nine_tenths():
    half = circle(0.0, 0.0, 100.0, containment_percent=50)
    assert at_90_percent(half).semi_major_km == pytest.approx(100.0 * FROM_50_TO_90)
    assert pytest.approx(1.8226, abs=1e-4) == FROM_50_TO_90
    share = 1 - math.exp(-math.log(2) * FROM_50_TO_90**2)  # of a plane normal error inside k times its 50 % ellipse
    assert share == pytest.approx(0.9)
    assert overlap(half, circle(0.0, 2.3, 80.0))
    assert not overlap(replace(half, containment_percent=90), circle(0.0, 2.3, 80.0))


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"launched_ns": START - 9 * S}, True),
        ({"launched_ns": START - 9 * S - 1}, False),
        ({"launched_ns": START + 69 * S}, True),
        ({"launched_ns": START + 69 * S + 1}, False),
        ({"missile": "unknown"}, True),
        ({"missile": "icbm"}, False),
        ({"area": circle(40.0, 51.1)}, True),
        ({"area": circle(40.0, 51.3)}, False),
        ({"azimuth_deg": 90.0, "azimuth_sigma_deg": 1.0}, False),
    ],
)
def test_a_notice_fits_if_time_place_class_and_azimuth_do(change, fits):
    assert explains(NOTICE, START, START + 60 * S, replace(SEEN, **change)) == fits


@pytest.mark.parametrize(
    ("azimuth", "sigma", "inside"),
    [(350.0, None, True), (0.0, None, True), (80.0, None, True), (81.0, None, False), (349.0, None, False),
     (89.0, 3.0, True), (89.1, 3.0, False), (341.0, 3.0, True), (340.9, 3.0, False), (200.0, 60.0, True), (None, None, True)],
)  # fmt: skip
def test_the_sector_goes_clockwise_from_edge_to_edge(azimuth, sigma, inside):
    assert in_sector(NOTICE, replace(SEEN, azimuth_deg=azimuth, azimuth_sigma_deg=sigma)) == inside
