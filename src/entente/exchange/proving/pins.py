"""Which keys were exchanged by hand before the exercise? All trust begins with them; the log adds the others.

A file of pins is TOML, made by both parties together, read aloud and compared::

    name = "baltic-2026"        # of the log: in every message
    origin = "exercise"         # what this log is for: exercise, replay, test or real
    log = "exercise/baltic-2026+1f2e3d4c+AQ..."      # signs checkpoints
    centre = "<64 hexadecimal digits>"               # signs what the centre says

    [parties.nato]
    root = "<64 hexadecimal digits>"                 # kept offline; speaks for the party about its keys
    witness = "nato-witness+5a6b7c8d+BA..."          # cosigns checkpoints

    [parties.russia]
    ...
"""

from pathlib import Path

import msgspec

from entente.errors import KeyRefused, StoreError
from entente.exchange.centre import Centre, opened
from entente.exchange.messages import Name, Origin, PublicKey
from entente.exchange.proving.notes import read_signer
from entente.exchange.proving.receipts import Quorum, quorum_of
from entente.exchange.ruling.keyring import CENTRE, pinned


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one party brings: its root's public key, and its witness's with name and use."""

    root: PublicKey
    witness: str


class Pins(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The keys of one log."""

    name: Name
    origin: Origin
    log: str
    centre: PublicKey
    parties: dict[Name, Party]

    @property
    def line(self) -> str:
        """The log's name in checkpoints: what it is for stands in it, so that no exercise passes for the real thing."""
        return f"{self.origin}/{self.name}"


def read_pins(path: Path) -> Pins:
    """The pins in a file.

    Raises:
        StoreError: no such file, or it is no TOML of pins.
        Malformed, KeyRefused: one of the keys is none, or stands for two.
    """
    try:
        pins = msgspec.toml.decode(path.read_bytes(), type=Pins)
    except OSError as problem:
        raise StoreError(f"{path}: cannot be read ({problem.strerror}); give the file of pinned keys") from None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as problem:
        shown = repr(str(problem))[1:-1]  # names in it are the file's
        raise StoreError(f"{path}: {shown}; see entente keys --help for what stands in a file of pins") from None
    quorum, _ = quorum_in(pins), opening(pins)
    roots, signers = [party.root for party in pins.parties.values()], (quorum.log, *quorum.witnesses)
    if len({pins.centre, *roots, *(signer.public.hex() for signer in signers)}) < 1 + len(roots) + len(signers):
        raise KeyRefused(f"{path}: one key for two uses; the log, the centre, each root and each witness has its own")
    if quorum.log.name != pins.line:
        raise StoreError(
            f"{path}: the log's key is for {quorum.log.name!r}; a log of this name and use is {pins.line!r}"
        )
    return pins


def quorum_in(pins: Pins) -> Quorum:
    """Who signs checkpoints.

    Raises:
        Malformed, KeyRefused: one of the keys is none, or stands for two.
    """
    return quorum_of(read_signer(pins.log), [read_signer(party.witness) for party in pins.parties.values()])


def opening(pins: Pins) -> Centre:
    """The centre's state before the first entry.

    Raises:
        KeyRefused: not two parties, or a key that is none or stands for two.
    """
    roots = {name: party.root for name, party in pins.parties.items()} | {CENTRE: pins.centre}
    return opened(pins.name, pins.origin, pinned(roots))
