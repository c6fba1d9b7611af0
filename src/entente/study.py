"""Many histories: cases x rungs x seeds, on all cores.

What comes before the rung is made once for each (case, seed). Workers are handed chunks of ten seeds; a history depends
on its own key only, so the numbers are the same for any number of workers.
"""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from entente.assessment import MEASURES
from entente.compiled import Floats, is_warm
from entente.errors import ModelError
from entente.run import Run, check_rung
from entente.scenario.load import scenario_hash
from entente.scenario.schema import Scenario
from entente.workers import Chunk, all_rungs, compile_on_two_cores, spread, values_of

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
        check_rung(scenario, rung)
    cold = not is_warm("follow_scans")
    if cold:
        say("compiling the models, once on this machine: about 20 s")
        if workers > 1:
            compile_on_two_cores(scenario, scenario.cases[0].name, FIRST_SEED)
    kept = {
        (case.name, rung): run
        for case in scenario.cases
        for rung, run in all_rungs(scenario, case.name, FIRST_SEED).items()
    }
    if cold:
        say(f"compiled in {time.perf_counter() - began:.0f} s")
    names = [case.name for case in scenario.cases]
    shape = (len(MEASURES), len(names), len(scenario.rungs), len(scenario.parties), count)
    values = np.full(shape, np.nan)
    rest = range(FIRST_SEED + 1, FIRST_SEED + count)
    chunks = [Chunk(scenario, name, tuple(rest[i : i + CHUNK])) for name in names for i in range(0, len(rest), CHUNK)]
    for (name, rung), run in kept.items():
        values[:, names.index(name), scenario.rungs.index(rung), :, 0] = values_of(run)
    running = time.perf_counter()
    for done, (chunk, found) in enumerate(spread(chunks, workers), start=1):
        at = chunk.seeds[0] - FIRST_SEED
        values[:, names.index(chunk.case), :, :, at : at + len(chunk.seeds)] = found
        say(f"{done} of {len(chunks)} chunks, {_left(running, done, len(chunks))}")
    data = _dataset(scenario, names, values, count)
    return Study(scenario, data, kept, _provenance(scenario, count, workers, time.perf_counter() - began))


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
