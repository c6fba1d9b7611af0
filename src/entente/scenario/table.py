"""How do rows of the catalogue read? A table with short columns, what stands apart, and the sources by number."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from entente.errors import unknown
from entente.scenario.accords import Agreement, Event
from entente.scenario.clocks import Chance, Moment
from entente.scenario.evidence import EvidenceType, Judgement
from entente.scenario.holdings import Counted, Exchange, Forces, Inventory
from entente.scenario.parts import Ranged
from entente.scenario.systems import (
    Interceptor,
    NotComputable,
    Radar,
    Rung,
    Satellite,
    System,
    TestRecord,
    VehicleClass,
)

Entry = (
    Radar
    | Satellite
    | Interceptor
    | NotComputable
    | VehicleClass
    | Rung
    | Agreement
    | TestRecord
    | Forces
    | Exchange
    | Inventory
    | Event
    | Moment
    | Chance
    | EvidenceType
    | Judgement
)
NO_WAR = (
    "A test is not a war: what is known beforehand, and what no target hides, makes these shares no kill probability."
)
WIDEST = 34  # characters of a title before it is cut


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

    def __getitem__(self, which: int | str) -> Entry:
        """The row with that index (from the end if negative) or id; a rung's id is its number as text."""
        if isinstance(which, str):
            named = {_name(row): row for row in self.rows}
            if which not in named:
                raise unknown(f"row of {self.kind}", which, named)
            return named[which]
        return self.rows[which]

    def to_dicts(self) -> list[dict[str, Any]]:
        """The rows as plain values, ready for JSON; with a day, `status` is added."""
        added = [
            {"status": row.status_on(self.day)} if self.day and isinstance(row, System | Agreement) else {}
            for row in self.rows
        ]
        return [row.model_dump(mode="json") | extra for row, extra in zip(self.rows, added, strict=True)]

    def __str__(self) -> str:
        """An aligned table, then the nuclear-armed, then what cannot be computed, then the sources by number."""
        if not self.rows:
            return f"no {self.kind} of that kind"
        sources = list(dict.fromkeys(source for row in self.rows for source in row.source))
        number = {source: n for n, source in enumerate(sources, start=1)}
        usual = [row for row in self.rows if not isinstance(row, NotComputable) and not _nuclear(row)]
        armed = [row for row in self.rows if not isinstance(row, NotComputable) and _nuclear(row)]
        beyond = [row for row in self.rows if isinstance(row, NotComputable)]
        text = _lines(usual, self.day, number) if usual else []
        if armed:
            text += ["", "nuclear-armed, shown apart and never pooled:", *_lines(armed, self.day, number)]
        if self.kind == "tests":
            text += ["", NO_WAR]
        if beyond:
            text += ["", "not computable from open sources:"]
            text += [f"  {_why(row, self.day)} {_cited(row, number)}" for row in beyond]
        return "\n".join([*text, "", *(f"[{n}] {source}" for source, n in number.items())]).lstrip("\n")


def ranged(value: Ranged) -> str:
    """A range as people write it: 1000 (800 to 3000), or one number where nothing is uncertain."""
    return _short(value, " to ")


def _short(value: Ranged, to: str = "-") -> str:
    """A range in few characters: 1000 (800-3000)."""
    if value.low == value.high:
        return f"{value.nominal:g}"
    return f"{value.nominal:g} ({value.low:g}{to}{value.high:g})"


def _lines(rows: Sequence[Entry], day: dt.date | None, number: dict[str, int]) -> list[str]:
    head = ("id", "title", f"status {_said(day)}" if day else "status", "figures", "basis", "source")
    lines = [head]
    for row in rows:
        basis = "" if isinstance(row, Rung) else f"{row.basis}, {row.confidence}"
        lines.append((_name(row), _title(row), _status(row, day), _figures(row), basis, _cited(row, number)))
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _said(day: dt.date) -> str:
    """A year asked for is shown as the year: it stands for its first of July."""
    return str(day.year) if (day.month, day.day) == (7, 1) else day.isoformat()


def _nuclear(row: Entry) -> bool:
    return isinstance(row, Interceptor) and row.nuclear_armed


def _cited(row: Entry, number: dict[str, int]) -> str:
    return f"[{','.join(str(number[source]) for source in row.source)}]"


def _why(row: NotComputable, day: dt.date | None) -> str:
    armed = ", nuclear-armed" if row.nuclear_armed else ""
    return f"{row.id} ({row.title}{armed}; {_status(row, day)}): {row.why_not}"


def _name(row: Entry) -> str:
    return str(row.rung) if isinstance(row, Rung) else row.id


def _title(row: Entry) -> str:
    title = row.name if isinstance(row, Rung) else row.title
    return title if len(title) <= WIDEST else title[: WIDEST - 1].rstrip(" ,") + "…"


