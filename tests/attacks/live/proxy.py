"""A line between two programs, with the faults that lines have: late, slow, silent, cut, wrong. Each way has its own.

Faults change while it runs: set the fields of `there` and `back`. It knows nothing of what it carries.
"""

import asyncio
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from math import inf
from random import Random

CHUNK = 16_384
RESET = struct.pack("ii", 1, 0)  # on closing, throw away what waits and say so
ON_THE_LINE = 256  # chunks that a delay may hold; then the sender waits


@dataclass
class Way:
    """One direction.

    Attributes:
        delay_s: until what is sent arrives; jitter_s: at most so much more, and never out of order.
        bytes_per_s: no more than that.
        silent: what is sent is taken and never arrives; the connection stays open.
        wrong_each: of about so many bytes one is changed; 0: none.
        cut_after: so many bytes arrive, then all connections are cut; None: never.
    """

    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float = inf
    silent: bool = False
    wrong_each: int = 0
    cut_after: int | None = None
    carried: int = 0  # bytes that arrived

    def heal(self):
        """No fault."""
        self.delay_s, self.jitter_s, self.bytes_per_s = 0.0, 0.0, inf
        self.silent, self.wrong_each, self.cut_after = False, 0, None


@dataclass
class Proxy:
    """A line to one port of this machine; a context. `port` is where to connect instead.

    Attributes:
        there, back: to the server, and from it.
        shut: new connections are cut at once.
    """

    to_port: int
    seed: int = 1
    there: Way = field(default_factory=Way)
    back: Way = field(default_factory=Way)
    shut: bool = False
    port: int = 0
    taken: int = 0  # connections so far

    def __enter__(self):
        self._draws, self._open = Random(self.seed), set()
        self._loop, begun = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(begun,), daemon=True)
        self._thread.start()
        begun.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join()

    def cut(self):
        """Reset every connection that is open now."""
        done = threading.Event()
        self._loop.call_soon_threadsafe(lambda: (self._cut(), done.set()))
        done.wait()

    def heal(self):
        """No fault either way; connections that are open stay so."""
        self.there.heal()
        self.back.heal()
        self.shut = False

    def _run(self, begun):
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(begun))

    async def _serve(self, begun):
        self._ended, self._tasks = asyncio.Event(), set()
        server = await asyncio.start_server(self._take, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        begun.set()
        await self._ended.wait()
        server.close()
        self._cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _take(self, reader, writer):
        """Carry one connection until an end closes it, or it is cut."""
        self.taken += 1
        self._tasks.add(asyncio.current_task())
        far = None
        try:
            if not self.shut:
                far_reader, far = await asyncio.open_connection("127.0.0.1", self.to_port)
                self._open |= {writer, far}
                await asyncio.gather(self._carry(self.there, reader, far), self._carry(self.back, far_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for each in (writer, far) if far else (writer,):
                each.transport.abort()
                self._open.discard(each)
            self._tasks.discard(asyncio.current_task())

    async def _carry(self, way, reader, writer):
        """One direction of one connection: read, wait, write; in order."""
        line = asyncio.Queue(ON_THE_LINE)
        arriving = asyncio.ensure_future(self._arrive(way, line, writer))
        try:
            while chunk := await reader.read(CHUNK):
                due_s = time.monotonic() + way.delay_s + way.jitter_s * self._draws.random()
                await line.put((due_s, chunk))
            await line.put((0.0, b""))
            await arriving
        finally:
            arriving.cancel()

    async def _arrive(self, way, line, writer):
        while True:
            due_s, chunk = await line.get()
            if not chunk:
                writer.write_eof() if writer.can_write_eof() else writer.close()
                return
            await asyncio.sleep(due_s - time.monotonic())
            if way.silent:
                continue
            if way.cut_after is not None and way.cut_after <= len(chunk):
                chunk = chunk[: way.cut_after]
                way.cut_after = None
                way.carried += len(chunk)
                writer.write(chunk)
                self._cut()
                return
            if way.cut_after is not None:
                way.cut_after -= len(chunk)
            for part in self._pieces(way, self._wronged(way, chunk)):
                way.carried += len(part)
                writer.write(part)
                await writer.drain()
                if way.bytes_per_s < inf:
                    await asyncio.sleep(len(part) / way.bytes_per_s)

    def _pieces(self, way, chunk):
        """A slow line brings it in tenths of a second."""
        size = len(chunk) if way.bytes_per_s == inf else max(1, int(way.bytes_per_s / 10))
        return [chunk[at : at + size] for at in range(0, len(chunk), size)]

    def _wronged(self, way, chunk):
        """Some bytes of it changed."""
        if not way.wrong_each:
            return chunk
        odds, held = 1.0 / way.wrong_each, bytearray(chunk)
        for at in range(len(held)):
            if self._draws.random() < odds:
                held[at] ^= 1 << self._draws.randrange(8)
        return bytes(held)

    def _cut(self):
        for each in self._open:
            each.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            each.transport.abort()
