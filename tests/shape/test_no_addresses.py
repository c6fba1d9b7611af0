"""Nothing that is kept names where packages are fetched from, or a place outside this repository."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Spelled in pieces, so that this file does not find itself.
HOSTS = [
    "pypi" + ".org",
    "pypi" + ".python.org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "conda.anaconda" + ".org",
]
PATTERN = re.compile(
    "|".join(
        [*map(re.escape, HOSTS), r"https?://[^\s\"']+/simple\b", r"\.\./" + "shared", r"--(extra-)?index-url[= ]h"]
    )
)


def kept_files():
    """What git tracks or would track; a copy without git (an sdist) is searched whole, but for its environments."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )
    if listed.returncode == 0:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [
            file for file in ROOT.rglob("*") if not any(part.startswith(".") for part in file.relative_to(ROOT).parts)
        ]
    return [file for file in names if file.is_file()]


def test_the_pattern_finds_what_it_should():
    assert PATTERN.search("see https://" + "pypi" + ".org/project/x")
    assert PATTERN.search("read ../" + "shared/design")
    assert not PATTERN.search("uv pip compile --no-emit-index-url a.in")


def test_no_kept_file_names_a_registry_or_an_outside_folder():
    wrong = []
    for file in kept_files():
        for number, line in enumerate(file.read_bytes().decode("utf-8", "replace").splitlines(), 1):
            if PATTERN.search(line):
                wrong.append(f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not wrong, "\n".join(wrong)


def test_every_requirement_is_locked_by_version_and_hash():
    for name in ("run.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8").replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        assert lines
        for line in lines:
            assert re.match(r"[\w.\[\]-]+==\S+", line), line
            assert "--hash=sha256:" in line, line
