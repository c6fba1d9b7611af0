"""Which track a line of sight is a look at: told by direction and time alone."""

import math

import numpy as np
import pytest

from entente.constants import GEO_RADIUS
from entente.estimate.attribute import WAIT, attribute_many
from entente.estimate.kalman import angles_measure, transition
from entente.physics.earth import enu_axes

pytestmark = pytest.mark.kernel

GRID = np.arange(0.0, 100.0, 5.0)
SITE, AXES, SIGMA = np.array([GEO_RADIUS, 0.0, 0.0]), np.empty((3, 3)), 5e-5
enu_axes(0.0, 0.0, AXES)
FIRST = np.array([5.0e6, 2.0e6, 3.6e6, 1_000.0, 2_000.0, 500.0])
SECOND = FIRST + np.r_[0.0, 3e4, -2e4, 0.0, 0.0, 0.0]


def flown(x, t):
    out = np.empty(6)
    transition(x, t, out, np.empty((6, 6)))
    return out


def look(x):
    z = np.empty(2)
    assert angles_measure(x, SITE, AXES, z, np.empty((2, 6))) == 0
    return z


def told(looks, since=20.0):
    """Tracks given for looks (time, known, direction) among those of two bodies, held from `since` on."""
    held = np.repeat((since <= GRID)[None], 2, axis=0)
    x = np.array([[flown(body, t) for t in GRID] for body in (FIRST, SECOND)])
    P = np.broadcast_to(np.diag([1e6, 1e6, 1e6, 1e2, 1e2, 1e2]), (2, len(GRID), 6, 6)).copy()
    x[~held], P[~held] = math.nan, math.nan
    t, known = np.array([a[0] for a in looks]), np.array([a[1] for a in looks])
    z = np.array([a[2] for a in looks])
    out = np.empty(len(looks), np.int32)
    count = len(looks)
    site, axes = np.broadcast_to(SITE, (count, 3)).copy(), np.broadcast_to(AXES, (count, 3, 3)).copy()
    attribute_many(GRID, held, x, P, t, known, site, axes, z, np.full((count, 2), SIGMA), out)
    return out.tolist()


def test_each_look_goes_to_the_body_it_was_at():
    looks = [(t, t + 10.0, look(flown(body, t))) for t in (22.0, 43.0, 61.5) for body in (SECOND, FIRST)]
    assert told(looks) == [1, 0] * 3


def test_a_look_at_nothing_goes_to_none():
    assert told([(40.0, 50.0, look(flown(FIRST, 40.0)) + 0.01)]) == [-1]
    assert told([(40.0, 50.0, np.full(2, math.nan)), (math.nan, 50.0, look(FIRST))]) == [-1, -1]


def test_looks_from_shortly_before_a_track_was_confirmed_are_its_own():
    direction = look(flown(FIRST, 1.0))
    assert told([(1.0, 2.0, direction)], since=30.0) == [0]
    assert told([(1.0, 2.0, direction)], since=2.0 + WAIT + 10.0) == [-1]


def test_an_azimuth_past_north_is_no_other_direction():
    z = look(flown(FIRST, 40.0))
    assert told([(40.0, 45.0, z + np.array([2.0 * math.pi, 0.0]))]) == [0]


def test_what_becomes_known_after_the_end_is_nobody_s():
    assert told([(40.0, 1_000.0, look(flown(FIRST, 40.0)))]) == [-1]
