"""Tracks from the reports of a chosen set of sensors: what one chain of processing makes of its scans.

A chain is one nation's radars, or its satellites, or, where line-of-sight reports are shared, the satellites of both. The
scans go through `estimate.follow`; the rows that it notes become confirmed tracks at the moments of a grid.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.estimate.belief import extrapolate_tracks
from entente.estimate.follow import ESTABLISHED, SILENCE, Q, follow_scans
from entente.estimate.scans import REASONS, REORDERED
from entente.estimate.score import ellipse
from entente.physics.earth import enu_axes, geodetic_from_ecef
from entente.records import INFRARED, Areas, Bools, Detections, Ints, Sets, sensor_bits
from entente.scenario.world import Sensor, World

Counts = NDArray[np.int64]
Numbers = NDArray[np.int64]

CLUTTER_FLOOR = 1e-4  # false alarms a scan that the tracker allows for even where the catalogue says none
MOST_TRACKS = 20_000  # of one nation at once, tentative ones included; some 2 kB each
# m: drift of a missile before its plume is seen; s: how long that takes, and its standard deviation; by flights of the
# catalogue, 8 to 60 s (tests/honesty/test_areas.py)
FIRST_SEEN = np.array([4_000.0, 33.0, 16.0])


@dataclass(frozen=True)
class Chain:
    """The confirmed tracks that a set of sensors of one kind made, on the grid; the fields are those of Tracks."""

    held: Bools
    x: Floats
    P: Floats
    p_boost: Floats
    since: Floats  # (K,)
    obj: Ints  # (K,)
    launch: Floats  # (K, 7) where first seen, as a table row of areas; nan for radars
    sensors: Sets  # (K, G)
    counts: Counts  # (len(REASONS),) what was refused, put right or given up on the way; see estimate.scans


def follow_sensors(world: World, detections: Detections, numbers: Sequence[int], kind: int, grid: Floats) -> Chain:
    """Everything that a set of sensors of one kind, of whatever nation, followed together and confirmed.

    Scans may come in any order; what else is wrong with them is refused, and counted by its reason.

    Args:
        numbers: which of `world.sensors`; all of that kind.
        kind: RADAR or INFRARED.
        grid: moments [s], rising, (G,).
    """
    numbers = list(numbers)
    sensors = [world.sensors[n] for n in numbers]
    counts = np.zeros(len(REASONS), np.int64)
    scans = _in_time(detections, np.flatnonzero(np.isin(detections.scan_sensor, numbers)), counts)
    count = np.diff(detections.scan_start)[scans]
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int32)
    rows = np.arange(start[-1]) + np.repeat(detections.scan_start[scans] - start[:-1], count)
    local = np.full(len(world.sensors), -1, np.int32)
    local[numbers] = np.arange(len(numbers))
    made = _Made.empty(len(rows))
    used = follow_scans(
        kind == INFRARED,
        detections.scan_t[scans],
        detections.scan_report_t[scans],
        local[detections.scan_sensor[scans]],
        start,
        detections.obj[rows],
        detections.z[rows],
        detections.sigma[rows],
        np.array([s.r_ecef for s in sensors]).reshape(-1, 3),
        np.array([s.axes for s in sensors]).reshape(-1, 3, 3),
        _faces(sensors),
        np.array([[*s.elevation, s.reach_coast, _clutter(s)] for s in sensors]).reshape(-1, 4),
        Q,
        min(len(rows), MOST_TRACKS),
        counts,
        *(getattr(made, f.name) for f in fields(_Made)),
    )
    revisit = min((s.revisit for s in sensors), default=math.inf)
    made = made.sorted(used)
    bits = _bits_at(detections.scan_t[scans], sensor_bits(detections.scan_sensor[scans]), made.t[:, 0])
    return _on_grid(grid, kind, 2.5 * revisit, made, bits, counts)


def _in_time(detections: Detections, scans: Numbers, counts: Counts) -> Numbers:
    """The scans in the order of their looks, those without a time last; how many came too late is counted."""
    t = detections.scan_t[scans]
    late = t < np.fmax.accumulate(t) if len(t) else np.zeros(0, np.bool_)
    counts[REORDERED] += np.count_nonzero(late)
    return scans[np.argsort(t, kind="stable")] if late.any() or np.isnan(t).any() else scans


@dataclass(frozen=True)
class _Made:
    """What `follow_scans` writes; see there."""

    track: Ints
    t: Floats
    x: Floats
    P: Floats
    p_boost: Floats
    obj: Ints
    confirmed: Bools
    ended: Floats

    @classmethod
    def empty(cls, room: int) -> "_Made":
        numbers, flags = np.empty((2, room), np.int32), np.empty(room, np.bool_)
        t, x, P = np.empty((room, 2)), np.empty((room, 7)), np.empty((room, 7, 7))
        return cls(numbers[0], t, x, P, np.empty(room), numbers[1], flags, np.full(room, np.inf))

    def sorted(self, used: int) -> "_Made":
        """The rows written, track by track, those of confirmed tracks only; `ended` stays as it is."""
        sure = np.zeros(len(self.ended), np.bool_)
        sure[self.track[:used][self.confirmed[:used]]] = True
        rows = np.flatnonzero(sure[self.track[:used]])
        rows = rows[np.argsort(self.track[rows], kind="stable")]
        columns = {f.name: getattr(self, f.name)[rows] for f in fields(self) if f.name != "ended"}
        return replace(self, **columns)


def _bits_at(scan_t: Floats, scan_bits: Sets, t: Floats) -> Sets:
    """Whose looks were made at these moments of scans: sensors that look at the very same time count together."""
    if not len(t):
        return np.empty(0, np.int64)
    times, first = np.unique(scan_t, return_index=True)
    return np.bitwise_or.reduceat(scan_bits, first)[np.searchsorted(times, t)]


def _on_grid(grid: Floats, kind: int, stale: float, made: _Made, bits: Sets, counts: Counts) -> Chain:
    """Confirmed tracks at the moments of the grid, from their rows and whose looks those are made of."""
    names, first = np.unique(made.track, return_index=True)
    count, size = len(names), len(grid)
    start: Ints = np.append(first, len(made.track)).astype(np.int32)
    # What is confirmed stays so: its rows from the first sure one on.
    sure = np.array([a + made.confirmed[a:b].argmax() for a, b in pairwise(start.tolist())], np.int32)
    chain = Chain(
        held=np.zeros((count, size), np.bool_),
        x=np.empty((count, size, 6)),
        P=np.empty((count, size, 6, 6)),
        p_boost=np.empty((count, size)),
        since=made.t[sure, 1],
        obj=_commonest(made.obj, start),
        launch=Areas.unknown(count).columns,
        sensors=np.zeros((count, size), np.int64),
        counts=counts,
    )
    lapse = np.where(np.diff(start) >= ESTABLISHED, np.inf, made.t[start[1:] - 1, 0] + SILENCE)
    # A plume burns while it is seen, whatever the filter makes of its angles.
    burns = np.ones(len(made.p_boost)) if kind == INFRARED else made.p_boost
    extrapolate_tracks(
        start, sure, made.t, made.x, made.P, burns, bits, np.minimum(lapse, made.ended[names]), grid, Q, stale,
        chain.held, chain.x, chain.P, chain.p_boost, chain.sensors,
    )  # fmt: skip
    if kind == INFRARED:
        for k, row in enumerate(start[:-1]):
            chain.launch[k] = _below(made.x[row], made.P[row], float(made.t[row, 0]))
    return chain


def _commonest(obj: Ints, start: Ints) -> Ints:
    """Of each track the object that most of its rows are of, the lowest number of several."""
    track = np.repeat(np.arange(len(start) - 1), np.diff(start))
    order = np.lexsort((obj, track))
    track, obj = track[order], obj[order]
    first = np.flatnonzero(np.append(True, (track[1:] != track[:-1]) | (obj[1:] != obj[:-1]))[: len(obj)])
    often = np.diff(first, append=len(obj))
    best = np.lexsort((obj[first], -often, track[first]))
    return obj[first][best][np.append(True, np.diff(track[first][best]) > 0)[: len(best)]]


def _below(x: Floats, P: Floats, t: float) -> Floats:
    """The launch area that a first look at a plume gives: the ground below it, as a table row."""
    lat, lon, _ = geodetic_from_ecef(x[0], x[1], x[2])
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    cov = (axes @ P[:3, :3] @ axes.T)[:2, :2] + FIRST_SEEN[0] ** 2 * np.eye(2)
    major, minor, bearing = ellipse(cov)
    return np.array([lat, lon, major, minor, bearing, t - FIRST_SEEN[1], FIRST_SEEN[2]])


def _faces(sensors: list[Sensor]) -> Floats:
    """Faces of all sensors in one array (S, F, 6), filled up with faces of no width."""
    most = max((len(s.faces) for s in sensors), default=0)
    out = np.zeros((len(sensors), max(most, 1), 6))
    for n, sensor in enumerate(sensors):
        out[n, : len(sensor.faces)] = sensor.faces
    return out


def _clutter(sensor: Sensor) -> float:
    """Density of false detections in the space of measurements [1/(m rad^2), for a satellite 1/rad^2]."""
    expected = max(sensor.false_alarms, CLUTTER_FLOOR)
    if sensor.kind == INFRARED:
        disc = math.asin(0.151)  # rad  half the angle under which the Earth is seen from geostationary height
        return expected / (2.0 * math.pi * disc)
    width = 2.0 * float(sensor.faces[:, 1].sum())
    height = min(sensor.elevation[1] - sensor.elevation[0], math.pi / 6.0)
    return expected / (sensor.reach_coast * width * height)
