"""The console in a real browser, for every story that looks at it: one server, one Chromium, and a log of all that is asked."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from entente.console.page import page as mailed
from entente.console.sources import as_json, source

CONSOLE = [sys.executable, "-m", "entente", "console"]
# The free globe needs WebGL: SwiftShader draws it on any processor.
DRAWING = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 15_000  # ms  for anything to come
INSIDE = ("data:", "blob:")  # addresses that leave no machine


def serving(*words):
    """A console on its own: the process, and its address."""
    process = subprocess.Popen([*CONSOLE, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    found = re.search(r"http://[^ ]+", line)
    if not found:
        process.kill()
        raise AssertionError(line + process.communicate()[1])
    return process, found[0]


def stop(process):
    """As Ctrl-C does; nothing is left behind."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


@dataclass
class Console:
    """Opens the console; everything it asks for and complains of is kept, and nobody else is answered."""

    browser: Browser
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(self, where="", document=None, ready=".stage canvas, .space canvas", **options) -> Page:
        """A page that is drawn.

        Args:
            where: what follows the address, or a whole one.
            document: told in place of the server's own history: an object, or bytes to be damaged ones.
            ready: what must be there before the page counts as open.
            options: of the browser's context: size, colours, motion.
        """
        context = self.browser.new_context(**(DESKTOP | options))
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        whole = where if ":" in where.split("#")[0] else self.address + where
        context.route("**/*", lambda route: self._answer(route, whole))
        if document is not None:
            body = document if isinstance(document, bytes) else as_json(document)
            context.route("**/replay.json*", lambda route: route.fulfill(body=body, content_type="application/json"))
        page = context.new_page()
        page.on("pageerror", lambda problem: self.complaints.append(str(problem)))
        page.on("console", lambda line: line.type in ("error", "warning") and self.complaints.append(line.text))
        page.goto(whole)
        page.wait_for_selector(ready)
        self.still(page)
        return page

    def still(self, page):
        """Wait until what was asked for is drawn and the address is written: two frames, and the pause of main.tsx."""
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_timeout(350)

    def colours(self, page, of=".stage canvas"):
        """How often each colour stands on a flat canvas: {(red, green, blue): pixels}."""
        counted = page.evaluate(
            """of => { const c = document.querySelector(of), seen = {};
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            for (let i = 0; i < d.length; i += 4) {
                const key = d[i] << 16 | d[i + 1] << 8 | d[i + 2]; seen[key] = (seen[key] ?? 0) + 1; }
            return seen }""",
            of,
        )
        return Counter({(int(key) >> 16, int(key) >> 8 & 255, int(key) & 255): n for key, n in counted.items()})

    def time(self, page):
        """Seconds at which the page stands."""
        return float(page.input_value(".slider"))

    def _answer(self, route, whole):
        url = route.request.url
        self.asked.append(url)
        if url.startswith((self.address, *INSIDE)) or url.split("#")[0] == whole.split("#")[0]:
            route.continue_()
        else:
            route.abort()

    def close(self):
        """What every story ends with: nobody else was asked, and nothing went wrong on the way."""
        for context in self.contexts:
            context.close()
        others = [url for url in self.asked if not url.startswith((self.address, "file:", *INSIDE))]
        assert others == [], "the console asked others than its own server"
        assert self.complaints == []


@pytest.fixture(scope="module")
def chromium():
    found = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert found, "no Chromium; run the tests by `make test`"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=["--no-sandbox", *DRAWING])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served():
    """The address of one console for all stories of a file."""
    process, address = serving("one-launch", "--port", "0")
    yield address
    stop(process)


@pytest.fixture
def console(chromium, served):
    opener = Console(chromium, served)
    yield opener
    opener.close()


@pytest.fixture(scope="session")
def written():
    """The history that the server tells, as text; read anew, it can be spoiled."""
    return as_json(source("one-launch").document()).decode()


@pytest.fixture
def told(written):
    return json.loads(written)


@pytest.fixture
def mail(tmp_path):
    """Write a document as the page that can be mailed; its address."""

    def write(document, name="mailed"):
        file = tmp_path / f"{name}.html"
        file.write_text(mailed(document), encoding="utf-8")
        return file.as_uri()

    return write
