"""The page, as a reader gets it: in a real browser, wide and narrow, by day and by night, and with hostile data."""

import dataclasses
import os
import re
import shutil
import stat

import pytest
from playwright.sync_api import sync_playwright

from entente.errors import StoreError
from entente.report.describe import describe
from entente.scenario.load import load
from entente.study import explore

HOSTILE = (
    "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\"> & \"quoted\" {{ 7 * 7 }}"
)
SCREENS = [(1280, 900, "light"), (1280, 900, "dark"), (360, 740, "light"), (360, 740, "dark")]
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
@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_the_page_in_a_browser(browser, path, width, height, scheme):
    page, complaints, requests = opened(browser, path, width, height, scheme)
    assert complaints == []
    assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("document.scripts.length") == 0
    sentences = page.locator(".answer li").all_inner_texts()
    assert len(sentences) == 3
    assert all(re.search(r"\d", sentence) for sentence in sentences)
    for figure in (".map", ".timeline"):
        assert page.locator(f"{figure}:visible").count() == 1
    assert page.locator("table").is_visible()
    page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height", "scheme"), SCREENS)
def test_text_can_be_read(browser, path, width, height, scheme):
    """No text is smaller than 9.5 px on the screen, and its contrast is AA against the page's own ground."""
    page, _, _ = opened(browser, path, width, height, scheme)
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('svg.map text, svg.timeline text, p, li, td, small, dd')]
          .filter(e => e.getClientRects().length).map(e => {
            const svg = e.closest('svg.map, svg.timeline');
            const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
            return parseFloat(getComputedStyle(e).fontSize) * scale; }))"""
    )
    assert smallest >= 9.5
    names = ["--ink", "--quiet", "--a", "--b", "--joint", "--alarm", "--good"]
    grounds = ["--paper", "--tint"]
    colour = {
        name: page.evaluate("n => getComputedStyle(document.documentElement).getPropertyValue(n)", name).strip()
        for name in names + grounds
    }
    for name in names:
        for ground in grounds:
            assert contrast(colour[name], colour[ground]) >= AA, (name, ground)
    page.context.close()


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


def test_the_page_stands_alone(path):
    html = path.read_text(encoding="utf-8")
    assert "default-src 'none'" in html
    assert "<script" not in html
    assert " style=" not in html
    assert not re.findall(r"(?:src|href)=\"(?!https?://|data:,)", html)
    assert not re.findall(r"@import|url\(", html)
    assert len(html) < 400_000


def test_the_page_names_where_its_numbers_come_from(path, study):
    html = path.read_text(encoding="utf-8")
    for name in ("scenario_hash", "version", "commit"):
        assert str(study.provenance[name]) in html
    for sensor in study.kept[study.scenario.cases[0].name, 0].world.sensors:
        assert sensor.title in html
    assert "Natural Earth" in html
    assert html.count("95 %") + html.count("95\N{NO-BREAK SPACE}%") > 5


def test_the_same_study_makes_the_same_page(study, path, tmp_path):
    assert describe(study, tmp_path / "deep" / "er").read_bytes() == path.read_bytes()


def test_the_page_is_written_whole_or_not_at_all(study, tmp_path):
    first = describe(study, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["report.html"]
    assert stat.S_IMODE(first.stat().st_mode) == 0o644
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"report: cannot write .*; choose another folder"):
        describe(study, tmp_path / "file")
