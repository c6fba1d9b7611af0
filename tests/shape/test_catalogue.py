"""Every row of the catalogue says who says so, stands on the 0.1 degree grid and keeps its ranges in order."""

import datetime as dt

import pytest
from pydantic import BaseModel

from entente.errors import ModelError, UnknownName
from entente.scenario.load import load
from entente.scenario.parts import Ranged
from entente.scenario.rows import FOLDER, KINDS, catalogue, ladder, radars, systems, vehicles
from entente.scenario.systems import Radar, Row, Satellite

ROWS = [row for kind in KINDS for row in catalogue(kind)]
IDS = [getattr(row, "id", f"rung {getattr(row, 'rung', '')}") for row in ROWS]


def ranges(value: object) -> list[Ranged]:
    """Every range inside a row."""
    if isinstance(value, Ranged):
        return [value]
    if isinstance(value, BaseModel):
        value = {name: getattr(value, name) for name in type(value).model_fields}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [found for item in inner for found in ranges(item)]


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_a_row_says_who_says_so(row):
    assert all(len(source) >= 8 for source in row.source)
    if isinstance(row, Row):
        sourced = any("http" in source for source in row.source)
        assert sourced or row.basis in ("invented", "assumed")
        assert row.basis != "retrieved" or sourced


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_ranges_rise(row):
    assert all(found.low <= found.nominal <= found.high for found in ranges(row))


@pytest.mark.parametrize("row", [row for row in systems() if not isinstance(row, Satellite)], ids=lambda row: row.id)
def test_positions_are_rounded_to_a_tenth_of_a_degree(row):
    for angle in (row.lat_deg, row.lon_deg):
        assert round(angle, 1) == angle


@pytest.mark.parametrize("row", systems(), ids=lambda row: row.id)
def test_periods_follow_one_another(row):
    for earlier, later in zip(row.periods, row.periods[1:], strict=False):
        assert earlier.to is not None
        assert earlier.since < earlier.to <= later.since


@pytest.mark.parametrize("row", radars(), ids=lambda row: row.id)
def test_an_unsourced_cross_section_is_a_range_and_says_assumed(row: Radar):
    assert row.reference_rcs_m2.low < row.reference_rcs_m2.high
    assert row.notes
    assert "ssumed" in row.notes or "as for" in row.notes


def test_ids_are_unique():
    for kind in KINDS:
        names = [getattr(row, "id", getattr(row, "rung", None)) for row in catalogue(kind)]
        assert len(set(names)) == len(names)
    assert len({row.id for row in systems()}) == len(systems())


def test_files_and_kinds_agree():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(KINDS)


def test_the_ladder_is_whole_and_what_flows_adds_up():
    assert [row.rung for row in ladder()] == list(range(9))
    for lower, upper in zip(ladder(), ladder()[1:], strict=False):
        assert set(lower.flows) <= set(upper.flows)


def test_the_year_2013():
    deployed = {row.id for row in catalogue("radars", owner="russia", year=2013, status="deployed")}
    assert deployed == {"armavir_southwest", "armavir_southeast", "pionersky", "hantsavichy", "lekhtusi", "don_2n"}
    assert "gabala" in {row.id for row in catalogue("radars", owner="russia", year=2012)}
    states = {row["id"]: row["status"] for row in catalogue("satellites", year=2013).to_dicts()}
    assert states == {"dsp_10e": "deployed", "dsp_69e": "deployed", "sbirs_geo2": "planned", "us_kmo_166e": "deployed"}
    assert [row.id for row in catalogue("interceptors", year=2013, status="planned")] == ["deveselu"]


def test_a_year_means_its_first_of_july():
    kmo = {row.id: row for row in catalogue("satellites")}["us_kmo_80e"]
    assert kmo.status_on(dt.date(2012, 6, 30)) == "deployed"
    assert "us_kmo_80e" not in {row.id for row in catalogue("satellites", year=2012)}


def test_a_table_prints_aligned_with_its_sources():
    table = catalogue("radars", owner="russia", year=2013)
    text = str(table).splitlines()
    assert text[0].split() == ["id", "title", "status", "2013", "figures", "basis", "source"]
    column = text[0].index("figures")
    assert all(line[column - 2 : column] == "  " and line[column] != " " for line in text[1 : 1 + len(table)])
    assert sum(line.startswith("[") for line in text) == len({source for row in table for source in row.source})
    assert all(str(catalogue(kind)) for kind in KINDS)


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"kind": "radar"}, UnknownName, r"did you mean 'radars'\?"),
        ({"kind": "radars", "owner": "rusia"}, UnknownName, r"did you mean 'russia'\?"),
        ({"kind": "radars", "status": "ready"}, UnknownName, "known: deployed, planned, cancelled, retired"),
        ({"kind": "radars", "year": 0}, ModelError, "the year 0 does not exist"),
        ({"kind": "ladder", "year": 2013}, ModelError, "ladder have no owner and no dates"),
    ],
)
def test_what_the_catalogue_does_not_hold(asked, error, message):
    with pytest.raises(error, match=message):
        catalogue(**asked)


def test_the_example_names_a_class_that_exists():
    assert load("one-launch").cases[0].vehicle in {row.id for row in vehicles()}
