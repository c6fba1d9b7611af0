"""What a tracker remembers of the tracks that live, one slot each: both modes, their mixture, hits and misses."""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel
from entente.constants import R_EQ
from entente.estimate.descent import comes_down, predict_descent, repeat_in_modes, update_descent, with_drag
from entente.estimate.factor import cholesky
from entente.estimate.modes import combine, predict_modes, update_modes
from entente.physics.earth import altitude

Longs = NDArray[np.int64]
Bank = NDArray[np.void]  # (R,) slots
Track = np.void  # one of them

# One slot. A record instead of columns, because a kernel hands on one array for the price of one, and because what one
# track is made of lies together. Times [s].
TRACK = np.dtype(
    [
        ("x", np.float64, (2, 6)),  # both modes, see `modes`
        ("P", np.float64, (2, 6, 6)),
        ("p", np.float64, (2,)),
        ("mean", np.float64, (6,)),  # their mixture
        ("cov", np.float64, (6, 6)),
        ("place", np.float64, (3,)),  # about where it is at the scan in hand
        ("t", np.float64),  # of the state
        ("t_hit", np.float64),  # of the last hit
        ("known", np.float64),  # when all its looks were known
        ("history", np.int64),  # one bit a chance to be seen, the lowest the latest
        ("chances", np.int64),  # how many
        ("misses", np.int64),  # in a row
        ("hits", np.int64),
        ("number", np.int32),  # in the order of birth
        ("changed", np.int32),  # detection of the scan in hand that it took, -1 for none
        ("best", np.int32),  # the only detection near it, as a place in the scan, -1 for none
        ("alive", np.bool_),
        ("confirmed", np.bool_),
        ("x_best", np.float64, (2, 6)),  # both modes corrected by that
        ("P_best", np.float64, (2, 6, 6)),
        ("p_best", np.float64, (2,)),
        ("falls", np.bool_),  # whether one filter that learns drag stands in the modes' place, see `descent`
        ("x_falling", np.float64, (7,)),
        ("P_falling", np.float64, (7, 7)),
        ("x_falling_best", np.float64, (7,)),  # what the best detection makes of it
        ("P_falling_best", np.float64, (7, 7)),
    ],
    align=True,
)


@kernel
def empty_bank(room: int) -> Bank:
    """So many empty slots; memory beyond a byte each is touched only as slots are."""
    bank = np.empty(room, TRACK)
    for i in range(room):
        bank[i]["alive"] = False
    return bank


@kernel
def copy_state(x: Floats, P: Floats, x_out: Floats, P_out: Floats) -> None:
    """Copy a state (n,) and its covariance (n, n); a loop, because slices of arrays take long to compile."""
    for a in range(x.shape[0]):
        x_out[a] = x[a]
        for b in range(x.shape[0]):
            P_out[a, b] = P[a, b]


@kernel
def copy_bank(x: Floats, P: Floats, p: Floats, x_out: Floats, P_out: Floats, p_out: Floats) -> None:
    """Copy both modes of a track: x (2, 6), P (2, 6, 6), p (2,)."""
    for mode in range(2):
        copy_state(x[mode], P[mode], x_out[mode], P_out[mode])
        p_out[mode] = p[mode]


@kernel
def is_below(place: Floats, depth: float) -> bool:
    """Whether a place (3,) is deeper below the ellipsoid than `depth` [m], not negative."""
    # Nothing outside the sphere about the ellipsoid is; most tracks are far outside.
    if place[0] * place[0] + place[1] * place[1] + place[2] * place[2] > R_EQ * R_EQ:
        return False
    return altitude(place[0], place[1], place[2]) < -depth


