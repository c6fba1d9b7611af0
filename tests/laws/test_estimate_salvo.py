"""Laws of the search for a salvo: the rule in plain Python, on real pictures and on what sites might be."""

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from entente.estimate.belief import BURNS
from entente.estimate.follow import Q
from entente.estimate.kalman import predict_ballistic
from entente.estimate.predict import free_fall, path_ahead
from entente.estimate.salvo import AHEAD, FIRES, LOST_WAITING, NEVER_IN_REACH, NO_TRACK, TOO_POOR, plan_salvo
from entente.physics.intercept import LOOK, earliest_meeting
from entente.run import at_rung, before_sharing
from entente.scenario.load import load

CASE = "mrbm-central-europe"
METRES = 2.0  # m; stretches of a minute against steps of LOOK
SECONDS = 0.01  # s; the same, in the time of flight of an interceptor


@cache
def picture(seed, rung):
    """What the parties hold at the end of one history, and the sites."""
    history = at_rung(before_sharing(load("europe-2013"), CASE, seed), rung)
    return history.picture.tracks, history.world.sites


def plain(site, tracks):
    """The rule, step by step, every path walked whole at every moment: why not, times of ignition and meeting, place."""
    why, path, then, P = NO_TRACK, np.empty((AHEAD, 3)), np.empty(6), np.empty((6, 6))
    next_look = tracks.t[1] - tracks.t[0]
    for g, t in enumerate(tracks.t):
        for k in range(len(tracks.obj)):
            left = tracks.impact.t[k, g] - t
            if not tracks.held[k, g] or not tracks.p_boost[k, g] < BURNS or not math.isfinite(left):
                continue
            count = min(AHEAD, max(1, int(left / LOOK)))
            path_ahead(tracks.x[k, g], LOOK, path[:count])
            may = path[:count].copy()
            for n in range(count):
                free_fall(tracks.x[k, g], n * LOOK, then)
                level = np.hypot(*(site.axes[:2] @ (then[:3] - site.r_ecef)))
                if level > site.range_max or np.linalg.norm(then[3:]) > site.target_speed_max:
                    may[n] = 1e9  # above every ceiling
            reach = site.commit_delay, site.speed, site.boost, site.floor, site.ceiling
            at, flight = earliest_meeting(may, site.r_ecef, site.axes, *reach)
            if at < 0:
                why = NEVER_IN_REACH if why == NO_TRACK else why
                continue
            if at * LOOK - flight - site.commit_delay > next_look:
                why = LOST_WAITING
                continue
            predict_ballistic(tracks.x[k, g], tracks.P[k, g], at * LOOK, Q[1], then, P)
            if math.sqrt(max(P[0, 0], P[1, 1], P[2, 2])) > site.handover_sigma:
                why = TOO_POOR
                continue
            return FIRES, t + at * LOOK - flight, t + at * LOOK, np.linalg.norm(then[3:]), g, k, path[at].copy()
    return why, math.nan, math.nan, math.nan, -1, -1, np.full(3, math.nan)


def planned(site, tracks):
    """The kernel, asked the same way."""
    place = np.empty(3)
    answer = plan_salvo(
        tracks.t,
        tracks.held,
        tracks.x,
        tracks.P,
        tracks.p_boost,
        tracks.impact.t,
        site.r_ecef,
        site.axes,
        site.speed,
        site.boost,
        site.commit_delay,
        site.floor,
        site.ceiling,
        site.range_max,
        site.target_speed_max,
        site.handover_sigma,
        Q[1],
        place,
    )
    return *answer, place


SITES = {
    "as it is": {},
    "slow": {"speed": 1_000.0},
    "hopeless": {"speed": 100.0},
    "fast": {"speed": 6_000.0},
    "low": {"floor": 20e3, "ceiling": 150e3},
    "thin": {"floor": 200e3, "ceiling": 230e3},
    "too high": {"floor": 2_000e3, "ceiling": 3_000e3},
    "choosy": {"handover_sigma": 300.0},
    "too choosy": {"handover_sigma": 1e-3},
    "sluggish": {"commit_delay": 200.0},
    "near": {"range_max": 300e3, "floor": 20e3, "ceiling": 900e3, "speed": 5_000.0},
    "for slow ones": {"target_speed_max": 4_000.0, "floor": 20e3, "ceiling": 900e3, "speed": 5_000.0},
}


@pytest.mark.parametrize("change", SITES, ids=SITES)
@pytest.mark.parametrize(("seed", "rung"), [(1, 0), (1, 4), (2, 4), (3, 0), (4, 3)])
def test_it_is_the_plain_rule(seed, rung, change):
    tracks, sites = picture(seed, rung)
    for site in sites:
        changed, mine = replace(site, **SITES[change]), tracks.of(site.party)
        got, expected = planned(changed, mine), plain(changed, mine)
        assert got[0] == expected[0]
        assert got[4:6] == expected[4:6]
        assert got[2] == pytest.approx(expected[2], abs=1e-9, nan_ok=True)
        assert got[1] == pytest.approx(expected[1], abs=SECONDS, nan_ok=True)
        assert got[3] == pytest.approx(expected[3], rel=1e-5, nan_ok=True)
        np.testing.assert_allclose(got[6], expected[6], atol=METRES)


def test_every_answer_is_given_by_some_site():
    """Else the comparison above would compare less than it seems to."""
    tracks, sites = picture(1, 4)
    said = {planned(replace(site, **change), tracks.of(site.party))[0] for site in sites for change in SITES.values()}
    assert said | {NO_TRACK, LOST_WAITING} == {FIRES, NO_TRACK, NEVER_IN_REACH, LOST_WAITING, TOO_POOR}
    nobody = tracks.rows(slice(0))
    assert planned(sites[0], nobody)[0] == NO_TRACK


def test_who_waits_and_loses_the_track_says_so():
    """A low ceiling lets the site wait; the track ends before the body is below it."""
    tracks, sites = picture(1, 4)
    site = replace(sites[0], speed=6_000.0, floor=10e3, ceiling=60e3)
    mine = tracks.of(site.party)
    status, _, meets, *_ = planned(site, mine)
    assert status == FIRES
    short = replace(mine, held=mine.held & (mine.t < meets - 300.0))
    assert planned(site, short)[0] == LOST_WAITING == plain(site, short)[0]


def test_the_same_question_has_the_same_answer():
    tracks, sites = picture(2, 4)
    one, two = (planned(sites[0], tracks.of(sites[0].party)) for _ in range(2))
    assert one[:6] == two[:6] or one[0] != FIRES
    np.testing.assert_array_equal(one[6], two[6])
