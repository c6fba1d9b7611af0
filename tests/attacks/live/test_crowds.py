"""Rows T34 to T37 on a real centre: what a hostile peer costs the others."""

import time

import pytest
from tests.attacks.live.crowds import HOSTILE, flood_of_tracks, measured
from tests.attacks.live.ground import Ground, Voice, introduced, posted
from tests.attacks.live.processes import Child, be_centre, free_port
from tests.attacks.simulator import sayings

from entente.exchange.throttle import Limits

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


def test_t34_a_node_that_floods_is_thinned_and_its_warning_comes_through(ground):
    child = Child("crowd", flood_of_tracks, ground)
    child.start()
    assert child.wait_ready()
    began_s = time.monotonic()
    with ground.client("rus-radar") as client:
        while 'outcome="throttled"' not in client.get("/metrics").text:
            assert time.monotonic() < began_s + 60.0, "nothing was throttled"
            time.sleep(0.2)
    child.kill()
    with ground.client(HOSTILE) as client:
        allowed = Limits().crowd_at_once + Limits().crowd_per_s * (time.monotonic() - began_s)
        assert client.get("/health").json()["entries"] <= 4 + allowed
        voice = Voice("nato", HOSTILE)
        voice.number = 100_000  # of those before, many are not on the log: a gap, which is accepted
        start = time.monotonic()
        _, answer = posted(client, voice(time.time_ns(), sayings.detected, time.time_ns(), 0, "l-1"))
        assert answer.outcome == "accepted"
        assert time.monotonic() - start < 1.0
