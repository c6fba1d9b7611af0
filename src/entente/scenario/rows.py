"""What does the catalogue hold? Its rows, typed, and tables of them with the source of every row.

The rows are YAML files in the folder `catalogue`, read by the same rules as a scenario. With a year, the status of a
system is the one it had on 1 July of that year; a system that had none on that day is left out.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, Field

from entente.errors import ModelError, unknown
from entente.scenario.accords import Agreement, Event
from entente.scenario.clocks import Chance, Moment
from entente.scenario.evidence import EvidenceType, Judgement
from entente.scenario.holdings import Exchange, Forces, Inventory
from entente.scenario.parts import Part, Status, as_tuple
from entente.scenario.reader import read
from entente.scenario.systems import (
    Flow,
    Interceptor,
    NotComputable,
    Owner,
    Radar,
    Rung,
    Satellite,
    Switches,
    System,
    TestRecord,
    VehicleClass,
)
from entente.scenario.table import Entry, Table

OneKind = TypeVar("OneKind", bound=BaseModel)
FOLDER = Path(__file__).parent / "catalogue"


class Sheet(Part, Generic[OneKind]):
    """One file of the catalogue: the rows that models use, and those that are only listed."""

    entente: Literal[1]
    rows: Annotated[list[OneKind], Field(min_length=1)]
    not_computable: Annotated[tuple[NotComputable, ...], BeforeValidator(as_tuple)] = ()


@cache
def _radar_sheet() -> Sheet[Radar]:
    return read(FOLDER / "radars.yaml", Sheet[Radar])


@cache
def _satellite_sheet() -> Sheet[Satellite]:
    return read(FOLDER / "satellites.yaml", Sheet[Satellite])


@cache
def _interceptor_sheet() -> Sheet[Interceptor]:
    return read(FOLDER / "interceptors.yaml", Sheet[Interceptor])


@cache
def radars() -> tuple[Radar, ...]:
    """Every radar of the catalogue that can be computed."""
    return tuple(_radar_sheet().rows)


@cache
def satellites() -> tuple[Satellite, ...]:
    """Every early-warning satellite of the catalogue that can be computed."""
    return tuple(_satellite_sheet().rows)


@cache
def interceptors() -> tuple[Interceptor, ...]:
    """Every interceptor site of the catalogue that can be computed, the nuclear-armed ones too."""
    return tuple(_interceptor_sheet().rows)


@cache
def vehicles() -> tuple[VehicleClass, ...]:
    """Every generic vehicle class of the catalogue."""
    return tuple(read(FOLDER / "vehicles.yaml", Sheet[VehicleClass]).rows)


@cache
def ladder() -> tuple[Rung, ...]:
    """The rungs of cooperation, from none to a joint system."""
    return tuple(read(FOLDER / "ladder.yaml", Sheet[Rung]).rows)


@cache
def agreements() -> tuple[Agreement, ...]:
    """Every agreement of the catalogue."""
    return tuple(read(FOLDER / "agreements.yaml", Sheet[Agreement]).rows)


@cache
def forces() -> tuple[Forces, ...]:
    """Every estimate of a party's strategic forces by leg."""
    return tuple(read(FOLDER / "forces.yaml", Sheet[Forces]).rows)


@cache
def exchanges() -> tuple[Exchange, ...]:
    """What New START counted, one row an exchange, in the order of the days."""
    return tuple(read(FOLDER / "exchanges.yaml", Sheet[Exchange]).rows)


@cache
def inventories() -> tuple[Inventory, ...]:
    """What SIPRI printed of each January."""
    return tuple(read(FOLDER / "inventories.yaml", Sheet[Inventory]).rows)


@cache
def record() -> tuple[Event, ...]:
    """What happened to agreements, in the order of the file."""
    return tuple(read(FOLDER / "record.yaml", Sheet[Event]).rows)


@cache
def tests() -> tuple[TestRecord, ...]:
    """Every record of intercept tests of the catalogue."""
    return tuple(read(FOLDER / "tests.yaml", Sheet[TestRecord]).rows)


@cache
def moments() -> tuple[Moment, ...]:
    """The steps of a decision under attack, in order, and the flights that they must fit into."""
    return tuple(read(FOLDER / "moments.yaml", Sheet[Moment]).rows)


@cache
def chances() -> tuple[Chance, ...]:
    """The leaves of the fault tree of inadvertent war."""
    return tuple(read(FOLDER / "chances.yaml", Sheet[Chance]).rows)


@cache
def evidence() -> tuple[EvidenceType, ...]:
    """What can be said of an event, and how likely, by what it is."""
    return tuple(read(FOLDER / "evidence.yaml", Sheet[EvidenceType]).rows)


@cache
def judging() -> tuple[Judgement, ...]:
    """What judging an event takes: base rates, common causes, bars, trust and delays."""
    return tuple(read(FOLDER / "judging.yaml", Sheet[Judgement]).rows)


