"""How sure may a node be of its tracks? Its states are compared with one another, and with those of the other side.

Of one body, d = r2 - r1 - (v1 + v2) dt / 2 is nothing but a change of acceleration in between: at most W dt2 / 8, if the
acceleration stays within a band W. What remains of |d|, squared, over the variance that the two covariances give it (the
trace, so that no direction counts more) is 1 in the mean if they are true and the errors independent, whatever their shape;
errors that two states share, a bias or a filter's memory, only make it less. A true claim exceeds LIMIT in 0.3 % of cases at
worst, when one axis holds all the error; OFTEN of WINDOW by chance once in 30 million windows.

- The node's own states, one after the other: whoever exceeds too often is *too sure*.
- The newest states of both sides of one launch: *disagreeing* says that one of them is too sure, or that they follow two
  objects of one launch; the centre takes no side, and each is marked by its own count.

A mark is told to both sides and refuses nothing. It falls when all of the last WINDOW comparisons fit. Nothing is seen of an
error that stays the same, of states more than 10 s apart, or of a node that is alone and steadily wrong.

Source: own; the normalised squared difference of Bar-Shalom, Li & Kirubarajan (2001), section 5.4, with a trace in place of
an inverse. LIMIT, WINDOW, OFTEN and the bands are chosen by us.
"""

import math

from msgspec.structs import replace

from entente.exchange.messages import TrackState
from entente.exchange.ruling.alerts import Launch
from entente.exchange.ruling.nodes import Fit, Track, offset_ns
from entente.exchange.ruling.reasons import Reason
from entente.exchange.ruling.turn import Turn
from entente.exchange.saying.instants import NS_PER_S

LIMIT = 9.0  # three sigma, squared
WINDOW, OFTEN = 32, 5  # the last comparisons, and how many of them are too many
COMPARED_NS = 10 * NS_PER_S
# km from the Earth's centre, below which air brakes; km/s2, within which an acceleration stays there and beyond, where a motor
# may end.
AIR_KM, BAND_AIR_KM_S2, BAND_KM_S2 = 6_440.0, 0.4, 0.15


def weigh(turn: Turn, before: Track | None, after: Track) -> None:
    """Compare a new state with the one of that name before it, and with the other side's of that launch."""
    _note(turn, "own_fit", excess(before, after) if before else None, Reason.TOO_SURE)
    _note(turn, "other_fit", _beside_others(turn, after), Reason.DISAGREEING)


def spread_of(said: TrackState) -> tuple[float, float, float]:
    """What is kept of a covariance: traces of its blocks [km2, km2/s, km2/s2]; an error of time lies along the path."""
    c, (u, v, w) = said.covariance, said.v_km_s
    along = (u * u + v * v + w * w) * said.observed_sigma_s * said.observed_sigma_s
    return c[0] + c[6] + c[11] + along, c[3] + c[9] + c[14], c[15] + c[18] + c[20]


def excess(before: Track, after: Track, clocks_s: float = 0.0) -> float | None:
    """The normalised squared difference of two states of one body; None: too far apart in time to say.

    Args:
        before, after: in order of time.
        clocks_s: by how much the clocks of the two may be off.
    """
    dt_ns = after.observed_ns - before.observed_ns
    if dt_ns > COMPARED_NS:
        return None
    half = dt_ns / NS_PER_S / 2
    (x, y, z), (u, v, w) = before.r_km, before.v_km_s
    (x2, y2, z2), (u2, v2, w2) = after.r_km, after.v_km_s
    far = math.hypot(x2 - x - (u + u2) * half, y2 - y - (v + v2) * half, z2 - z - (w + w2) * half)
    band = BAND_KM_S2 if math.hypot(x2, y2, z2) > AIR_KM else BAND_AIR_KM_S2
    far -= band * half * half / 2 + math.hypot(u2, v2, w2) * clocks_s
    (r, rv, vel), (r2, rv2, vel2) = before.spread, after.spread
    claimed = r + r2 + 2 * half * (rv - rv2) + half * half * (vel + vel2)
    return 0.0 if far <= 0.0 else far * far / claimed if claimed > 0.0 else math.inf


def noted(fit: Fit, result: float) -> Fit:
    """The count with one more comparison."""
    bits = (fit.bits << 1 | (result > LIMIT)) & ((1 << WINDOW) - 1)
    return Fit(bits, bits != 0 if fit.is_marked else bits.bit_count() >= OFTEN)


def _note(turn: Turn, field: str, result: float | None, reason: Reason) -> None:
    """Count it; a mark that is set or falls is told to both."""
    before: Fit = getattr(turn.node, field)
    after = before if result is None else noted(before, result)
    if after != before:
        turn.node = replace(turn.node, **{field: after})
    if after.is_marked != before.is_marked:
        turn.alarm(reason if after.is_marked else Reason.CLAIMS_FIT, about=turn.index)


def _beside_others(turn: Turn, mine: Track) -> float | None:
    """Against that state of the other side which fits it best; None: there is none of that launch and time."""
    launch: Launch | None = turn.now("launches").get(mine.launch)
    found = []
    for source, seen in launch.sources.items() if launch else ():
        name, kind, own_name = source.split("/")
        other = turn.state.nodes.get(name) if kind == "track" and seen.party != turn.node.party else None
        theirs = other.tracks.get(own_name) if other else None
        if other is None or theirs is None or theirs.launch != mine.launch:
            continue
        first, second = sorted((theirs, mine), key=lambda track: track.observed_ns)
        found.append(excess(first, second, (offset_ns(turn.node) + offset_ns(other)) / NS_PER_S))
    return min((result for result in found if result is not None), default=None)
