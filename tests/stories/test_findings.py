"""Findings told end to end: made-up studies whose answer is known, and what each verdict says about itself."""

import dataclasses
import datetime as dt
import math

import numpy as np
import pytest

import entente as en
from entente.findings import findings_hash, judge, not_computed, sheet
from entente.predicates import holds, is_not_computable, margins
from entente.scenario.rows import KINDS, interceptors

SEEDS = 100
PARTIES = ("us_nato", "russia")
EPOCH = dt.date(2013, 6, 1)


@pytest.fixture(scope="module")
def scenario():
    """The main scenario as far as the findings look at it."""
    return en.load("europe-2013")


def blank(scenario, value=0.0):
    return np.full((len(scenario.cases), len(scenario.rungs), 2, SEEDS), value)


def at(scenario, name):
    return [case.name for case in scenario.cases].index(name)


def numbers(study_of, scenario, warning, area=1_000.0, seeds=SEEDS, **more):
    """A study of warnings and areas, in which nothing protects anybody."""
    values = {"warning_s": warning, "impact_area_90_km2": area, "p_no_leaker": 0.0}
    return study_of(scenario, {name: np.asarray(each) for name, each in values.items()}, seeds, **more)


def connected(study_of, scenario, earlier=(0.0, 0.0), smaller=(0.0, 0.0), cases=None, held=SEEDS):
    """Warnings and areas that improve at rung 4 by so much, for each party, in the first `held` histories."""
    warning, area = blank(scenario, 200.0), blank(scenario, 1_000.0)
    which = [at(scenario, name) for name in cases] if cases else range(len(scenario.cases))
    for case in which:
        for party in (0, 1):
            warning[case, 4:, party, :held] -= earlier[party]
            area[case, 4:, party, :held] *= 1.0 - smaller[party]
    return numbers(study_of, scenario, warning, area)


def verdict(study, name):
    return next(one for one in judge(study) if one.id == name)


def test_there_are_eight_findings_with_claim_question_and_sources(scenario, study_of):
    found = judge(connected(study_of, scenario))
    assert [one.id for one in found] == [f"F{n}" for n in range(1, 9)]
    for one in found:
        assert one.claim
        assert one.question.endswith("?")
        assert one.sources
        assert one.where_we_differ
    assert not_computed() == ("Non-proliferation", "Political will")


def test_f5_holds_where_both_are_warned_earlier(scenario, study_of):
    found = verdict(connected(study_of, scenario, earlier=(30.0, 45.0)), "F5")
    assert found.rung == 4
    at_four = found.by_rung[4]
    assert (at_four.share, at_four.ruling) == (1.0, "supported")
    assert at_four.interval[0] == pytest.approx(0.05 ** (1 / SEEDS))
    assert at_four.by_party == {"us_nato": 1.0, "russia": 1.0}
    assert found.by_rung[3].ruling == "not supported"
    assert 1 not in found.by_rung  # the baseline is not compared with itself


def test_f5_needs_30_s_or_a_quarter_and_each_party(scenario, study_of):
    assert verdict(connected(study_of, scenario, earlier=(29.0, 29.0)), "F5").ruling == "not supported"
    assert verdict(connected(study_of, scenario, smaller=(0.24, 0.24)), "F5").ruling == "not supported"
    assert verdict(connected(study_of, scenario, smaller=(0.25, 0.25)), "F5").ruling == "supported"
    assert verdict(connected(study_of, scenario, earlier=(30.0, 0.0), smaller=(0.0, 0.3)), "F5").ruling == "supported"
    alone = verdict(connected(study_of, scenario, earlier=(60.0, 0.0)), "F5")
    assert alone.ruling == "not supported"
    assert alone.by_rung[4].by_party == {"us_nato": 1.0, "russia": 0.0}
    assert "it holds for us_nato in 100% and for russia in 0% of the draws" in alone.why[0]


