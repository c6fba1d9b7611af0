"""Announced flights against physics: published tests hold, the same tests a tenth quicker do not."""

import math

import numpy as np
import pytest
import yaml

import entente as en
from entente.constants import OMEGA, R_MEAN
from entente.physics import ballistics
from entente.questions.claims import LEAST, MOST, SPEEDS
from entente.scenario.rows import vehicles

LOFTED = "tests/authorities/lofted_tests.yaml"
MISSILES = {row.id: row.vehicle for row in vehicles() if row.range_class not in ("space launch", "sounding rocket")}


def reported(request):
    with (request.config.rootpath / LOFTED).open(encoding="utf-8") as file:
        return [case for case in yaml.safe_load(file)["cases"] if "reported_s" in case]


def test_every_published_test_is_consistent_and_none_a_tenth_quicker(request):
    """The reported times of 2017 to 2024; free fall as the authorities have it."""
    cases = reported(request)
    assert len(cases) >= 8
    for case in cases:
        claim = en.check_claim(case["range_km"], case["apogee_km"], case["reported_s"])
        assert claim.consistent, claim.why
        assert claim.free_fall_s == pytest.approx(case["value"], rel=0.001)
        assert claim.overhead_s == pytest.approx(case["reported_s"] - claim.free_fall_s)
        hasty = en.check_claim(case["range_km"], case["apogee_km"], 0.9 * case["reported_s"])
        assert not hasty.consistent, (case["name"], hasty.why)


def test_two_reports_of_one_test_may_both_be_consistent():
    """Two governments gave 39 and 37 minutes for 4 July 2017."""
    assert all(en.check_claim(933, 2_802, time_s).consistent for time_s in (2_340, 2_220))


def test_a_notice_of_a_lofted_test():
    """1,000 km under 6,000 km in 4,100 s: 178 s are left for the boost; the same speed goes 15,767 km."""
    claim = en.check_claim(range_km=1_000, apogee_km=6_000, time_s=4_100)
    assert claim.consistent
    assert claim.overhead_s == pytest.approx(178.1, abs=0.1)
    assert claim.launch_speed_km_s == pytest.approx(7.797, abs=1e-3)
    assert claim.same_speed_range_km == pytest.approx(15_767, abs=1.0)
    assert en.minimum_energy(claim.same_speed_range_km).burnout_speed_km_s == pytest.approx(claim.launch_speed_km_s)
    assert "leaves 178 s beyond free fall" in claim.why
    assert "with unknown payload" in claim.why


@pytest.mark.parametrize(
    ("time_s", "says"),
    [
        (3_800, "A time of 3,800 s is impossible"),
        (3_600, "takes 3,848 s or more with the errors and the Earth's turning, 3,922 s without them"),
        (3_910, "The time is 12 s less than free fall, but launches at that speed take 90 to 290 s more, give"),
        (3_950, "The time leaves only 28 s"),
        (4_400, "leaves as much as 478 s"),
    ],
)
def test_a_time_that_cannot_be_says_why(time_s, says):
    claim = en.check_claim(1_000, 6_000, time_s)
    assert not claim.consistent
    assert says in claim.why
    assert "with unknown payload" in claim.why


def test_the_times_that_would_be_consistent_are_told():
    """The edges of what is consistent are the edges that are told, and a whole minute is half a minute uncertain."""
    claim = en.check_claim(1_000, 6_000, 4_100)
    assert not en.check_claim(1_000, 6_000, claim.shortest_time_s - 2.0).consistent
    assert en.check_claim(1_000, 6_000, claim.shortest_time_s + 2.0).consistent
    sharp, whole = en.check_claim(1_000, 6_000, 4_139.0), en.check_claim(1_000, 6_000, 4_140.0)
    assert sharp.shortest_time_s - whole.shortest_time_s == pytest.approx(29.5, abs=0.1)
    stated = en.check_claim(1_000, 6_000, 4_139.0, range_error_km=0, apogee_error_km=0, time_error_s=0)
    assert sharp.shortest_time_s < stated.shortest_time_s < stated.longest_time_s < sharp.longest_time_s


def test_what_was_not_announced_is_not_held_against_the_claim():
    """No time: nothing contradicts. No apogee: only a time below the flattest arc of all does."""
    silent = en.check_claim(1_000, 6_000)
    assert (silent.consistent, silent.time_s, silent.overhead_s) == (True, None, None)
    assert "No time was announced" in silent.why
    open_ended = en.check_claim(8_000, time_s=2_400)
    assert open_ended.consistent
    assert open_ended.apogee_km == pytest.approx(1_264, abs=1)
    assert open_ended.longest_time_s == math.inf
    assert "suits a lofted flight" in open_ended.why
    assert "suits a depressed flight" in en.check_claim(8_000, time_s=1_500).why
    assert "suits a least-energy flight" in en.check_claim(8_000, time_s=1_860).why
    assert not en.check_claim(8_000, time_s=800).consistent


