"""Finding F1 told end to end: who had what, what raids of every size come to, and what the verdict says of itself."""

import numpy as np
import pytest

import entente as en
from entente.findings import judge, sheet
from entente.massive import margin, raid_verdicts
from entente.predicates import holds
from entente.questions.national import DRAWS, Drawn, bands, curves, drawn, half_at, holding, shares, shots_at
from entente.report.language import RUSSIAN
from entente.scenario.world import at_share

ALL = {"national", "with local", "nuclear-armed"}


@pytest.fixture(scope="module")
def predicate():
    return sheet().findings[0].predicate


def ids(rows):
    return {row.id for row in rows}


def test_who_had_what():
    """Numbers that a source states; batteries with a limit of range apart; nothing nuclear-armed among the rest."""
    then, now = holding("us_nato", 2005), holding("us_nato", 2023)
    assert ids(then.counted) == {"gbi_greely_2004", "gbi_coast_2004"}
    assert sum(row.inventory for row in then.counted) == 10
    assert ids(now.counted) == {"gbi_greely", "gbi_greely_more", "gbi_vandenberg", "deveselu"}
    assert sum(row.inventory for row in now.counted) == 68
    assert ids(now.local) == {"thaad_guam", "thaad_seongju"}
    russia = holding("russia", 2013)
    assert not russia.counted
    assert not russia.local
    assert ids(russia.armed) == {"53t6"}
    assert "S-300V4" in russia.left_out
    assert not any(row.nuclear_armed for pool in ("national", "with local") for row in russia.pooled(pool))


def test_one_draw_is_the_leakage_of_its_numbers():
    """One kind of interceptor: the curve of a draw is `leakage` at the numbers of that draw, by size."""
    systems = holding("us_nato", 2013).counted
    kill, common, planned = shares("us_nato", 7)
    row = systems[0]
    k, track, n = at_share(row.p_kill, kill), at_share(row.p_common, common), shots_at(planned)
    none, stopped = curves(systems, "us_nato", 7, np.array([1, 3, 9]), 10, False)
    for size, a, b in zip((1, 3, 9), none, stopped, strict=True):
        exact = en.leakage(size, 30, k, track, n, decoys=10 * size)
        assert a == pytest.approx(exact.p_none, abs=1e-12)
        assert b == pytest.approx(size - exact.expected_leakers)


def test_the_verdict_is_by_the_latest_year_and_the_less_favourable_case(predicate):
    found = raid_verdicts(predicate)
    assert [(one.party, one.year, one.beside) for one in found] == [
        ("us_nato", year, beside) for year in (2023, 2013, 2005) for beside in (10, 0)
    ]
    first, told = found[0], found[1]
    assert first.ruling == "undecided"
    assert told.ruling == "supported under stated assumptions"
    assert told.capped
    assert first.share == min(mode.share for mode in first.modes)
    assert all(mode.not_massive == 1.0 for one in found for mode in one.modes)
    assert all(one.deciders for one in found)
    assert not any(d.sourced for one in found for d in one.deciders)
    for earlier, later in zip(found[2:], found[:2], strict=False):
        assert earlier.modes[0].half[1] < later.modes[0].half[1]  # more interceptors stop more
    for beside, apart in zip(found[::2], found[1::2], strict=True):
        assert beside.modes[0].half[1] < apart.modes[0].half[1]  # and fewer among what looks like warheads


def test_the_margin_is_how_far_the_claim_is_above_its_bar(predicate):
    """2 to 30 warheads, and a hundred of a thousand: on the bars it holds, beyond them it does not."""
    half = np.array([2.0, 1.9, 30.0, 31.0, 10.0, 10.0, np.inf])
    stopped = np.array([50.0, 50.0, 50.0, 50.0, 100.0, 101.0, 50.0])
    found = margin(predicate, Drawn(1, half, stopped, np.empty((7, 3))))
    assert holds(found).tolist() == [True, False, True, False, True, False, False]
    assert np.isfinite(found).all()


def test_a_verdict_says_what_it_leaves_out(predicate, study_of):
    scenario = en.load("europe-2013")
    values = {"warning_s": 100.0, "impact_area_90_km2": 1_000.0, "p_no_leaker": 0.0}
    found = next(one for one in judge(study_of(scenario, values)) if one.id == "F1")
    assert found.computed
    assert found.share == found.raids[0].share
    said = "\n".join(found.why)
    assert "russia: not computable, nor any joint curve: no source gives the number of S-400" in said
    assert "russia, nuclear-armed, apart and never pooled: 68 interceptors" in said
    assert "an upper bound, geometry ignored" in said
    assert "cost-exchange: the catalogue has no sourced range" in said
    assert all(RUSSIAN.knows(line) for line in found.why if "out of scope" not in line), said


@pytest.mark.parametrize("pool", sorted(ALL))
def test_curves_fall_and_bands_hold_their_middle(pool):
    """Where anything can be computed; what is stopped never falls with the size of the raid, only its share does."""
    for party in ("us_nato", "russia"):
        found = bands(party, 2023, pool, 0, False)
        assert (
            (found is None)
            == (not holding(party, 2023).pooled(pool))
            == (drawn(party, 2023, pool, 0, False, 1_000) is None)
        )
        for band in found or ():
            assert band.sizes[0] == 1
            assert band.sizes[-1] == 2_000
            assert ((band.low <= band.middle) & (band.middle <= band.high)).all()
            assert (np.diff(band.middle) <= 1e-12).all()


def test_half_is_found_between_whole_raids():
    assert half_at(np.array([0.9, 0.6, 0.4])) == pytest.approx(2.5)
    assert half_at(np.array([0.25])) == pytest.approx(2 / 3)
    assert half_at(np.array([0.9, 0.8])) == np.inf
    assert sheet().findings[0].predicate.draws == DRAWS
