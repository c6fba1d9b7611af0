"""The live desk under load: 1,000 tracks at one state a second, to nine readers of the stream and one desk in Chromium.

`python bench/desk.py [SECONDS]` starts a real centre (`entente centre serve`) with both witnesses; 20 nodes under mutual TLS,
each with 50 tracks, say all of them in one batch in the slot of every second, as a node's release policy lets it do; nine
seats read the console port's stream, a tenth sits at the page. All on one machine, with the centre's own limits. Printed:

- for each reader and for what is drawn, from the moment of observation: how long a state took, and the greatest age that the
  shown state of any track reached before the next one replaced it. That age holds the second between two states.
- whether each saw every state, and whether the page's map at the end shows each track of the log where the log has it.
- the processor's share of the centre, of the witnesses and of this process; the browser's frames and long tasks.

When something is drawn is taken from `data-drawn`, the newest entry of the log that the page's map shows, in every frame.
"""

import asyncio
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import numpy as np
from playwright.async_api import async_playwright
from websockets.asyncio.client import connect

from entente.exchange.client import Link
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, TrackState
from entente.exchange.proving.entries import envelope_of
from entente.exchange.releasing.policies import digest_of
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, Side, first_words, prepare
from entente.exchange.signing import CHALLENGE, digest, pae, public_of, read_key, seal, unseal
from entente.physics.earth import geodetic_from_ecef

PARTIES, NODES, TRACKS, READERS, SECONDS = ("nato", "russia"), 20, 50, 9, 30
OLDEST_S, CORES, NEAR = 2.0, 1.0, 0.1  # to be reached
SIZE = {"width": 1280, "height": 800}
LOOK_S = 0.1  # within which a node notices that its slot has come
EARTH_KM, SPEED_RAD_S = 7_000.0, 1.08e-3
POLICY = '{"party": "%s", "number": 1, "permits": []}'
UPPER = tuple(([25.0] * 3 + [0.0025] * 3)[a] if a == b else 0.0 for a in range(6) for b in range(a, 6))
WATCH = """() => { window.seen = []; window.frames = []; window.long = [];
    new PerformanceObserver(list => long.push(...list.getEntries().map(e => e.duration))).observe({ type: 'longtask' });
    let last = performance.now(), was = -1;
    const look = now => { frames.push(now - last); last = now;
        const drawn = Number(document.querySelector('.places')?.dataset.drawn ?? -1);
        if (drawn !== was) { was = drawn; seen.push([Date.now() / 1000, drawn]) }
        requestAnimationFrame(look) };
    requestAnimationFrame(look) }"""
POINTS = "[...document.querySelectorAll('.places path.tracks')].map(path => path.getAttribute('d')).join('')"


class Told(msgspec.Struct, frozen=True):
    """What a reader takes of an entry's body."""

    kind: str


class Item(msgspec.Struct, frozen=True):
    """What a reader takes of an item of the stream."""

    kind: str
    index: int = -1
    body: Told = Told("")


READ = msgspec.json.Decoder(list[Item])


@dataclass
class Reader:
    """One reader of the stream: when each entry came [s since 1970]."""

    came: dict[int, float] = field(default_factory=dict)

    async def follow(self, address, context, cookie):
        """Until cancelled."""
        async with connect(
            f"{address.replace('https', 'wss')}/stream", ssl=context, origin=address, max_size=2**24, proxy=None,
            compression=None, additional_headers={"cookie": cookie},
        ) as socket:  # fmt: skip
            async for frame in socket:
                now = time.time()
                for item in READ.decode(frame):
                    if item.body.kind == "track-state":
                        self.came.setdefault(item.index, now)


@dataclass
class Sender:
    """A node with its tracks: circles around the Earth, far from one another."""

    folder: Path
    log: str
    party: str
    number: int
    said: int = 0
    previous: str = NOTHING

    def __post_init__(self) -> None:
        """Its key, and the planes of its tracks."""
        self.name = f"{self.party}-{self.number}"
        self.key = read_key(self.folder / self.party / f"{self.name}.key")
        self.policy = digest_of((POLICY % self.party).encode())
        place = (PARTIES.index(self.party) * NODES // 2 + self.number) * TRACKS + np.arange(TRACKS)
        z = 1 - 2 * (place + 0.5) / (NODES * TRACKS)  # evenly over the sphere
        turn = math.pi * (3 - math.sqrt(5)) * place
        flat = np.sqrt(1 - z * z)
        self.along = np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)
        across = np.cross([0.0, 0.0, 1.0], self.along)
        self.across = across / np.linalg.norm(across, axis=1)[:, None]

    def batch(self):
        """A state of each track, as of now: envelopes, and the moment [s since 1970]."""
        now_ns = time.time_ns()
        angle = SPEED_RAD_S * (now_ns / NS_PER_S % 5_000)
        r = EARTH_KM * (math.cos(angle) * self.along + math.sin(angle) * self.across)
        v = EARTH_KM * SPEED_RAD_S * (math.cos(angle) * self.across - math.sin(angle) * self.along)
        return [self._seal(i, r[i], v[i], now_ns) for i in range(TRACKS)], now_ns / NS_PER_S

    def _seal(self, i, r, v, now_ns):
        self.said += 1
        said = TrackState(
            log=self.log, origin="exercise", party=self.party, node=self.name, boot=1, number=self.said,
            sent=instant(time.time_ns()), previous=self.previous, policy=self.policy, track=f"{self.name}-{i}",
            whose="third party", missile="unknown", seen_by="radar", frame="ecef", observed=instant(now_ns),
            observed_sigma_s=0.05, r_km=tuple(map(float, r)), v_km_s=tuple(map(float, v)), covariance=UPPER,
            bias_sigma_km=1.0,
        )  # fmt: skip
        raw = seal(self.key, encode(said))
        self.previous = digest(raw)
        return raw

    async def speak(self, address, until_s, sent, phase_s):
        """One batch in each second's slot; `sent`: index -> (track, moment)."""
        async with Link(address, client_context(self.folder / CERTIFICATES, self.name)) as link:
            while (slot_s := math.floor(time.time()) + 1) < until_s:
                await asyncio.sleep(slot_s + phase_s - time.time())
                raws, now_s = self.batch()
                answers = await link.send(raws)
                assert answers is not None
                assert {answer.outcome for answer in answers} == {"accepted"}, answers
                sent.update({each.index: (f"{self.name}-{i}", now_s) for i, each in enumerate(answers)})


