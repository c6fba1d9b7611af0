"""Help is quick, complete and the same in the docs."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.main import get_command

from entente.cli import app

ROOT = Path(__file__).parents[2]
COMMANDS = sorted(get_command(app).commands)
HEAVY = {"h5netcdf", "h5py", "jinja2", "llvmlite", "matplotlib", "numba", "scipy", "xarray"}
PLAIN = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
LOADED = """
import json, sys
from entente.cli import app
try:
    app(["--help"], prog_name="entente")
finally:
    sys.stderr.write(json.dumps(sorted(sys.modules)))
"""


def entente(*words):
    program = Path(sys.executable).with_name("entente")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=60, env=PLAIN)


def test_the_first_commands_exist():
    assert {"run", "simulate", "check", "catalogue", "arc", "fly"} <= set(COMMANDS)


def test_help_loads_nothing_heavy():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, timeout=60, env=PLAIN)
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(json.loads(done.stderr))


def test_help_answers_within_half_a_second():
    """The best of five counts: a busy machine delays any single start."""
    walls = []
    for _ in range(5):
        start = time.perf_counter()
        assert entente("--help").returncode == 0
        walls.append(time.perf_counter() - start)
    assert min(walls) < 0.5, walls


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name):
    done = entente(name, "--help")
    assert done.returncode == 0, done.stderr
    body = [line for line in done.stdout.splitlines() if "Usage:" not in line]
    assert any(f"entente {name} " in line for line in body), done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_reference(name):
    assert f"\n## entente {name}\n" in (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")


def test_the_reference_is_what_the_program_says():
    """Fails after a change of help, catalogue or test names until `make docs` was run."""
    builder = ROOT / "builders/reference.py"
    done = subprocess.run([sys.executable, builder, "--check"], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout + done.stderr
