"""Stage 2: what each nation's sensors reported.

Every sensor looks once a revisit, from an offset drawn per history. A radar sees what is inside a face, above its lowest
elevation and lucky (Swerling 1); a satellite sees what burns above the clouds and is not behind the Earth.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats, kernel
from entente.constants import R_EQ
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.signals import detection_probability, off_boresight
from entente.records import BOOST, FALSE_ALARM, INFRARED, Codes, Detections, Flights, Ints
from entente.scenario.world import Sensor, World

MOST_FALSE = 20  # false alarms kept in one scan; the Poisson means of the catalogue lie far below


def observe(world: World, flights: Flights) -> Detections:
    """What every sensor reports from the first launch to the last impact."""
    parts = [_watch(world, flights, number, sensor) for number, sensor in enumerate(world.sensors)]
    scan_t = np.concatenate([part.scans for part in parts])
    sensor = np.concatenate([np.full(len(part.scans), n, np.int32) for n, part in enumerate(parts)])
    count = np.concatenate([part.count for part in parts])
    order = np.lexsort((sensor, scan_t))
    begin = np.concatenate([[0], np.cumsum(count)])
    rows = _in_order(begin[:-1][order], count[order])
    latency = np.array([s.latency for s in world.sensors])
    return Detections(
        scan_t=scan_t[order],
        scan_report_t=scan_t[order] + latency[sensor[order]],
        scan_sensor=sensor[order],
        scan_start=np.concatenate([[0], np.cumsum(count[order])]).astype(np.int32),
        obj=np.concatenate([part.obj for part in parts])[rows],
        z=np.concatenate([part.z for part in parts])[rows],
        sigma=np.concatenate([part.sigma for part in parts])[rows],
    )


def _in_order(begin: Ints, count: Ints) -> Ints:
    """The rows begin[i] to begin[i] + count[i] of all groups i, one group after the other."""
    shift = np.repeat(begin - np.concatenate([[0], np.cumsum(count)])[:-1], count)
    return np.arange(len(shift)) + shift


@dataclass(frozen=True)
class _Watch:
    """All scans of one sensor: their times, the number of detections in each, and these one after the other."""

    scans: Floats
    count: Ints
    obj: Ints
    z: Floats
    sigma: Floats


def _watch(world: World, flights: Flights, number: int, sensor: Sensor) -> _Watch:
    first, last = float(flights.t_launch.min()), float(flights.t_impact.max())
    offset = rng.uniform(world.seed, rng.DETECT, -1, number, 0) * sensor.revisit
    scans = np.arange(first + offset, last, sensor.revisit)
    room = (flights.count + MOST_FALSE) * len(scans)
    obj, z, sigma = np.empty(room, np.int32), np.empty((room, 3)), np.empty((room, 3))
    count = np.zeros(len(scans), np.int32)
    used = look_many(
        scans,
        flights.start,
        flights.t,
        flights.r_ecef,
        flights.v_ecef,
        flights.phase,
        sensor.kind,
        sensor.r_ecef,
        sensor.axes,
        sensor.faces,
        np.array(sensor.elevation),
        np.array([sensor.reach_boost, sensor.reach_coast]),
        sensor.p_detect,
        sensor.cloud_break,
        sensor.sigma,
        sensor.false_alarms,
        world.seed,
        number,
        count,
        obj,
        z,
        sigma,
    )
    return _Watch(scans, count, obj[:used], z[:used], sigma[:used])


@kernel
def look_many(
    scans: Floats,
    start: Ints,
    t: Floats,
    r: Floats,
    v: Floats,
    phase: Codes,
    kind: int,
    site: Floats,
    axes: Floats,
    faces: Floats,
    elevation: Floats,
    reach: Floats,
    p_detect: float,
    cloud_break: float,
    sigma: Floats,
    false_alarms: float,
    seed: int,
    sensor: int,
    count: Ints,
    obj_out: Ints,
    z_out: Floats,
    sigma_out: Floats,
) -> int:
    """All scans of one sensor over all flights.

    Args:
        scans: times of the looks [s], (S,).
        start, t, r, v, phase: the flights, see records.Flights.
        kind, site, axes, faces, elevation, p_detect, cloud_break, sigma, false_alarms: see scenario.world.Sensor.
        reach: in boost and in coast [m], (2,).
        seed, sensor: key of the draws.
        count: detections of each scan, (S,), written; obj_out, z_out, sigma_out: one row a detection, written.
    Returns:
        number of detections.
    """
    used = 0
    place, aer = np.empty(3), np.empty(3)
    for k in range(scans.shape[0]):
        before = used
        for body in range(start.shape[0] - 1):
            a, b = start[body], start[body + 1]
            if scans[k] < t[a] or scans[k] >= t[b - 1]:
                continue
            # Rows are equally spaced but for the last, so the row is found by counting.
            row = min(a + int((scans[k] - t[a]) / (t[a + 1] - t[a])), b - 2)
            between(scans[k], t[row], t[row + 1], r[row], v[row], r[row + 1], v[row + 1], place)
            azimuth_elevation_range(place, site, axes, aer)
            chance = 0.0
            if kind == INFRARED:
                if phase[row] == BOOST and not hidden_by_earth(site, place, cloud_break):
                    chance = p_detect
            elif math.isfinite(off_boresight(aer[0], aer[1], faces, elevation[0], elevation[1])):
                chance = detection_probability(aer[2], reach[0] if phase[row] == BOOST else reach[1])
            if rng.uniform(seed, rng.DETECT, body, sensor, k) < chance:
                # A beam's width in azimuth grows as the beam is raised.
                wide = sigma[1] / math.cos(aer[1])
                obj_out[used] = body
                z_out[used, 0] = aer[2] + sigma[0] * rng.normal(seed, rng.NOISE, body, sensor, 3 * k)
                z_out[used, 1] = aer[0] + wide * rng.normal(seed, rng.NOISE, body, sensor, 3 * k + 1)
                z_out[used, 2] = aer[1] + sigma[2] * rng.normal(seed, rng.NOISE, body, sensor, 3 * k + 2)
                sigma_out[used, 0], sigma_out[used, 1], sigma_out[used, 2] = sigma[0], wide, sigma[2]
                used += 1
        for n in range(min(MOST_FALSE, rng.poisson(false_alarms, seed, rng.FALSE_ALARM, -1, sensor, k))):
            obj_out[used] = FALSE_ALARM
            nowhere(kind, site, axes, faces, elevation, reach[1], seed, sensor, k * MOST_FALSE + n, z_out[used])
            wide = sigma[1] / math.cos(z_out[used, 2])
            sigma_out[used, 0], sigma_out[used, 1], sigma_out[used, 2] = sigma[0], wide, sigma[2]
            used += 1
        count[k] = used - before
    return used


@kernel
def between(at: float, t0: float, t1: float, r0: Floats, v0: Floats, r1: Floats, v1: Floats, out: Floats) -> None:
    """Position between two rows of a flight by Hermite's cubic: within 0.1 m for rows a second apart [m], (3,)."""
    h = t1 - t0
    s = (at - t0) / h
    a, b = s * s * (3.0 - 2.0 * s), s * (1.0 - s)
    for i in range(3):
        out[i] = r0[i] + a * (r1[i] - r0[i]) + h * b * ((1.0 - s) * v0[i] - s * v1[i])


