"""What is asked of a centre over the network, and what is answered: one port for nodes and witnesses, one for consoles.

The node port wants a certificate of the exercise; any of them may read, for the log belongs to both parties, and who speaks is
decided by the signature in the envelope. The console port wants a session (`sessions`). An envelope is answered when it is on
the disk; its receipt follows when both witnesses have signed. Nothing that is asked here changes the state past the writer.

Binary bodies are parts, each behind its length in four bytes, big-endian.
"""

from fastapi import FastAPI, Response, WebSocket

from entente.exchange.serving.answering import JSON, TEXT, TITLE, answers, in_json
from entente.exchange.serving.asking import add_evidence, add_log, add_receipts, add_taking
from entente.exchange.serving.certificates import Peer
from entente.exchange.serving.consoles import OwnSite, add_seat, add_sessions
from entente.exchange.serving.feeding import add_stream
from entente.exchange.serving.metrics import metrics
from entente.exchange.serving.rations import Rationed
from entente.exchange.serving.service import Service
from entente.exchange.serving.sessions import COOKIE
from entente.exchange.serving.stream import Viewer
from entente.exchange.serving.witnessing import add_witnessing


def node_app(service: Service) -> FastAPI:
    """The port of nodes and witnesses."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, redirect_slashes=False)

    async def viewer_of(socket: WebSocket) -> Viewer | None:
        peer: Peer = socket.state.peer
        return Viewer(peer.name, peer.party)

    for add in (add_taking, add_log, add_receipts, add_evidence, add_witnessing):
        add(app, service)
    add_stream(app, service, viewer_of)
    _add_health(app, service)
    app.add_middleware(Rationed, rations=service.rations)
    return app


def console_app(service: Service, origins: frozenset[str]) -> FastAPI:
    """The port of consoles; `origins`: https://HOST:PORT of each name that it has."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None, redirect_slashes=False)

    async def viewer_of(socket: WebSocket) -> Viewer | None:
        return service.sessions.viewer(socket.cookies.get(COOKIE, ""))

    for add in (add_sessions, add_seat):
        add(app, service)
    add_stream(app, service, viewer_of)
    _add_standing(app, service)
    app.add_middleware(OwnSite, origins=origins)
    app.add_middleware(Rationed, rations=service.rations)
    return app


def _add_standing(app: FastAPI, service: Service) -> None:
    """What anybody may ask: how much is said, and that an alarm stands, is for those who are let in."""

    @app.get("/health", **answers(JSON))
    async def health() -> Response:
        """Whether it stands, and what its log is for; 503 once it can write no more."""
        seen = {name: service.health[name] for name in ("status", "log")}
        return in_json(503 if service.writer.failed else 200, seen)


def _add_health(app: FastAPI, service: Service) -> None:
    """What who runs the centre asks."""

    @app.get("/health", **answers(JSON))
    async def health() -> Response:
        """How it stands; 503 once it can write no more."""
        return in_json(503 if service.writer.failed else 200, service.health)

    @app.get("/metrics", **answers(TEXT))
    async def measured() -> Response:
        """For Prometheus."""
        return Response(metrics(service), media_type="text/plain; version=0.0.4")
