"""How does a centre begin and end? Its log is opened, two ports are held, and a signal lets it finish what it began."""

import asyncio
import gc
import logging
import re
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fastapi import FastAPI

from entente.errors import LedgerError, StoreError
from entente.exchange.ledger import Ledger
from entente.exchange.proving.pins import Pins, opening, quorum_in
from entente.exchange.server import console_app, node_app
from entente.exchange.serving.bus import addresses_in, carry
from entente.exchange.serving.certificates import server_context, until_s
from entente.exchange.serving.protocol import Door, Port
from entente.exchange.serving.renewing import Renewing, tell_of_the_end
from entente.exchange.serving.service import Service
from entente.exchange.serving.telling import Handler, Teller
from entente.exchange.serving.throttle import Limits
from entente.exchange.shell import Keys, Shell

SWITCH_S = 0.0005  # how long one thread may hold Python's lock while another waits: the writer and the loop take turns
WITH_PORT = re.compile(r"(?:[^:\[\]]+|\[[^\]]+\]):[0-9]{1,5}")
OBSERVER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}=[0-9a-f]{64}")


@dataclass(frozen=True)
class Settings:
    """What a centre is started with.

    Attributes:
        log: the file of its log.
        certificates: folder of the authority's certificates; `name`: under which of them the centre is known.
        port, console_port: 0 for any that is free.
        names: hosts by which consoles reach it; HOST:PORT where what they reach stands in between and passes on.
        observers: public key, hex -> name.
        bus: of brokers, tls://HOST:PORT with commas between, by which envelopes come as well; empty: none.
        clock: the centre's, nanoseconds since 1970.
    """

    log: Path
    pins: Pins
    keys: Keys
    certificates: Path
    name: str = "centre"
    host: str = "127.0.0.1"
    port: int = 0
    console_port: int = 0
    names: tuple[str, ...] = ("localhost", "127.0.0.1")
    observers: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    bus: str = ""
    clock: Callable[[], int] = time.time_ns


@dataclass(frozen=True)
class Running:
    """A centre that runs: where, and until when it was told to stop (`ended`: with what was wrong, or empty)."""

    service: Service
    node_address: str
    console_address: str
    ended: "asyncio.Future[str]"


@asynccontextmanager
async def running(
    settings: Settings, tell: Teller | None = None, mount: Callable[[FastAPI, Service], None] | None = None
) -> AsyncIterator[Running]:
    """Run a centre until the end of the block; `mount` adds pages to the console's port.

    Raises:
        LedgerError, StoreError: its log, keys, certificates or ports cannot be had.
    """
    tell = tell or Teller()
    if settings.bus:
        addresses_in(settings.bus)  # refuses now what would be no road later
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    with (
        _held(settings.host, settings.port) as nodes,
        _held(settings.host, settings.console_port) as consoles,
        Ledger(settings.log, settings.pins.line) as ledger,
    ):
        mutual = server_context(settings.certificates, settings.name, mutual=True)
        plain = server_context(settings.certificates, settings.name, mutual=False)
        shell = Shell(ledger, settings.keys, quorum_in(settings.pins), opening(settings.pins), settings.limits)
        stop, clock = partial(_end, ended), settings.clock
        service = Service(shell, settings.pins, dict(settings.observers), tell, stop, clock)
        console_port = consoles.getsockname()[1]
        origins = frozenset(
            f"https://{name}" if WITH_PORT.fullmatch(name) else f"https://{name}:{console_port}"
            for name in settings.names
        )
        service.start()
        pages = console_app(service, origins)
        if mount is not None:
            mount(pages, service)
        ports = [
            Port(node_app(service), nodes, mutual, Door(mutual=True), tell),
            Port(pages, consoles, plain, Door(mutual=False, origins=origins), tell),
        ]
        service.certificate_ends_s = partial(until_s, settings.certificates, settings.name)
        renewing = Renewing(settings.certificates, settings.name, ports, tell)
        papers = settings.certificates, settings.name
        doors = [asyncio.create_task(port.serve()) for port in ports]
        beside = [asyncio.create_task(each) for each in (renewing.run(), tell_of_the_end(*papers, tell))]
        if settings.bus:
            beside.append(asyncio.create_task(carry(settings.bus, *papers, service.writer, tell)))
        for task in doors:  # a centre whose doors nobody watches ends
            task.add_done_callback(partial(_gave_up, stop))
        for task in beside:
            task.add_done_callback(partial(_gave_up, lambda why: tell("gave-up", reason=why)))
        tasks = (*doors, *beside)
        tell("up", log=ledger.origin, entries=ledger.size, port=nodes.getsockname()[1], console_port=console_port)
        try:
            yield Running(service, _url(settings.names[0], nodes), _url(settings.names[0], consoles), ended)
        finally:
            service.leaving = True
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(port.close() for port in ports))
            await service.close()
            tell("down", entries=ledger.size)


def serve(
    settings: Settings, ready: Callable[[Running], None], mount: Callable[[FastAPI, Service], None] | None = None
) -> None:
    """Run a centre until SIGINT or SIGTERM.

    Raises:
        LedgerError: the disk failed; all that was answered is on the log.
    """
    tell = Teller()
    warned = logging.getLogger("uvicorn.error")
    warned.handlers, warned.propagate = [Handler(tell)], False
    logging.getLogger("asyncio").handlers = [Handler(tell)]
    sys.setswitchinterval(SWITCH_S)

    async def until_told() -> str:
        async with running(settings, tell, mount) as centre:
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, _end, centre.ended, "")
            gc.collect()
            gc.freeze()  # what is loaded by now stays; looking through it again and again takes tens of milliseconds
            ready(centre)
            return await centre.ended

    failed = asyncio.run(until_told())
    if failed:
        raise LedgerError(f"{settings.log}: {failed}; nothing more was acknowledged")


def observers_in(words: Sequence[str]) -> dict[str, str]:
    """Public key -> name, out of words such as press=2f1a...

    Raises:
        StoreError: one is not of that form.
    """
    wrong = [word for word in words if not OBSERVER.fullmatch(word)]
    if wrong:
        raise StoreError(f"--observer: {wrong[0][:100]!r}; write NAME=PUBLIC KEY, as entente keys show prints it")
    return {key: name for name, _, key in (word.partition("=") for word in words)}


def _gave_up(tell: Callable[[str], object], task: "asyncio.Task[None]") -> None:
    """Say of a task, which runs until it is cancelled, that it ended by itself."""
    if not task.cancelled() and (problem := task.exception()) is not None:
        tell(f"a task ended with {problem!r}")


def _end(ended: "asyncio.Future[str]", why: str) -> None:
    if not ended.done():
        ended.set_result(why)


def _held(host: str, port: int) -> socket.socket:
    """A place to serve from.

    Raises:
        StoreError: it is taken.
    """
    # The protocol is named because asyncio turns Nagle's delay off only where it is: else each answer waits 40 ms.
    held = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
        held.listen(256)
    except OSError as problem:
        held.close()
        raise StoreError(
            f"port: {host}:{port} cannot be had ({problem.strerror}); pick another, or 0 for any"
        ) from None
    return held


def _url(name: str, held: socket.socket) -> str:
    return f"https://{name}:{held.getsockname()[1]}"
