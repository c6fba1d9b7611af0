"""A track as other tools read it: CCSDS Orbit Ephemeris Message, keyword form, with covariance.

Source: CCSDS 502.0-B-2, Orbit Data Messages (2009), section 5 and its examples, recalled.
"""

from collections.abc import Sequence

from entente.errors import ModelError
from entente.exchange.messages import TrackState

VERSION = "2.0"
FRAME = "ITRF2000"  # Earth-fixed axes; WGS 84 agrees with it to centimetres, and no polar motion is applied
UNKNOWN_OBJECT = "UNKNOWN"  # missiles have no international designator
COLUMNS = [[0], [1, 6], [2, 7, 11], [3, 8, 12, 15], [4, 9, 13, 16, 18], [5, 10, 14, 17, 19, 20]]
"""Row by row of the lower triangle, where its entries stand in the upper one that a message carries."""


def orbit_ephemeris(states: Sequence[TrackState], created: str) -> str:
    """The text of a message with every state of one track, in order of time; km, km/s, km2, km2/s, km2/s2.

    What it has no keyword for stands in comments: the origin, which is never to be lost, and the declared bias.

    Args:
        created: when the text is made, as messages write times.
    Raises:
        ModelError: no states, those of several tracks, or two of one time.
    """
    tracks = sorted({(said.party, said.node, said.track, said.origin) for said in states})
    if len(tracks) != 1:
        raise ModelError(f"states: of {len(tracks)} tracks; an ephemeris holds those of one track of one node")
    ordered = sorted(states, key=lambda said: said.observed)
    if len({said.observed for said in ordered}) < len(ordered):
        raise ModelError("states: two of one time; keep one of them")
    (party, _, track, origin), first, last = tracks[0], ordered[0], ordered[-1]
    head = [
        f"CCSDS_OEM_VERS = {VERSION}",
        f"COMMENT {origin.upper()}: {first.log}",
        f"CREATION_DATE = {_epoch(created)}",
        f"ORIGINATOR = {party.upper()}",
    ]
    meta = [
        "META_START",
        f"COMMENT {first.missile}, {first.whose}, seen by {first.seen_by}",
        f"COMMENT constant bias inside the covariance, one sigma an axis: {first.bias_sigma_km:g} km, "
        f"{first.bias_sigma_km_s:g} km/s",
        f"OBJECT_NAME = {track.upper()}",
        f"OBJECT_ID = {UNKNOWN_OBJECT}",
        "CENTER_NAME = EARTH",
        f"REF_FRAME = {FRAME}",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {_epoch(first.observed)}",
        f"STOP_TIME = {_epoch(last.observed)}",
        "META_STOP",
    ]
    rows = [" ".join([_epoch(said.observed), *map(repr, (*said.r_km, *said.v_km_s))]) for said in ordered]
    spreads = [line for said in ordered for line in _covariance(said)]
    return "\n".join([*head, "", *meta, "", *rows, "", "COVARIANCE_START", *spreads, "COVARIANCE_STOP"]) + "\n"


def _epoch(instant: str) -> str:
    """A time as this form has it, without the letter for UTC."""
    return instant.removesuffix("Z")


def _covariance(said: TrackState) -> list[str]:
    rows = [" ".join(f"{said.covariance[i]:.16e}" for i in row) for row in COLUMNS]
    return [f"EPOCH = {_epoch(said.observed)}", f"COV_REF_FRAME = {FRAME}", *rows]
