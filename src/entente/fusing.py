"""Stage 5: what each nation, and the centre where there is one, believes after sharing.

Whoever fuses takes the latest released track of each giver, carries it to now, decides which tracks are one body, and
joins those by covariance intersection, which stays honest whatever the two have in common (the partner's track may
contain one's own data). Warnings are not fused: they stand beside the own picture, as on a second display, at every rung
at which they flow.
"""

from dataclasses import replace

import numpy as np

from entente.compiled import Floats
from entente.estimate.belief import MAJOR, MINOR, areas_many, associate_many, extrapolate_many, intersect_many
from entente.estimate.follow import BETA_LN, BOOST_PATH, Q
from entente.records import (
    BOTH,
    CENTRE,
    OWN,
    PARTNER,
    TRACK,
    WARNING,
    Areas,
    Bools,
    Ints,
    NationalTracks,
    Picture,
    Shared,
    Tracks,
)
from entente.scenario.rows import find_rung
from entente.scenario.world import World

STALE = 30.0  # s  since the last word of a track, after which it is not carried on: three repetitions of 10 s missed
CENTRE_DELAY = 5.0  # s  from what arrives at the centre to the joint picture on both sides' screens; assumed


def join(world: World, national: NationalTracks, shared: Shared, rung: int) -> Picture:
    """The picture of both nations, and of the centre from the rung on at which there is one."""
    fusion = find_rung(rung, world.scenario.ladder).fusion
    own = [national.tracks.of(party) for party in range(len(world.parties))]
    given = [_released(national, shared, giver) for giver in range(len(world.parties))]
    parts: list[Tracks] = []
    if fusion == "centre":
        # In the centre's picture OWN stands for the first party's data and PARTNER for the second's.
        centre = _merge(replace(given[0], made_of=np.full_like(given[0].made_of, OWN)), given[1], CENTRE)
        parts.append(centre)
        late = _later(centre, CENTRE_DELAY)
        pictures = [_merge(tracks, _seen_from(late, party), party) for party, tracks in enumerate(own)]
    elif fusion == "receiver":
        pictures = [_merge(tracks, given[1 - party], party) for party, tracks in enumerate(own)]
    else:
        pictures = own
    for party, picture in enumerate(pictures):
        parts += [picture, _display(national, shared, 1 - party)]
    told = [shared.arrives[shared.giver == 1 - party] for party in range(len(own))]
    return Picture(Tracks.joined(parts), np.array([t.min() if len(t) else np.nan for t in told]))


def _released(national: NationalTracks, shared: Shared, giver: int) -> Tracks:
    """The tracks that one nation released, as whoever receives them believes them: the latest one, carried forward.

    A giver repeats a track for as long as it believes that the body falls, so one that falls silent is not carried on: a body
    that burns again, after a stage was dropped, is no longer where free fall would have it.
    """
    sent = (shared.giver == giver) & (shared.kind == TRACK)
    names = np.unique(shared.track[sent])
    out = _unheld(national.tracks.t, len(names), PARTNER)
    launch = out.launch.columns
    for k, name in enumerate(names):
        rows = sent & (shared.track == name)
        arrives = shared.arrives[rows]
        _carry(out, k, arrives, shared.t[rows], shared.x[rows], shared.P[rows], float(arrives.max()) + STALE)
        last = _arrived(out.t, arrives)
        silent = out.held[k] & (out.t - arrives[np.maximum(last, 0)] > STALE)
        out.held[k, silent], out.x[k, silent], out.P[k, silent], out.p_boost[k, silent] = False, np.nan, np.nan, np.nan
        out.seen_by[k] = _latest(last, shared.seen_by[rows], 0)
        launch[k] = _latest(last, shared.launch.columns[rows], np.nan)
        out.since[k] = shared.arrives[rows][0]
        out.obj[k] = national.tracks.obj[name]
    return out


def _carry(out: Tracks, k: int, arrives: Floats, t: Floats, x: Floats, P: Floats, until: float) -> None:
    """Write into row k of `out` what the states (R, 6) that hold for `t` and arrive later lead to: free fall from the latest."""
    coasts = np.zeros(len(t))
    extrapolate_many(arrives, t, x, P, coasts, until, out.t, Q, 0.0, out.held[k], out.x[k], out.P[k], out.p_boost[k])


def _display(national: NationalTracks, shared: Shared, giver: int) -> Tracks:
    """The warnings of one nation on the other's second display: areas, no state."""
    sent = (shared.giver == giver) & (shared.kind == WARNING)
    names = np.unique(shared.track[sent])
    out = _unheld(national.tracks.t, len(names), PARTNER)
    launch, impact = out.launch.columns, out.impact.columns
    for k, name in enumerate(names):
        rows = sent & (shared.track == name)
        arrives = shared.arrives[rows]
        out.held[k] = out.t >= arrives[0]
        last = _arrived(out.t, arrives)
        out.seen_by[k] = _latest(last, shared.seen_by[rows], 0)
        launch[k] = _latest(last, shared.launch.columns[rows], np.nan)
        impact[k] = _latest(last, shared.impact.columns[rows], np.nan)
        out.since[k], out.obj[k] = arrives[0], national.tracks.obj[name]
    out.holder[:] = 1 - giver
    return out


