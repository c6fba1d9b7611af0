"""How is an event told on a terminal? The figure's content as text: what was, who knew what when, how it ends."""

import textwrap
from collections.abc import Iterator

from entente.questions.dues import due_said
from entente.report.situation import Pen
from entente.report.timelines import Panel, Timeline, fates_said, idle_said, rare_said, time_said, who_said
from entente.scenario.events import Event

WIDTH = 110
MINUTE = 60.0  # s


def event_lines(found: Timeline, event: Event, pen: Pen) -> str:
    """The event, a block a rung, what is disputed, and the sources."""
    blocks = [
        [f"{found.title}: {event.truth.nature}, {event.truth.what}", *textwrap.wrap(event.summary, WIDTH)],
        *(list(_panel(found, panel, pen)) for panel in found.panels),
        [line for party in event.parties for line in textwrap.wrap(due_said(event, party), WIDTH)],
        [*textwrap.wrap(f"disputed: {event.disputed}", WIDTH)],
        ["sources:", *(f"  {source}" for source in event.source)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks).replace("\N{NO-BREAK SPACE}", " ")


def _panel(found: Timeline, panel: Panel, pen: Pen) -> Iterator[str]:
    """One rung: a line an entry, what is new marked with a plus, and how it ends."""
    yield f"{panel.title} ({panel.flows[0].lower()}{panel.flows[1:]})"
    for entry in sorted(panel.entries, key=lambda one: one.at[1]):
        head = f"{'+' if entry.new else ' '} {time_said(entry, pen):24s}{who_said(entry, pen)}: "
        yield from textwrap.wrap(
            f"{entry.said}{rare_said(entry, pen)}{idle_said(entry, pen)}",
            WIDTH,
            initial_indent=head,
            subsequent_indent=26 * " ",
        )
    whose = pen.tongue.say("timeline.fates", party=pen.parties[found.party])
    for moment, shares in panel.fates:
        yield f"  {whose}, {moment / MINUTE:.0f} {pen.tongue.say('unit.min')}: {fates_said(shares, pen)}"
