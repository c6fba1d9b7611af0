"""Laws of assignment: it is the best there is, more of anything never makes it worse, and no order or name matters."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from entente.errors import ModelError
from entente.strategy.allocation import WITHIN, Offers, assign, stopped_by
from entente.strategy.attrition import stopped_each

FLOATING = 1e-9  # sums of a few chances
SITES, OBJECTS = 3, 3


def made(rows):
    """Offers from rows of site, object, interceptors, chance of one shot; a site's chance to track and party go by its number."""
    site, obj, uses = (np.array([row[i] for row in rows], np.int32) for i in range(3))
    missed = np.array([(1.0 - row[3]) ** row[2] for row in rows])
    return Offers(site, obj, site % 2, uses, np.array([0.95, 0.8, 0.9])[site], missed)


@st.composite
def raids(draw):
    """A few sites, a few objects, some of what could be fired."""
    chance = [draw(st.floats(0.05, 0.95)) for _ in range(SITES)]
    rows = [
        (site, obj, uses, chance[site])
        for site, obj in product(range(SITES), range(draw(st.integers(1, OBJECTS))))
        if draw(st.booleans())
        for uses in range(1, draw(st.integers(1, 2)) + 1)
    ]
    stock = np.array([draw(st.integers(0, 4)) for _ in range(SITES)], np.int32)
    return rows or [(0, 0, 1, chance[0])], stock


def value(offers, chosen):
    """Objects stopped in expectation, by the formula of attrition."""
    rows = list(chosen)
    columns = (offers.obj, offers.party, offers.holds, offers.missed)
    return stopped_each(*(column[rows] for column in columns), OBJECTS).sum()


def best(rows, stock, most=2):
    """What the assignment stops."""
    offers = made(rows)
    return value(offers, assign(offers, stock, most))


def brute(offers, stock, most=2):
    """The best of all choices, tried one by one."""
    ways = []
    for obj in np.unique(offers.obj):
        mine = [int(n) for n in np.flatnonzero(offers.obj == obj)]
        ways.append(
            [c for size in range(most + 1) for c in combinations(mine, size) if len(set(offers.party[list(c)])) == size]
        )
    found = 0.0
    for choice in product(*ways):
        rows = [n for column in choice for n in column]
        used = np.bincount(offers.site[rows], offers.uses[rows], len(stock))
        if (used <= stock).all():
            found = max(found, value(offers, rows))
    return found


@settings(max_examples=120, deadline=None)
@given(raids(), st.integers(1, 2))
def test_it_is_the_best_of_all_choices(raid, most):
    """As many stopped as the best of every choice there is; every shot from stock, none at a body not offered."""
    rows, stock = raid
    offers = made(rows)
    chosen = assign(offers, stock, most)
    assert value(offers, chosen) == pytest.approx(brute(offers, stock, most), abs=WITHIN)
    assert (np.bincount(offers.site[list(chosen)], offers.uses[list(chosen)], SITES) <= stock).all()
    for obj in range(OBJECTS):
        mine = [n for n in chosen if offers.obj[n] == obj]
        assert len(mine) <= most
        assert len({offers.party[n] for n in mine}) == len(mine)


@settings(max_examples=80, deadline=None)
@given(raids(), st.integers(0, SITES - 1), st.floats(0.0, 1.0), st.data())
def test_more_never_stops_less(raid, site, share, data):
    """One more interceptor, a surer shot of one site, a further window: leakage does not rise, all else fixed."""
    rows, stock = raid
    before = best(rows, stock)
    more = stock.copy()
    more[site] += 1
    assert best(rows, more) >= before - WITHIN
    surer = [(s, o, n, k + share * (1.0 - k) if s == site else k) for s, o, n, k in rows]
    assert best(surer, stock) >= before - WITHIN
    window = (site, data.draw(st.integers(0, OBJECTS - 1)), 1, 0.5)
    assert best([*rows, window], stock) >= before - WITHIN


@settings(max_examples=60, deadline=None)
@given(raids(), st.permutations(range(SITES)), st.permutations(range(OBJECTS)), st.randoms())
def test_no_name_and_no_order_matters(raid, sites, objects, shuffle):
    """Sites and objects renumbered, offers in another order: as many are stopped."""
    rows, stock = raid
    offers = made(rows)
    order = list(range(len(rows)))
    shuffle.shuffle(order)
    mixed = Offers(*(getattr(offers, name)[order] for name in ("site", "obj", "party", "uses", "holds", "missed")))
    named = replace(mixed, site=np.array(sites, np.int32)[mixed.site], obj=np.array(objects, np.int32)[mixed.obj])
    moved = np.empty_like(stock)
    moved[list(sites)] = stock
    got = value(named, assign(named, moved))
    assert got == pytest.approx(value(offers, assign(offers, stock)), abs=2 * WITHIN)


@settings(max_examples=60, deadline=None)
@given(raids())
def test_one_object_is_stopped_as_the_formula_says(raid):
    """The short form for one object equals attrition's."""
    offers = made(raid[0])
    for obj in np.unique(offers.obj):
        chosen = tuple(int(n) for n in np.flatnonzero(offers.obj == obj))
        assert stopped_by(offers, chosen) == pytest.approx(value(offers, chosen), abs=FLOATING)


def test_what_is_kept_stays():
    """An offer that was accepted is in the answer, though another would be better; too much kept is refused in a line."""
    rows = [(0, 0, 2, 0.2), (1, 0, 2, 0.9), (1, 1, 2, 0.9)]
    chosen = assign(made(rows), np.array([2, 2, 0], np.int32), most=1, kept=(0,))
    assert chosen == (0, 2)
    with pytest.raises(ModelError, match=r"assignment: .* keep no more offers than the stock allows"):
        assign(made(rows), np.array([1, 2, 0], np.int32), kept=(0,))


def test_scarce_stock_is_spread_where_it_stops_most():
    """Four interceptors, three objects: each is answered, as a second shot adds less than a first."""
    rows = [(0, obj, uses, 0.5) for obj in range(3) for uses in (1, 2)]
    chosen = assign(made(rows), np.array([4, 0, 0], np.int32))
    assert sorted(made(rows).uses[list(chosen)]) == [1, 1, 2]
    assert assign(made(rows), np.zeros(3, np.int32)) == ()
