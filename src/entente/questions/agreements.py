"""Which agreements held on a day? Rows of the catalogue, with how each one stood."""

import datetime as dt
from typing import get_args

from entente.errors import ModelError, unknown
from entente.scenario import rows
from entente.scenario.accords import Standing
from entente.scenario.table import Table


def agreements(on: dt.date | str | int | None = None, status: str | None = None) -> Table:
    """Agreements of the catalogue, in its order, with their status on a day.

    Args:
        on: a date, ISO text such as 2013-04-08, or a year, which means its first of July; all days if left out.
        status: in force (the default when a day is given), signed only, never operated, lapsed, or any.
    Returns:
        the rows that had been signed by then and had that status; without a day, all of them.
    Raises:
        ModelError: no such day; a status without a day.
        UnknownName: no such status.
    Valid: an agreement that a party has suspended stays in force until it ends; its row says since when.
    """
    known = (*get_args(Standing), "any")
    if status is not None and status not in known:
        raise unknown("agreements status", str(status), known)
    if on is None:
        if status not in (None, "any"):
            raise ModelError(f"agreements: the status {status!r} holds on a day; give one, such as on='2013-04-08'")
        return Table("agreements", rows.agreements())
    day, wanted = _day(on), status or "in force"
    held = [(row, row.status_on(day)) for row in rows.agreements()]
    return Table("agreements", tuple(row for row, was in held if was and wanted in (was, "any")), day)


def _day(on: object) -> dt.date:
    if isinstance(on, dt.datetime):
        return on.date()
    if isinstance(on, dt.date):
        return on
    if isinstance(on, str):
        text = on.strip()
        if text.isascii() and text.isdecimal() and len(text) == 4:
            return rows.first_of_july("agreements", int(text))
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise ModelError(f"agreements: {on[:40]!r} is not a day; write 2013-04-08, or a year") from None
    return rows.first_of_july("agreements", on)
