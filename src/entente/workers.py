"""Processes that run histories: what they are asked, what they answer, and how a cold machine compiles on two cores.

A worker is a fresh interpreter that takes jobs from its stdin and puts answers on its stdout. Unlike multiprocessing's
workers it does not import the user's script, so that a study needs no main guard. It is in a process group of its own,
so that Ctrl-C reaches the parent alone, and it ends when its parent is gone.
"""

import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from selectors import EVENT_READ, DefaultSelector
from typing import IO, Any

import numpy as np

from entente.arrivals import unheld
from entente.chunks import Axes, Found
from entente.compiled import Floats
from entente.errors import EntenteError
from entente.estimate.scans import REASONS
from entente.flights import fly_all
from entente.measures import COMPATIBLE, STRESSED, STRESSED_NATURES, STRESSED_RUNG
from entente.records import OWN, RADAR, Detections, Flights, NationalTracks, Shared
from entente.run import Beginning, Run, all_rungs, before_sharing, under_stress
from entente.scenario.schema import Scenario, Stress
from entente.scenario.world import build
from entente.sensing import observe
from entente.sharing import releases
from entente.tracking import GRID, follow

ALONE, TOLD = 0, 3  # the rung at which nothing is shared, and that at which tracks are, without a centre
PARENT_GONE_S = 0.5  # s  how often a worker looks whether its parent still lives


@dataclass(frozen=True)
class Chunk:
    """A job: some seeds of one case, at several rungs. The answer is `Found`."""

    scenario: Scenario
    axes: Axes


@dataclass(frozen=True)
class Sweep:
    """A job: some seeds of one case under one stress after another. The answer is `Swept`."""

    scenario: Scenario
    case: str
    rungs: tuple[int, ...]
    stresses: tuple[Stress, ...]
    seeds: tuple[int, ...]
    measures: tuple[str, ...]
    protected: bool = True  # whether who answers what is measured too; nan where not


@dataclass(frozen=True)
class Swept:
    """The measures of histories that are alone, and under each stress."""

    alone: Floats  # (measure, party, seed)
    fused: Floats  # (measure, rung, party, stress, seed)


@dataclass(frozen=True)
class Whole:
    """A job: one history with everything its stages handed on. The answer is a dict, rung to `Run`."""

    scenario: Scenario
    case: str
    rungs: tuple[int, ...]
    seed: int


@dataclass(frozen=True)
class Rehearsal:
    """A job: compile the tracker. The answer is None."""

    scenario: Scenario
    case: str


Job = Chunk | Sweep | Whole | Rehearsal


def do(job: Job) -> Any:
    """The answer to a job."""
    match job:
        case Chunk():
            return run_chunk(job)
        case Sweep():
            return run_sweep(job)
        case Whole():
            return all_rungs(before_sharing(job.scenario, job.case, job.seed), job.rungs)
        case Rehearsal():
            return rehearse(job)


def run_chunk(chunk: Chunk) -> Found:
    """The measures of a chunk's histories, and the inputs its seeds drew."""
    axes = chunk.axes
    drawn: dict[str, Floats] = {}
    shape = (len(axes.measures), len(axes.rungs), len(axes.parties))
    values, second = np.empty((*shape, len(axes.seeds))), np.empty((*shape, axes.again))
    for i, seed in enumerate(axes.seeds):
        beginning = before_sharing(chunk.scenario, axes.case, seed)
        ready = releases(beginning.world, beginning.national)
        runs = all_rungs(beginning, axes.rungs, story=False, ready=ready)
        values[..., i] = _measured(axes, runs)
        if i < axes.stressed and STRESSED_RUNG in axes.rungs and beginning.world.case.nature in STRESSED_NATURES:
            _measure_stressed(axes, beginning, runs[STRESSED_RUNG], ready, values[..., i])
        for name, value in beginning.world.inputs.items():
            drawn.setdefault(name, np.full(len(axes.seeds), np.nan))[i] = value
        if i < axes.again:
            beginning = before_sharing(chunk.scenario, axes.case, seed, again=True)
            second[..., i] = _measured(axes, all_rungs(beginning, axes.rungs, story=False))
    return Found(values, second, drawn)


def _measured(axes: Axes, runs: dict[int, Run]) -> Floats:
    """The measures of one history, (measure, rung, party); one kind of nan and of zero, so that files keep the bits."""
    unknown = np.full(len(axes.parties), np.nan)
    values = np.array(
        [[runs[rung].assessment.values.get(name, unknown) for rung in axes.rungs] for name in axes.measures]
    )
    return np.where(np.isnan(values), np.nan, values + 0.0)


def _measure_stressed(axes: Axes, beginning: Beginning, plain: Run, ready: list[Shared], values: Floats) -> None:
    """Write what the history is under the stress of finding F8 into its measures (measure, rung, party)."""
    found = plain.assessment.values  # where nothing is sent, nothing can be stressed
    if len(plain.shared.t):
        found = under_stress(beginning, (STRESSED_RUNG,), (COMPATIBLE,), ready=ready)[0][STRESSED_RUNG]
    rung = axes.rungs.index(STRESSED_RUNG)
    for name in STRESSED:
        if name in axes.measures:
            values[axes.measures.index(name), rung] = found[name.removeprefix("stressed_")]


