"""Where do the numbers come from? Rows, rungs and parties with their sources; addresses become links."""

import re

from markupsafe import Markup

from entente.report.svg import tag

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:)\]]")


def linked(source: str) -> Markup:
    """A source with its addresses as links."""
    out, at = Markup(""), 0
    for match in LINK.finditer(source):
        out += source[at : match.start()] + tag("a", match.group(), href=match.group(), rel="noreferrer")
        at = match.end()
    return out + source[at:]
