"""`@kernel` and `@kernel_inlined`, the only ways this package compiles; and where the compiled code is kept.

numba's cache does not notice that a callee in another file was edited, and it fails where nothing is writable.
So the cache folder carries a hash of every kernel source, of numba's version and of the processor: an edit anywhere
opens a new, empty folder, and where the user's cache folder is not writable a temporary one is used and said so.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite.binding as llvm
import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Function = TypeVar("Function", bound=Callable[..., Any])

# Hold numbers that kernels freeze when compiled.
COMPILED_IN = ("constants.py", "dop853.py", "records.py", "upper_air.py", "world.py")


def source_hash() -> str:
    """Twelve hex digits that change with any kernel source, numba or the processor."""
    here = Path(__file__).parent
    digest = hashlib.sha256(f"{numba.__version__} {sys.version_info[:2]} {llvm.get_host_cpu_name()}".encode())
    digest.update(llvm.get_host_cpu_features().flatten().encode())
    for file in sorted(here.rglob("*.py")):
        text = file.read_bytes()
        if b"@kernel" in text or file.name in COMPILED_IN:
            digest.update(text)
    return digest.hexdigest()[:12]


def cache_folder() -> Path:
    """The folder for compiled code: under the user's cache if that can be written, else a temporary one."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "entente" / source_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        spare = Path(tempfile.mkdtemp(prefix="entente-"))
        sys.stderr.write(f"entente: {folder} is not writable; compiled code goes to {spare} and is lost afterwards\n")
        return spare


def is_warm(what: str = "all") -> bool:
    """Whether everything, or just what one command needs, was compiled on this machine before and starts at once."""
    return _mark("all").exists() or _mark(what).exists()


def mark_warm(what: str = "all") -> None:
    """Note that it is compiled."""
    _mark(what).touch()


def _mark(what: str) -> Path:
    """An empty file beside the compiled code; with the hash, for a user's own cache folder outlives an edit."""
    return Path(CACHE) / f"compiled-{what}-{source_hash()}"


CACHE = os.environ.get("NUMBA_CACHE_DIR") or str(cache_folder())
numba.config.CACHE_DIR = CACHE  # type: ignore[attr-defined]  # numba sets its options one by one at run time


def kernel(function: Function) -> Function:
    """Compile `function` on first use: cached, IEEE arithmetic without fastmath, the GIL released."""
    return cast(Function, numba.njit(cache=True, error_model="numpy", nogil=True)(function))


def kernel_inlined(function: Function) -> Function:
    """As `kernel`, for what the inner loops call at every point: built into its callers, without counting references.

    Only for functions that make no array and return none: numba refuses to compile one that does. A count is an atomic
    operation, and an argument used in a branch is counted; without them, and without calls, a flight takes a quarter less.
    """
    options: Any = {"cache": True, "error_model": "numpy", "nogil": True, "forceinline": True, "_nrt": False}
    return cast(Function, numba.njit(**options)(function))
