"""Which limits a scenario keeps: those of agreements on its day, and those that it proposes itself."""

import datetime as dt
import json
import re

import pytest
from typer.testing import CliRunner

import entente as en
from entente.cli import app
from entente.compliance import CAUTION
from entente.errors import ScenarioError
from entente.scenario.load import EXAMPLES

GOOD = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
LIMIT = "name: slow, title: No fast interceptors, measure: interceptor_speed, value: 5, unit: km/s, source: 'invented: a test'"


def scenario(folder, *limits, epoch="", text=GOOD):
    """The one-launch scenario with limits of its own, on another day."""
    if epoch:
        text = re.sub(r"^epoch: \S+", f"epoch: {epoch}T00:00:00Z", text, flags=re.MULTILINE)
    if limits:
        text += "\nlimits:\n" + "".join(f"  - {{{limit}}}\n" for limit in limits)
    path = folder / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def row(found, agreement, party, word):
    (one,) = [each for each in found.of(agreement, party) if word in each.quantity]
    return one


def test_no_verdict_is_one_of_compliance():
    found = en.comply(en.load("europe-2013"))
    assert {each.verdict for each in found} <= {"met", "exceeded", "needs judgement", "not in force"}
    assert "compliant" not in str(found)
    assert str(found).endswith(CAUTION)
    for each in found:
        assert each.source
        assert (each.value_low is None) == (each.margin_low is None)


def test_new_start_before_and_after_the_day_it_had_to_be_met(tmp_path):
    """In 2013 its numbers did not bind yet, and the United States was above all three; in 2019 both sides kept them."""
    before = en.comply(en.load("europe-2013"))
    one = row(before, "new_start_2010", "us_nato", "warheads on deployed")
    assert (one.verdict, one.if_it_held, one.value_low, one.margin_low) == ("not in force", "exceeded", 1654, -104)
    assert one.status == "in force; from 2018-02-05 on"
    after = en.comply(en.load(scenario(tmp_path, epoch="2019-10-01")))
    for party, values in {"us_nato": (668, 1376, 800), "russia": (513, 1426, 757)}.items():
        rows = [each for each in after.of("new_start_2010", party) if each.value_low is not None]
        assert [each.value_low for each in rows] == list(values)
        assert [each.verdict for each in rows] == ["met"] * 3
        assert [each.margin_low for each in rows] == [700 - values[0], 1550 - values[1], 800 - values[2]]
    gone = en.comply(en.load(scenario(tmp_path, epoch="2026-03-01")))
    assert {each.verdict for each in gone.of("new_start_2010")} == {"not in force"}


def on(day):
    """The scenario of 2013 on any day, one without a single system too."""
    return en.load("europe-2013").model_copy(update={"epoch": dt.datetime.fromisoformat(f"{day}T00:00:00+00:00")})


def test_a_limit_binds_from_its_first_day_to_the_day_before_its_last():
    """New START's numbers from 5 February 2018 on, which counts of that day meet; two areas until the protocol of 1974 held."""
    warheads = [
        row(en.comply(on(day)), "new_start_2010", "us_nato", "one a deployed") for day in ("2018-02-04", "2018-02-05")
    ]
    assert [each.verdict for each in warheads] == ["not in force", "met"]
    assert [each.value_low for each in warheads] == [1393, 1350]
    areas = [row(en.comply(on(day)), "abm_1972", "russia", "deployment areas") for day in ("1976-05-23", "1976-05-24")]
    assert [each.verdict for each in areas] == ["met", "not in force"]
    assert areas[1].status == "in force; until 1976-05-24"


def test_a_year_outside_the_tables_needs_judgement():
    """Nobody here knows the silos of 1975; those of 1990 are START I's own count."""
    silos = row(en.comply(on("1975-01-01")), "salt_i_1972", "russia", "ICBM")
    assert (silos.verdict, silos.value_low) == ("needs judgement", None)
    vehicles = row(en.comply(on("1990-10-01")), "salt_ii_1979", "russia", "strategic delivery vehicles at first")
    assert (vehicles.value_low, vehicles.if_it_held, vehicles.margin_low) == (2500, "exceeded", -100)
    assert vehicles.of == "ussr_1990, as START I counted"


