"""Change the log's core in every small way there is, and see whether a test notices: `make mutants`.

Each mutant is one changed operator, number, name or call of MUTATED. It is killed if a test of TESTS fails with it. Mutants
that change nothing but the words of an error are counted apart: no test should hang on them. Prints the survivors as diffs
and exits 1 if fewer than LEAST of the others were killed. Works on a copy, in a folder of its own; takes minutes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[1]
MUTATED = [f"src/entente/exchange/{name}.py" for name in ("proving/merkle", "proving/notes", "ruling/keyring")]
TESTS = [
    "tests/authorities/test_log.py",
    *(f"tests/laws/test_{name}.py" for name in ("merkle", "notes", "keyring", "key_statements")),
]
BESIDE = ["tests/authorities/conftest.py", "tests/authorities/merkle-proofs.json", "tests/authorities/signed_notes.yaml",
          "tests/authorities/answers", "tests/attacks/room.py"]  # fmt: skip
LEAST = 0.95
KILLED, SURVIVED = {1, 3, 24, 36, 37, -24, 152, 255, -11, -9}, {0, 33}  # exit statuses; 33: no test reaches it
SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = {mutated}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:cacheprovider", "--import-mode=importlib", "-o", "pythonpath=."]
"""


def main() -> int:
    """Mutate, count, show; 0 if enough were killed."""
    with TemporaryDirectory(prefix="mutants-") as name:
        folder = Path(name)
        lay_out(folder)
        environment = {**os.environ, "PYTHONPATH": "."}
        workers = sys.argv[1] if len(sys.argv) > 1 else "2"
        run = [sys.executable, "-m", "mutmut", "run", "--max-children", workers]
        done = subprocess.run(run, check=False, cwd=folder, env=environment, capture_output=True, text=True)
        statuses = statuses_in(folder)
        if not statuses:
            print(done.stdout[-3000:], done.stderr[-3000:])
            return 1
        return judge(folder, statuses)


def lay_out(folder: Path) -> None:
    """A copy of the package and of the tests that are asked."""
    ignored = shutil.ignore_patterns("web", "assets", "__pycache__", "node_modules")
    shutil.copytree(ROOT / "src/entente", folder / "src/entente", ignore=ignored)
    for each in [*TESTS, *BESIDE]:
        (folder / each).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
        copy(ROOT / each, folder / each)
    text = SETTINGS.format(mutated=json.dumps(MUTATED), tests=json.dumps(TESTS))
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def statuses_in(folder: Path) -> dict[str, int | None]:
    """Exit status of the tests, by mutant."""
    found: dict[str, int | None] = {}
    for meta in sorted((folder / "mutants").rglob("*.meta")):
        found |= json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def judge(folder: Path, statuses: dict[str, int | None]) -> int:
    """Print what survived, and how many were killed."""
    diffs = diffs_of(folder, statuses)
    others = {name: status for name, status in statuses.items() if not is_wording(diffs[name])}
    survivors = [name for name, status in others.items() if status in SURVIVED]
    for name in survivors:
        print(f"survived: {name}\n{diffs[name]}\n")
    killed = sum(status in KILLED for status in others.values())
    share = killed / len(others)
    print(f"{len(statuses)} mutants, {len(statuses) - len(others)} of them in the words of errors; "
          f"of the other {len(others)}, {killed} killed: {share:.1%}, {len(survivors)} survived")  # fmt: skip
    return 0 if share >= LEAST else 1


def diffs_of(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The lines that each mutant changes, by mutant."""
    program = (
        "import sys; from mutmut.mutation.diff_apply import get_diff_for_mutant as diff\n"
        "for name in sys.stdin.read().split(): print(name); print(diff(name)); print('\\x00')"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input="\n".join(names), cwd=folder, capture_output=True, text=True, check=True
    )
    parts = (part.partition("\n") for part in done.stdout.split("\x00\n"))
    return {name: diff for name, _, diff in parts}


def is_wording(diff: str) -> bool:
    """Whether nothing changes but what an error says: the same error is raised, and all else stays."""
    lines = [line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    raised = {(line[0], match[1]) for line in lines if (match := re.match(r"[-+]\s*raise (\w+)\(", line))}
    return len(lines) == 2 and len(raised) == 2 and len({name for _, name in raised}) == 1


if __name__ == "__main__":
    sys.exit(main())
