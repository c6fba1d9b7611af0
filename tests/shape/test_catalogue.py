"""Every row of the catalogue says who says so, stands on the 0.1 degree grid and keeps its ranges in order."""

import datetime as dt

import pytest
from pydantic import BaseModel, ValidationError

from entente.errors import ModelError, UnknownName
from entente.scenario.load import load
from entente.scenario.parts import FROM_FILE, Ranged
from entente.scenario.rows import FOLDER, KINDS, OWNED, catalogue, interceptors, ladder, radars, systems, vehicles
from entente.scenario.systems import NotComputable, Radar, Row, Satellite, System, VehicleClass
from entente.scenario.table import Table
from entente.scenario.world import build, selected

ORBIT = {"constellation": "x", "perigee_km": 600, "apogee_km": 39_700, "inclination_deg": 63}
ORBIT |= {"argument_of_perigee_deg": 270, "apogee_longitude_deg": 0}
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
        listed = isinstance(row, NotComputable) and row.basis == "recalled"
        assert sourced or row.basis in ("invented", "assumed") or listed
        assert row.basis != "retrieved" or sourced


@pytest.mark.parametrize("row", ROWS, ids=IDS)
def test_ranges_rise(row):
    assert all(found.low <= found.nominal <= found.high for found in ranges(row))


@pytest.mark.parametrize("row", [row for row in systems() if not isinstance(row, Satellite)], ids=lambda row: row.id)
def test_positions_are_rounded_to_a_tenth_of_a_degree(row):
    for angle in (row.lat_deg, row.lon_deg):
        assert round(angle, 1) == angle


def test_invented_places_lie_on_half_degrees_and_say_so():
    notional = [row for row in interceptors() if "lat_deg" in row.assumed]
    assert {row.id for row in notional} == {"sm3_ia_ship", "sm3_ib_ship", "s400_south", "s400_moscow", "jp_sm3_ia_ship"}
    for row in notional:
        assert (row.lat_deg * 2) % 1 == (row.lon_deg * 2) % 1 == 0
        assert "notional" in row.title
        assert row.confidence == "low"
        assert any(source.startswith("invented: place") for source in row.source)


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


def known(row: BaseModel, name: str) -> bool:
    """Whether a dotted name leads somewhere in a row: through fields, keys and list indices."""
    value: object = row
    for part in name.split("."):
        if isinstance(value, BaseModel):
            value = getattr(value, part, None)
        elif isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False
    return value is not None


@pytest.mark.parametrize("row", [row for row in ROWS if isinstance(row, Row)], ids=lambda row: row.id)
def test_what_is_assumed_is_a_key_of_the_row(row):
    parts = [row, row.vehicle] if isinstance(row, VehicleClass) else [row]
    assert all(any(known(part, name) for part in parts) for name in row.assumed), row.assumed
    assert len(set(row.assumed)) == len(row.assumed)
    if isinstance(row, System):
        assert all(name in type(row).model_fields for name in row.assumed)


@pytest.mark.parametrize("row", systems(), ids=lambda row: row.id)
def test_every_range_is_sourced_or_assumed(row):
    """Only these ranges are ever published; whoever adds a row with another sourced one says so here."""
    published = {"reach_km", "burnout_speed_km_s", "ceiling_km", "target_speed_max_km_s", "range_max_km"}
    unsure = {name for name in type(row).model_fields if isinstance(getattr(row, name), Ranged)}
    assert unsure - set(row.assumed) <= published
    assert row.assumed


def test_what_no_source_lets_us_compute_is_listed_with_a_reason_and_never_built():
    beyond = [row for row in ROWS if isinstance(row, NotComputable)]
    assert {"a35", "51t6", "safeguard", "hq19", "cn_gmd", "container", "us_k"} <= {row.id for row in beyond}
    assert all(row.why_not for row in beyond)
    assert not {row.id for row in beyond} & {row.id for row in systems()}
    assert "not computable from open sources" in str(catalogue("interceptors"))


def test_how_many_rows_there_are():
    """58 radars, 7 satellite and 18 interceptor systems are known; a site or a satellite is a row of its own."""
    assert {kind: len(catalogue(kind)) for kind in OWNED} == {"radars": 60, "satellites": 27, "interceptors": 28}
    assert len(catalogue("agreements")) == 28
    assert len(catalogue("tests")) == 5


