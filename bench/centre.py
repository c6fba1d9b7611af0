"""The live centre under load, over mutual TLS on one machine: the centre, two witnesses and eight nodes (these in one process).

`python bench/centre.py` prints a table of lines, what is to be reached, what was measured and whether that is enough:

- Paced: PACE messages a second, eight nodes in turn, each message a POST of its own; what comes due while its node still waits
  for an answer goes together, as an outbox sends it. Acknowledgement is from the instant at which the message was due to the
  answer, so that nothing is left out if all of it falls behind; cosigned is from that instant to the moment at which a reader
  of the stream hears that both witnesses signed; an alert is from the acknowledgement of the launch to the moment at which that
  reader has it. All times are this process's own clock.
- A hostile peer: the paced load alone and beside another process, window by window in turn; it sends tracks as fast as it is
  answered, or reads the whole log again and again. Compared are the medians of the windows' p99.
- Sustained: four nodes send batches of 64 as fast as answers come, one in flight each, at a centre that thins out nothing; and
  the same envelopes in one process (`Shell.submit` in batches of 128, no network, no witnesses), in the same run.

All of it shares this machine with whatever else runs there. So the table ends with what the machine itself did meanwhile: how
many processes wanted to run, how late one wakes that asked to sleep (whoever acknowledges a message wakes four times), and how
long a sync of 1 KiB takes. A goal of milliseconds says something of the centre only where these are far below it.
The nodes here speak HTTP by hand: what a node's own library costs (httpx, 1.5 ms a message) is not the centre's.
"""

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import numpy as np
from websockets.asyncio.client import connect

from entente.exchange.centre import Centre
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, Ellipse, LaunchDetected, TrackState
from entente.exchange.proving.pins import opening, quorum_in, read_pins
from entente.exchange.releasing.policies import digest_of
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, PINS, Side, centre_keys, first_words, prepare
from entente.exchange.serving.running import Settings, serve
from entente.exchange.serving.throttle import Limits
from entente.exchange.serving.wire import Answer, framed
from entente.exchange.shell import Shell
from entente.exchange.signing import digest, read_key, seal

