"""How often would an alarm that is false end in war? A fault tree: gates over rates and chances, with nothing else in it.

A leaf is a rate (a year) or a chance; each occurs once, so that independent leaves make independent branches.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from entente.compiled import Floats
from entente.errors import ModelError


@dataclass(frozen=True)
class Gate:
    """`and`: all of it, a product; `or`: any of it, chances that are independent; `either`: a sum, of rates or of chances
    that exclude one another.
    """

    kind: Literal["and", "or", "either"]
    of: tuple["Gate | str", ...]

    def leaves(self) -> list[str]:
        """Their names, as often as they occur."""
        return [name for one in self.of for name in ([one] if isinstance(one, str) else one.leaves())]


# A threat is reported, nothing settles it or nobody believes what does, and an order follows, in a crisis or in a calm.
FALSE_ALARMS = Gate("either", (Gate("and", ("ambiguous", "passed_up")), "misread"))
OPEN = Gate("or", ("unsettled", "disbelieved"))
ORDER = Gate("either", (Gate("and", ("crisis", "order_in_crisis")), Gate("and", ("calm", "order_in_calm"))))
ONE_SIDE = Gate("and", ("alarms", OPEN, ORDER, "under_attack"))


def through(gate: Gate, values: Mapping[str, Floats]) -> Floats:
    """What comes out of a gate, (n,).

    Args:
        values: of each leaf, (n,): rates [1/year] or chances.
    Raises:
        ModelError: a leaf without a value, or one that occurs twice.
    Valid: leaves independent of one another, given each draw.
    Source: Vesely et al. (1981), Fault Tree Handbook, NUREG-0492, chapters IV and VI; not re-read.
    """
    names = gate.leaves()
    twice, unknown = {name for name in names if names.count(name) > 1}, [name for name in names if name not in values]
    if twice or unknown:
        raise ModelError(
            f"fault tree: leaves that occur twice: {', '.join(sorted(twice)) or 'none'}; without a value: "
            f"{', '.join(unknown) or 'none'}; each occurs once and has one"
        )
    return _through(gate, values)


def _through(gate: Gate, values: Mapping[str, Floats]) -> Floats:
    parts = np.array([values[one] if isinstance(one, str) else _through(one, values) for one in gate.of])
    if gate.kind == "and":
        return np.asarray(parts.prod(axis=0), np.float64)
    if gate.kind == "or":
        return np.asarray(1.0 - (1.0 - parts).prod(axis=0), np.float64)
    return np.asarray(parts.sum(axis=0), np.float64)


def in_a_year(rate: Floats) -> Floats:
    """Chance of at least one in a year at a rate [1/year]: a Poisson process."""
    return np.asarray(-np.expm1(-np.asarray(rate)), np.float64)
