"""Which event does the user mean? A file or a shipped name, to an `Event` that is whole and consistent."""

from functools import cache
from pathlib import Path

from entente.errors import unknown
from entente.scenario.event_checks import check
from entente.scenario.events import Event
from entente.scenario.load import EXAMPLES
from entente.scenario.reader import read

FOLDER = EXAMPLES / "events"


def load_event(path_or_name: str | Path) -> Event:
    """The event in a file, or a shipped one by its name, such as ``sounding-rocket-1995``.

    Raises:
        ScenarioError: with every mistake in the file.
        UnknownName: a bare name that is not shipped.
    """
    path = Path(path_or_name)
    if isinstance(path_or_name, Path) or path.suffix or path.name != path_or_name or path.exists():
        return _read(path)
    if path_or_name not in shipped_events():
        raise unknown("event", path_or_name, shipped_events())
    return _shipped(path_or_name)


def shipped_events() -> list[str]:
    """The names of the events that come with the package, by date."""
    return [
        one.id for one in sorted(map(_shipped, _names()), key=lambda one: (one.kind != "historical", one.date, one.id))
    ]


def _names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


@cache
def _shipped(name: str) -> Event:
    return _read(FOLDER / f"{name}.yaml")


def _read(path: Path) -> Event:
    return read(path, Event, check)
