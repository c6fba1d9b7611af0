"""Gates by the tree against every pair looked at; bad numbers; and memory with 10^5 false detections."""

import math
import subprocess
import sys

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from entente.estimate.assign import assign_listed
from entente.estimate.gate import LEAF, gate_many, plant

pytestmark = pytest.mark.kernel

EDGE = 16.0
SIGMA = np.array([200.0, 3e-3, 3e-3])  # m, rad, rad
MEGABYTES = 60  # that 10^5 detections and 1,000 tracks may add; a table of all pairs would be 800
EDGE_ROUNDING = 1e-9  # of a squared distance, by Cholesky and by an inverse; pairs this near the edge may go either way


def scan(seed, tracks, false, spread):
    """Tracks, what they predict, and detections of them and of nothing."""
    draws = np.random.default_rng(seed)
    volume = np.array([2e4, 2 * math.pi, 0.2])
    z_pred, S = draws.random((tracks, 3)) * volume, np.empty((tracks, 3, 3))
    for i in range(tracks):
        root = np.eye(3) + 0.3 * draws.normal(size=(3, 3))
        S[i] = root @ root.T * np.outer(spread * SIGMA, spread * SIGMA)
    seen = [z_pred[i] + np.linalg.cholesky(S[i]) @ draws.normal(size=3) for i in range(tracks)]
    return np.concatenate([np.reshape(seen, (tracks, 3)), draws.random((false, 3)) * volume]), z_pred, S


def gated(z, z_pred, S, circle, most, edge=EDGE):
    """`gate_many` with its arrays made."""
    n = len(z_pred)
    column, d2 = np.full((n, most), 7, np.int32), np.full((n, most), 7.0)
    count, dropped = np.full(n, 7, np.int32), np.full(n, 7, np.int32)
    return gate_many(z, z_pred, S, edge, circle, column, d2, count, dropped), column, d2, count, dropped


def squares(z, z_pred, S, circle):
    """Normalised innovations squared of all pairs, (n, m)."""
    apart = z[None] - z_pred[:, None]
    if circle >= 0:
        apart[:, :, circle] = (apart[:, :, circle] + math.pi) % (2 * math.pi) - math.pi
    return np.einsum("nmi,nij,nmj->nm", apart, np.linalg.inv(S).reshape(-1, 3, 3), apart)


@given(st.integers(0, 2**32 - 1), st.integers(0, 6), st.integers(0, 150), st.sampled_from([1.0, 20.0, 400.0]))
def test_the_gate_holds_what_every_pair_looked_at_gives(seed, tracks, false, spread):
    z, z_pred, S = scan(seed, tracks, false, spread)
    for circle in (-1, 1):
        status, column, d2, count, dropped = gated(z, z_pred, S, circle, len(z) + 1)
        assert status == 0
        all_pairs = squares(z, z_pred, S, circle)
        assert (dropped == 0).all()
        for i in range(tracks):
            found = column[i, : count[i]]
            surely = np.flatnonzero(all_pairs[i] < EDGE * (1 - EDGE_ROUNDING))
            perhaps = np.flatnonzero(all_pairs[i] < EDGE * (1 + EDGE_ROUNDING))
            assert set(surely) <= set(found) <= set(perhaps)
            np.testing.assert_allclose(d2[i, : count[i]], all_pairs[i, found], rtol=1e-7, atol=1e-9)
            assert (np.diff(d2[i, : count[i]]) >= 0).all()
            assert (column[i, count[i] :] == -1).all()
            assert (d2[i, count[i] :] == math.inf).all()


def test_across_north_nothing_is_lost():
    """Detections on both sides of north, one given two turns off; none with an azimuth that is no angle."""
    z = np.array([[0.0, 0.001, 0.0], [0.0, 2 * math.pi - 0.001, 0.0], [0.0, 4 * math.pi + 0.002, 0.0], [0.0, 0.5, 0.0]])
    S = np.diag(SIGMA**2)[None]
    for north in (0.0, 2 * math.pi - 1e-4, 6 * math.pi, -1e-4):
        _, column, _, count, _ = gated(z, np.array([[0.0, north, 0.0]]), S, 1, 5)
        assert set(column[0, : count[0]]) == {0, 1, 2}
    _, column, _, count, _ = gated(z, np.array([[0.0, 0.0, 0.0]]), S, -1, 5)
    assert set(column[0, : count[0]]) == {0}


def test_only_the_nearest_are_kept_and_the_rest_counted():
    z, z_pred, S = scan(5, 4, 400, 60.0)
    _, column, d2, count, _ = gated(z, z_pred, S, 1, 500)
    assert count.min() > 10
    _, few, few_d2, few_count, dropped = gated(z, z_pred, S, 1, 6)
    assert (few == column[:, :6]).all()
    assert (few_d2 == d2[:, :6]).all()
    assert (few_count == 6).all()
    assert (few_count + dropped == count).all()