def run_sweep(sweep: Sweep) -> Swept:
    """What `under_stress` says of each seed, and what the parties know alone."""
    parties, seeds = len(sweep.scenario.parties), len(sweep.seeds)
    alone = np.full((len(sweep.measures), parties, seeds), np.nan)
    fused = np.full((len(sweep.measures), len(sweep.rungs), parties, len(sweep.stresses), seeds), np.nan)
    for i, seed in enumerate(sweep.seeds):
        beginning = before_sharing(sweep.scenario, sweep.case, seed)
        own = under_stress(beginning, (ALONE,), (Stress(),), sweep.protected)[0][ALONE]
        under = under_stress(beginning, sweep.rungs, sweep.stresses, sweep.protected)
        for m, name in enumerate(sweep.measures):
            alone[m, :, i] = own[name]
            for k, by_rung in enumerate(under):
                fused[m, :, :, k, i] = [by_rung[rung][name] for rung in sweep.rungs]
    return Swept(alone, fused)


def spread(jobs: Sequence[Job], workers: int) -> Generator[tuple[Any, Any], None, None]:
    """Jobs and their answers, as they come; here if one worker is enough. Closing it stops the workers at once."""
    if workers == 1 or len(jobs) < 2:
        for job in jobs:
            yield job, do(job)
        return
    waiting = iter(jobs)
    with ExitStack() as stack, DefaultSelector() as answers:
        for job in islice(waiting, workers):
            one = stack.enter_context(worker())
            one.give(job)
            answers.register(one.answers, EVENT_READ, (one, job))
        while answers.get_map():
            for key, _ in answers.select():
                one, job = key.data
                found, following = one.take(), next(waiting, None)
                if following is None:
                    answers.unregister(one.answers)
                else:
                    one.give(following)
                    answers.modify(one.answers, EVENT_READ, (one, following))
                yield job, found


def compile_on_two_cores(scenario: Scenario, case: str, seed: int) -> None:
    """Compile flight, sensing and what follows the tracker here, while a worker compiles that, which takes as long."""
    with worker() as other:
        other.give(Rehearsal(scenario, case))
        world = build(scenario, case, seed)
        flights = fly_all(world)
        all_rungs(Beginning(world, flights, observe(world, flights), _as_if_followed(flights)), (ALONE, TOLD))
        other.take()


def _as_if_followed(flights: Flights) -> NationalTracks:
    """One track of the first body for each nation, from burnout on, as no tracker makes it: for what comes after a tracker."""
    t = np.arange(float(flights.t_launch.min()), float(flights.t_impact.max()), GRID)
    tracks = unheld(t, 2, OWN)
    tracks.holder[:] = 0, 1
    tracks.held[:], tracks.seen_by[:], tracks.share[:] = t > flights.t_burnout[0], RADAR, 1.0
    places = flights.positions_at(0, t)
    tracks.x[:] = np.hstack([places, np.gradient(places, GRID, axis=0)])
    tracks.P[:], tracks.p_boost[:] = np.diag([300.0] * 3 + [10.0] * 3) ** 2, 0.0
    tracks.since[:], tracks.obj[:] = t[0], 0
    return NationalTracks(tracks, np.full(2, t[0]), np.zeros((2, len(REASONS)), np.int64))


def rehearse(job: Rehearsal) -> None:
    """Follow an empty sky, which compiles all that following needs."""
    world = build(job.scenario, job.case, 0)
    one, none, rows = np.zeros(1), np.empty(0), np.empty((0, 3))
    whole = np.empty(0, np.int32)
    nowhere = np.zeros((1, 3))
    sky = Flights(
        np.zeros(2, np.int32), none, rows, rows, whole.astype(np.int8), one, one, one + 10.0, nowhere, nowhere, one
    )
    follow(world, sky, Detections(none, none, whole, np.zeros(1, np.int32), whole, rows, rows))


@dataclass(frozen=True)
class Worker:
    """A process that answers jobs, one at a time: `give` it one, then `take` the answer."""

    process: "subprocess.Popen[bytes]"
    jobs: IO[bytes]
    answers: IO[bytes]

    def give(self, job: Job) -> None:
        """Begin a job."""
        try:
            pickle.dump(job, self.jobs)
            self.jobs.flush()
        except BrokenPipeError:
            self._ended()

    def take(self) -> Any:
        """Wait for the answer.

        Raises:
            EntenteError: what the job raised, or that the process ended.
        """
        try:
            found = pickle.load(self.answers)
        except (EOFError, pickle.UnpicklingError):
            self._ended()
        if isinstance(found, Exception):
            raise found
        return found

    def _ended(self) -> None:
        status = self.process.wait()
        raise EntenteError(
            f"a worker process ended early, exit status {status}; "
            "run again, with fewer --workers if memory ran out: --resume continues what an output folder keeps"
        )


@contextmanager
def worker() -> Iterator[Worker]:
    """A worker process, which is killed at the end, busy or not."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from entente.workers import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
        env={**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise EntenteError("a worker process has no pipes")
        yield Worker(process, process.stdin, process.stdout)
    finally:
        process.kill()
        process.communicate()


def serve() -> None:
    """What a worker process does."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    try:
        work(sys.stdin.buffer, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(1)  # nobody reads the answers; a plain exit would complain that it cannot flush them


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_GONE_S)
    os._exit(1)


def work(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Take jobs, put answers, until there are no more."""
    while True:
        try:
            job = pickle.load(asked)
        except EOFError:
            return
        try:
            found = do(job)
        except EntenteError as problem:
            found = problem
        pickle.dump(found, answers)
        answers.flush()
