"""What is known of the other side's tracks, and when: the latest word of each, carried forward to every moment.

A track whose giver falls silent is not carried on for long. What no receiver could use, a state that is nowhere or a
covariance that is none, is refused here and counted; the order and the repetition of messages change nothing.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from entente.chains import Chain, follow_sensors
from entente.compiled import Floats
from entente.estimate.belief import extrapolate_many
from entente.estimate.classify import CLASSES
from entente.estimate.follow import Q
from entente.estimate.kalman import add_noise
from entente.records import (
    BOTH,
    CENTRE,
    INFRARED,
    OWN,
    PARTNER,
    TRACK,
    WARNING,
    Areas,
    Bools,
    Ints,
    NationalTracks,
    Sets,
    Shared,
    Tracks,
    sensor_bits,
)
from entente.scenario.world import World

STALE = 30.0  # s  since the last word of a track, after which it is not carried on: three repetitions of 10 s missed
SEEN_AGAIN = 2.5  # revisits within which a plume that burns on is seen again
SKEWED = 1e-6  # of the geometric mean of two variances: by which a covariance may differ from its own transpose


def admit(shared: Shared) -> tuple[Shared, Ints, Ints]:
    """Those messages that can be used, in the order of arrival, their rows, and how many of each giver could not, (2,).

    Refused are times that are no times or lie after their arrival, states that are not finite and covariances that are not
    positive definite. A repeated message arrives, and changes nothing.
    """
    fit: Bools = np.isfinite(shared.t) & np.isfinite(shared.arrives) & (shared.arrives >= shared.t)
    states = np.flatnonzero(fit & (shared.kind == TRACK))
    fit[states] = _are_states(shared.x[states], shared.P[states])
    refused = np.array([np.count_nonzero(~fit & (shared.giver == giver)) for giver in (0, 1)], np.int32)
    arrives, t = shared.arrives, shared.t
    if fit.all() and (np.diff(arrives) >= 0.0).all():
        return shared, np.arange(len(t), dtype=np.int32), refused
    rows = np.flatnonzero(fit)
    rows = rows[np.lexsort((t[rows], arrives[rows]))]
    return shared.rows(rows), rows.astype(np.int32), refused


def _are_states(x: Floats, P: Floats) -> Bools:
    """Which of these are finite states (R, 6) with covariances (R, 6, 6), symmetric and positive definite."""
    fit = np.asarray(np.isfinite(x).all(axis=1) & np.isfinite(P).all(axis=(1, 2)))
    variance = np.where(fit[:, None], np.diagonal(P, axis1=1, axis2=2), 1.0)
    fit = np.asarray(fit & (variance > 0.0).all(axis=1))
    scale = np.sqrt(np.where(fit[:, None], variance, 1.0))
    scaled = np.where(fit[:, None, None], P / scale[:, :, None] / scale[:, None, :], np.eye(6))
    symmetric = (np.abs(scaled - scaled.swapaxes(1, 2)) < SKEWED).all(axis=(1, 2))
    return np.asarray(fit & symmetric & (np.linalg.eigvalsh(scaled)[:, 0] > 0.0))


def released(national: NationalTracks, shared: Shared, giver: int) -> Tracks:
    """The tracks that one nation released, as whoever receives them believes them: the latest one, carried forward.

    A giver repeats a track for as long as it believes that the body falls, so one that falls silent is not carried on: a body
    that burns again, after a stage was dropped, is no longer where free fall would have it. A message that holds for an
    earlier moment than one that had arrived before is passed over: lines may cross.
    """
    numbers = np.flatnonzero((shared.giver == giver) & (shared.kind == TRACK))
    names = np.unique(shared.track[numbers])
    out = unheld(national.tracks.t, len(names), PARTNER)
    launch = out.launch.columns
    for k, name in enumerate(names):
        rows = numbers[shared.track[numbers] == name]
        since = shared.arrives[rows[0]]
        rows = rows[_is_newest(shared.t[rows])]
        arrives = shared.arrives[rows]
        _carry(
            out,
            k,
            arrives,
            shared.t[rows],
            shared.x[rows],
            shared.P[rows],
            np.zeros(len(rows)),
            float(arrives.max()) + STALE,
        )
        last = _arrived(out.t, arrives)
        silent = out.held[k] & (out.t - arrives[np.maximum(last, 0)] > STALE)
        _forget(out, k, silent)
        out.seen_by[k] = _latest(last, shared.seen_by[rows], 0)
        out.sensors[k] = _latest(last, shared.sensors[rows], 0)
        out.sent[k, :, giver] = _latest(last, rows, -1)
        launch[k] = _latest(last, shared.launch.columns[rows], np.nan)
        out.since[k] = since
        out.obj[k] = national.tracks.obj[name]
    return out


def _is_newest(t: Floats) -> Bools:
    """Which rows (R,), in the order of arrival, hold for a later moment than all before."""
    before = np.concatenate([[-np.inf], np.maximum.accumulate(t)[:-1]])
    return np.asarray(t > before)


def later(tracks: Tracks, delay: float, burning: bool = False) -> Tracks:
    """The same tracks as they are known `delay` after: each belief carried forward to the moment it arrives.

    They fall freely meanwhile, or, if some may be `burning`, do what is as likely as their sender thinks.

    A track that the sender no longer holds, say because it is now part of another, is not held here either.
    """
    out = unheld(tracks.t, len(tracks.obj), PARTNER)
    launch = out.launch.columns
    for k in range(len(tracks.obj)):
        rows = tracks.held[k]
        if not rows.any():
            continue
        t = tracks.t[rows]
        burns = tracks.p_boost[k, rows] if burning else np.zeros(len(t))
        _carry(out, k, t + delay, t, tracks.x[k, rows], tracks.P[k, rows], burns, np.inf)
        gone = np.logical_not(_latest(_arrived(out.t, tracks.t + delay), rows, False))
        _forget(out, k, gone)
        last = _arrived(out.t, t + delay)
        for name, before in (("seen_by", 0), ("made_of", 0), ("sensors", 0), ("sent", -1), ("share", np.nan)):
            getattr(out, name)[k] = _latest(last, getattr(tracks, name)[k, rows], before)
        launch[k] = _latest(last, tracks.launch.columns[k, rows], np.nan)
    out.since[:] = tracks.since + delay
    out.obj[:] = tracks.obj
    return out


def display(national: NationalTracks, shared: Shared, giver: int) -> Tracks:
    """The warnings of one nation on the other's second display: areas, no state."""
    numbers = np.flatnonzero((shared.giver == giver) & (shared.kind == WARNING))
    names = np.unique(shared.track[numbers])
    out = unheld(national.tracks.t, len(names), PARTNER)
    launch, impact = out.launch.columns, out.impact.columns
    for k, name in enumerate(names):
        rows = numbers[shared.track[numbers] == name]
        arrives = shared.arrives[rows]
        out.held[k] = out.t >= arrives[0]
        last = _arrived(out.t, arrives)
        out.seen_by[k] = _latest(last, shared.seen_by[rows], 0)
        out.sent[k, :, giver] = _latest(last, rows, -1)
        launch[k] = _latest(last, shared.launch.columns[rows], np.nan)
        impact[k] = _latest(last, shared.impact.columns[rows], np.nan)
        out.since[k], out.obj[k] = arrives[0], national.tracks.obj[name]
    out.holder[:] = 1 - giver
    out = replace(out, share=np.where(out.held, 0.0, np.nan))
    return out.rows(out.held.any(axis=1))


