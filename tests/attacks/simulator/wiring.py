"""Which functions the machines call: the product's own, or what a defect puts in their place.

Some defects replace a name inside a module of the product for the length of a run; `planted` puts it back.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache

from tests.attacks.simulator.centres import CentreMachine
from tests.attacks.simulator.nodes import NodeMachine

from entente.exchange import shell, signing
from entente.exchange.ledger import Ledger
from entente.exchange.proving.outbox import Outbox
from entente.exchange.proving.witness import Witness
from entente.exchange.shell import Shell

OWN_VERIFIER = signing._verifier


@dataclass
class Wiring:
    """What machines are built of.

    Attributes:
        relies: of a quorum, what nodes demand of a receipt.
        asks: whether a witness asks the other party after a start.
        replaced: (module or class, name, other).
    """

    ledger: object = Ledger
    mirror: object = Ledger
    witness: object = Witness
    outbox: object = Outbox
    shell: object = Shell
    node: object = NodeMachine
    centre: object = CentreMachine
    relies: object = staticmethod(lambda quorum: quorum)
    asks: bool = True
    replaced: list = field(default_factory=list)


class Remembers:
    """A public key that checks each signature once: the answer is a function of its bytes, and machines ask again and again."""

    def __init__(self, public) -> None:
        self.key = OWN_VERIFIER(public)
        self.good = set()

    def verify(self, signature, text):
        """As the library does."""
        if (signature, text) not in self.good:
            self.key.verify(signature, text)
            self.good.add((signature, text))


@contextmanager
def planted(wiring):
    """The product with the defect's names in place."""
    remembering = (signing, "_verifier", lru_cache(Remembers))
    replaced = [remembering, (shell, "SNAPSHOT_EVERY", 20), *wiring.replaced]  # so that short runs have snapshots, too
    before = [(where, name, getattr(where, name)) for where, name, _ in replaced]
    try:
        for where, name, other in replaced:
            setattr(where, name, other)
        yield wiring
    finally:
        for where, name, own in reversed(before):
            setattr(where, name, own)
