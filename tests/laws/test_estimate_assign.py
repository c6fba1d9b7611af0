"""Assignment of every row, and of short lists, against SciPy's and against the tracker's own."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from entente.estimate.assign import assign_all, assign_listed
from entente.estimate.associate import assign

pytestmark = pytest.mark.kernel

ROUNDING = 1e-9  # sums of up to eight costs of size 100, in another order

shapes = st.tuples(st.integers(0, 8), st.integers(0, 8))
free = st.floats(-100, 100)
tied = st.integers(-2, 2).map(float)  # few values, hence many ties
same = st.just(3.0)  # degenerate: every answer is as good
barred = st.one_of(free, st.just(math.inf))


def total(cost, rows):
    """What an answer costs, after checking that nobody is served twice."""
    used = rows[rows >= 0]
    assert len(set(used)) == len(used)
    return sum(cost[i, j] for i, j in enumerate(rows) if j >= 0)


@pytest.mark.parametrize("entries", [free, tied, same, barred])
def test_every_row_as_cheaply_as_scipy(entries):
    @given(st.data())
    def holds(data):
        n, m = data.draw(shapes)
        cost = data.draw(arrays(float, (n, m), elements=entries))
        rows = np.full(n, 7, np.int32)
        status = assign_all(cost, rows)
        try:
            best = cost[linear_sum_assignment(cost)].sum()
        except ValueError:  # SciPy's word for: no way round the forbidden pairs
            assert status == 2
            assert (rows == 7).all()
            return
        assert status == 0
        assert (rows >= 0).sum() == min(n, m)
        assert total(cost, rows) == pytest.approx(best, abs=ROUNDING)

    holds()


@pytest.mark.parametrize("shape", [(100, 100), (60, 140), (140, 60)])
def test_large_tables(shape):
    cost, rows = np.random.default_rng(3).normal(size=shape), np.empty(shape[0], np.int32)
    cost[np.random.default_rng(4).random(shape) < 0.5] = math.inf
    assert assign_all(cost, rows) == 0
    assert total(cost, rows) == pytest.approx(cost[linear_sum_assignment(cost)].sum(), abs=ROUNDING)


def test_a_table_that_misleads_the_greedy():
    """Rows want the same column; products i j are the classical worst case of shortest augmenting paths."""
    n = 40
    cost, rows = np.outer(np.arange(1.0, n + 1), np.arange(1.0, n + 1)), np.empty(n, np.int32)
    assert assign_all(cost, rows) == 0
    assert (rows == np.arange(n)[::-1]).all()


@pytest.mark.parametrize("bad", [math.nan, -math.inf])
def test_what_is_no_cost_is_refused(bad):
    rows = np.full(2, 7, np.int32)
    assert assign_all(np.array([[0.0, 1.0], [bad, 2.0]]), rows) == 4
    assert (rows == 7).all()


@pytest.mark.parametrize("entries", [free, tied, same, barred])
def test_lists_as_cheaply_as_the_table_they_were_made_from(entries):
    @given(st.data())
    def holds(data):
        n, m = data.draw(shapes)
        table = data.draw(arrays(float, (n, m), elements=entries))
        no_match = data.draw(arrays(float, n, elements=tied if entries is tied else free))
        column, cost, count = lists(table)
        rows, reference = np.full(n, 7, np.int32), np.empty(n, np.int32)
        assert assign_listed(column, cost, count, m, no_match, rows) == 0
        assert assign(table, no_match, reference) == 0
        alone = sum(no_match[rows < 0]) - sum(no_match[reference < 0])
        assert total(table, rows) + alone == pytest.approx(total(table, reference), abs=ROUNDING)

    holds()


def lists(table):
    """The pairs of a table that are not forbidden, row by row, in no special order."""
    n, m = table.shape
    column, cost, count = np.full((n, m), -1, np.int32), np.full((n, m), math.inf), np.zeros(n, np.int32)
    for i in range(n):
        open_ = np.flatnonzero(np.isfinite(table[i]))[::-1]
        count[i] = len(open_)
        column[i, : len(open_)], cost[i, : len(open_)] = open_, table[i, open_]
    return column, cost, count


@pytest.mark.parametrize(
    ("column", "cost", "count", "no_match"),
    [
        (2, 0.0, 1, 0.0),
        (-1, 0.0, 1, 0.0),
        (0, math.nan, 1, 0.0),
        (0, math.inf, 1, 0.0),
        (0, 0.0, 2, 0.0),
        (0, 0.0, -1, 0.0),
        (0, 0.0, 1, math.inf),
        (0, 0.0, 1, math.nan),
    ],
)
def test_lists_that_are_none_are_refused(column, cost, count, no_match):
    rows = np.full(1, 7, np.int32)
    given_ = np.full((1, 1), column, np.int32), np.full((1, 1), cost), np.full(1, count, np.int32)
    assert assign_listed(*given_, 2, np.full(1, no_match), rows) == 4
    assert rows[0] == 7
