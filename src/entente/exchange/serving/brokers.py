"""What are the brokers of an exercise started with? Several at the centre's site, in one cluster, and a leaf at each nation's.

    FOLDER/hub/hub-N.conf                 the neutral site's; they keep what is under way, each on its own disk
    FOLDER/PARTY-leaf/PARTY-leaf.conf     a nation's own: its nodes speak to it alone, and it to the hub
    FOLDER/certificates/                  a certificate for each, beside those of the exercise

Each party has an account of its own, and the centre has one: what a party publishes under its own name is exported to the
centre's, and what is answered to it is imported, and nothing else. So a nation neither speaks as another nor hears what is
said to it; twice over, for its own leaf lets out the same and no more. Everybody is known by certificate: it must be of the
authority, name a user, and be one of those listed by the digest of its key, so that one that was revoked opens nothing.

A file says where the rest lies as seen from FOLDER, which is where the server is started. NATS reads no list of revoked
certificates: after a revocation or a renewal the files are written again, and the servers told (`nats-server --signal reload`).

Source: measured on nats-server 2.15: without `sync_interval: always` a power cut lost 19,724 of 19,725 acknowledged messages.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from entente.errors import StoreError
from entente.exchange.messages import KeyAdd
from entente.exchange.proving.pins import read_pins
from entente.exchange.saying.decoding import decode
from entente.exchange.serving.bus import DURABLE, KEPT_BYTES, STREAM
from entente.exchange.serving.certificates import AUTHORITY
from entente.exchange.serving.issuing import hosts_of, issue, key_digests
from entente.exchange.serving.preparing import CENTRE, CERTIFICATES, PINS, first_words
from entente.exchange.signing import LONGEST, unseal

HUB, ACCOUNT = "hub", "CENTRE"
PORT, ROUTES, LEAVES = 4222, 2_000, 3_200  # of a broker; what is added to it for the other brokers, and for leaves
LONGEST_PORT = 65_535 - LEAVES
STORE_BYTES, MEMORY_BYTES, PENDING_BYTES = 4 * KEPT_BYTES, 2**26, 2**23
CONNECTIONS = 64  # of clients; who has no certificate holds one until the handshake's time is over
SUBSCRIPTIONS = 64  # of one connection
NOBODYS = "0" * 64
ONE_MACHINE = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class Place:
    """Where a broker is reached: by its clients at `port`, by its cluster and by leaves at two more."""

    host: str
    port: int = PORT

    @property
    def routes(self) -> str:
        """For the others of its cluster."""
        return f"{self.host}:{self.port + ROUTES}"

    @property
    def leaves(self) -> str:
        """For the nations' own."""
        return f"{self.host}:{self.port + LEAVES}"

    @property
    def address(self) -> str:
        """For clients, as `--bus` takes it."""
        return f"tls://{self.host}:{self.port}"


@dataclass(frozen=True)
class Brokers:
    """All brokers of an exercise.

    Attributes:
        folder: as `preparing.prepare` made it.
        hubs: where each of the neutral site's is reached; one or three.
        leaves: party -> where its own is reached.
        nodes: party -> its nodes.
        listen: the address of its machine on which each listens.
    """

    folder: Path
    hubs: tuple[Place, ...]
    leaves: Mapping[str, Place]
    nodes: Mapping[str, tuple[str, ...]]
    listen: str = "127.0.0.1"


def place_in(word: str) -> Place:
    """A place, out of HOST or HOST:PORT.

    Raises:
        StoreError: it is neither.
    """
    host, colon, port = word.partition(":")
    if not host or not set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") or (colon and not port.isdecimal()):
        raise StoreError(f"broker: {word!r} is no place; write HOST or HOST:PORT, such as hub-0.example:4222")
    if colon and not 1 <= int(port) <= LONGEST_PORT:
        raise StoreError(f"broker: {word!r}: its ports would be {port}, {int(port) + ROUTES} and {int(port) + LEAVES}; "
                         f"pick one up to {LONGEST_PORT}")  # fmt: skip
    return Place(host, int(port) if colon else PORT)


