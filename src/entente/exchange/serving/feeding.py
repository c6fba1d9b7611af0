"""How does a reader hear what happens? Over a WebSocket: where it was, or the past that it asks for, then all that is new."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from entente.exchange.serving.service import Service, entry_text
from entente.exchange.serving.stream import Viewer

HISTORY = 500  # entries of one frame
MOST_READERS = 128  # of one party, or without one: streams never make room for others
PACE_S = 0.04  # between two frames to one reader
BEHIND, NOT_YOURS = 1013, 1008  # why a stream ends: fell behind; no session, or spoke where one only listens


def add_stream(app: FastAPI, service: Service, viewer_of: Callable[[WebSocket], Awaitable[Viewer | None]]) -> None:
    """What happens, as it happens."""

    @app.websocket("/stream")
    async def stream(socket: WebSocket) -> None:
        viewer = await viewer_of(socket)
        if viewer is None or service.stream.seated[viewer.party] >= MOST_READERS:
            await socket.close(NOT_YOURS)
            return
        await socket.accept()
        service.stream.seated[viewer.party] += 1
        tasks = [asyncio.create_task(_feed(service, socket, viewer)), asyncio.create_task(_listen(socket))]
        tasks += [asyncio.create_task(_sits(socket, viewer_of))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            service.stream.seated[viewer.party] -= 1
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


def _number(text: str | None) -> int | None:
    """A number of a question; None if it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 16 else None
