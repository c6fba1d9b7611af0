"""What does a party of a scenario have of what agreements limit? One number, or the two ends of one, for each measure.

Interceptors are those the scenario selects on its day, nuclear-armed ones too, since treaties count launchers. Warheads and
carriers are the catalogue's of that year; New START's own limits are judged by New START's own counts.
"""

import datetime as dt
from dataclasses import dataclass

from entente.physics.earth import distance
from entente.scenario import rows
from entente.scenario.accords import Measure
from entente.scenario.holdings import Forces, LegName, Nation
from entente.scenario.parts import PartyName, Ranged
from entente.scenario.schema import Scenario
from entente.scenario.systems import Interceptor
from entente.scenario.units import DEG
from entente.scenario.world import selected
from entente.strategy.regimes import deployment_areas

NATION: dict[PartyName, Nation] = {"us_nato": "united_states", "russia": "russia"}
STRATEGIC = 3.0  # km/s: what is faster is taken for strategic, by the demarcation of 1997, and what is nuclear-armed
LEGS: dict[str, tuple[LegName, ...]] = {
    "silo_carriers": ("silo",),
    "sea_carriers": ("sea",),
    "ballistic_warheads": ("silo", "mobile", "sea"),
    "mobile_warheads": ("mobile",),
    "deployed_warheads": ("silo", "mobile", "sea", "air"),
    "deployed_vehicles": ("silo", "mobile", "sea", "air"),
}
DECLARED = {
    "release_min_range": "min_range_km",
    "warning_delay": "warning_delay_s",
    "area_floor": "area_floor_km",
    "track_delay": "track_delay_s",
}


@dataclass(frozen=True)
class Tally:
    """A value between two ends, what it was taken from, and who says so."""

    low: float
    high: float
    of: str
    source: tuple[str, ...]


def tally(
    scenario: Scenario, party: PartyName, measure: Measure, treaty: str = "", at_sea: bool | None = None
) -> Tally | None:
    """What a party has of a measure on the scenario's day; None where neither scenario nor catalogue says.

    Args:
        treaty: id of the agreement whose way of counting is asked; the loading where it has none of its own.
        at_sea: interceptors on ships only, or all others only; None: wherever they stand.
    """
    day = scenario.epoch.date()
    if measure in DECLARED:
        return _declared(scenario, party, DECLARED[measure])
    if measure == "interceptors" or measure == "interceptor_speed" or measure.startswith("strategic"):
        return _defences(scenario, party, measure, at_sea)
    if treaty == "new_start_2010" or measure == "all_launchers":
        return _counted(NATION[party], measure, day)
    return _loaded(NATION[party], measure, day.year, treaty)


def _declared(scenario: Scenario, party: PartyName, key: str) -> Tally:
    release = next(each.release for each in scenario.parties if each.name == party)
    source = next(each.source for each in scenario.parties if each.name == party)
    value = getattr(release, key)
    low, high = (value.low, value.high) if isinstance(value, Ranged) else (value, value)
    return Tally(low, high, f"release.{key} of the scenario", (source,))


def _speed(scenario: Scenario, row: Interceptor) -> Ranged:
    """The catalogue's range, or what the scenario assumes instead."""
    assumed = {each.input: each.value for each in scenario.assume}
    return assumed.get(f"{row.id}.burnout_speed_km_s", row.burnout_speed_km_s)


def _defences(scenario: Scenario, party: PartyName, measure: Measure, at_sea: bool | None) -> Tally:
    sites = [
        row for row in selected(scenario, rows.interceptors()) if isinstance(row, Interceptor) and row.owner == party
    ]
    if at_sea is not None:
        sites = [row for row in sites if ("ship" in row.title.lower()) == at_sea]
    sites = [row for row in sites if row.inventory]
    speeds = {row.id: _speed(scenario, row) for row in sites}
    if measure == "interceptor_speed":
        if not sites:
            return Tally(0.0, 0.0, "no interceptors", ())
        fastest = sorted(sites, key=lambda row: -speeds[row.id].high)
        of = ", ".join(f"{row.id} {speeds[row.id].low:g} to {speeds[row.id].high:g} km/s" for row in fastest)
        return Tally(max(each.low for each in speeds.values()), speeds[fastest[0].id].high, of, _sources(fastest[:1]))
    if measure == "interceptors":
        count = float(sum(row.inventory for row in sites))
        return Tally(count, count, _listed(sites), _sources(sites))
    surely = [row for row in sites if speeds[row.id].low > STRATEGIC or row.nuclear_armed]
    perhaps = [row for row in sites if speeds[row.id].high > STRATEGIC or row.nuclear_armed]
    low, high = (_count(some, measure) for some in (surely, perhaps))
    of = _listed(perhaps) if perhaps else f"none above {STRATEGIC:g} km/s"
    return Tally(min(low, high), max(low, high), of, _sources(perhaps))


def _count(sites: list[Interceptor], measure: Measure) -> float:
    if measure == "strategic_areas":
        return float(deployment_areas([[_apart(a, b) for b in sites] for a in sites]))
    counts = [sum(b.inventory for b in sites if _apart(a, b) <= 150e3) for a in sites]
    if measure == "strategic_interceptors_an_area":
        return float(max(counts, default=0))
    return float(sum(row.inventory for row in sites))


def _apart(a: Interceptor, b: Interceptor) -> float:
    return distance(a.lat_deg * DEG, a.lon_deg * DEG, b.lat_deg * DEG, b.lon_deg * DEG)


def _listed(sites: list[Interceptor]) -> str:
    return ", ".join(f"{row.id} {row.inventory}" for row in sites) or "none"


def _sources(sites: list[Interceptor]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for row in sites for source in row.source))


def _counted(nation: Nation, measure: Measure, day: dt.date) -> Tally | None:
    """What New START counted last, on that day or before."""
    key = {"deployed_warheads": "deployed_warheads", "deployed_vehicles": "deployed_vehicles"}.get(
        measure, "all_launchers"
    )
    past = [each for each in rows.exchanges() if each.as_of <= day and getattr(each, nation) is not None]
    if not past:
        return None
    value = float(getattr(getattr(past[-1], nation), key))
    return Tally(value, value, f"counted under New START on {past[-1].as_of}", tuple(past[-1].source))


def _loaded(nation: Nation, measure: Measure, year: int, treaty: str) -> Tally | None:
    row = next((each for each in rows.forces() if each.party == nation and each.since <= year <= each.to), None)
    if row is None:
        return None
    legs = [row.legs[name] for name in LEGS[measure] if name in row.legs]
    values = [leg.warheads if "warheads" in measure else leg.carriers for leg in legs]
    return Tally(
        sum(value.low for value in values), sum(value.high for value in values), _by(row, treaty), tuple(row.source)
    )


def _by(row: Forces, treaty: str) -> str:
    """How the row counts, and that the treaty counts otherwise if it does."""
    if row.counting != "loading":
        return f"{row.id}, as START I counted"
    return f"{row.id}, as loaded" + (", which that treaty counts otherwise" if treaty else "")
