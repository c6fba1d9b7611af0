"""In which form do both ports answer, and how is what comes read? JSON, text or parts behind their lengths; refusals in words.

Bodies are read as they are, only so far as they may be long, and nothing is unpacked.
"""

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import msgspec
from fastapi import Request, Response
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from entente.exchange.messages import NOTHING
from entente.exchange.ruling.nodes import Node
from entente.exchange.serving.certificates import Peer
from entente.exchange.serving.service import Service
from entente.exchange.signing import LONGEST

T = TypeVar("T")

PIECE = 2**16  # bytes
JSON, BINARY, TEXT = "application/json", "application/octet-stream", "text/plain"
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


def in_json(status: int, value: Any) -> Response:
    """An answer."""
    return Response(msgspec.json.encode(value), status_code=status, media_type=JSON)


def told(status: int, why: str, headers: dict[str, str] | None = None) -> Response:
    """Why not."""
    return Response(msgspec.json.encode({"error": why}), status_code=status, media_type=JSON, headers=headers)


def in_pieces(raw: bytes, kind: str) -> Response:
    """A long answer, a piece at a time as it is read, so that others' come in between."""
    return StreamingResponse(_pieces(raw), media_type=kind, headers={"content-length": str(len(raw))})


async def _pieces(raw: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(raw), PIECE):
        yield raw[at : at + PIECE]


async def body_of(request: Request, most: int) -> bytes | Response:
    """The body, as it is; or why it is not read to its end."""
    if "content-encoding" in request.headers:
        return told(415, "content-encoding: nothing is unpacked here; send it as it is")
    too_large = f"body: more than {most:,} bytes"
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        return told(413, too_large, {"connection": "close"})
    parts, size = list[bytes](), 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                return told(413, too_large, {"connection": "close"})
            parts.append(part)
    except ClientDisconnect:
        return told(400, "body: cut short")  # nobody is there to read it
    return b"".join(parts)


async def said_in(request: Request, kind: type[T], where: str) -> T | Response:
    """What a body says, as a small form of `wire`; or why it says none."""
    raw = await body_of(request, LONGEST)
    if isinstance(raw, Response):
        return raw
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        return told(400, f"{where}: {problem}")


def peer_of(request: Request) -> Peer:
    """Who asks, by certificate."""
    return request.state.peer


def held_of(service: Service, name: str, party: str) -> dict[str, Any]:
    """What is remembered of one sender; of a new one, that it has said nothing."""
    state = service.shell.state
    node, policy = state.nodes.get(name, Node(party=party)), state.policies.get(party)
    return {
        "log": state.log, "origin": state.origin, "party": party, "node": name, "boot": node.boot, "last": node.last,
        "head": node.head, "policy": policy.digest if policy else NOTHING,
    }  # fmt: skip


def answers(kind: str) -> dict[str, Any]:
    """For the OpenAPI: what is answered, in which form; every refusal is JSON."""
    good: dict[int | str, dict[str, Any]] = {200: {"description": "the answer", "content": {kind: {}}}}
    bad = {status: {"description": why, "content": {JSON: {}}} for status, why in REFUSALS.items()}
    return {"responses": good | bad, "response_class": Response}


def takes(kind: str, what: str) -> dict[str, Any]:
    """For the OpenAPI: a body that FastAPI does not read."""
    schema = {"type": "string", "format": "binary"} if kind == BINARY else {"type": "object"}
    return {"requestBody": {"required": True, "description": what, "content": {kind: {"schema": schema}}}}
