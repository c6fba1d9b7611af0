"""What does the catalogue hold? Its rows, typed, and tables of them with the source of every row.

The rows are YAML files in the folder `catalogue`, read by the same rules as a scenario. With a year, the status of a
system is the one it had on 1 July of that year; a system that had none on that day is left out.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, Field

from entente.errors import ModelError, unknown
from entente.scenario.parts import Part, Ranged, Status
from entente.scenario.reader import read
from entente.scenario.systems import Interceptor, Owner, Radar, Rung, Satellite, System, VehicleClass

Entry = Radar | Satellite | Interceptor | VehicleClass | Rung
OneKind = TypeVar("OneKind", bound=BaseModel)
FOLDER = Path(__file__).parent / "catalogue"


class Sheet(Part, Generic[OneKind]):
    """One file of the catalogue."""

    entente: Literal[1]
    rows: Annotated[list[OneKind], Field(min_length=1)]


@cache
def radars() -> tuple[Radar, ...]:
    """Every radar of the catalogue."""
    return tuple(read(FOLDER / "radars.yaml", Sheet[Radar]).rows)


@cache
def satellites() -> tuple[Satellite, ...]:
    """Every early-warning satellite of the catalogue."""
    return tuple(read(FOLDER / "satellites.yaml", Sheet[Satellite]).rows)


@cache
def interceptors() -> tuple[Interceptor, ...]:
    """Every interceptor site of the catalogue."""
    return tuple(read(FOLDER / "interceptors.yaml", Sheet[Interceptor]).rows)


@cache
def vehicles() -> tuple[VehicleClass, ...]:
    """Every generic vehicle class of the catalogue."""
    return tuple(read(FOLDER / "vehicles.yaml", Sheet[VehicleClass]).rows)


@cache
def ladder() -> tuple[Rung, ...]:
    """The rungs of cooperation, from none to a joint system."""
    return tuple(read(FOLDER / "ladder.yaml", Sheet[Rung]).rows)


def systems() -> tuple[Radar | Satellite | Interceptor, ...]:
    """Everything that someone owns."""
    return (*radars(), *satellites(), *interceptors())


KINDS: dict[str, Callable[[], tuple[Entry, ...]]] = {
    "radars": radars,
    "satellites": satellites,
    "interceptors": interceptors,
    "vehicles": vehicles,
    "ladder": ladder,
}


@dataclass(frozen=True)
class Table:
    """Rows of one kind, with the day their status is given for (None: the status is the whole history)."""

    kind: str
    rows: tuple[Entry, ...]
    day: dt.date | None = None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as plain values, ready for JSON; with a year, `status` is added."""
        added = [
            {"status": row.status_on(self.day)} if self.day and isinstance(row, System) else {} for row in self.rows
        ]
        return [row.model_dump(mode="json") | extra for row, extra in zip(self.rows, added, strict=True)]

    def __str__(self) -> str:
        """An aligned table, and below it the sources its last column numbers."""
        sources = list(dict.fromkeys(source for row in self.rows for source in row.source))
        numbers = {source: str(number) for number, source in enumerate(sources, start=1)}
        head = ("id", "title", f"status {self.day.year}" if self.day else "status", "figures", "basis", "source")
        lines = [head]
        for row in self.rows:
            cited = ",".join(numbers[source] for source in row.source)
            basis = "" if isinstance(row, Rung) else f"{row.basis}, {row.confidence}"
            lines.append((_name(row), _title(row), _status(row, self.day), _figures(row), basis, f"[{cited}]"))
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = [
            "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        return "\n".join([*text, "", *(f"[{number}] {source}" for source, number in numbers.items())])


def catalogue(kind: str, owner: str | None = None, year: int | None = None, status: str | None = None) -> Table:
    """Rows of the catalogue.

    Args:
        kind: radars, satellites, interceptors, vehicles or ladder.
        owner: us_nato or russia; systems only.
        year: keeps systems that had any status on 1 July of that year.
        status: deployed, planned, cancelled or retired: on that day, or, without a year, at any time.

    Returns:
        the rows, in the order of the catalogue.

    Raises:
        UnknownName: no such kind, owner or status.
        ModelError: owner, year or status asked of rows that nobody owns.
    """
    if kind not in KINDS:
        raise unknown("catalogue", kind, KINDS)
    if owner is not None and owner not in get_args(Owner):
        raise unknown("catalogue owner", owner, get_args(Owner))
    if status is not None and status not in get_args(Status):
        raise unknown("catalogue status", status, get_args(Status))
    if year is not None and not dt.MINYEAR <= year <= dt.MAXYEAR:
        raise ModelError(f"catalogue: the year {year} does not exist; give one such as 2013")
    rows = KINDS[kind]()
    day = dt.date(year, 7, 1) if year is not None else None
    if owner or day or status:
        if kind in ("vehicles", "ladder"):
            raise ModelError(f"catalogue: {kind} have no owner and no dates; leave out owner, year and status")
        rows = tuple(row for row in rows if isinstance(row, System) and _fits(row, owner, day, status))
    return Table(kind, rows, day)


def _fits(row: System, owner: str | None, day: dt.date | None, status: str | None) -> bool:
    held = {row.status_on(day)} - {None} if day else {stay.status for stay in row.periods}
    return (owner is None or row.owner == owner) and bool(held) and (status is None or status in held)


def _name(row: Entry) -> str:
    return str(row.rung) if isinstance(row, Rung) else row.id


def _title(row: Entry) -> str:
    return row.name if isinstance(row, Rung) else row.title


def _status(row: Entry, day: dt.date | None) -> str:
    if not isinstance(row, System):
        return "-"
    if day:
        return str(row.status_on(day))
    return ", ".join(f"{stay.status} {stay.since.year}-{stay.to.year if stay.to else ''}" for stay in row.periods)


def _figures(row: Entry) -> str:
    """The figures that matter most, each with its range."""
    match row:
        case Radar():
            looks = " ".join(f"{face.boresight_deg:g}±{face.half_width_deg:g}" for face in row.faces)
            return f"{row.band}, looks {looks} deg, {ranged(row.reach_km)} km at {ranged(row.reference_rcs_m2)} m2"
        case Satellite():
            return f"at {row.longitude_deg:g} deg E, every {row.revisit_s:g} s, {ranged(row.angle_sigma_deg)} deg"
        case Interceptor():
            return f"{row.inventory} of {ranged(row.burnout_speed_km_s)} km/s, p_kill {ranged(row.p_kill)}"
        case VehicleClass():
            count = len(row.vehicle.stages)
            stages = "one stage" if count == 1 else f"{count} stages"
            return f"{row.range_class}, {stages}, payload {row.vehicle.payload_kg:g} kg"
        case Rung():
            return f"{', '.join(row.flows) or 'nothing'}; fusion {row.fusion}; {row.engagement}"


def ranged(value: Ranged) -> str:
    """A range as people write it: 1000 (800 to 3000), or one number where nothing is uncertain."""
    if value.low == value.high:
        return f"{value.nominal:g}"
    return f"{value.nominal:g} ({value.low:g} to {value.high:g})"


def find_rung(number: int, own: Sequence[Rung] = ()) -> Rung:
    """The rung with that number: a scenario's own one before the ladder's.

    Raises:
        UnknownName: no such rung.
    """
    rungs = {row.rung: row for row in (*ladder(), *own)}
    if number not in rungs:
        raise unknown("rung", str(number), [str(known) for known in sorted(rungs)])
    return rungs[number]
