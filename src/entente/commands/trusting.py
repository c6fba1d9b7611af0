"""Where trust begins, and how it is checked: keys, and whole logs."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer import Argument, Option, echo

from entente.commands.common import Json, print_json, refusals

commands = typer.Typer()
keys = typer.Typer(
    help="Make keys, show their public halves, and check a file of keys exchanged by hand.",
    epilog="Example: entente keys new nato-root.key",
    no_args_is_help=True,
)
commands.add_typer(keys, name="keys")

KeyFile = Annotated[Path, Argument(help="The file of a private key.")]
Use = Annotated[
    Literal["log", "witness"] | None,
    Option("--for", help="As a log's or a witness's key is written, with its name, use and id."),
]
KeyName = Annotated[str, Option(help="Under which it signs checkpoints, such as nato-witness; with --for.")]


@keys.command(epilog="Example: entente keys new nato-witness.key --for witness --name nato-witness")
def new(file: KeyFile, use: Use = None, name: KeyName = "") -> None:
    """Make a private key in a new FILE that only its owner can read, and print the public key."""
    with refusals():
        from entente.exchange.signing import new_key, write_key

        key = new_key()
        line = _public(key, use, name)
        write_key(file, key)
        echo(line)


@keys.command(epilog="Example: entente keys show nato-root.key")
def show(file: KeyFile, use: Use = None, name: KeyName = "") -> None:
    """Print the public half of the private key in FILE."""
    with refusals():
        from entente.exchange.signing import read_key

        echo(_public(read_key(file), use, name))


@keys.command(epilog="Example: entente keys check pins.toml")
def check(file: Annotated[Path, Argument(help="Keys exchanged by hand, TOML.")]) -> None:
    """Check a FILE of keys exchanged by hand, and print what both parties are to read aloud and compare."""
    with refusals():
        from entente.exchange.proving.pins import quorum_in, read_pins

        pins = read_pins(file)
        rows = [("log", pins.log), ("centre", pins.centre)]
        for name, party in pins.parties.items():
            rows += [(f"{name} root", party.root), (f"{name} witness", party.witness)]
        echo(f"{pins.line}: cosigned by {' and '.join(signer.name for signer in quorum_in(pins).witnesses)}")
        for what, key in rows:
            echo(f"{what:<16} {key}")
        whole = "".join(f"{what} {key}\n" for what, key in [("name", pins.line), *rows])
        echo(f"{'all of it':<16} {sha256(whole.encode()).hexdigest()[:32]}")


@commands.command(epilog="Example: entente verify exercise.db --keys pins.toml")
def verify(
    log: Annotated[Path, Argument(help="The file of a log, or of a witness's copy.")],
    keys: Annotated[Path, Option(help="The keys exchanged by hand before the exercise, TOML.")],
    mirror: Annotated[Path | None, Option(help="Another copy; the first entry in which they differ is named.")] = None,
    checkpoint: Annotated[
        list[Path] | None, Option(help="A checkpoint that somebody else kept, as text; may be given more than once.")
    ] = None,
    evidence: Annotated[
        Path | None, Option(help="A folder for what was signed and refused, so that both were told: a file each.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Work out LOG again from its entries and the keys: signatures, tree, checkpoints, and all that the centre said."""
    with refusals():
        from entente.errors import LedgerError
        from entente.exchange.ledger import Ledger
        from entente.exchange.proving.audit import Audit, audit, first_difference
        from entente.exchange.proving.evidence import shown
        from entente.exchange.proving.pins import opening, quorum_in, read_pins

        pins = read_pins(keys)
        elsewhere = [_text_of(path) for path in checkpoint or ()]
        with Ledger(log, pins.line, writing=False) as ledger:
            done: Audit = audit(ledger, opening(pins), quorum_in(pins), elsewhere)
            pieces = list(shown(ledger.evidence(), done.state.keyring, ledger.found))
            if evidence:
                _write_all([piece.what for piece in ledger.evidence()], evidence)
            if mirror:
                with Ledger(mirror, pins.line, writing=False) as other:
                    differs = first_difference(ledger, other)
        if done.bad:
            raise LedgerError(f"{log}: {done.bad}")
        if mirror and differs is not None:
            raise LedgerError(f"{log}: entry {differs}: {mirror} holds another one, or none")
        print_json(_facts(pins.line, done, pieces)) if as_json else _tell(pins.line, done, pieces)


def _public(key: Any, use: str | None, name: str) -> str:
    """The public half as text: hexadecimal, or with name and use as checkpoints need it."""
    from entente.errors import KeyRefused
    from entente.exchange.proving.notes import LOG_TYPE, NAME, WITNESS_TYPE, Signer, write_signer
    from entente.exchange.signing import public_of

    if use is None:
        return public_of(key).hex()
    if not NAME.fullmatch(name):
        raise KeyRefused(f"--name: {name!r}; a {use}'s key has a name without blanks and plus signs")
    return write_signer(Signer(name, public_of(key), LOG_TYPE if use == "log" else WITNESS_TYPE))


def _facts(line: str, done: Any, pieces: list[Any]) -> dict[str, Any]:
    """What was found, for programs."""
    from msgspec.structs import asdict

    return {
        "log": line,
        "entries": done.size,
        "root": done.root.hex(),
        "checkpoints": done.checkpoints,
        "cosigned": done.cosigned,
        "seen": {name: _utc(time_s) for name, time_s in done.seen_s.items()},
        "launches": done.state.opened,
        "evidence": [asdict(one) for one in pieces],
    }


def _tell(line: str, done: Any, pieces: list[Any]) -> None:
    """What was found, for people."""
    facts = _facts(line, done, pieces)
    seen = ", ".join(f"{name} at {when}" for name, when in facts["seen"].items())
    echo(f"{line}: {done.size} entries, all of them good")
    echo(f"cosigned by both  {f'the first {done.cosigned}: {seen}' if done.cosigned else 'nothing yet'}")
    echo(f"checkpoints       {done.checkpoints}")
    echo(f"launches          {facts['launches']}")
    echo(f"root              {facts['root']}")
    for one in pieces:
        signed = f"signed by {', '.join(one.signers)}" if one.signers else "signed by no key of this log's nodes"
        beside = "" if one.entry is None else f", beside entry {one.entry}"
        line = f"evidence          {one.about}: {one.reason}{beside}; {signed}; {one.digest}"
        echo("".join(letter if letter.isprintable() else "?" for letter in line))  # the file may hold anything


def _write_all(pieces: list[bytes], folder: Path) -> None:
    """Evidence, a file each, named by digest."""
    from entente.errors import StoreError
    from entente.exchange.signing import digest

    try:
        folder.mkdir(parents=True, exist_ok=True)
        for piece in pieces:
            (folder / digest(piece)).write_bytes(piece)
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written ({problem.strerror}); pick another place") from None


def _text_of(path: Path) -> str:
    """A checkpoint in a file."""
    from entente.errors import StoreError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"{path}: cannot be read ({problem}); give a checkpoint, which is text") from None


def _utc(time_s: int) -> str:
    """A time as a screen shows it; one beyond the year 9999 as it stands."""
    if time_s >= 253_402_300_800:
        return f"{time_s} s after 1970"
    return datetime.fromtimestamp(time_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