def followed(world: World, shared: Shared, t: Floats) -> Tracks:
    """What the centre makes of both nations' lines of sight, which it follows as one; OWN are the first party's data.

    1. Looks are followed in the order in which they were made, as if each were known at once: states at the looks.
    2. A state is known when all its looks have come. A burning body is taken to burn on unseen.
    3. Where no further look came for SEEN_AGAIN revisits, the body stopped burning within one revisit of the last, and falls.
    4. Where it was launched is not asked: a nation lets go of looks from when its track was cleared on, so that the first of
       them says little of where the plume first appeared (it would be 20 to 80 km off, tests/honesty/test_areas.py).
    """
    looks = shared.reports
    numbers = np.unique(looks.scan_sensor)
    made, last = np.unique(looks.scan_t[::-1], return_index=True)
    arrives = np.maximum.accumulate(looks.scan_report_t[::-1][last]) if len(made) else made
    if not len(made):
        return unheld(t, 0, 0)
    at_once = replace(looks, scan_report_t=looks.scan_t)
    chain = follow_sensors(world, at_once, numbers.tolist(), INFRARED, made)
    revisit = max(world.sensors[n].revisit for n in numbers)
    out = unheld(t, len(chain.obj), 0)
    for k in range(len(chain.obj)):
        _follow_on(out, k, chain, made, arrives, revisit)
    for number, bit in zip(numbers, sensor_bits(numbers), strict=True):
        out.made_of[(out.sensors & bit) > 0] |= np.int8(OWN if world.sensors[number].party == 0 else PARTNER)
    firsts = [n for n in numbers if world.sensors[n].party == 0]
    share = _count(out.sensors, firsts) / np.maximum(_count(out.sensors, numbers), 1)
    # A share of the satellites: each adds a direction that the others have not.
    out = replace(out, share=np.where(out.held, share, np.nan), obj=chain.obj)
    return out.rows(out.held.any(axis=1))


