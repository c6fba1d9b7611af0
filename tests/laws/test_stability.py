"""Laws of first-strike stability, for drawn forces, and the split against every split of a fine comb."""

import numba
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from entente.questions.sides import Force
from entente.strategy import stability as s

pytestmark = pytest.mark.kernel

CURVES = (s.EXPONENTIAL, s.HYPERBOLIC, s.SQUARE_ROOT)
FOUND = 3e-4  # of a cost: many interceptors for each returning weapon make bends closer than the steps of the search
COMB = 101 if numba.config.DISABLE_JIT else 4_001  # uncompiled, a comb is for coverage only
ROUNDED = 1e-12

# To a millionth: Python, unlike compiled code, complains of overflow where a denormal number divides.
shares, counts = (st.floats(0, most).map(lambda number: round(number, 6)) for most in (1, 3_000))
curves = st.sampled_from(CURVES)


@st.composite
def sides(draw, **fixed):
    """A side's row; fixed numbers are given by name."""
    numbers = {
        "fixed": draw(counts),
        "vehicles": draw(st.floats(1, 1_500)),
        "survivable": draw(counts),
        "kill": draw(shares),
        "reliability": draw(st.floats(0.05, 1)),
        "w80": draw(st.floats(50, 3_000)),
        "cities": draw(st.sampled_from((0.0, 0.0, 30.0, 100.0, 1_000.0))),
        "forces": draw(st.sampled_from((0.0, 0.0, 30.0, 100.0, 1_000.0))),
        "lua": draw(shares),
        "alert": draw(shares),
        "intercept": draw(shares),
        "preferential": draw(st.sampled_from((0.0, 1.0))),
        "first": draw(shares),
    }
    return s.row(**numbers | fixed)


def changed(side, **numbers):
    """The same side but for some numbers."""
    out = side.copy()
    for name, value in numbers.items():
        out[getattr(s, name.upper())] = value
    return out


def best(striker, struck, curve):
    """The striker's cost at its split."""
    return s.exchange(s.split(striker, struck, curve), striker, struck, curve)[0]


@given(sides(), sides(), curves)
def test_the_index_is_no_less_than_0_and_the_same_for_both_orders(a, b, curve):
    there, back = s.index(a, b, curve), s.index(b, a, curve)
    assert np.isnan(there) == np.isnan(back)
    assert np.isnan(there) or (there >= 0.0 and there == pytest.approx(back, rel=ROUNDED))


@given(sides(kill=0.0), sides(kill=0.0), curves, shares)
def test_without_counterforce_and_with_the_same_share_used_the_index_is_1(a, b, curve, share):
    """Exactly: whoever fires first, the same weapons fly at the same value."""
    pair = [changed(side, alert=share, first=share, fixed=side[s.FIXED] + 1.0) for side in (a, b)]
    found = s.index(*pair, curve)
    assert np.isnan(found) or found == 1.0


@given(sides(), sides(), curves, st.sampled_from(("kill", "alert", "lua", "vehicles", "forces")), shares)
def test_a_more_vulnerable_enemy_never_costs_the_striker_more(a, b, curve, what, share):
    """Surer weapons, fewer carriers on alert or launched under attack, more warheads a carrier, a smaller defence."""
    if what == "kill":
        more = (changed(a, kill=a[s.KILL] + share * (1.0 - a[s.KILL])), b)
    elif what == "vehicles":
        more = (a, changed(b, vehicles=1.0 + share * (b[s.VEHICLES] - 1.0)))
    else:
        more = (a, changed(b, **{what: share * b[getattr(s, what.upper())]}))
    assert best(*more, curve) <= best(a, b, curve) + FOUND


@settings(max_examples=300)
@given(sides(), sides(), curves)
def test_no_split_of_a_fine_comb_is_cheaper_and_no_equal_one_dearer_to_the_enemy(a, b, curve):
    """The one-number search against four thousand equal steps; the tie rule among those that cost the same."""
    spent, comb = np.linspace(0.0, s.available(a), COMB), np.empty((COMB, 4))
    s.curve_many(spent, a, b, curve, comb)
    own, enemy, _, _ = s.exchange(s.split(a, b, curve), a, b, curve)
    assert own <= comb[:, 0].min() + FOUND
    equal = comb[:, 0] <= own
    assert not equal.any() or enemy >= comb[equal, 1].max() - np.sqrt(FOUND)


def test_among_equal_costs_the_one_dearest_to_the_enemy_is_taken():
    assert s._better((2.0, 0.5, 0.9), (1.0, 0.5, 0.8))
    assert not s._better((2.0, 0.5, 0.8), (1.0, 0.5, 0.8))
    assert not s._better((2.0, 0.6, 0.9), (1.0, 0.5, 0.8))
    assert s._better((2.0, 0.4, 0.1), (1.0, 0.5, 0.8))


