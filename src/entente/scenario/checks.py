"""Do the parts of a scenario fit together? Names that point nowhere, names given twice, a day before any system.

The checks of names read the page, not the model, so that they speak even while other lines are wrong.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import get_args

from entente.scenario.explain import nearest, show
from entente.scenario.parts import PartyName
from entente.scenario.rows import ladder, systems, vehicles
from entente.scenario.schema import Scenario
from entente.scenario.yaml12 import Finding, Page, Path


def check(page: Page, scenario: Scenario | None) -> Iterator[Finding]:
    """Everything that is wrong between the parts of the file."""
    regions = [name for _, name in _texts(page, "regions", "name")]
    yield from _known(page, "cases", "vehicle", [row.id for row in vehicles()], "no vehicle of the catalogue")
    yield from _known(page, "cases", "origin", regions, "no region of this file")
    yield from _known(page, "cases", "target", regions, "no region of this file")
    yield from _known(page, "exclude", None, [row.id for row in systems()], "no system of the catalogue")
    for part in ("regions", "cases", "parties"):
        yield from _unique(page, _texts(page, part, "name"))
    yield from _unique(page, _texts(page, "exclude", None))
    yield from _unique(page, _rungs(page))
    yield from _rungs_known(page)
    yield from _rungs_rising(page)
    yield from _both_parties(page)
    if scenario:
        yield from _somewhere_to_go(page, scenario)
        yield from _before_any_system(page, scenario)


def _items(page: Page, part: str, key: str | None) -> Iterator[tuple[Path, object]]:
    """The value under `key` in each item of a list of the file, with its path; whatever shape the file has."""
    items = page.value((part,))
    for index in range(len(items) if isinstance(items, list) else 0):
        path: Path = (part, index) if key is None else (part, index, key)
        yield path, page.value(path)


def _texts(page: Page, part: str, key: str | None) -> list[tuple[Path, str]]:
    return [(path, value) for path, value in _items(page, part, key) if isinstance(value, str)]


def _rungs(page: Page) -> list[tuple[Path, int]]:
    values = _items(page, "rungs", None)
    return [(path, value) for path, value in values if isinstance(value, int) and not isinstance(value, bool)]


def _known(page: Page, part: str, key: str | None, names: list[str], rule: str) -> Iterator[Finding]:
    for path, name in _texts(page, part, key):
        if name not in names:
            yield Finding(page.place(path), path, f"{show(name)} is {rule}; {nearest(name, names)}")


def _unique(page: Page, given: Iterable[tuple[Path, str | int]]) -> Iterator[Finding]:
    first: dict[str | int, Path] = {}
    for path, name in given:
        if name in first:
            line = page.place(first[name]).line
            yield Finding(
                page.place(path), path, f"{show(name)} stands twice, first on line {line}; keep one of the two"
            )
        first.setdefault(name, path)


def _rungs_known(page: Page) -> Iterator[Finding]:
    known = [row.rung for row in ladder()]
    for path, rung in _rungs(page):
        if rung not in known:
            text = f"{rung} is no rung of the ladder; the rungs are {known[0]} to {known[-1]}"
            yield Finding(page.place(path), path, text)


def _rungs_rising(page: Page) -> Iterator[Finding]:
    """The report compares the last rung with the first, and calls them the highest and the lowest."""
    rungs = _rungs(page)
    for (_, lower), (path, rung) in pairwise(rungs):
        if rung < lower:
            yield Finding(page.place(path), path, f"{rung} stands after {lower}; write the rungs from low to high")


def _both_parties(page: Page) -> Iterator[Finding]:
    given = [name for _, name in _texts(page, "parties", "name")]
    for name in get_args(PartyName):
        if given and name not in given and len(set(given)) == len(given) == 2:
            yield Finding(
                page.place(("parties",), key=True), ("parties",), f"{name!r} is not among them; both parties must be"
            )


def _somewhere_to_go(page: Page, scenario: Scenario) -> Iterator[Finding]:
    for index, case in enumerate(scenario.cases):
        if case.origin == case.target:
            path: Path = ("cases", index, "target")
            yield Finding(page.place(path), path, f"{case.target!r} is also the origin; name another region")


def _before_any_system(page: Page, scenario: Scenario) -> Iterator[Finding]:
    """Each party needs at least one system of an allowed status on the day of the epoch."""
    day = scenario.epoch.date()
    missing = []
    for party in scenario.parties:
        own = [row for row in systems() if row.owner == party.name and row.id not in scenario.exclude]
        if any(row.status_on(day) in scenario.status for row in own):
            continue
        allowed = [(stay.since, row.id) for row in own for stay in row.periods if stay.status in scenario.status]
        statuses = " or ".join(scenario.status)
        since, first = min(allowed, default=(None, ""))
        right = f"the earliest day with one is {since} ({first})" if since else "allow another status or exclude less"
        missing.append(f"on {day} {party.name} has no system that is {statuses}; {right}")
    if missing:
        yield Finding(page.place(("epoch",)), ("epoch",), "; ".join(missing))
