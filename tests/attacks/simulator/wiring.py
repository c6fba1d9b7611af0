"""Which functions the machines call: the product's own, or what a defect puts in their place.

Some defects replace a name inside a module of the product for the length of a run; `planted` puts it back.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.attacks.simulator.centres import CentreMachine
from tests.attacks.simulator.nodes import NodeMachine

from entente.exchange.ledger import Ledger
from entente.exchange.outbox import Outbox
from entente.exchange.shell import Shell
from entente.exchange.witness import Witness


@dataclass
class Wiring:
    """What machines are built of. `replaced`: (module or class, name, other)."""

    ledger: object = Ledger
    mirror: object = Ledger
    witness: object = Witness
    outbox: object = Outbox
    shell: object = Shell
    node: object = NodeMachine
    centre: object = CentreMachine
    replaced: list = field(default_factory=list)


@contextmanager
def planted(wiring):
    """The product with the defect's names in place."""
    before = [(where, name, getattr(where, name)) for where, name, _ in wiring.replaced]
    try:
        for where, name, other in wiring.replaced:
            setattr(where, name, other)
        yield wiring
    finally:
        for where, name, own in reversed(before):
            setattr(where, name, own)
