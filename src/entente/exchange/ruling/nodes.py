"""Has each node's every message arrived, and how right is its clock? What the centre remembers of one sender.

Numbers. A sender counts its messages from 1 in each boot and names the digest of the one before. A jump is accepted and
leaves a gap; what comes later fills it, and must fit the chain on both sides. A number that was used, by a message that
was accepted or by one that was refused, is not used again.

Clocks. The centre sees when a message says it was sent, and when it came; it measures no round trips, for those would not
stand on the log. The least of the last few delays stands for the offset, less 300 ms that a message may travel; a message
from the future shows its clock's error in full; the error that a node declares of itself counts, too. Up to 50 ms: well;
up to 1 s, wide: its times are believed less; beyond, degraded: not joined automatically with what others saw. What is sent
more than 5 s ahead of the centre is refused.

Bounds of one sender: 32 gaps (the oldest is given up, with an alarm), 16 remembered refusals, 64 feeds, 128 tracks,
128 names of launches (the least recently heard of goes first).
"""

import msgspec
from msgspec.structs import replace

from entente.exchange.messages import NOTHING, Area, Message
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_MS, NS_PER_S

GAPS, REFUSALS, TRACKS, LAUNCHES = 32, 16, 128, 128
DELAYS = 2  # messages whose least delay is taken; the clock is judged by the last 2 to 4
WELL_NS, WIDE_NS = 50 * NS_PER_MS, 1 * NS_PER_S
AHEAD_NS = 5 * NS_PER_S
TRAVEL_NS = 300 * NS_PER_MS  # chosen by us: more than a message needs by any line in use


class Gap(msgspec.Struct, frozen=True):
    """Numbers that have not arrived.

    Attributes:
        before: digest of the one in front.
        after: what the one behind names as before it; None: that one was refused, and only its digest is on the log.
    """

    first: int
    last: int
    since_ns: int
    before: str
    after: str | None


class Feed(msgspec.Struct, frozen=True):
    """The last word on a feed: its state, and where what it reports can lie."""

    state: str
    covers: Area | None


class Track(msgspec.Struct, frozen=True):
    """The latest state of a track, as it came.

    Attributes:
        jumps: how often it was begun anew; `late`: too late to raise anything.
        told: its launch was named.
        spread: `claims.spread_of` its covariance.
    """

    observed_ns: int
    r_km: tuple[float, float, float]
    v_km_s: tuple[float, float, float]
    sigma_km: float
    sigma_km_s: float
    jumps: int
    launch: int | None
    late: bool
    spread: tuple[float, float, float]
    told: bool = False


class Fit(msgspec.Struct, frozen=True):
    """How the last comparisons of `claims` came out: a bit each, 1 for too far, the latest lowest; and whether they tell."""

    bits: int = 0
    is_marked: bool = False


class Named(msgspec.Struct, frozen=True):
    """A launch as a node names it: the latest revision, and the launch's number at the centre."""

    revision: int
    launch: int | None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """What is remembered of one sender: a node, a seat, a witness, a root."""

    party: str
    boot: int = 1
    last: int = 0
    head: str = NOTHING  # digest of the last, be it refused
    gaps: tuple[Gap, ...] = ()
    given_up: int = 0  # numbers of gaps given up
    refused: dict[str, str] = {}  # digest -> reason, of what used up a number or could not be read
    delay_ns: int | None = None  # least of the messages being counted
    delays: int = 0
    delay_before_ns: int | None = None  # least of those before
    clock_error_ns: int = 0  # as it declares
    heard_ns: int | None = None  # its last state of health
    health: int = 0  # number of that message
    feeds: dict[str, Feed] = {}
    tracks: dict[str, Track] = {}
    launches: dict[str, Named] = {}
    own_fit: Fit = Fit()  # of its states among themselves
    other_fit: Fit = Fit()  # of its states and those of the other side


def sender(message: Message) -> str:
    """The one name of who says it: the holder's, which no other party can have; the party's, if it is its root."""
    return message.party if message.node == "root" else message.node


def number_of(message: Message) -> tuple[str, int, int]:
    """By what the ledger finds it: no two messages that a log accepts share it."""
    return sender(message), message.boot, message.number


