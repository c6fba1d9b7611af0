"""Who knows first, and by whose word? A panel for each case, a row for each rung, a bar for each party, as SVG.

A bar is empty until the first report, light from there, and full from the credible warning; times are medians over the
histories in which they came. Beside it stands the time of the warning, and how often none came.
"""

import math
import textwrap
from dataclasses import dataclass

from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.situation import NARROW, Pen
from entente.report.svg import marker, tag, text

GAP = 30.0  # px between panels
COLUMNS = 3
BAR_MIN = 1.0  # px, so that a bar of no length is still seen
PER_LETTER, PER_BOLD = 0.56, 0.66  # of the text's size: how wide a letter is


@dataclass(frozen=True)
class Lane:
    """One party at one rung of one case. Times since launch [s]; nan where it never came."""

    rung: int
    party: int
    known: float
    warning: float
    never: float  # share of histories without a credible warning
    told: float  # share of histories in which the first report was the partner's word


@dataclass(frozen=True)
class CasePanel:
    """One case."""

    title: str
    impact: float  # [s] since launch
    lanes: tuple[Lane, ...]


def draw_warning(panels: list[CasePanel], pen: Pen, width: float) -> Markup:
    """The figure: three panels a row, or one on a narrow page."""
    columns = 1 if width < NARROW else min(COLUMNS, max(1, len(panels)))
    wide = (width - GAP * (columns - 1)) / columns
    rungs = max((len(panel.lanes) // len(pen.parties) for panel in panels), default=0)
    lines = [textwrap.wrap(panel.title, int(wide / (PER_BOLD * pen.size))) or [""] for panel in panels]
    parts, y = [_key(pen, width)], (2.6 if width >= NARROW else 7.0) * pen.size
    for first in range(0, len(panels), columns):
        row = range(first, min(first + columns, len(panels)))
        head = max(len(lines[i]) for i in row) * 1.25 * pen.size
        for i in row:
            parts.append(_panel(panels[i], lines[i], head, pen, ((i - first) * (wide + GAP), y), wide))
        y += head + rungs * 2.35 * pen.size + 2.6 * pen.size
    title = tag("title", pen.tongue.say("warning.alt"))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {y:.0f}", role="img", class_="figure warning")


def _key(pen: Pen, width: float) -> Markup:
    """How a bar is read, drawn once above the panels."""
    size, out, at, line = pen.size, [], 0.0, 0.0
    glyphs = [
        (tag("rect", x=0, y=3, width=22, height=7, class_="known p0"), "warning.key.known"),
        (tag("rect", x=0, y=3, width=22, height=7, class_="warned p0"), "warning.key.warned"),
        (marker("circle", 14, 6.5, 3.4, "word p0"), "warning.key.own"),
        (marker("square", 14, 6.5, 3.8, "word p0"), "warning.key.told"),
    ]
    for glyph, key in glyphs:
        said = pen.tongue.say(key)
        long = 30 + PER_LETTER * size * len(said)
        if at + long > width and at > 0:
            at, line = 0.0, line + 1.6 * size
        out.append(
            tag("g", glyph, text(28, 10.5, [said], 0.95 * size, "quiet"), transform=f"translate({at:.1f} {line:.1f})")
        )
        at += long + size
    return Markup("").join(out)


def _panel(
    panel: CasePanel, lines: list[str], head: float, pen: Pen, corner: tuple[float, float], wide: float
) -> Markup:
    (x0, y0), size = corner, pen.size
    left, right = x0 + 1.6 * size, x0 + wide - 7.2 * size
    across = Scale(0.0, max(panel.impact, 1.0), left, right)
    out = [tag("g", text(x0, y0 + size, lines, 1.02 * size, "strong"), lang="en")]
    top = y0 + head + 1.5 * size
    rungs = sorted({lane.rung for lane in panel.lanes})
    bottom = top + len(rungs) * 2.35 * size
    out.append(_time_axis(panel, across, top, bottom, pen))
    for n, rung in enumerate(rungs):
        y = top + n * 2.35 * size + 0.35 * size
        out.append(text(x0, y + 1.1 * size, [str(rung)], size, "strong"))
        out += [_lane(lane, across, y, pen, right) for lane in panel.lanes if lane.rung == rung]
    return Markup("").join(out)


def _time_axis(panel: CasePanel, across: Scale, top: float, bottom: float, pen: Pen) -> Markup:
    """Minutes since launch, and the impact."""
    size, out, said = 0.88 * pen.size, [], pen.tongue.say("unit.min")
    impact = across(panel.impact)
    for tick in Scale(0.0, panel.impact / 60.0, 0.0, 1.0).ticks(5):
        x = across(tick * 60.0)
        out.append(tag("path", d=f"M{x:.1f},{top:.1f}V{bottom:.1f}", class_="grid"))
        if impact - x > 2.6 * size:
            name = pen.tongue.number(tick) if tick else f"0 {said}"
            out.append(text(x, top - 0.4 * size, [name], size, "quiet", "start" if tick == 0 else "middle"))
    out.append(tag("path", d=f"M{impact:.1f},{top:.1f}V{bottom:.1f}", class_="grid impact"))
    out.append(text(impact + 3, top - 0.4 * size, [pen.tongue.say("map.impact")], size, "strong", "middle"))
    return Markup("").join(out)


def _lane(lane: Lane, across: Scale, y: float, pen: Pen, right: float) -> Markup:
    size = pen.size
    bar, y = 0.62 * size, y + lane.party * 1.02 * size
    middle, out = y + bar / 2, []
    out.append(tag("path", d=f"M{across.a:.1f},{middle:.1f}H{across.b:.1f}", class_="unknown"))
    for name, since in (("known", lane.known), ("warned", lane.warning)):
        if math.isfinite(since):
            x = across(since)
            long = f"{max(BAR_MIN, across.b - x):.1f}"
            out.append(
                tag("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=long, height=f"{bar:.1f}", class_=f"{name} p{lane.party}")
            )
    if math.isfinite(lane.known):
        shape = "square" if lane.told > 0.5 else "circle"
        out.append(marker(shape, across(lane.known), middle, 0.36 * size, f"word p{lane.party}"))
    out.append(text(right + 6, y + 0.72 * size, [_said(lane, pen)], 0.88 * size, f"p{lane.party}-text"))
    return Markup("").join(out)


def _said(lane: Lane, pen: Pen) -> str:
    """The time of the warning, and how often there is none."""
    if math.isnan(lane.warning):
        return pen.tongue.say("warning.never")
    clock = pen.tongue.clock(lane.warning)
    return pen.tongue.say("warning.some", clock=clock, share=pen.tongue.per_cent(lane.never)) if lane.never else clock