@kernel
def nowhere(
    kind: int,
    site: Floats,
    axes: Floats,
    faces: Floats,
    elevation: Floats,
    reach: float,
    seed: int,
    sensor: int,
    n: int,
    z: Floats,
) -> None:
    """A false alarm: evenly over a radar's faces, elevations and range; over the Earth's disc for a satellite.

    Writes range [m], azimuth and elevation [rad] into `z` (3,).
    """
    a = rng.uniform(seed, rng.FALSE_ALARM, 1, sensor, n)
    b = rng.uniform(seed, rng.FALSE_ALARM, 2, sensor, n)
    c = rng.uniform(seed, rng.FALSE_ALARM, 3, sensor, n)
    if kind == INFRARED:
        distance = math.sqrt(site[0] * site[0] + site[1] * site[1] + site[2] * site[2])
        off_nadir = 0.95 * math.asin(R_EQ / distance) * math.sqrt(b)
        z[0], z[1], z[2] = math.nan, 2.0 * math.pi * a, off_nadir - 0.5 * math.pi
        return
    face = min(int(a * faces.shape[0]), faces.shape[0] - 1)
    across = 2.0 * (a * faces.shape[0] - face) - 1.0
    z[0] = reach * c ** (1.0 / 3.0)
    z[1] = faces[face, 0] + across * faces[face, 1]
    # Evenly in elevation up to 30 degrees: early-warning radars search a fence near the horizon.
    low = max(elevation[0], faces[face, 4])
    top = min(elevation[1], faces[face, 5], low + math.pi / 6.0)
    z[2] = low + b * (top - low)
