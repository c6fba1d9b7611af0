"""Arcs for a number or for many, and what is said of numbers outside the model."""

import dataclasses
import math

import numpy as np
import pytest

import entente as en
from entente.questions.arcs import HALF_WAY_ROUND

RANGES = np.array([[300.0], [3_000.0], [12_000.0]])  # km
HEIGHTS = np.array([0.0, 150.0])  # km


def lines(call):
    """What is said of a question that must be refused."""
    with pytest.raises(en.ModelError) as refused:
        call()
    return str(refused.value).splitlines()


@pytest.mark.parametrize("apogee_km", [None, 900.0])
def test_many_arcs_are_the_single_ones(apogee_km):
    """Three ranges by two burnout heights: each field has that shape, and the value of the arc asked for alone."""
    many = en.arc(RANGES, apogee_km, HEIGHTS)
    for row, column in np.ndindex(3, 2):
        alone = en.arc(RANGES[row, 0], apogee_km, HEIGHTS[column])
        for field in dataclasses.fields(many):
            values, single = getattr(many, field.name), getattr(alone, field.name)
            assert values.shape == (3, 2)
            assert type(single) is float
            assert values[row, column] == pytest.approx(single, rel=1e-14)
    np.testing.assert_allclose(many.speed_at(many.burnout_altitude_km), many.burnout_speed_km_s, rtol=1e-12)


def test_many_flights_between_regions_are_the_single_ones():
    to_lon = np.array([-170.0, 20.5, 150.0])
    many = en.arc_between(35.0, -10.5, 12.0, to_lon, 800.0)
    for index, lon in enumerate(to_lon):
        alone = en.arc_between(35.0, -10.5, 12.0, lon, 800.0)
        for field in dataclasses.fields(many):
            assert getattr(many, field.name)[index] == pytest.approx(getattr(alone, field.name), rel=1e-11)


def test_eastward_flights_are_led_and_helped():
    """From the equator the ground brings 0.465 km/s along; the point flown to moves on by that times the flight."""
    east, west = en.arc_between(0.0, 0.0, 0.0, 45.0), en.arc_between(0.0, 0.0, 0.0, -45.0)
    still = en.arc_between(0.0, 0.0, 0.0, 45.0, rotation=False)
    assert east.range_km - east.ground_range_km == pytest.approx(0.4646 * east.time_of_flight_s, rel=1e-3)
    assert west.ground_range_km - west.range_km == pytest.approx(0.4646 * west.time_of_flight_s, rel=1e-3)
    level = np.cos(np.radians(east.burnout_angle_deg)) * east.burnout_speed_km_s
    assert np.cos(np.radians(east.ground_angle_deg)) * east.ground_speed_km_s == pytest.approx(level - 0.4646, abs=1e-4)
    assert still.range_km == still.ground_range_km == east.ground_range_km
    assert still.burnout_speed_km_s == still.ground_speed_km_s
    assert still.burnout_speed_km_s == en.minimum_energy(still.range_km).burnout_speed_km_s


def test_the_longest_range_and_lowest_apogee_are_answered():
    flight = en.arc(HALF_WAY_ROUND * (1 - 1e-12), 1e-6)
    assert flight.burnout_speed_km_s == pytest.approx(7.9098, abs=1e-4)
    assert en.arc(2_000.0, 300.0, 300.0).burnout_angle_deg == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: en.arc(30_000), "range_km: 30000 is outside the model; it must be above 0 and below 20,015"),
        (lambda: en.arc(math.nan), "range_km: nan is outside"),
        (lambda: en.minimum_energy([100, -1, 0]), "range_km: -1 is outside the model (2 of 3, the first at 1)"),
        (lambda: en.arc(100, 0), "apogee_km: 0 is outside"),
        (lambda: en.minimum_energy([100, 1e-200]), "range_km: 1e-200 is outside the model (1 of 2, the first at 1); it"),
        (lambda: en.arc(100, 1e-7), "apogee_km: 1e-07 is outside the model; it must be a millimetre or more"),
        (lambda: en.arc(100, [5, math.inf]), "apogee_km: inf is outside the model (1 of 2, the first at 1)"),
        (lambda: en.arc(100, 99, 100), "apogee_km: 99 is outside the model; it must be at least burnout_altitude_km"),
        (lambda: en.minimum_energy(100, -1), "burnout_altitude_km: -1 is outside"),
        (lambda: en.arc([1, 2], [1, 2, 3]), "range_km (2,), apogee_km (3,) do not fit together"),
        (lambda: en.arc("far"), "range_km: 'far' is neither a number nor an array of numbers; give it in km, such as 1000"),
        (lambda: en.arc("1000"), "range_km: '1000' is neither a number"),
        (lambda: en.arc(None), "range_km: None is neither a number"),
        (lambda: en.arc(True), "range_km: 'True' is neither a number"),
        (lambda: en.arc([1.0, None]), "range_km: '[1.0, None]' is neither a number"),
        (lambda: en.arc([[1], [2, 3]]), "range_km: '[[1], [2, 3]]' is neither a number"),
        (lambda: en.arc_between(0, 0, "north", 9), "to_lat_deg: 'north' is neither a number nor an array of"),
        (lambda: en.arc_between(0, 0, 0, 9, rotation="no"), "rotation: 'no' is neither True nor False"),
        (lambda: en.arc(1_000, 200).speed_at(201), "altitude_km: 201 is outside the model; it must be from 0 to"),
        (lambda: en.arc_between(48.2, 0, 50, 20), "lat_deg: 48.2 is outside the model; it must be on the half-degree"),
        (lambda: en.arc_between(0, 0, 1, math.nan), "to_lon_deg: nan is outside"),
        (lambda: en.arc_between(90, 0, 50, 20), "lat_deg: 90 is outside the model; it must be off the pole"),
        (lambda: en.arc_between(5, -180, 5, 180), "another region than the one of the launch"),
        (lambda: en.arc_between(10, 0, -10, 180, rotation=False), "is opposite at the impact"),
        (lambda: en.arc_between(0, 0, 0, 9, 100_000), "apogee_km: 100000 is outside"),
        (lambda: en.arc_between(0, 0, 0, 9, 100, burnout_altitude_km=101), "at least burnout_altitude_km"),
    ],
)  # fmt: skip
def test_a_number_outside_the_model_gets_one_line(call, says):
    (line,) = lines(call)
    assert says in line


@pytest.mark.filterwarnings("error")
def test_at_every_limit_there_are_numbers():
    """A millimetre, half a circumference, the highest apogee and burnout, in all combinations: no nan, no overflow."""
    ranges, heights = np.array([1e-6, 1.0, 20_015.0]), np.array([[1e-6], [9_999.0], [999_999.0]])
    low = en.minimum_energy(ranges, np.array([[0.0], [1e-6], [9_999.0]]))
    high = en.arc(ranges, heights, np.minimum(heights, 9_999.0))
    for flight in (low, high, en.arc(ranges, heights)):
        assert all(np.isfinite(np.asarray(value)).all() for value in vars(flight).values())
        assert (np.asarray(flight.time_of_flight_s) > 0.0).all()


def test_every_mistake_is_told_at_once():
    said = lines(lambda: en.arc([-1, 5], -5, -3))
    assert [line.split(":")[0] for line in said] == ["range_km", "apogee_km", "burnout_altitude_km"]
    said = lines(lambda: en.arc_between(91, 0.3, 10.1, 400, -1))
    assert [line.split(":")[0] for line in said] == ["lat_deg", "lon_deg", "to_lat_deg", "to_lon_deg", "apogee_km"]
