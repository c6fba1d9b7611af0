"""Which launches were announced, changed, cancelled, and which of them took place?

A later notice (a change, a cancellation, a report that it took place) refers to the first, which must be of the same party.
One notice explains one launch: a second in the same window was not announced. It explains only what was launched, and
reported, after the notice had come, and after the last change of its window; who launches knows it before all others.
Once its launch is reported to have taken place, it explains only one of that time.
Bounds: 256 notices a party. What is over (cancelled, took place, or its window closed more than 48 h ago) is forgotten
first; if nothing is, the new one is refused.
"""

from collections.abc import Collection

import msgspec
from msgspec.structs import replace

from entente.exchange.messages import Deorbit, Experiment, Notice, PostLaunch, PreLaunch, WindowChange
from entente.exchange.ruling.correlation import Detection, explains, slack_ns
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

NOTICES = 256  # of one party
OVER_NS = 48 * 3600 * NS_PER_S  # after its window; a report that a launch took place is due in that time


class Announced(msgspec.Struct, frozen=True, kw_only=True):
    """A notice and what became of it.

    Attributes:
        index, digest: of its entry; of its body as `encode` writes it.
        since, since_ns: the entry that last said its window, and when that came.
        launched_ns: when its launch took place, as its party reported.
        launch: the number of the launch it explains.
        cancelled, took_place: indices of the entries that say so.
        seen_by: party -> index of its acknowledgement.
    """

    said: PreLaunch | Experiment | Deorbit
    index: int
    digest: str
    opens_ns: int
    closes_ns: int
    since: int = -1
    since_ns: int = 0
    launched_ns: int | None = None
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
            opens, closes = nanoseconds(said.window_opens), nanoseconds(said.window_closes)
            changed = {"opens_ns": opens, "closes_ns": closes, "since": index, "since_ns": now_ns}
            return notices | {said.original: replace(notices[said.original], **changed)}
        case PostLaunch():
            took = {"took_place": index, "launched_ns": nanoseconds(said.launched)}
            return notices | {said.original: replace(notices[said.original], **took)}
        case _:
            return notices | {said.original: replace(notices[said.original], cancelled=index)}
    opens, closes = map(nanoseconds, span)
    new = Announced(
        said=said, index=index, digest=digest, opens_ns=opens, closes_ns=closes, since=index, since_ns=now_ns
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
        if all(_came_before(notice, each) and explains(notice.said, *span, each) for each in seen):
            return name
    return None


def _came_before(notice: Announced, seen: Detection) -> bool:
    """Was it announced before it was launched and before it was told, and is it not another than the one that took place?"""
    slack, told_ns = slack_ns(seen), notice.launched_ns
    in_time = notice.since < seen.index and notice.since_ns <= seen.launched_ns + slack
    return in_time and (told_ns is None or abs(told_ns - seen.launched_ns) <= slack)


def _of(notices: Notices, party: str) -> list[str]:
    return [name for name, notice in notices.items() if notice.said.party == party]


def _forgettable(notices: Notices, party: str, now_ns: int) -> str | None:
    for name in _of(notices, party):
        notice = notices[name]
        told = notice.cancelled is not None or notice.took_place is not None
        if told or notice.closes_ns + OVER_NS < now_ns:
            return name
    return None
