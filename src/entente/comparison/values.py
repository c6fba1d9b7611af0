"""Which numbers of a study are meant? One measure in one case at one rung for one party, over its histories.

A study is asked for the same numbers thousands of times: they are looked up once and kept in its memo.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import xarray as xr

from entente.compiled import Floats
from entente.errors import unknown
from entente.study import Study

DIMS = ("case", "rung", "party")

Answer = TypeVar("Answer")


def once(study: Study, question: tuple[Any, ...], find: Callable[[], Answer]) -> Answer:
    """The answer to a question about a study, found when it is asked for the first time.

    Args:
        question: names what is asked and every argument that decides it; two that are equal have one answer.
    """
    if question not in study.memo:
        study.memo[question] = find()
    found: Answer = study.memo[question]
    return found


def variable(study: Study, measure: str) -> xr.DataArray:
    """One measure of a study, (case, rung, party, seed).

    Raises:
        UnknownName: no such measure.
    """
    if measure not in study.data:
        raise unknown("measure", measure, [str(name) for name in study.data])
    return study.data[measure]


def unit_of(study: Study, measure: str) -> str:
    """The unit of a measure.

    Raises:
        UnknownName: no such measure.
    """
    return once(study, ("unit", measure), lambda: str(variable(study, measure).attrs["units"]))


def histories(study: Study, measure: str, case: str, rung: int, party: str, again: bool = False) -> Floats:
    """The values of one measure over seeds (S,), or of the second histories (T,) of the first seeds; not to be written to.

    Raises:
        UnknownName: no such measure, case, rung or party.
    """
    values = once(study, ("values", measure, again), lambda: _values(study, measure, again))
    places = once(study, ("places",), lambda: _places(study))
    at = []
    for name, asked in zip(DIMS, (case, rung, party), strict=True):
        if asked not in places[name]:
            raise unknown(name, str(asked), [str(value) for value in places[name]])
        at.append(places[name][asked])
    found: Floats = values[tuple(at)]
    return found


def _values(study: Study, measure: str, again: bool) -> Floats:
    found = variable(study, measure)
    values = np.asarray((study.again[measure] if again else found).values, np.float64).view()
    values.flags.writeable = False
    return values


def _places(study: Study) -> dict[str, dict[Any, int]]:
    """Where each case, rung and party stands."""
    return {name: {value: i for i, value in enumerate(study.data[name].values.tolist())} for name in DIMS}
