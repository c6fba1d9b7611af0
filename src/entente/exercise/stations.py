"""The processes of an exercise: each started by the command that would start it at its own site, each with its own files."""

import asyncio
import re
import socket
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from entente.errors import StoreError
from entente.exercise.tether import Tether

READY_S, LEAVE_S = 60.0, 15.0  # until a process is up, and until it has ended
HOST = "127.0.0.1"
PROGRAM = (sys.executable, "-m", "entente")


@dataclass
class Station:
    """One process.

    Args:
        words: the command line behind `entente`.
        told: a file that takes what it tells.
        announces: whether it says on standard output where it is, once it is up.
    """

    name: str
    words: tuple[str, ...]
    told: Path
    announces: bool = False
    process: asyncio.subprocess.Process | None = field(default=None, repr=False)

    async def start(self) -> str:
        """Start it; what it says of where it is.

        Raises:
            StoreError: it ended at once.
        """
        with self.told.open("ab") as told:
            self.process = await asyncio.create_subprocess_exec(
                *PROGRAM, *self.words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=told,
                start_new_session=True, env=_tether().environment, pass_fds=_tether().handed,
            )  # fmt: skip
        if not self.announces:
            return ""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), READY_S)
        if not line:
            raise StoreError(f"{self.name}: did not start; {self.told} says why: {_last_line(self.told)}")
        return line.decode()

    def hand(self, line: bytes) -> None:
        """Give it a line on standard input."""
        if self.process is not None and self.process.stdin is not None and not self.process.stdin.is_closing():
            self.process.stdin.write(line + b"\n")

    async def stop(self) -> None:
        """Let it finish what it began, and end."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), LEAVE_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    @property
    def failed(self) -> str:
        """Why it ended though nobody told it to; empty: it runs."""
        code = self.process.returncode if self.process else None
        return "" if code is None else f"{self.name}: ended with {code}; {self.told} says why: {_last_line(self.told)}"


def ports_in(line: str) -> tuple[int, int]:
    """The two ports that a centre announces, for nodes and for consoles."""
    nodes, consoles = re.findall(r"https://[^ :]+:(\d+)", line)
    return int(nodes), int(consoles)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as held:
        held.bind((HOST, 0))
        return int(held.getsockname()[1])


def must_be_free(port: int, count: int = 3) -> None:
    """Refuse, before anything is made, ports from this one on of which one is taken; 0 stands for any.

    Raises:
        StoreError: one is.
    """
    for each in range(port, port + count) if port else ():
        with socket.socket() as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                held.bind((HOST, each))
            except (OSError, OverflowError) as problem:
                why = getattr(problem, "strerror", None) or problem
                raise StoreError(f"--port: {HOST}:{each} cannot be had ({why}); pick another, or 0 for any") from None


@cache
def _tether() -> Tether:
    """Of this process: whatever ends it, its stations end."""
    return Tether()


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1][:400] if lines else "nothing"
