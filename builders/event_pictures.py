"""Draws the timelines of two events for docs/explanation/events.md; `python builders/event_pictures.py`."""

from pathlib import Path

from entente.questions.events import event
from entente.report.event_pictures import timeline_of, write_timeline
from entente.report.event_section import rungs_of
from entente.report.language import Tongue

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SHOWN = ("sounding-rocket-1995", "glint-1983")


def draw(name: str, folder: Path) -> Path:
    """One event, as it was and at the first rung that changes it, into a folder."""
    account, tongue = event(name, rungs_of(name)), Tongue("en")
    return write_timeline(timeline_of(account, tongue), account.event, folder / f"event-{name}.svg", tongue)


if __name__ == "__main__":
    for shown in SHOWN:
        print(draw(shown, PICTURES))
