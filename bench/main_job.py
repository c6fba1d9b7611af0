"""What the main job costs: time a history, each stage's share, cold and warm wall time, memory, and whether it is linear.

`python bench/main_job.py [SCENARIO] [--seeds N] [--parts stages,linear,warm,cold]` takes `europe-2013` and 100 seeds.
Stages are measured in processor time, which other programs on the machine disturb least; whole studies by the wall
clock, each in a process of its own with its own peak memory. `--study` is that process.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import wraps
from inspect import isfunction

STAGE_SEEDS = range(2, 5)
LINEAR_SEEDS, REPEATS = (10, 20), 2
PARTS = ("stages", "linear", "warm", "cold")


def study(name, seeds, copies):
    """Run a study of every case and of so many copies of it, into a folder that is thrown away; print what it took."""
    import entente as en

    began = time.perf_counter()
    scenario = en.load(name)
    cases = [case.model_copy(update={"name": f"{case.name}-{i}"}) for i in range(copies) for case in scenario.cases]
    scenario = scenario.model_copy(update={"cases": cases})
    told = []
    with tempfile.TemporaryDirectory() as out:
        found = en.explore(scenario, seeds, tell=lambda line: told.append((time.perf_counter() - began, line)), out=out)
    took = {
        "processor_s": sum(
            sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ),
        "compiled_s": max((when for when, line in told if line.startswith("compiled")), default=0.0),
        "parent_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        "worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3,
        "workers": found.provenance["workers"],
        "histories": found.provenance["histories"] + found.provenance["second_histories"],
    }
    sys.stdout.write(json.dumps(took))


def in_child(name, seeds, copies=1, **environment):
    """What `study` prints in a process of its own, and the wall time of all of it."""
    words = [sys.executable, __file__, name, "--study", "--seeds", str(seeds), "--copies", str(copies)]
    began = time.perf_counter()
    done = subprocess.run(words, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "wall_s": time.perf_counter() - began}


def timed(function, spent):
    """The function, which adds its processor time to that of its module."""
    label = function.__module__.removeprefix("entente.")

    @wraps(function)
    def measured(*args, **kwargs):
        begin = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[label] += time.process_time() - begin

    return measured


def stages(name):
    """Processor time of every stage in every case, one history at all rungs."""
    import entente as en
    from entente import run
    from entente.study import plan_of

    scenario = en.load(name)
    rungs = plan_of(scenario).rungs
    for case in scenario.cases:
        run.all_rungs(run.before_sharing(scenario, case.name, 1), rungs)  # compile, or load what is compiled
    spent = defaultdict(float)
    for key, function in list(vars(run).items()):
        if isfunction(function) and function.__module__ != run.__name__:
            setattr(run, key, timed(function, spent))
    by_stage, whole = defaultdict(float), 0.0
    print(f"one history at rungs {', '.join(map(str, rungs))}: processor ms, mean of {len(STAGE_SEEDS)} seeds")
    for case in scenario.cases:
        spent.clear()
        taken = []
        for seed in STAGE_SEEDS:
            begin = time.process_time()
            run.all_rungs(run.before_sharing(scenario, case.name, seed), rungs, story=False)
            taken.append(time.process_time() - begin)
        whole += sum(taken)
        for label, seconds in spent.items():
            by_stage[label] += seconds
        print(
            f"{case.name:28s} {1e3 * statistics.mean(taken):8.1f} ms  ({1e3 * min(taken):.1f} to {1e3 * max(taken):.1f})"
        )
    each = whole / len(STAGE_SEEDS) / len(scenario.cases)
    print(f"{'mean of the cases':28s} {1e3 * each:8.1f} ms, {1e3 * each / len(rungs):.1f} ms a rung\n")
    for label, seconds in sorted(by_stage.items(), key=lambda item: -item[1]):
        print(f"{label:28s} {seconds / whole:8.1%}")
    print()


def linear(name):
    """Twice the seeds, every case twice: processor time of all processes, over what is due in proportion.

    What a study of one seed takes is left out of it: starting the processes and the whole histories.
    """
    begin, double = LINEAR_SEEDS
    pairs = {"seeds": ((begin, 1), (double, 1)), "cases": ((begin, 1), (begin, 2))}
    for what, sizes in pairs.items():
        ratios = []
        for _ in range(REPEATS):
            first = [in_child(name, 1, copies) for _, copies in sizes]
            both = [in_child(name, *size) for size in sizes]
            time_ratio, work_ratio = (
                (both[1][key] - first[1][key]) / (both[0][key] - first[0][key]) for key in ("processor_s", "histories")
            )
            ratios.append(time_ratio / work_ratio)
        low, high = min(ratios), max(ratios)
        print(f"twice the {what}: {statistics.median(ratios):.2f} of the time that is due  ({low:.2f} to {high:.2f})")
    print()


def whole(label, took):
    """One line about a whole study."""
    memory = took["parent_mb"] + took["workers"] * took["worker_mb"]
    compiled = f", of which compiling {took['compiled_s']:.0f} s" if took["compiled_s"] else ""
    print(f"{label}: {took['wall_s']:.0f} s{compiled}")
    print(f"  {took['histories']:,} histories with the second ones, {took['processor_s']:.0f} s of processor time")
    print(
        f"  peak memory {memory:,.0f} MB: parent {took['parent_mb']:,.0f}, "
        f"{took['workers']} workers of {took['worker_mb']:,.0f} at most"
    )


def main():
    """Print what was asked for, all of it by default."""
    asked = argparse.ArgumentParser()
    asked.add_argument("scenario", nargs="?", default="europe-2013")
    asked.add_argument("--seeds", type=int, default=100)
    asked.add_argument("--copies", type=int, default=1)
    asked.add_argument("--parts", default=",".join(PARTS))
    asked.add_argument("--study", action="store_true")
    given = asked.parse_args()
    if given.study:
        study(given.scenario, given.seeds, given.copies)
        return
    parts = given.parts.split(",")
    if "stages" in parts:
        stages(given.scenario)
    if "linear" in parts:
        linear(given.scenario)
    if "warm" in parts:
        whole(f"{given.scenario}, {given.seeds} seeds, warm", in_child(given.scenario, given.seeds))
    if "cold" in parts:
        with tempfile.TemporaryDirectory() as cache:
            took = in_child(given.scenario, given.seeds, NUMBA_CACHE_DIR=cache)
        whole(f"{given.scenario}, {given.seeds} seeds, nothing compiled", took)


if __name__ == "__main__":
    main()
