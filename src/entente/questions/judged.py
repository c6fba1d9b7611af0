"""What judging an event takes, draw by draw: base rates, likelihoods, common causes, bars, trust and delays.

An assumption is drawn once a seed and is the same at every rung, for every event and both sides; chance is drawn anew in
each repetition. Draws are a function of the name of an input and the seed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.estimate.nature import NATURES
from entente.questions.deterrents import shares
from entente.scenario.events import Nature
from entente.scenario.evidence import EvidenceType
from entente.scenario.parts import Ranged
from entente.scenario.rows import evidence, judging

FULL = 1e-6  # by how much nominal chances of a channel may miss one before it is one that may be silent
COMMON = {"infrared": "common-infrared", "radar": "common-radar", "screen": "common-human", "raw": "common-human"}


@dataclass(frozen=True)
class Assumed:
    """The assumptions, (S,) each, with S seeds.

    Attributes:
        numbers: by id of `judging`; likelihood: by what is said, (S, N).
        shares: where in its range each input lies, by name; what a finding is ranked by.
    """

    numbers: dict[str, Floats]
    likelihood: dict[str, Floats]
    shares: dict[str, Floats]

    @cached_property
    def prior(self) -> Floats:
        """Base rates, scaled to sum to one (S, N)."""
        return prior_of([self.numbers[base_id(nature)] for nature in NATURES])

    def common(self, channel: str) -> Floats:
        """The chance of a common cause in a channel (S,); 0 where a channel has one voice."""
        name = COMMON.get(channel)
        return self.numbers[name] if name else np.zeros(len(self.prior))


def prior_of(rates: list[Floats]) -> Floats:
    """Shares scaled to sum to one, (S, N)."""
    stacked = np.stack(rates, axis=-1)
    return np.asarray(stacked / stacked.sum(axis=-1, keepdims=True))


def base_id(nature: str) -> str:
    """The row of `judging` that has the share of a nature."""
    return f"base-{nature.replace(' ', '-')}"


@cache
def assumed(seeds: int, nominal: bool = False) -> Assumed:
    """Every assumption, drawn; or all of them nominal, in each of so many seeds."""
    at: dict[str, Floats] = {}
    numbers = {row.id: _values(row.value, f"judging.{row.id}", seeds, nominal, at) for row in judging()}
    drawn = {row.title: _chances(row, seeds, nominal, at) for row in evidence()}
    for channel in {row.channel for row in evidence()}:
        _scale([row for row in evidence() if row.channel == channel], drawn)
    return Assumed(numbers, drawn, at)


def values_at(value: Ranged, at: Floats) -> Floats:
    """The points of a range below which these shares of the probability lie; as `world.at_share`, all at once."""
    low, middle, high = value.low, value.nominal, value.high
    if low == high:
        return np.full(at.shape, middle)
    logs = low > 0.0 and high / low >= 10.0
    a, b, c = np.log((low, middle, high)) if logs else (low, middle, high)
    found = np.where(at < 0.5, a + 2.0 * at * (b - a), b + (2.0 * at - 1.0) * (c - b))
    return np.asarray(np.exp(found) if logs else found)


def spread(value: Ranged, name: str, seeds: int) -> Floats:
    """A range, draw by draw (S,)."""
    return np.full(seeds, value.nominal) if value.low == value.high else values_at(value, shares(name, seeds))


def _values(value: Ranged, name: str, seeds: int, nominal: bool, at: dict[str, Floats]) -> Floats:
    if nominal or value.low == value.high:
        return np.full(seeds, value.nominal)
    at[name] = shares(name, seeds)
    return values_at(value, at[name])


def _chances(row: EvidenceType, seeds: int, nominal: bool, at: dict[str, Floats]) -> Floats:
    each = [
        _values(row.chance[nature], f"evidence.{row.id}.{nature}", seeds, nominal, at) for nature in get_args(Nature)
    ]
    return np.stack(each, axis=-1)


def _scale(rows: list[EvidenceType], drawn: dict[str, Floats]) -> None:
    """Make the answers of a channel sum to one, or to no more than one where it may be silent."""
    total = np.sum([drawn[row.title] for row in rows], axis=0)
    nominal = np.sum([[row.chance[nature].nominal for nature in get_args(Nature)] for row in rows], axis=0)
    whole = np.abs(nominal - 1.0) < FULL
    by = np.where(whole, total, np.maximum(total, 1.0))
    for row in rows:
        drawn[row.title] = drawn[row.title] / by


def answers(channel: str, likelihood: Mapping[str, Floats]) -> tuple[list[str], Floats]:
    """What can be said in a channel, silence last ("") if there is any, and how likely: (S, A, N)."""
    said = [row.title for row in evidence() if row.channel == channel]
    each = np.stack([likelihood[one] for one in said], axis=-2)
    rest = np.clip(1.0 - each.sum(axis=-2, keepdims=True), 0.0, 1.0)
    if rest.max() <= FULL:
        return said, each
    return [*said, ""], np.concatenate([each, rest], axis=-2)


def channel_of() -> dict[str, str]:
    """By what is said, in which channel."""
    return {row.title: row.channel for row in evidence()}


def codes() -> dict[str, int]:
    """By what is said, its number."""
    return {row.title: n for n, row in enumerate(evidence())}


def threats() -> set[str]:
    """What is an alarm by itself."""
    return {row.title for row in evidence() if row.threat}


Called = NDArray[np.int64]  # nature.UNRESOLVED, CLEARED or HELD
