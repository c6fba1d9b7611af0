"""What of certificates changes while a centre runs? Its own may be replaced, others' revoked, and each comes to its end.

The files are looked at, so that nothing need be told: a new list of revoked ones, or a new certificate, holds for every
connection from then on; open connections of revoked ones are closed. Who runs a process is told of its certificate's end each
day from thirty days before.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entente.errors import StoreError
from entente.exchange.serving.certificates import AUTHORITY, REVOKED, SOON_S, revoked_in, server_context, until_s
from entente.exchange.serving.protocol import Port

LOOK_S, DAY_S = 2.0, 86_400.0

Tell = Callable[..., None]


@dataclass
class Renewing:
    """The certificates of a centre that runs.

    Args:
        folder, name: where its own lies.
        ports: whose contexts are replaced.
    """

    folder: Path
    name: str
    ports: Sequence[Port]
    tell: Tell
    _read: tuple[tuple[int, int, int], ...] = ()
    _revoked: frozenset[int] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        """What the ports were opened with is known."""
        self._read = self._stamps()
        self._revoked = revoked_in(self.folder)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            self.look()

    def look(self) -> None:
        """Take up what changed; what cannot be read changes nothing and is tried again."""
        stamps = self._stamps()
        if stamps != self._read:
            try:
                contexts = [server_context(self.folder, self.name, mutual=port.door.mutual) for port in self.ports]
                self._revoked = revoked_in(self.folder)
            except StoreError as problem:
                self.tell("certificates-unread", reason=str(problem))
                return
            self._read = stamps
            for port, context in zip(self.ports, contexts, strict=True):
                port.context = context
            self.tell("certificates-read", revoked=len(self._revoked))
        self._close_revoked()

    def _close_revoked(self) -> None:
        """Who is on the list is let go; again at each look, for a handshake may have begun before it was read."""
        if not self._revoked:
            return
        for port in self.ports:
            for connection in list(port.state.connections):
                if connection.transport.is_closing():
                    continue  # and shows nothing any more
                shown = connection.transport.get_extra_info("peercert")
                if shown and int(shown["serialNumber"], 16) in self._revoked:
                    self.tell("revoked-let-go", name=_holder(shown))
                    connection.transport.abort()

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        """By what a change of a file is noticed."""
        return tuple(_stamp(self.folder / name) for name in (f"{AUTHORITY}.pem", REVOKED, f"{self.name}.pem"))


async def tell_of_the_end(folder: Path, name: str, tell: Tell) -> None:
    """Each day from thirty days before a certificate's end, that it comes; until cancelled."""
    while True:
        with suppress(StoreError):  # it is being replaced
            left_s = until_s(folder, name) - time.time()
            if left_s < SOON_S:
                tell("certificate-ends", name=name, days=round(left_s / DAY_S, 1))
        await asyncio.sleep(DAY_S)


def _stamp(path: Path) -> tuple[int, int, int]:
    """Zeros where there is no file."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_ino, found.st_mtime_ns, found.st_size


def _holder(shown: dict[str, Any]) -> str:
    """As the certificate names it, in the form `ssl` gives it."""
    return next((value for kind, value in shown.get("subjectAltName", ()) if kind == "email"), "nobody")
