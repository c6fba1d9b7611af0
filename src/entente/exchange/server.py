"""What is asked of a centre over the network, and what is answered: one port for nodes and witnesses, one for consoles.

The node port wants a certificate of the exercise; any of them may read, for the log belongs to both parties, and who speaks is
decided by the signature in the envelope. The console port wants a session (`sessions`). An envelope is answered when it is on
the disk; its receipt follows when both witnesses have signed. Nothing that is asked here changes the state past the writer.

Binary bodies are parts, each behind its length in four bytes, big-endian.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from fastapi import FastAPI, Query, Request, Response, WebSocket, WebSocketDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from entente.exchange.messages import NOTHING
from entente.exchange.ruling.nodes import Node
from entente.exchange.ruling.reasons import Reason
from entente.exchange.serving.certificates import Peer
from entente.exchange.serving.metrics import metrics
from entente.exchange.serving.reading import MOST_ENTRIES
from entente.exchange.serving.service import Service, entry_text
from entente.exchange.serving.sessions import COOKIE, SHIFT_S
from entente.exchange.serving.stream import Viewer
from entente.exchange.serving.wire import (
    LONGEST_BATCH,
    MOST_OF_BATCH,
    MOST_RECEIPTS,
    Answer,
    Opening,
    Proposal,
    Witnessed,
    framed,
    unframed,
)
from entente.exchange.shell import Reply
from entente.exchange.signing import LONGEST

HISTORY = 500  # entries of one frame
PART = 32  # envelopes of a batch that are written together
PACE_S = 0.04  # between two frames to one reader
ASKED_S = 5.0  # how long a witness's question stays open
GLANCE_S = 0.1  # between looks whether there is something else to say
BEHIND, NOT_YOURS = 1013, 1008  # why a stream ends: fell behind; no session, or spoke where one only listens
JSON, BINARY, TEXT = "application/json", "application/octet-stream", "text/plain"
STATUS = {
    Reason.MALFORMED: 400, Reason.KEY_UNKNOWN: 403, Reason.BAD_SIGNATURE: 403, Reason.THROTTLED: 429, Reason.DISK_FULL: 507,
}  # fmt: skip
HEX = re.compile(r"[0-9a-f]+")
TITLE = "Entente: a centre for exercises, replays and tests"
REFUSALS = {
    400: "cannot be read",
    403: "not for you",
    404: "is not there, or not yet",
    413: "too large",
    415: "encoded; nothing is unpacked",
    422: "read, and refused; the reason is on the log if its signature is good",
    429: "too much at once; send again later",
    503: "not now; send again",
    507: "the centre's disk is full; send again",
}


def node_app(service: Service) -> FastAPI:
    """The port of nodes and witnesses."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None)

    @app.post("/envelopes", **_answers(JSON), openapi_extra=_takes(BINARY, "one signed envelope"))
    async def envelope(request: Request) -> Response:
        """One envelope, answered when it is on the disk."""
        return await _one(service, request, _peer(request).name)

    @app.post("/batches", **_answers(JSON), openapi_extra=_takes(BINARY, "envelopes, each behind its length"))
    async def batch(request: Request) -> Response:
        """Up to 256 envelopes, in order; an answer each."""
        raw = await _body(request, LONGEST_BATCH)
        if isinstance(raw, Response):
            return raw
        raws = unframed(raw, MOST_OF_BATCH)
        if not raws:
            return _told(400, f"batch: not 1 to {MOST_OF_BATCH} whole envelopes, each behind its length")
        replies = await _in_parts(service, raws, _peer(request).name)
        return _busy() if not replies else _json(200, [_answer(reply) for reply in replies])

    @app.get("/entries", **_answers(BINARY))
    async def entries(
        start: Annotated[int, Query(ge=0, le=2**53)] = 0, stop: Annotated[int, Query(ge=0, le=2**53)] = 2**53
    ) -> Response:
        """Entries of the log from `start` up to `stop`, each behind its length, as many as fit into one answer."""
        raw = await service.read(service.reader.entries, start, min(stop, service.size, start + MOST_ENTRIES))
        return Response(raw, media_type=BINARY)

    @app.get("/checkpoint", **_answers(TEXT))
    async def checkpoint() -> Response:
        """The largest checkpoint that both witnesses signed, as text; empty: there is none yet."""
        return Response(service.cosigned[1], media_type=TEXT)

    @app.get("/proof", **_answers(BINARY))
    async def proof(old: Annotated[int, Query(ge=0, le=2**53)], new: Annotated[int, Query(ge=0, le=2**53)]) -> Response:
        """Hashes that show that the log of `new` entries continues the one of `old`."""
        if not old <= new <= service.size:
            return _told(400, f"proof: from {old} to {new} entries; there are {service.size}, and a log only grows")
        return Response(framed(await service.read(service.reader.consistency, old, new)), media_type=BINARY)

    @app.get("/receipts/{index}", **_answers(TEXT))
    async def receipt(index: int) -> Response:
        """The receipt of one entry, as text."""
        (found,) = await service.receipts([index])
        return _told(404, f"entry {index}: not cosigned yet") if found is None else Response(found, media_type=TEXT)

    @app.get("/receipts", **_answers(JSON))
    async def receipts(
        of: Annotated[str, Query(max_length=8_192, pattern=r"^[0-9]{1,16}(,[0-9]{1,16})*$")],
    ) -> Response:
        """Receipts of entries, such as of=3,5,8; null where there is none yet."""
        indices = [int(one) for one in of.split(",")]
        if len(indices) > MOST_RECEIPTS:
            return _told(400, f"of: {len(indices)} entries; at most {MOST_RECEIPTS}")
        return _json(200, await service.receipts(indices))

    @app.get("/evidence", **_answers(JSON))
    async def evidence() -> Response:
        """What was signed and refused, so that both were told: about whom, why, who signed it, beside which entry."""
        return _json(200, await service.read(service.reader.evidence, service.shell.state.keyring))

    @app.get("/evidence/{named}", **_answers(BINARY))
    async def piece(named: str) -> Response:
        """The bytes of one piece of evidence, by their digest, to be checked and kept."""
        found = await service.read(service.reader.piece, named)
        if found is None:
            return _told(404, "evidence: nothing of this digest is kept")
        return Response(found, media_type=BINARY)

    @app.get("/sender", **_answers(JSON))
    async def sender(request: Request) -> Response:
        """What the centre holds of who asks: boot, last number, digest of the last."""
        return _json(200, _sender(service, _peer(request).name, _peer(request).party))

    _add_witnessing(app, service)
    _add_stream(app, service, _peer_viewer)
    _add_health(app, service, with_metrics=True)
    return app


