"""The live centre under load, over mutual TLS on one machine: the centre, two witnesses and eight nodes (these in one process).

`python bench/centre.py` prints, and compares with what is to be reached:

- Paced: PACE messages a second, eight nodes in turn, each message a POST of its own. Acknowledgement is from the call to the
  answer; cosigned is from the call to the moment at which a reader of the stream hears that both witnesses signed; an alert is
  from the acknowledgement of the launch to the moment at which that reader has it. All times are this process's own clock.
- Sustained: four nodes send batches of 64 as fast as answers come, one in flight each; and the same envelopes in one process
  (`Shell.submit` in batches of 128, no network, no witnesses), in the same run.
- A hostile peer: the paced load again, while another node sends tracks as fast as it is answered; p99 beside that without it.

The machine's own pace stands beside: the median of raw syncs of 1 KiB.
"""

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
from websockets.asyncio.client import connect

from entente.exchange.centre import Centre
from entente.exchange.client import Link
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
from entente.exchange.shell import Shell
from entente.exchange.signing import digest, read_key, seal

PACE, SECONDS, NODES, EVERY = 200, 20, 8, 40  # messages a second, for so long; every 40th is a launch
BATCH, ROUNDS, SENDERS = 64, 60, 4
ACK_MS, COSIGNED_MS, ALERT_MS = 20.0, 1_000.0, 250.0  # p99 to be reached
FREE = Limits(1e9, 1e9, 1e9, 1e9)
PARTIES = ("nato", "russia")
POLICY = '{"party": "%s", "number": 1, "permits": []}'
UPPER = tuple(([25.0] * 3 + [0.0025] * 3)[a] if a == b else 0.0 for a in range(6) for b in range(a, 6))


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

    def launch(self, i):
        """A launch that nobody announced, at a place of its own."""
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

    def link(self, address):
        """A way to the centre under its own certificate."""
        return Link(address, client_context(self.folder / CERTIFICATES, self.name))


def settings(folder):
    """Of a centre whose throttle lets everything pass, so that the centre and not the throttle is measured."""
    return Settings(
        folder / CENTRE / LOG, read_pins(folder / PINS), centre_keys(folder), folder / CERTIFICATES,
        limits=Limits() if (folder / "limited").exists() else FREE,
    )  # fmt: skip


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


async def paced(senders, address, reader, seconds):
    """Messages at their times, whatever becomes of those before; call, answer and index of each, and whether it was a launch."""
    links = [sender.link(address) for sender in senders]
    chains = [asyncio.Lock() for _ in senders]
    done, began = [], time.perf_counter()

    async def one(i):
        which = i % len(senders)
        launch = i % EVERY == 0
        async with chains[which]:
            called = time.perf_counter()
            raw = senders[which].launch(i) if launch else senders[which].track(i)
            answers = await links[which].send([raw])
        answered = time.perf_counter()
        assert outcomes(answers) == {"accepted"}, answers
        done.append((called, answered, answers[0].index, launch))

    tasks = []
    for i in range(PACE * seconds):
        await asyncio.sleep(max(0.0, began + i / PACE - time.perf_counter()))
        tasks.append(asyncio.create_task(one(i)))
    await asyncio.gather(*tasks)
    await asyncio.sleep(2.0)
    for link in links:
        await link.close()
    return done


def told(done, reader, name):
    """Print one paced run; p99 of its acknowledgements, ms."""
    ack = [1e3 * (answered - called) for called, answered, _, _ in done]
    cosigned = [1e3 * (reader.cosigned_at(index) - called) for called, _, index, _ in done if reader.cosigned_at(index)]
    alerts = [1e3 * (reader.alerts[index] - answered) for _, answered, index, launch in done if index in reader.alerts]
    launches = sum(launch for *_, launch in done)
    for what, values, goal, of in (
        ("acknowledged", ack, ACK_MS, len(done)), ("cosigned by both", cosigned, COSIGNED_MS, len(done)),
        ("alert out", alerts, ALERT_MS, launches),
    ):  # fmt: skip
        p50, p99, most = np.percentile(values, [50, 99, 100])
        print(f"{name:10s} {what:18s} {len(values):5d} of {of:5d}   p50 {p50:6.1f}  p99 {p99:6.1f}  max {most:6.1f} ms   "
              f"goal p99 {goal:.0f}")  # fmt: skip
    return float(np.percentile(ack, 99))


