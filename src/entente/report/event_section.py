"""The section on ambiguous events: the figure of each historical one, and the numbers behind them."""

from collections.abc import Iterator
from functools import cache, partial

from markupsafe import Markup

from entente.questions.events import Account, event
from entente.questions.tidings import REPORTS
from entente.report.event_pictures import pen_of, timeline_of
from entente.report.event_reasons import brief, change_said, reasons
from entente.report.figures import NARROW, WIDE, Figure
from entente.report.language import Tongue
from entente.report.sheet import Sheet
from entente.report.timelines import draw_timeline
from entente.scenario.event_files import load_event, shipped_events
from entente.turning import turn_of

FIRST = ("sounding-rocket-1995", "glint-1983")  # drawn on the page; the others as files of their own
SHEET = "timelines.csv"


def rungs_of(name: str) -> tuple[int, int]:
    """What was, and the first rung that changes it; a centre, where none does."""
    return 0, turn_of(name).changed_by or REPORTS


@cache
def accounts() -> tuple[Account, ...]:
    """The historical events at two rungs: the same for every study. Those shown first come first."""
    told = [load_event(name) for name in (*FIRST, *(name for name in shipped_events() if name not in FIRST))]
    return tuple(event(one, rungs_of(one.id)) for one in told if one.kind == "historical")


def event_figures(tongue: Tongue, mark: str = "") -> dict[str, Figure]:
    """A figure an event by name; `mark` as on the other figures."""
    return {figure.name: figure for figure in (_figure(one, tongue, mark) for one in accounts())}


def event_titles(tongue: Tongue) -> dict[str, Markup]:
    """What each figure's event is called."""
    return {f"event-{one.event.id}": tongue.shown(one.event.title) for one in accounts()}


def event_reasons(tongue: Tongue) -> dict[str, tuple[Markup, ...]]:
    """Why each event on the page could not be cleared, what would have changed it, under which assumptions."""
    return {f"event-{name}": reasons(name, tongue) for name in FIRST}


def event_briefs(tongue: Tongue) -> dict[str, Markup]:
    """The same in three sentences."""
    return {f"event-{name}": brief(name, tongue) for name in FIRST}


def event_changes(tongue: Tongue) -> dict[str, str]:
    """Which rung would have changed each of the others."""
    return {f"event-{one.event.id}": change_said(one.event.id, tongue) for one in accounts()[len(FIRST) :]}


def _figure(account: Account, tongue: Tongue, mark: str) -> Figure:
    told = account.event
    content = timeline_of(account, tongue)
    draw = partial(draw_timeline, content)
    wide, narrow = (draw(pen_of(told, tongue, size), width) for width, size in (WIDE, NARROW))
    caption = tongue.mark(
        "events.caption", summary=tongue.own(told.summary), disputed=tongue.own(told.disputed), seeds=account.seeds
    )
    return Figure(f"event-{told.id}", wide, narrow, Markup(caption), SHEET, mark)


def event_sheet() -> Sheet:
    """What each side holds of each event at both rungs, as a table."""
    header = ("event", "rung", "party", "giver", "says", "held from [s]", "low [s]", "high [s]", "share of histories")
    return Sheet(SHEET, header, list(_rows()))


def _rows() -> Iterator[tuple[object, ...]]:
    for one in accounts():
        for rung in one.rungs:
            for party in one.event.parties:
                for held in one.timeline(rung, party):
                    low, middle, high = held.at_s
                    yield one.event.id, rung, party, held.giver, held.says, middle, low, high, held.share
