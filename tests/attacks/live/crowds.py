"""What does it cost the others that one peer means no good? An honest node that speaks at a steady pace, and the crowd.

A crowd is a process of its own, at the lowest priority, so that what is measured is what it costs the centre, as far as one
machine can tell the two apart.
"""

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class Found:
    """What one crowd cost: within what time [s] so many percent of an honest node's answers came, alone and beside it.

    Attributes:
        work: of the centre, more than alone [processors].
    """

    name: str
    alone_s: float
    beside_s: float
    work: float


class Watch:
    """An honest node that speaks, and a centre whose work is counted, while crowds come and go."""

    def __init__(self, ground, centre) -> None:
        self.ground, self.pace, self.pid = ground, Pace(ground), centre.process.pid

    def __enter__(self):
        self.pace.start()
        time.sleep(1.0)
        return self

    def __exit__(self, *_):
        self.pace.ended.set()
        self.pace.join()

    def beside(self, name, windows, window_s, percent):
        """Windows alone and beside this crowd in turn, for the machine's other work comes and goes; the median of each."""
        spans = [[self._span(crowd, window_s) for crowd in (None, CROWDS[name])] for _ in range(windows)]
        assert self.pace.unanswered == 0, "an honest message was refused"
        alone, by = zip(*spans, strict=True)
        alone_s, beside_s = (
            float(np.median([np.percentile(self.pace.between(*span[:2]), percent) for span in of]))
            for of in (alone, by)
        )
        work = sum(span[2] for span in by) - sum(span[2] for span in alone)
        return Found(name, alone_s, beside_s, work / (windows * window_s))

    def _span(self, crowd, window_s):
        """Let a crowd in for a while; from when to when it was there, and the centre's work in it [s]."""
        child = Child("crowd", crowd, self.ground) if crowd else None
        if child:
            child.start()
            assert child.wait_ready()
        start, before_s = time.monotonic(), worked_s(self.pid)
        time.sleep(window_s)
        stop, after_s = time.monotonic(), worked_s(self.pid)
        if child:
            assert child.is_alive, "the crowd went away by itself"
            child.kill()
        return start, stop, after_s - before_s


def worked_s(pid):
    """A process's time on processors so far [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
