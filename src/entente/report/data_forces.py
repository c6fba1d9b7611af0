"""The numbers behind the balance: F3 level by level, time to decide, false alarms, answers and promises."""

import math

from entente.massive import MODES
from entente.questions.alarms import inadvertence
from entente.questions.deciding import three
from entente.questions.reliance import WAYS
from entente.questions.showing import Bracket
from entente.report.balance import path as answers
from entente.report.balance import reliance, timelines
from entente.report.material import Material
from entente.report.sheet import Sheet, ranged
from entente.unilateral import Taking, events


def force_levels(found: Material) -> list[Sheet]:
    """Finding F3, level by level; the time to decide; false alarms. None where it was not computed."""
    rows: list[list[object]] = [
        [
            one.level,
            *one.index,
            *one.cities,
            *one.forces,
            one.lowers,
            one.raises,
            *one.tenth,
            *_from(cities),
            *_from(forces),
        ]
        for v in found.verdicts
        if v.levels
        for one, cities, forces in zip(
            v.levels.levels, v.levels.fewest["cities"], v.levels.fewest["forces"], strict=True
        )
    ]
    header = [
        "warheads",
        *ranged("index"),
        *ranged("cities_change"),
        *ranged("forces_change"),
        "cities_lower",
        "forces_raise",
    ]
    header += ["arriving_10th_percentile_a", "arriving_10th_percentile_b"]
    header += [f"{name}_{end}" for name in ("cities", "forces") for end in ("lost_at", "shows_at", "lost_again_after")]
    return [Sheet("force_levels.csv", header, rows), clock(found), alarms(found)] if rows else []


def _from(one: Bracket) -> list[object]:
    return [one.lost, one.seen, one.until]


def clock(found: Material) -> Sheet:
    """The time to decide, by flight and party: each step, what is left, what the gain comes to."""
    header = ["flight", "party", "what", "unit", *ranged("value")]
    rows: list[list[object]] = []
    for party, one in timelines(found):
        parts = {f"{name}": seconds for name, seconds in one.steps.items()}
        parts |= {"flight": one.flight_s, "together": one.total_s, "left": one.left_s, "gain": one.gain_s}
        rows += [[one.flight, party, name, "s", *three(seconds)] for name, seconds in parts.items()]
        shares = {"gain of the time to decide": one.share, "gain of what a decision is said to take": one.of_decision}
        rows += [[one.flight, party, name, "share", *three(values)] for name, values in shares.items()]
    return Sheet("clock.csv", header, rows)


def alarms(found: Material) -> Sheet:
    """Inadvertent war in a year by the fault tree, and shared warning under launch under attack."""
    tree, one = inadvertence(), reliance(found)
    rows: list[list[object]] = [
        ["fault tree", way, "chance a year", *three(values)]
        for way, values in (("alone", tree.alone), ("shared", tree.shared))
    ]
    rows.append(["fault tree", "shared", "factor", *three(tree.factor)])
    for n, way in enumerate(WAYS):
        rows.append(["reliance", way, "share launched under attack", *three(one.under_attack[n])])
        for what, unit in (("index", "change of the index"), ("tenth_b", "change of the 10th percentile of B")):
            rows.append(["reliance", way, unit, *three(one.change(what, way))])
        rows.append(["reliance", way, "factor of inadvertent war", *three(one.change("yearly", way))])
    return Sheet("alarms.csv", ["model", "warning", "what", *ranged("value")], rows)


def path() -> Sheet:
    """Finding F2: the path of action and reaction, year by year."""
    header = [
        "year",
        "deployed",
        "deployed_or_announced",
        *ranged("loss"),
        *ranged("loss_after"),
        *ranged("asked_warheads"),
    ]
    header += [
        *ranged("built_warheads"),
        "limit",
        "limit_warheads",
        "counted",
        "counted_on",
        "beyond_limit",
        "change_of_count",
    ]
    rows: list[list[object]] = []
    for one in answers():
        row: list[object] = [
            one.year,
            *one.interceptors,
            *one.loss,
            *one.after,
            *one.asked,
            *one.built,
            one.room.agreement,
        ]
        row += [
            one.room.limit.value if one.room.limit else None,
            one.room.counted,
            one.room.when.isoformat(),
            one.beyond,
        ]
        rows.append([*row, one.counted, "; ".join(one.events), one.verdict])
    return Sheet("answers.csv", [*header, "events", "verdict"], rows)


def taken(found: Material) -> list[Sheet]:
    """Findings F2 and F7, case by case; and what happened to agreements."""
    rows = [[v.id, *_taking(one)] for v in found.verdicts for one in v.takings]
    header = ["finding", "defender", "deterrent", "year", "seen", "posture", "beside", "failures", "interceptors"]
    header += [
        *ranged("arriving_10th_percentile"),
        *ranged("loss_share"),
        *ranged("growth_warheads"),
    ]
    header += [*ranged("most_interceptors"), "share", "share_low", "share_high", "ruling"]
    return [Sheet("takings.csv", header, rows), promised(found), path(), record()]


def promised(found: Material) -> Sheet:
    """The guarantees of finding F7, clause by clause: means of verification, what of a breach would be seen, and when."""
    header = ["guarantee", "title", "interceptors_at_most", "observable", "clause", "means", "breach_seen", "when"]
    rows: list[list[object]] = [
        [one.name, one.title, one.at_most, "yes" if one.observable else "no", of.what, of.means, of.breach, of.when]
        for v in found.verdicts
        for one in v.guarantees
        for of in one.clauses
    ]
    return Sheet("guarantees.csv", header, rows)


def _taking(one: Taking) -> list[object]:
    asked: list[object] = [one.defender, one.deterrent, one.year, one.seen, one.posture, one.beside, MODES[one.system]]
    growth = [value if math.isfinite(value) else None for value in one.growth]
    ends = [*one.without, *one.loss, *growth, *one.most, one.share, *one.interval, one.ruling]
    return [*asked, one.interceptors, *ends]


def record() -> Sheet:
    """What happened to agreements, dated and graded."""
    header = ["day", "title", "what", "who", "touches", "reason_given", "grade", "verdict", "source"]
    rows: list[list[object]] = []
    for one in events():
        row: list[object] = [one.day.isoformat(), one.title, one.what, "; ".join(one.who), "; ".join(one.touches)]
        rows.append([*row, one.reason_given, one.grade, one.verdict, "; ".join(one.source)])
    return Sheet("record.csv", header, rows)
