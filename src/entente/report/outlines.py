"""Where does a claim about places hold on a map? Its outline as an SVG path, found by asking, not by drawing cells.

The claim is asked at the nodes of a grid over the map; each side of the grid on which the answer changes is then halved
until the place of the change is known to a fraction of a pixel; and the places are joined square by square.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from entente.report.maps import MARGIN, View, inverse
from entente.report.svg import Floats, line_path

Bools = NDArray[np.bool_]
Claim = Callable[[Floats, Floats], Bools]  # latitudes and longitudes [rad] (N,): whether it holds there

STEP = 3.0  # px between nodes
HALVINGS = 5  # the change is found within STEP / 2^5, a tenth of a pixel
STRAIGHT = 0.15  # px by which a line may miss a point that is left out
# The sides of a square, top, right, bottom, left, by which an outline enters and leaves, the inside to its left; corners
# inside counted 1 top left, 2 top right, 4 bottom right, 8 bottom left.
TOP, RIGHT, BOTTOM, LEFT = range(4)
WAYS = {
    1: [(LEFT, TOP)], 2: [(TOP, RIGHT)], 4: [(RIGHT, BOTTOM)], 8: [(BOTTOM, LEFT)],
    14: [(TOP, LEFT)], 13: [(RIGHT, TOP)], 11: [(BOTTOM, RIGHT)], 7: [(LEFT, BOTTOM)],
    3: [(LEFT, RIGHT)], 6: [(TOP, BOTTOM)], 12: [(RIGHT, LEFT)], 9: [(BOTTOM, TOP)],
    5: [(LEFT, TOP), (RIGHT, BOTTOM)], 10: [(TOP, RIGHT), (BOTTOM, LEFT)],
}  # fmt: skip


def outline(view: View, holds: Claim) -> str:
    """Path data around every part of the view where the claim holds, for the even-odd rule; empty where it nowhere does.

    Valid: parts and gaps narrower than STEP may be missed; corners are cut by up to STEP.
    Source: own; Lorensen and Cline's squares (1987), with bisection for their interpolation.
    """
    x, y, inside = ask(view, holds)
    level = _changes(view, holds, x, y, inside, 0, 1)  # on sides from node (i, j) to (i, j + 1)
    upright = _changes(view, holds, x, y, inside, 1, 0)
    loops = _joined(inside, inside.shape)
    places = np.concatenate([level, upright])
    paths = [_straightened(places[loop]) for loop in loops]
    return "".join(line_path(path, closed=True) for path in paths if len(path) > 2)


def ask(view: View, holds: Claim) -> tuple[Floats, Floats, Bools]:
    """The nodes' pixels (J,) and (I,), and whether the claim holds there (I, J); never on the rim, which closes outlines."""
    x = np.arange(-MARGIN - STEP, view.width + MARGIN + 2 * STEP, STEP)
    y = np.arange(-MARGIN - STEP, view.height + MARGIN + 2 * STEP, STEP)
    across, down = np.meshgrid(x, y)
    inside = _at(view, holds, across.ravel(), down.ravel()).reshape(across.shape)
    inside[[0, -1], :] = inside[:, [0, -1]] = False
    return x, y, inside


def _at(view: View, holds: Claim, x: Floats, y: Floats) -> Bools:
    """Whether the claim holds at pixels (N,)."""
    return holds(*inverse((x - view.x0) / view.scale, (view.y0 - y) / view.scale, view.lat0, view.lon0))


def _changes(view: View, holds: Claim, x: Floats, y: Floats, inside: Bools, down: int, across: int) -> Floats:
    """Where the answer changes on every side in one direction, (I * J, 2) [px]; anywhere on sides without a change."""
    i, j = np.indices(inside.shape)
    there = np.minimum(i + down, inside.shape[0] - 1), np.minimum(j + across, inside.shape[1] - 1)
    begin, end = np.stack([x[j], y[i]], axis=-1), np.stack([x[there[1]], y[there[0]]], axis=-1)
    out = begin.reshape(-1, 2).copy()
    cut = np.flatnonzero((inside != inside[there]).ravel())
    a, b, first = begin.reshape(-1, 2)[cut], end.reshape(-1, 2)[cut], inside.ravel()[cut]
    for _ in range(HALVINGS):
        middle = 0.5 * (a + b)
        same = (_at(view, holds, middle[:, 0], middle[:, 1]) == first)[:, None]
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    out[cut] = 0.5 * (a + b)
    return out


def _joined(inside: Bools, shape: tuple[int, ...]) -> list[list[int]]:
    """Closed chains of side numbers: level sides first, by their first node, then upright ones."""
    code = inside[:-1, :-1] + 2 * inside[:-1, 1:] + 4 * inside[1:, 1:] + 8 * inside[1:, :-1]
    nodes = shape[0] * shape[1]
    after: dict[int, int] = {}
    for corners, ways in WAYS.items():
        i, j = np.nonzero(code == corners)
        side = {
            TOP: i * shape[1] + j,
            BOTTOM: (i + 1) * shape[1] + j,
            LEFT: nodes + i * shape[1] + j,
            RIGHT: nodes + i * shape[1] + j + 1,
        }
        for enter, leave in ways:
            after.update(zip(side[enter].tolist(), side[leave].tolist(), strict=True))
    loops = []
    while after:
        begin, following = after.popitem()
        loop = [begin]
        while following != begin:
            loop.append(following)
            following = after.pop(following)
        loops.append(loop)
    return sorted(loops)


def _straightened(points: Floats) -> Floats:
    """A closed line without the points that a straight one would miss by less than STRAIGHT; Douglas and Peucker (1973)."""
    line = np.vstack([points, points[:1]])
    half = int(np.argmax(np.sum((points - points[0]) ** 2, axis=1)))
    kept = {0, half}
    waiting = [(0, half), (half, len(points))]
    while waiting:
        begin, end = waiting.pop()
        if end - begin < 2:
            continue
        way, away = line[end] - line[begin], line[begin + 1 : end] - line[begin]
        length = float(np.hypot(*way))
        apart = np.abs(way[0] * away[:, 1] - way[1] * away[:, 0]) / length if length else np.hypot(*away.T)
        worst = int(np.argmax(apart))
        if apart[worst] > STRAIGHT:
            kept.add(begin + 1 + worst)
            waiting += [(begin, begin + 1 + worst), (begin + 1 + worst, end)]
    return points[sorted(kept - {len(points)})]
