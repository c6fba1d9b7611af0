"""How are raid curves drawn? A panel for each year: what share of a raid is stopped, from one warhead to two thousand, as SVG.

Along: the size of the raid, by its logarithm. A band holds what nine draws of the assumptions in ten give, a line the middle one;
a mark stands where the chance that none leaks is one half. What may not be pooled has a panel of its own.
"""

import math
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from entente.questions.national import MANY, YEARS, Band, Pool, bands, drawn, holding
from entente.report.axes import Scale
from entente.report.situation import MARKS, NARROW, Pen
from entente.report.svg import Floats, Labels, line_path, marker, tag, text

GAP = 26.0  # px between panels
SHORT = 360.0  # px: a panel that is narrower has no room between its bands
LARGEST, TICKS = 2_000.0, (1, 10, 100, 1_000)
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
MASSIVE, MOST = 1_000, 0.1  # the bar of F1: of so many no larger share
OWNERS = ("us_nato", "russia")


@dataclass(frozen=True)
class RaidCase:
    """One discrimination case of a panel: with so many undiscriminated objects beside each warhead."""

    beside: int
    none: Band
    share: Band
    half: tuple[float, float, float]


@dataclass(frozen=True)
class RaidPanel:
    """One party in one year, or its nuclear-armed interceptors apart."""

    party: str
    year: int
    pool: Pool
    interceptors: int
    cases: tuple[RaidCase, ...]


def raid_panels() -> list[RaidPanel]:
    """A panel a party and year that can be computed, by year; then, apart, what is nuclear-armed in the last one."""
    asked: list[tuple[str, int, Pool]] = [(party, year, "national") for party in OWNERS for year in YEARS]
    asked += [(party, YEARS[-1], "nuclear-armed") for party in OWNERS]
    found = [_panel_of(*one) for one in asked]
    return [one for one in found if one]


def _panel_of(party: str, year: int, pool: Pool) -> RaidPanel | None:
    systems = holding(party, year).pooled(pool)
    cases = []
    for beside in MANY:
        curves, draws = bands(party, year, pool, beside, False), drawn(party, year, pool, beside, False, MASSIVE)
        if curves and draws:
            low, middle, high = np.percentile(draws.half, (5, 50, 95)).tolist()
            cases.append(RaidCase(beside, *curves, (low, middle, high)))
    return RaidPanel(party, year, pool, sum(row.inventory for row in systems), tuple(cases)) if cases else None


