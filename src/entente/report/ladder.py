"""What does each rung buy, and for how much? Gain against exposure, a panel for each party and lead measure, as SVG.

A bubble is a rung: to the right what the party gives away, upward what it gains. The thick bar is the sampling interval,
the thin one the range over assumptions. Small dots are the other cases.
"""

import math
import textwrap
from dataclasses import dataclass
from itertools import combinations, pairwise

from markupsafe import Markup

from entente.report.axes import Scale, span
from entente.report.situation import MARKS, NARROW, Pen
from entente.report.svg import marker, tag, text

GAP = 26.0  # px between panels
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
PER_LETTER = 0.56  # of the text's size: how wide a letter is
TOUCHING = 0.9  # of two bubbles' size: nearer than this they are drawn as one
Group = tuple[float, float, list[int]]  # where a bubble stands [px], and its rungs
Pair = tuple[float, float]


@dataclass(frozen=True)
class Step:
    """One rung of one case for one party."""

    rung: int
    exposure: float  # [nats]
    exposure_range: Pair
    gain: float
    sampling: Pair
    assumption: Pair

    @property
    def known(self) -> bool:
        """Whether it can be drawn."""
        return math.isfinite(self.gain) and math.isfinite(self.exposure)


@dataclass(frozen=True)
class Panel:
    """One party and one measure."""

    party: int
    title: str
    case: str  # of which the bubbles are, where it is not the lead case; else empty
    unit: str
    lead: tuple[Step, ...]
    others: tuple[tuple[Step, ...], ...]


@dataclass(frozen=True)
class Axis:
    """What the figure is drawn against."""

    baseline: int
    paid: bool  # whether steps lie at their exposure, or just in order because it is not known


@dataclass(frozen=True)
class Plot:
    """One panel's scales."""

    panel: Panel
    axis: Axis
    pen: Pen
    across: Scale
    up: Scale


def draw_ladder(panels: list[Panel], axis: Axis, pen: Pen, width: float) -> Markup:
    """The figure: panels in the order given, one row a party on a wide page, one column on a narrow one.

    Raises:
        ValueError: there is no panel to draw.
    """
    if not panels:
        raise ValueError("ladder: there is no panel to draw; give at least one measure and party")
    columns = 1 if width < NARROW else len(panels) // len({panel.party for panel in panels})
    wide = (width - GAP * (columns - 1)) / columns
    high = 0.62 * wide if columns == 1 else min(0.8 * wide, 250.0)
    head, foot = 6.3 * pen.size, 3.0 * pen.size
    top = 3.4 * pen.size if width >= NARROW else 7.2 * pen.size
    parts = [_key(pen, width)]
    for i, panel in enumerate(panels):
        x, y = (i % columns) * (wide + GAP), top + (i // columns) * (high + head + foot)
        parts.append(_panel(panel, axis, pen, (x, y + head), (wide, high)))
    bottom = top + math.ceil(len(panels) / columns) * (high + head + foot)
    title = tag("title", pen.tongue.say("ladder.alt"))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {bottom:.0f}", role="img", class_="figure ladder")


def _key(pen: Pen, width: float) -> Markup:
    """How a bubble is read, drawn once above the panels."""
    size, x, y, out = pen.size, 0.8 * pen.size, 1.2 * pen.size, []
    steps = [
        (_bubble(x, y, "4", pen, "key"), "ladder.key.rung"),
        (tag("path", d=f"M0,{y:.1f}h{1.6 * size:.1f}", class_="sampling key"), "ladder.key.sampling"),
        (tag("path", d=f"M0,{y:.1f}h{1.6 * size:.1f}", class_="assumption key"), "ladder.key.assumption"),
        (tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="2.2", class_="other key"), "ladder.key.other"),
    ]
    at, line = 0.0, 0.0
    for glyph, key in steps:
        said = pen.tongue.say(key)
        long = 2.2 * size + 0.55 * size * len(said)
        if at + long > width and at > 0:
            at, line = 0.0, line + 1.7 * size
        words = text(2.1 * size, y + 0.35 * size, [said], 0.95 * size, "quiet")
        out.append(tag("g", glyph, words, transform=f"translate({at:.1f} {line:.1f})"))
        at += long + 1.2 * size
    return Markup("").join(out)


