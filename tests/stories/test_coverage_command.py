"""`entente coverage`: what it says, as text and as JSON, the maps it draws, and how it refuses."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import entente as en
from entente.report.coverage_map import coverage_map
from entente.report.maps import forward
from entente.report.outlines import ask, outline
from entente.report.tones import around

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "builders"))

import coverage_pictures  # noqa: E402

TEXT = "{http://www.w3.org/2000/svg}text"
NUMBER = re.compile(r"-?\d+\.?\d*")
SAID = re.compile(r"<(?:text|title|desc|tspan)[^>]*>([^<]*)<")
PIXEL = 0.5  # px: an outline is found by bisection, which another machine may end one halving to the side


def entente(*words):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, "coverage", *words], capture_output=True, text=True, timeout=200)


def good(*words):
    done = entente(*words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_says_shares_areas_and_limits_apart():
    """The text holds the numbers of the Python answer; range and horizon stand in columns of their own."""
    text = good("--on", "2013", "--altitude-km", "300", "--altitude-km", "1000")
    found = en.coverage(on=2013, altitude_km=[300.0, 1_000.0])
    assert "of the Earth, on 2013-07-01" in text
    for name, cells in found.answers().items():
        line = next(line for line in text.splitlines() if line.startswith(name))
        areas = [float(area) for area in re.findall(r"([\d.]+) M km2", line)]
        np.testing.assert_allclose(areas, found.area_million_km2(cells), atol=0.0051)
    kurecik = next(line for line in text.splitlines() if line.startswith("tpy2_kurecik"))
    assert re.search(r"1,000 km +1,000 km +1,918 \(range ends first\)", kurecik)
    assert "range ends" not in next(line for line in text.splitlines() if line.startswith("armavir_southwest"))


def test_json_says_the_same_and_nothing_else():
    said = json.loads(good("--on", "2014-07-01", "--json", "--satellites", "--region", "60", "0", "1500"))
    assert said["parties"] == ["us_nato", "russia"]
    assert said["share"]["either"][0] >= max(said["share"]["us_nato"][0], said["share"]["russia"][0]) > 0.5
    assert said["share_of_day_in_view_of_satellites"]["us_nato"] == [1.0]
    assert said["share_of_day_in_view_of_satellites"]["russia"] == [0.0]
    fylingdales = next(radar for radar in said["radars"] if radar["id"] == "fylingdales")
    assert fylingdales["published_km"] == 5_000
    assert fylingdales["ended_by"] == ["horizon"]
    assert fylingdales["horizon_km"] == pytest.approx([en.horizon(500.0, 3.0)])


def test_joining_leaving_and_targets_from_the_line():
    """Gabala joined to the United States and NATO in 2007 adds the Middle East; a small target shortens every range."""
    where = ("--owner", "us_nato", "--on", "2007", "--region", "32", "53", "1000", "--json")
    alone, joined = json.loads(good(*where)), json.loads(good(*where, "--extra", "gabala"))
    assert alone["share"] == {"us_nato": [0.0]}
    assert joined["share"]["us_nato"][0] > 0.9
    small = json.loads(good(*where, "--extra", "gabala", "--rcs-m2", "0.0001", "--without", "fylingdales"))
    assert {radar["id"] for radar in joined["radars"]} - {radar["id"] for radar in small["radars"]} == {"fylingdales"}
    assert all(radar["reach_km"] < radar["published_km"] for radar in small["radars"])
    assert "mrbm_3000 in coast" in good("--vehicle", "mrbm_3000", "--reach", "low")


def test_a_map_is_drawn_with_its_names(tmp_path):
    file = tmp_path / "map.svg"
    assert str(file) in good("--on", "2013", "--altitude-km", "300", "--map", str(file))
    words = ["".join(text.itertext()) for text in ET.parse(file).getroot().iter(TEXT)]
    assert {"US and NATO alone", "Russia alone", "both", "Armavir", "Kurecik"} <= set(words)
    assert words[0] == "Where radars see a body 300 km up, 1 July 2013"


def test_every_mistake_is_one_line_and_all_are_said():
    done = entente("--owner", "nato", "--altitude-km", "5", "--extra", "gabla", "--on", "soon")
    assert (done.returncode, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 4
    assert "below 10 km" in lines[0]
    assert any("did you mean 'gabala'?" in line for line in lines)


def test_a_map_that_cannot_be_drawn_or_written_is_refused(tmp_path):
    done = entente("--map", str(tmp_path / "no/map.svg"))
    assert "cannot be written" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    done = entente("--map", str(tmp_path / "map.svg"), "--centre", "95", "0")
    assert "cannot be drawn; give a place on the Earth and 5 to 47 deg" in done.stderr


def test_an_outline_holds_what_is_asked():
    """A cap around a place is a circle of the right area on an equal-area map, wherever the map's centre lies."""
    view = around(60.0, 20.0)
    lat0, lon0, radius = np.radians(50.0), np.radians(10.0), np.radians(12.0)

    def near(lat, lon):
        apart = np.sin(lat) * np.sin(lat0) + np.cos(lat) * np.cos(lat0) * np.cos(lon - lon0)
        return apart > np.cos(radius)

    corners = np.array([float(n) for n in NUMBER.findall(outline(view, near))]).reshape(-1, 2)
    x, y = corners.T
    area = 0.5 * abs(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1))) / view.scale**2
    assert area == pytest.approx(2 * np.pi * 6_371_000.0**2 * (1 - np.cos(radius)), rel=2e-3)
    middle = forward(np.array([lat0]), np.array([lon0]), view.lat0, view.lon0)
    assert abs(x.mean() - view.x0 - middle[0][0] * view.scale) < 20.0
    assert outline(view, lambda lat, lon: lat > 10.0) == ""
    assert not ask(view, lambda lat, lon: lat > -10.0)[2][[0, -1]].any()


def test_two_parts_and_a_hole_are_three_loops():
    def rings(lat, lon):
        away = np.hypot(lat - np.radians(60.0), (lon - np.radians(20.0)) * 0.5)
        other = np.hypot(lat - np.radians(40.0), (lon - np.radians(20.0)) * 0.5)
        return ((away < 0.2) & (away > 0.1)) | (other < 0.05)

    assert outline(around(55.0, 20.0), rings).count("M") == 3


def test_one_party_has_one_tone():
    svg = str(coverage_map(en.coverage("us_nato", 2013, 300.0, nside=1), around(57.0, 0.0)))
    assert "US and NATO<" in svg
    assert "alone" not in svg
    assert "both" not in svg


@pytest.mark.parametrize("draw", coverage_pictures.PICTURES, ids=lambda draw: draw.__name__)
def test_a_picture_is_drawn_as_it_is_kept(draw):
    """Every word is the same, every number lies within half a pixel; but where bisection left out another point."""
    card = draw()
    kept = card.file.read_text(encoding="utf-8")
    assert SAID.findall(kept) == SAID.findall(card.svg)
    ours, theirs = (re.sub(r"(?<=\d),(?=-?\d)", " ", SAID.sub("", svg)).splitlines() for svg in (kept, card.svg))
    assert len(ours) == len(theirs)
    for a, b in zip(ours, theirs, strict=True):
        one, other = ([float(n) for n in NUMBER.findall(line)] for line in (a, b))
        assert len(one) == len(other)
        assert max((abs(x - y) for x, y in zip(one, other, strict=True)), default=0.0) <= PIXEL
