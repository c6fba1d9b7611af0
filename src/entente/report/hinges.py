"""What does a verdict hang on, in words and as bars? Which inputs move its number, and what would reverse it."""

from entente.findings import Verdict
from entente.hinges import Hinge
from entente.report import words
from entente.report.language import Tongue
from entente.report.tornado import Bar, Tornado
from entente.reversals import Bound, Reversal, can_tell
from entente.swings import Swing

MOST_BARS = 6  # all stand in tornado.csv
SAID = ("", "warheads", "weapons")  # units that the name of an input says already


def tornado(tongue: Tongue, verdict: Verdict) -> Tornado | None:
    """The inputs that move a number beyond noise; None where none does."""
    if verdict.hinge is None:
        return None
    clear = [one for one in verdict.hinge.swings if one.clear][:MOST_BARS]
    if not clear:
        return None
    bars = sorted((_bar(tongue, one) for one in clear), key=lambda bar: -abs(bar.at_high - bar.at_low))
    alt = tongue.say("tornado.alt", id=verdict.id, number=number_name(tongue, verdict.hinge))
    return Tornado(alt, verdict.hinge.unit, verdict.hinge.middle, tuple(bars))


def tornado_words(tongue: Tongue, verdict: Verdict) -> str:
    """What the bars show, or that there are none to show; empty where nothing was computed."""
    hinge = verdict.hinge
    if hinge is None:
        return ""
    key = "tornado.lede" if any(one.clear for one in hinge.swings) else "tornado.none"
    return tongue.say(key, number=number_name(tongue, hinge), n=tongue.whole(hinge.draws))


def number_name(tongue: Tongue, hinge: Hinge) -> str:
    """The number in words, with the case in which it is taken."""
    said = tongue.say(f"tornado.{hinge.what}")
    return tongue.say("tornado.case", number=said, case=tongue.text(hinge.case)) if hinge.case else said


def _bar(tongue: Tongue, one: Swing) -> Bar:
    title = words.input_name(tongue, one.input)
    if one.unit not in SAID:
        title += f", {words.unit_name(tongue, one.unit)}"
    return Bar(title, _short(tongue, one.low), _short(tongue, one.high), one.at_low, one.at_high)


def _short(tongue: Tongue, value: float) -> str:
    return tongue.number(float(f"{value:.2g}") if abs(value) < 100 else float(f"{value:.3g}"))


def reversing(tongue: Tongue, verdict: Verdict) -> list[str]:
    """What would have to be so for another verdict, a sentence each; or that nothing is found."""
    hinge = verdict.hinge
    if hinge is None or not can_tell(verdict.ruling):
        return []
    if hinge.reversals:
        return [sentence(tongue, one) for one in hinge.reversals]
    return [tongue.say("reversal.none", n=tongue.whole(hinge.draws))]


def sentence(tongue: Tongue, one: Reversal) -> str:
    """`if X is known to be above 0.6, it holds in most draws: in 0.84 (0.79 to 0.89) of 186`."""
    span = tongue.say("span", low=tongue.fixed(one.interval[0], 2), high=tongue.fixed(one.interval[1], 2))
    way = f"reversal.{'up' if one.up else 'down'}.{round(100 * one.bar)}"
    bounds = tongue.listed([_bound(tongue, bound) for bound in one.bounds])
    said = {"share": tongue.fixed(one.share, 2), "span": span, "n": tongue.whole(one.draws)}
    return tongue.say("reversal.if", bounds=bounds, then=tongue.say(way), **said)


def _bound(tongue: Tongue, one: Bound) -> str:
    unit = "" if one.unit in SAID else words.unit_name(tongue, one.unit)
    named = {"input": words.input_name(tongue, one.input), "value": f"{tongue.number(one.value)} {unit}".strip()}
    return tongue.say(f"reversal.{one.side}", **named) + ("" if one.sourced else " " + tongue.say("card.unsourced"))
