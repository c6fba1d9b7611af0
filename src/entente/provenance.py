"""What made these numbers? The version, the code, the packages and the processor; enough to make them again.

With the same of all these the bits are the same; on another processor or with other packages they agree within rounding.
"""

import hashlib
import platform
import re
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import llvmlite.binding as llvm

HERE = Path(__file__).parent
FINDINGS = HERE / "findings.yaml"
TELL_ONLY = (  # say what was found, or keep it: they change no history
    *(
        "cli.py",
        "commands",
        "console",
        "questions",
        "report",
        "findings.py",
        "massive.py",
        "stabilising.py",
        "unilateral.py",
        "thirds.py",
        "rulings.py",
        "predicates.py",
        "deciders.py",
        "comparison",
    ),
    *("journal.py", "store.py", "chunks.py", "provenance.py"),
)
DATA = ("scenario/places/cities.csv",)  # decide numbers too; the catalogue is in the scenario's hash
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def file_hash(*paths: Path) -> str:
    """Sixteen hexadecimal digits of what files say: SHA-256 over the files one after the other."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def findings_hash() -> str:
    """Of the predicates as they stand now, before anything ran; "none" where this version has none."""
    return file_hash(FINDINGS) if FINDINGS.exists() else "none"


def code_hash() -> str:
    """Of the modules and tables that a history passes through: an edit between two releases is another program."""
    modules = (file for file in HERE.rglob("*.py") if file.relative_to(HERE).parts[0] not in TELL_ONLY)
    return file_hash(*sorted(modules), *(HERE / name for name in DATA))


def version() -> str:
    """Of this package; "unknown" where it was not installed."""
    try:
        return distribution("entente").version
    except PackageNotFoundError:
        return "unknown"


def packages() -> dict[str, str]:
    """Python, the processor, and the version of every package that this one needs, directly or not."""
    found = {"python": platform.python_version(), "processor": llvm.get_host_cpu_name()}
    waiting = ["entente"]
    while waiting:
        name = waiting.pop()
        try:
            one = distribution(name)
        except PackageNotFoundError:  # needed on another system, or this package itself where it was not installed
            continue
        if name != "entente":
            found[name] = one.version
        waiting += [other for other in _names(one.requires or ()) if other not in found]
    return dict(sorted(found.items()))


def _names(requires: Iterable[str]) -> Iterable[str]:
    """The packages that requirement lines name, those of extras left out."""
    for line in requires:
        name = NAME.match(line)
        if name and "extra ==" not in line:
            yield name.group().lower().replace("_", "-")


def lock_hash(versions: dict[str, str]) -> str:
    """Of the versions of everything installed, as `packages` gives them."""
    return hashlib.sha256(repr(sorted(versions.items())).encode()).hexdigest()[:16]


def commit() -> str:
    """The git commit of a checkout, marked if files differ from it; "none" for an installed package."""
    try:
        git = subprocess.run(
            ["git", "-C", str(HERE), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"],
            capture_output=True,
            text=True,
            timeout=10,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "none"
    return git.stdout.strip() or "none"
