"""The sections on balance told: what stands in the rows of F2 and F3, and how the time to decide is drawn."""

import re

import pytest

from entente.findings import sheet
from entente.questions.alarms import PUBLISHED, inadvertence
from entente.questions.showing import Bracket
from entente.report.balance import (
    MOST_WHY,
    SECTIONS,
    alarm_said,
    bracket,
    level_rows,
    path,
    path_rows,
    record_rows,
    taking_rows,
)
from entente.report.clock import Clock, draw_clock
from entente.report.language import ENGLISH, LANGUAGES, RUSSIAN, Tongue
from entente.report.situation import Pen
from entente.stabilising import levels_verdict, reasons_of
from entente.thirds import guarantee_takings
from entente.unilateral import takings

pytestmark = pytest.mark.kernel
LONG = Clock(
    "ICBM",
    1_800.0,
    (("detection", 60.0), ("report", 120.0), ("assessment", 180.0)),
    300.0,
    1_140.0,
    "8:19 to 23:35",
    (60.0, 0.0),
)
SHORT = Clock("SLBM", 720.0, LONG.before, 300.0, -60.0, "-7:58 to 5:21", (60.0, 30.0))


@pytest.fixture(scope="module")
def asked():
    return {row.id: row.predicate for row in sheet().findings}


def test_a_row_a_level_with_the_share_and_the_bracket(asked):
    found = levels_verdict(asked["F3"])
    rows = level_rows(ENGLISH, found)
    assert [row["level"] for row in rows] == [f"{one:,}" for one in asked["F3"].levels]
    assert rows[0]["forces_from"] == "more than 3,000"
    assert re.fullmatch(r"\d+ to \d+; lost again beyond 128", rows[-1]["cities_from"])
    assert all(row["cities"].startswith("−") for row in rows)
    share = re.search(r"cities lower it in a share of ([\d.]+)", "\n".join(reasons_of(asked["F3"], found)))
    assert f"({share.group(1)})" in rows[0]["cities"]  # one number, printed one way


def test_a_bracket_is_said_in_both_languages():
    assert bracket(RUSSIAN, Bracket(9, 10, 128, False, ())) == "9 … 10; снова теряется после 128"
    assert bracket(ENGLISH, Bracket(2_253, 2_363, None, True, ())) == "2,253 to 2,363"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_row_a_year_of_the_path_and_no_verdict_but_two(code):
    tongue = Tongue(code)
    rows = path_rows(tongue, path())
    assert [row["year"] for row in rows] == [str(year) for year in range(2011, 2024)]
    assert {row["verdict"] for row in rows} == {
        tongue.say(f"record.{one}") for one in ("consistent with the record", "not computable")
    }
    assert rows[0]["limit"] == "–"
    assert rows[-1]["limit"].startswith("1; 1")
    assert [row["counted"] for row in rows[:2] + rows[-1:]] == ["0", "−45", "+12"]
    assert [row["interceptors"] for row in rows[:1] + rows[-1:]] == ["30 / 78", "68 / 92"]


def test_what_interceptors_take_is_a_row_a_year_and_view(asked):
    rows = taking_rows(ENGLISH, takings(asked["F2"]))
    assert len(rows) == 9
    assert rows[0]["seen"] == "2023, as deployed: 68"
    assert len(taking_rows(ENGLISH, guarantee_takings(asked["F7"]))) == 10
    assert len(record_rows(ENGLISH)) == 17


def test_the_fault_tree_is_said_with_its_range_and_beside_what_is_published():
    said = alarm_said(ENGLISH, inadvertence())
    assert "orders of magnitude" in said["range"]
    assert f"1 in {round(1 / PUBLISHED[1], -1):.0f}" in said["published"]
    assert "makes war likelier in" in said["factor"]
    assert set(SECTIONS) == {"F2", "F3", "F7"}
    assert MOST_WHY == 4


@pytest.mark.parametrize("width", [1040.0, 328.0])
def test_the_time_to_decide_is_drawn_to_scale(width):
    drawn = str(draw_clock([LONG, SHORT], Pen(ENGLISH, ("US/NATO", "Russia"), 12.0), width))
    bars = [
        (look, float(x), float(wide))
        for x, wide, look in re.findall(
            r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="[\d.]+" class="([\w ]+)"', drawn
        )
    ]
    grey = [wide for look, _, wide in bars if look == "key other"]
    assert grey[1] / grey[0] == pytest.approx(2.0, abs=0.05)  # 120 s and 60 s; a tenth of a pixel
    left = next(bar for bar in bars if bar[0] == "swing")
    assert left[2] / grey[3] == pytest.approx(1_140 / 300, rel=0.02)
    assert sum(look == "short" for look, _, _ in bars) == 1
    assert sum(look.startswith("warned") for look, _, _ in bars) == 3  # no bar for a gain of nothing
    edge = max(x + wide for _, x, wide in bars)
    assert edge <= width
    assert ("-7:58" in drawn) == (width > 400)  # no room for the range on a phone
