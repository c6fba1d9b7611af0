"""Many histories: cases x rungs x seeds, on all cores, on disk as they come.

What comes before the rung is made once for each (case, seed). Workers are handed chunks of ten seeds; a history depends
on its own key only, so the numbers are the same for any number of workers, and for a study that was stopped and resumed.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import ValidationError

from entente import journal, provenance, store
from entente.chunks import Axes, Found
from entente.compiled import is_warm, mark_warm
from entente.errors import ModelError, StoreError
from entente.journal import FIRST_SEED, Plan
from entente.measures import MEASURES, STRESSED
from entente.run import Run, all_rungs, before_sharing, check_priorities, check_rung
from entente.scenario.load import scenario_hash
from entente.scenario.rows import baseline
from entente.scenario.schema import Scenario, Stress
from entente.scenario.world import AGAIN, find_case
from entente.tolerance import GLANCE, Tolerance, glance, put_together
from entente.workers import Chunk, Sweep, Swept, Whole, compile_on_two_cores, spread

CHUNK = 10  # seeds handed to a worker at a time
SECOND = 5  # one seed in so many has a second history, but
LEAST_SECOND = 10  # at least so many of them
LEAST_STRESSED = 60  # seeds with a history under stress: as many as a verdict needs, and half of all if that is more
NOW_AND_THEN_S = 1.0  # s  between two lines about progress
PASSING = " ..."  # how a line ends that the next one may overwrite
DIMS = ("case", "rung", "party", "seed")

Tell = Callable[[str], None]
Chunks = dict[Axes, Found]
Wholes = dict[tuple[str, int], Run]
Sweeps = list[tuple[Sweep, Swept]]


@dataclass(frozen=True)
class Study:
    """What a study found.

    `data` has dimensions case, rung, party, seed; one variable a measure, nan where it is undefined. `again` has the same
    for the first seeds only: second histories, with the same drawn inputs and other chance, which tell chance apart from
    what the assumptions do. One seed is one draw of all ranged inputs, the same for all cases and rungs.
    """

    scenario: Scenario
    data: xr.Dataset
    again: xr.Dataset
    inputs: xr.DataArray  # seed, input: as drawn, in the units of its key; nan where no case takes it
    baseline: int  # the rung that the agreements in force on the scenario's day amount to
    kept: Wholes = field(repr=False)  # the whole history of the first seed, by case and rung
    provenance: dict[str, Any] = field(repr=False)
    tolerance: Tolerance | None = field(default=None, repr=False)  # of the lead case, at a glance
    # What was computed from it, by question: a copy with other numbers begins anew.
    memo: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)


def explore(
    scenario: Scenario,
    seeds: int | None = None,
    workers: int | None = None,
    tell: Tell | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
) -> Study:
    """Run every case of a scenario at every one of its rungs, and at what was in force on its day, for many seeds.

    Args:
        scenario: as `load` gives it.
        seeds: histories a case and rung; the scenario's own number if None.
        workers: processes; one a core if None.
        tell: is given a line now and then; one that ends in " ..." may be overwritten by the next.
        out: a folder that keeps every chunk as soon as it is found; a study finished there before is read, not run.
        resume: continue what was stopped in that folder.
        force: delete another study that is in that folder.
    Raises:
        UnknownName: a rung that does not exist.
        ModelError: a rung that this version does not run, or no number of seeds or workers.
        Unreachable: a vehicle does not fly as far as its case asks.
        StoreError: the folder holds something else, is being written by another run, or cannot be written.
    """
    if out is None:
        plan, say = plan_of(scenario, seeds), tell or _silent
        return _carried_out(scenario, plan, _processes(workers), say, {}, lambda axes, found: None)
    with explored(scenario, seeds, workers, tell, out, resume, force) as study:
        return study


@contextmanager
def explored(
    scenario: Scenario,
    seeds: int | None,
    workers: int | None,
    tell: Tell | None,
    out: str | Path,
    resume: bool = False,
    force: bool = False,
) -> Iterator[Study]:
    """`explore`, into a folder that stays this process's own until the block ends, so that a report can join the study."""
    count, plan, say = _processes(workers), plan_of(scenario, seeds), tell or _silent
    with store.occupied(Path(out)) as folder:
        journal.begin(folder, plan, resume, force)
        study = _read(folder, scenario, count, say, resume) if store.is_finished(folder) else None
        yield study or _written(folder, scenario, plan, count, say, resume)


