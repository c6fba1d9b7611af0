"""Laws of looking: nobody sees through the Earth, outside a face or what does not burn; chances are what they claim."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from entente.compiled import kernel
from entente.physics.geometry import hidden_by_earth
from entente.physics.plumes import plume_chance
from entente.physics.signals import (
    FLOOR_SHARE,
    SNR_HALF,
    detection_probability,
    error_share,
    look_errors,
    measured_snr,
    off_boresight,
    scan_reach,
)
from entente.records import BOOST, FALSE_ALARM, INFRARED, RADAR
from entente.run import before_sharing
from entente.scenario.load import load
from entente.sensing import GLINT_PATCH, between, burns_of, look_many, observe, somewhere_in_a_face

pytestmark = pytest.mark.kernel

CASE = "mrbm-central-europe"
SEEDS = range(1, 41)
RARE = (
    1e-3  # chance that a true statement fails its test (bounds of 99.9 %); keys are fixed, so it fails always or never
)


@cache
def history(seed=1):
    """World, flights and detections of one history."""
    return before_sharing(load("one-launch"), CASE, seed)


def looks(seed):
    """Every look of every sensor at the flight: sensor, time, true place, phase, row of the detection or -1.

    The same flight under other draws of detection and noise; places by cubic interpolation of its rows.
    """
    world, flights = replace(history().world, seed=seed), history().flights
    seen = observe(world, flights)
    place, out = np.empty(3), []
    for k, t in enumerate(seen.scan_t):
        row = min(int((t - flights.t[0]) / (flights.t[1] - flights.t[0])), len(flights.t) - 2)
        between(t, flights.t[row], flights.t[row + 1], flights.r_ecef[row], flights.v_ecef[row],
                flights.r_ecef[row + 1], flights.v_ecef[row + 1], place)  # fmt: skip
        rows = np.arange(seen.scan_start[k], seen.scan_start[k + 1])
        true = rows[seen.obj[rows] != FALSE_ALARM]
        hit = int(true[0]) if len(true) else -1
        out.append((world.sensors[seen.scan_sensor[k]], t, place.copy(), flights.phase[row], hit))
    return seen, out


def direction(sensor, place):
    """Azimuth, elevation, range, by vectors."""
    east, north, up = sensor.axes @ (place - sensor.r_ecef)
    return math.atan2(east, north), math.atan2(up, math.hypot(east, north)), math.sqrt(east**2 + north**2 + up**2)


def outside(sensor, azimuth):
    """How far outside the nearest face an azimuth lies [rad]; negative inside."""
    return min(abs((azimuth - face[0] + math.pi) % (2 * math.pi) - math.pi) - face[1] for face in sensor.faces)


def cosine_off(sensor, azimuth, elevation):
    """Cosine of the angle off the nearest boresight, by vectors; all sectors are narrower than a half circle here."""
    ways = np.array([heading(face[0], face[2]) for face in sensor.faces])
    away = np.abs((azimuth - sensor.faces[:, 0] + math.pi) % (2 * math.pi) - math.pi)
    return (ways @ heading(azimuth, elevation))[away <= sensor.faces[:, 1]].max()


def heading(azimuth, elevation):
    """Unit vector, east, north, up."""
    level = math.cos(elevation)
    return np.array([math.sin(azimuth) * level, math.cos(azimuth) * level, math.sin(elevation)])


def test_radars_see_only_inside_their_faces_and_above_their_horizon():
    """Every true detection of 40 histories; the horizon itself lies below the lowest elevation."""
    count = 0
    for seed in SEEDS:
        for sensor, _, place, _, hit in looks(seed)[1]:
            if sensor.kind == RADAR and hit >= 0:
                azimuth, elevation, _ = direction(sensor, place)
                assert sensor.elevation[0] <= elevation <= sensor.elevation[1]
                assert outside(sensor, azimuth) <= 1e-9
                count += 1
    assert count > 500


def test_satellites_see_only_what_burns_above_the_clouds():
    """No infrared detection after burnout, below the clouds, or behind the Earth's disc."""
    count = 0
    flights = history().flights
    for seed in SEEDS:
        for sensor, t, place, phase, hit in looks(seed)[1]:
            if sensor.kind == INFRARED and hit >= 0:
                assert phase == BOOST
                assert t <= flights.t_burnout[0]
                # The line of sight, walked in 2,000 points, stays above a sphere that lies below the ground everywhere.
                way = sensor.r_ecef + np.linspace(0, 1, 2_000)[:, None] * (place - sensor.r_ecef)
                assert np.linalg.norm(way, axis=1).min() > 6_356_752.0 + 0.99 * sensor.cloud_break
                count += 1
    assert count > 100


