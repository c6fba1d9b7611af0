"""A first state lies where the sensor pointed, and is as uncertain as many noisy looks make it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.initiate import from_angles, from_radar
from entente.estimate.kalman import radar_measure
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes

pytestmark = pytest.mark.kernel

METRE = 1.0
ROUND = 1e-6  # m, radar geometry there and back at up to 4,000 km
SAMPLING = 0.15  # relative; of a variance from 2,000 looks, four times its own sqrt(2 / 2000), rounded up
RAISED = 1e-3  # relative; a raised ellipsoid is not quite a surface of equal height


def stand(lat, lon, alt):
    """A place and its axes."""
    enu = np.empty((3, 3))
    enu_axes(lat, lon, enu)
    return np.array(ecef_from_geodetic(lat, lon, alt)), enu


@given(st.floats(1e4, 4e6), st.floats(0.0, 6.28), st.floats(0.0, 1.5))
def test_a_radar_finds_what_it_saw(slant, az, el):
    site, enu = stand(0.8, 0.2, 100.0)
    z, sigma = np.array([slant, az, el]), np.array([30.0, 2e-3, 3e-3])
    x, P, seen, H = np.empty(6), np.empty((6, 6)), np.empty(3), np.empty((3, 6))
    assert from_radar(z, sigma, site, enu, 2000.0, x, P) == 0
    radar_measure(x, site, enu, seen, H)
    assert abs(seen[0] - slant) < ROUND
    assert abs(math.remainder(seen[1] - az, 2 * math.pi)) * slant * math.cos(el) < ROUND
    assert abs(seen[2] - el) * slant < ROUND
    # Seen through the same radar, the covariance is the noise it was made of.
    np.testing.assert_allclose(H @ P @ H.T / np.outer(sigma, sigma), np.eye(3), atol=1e-6)
    np.testing.assert_allclose(P[3:, 3:], 4e6 * np.eye(3))
    assert (x[3:] == 0.0).all()
    assert (P == P.T).all()


@pytest.mark.parametrize(
    ("z", "sigma", "speed_sigma"),
    [
        ([0.0, 1.0, 1.0], [1.0, 1.0, 1.0], 1.0),
        ([1e5, math.nan, 1.0], [1.0, 1.0, 1.0], 1.0),
        ([1e5, 1.0, 1.0], [1.0, 0.0, 1.0], 1.0),
        ([1e5, 1.0, 1.0], [1.0, 1.0, 1.0], -1.0),
        ([math.inf, 1.0, 1.0], [1.0, 1.0, 1.0], 1.0),
    ],
)
def test_looks_that_are_none_are_refused(z, sigma, speed_sigma):
    site, enu = stand(0.8, 0.2, 100.0)
    assert from_radar(np.array(z), np.array(sigma), site, enu, speed_sigma, np.empty(6), np.empty((6, 6))) == 4


def look(satellite, enu, target):
    """Azimuth and elevation of a place seen from a satellite."""
    z, H = np.empty(3), np.empty((3, 6))
    radar_measure(np.concatenate([target, np.zeros(3)]), satellite, enu, z, H)
    return z


@pytest.mark.parametrize("lat", [0.1, 0.6, 1.0])
def test_a_satellite_finds_the_place_at_the_height_it_assumes(lat):
    satellite, enu = stand(0.0, 0.5, 35_786e3)
    target, local = stand(lat, 0.9, 20e3)
    slant, az, el = look(satellite, enu, target)
    x, P = np.empty(6), np.empty((6, 6))
    assert from_angles(az, el, 1e-5, 1e-5, satellite, enu, 20e3, 5e3, 400.0, 1000.0, x, P) == 0
    line = (target - satellite) / slant
    sin_grazing = -line @ local[2]
    assert np.linalg.norm(x[:3] - target) < 20e3 * RAISED / sin_grazing
    assert abs(altitude(*x[:3]) - 20e3) < 20e3 * RAISED
    np.testing.assert_allclose(x[3:], 400.0 * local[2], atol=1.0)
    along = math.sqrt(line @ P[:3, :3] @ line)
    assert along == pytest.approx(5e3 / sin_grazing, rel=0.05)  # the Earth's curve is what the 5 % leave out


def test_the_covariance_is_that_of_many_looks_at_many_heights():
    rng, n = np.random.default_rng(4), 2000
    satellite, enu = stand(0.0, 0.5, 35_786e3)
    target, _ = stand(0.6, 0.9, 20e3)
    _, az, el = look(satellite, enu, target)
    x, P, other = np.empty(6), np.empty((6, 6)), np.empty((6, 6))
    from_angles(az, el, 3e-4, 2e-5, satellite, enu, 20e3, 5e3, 0.0, 1000.0, x, P)
    found = np.empty((n, 6))
    for i in range(n):
        noisy = az + 3e-4 * rng.normal(), el + 2e-5 * rng.normal(), 20e3 + 5e3 * rng.normal()
        assert from_angles(*noisy[:2], 3e-4, 2e-5, satellite, enu, noisy[2], 5e3, 0.0, 1000.0, found[i], other) == 0
    whitened = np.linalg.solve(np.linalg.cholesky(P[:3, :3]), (found[:, :3] - x[:3]).T)
    np.testing.assert_allclose(np.cov(whitened), np.eye(3), atol=SAMPLING)


@pytest.mark.parametrize(
    ("az", "el", "sigma", "status"),
    [(0.0, -0.5, 1e-5, 2), (0.0, 0.5, 1e-5, 2), (math.nan, -1.5, 1e-5, 4), (0.0, -1.5, 0.0, 4)],
)
def test_lines_that_miss_the_earth_are_said(az, el, sigma, status):
    satellite, enu = stand(0.0, 0.5, 35_786e3)
    assert from_angles(az, el, sigma, 1e-5, satellite, enu, 2e4, 5e3, 0.0, 1e3, np.empty(6), np.empty((6, 6))) == status


def test_a_sensor_under_the_assumed_height_sees_nothing_below():
    site, enu = stand(0.3, 0.5, 1e3)
    assert from_angles(0.0, -0.5, 1e-5, 1e-5, site, enu, 2e4, 5e3, 0.0, 1e3, np.empty(6), np.empty((6, 6))) == 2
