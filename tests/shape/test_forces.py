"""Every row of forces rests on something, adds up, covers what treaties counted, and bad rows get one clear line."""

import json
from itertools import pairwise

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.errors import ModelError, UnknownName
from entente.scenario.holdings import Counted, Forces, Inventory
from entente.scenario.rows import exchanges, forces, inventories

ROWS = forces()
named = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)


def first_line(model, given):
    with pytest.raises(ValidationError) as caught:
        model.model_validate(given)
    assert len(caught.value.errors()) == 1
    return caught.value.errors()[0]["msg"]


@named
def test_every_row_has_a_source_and_says_what_is_assumed(row):
    assert any("http" in source for source in row.source)
    for name, leg in row.legs.items():
        assert f"legs.{name}.alert" in row.assumed
        if leg.basis == "assumed":
            assert {f"legs.{name}.carriers", f"legs.{name}.warheads"} <= set(row.assumed)
    assert row.published or row.basis == "assumed"


@named
def test_the_legs_meet_each_published_total(row):
    for total in row.published:
        assert sum(getattr(row.legs[name], total.what).nominal for name in total.legs) == total.value
        assert "http" in total.source


def test_a_party_has_one_row_a_year():
    for party in ("united_states", "united_kingdom", "france", "russia", "china"):
        spans = [(row.since, row.to) for row in ROWS if row.party == party]
        assert spans == sorted(spans)
        assert all(earlier[1] < later[0] for earlier, later in pairwise(spans))
        assert {2013, 2023, 2026} <= {year for since, to in spans for year in range(since, to + 1)}


@pytest.mark.parametrize("party", ["united_states", "russia"])
def test_the_ranges_cover_what_new_start_counted(party):
    """Carriers as counted; warheads with one a bomber, as the treaty counts them."""
    for each in exchanges():
        side = getattr(each, party)
        if side is None:
            continue
        legs = en.forces(party, each.as_of.year).legs
        assert sum(leg.carriers.low for leg in legs.values()) <= side.deployed_vehicles
        assert side.deployed_vehicles <= sum(leg.carriers.high for leg in legs.values())
        for end, below in (("low", True), ("high", False)):
            total = sum(getattr(leg.carriers if name == "air" else leg.warheads, end) for name, leg in legs.items())
            assert total <= side.deployed_warheads if below else total >= side.deployed_warheads, each.id


def test_china_able_to_reach_is_a_range_that_rises_with_the_years():
    found = [en.forces("china", year).able_to_reach for year in (2001, 2013, 2018, 2021, 2023, 2024, 2026)]
    assert all(reach.low < reach.nominal < reach.high for reach in found)
    assert all(a.nominal < b.nominal and a.low <= b.low for a, b in pairwise(found))
    for year in (2013, 2018, 2021, 2023, 2024, 2025):
        printed = en.forces("china", year).inventory
        assert en.forces("china", year).able_to_reach.high <= printed


def test_days_and_years_rise():
    assert [row.as_of for row in exchanges()] == sorted(row.as_of for row in exchanges())
    assert len(exchanges()) == 25
    assert [row.year for row in inventories()] == list(range(2010, 2026))


def test_counting_rules_stay_apart_from_loadings():
    """A bomber is one warhead to New START, and as many as it is given to whoever counts loadings."""
    assert {row.counting for row in ROWS if row.since == 1990} == {"start_i_1991"}
    assert {row.counting for row in ROWS if row.since > 1990} == {"loading"}
    found = en.forces("united_states", 2013)
    assert dict(found.counted())["2013-03-01"].deployed_warheads == 1654
    assert found.warheads.nominal == 1654 - 111 + 300
    assert found.inventory == 7700
    assert en.forces("france", 2013).counted() == []


GOOD = forces()[1].model_dump()


def with_leg(**changes):
    return GOOD | {"published": [], "legs": GOOD["legs"] | {"sea": GOOD["legs"]["sea"] | changes}}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (with_leg(carriers=0), "1000 warheads without carriers (low); give carriers, or no warheads"),
        (with_leg(alert={"low": 0.2, "nominal": 0.5, "high": 1.2}), "0.2 to 1.2 is outside 0 to 1"),
        (GOOD | {"to": 2010}, "ends in 2010, before it begins in 2011"),
        (GOOD | {"stockpile": 100, "able_to_reach": 200}, "200 able to reach are more than the stockpile of 100"),
        (
            GOOD | {"legs": GOOD["legs"] | {"silo": GOOD["legs"]["silo"] | {"warheads": 449}}},
            "warheads of silo and sea add up to 1522, and the source says 1543",
        ),
        (
            GOOD | {"published": [GOOD["published"][0] | {"legs": ["mobile"]}]},
            "a total of 449 carriers counts the leg mobile, which is not given",
        ),
    ],
)
def test_a_row_that_does_not_add_up_is_refused_in_one_line(given, said):
    assert said in first_line(Forces, given)


def test_counts_that_cannot_be_are_refused_in_one_line():
    told = {"deployed_vehicles": 10, "deployed_warheads": 20, "all_launchers": 5}
    assert "10 deployed are more than 5 in all" in first_line(Counted, told)
    none = told | {"deployed_vehicles": 0}
    assert "20 warheads without carriers; give carriers" in first_line(Counted, none)
    row = inventories()[-1].model_dump() | {"deployed": {"france": 500}}
    assert "500 deployed of france are more than its inventory" in first_line(Inventory, row)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        (("rusia", 2013), UnknownName, r"forces party: 'rusia' is not known; did you mean 'russia'\?"),
        (("china", 2009), ModelError, "china in 2009 is not in the table; it has 2001, 2011 to 2014"),
        (("china", 2027), ModelError, "china in 2027 is not in the table"),
        (("china", "2013"), ModelError, "forces: the year '2013' is not a whole number"),
        (("china", True), ModelError, "forces: the year True is not a whole number"),
    ],
)
def test_what_is_not_in_the_table_gets_one_line(asked, error, said):
    with pytest.raises(error, match=said) as caught:
        en.forces(*asked)
    assert "\n" not in str(caught.value)


def test_the_command_says_the_same():
    run = CliRunner()
    told = run.invoke(app, ["forces", "united_states", "2013"])
    assert told.exit_code == 0, told.output
    assert "New START counted on 2013-03-01: 1654 warheads, 792 deployed carriers, 1028 in all" in told.stdout
    plain = json.loads(run.invoke(app, ["forces", "united_states", "2013", "--json"]).stdout)
    assert plain["carriers"]["nominal"] == 792
    assert plain["counted_by_new_start"]["2013-09-01"]["deployed_warheads"] == 1688
    wrong = run.invoke(app, ["forces", "russia", "1990", "--json"])
    assert json.loads(wrong.stdout)["forces"]["counting"] == "start_i_1991"
    wrong = run.invoke(app, ["forces", "china", "2009"])
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr.count("\n") == 1
