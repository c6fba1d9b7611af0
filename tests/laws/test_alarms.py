"""Laws of the fault tree, and of what shared warning changes in it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.questions.alarms import NO_FORECAST, PUBLISHED, chance, drawn_leaves
from entente.scenario.clocks import Chance
from entente.strategy.faults import FALSE_ALARMS, ONE_SIDE, OPEN, Gate, in_a_year, through

FLOATING = 1e-12
DRAWS = 200
chances = st.floats(0.0, 1.0)


def counted_out(gate: Gate, chance_of: dict[str, float]) -> float:
    """The chance that a gate of independent leaves is open, over all worlds in which each happens or not."""

    def happens(one: Gate | str, world: dict[str, bool]) -> bool:
        if isinstance(one, str):
            return world[one]
        return (all if one.kind == "and" else any)(happens(part, world) for part in one.of)

    names, total = gate.leaves(), 0.0
    for truth in product((False, True), repeat=len(names)):
        world = dict(zip(names, truth, strict=True))
        weight = np.prod([chance_of[name] if world[name] else 1.0 - chance_of[name] for name in names])
        total += float(weight) * happens(gate, world)
    return total


@given(st.lists(chances, min_size=5, max_size=5))
def test_gates_of_independent_leaves_are_counted_out(values):
    gate = Gate("or", (Gate("and", ("a", "b")), Gate("and", ("c", Gate("or", ("d", "e"))))))
    found = through(gate, {name: np.array([one]) for name, one in zip("abcde", values, strict=True)})
    assert found[0] == pytest.approx(counted_out(gate, dict(zip("abcde", values, strict=True))), abs=FLOATING)


@given(chances, chances)
def test_a_crisis_and_a_calm_exclude_each_other_and_their_chances_add(crisis, order):
    """The law of total probability: the same chance of an order in both is that chance."""
    values = {"alarms": 1.0, "unsettled": 1.0, "disbelieved": 0.0, "under_attack": 1.0, "crisis": crisis}
    values |= {"calm": 1.0 - crisis, "order_in_crisis": order, "order_in_calm": order}
    assert through(ONE_SIDE, {k: np.array([v]) for k, v in values.items()})[0] == pytest.approx(order, abs=FLOATING)


def test_rates_add_and_become_chances():
    values = {"ambiguous": np.array([100.0]), "passed_up": np.array([0.01]), "misread": np.array([0.5])}
    assert through(FALSE_ALARMS, values)[0] == pytest.approx(1.5)
    np.testing.assert_allclose(in_a_year(np.array([0.0, 1e-9, 1.5])), [0.0, 1e-9, 1.0 - np.exp(-1.5)], rtol=1e-9)
    once = np.random.default_rng(1).poisson(1.5, 200_000)
    assert in_a_year(np.array([1.5]))[0] == pytest.approx((once > 0).mean(), abs=4e-3)  # four standard errors


def test_a_leaf_occurs_once_and_has_a_value():
    with pytest.raises(en.ModelError, match="occur twice: a; without a value: b"):
        through(Gate("or", ("a", Gate("and", ("a", "b")))), {"a": np.ones(1)})


@pytest.fixture(scope="module")
def leaves():
    return drawn_leaves(DRAWS)


@pytest.mark.parametrize("name", ["ambiguous", "passed_up", "misread", "unsettled", "disbelieved", "under_attack"])
def test_more_of_anything_bad_is_worse(leaves, name):
    more = leaves | {f"{side}.{name}": np.minimum(1e3, 1.5 * leaves[f"{side}.{name}"]) for side in "ab"}
    for sharing in (False, True):
        assert (chance(more, sharing) > chance(leaves, sharing)).all()


def test_partners_who_tell_nothing_new_and_pass_on_nothing_change_nothing(leaves):
    ones, none = np.ones(DRAWS), np.zeros(DRAWS)
    idle = leaves | {"told": none, "contradicted": ones, "passed_on": none}
    assert (chance(idle, True) == chance(idle, False)).all()
    assert (chance(idle | {"contradicted": 0.5 * ones}, True) < chance(idle, False)).all()
    assert (chance(idle | {"passed_on": 0.5 * ones}, True) > chance(idle, False)).all()


def test_it_is_a_range_of_orders_of_magnitude_and_no_forecast():
    found = en.inadvertence()
    assert found.orders > 2.0
    assert 0.0 < found.rises < 0.5
    assert np.median(found.factor) < 1.0
    low, _, high = np.percentile(found.alone, (5, 50, 95))
    assert low < PUBLISHED[2]
    assert high > PUBLISHED[0]  # the ranges overlap; nothing was fitted
    assert NO_FORECAST in str(found)
    assert found.to_dict()["rises"] == found.rises
    assert (en.inadvertence(50).alone == found.alone[:50]).all()
    with pytest.raises(en.ModelError, match=r"inadvertence: draws: 0\.5 is outside"):
        en.inadvertence(0.5)


def test_the_tree_names_the_leaves_of_the_catalogue(leaves):
    used = {*FALSE_ALARMS.leaves(), *OPEN.leaves(), *ONE_SIDE.leaves()} - {"alarms", "calm"}
    assert used == {row.id for row in en.catalogue("chances") if not row.shared}
    row = {"id": "x", "title": "x", "value": 2, "source": ["invented: x"], "basis": "invented", "confidence": "low"}
    with pytest.raises(ValueError, match="more than 1"):
        Chance.model_validate(row | {"unit": "probability"})
    assert Chance.model_validate(row | {"unit": "a year"}).value.high == 2
