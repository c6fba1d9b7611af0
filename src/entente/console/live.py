"""The duty desk: the live page on the centre's port for consoles, beside the questions that `exchange.server` answers there.

A seat's browser gets what the stream of its session carries, and nothing else: the page and its parts are the same for all, and
say nothing of the log but what it is for.
"""

import mimetypes

from fastapi import FastAPI, Response
from starlette.responses import FileResponse

from entente.console.pages import ASSETS, Stamped
from entente.exchange.serving.service import Service

PAGE = "live.html"
PARTS = ("live.js", "live.css", "world.json", "licences.txt")


def mount(app: FastAPI, _: Service) -> None:
    """Add the page to a console's port."""

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        if not (ASSETS / PAGE).is_file():
            return Response("the pages are not built in this checkout; type: make console", 503)
        return FileResponse(ASSETS / PAGE, media_type="text/html")

    @app.get("/assets/{name}", include_in_schema=False)
    async def part(name: str) -> Response:
        if name not in PARTS or not (ASSETS / name).is_file():
            return Response(status_code=404)
        return FileResponse(ASSETS / name, media_type=mimetypes.guess_type(name)[0] or "application/octet-stream")

    app.add_middleware(Stamped)
