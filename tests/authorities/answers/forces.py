"""Strategic forces: what `entente.forces` gives for totals that others published."""

from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """A sum over legs, or what a treaty counted on a day."""
    if case["what"] == "counted":
        found = en.forces(case["party"], int(case["day"][:4]))
        return getattr(dict(found.counted())[case["day"]], case["of"])
    found = en.forces(case["party"], case["year"])
    if case["what"] == "all":
        return getattr(found, case["of"]).nominal
    return sum(getattr(found.legs[name], case["of"]).nominal for name in case["legs"])
