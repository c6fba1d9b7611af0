"""How is a tornado drawn? A bar for each input, from the number's mean where the input is low to that where it is high, as SVG.

The line down is the mean over all draws. At the ends of a bar stands what the input is there, so that no key is needed.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.language import Tongue
from entente.report.situation import Pen
from entente.report.svg import tag, text

PER_LETTER = 0.54  # of the text's size: how wide a letter is
ROW, BAR = 2.75, 0.85  # of the text's size: a row with its words, and the bar in it


@dataclass(frozen=True)
class Bar:
    """One input: in words, and what it is at either end; the number there."""

    title: str
    low: str
    high: str
    at_low: float
    at_high: float


@dataclass(frozen=True)
class Tornado:
    """What moves one number: its unit ("1" is a share), its mean over all draws, the bars, the widest first."""

    alt: str
    unit: str
    middle: float
    bars: tuple[Bar, ...]


def draw_tornado(found: Tornado, pen: Pen, width: float) -> Markup:
    """The figure."""
    size = 0.94 * pen.size
    edge = 1.0 * size + PER_LETTER * size * max(len(one) for bar in found.bars for one in (bar.low, bar.high))
    ends = [value for bar in found.bars for value in (bar.at_low, bar.at_high)] + [found.middle]
    low, high = min(ends), max(ends)
    across = Scale(low, high if high > low else low + 1.0, edge, width - edge)
    bottom = (ROW * len(found.bars) + 0.4) * size
    parts, middle = [], across(found.middle)
    for n, bar in enumerate(found.bars):
        parts.append(_bar(bar, n, across, size, width))
        # Beside the bars only, so that it crosses no words.
        parts.append(tag("path", d=f"M{middle:.1f},{(ROW * n + 1.2) * size:.1f}v{1.5 * size:.1f}", class_="grid zero"))
    parts += _axis(found, across, bottom, size, pen.tongue)
    title = tag("title", found.alt)
    view = f"0 0 {width:g} {bottom + 2.1 * size:.0f}"
    return tag("svg", title, *parts, viewBox=view, role="img", class_="figure tornado")


def _bar(bar: Bar, n: int, across: Scale, size: float, width: float) -> Markup:
    """One row: the input above its bar, its values at both ends."""
    top = ROW * n * size
    left, right = sorted(((across(bar.at_low), bar.low), (across(bar.at_high), bar.high)))
    y, line = top + 1.35 * size, top + (1.35 + 0.5 * BAR + 0.34) * size
    most = int(width / (PER_LETTER * size))
    said = bar.title if len(bar.title) <= most else bar.title[: most - 1] + "…"
    return Markup("").join(
        [
            text(0, top + size, [said], size),
            tag(
                "rect",
                x=f"{left[0]:.1f}",
                y=f"{y:.1f}",
                width=f"{max(1.5, right[0] - left[0]):.1f}",
                height=f"{BAR * size:.1f}",
                class_="swing",
            ),
            text(left[0] - 0.4 * size, line, [left[1]], size, "quiet", "end"),
            text(right[0] + 0.4 * size, line, [right[1]], size, "quiet"),
        ]
    )


def _axis(found: Tornado, across: Scale, bottom: float, size: float, tongue: Tongue) -> list[Markup]:
    """Round numbers under the bars, the mean over all draws in bold."""
    out = [tag("path", d=f"M{across.a:.1f},{bottom:.1f}H{across.b:.1f}", class_="grid")]
    middle, room = across(found.middle), 4.2 * size
    for tick in across.ticks(4):
        at = across(tick)
        out.append(tag("path", d=f"M{at:.1f},{bottom:.1f}v4", class_="grid"))
        if abs(at - middle) > room:
            out.append(text(at, bottom + 1.45 * size, [value(tongue, found.unit, tick)], size, "quiet", "middle"))
    out.append(text(middle, bottom + 1.45 * size, [value(tongue, found.unit, found.middle)], size, "strong", "middle"))
    return out


def value(tongue: Tongue, unit: str, number: float) -> str:
    """A number of the axis: shares in per cent, to three digits at most."""
    if math.isnan(number):
        return "–"
    sign = "−" if number < 0.0 else ""
    return sign + (tongue.number(100.0 * abs(number)) + " %" if unit == "1" else tongue.number(abs(number)))
