"""Nodes, seats and roots of the parties as machines: each says what it has to say through its outbox, and asks until it has
a receipt."""

from hashlib import sha256

import msgspec
from tests.attacks.simulator import sayings
from tests.attacks.simulator.machines import Machine
from tests.attacks.simulator.scheduler import SECOND

from entente.errors import BadProof, LedgerError, Malformed
from entente.exchange.messages import NOTHING, Alert, KeyAdd, KeyRevoke
from entente.exchange.proving.entries import envelope_of
from entente.exchange.proving.merkle import leaf_hash
from entente.exchange.proving.notes import TreeHead, sign_head
from entente.exchange.proving.receipts import Receipt, write_receipt
from entente.exchange.ruling.keyring import statement
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.signing import KEY_STATEMENT, digest, key_id, pae, public_of, seal, unseal

AGAIN_NS = 3 * SECOND
MANY = 16


class NodeMachine(Machine):
    """One sender: a node, a seat, or a party's root (whose holder is called `root`)."""

    def __init__(self, world, party, holder, **clock) -> None:
        self.party, self.holder = party, holder
        super().__init__(world, f"{party}-{holder}" if holder == "root" else holder, **clock)
        self.key = world.key(self.name)

    def start(self):
        """Open the outbox."""
        path = self.disk.folder / "outbox.db"
        self.outbox = self.keep(self.world.wiring.outbox(path, self.key, self.world.log, self.holder, 1))
        self.sent, self.places, self.refused = {}, {}, {}
        self.every(0.5, self.drain)
        self.every(1.0, self.ask_receipts)

    def head(self):
        """What a message says of itself; the outbox numbers and chains it."""
        return sayings.header(self.party, self.holder, 1, 1, self.clock.now_ns(), NOTHING)

    def say(self, build, *arguments):
        """Say something, if the machine runs: `build(head, *arguments)`."""
        if self.is_up:
            self.guarded(self.put, build, *arguments)

    def put(self, build, *arguments):
        """Number, sign and store it."""
        raw = self.outbox.put(build(self.head(), *arguments))
        self.world.counts["said"] += 1
        self.world.put[digest(raw)] = self.name

    def drain(self):
        """Send what has no receipt and was not sent lately, oldest first."""
        now = self.world.scheduler.now_ns
        waiting = self.outbox.waiting(64)
        late = [
            (n, raw) for n, raw in waiting if n not in self.refused and now >= self.sent.get(n, -AGAIN_NS) + AGAIN_NS
        ]
        late = [(n, raw) for n, raw in late if n not in self.places][:MANY]
        for number, _ in late:
            self.sent[number] = now
        if late:
            self.send("centre", "submitted", self.name, late)

    def replied(self, letters, replies):
        """The centre's answers."""
        for (number, raw), reply in zip(letters, replies, strict=True):
            if reply.index is not None:
                self.places[number] = reply.index
                self.world.acknowledge(digest(raw), reply.index)
            elif not reply.again:
                self.refused[number] = reply.reason
                self.world.counts["refused", str(reply.reason)] += 1

    def ask_receipts(self):
        """Ask for receipts of what stands in the log."""
        wanted = [(n, self.places[n]) for n, _ in self.outbox.waiting(64) if n in self.places][:MANY]
        if wanted:
            self.send("centre", "receipts_wanted", self.name, wanted)

    def receipts(self, given):
        """Receipts: each is checked, or the message goes on waiting."""
        for number, text in given:
            try:
                self.outbox.settle(number, text, self.world.wiring.relies(self.world.quorum))
                self.world.settled.append((self.name, number, text))
            except (Malformed, BadProof, LedgerError) as problem:
                if isinstance(problem, LedgerError) and self.disk.fault is not None:
                    raise  # the outbox takes nothing more: a machine whose disk failed stops, and is started again
                self.world.counts["bad receipt"] += 1
                self.world.scheduler.note("bad receipt", self.name, type(problem).__name__)


class Root(NodeMachine):
    """A party's root: it says whose keys are whose."""

    def add(self, holder, role, key):
        """A key speaks for a holder from here on."""

        def build(head):
            said = KeyAdd(**head, key=public_of(key).hex(), holder=holder, role=role, proof="0" * 128)
            proof = key.sign(pae(KEY_STATEMENT, statement(said))).hex()
            return msgspec.structs.replace(said, proof=proof)

        self.say(build)

    def revoke(self, key):
        """A key is in wrong hands."""
        self.say(lambda head: KeyRevoke(**head, key=public_of(key).hex(), reason="stolen"))