def nodes_of(folder: Path) -> dict[str, tuple[str, ...]]:
    """Party -> its nodes, as its root announced them: who may send envelopes. Seats and witnesses use no broker.

    Raises:
        StoreError, ExchangeError: the folder holds no prepared exercise.
    """
    pins = read_pins(folder / PINS)
    said = [decode(unseal(raw).body) for raw in first_words(folder, pins)]
    added = [word for word in said if isinstance(word, KeyAdd) and word.role == "node"]
    return {party: tuple(word.holder for word in added if word.party == party) for party in pins.parties}


def write_brokers(brokers: Brokers) -> list[Path]:
    """Write every broker's file, with a certificate for each that has none for its host.

    Returns:
        the files.
    Raises:
        StoreError: no authority is there, not one or three hubs, or it cannot be written.
    """
    if len(brokers.hubs) not in (1, 3) or len(set(brokers.hubs)) != len(brokers.hubs):
        raise StoreError(f"hub: {len(brokers.hubs)} brokers, {len(set(brokers.hubs))} places; name one for trials, or "
                         "three, of which any two go on without the third")  # fmt: skip
    certificates = brokers.folder / CERTIFICATES
    _refuse_the_centres_hosts(brokers)
    for i, place in enumerate(brokers.hubs):
        issue(certificates, f"{HUB}-{i}", HUB, (place.host,))
    for party, place in brokers.leaves.items():
        issue(certificates, leaf_of(party), party, (place.host,))
    texts = {brokers.folder / HUB / f"{HUB}-{i}.conf": hub_config(brokers, i) for i in range(len(brokers.hubs))}
    for party in brokers.leaves:
        texts[brokers.folder / leaf_of(party) / f"{leaf_of(party)}.conf"] = leaf_config(brokers, party)
    try:
        for path, text in texts.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise StoreError(f"{brokers.folder}: cannot be written ({problem.strerror}); pick another place") from None
    return list(texts)


def _refuse_the_centres_hosts(brokers: Brokers) -> None:
    """A nation's broker at a host of the centre's would have a certificate with which it could pass for the centre."""
    centres = {host for host in hosts_of(brokers.folder / CERTIFICATES, CENTRE) if host not in ONE_MACHINE}
    wrong = [f"{party}'s at {place.host!r}" for party, place in brokers.leaves.items() if place.host in centres]
    if wrong:
        raise StoreError(f"leaf: {', '.join(wrong)}: the centre is reached by that name, and who has a certificate for it "
                         "could pass for the centre; give the nation's broker a host of its own")  # fmt: skip


def leaf_of(party: str) -> str:
    """The name of a party's own broker."""
    return f"{party}-leaf"


def hub_config(brokers: Brokers, i: int) -> str:
    """What the neutral site's broker `i` is started with."""
    name, here = f"{HUB}-{i}", brokers.hubs[i]
    hubs = [f"{HUB}-{j}" for j in range(len(brokers.hubs))]
    leaves = [leaf_of(party) for party in brokers.leaves]
    routes = ", ".join(f'"nats-route://{place.routes}"' for place in brokers.hubs)
    cluster = f"""cluster {{
  name: "{HUB}", listen: "{brokers.listen}:{here.port + ROUTES}", no_advertise: true
  routes: [{routes}]
  {_tls(brokers, name, hubs, "verify: true")}
}}
"""
    return f"""{_head(name, HUB, brokers.listen, here)}
jetstream {{
  store_dir: "{HUB}/{name}.store", sync_interval: always
  max_file_store: {STORE_BYTES}, max_memory_store: {MEMORY_BYTES}
}}
{_tls(brokers, name, [CENTRE])}
{cluster if len(brokers.hubs) > 1 else ""}leafnodes {{
  listen: "{brokers.listen}:{here.port + LEAVES}", no_advertise: true
  {_tls(brokers, name, leaves)}
}}
accounts {{
{_hub_accounts(brokers.leaves)}
}}
"""


