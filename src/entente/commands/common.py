"""What all commands share: how a command reads numbers, refuses, tells and prints."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option, echo

from entente.errors import EntenteError, ScenarioError

NUMBER = re.compile(r"[-+]?[0-9.][0-9.,eE]*")

Json = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
ScenarioName = Annotated[
    str, Argument(help="A scenario file, or the name of one that is shipped, such as europe-2013.")
]


def number_of(unit: str, example: str) -> dict[str, Callable[[str | float], float]]:
    """How typer reads a number; of what is none it says what was typed, and what to write instead."""

    def number(typed: str | float) -> float:
        try:
            return float(typed)
        except ValueError:
            from entente.scenario.explain import number_in

            right = number_in(str(typed), f"_{unit}") or f"{typed!r} is not a number; write one, such as {example}"
            raise typer.BadParameter(right) from None

    return {"parser": number}


KM, DEG, S, HOURS = number_of("km", "1000"), number_of("deg", "45.5"), number_of("s", "600"), number_of("h", "24")


@contextmanager
def refusals() -> Iterator[None]:
    """An EntenteError becomes its lines on stderr and exit status 1; Ctrl-C becomes status 130."""
    try:
        yield
    except EntenteError as problem:
        lines = problem.mistakes if isinstance(problem, ScenarioError) else str(problem).splitlines()
        for line in lines:
            echo(line if line.startswith("Error") else f"Error: {line}", err=True)
        if isinstance(problem, ScenarioError) and len(lines) > 1:
            echo(f"{len(lines)} mistakes", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        echo("stopped", err=True)
        raise typer.Exit(130) from None


@contextmanager
def resumable(folder: Path, command: str) -> Iterator[Callable[[str], None]]:
    """Progress to stderr, overwritten in place on a terminal; at Ctrl-C, what is kept and how to continue."""
    from entente.journal import progress

    terminal, passing = sys.stderr.isatty(), False

    def tell(line: str) -> None:
        nonlocal passing
        start = "\r\x1b[K" if passing else ""
        passing = terminal and line.endswith(" ...")
        echo(start + line, err=True, nl=not passing)

    try:
        yield tell
    except KeyboardInterrupt:
        done, planned = progress(folder)
        kept = f"{done} of {planned} chunks are kept; continue with: {command}" if planned else "nothing was written"
        tell(f"stopped; {kept}")
        raise typer.Exit(130) from None
    finally:
        if passing:
            echo(err=True)


def print_json(value: object) -> None:
    """An answer for programs: arrays as lists, nan as null."""
    json.dump(_plain(value), sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    """A value as JSON has it: arrays as lists, nan as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value


def short(value: float) -> str:
    """A number for a table; a dash where it is undefined."""
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
