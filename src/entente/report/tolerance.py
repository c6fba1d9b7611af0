"""How is tolerance drawn? A panel for each stress: how much better together than alone, as the stress grows, as SVG.

Up: better together; the line across is staying alone. A line is a party, its band the 95 % interval over seeds. A dot marks where
a line falls to the one across; under the panel stands the size of the stress there.
"""

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.situation import MARKS, NARROW, Pen
from entente.report.svg import Floats, line_path, marker, tag, text

GAP = 22.0  # px between panels
LOWEST, DECADE = -math.log(100.0), math.log(10.0)  # nats: a hundred times worse ends the panel


@dataclass(frozen=True)
class Curve:
    """One party under one stress."""

    party: int
    gain: Floats  # (steps,) [nats], the first without stress
    low: Floats
    high: Floats
    threshold: float
    said: str  # the threshold in words


@dataclass(frozen=True)
class StressPanel:
    """One stress."""

    title: str
    sizes: Floats  # (steps,), from 0 up, as they are drawn
    ticks: tuple[str, ...]
    per_cent: bool  # a share of the time: drawn straight; else by its logarithm
    curves: tuple[Curve, ...]


def draw_tolerance(panels: list[StressPanel], pen: Pen, width: float) -> Markup:
    """The figure: all panels in a row, or one under the other on a narrow page."""
    narrow = width < NARROW
    margin, edge = (
        6.6 * pen.size,
        0.8 * pen.size,
    )  # for the words of the axis, once where there is one row; for the last mark
    columns = 1 if narrow else len(panels)
    wide = (width - margin - edge - GAP * (columns - 1)) / columns
    high = 9.0 * pen.size if narrow else 13.0 * pen.size
    head, foot = 2.2 * pen.size, (2.6 + 1.35 * len(pen.parties)) * pen.size
    top = max(DECADE, *(float(np.nanmax(curve.high)) for panel in panels for curve in panel.curves)) * 1.08
    up = Scale(LOWEST, top, high, 0.0)
    parts, y = [_key(pen)], 2.2 * pen.size
    for i, panel in enumerate(panels):
        x = margin + (0.0 if narrow else i * (wide + GAP))
        words = narrow or i == 0
        inside = _panel(panel, pen, up, wide, high, head, words)
        parts.append(tag("g", inside, transform=f"translate({x:.1f} {y:.1f})"))
        y += head + high + foot if narrow else 0.0
    bottom = y if narrow else y + head + high + foot
    title = tag("title", pen.tongue.say("tolerance.alt"))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {bottom:.0f}", role="img", class_="figure tolerance")


def _key(pen: Pen) -> Markup:
    """The parties' names in their colours, each with its mark."""
    out, x = [], 0.0
    for p, name in enumerate(pen.parties):
        out.append(marker(MARKS[p], x + 0.5 * pen.size, 0.85 * pen.size, 0.42 * pen.size, f"mark p{p}"))
        out.append(text(x + 1.4 * pen.size, 1.2 * pen.size, [name], pen.size, f"strong p{p}-text"))
        x += (3.0 + 0.66 * len(name)) * pen.size
    return Markup("").join(out)


def _panel(panel: StressPanel, pen: Pen, up: Scale, wide: float, high: float, head: float, words: bool) -> Markup:
    size = 0.9 * pen.size
    across = Scale(0.0, float(panel.sizes[-1]), 0.0, wide, None if panel.per_cent else float(panel.sizes[1]))
    out = [text(0, pen.size, [panel.title], pen.size, "strong"), _grid(pen, up, wide, words)]
    for at, said in zip(panel.sizes.tolist(), panel.ticks, strict=True):
        anchor = "start" if at == 0 else "end" if at == panel.sizes[-1] else "middle"
        out.append(tag("path", d=f"M{across(at):.1f},{high:.1f}v4", class_="grid"))
        if at == 0 or across(at) > 1.8 * size:  # clear of the zero
            out.append(text(across(at), high + 1.3 * size, [said], size, "quiet", anchor))
    for curve in panel.curves:
        xs = np.array([across(at) for at in panel.sizes.tolist()])
        low, mid, top = (np.array([up(v) for v in one.tolist()]) for one in (curve.low, curve.gain, curve.high))
        band = np.concatenate([np.stack([xs, low], 1), np.stack([xs, top], 1)[::-1]])
        out.append(tag("path", d=line_path(band, closed=True), class_=f"band p{curve.party}"))
        out.append(tag("path", d=line_path(np.stack([xs, mid], 1)), class_=f"curve p{curve.party}"))
    for curve in panel.curves:
        if 0.0 < curve.threshold < math.inf:
            spot = across(curve.threshold), up(0.0)
            out.append(marker(MARKS[curve.party], *spot, 0.5 * pen.size, f"mark p{curve.party}"))
        line = high + (2.75 + 1.3 * curve.party) * pen.size
        out.append(marker(MARKS[curve.party], 0.45 * size, line - 0.33 * size, 0.38 * size, f"mark p{curve.party}"))
        out.append(text(1.3 * size, line, [curve.said], size, f"p{curve.party}-text"))
    first, *rest = out
    return first + tag("g", *rest, transform=f"translate(0 {head:.1f})")


def _grid(pen: Pen, up: Scale, wide: float, words: bool) -> Markup:
    """The line of staying alone, and tens of times better and worse."""
    size, out = 0.86 * pen.size, []
    every = 1 if up.high < 4.5 * DECADE else 2
    for power in range(-2, int(up.high / DECADE) + 1):
        y = up(power * DECADE)
        out.append(tag("path", d=f"M0,{y:.1f}H{wide:.1f}", class_="grid zero" if power == 0 else "grid"))
        if words and (power % every == 0):
            key = "tolerance.alone" if power == 0 else "tolerance.better" if power > 0 else "tolerance.worse"
            said = pen.tongue.say(key, n=pen.tongue.whole(10 ** abs(power)))
            out.append(text(-6, y + 0.35 * size, [said], size, "strong" if power == 0 else "quiet", "end"))
    return Markup("").join(out)
