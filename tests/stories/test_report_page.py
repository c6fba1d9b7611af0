"""The page as a reader gets it: in a real browser, wide and narrow, light and dark, in both languages, with hostile data."""

import dataclasses
import itertools
import os
import re
import shutil
import stat
import xml.etree.ElementTree as ET

import pytest
from playwright.sync_api import sync_playwright

from entente.errors import StoreError
from entente.report.describe import describe
from entente.report.language import RUSSIAN
from entente.scenario.load import load
from entente.study import explore

HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> & \"quoted\" {{ 7 * 7 }}"
)
SCREENS = [(1280, 900, "light"), (1280, 900, "dark"), (768, 1024, "light"), (360, 740, "light"), (360, 740, "dark")]
PAGES = ["report.html", "report.ru.html"]
FIGURES = ["ladder", "raids", "seeing", "map", "warning", "clock", "tolerance"]
AA = 4.5  # contrast of text that WCAG 2.2 asks for, level AA


@pytest.fixture(scope="module")
def study():
    return explore(load("examples/one-launch.yaml"), seeds=8, workers=1)


@pytest.fixture(scope="module")
def hostile(study):
    """The same study, every free text of its scenario hostile."""
    case = study.scenario.cases[0].model_copy(update={"title": HOSTILE})
    parties = [party.model_copy(update={"title": HOSTILE, "source": HOSTILE}) for party in study.scenario.parties]
    texts = {"title": HOSTILE, "question": HOSTILE, "cases": [case], "parties": parties}
    scenario = study.scenario.model_copy(update=texts)
    region = study.scenario.regions[0].model_copy(update={"title": HOSTILE})
    kept = {}
    for key, run in study.kept.items():
        sensors = tuple(dataclasses.replace(sensor, title=HOSTILE) for sensor in run.world.sensors)
        kept[key] = dataclasses.replace(run, world=dataclasses.replace(run.world, sensors=sensors, origin=region))
    provenance = {**study.provenance, "version": HOSTILE, "command": HOSTILE}
    return dataclasses.replace(study, scenario=scenario, kept=kept, provenance=provenance)


@pytest.fixture(scope="module")
def path(study, tmp_path_factory):
    return describe(study, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def browser():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium, "no Chromium; builders/chromium.sh gets one and prints its path: set CHROMIUM to it"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser, path, width, height, scheme):
    """The page in a fresh context, with what it complained about and what it asked for."""
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    complaints, requests = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    return page, complaints, requests


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_page_in_a_browser(browser, path, name, width, height, scheme):
    page, complaints, requests = opened(browser, path.with_name(name), width, height, scheme)
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [path.with_name(name).as_uri()]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.scripts.length") == 0
    assert page.locator(".headline").inner_text().count("4") >= 1
    assert page.locator(".answer li").count() == 11
    for figure in FIGURES:
        assert page.locator(f"svg.{figure}:visible").count() == 1
    assert page.locator(".card").count() == 8
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_the_page_can_be_read_by_machine(browser, path, name):
    """Headings go down one level at a time; figures and tables have names; links and cells have words; ids are unique."""
    page, _, _ = opened(browser, path.with_name(name), 1280, 900, "light")
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.evaluate("document.documentElement.lang") == ("ru" if ".ru." in name else "en")
    assert page.evaluate(
        "[...document.querySelectorAll('svg[role=img]')].every(s => s.querySelector(':scope > title')?.textContent)"
    )
    assert page.evaluate("[...document.querySelectorAll('[role=region]')].every(r => r.getAttribute('aria-label'))")
    assert page.evaluate("[...document.querySelectorAll('a, summary, th')].every(e => e.textContent.trim())")
    assert page.evaluate("[...document.querySelectorAll('th')].every(e => e.scope)")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    anchors = page.evaluate("[...document.querySelectorAll('nav a')].map(a => a.getAttribute('href').slice(1))")
    assert anchors
    assert set(anchors) <= set(ids)
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_text_can_be_read(browser, path, width, height, scheme):
    """No text is smaller than 9.5 px on the screen, and every text has AA contrast against what lies behind it."""
    page, _, _ = opened(browser, path, width, height, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('svg.figure text, p, li, td, small, dd')]
          .filter(e => e.getClientRects().length).map(e => {
            const svg = e.closest('svg.figure');
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return parseFloat(getComputedStyle(e).fontSize) * scale; }))"""
    )
    assert smallest >= 9.5
    pairs = page.evaluate(
        """() => { const ground = e => { for (; e; e = e.parentElement) {
              const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$|transparent/.test(c)) return c; } return null; };
          return [...document.querySelectorAll('body *:not(svg *)')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && e.getClientRects().length)
            .map(e => [getComputedStyle(e).color, ground(e), e.tagName + '.' + e.className]); }"""
    )
    assert len(pairs) > 100
    for ink, paper, where in {tuple(pair) for pair in pairs}:
        if ink == "rgba(0, 0, 0, 0)":  # a case's name said again for machines, on the second party's row
            continue
        assert contrast(rgb(ink), rgb(paper)) >= AA, where
    names = ["--ink", "--quiet", "--a", "--b", "--alarm", "--good"]
    colour = {
        name: page.evaluate("n => getComputedStyle(document.documentElement).getPropertyValue(n)", name).strip()
        for name in [*names, "--paper"]
    }
    for name in names:
        assert contrast(colour[name], colour["--paper"]) >= AA, name
    page.context.close()


def rgb(colour):
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def contrast(one, other):
    """Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.browser