def test_the_abm_treaty_would_not_have_allowed_two_areas():
    found = en.comply(en.load("europe-2013"))
    areas = row(found, "abm_protocol_1974", "us_nato", "areas")
    assert (areas.verdict, areas.if_it_held, areas.margin_high) == ("not in force", "exceeded", -1)
    assert row(found, "abm_protocol_1974", "us_nato", "interceptors").if_it_held == "met"


def test_faster_than_the_demarcation_is_for_each_party_to_judge():
    found = en.comply(en.load("europe-2013"))
    fast = row(found, "demarcation_1997", "us_nato", "lower-velocity")
    assert (fast.verdict, fast.if_it_held) == ("not in force", "needs judgement")
    assert fast.margin_high < 0
    assert row(found, "demarcation_1997", "us_nato", "sea-based").value_high == 3.5


def test_a_duty_is_shown_and_never_judged():
    found = en.comply(en.load("europe-2013"))
    duty = row(found, "launch_notification_1988", "russia", "planned date")
    assert (duty.verdict, duty.limit) == ("needs judgement", None)
    assert duty.of == "its launches with a notice: space-launch; without: none"


def test_what_the_models_do_not_know_needs_judgement():
    found = en.comply(en.load("europe-2013"))
    inf = row(found, "inf_1987", "russia", "ground-launched")
    assert (inf.verdict, inf.value_low) == ("needs judgement", None)
    assert not found.of("india_pakistan_2005")  # binds neither party
    assert not found.of("us_japan_korea_2023")  # was not signed yet


def test_a_proposed_limit_is_judged_first_and_for_each_party(tmp_path):
    found = en.comply(en.load(scenario(tmp_path, LIMIT, epoch="2013-06-01")))
    us, russia = found.of("slow")
    assert list(found)[:2] == [us, russia]
    assert (us.verdict, us.limit, us.unit, us.status) == ("exceeded", 5, "km/s", "proposed here")
    assert us.margin_high == pytest.approx(5 - 7.0)
    assert russia.verdict == "needs judgement"  # 3 to 5.5 km/s around Moscow
    assert str(found).splitlines()[2] == "No fast interceptors (proposed here)"


def test_what_a_scenario_leaves_out_or_assumes_changes_the_verdict(tmp_path):
    without = GOOD.replace("exclude: [", "exclude: [gbi_greely, gbi_vandenberg, ") if "exclude: [" in GOOD else GOOD
    if without == GOOD:
        without = GOOD + "\nexclude: [gbi_greely, gbi_vandenberg]\n"
    found = en.comply(en.load(scenario(tmp_path, LIMIT, epoch="2013-06-01", text=without)))
    assert found.of("slow", "us_nato")[0].verdict == "met"


