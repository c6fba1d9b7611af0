"""How is a number said, and how a change? Values with their units, and phrases that stay true whatever the numbers are."""

import math
import re

from markupsafe import Markup, escape

from entente.comparison import Change, Estimate
from entente.report.language import MINUS, NBSP, Tongue
from entente.scenario.rows import evidence, judging, systems, vehicles
from entente.scenario.schema import Party
from entente.scenario.systems import Rung

Interval = tuple[float, float]
SHORT = {"us_nato": "party.us_nato", "russia": "party.russia"}
ASIDE = re.compile(r"\((?=[^()]*\d)[^()]{12,}\)")
POINTS = "points"


def party_name(tongue: Tongue, party: Party) -> str:
    """A party in a few letters; one that has allies is named with them."""
    allied = f"{SHORT[party.name]}.allied"
    return tongue.say(allied if party.allies and tongue.has(allied) else SHORT[party.name])


def rung_name(tongue: Tongue, rung: Rung) -> str:
    """`Rung 4: joint data-fusion centre`."""
    return tongue.say("rung.named", rung=rung.rung, name=tongue.text(rung.name))


def unit_name(tongue: Tongue, unit: str) -> str:
    """A unit as it stands after a number; empty for shares."""
    if unit == "1":
        return ""
    return tongue.say(f"unit.{unit}") if tongue.has(f"unit.{unit}") else unit


def said(tongue: Tongue, unit: str, value: float) -> str:
    """One value with its unit, for a sentence."""
    if math.isnan(value):
        return "–"
    if unit == "1":
        return tongue.per_cent(value) if 0.0 <= value <= 1.0 else tongue.number(value)
    if unit == "s":
        return (MINUS if value < 0 and round(value) else "") + tongue.duration(value)
    return f"{tongue.number(value)}{NBSP}{unit_name(tongue, unit)}".strip()


def cell(tongue: Tongue, unit: str, value: float) -> str:
    """One value for a table whose heading names the unit: times as a clock shows them, shares in per cent."""
    if math.isnan(value):
        return "–"
    if unit == "1":
        return tongue.per_cent(value) if 0.0 <= value <= 1.0 else tongue.number(value)
    return tongue.clock(value) if unit == "s" else tongue.number(value)


def amount(tongue: Tongue, unit: str, value: float) -> str:
    """A difference without its sign: shares in percentage points."""
    if unit == "1":
        return tongue.count(POINTS, _points(value)) if abs(value) >= 0.01 else _below_a_point(tongue, value)
    return said(tongue, unit, abs(value))


def _points(value: float) -> int:
    return round(100 * abs(value))


def _below_a_point(tongue: Tongue, value: float) -> str:
    return f"{tongue.number(100 * abs(value))}{NBSP}{tongue.noun(POINTS, 2)}"


def signed(tongue: Tongue, unit: str, value: float) -> str:
    """A difference with its sign, and without its unit where that stands in the heading."""
    if math.isnan(value):
        return "–"
    body = tongue.number(100 * abs(value)) if unit == "1" else cell(tongue, unit, abs(value))
    if unit == "s":
        body = tongue.whole(abs(value))
    return body if body == "0" else f"{MINUS if value < 0 else '+'}{body}"


def span(tongue: Tongue, ends: Interval, unit: str, signs: bool = False) -> str:
    """`12 to 40`, or one number where both ends are the same; empty where they are unknown."""
    if any(map(math.isnan, ends)):
        return ""
    write = signed if signs else cell
    low, high = (write(tongue, unit, end) for end in ends)
    if low == high:
        return low
    return tongue.say("span", low=low.removesuffix(f"{NBSP}%"), high=high)


def both_intervals(tongue: Tongue, found: Estimate, unit: str) -> str:
    """The sampling interval and the assumption range of a change, in brackets."""
    name = tongue.noun(POINTS, 5) if unit == "1" else unit_name(tongue, unit)
    sampling, assumption = (span(tongue, ends, unit, signs=True) for ends in (found.sampling, found.assumption))
    parts = [
        tongue.say("interval.sampling", span=f"{sampling}{NBSP}{name}") if sampling else tongue.say("interval.few")
    ]
    parts += [tongue.say("interval.assumption", span=f"{assumption}{NBSP}{name}")] if assumption else []
    return f"({'; '.join(parts)})"


