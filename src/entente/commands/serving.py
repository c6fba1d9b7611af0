"""The centre as a service, and what each nation runs beside it."""

import time
from collections.abc import Iterable
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
Bus = Annotated[
    str, Option(help="Brokers by which envelopes go as well, tls://HOST:PORT; several with commas between.")
]
Hosts = Annotated[list[str] | None, Option("--host", help="A name or address by which it is reached; may be repeated.")]


@centre.command(epilog="Example: entente centre prepare exercise --name baltic-2026 --party nato --party russia")
def prepare(
    folder: Annotated[Path, Argument(help="A new folder.")],
    name: Annotated[str, Option(help="Of the log: lower-case letters, digits, _ and -.")],
    party: Annotated[list[str] | None, Option(help="A party; name two.")] = None,
    policy: Annotated[
        list[Path] | None,
        Option(help="A party's release policy, in the order of the parties; without, it releases nothing."),
    ] = None,
    scenario: Annotated[
        str, Option(help="A scenario file or name, whose parties and release policies are taken instead.")
    ] = "",
    host: Hosts = None,
    days: Annotated[int, Option(min=1, max=3650, help="How long certificates are good.")] = 90,
) -> None:
    """Make all keys, pins and certificates of an exercise in FOLDER: for one machine, or to carry to each side its own."""
    with refusals():
        from entente.errors import StoreError
        from entente.exchange.serving.preparing import prepare as make
        from entente.exchange.serving.preparing import usual
        from entente.exercise.staging import stage
        from entente.scenario.load import load

        names, texts, hosts = party or [], _policies(policy or ()), host or ("localhost", "127.0.0.1")
        if (names or texts) if scenario else len(names) != 2 or len(texts) not in (0, 2):
            raise StoreError(f"--party: {len(names)} parties, {len(texts)} policies{' and a scenario' if scenario else ''}; "
                             "name two parties, and two policies or none, or a scenario alone")  # fmt: skip
        if scenario:
            pins = stage(load(scenario), folder, name, hosts, days).pins
        else:
            texts = texts or [f'{{"party": "{each}", "number": 1, "permits": []}}' for each in names]
            sides = {each: usual(each, text) for each, text in zip(names, texts, strict=True)}
            pins = make(folder, name, sides, hosts=hosts, days=days)
        echo(f"{pins.line}: keys, pins and certificates for {' and '.join(pins.parties)} in {folder}")


def _policies(files: Iterable[Path]) -> list[str]:
    """Policies as they stand in their files, each of which can be followed."""
    from entente.errors import PolicyRefused, StoreError
    from entente.exchange.releasing.policies import read

    texts = list[str]()
    for file in files:
        try:
            texts.append(file.read_text(encoding="ascii"))
            read(texts[-1].encode())
        except (OSError, UnicodeDecodeError) as problem:
            raise StoreError(f"{file}: cannot be read ({problem}); give a release policy, JSON in ASCII") from None
        except PolicyRefused as mistakes:
            raise PolicyRefused("\n".join(f"{file}: {line}" for line in str(mistakes).splitlines())) from None
    return texts


@centre.command(
    epilog="Example: entente centre certificates certificates centre@centre nato-node@nato --host localhost"
)
def certificates(
    folder: Annotated[Path, Argument(help="A new folder, or, with --revoke, that of the authority.")],
    holder: Annotated[list[str] | None, Argument(help="Who gets one, as NAME@PARTY.")] = None,
    host: Hosts = None,
    days: Annotated[int, Option(min=1, max=3650, help="How long they are good.")] = 90,
    revoke: Annotated[str | None, Option(help="A holder whose certificate is no longer good.")] = None,
    renew: Annotated[
        str | None, Option(help="Who gets a new one, as NAME@PARTY; revoke the old one first if it is lost.")
    ] = None,
) -> None:
    """Make an authority and certificates for an exercise in FOLDER; or revoke or renew one. Keys that sign are another thing."""
    with refusals():
        from entente.errors import StoreError
        from entente.exchange.serving.certificates import SERVES, make_certificates
        from entente.exchange.serving.certificates import revoke as revoke_one
        from entente.exchange.serving.issuing import issue

        if renew is not None:
            name, _, party = renew.partition("@")
            issue(folder, name, party, host if party == SERVES else None, anew=True)
            echo(
                f"{renew}: has a new certificate, {folder / name}.pem; the old one lies beside it, good until it is revoked"
            )
            return
        if revoke is not None:
            revoke_one(folder, revoke)
            echo(
                f"{revoke}: is revoked; a centre that runs takes {folder / 'revoked.pem'} up once it lies in its own folder"
            )
            return
        holders = dict(each.partition("@")[::2] for each in holder or ())
        if not holders or not all(name and party for name, party in holders.items()):
            raise StoreError("holders: none, or not NAME@PARTY; write such as nato-node@nato")
        make_certificates(folder, holders, host or ("localhost", "127.0.0.1"), days)
        echo(f"{folder}: certificates for {', '.join(holders)}, good for {days} days")


