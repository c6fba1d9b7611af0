"""What was found of a chunk of histories, and how it lies in two Parquet files.

::

    histories   case, rung, party, seed, again, and one column a measure; NULL where it is undefined
    inputs      seed, input, value: every ranged input as that seed drew it, in the units of its key

`again` marks the second histories of a seed: the same inputs, other chance. All chunks of a study read as one table, in
DuckDB for example with ``select * from 'chunks/*.histories.parquet'``.
"""

import errno
import glob
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from entente.compiled import Floats

ERRNO = re.compile(r'"errno":"(\d+)"')


@dataclass(frozen=True)
class Axes:
    """What the rows and columns of a chunk are."""

    case: str
    measures: tuple[str, ...]
    rungs: tuple[int, ...]
    parties: tuple[str, ...]
    seeds: tuple[int, ...]
    again: int  # of how many of these seeds there is a second history, from the first on
    stressed: int = 0  # of how many there is one under stress


@dataclass(frozen=True)
class Found:
    """The measures of a chunk, nan where undefined, and what its seeds drew."""

    values: Floats  # (measure, rung, party, seed)
    again: Floats  # (measure, rung, party, seed) of the second histories
    inputs: dict[str, Floats]  # (seed,)


def write_histories(path: Path, axes: Axes, found: Found) -> None:
    """The measures as a table; OSError where it cannot be written."""
    second = axes.seeds[: axes.again]
    shape = (len(axes.rungs), len(axes.parties))
    first = _keys(axes, axes.seeds)
    keys = {name: np.concatenate([first[name], column]) for name, column in _keys(axes, second).items()}
    rows = len(keys["seed"])
    table = {
        "case": np.full(rows, axes.case, dtype=object),
        **keys,
        "again": np.arange(rows) >= len(axes.seeds) * shape[0] * shape[1],
        **{name: np.r_[found.values[i].ravel(), found.again[i].ravel()] for i, name in enumerate(axes.measures)},
    }
    _write(path, table)


def write_inputs(path: Path, axes: Axes, found: Found) -> None:
    """The inputs as a table; OSError where it cannot be written."""
    names, count = list(found.inputs), len(axes.seeds)
    table = {
        "seed": np.tile(np.array(axes.seeds, dtype=np.int64), len(names)),
        "input": np.repeat(np.array(names, dtype=object), count),
        "value": np.concatenate([np.empty(0), *found.inputs.values()]),
    }
    _write(path, table)


def read(histories: Path, inputs: Path, axes: Axes) -> Found:
    """What was written, to the bit.

    Raises:
        OSError: a file is not there, is no Parquet, or holds something else.
    """
    rows, drawn = _read(histories), _read(inputs)
    try:
        at = tuple(
            np.array([position[key] for key in rows[name].tolist()], dtype=int)
            for name, position in (
                ("rung", {rung: i for i, rung in enumerate(axes.rungs)}),
                ("party", {party: i for i, party in enumerate(axes.parties)}),
                ("seed", {seed: i for i, seed in enumerate(axes.seeds)}),
            )
        )
        second = np.asarray(rows["again"], dtype=bool)
        shape = (len(axes.measures), len(axes.rungs), len(axes.parties))
        values, again = np.full((*shape, len(axes.seeds)), np.nan), np.full((*shape, axes.again), np.nan)
        for i, name in enumerate(axes.measures):
            column = np.ma.filled(rows[name], np.nan)
            values[i][tuple(index[~second] for index in at)] = column[~second]
            again[i][tuple(index[second] for index in at)] = column[second]
        named = np.asarray(drawn["input"], dtype=object)
        value = np.ma.filled(drawn["value"], np.nan)
        return Found(values, again, {str(name): value[named == name] for name in dict.fromkeys(named.tolist())})
    except (KeyError, IndexError) as problem:
        raise OSError(errno.EINVAL, f"does not hold what was planned: {problem}") from problem


def _keys(axes: Axes, seeds: tuple[int, ...]) -> dict[str, Any]:
    """The columns rung, party and seed of a block, in the order of its array."""
    shape = (len(axes.rungs), len(axes.parties), len(seeds))
    rung, party, seed = (
        np.broadcast_to(np.array(values, dtype=kind).reshape(where), shape).ravel()
        for values, kind, where in (
            (axes.rungs, np.int32, (-1, 1, 1)),
            (axes.parties, object, (-1, 1)),
            (seeds, np.int64, -1),
        )
    )
    return {"rung": rung, "party": party, "seed": seed}


@cache
def _duck() -> duckdb.DuckDBPyConnection:
    """The one connection of this process: nothing is fetched, and the cores belong to the workers."""
    return duckdb.connect(
        ":memory:",
        config={"autoinstall_known_extensions": False, "autoload_known_extensions": False, "threads": 1},
    )


def _write(path: Path, table: Mapping[str, Any]) -> None:
    try:
        duck = _duck()
        duck.register("chunk", table)
        duck.table("chunk").write_parquet(str(path), compression="zstd")
        duck.unregister("chunk")
    except duckdb.Error as problem:
        raise _as_os_error(problem) from problem


def _read(path: Path) -> dict[str, Any]:
    try:
        return _duck().read_parquet(glob.escape(str(path))).fetchnumpy()
    except duckdb.Error as problem:
        raise _as_os_error(problem) from problem


def _as_os_error(problem: duckdb.Error) -> OSError:
    """What the system said, which DuckDB hands on as a number inside its own words."""
    said = ERRNO.search(str(problem))
    if said:
        return OSError(int(said[1]), os.strerror(int(said[1])))
    return OSError(errno.EIO, str(problem).partition("\n")[0])
