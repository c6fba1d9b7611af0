"""How is a finding shown? A card each: verdict, share, numbers, what decides it, where we differ; or its open question."""

import math
from typing import Any

from markupsafe import Markup

from entente.ambiguous import CentreVerdict
from entente.deciders import Decider
from entente.findings import Number, RungVerdict, Verdict
from entente.limited import Stand
from entente.massive import RaidVerdict
from entente.report import hinges, words
from entente.report.balance import MOST_WHY, SECTIONS
from entente.report.language import Tongue
from entente.report.material import Material
from entente.report.sources import linked
from entente.report.tornado import value
from entente.stabilising import LevelsVerdict
from entente.unilateral import Taking

TONES = {
    "supported": "good",
    "supported under stated assumptions": "part",
    "undecided": "open",
    "not supported": "bad",
}
SEE = {
    "F1": "raids",
    **SECTIONS,
    "F4": "protection",
    "F5": "maps",
    "F6": "centre",
    "F8": "tolerance",
}  # where the page draws what a finding is about
LEFT_OUT = ("out of scope", "not modelled")  # how such reasons of a finding begin
MOST_NUMBERS = 8  # on a card; the whole list stands in findings' own file
MOST_DECIDERS = 5


def cards(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """One card a finding, in order."""
    return [card(found, tongue, verdict) for verdict in found.verdicts]


def card(found: Material, tongue: Tongue, verdict: Verdict) -> dict[str, Any]:
    """What a card says."""
    at = verdict.by_rung.get(verdict.rung) if verdict.rung is not None else None
    return {
        "id": verdict.id,
        "title": verdict.title,
        "claim": verdict.claim,
        "question": verdict.question,
        "computed": verdict.computed,
        "tone": TONES.get(verdict.ruling, "none"),
        "ruling": tongue.say(f"ruling.{verdict.ruling}"),
        "also": [
            tongue.say("card.at", rung=rung, ruling=tongue.say(f"ruling.{verdict.by_rung[rung].ruling}"))
            for rung in verdict.headline[1:]
            if rung in verdict.by_rung
        ]
        + [
            tongue.say("card.raids.also", year=one.year, ruling=tongue.say(f"ruling.{one.ruling}"))
            for one in verdict.raids[1:]
            if not one.beside and one.year == verdict.raids[0].year
        ],
        "see": _drawn(found, verdict.id) if at or verdict.computed else "",
        "share": _share(tongue, verdict),
        "raids": [raid_row(tongue, one) for one in verdict.raids],
        "rungs": [(rung, tongue.fixed(one.share, 2)) for rung, one in sorted(verdict.by_rung.items())],
        "parties": parties(found, tongue, at) if at else [],
        "numbers": numbers(found, tongue, at) if at else [],
        "more": max(0, len(at.numbers) - MOST_NUMBERS) if at else 0,
        "why": [one for one in verdict.why if not one.startswith(LEFT_OUT)][
            : MOST_WHY if verdict.id in SECTIONS else None
        ],
        "left": [one for one in verdict.why if one.startswith(LEFT_OUT)],
        "deciders": [decider(tongue, one) for one in verdict.deciders[:MOST_DECIDERS]],
        "tornado": hinges.tornado_words(tongue, verdict),
        "reversals": hinges.reversing(tongue, verdict),
        "differ": verdict.where_we_differ,
        "sources": [linked(source) for source in verdict.sources],
    }


def _drawn(found: Material, finding: str) -> str:
    """The section of the page that draws what a finding is about; empty where there is none."""
    return "" if finding == "F8" and found.study.tolerance is None else SEE.get(finding, "")


def share(tongue: Tongue, at: RungVerdict) -> str:
    """`The predicate holds in 0.73 of the assumption draws (0.65 to 0.80) at rung 4.`."""
    if math.isnan(at.share):
        return ""
    ends = (
        ""
        if any(map(math.isnan, at.interval))
        else tongue.say("span", low=tongue.fixed(at.interval[0], 2), high=tongue.fixed(at.interval[1], 2))
    )
    said = tongue.say("card.share", share=tongue.fixed(at.share, 2), rung=at.rung)
    return f"{said} {tongue.say('card.share.interval', span=ends)}" if ends else said


def _share(tongue: Tongue, verdict: Verdict) -> str:
    """The share behind the ruling, in a sentence; empty where there is none."""
    if verdict.raids:
        return raid_share(tongue, verdict.raids[0])
    if verdict.levels:
        return level_share(tongue, verdict.levels)
    if verdict.centre:
        return centre_share(tongue, verdict.centre)
    if verdict.takings:
        return taking_share(tongue, verdict.takings[0])
    return share(tongue, verdict.by_rung[verdict.rung]) if verdict.rung in verdict.by_rung else ""


def level_share(tongue: Tongue, found: LevelsVerdict) -> str:
    """`Holds at every level in a share of 0.02 of the assumption draws (95 % bounds ...).`."""
    said = tongue.say("card.levels.share", share=tongue.fixed(found.share, 2))
    ends = tongue.say("span", low=tongue.fixed(found.interval[0], 2), high=tongue.fixed(found.interval[1], 2))
    return f"{said} {tongue.say('card.share.interval', span=ends)}"


def centre_share(tongue: Tongue, found: CentreVerdict) -> str:
    """`Holds in a share of 0.06 of the assumption draws where a third party is suspected, in which it holds less (...).`."""
    whom = tongue.say(f"centre.whom.{found.suspicions[0].suspected.replace(' ', '_')}")
    said = tongue.say("card.centre.share", share=tongue.fixed(found.share, 2), whom=whom)
    ends = tongue.say("span", low=tongue.fixed(found.interval[0], 2), high=tongue.fixed(found.interval[1], 2))
    return f"{said} {tongue.say('card.share.interval', span=ends)}"


def taking_share(tongue: Tongue, one: Taking) -> str:
    """`Holds in a share of 0.00 of the assumption draws for 2023 in the least favourable case (95 % bounds ...).`."""
    said = tongue.say("card.takings.share", share=tongue.fixed(one.share, 2), year=one.year)
    ends = tongue.say("span", low=tongue.fixed(one.interval[0], 2), high=tongue.fixed(one.interval[1], 2))
    return f"{said} {tongue.say('card.share.interval', span=ends)}"


def raid_share(tongue: Tongue, one: RaidVerdict) -> str:
    """`Holds in a share of 0.41 of the assumption draws in 2023 with 10 objects beside each warhead (95 % bounds ...).`."""
    said = tongue.say("card.raids.share", share=tongue.fixed(one.share, 2), year=one.year, n=one.beside)
    ends = tongue.say("span", low=tongue.fixed(one.interval[0], 2), high=tongue.fixed(one.interval[1], 2))
    return f"{said} {tongue.say('card.share.interval', span=ends)}"


def raid_row(tongue: Tongue, one: RaidVerdict) -> dict[str, Any]:
    """One year and case: the raid of an even chance by both kinds of failure, what is stopped of a massive one, the shares."""
    each, system = one.modes

    def three(values: tuple[float, float, float]) -> str:
        low, middle, high = (tongue.fixed(value, 1) for value in values)
        return f"{middle} ({tongue.say('span', low=low, high=high)})"

    return {
        "year": one.year,
        "beside": one.beside,
        "half": three(each.half),
        "system": three(system.half),
        "stopped": three(each.stopped),
        "several": tongue.fixed(one.least.several, 2),
        "not_massive": tongue.fixed(one.least.not_massive, 2),
        "share": tongue.fixed(one.share, 2),
    }


def limits(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """What the proposed limits would change: a row a finding, what changes first; none where none are proposed."""
    rows = sorted(found.limits, key=lambda one: not one.changed) if found.limits else []
    return [
        {
            "id": one.finding,
            "title": one.title,
            "number": tongue.say(f"tornado.{one.what}") if one.what else "",
            "before": _standing(tongue, one.before, one.unit),
            "after": _standing(tongue, one.after, one.unit),
            "changed": tongue.say("yes") if one.changed else "" if one.needs else tongue.say("none"),
            "needs": one.needs,
        }
        for one in rows
    ]


def _standing(tongue: Tongue, one: Stand | None, unit: str) -> str:
    """`undecided, 1.9 (holds in 0.41)`; empty where histories would have to be run."""
    if one is None:
        return ""
    number = value(tongue, unit, float(f"{one.number:.3g}"))
    return tongue.say(
        "limited.stand", ruling=tongue.say(f"ruling.{one.ruling}"), number=number, share=tongue.fixed(one.share, 2)
    )


def parties(found: Material, tongue: Tongue, at: RungVerdict) -> list[tuple[Markup | str, str]]:
    """The share for each party alone, and for each class of launch."""
    names: dict[str, str] = {party.name: words.party_name(tongue, party) for party in found.study.scenario.parties}
    titles = {case.name: tongue.own(case.title) for case in found.cases}
    said: list[tuple[Markup | str, str]] = [
        (names.get(name, name), tongue.fixed(value, 2)) for name, value in at.by_party.items()
    ]
    return said + [
        (titles.get(name, tongue.shown(name)), tongue.fixed(value, 2)) for name, value in at.by_class.items()
    ]


def numbers(found: Material, tongue: Tongue, at: RungVerdict) -> list[dict[str, str]]:
    """The numbers that a verdict rests on: the clearest gains first."""
    ranked = sorted(at.numbers, key=lambda n: not (n.gain.clear or n.gain.newly or n.gain.lost))
    return [_number(found, tongue, number) for number in ranked[:MOST_NUMBERS]]


def _number(found: Material, tongue: Tongue, number: Number) -> dict[str, str]:
    party = next((p for p in found.study.scenario.parties if p.name == number.party), None)
    case = next((c.title for c in found.cases if c.name == number.case), number.case)
    unit = found.unit(number.measure) if number.measure in found.study.data else ""
    return {
        "who": words.party_name(tongue, party) if party else number.party,
        "what": tongue.text(number.title),
        "case": tongue.text(case),
        "level": words.said(tongue, unit, number.level.value),
        "gain": words.gain_in_words(tongue, unit, number.gain),
    }


def decider(tongue: Tongue, one: Decider) -> dict[str, Any]:
    """One input that decides, as a row."""
    return {
        "title": words.input_name(tongue, one.input),
        "input": one.input,
        "index": tongue.fixed(one.index, 2),
        "threshold": tongue.fixed(one.threshold, 2),
        "width": f"{100 * min(1.0, max(0.0, one.index)):.0f}",
        "sourced": one.sourced,
    }


def ranked(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """All inputs that decide any finding, the strongest first, each once, with the findings it decides."""
    best: dict[str, Decider] = {}
    decides: dict[str, list[str]] = {}
    for verdict in found.verdicts:
        for one in verdict.deciders:
            decides.setdefault(one.input, []).append(verdict.id)
            if one.input not in best or one.index > best[one.input].index:
                best[one.input] = one
    ordered = sorted(best.values(), key=lambda one: -one.index)
    return [decider(tongue, one) | {"findings": ", ".join(decides[one.input])} for one in ordered]


def differences(found: Material) -> list[tuple[str, str, list[Markup]]]:
    """Where we differ: the finding, what is said of it, and its sources."""
    return [
        (v.id, v.where_we_differ, [linked(source) for source in v.sources]) for v in found.verdicts if v.where_we_differ
    ]
