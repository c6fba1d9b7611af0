"""One launch told end to end: who knew what, when, alone and together."""

from functools import cache

import numpy as np
import pytest

from entente.assessment import MEASURES
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.records import BOTH, CENTRE, FALSE_ALARM, TRACK, WARNING
from entente.run import at_rung, before_sharing, simulate
from entente.scenario.load import load

CASE = "mrbm-central-europe"
US, RUSSIA = 0, 1
SEEDS = tuple(range(1, 21))
LEAD = 300.0  # s  before impact: nobody is warned of this launch later than that


@cache
def begun(seed):
    """What happened before anybody shared."""
    return before_sharing(load("one-launch"), CASE, seed)


@cache
def run(seed, rung):
    """One history at one rung."""
    return at_rung(begun(seed), rung)


def first(history, what, party):
    """Time of the first event of a kind [s]; nan if there is none."""
    times = [e.t for e in history.assessment.events if e.what == what and e.party == party]
    return min(times, default=np.nan)


def test_the_missile_flies_where_the_scenario_says():
    """From the region of origin to the target's centroid, within a metre; some 2,700 km; up past 100 km and down."""
    history = run(1, 0)
    threat, flights = history.world.threat, history.flights
    lat, lon, alt = geodetic_from_ecef(*flights.impact_ecef[0])
    assert geodesic(lat, lon, *threat.target)[0] < 2.0
    assert abs(alt) < 0.1
    lat, lon, _ = geodetic_from_ecef(*flights.launch_ecef[0])
    assert geodesic(lat, lon, *threat.origin)[0] < 1e-3
    assert 2_500e3 < geodesic(*threat.origin, *threat.target)[0] < 2_900e3
    assert flights.t_launch[0] < flights.t_burnout[0] < flights.t_impact[0]
    assert 600.0 < flights.t_impact[0] - flights.t_launch[0] < 1_500.0
    assert 300e3 < flights.apogee[0] < 1_500e3


@pytest.mark.parametrize("rung", [0, 2, 3, 4])
def test_the_story_is_told_in_order(rung):
    """Launch, seen, tracked, warned, impact: in this order for both, at every rung; the list itself is sorted."""
    history = run(1, rung)
    times = [event.t for event in history.assessment.events]
    assert times == sorted(times)
    launch, burnout, impact = (first(history, what, -1) for what in ("launch", "burnout", "impact"))
    for party in (US, RUSSIA):
        seen, track, warned = (first(history, what, party) for what in ("seen", "track", "warning"))
        assert launch < seen <= track <= warned < impact - LEAD
    assert launch < burnout < impact
    shot, intercept = first(history, "shot", US), first(history, "intercept", US)
    if np.isfinite(shot):
        assert burnout < shot < intercept < impact
    assert np.isnan(first(history, "shot", RUSSIA))


def test_satellites_make_the_west_first_to_know():
    """In every history US/NATO, whose satellites watch the region, knows before Russia does alone."""
    for seed in SEEDS:
        known = run(seed, 0).assessment.values["first_known_s"]
        assert known[US] < known[RUSSIA]


def test_who_shares_is_told_and_nobody_else():
    """Nothing at rung 0; from rung 2 on both hear from each other, after the partner itself knew."""
    for seed in SEEDS:
        assert np.isnan(run(seed, 0).picture.told).all()
        for rung in (2, 4):
            history = run(seed, rung)
            told, own = history.picture.told, history.national.first_seen
            for party in (US, RUSSIA):
                assert told[party] > own[1 - party]
                assert told[party] == first(history, "told", party)


def test_the_beginning_is_the_same_at_every_rung():
    """Flights, detections and national tracks never depend on the rung: the same bits as from `simulate`."""
    for rung in (0, 4):
        whole, parts = simulate(load("one-launch"), CASE, rung, 2), run(2, rung)
        for stage in ("flights", "detections"):
            for name in getattr(whole, stage).__dataclass_fields__:
                a, b = getattr(getattr(whole, stage), name), getattr(getattr(parts, stage), name)
                np.testing.assert_array_equal(a, b, err_msg=f"{stage}.{name}")
        np.testing.assert_array_equal(whole.national.tracks.x, parts.national.tracks.x)
        np.testing.assert_array_equal(whole.national.tracks.P, parts.national.tracks.P)
        np.testing.assert_array_equal(whole.picture.tracks.x, parts.picture.tracks.x)
        assert whole.assessment.values.keys() == parts.assessment.values.keys() == MEASURES.keys()
        for name, value in whole.assessment.values.items():
            np.testing.assert_array_equal(value, parts.assessment.values[name], err_msg=name)
        assert whole.assessment.events == parts.assessment.events


def test_another_seed_is_another_history():
    """Two seeds differ in inputs, flight, detections and story; each input is drawn inside its range."""
    one, two = run(1, 0), run(2, 0)
    assert one.world.inputs.keys() == two.world.inputs.keys()
    assert sum(one.world.inputs[k] != two.world.inputs[k] for k in one.world.inputs) > 0.9 * len(one.world.inputs)
    assert one.flights.t_impact[0] != two.flights.t_impact[0]
    assert not np.array_equal(one.detections.scan_t, two.detections.scan_t)
    assert one.assessment.events != two.assessment.events
    beta = one.world.vehicle.vehicle.ballistic_coefficient_kg_m2
    assert all(beta.low <= run(seed, 0).world.threat.beta <= beta.high for seed in SEEDS)


def test_sharing_informs_russia():
    """In most histories the partner's tracks tell Russia more about the impact point; at rung 0 exactly nothing."""
    alone = np.array([run(seed, 0).assessment.values["information_nats"] for seed in SEEDS])
    together = np.array([run(seed, 4).assessment.values["information_nats"] for seed in SEEDS])
    assert (alone == 0.0).all()
    assert (together[:, RUSSIA] > 0.0).mean() > 0.5
    assert np.median(together[:, RUSSIA]) > np.median(together[:, US])


def test_sharing_never_warns_anybody_later():
    """Rung by rung each party knows no later and is warned no later than alone; the picture lasts as long."""
    for seed in SEEDS:
        alone = run(seed, 0).assessment.values
        for rung in (2, 4):
            shared = run(seed, rung).assessment.values
            for party in (US, RUSSIA):
                assert shared["first_known_s"][party] <= alone["first_known_s"][party]
                assert not shared["warning_s"][party] > alone["warning_s"][party]
                assert shared["completeness"][party] >= alone["completeness"][party]


def test_the_centre_holds_one_track_of_the_missile():
    """At rung 4 both sides' tracks of the one missile become one; it is made of both at some time."""
    history = run(1, 4)
    centre = history.picture.tracks.of(CENTRE)
    assert (centre.obj != FALSE_ALARM).any()
    late = int(np.searchsorted(centre.t, 400.0))
    assert centre.held[centre.obj == 0, late].sum() == 1
    assert (centre.made_of == BOTH).any()
    assert set(history.shared.kind) == {WARNING, TRACK}


def test_no_side_has_more_tracks_of_one_missile_than_one_at_the_end():
    """Ghosts of the one missile do not pile up: ten minutes after launch each party believes in at most two."""
    for seed in SEEDS:
        for rung in (0, 4):
            tracks = run(seed, rung).picture.tracks
            late = int(np.searchsorted(tracks.t, 600.0))
            for party in (US, RUSSIA):
                mine = tracks.of(party)
                assert mine.held[mine.obj == 0, late].sum() <= 2
