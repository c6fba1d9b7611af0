"""What the program says to every published value: `NAME.yaml` one folder up holds the cases, `NAME.py` here answers them.

A module here has `answer(case: dict) -> float`: the number that the public functions give for a case, in its unit. A
case agrees if it lies within `tolerance` (a share) of `value`, plus `rounding` (in the unit), or inside its `band`.
One with `suitability: loose` is a rough statement: it is listed with what we get and fails nothing. `checks: input` says
that the number is an input of the catalogue; `shown` names what else of the case the page of results shows.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
NEEDED = ("name", "unit", "grade", "source")


@dataclass(frozen=True)
class Checked:
    """A published case and what was computed for it."""

    case: dict[str, Any]
    computed: float

    @property
    def loose(self) -> bool:
        """Whether the case is only listed."""
        return self.case.get("suitability") == "loose"

    @property
    def basis(self) -> str:
        """What stands on the other side: a document (A, B, C), a recalled value (D), a formula (calc), an input of ours."""
        if self.case.get("checks") == "input":
            return "input"
        return {"calc": "formula", "D": "recalled"}.get(re.split("[,; ]", self.case["grade"])[0], "document")

    @property
    def allowed(self) -> float:
        """How far the two may lie apart, in the case's unit; nan where a band says it."""
        if "band" in self.case:
            return math.nan
        return self.case["tolerance"] * abs(self.case["value"]) + self.case.get("rounding", 0.0)

    @property
    def agrees(self) -> bool:
        """Whether the computed number is the published one, as far as the case claims."""
        if "band" in self.case:
            low, high = self.case["band"]
            return low <= self.computed <= high
        return abs(self.computed - self.case["value"]) <= self.allowed

    def __str__(self) -> str:
        """Both numbers, what was allowed and why, and who says so, in one line."""
        case, unit = self.case, self.case["unit"]
        why = f"({case['tolerance_reason']}); grade {case['grade']}, {case['source']}"
        start = f"{case['name']}: computed {self.computed:.6g} {unit}, published "
        if "band" in case:
            return f"{start}{case['band'][0]:g} to {case['band'][1]:g} {unit} {why}"
        apart = f"apart {self.computed - case['value']:+.3g}, allowed {self.allowed:.3g}"
        return f"{start}{case['value']:.6g} {unit}, {apart} {why}"


def files() -> list[str]:
    """Every file of published values that a module here answers."""
    return sorted(file.stem for file in HERE.glob("*.py") if not file.stem.startswith("_"))


def cases(name: str) -> list[dict[str, Any]]:
    """The published cases of a file; what all have in common is said once there, under `common`."""
    content = yaml.safe_load((HERE.parent / f"{name}.yaml").read_text(encoding="utf-8"))
    return [content["common"] | case for case in content["cases"]]


def answer_of(name: str) -> Callable[[dict[str, Any]], float]:
    """The function that answers the cases of a file."""
    return import_module(f"{__name__}.{name}").answer


def checked(name: str) -> Iterator[Checked]:
    """Every case of a file with what the program gives for it, in the file's order."""
    answer = answer_of(name)
    for case in cases(name):
        yield Checked(case, float(answer(case)))


def mistakes(case: dict[str, Any]) -> list[str]:
    """What a case lacks, to be a claim that can be checked and looked up."""
    wrong = [f"{key}: missing" for key in NEEDED if not case.get(key)]
    if ("band" in case) == ("value" in case):
        wrong.append("give one of value and band")
    if "value" in case and "tolerance" not in case:
        wrong.append("tolerance: missing")
    if not case.get("tolerance_reason"):
        wrong.append("tolerance_reason: missing")
    return wrong