class Seat(NodeMachine):
    """A duty officer: reads the log as it grows, and acknowledges alerts."""

    def start(self):
        """Read on from the beginning: an officer's desk keeps nothing."""
        super().start()
        self.read = 0
        self.seen = set()
        self.every(1.0, self.look)

    def look(self):
        """What is new?"""
        self.send("centre", "news_wanted", self.name, self.read)

    def news(self, start, entries):
        """Entries from the log; alerts are acknowledged after some seconds."""
        for index, entry in enumerate(entries, start):
            if index < self.read:
                continue
            self.read = index + 1
            said = decode(unseal(envelope_of(entry)).body)
            if isinstance(said, Alert):
                self.world.see(self, index)
                draws = self.world.scheduler.draws
                if draws.random() < 0.8 and index not in self.seen:
                    self.seen.add(index)
                    nature = draws.choice(["test", "attack", "unknown", "test"])
                    boot, body = self.boots, sha256(encode(said)).hexdigest()
                    for _ in range(draws.choice([1, 1, 2])):  # some officers press twice
                        self.world.scheduler.after(draws.uniform(1, 15), self.acknowledge, boot, index, body, nature)

    def acknowledge(self, boot, index, body, nature):
        """Say that it was seen, unless the desk went down meanwhile."""
        if boot == self.boots:
            self.say(sayings.seen, index, body, nature)


class Equivocator(NodeMachine):
    """A node that says two things under one number: it signs another body and sends both."""

    def drain(self):
        """Send as an honest node does, and now and then another body under a number that was used."""
        super().drain()
        waiting = self.outbox.waiting(64)
        draws = self.world.scheduler.draws
        if waiting and not self.world.is_quiet and draws.random() < 0.3:
            number, raw = draws.choice(waiting)
            said = decode(unseal(raw).body)
            other = seal(
                self.key,
                encode(msgspec.structs.replace(said, sent=said.sent[:-2] + ("1Z" if said.sent[-2] != "1" else "2Z"))),
            )
            self.world.other_faces.add(digest(other))
            self.send("centre", "submitted", self.name, [(number, other)])

    def replied(self, letters, replies):
        """It does not care what is refused."""
        for (_, raw), reply in zip(letters, replies, strict=True):
            if digest(raw) in self.world.other_faces and reply.reason == "equivocation":
                self.world.refused_faces.add(digest(raw))
        own = [k for k, (_, raw) in enumerate(letters) if digest(raw) not in self.world.other_faces]
        super().replied([letters[k] for k in own], [replies[k] for k in own])


class Forger(Machine):
    """Somebody without any party's key: envelopes with a known hint and no signature, receipts that the log alone signed."""

    def start(self):
        """Go on until all is quiet."""
        self.number = 700
        self.every(2.0, self.forge)

    def forge(self):
        """A launch under the name of a radar, and a receipt for whatever it says next."""
        world, party = self.world, self.world.scheduler.draws.choice(["nato", "rus"])
        if world.is_quiet:
            return
        self.number += 1
        name, now = f"{party}-radar", self.clock.now_ns()
        head = sayings.header(party, name, 1, self.number, now, NOTHING)
        body = encode(sayings.detected(head, now, 3, "forged"))
        raw = key_id(public_of(world.key(name))) + bytes(64) + body
        world.unsigned.add(digest(raw))
        self.send("centre", "submitted", self.name, [(0, raw)])
        note = sign_head(TreeHead(world.log, 1, leaf_hash(b"")), world.keys["log"])
        false = write_receipt(Receipt(now, 0, (), note))
        self.send(name, "receipts", [(number, false) for number in range(1, 4)])

    def replied(self, letters, replies):
        """He knows."""


class Thief(Machine):
    """Somebody with the stolen key of a node: whatever he signs claims a time before the key was revoked."""

    def __init__(self, world, victim, **clock) -> None:
        self.victim = victim
        super().__init__(world, f"thief of {victim.name}", **clock)

    def start(self):
        """He has no outbox; he sends what he likes."""
        self.number, self.previous = 500, "0" * 64
        self.every(2.0, self.forge)

    def forge(self):
        """A launch that never was, dated back."""
        if self.world.is_quiet:
            return
        victim, now = self.victim, self.clock.now_ns()
        self.number += 1
        early = now - 40 * SECOND
        head = sayings.header(victim.party, victim.holder, 1, self.number, early, self.previous)
        said = sayings.detected(head, early, 3, "forged")
        raw = seal(victim.key, encode(said))
        self.previous = digest(raw)
        self.world.forged[digest(raw)] = self.world.scheduler.now_ns
        self.send("centre", "submitted", self.name, [(0, raw)])

    def replied(self, letters, replies):
        """Nobody is told."""