def busy_s(pid):
    """Seconds of a processor that a process has had."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


async def session(link_http, address, key):
    """The cookie of a seat's session, its challenge signed."""
    challenge = (await link_http.get(f"{address}/challenge")).json()
    signature = key.sign(pae(CHALLENGE, challenge["text"].encode())).hex()
    opening = {"key": public_of(key).hex(), "challenge": challenge["challenge"], "signature": signature}
    answer = await link_http.post(f"{address}/session", json=opening)
    assert answer.status_code == 200, answer.text
    return answer.headers["set-cookie"].partition(";")[0]


def ages(sent, came):
    """Delays of states, and the greatest age that each shown state reached, s; how many states never came.

    Args:
        sent: index -> (track, moment); came: index -> moment.
    """
    delays, oldest, shown = [], [], {}
    for index in sorted(sent):
        track, now_s = sent[index]
        if index not in came:
            continue
        delays.append(came[index] - now_s)
        if track in shown:
            oldest.append(came[index] - shown[track])
        shown[track] = now_s
    return np.array(delays), np.array(oldest), sum(index not in came for index in sent)


def drawn_at(sent, seen):
    """When each entry was first drawn: at the first frame that shows it or a later one."""
    when, upto = np.array(seen).T
    upto = np.maximum.accumulate(upto)
    first = {index: int(np.searchsorted(upto, index)) for index in sent}
    return {index: when[at] for index, at in first.items() if at < len(when)}


def told(name, sent, came):
    """Print one reader's ages; whether none was older than it may be."""
    delays, oldest, lost = ages(sent, came)
    p50, p99, most = np.percentile(delays, [50, 99, 100])
    age = oldest.max()
    good = age <= OLDEST_S and not lost
    print(f"{name:14s} {len(delays):6,d} states, {lost} lost   took p50 {p50:5.2f}  p99 {p99:5.2f}  max {most:5.2f} s   "
          f"oldest shown {age:5.2f} s   {'ok' if good else 'MISSED'} (goal {OLDEST_S:g})")  # fmt: skip
    return good


def off_by(points, folder, pins, drawn):
    """How far the drawn points lie from the log's last states, at most, in the map's own units (it is 420 wide).

    The whole Earth is drawn as longitude and latitude at one scale; scale and middle are found by least squares.
    """
    last = {}
    with Ledger(folder / CENTRE / LOG, pins.line, writing=False) as ledger:
        for index, entry in enumerate(ledger.entries()):
            said = decode(unseal(envelope_of(entry)).body)
            if index <= drawn and isinstance(said, TrackState):
                last.setdefault(said.party, {}).setdefault(said.track, None)
                last[said.party][said.track] = said.r_km
    r = np.array([place for party in PARTIES for place in last[party].values()])
    lat, lon = np.degrees([geodetic_from_ecef(*(1e3 * place))[:2] for place in r]).T
    if len(points) != len(r):
        return math.inf
    one, none = np.ones(len(r)), np.zeros(len(r))
    left = np.concatenate([np.stack([lon, one, none], 1), np.stack([-lat, none, one], 1)])
    right = np.concatenate([points[:, 0], points[:, 1]])
    found = np.linalg.lstsq(left, right, rcond=None)[0]
    return float(np.abs(left @ found - right).max())


async def introduced(folder, pins, nodes, sender):
    """The roots' first words are heard."""
    async with Link(nodes, client_context(folder / CERTIFICATES, sender.name)) as link:
        answers = await link.send(first_words(folder, pins))
    assert answers is not None
    assert {answer.outcome for answer in answers} == {"accepted"}, answers


