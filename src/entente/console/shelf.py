"""Which ambiguous events are shown, and where they come from: those that are shipped, and one more from a file of the user's.

That file is read whenever it is asked for, so that who writes an event sees it by reloading the page.
"""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from entente.console.events import line, told
from entente.console.sources import as_json
from entente.errors import EntenteError, ScenarioError, unknown
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.events import Event

Kept = dict[str, tuple[Event, dict[str, Any]]]


@dataclass(frozen=True)
class Shelf:
    """The events that can be shown; `file`: one that is not shipped; `replay`: the title of the scenario that is shown too."""

    file: Path | None = None
    replay: str | None = None
    _told: Kept = field(default_factory=dict, repr=False, compare=False)
    _lines: Kept = field(default_factory=dict, repr=False, compare=False)
    _busy: Lock = field(default_factory=Lock, repr=False, compare=False)  # one at a time: each takes a second

    def packed(self, name: str | None = None) -> bytes:
        """One event's document, or the list of all events, as JSON packed by gzip; each made once.

        Raises:
            UnknownName: no such event. ScenarioError: mistakes in its file.
        """
        with self._busy:
            found = self._list() if name is None else _once(self._told, self._event(name), told)
            return gzip.compress(as_json(found), compresslevel=6, mtime=0)

    def names(self) -> list[str]:
        """What can be asked for."""
        return list(dict.fromkeys([*([self.file.stem] if self.file else []), *shipped_events()]))

    def _event(self, name: str) -> Event:
        if self.file and name == self.file.stem:
            return load_event(self.file)
        if name not in shipped_events():
            raise unknown("event", name[:80], self.names())
        return load_event(name)

    def _list(self) -> dict[str, Any]:
        return {"format": 1, "replay": self.replay, "events": [self._line(name) for name in self.names()]}

    def _line(self, name: str) -> dict[str, Any]:
        """An event's line; of one that cannot be read, why."""
        try:
            return _once(self._lines, self._event(name), line)
        except EntenteError as problem:
            return {"id": name, "why": one_line(problem)}


def shelf(event: str | None = None, replay: str | None = None) -> tuple[Shelf, str]:
    """The shelf, and the name that an event which is asked for has on it: a shipped name or a file.

    Raises:
        UnknownName, ScenarioError: as `load_event`.
    """
    if event is None:
        return Shelf(replay=replay), ""
    found = load_event(event)
    return Shelf(None if event in shipped_events() else Path(event), replay), found.id


def one_line(problem: EntenteError) -> str:
    """The first thing that is wrong, without the lines of the file around it, and how much more there is."""
    mistakes = problem.mistakes if isinstance(problem, ScenarioError) else (str(problem),)
    more = f" (and {len(mistakes) - 1} more)" if len(mistakes) > 1 else ""
    return mistakes[0].splitlines()[0] + more


def _once(kept: Kept, one: Event, make: Callable[[Event], dict[str, Any]]) -> dict[str, Any]:
    """What was made of this very event before, or is made now."""
    if one.id not in kept or kept[one.id][0] != one:
        kept[one.id] = one, make(one)
    return kept[one.id][1]