PACE, SECONDS, NODES, EVERY = 200, 20, 8, 40  # messages a second, for so long; every 40th is a launch
WINDOWS, WINDOW_S = 5, 3  # beside each kind of hostile peer, and as many alone
BATCH, ROUNDS, SENDERS = 64, 60, 4
ACK_MS, COSIGNED_MS, ALERT_MS, TIMES = 20.0, 1_000.0, 250.0, 2.0  # p99 to be reached; p99 beside a hostile peer
FREE = Limits(1e9, 1e9, 1e9, 1e9)
PARTIES = ("nato", "russia")
POLICY = '{"party": "%s", "number": 1, "permits": []}'
UPPER = tuple(([25.0] * 3 + [0.0025] * 3)[a] if a == b else 0.0 for a in range(6) for b in range(a, 6))
LAUNCHES = count()
NAMES = {party: [f"{party}-{i}" for i in range((NODES + SENDERS) // 2)] for party in PARTIES}


class Sender:
    """A node: numbers, chains and seals what it says."""

    def __init__(self, folder, pins, party, name) -> None:
        self.key = read_key(folder / party / f"{name}.key")
        self.head = {"log": pins.name, "origin": "exercise", "party": party, "node": name, "boot": 1}
        self.number, self.previous, self.policy = 0, NOTHING, digest_of((POLICY % party).encode())
        self.name, self.folder = name, folder

    def seal(self, kind, **fields):
        """The envelope of its next message."""
        self.number += 1
        sent = {"number": self.number, "sent": instant(time.time_ns()), "previous": self.previous}
        raw = seal(self.key, encode(kind(**self.head, **sent, policy=self.policy, **fields)))
        self.previous = digest(raw)
        return raw

    def track(self, i):
        """A track state; each is of the object of its place in turn, far from the others'."""
        r = np.array([np.cos(i % 64), np.sin(i % 64), 0.5])
        r_km = tuple(float(x) for x in 7_000.0 * r / np.linalg.norm(r))
        return self.seal(
            TrackState, track=f"{self.name}-{i % 64}", whose="third party", missile="mrbm", seen_by="radar", frame="ecef",
            observed=instant(time.time_ns()), observed_sigma_s=0.05, r_km=r_km, v_km_s=(1.0, 1.5, 2.0), covariance=UPPER,
            bias_sigma_km=1.0,
        )  # fmt: skip

    def launch(self):
        """A launch that nobody announced, at a place of its own."""
        i = next(LAUNCHES)
        area = Ellipse(
            lat_deg=-60.0 + 5.0 * (i % 24), lon_deg=-170.0 + 10.0 * (i % 34), semi_major_km=20.0, semi_minor_km=20.0,
            bearing_deg=0.0, containment_percent=90, precision_km=5.0,
        )  # fmt: skip
        now = time.time_ns()
        return self.seal(
            LaunchDetected, launch=f"l-{i}", revision=1, whose="third party", missile="mrbm", seen_by="infrared",
            observed=instant(now), observed_sigma_s=0.5, launched=instant(now - 20 * NS_PER_S), launched_sigma_s=5.0,
            launch_area=area,
        )  # fmt: skip


@dataclass
class Line:
    """One connection of a node to the centre, that asks one thing after the other."""

    address: str
    context: object
    _open: list = field(default_factory=list)

    async def __aenter__(self):
        at = urlsplit(self.address)
        self._open = await asyncio.open_connection(at.hostname, at.port, ssl=self.context)
        return self

    async def __aexit__(self, *_):
        self._open[1].close()

    async def ask(self, words, body=b""):
        """The body of the answer."""
        reader, writer = self._open
        writer.write(b"%b HTTP/1.1\r\nhost: centre\r\ncontent-length: %d\r\n\r\n%b" % (words, len(body), body))
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        answer = await reader.readexactly(int(length.partition(b":")[2]))
        assert head.startswith(b"HTTP/1.1 200"), (head, answer)
        return answer

    async def send(self, raws):
        """What became of envelopes."""
        return msgspec.json.decode(await self.ask(b"POST /batches", framed(raws)), type=list[Answer])


def line(folder, address, name):
    """A connection under this node's own certificate."""
    return Line(address, client_context(folder / CERTIFICATES, name))


class Reader:
    """Hears the stream: when which entry came, what alerts stand on, and when how much was cosigned."""

    def __init__(self) -> None:
        self.alerts, self.cosigned = {}, []

    async def follow(self, address, context):
        """Until cancelled."""
        async with connect(
            f"{address.replace('https', 'wss')}/stream", ssl=context, max_size=2**24, proxy=None
        ) as socket:
            async for frame in socket:
                now = time.perf_counter()
                for item in msgspec.json.decode(frame):
                    if item["kind"] == "entry" and item["body"]["kind"] == "alert":
                        for index in item["body"]["evidence"]:
                            self.alerts.setdefault(index, now)
                    if item["kind"] == "cosigned":
                        self.cosigned.append((item["cosigned"], now))

    def cosigned_at(self, index):
        """When it was heard that this entry is under both signatures."""
        return next((when for size, when in self.cosigned if size > index), None)


def outcomes(answers):
    """What became of envelopes; nothing is known if there was no answer."""
    return {answer.outcome for answer in answers or ()}


async def introduced(folder, pins, address):
    """Let both roots say who speaks for them; all nodes."""
    async with line(folder, address, NAMES["nato"][0]) as first:
        answers = await first.send(first_words(folder, pins))
    assert {answer.outcome for answer in answers} == {"accepted"}, answers
    return [Sender(folder, pins, party, name) for names in zip(*NAMES.values(), strict=True)
            for party, name in zip(PARTIES, names, strict=True)]  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One message: when it was due, when it was answered, its index, and whether it was a launch."""

    due: float
    answered: float
    index: int
    launch: bool


async def paced(senders, lines, seconds):
    """Messages at their times, whatever becomes of those before; what became of each."""
    lanes, done, began = [asyncio.Queue() for _ in senders], [], time.perf_counter()

    async def speak(sender, hold, lane):
        while True:
            waiting = [await lane.get()]
            waiting += [lane.get_nowait() for _ in range(min(lane.qsize(), BATCH))]
            raws = [sender.launch() if i % EVERY == 0 else sender.track(i) for i, _ in waiting]
            for (i, due), answer in zip(waiting, await hold.send(raws), strict=True):
                assert answer.outcome == "accepted", answer
                done.append(Sent(due, time.perf_counter(), answer.index, i % EVERY == 0))
                lane.task_done()

    tasks = [asyncio.create_task(speak(*each)) for each in zip(senders, lines, lanes, strict=True)]
    for i in range(PACE * seconds):
        due = began + i / PACE
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        lanes[i % len(lanes)].put_nowait((i, due))
    ends = asyncio.gather(*(lane.join() for lane in lanes))
    await asyncio.wait([ends, *tasks], return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        if task.done():
            task.result()
        task.cancel()
    return done


def p99_ms(done):
    """Of acknowledgements."""
    return float(np.percentile([1e3 * (each.answered - each.due) for each in done], 99))


class Table:
    """Lines, as they come: what is to be reached, what was measured, whether that is enough."""

    def say(self, what, goal, measured, met=None):
        """One line."""
        print(f"{what:44s} {goal:14s} {measured:44s} {'' if met is None else 'met' if met else 'NOT MET'}", flush=True)

    def spread(self, what, values, goal_ms, of):
        """Of times [ms]."""
        p50, p99, most = np.percentile(values, [50, 99, 100])
        missing = "" if len(values) == of else f"; only {len(values)} of {of}"
        met = p99 <= goal_ms and not missing
        self.say(what, f"p99 {goal_ms:,.0f} ms", f"p50 {p50:.1f}, p99 {p99:.1f}, most {most:.1f} ms{missing}", met)


def tell_paced(table, done, reader):
    """Three lines of one paced run."""
    launches = [each for each in done if each.launch]
    cosigned = [(each, reader.cosigned_at(each.index)) for each in done]
    table.spread("paced: acknowledged", [1e3 * (each.answered - each.due) for each in done], ACK_MS, len(done))
    table.spread(
        "paced: cosigned by both", [1e3 * (at - each.due) for each, at in cosigned if at], COSIGNED_MS, len(done)
    )
    table.spread("paced: alert out after its notice", [1e3 * (reader.alerts[each.index] - each.answered) for each in launches
                                                      if each.index in reader.alerts], ALERT_MS, len(launches))  # fmt: skip


async def flood(sender, hold):
    """Tracks as fast as they are answered, refused or not."""
    while True:
        await hold.send([sender.track(i) for i in range(BATCH)])


async def read_all(_, hold):
    """The whole log, and receipts of it, again and again."""
    while True:
        await hold.ask(b"GET /entries")
        await hold.ask(b"GET /receipts?of=" + b",".join(b"%d" % i for i in range(200)))


HOSTILE = {"flood": flood, "read_all": read_all}


async def be_hostile(folder, kind, name, address):
    """Until killed; a line that is closed is opened again."""
    sender = Sender(folder, read_pins(folder / PINS), name.partition("-")[0], name)
    while True:
        try:
            async with line(folder, address, name) as hold:
                await HOSTILE[kind](sender, hold)
        except (OSError, EOFError, AssertionError):
            await asyncio.sleep(0.05)


async def beside(table, folder, address, senders, lines):
    """Windows alone and beside each hostile peer, in turn."""
    for at, kind in enumerate(HOSTILE):
        alone, by = [], []
        for _ in range(WINDOWS):
            alone.append(p99_ms(await paced(senders, lines, WINDOW_S)))
            words = [sys.executable, __file__, str(folder), kind, NAMES["nato"][NODES // 2 + at], address]
            enemy = subprocess.Popen(words)
            await asyncio.sleep(1.5)  # it starts, and has its first word
            by.append(p99_ms(await paced(senders, lines, WINDOW_S)))
            assert enemy.poll() is None, "the hostile peer went away by itself"
            enemy.kill()
            enemy.wait()
        before, after = statistics.median(alone), statistics.median(by)
        table.say(f"beside a hostile peer ({kind})", f"p99 {TIMES:.0f} times", f"{after / before:.2f} times "
                  f"({before:.1f} -> {after:.1f} ms)", after <= TIMES * before)  # fmt: skip


async def sustained(folder, address, senders):
    """Envelopes a second, in batches, one in flight for each sender; and the envelopes."""
    made = [[[sender.track(i) for i in range(BATCH)] for _ in range(ROUNDS)] for sender in senders]

    async def one(sender, batches):
        async with line(folder, address, sender.name) as hold:
            for batch in batches:
                answers = await hold.send(batch)
                assert {answer.outcome for answer in answers} == {"accepted"}, answers

    began = time.perf_counter()
    await asyncio.gather(*map(one, senders, made))
    taken = time.perf_counter() - began
    return len(senders) * ROUNDS * BATCH / taken, [
        raw for each in zip(*made, strict=True) for part in each for raw in part
    ]


def in_process(folder, pins, raws):
    """The same envelopes a second, without network and witnesses."""
    state: Centre = opening(pins)
    with Ledger(folder / "plain.db", pins.line) as ledger:
        shell = Shell(ledger, centre_keys(folder), quorum_in(pins), state, FREE)
        shell.submit(first_words(folder, pins), time.time_ns())
        began = time.perf_counter()
        for at in range(0, len(raws), 128):
            replies = shell.submit(raws[at : at + 128], time.time_ns())
            assert {reply.outcome for reply in replies} == {"accepted"}, replies[0]
        return len(raws) / (time.perf_counter() - began)


async def limited(table, folder, pins, address):
    """At a centre with its own limits: the paced load, alone and beside others."""
    senders, reader = (await introduced(folder, pins, address))[:NODES], Reader()
    follow = asyncio.create_task(reader.follow(address, client_context(folder / CERTIFICATES, NAMES["nato"][0])))
    lines = [await line(folder, address, sender.name).__aenter__() for sender in senders]
    while not reader.cosigned:  # both witnesses have met
        await asyncio.sleep(0.1)
    await paced(senders, lines, 1)  # every line is open, all code has run once
    done = await paced(senders, lines, SECONDS)
    await asyncio.sleep(2.0)
    tell_paced(table, done, reader)
    await beside(table, folder, address, senders, lines)
    for each in lines:
        await each.__aexit__()
    follow.cancel()
    await asyncio.gather(follow, return_exceptions=True)


async def free(table, folder, pins, address):
    """At a centre that thins out nothing: how much it takes."""
    senders = (await introduced(folder, pins, address))[NODES:]
    rate, raws = await sustained(folder, address, senders)
    table.say("sustained over HTTPS with mutual TLS", "(beside)", f"{rate:,.0f} envelopes a second")
    table.say("the same in one process", "(beside)", f"{in_process(folder, pins, raws):,.0f} envelopes a second")


@asynccontextmanager
async def standing(limits):
    """A centre and two witnesses, prepared and started; folder, pins, address."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sides = {party: Side(POLICY % party, dict.fromkeys(NAMES[party], "node")) for party in PARTIES}
        pins = prepare(folder, "bench-1", sides)
        with (folder / "centre.err").open("w") as err:
            words = [sys.executable, __file__, name, limits]
            centre = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=err, text=True)
            address = centre.stdout.readline().strip()
            assert address, (folder / "centre.err").read_text()
            entente = [sys.executable, "-m", "entente", "node", "witness", name]
            witnesses = [subprocess.Popen([*entente, party, "--centre", address], stderr=err) for party in PARTIES]
            try:
                yield folder, pins, address
            finally:
                for process in (*witnesses, centre):
                    process.terminate()
                for process in (*witnesses, centre):
                    process.wait()
        assert centre.returncode == 0, (folder / "centre.err").read_text()


async def bench(table):
    """All of it."""
    for limits, what in (("limited", limited), ("free", free)):
        async with standing(limits) as (folder, pins, address):
            await what(table, folder, pins, address)


def sync_ms():
    """Raw syncs of 1 KiB here [ms]."""
    taken = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 1_024)
            file.flush()
            os.fsync(file.fileno())
            taken.append(1e3 * (time.perf_counter() - began))
    return taken


def late_ms():
    """How much later than asked one wakes here [ms]."""
    taken = []
    for _ in range(400):
        began = time.perf_counter()
        time.sleep(0.002)
        taken.append(1e3 * (time.perf_counter() - began) - 2.0)
    return taken


def machine(table):
    """What this machine does at this moment."""
    for what, values in (("woken late by", late_ms()), ("sync of 1 KiB", sync_ms())):
        p50, p99 = np.percentile(values, [50, 99])
        table.say(f"this machine: {what}", "", f"p50 {p50:.2f}, p99 {p99:.2f} ms")
    load, cores = os.getloadavg()[0], len(os.sched_getaffinity(0))
    table.say("this machine: wanting to run", "", f"{load:.1f} processes on {cores} cores (mean of a minute)")


def main():
    """Print everything."""
    table, began = Table(), time.monotonic()
    table.say("line", "goal", "measured")
    machine(table)
    gc.collect()
    gc.freeze()
    asyncio.run(bench(table))
    machine(table)
    table.say("all of it took", "240 s", f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        asyncio.run(be_hostile(Path(sys.argv[1]), *sys.argv[2:]))
    elif len(sys.argv) == 3:
        at = Path(sys.argv[1])
        limits = Limits() if sys.argv[2] == "limited" else FREE
        set_up = Settings(at / CENTRE / LOG, read_pins(at / PINS), centre_keys(at), at / CERTIFICATES, limits=limits)
        serve(set_up, lambda running: print(running.node_address, flush=True))
    else:
        main()
