"""What a person reads who gave a bad file: each mistake with its place, the line, a caret, and what would be right."""

import shutil
from pathlib import Path

import pytest

from entente.errors import ScenarioError, UnknownName
from entente.scenario.load import EXAMPLES, load, scenario_hash
from entente.scenario.reader import read
from entente.scenario.rows import FOLDER, Sheet, systems
from entente.scenario.schema import Scenario
from entente.scenario.systems import Interceptor, VehicleClass

GOOD = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")


def mistakes(folder: Path, *edits: tuple[str, str]) -> tuple[str, ...]:
    """The mistakes of the example after some replacements, each of which must have something to replace."""
    text = GOOD
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return mistakes_of(folder, text)


def mistakes_of(folder: Path, text: str | bytes) -> tuple[str, ...]:
    path = folder / "bad.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ScenarioError) as caught:
        load(path)
    assert str(caught.value) == "\n".join(caught.value.mistakes)
    return tuple(mistake.replace(str(path), "bad.yaml") for mistake in caught.value.mistakes)


def only(found: tuple[str, ...]) -> str:
    assert len(found) == 1, "\n".join(found)
    return found[0]


def says(mistake: str) -> str:
    """The first line without file, line and column."""
    return mistake.splitlines()[0].split(": ", 1)[1]


def under_caret(mistake: str) -> str:
    """The text of the excerpt from the caret on; the line and column of the head must point there too."""
    head, excerpt, caret = mistake.splitlines()
    line, column = map(int, head.split(": ", 1)[0].split(":")[1:])
    at = caret.index("^")
    assert excerpt.startswith(f"{line:>5} | ")
    assert at == column + len(f"{line:>5} | ") - 1
    return excerpt[at:]


def test_the_example_loads_by_path_and_by_name():
    by_name = load("one-launch")
    assert by_name == load(EXAMPLES / "one-launch.yaml")
    assert isinstance(by_name, Scenario)
    assert [case.name for case in by_name.cases] == ["mrbm-central-europe"]
    assert by_name.rungs == [0, 2, 4]


def test_one_message_whole(tmp_path):
    assert only(mistakes(tmp_path, ("lat_deg: 36.0", "lat_deg: 97"))) == (
        "bad.yaml:40:54: regions.0.lat_deg: 97 is outside -90 to 90 (geodetic, north positive)\n"
        "   40 |   - {name: middle-east, title: Middle East, lat_deg: 97, lon_deg: 46.0, radius_km: 100}\n"
        "      |                                                      ^"
    )