def leaf_config(brokers: Brokers, party: str) -> str:
    """What a nation's own broker is started with: it keeps nothing, and lets out what its nodes say under their names."""
    name, here, nodes = leaf_of(party), brokers.leaves[party], brokers.nodes[party]
    urls = ", ".join(f'"tls://{place.leaves}"' for place in brokers.hubs)
    users = ",\n    ".join(
        _user(node, party, [f"to.{party}.{node}"], [f"from.{party}.{node}", f"_INBOX.{node}.>"]) for node in nodes
    )
    return f"""{_head(name, name, brokers.listen, here)}
{_tls(brokers, name, nodes)}
leafnodes {{
  reconnect: "1s"
  remotes: [{{
    urls: [{urls}], account: "{party}"
    {_tls(brokers, name, (), "")}
  }}]
}}
accounts {{
  "{party}": {{ users: [
    {users}
  ] }}
}}
"""


def _head(name: str, at: str, listen: str, place: Place) -> str:
    """What every broker has: its name, its port, and how much of anything it bears."""
    return f"""# Written by `entente centre broker`. Started in the folder above this one: nats-server -c {at}/{name}.conf
server_name: "{name}"
listen: "{listen}:{place.port}"
max_payload: {LONGEST + 4096}, max_pending: {PENDING_BYTES}, max_connections: {CONNECTIONS}
max_subscriptions: {SUBSCRIPTIONS}, ping_interval: "5s", ping_max: 2, write_deadline: "5s\""""


def _tls(brokers: Brokers, name: str, peers: Iterable[str], how: str = "verify_and_map: true") -> str:
    """TLS 1.3 with its own certificate; where others come in, open to certificates of these peers alone."""
    at = CERTIFICATES
    keys = key_digests(brokers.folder / CERTIFICATES, peers) or [NOBODYS]  # an empty list would let everybody in
    only = f", pinned_certs: {msgspec.json.encode(keys).decode()}" if how else ""
    return (
        f'tls {{ cert_file: "{at}/{name}.pem", key_file: "{at}/{name}.key", ca_file: "{at}/{AUTHORITY}.pem", '
        f'min_version: "1.3", timeout: 5{", " + how if how else ""}{only} }}'
    )


def _hub_accounts(parties: Iterable[str]) -> str:
    """The centre's account, which keeps what comes, and one a party, which is let through under its own name."""
    exported, accounts = list[str](), list[str]()
    for party in parties:
        to, answers = f"to.{party}.*", f"from.{party}.*"
        exported += [f'{{service: "{to}", accounts: ["{party}"]}}', f'{{stream: "{answers}", accounts: ["{party}"]}}']
        user = _user(leaf_of(party), party, [to], [answers, "_INBOX.>"])
        road = f'{{service: {{account: {ACCOUNT}, subject: "{to}"}}}}'
        back = f'{{stream: {{account: {ACCOUNT}, subject: "{answers}"}}}}'
        accounts.append(f'  "{party}": {{\n    users: [{user}]\n    imports: [{road}, {back}]\n  }}')
    asks = [
        "from.*.*", f"$JS.API.STREAM.CREATE.{STREAM}", f"$JS.API.STREAM.INFO.{STREAM}", "$JS.API.INFO",
        f"$JS.API.CONSUMER.CREATE.{STREAM}.>", f"$JS.API.CONSUMER.DURABLE.CREATE.{STREAM}.{DURABLE}",
        f"$JS.API.CONSUMER.INFO.{STREAM}.{DURABLE}", f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{DURABLE}", f"$JS.ACK.{STREAM}.>",
    ]  # fmt: skip
    user = _user(CENTRE, CENTRE, asks, [f"_INBOX.{CENTRE}.>"])
    limits = f"max_mem: {MEMORY_BYTES}, max_file: {STORE_BYTES}, max_streams: 1, max_consumers: 1"
    exports = ",\n      ".join(exported)
    own = f"  {ACCOUNT}: {{\n    jetstream: {{{limits}}}\n    users: [{user}]\n    exports: [\n      {exports}\n    ]\n  }}"
    return "\n".join([own, *accounts])


def _user(name: str, party: str, publish: Sequence[str], hear: Sequence[str]) -> str:
    """Who is known by this certificate, what it may publish, and what it may hear."""
    may = msgspec.json.encode({"publish": publish, "subscribe": hear}).decode()
    return f'{{user: "{name}@{party}", permissions: {may}}}'
