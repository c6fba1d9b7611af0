"""What careless programmers would have written: parts that stand in for the product's own while a defect is planted."""

import apsw
from msgspec.structs import replace
from tests.attacks.simulator.centres import CentreMachine
from tests.attacks.simulator.nodes import NodeMachine

from entente.errors import BadProof, LedgerError
from entente.exchange import centre
from entente.exchange.ledger import Ledger
from entente.exchange.messages import Refusal
from entente.exchange.proving import disk, receipts
from entente.exchange.proving.entries import received_ns
from entente.exchange.proving.merkle import inclusion_proof
from entente.exchange.proving.notes import TreeHead, cosign, read_note
from entente.exchange.proving.receipts import Quorum, Receipt, log_signed, write_receipt
from entente.exchange.proving.witness import Refused, Witness
from entente.exchange.shell import Shell
from entente.exchange.signing import digest

OWN_RECEIVE, OWN_COSIGNED = centre.receive, receipts.cosigned


class AnswersFirst(Shell):
    """Answers at once and stores with the next batch."""

    owed = None

    def submit(self, raws, now_ns, address=""):
        """Store what was promised before."""
        if self.owed:
            self.ledger.append(*self.owed)
            self.owed = None
        return super().submit(raws, now_ns, address)

    def _stored(self, batch, replies):
        self.owed = (batch.entries, batch.numbers) if batch.entries else None
        self.state = batch.state
        self.outgoing.extend(batch.outgoing)
        return replies


class GoesOn(Shell):
    """Takes an error of the disk for a hiccup, and answers all the same."""

    def _stored(self, batch, replies):
        try:
            return super()._stored(batch, replies)
        except LedgerError:
            self.state = batch.state
            return replies


class Forgetful(Shell):
    """Asks nobody whether a number was used."""

    def _earlier(self, batch, said):
        return None


class ByBytes(Shell):
    """Knows again only the same bytes."""

    def _earlier(self, batch, said):
        earlier = super()._earlier(batch, said)
        return earlier if earlier and earlier[1] in {digest(raw) for raw in self.raws} else None

    def submit(self, raws, now_ns, address=""):
        """Remember what came."""
        self.raws = raws
        return super().submit(raws, now_ns, address)


class WithoutNumbers(Ledger):
    """Keeps no index of numbers, so that nothing can stand twice in it."""

    def append(self, entries, numbered=(), note="", evidence=()):
        """All of it, unnumbered where a number is taken."""
        free = [number if number and not self.found(*number) else None for number in numbered]
        return super().append(entries, free, note, evidence)


class SignsFirst(Witness):
    """Signs, and stores when it is asked next."""

    owed = None

    def _keep(self, note, head):
        self.owed = (note, head)

    def take(self, start, entries):
        """Store what was signed before."""
        if self.owed:
            owed, self.owed = self.owed, None
            super()._keep(*owed)
        return super().take(start, entries)


class SmallWitness:
    """Keeps no mirror, only the last size and root; whether it asks for a proof is the question."""

    def __init__(self, mirror, name, key, log, other) -> None:
        self.mirror, self.name, self.key, self.log = mirror, name, key, log
        self.db = apsw.Connection(str(mirror.path) + ".head")
        self.db.execute("pragma synchronous=full")
        self.db.execute("create table if not exists head(id integer primary key, size, root)")

    @property
    def head(self):
        """What it signed last."""
        for size, root in self.db.execute("select size, root from head where id = 1"):
            return TreeHead(self.log.name, size, root)
        return TreeHead(self.log.name, 0, b"")

    def confirm(self, note, proof=()):
        """It believes itself."""

    def vouch(self, now_s):
        """It keeps no checkpoint."""
        return

    def take(self, start, entries):
        """It keeps no entries."""
        return start + len(entries)

    def cosign(self, note, old_size, proof, now_s):
        """Checks the size, not the proof."""
        head, mine = log_signed(read_note(note), self.log), self.head
        if old_size != mine.size or head.size < mine.size:
            return Refused(409, "elsewhere", mine.size)
        self.db.execute("insert or replace into head values (1, ?, ?)", (head.size, head.root))
        return cosign(read_note(note).text, self.name, self.key, now_s)


class OneIsEnough(CentreMachine):
    """Gives receipts as soon as one party has signed."""

    one = (0, "")

    def answered(self, party, request, held, answer):
        """Keep the first line there is."""
        super().answered(party, request, held, answer)
        if isinstance(answer, str):
            self.one = max(self.one, (request.start + len(request.entries), request.note + answer))

    def receipts_wanted(self, sender, wanted):
        """From the checkpoint of one."""
        size, note = self.one
        given = [
            (n, write_receipt(Receipt(received_ns(self.ledger.entry(i)), i,
                                      tuple(inclusion_proof(self.ledger.node, i, size)), note)))
            for n, i in wanted if i < size <= self.ledger.size
        ]  # fmt: skip
        self.send(sender, "receipts", given)


def any_one(note, quorum):
    """What a checkpoint says if the log and any one witness signed it."""
    try:
        return OWN_COSIGNED(note, Quorum(quorum.log, quorum.witnesses[:1]))
    except BadProof:
        return OWN_COSIGNED(note, Quorum(quorum.log, quorum.witnesses[1:]))


class WaitsForBoth(CentreMachine):
    """Shows an entry only when both parties' witnesses have signed for it."""

    def news_wanted(self, sender, start):
        """Up to the last checkpoint of both."""
        stop = min(self.shell.cosigning.size, start + 64)
        if start < stop:
            self.send(sender, "news", start, list(self.ledger.entries(start, stop)))


class SaysOnce(NodeMachine):
    """Sends each message once and hopes."""

    def drain(self):
        """Nothing that was sent before."""
        known = dict(self.sent)
        super().drain()
        self.sent = {number: known.get(number, 10**18) for number in self.sent}


class ForgetsEarly(NodeMachine):
    """Takes an answer for a receipt."""

    def replied(self, letters, replies):
        """What was accepted waits no more."""
        super().replied(letters, replies)
        for (number, _), reply in zip(letters, replies, strict=True):
            if reply.index is not None:
                with self.outbox._disk.transaction() as db:
                    db.execute("UPDATE letters SET receipt = '' WHERE number = ?", (number,))


def lenient_mirror(path, log):
    """A mirror whose disk is never told to sync."""
    return synced_less("OFF", path, log)


def hasty_ledger(path, log):
    """A log that is synced only now and then."""
    return synced_less("NORMAL", path, log)


def synced_less(how, path, log):
    """A ledger under another rule of syncing."""
    before = disk.DURABLE
    disk.DURABLE = tuple(each.replace("synchronous=FULL", f"synchronous={how}") for each in before)
    try:
        return Ledger(path, log)
    finally:
        disk.DURABLE = before


def empty_mirror(path, log):
    """A mirror that begins anew at every start."""
    for old in path.parent.iterdir():
        old.unlink()
    return Ledger(path, log)


def applied_though_refused(state, arrived, now_ns):
    """Applies first, refuses then."""
    answer = OWN_RECEIVE(state, arrived, now_ns)
    if answer[1] and isinstance(answer[1][0], Refusal) and arrived.earlier is None:
        try:
            wrong = centre._accept(state, arrived, now_ns)[0]
        except (KeyError, ValueError):
            return answer
        fields = {"launches": wrong.launches, "alerts": wrong.alerts, "opened": wrong.opened}
        return replace(answer[0], **fields), *answer[1:]
    return answer
