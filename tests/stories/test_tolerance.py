"""Tolerance told end to end: made-up curves whose thresholds are known, F8 on made-up studies, and one small sweep."""

import math

import numpy as np
import pytest

import entente as en
from entente.findings import judge, sheet
from entente.measures import COMPATIBLE
from entente.predicates import margins
from entente.report.language import Tongue
from entente.scenario.schema import Stress
from entente.tolerance import (
    GLANCE,
    SOURCES,
    STRESSES,
    crossing,
    distinct_rungs,
    eligible,
    gain_of,
    put_together,
    stress_of,
    sweeps,
    tolerance,
)
from entente.workers import Swept

SEEDS = 100
CASE = "mrbm-central-europe"


@pytest.fixture(scope="module")
def small():
    """The smallest whole scenario."""
    return en.load("one-launch")


@pytest.fixture(scope="module")
def scenario():
    """The main one."""
    return en.load("europe-2013")


def test_a_threshold_lies_where_a_straight_line_says():
    """Means that fall from 4 by 1 a unit cross zero at 4 and their half at 2; by hand for each way it can end."""
    size = np.array([[0.0, 1.0, 3.0, 6.0]])
    falling = (4.0 - size)[None]
    assert crossing(falling, size, 0.0)[0, 0] == pytest.approx(4.0)
    assert crossing(falling, size, 0.5)[0, 0] == pytest.approx(2.0)
    assert crossing(np.array([[[4.0, 3.0, 2.9, 2.5]]]), size, 0.0)[0, 0] == math.inf
    assert crossing(np.array([[[-1.0, 3.0, 2.0, -1.0]]]), size, 0.0)[0, 0] == 0.0
    assert math.isnan(crossing(np.array([[[math.nan, 3.0, 2.0, -1.0]]]), size, 0.0)[0, 0])
    assert crossing(np.array([[[1.0, -1.0, 5.0, -5.0]]]), size, 0.0)[0, 0] == pytest.approx(0.5)  # the first counts
    short = np.array([[0.0, 1.0, math.nan, math.nan]])
    assert crossing(np.array([[[1.0, 0.5, math.nan, math.nan]]]), short, 0.0)[0, 0] == math.inf


def made_up(small, slope, noise=0.0, seeds=40):
    """A sweep in which the log score of the impact area loses `slope` for each unit of the bias, and nothing else changes."""
    ladders = {"bias_km": (1.0, 2.0, 5.0, 10.0), "outage": (0.1, 0.5)}
    jobs = sweeps(small, [CASE], [2, 4], seeds, ladders)
    draws = np.random.default_rng(5)
    done = []
    for job in jobs:
        n = len(job.seeds)
        alone = np.ones((len(SOURCES), 2, n))
        fused = np.ones((len(SOURCES), 2, 2, len(job.stresses), n))
        alone[0] = 20.0
        luck = draws.normal(scale=noise, size=n)
        for k, stress in enumerate(job.stresses):
            fused[0, 1, :, k] = 16.0 + slope * stress.bias_km + luck
            fused[0, 0, :, k] = 20.0
        done.append((job, Swept(alone, fused)))
    return put_together(small, ladders, done)


def test_a_sweep_of_known_truth_gives_its_thresholds(small):
    found = made_up(small, slope=1.0)
    by = {
        (row["rung"], row["stress"]): row for row in found.rows() if row["what"] == "area" and row["party"] == "russia"
    }
    assert by[4, "bias_km"]["threshold"] == pytest.approx(4.0)
    assert by[4, "bias_km"]["half"] == pytest.approx(2.0)
    assert by[4, "bias_km"]["threshold_low"] == pytest.approx(4.0)  # no chance, no interval
    assert by[4, "outage"]["threshold"] == math.inf
    assert by[2, "bias_km"]["threshold"] == 0.0
    assert found.said(by[4, "bias_km"]) == "4 (4 to 4)"
    assert found.said(by[4, "outage"]) == "none up to 0.5"
    assert found.said(by[2, "bias_km"]) == "no gain even without"
    assert found.left("area", "bias_km", 2.0, 4, "us_nato") == pytest.approx(0.5)
    assert math.isnan(found.left("area", "bias_km", 3.0, 4, "us_nato"))
    assert "4 (4 to 4)" in found.table()


