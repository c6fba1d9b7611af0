"""What of a scan a tracker can use: the border where bad input is refused, and counted by its reason."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.modes import line_of_sight
from entente.estimate.near import Tree, add_point, grow

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

# Reasons for which something is refused or given up, as positions in a row of counts.
NO_TIME, LATE_SCAN, REPEATED_SCAN, NOT_FINITE, ABSURD, REPEATED = 0, 1, 2, 3, 4, 5
NO_ROOM, GAVE_WAY, BROKEN, CROWDED, REORDERED = 6, 7, 8, 9, 10
REASONS = (
    "scans without a time, or known before they were made",
    "scans older than one before",
    "scans that came twice",
    "detections that are no numbers",
    "detections that no sensor could make",
    "detections that came twice in one scan",
    "detections without room for a track",
    "tentative tracks that gave way to new ones",
    "tracks whose covariance was none any more",
    "looks at a track with more detections near it than are weighed",
    "scans put into the order of time",
)
REFUSED = slice(NO_TIME, NO_ROOM)  # those that did not pass the border

FARTHEST = 10.0  # times its reach: an echo from there would need a body 10^4 times as large as the reference target
TURNS = 100.0  # rad  beyond which an azimuth is no direction but a mistake; noise near the zenith makes some turns
BROADEST = 10.0  # rad  of a stated error; near the zenith some radians are usual

# A usable detection: its row in all, its line of sight, whether a track has it.
SEEN = np.dtype([("line", np.float64, (3,)), ("row", np.int32), ("taken", np.bool_)], align=True)


class Scan(NamedTuple):
    """One look of one sensor, what of it can be used, and room to work in."""

    t: float  # when it was made [s]
    known: float  # when the nation had it [s]
    infrared: bool
    site: Floats  # (3,), axes (3, 3), faces (F, 6), limits (4,): see `follow.expected`
    axes: Floats
    faces: Floats
    limits: Floats
    edge: float  # of the gate, normalised innovation squared
    z: Floats  # (D, 3), sigma (D, 3): detections of all scans
    sigma: Floats
    seen: NDArray[np.void]  # (M,) SEEN: its usable ones
    noise: Floats  # (2,) largest variance of range [m^2] and of an angle [rad^2]
    tree: Tree  # of places, for a satellite of lines of sight
    near: Ints  # (L,), apart2 (L,): what a search finds
    apart2: Floats
    variance: Floats  # (2,) or (3,) of the detection in hand


@kernel
def is_timely(t: float, known: float, sensor: int, now: float, last: Floats, counts: Longs) -> bool:
    """Whether a scan may be followed: it has a time, none before the latest, and its sensor made none at that time.

    Args:
        t, known: when it was made and known [s]; now: time of the latest scan; last: of each sensor's latest, (S,), written.
        counts: (REASONS,), added to.
    """
    if not (abs(t) < math.inf and t <= known < math.inf):
        counts[NO_TIME] += 1
        return False
    if t == last[sensor]:
        counts[REPEATED_SCAN] += 1
        return False
    if t < now:
        counts[LATE_SCAN] += 1
        return False
    last[sensor] = t
    return True


@kernel
def refusal(z: Floats, sigma: Floats, infrared: bool, reach: float) -> int:
    """Why nobody could use a detection: NOT_FINITE or ABSURD; -1 where it may be used.

    Args:
        z: range [m] (not used for infrared), azimuth, elevation [rad], (3,); sigma: stated errors, (3,).
        reach: of the radar [m].
    Source: own; bounds that no sensor of the catalogue comes near.
    """
    total = z[1] + z[2] + sigma[1] + sigma[2]
    if not infrared:
        total += z[0] + sigma[0]
    if not abs(total) < math.inf:
        return NOT_FINITE
    if abs(z[1]) > TURNS or abs(z[2]) > 0.5 * math.pi:
        return ABSURD
    if not (0.0 < sigma[1] < BROADEST and 0.0 < sigma[2] < BROADEST):
        return ABSURD
    if not infrared and not (0.0 < z[0] <= FARTHEST * reach and 0.0 < sigma[0] <= reach):
        return ABSURD
    return -1


@kernel
def take_scan(scan: Scan, begin: int, end: int, first: Ints, counts: Longs) -> None:
    """Sort the usable detections of a scan, rows begin to end, so that tracks find those near them.

    Args:
        scan: seen, noise and tree are written.
        first: scratch, longer than twice the longest scan, rounded up to a power of two.
        counts: (REASONS,), added to.
    """
    scan.tree.size[0], scan.noise[0], scan.noise[1] = 0, 0.0, 0.0
    room = 1
    while room < 2 * (end - begin):
        room *= 2
    for k in range(room):
        first[k] = -1
    bits = scan.z.view(np.int64)
    place = np.empty(3)
    for d in range(begin, end):
        why = refusal(scan.z[d], scan.sigma[d], scan.infrared, scan.limits[2])
        if why < 0 and _came_before(bits, d, first, room):
            why = REPEATED
        if why >= 0:
            counts[why] += 1
            continue
        b = scan.tree.size[0]
        line = scan.seen[b]["line"]
        scan.seen[b]["row"], scan.seen[b]["taken"] = d, False
        line_of_sight(scan.z[d], scan.axes, line)
        for i in range(3):
            place[i] = line[i] if scan.infrared else scan.site[i] + scan.z[d, 0] * line[i]
        add_point(scan.tree, b, place, 0.0)
        if not scan.infrared:
            scan.noise[0] = max(scan.noise[0], scan.sigma[d, 0] ** 2)
        scan.noise[1] = max(scan.noise[1], scan.sigma[d, 1] ** 2, scan.sigma[d, 2] ** 2)
    grow(scan.tree)


@kernel
def _came_before(bits: Longs, d: int, first: Ints, room: int) -> bool:
    """Whether the same three numbers, to the bit, stand in this scan already; `first` is a table of those that do."""
    mixed = bits[d, 0] ^ (bits[d, 1] >> 3) ^ (bits[d, 2] >> 7)
    mixed ^= (mixed >> 13) ^ (mixed >> 29) ^ (mixed >> 43)
    k = mixed & (room - 1)
    while first[k] >= 0:
        other = first[k]
        if bits[d, 0] == bits[other, 0] and bits[d, 1] == bits[other, 1] and bits[d, 2] == bits[other, 2]:
            return True
        k = (k + 1) & (room - 1)
    first[k] = d
    return False
