"""Which agreements held when, what they made flow, and the rung that amounts to."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.errors import ModelError, UnknownName
from entente.scenario.accords import UNITS, Agreement, Duty, Limit
from entente.scenario.rows import actual, agreements, baseline, in_force, ladder


def held(day):
    return {row.id for row in in_force(dt.date.fromisoformat(day))}


def test_the_spring_of_2013():
    """Between the cancelled fourth phase and the next round of talks: notices flow, warnings never did."""
    assert held("2013-04-08") == {
        "accident_measures_1971",
        "launch_notification_1988",
        "new_start_2010",
        "hcoc_2002",
        "inf_1987",
        "russia_china_2009",
        "incidents_at_sea_1972",
        "nuclear_war_1973",
        "nrrc_1987",
        "dangerous_activities_1989",
        "strategic_exercises_1989",
        "airspace_initiative_2011",
        "vienna_document_2011",
        "india_pakistan_2005",
        "theatre_exercises_2002",
    }


@pytest.mark.parametrize(
    ("name", "last_day", "day_after"),
    [
        ("abm_1972", "2002-06-12", "2002-06-13"),
        ("abm_protocol_1974", "2002-06-12", "2002-06-13"),
        ("salt_i_1972", "1977-10-02", "1977-10-03"),
        ("inf_1987", "2019-08-01", "2019-08-02"),
        ("start_i_1991", "2009-12-04", "2009-12-05"),
        ("sort_2002", "2011-02-04", "2011-02-05"),
        ("y2k_center_1999", "2000-01-15", "2000-01-16"),
        ("russia_china_2009", "2030-12-15", "2030-12-16"),
        ("new_start_2010", "2026-02-04", "2026-02-05"),
    ],
)
def test_an_agreement_lapses_on_the_day_it_ends(name, last_day, day_after):
    assert name in held(last_day)
    assert name not in held(day_after)
    row = en.agreements()[name]
    assert row.status_on(dt.date.fromisoformat(day_after)) == "lapsed"


def test_new_start_took_the_place_of_the_moscow_treaty_on_one_day():
    assert "new_start_2010" in held("2011-02-05")
    assert "new_start_2010" not in held("2011-02-04")


def test_signed_is_not_in_force_and_in_force_is_not_operated():
    on = dt.date(2013, 4, 8)
    stood = {row.id: row.status_on(on) for row in agreements()}
    assert stood["jdec_moa_2000"] == stood["plns_mou_2000"] == "never operated"
    assert stood["demarcation_1997"] == "signed only"
    assert stood["abm_1972"] == stood["salt_ii_1979"] == "lapsed"
    assert en.agreements()["abm_1972"].status_on(dt.date(1972, 6, 1)) == "signed only"
    assert en.agreements()["abm_1972"].status_on(dt.date(1972, 5, 25)) is None


def test_a_suspended_treaty_stays_in_force_and_says_so():
    row = en.agreements()["new_start_2010"]
    assert row.suspended == dt.date(2023, 2, 28)
    assert row.status_on(dt.date(2024, 1, 1)) == "in force"


@pytest.mark.parametrize(
    ("day", "flows", "rung"),
    [
        ("1950-01-01", [], 0),
        ("1971-09-29", [], 0),
        ("1971-09-30", ["notices"], 1),
        ("2001-01-01", ["notices"], 1),
        ("2013-06-01", ["notices"], 1),
        ("2026-06-01", ["notices"], 1),
    ],
)
def test_what_flowed_and_the_rung_it_amounts_to(day, flows, rung):
    on = dt.date.fromisoformat(day)
    switches = actual(on)
    assert (switches.flows, switches.fusion, switches.engagement) == (flows, "none", "alone")
    assert baseline(on) == rung


def test_a_centre_that_never_opened_makes_nothing_flow():
    """JDEC would have been rung 2: its row says that warnings would flow, and none did."""
    assert "warnings" in en.agreements()["jdec_moa_2000"].flows
    assert "warnings" not in actual(dt.date(2005, 1, 1)).flows


def test_a_scenarios_own_rung_counts():
    notices_only = ladder()[1].model_copy(update={"rung": 12})
    assert baseline(dt.date(2013, 6, 1), [notices_only]) == 12
    assert baseline(dt.date(1950, 1, 1), [notices_only]) == 0
    fused = ladder()[3].model_copy(update={"rung": 12})
    assert baseline(dt.date(2013, 6, 1), [fused]) == 1
    without = ladder()[3].model_copy(update={"rung": 0})
    with pytest.raises(UnknownName, match="shares no more than was shared on 1950-01-01"):
        baseline(dt.date(1950, 1, 1), [without])


@pytest.mark.parametrize("on", ["2013-07-01", "2013", 2013, dt.date(2013, 7, 1), dt.datetime(2013, 7, 1, 12)])
def test_a_day_is_given_in_several_ways(on):
    found = en.agreements(on=on)
    assert found.day == dt.date(2013, 7, 1)
    assert {row["id"] for row in found.to_dicts()} == held("2013-07-01")
    assert {row["status"] for row in found.to_dicts()} == {"in force"}


def test_any_status_lists_all_that_had_been_signed():
    assert len(en.agreements()) == len(agreements()) == 28
    assert len(en.agreements(on="2013-04-08", status="any")) == 27
    assert len(en.agreements(on=1975, status="any")) == 6
    signed = ["demarcation_1997", "shared_warning_1998"]
    assert [row.id for row in en.agreements(on="2013-04-08", status="signed only")] == signed
    assert str(en.agreements(on=1960)) == "no agreements of that kind"


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"on": "spring"}, ModelError, r"agreements: 'spring' is not a day; write 2013-04-08, or a year"),
        ({"on": "2013-02-30"}, ModelError, "'2013-02-30' is not a day"),
        ({"on": 0}, ModelError, "the year 0 does not exist"),
        ({"on": 2013.5}, ModelError, "the year 2013.5 is not a whole number"),
        ({"on": True}, ModelError, "the year True is not a whole number"),
        ({"on": 2013, "status": "inforce"}, UnknownName, r"did you mean 'in force'\?"),
        ({"status": "lapsed"}, ModelError, "'lapsed' holds on a day; give one"),
    ],
)
def test_questions_that_have_no_answer(asked, error, said):
    with pytest.raises(error, match=said):
        en.agreements(**asked)


def test_the_command_says_the_same():
    done = CliRunner().invoke(app, ["agreements", "--on", "2013-04-08", "--json"])
    assert done.exit_code == 0, done.output
    assert {row["id"] for row in json.loads(done.stdout)} == held("2013-04-08")
    table = CliRunner().invoke(app, ["agreements", "--on", "2013-04-08"]).stdout
    assert "status 2013-04-08" in table
    assert "[1] " in table
    wrong = CliRunner().invoke(app, ["agreements", "--on", "spring"])
    assert wrong.exit_code == 1
    assert wrong.stderr == "Error: agreements: 'spring' is not a day; write 2013-04-08, or a year\n"


def test_every_limit_and_duty_says_where_it_comes_from():
    for row in agreements():
        assert any("http" in source for source in row.source), row.id
        for each in (*row.limits, *row.duties):
            assert each.basis in ("retrieved", "secondary", "recalled"), (row.id, each)
        for limit in row.limits:
            assert limit.measure is None or limit.unit in UNITS[limit.measure]
            assert "at most" not in limit.unit, (row.id, limit)
            assert "at least" not in limit.unit, (row.id, limit)
    assert {row.id for row in agreements() if row.duties} >= {"jdec_moa_2000", "plns_mou_2000", "hcoc_2002"}


def test_a_limit_without_a_unit_or_with_anothers_is_refused_in_one_line():
    limit = agreements()[0].limits[0].model_dump()
    with pytest.raises(ValueError, match="the unit 'km' does not fit strategic_areas; write areas"):
        Limit.model_validate(limit | {"unit": "km"})
    with pytest.raises(ValueError, match="at least 1 character"):
        Limit.model_validate(limit | {"unit": ""})
    with pytest.raises(ValueError, match="both value and unit; give both, or neither"):
        Duty.model_validate({"what": "notice", "deadline": "24 h before", "value": 24, "basis": "recalled"})


def test_the_record_shows_what_was_named_and_claims_no_more():
    """Both verdicts occur; an event that fits names a defence or its limits; days rise; agreements exist."""
    rows = list(en.catalogue("record"))
    assert [row.day for row in rows] == sorted(row.day for row in rows)
    assert {row.verdict for row in rows} == {"consistent with the record", "not computable"}
    known = {row.id for row in agreements()}
    for row in rows:
        assert set(row.touches) <= known, row.id
        assert any("http" in source for source in row.source)
        named = any(word in row.reason_given for word in ("ABM", "defence", "defences"))
        assert named or row.verdict == "not computable", row.id
    assert next(row for row in rows if row.id == "start_ii_ended").verdict == "consistent with the record"


def test_dates_must_be_in_order():
    row = agreements()[0].model_dump()
    with pytest.raises(ValueError, match="in_force 1970-01-01 lies before signed 1972-05-26"):
        Agreement.model_validate(row | {"in_force": "1970-01-01"})


def test_the_limits_that_other_parts_will_check():
    limits = {row.id: {limit.quantity: limit.value for limit in row.limits} for row in agreements()}
    assert limits["demarcation_1997"]["target speed in tests"] == 5.0
    assert limits["demarcation_1997"]["target range in tests"] == 3500
    assert limits["new_start_2010"]["warheads on deployed missiles and one a deployed bomber"] == 1550
    assert limits["launch_notification_1988"]["notice before the launch"] == 24
    assert limits["start_ii_1993"]["deployed strategic warheads, second phase"] == 3500
    assert limits["india_pakistan_2005"]["notice before the window opens"] == 3
    assert all(limit.unit for row in agreements() for limit in row.limits)