def _silent(line: str) -> None:
    """Tell nobody."""


def _processes(workers: int | None) -> int:
    if workers is not None and workers < 1:
        raise ModelError(f"workers: {workers} processes were asked for; at least 1 is needed")
    return workers or os.cpu_count() or 1


def _read(folder: Path, scenario: Scenario, workers: int, say: Tell, mend: bool) -> Study | None:
    """The study that was finished in a folder; None where it is damaged and is to be mended, and is unfinished now."""
    try:
        study = _finished(folder, scenario, workers)
    except StoreError as problem:
        if not mend:
            raise
        say(f"{problem}; it is made again")
        with store.refusing(folder / store.MANIFEST, "cannot be deleted"):
            (folder / store.MANIFEST).unlink()
        return None
    say(f"{folder}: this study is finished; nothing was run again")
    return study


def _written(folder: Path, scenario: Scenario, plan: Plan, workers: int, say: Tell, resume: bool) -> Study:
    """The study, of which a folder holds some chunks, and then all of it."""
    done = journal.kept(folder, plan, say)
    if resume:
        say(f"{len(done)} of {len(plan.chunks())} chunks were there")
    study = _carried_out(scenario, plan, workers, say, done, lambda axes, found: journal.keep(folder, axes, found))
    numbers = store.Numbers(study.data, study.again, study.inputs, study.provenance)
    store.save(numbers, folder, journal.sums_of_all(folder))
    return study


def load_study(folder: str | Path, workers: int | None = None) -> Study:
    """A finished study from its folder; the whole histories of its first seed are made again.

    Raises:
        StoreError: no finished study there, a damaged file, or one made by another version or with other packages,
            whose whole histories this one cannot repeat (`study.nc` is readable all the same).
    """
    home, count = Path(folder), _processes(workers)
    plan = journal.read_plan(home)
    _refuse_other(home, plan, replace(plan, **_program()))  # first: another version's scenario may have other keys
    try:
        scenario = Scenario.model_validate_json(journal.scenario_text(plan))
    except ValidationError as problem:
        raise StoreError(
            f"{home / store.PLAN}: is damaged, scenario {journal.first_mistake(problem)}; begin again with --force"
        ) from problem
    _refuse_other(home, plan, plan_of(scenario, plan.seeds))
    return _finished(home, scenario, count)


def _refuse_other(folder: Path, there: Plan, now: Plan) -> None:
    other = journal.differences(there, now)
    if other:
        raise StoreError(
            f"{folder}: was made otherwise than this version would: {'; '.join(other)}; "
            f"run it again, or read {folder / store.NUMBERS} as it is"
        )