def systems() -> tuple[Radar | Satellite | Interceptor, ...]:
    """Everything that someone owns and that can be computed."""
    return (*radars(), *satellites(), *interceptors())


KINDS: dict[str, Callable[[], tuple[Entry, ...]]] = {
    "radars": lambda: (*radars(), *_radar_sheet().not_computable),
    "satellites": lambda: (*satellites(), *_satellite_sheet().not_computable),
    "interceptors": lambda: (*interceptors(), *_interceptor_sheet().not_computable),
    "vehicles": vehicles,
    "ladder": ladder,
    "agreements": agreements,
    "tests": tests,
    "forces": forces,
    "exchanges": exchanges,
    "inventories": inventories,
    "record": record,
    "moments": moments,
    "chances": chances,
    "evidence": evidence,
    "judging": judging,
}
OWNED = ("radars", "satellites", "interceptors")


def catalogue(kind: str = "", owner: str | None = None, year: int | None = None, status: str | None = None) -> Table:
    """Rows of the catalogue, last those that are listed but not computable from open sources.

    Args:
        kind: radars, satellites, interceptors, vehicles, ladder, agreements, tests, forces, exchanges,
            inventories, record, moments, chances, evidence or judging.
        owner: us_nato, russia, china, israel, japan, south_korea, taiwan or other; systems only.
        year: keeps systems that had any status on 1 July of that year.
        status: deployed, planned, cancelled or retired: on that day, or, without a year, at any time.

    Returns:
        the rows, in the order of the catalogue.

    Raises:
        UnknownName: no such kind, owner or status.
        ModelError: no such year; owner, year or status asked of rows that nobody owns.
    """
    day = first_of_july("catalogue", year) if year is not None else None
    if kind not in list(KINDS):
        raise unknown("catalogue", str(kind), KINDS)
    if owner is not None and owner not in get_args(Owner):
        raise unknown("catalogue owner", str(owner), get_args(Owner))
    if status is not None and status not in get_args(Status):
        raise unknown("catalogue status", str(status), get_args(Status))
    rows = KINDS[kind]()
    if owner or day or status:
        if kind not in OWNED:
            if kind == "agreements":
                raise ModelError("catalogue: agreements have no owner; entente.agreements(on=2013) asks by day")
            if kind == "forces":
                raise ModelError("catalogue: forces are asked by party and year: entente.forces('china', 2013)")
            raise ModelError(f"catalogue: {kind} have no owner and no dates; leave out owner, year and status")
        rows = tuple(row for row in rows if isinstance(row, System) and _fits(row, owner, day, status))
    return Table(kind, rows, day)


def first_of_july(where: str, year: object) -> dt.date:
    """The day that a year stands for.

    Raises:
        ModelError: it is not a year.
    """
    if isinstance(year, bool) or not isinstance(year, int):
        raise ModelError(f"{where}: the year {year!r} is not a whole number; give one such as 2013")
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ModelError(f"{where}: the year {year} does not exist; give one such as 2013")
    return dt.date(year, 7, 1)


def _fits(row: System, owner: str | None, day: dt.date | None, status: str | None) -> bool:
    if owner is not None and row.owner != owner:
        return False
    held = {row.status_on(day)} - {None} if day else {stay.status for stay in row.periods}
    return status in held if status is not None else bool(held) or day is None


def in_force(day: dt.date) -> tuple[Agreement, ...]:
    """The agreements in force on that day, in the order of the catalogue; those that never operated are not."""
    return tuple(row for row in agreements() if row.status_on(day) == "in force")


def actual(day: dt.date) -> Switches:
    """What the agreements in force on that day made flow between US/NATO and Russia; each engaged alone."""
    flowing = {flow for row in in_force(day) for flow in row.flows}
    return Switches(flows=[flow for flow in get_args(Flow) if flow in flowing], fusion="none", engagement="alone")


def baseline(day: dt.date, own: Sequence[Rung] = ()) -> int:
    """The rung that `actual(day)` amounts to: the highest whose flows all flowed, with nothing fused or coordinated.

    Args:
        own: a scenario's own rungs; they stand in for the ladder's of the same number.
    Raises:
        UnknownName: no rung is as low as what flowed; the ladder's rung 0 is, unless `own` replaces it.
    """
    flowing = set(actual(day).flows)
    rungs = {row.rung: row for row in (*ladder(), *own)}
    reached = [
        number
        for number, row in rungs.items()
        if set(row.flows) <= flowing and row.fusion == "none" and row.engagement == "alone"
    ]
    if not reached:
        raise unknown(f"rung that shares no more than was shared on {day}", "baseline", map(str, sorted(rungs)))
    return max(reached)


def find_rung(number: int, own: Sequence[Rung] = ()) -> Rung:
    """The rung with that number: a scenario's own one before the ladder's.

    Raises:
        UnknownName: no such rung.
    """
    rungs = {row.rung: row for row in (*ladder(), *own)}
    if number not in rungs:
        raise unknown("rung", str(number), [str(known) for known in sorted(rungs)])
    return rungs[number]
