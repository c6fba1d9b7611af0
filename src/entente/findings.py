"""What do the findings F1 to F8 say? Claims as questions, answered with numbers and a verdict."""

from dataclasses import dataclass
from typing import Literal

from entente.comparison import Estimate
from entente.deciders import Decider
from entente.study import Study

Ruling = Literal[
    "supported",
    "supported under stated assumptions",
    "undecided",
    "not supported",
    "not computable from open sources",
    "not computed yet",
    "not asked by this scenario",
]


@dataclass(frozen=True)
class Number:
    """One number that a verdict rests on, by party and case."""

    title: str
    measure: str
    case: str
    party: str
    level: Estimate  # at the rung
    gain: Estimate  # against the baseline


@dataclass(frozen=True)
class RungVerdict:
    """What a finding comes to at one rung."""

    rung: int
    share: float  # of assumption draws in which the predicate holds; nan where it was not computed
    interval: tuple[float, float]  # of the share: the two one-sided 95 % bounds
    ruling: Ruling  # before it is capped
    by_party: dict[str, float]  # the share for each party alone
    by_class: dict[str, float]  # the share for each class of launch (F4), or each case (F5)
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Verdict:
    """A finding, answered. `ruling` is that of the headline rung, capped where a deciding input has no source."""

    id: str
    title: str
    claim: str
    question: str
    computed: bool
    rung: int | None  # the headline rung; None where nothing was computed
    by_rung: dict[int, RungVerdict]
    ruling: Ruling
    capped: bool
    why: tuple[str, ...]  # sentences: why the cap, why not computed, what is left out
    deciders: tuple[Decider, ...]  # the inputs that decide, ranked; empty where too few histories tell
    where_we_differ: str
    sources: tuple[str, ...]


def judge(study: Study) -> list[Verdict]:
    """The verdicts on F1 to F8, in order."""
    raise NotImplementedError
