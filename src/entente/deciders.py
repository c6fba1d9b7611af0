"""Which inputs decide? Given-data first-order indices of a number on every ranged input, against shuffled numbers.

The histories of a study are enough: no further run is needed. The method (RBD-FAST, in SALib) puts the number in the order
of one input and asks how much of its variance is slow in that order. Indices of few histories are noisy, so an input
decides only where its index is more than what the same number, shuffled, reaches with any input at all.
"""

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.scenario.rows import interceptors, systems, vehicles
from entente.scenario.schema import Scenario
from entente.scenario.world import find_case
from entente.study import Study

FEWEST = 59  # histories below which nothing is ranked: from as many on a verdict can be "supported"
HARMONICS = 4  # a response with up to two full waves over the range of an input is seen
SHUFFLES = 1000
ANYWHERE = 0.95  # confidence that no input at all passes where none matters
KEY = 0xDEC1DE  # of the shuffles: the same study, the same threshold


@dataclass(frozen=True)
class Decider:
    """One input that a number hangs on."""

    input: str  # catalogue row and key, or party and key
    title: str
    index: float  # first-order index: the share of the variance that goes if this input were known
    threshold: float  # what shuffled numbers reach: an index above it is more than noise
    sourced: bool  # whether a source states its range


def deciders(study: Study, margin: Floats, of_knowing: bool = False) -> tuple[Decider, ...]:
    """The inputs whose index is above noise, the largest first; none with fewer than 59 histories.

    Args:
        margin: the number in question, one a history (S,); histories where it is nan are left out.
        of_knowing: whether it is about what is known, which no interceptor and no key can change: theirs are left out.
    """
    known = np.isfinite(margin)
    names = [str(name) for name in study.inputs["input"].values]
    drawn = np.asarray(study.inputs.values, np.float64)[known]
    varied = np.isfinite(drawn).all(axis=0) & (np.ptp(np.nan_to_num(drawn), axis=0) > 0.0)
    if of_knowing:
        varied &= knowing(names)
    if known.sum() < FEWEST or not varied.any() or np.ptp(margin[known]) == 0.0:
        return ()
    indices = first_order(drawn[:, varied], margin[known])
    threshold = noise(margin[known], int(varied.sum()))
    found = [
        Decider(name, title_of(study.scenario, name), float(index), threshold, is_sourced(study.scenario, name))
        for name, index in zip(np.array(names)[varied].tolist(), indices, strict=True)
        if index > threshold
    ]
    return tuple(sorted(found, key=lambda one: -one.index))


def knowing(names: list[str]) -> NDArray[np.bool_]:
    """Which inputs can change what is known: not those of interceptors and keys."""
    acting = {row.id for row in interceptors()} | {"two_keys"}
    return np.array([name.partition(".")[0] not in acting for name in names], np.bool_)


def first_order(inputs: Floats, outputs: Floats) -> Floats:
    """First-order indices by RBD-FAST, corrected for bias.

    Args:
        inputs: (n, K) as drawn, any distribution.
        outputs: (n,).
    Returns:
        (K,) the share of the variance of the output explained by each input alone; may be a little below 0.
    Valid: independent inputs; standard error about 0.04 to 0.08 with 100 histories, a third of that with 1,000.
    Source: Tarantola, Gatelli and Mara (2006); bias: Tissot and Prieur (2012); by SALib, Herman and Usher (2017).
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of packages that SALib imports
        from SALib.analyze import rbd_fast  # a second of imports, which only a report pays for

        count = inputs.shape[1]
        problem = {"num_vars": count, "names": list(range(count)), "bounds": [[0.0, 1.0]] * count}
        # Its bootstrap would give intervals that the threshold replaces: two resamples are the fewest that it can do.
        found = rbd_fast.analyze(problem, inputs, outputs, M=HARMONICS, num_resamples=2, seed=0)
    return np.asarray(found["S1"], np.float64)


def noise(outputs: Floats, inputs: int) -> float:
    """What the largest index of so many inputs stays below with 95 % confidence if none of them matters.

    Source: own: the outputs in random orders, which is what an input that does not matter puts them in.
    """
    return float(np.quantile(of_order(outputs[_orders(len(outputs))]), ANYWHERE ** (1.0 / inputs)))


@lru_cache(maxsize=2)
def _orders(count: int) -> NDArray[np.int64]:
    """So many random orders of so many numbers, always the same; to sort them is most of what noise costs."""
    return np.random.Generator(np.random.Philox(key=KEY)).random((SHUFFLES, count)).argsort(axis=1)


def of_order(outputs: Floats) -> Floats:
    """The index of an input that puts the outputs in this order; as `first_order`, a thousand at a time.

    Args:
        outputs: (..., n) from the lowest value of the input up along one half of them, and down along the other.
    Source: as `first_order`; Plischke (2010) for the order.
    """
    n = outputs.shape[-1]
    power = np.abs(np.fft.rfft(outputs - outputs.mean(axis=-1, keepdims=True), axis=-1)) ** 2
    if n % 2 == 0:
        power[..., -1] /= 2.0  # the highest frequency has no mirror image
    share = power[..., 1 : HARMONICS + 1].sum(axis=-1) / power[..., 1:].sum(axis=-1)
    bias = 2.0 * HARMONICS / n
    return np.asarray(share - bias / (1.0 - bias) * (1.0 - share))


def is_sourced(scenario: Scenario, name: str) -> bool:
    """Whether a source states the range of an input: not assumed, not invented, not taken otherwise by the scenario."""
    if any(one.input == name for one in scenario.assume):
        return False
    row_id, _, key = name.partition(".")
    for party in scenario.parties:
        if party.name == row_id:
            return not party.source.startswith(("invented", "assumed"))
    if any(case.name == row_id for case in scenario.cases):
        case = find_case(scenario, row_id)
        part = case.doctrine if key.startswith("doctrine.") else case.notice
        return part is not None and not part.source.startswith(("invented", "assumed"))
    if row_id == "two_keys":
        return not scenario.two_keys.source.startswith(("invented", "assumed"))
    for row in (*systems(), *vehicles()):
        if row.id == row_id:
            assumed = any(key == one or key.startswith(f"{one}.") for one in row.assumed)
            return row.basis not in ("assumed", "invented") and not assumed
    return False


def unsourced_matter(study: Study, margin: Floats, ranked: tuple[Decider, ...]) -> bool:
    """Whether a number may hang on an input that no source states: one that decides, or any if none stands out of the noise.

    Many inputs that each decide a little are lost in noise together; where the number varies at all, that is no reason to
    trust those that nobody has stated.
    """
    if ranked:
        return not all(one.sourced for one in ranked)
    known = margin[np.isfinite(margin)]
    if not len(known) or np.ptp(known) == 0.0:
        return False
    spread = np.ptp(np.nan_to_num(np.asarray(study.inputs.values, np.float64)), axis=0)
    names = [str(name) for name in study.inputs["input"].values]
    return any(width > 0.0 and not is_sourced(study.scenario, name) for name, width in zip(names, spread, strict=True))


def title_of(scenario: Scenario, name: str) -> str:
    """An input in words: whose it is, and which key."""
    row_id, _, key = name.partition(".")
    titles = {row.id: row.title for row in (*systems(), *vehicles())}
    titles |= {party.name: party.title for party in scenario.parties}
    titles |= {case.name: case.title for case in scenario.cases} | {"two_keys": "Two keys"}
    return f"{titles.get(row_id, row_id)}: {key}"
