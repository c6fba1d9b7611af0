"""Assignment against SciPy's, on any shape, with ties and gates."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linear_sum_assignment

from entente.estimate.associate import CONFIRMED, DROPPED, TENTATIVE, assign, m_of_n
from entente.estimate.belief import associate_many
from entente.estimate.same import SAME_BODY, are_distinct, distance2

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
        assert distance2(xa, Pa, xb, Pb, SAME_BODY) == (squared if squared <= SAME_BODY else math.inf)
        outside, called = outside + (squared > 9.0 * SAME_BODY), called + distinct
    assert outside > 50
    assert called > 0.7 * outside


def test_a_distance_under_no_covariance_is_infinite():
    spoilt = np.eye(6)
    spoilt[3, 3] = -2.0
    assert distance2(np.zeros(6), np.eye(6), np.zeros(6), spoilt) == math.inf


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(0, 20), st.integers(0, 60))
def test_tracks_of_two_sides_are_paired_as_a_table_of_all_pairs_says(seed, a_count, b_count):
    """Neighbours and lists against every pair and SciPy's assignment, moment by moment; few stand near one another."""
    draws, moments = np.random.default_rng(seed), 2
    shape = (max(a_count, b_count), moments)
    place = draws.normal(size=(*shape, 6)) * np.array([6.0, 6, 6, 3, 3, 3])
    xa, xb = (place[:n] + draws.normal(size=(n, moments, 6)) for n in (a_count, b_count))
    Pa, Pb = (
        np.broadcast_to(np.eye(6), (n, moments, 6, 6)) * draws.uniform(0.3, 2.0, (n, moments, 1, 1))
        for n in (a_count, b_count)
    )
    held_a, held_b = draws.random((a_count, moments)) < 0.8, draws.random((b_count, moments)) < 0.8
    match = np.full((a_count, moments), 7, np.int32)
    associate_many(held_a, xa, Pa, held_b, xb, Pb, match)
    for g in range(moments):
        table = np.full((a_count, b_count + a_count), 1e9)
        for a in range(a_count):
            table[a, b_count + a] = SAME_BODY
            for b in range(b_count):
                d2 = distance2(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g])
                if held_a[a, g] and held_b[b, g] and d2 < SAME_BODY:
                    table[a, b] = d2
        best = np.full(a_count, -1)
        if a_count:
            rows, columns = linear_sum_assignment(table)
            best[rows] = np.where(columns < b_count, columns, -1)
        assert match[:, g].tolist() == best.tolist()


def followed(bits, m, n):
    """What a track is after each of its chances, in a list, by the words of the rule rather than by bits."""
    was, out = TENTATIVE, []
    for k in range(1, len(bits) + 1):
        if was == TENTATIVE:
            # It is young until it has had n chances; then as many as it had may not be enough any more.
            could_have = sum(bits[:k][-n:]) + max(0, n - k)
            was = CONFIRMED if sum(bits[:k][-n:]) >= m else (DROPPED if could_have < m else TENTATIVE)
        out.append(was)
    return out


@given(st.lists(st.booleans(), min_size=1, max_size=70), st.integers(1, 6), st.integers(0, 5))
def test_m_of_n_is_the_rule_in_words(bits, m, more):
    n, history, was, ours = m + more, 0, TENTATIVE, []
    for k, hit in enumerate(bits, start=1):
        history = (history << 1 | hit) & 0xFFFF
        was = m_of_n(history, k, m, n, was)
        ours.append(was)
    assert ours == followed(bits, m, n)


def test_three_of_five():
    assert m_of_n(0b101, 3, 3, 5, TENTATIVE) == TENTATIVE
    assert m_of_n(0b10101, 5, 3, 5, TENTATIVE) == CONFIRMED
    assert m_of_n(0b1000, 4, 3, 5, TENTATIVE) == DROPPED
    assert m_of_n(0, 50, 3, 5, CONFIRMED) == CONFIRMED
    assert m_of_n(0b11111, 50, 3, 5, DROPPED) == DROPPED


@pytest.mark.parametrize(
    "given_",
    [
        (1, 1, 0, 5, 0),
        (1, 1, 6, 5, 0),
        (1, 1, 3, 63, 0),
        (1, -1, 3, 5, 0),
        (-1, 1, 3, 5, 0),
        (1, 1, 3, 5, 3),
        (1, 1, 3, 5, -1),
    ],
)
def test_rules_that_are_none_are_refused(given_):
    assert m_of_n(*given_) == -1
