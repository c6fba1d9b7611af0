"""What do the tables of the page hold? Cases by rungs, who gives and gains, losses, paths: cells as text, ready to print."""

import re
from dataclasses import dataclass
from typing import Any

from entente.comparison import Change, Estimate, Exposure, Loss, Stride
from entente.report import words
from entente.report.language import Tongue
from entente.report.material import Material
from entente.scenario.schema import Case

MOST_LOSSES = 20  # rows on the page; the file has every loss
NUMBER = re.compile(r"\d[\d.,]*(e[-+]?\d+)?|nan")


@dataclass(frozen=True)
class Block:
    """One measure over cases and rungs."""

    name: str
    title: str
    unit: str
    lines: tuple[dict[str, Any], ...]


def blocks(found: Material, tongue: Tongue) -> list[Block]:
    """The lead measures, one block each."""
    out = []
    for name in found.lead:
        lines = [line for case in found.cases for line in _lines(found, tongue, name, case)]
        if lines:
            attrs = found.study.data[name].attrs
            unit = words.unit_name(tongue, "min:s" if attrs["units"] == "s" else str(attrs["units"]))
            out.append(Block(name, str(attrs["long_name"]), unit, tuple(lines)))
    return out


def _lines(found: Material, tongue: Tongue, name: str, case: Case) -> list[dict[str, Any]]:
    """One line a party in which the measure is defined at any rung."""
    unit = found.unit(name)
    lines: list[dict[str, Any]] = []
    for p, party in enumerate(found.study.scenario.parties):
        row = [found.levels[name, case.name, rung, party.name] for rung in found.rungs]
        if any(one.n for one in row):
            cells = []
            for rung, one in zip(found.rungs, row, strict=True):
                direction = _direction(found, name, case.name, rung, party.name)
                cells.append(cell(tongue, unit, one) | {"rung": rung, "tone": direction})
            first = not lines  # the others of a case leave its name out
            lines.append(
                {
                    "case": case.title,
                    "first": first,
                    "party": words.party_name(tongue, party),
                    "number": p,
                    "cells": cells,
                }
            )
    return lines


def _direction(found: Material, measure: str, case: str, rung: int, party: str) -> str:
    """At the headline rung: better, worse, or nothing that can be told from chance."""
    if rung != found.headline or rung == found.baseline:
        return ""
    way = found.changes[measure, case, party].direction
    return "" if way == "no clear change" else way


def cell(tongue: Tongue, unit: str, one: Estimate) -> dict[str, str]:
    """One value with both intervals and the share of histories in which it is undefined."""
    return {
        "value": words.cell(tongue, unit, one.value),
        "sampling": words.span(tongue, one.sampling, unit),
        "assumption": words.span(tongue, one.assumption, unit),
        "missing": ""
        if one.defined in (0.0, 1.0)
        else tongue.say("table.missing", share=tongue.per_cent(1 - one.defined)),
    }


