"""Who gets what, at the least total cost: every row of a table one column, or rows of a short list one column or none.

`associate.assign` is the form that the tracker uses, on a small dense table; `assign_all` is the assignment problem
itself, and `assign_listed` takes only the pairs that a gate let through, so that 10^5 detections cost no table.
"""

import math

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats, kernel

Ints = NDArray[np.int32]


@kernel
def assign_all(cost: Floats, row_out: Ints) -> int:
    """The cheapest way to give every row a column of its own, or every column a row where there are fewer columns.

    Args:
        cost: what each pair costs, (n, m); inf where it is forbidden.
        row_out: the column of each row, -1 for none, which occurs only where n > m, (n,).
    Returns:
        status: 0; 2 where the forbidden pairs leave no such way; 4 where a cost is nan or minus infinity; row_out is
        written only with 0.
    Valid: any shape, also n = 0 and m = 0; time grows as min(n, m)^2 max(n, m); of equally cheap ways, one, always the same.
    Source: Jonker & Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment problems,
        Computing 38 (1987) 325-340; rectangular as in Crouse, IEEE Trans. AES 52 (2016) 1679-1696.
    """
    n, m = cost.shape
    for i in range(n):
        for j in range(m):
            if not cost[i, j] > -math.inf:
                return 4
    if n <= m:
        return _assign_rows(cost, row_out)
    turned, column = np.empty((m, n)), np.empty(m, np.int32)
    for i in range(n):
        for j in range(m):
            turned[j, i] = cost[i, j]
    status = _assign_rows(turned, column)
    if status == 0:
        for i in range(n):
            row_out[i] = -1
        for j in range(m):
            row_out[column[j]] = j
    return status


@kernel
def _assign_rows(cost: Floats, row_out: Ints) -> int:
    """`assign_all` for no more rows than columns and costs already checked."""
    n, m = cost.shape
    price, row_price, reach = np.zeros(m), np.empty(n), np.empty(m)
    column, owner, via = np.full(n, -1, np.int32), np.full(m, -1, np.int32), np.empty(m, np.int32)
    # Columns by what is known of their shortest way: known in [0, done), to be found in [done, m).
    order = np.empty(m, np.int32)
    # A row takes its cheapest column where that is still free, which leaves few rows for the search below.
    for i in range(n):
        best = 0
        for j in range(1, m):
            if cost[i, j] < cost[i, best]:
                best = j
        row_price[i] = cost[i, best]
        if row_price[i] == math.inf:
            return 2
        if owner[best] < 0:
            owner[best], column[i] = i, best
    for start in range(n):
        if column[start] >= 0:
            continue
        for j in range(m):
            order[j], reach[j] = j, math.inf
        i, last, done, shortest = start, -1, 0, 0.0
        while i >= 0:
            nearest, at = math.inf, -1
            base = shortest - row_price[i]
            for k in range(done, m):
                j = order[k]
                length = base + cost[i, j] - price[j]
                if length < reach[j]:
                    reach[j], via[j] = length, i
                # Of equally near columns a free one ends the search.
                if reach[j] < nearest or (reach[j] == nearest and nearest < math.inf and owner[j] < 0):
                    nearest, at = reach[j], k
            if at < 0:
                return 2
            shortest, last = nearest, order[at]
            order[at], order[done] = order[done], last
            done += 1
            i = owner[last]
        row_price[start] += shortest
        for k in range(done - 1):
            j = order[k]
            row_price[owner[j]] += shortest - reach[j]
            price[j] -= shortest - reach[j]
        _turn_over(start, last, via, owner, column)
    for i in range(n):
        row_out[i] = column[i]
    return 0


@kernel
def _turn_over(start: int, last: int, via: Ints, owner: Ints, column: Ints) -> None:
    """Give each column on the way from row `start` to column `last` to the row it was reached from."""
    i = -1
    while i != start:
        i = via[last]
        owner[last] = i
        was = column[i]
        column[i] = last
        last = was


