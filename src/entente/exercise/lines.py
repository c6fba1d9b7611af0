"""A party's line to the centre, as a port of its own that the director can cut. It carries bytes, and knows nothing of them."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from entente.errors import StoreError

CHUNK = 65_536
HOST = "127.0.0.1"


@dataclass
class Line:
    """From a port of this machine to another one.

    Attributes:
        port: where to connect, once it is open; before, where that shall be, 0 for any.
    """

    to_port: int
    is_cut: bool = False
    port: int = 0
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _carrying: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        """Begin to carry.

        Raises:
            StoreError: the port is taken.
        """
        try:
            self._server = await asyncio.start_server(self._take, HOST, self.port)
        except OSError as problem:
            raise StoreError(
                f"port: {self.port} cannot be had ({problem.strerror}); pick another with --port, or 0 for any"
            ) from None
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """All connections break, and no new one comes about."""
        self.is_cut = True
        for writer in self._writers:
            writer.transport.abort()

    def mend(self) -> None:
        """It carries again."""
        self.is_cut = False

    async def close(self) -> None:
        """End, with all that it carries."""
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._carrying, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One more connection."""
        task = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either end closes it."""
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(HOST, self.to_port)
        except OSError:  # the centre is not there now
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._writers |= ends
        try:
            await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))
        finally:
            self._writers -= ends
            for end in ends:
                end.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What comes goes on; at its end the other side is told so."""
    with suppress(OSError):
        while part := await reader.read(CHUNK):
            writer.write(part)
            await writer.drain()
    with suppress(OSError, RuntimeError):
        writer.close()
