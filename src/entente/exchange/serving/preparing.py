"""What does an exercise need before it begins? All keys, the pins, certificates, and the roots' first words, in one folder.

For an exercise on one machine, or to be carried to several: each party's folder goes to that party alone. In earnest each
party makes its own keys (`entente keys new`), and only public halves are exchanged, by hand.

    FOLDER/pins.toml                    the keys that both pin
    FOLDER/certificates/                the authority and everybody's certificate
    FOLDER/centre/{log,centre}.key      the centre's own
    FOLDER/PARTY/{root,HOLDER}.key      a party's root, and one key a holder
    FOLDER/PARTY/root.db                what its root said: who speaks for it, and its release policy
    FOLDER/PARTY/{policy,secret}        the policy, signed by the root; the secret of what blurs its releases
"""

import os
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from entente.errors import StoreError
from entente.exchange.messages import Boot, KeyAdd, Origin, PolicyInForce, Role
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer, write_signer
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.pins import Pins, read_pins
from entente.exchange.releasing.policies import digest_of
from entente.exchange.ruling.keyring import statement
from entente.exchange.saying.instants import instant
from entente.exchange.serving.certificates import DAYS, make_certificates, odd_names
from entente.exchange.shell import Keys
from entente.exchange.signing import KEY_STATEMENT, POLICY, Key, new_key, pae, public_of, read_key, seal, write_key

ROOT, WITNESS, NODE, SEAT = "root", "witness", "node", "desk"
PINS, CERTIFICATES, CENTRE, LOG = "pins.toml", "certificates", "centre", "log.db"
POLICY_FILE, SECRET_FILE, MIRROR = "policy", "secret", "mirror.db"


@dataclass(frozen=True)
class Side:
    """What one party brings to an exercise.

    Attributes:
        policy: text of its release policy.
        holders: name -> role, of its nodes and seats; names are unique among both parties.
    """

    policy: str
    holders: Mapping[str, Role]


def usual(party: str, policy: str) -> Side:
    """One node and one seat."""
    return Side(policy, {f"{party}-{NODE}": "node", f"{party}-{SEAT}": "seat"})


def witness_of(party: str) -> str:
    """The name of a party's witness."""
    return f"{party}-{WITNESS}"


def prepare(
    folder: Path, name: str, sides: Mapping[str, Side], origin: Origin = "exercise",
    hosts: Sequence[str] = ("localhost", "127.0.0.1"), days: int = DAYS,
) -> Pins:  # fmt: skip
    """Make all of it in a new folder.

    Args:
        name: of the log.
        sides: party -> what it brings; two of them.
        hosts: by which the centre is reached.
    Raises:
        StoreError: a name that is none, something is there already, or cannot be written.
    """
    _refuse_no_names([name, *sides, *(holder for side in sides.values() for holder in side.holders)])
    line = f"{origin}/{name}"
    _folder(folder / CENTRE)
    log, centre = (_kept(folder / CENTRE / f"{what}.key") for what in ("log", "centre"))
    parties = {}
    for party, side in sides.items():
        _folder(folder / party)
        root, witness = _kept(folder / party / f"{ROOT}.key"), _kept(folder / party / f"{witness_of(party)}.key")
        signer = Signer(witness_of(party), public_of(witness), WITNESS_TYPE)
        parties[party] = {"root": public_of(root).hex(), "witness": write_signer(signer)}
        _speak(folder / party, name, origin, party, root, side)
    keys = {"log": write_signer(Signer(line, public_of(log), LOG_TYPE)), "centre": public_of(centre).hex()}
    (folder / PINS).write_text(_toml({"name": name, "origin": origin, **keys}, parties), encoding="utf-8")
    known = {holder: party for party, side in sides.items() for holder in (witness_of(party), *side.holders)}
    make_certificates(folder / CERTIFICATES, {CENTRE: CENTRE, **known}, hosts, days)
    return read_pins(folder / PINS)


