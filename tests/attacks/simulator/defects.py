"""What a careless programmer would have written, as switches: each must be found, or the simulator proves nothing.

A defect replaces parts of the wiring, or names inside the product's modules for the length of a run; the product itself
has no such switches.
"""

from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace
from tests.attacks.simulator import careless
from tests.attacks.simulator.histories import lied, lived
from tests.attacks.simulator.wiring import Wiring

from entente.exchange import centre, shell
from entente.exchange.proving import outbox, receipts, replaying
from entente.exchange.proving.receipts import Cosigned, read_receipt
from entente.exchange.ruling import alerts, entitlement, launching
from entente.exchange.ruling.reasons import Reason
from entente.exchange.saying.instants import NS_PER_S, nanoseconds


@dataclass(frozen=True)
class Defect:
    """A defect: in which kind of run it shows, and what it puts in place."""

    play: Callable
    wiring: Callable


def nothing(*_):
    """No objection."""
    return


def believed_receipt(text, envelope, quorum):
    """Read, not checked."""
    receipt = read_receipt(text)
    return receipt, Cosigned(receipts.read_head(receipts.read_note(receipt.note).text), {})


def counts_twice(alert, said, index, key):
    """Two acknowledgements are two, whoever gave them."""
    after = OWN_ACKNOWLEDGED(alert, said, index, key)
    is_second = bool(alert.acks) and alert.acknowledged is None
    return replace(after, acknowledged=index) if is_second else after


def by_claimed_time(state, arrived):
    """A revoked key is good for what claims to be older than 20 s before now."""
    reason = OWN_PERSON_REFUSAL(state, arrived)
    is_old = nanoseconds(arrived.message.sent) < state.clock_ns - 20 * NS_PER_S
    return None if reason is Reason.KEY_REVOKED and is_old else reason


def snapshot_alone(ledger, opening):
    """The last snapshot, and nothing after it."""
    latest = ledger.latest_snapshot()
    return (shell.restored(latest.state), latest.index) if latest else (opening, 0)


def backed_by_both(launch, notice_party):
    """A detection by one is taken for the word of both."""
    own = OWN_BACKING(launch, notice_party)
    return ("nato", "rus") if len(launch.sources) > 1 or notice_party or own else own


OWN_ACKNOWLEDGED, OWN_BACKING = alerts.acknowledged, alerts.backing
OWN_PERSON_REFUSAL = entitlement.person_refusal
NO_NUMBERS = [(entitlement, "number_refusal", nothing), (entitlement, "chain_refusal", nothing)]

DEFECTS = {
    "answers before it commits": Defect(lived, lambda: Wiring(shell=careless.AnswersFirst)),
    "log synced now and then": Defect(lived, lambda: Wiring(ledger=careless.hasty_ledger)),
    "error of the disk ignored": Defect(lived, lambda: Wiring(shell=careless.GoesOn)),
    "no dedupe": Defect(
        lived, lambda: Wiring(shell=careless.Forgetful, ledger=careless.WithoutNumbers, replaced=NO_NUMBERS)
    ),
    "reuse of a number accepted": Defect(
        lived, lambda: Wiring(shell=careless.ByBytes, ledger=careless.WithoutNumbers, replaced=NO_NUMBERS)
    ),
    "no retry": Defect(lived, lambda: Wiring(node=careless.SaysOnce)),
    "outbox forgets at an answer": Defect(lived, lambda: Wiring(node=careless.ForgetsEarly)),
    "receipt not checked": Defect(lived, lambda: Wiring(replaced=[(outbox, "check_receipt", believed_receipt)])),
    "one cosignature is enough": Defect(
        lived, lambda: Wiring(centre=careless.OneIsEnough, replaced=[(receipts, "cosigned", careless.any_one)])
    ),
    "alert waits for cosignatures": Defect(lived, lambda: Wiring(centre=careless.WaitsForBoth)),
    "refused message changes an alert": Defect(
        lived, lambda: Wiring(replaced=[(shell, "receive", careless.applied_though_refused)])
    ),
    "revocation by claimed time": Defect(
        lived, lambda: Wiring(replaced=[(m, "person_refusal", by_claimed_time) for m in (entitlement, centre)])
    ),
    "acknowledgements counted by number": Defect(
        lived, lambda: Wiring(replaced=[(launching, "acknowledged", counts_twice)])
    ),
    "one party corroborates itself": Defect(lived, lambda: Wiring(replaced=[(launching, "backing", backed_by_both)])),
    "snapshot without what came after": Defect(lived, lambda: Wiring(replaced=[(shell, "_state_of", snapshot_alone)])),
    "signature not looked at": Defect(
        lived, lambda: Wiring(replaced=[(m, "is_signed", lambda *_: True) for m in (shell, replaying)])
    ),
    "nobody hears of two faces": Defect(lived, lambda: Wiring(replaced=[(centre, "TOLD", set())])),
    "witness signs before it stores": Defect(lied, lambda: Wiring(witness=careless.SignsFirst)),
    "witness without syncing": Defect(lied, lambda: Wiring(mirror=careless.lenient_mirror)),
    "witness forgets at a start": Defect(lied, lambda: Wiring(mirror=careless.empty_mirror, asks=False)),
    "witness asks nobody after a start": Defect(lied, lambda: Wiring(asks=False)),
    "proof of consistency skipped": Defect(lied, lambda: Wiring(witness=careless.SmallWitness, asks=False)),
}


def found(defect, most):
    """The first seed that finds it, and what it found; None if `most` seeds do not."""
    for seed in range(most):
        outcome = defect.play(seed, defect.wiring())
        if outcome.violations:
            return seed, outcome.violations[0]
    return None
