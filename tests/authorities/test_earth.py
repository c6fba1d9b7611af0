"""Places and frames against erfa (the IAU's routines) and geographiclib."""

import erfa
import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import example, given
from hypothesis import strategies as st

from entente.constants import FLATTENING, OMEGA, R_EQ
from entente.physics.earth import (
    altitude,
    destination,
    ecef_from_geodetic,
    enu_axes,
    geodesic,
    geodetic_from_ecef,
    height_by_series,
    inertial_velocity,
    spin,
    vertical_speed,
)

pytestmark = pytest.mark.kernel

NANOMETRES = 3e-8  # m at up to 50,000 km from the centre: a few roundings of numbers of that size
ERFA_ANGLE = 5e-11  # rad, 0.3 mm on the ground: erfa's own way back is off by up to 2.6e-11 at great heights
OUR_ANGLE = 1e-15  # rad, our own round trip: rounding
MILLIMETRE = 1e-3  # m, of geodesics up to 19,900 km
TENTH = 1e-4  # m; `altitude` is one round of Bowring's formula, `geodetic_from_ecef` three
RATE = 1.5e-12  # rad/s: WGS 84 rounds the spin to seven digits (7.292115e-5; the IAU's is 7.29211515e-5): 0.8 m a day
WGS84 = Geodesic(R_EQ, FLATTENING)

latitudes = st.floats(-np.pi / 2, np.pi / 2)
longitudes = st.floats(-np.pi, np.pi)
heights = st.floats(-10e3, 40_000e3)


@given(latitudes, longitudes, heights)
def test_places_are_erfas(lat, lon, alt):
    """erfa's gd2gc and gc2gd, WGS 84, from 10 km below to 40,000 km above: 30 nm, 5e-11 rad; our round trip 1e-15 rad."""
    r = np.array(ecef_from_geodetic(lat, lon, alt))
    np.testing.assert_allclose(r, erfa.gd2gc(1, lon, lat, alt), rtol=0, atol=NANOMETRES)
    lon_erfa, lat_erfa, alt_erfa = erfa.gc2gd(1, r)
    lat_ours, lon_ours, alt_ours = geodetic_from_ecef(*r)
    assert abs(lat_ours - lat_erfa) < ERFA_ANGLE
    assert abs(lat_ours - lat) < OUR_ANGLE
    assert abs(alt_ours - alt) < NANOMETRES
    assert abs(np.sin(lon_ours - lon_erfa)) * np.hypot(r[0], r[1]) < NANOMETRES
    assert abs(alt_ours - alt_erfa) < NANOMETRES


@given(latitudes, longitudes, heights)
def test_altitude_is_the_height_of_the_place(lat, lon, alt):
    """The quick height that flights use, against the geodetic one: 0.1 mm."""
    assert abs(altitude(*ecef_from_geodetic(lat, lon, alt)) - alt) < TENTH


@given(latitudes, longitudes, st.floats(0, 5_000e3), latitudes, longitudes)
def test_the_vertical_speed_is_the_rate_of_the_height(lat, lon, alt, lat_v, lon_v):
    """Central differences of the geodetic height along 7 km/s in any direction: within 0.1 mm/s."""
    r, v = np.array(ecef_from_geodetic(lat, lon, alt)), 7e3 * np.array(ecef_from_geodetic(lat_v, lon_v, 0.0)) / R_EQ
    ahead, behind = (geodetic_from_ecef(*(r + sign * 0.1 * v))[2] for sign in (1, -1))
    assert abs(vertical_speed(*r, *v) - (ahead - behind) / 0.2) < TENTH


@given(latitudes, longitudes, st.floats(-1e3, 1_000e3))
def test_the_height_that_air_feels_is_the_height(lat, lon, alt):
    """The series that forces use, against the geodetic height: 3 mm to 100 km, 20 mm to 1,000 km."""
    allowed = 3e-3 if alt < 100e3 else 20e-3
    assert abs(height_by_series(*ecef_from_geodetic(lat, lon, alt)) - alt) < allowed


