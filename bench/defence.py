"""How long defences take: raids shot by shot, raid curves and footprints, beside the same work in plain NumPy.

`python bench/defence.py [--quick]`. Every part does the same work twice, compiled and in plain NumPy, finds that both say the
same, and then alternates between them; NumPy draws from its own generator and works on one core, the compiled histories on
all of them: wall times are what a user waits, processor times what it costs. Compilation is excluded.
"""

import argparse
import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from plain.footprint import covered

import entente as en
from entente.physics.covering import Rule, toward_many
from entente.questions import cells
from entente.questions.fan import fan
from entente.questions.footprint import DETECTIONS, cover, line_of, nominal_world, radars_of
from entente.strategy.attrition import salvos

ROUNDS, FEW_ROUNDS = 5, 3
STOCK, K, TRACK, SHOTS = 200, 0.6, 0.9, 2  # of the raid of a hundred objects
CURVE_STOCK, CURVE_SHOTS, LARGEST = 44, 4, 2_000
BATCH = 10_000  # histories that NumPy draws at a time
CELLS_ALIKE = 0.999  # share of cells on which both ways of counting a footprint must agree
ERRORS = 5.0  # standard errors within which both must agree


class Part(NamedTuple):
    """One thing that is timed: its name, how long it may take [s], both ways to do it, and whether they say the same."""

    name: str
    most: float
    ours: Callable[[], object]
    plain: Callable[[], object]
    agree: Callable[[object, object], bool]


