"""Stage 5: what each nation, and the centre where there is one, believes after sharing.

1. Messages that nobody could use are refused and counted; of each track the latest word is carried to now (`arrivals`).
2. The partner's tracks are put into one's own frame and time, as far as other bodies tell of them and the declared prior
   allows, and matched with one's own; a partner whose data agree too badly is no longer believed (`estimate.pairs`).
3. Tracks of one body are joined. Who gets a track knows not what it was made of, so at rung 3 by covariance intersection,
   which stays honest whatever both have in common. The centre says of every track whose data, sensors and messages went
   into it. A nation takes off what is its own, to the bit what it sent, and what is left is the partner's alone: two
   radar tracks of a falling body that share no data are joined by information fusion, all else by intersection.
4. Where reports flow, the centre's own tracks, made of both nations' lines of sight, come beside (`reporting`).

Warnings are not fused: they stand beside the own picture, as on a second display, at every rung at which they flow.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from entente.arrivals import admit, display, followed, later, released, seen_from
from entente.classes import NO_DRAG, STRAIGHT, before_boost, classify
from entente.compiled import Floats
from entente.constants import R_EQ
from entente.estimate.belief import BURNS, MAJOR, MINOR, areas_many
from entente.estimate.pairs import join_many, match_many
from entente.estimate.trust import alarm_level
from entente.records import (
    CENTRE,
    OWN,
    RADAR,
    Bools,
    NationalTracks,
    Picture,
    Shared,
    Tracks,
)
from entente.scenario.rows import find_rung
from entente.scenario.world import World

CENTRE_DELAY = 5.0  # s  from what arrives at the centre to the joint picture on both sides' screens; assumed
FALSE_DOUBTS = 0.1  # an hour, at most, in which honest data of the partner are taken for wrong; chosen
AIRLESS = 120_000.0  # m  above which free fall is known: below, unknown drag moves both sides' errors together


def join(world: World, national: NationalTracks, shared: Shared, rung: int) -> Picture:
    """The picture of both nations, and of the centre from the rung on at which there is one."""
    fusion = find_rung(rung, world.scenario.ladder).fusion
    usable, numbers, refused = admit(shared)
    parties = range(len(world.parties))
    own = [national.tracks.of(party) for party in parties]
    given = [released(national, usable, giver) for giver in parties]
    if fusion == "none":
        merged = [_alone(tracks) for tracks in own]
    elif fusion == "receiver":
        merged = [_merge(world, _alone(own[party]), given[1 - party], party) for party in parties]
    else:
        merged = _through_centre(world, own, given, followed(world, usable, national.tracks.t))
    for result in merged if fusion != "none" else ():
        _find_areas(result.tracks, result.changed)
    parts = [result.tracks for result in merged[CENTRE:]]
    for party in parties:
        parts += [merged[party].tracks, display(national, usable, 1 - party)]
    tracks = Tracks.joined(parts)
    tracks.sent[tracks.sent >= 0] = numbers[tracks.sent[tracks.sent >= 0]]
    told = [usable.arrives[usable.giver == 1 - party] for party in parties]
    return Picture(
        tracks=tracks,
        told=np.array([t.min() if len(t) else np.nan for t in told]),
        doubted=np.array([result.doubted for result in merged] + [math.nan] * (CENTRE + 1 - len(merged))),
        refused=refused,
    )


@dataclass(frozen=True)
class _Merged:
    """One holder's tracks, where their areas are not yet those of their states, and who is not believed."""

    tracks: Tracks
    changed: Bools  # (K, G)
    doubted: float  # since when the holder joins the others' tracks no more [s]; nan if it still does


def _alone(tracks: Tracks) -> _Merged:
    """Tracks as they are before anything is joined."""
    return _Merged(tracks, np.zeros(tracks.held.shape, np.bool_), math.nan)


def _through_centre(world: World, own: list[Tracks], given: list[Tracks], seen: Tracks) -> list[_Merged]:
    """The pictures of both nations and of the centre; `seen` is what the centre makes of lines of sight."""
    out = []
    for party, tracks in enumerate(own):
        # Of the centre's picture, one's own part taken off: the partner's tracks, as much later as the centre is.
        joint = _merge(world, _alone(tracks), later(given[1 - party], CENTRE_DELAY), party, disjoint=True)
        out.append(_merge(world, joint, seen_from(later(seen, CENTRE_DELAY, burning=True), party), party))
    # In the centre's picture OWN stands for the first party's data and PARTNER for the second's.
    first = replace(given[0], made_of=np.full_like(given[0].made_of, OWN), share=np.where(given[0].held, 1.0, np.nan))
    out.append(_merge(world, _merge(world, _alone(first), given[1], CENTRE), seen, CENTRE))
    return out


