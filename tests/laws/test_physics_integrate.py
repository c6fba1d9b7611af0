"""How long a step may be: what `integrate` foresees, limits and refuses."""

import math

import numpy as np
import pytest

from entente.constants import R_EQ
from entente.physics import dispersed, forces, integrate, powered
from entente.questions.ensembles import draw
from entente.questions.flying import planned

METRE = 1.0  # m  what an ensemble's tolerance may cost one flight


def test_a_length_goes_on_shrinking_but_never_grows_ahead():
    """A tenth shorter than the last: the next a tenth shorter still; at most a quarter; a longer one is taken as it is."""
    assert integrate.foresee(9.0, 10.0) == pytest.approx(8.1)
    assert integrate.foresee(1.0, 10.0) == integrate.LEAST_TREND
    assert integrate.foresee(20.0, 10.0) == 20.0


@pytest.mark.parametrize("up", [-3_000.0, 0.0, 1_000.0])
def test_a_fall_from_the_void_is_stopped_at_the_air(up):
    """From 500 km the longest step ends less than 13.4 km from where the air begins; inside it loses no more height."""
    y = np.array([R_EQ + 500e3, 0.0, 0.0, up, 2_000.0, 0.0])
    assert integrate.advance(0.0, y, integrate.longest(y, False), forces.free_fall(0.0, 0.0, forces.NO_AIR), 1e-12) == 0
    assert abs(np.linalg.norm(y[:3]) - R_EQ - integrate.TOP) < integrate.STRIDE
    low = np.array([R_EQ + 50e3, 0.0, 0.0, -2_000.0, 2_000.0, 0.0])
    assert integrate.longest(low, False) == pytest.approx(integrate.STRIDE / 2_000.0)


def test_a_body_that_falls_upward_is_not_held():
    """Faster than on a circle, high up, at the turn: it does not come down."""
    assert integrate.longest(np.array([R_EQ + 500e3, 0.0, 0.0, 0.0, 9_000.0, 0.0]), False) == math.inf


def test_a_climb_out_of_the_air_is_held_too():
    """No higher than 13.4 km a step up to 120 km; free above, and at the turn."""
    low = np.array([R_EQ + 90e3, 0.0, 0.0, 800.0, 7_000.0, 0.0])
    assert integrate.longest(low, True) == pytest.approx(integrate.STRIDE / 800.0)
    assert integrate.longest(np.array([R_EQ + 121e3, 0.0, 0.0, 800.0, 7_000.0, 0.0]), True) == math.inf
    assert integrate.longest(np.array([R_EQ + 90e3, 0.0, 0.0, 0.0, 7_000.0, 0.0]), True) == math.inf


def test_no_step_is_good_by_chance_far_out_of_its_layer():
    """A step of 26 s from 10 km to 35 km by the air of the lowest layer once had a small error, and cost this flight 3 m."""
    plan = planned("no_dong", 0.0, 0.0, 40.0, None, "lofted", True, None, "pitch programme")
    launch = plan.ascent.launch(plan.azimuth, plan.pitch, plan.bend)
    rows = np.empty((1_241, dispersed.COLUMNS))
    draw(1, np.array([0.002, 0.002, 0.005, 0.02, 0.0, 0.0, 0.1, 0.05]), 0, rows)
    ends = []
    for tolerance in (1e-8, 1e-12):
        status, events = np.empty(1), np.empty((1, powered.EVENTS))
        states, phases = np.empty((1, 0, 6)), np.empty((1, 0))
        dispersed.fly_many(
            plan.ascent.body, launch, rows[1_240:], tolerance, np.empty(0), status, events, states, phases
        )
        ends.append(events[0, powered.IMPACT_STATE :][:3])
    assert np.linalg.norm(ends[0] - ends[1]) < METRE
