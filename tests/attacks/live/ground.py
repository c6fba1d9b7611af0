"""An exercise on this machine, as its files: pins, certificates, a log, and for each party a node, its outbox, a witness.

Keys follow from names (`world.key_of`), so that every process has them without being told. A `Ground` can be sent to one.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path

import httpx
import msgspec
from tests.attacks.simulator import sayings
from tests.attacks.simulator.small import key_add
from tests.attacks.simulator.world import PARTIES, key_of

from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer, write_signer
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.pins import Party, Pins, quorum_in
from entente.exchange.proving.witness import Witness
from entente.exchange.saying.decoding import encode
from entente.exchange.serving.certificates import client_context, make_certificates
from entente.exchange.serving.running import Settings
from entente.exchange.serving.throttle import Limits
from entente.exchange.serving.wire import Answer
from entente.exchange.shell import Keys
from entente.exchange.signing import digest, public_of, seal

NODES = {f"{party}-radar": party for party in PARTIES}
WITNESSES = {f"witness-{party}": party for party in PARTIES}
FREE = Limits(1e9, 1e9, 1e9, 1e9)
ADDRESS = "127.0.0.1"
LINE = f"exercise/{sayings.LOG}"
PATIENCE_S = 5.0


@dataclass(frozen=True)
class Ground:
    """Where everything of one exercise lies; `port`: the centre's, for nodes."""

    folder: Path
    port: int
    limits: Limits = FREE
    console_port: int = 0

    @classmethod
    def laid_out(cls, folder, port, limits=FREE, console_port=0, **more):
        """A new one; `more`: who else has a certificate, and of which party."""
        ground = cls(folder, port, limits, console_port)
        holders = {"centre": "centre"} | NODES | WITNESSES | more
        make_certificates(ground.certificates, holders)
        for name in ("centre", *NODES, *WITNESSES):
            (folder / name).mkdir()
        return ground

    @property
    def certificates(self):
        """The folder of them."""
        return self.folder / "certificates"

    @property
    def pins(self):
        """The keys exchanged by hand."""
        log = Signer(LINE, public_of(key_of("log")), LOG_TYPE)
        witnesses = {
            party: write_signer(Signer(name, public_of(key_of(name)), WITNESS_TYPE))
            for name, party in WITNESSES.items()
        }
        parties = {party: Party(public_of(key_of(f"{party}-root")).hex(), line) for party, line in witnesses.items()}
        centre = public_of(key_of("centre")).hex()
        return Pins(sayings.LOG, "exercise", write_signer(log), centre, parties)

    @property
    def quorum(self):
        """Who signs checkpoints."""
        return quorum_in(self.pins)

    @property
    def settings(self):
        """What the centre is started with."""
        return Settings(
            log=self.log, pins=self.pins, keys=Keys(key_of("log"), key_of("centre")), certificates=self.certificates,
            port=self.port, console_port=self.console_port, limits=self.limits,
        )  # fmt: skip

    @property
    def log(self):
        """The centre's file."""
        return self.folder / "centre" / "log.db"

    def outbox(self, node):
        """A node's, open."""
        return Outbox(self.folder / node / "outbox.db", key_of(node), sayings.LOG, node, 1)

    def mirror(self, witness):
        """A witness's copy."""
        return self.folder / witness / "log.db"

    def witness(self, name):
        """A party's, its copy open."""
        signers = self.quorum.witnesses
        (other,) = [signer for signer in signers if signer.name != name]
        return Witness(Ledger(self.mirror(name), LINE), name, key_of(name), self.quorum.log, other)

    def client(self, name, port=None, **more):
        """HTTPS to the centre with this one's certificate."""
        context = self.context(name)
        base = f"https://{ADDRESS}:{port or self.port}"
        return httpx.Client(base_url=base, verify=context, timeout=PATIENCE_S, trust_env=False, **more)

    def context(self, name=""):
        """TLS as this one."""
        return client_context(self.certificates, name)


class Voice:
    """Somebody who numbers, chains and seals what it says now, and remembers all of it."""

    def __init__(self, party, holder, key=None) -> None:
        self.party, self.holder, self.key = party, holder, key or key_of(holder)
        self.number, self.previous = 0, NOTHING

    def __call__(self, now_ns, what, *arguments):
        """Its next envelope: `what(head, *arguments)`."""
        self.number += 1
        head = sayings.header(self.party, self.holder, 1, self.number, now_ns, self.previous)
        raw = seal(self.key, encode(what(head, *arguments)))
        self.previous = digest(raw)
        return raw


def introduced(now_ns):
    """What both roots say first: their policies, and the keys of their nodes."""
    raws = []
    for node, party in NODES.items():
        root = Voice(party, "root", key_of(f"{party}-root"))
        raws += [root(now_ns, sayings.in_force), root(now_ns, key_add(node, "node", key_of(node)))]
    return raws


def posted(client, raw):
    """The answer to one envelope, and its status; None: no answer."""
    try:
        answer = client.post("/envelopes", content=raw)
    except httpx.TransportError:
        return None, None
    return answer.status_code, msgspec.json.decode(
        answer.content, type=Answer
    ) if b"outcome" in answer.content else None


def bare_context():
    """TLS that checks nothing and shows nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
