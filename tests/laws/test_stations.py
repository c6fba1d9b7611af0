"""Where satellites stand in a world: what an orbit of the catalogue becomes there."""

import math

import numpy as np
import pytest

from entente.constants import GEO_RADIUS, R_EQ
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.orbits import eccentric_anomaly
from entente.scenario.load import load
from entente.scenario.rows import satellites
from entente.scenario.systems import Satellite
from entente.scenario.world import INFRARED, build

EKS = ("eks_3", "eks_4", "eks_5", "eks_6")
ORBITS = {row.id: row.orbit for row in satellites() if row.orbit}


def watchers(seed, name="europe-2026"):
    scenario = load(name)
    world = build(scenario, scenario.cases[0].name, seed)
    return {sensor.id: sensor for sensor in world.sensors if sensor.kind == INFRARED}


def share_of_period(sensor, orbit):
    """Back from the place to the share of a revolution since the perigee; it does not show on which half it is."""
    perigee, apogee = R_EQ + orbit.perigee_km * 1e3, R_EQ + orbit.apogee_km * 1e3
    a, e = 0.5 * (perigee + apogee), (apogee - perigee) / (apogee + perigee)
    cosine = (1.0 - np.linalg.norm(sensor.r_ecef) / a) / e
    anomaly = math.acos(min(1.0, max(-1.0, cosine)))
    return (anomaly - e * math.sin(anomaly)) / (2.0 * math.pi)


@pytest.mark.parametrize("seed", range(5))
def test_place_and_axes_belong_together(seed):
    for sensor in watchers(seed).values():
        radius = np.linalg.norm(sensor.r_ecef)
        np.testing.assert_allclose(sensor.axes @ sensor.axes.T, np.eye(3), atol=1e-12)
        np.testing.assert_allclose(sensor.axes[2], sensor.r_ecef / radius, atol=1e-12)
        nadir = np.empty(3)
        azimuth_elevation_range(sensor.r_ecef * (R_EQ / radius), sensor.r_ecef, sensor.axes, nadir)
        assert nadir[1] == pytest.approx(-math.pi / 2, abs=1e-6)
        if sensor.id in ORBITS:
            orbit = ORBITS[sensor.id]
            assert R_EQ + orbit.perigee_km * 1e3 <= radius <= R_EQ + orbit.apogee_km * 1e3
            assert abs(sensor.lat) <= math.radians(orbit.inclination_deg) + 1e-9
        else:
            assert radius == pytest.approx(GEO_RADIUS)


@pytest.mark.parametrize("seed", range(20))
def test_a_constellation_keeps_its_spacing(seed):
    """Two satellites half a period apart: the shares s and s + 1/2, seen from the perigee on either side, add to 1/2."""
    found = watchers(seed)
    for one, other in (("eks_3", "eks_4"), ("eks_5", "eks_6"), ("sbirs_heo1", "sbirs_heo2")):
        shares = [share_of_period(found[name], ORBITS[name]) for name in (one, other)]
        assert sum(shares) == pytest.approx(0.5, abs=1e-6)


def test_histories_differ_and_repeat():
    first, again, other = watchers(1)["eks_3"].r_ecef, watchers(1)["eks_3"].r_ecef, watchers(2)["eks_3"].r_ecef
    np.testing.assert_array_equal(first, again)
    assert np.linalg.norm(first - other) > 1e5


def test_two_constellations_are_drawn_apart():
    shares = [[share_of_period(watchers(seed)[n], ORBITS[n]) for n in ("eks_3", "sbirs_heo1")] for seed in range(30)]
    assert abs(np.corrcoef(np.array(shares).T)[0, 1]) < 0.5


def test_time_is_spent_as_kepler_says():
    """The mean anomaly is uniform, so that most of the time is spent near the apogee; 60 histories, 4 satellites."""
    shares = np.array([share_of_period(watchers(seed)["eks_3"], ORBITS["eks_3"]) for seed in range(60)])
    assert shares.mean() == pytest.approx(0.25, abs=4 * 0.5 / math.sqrt(12 * 60))
    high = [np.linalg.norm(watchers(seed)["eks_3"].r_ecef) > R_EQ + 20e6 for seed in range(60)]
    e = (38_500 - 1_650) / (38_500 + 1_650 + 2 * R_EQ / 1e3)
    a = 0.5e3 * (38_500 + 1_650) + R_EQ
    at_20 = math.acos((1.0 - (R_EQ + 20e6) / a) / e)
    expected = 1.0 - (at_20 - e * math.sin(at_20)) / math.pi
    assert eccentric_anomaly(at_20 - e * math.sin(at_20), e) == pytest.approx(at_20)
    assert np.mean(high) == pytest.approx(expected, abs=4 * math.sqrt(expected * (1 - expected) / 60))


def test_four_of_them_always_watch_the_pole():
    """What EKS is for: whatever the history, the launch fields of the north are in somebody's view."""
    pole = np.array([0.0, 0.0, R_EQ + 50e3])
    for seed in range(20):
        found = watchers(seed)
        seen = [not hidden_by_earth(found[name].r_ecef, pole, 12e3) for name in EKS]
        assert sum(seen) >= 2


def test_every_orbit_has_its_constellation_and_a_geostationary_one_its_longitude():
    assert all((row.longitude_deg is None) != (row.orbit is None) for row in satellites())
    assert {orbit.constellation for orbit in ORBITS.values()} == {"eks", "sbirs_heo"}
    assert isinstance(satellites()[0], Satellite)
