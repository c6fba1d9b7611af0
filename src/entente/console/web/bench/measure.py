"""Median time of a frame: python bench/measure.py FOLDER [view ...]; the folder is laid out as the server does, built with --debug."""

import functools
import http.server
import json
import statistics
import sys
import threading

from playwright.sync_api import sync_playwright

PLAY = "() => { window.__frames = []; document.querySelector('.play').click() }"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def measure(folder, views):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for view in views:
            page = browser.new_page(viewport={"width": 1920, "height": 1080}, device_scale_factor=1)
            page.goto(f"http://127.0.0.1:{server.server_port}/index.html#view={view}&compare=one&right=0.truth&t=150")
            page.wait_for_selector(".stage canvas")
            page.wait_for_timeout(800)
            page.evaluate(PLAY)
            page.wait_for_timeout(6000)
            frames = json.loads(page.evaluate("JSON.stringify(window.__frames)"))
            tail = sorted(frames)[int(0.95 * len(frames))]
            print(f"{view}: median {statistics.median(frames):.1f} ms, 95 % {tail:.1f} ms, {len(frames)} frames in 6 s")
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    measure(sys.argv[1], sys.argv[2:] or ["europe", "pole", "world", "globe"])