def _follow_on(out: Tracks, k: int, chain: Chain, made: Floats, arrives: Floats, revisit: float) -> None:
    """Write into row k what track k of a chain at its looks (made, arrives: (L,)) is believed to be at the moments of `out`."""
    rows = np.flatnonzero(chain.held[k] & (chain.p_boost[k] > 0.5))
    if not len(rows):
        return
    x, P, silence = chain.x[k, rows], chain.P[k, rows], SEEN_AGAIN * revisit
    stopped = P[-1].copy()
    add_noise(Q[0], revisit, stopped)
    known, when = np.append(arrives[rows], arrives[rows[-1]] + silence), np.append(made[rows], made[rows[-1]])
    extrapolate_many(
        known, when, np.vstack([x, x[-1:]]), np.concatenate([P, stopped[None]]), np.append(np.ones(len(rows)), 0.0),
        np.inf, out.t, Q, silence, out.held[k], out.x[k], out.P[k], out.p_boost[k],
    )  # fmt: skip
    held, latest = out.held[k], _arrived(out.t, arrives[rows])
    out.seen_by[k] = np.where(held, INFRARED, 0)
    out.sensors[k] = np.where(held, _latest(latest, chain.sensors[k, rows], 0), 0)
    out.since[k] = arrives[rows[0]]


def _count(sets: Sets, numbers: Iterable[int]) -> Floats:
    """How many of these sensors are in each set (...)."""
    return sum(
        ((sets & bit > 0).astype(float) for bit in sensor_bits(np.array([*numbers], np.int32))), np.zeros(sets.shape)
    )


def seen_from(centre: Tracks, party: int) -> Tracks:
    """The centre's tracks as one party labels them: whose data they are made of, its own or the partner's."""
    labels = np.array([0, OWN, PARTNER, BOTH] if party == 0 else [0, PARTNER, OWN, BOTH], np.int8)
    return replace(centre, made_of=labels[centre.made_of], share=centre.share if party == 0 else 1.0 - centre.share)


def unheld(t: Floats, count: int, made_of: int) -> Tracks:
    """Tracks of which nothing is believed yet."""
    shape = (count, len(t))
    return Tracks(
        t=t,
        holder=np.full(count, CENTRE, np.int8),
        held=np.zeros(shape, np.bool_),
        x=np.full((*shape, 6), np.nan),
        P=np.full((*shape, 6, 6), np.nan),
        p_boost=np.full(shape, np.nan),
        seen_by=np.zeros(shape, np.int8),
        made_of=np.full(shape, made_of, np.int8),
        sensors=np.zeros(shape, np.int64),
        share=np.full(shape, np.nan),
        sent=np.full((*shape, 2), -1, np.int32),
        launch=Areas.unknown(*shape),
        impact=Areas.unknown(*shape),
        classes=np.full((*shape, len(CLASSES)), np.nan),
        since=np.full(count, np.nan),
        obj=np.zeros(count, np.int32),
    )


def _carry(out: Tracks, k: int, arrives: Floats, t: Floats, x: Floats, P: Floats, burns: Floats, until: float) -> None:
    """Write into row k of `out` what the states (R, 6) that hold for `t` and arrive later lead to: free fall from the latest.

    Args:
        burns: chance that it burnt at each row, (R,); one that did is taken to burn on until it is silent for long.
    """
    stale = STALE if burns.any() else 0.0
    extrapolate_many(arrives, t, x, P, burns, until, out.t, Q, stale, out.held[k], out.x[k], out.P[k], out.p_boost[k])


def _forget(out: Tracks, k: int, gone: Bools) -> None:
    """Track k is not held at these moments."""
    out.held[k, gone], out.x[k, gone], out.P[k, gone], out.p_boost[k, gone] = False, np.nan, np.nan, np.nan


def _arrived(t: Floats, arrives: Floats) -> Ints:
    """At each moment the number of the row that arrived last, -1 if none has; arrivals in rising order."""
    return np.asarray(np.searchsorted(arrives, t, side="right") - 1, np.int32)


def _latest(last: Ints, values: Floats, before: float) -> Floats:
    """The values of the rows `last` (see `_arrived`), `before` where that is -1."""
    out = values[np.maximum(last, 0)]
    out[last < 0] = before
    return out
