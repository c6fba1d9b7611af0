"""What stands in the section on the centre? Finding F6 in full: by suspicion and rung, by event, by trust, and the notices."""

from collections.abc import Iterator
from typing import Any

from entente.ambiguous import NOTED, CentreVerdict, Suspicion, Three, Told, Trusted
from entente.questions.falsehood import CHECKS, Bound
from entente.questions.notices import formats
from entente.report import words
from entente.report.language import NBSP, Tongue
from entente.report.material import Material
from entente.scenario.event_files import load_event
from entente.scenario.rows import evidence, judging
from entente.turning import changed_by

Table = tuple[str, list[str], list[list[object]]]  # name of a file, its header, its rows


def verdict_of(found: Material) -> CentreVerdict | None:
    """F6, where it was computed."""
    return next((one.centre for one in found.verdicts if one.centre), None)


def centre(found: Material, tongue: Tongue) -> dict[str, Any]:
    """The tables of the section; nothing where F6 was not computed."""
    one = verdict_of(found)
    if one is None:
        return {}
    return {
        "steps": [row for some in one.suspicions for row in step_rows(tongue, some)],
        "told": [told_row(tongue, row) for row in one.told],
        "rungs": sorted(one.told[0].rungs),
        "draws": len(one.suspicions[0].margin),
        "noted": tongue.per_cent(NOTED),
        "believed": _believed(tongue),
        "hidden": _hidden(tongue),
        "trusts": [trust_row(tongue, row) for row in one.trusts],
        "bounds": [bound_row(tongue, row) for row in one.bounds],
        "checks": list(CHECKS),
        "formats": [
            {
                "agreement": row.title,
                "says": row.says,
                "deadline": row.deadline,
                "basis": tongue.say(f"basis.{row.basis}"),
            }
            for row in formats()
        ],
    }


def step_rows(tongue: Tongue, one: Suspicion) -> list[dict[str, str]]:
    """A row a rung: read wrongly or not at all, false alarms a year, attacks cleared."""
    whom = words.capital(tongue.say(f"centre.whom.{one.suspected.replace(' ', '_')}"))
    return [
        {
            "whom": whom,
            "rung": str(step.rung),
            "failed": f"{tongue.fixed(step.mean, 2)} ({_span(tongue, step.failed)})",
            "false": _number(tongue, step.false_mean, step.false_a_year),
            "missed": _number(tongue, step.missed_mean, step.missed),
        }
        for step in one.steps
    ]


def told_row(tongue: Tongue, one: Told) -> dict[str, Any]:
    """A row an event and side: the share of histories in which it is resolved correctly, rung by rung."""
    title = tongue.shown(one.title)
    return {
        "event": tongue.mark("centre.invented", event=title) if load_event(one.event).kind == "generic" else title,
        "party": tongue.text(one.side),
        "whom": tongue.say(f"centre.whom.{one.suspected.replace(' ', '_')}"),
        "cells": [_right(tongue, one, rung) for rung in one.rungs],
        "changed_by": changed_by([right for right, _, _ in one.rungs.values()]),
    }


def _right(tongue: Tongue, one: Told, rung: int) -> str:
    """The share resolved correctly; an arrow where it is lower than at the lowest rung by what is noted."""
    lower = one.change(rung, min(one.rungs)) > NOTED
    said = tongue.per_cent(one.rungs[rung][0])
    return f"{said}{NBSP}↓" if lower else said


def _believed(tongue: Tongue) -> tuple[str, str]:
    """The trust in a partner where a third party is suspected."""
    value = next(row.value for row in judging() if row.id == "trust-third")
    return tongue.number(value.low), tongue.number(value.high)


def _hidden(tongue: Tongue) -> tuple[str, str]:
    """How often an attack is assumed to come with a notice that fits."""
    value = next(row.chance["attack"] for row in evidence() if row.title == "notice matches")
    return f"{tongue.number(100.0 * value.low)}{NBSP}%", f"{tongue.number(100.0 * value.high)}{NBSP}%"


def trust_row(tongue: Tongue, one: Trusted) -> dict[str, str]:
    """The predicate at one trust."""
    return {
        "trust": tongue.fixed(one.trust, 2),
        "share": f"{tongue.fixed(one.share, 2)} ({_ends(tongue, one.interval)})",
        "falls": tongue.fixed(one.falls, 2),
        "calm": tongue.fixed(one.calm, 2),
        "failed": tongue.fixed(one.failed, 2),
        "false": tongue.number(one.false_a_year),
        "missed": tongue.number(one.missed),
    }


def bound_row(tongue: Tongue, one: Bound) -> dict[str, str]:
    """How far a false word reaches at one trust."""
    return {
        "trust": tongue.fixed(one.trust, 2),
        "decibans": f"{tongue.number(10.0 ** (one.decibans / 10.0))} ({tongue.fixed(one.decibans, 0)})",
        "chance": tongue.say("span", low=tongue.number(one.low), high=tongue.number(one.high)),
        "alarm": tongue.fixed(one.alarm, 2),
        "lull": tongue.fixed(one.lull, 2),
    }


def _span(tongue: Tongue, ends: Three) -> str:
    return tongue.say("span", low=tongue.fixed(ends[0], 2), high=tongue.fixed(ends[2], 2))


def _ends(tongue: Tongue, ends: tuple[float, float]) -> str:
    return tongue.say("span", low=tongue.fixed(ends[0], 2), high=tongue.fixed(ends[1], 2))


def _number(tongue: Tongue, mean: float, ends: Three) -> str:
    return f"{tongue.number(mean)} ({tongue.say('span', low=tongue.number(ends[0]), high=tongue.number(ends[2]))})"


def files(found: Material) -> Iterator[Table]:
    """The numbers of the section, a file a table."""
    one = verdict_of(found)
    if one is None:
        return
    ends = [f"{name}_{end}" for name in ("failed", "false_alarms_a_year", "attack_cleared") for end in (5, 50, 95)]
    steps: list[list[object]] = [
        [
            some.suspected,
            step.rung,
            step.mean,
            *step.failed,
            *step.false_a_year,
            *step.missed,
            some.share,
            some.by_notices,
            step.false_mean,
            step.missed_mean,
        ]
        for some in one.suspicions
        for step in some.steps
    ]
    means = ["false_alarms_a_year_mean", "attack_cleared_mean"]
    header = ["suspected", "rung", "failed_mean", *ends, "share_of_finding", "gain_by_notices", *means]
    yield "centre.csv", header, steps
    told: list[list[object]] = [
        [row.event, row.party, row.suspected, rung, *shares] for row in one.told for rung, shares in row.rungs.items()
    ]
    yield "resolved.csv", ["event", "party", "suspected", "rung", "correctly", "wrongly", "unresolved"], told
    yield from _words(one)


def _words(one: CentreVerdict) -> Iterator[Table]:
    bounds_of = ["share_at_least", "share_at_most", "misread_falls", "alarms_do_not_rise"]
    header = ["trust", "share_of_finding", *bounds_of, "failed", "false_alarms_a_year", "attack_cleared"]
    trusts: list[list[object]] = [
        [t.trust, t.share, *t.interval, t.falls, t.calm, t.failed, t.false_a_year, t.missed] for t in one.trusts
    ]
    yield "trust.csv", header, trusts
    header = ["trust", "p_attack_without", "p_attack_lowest", "p_attack_highest", "up [dB]", "alarm", "lull"]
    bounds: list[list[object]] = [[b.trust, b.without, b.low, b.high, b.decibans, b.alarm, b.lull] for b in one.bounds]
    yield "false_words.csv", header, bounds
