"""Laws of answering: nobody shoots out of reach, out of stock or out of time; chances are what the formula says."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import solve_ivp

from entente.constants import G0, GM, R_MEAN
from entente.defence import HANDOVER_MISS, defend
from entente.estimate.belief import BURNS
from entente.physics.earth import altitude
from entente.physics.intercept import LONGEST, LOOK, earliest_meeting, flight_time
from entente.run import at_rung, before_sharing
from entente.salvos import NO_REGION
from entente.scenario.load import load
from entente.scenario.rows import interceptors

CASE = "mrbm-central-europe"
SEEDS = tuple(range(1, 13))
RARE = 1e-3  # chance that a true statement fails its test; keys are fixed, so it fails always or never


def one_launch():
    """The smallest scenario, with the one site that can reach: the ship."""
    scenario = load("one-launch")
    return scenario.model_copy(update={"exclude": [row.id for row in interceptors() if row.id != "sm3_ia_ship"]})


@cache
def run(seed, rung):
    """One history."""
    return at_rung(before_sharing(one_launch(), CASE, seed), rung)


@cache
def group():
    """A history of three launches."""
    scenario = one_launch()
    case = scenario.cases[0].model_copy(update={"launches": 3})
    return at_rung(before_sharing(scenario.model_copy(update={"cases": [case]}), CASE, 3), 0)


def again(history, **site):
    """The same picture, defended by sites that differ."""
    world = replace(history.world, sites=tuple(replace(s, **site) for s in history.world.sites))
    return world, defend(world, history.flights, history.picture, history.rung)


@pytest.mark.parametrize("rung", [0, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_shot_is_possible(seed, rung):
    """In time, within reach, between floor and ceiling, from stock, at a track that coasts and is good enough."""
    history = run(seed, rung)
    world, flights, outcome = history.world, history.flights, history.outcome
    for number, site in enumerate(world.sites):
        mine = outcome.site == number
        assert mine.sum() <= site.inventory
        tracks = history.picture.tracks.of(site.party)
        for shot in np.flatnonzero(mine):
            obj, t = outcome.obj[shot], outcome.t_launch[shot]
            flown = outcome.t_intercept[shot] - t
            assert flights.t_launch[obj] < t < outcome.t_intercept[shot] < flights.t_impact[obj]
            assert flown > site.boost
            assert site.floor <= altitude(*outcome.r_ecef[shot]) <= site.ceiling
            east, north, up = site.axes @ (outcome.r_ecef[shot] - site.r_ecef)
            assert flown == pytest.approx(flight_time(east, north, up, site.speed, site.boost), abs=1e-6)
            # It was fired on what was known when the order went out, a grid step before that at most.
            known = (tracks.t <= t - site.commit_delay + 1e-6) & (tracks.t > t - site.commit_delay - 5.0 - 1e-6)
            good = tracks.held[:, known] & (tracks.obj == obj)[:, None] & (tracks.p_boost[:, known] < BURNS)
            assert good.any()
    for obj in range(flights.count):
        for number in range(len(world.sites)):
            shots = ((outcome.site == number) & (outcome.obj == obj)).sum()
            assert shots <= world.case.shots_per_object
            assert (shots == 0) == ((number, obj) in outcome.why_not)


@pytest.mark.parametrize("rung", [0, 4])
@pytest.mark.parametrize("seed", SEEDS)
def test_chances_are_the_formulas(seed, rung):
    """1 - prod over parties of (1 - p_common (1 - prod over shots of (1 - k))): Wilkening's K_w, party by party."""
    history = run(seed, rung)
    outcome = history.outcome
    for obj in range(history.flights.count):
        gets_through = 1.0
        for number, site in enumerate(history.world.sites):
            mine = (outcome.site == number) & (outcome.obj == obj)
            if mine.any():
                gets_through *= 1.0 - site.p_common * (1.0 - np.prod(1.0 - outcome.p_kill[mine]))
                assert set(outcome.p_kill[mine]) <= {0.0, site.p_kill}
        assert outcome.p_no_leak[obj] == pytest.approx(1.0 - gets_through, abs=1e-12)
        assert outcome.stopped[obj] == outcome.hit[outcome.obj == obj].any()


