"""Stage 2: what each nation's sensors reported.

Every sensor looks once a revisit, from an offset drawn per history. A radar sees what a face may look at and luck lets
it see (Swerling 1), less far and less sharply off the face's boresight; a satellite sees what burns above the clouds,
brightly enough, and is not behind the Earth. Nothing may be seen where nothing is; of a satellite more where clouds glint.
docs/explanation/sensors.md says why.
"""

import math
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats, kernel
from entente.constants import R_EQ
from entente.physics.geometry import azimuth_elevation_range, hidden_by_earth
from entente.physics.plumes import burning_thrust, plume_chance
from entente.physics.signals import (
    P_FALSE,
    detection_probability,
    error_share,
    look_errors,
    measured_snr,
    off_boresight,
    scan_reach,
)
from entente.records import BOOST, FALSE_ALARM, INFRARED, Codes, Detections, Flights, Ints
from entente.scenario.units import DEG
from entente.scenario.vehicle import Vehicle
from entente.scenario.world import Sensor, World

MOST_FALSE = 20  # false alarms kept in one scan, and as many by glint; the Poisson means of the catalogue lie far below
TRIES = 8  # directions drawn for a false alarm before one on a boresight is taken
GLINT_PATCH = 0.3 * DEG  # 1 sigma of where glinting clouds are seen, 200 km from far out; assumed, 0.1 to 1 deg


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
    room = (flights.count + 2 * MOST_FALSE) * len(scans)
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
        np.array([sensor.p_detect, sensor.cloud_break, sensor.dimmest_plume]),
        burns_of(world.vehicle.vehicle),
        sensor.sigma,
        sensor.false_alarms,
        sensor.glint,
        world.seed,
        number,
        count,
        obj,
        z,
        sigma,
    )
    return _Watch(scans, count, obj[:used], z[:used], sigma[:used])