def test_f5_counts_launches_and_not_cases(scenario, study_of):
    """The group of ten has 10 of the 23 launches: with one more it is not half of them, with two more it is."""
    assert sum(case.launches for case in scenario.cases if case.nature == "attack") == 23
    ten, one, two = "mrbm-central-europe-10", ["irbm-western-europe"], ["irbm-western-europe", "irbm-western-russia"]
    improve = {"earlier": (40.0, 40.0)}
    assert verdict(connected(study_of, scenario, **improve, cases=[ten, *one]), "F5").ruling == "not supported"
    assert verdict(connected(study_of, scenario, **improve, cases=[ten, *two]), "F5").ruling == "supported"


def test_f5_looks_at_neither_space_launches_nor_rockets(scenario, study_of):
    found = verdict(
        connected(study_of, scenario, earlier=(40.0, 40.0), cases=["space-launch", "sounding-rocket"]), "F5"
    )
    assert found.ruling == "not supported"
    assert "space-launch" not in found.by_rung[4].by_class


def test_a_launch_never_warned_of_and_warned_at_the_rung_counts_as_earlier(scenario, study_of):
    study = connected(study_of, scenario)
    study.data["warning_s"][:, :4] = np.nan
    assert verdict(study, "F5").ruling == "supported"
    study.data["warning_s"][:, 4:] = np.nan  # never at all: nothing gained, and the areas are as they were
    assert verdict(study, "F5").ruling == "not supported"


def test_a_share_of_the_draws_between_the_bars_is_under_assumptions_or_undecided(scenario, study_of):
    some = {held: verdict(connected(study_of, scenario, earlier=(40.0, 40.0), held=held), "F5") for held in (70, 50, 3)}
    assert some[70].ruling == "supported under stated assumptions"
    assert not some[70].capped
    assert some[50].ruling == "undecided"
    assert some[3].ruling == "undecided"  # three of a hundred: the upper bound is 0.076


def test_an_unsourced_input_that_decides_caps_the_verdict(scenario, study_of):
    """The margin hangs on an invented delay: supported in every draw, and still only under assumptions."""
    delay = np.random.default_rng(1).uniform(10.0, 60.0, SEEDS)
    name = "russia.release.warning_delay_s"
    warning = blank(scenario, 200.0)
    warning[:, 4:] -= 120.0 - delay
    found = verdict(numbers(study_of, scenario, warning, inputs={name: delay}), "F5")
    assert (found.by_rung[4].share, found.ruling, found.capped) == (1.0, "supported under stated assumptions", True)
    assert [one.input for one in found.deciders] == [name]
    assert "no source states: Russian Federation: release.warning_delay_s" in found.why[0]
    parties = [p.model_copy(update={"source": "declared in a note of 2012"}) for p in scenario.parties]
    sourced = scenario.model_copy(update={"parties": parties})
    assert verdict(numbers(study_of, sourced, warning, inputs={name: delay}), "F5").ruling == "supported"


def test_nominal_inputs_cannot_carry_a_verdict_over_assumptions(scenario, study_of):
    nominal = scenario.model_copy(update={"inputs": "nominal"})
    found = verdict(connected(study_of, nominal, earlier=(40.0, 40.0)), "F5")
    assert (found.ruling, found.capped) == ("supported under stated assumptions", True)
    assert "over chance alone" in found.why[0]


def test_few_histories_say_that_they_are_few(scenario, study_of):
    found = verdict(numbers(study_of, scenario, 100.0, seeds=20), "F5")
    assert found.ruling == "undecided"  # none of 20 leaves up to 0.14 open
    assert "too few to rank" in found.why[0]


