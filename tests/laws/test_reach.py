"""What an interceptor reaches: closed forms at its limits, and what can only shrink or grow."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.constants import GM, R_MEAN
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.intercept import LONGEST, deadline, deadlines_many, direct_time, fly_out
from entente.questions.reach import LIMITS
from entente.scenario.parts import Ranged

pytestmark = pytest.mark.kernel
METRE = 1.0
SECOND = 1.0  # s: rows of a flight's arrays
speeds = st.floats(2_000.0, 9_000.0)
angles = st.floats(0.0, 1.2)
heights = st.floats(0.0, 1_500e3)


@pytest.fixture(scope="module")
def flight():
    return en.fly("mrbm_3000", 36.0, 46.0, 300.0, 2_700.0)


def point(angle, height):
    return (R_MEAN + height) * math.sin(angle), 0.0, (R_MEAN + height) * math.cos(angle) - R_MEAN


@given(speeds)
def test_it_climbs_as_high_and_flies_as_far_as_its_speed_allows(speed):
    """Straight up to the apogee of the vis-viva equation, along the ground as far as the arc of least energy."""
    apogee = 1.0 / (1.0 / R_MEAN - speed**2 / (2.0 * GM)) - R_MEAN
    assert math.isfinite(direct_time(0.0, 0.0, apogee - METRE, speed, 0.0))
    assert math.isinf(direct_time(0.0, 0.0, apogee + METRE, speed, 0.0))
    q = speed**2 * R_MEAN / GM
    far = 2.0 * math.asin(q / (2.0 - q)) if q < 1.0 else math.pi
    if far < 3.0:
        assert math.isfinite(direct_time(*point(far - 1e-6, 0.0), speed, 0.0))
        assert math.isinf(direct_time(*point(far + 1e-6, 0.0), speed, 0.0))


@given(speeds, st.floats(1.0, 1.4), angles, heights, st.floats(0.0, 200.0), st.floats(0.0, 500e3))
def test_reach_grows_with_speed(speed, factor, angle, height, boost, nearest):
    """Floor, ceiling, boost time and least range fixed, the launch free: what is met stays met, and no later."""
    slow = fly_out(*point(angle, height), speed, boost, nearest)
    fast = fly_out(*point(angle, height), min(speed * factor, 11_000.0), boost, nearest)  # below that of escape
    assert fast <= slow + 1e-6


@given(speeds, angles, heights, st.floats(0.0, 200.0))
def test_a_least_range_is_a_hole_and_no_wait_shortens_a_flight(speed, angle, height, boost):
    place = point(angle, height)
    away = math.dist(place, (0.0, 0.0, 0.0))
    assert math.isinf(fly_out(*place, speed, boost, away + METRE))
    met = fly_out(*place, speed, boost, max(away - METRE, 0.0))
    assert met >= boost
    assert met <= LONGEST or math.isinf(met)
    assert met <= fly_out(*place, speed, boost, -1.0)


@given(st.floats(-70, 70), st.floats(-180, 180), st.floats(0.0, 6.0), angles, st.floats(50e3, 900e3))
def test_deadlines_do_not_depend_on_where_north_is(lat, lon, turn, angle, height):
    """A point and its mirror image east and west of a site have the same deadline."""
    axes = np.empty((3, 3))
    enu_axes(math.radians(lat), math.radians(lon), axes)
    site = np.array(ecef_from_geodetic(math.radians(lat), math.radians(lon), 0.0))
    can = np.array([4_500.0, 90.0, 0.0, 5e6, -1.0, math.inf, math.inf])
    out, _, up = point(angle, height)
    found = [
        deadline(site + axes.T @ np.array([out * math.sin(a), out * math.cos(a), up]), 1_000.0, 0.0, site, axes, can)
        for a in (turn, -turn)
    ]
    # Heights above the ellipsoid differ by some kilometres where the site is not at the pole; both lie inside the limits.
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_a_flight_is_met_where_every_second_says_so(flight):
    """The windows against the definition, point by point in plain Python."""
    found = en.reach("sm3_iia_redzikowo", flight)
    row = next(one for one in en.catalogue("interceptors") if one.id == "sm3_iia_redzikowo")
    speed, boost = found.speeds_km_s[1] * 1e3, found.boost_s
    lat, lon = math.radians(row.lat_deg), math.radians(row.lon_deg)
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    site = np.array(ecef_from_geodetic(lat, lon, 0.0))
    open_at = []
    for t, one_lat, one_lon, alt in zip(
        flight.t_s, np.radians(flight.lat_deg), np.radians(flight.lon_deg), flight.altitude_km, strict=True
    ):
        if t < flight.events["burnout_s"] or not found.floor_km <= alt <= found.ceiling_km:
            continue
        place = np.array(ecef_from_geodetic(one_lat, one_lon, alt * 1e3))
        needs = fly_out(*(axes @ (place - site)), speed, boost, -1.0)
        if t - needs - found.commit_delay_s >= 300.0:
            open_at.append(t)
    window = found.windows(300.0)
    assert len(window) == 1
    assert window[0].opens_s == pytest.approx(open_at[0], abs=SECOND)
    assert window[0].closes_s == pytest.approx(open_at[-1], abs=SECOND)


@pytest.mark.parametrize("interceptor", ["deveselu", "sm3_iia_redzikowo", "gbi_poland"])
def test_windows_shrink_with_later_warning_and_a_worse_picture(flight, interceptor):
    found = en.reach(interceptor, flight)
    for level in found.levels:
        by_commit = [found.length_s(at, level) for at in range(0, 1_100, 50)]
        assert by_commit == sorted(by_commit, reverse=True)
        assert by_commit[0] > 0.0
        by_picture = [found.length_s(200.0, level, 1.0, error) for error in (0.0, 5.0, 20.0, 80.0)]
        assert by_picture == sorted(by_picture, reverse=True)
    latest = found.latest_commit_s
    assert (np.diff(latest) > 0.0).all()  # a faster one may leave later
    assert found.windows(latest[1] - 0.1) != ()
    assert found.windows(latest[1] + 0.1) == ()


def test_a_worse_picture_lets_only_near_meetings_through(flight):
    """The error at the meeting is that at the commit, grown with the velocity's: the hand-made case."""
    found = en.reach("gbi_poland", flight, handover_sigma_km=10.0)
    window = found.windows(300.0, sigma_m_s=20.0)
    assert window[-1].closes_s <= 300.0 + 10.0 / 0.020
    assert found.windows(300.0, sigma_km=10.1) == ()


