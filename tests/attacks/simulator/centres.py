"""The centre as a machine: the real shell over the real ledger, behind a network."""

from tests.attacks.simulator.invariants import nothing_changed
from tests.attacks.simulator.machines import Machine

from entente.exchange.ruling.due import due
from entente.exchange.shell import Keys


class CentreMachine(Machine):
    """Opens its log at every start, answers nodes, asks witnesses."""

    def start(self):
        """Open the log and replay what the snapshot does not hold."""
        world, wiring = self.world, self.world.wiring
        self.ledger = self.keep(wiring.ledger(self.disk.folder / "log.db", world.log))
        keys = Keys(world.keys["log"], world.key("centre"))
        self.shell = wiring.shell(self.ledger, keys, world.quorum, world.opening)
        self.last_ns = 0
        self.every(1.0, self.ask_witnesses)
        self.every(1.0, self.watch)

    def now_ns(self):
        """By its own clock, which may be set back."""
        return self.clock.now_ns()

    def submitted(self, sender, letters):
        """Envelopes of one node."""
        size, before = self.ledger.size, self.shell.state
        replies = self.shell.submit([raw for _, raw in letters], self.now_ns())
        self.world.stored(size, self.ledger.size)
        if all(reply.outcome == "refused" for reply in replies):
            nothing_changed(self.world, before, self.shell.state)
        for alarm in self.shell.take_outgoing():
            self.world.tell(alarm)
        self.world.scheduler.note("replies", sender, [(reply.outcome, reply.index, reply.reason) for reply in replies])
        self.reply(sender, letters, replies)

    def reply(self, sender, letters, replies):
        """Answer."""
        self.send(sender, "replied", letters, replies)

    def receipts_wanted(self, sender, wanted):
        """Receipts for what is cosigned by both."""
        given = [(number, self.shell.receipt(index)) for number, index in wanted]
        self.send(sender, "receipts", [(number, text) for number, text in given if text])

    def news_wanted(self, sender, start):
        """Entries from an index on, the same for everybody."""
        stop = min(self.ledger.size, start + 64)
        if start < stop:
            self.send(sender, "news", start, list(self.ledger.entries(start, stop)))

    def ask_witnesses(self):
        """Each what it lacks."""
        for signer in self.world.quorum.witnesses:
            request = self.shell.cosigning.request(signer.name, self.now_ns())
            if request is not None:
                self.send(f"witness-{signer.name}", "asked", self.name, request)

    def answered(self, party, request, held, answer):
        """A witness's answer."""
        if self.shell.cosigning.answered(party, request, held, answer):
            self.world.counts["checkpoints of both"] += 1

    def watch(self):
        """What is overdue."""
        for alarm in due(self.shell.state, self.now_ns()):
            self.world.overdue(alarm)
