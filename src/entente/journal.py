"""A study under way, on disk: what it will do, and which of its chunks are found.

The plan is written first and names everything that decides the bits; a later run continues only if its own plan is the
same. A chunk counts once its check sum stands in the list, which comes after its files.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from entente import chunks
from entente.errors import StoreError
from entente.store import (
    CHUNKS,
    MANIFEST,
    NUMBERS,
    PLAN,
    REPORT,
    damaged,
    is_finished,
    place,
    read_json,
    refusing,
    sha256,
    undisturbed,
    write,
    write_json,
)

FORMAT = 1  # of the plan
FIRST_SEED = 1
SUMS = "SHA256SUMS"
FOLLOW = ("scenario", "again", "stressed")  # of a plan: said by the scenario's hash, and by the number of seeds
SUM = re.compile(r"([0-9a-f]{64})  (\S+)\n")


@dataclass(frozen=True)
class Plan:
    """Everything that decides what a study finds, to the bit."""

    version: str
    code: str  # hash of the modules and tables that a history passes through
    packages: dict[str, str]  # name -> version, of all that are used; the processor too
    scenario: dict[str, Any]  # as it was read
    scenario_hash: str  # of the scenario and the catalogue
    findings_hash: str  # of the predicates, before anything ran
    cases: list[str]
    rungs: list[int]
    seeds: int
    again: int  # of how many seeds there is a second history
    stressed: int  # of how many there is one under stress
    seeds_a_chunk: int
    measures: list[str]

    def chunks(self) -> list[chunks.Axes]:
        """All chunks, the first seeds of every case before the next seeds of any."""
        parties = tuple(party["name"] for party in self.scenario["parties"])
        blocks = [range(i, min(i + self.seeds_a_chunk, self.seeds)) for i in range(0, self.seeds, self.seeds_a_chunk)]
        return [
            chunks.Axes(
                case=case,
                measures=tuple(self.measures),
                rungs=tuple(self.rungs),
                parties=parties,
                seeds=tuple(FIRST_SEED + i for i in block),
                again=min(max(self.again - block.start, 0), len(block)),
                stressed=min(max(self.stressed - block.start, 0), len(block)),
            )
            for block in blocks
            for case in self.cases
        ]


def begin(folder: Path, plan: Plan, resume: bool, force: bool) -> None:
    """Make the folder this plan's, which may have been begun or finished before.

    Raises:
        StoreError: another study is there, or an unfinished one that was not asked to be resumed.
    """
    path = folder / PLAN
    if force or not (path.exists() or is_finished(folder)):
        _clear(folder)
        write_json(path, {"format": FORMAT, **asdict(plan)})
        return
    other = differences(read_plan(folder), plan)
    if other:
        what = "finished" if is_finished(folder) else "unfinished"
        raise StoreError(
            f"{folder}: holds another study, {what}: {'; '.join(other)}; pick another folder, "
            "or --force to delete that study"
        )
    if not (resume or is_finished(folder)):
        raise StoreError(
            f"{folder}: holds this study unfinished, {len(read_sums(folder)) // 2} of {len(plan.chunks())} chunks; "
            "continue it with --resume, or --force to begin again"
        )


def read_plan(folder: Path) -> Plan:
    """What the study in a folder was begun as.

    Raises:
        StoreError: no plan there, a damaged one, or one of a newer format.
    """
    path = folder / PLAN
    if not path.exists():
        raise StoreError(f"{folder}: has no {PLAN}, so its study cannot be continued; pick another folder, or --force")
    said = read_json(path, FORMAT)
    try:
        return TypeAdapter(Plan).validate_json(json.dumps(said), strict=True)
    except ValidationError as problem:
        raise StoreError(f"{path}: is damaged, {first_mistake(problem)}; begin again with --force") from problem


def first_mistake(problem: ValidationError) -> str:
    """What pydantic found first, in one line."""
    mistake = problem.errors(include_url=False)[0]
    where = ".".join(map(str, mistake["loc"])) or "the whole"
    return f"{where!r} is missing" if mistake["type"] == "missing" else f"{where!r}: {mistake['msg']}"


@undisturbed()
def keep(folder: Path, axes: chunks.Axes, found: chunks.Found) -> None:
    """Write what a chunk found; from then on it is there whatever happens."""
    home = folder / CHUNKS
    histories, inputs = _files(folder, axes)
    try:
        home.mkdir(exist_ok=True)
        place(histories, lambda path: chunks.write_histories(path, axes, found))
        place(inputs, lambda path: chunks.write_inputs(path, axes, found))
        lines = "".join(f"{sha256(path)}  {path.name}\n" for path in (histories, inputs))
        with (home / SUMS).open("a", encoding="ascii") as handle:
            handle.write(lines)
    except OSError as problem:
        raise StoreError(
            f"{histories}: cannot be written ({problem.strerror}); free some space and continue with --resume"
        ) from problem


def kept(folder: Path, plan: Plan, tell: Callable[[str], None]) -> dict[chunks.Axes, chunks.Found]:
    """The chunks that are there and whole; a damaged one is said so, and left out."""
    sums, found = read_sums(folder), {}
    for axes in plan.chunks():
        files = _files(folder, axes)
        if not all(file.name in sums for file in files):
            continue
        broken = [file for file in files if damaged(file, sums[file.name])]
        if broken:
            tell(f"{broken[0]}: is damaged, its check sum is not the one noted; it is made again")
            continue
        try:
            with undisturbed():
                found[axes] = chunks.read(*files, axes)
        except OSError as problem:
            tell(f"{files[0]}: cannot be read ({problem.strerror}); it is made again")
    with refusing(folder / CHUNKS, "cannot be written"):
        (folder / CHUNKS).mkdir(exist_ok=True)
    lines = "".join(f"{sums[file.name]}  {file.name}\n" for axes in found for file in _files(folder, axes))
    write(folder / CHUNKS / SUMS, lambda path: path.write_text(lines, encoding="ascii"))
    return found


def read_sums(folder: Path) -> dict[str, str]:
    """The check sums of finished chunks by file name; a line that a killed process left half is none."""
    path = folder / CHUNKS / SUMS
    with refusing(path, "cannot be read"):
        text = path.read_bytes().decode("ascii", errors="replace") if path.exists() else ""
    return {match[2]: match[1] for match in map(SUM.fullmatch, text.splitlines(keepends=True)) if match}


def progress(folder: Path) -> tuple[int, int]:
    """How many chunks of the study in a folder are finished, and of how many; (0, 0) if there is none."""
    if not (folder / PLAN).exists():
        return 0, 0
    names = read_sums(folder)
    planned = read_plan(folder).chunks()
    return sum(all(file.name in names for file in _files(folder, axes)) for axes in planned), len(planned)


def sums_of_all(folder: Path) -> dict[str, str]:
    """The check sums of the plan and of every file of a chunk, by path in the folder."""
    with refusing(folder / PLAN, "cannot be read"):
        plan = sha256(folder / PLAN)
    return {PLAN: plan, **{f"{CHUNKS}/{name}": known for name, known in read_sums(folder).items()}}


def scenario_text(plan: Plan) -> str:
    """The scenario of a plan, as JSON."""
    return json.dumps(plan.scenario)


def _files(folder: Path, axes: chunks.Axes) -> tuple[Path, Path]:
    stem = f"{axes.case}-{axes.seeds[0]}"
    return folder / CHUNKS / f"{stem}.histories.parquet", folder / CHUNKS / f"{stem}.inputs.parquet"


def differences(there: Plan, now: Plan) -> list[str]:
    """What two plans do not have in common, in words; the shortest that says it."""
    said = []
    for field in fields(Plan):
        old, new = getattr(there, field.name), getattr(now, field.name)
        if old == new or field.name in FOLLOW:
            continue
        if isinstance(old, Mapping):
            said += [
                f"{name} {old.get(name, 'missing')} there, {new.get(name, 'missing')} now"
                for name in sorted({*old, *new})
                if old.get(name) != new.get(name)
            ]
        else:
            said.append(f"{field.name.replace('_', ' ')} {_short(old)} there, {_short(new)} now")
    return said


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _clear(folder: Path) -> None:
    """Delete what a study found and its report; a file of anybody else's stays. Cut short, it leaves it unfinished."""
    ours = [folder / name for name in (MANIFEST, f"{CHUNKS}/{SUMS}", NUMBERS, *REPORT)]
    with refusing(folder, "cannot be cleared"):
        for path in (*ours, *(folder / CHUNKS).glob("*.parquet")):
            path.unlink(missing_ok=True)