def test_as_many_as_there_are_tracks_are_enough_for_the_best_assignment():
    z, z_pred, S = scan(6, 5, 300, 60.0)
    costs = {}
    for most in (5, 400):
        _, column, d2, count, _ = gated(z, z_pred, S, 1, most)
        rows, alone = np.empty(5, np.int32), np.full(5, EDGE)
        assert assign_listed(column, d2, count, len(z), alone, rows) == 0
        costs[most] = sum(d2[i, list(column[i]).index(j)] if j >= 0 else EDGE for i, j in enumerate(rows))
    wide = np.full((5, len(z) + 5), EDGE)
    wide[:, : len(z)] = np.minimum(squares(z, z_pred, S, 1), 1e9)
    assert costs[5] == pytest.approx(costs[400])
    assert costs[5] == pytest.approx(wide[linear_sum_assignment(wide)].sum())


@pytest.mark.parametrize("points", [0, 1, LEAF, LEAF + 1, 500])
@pytest.mark.parametrize("kind", ["drawn", "same", "few values"])
def test_the_tree_divides_as_it_says(points, kind):
    draws = np.random.default_rng(points)
    given_ = draws.normal(size=(points, 2)) if kind == "drawn" else np.zeros((points, 2))
    if kind == "few values":
        given_ = draws.integers(0, 3, size=(points, 2)).astype(float)
    point, number = given_.copy(), np.arange(points, dtype=np.int32)
    axis, cut = np.empty(points, np.int32), np.empty(points)
    plant(point, np.ones(2), number, axis, cut)
    assert sorted(number) == list(range(points))
    assert (point == given_[number]).all()
    todo = [(0, points)]
    while todo:
        begin, end = todo.pop()
        if end - begin > LEAF:
            middle = (begin + end) // 2
            assert (point[begin:middle, axis[middle]] <= cut[middle]).all()
            assert (point[middle:end, axis[middle]] >= cut[middle]).all()
            todo += [(begin, middle), (middle, end)]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_detection_that_is_none_is_in_nobodys_gate(bad):
    z, z_pred, S = scan(7, 3, 0, 1.0)
    for component in range(3):
        spoilt = z.copy()
        spoilt[1, component] = bad
        status, column, _, count, dropped = gated(spoilt, z_pred, S, 1, 4)
        assert status == 0
        assert 1 not in column
        assert count[0] >= 1
        assert (dropped == 0).all()


def test_a_track_without_a_covariance_or_a_place_is_left_out_and_marked():
    z, z_pred, S = scan(8, 4, 50, 1.0)
    whole = gated(z, z_pred, S, 1, 4)
    S, z_pred = S.copy(), z_pred.copy()
    S[0], S[1, 1, 1], z_pred[2, 0] = -np.eye(3), math.nan, math.inf
    status, column, _, count, dropped = gated(z, z_pred, S, 1, 4)
    assert status == 4
    assert list(dropped) == [-1, -1, -1, 0]
    assert list(count[:3]) == [0, 0, 0]
    assert (column[:3] == -1).all()
    assert (column[3] == whole[1][3]).all()
    S[3, 0, 0] = math.inf
    assert gated(z, z_pred, S, 1, 4)[4][3] == -1


@pytest.mark.parametrize(("edge", "circle"), [(0.0, 1), (math.nan, 1), (math.inf, 1), (EDGE, 3), (EDGE, -2)])
def test_gates_that_are_none_are_refused(edge, circle):
    assert gated(*scan(9, 2, 2, 1.0), circle, 4, edge)[0] == 4


def test_the_same_detection_twice_is_in_the_gate_twice():
    z, z_pred, S = scan(10, 1, 0, 1.0)
    _, column, d2, count, _ = gated(np.repeat(z, 200, axis=0), z_pred, S, 1, 300)
    assert count[0] == 200
    assert sorted(column[0, :200]) == list(range(200))
    assert (d2[0, :200] == d2[0, 0]).all()


FLOOD = """
import resource, sys
import numpy as np
from entente.estimate.assign import assign_listed
from entente.estimate.gate import gate_many
n, m, k = 1000, int(sys.argv[1]), 32
def run(m):
    draws = np.random.default_rng(1)
    z_pred = draws.random((n, 3)) * np.array([4e6, 6.28, 1.2])
    z = np.concatenate([z_pred, draws.random((m, 3)) * np.array([4e6, 6.28, 1.2])])
    S = np.repeat(np.diag(np.array([200.0, 3e-3, 3e-3]) ** 2)[None], n, axis=0)
    column, d2 = np.empty((n, k), np.int32), np.empty((n, k))
    count, dropped, rows = np.empty(n, np.int32), np.empty(n, np.int32), np.empty(n, np.int32)
    assert gate_many(z, z_pred, S, 16.0, 1, column, d2, count, dropped) == 0
    assert assign_listed(column, d2, count, len(z), np.full(n, 16.0), rows) == 0
    return (rows == np.arange(n)).mean()
run(10)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
right = run(m)
print(right, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.skipif(
    bool(numba.config.DISABLE_JIT), reason="minutes in plain Python; shows no branch that others do not"
)
def test_a_flood_of_false_detections_takes_no_table():
    """10^5 false detections beside 1,000 tracks that sit on their own: the right ones win, in little memory."""
    done = subprocess.run([sys.executable, "-c", FLOOD, "100000"], capture_output=True, text=True, check=True)
    right, megabytes = map(float, done.stdout.split())
    assert right == 1.0
    assert megabytes < MEGABYTES
