"""Take the README's picture of a report: `python builders/picture.py out/europe-2013/report.html`.

The first screens of the page as a reader on a desk gets them, in light colours. CHROMIUM names the browser, as for the tests.
"""

import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

TARGET = Path(__file__).resolve().parents[1] / "docs/pictures/report.png"
WIDTH, HEIGHT = 1280, 1440  # px
COLOURS = 256  # enough for text and lines; half the size


def main() -> int:
    """Write the picture, say how large it is."""
    page_file = Path(sys.argv[1]).resolve()
    browser_file = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_file, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=TARGET)
        browser.close()
    with Image.open(TARGET) as picture:
        picture.convert("RGB").quantize(COLOURS).save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
