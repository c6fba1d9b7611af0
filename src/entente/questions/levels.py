"""What do defences do to stability as forces shrink, and to what comes back as interceptors grow? Over the assumptions.

Each draw of the assumptions is the same at every level, with every defence and number of interceptors, so that differences
are paired: a draw is a function of its number, the side and the input.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.errors import ModelError
from entente.questions.asked import needed, one_of, whole
from entente.questions.sides import COUNTS, MOST_WEAPONS, PLACES, SHARES, Force
from entente.questions.stability import CURVES, Curve, asked
from entente.scenario.parts import Ranged
from entente.scenario.world import at_share
from entente.strategy import stability as kernels
from entente.strategy.retaliation import tenth_many

LEVELS = (6000, 4900, 3500, 2200, 1550, 1000, 700, 500, 300)  # warheads of each side
INTERCEPTORS = 100  # what the ABM protocol of 1974 allowed each side
DRAWS = 1_000
DEFENCES = ("none", "cities", "forces")
ENDS = (5.0, 50.0, 95.0)  # per cent of the draws
Range = tuple[float, float, float]  # low, nominal, high
# Assumed, for want of sources that state them for whole forces; each side draws its own.
ASSUMED: dict[str, Range] = {
    "kill_per_weapon": (0.4, 0.7, 0.9),
    "reliability": (0.7, 0.85, 0.95),
    "value_w80": (150, 500, 1500),
    "alert": (0.3, 0.7, 0.95),
    "p_intercept": (0.25, 0.55, 0.8),
}


@dataclass(frozen=True)
class Levels:
    """The index and what comes back, over force levels, defences and draws.

    Attributes:
        levels: warheads of each side, (L,); interceptors: of each side that defends.
        index: (3, L, D) without a defence, with one of cities, with one of forces, on both sides; nan where undefined.
        tenth_a, tenth_b: 10th percentile of what of A, of B arrives after the other struck first, (3, L, D).
        uncertain: the ranges that were drawn; shares: where in its range each input of each side lay, (D,), as of `shares_of`.
    """

    levels: Floats
    interceptors: float
    index: Floats
    tenth_a: Floats
    tenth_b: Floats
    uncertain: dict[str, Range]
    shares: dict[str, Floats]

    def effect(self, defence: str) -> Floats:
        """By how much a defence changes the index, (L, D)."""
        return np.asarray(self.index[DEFENCES.index(defence)] - self.index[0], np.float64)

    def margin(self, least: float = 0.01) -> Floats:
        """How far above the bar, draw by draw, in units of it: cities lower and forces raise the index at every level."""
        ways = np.minimum(-self.effect("cities"), self.effect("forces"))
        return np.asarray(np.nan_to_num(ways, nan=0.0).min(axis=0) / least - 1.0, np.float64)

    def matters_from(self, defence: str, least: float = 0.01) -> float:
        """The highest level at which the defence changes the index by so much in nine draws of ten; nan if at none."""
        share = (np.abs(np.nan_to_num(self.effect(defence))) >= least).mean(axis=1)
        there = self.levels[share >= 0.9]
        return float(there.max()) if len(there) else float("nan")

    def table(self) -> str:
        """Median and 5 to 95 per cent, level by level."""
        lines = [
            f"{'warheads':>8s}  {'no defence':18s}  {'cities: change':22s}  {'forces: change':22s}  10th percentile"
        ]
        for n, level in enumerate(self.levels.tolist()):
            parts = [
                _said(self.index[0, n], "{:.2f}"),
                *(_said(self.effect(one)[n], "{:+.2f}") for one in DEFENCES[1:]),
            ]
            back = " ".join(f"{np.median(side[0, n]):,.0f}" for side in (self.tenth_a, self.tenth_b))
            lines.append(f"{level:8,.0f}  {parts[0]:18s}  {parts[1]:22s}  {parts[2]:22s}  {back}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """For programs: the ends and the middle over the draws."""
        ends = {
            name: np.moveaxis(np.nanpercentile(getattr(self, name), ENDS, axis=-1), 0, -1)
            for name in ("index", "tenth_a", "tenth_b")
        }
        return {"defences": DEFENCES, "levels": self.levels, "interceptors": self.interceptors, "per_cent": ENDS} | ends


@dataclass(frozen=True)
class Taken:
    """What interceptors take from a retaliation, one number of them after the other.

    Attributes:
        interceptors: (N,); tenth: the 10th percentile of what arrives, (N, D); without: the same against none, (D,).
        loss: share of it that is lost, (N, D); 0 where nothing would arrive.
        offset: warheads, as alert and survivable as the others, that make up for it, (N, D).
    """

    interceptors: Floats
    tenth: Floats
    without: Floats
    loss: Floats
    offset: Floats

    def to_dict(self) -> dict[str, Any]:
        """For programs: the ends and the middle over the draws."""
        found = asdict(self)
        return {"per_cent": ENDS} | {
            name: value if name == "interceptors" else np.moveaxis(np.percentile(value, ENDS, axis=-1), 0, -1)
            for name, value in found.items()
        }


def levels(
    side_a: Force,
    side_b: Force,
    warheads: Sequence[float] = LEVELS,
    interceptors: float = INTERCEPTORS,
    uncertain: Mapping[str, Range] = ASSUMED,
    draws: int = DRAWS,
    seed: int = 1,
    curve: Curve = "exponential",
) -> Levels:
    """The index and the retaliation at falling force levels, without a defence, with one of cities and with one of forces.

    Args:
        side_a, side_b: their forces; at a level each keeps its mix and has so many warheads.
        warheads: the levels; interceptors: of each side, where it defends.
        uncertain: fields of `Force` with (low, nominal, high), half the probability on either side of the nominal; of both sides,
            or of one where the name begins with `a.` or `b.`.
        draws: of the assumptions; seed: the number of the first.
    Raises:
        ModelError: what is outside its limits, one line each.
    """
    wrong = (
        asked(side_a, side_b, curve) + ranges_wrong(uncertain) + needed("interceptors", interceptors, 0, MOST_WEAPONS)
    )
    wrong += whole("draws", draws, 1, 1_000_000) + whole("seed", seed, 0, 2**31)
    wrong += [line for one in warheads for line in needed("warheads", one, 1, MOST_WEAPONS)]
    wrong += [
        f"{name}: it has no warhead, so that none can be taken away"
        for name, side in (("side_a", side_a), ("side_b", side_b))
        if isinstance(side, Force) and side.warheads <= 0
    ]
    if wrong:
        raise ModelError("\n".join(f"levels: {line}" for line in wrong))
    shape = (len(DEFENCES), len(warheads), int(draws))
    index, tenth_a, tenth_b = (np.empty(shape) for _ in range(3))
    shares = shares_of(uncertain, int(seed), int(draws))
    for d, defence in enumerate(DEFENCES):
        for n, level in enumerate(warheads):
            rows_a, rows_b = (
                drawn_rows(at_level(side, level, defence, interceptors), name, uncertain, shares, int(draws))
                for name, side in (("a", side_a), ("b", side_b))
            )
            index[d, n], tenth_a[d, n], tenth_b[d, n] = both(rows_a, rows_b, CURVES.index(curve))
    return Levels(np.array(warheads, np.float64), float(interceptors), index, tenth_a, tenth_b, dict(uncertain), shares)


def against(
    striker: Force,
    struck: Force,
    interceptors: Sequence[float],
    uncertain: Mapping[str, Range] = ASSUMED,
    draws: int = DRAWS,
    seed: int = 1,
    curve: Curve = "exponential",
) -> Taken:
    """What a striker's defence of cities takes from the retaliation of the side struck, by number of interceptors.

    The other arguments are those of `levels`. The striker splits its weapons anew for each number.
    """
    wrong = asked(striker, struck, curve) + ranges_wrong(uncertain) + whole("draws", draws, 1, 1_000_000)
    wrong += [line for one in interceptors for line in needed("interceptors", one, 0, MOST_WEAPONS)]
    if wrong:
        raise ModelError("\n".join(f"against: {line}" for line in wrong))
    found = []
    shares = shares_of(uncertain, int(seed), int(draws))
    theirs = drawn_rows(struck, "b", uncertain, shares, int(draws))
    for count in (0.0, *interceptors):
        ours = drawn_rows(replace(striker, defence_cities=count), "a", uncertain, shares, int(draws))
        found.append(_retaliation(ours, theirs, CURVES.index(curve))[0])
    without, tenth = found[0], np.array(found[1:])
    fallen = np.maximum(0.0, without - tenth)
    loss = np.divide(fallen, without, out=np.zeros(tenth.shape), where=without > 0.0)
    each = theirs[:, kernels.RELIABILITY] * theirs[:, kernels.ALERT]
    offset = np.divide(fallen, each, out=np.zeros(tenth.shape), where=each > 0.0)
    return Taken(np.array(interceptors, np.float64), tenth, without, loss, offset)


def at_level(side: Force, level: float, defence: str, interceptors: float) -> Force:
    """A side with so many warheads in the same mix, defended or not."""
    share = level / side.warheads
    return replace(
        side,
        fixed_warheads=side.fixed_warheads * share,
        fixed_vehicles=side.fixed_vehicles * share,
        survivable_warheads=side.survivable_warheads * share,
        defence_cities=interceptors if defence == "cities" else 0,
        defence_forces=interceptors if defence == "forces" else 0,
    )


def shares_of(uncertain: Mapping[str, Range], seed: int, draws: int) -> dict[str, Floats]:
    """Where in its range each input of each side lies, 0 to 1, (draws,), by `a.alert` and so on."""
    found = {}
    for side in "ab":
        for field in of_side(uncertain, side):
            key = zlib.crc32(f"force.{side}.{field}".encode()) & 0x7FFFFFFF
            found[f"{side}.{field}"] = np.array([rng.uniform(seed + n, rng.INPUTS, key, 0, 0) for n in range(draws)])
    return found


def drawn_rows(
    side: Force, name: str, uncertain: Mapping[str, Range], shares: Mapping[str, Floats], draws: int
) -> Floats:
    """Rows of a side, "a" or "b", one a draw, (draws, WIDTH)."""
    fields = of_side(uncertain, name)
    rows = np.tile(side.row(), (draws, 1))
    for field, (low, nominal, high) in fields.items():
        spread, place = Ranged(low=low, nominal=nominal, high=high), getattr(kernels, PLACES[field].upper())
        rows[:, place] = [at_share(spread, share) for share in shares[f"{name}.{field}"].tolist()]
    return rows


def _retaliation(striker: Floats, struck: Floats, curve: int) -> tuple[Floats, Floats]:
    """The 10th percentile of what arrives, and costs (n, 2) to striker and struck."""
    out = np.empty((len(striker), 4))
    kernels.strike_many(striker, struck, curve, out)
    tenth = tenth_many(struck, out[:, 3], striker[:, kernels.CITIES], striker[:, kernels.INTERCEPT])
    return tenth, out[:, 1:3]


def both(rows_a: Floats, rows_b: Floats, curve: int) -> tuple[Floats, Floats, Floats]:
    """Index and 10th percentiles of A's and B's retaliation, (n,) each."""
    tenth_b, a_first = _retaliation(rows_a, rows_b, curve)
    tenth_a, b_first = _retaliation(rows_b, rows_a, curve)
    costs = np.concatenate([a_first, b_first], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        index = (a_first[:, 0] / b_first[:, 1]) * (b_first[:, 0] / a_first[:, 1])
    return np.where((costs > 0.0).all(axis=1), index, np.nan), tenth_a, tenth_b


def of_side(uncertain: Mapping[str, Range], side: str) -> dict[str, Range]:
    """The ranges of one side, "a" or "b": those of both, and in their place those of its own, such as `a.alert`."""
    both = {name: ends for name, ends in uncertain.items() if "." not in name}
    return both | {name[2:]: ends for name, ends in uncertain.items() if name[:2] == f"{side}."}


def ranges_wrong(uncertain: Mapping[str, Range]) -> list[str]:
    """What is wrong with the ranges."""
    wrong = []
    for name, ends in [(n[2:] if n[:2] in ("a.", "b.") else n, ends) for n, ends in uncertain.items()]:
        if problem := one_of("uncertain", name, (*COUNTS, *SHARES, "value_w80")):
            wrong += problem
        elif len(ends) != len(ENDS) or not ends[0] <= ends[1] <= ends[2]:
            wrong.append(f"uncertain.{name}: {ends} is not low, nominal, high in rising order")
        else:
            most = 1.0 if name in SHARES else 1e9
            wrong += [line for end in (ends[0], ends[2]) for line in needed(f"uncertain.{name}", end, 0, most)]
    return wrong


def _said(values: Floats, form: str) -> str:
    low, middle, high = (form.format(one) for one in np.nanpercentile(values, ENDS))
    return f"{middle} ({low} to {high})"
