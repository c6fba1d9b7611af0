"""Which inputs decide? Given-data first-order indices of a number on every ranged input, against shuffled inputs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decider:
    """One input that a number hangs on."""

    input: str  # catalogue row and key, or party and key
    title: str
    index: float  # first-order index: the share of the variance that goes if this input were known
    threshold: float  # what shuffled inputs reach: an index above it is more than noise
    sourced: bool  # whether a source states its range
