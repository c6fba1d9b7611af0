"""What does the wire demand? One small protocol: it shows the peer's certificate, and gives nobody time without end.

uvicorn alone waits for ever for the rest of a request, and lets any web page open a WebSocket. Here a request is whole within
`PATIENCE_S` of its first byte, a peer that does not read its answer is let go after as long, a WebSocket opens only for pages of
the origins that are named, and one address, and one party, holds only so many connections. Refused is refused before the
application hears of it. Where all places are taken, who has been shaking hands for longest makes room, then who has asked for
longest; a stream, which is open only to who was let in, never does.
"""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.exceptions import InvalidState

from entente.exchange.serving.certificates import peer_in
from entente.exchange.serving.throttle import Bucket
from entente.exchange.signing import LONGEST

PATIENCE_S = 8.0  # for a handshake, for a request, for an answer to be read
IDLE_S = 9  # between two requests
SHUT_S = 1.0  # for a farewell in TLS
MOST_OPEN = 64  # connections of one address
MOST_OF_PARTY = 160  # connections, where certificates name one
MOST_OF_ALL = 512  # connections
SAID_PER_S, SAID_AT_ONCE = 256.0, 2_048.0  # bytes of who listens to a stream: it answers pings, and no more
NEW_PER_S, NEW_AT_ONCE = 20.0, 100.0  # connections of one address
TURNED_S, MOST_TURNED = 0.5, 32  # how long who is turned away may wait, and how many do
HEADERS = 16_384  # bytes of a request line and its headers
READING = (h11.IDLE, h11.SEND_BODY)  # states of a peer that has not said all
OPEN_HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]


@dataclass(frozen=True)
class Door:
    """What a port demands: a certificate that names somebody, or an origin that is named.

    Attributes:
        origins: pages that may open a WebSocket; none: only who is no page.
    """

    mutual: bool
    origins: frozenset[str] = frozenset()


@dataclass
class Joined:
    """A transport by which all that is written in one turn of the loop goes out together, as one record of TLS.

    uvicorn writes the head of an answer and its body one after the other: two packets, for which the peer wakes up twice.
    """

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _parts: list[bytes] = field(default_factory=list)

    def write(self, data: bytes) -> None:
        """Let it go out soon."""
        if data:
            if not self._parts:
                self.loop.call_soon(self._flush)
            self._parts.append(data)

    def close(self) -> None:
        """Close, behind what was written."""
        self._flush()
        self.transport.close()

    def _flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self.transport.write(b"".join(parts))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)


class Plain(h11.Connection):
    """Reads requests that can be read in one way only: who disagrees where one ends sees another behind it."""

    def next_event(self) -> Any:
        """The next, or h11.RemoteProtocolError."""
        event = super().next_event()
        if isinstance(event, h11.Request):
            names = {name for name, _ in event.headers}
            if {b"content-length", b"transfer-encoding"} <= names:
                raise h11.RemoteProtocolError("a length, and parts")
            if event.http_version != b"1.1" and (event.http_version != b"1.0" or b"transfer-encoding" in names):
                raise h11.RemoteProtocolError("another version")
        return event


class Protocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with deadlines, the peer's name in the state of every request, and the Origin check."""

    _deadline: asyncio.TimerHandle | None = None
    _unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; a peer without a name is nobody where names are demanded."""
        super().connection_made(Joined(transport, self.loop))  # type: ignore[arg-type]
        self.conn = Plain(h11.SERVER, HEADERS)
        peer = peer_in(transport.get_extra_info("peercert"))
        self.app_state = {**self.app_state, "peer": peer}
        if self._door.mutual and peer is None:
            transport.abort()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._deadline = _cancel(self._deadline)
        self._unread = _cancel(self._unread)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A request is to be whole in time, counted from its first byte."""
        if self._deadline is None and self.conn.their_state is h11.IDLE:
            self._wait()
        super().data_received(data)
        if self.conn.their_state not in READING:
            self._deadline = _cancel(self._deadline)

    def on_response_complete(self) -> None:
        """The next request may have begun already."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY and self._deadline is None:
            self._wait()

    def pause_writing(self) -> None:
        """An answer is to be read in time."""
        super().pause_writing()
        self._unread = self.loop.call_later(PATIENCE_S, self.transport.abort)

    def resume_writing(self) -> None:
        """It was read."""
        self._unread = _cancel(self._unread)
        super().resume_writing()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Open a WebSocket, if it comes from no page or from one of ours."""
        self._deadline = _cancel(self._deadline)
        origins = [value.decode("latin-1") for name, value in self.headers if name == b"origin"]
        if (origins or self._door.origins) and not (len(origins) == 1 and origins[0] in self._door.origins):
            self._refuse(403, b"origin: not one of this centre\n")
            return
        super().handle_websocket_upgrade(event)

    @property
    def _door(self) -> Door:
        return self.app_state["door"]

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(PATIENCE_S, self.transport.abort)

    def _refuse(self, status: int, why: bytes) -> None:
        """Answer and close."""
        for part in (h11.Response(status_code=status, headers=OPEN_HEADERS), h11.Data(data=why), h11.EndOfMessage()):
            self.transport.write(self.conn.send(part) or b"")
        self.transport.close()


class Listening(WebSocketsSansIOProtocol):
    """A WebSocket of who only listens. What it says is counted in bytes before it is looked at: pings cost their answer."""

    _heard: Bucket | None = None

    def data_received(self, data: bytes) -> None:
        """The first is the request itself; too much of what follows ends it."""
        now_ns = time.monotonic_ns()
        if self._heard is None:
            self._heard = Bucket(SAID_AT_ONCE, now_ns)
        elif not self._heard.take(SAID_PER_S, SAID_AT_ONCE, now_ns, len(data)):
            self.transport.abort()
            return
        super().data_received(data)


@dataclass(frozen=True)
class Guest:
    """Who is connected. One who says farewell in TLS is on the way out, and holds a file until that is over."""

    address: str
    party: str
    held: socket.socket

    @property
    def is_gone(self) -> bool:
        """Whether its file was given back."""
        return self.held.fileno() < 0


