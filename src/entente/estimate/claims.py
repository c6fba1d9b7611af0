"""Which detections of a scan each track could have made, what each claim costs, and who gets what.

1. The detections near a track are found by the scan's tree, and those that surely lie elsewhere left out (`list_near`).
2. What is left is gated and weighed; a claim that is worth less than a false alarm is dropped (`weigh_claims`).
3. Each track gets one detection or none, at the least total cost (`settle_claims`).
Source: Blackman & Popoli, Design and Analysis of Modern Tracking Systems (1999), chapter 6 (global nearest
neighbour).
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.assign import assign_listed
from entente.estimate.bank import Bank, correct
from entente.estimate.modes import (
    foresee,
    is_far_off,
    is_off_line,
    weigh_detection,
    widest_off,
)
from entente.estimate.near import find_near
from entente.estimate.scans import CROWDED, Scan

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

LISTED = 16  # detections that one track weighs in one scan, the nearest; with fewer tracks about nothing is lost
ROUNDED_UP = 1.0 + 1e-9  # a search finds no less than the test that follows


class Claims(NamedTuple):
    """Detections that tracks could have made, as places in the scan: how many, which, and what each costs."""

    size: Ints  # (R,)
    column: Ints  # (R, LISTED)
    cost: Floats  # (R, LISTED)


@kernel
def list_near(place: Floats, reach: float, scan: Scan, column: Ints, counts: Longs) -> int:
    """List the detections that are not surely elsewhere, the nearest LISTED of them; how many there are."""
    away, far2 = np.empty(3), 0.0
    for a in range(3):
        away[a] = place[a] - scan.site[a]
        far2 += away[a] ** 2
    wide = widest_off(reach, scan.noise[0] + far2 * scan.noise[1], scan.edge)
    if scan.infrared:
        # Among lines of sight: the chord of the angle under which `wide` is seen.
        far = math.sqrt(far2)
        for a in range(3):
            away[a] /= far
        share = min(1.0, wide / far)
        chord = share * math.sqrt(2.0 / (1.0 + math.sqrt(1.0 - share * share)))
        found = find_near(scan.tree, away, ROUNDED_UP * chord, scan.near, scan.apart2)
    else:
        found = find_near(scan.tree, place, ROUNDED_UP * wide, scan.near, scan.apart2)
    if found > LISTED:
        counts[CROWDED] += 1
    count = 0
    for k in range(min(found, LISTED)):
        seen = scan.seen[scan.near[k]]
        d = seen["row"]
        if not is_off_line(place, reach, seen["line"], scan.z[d], scan.sigma[d], scan.infrared, scan.site, scan.edge):
            column[count] = scan.near[k]
            count += 1
    return count


@kernel
def weigh_claims(bank: Bank, claims: Claims, scan: Scan) -> None:
    """Keep of each list what the track, more likely than a false alarm, has caused, and what that costs."""
    first, rarity = 3 - scan.variance.shape[0], math.log(scan.limits[3])
    z_pred, S = np.empty((2, 3)), np.empty((2, 3, 3))
    for i in range(bank.shape[0]):
        count, track = claims.size[i], bank[i]
        claims.size[i] = 0
        if not track["alive"] or count == 0:
            continue
        x, P, p = track["x"], track["P"], track["p"]
        # One detection alone is weighed by taking it; of many only the one that is taken is worth that.
        if count > 1 and foresee(x, P, scan.site, scan.axes, z_pred, S) != 0:
            continue
        for e in range(count):
            b = claims.column[i, e]
            d = scan.seen[b]["row"]
            if count > 1:
                nis, log_likelihood = weigh_detection(scan.z[d], scan.sigma[d], z_pred, S, p, scan.infrared)
            else:
                state_variance(scan, d)
                z = scan.z[d, first:]
                if is_far_off(x, P, z, scan.variance, scan.site, scan.axes, scan.edge):
                    continue
                nis, log_likelihood = correct(track, z, scan.variance, scan.site, scan.axes)
                track["best"] = b
            # A detection inside the gate is taken unless a false alarm there would be likelier.
            if nis <= scan.edge and rarity - log_likelihood < 0.0:
                claims.column[i, claims.size[i]] = b
                claims.cost[i, claims.size[i]] = rarity - log_likelihood
                claims.size[i] += 1


@kernel
def settle_claims(claims: Claims, top: int, size: int) -> None:
    """Give each track one detection or none, at the least total cost; left in `size`, -1 for none."""
    match = np.full(top, -1, np.int32)
    assign_listed(claims.column[:top], claims.cost[:top], claims.size[:top], size, np.zeros(top), match)
    for i in range(top):
        claims.size[i] = match[i]


@kernel
def state_variance(scan: Scan, d: int) -> None:
    """Put the variances of a detection where filters read them."""
    first = 3 - scan.variance.shape[0]
    for m in range(scan.variance.shape[0]):
        scan.variance[m] = scan.sigma[d, first + m] ** 2
