"""What was released tells as much as information theory says, no more, and never about what it has nothing to do with."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.comparison import exposure, facts
from entente.comparison.exposing import inputs_of
from entente.scenario.rows import radars
from entente.strategy.disclosure import disclosed, features_of, normal_scores

NOBODY_S = "mrbm_3000.rcs_m2.coast.UHF"  # a vehicle's input
ITS_RADAR, THEIR_RADAR = (
    f"{next(row.id for row in radars() if row.owner == owner)}.reach_km" for owner in ("us_nato", "russia")
)
ITS_OWN = ["dsp_10e.report_latency_s", ITS_RADAR]


def told(rho):
    return -0.5 * math.log(1.0 - rho**2)


def joint(rho, n, seed, noise=0):
    """A parameter and a feature that correlate, and features that tell nothing."""
    draws = np.random.default_rng(seed)
    x = draws.normal(size=n)
    y = rho * x + math.sqrt(1.0 - rho**2) * draws.normal(size=n)
    return x[:, None], np.column_stack([y, draws.normal(size=(n, noise))])


@pytest.mark.parametrize("rho", [0.5, 0.8, 0.95])
def test_jointly_normal_samples_tell_what_the_closed_form_says(rho):
    found = disclosed(*joint(rho, 2_000, seed=1))
    assert found.interval[0] <= told(rho) <= found.interval[1]
    assert found.total == pytest.approx(told(rho), rel=0.1)


@pytest.mark.parametrize("rho", [0.6, 0.8])
def test_the_interval_covers_the_closed_form(rho):
    """With 100 histories; 0.92 is claimed rather than 0.95, because normal scores flatten strong correlations a little."""
    found = [disclosed(*joint(rho, 100, seed=[7, k])) for k in range(400)]
    hits = sum(one.interval[0] <= told(rho) <= one.interval[1] for one in found)
    assert hits >= 0.92 * 400 - 3.7 * math.sqrt(400 * 0.92 * 0.08)


def test_two_features_tell_what_both_say_together():
    """x seen twice with independent errors of variance 1: R2 = 2/3, information 0.5 ln 3."""
    draws = np.random.default_rng(3)
    x = draws.normal(size=3_000)
    seen = np.column_stack([x + draws.normal(size=3_000), x + draws.normal(size=3_000)])
    found = disclosed(x[:, None], seen)
    assert found.interval[0] <= 0.5 * math.log(3.0) <= found.interval[1]


def test_independent_parameters_add_up():
    draws = np.random.default_rng(4)
    x = draws.normal(size=(2_000, 3))
    found = disclosed(x, x[:, :2] + draws.normal(size=(2_000, 2)))
    assert found.each[2] == 0.0
    assert found.total == pytest.approx(found.each.sum())
    assert found.each[:2] == pytest.approx([told(math.sqrt(0.5))] * 2, rel=0.15)


def test_noise_is_not_exposure():
    """Thirty parameters, seven features, nothing told: anything at all is found in about one study of a hundred."""
    draws = np.random.default_rng(5)
    found = [disclosed(draws.normal(size=(100, 30)), draws.normal(size=(100, 7))).total for _ in range(300)]
    assert sum(total > 0.0 for total in found) <= 10  # binomial(300, 0.01) exceeds 10 once in 4,000


def test_more_features_do_not_lower_it_in_expectation():
    """The first sees half, the second more: with it the mean over samples rises; useless ones leave it where it is."""
    alone, useless, useful = [], [], []
    for k in range(200):
        x, seen = joint(0.7, 200, seed=[9, k], noise=4)
        more = np.column_stack([seen, x + np.random.default_rng([10, k]).normal(size=x.shape)])
        alone.append(disclosed(x, seen[:, :1]).total)
        useless.append(disclosed(x, seen).total)
        useful.append(disclosed(x, more).total)
    error = np.std(np.array(useless) - alone) / math.sqrt(200)
    assert np.mean(useless) >= np.mean(alone) - 4.0 * error - 0.002  # the feature count is corrected for
    assert np.mean(useful) > np.mean(alone) + 0.1


@given(st.sampled_from([np.exp, np.cbrt, lambda v: 3.0 * v - 2.0]), st.integers(0, 50))
def test_the_unit_in_which_something_is_released_does_not_matter(unit, seed):
    x, seen = joint(0.8, 60, seed, noise=1)
    assert disclosed(unit(x), unit(seen)).total == pytest.approx(disclosed(x, seen).total, abs=1e-12)


def test_a_feature_released_twice_tells_nothing_more():
    x, seen = joint(0.8, 60, seed=2)
    once, twice = disclosed(x, seen), disclosed(x, np.column_stack([seen, -seen]))
    assert twice.total == pytest.approx(once.total, abs=1e-9)


def test_silence_tells_too():
    """A feature that is undefined where the parameter is small: the indicator alone tells of it."""
    draws = np.random.default_rng(6)
    x = draws.normal(size=400)
    seen = np.where(x > 0.0, draws.normal(size=400), np.nan)
    assert disclosed(x[:, None], seen[:, None]).total > 0.3
    assert features_of(np.full((5, 1), np.nan)).shape == (5, 0)
    assert features_of(np.ones((5, 1))).shape == (5, 0)


def test_few_histories_say_nothing():
    found = disclosed(*joint(0.9, 29, seed=1))
    assert math.isnan(found.total)
    assert disclosed(*joint(0.9, 30, seed=1)).total > 0.0


def test_what_is_told_exactly_is_told_to_within_the_resolution():
    """A twentieth of the spread: ln 20 = 3.0 nats, not infinitely many."""
    x, _ = joint(0.5, 100, seed=12)
    found = disclosed(x, x)
    assert found.total == pytest.approx(math.log(20.0))
    assert found.interval == pytest.approx((math.log(20.0),) * 2)


def test_more_questions_asked_together_need_more_to_be_noticed():
    x, seen = joint(0.0, 100, seed=8)
    assert disclosed(x, seen, of=12).limit > disclosed(x, seen).limit


def test_what_could_not_be_noticed_is_said():
    x, seen = joint(0.0, 100, seed=8)
    found = disclosed(x, seen)
    assert found.total == 0.0
    assert found.interval == (0.0, found.limit)
    assert 0.02 < found.limit < 0.05  # R2 of 0.066 passes at 1 % with 100 histories
    assert disclosed(x, np.zeros((100, 1))).limit == 0.0  # nothing released: nothing hidden by noise either
    crowded = disclosed(x[:40], np.random.default_rng(0).normal(size=(40, 40)))
    assert crowded.total == 0.0
    assert crowded.limit == math.inf


def test_the_jackknife_in_closed_form_is_the_one_by_hand():
    x, seen = joint(0.8, 40, seed=3)
    scores, basis = normal_scores(x), features_of(seen)

    def information(rows):
        a = np.column_stack([np.ones(len(rows)), basis[rows]])
        left = ((scores[rows, 0] - a @ np.linalg.lstsq(a, scores[rows, 0])[0]) ** 2).sum()
        whole = ((scores[rows, 0] - scores[rows, 0].mean()) ** 2).sum()
        return -0.5 * math.log(left / (len(rows) - 2) / (whole / (len(rows) - 1)))

    without = np.array([information(np.delete(np.arange(40), i)) for i in range(40)])
    error = math.sqrt(39 / 40 * ((without - without.mean()) ** 2).sum())
    found = disclosed(x, seen)
    assert found.total == pytest.approx(information(np.arange(40)))
    assert found.interval[1] - found.total == pytest.approx(2.0227 * error, rel=1e-4)


@pytest.fixture(scope="module")
def scenario():
    return en.load("one-launch")


@pytest.fixture(scope="module")
def study(scenario, study_of):
    """The us_nato releases follow its own delay, and a vehicle that belongs to nobody; rung 0 releases nothing."""
    draws = np.random.default_rng(11)
    names = [*ITS_OWN, NOBODY_S, THEIR_RADAR, "us_kmo_166e.report_latency_s"]
    inputs = {name: draws.normal(size=200) for name in names}
    late = inputs[ITS_OWN[0]] + 0.5 * draws.normal(size=200)
    given_ = np.full((1, 3, 2, 200), np.nan)
    given_[0, 1:, 0] = late
    seen = np.full((1, 3, 2, 200), np.nan)
    seen[0, 1:, 0] = 100.0 + inputs[NOBODY_S]
    seen[..., :20] = np.nan
    return study_of(scenario, {"given_delay_s": given_, "given_first_s": seen}, 200, inputs=inputs)


def test_exposure_is_of_the_giver_s_own_parameters(scenario, study):
    assert inputs_of(study, "us_nato") == ITS_OWN
    assert inputs_of(study, "russia") == [THEIR_RADAR, "us_kmo_166e.report_latency_s"]
    found = exposure(study, scenario.cases[0].name, 2, "us_nato")
    assert list(found.by_input) == [ITS_OWN[0]]
    assert found.nats == pytest.approx(told(math.sqrt(1.0 / 1.25)), rel=0.2)
    assert found.enough


def test_nothing_given_is_nothing_exposed(scenario, study):
    assert exposure(study, scenario.cases[0].name, 0, "us_nato").nats == 0.0
    assert exposure(study, scenario.cases[0].name, 2, "russia").nats == 0.0


def test_a_rung_that_keeps_what_flowed_below_exposes_no_less(scenario, study_of):
    """At rung 2 the delay is told alone, at rung 4 mixed with noise: what was told at 2 is told at 4 as well."""
    draws = np.random.default_rng(13)
    delay = draws.normal(size=200)
    seen = np.full((1, 3, 2, 200), np.nan)
    seen[0, 1, 0] = delay + 0.3 * draws.normal(size=200)
    seen[0, 2, 0] = delay + 3.0 * draws.normal(size=200)
    study = study_of(scenario, {"given_delay_s": seen}, 200, inputs={ITS_OWN[0]: delay})
    two, four = (exposure(study, scenario.cases[0].name, rung, "us_nato").nats for rung in (2, 4))
    assert two > 1.0
    assert four == pytest.approx(two, abs=0.05)


def test_few_histories_are_said_to_be_too_few(scenario, study_of):
    names = [ITS_OWN[0]]
    few = study_of(scenario, {"given_delay_s": np.ones(20)}, 20, inputs={names[0]: np.arange(20.0)})
    assert not exposure(few, scenario.cases[0].name, 2, "us_nato").enough


def test_facts_name_what_the_steps_give_and_what_the_numbers_show(scenario, study):
    case = scenario.cases[0].name
    said = facts(study, case, 4, "us_nato")
    texts = [fact.text for fact in said]
    assert "that it saw a launch, and by which kind of sensor" in texts  # of rung 2
    first = next(fact for fact in said if fact.measure == "given_first_s")
    assert first.text == "when it first tells of a launch: 100 s after it"
    assert first.share == pytest.approx(0.9)
    assert facts(study, case, 0, "us_nato") == ()
    assert {t.text for t in facts(study, case, 2, "russia")} < set(texts)  # nothing measured of who gave nothing