def test_without_an_apogee_nothing_of_the_assumed_arc_is_held_against_the_claim():
    """A time below the least-energy arc's leaves no overhead, for that arc was never announced."""
    claim = en.check_claim(2_000, time_s=600)
    assert claim.consistent
    assert not claim.apogee_announced
    assert claim.overhead_s is None
    assert claim.free_fall_s == en.minimum_energy(2_000).time_of_flight_s > 600
    assert (
        "No launch speed follows; the least-energy arc over that range, 459 km high, would start at 4.11" in claim.why
    )
    assert "with unknown payload" in claim.why
    assert en.check_claim(2_000, 459, 900).apogee_announced


@pytest.mark.parametrize("apogee_km", [7_687, None])
def test_minutes_given_as_seconds_are_told(apogee_km):
    """86 as minutes would be consistent, as seconds it is not; what is wrong as minutes too gets no such hint."""
    assert "If minutes were meant: 86 min are 5160 s." in en.check_claim(1_001, apogee_km, 86).why
    assert "minutes" not in en.check_claim(1_001, apogee_km, 5_160).why
    assert "minutes" not in en.check_claim(1_001, 7_687, 40).why


def test_orbital_speed_reaches_half_way_round_and_says_so():
    claim = en.check_claim(1_001.2, 7_687.5, 5_156)
    assert claim.same_speed_range_km == pytest.approx(math.pi * 6_371)
    assert "orbital speed, it could come down anywhere, half a circumference away" in claim.why
    assert "with unknown payload" in claim.why


def test_bad_numbers_are_told_all_at_once():
    with pytest.raises(en.ModelError) as refused:
        en.check_claim(-1, math.nan, [3.0], -2, -2, math.inf)
    said = [line.split(":")[0] for line in str(refused.value).splitlines()]
    assert said == ["range_km", "apogee_km", "time_s", "range_error_km", "apogee_error_km", "time_error_s"]
    with pytest.raises(en.ModelError, match="time_error_s: there is no time_s"):
        en.check_claim(1_000, 6_000, time_error_s=3)
    with pytest.raises(en.ModelError, match="apogee_error_km: there is no apogee_km"):
        en.check_claim(1_000, apogee_error_km=3)
    for given in (None, "1000", True, np.timedelta64(5, "s")):
        with pytest.raises(en.ModelError, match=f"range_km: '{given}' is not a number"):
            en.check_claim(given)
    with pytest.raises(en.ModelError, match="range_km: 1e-300 is outside the model; it must be a millimetre or more"):
        en.check_claim(1e-300, 1, 60)


def swept_range(flight, turning):
    """Range over the ground track as inertial axes have it [m], even past half a circumference."""
    lat, lon = np.radians(flight.lat_deg), np.radians(flight.lon_deg) + turning * flight.t_s
    return ballistics.bearing(lat[:-1], lat[1:], np.diff(lon))[0].sum()


def overheads(name, share):
    """Launch speed [km/s] and time beyond free fall over the inertial range [s] of flights with a share of the payload."""
    vehicle = MISSILES[name].model_copy(update={"payload_kg": share * MISSILES[name].payload_kg})
    for azimuth in (90.0, 270.0):
        try:
            farthest = en.max_range(vehicle, azimuth_deg=azimuth).range_km
        except en.Unreachable:  # it reaches every range
            farthest = 12_000.0
        for part in (0.3, 0.7, 0.999):
            flight = en.fly(vehicle, azimuth_deg=azimuth, range_km=part * farthest)
            swept = swept_range(flight, OMEGA)
            if swept < 0.99 * math.pi * R_MEAN and flight.range_km < 19_000.0:
                speed = en.arc(flight.range_km, flight.apogee_km).burnout_speed_km_s
                yield flight, speed, flight.time_of_flight_s - en.arc(swept / 1e3, flight.apogee_km).time_of_flight_s


@pytest.mark.parametrize("share", [0.5, 1.0])
@pytest.mark.parametrize("name", MISSILES)
def test_the_boost_band_holds_the_generic_vehicles(name, share):
    """Whole and with half the payload, farthest and lofted, east and west: within the band by a tenth, and their
    claims consistent, with the time exact or in whole minutes; and no edge lies 3.5 times as far out as one flight needs."""
    flown = list(overheads(name, share))
    assert flown
    for flight, speed, overhead in flown:
        least, most = np.interp(speed, SPEEDS, LEAST), np.interp(speed, SPEEDS, MOST)
        assert 1.1 * least < overhead < 0.9 * most, (speed, overhead)
        assert overhead < 3.5 * least
        assert most < 3.5 * overhead
        for time in (flight.time_of_flight_s, 60 * round(flight.time_of_flight_s / 60)):
            claim = en.check_claim(flight.range_km, flight.apogee_km, time)
            assert claim.consistent, claim.why