async def sustained(senders, address):
    """Envelopes a second, in batches, one in flight for each sender."""
    made = [[[sender.track(i) for i in range(BATCH)] for _ in range(ROUNDS)] for sender in senders]
    links = [sender.link(address) for sender in senders]

    async def one(link, batches):
        for batch in batches:
            answers = await link.send(batch)
            assert outcomes(answers) == {"accepted"}, answers

    began = time.perf_counter()
    await asyncio.gather(*map(one, links, made))
    taken = time.perf_counter() - began
    for link in links:
        await link.close()
    return len(senders) * ROUNDS * BATCH / taken, [
        raw for batches in zip(*made, strict=True) for part in batches for raw in part
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


async def flood(sender, address, seconds):
    """A node that sends tracks as fast as it is answered, refused or not; how many were thinned out."""
    thinned, until_s = 0, time.monotonic() + seconds
    async with sender.link(address) as link:
        while time.monotonic() < until_s:
            answers = await link.send([sender.track(i) for i in range(BATCH)])
            thinned += sum(answer.reason == "throttled" for answer in answers or ())
    return thinned


async def measure(folder, pins, address, hostile):
    """One centre, introduced and measured."""
    names = {party: [f"{party}-{i}" for i in range(NODES // 2 + SENDERS // 2)] for party in PARTIES}
    senders = [
        Sender(folder, pins, party, name)
        for i in range(len(names["nato"]))
        for party, name in ((p, names[p][i]) for p in PARTIES)
    ]
    async with senders[0].link(address) as link:
        answers = await link.send(first_words(folder, pins))
        assert outcomes(answers) == {"accepted"}, answers
    reader = Reader()
    follow = asyncio.create_task(reader.follow(address, client_context(folder / CERTIFICATES, names["nato"][0])))
    while not reader.cosigned:  # both witnesses have met
        await asyncio.sleep(0.1)
    nodes, others = senders[:NODES], senders[NODES:]
    if hostile:
        words = [sys.executable, __file__, str(folder), others[0].name, address, str(SECONDS // 2 + 3)]
        enemy = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        await asyncio.sleep(3.0)
        done = await paced(nodes, address, reader, SECONDS // 2)
        thinned = int(enemy.communicate()[0])
        p99, rate, raws = told(done, reader, "hostile"), float(thinned), []
    else:
        p99 = told(await paced(nodes, address, reader, SECONDS), reader, "paced")
        rate, raws = await sustained(others, address)
    follow.cancel()
    await asyncio.gather(follow, return_exceptions=True)
    return p99, rate, raws


def bench(hostile):
    """Start everything, measure, stop everything."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        holders = {party: {f"{party}-{i}": "node" for i in range(NODES // 2 + SENDERS // 2)} for party in PARTIES}
        pins = prepare(folder, "bench-1", {party: Side(POLICY % party, holders[party]) for party in PARTIES})
        if hostile:
            (folder / "limited").touch()
        with (folder / "centre.err").open("w") as err:
            centre = subprocess.Popen([sys.executable, __file__, name], stdout=subprocess.PIPE, stderr=err, text=True)
            address = centre.stdout.readline().strip()
            entente = [sys.executable, "-m", "entente", "node", "witness", name]
            witnesses = [subprocess.Popen([*entente, party, "--centre", address], stderr=err) for party in PARTIES]
            try:
                p99, rate, raws = asyncio.run(measure(folder, pins, address, hostile))
                usage = [sum(os.times()[2:4])]
            finally:
                for process in (*witnesses, centre):
                    process.terminate()
                for process in (*witnesses, centre):
                    process.wait()
        assert centre.returncode == 0, (folder / "centre.err").read_text()
        del usage
        if not hostile:
            print(f"{'sustained':10s} {rate:,.0f} envelopes a second over HTTPS with mutual TLS, "
                  f"{in_process(folder, pins, raws):,.0f} in one process")  # fmt: skip
        return p99, rate


def sync_ms():
    """The median of raw syncs of 1 KiB here, ms."""
    with tempfile.NamedTemporaryFile(dir=".") as file:
        taken = []
        for _ in range(100):
            began = time.perf_counter()
            file.write(b"x" * 1_024)
            file.flush()
            os.fsync(file.fileno())
            taken.append(1e3 * (time.perf_counter() - began))
    return statistics.median(taken)


def main():
    """Print everything."""
    gc.collect()
    gc.freeze()
    print(f"raw sync   {sync_ms():.2f} ms")
    alone, _ = bench(hostile=False)
    beside, thinned = bench(hostile=True)
    print(f"hostile    p99 {beside / alone:.2f} of that without it (goal 2), {thinned:,.0f} of its tracks thinned out")


if __name__ == "__main__":
    if len(sys.argv) == 5:
        at, name, address, seconds = Path(sys.argv[1]), *sys.argv[2:]
        enemy = Sender(at, read_pins(at / PINS), name.partition("-")[0], name)
        print(asyncio.run(flood(enemy, address, float(seconds))))
    elif len(sys.argv) > 1:
        serve(settings(Path(sys.argv[1])), lambda running: print(running.node_address, flush=True))
    else:
        main()