def phrase(tongue: Tongue, change: Change, unit: str, before: Estimate, after: Estimate) -> str:
    """What happens to one measure, with both ends and both intervals.

    Where a median stays and yet most histories that change go one way, the shares are said instead.
    """
    gain = change.gain
    if math.isnan(gain.value) and not (gain.newly or gain.lost):
        return tongue.say("change.undefined", measure=measure_name(tongue, change.measure))
    if change.direction == "no clear change":
        return (
            tongue.say("change.none", measure=measure_name(tongue, change.measure))
            + " "
            + both_intervals(tongue, gain, unit)
        )
    way = change.direction
    visible = not math.isnan(gain.value) and amount(tongue, unit, gain.value) != amount(tongue, unit, 0.0)
    stays = said(tongue, unit, before.value) == said(tongue, unit, after.value)
    if not visible or stays or (gain.value > 0) != (way == "better"):
        shares = {"better": tongue.per_cent(gain.better), "worse": tongue.per_cent(gain.worse)}
        return tongue.say(f"change.shares.{way}", measure=measure_name(tongue, change.measure), **shares)
    key = f"change.{change.measure}.{way}"
    known = {
        "measure": measure_name(tongue, change.measure),
        "by": amount(tongue, unit, gain.value),
        "before": said(tongue, unit, before.value),
        "after": said(tongue, unit, after.value),
    }
    return (
        tongue.say(key if tongue.has(key) else f"change.any.{way}", **known) + " " + both_intervals(tongue, gain, unit)
    )


def measure_name(tongue: Tongue, measure: str) -> str:
    """A measure inside a sentence: its phrase in the glossary, or its own name."""
    key = f"measure.{measure}"
    return tongue.say(key) if tongue.has(key) else measure


def input_name(tongue: Tongue, name: str) -> str:
    """An uncertain input: the title of its row, or its party, and what of it is uncertain."""
    row, _, key = name.partition(".")
    if row in ("judging", "evidence"):
        return judged_name(tongue, row, key)
    titles = {r.id: r.title for r in (*systems(), *vehicles())} | {"two_keys": tongue.say("two_keys")}
    nation = tongue.say(f"nation.{row}") if tongue.has(f"nation.{row}") else row
    owner = tongue.say(SHORT[row]) if row in SHORT else titles.get(row, nation)
    return f"{owner}: {key_name(tongue, key)}"


def judged_name(tongue: Tongue, kind: str, key: str) -> str:
    """A number that judging events takes, or the chance that something is said of an event of one nature."""
    row, _, nature = key.partition(".")
    title = next(one.title for one in (judging() if kind == "judging" else evidence()) if one.id == row)
    said = tongue.text(title)
    return tongue.say("judged.if", says=said, nature=tongue.text(nature)) if nature else said


def key_name(tongue: Tongue, key: str) -> str:
    """What of a row is uncertain: `reach`; the key itself where the glossary has no word for it."""
    parts = key.split(".")
    known = next((f"input.{k}" for k in (key, parts[-1], parts[0]) if tongue.has(f"input.{k}")), "")
    return tongue.say(known) if known else key


def capital(sentence: str) -> str:
    """The sentence with a capital first."""
    return sentence[:1].upper() + sentence[1:]


def asides(sentence: str) -> Markup:
    """The sentence, escaped, with numbers that stand in brackets set apart."""
    return Markup(ASIDE.sub(r'<span class="aside">\g<0></span>', str(escape(sentence))))


def gain_in_words(tongue: Tongue, unit: str, gain: Estimate) -> str:
    """A gain for a table: its size and direction, with the sampling interval; or how often it came to be defined."""
    if math.isnan(gain.value):
        if gain.newly or gain.lost:
            return tongue.say("gain.defined", newly=tongue.per_cent(gain.newly), lost=tongue.per_cent(gain.lost))
        return "–"
    shown = amount(tongue, unit, gain.value)
    if shown == amount(tongue, unit, 0.0):
        shares = {"better": tongue.per_cent(gain.better), "worse": tongue.per_cent(gain.worse)}
        return tongue.say("gain.same", **shares)
    return tongue.say("gain.better" if gain.value > 0 else "gain.worse", by=shown)