def test_the_earth_turns_as_erfas_does():
    """erfa's Earth rotation angle over a day: same direction, same rate to 1.5e-12 rad/s (0.8 m a day at the equator)."""
    day, start = 86_400.0, 2_456_444.5  # 1 June 2013
    for t in np.linspace(600.0, day, 12):
        turned = (erfa.era00(start, t / day) - erfa.era00(start, 0.0)) % (2 * np.pi)
        x, y = spin(R_EQ, 0.0, OMEGA * t)
        apart = (np.arctan2(y, x) - turned + np.pi) % (2 * np.pi) - np.pi
        assert abs(apart) < RATE * t, f"after {t:.0f} s: {apart:.2e} rad"


def test_what_stands_on_the_ground_moves_east():
    """A fixed point's inertial velocity is east, OMEGA times its distance from the axis."""
    lat, lon = 0.7, 2.1
    r, axes = np.array(ecef_from_geodetic(lat, lon, 0.0)), np.empty((3, 3))
    enu_axes(lat, lon, axes)
    v = axes @ np.array(inertial_velocity(*r, 0.0, 0.0, 0.0))
    np.testing.assert_allclose(v, [OMEGA * np.hypot(r[0], r[1]), 0.0, 0.0], atol=1e-10)


@given(latitudes, longitudes)
def test_local_axes_are_right_handed_and_of_unit_length(lat, lon):
    """East x north = up; up is the ellipsoid's normal, along which height grows."""
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-15)
    np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-15)
    low, high = np.array(ecef_from_geodetic(lat, lon, 0.0)), np.array(ecef_from_geodetic(lat, lon, 1e6))
    np.testing.assert_allclose((high - low) / 1e6, axes[2], atol=1e-14)
    assert axes[0, 2] == 0.0
    assert axes[1, 2] >= 0.0


@given(latitudes, longitudes, latitudes, longitudes)
@example(0.0, 0.0, 0.0, 1.0)
@example(0.5, 1.0, 0.5, 1.0)
@example(-1.2, 3.0, 0.4, -3.0)
def test_geodesics_are_geographiclibs(lat1, lon1, lat2, lon2):
    """geographiclib (Karney 2013) up to 19,900 km: length within 1 mm, both azimuths where they matter within 1 mm."""
    known = WGS84.Inverse(*np.degrees([lat1, lon1, lat2, lon2]), Geodesic.ALL)
    length, out, back, status = geodesic(lat1, lon1, lat2, lon2)
    if known["s12"] > 19_900e3:
        assert status in (0, 1)
        return
    assert status == 0
    assert abs(length - known["s12"]) < MILLIMETRE
    # An azimuth matters by how far it would carry the other end: times the reduced length.
    for azimuth, reference in ((out, known["azi1"]), (back, known["azi2"])):
        swing = abs(np.sin(azimuth - np.radians(reference))) * known["m12"]
        assert swing < 2 * MILLIMETRE or length < 1.0


@given(latitudes, longitudes, st.floats(0, 2 * np.pi), st.floats(0, 19_900e3))
def test_destinations_are_geographiclibs(lat, lon, azimuth, distance):
    """geographiclib's direct problem up to 19,900 km: the end within 1 mm."""
    known = WGS84.Direct(*np.degrees([lat, lon, azimuth]), distance)
    end = ecef_from_geodetic(*destination(lat, lon, azimuth, distance), 0.0)
    right = ecef_from_geodetic(np.radians(known["lat2"]), np.radians(known["lon2"]), 0.0)
    assert np.linalg.norm(np.subtract(end, right)) < MILLIMETRE


def test_geodesics_between_antipodes_say_that_they_failed():
    """Vincenty's iteration does not converge there: status 1 and nan, never a wrong number."""
    length, out, back, status = geodesic(0.0, 0.0, 0.005, np.pi - 0.001)
    assert status == 1
    assert np.isnan([length, out, back]).all()
