"""Which of many points lie near a place: a k-d tree in which each point has a radius of its own.

For neighbourhoods that are no ellipsoids yet: detections near a track, tracks near one another, the partner's tracks near
one's own. What a search finds is few and nearest first; where it finds more than fits, it narrows itself, so that 10^5
points at one place cost no more than a full list.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.gate import DEPTH, LEAF, plant

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Tree(NamedTuple):
    """Points in the order of the tree, see `gate.plant`, and what a search writes on."""

    point: Floats  # (n, 3)
    radius: Floats  # (n,) of each point
    number: Ints  # (n,) by which its owner knows it
    axis: Ints  # (n,)
    cut: Floats  # (n,)
    widest: Floats  # (n,) at the middle of a range: the largest radius in it
    size: Longs  # (1,) how many points there are now
    todo: Longs  # (DEPTH, 2) ranges still to be looked at
    gap: Floats  # (DEPTH,) how far off they are at least


@kernel
def empty_tree(room: int) -> Tree:
    """A tree without points, with room for so many."""
    return Tree(
        np.empty((room, 3)),
        np.empty(room),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room),
        np.empty(room),
        np.zeros(1, np.int64),
        np.empty((DEPTH, 2), np.int64),
        np.empty(DEPTH),
    )


@kernel
def add_point(tree: Tree, number: int, place: Floats, radius: float) -> None:
    """Put one more point into a tree that is not grown yet; one that is nowhere is left out."""
    n = tree.size[0]
    if not abs(place[0] + place[1] + place[2] + radius) < math.inf:
        return
    for a in range(3):
        tree.point[n, a] = place[a]
    tree.radius[n], tree.number[n] = radius, number
    tree.size[0] = n + 1


@kernel
def grow(tree: Tree) -> None:
    """Order the points that were put in, so that `find_near` finds them.

    Valid: finite places, radii not negative. Time n log n.
    Source: `gate.plant`; radii as in ball trees (Omohundro, Five balltree construction algorithms, 1989).
    """
    n = tree.size[0]
    if n <= LEAF:
        return
    radius = np.empty(n)
    place = np.empty(n, np.int32)
    for k in range(n):
        radius[k], place[k] = tree.radius[k], k
    number = tree.number[:n].copy()
    plant(tree.point[:n], np.ones(3), place, tree.axis, tree.cut)
    for k in range(n):
        tree.radius[k], tree.number[k], tree.widest[k] = radius[place[k]], number[place[k]], 0.0
    for k in range(n):
        begin, end = 0, n
        while end - begin > LEAF:
            middle = (begin + end) // 2
            tree.widest[middle] = max(tree.widest[middle], tree.radius[k])
            if k < middle:
                end = middle
            else:
                begin = middle
        middle = (begin + end) // 2
        tree.widest[middle] = max(tree.widest[middle], tree.radius[k])


@kernel
def find_near(tree: Tree, place: Floats, reach: float, number_out: Ints, apart2_out: Floats) -> int:
    """The points no farther from a place than `reach` and their own radius together, nearest first, as many as fit.

    Args:
        place: (3,), finite; reach: not negative.
        number_out: their numbers, (k,); apart2_out: their squared distances, (k,).
    Returns:
        how many there are, at most k; k + 1 where some were or may have been left out.
    Valid: time log n + what is near, whatever the radii, if few are large.
    Source: Friedman, Bentley & Finkel, An algorithm for finding best matches in logarithmic expected time, ACM Trans.
        Mathematical Software 3 (1977) 209-226.
    """
    most, found, left = number_out.shape[0], 0, 1
    tree.todo[0, 0], tree.todo[0, 1], tree.gap[0] = 0, tree.size[0], 0.0
    nearest = math.inf  # beyond which a full list takes nothing
    while left > 0:
        left -= 1
        begin, end, gap = tree.todo[left, 0], tree.todo[left, 1], tree.gap[left]
        middle = (begin + end) // 2
        if gap > 0.0 and gap > reach + tree.widest[middle]:
            continue
        if gap > nearest:
            found = max(found, most + 1)
            continue
        if end - begin > LEAF:
            beyond = place[tree.axis[middle]] - tree.cut[middle]
            # The far half first onto the pile, so that the near one is looked at first.
            low = 1 if beyond >= 0.0 else 0
            tree.todo[left + low, 0], tree.todo[left + low, 1] = middle, end
            tree.todo[left + 1 - low, 0], tree.todo[left + 1 - low, 1] = begin, middle
            tree.gap[left], tree.gap[left + 1] = max(gap, abs(beyond)), gap
            left += 2
            continue
        for k in range(begin, end):
            x, y, z = tree.point[k, 0] - place[0], tree.point[k, 1] - place[1], tree.point[k, 2] - place[2]
            apart2, within = x * x + y * y + z * z, reach + tree.radius[k]
            if apart2 <= within * within:
                _keep(tree.number[k], apart2, number_out, apart2_out, min(found, most))
                found += 1
                if found >= most > 0:
                    nearest = math.sqrt(apart2_out[most - 1])
    return min(found, most + 1)


@kernel
def _keep(number: int, apart2: float, number_out: Ints, apart2_out: Floats, kept: int) -> None:
    """Put a point into its place among the nearest; the farthest falls out where the list is full."""
    k, most = kept, number_out.shape[0]
    while k > 0 and apart2_out[k - 1] > apart2:
        k -= 1
        if k + 1 < most:
            number_out[k + 1], apart2_out[k + 1] = number_out[k], apart2_out[k]
    if k < most:
        number_out[k], apart2_out[k] = number, apart2
