"""Laws of the time to decide, and of shared warning under launch under attack."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import entente as en
from entente.questions.alarms import drawn_leaves
from entente.questions.reliance import WAYS

FEW = 60
A, B = en.Force(400, 400, 1150), en.Force(700, 200, 850)


def test_steps_and_what_they_leave_add_up_to_the_flight():
    found = en.decision_timeline("slbm", 45, FEW)
    others = found.total_s - found.steps["decision"]
    np.testing.assert_allclose(others + found.left_s, found.flight_s, rtol=1e-12)
    assert list(found.steps) == ["detection", "report", "assessment", "decision", "execution"]
    assert (found.gain_s == 45).all()
    assert found.too_late[1] <= found.too_late[0]
    assert found.to_dict()["left_s"][0] < 0.0  # there may be no time at all
    assert "no operational budget is public" in str(found)


def test_the_longer_flight_leaves_more():
    icbm, slbm = (en.decision_timeline(flight, draws=FEW) for flight in ("icbm", "slbm"))
    assert (icbm.left_s > slbm.left_s).all()
    assert np.median(icbm.share) < 0.1 < np.median(icbm.left_s) / 1_800


@settings(max_examples=20)
@given(st.floats(-600, 600), st.floats(0, 600))
def test_a_larger_gain_is_no_smaller_share(gain, more):
    one, two = (en.decision_timeline("slbm", seconds, 20).share for seconds in (gain, min(1200.0, gain + more)))
    assert (two >= one - 1e-12).all()
    assert ((one >= 0.0) & (one <= 1.0)).all()


def test_no_gain_is_no_share_and_later_warning_is_none():
    assert (en.decision_timeline(gain_s=0, draws=FEW).share == 0.0).all()
    assert (en.decision_timeline(gain_s=-30, draws=FEW).share == 0.0).all()
    rescued = en.decision_timeline("slbm", 3_600, FEW)
    assert (rescued.share[rescued.left_s <= 0.0] == 1.0).all()


def test_every_mistake_is_a_line():
    with pytest.raises(en.ModelError) as told:
        en.decision_timeline("rocket", "soon", draws=1.5)
    lines = str(told.value).splitlines()
    assert "flight: 'rocket' is neither 'icbm' nor 'slbm'" in lines[0]
    assert "draws: 1.5 is not whole" in lines[1]
    assert "gain_s: 'soon' is not a number" in lines[2]
    with pytest.raises(en.ModelError, match=r"gain_s: \(30, 10, 20\) is not low, nominal, high in rising order"):
        en.decision_timeline(gain_s=(30, 10, 20))
    with pytest.raises(en.ModelError, match="gain_s: "):
        en.decision_timeline(gain_s=(1, 2))


@pytest.mark.kernel
def test_sharing_alone_moves_no_index_and_reliance_on_it_moves_both():
    found = en.shared_warning(A, B, gain_s=(30, 60, 120), draws=200)
    assert (found.index[1] == found.index[0]).all()
    assert (found.under_attack[2] >= found.under_attack[0]).all()
    assert (found.yearly[2] >= found.yearly[1]).all()
    index, yearly = found.change("index", "relied on"), found.change("yearly", "relied on")
    assert np.median(index) > 0.0
    assert np.median(found.change("tenth_b", "relied on")) > 0.0
    assert np.median(yearly) > np.median(found.change("yearly", "shared"))
    assert found.rises("relied on") >= found.rises("shared") > 0.0
    assert found.to_dict()["relied on"]["rises"] == found.rises("relied on")
    assert "one sign each way" in str(found)


@pytest.mark.kernel
def test_the_rule_is_the_stated_one():
    """Of what was not to be launched under attack, `follows` of the share of the gain joins; with no gain nothing does."""
    found, leaves = en.shared_warning(A, B, gain_s=100, flight="slbm", draws=FEW), drawn_leaves(FEW)
    before = leaves["a.under_attack"]
    expected = before + (1.0 - before) * leaves["follows"] * found.timeline.share
    np.testing.assert_allclose(found.under_attack[2], expected, rtol=1e-12)
    none = en.shared_warning(A, B, gain_s=0, draws=FEW)
    assert (none.index[2] == none.index[1]).all()
    assert (none.yearly[2] == none.yearly[1]).all()


@pytest.mark.kernel
def test_what_is_asked_wrongly_of_shared_warning_is_refused():
    with pytest.raises(en.ModelError, match="side_b: '3' is no Force"):
        en.shared_warning(A, 3)
    with pytest.raises(en.ModelError, match="way: 'told' is neither"):
        en.shared_warning(A, B, draws=5).change("index", "told")
    assert WAYS[0] == "alone"
