"""The duty desk: the live page on the centre's port for consoles, beside the questions that `exchange.server` answers there.

A seat's browser gets what the stream of its session carries, and nothing else: the page and its parts are the same for all, and
say nothing of the log but what it is for, and what the parties are called if a `names.json` beside the log says so.
"""

import mimetypes
from pathlib import Path

import msgspec
from fastapi import FastAPI, Response
from starlette.responses import FileResponse, JSONResponse

from entente.console.pages import ASSETS, NAMES, Stamped
from entente.errors import StoreError
from entente.exchange.serving.service import Service

PAGE = "live.html"
PARTS = ("live.js", "live.css", "world.json", "licences.txt")


def mount(app: FastAPI, service: Service) -> None:
    """Add the page to a console's port.

    Raises:
        StoreError: what the parties are called cannot be read.
    """
    names = names_in(service.shell.ledger.path.parent / NAMES)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        if not (ASSETS / PAGE).is_file():
            return Response("the pages are not built in this checkout; type: make console", 503)
        return FileResponse(ASSETS / PAGE, media_type="text/html")

    @app.get(f"/{NAMES}", include_in_schema=False)
    async def called() -> Response:
        return JSONResponse(names)

    @app.get("/assets/{name}", include_in_schema=False)
    async def part(name: str) -> Response:
        if name not in PARTS or not (ASSETS / name).is_file():
            return Response(status_code=404)
        return FileResponse(ASSETS / name, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream")

    app.add_middleware(Stamped)


def names_in(path: Path) -> dict[str, str]:
    """What each party is called, party -> name, in the order in which they are shown; empty where there is no such file.

    Raises:
        StoreError: there is one, and it cannot be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str]) if path.exists() else {}
    except (OSError, msgspec.DecodeError) as problem:
        raise StoreError(
            f'{path}: cannot be read ({problem}); write {{"PARTY": "its name", ...}}, or remove it'
        ) from None
