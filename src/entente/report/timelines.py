"""How is an event drawn? Who knew what when at two rungs: belief over the minutes, what came to hand, how it was resolved.

A panel a rung, side by side or under one another. In each: how likely an attack is in the eyes of the party that
could be alarmed, with a numbered mark for everything that reaches anybody; the same numbers with words below; and in which
share of histories it was resolved rightly, was open, or was taken for an attack, at 5 and at 10 minutes.
"""

import math
import re
import textwrap
from dataclasses import dataclass
from typing import Literal

import numpy as np
from markupsafe import Markup

from entente.compiled import Floats
from entente.report.axes import Scale
from entente.report.situation import NARROW, Pen
from entente.report.svg import line_path, tag, text

Origin = Literal["own", "partner", "notice", "people"]
Fates = tuple[float, float, float]  # shares: resolved rightly, open, held for an attack

PER_LETTER, PER_BOLD = 0.545, 0.61  # of the text's size: how wide a letter is
CYRILLIC, CYRILLIC_LETTER = 1.17, re.compile("[а-яё]")  # times as wide
GAP = 40.0  # px between two panels
CHART = 16.0  # of the text's size: height of the belief
LANES = 3  # of marks under it
RADIUS = 0.82  # of the text's size: a mark, two figures wide
APART = 2.3  # radii between the middles of two marks
ALWAYS, RARE = 0.995, 0.005  # shares that are printed as all and as none
LEAST = 1e-5  # a chance below it is drawn there
MINUTE = 60.0  # s


@dataclass(frozen=True)
class Entry:
    """Something that reaches a party: when (low, middle, high) [s], what, where from; `new`: only at this of the two rungs.

    `chance`: the share of histories in which it reaches it at all; `idle`: it is heard, but weighs nothing.
    """

    at: tuple[float, float, float]
    party: int
    said: str
    origin: Origin
    new: bool = False
    chance: float = 1.0
    idle: bool = False


@dataclass(frozen=True)
class Belief:
    """The chance of an attack in a party's eyes: times (N,) [s], and its 5 %, 50 % and 95 % over histories, (N,) each."""

    t: Floats
    low: Floats
    middle: Floats
    high: Floats


@dataclass(frozen=True)
class Panel:
    """One rung: what it is called, what flows, the belief of the alarmed party, what reaches whom, and how it ends."""

    title: str
    flows: str
    belief: Belief
    entries: tuple[Entry, ...]
    fates: tuple[tuple[float, Fates], ...]  # time [s] and shares


@dataclass(frozen=True)
class Timeline:
    """One event at some rungs, in the eyes of one party.

    `held`: the chance of an attack from which it holds it for one; `cleared`: the one below which it is at ease; `ranges`
    of both.
    """

    title: str
    alt: str
    party: int
    held: float
    cleared: float
    until: float  # s
    panels: tuple[Panel, ...]
    ranges: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class _Level:
    """What panels side by side have in common: lines above the belief, lanes of marks, height of the list."""

    rows: int = 0
    lanes: int = 0
    listed: float = 0.0


def draw_timeline(found: Timeline, pen: Pen, width: float) -> Markup:
    """The figure, `width` pixels wide."""
    narrow = width < NARROW
    count = 1 if narrow else len(found.panels)
    wide = (width - GAP * (count - 1)) / count
    head, y = _wrapped(found.title, 0, 1.2 * pen.size, 1.15 * pen.size, width, "strong")
    parts, y, most = [head], y + 0.7 * pen.size, 0.0
    level = _Level() if narrow else _level(found, pen, wide)
    for n, panel in enumerate(found.panels):
        drawn, high = _panel(found, panel, pen, wide, level)
        x = 0.0 if narrow else n * (wide + GAP)
        parts.append(tag("g", drawn, transform=f"translate({x:.1f} {y:.1f})"))
        most = max(most, y + high)
        if narrow:
            y += high + 1.6 * pen.size
    view = f"0 0 {width:g} {most:.0f}"
    return tag("svg", tag("title", found.alt), *parts, viewBox=view, role="img", class_="figure timeline")


def _level(found: Timeline, pen: Pen, wide: float) -> _Level:
    """The most that any panel needs."""
    return _Level(
        max(_rows(panel, pen, wide) for panel in found.panels),
        max(_deep(_lanes(found, _in_order(panel), pen, wide)) for panel in found.panels),
        max(_listed(_in_order(panel), pen, wide, 0.0)[1] for panel in found.panels),
    )


