"""The answer first: what the headline rung buys whom, what it does not, what it costs, and why to believe it.

Every sentence is chosen by the data: a gain, a loss, nothing that can be told from chance, or undefined, and why.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from entente.ambiguous import CentreVerdict
from entente.comparison import Change
from entente.findings import Verdict
from entente.report import words
from entente.report.language import Tongue
from entente.report.material import PICTURED, PROTECTION, Material
from entente.scenario.schema import Party
from entente.stabilising import LevelsVerdict

TELLING = 0.2  # difference between the parties' shares from which a verdict names both
TYPICAL = 0.5  # share of histories from which a change is called typical


@dataclass(frozen=True)
class Answer:
    """The first screen of the page."""

    headline: str
    sentences: tuple[tuple[str, Markup], ...]  # a label and what is said


def answer(found: Material, tongue: Tongue) -> Answer:
    """The headline and some labelled sentences."""
    parties = found.study.scenario.parties
    sentences = [(words.party_name(tongue, party), buys(found, tongue, party)) for party in parties]
    sentences += verdicts(found, tongue)
    sentences += [(tongue.say("answer.costs"), costs(found, tongue))]
    sentences += [(tongue.say("answer.believe"), believe(found, tongue))]
    return Answer(headline(found, tongue), tuple((name, words.asides(said)) for name, said in sentences if said))


def headline(found: Material, tongue: Tongue) -> str:
    """Who is better off, in how many cases, in one sentence."""
    rung, cases = found.rung(found.headline), len(found.cases)
    named = {"rung": rung.rung, "name": tongue.text(rung.name), "baseline": found.baseline}
    if found.headline == found.baseline:
        return tongue.say("headline.alone", **named)
    if not found.can_tell:
        return tongue.say("headline.few", **named, histories=tongue.count("histories", found.seeds))
    better: dict[str, int] = {p.name: len(cases_with(found, p.name, "better")) for p in found.study.scenario.parties}
    worse: dict[str, int] = {p.name: len(cases_with(found, p.name, "worse")) for p in found.study.scenario.parties}
    names: dict[str, str] = {p.name: words.party_name(tongue, p) for p in found.study.scenario.parties}
    helped = [name for name in names if better[name]]
    of = tongue.noun("of_cases", cases)

    def share(count: dict[str, int], who: list[str]) -> str:
        key = "headline.share" if cases > 1 else "headline.share.one"
        return tongue.listed([tongue.say(key, party=names[w], k=count[w], n=cases, cases=of) for w in who])

    key = {0: "headline.none", 1: "headline.one"}.get(
        len(helped), "headline.both" if cases > 1 else "headline.both.one"
    )
    other = next((names[name] for name in names if name not in helped), "")
    said = tongue.say(
        key, **named, shares=share(better, helped), party="".join(names[h] for h in helped[:1]), other=other
    )
    hurt = [name for name in names if worse[name]]
    return f"{said} {tongue.say('headline.worse', shares=share(worse, hurt))}" if hurt else said


def cases_with(found: Material, party: str, direction: str) -> list[str]:
    """The cases in which a party is typically better (or worse) off in any lead measure, beyond noise."""
    return [
        case.name
        for case in found.cases
        if any(typically(found.changes[name, case.name, party]) == direction for name in found.lead)
    ]


def typically(change: Change) -> str:
    """Where a change beyond noise goes in the typical history; empty if most histories stay as they are."""
    share = {"better": change.gain.better, "worse": change.gain.worse}.get(change.direction, 0.0)
    return change.direction if share >= TYPICAL or (share and change.gain.statistic == "mean") else ""


def buys(found: Material, tongue: Tongue, party: Party) -> str:
    """What one party gains: of one case all that changes; of several in how many, and one of them with its numbers."""
    if found.headline == found.baseline:
        return ""
    if len(found.cases) == 1:
        changes = [found.changes[name, found.cases[0].name, party.name] for name in found.lead]
        told = [_told(found, tongue, change) for change in changes if change.direction != "no clear change"]
    else:
        told = [said for name in found.lead if (said := _counted(found, tongue, name, party.name))]
    if not told:
        return tongue.say("answer.nothing")
    still = _still(found, tongue, party.name)
    told += [tongue.say("counted.none", measures=", ".join(still))] if still else []
    said = words.capital("; ".join(told)) + "."
    examples = _examples(found, party.name) if len(found.cases) > 1 else []
    if not examples:
        return said
    case = next(case for case in found.cases if case.name == examples[0].case)
    told = [_told(found, tongue, one) for one in examples]
    return Markup(" ").join([said, tongue.mark("answer.example", case=tongue.own(case.title), told="; ".join(told))])


def _still(found: Material, tongue: Tongue, party: str) -> list[str]:
    """What can be compared and changes nowhere beyond chance; protection is said once if none of its forms changes."""
    same = [name for name in (*PICTURED, *PROTECTION) if _unchanged(found, name, party)]
    if set(PROTECTION) <= set(same):
        same = [*(name for name in same if name not in PROTECTION), "protection"]
    return [words.measure_name(tongue, name) for name in dict.fromkeys(same)]


def _told(found: Material, tongue: Tongue, change: Change) -> str:
    """One change with its numbers."""
    rungs = (found.baseline, found.headline)
    before, after = (found.levels[change.measure, change.case, rung, change.party] for rung in rungs)
    return words.phrase(tongue, change, found.unit(change.measure), before, after)


def _counted(found: Material, tongue: Tongue, measure: str, party: str) -> str:
    """`a warning comes sooner in 5 of 12 cases`; empty where no case shows a change."""
    defined = _defined(found, measure, party)
    better, worse = (sum(typically(c) == way for c in defined) for way in ("better", "worse"))
    some = sum(c.direction != "no clear change" and not typically(c) for c in defined)
    if not (better or worse or some):
        return ""
    key = "both" if better and worse else "better" if better else "worse" if worse else "some"
    named = {"measure": words.measure_name(tongue, measure), "n": len(defined)}
    named |= {"better": better, "worse": worse, "cases": tongue.noun("of_cases", len(defined))}
    special = f"counted.{measure}.{key}"
    said = tongue.say(special if tongue.has(special) else f"counted.{key}", some=some, **named)
    return said + tongue.say("counted.also", some=some) if some and key != "some" else said


def _defined(found: Material, measure: str, party: str) -> list[Change]:
    """The changes of one measure in the cases in which it can be compared."""
    changes = [found.changes[measure, case.name, party] for case in found.cases]
    return [c for c in changes if c.gain.defined or c.gain.newly or c.gain.lost]


def _unchanged(found: Material, measure: str, party: str) -> bool:
    """Whether a measure can be compared and changes nowhere beyond chance."""
    if measure not in found.study.data:
        return False
    defined = _defined(found, measure, party)
    return bool(defined) and all(c.direction == "no clear change" for c in defined)


def _examples(found: Material, party: str) -> list[Change]:
    """The largest typical gain in the pictured measure that gains in most cases, of an attack if in any; and what else
    is gained most in that case.
    """
    attacks = {case.name for case in found.cases if case.nature == "attack"}
    gains = {}
    for name in PICTURED:
        changes = _defined(found, name, party) if name in found.study.data else []
        gains[name] = [c for c in changes if typically(c) == "better" and c.gain.value > 0.0]
    ranked = sorted((some for some in gains.values() if some), key=len, reverse=True)
    largest = [max(some, key=lambda c: (c.case in attacks, c.gain.value)) for some in ranked]
    return [c for c in largest if c.case == largest[0].case]


def verdicts(found: Material, tongue: Tongue) -> list[tuple[str, Markup]]:
    """Each finding that was computed: what was asked, the verdict, and the share."""
    said = []
    for verdict in found.verdicts:
        if verdict.raids:
            said.append(_several(tongue, verdict))
        if verdict.levels:
            said.append(_stabilising(tongue, verdict, verdict.levels))
        if verdict.centre:
            said.append(_centre(tongue, verdict, verdict.centre))
        if verdict.takings:
            said.append(_takings(tongue, verdict))
        if not verdict.computed or verdict.rung is None:
            continue
        at = verdict.by_rung[verdict.rung]
        label = tongue.say("answer.verdict.label", id=verdict.id, title=tongue.text(verdict.title))
        named: dict[str, str] = {"question": tongue.shown(verdict.question)}
        named |= {"ruling": words.capital(tongue.say(f"ruling.{verdict.ruling}"))}
        if math.isnan(at.share):
            said.append((label, tongue.mark("answer.verdict.open", **named)))
            continue
        named |= {"share": tongue.fixed(at.share, 2), "alone": _by_party(found, tongue, at.by_party)}
        said.append((label, tongue.mark("answer.verdict", **named)))
    return said or [(tongue.say("answer.verdicts"), Markup(tongue.say("answer.no_verdict")))]


def _several(tongue: Tongue, verdict: Verdict) -> tuple[str, Markup]:
    """F1: the headline case, and the same year with every warhead told apart."""
    first = verdict.raids[0]
    told = next((one for one in verdict.raids if one.year == first.year and not one.beside), first)
    named: dict[str, str] = {"question": tongue.shown(verdict.question)}
    named |= {"ruling": words.capital(tongue.say(f"ruling.{verdict.ruling}")), "year": str(first.year)}
    named |= {"share": tongue.fixed(first.share, 2), "told": tongue.fixed(told.share, 2)}
    named |= {"massive": tongue.fixed(min(mode.not_massive for mode in first.modes), 2)}
    label = tongue.say("answer.verdict.label", id=verdict.id, title=tongue.text(verdict.title))
    return label, tongue.mark("answer.verdict.raids", n=first.beside, **named)


def _stabilising(tongue: Tongue, verdict: Verdict, found: LevelsVerdict) -> tuple[str, Markup]:
    """F3: over all levels, and each half at the highest and at the lowest."""
    label = tongue.say("answer.verdict.label", id=verdict.id, title=tongue.text(verdict.title))
    named: dict[str, str] = {"question": tongue.shown(verdict.question)}
    named |= {"ruling": words.capital(tongue.say(f"ruling.{verdict.ruling}")), "share": tongue.fixed(found.share, 2)}
    for end, one in (("top", found.levels[0]), ("end", found.levels[-1])):
        named |= {end: tongue.whole(one.level), f"{end}_cities": tongue.fixed(one.lowers, 2)}
        named |= {f"{end}_forces": tongue.fixed(one.raises, 2)}
    return label, tongue.mark("answer.verdict.levels", **named)


def _centre(tongue: Tongue, verdict: Verdict, found: CentreVerdict) -> tuple[str, Markup]:
    """F6: where the partner is suspected, and where a third party is."""
    label = tongue.say("answer.verdict.label", id=verdict.id, title=tongue.text(verdict.title))
    named: dict[str, str] = {"question": tongue.shown(verdict.question)}
    named |= {"ruling": words.capital(tongue.say(f"ruling.{verdict.ruling}"))}
    named |= {
        "partner": tongue.fixed(found.of("partner").share, 2),
        "third": tongue.fixed(found.of("third party").share, 2),
    }
    return label, tongue.mark("answer.verdict.centre", **named)


def _takings(tongue: Tongue, verdict: Verdict) -> tuple[str, Markup]:
    """F2 and F7: the headline row, and the same year and view in its most favourable case."""
    first = verdict.takings[0]
    best = max(one.share for one in verdict.takings if (one.year, one.seen) == (first.year, first.seen))
    label = tongue.say("answer.verdict.label", id=verdict.id, title=tongue.text(verdict.title))
    named: dict[str, str] = {"question": tongue.shown(verdict.question), "year": str(first.year)}
    named |= {"ruling": words.capital(tongue.say(f"ruling.{verdict.ruling}")), "seen": tongue.say(f"seen.{first.seen}")}
    named |= {"share": tongue.fixed(first.share, 2), "best": tongue.fixed(best, 2)}
    return label, tongue.mark("answer.verdict.takings", **named)


def _by_party(found: Material, tongue: Tongue, shares: dict[str, float]) -> str:
    """For whom a predicate that is asked of each party holds, where the parties differ."""
    known = {party: share for party, share in shares.items() if math.isfinite(share)}
    if len(known) < 2 or max(known.values()) - min(known.values()) < TELLING:
        return ""
    titles: dict[str, str] = {party.name: words.party_name(tongue, party) for party in found.study.scenario.parties}
    said = [
        tongue.say("answer.verdict.party", party=titles[name], share=tongue.fixed(share, 2))
        for name, share in known.items()
    ]
    return tongue.say("answer.verdict.alone", shares=tongue.listed(said))


def costs(found: Material, tongue: Tongue) -> str:
    """What each gives away, and whether the rung is balanced."""
    said = []
    for party in found.study.scenario.parties:
        name, costliest = words.party_name(tongue, party), found.costliest(party.name, found.headline)
        if costliest is None:
            continue
        if not costliest[1].nats:
            seen = tongue.count("histories", found.seeds)
            limit = tongue.number(costliest[1].limit)
            said.append(tongue.mark("answer.cost.nothing", party=name, n=seen, limit=limit))
            continue
        case = next(case for case in found.cases if case.name == costliest[0])
        span = words.span(tongue, costliest[1].interval, "nats")
        nats = tongue.number(costliest[1].nats)
        said.append(tongue.mark("answer.cost", party=name, nats=nats, span=span, case=tongue.own(case.title)))
    first = Markup(tongue.say("answer.cost.few", n=tongue.count("histories", found.seeds)))
    if said:
        first = tongue.mark("answer.cost.all", costs=Markup("; ").join(said))
    balance = tongue.say("balance.yes" if found.balance.balanced else "balance.no", rung=found.headline)
    return first + " " + balance if found.headline != found.baseline else first


def believe(found: Material, tongue: Tongue) -> str:
    """Why to believe it."""
    return tongue.say(
        "answer.because",
        baseline=found.baseline,
        histories=tongue.count("histories", found.seeds),
        inputs=tongue.count("inputs", found.drawn),
    )
