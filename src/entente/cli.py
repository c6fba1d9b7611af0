"""The command line: the program with all its commands, in the order in which help lists them."""

import sys
from itertools import pairwise

import typer
from typer import echo

from entente.commands import (
    answering,
    balancing,
    exchanging,
    exercising,
    flights,
    lists,
    raiding,
    recounting,
    seeing,
    serving,
    studies,
    trusting,
    watching,
)
from entente.commands.common import NUMBER

MISUSED = 2  # the exit status of a command line that cannot be read

app = typer.Typer(
    name="entente",
    help="What missile-defence cooperation buys: simulate, compare, explain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for part in (
    studies,
    watching,
    lists,
    flights,
    seeing,
    answering,
    raiding,
    balancing,
    recounting,
    exchanging,
    serving,
    exercising,
    trusting,
):
    app.add_typer(part.commands)


def main() -> None:
    """The program; also what `python -m entente` runs."""
    try:
        app(prog_name="entente")
    except SystemExit as leaving:
        words = sys.argv[1:]
        below = [
            word for before, word in pairwise(words) if word[:1] == "-" and NUMBER.fullmatch(word) and before[:1] != "-"
        ]
        if leaving.code == MISUSED and below and "--" not in words:
            echo(f"Hint: {below[0]} was read as an option; a number below 0 goes after --, as in: "
                 f"entente {words[0]} -- {below[0]}", err=True)  # fmt: skip
        raise
