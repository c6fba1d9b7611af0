"""The scenarios that come with the package: they load, every launch flies as its class says, variants differ as they say."""

import datetime as dt
import math

import pytest
import yaml

import entente as en
from entente.flights import check_reach, fly_all
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.scenario.load import EXAMPLES, load, shipped
from entente.scenario.rows import find_rung, vehicles
from entente.scenario.schema import Case, Scenario
from entente.scenario.units import DEG, KM
from entente.scenario.world import build

BASE = load("europe-2013")
VARIANTS = {  # the keys in which each differs from the scenario it is based on
    "europe-2013-planned": ("europe-2013", {"title", "question", "epoch", "status"}),
    "europe-2013-worst-case-us": ("europe-2013-planned", {"title", "question", "assume"}),
    "europe-2013-worst-case-russia": ("europe-2013-planned", {"title", "question", "assume"}),
    "europe-2012": ("europe-2013", {"title", "question", "epoch"}),
    "europe-2026": ("europe-2013", {"title", "question", "epoch", "paths", "out_of_scope"}),
    "europe-path": ("europe-2013", {"title", "question", "cases", "rungs", "seeds", "paths"}),
    "pacific-2023": ("pacific-2013", {"title", "question", "epoch"}),
}
METRES = 50.0  # of a flight's end from its region's centroid; the programme is solved to a metre on each axis


def flown(scenario: Scenario, case: Case):
    """The first flight of a case in the history of seed 1."""
    return fly_all(build(scenario, case.name, 1))


def apart_km(scenario: Scenario, one: str, other: str) -> float:
    places = {place.name: (place.lat_deg * DEG, place.lon_deg * DEG) for place in scenario.regions}
    return geodesic(*places[one], *places[other])[0] / KM


def case_named(name: str) -> Case:
    return next(case for case in BASE.cases if case.name == name)


@pytest.mark.parametrize("name", shipped())
def test_a_shipped_scenario_loads_and_runs_only_rungs_of_the_ladder(name):
    scenario = load(name)
    assert {find_rung(rung, scenario.ladder).engagement for rung in scenario.rungs} <= {
        "alone",
        "deconflicted",
        "coordinated",
        "sectoral",
        "joint",
    }
    assert scenario.title not in {load(other).title for other in shipped() if other != name}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_differs_in_what_it_says_and_in_nothing_else(name):
    base_name, differing = VARIANTS[name]
    variant, base = load(name), load(base_name)
    said = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    assert said.keys() - {"entente", "based_on"} == differing
    assert variant.based_on == base_name
    changed = {key for key in Scenario.model_fields if getattr(variant, key) != getattr(base, key)} - {"based_on"}
    assert changed == differing


def test_every_shipped_scenario_is_told_apart_here():
    assert set(shipped()) == {"one-launch", "europe-2013", "pacific-2013", *VARIANTS}


def test_the_smallest_scenario_is_a_case_of_the_large_one():
    """What the first path showed for one launch, the study of all cases contains."""
    small = load("one-launch")
    assert small.cases[0].model_copy(update={"title": ""}) == case_named("mrbm-central-europe").model_copy(
        update={"title": ""}
    )
    assert all(region in BASE.regions for region in small.regions)
    assert (small.epoch, small.status) == (BASE.epoch, BASE.status)


def test_the_issue_is_asked_whole():
    """Single launches and groups of 3 and 10, from a ship to intercontinental, by region, and launches that are no attack."""
    assert {case.launches for case in BASE.cases} == {1, 3, 10}
    classes = {row.id: row.range_class for row in vehicles()}
    assert {classes[case.vehicle] for case in BASE.cases} == {
        "SRBM", "MRBM", "IRBM", "ICBM", "space launch", "sounding rocket",
    }  # fmt: skip
    targets = {case.target for case in BASE.cases}
    assert {"central-europe", "southern-russia", "western-russia", "north-america"} <= targets
    assert BASE.rungs == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert len(BASE.paths) >= 2
    exits = [way for way in BASE.paths if way.steps[-1].rung < max(step.rung for step in way.steps)]
    assert exits


@pytest.mark.parametrize("case", BASE.cases, ids=lambda case: case.name)
def test_every_case_flies_from_region_to_region(case):
    check_reach(BASE, case.name)
    flights = flown(BASE, case)
    assert flights.count == case.launches
    world = build(BASE, case.name, 1)
    lat, lon = world.threat.target
    end_lat, end_lon, height = geodetic_from_ecef(*flights.impact_ecef[0])
    assert geodesic(lat, lon, end_lat, end_lon)[0] < METRES
    assert abs(height) < METRES


