"""What is a table of the report's files? Commas, units in the header, one fact a cell."""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entente.report.material import Material

INTERVALS = ("sampling_low", "sampling_high", "assumption_low", "assumption_high")
UNITS = {"1": "share"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what such a text begins with


@dataclass(frozen=True)
class Sheet:
    """One table: header cells carry their unit in square brackets."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]

    @property
    def text(self) -> str:
        """As CSV: commas, decimal points, shortest digits that read back to the same number."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([[_cell(value) for value in row] for row in self.rows])
        return out.getvalue()


def _cell(value: object) -> object:
    """Nothing where it is undefined; text that a spreadsheet would run as a formula is marked as text."""
    if _undefined(value):
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _undefined(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def headed(found: Material, measure: str) -> str:
    """A measure's header cell, with its unit."""
    unit = found.unit(measure)
    return f"{measure} [{UNITS.get(unit, unit)}]"


def ranged(name: str) -> list[str]:
    """The header cells of a number with its range."""
    return [f"{name}_5", name, f"{name}_95"]
