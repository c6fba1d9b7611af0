"""The replay as one HTML file that opens from a disk and can be mailed: page, program, map and history in one."""

import json
import re
from typing import Any

from entente.console.app import PAGE
from entente.console.pages import ASSETS
from entente.console.sources import as_json
from entente.errors import StoreError

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)
SCRIPT = re.compile(r'<script[^>]*\bsrc="(?:\./)?(assets/[^"]+)"[^>]*></script>')
STYLE = re.compile(r'<link[^>]*\bhref="(?:\./)?(assets/[^"]+\.css)"[^>]*>')
HEAD = "<head>"


def page(document: dict[str, Any]) -> str:
    """The file's text. It asks no network; the free 3D globe, a part that is loaded on demand, is not in it.

    Raises:
        StoreError: the console's pages are not built.
    """
    if not (ASSETS / PAGE).is_file():
        raise StoreError(f"{ASSETS}: the console's pages are not built in this checkout; type: make console")
    text = (ASSETS / PAGE).read_text(encoding="utf-8")
    data = _data("replay", as_json(document).decode()) + _data("world", _asset("assets/world.json"))
    text = STYLE.sub(lambda found: f"<style>{_asset(found[1])}</style>", text)
    text = SCRIPT.sub(lambda found: f'<script type="module">{_inert(_asset(found[1]))}</script>', text)
    text = text.replace(HEAD, f'{HEAD}<meta http-equiv="content-security-policy" content="{POLICY}">', 1)
    # The data come before the program, which looks for them when it starts.
    return text.replace("</body>", f"{data}</body>", 1)


def _asset(name: str) -> str:
    return (ASSETS / name.removeprefix("assets/")).read_text(encoding="utf-8")


def _data(name: str, content: str) -> str:
    """JSON that the browser does not read as anything else: no tag can end it early."""
    json.loads(content)
    return f'<script type="application/json" id="{name}">{content.replace("<", chr(92) + "u003c")}</script>'


def _inert(program: str) -> str:
    return program.replace("</script", "<\\/script")
