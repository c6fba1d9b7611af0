"""Rows T34 to T37 on a real centre: what a hostile peer costs the others."""

import time

import pytest
from tests.attacks.live.crowds import HOSTILE, measured
from tests.attacks.live.ground import Ground, introduced, posted
from tests.attacks.live.processes import Child, be_centre, free_port

from entente.exchange.serving.throttle import Limits

LEAST_S = 0.02  # below this it is this machine's own unrest, and within what is promised to a node at rest


@pytest.fixture
def ground(tmp_path):
    """A centre with its own limits, and what the roots say first."""
    laid = Ground.laid_out(tmp_path, free_port(), Limits())
    centre = Child("centre", be_centre, laid)
    centre.start()
    assert centre.wait_ready()
    with laid.client(HOSTILE) as client:
        for raw in introduced(time.time_ns()):
            assert posted(client, raw)[1].outcome == "accepted"
    yield laid
    assert centre.stop() == 0


@pytest.mark.parametrize(
    ("phase_s", "percent"), [(1.5, 90), pytest.param(20.0, 99, marks=[pytest.mark.slow, pytest.mark.timeout(600)])]
)
def test_t34_to_t37_a_hostile_peer_at_most_doubles_what_others_wait(ground, phase_s, percent):
    """Compared with the worse of the times alone before and after. In a second and a half a p99 is one message: so p90."""
    for name, beside_s, alone_s in measured(ground, phase_s, percent):
        assert beside_s <= 2.0 * max(alone_s, LEAST_S), f"{name}: {beside_s:.3f} s beside {alone_s:.3f} s alone"
