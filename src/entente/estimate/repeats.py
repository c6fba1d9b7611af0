"""Which tracks stand for one body: found among neighbours, and only where one of both was just seen."""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.bank import Bank, Track, carry
from entente.estimate.modes import drift
from entente.estimate.near import Tree, add_point, find_near, grow

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

SPREADS = 10.0  # times the variance of place within which two tracks may be one
CLOSE = 1_000.0  # m  added to that
SLACK = 1.1  # by which a search is wider than the test that follows, since a track moves slightly when it is predicted


@kernel
def is_repeat(xa: Floats, Pa: Floats, xb: Floats, Pb: Floats) -> bool:
    """Whether two tracks stand for one body: every component within three standard deviations."""
    for i in range(6):
        if abs(xa[i] - xb[i]) > 3.0 * math.sqrt(Pa[i, i] + Pb[i, i]):
            return False
    return True


@kernel
def spread_of(P: Floats, dt: float, q: float) -> float:
    """Variance of place [m^2] that a covariance (6, 6) of age `dt` [s] stands for, all three components together."""
    spread = q * dt**3
    for i in range(3):
        spread += P[i, i] + dt * (2.0 * P[i, i + 3] + dt * P[i + 3, i + 3])
    return spread


@kernel
def are_apart(xa: Floats, Pa: Floats, dta: float, xb: Floats, Pb: Floats, dtb: float, q: float) -> bool:
    """Whether two tracks of age `dta` and `dtb` [s] surely are no repeats of one another, by their positions alone."""
    here, there = np.empty(3), np.empty(3)
    drift(xa, dta, here)
    drift(xb, dtb, there)
    apart = 0.0
    for i in range(3):
        apart += (here[i] - there[i]) ** 2
    return apart > SPREADS * (spread_of(Pa, dta, q) + spread_of(Pb, dtb, q)) + CLOSE**2


@kernel
def is_older(old: Track, young: Track) -> bool:
    """Whether a track is confirmed and goes before another: which is tentative, or younger."""
    return old["alive"] and old["confirmed"] and (not young["confirmed"] or old["number"] < young["number"])


@kernel
def drop_repeats(
    bank: Bank,
    now: float,
    known: float,
    q: Floats,
    stay: Floats,
    tree: Tree,
    near: Ints,
    apart2: Floats,
    out_end: Floats,
) -> None:
    """Drop every track that repeats an older one, where either was hit at `now` [s].

    Args:
        bank: the slots in use.
        tree: room for all tracks; near, apart2: (L,) room for neighbours, of which the nearest L are looked at.
        out_end: see `follow.follow_scans`.
    Source: own; neighbours as `near.find_near`.
    """
    seen = _place_tracks(bank, now, q[0], tree)
    if seen == 0:
        return
    pairs = np.empty(near.shape[0] * seen, np.int64)
    found = _pair_up(bank, now, q[0], tree, near, apart2, pairs)
    if found > 1:
        pairs[:found].sort()
    for k in range(found):
        young, old = bank[pairs[k] // bank.shape[0]], bank[pairs[k] % bank.shape[0]]
        if young["alive"] and is_older(old, young) and _are_one(young, old, now, q, stay):
            young["alive"] = False
            out_end[young["number"]] = known


@kernel
def _place_tracks(bank: Bank, now: float, q: float, tree: Tree) -> int:
    """Put tracks that may be, or have, repeats into the tree; how many were just seen, 0 where nobody has repeats."""
    seen, sure = 0, 0
    tree.size[0] = 0
    for i in range(bank.shape[0]):
        track = bank[i]
        # One with a single look is neither old enough to be repeated nor known well enough to repeat.
        if track["alive"] and track["chances"] >= 2:
            seen += 1 if track["changed"] >= 0 else 0
            sure += 1 if track["confirmed"] else 0
            add_point(tree, i, track["place"], _radius(track, now, q))
    if sure == 0 or tree.size[0] < 2 or seen == 0:
        return 0
    grow(tree)
    return seen


@kernel
def _radius(track: Track, now: float, q: float) -> float:
    """How far from its place a track is looked for [m]."""
    return SLACK * math.sqrt(SPREADS * spread_of(track["cov"], now - track["t"], q))


@kernel
def _pair_up(bank: Bank, now: float, q: float, tree: Tree, near: Ints, apart2: Floats, pairs: Longs) -> int:
    """List the pairs of neighbours of whom one was just seen, each as a number that puts young before old."""
    found = 0
    for c in range(bank.shape[0]):
        seen = bank[c]
        if not seen["alive"] or seen["chances"] < 2 or seen["changed"] < 0:
            continue
        count = find_near(tree, seen["place"], _radius(seen, now, q) + SLACK * CLOSE, near, apart2)
        for k in range(min(count, near.shape[0])):
            i = near[k]
            other = bank[i]
            if i == c or (other["changed"] >= 0 and i < c):
                continue
            if is_older(other, seen):
                pairs[found] = c * bank.shape[0] + i
                found += 1
            elif is_older(seen, other):
                pairs[found] = i * bank.shape[0] + c
                found += 1
    return found


@kernel
def _are_one(a: Track, b: Track, now: float, q: Floats, stay: Floats) -> bool:
    """Whether two tracks are repeats, both predicted to `now` where that has to be looked at closely."""
    if are_apart(a["mean"], a["cov"], now - a["t"], b["mean"], b["cov"], now - b["t"], q[0]):
        return False
    for track in (a, b):
        if track["t"] < now:
            carry(track, now, q, stay)
    return is_repeat(a["mean"], a["cov"], b["mean"], b["cov"])
