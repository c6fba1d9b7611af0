"""What is said well and cannot be so: times, units, places, certainty; rows of the table of threats by their numbers."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.attacks.room import furnished, why
from tests.attacks.specimens import SPECIMENS, UPPER, changed, ellipse, judged, undecodable, written

from entente.exchange.messages import Feed, StateOfHealth
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.gates import refusal

TRACK = "track-state"


@pytest.mark.parametrize(
    ("ahead", "said"), [("12:00:05.000", None), ("12:00:05.251", "times"), ("12:00:30.000", "times")]
)
def test_t46_a_sensor_clock_before_the_sender_s(ahead, said):
    """Half a second or five may be two clocks of one node; thirty are a mistake."""
    for kind in (TRACK, "launch-detected", "air-track", "lines-of-sight"):
        assert judged(kind, observed=f"2026-11-28T{ahead}Z") == said


R, V = SPECIMENS[TRACK].r_km, SPECIMENS[TRACK].v_km_s


KILOFOOT, METRE_IN_FEET = 1_000 / 304.8, 3.28084


def times(values, factor):
    return [factor * value for value in values]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (TRACK, {"r_km": times(R, 1_000), "v_km_s": times(V, 1_000)}, "radius"),  # m for km
        (TRACK, {"r_km": times(R, 0.001)}, "radius"),  # thousands of km for km
        (TRACK, {"r_km": times(R, KILOFOOT)}, "energy"),  # thousands of feet for km
        (TRACK, {"v_km_s": times(V, 1_000)}, "speed"),  # m/s for km/s
        (TRACK, {"v_km_s": [11.99, 0.0, 0.0], "missile": "unknown"}, None),
        (TRACK, {"v_km_s": [12.0, 0.0, 0.0], "missile": "unknown"}, "speed"),
        (TRACK, {"v_km_s": times(V, 3.6)}, "energy"),  # thousands of km/h for km/s
        (TRACK, {"r_km": [45.0, 45.0, 300.0]}, "radius"),  # degrees and height for axes
        (TRACK, {"covariance": times(UPPER, 1e6)}, "covariance"),  # m2 for km2
        (TRACK, {"covariance": times(UPPER, 1e-6)}, "overconfident"),  # and the other way
        ("air-track", {"alt_m": 10_500 * METRE_IN_FEET}, "flight"),  # feet for m
        ("air-track", {"alt_m": 10.5, "speed_m_s": 480.0}, "flight"),  # km for m, knots for m/s, near the ground
        ("air-track", {"alt_m": 105_000.0}, "not-a-message"),
        ("air-track", {"speed_m_s": 8.0}, None),  # a balloon
        ("launch-detected", {"azimuth_deg": 300.0 * 0.0174533}, "direction"),  # radians for degrees
        ("launch-detected", {"observed_sigma_s": 500_000.0}, "not-a-message"),  # us for s
        ("pre-launch", {"azimuth_from_deg": 120.0, "azimuth_to_deg": 160.0}, "direction"),  # mils, or another zero
    ],
)  # fmt: skip
def test_t47_wrong_units(kind, fields, said):
    assert judged(kind, **fields) == said


FAR_OFF = {"direction", "range", "flight-time"}


def place(lat_deg, lon_deg, km=50.0):
    return json.loads(encode(changed("de-orbit", area=ellipse(lat_deg, lon_deg, km))))["area"]


def test_t48_places_swapped_or_of_the_other_sign():
    """Against the direction of flight, without which two places cannot be told; and against what the feed covers."""
    start, end = (35.0, 54.0), (42.0, 32.0)
    for wrong in ((54.0, 35.0), (-35.0, 54.0), (35.0, -54.0)):
        assert judged("launch-detected", launch_area=place(*wrong), impact_area=place(*end)) in FAR_OFF
    for wrong in ((32.0, 42.0), (-42.0, 32.0), (42.0, -32.0)):
        assert judged("launch-detected", launch_area=place(*start), impact_area=place(*wrong)) in FAR_OFF
    assert (
        undecodable(written("launch-detected", launch_area=place(35.0, 54.0) | {"lat_deg": 154.0})) == "not-a-message"
    )


def test_t48_what_lies_where_the_feed_cannot_see():
    """The frame must be named, and is Earth-fixed; a state in axes that do not turn lies elsewhere after some hours."""
    covers = (ellipse(45.0, 45.0, 2_500.0),)
    for frame in ("eci", "j2000", "ECEF", None, ...):
        assert undecodable(written(TRACK, frame=frame)) == "not-a-message"
    assert refusal(SPECIMENS[TRACK], covers) is None
    inertial = changed(TRACK, r_km=(-3500.0, 3500.0, 4500.0))  # six hours earlier or later
    assert refusal(inertial) is None
    assert refusal(inertial, covers) == "outside-coverage"
    assert refusal(changed(TRACK, r_km=(3500.0, 3500.0, -4500.0)), covers) == "outside-coverage"
    assert (
        refusal(changed("launch-detected", launch_area=ellipse(-45.0, 45.0), impact_area=None), covers)
        == "outside-coverage"
    )


def test_t48_the_centre_holds_a_node_to_its_own_account_of_what_it_covers():
    """A state of health says where its feeds can see; while one feed does not say, any place may be."""
    from_here = ellipse(45.0, 45.0, 2_500.0)
    feeds = [Feed(name=name, state="up", since="2026-01-01T00:00:00.000Z", covers=from_here) for name in ("a", "b")]
    for told, said in ((feeds, "outside-coverage"), ([feeds[0], replace(feeds[1], covers=None)], None)):
        room = furnished()
        room.say(StateOfHealth, "nato-sat", feeds=tuple(told))
        assert why(room.track("nato-sat")) is None
        before = room.state
        assert why(room.launch("nato-sat", launch_area=ellipse(-45.0, 45.0))) == said
        assert (room.state.launches == before.launches) == (said is not None)


ORDER = [a + b for i, a in enumerate("xyzuvw") for b in "xyzuvw"[i:]]  # position x y z, velocity u v w


def triangle(**entries):
    """UPPER with other entries, such as xy=30."""
    assert set(entries) <= set(ORDER)
    return [entries.get(name, value) for name, value in zip(ORDER, UPPER, strict=True)]


@pytest.mark.parametrize(
    ("covariance", "said"),
    [
        (triangle(xx=-25.0), "covariance"),
        (triangle(ww=-1e-9), "covariance"),
        (triangle(xy=30.0), "covariance"),  # correlation 1.2
        (triangle(xy=25.0), "covariance"),  # and 1
        (triangle(xy=24.9), None),
        (triangle(xy=24.0, xz=24.0, yz=-24.0), "covariance"),  # each pair may be, the three may not
        (triangle(xu=0.26), "covariance"),
        ([0.0] * 21, "covariance"),
        ([1e30] * 21, "covariance"),
        (triangle(xx=1e30), "covariance"),
        (triangle(uu=1e30), "covariance"),
        (triangle(xx=1_000.0**2), None),
        (triangle(xx=1_010.0**2), "covariance"),
        (triangle(uu=11.9**2), None),
        (triangle(uu=12.1**2), "covariance"),
        (triangle(xx=1e-7), "covariance"),  # 0.3 m
        (triangle(uu=1e-13), "covariance"),
        ([1e308] * 21, "covariance"),
        (list(UPPER) * 2, "not-a-message"),  # all 36 and more: nothing can be asymmetrical
        (list(UPPER)[:20], "not-a-message"),
    ],
)  # fmt: skip
def test_t49_covariances_that_nobody_can_have(covariance, said):
    assert judged(TRACK, covariance=covariance) == said


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=21, max_size=21))
def test_t49_no_covariance_raises(numbers):
    assert refusal(changed(TRACK, covariance=tuple(numbers))) in {"covariance", "overconfident", None}


def test_t50_more_certain_than_its_sensor():
    """Ten metres in all for a radar, a hundred for infrared eyes; and never more certain than the bias it declares."""
    unbiased = {"bias_sigma_km": 0.0, "bias_sigma_km_s": 0.0}
    for share, seen_by, said in (
        (1e-6, "radar", "overconfident"), (1e-5, "radar", None), (1e-4, "infrared", "overconfident"), (1e-3, "infrared", None),
    ):  # fmt: skip
        covariance = [share * value for value in UPPER]  # 5 km and 50 m/s on an axis, times the root
        assert judged(TRACK, covariance=covariance, seen_by=seen_by, **unbiased) == said
        assert judged(TRACK, covariance=covariance, seen_by=seen_by, bias_sigma_km=1.0) == "overconfident"
    assert judged("launch-detected", launch_area=place(35.0, 54.0) | {"semi_major_km": 0.0}) == "not-a-message"
