"""Every command does what its help says, and every refusal is one clear line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def entente(*words, **options):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=200, **options)


def good(*words):
    done = entente(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(*words):
    """The lines on stderr of a command that must fail."""
    done = entente(*words)
    assert (done.returncode, done.stdout) == (1, ""), done
    assert "Traceback" not in done.stderr
    return done.stderr.splitlines()


def varied(tmp_path, old, new):
    """The shipped scenario with one thing changed."""
    text = (ROOT / "examples/one-launch.yaml").read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "mine.yaml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return str(file)


def test_run_writes_a_report_and_numbers(tmp_path):
    out = tmp_path / "out"
    said = json.loads(good("run", "one-launch", "--seeds", "3", "--workers", "1", "--out", str(out), "--json"))
    assert Path(said["report"]) == out / "report.html"
    assert said["histories"] == 3 * 4, "rungs 0, 2, 4 and the baseline"
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "entente run one-launch --seeds 3" in page
    assert said["scenario_hash"] in page
    assert {p.name for p in out.iterdir()} >= {"report.html", "study.nc", "plan.json", "chunks", "manifest.json"}


def test_simulate_tells_a_history():
    text = good("simulate", "one-launch", "--rung", "4")
    assert "launch 1" in text
    assert "credible warning" in text
    said = json.loads(good("simulate", "one-launch", "--rung", "4", "--json"))
    assert said["events"][0] == {"t_s": 0.0, "party": None, "text": "launch 1"}
    assert said["measures"]["given_commit_s"]["russia"] is None


def test_check_refuses_a_priority_that_is_no_measure(tmp_path):
    """Before anything runs, with the nearest name; what is neither better nor worse is no priority either."""
    for given, says in (("warning_lead", "did you mean 'warning_lead_s'?"), ("shots", "'shots' is not known")):
        text = (ROOT / "examples/one-launch.yaml").read_text(encoding="utf-8")
        file = tmp_path / "mine.yaml"
        file.write_text(
            text.replace("    title: United States", f"    priorities: [{given}]\n    title: United States")
        )
        (line,) = refused("check", str(file))
        assert "priority of us_nato" in line
        assert says in line


def test_check_says_what_the_scenario_is():
    assert "1 case, rungs 0, 2, 4, 100 seeds" in good("check", "examples/one-launch.yaml")
    assert json.loads(good("check", "one-launch", "--json"))["cases"] == 1


def test_catalogue_selects_by_owner_and_year():
    rows = json.loads(good("catalogue", "radars", "--owner", "russia", "--year", "2013", "--json"))
    assert {row["owner"] for row in rows} == {"russia"}
    assert {row["id"]: row["status"] for row in rows}["gabala"] == "retired"
    serving = json.loads(good("catalogue", "radars", "--year", "2013", "--status", "deployed", "--json"))
    assert "gabala" not in {row["id"] for row in serving}
    assert all(row["source"] for row in rows)


def test_arc_prints_the_published_minimum_energy_arc():
    said = json.loads(good("arc", "10000", "--json"))
    assert abs(said["burnout_speed_km_s"] / 7.198 - 1) < 1e-3
    assert "1,931 s" in good("arc", "10000")


def test_arc_flies_between_two_regions_while_the_earth_turns():
    regions = ("--lat-deg", "50", "--lon-deg", "60.5", "--to-lat-deg", "40", "--to-lon-deg", "-100")
    said, still = (json.loads(good("arc", *regions, *more, "--json")) for more in ((), ("--no-rotation",)))
    assert said["ground_range_km"] == still["ground_range_km"] == still["range_km"] != said["range_km"]
    text = good("arc", *regions, "--apogee-km", "900", "--burnout-altitude-km", "200")
    lines = [line.split() for line in text.splitlines()[:4]]
    for line, quantity in zip(lines, ("range", "speed", "angle", "azimuth"), strict=True):
        assert line[line.index("(ground)") - 1] == line[line.index("(inertial)") - 1] == quantity
    ranges = json.loads(good("arc", *regions, "--apogee-km", "900", "--burnout-altitude-km", "200", "--json"))
    assert lines[0] == ["range", "(ground)", f"{ranges['ground_range_km']:,.0f}", "km", "range", "(inertial)",
                        f"{ranges['range_km']:,.0f}", "km"]  # fmt: skip
    assert ranges["ground_range_km"] != ranges["range_km"]
    assert "       900 km" in text


def test_arc_starts_from_a_height():
    surface, high = (json.loads(good("arc", "1000", "--json", "--burnout-altitude-km", km)) for km in ("0", "150"))
    assert high["burnout_speed_km_s"] < surface["burnout_speed_km_s"]
    assert high["burnout_altitude_km"] == 150


def test_claim_judges_an_announced_flight():
    text = good("claim", "1000", "6000", "--time-s", "4100")
    assert text.startswith("consistent\n")
    assert "boost overhead         178 s" in text
    assert "with unknown payload" in text
    refuted = good("claim", "1000", "6000", "--time-s", "3600")
    assert refuted.startswith("not consistent\ntimes that pass      3,938 s to 4,322 s\n")
    said = json.loads(good("claim", "8000", "--json"))
    assert (said["consistent"], said["time_s"], said["longest_time_s"]) == (True, None, None)


def test_a_claim_without_apogee_or_time_shows_no_contradiction():
    """No overhead below 0, no range at the speed of an arc that nobody announced; without a time nothing is confirmed."""
    open_ended = good("claim", "2000", "--time-s", "600")
    assert open_ended.startswith("consistent\ntimes that pass ")
    assert " s or more\n" in open_ended
    assert "no apogee announced; the least-energy arc, 459 km high, is shown in its place:" in open_ended
    assert "overhead" not in open_ended
    assert "same speed" not in open_ended
    assert good("claim", "2000", "6000").startswith("nothing to contradict\n")


def test_track_draws_the_orbit():
    """Two apogees half the world apart, 12 hours apart; the same rows as JSON has them."""
    text = good("track", "molniya", "--hours", "24", "--step-s", "3600")
    assert "repeats after       86,129 s  (2 revolutions), shifted 0.00 deg east" in text
    assert "apogee over     0.0 deg, -180.0 deg" in text
    said = json.loads(good("track", "molniya", "--hours", "24", "--step-s", "3600", "--json"))
    assert len(said["t_s"]) == len(text.split("altitude [km]\n")[1].splitlines()) == 25
    assert f"{said['t_s'][3]:10,.0f}{said['lat_deg'][3]:18.2f}{said['lon_deg'][3]:18.2f}" in text
    assert max(said["altitude_km"]) > 35_000
    dot = json.loads(good("track", "--lon-deg", "-37", "--hours", "1", "--json"))
    assert set(dot["lon_deg"]) == {-37.0}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("claim", "1000", "--time-s", "85min"), "'85min' is text, not a number; the unit is in the key (s): write 5100"),
        (("fly", "scud_b", "--azimuth-deg", "north"), "'--azimuth-deg': 'north' is not a number; write one, such as 45.5"),
        (("claim", "1,001"), "'1,001' is text, not a number; digits are not grouped: write 1001"),
        (("arc", "1000", "--apogee-km", "high"), "'--apogee-km': 'high' is not a number; write one, such as 1000"),
        (("track", "molniya", "--hours", "12h"), "'12h' is text, not a number; a number stands without 'h': write 12"),
        (("claim", "-1001"), "-1001 was read as an option; a number below 0 goes after --, as in: entente claim -- -1001"),
    ],
)  # fmt: skip
def test_a_number_that_cannot_be_read_is_repeated_with_what_to_write(words, says):
    done = entente(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_number_below_0_that_an_option_takes_gets_no_hint():
    done = entente("fly", "scud_b", "--lat-deg", "-5", "--azimuth-deg", "north")
    assert done.returncode == 2
    assert "Hint" not in done.stderr


def test_a_bad_claim_gets_a_line_a_number():
    lines = refused("claim", "30000", "6000", "--time-s", "0", "--range-error-km", "nan")
    assert [line.split(":")[:2] for line in lines] == [["Error", f" {key}"] for key in
                                                       ("range_km", "time_s", "range_error_km")]  # fmt: skip


def test_fly_solves_the_planned_range():
    said = json.loads(good("fly", "scud_b", "--range-km", "250", "--json"))
    assert abs(said["range_km"] - 250) < 0.01
    assert len(said["t_s"]) == len(said["altitude_km"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("check", "nowhere.yaml"), "nowhere.yaml"),
        (("check", "europe-2031"), "did you mean 'europe-2013'?"),
        (("simulate", "one-launch", "--rung", "9"), "rung"),
        (("simulate", "one-launch", "--rung", "7"), "no party has a sector; give sectors or answers_for"),
        (("simulate", "one-launch", "--case", "mrbm-central-europ"), "did you mean 'mrbm-central-europe'?"),
        (("arc", "30000"), "must be above 0 and below"),
        (("arc", "1e-300"), "a millimetre or more"),
        (("arc", "1000", "--apogee-km", "-5"), "apogee_km"),
        (("arc",), "give one of a range and two regions"),
        (("arc", "1000", "--lat-deg", "5"), "give one of a range and two regions"),
        (("arc", "1000", "--apogee-km", "90", "--burnout-altitude-km", "100"), "at least burnout_altitude_km"),
        (("claim", "1000", "--time-error-s", "5"), "there is no time_s"),
        (("claim", "--", "-1001"), "range_km: -1001 is outside the model"),
        (("track",), "neither of SATELLITE and --lon-deg given"),
        (("track", "eks_1", "--lon-deg", "5"), "both of SATELLITE and --lon-deg given"),
        (("track", "eks_9"), "did you mean 'eks_6'?"),
        (("track", "--", "-37"), "for a longitude write --lon-deg -37"),
        (("track", "tundra", "--hours", "0"), "hours: 0.0 is outside the model"),
        (("fly", "scud_c"), "did you mean 'scud_b'?"),
        (("fly", "scud_b", "--range-km", "500"), "reaches at most"),
        (("fly", "scud_b", "--range-km", "nan"), "range_km"),
        (("fly", "scud_b", "--azimuth-deg", "400"), "between 0 and 360"),
        (("fly", "scud_b", "--lat-deg", "90"), "lat_deg"),
        (("fly", "scud_b", "--loft", "sideways"), "neither 'lofted' nor 'depressed'"),
        (("catalogue", "radars", "--owner", "atlantis"), "atlantis"),
    ],
)
def test_a_bad_word_gets_one_clear_line(words, says):
    lines = refused(*words)
    assert len(lines) == 1, lines
    assert says in lines[0]


def test_an_unreachable_target_says_the_most_it_reaches(tmp_path):
    file = varied(tmp_path, "lat_deg: 48.5, lon_deg: 17.5", "lat_deg: 56.0, lon_deg: -3.0")
    (line,) = refused("simulate", file)
    assert "this vehicle reaches at most" in line


def test_five_mistakes_give_five_messages(tmp_path):
    text = (ROOT / "examples/one-launch.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("lat_deg: 36.0", "lat_deg: 97.0"),
        ("seeds: 100", "seeds: -3"),
        ("vehicle: mrbm_3000", "vehicle: mrbm_300"),
        ("track_interval_s: 10", "track_intervall_s: 10"),
        ("rungs: [0, 2, 4]", "rungs: [0, 2, 44]"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    lines = refused("check", str(file))
    assert lines[-1] == "5 mistakes"
    assert sum(line.startswith("Error: ") for line in lines) == 5
    assert sum(line.strip("| ").startswith("^") for line in lines) == 5, lines


def test_a_report_cannot_go_where_a_file_is(tmp_path):
    (tmp_path / "taken").write_text("")
    (line,) = refused("run", "one-launch", "--seeds", "1", "--out", str(tmp_path / "taken"))
    assert "pick another folder" in line


def test_python_dash_m_is_the_same_program():
    done = subprocess.run([sys.executable, "-m", "entente", "arc", "1000"], capture_output=True, text=True, timeout=60)
    assert done.stdout == good("arc", "1000")
