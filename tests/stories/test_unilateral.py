"""Finding F2 told: what a defence that one side deploys takes from the other's retaliation, and what is said beside it."""

import pytest

import entente as en
from entente.findings import judge, sheet
from entente.report.language import ENGLISH, RUSSIAN
from entente.unilateral import answered, events, headline, reasons_of, takings

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def predicate():
    return next(row.predicate for row in sheet().findings if row.id == "F2")


@pytest.fixture(scope="module")
def found(predicate):
    return takings(predicate)


def middle(found, seen, posture="day-to-day", beside=0, year=2023):
    asked = (year, seen, posture, beside, False)
    return next(one for one in found if (one.year, one.seen, one.posture, one.beside, one.system) == asked)


def test_the_least_favourable_case_decides(found):
    """Forces that were generated, ten objects beside each warhead: 68 interceptors take less than a hundredth."""
    first = headline(found)
    assert (first.year, first.seen, first.posture, first.beside) == (2023, "deployed", "generated", 10)
    assert first.ruling == "not supported"
    assert first.loss[2] < 0.01
    told = middle(found, "deployed")
    assert told.loss[0] > 0.05
    assert (told.ruling, told.capped) == ("supported under stated assumptions", True)
    assert not all(one.sourced for one in told.deciders)


def test_what_is_announced_takes_more_than_what_is_there_and_the_worst_case_most(found):
    for year in (2011, 2013, 2023):
        for posture in ("generated", "day-to-day"):
            for beside in (0, 10):
                rows = [middle(found, seen, posture, beside, year) for seen in ("deployed", "announced", "worst case")]
                assert [one.interceptors for one in rows] == sorted(one.interceptors for one in rows)
                assert [one.loss[1] for one in rows] == sorted(one.loss[1] for one in rows)


def test_the_fourth_phase_was_a_part_of_what_was_feared(found):
    """Announced in 2009 without a sourced number, cancelled in March 2013: never counted but in the worst case."""
    assert middle(found, "announced", year=2011).interceptors == 30 + 24 + 24
    assert middle(found, "deployed", year=2013).interceptors == 30
    assert middle(found, "deployed", year=2023).interceptors == 44 + 24


def test_failures_all_at_once_bound_the_loss(found):
    for one, other in zip(found[::2], found[1::2], strict=True):
        assert (one.system, other.system) == (False, True)
        assert other.loss[1] >= one.loss[1]


def test_what_must_be_said_is_said_in_two_languages(predicate, found, study_of):
    scenario = en.load("europe-2013")
    values = {"warning_s": 100.0, "impact_area_90_km2": 1_000.0, "p_no_leaker": 0.0}
    verdict = next(one for one in judge(study_of(scenario, values)) if one.id == "F2")
    assert verdict.computed
    assert verdict.share == headline(found).share
    assert len(verdict.takings) == len(found)
    said = "\n".join(verdict.why)
    for part in (
        "upper bound, geometry ignored",
        "open-ended by",
        "New START left room for 1",
        "not computable",
        "causation",
    ):
        assert part in said
    assert "nuclear-armed, apart and never pooled: 68 interceptors" in said
    assert all(RUSSIAN.knows(line) for line in reasons_of(predicate)), said
    assert RUSSIAN.knows(verdict.where_we_differ)
    assert not any(line in RUSSIAN.text(line) for line in reasons_of(predicate))
    assert "US/NATO" not in ENGLISH.text(verdict.why[0])


def test_before_2018_no_limit_on_warheads_was_due(predicate):
    earlier = predicate.model_copy(update={"years": [2013]})
    assert "no limit on warheads was due then; 1,480 were counted on 2013-03-01" in "\n".join(reasons_of(earlier))
    assert all(RUSSIAN.knows(line) for line in reasons_of(earlier))


def test_the_path_says_no_more_than_the_record_does(predicate):
    """The rule would have built beyond the limit by 2023, and nothing of the kind was counted."""
    years = answered(predicate)
    assert [one.year for one in years] == list(range(2011, 2024))
    assert years[-1].built[0] > years[-1].room.left
    assert years[-1].verdict == "not computable"
    assert all(RUSSIAN.knows(line) for line in reasons_of(predicate) if "stated rule" in line)
    assert any(
        f"would stand by 2023; the count changed by {years[-1].counted:+d}" in line for line in reasons_of(predicate)
    )


def test_the_record_is_dated_and_never_says_more_than_that_it_fits():
    days = [one.day for one in events()]
    assert days == sorted(days)
    assert {one.verdict for one in events()} == {"consistent with the record", "not computable"}
    assert next(one for one in events() if one.id == "start_ii_ended").verdict == "consistent with the record"


@pytest.mark.slow
def test_what_geometry_leaves():
    """As the finding says: interceptors of 7 km/s and more reach generic flights, those of 3 km/s in Europe none."""
    sites = {one.site: one.with_any for one in en.reassurance("us_nato", on=2023).sites}
    assert sites["deveselu"] == sites["sm3_ib_ship"] == 0.0
    assert sites["gbi_greely"] > 0.9
    assert sites["gbi_vandenberg"] > 0.9