@pytest.mark.parametrize(
    ("measure", "value", "unit", "bound", "verdicts"),
    [
        ("interceptors", 100, "interceptors", "at most", ("met", "exceeded")),
        ("strategic_interceptors", 20, "interceptors", "at most", ("exceeded", "exceeded")),
        ("strategic_areas", 1, "areas", "at most", ("exceeded", "met")),
        ("strategic_interceptors_an_area", 30, "interceptors", "at most", ("met", "exceeded")),
        ("deployed_warheads", 1000, "warheads", "at most", ("exceeded", "exceeded")),
        ("deployed_vehicles", 500, "vehicles", "at most", ("exceeded", "needs judgement")),
        ("all_launchers", 950, "launchers", "at most", ("exceeded", "met")),
        ("mobile_warheads", 100, "warheads", "at most", ("met", "exceeded")),
        ("release_min_range", 300, "km", "at most", ("exceeded", "exceeded")),
        ("warning_delay", 60, "s", "at most", ("met", "met")),
        ("warning_delay", 30, "s", "at most", ("needs judgement", "needs judgement")),
        ("area_floor", 10, "km", "at least", ("met", "met")),
    ],
)
def test_every_measure_can_be_limited(tmp_path, measure, value, unit, bound, verdicts):
    text = (EXAMPLES / "europe-2013.yaml").read_text(encoding="utf-8")
    limit = f"name: x, title: X, measure: {measure}, value: {value}, unit: {unit}, bound: {bound}, source: 'invented: a test'"
    found = en.comply(en.load(scenario(tmp_path, limit, text=text)))
    assert tuple(each.verdict for each in found.of("x")) == verdicts, [str(each) for each in found.of("x")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            LIMIT.replace(" unit: km/s,", ""),
            "limits.0.unit: the key is missing here; add it (such as km/s, interceptors",
        ),
        (LIMIT.replace("unit: km/s", "unit: ''"), "limits.0.unit: '' has 0 characters; write at least 1"),
        (LIMIT.replace("km/s", "m/s"), "limits.0: the unit 'm/s' does not fit interceptor_speed; write km/s"),
        (LIMIT.replace("interceptor_speed", "interceptor_sped"), "did you mean 'interceptor_speed'?"),
        (LIMIT.replace("value: 5", "value: 5 km/s"), "limits.0.value: '5 km/s' is text, not a number"),
        (LIMIT.replace("value: 5", "value: -5"), "limits.0.value: -5"),
        (LIMIT + ", bound: under", "limits.0.bound: 'under' is not one of the choices"),
        (LIMIT.replace(", source: 'invented: a test'", ""), "limits.0.source: the key is missing here"),
        (LIMIT + ", parties: [china]", "limits.0.parties.0: 'china' is not one of the choices"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_in_one_line_with_its_place(tmp_path, given, said):
    path = scenario(tmp_path, given)
    with pytest.raises(ScenarioError) as caught:
        en.load(path)
    assert len(caught.value.mistakes) == 1
    first = caught.value.mistakes[0].splitlines()[0]
    assert said in first
    assert re.search(r"mine\.yaml:\d+:\d+", first), first


def test_two_limits_of_one_name_are_one_too_many(tmp_path):
    with pytest.raises(ScenarioError, match=r"limits\.1\.name: 'slow' stands twice"):
        en.load(scenario(tmp_path, LIMIT, LIMIT))


def test_the_command_says_the_same(tmp_path):
    run = CliRunner()
    told = run.invoke(app, ["comply", str(scenario(tmp_path, LIMIT))])
    assert told.exit_code == 0, told.output
    assert "No fast interceptors (proposed here)" in told.stdout
    assert "ABM Treaty (lapsed)" not in told.stdout
    assert "lapsed, and not shown: " in told.stdout
    assert "ABM Treaty (lapsed)" in run.invoke(app, ["comply", "europe-2013", "--lapsed"]).stdout
    plain = json.loads(run.invoke(app, ["comply", "europe-2013", "--json"]).stdout)
    assert plain["day"] == "2013-06-01"
    assert {each["verdict"] for each in plain["rows"]} == {"needs judgement", "not in force"}
    wrong = run.invoke(app, ["comply", "europe-2031"])
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("Error: ")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (
            "stability --a fixed_warheads=400,fixed_vehicles=0",
            "400 fixed warheads stand on no vehicle; give the vehicles",
        ),
        ("forces china 2027", "china in 2027 is not in the table; it has 2001, 2011 to 2014"),
        ("forces rusia 2013", "'rusia' is not known; did you mean 'russia'?"),
        ("agreements --on 2013-13-01", "'2013-13-01' is not a day; write 2013-04-08, or a year"),
        (
            "agreements --status broken",
            "'broken' is not known; known: in force, signed only, never operated, lapsed, any",
        ),
    ],
)
def test_bad_input_is_one_line(command, said):
    """Shares that do not add up are refused by `force_of`, and a limit without a unit by `check`: with those tests."""
    told = CliRunner().invoke(app, command.split())
    assert told.exit_code == 1
    (line,) = told.stderr.splitlines()
    assert line.startswith("Error: ")
    assert said in line
