"""The Sun against almanacs, and the glint of 26 September 1983 against what is said of it."""

import datetime as dt
import math

import erfa
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.constants import GEO_RADIUS, R_EQ, R_MEAN
from entente.physics.earth import ecef_from_geodetic
from entente.physics.orbits import place_on_orbit
from entente.physics.sunlight import CLOUD_TOPS, GRAZING, glint, specular_point, sun_direction

ARC_SECOND = math.radians(1.0 / 3600.0)
MINUTE_OF_TIME = math.radians(0.25)
FALSE_ALERT = dt.datetime(1983, 9, 25, 20, 15)  # UTC; a quarter past midnight of the 26th in Moscow's summer time
MALMSTROM = np.array(ecef_from_geodetic(math.radians(47.5), math.radians(-111.2), 0.0))  # grid of half a degree


def days(moment):
    return (moment - dt.datetime(2000, 1, 1, 12)).total_seconds() / 86_400.0


def angles(sun):
    """Declination and longitude below the Sun [rad]."""
    return math.asin(sun[2]), math.atan2(sun[1], sun[0])


def test_the_sun_of_meeus():
    """Meeus, Astronomical Algorithms (1998), example 25.b: 1992 October 13, 0h TD, apparent 13h 13m 30.749s, -7d 47' 01.74".

    The almanac's figure; ours has 64 s of TT after UTC instead of 59, the Sun 0.2 arc seconds on, and no polar motion.
    """
    moment = dt.datetime(1992, 10, 13) - dt.timedelta(seconds=59)
    declination, longitude = angles(sun_direction(days(moment)))
    assert declination == pytest.approx(-math.radians(7 + 47 / 60 + 1.74 / 3600), abs=1.0 * ARC_SECOND)
    jd = 2_451_545.0 + days(moment)
    ascension = math.radians(15.0 * (13 + 13 / 60 + 30.749 / 3600))
    apart = erfa.gst06a(jd, 0.0, jd + 59 / 86_400, 0.0) + longitude - ascension
    assert (apart + math.pi) % (2 * math.pi) - math.pi == pytest.approx(0.0, abs=2.0 * ARC_SECOND)


@pytest.mark.parametrize("moment", [dt.datetime(2013, 3, 20, 11, 2), dt.datetime(1983, 9, 23, 14, 42)])
def test_equinoxes_fall_when_almanacs_say(moment):
    """To the minute, in which the declination changes by an arc second; recalled."""
    assert angles(sun_direction(days(moment)))[0] == pytest.approx(0.0, abs=1.5 * ARC_SECOND)


@pytest.mark.parametrize(
    ("moment", "side"), [(dt.datetime(2013, 6, 21, 5, 4), 1), (dt.datetime(2026, 12, 21, 20, 50), -1)]
)
def test_solstices_stand_at_the_obliquity(moment, side):
    """Mean obliquity of Meeus (22.2), 23.43929 deg less 0.01300 a century; nutation takes or adds up to 9.2 arc seconds."""
    obliquity = math.radians(23.43929 - 0.01300 * days(moment) / 36_525.0)
    assert angles(sun_direction(days(moment)))[0] == pytest.approx(side * obliquity, abs=10.0 * ARC_SECOND)


@pytest.mark.parametrize(("moment", "minutes"), [((2013, 11, 3), 16.4), ((2013, 2, 11), -14.2), ((2013, 4, 15), 0.0)])
def test_the_equation_of_time(moment, minutes):
    """How much the true Sun is ahead of noon at Greenwich: the two extremes and a zero of every almanac; recalled."""
    longitude = angles(sun_direction(days(dt.datetime(*moment, 12))))[1]
    assert -longitude / MINUTE_OF_TIME == pytest.approx(minutes, abs=0.15)


@pytest.mark.parametrize("year", [1850, 1900, 2100, 2300])
def test_other_centuries_are_answered_too(year):
    sun = sun_direction(days(dt.datetime(year, 7, 1)))
    assert np.linalg.norm(sun) == pytest.approx(1.0)
    assert 23.0 < math.degrees(angles(sun)[0]) < 23.3


# --- the mirror ---

turns = st.floats(0.0, math.pi)


def beside(angle):
    return np.array([math.cos(angle), math.sin(angle), 0.0])


