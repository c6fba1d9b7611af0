"""How does a path look? The steps over the years, and under them what each brings and what it reveals, as SVG.

Time runs to the right. On top the rungs, as stairs. Below, a row for each party and question: a block spans the years of its
step, as high as its number. Gains fall with an exit; what was revealed never does. No scale is needed: the numbers stand in.
"""

import textwrap
from dataclasses import dataclass

from markupsafe import Markup

from entente.report.axes import Scale
from entente.report.situation import MARKS, NARROW, Pen
from entente.report.svg import marker, tag, text

PER_LETTER = 0.63  # of the text's size: how wide a letter is, Cyrillic ones too
LEAST = 2.0  # px: a number that is not zero is seen


@dataclass(frozen=True)
class Side:
    """One party at one step."""

    better: int  # priorities over all cases, since the step before
    worse: int
    held: int  # better than at the baseline: what ends with an exit
    revealed: float  # of its own systems, so far: what stays [nats]


@dataclass(frozen=True)
class Tread:
    """One step."""

    year: int
    rung: int
    name: str
    balanced: bool
    needs: tuple[str, ...]
    sides: tuple[Side, ...]  # one a party


@dataclass(frozen=True)
class Path:
    """What is drawn: the steps, and the year at which the last one ends."""

    treads: tuple[Tread, ...]
    baseline: int
    asked: int  # numbers compared for each party: priorities over all cases
    told: bool  # whether what is revealed can be told

    @property
    def until(self) -> int:
        """The last step is drawn as long as the one before it."""
        years = [one.year for one in self.treads]
        return years[-1] + (years[-1] - years[-2] if len(years) > 1 else 1)


def draw_path(path: Path, pen: Pen, width: float) -> Markup:
    """The figure: stairs, then rows of blocks, then what must be in place; that last is left to the table on a narrow page."""
    across = Scale(path.treads[0].year, path.until, 0.0, width)
    parts, y = [], 0.0
    for part, high in (
        _stairs(path, pen, across),
        *(_row(path, pen, across, p, revealed) for revealed in (False, True) for p in range(len(pen.parties))),
        _words(path, pen, across),
    ):
        parts.append(tag("g", part, transform=f"translate(0 {y:.1f})"))
        y += high
    title = tag("title", pen.tongue.say("paths.alt"))
    return tag("svg", title, *parts, viewBox=f"0 0 {width:g} {y:.0f}", role="img", class_="figure paths")


def _rules(path: Path, across: Scale, top: float, bottom: float) -> Markup:
    """A line at the start of each step but the first, within one row, so that none runs through words."""
    places = [across(one.year) for one in path.treads[1:]]
    return tag("path", d="".join(f"M{x:.1f},{top:.1f}V{bottom:.1f}" for x in places), class_="grid")


def _spans(path: Path, across: Scale) -> list[tuple[Tread, float, float]]:
    """Each step with where it begins and ends [px]."""
    years = [one.year for one in path.treads] + [path.until]
    return [(one, across(years[n]), across(years[n + 1])) for n, one in enumerate(path.treads)]


def _stairs(path: Path, pen: Pen, across: Scale) -> tuple[Markup, float]:
    """The rungs: a line a step, its number in a bubble at the start, its name above it."""
    size, narrow = pen.size, across.b < NARROW
    rungs = [one.rung for one in path.treads] + [path.baseline]
    head, high = (2.6 if narrow else 6.0) * size, 2.0 * size * (max(rungs) - min(rungs) + 1)
    up = Scale(min(rungs), max(rungs) + 0.01, head + high - 1.2 * size, head)
    out, before = [_rules(path, across, 2.2 * size, head + high + 0.6 * size)], None
    out.append(text(0, size, [pen.tongue.say("paths.picture.rungs")], size, "strong"))
    for one, left, right in _spans(path, across):
        y = up(one.rung)
        if before is not None:
            out.append(tag("path", d=f"M{left:.1f},{before:.1f}V{y:.1f}", class_="scale"))
        out.append(tag("path", d=f"M{left:.1f},{y:.1f}H{right:.1f}", class_="scale"))
        if not narrow:
            lines = _wrapped(pen.tongue.text(one.name), right - left - 2.2 * size, 0.85 * size)
            top = y - 0.55 * size - 1.02 * size * (len(lines) - 1)
            out.append(text(left + 1.9 * size, top, lines, 0.85 * size))
        before = y
    for one, left, _ in _spans(path, across):
        y = up(one.rung)
        x = left + 0.85 * size
        out.append(tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=f"{0.8 * size:.1f}", class_="bubble key"))
        out.append(text(x, y + 0.35 * size, [str(one.rung)], size, "on-bubble", "middle"))
    return Markup("").join([*out, _years(path, pen, across, head + high + 0.4 * size)]), head + high + 1.6 * size


