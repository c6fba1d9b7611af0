"""How is a study told on one page? `describe` writes report.html: no request, no script, every value escaped.

1. Summaries: every measure at every rung for each party, and the paired differences against the lowest rung.
2. The answer: three sentences made from those summaries.
3. Figures: map and timeline, each in a wide and a narrow drawing; the style sheet shows the one that fits.
4. The table, what is given and gained, what is not said, sources, how to reproduce.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from entente.assessment import MEASURES
from entente.errors import StoreError
from entente.records import TRACK, WARNING
from entente.report import words
from entente.report.charts import Group, Lane, draw_timeline
from entente.report.numbers import Summary, difference, summarise
from entente.report.situation import MOMENT, draw_map
from entente.report.svg import tag
from entente.run import Run
from entente.scenario.places import CREDIT_LAND
from entente.scenario.rows import interceptors, ladder, radars, satellites, vehicles
from entente.scenario.schema import Case
from entente.scenario.systems import Row, Rung
from entente.scenario.units import KM
from entente.store import place
from entente.study import Study

HERE = Path(__file__).parent
WIDE, NARROW = (1040.0, 700.0, 13.5), (328.0, 400.0, 11.0)  # px: width, height, size of text
UNSURE_BASES = ("assumed", "recalled", "invented")
ASIDE = re.compile(r"\([^()]*\)")
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)\]]")


def describe(study: Study, folder: str | Path) -> Path:
    """Write the report of a study; returns the path of report.html.

    Raises:
        StoreError: the folder cannot be made or written.
    """
    html = page(study)
    target = Path(folder) / "report.html"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        place(target, lambda path: path.write_text(html, encoding="utf-8"))
    except OSError as error:
        raise StoreError(f"report: cannot write {target}: {error.strerror}; choose another folder") from error
    return target


def page(study: Study) -> str:
    """The whole page as text."""
    style = (HERE / "style.css").read_text(encoding="utf-8")
    lock = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    paper = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    rungs = {row.rung: row for row in ladder()}
    cases = [chapter(study, case, rungs) for case in study.scenario.cases]
    return paper.get_template("page.html.j2").render(
        style=Markup(style),
        style_hash=lock,
        scenario=study.scenario,
        cases=cases,
        rungs=[rungs[rung] for rung in study.scenario.rungs],
        parties=[words.party_name(party) for party in study.scenario.parties],
        provenance=study.provenance,
        moment=f"{MOMENT:.0f} s",
        unsure=[row for row in used(study) if row.confidence == "low" or row.basis in UNSURE_BASES],
        sources=[(row, [linked(source) for source in row.source]) for row in used(study)],
        steps=[(rungs[rung], [linked(source) for source in rungs[rung].source]) for rung in study.scenario.rungs],
        credit=CREDIT_LAND,
    )


def chapter(study: Study, case: Case, rungs: dict[int, Rung]) -> dict[str, Any]:
    """Everything the page says about one case."""
    found = Findings(study, case)
    first, last = study.scenario.rungs[0], study.scenario.rungs[-1]
    alone, together = study.kept[case.name, first], study.kept[case.name, last]
    groups = [_group(found, rungs[rung]) for rung in study.scenario.rungs]
    impact = float(alone.flights.t_impact[0] - alone.flights.t_launch[0])
    maps = [draw_map(alone, together, last, *size) for size in (WIDE, NARROW)]
    timelines = [draw_timeline(groups, impact, size[0], size[2]) for size in (WIDE, NARROW)]
    return {
        "case": case,
        "answer": answer(found, rungs[first], rungs[last]),
        "map": _both(maps),
        "map_note": _map_note(alone),
        "timeline": _both(timelines),
        "table": table(found),
        "exchange": exchange(found, together, rungs[last]),
        "histories": int(study.data.sizes["seed"]),
        "impact": words.duration(impact),
        "arc": f"{case.loft} of the two arcs to its target, apogee {float(alone.flights.apogee[0]) / KM:,.0f} km",
        "coverage": coverage(found),
    }


class Findings:
    """The summaries of one case, made when first asked for."""

    def __init__(self, study: Study, case: Case) -> None:
        self.rungs = list(study.scenario.rungs)
        self.parties = [words.party_name(party) for party in study.scenario.parties]
        self.data = study.data.sel(case=case.name)
        self.kept = {rung: study.kept[case.name, rung] for rung in self.rungs}

    def values(self, name: str, rung: int, party: int) -> np.ndarray[Any, np.dtype[np.float64]]:
        """One measure over histories."""
        if name not in self.data:
            return np.full(self.data.sizes["seed"], np.nan)
        return np.asarray(self.data[name].sel(rung=rung).isel(party=party).transpose("seed").values, dtype=np.float64)

    def at(self, name: str, rung: int, party: int) -> Summary:
        """One measure at one rung for one party."""
        return summarise(name, self.values(name, rung, party))

    def gain(self, name: str, rung: int, party: int) -> Summary:
        """The paired difference of this rung against the lowest."""
        return difference(name, self.values(name, rung, party), self.values(name, self.rungs[0], party))


def answer(found: Findings, first: Rung, last: Rung) -> list[tuple[str, Markup]]:
    """Three sentences: what each knows alone, what both know together, what changes."""

    def known(rung: int) -> str:
        names = ("first_known_s", "warning_s", "warned")
        return "; ".join(
            words.warned_alone(name, *(found.at(measure, rung, p) for measure in names))
            + f" and {words.known_area(found.at('impact_area_90_km2', rung, p))}"
            for p, name in enumerate(found.parties)
        )

    changes = []
    for p, name in enumerate(found.parties):
        area_ends = [found.at("impact_area_90_km2", rung.rung, p) for rung in (first, last)]
        areas = found.gain("impact_area_90_km2", last.rung, p), area_ends[0], area_ends[1]
        ends = (found.at("p_no_leaker", rung.rung, p) for rung in (first, last))
        leak = found.gain("p_no_leaker", last.rung, p), *ends
        known_change, warning = (found.gain(measure, last.rung, p) for measure in ("first_known_s", "warning_s"))
        changes.append(words.changes(name, known_change, warning, areas, leak))
    together = f"At rung {last.rung}, {last.name}"
    shares = set(first.flows) - {"notices"}  # launch notices change nothing that is modelled here
    before = f"Rung {first.rung}" if shares else "Alone", _asides(f"{_capital(known(first.rung))}.")
    if first.rung == last.rung:
        return [before]
    return [
        before,
        ("Together", _asides(f"{together}, {known(last.rung)}.")),
        ("What changes", _asides(f"Compared history by history: {'; '.join(changes)}.")),
    ]


def coverage(found: Findings) -> str:
    """How often the impact fell inside the 90 % area, at the lowest rung: what an honest area must hold."""
    shares = [found.at("impact_inside_90", found.rungs[0], p) for p in range(len(found.parties))]
    said = [
        f"{words.per_cent(s.value)} of histories for {party} (95 % interval {words.interval('1', s)})"
        for s, party in zip(shares, found.parties, strict=True)
        if s.defined
    ]
    return words.listed(said) if said else "no history, for no area was known"


def table(found: Findings) -> list[dict[str, Any]]:
    """Rows of measures: one block a measure, one line a party, one column a rung, and the paired change."""
    blocks = []
    for name, measure in MEASURES.items():
        lines = []
        for p, party in enumerate(found.parties):
            cells = [_cell(measure.unit, found.at(name, rung, p)) for rung in found.rungs]
            if all(cell["value"] == "–" for cell in cells):
                continue
            gain = found.gain(name, found.rungs[-1], p)
            verdict = _verdict(measure.better, gain)
            lines.append(
                {"party": party, "number": p, "cells": cells, "gain": _gain(measure.unit, gain), "verdict": verdict}
            )
        if lines:
            blocks.append(
                {"name": name, "measure": measure, "lines": lines, "kind": found.at(name, found.rungs[0], 0).kind}
            )
    return blocks


def exchange(found: Findings, together: Run, last: Rung) -> list[dict[str, str]]:
    """What each party gives in the kept history, and gains over all of them."""
    out = []
    for p, party in enumerate(found.parties):
        shared = together.shared
        tracks, warnings = (int(np.sum((shared.giver == p) & (shared.kind == kind))) for kind in (TRACK, WARNING))
        gives = f"{warnings} warning message{'s' * (warnings != 1)} and {tracks} track report{'s' * (tracks != 1)}"
        nats = found.at("information_nats", last.rung, p)
        gains = words.warning_change(found.gain("warning_s", last.rung, p))
        told = (
            ""
            if np.isnan(nats.value)
            else f"; the partner's information is worth {words.number(nats.value)} nats at 300 s"
        )
        spread = "" if np.isnan(nats.value) else f" (95 % interval {words.interval('nats', nats)})"
        out.append({"party": party, "gives": gives, "gains": f"{gains}{told}{spread}"})
    return out


def used(study: Study) -> list[Row]:
    """The catalogue rows that this study's worlds were made of."""
    ids = {study.scenario.cases[0].vehicle, *(case.vehicle for case in study.scenario.cases)}
    for run in study.kept.values():
        ids |= {sensor.id for sensor in run.world.sensors} | {site.id for site in run.world.sites}
    rows: Iterable[Row] = (*radars(), *satellites(), *interceptors(), *vehicles())
    return [row for row in rows if row.id in ids]


