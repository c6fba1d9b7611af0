"""Processes that run histories: what they are asked, what they answer, and how a cold machine compiles on two cores.

A worker is a fresh interpreter that takes jobs from its stdin and puts answers on its stdout. Unlike multiprocessing's
workers it does not import the user's script, so that a study needs no main guard.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, BinaryIO

import numpy as np

from entente.assessment import MEASURES
from entente.compiled import Floats
from entente.errors import EntenteError
from entente.flights import fly_all
from entente.records import Detections, Flights
from entente.run import Run, at_rung, before_sharing
from entente.scenario.schema import Scenario
from entente.scenario.world import build
from entente.sensing import observe
from entente.tracking import follow


@dataclass(frozen=True)
class Chunk:
    """A job: some seeds of one case, at all rungs of the scenario. The answer is `run_chunk`'s."""

    scenario: Scenario
    case: str
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Rehearsal:
    """A job: compile the tracker. The answer is None."""

    scenario: Scenario
    case: str


def all_rungs(scenario: Scenario, case: str, seed: int) -> dict[int, Run]:
    """One history at every rung of the scenario."""
    beginning = before_sharing(scenario, case, seed)
    return {rung: at_rung(beginning, rung) for rung in scenario.rungs}


def values_of(run: Run) -> Floats:
    """The measures of one history, (measure, party)."""
    return np.array([run.assessment.values[name] for name in MEASURES])


def run_chunk(chunk: Chunk) -> Floats:
    """The measures of a chunk, (measure, rung, party, seed)."""
    histories = [[values_of(run) for run in all_rungs(chunk.scenario, chunk.case, s).values()] for s in chunk.seeds]
    return np.moveaxis(np.array(histories), (0, 1, 2, 3), (3, 1, 0, 2))


def spread(chunks: list[Chunk], workers: int) -> Iterator[tuple[Chunk, Floats]]:
    """Chunks and what was found, in the order of the chunks; here if one worker is enough."""
    if workers == 1 or len(chunks) < 2:
        for chunk in chunks:
            yield chunk, run_chunk(chunk)
        return
    with ExitStack() as stack:
        idle: SimpleQueue[Callable[[Chunk], Floats]] = SimpleQueue()
        for _ in range(min(workers, len(chunks))):
            idle.put(stack.enter_context(worker()))

        def ask(chunk: Chunk) -> Floats:
            one = idle.get()
            try:
                return one(chunk)
            finally:
                idle.put(one)

        with ThreadPoolExecutor(workers) as pool:
            yield from zip(chunks, pool.map(ask, chunks), strict=True)


def compile_on_two_cores(scenario: Scenario, case: str, seed: int) -> None:
    """Compile flight and sensing here while a worker compiles the tracker, which takes as long as all the rest."""
    with worker() as ask, ThreadPoolExecutor(1) as pool:
        tracker = pool.submit(ask, Rehearsal(scenario, case))
        world = build(scenario, case, seed)
        observe(world, fly_all(world))
        tracker.result()


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


@contextmanager
def worker() -> Iterator[Callable[[Chunk | Rehearsal], Any]]:
    """A worker process, as a function from a job to its answer."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from entente.workers import work; work()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    try:
        yield lambda job: _ask(process, job)
    finally:
        process.kill()
        process.communicate()


def _ask(process: "subprocess.Popen[bytes]", job: Chunk | Rehearsal) -> Any:
    if process.stdin is None or process.stdout is None:
        raise EntenteError("a worker process has no pipes")
    try:
        pickle.dump(job, process.stdin)
        process.stdin.flush()
        found = pickle.load(process.stdout)
    except (EOFError, BrokenPipeError) as problem:
        status = process.wait()
        raise EntenteError(f"a worker process ended early, exit status {status}; run with --workers 1") from problem
    if isinstance(found, Exception):
        raise found
    return found


def work(asked: BinaryIO | None = None, answers: BinaryIO | None = None) -> None:
    """What a worker does: take jobs from stdin, put answers on stdout, until there are no more."""
    asked, answers = asked or sys.stdin.buffer, answers or sys.stdout.buffer
    while True:
        try:
            job = pickle.load(asked)
        except EOFError:
            return
        found: object = None
        try:
            if isinstance(job, Rehearsal):
                rehearse(job)
            else:
                found = run_chunk(job)
        except EntenteError as problem:
            found = problem
        pickle.dump(found, answers)
        answers.flush()
