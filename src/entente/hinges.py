"""What does each verdict hang on? The number behind it, draw by draw, with what was drawn: what moves it, what reverses it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from entente.ambiguous import CentreVerdict
from entente.compiled import Floats
from entente.deciders import is_sourced, knowing
from entente.massive import RaidVerdict
from entente.massive import margin as massive_margin
from entente.predicates import (
    Ambiguous,
    AtRungs,
    Compatible,
    Guaranteed,
    Massive,
    Protection,
    Stabilising,
    Unilateral,
    margins,
)
from entente.questions import national
from entente.questions.deterrents import POSTURES, Back, Posture, Seen, Shield, able, seen, shield, struck, taken
from entente.questions.holdings import forces
from entente.questions.judged import assumed
from entente.questions.levels import ASSUMED, of_side
from entente.questions.sides import ALERT
from entente.reversals import Reversal, reversals
from entente.scenario.parts import Ranged
from entente.scenario.rows import judging
from entente.scenario.systems import Interceptor
from entente.scenario.world import at_share
from entente.stabilising import OWNERS, drawn
from entente.strategy import stability as kernels
from entente.study import Study
from entente.swings import Sample, Swing, swings
from entente.thirds import engaging, least
from entente.unilateral import NATIONS, SEEN, Taking

UNITS = (
    ("_kg_m2", "kg/m2"),
    ("_km_s", "km/s"),
    ("_km2", "km2"),
    ("_m2", "m2"),
    ("_km", "km"),
    ("_deg", "deg"),
    ("_s", "s"),
    ("_m", "m"),
    ("warheads", "warheads"),
    ("able_to_reach", "warheads"),
    ("value_w80", "weapons"),
)
"""How the name of an input ends, and its unit; the others are shares and plain counts."""


@dataclass(frozen=True)
class Hinge:
    """What a verdict hangs on.

    Attributes:
        what: key of the number in the glossary; unit: of it; middle: its mean over all draws; draws: how many.
        case: in which it is taken, where that is not the case that decides.
        swings: every input that varies, the one that moves the number most clearly first.
        reversals: what would have to be so for another verdict; none: nothing that these draws show.
    """

    what: str
    unit: str
    middle: float
    draws: int
    swings: tuple[Swing, ...]
    reversals: tuple[Reversal, ...]
    case: str = ""


def hinge(sample: Sample) -> Hinge:
    """What the verdict on a sample hangs on."""
    known = sample.number[np.isfinite(sample.number)]
    middle = float(known.mean()) if len(known) else float("nan")
    return Hinge(sample.what, sample.unit, middle, len(sample.margin), swings(sample), reversals(sample))


def hinge_guaranteed(predicate: Guaranteed, first: Taking, rows: tuple[Taking, ...]) -> Hinge:
    """Of F7: where its guarantee leaves no interceptor nothing moves, and what moves under the next best is said instead."""
    found = hinge(of_guaranteed(predicate, first))
    if found.swings:
        return found
    others = [least(rows, first.year, one.name) for one in predicate.guarantees if one.observable]
    other = max((one for one in others if one.interceptors), key=lambda one: one.share, default=first)
    title = next(one.title for one in predicate.guarantees if one.name == other.seen)
    next_best = hinge(of_guaranteed(predicate, other))
    return replace(next_best, reversals=found.reversals, case=title)


def unit_of(name: str) -> str:
    """The unit of an input, by the end of its name."""
    return next((unit for end, unit in UNITS if name.endswith(end)), "")


def _mean_at(systems: Sequence[Interceptor], key: str, shares: Floats) -> Floats:
    """The mean over interceptors of what lies at these points of their ranges."""
    count = sum(row.inventory for row in systems)
    each = [row.inventory * _at(getattr(row, key), shares) for row in systems]
    return np.asarray(sum(each) / count, np.float64)


def _at(value: Ranged, shares: Floats) -> Floats:
    return np.array([at_share(value, one) for one in shares.tolist()])


def _ranged(ends: Sequence[float]) -> Ranged:
    return Ranged(low=ends[0], nominal=ends[1], high=ends[2])


def of_raids(predicate: Massive, first: RaidVerdict) -> Sample:
    """Of F1: the raid of an even chance, in the case that decides."""
    system = first.least.system
    curve = national.drawn(
        first.party, first.year, "national", first.beside, system, predicate.massive, predicate.draws
    )
    held = national.holding(first.party, first.year)
    assert curve is not None
    shares = dict(zip(national.INPUTS, curve.inputs.T, strict=True))
    values = [_mean_at(held.counted, key, shares[key]) for key in ("p_kill", "p_common")]
    values.append(np.floor(_at(national.SHOTS, shares["shots"]) + 0.5))
    sourced = {one.input: one.sourced for one in first.deciders}
    names = tuple(f"{first.party}.{key}" for key in ("p_kill", "p_common", "shots"))
    return Sample(
        what="raid",
        unit="warheads",
        number=curve.half,
        margin=massive_margin(predicate, curve),
        names=names,
        units=("", "", ""),
        sourced=tuple(sourced.get(name, _all_sourced(held.counted, name)) for name in names),
        values=np.array(values).T,
    )


def _all_sourced(systems: Sequence[Interceptor], name: str) -> bool:
    key = name.partition(".")[2]
    return key != "shots" and all(key not in row.assumed for row in systems)


def of_unilateral(predicate: Unilateral, first: Taking) -> Sample:
    """Of F2: the share of the 10th percentile that is lost, in the row that is given."""
    how: Seen = next(one for one in SEEN if one == first.seen)
    posture: Posture = next(one for one in POSTURES if one == first.posture)
    nation, systems = NATIONS[predicate.deterrent], seen(predicate.defender, first.year, how)
    back = struck(nation, first.year, posture, predicate.defender, predicate.draws)
    held = shield(systems, predicate.defender, predicate.draws, how == "worst case")
    values = [
        back.warheads,
        _at(_alert(nation, first.year, posture), back.inputs[:, 1]),
        back.rows[:, kernels.RELIABILITY],
        _at(_ranged(ASSUMED["kill_per_weapon"]), back.inputs[:, 3]),
    ]
    return _of_loss(back, held, systems, values, first, predicate.falls_by, 1.0)


def _alert(nation: str, year: int, posture: Posture) -> Ranged:
    """The share on alert, weighted by nominal warheads, of what moves and carries missiles."""
    legs = {name: leg for name, leg in forces(nation, year).legs.items() if name in ("mobile", "sea")}
    alerts = {n: leg.alert if posture == "day-to-day" else _ranged(ALERT[posture][n]) for n, leg in legs.items()}
    total = sum(leg.warheads.nominal for leg in legs.values())
    low, nominal, high = (
        sum(leg.warheads.nominal * getattr(alerts[n], end) for n, leg in legs.items()) / total
        for end in ("low", "nominal", "high")
    )
    return Ranged(low=low, nominal=nominal, high=high)


def of_guaranteed(predicate: Guaranteed, first: Taking) -> Sample:
    """Of F7: the share of the 10th percentile that is lost, under the guarantee of the row that is given."""
    back, held = able(predicate.deterrent, first.year, predicate.draws), engaging(predicate, first.year)
    systems = tuple(
        row
        for row in seen(predicate.defender, first.year, "deployed")
        if row.burnout_speed_km_s.nominal > predicate.faster_than_km_s
    )
    values = [back.warheads, 1.0 - back.lost, back.rows[:, kernels.RELIABILITY]]
    left = replace(held, count=first.interceptors)
    return _of_loss(back, left, systems, values, first, predicate.loss_below, -1.0)


def _of_loss(
    back: Back,
    held: Shield,
    systems: Sequence[Interceptor],
    values: list[Floats],
    first: Taking,
    bar: float,
    sign: float,
) -> Sample:
    loss = taken(back, held, first.beside, bar, first.system).loss
    names = back.names + held.names
    of_shield = [
        _mean_at(systems, name.partition(".")[2], share) for name, share in zip(held.names, held.inputs.T, strict=True)
    ]
    return Sample(
        what="loss",
        unit="1",
        number=loss,
        margin=sign * (loss / bar - 1.0) - 1e-12,
        names=names,
        units=tuple(unit_of(name) for name in names),
        sourced=back.sourced + held.sourced,
        values=np.array([*values, *of_shield]).T,
    )


def of_levels(predicate: Stabilising) -> Sample:
    """Of F3: the smaller of what the two defences change, at the level where it is smallest."""
    levels = tuple(predicate.levels)
    found = drawn(tuple(predicate.parties), predicate.year, levels, predicate.interceptors, predicate.draws)
    margin = found.margin(predicate.changes_by)
    owners = {side: OWNERS.get(party, party) for side, party in zip("ab", predicate.parties, strict=True)}
    names = [f"{owners[key[0]]}.{key[2:]}" for key in found.shares]
    ends = [of_side(found.uncertain, key[0])[key[2:]] for key in found.shares]
    values = [_at(_ranged(one), shares) for one, shares in zip(ends, found.shares.values(), strict=True)]
    return Sample(
        what="change",
        unit="",
        number=(margin + 1.0) * predicate.changes_by,
        margin=margin,
        names=tuple(names),
        units=tuple(unit_of(name) for name in names),
        sourced=(False,) * len(names),
        values=np.array(values).T,
    )


def of_centre(predicate: Ambiguous, found: CentreVerdict) -> Sample:
    """Of F6: the fall of what is read wrongly or not at all, or less where false alarms rise, in the suspicion that decides."""
    margin, takes = found.suspicions[0].margin, assumed(predicate.draws)
    rows = [row for row in judging() if f"judging.{row.id}" in takes.shares]
    return Sample(
        what="fall",
        unit="1",
        number=(margin + 1.0) * predicate.falls_by,
        margin=margin,
        names=tuple(f"judging.{row.id}" for row in rows),
        units=tuple("s" if row.unit == "s" else "" for row in rows),
        sourced=(False,) * len(rows),
        values=np.array([takes.numbers[row.id] for row in rows]).T,
    )


def of_histories(study: Study, predicate: AtRungs, rung: int) -> Sample:
    """Of a finding that asks for histories: its margin as a number, in the unit of its bar."""
    found = margins(study, predicate, rung)
    draws = len(found.overall) if found.draws is None else found.draws
    margin = found.overall[:draws]
    names = [str(name) for name in study.inputs["input"].values]
    values = np.asarray(study.inputs.values, np.float64)[:draws]
    if isinstance(predicate, Protection):
        what, unit, number = "rise", "1", (margin + 1.0) * predicate.rises_by
    elif isinstance(predicate, Compatible):
        what, unit, number = "left", "1", (margin + 1.0) * predicate.survives
    else:
        what, unit, number = "bars", "", margin + 1.0
    wanted = np.ones(len(names), np.bool_) if isinstance(predicate, Protection) else knowing(names)
    at = np.flatnonzero(wanted).tolist()
    return Sample(
        what=what,
        unit=unit,
        number=number,
        margin=margin,
        names=tuple(names[n] for n in at),
        units=tuple(unit_of(names[n]) for n in at),
        sourced=tuple(is_sourced(study.scenario, names[n]) for n in at),
        values=values[:, at],
    )
