"""Write docs/reference from the program itself: its commands, catalogue, measures, messages, and what its tests claim.

`python builders/reference.py` writes the pages and says which changed; `--check` only says which would, and exits
1 if there is one.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from kinds import kinds
from tables import NOTE, cell, table
from typer.main import get_command
from validation import validation

from entente.cli import app
from entente.measures import LOOK_AT, MEASURES

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/reference"
GROUPS = {
    "warning": "Who is warned, and when",
    "picture": "How good the picture is",
    "ambiguity": "Whether the event is read for what it is",
    "protection": "Who answers, and what gets through",
    "information": "What the partner's word adds",
    "aftermath": "What an interception leaves behind, and what the other side sees of it",
    "given": "What a party lets the other see of itself",
}
BETTER = {"higher": "more", "lower": "less", "none": "neither"}


def help_of(*words: str) -> str:
    """What `entente WORDS --help` prints, on a terminal of fixed width without colours."""
    plain = {**os.environ, "COLUMNS": "100", "TERMINAL_WIDTH": "100", "NO_COLOR": "1", "TERM": "dumb"}
    for name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
        plain.pop(name, None)
    program = "import sys; sys.argv[0] = 'entente'; from entente.cli import app; app(prog_name='entente')"
    command = [sys.executable, "-c", program, *words, "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True, env=plain)
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def commands() -> str:
    """Every command with its help."""
    page = f"# Commands\n\n{NOTE}```text\n{help_of()}\n```\n"
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        page += f"\n## entente {name}\n\n```text\n{help_of(name)}\n```\n"
        for inner in getattr(command, "commands", ()):
            page += f"\n### entente {name} {inner}\n\n```text\n{help_of(name, inner)}\n```\n"
    return page


def rows_of(file: Path) -> Iterator[dict[str, Any]]:
    """The rows of one catalogue file, whether it holds a list, one row or lists under headings."""
    content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    groups = [content] if isinstance(content, list) or "id" in content else list(content.values())
    for group in groups:
        for row in group if isinstance(group, list) else [group]:
            if isinstance(row, dict):
                yield row


def catalogue() -> str:
    """Every row of the catalogue with what vouches for it."""
    page = f"# Catalogue\n\n{NOTE}A range is low, nominal, high; half the probability lies on each side of nominal.\n"
    said_elsewhere = {"id", "title", "owner", "source", "basis", "confidence", "periods", "notes", "kind"}
    for file in sorted((ROOT / "src/entente/scenario/catalogue").glob("*.yaml")):
        rows = list(rows_of(file))
        if not any("id" in row for row in rows):
            continue
        page += f"\n## {file.stem}\n"
        for row in rows:
            page += f"\n### {row.get('title', row.get('id', ''))}\n\n"
            first = {key: row[key] for key in ("id", "owner", "basis", "confidence", "periods") if key in row}
            values = {key: value for key, value in row.items() if key not in said_elsewhere}
            page += table(["key", "value"], [[key, value] for key, value in (first | values).items()])
            sources = row.get("source", [])
            page += "".join(f"\nSource: {cell(s)}\n" for s in ([sources] if isinstance(sources, str) else sources))
            page += f"\n{cell(row['notes'])}\n" if row.get("notes") else ""
    return page


def measures() -> str:
    """Every measure of a history: what it is, in which unit, and which way is better."""
    page = (
        f"# Measures\n\n{NOTE}Each is one number a party in each history, and nan where it is undefined there.\n"
        "With several objects it is the mean over those for which it is defined.\n"
        f"What is compared at one moment is compared {LOOK_AT:.0f} s after the launch of each object.\n"
    )
    for group, title in GROUPS.items():
        rows: list[list[object]] = [
            [f"`{name}`", one.title, "share" if one.unit == "1" else one.unit, BETTER[one.better], one.note]
            for name, one in MEASURES.items()
            if one.group == group
        ]
        page += f"\n## {title}\n\n" + table(["name", "what it is", "unit", "better", "how it is taken"], rows)
    return page


def main() -> int:
    """Write, or with --check compare; 1 when a comparison fails."""
    check = "--check" in sys.argv[1:]
    changed = []
    pages = {"commands": commands(), "catalogue": catalogue(), "measures": measures(), "messages": kinds()}
    pages["validation"] = validation()
    for name, text in pages.items():
        page = TARGET / f"{name}.md"
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            changed.append(str(page.relative_to(ROOT)))
            if not check:
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_text(text, encoding="utf-8")
    if changed:
        print(", ".join(changed), "out of date; type: make docs" if check else "written")
    return int(check and bool(changed))


if __name__ == "__main__":
    sys.exit(main())