def test_nobody_reports_before_a_look_or_outside_the_flight():
    """Scans are sorted, lie between launch and impact, a revisit apart, and are known a latency later."""
    world, flights = history().world, history().flights
    seen = history().detections
    assert (np.diff(seen.scan_t) >= 0.0).all()
    assert seen.scan_t.min() >= flights.t_launch[0]
    assert seen.scan_t.max() < flights.t_impact[0]
    assert seen.scan_start[0] == 0
    assert seen.scan_start[-1] == len(seen.obj)
    for number, sensor in enumerate(world.sensors):
        mine = seen.scan_sensor == number
        np.testing.assert_allclose(np.diff(seen.scan_t[mine]), sensor.revisit, atol=1e-9)
        np.testing.assert_allclose(seen.scan_report_t[mine] - seen.scan_t[mine], sensor.latency, atol=1e-9)


def test_detections_are_as_frequent_as_their_chances():
    """Sum of detections against sum of chances computed a second time, over all looks: 99.9 % bounds."""
    chances, hits = [], 0
    for seed in SEEDS:
        for sensor, _, place, phase, hit in looks(seed)[1]:
            if sensor.kind != RADAR:
                continue
            azimuth, elevation, slant = direction(sensor, place)
            if outside(sensor, azimuth) > 0 or not sensor.elevation[0] <= elevation <= sensor.elevation[1]:
                continue
            reach = sensor.reach_boost if phase == BOOST else sensor.reach_coast
            reach *= cosine_off(sensor, azimuth, elevation) ** 0.625
            snr = (math.log(1e-6) / math.log(0.5) - 1.0) * (reach / slant) ** 4
            chances.append(1e-6 ** (1.0 / (1.0 + snr)))
            hits += hit >= 0
    p = np.array(chances)
    assert len(p) > 1_000
    z = (hits - p.sum()) / math.sqrt((p * (1 - p)).sum())
    assert abs(z) < stats.norm.isf(RARE / 2), f"{hits} detections, {p.sum():.1f} expected"


def test_noise_is_as_large_as_stated():
    """Errors over stated standard deviations, 40 histories: normal by Kolmogorov and Smirnov, range and both angles."""
    errors = {RADAR: [], INFRARED: []}
    for seed in SEEDS:
        seen, all_looks = looks(seed)
        for sensor, _, place, _, hit in all_looks:
            if hit < 0:
                continue
            azimuth, elevation, slant = direction(sensor, place)
            apart = seen.z[hit] - [slant, azimuth, elevation]
            apart[1] = (apart[1] + math.pi) % (2 * math.pi) - math.pi
            errors[sensor.kind].append(apart / seen.sigma[hit])
    radar, infrared = np.array(errors[RADAR]), np.array(errors[INFRARED])
    assert np.isnan(infrared[:, 0]).all()
    for sample in (*radar.T, *infrared[:, 1:].T):
        assert stats.kstest(sample, "norm").pvalue > RARE


def test_a_far_target_is_a_false_alarm_at_most():
    """Chance 1/2 at the reach, the false-alarm chance far beyond it, nearly 1 close by; falling with range."""
    assert detection_probability(2e6, 2e6) == pytest.approx(0.5, rel=1e-12)
    assert detection_probability(1e9, 2e6) == pytest.approx(1e-6, rel=1e-3)
    assert detection_probability(1e5, 2e6) > 0.9999
    p = [detection_probability(r, 2e6, 1e-4) for r in np.geomspace(1e5, 1e8, 50)]
    assert (np.diff(p) < 0.0).all()


angles = st.floats(-math.pi, 2 * math.pi)
heights = st.floats(0.0, math.pi / 2)


