"""What becomes of reports of flights? Launches and tracks, under the name that their node gives them.

A node's names are its own: the same name at another node is another thing, and a node cannot speak of another's.
A state that no body can have reached from the one before (more than 400 m/s2 beyond 3 sigma, or after 10 minutes of
silence) begins a new track under the old name and is flagged; nothing is ever taken to have jumped. States that arrive out
of order change nothing but the log. A track is evidence of its launch from the first state on that names it.
"""

import math

from msgspec.structs import replace

from entente.exchange.messages import LaunchDetected, TrackState
from entente.exchange.ruling.claims import spread_of, weigh
from entente.exchange.ruling.launching import LATE_NS, seen
from entente.exchange.ruling.nodes import LAUNCHES, TRACKS, Named, Track
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.turn import Turn
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

FASTEST_KM_S2 = 0.4  # acceleration that no missile exceeds; exchange of T47 in gates
SIGMAS = 3.0
STALE_NS = 600 * NS_PER_S


def hear_launch(turn: Turn, said: LaunchDetected) -> None:
    """A detection, or a newer revision of one; an older revision is evidence only."""
    before = turn.node.launches.get(said.launch)
    if before is not None and said.revision <= before.revision:
        return
    late = is_late(turn, said.observed)
    launch = seen(turn, said, f"{turn.name}/launch/{said.launch}", before.launch if before else None, late=late)
    names = {name: named for name, named in turn.node.launches.items() if name != said.launch}
    while len(names) >= LAUNCHES:
        del names[next(iter(names))]
    turn.node = replace(turn.node, launches=names | {said.launch: Named(said.revision, launch)})


def hear_track(turn: Turn, said: TrackState) -> None:
    """The next state of a track, or the first."""
    tracks = turn.node.tracks
    before = tracks.get(said.track)
    now_ns = nanoseconds(said.observed)
    if before is not None and now_ns <= before.observed_ns:
        return
    c = said.covariance
    sigma_km, sigma_km_s = math.sqrt(max(c[0], c[6], c[11], 0.0)), math.sqrt(max(c[15], c[18], c[20], 0.0))
    jumps, launch, told = 0, None, False
    if before is not None:
        jumps, launch, told = before.jumps, before.launch, before.told
        if not reachable(before, now_ns, said, sigma_km, sigma_km_s):
            jumps, launch, told = jumps + 1, None, False
            turn.alarm(Reason.TRACK_JUMPED, about=turn.index)
    late = is_late(turn, said.observed)
    names = said.launched is not None and said.launch_area is not None
    if launch is None and names and (before is None or not told or (before.late and not late)):
        launch = seen(turn, said, f"{turn.name}/track/{said.track}", None, late=late)
    kept = dict(tracks)
    if before is not None:
        del kept[said.track]
    elif len(kept) >= TRACKS:
        del kept[next(iter(kept))]
    track = Track(
        now_ns, said.r_km, said.v_km_s, sigma_km, sigma_km_s, jumps, launch, late, spread_of(said), told or names
    )
    kept[said.track] = track
    turn.node = replace(turn.node, tracks=kept)
    weigh(turn, before, track)


def is_late(turn: Turn, observed: str) -> bool:
    """Is it too old to raise anything?"""
    return turn.now_ns - nanoseconds(observed) > LATE_NS


def reachable(before: Track, now_ns: int, said: TrackState, sigma_km: float, sigma_km_s: float) -> bool:
    """Can one body have been in both states? Straight on, give or take the strongest acceleration, and 3 sigma of each."""
    if now_ns - before.observed_ns > STALE_NS:
        return False
    dt = (now_ns - before.observed_ns) / NS_PER_S
    (x, y, z), (u, v, w) = before.r_km, before.v_km_s
    far = math.dist((x + u * dt, y + v * dt, z + w * dt), said.r_km)
    slack = SIGMAS * (before.sigma_km + before.sigma_km_s * dt + sigma_km)
    turned = math.dist(before.v_km_s, said.v_km_s)
    return far <= 0.5 * FASTEST_KM_S2 * dt * dt + slack and turned <= FASTEST_KM_S2 * dt + SIGMAS * (
        before.sigma_km_s + sigma_km_s
    )
