"""Imports go down only, in the order that pyproject.toml gives; and kernels import nothing that acts on the world."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src/entente"
KERNELS = sorted(file for folder in ("physics", "estimate") for file in (PACKAGE / folder).glob("*.py"))
PURE = {"collections", "dataclasses", "erfa", "math", "numba", "numpy", "typing"}
KERNELS_MAY_USE = {"compiled", "constants", "estimate", "physics"}


def imported(file):
    """Every module that a file names in an import."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import; write it in full"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_go_down_only(tmp_path):
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [linter, "--no-logo", "--cache-dir", tmp_path], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("file", KERNELS, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_kernels_import_no_clock_file_socket_or_randomness(file):
    for name in imported(file):
        top, *rest = name.split(".")
        if top == "entente":
            assert rest[0] in KERNELS_MAY_USE, name
        else:
            assert top in PURE, name
            assert not name.startswith("numpy.random"), name


def test_physics_does_not_know_what_is_believed():
    names = [name for file in KERNELS if file.parent.name == "physics" for name in imported(file)]
    assert not [name for name in names if name.startswith("entente.estimate")]


ACTING = {
    "apsw",
    "asyncio",
    "fastapi",
    "httpx",
    "nats",
    "os",
    "pathlib",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
}
ACTING |= {"starlette", "subprocess", "tempfile", "threading", "time", "uvicorn", "websockets", "random"}


@pytest.mark.parametrize("rule", ["centre", "release", "proving/merkle"])
def test_what_rules_the_centre_acts_on_nothing(rule):
    """Neither the rules nor what they stand on knows a clock, a file, a socket or a framework.

    `signing` reads key files; the rules take its digests and nothing else.
    """
    known, waiting = {PACKAGE / "exchange/signing.py"}, [PACKAGE / f"exchange/{rule}.py"]
    while waiting:
        file = waiting.pop()
        known.add(file)
        for name in imported(file):
            assert name.split(".")[0] not in ACTING, f"{file.name}: {name}"
            parts = name.split(".")[1:] if name.startswith("entente.exchange.") else []
            found = (PACKAGE.joinpath(*parts[:n]).with_suffix(".py") for n in (2, 3) if len(parts) >= n)
            waiting += [path for path in found if path.is_file() and path not in known]
