"""How long one history takes, and each stage's share of it; and what the first history costs where nothing is compiled.

`python bench/main_job.py` takes the shipped scenario, twenty seeds at rungs 0, 2 and 4, in this process, without
workers. The cold start runs in a child with an empty cache folder. `--cold` is that child.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager

CASE, RUNGS, SEEDS = "mrbm-central-europe", (0, 2, 4), range(1, 21)


def cold():
    """Seconds to import, and to make the first history and the second."""
    begin = time.perf_counter()
    from entente.run import simulate
    from entente.scenario.load import load

    imported = time.perf_counter()
    scenario = load("europe-2013")
    simulate(scenario, CASE, 4, 1)
    first = time.perf_counter()
    simulate(scenario, CASE, 4, 2)
    print(imported - begin, first - imported, time.perf_counter() - first)


def in_child(cache):
    """What `cold` prints in a process of its own with that cache folder."""
    done = subprocess.run(
        [sys.executable, __file__, "--cold"],
        env={**os.environ, "NUMBA_CACHE_DIR": cache},
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(word) for word in done.stdout.split()]


def warm():
    """Milliseconds of every stage in every history: name -> one entry a history (all rungs together)."""
    from entente.assessment import assess
    from entente.defence import defend
    from entente.flights import fly_all
    from entente.fusing import join
    from entente.run import simulate
    from entente.scenario.load import load
    from entente.scenario.world import build
    from entente.sensing import observe
    from entente.sharing import share
    from entente.tracking import follow

    scenario = load("europe-2013")
    for rung in RUNGS:
        simulate(scenario, CASE, rung, 1)  # compile or load what is compiled
    taken = defaultdict(list)

    @contextmanager
    def timed(stage, spent):
        begin = time.perf_counter()
        yield
        spent[stage] += 1e3 * (time.perf_counter() - begin)

    for seed in SEEDS:
        spent = defaultdict(float)
        with timed("build", spent):
            world = build(scenario, CASE, seed)
        with timed("fly_all", spent):
            flights = fly_all(world)
        with timed("observe", spent):
            detections = observe(world, flights)
        with timed("follow", spent):
            national = follow(world, flights, detections)
        for rung in RUNGS:
            with timed("share", spent):
                shared = share(world, national, rung)
            with timed("join", spent):
                picture = join(world, national, shared, rung)
            with timed("defend", spent):
                outcome = defend(world, flights, picture)
            with timed("assess", spent):
                assess(world, flights, national, picture, outcome)
        for stage, ms in spent.items():
            taken[stage].append(ms)
    return taken


def main():
    """Print a table of stages, then the cold start."""
    taken = warm()
    whole = [sum(row) for row in zip(*taken.values(), strict=True)]
    print(f"one history at rungs {RUNGS}: median of {len(whole)} seeds (least to most)")
    for stage, ms in [*taken.items(), ("together", whole)]:
        share = sum(ms) / sum(whole)
        print(f"{stage:10s} {statistics.median(ms):8.1f} ms  ({min(ms):.1f} to {max(ms):.1f})  {share:6.1%}")
    print(f"100 seeds at {len(RUNGS)} rungs in one process: {100 * statistics.mean(whole) / 1e3:.0f} s")
    with tempfile.TemporaryDirectory() as cache:
        for name in ("nothing compiled", "compiled before"):
            imported, first, second = in_child(cache)
            print(f"{name}: import {imported:.1f} s, first history {first:.1f} s, second {second:.2f} s")


if __name__ == "__main__":
    cold() if "--cold" in sys.argv[1:] else main()
