"""Every block of code in the docs runs, and the output shown is the output.

The blocks of a page share one namespace and run in order, in a folder where `examples` is the repository's.
- a python block directly followed by a text block prints exactly that text;
- in a console block each `$ entente ...` prints what follows it (`...` stands for anything, as in doctest); other
  commands (`$ make demo`) are for people and are not run.
"""

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if page.exists()]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLAIN = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
RUNNER = """
import contextlib, io, json, sys
names = {"__name__": "__main__"}
printed = []
for number, source in enumerate(json.load(sys.stdin)):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(source, f"block {number + 1}", "exec"), names)
    printed.append(out.getvalue())
json.dump(printed, sys.stdout)
"""


def blocks(page):
    """(language, text, whether it follows the block before with nothing but blank lines between)."""
    text = page.read_text(encoding="utf-8")
    end = None
    for match in FENCE.finditer(text):
        yield match[1], match[2], end is not None and not text[end : match.start()].strip()
        end = match.end()


def python_blocks(page):
    """(source, the output shown or None)."""
    found = []
    previous = ""
    for language, text, follows in blocks(page):
        if language == "python":
            found.append([text, None])
        elif language == "text" and follows and previous == "python":
            found[-1][1] = text
        previous = language
    return found


def console_steps(page):
    """(command, the output shown), for the commands that are entente's."""
    for language, text, _ in blocks(page):
        if language == "console":
            for step in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                command, _, shown = step.partition("\n")
                if command.startswith("entente "):
                    yield command, shown


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


def named(pages):
    return pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(ROOT)))


def same(shown, got):
    tidy = [re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip("\n") + "\n" for text in (shown, got)]
    return doctest.OutputChecker().check_output(*tidy, doctest.ELLIPSIS)


@pytest.mark.timeout(600)
@named([page for page in PAGES if python_blocks(page)])
def test_python_in_the_docs_runs_and_prints_what_is_shown(page, folder):
    wanted = python_blocks(page)
    done = subprocess.run(
        [sys.executable, "-c", RUNNER],
        input=json.dumps([source for source, _ in wanted]),
        capture_output=True,
        text=True,
        timeout=550,
        cwd=folder,
        env=PLAIN,
    )
    assert done.returncode == 0, done.stderr
    for (source, shown), printed in zip(wanted, json.loads(done.stdout), strict=True):
        assert shown is None or same(shown, printed), f"{source}\nprints\n{printed}"


@pytest.mark.timeout(600)
@named([page for page in PAGES if list(console_steps(page))])
def test_commands_in_the_docs_print_what_is_shown(page, folder):
    for command, shown in console_steps(page):
        words = shlex.split(command, comments=True)
        words[0] = str(Path(sys.executable).with_name("entente"))
        done = subprocess.run(words, capture_output=True, text=True, timeout=550, cwd=folder, env=PLAIN)
        printed = done.stdout if done.returncode == 0 else done.stdout + done.stderr
        assert done.returncode == 0 or shown.strip(), done.stderr
        assert not shown.strip() or same(shown, printed), f"$ {command}\n{printed}"


def test_relative_links_lead_somewhere():
    for page in PAGES:
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            assert re.match(r"[a-z]+:", target) or (page.parent / target).exists(), f"{page}: {target}"
