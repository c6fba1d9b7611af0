"""What interceptors take from a retaliation: more never takes less, none takes nothing, the offset restores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.questions.deterrents import POSTURES, Back, Shield, able, seen, shield, struck, taken
from entente.questions.stability import TENTH
from entente.strategy import retaliation
from entente.strategy import stability as kernels

pytestmark = pytest.mark.kernel
DRAWS = 60
BAR = 0.05
APPROXIMATE = (
    2.0  # warheads: how far `tenth_many` may be off the exact percentile, as tests/laws/test_retaliation.py has it
)
HAIR = 1e-6  # of a retaliation: halving to 1e-12 and the roots of a normal distribution


def held(count, kill=0.6):
    numbers = np.full(DRAWS, kill)
    return Shield(count, numbers, numbers, np.empty((DRAWS, 0)), (), ())


forces_of = st.sampled_from(
    [
        ("russia", 2013, POSTURES[0]),
        ("russia", 2023, POSTURES[1]),
        ("united_states", 2023, POSTURES[0]),
        ("china", 2023, ""),
    ]
)


def back_of(which) -> Back:
    nation, year, posture = which
    return able(nation, year, DRAWS) if nation == "china" else struck(nation, year, posture, "us_nato", DRAWS)


@given(forces_of, st.integers(0, 400), st.integers(1, 200), st.sampled_from([0, 3, 10]), st.floats(0.1, 0.95))
def test_more_interceptors_never_take_less(which, count, more, beside, kill):
    back = back_of(which)
    few, many = (taken(back, held(n, kill), beside, BAR) for n in (count, count + more))
    assert (many.loss >= few.loss - HAIR).all()
    assert (many.growth >= few.growth * (1.0 - HAIR) - HAIR).all()


@given(forces_of, st.sampled_from([0, 10]))
def test_no_interceptors_take_nothing(which, beside):
    none = taken(back_of(which), held(0), beside, BAR)
    assert not none.loss.any()
    assert not none.growth.any()
    np.testing.assert_array_equal(none.without, none.tenth)


@given(forces_of, st.integers(1, 100), st.sampled_from([0, 10]))
def test_objects_that_nobody_tells_apart_take_shots(which, count, beside):
    told, not_told = (taken(back_of(which), held(count), n, BAR) for n in (0, beside))
    assert (not_told.loss <= told.loss + HAIR).all()


@given(forces_of, st.integers(1, 100), st.sampled_from([0, 10]))
def test_the_offset_restores(which, count, beside):
    back, defence = back_of(which), held(count)
    found = taken(back, defence, beside, BAR)
    possible = np.isfinite(found.growth)
    times = 1.0 + np.where(possible, found.growth, 0.0) / back.warheads
    again = taken(back.grown(times), defence, beside, BAR)
    np.testing.assert_allclose(again.tenth[possible], found.without[possible], rtol=HAIR, atol=HAIR)


@given(forces_of, st.sampled_from([0, 10]))
def test_so_many_interceptors_take_the_bar_and_no_more(which, beside):
    back = back_of(which)
    most = taken(back, held(44), beside, BAR).most
    for n in range(0, DRAWS, 20):
        one = Back(back.rows[n : n + 1], back.lost[n : n + 1], back.warheads[n : n + 1], np.empty((1, 0)), (), ())
        kill = np.full(1, 0.6)
        for count, holds in ((int(most[n]), True), (int(most[n]) + 1, False)):
            loss = taken(one, Shield(count, kill, kill, np.empty((1, 0)), (), ()), beside, BAR).loss[0]
            assert (loss <= BAR + HAIR) == holds


@pytest.mark.parametrize(("nation", "posture"), [("russia", "day-to-day"), ("russia", "generated"), ("china", "")])
def test_the_percentile_is_that_of_the_whole_distribution(nation, posture):
    """Second way: carriers and weapons counted out one by one, interceptors as binomial numbers."""
    back, defence = back_of((nation, 2023, posture)), held(30, 0.5)
    found = taken(back, defence, 0, BAR)
    for n in range(0, DRAWS, 12):
        row = back.rows[n]
        known = retaliation.survivors(
            fixed=round(row[kernels.FIXED]),
            carriers=max(1, round(row[kernels.VEHICLES])),
            survives=1.0 - back.lost[n],
            sure=round(row[kernels.ALERT] * row[kernels.SURVIVABLE]),
            reliability=row[kernels.RELIABILITY],
        )
        for count, tenth in ((0, found.without[n]), (30, found.tenth[n])):
            exact = retaliation.percentile(retaliation.past(known, count, 0.5), TENTH)
            assert abs(tenth - exact) <= max(APPROXIMATE, 0.03 * exact)


def test_who_is_counted():
    """A source states the number and no limit of range keeps it at home; the worst case is everything that was said."""
    counted = {how: {row.id for row in seen("us_nato", 2011, how)} for how in ("deployed", "announced", "worst case")}
    assert counted["deployed"] == {"gbi_greely", "gbi_vandenberg"}
    assert counted["announced"] == counted["deployed"] | {"deveselu", "sm3_iia_redzikowo"}
    assert counted["worst case"] >= counted["announced"] | {"sm3_iib_redzikowo", "gbi_poland", "sm3_ib_ship"}
    assert not any(row.nuclear_armed for row in seen("russia", 2023, "worst case"))
    assert seen("russia", 2023, "deployed") == ()


def test_the_best_that_the_other_side_fears_is_the_upper_end():
    systems = seen("us_nato", 2023, "deployed")
    best, drawn = shield(systems, "us_nato", DRAWS, True), shield(systems, "us_nato", DRAWS)
    assert (best.kill >= drawn.kill).all()
    assert np.ptp(best.kill) == 0.0
    assert (drawn.works >= drawn.kill).all()


def test_glaser_and_fetter_about_twenty_single_warhead_missiles():
    """Glaser and Fetter (2001): a limited defence threatens the about twenty missiles that China had; 100 would take them all."""
    china = able("china", 2001, DRAWS)
    assert china.warheads.min() >= 18.0
    assert china.warheads.max() <= 24.0
    assert np.median(taken(china, held(100, 0.5), 0, BAR).loss) > 0.95