def exchange(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """The two-party table, one block a case: what each gets, what each gives."""
    out = []
    for case in found.cases:
        lines = []
        for line in found.exchanges:
            if line.case != case.name:
                continue
            values = [line.values[party] for party in found.parties]
            if not all(_empty(one) for one in values):
                cells = [_given(tongue, line.unit, line.what, one) for one in values]
                ratio = "" if line.ratio is None else tongue.number(line.ratio)
                lines.append({"what": tongue.say(f"exchange.{line.what}"), "cells": cells, "ratio": ratio})
        if lines:
            out.append({"case": case.title, "lines": lines})
    return out


def _empty(one: Estimate | Exposure) -> bool:
    return not one.enough if isinstance(one, Exposure) else not (one.n or one.newly or one.lost)


def _given(tongue: Tongue, unit: str, what: str, one: Estimate | Exposure) -> dict[str, str]:
    """One side's value: an exposure, a level, or a gain with its sign."""
    if isinstance(one, Exposure):
        most = ", ".join(words.input_name(tongue, name) for name in list(one.by_input)[:2])
        return {
            "value": f"{tongue.number(one.nats)}" if one.enough else "–",
            "span": words.span(tongue, one.interval, unit),
            "assumption": "",
            "note": tongue.say("exchange.about", inputs=most) if most else "",
        }
    signs = what != "information_nats"
    write = words.signed if signs else words.cell
    value = write(tongue, unit, one.value)
    note = tongue.say("exchange.newly", share=tongue.per_cent(one.newly)) if one.newly else ""
    return {
        "value": value,
        "span": words.span(tongue, one.sampling, unit, signs),
        "assumption": words.span(tongue, one.assumption, unit, signs),
        "note": note,
    }


def losses(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """The losses between rungs, one row a step and cause: how much of what it hits, and the largest."""
    groups: dict[tuple[int, int, str], list[Loss]] = {}
    for loss in found.losses:
        groups.setdefault((loss.before, loss.rung, mechanism(loss.cause)), []).append(loss)
    ordered = sorted(groups.items(), key=lambda pair: (pair[0][:2], -len(pair[1])))
    return [_loss(found, tongue, group) for _, group in ordered[:MOST_LOSSES]]


def mechanism(cause: str) -> str:
    """A cause without its numbers: two losses that differ only in them have the same cause."""
    return NUMBER.sub("#", cause)


def _loss(found: Material, tongue: Tongue, group: list[Loss]) -> dict[str, Any]:
    """One row: the loss in most histories stands for the others, a lead measure before another."""
    largest = max(group, key=lambda loss: (loss.change.measure in found.lead, loss.change.gain.worse))
    change = largest.change
    names = list(dict.fromkeys(loss.change.measure for loss in group))
    names.sort(key=lambda name: name not in found.lead)
    parties = [party for party in found.study.scenario.parties if any(g.change.party == party.name for g in group)]
    return {
        "step": f"{largest.before}\N{NO-BREAK SPACE}→\N{NO-BREAK SPACE}{largest.rung}",
        "cause": largest.cause,
        "parties": tongue.listed([words.party_name(tongue, party) for party in parties]),
        "count": tongue.say(
            "losses.count",
            measures=tongue.count("measures", len(names)),
            cases=tongue.count("cases", len({loss.change.case for loss in group})),
        ),
        "measures": [str(found.study.data[name].attrs["long_name"]) for name in names],
        "measure": str(found.study.data[change.measure].attrs["long_name"]),
        "party": words.party_name(tongue, next(p for p in parties if p.name == change.party)),
        "case": next(case.title for case in found.cases if case.name == change.case),
        "change": words.gain_in_words(tongue, found.unit(change.measure), change.gain),
        "share": tongue.say("losses.share", share=tongue.per_cent(change.gain.worse)),
    }


def walks(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """The paths, step by step, with what is left if the other leaves."""
    return [
        {"title": way.title, "name": way.name, "steps": [_stride(found, tongue, stride) for stride in strides]}
        for way, strides in found.walks
    ]


def _stride(found: Material, tongue: Tongue, stride: Stride) -> dict[str, Any]:
    sides = []
    for p, party in enumerate(found.study.scenario.parties):
        gains = [change for change in stride.gains if change.party == party.name]
        leaving = stride.exit.get(party.name)
        sides.append(
            {
                "party": words.party_name(tongue, party),
                "number": p,
                "gains": _gains(tongue, gains),
                "revealed": tongue.number(sum(stride.accumulated.get(party.name, {}).values())),
                "vanishes": _gains(tongue, list(leaving.vanishes)) if leaving else "",
                "learned": tongue.number(sum(leaving.learned.values())) if leaving else "",
                "stays": tongue.number(sum(leaving.revealed.values())) if leaving else "",
            }
        )
    needs = list(stride.needs)
    return {"year": stride.year, "rung": stride.rung, "name": stride.name, "needs": needs, "sides": sides}


def _gains(tongue: Tongue, changes: list[Change]) -> str:
    """`better in: warning (3 cases); worse in: ...`, or nothing clear."""
    said = []
    for way in ("better", "worse"):
        count: dict[str, int] = {}
        for change in changes:
            if change.direction == way:
                count[change.measure] = count.get(change.measure, 0) + 1
        if count:
            named = [f"{words.measure_name(tongue, name)} ({tongue.count('cases', n)})" for name, n in count.items()]
            said.append(tongue.say(f"walk.{way}", measures=", ".join(named)))
    return "; ".join(said) or tongue.say("walk.same")
