"""The console's own server: its pages, their parts, histories and ambiguous events as documents. It asks no other network.

Reads only; nothing is changed by a request. Only this machine may ask, and only by the names it has for itself, so that no
page of another site can read a run through a visitor's browser.
"""

import mimetypes
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from entente.console.pages import ASSETS, Stamped
from entente.console.shelf import Shelf, one_line
from entente.console.sources import Source
from entente.errors import EntenteError, StoreError

PAGE, EVENTS = "index.html", "events.html"
NO_RUN = "run: none was named; to watch one, start the console with it: entente console RUN"
HOST, PORT = "127.0.0.1", 8713
NAMES = ["127.0.0.1", "localhost", "[::1]"]
MOST_DIGITS = 10  # of a seed that is read at all


def application(shown: Source | None, events: Shelf | None = None) -> Starlette:
    """The pages of one run or scenario, if there is one, and of the ambiguous events."""
    shelf = events or Shelf(replay=shown.scenario.title if shown else None)

    async def document(request: Request) -> Response:
        """One history; `case` and `seed` choose which."""
        if shown is None:
            return _refused(404, NO_RUN)
        seed = request.query_params.get("seed")
        if seed is not None and not (seed.isascii() and seed.isdigit() and len(seed) <= MOST_DIGITS):
            return _refused(400, f"seed: {seed[:40]!r} is no whole number; write one from 0, such as seed=1")
        try:
            packed = await run_in_threadpool(
                shown.packed, request.query_params.get("case"), None if seed is None else int(seed)
            )
        except EntenteError as problem:
            return _refused(404, str(problem))
        return _packed(packed)

    async def told(request: Request) -> Response:
        """The list of ambiguous events, or the one that `event` names."""
        try:
            return _packed(await run_in_threadpool(shelf.packed, request.query_params.get("event")))
        except EntenteError as problem:
            return _refused(404, one_line(problem))

    async def page(_: Request) -> Response:
        if shown is None:
            return RedirectResponse("/events", 302)
        return FileResponse(ASSETS / PAGE, media_type="text/html")

    async def alarms(_: Request) -> Response:
        return FileResponse(ASSETS / EVENTS, media_type="text/html")

    async def part(request: Request) -> Response:
        """A file of the page; nothing outside its folder."""
        path = (ASSETS / request.path_params["path"].replace("\0", "?")).resolve()
        if not (path.is_relative_to(ASSETS.resolve()) and path.is_file()):
            return _refused(404, f"assets: there is no {request.path_params['path'][:80]!r}")
        return FileResponse(path, media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream")

    routes = [
        Route("/", page),
        Route("/replay.json", document),
        Route("/events", alarms),
        Route("/events.json", told),
        Route("/assets/{path:path}", part),
    ]
    guards = [Middleware(TrustedHostMiddleware, allowed_hosts=NAMES), Middleware(Stamped)]
    return Starlette(routes=routes, middleware=guards)


@contextmanager
def ready(port: int = PORT) -> Iterator[socket.socket]:
    """A place to serve from, held until the end of the block; port 0 for any that is free.

    Raises:
        StoreError: the pages are not built, or the port is taken.
    """
    if not all((ASSETS / name).is_file() for name in (PAGE, EVENTS)):
        raise StoreError(f"{ASSETS}: the console's pages are not built in this checkout; type: make console")
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((HOST, port))
            held.listen()  # who is told the address is not refused, even before the first answer
        except OSError as problem:
            raise StoreError(
                f"port: {port} cannot be had ({problem.strerror}); pick another with --port, or 0 for any"
            ) from None
        yield held


def serve(shown: Source | None, held: socket.socket, events: Shelf | None = None) -> None:
    """Serve from a place that is `ready` until stopped."""
    config = uvicorn.Config(application(shown, events), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[held])


def _packed(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"content-encoding": "gzip"})


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why}, status_code=status)
