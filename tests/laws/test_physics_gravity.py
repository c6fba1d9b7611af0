"""Laws of what pulls: gravity is a gradient, and a turning frame adds what it must."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.constants import FLATTENING, GM, J2, OMEGA, R_EQ
from entente.physics.gravity import ecef_acceleration, gravity

pytestmark = pytest.mark.kernel

NUMERICAL = 1e-9  # m/s^2; central difference over 10 m
directions = st.tuples(*[st.floats(-1, 1)] * 3).map(np.array).filter(lambda d: d @ d > 0.01)
altitudes = st.floats(100e3, 40_000e3)


def potential(r):
    """GM/r (1 - J2 (R/r)^2 P2(sin latitude)) [m^2/s^2]."""
    d = np.linalg.norm(r)
    return GM / d * (1.0 - J2 * (R_EQ / d) ** 2 * 0.5 * (3.0 * (r[2] / d) ** 2 - 1.0))


@given(directions, altitudes)
def test_gravity_is_the_gradient_of_the_potential(direction, altitude):
    """Central differences of the potential over 20 m: within their own rounding, 1e-6 m/s^2."""
    r = direction / np.linalg.norm(direction) * (R_EQ + altitude)
    h = 10.0
    slope = [(potential(r + h * e) - potential(r - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(gravity(*r), slope, rtol=0, atol=1e-6)


@given(directions, altitudes)
def test_gravity_has_no_sources_outside_the_earth(direction, altitude):
    """Its divergence vanishes there: a second derivative, to 1e-12 /s^2 of terms of 1e-6."""
    r = direction / np.linalg.norm(direction) * (R_EQ + altitude)
    h = 1_000.0
    divergence = sum((gravity(*(r + h * e))[i] - gravity(*(r - h * e))[i]) / (2 * h) for i, e in enumerate(np.eye(3)))
    assert abs(divergence) < 1e-12


@given(directions, altitudes, st.floats(0, 2 * np.pi))
def test_turning_about_the_axis_turns_gravity_along(direction, altitude, angle):
    """A bulge that is the same all around: rounding only."""
    r = direction / np.linalg.norm(direction) * (R_EQ + altitude)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]])
    np.testing.assert_allclose(gravity(*(turn @ r)), turn @ gravity(*r), rtol=0, atol=1e-12)


def test_gravity_at_the_equator_and_pole():
    """GRS 80 normal gravity 9.780 and 9.832 m/s^2, less the centrifugal part at the equator: 2e-4 m/s^2."""
    equator = -gravity(R_EQ, 0.0, 0.0)[0] - OMEGA**2 * R_EQ
    pole = -gravity(0.0, 0.0, R_EQ * (1 - FLATTENING))[2]
    assert abs(equator - 9.7803) < 2e-4
    assert abs(pole - 9.8322) < 2e-4


@given(directions, altitudes, directions)
def test_turning_axes_see_what_inertial_ones_do(direction, altitude, v):
    """Gravity + 2 v x OMEGA + the centrifugal part, by vector products."""
    r, v = direction / np.linalg.norm(direction) * (R_EQ + altitude), 5_000.0 * v
    spin = np.array([0.0, 0.0, OMEGA])
    right = np.array(gravity(*r)) - 2.0 * np.cross(spin, v) - np.cross(spin, np.cross(spin, r))
    np.testing.assert_allclose(ecef_acceleration(*r, *v), right, rtol=0, atol=NUMERICAL)
