"""Which detection belongs to which track, all at once."""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel

Ints = NDArray[np.int32]

TENTATIVE, CONFIRMED, DROPPED = 0, 1, 2  # what a track may be


@kernel
def gate(p: float, m: int) -> float:
    """The normalised innovation squared below which a true detection lies with chance p.

    Args:
        p: chance, above 0 and below 1.
        m: how many numbers were measured: 1, 2 or 3.
    Returns:
        quantile of the chi-square distribution with m degrees of freedom; nan for any other p or m.
    Source: closed form of the distribution for m = 1, 2, 3 (Abramowitz & Stegun 26.4.4, 26.4.5), solved by bisection.
    """
    if not (0.0 < p < 1.0 and 1 <= m <= 3):
        return math.nan
    if m == 2:
        return -2.0 * math.log(1.0 - p)
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        # Complements on both sides keep a gate of 1 - 1e-12 apart from infinity.
        outside = math.erfc(math.sqrt(0.5 * middle))
        if m == 3:
            outside += math.sqrt(2.0 * middle / math.pi) * math.exp(-0.5 * middle)
        if outside > 1.0 - p:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def assign(cost: Floats, no_match: Floats, row_out: Ints) -> int:
    """The cheapest way to give every row one column of its own, or none.

    Args:
        cost: what each pair costs, (n, m): minus the logarithm of its likelihood ratio; inf outside the gate.
        no_match: what leaving each row alone costs, (n,), finite.
        row_out: the column of each row, -1 for none, (n,).
    Returns:
        status: 4 where a cost is nan or minus infinity, or `no_match` is not finite; then nothing is written.
    Valid: any shape, also n = 0 and m = 0; of several equally cheap ways, one, always the same.
    Source: Crouse, On implementing 2D rectangular assignment algorithms, IEEE Trans. AES 52 (2016) 1679-1696: shortest
        augmenting paths, here with one column per row that stands for "none".
    """
    n, m = cost.shape
    for i in range(n):
        if not abs(no_match[i]) < math.inf:
            return 4
        for j in range(m):
            if not cost[i, j] > -math.inf:
                return 4
    # Column m + i means "row i alone" and is open to row i only, so there is always a way.
    wide = m + n
    price = np.zeros(wide)
    row_price = np.zeros(n)
    reach = np.empty(wide)
    # The row that owns a column (-1: nobody), the row it was reached from, whether its shortest way is known.
    owner, via, done = np.empty(wide, np.int32), np.empty(wide, np.int32), np.empty(wide, np.int32)
    for j in range(wide):
        owner[j] = -1
    for start in range(n):
        for j in range(wide):
            reach[j] = math.inf
            done[j] = 0
        i, last, shortest = start, 0, 0.0
        while i >= 0:
            nearest = math.inf
            for j in range(wide):
                if done[j] == 1:
                    continue
                c = cost[i, j] if j < m else (no_match[i] if j == m + i else math.inf)
                length = shortest + c - row_price[i] - price[j]
                if length < reach[j]:
                    reach[j] = length
                    via[j] = i
                if reach[j] < nearest:
                    nearest = reach[j]
                    last = j
            shortest = nearest
            done[last] = 1
            i = owner[last]
        # Move the prices so that the path found costs nothing more, then turn it over.
        row_price[start] += shortest
        for j in range(wide):
            if done[j] == 1 and j != last:
                row_price[owner[j]] += shortest - reach[j]
                price[j] -= shortest - reach[j]
        while i != start:
            i = via[last]
            owner[last] = i
            was = row_out[i]
            row_out[i] = last
            last = was
    for i in range(n):
        if row_out[i] >= m:
            row_out[i] = -1
    return 0


@kernel
def m_of_n(history: int, chances: int, m: int, n: int, was: int) -> int:
    """What a track is after its latest chance to be seen: confirmed by m hits in n chances in a row, or dropped.

    Args:
        history: one bit a chance, 1 for a hit, the lowest the latest, with those before the first 0.
        chances: how many there were, not negative.
        m, n: 1 to 62, m not above n.
        was: TENTATIVE, CONFIRMED or DROPPED before; what is confirmed or dropped stays so.
    Returns:
        TENTATIVE, CONFIRMED, or DROPPED, as soon as the track can no longer have m hits in its first n chances; -1 where an
        argument is none of these.
    Source: Blackman & Popoli, Design and Analysis of Modern Tracking Systems (1999), section 6.2 (sliding window).
    """
    if not (1 <= m <= n <= 62 and chances >= 0 and history >= 0 and TENTATIVE <= was <= DROPPED):
        return -1
    if was != TENTATIVE:
        return was
    hits = 0
    for i in range(n):
        hits += history >> i & 1
    if hits >= m:
        return CONFIRMED
    return DROPPED if hits + n - min(chances, n) < m else TENTATIVE
