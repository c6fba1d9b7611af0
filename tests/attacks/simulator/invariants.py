"""What must hold, whatever happened?"""

from collections import Counter

from tests.attacks.simulator.scheduler import SECOND

from entente.errors import LedgerError, Malformed, Undecodable
from entente.exchange.messages import Acknowledgement, Alert, Bulletin, Corroborated, KeyRevoke
from entente.exchange.proving.entries import envelope_of, received_ns
from entente.exchange.proving.notes import head_of
from entente.exchange.proving.receipts import read_receipt
from entente.exchange.proving.replaying import replayed
from entente.exchange.ruling.nodes import number_of
from entente.exchange.saying.decoding import decode
from entente.exchange.signing import digest, is_signed, public_of, unseal

PARTIES = ("nato", "rus")
SOON_NS = 45 * SECOND


def one_history(world):
    """No two checkpoints that both signed contradict each other."""
    heads = sorted(set(world.cosigned()), key=lambda head: head.size)
    longest = None
    for head in heads:
        entries = world.histories[head.root]
        if longest is not None and entries[: len(longest)] != longest:
            world.wrong(f"two faces: both signed two histories that differ at or before entry {len(longest)}")
            return
        longest = entries


def words_are_kept(world):
    """A witness signs nothing smaller or other than it signed before, nor than both signed before.

    One whose disk was put back to an older day has forgotten its own words, and asks the other: it knows what both had signed
    by that day. What the other signs later, under a word from before, it cannot know; that the other never signs a second
    history is then what holds (`one_history`).
    """
    last, both, on_that_day = {}, None, {}
    for number, (party, head, is_both) in enumerate(world.order):
        for forgetful, day in world.restored.items():
            if number == day:
                on_that_day[forgetful] = both
                last.pop(forgetful, None)
        before = [each for each in (on_that_day.get(party, both), last.get(party)) if each is not None]
        if any(not continues(world, head, each) for each in before):
            world.wrong(f"{party}'s witness went back on its word at {head.size} entries")
            return
        last[party] = head
        both = head if is_both else both


def continues(world, head, before):
    """Is it the same history, and no less of it?"""
    if head.size < before.size:
        return False
    return world.histories[head.root][: before.size] == world.histories[before.root]


def nothing_changed(world, before, after):
    """What is refused changes no alert."""
    if (before.launches, before.notices, before.alerts) != (after.launches, after.notices, after.alerts):
        world.wrong("a refused message changed an alert")


def judge(world, centre, witnesses, nodes):
    """Everything, once the world has come to rest."""
    entries = list(centre.ledger.entries())
    letters = [unseal(envelope_of(entry)) for entry in entries]
    said = [decode(letter.body) for letter in letters]
    digests = [digest(envelope_of(entry)) for entry in entries]
    nothing_lost(world, digests)
    nothing_twice(world, said, digests)
    mirrors_agree(world, entries, witnesses)
    for head in world.cosigned():
        world.histories.setdefault(head.root, entries[: head.size])
        if head.size > len(entries) or centre.ledger.root(head.size) != head.root:
            world.wrong(f"both signed {head.size} entries that are not this log's")
    one_history(world)
    receipts_hold(world, entries)
    outboxes_are_empty(world, nodes)
    state_follows(world, centre, entries)
    two_confirm(world, centre.shell.state, said, letters)
    alerts_are_seen(world, said, len(entries))
    stolen_key_is_dead(world, said, digests)
    second_faces_are_told(world, digests)


def nothing_lost(world, digests):
    """What a node was told stands in the log stands there."""
    for named, index in world.acknowledged.items():
        if index >= len(digests) or digests[index] != named:
            world.wrong(f"lost: entry {index} was acknowledged and is not there")


def nothing_twice(world, said, digests):
    """No message, and no number of a sender, stands twice."""
    if len(set(digests)) < len(digests):
        world.wrong("twice: one envelope has two entries")
    numbers = Counter(number_of(each) for each in said)
    twice = [number for number, count in numbers.items() if count > 1]
    if twice:
        world.wrong(f"twice: number {twice[0]}")


def mirrors_agree(world, entries, witnesses):
    """Both parties hold the same, and all of it."""
    for witness in witnesses:
        mirrored = list(witness.mirror.entries())
        if mirrored != entries[: len(mirrored)]:
            world.wrong(f"{witness.name} holds another log")
        elif len(mirrored) < len(entries):
            world.wrong(f"{witness.name} holds {len(mirrored)} of {len(entries)} entries after all is quiet")


