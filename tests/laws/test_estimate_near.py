"""Neighbours by the tree against every point looked at, each with a radius of its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.estimate.gate import LEAF
from entente.estimate.near import add_point, empty_tree, find_near, grow

pytestmark = pytest.mark.kernel


def planted(place, radius):
    tree = empty_tree(len(place))
    for k, (each, wide) in enumerate(zip(place, radius, strict=True)):
        add_point(tree, k, each, wide)
    grow(tree)
    return tree


def scattered(seed, count, alike):
    """Places, few of them at the very same spot if `alike`, most radii small and some large."""
    draws = np.random.default_rng(seed)
    place = draws.integers(0, 4, (count, 3)).astype(float) if alike else draws.normal(size=(count, 3))
    return place, np.where(draws.random(count) < 0.1, 3.0, 0.05) * draws.random(count), draws.normal(size=3)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 4 * LEAF),
    st.booleans(),
    st.sampled_from([0.0, 0.1, 1.0, 3.0]),
    st.integers(1, 60),
)
def test_the_nearest_within_reach_are_found_in_order(seed, count, alike, reach, room):
    place, radius, here = scattered(seed, count, alike)
    number, apart2 = np.empty(room, np.int32), np.empty(room)
    found = find_near(planted(place, radius), here, reach, number, apart2)
    all_apart2 = ((place - here) ** 2).sum(axis=1)
    inside = np.sort(all_apart2[all_apart2 <= (reach + radius) ** 2])
    kept = min(found, room)
    assert kept == min(len(inside), room)
    # Whoever is left out may be said to be when none is, never the other way round.
    assert found == kept or len(inside) >= room
    assert found > room or len(inside) <= room
    np.testing.assert_allclose(apart2[:kept], inside[:kept], rtol=0, atol=1e-12)
    np.testing.assert_allclose(all_apart2[number[:kept]], apart2[:kept], rtol=0, atol=1e-12)
    assert len(set(number[:kept])) == kept


def test_a_point_that_is_nowhere_is_in_no_tree():
    place = np.array([[0.0, np.nan, 0.0], [np.inf, 0.0, 0.0], [1.0, 1.0, 1.0]])
    tree = planted(place, np.array([0.0, 0.0, np.inf]))
    assert tree.size[0] == 0
    assert find_near(tree, np.zeros(3), 10.0, np.empty(4, np.int32), np.empty(4)) == 0
