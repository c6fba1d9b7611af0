"""Where is room for words on a picture? The nearest free place beside what they name, since models change and curves move."""

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from card import Card

from entente.report.svg import Floats

Box = tuple[float, float, float, float]  # px: left, top, right, bottom


@dataclass(frozen=True)
class Place:
    """Where words go: how good that is (the less the better), their rectangle, their anchor, the line that leads there."""

    cost: float
    box: Box
    anchor: str
    lead: Floats


@dataclass
class Room:
    """What is taken on a card, so that words keep off it."""

    card: Card
    points: list[Floats] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)

    def line(self, points: Floats, kind: str) -> None:
        """Draw a line that words keep off."""
        self.card.line(points, kind)
        self.points += [np.linspace(a, b, 2 + int(np.hypot(*(b - a)) / 3)) for a, b in pairwise(points)]

    def dot(self, x: float, y: float, radius: float, kind: str) -> None:
        """Draw a mark that words keep off."""
        self.card.dot(x, y, radius, kind)
        turn = np.linspace(0.0, 2.0 * np.pi, 12)
        self.points.append(np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)]))

    def place(
        self,
        x: float,
        y: float,
        lines: list[str],
        kind: str,
        size: float,
        toward: float,
        frame: Box,
        most: float = 110.0,
    ) -> "Place | None":
        """The best free place for lines of text around a point, near and in a direction [deg, clockwise from right]."""
        wide = 0.58 * size * max(map(len, lines)) * (1.08 if "strong" in kind else 1.0)
        high = 1.25 * size * len(lines)
        best = None
        for away in (8.0, 12.0, 20.0, 30.0, 42.0, 56.0, 72.0, 90.0, 110.0, 130.0, 150.0, 170.0, 190.0):
            for turn in (0, 30, -30, 60, -60, 90, -90, 120, -120, 150, -150, 180):
                cost = away + 0.15 * abs(turn)
                if away > most or (best is not None and cost >= best.cost):
                    continue
                dx, dy = math.cos(math.radians(toward + turn)), math.sin(math.radians(toward + turn))
                left, top = x + away * dx - 0.5 * wide * (1.0 - dx), y + away * dy - 0.5 * high * (1.0 - dy)
                box = (left, top, left + wide, top + high)
                lead = self._lead(x, y, box)
                if len(lead) and self._crosses(lead):
                    cost += 25.0
                if self._free(box, frame) and not any(holds(other, lead, 2.0) for other in self.boxes):
                    best = Place(cost, box, "start" if dx > 0.3 else "end" if dx < -0.3 else "middle", lead)
        return best

    def say(
        self,
        x: float,
        y: float,
        lines: list[str],
        kind: str,
        size: float,
        toward: float,
        frame: Box,
        most: float = 110.0,
    ) -> bool:
        """Write lines of text in their best place; whether there was one no farther off than `most` [px]."""
        found = self.place(x, y, lines, kind, size, toward, frame, most)
        if found is None:
            return False
        left, top, right, _ = found.box
        self.boxes.append(found.box)
        at = {"start": left, "end": right, "middle": 0.5 * (left + right)}[found.anchor]
        if len(found.lead):
            self.line(found.lead[[0, -1]], "lead")
        for row, line in enumerate(lines):
            self.card.say(at, top + 1.25 * size * (row + 1) - 0.3 * size, line, f"{kind} halo", found.anchor, size)
        return True

    def _lead(self, x: float, y: float, box: Box) -> Floats:
        """Points of a thin line from a mark to its words, none where they are near enough."""
        nx, ny = min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3])
        far = math.hypot(nx - x, ny - y)
        if far < 18.0:
            return np.empty((0, 2))
        share = np.linspace(8.0 / far, 1.0 - 2.0 / far, 2 + int(far))
        return np.column_stack([x + share * (nx - x), y + share * (ny - y)])

    def _crosses(self, lead: Floats) -> bool:
        """Whether a line runs over another: any point of one within 1.5 px of the other's."""
        points = np.concatenate(self.points)
        near = points[np.abs(points - lead.mean(axis=0)).max(axis=1) < 120.0]
        return bool((np.abs(near[:, None] - lead[None]).max(axis=2) < 1.5).any()) if len(near) else False

    def _free(self, box: Box, frame: Box) -> bool:
        left, top, right, bottom = box
        if left < frame[0] or top < frame[1] or right > frame[2] or bottom > frame[3]:
            return False
        apart = all(left >= o[2] or o[0] >= right or top >= o[3] or o[1] >= bottom for o in self.boxes)
        return apart and not holds(box, np.concatenate(self.points), 3.0)


def holds(box: Box, points: Floats, margin: float) -> bool:
    """Whether any of these points (N, 2) lies in a box widened by a margin [px]."""
    x, y = points.T
    left, top, right, bottom = box
    inside = (x > left - margin) & (x < right + margin) & (y > top - margin) & (y < bottom + margin)
    return bool(inside.any())
