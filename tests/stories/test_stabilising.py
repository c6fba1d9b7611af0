"""Finding F3: what defences of cities and of forces do to the first-strike index, as people are told it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import entente as en
from entente.findings import judge, sheet
from entente.predicates import holds
from entente.questions.levels import Levels
from entente.report.language import RUSSIAN
from entente.stabilising import LevelsVerdict, drawn, levels_verdict, reasons_of

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def predicate():
    return next(row.predicate for row in sheet().findings if row.id == "F3")


@pytest.fixture(scope="module")
def found(predicate) -> LevelsVerdict:
    return levels_verdict(predicate)


def test_at_every_level_it_is_not_supported_and_at_low_levels_it_holds(found):
    """A hundred interceptors are lost among six thousand warheads, and not among three hundred."""
    assert found.ruling == "not supported"
    assert found.interval[0] <= found.share <= found.interval[1]
    top, low = found.levels[0], found.levels[-1]
    assert (top.level, low.level) == (6000, 300)
    assert top.raises < 0.1
    assert low.raises > 0.9
    assert low.lowers > 0.9
    assert low.cities[1] < -0.01
    assert low.forces[1] > 0.01
    assert all(
        later.tenth[0] < earlier.tenth[0] for earlier, later in zip(found.levels, found.levels[1:], strict=False)
    )


def test_what_decides_is_named_and_has_no_source(found):
    assert found.deciders
    assert not any(one.sourced for one in found.deciders)
    assert {one.input.split(".")[0] for one in found.deciders} <= {"us_nato", "russia"}


def test_the_more_warheads_the_more_interceptors_it_takes_to_be_seen(found):
    for brackets in found.fewest.values():
        lost = [one.lost for one in brackets]
        assert lost == sorted(lost, reverse=True)
        assert all(one.seen is None or one.lost < one.seen for one in brackets)
    assert found.fewest["forces"][0].seen is None  # 3,000 are not seen among 6,000
    assert found.fewest["forces"][-1].seen < 20


def test_a_share_of_the_draws_and_a_bracket_say_the_same(predicate, found):
    """A hundred interceptors do enough in nine draws of ten exactly where the bracket lies below a hundred."""
    for one, cities, forces in zip(found.levels, found.fewest["cities"], found.fewest["forces"], strict=True):
        for share, bracket in ((one.lowers, cities), (one.raises, forces)):
            if bracket.seen and not bracket.lost <= predicate.interceptors <= bracket.seen:
                assert (share >= 0.88) == (bracket.seen < predicate.interceptors)  # half the draws: two standard errors


def test_a_defence_that_lets_nothing_through_is_no_first_strike(found):
    humps = [one.until for one in found.fewest["cities"]]
    assert humps[0] is None
    assert humps[-1] == 128
    assert not found.fewest["cities"][-1].rising
    assert all(one.rising for one in found.fewest["forces"])


def test_the_margin_is_how_far_both_halves_are_above_the_bar(predicate):
    index = np.array([[[0.5, 0.5, 0.5, np.nan]], [[0.48, 0.49, 0.495, 0.4]], [[0.52, 0.51, 0.6, 0.6]]])
    few = drawn(tuple(predicate.parties), predicate.year, (1000,), 100, 10)
    margin = replace(few, index=index, levels=np.array([1000.0])).margin(0.01)
    assert isinstance(few, Levels)
    assert holds(margin + 1e-9).tolist() == [True, True, False, False]


def test_the_page_prints_these_brackets(predicate, found):
    page = (Path(en.__file__).parents[2] / "docs/explanation/stability.md").read_text(encoding="utf-8")
    rows = [
        line.split("|")[1:4]
        for line in page.partition("## Levels")[2].partition("\n## ")[0].splitlines()
        if line.startswith("|")
    ][2:]
    assert len(rows) == 4
    for level, *cells in rows:
        place = predicate.levels.index(int(level.replace(",", "")))
        for cell, name in zip(cells, ("cities", "forces"), strict=True):
            one = found.fewest[name][place]
            said = f"{one.lost:,} to {one.seen:,}" if one.seen else f"more than {one.lost:,}"
            assert cell.strip() == said + (f", lost again beyond {one.until:,}" if one.until else "")


def test_a_verdict_says_in_two_languages_what_must_be_said(predicate, found, study_of):
    scenario = en.load("europe-2013")
    values = {"warning_s": 100.0, "impact_area_90_km2": 1_000.0, "p_no_leaker": 0.0}
    verdict = next(one for one in judge(study_of(scenario, values)) if one.id == "F3")
    assert verdict.computed
    assert verdict.share == found.share
    assert verdict.levels.levels == found.levels
    said = "\n".join(verdict.why)
    assert "no index says that somebody will strike" in said
    assert "least clear at 6,000 warheads a side" in said
    assert (
        "of cities, fewer than this many interceptors a side are lost in the assumptions: 9 to 10 at 300 warheads"
        in said
    )
    assert "more than 3,000 at 6,000" in said
    assert all(RUSSIAN.knows(line) for line in verdict.why if "out of scope" not in line), said
    assert all(RUSSIAN.knows(line) for line in reasons_of(predicate, found))
    assert RUSSIAN.knows(verdict.where_we_differ)