def test_where_nothing_is_left_to_win_no_weapon_is_spent_on_forces():
    """All its splits cost the striker nothing once the only carrier is gone: it keeps the rest for value."""
    a = s.row(fixed=4_000, vehicles=400, kill=1, reliability=1, w80=50, first=0.9, alert=0.9)
    b = s.row(fixed=1, vehicles=1, kill=1, reliability=1, w80=50, first=0.9, alert=0.9)
    spent = s.split(a, b, s.EXPONENTIAL)
    assert s.exchange(spent, a, b, s.EXPONENTIAL)[:2] == (0.0, 1.3)
    assert spent == pytest.approx(100.0)  # the first step of forty that is no less than the one it takes
    assert np.isnan(s.index(a, b, s.EXPONENTIAL))


@given(counts, counts, st.floats(1, 3_000), curves)
@example(0.0, 0.0, 1.0, s.EXPONENTIAL)
def test_damage_rises_from_0_to_1_and_is_eighty_per_cent_at_w80(one, two, w80, curve):
    low, high = sorted((one, two))
    assert 0.0 <= s.damage(low, w80, curve) <= s.damage(high, w80, curve) <= 1.0
    assert s.damage(w80, w80, curve) == pytest.approx(0.8, abs=1e-9)
    assert s.damage(0.0, w80, curve) == 0.0


@given(shares, shares, shares)
def test_a_cost_rises_with_own_damage_and_falls_with_the_enemys(own, more, enemy):
    low, high = sorted((own, more))
    assert s.cost(low, enemy) <= s.cost(high, enemy)
    assert s.cost(enemy, high) <= s.cost(enemy, low)
    assert s.cost(own, enemy) == pytest.approx(own**0.75 + 0.3 * (1.0 - enemy**0.75), abs=ROUNDED)


@given(sides(), sides(), curves, st.sampled_from(("cities", "forces")), st.floats(0, 1_000))
def test_interceptors_never_harm_their_owner(a, b, curve, what, more):
    """At a given split: cities defended lose no more, forces defended no more warheads; guarding a part saves no less."""
    spent = 0.5 * s.available(a)
    plain, defended = (
        changed(b, preferential=0.0),
        changed(b, preferential=0.0, **{what: b[getattr(s, what.upper())] + more}),
    )
    assert s.suffered(spent, a, defended, curve) <= s.suffered(spent, a, plain, curve) + ROUNDED
    assert s.lost(spent, a, defended) <= s.lost(spent, a, plain) + ROUNDED
    chosen = changed(defended, preferential=1.0)
    assert s.lost(spent, a, chosen) <= s.lost(spent, a, defended) + ROUNDED
    assert (
        curve == s.SQUARE_ROOT or s.suffered(spent, a, chosen, curve) <= s.suffered(spent, a, defended, curve) + ROUNDED
    )


@given(st.integers(0, 60), st.integers(1, 12), shares)
def test_whole_weapons_at_whole_carriers_are_counted_out(weapons, carriers, kill):
    """One carrier after the other: n at each, one more at the first few."""
    base, more = divmod(weapons, carriers)
    each = [base + (n < more) for n in range(carriers)]
    gone = sum(1.0 - (1.0 - kill) ** n for n in each) / carriers
    assert s.killed(weapons, carriers, kill) == pytest.approx(gone, abs=1e-9)


@given(sides(), sides(), curves)
def test_launch_under_attack_saves_nine_tenths_of_what_it_launches(a, b, curve):
    spent = s.split(a, b, curve)
    riding, launched = (s.lost(spent, a, changed(b, lua=share)) for share in (0.0, 1.0))
    assert launched == pytest.approx(0.1 * riding)


@pytest.mark.parametrize("curve", CURVES)
def test_many_at_once_are_the_same_as_one_by_one(curve):
    rows = np.array([Force(n, n, 2 * n, defence_cities=n / 10, alert=0.5).row() for n in (50.0, 200.0, 1_000.0)])
    other = np.array([Force(3 * n, n, n, defence_forces=n / 5).row() for n in (50.0, 200.0, 1_000.0)])
    found, strikes = np.empty(3), np.empty((3, 4))
    s.index_many(rows, other, curve, found)
    s.strike_many(rows, other, curve, strikes)
    for n in range(3):
        assert found[n] == s.index(rows[n], other[n], curve)
        spent = s.split(rows[n], other[n], curve)
        own, enemy, _, _ = s.exchange(spent, rows[n], other[n], curve)
        assert strikes[n].tolist() == [spent, own, enemy, s.lost(spent, rows[n], other[n])]
