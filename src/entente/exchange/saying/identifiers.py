"""The identifier of a notice, which format it belongs to, what it refers to and by when it was to be sent.

The form `PLN/PP/YYYY/xxx/zzz/01`, the six formats and the reference to the original are those of the memorandum on
notifications of missile launches (Brussels, 16 December 2000), as fragments of its translations give them. How xxx and zzz
are counted is not known: here xxx numbers a party's notices of a year and zzz the message within them. The deadlines are
recalled, not read: unverified, and nothing is refused for them.
"""

import msgspec

from entente.errors import Malformed
from entente.exchange.messages import (
    Cancel,
    Deorbit,
    Experiment,
    Notice,
    NoticeId,
    PostLaunch,
    PreLaunch,
    WindowChange,
)
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

FORMATS = {PreLaunch: 1, WindowChange: 2, PostLaunch: 3, Cancel: 4, Experiment: 5, Deorbit: 6}
REFERS_TO_A_PRE_LAUNCH = (WindowChange, PostLaunch, Cancel)
HOUR = 3_600 * NS_PER_S
DAY = 24 * HOUR
EARLIEST, LATEST = 30 * DAY, 24 * HOUR  # before the window opens; unverified
AFTERWARDS = 48 * HOUR  # after the launch; unverified


class Identifier(msgspec.Struct, frozen=True):
    """The parts of `PLN/PP/YYYY/xxx/zzz/01`."""

    party: str  # two capitals, the country's
    year: int
    serial: int
    part: int
    format: int

    def __str__(self) -> str:
        return f"PLN/{self.party}/{self.year:04d}/{self.serial:03d}/{self.part:03d}/{self.format:02d}"


def identifier(text: str) -> Identifier:
    """The parts of an identifier.

    Raises:
        Malformed: it does not have the agreed form.
    """
    try:
        _, party, year, serial, part, form = msgspec.convert(text, NoticeId).split("/")
    except msgspec.ValidationError:
        raise Malformed(f"notice: {text[:40]!a} is no identifier; the form is PLN/PP/YYYY/xxx/zzz/01 to /06") from None
    return Identifier(party, int(year), int(serial), int(part), int(form))


def fits(notice: Notice) -> bool:
    """Does the identifier name the format of this notice, and does its reference point where it can?

    A change, a report and a cancellation refer to a notice of format 1, the others to one of their own; always of the same
    party, and never to themselves.
    """
    own = identifier(notice.notice)
    if own.format != FORMATS[notice.__class__]:
        return False
    if isinstance(notice, PreLaunch) or notice.original is None:
        return True
    original = identifier(notice.original)
    wanted = 1 if isinstance(notice, REFERS_TO_A_PRE_LAUNCH) else own.format
    return original.format == wanted and original.party == own.party and original != own


def to_be_sent(notice: Notice) -> tuple[int, int] | None:
    """First and last moment [ns since 1970] at which this notice was to be sent; None where no text known says one."""
    if isinstance(notice, PreLaunch):
        opens = nanoseconds(notice.window_opens)
        return opens - EARLIEST, opens - LATEST
    if isinstance(notice, PostLaunch):
        launched = nanoseconds(notice.launched)
        return launched, launched + AFTERWARDS
    return None


def is_in_time(notice: Notice) -> bool | None:
    """Was it sent when it was to be sent? None where no text known says."""
    span = to_be_sent(notice)
    return span and span[0] <= nanoseconds(notice.sent) <= span[1]
