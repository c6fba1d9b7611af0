"""Gains are paired, signed by who is better off, and honest about what never happened; losses have causes; paths add up."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.comparison import balanced, baseline, change, exposure, gain, level, losses, reciprocity, walk
from entente.comparison.exposing import inputs_of
from entente.comparison.losses import UNTRACED
from entente.errors import ModelError, UnknownName
from entente.scenario.parts import Ranged
from entente.scenario.schema import Step, Way

CASE = "mrbm-central-europe"
SEEDS = 100
PRIORITIES = ("warning_lead_s", "impact_area_90_km2", "p_no_leaker")


@pytest.fixture(scope="module")
def scenario():
    """One case, seven rungs, two parties."""
    return en.load("one-launch").model_copy(update={"rungs": [0, 1, 2, 3, 4, 5, 6]})


def steady(seed=0, spread=5.0):
    """The same number at every rung for each party and seed: paired, nothing changes. (case, rung, party, seed)."""
    draws = np.random.default_rng(seed)
    return np.broadcast_to(100.0 + spread * draws.normal(size=(1, 1, 2, SEEDS)), (1, 7, 2, SEEDS)).copy()


def of(study_of, scenario, **values):
    return study_of(scenario, values, SEEDS)


def test_positive_is_better_whichever_way_the_measure_goes(scenario, study_of):
    time, area = steady(1), steady(2)
    time[:, 4] += 30.0
    area[:, 4] -= 40.0
    study = of(study_of, scenario, warning_lead_s=time, impact_area_90_km2=area, warning_s=time)
    assert gain(study, "warning_lead_s", CASE, 4, "russia").value == pytest.approx(30.0)
    assert gain(study, "impact_area_90_km2", CASE, 4, "russia").value == pytest.approx(40.0)
    assert gain(study, "warning_s", CASE, 4, "russia").value == pytest.approx(-30.0)


def test_pairing_takes_out_what_the_rungs_share(scenario, study_of):
    """Histories differ by 500 s, the rungs by 3 s: a paired gain sees the 3 s."""
    lead = steady(3, spread=500.0)
    lead[:, 4] += 3.0 + np.random.default_rng(1).normal(size=(1, 2, SEEDS))
    study = of(study_of, scenario, warning_lead_s=lead)
    found = gain(study, "warning_lead_s", CASE, 4, "us_nato")
    assert 2.0 < found.sampling[0] < 3.0 < found.sampling[1] < 4.0
    apart = [level(study, "warning_lead_s", CASE, rung, "us_nato").sampling for rung in (1, 4)]
    assert apart[1][0] < apart[0][1]  # the levels' own intervals overlap


def test_what_never_happened_is_counted_and_not_averaged(scenario, study_of):
    lead = steady(4)
    lead[:, 1, :, :60] = np.nan  # never warned in 60 of 100 histories at the baseline
    lead[:, 4, :, :10] = np.nan  # in 10 at rung 4
    lead[:, 4, :, 60:] += 7.0
    lead[:, 4, :, 95:] = np.nan  # and in 5 that were warned before
    study = of(study_of, scenario, warning_lead_s=lead)
    then, now = (level(study, "warning_lead_s", CASE, rung, "russia") for rung in (1, 4))
    assert (then.n, then.defined, now.n) == (40, 0.4, 85)
    found = gain(study, "warning_lead_s", CASE, 4, "russia")
    assert found.value == pytest.approx(7.0)
    assert (found.n, found.newly, found.lost) == (35, 0.5, 0.05)
    assert (found.better, found.worse) == (0.85, 0.05)


def test_shares_have_means_and_amounts_medians(scenario, study_of):
    draws = np.random.default_rng(5)
    warned = (draws.random((1, 7, 2, SEEDS)) < 0.9).astype(float)
    study = of(study_of, scenario, warned=warned, warning_s=np.exp(draws.normal(size=(1, 7, 2, SEEDS))))
    share = level(study, "warned", CASE, 2, "us_nato")
    assert (share.statistic, share.value) == ("mean", pytest.approx(warned[0, 2, 0].mean()))
    assert 0.0 <= share.sampling[0] <= share.value <= share.sampling[1] <= 1.0
    assert level(study, "warning_s", CASE, 2, "us_nato").statistic == "median"


def test_the_range_of_a_gain_comes_from_twins_of_the_gain(scenario, study_of):
    """The gain is 10 times an input of spread 1, and chance of spread 10 on top."""
    draws = np.random.default_rng(6)
    seeds = 2_000
    made = 100.0 + 10.0 * draws.normal(size=seeds)
    values, again = np.zeros((1, 7, 2, seeds)), np.zeros((1, 7, 2, seeds))
    values[:, 4] = made + 10.0 * draws.normal(size=(1, 2, seeds))
    again[:, 4] = made + 10.0 * draws.normal(size=(1, 2, seeds))
    study = study_of(scenario, {"warning_lead_s": values}, seeds, again={"warning_lead_s": again})
    low, high = gain(study, "warning_lead_s", CASE, 4, "russia").assumption
    assert high - low == pytest.approx(2.0 * 16.45, rel=0.1)
    nominal = study_of(scenario.model_copy(update={"inputs": "nominal"}), {"warning_lead_s": values}, seeds)
    fixed = gain(nominal, "warning_lead_s", CASE, 4, "russia")
    assert fixed.assumption == (fixed.value, fixed.value)


def test_what_differs_by_rounding_is_the_same(scenario, study_of):
    """Sums taken in another order differ in the last digits, in most histories and always the same way."""
    area = steady(20) * 1e7
    area[:, 4] *= 1.0 + 1e-12
    study = of(study_of, scenario, impact_area_90_km2=area)
    found = gain(study, "impact_area_90_km2", CASE, 4, "russia")
    assert (found.value, found.better, found.worse, found.sampling) == (0.0, 0.0, 0.0, (0.0, 0.0))
    assert not losses(study)


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2**16))
def test_going_back_takes_what_going_there_gave(scenario, study_of, there, back, seed):
    draws = np.random.default_rng(seed)
    values = np.where(draws.random((1, 7, 2, SEEDS)) < 0.2, np.nan, draws.normal(size=(1, 7, 2, SEEDS)))
    study = of(study_of, scenario, warning_lead_s=values)
    out = gain(study, "warning_lead_s", CASE, there, "russia", since=back)
    home = gain(study, "warning_lead_s", CASE, back, "russia", since=there)
    assert (out.value, out.newly, out.better) == (pytest.approx(-home.value), home.lost, home.worse)
    assert out.sampling == pytest.approx((-home.sampling[1], -home.sampling[0]))


def test_what_does_not_exist_is_refused_by_name(scenario, study_of):
    study = of(study_of, scenario, shots=steady(), warning_s=steady())
    for asked, message in (
        (("warning", CASE, 4, "russia"), "did you mean 'warning_s'"),
        (("warning_s", "mrbm", 4, "russia"), "known: mrbm-central-europe"),
        (("warning_s", CASE, 8, "russia"), "rung: '8' is not known"),
        (("warning_s", CASE, 4, "china"), "known: us_nato, russia"),
    ):
        with pytest.raises(UnknownName, match=message):
            level(study, *asked)
    with pytest.raises(ModelError, match="ask for its level"):
        gain(study, "shots", CASE, 4, "russia")


def test_gains_count_from_what_was_in_force(scenario, study_of):
    values = {"warning_s": steady()}
    assert baseline(study_of(scenario, values)) == 1
    few = scenario.model_copy(update={"rungs": [0, 2, 4]})
    assert baseline(study_of(few, {"warning_s": steady()[:, :3]})) == 0  # rung 1 was not run
    none = scenario.model_copy(update={"rungs": [2, 4]})
    with pytest.raises(ModelError, match="add it to the scenario's rungs"):
        baseline(study_of(none, {"warning_s": steady()[:, :2]}))


def test_a_change_needs_more_than_noise(scenario, study_of):
    lead = steady(7)
    lead[:, 2, :, :60] += 1.0  # better in 60, worse in 40: no clear change
    lead[:, 2, :, 60:] -= 1.0
    lead[:, 3, :, :80] += 1.0  # better in 80
    lead[:, 3, :, 80:] -= 1.0
    lead[:, 4, :, :8] -= 1.0  # worse in 8, unchanged in 92: eight to nothing is clear though the median is 0
    study = of(study_of, scenario, warning_lead_s=lead)
    found = {rung: change(study, "warning_lead_s", CASE, rung, "russia").direction for rung in range(2, 6)}
    assert found == {2: "no clear change", 3: "better", 4: "worse", 5: "no clear change"}
    assert change(study, "warning_lead_s", CASE, 4, "russia", of=100).direction == "no clear change"


def rung_four(lead=(0.0, 0.0), area=(0.0, 0.0)):
    values = {"warning_lead_s": steady(8), "impact_area_90_km2": steady(9), "p_no_leaker": steady(10) / 200.0}
    for party in (0, 1):
        values["warning_lead_s"][:, 4:, party] += lead[party]
        values["impact_area_90_km2"][:, 4:, party] += area[party]
    return values


def test_balanced_needs_both_better_and_nobody_worse(scenario, study_of):
    both = balanced(of(study_of, scenario, **rung_four(lead=(10.0, 10.0))), 4)
    assert both.balanced
    assert {c.party for c in both.of("us_nato", "better")} == {"us_nato"}
    one = balanced(of(study_of, scenario, **rung_four(lead=(10.0, 0.0))), 4)
    assert not one.balanced
    assert any("russia is better off in none" in text for text in one.why)
    traded = balanced(of(study_of, scenario, **rung_four(lead=(10.0, 10.0), area=(0.0, 5.0))), 4)
    assert not traded.balanced
    assert any("russia is worse off in impact_area_90_km2" in text for text in traded.why)


def test_nobody_is_called_worse_because_many_things_were_looked_at(scenario, study_of):
    """Nothing but noise at rung 4, in 6 comparisons: someone is called worse in at most about 5 % of studies."""
    wrong = 0
    for seed in range(100):
        values = {name: steady(11) for name in PRIORITIES[:2]}
        for k, name in enumerate(values):
            values[name][:, 4] += np.random.default_rng([seed, k]).normal(size=(1, 2, SEEDS))
        found = balanced(of(study_of, scenario, **values), 4)
        wrong += any(c.direction != "no clear change" for c in found.changes)
    assert wrong <= 14  # binomial(100, 0.05) exceeds 14 once in 4,000


def test_reciprocity_is_a_table_without_ratios_to_nothing(scenario, study_of):
    values = rung_four(lead=(30.0, 10.0))
    values["information_nats"] = np.zeros((1, 7, 2, SEEDS))
    values["information_nats"][:, 4] = 2.0
    values["information_nats"][:, 4, 1, : SEEDS // 2 + 10] = 0.0
    study = of(study_of, scenario, **values)
    table = {line.what: line for line in reciprocity(study, 4)}
    assert list(table) == ["information_nats", "warning_lead_s", "impact_area_90_km2", "exposure"]
    assert table["warning_lead_s"].ratio == pytest.approx(3.0)
    assert table["information_nats"].ratio is None
    assert table["impact_area_90_km2"].ratio is None
    assert table["exposure"].values["russia"] == exposure(study, CASE, 4, "russia")


def test_one_exposure_has_one_number_wherever_it_stands(study_of):
    """The table of both parties and the path ask for the same: noise is held to 1 % over all cases."""
    scenario = en.load("europe-2013")
    draws = np.random.default_rng(30)
    reach = draws.normal(size=SEEDS)
    shape = (len(scenario.cases), len(scenario.rungs), 2, SEEDS)
    faint = 0.33 * reach + draws.normal(size=(len(scenario.cases), 1, 1, SEEDS))  # seen in some cases, if asked alone
    inputs, values = {"armavir_southeast.reach_km": reach}, {"given_first_s": np.broadcast_to(faint, shape)}
    flat = dict.fromkeys(("information_nats", "warning_lead_s", "impact_area_90_km2"), np.zeros(shape))
    study = study_of(scenario, values | flat, SEEDS, inputs=inputs)
    cases = [case.name for case in scenario.cases]
    table = {x.case: x.values["russia"].nats for x in reciprocity(study, 4) if x.what == "exposure"}
    assert table == {case: exposure(study, case, 4, "russia", of=len(cases)).nats for case in cases}
    assert table != {case: exposure(study, case, 4, "russia").nats for case in cases}


def test_a_study_with_other_numbers_is_asked_anew(scenario, study_of):
    study = of(study_of, scenario, warning_lead_s=steady(31))
    before = level(study, "warning_lead_s", CASE, 4, "russia").value
    other = dataclasses.replace(study, data=study.data + 50.0)
    for name in study.data:
        other.data[name].attrs = study.data[name].attrs
    assert level(other, "warning_lead_s", CASE, 4, "russia").value == pytest.approx(before + 50.0)
    assert level(study, "warning_lead_s", CASE, 4, "russia").value == before


def test_every_loss_is_found_and_has_its_cause(scenario, study_of):
    values = {"position_sigma_km": steady(12), "position_error_km": steady(13), "spurious_tracks": steady(14) / 100.0}
    values["position_sigma_km"][:, 4:, 0] += 9.0  # from 3 to 4 the claim grows, the error does not
    values["spurious_tracks"][:, 3:, 1] += 1.0
    values["engaged"] = np.zeros((1, 7, 2, SEEDS))
    values["engaged"][:, :5, 0] = 1.0
    values["engaged"][:, 5:, 1] = 1.0  # at 5 the other answers
    values["warning_s"] = steady(15)
    values["warning_s"][:, 2:, 1] += 20.0
    found = losses(of(study_of, scenario, **values))
    by = {(one.change.measure, one.before, one.rung, one.change.party): one.cause for one in found}
    assert set(by) == {
        ("position_sigma_km", 3, 4, "us_nato"),
        ("spurious_tracks", 2, 3, "russia"),
        ("engaged", 4, 5, "us_nato"),
        ("warning_s", 1, 2, "russia"),
    }
    assert "covariance intersection" in by["position_sigma_km", 3, 4, "us_nato"]
    assert "through the centre, 5 s later" in by["position_sigma_km", 3, 4, "us_nato"]
    assert "tracks from the partner stand beside" in by["spurious_tracks", 2, 3, "russia"]
    assert "1 tracks become 2" in by["spurious_tracks", 2, 3, "russia"]
    assert "from 0% to 100%" in by["engaged", 4, 5, "us_nato"]
    assert "20 (10 to 60) s late" in by["warning_s", 1, 2, "russia"]


def test_an_outage_is_named_where_the_line_can_fail(scenario, study_of):
    party = scenario.parties[0]
    release = party.release.model_copy(update={"availability": Ranged(low=0.9, nominal=0.95, high=1.0)})
    shaky = [party.model_copy(update={"release": release}), scenario.parties[1]]
    values = steady(15)
    values[:, 2:, 1] += 20.0
    found = losses(of(study_of, scenario.model_copy(update={"parties": shaky}), warning_s=values))
    assert "the line works 0.95 (0.9 to 1) of the time" in found[0].cause


def test_a_loss_that_nothing_explains_is_said_to_be_untraced(scenario, study_of):
    values = steady(16)
    values[:, 6:, 1] -= 5.0  # completeness falls from 5 to 6, where only assignments are added
    found = losses(of(study_of, scenario, completeness=values / 200.0))
    assert [one.cause for one in found] == [UNTRACED]


def test_losses_of_pure_noise_are_hardly_ever_listed(scenario, study_of):
    listed = 0
    for seed in range(30):
        draws = np.random.default_rng(seed)
        values = {name: steady(17) + draws.normal(size=(1, 7, 2, SEEDS)) for name in ("warning_s", "position_error_km")}
        listed += bool(losses(of(study_of, scenario, **values)))
    assert listed <= 6  # binomial(30, 0.05) exceeds 6 once in 2,000


@pytest.fixture(scope="module")
def walked(scenario, study_of):
    """Up to rung 4 and back: delays are told at 2, a reach more at 4; the lead grows by 10 a rung."""
    draws = np.random.default_rng(18)
    names = [f"{row}.report_latency_s" for row in ("dsp_10e", "us_kmo_166e")]
    inputs = {name: draws.normal(size=SEEDS) for name in names}
    lead, delay = steady(19), np.full((1, 7, 2, SEEDS), np.nan)
    for rung in range(2, 7):
        lead[:, rung] += 10.0 * rung
        for party, name in enumerate(names):
            delay[:, rung, party] = inputs[name] + draws.normal(size=SEEDS) / rung
    study = study_of(scenario, {"warning_lead_s": lead, "given_delay_s": delay}, SEEDS, inputs=inputs)
    steps = [Step(year=2014, rung=2), Step(year=2016, rung=4), Step(year=2018, rung=1)]
    return walk(study, Way(name="and-back", title="Up and back", steps=steps))


def test_a_step_counts_from_the_one_before(walked):
    assert [(s.year, s.since, s.rung) for s in walked] == [(2014, 1, 2), (2016, 2, 4), (2018, 4, 1)]
    marginal = [s.gains[0].gain.value for s in walked]
    assert marginal == [pytest.approx(20.0), pytest.approx(20.0), pytest.approx(-40.0)]
    assert walked[1].name == "joint data-fusion centre"
    assert walked[1].needs


def test_what_is_known_is_not_forgotten(walked):
    name = "us_kmo_166e.report_latency_s"
    at = [s.exposure["russia"].get(name, 0.0) for s in walked]
    kept = [s.accumulated["russia"][name] for s in walked]
    assert at[1] > at[0] > 0.5
    assert at[2] == 0.0
    assert kept == [at[0], at[1], at[1]]


def test_an_exit_ends_the_gains_and_keeps_what_was_told(walked):
    leaves = walked[1].exit["us_nato"]
    assert [c.measure for c in leaves.vanishes] == ["warning_lead_s"]
    assert leaves.vanishes[0].gain.value == pytest.approx(40.0)  # against the baseline, not the step before
    assert leaves.revealed == walked[1].accumulated["us_nato"]
    assert leaves.learned == walked[1].accumulated["russia"]
    assert walked[2].exit["us_nato"].vanishes == ()
    assert "everything falls back to rung 1" in leaves.text


def test_a_step_says_whether_it_is_balanced_and_by_how_much_it_counts(walked):
    assert [s.balance.rung for s in walked] == [2, 4, 1]
    assert [s.balance.balanced for s in walked] == [True, True, False]  # at the baseline nobody is better off
    assert [(s.count("russia", "better"), s.count("russia", "worse")) for s in walked] == [(1, 0), (1, 0), (0, 1)]
    assert [s.revealed("russia") for s in walked] == [sum(s.accumulated["russia"].values()) for s in walked]
    assert walked[0].told


def test_too_few_histories_reveal_nothing_and_say_so(scenario, study_of):
    study = study_of(scenario, {"warning_lead_s": steady()[..., :20]}, 20)
    (step,) = walk(study, Way(name="up", title="Up", steps=[Step(year=2014, rung=4)]))
    assert not step.told
    assert "cannot be told from so few histories" in step.exit["russia"].text


def test_a_path_over_a_rung_that_was_not_run_is_refused(scenario, study_of):
    few = scenario.model_copy(update={"rungs": [0, 1, 2]})
    study = study_of(few, {"warning_lead_s": steady()[:, :3]}, SEEDS)
    with pytest.raises(ModelError, match="stands on rung 4, which was not run"):
        walk(study, Way(name="up", title="Up", steps=[Step(year=2014, rung=4)]))


def test_an_undefined_number_stays_undefined(scenario, study_of):
    study = of(study_of, scenario, warning_lead_s=np.full((1, 7, 2, SEEDS), np.nan))
    found = gain(study, "warning_lead_s", CASE, 4, "russia")
    assert math.isnan(found.value)
    assert (found.n, found.better, found.worse) == (0, 0.0, 0.0)
    assert change(study, "warning_lead_s", CASE, 4, "russia").direction == "no clear change"


def test_what_an_allys_systems_reveal_counts_for_the_party(study_of):
    inputs = {name: np.zeros(SEEDS) for name in ("jp_sado.reach_km", "beale.reach_km", "mishelevka_dnepr.reach_km")}
    study = study_of(en.load("pacific-2013"), {"warning_lead_s": 1.0}, SEEDS, inputs=inputs)
    assert inputs_of(study, "us_nato") == ["jp_sado.reach_km", "beale.reach_km"]
    assert inputs_of(study, "russia") == ["mishelevka_dnepr.reach_km"]