async def reading(folder, consoles, seats, readers):
    """Every reader signed in and listening: tasks that go on until they are cancelled."""
    context, tasks = client_context(folder / CERTIFICATES), []
    async with httpx.AsyncClient(verify=context, trust_env=False) as http:
        for reader, (party, seat) in zip(readers, seats, strict=True):
            cookie = await session(http, consoles, read_key(folder / party / f"{seat}.key"))
            http.cookies.clear()
            tasks.append(asyncio.create_task(reader.follow(consoles, context, cookie)))
    return tasks


async def sat_down(browser, folder, consoles, party, seat):
    """The page of a seat, watched frame by frame."""
    page = await browser.new_page(viewport=SIZE, device_scale_factor=1, ignore_https_errors=True)
    await page.goto(consoles)
    await page.set_input_files("input[type=file]", folder / party / f"{seat}.key")
    await page.wait_for_selector(".room")
    await page.evaluate(WATCH)
    return page


async def loaded(senders, nodes, seconds, pids):
    """All nodes speak so long; index -> (track, moment), and each process's share of a processor."""
    before, began_s, sent = {name: busy_s(pid) for name, pid in pids.items()}, time.time(), {}
    phases = np.random.default_rng(1).uniform(0, LOOK_S, NODES)
    await asyncio.gather(
        *(one.speak(nodes, began_s + seconds, sent, phase) for one, phase in zip(senders, phases, strict=True))
    )
    return sent, {name: (busy_s(pid) - before[name]) / (time.time() - began_s) for name, pid in pids.items()}


async def measure(folder, pins, nodes, consoles, seconds, pids):
    """Everything at once; whether all was reached."""
    senders = [Sender(folder, pins.name, party, i) for i in range(NODES // 2) for party in PARTIES]
    seats = [(party, f"{party}-seat-{i}") for i in range(5) for party in PARTIES]
    readers = [Reader() for _ in range(READERS)]
    await introduced(folder, pins, nodes, senders[0])
    async with async_playwright() as play:
        tasks = await reading(folder, consoles, seats[:READERS], readers)
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = await play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await sat_down(browser, folder, consoles, *seats[READERS])
        sent, shares = await loaded(senders, nodes, seconds, pids)
        await asyncio.sleep(2.0)
        seen, frames, long = await page.evaluate("[window.seen, window.frames, window.long]")
        text = await page.evaluate(POINTS)
        await browser.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    good = [told(f"reader {i + 1}", sent, reader.came) for i, reader in enumerate(readers)]
    good.append(told("drawn", sent, drawn_at(sent, seen)))
    points = np.array([[float(x), float(y)] for x, y in re.findall(r"M(-?[\d.]+) (-?[\d.]+)h0", text)])
    good += [mapped(points, folder, pins, seen[-1][1]), shares["centre"] <= CORES]
    cores = ", ".join(f"{name} {share:.2f}" for name, share in shares.items())
    print(f"processor      {cores} cores   {'ok' if good[-1] else 'MISSED'} (goal: centre {CORES:g})")
    p50, p95, most = np.percentile(frames, [50, 95, 100])
    print(f"frames         p50 {p50:.0f}  p95 {p95:.0f}  max {most:.0f} ms; {len(long)} tasks beyond 50 ms, "
          f"{sum(long):.0f} ms in all")  # fmt: skip
    return all(good)


def mapped(points, folder, pins, drawn):
    """Print how the map agrees with the log; whether it does."""
    off = off_by(points, folder, pins, drawn)
    good = off < NEAR
    print(f"map            {len(points):,} tracks drawn, {off:.3f} of 420 units from the log at most   "
          f"{'ok' if good else 'MISSED'} (goal {NEAR:g})")  # fmt: skip
    return good


def main():
    """Start everything, measure, stop everything."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"machine        {os.cpu_count()} cores, {os.getloadavg()[0]:.1f} programs ran on them before")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        holders = {
            party: {f"{party}-{i}": "node" for i in range(NODES // 2)} | {f"{party}-seat-{i}": "seat" for i in range(5)}
            for party in PARTIES
        }
        pins = prepare(folder, "bench-1", {party: Side(POLICY % party, holders[party]) for party in PARTIES})
        entente = [sys.executable, "-m", "entente"]
        with (folder / "told").open("w") as err:
            words = [*entente, "centre", "serve", name, "--port", "0", "--console-port", "0"]
            centre = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=err, text=True)
            nodes, consoles = re.findall(r"https://[^ ,]+", centre.stdout.readline())
            witnesses = [
                subprocess.Popen([*entente, "node", "witness", name, party, "--centre", nodes], stderr=err)
                for party in PARTIES
            ]
            pids = {"centre": centre.pid, "witnesses": witnesses[0].pid, "this": os.getpid()}
            try:
                good = asyncio.run(measure(folder, pins, nodes, consoles, seconds, pids))
            finally:
                for process in (*witnesses, centre):
                    process.terminate()
                for process in (*witnesses, centre):
                    process.wait()
        assert centre.returncode == 0, (folder / "told").read_text()
    sys.exit(not good)


if __name__ == "__main__":
    main()