def fired():
    """A history in which somebody shot with a chance to hit."""
    return next(h for h in (run(seed, 4) for seed in SEEDS) if (h.outcome.p_kill > 0.0).any())


def test_as_many_are_stopped_as_the_chance_says():
    """200 draws of the same engagement: binomial, 99.9 % bounds."""
    history = fired()
    obj = history.outcome.obj[0]
    stopped = sum(
        defend(replace(history.world, seed=seed), history.flights, history.picture, 4).stopped[obj]
        for seed in range(200)
    )
    low, high = stats.binom.interval(1 - RARE, 200, history.outcome.p_no_leak[obj])
    assert low <= stopped <= high


def test_stock_runs_out_and_is_said():
    """Three bodies: three interceptors are a shot each, and of two one body is left for want of a third."""
    history = group()
    rich, outcome = again(history, inventory=100, handover_sigma=100e3, speed=6_000.0, floor=50e3, ceiling=1e6)
    salvo = rich.case.shots_per_object
    assert len(outcome.site) == 3 * salvo
    outcome = again(history, inventory=3, handover_sigma=100e3, speed=6_000.0, floor=50e3, ceiling=1e6)[1]
    assert sorted(outcome.obj) == [0, 1, 2]
    assert (np.diff(outcome.t_intercept) >= 0.0).all()
    outcome = again(history, inventory=2, handover_sigma=100e3, speed=6_000.0, floor=50e3, ceiling=1e6)[1]
    assert len(outcome.site) == 2
    assert list(outcome.why_not.values()) == ["no interceptor left"]
    assert (outcome.p_no_leak == 0.0).sum() == 1
    outcome = again(history, inventory=0)[1]
    assert len(outcome.site) == 0
    assert set(outcome.why_not.values()) <= {
        "no interceptor left",
        "never within reach",
        "track too poor while in reach",
    }


def test_what_was_missing_is_said():
    """Too slow: never within reach; too choosy: track too poor; blind: no track in the picture."""
    history = fired()
    assert set(again(history, speed=100.0)[1].why_not.values()) == {"never within reach"}
    assert set(again(history, floor=2_000e3, ceiling=3_000e3)[1].why_not.values()) == {"never within reach"}
    assert set(again(history, handover_sigma=1e-3)[1].why_not.values()) == {"track too poor while in reach"}
    blind = replace(history.picture, tracks=history.picture.tracks.rows(slice(0)))
    outcome = defend(history.world, history.flights, blind, 4)
    assert set(outcome.why_not.values()) == {"no track in the picture"}
    assert not outcome.stopped.any()
    assert (outcome.p_no_leak == 0.0).all()


def test_a_seeker_that_looks_elsewhere_finds_nothing():
    """A track far from the body: shots leave, none has a chance."""
    history = fired()
    tracks = history.picture.tracks
    off = tracks.x.copy()
    off[..., 0] += 4.0 * HANDOVER_MISS * max(site.handover_sigma for site in history.world.sites)
    world, _ = again(history)
    outcome = defend(world, history.flights, replace(history.picture, tracks=replace(tracks, x=off)), 4)
    assert len(outcome.site) > 0
    assert (outcome.p_kill == 0.0).all()
    assert not outcome.stopped.any()


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_a_site_that_can_do_more_answers_whatever_the_lesser_one_did(seed):
    """Faster interceptors, a higher ceiling, a laxer handover: what was engaged stays engaged."""
    history = run(seed, 4)
    engaged = set(history.outcome.obj)
    for change in ({"speed": 6_000.0}, {"ceiling": 2_000e3}, {"handover_sigma": 1e6}):
        assert engaged <= set(again(history, **change)[1].obj)


