"""How long first-strike stability takes: many indices with their optimum, and Sobol's indices, beside plain NumPy.

`python bench/stability.py [--quick]`. Both ways get the same drawn pairs of forces, are found to say the same, and then
alternate. NumPy tries 161 splits and refines none, which is less work than ours; it works on one core, ours on all of them.
Compilation is excluded.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count

import numpy as np
from plain.stability import index as plain_index

import entente as en
from entente.questions.sensitivity import index_of, sobol
from entente.questions.sides import PLACES, Force
from entente.strategy import stability as kernels

ROUNDS, FEW_ROUNDS = 3, 2
INDICES, SAMPLES = 1_000_000, 4_096
ALIKE = 0.02  # of an index: half a step of the comb that NumPy tries may cost so much
SHARE_ALIKE = 0.99
PIECE = 10_000  # pairs that a thread takes at a time
BOUNDS = {  # of each side: ten inputs, twenty together
    "fixed_warheads": (200, 1_500),
    "fixed_vehicles": (100, 500),
    "survivable_warheads": (300, 1_500),
    "kill_per_weapon": (0.3, 0.9),
    "reliability": (0.7, 0.95),
    "value_w80": (150, 1_500),
    "defence_cities": (0, 300),
    "defence_forces": (0, 300),
    "lua_share": (0, 0.5),
    "alert": (0.2, 0.95),
}


def drawn(count: int, seed: int) -> np.ndarray:
    """Rows of so many sides, the ten inputs uniform between their bounds."""
    draws, rows = np.random.default_rng(seed), np.tile(Force().row(), (count, 1))
    for name, (low, high) in BOUNDS.items():
        rows[:, place(name)] = draws.uniform(low, high, count)
    return rows


def place(name: str) -> int:
    """Where a field of a force stands in its row."""
    return int(getattr(kernels, PLACES[name].upper()))


def ours(rows_a: np.ndarray, rows_b: np.ndarray) -> np.ndarray:
    """The index of many pairs, in threads."""
    out = np.empty(len(rows_a))

    def part(start: int) -> None:
        piece = slice(start, start + PIECE)
        out[piece] = index_of(rows_a[piece], rows_b[piece], "exponential")

    with ThreadPoolExecutor(cpu_count()) as pool:
        list(pool.map(part, range(0, len(rows_a), PIECE)))
    return out


def of_both(index: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """An index as a function of the twenty inputs, as Sobol's method varies them."""
    places, half = [place(name) for name in BOUNDS], len(BOUNDS)

    def number(inputs: np.ndarray) -> np.ndarray:
        rows_a, rows_b = (np.tile(Force().row(), (len(inputs), 1)) for _ in range(2))
        rows_a[:, places], rows_b[:, places] = inputs[:, :half], inputs[:, half:]
        return index(rows_a, rows_b)

    return number


def seconds(act: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def spread(values: list[float]) -> str:
    """Median and range of values."""
    return f"{statistics.median(values):7.2f}  ({min(values):.2f} to {max(values):.2f})"


def compare(name: str, most: float, mine: Callable[[], object], plain: Callable[[], object], rounds: int) -> None:
    """Alternate between both ways; print medians, spreads and how many times faster ours is."""
    print(f"\n{name}; at most {most:g} s")
    taken = [(seconds(mine), seconds(plain)) for _ in range(rounds)]
    print(f"{'ours, s':14s} {spread([a for a, _ in taken])}")
    print(f"{'NumPy, s':14s} {spread([b for _, b in taken])}")
    print(f"{'NumPy / ours':14s} {spread([b / a for a, b in taken])}")


def main() -> None:
    """Both parts, one after the other."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true", help="a tenth of the work")
    quick = asked.parse_args().quick
    count, samples, rounds = (INDICES // 10, SAMPLES // 8, FEW_ROUNDS) if quick else (INDICES, SAMPLES, ROUNDS)
    rows_a, rows_b = drawn(count, 1), drawn(count, 2)
    few = slice(0, 20_000)
    apart = np.abs(ours(rows_a[few], rows_b[few]) - plain_index(rows_a[few], rows_b[few]))  # compiles, too
    if (apart < ALIKE).mean() < SHARE_ALIKE:
        raise SystemExit("both ways do not say the same")
    print(f"{np.median(apart):.1e} apart in the median of the index, {(apart < ALIKE).mean():.2%} within {ALIKE}")
    compare(
        f"{count:,} first-strike indices, each with two best splits",
        10.0,
        lambda: ours(rows_a, rows_b),
        lambda: plain_index(rows_a, rows_b),
        rounds,
    )
    bounds = {f"{side}.{name}": ends for side in "ab" for name, ends in BOUNDS.items()}
    found: list[en.Sobol] = []

    def indices(index: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[], object]:
        return lambda: found.append(sobol(bounds, of_both(index), samples))

    compare(
        f"Sobol's indices of {len(bounds)} inputs, {samples:,} samples",
        5.0,
        indices(ours),
        indices(plain_index),
        rounds,
    )
    print("most matters: " + ", ".join(f"{name} {total:.2f}" for name, _, total in found[0].ranked()[:3]))


if __name__ == "__main__":
    main()
