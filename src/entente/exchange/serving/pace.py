"""How fast does an exercise's time run? A clock that can run faster than the machine's, or stand, told by a small file.

All processes of an exercise on one machine read the same file, so that what is said by one is judged by the others at the
same time. The file is replaced as a whole. It sets what messages say and what deadlines go by; the wire has its own waits.
A centre that serves more than one machine goes by civil time.
"""

import time
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from entente.errors import StoreError

MOST = 10.0  # times as fast as the machine's; beyond, the wire's own delays look like wrong clocks


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From this moment of the machine's clock on it shows that time, and runs at this rate; 0: it stands."""

    civil_ns: int
    shown_ns: int
    rate: float

    def at(self, civil_ns: int) -> int:
        """What it shows at a moment of the machine's clock [ns since 1970]."""
        return self.shown_ns + round((civil_ns - self.civil_ns) * self.rate)


@dataclass
class Pace:
    """The clock that a file tells; called, it says the time [ns since 1970].

    Raises:
        StoreError: no such file, or it tells no clock.
    """

    path: Path
    _told: Told = field(default_factory=lambda: Told(0, 0, 1.0))
    _of: tuple[int, int] = (0, 0)  # the file that was read last

    def __post_init__(self) -> None:
        """Read it once, so that a wrong file is known at once."""
        self()

    def __call__(self) -> int:
        """The time now, ns since 1970."""
        return self._now().at(time.time_ns())

    @property
    def rate(self) -> float:
        """How fast it runs now."""
        return self._now().rate

    def seconds(self) -> float:
        """The time now, s since 1970."""
        return self() / 1e9

    def _now(self) -> Told:
        """What the file says; read again only when it was replaced."""
        try:
            found = self.path.stat()
            if (found.st_ino, found.st_mtime_ns) != self._of:
                self._told = msgspec.json.decode(self.path.read_bytes(), type=Told)
                self._of = found.st_ino, found.st_mtime_ns
        except (OSError, msgspec.DecodeError) as problem:
            raise StoreError(f"{self.path}: tells no clock ({problem}); entente exercise writes one") from None
        return self._told


def tell(path: Path, shown_ns: int, rate: float) -> None:
    """From now on the clock shows this time and runs at this rate.

    Raises:
        StoreError: the file cannot be written; the clock runs on as before.
    """
    partial = path.with_suffix(".partial")
    try:
        partial.write_bytes(msgspec.json.encode(Told(time.time_ns(), shown_ns, rate)))
        partial.replace(path)
    except OSError as problem:
        raise StoreError(f"{path}: cannot be written ({problem.strerror}); make room there") from None
