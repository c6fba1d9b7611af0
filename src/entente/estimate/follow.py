"""One nation's tracker over the scans of its sensors of one kind.

For every scan, in the order of time:
0. What nobody could use is refused and counted (`scans`); the rest is sorted by where it is.
1. Where every track would be is reckoned roughly; one near a detection is predicted to the scan, both modes (`modes`), or
   the filter that learns drag where it comes down (`descent`).
2. Detections are gated and given to tracks at the least total cost (`claims`).
3. Tracks with a detection are updated; tracks that could have been seen and were not count a miss.
4. A track is confirmed by M hits in N chances; dropped on reaching the ground, a young one (or a plume) also by misses
   or silence.
5. Detections that nobody took begin new tracks; a track that repeats an older one is dropped (`repeats`).
6. What changed is noted: at most one row a detection.

A track costs a scan 0.3 us where nothing is near it; a scan of m detections and n tracks costs (n + m) log(n + m) where
bodies are no denser the more they are (`bench/chain.py`).
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.associate import gate
from entente.estimate.bank import (
    Bank,
    begin_track,
    carry,
    correct,
    empty_bank,
    is_below,
    is_sound,
    longest_unseen,
    note_state,
    settle,
)
from entente.estimate.claims import LISTED, Claims, list_near, settle_claims, state_variance, weigh_claims
from entente.estimate.initiate import from_angles, from_radar
from entente.estimate.modes import drift, reach_of_modes
from entente.estimate.near import empty_tree
from entente.estimate.repeats import drop_repeats
from entente.estimate.scans import BROKEN, GAVE_WAY, NO_ROOM, SEEN, Scan, is_timely, take_scan
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.signals import off_boresight, scan_reach

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

CONFIRM_HITS, CONFIRM_CHANCES = 3, 5  # M of N
GATE = 0.9999  # chance that a true detection lies inside the gate
SPEED_SIGMA = 3_000.0  # m/s  of a new radar track's velocity, each component
RISE, RISE_SIGMA = 800.0, 1_200.0  # m/s  upward speed of a newly seen plume and its uncertainty
PLUME_HEIGHT, PLUME_SIGMA = 8_000.0, 6_000.0  # m  height at which a plume is first seen: by flights of the catalogue
# s  mean stay in each mode. A burnt-out body hardly ever burns again: at 1e7 s the noise of boost leaked into coasts that no
# radar saw for minutes, and made impact areas a hundred times too large. A plume that seems to coast burns all the same.
MEAN_BOOST, MEAN_COAST, MEAN_COAST_OF_PLUME = 100.0, 1e11, 1e7
REACH_MARGIN = 1.3  # beyond this multiple of its reach a radar is not expected to see
MISSES = 5  # in a row, after which a track is dropped
UNTOUCHED = 30.0  # s  after which a track is predicted although nothing was seen near it; `drift` is 50 m off by then
SILENCE = 60.0  # s  without a detection, after which a track is dropped
LONGEST = (
    10_000.0  # s  after which nothing is carried on any more: every body is down, and a time so far ahead is a mistake
)
ESTABLISHED = 6  # hits after which a radar track is carried on unseen until it comes down

# m^2/s^3  unknown acceleration: about 70 m/s^2 between looks 5 s apart in boost (the best that white noise makes of an
# acceleration that is steady; mean NEES 4.5 in boost, design 6); slight in free fall
Q = np.array([25_000.0, 1e-4])
BETA_LN = np.array([math.log(5000.0), 0.35])  # every tracker's prior of the ballistic coefficient [ln kg/m^2]


@kernel
def expected(x: Floats, infrared: bool, site: Floats, axes: Floats, faces: Floats, limits: Floats, aer: Floats) -> bool:
    """Whether a sensor could see a body at `x`: in a face, in elevation, in reach; for a satellite, not behind the Earth.

    Args:
        x: position or state, Earth-fixed, (3,) or (6,); site (3,), axes (3, 3): the sensor; faces: (F, 6), see
            physics.signals.off_boresight; limits: (4,) lowest and highest elevation [rad], reach [m], clutter density.
        aer: (3,), scratch.
    """
    if infrared:
        return not hidden_by_earth(site, x[:3], 0.0)
    far2 = (x[0] - site[0]) ** 2 + (x[1] - site[1]) ** 2 + (x[2] - site[2]) ** 2
    if math.sqrt(far2) > REACH_MARGIN * limits[2]:
        return False
    azimuth_elevation_range(x[:3], site, axes, aer)
    angle = off_boresight(aer[0], aer[1], faces, limits[0], limits[1])
    return aer[2] <= REACH_MARGIN * limits[2] * scan_reach(angle)


@kernel
def recent_hits(history: int) -> int:
    """Hits among the last CONFIRM_CHANCES chances; the lowest bit of `history` is the latest."""
    total = 0
    for i in range(CONFIRM_CHANCES):
        total += (history >> i) & 1
    return total


@kernel
def follow_scans(
    infrared: bool,
    scan_t: Floats,
    scan_known: Floats,
    scan_sensor: Ints,
    scan_start: Ints,
    obj: Ints,
    z: Floats,
    sigma: Floats,
    site: Floats,
    axes: Floats,
    faces: Floats,
    limits: Floats,
    q: Floats,
    room: int,
    counts: Longs,
    out_track: Ints,
    out_t: Floats,
    out_x: Floats,
    out_P: Floats,
    out_boost: Floats,
    out_obj: Ints,
    out_confirmed: Bools,
    out_end: Floats,
) -> int:
    """Follow everything that one nation's radars, or its satellites, reported.

    Args:
        infrared: whether the sensors give angles only.
        scan_t: times of the scans [s], (S,), rising but for bad input; scan_known: when the nation had them [s];
            scan_sensor: whose.
        scan_start: (S+1,) rows of each scan in obj, z, sigma; obj: truth, only passed through; z, sigma: (D, 3).
        site, axes, faces, limits: one row a sensor, see `expected`; limits[3] is the density of false detections in
            measurement space [1/(m rad^2) or 1/rad^2].
        q: spectral density of the unknown acceleration in boost and in coast [m^2/s^3], (2,).
        room: tracks at once; where there is no more, the tentative one hit longest ago gives way to a new detection.
        counts: what was refused or given up, by its reason, see `scans.REASONS`; added to.
        out_*: at most one row a detection, so (D, ...) is enough: one for every update of a track: its number, times [s],
            state (D, 7) and covariance (D, 7, 7) *at the scan*, the last number ln of the ballistic coefficient, chance that
            it burns, truth, whether confirmed. out_t is (D, 2): when the scan was made and when the nation had it.
        out_end: (D,) for each number, when its track came down or turned out to repeat another [s]; inf if neither.
    Returns:
        rows written.
    Valid: free fall, boost, or descent through the air; in boost the acceleration is white noise, so errors there are of
        the right size, not calibrated. Reports of one kind are handled in the order of the looks; a scan older than one
        before is refused.
    Source: Blackman & Popoli, Design and Analysis of Modern Tracking Systems (1999), chapter 6 (M of N, deletion, global
        nearest neighbour).
    """
    bank, tree, stay = (
        empty_bank(room),
        empty_tree(room),
        np.array([MEAN_BOOST, MEAN_COAST_OF_PLUME if infrared else MEAN_COAST]),
    )
    claims = Claims(np.empty(room, np.int32), np.empty((room, LISTED), np.int32), np.empty((room, LISTED)))
    most, size = 0, 2 if infrared else 3
    for k in range(scan_t.shape[0]):
        most = max(most, scan_start[k + 1] - scan_start[k])
    seen, first, around = np.empty(most, SEEN), _table(most), empty_tree(most)
    near, apart2 = np.empty(LISTED, np.int32), np.empty(LISTED)
    noise, variance, edge = np.empty(2), np.empty(size), gate(GATE, size)
    last, now, rows, born, top = np.full(site.shape[0], -math.inf), -math.inf, 0, 0, 0
    for k in range(scan_t.shape[0]):
        s = scan_sensor[k]
        # 0. Refuse.
        if not is_timely(scan_t[k], scan_known[k], s, now, last, counts):
            continue
        now, begin, end = scan_t[k], scan_start[k], scan_start[k + 1]
        if begin == end and top == 0:
            continue
        scan = Scan(
            now, scan_known[k], infrared, site[s], axes[s], faces[s], limits[s], edge, z, sigma,
            seen, noise, around, near, apart2, variance,
        )  # fmt: skip
        take_scan(scan, begin, end, first, counts)
        count = around.size[0]
        _visit(bank[:top], claims, scan, q, stay, out_end, counts)
        if count > 0:
            weigh_claims(bank[:top], claims, scan)
            settle_claims(claims, top, count)
        _correct(bank[:top], claims, scan, counts)
        top = _drop(bank, top, infrared)
        if count == 0:
            continue
        top, born = _begin(bank, top, scan, born, out_end, counts)
        drop_repeats(bank[:top], now, scan.known, q, stay, tree, near, apart2, out_end)
        # 6. Note what changed.
        for i in range(top):
            track = bank[i]
            d = track["changed"]
            if d >= 0:
                out_track[rows], out_t[rows, 0], out_t[rows, 1] = track["number"], now, track["known"]
                note_state(track, out_x[rows], out_P[rows])
                out_boost[rows], out_obj[rows], out_confirmed[rows] = track["p"][0], obj[d], track["confirmed"]
                rows += 1
    return rows


@kernel
def _table(most: int) -> Ints:
    """Scratch of `take_scan`."""
    size = 1
    while size < 2 * most:
        size *= 2
    return np.empty(size, np.int32)


@kernel
def _visit(bank: Bank, claims: Claims, scan: Scan, q: Floats, stay: Floats, out_end: Floats, counts: Longs) -> None:
    """1. Predict, where it matters: list the detections near each track."""
    for i in range(bank.shape[0]):
        track = bank[i]
        claims.size[i], track["changed"], track["best"] = 0, -1, -1
        if not track["alive"]:
            continue
        quiet = scan.t - track["t_hit"]
        if quiet > LONGEST or (quiet > SILENCE and (scan.infrared or track["hits"] < ESTABLISHED)):
            track["alive"] = False
            continue
        age = scan.t - track["t"]
        drift(track["mean"], age, track["place"])
        if scan.tree.size[0] > 0:
            reach = reach_of_modes(track["x"], track["P"], age, q[0], scan.edge)
            claims.size[i] = list_near(track["place"], reach, scan, claims.column[i], counts)
        if claims.size[i] > 0 or age > UNTOUCHED or is_below(track["place"], 0.0):
            status = carry(track, scan.t, q, stay)
            if status != 0:
                track["alive"] = False
                out_end[track["number"]] = scan.known if status == 1 else math.inf


@kernel
def _correct(bank: Bank, claims: Claims, scan: Scan, counts: Longs) -> None:
    """3. Update, or count the miss."""
    first, is_empty = 3 - scan.variance.shape[0], scan.tree.size[0] == 0
    aer, lower = np.empty(3), np.empty((6, 6))
    for i in range(bank.shape[0]):
        track = bank[i]
        if not track["alive"]:
            continue
        b = -1 if is_empty else claims.size[i]
        # A body larger than expected may be seen from farther off; not to see one there is no miss.
        if b < 0 and not expected(track["place"], scan.infrared, scan.site, scan.axes, scan.faces, scan.limits, aer):
            continue
        track["chances"] += 1
        track["history"] = (track["history"] << 1) & 0xFF
        if b < 0:
            track["misses"] += 1
            continue
        d = scan.seen[b]["row"]
        if b != track["best"]:
            state_variance(scan, d)
            correct(track, scan.z[d, first:], scan.variance, scan.site, scan.axes)
        if not is_sound(track["x_best"], track["P_best"], lower):
            counts[BROKEN] += 1
            track["alive"] = False
            continue
        scan.seen[b]["taken"] = True
        settle(track, scan.t)
        track["history"] |= 1
        track["hits"] += 1
        track["misses"] = 0
        track["t_hit"], track["known"] = scan.t, max(track["known"], scan.known)
        track["changed"] = d
        # 4. Confirm.
        if recent_hits(track["history"]) >= CONFIRM_HITS:
            track["confirmed"] = True


@kernel
def _drop(bank: Bank, top: int, infrared: bool) -> int:
    """4. Drop what was not confirmed in time, or was missed too often; how many slots are in use."""
    for i in range(top):
        track = bank[i]
        if not track["alive"]:
            continue
        if not track["confirmed"] and track["chances"] >= CONFIRM_CHANCES:
            track["alive"] = recent_hits(track["history"]) >= CONFIRM_HITS
        if track["misses"] >= MISSES and (infrared or track["hits"] < ESTABLISHED):
            track["alive"] = False
    while top > 0 and not bank[top - 1]["alive"] and bank[top - 1]["changed"] < 0:
        top -= 1
    return top


@kernel
def _begin(bank: Bank, top: int, scan: Scan, born: int, out_end: Floats, counts: Longs) -> tuple[int, int]:
    """5. Begin new tracks; how many slots are in use, and how many tracks there were in all so far."""
    slot, room, spare, full = 0, bank.shape[0], 0, False
    waiting = np.empty(0, np.int64)
    x, P = np.empty(6), np.empty((6, 6))
    for b in range(scan.tree.size[0]):
        d = scan.seen[b]["row"]
        if scan.seen[b]["taken"] or _first_state(scan, d, x, P) != 0:
            continue
        while slot < room and bank[slot]["alive"]:
            slot += 1
        i = slot
        if i == room:
            if not full:
                waiting, full = longest_unseen(bank, scan.t), True
            if spare >= waiting.shape[0]:
                counts[NO_ROOM] += 1
                continue
            i = waiting[spare]
            spare += 1
            counts[GAVE_WAY] += 1
        begin_track(bank[i], x, P, 0.95 if scan.infrared else 0.8, scan.t, scan.known, born)
        bank[i]["changed"] = d
        top = max(top, i + 1)
        out_end[born] = math.inf
        born += 1
    return top, born


@kernel
def _first_state(scan: Scan, d: int, x: Floats, P: Floats) -> int:
    """What a detection alone says; status as `from_radar` or `from_angles`."""
    z, sigma = scan.z[d], scan.sigma[d]
    if not scan.infrared:
        return from_radar(z, sigma, scan.site, scan.axes, SPEED_SIGMA, x, P)
    return from_angles(
        z[1], z[2], sigma[1], sigma[2], scan.site, scan.axes, PLUME_HEIGHT, PLUME_SIGMA, RISE, RISE_SIGMA, x, P
    )
