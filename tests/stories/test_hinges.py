"""What each verdict hangs on, of the real findings: what the bars and the sentences of a card say can be counted again."""

import xml.etree.ElementTree as ET

import numpy as np
import pytest

from entente.deciders import first_order
from entente.findings import sheet
from entente.hinges import hinge, hinge_guaranteed, of_levels, of_raids, of_unilateral
from entente.massive import raid_verdicts
from entente.report.hinges import sentence
from entente.report.language import ENGLISH, RUSSIAN
from entente.report.situation import Pen
from entente.report.tornado import Bar, Tornado, draw_tornado
from entente.thirds import best, guarantee_takings
from entente.unilateral import headline, takings

PREDICATES = {row.id: row.predicate for row in sheet().findings}


def samples():
    """The draws behind three verdicts, and the share that each verdict states."""
    raids = raid_verdicts(PREDICATES["F1"])[0]
    first = headline(takings(PREDICATES["F2"]))
    yield "F1", of_raids(PREDICATES["F1"], raids), raids.share
    yield "F2", of_unilateral(PREDICATES["F2"], first), first.share
    yield "F3", of_levels(PREDICATES["F3"]), None


def test_the_sample_is_the_one_that_the_verdict_was_counted_on():
    for name, sample, share in samples():
        assert sample.values.shape == (len(sample.number), len(sample.names)), name
        if share is not None:
            assert (sample.margin >= 0.0).mean() == share, name
        # An index is of an order, and so the same in shares of a range as in its units.
        assert np.isfinite(first_order(sample.values, sample.number)).all(), name


def test_a_reversal_can_be_counted_again():
    """F1 is decided by the shots planned at each object: with fewer than four it holds in most draws, with more in none."""
    _, sample, _ = next(samples())
    found = hinge(sample)
    shots = sample.values[:, sample.names.index("us_nato.shots")]
    assert {(one.bounds[0].input, one.bounds[0].side) for one in found.reversals} == {
        ("us_nato.shots", "below"),
        ("us_nato.shots", "above"),
    }
    for one in found.reversals:
        (at,) = one.bounds
        inside = shots < at.value if at.side == "below" else shots > at.value
        share = float((sample.margin[inside] >= 0.0).mean())
        assert one.part == pytest.approx(inside.mean())
        assert (share >= one.bar) if one.up else (share <= one.bar)
    bar = found.swings[0]
    assert (bar.input, bar.at_low > bar.at_high) == ("us_nato.shots", True)


def test_what_leaves_nothing_to_move_shows_the_next_best():
    """F7's guarantee leaves no interceptor: nothing reverses it, and the bars are of the one that leaves some."""
    predicate = PREDICATES["F7"]
    rows = guarantee_takings(predicate)
    found = hinge_guaranteed(predicate, best(predicate, rows), rows)
    assert found.case == "one interceptor at most"
    assert found.reversals == ()
    assert found.swings[0].input == "china.survives"


def test_the_sentence_names_input_value_and_count():
    _, sample, _ = next(samples())
    one = next(each for each in hinge(sample).reversals if each.up)
    said = sentence(ENGLISH, one)
    assert said.startswith("with US/NATO: shots planned at each object known to be below 4")
    assert f"of {one.draws} draws" in said
    assert "заведомо меньше 4" in sentence(RUSSIAN, one)


def test_the_bars_are_to_scale_and_name_their_ends():
    """Twice as wide a swing is twice as wide a bar; the values of the input stand where the number is, low or high."""
    bars = (Bar("first", "1", "9", 0.0, 4.0), Bar("second", "7", "3", 3.0, 1.0))
    drawn = str(draw_tornado(Tornado("a title", "", 2.0, bars), Pen(ENGLISH, (), 12.0), 300.0))
    root = ET.fromstring(drawn)
    wide, narrow = (float(rect.get("width")) for rect in root.iter("rect"))
    assert wide == pytest.approx(2.0 * narrow, abs=0.2)
    at = {text.text: float(text.get("x")) for text in root.iter("text")}
    assert at["1"] < at["9"]
    assert at["3"] < at["7"]  # the second input lowers the number
    assert root.find("title").text == "a title"
