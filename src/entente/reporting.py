"""Stage 4, beside sharing: which lines of sight of its satellites each nation lets the joint centre have.

Raw data never leave a nation. What leaves is a processed look: time, sensor, direction, standard deviation, and only of a
body about which the nation has sent a warning by then, so that its track has passed the threshold of the release; only of
others' launches; blurred by an angle that the policy declares; as late as its tracks, with the line's outages.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.estimate.attribute import attribute_many
from entente.exchange.releasing.precision import ANGLE, ANGLE_SPREAD, TIME, TIME_LATE, round_turn
from entente.lines import after_outages, outages_of, wrong_of
from entente.records import INFRARED, WARNING, Detections, Ints, NationalTracks, Shared
from entente.scenario.rows import find_rung
from entente.scenario.world import Sensor, World


@dataclass(frozen=True)
class _Looks:
    """Lines of sight on their way; columns as of Detections."""

    t: Floats
    arrives: Floats  # at the centre
    sensor: Ints
    obj: Ints
    z: Floats
    sigma: Floats


def report(world: World, detections: Detections, national: NationalTracks, shared: Shared, rung: int) -> Shared:
    """What is shared at this rung, with the lines of sight of both nations' satellites where these flow."""
    if "reports" not in find_rung(rung, world.scenario.ladder).flows:
        return shared
    parts = [_given(world, detections, national, shared, giver) for giver in range(len(world.parties))]
    return replace(shared, reports=_in_scans(parts))


def _given(world: World, detections: Detections, national: NationalTracks, shared: Shared, giver: int) -> _Looks:
    """The looks of one nation's satellites that it lets go of."""
    own = np.array([s.party == giver and s.kind == INFRARED for s in world.sensors], np.bool_)
    scan = np.repeat(np.arange(len(detections.scan_t), dtype=np.int32), np.diff(detections.scan_start))
    rows = np.flatnonzero(own[detections.scan_sensor[scan]]).astype(np.int32)
    if world.parties[giver].name == world.case.launched_by:
        rows = rows[:0]
    scan = scan[rows]
    wrong = wrong_of(world, giver, float(national.tracks.t[-1]))
    track = _tracks_of(world, detections, national, giver, rows, scan)
    cleared = _cleared(national, shared, giver)[track] - wrong.skew
    may = np.isfinite(cleared)
    rows, scan, cleared, track = rows[may], scan[may], cleared[may], track[may]
    policy = world.policies[giver]
    sent = np.maximum(detections.scan_report_t[scan], cleared) + policy.track_delay
    sent = after_outages(sent, outages_of(world, giver, float(national.tracks.t[-1])))
    arrives = after_outages(sent + world.stress.latency_s, wrong.outages)
    sensor = detections.scan_sensor[scan]
    blur = [
        [rng.normal(world.seed, rng.REPORT, row, number, i) for i in (0, 1)]
        for row, number in zip(rows.tolist(), sensor.tolist(), strict=True)
    ]
    z, sigma = detections.z[rows], detections.sigma[rows]
    z[:, 1:] += policy.report_sigma * np.array(blur).reshape(-1, 2)
    sigma[:, 1:] = np.hypot(sigma[:, 1:], policy.report_sigma)
    for row, number, k in zip(range(len(rows)), sensor, track, strict=True) if wrong.bias.any() else ():
        _shift(z[row], world.sensors[number], national.tracks.x[k], wrong.bias)
    # To the decimals that messages carry.
    z[:, 1], z[:, 2] = round_turn(ANGLE, z[:, 1], 360.0), ANGLE.kept(z[:, 2])
    made, sigma[:, 1:] = TIME.kept(detections.scan_t[scan] + wrong.skew), ANGLE_SPREAD.kept(sigma[:, 1:])
    return _Looks(made, TIME_LATE.kept(arrives), sensor, detections.obj[rows], z, sigma)


def _in_scans(looks: list[_Looks]) -> Detections:
    """All looks in the order of time, those of one sensor at one time in one scan, which is there when its last look is."""
    t, arrives, sensor, obj, z, sigma = (
        np.concatenate([getattr(part, f.name) for part in looks]) for f in fields(_Looks)
    )
    order = np.lexsort((sensor, t))
    t, sensor = t[order], sensor[order]
    begins = (
        np.flatnonzero(np.r_[True, (np.diff(t) > 0.0) | (np.diff(sensor) != 0)]) if len(t) else np.empty(0, np.int64)
    )
    last = np.maximum.reduceat(arrives[order], begins) if len(t) else arrives
    return Detections(
        scan_t=t[begins],
        scan_report_t=last,
        scan_sensor=sensor[begins],
        scan_start=np.append(begins, len(t)).astype(np.int32),
        obj=obj[order],
        z=z[order],
        sigma=sigma[order],
    )


def _shift(z: Floats, sensor: Sensor, x: Floats, bias: Floats) -> None:
    """Turn a look (3,) to where its giver, whose frame is off by a bias [m], has what it saw; x (G, 6): the track."""
    east, north, up = sensor.axes
    _, azimuth, elevation = z
    flat = np.sin(azimuth) * east + np.cos(azimuth) * north
    away = np.linalg.norm(np.nanmean(x[:, :3], axis=0) - sensor.r_ecef)
    seen = away * (np.cos(elevation) * flat + np.sin(elevation) * up) + bias
    z[1] = np.arctan2(seen @ east, seen @ north) % (2.0 * np.pi)
    z[2] = np.arcsin(seen @ up / np.linalg.norm(seen))


def _tracks_of(
    world: World, detections: Detections, national: NationalTracks, giver: int, rows: Ints, scan: Ints
) -> Ints:
    """Which of the nation's tracks each of these looks (R,) went into, as far as it can tell; -1 for none."""
    tracks = national.tracks
    sensors = [world.sensors[n] for n in detections.scan_sensor[scan]]
    out = np.full(len(rows), -1, np.int32)
    attribute_many(
        tracks.t,
        tracks.held & np.isfinite(tracks.x[..., 0]) & (tracks.holder == giver)[:, None],
        tracks.x,
        tracks.P,
        detections.scan_t[scan],
        detections.scan_report_t[scan],
        np.array([s.r_ecef for s in sensors]).reshape(-1, 3),
        np.array([s.axes for s in sensors]).reshape(-1, 3, 3),
        np.ascontiguousarray(detections.z[rows][:, 1:]),
        np.ascontiguousarray(detections.sigma[rows][:, 1:]),
        out,
    )
    return out


def _cleared(national: NationalTracks, shared: Shared, giver: int) -> Floats:
    """When a warning about each track (K + 1,) was first sent [s]; nan where none was, and for the last, which is no track."""
    first = np.full(len(national.tracks.obj) + 1, np.nan)
    sent = (shared.giver == giver) & (shared.kind == WARNING)
    for track, t in zip(shared.track[sent].tolist(), shared.t[sent].tolist(), strict=True):
        first[track] = np.fmin(first[track], t)
    return first
