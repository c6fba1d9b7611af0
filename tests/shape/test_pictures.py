"""The pictures in the docs show what the program computes now, and nothing in them lies on anything else."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "builders"))

import flight_pictures  # noqa: E402
import reach_pictures  # noqa: E402
import tracking_pictures  # noqa: E402
from card import WIDTH  # noqa: E402

NUMBER = re.compile(r"-?\d[\d,]*\.?\d*")
PIXEL = 0.25  # px: coordinates are written to a tenth, which another machine may round to the other side
SAID = re.compile(r"<(?:text|title|desc|tspan)[^>]*>([^<]*)<")
NARROW, WIDE = " .,:;'ijlt()/", "mwMW%"
EM = {"narrow": 0.33, "wide": 0.95, "tall": 0.65, "low": 0.6}  # of the size: widths in DejaVu Sans, a wide font
BOLD = 1.1
RISE, SINK = 0.75, 0.08  # of the size: digits and capitals above the line, what reaches below it is let pass
AIR = 1.0  # px  between words and the middle of a line
ROOM = 6.0  # px  between words and the edge of the card


PICTURES = (*flight_pictures.PICTURES, *tracking_pictures.PICTURES, reach_pictures.dispute)


@pytest.fixture(scope="module", params=PICTURES, ids=lambda draw: draw.__name__)
def card(request):
    return request.param()


def test_a_picture_is_drawn_as_it_is_kept(card):
    """Every word and number said is the same; every line lies within a quarter of a pixel."""
    kept = card.file.read_text(encoding="utf-8")
    assert SAID.findall(kept) == SAID.findall(card.svg)
    assert NUMBER.split(coordinates(kept)) == NUMBER.split(coordinates(card.svg))
    pairs = zip(values(kept), values(card.svg), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= PIXEL


def test_no_words_lie_on_anything(card):
    """Not on other words, on a path or on a mark, and not over the edge of the card; widths as in a wide font."""
    said = words(card.svg)
    for n, one in enumerate(said):
        assert one.left > ROOM, one
        assert one.right < WIDTH - ROOM, one
        assert [other.line for other in said[n + 1 :] if one.meets(other)] == [], one
        assert not one.holds(drawn(card.svg)).any(), one


@dataclass(frozen=True)
class Words:
    """A line of text and the rectangle it takes [px]."""

    line: str
    left: float
    right: float
    top: float
    bottom: float

    def meets(self, other):
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def holds(self, points):
        x, y = points.T
        beside = (x > self.left - AIR) & (x < self.right + AIR)
        return beside & (y > self.top - AIR) & (y < self.bottom + AIR)


def words(svg):
    found = []
    for text in elements(svg, "text"):
        size, kind = float(text.get("font-size")), text.get("class") or ""
        line = "".join(text.itertext())
        wide = size * sum(map(em, line)) * (BOLD if "strong" in kind or "head" in kind else 1.0)
        x, y = float(text.get("x")), float(text.get("y"))
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor") or "start"] * wide
        found.append(Words(line, left, left + wide, y - RISE * size, y + SINK * size))
    assert len(found) > 5
    return found


def em(letter):
    tall = letter.isdigit() or letter.isupper()
    return EM["narrow" if letter in NARROW else "wide" if letter in WIDE else "tall" if tall else "low"]


def drawn(svg):
    """Points of all paths, a pixel or less apart, and the marks' rims, (N, 2)."""
    points = []
    for path in elements(svg, "path"):
        if "path" in (path.get("class") or "").split():
            corners = np.array([pair.split(",") for pair in path.get("d")[1:].rstrip("Z").split()], dtype=float)
            pieces = np.linspace(corners[:-1], corners[1:], 40)
            points.append(pieces.reshape(-1, 2))
    turn = np.linspace(0.0, 2.0 * np.pi, 16)
    rim = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    for mark in elements(svg, "circle"):
        if {"ring", "dot"} & set(mark.get("class").split()):
            points.append([float(mark.get("cx")), float(mark.get("cy"))] + float(mark.get("r")) * rim)
    assert points
    return np.concatenate(points)


def elements(svg, name):
    return ElementTree.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{name}")


def coordinates(svg):
    """A picture with its pairs told apart, x y instead of x,y."""
    return re.sub(r"(?<=\d),(?=-?\d)", " ", SAID.sub("", svg))


def values(svg):
    return [float(number) for number in NUMBER.findall(coordinates(svg))]
