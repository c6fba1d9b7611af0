"""Drivers over the moments of a grid: tracks carried forward, what they lead to, which are one body, and both joined.

Shapes: K tracks at G moments; `held` (K, G) says where a track is believed in. Rows not held are left as they are.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.estimate.classify import (
    SPACE_LAUNCH,
    boost_of_kinds,
    class_probabilities,
    drag_of_kinds,
    kind_probabilities,
)
from entente.estimate.descent import SHAKEN, with_drag
from entente.estimate.factor import chain, sandwich
from entente.estimate.fuse import covariance_intersection
from entente.estimate.kalman import add_noise, transition
from entente.estimate.passage import TOP as AIR_TOP
from entente.estimate.predict import height, impact_area, launch_area
from entente.estimate.reentry import falling_transition
from entente.estimate.same import empty_pairs, pair_tracks, place_tracks
from entente.estimate.score import ellipse
from entente.physics.earth import altitude

Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
Sets = NDArray[np.int64]

# s  after which a plume that went out, or a body seen by radar too, is held to burn no more: reports travel, filters wait;
# measured over the flights of europe-2013
SEEN_LATE, BURNT_OUT_LATE = 52.0, 10.0
LOST = 500e3  # m  1 sigma beyond which a body counts as lost: most often a plume that went out minutes ago
LEFT = 0.02  # chance of burning, at most, of what was not seen again although it would have been
BURNS = 0.05  # chance of burning from which on an impact area would mean nothing
LAT, LON, MAJOR, MINOR, BEARING, WHEN, WHEN_SIGMA = 0, 1, 2, 3, 4, 5, 6  # columns of a table of areas


@kernel
def extrapolate_many(
    known: Floats,
    t: Floats,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    until: float,
    grid: Floats,
    q: Floats,
    stale: float,
    held: Bools,
    x_out: Floats,
    P_out: Floats,
    boost_out: Floats,
) -> None:
    """What a track's holder believes at each moment of a grid: its latest known row, carried forward.

    Args:
        known: when each row became known [s], rising, (R,); t, x, P, p_boost: the rows, states of six numbers, or of seven
            where ln of the ballistic coefficient is estimated; else `descent.DRAG_LN` stands for it.
        until: moment after which the track is not held [s].
        grid: moments [s], rising, (G,); q: as in follow_scans.
        stale: time without a new report after which a body counts as coasting, since burning it would have been seen [s].
        held (G,), x_out (G, 6), P_out (G, 6, 6), boost_out (G,): written; nan where not held.
    """
    row, carried, reached = -1, -1, 0.0
    first, cov, now = np.empty(7), np.empty((7, 7)), np.empty(7)
    step, whole, spread = np.empty((7, 7)), np.empty((7, 7)), np.empty((7, 7))
    for g in range(grid.shape[0]):
        while row + 1 < known.shape[0] and known[row + 1] <= grid[g]:
            row += 1
        held[g] = row >= 0 and grid[g] <= until
        if held[g]:
            # On from where the last moment left the same row, or every moment would fly the whole way again.
            if row != carried:
                with_drag(x[row], P[row], first, cov)
                for i in range(7):
                    now[i] = first[i]
                    for j in range(7):
                        whole[i, j] = 1.0 if i == j else 0.0
                carried, reached = row, t[row]
            in_air = height(now) < AIR_TOP
            held[g] = _onward(now, grid[g] - reached, p_boost[row] < 0.5, step) == 0
            reached = grid[g]
            chain(step, whole)
            sandwich(whole, cov, spread)
            for i in range(6):
                x_out[g, i] = now[i]
                for j in range(6):
                    P_out[g, i, j] = spread[i, j]
            age = grid[g] - t[row]
            # What burnt on would have been seen again and reported `stale` after the last report.
            fresh = grid[g] - known[row] < stale
            burn = (age if fresh else min(age, known[row] - t[row] + stale)) * p_boost[row]
            calm = SHAKEN if in_air else q[1]
            # Boost that may go on for a while unseen, then free fall: one density with the same total.
            add_noise((burn * q[0] + (age - burn) * calm) / age if age > 0.0 else calm, age, P_out[g])
            boost_out[g] = p_boost[row] if fresh else min(p_boost[row], LEFT)
            below, off = altitude(x_out[g, 0], x_out[g, 1], x_out[g, 2]), 0.0
            for i in range(3):
                off += P_out[g, i, i]
            held[g] = held[g] and off < LOST * LOST and below > -2.0 * math.sqrt(off)
        if not held[g]:
            x_out[g], P_out[g], boost_out[g] = math.nan, math.nan, math.nan


@kernel
def _onward(x: Floats, dt: float, falls: bool, F: Floats) -> int:
    """Move a state (7,) in place by `dt` [s], through air where it falls there, and its derivative (7, 7). Status."""
    if falls:
        return falling_transition(x, dt, x, F)
    one = np.empty((6, 6))
    status = transition(x, dt, x, one)
    for i in range(7):
        for j in range(7):
            F[i, j] = one[i, j] if i < 6 and j < 6 else (1.0 if i == j else 0.0)
    return status


@kernel
def extrapolate_tracks(
    start: Ints,
    sure: Ints,
    t: Floats,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    bits: Sets,
    until: Floats,
    grid: Floats,
    q: Floats,
    stale: float,
    held: Bools,
    x_out: Floats,
    P_out: Floats,
    boost_out: Floats,
    bits_out: Sets,
) -> None:
    """`extrapolate_many` for all tracks of one chain, and whose looks are in each at every moment.

    Args:
        start: (K+1,) rows of each track; sure: (K,) the row from which on it is confirmed.
        t: (R, 2) when each row was made and known [s], both rising in a track; x, P, p_boost: the rows.
        bits: (R,) whose looks went in, as a set.
        until: (K,); grid, q, stale: see there; held (K, G), x_out (K, G, 6), P_out (K, G, 6, 6), boost_out (K, G): written.
        bits_out: (K, G), written: from the first look on, also before the track is confirmed.
    """
    for k in range(start.shape[0] - 1):
        a, b = sure[k], start[k + 1]
        extrapolate_many(
            t[a:b, 1], t[a:b, 0], x[a:b], P[a:b], p_boost[a:b], until[k], grid, q, stale,
            held[k], x_out[k], P_out[k], boost_out[k],
        )  # fmt: skip
        row, so_far = start[k], 0
        for g in range(grid.shape[0]):
            while row < b and t[row, 1] <= grid[g]:
                so_far |= bits[row]
                row += 1
            bits_out[k, g] = so_far


@kernel
def classify_many(
    t: Floats,
    held: Bools,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    seen_by: Codes,
    launch: Floats,
    at_sea: Floats,
    asked: Bools,
    kinds: Floats,
    classes: Floats,
    beta_ln: Floats,
    boost: Floats,
) -> None:
    """What class of vehicle each track is at every moment, and what that says of its drag.

    Args:
        t: (G,) [s]; held (K, G), x (K, G, 6), P (K, G, 6, 6), p_boost (K, G): the tracks.
        seen_by: (K, G), bit 1 for radar, bit 2 for infrared: only who saw the plume knows when it went out.
        launch: (K, G, 7), their launch areas, as `areas_many` has them; nan where not known.
        at_sea: (K, G), chance that the launch was at sea; nan where not known.
        asked: (K, G), where an answer is wanted; elsewhere it is nan.
        kinds: (R, 14), see `classify.kind_probabilities`.
        classes: (K, G, 7), written: chances in the order of classify.CLASSES; nan where a track is not held.
        beta_ln: (K, G, 2), written: mean and standard deviation of the logarithm of the ballistic coefficient [kg/m^2]; nan
            where a track is not held, or is likelier a space launch than not, which comes down nowhere.
        boost: (K, G, 3), written: see `classify.boost_of_kinds`.
    """
    p = np.empty(kinds.shape[0])
    for k in range(held.shape[0]):
        lit = math.nan  # the last moment at which it was seen to burn
        for g in range(held.shape[1]):
            classes[k, g, :], beta_ln[k, g, :], boost[k, g, :] = math.nan, math.nan, math.nan
            if not held[k, g]:
                continue
            aloft, burned, sigma = math.nan, math.nan, math.nan
            if seen_by[k, g] & 2:
                late = SEEN_LATE if seen_by[k, g] == 2 else BURNT_OUT_LATE
                # A body that falls back through the air is braked, which looks like burning.
                rises = x[k, g, 0] * x[k, g, 3] + x[k, g, 1] * x[k, g, 4] + x[k, g, 2] * x[k, g, 5] > 0.0
                if p_boost[k, g] > 0.5 and rises:
                    lit = t[g] - late
                aloft, burned = t[g] - launch[k, g, WHEN], lit - launch[k, g, WHEN]
                sigma = math.hypot(launch[k, g, WHEN_SIGMA], 0.4 * late)
            if not asked[k, g]:
                continue
            if kind_probabilities(x[k, g], P[k, g], p_boost[k, g], aloft, burned, sigma, at_sea[k, g], kinds, p) != 0:
                continue
            class_probabilities(p, kinds, classes[k, g])
            boost[k, g, 0], boost[k, g, 1], boost[k, g, 2] = boost_of_kinds(p, kinds)
            if classes[k, g, SPACE_LAUNCH] <= 0.5:
                beta_ln[k, g, 0], beta_ln[k, g, 1] = drag_of_kinds(p, kinds)


@kernel
def areas_many(
    t: Floats,
    held: Bools,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    beta_ln: Floats,
    path: Floats,
    impact: bool,
    out: Floats,
) -> None:
    """Impact areas (or launch areas) of tracks at every moment, as 1-sigma ellipses.

    Args:
        t: (G,) [s]; held (K, G), x (K, G, 6), P (K, G, 6, 6), p_boost (K, G): the tracks.
        beta_ln: mean and standard deviation of the logarithm of the ballistic coefficient [kg/m^2], (K, G, 2), as
            `classify_many` writes it; not asked for launches.
        path: allowance for the unknown boost: place [m] and time [s], (2,).
        impact: whether to go forward to the impact, else back to the launch.
        out: (K, G, 7) latitude, longitude [rad], semi-axes [m], bearing of the longer [rad], time [s] and its standard
            deviation; nan where a track is not held, still burns or does not come down, and where beta_ln is nan.
    """
    cov = np.empty((2, 2))
    for k in range(held.shape[0]):
        for g in range(held.shape[1]):
            out[k, g, :] = math.nan
            if not held[k, g] or not p_boost[k, g] < BURNS:
                continue
            if impact:
                mean, spread = beta_ln[k, g, 0], beta_ln[k, g, 1]
                lat, lon, when, sigma, status = impact_area(x[k, g], P[k, g], t[g], mean, spread, cov)
            else:
                lat, lon, when, sigma, status = launch_area(x[k, g], P[k, g], t[g], path[0], path[1], cov)
            if status == 0:
                major, minor, bearing = ellipse(cov)
                out[k, g, LAT], out[k, g, LON], out[k, g, WHEN], out[k, g, WHEN_SIGMA] = lat, lon, when, sigma
                out[k, g, MAJOR], out[k, g, MINOR], out[k, g, BEARING] = major, minor, bearing


@kernel
def associate_many(held_a: Bools, xa: Floats, Pa: Floats, held_b: Bools, xb: Floats, Pb: Floats, match: Ints) -> None:
    """Which of B's tracks is which of A's, at every moment, by the least total distance inside the gate.

    Args:
        held_a (A, G), xa (A, G, 6), Pa (A, G, 6, 6) and the same for B.
        match: (A, G), number of B's track or -1, written.
    Valid: errors of the two sides independent or known only to be bounded; a common bias makes the gate too wide, not too
        narrow. Of a track's neighbours the nearest `same.LISTED` are weighed.
    Source: Bar-Shalom, Willett & Tian, Tracking and Data Fusion (2011), section 9.5 (track-to-track association).
    """
    a_count, b_count = held_a.shape[0], held_b.shape[0]
    pairs, row = empty_pairs(a_count, b_count), np.empty(a_count, np.int32)
    for g in range(held_a.shape[1]):
        place_tracks(pairs.tree, held_b[:, g], xb, Pb, g)
        pair_tracks(pairs, held_a[:, g], xa, Pa, xb, Pb, g, row)
        for a in range(a_count):
            match[a, g] = row[a]


@kernel
def intersect_many(
    match: Ints, xa: Floats, Pa: Floats, xb: Floats, Pb: Floats, x_out: Floats, P_out: Floats, weight: Floats
) -> None:
    """Covariance intersection of the tracks of A with those of B that they match, moment by moment.

    Args:
        match: (A, G), see `associate_many`; where it is -1, nothing is written.
        xa (A, G, 6), Pa (A, G, 6, 6) and the same for B.
        x_out (>= A, G, 6), P_out (>= A, G, 6, 6): written; may be xa and Pa themselves.
        weight: of A's track, (A, G), written.
    """
    for a in range(match.shape[0]):
        for g in range(match.shape[1]):
            b = match[a, g]
            if b >= 0:
                weight[a, g] = covariance_intersection(xa[a, g], Pa[a, g], xb[b, g], Pb[b, g], x_out[a, g], P_out[a, g])
