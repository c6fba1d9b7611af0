"""Tracks from the reports of a chosen set of sensors: what one chain of processing makes of its scans.

A chain is one nation's radars, or its satellites, or, where line-of-sight reports are shared, the satellites of both. The
scans go through `estimate.follow`; the rows that it notes become confirmed tracks at the moments of a grid.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.estimate.belief import extrapolate_many
from entente.estimate.follow import ESTABLISHED, SILENCE, Q, follow_scans
from entente.estimate.scans import REASONS
from entente.estimate.score import ellipse
from entente.physics.earth import enu_axes, geodetic_from_ecef
from entente.records import INFRARED, Areas, Bools, Detections, Ints, Sets, sensor_bits
from entente.scenario.world import Sensor, World

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


def follow_sensors(world: World, detections: Detections, numbers: Sequence[int], kind: int, grid: Floats) -> Chain:
    """Everything that a set of sensors of one kind, of whatever nation, followed together and confirmed.

    Args:
        numbers: which of `world.sensors`; all of that kind.
        kind: RADAR or INFRARED.
        grid: moments [s], rising, (G,).
    """
    numbers = list(numbers)
    sensors = [world.sensors[n] for n in numbers]
    mine, count = np.isin(detections.scan_sensor, numbers), np.diff(detections.scan_start)
    scans, rows = np.flatnonzero(mine), np.flatnonzero(np.repeat(mine, count))
    local = np.full(len(world.sensors), -1, np.int32)
    local[numbers] = np.arange(len(numbers))
    room = len(rows)
    track, t, obj = np.empty(room, np.int32), np.empty((room, 2)), np.empty(room, np.int32)
    x, P, p_boost, confirmed = np.empty((room, 6)), np.empty((room, 6, 6)), np.empty(room), np.empty(room, np.bool_)
    ended, counts = np.full(room, np.inf), np.zeros(len(REASONS), np.int64)
    used = follow_scans(
        kind == INFRARED,
        detections.scan_t[scans],
        detections.scan_report_t[scans],
        local[detections.scan_sensor[scans]],
        np.concatenate([[0], np.cumsum(count[scans])]).astype(np.int32),
        detections.obj[rows],
        detections.z[rows],
        detections.sigma[rows],
        np.array([s.r_ecef for s in sensors]).reshape(-1, 3),
        np.array([s.axes for s in sensors]).reshape(-1, 3, 3),
        _faces(sensors),
        np.array([[*s.elevation, s.reach_coast, _clutter(s)] for s in sensors]).reshape(-1, 4),
        Q,
        min(room, MOST_TRACKS),
        counts,
        track,
        t,
        x,
        P,
        p_boost,
        obj,
        confirmed,
        ended,
    )
    revisit = min((s.revisit for s in sensors), default=math.inf)
    return _on_grid(
        grid,
        kind,
        2.5 * revisit,
        track[:used],
        t[:used],
        x[:used],
        P[:used],
        p_boost[:used],
        obj[:used],
        confirmed[:used],
        ended,
        detections.scan_t[scans],
        sensor_bits(detections.scan_sensor[scans]),
    )


def _on_grid(
    grid: Floats,
    kind: int,
    stale: float,
    track: Ints,
    t: Floats,
    x: Floats,
    P: Floats,
    p_boost: Floats,
    obj: Ints,
    confirmed: Bools,
    ended: Floats,
    scan_t: Floats,
    scan_bits: Sets,
) -> Chain:
    names = np.unique(track[confirmed])
    count, size = len(names), len(grid)
    chain = Chain(
        held=np.zeros((count, size), np.bool_),
        x=np.full((count, size, 6), np.nan),
        P=np.full((count, size, 6, 6), np.nan),
        p_boost=np.full((count, size), np.nan),
        since=np.empty(count),
        obj=np.empty(count, np.int32),
        launch=Areas.unknown(count).columns,
        sensors=np.zeros((count, size), np.int64),
    )
    for k, name in enumerate(names):
        mine = track == name
        sure = mine & confirmed
        lapse = math.inf if mine.sum() >= ESTABLISHED else float(t[sure, 0].max()) + SILENCE
        until = min(lapse, float(ended[name]))
        # A plume burns while it is seen, whatever the filter makes of its angles.
        burns = np.ones(int(sure.sum())) if kind == INFRARED else p_boost[sure]
        extrapolate_many(
            t[sure, 1], t[sure, 0], x[sure], P[sure], burns, until, grid, Q, stale,
            chain.held[k], chain.x[k], chain.P[k], chain.p_boost[k],
        )  # fmt: skip
        chain.since[k] = t[sure, 1][0]
        values, often = np.unique(obj[mine], return_counts=True)
        chain.obj[k] = values[often.argmax()]
        chain.sensors[k] = _contributors(t[mine], scan_t, scan_bits, grid)
        if kind == INFRARED:
            chain.launch[k] = _below(x[mine][0], P[mine][0], float(t[mine, 0][0]))
    return chain


def _contributors(t: Floats, scan_t: Floats, scan_bits: Sets, grid: Floats) -> Sets:
    """Whose looks at the moments t (R, 2; made, known) are in a track at each moment of the grid, (G,).

    Sensors that look at the very same time count together.
    """
    first = np.searchsorted(scan_t, t[:, 0], side="left")
    beyond = np.searchsorted(scan_t, t[:, 0], side="right")
    bits = np.array(
        [np.bitwise_or.reduce(scan_bits[a:b], initial=0) for a, b in zip(first, beyond, strict=True)], np.int64
    )
    order = np.argsort(t[:, 1], kind="stable")
    so_far = np.concatenate([[0], np.bitwise_or.accumulate(bits[order])])
    return np.asarray(so_far[np.searchsorted(t[order, 1], grid, side="right")], np.int64)


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
