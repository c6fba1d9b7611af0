"""Which of one side's tracks is which of another's at a moment: neighbours, the gate, the least total distance."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.assign import assign_listed
from entente.estimate.near import Tree, add_point, empty_tree, find_near, grow

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]

SAME_BODY = 27.86  # chi-square with 6 degrees of freedom, 0.9999: two estimates of one body lie closer than this
ROUNDED_UP = 1.0 + 1e-9  # a search finds no less than the test that follows
LISTED = 16  # tracks of the other side that one track may be, the nearest; with fewer about nothing is lost


class Pairs(NamedTuple):
    """A side's tracks, each with those of the other side that it may be, and room to find them."""

    tree: Tree  # of the other side's
    size: Ints  # (A,)
    column: Ints  # (A, LISTED)
    cost: Floats  # (A, LISTED)
    alone: Floats  # (A,)
    near: Ints  # (LISTED,)
    apart2: Floats  # (LISTED,)


@kernel
def empty_pairs(a_count: int, b_count: int) -> Pairs:
    """Room for the tracks of both sides."""
    return Pairs(
        empty_tree(b_count),
        np.empty(a_count, np.int32),
        np.empty((a_count, LISTED), np.int32),
        np.empty((a_count, LISTED)),
        np.full(a_count, SAME_BODY),
        np.empty(LISTED, np.int32),
        np.empty(LISTED),
    )


@kernel
def distance2(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, edge: float = math.inf) -> float:
    """Squared Mahalanobis distance of two estimates (6,) under the sum of their covariances; inf where that is singular.

    Beyond `edge` the answer is inf too, and comes sooner: what is already too far by the first components needs no others.
    """
    lower, white = np.empty((6, 6)), np.empty(6)
    total = 0.0
    for i in range(6):
        for j in range(i + 1):
            s = Pa[i, j] + Pb[i, j]
            for k in range(j):
                s -= lower[i, k] * lower[j, k]
            if j < i:
                lower[i, j] = s / lower[j, j]
            elif s > 0.0:
                lower[i, i] = math.sqrt(s)
            else:
                return math.inf
        s = xa[i] - xb[i]
        for k in range(i):
            s -= lower[i, k] * white[k]
        white[i] = s / lower[i, i]
        total += white[i] * white[i]
        if total > edge:
            return math.inf
    return total


@kernel
def are_distinct(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats) -> bool:
    """Whether two estimates lie outside the gate SAME_BODY by one component alone, whose share never exceeds the whole."""
    for i in range(6):
        if (xa[i] - xb[i]) ** 2 > SAME_BODY * (Pa[i, i] + Pb[i, i]):
            return True
    return False


@kernel
def place_tracks(tree: Tree, held: Bools, x: Floats, P: Floats, g: int) -> None:
    """Put the tracks held at moment g into a tree: held (K,), x (K, G, 6), P (K, G, 6, 6)."""
    tree.size[0] = 0
    for k in range(held.shape[0]):
        if held[k]:
            add_point(tree, k, x[k, g], _radius(P[k, g]))
    grow(tree)


@kernel
def _radius(P: Floats) -> float:
    """How far from where a track is believed to be its part of the gate ends [m]."""
    return math.sqrt(SAME_BODY * max(P[0, 0] + P[1, 1] + P[2, 2], 0.0))


@kernel
def pair_tracks(pairs: Pairs, held: Bools, xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, g: int, row: Ints) -> int:
    """Give each of A's tracks one of B's, or none, at moment g; see `belief.associate_many`.

    Args:
        pairs: its tree holds B's tracks.
        held: (A,); xa (A, G, 6), Pa (A, G, 6, 6) and the same for B.
        row: (A,), number of B's track or -1, written.
    Returns:
        how many pairs lie inside the gate.
    Source: Bar-Shalom, Willett & Tian, Tracking and Data Fusion (2011), section 9.5; own: no two estimates inside the
        gate are farther apart than the roots of SAME_BODY times the traces of both.
    """
    inside = 0
    for a in range(held.shape[0]):
        pairs.size[a], row[a] = 0, -1
        if not held[a] or pairs.tree.size[0] == 0:
            continue
        found = find_near(pairs.tree, xa[a, g], ROUNDED_UP * _radius(Pa[a, g]), pairs.near, pairs.apart2)
        for k in range(min(found, LISTED)):
            b = pairs.near[k]
            if are_distinct(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g]):
                continue
            d2 = distance2(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g], SAME_BODY)
            if d2 < SAME_BODY:
                pairs.column[a, pairs.size[a]], pairs.cost[a, pairs.size[a]] = b, d2
                pairs.size[a] += 1
        inside += pairs.size[a]
    if inside > 0:
        assign_listed(pairs.column, pairs.cost, pairs.size, xb.shape[0], pairs.alone, row)
    return inside


@kernel
def cost_of(pairs: Pairs, a: int, b: int) -> float:
    """What the pair of A's track a with B's track b costs; nan where it is not listed."""
    for e in range(pairs.size[a]):
        if pairs.column[a, e] == b:
            return pairs.cost[a, e]
    return math.nan