def console_app(service: Service, origins: frozenset[str]) -> FastAPI:
    """The port of consoles; `origins`: https://HOST:PORT of each name that it has."""
    app = FastAPI(title=TITLE, docs_url=None, redoc_url=None)

    @app.get("/challenge", **_answers(JSON))
    async def challenge(request: Request) -> Response:
        """A challenge: sign `text` with the seat's key, as payload type application/vnd.entente.challenge+text (DSSE)."""
        nonce, text = service.sessions.challenge(_origin(request))
        return _json(200, {"challenge": nonce, "text": text})

    @app.post("/session", **_answers(JSON), openapi_extra=_takes(JSON, "key, challenge, signature; hex"))
    async def session(request: Request) -> Response:
        """Open a session; the cookie is for this site alone."""
        raw = await _body(request, LONGEST)
        if isinstance(raw, Response):
            return raw
        try:
            asked = msgspec.json.decode(raw, type=Opening)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            return _told(400, f"session: {problem}")
        opened = service.sessions.open(asked.key, asked.challenge, bytes.fromhex(asked.signature), _origin(request))
        if opened is None:
            service.tell("session-refused", key=asked.key)
            return _told(403, "session: no seat has this key, or the challenge is not signed by it")
        token, viewer = opened
        service.tell("session-opened", name=viewer.name, party=viewer.party)
        answer = _json(200, {"name": viewer.name, "party": viewer.party})
        answer.set_cookie(COOKIE, token, max_age=int(SHIFT_S), secure=True, httponly=True, samesite="strict")
        return answer

    @app.get("/session", **_answers(JSON))
    async def who(request: Request) -> Response:
        """Whose session this is."""
        viewer = service.sessions.viewer(request.cookies.get(COOKIE, ""))
        return _no_session() if viewer is None else _json(200, {"name": viewer.name, "party": viewer.party})

    @app.delete("/session", **_answers(JSON))
    async def leave(request: Request) -> Response:
        """The shift is over."""
        service.sessions.close(request.cookies.get(COOKIE, ""))
        answer = _json(200, {})
        answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
        return answer

    @app.post("/envelopes", **_answers(JSON), openapi_extra=_takes(BINARY, "one signed envelope"))
    async def envelope(request: Request) -> Response:
        """One envelope that the seat signed, answered when it is on the disk."""
        viewer = service.sessions.viewer(request.cookies.get(COOKIE, ""))
        if viewer is None or viewer.party is None:
            return _no_session()
        return await _one(service, request, viewer.name)

    @app.get("/sender", **_answers(JSON))
    async def sender(request: Request) -> Response:
        """What the centre holds of the seat: what its next message is numbered and chained to, and its party's policy."""
        viewer = service.sessions.viewer(request.cookies.get(COOKIE, ""))
        if viewer is None or viewer.party is None:
            return _no_session()
        return _json(200, _sender(service, viewer.name, viewer.party))

    async def viewer_of(socket: WebSocket) -> Viewer | None:
        return service.sessions.viewer(socket.cookies.get(COOKIE, ""))

    _add_stream(app, service, viewer_of)
    _add_health(app, service, with_metrics=False)
    app.add_middleware(_OwnSite, origins=origins)
    return app


