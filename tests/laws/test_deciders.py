"""Which inputs decide: against functions whose indices are known in closed form, and against inputs that do nothing."""

import math
import warnings

import numpy as np
import pytest
from scipy.stats.qmc import Sobol

import entente as en
from entente.deciders import FEWEST, deciders, first_order, is_sourced, noise, of_order, title_of
from entente.scenario.parts import Ranged
from entente.scenario.schema import Assumption


def uniform(n, k, seed=0):
    return np.random.default_rng(seed).random((n, k))


def test_the_indices_of_an_additive_function_are_its_shares_of_variance():
    x = Sobol(4, seed=0).random(4_096)
    weights = np.array([4.0, 2.0, 1.0, 0.0])
    exact = weights**2 / (weights**2).sum()
    np.testing.assert_allclose(first_order(x, x @ weights), exact, atol=0.01)


def test_the_indices_of_ishigami_s_function_are_those_of_the_closed_form():
    """Ishigami and Homma (1990), a = 7, b = 0.1: S1 = 0.3139, S2 = 0.4424, S3 = 0 (which acts only with the first)."""
    x = math.pi * (2.0 * Sobol(3, seed=0).random(8_192) - 1.0)
    y = np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    a, b = 7.0, 0.1
    first = 0.5 * (1.0 + b * math.pi**4 / 5.0) ** 2
    second = a**2 / 8.0
    whole = second + b * math.pi**4 / 5.0 + b**2 * math.pi**8 / 18.0 + 0.5
    np.testing.assert_allclose(first_order(x, y), [first / whole, second / whole, 0.0], atol=0.01)


@pytest.mark.parametrize("n", [60, 61])
def test_the_index_of_an_order_is_the_library_s(n):
    x, y = uniform(n, 1), np.random.default_rng(1).normal(size=n)
    order = np.argsort(x[:, 0])
    there_and_back = np.concatenate([order[::2], order[1::2][::-1]])
    assert of_order(y[there_and_back]) == pytest.approx(first_order(x, y)[0], abs=1e-12)


def test_inputs_that_do_nothing_pass_in_one_study_of_twenty():
    passed = 0
    for seed in range(60):
        y = np.random.default_rng([seed, 1]).normal(size=80)
        passed += bool((first_order(uniform(80, 20, seed), y) > noise(y, 20)).any())
    assert passed <= 9  # binomial(60, 0.05) exceeds 9 once in 1,000


def test_the_threshold_is_the_same_each_time_and_rises_with_the_inputs_tried():
    y = np.random.default_rng(2).normal(size=100)
    assert noise(y, 10) == noise(y, 10)
    assert noise(y, 100) > noise(y, 2) > 0.0


@pytest.fixture(scope="module")
def scenario():
    return en.load("one-launch")


NAMES = [
    "us_nato.release.warning_delay_s",
    "fylingdales.reach_km",
    "mrbm_3000.rcs_m2.coast.UHF",
    "constant",
    "not_taken",
]


@pytest.fixture(scope="module")
def study(scenario, study_of):
    x = uniform(120, 3)
    inputs = dict(zip(NAMES, [*x.T, np.ones(120), np.full(120, np.nan)], strict=True))
    return study_of(scenario, {"warning_s": np.zeros(120)}, 120, inputs=inputs)


def test_the_inputs_that_decide_are_ranked_and_others_are_not_named(study):
    x = study.inputs.values
    found = deciders(study, 3.0 * x[:, 1] + 2.0 * x[:, 0])
    assert [one.input for one in found] == [NAMES[1], NAMES[0]]
    assert found[0].index > found[1].index > found[0].threshold > 0.0


def test_what_no_interceptor_can_change_is_decided_by_none(scenario, study_of):
    x = uniform(120, 2)
    study = study_of(
        scenario,
        {"warning_s": np.zeros(120)},
        120,
        inputs={"deveselu.boost_s": x[:, 0], "armavir_southwest.reach_km": x[:, 1]},
    )
    margin = 3.0 * x[:, 0] + 2.0 * x[:, 1]
    assert [one.input for one in deciders(study, margin)] == ["deveselu.boost_s", "armavir_southwest.reach_km"]
    assert [one.input for one in deciders(study, margin, of_knowing=True)] == ["armavir_southwest.reach_km"]


def test_too_few_histories_rank_nothing(study):
    margin = study.inputs.values[:, 0].copy()
    margin[FEWEST - 1 :] = np.nan
    assert deciders(study, margin) == ()
    assert deciders(study, np.zeros(120)) == ()  # a number that never varies hangs on nothing


def test_an_input_without_a_source_is_known_as_one(scenario):
    assert not is_sourced(scenario, "us_nato.release.warning_delay_s")  # the policy is invented
    assert not is_sourced(scenario, "nobody.knows")
    said = scenario.parties[0].model_copy(update={"source": "as the party declared it in 2012"})
    declared = scenario.model_copy(update={"parties": [said, scenario.parties[1]]})
    assert is_sourced(declared, "us_nato.release.warning_delay_s")
    taken = Assumption(
        input="us_nato.release.warning_delay_s", value=Ranged(low=1, nominal=2, high=3), source="a what-if"
    )
    assert not is_sourced(declared.model_copy(update={"assume": [taken]}), "us_nato.release.warning_delay_s")


def test_the_catalogue_says_which_of_its_ranges_are_assumed(scenario):
    from entente.scenario.rows import radars, vehicles

    rows = [row for row in (*radars(), *vehicles()) if row.basis not in ("assumed", "invented")]
    row = next(row for row in rows if row.assumed)
    assert not is_sourced(scenario, f"{row.id}.{row.assumed[0]}")
    assert not is_sourced(scenario, f"{row.id}.{row.assumed[0]}.UHF")  # a part of an assumed table
    sourced = next((r, k) for r in rows if hasattr(r, "reach_km") for k in ["reach_km"] if k not in r.assumed)
    assert is_sourced(scenario, f"{sourced[0].id}.{sourced[1]}")


def test_titles_are_for_people(scenario):
    assert title_of(scenario, "us_nato.release.outage_s") == "United States and NATO: release.outage_s"
    assert title_of(scenario, "nobody.knows") == "nobody: knows"


def test_the_library_does_not_chatter(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first_order(uniform(100, 2), np.arange(100.0))
    assert capfd.readouterr() == ("", "")