def test_the_interval_holds_the_truth_and_widens_with_chance(small):
    """The spread of a mean of 40 with noise 2 is 0.32, and so is that of a threshold of slope 1: 95 % is 2.5 of it wide."""
    row = next(r for r in made_up(small, 1.0, noise=2.0).rows() if r["stress"] == "bias_km" and r["rung"] == 4)
    width = row["threshold_high"] - row["threshold_low"]
    assert row["threshold_low"] < row["threshold"] < row["threshold_high"]
    assert width == pytest.approx(2 * 1.96 * 2.0 / math.sqrt(40), rel=0.4)
    assert row["threshold_low"] - 0.5 < 4.0 < row["threshold_high"] + 0.5


def test_every_size_is_a_stress_within_its_limits():
    for ladders in (STRESSES, GLANCE):
        for name, sizes in ladders.items():
            assert list(sizes) == sorted(sizes)
            for size in sizes:
                assert sum(a != b for a, b in zip(stress_of(name, size), Stress(), strict=True)) == 1
    bars = {"bias_km": 1.0, "clock_skew_s": 1.0, "latency_s": 30.0, "outage": 0.05}
    for name, size in bars.items():  # what F8 asks about stands among them, so that each part can be shown alone
        assert size in GLANCE[name]
        assert size in STRESSES[name]


def test_rungs_that_know_the_same_are_swept_once(scenario, small):
    assert distinct_rungs(scenario) == [2, 3, 4]
    assert distinct_rungs(small) == [2, 4]
    assert "space-launch" not in eligible(scenario)
    assert "sounding-rocket" not in eligible(scenario)


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ({"rungs": [1, 44, 7]}, ["rung: at 1 nothing flows", "rung: '44' is not known", "rung: 7 has sectoral engagement"]),
        ({"cases": ["mrbm"]}, ["case of 'One launch toward central Europe, 2013': 'mrbm' is not known; known: mrbm-central"]),
        ({"seeds": 0, "workers": 0}, ["seeds: 0 were asked for", "workers: 0 were asked for"]),
        (
            {"sizes": {"bias_km": [5, 2], "skew": [1], "outage": [0.99]}},
            ["bias_km: [5, 2] do not rise", "stress: 'skew' is not known", "outage 0.99: Stress.availability: 0.01 is outside"],
        ),
        ({"sizes": {"latency_s": []}}, ["latency_s: [] do not rise"]),
    ],
)  # fmt: skip
def test_every_mistake_is_said_at_once(small, asked, lines):
    with pytest.raises(en.EntenteError) as refused:
        tolerance(small, **asked)
    said = str(refused.value).splitlines()
    assert len(said) == len(lines), said
    for got, line in zip(said, lines, strict=True):
        assert got.startswith(line)


def test_a_scenario_with_a_stress_of_its_own_is_not_swept(small):
    with pytest.raises(en.ModelError, match="has one of its own"):
        tolerance(small.model_copy(update={"stress": Stress(bias_km=1)}))


def test_a_small_sweep_is_paired_and_makes_sense(small):
    """A bias of 50 km spoils what 0 gained; the same seeds, whichever way they are cut; alone is alone at every size."""
    found = tolerance(small, rungs=[4], seeds=4, sizes={"bias_km": (0.001, 50.0), "latency_s": (900.0,)}, workers=1)
    gain = found.gains["gain"].sel(what="area", case=CASE, rung=4)
    for party in ("us_nato", "russia"):
        clean, hardly, lost = gain.sel(party=party, stress="bias_km").values
        assert hardly == pytest.approx(clean, abs=0.05)
        assert lost != clean
        late = gain.sel(party=party, stress="latency_s").values
        assert late[0] == clean
        assert late[1] == pytest.approx(0.0, abs=1e-9)  # nothing has come by then: as alone, to the bit
    clean, _, lost = gain.sel(party="russia", stress="bias_km").values
    assert clean > 0.0
    assert lost < clean - 1.0  # nats: seven in ten of the chance it gave the truth, and more, are gone
    lead = gain_of("warning", found.data)
    assert np.isfinite(lead[0, 0, :, 0, 0]).all()


def compatible(study_of, scenario, left=1.0, inside=1.0, stressed=60, gained=60.0, who=(0, 1)):
    """Warnings that come `gained` earlier at rung 4, and `left` of that under stress for the parties `who`."""
    shape = (len(scenario.cases), len(scenario.rungs), 2, SEEDS)
    warning, area = np.full(shape, 300.0), np.full(shape, 1_000.0)
    warning[:, 4:] -= gained
    under, size, holds = np.full(shape, math.nan), np.full(shape, math.nan), np.full(shape, math.nan)
    under[:, 4, :, :stressed], size[:, 4, :, :stressed], holds[:, 4, :, :stressed] = 300.0 - gained, 1_000.0, inside
    for party in who:
        under[:, 4, party, :stressed] = 300.0 - left * gained
    values = {"warning_s": warning, "impact_area_90_km2": area, "impact_inside_90": np.ones(shape), "p_no_leaker": 0.0}
    values |= {"stressed_warning_s": under, "stressed_impact_area_90_km2": size, "stressed_impact_inside_90": holds}
    return study_of(scenario, {name: np.asarray(each) for name, each in values.items()}, SEEDS)


