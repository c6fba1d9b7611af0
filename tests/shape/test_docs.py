"""Every block of code in the docs runs, and the output shown is the output.

The blocks of a page run in order, in a folder of the page's own where `examples` is the repository's.
- a yaml block that begins with `# NAME.yaml` is written to that file; other yaml blocks are for reading;
- python blocks share one namespace; one directly followed by a text block prints exactly that text;
- in a console block each `$ entente ...` prints what follows it (`...` stands for anything, as in doctest); other
  commands (`$ make demo`) are for people and are not run.

`python tests/shape/test_docs.py PAGE ...` writes what the blocks print now into the pages, in place of what they show.
"""

import doctest
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [page for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if page.exists()]
LIMIT_S = 300  # for all blocks of a page; the first ones after an edit of a kernel compile it
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SAVED = re.compile(r"# ([\w-]+\.yaml)\b")
PLAIN = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
INTERPRETER = """
import contextlib, io, json, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    out = io.StringIO()
    failed = ""
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(json.loads(line), "block", "exec"), names)
    except BaseException:
        failed = traceback.format_exc()
    print(json.dumps([out.getvalue(), failed]), flush=True)
"""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page: its language, its text, where the text lies, and whether it follows the one before."""

    language: str
    text: str
    span: tuple[int, int]
    follows: bool


@dataclass(frozen=True)
class Step:
    """What a page runs: a file to write, Python, or one command; what it shows, and where that stands in the page."""

    kind: str
    source: str
    shown: str | None = None
    span: tuple[int, int] = (0, 0)


def blocks(text):
    end = None
    for match in FENCE.finditer(text):
        yield Block(match[1], match[2], match.span(2), end is not None and not text[end : match.start()].strip())
        end = match.end()


def steps(text):
    """Everything a page runs, in order."""
    found = []
    for block in blocks(text):
        if block.language == "yaml" and SAVED.match(block.text):
            found.append(Step("yaml", block.text))
        elif block.language == "python":
            found.append(Step("python", block.text))
        elif block.language == "text" and block.follows and found and found[-1].kind == "python":
            found[-1] = Step("python", found[-1].source, block.text, block.span)
        elif block.language == "console":
            for match in re.finditer(r"^\$ (.*\n)((?:(?!\$ ).*\n)*)", block.text, re.MULTILINE):
                if match[1].startswith("entente "):
                    span = (block.span[0] + match.start(2), block.span[0] + match.end(2))
                    found.append(Step("console", match[1], match[2] or None, span))
    return found


@contextmanager
def python(folder):
    """A function that runs one block after the other in one interpreter, and says what each printed."""
    with subprocess.Popen(
        [sys.executable, "-c", INTERPRETER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=PLAIN,
    ) as process:

        def run(source):
            process.stdin.write(json.dumps(source) + "\n")
            process.stdin.flush()
            printed, failed = json.loads(process.stdout.readline())
            assert not failed, f"{source}\n{failed}"
            return printed

        try:
            yield run
        finally:
            process.kill()


def command(step, folder):
    """What a command of ours prints; the errors too, where it refuses, which it may only where that is shown."""
    words = shlex.split(step.source, comments=True)
    words[0] = str(Path(sys.executable).with_name("entente"))
    done = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S, cwd=folder, env=PLAIN)
    assert done.returncode == 0 or step.shown, done.stderr
    return done.stdout if done.returncode == 0 else done.stdout + done.stderr


def printed_by(page, folder):
    """Every step of a page with what it printed."""
    (folder / "examples").symlink_to(ROOT / "examples")
    with python(folder) as run:
        for step in steps(page.read_text(encoding="utf-8")):
            if step.kind == "yaml":
                (folder / SAVED.match(step.source)[1]).write_text(step.source, encoding="utf-8")
            elif step.kind == "python":
                yield step, run(step.source)
            else:
                yield step, command(step, folder)


def tidy(text):
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).strip("\n") + "\n"


def same(shown, got):
    return doctest.OutputChecker().check_output(tidy(shown), tidy(got), doctest.ELLIPSIS)


def named(pages):
    return pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.mark.timeout(LIMIT_S)
@named([page for page in PAGES if steps(page.read_text(encoding="utf-8"))])
def test_a_page_runs_and_prints_what_it_shows(page, tmp_path):
    for step, printed in printed_by(page, tmp_path):
        assert not step.shown or same(step.shown, printed), f"{step.source}\nprints\n{printed}"


def test_a_page_that_shows_something_else_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 3\n```\n\n```python\nprint(x)\n```\n\n```text\n4\n```\n", encoding="utf-8")
    ((first, nothing), (second, three)) = printed_by(page, tmp_path)
    assert (first.shown, nothing) == (None, "")
    assert three == "3\n"
    assert not same(second.shown, three)


def test_relative_links_lead_somewhere():
    for page in PAGES:
        text = FENCE.sub("", page.read_text(encoding="utf-8"))
        for target in re.findall(r"\]\(([^)#\s]+)", text):
            assert re.match(r"[a-z]+:", target) or (page.parent / target).exists(), f"{page}: {target}"


def test_every_page_of_the_docs_is_on_the_map():
    """docs/README.md links to every page, the decisions apart, which are listed by their folder."""
    text = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#\s]+)", text)}
    for page in PAGES[1:]:
        assert page.parent.name == "adr" or page.name == "README.md" or page.resolve() in linked, page


def rewrite(page):
    """Put what a page prints now in the place of what it shows; what it shows with `...` is left to people."""
    text, moved = page.read_text(encoding="utf-8"), 0
    with tempfile.TemporaryDirectory() as folder:
        for step, printed in printed_by(page, Path(folder)):
            if not step.shown or same(step.shown, printed):
                continue
            print(f"{page}: {step.source.strip().splitlines()[-1]} prints\n{printed}")
            if "..." in step.shown:
                print("(it is shown in part: edit it by hand)")
                continue
            begin, end = (at + moved for at in step.span)
            text = text[:begin] + tidy(printed) + text[end:]
            moved += len(tidy(printed)) - (end - begin)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for each in sys.argv[1:]:
        rewrite(Path(each))
