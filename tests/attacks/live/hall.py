"""A centre in this process, on real ports with real certificates, its loop in a thread: for what is asked of it by hand."""

import asyncio
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import msgspec

from entente.exchange.messages import NOTHING, Ellipse, Feed, LaunchDetected, StateOfHealth
from entente.exchange.releasing.policies import digest_of
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, Side, centre_keys, first_words, prepare
from entente.exchange.serving.running import Settings, running
from entente.exchange.serving.telling import Teller
from entente.exchange.serving.throttle import Limits
from entente.exchange.serving.wire import framed
from entente.exchange.signing import digest, new_key, public_of, read_key, seal

PARTIES = ("nato", "russia")
POLICY = '{"party": "%s", "number": 1, "permits": []}'
OBSERVER = new_key()


class Silent:
    """Nowhere to write to; keeps the lines."""

    def __init__(self) -> None:
        self.lines = []

    def write(self, text):
        self.lines.append(text)

    def flush(self):
        """Nothing."""


@dataclass
class Hall:
    """A running centre and what is needed to speak to it."""

    folder: object
    pins: object
    centre: object
    loop: object
    lines: list

    def client(self, name=""):
        """HTTPS to the port of nodes under this name, or to that of consoles without one."""
        context = client_context(self.folder / CERTIFICATES, name)
        base = self.centre.node_address if name else self.centre.console_address
        return httpx.Client(base_url=base, verify=context, timeout=20.0, trust_env=False)

    def voice(self, party, name):
        """Who numbers, chains and seals."""
        return Voice(self, party, name)

    def call(self, what):
        """Let a coroutine run in the centre's loop."""
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(20.0)


class Voice:
    """A node or seat."""

    def __init__(self, hall, party, name) -> None:
        self.key = read_key(hall.folder / party / f"{name}.key")
        self.head = {"log": hall.pins.name, "origin": "exercise", "party": party, "node": name, "boot": 1}
        self.number, self.previous, self.policy = 0, NOTHING, digest_of((POLICY % party).encode())

    def __call__(self, kind, **fields):
        self.number += 1
        sent = {"number": self.number, "sent": instant(time.time_ns()), "previous": self.previous}
        raw = seal(self.key, encode(kind(**self.head | sent | {"policy": self.policy} | fields)))
        self.previous = digest(raw)
        return raw

    def health(self):
        """Its feed is up."""
        return self(StateOfHealth, feeds=(Feed(name="radar", state="up", since=instant(time.time_ns())),))

    def launch(self, name="l-1", lat_deg=30.0):
        """A launch that nobody announced."""
        now = time.time_ns()
        area = Ellipse(
            lat_deg=lat_deg, lon_deg=50.0, semi_major_km=20.0, semi_minor_km=20.0, bearing_deg=0.0, containment_percent=90,
            precision_km=5.0,
        )  # fmt: skip
        return self(
            LaunchDetected, launch=name, revision=1, whose="third party", missile="mrbm", seen_by="infrared",
            observed=instant(now), observed_sigma_s=0.5, launched=instant(now - 20 * NS_PER_S), launched_sigma_s=5.0,
            launch_area=area,
        )  # fmt: skip


@contextmanager
def hall(folder, limits=None, nodes=2):
    """A centre whose parties have nodes and a desk, introduced; an observer may look on."""
    holders = {p: {f"{p}-{i}": "node" for i in range(nodes)} | {f"{p}-desk": "seat"} for p in PARTIES}
    pins = prepare(folder, "trial-1", {p: Side(POLICY % p, holders[p]) for p in PARTIES})
    settings = Settings(
        folder / CENTRE / LOG, pins, centre_keys(folder), folder / CERTIFICATES, limits=limits or Limits(),
        observers={public_of(OBSERVER).hex(): "observer"},
    )  # fmt: skip
    ready, over, started = threading.Event(), asyncio.Event(), []
    lines = Silent()

    async def live():
        async with running(settings, Teller(lines)) as centre:
            started.append((centre, asyncio.get_running_loop()))
            ready.set()
            await over.wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    assert ready.wait(20.0)
    centre, loop = started[0]
    made = Hall(folder, pins, centre, loop, lines.lines)
    try:
        with made.client("nato-0") as client:
            answers = client.post("/batches", content=framed(first_words(folder, pins))).json()
            assert {answer["outcome"] for answer in answers} == {"accepted"}
        yield made
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(20.0)
        assert not thread.is_alive()


def told(lines):
    """The events of a centre."""
    return [msgspec.json.decode(line) for line in "".join(lines).splitlines()]
