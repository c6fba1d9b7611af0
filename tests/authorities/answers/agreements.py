"""Agreements: the limits and dates of the catalogue."""

import datetime as dt
from typing import Any

import entente as en


def answer(case: dict[str, Any]) -> float:
    """A limit, or a day as days since 1900."""
    row = en.agreements()[case["agreement"]]
    if case["what"] == "day":
        return (getattr(row, case["key"]) - dt.date(1900, 1, 1)).days
    whom = case.get("applies_to", "each party")
    (value,) = [
        limit.value
        for limit in row.limits
        if limit.quantity == case["quantity"] and (limit.applies_to.startswith(whom) or "applies_to" not in case)
    ]
    return value
