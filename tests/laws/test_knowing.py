"""Laws of what tracks say: who lives in an area, what an area holds and threatens, what counts as an attack."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.knowing import IN_50, IN_90, contains, people_inside, sites_inside, size_km2, threatens, time_of
from entente.physics.earth import destination, ecef_from_geodetic, geodesic
from entente.run import all_rungs, before_sharing
from entente.scenario.load import load
from entente.scenario.places import cities
from entente.scenario.schema import Notice
from entente.scenario.world import Home

RAD = math.pi / 180.0
HALF_PER_CENT = 0.005  # a sphere for an ellipsoid
CASE = "mrbm-central-europe"


def area(lat, lon, major, minor, bearing=0.0):
    """A table row of areas: degrees and metres in."""
    return np.array([lat * RAD, lon * RAD, major, minor, bearing, 0.0, 10.0])


def test_an_area_holds_its_share_of_a_gaussian():
    """1-sigma axes times sqrt(-2 ln(1-p)) hold p of the points drawn: 20,000 draws, five standard errors."""
    generator = np.random.default_rng(1)
    place = area(50, 10, 40e3, 10e3, 0.7)
    lat, lon = [], []
    for along, across in generator.normal(size=(20_000, 2)) * [40e3, 10e3]:
        there = destination(place[0], place[1], 0.7 + math.atan2(across, along), math.hypot(along, across))
        lat.append(there[0])
        lon.append(there[1])
    inside = sites_inside(place, np.array(lat), np.array(lon)) / len(lat)
    assert inside == pytest.approx(0.9, abs=5 * math.sqrt(0.09 / 20_000) + HALF_PER_CENT)
    assert size_km2(place, IN_90) == pytest.approx(math.pi * 4.605 * 400, rel=1e-3)
    assert math.isnan(size_km2(None, IN_90))


def test_an_interval_of_time_holds_its_share_of_a_gaussian():
    """The 90 % interval of an area's time, 20,000 draws, five standard errors; its width and the error beside it."""
    place = area(50, 10, 40e3, 10e3)
    place[5:] = 600.0, 8.0
    said = np.array([time_of(place, 600.0 + late) for late in np.random.default_rng(2).normal(size=20_000) * 8.0])
    assert said[:, 2].mean() == pytest.approx(0.9, abs=5 * math.sqrt(0.09 / 20_000))
    assert said[:, 0].mean() == pytest.approx(8.0 * math.sqrt(2.0 / math.pi), rel=0.03)
    assert said[0, 1] == pytest.approx(2 * 1.645 * 8.0, rel=1e-3)
    assert all(math.isnan(value) for value in time_of(None, 600.0))


@given(st.floats(-60, 70), st.floats(-180, 180), st.floats(1e3, 800e3), st.floats(0.1, 1.0), st.floats(0, 3.1))
def test_people_inside_is_the_sum_over_all_cities(lat, lon, major, thin, bearing):
    """The look at nearby latitudes finds what asking every city finds."""
    place = area(lat, lon, major, thin * major, bearing)
    towns = cities()
    each = [
        contains(place, np.array(ecef_from_geodetic(a * RAD, b * RAD, 0.0)), IN_90)
        for a, b in zip(towns.lat_deg, towns.lon_deg, strict=True)
        if abs(a - lat) < 25.0
    ]
    people = [p for a, p in zip(towns.lat_deg, towns.population, strict=True) if abs(a - lat) < 25.0]
    assert people_inside(place) == float(np.dot(each, people))


def test_a_region_is_threatened_when_the_area_touches_it():
    """Just inside and just outside, along the meridian."""
    place = area(50, 10, 10e3, 10e3)
    reach = math.sqrt(IN_90) * 10e3
    for away, yes in ((0.99, True), (1.01, False)):
        lat, lon, *_ = destination(50 * RAD, 10 * RAD, 0.0, away * (reach + 100e3))
        assert threatens(place, (Home(lat, lon, 100e3, 0),)) is yes
    assert not threatens(place, ())
    assert contains(None, np.zeros(3), IN_50) != contains(None, np.zeros(3), IN_50)  # nan


@cache
def begun(nature="attack", launched_by="third party", notice=None, seed=1):
    """The one launch, taken for something else."""
    scenario = load("one-launch")
    said = Notice.model_validate_json(notice) if notice else None
    change = {"nature": nature, "launched_by": launched_by, "notice": said}
    case = scenario.cases[0].model_copy(update=change)
    return before_sharing(scenario.model_copy(update={"cases": [case]}), CASE, seed)