def protected(study_of, scenario, rises, rung=4):
    """P(no leaker) and its two variants at 0.3, rising from a rung on by so much in the cases named."""
    values = {name: blank(scenario, np.nan) for name in ("p_no_leaker", "p_no_leaker_system", "p_no_leaker_decoys")}
    for number, case in enumerate(scenario.cases):
        for party, answers in enumerate(scenario.parties):
            if case.target in answers.answers_for:
                for name, rise in zip(values, rises.get(case.name, (0.0, 0.0, 0.0)), strict=True):
                    values[name][number, :, party] = 0.3
                    values[name][number, rung:, party] += rise
    return study_of(scenario, values | {k: blank(scenario) for k in ("warning_s", "impact_area_90_km2")}, SEEDS)


def everywhere(scenario, rise):
    return {case.name: rise for case in scenario.cases}


def test_f4_holds_where_the_least_favourable_variant_rises(scenario, study_of):
    found = verdict(protected(study_of, scenario, everywhere(scenario, (0.3, 0.2, 0.051))), "F4")
    assert found.ruling == "supported"
    assert found.by_rung[4].measure == "p_no_leaker_decoys"
    assert found.headline == (4, 6)
    assert found.by_rung[4].numbers[0].measure == "p_no_leaker_decoys"
    less = verdict(protected(study_of, scenario, everywhere(scenario, (0.3, 0.2, 0.049))), "F4")
    assert less.ruling == "not supported"


def test_f4_needs_one_launch_and_three_for_each_party(scenario, study_of):
    rises = everywhere(scenario, (0.2, 0.2, 0.2)) | {"mrbm-southern-russia-3": (0.0, 0.0, 0.0)}
    found = verdict(protected(study_of, scenario, rises), "F4")
    assert found.ruling == "not supported"
    assert found.by_rung[4].by_party == {"us_nato": 1.0, "russia": 0.0}
    assert found.by_rung[4].by_class == {
        "one launch": 1.0, "three launches": 0.0, "ten launches": 1.0, "one short-range launch from a ship": 1.0,
    }  # fmt: skip


def test_a_short_flight_from_a_ship_is_shown_and_decides_nothing(scenario, study_of):
    rises = everywhere(scenario, (0.2, 0.2, 0.2)) | dict.fromkeys(
        ("ship-southern-europe", "ship-southern-russia"), (0.0,) * 3
    )
    found = verdict(protected(study_of, scenario, rises), "F4")
    assert found.ruling == "supported"
    assert found.by_rung[4].by_class["one short-range launch from a ship"] == 0.0


def test_what_rises_only_at_rung_six_is_said_at_rung_six(scenario, study_of):
    found = verdict(protected(study_of, scenario, everywhere(scenario, (0.2, 0.2, 0.2)), rung=6), "F4")
    assert (found.rung, found.ruling) == (4, "not supported")
    assert found.by_rung[6].ruling == "supported"
    assert {n.party for n in found.by_rung[6].numbers} == set(PARTIES)


def test_a_party_whose_systems_no_source_describes_leaves_f4_open(scenario, study_of, monkeypatch):
    """For each party means for both: the other's failing decides, the other's rising does not."""
    monkeypatch.setattr("entente.predicates.is_not_computable", lambda scenario, party: party == "russia")
    rising = verdict(protected(study_of, scenario, everywhere(scenario, (0.2, 0.2, 0.2))), "F4")
    assert rising.ruling == "not computable from open sources"
    assert rising.by_rung[4].by_party["us_nato"] == 1.0
    assert math.isnan(rising.by_rung[4].by_party["russia"])
    assert "of the interceptors of russia open sources state too little" in rising.why[0]
    assert verdict(protected(study_of, scenario, {}), "F4").ruling == "not supported"


def test_nobody_computable_is_not_computable(scenario, study_of, monkeypatch):
    monkeypatch.setattr("entente.predicates.is_not_computable", lambda scenario, party: True)
    found = verdict(protected(study_of, scenario, {}), "F4")
    assert found.ruling == "not computable from open sources"
    assert math.isnan(found.by_rung[4].share)