def _merge(world: World, so_far: _Merged, theirs: Tracks, holder: int, disjoint: bool = False) -> _Merged:
    """One holder's picture out of two sets of tracks: those of one body joined, the others side by side.

    Args:
        disjoint: whether `theirs` are known to be made of the partner's data alone.
    """
    mine = so_far.tracks
    match = np.full(mine.held.shape, -1, np.int32)
    x, P = np.full_like(theirs.x, np.nan), np.full_like(theirs.P, np.nan)
    end = match_many(
        mine.held, mine.x, mine.P, mine.p_boost, theirs.held, theirs.x, theirs.P,
        _declared(world), alarm_level(FALSE_DOUBTS, float(mine.t[1] - mine.t[0])), match, x, P, np.empty(4), np.empty((4, 4)),
    )  # fmt: skip
    believed = theirs.held & np.isfinite(x[..., 0])
    believed[:, end:] = False
    theirs = replace(theirs, held=believed, x=x, P=P)
    m, g = np.nonzero(match >= 0)
    n = match[m, g]
    alone = believed.copy()
    alone[n, g] = False
    apart = alone.any(axis=1)
    both = Tracks.joined([mine, theirs.rows(apart)])
    known = np.zeros(match.shape, np.bool_)
    if disjoint:
        known[m, g] = _falls_free(mine)[m, g] & _falls_free(theirs)[n, g]
    share = np.full(match.shape, np.nan)
    join_many(match, known, mine.x, mine.P, theirs.x, theirs.P, both.x, both.P, share)
    # A pair that cannot be joined, as its numbers are no covariance after all, leaves one's own track as it is.
    m, g = np.nonzero(np.isfinite(share))
    n = match[m, g]
    launch = both.launch.columns
    both.made_of[m, g] |= theirs.made_of[n, g]
    both.seen_by[m, g] |= theirs.seen_by[n, g]
    both.sensors[m, g] |= theirs.sensors[n, g]
    both.sent[m, g] = np.maximum(both.sent[m, g], theirs.sent[n, g])
    others = np.nan_to_num(theirs.share)
    both.share[m, g] = share[m, g] * mine.share[m, g] + (1.0 - share[m, g]) * others[n, g]
    launch[m, g] = _smaller(launch[m, g], theirs.launch.columns[n, g])
    rest = slice(len(mine.obj), None)
    both.held[rest] = alone[apart]
    both.share[rest] = np.where(alone[apart], others[apart], np.nan)
    both.holder[:] = holder
    # Where one's own track alone is best, it stays as it is, and so does its area.
    changed = np.ones(both.held.shape, np.bool_)
    changed[: len(mine.obj)] = so_far.changed
    changed[m, g] |= share[m, g] != 1.0
    kept = both.held.any(axis=1)
    since = float(mine.t[end]) if end < len(mine.t) else math.nan
    return _Merged(both.rows(kept), changed[kept], float(np.fmin(so_far.doubted, since)))


def _declared(world: World) -> Floats:
    """What both parties declare of how far their frames and clocks may be apart: one sigma [m], [s], (2,)."""
    frames, clocks = [p.frame_sigma for p in world.policies], [p.clock_sigma for p in world.policies]
    return np.array([math.hypot(*frames), math.hypot(*clocks)])


def _falls_free(tracks: Tracks) -> Bools:
    """Where (K, G) a track was made by radars and its body falls above the air: nothing unknown moves it."""
    high = np.linalg.norm(np.nan_to_num(tracks.x[..., :3]), axis=-1) > R_EQ + AIRLESS
    return np.asarray(high & (tracks.p_boost < BURNS) & (tracks.seen_by & RADAR > 0))


def _find_areas(tracks: Tracks, changed: Bools) -> None:
    """Write into tracks the areas that follow from their states, where those changed (K, G) or were never asked for.

    Tracks are joined for the least spread of position. Where one's own velocity was better, so may be the area that one
    had already: of both, which are honest each, the smaller is kept.

    The centre's impact areas are left unknown: nobody answers from its picture, and each party reckons them from its own.
    """
    changed = tracks.held & (changed | ~tracks.impact.known)
    launch, impact = tracks.launch.columns, tracks.impact.columns
    fresh = np.empty(impact.shape)
    state = tracks.x, tracks.P, tracks.p_boost
    unknown = changed & np.isnan(launch[..., 0])
    if unknown.any():
        areas_many(tracks.t, unknown, *state, NO_DRAG, STRAIGHT, False, fresh)
        launch[unknown] = fresh[unknown]
    classes, beta_ln, boost = classify(tracks.t, tracks.held, *state, tracks.seen_by, launch, changed)
    launch[unknown] = before_boost(launch, boost)[unknown]
    tracks.classes[changed], tracks.classes[~tracks.held] = classes[changed], np.nan
    if (tracks.holder == CENTRE).any():
        impact[:] = np.nan
    else:
        areas_many(tracks.t, changed, *state, beta_ln, STRAIGHT, True, fresh)
        impact[changed] = _smaller(fresh[changed], impact[changed])
        impact[changed & np.isnan(beta_ln[..., 0])] = np.nan  # what is now held for a launcher comes down nowhere
    launch[~tracks.held], impact[~tracks.held] = np.nan, np.nan


def _smaller(a: Floats, b: Floats) -> Floats:
    """Row by row the smaller of two tables of areas; a known one before an unknown one."""
    size_a, size_b = a[:, MAJOR] * a[:, MINOR], b[:, MAJOR] * b[:, MINOR]
    return np.where(((size_b < size_a) | np.isnan(size_a))[:, None], b, a)
