"""Lines of sight for the joint centre: what leaves a nation, when, how blurred; and what the centre makes of it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.stats import chi2

from entente.arrivals import SEEN_AGAIN, followed
from entente.exchange.releasing.precision import TIME
from entente.fusing import join
from entente.records import BOTH, CENTRE, INFRARED, WARNING, Detections
from entente.reporting import report
from entente.run import all_rungs, before_sharing
from entente.scenario.load import load
from entente.scenario.schema import Stress
from entente.sharing import share

LONG = ("europe-2026", "icbm-north-america")  # seen by satellites of both nations for four minutes
SEEDS = (1, 2, 3)
MILLISECOND = 1e-3  # s; messages give times to one
SAID = np.radians(1e-6)  # and directions to a millionth of a degree


@cache
def begun(seed, case=LONG):
    return before_sharing(load(case[0]), case[1], seed)


@cache
def reported(seed, rung=4, case=LONG):
    """What is shared, with reports."""
    so_far = begun(seed, case)
    return report(so_far.world, so_far.detections, so_far.national, share(so_far.world, so_far.national, rung), rung)


def origin_of(so_far, reports):
    """The row of the nation's own detections that each report is, by its sensor and time."""
    d = so_far.detections
    scan = np.repeat(np.arange(len(d.scan_t)), np.diff(d.scan_start))
    keys = {(d.scan_sensor[s], float(TIME.kept(d.scan_t[s])), d.obj[row]): row for row, s in enumerate(scan)}
    given = np.repeat(np.arange(len(reports.scan_t)), np.diff(reports.scan_start))
    return given, np.array(
        [keys[reports.scan_sensor[s], reports.scan_t[s], reports.obj[r]] for r, s in enumerate(given)]
    )


@pytest.mark.parametrize("rung", [0, 1, 2, 3])
def test_below_the_centre_no_line_of_sight_leaves(rung):
    assert len(reported(1, rung).reports.scan_t) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_what_leaves_was_warned_of_before_and_comes_late(seed):
    so_far, shared = begun(seed), reported(seed)
    reports, world = shared.reports, so_far.world
    assert len(reports.scan_t) > 20
    given, rows = origin_of(so_far, reports)
    for party in (0, 1):
        mine = np.array([world.sensors[n].party == party for n in reports.scan_sensor])
        assert mine.any()
        warned = shared.t[(shared.giver == party) & (shared.kind == WARNING)].min()
        latency = np.array([world.sensors[n].latency for n in reports.scan_sensor])
        ready = np.maximum(reports.scan_t + latency, warned) + world.policies[party].track_delay
        assert (reports.scan_report_t[mine] >= ready[mine] - MILLISECOND).all()
    assert all(world.sensors[n].kind == INFRARED for n in reports.scan_sensor)
    assert (np.diff(reports.scan_t) >= 0.0).all()
    assert len(np.unique(rows)) == len(rows) == len(given)


def test_what_leaves_is_blurred_by_what_is_declared():
    """Differences to the nation's own directions over three histories: their spread, two-sided, and the sigma stated."""
    apart = []
    for seed in SEEDS:
        so_far, reports = begun(seed), reported(seed).reports
        given, rows = origin_of(so_far, reports)
        party = np.array([so_far.world.sensors[n].party for n in reports.scan_sensor])[given]
        blur = np.array([policy.report_sigma for policy in so_far.world.policies])[party]
        own = so_far.detections
        apart.append(((reports.z - own.z[rows])[:, 1:] / blur[:, None]).ravel())
        np.testing.assert_allclose(
            reports.sigma[:, 1:] - np.hypot(own.sigma[rows][:, 1:], blur[:, None]), 0.5 * SAID, atol=0.5 * SAID + 1e-12
        )
    apart = np.concatenate(apart)
    low, high = chi2.ppf([5e-4, 1 - 5e-4], len(apart))
    assert low < (apart**2).sum() < high


@pytest.mark.parametrize("seed", SEEDS)
def test_looks_are_given_of_the_body_that_was_released(seed):
    """Which track a look was at is told by directions, not by the truth: looks at nothing stay where they are."""
    reports = reported(seed).reports
    assert (reports.obj == 0).mean() > 0.99


def test_of_its_own_launch_a_nation_reports_nothing():
    case = ("europe-2026", "space-launch")
    so_far, reports = begun(1, case), reported(1, case=case).reports
    giver = [p.name for p in so_far.world.parties].index(so_far.world.case.launched_by)
    assert all(so_far.world.sensors[n].party != giver for n in reports.scan_sensor)