@dataclass
class Port:
    """One place where peers connect.

    Attributes:
        app: what answers.
        held: the listening socket.
        tell: hears of what was turned away.
    """

    app: Callable[..., Any]
    held: socket.socket
    context: ssl.SSLContext
    door: Door
    tell: Callable[..., None]
    state: ServerState = field(default_factory=ServerState)
    _open: dict[asyncio.Transport, Guest] = field(default_factory=dict)  # the oldest first
    _greeted: dict[asyncio.Task[None], str] = field(default_factory=dict)  # shake hands -> address; the oldest first
    _new: dict[str, Bucket] = field(default_factory=dict)
    _turned: set[socket.socket] = field(default_factory=set)

    async def serve(self) -> None:
        """Take connections until cancelled."""
        loop, config = asyncio.get_running_loop(), self._config()
        self.held.setblocking(False)
        while True:
            try:
                taken, where = await loop.sock_accept(self.held)
            except OSError as problem:  # no more files: those that are open go on
                self.tell("accept-failed", reason=str(problem))
                await asyncio.sleep(0.1)
                continue
            await asyncio.sleep(0)  # a crowd at the door leaves the others their turn
            if not self._admits(where[0]):
                self._turn_away(taken)
                continue
            task = loop.create_task(self._greet(config, taken, where[0]))
            self._greeted[task] = where[0]
            task.add_done_callback(lambda done: self._greeted.pop(done, None))

    async def close(self, patience_s: float = 5.0) -> None:
        """Let answers be finished, then close all."""
        for each in (self.held, *self._turned):
            each.close()
        for connection in list(self.state.connections):
            with suppress(InvalidState):  # a stream that its reader is closing at this instant
                connection.shutdown()
        if self.state.tasks:
            await asyncio.wait(self.state.tasks, timeout=patience_s)
        greeted = tuple(self._greeted)
        for task in (*self.state.tasks, *greeted):
            task.cancel()
        await asyncio.gather(*greeted, return_exceptions=True)
        for connection in list(self.state.connections):
            connection.transport.abort()
        for transport in self._open:
            transport.abort()
        until_s = time.monotonic() + SHUT_S + 0.5
        while time.monotonic() < until_s and not all(one.is_gone for one in self._open.values()):
            await asyncio.sleep(0.01)

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self.state.connections)

    def _config(self) -> Config:
        """Uvicorn's own settings, loaded."""
        config = Config(
            self.app, http=Protocol, ws=Listening, ws_max_size=LONGEST, ws_ping_interval=4.0, ws_ping_timeout=5.0,
            ws_per_message_deflate=False, lifespan="off", log_config=None, access_log=False, proxy_headers=False,
            server_header=False, timeout_keep_alive=IDLE_S, h11_max_incomplete_event_size=HEADERS,
        )  # fmt: skip
        config.load()
        return config

    async def _greet(self, config: Config, taken: socket.socket, address: str) -> None:
        """Shake hands; who does not in time is gone."""
        try:
            transport, protocol = await asyncio.get_running_loop().connect_accepted_socket(
                lambda: Protocol(config, self.state, {"door": self.door}),
                taken, ssl=self.context, ssl_handshake_timeout=PATIENCE_S, ssl_shutdown_timeout=SHUT_S,
            )  # fmt: skip
        except OSError as problem:  # ssl.SSLError is one
            taken.close()
            self.tell("handshake-failed", reason=str(problem))
            return
        peer = protocol.app_state["peer"]
        party = peer.party if peer is not None else ""
        if party and sum(self._open[one].party == party for one in self._staying()) >= MOST_OF_PARTY:
            self.tell("turned-away", name=peer.name, connections=MOST_OF_PARTY)
            transport.abort()
        elif not transport.is_closing():
            self._open[transport] = Guest(address, party, taken)

    def _turn_away(self, taken: socket.socket) -> None:
        """Close it; if few wait for that, in a while: who is closed at once is back at once, and that costs more than he does."""
        if len(self._turned) >= MOST_TURNED:
            taken.close()
            return
        self._turned.add(taken)

        def close() -> None:
            self._turned.discard(taken)
            taken.close()

        asyncio.get_running_loop().call_later(TURNED_S, close)

    def _staying(self) -> list[asyncio.Transport]:
        """Who is in and not about to leave; the oldest first."""
        return [one for one in self._open if not one.is_closing()]

    def _admits(self, address: str) -> bool:
        """Whether one more of this address comes in."""
        self._open = {one: guest for one, guest in self._open.items() if not guest.is_gone}
        held = [*(self._open[one].address for one in self._staying()), *self._greeted.values()]
        now_ns = time.monotonic_ns()
        bucket = self._new.setdefault(address, Bucket(NEW_AT_ONCE, now_ns))
        often = not bucket.take(NEW_PER_S, NEW_AT_ONCE, now_ns)
        if len(self._new) > MOST_OF_ALL:
            self._new.pop(next(iter(self._new)))
        own = held.count(address)
        if often or own >= MOST_OPEN or (len(held) >= MOST_OF_ALL and not self._makes_room()):
            self.tell("turned-away", address=address, connections=own)
            return False
        return True

    def _makes_room(self) -> bool:
        """Let go who has been shaking hands for longest, or, if nobody does, who has asked for longest."""
        for task in self._greeted:
            del self._greeted[task]
            task.cancel()
            return True
        for one in self._staying():
            if isinstance(one.get_protocol(), Protocol):
                one.abort()
                return True
        return False


def _cancel(timer: asyncio.TimerHandle | None) -> asyncio.TimerHandle | None:
    """A deadline that no longer holds; what stands in its place."""
    if timer is not None:
        timer.cancel()
    return None
