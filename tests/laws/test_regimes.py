"""Limits are judged one by one: what is met, what is exceeded, and what a range leaves to people."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import entente as en
from entente.strategy.regimes import deployment_areas, forbidden_by_range, judge, lower_velocity, to_be_notified

numbers = st.floats(0, 1e5)
ranges = st.tuples(numbers, numbers).map(lambda ends: (min(ends), max(ends)))
bounds = st.sampled_from(["at most", "at least"])


@given(ranges, numbers, bounds)
def test_the_verdict_follows_the_margins(value, limit, bound):
    found = judge(*value, limit, bound)
    assert found.margin_low <= found.margin_high
    assert (found.verdict == "met") == (found.margin_low >= 0)
    assert (found.verdict == "exceeded") == (found.margin_high < 0)
    assert found.margin_high - found.margin_low == pytest.approx(value[1] - value[0], abs=1e-9)


@given(numbers, bounds)
def test_the_number_itself_keeps_the_limit(limit, bound):
    assert judge(limit, limit, limit, bound).verdict == "met"


@given(numbers, numbers, bounds)
def test_what_is_known_exactly_needs_no_judgement(value, limit, bound):
    assert judge(value, value, limit, bound).verdict != "needs judgement"


@given(ranges, ranges, numbers, bounds)
def test_to_know_more_never_turns_a_verdict_round(wide, narrow, limit, bound):
    low, high = max(wide[0], narrow[0]), min(wide[1], narrow[1])
    if low > high:
        return
    before, after = judge(*wide, limit, bound).verdict, judge(low, high, limit, bound).verdict
    assert before in (after, "needs judgement")


@given(ranges, numbers, st.floats(0, 1e5))
def test_a_looser_limit_never_turns_met_into_less(value, limit, looser):
    if judge(*value, limit).verdict == "met":
        assert judge(*value, limit + looser).verdict == "met"
    if judge(*value, limit, "at least").verdict == "met":
        assert judge(*value, limit - looser, "at least").verdict == "met"


@pytest.mark.parametrize(("low", "high", "limit"), [(2, 1, 3), (math.nan, 1, 3), (1, 2, math.inf), (1, 2, math.nan)])
def test_what_is_no_range_is_refused(low, high, limit):
    with pytest.raises(ValueError, match="the ends must rise"):
        judge(low, high, limit)


KM_S, KM = 1e3, 1e3


@pytest.mark.parametrize(
    ("interceptor", "speed", "reach", "verdict"),
    [
        ((2.6, 2.8), (4.0, 5.0), (3000, 3500), "met"),  # all three numbers themselves still keep it
        ((3.0, 3.0), (5.0, 5.0), (3500, 3500), "met"),
        ((2.7, 3.5), (4.0, 4.5), (2000, 3000), "needs judgement"),  # the speed is not known that well
        ((4.3, 4.8), (4.0, 4.5), (2000, 3000), "needs judgement"),  # faster: each party judges for itself
        ((2.6, 2.8), (5.1, 5.3), (2000, 3000), "exceeded"),  # one end of the pair is enough
        ((2.6, 2.8), (4.0, 4.5), (3600, 4000), "exceeded"),
        ((4.3, 4.8), (5.1, 5.3), (2000, 3000), "exceeded"),  # the targets bind the faster ones, too
        ((2.6, 2.8), None, (2000, 3000), "needs judgement"),
        ((2.6, 2.8), None, None, "needs judgement"),
    ],
)
def test_the_demarcation_of_1997(interceptor, speed, reach, verdict):
    def scaled(ends, by):
        return ends and (ends[0] * by, ends[1] * by)

    assert lower_velocity(scaled(interceptor, KM_S), scaled(speed, KM_S), scaled(reach, KM)) == verdict


def test_the_two_numbers_for_targets_describe_one_missile():
    """5 km/s and 3,500 km: the least speed for that range is 5.167 km/s at the surface, within 4 %."""
    assert en.minimum_energy(range_km=3500).burnout_speed_km_s == pytest.approx(5.0, rel=0.04)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (300, 499, "met"),
        (500, 500, "exceeded"),
        (1000, 2500, "exceeded"),
        (5500, 5500, "exceeded"),
        (5501, 9000, "met"),
        (400, 600, "needs judgement"),
        (5000, 6000, "needs judgement"),
        (400, 6000, "needs judgement"),
    ],
)
def test_the_band_of_the_inf_treaty(low, high, verdict):
    assert forbidden_by_range(low * KM, high * KM) == verdict


@pytest.mark.parametrize(
    ("reach", "apogee", "notified"), [(300, 80, False), (500, 500, False), (501, 100, True), (10, 1453, True)]
)
def test_the_500_km_rule_asks_for_range_or_height(reach, apogee, notified):
    assert to_be_notified(reach * KM, apogee * KM) is notified


def test_the_sounding_rocket_of_1995_and_the_launches_of_1999():
    """An apogee of 1,453 km had to be notified under the later rule; some 60 to 300 km of range in 1999 had not."""
    assert to_be_notified(1_000 * KM, 1_453 * KM)
    assert not to_be_notified(300 * KM, 90 * KM)


def test_sites_that_fit_into_one_area_count_as_one():
    assert deployment_areas([]) == 0
    assert deployment_areas([[0.0]]) == 1
    near, far = 200e3, 3_000e3
    assert deployment_areas([[0, near], [near, 0]]) == 1
    assert deployment_areas([[0, far], [far, 0]]) == 2
    assert deployment_areas([[0, near, far], [near, 0, far], [far, far, 0]]) == 2
