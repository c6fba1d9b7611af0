"""Whose sensors stand watch on a day, and how far does each radar reach for a target? What `coverage` counts with."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar, get_args

from entente.errors import ModelError, UnknownName, unknown
from entente.scenario import rows
from entente.scenario.parts import PartyName, Ranged
from entente.scenario.schema import Scenario
from entente.scenario.systems import Radar, Satellite, System
from entente.scenario.units import KM
from entente.scenario.world import selected

Row = TypeVar("Row", bound=System)
Level = Literal["low", "nominal", "high"]
Phase = Literal["boost", "coast"]
PARTIES: tuple[str, ...] = get_args(PartyName)
USUAL_DAY = "2013-06-01"
BANDS = ("HF", "VHF", "UHF", "L", "S", "C", "X")


@dataclass
class Mistakes:
    """What is wrong with a question, collected so that all of it is said at once."""

    lines: list[str] = field(default_factory=list)
    names_only: bool = True

    def add(self, line: str) -> None:
        """A number or a combination that cannot be."""
        self.lines.append(line)
        self.names_only = False

    def unknown(self, where: str, given: object, known: Iterable[str]) -> None:
        """A name that does not exist."""
        self.lines.append(str(unknown(where, str(given)[:40], known)))

    def refuse(self) -> None:
        """Raise what was collected, if anything was."""
        if self.lines:
            kind = UnknownName if self.names_only else ModelError
            raise kind("\n".join(self.lines))


@dataclass(frozen=True)
class Watch:
    """The sensors of a day and, one a sensor, the place of its party among `parties`."""

    day: dt.date
    parties: tuple[str, ...]
    radars: tuple[Radar, ...]
    radar_party: tuple[int, ...]
    satellites: tuple[Satellite, ...]
    satellite_party: tuple[int, ...]
    assumed: Mapping[str, Ranged]


def watch_on(
    owner: str | Sequence[str] | None,
    on: dt.date | str | int | None,
    scenario: Scenario | None,
    extra: Iterable[str | Radar | Satellite],
    without: Iterable[str],
    wrong: Mistakes,
) -> Watch:
    """The sensors on watch; what is wrong with the question goes into `wrong`."""
    if scenario is not None and on is not None:
        wrong.add("on: the scenario has a day of its own; leave out `on` or `scenario`")
    asked = [party.name for party in scenario.parties] if scenario is not None else PARTIES
    parties = _parties(owner, asked, wrong)
    day = scenario.epoch.date() if scenario is not None else day_of(USUAL_DAY if on is None else on, wrong)
    left_out = set(_ids("without", without, wrong))
    listed: list[Radar | Satellite] = [*rows.radars(), *rows.satellites()]
    known = {row.id: row for row in listed}
    for name in sorted(left_out - set(known)):
        wrong.unknown("without", name, known)
    added = _added(extra, known, wrong)
    fitting: list[Radar | Satellite] = [
        *_on_duty(rows.radars(), day, scenario),
        *_on_duty(rows.satellites(), day, scenario),
    ]
    held = {row.id: row for row in fitting if row.owner in parties and row.id not in left_out}
    held |= {row.id: row for row in added if row.owner in parties or len(parties) == 1}
    for row in added:
        if row.id not in held:
            wrong.add(
                f"extra: {row.id!r} belongs to {row.owner}, who is not asked for; ask for {row.owner}, or for one party only"
            )
    if parties and not held and not wrong.lines:
        wrong.add(
            f"on: {' and '.join(parties)} had no sensor on {day} that open sources let us compute; give another day"
        )
    whose = {name: parties.index(row.owner) if row.owner in parties else 0 for name, row in held.items()}
    radars = [row for row in held.values() if isinstance(row, Radar)]
    satellites = [row for row in held.values() if isinstance(row, Satellite)]
    assumed = {a.input: a.value for a in scenario.assume} if scenario is not None else {}
    return Watch(
        day=day,
        parties=parties,
        radars=tuple(radars),
        radar_party=tuple(whose[row.id] for row in radars),
        satellites=tuple(satellites),
        satellite_party=tuple(whose[row.id] for row in satellites),
        assumed=assumed,
    )


def _on_duty(systems: Iterable[Row], day: dt.date, scenario: Scenario | None) -> list[Row]:
    if scenario is not None:
        return selected(scenario, systems)
    return [row for row in systems if row.status_on(day) == "deployed"]


def _parties(owner: object, known: Sequence[str], wrong: Mistakes) -> tuple[str, ...]:
    if owner is None:
        return tuple(known)
    names = (owner,) if isinstance(owner, str) or not isinstance(owner, Iterable) else tuple(owner)
    for name in names:
        if name not in known:
            wrong.unknown("owner", name, known)
    if not names or len(set(names)) < len(names):
        wrong.add(f"owner: {list(names)} names nobody, or somebody twice; give one of {', '.join(known)}, or both")
    return tuple(dict.fromkeys(name for name in names if name in known))


def day_of(on: object, wrong: Mistakes) -> dt.date:
    """A date, ISO text or a year, which means its first of July."""
    if isinstance(on, dt.datetime):
        return on.date()
    if isinstance(on, dt.date):
        return on
    try:
        if not isinstance(on, str):
            return rows.first_of_july("on", on)
        text = on.strip()
        return (
            rows.first_of_july("on", int(text)) if text.isdecimal() and len(text) == 4 else dt.date.fromisoformat(text)
        )
    except ModelError as error:
        wrong.add(str(error))
    except ValueError:
        wrong.add(f"on: {str(on)[:40]!r} is not a day; write 2013-04-08, or a year")
    return dt.date.fromisoformat(USUAL_DAY)


def _ids(where: str, given: object, wrong: Mistakes) -> list[str]:
    names = [given] if isinstance(given, str) else list(given) if isinstance(given, Iterable) else [given]
    for name in names:
        if not isinstance(name, str):
            wrong.add(f"{where}: {str(name)[:40]!r} is not the id of a sensor; give ids such as 'gabala'")
    return [name for name in names if isinstance(name, str)]


def _added(extra: object, known: Mapping[str, Radar | Satellite], wrong: Mistakes) -> list[Radar | Satellite]:
    """The rows of the sensors that join, by id or given as rows."""
    given = (
        [extra]
        if isinstance(extra, str | Radar | Satellite)
        else list(extra)
        if isinstance(extra, Iterable)
        else [extra]
    )
    found = [row for row in given if isinstance(row, Radar | Satellite)]
    for name in _ids("extra", [one for one in given if not isinstance(one, Radar | Satellite)], wrong):
        if name in known:
            found.append(known[name])
        else:
            wrong.unknown("extra", name, known)
    return found


def target_of(
    rcs_m2: float | Mapping[str, float] | None, vehicle: str | None, phase: str, wrong: Mistakes
) -> tuple[dict[str, float] | None, str]:
    """Cross-section by band [m2], None for each radar's reference target; and the target in words."""
    if phase not in get_args(Phase):
        wrong.unknown("phase", phase, get_args(Phase))
    elif vehicle is not None:
        if rcs_m2 is not None:
            wrong.add(f"rcs_m2: the vehicle {vehicle!r} has cross-sections of its own; leave out one of the two")
        return _of_vehicle(vehicle, phase, wrong)
    if rcs_m2 is None:
        return None, "the target of each radar's published range"
    if not isinstance(rcs_m2, Mapping):
        return (
            ({band: float(rcs_m2) for band in BANDS}, f"{rcs_m2:g} m2")
            if _is_area("rcs_m2", rcs_m2, wrong)
            else (None, "")
        )
    good = {}
    for band, area in rcs_m2.items():
        if band not in BANDS:
            wrong.unknown("rcs_m2", band, BANDS)
        elif _is_area(f"rcs_m2 in band {band}", area, wrong):
            good[band] = float(area)
    return good, ", ".join(f"{area:g} m2 in {band}" for band, area in good.items())