def test_five_mistakes_give_five_messages_in_the_order_of_the_lines(tmp_path):
    found = mistakes(
        tmp_path,
        ("area_floor_km: 50", "area_floor_km: .nan"),
        ("lat_deg: 36.0", "lat_deg: 97"),
        ("lon_deg: 17.5", "long_deg: 17.5"),
        ("vehicle: mrbm_3000", "vehicle: mrbm_300"),
        ("launches: 1", "launches: 1\n    launch_s: -5"),
    )
    assert [under_caret(mistake).split()[0] for mistake in found] == [".nan", "97,", "long_deg:", "mrbm_300", "-5"]
    assert [int(mistake.split(":")[1]) for mistake in found] == [18, 40, 41, 46, 50]


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("lat_deg: 36.0", "lat_degs: 36.0", "lat_degs:", "regions.0.lat_degs: unknown key; did you mean 'lat_deg'?"),
        ("seeds: 100", "sseeds: 100", "sseeds:", "sseeds: unknown key; did you mean 'seeds'?"),
        ("seeds: 100", "seeds: ten", "ten", "seeds: 'ten' stands where a whole number must stand"),
        ("seeds: 100", "seeds: 1,000", "1,000", "digits are not grouped: write 1000"),
        ("lat_deg: 36.0", "lat_deg: 36.0 N", "36.0", "the unit is in the key (deg): write 36"),
        ("area_floor_km: 50", "area_floor_km: 50 km", "50", "the unit is in the key (km): write 50"),
        ("area_floor_km: 50", "area_floor_km: 50000 m", "50000", "write 50 (metres turned into km)"),
        ("area_floor_km: 50", "area_floor_km: 50,5", "50,5", "write 50.5 with a point"),
        ("radius_km: 100", "radius_km: 100000", "100000", "is outside 0 to 1000; 100 if metres were meant"),
        ("radius_km: 100", "radius_km: 100,000", "000}", "inside braces a value ends at a comma"),
        ("lat_deg: 36.0", "lat_deg: 36.2", "{name:", "lat_deg 36.2 is not on the half-degree grid"),
        ("or_confirmed_track: true", "or_confirmed_track: yes", "yes", "'yes' is text; write true"),
        ("status: [deployed]", "status: deployed", "deployed", "'deployed' stands where a list must stand"),
        ("status: [deployed]", "status: [deployd]", "deployd]", "did you mean 'deployed'?"),
        ("title: One launch toward central Europe, 2013", "title: 2013", "2013", "write it in quotes: '2013'"),
        ("    origin: middle-east", "    origin: middle_east", "middle_east", "did you mean 'middle-east'?"),
        ("origin: middle-east", "origin: central-europe", "central-europe", "'central-europe' is also the origin"),
        ("rungs: [0, 2, 4]", "rungs: [0, 2, 2]", "2]", "rungs.2: 2 stands twice, first on line 52"),
        (
            "rungs: [0, 2, 4]",
            "rungs: [0, 9]",
            "9]",
            "rungs.1: 9 is no rung of the ladder, nor of this scenario's own; the",
        ),
        ("rungs: [0, 2, 4]", "rungs: [0, 100]", "100]", "100 is too large; it must be at most 99"),
        ("rungs: [0, 2, 4]", "rungs: [0, 2.5]", "2.5]", "2.5 is not a whole number; write 2"),
        ("- name: russia", "- name: us_nato", "us_nato", "'us_nato' stands twice, first on line 10"),
        (
            "cases:",
            "  - {name: middle-east, title: M, lat_deg: 1, lon_deg: 1, radius_km: 1}\ncases:",
            "middle-east,",
            "twice",
        ),
        ("high: 60", "high: 15", "{low:", "low 10, nominal 20, high 15 are not in rising order"),
        ("high: 60", "hi: 60", "hi:", "unknown key; did you mean 'high'?"),
        ("2013-06-01T00:00:00Z", "2013-06-01", "2013-06-01", "has no time zone; write 2013-06-01T12:00:00Z"),
        ("2013-06-01T00:00:00Z", "June 2013", "June", "'June 2013' is not a moment; write"),
        (
            "2013-06-01T00:00:00Z",
            "0001-01-01T00:00:00+01:00",
            "0001-01-01T00:00:00+01:00",
            "outside the years 1 to 9999",
        ),
        ("entente: 1", "entente: 2", "2", "a version of the format that is not read here; this program reads 1"),
        ("seeds: 100", "exclude: [armavir_west]\nseeds: 100", "armavir_west]", "did you mean 'armavir_southwest'?"),
        ("launches: 1", "launches: 1\n    launch_s: -5", "-5", "-5 is outside 0 to 86400 (after the epoch)"),
        ("launches: 1", "launches: 0", "0", "0 is outside 1 to 10"),
        ("seeds: 100", "seeds: .inf", ".inf", ".inf is not a finite number"),
        ("seeds: 100", "seeds: 1e999", "1e999", "1e999 is not a finite number"),
        ("seeds: 100", "seeds: &many 100", "&many", "'&many' is an anchor, which is refused"),
        ("seeds: 100", "seeds: !!int 100", "!!int", "is a tag, which is refused; write the plain value"),
        ("seeds: 100", "seeds: 100\nseeds: 7", "seeds:", "seeds: the key stands twice, first on line 53"),
        ("seeds: 100", "seeds: 100\n? [a]\n: 1", "[a]", "is a key that is not plain text"),
        ("seeds: 100", "seeds: 100\n---\na: 1", "---", "begins a second document"),
        ("  - name: russia", "\t- name: russia", "- name:", "is indented with a tab, which YAML does not allow"),
    ],
)
def test_a_mistake_says_where_and_what_would_be_right(tmp_path, old, new, place, message):
    mistake = only(mistakes(tmp_path, (old, new)))
    assert message in mistake.splitlines()[0]
    assert under_caret(mistake).split()[0].lstrip("\t") == place or under_caret(mistake).strip().startswith(place)


