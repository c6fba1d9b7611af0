"""`entente event`: a reader sees who knew what when, and every mistake in a line."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from entente.cli import app
from entente.questions.events import event
from entente.report.event_lines import event_lines
from entente.report.event_pictures import alarmed, pen_of, timeline_of
from entente.report.language import Tongue
from entente.scenario.event_files import load_event, shipped_events

sys.path.insert(0, str(Path(__file__).parents[2] / "builders"))

import event_pictures

SAID = re.compile(r"<(?:text|tspan|title)[^>]*>([^<]+)<")
NUMBER = re.compile(r"(?<=[ \"M,HVv])-?\d+\.?\d*")
PIXEL = 0.25  # px: coordinates are written to a tenth, which another machine may round to the other side
runner = CliRunner()


def run(*words):
    return runner.invoke(app, ["event", *words])


def test_without_a_name_events_are_listed():
    done = run()
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0].startswith("training-tape-1979")
    assert len(done.stdout.splitlines()) == len(shipped_events())
    assert "(made up)" in done.stdout
    assert json.loads(run("--json").stdout)[3]["id"] == "sounding-rocket-1995"


@pytest.fixture(scope="module")
def rocket():
    return run("sounding-rocket-1995", "--rung", "0", "--rung", "1").stdout


def test_1995_says_why_it_became_an_alarm_and_what_would_have_changed_it(rocket):
    """The crew had no notice in nine histories of ten; with rung 1 it has one in nine of ten, and the rest follows."""
    was, then = rocket.split("Rung 1: notifications")
    without, having = (re.search(r"fits what is seen \(in (\d+) % of\s+histories\)", half) for half in (was, then))
    assert int(without[1]) < 30 < 70 < int(having[1])
    assert re.search(r"^\+ .*looks for a notice: There is one", then, re.MULTILINE)
    right = [int(share) for share in re.findall(r"Russia, 10 min: (\d+) % resolved rightly", rocket)]
    assert right[1] > right[0] + 15
    assert "Russia, as told: The crew reports a possible missile up its chain" in was
    assert "as told" not in then.partition("disputed:")[0]
    assert "disputed: How near it came" in rocket


@pytest.mark.parametrize("name", shipped_events())
def test_every_event_is_told_in_lines_and_drawn(name, tmp_path):
    """At the rungs that it says; in the eyes of who could be alarmed; no line of text is lost in the figure."""
    told = load_event(name)
    account = event(told, (0, 4), 20)
    found = timeline_of(account, Tongue("en"))
    assert len(found.panels) == 2
    assert told.parties[found.party] == alarmed(told)
    assert all(abs(sum(shares) - 1.0) < 1e-9 for panel in found.panels for _, shares in panel.fates)
    said = event_lines(found, told, pen_of(told, Tongue("en"), 1.0))
    assert told.truth.what in " ".join(said.split())
    ours = [row.text for row in told.evidence if row.holder == alarmed(told)]
    assert all(text in {entry.said for entry in found.panels[0].entries} for text in ours)
    assert not any(entry.new for entry in found.panels[0].entries)


def test_the_figure_is_a_file_of_its_own(tmp_path):
    out = tmp_path / "rocket.svg"
    done = run("sounding-rocket-1995", "--out", str(out))
    assert done.exit_code == 0
    assert f"figure: {out}" in done.stdout
    svg = out.read_text(encoding="utf-8")
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "prefers-color-scheme: dark" in svg
    assert "<script" not in svg


def test_the_partners_word_weighs_what_it_is_trusted():
    plain, believed = (event("glint-1983", (4,), 100, trust).shares(4, "russia") for trust in (None, 0.9))
    assert believed[0] > plain[0] + 0.05
    assert (
        "the partner's word weighs 90 % of an honest one's" in run("glint-1983", "--trust", "0.9", "--rung", "4").stdout
    )
    assert "the partner is the suspect, and what it says weighs nothing" in run("glint-1983", "--rung", "4").stdout


def test_the_geometry_is_computed_on_demand():
    said = run("glint-1983", "--geometry").stdout
    assert "angle between cloud tops and the ray to it: 21.2 deg (18.9 to 24.8)" in said
    found = json.loads(run("sounding-rocket-1995", "--geometry", "--json").stdout)
    assert found["geometry"]["first_view"]["reported_time_min"] == 24
    assert found["event"]["evidence"][0]["source"]
    assert found["account"]["sides"]["russia"]["suspects"] == "partner"


@pytest.mark.parametrize("name", event_pictures.SHOWN)
def test_the_pictures_in_the_docs_are_what_is_drawn_now(name, tmp_path):
    """`python builders/event_pictures.py` draws them anew."""
    kept = (event_pictures.PICTURES / f"event-{name}.svg").read_text(encoding="utf-8")
    drawn = event_pictures.draw(name, tmp_path).read_text(encoding="utf-8")
    assert SAID.findall(kept) == SAID.findall(drawn)
    places = [np.array([float(v) for v in NUMBER.findall(svg)]) for svg in (kept, drawn)]
    np.testing.assert_allclose(*places, atol=PIXEL)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("glint-1984",), "Error: event: 'glint-1984' is not known; did you mean 'glint-1983'?"),
        (("glint-1983", "--rung", "11"), "Error: events: rungs: 11 is none of the ladder, 0 to 8"),
        (("glint-1983", "--trust", "2"), "Error: events: trust: 2 is outside the model; it must lie between 0 and 1"),
        (
            ("failed-chip-1980", "--geometry"),
            "Error: geometry: failed-chip-1980 names no flight that a radar sees and no sat",
        ),
        (("failed-chip-1980", "--out", "/none/x.svg"), "Error: event: /none/x.svg cannot be written (No such file"),
        (("none.yaml",), "Error: none.yaml: no such file"),
    ],
)
def test_a_mistake_is_one_line(words, line):
    done = run(*words)
    assert done.exit_code == 1
    assert done.stderr.startswith(line)
    assert len(done.stderr.splitlines()) == 1