def _add_witnessing(app: FastAPI, service: Service) -> None:
    """What witnesses ask and are asked."""
    names = sorted(service.shell.cosigning.witnesses)

    @app.get("/proposal", **_answers(JSON))
    async def proposal(request: Request) -> Response:
        """What this witness is asked next: entries, a checkpoint, a proof; or the other's question; within 5 s."""
        name = _peer(request).name
        if name not in names:
            return _not_witness(name)
        question = service.vouches.get(name)
        asked = None
        if question is None:
            waits = asyncio.ensure_future(service.writer.request(name, ASKED_S))
            while question is None and not waits.done() and not service.leaving:
                await asyncio.wait({waits}, timeout=GLANCE_S)
                question = service.vouches.get(name)
            asked = waits.result() if waits.done() else None
            waits.cancel()
        latest = service.cosigned[1]
        return _json(200, Proposal(asked, latest, question[0] if question else None))

    @app.post("/cosignature", **_answers(JSON), openapi_extra=_takes(JSON, "entries held; a line, or a refusal"))
    async def cosignature(request: Request) -> Response:
        """The answer to what was asked last."""
        name = _peer(request).name
        if name not in names:
            return _not_witness(name)
        raw = await _body(request, LONGEST)
        if isinstance(raw, Response):
            return raw
        try:
            said = msgspec.json.decode(raw, type=Witnessed)
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            return _told(400, f"cosignature: {problem}")
        if said.refused is not None:
            service.tell("witness-refused", name=name, code=said.refused.code, reason=said.refused.reason)
        complete = await service.writer.answered(name, said.held, said.line or said.refused)
        if complete:
            service.tell_cosigned()
        return _json(200, {"complete": complete})

    @app.get("/vouch", **_answers(BINARY))
    async def ask(request: Request, nonce: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]) -> Response:
        """Ask the other party's witness what it holds (see `vouching`); its answer, or 503 after 5 s."""
        name = _peer(request).name
        if name not in names:
            return _not_witness(name)
        (other,) = [each for each in names if each != name]
        answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        service.vouches[other] = nonce, answer
        until_s = time.monotonic() + ASKED_S
        while not answer.done() and not service.leaving and time.monotonic() < until_s:
            await asyncio.wait({answer}, timeout=GLANCE_S)
        if service.vouches.get(other) == (nonce, answer):
            del service.vouches[other]
        if not answer.done():
            return _told(503, f"vouch: {other} has not answered")
        return Response(answer.result(), media_type=BINARY)

    @app.post("/vouch", **_answers(JSON), openapi_extra=_takes(BINARY, "the sealed answer"))
    async def vouch(request: Request) -> Response:
        """Answer the other's question."""
        raw = await _body(request, LONGEST)
        if isinstance(raw, Response):
            return raw
        asked = service.vouches.pop(_peer(request).name, None)
        if asked is not None and not asked[1].done():
            asked[1].set_result(raw)
        return _json(200, {"asked": asked is not None})


