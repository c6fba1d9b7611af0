"""What is known of one launch, the one that the README tells: the numbers of the pictures of tracking."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

import entente as en
from entente.estimate.follow import PLUME_HEIGHT, PLUME_SIGMA, RISE, RISE_SIGMA, SPEED_SIGMA, Q
from entente.estimate.initiate import from_angles, from_radar
from entente.estimate.kalman import predict_ballistic, radar_measure, update
from entente.knowing import IN_90 as IN_90_PLANE
from entente.knowing import best_area
from entente.physics.earth import geodetic_from_ecef
from entente.records import FALSE_ALARM, RADAR, Flights, Tracks
from entente.report.situation import Belief
from entente.report.svg import Floats
from entente.run import Beginning, Run, all_rungs, before_sharing
from entente.scenario.units import KM, MINUTE
from entente.scenario.world import Sensor

SCENARIO, CASE, SEED, JOINT = "one-launch", "mrbm-central-europe", 1, 4
IN_90 = 6.251  # chi-square with 3 degrees of freedom
NAMES = ("US and NATO", "Russia")
AIR = 100.0 * KM  # m  where it comes back into the air
STYLE = """
.p0 { stroke: #0b5ba8; } .p1 { stroke: #a84a00; } .all { stroke: #6a3fb0; }
text.p0 { fill: #0b5ba8; stroke: none; } text.p1 { fill: #a84a00; stroke: none; } text.all { fill: #5a2f9e; stroke: none; }
.path.truth { stroke: #8b9096; stroke-width: 1.3; } text.truth { fill: #5a6068; }
.moment { stroke: #9a968a; stroke-width: 1; stroke-dasharray: 2 3; fill: none; } .lead { stroke: #5a6068; stroke-width: .8; }
.path.wait { stroke-width: 1.4; stroke-dasharray: 3 4; }
"""


@dataclass(frozen=True)
class Known:
    """What one party knows of the body's place at each moment: how far off it may be, and how far off it was."""

    t: Floats  # (G,) [s]
    reach: Floats  # (G,) [m] longest half-axis of the 90 % region; nan where no track is held
    error: Floats  # (G,) [m]


@cache
def told() -> tuple[Beginning, Run]:
    """The history, before anything is shared and at the joint centre's rung."""
    begun = before_sharing(en.load(SCENARIO), CASE, SEED)
    return begun, all_rungs(begun, (JOINT,), story=False)[JOINT]


def known(tracks: Tracks, flights: Flights, until: float) -> Known:
    """By the best track held at each moment."""
    rows = (tracks.t > flights.t_launch[0]) & (tracks.t < until)
    t, reach, error = tracks.t[rows], np.full(rows.sum(), np.nan), np.full(rows.sum(), np.nan)
    held = tracks.held & np.isfinite(tracks.x[..., 0])
    for g, at in enumerate(np.flatnonzero(rows)):
        for k in np.flatnonzero(held[:, at]):
            size = half_axis(tracks.P[k, at])
            if not size > reach[g]:
                reach[g] = size
                error[g] = np.linalg.norm(tracks.x[k, at, :3] - flights.position_at(0, float(t[g])))
    return Known(t, reach, error)


def half_axis(P: Floats) -> float:
    """Longest half-axis of the 90 % region of a position [m]."""
    return math.sqrt(IN_90 * float(np.linalg.eigvalsh(P[:3, :3])[-1]))


@dataclass(frozen=True)
class Look:
    """A party's first true look of one kind: when it was made, when the party had it, what one look tells [m]."""

    made: float
    had: float
    reach: float
    sensor: str


def first_look(begun: Beginning, party: int, kind: int) -> Look | None:
    """None where the party's sensors of that kind never saw the body."""
    seen, sensors = begun.detections, begun.world.sensors
    scan = np.repeat(np.arange(len(seen.scan_t)), np.diff(seen.scan_start))
    mine = [n for n, s in enumerate(sensors) if s.party == party and s.kind == kind]
    rows = np.flatnonzero(np.isin(seen.scan_sensor[scan], mine) & (seen.obj != FALSE_ALARM))
    if not len(rows):
        return None
    row = rows[np.argmin(seen.scan_report_t[scan[rows]])]
    sensor, z, sigma = sensors[seen.scan_sensor[scan[row]]], seen.z[row], seen.sigma[row]
    x, P = np.empty(6), np.empty((6, 6))
    if kind == RADAR:
        from_radar(z, sigma, sensor.r_ecef, sensor.axes, SPEED_SIGMA, x, P)
    else:
        from_angles(
            z[1], z[2], sigma[1], sigma[2], sensor.r_ecef, sensor.axes, PLUME_HEIGHT, PLUME_SIGMA, RISE, RISE_SIGMA, x, P
        )  # fmt: skip
    return Look(float(seen.scan_t[scan[row]]), float(seen.scan_report_t[scan[row]]), half_axis(P), sensor.title)


@cache
def way() -> tuple[Floats, Floats, Floats, Floats]:
    """The flight: times [s], latitudes, longitudes [rad], heights [m]."""
    flights = told()[0].flights
    rows = slice(flights.start[0], flights.start[1])
    lat, lon, height = np.array([geodetic_from_ecef(*r) for r in flights.r_ecef[rows]]).T
    return flights.t[rows], lat, lon, height


def back_in_the_air() -> float:
    """When the body comes down through AIR [s]."""
    t, _, _, height = way()
    return float(t[np.flatnonzero(height > AIR)[-1] + 1])


def longest_gap(party: int) -> tuple[float, float]:
    """Between which two looks [s] a party's sensors saw nothing of the body for longest."""
    begun, _ = told()
    seen, sensors = begun.detections, begun.world.sensors
    scan = np.repeat(np.arange(len(seen.scan_t)), np.diff(seen.scan_start))
    mine = np.isin(seen.scan_sensor[scan], [n for n, s in enumerate(sensors) if s.party == party])
    looks = np.unique(seen.scan_t[scan[mine & (seen.obj != FALSE_ALARM)]])
    begin = int(np.argmax(np.diff(looks)))
    return float(looks[begin]), float(looks[begin + 1])


def radars_that_saw() -> list[Sensor]:
    """All radars with at least one true detection."""
    begun, _ = told()
    seen = begun.detections
    scan = np.repeat(np.arange(len(seen.scan_t)), np.diff(seen.scan_start))
    numbers = np.unique(seen.scan_sensor[scan[seen.obj != FALSE_ALARM]])
    return [begun.world.sensors[n] for n in numbers if begun.world.sensors[n].kind == RADAR]


@dataclass(frozen=True)
class Step:
    """One look taken apart, in the plane of across the beam and along the line of sight [m]; the expected place is 0."""

    t: float  # [s]
    sensor: Sensor
    expected: Floats  # (2, 2) covariance
    look: Floats  # (2, 2)
    seen: Floats  # (2,) where the look puts it
    corrected: Floats  # (2, 2)
    now: Floats  # (2,) where it is put by both
    truth: Floats  # (2,)
    surprise: float
    away: float  # [m] from the radar


def second_look(party: int) -> Step:
    """What the second radar look after its confirmation did to a party's track: predicted and corrected once more."""
    begun, _ = told()
    seen, tracks = begun.detections, begun.national.tracks.of(party)
    scan = np.repeat(np.arange(len(seen.scan_t)), np.diff(seen.scan_start))
    mine = [n for n, s in enumerate(begun.world.sensors) if s.party == party and s.kind == RADAR]
    after = seen.scan_t[scan] > tracks.since.min()
    row = np.flatnonzero(np.isin(seen.scan_sensor[scan], mine) & (seen.obj != FALSE_ALARM) & after)[1]
    t, sensor = float(seen.scan_t[scan[row]]), begun.world.sensors[seen.scan_sensor[scan[row]]]
    g = int(np.searchsorted(tracks.t, t)) - 1
    x, P, z, H = np.empty(6), np.empty((6, 6)), np.empty(3), np.empty((3, 6))
    x_out, P_out = np.empty(6), np.empty((6, 6))
    predict_ballistic(tracks.x[0, g], tracks.P[0, g], t - float(tracks.t[g]), float(Q[1]), x, P)
    radar_measure(x, sensor.r_ecef, sensor.axes, z, H)
    surprise, _ = update(x, P, seen.z[row], z, H, seen.sigma[row] ** 2, 1, x_out, P_out)
    far = z[0] * math.cos(z[2])
    plane = np.array([H[1] * far, H[0]])
    return Step(
        t, sensor, plane @ P @ plane.T, np.diag([seen.sigma[row, 1] * far, seen.sigma[row, 0]]) ** 2,
        np.array([(seen.z[row, 1] - z[1]) * far, seen.z[row, 0] - z[0]]), plane @ P_out @ plane.T, plane @ (x_out - x),
        plane[:, :3] @ (begun.flights.position_at(0, t) - x[:3]), float(surprise), float(z[0]),
    )  # fmt: skip


def belief(tracks: Tracks, what: str, t: float, party: int) -> Belief:
    """The smallest 90 % area of a kind that is held at a moment."""
    row = best_area(getattr(tracks, what), tracks.held, int(np.searchsorted(tracks.t, t)))
    assert row is not None
    return Belief(party, float(row[0]), float(row[1]), row[2:4] * math.sqrt(IN_90_PLANE), float(row[4]))


def clock(t: float) -> str:
    """A time after launch as minutes and seconds, or seconds below a minute."""
    whole = round(t)
    return f"{whole} s" if whole < MINUTE else f"{whole // 60}:{whole % 60:02d}"


def digits(value: float) -> float:
    """A positive number to two digits."""
    return round(value, 1 - math.floor(math.log10(value)))


def length(metres: float) -> str:
    """Two digits of a length."""
    value = digits(metres)
    return f"{value:.0f} m" if value < KM else f"{value / KM:.1f} km" if value < 10 * KM else f"{value / KM:,.0f} km"
