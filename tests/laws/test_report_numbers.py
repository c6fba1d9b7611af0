"""Numbers on the page and in its files: scales keep order, ticks are round, CSV reads back to the same bits."""

import csv
import io
import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entente.report.axes import Scale, span
from entente.report.data import histories
from entente.report.language import ENGLISH, RUSSIAN
from entente.report.material import gather
from entente.report.sheet import Sheet
from entente.scenario.load import load
from entente.study import explore

finite = st.floats(-1e6, 1e6)
bends = st.sampled_from([None, 1.0, 10.0])


@given(st.lists(finite, min_size=1, max_size=20), bends)
def test_a_scale_keeps_order_and_its_ends(values, bend):
    low, high = span(values, 1.0)
    scale = Scale(low, high, 0.0, 100.0, bend)
    pixels = [scale(value) for value in sorted(values)]
    assert all(-1e-6 <= x <= 100.0 + 1e-6 for x in pixels)
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(pixels))
    assert scale(low) == pytest.approx(0.0, abs=1e-9)
    assert scale(high) == pytest.approx(100.0, abs=1e-6)


@given(st.lists(finite, min_size=1, max_size=20), st.integers(2, 8))
def test_ticks_are_few_evenly_spaced_and_inside(values, most):
    low, high = span(values, 1.0)
    ticks = Scale(low, high, 0.0, 100.0).ticks(most)
    assert 1 <= len(ticks) <= most + 1
    assert all(low - 1e-6 * abs(low) <= tick <= high + 1e-6 * abs(high) for tick in ticks)
    gaps = np.diff(ticks)
    assert np.allclose(gaps, gaps[:1] if len(gaps) else 0.0)


@given(st.lists(finite, min_size=1, max_size=20))
def test_a_span_holds_zero_and_every_value(values):
    low, high = span([*values, math.nan, math.inf], 5.0)
    assert low <= min(*values, 0.0)
    assert high >= max(*values, 0.0)
    assert high - low >= 5.0


def test_logarithmic_ticks_are_zero_and_powers_of_ten_on_both_sides():
    assert Scale(-5.0, 2000.0, 0.0, 1.0, 1.0).ticks(7) == [-1.0, 0.0, 1.0, 10.0, 100.0, 1000.0]


@given(finite.filter(lambda value: abs(value) >= 1e-6))
def test_a_number_is_right_to_two_figures_in_both_languages(value):
    english, russian = ENGLISH.number(value), RUSSIAN.number(value)
    read = float(english.replace("−", "-").replace(",", ""))
    assert read == pytest.approx(value, rel=0.051)
    assert float(russian.replace("−", "-").replace("\N{NARROW NO-BREAK SPACE}", "").replace(",", ".")) == read


@given(st.lists(st.lists(st.floats(allow_infinity=False), min_size=2, max_size=2), min_size=1, max_size=10))
def test_a_sheet_reads_back_to_the_same_bits(rows):
    sheet = Sheet("x.csv", ["a [s]", 'b, "quoted"'], rows)
    header, *read = csv.reader(io.StringIO(sheet.text))
    assert header == ["a [s]", 'b, "quoted"']
    back = [[float(cell) if cell else math.nan for cell in row] for row in read]
    np.testing.assert_array_equal(np.array(back), np.array(rows))


def test_the_histories_are_the_dataset():
    """Every measure of every history, with its unit in the header; an empty cell is an undefined number."""
    study = explore(load("one-launch"), seeds=2, workers=1)
    header, *rows = csv.reader(io.StringIO(histories(gather(study)).text))
    data = study.data
    assert len(rows) == data.sizes["case"] * data.sizes["rung"] * data.sizes["party"] * data.sizes["seed"]
    for name in data:
        unit = data[name].attrs["units"]
        column = header.index(f"{name} [{'share' if unit == '1' else unit}]")
        for row in rows:
            where = {"case": row[0], "rung": int(row[1]), "party": row[2], "seed": int(row[3])}
            value = float(data[name].sel(where))
            assert (row[column] == "") == math.isnan(value)
            assert math.isnan(value) or float(row[column]) == value


@given(st.floats(1e-3, 1e4), st.integers(3, 6))
def test_what_is_written_at_a_tick_is_its_value(high, most):
    """A tick at 0.25 must not read 0.2."""
    for tick in Scale(0.0, high, 0.0, 100.0).ticks(most):
        assert float(ENGLISH.number(tick).replace(",", "")) == pytest.approx(tick, rel=1e-6)