def _add_stream(app: FastAPI, service: Service, viewer_of: Callable[[WebSocket], Awaitable[Viewer | None]]) -> None:
    """What happens, as it happens."""

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        viewer = await viewer_of(socket)
        if viewer is None:
            await socket.close(NOT_YOURS)
            return
        await socket.accept()
        service.stream.readers += 1
        tasks = [asyncio.create_task(_feed(service, socket, viewer)), asyncio.create_task(_listen(socket))]
        tasks += [asyncio.create_task(_sits(socket, viewer_of))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            service.stream.readers -= 1
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _feed(service: Service, socket: WebSocket, viewer: Viewer) -> None:
    """Greet; go on where the reader was, or tell what it asks of the past; then all that is new."""
    asked = socket.query_params
    run, after, start = asked.get("run", ""), _number(asked.get("after")), _number(asked.get("from"))
    resumed = after is not None and service.stream.has(run, after)
    at = after if resumed and after is not None else service.stream.last
    size = service.size
    try:
        await socket.send_bytes(b"[" + service.hello(at, resumed=resumed) + b"]")
        if not resumed:
            await socket.send_bytes(service.standing_for(viewer.party))
            for first in range(size if start is None else start, size, HISTORY):
                await socket.send_bytes(
                    await service.read(_history, service, viewer, first, min(first + HISTORY, size))
                )
        while (framed := service.stream.frame(viewer, at)) is not None:
            text, at = framed
            if text:
                await socket.send_bytes(text)
                await asyncio.sleep(PACE_S)
            await service.stream.beyond(at)
        await socket.close(BEHIND)
    except (WebSocketDisconnect, RuntimeError, OSError):  # it left
        return


def _history(service: Service, viewer: Viewer, start: int, stop: int) -> bytes:
    """Entries of the past, those that this viewer may see."""
    texts = (entry_text(index, entry) for index, entry, _ in service.reader.ledger.rows(start, stop))
    return b"[" + b",".join(text for text, observed in texts if observed or viewer.party is not None) + b"]"


async def _listen(socket: WebSocket) -> None:
    """A reader has nothing to say here; until it leaves or does."""
    if (await socket.receive())["type"] == "websocket.receive":
        await socket.close(NOT_YOURS)


async def _sits(socket: WebSocket, viewer_of: Callable[[WebSocket], Awaitable[Viewer | None]]) -> None:
    """Until the seat's session, or its key, is no longer good."""
    while await viewer_of(socket) is not None:
        await asyncio.sleep(1.0)
    await socket.close(NOT_YOURS)


def _add_health(app: FastAPI, service: Service, *, with_metrics: bool) -> None:
    """What who runs the centre asks."""

    @app.get("/health", **_answers(JSON))
    async def health() -> Response:
        """How it stands; 503 once it can write no more."""
        return _json(503 if service.writer.failed else 200, service.health)

    if with_metrics:

        @app.get("/metrics", **_answers(TEXT))
        async def measured() -> Response:
            """For Prometheus."""
            return Response(metrics(service), media_type="text/plain; version=0.0.4")


async def _in_parts(service: Service, raws: list[bytes], sender: str) -> list[Reply]:
    """Answers to envelopes that came together, a few at a time, so that others come in between; none: too much waits.

    Behind one that is to be sent again the rest is to be sent again, too: so they stay in order.
    """
    replies = list[Reply]()
    for at in range(0, len(raws), PART):
        part = await service.writer.submit(raws[at : at + PART], sender)
        replies += part or ()
        if part is None or part[-1].again:
            left = len(raws) - len(replies)
            return replies and [*replies, *[Reply("refused", reason=Reason.THROTTLED)] * left]
    return replies


async def _one(service: Service, request: Request, sender: str) -> Response:
    """Take one envelope; its answer."""
    raw = await _body(request, LONGEST)
    if isinstance(raw, Response):
        return raw
    replies = await service.writer.submit([raw], sender)
    if replies is None:
        return _busy()
    (reply,) = replies
    refused = reply.outcome == "refused"
    return _json(STATUS.get(Reason(reply.reason), 422) if refused and reply.reason in set(Reason) else 422 if refused else 200,
                 _answer(reply))  # fmt: skip


async def _body(request: Request, most: int) -> bytes | Response:
    """The body, as it is; or why it is not read to its end. Nothing is unpacked."""
    if "content-encoding" in request.headers:
        return _told(415, "content-encoding: nothing is unpacked here; send it as it is")
    too_large = _told(413, f"body: more than {most:,} bytes", {"connection": "close"})
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        return too_large
    parts, size = list[bytes](), 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            return too_large
        parts.append(part)
    return b"".join(parts)


class _OwnSite:
    """Lets only requests to one of this centre's own names pass, and from none but its own pages."""

    def __init__(self, app: ASGIApp, origins: frozenset[str]) -> None:
        self.app, self.origins = app, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"]) if scope["type"] in ("http", "websocket") else {}
        host, origin = headers.get(b"host", b"").decode("latin-1"), headers.get(b"origin", b"").decode("latin-1")
        if scope["type"] == "http" and (
            f"https://{host}" not in self.origins or (origin and origin not in self.origins)
        ):
            await _told(403, "host, origin: not of this centre")(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _sender(service: Service, name: str, party: str) -> dict[str, Any]:
    """What is remembered of one sender; of a new one, that it has said nothing."""
    state = service.shell.state
    node, policy = state.nodes.get(name, Node(party=party)), state.policies.get(party)
    return {
        "log": state.log, "origin": state.origin, "party": party, "node": name, "boot": node.boot, "last": node.last,
        "head": node.head, "policy": policy.digest if policy else NOTHING,
    }  # fmt: skip


def _peer(request: Request) -> Peer:
    """Who asks, by certificate."""
    return request.state.peer


async def _peer_viewer(socket: WebSocket) -> Viewer | None:
    peer: Peer = socket.state.peer
    return Viewer(peer.name, peer.party)


def _origin(request: Request) -> str:
    """Under which of its names the console is asked; `_OwnSite` let it pass."""
    return f"https://{request.headers['host']}"


def _number(text: str | None) -> int | None:
    """A number of a question; None if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 16 else None


def _answer(reply: Reply) -> Answer:
    return Answer(reply.outcome, reply.index, reply.reason, reply.again)


def _json(status: int, value: Any) -> Response:
    return Response(msgspec.json.encode(value), status_code=status, media_type=JSON)


def _told(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode({"error": why}), status_code=status, media_type=JSON, headers=headers)


def _busy() -> Response:
    return _told(503, "too much waits to be written; send again", {"retry-after": "1"})


def _no_session() -> Response:
    return _told(403, "session: none; sign a challenge with the seat's key")


def _not_witness(name: str) -> Response:
    return _told(403, f"{name}: is no witness of this log")


def _answers(kind: str) -> dict[str, Any]:
    """For the OpenAPI: what is answered, in which form; every refusal is JSON."""
    good: dict[int | str, dict[str, Any]] = {200: {"description": "the answer", "content": {kind: {}}}}
    bad = {status: {"description": why, "content": {JSON: {}}} for status, why in REFUSALS.items()}
    return {"responses": good | bad, "response_class": Response}


def _takes(kind: str, what: str) -> dict[str, Any]:
    """For the OpenAPI: a body that FastAPI does not read."""
    schema = {"type": "string", "format": "binary"} if kind == BINARY else {"type": "object"}
    return {"requestBody": {"required": True, "description": what, "content": {kind: {"schema": schema}}}}