def _years(path: Path, pen: Pen, across: Scale, y: float) -> Markup:
    words = [text(left + 4.0, y, [str(one.year)], 0.95 * pen.size, "strong") for one, left, _ in _spans(path, across)]
    return Markup("").join(words)


def _row(path: Path, pen: Pen, across: Scale, party: int, revealed: bool) -> tuple[Markup, float]:
    """One party's blocks: what it is better off in, or what is known of its own systems by then."""
    size, key = pen.size, "paths.picture.revealed" if revealed else "paths.picture.held"
    said = pen.tongue.say(key, party=pen.parties[party], asked=path.asked, rung=path.baseline)
    lines = _wrapped(said, across.b - 1.6 * size, size)
    head, high = (1.4 * len(lines) + 1.4) * size, 3.2 * size
    out = [marker(MARKS[party], 0.5 * size, 0.85 * size, 0.42 * size, f"mark p{party}")]
    out.append(text(1.4 * size, 1.2 * size, lines, size, f"strong p{party}-text"))
    floor = head + high
    out.append(_rules(path, across, head - 1.2 * size, floor))
    most = max(_value(one, p, revealed) for one in path.treads for p in range(len(pen.parties)))  # one scale for both
    for one, left, right in _spans(path, across):
        value = _value(one, party, revealed)
        tall = max(LEAST, high * value / most) if value > 0.0 else 0.0
        if tall:
            box = {"x": f"{left + 2:.1f}", "y": f"{floor - tall:.1f}", "width": f"{right - left - 4:.1f}"}
            out.append(tag("rect", **box, height=f"{tall:.1f}", class_=f"{'warned' if revealed else 'known'} p{party}"))
        out.append(text(left + 4, floor - tall - 0.3 * size, [_number(path, pen, value, revealed)], size, "strong"))
        step = one.sides[party]
        if not revealed and (step.better or step.worse) and right - left > 7.0 * size:
            since = pen.tongue.say("paths.picture.step", better=step.better, worse=step.worse)
            out.append(text(right - 4, floor - tall - 0.3 * size, [since], 0.85 * size, "quiet", "end"))
    out.append(tag("path", d=f"M0,{floor:.1f}H{across.b:.1f}", class_="grid zero"))
    return Markup("").join(out), floor + 0.9 * size


def _value(one: Tread, party: int, revealed: bool) -> float:
    return one.sides[party].revealed if revealed else float(one.sides[party].held)


def _number(path: Path, pen: Pen, value: float, revealed: bool) -> str:
    if revealed and not path.told:
        return "?"
    return pen.tongue.number(value) if revealed else str(int(value))


def _words(path: Path, pen: Pen, across: Scale) -> tuple[Markup, float]:
    """Under each step whether it is balanced, and what must be in place before it is taken."""
    size, narrow = pen.size, across.b < NARROW
    key = "paths.picture.signs" if narrow else "paths.picture.words"
    out, most, before = [text(0, 1.2 * size, [pen.tongue.say(key)], size, "strong")], 0, path.baseline
    for one, left, right in _spans(path, across):
        fair = pen.tongue.say("paths.picture.balanced" if one.balanced else "paths.picture.not_balanced")
        lines = ["="] if narrow and one.balanced else ["≠"] if narrow else _wrapped(fair, right - left - 8, 0.85 * size)
        if one.rung == path.baseline:
            lines = ["–"]  # nothing is compared with itself
        out.append(text(left + 4, 2.7 * size, lines, 0.85 * size, "strong"))
        first = 2.7 * size + 1.2 * 0.85 * size * len(lines)
        needs = one.needs if one.rung > before and not narrow else ()
        told = [line for need in needs for line in _wrapped(f"· {pen.tongue.text(need)}", right - left - 8, 0.8 * size)]
        if told:
            out.append(text(left + 4, first + 0.4 * size, told, 0.8 * size, "quiet"))
        most, before = max(most, len(lines) + len(told)), one.rung
    high = (2.9 + 1.05 * most) * size
    return Markup("").join([_rules(path, across, 1.8 * size, high), *out]), high


def _wrapped(said: str, wide: float, size: float) -> list[str]:
    return textwrap.wrap(said, max(6, int(wide / (PER_LETTER * size))), break_long_words=False) or [""]
