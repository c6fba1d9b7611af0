"""What gets worse from one rung to the next, and why? Every loss is named with its cause."""

from dataclasses import dataclass

from entente.comparison.gains import Change
from entente.study import Study


@dataclass(frozen=True)
class Loss:
    """One measure that gets worse for one party from one rung to the next, beyond noise."""

    change: Change  # measure, case, party, and the (negative) gain since `before`
    before: int
    rung: int
    cause: str  # computed from the switches that changed and from the data


def losses(study: Study) -> tuple[Loss, ...]:
    """Every (measure, case, step, party) that gets worse beyond noise, the steps in the order of the rungs."""
    raise NotImplementedError