def number_refusal(node: Node, message: Message) -> Reason | None:
    """Why this number, or this place in the chain, is not good; None: it is."""
    if message.boot != node.boot:
        return Reason.OLD_BOOT if message.boot < node.boot else Reason.UNKNOWN_BOOT
    if message.number > node.last:
        follows = message.number > node.last + 1 or message.previous == node.head
        return None if follows else Reason.CHAIN_BROKEN
    return None if _gap_around(node, message.number) else Reason.NUMBER_USED


def is_unused(node: Node, number: int) -> bool:
    """Is this number of the node's still to be used?"""
    return number > node.last or _gap_around(node, number) is not None


def chain_refusal(node: Node, message: Message, digest: str) -> Reason | None:
    """Why a message that fills a gap contradicts its neighbours; None: it does not."""
    gap = _gap_around(node, message.number)
    if gap is None:
        return None
    fits_before = message.number != gap.first or gap.before == message.previous
    fits_after = message.number != gap.last or gap.after in (None, digest)
    return None if fits_before and fits_after else Reason.CHAIN_BROKEN


def counted(node: Node, number: int, digest: str, previous: str | None, now_ns: int) -> Node:
    """The node after this number was used; `previous`: None if it is not to be believed (the message was refused)."""
    if number == node.last + 1:
        return replace(node, last=number, head=digest)
    if number > node.last:
        gaps = node.gaps
        if not (previous in node.refused and number == node.last + 2):  # the one between was refused, unreadable
            gaps = (*gaps, Gap(node.last + 1, number - 1, now_ns, node.head, previous))
        return _bounded(replace(node, last=number, head=digest, gaps=gaps))
    gaps = _filled(node.gaps, number, digest, previous)
    return _bounded(replace(node, gaps=gaps))


def _bounded(node: Node) -> Node:
    """With the oldest gap given up, if there is one too many."""
    if len(node.gaps) <= GAPS:
        return node
    lost = node.gaps[0]
    return replace(node, gaps=node.gaps[1:], given_up=node.given_up + lost.last - lost.first + 1)


def _gap_around(node: Node, number: int) -> Gap | None:
    return next((gap for gap in node.gaps if gap.first <= number <= gap.last), None)


def _filled(gaps: tuple[Gap, ...], number: int, digest: str, previous: str | None) -> tuple[Gap, ...]:
    """The gaps with this number taken out, which may split one."""
    left = []
    for gap in gaps:
        if not gap.first <= number <= gap.last:
            left.append(gap)
            continue
        if number > gap.first:
            left.append(replace(gap, last=number - 1, after=previous))
        if number < gap.last:
            left.append(replace(gap, first=number + 1, before=digest))
    return tuple(left)


def remembered(node: Node, digest: str, reason: str) -> Node:
    """The node after these bytes were refused."""
    refused = node.refused | {digest: reason}
    while len(refused) > REFUSALS:
        del refused[next(iter(refused))]
    return replace(node, refused=refused)


def heard(node: Node, delay_ns: int) -> Node:
    """The node after a message took so long by its own clock and the centre's; negative: it came before it was sent."""
    if node.delay_ns is None or node.delays >= DELAYS:
        return replace(node, delay_ns=delay_ns, delays=1, delay_before_ns=node.delay_ns)
    return replace(node, delay_ns=min(node.delay_ns, delay_ns), delays=node.delays + 1)


def offset_ns(node: Node) -> int:
    """By how much its clock may be wrong: the larger of what its messages show and what it declares; at least 0."""
    least = node.delay_ns or 0
    if node.delay_before_ns is not None and node.delay_before_ns < least:
        least = node.delay_before_ns
    return max(-least, least - TRAVEL_NS, node.clock_error_ns)


def clock_of(node: Node) -> Reason:
    """Well, wide or degraded."""
    offset = offset_ns(node)
    if offset <= WELL_NS:
        return Reason.CLOCK_WELL
    return Reason.CLOCK_WIDE if offset <= WIDE_NS else Reason.CLOCK_DEGRADED
