"""Can what a message says be so? Reasons to refuse what decodes well: wrong units, frames, signs, times and claims.

A gate takes one message and knows nothing else: not the time, not the sender, not what was said before. What it lets
through may still be false. `refusal` asks them in order and returns the first reason; `physical` holds those of motion.
"""

from collections.abc import Callable, Sequence
from typing import Any, get_args
from unicodedata import ucd_3_2_0 as unicode  # never changes, so that a log is judged alike in twenty years

from entente.exchange.messages import (
    Acknowledgement,
    AirTrack,
    Area,
    Cancel,
    Deorbit,
    EngagementIntent,
    Experiment,
    KeyRevoke,
    KeyRotate,
    LaunchDetected,
    LinesOfSight,
    Notice,
    PolicyInForce,
    PostLaunch,
    PreLaunch,
    Said,
    StateOfHealth,
    TrackState,
    WindowChange,
)
from entente.exchange.saying.areas import away, centre_of, extent_km, is_inside, is_proper
from entente.exchange.saying.identifiers import fits
from entente.exchange.saying.instants import NS_PER_S, nanoseconds
from entente.exchange.saying.physical import Fault, air_track, launch, looks, state, sub_point

AHEAD = 5 * NS_PER_S  # ns  by which a clock may run before another
MARKS = 2  # on one letter, one after the other; more is meant to be unreadable
# Letters and marks that show nothing: soft hyphen, joiner, fillers, selectors. Unicode 3.2 has some of them for plain ones.
INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | set(map(chr, range(0xFE00, 0xFE10)))
INVISIBLE |= set(map(chr, range(0x180B, 0x180F)))
REAL = (*get_args(Notice), StateOfHealth, Acknowledgement)  # kinds of which `real` is accepted
AREA_FIELDS = ("launch_area", "impact_area", "area", "keep_out")
TEXTS = {PreLaunch: "purpose", Experiment: "effect", KeyRevoke: "reason", PolicyInForce: "text"}

Gate = Callable[[Any], Fault | None]


def refusal(said: Said, covers: Sequence[Area] = ()) -> Fault | None:
    """Why this message is refused, as a word for counters and for the sender; None if it is not.

    Args:
        covers: where the sender's feeds, by its own account, can see; none: not known.
    """
    for gate in GATES[said.__class__]:
        reason = gate(said)
        if reason:
            return reason
    return coverage(said, covers) if covers else None


def origin(said: Said) -> Fault | None:
    """`real` is for notices, states of health and what acknowledges them: this is no centre for weapons."""
    return "not-as-real" if said.origin == "real" and not isinstance(said, REAL) else None


def identifier(notice: Notice) -> Fault | None:
    """The format in the identifier is that of the kind, and so is that of its reference."""
    return None if fits(notice) else "identifier"


def text(said: Any) -> Fault | None:
    """Free text in composed form, without control, format or private characters, and with few marks on one letter."""
    words = getattr(said, TEXTS[said.__class__])
    if isinstance(said, PolicyInForce):
        words = words.replace("\n", " ")
    return None if (words.isascii() and words.isprintable()) or is_plain(words) else "text"


def is_plain(words: str) -> bool:
    """Does it look as it is written? The only blank is the common one. What is younger than Unicode 3.2 is refused, too."""
    kinds = [unicode.category(letter) for letter in words]
    marks = "".join("m" if kind[0] == "M" else "." for kind in kinds)
    return (
        not any(kind[0] in "CZ" for kind, letter in zip(kinds, words, strict=True) if letter != " ")
        and INVISIBLE.isdisjoint(words)
        and "m" * (MARKS + 1) not in marks
        and unicode.normalize("NFC", words) == words
    )


def span(said: Any) -> Fault | None:
    """What begins ends later."""
    if isinstance(said, PreLaunch | WindowChange):
        return None if said.window_opens < said.window_closes else "times"
    return None if said.begins < said.ends else "times"


def seen(said: Any) -> Fault | None:
    """Nothing is reported before it was seen."""
    when = said.launched if isinstance(said, PostLaunch) else said.observed
    return "times" if nanoseconds(when) > nanoseconds(said.sent) + AHEAD else None


def health(said: StateOfHealth) -> Fault | None:
    """Feeds have names of their own, gaps have an end, and nothing is known of a feed's future."""
    if len({feed.name for feed in said.feeds}) < len(said.feeds):
        return "feed-twice"
    latest = nanoseconds(said.sent) + AHEAD
    for feed in said.feeds:
        told = [feed.since, *(gap.ends for gap in feed.gaps)]
        if any(gap.begins >= gap.ends for gap in feed.gaps) or max(map(nanoseconds, told)) > latest:
            return "times"
        if feed.covers is not None and not is_proper(feed.covers):
            return "area"
    return None


def areas(said: Any) -> Fault | None:
    """Axes in order, corners apart, within a hemisphere."""
    return None if all(is_proper(area) for area in areas_of(said)) else "area"


def areas_of(said: Any) -> list[Area]:
    """Every area that a message names."""
    named = [getattr(said, field) for field in _AREAS[said.__class__]]
    return [area for area in named if area is not None] + list(getattr(said, "impact_areas", ()))


_AREAS = {kind: [field for field in AREA_FIELDS if field in kind.__struct_fields__] for kind in get_args(Said)}


def rotation(said: KeyRotate) -> Fault | None:
    """The new key is another."""
    return "same-key" if said.old == said.key else None


def coverage(said: Said, covers: Sequence[Area]) -> Fault | None:
    """What a sender reports lies where its own feeds can see, give or take the area that it names."""
    if isinstance(said, TrackState):
        place, around = sub_point(said), 0.0
    elif isinstance(said, LaunchDetected):
        place, around = centre_of(said.launch_area), extent_km(said.launch_area)
    elif isinstance(said, AirTrack):
        place, around = centre_of(said.area), extent_km(said.area)
    else:
        return None
    near = [place, *(away(place, bearing, around) for bearing in range(0, 360, 45))]
    return None if any(is_inside(point, area) for area in covers for point in near) else "outside-coverage"


_AFTER_ORIGIN: dict[type, tuple[Gate, ...]] = {
    PreLaunch: (identifier, span, areas, launch, text),
    WindowChange: (identifier, span),
    PostLaunch: (identifier, seen),
    Cancel: (identifier,),
    Deorbit: (identifier, span, areas),
    Experiment: (identifier, span, areas, text),
    LaunchDetected: (seen, areas, launch),
    TrackState: (seen, areas, state),
    LinesOfSight: (seen, looks),
    AirTrack: (seen, areas, air_track),
    StateOfHealth: (health,),
    EngagementIntent: (span, areas),
    KeyRotate: (rotation,),
    KeyRevoke: (text,),
    PolicyInForce: (text,),
}
GATES: dict[type, tuple[Gate, ...]] = {kind: (origin, *_AFTER_ORIGIN.get(kind, ())) for kind in get_args(Said)}
