"""The page in one language: the answer first, then how to read it, figures, findings, tables, limits, sources."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from entente.findings import not_computed
from entente.report import cards, tables, words
from entente.report.answer import answer
from entente.report.balance import sections
from entente.report.centre import centre
from entente.report.event_section import event_briefs, event_changes, event_reasons, event_titles
from entente.report.figures import Figure, figure_style
from entente.report.language import Code, Tongue, glossary
from entente.report.material import Material, unsure, used
from entente.report.protection import protection
from entente.report.sheet import Sheet
from entente.report.sources import linked
from entente.scenario.places import CREDIT_CITIES, CREDIT_LAND
from entente.scenario.systems import Row

HERE = Path(__file__).parent
PAGES = {"en": "report.html", "ru": "report.ru.html"}
HIDDEN = ("command", "packages", "scenario")  # of the provenance: said elsewhere, or too long for the page


@cache
def _paper() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def page(
    found: Material, tongue: Tongue, figures: Mapping[str, Figure], sheets: list[Sheet], other: Code | None = None
) -> str:
    """The whole page as text; it links to the page in the `other` language if there is one."""
    style = figure_style() + (HERE / "style.css").read_text(encoding="utf-8")
    lock = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    scenario = found.study.scenario

    return (
        _paper()
        .get_template("page.html.j2")
        .render(
            say=tongue.say,
            t=tongue.shown,
            own=tongue.own,
            count=tongue.count,
            number=tongue.number,
            code=tongue.code,
            other=other,
            pages=PAGES,
            style=Markup(style),
            style_hash=lock,
            scenario=scenario,
            found=found,
            date=tongue.date(scenario.epoch.day, scenario.epoch.month, scenario.epoch.year),
            answer=answer(found, tongue),
            figures=figures,
            events=[name for name in figures if name.startswith("event-")],
            event_titles=event_titles(tongue),
            event_briefs=event_briefs(tongue),
            event_reasons=event_reasons(tongue),
            event_changes=event_changes(tongue),
            rungs=[found.rung(rung) for rung in found.rungs],
            parties=[words.party_name(tongue, party) for party in scenario.parties],
            cards=cards.cards(found, tongue),
            ranked=cards.ranked(found, tongue),
            limited=cards.limits(found, tongue),
            differences=cards.differences(found),
            blocks=tables.blocks(found, tongue),
            balance=sections(found, tongue),
            protection=protection(found, tongue),
            centre=centre(found, tongue),
            exchange=tables.exchange(found, tongue),
            losses=tables.losses(found, tongue),
            walks=tables.walks(found, tongue),
            facts=facts(found, tongue),
            common=list(dict.fromkeys(f.text for some in found.facts.values() for f in some if not f.measure)),
            not_computed=tongue.listed([tongue.text(what) for what in not_computed()]),
            rules=rules(found, tongue),
            sheets=[sheet.name for sheet in sheets],
            sources=sources(found, tongue),
            unsure=[source_of(tongue, row) for row in unsure(used(found.study))],
            steps=[(rung, [linked(source) for source in rung.source]) for rung in map(found.rung, found.rungs)],
            provenance={k: v for k, v in found.study.provenance.items() if k not in HIDDEN},
            known=glossary().sentences,
            command=found.study.provenance.get("command", f"entente run SCENARIO.yaml --seeds {found.seeds}"),
            cite=found.study.provenance,
            credits=[CREDIT_LAND, CREDIT_CITIES],
        )
    )


def facts(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """What the releases of each party show at the headline rung."""
    out = []
    for p, party in enumerate(found.study.scenario.parties):
        shown = [
            tongue.say(
                f"fact.{fact.measure}",
                value=words.said(tongue, fact.unit, fact.value),
                share=tongue.per_cent(fact.share),
            )
            for fact in found.facts[party.name]
            if fact.measure and tongue.has(f"fact.{fact.measure}")
        ]
        out.append({"party": words.party_name(tongue, party), "number": p, "shown": shown})
    return out


def rules(found: Material, tongue: Tongue) -> list[dict[str, str]]:
    """When each party calls a warning credible, and what it releases."""
    out = []
    for party in found.study.scenario.parties:
        rule, release = party.warning, party.release
        said = tongue.say(
            "rules.party" if rule.or_confirmed_track else "rules.party.strict",
            kinds=tongue.count("phenomenologies", rule.phenomenologies),
            area=tongue.whole(rule.impact_area_max_km2),
            range=tongue.whole(release.min_range_km),
            warning=tongue.number(release.warning_delay_s.nominal),
            floor=tongue.number(release.area_floor_km),
            track=tongue.number(release.track_delay_s.nominal),
            bias=tongue.number(release.track_sigma_km),
        )
        out.append({"party": words.party_name(tongue, party), "said": said, "source": party.source})
    return out


def sources(found: Material, tongue: Tongue) -> list[dict[str, Any]]:
    """Every catalogue row in use."""
    return [source_of(tongue, row) for row in used(found.study)]


def source_of(tongue: Tongue, row: Row) -> dict[str, Any]:
    """A row with its basis and its sources."""
    basis = tongue.say(
        "basis", basis=tongue.say(f"basis.{row.basis}"), confidence=tongue.say(f"confidence.{row.confidence}")
    )
    assumed = ", ".join(dict.fromkeys(words.key_name(tongue, key) for key in row.assumed))
    return {"title": row.title, "basis": basis, "assumed": assumed, "links": [linked(source) for source in row.source]}
