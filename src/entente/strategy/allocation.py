"""Which site answers which object? Offers of salvos, and the choice among them that stops most objects in expectation.

An offer is one salvo, or a salvo and a second one at what is taken for a survivor, that one site could fire at one object.
An object takes at most a few offers, no two of one party, and no site gives more interceptors than it has. The choice is
exact: every way to answer an object is a column, and HiGHS chooses one column an object. Studies only: nothing that is
live may import this (`make check` proves it).
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from entente.errors import ModelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
MOST = 2  # offers that one object takes: one of each party
WITHIN = 1e-6  # of the objects stopped: as near to the best choice as HiGHS is asked to come

__all__ = ["MOST", "WITHIN", "Offers", "assign", "stopped_by"]


@dataclass(frozen=True)
class Offers:
    """What could be fired, one row an offer."""

    site: Ints  # (N,) from 0
    obj: Ints  # (N,)
    party: Ints  # (N,) whose site it is: what fails in common fails for all salvos of a party at an object
    uses: Ints  # (N,) interceptors that must be there for it
    holds: Floats  # (N,) chance that detection, tracking and classification hold
    missed: Floats  # (N,) chance that all its shots miss although they hold


def stopped_by(offers: Offers, chosen: tuple[int, ...]) -> float:
    """Chance that an object is stopped by these offers, all of them for it.

    Source: as `attrition.stopped_each`, which it equals; here for one object, without arrays.
    """
    through = 1.0
    for side in {int(offers.party[n]) for n in chosen}:
        mine = sorted((n for n in chosen if offers.party[n] == side), key=lambda n: -float(offers.holds[n]))
        above, missed, side_through = 1.0, 1.0, 0.0
        for n in mine:  # with a chance of above - holds just the salvos before this one work
            side_through += (above - float(offers.holds[n])) * missed
            above, missed = float(offers.holds[n]), missed * float(offers.missed[n])
        through *= side_through + above * missed
    return 1.0 - through


def assign(offers: Offers, stock: Ints, most: int = MOST, kept: tuple[int, ...] = ()) -> tuple[int, ...]:
    """The offers to take so that most objects are stopped in expectation.

    Args:
        offers: what could be fired.
        stock: interceptors that each site may give, those of `kept` among them, (sites,).
        most: offers that one object takes.
        kept: offers that are taken already, and stay.
    Returns:
        rows of `offers`, in rising order, `kept` among them. Where stock does not bind, the best for each object by itself,
        the fewest interceptors first among equals.
    Raises:
        ModelError: no choice exists, as `kept` uses more than there is.
    Valid: the expected number stopped is within WITHIN of the best. All objects are known when it is asked.
    Source: own; the static weapon-target assignment with one column for each way to answer a target. In general it is
        NP-hard (Lloyd and Witsenhausen, 1986); here a raid has tens of objects.
    """
    columns = [column for obj in np.unique(offers.obj) for column in _ways(offers, int(obj), most, kept)]
    gains = np.array([stopped_by(offers, column) for column in columns])
    best: dict[int, int] = {}
    for n, column in enumerate(columns):
        obj = _object(offers, column)
        if column and (obj not in best or _before(offers, gains, columns, n, best[obj])):
            best[obj] = n
    free = tuple(sorted(row for n in best.values() for row in columns[n]))
    if (_used(offers, free, len(stock)) <= stock).all():
        return free
    return _within_stock(offers, stock, columns, gains, {int(offers.obj[n]) for n in kept})


def _ways(offers: Offers, obj: int, most: int, kept: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Every choice of offers for an object: at most so many, no two of one party, what is kept among them."""
    rows = [int(n) for n in np.flatnonzero(offers.obj == obj)]
    must = {n for n in kept if offers.obj[n] == obj}
    found = []
    for size in range(1, max(most, len(must)) + 1):
        for column in combinations(rows, size):
            if must <= set(column) and len({int(offers.party[n]) for n in column}) == size:
                found.append(column)
    return found


def _object(offers: Offers, column: tuple[int, ...]) -> int:
    return int(offers.obj[column[0]])


def _before(offers: Offers, gains: Floats, columns: list[tuple[int, ...]], n: int, other: int) -> bool:
    """Whether one column is better than another: stops more, or as much with fewer interceptors."""
    uses = [int(offers.uses[list(columns[m])].sum()) for m in (n, other)]
    return (float(gains[n]), -uses[0]) > (float(gains[other]), -uses[1])


def _used(offers: Offers, rows: tuple[int, ...], sites: int) -> Ints:
    used = np.zeros(sites, np.int32)
    np.add.at(used, offers.site[list(rows)], offers.uses[list(rows)])
    return used


def _within_stock(
    offers: Offers, stock: Ints, columns: list[tuple[int, ...]], gains: Floats, bound: set[int]
) -> tuple[int, ...]:
    """At most one column an object, one for those that are bound, no site above its stock: a small integer programme."""
    objects = sorted({_object(offers, column) for column in columns})
    rows, at, values = [], [], []
    for n, column in enumerate(columns):
        rows.append(objects.index(_object(offers, column)))
        at.append(n)
        values.append(1.0)
        for offer in column:
            rows.append(len(objects) + int(offers.site[offer]))
            at.append(n)
            values.append(float(offers.uses[offer]))
    table = csr_array((values, (rows, at)), shape=(len(objects) + len(stock), len(columns)))
    lower = np.concatenate([[float(obj in bound) for obj in objects], np.full(len(stock), -np.inf)])
    upper = np.concatenate([np.ones(len(objects)), stock])
    found = milp(
        -gains,
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, lower, upper),
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        raise ModelError(f"assignment: {found.message}; keep no more offers than the stock allows")
    return tuple(sorted(row for n in np.flatnonzero(found.x > 0.5) for row in columns[n]))
