"""The files of places are what docs/reference/places.md says."""

from pathlib import Path

import numpy as np
import pytest

from entente.scenario.places import CREDIT_CITIES, FOLDER, borders, cities, disputed, land

DOCS = Path(__file__).parents[2] / "docs/reference/places.md"


def city(name, country):
    table = cities()
    found = [i for i in range(len(table.name)) if (table.name[i], table.country[i]) == (name, country)]
    assert len(found) <= 1
    return found


def test_cities_are_large_sorted_and_on_the_earth():
    table = cities()
    assert table.population.min() >= 100_000
    assert np.all(np.diff(table.population) <= 0)
    assert np.abs(table.lat_deg).max() < 75
    assert np.abs(table.lon_deg).max() <= 180
    assert len(set(table.id.tolist())) == len(table.name)
    assert all(len(code) == 2 for code in table.country)


@pytest.mark.parametrize(
    ("name", "country"),
    [("Moscow", "RU"), ("Warsaw", "PL"), ("New York City", "US"), ("Newark", "US"), ("Khimki", "RU")],
)
def test_cities_are_there(name, country):
    assert city(name, country)


@pytest.mark.parametrize(
    ("name", "country"), [("Brooklyn", "US"), ("Queens", "US"), ("Croydon", "GB"), ("Solntsevo", "RU")]
)
def test_parts_of_cities_are_not(name, country):
    assert not city(name, country)


def test_tables_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        cities().population[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        land()[0][0] = 1


def inside(lon, lat):
    """The even-odd rule, by the crossings of a ray toward the east."""
    crossings = 0
    for ring in land():
        (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
        across = (y1 > lat) != (y2 > lat)
        crossings += np.sum(
            x1[across] + (lat - y1[across]) / (y2[across] - y1[across]) * (x2[across] - x1[across]) > lon
        )
    return bool(crossings % 2)


@pytest.mark.parametrize(
    ("lon", "lat"), [(37.6, 55.8), (21.0, 52.2), (51.4, 35.7), (34.1, 45.2), (-98.0, 39.0), (33.4, 35.0)]
)
def test_land_is_land(lon, lat):
    assert inside(lon, lat)


@pytest.mark.parametrize(("lon", "lat"), [(0, 0), (18, 35), (3, 56), (-30, 45), (34, 43)])
def test_sea_is_sea(lon, lat):
    assert not inside(lon, lat)


def test_rings_close_and_lines_exist():
    assert all(np.array_equal(ring[0], ring[-1]) and len(ring) >= 4 for ring in land())
    assert len(borders()) > 300
    assert len(disputed()) >= 8


def test_files_are_small_credited_and_documented():
    assert (FOLDER / "cities.csv").stat().st_size < 300_000
    assert (FOLDER / "world.json").stat().st_size <= 156_000
    text = DOCS.read_text(encoding="utf-8")
    assert f"{len(cities().name):,} cities" in text
    assert "CC BY 4.0" in text
    assert "GeoNames" in CREDIT_CITIES
    assert "GeoNames" in (FOLDER / "README.md").read_text(encoding="utf-8")
