"""What is watched: the console, and the same as files for other programs."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option, echo

from entente.commands.common import refusals

commands = typer.Typer()

RunName = Annotated[str, Argument(help="A run's folder, a scenario file, or a shipped scenario's name.")]
CaseName = Annotated[str | None, Option(help="Which case; the first if left out.")]
Seed = Annotated[int | None, Option(help="Which history; 1 if left out.")]
SUFFIXES = {".czml": "czml", ".geojson": "geojson", ".csv": "csv", ".html": "html", ".json": "json"}


@commands.command(epilog="Example: entente console out/europe-2013, or: entente console --event sounding-rocket-1995")
def console(
    run: Annotated[str | None, Argument(help="A run's folder, a scenario file, or a shipped scenario's name.")] = None,
    event: Annotated[
        str | None, Option(help="Open on this ambiguous event: a shipped one's name, or a file of your own.")
    ] = None,
    port: Annotated[
        int, Option(min=0, max=65535, help="Where the pages are served on this machine; 0 for any.")
    ] = 8713,
    open_browser: Annotated[bool, Option("--open", help="Open them in the browser.")] = False,
) -> None:
    """See any history of RUN in a browser, from any side, at any rung; and the events that could be taken for an attack.

    A scenario is simulated first. Without RUN there are the events alone.
    """
    with refusals():
        from entente.console.app import ready, serve
        from entente.console.shelf import shelf
        from entente.console.sources import source

        shown = None if run is None else source(run)
        events, name = shelf(event, shown.scenario.title if shown else None)
        for note in shown.notes if shown else ():
            echo(note, err=True)
        with ready(port) as socket:
            address = f"http://127.0.0.1:{socket.getsockname()[1]}/"
            if shown and event is None:
                shown.packed()  # so that the first picture is there when the page is
            else:
                events.packed(name or None)
                address += f"events#event={name}" if name else "events"
            echo(f"console: {address} (stop with Ctrl-C)")
            if open_browser:
                typer.launch(address)
            serve(shown, socket, events)


@commands.command(epilog="Example: entente export europe-2013 --rung 4 --out out/replay.html")
def export(
    run: RunName,
    out: Annotated[Path, Option(help="The file; its ending says what it is: .czml .geojson .csv .html .json.")],
    case: CaseName = None,
    seed: Seed = None,
    rung: Annotated[int | None, Option(help="Which rung; the highest if left out. HTML and JSON hold all.")] = None,
    side: Annotated[
        str | None, Option(help="A party's name, centre or truth; all if left out. HTML and JSON hold all.")
    ] = None,
    kind: Annotated[
        Literal["czml", "geojson", "csv", "html", "json"] | None,
        Option("--as", help="What the file is, whatever its ending."),
    ] = None,
) -> None:
    """Write one history of RUN for other programs: CZML, GeoJSON, CSV, or one HTML page that can be mailed."""
    with refusals():
        from entente.console.czml import czml
        from entente.console.geojson import geojson
        from entente.console.page import page
        from entente.console.sources import as_json, source
        from entente.console.spans import asked
        from entente.console.table import table
        from entente.errors import StoreError
        from entente.store import open_folder, write

        form = kind or SUFFIXES.get(out.suffix.lower())
        if form is None:
            raise StoreError(f"{out}: its ending says no format; write one of {' '.join(SUFFIXES)}, or add --as")
        shown = source(run)
        for note in shown.notes:
            echo(note, err=True)
        document = shown.document(case, seed)
        what = asked(document, rung, side)
        if form == "html":
            text = page(document)
        elif form == "json":
            text = as_json(document).decode()
        elif form == "csv":
            text = table(what)
        else:
            text = json.dumps(geojson(what) if form == "geojson" else czml(what), allow_nan=False, ensure_ascii=False)
        open_folder(out.parent)
        write(out, lambda partial: partial.write_text(text, encoding="utf-8"))
    echo(f"{out}: {len(text.encode()) / 1000:,.0f} kB")
