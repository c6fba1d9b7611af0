"""Studies to and from disk: a folder that one process writes at a time, and the numbers of a finished study in it.

::

    plan.json                       what the study does and with what (journal.py); its presence makes the folder ours
    chunks/CASE-SEED.*.parquet      what a chunk of seeds found (chunks.py), as soon as it is found
    chunks/SHA256SUMS               the check sums of finished chunks, as `sha256sum --check` reads them
    study.nc                        the measures; groups `again` (second histories) and `inputs` (as drawn)
    manifest.json                   where the numbers come from, and the check sums of all of these
    report.html, figures/, data/    how it is told (the report package); REPORT names them all

Every file is written beside its place, synced, and renamed; the manifest comes last, so that a folder with a manifest is
whole. A killed process leaves no lock: the system drops it with the process.
"""

import datetime as dt
import fcntl
import hashlib
import io
import json
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import xarray as xr

from entente.errors import StoreError

OLDEST = 1  # format of any file
FORMAT = 2  # of the manifest: 1 was one NetCDF file without groups and without check sums
MANIFEST, NUMBERS, PLAN, CHUNKS, LOCK = "manifest.json", "study.nc", "plan.json", "chunks", ".entente.lock"
SHEETS = (
    *("able_to_reach", "alarms", "answers", "centre", "clock", "deciders", "exposure", "false_words", "findings"),
    *("force_levels", "gains", "guarantees", "histories", "ladder", "levels", "limits", "losses", "map", "observer"),
    *("other_deterrents", "paths", "protection", "raids", "reciprocity", "record", "resolved", "reversals", "seeing"),
    *("several", "takings", "thresholds", "timelines", "tolerance", "tornado", "tracks", "trust", "verification"),
    "warning",
)
EVENTS = (
    *("failed-chip-1980", "glint-1983", "misfire-2022", "satellite-launch-1998", "scuds-1999", "sounding-rocket-1995"),
    "training-tape-1979",
)
FIGURES = (
    *("clock", "ladder", "map", "map-far", "paths", "raids", "seeing", "tolerance", "warning"),
    *(f"tornado-F{number}" for number in range(1, 9)),
    *(f"event-{name}" for name in EVENTS),
)
REPORT = (
    *("report.html", "report.ru.html"),
    *(f"figures/{name}{language}.svg" for name in FIGURES for language in ("", ".ru")),
    *(f"data/{name}.csv" for name in SHEETS),
)
HDF5_FAILS = (OSError, RuntimeError)  # what the HDF5 library raises where it cannot read or write


@dataclass(frozen=True)
class Numbers:
    """What a finished study found, and where it comes from."""

    data: xr.Dataset  # the measures: case, rung, party, seed
    again: xr.Dataset  # the same of second histories, fewer seeds
    inputs: xr.DataArray  # every ranged input as drawn: seed, input
    provenance: dict[str, Any]


@contextmanager
def occupied(folder: Path) -> Iterator[Path]:
    """The folder, made if need be, for one process alone.

    Raises:
        StoreError: it cannot be made or written, is a file, holds what no study wrote, or another run is writing there.
    """
    _refuse_foreign(folder)
    open_folder(folder)
    with refusing(folder / LOCK, "cannot be locked"):
        lock = (folder / LOCK).open("ab+", buffering=0)  # no buffer that a full disk would refuse once more at the end
    with lock:
        with refusing(folder / LOCK, "cannot be locked"):
            _take(lock, folder)
        with refusing(folder, "what a killed run left half cannot be deleted"):
            for left in (*folder.glob(".*.partial"), *(folder / CHUNKS).glob(".*.partial")):
                left.unlink()  # the lock is ours, so nobody is at work on it
        try:
            yield folder
        finally:
            with suppress(OSError):  # who held a lock is of no interest once it is free
                lock.truncate(0)


def _take(lock: IO[bytes], folder: Path) -> None:
    """Lock a folder, and say in its lock file who did."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        lock.seek(0)
        who = lock.read().decode(errors="replace").strip() or "just started"
        raise StoreError(
            f"{folder}: another run is writing there ({who}); wait for it, or pick another folder"
        ) from problem
    lock.truncate(0)
    lock.write(f"process {os.getpid()}, since {dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())


@contextmanager
def refusing(path: Path, what: str) -> Iterator[None]:
    """An OSError becomes a StoreError of one line: which path, what cannot be done with it, and why."""
    try:
        yield
    except OSError as problem:
        raise StoreError(f"{path}: {what} ({problem.strerror}); pick another folder with --out") from problem


def open_folder(folder: Path) -> Path:
    """The folder, made if need be.

    Raises:
        StoreError: it cannot be made or written, or is a file.
    """
    with refusing(folder, "cannot be written"):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder


def place(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a file, which then appears at `path` whole or not at all; OSError where it cannot."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        fill(partial)
        sync(partial)
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file, or what a folder lists, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, fill: Callable[[Path], object]) -> Path:
    """`place`, with a StoreError that says what to do."""
    try:
        place(path, fill)
    except OSError as problem:
        raise StoreError(
            f"{path}: cannot be written ({problem.strerror}); free some space and continue with --resume, or pick another folder"
        ) from problem
    return path


def write_json(path: Path, said: Mapping[str, Any]) -> None:
    """`write`, of an object as JSON."""
    text = json.dumps(said, indent=2, sort_keys=True, allow_nan=False) + "\n"
    write(path, lambda partial: partial.write_text(text, encoding="utf-8"))


def read_json(path: Path, newest: int) -> dict[str, Any]:
    """An object that `write_json` wrote, of a format this version knows.

    Raises:
        StoreError: it cannot be read, is damaged, or is of a newer or older format.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise StoreError(f"{path}: cannot be read ({problem.strerror}); pick another folder") from problem
    except ValueError as problem:
        raise StoreError(f"{path}: is damaged, no JSON ({problem}); run again with --force") from problem
    if not isinstance(said, dict) or not isinstance(said.get("format"), int):
        raise StoreError(f"{path}: is damaged or not of a study, it states no format; pick another folder")
    if said["format"] < OLDEST:
        raise StoreError(
            f"{path}: format {said['format']} is older than this version reads ({OLDEST}); run again with --force"
        )
    if said["format"] > newest:
        raise StoreError(f"{path}: format {said['format']} is newer than this version reads ({newest}); update entente")
    return said


