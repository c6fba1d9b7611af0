"""A log with two faces: it shows each party another history, goes back, rewrites, and tries again with whatever it learns."""

from tests.attacks.simulator.machines import Machine
from tests.attacks.simulator.world import PARTIES

from entente.exchange.proving.cosigning import Request
from entente.exchange.proving.merkle import consistency_proof, leaf_hash, node_hash, root_from
from entente.exchange.proving.notes import TreeHead, sign_head
from entente.exchange.proving.witness import Refused


class History:
    """One history that the liar tells: entries, and every subtree on demand."""

    def __init__(self, entries) -> None:
        self.entries = list(entries)
        self.known = {}

    def node(self, level, i):
        """The hash of a perfect subtree."""
        if (level, i) not in self.known:
            if level == 0:
                self.known[level, i] = leaf_hash(self.entries[i])
            else:
                self.known[level, i] = node_hash(self.node(level - 1, 2 * i), self.node(level - 1, 2 * i + 1))
        return self.known[level, i]

    def root(self, size):
        """The root over the first so many."""
        return root_from(self.node, size)


class LyingLog(Machine):
    """It holds several histories with a common beginning and signs any of them, of any size, for anyone."""

    def start(self):
        """Begin with one history."""
        self.histories = [History([b"entry %d" % i for i in range(3)])]
        self.held = dict.fromkeys(PARTIES, 0)
        self.signed = dict.fromkeys(PARTIES, 0)
        self.said = 0
        self.prey = {}  # party whose witness went back -> a history made for it
        self.every(0.3, self.invent)
        for party in PARTIES:
            self.every(0.25, lambda party=party: self.lie(party))

    def invent(self):
        """Go on with a history, fork one at any place, or rewrite one entry of it."""
        draws = self.world.scheduler.draws
        history = draws.choice(self.histories)
        self.said += 1
        if len(self.histories) < 4 and draws.random() < 0.15:
            cut = draws.randrange(len(history.entries))
            rest = history.entries[cut + 1 :] if draws.random() < 0.5 else []
            history = History([*history.entries[:cut], b"other %d" % self.said, *rest])
            self.histories.append(history)
        else:
            history.entries.extend(b"entry %d %d" % (self.said, i) for i in range(draws.randint(1, 4)))

    def lie(self, party):
        """Ask a witness to sign some history at some size; now and then with the proof of another."""
        draws = self.world.scheduler.draws
        history = self.prey.get(party) or draws.choice([self.histories[0], draws.choice(self.histories)])
        most = len(history.entries)
        size = most if draws.random() < 0.7 else draws.randint(1, most)
        old = self.signed[party] if draws.random() < 0.9 else draws.randint(0, size)
        old = min(old, size)
        proof = consistency_proof(draws.choice([history, history, self.proving(size, history)]).node, old, size)
        head = TreeHead(self.world.log, size, history.root(size))
        self.world.histories[head.root] = history.entries[:size]
        start = min(self.held[party], size)
        note = sign_head(head, self.world.keys["log"])
        request = Request(start, tuple(history.entries[start:size]), note, old, tuple(proof))
        self.send(f"witness-{party}", "asked", self.name, request)

    def proving(self, size, otherwise):
        """Another history that is long enough for a proof."""
        long = [history for history in self.histories if len(history.entries) >= size]
        return self.world.scheduler.draws.choice(long or [otherwise])

    def answered(self, party, request, held, answer):
        """Learn where the witness stands."""
        self.held[party] = held
        if isinstance(answer, Refused):
            if answer.size < self.signed[party]:  # it has forgotten: the chance to tell it something else
                self.prey[party] = History([*self.histories[0].entries[: answer.size], b"for %s" % party.encode()])
                self.world.scheduler.after(3.0, self.prey.pop, party, None)
            self.signed[party] = answer.size
        elif answer:
            self.signed[party] = max(self.signed[party], request.old_size, len(request.entries) + request.start)
