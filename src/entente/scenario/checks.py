"""Do the parts of a scenario fit together? Names that point nowhere, names given twice, notices nobody would give.

The checks of names read the page, not the model, so that they speak even while other lines are wrong.
"""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path as File
from typing import get_args

from entente.scenario.assumptions import check_assumptions
from entente.scenario.explain import nearest, show
from entente.scenario.parts import PartyName
from entente.scenario.rows import interceptors, ladder, systems, vehicles
from entente.scenario.schema import Scenario
from entente.scenario.yaml12 import Finding, Page, Path

NAMED = ("regions", "cases", "parties", "critical_sites", "paths", "limits")


def check(page: Page, scenario: Scenario | None) -> Iterator[Finding]:
    """Everything that is wrong between the parts of the file."""
    yield from _names(page)
    yield from _rungs_known(page)
    yield from _rungs_rising(page)
    yield from _steps_on_the_rungs(page)
    yield from _both_parties(page)
    yield from _claims(page, "answers_for")
    yield from _claims(page, "allies")
    yield from _announcements(page)
    if scenario:
        yield from _somewhere_to_go(page, scenario)
        yield from _before_any_system(page, scenario)
        yield from _shots_in_stock(page, scenario)
        yield from _sectors_apart(page, scenario)
        yield from check_assumptions(page, scenario)


def _names(page: Page) -> Iterator[Finding]:
    """Every name points somewhere, and nothing is named twice."""
    regions = [name for _, name in _texts(page, "regions", "name")]
    no_region = f"no region of {File(page.home(('regions',)).name).name}"
    yield from _known(page, "cases", "vehicle", [row.id for row in vehicles()], "no vehicle of the catalogue")
    yield from _known(page, "cases", "origin", regions, no_region)
    yield from _known(page, "cases", "target", regions, no_region)
    yield from _known(page, "exclude", None, [row.id for row in systems()], "no system of the catalogue")
    for path, name in _inner(page, "parties", "answers_for"):
        if isinstance(name, str) and name not in regions:
            yield Finding(page.place(path), path, f"{show(name)} is {no_region}; {nearest(name, regions)}")
    for part in NAMED:
        yield from _unique(page, _texts(page, part, "name"))
    for part in ("cases", "critical_sites", "paths"):
        yield from _unique(page, _texts(page, part, "title"))
    yield from _unique(page, _texts(page, "out_of_scope", "what"))
    yield from _unique(page, _texts(page, "exclude", None))
    yield from _unique(page, _texts(page, "assume", "input"))
    yield from _unique(page, _rungs(page, "rungs", None))
    yield from _unique(page, _rungs(page, "ladder", "rung"))
    for index, _ in enumerate(_texts(page, "parties", "name")):
        chosen = [(p, v) for p, v in _inner(page, "parties", "priorities") if isinstance(v, str) and p[1] == index]
        yield from _unique(page, chosen)


def _items(page: Page, part: str, key: str | None) -> Iterator[tuple[Path, object]]:
    """The value under `key` in each item of a list of the file, with its path; whatever shape the file has."""
    items = page.value((part,))
    for index in range(len(items) if isinstance(items, list) else 0):
        path: Path = (part, index) if key is None else (part, index, key)
        yield path, page.value(path)


def _texts(page: Page, part: str, key: str | None) -> list[tuple[Path, str]]:
    return [(path, value) for path, value in _items(page, part, key) if isinstance(value, str)]


def _rungs(page: Page, part: str, key: str | None) -> list[tuple[Path, int]]:
    values = _items(page, part, key)
    return [(path, value) for path, value in values if isinstance(value, int) and not isinstance(value, bool)]


def _inner(page: Page, part: str, key: str) -> Iterator[tuple[Path, object]]:
    """The values of the list under `key` in each item of a list of the file."""
    for path, values in _items(page, part, key):
        for index, value in enumerate(values if isinstance(values, list) else ()):
            yield (*path, index), value


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


def _known_rungs(page: Page) -> list[int]:
    """The rungs of the ladder, and this scenario's own."""
    return sorted({row.rung for row in ladder()} | {rung for _, rung in _rungs(page, "ladder", "rung")})


def _rungs_known(page: Page) -> Iterator[Finding]:
    known = _known_rungs(page)
    for path, rung in _rungs(page, "rungs", None):
        if rung not in known:
            listed = ", ".join(map(str, known))
            text = f"{rung} is no rung of the ladder, nor of this scenario's own; the rungs are {listed}"
            yield Finding(page.place(path), path, text)


def _rungs_rising(page: Page) -> Iterator[Finding]:
    """The report compares the last rung with the first, and calls them the highest and the lowest."""
    rungs = _rungs(page, "rungs", None)
    for (_, lower), (path, rung) in pairwise(rungs):
        if rung < lower:
            yield Finding(page.place(path), path, f"{rung} stands after {lower}; write the rungs from low to high")


