"""What does the centre remember? Everything its rules look at, and nothing that is not on the log. Bounded throughout.

The bounds stand beside what they bound: keys in `keyring` (256 a party, which bounds senders, too), gaps, feeds, tracks and
names of launches in `nodes`, notices in `notices`, launches, alerts and sources in `alerts`, questions in `queries`; here
the last 8 checkpoints that each party showed, and two policies a party.
A snapshot is this state as JSON; it is taken back exactly, order included, for the order of some tables decides what is
forgotten first.
"""

from typing import Literal

import msgspec

from entente.errors import KeyRefused, Malformed
from entente.exchange.messages import Origin
from entente.exchange.ruling.alerts import Launch
from entente.exchange.ruling.keyring import CENTRE, Keyring
from entente.exchange.ruling.nodes import Node
from entente.exchange.ruling.notices import Announced
from entente.exchange.ruling.queries import Asked

CHECKPOINTS = 8  # of one party


class InForce(msgspec.Struct, frozen=True):
    """A party's release policy, since when, and the digest of the one before."""

    digest: str
    since_ns: int
    before: str | None


class Centre(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the centre after the first `size` entries of its log.

    Attributes:
        said: how many messages of the centre itself stand on the log; its products are numbered by it.
        clock_ns: when the last entry was received.
        nodes: sender -> what is remembered of it.
        policies: party -> its release policy.
        notices: identifier of the first notice -> what became of it.
        launches: number of the launch -> what is said of it; `opened`: how many there were.
        alerts: index of the alert -> number of its launch.
        checkpoints: party -> the last (size, root) it showed.
    """

    format: Literal[1] = 1
    log: str
    origin: Origin
    parties: tuple[str, str]
    keyring: Keyring
    size: int = 0
    said: int = 0
    clock_ns: int = 0
    nodes: dict[str, Node]
    policies: dict[str, InForce] = {}
    notices: dict[str, Announced] = {}
    launches: dict[int, Launch] = {}
    opened: int = 0
    alerts: dict[int, int] = {}
    queries: dict[int, Asked] = {}
    checkpoints: dict[str, tuple[tuple[int, str], ...]] = {}


def opened(log: str, origin: Origin, keyring: Keyring) -> Centre:
    """The state before the first entry; `keyring` from `keyring.pinned`.

    Raises:
        KeyRefused: the keyring is not that of an empty log.
    """
    pinned = sorted(held.party for held in keyring.keys.values())
    parties = [party for party in pinned if party != CENTRE]
    if len(parties) != 2 or len(pinned) != 3:
        raise KeyRefused(f"log {log}: opened with keys of {', '.join(pinned)}; begin with keyring.pinned")
    return Centre(
        log=log,
        origin=origin,
        parties=(parties[0], parties[1]),
        keyring=keyring,
        nodes={party: Node(party=party) for party in parties},
    )


def snapshot(state: Centre) -> bytes:
    """The state as bytes that `restored` takes back; equal states that came the same way give equal bytes."""
    return _ENCODER.encode(state)


def restored(raw: bytes) -> Centre:
    """The state that `snapshot` wrote.

    Raises:
        Malformed: not a snapshot of this format; replay the log from its beginning instead.
    """
    try:
        return _DECODER.decode(raw)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise Malformed(f"snapshot of the centre: {error}; replay the log from its beginning") from None


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Centre)
