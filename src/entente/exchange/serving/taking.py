"""How is an envelope taken at either port? It is answered when it is on the disk, or told to come again."""

from fastapi import Request, Response

from entente.exchange.ruling.reasons import Reason
from entente.exchange.serving.answering import body_of, in_json, told
from entente.exchange.serving.service import Service
from entente.exchange.serving.wire import LONGEST_BATCH, MOST_OF_BATCH, Answer, unframed
from entente.exchange.shell import Reply
from entente.exchange.signing import LONGEST

PART = 16  # envelopes of a batch that are written together
STATUS = {
    "": 200, Reason.MALFORMED: 400, Reason.KEY_UNKNOWN: 403, Reason.BAD_SIGNATURE: 403, Reason.THROTTLED: 429,
    Reason.DISK_FULL: 507,
}  # fmt: skip


async def take_one(service: Service, request: Request, sender: str) -> Response:
    """Take one envelope; its answer. Whatever other reason there is, the rules refused it: 422."""
    raw = await body_of(request, LONGEST)
    if isinstance(raw, Response):
        return raw
    replies = await service.writer.submit([raw], sender)
    if replies is None:
        return _busy()
    (reply,) = replies
    return in_json(STATUS.get(reply.reason, 422), _answer(reply))


async def take_batch(service: Service, request: Request, sender: str) -> Response:
    """Take envelopes that came together; an answer each."""
    raw = await body_of(request, LONGEST_BATCH)
    if isinstance(raw, Response):
        return raw
    raws = unframed(raw, MOST_OF_BATCH)
    if not raws:
        return told(400, f"batch: not 1 to {MOST_OF_BATCH} whole envelopes, each behind its length")
    replies = await _in_parts(service, raws, sender)
    return _busy() if not replies else in_json(200, [_answer(reply) for reply in replies])


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


def _answer(reply: Reply) -> Answer:
    return Answer(reply.outcome, reply.index, reply.reason, reply.again)


def _busy() -> Response:
    return told(503, "too much waits to be written; send again", {"retry-after": "1"})
