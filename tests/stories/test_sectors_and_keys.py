"""Rungs 7 and 8 from the scenario to the page: sectors, one assignment with two keys, and what the report says of them."""

import dataclasses
import re

import numpy as np
import pytest

import entente as en
from entente.comparison import losses
from entente.errors import ModelError
from entente.findings import judge
from entente.questions.defended import WAYS
from entente.report.language import ENGLISH, RUSSIAN
from entente.report.material import gather
from entente.report.protection import protection, raids
from entente.run import all_rungs, before_sharing, check_rung, simulate

RUNGS = [1, 4, 6, 7, 8]
CASES = ("mrbm-central-europe", "mrbm-central-europe-3", "mrbm-central-europe-10", "mrbm-southern-russia")


@pytest.fixture(scope="module")
def scenario():
    whole = en.load("europe-2013")
    cases = [case for case in whole.cases if case.name in CASES]
    return whole.model_copy(update={"cases": cases, "rungs": RUNGS, "paths": []})


@pytest.fixture(scope="module")
def study(scenario):
    return en.explore(scenario, seeds=20, workers=1)


def test_the_bits_do_not_depend_on_the_workers(scenario, study):
    again = en.explore(scenario, seeds=20, workers=2)
    for name in study.data:
        np.testing.assert_array_equal(again.data[name].values, study.data[name].values)


def test_a_rung_alone_is_the_same_as_among_others(scenario):
    """What is shared between rungs of a history changes none of them."""
    together = all_rungs(before_sharing(scenario, CASES[2], 3), RUNGS)
    for rung in (7, 8):
        alone = simulate(scenario, CASES[2], rung, 3)
        for name, value in alone.assessment.values.items():
            np.testing.assert_array_equal(value, together[rung].assessment.values[name], err_msg=name)


def test_where_nothing_overlaps_sectors_change_nothing_and_keys_cost(study):
    """In 2013 no body is in reach of both sides: rung 7 is rung 6, and the second key only takes away."""
    chance, spent = study.data["p_no_leaker"], study.data["shots"]
    np.testing.assert_array_equal(chance.sel(rung=7).values, chance.sel(rung=6).values)
    assert float(chance.sel(rung=8).mean()) < float(chance.sel(rung=6).mean())
    assert float(spent.sel(rung=8).sum()) < float(spent.sel(rung=6).sum())
    assert float(study.data["shots_twice"].max()) == 0.0


def test_coordination_adds_nothing_where_one_side_alone_can_answer(study):
    """Nobody of the other side reaches these bodies, so that rungs 4 to 7, on one picture, answer alike."""
    leakers = study.data["leakers_expected"]
    for rung in (6, 7):
        np.testing.assert_allclose(leakers.sel(rung=rung).values, leakers.sel(rung=4).values, atol=1e-6)


def test_what_is_measured_adds_up(study):
    """Spent and left make the inventory; people protected are people times a chance; told of means not unexplained."""
    data = study.data
    stock = data["shots"] + data["shots_left"]
    assert (stock == stock.isel(seed=0, case=0, rung=0)).all()
    people = (data["people_protected"] / data["p_no_leaker"]).sel(case=CASES[0], party="us_nato").values
    known = people[np.isfinite(people)]
    np.testing.assert_allclose(known, known[0], rtol=1e-12)
    told = data["flight_untold"].sel(rung=[6, 7, 8]).values
    assert np.nanmax(told) == 0.0
    np.testing.assert_array_equal(data["flight_untold"].sel(rung=1).values, data["flight_seen"].sel(rung=1).values)
    assert (data["keep_outs"].sel(rung=[1, 4]).values == 0.0).all()
    assert float(data["keep_outs"].sel(rung=6).max()) > 0.0


def test_the_two_keys_are_inputs_where_a_rung_asks_for_them(scenario, study):
    assert {"two_keys.delay_s", "two_keys.refusal"} <= set(study.inputs["input"].values.tolist())
    lower = en.explore(scenario.model_copy(update={"rungs": [1, 4]}), seeds=1, workers=1)
    assert not any(str(name).startswith("two_keys") for name in lower.inputs["input"].values)


def test_the_finding_has_every_rung_and_the_page_a_table_a_raid(study):
    (f4,) = (one for one in judge(study) if one.id == "F4")
    assert set(f4.by_rung) == {4, 6, 7, 8}
    found = gather(study)
    assert [raid.case.name for raid in raids(found)] == list(CASES)
    for tongue, reach in ((ENGLISH, "in reach"), (RUSSIAN, "досягаемости")):
        for table in protection(found, tongue):
            labels = [row["label"] for row in table["rows"]]
            assert labels[0].startswith("1")
            assert sum(len(row["rungs"]) for row in table["rows"]) == len(RUNGS)
            assert all(len(row["cells"]) == len(table["rows"][0]["cells"]) == 10 for row in table["rows"])
            assert any(cell["assumption"].endswith(reach) for cell in table["rows"][0]["cells"])


def test_more_people_are_covered_with_the_partners_systems(study):
    """As the footprint has them, by what each rung lets a party use."""
    for raid in raids(gather(study)):
        assert raid.covered["alone"] <= raid.covered["sensors"] <= raid.covered["interceptors"]
        assert raid.covered["interceptors"] <= raid.covered["in reach"]
        found = en.footprint(raid.case.origin, raid.case.vehicle, raid.party, study.scenario, loft=raid.case.loft)
        assert raid.covered == {way: found.people(way) for way in WAYS} | {"in reach": found.people()}


def test_a_loss_to_the_keys_is_said_in_both_languages(study):
    causes = {loss.cause for loss in losses(study) if loss.rung == 8 and "two keys" in loss.cause}
    assert causes
    for cause in causes:
        for part in cause.split("; "):
            assert RUSSIAN.knows(part), part


def test_rungs_without_what_they_need_are_refused():
    small = en.load("one-launch")
    with pytest.raises(ModelError, match=re.escape("rung: 7 has sectoral engagement, and no party has a sector; give")):
        check_rung(small, 7)
    assert check_rung(small, 8).engagement == "joint"


def test_an_empty_sky_of_sites_runs_at_every_rung(scenario):
    """Nobody has an interceptor: nothing fired, nothing protected, and no error."""
    begun = before_sharing(scenario, CASES[0], 1)
    begun = dataclasses.replace(begun, world=dataclasses.replace(begun.world, sites=()))
    for rung, run in all_rungs(begun, RUNGS).items():
        assert len(run.outcome.site) == 0
        assert run.assessment.values["p_no_leaker"][0] == 0.0, rung
        assert "shots" not in run.assessment.values or np.isnan(run.assessment.values["shots"]).all()