def _status(row: Entry, day: dt.date | None) -> str:
    if isinstance(row, Agreement):
        if day:
            return str(row.status_on(day))
        if row.in_force is None:
            return f"signed {row.signed} only"
        if not row.operated:
            return f"signed {row.signed}, never operated"
        return f"since {row.in_force}" if row.ended is None else f"{row.in_force} to {row.ended}"
    if isinstance(row, TestRecord | Exchange):
        return f"on {row.as_of}"
    if isinstance(row, Forces):
        return f"{row.since}" if row.since == row.to else f"{row.since} to {row.to}"
    if isinstance(row, Event):
        return f"{row.day}"
    if isinstance(row, Inventory):
        return f"January {row.year}"
    if not isinstance(row, System):
        return "-"
    if day:
        return str(row.status_on(day))
    starts: dict[str, int] = {}
    for stay in row.periods:  # trials and duty are both deployed: the first year counts
        starts.setdefault(stay.status, stay.since.year)
    last = row.periods[-1].to if row.periods else None
    said = ", ".join(f"{status} {year}" for status, year in starts.items())
    return f"{said}-{last.year if last else ''}" if said else "no dates"


def _figures(row: Entry) -> str:
    """The figures that matter most, each with its range."""
    match row:
        case Radar():
            looks = " ".join(f"{face.boresight_deg:g}" for face in row.faces) + f"±{row.faces[0].half_width_deg:g}°"
            if sum(2.0 * face.half_width_deg for face in row.faces) >= 360.0:
                looks = "all round"
            return f"{row.band} {looks}, {_short(row.reach_km)} km of {row.reference_rcs_m2.nominal:g} m2"
        case Satellite(orbit=None):
            return f"at {row.longitude_deg:g} deg E, every {row.revisit_s:g} s, {_short(row.angle_sigma_deg)} deg"
        case Satellite(orbit=orbit):
            assert orbit is not None
            path = f"{orbit.perigee_km:g} to {orbit.apogee_km:g} km"
            return f"{path}, every {row.revisit_s:g} s, {_short(row.angle_sigma_deg)} deg"
        case Interceptor():
            return f"{row.inventory} of {_short(row.burnout_speed_km_s)} km/s, p_kill {_short(row.p_kill)}"
        case NotComputable():
            return f"not computable from open sources: {row.why_not}"
        case VehicleClass():
            count = len(row.vehicle.stages)
            stages = "one stage" if count == 1 else f"{count} stages"
            return f"{row.range_class}, {stages}, payload {row.vehicle.payload_kg:g} kg"
        case TestRecord():
            from entente.strategy.attrition import (
                wilson,
            )  # with SciPy's statistics, which other tables need not wait for

            low, high = wilson(row.hits, row.tests)
            return f"{row.hits} of {row.tests}: {row.hits / row.tests:.2f} ({low:.2f}-{high:.2f}, Wilson 95 %)"
        case Forces():
            rule = "" if row.counting == "loading" else ", by treaty"
            return "; ".join(f"{n} {_short(g.warheads)} on {_short(g.carriers)}" for n, g in row.legs.items()) + rule
        case Exchange():
            return "; ".join(
                f"{name} {_counted(side)}" for name, side in (("US", row.united_states), ("Russia", row.russia))
            )
        case Event():
            return f"{row.verdict}; reason given: {row.reason_given} (grade {row.grade})"
        case Moment():
            return f"{row.role}: {_short(row.seconds)} s"
        case Chance():
            said = _short(row.value) + (" a year" if row.unit == "a year" else "")
            return f"{said}{', where warning is shared' if row.shared else ''}"
        case EvidenceType():
            told = ", ".join(f"{nature} {chance.nominal:g}" for nature, chance in row.chance.items())
            return f"{row.channel}{', a threat' if row.threat else ''}: {told}"
        case Judgement():
            return _short(row.value) + {"probability": "", "s": " s", "a year": " a year"}[row.unit]
        case Inventory():
            return ", ".join(f"{party.replace('_', ' ')} {number}" for party, number in row.inventory.items())
        case Rung():
            return f"{', '.join(row.flows) or 'nothing'}; fusion {row.fusion}; {row.engagement}"
        case Agreement():
            counts = ((len(row.limits), "limit"), (len(row.duties), "duty"))
            words = [
                f"; {n} {word if n == 1 else {'limit': 'limits', 'duty': 'duties'}[word]}" for n, word in counts if n
            ]
            return f"flows: {', '.join(row.flows) or 'nothing'}{''.join(words)}"


def _counted(side: Counted | None) -> str:
    """Warheads on deployed carriers, of so many launchers."""
    if side is None:
        return "gave none"
    return f"{side.deployed_warheads} on {side.deployed_vehicles} of {side.all_launchers}"
