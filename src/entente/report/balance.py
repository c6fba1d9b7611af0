"""What stands in the sections on balance? Findings F2, F3 and F7 in full: their tables, the time to decide, the false alarms."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from entente.findings import Verdict, sheet
from entente.predicates import Guarantee, Stabilising, Unilateral
from entente.questions.alarms import PUBLISHED, Inadvertence, inadvertence
from entente.questions.answers import Year
from entente.questions.deciding import Flight, Timeline, decision_timeline, three
from entente.questions.reliance import WAYS, Reliance, shared_warning
from entente.questions.showing import Bracket
from entente.questions.standing import side_of, uncertain_in
from entente.report import guarantees, words
from entente.report.clock import Clock
from entente.report.language import Tongue
from entente.report.material import Material
from entente.stabilising import LevelsVerdict, LevelVerdict
from entente.unilateral import Taking, answered, events

SECTIONS = {"F2": "unilateral", "F3": "levels", "F7": "thirds"}
FLIGHTS: tuple[Flight, ...] = ("icbm", "slbm")
NBSP = "\N{NO-BREAK SPACE}"
BAR_S = 30.0  # the gain of F5's bar, where a study has none of its own
MOST_WHY = 4  # sentences of a card whose section says them all
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Gain:
    """By how much a party's warning comes earlier in this study: least, middle and most over its launches [s]."""

    party: str
    seconds: Three


def sections(found: Material, tongue: Tongue) -> dict[str, dict[str, Any]]:
    """By name, what each section shows; only those whose finding was computed."""
    out = {}
    for verdict in found.verdicts:
        if verdict.id in SECTIONS and verdict.computed:
            out[SECTIONS[verdict.id]] = {"said": list(verdict.why), **_parts(found, tongue, verdict)}
    return out


def _parts(found: Material, tongue: Tongue, verdict: Verdict) -> dict[str, Any]:
    if verdict.levels:
        return {
            "levels": level_rows(tongue, verdict.levels),
            "clock": clock_rows(found, tongue),
            "ways": way_rows(found, tongue),
            "alarms": alarm_said(tongue, inadvertence()),
        }
    return {
        "takings": taking_rows(tongue, verdict.takings),
        "path": path_rows(tongue, path()) if verdict.id == "F2" else [],
        "record": record_rows(tongue) if verdict.id == "F2" else [],
        "guarantees": guarantee_rows(tongue, verdict.guarantees),
        **(guarantees.parts(found, tongue) if verdict.guarantees else {}),
    }


def level_rows(tongue: Tongue, found: LevelsVerdict) -> list[dict[str, str]]:
    """Every level, with the number of interceptors from which each effect shows."""
    return [
        level_row(tongue, one, cities, forces)
        for one, cities, forces in zip(found.levels, found.fewest["cities"], found.fewest["forces"], strict=True)
    ]


def level_row(tongue: Tongue, one: LevelVerdict, cities: Bracket, forces: Bracket) -> dict[str, str]:
    """One force level: the index and what each defence changes, middles of the draws, with the shares in which that is enough."""
    return {
        "level": tongue.whole(one.level),
        "index": tongue.fixed(one.index[1], 2),
        "cities": f"{_signed(tongue, one.cities[1], 2)} ({tongue.fixed(one.lowers, 2)})",
        "forces": f"{_signed(tongue, one.forces[1], 2)} ({tongue.fixed(one.raises, 2)})",
        "cities_from": bracket(tongue, cities),
        "forces_from": bracket(tongue, forces),
    }


def bracket(tongue: Tongue, one: Bracket) -> str:
    """`9 … 10`, `more than 3,000`; with the number up to which it shows where many more lose it again."""
    if one.seen is None:
        return tongue.say("levels.none", most=tongue.whole(one.lost))
    said = tongue.say("span", low=tongue.whole(one.lost), high=tongue.whole(one.seen))
    return said if one.until is None else f"{said}; {tongue.say('levels.until', most=tongue.whole(one.until))}"


def gained(found: Material) -> list[Gain]:
    """What F5 found of each party at its headline rung; none where it was not computed."""
    verdict = next((one for one in found.verdicts if one.id == "F5" and one.rung in one.by_rung), None)
    if verdict is None or verdict.rung is None:
        return []
    out = []
    for party in found.parties:
        numbers = verdict.by_rung[verdict.rung].numbers
        known = [n.gain.value for n in numbers if n.party == party and n.measure == "warning_s"]
        known = [value for value in known if math.isfinite(value)]
        if known:
            out.append(Gain(party, (min(known), float(np.median(known)), max(known))))
    return out


