"""What do nodes ask of the centre? To take envelopes, and all that shows what the log holds; any certificate may read it."""

from typing import Annotated

from fastapi import FastAPI, Query, Request, Response

from entente.exchange.serving.answering import (
    BINARY,
    JSON,
    TEXT,
    answers,
    held_of,
    in_json,
    in_pieces,
    peer_of,
    takes,
    told,
)
from entente.exchange.serving.reading import MOST_ENTRIES
from entente.exchange.serving.service import Service
from entente.exchange.serving.taking import take_batch, take_one
from entente.exchange.serving.wire import MOST_RECEIPTS, framed


def add_taking(app: FastAPI, service: Service) -> None:
    """Envelopes, one or many."""

    @app.post("/envelopes", **answers(JSON), openapi_extra=takes(BINARY, "one signed envelope"))
    async def envelope(request: Request) -> Response:
        """One envelope, answered when it is on the disk."""
        return await take_one(service, request, peer_of(request).name)

    @app.post("/batches", **answers(JSON), openapi_extra=takes(BINARY, "envelopes, each behind its length"))
    async def batch(request: Request) -> Response:
        """Up to 256 envelopes, in order; an answer each."""
        return await take_batch(service, request, peer_of(request).name)


def add_log(app: FastAPI, service: Service) -> None:
    """The log itself, and that it only grew."""

    @app.get("/entries", **answers(BINARY))
    async def entries(
        start: Annotated[int, Query(ge=0, le=2**53)] = 0, stop: Annotated[int, Query(ge=0, le=2**53)] = 2**53
    ) -> Response:
        """Entries of the log from `start` up to `stop`, each behind its length, as many as fit into one answer."""
        raw = await service.read(service.reader.entries, start, min(stop, service.size, start + MOST_ENTRIES))
        return in_pieces(raw, BINARY)

    @app.get("/checkpoint", **answers(TEXT))
    async def checkpoint() -> Response:
        """The largest checkpoint that both witnesses signed, as text; empty: there is none yet."""
        return Response(service.cosigned[1], media_type=TEXT)

    @app.get("/proof", **answers(BINARY))
    async def proof(old: Annotated[int, Query(ge=0, le=2**53)], new: Annotated[int, Query(ge=0, le=2**53)]) -> Response:
        """Hashes that show that the log of `new` entries continues the one of `old`."""
        if not old <= new <= service.size:
            return told(400, f"proof: from {old} to {new} entries; there are {service.size}, and a log only grows")
        return Response(framed(await service.read(service.reader.consistency, old, new)), media_type=BINARY)


def add_receipts(app: FastAPI, service: Service) -> None:
    """That an entry stands there."""

    @app.get("/receipts/{index}", **answers(TEXT))
    async def receipt(index: int) -> Response:
        """The receipt of one entry, as text."""
        (found,) = await service.receipts([index])
        return told(404, f"entry {index}: not cosigned yet") if found is None else Response(found, media_type=TEXT)

    @app.get("/receipts", **answers(JSON))
    async def receipts(
        of: Annotated[str, Query(max_length=8_192, pattern=r"^[0-9]{1,16}(,[0-9]{1,16})*$")],
    ) -> Response:
        """Receipts of entries, such as of=3,5,8; null where there is none yet."""
        indices = [int(one) for one in of.split(",")]
        if len(indices) > MOST_RECEIPTS:
            return told(400, f"of: {len(indices)} entries; at most {MOST_RECEIPTS}")
        return in_json(200, await service.receipts(indices))


def add_evidence(app: FastAPI, service: Service) -> None:
    """What was refused, and what is known of who asks."""

    @app.get("/evidence", **answers(JSON))
    async def evidence() -> Response:
        """What was signed and refused, so that both were told: about whom, why, who signed it, beside which entry."""
        return in_json(200, await service.read(service.reader.evidence, service.shell.state.keyring))

    @app.get("/evidence/{named}", **answers(BINARY))
    async def piece(named: str) -> Response:
        """The bytes of one piece of evidence, by their digest, to be checked and kept."""
        found = await service.read(service.reader.piece, named)
        if found is None:
            return told(404, "evidence: nothing of this digest is kept")
        return Response(found, media_type=BINARY)

    @app.get("/sender", **answers(JSON))
    async def sender(request: Request) -> Response:
        """What the centre holds of who asks: boot, last number, digest of the last."""
        return in_json(200, held_of(service, peer_of(request).name, peer_of(request).party))