def test_floor_ceiling_and_limits_are_kept(flight):
    found = en.reach("sm3_iia_redzikowo", flight, ceiling_km=300.0)
    for window in found.windows():
        assert 90.0 <= window.closes_km <= window.opens_km <= 300.0
    near = en.reach("sm3_iia_redzikowo", flight, max_range_km=100.0)
    assert np.isnan(near.latest_commit_s).all()
    assert np.isnan(en.reach("sm3_iia_redzikowo", flight, target_speed_max_km_s=1.0).latest_commit_s).all()


def test_many_deadlines_are_those_of_one():
    rng = np.random.default_rng(3)
    axes = np.empty((3, 3))
    enu_axes(0.8, 0.4, axes)
    site = np.array(ecef_from_geodetic(0.8, 0.4, 0.0))
    can = np.array([4_500.0, 90.0, 90e3, 800e3, -1.0, math.inf, math.inf])
    t = np.arange(0.0, 50.0)
    path = site + axes.T @ np.array([300e3, 500e3, 200e3]) + np.outer(t, rng.normal(0, 3e3, 3))
    out = np.empty(len(t))
    deadlines_many(path, t, site, axes, can, out)
    assert out == pytest.approx([deadline(r, at, 0.0, site, axes, can) for r, at in zip(path, t, strict=True)])


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"interceptor": "x"}, "interceptor: 'x' is not known"),
        ({"interceptor": "53t6"}, "nuclear-armed"),
        ({"burnout_speed_km_s": 30, "boost_s": "a"}, "burnout_speed_km_s: 30 is outside the model"),
        ({"burnout_speed_km_s": 3}, "boost_s, floor_km, ceiling_km left out"),
        ({"interceptor": "deveselu", "floor_km": 600}, "floor_km: 600 lies above ceiling_km 350"),
        ({"interceptor": "deveselu", "burnout_speed_km_s": (4.0, 3.0, 5.0)}, "rising order"),
        ({"interceptor": "deveselu", "flight": 3}, "flight: '3' is none"),
        ({"interceptor": "deveselu", "color": 3}, "value: 'color' is not known"),
    ],
)
def test_bad_questions_are_refused_in_one_line(asked, said):
    with pytest.raises(en.EntenteError) as refused:
        en.reach(**asked)
    assert said in str(refused.value)


def test_a_place_at_sea_is_said_to_be_a_ships(flight):
    assert en.reach("sm3_ia_ship", flight).title.endswith(", at sea")
    assert en.reach("deveselu", flight).title == "Deveselu, SM-3 IB ashore"
    own = {"burnout_speed_km_s": 4.0, "boost_s": 60.0, "floor_km": 80.0, "ceiling_km": 500.0}
    assert en.reach(**own, lat_deg=36.0, lon_deg=18.0).title == "an interceptor of your own, at sea"
    assert en.reach(**own).title == "an interceptor of your own"


def test_a_window_that_never_opens_is_said(flight):
    found = en.reach("thaad_guam", flight)
    assert "never meets it" in found.table()
    assert found.windows() == ()
    assert found.to_dict()["latest_commit_s"] == [None] * len(found.levels)


def test_all_mistakes_are_said_at_once():
    with pytest.raises(en.ModelError) as refused:
        en.reach(burnout_speed_km_s=30, boost_s=-1, floor_km=math.nan)
    assert len(str(refused.value).splitlines()) == 4


def test_every_value_that_may_be_given_has_limits_the_catalogue_keeps():
    for row in en.catalogue("interceptors"):
        for name, (least, most) in LIMITS.items():
            value = getattr(row, name, None)
            ends = (value.low, value.high) if isinstance(value, Ranged) else (value,)
            assert all(one is None or least <= one <= most for one in ends), (row.id, name)