def _of_vehicle(vehicle: str, phase: str, wrong: Mistakes) -> tuple[dict[str, float] | None, str]:
    for row in rows.vehicles():
        if row.id == vehicle:
            areas = {str(key): by_band for key, by_band in row.rcs_m2.items()}[phase]
            return {str(band): area.nominal for band, area in areas.items()}, f"{vehicle} in {phase}"
    wrong.unknown("vehicle", vehicle, [row.id for row in rows.vehicles()])
    return None, ""


def _is_area(where: str, value: object, wrong: Mistakes) -> bool:
    good = isinstance(value, int | float) and not isinstance(value, bool) and 1e-6 <= value <= 1e6
    if not good:
        wrong.add(f"{where}: {str(value)[:40]} is no cross-section; it must be from 1e-06 to 1e+06 m2")
    return good


def reach_of(row: Radar, areas: Mapping[str, float] | None, level: str, assumed: Mapping[str, Ranged]) -> float:
    """Range [m] at which one look of the radar detects the target with chance 0.5; by the radar equation, area^(1/4)."""
    reach: Ranged = assumed.get(f"{row.id}.reach_km", row.reach_km)
    reference: Ranged = assumed.get(f"{row.id}.reference_rcs_m2", row.reference_rcs_m2)
    range_km: float = getattr(reach, level)
    return range_km * KM * (1.0 if areas is None else (areas[row.band] / reference.nominal) ** 0.25)


def check_bands(radars: Iterable[Radar], areas: Mapping[str, float] | None, wrong: Mistakes) -> None:
    """Every band that a radar uses needs a cross-section."""
    missing = sorted({row.band for row in radars} - set(areas)) if areas is not None and not wrong.lines else []
    if missing:
        wrong.add(
            f"rcs_m2: nothing is given for {', '.join(missing)}, where radars on watch look; give m2 for each of them"
        )