def pooled(found: Material) -> Three:
    """The gain over both parties: the least, the mean of the middles, the most; F5's bar where there is none."""
    gains = [one.seconds for one in gained(found)]
    if not gains:
        return (BAR_S, BAR_S, BAR_S)
    return min(g[0] for g in gains), sum(g[1] for g in gains) / len(gains), max(g[2] for g in gains)


def timelines(found: Material) -> list[tuple[str, Timeline]]:
    """By flight and party; the party is empty where the study has no gain of its own."""
    gains = gained(found) or [Gain("", pooled(found))]
    return [(one.party, decision_timeline(flight, one.seconds)) for flight in FLIGHTS for one in gains]


def clocks(found: Material, tongue: Tongue) -> list[Clock]:
    """The flights as they are drawn."""
    gains = tuple(one.seconds[1] for one in gained(found))
    out = []
    for flight in FLIGHTS:
        one = decision_timeline(flight, pooled(found))
        middles = {name: three(seconds)[1] for name, seconds in one.steps.items()}
        low, left, high = three(one.left_s)
        length = three(one.flight_s)[1]
        before = tuple((name, middles[name]) for name in ("detection", "report", "assessment"))
        spread = tongue.say("span", low=tongue.clock(low), high=tongue.clock(high))
        title = f"{tongue.say(f'clock.{flight}')}, {tongue.clock(length)}"
        out.append(Clock(title, length, before, middles["execution"], left, spread, gains))
    return out


def clock_rows(found: Material, tongue: Tongue) -> list[dict[str, str]]:
    """A row a flight and party: the gain, what is left to decide, and the gain as a share of it."""
    titles: dict[str, str] = {p.name: words.party_name(tongue, p) for p in found.study.scenario.parties}
    return [
        {
            "flight": tongue.say(f"clock.{one.flight}"),
            "party": titles.get(party, tongue.say("clock.bar")),
            "gain": f"{_ends(tongue, three(one.gain_s))}{NBSP}{tongue.say('unit.s')}",
            "left": _clocked(tongue, three(one.left_s)),
            "share": _shares(tongue, three(one.share)),
            "decision": _shares(tongue, three(one.of_decision)),
            "late": " → ".join(tongue.per_cent(share) for share in one.too_late),
        }
        for party, one in timelines(found)
    ]


def _ends(tongue: Tongue, ends: Three) -> str:
    low, middle, high = (tongue.number(one) for one in ends)
    return middle if low == high else f"{middle} ({tongue.say('span', low=low, high=high)})"


def _clocked(tongue: Tongue, ends: Three) -> str:
    low, middle, high = (tongue.clock(one) for one in ends)
    return f"{middle} ({tongue.say('span', low=low, high=high)})"


def _shares(tongue: Tongue, ends: Three) -> str:
    low, middle, high = (tongue.per_cent(one) for one in ends)
    return middle if low == high else f"{middle} ({tongue.say('span', low=low, high=high)})"


def reliance(found: Material) -> Reliance:
    """Shared warning under launch under attack, with the forces of F3 and the gain of this study."""
    predicate = next(row.predicate for row in sheet().findings if isinstance(row.predicate, Stabilising))
    side_a, side_b = (side_of(party, predicate.year) for party in predicate.parties)
    return shared_warning(side_a, side_b, pooled(found), uncertain=uncertain_in(predicate.year, *predicate.parties))


def way_rows(found: Material, tongue: Tongue) -> list[dict[str, str]]:
    """Without sharing, sharing with reliance as before, sharing with reliance by the rule."""
    one = reliance(found)
    rows = []
    for n, way in enumerate(WAYS):
        factor = tuple(tongue.fixed(v, 2) for v in three(one.change("yearly", way)))
        index = tuple(_signed(tongue, v) for v in three(one.change("index", way)))
        back = tuple(_signed(tongue, v, 0) for v in three(one.change("tenth_b", way)))
        row = {"way": tongue.say(f"ways.{way}"), "lua": _shares(tongue, three(one.under_attack[n]))}
        row |= {name: _middle(tongue, ends) if n else "–" for name, ends in (("index", index), ("back", back))}
        row |= {"factor": _middle(tongue, factor) if n else "1", "rises": tongue.per_cent(one.rises(way)) if n else "–"}
        rows.append(row)
    return rows


