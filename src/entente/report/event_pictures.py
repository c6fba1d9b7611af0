"""What does the figure of an event show? Both sides' readings at some rungs, gathered for `timelines` to draw, and as a file."""

from pathlib import Path

import numpy as np
from markupsafe import Markup

from entente.errors import StoreError
from entente.estimate.nature import ATTACK
from entente.questions.dues import none_due
from entente.questions.events import ENDS, RESOLVED_AT, Account
from entente.questions.judged import assumed
from entente.questions.reading import read_by, trust_of
from entente.questions.tidings import NOTICES, WARNINGS, Chance, Item, suspect_of
from entente.report import words
from entente.report.figures import WIDE, figure_style
from entente.report.language import Tongue
from entente.report.situation import Pen
from entente.report.svg import tag
from entente.report.timelines import Belief, Entry, Origin, Panel, Timeline, draw_timeline
from entente.scenario.events import Event
from entente.scenario.rows import ladder
from entente.turning import range_of

UNTIL = 600.0  # s  drawn
FINE = np.arange(0.0, UNTIL + 1.0, 10.0)  # s  moments of the line
RARER = 0.3  # by so much of the histories: what is held more often than before is shown as new
SHOWN = 0.02  # share of histories from which something is listed
Key = tuple[str, str, str]
Listed = tuple[tuple[float, float, float], int, str, Origin, float]
TALKS = {
    "partner sees it": "timeline.sees",
    "partner sees nothing": "timeline.sees_nothing",
    "partner says ours": "timeline.ours",
    "partner says not ours": "timeline.not_ours",
    "partner's feed well": "timeline.well",
    "notice matches": "timeline.matches",
    "no notice": "timeline.no_notice",
    "notice contradicts": "timeline.contradicts",
}


def alarmed(event: Event) -> str:
    """The party that could take it for an attack; the first, if both could."""
    return event.suspected[0].by


def timeline_of(account: Account, tongue: Tongue, trust: float | None = None) -> Timeline:
    """The figure's content: a panel a rung, in the eyes of the party that could be alarmed."""
    event, party = account.event, alarmed(account.event)
    listed = [_entries(account, rung, tongue) for rung in account.rungs]
    panels, takes = [], assumed(account.seeds)
    idle = not trust_of(event, party, takes, trust).any()
    for n, rung in enumerate(account.rungs):
        entries = [
            Entry(at, whose, said, origin, _is_new(key, share, listed[:n]), share, origin == "partner" and idle)
            for key, (at, whose, said, origin, share) in listed[n].items()
        ]
        if rung == 0:
            entries += _people(event, tongue)
        panels.append(_panel(account, rung, party, tuple(entries), tongue, trust))
    held, cleared = (range_of(f"judging.{bar}") for bar in ("held", "cleared"))
    return Timeline(
        title=tongue.text(event.title),
        alt=tongue.say("timeline.alt", event=tongue.text(event.title)),
        party=event.parties.index(party),
        held=held.nominal,
        cleared=cleared.nominal,
        until=UNTIL,
        panels=tuple(panels),
        ranges=((held.low, held.high), (cleared.low, cleared.high)),
    )


def _is_new(key: Key, share: float, before: list[dict[Key, Listed]]) -> bool:
    """Whether something is hardly ever held at the rungs before."""
    return bool(before) and all(key not in found or share - found[key][-1] > RARER for found in before)


def _panel(
    account: Account, number: int, party: str, entries: tuple[Entry, ...], tongue: Tongue, trust: float | None
) -> Panel:
    event, reading = account.event, account.readings[number, party]
    fine = read_by(event, party, number, FINE, assumed(account.seeds), Chance(account.seeds), trust)
    chances = np.percentile(fine.p[..., ATTACK], ENDS, axis=1)
    fates = []
    for moment in RESOLVED_AT:
        right, wrong, still = reading.shares(moment)
        fates.append((moment, (right, still, wrong)))
    rung = next(row for row in ladder() if row.rung == number)
    title = words.rung_name(tongue, rung)
    if number == 0 and event.kind == "historical":
        title = tongue.say("timeline.was", year=event.date.year)
    flows = tongue.say(f"rungs.flows.{rung.flows[-1]}") if rung.flows else tongue.say("timeline.flows.nothing")
    if number >= NOTICES and none_due(event, party):
        flows = f"{flows}; {tongue.say('timeline.none_due')}"
    if number >= WARNINGS:
        flows = f"{flows}; {_trust(event, party, tongue, trust)}"
    return Panel(title, words.capital(flows), Belief(FINE, *chances), entries, tuple(fates))


def _trust(event: Event, party: str, tongue: Tongue, trust: float | None) -> str:
    """How much the partner's word weighs, in words."""
    if trust is not None:
        return tongue.say("timeline.trust", share=tongue.per_cent(trust))
    return tongue.say("timeline.trust.third" if suspect_of(event, party) == "third party" else "timeline.trust.none")


def _entries(account: Account, rung: int, tongue: Tongue) -> dict[Key, Listed]:
    """What each side holds: all that the alarmed one does, and of the other what its own sensors say."""
    out: dict[Key, Listed] = {}
    event = account.event
    for party in event.parties:
        for item in account.readings[rung, party].items:
            if item.giver != "own" and party != alarmed(event):
                continue
            there = np.isfinite(item.at_s) & (item.at_s < item.until_s)
            if there.mean() < SHOWN:
                continue
            at = tuple(float(v) for v in np.percentile(item.at_s[there], (5.0, 50.0, 95.0)))
            key = (party, item.giver, item.id)
            out[key] = (at, event.parties.index(party), _said(event, item, tongue), item.giver, float(there.mean()))  # type: ignore[assignment]
    return out


def _said(event: Event, item: Item, tongue: Tongue) -> str:
    """What an item says, in the words of the event, or of the exchange."""
    texts = {row.id: row.text for row in event.evidence}
    if item.id in texts:
        return tongue.text(texts[item.id])
    return tongue.say(TALKS[item.says], what=tongue.text(event.truth.nature))


def _people(event: Event, tongue: Tongue) -> list[Entry]:
    """What people did, as told."""
    return [
        Entry(
            (note.at_s.low, note.at_s.nominal, note.at_s.high),
            event.parties.index(note.party),
            tongue.text(note.text),
            "people",
        )
        for note in event.timeline
        if note.party in event.parties
    ]


def pen_of(event: Event, tongue: Tongue, size: float) -> Pen:
    """A pen that knows the names of the two sides."""
    return Pen(tongue, tuple(tongue.text(one.title) for one in event.watchers), size)


def write_timeline(found: Timeline, event: Event, file: Path, tongue: Tongue) -> Path:
    """The figure as an SVG file of its own, light and dark, with where it comes from.

    Raises:
        StoreError: the file cannot be written.
    """
    drawing = str(draw_timeline(found, pen_of(event, tongue, WIDE[1]), WIDE[0]))
    start = drawing.index(">")
    opening = drawing[:start].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    about = tag("desc", f"{event.summary} {event.disputed}")
    style = tag("style", Markup(figure_style() + ":root { background: var(--paper); }"))
    try:
        file.write_text(f"{opening}>{about}{style}{drawing[start + 1 :]}\n".replace("><", ">\n<"), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"event: {file} cannot be written ({error.strerror}); give another file") from None
    return file
