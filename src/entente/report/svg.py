"""How is a figure written down? SVG elements as escaped text, and labels that keep out of one another's way."""

import math
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

Floats = NDArray[np.float64]

QUARTER = np.array([[0.0, -1.0], [1.0, 0.0]])  # a quarter turn


def tag(name: str, *content: str, **attributes: object) -> Markup:
    """One element. Content that is not Markup is escaped, as are attributes; `class_` is class, `a_b` is a-b."""
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    inside = Markup("").join(content)
    return Markup(f"<{name}{pairs}>{inside}</{name}>" if inside else f"<{name}{pairs}/>")


def line_path(points: Floats, closed: bool = False) -> str:
    """Path data through points (N, 2) [px], to a tenth of a pixel."""
    steps = " ".join(f"{x:.1f},{y:.1f}".replace(".0", "") for x, y in points.tolist())
    return f"M{steps}{'Z' if closed else ''}"


def marker(shape: str, x: float, y: float, size: float, class_: str) -> Markup:
    """A small mark; parties differ in its shape as well as in colour."""
    corners = {
        "triangle": [(0, -1.1), (1, 0.8), (-1, 0.8)],
        "diamond": [(0, -1.15), (1.15, 0), (0, 1.15), (-1.15, 0)],
        "square": [(-0.8, -0.8), (0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)],
        "cross": [(0.3, 1), (0.3, 0.3), (1, 0.3)],
    }
    if shape == "circle":
        return tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{size:.1f}", class_=class_)
    points = np.array(corners[shape], dtype=np.float64)
    if shape == "cross":  # one arm's corners, turned to all four sides
        points = np.concatenate([points @ np.linalg.matrix_power(QUARTER, turn) for turn in range(4)])
    points = points * size + np.array([x, y])
    return tag("path", d=line_path(points, closed=True), class_=class_)


@dataclass
class Labels:
    """Places taken so far on a figure of this size; a label takes the first free place around its point."""

    width: float
    height: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def block(self, x: float, y: float, radius: float) -> None:
        """Keep labels off a mark."""
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def place(
        self, x: float, y: float, lines: list[str], size: float, class_: str, gap: float = 9.0, far: bool = True
    ) -> Markup:
        """Text of some lines beside (x, y), or nothing where no place is free."""
        wide, high = 0.56 * size * max(map(len, lines)), 1.2 * size * len(lines)
        beside = [
            (gap, 0.0, "start"),
            (-gap, 0.0, "end"),
            (0.0, -gap - high / 2, "middle"),
            (0.0, gap + high / 2, "middle"),
        ]
        corners = [(0.7 * gap, s * (0.3 * gap + high / 2), "start") for s in (-1, 1)]
        corners += [(-0.7 * gap, s * (0.3 * gap + high / 2), "end") for s in (-1, 1)]
        around = (
            [(3 * px, 3 * py + math.copysign(high / 2, py), anchor) for px, py, anchor in _ring(gap)] if far else []
        )
        for dx, dy, anchor in beside + corners + around:
            left = x + dx - {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
            box = left - 2, y + dy - high / 2, left + wide + 2, y + dy + high / 2
            inside = box[0] > 2 and box[1] > 2 and box[2] < self.width - 2 and box[3] < self.height - 2
            if inside and not any(_overlap(box, other) for other in self.taken):
                self.taken.append(box)
                return text(x + dx, y + dy - high / 2 + 0.95 * size, lines, size, class_, anchor)
        return Markup("")


def _ring(gap: float) -> list[tuple[float, float, str]]:
    return [
        (gap, -gap, "start"),
        (gap, gap, "start"),
        (-gap, -gap, "end"),
        (-gap, gap, "end"),
        (0, -gap, "middle"),
        (0, gap, "middle"),
    ]


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def text(x: float, y: float, lines: list[str], size: float, class_: str = "", anchor: str = "start") -> Markup:
    """Text of some lines, the first one's baseline at y."""
    if len(lines) == 1:
        inside = [Markup(escape(lines[0]))]
    else:
        inside = [
            tag("tspan", line, x=f"{x:.1f}", dy="0" if i == 0 else f"{1.2 * size:.1f}") for i, line in enumerate(lines)
        ]
    return tag(
        "text",
        *inside,
        x=f"{x:.1f}",
        y=f"{y:.1f}",
        font_size=f"{size:g}",
        text_anchor=anchor,
        class_=f"{class_} label".strip(),
    )
