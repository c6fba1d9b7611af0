"""The centre as a service, and what each nation runs beside it."""

import time
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option, echo

from entente.commands.common import refusals
from entente.commands.exchanging import centre

commands = typer.Typer()
node = typer.Typer(
    help="What one nation runs: its node, and its witness.",
    epilog="Example: entente node witness exercise nato --centre https://localhost:8714",
    no_args_is_help=True,
)
commands.add_typer(node, name="node")

Prepared = Annotated[Path, Argument(help="The folder that was made with: entente centre prepare.")]
Centre = Annotated[str, Option("--centre", help="The centre's port for nodes, https://HOST:PORT.")]
Clock = Annotated[
    Path | None, Option(help="A file that tells the clock of an exercise on one machine; else civil time.")
]
Bus = Annotated[str, Option(help="A NATS server by which envelopes go as well, tls://HOST:PORT.")]
Hosts = Annotated[list[str] | None, Option("--host", help="A name or address by which it is reached; may be repeated.")]


@centre.command(epilog="Example: entente centre prepare exercise --name baltic-2026 --party nato --party russia")
def prepare(
    folder: Annotated[Path, Argument(help="A new folder.")],
    name: Annotated[str, Option(help="Of the log: lower-case letters, digits, _ and -.")],
    party: Annotated[list[str], Option(help="A party; name two.")],
    policy: Annotated[
        list[Path] | None,
        Option(help="A party's release policy, in the order of the parties; without, it releases nothing."),
    ] = None,
    host: Hosts = None,
    days: Annotated[int, Option(min=1, max=3650, help="How long certificates are good.")] = 90,
) -> None:
    """Make all keys, pins and certificates of an exercise in FOLDER: for one machine, or to carry to each side its own."""
    with refusals():
        from entente.errors import StoreError
        from entente.exchange.serving.preparing import prepare as make
        from entente.exchange.serving.preparing import usual

        if len(party) != 2 or len(policy or []) not in (0, 2):
            raise StoreError(f"--party: {len(party)} parties, {len(policy or [])} policies; name two parties, "
                             "and two policies or none")  # fmt: skip
        texts = [path.read_text(encoding="ascii") for path in policy or ()] or [
            f'{{"party": "{each}", "number": 1, "permits": []}}' for each in party
        ]
        sides = {each: usual(each, text) for each, text in zip(party, texts, strict=True)}
        pins = make(folder, name, sides, hosts=host or ("localhost", "127.0.0.1"), days=days)
        echo(f"{pins.line}: keys, pins and certificates for {' and '.join(party)} in {folder}")


@centre.command(
    epilog="Example: entente centre certificates certificates centre@centre nato-node@nato --host localhost"
)
def certificates(
    folder: Annotated[Path, Argument(help="A new folder, or, with --revoke, that of the authority.")],
    holder: Annotated[list[str] | None, Argument(help="Who gets one, as NAME@PARTY.")] = None,
    host: Hosts = None,
    days: Annotated[int, Option(min=1, max=3650, help="How long they are good.")] = 90,
    revoke: Annotated[str | None, Option(help="A holder whose certificate is no longer good.")] = None,
) -> None:
    """Make an authority and certificates for an exercise in FOLDER; or revoke one. Keys that sign are another thing."""
    with refusals():
        from entente.errors import StoreError
        from entente.exchange.serving.certificates import make_certificates
        from entente.exchange.serving.certificates import revoke as revoke_one

        if revoke is not None:
            revoke_one(folder, revoke)
            echo(f"{revoke}: is revoked; a centre reads the list when it starts")
            return
        holders = dict(each.partition("@")[::2] for each in holder or ())
        if not holders or not all(name and party for name, party in holders.items()):
            raise StoreError("holders: none, or not NAME@PARTY; write such as nato-node@nato")
        make_certificates(folder, holders, host or ("localhost", "127.0.0.1"), days)
        echo(f"{folder}: certificates for {', '.join(holders)}, good for {days} days")


