"""The physical gates against other ways of computing what they judge by, and the forms of notices."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.attacks.room import furnished, why
from tests.attacks.specimens import ANNOUNCED, SPECIMENS, changed, ellipse

from entente.constants import OMEGA
from entente.errors import Malformed
from entente.exchange.messages import Direction
from entente.exchange.release import Draft, _air, _launch, _track
from entente.exchange.releasing.blurring import LADDER
from entente.exchange.releasing.permits import Terms
from entente.exchange.saying import physical
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.gates import coverage, refusal
from entente.exchange.saying.identifiers import (
    AFTERWARDS,
    EARLIEST,
    LATEST,
    Identifier,
    fits,
    identifier,
    is_in_time,
    to_be_sent,
)
from entente.exchange.saying.instants import NS_PER_S, instant, nanoseconds
from entente.exchange.saying.physical import sub_point
from entente.physics.ballistics import minimum_energy
from entente.scenario.units import KM

UPPER = np.triu_indices(6)
SPEED = 1e-3  # km/s  closed forms of one sphere
finite = st.floats(-3, 3)


def covariance(matrix):
    return tuple(float(value) for value in np.asarray(matrix)[UPPER])


@given(st.lists(finite, min_size=36, max_size=36), st.floats(-3, 3), st.integers(0, 5))
@example([0.0] * 36, 0.0, 0)
def test_a_covariance_passes_when_its_least_eigenvalue_exceeds_the_floor(numbers, shift, axis):
    """Elimination says what the eigenvalues say, scaled by the floors, wherever rounding cannot decide."""
    root = np.array(numbers).reshape(6, 6)
    floors = np.repeat([physical.FLOOR_KM, physical.FLOOR_KM_S], 3)
    scaled = root @ root.T + 0.01 * np.eye(6) + shift * np.outer(np.eye(6)[axis], np.eye(6)[axis])
    least = np.linalg.eigvalsh(scaled - np.diag((floors / 0.01) ** 2)).min()
    assume(abs(least) > 1e-9)
    # In units of 10 m and 10 mm/s, so that both sides of the floor occur.
    units = np.repeat([0.01, 0.01], 3)
    matrix = scaled * np.outer(units, units)
    assert physical._exceeds(covariance(matrix), physical.FLOOR_KM**2, physical.FLOOR_KM_S**2) == (least > 0)


@given(st.floats(300, 18_000))
def test_the_most_energy_of_a_class_is_that_of_its_arc_of_least_energy(range_km):
    """Against the closed form of the physics package: same burnout speed."""
    energy = physical._to_reach(range_km)
    speed = math.sqrt(2 * (energy + physical.GM_KM / physical.RADIUS_KM))
    assert speed == pytest.approx(minimum_energy(range_km * KM)[0] / KM, abs=SPEED)


def test_energy_stays_the_same_in_free_flight():
    """A state thrown on by steps of a second in axes that turn with the Earth, gravity of a point and its own rotation."""
    r, v, spin = np.array([3500.0, 3500.0, 4500.0]), np.array([1.0, 1.5, 2.0]), np.array([0.0, 0.0, OMEGA])

    def pull(r, v):
        return -physical.GM_KM * r / np.linalg.norm(r) ** 3 - 2 * np.cross(spin, v) - np.cross(spin, np.cross(spin, r))

    def energy():
        return physical._energy(float(np.linalg.norm(r)), float(np.linalg.norm(v)), math.hypot(r[0], r[1]))

    before, step = energy(), 1.0
    for _ in range(200):  # Heun: error of a second's step below 1e-7 of the energy
        a = pull(r, v)
        r_next, v_next = r + step * v + step**2 / 2 * a, v + step * a
        v = v + step / 2 * (a + pull(r_next, v_next))
        r = r_next
    assert energy() == pytest.approx(before, rel=1e-5)
    assert np.linalg.norm(v) != pytest.approx(math.hypot(1.0, 1.5, 2.0), rel=0.1)


@pytest.mark.parametrize(("missile", "range_km"), physical.RANGE_KM.items())
def test_a_class_may_fly_its_range_and_not_much_more(missile, range_km):
    """Burnout at 100 km on the arc of least energy, on a track with little uncertainty."""
    small = tuple((0.01 if i < 3 else 1e-6) if i == j else 0.0 for i in range(6) for j in range(i, 6))

    def at(share):
        burnout_speed = minimum_energy(range_km * share * KM)[0] / KM
        lift = 2 * physical.GM_KM * (1 / physical.RADIUS_KM - 1 / (physical.RADIUS_KM + 100))
        speed = math.sqrt(burnout_speed**2 - lift)
        return changed("track-state", missile=missile, covariance=small, bias_sigma_km=0.0, bias_sigma_km_s=0.0,
                       r_km=(0.0, 0.0, physical.RADIUS_KM + 100), v_km_s=(speed, 0.0, 0.0))  # fmt: skip

    assert refusal(at(1.0)) is None
    if range_km * 1.6 < 18_000:
        assert refusal(at(1.6)) == "energy"
        assert refusal(changed("track-state", missile="unknown", v_km_s=at(1.6).v_km_s)) is None


def test_uncertainty_and_bias_widen_what_is_possible():
    deep = {"r_km": (0.0, 0.0, 6_300.0), "v_km_s": (0.0, 0.0, 1.0)}
    wide = tuple((2500.0 if i < 3 else 0.0025) if i == j else 0.0 for i in range(6) for j in range(i, 6))
    assert refusal(changed("track-state", **deep)) == "radius"
    assert refusal(changed("track-state", **deep, covariance=wide, bias_sigma_km=20.0)) is None


def test_a_bias_is_part_of_the_covariance():
    for bias, speed, said in ((2.0, 0.01, None), (7.0, 0.01, "overconfident"), (2.0, 0.1, "overconfident")):
        assert refusal(changed("track-state", bias_sigma_km=bias, bias_sigma_km_s=speed)) == said


def test_the_point_below_a_state():
    lat, lon = sub_point(SPECIMENS["track-state"])
    assert (lat, lon) == pytest.approx((math.degrees(math.atan2(4500, math.hypot(3500, 3500))), 45.0))


def test_launches_agree_with_themselves():
    launch = "launch-detected"
    for fields, said in (
        ({"azimuth_sigma_deg": None}, "incomplete"),
        ({"impact_sigma_s": None}, "incomplete"),
        ({"impact": None, "impact_sigma_s": None}, None),
        ({"impact_area": None}, None),
        ({"azimuth_deg": None, "azimuth_sigma_deg": None}, None),
        ({"azimuth_deg": 120.0}, "direction"),
        ({"launched": "2026-11-28T12:00:23.000Z"}, "times"),
        ({"impact": "2026-11-28T12:00:50.000Z"}, "flight-time"),
        ({"impact": "2026-11-28T11:57:00.000Z", "impact_area": None}, "flight-time"),
        ({"impact": "2026-11-28T13:59:00.000Z"}, None),  # two hours, to the second
        ({"impact": "2026-11-28T13:59:00.001Z"}, "flight-time"),
        ({"impact": "2026-11-28T14:12:00.000Z", "missile": "space launch"}, None),
        ({"missile": "srbm"}, "range"),
        ({"missile": "srbm", "launch_area": ellipse(35.0, 54.0, 1_000.0)}, None),
    ):
        assert refusal(changed(launch, **fields)) == said, fields
    sector = {"azimuth_from_deg": 350.0, "azimuth_to_deg": 12.0}
    assert refusal(changed("pre-launch", **sector)) == "direction"  # 31 degrees, 19 from the sector's edge
    assert refusal(changed("pre-launch", **sector, missile="space launch")) is None
    assert refusal(changed("pre-launch", azimuth_from_deg=180.0, azimuth_to_deg=220.0)) == "direction"
    antipode = {"missile": "space launch", "impact_areas": (ellipse(-69.0, -140.0),)}
    assert refusal(changed("pre-launch", **antipode)) is None  # every direction leads there


def test_tracks_say_all_of_their_launch_or_nothing():
    track = "track-state"
    assert refusal(changed(track, launched="2026-11-28T11:55:00.000Z")) == "incomplete"
    whole = {"launched": "2026-11-28T11:55:00.000Z", "launched_sigma_s": 2.0}
    assert refusal(changed(track, **whole)) is None
    assert refusal(changed(track, **(whole | {"launched": "2026-11-28T12:01:00.000Z"}))) == "times"
    assert refusal(changed(track, launch_area=ellipse(1.0, 1.0, 5.0, 6.0))) == "area"


def test_looks_are_no_finer_than_an_eye():
    fine = Direction(azimuth_deg=1.0, elevation_deg=-80.0, azimuth_sigma_deg=0.01, elevation_sigma_deg=1e-6)
    assert refusal(changed("lines-of-sight", directions=(fine,))) == "overconfident"


def test_coverage_takes_a_place_near_an_edge_for_inside():
    seas = (ellipse(54.0, 20.0, 100.0), ellipse(0.0, -100.0, 100.0))
    for lon, km, said in ((20.0, 1.0, None), (21.4, 1.0, None), (23.0, 1.0, "outside-coverage"), (23.0, 200.0, None)):
        assert coverage(changed("air-track", area=ellipse(54.0, lon, km)), seas) == said
    assert coverage(SPECIMENS["query"], seas) is None


def test_keys_feeds_and_areas():
    assert refusal(changed("key-rotate", old="cd" * 32)) == "same-key"
    health = SPECIMENS["state-of-health"]
    feed = health.feeds[0]
    for feeds, said in (
        ((feed, feed), "feed-twice"),
        ((replace(feed, since="2026-11-28T12:00:06.000Z"),), "times"),
        ((replace(feed, gaps=(replace(feed.gaps[0], ends=feed.gaps[0].begins),)),), "times"),
        ((replace(feed, covers=ellipse(1.0, 1.0, 5.0, 6.0)),), "area"),
    ):
        assert refusal(changed("state-of-health", feeds=feeds)) == said
    assert refusal(changed("engagement-intent", keep_out=ellipse(1.0, 1.0, 5.0, 6.0))) == "area"
    for kind in ("engagement-intent", "de-orbit", "geophysical-experiment"):
        assert refusal(changed(kind, ends=SPECIMENS[kind].begins)) == "times"
    for kind in ("pre-launch", "window-change"):
        assert refusal(changed(kind, window_closes=SPECIMENS[kind].window_opens)) == "times"
    assert refusal(changed("post-launch", launched="2026-11-28T12:00:05.300Z")) == "times"


@given(
    st.text("ABCXYZ", min_size=2, max_size=2), st.integers(0, 9999), st.integers(0, 999), st.integers(0, 999),
    st.integers(1, 6),
)  # fmt: skip
def test_an_identifier_reads_back(party, year, serial, part, form):
    one = Identifier(party, year, serial, part, form)
    assert identifier(str(one)) == one


@pytest.mark.parametrize(
    "text", ["", "PLN", "PLN/US/2026/012/001/07", "PLN/us/2026/012/001/01", ANNOUNCED + "\n", "x" * 99]
)
def test_what_is_no_identifier(text):
    with pytest.raises(Malformed, match="the form is PLN"):
        identifier(text)


def test_notices_name_their_format_and_their_original():
    assert all(fits(SPECIMENS[kind]) for kind in ("pre-launch", "cancel", "geophysical-experiment", "de-orbit"))
    for kind, fields in (
        ("pre-launch", {"notice": "PLN/US/2026/012/001/02"}),
        ("cancel", {"original": "PLN/RU/2026/012/001/01"}),
        ("cancel", {"original": "PLN/US/2026/012/001/03"}),
        ("de-orbit", {"original": "PLN/US/2026/014/001/06"}),  # itself
        ("de-orbit", {"original": ANNOUNCED}),
    ):
        assert refusal(changed(kind, **fields)) == "identifier"
    assert fits(changed("de-orbit", original="PLN/US/2026/013/001/06"))


def test_when_notices_were_to_be_sent():
    opens = nanoseconds(SPECIMENS["pre-launch"].window_opens)
    assert to_be_sent(SPECIMENS["pre-launch"]) == (opens - EARLIEST, opens - LATEST)
    for ahead, said in ((EARLIEST, True), (EARLIEST + NS_PER_S, False), (LATEST, True), (LATEST - NS_PER_S, False)):
        assert is_in_time(changed("pre-launch", sent=instant(opens - ahead))) is said
    launched = nanoseconds(SPECIMENS["post-launch"].launched)
    for after, said in ((0, True), (-NS_PER_S, False), (AFTERWARDS, True), (AFTERWARDS + NS_PER_S, False)):
        assert is_in_time(changed("post-launch", sent=instant(launched + after))) is said
    assert is_in_time(SPECIMENS["cancel"]) is None


@pytest.mark.parametrize("step", LADDER)
def test_what_a_policy_coarsens_passes_the_gates(step):
    """Biases and floors of every size, of many bodies: an honest release is never refused for what was done to it."""
    under = Terms(
        min_range_km=0.0, classes="as known", area_floor_km=step, azimuth_floor_deg=min(step, 20.0), bias_km=step,
        angle_floor_deg=min(step, 20.0), delay_s=0, slot_s=1, fields=frozenset(),
    )  # fmt: skip
    for kind, coarsen in (("launch-detected", _launch), ("track-state", _track), ("air-track", _air)):
        for body in range(20):
            draft = Draft(said=SPECIMENS[kind], bodies=(f"body-{body}",), whose="third party", missile="mrbm")
            assert refusal(decode(encode(coarsen(b"secret" * 6, SPECIMENS[kind], draft, under)))) is None


@pytest.mark.parametrize(
    ("ahead_s", "told"), [(48 * 3600, []), (3600, ["not-in-time"]), (31 * 86_400, ["not-in-time"])]
)
def test_a_notice_out_of_time_is_taken_and_both_hear_of_it(ahead_s, told):
    """An outcome, not an error: what was announced late was announced."""
    room = furnished()
    assert why(room.announce("nato-desk", ahead_s=ahead_s)) is None
    assert room.alarms() == told
    assert len(room.state.notices) == 1
