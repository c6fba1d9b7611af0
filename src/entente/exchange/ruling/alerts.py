"""What does the centre say of a launch, how far is it agreed, and who has seen it?

Products, graded, with deadlines chosen by us:

1. *Alert*, the automatic notice: in the same transaction as the first detection. Both parties' seats are to acknowledge it
   within 5 minutes.
2. *Corroborated*: as soon as evidence of both parties is there, detections of both, or a notice of one and a detection by
   the other; missed after 2 minutes. One party can never corroborate itself, and a report that would fit anything (90 % area
   wider than 1,500 km, or launch time less sure than 120 s) corroborates nothing.
3. *Bulletin*, the reviewed one: as soon as both have acknowledged and said what they hold it for; missed after
   10 minutes, when the alert closes. It says whether they agree; two who do not know agree on nothing. Whoever changes
   its view meanwhile gets another bulletin.

An acknowledgement names the alert by index and digest. It counts once for a party, by whichever seat or key. An alert that
says "announced" is cancelled when the notice no longer explains the launch, and another takes its place, which must be
acknowledged anew. Where an alert stands follows from the order of the log alone.

Bounds: 128 launches opened by one node, 512 by one party (the oldest closed one is forgotten first; if none is closed, a
new detection is logged and an alarm says that no alert was raised); 16 sources (8 of one party) and 4 alerts of one
launch; 8 bulletins of one alert.
"""

from typing import Literal

import msgspec
from msgspec.structs import replace

from entente.exchange.messages import Acknowledgement, Nature
from entente.exchange.ruling.correlation import Detection, agree, apart, is_vague
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_S

ACKNOWLEDGE_NS = 300 * NS_PER_S
CORROBORATE_NS = 120 * NS_PER_S
CLOSE_NS = 600 * NS_PER_S  # bulletin due
OF_NODE, OF_PARTY = 128, 512  # launches opened by one
SOURCES, ALERTS, BULLETINS = 16, 4, 8

Standing = Literal["open", "acknowledged", "expired", "cancelled"]


class Acked(msgspec.Struct, frozen=True):
    """A party's acknowledgement: the entry, the seat and its key, and what it holds the launch for."""

    index: int
    seat: str
    key: str
    nature: Nature | None


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An alert and what became of it; indices of entries of the log, None: not yet.

    Attributes:
        digest: of its body.
        acks: party -> its latest acknowledgement.
        acknowledged: the entry by which both had acknowledged it.
        views: of the last bulletin.
    """

    index: int
    digest: str
    notice: str | None
    raised_ns: int
    acks: dict[str, Acked] = {}
    acknowledged: int | None = None
    corroborated: int | None = None
    cancelled: int | None = None
    bulletins: int = 0
    views: dict[str, Nature] = {}


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """A launch as the centre sees it: its alerts, the latest last, and who says what.

    A source is `node/launch/name` or `node/track/name`.
    """

    opened_ns: int
    party: str
    opener: str  # the node whose detection opened it
    sources: dict[str, Detection]
    alerts: tuple[Raised, ...] = ()


def standing(alert: Raised, now_ns: int) -> Standing:
    """Where an alert stands."""
    if alert.cancelled is not None:
        return "cancelled"
    if alert.acknowledged is not None:
        return "acknowledged"
    return "expired" if now_ns > alert.raised_ns + ACKNOWLEDGE_NS else "open"


def acknowledgement_refusal(alert: Raised, said: Acknowledgement, now_ns: int) -> Reason | None:
    """Why this acknowledgement changes nothing; None: it counts."""
    if said.digest != alert.digest:
        return Reason.OTHER_TEXT
    where = standing(alert, now_ns)
    if where == "cancelled":
        return Reason.ALERT_CANCELLED
    if where == "expired":
        return Reason.ALERT_EXPIRED
    return Reason.ALERT_CLOSED if now_ns > alert.raised_ns + CLOSE_NS else None


def acknowledged(alert: Raised, said: Acknowledgement, index: int, key: str) -> Raised:
    """The alert after an acknowledgement; who says no nature keeps the view it had."""
    before = alert.acks.get(said.party)
    nature = said.nature or (before.nature if before else None)
    acks = alert.acks | {said.party: Acked(index, said.node, key, nature)}
    both = index if alert.acknowledged is None and len(acks) == 2 else alert.acknowledged
    return replace(alert, acks=acks, acknowledged=both)


def views_for_bulletin(alert: Raised) -> dict[str, Nature] | None:
    """What both hold it for, if that is known and new."""
    views = {party: ack.nature for party, ack in sorted(alert.acks.items()) if ack.nature is not None}
    due = alert.acknowledged is not None and len(views) == 2 and alert.bulletins < BULLETINS
    return views if due and views != alert.views else None


def is_agreed(views: dict[str, Nature]) -> bool:
    """Do both hold it for the same?"""
    return len(views) == 2 and len(set(views.values())) == 1 and "unknown" not in views.values()


def is_closed(launch: Launch, now_ns: int) -> bool:
    """Is the time of its latest alert over?"""
    return now_ns > max(alert.raised_ns for alert in launch.alerts) + CLOSE_NS


def joining(launches: dict[int, Launch], source: str, seen: Detection) -> int | None:
    """The launch that a detection is of: it must agree with all that is said of it, and the nearest in time is taken.

    Two launches, or two tracks, of one node are never one launch.
    """
    best: tuple[float, int] | None = None
    owner = source.rpartition("/")[0]
    for number, launch in launches.items():
        others = launch.sources
        if any(name.rpartition("/")[0] == owner and name != source for name in others):
            continue
        if source not in others and sum(other.party == seen.party for other in others.values()) >= SOURCES // 2:
            continue
        if all(agree(seen, other) for other in others.values()):
            near = max(apart(seen, other) for other in others.values())
            best = min(best or (near, number), (near, number))
    return best[1] if best else None


def backing(launch: Launch, notice_party: str | None) -> tuple[str, ...]:
    """The parties whose own evidence it is: who saw it, and said so with some precision, and who announced it."""
    parties = {seen.party for seen in launch.sources.values() if not is_vague(seen)}
    return tuple(sorted(parties | ({notice_party} if notice_party else set())))