def linked(source: str) -> Markup:
    """A source with its addresses as links."""
    out, at = Markup(""), 0
    for match in LINK.finditer(source):
        out += source[at : match.start()] + tag("a", match.group(), href=match.group(), rel="noreferrer")
        at = match.end()
    return out + source[at:]


def _group(found: Findings, rung: Rung) -> Group:
    lanes = []
    for p, party in enumerate(found.parties):
        run = found.kept[rung.rung]
        kept: dict[str, float] = {}
        for event in run.assessment.events:
            if event.party == p:
                kept.setdefault(event.what, event.t - float(run.flights.t_launch[0]))
        known, warning, warned = (found.at(name, rung.rung, p) for name in ("first_known_s", "warning_s", "warned"))
        lanes.append(Lane(p, party, known, warning, warned, kept))
    flows = f"{', '.join(rung.flows)} flow" if rung.flows else "nothing is shared"
    return Group(words.rung_name(rung), flows, tuple(lanes))


def _cell(unit: str, summary: Summary) -> dict[str, str]:
    value = words.said(unit, summary.value, summary.kind)
    if value == "–":
        return {"value": value, "interval": "", "spread": "", "missing": ""}
    ends = [words.said(unit, end, summary.kind) for end in summary.spread]
    spread = "" if summary.kind == "share" else f"{ends[0].removesuffix(words.KM2_AFTER)} to {ends[1]}"
    missing = (
        f"never {words.per_cent(summary.missing)}"
        if summary.kind in ("time", "lead")
        else f"undefined {words.per_cent(summary.missing)}"
    )
    return {
        "value": value,
        "interval": words.interval(unit, summary),
        "spread": spread,
        "missing": missing if summary.missing > 0 else "",
    }


