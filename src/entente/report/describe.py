"""How is a study told? `describe` writes the report in English and in Russian, its figures and its numbers as files.

1. `material.gather`: everything the page says, computed once.
2. `figures`, `data`: what is drawn, as SVG in each language; what is counted, as CSV.
3. `page`: the text of one page, with no request, no script, and every value escaped.
"""

from collections.abc import Iterator
from pathlib import Path

from entente.errors import StoreError
from entente.report.data import sheets
from entente.report.event_section import event_figures, event_sheet
from entente.report.figures import draw_all
from entente.report.language import LANGUAGES, Code, Tongue
from entente.report.material import Material, gather
from entente.report.page import PAGES, page
from entente.store import place
from entente.study import Study


def describe(study: Study, folder: str | Path, language: Code | None = None) -> Path:
    """Write the report of a study: report.html, report.ru.html, figures/*.svg, data/*.csv.

    Args:
        study: as `explore` gives it.
        folder: is made if need be.
        language: only this one's page and figures, en or ru; both if None.
    Returns:
        the path of the page: of the English one if both are written.
    Raises:
        StoreError: the folder cannot be made or written.
    """
    target = Path(folder)
    at = target
    try:
        for name, text in files(study, language):
            at = target / name
            at.parent.mkdir(parents=True, exist_ok=True)
            place(at, lambda path, text=text: path.write_text(text, encoding="utf-8", newline="\n"))  # type: ignore[misc]
    except OSError as error:
        raise StoreError(f"report: cannot write {at}: {error.strerror}; choose another folder") from error
    return target / PAGES[language or "en"]


def files(study: Study, language: Code | None = None) -> Iterator[tuple[str, str]]:
    """Every file of the report: its name within the folder and its text, the pages last."""
    found = gather(study)
    asked = any(verdict.id == "F6" for verdict in found.verdicts)  # the finding that is about events
    tables = [*sheets(found), *([event_sheet()] if asked else [])]
    for sheet in tables:
        yield f"data/{sheet.name}", sheet.text
    pages = []
    for code in LANGUAGES if language is None else (language,):
        tongue = Tongue(code)
        figures = draw_all(found, tongue) | (event_figures(tongue, _mark(found, tongue)) if asked else {})
        for figure in figures.values():
            yield f"figures/{figure.name}{'' if code == 'en' else f'.{code}'}.svg", figure.alone
        other = next(one for one in LANGUAGES if one != code) if language is None else None
        pages.append((PAGES[code], page(found, tongue, figures, tables, other)))
    yield from pages


def _mark(found: Material, tongue: Tongue) -> str:
    """What stands on every figure of an exercise."""
    return tongue.say("mark.exercise") if found.study.scenario.origin == "exercise" else ""
