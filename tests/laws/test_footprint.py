"""Footprints: the flights between those of a fan, the counts against the histories' own formulas, and what can only shrink."""

import math
from dataclasses import replace

import numpy as np
import pytest

import entente as en
from entente.aiming import aim, toward
from entente.ascent import Ascent
from entente.physics import covering
from entente.physics.geometry import azimuth_elevation_range
from entente.physics.intercept import deadlines_many
from entente.physics.sight import edges_of, sine_of_elevation
from entente.physics.signals import detection_probability, off_boresight, scan_reach
from entente.questions import cells
from entente.questions.defended import WAYS
from entente.questions.fan import fan
from entente.questions.footprint import cover, line_of, nominal_world, radars_of
from entente.records import RADAR
from entente.scenario.load import load
from entente.scenario.rows import vehicles
from entente.scenario.units import DEG
from entente.scenario.world import build

pytestmark = pytest.mark.kernel
KILOMETRE = 1_000.0  # m
NEAR = 6.0 * KILOMETRE  # in 1,000 s of flight: how near the interpolated one runs to the one that is aimed
COARSE = 24  # nside of tests: 6,912 cells


@pytest.fixture(scope="module")
def rows():
    return {row.id: row.vehicle for row in vehicles()}


@pytest.mark.parametrize(
    ("name", "lofted", "far"),
    [
        ("mrbm_3000", True, 2_700.0),
        ("mrbm_3000", False, 2_000.0),
        ("icbm_liquid", True, 9_000.0),
        ("srbm_300", True, 250.0),
    ],
)
def test_flights_between_those_of_a_fan_are_those_that_are_aimed(rows, name, lofted, far):
    vehicle = rows[name]
    beta = vehicle.ballistic_coefficient_kg_m2.nominal if vehicle.ballistic_coefficient_kg_m2 else 1.0
    lat, lon = 36.0 * DEG, 46.0 * DEG
    flights = fan(vehicle, lat, lon, beta, lofted)
    ascent = Ascent(vehicle, lat, lon, beta)
    points = flights.places.shape[2]
    path, t, at, index = np.empty((points, 3)), np.empty(points), np.empty(4), np.empty(4, np.int64)
    distance, bearing = np.empty(1), np.empty(1)
    rng = np.random.default_rng(5)
    for turn in rng.uniform(0.0, 2.0 * math.pi, 6):
        angle = far * rng.uniform(0.6, 1.0) / 6_371.0
        to_lat = math.asin(math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(turn))
        to_lon = lon + math.atan2(
            math.sin(turn) * math.sin(angle) * math.cos(lat), math.cos(angle) - math.sin(lat) * math.sin(to_lat)
        )
        covering.toward_many(lat, lon, np.array([to_lat]), np.array([to_lon]), distance, bearing)
        assert covering.find_flight(distance[0], bearing[0], flights, at, index) == covering.IN_REACH
        covering.blend(flights, at, index, path, t)
        azimuth, pitch = aim(ascent, to_lat, to_lon, toward(ascent, to_lat, to_lon, lofted))
        when, states, _, _ = ascent.path(azimuth, pitch, 1.0)
        true = np.stack([np.interp(t, when, states[:, i]) for i in range(3)], axis=1)
        assert t[-1] == pytest.approx(when[-1], rel=2e-3)
        assert np.linalg.norm(path - true, axis=1).max() < NEAR * max(1.0, when[-1] / 1_000.0)


def test_beyond_the_vehicle_nothing_is_asked(rows):
    flights = fan(rows["mrbm_3000"], 36.0 * DEG, 46.0 * DEG, 5_000.0, True)
    at, index = np.empty(4), np.empty(4, np.int64)
    assert covering.find_flight(4e6, 1.0, flights, at, index) == covering.TOO_FAR
    assert covering.find_flight(2e4, 1.0, flights, at, index) == covering.TOO_NEAR
    assert covering.find_flight(math.inf, 0.0, flights, at, index) == covering.TOO_FAR


