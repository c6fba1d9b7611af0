"""What would a party have if limits that somebody proposes were kept? Rows of the catalogue, cut to what the limits leave.

A limit on a number says how many, not which: the same share is cut from each system it counts, rounded down. Of areas those
with the most interceptors stay; a system is too fast where its nominal speed is. Only limits of "at most" cut anything.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from entente.physics.earth import distance
from entente.questions.holdings import Holdings
from entente.scenario.accords import Measure
from entente.scenario.holdings import Leg, LegName
from entente.scenario.parts import PartyName, Ranged
from entente.scenario.schema import ProposedLimit
from entente.scenario.systems import Interceptor
from entente.scenario.units import DEG, KM
from entente.tallies import LEGS, NATION, STRATEGIC

DEFENCES = (
    "interceptor_speed",
    "interceptors",
    "strategic_interceptors",
    "strategic_areas",
    "strategic_interceptors_an_area",
)
FORCES = ("deployed_warheads", "ballistic_warheads", "mobile_warheads", "silo_carriers", "sea_carriers")
RELEASES = ("release_min_range", "warning_delay", "area_floor", "track_delay")
AREA = 150.0 * KM  # radius of a deployment area, as of 1972


@dataclass(frozen=True)
class Cap:
    """One number that one party keeps to."""

    party: PartyName
    measure: Measure
    value: float


def caps_of(limits: Iterable[ProposedLimit]) -> tuple[Cap, ...]:
    """The limits of a scenario, one for each party that they bind."""
    return tuple(
        Cap(party, one.measure, one.value)
        for one in limits
        if one.bound == "at most"
        for party in one.parties or get_args(PartyName)
    )


def kept_systems(systems: Sequence[Interceptor], caps: Sequence[Cap]) -> tuple[Interceptor, ...]:
    """Interceptors as the limits leave them; systems of which none is left are gone."""
    if not caps:
        return tuple(systems)
    left = list(systems)
    for cap in caps:
        if cap.measure in DEFENCES:
            others = [row for row in left if row.owner != cap.party]
            left = others + _cut([row for row in left if row.owner == cap.party], cap)
    return tuple(row for row in left if row.inventory > 0)


def _cut(own: list[Interceptor], cap: Cap) -> list[Interceptor]:
    """The systems of the party that is bound."""
    if cap.measure == "interceptor_speed":
        return [row for row in own if row.burnout_speed_km_s.nominal <= cap.value]
    if cap.measure == "interceptors":
        return _down(own, cap.value)
    meant = [row for row in own if row.nuclear_armed or row.burnout_speed_km_s.nominal > STRATEGIC]
    others = [row for row in own if row not in meant]
    if cap.measure == "strategic_interceptors":
        return others + _down(meant, cap.value)
    areas = _areas(meant)
    if cap.measure == "strategic_areas":
        areas = sorted(areas, key=lambda some: -sum(row.inventory for row in some))[: math.floor(cap.value)]
    else:
        areas = [_down(some, cap.value) for some in areas]
    return others + [row for some in areas for row in some]


def _down(systems: list[Interceptor], most: float) -> list[Interceptor]:
    """The same share of each, so that no more than `most` are left."""
    there = sum(row.inventory for row in systems)
    if there <= most:
        return systems
    return [row.model_copy(update={"inventory": math.floor(row.inventory * most / there + 1e-9)}) for row in systems]


def _areas(systems: list[Interceptor]) -> list[list[Interceptor]]:
    """Systems by the area they stand in: within 150 km of its largest."""
    areas: list[list[Interceptor]] = []
    for row in sorted(systems, key=lambda row: -row.inventory):
        near = (some for some in areas if _apart(some[0], row) <= AREA)
        found = next(near, None)
        if found is None:
            areas.append([row])
        else:
            found.append(row)
    return areas


def _apart(a: Interceptor, b: Interceptor) -> float:
    return distance(a.lat_deg * DEG, a.lon_deg * DEG, b.lat_deg * DEG, b.lon_deg * DEG)


def kept_forces(held: Holdings, caps: Sequence[Cap]) -> Holdings:
    """Forces as the limits leave them: each leg that is counted cut by the same share of its nominal values."""
    legs = dict(held.legs)
    for cap in caps:
        if cap.measure in FORCES and NATION[cap.party] == held.party:
            names = [name for name in LEGS[cap.measure] if name in legs]
            what = "warheads" if "warheads" in cap.measure else "carriers"
            there = sum(getattr(legs[name], what).nominal for name in names)
            if there > cap.value:
                legs |= _scaled(legs, names, cap.value / there)
    return held if legs == held.legs else replace(held, row=held.row.model_copy(update={"legs": legs}))


def _scaled(legs: dict[LegName, Leg], names: list[LegName], times: float) -> dict[LegName, Leg]:
    """Legs so many times as large, warheads and what carries them alike."""
    return {
        name: legs[name].model_copy(
            update={key: _times(getattr(legs[name], key), times) for key in ("carriers", "warheads")}
        )
        for name in names
    }


def _times(value: Ranged, times: float) -> Ranged:
    return Ranged(low=value.low * times, nominal=value.nominal * times, high=value.high * times)
