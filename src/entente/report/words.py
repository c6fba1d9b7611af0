"""How is a number said, and how a finding? Sentences are built from the data and stay true whatever it says."""

import math

from entente.report.numbers import Summary
from entente.scenario.schema import Party
from entente.scenario.systems import Rung

SHORT = {"us_nato": "US/NATO", "russia": "Russia"}
NEVER = {"time": "never", "lead": "none"}
KM2_AFTER, PER_CENT_AFTER = "\N{NO-BREAK SPACE}km²", "\N{NO-BREAK SPACE}%"


def party_name(party: Party) -> str:
    """A party in a few letters."""
    return SHORT[party.name]


def listed(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def number(value: float) -> str:
    """Two significant figures, thousands separated, a true minus."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "–"
    digits = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    body = f"{abs(rounded):,.{max(0, digits)}f}"
    body = body.rstrip("0").rstrip(".") if "." in body else body
    return ("−" if rounded < 0 else "") + body


def area(km2: float) -> str:
    """An area with its unit, to two figures."""
    if not math.isfinite(km2):
        return "unknown"
    return f"{number(km2)}\N{NO-BREAK SPACE}km²"


def clock(seconds: float) -> str:
    """A time as minutes and seconds, as a person reads a stopwatch."""
    whole = round(abs(seconds))
    return f"{'−' if seconds < 0 and whole else ''}{whole // 60}:{whole % 60:02d}"


def duration(seconds: float) -> str:
    """A time in words: `48 s`, `4 min 20 s`."""
    whole = round(abs(seconds))
    if whole < 100:
        return f"{whole}\N{NO-BREAK SPACE}s"
    minutes = f"{whole // 60}\N{NO-BREAK SPACE}min"
    return f"{minutes} {whole % 60}\N{NO-BREAK SPACE}s" if whole % 60 else minutes


def per_cent(share: float) -> str:
    """A share; never rounded to 0 or 100 unless it is exactly that."""
    if share in (0.0, 1.0) or 0.005 <= share < 0.995:
        return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
    return "<\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}%" if share < 0.5 else ">\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%"


def said(unit: str, value: float, kind: str = "amount") -> str:
    """One value with its unit; a time that never comes is said so."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return NEVER.get(kind, "–")
    if kind == "share" or unit == "1":
        return per_cent(value)
    if unit == "s":
        return clock(value)
    if unit == "km2":
        return area(value)
    return number(value)


def interval(unit: str, summary: Summary) -> str:
    """The 95 % sampling interval."""
    if math.isnan(summary.low) or (math.isinf(summary.low) and math.isinf(summary.high) and summary.low < summary.high):
        return "too few for an interval"
    ends = [said(unit, end, summary.kind) for end in (summary.low, summary.high)]
    return (
        ends[0]
        if ends[0] == ends[1]
        else f"{ends[0].removesuffix(KM2_AFTER).removesuffix(PER_CENT_AFTER)} to {ends[1]}"
    )


def change(unit: str, summary: Summary) -> str:
    """A paired difference as a table says it, with its sign."""
    if math.isnan(summary.value):
        return "–"
    if math.isinf(summary.value):
        gained = (summary.value < 0) == (summary.kind == "time")
        return "now reached" if gained else "no longer reached"
    if unit == "1" or summary.kind == "share":
        points = number(100 * abs(summary.value)) if abs(summary.value) < 0.01 else f"{100 * abs(summary.value):.0f}"
        body = f"{points} point" + "s" * (points != "1")
    elif unit == "s":
        body = duration(summary.value)
        if round(summary.value) == 0:
            return body
    else:
        body = said(unit, abs(summary.value))
    return body if summary.value == 0 or body.startswith("0 ") else f"{'−' if summary.value < 0 else '+'}{body}"


def warned_alone(party: str, known: Summary, warning: Summary, warned: Summary) -> str:
    """What one party knows, and when: `Russia first learns of it after 4:50 and ...`."""
    if math.isnan(known.value) or math.isinf(known.value):
        first = f"{party} learns of the launch in {per_cent(1 - known.missing)} of histories"
    else:
        first = f"{party} first learns of the launch {duration(known.value)} after it"
    if not warned.defined or warned.value == 0:
        return f"{first} and in none of {warned.histories} histories has a credible warning"
    if math.isinf(warning.value):
        return f"{first} and has a credible warning in only {per_cent(warned.value)} of histories"
    sure = "in every history" if warned.value == 1 else f"never in {per_cent(1 - warned.value)}"
    spread = f"95\N{NO-BREAK SPACE}% interval {interval('s', warning)}, 5 to 95\N{NO-BREAK SPACE}% of histories"
    ends = " to ".join(said("s", end, warning.kind) for end in warning.spread)
    return f"{first} and has a credible warning after {duration(warning.value)} ({spread} {ends}, {sure})"


def changes(
    party: str, known: Summary, warning: Summary, areas: tuple[Summary, Summary, Summary], leak: tuple[Summary, ...]
) -> str:
    """What sharing does for one party: first report, warning, impact area, chance that nothing gets through."""
    said_known = known_change(known)
    parts = [said_known] if said_known else []
    parts += [warning_change(warning), area_change(*areas)]
    parts += [leak_change(*leak)] if not math.isnan(leak[1].value) else []
    return f"for {party}, {listed(parts)}"


def known_change(summary: Summary) -> str:
    """What sharing does to the first knowledge of the launch; nothing is said of a change that cannot be told from zero."""
    if summary.one_sided and (not summary.significant or round(summary.value) == 0):
        return f"the first report comes {_mixed(summary)}"
    if math.isnan(summary.value) or not summary.significant or round(summary.value) == 0:
        return ""
    if math.isinf(summary.value):
        return (
            "news of the launch comes where there was none"
            if summary.value < 0
            else "news of the launch no longer comes"
        )
    return f"the first report comes {duration(summary.value)} {'earlier' if summary.value < 0 else 'later'}"


def warning_change(summary: Summary) -> str:
    """What sharing does to the time of the credible warning."""
    if math.isnan(summary.value):
        return "warnings cannot be compared"
    if math.isinf(summary.value):
        return (
            "a warning comes where most histories had none"
            if summary.value < 0
            else "most histories lose their warning"
        )
    if summary.one_sided and (not summary.significant or round(summary.value) == 0):
        return f"the warning comes {_mixed(summary)}"
    if summary.value == summary.low == summary.high == 0:
        return f"in the typical history the warning comes neither earlier nor later ({_mixed(summary)})"
    if not summary.significant or round(summary.value) == 0:
        return f"no change of the warning can be told from zero ({between(summary)}; {_mixed(summary)})"
    return f"the warning comes {duration(summary.value)} {'earlier' if summary.value < 0 else 'later'} ({between(summary)})"


def known_area(summary: Summary) -> str:
    """How well the impact point is known."""
    if math.isnan(summary.value):
        return "does not know the impact area at 300\N{NO-BREAK SPACE}s"
    return f"knows the impact point to {area(summary.value)} (90\N{NO-BREAK SPACE}%) at 300\N{NO-BREAK SPACE}s"


def _mixed(summary: Summary) -> str:
    """In how many histories a time fell, and in how many it rose."""
    if summary.fell == summary.rose == 0:
        return "a difference of 0\N{NO-BREAK SPACE}s in every history"
    return f"earlier in {per_cent(summary.fell)}, later in {per_cent(summary.rose)} of histories"


def between(summary: Summary) -> str:
    """The interval of a difference of times [s]; without signs where both ends lie on one side of zero."""
    if math.isinf(summary.low) and math.isinf(summary.high) and summary.low < summary.high:
        return "too few histories for an interval"
    ends = [summary.low, summary.high]
    one_side = summary.significant and all(map(math.isfinite, ends))
    ends = sorted(map(abs, ends)) if one_side else ends
    low, high = (
        "without bound" if math.isinf(end) else f"{end:.0f}".replace("-", "−").replace("−0", "0") for end in ends
    )
    return f"95\N{NO-BREAK SPACE}% interval {low} to {high}\N{NO-BREAK SPACE}s"


def area_change(summary: Summary, base: Summary, after: Summary) -> str:
    """What sharing does to the 90 % impact area at 300 s."""
    if math.isnan(summary.value):
        return "its impact areas at 300\N{NO-BREAK SPACE}s cannot be compared"
    if summary.one_sided and not summary.significant:
        ways = f"smaller in {per_cent(summary.fell)}, larger in {per_cent(summary.rose)} of histories"
        return f"the 90\N{NO-BREAK SPACE}% impact area at 300\N{NO-BREAK SPACE}s is {ways}"
    if summary.value == summary.low == summary.high == 0:
        return "the typical 90\N{NO-BREAK SPACE}% impact area at 300\N{NO-BREAK SPACE}s stays as it is"
    if not summary.significant or summary.value == 0:
        return "no change of its impact area at 300\N{NO-BREAK SPACE}s can be told from zero"
    verb = "shrinks" if summary.value < 0 else "grows"
    ends = f"from {area(base.value)} to {area(after.value)}"
    return f"the 90\N{NO-BREAK SPACE}% impact area at 300\N{NO-BREAK SPACE}s {verb} {ends}"


def leak_change(summary: Summary, before: Summary, after: Summary) -> str:
    """What sharing does to the chance that nothing gets through the party's interceptors."""
    if summary.value == summary.low == summary.high == 0:
        return f"the chance that nothing gets through stays at {per_cent(after.value)}"
    if math.isnan(summary.value) or not summary.significant or summary.value == 0:
        ends = f"{per_cent(before.value)} before, {per_cent(after.value)} after"
        return f"the chance that nothing gets through does not change measurably ({ends})"
    verb = "rises" if summary.value > 0 else "falls"
    return f"the chance that nothing gets through {verb} from {per_cent(before.value)} to {per_cent(after.value)}"


def rung_name(rung: Rung) -> str:
    """`Rung 4: joint data-fusion centre`."""
    return f"Rung {rung.rung}: {rung.name}"
