"""How is the time to decide drawn? A row a step against the length of the flight, what is left between them, the gain; as SVG.

Every bar is the middle of the draws by itself, so that they need not add up. The steps after ignition stand one after the other
from the left, the execution at the end of the flight; between them lies what is left to decide, and at its left end by how much
each party's warning comes earlier.
"""

from dataclasses import dataclass

from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.situation import NARROW, Pen
from entente.report.svg import tag, text

ROW = 1.75  # of the text's size
FIVE = 300.0  # s between ticks


@dataclass(frozen=True)
class Clock:
    """One flight: its length, the middle of each step before the decision and of the execution, and the gains of the parties [s].

    Attributes:
        before: (name, seconds) in order; after: seconds; left: seconds, below 0 where there are none.
        spread: what is left in nine draws of ten, in words.
    """

    title: str
    flight: float
    before: tuple[tuple[str, float], ...]
    after: float
    left: float
    spread: str
    gains: tuple[float, ...]


def draw_clock(clocks: list[Clock], pen: Pen, width: float) -> Markup:
    """The figure: the flights under one another on one scale."""
    size = 0.92 * pen.size
    edge = (13.5 if width >= NARROW else 9.0) * size
    across = Scale(0.0, 1.06 * max(one.flight for one in clocks), edge, width - 0.5 * size)
    parts, y = [], 0.0
    for one in clocks:
        parts.append(tag("g", _flight(one, pen, across, size), transform=f"translate(0 {y:.1f})"))
        y += (ROW * (len(one.before) + 3) + 1.6) * size
    parts.append(_axis(pen, across, y, size))
    title = tag("title", pen.tongue.say("clock.alt"))
    view = f"0 0 {width:g} {y + 2.0 * size:.0f}"
    return tag("svg", title, *parts, viewBox=view, role="img", class_="figure clock")


def _flight(one: Clock, pen: Pen, across: Scale, size: float) -> Markup:
    rows = len(one.before) + 2
    top, bottom = 1.9 * size, (1.9 + ROW * rows) * size
    out = [text(0, size, [one.title], pen.size, "strong")]
    end = across(one.flight)
    out.append(tag("path", d=f"M{end:.1f},{top:.1f}V{bottom:.1f}", class_="grid impact"))
    out.append(tag("path", d=f"M{across(0.0):.1f},{top:.1f}V{bottom:.1f}", class_="grid zero"))
    at = 0.0
    for n, (name, seconds) in enumerate(one.before):
        out.append(_bar(pen, across, size, n, f"clock.{name}", (at, at + seconds), pen.tongue.clock(seconds)))
        at += seconds
    out.append(_left(one, pen, across, size, at))
    span = (one.flight - one.after, one.flight)
    out.append(_bar(pen, across, size, rows - 1, "clock.execution", span, pen.tongue.clock(one.after)))
    return Markup("").join(out)


def _bar(
    pen: Pen,
    across: Scale,
    size: float,
    row: int,
    key: str,
    span: tuple[float, float],
    said: str,
    look: str = "key other",
) -> Markup:
    """A step: its name at the left, its bar, its length beside the bar, on the side where there is room."""
    y = (1.9 + ROW * row) * size
    left, right = across(span[0]), across(span[1])
    beside = right + 0.4 * size, "start"
    if right + 3.0 * size > across.b:
        beside = left - 0.4 * size, "end"
    return Markup("").join(
        [
            text(0, y + 1.15 * size, [pen.tongue.say(key)], size),
            _rect(left, y + 0.35 * size, right - left, size, look),
            text(beside[0], y + 1.15 * size, [said], size, "quiet", beside[1]),
        ]
    )


def _rect(x: float, y: float, width: float, height: float, look: str) -> Markup:
    return tag("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{max(1.0, width):.1f}", height=f"{height:.1f}", class_=look)


def _left(one: Clock, pen: Pen, across: Scale, size: float, at: float) -> Markup:
    """What is left to decide, with the gains at its left end; or by how much there is too little."""
    row = len(one.before)
    y = (1.9 + ROW * row) * size
    span = (at, at + one.left) if one.left >= 0.0 else (at + one.left, at)
    look = "swing" if one.left >= 0.0 else "short"
    start, end = across(span[0]), across(span[1])
    parts = [text(0, y + 1.15 * size, [pen.tongue.say("clock.left")], size, "strong")]
    parts.append(_rect(start, y + 0.35 * size, end - start, size, look))
    short, full = pen.tongue.clock(one.left), f"{pen.tongue.clock(one.left)} ({one.spread})"
    wide = 0.56 * size * len(full)
    room = across(one.flight) - end if end < across(one.flight) else across.b - end  # up to the line of the impact
    if end - start > wide + size:
        parts.append(text(start + 0.6 * size, y + 1.15 * size, [full], size, "strong"))
    else:
        parts.append(text(end + 0.5 * size, y + 1.15 * size, [full if wide + size < room else short], size, "strong"))
    for p, gain in enumerate(one.gains):
        if gain <= 0.0:
            continue
        edge, high = across(max(0.0, at - gain)), 0.5 * size
        parts.append(_rect(edge, y + (0.35 + 0.5 * p) * size, across(at) - edge, high, f"warned p{p}"))
    return Markup("").join(parts)


def _axis(pen: Pen, across: Scale, y: float, size: float) -> Markup:
    out = [tag("path", d=f"M{across.a:.1f},{y:.1f}H{across.b:.1f}", class_="grid")]
    for n in range(int(across.high // FIVE) + 1):
        at = across(n * FIVE)
        out.append(tag("path", d=f"M{at:.1f},{y:.1f}v4", class_="grid"))
        last = (n + 1) * FIVE > across.high
        word = f"{5 * n} {pen.tongue.say('unit.min')}" if last else str(5 * n)
        out.append(text(at, y + 1.5 * size, [word], size, "quiet", "middle"))
    return Markup("").join(out)
