"""What does it cost the others that one peer means no good? An honest node that speaks at a steady pace, and the crowd.

A crowd is a process of its own, at the lowest priority, so that what is measured is what it costs the centre, as far as one
machine can tell the two apart.
"""

import os
import threading
import time
from contextlib import suppress

import httpx
import numpy as np
from tests.attacks.live.ground import Voice, posted
from tests.attacks.live.peers import HEADERS, connected
from tests.attacks.live.processes import Child
from tests.attacks.simulator import sayings

from entente.exchange.serving.reading import framed
from entente.exchange.signing import KEY_ID_BYTES

HONEST, HOSTILE = "rus-radar", "nato-radar"
PACE_PER_S = 50.0
ELSEWHERE = "127.0.0.9"


class Pace(threading.Thread):
    """An honest node that speaks so often over one connection; `taken`: when each was sent, and how long its answer took."""

    def __init__(self, ground) -> None:
        super().__init__(daemon=True)
        self.ground, self.taken, self.ended = ground, [], threading.Event()
        self.unanswered = 0

    def run(self):
        """Until told to end."""
        voice, due_s = Voice("rus", HONEST), time.monotonic()
        with self.ground.client(HONEST) as client:
            while not self.ended.is_set():
                start = time.monotonic()
                _, answer = posted(client, voice(time.time_ns(), sayings.healthy, time.time_ns()))
                self.unanswered += answer is None or answer.outcome != "accepted"
                self.taken.append((start, time.monotonic() - start))
                due_s = max(due_s + 1.0 / PACE_PER_S, time.monotonic() - 0.5)
                time.sleep(max(0.0, due_s - time.monotonic()))

    def between(self, from_s, to_s):
        """How long answers took [s], of what was sent in this time."""
        return np.array([taken for start, taken in self.taken if from_s <= start < to_s])


def flood_of_tracks(pipe, ground):
    """A node with a good key says ten times more than it may, in batches."""
    os.nice(19)
    voice = Voice("nato", HOSTILE)
    with ground.client(HOSTILE) as client:
        pipe.send("up")
        while True:
            now_ns = time.time_ns()
            raws = [voice(now_ns, sayings.healthy, now_ns) for _ in range(50)]
            with suppress(httpx.TransportError):
                client.post("/batches", content=framed(raws))
            time.sleep(0.1)


def flood_of_bad_signatures(pipe, ground):
    """Envelopes in good form under a known key's id, whose signatures do not hold."""
    os.nice(19)
    voice = Voice("rus", HONEST)
    now_ns = time.time_ns()
    raws = [voice(now_ns, sayings.healthy, now_ns) for _ in range(200)]
    raws = [
        raw[:KEY_ID_BYTES] + bytes(reversed(raw[KEY_ID_BYTES : KEY_ID_BYTES + 64])) + raw[KEY_ID_BYTES + 64 :]
        for raw in raws
    ]
    with ground.client(HOSTILE) as client:
        pipe.send("up")
        while True:
            with suppress(httpx.TransportError):
                client.post("/batches", content=framed(raws))


def flood_of_strangers(pipe, ground):
    """Handshakes without a certificate, one after the other."""
    os.nice(19)
    context = ground.context()
    pipe.send("up")
    while True:
        with suppress(OSError), connected(ground.port, context, ELSEWHERE) as held:
            held.settimeout(1.0)
            held.recv(1)


def slow_crowd(pipe, ground):
    """As many half-written requests as one address may hold, each kept as long as it is let."""
    os.nice(19)
    context, held = ground.context(HOSTILE), []
    pipe.send("up")
    while True:
        with suppress(OSError):
            one = connected(ground.port, context, ELSEWHERE)
            one.sendall(HEADERS)
            held.append(one)
        if len(held) > 200:
            held.pop(0).close()
        time.sleep(0.02)


def asking_crowd(pipe, ground):
    """A node that asks for the whole log, and for proofs, without end."""
    os.nice(19)
    with ground.client(HOSTILE) as client:
        pipe.send("up")
        while True:
            with suppress(httpx.TransportError):
                client.get("/entries")
                client.get("/receipts", params={"of": ",".join(map(str, range(200)))})


CROWDS = {
    "a node that floods with its own key": flood_of_tracks,
    "bad signatures under a known key's id": flood_of_bad_signatures,
    "strangers without a certificate": flood_of_strangers,
    "half-written requests": slow_crowd,
    "a node that reads the whole log again and again": asking_crowd,
}


def measured(ground, phase_s, percent):
    """For each crowd in turn: its name, and so many percent of an honest node's answers beside it and alone came within [s]."""
    pace = Pace(ground)
    pace.start()
    time.sleep(1.0)
    spans = [_span(None, ground, phase_s)]
    for crowd in CROWDS.values():
        spans += [_span(crowd, ground, phase_s), _span(None, ground, phase_s)]
    pace.ended.set()
    pace.join()
    assert pace.unanswered == 0, "an honest message was refused"
    within = [float(np.percentile(pace.between(*span), percent)) for span in spans]
    return [(name, within[2 * i + 1], max(within[2 * i], within[2 * i + 2])) for i, name in enumerate(CROWDS)]


def _span(crowd, ground, phase_s):
    """Let a crowd in for a while; from when to when it was there."""
    child = Child("crowd", crowd, ground) if crowd else None
    if child:
        child.start()
        assert child.wait_ready()
    start = time.monotonic()
    time.sleep(phase_s)
    stop = time.monotonic()
    if child:
        assert child.is_alive, "the crowd went away by itself"
        child.kill()
    return start, stop
