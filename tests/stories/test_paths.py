"""A path told end to end: the example climbs and leaves, its picture says so without a legend, its table has the numbers."""

import csv
import re
from io import StringIO

import pytest

from entente.report.data import paths
from entente.report.describe import files
from entente.report.figures import NARROW, WIDE, draw_all
from entente.report.language import LANGUAGES, Tongue
from entente.report.material import gather
from entente.report.paths import Path, Side, Tread, draw_path
from entente.report.situation import Pen
from entente.scenario.load import load
from entente.study import explore

ENGLISH = Tongue("en")
PARTIES = ("US/NATO", "Russia")
RECT = re.compile(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" class="(\w+) (p\d)"')


def tread(year, rung, held, revealed, balanced=True):
    sides = tuple(Side(better=held, worse=0, held=held, revealed=one) for one in revealed)
    return Tread(year, rung, "shared tracks", balanced, ("a need <&>",), sides)


def drawn(told=True):
    steps = (
        tread(2014, 1, 0, (0.0, 0.0)),
        tread(2016, 3, 4, (1.0, 2.0)),
        tread(2020, 1, 0, (1.0, 2.0), balanced=False),
    )
    return Path(steps, baseline=1, asked=12, told=told)


@pytest.mark.parametrize(("width", "size"), [WIDE, NARROW])
def test_blocks_are_as_high_as_their_numbers_and_what_was_revealed_stays(width, size):
    svg = str(draw_path(drawn(), Pen(ENGLISH, PARTIES, size), width))
    blocks = [(kind, party, float(x), float(high)) for x, _, _, high, kind, party in RECT.findall(svg)]
    held = [one for one in blocks if one[0] == "known"]
    assert [(party, round(x)) for _, party, x, _ in held] == [
        ("p0", round(width / 5 + 2)),
        ("p1", round(width / 5 + 2)),
    ]
    told = {party: [high for kind, p, _, high in blocks if kind == "warned" and p == party] for party in ("p0", "p1")}
    assert [len(told[party]) for party in ("p0", "p1")] == [2, 2]  # the step and the exit after it
    assert told["p0"][0] == told["p0"][1]
    assert told["p1"][0] == pytest.approx(2 * told["p0"][0], abs=0.2)  # one scale for both parties
    assert "need &lt;&amp;&gt;" in svg or width == NARROW[0]
    assert svg.count("<title>") == 1


def test_what_cannot_be_told_is_no_zero():
    svg = str(draw_path(drawn(told=False), Pen(ENGLISH, PARTIES, 12.5), 1040.0))
    assert svg.count(">?</text>") == 6


@pytest.fixture(scope="module")
def found():
    scenario = load("europe-path")
    few = scenario.model_copy(update={"cases": scenario.cases[:1], "rungs": [0, 1, 2, 4, 5]})
    steps = [step for step in scenario.paths[0].steps if step.rung in few.rungs]
    way = scenario.paths[0].model_copy(update={"steps": steps})
    return gather(explore(few.model_copy(update={"paths": [way]}), seeds=6, workers=1))


def test_the_report_of_the_example_has_the_picture_and_its_table(found):
    rows = list(csv.DictReader(StringIO(paths(found).text)))
    assert [(row["year"], row["rung"], row["since_rung"]) for row in rows[::2]] == [
        ("2014", "1", "1"),
        ("2016", "2", "1"),
        ("2020", "4", "2"),
        ("2023", "5", "4"),
        ("2026", "1", "5"),
    ]
    assert {row["revealed_so_far [nats]"] for row in rows} == {""}  # six histories tell nothing of it
    assert all(row["needs"] and row["after_an_exit"] for row in rows)
    assert all("so few histories" in row["after_an_exit"] for row in rows)
    for code in LANGUAGES:
        figure = draw_all(found, Tongue(code))["paths"]
        assert figure.data == "paths.csv"
        assert "2026" in figure.wide
        assert Tongue(code).say("paths.picture.few", limit="") in figure.caption


def test_the_picture_is_a_file_of_its_own(found):
    names = [name for name, _ in files(found.study, "en")]
    assert {"figures/paths.svg", "data/paths.csv", "report.html"} <= set(names)
