"""Does a process end when the one that started it is gone, even by kill -9? It does: a pipe between them closes.

The parent holds the writing end and never writes; each child reads, on a thread of its own, until the end that comes when
nobody holds the other side any more. Then it is told to end, as by a person, so that what it began is finished.
"""

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

TETHER = "ENTENTE_TETHER"  # names the reading end to a child


@dataclass
class Tether:
    """The parent's end. As long as its process lives, its children do."""

    _reading: int = field(init=False)
    _writing: int = field(init=False)

    def __post_init__(self) -> None:
        """Open it; children inherit the reading end alone, and only where it is handed to them."""
        self._reading, self._writing = os.pipe()

    @property
    def handed(self) -> tuple[int, ...]:
        """What a child is to inherit (`pass_fds`)."""
        return (self._reading,)

    @property
    def environment(self) -> Mapping[str, str]:
        """What a child's environment says of it."""
        return {**os.environ, TETHER: str(self._reading)}

    def close(self) -> None:
        """Let go: children that still run end."""
        os.close(self._writing)
        os.close(self._reading)


def end_with_parent() -> None:
    """In a child: end once its parent is gone. Without a tether this does nothing."""
    held = os.environ.pop(TETHER, "")  # a child of this one has its own, or none
    if held.isascii() and held.isdigit():
        threading.Thread(target=_wait, args=(int(held),), daemon=True, name="tether").start()


def _wait(reading: int) -> None:
    """Until the other end is closed."""
    try:
        while os.read(reading, 1):
            pass
    except OSError:  # it was never there
        return
    os.kill(os.getpid(), signal.SIGTERM)
