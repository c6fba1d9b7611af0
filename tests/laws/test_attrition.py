"""Laws of attrition: closed forms for one salvo and two, and no further salvo makes it worse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.strategy.attrition import none_through, stopped_each

shares = st.floats(0, 1)
salvos = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1), shares, shares), max_size=7)
BODIES = 4
EXACT = 1e-12


def columns(rows):
    """Salvos as columns."""
    obj, party, holds, missed = zip(*rows, strict=True) if rows else ((), (), (), ())
    return np.array(obj, np.int32), np.array(party, np.int32), np.array(holds, float), np.array(missed, float)


def test_one_salvo_is_wilkenings():
    """K_w = P_track (1 - (1 - k)^n): 0.9 (1 - 0.3^2)."""
    assert stopped_each(*columns([(0, 0, 0.9, 0.3**2)]), 1)[0] == pytest.approx(0.9 * (1 - 0.09))


def test_two_salvos_share_what_fails():
    """The same party: with 0.8 both work, with 0.1 more only the first. Two parties: by chance apart."""
    one = stopped_each(*columns([(0, 0, 0.9, 0.5), (0, 0, 0.8, 0.4)]), 1)[0]
    assert one == pytest.approx(1 - (0.1 + 0.1 * 0.5 + 0.8 * 0.2))
    two = stopped_each(*columns([(0, 0, 0.9, 0.5), (0, 1, 0.8, 0.4)]), 1)[0]
    assert two == pytest.approx(1 - (0.1 + 0.9 * 0.5) * (0.2 + 0.8 * 0.4))


def test_a_common_failure_loses_all_or_none():
    """Two bodies, certain kills, detection holds with 0.8: by object 0.64, by system 0.8."""
    rows = [(0, 0, 0.8, 0.0), (1, 0, 0.8, 0.0)]
    assert np.prod(stopped_each(*columns(rows), 2)) == pytest.approx(0.64)
    assert none_through(*columns(rows), 2) == pytest.approx(0.8)
    both = [(0, 0, 0.8, 0.5), (0, 1, 0.6, 0.5)]
    assert none_through(*columns(both), 1) == pytest.approx(0.8 * 0.6 * 0.75 + 0.8 * 0.4 * 0.5 + 0.2 * 0.6 * 0.5)


@given(salvos, st.tuples(st.integers(0, 3), st.integers(0, 1), shares, shares))
def test_a_further_salvo_never_makes_it_worse(rows, more):
    """By object and by system; all chances lie between 0 and 1."""
    before, after = (stopped_each(*columns(r), BODIES) for r in (rows, [*rows, more]))
    assert (after >= before - EXACT).all()
    assert ((after >= -EXACT) & (after <= 1 + EXACT)).all()
    whole, wider = (none_through(*columns(r), BODIES) for r in (rows, [*rows, more]))
    assert wider >= whole - EXACT
    assert -EXACT <= whole <= 1 + EXACT


@given(salvos)
def test_drawing_the_failures_gives_the_same(rows):
    """One uniform number a party, on a fine grid of both: the mean of the products is the sum over cases, to 1 %."""
    obj, party, holds, missed = columns(rows)
    grid = (np.arange(60) + 0.5) / 60
    total = 0.0
    for a in grid:
        for b in grid:
            works = np.where(party == 0, a, b) < holds
            through = np.ones(BODIES)
            np.multiply.at(through, obj[works], missed[works])
            total += np.prod(1 - through)
    assert none_through(obj, party, holds, missed, BODIES) == pytest.approx(total / 3600, abs=0.01 * (1 + len(rows)))
