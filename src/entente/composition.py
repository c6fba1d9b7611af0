"""What is a track made of? Whose sensors, how much of it is whose, and which message went in last: in data and in a line."""

import math
from dataclasses import dataclass

import numpy as np

from entente.records import CENTRE, LAST_BIT, Picture, Tracks
from entente.scenario.world import World


@dataclass(frozen=True)
class Composition:
    """One track at the moment at which most of it was the other side's; a `share` of nan: a warning, which has no state."""

    holder: str  # a party, or "centre"
    t: float  # [s]
    held: tuple[float, float]  # [s] first and last moment
    sensors: dict[str, tuple[str, ...]]  # ids by party, of those who say which
    share: dict[str, float]  # of the information, by party; together 1
    messages: dict[str, int]  # row of Shared that went in last, by giver


def compositions(world: World, picture: Picture) -> list[Composition]:
    """Of every track of a picture, in its order."""
    return [_of(world, picture.tracks, k) for k in range(len(picture.tracks.obj)) if picture.tracks.held[k].any()]


def _of(world: World, tracks: Tracks, k: int) -> Composition:
    names = [party.name for party in world.parties]
    moments = np.flatnonzero(tracks.held[k])
    stated = moments[np.isfinite(tracks.share[k, moments])]
    own = tracks.share[k, stated]
    g = int(stated[np.argmin(own)]) if len(own) else int(moments[-1])
    holder = int(tracks.holder[k])
    first = 0 if holder == CENTRE else holder
    share = float(tracks.share[k, g]) if np.isfinite(tracks.x[k, g, 0]) else math.nan
    bits = int(tracks.sensors[k, g])
    ids = [(s.party, s.id) for n, s in enumerate(world.sensors[:LAST_BIT]) if bits >> n & 1]
    return Composition(
        holder="centre" if holder == CENTRE else names[holder],
        t=float(tracks.t[g]),
        held=(float(tracks.t[moments[0]]), float(tracks.t[moments[-1]])),
        sensors={name: tuple(i for party, i in ids if party == p) for p, name in enumerate(names)},
        share={names[first]: share, names[1 - first]: 1.0 - share},
        messages={names[p]: int(m) for p, m in enumerate(tracks.sent[k, g]) if m >= 0},
    )


def line(made: Composition) -> str:
    """One line: who holds it, since when, whose data it is made of and by how much, who saw it."""
    held = f"{made.holder:8s} {clock(made.held[0])} to {clock(made.held[1])}"
    if all(math.isnan(share) for share in made.share.values()):
        return f"{held}  a warning of the other side"
    parts = []
    for name, share in made.share.items():
        if share > 0.0:
            seen = ", ".join(made.sensors[name]) or "sensors not told"
            parts.append(f"{share:.0%} {name} ({seen})")
    return f"{held}  at {clock(made.t)} {'; '.join(parts)}"


def clock(t: float) -> str:
    """Minutes and seconds."""
    minutes, seconds = divmod(round(t), 60)
    return f"{minutes}:{seconds:02d}"
