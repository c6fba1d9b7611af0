"""Assignment against SciPy's, on any shape, with ties and gates."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from entente.estimate.associate import assign
from entente.estimate.belief import SAME_BODY, are_distinct, distance2

pytestmark = pytest.mark.kernel

ROUNDING = 1e-9  # sums of up to eight costs of size 100, in another order

shapes = st.tuples(st.integers(0, 7), st.integers(0, 7))
free = st.floats(-100, 100)
tied = st.integers(-2, 2).map(float)  # few values, hence many ties
gated = st.one_of(free, st.just(math.inf))


def total(cost, no_match, rows):
    """What an answer costs, after checking that it is one."""
    used = rows[rows >= 0]
    assert len(set(used)) == len(used)
    return sum(cost[i, j] if j >= 0 else no_match[i] for i, j in enumerate(rows))


def cheapest(cost, no_match):
    """The same by SciPy, with one more column per row that stands for "none"."""
    n, m = cost.shape
    wide = np.full((n, m + n), 1e9)
    wide[:, :m] = np.where(np.isinf(cost), 1e9, cost)
    wide[range(n), range(m, m + n)] = no_match
    return wide[linear_sum_assignment(wide)].sum()


@pytest.mark.parametrize("entries", [free, tied, gated])
def test_as_cheap_as_scipys(entries):
    @given(st.data())
    def holds(data):
        n, m = data.draw(shapes)
        cost = data.draw(arrays(float, (n, m), elements=entries))
        no_match = data.draw(arrays(float, n, elements=tied if entries is tied else free))
        rows = np.empty(n, np.int32)
        assert assign(cost, no_match, rows) == 0
        assert total(cost, no_match, rows) == pytest.approx(cheapest(cost, no_match), abs=ROUNDING)

    holds()


def test_a_large_one():
    rng = np.random.default_rng(3)
    cost, no_match, rows = rng.normal(size=(60, 80)), rng.normal(size=60), np.empty(60, np.int32)
    assert assign(cost, no_match, rows) == 0
    assert total(cost, no_match, rows) == pytest.approx(cheapest(cost, no_match), abs=ROUNDING)


def test_nothing_within_the_gate_leaves_all_alone():
    rows = np.empty(3, np.int32)
    assert assign(np.full((3, 2), math.inf), np.zeros(3), rows) == 0
    assert (rows == -1).all()


@pytest.mark.parametrize(("cost", "no_match"), [(math.nan, 0.0), (-math.inf, 0.0), (0.0, math.inf), (0.0, math.nan)])
def test_costs_that_are_none_are_refused(cost, no_match):
    rows = np.full(1, 7, np.int32)
    assert assign(np.full((1, 1), cost), np.full(1, no_match), rows) == 4
    assert rows[0] == 7


def test_what_is_called_distinct_lies_outside_the_gate():
    """Never the other way round, for correlated errors too; and most of what lies far outside is called so."""
    draws, outside, called = np.random.default_rng(5), 0, 0
    for _ in range(400):
        Pa, Pb = (mixed @ mixed.T + 0.1 * np.eye(6) for mixed in draws.normal(size=(2, 6, 6)))
        xa = draws.normal(size=6)
        xb = xa + np.linalg.cholesky(Pa + Pb) @ draws.normal(size=6) * 10 ** draws.uniform(-0.5, 1.5)
        squared, distinct = distance2(xa, Pa, xb, Pb), are_distinct(xa, Pa, xb, Pb)
        assert squared == pytest.approx((xa - xb) @ np.linalg.solve(Pa + Pb, xa - xb), rel=1e-6)
        assert not (distinct and squared <= SAME_BODY)
        outside, called = outside + (squared > 9.0 * SAME_BODY), called + distinct
    assert outside > 50
    assert called > 0.7 * outside