def _panel(panel: Panel, axis: Axis, pen: Pen, corner: Pair, sizes: Pair) -> Markup:
    (x0, y0), size = corner, pen.size
    head = [
        marker(MARKS[panel.party], x0 + 0.5 * size, y0 - 5.45 * size, 0.42 * size, f"mark p{panel.party}"),
        text(x0 + 1.4 * size, y0 - 5.1 * size, [pen.parties[panel.party]], size, f"strong p{panel.party}-text"),
        text(x0, y0 - 3.7 * size, [panel.title], size, "strong"),
        tag(
            "g", text(x0, y0 - 2.4 * size, _wrapped(panel.case, sizes[0], 0.88 * size), 0.88 * size, "quiet"), lang="en"
        ),
    ]
    steps = [step for step in panel.lead if step.known]
    others = [[step for step in way if step.known] for way in panel.others]
    if not steps:
        said = text(x0, y0 + 1.5 * size, [pen.tongue.say("ladder.undefined")], 0.95 * size, "quiet")
        return Markup("").join([*head, said])
    plot = Plot(
        panel, axis, pen, *_scales(panel.unit, steps, others, (x0 + 3.6 * size, x0 + sizes[0], y0, y0 + sizes[1]))
    )
    parts = [*head, _grid(plot)]
    for way in others:
        if len(way) > 1:
            parts.append(tag("path", d=_staircase(way, plot), class_=f"faint p{panel.party}"))
        dots = {(round(plot.across(step.exposure), 1), round(plot.up(step.gain), 1)) for step in way}
        parts += [tag("circle", cx=x, cy=y, r="2.2", class_=f"other p{panel.party}") for x, y in sorted(dots)]
    parts.append(tag("path", d=_staircase(steps, plot), class_=f"stairs p{panel.party}"))
    parts += [_bars(step, plot) for step in steps if step.rung != axis.baseline]
    return Markup("").join([*parts, _zero(plot, steps), *_bubbles(steps, plot)])


def _wrapped(said: str, wide: float, size: float) -> list[str]:
    """The words in at most two lines of this width [px]."""
    return textwrap.wrap(said, int(wide / (PER_LETTER * size)), max_lines=2, placeholder="…") or [""]


def _scales(
    unit: str, steps: list[Step], others: list[list[Step]], box: tuple[float, float, float, float]
) -> tuple[Scale, Scale]:
    """Across and up, in a box of left, right, top and bottom: all points fit, and the lead case's bars."""
    left, right, top, bottom = box
    gains = [value for step in steps for value in (step.gain, *step.sampling, *step.assumption)]
    gains += [step.gain for way in others for step in way]
    given = [step.exposure for way in (steps, *others) for step in way]
    least, bend = {"1": (0.05, None), "s": (20.0, 10.0), "km2": (10.0, 1.0)}.get(unit, (1e-3, None))
    return Scale(*span(given, 1.0), left, right), Scale(*span(gains, least), bottom, top, bend)


def _staircase(steps: list[Step], plot: Plot) -> str:
    """First along what a step costs, then up by what it brings."""
    across, up = plot.across, plot.up
    d = f"M{across(steps[0].exposure):.1f},{up(steps[0].gain):.1f}"
    return d + "".join(f"H{across(step.exposure):.1f}V{up(step.gain):.1f}" for _, step in pairwise(steps))


def _bars(step: Step, plot: Plot) -> Markup:
    """The thick and the thin bar of the gain, and the thin one of the exposure."""
    x, y, party = plot.across(step.exposure), plot.up(step.gain), plot.panel.party
    out = []
    for name, (low, high) in (("assumption", step.assumption), ("sampling", step.sampling)):
        if not (math.isnan(low) or math.isnan(high)):
            out.append(tag("path", d=f"M{x:.1f},{plot.up(low):.1f}V{plot.up(high):.1f}", class_=f"{name} p{party}"))
    low, high = step.exposure_range
    if plot.axis.paid and math.isfinite(low) and math.isfinite(high):
        d = f"M{plot.across(low):.1f},{y:.1f}H{plot.across(high):.1f}"
        out.append(tag("path", d=d, class_=f"given p{party}"))
    return Markup("").join(out)