@pytest.mark.parametrize(
    ("vehicle", "least_km", "most_km", "burn_s"),
    [
        ("srbm_300", 300, 360, (60, 70)),
        ("mrbm_2000", 1_900, 2_200, (80, 130)),
        ("mrbm_3000", 2_900, 3_300, (120, 130)),
        ("irbm_3500", 3_500, 4_000, (130, 200)),
        ("icbm_liquid", 10_000, 12_000, (240, 300)),
        ("icbm_solid", 10_000, 12_000, (170, 180)),
    ],
)
def test_a_class_reaches_as_far_and_burns_as_long_as_its_name_says(vehicle, least_km, most_km, burn_s):
    """North-westward from 35 N, where the Earth's rotation neither helps nor hinders by more than a tenth.

    Burn times: the ranges of the open literature for each class.
    """
    flight = en.max_range(vehicle, lat_deg=35.0, lon_deg=46.0, azimuth_deg=330.0)
    assert least_km < flight.range_km < most_km
    assert burn_s[0] <= flight.events["burnout_s"] <= burn_s[1]


def test_the_sounding_rocket_flies_like_the_one_of_1995():
    """25 January 1995: apogee 1,453 km, down near Spitsbergen after 24 minutes; both within 3 %.

    The time depends on the ballistic coefficient drawn for the payload as it falls home.
    """
    flights = flown(BASE, case_named("sounding-rocket"))
    assert math.isclose(flights.apogee[0] / KM, 1_453, rel_tol=0.03)
    assert math.isclose(flights.t_impact[0] - flights.t_launch[0], 24 * 60, rel_tol=0.03)


def test_the_space_launch_is_modelled_to_just_short_of_orbit():
    """It keeps low, burns for minutes, and its last modelled stage falls into an ocean a quarter of the way round."""
    case = case_named("space-launch")
    flights = flown(BASE, case)
    speed = float(((flights.v_ecef**2).sum(axis=1) ** 0.5).max()) / KM
    assert 7.0 < speed < 7.8  # below orbital speed at 150 km, 7.8 km/s
    assert 150 < flights.apogee[0] / KM < 350
    assert flights.t_burnout[0] > 500
    assert apart_km(BASE, case.origin, case.target) > 11_000
    assert (case.loft, case.nature, case.launched_by) == ("depressed", "space launch", "russia")


def test_the_ship_fires_from_nearer_than_is_ever_released():
    ships = [case for case in BASE.cases if case.name.startswith("ship-")]
    assert len(ships) == 2
    for case in ships:
        assert 250 <= apart_km(BASE, case.origin, case.target) <= 290
        assert all(party.release.min_range_km > 290 for party in BASE.parties)


def test_critical_sites_lie_inside_target_regions():
    targets = [region for region in BASE.regions if region.name in {case.target for case in BASE.cases}]
    for site in BASE.critical_sites:
        inside = [
            geodesic(site.lat_deg * DEG, site.lon_deg * DEG, region.lat_deg * DEG, region.lon_deg * DEG)[0] / KM
            <= region.radius_km
            for region in targets
        ]
        assert any(inside), site.name
        assert site.title.startswith("Notional")


def test_each_party_answers_for_what_is_launched_at_it():
    answered = [name for party in BASE.parties for name in party.answers_for]
    attacked = {case.target for case in BASE.cases if case.nature == "attack"}
    assert attacked == set(answered)


def test_announced_launches_name_who_knew():
    notices = {case.name: case.notice for case in BASE.cases if case.notice}
    assert set(notices) == {"space-launch", "sounding-rocket"}
    assert notices["sounding-rocket"].passed_on.high < notices["space-launch"].passed_on.low


@pytest.mark.parametrize("name", ["europe-2013-worst-case-us", "europe-2013-worst-case-russia"])
def test_a_worst_case_changes_inputs_of_the_other_side_only(name):
    """Every other input of the same history is drawn as before, and no assumption is kinder than the catalogue."""
    scenario = load(name)
    other = "russia" if name.endswith("-us") else "us_nato"
    before, after = build(load(VARIANTS[name][0]), "mrbm-central-europe", 1), build(scenario, "mrbm-central-europe", 1)
    assumed = {each.input for each in scenario.assume}
    assert assumed
    assert {key for key in before.inputs if before.inputs[key] != after.inputs.get(key)} <= assumed
    owners = {each.id: after.parties[each.party].name for each in (*after.sensors, *after.sites)}
    assert {owners[key.partition(".")[0]] for key in assumed} == {other}
    base = load(VARIANTS[name][0]).model_copy(update={"inputs": "nominal"})
    catalogued = build(base, "mrbm-central-europe", 1).inputs
    for each in scenario.assume:
        quicker = each.input.endswith(".boost_s")
        assert (each.value.nominal < catalogued[each.input]) == quicker, each.input