def _gain(unit: str, summary: Summary) -> dict[str, str]:
    value = words.change(unit, summary)
    if value == "–":
        return {"value": value, "interval": ""}
    ends = [
        words.change(unit, Summary(summary.kind, end, end, end, (end, end), 1, 1))
        for end in (summary.low, summary.high)
    ]
    few = np.isinf(summary.low) and np.isinf(summary.high) and summary.low < summary.high
    same = ends[0] == ends[1]
    return {
        "value": value,
        "interval": "too few for an interval" if few else ends[0] if same else f"{ends[0]} to {ends[1]}",
    }


def _verdict(better: str, gain: Summary) -> str:
    """Better, worse, or nothing that can be told from zero."""
    if np.isnan(gain.value) or better == "none":
        return ""
    if gain.value == gain.low == gain.high == 0 and not gain.one_sided:
        return "no change"
    if gain.significant and gain.value != 0:
        return "better" if (gain.value > 0) == (better == "higher") else "worse"
    if gain.one_sided:
        rises = gain.rose > gain.fell
        share = words.per_cent(gain.rose if rises else gain.fell)
        return f"{'better' if rises == (better == 'higher') else 'worse'} in {share}"
    return "no clear change"


def _both(drawings: list[Markup]) -> Markup:
    return Markup("").join(
        tag("div", drawing, class_=name) for drawing, name in zip(drawings, ("wide", "narrow"), strict=True)
    )


def _map_note(run: Run) -> str:
    satellites_of = [
        f"{words.party_name(party)}: "
        + (words.listed([s.title for s in run.world.sensors if s.party == p and not len(s.faces)] or ["none"]))
        for p, party in enumerate(run.world.parties)
    ]
    return f"Early-warning satellites, not drawn: {'. '.join(satellites_of)}."


def _asides(sentence: str) -> Markup:
    """The sentence with what stands in brackets set apart."""
    return Markup(ASIDE.sub(r'<span class="aside">\g<0></span>', str(escape(sentence))))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
