"""Rungs of one history: computed together they are what each is alone."""

import numpy as np

from entente.run import all_rungs, at_rung, before_sharing
from entente.scenario.load import load
from entente.scenario.systems import Rung

RUNGS = range(7)


def test_rungs_together_are_the_rungs_one_by_one():
    """Bit for bit, in every measure and every event."""
    begun = before_sharing(load("one-launch"), "mrbm-central-europe", 2)
    together = all_rungs(begun, RUNGS)
    for rung in RUNGS:
        alone = at_rung(begun, rung)
        assert together[rung].assessment.events == alone.assessment.events
        for name, values in alone.assessment.values.items():
            np.testing.assert_array_equal(together[rung].assessment.values[name], values, err_msg=f"{rung} {name}")
    assert all_rungs(begun, [2], story=False)[2].assessment.events == ()


def test_a_second_history_of_a_seed_has_the_same_inputs_and_other_chance():
    """What is drawn once a seed stays; what is chance changes."""
    scenario = load("one-launch")
    one, two = (before_sharing(scenario, "mrbm-central-europe", 2, again) for again in (False, True))
    assert one.world.inputs == two.world.inputs
    assert one.world.policies == two.world.policies
    assert len(one.detections.obj) != len(two.detections.obj) or (one.detections.z != two.detections.z).any()


def test_a_scenario_may_set_the_switches_one_by_one():
    """A rung of its own, with states of tracks but no warnings, runs, and differs from the ladder's."""
    own = Rung(
        rung=30,
        name="tracks alone",
        flows=["tracks"],
        fusion="receiver",
        engagement="alone",
        source=["invented: a test"],
    )
    scenario = load("one-launch").model_copy(update={"ladder": [own]})
    begun = before_sharing(scenario, "mrbm-central-europe", 2)
    runs = all_rungs(begun, [3, 30])
    assert set(runs[30].shared.kind) < set(runs[3].shared.kind)
