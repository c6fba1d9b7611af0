"""Laws of classes of vehicle: the departure is conserved, chances are Bayes' and calibrated, and say how it brakes."""

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from entente.classes import at_sea, before_boost, is_land, kinds
from entente.constants import GM, OMEGA, R_MEAN
from entente.estimate import classify as c
from entente.estimate.predict import launch_area, state_at
from entente.flights import fly_all
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.run import all_rungs, before_sharing
from entente.scenario.load import load
from entente.scenario.world import build

RAD = math.pi / 180.0
FLATTENING = 45.0  # m/s  what J2 and an Earth that is no sphere do to the speed of departure along an arc
TIGHT = np.diag([100.0**2] * 3 + [10.0**2] * 3)
CASES = (
    "mrbm-central-europe",
    "mrbm-southern-russia",
    "irbm-western-europe",
    "icbm-north-america",
    "ship-southern-europe",
    "space-launch",
    "sounding-rocket",
)


def thrown(speed, angle, azimuth, lat=0.7, lon=0.4):
    """A body that leaves the mean radius with that speed against the ground, angle and azimuth: [r, v], Earth-fixed."""
    up = np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)])
    east = np.array([-math.sin(lon), math.cos(lon), 0.0])
    north = np.cross(up, east)
    level = math.sin(azimuth) * east + math.cos(azimuth) * north
    return np.concatenate([R_MEAN * up, speed * (math.sin(angle) * up + math.cos(angle) * level)])


def chances(x, P, burns=0.0, aloft=math.nan, burned=math.nan, sigma=15.0, sea=math.nan):
    """Chances of kinds and of classes, and the status."""
    p, classes = np.empty(len(kinds())), np.empty(len(c.CLASSES))
    status = c.kind_probabilities(x, P, burns, aloft, burned, sigma, sea, kinds(), p)
    c.class_probabilities(p, kinds(), classes)
    return p, classes, status


@given(st.floats(1500, 7500), st.floats(0.3, 1.4), st.floats(0, 6.2), st.floats(0, 0.9))
def test_the_departure_is_the_same_all_along_a_fall(speed, angle, azimuth, share):
    """At the ground it is what the body was thrown with; later it is that still, as far as the Earth is a ball."""
    x = thrown(speed, angle, azimuth)
    assert c.leaving(x)[0] == pytest.approx(speed, rel=1e-9)
    later = np.empty(6)
    up = x[:3] @ x[3:] / np.linalg.norm(x[:3])
    state_at(x, share * up / 9.8, later)  # still above the ground: it rises at least that long
    assert c.leaving(later)[0] == pytest.approx(speed, abs=FLATTENING)
    assert c.leaving(later)[1] == pytest.approx(c.leaving(x)[1], abs=0.02)


def test_the_angle_is_counted_from_least_energy():
    """Thrown from a pole, where ground and space see the same, at the angle of least energy (pi - phi)/4: none left."""
    for phi in (0.1, 0.5, 1.5):
        s = math.sin(phi / 2.0)
        speed = math.sqrt(2.0 * GM / R_MEAN * s / (1.0 + s))
        assert abs(c.leaving(thrown(speed, (math.pi - phi) / 4.0, 0.0, lat=math.pi / 2))[1]) < 1e-6


def test_bad_input_is_refused():
    """A covariance that is none, nan anywhere, a chance beyond 1, a body inside the Earth: status 4, all chances nan."""
    x = thrown(4000.0, 0.7, 1.0)
    bad = TIGHT.copy()
    bad[2, 2] = -1.0
    for state, P, burns in (
        (x, bad, 0.0),
        (x * np.nan, TIGHT, 0.0),
        (x, TIGHT, 1.1),
        (x, TIGHT, math.nan),
        (x * [0, 0, 0, 1, 1, 1], TIGHT, 0.0),
    ):
        p, _, status = chances(state, P, burns)
        assert status == 4
        assert np.isnan(p).all()


def test_what_goes_round_is_a_space_launch():
    """On a circle at 300 km, and no longer once the lowest point lies in the air."""
    r = R_MEAN + 300e3
    x = np.array([r, 0.0, 0.0, 0.0, math.sqrt(GM / r) - OMEGA * r, 0.0])
    assert chances(x, TIGHT)[1][c.SPACE_LAUNCH] == 1.0
    x[4] -= 150.0
    assert 0.5 < chances(x, TIGHT)[1][c.SPACE_LAUNCH] < 1.0