def receipts_hold(world, entries):
    """Each receipt that a node relies on is of this log, and both signed it."""
    both = set(world.cosigned())
    for name, number, text in world.settled:
        receipt = read_receipt(text)
        if head_of(receipt.note) not in both:
            world.wrong(f"{name} relies for number {number} on a checkpoint that not both signed")
        elif receipt.index >= len(entries) or received_ns(entries[receipt.index]) != receipt.received_ns:
            world.wrong(f"{name} relies for number {number} on an entry that is not there")


def outboxes_are_empty(world, nodes):
    """Whatever was said has a receipt, or was refused and its node knows why."""
    known = {text for _, _, text in world.settled}
    for node in nodes:
        waiting = [number for number, _ in node.outbox.waiting(1000) if number not in node.refused]
        if waiting:
            world.wrong(f"{node.name} still waits for {len(waiting)} receipts after all is quiet, first {waiting[0]}")
        for number in range(1, node.outbox.last + 1):
            text = node.outbox.receipt(number)
            if text is not None and text not in known and not is_receipt(text):
                world.wrong(f"{node.name} forgot number {number} without a receipt")


def is_receipt(text):
    """One that was kept although the disk failed in the same moment is as good as any."""
    try:
        return bool(read_receipt(text).note)
    except Malformed:
        return False


def state_follows(world, centre, entries):
    """Who has the log has the state, alerts included."""
    try:
        again = replayed(world.opening, entries)
    except (LedgerError, Malformed, Undecodable) as problem:
        world.wrong(f"the log does not follow from itself: {problem}")
        return
    mine = centre.shell.state
    if (again.launches, again.notices, again.alerts) != (mine.launches, mine.notices, mine.alerts):
        world.wrong("the alerts do not follow from the log")
    elif again != mine:
        world.wrong("the state does not follow from the log")


def two_confirm(world, state, said, letters):
    """Nothing counts as acknowledged, corroborated or agreed unless keys of both parties said so on the log."""
    seats = {party: public_of(world.key(f"{party}-desk")) for party in PARTIES}
    signed = {
        (each.about, party)
        for each, letter in zip(said, letters, strict=True)
        for party, public in seats.items()
        if isinstance(each, Acknowledgement) and is_signed(letter, public)
    }
    reporters = {party: {public_of(world.key(name)) for name in names} for party, names in world.reporters.items()}
    for launch in state.launches.values():
        for alert in launch.alerts:
            if alert.acknowledged is not None and any((alert.index, party) not in signed for party in PARTIES):
                world.wrong(f"alert {alert.index} counts as acknowledged by one party alone")
    for each in said:
        if isinstance(each, Bulletin) and any((each.alert, party) not in signed for party in PARTIES):
            world.wrong("a bulletin without both parties' officers")
        if isinstance(each, Corroborated):
            whose = {party for i in each.evidence for party in PARTIES
                     if any(is_signed(letters[i], public) for public in reporters[party])}  # fmt: skip
            if whose != set(PARTIES):
                world.wrong("one party corroborated itself")


def alerts_are_seen(world, said, size):
    """Both desks see an alert soon after it is on the centre's disk, whoever signs or does not."""
    for index, each in enumerate(said):
        if isinstance(each, Alert):
            for party in PARTIES:
                seen = world.shown.get(index, {}).get(party)
                if seen is None or seen - world.since.get(index, seen) > SOON_NS:
                    world.wrong(f"{party} did not see alert {index} in time")


def stolen_key_is_dead(world, said, digests):
    """After its revocation a stolen key says nothing more, whatever time it claims."""
    if world.unsigned & set(digests):
        world.wrong("what nobody signed stands in the log")
    revoked = [index for index, each in enumerate(said) if isinstance(each, KeyRevoke)]
    if revoked and any(named in world.forged for named in digests[revoked[0] :]):
        world.wrong("a revoked key still speaks")


def second_faces_are_told(world, digests):
    """What an equivocating node said besides is not on the log if the other is, and both parties heard of it."""
    told = {named for alarm in world.alarms if alarm.reason == "equivocation" for named in alarm.digests}
    for each in world.refused_faces:
        if each not in told:
            world.wrong("a second face was refused and nobody told")
