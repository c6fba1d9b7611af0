"""Runs to and from disk: a study's numbers and the manifest that says where they come from.

Every file is written beside its place, synced, and renamed; the manifest comes last, so that a folder with a manifest is
whole.
"""

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from entente.errors import StoreError

FORMAT = 1  # of the manifest
MANIFEST, NUMBERS = "manifest.json", "study.nc"


def open_folder(folder: Path) -> Path:
    """The folder, made if need be.

    Raises:
        StoreError: it cannot be made or written, or is a file.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as problem:
        raise StoreError(
            f"{folder}: cannot be written ({problem.strerror}); pick another folder with --out"
        ) from problem


def place(path: Path, fill: Callable[[Path], object]) -> None:
    """Let `fill` write a file, which then appears at `path` whole or not at all; OSError where it cannot."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        fill(partial)
        with partial.open("rb") as handle:
            os.fsync(handle.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write(path: Path, fill: Callable[[Path], object]) -> Path:
    """`place`, with a StoreError that says what to do."""
    try:
        place(path, fill)
    except OSError as problem:
        raise StoreError(
            f"{path}: cannot be written ({problem.strerror}); free some space or pick another folder"
        ) from problem
    return path


def save(data: xr.Dataset, provenance: Mapping[str, Any], folder: Path) -> None:
    """A study's numbers as NetCDF, then its manifest."""
    open_folder(folder)
    write(folder / NUMBERS, lambda path: data.to_netcdf(path, engine="h5netcdf"))
    text = json.dumps({"format": FORMAT, **provenance}, indent=2, sort_keys=True) + "\n"
    write(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))


def load_numbers(folder: Path) -> tuple[xr.Dataset, dict[str, Any]]:
    """What `save` wrote.

    Raises:
        StoreError: no whole study there, or one written by a newer version.
    """
    manifest = folder / MANIFEST
    if not manifest.exists():
        raise StoreError(f"{folder}: has no {MANIFEST}, so no study was finished there; run `entente run` first")
    said = json.loads(manifest.read_text(encoding="utf-8"))
    if said.get("format", 0) > FORMAT:
        raise StoreError(
            f"{manifest}: format {said['format']} is newer than this version reads ({FORMAT}); update entente"
        )
    with xr.open_dataset(folder / NUMBERS, engine="h5netcdf") as data:
        return data.load(), said