@kernel
def carry(track: Track, now: float, q: Floats, stay: Floats) -> int:
    """Predict a track to `now` [s] in place, both modes and their mixture, or the filter of a body that comes down.

    Returns:
        status: 0; 1 where it has come down; else that of `predict_modes`.
    Source: as `modes.predict_modes` and `descent`.
    """
    x2, P2, p2, dt = track["x_best"], track["P_best"], track["p_best"], now - track["t"]
    if not track["falls"] and comes_down(track["mean"], track["cov"], dt):
        with_drag(track["mean"], track["cov"], track["x_falling"], track["P_falling"])
        track["falls"] = True
    if track["falls"]:
        x7, P7 = track["x_falling_best"], track["P_falling_best"]
        status = predict_descent(track["x_falling"], track["P_falling"], dt, x7, P7)
        repeat_in_modes(x7, P7, x2, P2, p2)
    else:
        status = predict_modes(track["x"], track["P"], track["p"], dt, q, stay, x2, P2, p2)
    settle(track, now)
    cov = track["cov"]
    if status == 0 and is_below(track["place"], 3.0 * math.sqrt(cov[0, 0] + cov[1, 1] + cov[2, 2])):
        return 1
    return status


@kernel
def correct(track: Track, z: Floats, variance: Floats, site: Floats, axes: Floats) -> tuple[float, float]:
    """Reckon what a detection makes of a track, for `settle`; returns as `modes.update_modes` does."""
    x2, P2, p2 = track["x_best"], track["P_best"], track["p_best"]
    if not track["falls"]:
        return update_modes(track["x"], track["P"], track["p"], z, variance, site, axes, x2, P2, p2)
    x7, P7 = track["x_falling_best"], track["P_falling_best"]
    nis, log_likelihood = update_descent(track["x_falling"], track["P_falling"], z, variance, site, axes, x7, P7)
    repeat_in_modes(x7, P7, x2, P2, p2)
    return nis, log_likelihood


@kernel
def settle(track: Track, now: float) -> None:
    """Make what was reckoned for a track at `now` [s] its state."""
    copy_bank(track["x_best"], track["P_best"], track["p_best"], track["x"], track["P"], track["p"])
    if track["falls"]:
        copy_state(track["x_falling_best"], track["P_falling_best"], track["x_falling"], track["P_falling"])
    combine(track["x"], track["P"], track["p"], track["mean"], track["cov"])
    track["t"] = now
    for a in range(3):
        track["place"][a] = track["mean"][a]


@kernel
def is_sound(x: Floats, P: Floats, lower: Floats) -> bool:
    """Whether both modes x (2, 6), P (2, 6, 6) are states at all: finite, their covariances positive; lower (6, 6) is scratch."""
    for mode in range(2):
        total = 0.0
        for a in range(6):
            total += x[mode, a]
        if not abs(total) < math.inf or cholesky(P[mode], lower) != 0:
            return False
    return True


@kernel
def begin_track(track: Track, x: Floats, P: Floats, p_boost: float, now: float, known: float, number: int) -> None:
    """Start a track in a slot with a first state x (6,), P (6, 6), both modes alike."""
    track["falls"] = False
    for mode in range(2):
        copy_state(x, P, track["x_best"][mode], track["P_best"][mode])
    track["p_best"][0], track["p_best"][1] = p_boost, 1.0 - p_boost
    settle(track, now)
    copy_state(x, P, track["mean"], track["cov"])
    track["alive"], track["confirmed"] = True, False
    track["t_hit"], track["known"] = now, known
    track["history"], track["chances"], track["misses"], track["hits"] = 1, 1, 0, 1
    track["number"] = number


@kernel
def note_state(track: Track, x_out: Floats, P_out: Floats) -> None:
    """Write what a track is believed to be: [r, v, ln beta] (7,), of which the last is a prior until it comes down."""
    if track["falls"]:
        copy_state(track["x_falling"], track["P_falling"], x_out, P_out)
    else:
        with_drag(track["mean"], track["cov"], x_out, P_out)


@kernel
def longest_unseen(bank: Bank, now: float) -> Longs:
    """Slots of the tentative tracks that were not hit now, the one hit longest ago first."""
    count, t_hit = 0, np.full(bank.shape[0], math.inf)
    for i in range(bank.shape[0]):
        track = bank[i]
        if track["alive"] and not track["confirmed"] and track["t_hit"] < now:
            t_hit[i] = track["t_hit"]
            count += 1
    return np.argsort(t_hit, kind="mergesort")[:count]
