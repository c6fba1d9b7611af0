"""What arrives: distributions against counting out, and the quick percentile against the exact one."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from entente.questions.sides import Force
from entente.questions.stability import arrivals
from entente.strategy import stability as kernels
from entente.strategy.retaliation import at_least, past, percentile, survivors, tenth_many

pytestmark = pytest.mark.kernel

EXACT = 1e-9
shares = st.floats(0, 1)


def binomial(n, p):
    return np.array([comb(n, k) * p**k * (1.0 - p) ** (n - k) for k in range(n + 1)])


@given(st.integers(0, 5), st.integers(1, 3), shares, st.integers(0, 3), shares)
def test_survivors_are_counted_out(fixed, carriers, survives, sure, works):
    """Every carrier that stands or falls, then every warhead that works or not."""
    base, more = divmod(fixed, carriers)
    loads, expected = [base + (n < more) for n in range(carriers)], np.zeros(fixed + sure + 1)
    for stands in product((0, 1), repeat=carriers):
        chance = np.prod([survives if up else 1.0 - survives for up in stands])
        left = sum(load for load, up in zip(loads, stands, strict=True) if up) + sure
        expected[: left + 1] += chance * binomial(left, works)
    np.testing.assert_allclose(survivors(fixed, carriers, survives, sure, works), expected, atol=EXACT)


@given(st.integers(0, 12), st.integers(0, 20), shares)
@example(0, 2, 1.1e-308)
@example(1, 20, 1.0 - 1e-16)
def test_what_gets_past_interceptors_is_counted_out(coming, interceptors, kill):
    """Shots one after the other, each at the warhead that has the fewest."""
    chances = np.zeros(coming + 1)
    chances[coming] = 1.0
    shots = [interceptors // max(1, coming) + (n < interceptors % max(1, coming)) for n in range(coming)]
    expected = np.ones(1)
    for n in shots:
        through = (1.0 - kill) ** n
        expected = np.convolve(expected, [1.0 - through, through])
    got = past(chances, interceptors, kill)
    np.testing.assert_allclose(got, expected, atol=EXACT)
    mean = coming * (1.0 - kernels.stopped(coming, interceptors, kill))
    assert got @ np.arange(coming + 1) == pytest.approx(mean, abs=EXACT * 100)


@given(st.integers(0, 40), st.integers(1, 10), shares, st.integers(0, 40), shares, st.integers(0, 50), shares)
def test_chances_add_up_and_more_interceptors_let_fewer_past(fixed, carriers, survives, sure, works, more, kill):
    known = survivors(fixed, carriers, survives, sure, works)
    few, many = past(known, 10, kill), past(known, 10 + more, kill)
    assert known.sum() == pytest.approx(1.0, abs=EXACT)
    assert few.sum() == pytest.approx(1.0, abs=EXACT)
    assert all(at_least(many, n) <= at_least(few, n) + EXACT for n in (1, 10, 30))
    assert percentile(many, 0.1) <= percentile(few, 0.1)


def test_a_percentile_is_the_least_number_that_is_not_exceeded_so_often():
    chances = np.array([0.05, 0.05, 0.2, 0.7])
    assert [percentile(chances, share) for share in (0.05, 0.1, 0.11, 0.3, 1.0)] == [0, 1, 2, 2, 3]
    assert at_least(chances, 2) == pytest.approx(0.9)
    assert at_least(chances, 9) == 0.0


@pytest.mark.parametrize("interceptors", [0, 44, 100, 450, 1_000])
@pytest.mark.parametrize("load", [1, 3])
def test_the_quick_percentile_is_near_the_exact_one(interceptors, load):
    """Two warheads, or 3 per cent: the claim of its docstring, where ten or more come."""
    for warheads, spent, alert in ((300, 0, 0.9), (300, 100, 0.3), (1_000, 400, 0.6), (1_550, 800, 0.9)):
        struck = Force(warheads / 2, warheads / 2 / load, warheads / 2, alert=alert)
        striker = Force(800, 400, 700, defence_cities=interceptors, p_intercept=0.55)
        exact = percentile(arrivals(striker, struck, spent), 0.1)
        lost = np.array([kernels.lost(spent, striker.row(), struck.row())])
        quick = tenth_many(struck.row()[None], lost, np.array([float(interceptors)]), np.array([0.55]))[0]
        assert abs(quick - exact) <= max(2.0, 0.03 * exact) or exact < 10