@pytest.mark.kernel
@settings(max_examples=60)
@given(st.floats(2_000, 8_000), st.floats(0.05, 1.5), st.floats(0, 6.28), st.floats(60, 800), st.floats(20, 150))
def test_the_time_to_a_point_is_that_of_the_arc_there(speed, elevation, azimuth, coast, boost):
    """Free fall integrated by SciPy from the site leads to a point: the time found is that arc's, or an earlier one's."""
    towards = np.array(
        [math.cos(elevation) * math.sin(azimuth), math.cos(elevation) * math.cos(azimuth), math.sin(elevation)]
    )
    start = np.concatenate([[0.0, 0.0, R_MEAN], speed * towards])

    def falls(_, state):
        return np.concatenate([state[3:], -GM * state[:3] / np.linalg.norm(state[:3]) ** 3])

    end = solve_ivp(falls, (0.0, coast), start, rtol=1e-11, atol=1e-4, method="DOP853").y[:, -1]
    time = flight_time(end[0], end[1], end[2] - R_MEAN, speed, boost)
    true = coast + 0.5 * boost
    # Before it touches the envelope of all arcs of its speed, at v / (g sin elevation) or later, an arc is the earlier one.
    direct = coast < 0.9 * speed / (G0 * math.sin(elevation))
    if math.isinf(time):
        assert not direct or true > LONGEST or true < boost * (1.0 + 1e-9)  # as long as the boost: a tie
    elif direct:
        assert time == pytest.approx(true, abs=1e-3)
    else:
        assert time <= true + 1e-3


@pytest.mark.kernel
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(0, 5e5), st.floats(1_000, 6_000), st.floats(0, 6.28))
def test_no_direction_is_preferred_and_faster_is_sooner(east, north, up, speed, turn):
    """Turned about the site: the same time; with more speed: no later, unless it would arrive while still burning."""
    boost, distance = 75.0, math.hypot(east, north)
    time = flight_time(east, north, up, speed, boost)
    turned = flight_time(distance * math.sin(turn), distance * math.cos(turn), up, speed, boost)
    assert turned == pytest.approx(time, abs=1e-3) or (math.isinf(time) and math.isinf(turned))
    if not math.isinf(time):
        sooner = flight_time(east, north, up, 1.1 * speed, boost)
        assert sooner <= time + 1e-6 or math.isinf(sooner)
        assert up <= 1.0 / (1.0 / R_MEAN - speed**2 / (2.0 * GM)) - R_MEAN  # by energy, nothing thrown climbs higher


def test_where_the_earth_is_flat_the_falling_sphere_is_right():
    """Within 200 km and 200 s: the older model, bodies thrown with one speed lie on a sphere that falls, to 2 %."""
    for east, up, speed in ((100e3, 100e3, 3_000.0), (200e3, 80e3, 3_000.0), (50e3, 150e3, 2_500.0)):
        fall = flight_time(east, 0.0, up, speed, 0.0)
        assert math.hypot(east, up + 0.5 * G0 * fall**2) == pytest.approx(speed * fall, rel=0.02)


@pytest.mark.kernel
@pytest.mark.parametrize("speed", [100.0, 2_000.0, 3_000.0, 4_000.0, 6_000.0])
@pytest.mark.parametrize("ready", [0.0, 20.0, 100.0, 1_000.0])
def test_the_meeting_point_is_the_first_one_possible(speed, ready):
    """By trial of every point in plain Python; -1 where there is none."""
    history = fired()
    site = replace(history.world.sites[history.outcome.site[0]], speed=speed)
    path = history.flights.r_ecef[130 :: int(LOOK)].copy()
    first = -1, math.inf
    for m, r in enumerate(path):
        needs = flight_time(*(site.axes @ (r - site.r_ecef)), speed, site.boost)
        if site.floor <= altitude(*r) <= site.ceiling and ready + needs <= m * LOOK:
            first = m, needs
            break
    got = earliest_meeting(path, site.r_ecef, site.axes, ready, speed, site.boost, site.floor, site.ceiling)
    assert got[0] == first[0]
    assert got[1] == pytest.approx(first[1], abs=1e-6)