def _middle(tongue: Tongue, ends: tuple[str, ...]) -> str:
    low, middle, high = ends
    return middle if low == high else f"{middle} ({tongue.say('span', low=low, high=high)})"


def _signed(tongue: Tongue, value: float, digits: int = 3) -> str:
    """With its sign, a true minus; 0 has none."""
    said = tongue.fixed(abs(value), digits)
    if not any(one in "123456789" for one in said):
        return "0"
    return ("+" if value > 0.0 else "−") + said


def alarm_said(tongue: Tongue, one: Inadvertence) -> dict[str, str]:
    """The range of the fault tree, what sharing changes, and the published range beside it."""
    alone, shared, published = (_powers(tongue, ends) for ends in (three(one.alone), three(one.shared), PUBLISHED))
    low, middle, high = (tongue.fixed(value, 2) for value in three(one.factor))
    return {
        "range": tongue.say("alarms.range", alone=alone, shared=shared, orders=tongue.fixed(one.orders, 1)),
        "factor": tongue.say(
            "alarms.factor",
            middle=middle,
            span=tongue.say("span", low=low, high=high),
            rises=tongue.per_cent(one.rises),
        ),
        "published": tongue.say("alarms.published", published=published),
    }


def _powers(tongue: Tongue, ends: Three) -> str:
    """`1 in 11,000 (1 in 270,000 to 1 in 560)` a year."""
    low, middle, high = (tongue.say("alarms.one_in", n=tongue.number(1.0 / value)) for value in ends)
    return f"{middle} ({tongue.say('span', low=low, high=high)})"


def path() -> tuple[Year, ...]:
    """The path of action and reaction of F2."""
    return answered(next(row.predicate for row in sheet().findings if isinstance(row.predicate, Unilateral)))


def path_rows(tongue: Tongue, years: tuple[Year, ...]) -> list[dict[str, str]]:
    """A row a year."""
    titles = {one.id: one.title for one in events()}
    return [
        {
            "year": str(one.year),
            "interceptors": f"{one.interceptors[0]} / {one.interceptors[1]}",
            "loss": _shares(tongue, one.loss),
            "after": _shares(tongue, one.after),
            "built": _ends(tongue, one.built),
            "limit": "–" if one.room.left is None else f"{tongue.whole(one.room.left)}; {tongue.fixed(one.beyond, 2)}",
            "counted": _signed(tongue, one.counted, 0),
            "events": "; ".join(titles[name] for name in one.events),
            "verdict": tongue.say(f"record.{one.verdict}"),
        }
        for one in years
    ]


def taking_rows(tongue: Tongue, found: tuple[Taking, ...]) -> list[dict[str, Any]]:
    """A row a year and view of a defence: what is lost in its most and least favourable case, in which share it holds."""
    cells: dict[tuple[int, str], list[Taking]] = {}
    for one in found:
        cells.setdefault((one.year, one.seen), []).append(one)
    return [
        {
            "seen": f"{year}, {tongue.say(f'seen.{name}')}: {of[0].interceptors}",
            "most": _shares(tongue, max(of, key=lambda one: one.loss[1]).loss),
            "least": tongue.per_cent(min(one.loss[1] for one in of)),
            "share": _holds(tongue, [one.share for one in of]),
        }
        for (year, name), of in cells.items()
    ]


def _holds(tongue: Tongue, shares: list[float]) -> str:
    """The least and the most of several shares; one where they are the same."""
    low, high = (tongue.fixed(one, 2) for one in (min(shares), max(shares)))
    return low if low == high else tongue.say("span", low=low, high=high)


def record_rows(tongue: Tongue) -> list[dict[str, Any]]:
    """What happened to agreements: the day, what, the reason given, the grade of the source, and the verdict."""
    return [
        {
            "day": one.day.isoformat(),
            "title": one.title,
            "reason": one.reason_given,
            "grade": one.grade,
            "verdict": tongue.say(f"record.{one.verdict}"),
        }
        for one in events()
    ]


def guarantee_rows(tongue: Tongue, promised: tuple[Guarantee, ...]) -> list[dict[str, Any]]:
    """Each guarantee, and its clauses: what, by which means it is observed, what of a breach would be seen, and when."""
    return [
        {
            "title": one.title,
            "observable": tongue.say("yes" if one.observable else "card.guarantees.no"),
            "clauses": [
                {"what": of.what, "means": tongue.say(f"means.{of.means}"), "breach": of.breach, "when": of.when}
                for of in one.clauses
            ],
        }
        for one in promised
    ]
