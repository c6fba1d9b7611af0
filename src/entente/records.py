"""Nouns in motion: what one stage hands to the next. Struct of arrays, SI units, frame in the name.

Times are seconds since the scenario's epoch. `r_ecef` is Earth-fixed; `start` (B+1,) marks where each body's rows lie in
flat columns. ids are int32. Party numbers are positions in `World.parties`; `CENTRE` stands for the joint centre.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.scenario.world import INFRARED, RADAR

Ints = NDArray[np.int32]
Codes = NDArray[np.int8]
Bools = NDArray[np.bool_]

PRELAUNCH, BOOST, COAST, REENTRY = 0, 1, 2, 3  # phases of a flight
FALSE_ALARM = -1  # the object of a detection that came from nothing
CENTRE = 2  # the party number of the joint centre, after the two parties
OWN, PARTNER, BOTH = 1, 2, 3  # whose information an estimate is made of, as bits


__all__ = [
    "BOOST",
    "BOTH",
    "CENTRE",
    "COAST",
    "FALSE_ALARM",
    "INFRARED",
    "OWN",
    "PARTNER",
    "PRELAUNCH",
    "RADAR",
    "REENTRY",
    "TRACK",
    "WARNING",
    "Areas",
    "Assessment",
    "Detections",
    "Event",
    "Flights",
    "Floats",
    "NationalTracks",
    "Outcome",
    "Picture",
    "Shared",
]

@dataclass(frozen=True)
class Flights:
    """Where everything is. Rows of flight i lie in start[i]:start[i+1], one second apart, from launch to impact."""

    start: Ints  # (B+1,)
    t: Floats  # (N,) [s]
    r_ecef: Floats  # (N, 3) [m]
    v_ecef: Floats  # (N, 3) [m/s]
    phase: Codes  # (N,)
    t_launch: Floats  # (B,) [s]
    t_burnout: Floats  # (B,) [s]
    t_impact: Floats  # (B,) [s]
    launch_ecef: Floats  # (B, 3) [m]
    impact_ecef: Floats  # (B, 3) [m]
    apogee: Floats  # (B,) [m] above the ellipsoid

    @property
    def count(self) -> int:
        """How many flights."""
        return len(self.start) - 1


@dataclass(frozen=True)
class Detections:
    """What sensors reported, in scans: scan k of `scan_sensor` at `scan_t` holds rows scan_start[k]:scan_start[k+1].

    Scans are sorted by (t, sensor), also empty ones: a sensor that looked and saw nothing is information.
    """

    scan_t: Floats  # (S,) [s] when the look was made
    scan_report_t: Floats  # (S,) [s] when the nation had it
    scan_sensor: Ints  # (S,)
    scan_start: Ints  # (S+1,)
    obj: Ints  # (D,) truth, for scoring only; FALSE_ALARM where nothing was there
    z: Floats  # (D, 3) range [m] (nan for infrared), azimuth [rad], elevation [rad]; at the sensor, east-north-up
    sigma: Floats  # (D, 3) standard deviations the sensor states


@dataclass(frozen=True)
class NationalTracks:
    """What each nation believes from its own sensors: the state after every update, oldest first."""

    party: Codes  # (N,)
    track: Ints  # (N,) unique over both parties
    t: Floats  # (N,) [s] of the measurement
    known_t: Floats  # (N,) [s] when the nation had it
    x: Floats  # (N, 6) [m, m/s] Earth-fixed position and velocity
    P: Floats  # (N, 6, 6)
    p_boost: Floats  # (N,) probability that it still burns
    hits: Ints  # (N,) detections so far
    seen_by: Codes  # (N,) RADAR, INFRARED or their sum
    confirmed: Bools  # (N,)
    obj: Ints  # (N,) truth of the last detection, for scoring only


@dataclass(frozen=True)
class Areas:
    """Where something will come down (or was launched), as released or believed: an ellipse on the ground.

    `axes` are the semi-axes of the 1-sigma ellipse; an area of containment p has them times sqrt(-2 ln(1 - p)).
    """

    lat: Floats  # (N,) [rad]
    lon: Floats  # (N,) [rad]
    axes: Floats  # (N, 2) [m], the longer first
    bearing: Floats  # (N,) [rad] of the longer axis, clockwise from north
    t: Floats  # (N,) [s] when it happens (impact) or happened (launch)
    sigma_t: Floats  # (N,) [s]


@dataclass(frozen=True)
class Shared:
    """What each party released and what arrived. Row i goes from `giver` to the other party or to the centre."""

    giver: Codes  # (M,)
    kind: Codes  # (M,) WARNING or TRACK below
    track: Ints  # (M,) the giver's own track number
    t: Floats  # (M,) [s] the moment the content holds for
    arrives: Floats  # (M,) [s]
    x: Floats  # (M, 6) as released; nan where the kind carries no state
    P: Floats  # (M, 6, 6) as released, the declared bias included; nan likewise
    seen_by: Codes  # (M,)
    launch: Areas  # (M,) as released; nan where not stated
    impact: Areas  # (M,) as released; nan where not stated
    obj: Ints  # (M,) truth, for scoring only


WARNING, TRACK = 1, 2  # kinds of shared messages


@dataclass(frozen=True)
class Picture:
    """What each nation, and the centre, believes afterwards, each time that its belief changes.

    Rows are sorted by (party, t). A row is one estimate of one object at one time, with what it is made of.
    """

    party: Codes  # (N,) 0, 1 or CENTRE
    track: Ints  # (N,) the number of the picture's own track
    t: Floats  # (N,) [s] when the belief is held
    x: Floats  # (N, 6) Earth-fixed, at t; nan where only a warning is known
    P: Floats  # (N, 6, 6)
    made_of: Codes  # (N,) OWN, PARTNER or BOTH
    seen_by: Codes  # (N,) RADAR, INFRARED or their sum
    confirmed: Bools  # (N,)
    launch: Areas  # (N,)
    impact: Areas  # (N,)
    obj: Ints  # (N,) truth, for scoring only


@dataclass(frozen=True)
class Outcome:
    """Who answered what. One row per shot; `why_not` says for each (site, object) without shots what was missing."""

    site: Ints  # (K,)
    obj: Ints  # (K,)
    t_launch: Floats  # (K,) [s]
    t_intercept: Floats  # (K,) [s]
    r_ecef: Floats  # (K, 3) [m] where it would meet
    p_kill: Floats  # (K,)
    hit: Bools  # (K,)
    p_no_leak: Floats  # (B,) chance that this object does not get through, given the shots it drew
    stopped: Bools  # (B,)
    why_not: dict[tuple[int, int], str]


@dataclass(frozen=True)
class Event:
    """One line of the story: who knew what, when."""

    t: float  # [s]
    party: int
    what: Literal["seen", "told", "track", "warning", "shot", "intercept", "impact", "burnout", "launch"]
    text: str


@dataclass(frozen=True)
class Assessment:
    """The measures of one history: values (party,), nan where undefined; names and units in `assessment.MEASURES`."""

    values: dict[str, Floats]
    events: tuple[Event, ...]