def _refuse_no_names(names: Sequence[str]) -> None:
    """Refuse, before anything is written, names that could lead out of the folder or that no message can carry."""
    bad = odd_names(names)
    if bad:
        raise StoreError(f"prepare: {', '.join(map(repr, bad))} cannot be a name; use lower-case letters, digits, _ and -, "
                         "64 at most, the first a letter or digit")  # fmt: skip


def centre_keys(folder: Path) -> Keys:
    """The centre's own two."""
    return Keys(read_key(folder / CENTRE / "log.key"), read_key(folder / CENTRE / "centre.key"))


def root_outbox(folder: Path, pins: Pins, party: str) -> Outbox:
    """What a party's root said, open, to say more."""
    key = read_key(folder / party / f"{ROOT}.key")
    return Outbox(folder / party / f"{ROOT}.db", key, pins.name, ROOT, 1)


def first_words(folder: Path, pins: Pins) -> list[bytes]:
    """Envelopes of both roots: who speaks for them, and their policies. A centre takes them once."""
    said = []
    for party in pins.parties:
        with root_outbox(folder, pins, party) as outbox:
            said += [raw for _, raw in outbox.waiting(4_096)]
    return said


def begun_again(folder: Path, pins: Pins, party: str, node: str, boot: int) -> list[bytes]:
    """Envelopes of a party's root that have no receipt, the last of them its word that a node counts anew, at this boot."""
    head: dict[str, Any] = {"log": pins.name, "origin": pins.origin, "party": party}
    head |= {"node": ROOT, "boot": 1, "number": 1}
    with root_outbox(folder, pins, party) as outbox:
        outbox.put(Boot(**head, sent=instant(time.time_ns()), started=node, its_boot=boot))
        return [raw for _, raw in outbox.waiting(4_096)]


def party_of(folder: Path, pins: Pins, holder: str) -> str:
    """Whose holder it is, by where its key lies.

    Raises:
        StoreError: its key is not here.
    """
    for party in pins.parties:
        if (folder / party / f"{holder}.key").exists():
            return party
    raise StoreError(f"{folder}: no key of {holder!r} in {' or '.join(pins.parties)}; name a node whose key is here")


def _speak(folder: Path, log: str, origin: Origin, party: str, root: Key, side: Side) -> None:
    """A root's first words: its holders' keys, which consent, and the policy in force."""
    head: dict[str, Any] = {"log": log, "origin": origin, "party": party, "node": ROOT, "boot": 1, "number": 1}
    with Outbox(folder / f"{ROOT}.db", root, log, ROOT, 1) as outbox:
        for holder, role in side.holders.items():
            key = _kept(folder / f"{holder}.key")
            bare = KeyAdd(
                **head,
                sent=instant(time.time_ns()),
                key=public_of(key).hex(),
                holder=holder,
                role=role,
                proof="0" * 128,
            )
            outbox.put(msgspec.structs.replace(bare, proof=key.sign(pae(KEY_STATEMENT, statement(bare))).hex()))
        digest = digest_of(side.policy.encode())
        _secret(folder / POLICY_FILE, seal(root, side.policy.encode(), POLICY))
        _secret(folder / SECRET_FILE, secrets.token_bytes(32))
        outbox.put(PolicyInForce(**head, sent=instant(time.time_ns()), digest=digest, text=side.policy))


def _toml(top: Mapping[str, str], parties: Mapping[str, Mapping[str, str]]) -> str:
    """A file of pins; what stands in it needs no quoting."""
    tables = [("", top), *((f"\n[parties.{party}]\n", keys) for party, keys in parties.items())]
    return "".join(head + "".join(f'{key} = "{value}"\n' for key, value in table.items()) for head, table in tables)


def _folder(folder: Path) -> None:
    """A folder that only its owner can enter: stores in it hold what has not left yet."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be made ({problem.strerror}); pick another place") from None


def _secret(path: Path, content: bytes) -> None:
    """A new file that only its owner can read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def _kept(path: Path) -> Key:
    """A new key in a new file."""
    key = new_key()
    write_key(path, key)
    return key