def test_gabala_makes_the_year_2012():
    def sensors(name: str) -> set[str]:
        return {sensor.id for sensor in build(load(name), "mrbm-central-europe", 1).sensors}

    assert "gabala" in sensors("europe-2012")
    assert "gabala" not in sensors("europe-2013")


def test_what_was_announced_holds_the_fourth_phase_and_what_was_deployed_does_not():
    def sites(name: str) -> set[str]:
        return {site.id for site in build(load(name), "mrbm-central-europe", 1).sites}

    assert load("europe-2013-planned").epoch.date() < dt.date(2013, 3, 15) < BASE.epoch.date()
    announced = {"deveselu", "sm3_iia_redzikowo", "sm3_iib_redzikowo"}
    assert announced <= sites("europe-2013-planned")
    assert not announced & sites("europe-2013")


def test_2026_says_what_it_leaves_out():
    scenario = load("europe-2026")
    assert scenario.epoch.date() > dt.date(2026, 2, 5)  # the day New START ended
    left_out = {each.what: set(each.effect) for each in scenario.out_of_scope}
    assert {"Hypersonic glide vehicles", "Boost-phase interceptors", "Space-based interceptors"} <= left_out.keys()
    assert {each.what for each in BASE.out_of_scope} <= left_out.keys()
    assert [
        each for each in scenario.out_of_scope if each.what in {b.what for b in BASE.out_of_scope}
    ] == BASE.out_of_scope
    assert all(way.steps[0].year > 2026 for way in scenario.paths)
    assert [[step.rung for step in way.steps] for way in scenario.paths] == [
        [step.rung for step in way.steps] for way in BASE.paths if way.name in {each.name for each in scenario.paths}
    ]


def test_the_pacific_asks_of_two_years_with_the_same_launches():
    """Korea's third Green Pine and the radar at Kyogamisaki came between the two, and Japan's ship is there in both."""
    then, now = load("pacific-2013"), load("pacific-2023")
    assert then.cases == now.cases
    assert {case.launched_by for case in then.cases} == {"third party"}
    assert {case.target for case in then.cases if case.nature == "attack"} == {
        name for party in then.parties for name in party.answers_for
    }
    first, second = (build(each, "mrbm-eastern-japan", 1) for each in (then, now))
    own = [{one.id for one in (*world.sensors, *world.sites) if one.party == 0} for world in (first, second)]
    assert {"jp_sado", "jp_sm3_ia_ship", "kr_green_pine_west", "cobra_dane", "clear_uewr", "beale"} <= own[0] & own[1]
    assert {"kr_green_pine_south", "tpy2_kyogamisaki", "thaad_seongju"} <= own[1] - own[0]


@pytest.mark.parametrize("case", load("pacific-2013").cases, ids=lambda case: case.name)
def test_every_launch_of_the_pacific_comes_down_in_its_region(case):
    scenario = load("pacific-2013")
    check_reach(scenario, case.name)
    flights = flown(scenario, case)
    target = next(region for region in scenario.regions if region.name == case.target)
    lat, lon, _ = geodetic_from_ecef(*flights.impact_ecef[0])
    assert geodesic(target.lat_deg * DEG, target.lon_deg * DEG, lat, lon)[0] < METRES


def test_an_ally_stands_beside_one_party_once(tmp_path):
    text = (EXAMPLES / "pacific-2013.yaml").read_text(encoding="utf-8")
    file = tmp_path / "both.yaml"
    text = text.replace("title: Russian Federation", "title: Russian Federation\n    allies: [japan]")
    file.write_text(text.replace("[japan, south_korea]", "[japan, south_korea, south_korea]"), encoding="utf-8")
    with pytest.raises(en.ScenarioError) as refused:
        load(file)
    said = str(refused.value)
    assert "'japan' is claimed by the other party too" in said
    assert "'south_korea' stands twice" in said


def test_the_path_climbs_step_by_step_and_leads_back():
    """Its cases are told in Europe's words, and it has seeds enough for what is revealed."""
    scenario = load("europe-path")
    (way,) = scenario.paths
    assert [step.rung for step in way.steps] == [1, 2, 3, 4, 5, 1]
    assert all(case == case_named(case.name) for case in scenario.cases)
    assert scenario.seeds >= 30
