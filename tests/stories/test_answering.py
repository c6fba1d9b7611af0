"""`entente reach` and `entente footprint`: what they say, as text and as JSON, the map, and how they refuse."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import entente as en

REGION = ("middle-east", "mrbm_3000", "us_nato")
FLIGHT = ("--vehicle", "mrbm_3000", "--lat-deg", "36", "--lon-deg", "46", "--azimuth-deg", "300", "--range-km", "2700")


def entente(*words):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=250)


def good(*words):
    done = entente(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_reach_says_what_python_says():
    text = good("reach", "deveselu", *FLIGHT, "--commit-s", "300", "--commit-s", "860")
    flight = en.fly("mrbm_3000", 36.0, 46.0, 300.0, 2_700.0)
    found = en.reach("deveselu", flight)
    assert found.table() in text
    assert f"commit after 300 s leaves {found.length_s(300.0, 'low'):,.0f} s (low)" in text
    assert "apogee 973 km" in text
    said = json.loads(good("reach", "deveselu", *FLIGHT, "--json"))
    assert said["latest_commit_s"] == pytest.approx(found.latest_commit_s.tolist())
    assert said["windows"][1][0]["closes_s"] == found.windows()[0].closes_s


def test_reach_without_a_flight_is_a_table_of_distances():
    assert "2,366 km" in good("reach", "sm3_iia_redzikowo")


def test_footprint_says_what_python_says_and_draws_it(tmp_path):
    file = tmp_path / "map.svg"
    text = good("footprint", *REGION, "--scenario", "europe-2026", "--map", str(file))
    found = en.footprint(*REGION, "europe-2026")
    assert found.table() in text
    said = json.loads(good("footprint", *REGION, "--scenario", "europe-2026", "--json"))
    assert said["covered"]["alone"]["people"] == found.people("alone")
    words = " ".join(ET.parse(file).getroot().itertext())
    assert "covered alone" in words
    assert "Deveselu" in words
    assert "1 June 2026" in words


def test_bad_words_are_refused_in_lines():
    done = entente("footprint", "atlantis", "x", "nobody", "--without", "y")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 4
    assert all(line.startswith("Error: ") for line in done.stderr.splitlines())
    done = entente("reach", "deveselu", "--commit-s", "100")
    assert done.stderr == "Error: commit-s: there is no flight to commit against; add --vehicle\n"
    done = entente("reach", "deveselu", "--vehicle", "mrbm_3000", "--range-km", "99999")
    assert done.returncode == 1
    assert "range_km" in done.stderr