def draw_raids(panels: list[RaidPanel], pen: Pen, width: float) -> Markup:
    """The figure: two panels a row, or one on a narrow page."""
    margin, edge = 3.6 * pen.size, 0.6 * pen.size
    columns = 1 if width < NARROW else 2
    wide = (width - margin - edge - GAP * (columns - 1)) / columns
    high, head, foot = 13.0 * pen.size, 3.6 * pen.size, 4.6 * pen.size
    parts = []
    for i, panel in enumerate(panels):
        x, y = margin + (i % columns) * (wide + GAP), (i // columns) * (head + high + foot)
        inside = _panel(panel, pen, wide, high, i % columns == 0)
        parts.append(_head(panel, pen, x, y) + tag("g", inside, transform=f"translate({x:.1f} {y + head:.1f})"))
    bottom = (head + high + foot) * math.ceil(len(panels) / columns) - 1.5 * pen.size
    title = tag("title", pen.tongue.say("raids.alt"))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {bottom:.0f}", role="img", class_="figure raids")


def _head(panel: RaidPanel, pen: Pen, x: float, y: float) -> Markup:
    """Whose, when, how many."""
    number, size = OWNERS.index(panel.party), 0.9 * pen.size
    count = pen.tongue.count("interceptors", panel.interceptors)
    armed = panel.pool == "nuclear-armed"
    said = pen.tongue.say("raids.armed" if armed else "raids.panel", count=count, year=panel.year)
    name = pen.tongue.say(f"party.{panel.party}")
    first = pen.tongue.say("raids.apart", party=name) if armed else f"{name}, {panel.year}"
    return text(x, y + 1.2 * pen.size, [first], pen.size, f"strong p{number}-text") + text(
        x, y + 2.6 * pen.size, [said], size, "quiet"
    )


def _panel(panel: RaidPanel, pen: Pen, wide: float, high: float, words: bool) -> Markup:
    size, number = 0.86 * pen.size, OWNERS.index(panel.party)
    across = Scale(0.0, math.log10(LARGEST), 0.0, wide)
    up = Scale(0.0, 1.0, high, 0.0)
    out, labels = [_grid(pen, across, up, wide, high, words), _bar(pen, across, up)], Labels(wide, high)
    for case in panel.cases:
        xs = np.array([across(math.log10(at)) for at in case.share.sizes.tolist()])
        low, mid, top = (
            np.array([up(v) for v in one.tolist()]) for one in (case.share.low, case.share.middle, case.share.high)
        )
        band = np.concatenate([np.stack([xs, low], 1), np.stack([xs, top], 1)[::-1]])
        out.append(tag("path", d=line_path(band, closed=True), class_=f"band p{number}"))
        line = np.stack([xs, mid], 1)
        looks = "whole" if case.beside == 0 else "dotted"
        out.append(tag("path", d=line_path(line), class_=f"curve p{number} {looks}"))
        _keep_clear(labels, line)
    for case in panel.cases:
        out.append(_half(case, pen, labels, across, up, number))
    for case in panel.cases:
        out.append(_named(case, pen, across, up, size, number))
    return Markup("").join(out)


def _keep_clear(labels: Labels, line: Floats) -> None:
    for x, y in line[::3].tolist():
        labels.block(x, y, 3.0)


def _half(case: RaidCase, pen: Pen, labels: Labels, across: Scale, up: Scale, number: int) -> Markup:
    """The mark where the chance that none leaks is one half, with its number, and the range of the assumptions below it."""
    middle = case.half[1]
    if middle < 1.0:
        return Markup("")
    at = across(math.log10(middle))
    y = up(float(np.interp(math.log10(middle), np.log10(case.share.sizes), case.share.middle)))
    mark = marker(MARKS[number], at, y, 0.5 * pen.size, f"mark p{number}")
    labels.block(at, y, 0.6 * pen.size)
    said = pen.tongue.say("raids.half", n=pen.tongue.fixed(middle, 1))
    return mark + labels.place(at, y, [said], 0.86 * pen.size, f"strong p{number}-text", gap=0.9 * pen.size)


def _named(case: RaidCase, pen: Pen, across: Scale, up: Scale, size: float, number: int) -> Markup:
    """What the line is, beside its band where it falls."""
    short = across.b - across.a < SHORT
    key = "raids.told" if case.beside == 0 else "raids.beside.short" if short else "raids.beside"
    lines = pen.tongue.say(key, n=case.beside).split("|")
    at = (0.55 if case.beside == 0 else 0.25 if short else 0.38) * float(case.share.middle[0])
    row = int(np.flatnonzero(case.share.high <= at)[0])
    x, y = across(math.log10(float(case.share.sizes[row]))), up(at)
    return text(x + 0.5 * size, y - 0.6 * size * (len(lines) - 1), lines, size, f"p{number}-text")


def _grid(pen: Pen, across: Scale, up: Scale, wide: float, high: float, words: bool) -> Markup:
    size, out = 0.86 * pen.size, []
    for share in SHARES:
        y = up(share)
        out.append(tag("path", d=f"M0,{y:.1f}H{wide:.1f}", class_="grid zero" if share == 0.0 else "grid"))
        if words:
            out.append(text(-5, y + 0.35 * size, [pen.tongue.per_cent(share)], size, "quiet", "end"))
    for at in TICKS:
        x = across(math.log10(at))
        out.append(tag("path", d=f"M{x:.1f},{high:.1f}v4", class_="grid"))
        anchor = "start" if at == 1 else "middle"
        out.append(text(x, high + 1.4 * size, [pen.tongue.whole(at)], size, "quiet", anchor))
    out.append(text(wide / 2, high + 2.9 * size, [pen.tongue.say("raids.along")], size, "quiet", "middle"))
    return Markup("").join(out)


def _bar(pen: Pen, across: Scale, up: Scale) -> Markup:
    """The bar of the finding: at a thousand warheads, a tenth."""
    x, y, size = across(math.log10(MASSIVE)), up(MOST), 0.86 * pen.size
    line = tag("path", d=f"M{x - 7:.1f},{y:.1f}H{x + 7:.1f}M{x:.1f},{y:.1f}V{up(0.0):.1f}", class_="scale")
    return line + text(x + 7, y - 0.5 * size, [pen.tongue.say("raids.bar")], size, "quiet", "end")