def test_a_look_has_the_chance_that_histories_give_it():
    """By products and one exponential, against angles and powers, for every radar of the scenario."""
    world = build(load("europe-2013"), "mrbm-central-europe", 1)
    rng, aer, seen = np.random.default_rng(7), np.empty(3), 0
    for sensor in (one for one in world.sensors if one.kind == RADAR):
        low, high = sensor.elevation
        for _ in range(300):
            d = sensor.axes.T @ (rng.normal(0.0, 1.0, 3) * [1.0, 1.0, 0.6] * rng.uniform(2e5, 3e6))
            azimuth_elevation_range(sensor.r_ecef + d, sensor.r_ecef, sensor.axes, aer)
            angle = off_boresight(aer[0], aer[1], sensor.faces, low, high) if aer[1] >= 0.0 else math.inf
            reach = scan_reach(angle) * sensor.reach_coast
            wanted = detection_probability(aer[2], reach) if reach > 0.0 else 0.0
            sines = sine_of_elevation(max(low, 0.0)), sine_of_elevation(high)
            found = covering.look_chance(*d, sensor.axes, edges_of(sensor.faces), *sines, sensor.reach_coast)
            assert found == pytest.approx(wanted, abs=2e-5)
            seen += wanted > 0.5
    assert seen > 100


def test_detections_are_counted_as_an_integral_and_the_partners_come_late():
    t = np.linspace(100.0, 200.0, 101)
    counts = np.stack([(t - 100.0) / 10.0, (t - 100.0) / 5.0])
    assert covering.known_at(t, counts, 4.0, 0.0, True) == pytest.approx(140.0)
    assert covering.known_at(t, counts, 6.0, 0.0, False) == pytest.approx(120.0)
    # 10 s late: (t - 100) / 10 + (t - 110) / 5 = 6 at 127.67 s.
    assert covering.known_at(t, counts, 6.0, 10.0, False) == pytest.approx((6.0 + 10.0 + 22.0) / 0.3)
    assert covering.known_at(t, counts, 40.0, 0.0, False) == math.inf


def test_the_latest_ignition_is_that_of_a_path_told_every_second(rows):
    """Some hundred points of a flight and its crossings of floor and ceiling, against a thousand points."""
    world = nominal_world(load("europe-2026"), "middle-east", "mrbm_3000", "us_nato", None, (), "lofted")
    threat = world.threat
    ascent = Ascent(threat.vehicle.vehicle, *threat.origin, threat.beta)
    azimuth, pitch = aim(ascent, 48.5 * DEG, 17.5 * DEG, toward(ascent, 48.5 * DEG, 17.5 * DEG, True))
    when, states, _, _ = ascent.path(azimuth, pitch, 1.0)
    after = when >= ascent.burnout
    fine_t, fine = when[after], np.ascontiguousarray(states[after, :3])
    t = np.linspace(fine_t[0], fine_t[-1], 97)
    path = np.stack([np.interp(t, fine_t, fine[:, i]) for i in range(3)], axis=1)
    heights = np.array([en_height(r) for r in path])
    line, met = line_of(world, 0), 0
    for k in range(len(world.sites)):
        every = np.empty(len(fine_t))
        deadlines_many(fine, fine_t, line.place[k], line.axes[k], line.can[k], every)
        first = np.empty(2)
        ready = np.array([300.0, 600.0])
        latest = covering.answer(path, t, line.place[k], line.axes[k], line.can[k], ready, heights, first)
        if not math.isfinite(every.max()):
            assert latest == -math.inf
            continue
        met += 1
        assert latest == pytest.approx(every.max(), abs=2.0)
        for one, at in zip(ready, first, strict=True):
            can = every >= one
            wanted = fine_t[can][0] if can.any() else math.inf
            assert at == wanted or wanted - 1.0 <= at <= wanted + (t[1] - t[0])
    assert met >= 2


def en_height(r):
    from entente.physics.earth import geodetic_from_ecef

    return geodetic_from_ecef(*r)[2]


@pytest.fixture(scope="module")
def found():
    return en.footprint("middle-east", "icbm_liquid", "us_nato", nside=COARSE)


def test_the_partner_only_adds(found):
    alone, lent, joint = (found.covered(way) for way in WAYS)
    assert (lent | ~alone).all()
    assert (joint | ~lent).all()
    assert (found.in_reach | ~joint).all()
    assert 0 < alone.sum() < lent.sum()