def test_a_missing_key_points_at_its_parent(tmp_path):
    mistake = only(mistakes(tmp_path, ("    target: central-europe #", "    #")))
    assert says(mistake) == "cases.0.target: the key is missing here; add it"
    assert under_caret(mistake) == "name: mrbm-central-europe"


def test_an_alias_is_refused_beside_its_anchor(tmp_path):
    found = mistakes(tmp_path, ("area_floor_km: 50", "area_floor_km: &a 50"), ("seeds: 100", "seeds: *a"))
    assert [under_caret(mistake).split()[0] for mistake in found] == ["&a", "*a"]


def test_norway_stays_norway(tmp_path):
    path = tmp_path / "words.yaml"
    path.write_text(GOOD.replace("title: Middle East", "title: no").replace("title: Central Europe", "title: off"))
    assert [region.title for region in load(path).regions] == ["no", "off"]


def test_octal_is_octal_and_sixties_are_text(tmp_path):
    path = tmp_path / "octal.yaml"
    path.write_text(GOOD.replace("seeds: 100", "seeds: 0o17"))
    assert load(path).seeds == 15
    assert "'1:30' stands where" in only(mistakes(tmp_path, ("seeds: 100", "seeds: 1:30")))


def test_no_launch(tmp_path):
    text = GOOD[: GOOD.index("cases:")] + "cases: []\nrungs: [0]\n"
    mistake = only(mistakes_of(tmp_path, text))
    assert says(mistake).startswith("cases: holds 0, and needs at least 1 (what is launched;")
    assert under_caret(mistake) == "[]"


def test_a_year_before_any_system(tmp_path):
    mistake = only(mistakes(tmp_path, ("2013-06-01T", "1950-06-01T")))
    for party in ("us_nato", "russia"):
        stays = [(stay, row.id) for row in systems() if row.owner == party for stay in row.periods]
        day, first = min((stay.since, name) for stay, name in stays if stay.status == "deployed")
        assert (
            f"on 1950-06-01 {party} has no system that is deployed; the earliest day with one is {day} ({first})"
            in mistake
        )
    assert under_caret(mistake).startswith("1950-06-01T")


def test_a_missing_party(tmp_path):
    found = mistakes(tmp_path, ("- name: russia", "- name: rusia"))
    assert any("did you mean 'russia'?" in mistake for mistake in found)


def test_a_slip_of_units_in_a_speed(tmp_path):
    """7,200 km/s was meant as metres per second; a fiftieth of the speed of light is no burnout speed."""
    rows = (FOLDER / "interceptors.yaml").read_text(encoding="utf-8")
    speed = "{low: 2.7, nominal: 3.0, high: 3.5}"
    for given, message in [
        ("7200", "7200 is outside 0.1 to 12; 7.2 if metres per second were meant"),
        ("7,200 km/s", "digits are not grouped: 7200 is outside 0.1 to 12; 7.2 if metres per second were meant"),
        ("7.2 km/s", "'7.2 km/s' is text, not a number; the unit is in the key (km/s): write 7.2"),
        ("7200 m/s", "the unit is in the key (km/s): write 7.2 (metres per second turned into km/s)"),
        ("{low: 2700, nominal: 3000, high: 3500}", "2700 to 3500 is outside 0.1 to 12; 3.5 if metres per second"),
    ]:
        path = tmp_path / "rows.yaml"
        path.write_text(rows.replace(speed, given, 1))
        with pytest.raises(ScenarioError) as caught:
            read(path, Sheet[Interceptor])
        assert message in only(caught.value.mistakes)


def test_a_probability_in_per_cent(tmp_path):
    rows = (FOLDER / "interceptors.yaml").read_text(encoding="utf-8")
    path = tmp_path / "rows.yaml"
    path.write_text(rows.replace("p_kill: {low: 0.5, nominal: 0.7, high: 0.85}", "p_kill: 70", 1))
    with pytest.raises(ScenarioError, match=r"70 is outside 0 to 1; 0\.7 if per cent was meant"):
        read(path, Sheet[Interceptor])


