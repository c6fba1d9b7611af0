"""A log as a running centre writes it: a room whose messages are sealed and go through the real shell to a real file,
cosigned by two witnesses with mirrors beside it."""

from hashlib import sha256

from tests.attacks.room import HOLDERS, KEYS, LOG, POLICY, POLICY_TEXT, PUBLIC, ROLES, START, Room, circle

from entente.exchange import messages as said
from entente.exchange.centre import opened
from entente.exchange.ledger import Ledger
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer
from entente.exchange.proving.receipts import quorum_of
from entente.exchange.proving.witness import Witness
from entente.exchange.ruling.keyring import pinned
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_S, instant
from entente.exchange.serving.throttle import Limits
from entente.exchange.shell import Keys, Shell
from entente.exchange.signing import digest, new_key, public_of, seal

__all__ = ["HOLDERS", "KEYS", "POLICY", "PUBLIC", "ROLES", "START", "Recorded", "circle", "record"]

ORIGIN = f"exercise/{LOG}"
LOG_KEY, WITNESS_KEYS = new_key(), {"nato": new_key(), "rus": new_key()}
SIGNERS = [Signer(f"{party}-witness", public_of(key), WITNESS_TYPE) for party, key in WITNESS_KEYS.items()]
QUORUM = quorum_of(Signer(ORIGIN, public_of(LOG_KEY), LOG_TYPE), SIGNERS)
OPENING = opened(LOG, "exercise", pinned({name: PUBLIC[name] for name in ("nato", "rus", "centre")}))
FREE = Limits(crowd_per_s=1e9, crowd_at_once=1e9, reserved_per_s=1e9, reserved_at_once=1e9)


class Recorded(Room):
    """A room on a disk: `ledger`, `shell`, `mirrors` and `witnesses`, in order of the parties."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.ledger = Ledger(folder / "log.db", ORIGIN)
        self.shell = Shell(self.ledger, Keys(LOG_KEY, KEYS["centre"]), QUORUM, OPENING, FREE)
        self.mirrors = [Ledger(folder / f"{party}.db", ORIGIN) for party in WITNESS_KEYS]
        one, other = SIGNERS
        self.witnesses = [
            Witness(mirror, mine.name, key, QUORUM.log, theirs)
            for mirror, key, mine, theirs in zip(
                self.mirrors, WITNESS_KEYS.values(), (one, other), (other, one), strict=True
            )
        ]
        for witness in self.witnesses:
            witness.confirm(None)
        self.replies = []

    def arrive(self, message, key=None, digest_=None, counts=True):
        """Seal it, submit it, and read what went on the log."""
        by = key or (message.party if message.node == "root" else message.node)
        raw = seal(KEYS[by], encode(message))
        before = self.ledger.size
        self.replies += self.shell.submit([raw], self.now_ns)
        self.state = self.shell.state
        entries = self.entries(before)
        self.log += [(self.now_ns, "", "", entry) for entry in entries]
        if entries:
            self.heads[self.name_of(message)] = (message.boot, message.number, digest(raw))
        return entries

    @staticmethod
    def name_of(message):
        return message.party if message.node == "root" else message.node

    def entries(self, start=0):
        from entente.exchange.proving.entries import envelope_of
        from entente.exchange.saying.decoding import decode
        from entente.exchange.signing import unseal

        return [decode(unseal(envelope_of(entry)).body) for entry in self.ledger.entries(start)]

    def checkpoint(self):
        """Let both witnesses sign, and tell both what both signed."""
        note = self.shell.checkpoint(self.now_ns, {witness.name: witness for witness in self.witnesses})
        for witness in self.witnesses:
            witness.learn(note)
        return note

    def close(self):
        for each in (self.ledger, *self.mirrors):
            each.close()


def record(folder, rounds=3):
    """A short exercise: keys, policies, health, launches seen by both, tracks, words of officers, and a refusal."""
    room = Recorded(folder)
    for holder in HOLDERS:
        room.add(holder)
    for party in ("nato", "rus"):
        room.say(said.PolicyInForce, party, digest=POLICY, text=POLICY_TEXT)
    room.checkpoint()
    for turn in range(rounds):
        room.now_ns += 60 * NS_PER_S
        feeds = (said.Feed(name="radar", state="up", since=instant(room.now_ns)),)
        for node in ("nato-radar", "rus-radar"):
            room.say(said.StateOfHealth, node, feeds=feeds)
        room.launch("nato-sat", f"n-{turn}", place=turn % 3, after_s=1.0)
        room.launch("rus-sat", f"r-{turn}", place=turn % 3, after_s=5.0)
        room.track("nato-radar", f"t-{turn}", after_s=2.0)
        alert = room.last(said.Alert)
        for seat in ("nato-desk", "rus-desk"):
            room.acknowledge(seat, alert, nature="test", after_s=3.0)
        room.checkpoint()
    room.say(said.Query, "nato-desk", about=10_000, question="is it yours")  # refused: there is no such entry
    room.say(said.Query, "nato-desk", about=alert[0], question="is it yours")
    assert sha256(POLICY_TEXT.encode()).hexdigest() == POLICY
    return room
