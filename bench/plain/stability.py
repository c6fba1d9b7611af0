"""The first-strike index as a plain NumPy script would compute it: every split of a comb, all pairs at once."""

import numpy as np

COMB = 161  # equal steps in which the split is tried, no refinement
BATCH = 2_000  # pairs at a time, so that the arrays stay in the cache


def killed(weapons, carriers, kill):
    """Share of carriers destroyed, n or n + 1 weapons at each."""
    each = np.divide(weapons, carriers, out=np.zeros(np.broadcast(weapons, carriers).shape), where=carriers > 0.0)
    whole = np.floor(each)
    return 1.0 - (1.0 - kill) ** whole * (1.0 - kill * (each - whole))


def suffered(sent, side, other):
    """Share of the value destroyed, thinned by a defence of cities."""
    working = sent * side[4]
    passing = working * (1.0 - killed(other[6] + 0.0 * working, working, other[10]))
    return 1.0 - np.exp(-np.log(5.0) * passing / other[5])


def cost(own, enemy):
    """Kent and Thaler's."""
    return own**0.75 + 0.3 * (1.0 - enemy**0.75)


def first(striker, struck):
    """Costs to both at the striker's best split: columns (13, n, 1)."""
    top = striker[0] + striker[12] * striker[2]
    spent = top * np.linspace(0.0, 1.0, COMB)
    saved = killed(struck[7] + 0.0 * spent, spent * striker[4], struck[10])
    gone = killed(spent, struck[1], striker[3] * striker[4] * (1.0 - saved)) * (1.0 - 0.9 * struck[8])
    own = suffered(struck[0] * (1.0 - gone) + struck[9] * struck[2], struck, striker)
    enemy = suffered(top - spent, striker, struck)
    costs = cost(own, enemy)
    best = np.argmin(costs, axis=1)[:, None]
    return np.take_along_axis(costs, best, 1)[:, 0], np.take_along_axis(cost(enemy, own), best, 1)[:, 0]


def index(rows_a, rows_b):
    """The index of many pairs of rows, (n, 13) each; no preferential defence."""
    out = np.empty(len(rows_a))
    for start in range(0, len(rows_a), BATCH):
        a, b = (rows[start : start + BATCH].T[:, :, None] for rows in (rows_a, rows_b))
        (first_a, second_b), (first_b, second_a) = first(a, b), first(b, a)
        out[start : start + BATCH] = (first_a / second_a) * (first_b / second_b)
    return out