@given(angles, heights, angles, st.floats(0.01, math.pi / 2), heights, st.floats(0.01, math.pi))
def test_the_angle_off_boresight_is_that_between_two_vectors(azimuth, elevation, toward, half, tilt, limit):
    """By the scalar product; outside the sector or beyond the electronic limit nothing is seen."""
    ways = heading(azimuth, elevation), heading(toward, tilt)
    apart = math.atan2(np.linalg.norm(np.cross(*ways)), np.dot(*ways))
    away = abs((azimuth - toward + math.pi) % (2 * math.pi) - math.pi)
    assume(abs(away - half) > 1e-6)
    assume(abs(apart - limit) > 1e-6)
    faces = np.array([[toward, half, tilt, limit, 0.0, math.pi / 2], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    found = off_boresight(azimuth, elevation, faces, 0.0, math.pi / 2)
    if away < half and apart < limit:
        assert found == pytest.approx(apart, abs=1e-7)
    else:
        assert found == math.inf


def test_of_two_faces_the_nearer_one_looks_and_each_keeps_its_own_elevations():
    low, high = math.radians(2.0), math.radians(80.0)
    one = [0.0, 1.0, 0.3, math.pi, low, high]
    other = [1.2, 1.0, 0.3, math.pi, math.radians(30.0), math.radians(60.0)]
    both = np.array([one, other])
    between = off_boresight(0.7, 0.8, both, low, high)
    assert between == off_boresight(0.7, 0.8, both[1:], low, high) < off_boresight(0.7, 0.8, both[:1], low, high)
    assert off_boresight(0.7, 0.3, both, low, high) == off_boresight(0.7, 0.3, both[:1], low, high)
    assert off_boresight(1.5, 0.3, both, low, high) == math.inf
    assert off_boresight(0.7, 0.8, both, 0.9, high) == math.inf
    for azimuth, elevation in ((math.nan, 0.3), (0.3, math.nan)):
        assert off_boresight(azimuth, elevation, both, low, high) == math.inf


def test_a_face_wider_than_a_half_circle_turns_to_what_it_looks_at():
    face = np.array([[0.0, math.pi, 0.35, math.pi, 0.0, 1.5]])
    assert off_boresight(3.0, 1.2, face, 0.0, 1.5) == 0.0
    assert off_boresight(math.nan, 1.2, face, 0.0, 1.5) == math.inf


@kernel
def empty_sky(scans, kind, site, axes, faces, elevation, reach, sigma, rate, glint, seed, count, obj, z, out):
    """All looks of one sensor where nothing flies."""
    nothing = np.empty((0, 3))
    start, t, phase = np.zeros(1, np.int32), np.empty(0), np.empty(0, np.int8)
    return look_many(scans, start, t, nothing, nothing, phase, kind, site, axes, faces, elevation, reach,
                     np.array([0.9, 0.0, 3e4]), np.empty((0, 3)), sigma, rate, glint, seed, 3, count, obj, z, out)  # fmt: skip


@pytest.mark.parametrize("kind", [RADAR, INFRARED])
@pytest.mark.parametrize("rate", [0.01, 0.7])
def test_false_alarms_come_at_their_rate_and_where_the_sensor_looks(kind, rate):
    """20,000 scans of an empty sky: the Poisson count within 99.9 % bounds; each inside a face or on the Earth's disc."""
    sensor = next(s for s in history().world.sensors if s.kind == kind)
    scans = np.arange(20_000.0)
    room = len(scans) * 20
    count, obj = np.zeros(len(scans), np.int32), np.empty(room, np.int32)
    z, sigma = np.empty((room, 3)), np.empty((room, 3))
    elevation, reach = np.array(sensor.elevation), np.array([sensor.reach_boost, sensor.reach_coast])
    used = empty_sky(scans, kind, sensor.r_ecef, sensor.axes, sensor.faces, elevation, reach,
                     sensor.sigma, rate, np.zeros(3), 11, count, obj, z, sigma)  # fmt: skip
    low, high = stats.poisson.interval(1 - RARE, rate * len(scans))
    assert low <= used <= high
    assert count.sum() == used
    assert (obj[:used] == FALSE_ALARM).all()
    if kind == RADAR:
        assert max(outside(sensor, a) for a in z[:used, 1]) <= 1e-9
        assert z[:used, 2].min() >= sensor.elevation[0]
        assert z[:used, 2].max() <= sensor.elevation[1]
        # As many in every equal part of the volume that is left within reach in its direction.
        reach = np.array([sensor.reach_coast * cosine_off(sensor, *way) ** 0.625 for way in z[:used, 1:]])
        assert (z[:used, 0] <= reach).all()
        assert stats.kstest((z[:used, 0] / reach) ** 3, "uniform").pvalue > RARE
        # Faint echoes: above the threshold the power of noise is exponential. Its ratio, back from the error it states.
        snr = SNR_HALF * (1 - FLOOR_SHARE**2) / ((sigma[:used, 0] / sensor.sigma[0]) ** 2 - FLOOR_SHARE**2)
        assert stats.kstest(snr + math.log(1e-6) + 1.0, "expon").pvalue > RARE
    else:
        off_nadir = z[:used, 2] + math.pi / 2
        assert off_nadir.min() >= 0.0
        assert off_nadir.max() < math.asin(6_378_137.0 / np.linalg.norm(sensor.r_ecef))


def test_a_glint_adds_false_alarms_where_it_is():
    """20,000 scans: as many more as stated, around the glint as a normal spread, and on the Earth's disc."""
    sensor = next(s for s in history().world.sensors if s.kind == INFRARED)
    scans, rate, more = np.arange(20_000.0), 0.01, 0.2
    room = len(scans) * 20
    count, obj = np.zeros(len(scans), np.int32), np.empty(room, np.int32)
    z, sigma, nothing = np.empty((room, 3)), np.empty((room, 3)), np.empty(2)
    edge = math.asin(6_378_137.0 / np.linalg.norm(sensor.r_ecef))
    for up in (0.5 * edge, 1.01 * edge):
        glint = np.array([2.0, up - math.pi / 2, more])
        used = empty_sky(scans, INFRARED, sensor.r_ecef, sensor.axes, sensor.faces, np.array(sensor.elevation), nothing,
                         sensor.sigma, rate, glint, 11, count, obj, z, sigma)  # fmt: skip
        low, high = stats.poisson.interval(1 - RARE, (rate + more) * len(scans))
        assert low <= used <= high
        assert (obj[:used] == FALSE_ALARM).all()
        assert (z[:used, 2] + math.pi / 2).max() < edge
    glint = np.array([2.0, 0.5 * edge - math.pi / 2, more])
    used = empty_sky(scans, INFRARED, sensor.r_ecef, sensor.axes, sensor.faces, np.array(sensor.elevation), nothing,
                     sensor.sigma, 0.0, glint, 11, count, obj, z, sigma)  # fmt: skip
    away = (z[:used, 1:] - glint[:2]) * [math.cos(glint[1]), 1.0] / GLINT_PATCH
    for sample in away.T:
        assert stats.kstest(sample, "norm").pvalue > RARE


def test_false_alarms_keep_to_the_electronic_limit():
    """A face that steers 20 deg only has none farther off, whatever its sector; one that may look nowhere is looked at alone."""
    face = [1.0, 1.0, 0.3, math.radians(20.0), 0.05, 1.5]
    z, out = np.empty(3), np.empty(3)
    for n in range(500):
        somewhere_in_a_face(np.array([face]), np.array([0.05, 1.5]), 1e6, np.ones(3), 1, 2, n, z, out)
        assert off_boresight(z[1], z[2], np.array([face]), 0.05, 1.5) <= math.radians(20.0)
    nowhere = np.array([[1.0, 0.5, 1.4, 0.01, 0.0, 0.1]])
    somewhere_in_a_face(nowhere, np.array([0.0, 0.1]), 1e6, np.ones(3), 1, 2, 3, z, out)
    assert z[1:] == pytest.approx([1.0, 1.4])


# --- how well a look measures ---


@given(st.floats(1e5, 1e7), st.floats(2e5, 8e6), st.floats(1e-9, 1 - 1e-9))
def test_the_draw_that_detects_is_the_power_of_the_echo(slant, reach, luck):
    """A second way: the power drawn from its exponential passes the threshold exactly where the look detects."""
    mean = 1.0 + SNR_HALF * (reach / slant) ** 4
    power = stats.expon.isf(luck, scale=mean)
    chance = detection_probability(slant, reach)
    assume(abs(luck - chance) > 1e-9 * chance)
    assert (luck < chance) == (power > -math.log(1e-6))
    assert measured_snr(luck, slant, reach) == pytest.approx(power - 1.0, rel=1e-6, abs=1e-6)


def test_the_published_error_holds_at_the_published_range():
    """At the mean echo there; stronger echoes come down to the floor, and the faintest that detects is a fifth worse."""
    assert error_share(SNR_HALF) == pytest.approx(1.0)
    assert error_share(1e12) == pytest.approx(FLOOR_SHARE, rel=1e-6)
    assert 1.0 < error_share(-math.log(1e-6) - 1.0) < 1.2
    assert pytest.approx(10**1.277, rel=1e-3) == SNR_HALF
    # Without the floor: four times the range is sixteen times the error.
    near, far = (error_share(SNR_HALF * x**-4) ** 2 - FLOOR_SHARE**2 for x in (0.5, 2.0))
    assert far / near == pytest.approx(4.0**4)


def test_a_beam_widens_and_reaches_less_far_off_boresight():
    """At 60 deg twice as wide, range times cos^0.625; azimuth widens with elevation too; all finite at the zenith."""
    sigma, out = np.array([50.0, 1e-3, 2e-3]), np.empty(3)
    look_errors(sigma, 1.0, 0.0, 0.0, out)
    assert out == pytest.approx(sigma)
    look_errors(sigma, 0.5, math.pi / 3, math.pi / 4, out)
    assert out == pytest.approx([25.0, 1e-3 * math.sqrt(2), 2e-3])
    look_errors(sigma, 1.0, math.pi / 2, math.pi / 2, out)
    assert np.isfinite(out).all()
    assert scan_reach(math.pi / 3) == pytest.approx(0.5**0.625)
    assert [scan_reach(angle) for angle in (0.0, math.pi / 2, math.inf)] == [1.0, 0.0, 0.0]


def test_stated_errors_are_those_of_range_and_direction():
    """Every radar detection of 20 histories: from the draw, the range and the boresight, by the formulas written out here."""
    shares = []
    for seed in range(1, 21):
        seen, all_looks = looks(seed)
        for sensor, _, place, phase, hit in all_looks:
            if sensor.kind != RADAR or hit < 0:
                continue
            azimuth, elevation, slant = direction(sensor, place)
            cosine = cosine_off(sensor, azimuth, elevation)
            sigma, stated = sensor.sigma, seen.sigma[hit]
            share = stated[0] / sigma[0]
            assert stated[2] == pytest.approx(share * sigma[2] / cosine)
            assert stated[1] == pytest.approx(share * sigma[1] / cosine / math.cos(elevation))
            reach = (sensor.reach_boost if phase == BOOST else sensor.reach_coast) * cosine**0.625
            shares.append((slant / reach, share))
    near, far = ([share for ratio, share in shares if low <= ratio < high] for low, high in ((0.0, 0.5), (0.8, 2.0)))
    assert len(near) > 100
    assert len(far) > 20
    assert np.median(near) < 0.5 < 0.7 < np.median(far)


def test_satellites_see_as_often_as_their_chances():
    """Sum of infrared detections against the chances of all looks above the clouds: 99.9 % bounds."""
    chances, hits = [], 0
    stages = burns_of(history().world.vehicle.vehicle)
    for seed in SEEDS:
        for sensor, t, place, phase, hit in looks(seed)[1]:
            if sensor.kind != INFRARED:
                continue
            hits += hit >= 0
            thrust = sum(row[2] for row in stages if row[0] <= t - history().flights.t_launch[0] < row[1])
            if phase == BOOST and thrust and not hidden_by_earth(sensor.r_ecef, place, sensor.cloud_break):
                chances.append(plume_chance(thrust, sensor.dimmest_plume, sensor.p_detect, sensor.r_ecef, place))
    p = np.array(chances)
    assert len(p) > 300
    assert abs(hits - p.sum()) < stats.norm.isf(RARE / 2) * math.sqrt((p * (1 - p)).sum())


def test_the_same_seed_is_the_same_bits_and_another_is_not():
    """Detections are a function of the seed, not of what was computed before."""
    world, flights = history().world, history().flights
    first, other, again = (observe(replace(world, seed=seed), flights) for seed in (5, 6, 5))
    for name in ("scan_t", "scan_sensor", "scan_start", "obj", "z", "sigma"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert not np.array_equal(first.z, other.z)
    assert not np.array_equal(first.scan_t, other.scan_t)