def test_interceptors_that_are_only_listed_make_a_party_not_computable(scenario):
    assert not is_not_computable(scenario, "us_nato")
    sites = [row for row in KINDS["interceptors"]() if row.owner == "us_nato"]
    usable = [row.id for row in sites if row in interceptors()]
    without = scenario.model_copy(update={"exclude": usable})
    nothing = scenario.model_copy(update={"exclude": [row.id for row in sites]})
    listed = [row for row in sites if row.id not in usable and (not row.periods or row.status_on(EPOCH) == "deployed")]
    assert is_not_computable(without, "us_nato") == bool(listed)
    assert not is_not_computable(nothing, "us_nato")  # who has nothing has no protection, and that can be computed


def test_aircraft_are_said_to_be_left_out(scenario, study_of):
    found = verdict(protected(study_of, scenario, {}), "F4")
    assert "not modelled: aircraft" in found.why
    assert any(text.startswith("out of scope: Aircraft") for text in found.why)


def test_a_scenario_that_does_not_ask_is_told_so(study_of):
    small = en.load("one-launch")
    found = judge(numbers(study_of, small, 100.0))
    f4, f5 = found[3], found[4]
    assert (f4.ruling, f4.computed) == ("not asked by this scenario", False)
    assert "no case of one launch, three launches" in f4.why[0]
    assert f5.computed
    low = small.model_copy(update={"rungs": [0, 2]})
    assert "rung 4 was not run" in judge(numbers(study_of, low, 100.0))[4].why[0]


def test_numbers_carry_both_intervals(scenario, study_of):
    found = verdict(connected(study_of, scenario, earlier=(40.0, 40.0)), "F5")
    one = next(n for n in found.by_rung[4].numbers if (n.measure, n.party) == ("warning_s", "russia"))
    assert one.gain.value == 40.0
    assert one.level.value == 160.0
    assert one.gain.sampling == one.gain.assumption == (40.0, 40.0)
    assert not found.by_rung[3].numbers


def test_a_bar_that_was_moved_after_the_run_is_told(scenario, study_of):
    study = connected(study_of, scenario)
    assert len(findings_hash()) == 16
    kept = dataclasses.replace(study, provenance={"findings_hash": findings_hash()})
    assert not any("was changed" in text for text in verdict(kept, "F5").why)
    moved = dataclasses.replace(study, provenance={"findings_hash": "0" * 16})
    assert any("findings.yaml was changed after the study ran" in text for text in verdict(moved, "F5").why)


def test_the_margin_is_above_zero_exactly_where_the_predicate_holds(scenario, study_of):
    draws = np.random.default_rng(3)
    warning = 200.0 + 30.0 * draws.normal(size=blank(scenario).shape)
    study = numbers(study_of, scenario, warning)
    predicate = next(row.predicate for row in sheet().findings if row.id == "F5")
    found = holds(margins(study, predicate, 4).overall)
    attacks = [(n, case.launches) for n, case in enumerate(scenario.cases) if case.nature == "attack"]
    total = sum(launches for _, launches in attacks)
    for seed in range(SEEDS):
        by_party = [
            sum(k for n, k in attacks if warning[n, 1, party, seed] - warning[n, 4, party, seed] >= 30.0)
            for party in (0, 1)
        ]
        assert found[seed] == all(2 * reached >= total for reached in by_party)


def test_an_undefined_margin_does_not_hold():
    assert holds(np.array([math.nan, 0.0, -1e-9, 1.0])).tolist() == [False, True, False, True]


def test_a_real_study_is_judged():
    """The smallest whole scenario, run: a few histories decide nothing, and say so."""
    scenario = en.load("one-launch")
    study = en.explore(scenario, seeds=12, workers=1)
    found = verdict(study, "F5")
    assert set(found.by_rung) == {0, 2, 4}  # rung 1 was in force, and was run without being asked
    assert found.by_rung[4].share in {k / 12 for k in range(13)}
    assert found.ruling != "supported"
    assert found.by_rung[4].numbers[0].gain.n > 0