def sha256(path: Path) -> str:
    """The check sum of a file, as 64 hexadecimal digits; OSError where it cannot be read."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ctrl-C waits until the block ends: DuckDB and HDF5 turn it into errors of their own, or lose it."""
    before = signal.getsignal(signal.SIGINT)
    if (
        before is None or threading.current_thread() is not threading.main_thread()
    ):  # not Python's to handle, or not here
        yield
        return
    came: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            signal.raise_signal(signal.SIGINT)


@undisturbed()
def save(numbers: Numbers, folder: Path, sums: Mapping[str, str]) -> None:
    """Write the numbers as NetCDF, then the manifest.

    Args:
        sums: the check sums of the files that are there already, by their path in the folder.
    """
    content = _as_netcdf(numbers)
    write(folder / NUMBERS, lambda path: path.write_bytes(content))
    sums = {**sums, NUMBERS: sha256(folder / NUMBERS)}
    write_json(folder / MANIFEST, {"format": FORMAT, **numbers.provenance, "sha256": sums})


def _as_netcdf(numbers: Numbers) -> bytes:
    """The file, made in memory: the HDF5 library ends the whole process where it finds the disk full."""
    file = io.BytesIO()
    numbers.data.to_netcdf(file, engine="h5netcdf")
    numbers.again.to_netcdf(file, mode="a", group="again", engine="h5netcdf")
    numbers.inputs.to_dataset(name="value").to_netcdf(file, mode="a", group="inputs", engine="h5netcdf")
    return file.getvalue()


def is_finished(folder: Path) -> bool:
    """Whether a study was finished there."""
    return (folder / MANIFEST).exists()


def load(folder: Path) -> Numbers:
    """What `save` wrote, once every file of the study has its check sum.

    Raises:
        StoreError: no finished study there, a damaged file, or one written by a newer version.
    """
    if not is_finished(folder):
        raise StoreError(f"{folder}: has no {MANIFEST}, so no study was finished there; run `entente run` first")
    said = upgrade(read_json(folder / MANIFEST, FORMAT))
    sums = said.pop("sha256", None)
    if not isinstance(sums, dict):
        raise StoreError(f"{folder / MANIFEST}: is damaged, it lists no check sums; run again with --force")
    for name, known in sums.items():
        if damaged(folder / name, known):
            raise StoreError(
                f"{folder / name}: is damaged or gone, its check sum is not the manifest's; run again with --resume"
            )
    del said["format"]
    try:
        with xr.open_dataset(folder / NUMBERS, engine="h5netcdf") as data:
            measures = data.load()
        if said.pop("groups", True):
            with xr.open_dataset(folder / NUMBERS, engine="h5netcdf", group="again") as data:
                again = data.load()
            with xr.open_dataset(folder / NUMBERS, engine="h5netcdf", group="inputs") as data:
                inputs = data["value"].load()
        else:
            again = measures.isel(seed=slice(0))
            inputs = xr.DataArray(coords={"seed": measures["seed"], "input": []}, dims=("seed", "input"))
    except (*HDF5_FAILS, KeyError) as problem:
        raise StoreError(f"{folder / NUMBERS}: cannot be read ({problem}); run again with --force") from problem
    return Numbers(measures, again, inputs, said)


def upgrade(said: dict[str, Any]) -> dict[str, Any]:
    """A manifest of the format before, as this version writes it."""
    return said if said["format"] == FORMAT else {**said, "format": FORMAT, "sha256": {}, "groups": False}


def damaged(path: Path, known: str) -> bool:
    """Whether a file is gone, or not the one whose check sum is known."""
    try:
        return sha256(path) != known
    except OSError:
        return True


def _refuse_foreign(folder: Path) -> None:
    """A folder is taken if it is new, empty, or a study's; what people keep elsewhere stays untouched."""
    with refusing(folder, "cannot be read"):
        names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if PLAN in names or MANIFEST in names:
        return
    foreign = [name for name in names if name != LOCK and not name.endswith(".partial")]
    if foreign:
        raise StoreError(
            f"{folder}: holds {foreign[0]!r}, which no study wrote; pick an empty or a new folder with --out"
        )
