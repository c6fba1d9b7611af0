"""What do witnesses ask of the centre, and what are they asked? Each waits a few seconds for something to be there."""

import asyncio
import time
from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from entente.exchange.serving.answering import BINARY, JSON, answers, body_of, in_json, peer_of, said_in, takes, told
from entente.exchange.serving.service import Service
from entente.exchange.serving.wire import Proposal, Witnessed
from entente.exchange.signing import LONGEST

ASKED_S = 5.0  # how long a witness's question stays open
GLANCE_S = 0.1  # between looks whether there is something else to say


def add_witnessing(app: FastAPI, service: Service) -> None:
    """What witnesses ask and are asked."""
    names = sorted(service.shell.cosigning.witnesses)

    @app.get("/proposal", **answers(JSON))
    async def proposal(request: Request) -> Response:
        """What this witness is asked next: entries, a checkpoint, a proof; or the other's question; within 5 s."""
        name = peer_of(request).name
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
        return in_json(200, Proposal(asked, latest, question[0] if question else None))

    @app.post("/cosignature", **answers(JSON), openapi_extra=takes(JSON, "entries held; a line, or a refusal"))
    async def cosignature(request: Request) -> Response:
        """The answer to what was asked last."""
        name = peer_of(request).name
        if name not in names:
            return _not_witness(name)
        said = await said_in(request, Witnessed, "cosignature")
        if isinstance(said, Response):
            return said
        asked = service.shell.cosigning.witnesses[name]
        if said.refused is not None and not said.refused.says_where(asked.signed):
            service.tell("witness-refused", name=name, code=said.refused.code, reason=said.refused.reason)
        complete = await service.writer.answered(name, said.held, said.line or said.refused)
        if complete:
            service.tell_cosigned()
        return in_json(200, {"complete": complete})

    @app.get("/vouch", **answers(BINARY))
    async def ask(request: Request, nonce: Annotated[str, Query(pattern=r"^[0-9a-f]{64}$")]) -> Response:
        """Ask the other party's witness what it holds (see `vouching`); its answer, or 503 after 5 s."""
        name = peer_of(request).name
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
            return told(503, f"vouch: {other} has not answered")
        return Response(answer.result(), media_type=BINARY)

    @app.post("/vouch", **answers(JSON), openapi_extra=takes(BINARY, "the sealed answer"))
    async def vouch(request: Request) -> Response:
        """Answer the other's question."""
        raw = await body_of(request, LONGEST)
        if isinstance(raw, Response):
            return raw
        asked = service.vouches.pop(peer_of(request).name, None)
        if asked is not None and not asked[1].done():
            asked[1].set_result(raw)
        return in_json(200, {"asked": asked is not None})


def _not_witness(name: str) -> Response:
    return told(403, f"{name}: is no witness of this log")
