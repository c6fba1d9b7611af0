"""Free fall against heyoka's Taylor series at 1e-15, with heyoka's own model of the flattened Earth."""

import math

import numpy as np
import pytest
from bulge_by_heyoka import fallen, flown, integrator
from hypothesis import example, given, settings
from hypothesis import strategies as st

from entente.ascent import TOLERANCE
from entente.constants import OMEGA, R_EQ
from entente.physics.earth import altitude, ecef_from_geodetic, enu_axes
from entente.physics.forces import NO_AIR, free_fall
from entente.physics.integrate import advance
from entente.physics.orbits import place_by_elements

pytestmark = pytest.mark.kernel

LONGEST = 4_000.0  # s
MILLIMETRE = (
    1e-3  # m at the end with the program's own tolerance of 1e-11: three times the worst of 1,000 arcs (0.32 mm)
)
MICROMETRE_PER_SECOND = 1e-6  # m/s, likewise: the worst was 0.38e-6
TENTH_MICROMETRE = 5e-7  # m: what both programs' rounding leaves; the worst of 1,000 at 1e-15 was 0.08e-6
PER_TOLERANCE = 1e8  # m: the end error over the tolerance; the worst of 1,000 at 1e-10 to 1e-14 was 0.55e8
CENTIMETRES = 0.03  # m after a day of two revolutions: three times what was seen


def start(lat, lon, alt, speed, sine, azimuth):
    """A state in inertial axes; `sine` is that of the elevation."""
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    level = speed * math.sqrt(1.0 - sine * sine)
    v = axes.T @ [level * math.sin(azimuth), level * math.cos(azimuth), speed * sine]
    return np.concatenate([ecef_from_geodetic(lat, lon, alt), v])


arcs = st.builds(
    start,
    st.floats(-1.57, 1.57), st.floats(-3.14, 3.14), st.floats(150e3, 800e3), st.floats(1e3, 8e3), st.floats(-1.0, 1.0),
    st.floats(0.0, 6.28),
)  # fmt: skip
GRAZING = start(0.9, 0.0, 150e3, 7_600.0, -0.05, 1.0)
VERTICAL = start(-1.5, 2.0, 800e3, 8_000.0, 1.0, 0.0)


@pytest.fixture(scope="module")
def to_the_ground():
    """Compiled once: 0.2 s."""
    return integrator(to_the_ground=True)


def ours(y, t, tolerance):
    end = y.copy()
    assert advance(0.0, end, t, free_fall(0.0, OMEGA, NO_AIR), tolerance) == 0
    return end


@settings(max_examples=60)
@given(arcs)
@example(GRAZING)
@example(VERTICAL)
def test_free_fall_ends_where_heyokas_does(to_the_ground, y):
    """From 150 to 800 km, 1 to 8 km/s, any direction, to the ground or 4,000 s: within 1 mm and 1 um/s."""
    t, theirs = fallen(to_the_ground, y, LONGEST)
    assert t == LONGEST or abs(altitude(*theirs[:3])) < TENTH_MICROMETRE
    end = ours(y, t, TOLERANCE)
    assert np.linalg.norm(end[:3] - theirs[:3]) < MILLIMETRE
    assert np.linalg.norm(end[3:] - theirs[3:]) < MICROMETRE_PER_SECOND


@pytest.mark.parametrize("tolerance", [1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14, 1e-15])
def test_a_smaller_tolerance_is_a_smaller_error(to_the_ground, tolerance):
    """The worst of 40 drawn arcs: at most 1e8 m times the tolerance of a step, down to rounding."""
    draws = np.random.default_rng(4).uniform(
        [-1.5, -3.1, 150e3, 1e3, -1.0, 0.0], [1.5, 3.1, 800e3, 8e3, 1.0, 6.2], (40, 6)
    )
    worst = 0.0
    for y in (start(*draw) for draw in draws):
        t, theirs = fallen(to_the_ground, y, LONGEST)
        worst = max(worst, float(np.linalg.norm(ours(y, t, tolerance)[:3] - theirs[:3])))
    print(f"tolerance {tolerance:g}: {worst:.1e} m")
    assert worst < PER_TOLERANCE * tolerance + TENTH_MICROMETRE


def test_a_day_on_a_molniya_orbit():
    """Two revolutions between 500 and 40,000 km, steps from 10 s to half an hour: within 3 cm after a day."""
    y = np.empty(6)
    place_by_elements(0.0, np.array([26_554e3, 0.74, math.radians(63.4), 0.3, math.radians(270.0), math.pi]), y)
    assert np.linalg.norm(y[:3]) > R_EQ + 39_000e3
    theirs = flown(integrator(), y, [0.0, 86_400.0])[-1]
    apart = np.linalg.norm(ours(y, 86_400.0, TOLERANCE)[:3] - theirs[:3])
    print(f"{apart:.1e} m")
    assert apart < CENTIMETRES


def test_heyoka_flies_its_own_arc_back(to_the_ground):
    """The authority's own error: there and back within half a micrometre."""
    back = integrator()
    t, theirs = fallen(to_the_ground, GRAZING, LONGEST)
    back.time, back.state[:] = t, theirs
    back.propagate_until(0.0)
    assert np.linalg.norm(back.state[:3] - GRAZING[:3]) < TENTH_MICROMETRE
