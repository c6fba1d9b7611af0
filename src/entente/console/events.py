"""One ambiguous event at every rung as a document: what the browser draws of who knew what when.

The document (format 1) is a JSON object. Times are seconds after the event's zero. Arrays over moments follow `grid`. What seldom
changes is a list of [number of the moment, what holds from then on]. `readings` are shared by the rungs at which a side holds
and reads the same; each rung names one a side. Every number is that of `en.event` with the same seeds: nothing is computed in the
browser.
"""

from typing import Any

import numpy as np

from entente import provenance
from entente.compiled import Floats
from entente.console.weighing import TONGUE, shares_of, three, weighing
from entente.estimate import nature as kernels
from entente.questions.dues import none_due
from entente.questions.events import ENDS, RESOLVED_AT, SEEDS, Account, event
from entente.questions.judged import Assumed, assumed
from entente.questions.reading import RULES, Reading, read_by, trust_of
from entente.questions.tidings import NOTICES, WARNINGS, Chance, suspect_of
from entente.report import words
from entente.report.event_pictures import alarmed
from entente.report.event_reasons import reasons
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.events import Event
from entente.scenario.rows import ladder
from entente.scenario.systems import Rung

FORMAT = 1
STEP = 10.0  # s  between moments
LEAST, MOST = 720.0, 1_800.0  # s  how much time is shown at least and at most
ASKED = ("why", "change", "assumptions")  # why it became an alarm, what would have changed it, on what that hangs


def told(one: Event) -> dict[str, Any]:
    """The document of an event.

    Valid: as `en.event`, by default trust: 0 where the partner is suspected, as assumed where a third party is.
    """
    account = event(one, (ladder()[0].rung, ladder()[-1].rung))
    moments = np.arange(0.0, _until(account) + 0.5 * STEP, STEP)
    takes = assumed(SEEDS)
    read: list[Reading] = []
    rungs = [_rung(one, row, moments, takes, read) for row in ladder()]
    return {
        "format": FORMAT,
        "made_by": {"program": "entente", "version": provenance.version(), "code": provenance.code_hash()},
        **_head(one),
        "seeds": account.seeds,
        "reasons": _reasons(one),
        "remarks": [*account.silence(), *account.remarks],
        "parties": [_party(account, party, takes) for party in one.parties],
        "natures": list(kernels.NATURES),
        "rules": list(RULES),
        "bars": {name: three(takes.numbers[name]) for name in ("held", "cleared")},
        "grid": {"step_s": STEP, "count": len(moments)},
        "resolved_at_s": list(RESOLVED_AT),
        "people": [_person(one, n) for n in range(len(one.timeline))],
        "rungs": rungs,
        "readings": [weighing(one, reading, takes) for reading in read],
    }


def _rung(one: Event, row: Rung, moments: Floats, takes: Assumed, read: list[Reading]) -> dict[str, Any]:
    """A rung, and the numbers of its readings among those `read`, to which it adds what is not there yet."""
    numbers = []
    for party in one.parties:
        found = read_by(one, party, row.rung, moments, takes, Chance(SEEDS))
        same = next((n for n, other in enumerate(read) if _is_same(found, other)), len(read))
        if same == len(read):
            read.append(found)
        numbers.append(same)
    title = words.rung_name(TONGUE, row)
    if not row.flows:
        was = one.kind == "historical"
        title = TONGUE.say("timeline.was", year=one.date.year) if was else TONGUE.say("rungs.flows.nothing")
    return {"rung": row.rung, "title": title, "flows": _flows(one, row), "readings": numbers}


def _flows(one: Event, row: Rung) -> str:
    """What flows at a rung, and what it is worth to the side that could be alarmed."""
    party = alarmed(one)
    said = [TONGUE.say(f"rungs.flows.{row.flows[-1]}") if row.flows else TONGUE.say("timeline.flows.nothing")]
    if row.rung >= NOTICES and none_due(one, party):
        said.append(TONGUE.say("timeline.none_due"))
    if row.rung >= WARNINGS:
        third = suspect_of(one, party) == "third party"
        said.append(TONGUE.say("timeline.trust.third" if third else "timeline.trust.none"))
    return words.capital("; ".join(said))


def _reasons(one: Event) -> list[list[str]]:
    """Head and text of each reason, as the report says them; of shipped events only."""
    if one.id not in shipped_events() or load_event(one.id) != one:
        return []
    heads = [TONGUE.say(f"reasons.{key}") for key in ASKED]
    said = [reason.striptags() for reason in reasons(one.id, TONGUE)]
    return [[head, text.removeprefix(head).strip()] for head, text in zip(heads, said, strict=True)]


def _is_same(one: Reading, other: Reading) -> bool:
    """Whether a side holds and reads the same at two rungs."""
    items = zip(one.items, other.items, strict=False)
    return (
        one.party == other.party
        and len(one.items) == len(other.items)
        and all((a.id, a.says) == (b.id, b.says) and np.array_equal(a.at_s, b.at_s) for a, b in items)
        and np.array_equal(one.p, other.p)
    )


def line(one: Event) -> dict[str, Any]:
    """One line of the list of events: what it was, and what it comes to at the lowest and at the highest rung."""
    rungs = [row.rung for row in ladder()]
    account, party = event(one, (rungs[0], rungs[-1])), alarmed(one)
    ends = [{"rung": rung, "shares": shares_of(account.shares(rung, party))} for rung in account.rungs]
    head = {key: value for key, value in _head(one).items() if key not in ("disputed", "sources")}
    return {**head, "party": one.title_of(party), "side": one.parties.index(party), "ends": ends}


def _head(one: Event) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "kind": one.kind,
        "date": one.date.isoformat(),
        "zero": one.zero,
        "zero_utc": None if one.zero_utc is None else one.zero_utc.isoformat().replace("+00:00", "Z"),
        "truth": one.truth.model_dump() | {"by": one.title_of(one.truth.by)},
        "alarmed": one.parties.index(alarmed(one)),
        "summary": one.summary,
        "disputed": one.disputed,
        "sources": list(one.source),
    }


def _until(account: Account) -> float:
    """A little after the last thing that comes to a side while anything is shown [s], in whole minutes."""
    last: list[float] = []
    for reading in account.readings.values():
        for item in reading.items:
            at = item.at_s[np.isfinite(item.at_s)]
            last += np.percentile(at, ENDS[1:]).tolist() if len(at) else []
    shown = [at for at in last if at <= MOST - 60.0]
    return float(np.clip(60.0 * np.ceil((max(shown, default=0.0) + 60.0) / 60.0), LEAST, MOST))


def _party(account: Account, party: str, takes: Assumed) -> dict[str, Any]:
    one = account.event
    return {
        "name": party,
        "title": one.title_of(party),
        "suspects": account.suspect(party),
        "trust": three(trust_of(one, party, takes, None)),
        "did_it": one.truth.by == party and one.truth.nature != "attack",
    }


def _person(one: Event, n: int) -> dict[str, Any]:
    """What somebody did, as told."""
    note = one.timeline[n]
    return {
        "at_s": [note.at_s.low, note.at_s.nominal, note.at_s.high],
        "party": one.parties.index(note.party) if note.party in one.parties else None,
        "text": note.text,
        "source": note.source,
    }
