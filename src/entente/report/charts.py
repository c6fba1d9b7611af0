"""Who knew what, when? One lane for each party at each rung, from launch to impact, as SVG."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from entente.report.numbers import Summary
from entente.report.situation import MARKS
from entente.report.svg import marker, tag, text
from entente.report.words import clock, per_cent

MARKED = {"seen": "circle", "told": "square", "track": "triangle", "warning": "diamond", "shot": "cross"}
"""The moments of the kept history that a lane marks."""
BIT_MIN = 1.0  # px, so that a whisker of no length is still seen


@dataclass(frozen=True)
class Lane:
    """What one party knew at one rung: over all histories, and moment by moment in the kept one."""

    party: int
    name: str
    first_known: Summary  # [s] since launch
    warning: Summary
    warned: Summary
    kept: dict[str, float]  # kind of event: the first time it happens in the kept history [s since launch]


@dataclass(frozen=True)
class Group:
    """One rung."""

    title: str
    note: str
    lanes: tuple[Lane, ...]


def draw_timeline(groups: list[Group], impact: float, width: float, size: float) -> Markup:
    """The figure, `width` pixels wide, with text of `size` pixels.

    A lane is empty until the typical (median) first report, light from there, and full from the typical credible
    warning. Above it the median is written; through it a whisker shows the 5 to 95 % spread of the warning.
    """
    narrow = width < 600
    left = 0.0 if narrow else 9.5 * size
    right = width - 2.2 * size
    scale = (right - left - 4) / impact
    parts: list[Markup] = []
    y = 1.9 * size
    top = y
    for group in groups:
        y += 1.5 * size
        heading = group.title if narrow else f"{group.title} — {group.note}"
        parts.append(text(0, y, [heading], 1.05 * size, "strong"))
        for lane in group.lanes:
            y += (3.1 if narrow else 2.2) * size
            parts.append(_lane(lane, left + 4, scale, impact, y, size, narrow))
            y += 1.5 * size
        y += 0.6 * size
    axis = _axis(left + 4, scale, impact, top, y, size)
    height = y + 0.8 * size
    title = tag("title", "Timeline: who knew what, when, at each rung")
    return tag("svg", title, axis, *parts, viewBox=f"0 0 {width:g} {height:.0f}", role="img", class_="timeline")


def _axis(x0: float, scale: float, impact: float, top: float, bottom: float, size: float) -> Markup:
    """Minutes since launch, and the impact."""
    minutes = range(0, int(impact // 60) + 1, 5 if scale * 60 < 2.4 * size else 2)
    out = []
    for minute in minutes:
        x = x0 + minute * 60 * scale
        if x0 + impact * scale - x < 3.2 * size:
            continue
        out.append(tag("path", d=f"M{x:.1f},{top:.0f}V{bottom:.0f}", class_="grid"))
        name = f"{minute} min" if minute else "Launch"
        out.append(text(x, top - 0.5 * size, [name], 0.9 * size, "quiet", "start" if minute == 0 else "middle"))
    x = x0 + impact * scale
    out.append(tag("path", d=f"M{x:.1f},{top:.0f}V{bottom:.0f}", class_="grid impact"))
    out.append(text(x + 2.0 * size, top - 0.5 * size, ["Impact"], 0.9 * size, "strong", "end"))
    return Markup("").join(out)


def _bar(start: float, end: float, y: float, height: float, class_: str) -> Markup:
    """A bar from a moment to the impact; none if the moment lies after it."""
    size = {"width": f"{max(0.0, end - start):.1f}", "height": f"{height:.1f}"}
    return tag("rect", x=f"{start:.1f}", y=f"{y:.1f}", class_=class_, **size)


def _lane(lane: Lane, x0: float, scale: float, impact: float, y: float, size: float, narrow: bool) -> Markup:
    bar, end = 0.95 * size, x0 + impact * scale
    known, warning = lane.first_known.value, lane.warning.value
    out = [tag("path", d=f"M{x0:.1f},{y + bar / 2:.1f}H{end:.1f}", class_="unknown")]
    if math.isfinite(known):
        out.append(_bar(x0 + known * scale, end, y, bar, f"known p{lane.party}"))
    if math.isfinite(warning):
        out.append(_bar(x0 + warning * scale, end, y, bar, f"warned p{lane.party}"))
        out.append(_whisker(lane.warning, x0, scale, impact, y + bar / 2, bar))
    name_x, name_y = (0.0, y - 1.55 * size) if narrow else (1.3 * size, y + 0.8 * size)
    mark_x = name_x + 0.5 * size if narrow else 0.5 * size
    out.append(marker(MARKS[lane.party], mark_x, name_y - 0.35 * size, 0.42 * size, f"mark p{lane.party}"))
    out.append(text(name_x + (1.3 * size if narrow else 0), name_y, [lane.name], size, f"strong p{lane.party}-text"))
    out.append(_said(lane, x0, scale, y, size, end))
    out += _moments(lane, x0, scale, y + bar + 0.55 * size, size)
    return Markup("").join(out)


def _whisker(summary: Summary, x0: float, scale: float, impact: float, y: float, bar: float) -> Markup:
    """The spread of the warning over histories, cut at the impact where some are never warned."""
    a, b = (x0 + min(t, impact) * scale for t in summary.spread)
    ends = f"M{a:.1f},{y - bar * 0.35:.1f}v{bar * 0.7:.1f}" + (
        "" if math.isinf(summary.spread[1]) else f"M{b:.1f},{y - bar * 0.35:.1f}v{bar * 0.7:.1f}"
    )
    d = f"M{a:.1f},{y:.1f}H{max(b, a + BIT_MIN):.1f}{ends}"
    return tag("path", d=d, class_="halo") + tag("path", d=d, class_="whisker")


def _said(lane: Lane, x0: float, scale: float, y: float, size: float, end: float) -> Markup:
    """First report and credible warning in words above the lane, kept apart."""
    small, baseline, out, free = 0.9 * size, y - 0.3 * size, [], x0
    known, warning, never = lane.first_known.value, lane.warning.value, 1.0 - lane.warned.value
    if math.isfinite(known):
        first = f"first report {clock(known)}"
        x = x0 + known * scale
        free = x + 0.54 * small * len(first) + 0.8 * size
        out.append(text(x, baseline, [first], small, "quiet"))
    if math.isfinite(warning):
        words = f"credible warning {clock(warning)}" + (f" · never in {per_cent(never)}" if never > 0 else "")
        x = x0 + warning * scale
    else:
        words, x = f"no credible warning in {per_cent(never)} of histories", free
    if math.isnan(never):
        words = "no credible warning"
    x = max(x, free)
    if x + 0.54 * small * len(words) > end + 1.5 * size:
        out.append(
            text(
                end,
                baseline - (0 if free < end - 0.54 * small * len(words) else 1.15 * size),
                [words],
                small,
                "",
                "end",
            )
        )
    else:
        out.append(text(x, baseline, [words], small))
    return Markup("").join(out)


def _moments(lane: Lane, x0: float, scale: float, y: float, size: float) -> list[Markup]:
    """The kept history's own moments, as small marks under the lane."""
    out, last = [], -math.inf
    for kind, t in sorted(lane.kept.items(), key=lambda item: item[1]):
        if kind in MARKED:
            x = max(x0 + t * scale, last + 0.62 * size)
            last = x
            out.append(marker(MARKED[kind], x, y, 0.26 * size, f"moment p{lane.party}"))
    return out