def _in_order(panel: Panel) -> list[Entry]:
    return sorted(panel.entries, key=lambda one: one.at[1])


def _panel(found: Timeline, panel: Panel, pen: Pen, width: float, level: _Level) -> tuple[Markup, float]:
    """One rung, and how high it is."""
    size = 0.94 * pen.size
    head, y = _wrapped(panel.title, 0.0, pen.size, pen.size, width, "strong")
    said, y = _wrapped(panel.flows, 0.0, y + 1.0 * size, size, width, "quiet")
    spare = max(0, level.rows - _rows(panel, pen, width))
    chart, y = _belief(found, panel, pen, width, y + (0.3 + 1.2 * spare) * size)
    entries = _in_order(panel)
    marks, y = _marks(found, entries, pen, width, y, level.lanes)
    rows, end = _listed(entries, pen, width, y)
    fates, y = _fates(found, panel, pen, width, max(end, y + level.listed) + 0.4 * size)
    return Markup("").join([head, said, chart, marks, rows, fates]), y


def _listed(entries: list[Entry], pen: Pen, width: float, top: float) -> tuple[Markup, float]:
    """All that reaches anybody, in words, and where the list ends."""
    parts, y = [], top
    for n, entry in enumerate(entries):
        row, y = _row(n + 1, entry, pen, width, y)
        parts.append(row)
    return Markup("").join(parts), y


def _rows(panel: Panel, pen: Pen, width: float) -> int:
    """Lines of text above the belief."""
    return len(_lines(panel.title, pen.size, width, "strong")) + len(_lines(panel.flows, 0.94 * pen.size, width, ""))


def _across(found: Timeline, pen: Pen, width: float) -> Scale:
    return Scale(0.0, found.until, 6.4 * pen.size, width - 0.8 * pen.size)


def _belief(found: Timeline, panel: Panel, pen: Pen, width: float, top: float) -> tuple[Markup, float]:
    """The belief as a line within its range, by powers of ten; the bars above and below which it is settled."""
    size = 0.88 * pen.size
    across = _across(found, pen, width)
    least = _least(found)
    up = Scale(float(least), 0.0, top + 2.6 * size + CHART * size, top + 2.6 * size)
    whose = pen.parties[found.party]
    parts = [text(0, top + 0.9 * size, [pen.tongue.say("timeline.belief", party=whose)], size, f"p{found.party}-text")]
    for power in range(least, 1):
        y = up(power)
        parts.append(tag("path", d=f"M{across.a:.1f},{y:.1f}H{across.b:.1f}", class_="grid"))
        said = pen.tongue.say("timeline.odds", n=pen.tongue.whole(10**-power)) if power < 0 else "1"
        parts.append(text(across.a - 0.4 * size, y + 0.35 * size, [said], size, "quiet", "end"))
    parts += _ranges(found, across, up)
    parts += _line(panel.belief, found, across, up)
    parts += _bars(found, across, up, size, pen)
    bottom = up(up.low)
    parts += _minutes(found, across, bottom, size, pen)
    return Markup("").join(parts), bottom + 2.0 * size


def _least(found: Timeline) -> int:
    """The power of ten at which the axis of every panel ends: below all that is drawn."""
    low = min(float(panel.belief.low[panel.belief.t <= found.until].min()) for panel in found.panels)
    ends = (found.cleared, *(end for end, _ in found.ranges))
    return math.floor(math.log10(max(min(low, *ends), LEAST)) + 1e-9)


def _ranges(found: Timeline, across: Scale, up: Scale) -> list[Markup]:
    """Between what both bars may lie, as strips beside the right edge."""
    out = []
    for (low, high), key in zip(found.ranges, ("held", "cleared"), strict=False):
        top, bottom = (up(math.log10(max(v, 10.0**up.low))) for v in (high, low))
        box = {"x": f"{across.b + 2.0:.1f}", "y": f"{top:.1f}", "width": "6", "height": f"{bottom - top:.1f}"}
        out.append(tag("rect", class_=f"bar-range {key}", **box))
    return out


def _bars(found: Timeline, across: Scale, up: Scale, size: float, pen: Pen) -> list[Markup]:
    """The middles of both bars with their numbers: the words of the upper one above all, those of the lower one below it."""
    out = []
    for chance, key in ((found.held, "held"), (found.cleared, "cleared")):
        y = up(math.log10(max(chance, 10.0**up.low)))
        out.append(tag("path", d=f"M{across.a:.1f},{y:.1f}H{across.b:.1f}", class_=f"bar {key}"))
        said = pen.tongue.say(f"timeline.{key}", n=pen.tongue.number(1.0 / chance))
        at = up(0.0) - 0.5 * size if key == "held" else y + 1.05 * size
        out.append(text(across.a + 0.4 * size, at, [said], size, f"bar-text {key}"))
    return out


