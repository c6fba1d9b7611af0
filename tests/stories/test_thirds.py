"""Finding F7 told: what China would lose under which guarantee, how a breach would be seen, and what is said."""

from pathlib import Path

import pytest

import entente as en
from entente.findings import judge, sheet
from entente.report.language import RUSSIAN
from entente.thirds import best, engaging, guarantee_takings, least, left_by, reasons_third

pytestmark = pytest.mark.kernel
ORDER = ("declaration", "freeze", "ten", "one", "slow")


@pytest.fixture(scope="module")
def predicate():
    return next(row.predicate for row in sheet().findings if row.id == "F7")


@pytest.fixture(scope="module")
def found(predicate):
    return guarantee_takings(predicate)


def test_only_fast_interceptors_engage(predicate):
    """The 44 of Alaska and California, and not those of 3 km/s in Romania."""
    assert engaging(predicate, 2013).count == 30
    assert engaging(predicate, 2023).count == 44
    assert [left_by(one, 44) for one in predicate.guarantees] == [44, 44, 10, 1, 0]


def test_a_stricter_guarantee_holds_in_more_draws(predicate, found):
    assert tuple(one.name for one in predicate.guarantees) == ORDER
    for year in predicate.years:
        shares = [least(found, year, name).share for name in ORDER]
        assert shares == sorted(shares)
        assert shares[0] == 0.0
        assert shares[-1] == 1.0


def test_the_page_prints_these_numbers(predicate, found):
    page = (Path(en.__file__).parents[2] / "docs/explanation/stability.md").read_text(encoding="utf-8")
    rows = [line.split("|") for line in page.partition("## Third parties")[2].splitlines() if line.startswith("|")][2:7]
    for one, cells in zip(predicate.guarantees, rows, strict=True):
        then, now = (least(found, year, one.name) for year in (2013, 2023))
        assert [cells[4].strip(), cells[5].strip()] == [f"{then.share:.2f}", f"{now.share:.2f}"]
        assert int(cells[2]) == now.interceptors
        assert cells[3].startswith(f" {now.loss[1]:.0%}".replace("%", "").rstrip())


def test_a_larger_force_loses_less(found):
    for name in ORDER[:-1]:
        assert least(found, 2023, name).loss[1] < least(found, 2013, name).loss[1]


def test_the_verdict_is_by_the_best_guarantee_that_can_be_observed(predicate, found):
    first = best(predicate, found)
    assert (first.year, first.seen, first.interceptors) == (2023, "slow", 0)
    assert (first.ruling, first.capped) == ("supported under stated assumptions", True)
    words = predicate.model_copy(update={"guarantees": predicate.guarantees[:2]})
    assert [one.observable for one in words.guarantees] == [False, True]
    assert best(words, found).seen == "freeze"
    assert best(words, found).ruling == "not supported"


def test_every_clause_has_means_a_breach_and_a_time(predicate):
    for one in predicate.guarantees:
        for clause in one.clauses:
            assert clause.breach
            assert clause.when
            assert all(map(RUSSIAN.knows, (one.title, clause.what, clause.breach, clause.when)))


def test_what_must_be_said_is_said_in_two_languages(predicate, found, study_of):
    scenario = en.load("europe-2013")
    values = {"warning_s": 100.0, "impact_area_90_km2": 1_000.0, "p_no_leaker": 0.0}
    verdict = next(one for one in judge(study_of(scenario, values)) if one.id == "F7")
    assert verdict.computed
    assert verdict.takings[0] == best(predicate, found)
    assert len(verdict.takings) == len(found)
    assert len(verdict.guarantees) == len(ORDER)
    said = "\n".join(verdict.why)
    for part in (
        "leaves 0 of 44",
        "20 to 75 warheads able to reach (assumed)",
        "a joint system not computable",
        "United Kingdom",
        "France",
    ):
        assert part in said
    assert all(RUSSIAN.knows(line) for line in reasons_third(predicate)), said
    assert RUSSIAN.knows(verdict.where_we_differ)
