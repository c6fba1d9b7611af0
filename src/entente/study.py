"""Many histories: cases x rungs x seeds, on all cores.

What comes before the rung is made once for each (case, seed). Workers are plain processes that are handed chunks of ten
seeds; a history depends on its own key only, so the numbers are the same for any number of workers.
"""

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

import numpy as np
import xarray as xr

from entente.assessment import MEASURES
from entente.compiled import Floats, is_warm
from entente.errors import EntenteError, ModelError
from entente.run import Run, at_rung, before_sharing, check_rung
from entente.scenario.load import scenario_hash
from entente.scenario.schema import Scenario

CHUNK = 10  # seeds handed to a worker at a time
FIRST_SEED = 1

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Study:
    """What a study found. `data` has dimensions case, rung, party, seed; one variable a measure."""

    scenario: Scenario
    data: xr.Dataset
    kept: dict[tuple[str, int], Run] = field(repr=False)  # the whole history of the first seed, by case and rung
    provenance: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class _Chunk:
    scenario: Scenario
    case: str
    rungs: tuple[int, ...]
    seeds: tuple[int, ...]


def explore(
    scenario: Scenario, seeds: int | None = None, workers: int | None = None, tell: Tell | None = None
) -> Study:
    """Run every case of a scenario at every one of its rungs, for many seeds.

    Args:
        scenario: as `load` gives it.
        seeds: histories a case and rung; the scenario's own number if None.
        workers: processes; one a core if None.
        tell: is given a line now and then about progress.
    Raises:
        UnknownName: a rung that this version does not run.
        Unreachable: a vehicle does not fly as far as its case asks.
    """
    say = tell or (lambda _: None)
    began = time.perf_counter()
    count = scenario.seeds if seeds is None else seeds
    if count < 1:
        raise ModelError(f"seeds: {count} histories were asked for; at least 1 is needed")
    workers = workers or os.cpu_count() or 1
    for rung in scenario.rungs:
        check_rung(rung)
    cold = not is_warm()
    if cold:
        say("compiling the models, once on this machine: about 20 s on an idle core")
    kept = {
        (case.name, rung): run
        for case in scenario.cases
        for rung, run in _all_rungs(scenario, case.name, FIRST_SEED).items()
    }
    if cold:
        say(f"compiled in {time.perf_counter() - began:.0f} s")
    names = [case.name for case in scenario.cases]
    shape = (len(MEASURES), len(names), len(scenario.rungs), len(scenario.parties), count)
    values = np.full(shape, np.nan)
    rest = range(FIRST_SEED + 1, FIRST_SEED + count)
    chunks = [
        _Chunk(scenario, name, tuple(scenario.rungs), tuple(rest[i : i + CHUNK]))
        for name in names
        for i in range(0, len(rest), CHUNK)
    ]
    for (name, rung), run in kept.items():
        values[:, names.index(name), scenario.rungs.index(rung), :, 0] = _values(run)
    running = time.perf_counter()
    for done, (chunk, found) in enumerate(_spread(chunks, workers), start=1):
        at = chunk.seeds[0] - FIRST_SEED
        values[:, names.index(chunk.case), :, :, at : at + len(chunk.seeds)] = found
        say(f"{done} of {len(chunks)} chunks, {_left(running, done, len(chunks))}")
    data = _dataset(scenario, names, values, count)
    return Study(scenario, data, kept, _provenance(scenario, count, workers, time.perf_counter() - began))


def _all_rungs(scenario: Scenario, case: str, seed: int) -> dict[int, Run]:
    """One history at every rung of the scenario."""
    beginning = before_sharing(scenario, case, seed)
    return {rung: at_rung(beginning, rung) for rung in scenario.rungs}


def _values(run: Run) -> Floats:
    """The measures of one history, (measure, party)."""
    return np.array([run.assessment.values[name] for name in MEASURES])