@centre.command(epilog="Example: entente centre broker exercise --hub hub-0 --hub hub-1 --hub hub-2")
def broker(
    folder: Prepared,
    hub: Annotated[
        list[str] | None,
        Option(
            help="A broker at the centre's site, HOST or HOST:PORT; three, or one for trials. Without: hub-0, hub-1, hub-2."
        ),
    ] = None,
    leaf: Annotated[
        list[str] | None,
        Option(help="A party's own broker, HOST or HOST:PORT, in the order of the parties. Without: PARTY-leaf."),
    ] = None,
    listen: Annotated[str, Option(help="The address of its machine on which each listens.")] = "127.0.0.1",
) -> None:
    """Write into FOLDER what the NATS servers of an exercise are started with, and a certificate for each: transport only."""
    with refusals():
        from entente.errors import StoreError
        from entente.exchange.serving.brokers import Brokers, leaf_of, nodes_of, place_in, write_brokers
        from entente.exchange.serving.issuing import hosts_of
        from entente.exchange.serving.preparing import CENTRE, CERTIFICATES

        nodes = nodes_of(folder)
        if leaf and len(leaf) != len(nodes):
            raise StoreError(f"--leaf: {len(leaf)} for {' and '.join(nodes)}; give one for each, in this order")
        hubs = tuple(map(place_in, hub or ("hub-0", "hub-1", "hub-2")))
        leaves = {party: place_in(word) for party, word in zip(nodes, leaf or map(leaf_of, nodes), strict=True)}
        for path in write_brokers(Brokers(folder, hubs, leaves, nodes, listen)):
            echo(f"cd {folder}; nats-server -c {path.relative_to(folder)}")
        echo(f"entente centre serve {folder} --bus {','.join(place.address for place in hubs)}")
        at = (hosts_of(folder / CERTIFICATES, CENTRE) or ("HOST",))[0]
        for party, place in leaves.items():
            for node_of_it in nodes[party]:
                echo(f"entente node run {folder} {node_of_it} --centre https://{at}:8714 --bus {place.address}")


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


@node.command(epilog="Example: entente node boot exercise nato-node --centre https://localhost:8714")
def boot(
    folder: Prepared, holder: Annotated[str, Argument(help="The node, such as nato-node.")], centre: Centre
) -> None:
    """Let a party's root say that its node counts anew, after it was set up anew or put back: where the root's key is kept."""
    with refusals():
        import asyncio

        from entente.errors import StoreError
        from entente.exchange.client import Link
        from entente.exchange.proving.pins import read_pins
        from entente.exchange.serving.certificates import client_context
        from entente.exchange.serving.preparing import CERTIFICATES, PINS, begun_again, party_of

        pins = read_pins(folder / PINS)
        party = party_of(folder, pins, holder)

        async def announce() -> int:
            async with Link(centre, client_context(folder / CERTIFICATES, holder)) as link:
                held = await link.sender()
                if held is None:
                    raise StoreError(f"{centre}: does not answer; start it with: entente centre serve")
                answers = await link.send(begun_again(folder, pins, party, holder, held["boot"] + 1))
            if not answers or answers[-1].outcome != "accepted":
                raise StoreError(f"{centre}: does not take the root's word ({answers[-1].reason if answers else 'no answer'}); "
                                 "is this the folder of its exercise, introduced already?")  # fmt: skip
            return int(held["boot"]) + 1

        number = asyncio.run(announce())
        echo(f"{holder}: counts anew; run it with: entente node run FOLDER {holder} --centre {centre} --boot {number}")


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


@node.command(
    epilog="Example: entente node feed exercise europe-2013 russia --begin 2026-11-28T21:00:00Z | entente node run ..."
)
def feed(
    folder: Prepared,
    scenario: Annotated[str, Argument(help="A scenario file, or a shipped scenario's name.")],
    party: Annotated[str, Argument(help="Whose systems report.")],
    begin: Annotated[str, Option(help="When the exercise begins, ISO 8601 UTC, the same at each site.")],
    script: Annotated[Path | None, Option(help="The director's script; of it the lines with inject, and end.")] = None,
    case: Annotated[str | None, Option(help="The case that begins at once, without a script; else the first.")] = None,
    whole: Annotated[
        bool, Option("--whole", help="Print what was due before now as well; else it is passed over.")
    ] = False,
) -> None:
    """Print what a nation's systems report in a scenario, a draft a line, each at its moment: what entente node run reads."""
    with refusals():
        import math

        import msgspec

        from entente.errors import StoreError, unknown
        from entente.exchange.proving.pins import read_pins
        from entente.exchange.serving.preparing import PINS
        from entente.exercise.director import Act, read_script
        from entente.exercise.feeding import Begun, tell
        from entente.exercise.feeding import feed as feed_of
        from entente.exercise.histories import Cue, history
        from entente.scenario.load import load

        pins, world, begins_ns = read_pins(folder / PINS), load(scenario), _whole_second(begin)
        cases = [one.name for one in world.cases]
        if party not in pins.parties:
            raise unknown("party", party, pins.parties)
        if {*pins.parties} != {str(each.name) for each in world.parties}:
            raise StoreError(
                f"{scenario}: is not between {' and '.join(pins.parties)}; give the scenario of this exercise"
            )
        if case is not None and case not in cases:
            raise unknown("case", case, cases)
        acts = read_script(script, cases, pins.parties) if script else [Act(0.0, "inject", case or cases[0])]
        begun = [Begun(act.at_s, history(world, act.who, act.seed)) for act in acts if act.does == "inject"]
        if not begun:
            raise StoreError(f"{script}: injects nothing; write a line such as: 0 inject {cases[0]}")
        ends_s = min((act.at_s for act in acts if act.does == "end"), default=math.inf)

        def say(cue: Cue) -> None:
            echo(msgspec.json.encode(cue.draft))

        from_ns = 0 if whole else time.time_ns()
        coming = (cue for cue in feed_of(begun, party, pins.name, begins_ns, ends_s) if cue.at_ns >= from_ns)
        tell(coming, say, time.time_ns, time.sleep)


def _whole_second(text: str) -> int:
    """A time that was typed [ns since 1970], to the second."""
    from datetime import UTC, datetime

    from entente.errors import StoreError

    try:
        told = datetime.fromisoformat(text)
        return int((told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()) * 10**9
    except ValueError:
        raise StoreError(f"--begin: {text[:40]!r}; write a time such as 2026-11-28T21:00:00Z") from None
