"""How long ambiguous events take: all shipped ones at every rung, with two hundred seeds, and the mistakes of a year.

`python bench/events.py [--quick]`. At most 120 s for twelve events are asked. Imports and compilation are excluded.
"""

import argparse
import statistics
import time

import entente as en

ROUNDS, SEEDS, FEW = 3, 200, 40
MOST_S = 120.0


def main() -> None:
    """All events, a few times."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true", help="a fifth of the seeds")
    seeds = FEW if asked.parse_args().quick else SEEDS
    en.events(rungs=(0,), seeds=2)
    taken = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        found = en.events(seeds=seeds + number)  # another number each time, so that nothing is remembered
        taken.append(time.perf_counter() - start)
    rungs = len({rung for rung, _ in found.mistakes})
    print(f"{len(found.accounts)} events x {rungs} rungs x {seeds} seeds, both sides; at most {MOST_S:g} s")
    print(f"{statistics.median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})")
    if max(taken) > MOST_S:
        raise SystemExit("too slow")


if __name__ == "__main__":
    main()
