"""Laws of the number of interceptors below which an effect is lost, and of the path of action and reaction."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.questions.answers import reaction, room_on
from entente.questions.levels import levels
from entente.questions.showing import CLOSE, MOST, bisect, fewest
from entente.scenario.parts import Ranged
from entente.scenario.rows import first_of_july

B = en.Force(700, 200, 850)
YEARS = tuple(range(2011, 2024))
FEW = 60


@given(st.integers(1, MOST))
def test_the_bracket_holds_the_edge_of_a_step(edge):
    found = bisect(lambda number: float(number >= edge))
    assert found.lost < edge <= found.seen
    assert found.seen - found.lost == 1 or found.seen <= CLOSE * found.lost
    assert found.rising
    assert found.until is None


def test_what_never_shows_is_said_so_and_a_hump_is_no_rise():
    never = bisect(lambda number: 0.5)
    assert (never.lost, never.seen, never.until) == (MOST, None, None)
    hump = bisect(lambda number: 1.0 if 20 <= number <= 300 else 0.2)
    assert hump.lost < 20 <= hump.seen
    assert hump.until == 256
    assert not hump.rising


@pytest.mark.kernel
def test_the_ends_of_a_bracket_are_what_the_levels_say():
    """Lost and seen, asked again by the other way through, with all draws of the same assumptions."""
    found = fewest(B, B, (300,), draws=FEW)
    for defence, sign in (("cities", -1.0), ("forces", 1.0)):
        one = found[defence][0]
        for number, shows in ((one.lost, False), (one.seen, True)):
            change = sign * levels(B, B, (300,), number, draws=FEW).effect(defence)[0]
            assert ((change >= 0.01).mean() >= 0.9) == shows


@pytest.fixture(scope="module")
def path():
    return reaction("us_nato", "russia", YEARS, FEW)


def test_nothing_stands_before_the_shortest_delay_and_nothing_is_taken_back(path):
    assert all(one.built == (0.0, 0.0, 0.0) for one in path[:3])
    for end in range(3):
        built = [one.built[end] for one in path]
        assert built == sorted(built)
    assert path[-1].built[1] > 0.0


def test_before_the_answer_the_loss_stays_and_after_it_goes(path):
    assert path[0].after == pytest.approx(path[0].loss)
    assert path[-1].after[1] < 0.01 < path[-1].loss[1]
    assert all(one.after[2] <= one.loss[2] + 1e-9 for one in path)


def test_an_answer_at_once_leaves_nothing_lost():
    """Without a delay every year's percentile is back: what is announced is more than what is deployed."""
    for one in reaction("us_nato", "russia", (2013, 2018), FEW, delay=Ranged(low=0, nominal=0, high=0)):
        assert all(stands >= wanted for stands, wanted in zip(one.built, one.asked, strict=True))
        assert one.after[2] < 1e-6


def test_the_rooms_are_those_of_the_treaty(path):
    assert path[0].room.limit is None  # due from 2018
    last = room_on("russia", first_of_july("test", 2023))
    assert (last.agreement, last.limit.value, last.counted, last.left) == ("New START", 1550, 1549, 1)
    assert np.isnan(path[0].beyond)
    assert path[-1].beyond > 0.9
    assert path[-1].events == ("new_start_suspended",)


def test_a_verdict_is_whether_the_count_went_where_the_rule_did(path):
    assert {one.verdict for one in path} == {"consistent with the record", "not computable"}
    for one in path:
        assert (one.verdict == "consistent with the record") == (one.built[0] <= one.counted <= one.built[2])
    with pytest.raises(en.ModelError, match="russia in 2005 is not in the table"):
        reaction("us_nato", "russia", (2005,), FEW)
