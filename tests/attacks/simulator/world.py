"""One world: its scheduler, network, disks and keys, and what an all-seeing observer writes down."""

from collections import Counter
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.attacks.simulator.network import Network
from tests.attacks.simulator.sayings import LOG
from tests.attacks.simulator.scheduler import Scheduler

from entente.exchange.centre import opened
from entente.exchange.proving.notes import LOG_TYPE, WITNESS_TYPE, Signer, head_of, read_note
from entente.exchange.proving.receipts import quorum_of
from entente.exchange.ruling.alarms import Alarm
from entente.exchange.ruling.keyring import pinned
from entente.exchange.signing import Key, public_of

PARTIES = ("nato", "rus")


def key_of(name):
    """A key that follows from a name, so that runs repeat."""
    return Key(Ed25519PrivateKey.from_private_bytes(sha256(name.encode()).digest()))


class World:
    """What everybody shares, and what only the observer knows."""

    def __init__(self, seed, folder, disks, wiring) -> None:
        self.scheduler = Scheduler(seed)
        self.network = Network(self.scheduler)
        self.folder, self.disks, self.wiring = folder, disks, wiring
        self.log = LOG
        self.keys = {name: key_of(name) for name in ("log", *(f"witness-{party}" for party in PARTIES))}
        signers = [Signer(party, public_of(self.keys[f"witness-{party}"]), WITNESS_TYPE) for party in PARTIES]
        self.quorum = quorum_of(Signer(LOG, public_of(self.keys["log"]), LOG_TYPE), signers)
        self.roots = {party: self.key(f"{party}-root") for party in PARTIES}
        roots = {party: public_of(key).hex() for party, key in self.roots.items()}
        self.opening = opened(LOG, "exercise", pinned(roots | {"centre": public_of(self.key("centre")).hex()}))
        self.crashes = 0
        self.is_quiet = False  # nobody makes trouble any more
        self.counts = Counter()
        self.lines = {}  # text of a checkpoint -> parties whose honest witness signed it
        self.order = []  # (party, what it signed, whether both have by then), as it happened
        self.restored = {}  # party whose witness was put back to an older day -> how many words were said by then
        self.histories = {}  # root -> the entries under it, for liars who have several
        self.acknowledged = {}  # digest of an envelope -> index that its node was told
        self.put = {}  # digest of an envelope -> who said it
        self.other_faces = set()  # digests of what equivocating nodes sent besides
        self.forged = {}  # digest of an envelope that a thief made -> true time [ns]
        self.unsigned = set()  # digests of envelopes that nobody signed
        self.settled = []  # (node, number, receipt) as nodes keep them
        self.shown = {}  # index of an alert -> {party: true time [ns] at which a seat saw it}
        self.since = {}  # index -> true time [ns] at which the entry was on the centre's disk
        self.revoked_ns = None  # true time at which the revocation of the stolen key was on the centre's disk
        self.reporters = {party: [f"{party}-radar", f"{party}-eye"] for party in PARTIES}
        self.refused_faces = set()
        self.alarms = []
        self.violations = []

    def key(self, name):
        """A machine's key."""
        if name not in self.keys:
            self.keys[name] = key_of(name)
        return self.keys[name]

    def acknowledge(self, named, index):
        """A node was told that its message stands there."""
        if self.acknowledged.setdefault(named, index) != index:
            self.wrong(f"told two places for one message: {self.acknowledged[named]} and {index}")

    def stored(self, start, stop):
        """These entries are on the centre's disk."""
        for index in range(start, stop):
            self.since[index] = self.scheduler.now_ns

    def tell(self, sent):
        """The centre sends an alarm, or shows an entry."""
        if isinstance(sent, Alarm):
            self.alarms.append(sent)

    def overdue(self, alarm):
        """Something is late."""
        self.counts["overdue", str(alarm.reason)] += 1

    def see(self, seat, index):
        """A seat sees an alert."""
        self.shown.setdefault(index, {}).setdefault(seat.party, self.scheduler.now_ns)

    def signed(self, party, note, line):
        """A witness signed."""
        self.scheduler.note("signed", party, line)
        text = read_note(note).text
        self.lines.setdefault(text, set()).add(party)
        self.order.append((party, head_of(note), len(self.lines[text]) == 2))

    def cosigned(self):
        """Every checkpoint that both signed."""
        return [head_of(text + "\n\u2014 x eHh4eHg=\n") for text, parties in self.lines.items() if len(parties) == 2]

    def wrong(self, what):
        """An invariant does not hold."""
        if what not in self.violations:
            self.violations.append(what)