def test_the_same_seed_is_the_same_bits():
    """An outcome is a function of the seed."""
    history = run(2, 4)
    one, two = (defend(history.world, history.flights, history.picture, 4) for _ in range(2))
    for name in ("site", "obj", "t_launch", "t_intercept", "r_ecef", "p_kill", "hit", "p_no_leak", "stopped"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


def two_sided(**case):
    """One history of three launches, and a second site of the other party beside the first, by engagement rung."""
    scenario = one_launch()
    case = scenario.cases[0].model_copy(update={"launches": 3, **case})
    history = at_rung(before_sharing(scenario.model_copy(update={"cases": [case]}), CASE, 3), 4)
    able = {"handover_sigma": 100e3, "speed": 6_000.0, "floor": 50e3, "ceiling": 1e6, "inventory": 100}
    site = replace(history.world.sites[0], **able)
    sites = (site, replace(site, id="other", party=1 - site.party))
    return replace(history, world=replace(history.world, sites=sites))


def fired_by(history, rung, homes=None, **second):
    """(party, object) of every salvo at a rung, the second site changed."""
    world = replace(history.world, sites=(history.world.sites[0], replace(history.world.sites[1], **second)))
    if homes is not None:
        world = replace(world, defended=tuple(replace(home, party=homes) for home in world.defended))
    outcome = defend(world, history.flights, history.picture, rung)
    return sorted({(world.sites[n].party, int(obj)) for n, obj in zip(outcome.site, outcome.obj, strict=True)}), outcome


def test_alone_both_fire_without_knowing():
    """A region nobody answers for in particular: each party fires one salvo a body; answered for, only its party does."""
    history = two_sided()
    assert fired_by(history, 4)[0] == [(p, obj) for p in (0, 1) for obj in range(3)]
    for owner in (0, 1):
        assert fired_by(history, 4, homes=owner)[0] == [(owner, obj) for obj in range(3)]


def test_by_agreed_rules_the_owner_answers_and_the_other_only_where_it_cannot():
    """Never both; the partner takes what the owner has no stock for."""
    history = two_sided()
    for owner in (0, 1):
        assert fired_by(history, 5, homes=owner)[0] == [(owner, obj) for obj in range(3)]
    pairs, _ = fired_by(history, 5, homes=1, inventory=1)
    assert sorted(obj for _, obj in pairs) == [0, 1, 2]
    assert sum(party == 1 for party, _ in pairs) == 1


def test_coordinated_spends_what_is_left_over():
    """With stock for all, each body gets a salvo from each site; with stock for one salvo each, none is left unanswered."""
    history = two_sided()
    assert fired_by(history, 6)[0] == [(p, obj) for p in (0, 1) for obj in range(3)]
    salvo = history.world.case.shots_per_object
    scarce = replace(
        history, world=replace(history.world, sites=tuple(replace(s, inventory=salvo) for s in history.world.sites))
    )
    pairs, outcome = fired_by(scarce, 6)
    assert len({obj for _, obj in pairs}) == 3
    assert len(outcome.site) == 2 * salvo


def test_what_falls_on_no_region_is_not_fired_at():
    """No home, no engagement; the reason is said."""
    history = two_sided()
    world = replace(history.world, defended=())
    outcome = defend(world, history.flights, history.picture, 4)
    assert len(outcome.site) == 0
    assert set(outcome.why_not.values()) == {NO_REGION}


def test_decoys_and_a_common_failure_make_it_no_better():
    """With ten decoys a warhead the chance of a miss rises as far as the stock does not cover; a lone body is the same."""
    history = two_sided()
    _, rich = fired_by(history, 4, homes=0)
    assert (rich.missed_decoys >= rich.missed).all()
    plenty = replace(
        history, world=replace(history.world, sites=tuple(replace(s, inventory=10_000) for s in history.world.sites))
    )
    _, enough = fired_by(plenty, 4, homes=0)
    np.testing.assert_array_equal(enough.missed_decoys, enough.missed)
