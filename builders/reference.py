"""Write docs/reference from the program itself: its commands, its catalogue, its measures, and what its tests claim.

`python builders/reference.py` writes the pages and says which changed; `--check` only says which would, and exits
1 if there is one.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from entente.cli import app
from entente.measures import LOOK_AT, MEASURES

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/authorities"))

from answers import Checked, checked, files  # noqa: E402

TARGET = ROOT / "docs/reference"
NOTE = "<!-- Written by builders/reference.py (make docs); edit the source, not this page. -->\n\n"
GROUPS = {
    "warning": "Who is warned, and when",
    "picture": "How good the picture is",
    "ambiguity": "Whether the event is read for what it is",
    "protection": "Who answers, and what gets through",
    "information": "What the partner's word adds",
    "given": "What a party lets the other see of itself",
}
BETTER = {"higher": "more", "lower": "less", "none": "neither"}
KINDS = {"authorities": "Published values and other codes", "laws": "Laws", "honesty": "Statistics"}


def cell(value: object) -> str:
    """A value as one cell of a table."""
    if isinstance(value, list):
        return "; ".join(cell(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {cell(item)}" for key, item in value.items())
    return " ".join(str("" if value is None else value).split()).replace("|", "\\|")


def table(head: list[str], rows: list[list[object]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *([cell(item) for item in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


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
    for name in get_command(app).commands:  # type: ignore[attr-defined]
        page += f"\n## entente {name}\n\n```text\n{help_of(name)}\n```\n"
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


def claims(file: Path) -> Iterator[list[object]]:
    """One row per test: its name as a sentence, and its docstring's first line."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = (ast.get_docstring(node) or "").split("\n")[0]
            yield [node.name.removeprefix("test_").replace("_", " "), said]


def published(result: Checked) -> str:
    """What a source states: a value or a band, with its unit."""
    case = result.case
    unit = "" if case["unit"] == "1" else f" {case['unit']}"
    return " to ".join(f"{end:.10g}" for end in case.get("band", [case.get("value")])) + unit


def rough(result: Checked) -> bool:
    """Whether a case is judged by per cents; then no more digits are shown than every machine agrees on."""
    return "band" in result.case or result.case["tolerance"] >= 0.01


def apart(result: Checked) -> str:
    """How far the computed number lies from the published one, in per cent of that; or whether it lies in the band."""
    if "band" in result.case:
        return "inside" if result.agrees else "outside"
    if not result.case["value"]:
        return f"{result.computed:+.1g}"
    share = f"{100.0 * (result.computed / result.case['value'] - 1.0):+.{1 if rough(result) else 2}f}"
    return f"{share} %" if float(share) else "0 %"


def allowed(result: Checked) -> str:
    """The tolerance that a case is held to."""
    case = result.case
    if result.loose:
        return "listed only"
    if "band" in case:
        return "the band"
    parts = [f"{100.0 * case['tolerance']:g} %"] if case["tolerance"] else []
    parts += (
        [f"{case['rounding']:g}{'' if case['unit'] == '1' else ' ' + case['unit']}"] if case.get("rounding") else []
    )
    return " + ".join(parts) or "exact"


def about(name: str) -> str:
    """The comment that begins a file of published values, as a paragraph."""
    lines = (ROOT / f"tests/authorities/{name}.yaml").read_text(encoding="utf-8").splitlines()
    said = [line.removeprefix("#").strip() for line in takewhile(lambda line: line.startswith("#"), lines)]
    return " ".join(said).replace(". ", ".\n") + "\n\n" if said else ""


def titled(name: str) -> str:
    """A file's name as a heading."""
    return name.replace("_", " ").capitalize()


def tally(every: dict[str, list[Checked]]) -> str:
    """How many cases each file holds, how many are held to a tolerance, and what came of them."""
    rows: list[list[object]] = []
    for name, results in every.items():
        held, listed = [r for r in results if not r.loose], [r for r in results if r.loose]
        outside = sum(not r.agrees for r in listed)
        link = f"[{titled(name)}](#{titled(name).lower().replace(' ', '-')})"
        rows.append([link, len(held), sum(r.agrees for r in held), len(listed), outside])
    total: list[object] = ["all", *(sum(int(str(row[i])) for row in rows) for i in range(1, 5))]
    return table(
        ["published", "held to a tolerance", "of them agree", "listed only", "of them outside"], [*rows, total]
    )


def published_cases(name: str, results: list[Checked]) -> str:
    """One file of published values as a table; what all its cases share is said once, below."""
    head = ["case", "published", "computed", "apart", "allowed"]
    rows: list[list[object]] = [
        [each.case["name"], published(each), f"{each.computed:.{4 if rough(each) else 6}g}", apart(each), allowed(each)]
        for each in results
    ]
    page, shared = f"\n### {titled(name)}\n\n{about(name)}In `tests/authorities/{name}.yaml`.\n\n", ""
    for key, title in (("tolerance_reason", "why that tolerance"), ("grade", "grade"), ("source", "source")):
        values = [cell(each.case[key]) for each in results]
        if len(set(values)) == 1:
            shared += f"\n{title.capitalize()}: {values[0]}\n"
        else:
            head.append(title)
            for row, value, before in zip(rows, values, ["", *values], strict=False):
                row.append("as above" if value == before else value)
    return page + table(head, rows) + shared


def validation() -> str:
    """What is checked against what: the published values with ours, and the tests, read as sentences."""
    page = f"# Validation\n\n{NOTE}Every line is a test that `make test` or `make nightly` runs.\n"
    page += (
        "\n## Published cases\n\nWhat the public functions give for what others published.\n"
        'A rough statement ("listed only") is shown beside what we get, and fails nothing.\n'
        "Grades: A primary text; B a reputable secondary source; C one secondary source; D recalled or unverified;\n"
        "calc computed from the cited formula.\n\n"
    )
    every = {name: list(checked(name)) for name in files()}
    page += tally(every) + "".join(published_cases(name, results) for name, results in every.items())
    for folder, title in KINDS.items():
        page += f"\n## {title}\n"
        for file in sorted((ROOT / "tests" / folder).glob("test_*.py")):
            if rows := list(claims(file)):
                page += f"\n### {file.relative_to(ROOT)}\n\n" + table(["claim", "against, and how closely"], rows)
    return page


def main() -> int:
    """Write, or with --check compare; 1 when a comparison fails."""
    check = "--check" in sys.argv[1:]
    changed = []
    pages = {"commands": commands(), "catalogue": catalogue(), "measures": measures(), "validation": validation()}
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
