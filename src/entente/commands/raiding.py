"""What gets through: attrition."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from typer import Option, echo

from entente.commands.common import Json, print_json, refusals

commands = typer.Typer()

MODES = {"per_object": "one by one", "system": "all at once"}
STOCKS = ("beside each warhead", "shots each", "barrage", "whole shots", "with a look", "whole shots", "lasts")
RAIDS = ("beside", "tracks fail", "doctrine", "leakers, mean", "95 % at most", "none gets through", "fired")


@commands.command(
    epilog="Example: entente attrition --warheads 10 --interceptors 44 --p-kill 0.56 --p-track 0.95 --shots 4"
)
def attrition(
    warheads: Annotated[int, Option(help="Of the raid, 1 to 2,000.")] = 10,
    interceptors: Annotated[int, Option(help="The stock that meets it.")] = 44,
    p_kill: Annotated[float, Option(help="Chance that one shot kills an object that is tracked.")] = 0.7,
    p_track: Annotated[float, Option(help="Chance that detection, tracking and classification hold.")] = 0.99,
    shots: Annotated[int, Option(help="Planned at each object; what a stock has beyond is spread evenly.")] = 4,
    confidence: Annotated[float, Option(help="That nothing gets through: which stock does that take?")] = 0.8,
    beside: Annotated[int, Option(help="Objects beside each warhead that nobody tells from it, 0 to 10.")] = 10,
    held_back: Annotated[float, Option(help="Share that a reserve holds back.")] = 0.25,
    histories: Annotated[int, Option(help="Drawn where there is no closed form.")] = 20_000,
    seed: Annotated[int, Option(help="Number of the first of them.")] = 1,
    as_json: Json = False,
) -> None:
    """What gets through a raid, and how many interceptors it takes that nothing does; the less favourable case first."""
    with refusals():
        from entente.questions.effectiveness import whole_answer

        said = whole_answer(
            warheads, interceptors, p_kill, p_track, shots, confidence, beside, held_back, histories, seed
        )
    if as_json:
        print_json(said)
        return
    asked = said["asked"]
    echo(f"{shots} shots at one object stop it with a chance of {said['kill_probability']:.4f}\n")
    echo(f"interceptors so that none of {asked['warheads']} warheads gets through with a chance of {confidence:g}:")
    _columns(STOCKS, (_stock(row) for row in said["stocks"]))
    echo(
        "barrage: n shots each, n not whole (Wilkening); with a look: two, then n - 2 at survivors, used on the average;"
    )
    echo("lasts: with a look and whole shots, a stock that does not run out with a chance of 0.95\n")
    echo(f"what gets through of {warheads} warheads that meet {interceptors} interceptors:")
    _columns(RAIDS, (_raid(row) for row in said["raids"]))
    echo(f"exact for the barrage; for the others of {histories:,} histories, with 95 % intervals\n")
    for row in said["tests"]:
        low, high = row["interval"]
        echo(
            f"{row['title']}: {row['hits']} hits in {row['tests']} tests, {row['share']:.2f} ({low:.2f} to {high:.2f})"
        )
    echo("\n".join(said["warnings"]))


def _stock(row: dict[str, Any]) -> list[str]:
    """One line of the stocks."""
    if row["impossible"]:
        return [str(row["beside"]), row["impossible"]]
    names = ("fractional", "whole_shots", "with_look", "with_look_whole", "lasting")
    return [str(row["beside"]), f"{row['shots']:.3f}", *(f"{row[name]:,}" for name in names)]


def _raid(row: dict[str, Any]) -> list[str]:
    """One line of the raids, with intervals where it was drawn."""
    leakers, none = f"{row['expected_leakers']:.2f}", f"{row['p_none']:.3f}"
    if row["histories"]:
        leakers += " ({:.2f} to {:.2f})".format(*row["expected_leakers_interval"])
        none += " ({:.3f} to {:.3f})".format(*row["p_none_interval"])
    mode = MODES[row["common_mode"]]
    return [str(row["beside"]), mode, row["doctrine"], leakers, str(row["at_most"]), none, f"{row['fired']:.1f}"]


def _columns(head: Iterable[str], rows: Iterable[list[str]]) -> None:
    """Print aligned; a line that is shorter than the head ends in words."""
    lines = [list(head), *rows]
    full = [line for line in lines if len(line) == len(lines[0])]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    for line in lines:
        echo("  ".join(_padded(line, widths)).rstrip())


def _padded(line: list[str], widths: list[int]) -> Iterator[str]:
    for number, (cell, width) in enumerate(zip(line, widths, strict=False)):
        yield cell if number == len(line) - 1 and len(line) < len(widths) else cell.ljust(width)
