"""Where does a value lie on a drawing? Scales, straight or logarithmic on both sides of zero, and round numbers on them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """Values from low to high drawn from a to b [px]; `linear` is the size below which a logarithmic scale is straight."""

    low: float
    high: float
    a: float
    b: float
    linear: float | None = None

    def __call__(self, value: float) -> float:
        """Pixels of a value; what lies outside is put on the edge."""
        low, high = self.bent(self.low), self.bent(self.high)
        share = (self.bent(min(max(value, self.low), self.high)) - low) / (high - low)
        return self.a + share * (self.b - self.a)

    def bent(self, value: float) -> float:
        """The value where the scale is straight; its signed logarithm where it is not."""
        return value if self.linear is None else math.copysign(math.log10(1.0 + abs(value) / self.linear), value)

    def ticks(self, most: int) -> list[float]:
        """At most so many round numbers."""
        return _powers(self, most) if self.linear is not None else _round(self.low, self.high, most)


def span(values: Iterable[float], least: float) -> tuple[float, float]:
    """From the lowest to the highest finite value, zero among them, with a margin; at least `least` wide."""
    known = [value for value in values if math.isfinite(value)] + [0.0]
    low, high = min(known), max(known)
    short = max(0.0, least - (high - low))
    low, high = (low, high + short) if high >= -low else (low - short, high)
    margin = 0.06 * (high - low)
    return low - margin, high + margin


def _round(low: float, high: float, most: int) -> list[float]:
    rough = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(part * power for part in STEPS if part * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [n * step for n in range(first, math.floor(high / step + 1e-9) + 1)]


def _powers(scale: Scale, most: int) -> list[float]:
    """Zero and powers of ten on both sides, thinned evenly."""
    least = scale.linear or 1.0
    sides = []
    for sign, edge in ((1.0, scale.high), (-1.0, -scale.low)):
        count = 1 + int(math.log10(edge / least)) if edge >= least else 0
        sides += [sign * least * 10.0**n for n in range(count)]
    every = max(1, math.ceil(len(sides) / max(1, most - 1)))
    kept = [value for value in sides if round(math.log10(abs(value) / least)) % every == 0]
    return sorted([0.0, *kept])