@kernel
def assign_listed(column: Ints, cost: Floats, count: Ints, columns: int, no_match: Floats, row_out: Ints) -> int:
    """The cheapest way to give every row one of its listed columns, or none; a column goes to one row at most.

    Args:
        column: the columns that each row may have, its first `count` entries, (n, k), each once in a row.
        cost: what they cost, (n, k), finite; count: (n,), 0 to k.
        columns: how many columns there are, m.
        no_match: what leaving each row alone costs, (n,), finite.
        row_out: the column of each row, -1 for none, (n,).
    Returns:
        status: 4 where a cost is not finite, or a count or a column is none; then nothing is written.
    Valid: memory as the lists, not as n m; time too, where few want the same; of equally cheap ways, one, always the same.
    Source: as `assign_all`, with a private column for each row that stands for "none" and never bears a price.
    """
    return price_listed(column, cost, count, columns, no_match, row_out, np.empty(count.shape[0]), np.empty(columns))


@kernel
def price_listed(
    column: Ints,
    cost: Floats,
    count: Ints,
    columns: int,
    no_match: Floats,
    row_out: Ints,
    row_price: Floats,
    price: Floats,
) -> int:
    """`assign_listed`, and what makes its answer the best: prices that no pair undercuts.

    Args:
        row_price: (n,), price: (m,), written: a pair costs no less than its two prices together, being alone no less
            than the row's; what was chosen costs just that. Prices of columns are 0 or below, of those left over 0.
    Source: duality of linear programs; Jonker & Volgenant (1987), section 2.
    """
    n = count.shape[0]
    for i in range(n):
        if not (abs(no_match[i]) < math.inf and 0 <= count[i] <= column.shape[1]):
            return 4
        for e in range(count[i]):
            if not (abs(cost[i, e]) < math.inf and 0 <= column[i, e] < columns):
                return 4
    for i in range(n):
        row_price[i] = 0.0
    for j in range(columns):
        price[j] = 0.0
    reach = np.full(columns, math.inf)
    owner, via = np.full(columns, -1, np.int32), np.empty(columns, np.int32)
    is_done = np.zeros(columns, np.bool_)
    touched = np.empty(columns, np.int32)
    room = 0
    for i in range(n):
        room += count[i]
    length_of, column_of = np.empty(room), np.empty(room, np.int32)
    for start in range(n):
        i, last, reached, shortest, alone, alone_row = start, -1, 0, 0.0, math.inf, start
        waiting = 0
        while i >= 0:
            base = shortest - row_price[i]
            if base + no_match[i] < alone:
                alone, alone_row = base + no_match[i], i
            for e in range(count[i]):
                j = column[i, e]
                length = base + cost[i, e] - price[j]
                if length < reach[j] and not is_done[j]:
                    if reach[j] == math.inf:
                        touched[reached] = j
                        reached += 1
                    reach[j], via[j] = length, i
                    _put(length_of, column_of, waiting, length, j)
                    waiting += 1
            # The nearest column not done yet; one that was reached on a shorter way since stands there twice.
            while waiting > 0 and is_done[column_of[0]]:
                waiting -= 1
                _take(length_of, column_of, waiting)
            last, shortest = -1, alone
            if waiting == 0 or not length_of[0] < alone:
                break
            last, shortest = column_of[0], length_of[0]
            is_done[last] = True
            i = owner[last]
        row_price[start] += shortest
        for k in range(reached):
            j = touched[k]
            if is_done[j] and j != last:
                row_price[owner[j]] += shortest - reach[j]
                price[j] -= shortest - reach[j]
            is_done[j], reach[j] = False, math.inf
        if last < 0:
            # The way ends where a row gives its column up; the rest of the way moves along by one.
            last = row_out[alone_row] if alone_row != start else -1
            row_out[alone_row] = -1
        if last >= 0:
            _turn_over(start, last, via, owner, row_out)
    return 0


@kernel
def _put(length: Floats, column: Ints, size: int, new_length: float, new_column: int) -> None:
    """Put a column onto a heap of so many, the shortest length at the top."""
    k = size
    while k > 0 and length[(k - 1) // 2] > new_length:
        length[k], column[k] = length[(k - 1) // 2], column[(k - 1) // 2]
        k = (k - 1) // 2
    length[k], column[k] = new_length, new_column


@kernel
def _take(length: Floats, column: Ints, size: int) -> None:
    """Take the top off a heap, of which so many are left."""
    last_length, last_column = length[size], column[size]
    k = 0
    while 2 * k + 1 < size:
        child = 2 * k + 1
        if child + 1 < size and length[child + 1] < length[child]:
            child += 1
        if not length[child] < last_length:
            break
        length[k], column[k] = length[child], column[child]
        k = child
    length[k], column[k] = last_length, last_column
