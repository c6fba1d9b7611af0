"""What gets through raids of every size? Histories drawn shot by shot under each doctrine, and curves, drawn or exact."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.questions.asked import needed, one_of, whole
from entente.questions.attrition import (
    COMMON_MODES,
    MOST_DECOYS,
    MOST_SHOTS,
    MOST_WARHEADS,
    CommonMode,
    refuse,
)
from entente.strategy import raids
from entente.strategy.attrition import FIRST, clopper, wilson

Counts = NDArray[np.int64]
Doctrine = Literal["barrage", "shoot-look-shoot", "reserve"]
DOCTRINES = {"barrage": raids.BARRAGE, "shoot-look-shoot": raids.LOOK, "reserve": raids.RESERVE}
MOST_HISTORIES, MOST_SEED, MOST_BESIDE = 10_000_000, 2**31, 100
MOST_PLAYED = 20_000  # interceptors of a raid that is drawn


@dataclass(frozen=True)
class Raid:
    """One raid in many histories.

    Attributes:
        pmf: (warheads + 1,), share of histories in which so many get through; low, high: of each, Wilson's 95 % interval.
        expected_leakers: their mean, and expected_leakers_interval: 95 %, by the normal law.
        p_none: share of histories in which none gets through; p_none_interval: 95 %, of Clopper and Pearson.
        fired: interceptors used on the average.
    """

    warheads: int
    interceptors: int
    doctrine: str
    histories: int
    pmf: Floats
    low: Floats
    high: Floats
    expected_leakers: float
    expected_leakers_interval: tuple[float, float]
    p_none: float
    p_none_interval: tuple[float, float]
    fired: float


@dataclass(frozen=True)
class RaidCurve:
    """What raids of 1 to many warheads come to; every array (up_to,), the first for one warhead.

    Attributes:
        warheads: of each raid.
        p_none: chance that none gets through; p_none_low, p_none_high: its 95 % interval; the same where it is exact.
        stopped: warheads that are stopped on the average; stopped_low, stopped_high: the same.
        histories: how many were drawn; 0 where the curve is exact.
    """

    warheads: Counts
    p_none: Floats
    p_none_low: Floats
    p_none_high: Floats
    stopped: Floats
    stopped_low: Floats
    stopped_high: Floats
    histories: int

    @property
    def half(self) -> float:
        """The raid at which the chance that none gets through falls to one half, between whole raids by a straight line."""
        return half_at(self.p_none)


def half_at(p_none: Floats) -> float:
    """Where a chance by size of raid, 1 and up, falls through one half; infinite where it does not; 1 at no warhead at all."""
    from_none = np.concatenate([[1.0], p_none])
    below = np.flatnonzero(from_none < 0.5)
    if not len(below):
        return float("inf")
    after = int(below[0])
    high, low = from_none[after - 1], from_none[after]
    return float(after - 1 + (high - 0.5) / (high - low))


def raid(
    warheads: int,
    interceptors: int,
    p_kill: float,
    p_track: float = 1.0,
    shots: int | None = None,
    common_mode: CommonMode = "per_object",
    decoys: int = 0,
    doctrine: Doctrine = "barrage",
    held_back: float = 0.25,
    histories: int = 100_000,
    seed: int = 1,
) -> Raid:
    """Draw a raid shot by shot.

    Args:
        warheads, interceptors, p_kill, p_track, shots, common_mode, decoys: as of `leakage`; at most 20,000 interceptors.
        doctrine: "barrage"; "shoot-look-shoot": two at each object, a perfect look, and shots - 2 at each that is tracked and
            survives, while the stock lasts; "reserve": a share is held back from a barrage, and one of it fired at each that
            is tracked and survives.
        held_back: that share, rounded down to whole interceptors.
        histories: how many, numbered from `seed`; a history draws the same whatever the stock, the doctrine and the raid.
    Raises:
        ModelError: what is no number, or outside its limits, or a look without a number of shots; one line each.
    Valid: as `leakage`.
    Source: own.
    """
    wrong = whole("warheads", warheads, 1, MOST_WARHEADS) + whole("decoys", decoys, 0, MOST_DECOYS)
    wrong += _wrong(interceptors, p_kill, p_track, shots, common_mode, doctrine, held_back, seed)
    refuse("raid", wrong + whole("histories", histories, 1, MOST_HISTORIES))
    count, objects, stock = int(warheads), int(warheads) + int(decoys), int(interceptors)
    rule = _rule(stock, shots, doctrine, held_back)

    def play(first: int, many: int) -> Counts:
        found = np.zeros(count + 3, np.int64)
        raids.raid_many(
            first, many, count, objects, stock, *rule, float(p_kill), float(p_track), common_mode == "system", found[:-2],
            found[-2:],
        )  # fmt: skip
        return found

    total = in_threads(play, int(seed), int(histories))
    return _raid(total[:-2], int(total[-2]), count, stock, doctrine, int(histories))


def _raid(counts: Counts, fired: int, warheads: int, stock: int, doctrine: str, histories: int) -> Raid:
    through = np.arange(warheads + 1)
    ends = np.array([wilson(float(c), histories) for c in counts])
    mean = float(counts @ through) / histories
    reach = 1.96 * np.sqrt(max(0.0, float(counts @ (through - mean) ** 2)) / histories / histories)
    return Raid(
        warheads=warheads,
        interceptors=stock,
        doctrine=doctrine,
        histories=histories,
        pmf=counts / histories,
        low=ends[:, 0],
        high=ends[:, 1],
        expected_leakers=mean,
        expected_leakers_interval=(mean - reach, mean + reach),
        p_none=float(counts[0]) / histories,
        p_none_interval=clopper(int(counts[0]), histories),
        fired=fired / histories,
    )


def raid_curve(
    interceptors: int,
    p_kill: float,
    p_track: float = 1.0,
    shots: int | None = None,
    common_mode: CommonMode = "per_object",
    decoys_each: int = 0,
    doctrine: Doctrine = "barrage",
    held_back: float = 0.25,
    up_to: int = 2_000,
    histories: int = 0,
    seed: int = 1,
) -> RaidCurve:
    """The raids of 1 to `up_to` warheads that a stock meets: exact for a barrage, drawn where `histories` are asked for.

    Args:
        decoys_each: objects beside each warhead that nobody can tell from it, 0 to 100.
        histories: 0: exact, which only a barrage can be.
        others: as of `raid`.
    Raises:
        ModelError: as of `raid`.
    Valid: as `leakage`: geometry is ignored, which makes a curve for a country an upper bound.
    Source: own.
    """
    wrong = whole("up_to", up_to, 1, MOST_WARHEADS) + whole("decoys_each", decoys_each, 0, MOST_BESIDE)
    wrong += _wrong(interceptors, p_kill, p_track, shots, common_mode, doctrine, held_back, seed)
    wrong += whole("histories", histories, 0, MOST_HISTORIES)
    if not wrong and doctrine != "barrage" and not histories:
        wrong.append(f"histories: 0 asks for the exact curve, which {doctrine} has not; give a number, such as 10,000")
    refuse("raid_curve", wrong)
    sizes, beside, stock = np.arange(1, int(up_to) + 1, dtype=np.int64), int(decoys_each), int(interceptors)
    k, track, system = float(p_kill), float(p_track), common_mode == "system"
    if not histories:
        none, stopped = np.empty(len(sizes)), np.empty(len(sizes))
        kinds = np.array([stock], np.int64), np.array([k]), np.array([track])
        raids.curve_exact(sizes, beside, *kinds, int(shots or raids.EVENLY), system, none, stopped)
        return RaidCurve(sizes, none, none, none, stopped, stopped, stopped, 0)
    rule = _rule(stock, shots, doctrine, held_back)

    def play(first: int, many: int) -> Counts:
        found = np.zeros((len(sizes), min(stock, len(sizes)) + 1), np.int64)
        raids.curve_many(first, many, sizes, beside, stock, *rule, k, track, system, found)
        return found

    return _curve(sizes, in_threads(play, int(seed), int(histories)), int(histories))


def _curve(sizes: Counts, counts: Counts, histories: int) -> RaidCurve:
    """A curve from the number of histories in which so many are stopped, (R, most + 1)."""
    stopped = np.arange(counts.shape[1])
    whole_raid = np.array([row[size] if size < len(row) else 0 for size, row in zip(sizes, counts, strict=True)])
    low, high = clopper(whole_raid, histories)
    mean = counts @ stopped / histories
    reach = 1.96 * np.sqrt(np.maximum(0.0, counts @ stopped**2 / histories - mean**2) / histories)
    return RaidCurve(sizes, whole_raid / histories, low, high, mean, mean - reach, mean + reach, histories)


def _wrong(
    interceptors: object, p_kill: object, p_track: object, shots: int | None, common_mode: object, doctrine: str,
    held_back: object, seed: object,
) -> list[str]:  # fmt: skip
    """What is wrong with a defence and how it fires."""
    wrong = whole("interceptors", interceptors, 0, MOST_PLAYED)
    wrong += needed("p_kill", p_kill, 0, 1) + needed("p_track", p_track, 0, 1)
    wrong += [] if shots is None else whole("shots", shots, 1, MOST_SHOTS)
    wrong += one_of("common_mode", common_mode, COMMON_MODES) + one_of("doctrine", doctrine, tuple(DOCTRINES))
    wrong += needed("held_back", held_back, 0, 1) + whole("seed", seed, 0, MOST_SEED)
    if shots is None and doctrine == "shoot-look-shoot":
        wrong.append("shots: left out; a look needs the number of shots planned at each object, such as 4")
    return wrong


def _rule(stock: int, shots: int | None, doctrine: str, held_back: float) -> tuple[int, int, int]:
    """A doctrine as the compiled histories take it: which, shots, held back. A look at two shots or fewer is a barrage."""
    rule, planned = DOCTRINES[doctrine], int(shots or raids.EVENLY)
    if rule == raids.LOOK and planned <= FIRST:
        rule = raids.BARRAGE
    return rule, planned, int(float(held_back) * stock) if rule == raids.RESERVE else 0


def in_threads(play: Callable[[int, int], Counts], seed: int, histories: int) -> Counts:
    """The sum of what `play(first, many)` counts, the histories shared out; the same for any number of threads."""
    first = play(seed, 1)  # compiled before threads begin
    threads = min(os.cpu_count() or 1, histories - 1)
    if not threads:
        return first
    edges = [seed + 1 + (histories - 1) * n // threads for n in range(threads + 1)]
    with ThreadPoolExecutor(threads) as pool:
        rest = list(pool.map(lambda a, b: play(a, b - a), edges[:-1], edges[1:]))
    return np.sum([first, *rest], axis=0)