def plain_raid(histories: int, objects: int) -> np.ndarray:
    """Number of histories with so many leakers, every shot drawn, by NumPy."""
    draws, counts = np.random.default_rng(1), np.zeros(objects + 1, np.int64)
    for first in range(0, histories, BATCH):
        many = min(BATCH, histories - first)
        stopped = np.zeros((many, objects), bool)
        for _ in range(STOCK // objects):
            stopped |= draws.random((many, objects)) < K
        stopped &= draws.random((many, objects)) < TRACK
        counts += np.bincount(objects - stopped.sum(axis=1), minlength=objects + 1)
    return counts


def plain_curve(histories: int) -> np.ndarray:
    """Warheads stopped on the average by size of raid, every object's shots drawn once a history, by NumPy."""
    draws, total = np.random.default_rng(1), np.zeros(LARGEST)
    shots = [shots_at(size) for size in range(1, LARGEST + 1)]
    for first in range(0, histories, BATCH):
        many = min(BATCH, histories - first)
        needed = 1.0 + np.floor(np.log(draws.random((many, CURVE_STOCK))) / math.log1p(-K))
        needed[draws.random((many, CURVE_STOCK)) >= TRACK] = np.inf
        for size, given in enumerate(shots):
            total[size] += (needed[:, : len(given)] <= given).sum()
    return total / histories


def shots_at(size: int) -> np.ndarray:
    """Shots at each object engaged: as many as planned, what is left over spread evenly."""
    engaged = [(count, n) for count, n in salvos(size, CURVE_STOCK, CURVE_SHOTS) if n]
    return np.repeat([n for _, n in engaged], [count for count, _ in engaged])


def raid_part(histories: int) -> Part:
    """10^6 histories of a raid of a hundred objects."""
    objects = 100

    def agree(ours: en.Raid, counts: np.ndarray) -> bool:
        mean = counts @ np.arange(objects + 1) / histories
        error = (ours.expected_leakers_interval[1] - ours.expected_leakers) / 1.96
        return abs(mean - ours.expected_leakers) <= ERRORS * math.sqrt(2.0) * error

    return Part(
        f"{histories:,} histories of a raid of {objects} objects, {STOCK} interceptors",
        3.0,
        lambda: en.raid(objects, STOCK, K, TRACK, SHOTS, histories=histories),
        lambda: plain_raid(histories, objects),
        agree,
    )


def curve_part(histories: int) -> Part:
    """A raid curve of 1 to 2,000 warheads with 10^4 seeds."""

    def agree(ours: en.RaidCurve, stopped: np.ndarray) -> bool:
        error = np.maximum(1e-9, (ours.stopped_high - ours.stopped) / 1.96)
        return bool((np.abs(stopped - ours.stopped) <= ERRORS * math.sqrt(2.0) * error).all())

    return Part(
        f"raid curve, 1 to {LARGEST:,} warheads, {histories:,} seeds, {CURVE_STOCK} interceptors",
        5.0,
        lambda: en.raid_curve(CURVE_STOCK, K, TRACK, CURVE_SHOTS, up_to=LARGEST, histories=histories),
        lambda: plain_curve(histories),
        agree,
    )


def footprint_part(nside: int) -> Part:
    """A footprint of 12 nside^2 cells from one region, five sites; the flights of the fan are flown anew in ours."""
    world = nominal_world(
        en.load("europe-2013"), "middle-east", "icbm_liquid", "us_nato", None, ["thaad_guam"], "lofted"
    )
    lat, lon = cells.centres(nside)
    threat, policy = world.threat, world.policies[1]

    def ours() -> np.ndarray:
        fan.cache_clear()
        return cover(world, "us_nato", lat, lon, DETECTIONS, -1.0).margin >= 0.0

    def plain() -> np.ndarray:
        flights = fan(threat.vehicle.vehicle, *threat.origin, threat.beta, True)
        distance, bearing = np.empty(len(lat)), np.empty(len(lat))
        toward_many(*threat.origin, np.radians(lat), np.radians(lon), distance, bearing)
        rule = Rule(DETECTIONS, policy.track_delay, policy.min_range, -1.0)
        return covered(distance, bearing, flights, radars_of(world, 0), line_of(world, 0), rule)

    def agree(mine: np.ndarray, other: np.ndarray) -> bool:
        return bool((mine == other).mean() > CELLS_ALIKE)

    name = f"footprint of {len(lat):,} cells, 1 region, {len(world.sites)} sites, {len(world.sensors)} sensors"
    return Part(name, 5.0, ours, plain, agree)


PARTS = [
    (raid_part, 1_000_000, 100_000),
    (curve_part, 10_000, 1_000),
    (footprint_part, 91, 29),
]  # the work, and a tenth


def seconds(act: Callable[[], object]) -> tuple[float, float]:
    """Time of one call, by the wall clock and by the processor's."""
    wall, processor = time.perf_counter(), time.process_time()
    act()
    return time.perf_counter() - wall, time.process_time() - processor


def spread(values: list[float]) -> str:
    """Median and range of values."""
    return f"{statistics.median(values):7.2f}  ({min(values):.2f} to {max(values):.2f})"


def compare(part: Part, rounds: int) -> None:
    """Check that both ways agree, alternate between them, print medians, spreads and how many times faster we are."""
    print(f"\n{part.name}; at most {part.most:g} s")
    if not part.agree(part.ours(), part.plain()):  # compiles, too
        raise SystemExit("both ways do not say the same")
    taken = [(seconds(part.ours), seconds(part.plain)) for _ in range(rounds)]
    for clock, name in ((0, "s by the wall clock"), (1, "s of processor time")):
        ours, plain = ([one[who][clock] for one in taken] for who in (0, 1))
        print(f"{'ours, ' + name:28s} {spread(ours)}")
        print(f"{'NumPy, ' + name:28s} {spread(plain)}")
        print(f"{'NumPy / ours':28s} {spread([b / a for a, b in zip(ours, plain, strict=True)])}")


def main() -> None:
    """Every part, one after the other."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true", help="a tenth of the work")
    given = asked.parse_args()
    for part, size, few in PARTS:
        compare(part(few if given.quick else size), FEW_ROUNDS if given.quick else ROUNDS)


if __name__ == "__main__":
    main()