def _line(belief: Belief, found: Timeline, across: Scale, up: Scale) -> list[Markup]:
    """The range as an area, the middle as stairs."""
    inside = belief.t <= found.until
    x = np.array([across(t) for t in belief.t[inside]])
    low, middle, high = (
        np.array([up(math.log10(max(v, 10.0**up.low))) for v in line[inside]])
        for line in (belief.low, belief.middle, belief.high)
    )
    area = np.concatenate([_stairs(x, low), _stairs(x, high)[::-1]])
    return [
        tag("path", d=line_path(area, closed=True), class_=f"band p{found.party}"),
        tag("path", d=line_path(_stairs(x, middle)), class_=f"curve whole p{found.party}"),
    ]


def _stairs(x: Floats, y: Floats) -> Floats:
    """Points (N, 2) of a line that holds each value until the next; only where it changes by what can be seen."""
    seen = np.round(y, 1)
    keep = np.concatenate([[True], seen[1:] != seen[:-1]])
    keep[-1] = True
    x, y = x[keep], seen[keep]
    return np.column_stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]])


def _minutes(found: Timeline, across: Scale, bottom: float, size: float, pen: Pen) -> list[Markup]:
    out, whole = [], int(found.until // MINUTE)
    every = max(1, round(whole / 5))
    for minute in range(0, whole + 1, every):
        at = across(minute * MINUTE)
        out.append(tag("path", d=f"M{at:.1f},{bottom:.1f}v4", class_="grid zero"))
        last = minute + every > whole
        said = f"{minute} {pen.tongue.say('unit.min')}" if last else str(minute)
        out.append(
            text(at, bottom + 1.4 * size, [said], size, "quiet", "end" if last and minute == whole else "middle")
        )
    return out


def _marks(
    found: Timeline, entries: list[Entry], pen: Pen, width: float, top: float, lanes: int
) -> tuple[Markup, float]:
    """A numbered circle for each entry within the minutes; the numbers of what comes later in words."""
    radius = RADIUS * pen.size
    parts = []
    placed = _lanes(found, entries, pen, width)
    for n, (x, lane) in placed.items():
        parts.append(_number(n + 1, entries[n], x, top + (APART * lane + 1.1) * radius, pen))
    y = top + APART * max(lanes, _deep(placed)) * radius + 0.6 * pen.size
    later = [str(n + 1) for n, entry in enumerate(entries) if entry.at[1] > found.until]
    if later:
        minutes = pen.tongue.whole(round(found.until / MINUTE))
        said = pen.tongue.say("timeline.later", numbers=pen.tongue.listed(later), minutes=minutes)
        parts.append(text(width - 0.2 * pen.size, y + 0.1 * pen.size, [said], 0.88 * pen.size, "quiet", "end"))
    return Markup("").join(parts), y + 0.9 * pen.size


def _deep(placed: dict[int, tuple[float, int]]) -> int:
    """How many lanes are taken."""
    return 1 + max((lane for _, lane in placed.values()), default=-1)


def _lanes(found: Timeline, entries: list[Entry], pen: Pen, width: float) -> dict[int, tuple[float, int]]:
    """Where each mark stands, and in which lane, so that none hides another; what is outside the minutes has none."""
    step = APART * RADIUS * pen.size
    across = _across(found, pen, width)
    free, out = [-np.inf] * LANES, {}
    for n, entry in enumerate(entries):
        if not 0.0 <= entry.at[1] <= found.until:
            continue
        x = across(entry.at[1])
        lane = next((k for k in range(LANES) if x - free[k] > step), int(np.argmin(free)))
        free[lane] = x = max(x, free[lane] + step)
        out[n] = (x, lane)
    return out


def _number(n: int, entry: Entry, x: float, y: float, pen: Pen) -> Markup:
    """A circle filled where a party's own sensors speak, ringed where it comes from the other side or from people."""
    size = 0.84 * pen.size
    look = f"bubble p{entry.party}" if entry.origin in ("own", "people") else f"heard p{entry.party}"
    ink = "on-bubble" if entry.origin in ("own", "people") else "strong"
    circle = tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{RADIUS * pen.size:.1f}", class_=look)
    return circle + text(x, y + 0.34 * size, [str(n)], size, ink, "middle")


def _row(n: int, entry: Entry, pen: Pen, width: float, top: float) -> tuple[Markup, float]:
    """The number, the time, whose it is and what is said."""
    size = 0.94 * pen.size
    left = 2.4 * pen.size
    parts = [_number(n, entry, 0.95 * pen.size, top + 0.68 * size, pen)]
    head = f"{time_said(entry, pen)} · {who_said(entry, pen)}"
    line, y = _wrapped(head, left, top + size, size, width - left, f"p{entry.party}-text strong")
    parts.append(line)
    said, y = _wrapped(
        f"{entry.said}{rare_said(entry, pen)}{idle_said(entry, pen)}",
        left,
        y + 0.9 * size,
        size,
        width - left,
        "quiet" if entry.idle else "strong" if entry.new else "",
    )
    foreign = pen.tongue.code != "en" and not CYRILLIC_LETTER.search(entry.said)
    return Markup("").join([*parts, tag("g", said, lang="en") if foreign else said]), y + 0.45 * size


def who_said(entry: Entry, pen: Pen) -> str:
    """`Russia hears from US/NATO`."""
    whose, other = pen.parties[entry.party], pen.parties[1 - entry.party]
    return pen.tongue.say(f"timeline.{entry.origin}", party=whose, partner=other)


def rare_said(entry: Entry, pen: Pen) -> str:
    """` (in 57 % of histories)`, where it does not always come."""
    return pen.tongue.say("timeline.rare", share=pen.tongue.per_cent(entry.chance)) if entry.chance < ALWAYS else ""


def idle_said(entry: Entry, pen: Pen) -> str:
    """`; weighs nothing`, where it is not believed."""
    return pen.tongue.say("timeline.idle") if entry.idle else ""


def fates_said(shares: Fates, pen: Pen) -> str:
    """`43 % resolved rightly, 54 % open, 3 % held for an attack`."""
    named = zip(shares, ("right", "open", "wrong"), strict=True)
    return ", ".join(
        pen.tongue.say(f"timeline.{name}", share=pen.tongue.per_cent(share)) for share, name in named if share > RARE
    )


def time_said(entry: Entry, pen: Pen) -> str:
    """`1:25 (1:04 to 2:15)`; hours and days before in words."""
    low, middle, high = entry.at
    if middle < 0.0:
        return pen.tongue.say("timeline.before")
    if middle >= 100.0 * MINUTE:
        return pen.tongue.say("timeline.after", hours=pen.tongue.number(round(middle / 3600.0)))
    said = pen.tongue.clock(middle)
    if high - low < 1.0:
        return said
    return f"{said} ({pen.tongue.say('span', low=pen.tongue.clock(low), high=pen.tongue.clock(high))})"


def _fates(found: Timeline, panel: Panel, pen: Pen, width: float, top: float) -> tuple[Markup, float]:
    """A bar for 5 and one for 10 minutes, its parts named in it or below it."""
    size = 0.94 * pen.size
    whose = pen.parties[found.party]
    parts = [text(0, top + size, [pen.tongue.say("timeline.fates", party=whose)], size, "strong")]
    y, left = top + 1.7 * size, 4.2 * size
    for at, shares in panel.fates:
        parts.append(text(0, y + 1.1 * size, [f"{at / MINUTE:.0f} {pen.tongue.say('unit.min')}"], size, "quiet"))
        x, names = left, ("right", "open", "wrong")
        for share, name in zip(shares, names, strict=True):
            wide = share * (width - left)
            if wide > 0.0:
                box = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{wide:.1f}", "height": f"{1.5 * size:.1f}"}
                parts.append(tag("rect", class_=f"fate {name}", **box))
            x += wide
        said = fates_said(shares, pen)
        line, y = _wrapped(said, left, y + 2.55 * size, size, width - left, "quiet")
        parts.append(line)
        y += 0.3 * size
    return Markup("").join(parts), y


def _wrapped(said: str, x: float, y: float, size: float, width: float, look: str) -> tuple[Markup, float]:
    """Text in as many lines as it needs, and where the next one's top would be."""
    lines = _lines(said, size, width, look)
    return text(x, y, lines, size, look), y + 1.2 * size * (len(lines) - 1) + 0.35 * size


def _lines(said: str, size: float, width: float, look: str) -> list[str]:
    letter = (PER_BOLD if "strong" in look else PER_LETTER) * (CYRILLIC if CYRILLIC_LETTER.search(said) else 1.0)
    return textwrap.wrap(said, max(12, int(width / (letter * size)))) or [""]
