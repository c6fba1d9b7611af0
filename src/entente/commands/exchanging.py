"""What two parties say to each other: the centre and its messages."""

from typing import Annotated

import typer
from typer import Argument

from entente.commands.common import print_json, refusals

commands = typer.Typer()
centre = typer.Typer(
    help="The centre where two parties exchange what they see.",
    epilog="Example: entente centre schema track-state",
    no_args_is_help=True,
)
commands.add_typer(centre, name="centre")


@centre.command(epilog="Example: entente centre schema launch-detected")
def schema(
    kind: Annotated[str | None, Argument(help="A kind of message, such as track-state; none: all of them.")] = None,
) -> None:
    """The JSON Schema of the messages, for other programs; the centre itself checks more."""
    with refusals():
        from entente.exchange.saying.schema import schema as schema_of

        print_json(schema_of(kind))