def _merge(mine: Tracks, theirs: Tracks, holder: int) -> Tracks:
    """One holder's picture out of two sets of tracks: those of one body joined, the others side by side."""
    match = np.full(mine.held.shape, -1, np.int32)
    associate_many(mine.held, mine.x, mine.P, theirs.held, theirs.x, theirs.P, match)
    m, g = np.nonzero(match >= 0)
    n = match[m, g]
    alone = theirs.held.copy()
    alone[n, g] = False
    apart = alone.any(axis=1)
    both = Tracks.joined([mine, theirs.rows(apart)])
    weight = np.empty(match.shape)
    intersect_many(match, mine.x, mine.P, theirs.x, theirs.P, both.x, both.P, weight)
    launch = both.launch.columns
    both.made_of[m, g] |= theirs.made_of[n, g]
    both.seen_by[m, g] |= theirs.seen_by[n, g]
    launch[m, g] = _smaller(launch[m, g], theirs.launch.columns[n, g])
    both.held[len(mine.obj) :] = alone[apart]
    both.holder[:] = holder
    # Where one's own track alone is best, it stays as it is, and so does its area.
    joined = np.ones(both.held.shape, np.bool_)
    joined[: len(mine.obj)] = False
    joined[m, g] = weight[m, g] != 1.0
    _find_areas(both, joined)
    return both.rows(both.held.any(axis=1))


def _later(tracks: Tracks, delay: float) -> Tracks:
    """The same tracks as they are known `delay` after: each belief carried forward to the moment it arrives.

    A track that the sender no longer holds, say because it is now part of another, is not held here either.
    """
    out = _unheld(tracks.t, len(tracks.obj), PARTNER)
    launch = out.launch.columns
    for k in range(len(tracks.obj)):
        rows = tracks.held[k]
        t = tracks.t[rows]
        _carry(out, k, t + delay, t, tracks.x[k, rows], tracks.P[k, rows], np.inf)
        gone = np.logical_not(_latest(_arrived(out.t, tracks.t + delay), rows, False))
        out.held[k, gone], out.x[k, gone], out.P[k, gone], out.p_boost[k, gone] = False, np.nan, np.nan, np.nan
        last = _arrived(out.t, t + delay)
        out.seen_by[k] = _latest(last, tracks.seen_by[k, rows], 0)
        out.made_of[k] = _latest(last, tracks.made_of[k, rows], 0)
        launch[k] = _latest(last, tracks.launch.columns[k, rows], np.nan)
    out.since[:] = tracks.since + delay
    out.obj[:] = tracks.obj
    return out


def _seen_from(centre: Tracks, party: int) -> Tracks:
    """The centre's tracks as one party labels them: whose data they are made of, its own or the partner's."""
    labels = np.array([0, OWN, PARTNER, BOTH] if party == 0 else [0, PARTNER, OWN, BOTH], np.int8)
    return replace(centre, made_of=labels[centre.made_of])


def _unheld(t: Floats, count: int, made_of: int) -> Tracks:
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
        launch=Areas.unknown(*shape),
        impact=Areas.unknown(*shape),
        since=np.full(count, np.nan),
        obj=np.zeros(count, np.int32),
    )


def _find_areas(tracks: Tracks, changed: Bools) -> None:
    """Write into tracks the areas that follow from their states, where those changed (K, G) or were never asked for.

    Tracks are joined for the least spread of position. Where one's own velocity was better, so may be the area that one
    had already: of both, which are honest each, the smaller is kept.

    The centre's impact areas are left unknown: nobody answers from its picture, and each party reckons them from its own.
    """
    changed = tracks.held & (changed | ~tracks.impact.known)
    launch, impact = tracks.launch.columns, tracks.impact.columns
    fresh = np.empty(impact.shape)
    if (tracks.holder == CENTRE).any():
        impact[:] = np.nan
    else:
        areas_many(tracks.t, changed, tracks.x, tracks.P, tracks.p_boost, BETA_LN, BOOST_PATH, True, fresh)
        impact[changed] = _smaller(fresh[changed], impact[changed])
    unknown = changed & np.isnan(launch[..., 0])
    if unknown.any():
        areas_many(tracks.t, unknown, tracks.x, tracks.P, tracks.p_boost, BETA_LN, BOOST_PATH, False, fresh)
        launch[unknown] = fresh[unknown]
    launch[~tracks.held], impact[~tracks.held] = np.nan, np.nan


def _smaller(a: Floats, b: Floats) -> Floats:
    """Row by row the smaller of two tables of areas; a known one before an unknown one."""
    size_a, size_b = a[:, MAJOR] * a[:, MINOR], b[:, MAJOR] * b[:, MINOR]
    return np.where(((size_b < size_a) | np.isnan(size_a))[:, None], b, a)


def _arrived(t: Floats, arrives: Floats) -> Ints:
    """At each moment the number of the row that arrived last, -1 if none has; arrivals in rising order."""
    return np.asarray(np.searchsorted(arrives, t, side="right") - 1, np.int32)


def _latest(last: Ints, values: Floats, before: float) -> Floats:
    """The values of the rows `last` (see `_arrived`), `before` where that is -1."""
    out = values[np.maximum(last, 0)]
    out[last < 0] = before
    return out