def burns_of(vehicle: Vehicle) -> Floats:
    """When each stage burns, after lift-off [s], and its thrust in vacuum [N], (S, 3)."""
    rows, lit = [], 0.0
    for stage in vehicle.stages:
        rows.append([lit, lit + stage.burn, stage.thrust_n])
        lit += stage.burn + stage.coast_s
    return np.array(rows)


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
    infrared: Floats,
    burns: Floats,
    sigma: Floats,
    false_alarms: float,
    glint: Floats,
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
        kind, site, axes, faces, elevation, sigma, false_alarms, glint: see scenario.world.Sensor.
        reach: in boost and in coast [m], (2,); infrared: p_detect, cloud_break, dimmest_plume, (3,).
        burns: see burns_of; the same for all flights.
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
            if kind == INFRARED and phase[row] != BOOST:
                continue
            between(scans[k], t[row], t[row + 1], r[row], v[row], r[row + 1], v[row + 1], place)
            azimuth_elevation_range(place, site, axes, aer)
            chance, angle, here = 0.0, 0.0, 0.0
            if kind == INFRARED:
                thrust = burning_thrust(scans[k] - t[a], burns)
                if thrust > 0.0 and not hidden_by_earth(site, place, infrared[1]):
                    chance = plume_chance(thrust, infrared[2], infrared[0], site, place)
            else:
                angle = off_boresight(aer[0], aer[1], faces, elevation[0], elevation[1])
                here = scan_reach(angle) * (reach[0] if phase[row] == BOOST else reach[1])
                if here > 0.0:
                    chance = detection_probability(aer[2], here)
            if chance <= 0.0:
                continue
            luck = rng.uniform(seed, rng.DETECT, body, sensor, k)
            if luck >= chance:
                continue
            share = 1.0 if kind == INFRARED else error_share(measured_snr(luck, aer[2], here))
            look_errors(sigma, share, angle, aer[1], sigma_out[used])
            obj_out[used] = body
            z_out[used, 0] = aer[2] + sigma_out[used, 0] * rng.normal(seed, rng.NOISE, body, sensor, 3 * k)
            z_out[used, 1] = aer[0] + sigma_out[used, 1] * rng.normal(seed, rng.NOISE, body, sensor, 3 * k + 1)
            z_out[used, 2] = aer[1] + sigma_out[used, 2] * rng.normal(seed, rng.NOISE, body, sensor, 3 * k + 2)
            used += 1
        for n in range(min(MOST_FALSE, rng.poisson(false_alarms, seed, rng.FALSE_ALARM, -1, sensor, k))):
            obj_out[used] = FALSE_ALARM
            key = k * MOST_FALSE + n
            if kind == INFRARED:
                somewhere_on_the_disc(site, sigma, seed, sensor, key, z_out[used], sigma_out[used])
            else:
                somewhere_in_a_face(faces, elevation, reach[1], sigma, seed, sensor, key, z_out[used], sigma_out[used])
            used += 1
        if glint[2] > 0.0:
            for n in range(min(MOST_FALSE, rng.poisson(glint[2], seed, rng.FALSE_ALARM, -2, sensor, k))):
                obj_out[used] = FALSE_ALARM
                key = k * MOST_FALSE + n
                where_it_glints(glint, site, sigma, seed, sensor, key, z_out[used], sigma_out[used])
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
def somewhere_in_a_face(
    faces: Floats,
    elevation: Floats,
    reach: float,
    sigma: Floats,
    seed: int,
    sensor: int,
    n: int,
    z: Floats,
    out: Floats,
) -> None:
    """A radar's false alarm: evenly over its faces, elevations and the volume within its reach.

    Args:
        faces, elevation, reach, sigma: of the radar; seed, sensor, n: key of the draws.
        z: range [m], azimuth and elevation [rad]; out: the errors it states; both (3,), written.
    """
    face, angle = 0, math.inf
    for attempt in range(TRIES):
        a = rng.uniform(seed, rng.FALSE_ALARM, 4 * attempt + 1, sensor, n)
        b = rng.uniform(seed, rng.FALSE_ALARM, 4 * attempt + 2, sensor, n)
        face = min(int(a * faces.shape[0]), faces.shape[0] - 1)
        z[1] = faces[face, 0] + (2.0 * (a * faces.shape[0] - face) - 1.0) * faces[face, 1]
        # Evenly in elevation up to 30 degrees: early-warning radars search a fence near the horizon.
        low = max(elevation[0], faces[face, 4])
        z[2] = low + b * (min(elevation[1], faces[face, 5], low + math.pi / 6.0) - low)
        angle = off_boresight(z[1], z[2], faces, elevation[0], elevation[1])
        if angle < math.inf:
            break
    if angle == math.inf:  # faces that may look nowhere near their own sector
        z[1], z[2], angle = faces[face, 0], faces[face, 2], 0.0
    z[0] = scan_reach(angle) * reach * rng.uniform(seed, rng.FALSE_ALARM, 3, sensor, n) ** (1.0 / 3.0)
    # Noise that crosses the threshold lies above it as an exponential does: a faint echo, and stated as one.
    snr = -math.log(P_FALSE) - 1.0 - math.log(rng.uniform(seed, rng.FALSE_ALARM, 4, sensor, n))
    look_errors(sigma, error_share(snr), angle, z[2], out)


@kernel
def somewhere_on_the_disc(site: Floats, sigma: Floats, seed: int, sensor: int, n: int, z: Floats, out: Floats) -> None:
    """A satellite's false alarm: evenly over the Earth's disc; arguments as somewhere_in_a_face."""
    a = rng.uniform(seed, rng.FALSE_ALARM, 1, sensor, n)
    b = rng.uniform(seed, rng.FALSE_ALARM, 2, sensor, n)
    z[0], z[1], z[2] = math.nan, 2.0 * math.pi * a, 0.95 * half_disc(site) * math.sqrt(b) - 0.5 * math.pi
    look_errors(sigma, 1.0, 0.0, z[2], out)


@kernel
def where_it_glints(
    glint: Floats, site: Floats, sigma: Floats, seed: int, sensor: int, n: int, z: Floats, out: Floats
) -> None:
    """A satellite's false alarm by sunlit clouds: around where they glint, on the disc; arguments as above."""
    up = glint[1] + GLINT_PATCH * rng.normal(seed, rng.FALSE_ALARM, -3, sensor, n)
    side = GLINT_PATCH * rng.normal(seed, rng.FALSE_ALARM, -4, sensor, n) / math.cos(glint[1])
    z[0], z[1] = math.nan, (glint[0] + side) % (2.0 * math.pi)
    z[2] = min(max(up, -0.4999 * math.pi), 0.999 * half_disc(site) - 0.5 * math.pi)
    look_errors(sigma, 1.0, 0.0, z[2], out)


@kernel
def half_disc(site: Floats) -> float:
    """Half the angle under which a satellite sees the Earth [rad]."""
    return math.asin(R_EQ / math.sqrt(site[0] * site[0] + site[1] * site[1] + site[2] * site[2]))