def _bubbles(steps: list[Step], plot: Plot) -> list[Markup]:
    """Rungs whose bubbles would overlap share one: `4 5 6`."""
    pen, groups = plot.pen, [(plot.across(s.exposure), plot.up(s.gain), [s.rung]) for s in steps]
    while pair := next((pair for pair in combinations(groups, 2) if _overlap(*pair, pen)), None):
        (x, y, rungs), (x2, y2, rungs2) = pair
        kept = [group for group in groups if group not in pair]
        share = len(rungs2) / (len(rungs) + len(rungs2))
        groups = [*kept, (x + share * (x2 - x), y + share * (y2 - y), sorted(rungs + rungs2))]
    return [_bubble(x, y, _joined(rungs), pen, f"p{plot.panel.party}") for x, y, rungs in groups]


def _overlap(one: Group, other: Group, pen: Pen) -> bool:
    wide = (_wide(_joined(one[2]), pen) + _wide(_joined(other[2]), pen)) / 2
    return abs(one[0] - other[0]) < TOUCHING * wide and abs(one[1] - other[1]) < TOUCHING * 1.5 * pen.size


def _wide(said: str, pen: Pen) -> float:
    """Width of a bubble [px]."""
    return max(1.5 * pen.size, 0.62 * pen.size * len(said) + 0.6 * pen.size)


def _joined(rungs: list[int]) -> str:
    """`4`, `1 2`, `4–6`."""
    run = len(rungs) > 2 and rungs[-1] - rungs[0] == len(rungs) - 1
    return f"{rungs[0]}–{rungs[-1]}" if run else " ".join(map(str, rungs))


def _bubble(x: float, y: float, said: str, pen: Pen, class_: str) -> Markup:
    high = 1.5 * pen.size
    wide = _wide(said, pen)
    box = tag(
        "rect",
        x=f"{x - wide / 2:.1f}",
        y=f"{y - high / 2:.1f}",
        width=f"{wide:.1f}",
        height=f"{high:.1f}",
        rx=f"{high / 2:.1f}",
        class_=f"bubble {class_}",
    )
    return box + text(x, y + 0.35 * pen.size, [said], pen.size, "on-bubble", "middle")


def _grid(plot: Plot) -> Markup:
    """Round numbers on both axes."""
    across, up, pen = plot.across, plot.up, plot.pen
    left, right, bottom, size, out = across.a, across.b, up.a, 0.9 * plot.pen.size, []
    for value in up.ticks(5):
        y = up(value)
        out.append(tag("path", d=f"M{left:.1f},{y:.1f}H{right:.1f}", class_="grid zero" if value == 0 else "grid"))
        out.append(text(left - 5, y + 0.35 * size, [_gain_tick(value, plot.panel.unit, pen)], size, "quiet", "end"))
    for value in [tick for tick in across.ticks(5) if tick >= 0 and plot.axis.paid]:
        said = pen.tongue.number(value)
        out.append(text(across(value), bottom + 1.25 * size, [said], size, "quiet", "middle"))
    name = pen.tongue.say("ladder.x" if plot.axis.paid else "ladder.x.none")
    return Markup("").join([*out, text(right, bottom + 2.4 * size, [name], size, "quiet", "end")])


def _zero(plot: Plot, steps: list[Step]) -> Markup:
    """What the line of no gain is, in the widest gap between the bubbles near it."""
    at, size = plot.up(0.0), 0.9 * plot.pen.size
    near = [plot.across(step.exposure) for step in steps if abs(plot.up(step.gain) - at) < 2.5 * size]
    edges = sorted([plot.across.a, *near, plot.across.b])
    a, b = max(pairwise(edges), key=lambda gap: gap[1] - gap[0])
    under = 1.2 if at + 1.2 * size < plot.up.a else -0.5
    said = plot.pen.tongue.say("ladder.zero", rung=plot.axis.baseline)
    half = 0.5 * PER_LETTER * size * len(said)
    middle = min(max((a + b) / 2, plot.across.a + half), plot.across.b - half)  # all of it stays in the panel
    return text(middle, at + under * size, [said], size, "quiet", "middle")


def _gain_tick(value: float, unit: str, pen: Pen) -> str:
    if unit == "1":
        return f"{pen.tongue.number(100 * value)}"
    if unit == "km2" and abs(value) >= 1000:
        return f"{'−' if value < 0 else ''}10{str(round(math.log10(abs(value)))).translate(RAISED)}"
    return pen.tongue.number(value)
