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
from entente.console.recorded import changes, rounded
from entente.estimate import nature as kernels
from entente.questions.events import ENDS, RESOLVED_AT, SEEDS, Account, event
from entente.questions.judged import Assumed, assumed, threats
from entente.questions.reading import RULES, Reading, prior_in, read_by, trust_of
from entente.questions.tidings import Chance, Item
from entente.report import words
from entente.report.event_pictures import SHOWN, TALKS, alarmed
from entente.report.language import Tongue
from entente.scenario.events import Event
from entente.scenario.rows import ladder
from entente.scenario.systems import Rung

FORMAT = 1
STEP = 10.0  # s  between moments
LEAST, MOST = 720.0, 1_800.0  # s  how much time is shown at least and at most
DIGITS = 5  # of shares and chances, after the point
DECIBEL = 2  # digits of weights
TONGUE = Tongue("en")
ENOUGH = 1e-5  # a chance below it is shown as below it
LIKELY = 10.0 / np.log(10.0)  # dB in a natural logarithm


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
        "remarks": list(account.remarks),
        "parties": [_party(account, party, takes) for party in one.parties],
        "natures": list(kernels.NATURES),
        "rules": list(RULES),
        "bars": {name: _three(takes.numbers[name]) for name in ("held", "cleared")},
        "grid": {"step_s": STEP, "count": len(moments)},
        "resolved_at_s": list(RESOLVED_AT),
        "people": [_person(one, n) for n in range(len(one.timeline))],
        "rungs": rungs,
        "readings": [_reading(one, reading, takes) for reading in read],
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
    if row.rung == 0 and one.kind == "historical":
        title = TONGUE.say("timeline.was", year=one.date.year)
    flows = TONGUE.say(f"rungs.flows.{row.flows[-1]}") if row.flows else TONGUE.say("timeline.flows.nothing")
    return {"rung": row.rung, "title": title, "flows": words.capital(flows), "readings": numbers}


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
    ends = [{"rung": rung, "shares": _shares(account.shares(rung, party))} for rung in account.rungs]
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
        "trust": _three(trust_of(one, party, takes, None)),
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


def _reading(one: Event, reading: Reading, takes: Assumed) -> dict[str, Any]:
    """What one side holds at one rung, what each thing weighs, how likely each nature is, and what the rules call it."""
    p = np.percentile(reading.p, ENDS, axis=1)  # (3, T, N)
    moments = np.ones(len(reading.at_s), np.bool_)
    weighed = [_weighed(one, reading, takes, float(at)) for at in reading.at_s]
    return {
        "party": one.parties.index(reading.party),
        "items": [_item(one, item, reading.at_s) for item in reading.items if _comes(item) >= SHOWN],
        "quiet": rounded(reading.quiet.mean(axis=1), DIGITS),
        "chances": rounded(reading.p.mean(axis=1).T, DIGITS),
        "low": _small(p[0].T),
        "middle": _small(p[1].T),
        "high": _small(p[2].T),
        "called": {rule: [_shares(reading.shares(float(at), rule)) for at in reading.at_s] for rule in RULES},
        "weighed": changes(moments, weighed, lambda said: said),
    }


def _weighed(one: Event, reading: Reading, takes: Assumed, at_s: float) -> dict[str, Any]:
    """The balance at a moment: for an attack against the likeliest rival, before any evidence, channel by channel, and after."""
    at = int(np.flatnonzero(reading.at_s == at_s)[0])
    rival = kernels.NATURES.index(reading.rival(at_s))
    channels = []
    for channel, says, decibans in reading.weights(at_s):
        each = kernels.decibans(reading.logs[channel][at], kernels.ATTACK, rival)
        low, high = np.percentile(each, (ENDS[0], ENDS[2])).tolist()
        channels.append(
            {"channel": channel, "says": says, "decibans": rounded(np.array([low, decibans, high]), DECIBEL)}
        )
    before = _odds(prior_in(one, takes), rival)
    return {"rival": rival, "before": before, "channels": channels, "after": _odds(reading.p[at], rival)}


def _odds(p: Floats, rival: int) -> list[float]:
    """How far an attack is likelier than a rival [dB]: 5, 50 and 95 per cent of the draws (R, N)."""
    odds = np.maximum(p[:, [kernels.ATTACK, rival]], kernels.TINY)
    return list(rounded(np.percentile(LIKELY * np.log(odds[:, 0] / odds[:, 1]), ENDS), DECIBEL))


def _comes(item: Item) -> float:
    """The share of histories in which it is ever held."""
    return float((np.isfinite(item.at_s) & (item.at_s < item.until_s)).mean())


def _item(one: Event, item: Item, at_s: Floats) -> dict[str, Any]:
    """One thing that is held: what, from whom, since when, in which share of histories at each moment, and how sure that is."""
    there = np.isfinite(item.at_s) & (item.at_s < item.until_s)
    row = next((row for row in one.evidence if row.id == item.id), None)
    held = item.held(at_s).mean(axis=1)
    return {
        "id": item.id,
        "says": item.says,
        "text": _text(one, item, row.text if row else None),
        "channel": item.channel,
        "giver": item.giver,
        "threat": item.says in threats(),
        "at_s": rounded(np.percentile(item.at_s[there], ENDS), 1),
        "comes": round(_comes(item), DIGITS),
        "replaced": bool((there & np.isfinite(item.until_s)).mean() >= SHOWN),
        "held": changes(np.ones(len(held), np.bool_), rounded(held, DIGITS), lambda share: share),
        "assumed": list(row.assumed) if row else [],
        "source": row.source if row else "",
        "disputed": row.disputed if row else "",
    }


def _text(one: Event, item: Item, text: str | None) -> str:
    """In the words of the event, or of the exchange."""
    if text is not None:
        return text
    key = TALKS.get(item.says)
    return TONGUE.say(key, what=one.truth.nature) if key else item.says


def _shares(shares: tuple[float, float, float] | Floats) -> list[float]:
    """Rightly, wrongly, open."""
    return list(rounded(np.asarray(shares), DIGITS))


def _small(chances: Floats) -> list[Any]:
    """Chances as a chart by powers of ten needs them: with four digits that count, however small."""
    return [[float(f"{max(value, 0.1 * ENOUGH):.4g}") for value in row] for row in chances.tolist()]


def _three(values: Floats) -> list[float]:
    return list(rounded(np.percentile(values, ENDS), DIGITS))
