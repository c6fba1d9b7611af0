"""What does finding F4 rest on, rung by rung? For each raid what is protected, by both counts of decoys, and what is spent.

A table a raid; rungs at which every cell reads the same share a row.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from entente.comparison import histories, level
from entente.questions.covered import MILLION
from entente.questions.defended import way_of
from entente.report import tables, words
from entente.report.language import Tongue
from entente.report.material import Material
from entente.scenario.schema import Case

CHANCES = ("p_no_leaker_decoys", "p_no_leaker", "p_no_leaker_system")  # the less favourable first
SAFE = ("people_protected_decoys", "people_protected", "sites_protected_decoys", "sites_protected")
SPENT = ("shots", "shots_twice", "shots_left")  # of both parties together
SEAM = "seam_gaps"


@dataclass(frozen=True)
class Raid:
    """An attack on a region that a party answers for: the means over all histories, by rung and measure."""

    case: Case
    party: str  # who answers for the region
    means: dict[tuple[int, str], float]  # nan where undefined
    covered: dict[str, int]  # people inside the party's footprint against such missiles, by way, and in their reach


def raids(found: Material) -> list[Raid]:
    """Every raid of the study on a region that somebody answers for and could be defended."""
    parties = found.study.scenario.parties
    out = []
    for case in found.cases:
        for party in parties:
            if case.nature == "attack" and case.target in party.answers_for:
                means = {
                    (rung, name): _mean(found, name, case.name, rung, party.name)
                    for rung in found.rungs
                    for name in (*CHANCES, *SAFE, *SPENT, SEAM)
                }
                out.append(Raid(case, party.name, means, found.covered[case.name, party.name]))
    return out


def _mean(found: Material, name: str, case: str, rung: int, party: str) -> float:
    """The mean over all histories; of what is spent the sum over the parties."""
    if name not in found.study.data:
        return float("nan")
    if name in SPENT:
        sides = [histories(found.study, name, case, rung, one) for one in found.parties]
        return float(np.mean(np.nansum(sides, axis=0)))
    return float(np.mean(histories(found.study, name, case, rung, party)))


def protection(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """A table a raid, as text."""
    numbers: dict[str, int] = {party.name: n for n, party in enumerate(found.study.scenario.parties)}
    return [
        {
            "case": raid.case.title,
            "party": words.party_name(tongue, found.study.scenario.parties[numbers[raid.party]]),
            "number": numbers[raid.party],
            "rows": _rows(found, tongue, raid),
        }
        for raid in raids(found)
    ]


def _rows(found: Material, tongue: Tongue, raid: Raid) -> list[dict[str, Any]]:
    """One row for the rungs that read the same, one after the other."""
    rows: list[dict[str, Any]] = []
    for rung in found.rungs:
        cells = [
            tables.cell(tongue, "1", level(found.study, name, raid.case.name, rung, raid.party))
            for name in CHANCES
            if name in found.study.data
        ]
        for pair in (SAFE[:2], SAFE[2:]):
            shown = [_count(tongue, raid.means[rung, name]) for name in pair]
            cells.append({"value": shown[0], "sampling": "", "assumption": shown[1]})
        cells += [
            {"value": tongue.fixed(raid.means[rung, name], 1), "sampling": "", "assumption": ""} for name in SPENT
        ]
        seam = {"value": tongue.per_cent(raid.means[rung, SEAM]), "sampling": "", "assumption": ""}
        way = way_of(found.rung(rung))
        inside, reach = (tongue.number(raid.covered[key] / MILLION) for key in (way, "in reach"))
        of = tongue.say("protection.of", reach=reach)
        cells += [seam, {"value": inside, "sampling": "", "assumption": of}]
        if rows and rows[-1]["cells"] == cells:
            rows[-1]["rungs"].append(rung)
        else:
            rows.append({"rungs": [rung], "cells": cells})
    for row in rows:
        first, last = row["rungs"][0], row["rungs"][-1]
        row["label"] = str(first) if first == last else f"{first}\u2013{last}"
        row["now"] = found.baseline in row["rungs"]
    return rows


def _count(tongue: Tongue, value: float) -> str:
    """People or sites: two figures of a large number, one after the point of a small one."""
    if np.isnan(value):
        return "–"
    return tongue.number(value) if value >= 10.0 or value == 0.0 else tongue.fixed(value, 1)
