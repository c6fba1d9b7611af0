"""What stands behind F7, told: reach by year, guarantees by means of verification, the others, and an observer's product."""

import itertools
import math
from types import SimpleNamespace

import numpy as np
import pytest

import entente as en
from entente.comparison import observed
from entente.errors import UnknownName
from entente.findings import sheet
from entente.guarantees import WAYS, others, reaching, verified
from entente.questions.observer import product
from entente.questions.verification import MEANS, Promise, promises, unnoticed, verify
from entente.report import guarantees as section
from entente.report.language import LANGUAGES, Tongue
from entente.thirds import guarantee_takings, least

pytestmark = pytest.mark.kernel
SEEDS = 60


@pytest.fixture(scope="module")
def predicate():
    return next(row.predicate for row in sheet().findings if row.id == "F7")


def test_every_clause_of_the_findings_is_known_and_seen_by_the_means_it_names(predicate):
    clauses = {of.what: of for one in predicate.guarantees for of in one.clauses}
    assert set(clauses) == set(promises())
    for what, of in clauses.items():
        by = promises()[what].by
        assert by["none"].sees == "no"
        if of.means == "none":
            assert all(sight.sees == "no" for sight in by.values())
        else:
            assert by[of.means].sees == "yes"
            assert by[of.means].breach == of.breach


@pytest.mark.parametrize("what", promises())
def test_more_means_never_see_less_or_later(what):
    """And what could be added unnoticed never grows with them."""
    for n in range(len(MEANS)):
        few, more = verify((what,), MEANS[: n + 1]), verify((what,), MEANS)
        assert set(more.unseen) <= set(few.unseen)
        if few.after_days and more.after_days:
            assert all(a >= b for a, b in zip(few.after_days, more.after_days, strict=True))
        assert all(a >= b for a, b in zip(unnoticed(what, MEANS[: n + 1]), unnoticed(what, MEANS), strict=True))


