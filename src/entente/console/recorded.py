"""Columns over time, small enough to mail: rounded numbers where they always change, changes where they seldom do."""

from collections.abc import Callable
from typing import Any

import numpy as np

from entente.compiled import Floats
from entente.records import Bools


def rounded(values: Floats, digits: int) -> Any:
    """Numbers (...) with so many digits after the point, as lists, or one as a number; None for nan and inf."""
    array = np.round(np.asarray(values, np.float64), digits)
    out = np.asarray(array.astype(object))
    out[~np.isfinite(array)] = None
    return out.tolist()


def changes(held: Bools, values: Any, say: Callable[[Any], Any]) -> list[list[Any]]:
    """Pairs of a moment's number and what holds from then on: only where it is another than the moment before.

    Args:
        held: (G,) where there is anything to say; None is said where not.
        values: (G, ...), one row a moment.
        say: what a row is for the reader.
    """
    out: list[list[Any]] = []
    for g, there in enumerate(held.tolist()):
        now = say(values[g]) if there else None
        if now != (out[-1][1] if out else None):
            out.append([g, now])
    return out
