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
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from entente.console.page import page as mailed
from entente.console.sources import as_json, source

PROGRAM = [sys.executable, "-m", "entente"]
# The free globe needs WebGL: SwiftShader draws it on any processor, and nothing else, for it is slow.
DRAWING = ["--disable-gpu", "--enable-unsafe-swiftshader"]
OWN_DOING = "GPU stall due to ReadPixels"  # SwiftShader's, of the pictures that are taken of the free globe
DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PATIENCE = 15_000  # ms  for anything to come
INSIDE = ("data:", "blob:")  # addresses that leave no machine
AXE = Path(__file__).parents[2] / "src/entente/console/web/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def started(*words):
    """A console on its own: the process, and its address."""
    process = subprocess.Popen(
        [*PROGRAM, "console", *words], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    line = process.stdout.readline()
    found = re.search(r"http://[^ ]+", line)
    if not found:
        process.kill()
        process.communicate()
        raise AssertionError(f"entente console {' '.join(words)} did not start: {line!r}")
    return process, found[0].strip()


def stopped(process):
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
        page.on("console", self._hear)
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
            """of => { const shown = document.querySelector(of), seen = {};
            const c = Object.assign(document.createElement('canvas'), { width: shown.width, height: shown.height });
            const pen = c.getContext('2d', { willReadFrequently: true });
            pen.drawImage(shown, 0, 0);
            const d = pen.getImageData(0, 0, c.width, c.height).data;
            for (let i = 0; i < d.length; i += 4) {
                const key = d[i] << 16 | d[i + 1] << 8 | d[i + 2]; seen[key] = (seen[key] ?? 0) + 1; }
            return seen }""",
            of,
        )
        return Counter({(int(key) >> 16, int(key) >> 8 & 255, int(key) & 255): n for key, n in counted.items()})

    def time(self, page):
        """Seconds at which the page stands."""
        return float(page.input_value(".slider"))

    def faults(self, page):
        """What axe-core finds, one line a rule. The debugger's door lets it in: the page's policy stays as strict as served."""
        if not page.evaluate("'axe' in window"):
            assert AXE.is_file(), (
                f"{AXE} is not there: a fresh `make console` brings it; type: rm -r src/entente/console/assets; make console"
            )
            page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "tags => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })", TAGS
        )
        assert len(found["passes"]) > 8, "axe-core looked at next to nothing"
        return [
            f"{one['id']}: {one['help']}: "
            + "; ".join(node["html"][:120] + str(node["any"][:1])[:200] for node in one["nodes"][:3])
            for one in found["violations"]
        ]

    def page_said(self, page, of, words):
        """Wait for words to stand there; where others stand, say which."""
        try:
            page.wait_for_function("([of, words]) => document.querySelector(of)?.innerText === words", arg=[of, words])
        except PlaywrightTimeout:
            raise AssertionError(f"{page.inner_text('#app')[:300]!r} where {words!r} is right") from None

    def _hear(self, line):
        if line.type in ("error", "warning") and OWN_DOING not in line.text:
            self.complaints.append(line.text)

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
    process, address = started("one-launch", "--port", "0")
    yield address
    stopped(process)


@pytest.fixture(scope="module")
def module_serving():
    """Start a console that all stories of a file share: its address."""
    processes = []

    def start(*words):
        processes.append(started(*words))
        return processes[-1][1]

    yield start
    for process, _ in processes:
        stopped(process)


@pytest.fixture
def serving():
    """Start another console: its process and its address; it ends with the test."""
    processes = []

    def start(*words):
        processes.append(started(*words))
        return processes[-1]

    yield start
    for process, _ in processes:
        stopped(process)


@pytest.fixture(scope="session")
def program():
    """The words that start entente."""
    return PROGRAM


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
