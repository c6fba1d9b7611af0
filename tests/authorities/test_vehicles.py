"""Whole flights of generic vehicles against published ranges."""

import math

import pytest

from entente.constants import OMEGA
from entente.flights import Ascent
from entente.scenario.rows import vehicles

pytestmark = pytest.mark.kernel


def farthest_km(case, omega=OMEGA):
    """Longest range of a catalogue vehicle from the equator [km]."""
    row = next(row for row in vehicles() if row.id == case["vehicle"])
    beta = row.vehicle.ballistic_coefficient_kg_m2
    ascent = Ascent(row.vehicle, 0.0, 0.0, beta.nominal if beta else 1.0, omega)
    return ascent.farthest(math.radians(case["azimuth_deg"]))[1] / 1e3


def test_longest_ranges_are_fordens(forden_vehicles, agrees):
    """Forden (2007), Table 3: Scud-B 288 km, No-dong 973 km, with rotation, within 3 %."""
    agrees(farthest_km(forden_vehicles), forden_vehicles)


def test_without_rotation_they_fly_less_far(forden_vehicles):
    """Toward the north-east rotation lengthens the range, by less than 5 % below 1,000 km."""
    still, turning = farthest_km(forden_vehicles, 0.0), farthest_km(forden_vehicles)
    assert still < turning < 1.05 * still
