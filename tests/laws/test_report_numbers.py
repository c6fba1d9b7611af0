"""Typical values, intervals and differences over histories: exact where theory is exact, honest where times are censored."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from entente.report.numbers import difference, order_interval, summarise, wilson

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60).map(np.array)


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_scipys(yes_of):
    yes, of = yes_of
    low, high = binomtest(yes, of).proportion_ci(method="wilson")
    assert wilson(yes, of) == pytest.approx((low, high), abs=1e-12)


@pytest.mark.parametrize("n", [6, 20, 100, 1_000])
def test_the_order_interval_covers_at_least_95_per_cent_and_no_narrower_one_does(n):
    low, high = order_interval(np.arange(1.0, n + 1))
    assert low + high == n + 1
    assert 1 - 2 * binom.cdf(low - 1, n, 0.5) >= 0.95
    assert 1 - 2 * binom.cdf(low, n, 0.5) < 0.95


def test_five_histories_give_no_interval():
    assert order_interval(np.arange(5.0)) == (-math.inf, math.inf)


@given(numbers)
def test_a_value_lies_in_its_interval_and_spread(values):
    for name in ("position_error_km", "warning_s", "warning_lead_s", "p_no_leaker"):
        found = summarise(name, values)
        slack = 1e-9 * (1 + abs(found.value))
        assert not found.low > found.value + slack
        assert not found.high < found.value - slack
        assert found.spread[0] <= found.spread[1]


def test_what_never_happened_is_later_than_all_not_left_out():
    warning = np.array([100.0, 200.0, np.nan, np.nan, np.nan])
    assert summarise("warning_s", warning).value == math.inf
    assert summarise("warning_lead_s", warning).value == -math.inf
    assert summarise("warning_s", warning).missing == pytest.approx(0.6)
    assert summarise("position_error_km", warning).value == 150.0


def test_differences_are_paired_and_know_never():
    before, after = np.array([np.nan, 300.0, np.nan, 200.0]), np.array([100.0, 250.0, np.nan, np.nan])
    gained = difference("warning_s", after[:1], before[:1])
    lost = difference("warning_s", after[3:], before[3:])
    assert (gained.value, lost.value) == (-math.inf, math.inf)
    assert difference("warning_s", after[2:3], before[2:3]).value == 0.0
    assert difference("warning_s", after[1:2], before[1:2]).value == -50.0
    assert difference("warning_lead_s", after[:1], before[:1]).value == math.inf
    assert difference("position_error_km", after, before).defined == 1


@given(numbers, st.floats(-100, 100))
def test_a_shift_of_every_history_is_found_exactly(values, shift):
    found = difference("position_error_km", values + shift, values)
    assert found.value == pytest.approx(shift, abs=1e-9)


def test_nothing_defined_is_said_so():
    found = summarise("p_no_leaker", np.full(10, np.nan))
    assert math.isnan(found.value)
    assert found.missing == 1.0