def by_quadrature(x, P, burned, sigma, sea):
    """The same chances, a second way: sigma points by NumPy, the speeds of a kind integrated numerically."""
    root = np.linalg.cholesky(P) * math.sqrt(6.0)
    ends = np.array([c.leaving(x + sign * column)[:2] for column in root.T for sign in (1.0, -1.0)])
    mean, cov = ends.mean(axis=0), np.cov(ends.T, bias=True) + np.diag([c.OWN_SPEED**2, c.OWN_ANGLE**2])
    out = []
    for k in kinds():
        total = 0.0
        for share, steep, width in ((1.0 - k[6], k[4], k[5]), (k[6], k[7], k[8])):
            inverse = np.linalg.inv(cov + np.diag([0.0, width**2]))
            scale = 1.0 / (2.0 * math.pi * math.sqrt(1.0 / np.linalg.det(inverse)))

            def density(v, inverse=inverse, scale=scale, steep=steep):
                off = np.array([mean[0] - v, mean[1] - steep])
                return scale * math.exp(-0.5 * off @ inverse @ off)

            points = [v for v in mean[0] + np.linspace(-8, 8, 9) * math.sqrt(cov[0, 0]) if k[2] < v < k[3]]
            total += share * quad(density, k[2], k[3], points=points or None, limit=200)[0] / (k[3] - k[2])
        burn = (norm.cdf((k[10] - burned) / sigma) - norm.cdf((k[9] - burned) / sigma)) / (k[10] - k[9])
        out.append(k[1] * (sea * k[11] + (1 - sea) * (1 - k[11])) * total * burn)
    return np.array(out) / sum(out)


@pytest.mark.parametrize(("speed", "angle"), [(3000.0, 0.9), (4900.0, 0.75), (4600.0, 1.3), (6200.0, 0.5)])
def test_chances_are_those_of_bayes_rule(speed, angle):
    """Against numerical integration, with errors of position and speed that hang together."""
    generator = np.random.default_rng(5)
    mix = generator.normal(size=(6, 6)) * np.array([2e3] * 3 + [60.0] * 3)[:, None]
    P = mix @ mix.T
    found = chances(thrown(speed, angle, 2.0), P, burned=110.0, sigma=20.0, sea=0.3)[0]
    np.testing.assert_allclose(found, by_quadrature(thrown(speed, angle, 2.0), P, 110.0, 20.0, 0.3), atol=1e-6)


def test_chances_are_calibrated_where_the_kinds_are_true():
    """2,000 bodies drawn from the kinds, seen with error: every class comes true as often as was said, 1 % for all seven."""
    generator, table = np.random.default_rng(6), kinds()
    P = np.diag([2e3**2] * 3 + [150.0**2] * 3)
    said, true = np.zeros((2000, 7)), np.zeros((2000, 7))
    for i in range(2000):
        k = table[generator.choice(len(table), p=table[:, c.PRIOR] / table[:, c.PRIOR].sum())]
        rare = generator.uniform() < k[c.RARE]
        steep = generator.normal(k[c.RARE_STEEP if rare else c.STEEP], k[c.RARE_SIGMA if rare else c.STEEP_SIGMA])
        speed = generator.uniform(k[c.SLOW], k[c.FAST]) + generator.normal() * c.OWN_SPEED
        q = min(speed**2 * R_MEAN / GM, 1.0)
        least = 0.25 * (math.pi - 2.0 * math.atan2(q, 2.0 * math.sqrt(1.0 - q)))
        # From the pole, so that the angle against the ground is the inertial one.
        x = thrown(speed, least + steep + generator.normal() * c.OWN_ANGLE, 0.0, lat=math.pi / 2)
        seen = x + np.linalg.cholesky(P) @ generator.normal(size=6)
        burned = generator.uniform(k[c.BURN_SHORT], k[c.BURN_LONG]) + generator.normal() * 15.0
        said[i] = chances(seen, P, burned=burned)[1]
        true[i, int(k[c.CLASS])] = 1.0
    off = (true - said).sum(axis=0) / np.sqrt((said * (1.0 - said)).sum(axis=0))
    brier = ((true - said) ** 2).sum(axis=1).mean()
    print("standard errors off:", off.round(2), "Brier score:", brier.round(3))
    assert np.abs(off).max() < norm.isf(0.01 / 14)
    assert brier < 0.5 * (1.0 - 1.0 / 7.0)  # half of what saying nothing costs


def test_drag_and_boost_are_moments_of_the_mixture():
    """Against draws: 200,000, within five standard errors; of what comes down only."""
    generator, table = np.random.default_rng(7), kinds()
    p = generator.dirichlet(np.ones(len(table)))
    p[table[:, c.CLASS] == c.SPACE_LAUNCH] *= 0.2
    p /= p.sum()
    falls = np.where(table[:, c.CLASS] == c.SPACE_LAUNCH, 0.0, p)
    drawn = table[generator.choice(len(table), 200_000, p=falls / falls.sum())]
    beta = generator.normal(drawn[:, c.BETA_LN_MEAN], drawn[:, c.BETA_LN_SIGMA])
    mean, sigma = c.drag_of_kinds(p, table)
    assert mean == pytest.approx(beta.mean(), abs=5 * sigma / math.sqrt(200_000))
    assert sigma == pytest.approx(beta.std(), rel=0.01)
    burn = generator.uniform(drawn[:, c.BURN_SHORT], drawn[:, c.BURN_LONG])
    middle = 0.5 * (drawn[:, c.BURN_SHORT] + drawn[:, c.BURN_LONG])
    later = c.SOONER[0] * burn + generator.normal(size=len(burn)) * c.SOONER_SIGMA[0] * middle
    aside, mean, sigma = c.boost_of_kinds(p, table)
    assert mean == pytest.approx(later.mean(), abs=5 * sigma / math.sqrt(200_000))
    assert sigma == pytest.approx(later.std(), rel=0.01)
    assert aside > 0.0


