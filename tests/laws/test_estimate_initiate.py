"""A first state lies where the sensor pointed, and is as uncertain as many noisy looks make it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from entente.estimate.initiate import from_angles, from_pair, from_radar, from_region
from entente.estimate.kalman import radar_measure
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes, geodetic_from_ecef

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


N = 2000  # looks with noise
ALPHA = 1e-3  # chance that honest sizes fail, all tests of a family together
EAST, WEST = (0.0, 0.3, 35_786e3), (0.0, 1.4, 35_786e3)
NOISE = np.array([3e-5, 3e-5])


def seen(place, satellite, enu, draws):
    """What a satellite makes of a place: azimuth, elevation with noise."""
    return look(satellite, enu, place)[1:] + NOISE * draws.normal(size=2)


def pairs(between, speed, scale=1.0, noise=NOISE):
    """Errors of many states from pairs of lines, their covariance, and their misses."""
    draws = np.random.default_rng(7)
    (a, enu_a), (b, enu_b), (place, local) = stand(*EAST), stand(*WEST), stand(0.7, 0.9, 30e3)
    x, P = np.empty(6), np.empty((6, 6))
    off, misses = np.empty((N, 6)), np.empty(N)
    for i in range(N):
        v = local.T @ [0.0, 0.0, 600.0] + speed * draws.normal(size=3)
        first, second = seen(place - between * v, a, enu_a, draws), seen(place, b, enu_b, draws)
        misses[i], status = from_pair(
            first, second, scale * noise, scale * noise, a, b, enu_a, enu_b, between, 600.0, speed, x, P
        )
        assert status == 0
        off[i] = x - np.concatenate([place, v])
    return off, P, misses


def strays(squares, freedom, tests):
    """Whether the mean of squared, normalised errors lies outside its two-sided chi-square bounds."""
    n = len(squares)
    low, high = chi2.ppf([ALPHA / tests / 2, 1 - ALPHA / tests / 2], freedom * n) / n
    return not low < squares.mean() < high


def nees_of(off, P):
    """Normalised errors squared."""
    return (np.linalg.solve(np.linalg.cholesky(P), off.T) ** 2).sum(axis=0)


@pytest.mark.parametrize("between", [0.0, 10.0])
def test_a_pair_of_lines_is_as_good_as_it_says(between):
    off, P, misses = pairs(between, 500.0)
    assert not strays(nees_of(off, P), 6, 4)
    assert not strays(misses, 1, 4)
    assert (P == P.T).all()


@pytest.mark.parametrize("scale", [math.sqrt(1.5), math.sqrt(1 / 1.5)])
def test_a_pair_that_is_wrong_by_half_is_noticed(scale):
    off, P, misses = pairs(10.0, 500.0, scale)
    assert strays(nees_of(off, P), 6, 4) or strays(misses, 1, 4)


def test_a_pair_meets_where_numpys_least_squares_does():
    (a, enu_a), (b, enu_b), (place, _) = stand(*EAST), stand(*WEST), stand(0.7, 0.9, 30e3)
    draws = np.random.default_rng(8)
    first, second = seen(place + 2e4, a, enu_a, draws), seen(place, b, enu_b, draws)
    x, P = np.empty(6), np.empty((6, 6))
    from_pair(first, second, NOISE, 2 * NOISE, a, b, enu_a, enu_b, 8.0, 600.0, 900.0, x, P)

    def ray(angles, enu):
        (az, el), back = angles, enu.T
        toward = back @ [math.sin(az) * math.cos(el), math.cos(az) * math.cos(el), math.sin(el)]
        return toward, back @ [math.cos(az), -math.sin(az), 0.0]

    matrix, right = [], []
    for angles, site, enu, noise, dt in ((first, a, enu_a, NOISE, 8.0), (second, b, enu_b, 2 * NOISE, 0.0)):
        toward, aside = ray(angles, enu)
        slant = toward @ (place - site)
        for across, wide in (
            (aside, noise[0] * slant * math.cos(angles[1])),
            (np.cross(aside, toward), noise[1] * slant),
        ):
            matrix.append(np.concatenate([across, -dt * across]) / wide)
            right.append(across @ (site - place) / wide)
    up = x[:3] / np.linalg.norm(x[:3])
    local = stand(0.7, 0.9, 0.0)[1][2]
    assert np.linalg.norm(up - local) < 5e-3
    for k in range(3):
        matrix.append(np.eye(6)[k + 3] / 900.0)
        right.append(600.0 * local[k] / 900.0)
    matrix, right = np.array(matrix), np.array(right)
    scale = np.array([1.0] * 3 + [1.0] * 3)
    answer, cost, *_ = np.linalg.lstsq(matrix * scale, right, rcond=None)
    np.testing.assert_allclose(x[:3] - place, answer[:3], rtol=0.01, atol=5.0)
    np.testing.assert_allclose(P, np.linalg.inv(matrix.T @ matrix), rtol=0.01, atol=1e-3 * np.abs(P).max())
    assert cost.size == 1


@pytest.mark.parametrize(
    ("change", "status"),
    [({"between": -1.0}, 4), ({"speed_sigma": 0.0}, 4), ({"sigma": np.array([1e-5, 0.0])}, 4), ({"b": EAST}, 2),
     ({"up": True}, 2), ({"between": math.nan}, 4), ({"wide": 1e200}, 2)],
)  # fmt: skip
def test_pairs_that_do_not_meet_are_said(change, status):
    (a, enu_a), (b, enu_b), (place, _) = stand(*EAST), stand(*change.get("b", WEST)), stand(0.7, 0.9, 30e3)
    first, second = look(a, enu_a, place)[1:], look(b, enu_b, place)[1:]
    if "up" in change:
        first[1], second[1] = -first[1], -second[1]
    sigma = change.get("sigma", NOISE) * change.get("wide", 1.0)
    answer = from_pair(
        first, second, sigma, sigma, a, b, enu_a, enu_b, change.get("between", 1.0), 0.0, change.get("speed_sigma", 1.0),
        np.empty(6), np.empty((6, 6)),
    )  # fmt: skip
    assert answer[1] == status
    assert math.isnan(answer[0])


REGION = np.array([[90e3**2, 0.3 * 90e3 * 60e3], [0.3 * 90e3 * 60e3, 60e3**2]])


def regions(satellite_at, scale=1.0, at=(0.7, 0.9)):
    """Errors of many states from one line and a region that the truth was drawn from, their squares and misses."""
    draws, n = np.random.default_rng(9), N
    (satellite, enu), (middle, local) = stand(*satellite_at), stand(*at, 30e3)
    x, P = np.empty(6), np.empty((6, 6))
    squares, misses = np.empty(n), np.empty(n)
    for i in range(n):
        east, north = np.linalg.cholesky(REGION) @ draws.normal(size=2)
        lat, lon, _ = geodetic_from_ecef(*(middle + local.T @ [east, north, 0.0]))
        place = np.array(ecef_from_geodetic(lat, lon, 30e3 + 8e3 * draws.normal()))
        z = seen(place, satellite, enu, draws)
        misses[i], status = from_region(
            z, scale * NOISE, satellite, enu, *at, scale**2 * REGION, 30e3, scale * 8e3, 600.0, 500.0, x, P
        )
        assert status == 0
        squares[i] = nees_of((x[:3] - place)[None], P[:3, :3])[0]
    return squares, misses, P


@pytest.mark.parametrize("satellite", [EAST, (0.0, -0.2, 35_786e3), (1.1, 1.0, 39_000e3)])
def test_a_line_and_a_region_are_as_good_as_they_say(satellite):
    squares, misses, P = regions(satellite)
    assert not strays(squares, 3, 6)
    assert not strays(misses, 2, 6)
    assert (P[3:, 3:] == 500.0**2 * np.eye(3)).all()


@pytest.mark.parametrize("scale", [math.sqrt(1.5), math.sqrt(1 / 1.5)])
def test_a_region_that_is_wrong_by_half_is_noticed(scale):
    squares, misses, _ = regions(EAST, scale)
    assert strays(squares, 3, 6)
    assert strays(misses, 2, 6)


def test_a_region_says_where_on_a_grazing_line():
    """Seen 2 degrees above the horizon the height says little, the region much; past the limb there is no other way."""
    satellite, enu = stand(0.0, 0.0, 35_786e3)
    x, P, alone, wide = np.empty(6), np.empty((6, 6)), np.empty(6), np.empty((6, 6))
    for lat, met in ((1.36, 0), (1.43, 2)):
        place, _ = stand(lat, 0.0, 30e3)
        _, az, el = look(satellite, enu, place)
        met_status = from_angles(az, el, *NOISE, satellite, enu, 20e3, 8e3, 0.0, 500.0, alone, wide)
        assert met_status == met
        assert (
            from_region(np.array([az, el]), NOISE, satellite, enu, lat, 0.0, REGION, 30e3, 8e3, 0.0, 500.0, x, P)[1]
            == 0
        )
        assert np.linalg.norm(x[:3] - place) < 100.0
        if met == 0:
            assert math.sqrt(np.trace(P[:3, :3])) < 0.7 * math.sqrt(np.trace(wide[:3, :3]))


@pytest.mark.parametrize(
    ("sigma", "cov", "alt_sigma", "az"),
    [(NOISE, -REGION, 1e3, 0.0), (0 * NOISE, REGION, 1e3, 0.0), (NOISE, REGION, 0.0, 0.0), (NOISE, REGION, 1e3, math.nan),
     (NOISE, np.full((2, 2), 1e6), 1e3, 0.0)],
)  # fmt: skip
def test_regions_that_are_none_are_refused(sigma, cov, alt_sigma, az):
    satellite, enu = stand(*EAST)
    answer = from_region(
        np.array([az, -1.4]),
        sigma,
        satellite,
        enu,
        0.7,
        0.9,
        cov,
        3e4,
        alt_sigma,
        0.0,
        1.0,
        np.empty(6),
        np.empty((6, 6)),
    )
    assert math.isnan(answer[0])
    assert answer[1] == 4


def test_a_line_on_the_far_side_of_the_earth_does_not_settle_on_the_region():
    satellite, enu = stand(*EAST)
    answer = from_region(
        np.array([0.0, 1.5]),
        NOISE,
        satellite,
        enu,
        -0.7,
        -2.0,
        REGION,
        3e4,
        8e3,
        0.0,
        1.0,
        np.empty(6),
        np.empty((6, 6)),
    )
    assert answer[0] > 1e3 or answer[1] == 1