def verdict(study, name="F8"):
    return next(one for one in judge(study) if one.id == name)


def test_f8_holds_where_half_the_gain_is_left(scenario, study_of):
    found = verdict(compatible(study_of, scenario, left=0.5))
    assert (found.rung, found.by_rung[4].share, found.ruling) == (4, 1.0, "supported")
    assert set(found.by_rung) == {4}
    assert found.by_rung[4].interval[0] == pytest.approx(
        0.05 ** (1 / 60)
    )  # of the sixty that were asked, not of a hundred
    assert verdict(compatible(study_of, scenario, left=0.49)).ruling == "not supported"


def test_f8_is_asked_of_each_party(scenario, study_of):
    found = verdict(compatible(study_of, scenario, left=0.2, who=(1,)))
    assert found.ruling == "not supported"
    assert found.by_rung[4].by_party == {"us_nato": 1.0, "russia": 0.0}
    assert any("it is asked of each party" in one for one in found.why)


def test_f8_counts_no_area_that_lost_the_impact(scenario, study_of):
    """Half the area, under stress still half: it survives where it holds the impact, and not where it is small and wrong."""
    for inside, ruling in ((1.0, "supported"), (0.0, "not supported")):
        study = compatible(study_of, scenario, gained=0.0, inside=inside)
        study.data["impact_area_90_km2"][:, 4:] = 500.0
        study.data["stressed_impact_area_90_km2"][:, 4, :, :60] = 500.0
        assert verdict(study).ruling == ruling


def test_f8_where_nothing_is_gained_nothing_survives(scenario, study_of):
    study = compatible(study_of, scenario, gained=0.0)
    predicate = next(row.predicate for row in sheet().findings if row.id == "F8")
    assert (margins(study, predicate, 4).overall[:60] == -1.0).all()
    assert verdict(study).ruling == "not supported"


def test_f8_says_the_numbers_that_are_left(scenario, study_of):
    found = verdict(compatible(study_of, scenario, left=0.5))
    one = next(n for n in found.by_rung[4].numbers if (n.measure, n.party) == ("stressed_warning_s", "russia"))
    assert (one.level.value, one.gain.value, one.level.n, one.gain.better) == (270.0, 30.0, 60, 1.0)


def test_f8_is_not_asked_where_no_stress_was_run(scenario, study_of):
    plain = compatible(study_of, scenario).data.drop_vars("stressed_warning_s")
    study = compatible(study_of, scenario)
    assert (
        verdict(type(study)(scenario, plain, study.again, study.inputs, 1, {}, {})).ruling
        == "not asked by this scenario"
    )
    own = scenario.model_copy(update={"stress": Stress(bias_km=3)})
    assert verdict(compatible(study_of, own)).ruling == "not asked by this scenario"


def test_the_bar_of_f8_is_the_stress_that_studies_run():
    predicate = next(row.predicate for row in sheet().findings if row.id == "F8")
    assert predicate.stress == COMPATIBLE
    assert Stress(bias_km=1, clock_skew_s=1, latency_s=30, availability=0.95) == COMPATIBLE


def test_a_real_study_carries_its_tolerance_and_f8(small):
    study = en.explore(small, seeds=6, workers=1)
    assert study.tolerance is not None
    assert study.tolerance.data.sizes["seed"] == 6
    found = verdict(study)
    assert found.by_rung[4].ruling == "undecided"  # six histories decide nothing
    said = [one for one in found.why if one.startswith("each alone leaves of what")]
    assert all(Tongue("ru").knows(one) for one in found.why)
    left = [study.tolerance.left("area", "bias_km", 1.0, 4, party) for party in ("us_nato", "russia")]
    assert len(said) == np.isfinite(left).sum() > 0
    under = study.data["stressed_warning_s"].sel(rung=4).values
    one = en.simulate(small.model_copy(update={"stress": COMPATIBLE}), CASE, 4, 3).assessment.values["warning_s"]
    np.testing.assert_array_equal(under[0, :, 2], one)
    assert np.isnan(study.data["stressed_warning_s"].sel(rung=2).values).all()