def test_a_silo_by_hand():
    """Seen 10 to 180 days after it is loaded, nominally 60; one more every 14 days: four stand there before."""
    assert unnoticed("the other silos stay empty", ("inspection",)) == (10 // 60, 60 // 14, 180 // 7)
    seen = verify(("no new silos",), ("national means",))
    assert seen.after_days == (15, 60, 180)
    assert seen.ahead_days == (365 - 180, 730 - 60, 1460 - 15)
    assert unnoticed("no new silos", ("none",)) == (0, 0, 0)  # it keeps no number of its own
    assert math.isinf(unnoticed("no silo is loaded", ("exchanged data",))[1])


def test_what_cannot_be_verified_is_refused():
    with pytest.raises(UnknownName, match=r"clause: 'no new silo' is not known; did you mean 'no new silos'\?"):
        verify(("no new silo",), ("inspection",))
    with pytest.raises(UnknownName, match="means of verification"):
        verify(("no new silos",), ("hope",))
    given = promises()["no new silos"].model_dump()
    del given["by"]["inspection"]
    with pytest.raises(ValueError, match="says nothing of inspection"):
        Promise.model_validate(given)
    given["by"]["inspection"] = {"sees": "yes", "breach": "x"}
    with pytest.raises(ValueError, match="seen by inspection without after_days"):
        Promise.model_validate(given)


def test_what_can_reach_grows_and_is_a_range_that_no_source_states(predicate):
    rows = reaching(predicate)
    years = [one.year for one in rows]
    assert years == sorted({*years})
    assert {2001, *predicate.years} <= set(years)
    assert all(a.able.nominal <= b.able.nominal for a, b in itertools.pairwise(rows))
    assert not any(one.sourced for one in rows)
    assert all(0 < one.back[0] <= one.back[1] < one.able.nominal for one in rows)
    first, at = rows[0], {one.year: one for one in rows}
    assert (first.interceptors, first.loss, first.most) == (0, (0, 0, 0), None)
    for year in predicate.years:
        bare = next(
            one
            for one in guarantee_takings(predicate)
            if (one.year, one.seen, one.beside, one.system) == (year, "declaration", 0, False)
        )
        assert (at[year].interceptors, at[year].loss, at[year].back) == (bare.interceptors, bare.loss, bare.without)


def test_a_guarantee_is_worth_what_is_seen_of_it(predicate):
    found = {(one.guarantee, one.seen.means): one for one in verified(predicate)}
    assert len(found) == len(predicate.guarantees) * len(WAYS)
    for one in found.values():
        low, middle, high = one.possible
        assert one.promised <= low <= middle <= high
        assert middle <= one.deployed
        if one.seen.whole:
            assert high <= one.deployed
        else:  # nothing bounds what nobody sees
            assert (middle, high, one.share) == (one.deployed, math.inf, 0.0)
    together = {name: one for (name, means), one in found.items() if means == MEANS}
    assert [together[name].seen.whole for name in ("declaration", "freeze", "ten", "one", "slow")] == [
        False, True, True, True, True,
    ]  # fmt: skip
    ten = together["ten"]
    assert ten.possible == (10, 14, 35)
    assert ten.seen.ahead_days[1] < 0  # the first silos count before they are seen
    assert ten.share < least(guarantee_takings(predicate), ten.year, "ten").share
    assert together["slow"].share < 0.95 < least(guarantee_takings(predicate), ten.year, "slow").share


def test_the_others_are_computed_apart_or_not_at_all(predicate):
    rows = others(predicate)
    assert {one.nation for one in rows} == {"united_kingdom", "france"}
    for one in rows:
        if one.apart:
            assert (one.counted, one.computable, one.left_out) == (68, True, ())
            assert 0 < one.loss[0] <= one.loss[1] <= one.loss[2] <= 1
        else:
            assert not one.computable
            assert "S-300V4" in one.left_out
            assert (one.loss is None) == (one.against == "russia")
    joint = [one for one in rows if "joint" in one.against and one.nation == "france"]
    assert [(one.year, one.counted) for one in joint] == [(2023, 44), (2013, 30)]
    assert joint[0].loss[1] > joint[1].loss[1]


@pytest.fixture
def watched(study_of):
    """Both know after 100 and 160 s; the second party only where its latency is low, so that a bulletin tells of it."""
    scenario = en.load("one-launch").model_copy(update={"rungs": [0, 1, 2, 3, 4]})
    draws = np.random.default_rng(7)
    inputs = {name: draws.normal(size=SEEDS) for name in ("us_kmo_166e.report_latency_s", "dsp_10e.report_latency_s")}
    known = np.full((1, 5, 2, SEEDS), 100.0)
    known[:, :, 1] = np.where(inputs["us_kmo_166e.report_latency_s"] < 0.0, 160.0, np.nan)
    values = {"first_known_s": known, "warning_s": known, "warning_lead_s": np.full((1, 5, 2, SEEDS), 3_600.0)}
    return study_of(scenario, values, SEEDS, inputs=inputs)


def test_an_observer_gets_bulletins_late_and_no_tracks(watched):
    found = observed(watched, 2)
    assert [one.name for one in found.products] == ["notices", "state of health", "joint bulletins"]
    assert "tracks" in found.told.withheld
    assert not any("track" in field for one in found.products for field in one.fields)
    (case,) = found.cases
    late = np.isfinite(watched.data["first_known_s"].values[0, 2, 1]).mean()
    assert case.issued == pytest.approx(late)
    review = product().named("joint bulletins").after_min
    assert review.low + 160 / 60 <= case.after_min[0] <= case.after_min[2] <= review.high + 160 / 60
    assert 0 < case.in_flight < 1
    assert case.learned["russia"] > 0.3  # that one came says that the latency was low
    assert case.learned["us_nato"] == 0.0
    text = found.text()
    assert "It never gets tracks" in text
    assert "a bulletin in" in text


def test_an_observer_gets_no_more_than_flows(watched):
    assert [one.name for one in observed(watched, 1).products] == ["notices"]
    assert observed(watched, 1).cases == ()
    nothing = observed(watched, 0)
    assert nothing.products == ()
    assert "- nothing, for nothing flows" in nothing.text()


def test_the_report_says_the_same_in_tables_files_and_two_languages(watched, predicate):
    scenario = watched.scenario
    found = SimpleNamespace(
        study=watched,
        headline=2,
        cases=scenario.cases,
        rungs=scenario.rungs,
        parties=[party.name for party in scenario.parties],
        verdicts=[SimpleNamespace(guarantees=predicate.guarantees)],
    )
    files = {name: [dict(zip(header, row, strict=True)) for row in rows] for name, header, rows in section.files(found)}
    assert set(files) == {"able_to_reach.csv", "verification.csv", "other_deterrents.csv", "observer.csv"}
    assert [row["year"] for row in files["able_to_reach.csv"]] == [one.year for one in reaching(predicate)]
    assert len(files["verification.csv"]) == len(verified(predicate))
    assert {row["loss_share"] for row in files["other_deterrents.csv"] if row["against"] == "russia"} == {None}
    assert [row["rung"] for row in files["observer.csv"]] == [0, 1, 2, 2, 3, 3, 4, 4]
    for code in LANGUAGES:
        tongue = Tongue(code)
        parts = section.parts(found, tongue)
        ten = next(row for row in parts["verify"] if row["guarantee"] == tongue.text("ten interceptors at most"))
        assert "14 (10" in ten["together"]
        assert "44" in ten["inspection"]
        assert len(parts["others"]) == len(others(predicate))
        texts = [*parts["withheld"], *parts["learns"], *parts["gives"]]
        texts += [text for name, what, fields, when in parts["products"] for text in (name, what, *fields, when)]
        assert all(map(tongue.knows, texts))