def test_nothing_nuclear_is_pooled():
    armed = {row.id for row in interceptors() if row.nuclear_armed}
    assert armed == {"53t6"}
    for name in ("europe-2012", "europe-2013", "europe-2026"):
        scenario = load(name)
        assert "53t6" in {row.id for row in selected(scenario, interceptors())}
        assert not armed & {site.id for site in build(scenario, scenario.cases[0].name, 1).sites}
    text = str(catalogue("interceptors"))
    usual, apart = text.split("nuclear-armed, shown apart and never pooled:")
    assert "\n53t6 " not in usual
    assert "\n53t6 " in apart


US_RADARS = {"beale", "cape_cod", "clear_uewr", "cobra_dane", "fylingdales", "parcs", "pituffik", "tpy2_keren"}
US_RADARS |= {"tpy2_kurecik", "tpy2_shariki"}
RUSSIAN_RADARS = {"armavir_southwest", "balkhash_dnepr", "don_2n", "hantsavichy", "lekhtusi", "mishelevka_dnepr"}
RUSSIAN_RADARS |= {"mishelevka_south", "olenegorsk_dnepr", "pechora", "pionersky"}
US_SATELLITES = {"dsp_10e", "dsp_69e", "dsp_105e", "dsp_37w", "dsp_152w", "sbirs_heo1", "sbirs_heo2"}
GBI = {"gbi_greely", "gbi_vandenberg"}
S400 = {"s400_south", "s400_moscow"}
PLANNED = {"aegis_ashore_deveselu", "aegis_ashore_redzikowo", "tpy2_kyogamisaki", "deveselu", "sm3_ib_ship"}
PLANNED |= {"sm3_iia_redzikowo", "sm3_iib_redzikowo", "sbirs_geo1"}


@pytest.mark.parametrize(
    ("day", "statuses", "us_nato", "russia"),
    [
        (
            dt.date(2012, 6, 1),
            {"deployed"},
            US_RADARS | US_SATELLITES | GBI | {"sm3_ia_ship"},
            RUSSIAN_RADARS | {"gabala", "us_kmo_80e", "s400_moscow", "53t6"},
        ),
        (
            dt.date(2013, 3, 1),
            {"deployed", "planned"},
            US_RADARS | US_SATELLITES | GBI | {"sm3_ia_ship"} | PLANNED,
            RUSSIAN_RADARS | S400 | {"armavir_southeast", "mishelevka_east", "us_kmo_166e", "53t6"},
        ),
        (
            dt.date(2013, 6, 1),
            {"deployed"},
            US_RADARS | US_SATELLITES | GBI | {"sm3_ia_ship", "sbirs_geo1", "thaad_guam"},
            RUSSIAN_RADARS | S400 | {"armavir_southeast", "us_kmo_166e", "53t6"},
        ),
        (
            dt.date(2013, 6, 1),
            {"planned"},
            PLANNED - {"sm3_iib_redzikowo", "sbirs_geo1"} | {"sbirs_geo2", "gbi_greely_more"},
            {"mishelevka_east", "barnaul", "yeniseysk"},
        ),
        (
            dt.date(2026, 6, 1),
            {"deployed"},
            US_RADARS
            | US_SATELLITES
            | GBI
            | {"lrdr", "aegis_ashore_deveselu", "aegis_ashore_redzikowo", "tpy2_kyogamisaki", "deveselu", "sm3_ib_ship"}
            | {"sm3_iia_redzikowo", "gbi_greely_more", "thaad_guam", "thaad_seongju"}
            | {"sbirs_geo1", "sbirs_geo2", "sbirs_heo3", "sbirs_heo4"},
            (RUSSIAN_RADARS - {"balkhash_dnepr", "mishelevka_dnepr"})
            | S400
            | {"armavir_southeast", "mishelevka_east", "barnaul", "yeniseysk", "orsk", "53t6"}
            | {"eks_3", "eks_4", "eks_5", "eks_6"},
        ),
    ],
    ids=["2012", "2013 as planned before March", "2013", "2013 planned only", "2026"],
)
def test_who_had_what_on_the_day_of_a_scenario(day, statuses, us_nato, russia):
    held = {
        owner: {row.id for row in systems() if row.owner == owner and row.status_on(day) in statuses}
        for owner in ("us_nato", "russia")
    }
    assert held == {"us_nato": us_nato, "russia": russia}