@centre.command(epilog="Example: entente centre serve exercise --port 8714 --console-port 8715")
def serve(
    folder: Prepared,
    port: Annotated[int, Option(min=0, max=65535, help="For nodes and witnesses; 0 for any.")] = 8714,
    console_port: Annotated[int, Option(min=0, max=65535, help="For consoles; 0 for any.")] = 8715,
    listen: Annotated[str, Option(help="The address of this machine on which it listens.")] = "127.0.0.1",
    host: Hosts = None,
    observer: Annotated[list[str] | None, Option(help="Who may watch, as NAME=PUBLIC KEY; may be repeated.")] = None,
    clock: Clock = None,
    bus: Bus = "",
) -> None:
    """Run the centre of the exercise in FOLDER until Ctrl-C: what happens is told on stderr, a JSON object a line."""
    with refusals():
        from entente.console.live import mount
        from entente.exchange.proving.pins import read_pins
        from entente.exchange.serving.pace import Pace
        from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, LOG, PINS, centre_keys
        from entente.exchange.serving.running import Running, Settings, observers_in
        from entente.exchange.serving.running import serve as run
        from entente.exercise.tether import end_with_parent

        end_with_parent()
        settings = Settings(
            folder / CENTRE / LOG, read_pins(folder / PINS), centre_keys(folder), folder / CERTIFICATES,
            host=listen, port=port, console_port=console_port, names=tuple(host or ("localhost", "127.0.0.1")), bus=bus,
            observers=observers_in(observer or []), clock=Pace(clock) if clock else time.time_ns,
        )  # fmt: skip

        def ready(running: Running) -> None:
            echo(f"centre: nodes {running.node_address}, consoles {running.console_address} (stop with Ctrl-C)")

        run(settings, ready, mount)


@centre.command(epilog="Example: entente centre introduce exercise --centre https://localhost:8714")
def introduce(folder: Prepared, centre: Centre) -> None:
    """Send what the roots of both parties said first, whose keys speak for them, to a centre that runs. Once is enough."""
    with refusals():
        import asyncio

        from entente.errors import StoreError
        from entente.exchange.client import Link
        from entente.exchange.proving.pins import read_pins
        from entente.exchange.serving.certificates import client_context
        from entente.exchange.serving.preparing import CERTIFICATES, PINS, first_words, witness_of

        pins = read_pins(folder / PINS)
        party = next(iter(pins.parties))

        async def send() -> None:
            async with Link(centre, client_context(folder / CERTIFICATES, witness_of(party))) as link:
                answers = await link.send(first_words(folder, pins))
            if answers is None:
                raise StoreError(f"{centre}: does not answer; start it with: entente centre serve")
            for answer in answers:
                echo(f"{answer.outcome} {answer.index if answer.index is not None else answer.reason}")

        asyncio.run(send())


@node.command(epilog="Example: entente node run exercise nato-node --centre https://localhost:8714 < drafts.jsonl")
def run(
    folder: Prepared,
    holder: Annotated[str, Argument(help="The node, such as nato-node.")],
    centre: Centre,
    boot: Annotated[int, Option(min=1, help="As its root announced it, after it was set up anew.")] = 1,
    clock: Clock = None,
    bus: Bus = "",
) -> None:
    """Run a nation's node: drafts on stdin, a JSON object a line; what its policy lets out goes to the centre, in order."""
    with refusals():
        from entente.exchange.serving.national import run_node
        from entente.exchange.serving.pace import Pace
        from entente.exercise.tether import end_with_parent

        end_with_parent()
        run_node(folder, holder, centre, boot, pace=Pace(clock) if clock else None, bus=bus)


@node.command(epilog="Example: entente node witness exercise nato --centre https://localhost:8714")
def witness(
    folder: Prepared, party: Annotated[str, Argument(help="Whose witness.")], centre: Centre, clock: Clock = None
) -> None:
    """Run a party's witness: it keeps its own copy of the log, and signs that history only grew."""
    with refusals():
        from entente.exchange.serving.national import run_witness
        from entente.exchange.serving.pace import Pace
        from entente.exercise.tether import end_with_parent

        end_with_parent()
        run_witness(folder, party, centre, pace=Pace(clock) if clock else None)
