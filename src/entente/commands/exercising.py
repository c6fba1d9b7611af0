"""An exercise on one machine: all of it, and its director."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option, echo

from entente.commands.common import refusals

commands = typer.Typer()


@commands.command(epilog="Example: entente exercise europe-2013 --script director.txt --out out/exercise")
def exercise(
    scenario: Annotated[str, Argument(help="A scenario file, or a shipped scenario's name.")],
    out: Annotated[Path, Option(help="A new folder for keys, logs and copies.")] = Path("out/exercise"),
    script: Annotated[Path | None, Option(help="What the director does, a line each: SECONDS inject CASE, ...")] = None,
    case: Annotated[
        str | None, Option(help="The case that begins at once, without a script; the first if left out.")
    ] = None,
    pace: Annotated[float, Option(min=1.0, max=10.0, help="How many times as fast as real time.")] = 1.0,
    name: Annotated[str, Option(help="Of the log: lower-case letters, digits, _ and -.")] = "exercise",
    port: Annotated[int, Option(min=0, max=65535, help="For observers; the next two for the crews; 0 for any.")] = 8715,
) -> None:
    """Run centre, nodes, witnesses and consoles of an exercise on this machine. The director's lines may be typed as well."""
    with refusals():
        import asyncio

        from entente.compiled import is_warm, mark_warm
        from entente.errors import unknown
        from entente.exchange.signing import new_key, public_of, write_key
        from entente.exercise.director import Act, read_script
        from entente.exercise.histories import history
        from entente.exercise.playing import Play, log_of
        from entente.exercise.staging import OBSERVER, must_be_new, stage
        from entente.exercise.stations import must_be_free
        from entente.scenario.load import load

        world = load(scenario)
        cases, parties = [one.name for one in world.cases], [str(party.name) for party in world.parties]
        if case is not None and case not in cases:
            raise unknown("case", case, cases)
        acts = read_script(script, cases, parties) if script else [Act(0.0, "inject", case or cases[0])]
        must_be_new(out, parties)
        must_be_free(port)
        needed = dict.fromkeys((act.who, act.seed) for act in acts if act.does == "inject") or [(cases[0], 1)]
        if not is_warm("exercise"):
            echo("compiling the models of flight, once on this machine: about a minute", err=True)
        histories = {(who, seed): history(world, who, seed) for who, seed in needed}
        mark_warm("exercise")
        made = stage(world, out, name)
        watcher = new_key()
        write_key(out / f"{OBSERVER}.key", watcher)
        observers = {OBSERVER: public_of(watcher).hex()}
        play = Play(made, histories, pace, echo, observers, acts, console_port=port)
        asyncio.run(_until_end(play, lambda: _welcome(play), lambda line: _typed(play, world, line)))
        echo(f"check it with: entente verify {log_of(made)} --keys {out / 'pins.toml'}")


def _welcome(play: Any) -> None:
    """Where the consoles are, and whose keys open which seat."""
    from entente.exchange.serving.preparing import SEAT

    folder = play.stage.folder
    echo(f"EXERCISE {play.stage.pins.line}: observers at https://localhost:{play.console_port}/ (stop with Ctrl-C)")
    for party in play.parties:
        echo(
            f"  crew {party:<10} at {play.desk_of(party)} takes its seat with {folder / party / f'{party}-{SEAT}.key'}"
        )
    echo(f"  an observer watches with {folder / 'observer.key'}")


def _typed(play: Any, world: Any, line: str) -> None:
    """Do what the director typed, or say what is wrong with it."""
    from entente.exercise.director import read_act
    from entente.exercise.histories import history

    words = line.split()
    act = read_act(words, 0.0, [one.name for one in world.cases], play.parties) if words else None
    if isinstance(act, str):
        echo(f"{line.strip()[:80]!r}: {act}", err=True)
    elif act is not None:
        if act.does == "inject" and (act.who, act.seed) not in play.histories:
            play.histories[act.who, act.seed] = history(world, act.who, act.seed)
        play.do(act)


async def _until_end(play: Any, ready: Any, typed: Any) -> None:
    """Play; lines of standard input are the director's, and a signal ends it in order."""
    import asyncio
    import signal
    import threading
    from contextlib import suppress

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lambda: setattr(play, "ended", True))

    def listen() -> None:
        # Not sys.stdin itself: whoever waits in it when the interpreter ends lets it abort.
        with (
            suppress(RuntimeError),
            open(sys.stdin.fileno(), encoding="utf-8", errors="replace", closefd=False) as lines,
        ):
            for line in lines:
                loop.call_soon_threadsafe(typed, line)

    def begin() -> None:
        ready()
        threading.Thread(target=listen, daemon=True).start()

    await play.run(begin)
