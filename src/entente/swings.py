"""Which inputs move a number, by how much? Its mean where an input is low, and where it is high: the bars of a tornado."""

from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.deciders import FEWEST, first_order, noise

OUTER = 0.2  # share of the draws at either end of an input that counts as low, and as high
SIGNIFICANT = 3  # digits of a value of an input that are said


@dataclass(frozen=True)
class Sample:
    """A number, draw by draw, and all that was drawn beside it.

    Attributes:
        what: key of the number in the glossary of the report; unit: of it.
        number: (D,); margin: how far above the bar, (D,).
        names: of the inputs; units: theirs; sourced: whether a source states the range.
        values: of the inputs, (D, K), in their units.
    """

    what: str
    unit: str
    number: Floats
    margin: Floats
    names: tuple[str, ...]
    units: tuple[str, ...]
    sourced: tuple[bool, ...]
    values: Floats

    def kept(self, wanted: Floats) -> "Sample":
        """Only these draws, and of the inputs those that vary over them."""
        values = self.values[wanted]
        varied = np.isfinite(values).all(axis=0) & (np.ptp(np.nan_to_num(values), axis=0) > 0.0)
        at = np.flatnonzero(varied).tolist()
        return Sample(
            self.what,
            self.unit,
            self.number[wanted],
            self.margin[wanted],
            tuple(self.names[n] for n in at),
            tuple(self.units[n] for n in at),
            tuple(self.sourced[n] for n in at),
            values[:, varied],
        )


@dataclass(frozen=True)
class Swing:
    """One input, and the mean of the number where it is low and where it is high.

    Attributes:
        low, high: mean of the input over the lowest and the highest fifth of its draws, in its unit.
        at_low, at_high: mean of the number over the same draws.
        index: first-order, of the number; threshold: what shuffled numbers reach.
    """

    input: str
    unit: str
    sourced: bool
    low: float
    high: float
    at_low: float
    at_high: float
    index: float
    threshold: float

    @property
    def clear(self) -> bool:
        """Whether it is more than noise."""
        return self.index > self.threshold


def swings(sample: Sample) -> tuple[Swing, ...]:
    """Every input that varies, the one with the largest index first; none with fewer than 59 draws or a number that stays.

    Valid: independent inputs; the mean over a fifth of 100 draws is off by about a fifth of the number's spread, over one of
        1,000 by a fifteenth: bars below the threshold of noise say nothing.
    Source: index: `deciders.first_order`; conditional means: own.
    """
    known = sample.kept(np.isfinite(sample.number))
    if len(known.number) < FEWEST or not known.names or np.ptp(known.number) == 0.0:
        return ()
    indices, least = first_order(known.values, known.number), noise(known.number, len(known.names))
    found = [
        Swing(
            name, known.units[n], known.sourced[n], *_ends(known.values[:, n], known.number), float(indices[n]), least
        )
        for n, name in enumerate(known.names)
    ]
    return tuple(sorted(found, key=lambda one: -one.index))


def _ends(values: Floats, number: Floats) -> tuple[float, float, float, float]:
    """Means of the input in its lowest and highest fifth, and of the number there."""
    order = np.argsort(values, kind="stable")
    few = max(1, round(OUTER * len(order)))
    low, high = order[:few], order[-few:]
    return float(values[low].mean()), float(values[high].mean()), float(number[low].mean()), float(number[high].mean())


def rounded(value: float) -> float:
    """A value to the digits that are said."""
    return float(f"{value:.{SIGNIFICANT}g}")