def only(world, reports, party):
    """The reports of one nation alone."""
    mine = np.array([world.sensors[n].party == party for n in reports.scan_sensor])
    rows = np.repeat(mine, np.diff(reports.scan_start))
    return Detections(
        reports.scan_t[mine], reports.scan_report_t[mine], reports.scan_sensor[mine],
        np.concatenate([[0], np.cumsum(np.diff(reports.scan_start)[mine])]).astype(np.int32),
        reports.obj[rows], reports.z[rows], reports.sigma[rows],
    )  # fmt: skip


@pytest.mark.parametrize("seed", SEEDS)
def test_two_nations_lines_of_sight_place_a_body_better_than_one_s(seed):
    """Once all looks are in and the silence has told of the burnout: less spread than by either alone, and honest."""
    so_far, shared = begun(seed), reported(seed)
    t, revisit = so_far.national.tracks.t, max(so_far.world.sensors[n].revisit for n in shared.reports.scan_sensor)
    at = int(np.searchsorted(t, shared.reports.scan_report_t.max() + (SEEN_AGAIN + 1) * revisit))

    def best(reports):
        """Spread and error of the centre's best own track [m]; infinite where it has none."""
        tracks = followed(so_far.world, replace(shared, reports=reports), t)
        held = np.flatnonzero(tracks.held[:, at])
        sizes = np.sqrt(np.trace(tracks.P[held, at, :3, :3], axis1=1, axis2=2))
        if not len(held):
            return np.inf, np.inf
        least = held[np.argmin(sizes)]
        return sizes.min(), np.linalg.norm(tracks.x[least, at, :3] - so_far.flights.position_at(0, t[at]))

    both, error = best(shared.reports)
    alone = [best(only(so_far.world, shared.reports, party))[0] for party in (0, 1)]
    print(f"both {both / 1e3:.1f} km (error {error / 1e3:.1f}), alone {alone[0] / 1e3:.1f} and {alone[1] / 1e3:.1f}")
    assert both < min(alone)
    assert error < 4.0 * both


@pytest.mark.parametrize("seed", SEEDS)
def test_the_centre_says_whose_satellites_its_own_track_is_made_of(seed):
    so_far, shared = begun(seed), reported(seed)
    picture = join(so_far.world, so_far.national, shared, 4)
    centre = picture.tracks.of(CENTRE)
    used = np.bitwise_or.reduce(centre.sensors[centre.held & (centre.made_of == BOTH)])
    owners = {so_far.world.sensors[n].party for n in range(len(so_far.world.sensors)) if used >> n & 1}
    assert owners == {0, 1}


@pytest.mark.timeout(600)
def test_the_centre_beats_straight_exchange_where_both_nations_satellites_see_the_launch():
    """Six histories of a flight seen by both: the median 90 % impact area at 300 s of rung 4 against that of rung 3."""
    scenario, areas = load("europe-2026"), []
    for seed in range(1, 7):
        runs = all_rungs(before_sharing(scenario, "irbm-western-europe", seed), (3, 4), story=False)
        areas.append([runs[rung].assessment.values["impact_area_90_km2"] for rung in (3, 4)])
    middle = np.median(areas, axis=0)
    print(f"90 % area, rung 3: {middle[0].round(1)} km2, rung 4: {middle[1].round(1)} km2")
    assert (middle[1] < 0.8 * middle[0]).all()


def test_a_frame_that_is_off_moves_what_is_reported_by_as_much():
    """Under 20 km that nobody declares, looks cross where the body would be that far off: turned by less than 20 km / range."""
    so_far, plain = begun(1), reported(1).reports
    world = replace(so_far.world, stress=Stress(bias_km=20.0))
    shared = share(world, so_far.national, 4)
    moved = report(world, so_far.detections, so_far.national, shared, 4).reports
    np.testing.assert_array_equal(plain.scan_t, moved.scan_t)
    height = np.cos(plain.z[:, 2])
    turned = np.hypot((moved.z - plain.z)[:, 1] * height, (moved.z - plain.z)[:, 2])
    places = np.array([world.sensors[n].r_ecef for n in plain.scan_sensor])
    given = np.repeat(np.arange(len(plain.scan_t)), np.diff(plain.scan_start))
    nearest = np.linalg.norm(places, axis=1)[given] - 8e6
    assert (turned < 20e3 / nearest).all()
    assert turned.mean() > 0.2 * (20e3 / nearest).mean()