def _steps_on_the_rungs(page: Page) -> Iterator[Finding]:
    """A path can only be walked over rungs that are computed."""
    known, computed = _known_rungs(page), [rung for _, rung in _rungs(page, "rungs", None)]
    for path, _ in _inner(page, "paths", "steps"):
        rung = page.value((*path, "rung"))
        if isinstance(rung, bool) or not isinstance(rung, int) or rung in computed:
            continue
        at: Path = (*path, "rung")
        if rung not in known:
            text = f"{rung} is no rung of the ladder, nor of this scenario's own; the rungs are {', '.join(map(str, known))}"
        else:
            text = f"{rung} is not among the rungs of this scenario, which are {computed}; add it there, or leave out the step"
        yield Finding(page.place(at), at, text)


def _claims(page: Page, key: str) -> Iterator[Finding]:
    """A region has one party that answers for it, or none; an ally stands beside one of the two."""
    first: dict[str, Path] = {}
    for path, name in _inner(page, "parties", key):
        if not isinstance(name, str):
            continue
        if name in first:
            line, again = page.place(first[name]).line, first[name][1] == path[1]
            whose = f"stands twice, first on line {line}; keep one of the two"
            other = f"is claimed by the other party too, on line {line}; one of the two must leave it to the other"
            yield Finding(page.place(path), path, f"{show(name)} {whose if again else other}")
        first.setdefault(name, path)


def _announcements(page: Page) -> Iterator[Finding]:
    """A notice is given by whoever launches, of what is no attack, and to somebody."""
    for base, case in _items(page, "cases", None):
        if not isinstance(case, dict) or not isinstance(notice := case.get("notice"), dict):
            continue
        path: Path = (*base, "notice")
        giver, told, launcher = notice.get("by"), notice.get("to", []), case.get("launched_by", "third party")
        if case.get("nature", "attack") == "attack":
            text = "an attack is not announced; leave out the notice, or say in nature what the launch is"
            yield Finding(page.place(path, key=True), path, text)
        if isinstance(giver, str) and isinstance(launcher, str) and giver != launcher:
            at: Path = (*path, "by")
            yield Finding(
                page.place(at),
                at,
                f"{show(giver)} did not launch it; launched_by is {show(launcher)}, who gives the notice",
            )
        if not isinstance(told, list):
            continue
        at = (*path, "to")
        if giver == "third party" and not told:
            where = at if "to" in notice else path
            text = "a third party that tells neither party gives no notice; name at least one, or leave out the notice"
            yield Finding(page.place(where), at, text)
        elif giver in get_args(PartyName) and told:
            yield Finding(
                page.place(at), at, f"{show(giver)} tells the other party and nobody else here; leave out the key"
            )
        yield from _unique(page, [((*at, i), name) for i, name in enumerate(told) if isinstance(name, str)])


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


def _shots_in_stock(page: Page, scenario: Scenario) -> Iterator[Finding]:
    """A salvo must be no larger than the stock that some site may spend; with no site at all there is nothing to say."""
    owners = [owner for party in scenario.parties for owner in (party.name, *party.allies)]
    day = scenario.epoch.date()
    sites = [
        row
        for row in interceptors()
        if row.owner in owners and row.status_on(day) in scenario.status and row.id not in scenario.exclude
        if not row.nuclear_armed
    ]
    for index, case in enumerate(scenario.cases):
        for_use = {row.id: int((1.0 - case.doctrine.reserve) * row.inventory + 1e-9) for row in sites}
        most = max(for_use.values(), default=case.shots_per_object)
        if case.shots_per_object <= most:
            continue
        path: Path = ("cases", index, "shots_per_object" if most else "doctrine")
        given = f"{case.shots_per_object} interceptors an object are more than any site may spend"
        best = max(sites, key=lambda row: for_use[row.id])
        back = " beside its reserve" if case.doctrine.reserve else ""
        right = f"{best.id} has {most}{back}, the most; give no more{', or hold back less' if back else ''}"
        yield Finding(page.place(path), path, f"{given}; {right}")


def _sectors_apart(page: Page, scenario: Scenario) -> Iterator[Finding]:
    """A place lies in the sector of one party, or of none; and both parties have sectors, or neither."""
    one, other = scenario.parties
    if bool(one.sectors) != bool(other.sectors):
        without = 1 if one.sectors else 0
        path: Path = ("parties", without)
        text = f"{scenario.parties[without].name} has no sectors and the other party has; give both parties sectors, or neither"
        yield Finding(page.place(path), path, text)
    for n, theirs in enumerate(other.sectors):
        for m, ours in enumerate(one.sectors):
            if max(ours.south_deg, theirs.south_deg) < min(ours.north_deg, theirs.north_deg) and max(
                ours.west_deg, theirs.west_deg
            ) < min(ours.east_deg, theirs.east_deg):
                path = ("parties", 1, "sectors", n)
                text = (
                    f"overlaps sector {m + 1} of {one.name}, so that both would answer there; "
                    "let the two touch, or leave a gap that neither answers"
                )
                yield Finding(page.place(path), path, text)


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
