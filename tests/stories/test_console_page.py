"""The console in Debian's Chromium, served by its own process: what is drawn, by keyboard too, and that it asks nobody else."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright

from entente.console.page import page as mailed
from entente.console.sources import source

pytestmark = pytest.mark.browser
PROGRAM = [sys.executable, "-m", "entente", "console"]
HOSTILE = "<img src=x onerror=alert(1)>\"'&</script>"


@pytest.fixture(scope="module")
def browser():
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "no Chromium; run the tests by `make test`"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address():
    process = subprocess.Popen([*PROGRAM, "one-launch", "--port", "0"], stdout=subprocess.PIPE, text=True)
    yield re.search(r"http://[^ ]+", process.stdout.readline())[0]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def opened(browser, where, **options):
    """A page that was drawn, and everything it asked for or complained of."""
    page = browser.new_page(**({"viewport": {"width": 1280, "height": 800}} | options))
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.goto(where)
    page.wait_for_selector(".stage canvas")
    page.wait_for_timeout(300)
    return page, asked, complaints


def drawn(page):
    """How many different colours the first map shows: one, if nothing is drawn."""
    return page.evaluate(
        """() => { const c = document.querySelector('.stage canvas');
        const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data, seen = new Set();
        for (let i = 0; i < d.length; i += 4 * 97) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]);
        return seen.size }"""
    )


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 800), (360, 740)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_run_is_drawn_and_nobody_else_is_asked(browser, address, size, scheme):
    view = {"viewport": {"width": size[0], "height": size[1]}, "color_scheme": scheme}
    page, asked, complaints = opened(browser, address, **view)
    assert drawn(page) > 20
    assert complaints == []
    assert all(url.startswith((address, "data:", "blob:")) for url in asked), asked
    assert not any("globe.js" in url for url in asked)  # only on demand
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "impact" in page.inner_text("body")
    page.close()


def test_keys_move_through_time_rungs_and_views(browser, address):
    page, _, complaints = opened(browser, address)
    before = page.url
    page.keyboard.press("End")
    page.keyboard.press("v")
    page.wait_for_timeout(400)
    assert page.url != before
    later = page.url
    page.keyboard.press("Home")
    page.wait_for_timeout(400)
    assert page.url != later
    page.keyboard.press("/")
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    page.keyboard.press("Escape")
    assert complaints == []
    page.close()


def test_a_link_leads_back_to_the_same_place(browser, address):
    page, _, _ = opened(browser, address)
    page.keyboard.press("v")
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(400)
    link = page.url
    page.close()
    again, _, _ = opened(browser, link)
    assert again.url == link
    again.close()


def test_the_mailed_page_opens_from_a_disk_and_asks_nobody(browser, tmp_path):
    """Also with hostile text in every name: it stands there as text."""
    told = source("one-launch").document()
    for name in ("title", "question"):
        told[name] = HOSTILE
    for sensor in told["sensors"]:
        sensor["title"] = HOSTILE
    for party in told["parties"]:
        party["title"] = HOSTILE
    file = tmp_path / "mailed.html"
    file.write_text(mailed(told), encoding="utf-8")
    page, asked, complaints = opened(browser, file.as_uri())
    assert drawn(page) > 20
    assert complaints == []
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert page.locator("img[src=x]").count() == 0
    assert HOSTILE in page.inner_text("body")
    page.close()


def test_an_exercise_says_so_on_the_screen(browser, tmp_path):
    told = source("one-launch").document() | {"origin": "exercise"}
    file = tmp_path / "exercise.html"
    file.write_text(mailed(told), encoding="utf-8")
    page, _, _ = opened(browser, file.as_uri())
    assert "EXERCISE" in page.inner_text("body")
    page.close()
