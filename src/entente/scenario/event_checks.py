"""Do the parts of an event fit together? What is refused, and what is odd and yet counted: contradictory, late, unfit notices."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from entente.scenario.events import Event, Glint, Nature, Notice, View
from entente.scenario.explain import nearest, show
from entente.scenario.yaml12 import Finding, Page
from entente.scenario.yaml12 import Path as Keys

SUM_ERROR = 0.01  # by how much nominal shares may miss 1
AHEAD = ("pre-launch", "de-orbit", "geophysical-experiment")  # formats of what is to come


def remarks(one: Event) -> list[str]:
    """What is odd in an event and yet allowed: contradictory, late and unfitting notices, explained in a sentence each."""
    return [*_contradictions(one), *_late(one), *_unfit(one)]


def _contradictions(one: Event) -> Iterator[str]:
    """Two notices of one sender to one receiver that cannot both be true."""
    told = [notice for notice in one.notices if notice.announces and notice.happened]
    for n, first in enumerate(told):
        for second in told[n + 1 :]:
            if (first.by, first.to) != (second.by, second.to):
                continue
            if first.announces != second.announces:
                yield (
                    f"notices {first.id!r} and {second.id!r} contradict each other: one announces a {first.announces}, the other "
                    f"a {second.announces}; who receives both holds 'notice contradicts' and no match"
                )
            elif _apart(first, second) and "window-change" not in (first.format, second.format):
                yield (
                    f"notices {first.id!r} and {second.id!r} contradict each other: their windows do not meet and neither "
                    "is a window change; who receives both holds 'notice contradicts' and no match"
                )


def _apart(first: Notice, second: Notice) -> bool:
    if None in (first.opens_s, first.closes_s, second.opens_s, second.closes_s):
        return False
    return first.closes_s < second.opens_s or second.closes_s < first.opens_s  # type: ignore[operator]


def _late(one: Event) -> Iterator[str]:
    for notice in one.notices:
        if (
            notice.format in ("pre-launch", "de-orbit", "geophysical-experiment")
            and notice.sent_s > 0.0
            and notice.happened
        ):
            yield (
                f"notice {notice.id!r} of format {notice.format} was sent {notice.sent_s:g} s after the event began: it is "
                "counted from when it arrives, and prevents nothing before"
            )


def _unfit(one: Event) -> Iterator[str]:
    """A notice of something else than what happened, or of another time."""
    for notice in one.notices:
        if notice.happened and notice.announces and notice.announces != one.truth.nature:
            yield (
                f"notice {notice.id!r} announces a {notice.announces}, and it was a {one.truth.nature}: it matches nothing "
                "that is seen and is held as 'notice contradicts'"
            )
        elif notice.happened and _outside(notice):
            yield (
                f"notice {notice.id!r} gives a window from {notice.opens_s:g} to {notice.closes_s:g} s, and the event began "
                "outside it: it is held as 'notice contradicts', not as a match"
            )


def _outside(notice: Notice) -> bool:
    return notice.opens_s is not None and notice.closes_s is not None and not notice.opens_s <= 0.0 <= notice.closes_s


def check(page: Page, one: Event | None) -> Iterator[Finding]:
    """What is wrong between the parts of an event."""
    if one is None:
        return
    file = Path(page.name).stem
    if file != one.id:
        yield _at(page, ("id",), f"{show(one.id)} is not the name of the file; write {file}, or rename the file")
    known = [*one.parties]
    if len(set(known)) < 2:
        yield _at(page, ("watchers", 1, "name"), f"{show(known[1])} is given twice; an event has two watchers")
        return
    for path, name, among in _mentions(one):
        if name not in among:
            yield _at(page, path, f"{show(name)} is no watcher of this event; {nearest(name, among)}")
    yield from _once(page, one)
    yield from _means(page, one)
    yield from _windows(page, one)
    yield from _shares(page, one)
    yield from _refers(page, one)


def _at(page: Page, path: Keys, text: str) -> Finding:
    return Finding(page.place(path), path, text)


def _mentions(one: Event) -> Iterator[tuple[Keys, str, list[str]]]:
    watchers = [*one.parties]
    for n, suspicion in enumerate(one.suspected):
        yield ("suspected", n, "by"), suspicion.by, watchers
    for n, row in enumerate(one.evidence):
        yield ("evidence", n, "holder"), row.holder, watchers
    for n, notice in enumerate(one.notices):
        yield ("notices", n, "to"), notice.to, watchers
    senders = [*watchers, one.truth.by]
    for n, notice in enumerate(one.notices):
        yield ("notices", n, "by"), notice.by, senders
    for n, told in enumerate(one.timeline):
        yield ("timeline", n, "party"), told.party, senders


def _once(page: Page, one: Event) -> Iterator[Finding]:
    for part, ids in (("evidence", [row.id for row in one.evidence]), ("notices", [row.id for row in one.notices])):
        for n, name in enumerate(ids):
            if name in ids[:n]:
                yield _at(page, (part, n, "id"), f"{show(name)} is given twice; name each differently")


def _means(page: Page, one: Event) -> Iterator[Finding]:
    """Infrared comes from infrared sensors, radar from radars; what a screen or a feed says, from people or the feed's state."""
    for n, row in enumerate(one.evidence):
        first = row.says.split()[0]
        right = {"infrared": ("infrared",), "radar": ("radar",), "notice": ("notice",), "no": ("notice",)}.get(
            first, ("human", "health")
        )
        if row.phenomenology not in right:
            yield _at(
                page,
                ("evidence", n, "phenomenology"),
                f"{show(row.phenomenology)} does not say {row.says!r}; write {' or '.join(right)}",
            )


def _windows(page: Page, one: Event) -> Iterator[Finding]:
    for n, notice in enumerate(one.notices):
        if (notice.opens_s is None) != (notice.closes_s is None):
            yield _at(page, ("notices", n), "a window has two ends; give both opens_s and closes_s, or neither")
        elif notice.opens_s is not None and notice.closes_s is not None and notice.opens_s > notice.closes_s:
            text = f"closes at {notice.closes_s:g} s, before it opens at {notice.opens_s:g} s; exchange the two"
            yield _at(page, ("notices", n, "closes_s"), text)


def _shares(page: Page, one: Event) -> Iterator[Finding]:
    """Base rates are shares of all alarms: together they are 1."""
    if one.base_rates is None:
        return
    missing = [nature for nature in get_args(Nature) if nature not in one.base_rates]
    if missing:
        yield _at(page, ("base_rates",), f"{', '.join(missing)} missing; every nature needs a share, if only 0")
        return
    total = sum(rate.nominal for rate in one.base_rates.values())
    if abs(total - 1.0) > SUM_ERROR:
        yield _at(page, ("base_rates",), f"the nominal shares sum to {total:.3g}; shares of all alarms sum to 1")


def _refers(page: Page, one: Event) -> Iterator[Finding]:
    """Computed rows name the evidence that they time."""
    ids = [row.id for row in one.evidence]
    for part, row in _computed(one):
        if row.evidence not in ids:
            yield _at(
                page,
                (part, "evidence"),
                f"{show(row.evidence)} is no evidence of this event; {nearest(row.evidence, ids)}",
            )
    if one.first_view and not one.flight:
        yield _at(page, ("first_view",), "there is no flight to see; add flight, or leave this out")


def _computed(one: Event) -> Iterable[tuple[str, View | Glint]]:
    if one.first_view:
        yield "first_view", one.first_view
    if one.glint:
        yield "glint", one.glint