def test_a_key_deep_inside_a_row(tmp_path):
    rows = (FOLDER / "vehicles.yaml").read_text(encoding="utf-8")
    path = tmp_path / "rows.yaml"
    path.write_text(rows.replace("burn_s: 75", "burn_time_s: 75", 1))
    with pytest.raises(ScenarioError, match=r"rows\.1\.vehicle\.stages\.0\.burn_time_s: .* did you mean 'burn_s'\?"):
        read(path, Sheet[VehicleClass])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "bad.yaml:1:1: is empty"),
        (b"# only a comment\n", "bad.yaml:1:1: is empty"),
        (b"- 1\n", "bad.yaml:1:1: holds a list where a mapping must stand"),
        (b"hello\n", "bad.yaml:1:1: holds plain text where a mapping must stand"),
        (b"a: [1, 2\nb: 3\n", "is not YAML here"),
        (b"a: 'never closed\n", "is not YAML here"),
        (b"\x89PNG\r\n", "bad.yaml:1: is not UTF-8 text"),
        (b"a: 1\nb: \xfc\n", "bad.yaml:2: is not UTF-8 text"),
        (b"\x7fELF\x00\x01", "bad.yaml:1:1: holds the character U+007F, not text"),
        (b"a: \x1b[31mred\n", "bad.yaml:1:4: holds the character U+001B"),
        (GOOD.encode("utf-16"), "is not UTF-8 text; save it as UTF-8"),
        (b"a: " + b"[" * 1000, "bad.yaml:1:24: is nested deeper than 20 levels"),
        (b"a" * 1_000_001, "bad.yaml: is larger than 1 MB"),
    ],
)
def test_what_is_no_scenario_at_all(tmp_path, data, message):
    found = only(mistakes_of(tmp_path, data))
    assert message in found
    assert "\x1b" not in found


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "bom.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert load(path).seeds == 100


def test_a_long_line_is_cut_around_the_caret(tmp_path):
    mistake = only(
        mistakes(tmp_path, ("seeds: 100", f"exclude: [{'gabala, ' * 1}{' ' * 300}nowhere_at_all_]\nseeds: 100"))
    )
    _, excerpt, caret = mistake.splitlines()
    assert excerpt[caret.index("^") :].startswith("nowhere_at_all_")
    assert len(excerpt) < 120


def test_very_many_mistakes_are_counted(tmp_path):
    found = mistakes(tmp_path, ("rungs: [0, 2, 4]", f"rungs: [{', '.join(['x'] * 5000)}]"))
    assert len(found) == 101
    assert found[-1].endswith("and 4900 more mistakes; mend these first")


def test_files_that_are_not_there(tmp_path):
    with pytest.raises(ScenarioError, match=r"nowhere\.yaml: no such file; give the path of a YAML file"):
        load(tmp_path / "nowhere.yaml")
    with pytest.raises(ScenarioError, match="is a folder; name a YAML file in it"):
        load(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load("bad\0name.yaml")
    with pytest.raises(ScenarioError, match="cannot be read"):
        load("a" * 5000 + ".yaml")
    with pytest.raises(UnknownName, match=r"did you mean 'europe-2013'\?"):
        load("europe-2031")


def test_the_hash_follows_the_meaning_not_the_comments(tmp_path):
    path = tmp_path / "same.yaml"
    path.write_text(GOOD + "# one more comment\n")
    assert scenario_hash(load(path)) == scenario_hash(load("one-launch"))
    path.write_text(GOOD.replace("seeds: 100", "seeds: 101"))
    assert scenario_hash(load(path)) != scenario_hash(load("one-launch"))
    assert len(scenario_hash(load(path))) == 16


def test_a_copy_elsewhere_reads_the_same(tmp_path):
    copy = shutil.copy(EXAMPLES / "one-launch.yaml", tmp_path / "mine.yml")
    assert load(str(copy)) == load("one-launch")