def told(by, passed_on, to=()):
    """An announcement, as JSON so that it can be a key."""
    row = {"low": passed_on, "nominal": passed_on, "high": passed_on}
    notice = Notice(by=by, to=list(to), window_s=3600, radius_km=200, passed_on=row, source="invented: for a test")
    return notice.model_dump_json()


def natures(history, rung, moment=600):
    """(resolved, wrong, unresolved) for both parties."""
    values = all_rungs(history, [rung])[rung].assessment.values
    return [values[f"{word}_{moment}"].tolist() for word in ("resolved", "wrong", "unresolved")]


def test_an_attack_is_held_for_an_attack():
    """Both sides see it fall on a region: resolved; the three answers add up to one."""
    resolved, wrong, unresolved = natures(begun(), 0)
    assert resolved == [1.0, 1.0]
    np.testing.assert_array_equal(np.add(np.add(resolved, wrong), unresolved), 1.0)


def test_a_test_toward_a_region_is_held_for_an_attack():
    """What falls on a region that somebody answers for is taken for an attack, whatever it was."""
    history = begun(nature="test")
    there = replace(history, world=replace(history.world, defended=begun().world.defended))
    assert natures(there, 0)[1] == [1.0, 1.0]


def test_what_is_announced_and_falls_on_nobody_is_not_an_attack():
    """With no region to hit, a credible warning points elsewhere; without one, the announcement speaks."""
    history = begun(nature="test", launched_by="russia", notice=told("russia", 1.0))
    free = replace(history, world=replace(history.world, defended=()))
    assert natures(free, 0)[0] == [1.0, 1.0]
    # Before anybody's warning is credible only who was told knows: the launching side, and at rung 1 the other.
    slow = free.world.parties[0].warning.model_copy(update={"impact_area_max_km2": 1e-3})
    parties = tuple(p.model_copy(update={"warning": slow}) for p in free.world.parties)
    strict = replace(free, world=replace(free.world, parties=parties))
    assert natures(strict, 0)[0] == [0.0, 1.0]
    assert natures(strict, 1)[0] == [1.0, 1.0]
    assert natures(strict, 0)[2] == [1.0, 0.0]


def test_a_notice_not_passed_on_helps_nobody():
    """1995: told, but those on duty were not; where notices flow, the other side's copy may arrive."""
    for passed_on, expected in ((0.0, [False, False]), (1.0, [True, True])):
        history = begun(nature="sounding rocket", notice=told("third party", passed_on, ["us_nato", "russia"]))
        assert all_rungs(history, [0])[0].shared.noticed.tolist() == expected
    history = begun(nature="sounding rocket", notice=told("third party", 1.0, ["us_nato"]))
    runs = all_rungs(history, [0, 1])
    assert runs[0].shared.noticed.tolist() == [True, False]
    assert runs[1].shared.noticed.tolist() == [True, True]


def test_geodesic_and_sphere_agree_where_areas_are_drawn():
    """The rough distance that counts people lies within half a per cent of the geodesic."""
    place = area(55, 37, 100e3, 100e3)
    for azimuth in (0.0, 1.0, 2.5):
        lat, lon, *_ = destination(place[0], place[1], azimuth, math.sqrt(IN_90) * 100e3 * (1 - HALF_PER_CENT))
        assert sites_inside(place, np.array([lat]), np.array([lon])) == 1.0
        lat, lon, *_ = destination(place[0], place[1], azimuth, math.sqrt(IN_90) * 100e3 * (1 + HALF_PER_CENT))
        assert sites_inside(place, np.array([lat]), np.array([lon])) == 0.0
        assert geodesic(place[0], place[1], lat, lon)[0] > 0


def test_a_track_that_was_lost_does_not_point_elsewhere():
    """An attack warned of whose track is gone is unresolved, not taken for harmless."""
    history = begun()
    blind = replace(history, national=replace(history.national, tracks=_ended(history.national.tracks, 250.0)))
    resolved, wrong, unresolved = natures(blind, 0, 300)
    assert wrong == [0.0, 0.0]
    assert unresolved == [1.0, 1.0]
    assert resolved == [0.0, 0.0]


def _ended(tracks, after):
    """The same tracks, none held after a moment [s]."""
    late = tracks.t > after
    held = tracks.held & ~late
    impact = tracks.impact.table
    impact[:, late] = np.nan
    return replace(tracks, held=held, impact=type(tracks.impact).from_table(impact))
