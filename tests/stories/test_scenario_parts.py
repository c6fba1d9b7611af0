"""What a person reads whose scenario does not fit together, or is based on another: one clear line for each mistake."""

from pathlib import Path

import pytest

from entente.errors import ScenarioError
from entente.scenario.assumptions import inputs_of
from entente.scenario.load import EXAMPLES, load, scenario_hash

GOOD = (EXAMPLES / "europe-2013.yaml").read_text(encoding="utf-8")
SMALL = (EXAMPLES / "one-launch.yaml").read_text(encoding="utf-8")
ROW = "ladder:\n  - {rung: 40, name: mine, flows: [tracks], fusion: receiver, engagement: alone, source: ['invented: a test']}\n"


def mistakes(folder: Path, text: str, name: str = "bad.yaml") -> list[str]:
    """The first lines of what is wrong with a file, without the folder."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    return [mistake.splitlines()[0].replace(f"{folder}/", "") for mistake in caught.value.mistakes]


def replaced(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new, 1)


def assuming(entry: str) -> str:
    return f"{GOOD}\nassume:\n  - {{{entry}, source: 'assumed: a test'}}\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("6, 7, 8] #", "6, 7, 8, 40] #", "rungs.9: 40 is no rung of the ladder, nor of this scenario's own; the"),
        ("{year: 2014, rung: 1}", "{year: 2014, rung: 44}", "paths.0.steps.0.rung: 44 is no rung of the ladder"),
        ("3, 4, 5, 6, 7", "3, 4, 6, 7", "paths.0.steps.4.rung: 5 is not among the rungs of this scenario, which are [0"),
        ("{year: 2014, rung: 1}", "{year: 2017, rung: 1}", "the step of 2016 stands after the one of 2017; years must rise"),
        ("answers_for: [central-europe,", "answers_for: [central-eurpe,", "'central-eurpe' is no region of bad.yaml; did"),
        ("[southern-russia,", "[central-europe,", "parties.1.answers_for.0: 'central-europe' is claimed by the other party"),
        ("[southern-russia,", "[western-russia,", "answers_for.1: 'western-russia' stands twice, first on line"),
        ("p_no_leaker] #", "warning_lead_s] #", "parties.0.priorities.2: 'warning_lead_s' stands twice, first on line"),
        ("name: we-power", "name: ce-power", "critical_sites.2.name: 'ce-power' stands twice, first on line"),
        ("kind: dam", "kind: damm", "kind: 'damm' is not one of the choices; did you mean 'dam'?"),
        ("lat_deg: 49.0, lon_deg: 17.0", "lat_deg: 49.1, lon_deg: 17.0", "is not on the half-degree grid; regions are never"),
        ("name: climb-and-leave", "name: step-by-step", "paths.1.name: 'step-by-step' stands twice, first on line"),
        ("Ten medium", "Three medium", "cases.2.title: 'Three medium-range missiles toward central Europe' stands twice"),
        ("nature: space launch", "nature: attack", "cases.10.notice: an attack is not announced; leave out the notice, or"),
        ("    nature: space launch\n", "", "cases.10.notice: an attack is not announced"),
        ("      by: russia\n", "      by: us_nato\n", "'us_nato' did not launch it; launched_by is 'russia', who gives the"),
        ("    launched_by: russia\n", "", "notice.by: 'russia' did not launch it; launched_by is 'third party'"),
        ("      by: russia\n", "      by: russia\n      to: [us_nato]\n", "to: 'russia' tells the other party and nobody else"),
        ("to: [us_nato, russia]", "to: []", "notice.to: a third party that tells neither party gives no notice; name at"),
        ("      to: [us_nato, russia]\n", "", "notice.to: a third party that tells neither party gives no notice"),
        ("to: [us_nato, russia]", "to: [russia, russia]", "notice.to.1: 'russia' stands twice"),
        ("window_s: 14400", "window_s: 0", "window_s: 0 is outside 0 to 2.592e+06 (length of the announced window)"),
        ("passed_on: {low: 0.9", "passed_on: {low: 90", "are not in rising order"),
        ("availability: {low: 0.95, nominal: 0.99, high: 1}", "availability: 99", "99 is outside 0 to 1; 0.99 if per cent"),
        ("      F4: protection is", "      F9: protection is", "out_of_scope.0.effect.F9: 'F9' is not one of the choices"),
        ("- what: Nuclear-armed interceptors around Moscow", "- what: Aircraft and cruise missiles", "stands twice, first on"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_get_one_line_each(tmp_path, old, new, message):
    (line,) = mistakes(tmp_path, replaced(old, new))
    assert message in line


LAUNCH = "    launches: 1\n"
WEST, EAST = (
    "{south_deg: 30, north_deg: 70, west_deg: -20, east_deg: 40}",
    "{south_deg: 30, north_deg: 70, west_deg: 30, east_deg: 90}",
)


@pytest.mark.parametrize(
    ("doctrine", "message"),
    [
        ("shots_per_object: 9", "cases.0.shots_per_object: 9 is outside 1 to 8"),
        ("{second_shots: 2}", "second_shots belongs to the rule shoot-look-shoot; leave it out, or name that rule"),
        ("{reserve: 1}", "cases.0.doctrine.reserve: 1 is outside 0 to 1"),
        ("{rule: volley}", "cases.0.doctrine.rule: 'volley' is not one of the choices"),
        ("{rule: shoot-look-shoot, look_right: 0.3}", "look_right from 0.3 up is worse than a coin; give 0.5 to 1"),
        ("{rule: shoot-look-shoot, look_right: {low: 0.5, nominal: 0.9, high: 1.3}}", "0.5 to 1.3 is outside 0 to 1"),
        (
            "{reserve: 0.97}",
            "2 interceptors an object are more than any site may spend; thaad_guam has 1 beside its reserve, the",
        ),
    ],
)
def test_a_doctrine_that_cannot_be_kept_gets_one_line(tmp_path, doctrine, message):
    key = "" if doctrine.startswith("shots") else "doctrine: "
    (line,) = mistakes(tmp_path, replaced(LAUNCH, f"{LAUNCH}    {key}{doctrine}\n", SMALL))
    assert message in line


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        (WEST, "", "parties.1: russia has no sectors and the other party has; give both parties sectors, or neither"),
        ("", EAST, "parties.0: us_nato has no sectors and the other party has; give both parties sectors, or neither"),
        (
            WEST,
            EAST,
            "parties.1.sectors.0: overlaps sector 1 of us_nato, so that both would answer there; let the two touch",
        ),
        (WEST, EAST.replace("90", "20"), "parties.1.sectors.0: east_deg 20 must be more than west_deg 30"),
        (WEST.replace("30", "99"), EAST, "parties.0.sectors.0.south_deg: 99 is outside -90 to 90"),
    ],
)
def test_sectors_that_conflict_get_one_line(tmp_path, one, other, message):
    text = SMALL
    for name, given in (("russia", other), ("us_nato", one)):
        text = replaced(f"- name: {name}\n", f"- name: {name}\n    sectors: [{given}]\n", text)
    (line,) = mistakes(tmp_path, text)
    assert message in line


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("input: sm3_ia_ship.p_kil, value: 0.9", "'sm3_ia_ship.p_kil' is no ranged input of any case here; did you mean"),
        ("input: sm3_ia_ship.inventory, value: 9", "no ranged input of any case here; known: sm3_ia_ship.boost_s, sm3_"),
        ("input: sm3_ia_shp.p_kill, value: 0.9", "did you mean 'sm3_ia_ship.p_kill'?"),
        ("input: zzzz.qqqq, value: 0.9", "'zzzz.qqqq' is no ranged input of any case here; name a system that the date"),
        ("input: gabala.reach_km, value: 5000", "'gabala.reach_km' is no ranged input of any case here"),
        ("input: p_kill, value: 0.9", "'p_kill' names no input; write row, point and key (row and key, such as"),
        ("input: sm3_ia_ship.p_kill, value: 90", "assume.0.value: 90 to 90 is outside 0 to 1; 0.9 if per cent was meant"),
        ("input: sm3_ia_ship.burnout_speed_km_s, value: 5500", "is outside 0.1 to 12; 5.5 if metres per second were meant"),
        ("input: mrbm_3000.rcs_m2.coast.X, value: 1e6", "1e+06 to 1e+06 is outside 1e-05 to 1000"),
        ("input: mrbm_3000.ballistic_coefficient_kg_m2, value: 1", "1 to 1 is outside 100 to 50000"),
        ("input: russia.release.availability, value: 2", "2 to 2 is outside 0 to 1"),
        ("input: russia.release.min_range_km, value: 2", "'russia.release.min_range_km' is no ranged input of any case here"),
    ],
)  # fmt: skip
def test_an_assumption_names_an_input_and_keeps_its_limits(tmp_path, entry, message):
    (line,) = mistakes(tmp_path, assuming(entry))
    assert message in line


def test_an_input_is_assumed_once(tmp_path):
    entry = "  - {input: sm3_ia_ship.p_kill, value: 0.9, source: 'assumed: a test'}\n"
    (line,) = mistakes(tmp_path, f"{GOOD}\nassume:\n{entry}{entry}")
    assert "assume.1.input: 'sm3_ia_ship.p_kill' stands twice, first on line" in line


def test_an_assumption_may_pin_what_is_a_range_and_spread_what_is_a_number(tmp_path):
    """The smallest scenario says nothing of availability: a number, 1, which an assumption may turn into a range."""
    path = tmp_path / "mine.yaml"
    given = {"sm3_ia_ship.p_kill": "0.9", "russia.release.availability": "{low: 0.5, nominal: 0.8, high: 0.9}"}
    entries = "".join(f"  - {{input: {k}, value: {v}, source: 'assumed: a test'}}\n" for k, v in given.items())
    path.write_text(f"{SMALL}assume:\n{entries}")
    assert given.keys() <= inputs_of(load(path))
    assert inputs_of(load(path)) - inputs_of(load("one-launch")) == {"russia.release.availability"}


def test_a_scenarios_own_rung(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(replaced("rungs: [0, 2, 4]", "rungs: [0, 2, 40]", SMALL) + "\n" + ROW)
    assert load(path).rungs == [0, 2, 40]
    (line,) = mistakes(tmp_path, SMALL + "\n" + ROW + ROW.partition("\n")[2])
    assert "ladder.1.rung: 40 stands twice, first on line 56" in line
    (line,) = mistakes(tmp_path, SMALL + "\n" + ROW.replace("[tracks]", "[warnings]"))
    assert "ladder.0: fusion receiver needs tracks among flows" in line
    (line,) = mistakes(tmp_path, SMALL + "\n" + ROW.replace("alone", "deconflicted"))
    assert "ladder.0: engagement deconflicted needs rules among flows" in line


def test_all_mistakes_at_once(tmp_path):
    text = GOOD
    for old, new in [
        ("answers_for: [central-europe,", "answers_for: [nowhere-at-all,"),
        ("kind: dam", "kind: damm"),
        ("nature: space launch", "nature: attack"),
        ("{year: 2014, rung: 1}", "{year: 2014, rung: 44}"),
        ("seeds: 100", "seeds: 0"),
    ]:
        text = replaced(old, new, text)
    found = mistakes(tmp_path, text)
    assert len(found) == 5
    assert [int(line.split(":")[1]) for line in found] == sorted(int(line.split(":")[1]) for line in found)


def test_a_file_based_on_another_takes_whole_keys(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "entente: 1\nbased_on: europe-2013\ntitle: Mine\nrungs: [0, 1, 2, 3, 4, 5]\nexclude: [tpy2_kurecik]\n"
    )
    mine, base = load(path), load("europe-2013")
    changed = {"title": "Mine", "based_on": "europe-2013", "rungs": [0, 1, 2, 3, 4, 5], "exclude": ["tpy2_kurecik"]}
    assert mine == base.model_copy(update=changed)


def test_a_base_may_stand_beside_the_file_and_have_a_base_itself(tmp_path):
    (tmp_path / "first.yaml").write_text(
        "entente: 1\nbased_on: europe-2013\ntitle: First\nseeds: 7\nexclude: [don_2n]\n"
    )
    (tmp_path / "second.yaml").write_text("entente: 1\nbased_on: first\ntitle: Second\nseeds: 8\n")
    second = load(tmp_path / "second.yaml")
    assert (second.title, second.seeds, second.exclude, len(second.cases)) == ("Second", 8, ["don_2n"], 12)


def test_the_same_words_have_the_same_hash(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("entente: 1\nbased_on: one-launch\ntitle: One launch toward central Europe, 2013\n")
    assert scenario_hash(load(path)) == scenario_hash(load("one-launch"))


def test_mistakes_in_a_base_name_the_base(tmp_path):
    (tmp_path / "base.yaml").write_text(
        replaced("launches: 1", "launches: 0", SMALL.replace("lat_deg: 36.0", "lat_deg: 97"))
    )
    own, first, second = mistakes(tmp_path, "entente: 1\nbased_on: base\ntitle: Mine\nseeds: -1\n")
    assert own == "bad.yaml:4:8: seeds: -1 is outside 1 to 100000"
    assert first == "base.yaml:40:54: regions.0.lat_deg: 97 is outside -90 to 90 (geodetic, north positive)"
    assert second == "base.yaml:49:15: cases.0.launches: 0 is outside 1 to 10"


def test_what_a_file_replaces_in_its_base_is_not_judged(tmp_path):
    """The base's key is never used, so a mistake in it is none here; what no longer fits is named where it stands."""
    (tmp_path / "base.yaml").write_text(replaced("seeds: 100", "seeds: 0\nseeds: !!int 3", SMALL))
    path = tmp_path / "good.yaml"
    path.write_text("entente: 1\nbased_on: base\ntitle: Mine\nseeds: 5\n")
    assert load(path).seeds == 5
    regions = "\n".join(f"  - {{name: {n}, title: T, lat_deg: 1, lon_deg: {n[1]}, radius_km: 1}}" for n in ("a1", "a2"))
    first, second = mistakes(tmp_path, f"entente: 1\nbased_on: one-launch\ntitle: Mine\nregions:\n{regions}\n")
    assert "one-launch.yaml:47:13: cases.0.origin: 'middle-east' is no region of bad.yaml; known: a1, a2" in first
    assert "one-launch.yaml:48:13: cases.0.target: 'central-europe' is no region of bad.yaml" in second


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("based_on: europe-2103\n", "bad.yaml:2:11: based_on: 'europe-2103' is no scenario to be based on; did you mean 'eur"),
        ("based_on: ../europe-2013\n", "'../europe-2013' is no scenario to be based on; did you mean 'europe-2013'?"),
        ("based_on: 2013\n", "based_on: 2013 is no scenario to be based on; write a name such as europe-2013"),
        ("based_on: ~\n", "based_on: nothing is no scenario to be based on"),
        ("based_on: [europe-2013]\n", "based_on: a list is no scenario to be based on"),
        ("based_on: bad\n", "'bad' is based on this file in turn (bad -> bad); a base stands on its own"),
        ("based_on: around\n", "around.yaml:2:11: based_on: 'bad' is based on this file in turn (bad -> around -> bad)"),
        ("based_on: picture\n", "picture.yaml:1: is not UTF-8 text"),
        ("based_on: folder\n", "folder.yaml: is a folder; name a YAML file in it"),
    ],
)  # fmt: skip
def test_a_base_that_cannot_be_is_one_line(tmp_path, text, message):
    (tmp_path / "around.yaml").write_text("entente: 1\nbased_on: bad\ntitle: Around\n")
    (tmp_path / "picture.yaml").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "folder.yaml").mkdir()
    (line,) = mistakes(tmp_path, f"entente: 1\n{text}title: Mine\nseeds: -1\n")
    assert message in line


def test_a_based_file_says_its_own_version_and_title(tmp_path):
    found = mistakes(tmp_path, "based_on: europe-2013\n")
    assert [line.split(": ", 1)[1] for line in found] == [
        "entente: the key is missing here; add it",
        "title: the key is missing here; add it",
    ]