def _run_chunk(chunk: _Chunk) -> Floats:
    """The measures of a chunk, (measure, rung, party, seed)."""
    histories = [[_values(run) for run in _all_rungs(chunk.scenario, chunk.case, s).values()] for s in chunk.seeds]
    return np.moveaxis(np.array(histories), (0, 1, 2, 3), (3, 1, 0, 2))


def _spread(chunks: list[_Chunk], workers: int) -> Iterator[tuple[_Chunk, Floats]]:
    """Chunks and what was found, in the order of the chunks; here if one worker is enough."""
    if workers == 1 or len(chunks) < 2:
        for chunk in chunks:
            yield chunk, _run_chunk(chunk)
        return
    with ExitStack() as stack:
        idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for _ in range(min(workers, len(chunks))):
            idle.put(stack.enter_context(_process()))

        def ask(chunk: _Chunk) -> Floats:
            process = idle.get()
            try:
                return _ask(process, chunk)
            finally:
                idle.put(process)

        with ThreadPoolExecutor(workers) as pool:
            yield from zip(chunks, pool.map(ask, chunks), strict=True)


@contextmanager
def _process() -> Iterator["subprocess.Popen[bytes]"]:
    """A worker: a fresh interpreter that runs `work`. Unlike multiprocessing's, it does not import the user's script."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from entente.study import work; work()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _ask(process: "subprocess.Popen[bytes]", chunk: _Chunk) -> Floats:
    """Have a worker run a chunk."""
    if process.stdin is None or process.stdout is None:
        raise EntenteError("a worker process has no pipes")
    try:
        pickle.dump(chunk, process.stdin)
        process.stdin.flush()
        found = pickle.load(process.stdout)
    except (EOFError, BrokenPipeError) as problem:
        raise EntenteError(
            f"a worker process ended early (exit status {process.wait()}); run with --workers 1"
        ) from problem
    if isinstance(found, Exception):
        raise found
    return found


def work(asked: BinaryIO | None = None, answers: BinaryIO | None = None) -> None:
    """What a worker does: take chunks from stdin, put what was found on stdout, until there are no more."""
    asked, answers = asked or sys.stdin.buffer, answers or sys.stdout.buffer
    while True:
        try:
            chunk = pickle.load(asked)
        except EOFError:
            return
        try:
            found: Floats | Exception = _run_chunk(chunk)
        except EntenteError as problem:
            found = problem
        pickle.dump(found, answers)
        answers.flush()


def _left(began: float, done: int, total: int) -> str:
    seconds = (time.perf_counter() - began) / done * (total - done)
    return "done" if done == total else f"about {seconds:.0f} s left"


def _dataset(scenario: Scenario, names: list[str], values: Floats, count: int) -> xr.Dataset:
    dims = ("case", "rung", "party", "seed")
    data = xr.Dataset(
        {name: (dims, values[i]) for i, name in enumerate(MEASURES)},
        coords={
            "case": names,
            "rung": list(scenario.rungs),
            "party": [party.name for party in scenario.parties],
            "seed": np.arange(FIRST_SEED, FIRST_SEED + count),
        },
    )
    for name, measure in MEASURES.items():
        data[name].attrs = {"long_name": measure.title, "units": measure.unit, "better": measure.better}
    return data


def _provenance(scenario: Scenario, count: int, workers: int, seconds: float) -> dict[str, Any]:
    """Where the numbers come from: what must be known to make them again."""
    try:
        release = version("entente")
    except PackageNotFoundError:
        release = "unknown"
    return {
        "scenario": scenario.title,
        "scenario_hash": scenario_hash(scenario),
        "version": release,
        "commit": _commit(),
        "seeds": count,
        "histories": count * len(scenario.rungs) * len(scenario.cases),
        "inputs": scenario.inputs,
        "workers": workers,
        "seconds": round(seconds, 1),
    }


def _commit() -> str:
    """The git commit of a checkout, marked if files differ from it; "none" for an installed package."""
    here = Path(__file__).parent
    try:
        git = subprocess.run(
            ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return git.stdout.strip() or "none"
