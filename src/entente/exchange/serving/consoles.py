"""What do consoles ask of the centre? A session for a seat, then to take what the seat signed; from its own pages alone."""

from fastapi import FastAPI, Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from entente.exchange.serving.answering import BINARY, JSON, answers, held_of, in_json, said_in, takes, told
from entente.exchange.serving.service import Service
from entente.exchange.serving.sessions import COOKIE, SHIFT_S
from entente.exchange.serving.stream import Viewer
from entente.exchange.serving.taking import take_one
from entente.exchange.serving.wire import Opening


def add_sessions(app: FastAPI, service: Service) -> None:
    """Who sits there."""

    @app.get("/challenge", **answers(JSON))
    async def challenge(request: Request) -> Response:
        """A challenge: sign `text` with the seat's key, as payload type application/vnd.entente.challenge+text (DSSE)."""
        nonce, text = service.sessions.challenge(_origin(request))
        return in_json(200, {"challenge": nonce, "text": text})

    @app.post("/session", **answers(JSON), openapi_extra=takes(JSON, "key, challenge, signature; hex"))
    async def session(request: Request) -> Response:
        """Open a session; the cookie is for this site alone."""
        asked = await said_in(request, Opening, "session")
        if isinstance(asked, Response):
            return asked
        opened = service.sessions.open(asked.key, asked.challenge, bytes.fromhex(asked.signature), _origin(request))
        if opened is None:
            service.tell("session-refused", key=asked.key)
            return told(403, "session: no seat has this key, or the challenge is not signed by it")
        token, viewer = opened
        service.tell("session-opened", name=viewer.name, party=viewer.party)
        answer = in_json(200, {"name": viewer.name, "party": viewer.party})
        answer.set_cookie(COOKIE, token, max_age=int(SHIFT_S), secure=True, httponly=True, samesite="strict")
        return answer

    @app.get("/session", **answers(JSON))
    async def who(request: Request) -> Response:
        """Whose session this is."""
        viewer = _viewer(service, request)
        return _no_session() if viewer is None else in_json(200, {"name": viewer.name, "party": viewer.party})

    @app.delete("/session", **answers(JSON))
    async def leave(request: Request) -> Response:
        """The shift is over."""
        service.sessions.close(request.cookies.get(COOKIE, ""))
        answer = in_json(200, {})
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
        return answer


def add_seat(app: FastAPI, service: Service) -> None:
    """What a seat says, and what is held of it."""

    @app.post("/envelopes", **answers(JSON), openapi_extra=takes(BINARY, "one signed envelope"))
    async def envelope(request: Request) -> Response:
        """One envelope that the seat signed, answered when it is on the disk."""
        viewer = _viewer(service, request)
        if viewer is None or viewer.party is None:
            return _no_session()
        return await take_one(service, request, viewer.name)

    @app.get("/sender", **answers(JSON))
    async def sender(request: Request) -> Response:
        """What the centre holds of the seat: what its next message is numbered and chained to, and its party's policy."""
        viewer = _viewer(service, request)
        if viewer is None or viewer.party is None:
            return _no_session()
        return in_json(200, held_of(service, viewer.name, viewer.party))


class OwnSite:
    """Lets only requests to one of this centre's own names pass, and from none but its own pages."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a WebSocket's origin was looked at by `protocol`."""
        headers = dict(scope["headers"]) if scope["type"] in ("http", "websocket") else {}
        host, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin", b"").decode("latin-1")
        if scope["type"] == "http" and (
            f"https://{host}" not in self.origins or (origin and origin not in self.origins)
        ):
            await told(403, "host, origin: not of this centre")(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _viewer(service: Service, request: Request) -> Viewer | None:
    return service.sessions.viewer(request.cookies.get(COOKIE, ""))


def _origin(request: Request) -> str:
    """Under which of its names the console is asked; `OwnSite` let it pass."""
    return f"https://{request.headers['host']}"


def _no_session() -> Response:
    return told(403, "session: none; sign a challenge with the seat's key")
