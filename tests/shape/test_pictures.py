"""The pictures in the docs show what the program computes now."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "builders"))

import flight_pictures  # noqa: E402

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")
PIXEL = 0.25  # px: coordinates are written to a tenth, which another machine may round to the other side
SAID = re.compile(r"<(?:text|title|desc|tspan)[^>]*>([^<]*)<")


@pytest.mark.parametrize("draw", flight_pictures.PICTURES, ids=lambda draw: draw.__name__)
def test_a_picture_is_drawn_as_it_is_kept(draw):
    """Every word and number said is the same; every line lies within a quarter of a pixel."""
    card = draw()
    kept = card.file.read_text(encoding="utf-8")
    assert SAID.findall(kept) == SAID.findall(card.svg)
    assert NUMBER.split(coordinates(kept)) == NUMBER.split(coordinates(card.svg))
    pairs = zip(values(kept), values(card.svg), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= PIXEL


def coordinates(svg):
    """A picture with its pairs told apart, x y instead of x,y."""
    return re.sub(r"(?<=\d),(?=-?\d)", " ", SAID.sub("", svg))


def values(svg):
    return [float(number) for number in NUMBER.findall(coordinates(svg))]
