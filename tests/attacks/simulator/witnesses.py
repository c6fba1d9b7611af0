"""A party's witness as a machine: it stores, it signs, and after every start it first asks the other party."""

from tests.attacks.simulator.machines import Machine

from entente.errors import BadProof, LedgerError, Malformed
from entente.exchange.proving.merkle import consistency_proof
from entente.exchange.proving.notes import head_of
from entente.exchange.saying.instants import NS_PER_S


class WitnessMachine(Machine):
    """The witness and mirror of one party."""

    def __init__(self, world, party, other, **clock) -> None:
        self.party, self.other = party, other
        super().__init__(world, f"witness-{party}", **clock)

    def start(self):
        """Open the mirror; sign nothing until the other party has shown what it holds."""
        wiring, world = self.world.wiring, self.world
        self.mirror = self.keep(wiring.mirror(self.disk.folder / "mirror.db", world.log))
        signers = world.quorum.witnesses
        mine, theirs = sorted(signers, key=lambda signer: signer.name != self.party)
        self.witness = wiring.witness(self.mirror, mine.name, world.keys[self.name], world.quorum.log, theirs)
        self.is_sure = not wiring.asks
        if self.is_sure:
            self.witness.confirm(None)
        self.every(1.0, self.ask_other)

    def ask_other(self):
        """After a start: what is the largest that you hold?"""
        if not self.is_sure:
            self.send(f"witness-{self.other}", "show", self.name, self.witness.head.size)

    def show(self, asker, size):
        """Show the largest checkpoint that this witness signed, and that it continues what the other signed."""
        note, proof = self.witness.vouch(self.clock.now_ns() // NS_PER_S), ()
        if note and head_of(note).size > size:
            proof = tuple(consistency_proof(self.mirror.node, size, head_of(note).size))
        self.send(asker, "shown", note, proof)

    def shown(self, note, proof):
        """The other's largest."""
        if self.is_sure:
            return
        try:
            self.witness.confirm(note, proof)
            self.is_sure = True
        except (Malformed, BadProof, LedgerError) as problem:
            self.world.scheduler.note("unsure", self.name, type(problem).__name__)

    def asked(self, asker, request):
        """The log asks for a signature."""
        now_s = self.clock.now_ns() // NS_PER_S
        held = self.witness.take(request.start, request.entries)
        answer = None
        if request.note:
            answer = self.witness.cosign(request.note, request.old_size, request.proof, now_s)
            if isinstance(answer, str):
                self.world.signed(self.party, request.note, answer)
            else:
                self.world.counts["witness refused", answer.code] += 1
        self.send(asker, "answered", self.party, request, held, answer)
