"""What could be taken for an attack: event."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option, echo

from entente.commands.common import Json, print_json, refusals

commands = typer.Typer()


@commands.command(epilog="Example: entente event sounding-rocket-1995 --rung 0 --rung 4 --out out/rocket.svg")
def event(
    name: Annotated[str | None, Argument(help="A shipped event or a file; without one, they are listed.")] = None,
    rung: Annotated[
        list[int] | None, Option(help="A rung, 0 is what was; several times for several; 0 and 4 if left out.")
    ] = None,
    trust: Annotated[
        float | None,
        Option(help="How far the partner's word is believed, 0 to 1; if left out, not at all where it is suspected."),
    ] = None,
    seeds: Annotated[int, Option(help="Draws of every uncertain input.")] = 200,
    geometry: Annotated[
        bool, Option("--geometry", help="Fly its rocket, or place its Sun, and compare with what is told.")
    ] = False,
    out: Annotated[Path | None, Option(help="Draw who knew what when into this SVG file.")] = None,
    as_json: Json = False,
) -> None:
    """Who knew what when of an event that could be taken for an attack, and how it would have been read, rung by rung."""
    with refusals():
        from entente.scenario.event_files import load_event, shipped_events

        if name is None:
            shipped = [load_event(one) for one in shipped_events()]
            if as_json:
                print_json([{"id": one.id, "title": one.title, "date": one.date.isoformat()} for one in shipped])
                return
            for one in shipped:
                echo(f"{one.id:24s}{one.title}{'' if one.kind == 'historical' else ' (made up)'}")
            return
        from entente.questions.events import event as read
        from entente.report.event_lines import event_lines
        from entente.report.event_pictures import pen_of, timeline_of, write_timeline
        from entente.report.language import Tongue

        account, tongue = read(name, rung or (0, 4), seeds, trust), Tongue("en")
        found, told = timeline_of(account, tongue, trust), account.event
        computed = _computed(told) if geometry else {}
        if out is not None:
            write_timeline(found, told, out, tongue)
    if as_json:
        file = told.model_dump(mode="json", exclude_none=True)
        print_json({"event": file, "account": account.to_dict(), "geometry": computed})
        return
    echo(event_lines(found, told, pen_of(told, tongue, 1.0)))
    for part in (*computed.values(), *account.remarks):
        echo(f"\n{part}")
    if out is not None:
        echo(f"\nfigure: {out}")


def _computed(told: Any) -> dict[str, object]:
    """What the models say of an event's flight and of its Sun."""
    from entente.errors import ModelError
    from entente.questions.first_views import first_view
    from entente.questions.glinting import find_glint

    found: dict[str, object] = {}
    if told.first_view:
        found["first_view"] = first_view(told)
    if told.glint:
        found["glint"] = find_glint(told)
    if not found:
        raise ModelError(
            f"geometry: {told.id} names no flight that a radar sees and no satellite; leave --geometry out"
        )
    return found