@cache
def flown(case):
    """The flight of a case, its state just after burnout, and its class."""
    world = build(load("europe-2013"), case, 1)
    flights = fly_all(world)
    at = int(np.searchsorted(flights.t, flights.t_burnout[0] + 2.0))
    return flights, float(flights.t[at]), np.concatenate([flights.r_ecef[at], flights.v_ecef[at]]), world.vehicle


@pytest.mark.parametrize("case", CASES)
def test_a_flight_of_the_catalogue_is_named(case):
    """By its state after burnout and the length of its burn: the right class is the likeliest."""
    flights, _, x, vehicle = flown(case)
    said = chances(
        x, TIGHT, burned=float(flights.t_burnout[0] - flights.t_launch[0]), sea=float(case.startswith("ship"))
    )
    assert c.CLASSES[said[1].argmax()] == vehicle.range_class
    beta = vehicle.vehicle.ballistic_coefficient_kg_m2
    if beta is not None:
        mean, sigma = c.drag_of_kinds(said[0], kinds())
        assert abs(math.log(beta.nominal) - mean) < sigma


@pytest.mark.parametrize("case", [name for name in CASES if name != "space-launch"])
def test_an_arc_run_backwards_ends_where_the_boost_says(case):
    """Place within 2.1 and time within 2.6 standard deviations of what `boost_of_kinds` allows for, without errors of a track."""
    flights, t, x, _ = flown(case)
    p = chances(x, TIGHT, burned=float(flights.t_burnout[0] - flights.t_launch[0]))[0]
    cov = np.empty((2, 2))
    lat, lon, when, _, status = launch_area(x, np.diag([1.0] * 3 + [0.01] * 3), t, 0.0, 0.0, cov)
    assert status == 0
    there = geodetic_from_ecef(*flights.launch_ecef[0])
    aside, later, sigma = c.boost_of_kinds(p, kinds())
    assert geodesic(lat, lon, there[0], there[1])[0] < 2.1 * aside
    assert abs(when - later - flights.t_launch[0]) < 2.6 * sigma
    table = np.array([lat, lon, 3e3, 1e3, 0.5, when, 4.0])
    area = before_boost(table, np.array([aside, later, sigma]))
    np.testing.assert_allclose(area[2:4], [math.hypot(3e3, aside), math.hypot(1e3, aside)])
    np.testing.assert_allclose(area[5:], [when - later, math.hypot(4.0, sigma)])


def test_while_it_burns_time_tells():
    """A body that still burns after 200 s is none of short range; one that has just left may be anything."""
    x = thrown(1200.0, 1.2, 1.0)
    early, late = (chances(x, TIGHT, burns=1.0, aloft=aloft)[1] for aloft in (50.0, 220.0))
    assert late[0] < 1e-6 < 0.05 < early[0]
    assert early.max() < 0.6
    nothing = chances(x, TIGHT, burns=1.0)[1]
    prior = np.bincount(kinds()[:, c.CLASS].astype(int), kinds()[:, c.PRIOR])
    np.testing.assert_allclose(nothing, prior, atol=1e-9)


def test_land_and_sea():
    """Places whose names say it; an area half over a coast; and one that is not known."""
    land = [(55.7, 37.6), (25.0, 10.0), (72.0, -40.0), (-33.5, 145.0)]
    sea = [(43.0, 34.0), (36.0, 15.0), (0.0, -150.0), (88.0, 0.0)]
    for places, yes in ((land, True), (sea, False)):
        lat, lon = np.array(places).T * RAD
        assert is_land(lat, lon).tolist() == [yes] * len(places)
    inland, coast = (
        np.array([lat * RAD, lon * RAD, 40e3, 40e3, 0.3, 0.0, 1.0]) for lat, lon in ((55.7, 37.6), (43.4, 4.4))
    )
    found = at_sea(np.array([inland, coast, np.full(7, np.nan)]))
    assert found[0] == 0.0
    assert 0.1 < found[1] < 0.9
    assert np.isnan(found[2])


def test_a_space_launch_has_no_impact_area_but_a_name():
    """Where a track is likelier a launcher than not it claims no impact; and the measures say that it was named."""
    run = all_rungs(before_sharing(load("europe-2013"), "space-launch", 3), [0])[0]
    tracks = run.national.tracks
    named = tracks.held & (tracks.classes[..., c.SPACE_LAUNCH] > 0.5)
    assert named.sum() > 20
    assert not tracks.impact.known[named].any()
    assert run.assessment.values["class_named"][0] == 1.0
    assert run.assessment.values["class_chance"][0] > 0.5
    np.testing.assert_allclose(tracks.classes[tracks.held].sum(axis=-1), 1.0, atol=1e-9)
    assert np.isnan(tracks.classes[~tracks.held]).all()
