"""A picture for the docs: a card with a light background of its own, as SVG, that reads the same on any page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.svg import Floats, line_path, tag, text

TARGET = Path(__file__).resolve().parents[1] / "docs/pictures"
WIDTH, EDGE, SIZE = 760.0, 28.0, 14.0  # px: of a card, its margin, its text
HEAD, FOOT, LINE = 84.0, 26.0, 14.0  # px: above and below a map, and each further line below it
STYLE = """
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; fill: #1b1e23; }
.head { font-weight: 700; } .strong { font-weight: 650; } .quiet { fill: #5a6068; }
.card { fill: #fdfcf9; stroke: #d9d6cd; } .grid { stroke: #e2dfd6; fill: none; } .ground { stroke: #1b1e23; fill: none; }
.earth, .land { fill: #e9e3d3; stroke: #9aa5ad; stroke-width: .8; stroke-linejoin: round; } .air, .sea { fill: #dce8f2; }
.space { fill: none; stroke: #6f8aa3; stroke-dasharray: 5 4; } .graticule { fill: none; stroke: #c3d1dc; stroke-width: .6; }
.path { fill: none; stroke-width: 2.6; stroke-linejoin: round; stroke-linecap: round; }
.lofted { stroke: #0b5ba8; } .least { stroke: #1b1e23; } .depressed { stroke: #a84a00; }
.boost { stroke: #b0182b; stroke-width: 7; }
text.lofted, text.least, text.depressed, text.boost { stroke: none; }
text.lofted { fill: #0b5ba8; } text.depressed { fill: #a84a00; } text.boost { fill: #b0182b; }
.ring { fill: #fdfcf9; stroke-width: 1.8; } .dot { stroke: none; } .band { fill: #d6e4f0; }
.dot.lofted { fill: #0b5ba8; } .dot.least { fill: #1b1e23; } .dot.depressed { fill: #a84a00; }
.halo { paint-order: stroke; stroke: #fdfcf9 !important; stroke-width: 4px; stroke-linejoin: round; }
"""


@dataclass
class Card:
    """A picture that grows: what it is called, its height [px], what it says in a sentence, and its elements."""

    name: str
    height: float
    title: str
    subtitle: str
    parts: list[Markup] = field(default_factory=list)

    def draw(self, shape: str, **attributes: object) -> None:
        """Add one element."""
        self.parts.append(tag(shape, **attributes))

    def line(self, points: Floats, kind: str, closed: bool = False) -> None:
        """Add a line through points (N, 2) [px]."""
        self.draw("path", d=line_path(points, closed), class_=kind)

    def dot(self, x: float, y: float, radius: float, kind: str) -> None:
        """Add a disc or ring."""
        self.draw("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{radius:.1f}", class_=kind)

    def say(self, x: float, y: float, line: str, kind: str = "", anchor: str = "start", size: float = SIZE) -> None:
        """Add one line of text, its baseline at y."""
        self.parts.append(text(x, y, [line], size, kind, anchor))

    @property
    def svg(self) -> str:
        """The file's text, an element a line."""
        size = {"width": f"{WIDTH:g}", "height": f"{self.height:g}", "viewBox": f"0 0 {WIDTH:g} {self.height:g}"}
        frame = {"x": 0.5, "y": 0.5, "width": WIDTH - 1, "height": self.height - 1, "rx": 10}
        head = [
            tag("title", self.title),
            tag("desc", self.subtitle),
            tag("style", Markup(STYLE)),
            tag("clipPath", tag("rect", **frame), id="card"),
        ]
        heading = [text(EDGE, 40, [self.title], 22, "head"), text(EDGE, 64, [self.subtitle], SIZE, "quiet")]
        body = tag("g", tag("rect", **frame, class_="card"), *self.parts, *heading, clip_path="url(#card)")
        whole = tag("svg", *head, body, xmlns="http://www.w3.org/2000/svg", role="img", **size)
        return str(whole).replace("><", ">\n<") + "\n"

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return TARGET / f"{self.name}.svg"


def axes(card: Card, across: Scale, up: Scale, most: tuple[int, int], units: tuple[str, str]) -> None:
    """Grid lines and round numbers on both sides: at most so many, in these units."""
    rows = up.ticks(most[1])
    for value in rows:
        y = up(value)
        card.line(np.array([(across.a, y), (across.b, y)]), "ground" if value == up.low else "grid")
        card.say(across.a - 8, y + 5, f"{value:,.0f}{units[1] if value == rows[-1] else ''}", "quiet", "end", 12)
    for value in across.ticks(most[0]):
        card.say(across(value), up.a + 18, f"{value:g}", "quiet", "middle", 12)
    card.say(0.5 * (across.a + across.b), up.a + 42, units[0], "quiet", "middle")


def on_map(name: str, heading: tuple[str, str], drawn: Markup, style: str, height: float, below: Sequence[str]) -> Card:
    """A card that is one map of that height [px] under a title and a subtitle, lines of small print below it."""
    card = Card(name, height + HEAD + FOOT + LINE * (len(below) - 1), *heading)
    card.parts.append(tag("style", Markup(style)))
    card.parts.append(tag("g", drawn, transform=f"translate(0 {HEAD:g})"))
    for row, line in enumerate(below):
        card.say(EDGE, height + HEAD + 17 + LINE * row, line, "quiet", size=11)
    return card


def write_all(pictures: Iterable[Callable[[], Card]]) -> int:
    """Write every picture, say how large each is."""
    for draw in pictures:
        card = draw()
        card.file.write_text(card.svg, encoding="utf-8")
        print(f"{card.file}: {card.file.stat().st_size / 1000:.0f} kB")
    return 0