@pytest.mark.parametrize(
    ("name", "day", "before", "after"),
    [
        ("gabala", (2012, 12, 10), "deployed", "retired"),
        ("armavir_southeast", (2013, 4, 1), "planned", "deployed"),
        ("tpy2_kurecik", (2012, 1, 1), "planned", "deployed"),
        ("deveselu", (2016, 5, 12), "planned", "deployed"),
        ("sm3_iia_redzikowo", (2024, 7, 10), "planned", "deployed"),
        ("sm3_iib_redzikowo", (2013, 3, 15), "planned", "cancelled"),
        ("gbi_poland", (2009, 9, 17), "planned", "cancelled"),
        ("gbi_greely_more", (2017, 11, 2), "planned", "deployed"),
        ("balkhash_dnepr", (2020, 6, 1), "deployed", "retired"),
        ("barnaul", (2017, 12, 20), "planned", "deployed"),
    ],
)
def test_days_that_press_and_governments_announced(name, day, before, after):
    row = next(row for row in systems() if row.id == name)
    on = dt.date(*day)
    assert (row.status_on(on - dt.timedelta(days=1)), row.status_on(on)) == (before, after)


def test_owners_include_third_parties_who_never_enter_a_world():
    for owner in ("china", "israel", "taiwan", "other"):
        listed = [row for kind in OWNED for row in catalogue(kind, owner=owner)]
        assert listed
        assert all(isinstance(row, NotComputable) for row in listed)


def test_an_allys_systems_enter_only_a_world_in_which_it_is_an_ally():
    for owner in ("japan", "south_korea"):
        own = {row.id for row in radars() if row.owner == owner}
        assert own
        here, elsewhere = (
            {row.id for row in selected(load(name), radars())} for name in ("pacific-2023", "europe-2013")
        )
        assert own <= here
        assert not own & elsewhere


def test_a_year_means_its_first_of_july():
    kmo = {row.id: row for row in catalogue("satellites")}["us_kmo_80e"]
    assert kmo.status_on(dt.date(2012, 6, 30)) == "deployed"
    assert "us_kmo_80e" not in {row.id for row in catalogue("satellites", year=2012)}


def test_a_table_prints_aligned_with_its_sources():
    table = catalogue("radars", owner="russia", year=2013)
    table = Table(table.kind, tuple(row for row in table if isinstance(row, Radar)), table.day)
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
        ({"kind": "radars", "year": "x"}, ModelError, "the year 'x' is not a whole number; give one such as 2013"),
        ({"year": "x"}, ModelError, "the year 'x' is not a whole number"),
        ({"year": True}, ModelError, "the year True is not a whole number"),
        ({}, UnknownName, "known: radars, satellites, interceptors, vehicles, ladder, agreements, tests, forces"),
        ({"kind": "ladder", "year": 2013}, ModelError, "ladder have no owner and no dates"),
        ({"kind": "agreements", "year": 2013}, ModelError, r"entente.agreements\(on=2013\) asks by day"),
    ],
)
def test_what_the_catalogue_does_not_hold(asked, error, message):
    with pytest.raises(error, match=message):
        catalogue(**asked)


def test_a_table_is_asked_by_index_and_by_name():
    table = catalogue("radars")
    assert table[0] is table["fylingdales"]
    assert table[-1].id == table.to_dicts()[-1]["id"] == "tw_leshan"
    assert catalogue("ladder")["4"].rung == 4
    with pytest.raises(UnknownName, match=r"row of radars: 'gabla' is not known; did you mean 'gabala'\?"):
        table["gabla"]
    with pytest.raises(IndexError):
        table[99]


def test_a_table_stays_within_the_width_of_a_wide_terminal():
    for kind in OWNED:
        table = catalogue(kind)
        lines = str(Table(kind, tuple(row for row in table if not isinstance(row, NotComputable)))).splitlines()
        assert max(len(line) for line in lines if not line.startswith("[")) <= 170


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"longitude_deg": None}, "neither of longitude_deg and orbit is given"),
        ({"orbit": ORBIT}, "both of longitude_deg and orbit is given"),
        ({"longitude_deg": None, "orbit": ORBIT | {"apogee_km": 500}}, "apogee_km 500 lies below perigee_km 600"),
    ],
)
def test_a_satellite_stands_somewhere(given, said):
    row = catalogue("satellites")["dsp_10e"].model_dump() | given
    with pytest.raises(ValidationError, match=said):
        Satellite.model_validate(row, context=FROM_FILE)


def test_the_example_names_a_class_that_exists():
    assert load("one-launch").cases[0].vehicle in {row.id for row in vehicles()}
