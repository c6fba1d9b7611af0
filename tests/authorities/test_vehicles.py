"""What rotation does to the longest ranges of generic vehicles; the ranges themselves are in forden_vehicles.yaml."""

import pytest

import entente as en

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("vehicle", ["scud_b", "no_dong"])
def test_without_rotation_they_fly_less_far(vehicle):
    """Toward the north-east rotation lengthens the range, by less than 5 % below 1,000 km."""
    still, turning = (en.max_range(vehicle, azimuth_deg=40.0, rotation=turns).range_km for turns in (False, True))
    assert still < turning < 1.05 * still