def test_more_detections_or_a_second_salvo_cover_less(found):
    for change in (
        {"detections": 40.0},
        {"shots": "shoot-look-shoot"},
        {"without": ["gbi_greely"]},
        {"without": ["pituffik"]},
    ):
        less = en.footprint("middle-east", "icbm_liquid", "us_nato", nside=COARSE, **change)
        for way in WAYS:
            assert (found.covered(way) | ~less.covered(way)).all(), change
        assert less.covered("sensors").sum() < found.covered("sensors").sum() or change == {"without": ["pituffik"]}


def test_the_order_of_sites_and_radars_changes_nothing():
    world = nominal_world(load("europe-2026"), "middle-east", "mrbm_3000", "us_nato", None, (), "lofted")
    lat, lon = cells.centres(8)
    turned = replace(world, sites=world.sites[::-1], sensors=world.sensors[::-1])
    one, other = (cover(which, "us_nato", lat, lon, 10.0, -1.0) for which in (world, turned))
    np.testing.assert_allclose(one.margin, other.margin, atol=1e-6)
    np.testing.assert_allclose(one.known, other.known, atol=1e-6)


def test_all_radars_are_counted_as_one_after_the_other():
    world = nominal_world(load("europe-2013"), "middle-east", "icbm_liquid", "us_nato", None, (), "lofted")
    flights = fan(world.threat.vehicle.vehicle, *world.threat.origin, world.threat.beta, True)
    points = flights.places.shape[2]
    path, t, at, index = np.empty((points, 3)), np.empty(points), np.empty(4), np.empty(4, np.int64)
    covering.find_flight(9e6, 5.8, flights, at, index)
    covering.blend(flights, at, index, path, t)
    together, alone = np.empty((2, points)), np.empty((2, points))
    covering.expected_detections(path, t, radars_of(world, 0), together)
    total = np.zeros((2, points))
    for one in world.sensors:
        covering.expected_detections(path, t, radars_of(replace(world, sensors=(one,)), 0), alone)
        total += alone
    np.testing.assert_allclose(together, total, rtol=1e-12)
    assert (np.diff(together, axis=1) >= 0.0).all()


def test_a_cell_is_where_its_centre_is():
    lat, lon = cells.centres(32)
    assert (cells.cell_of(32, lat, lon) == np.arange(12 * 32**2)).all()


def test_people_add_up(found):
    for way in (*WAYS, None):
        assert sum(found.people_by_country(way).values()) == found.people(way)
    assert found.people("alone") < found.people("sensors") <= found.people()
    assert found.area_million_km2() < 511.0


def test_rungs_are_one_of_the_three_ways(found):
    assert [found.way_at(rung) for rung in (0, 2, 3, 4, 5, 6)] == ["alone", "alone", *["sensors"] * 3, "interceptors"]


def test_an_empty_footprint_says_why():
    nobody = en.footprint("middle-east", "mrbm_3000", "us_nato", "europe-2013", on="1975-01-01", nside=4)
    assert "neither party has an interceptor" in nobody.why_empty or "no radar" in nobody.why_empty
    late = en.footprint("middle-east", "mrbm_3000", "us_nato", detections=900.0, nside=8)
    assert late.why_empty
    assert late.why_empty in late.table()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("atlantis", "mrbm_3000", "us_nato"), "region: 'atlantis' is not known"),
        (("middle-east", "x", "nato"), "vehicle: 'x' is not known"),
        (("middle-east", "space_launcher", "us_nato"), "ask for a ballistic missile"),
    ],
)
def test_bad_questions_are_refused(asked, said):
    with pytest.raises(en.EntenteError) as refused:
        en.footprint(*asked)
    assert said in str(refused.value)


def test_all_mistakes_are_said_at_once():
    with pytest.raises(en.ModelError) as refused:
        en.footprint("x", "y", "z", on="someday", without=["w"], loft="high")
    assert len(str(refused.value).splitlines()) == 6
    with pytest.raises(en.ModelError) as refused:
        en.footprint("middle-east", "mrbm_3000", "us_nato", shots="many", detections=0, nside=0.5)
    assert len(str(refused.value).splitlines()) == 3
