"""The report's section on events: the historical ones as figures, with their numbers as a table."""

import csv
import io

import pytest

from entente.report.event_section import FIRST, SHEET, accounts, event_figures, event_sheet
from entente.report.figures import NARROW, WIDE
from entente.report.language import LANGUAGES, Tongue


def test_every_historical_event_is_drawn_the_two_of_the_docs_first():
    names = list(event_figures(Tongue("en")))
    assert names[:2] == [f"event-{name}" for name in FIRST]
    assert len(names) == len(set(names)) == sum(one.event.kind == "historical" for one in accounts()) == 7


@pytest.mark.parametrize("code", LANGUAGES)
def test_both_widths_and_the_caption_are_whole(code):
    for one, figure in zip(accounts(), event_figures(Tongue(code)).values(), strict=True):
        assert f'viewBox="0 0 {WIDE[0]:g} ' in figure.wide
        assert f'viewBox="0 0 {NARROW[0]:g} ' in figure.narrow
        assert one.event.disputed.replace("'", "&#39;") in figure.caption
        assert figure.alone.startswith('<?xml version="1.0"')
        assert figure.data == SHEET


def test_the_table_has_a_line_for_all_that_each_side_holds():
    sheet = event_sheet()
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    held = [row for row in rows if row["event"] == "sounding-rocket-1995" and row["party"] == "russia"]
    assert {row["rung"] for row in held} == {"0", "1"}
    climb = next(row for row in held if row["says"] == "radar track toward us")
    assert float(climb["low [s]"]) < float(climb["held from [s]"]) < float(climb["high [s]"])
    assert all(0.0 < float(row["share of histories"]) <= 1.0 for row in rows)