def test_hostile_text_stays_text(browser, hostile, tmp_path):
    page, complaints, requests = opened(browser, describe(hostile, tmp_path), 360, 740, "light")
    assert complaints == []
    assert len([url for url in requests if not url.startswith("data:")]) == 1
    assert page.evaluate("document.scripts.length + document.images.length") == 0
    assert page.locator("h1").inner_text().startswith("<script>")
    assert "{{ 7 * 7 }}" in page.locator("h1").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.title().startswith("<script>")
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_stands_alone(path, name):
    """One file that asks for nothing; it links to the other language, to its figures and to its numbers, and all exist."""
    html = path.with_name(name).read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert " style=" not in html
    assert not re.findall(r" src=", html)
    assert not re.findall(r"@import|url\(", html)
    near = [link for link in re.findall(r"href=\"([^\"]+)\"", html) if not re.match(r"https?://|data:,|#", link)]
    assert {link for link in near if link.startswith("report")} == {PAGES[1 - PAGES.index(name)]}
    assert [link for link in near if not path.with_name(name).parent.joinpath(link).is_file()] == []
    assert len([link for link in near if link.endswith(".csv")]) > 10
    assert len(html) < 700_000  # 85,000 of them two timelines, each drawn wide and narrow


def test_one_language_alone_links_to_no_other(study, tmp_path):
    page = describe(study, tmp_path, language="ru")
    assert page.name == "report.ru.html"
    assert not (tmp_path / "report.html").exists()
    assert "report.html" not in page.read_text(encoding="utf-8")
    assert all(".ru." in file.name for file in (tmp_path / "figures").iterdir())


def test_every_figure_is_a_file_of_its_own(path):
    """Well-formed, with its own colours, nothing from outside, and the words of its language."""
    files = sorted((path.parent / "figures").iterdir())
    assert {file.name for file in files} >= {f"{name}{end}" for name in FIGURES for end in (".svg", ".ru.svg")}
    for file in files:
        text = file.read_text(encoding="utf-8")
        root = ET.fromstring(text)
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert "--paper" in text
        assert not re.findall(r"href=\"(?!#)|src=|url\(|@import", text)
        shown = " ".join(t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text"))
        assert bool(re.search("[а-я]", shown)) == file.name.endswith(".ru.svg")


def test_the_russian_page_is_russian(browser, path):
    """Outside what is marked as English (sources, titles, texts of the scenario) no English sentence is left."""
    page, _, _ = opened(browser, path.with_name("report.ru.html"), 1280, 900, "light")
    texts = page.evaluate(
        """() => { document.querySelectorAll('[lang=en], code, .facts dd, a[href]').forEach(e => e.remove());
          document.querySelectorAll('svg title').forEach(e => e.remove());
          return [...document.querySelectorAll('main *, footer *')].flatMap(e => [...e.childNodes])
            .filter(n => n.nodeType === 3).map(n => n.textContent.trim()).filter(t => t); }"""
    )
    assert len(texts) > 200
    own = ["Sofrino", "S-400", "SM-3"]
    left = [text for text in texts if len(re.findall(r"\b[a-z]{3,}\b", text)) >= 3 and not any(n in text for n in own)]
    assert left == [], left
    assert texts.count(RUSSIAN.say("party.russia")) > 3
    page.context.close()


def test_the_page_names_where_its_numbers_come_from(path, study):
    html = path.read_text(encoding="utf-8")
    for name in ("scenario_hash", "findings_hash", "version", "commit"):
        assert str(study.provenance[name]) in html
    for sensor in study.kept[study.scenario.cases[0].name, 0].world.sensors:
        assert sensor.title in html
    assert "Natural Earth" in html


def test_the_same_study_makes_the_same_page(study, path, tmp_path):
    assert describe(study, tmp_path / "deep" / "er").read_bytes() == path.read_bytes()


def test_the_page_is_written_whole_or_not_at_all(study, tmp_path):
    first = describe(study, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["data", "figures", *PAGES]
    assert stat.S_IMODE(first.stat().st_mode) == 0o644
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"report: cannot write .*; choose another folder"):
        describe(study, tmp_path / "file")
