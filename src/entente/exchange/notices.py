"""Which launches were announced, changed, cancelled, and which of them took place?

A later notice (a change, a cancellation, a report that it took place) refers to the first, which must be of the same party.
One notice explains one launch: a second in the same window was not announced.
Bounds: 256 notices a party. What is over (cancelled, took place, or its window closed more than 48 h ago) is forgotten
first; if nothing is, the new one is refused.
"""

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from entente.exchange.correlation import Detection, explains
from entente.exchange.instants import NS_PER_S, nanoseconds
from entente.exchange.messages import Deorbit, Experiment, Notice, PostLaunch, PreLaunch, WindowChange
from entente.exchange.reasons import Reason

NOTICES = 256  # of one party
OVER_NS = 48 * 3600 * NS_PER_S  # after its window; a report that a launch took place is due in that time


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A notice and what became of it.

    Attributes:
        index, digest: of its entry; of its body as `encode` writes it.
        launch: the number of the launch it explains.
        cancelled, took_place: indices of the entries that say so.
        seen_by: party -> index of its acknowledgement.
    """

    said: PreLaunch | Experiment | Deorbit
    index: int
    digest: str
    opens_ns: int
    closes_ns: int
    launch: int | None = None
    cancelled: int | None = None
    took_place: int | None = None
    seen_by: dict[str, int] = {}


Notices = dict[str, Announced]


def notice_refusal(notices: Notices, said: Notice, now_ns: int) -> Reason | None:
    """Why this notice cannot stand; None: it can."""
    if isinstance(said, PreLaunch | Experiment | Deorbit):
        return _first_refusal(notices, said, now_ns)
    original = notices.get(said.original)
    if original is None or original.said.party != said.party or not isinstance(original.said, PreLaunch):
        return Reason.UNKNOWN_NOTICE
    return None if original.cancelled is None else Reason.NOTICE_CANCELLED


def _first_refusal(notices: Notices, said: PreLaunch | Experiment | Deorbit, now_ns: int) -> Reason | None:
    if said.notice in notices:
        return Reason.NOTICE_TAKEN
    original = None if isinstance(said, PreLaunch) else said.original
    if original is not None and (original not in notices or notices[original].said.party != said.party):
        return Reason.UNKNOWN_NOTICE
    full = len(_of(notices, said.party)) >= NOTICES and _forgettable(notices, said.party, now_ns) is None
    return Reason.FULL if full else None


def noticed(notices: Notices, said: Notice, index: int, digest: str, now_ns: int) -> Notices:
    """The notices after this one, which `notice_refusal` let pass."""
    match said:
        case PreLaunch():
            span = said.window_opens, said.window_closes
        case Experiment() | Deorbit():
            span = said.begins, said.ends
        case WindowChange():
            changed = {"opens_ns": nanoseconds(said.window_opens), "closes_ns": nanoseconds(said.window_closes)}
            return notices | {said.original: replace(notices[said.original], **changed)}
        case PostLaunch():
            return notices | {said.original: replace(notices[said.original], took_place=index)}
        case _:
            return notices | {said.original: replace(notices[said.original], cancelled=index)}
    new = Announced(
        said=said, index=index, digest=digest, opens_ns=nanoseconds(span[0]), closes_ns=nanoseconds(span[1])
    )
    kept = dict(notices)
    if len(_of(notices, said.party)) >= NOTICES:
        del kept[_forgettable(notices, said.party, now_ns) or said.notice]
    return kept | {said.notice: new}


def explaining(notices: Notices, seen: Collection[Detection], launch: int, hint: str | None = None) -> str | None:
    """The notice that explains a launch: it fits all that is seen of it; the one a reporter names first, then the eldest."""
    named = [hint] if hint in notices else []
    for name in (*named, *notices):
        notice = notices[name]
        if (
            not isinstance(notice.said, PreLaunch)
            or notice.cancelled is not None
            or notice.launch not in (None, launch)
        ):
            continue
        span = notice.opens_ns, notice.closes_ns
        if all(notice.index < each.index and explains(notice.said, *span, each) for each in seen):
            return name
    return None


def _of(notices: Notices, party: str) -> list[str]:
    return [name for name, notice in notices.items() if notice.said.party == party]


def _forgettable(notices: Notices, party: str, now_ns: int) -> str | None:
    for name in _of(notices, party):
        notice = notices[name]
        told = notice.cancelled is not None or notice.took_place is not None
        if told or notice.closes_ns + OVER_NS < now_ns:
            return name
    return None
