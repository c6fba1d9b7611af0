"""What does a path over the rungs bring, step by step, and what is left if the other party leaves?"""

from dataclasses import dataclass

from entente.comparison.gains import Change
from entente.scenario.schema import Way
from entente.study import Study


@dataclass(frozen=True)
class Exit:
    """What a party is left with if the other leaves after this step, compared with never having joined."""

    vanishes: tuple[Change, ...]  # its gains against the baseline, which end with the exit
    revealed: dict[str, float]  # [nats] by input of its own: what the other knows and keeps
    learned: dict[str, float]  # [nats] by input of the other: what it knows and keeps
    text: str


@dataclass(frozen=True)
class Stride:
    """One step of a path."""

    year: int
    rung: int
    name: str
    since: int  # the rung before it; the baseline for the first step
    needs: tuple[str, ...]  # what must be in place
    gains: tuple[Change, ...]  # marginal: priority measures of every party in every case, since the rung before
    exposure: dict[str, dict[str, float]]  # by party, by input [nats]: at this step, the most revealing case
    accumulated: dict[str, dict[str, float]]  # the most of each over the steps so far: what is known is not forgotten
    exit: dict[str, Exit]  # by party that stays


def walk(study: Study, way: Way) -> tuple[Stride, ...]:
    """Every step of a path that the study ran."""
    raise NotImplementedError
