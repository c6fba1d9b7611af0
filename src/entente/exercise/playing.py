"""How does an exercise run? Five processes, lines that can be cut, one clock, and cues that are handed on when they are due.

1. The centre starts, the roots of both parties are heard, then nodes and witnesses come.
2. A history's drafts go to the node of the nation whose systems report them; every `HEALTH_S` it says how its feeds are.
3. The director's acts happen when their time comes, or when they are typed.
4. At the end nodes stop, both witnesses sign what is on the log, and all goes down in order.
"""

import asyncio
import heapq
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import msgspec

from entente.errors import StoreError
from entente.exchange.client import Link
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.pace import Pace, tell
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, NODE, first_words, witness_of
from entente.exercise.director import Act
from entente.exercise.histories import Cue, History, cues, health
from entente.exercise.lines import Line
from entente.exercise.staging import Stage
from entente.exercise.stations import Station, free_port, ports_in

HEALTH_S, BEAT_S = 10, 0.05
COSIGNED_S = 15.0  # for the last checkpoint
HOST = "localhost"

Say = Callable[[str], None]


@dataclass
class Play:
    """One exercise, running.

    Args:
        stage: its folder.
        histories: (case, seed) -> as simulated; what the director may inject.
        rate: how fast its clock runs.
        say: hears what happens, in words.
        observers: name -> public key, hex.
        console_port: of the centre; each crew has one of its own behind it, the next ones; 0 for any.
    """

    stage: Stage
    histories: Mapping[tuple[str, int], History]
    rate: float
    say: Say
    observers: Mapping[str, str] = field(default_factory=dict)
    script: list[Act] = field(default_factory=list)
    node_port: int = field(default_factory=free_port)
    console_port: int = 0
    ended: bool = False
    _cues: list[tuple[int, int, Cue]] = field(default_factory=list)
    _began: int = 0  # histories
    _handed: int = 0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Start nothing yet."""
        folder = self.stage.folder
        self.parties = tuple(self.stage.pins.parties)
        self.lines = {party: Line(self.node_port) for party in self.parties}
        first = self.console_port + 1 if self.console_port else 0
        ports = [first + i if first else 0 for i in range(len(self.parties))]
        self.desk_lines = {party: Line(0, port=port) for party, port in zip(self.parties, ports, strict=True)}
        tell(self.stage.clock, time.time_ns() // NS_PER_S * NS_PER_S, 1.0)
        self.clock = Pace(self.stage.clock)
        self.centre = Station("centre", (), folder / CENTRE / "told.jsonl", announces=True)
        self.nodes: dict[str, Station] = {}
        self.witnesses: dict[str, Station] = {}

    async def run(self, ready: Callable[[], None] = lambda: None) -> None:
        """Play until the director, or who called this, ends it.

        Raises:
            StoreError: a process ended though nobody told it to.
        """
        try:
            await self._begin()
            ready()
            await self._play()
            await self._close()
        finally:
            await self._stop()

    def do(self, act: Act) -> None:
        """Let one thing happen now."""
        words = {
            "inject": f"{act.who}, seed {act.seed}", "outage": f"{act.who}, {act.seconds:g} s",
            "pause": f"{act.seconds:g} s" if act.seconds else "until resume",
        }  # fmt: skip
        self.say(f"{instant(self.clock())[11:19]} Z  {act.does} {words.get(act.does, '')}".rstrip())
        if act.does == "inject":
            self._inject(act)
        elif act.does == "outage":
            self._later(self._outage(act))
        elif act.does == "pause":
            self._set(0.0)
            if act.seconds:
                self._later(self._resume(act.seconds))
        elif act.does == "resume":
            self._set(self.rate)
        else:
            self.ended = True

    def desk_of(self, party: str) -> str:
        """Where a crew finds its desk, once it plays."""
        return f"https://{HOST}:{self.desk_lines[party].port}/"

    async def _begin(self) -> None:
        """All processes, and the roots' first words."""
        for line in self.desk_lines.values():
            await line.open()
        self.node_port, self.console_port = ports_in(await self._start_centre())
        for line in self.desk_lines.values():
            line.to_port = self.console_port
        folder, clock = str(self.stage.folder), str(self.stage.clock)
        for party, line in self.lines.items():
            await line.open()
            address = f"https://{HOST}:{line.port}"
            own = self.stage.folder / party
            self.nodes[party] = Station(
                f"{party}-{NODE}", ("node", "run", folder, f"{party}-{NODE}", "--centre", address, "--clock", clock),
                own / "node.jsonl",
            )  # fmt: skip
            self.witnesses[party] = Station(
                witness_of(party), ("node", "witness", folder, party, "--centre", address, "--clock", clock),
                own / "witness.jsonl",
            )  # fmt: skip
        await asyncio.gather(*(station.start() for station in (*self.nodes.values(), *self.witnesses.values())))
        context = client_context(self.stage.folder / CERTIFICATES, witness_of(self.parties[0]))
        async with Link(f"https://{HOST}:{self.node_port}", context) as link:
            answers = await link.send(first_words(self.stage.folder, self.stage.pins))
        if answers is None or any(answer.outcome == "refused" for answer in answers):
            raise StoreError(f"centre: does not take the roots' first words ({answers}); see {self.centre.told}")

    async def _start_centre(self) -> str:
        words = ["centre", "serve", str(self.stage.folder), "--port", str(self.node_port)]
        words += ["--console-port", str(self.console_port), "--clock", str(self.stage.clock)]
        hosts = [HOST, *(f"{HOST}:{line.port}" for line in self.desk_lines.values())]
        words += [word for host in hosts for word in ("--host", host)]
        words += [word for name, key in self.observers.items() for word in ("--observer", f"{name}={key}")]
        self.centre.words = tuple(words)
        return await self.centre.start()

    async def _play(self) -> None:
        """Hand on what is due, until the end."""
        begins_ns = (self.clock() // NS_PER_S + 1) * NS_PER_S
        self._set(self.rate)
        script, next_health_ns = list(self.script), begins_ns
        world = next(iter(self.histories.values())).world
        while not self.ended:
            now_ns = self.clock()
            while script and begins_ns + script[0].at_s * NS_PER_S <= now_ns:
                self.do(script.pop(0))
            if now_ns >= next_health_ns:
                for party in self.parties:
                    self._put(health(world, party, self.stage.pins.name, now_ns, begins_ns))
                next_health_ns += HEALTH_S * NS_PER_S
            while self._cues and self._cues[0][0] <= now_ns:
                _, _, cue = heapq.heappop(self._cues)
                self.nodes[cue.party].hand(msgspec.json.encode(cue.draft))
            for station in (*self.nodes.values(), *self.witnesses.values(), self.centre):
                if station.failed and not (station is self.centre and self._tasks):
                    raise StoreError(station.failed)
            await asyncio.sleep(BEAT_S)

    def _inject(self, act: Act) -> None:
        """A history begins at the next second."""
        self._began += 1
        begins_ns = (self.clock() // NS_PER_S + 1) * NS_PER_S
        one = self.histories[act.who, act.seed]
        for cue in cues(one, self.stage.pins.name, self._began, begins_ns):
            self._put(cue)

    def _put(self, cue: Cue) -> None:
        self._handed += 1
        heapq.heappush(self._cues, (cue.at_ns, self._handed, cue))

    async def _outage(self, act: Act) -> None:
        """A party's lines are cut, its desk's too, or the centre is stopped, so long by the exercise's clock."""
        until_ns = self.clock() + round(act.seconds * NS_PER_S)
        lines = [of[act.who] for of in (self.lines, self.desk_lines) if act.who in of]
        for line in lines:
            line.cut()
        if not lines:
            await self.centre.stop()
        while self.clock() < until_ns and not self.ended:
            await asyncio.sleep(BEAT_S)
        for line in lines:
            line.mend()
        if not lines:
            await self._start_centre()
        self.say(f"{instant(self.clock())[11:19]} Z  {act.who} is back")

    async def _resume(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._set(self.rate)

    def _set(self, rate: float) -> None:
        tell(self.stage.clock, self.clock(), rate)

    def _later(self, what: Any) -> None:
        """Beside the play, until it is done."""
        task = asyncio.get_running_loop().create_task(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _close(self) -> None:
        """Nobody speaks any more; both witnesses sign what is there."""
        self._set(1.0)
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(station.stop() for station in self.nodes.values()))
        until_s, context = time.monotonic() + COSIGNED_S, client_context(self.stage.folder / CERTIFICATES, CENTRE)
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            while time.monotonic() < until_s:
                try:
                    found = (await client.get(f"https://{HOST}:{self.node_port}/health")).json()
                except httpx.HTTPError:
                    break
                if found["cosigned"] == found["entries"]:
                    return
                await asyncio.sleep(0.2)
        self.say("not all entries were signed by both witnesses")

    async def _stop(self) -> None:
        """All down, the centre last."""
        for task in self._tasks:
            task.cancel()
        stations = (*self.nodes.values(), *self.witnesses.values())
        await asyncio.gather(*(station.stop() for station in stations))
        await self.centre.stop()
        await asyncio.gather(*(line.close() for line in (*self.lines.values(), *self.desk_lines.values())))


def log_of(stage: Stage) -> Path:
    """The log of an exercise, for `entente verify`."""
    return stage.folder / CENTRE / LOG