def plan_of(scenario: Scenario, seeds: int | None = None) -> Plan:
    """Everything that decides what `explore` will find."""
    count = scenario.seeds if seeds is None else seeds
    if not 1 <= count < AGAIN - FIRST_SEED:
        raise ModelError(f"seeds: {count} histories were asked for; at least 1 is needed, and fewer than {AGAIN}")
    rungs = sorted({*scenario.rungs, baseline(scenario.epoch.date(), scenario.ladder)})
    for rung in rungs:
        check_rung(scenario, rung)
    check_priorities(scenario)
    return Plan(
        **_program(),
        scenario=scenario.model_dump(mode="json"),
        scenario_hash=scenario_hash(scenario),
        cases=[case.name for case in scenario.cases],
        rungs=rungs,
        seeds=count,
        again=min(count, max(LEAST_SECOND, count // SECOND)),
        stressed=0 if scenario.stress != Stress() else min(count, max(LEAST_STRESSED, count // 2)),
        seeds_a_chunk=CHUNK,
        measures=[*MEASURES, *STRESSED],
    )


def _program() -> dict[str, Any]:
    """The part of a plan that is the same for every scenario."""
    return {
        "version": provenance.version(),
        "code": provenance.code_hash(),
        "packages": provenance.packages(),
        "findings_hash": provenance.findings_hash(),
    }


def _carried_out(
    scenario: Scenario, plan: Plan, workers: int, say: Tell, done: Chunks, keep: Callable[[Axes, Found], None]
) -> Study:
    """The study, of which some chunks may be done."""
    began = time.perf_counter()
    commit = provenance.commit()  # before the run: the files may change while it goes on
    if not is_warm():
        _compile(scenario, plan, workers, say)
    found, wholes, swept = _histories(scenario, plan, workers, say, done, keep)
    made = _provenance(scenario, plan, commit, workers, time.perf_counter() - began)
    return _study(scenario, plan, found, wholes, made, swept)


def _compile(scenario: Scenario, plan: Plan, workers: int, say: Tell) -> None:
    began = time.perf_counter()
    say(f"compiling the models, once on this machine: about a minute{PASSING}")
    case = scenario.cases[0].name
    if workers > 1:
        compile_on_two_cores(scenario, case, FIRST_SEED)
    all_rungs(before_sharing(scenario, case, FIRST_SEED), plan.rungs)
    mark_warm()
    say(f"compiled in {time.perf_counter() - began:.0f} s")


def _histories(
    scenario: Scenario, plan: Plan, workers: int, say: Tell, done: Chunks, keep: Callable[[Axes, Found], None]
) -> tuple[Chunks, Wholes, Sweeps]:
    """Run what is not done, the long jobs first; what is found is kept at once."""
    chunks = [Chunk(scenario, axes) for axes in plan.chunks()]
    rest = sorted((one for one in chunks if one.axes not in done), key=lambda one: (one.axes.seeds[0], -_work(one)))
    jobs: list[Chunk | Whole | Sweep] = [*_made_again(scenario, plan), *rest]
    found, wholes, swept = dict(done), Wholes(), Sweeps()
    before, asked, made = (sum(_work(one) for one in chunks if one.axes in done), sum(map(_work, jobs)), 0.0)
    began = told = time.perf_counter()
    with closing(spread(jobs, workers)) as answers:
        for job, answer in answers:
            made += _work(job)
            if isinstance(job, Whole):
                wholes |= {(job.case, rung): run for rung, run in answer.items()}
            elif isinstance(job, Sweep):
                swept.append((job, answer))
            else:
                keep(job.axes, answer)
                found[job.axes] = answer
            now = time.perf_counter()
            if now - told > NOW_AND_THEN_S and made < asked:
                told = now
                share, left = (before + made) / (before + asked), (now - began) / made * (asked - made)
                say(f"{share:.0%}, {len(found)} of {len(chunks)} chunks, about {_duration(left)} left{PASSING}")
    say(f"100%, {len(found)} of {len(chunks)} chunks, {_duration(time.perf_counter() - began)}")
    return found, wholes, swept


def _made_again(scenario: Scenario, plan: Plan) -> list[Whole | Sweep]:
    """The jobs whose answers no file keeps: they are made again when a study is read."""
    return [*_whole_jobs(scenario, plan), *glance(scenario, plan.rungs, plan.seeds)]


def _whole_jobs(scenario: Scenario, plan: Plan) -> list[Whole]:
    """One history a case; the long ones first, so that no worker is left waiting for one at the end."""
    cases = sorted(scenario.cases, key=lambda case: -case.launches)
    return [Whole(scenario, case.name, tuple(plan.rungs), FIRST_SEED) for case in cases]


def _work(job: Chunk | Whole | Sweep) -> float:
    """About how long a job takes; a launch takes about as long as all that is there without one."""
    if isinstance(job, Sweep):  # six stresses take as long as a history at all rungs
        return (1.0 + find_case(job.scenario, job.case).launches) * len(job.seeds) * len(job.stresses) / 6.0
    case, histories = (job.axes.case, len(job.axes.seeds) + job.axes.again) if isinstance(job, Chunk) else (job.case, 1)
    return (1.0 + find_case(job.scenario, case).launches) * histories


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _finished(folder: Path, scenario: Scenario, workers: int) -> Study:
    """The study that was finished in a folder, with its whole histories made again."""
    there, plan = store.load(folder), journal.read_plan(folder)
    with closing(spread(_made_again(scenario, plan), workers)) as answers:
        made = list(answers)
    kept = {(job.case, rung): run for job, runs in made if isinstance(job, Whole) for rung, run in runs.items()}
    swept = [pair for pair in made if isinstance(pair[0], Sweep)]
    day = baseline(scenario.epoch.date(), scenario.ladder)
    return Study(
        scenario, there.data, there.again, there.inputs, day, kept, there.provenance, _tolerance(scenario, swept)
    )


def _tolerance(scenario: Scenario, swept: Sweeps) -> Tolerance | None:
    return put_together(scenario, GLANCE, swept) if swept else None


def _study(scenario: Scenario, plan: Plan, found: Chunks, kept: Wholes, made: dict[str, Any], swept: Sweeps) -> Study:
    """The chunks put together."""
    shape = (len(plan.measures), len(plan.cases), len(plan.rungs), len(scenario.parties))
    values, again = np.full((*shape, plan.seeds), np.nan), np.full((*shape, plan.again), np.nan)
    names = sorted({name for one in found.values() for name in one.inputs})
    inputs = np.full((plan.seeds, len(names)), np.nan)
    for axes, one in found.items():
        case, at = plan.cases.index(axes.case), axes.seeds[0] - FIRST_SEED
        values[:, case, :, :, at : at + len(axes.seeds)] = one.values
        again[:, case, :, :, at : at + axes.again] = one.again
        for name, drawn in one.inputs.items():
            inputs[at : at + len(axes.seeds), names.index(name)] = drawn
    seeds = np.arange(FIRST_SEED, FIRST_SEED + plan.seeds)
    return Study(
        scenario,
        _dataset(scenario, plan, values, seeds),
        _dataset(scenario, plan, again, seeds[: plan.again]),
        xr.DataArray(inputs, {"seed": seeds, "input": np.array(names, dtype=object)}, ("seed", "input")),
        baseline(scenario.epoch.date(), scenario.ladder),
        {(case, rung): kept[case, rung] for case in plan.cases for rung in plan.rungs},
        made,
        _tolerance(scenario, swept),
    )


def _dataset(scenario: Scenario, plan: Plan, values: np.ndarray[Any, Any], seeds: np.ndarray[Any, Any]) -> xr.Dataset:
    coords = {
        "case": plan.cases,
        "rung": plan.rungs,
        "party": [party.name for party in scenario.parties],
        "seed": seeds,
    }
    data = xr.Dataset({name: (DIMS, values[i]) for i, name in enumerate(plan.measures)}, coords)
    for name, measure in (MEASURES | STRESSED).items():
        said = asdict(measure)
        data[name].attrs = {"long_name": said.pop("title"), "units": said.pop("unit"), **said}
    return data


def _provenance(scenario: Scenario, plan: Plan, commit: str, workers: int, seconds: float) -> dict[str, Any]:
    """Where the numbers come from: what must be known to make them again."""
    return {
        "scenario": scenario.title,
        "scenario_hash": plan.scenario_hash,
        "findings_hash": plan.findings_hash,
        "version": plan.version,
        "commit": commit,
        "lock_hash": provenance.lock_hash(plan.packages),
        "seeds": plan.seeds,
        "histories": plan.seeds * len(plan.rungs) * len(plan.cases),
        "second_histories": plan.again * len(plan.rungs) * len(plan.cases),
        "inputs": scenario.inputs,
        "workers": workers,
        "seconds": round(seconds, 1),
    }
