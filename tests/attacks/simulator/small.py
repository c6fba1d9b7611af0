"""One centre in one process, without a network: a radar and a root for each party, and two witnesses that answer at once."""

import msgspec
from tests.attacks.simulator import sayings
from tests.attacks.simulator.world import PARTIES, key_of

from entente.exchange.centre import opened
from entente.exchange.ledger import Ledger
from entente.exchange.messages import NOTHING, KeyAdd
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer
from entente.exchange.proving.receipts import quorum_of
from entente.exchange.proving.witness import Witness
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import KEY_STATEMENT, digest, pae, public_of, seal

NOW = 1_385_640_000 * NS_PER_S
KEYS = Keys(key_of("log"), key_of("centre"))
ROOTS = {party: key_of(f"{party}-root") for party in PARTIES}
SIGNERS = [Signer(party, public_of(key_of(f"witness-{party}")), WITNESS_TYPE) for party in PARTIES]
QUORUM = quorum_of(Signer(sayings.LOG, public_of(KEYS.log), LOG_TYPE), SIGNERS)
PINS = {party: public_of(key).hex() for party, key in ROOTS.items()} | {"centre": public_of(KEYS.centre).hex()}
OPENING = opened(sayings.LOG, "exercise", pinned(PINS))


class Voice:
    """Somebody who numbers, chains and seals."""

    def __init__(self, party, holder, key, boot=1) -> None:
        self.party, self.holder, self.key, self.boot = party, holder, key, boot
        self.number, self.previous = 0, NOTHING

    def __call__(self, what, *arguments):
        """Its next envelope: `what(head, *arguments)`."""
        self.number += 1
        head = sayings.header(self.party, self.holder, self.boot, self.number, NOW, self.previous)
        raw = seal(self.key, encode(what(head, *arguments)))
        self.previous = digest(raw)
        return raw


def key_add(holder, role, key):
    """What a root says of a new key, given a heading."""

    def build(head):
        said = KeyAdd(**head, key=public_of(key).hex(), holder=holder, role=role, proof="0" * 128)
        return msgspec.structs.replace(said, proof=key.sign(pae(KEY_STATEMENT, statement(said))).hex())

    return build


class Room:
    """A centre with a radar and a desk for each party, and two witnesses."""

    def __init__(self, folder, limits=None) -> None:
        self.folder = folder
        self.ledger = Ledger(folder / "log.db", sayings.LOG)
        self.shell = Shell(self.ledger, KEYS, QUORUM, OPENING, limits)
        self.roots = {party: Voice(party, "root", ROOTS[party]) for party in PARTIES}
        self.radars = {party: Voice(party, f"{party}-radar", key_of(f"{party}-radar")) for party in PARTIES}
        raws = []
        for party, root in self.roots.items():
            radar = self.radars[party]
            raws += [root(sayings.in_force), root(key_add(radar.holder, "node", radar.key))]
        assert [reply.outcome for reply in self.shell.submit(raws, NOW)] == ["accepted"] * len(raws)
        self.radar = self.radars["nato"]

    def one(self, raw, **how):
        """The answer to one envelope."""
        return self.shell.submit([raw], NOW, **how)[0]

    def again(self):
        """Stop and start."""
        self.ledger.close()
        self.ledger = Ledger(self.folder / "log.db", sayings.LOG)
        self.shell = Shell(self.ledger, KEYS, QUORUM, OPENING)

    def witness(self, party):
        """A party's witness, which knows that the other holds nothing."""
        _, other = sorted(SIGNERS, key=lambda signer: signer.name != party)
        mirror = Ledger(self.folder / f"{party}.db", sayings.LOG)
        witness = Witness(mirror, party, key_of(f"witness-{party}"), QUORUM.log, other)
        witness.confirm(None)
        return witness
