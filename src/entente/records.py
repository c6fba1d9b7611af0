"""Nouns in motion: what one stage hands to the next. Struct of arrays, SI units, frame in the name.

Times are seconds since the scenario's epoch. `r_ecef` is Earth-fixed; `start` (B+1,) marks where each body's rows lie in
flat columns. ids are int32. Party numbers are positions in `World.parties`; `CENTRE` stands for the joint centre.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.scenario.world import INFRARED, RADAR

Ints = NDArray[np.int32]
Sets = NDArray[np.int64]  # sets of sensors: bit n stands for World.sensors[n], see `sensor_bits`
Codes = NDArray[np.int8]
Bools = NDArray[np.bool_]

PRELAUNCH, BOOST, COAST, REENTRY = 0, 1, 2, 3  # phases of a flight
FALSE_ALARM = -1  # the object of a detection that came from nothing
WARNING, TRACK = 1, 2  # kinds of shared messages
CENTRE = 2  # the party number of the joint centre, after the two parties
OWN, PARTNER, BOTH = 1, 2, 3  # whose information an estimate is made of, as bits

LAST_BIT = 62  # stands for all sensors from that number on


__all__ = [
    "BOOST",
    "BOTH",
    "CENTRE",
    "COAST",
    "FALSE_ALARM",
    "INFRARED",
    "LAST_BIT",
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
    "Sets",
    "Shared",
    "sensor_bits",
]


def sensor_bits(numbers: Ints) -> Sets:
    """Each of these sensors (N,) as a set of one."""
    return np.left_shift(np.int64(1), np.minimum(numbers, LAST_BIT).astype(np.int64))


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

    def position_at(self, body: int, t: float) -> Floats:
        """Where a body is at a moment [s], (3,) Earth-fixed [m]: straight between rows, within 15 m even in boost."""
        return np.asarray(self.positions_at(body, np.array([t]))[0])

    def positions_at(self, body: int, t: Floats) -> Floats:
        """The same at moments (N,): (N, 3)."""
        rows = slice(self.start[body], self.start[body + 1])
        return np.stack([np.interp(t, self.t[rows], self.r_ecef[rows, i]) for i in range(3)], axis=-1)


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

    @classmethod
    def none(cls) -> "Detections":
        """No look at all."""
        times, numbers, angles = np.empty(0), np.empty(0, np.int32), np.empty((0, 3))
        return cls(times, times, numbers, np.zeros(1, np.int32), numbers, angles, angles)


@dataclass(frozen=True)
class Areas:
    """Where something will come down, or was launched: ellipses on the ground. Arrays of any one shape (...).

    `axes` are the semi-axes of the 1-sigma ellipse; the area of containment p has them times sqrt(-2 ln(1 - p)).
    """

    columns: Floats  # (..., 7) latitude, longitude, longer and shorter semi-axis, bearing, time and its sigma; see `from_table`

    @property
    def lat(self) -> Floats:
        """Latitude [rad], (...); nan where not known."""
        return self.columns[..., 0]

    @property
    def lon(self) -> Floats:
        """Longitude [rad], (...)."""
        return self.columns[..., 1]

    @property
    def axes(self) -> Floats:
        """Semi-axes [m], (..., 2), the longer first."""
        return self.columns[..., 2:4]

    @property
    def bearing(self) -> Floats:
        """Of the longer axis [rad], clockwise from north, (...)."""
        return self.columns[..., 4]

    @property
    def t(self) -> Floats:
        """When it happens (impact) or happened (launch) [s], (...)."""
        return self.columns[..., 5]

    @property
    def t_sigma(self) -> Floats:
        """Standard deviation of `t` [s], (...)."""
        return self.columns[..., 6]

    def __getitem__(self, where: Any) -> "Areas":
        """The same areas, fewer of them."""
        return Areas(self.columns[where])

    @property
    def known(self) -> Bools:
        """Where an area is known."""
        return np.isfinite(self.lat)

    @property
    def table(self) -> Floats:
        """A copy of the columns side by side, (..., 7), as the kernels of `estimate.belief` have them."""
        return self.columns.copy()

    @classmethod
    def from_table(cls, table: Floats) -> "Areas":
        """From columns latitude, longitude, semi-axes, bearing, time, its sigma, (..., 7); the table is kept, not copied."""
        return cls(table)

    @classmethod
    def unknown(cls, *shape: int) -> "Areas":
        """Areas of which nothing is known."""
        return cls(np.full((*shape, 7), np.nan))


@dataclass(frozen=True)
class Tracks:
    """What is believed of K objects at G moments, the same grid for everyone. Not held: nan.

    A track that only repeats a partner's warning has areas but no state (x and P stay nan while `held`).
    """

    t: Floats  # (G,) [s]
    holder: Codes  # (K,) 0, 1 or CENTRE
    held: Bools  # (K, G) whether the holder believes in it at that moment
    x: Floats  # (K, G, 6) [m, m/s] Earth-fixed position and velocity
    P: Floats  # (K, G, 6, 6)
    p_boost: Floats  # (K, G) probability that it still burns
    seen_by: Codes  # (K, G) RADAR, INFRARED or their sum
    made_of: Codes  # (K, G) OWN, PARTNER or BOTH
    sensors: Sets  # (K, G) whose reports went in; those of a partner that does not say are missing
    share: (
        Floats  # (K, G) of the information that is the holder's own, 0 to 1; of the first party's where CENTRE holds it
    )
    sent: Ints  # (K, G, 2) row of Shared that went in last, of each giver; -1 where none did
    launch: Areas  # (K, G)
    impact: Areas  # (K, G)
    classes: Floats  # (K, G, 7) chances of the classes of vehicle, in the order of estimate.classify.CLASSES
    since: Floats  # (K,) [s] the moment it was confirmed, or its warning arrived
    obj: Ints  # (K,) truth of most of its detections, for scoring only; FALSE_ALARM if they came from nothing

    def of(self, holder: int) -> "Tracks":
        """The tracks that a party (or the centre) holds."""
        return self.rows(self.holder == holder)

    def rows(self, where: Any) -> "Tracks":
        """Some of the tracks, at all moments: views where they lie together, copies where they do not."""
        if isinstance(where, np.ndarray) and where.dtype == np.bool_:
            chosen = np.flatnonzero(where)
            together = len(chosen) > 0 and chosen[-1] - chosen[0] == len(chosen) - 1
            where = slice(chosen[0], chosen[-1] + 1) if together else chosen
        return Tracks(self.t, *(getattr(self, f.name)[where] for f in fields(self)[1:]))

    @classmethod
    def joined(cls, parts: Sequence["Tracks"]) -> "Tracks":
        """Tracks of several holders on the same grid, one after the other."""

        def column(name: str) -> Any:
            values = [getattr(part, name) for part in parts]
            if isinstance(values[0], Areas):
                return Areas.from_table(np.concatenate([areas.table for areas in values]))
            return np.concatenate(values)

        return cls(parts[0].t, *(column(f.name) for f in fields(cls)[1:]))


@dataclass(frozen=True)
class NationalTracks:
    """What each nation believes from its own sensors alone."""

    tracks: Tracks
    first_seen: Floats  # (2,) [s] when each nation had its first true detection; nan if never
    counts: Sets  # (2, R) what of each nation's scans was refused, put right or given up, by estimate.scans.REASONS


@dataclass(frozen=True)
class Shared:
    """What each party released and what arrived: one row a message, sorted by arrival. nan where nothing is stated."""

    giver: Codes  # (M,) the other party receives it; tracks go to the centre too where there is one
    kind: Codes  # (M,) WARNING or TRACK
    track: Ints  # (M,) row of NationalTracks.tracks that it reports
    t: Floats  # (M,) [s] the moment the content holds for
    arrives: Floats  # (M,) [s]
    x: Floats  # (M, 6) as released
    P: Floats  # (M, 6, 6) as released, the declared bias included
    seen_by: Codes  # (M,)
    sensors: Sets  # (M,) whose reports went in; 0 where that is not told
    launch: Areas  # (M,) as released
    impact: Areas  # (M,) as released
    bias: (
        Floats  # (M,) [m] 1 sigma of the constant position bias that the giver declares; part of P, never averaged out
    )
    noticed: Bools  # (2,) whether those on duty at each party know of an announcement of this launch
    reports: Detections  # looks of both nations' satellites as the centre gets them; none where they do not flow

    def rows(self, where: Any) -> "Shared":
        """Some of the messages, with all else."""
        columns = {f.name: getattr(self, f.name)[where] for f in fields(self) if f.name not in ("noticed", "reports")}
        return replace(self, **columns)


@dataclass(frozen=True)
class Picture:
    """What each nation, and the centre where there is one, believes after sharing."""

    tracks: Tracks
    told: Floats  # (2,) [s] when each party first had anything from its partner; nan if never
    doubted: Floats  # (3,) [s] from when on each holder joins the partner's tracks no more, as they agree too badly; nan if never
    refused: Ints  # (2,) messages of each giver that nobody could use


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
    salvo_site: Ints  # (S,) which sites fired a salvo
    salvo_obj: Ints  # (S,) at which object
    missed: Floats  # (S,) chance that all its shots miss although detection, tracking and classification hold
    missed_decoys: Floats  # (S,) the same with ten undiscriminated objects beside each warhead
    stopped: Bools  # (B,)
    why_not: dict[tuple[int, int], str]
    agreed: float  # chance that both keys are turned for an object; 1 where one is enough; in `p_no_leak` already
    left: Ints  # (sites,) interceptors that were not fired, held back or not
    left_to_other: Bools  # (B,) nobody answers it, though a site with interceptors to give could
    salvo_fired: Bools  # (S,) false where a key was refused
    salvo_launch: Floats  # (S,) [s]
    debris: Areas  # (S,) where the pieces are predicted to come down
    seen: Bools  # (S,) whether the other party's sensors could see the interceptor
    toward: Bools  # (S,) whether it would come down near a region of the other party if it met nothing


@dataclass(frozen=True)
class Event:
    """One line of the story: who knew what, when."""

    t: float  # [s]
    party: int
    what: Literal["seen", "told", "track", "warning", "shot", "intercept", "impact", "burnout", "launch"]
    text: str


@dataclass(frozen=True)
class Assessment:
    """The measures of one history: values (party,), nan where undefined; names and units in `measures.MEASURES`."""

    values: dict[str, Floats]
    events: tuple[Event, ...] = ()  # its story, if it was asked for