@given(turns, st.floats(7e6, 5e7))
def test_the_mirror_reflects(apart, far):
    """The ray to the satellite is the ray from the Sun, mirrored at the local vertical; by vectors."""
    sun, station = beside(apart), far * beside(0.0)
    angle, point = specular_point(sun, station)
    edge = math.acos((R_MEAN + CLOUD_TOPS) / far) + 0.5 * math.pi
    if apart > edge:
        assert math.isnan(angle)
        assert np.isnan(point).all()
        return
    up = point / np.linalg.norm(point)
    assert np.linalg.norm(point) == pytest.approx(R_MEAN + CLOUD_TOPS)
    to_station = (station - point) / np.linalg.norm(station - point)
    np.testing.assert_allclose(to_station, 2.0 * (sun @ up) * up - sun, atol=1e-7)
    assert angle == pytest.approx(math.asin(min(1.0, to_station @ up)), abs=1e-7)
    assert angle >= -1e-9


def test_the_mirror_stands_below_the_sun_and_nowhere_from_within():
    angle, point = specular_point(beside(0.0), GEO_RADIUS * beside(0.0))
    assert angle == pytest.approx(math.pi / 2)
    assert point == pytest.approx((R_MEAN + CLOUD_TOPS) * beside(0.0))
    assert math.isnan(specular_point(beside(1.0), 6.0e6 * beside(0.0))[0])
    assert np.isnan(glint(beside(1.0), 6.0e6 * beside(0.0))).all()
    assert math.isnan(specular_point(-beside(0.0), GEO_RADIUS * beside(0.0))[0])


def test_a_glint_begins_at_its_angle_and_ends_behind_the_twilight():
    """A geostationary satellite and a Sun that sets for it: the edges, found by trying, are those of the closed forms."""
    station, step = GEO_RADIUS * beside(0.0), math.radians(0.01)
    lit = [angle for angle in np.arange(0.0, math.pi, step) if np.isfinite(glint(beside(angle), station)).all()]
    assert np.diff(lit).max() == pytest.approx(step)  # one stretch
    assert specular_point(beside(lit[0]), station)[0] == pytest.approx(GRAZING, abs=2 * step)
    radius = R_MEAN + CLOUD_TOPS
    last = 0.5 * math.pi + math.acos(radius / GEO_RADIUS) + math.acos(R_MEAN / radius)
    assert lit[-1] == pytest.approx(last, abs=2 * step)
    for angle in lit:
        place = glint(beside(angle), station)
        assert np.linalg.norm(place) == pytest.approx(radius)
        assert place @ station > (1.0 - 1e-9) * radius**2  # not beyond the limb


def cosmos_1382(longitude):
    """Places on the published orbit (600 by 39,700 km, 62.8 deg, perigee at 318) where it is far out over Eurasia."""
    for share in np.arange(0.2, 0.52, 0.01):
        elements = (R_EQ + 600e3, R_EQ + 39_700e3, math.radians(62.8), math.radians(318.0), math.radians(longitude))
        place = np.array(place_on_orbit(share, *elements))
        if math.degrees(math.asin(place[2] / np.linalg.norm(place))) > 35.0:
            yield place


def elevation_over(place, ground):
    line = place - ground
    return math.degrees(math.asin(line @ ground / np.linalg.norm(line) / np.linalg.norm(ground)))


def test_the_false_alert_of_1983_was_a_glint():
    """The satellite saw Malmstrom at the limb, 150 km above it against space, and the Sun stood behind in line with both.

    Where it stood is not published: every place of its orbit over Europe and the Urals (7 to 82 deg E) with the field within
    3 deg of its horizon is tried, which apogees at 20 to 60 deg E lead through. Source: Forden's animation, see
    `glint`; the orbit, docs/reference/catalogue.md.
    """
    sun, morning = (sun_direction(days(FALSE_ALERT - dt.timedelta(hours=h))) for h in (0, 12))
    angles_of_all = []
    for longitude in range(20, 65, 5):
        places = [p for p in cosmos_1382(longitude) if abs(elevation_over(p, MALMSTROM)) < 3.0]
        assert places
        for place in places:
            angles_of_all.append(specular_point(sun, place)[0])
            assert np.isfinite(glint(sun, place)).all()
            assert np.isnan(glint(morning, place)).all()  # half a day before, the Sun stood behind the satellite
            # The clouds that glint lie on the same side as the missile fields: less than 45 deg to either side of them.
            toward, line = glint(sun, place) - place, MALMSTROM - place
            nadir = -place / np.linalg.norm(place)
            sides = [v - (v @ nadir) * nadir for v in (toward, line)]
            cosine = sides[0] @ sides[1] / np.prod([np.linalg.norm(side) for side in sides])
            assert cosine > math.cos(math.radians(45.0))
    assert 18.0 < math.degrees(min(angles_of_all)) < math.degrees(max(angles_of_all)) < 25.0
