"""What does it cost to strike first, and to be struck first? Kent and Thaler's costs and index, forces as numbers.

A side is a row of numbers, at the places named below; a place has the same meaning on both sides. The striker fires all of
its fixed and FIRST of its survivable weapons: so many at the other's fixed carriers, the rest at its value. What is left of
the other then retaliates against value. How many go where is one number, the only choice of an attacker's that this project
searches; which carriers and what value stays unasked. Weapons are spread evenly; numbers need not be whole.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel, kernel_inlined

# Places in a side's row.
FIXED, VEHICLES, SURVIVABLE, KILL, RELIABILITY, W80 = 0, 1, 2, 3, 4, 5
CITIES, FORCES, LUA, ALERT, INTERCEPT, PREFERENTIAL, FIRST = 6, 7, 8, 9, 10, 11, 12
WIDTH = 13

# Damage curves.
EXPONENTIAL, HYPERBOLIC, SQUARE_ROOT = 0, 1, 2

EXPONENT, SURCHARGE = 0.75, 0.3  # of the cost; Kent and Thaler (1989), appendix C, p. 61
RIDDEN = 0.9  # share of the fixed weapons ridden out of an attack that launching under it saves; p. 35, note 4
STRIKER = 0.9  # share of its survivable weapons that a striker can use; p. 34
LN5 = math.log(5.0)  # 1 - exp(-ln 5) = 0.8
ROOT = 2.9943083470  # (1 + u) exp(-u) = 0.2

POINTS = 40  # equal steps in which the split is tried before it is refined
FINE = 6  # parts of a step, on either side of the best one
LAYERS = 6  # whole weapons at each carrier, where the curve bends
MANY = 1_000  # weapons at each carrier, beyond which a fraction more is no matter
HALVINGS = 24  # of an interval by the golden section: to 1e-5 of it, and the cost is flat there
NEAR = 1e-3  # of an interval: how far off the best step is asked whether the cost falls
GOLDEN = 0.6180339887498949
TIE = 1e-12  # costs that are equal


@kernel_inlined
def damage(weapons: float, w80: float, curve: int) -> float:
    """Share of a side's value that so many arriving weapons destroy.

    Args:
        weapons: that arrive and are not stopped; w80: that destroy 80 per cent; curve: one of those above.
    Returns:
        0 to 1.
    Source: a stand-in for the hand-drawn curves of Kent and Thaler (1989), figure 7: 1 - exp(-w ln 5 / w80); or
        w / (w + w80 / 4), which bends earlier and has the longer tail; or the square-root law 1 - (1 + u) exp(-u), u ~ sqrt(w).
    """
    if weapons <= 0.0:
        return 0.0
    share = weapons / w80
    if curve == HYPERBOLIC:
        return share / (share + 0.25)
    if curve == SQUARE_ROOT:
        u = ROOT * math.sqrt(share)
        return 1.0 - (1.0 + u) * math.exp(-u)
    return 1.0 - math.exp(-LN5 * share)


@kernel_inlined
def cost(own: float, enemy: float) -> float:
    """Cost to a side of which a share `own` of its value is destroyed, and `enemy` of the other's.

    Source: Kent and Thaler (1989), appendix C, p. 61: C = D_own^0.75 + 0.3 (1 - D_enemy^0.75).
    """
    # Roots of roots, as exact as the power and a fifth of its time.
    return math.sqrt(own) * math.sqrt(math.sqrt(own)) + SURCHARGE * (
        1.0 - math.sqrt(enemy) * math.sqrt(math.sqrt(enemy))
    )


@kernel_inlined
def killed(weapons: float, carriers: float, kill: float) -> float:
    """Share of the carriers that is destroyed by weapons spread evenly, `kill` each.

    Source: own: n whole weapons at each, one more at the rest; 1 - (1 - k)^n (1 - k f), exact for whole numbers.
    """
    if carriers <= 0.0 or weapons <= 0.0:
        return 0.0
    each = weapons / carriers
    if each > MANY:
        return 1.0 - (1.0 - kill) ** each
    whole = math.floor(each)
    left = 1.0 - kill * (each - whole)
    if whole > LAYERS:
        return 1.0 - (1.0 - kill) ** whole * left
    for _ in range(int(whole)):  # a power takes longer than all the rest
        left *= 1.0 - kill
    return 1.0 - left


@kernel_inlined
def stopped(weapons: float, interceptors: float, kill: float) -> float:
    """Share of the weapons that is stopped, on the average, by interceptors spread evenly.

    Source: own: as `killed`, weapons in the place of carriers.
    """
    return killed(interceptors, weapons, kill)


@kernel_inlined
def arriving(sent: float, side: Floats, interceptors: float, other: Floats) -> float:
    """Weapons of `side` that work and pass the other's interceptors, none of them preferred."""
    working = sent * side[RELIABILITY]
    return working * (1.0 - stopped(working, interceptors, other[INTERCEPT]))


@kernel_inlined
def suffered(sent: float, side: Floats, other: Floats, curve: int) -> float:
    """Share of the other's value that weapons of `side` destroy, through the defence of its cities.

    Source: own. A preferential defence saves what it guards: value is lost to the unthinned attack, but for the share
    of the attack that is stopped; any other thins the attack on everything, which for a curve that flattens saves less.
    """
    if other[PREFERENTIAL] > 0.0:
        working = sent * side[RELIABILITY]
        return (1.0 - stopped(working, other[CITIES], other[INTERCEPT])) * damage(working, other[W80], curve)
    return damage(arriving(sent, side, other[CITIES], other), other[W80], curve)


@kernel_inlined
def lost(spent: float, striker: Floats, struck: Floats) -> float:
    """Share of the struck side's fixed weapons that is lost to so many weapons spent on their carriers.

    Source: own but for RIDDEN; defence as in `suffered`: preferred carriers are saved, others share what passes.
    """
    reliability = striker[RELIABILITY]
    saved = stopped(spent * reliability, struck[FORCES], struck[INTERCEPT])
    kill = striker[KILL] * reliability
    if struck[PREFERENTIAL] > 0.0:
        share = (1.0 - saved) * killed(spent, struck[VEHICLES], kill)
    else:
        share = killed(spent, struck[VEHICLES], kill * (1.0 - saved))
    return (1.0 - RIDDEN * struck[LUA]) * share


@kernel_inlined
def available(side: Floats) -> float:
    """Weapons with which a side strikes first."""
    return side[FIXED] + side[FIRST] * side[SURVIVABLE]


@kernel
def exchange(spent: float, striker: Floats, struck: Floats, curve: int) -> tuple[float, float, float, float]:
    """Costs and damage of a first strike that spends so many weapons on forces.

    Returns:
        cost to the striker and to the struck, share of the value that each loses.
    """
    back = struck[FIXED] * (1.0 - lost(spent, striker, struck)) + struck[ALERT] * struck[SURVIVABLE]
    own = suffered(back, struck, striker, curve)
    enemy = suffered(available(striker) - spent, striker, struck, curve)
    return cost(own, enemy), cost(enemy, own), own, enemy


@kernel
def _better(new: tuple[float, float, float], best: tuple[float, float, float]) -> bool:
    """Whether a split (spent, own cost, cost to the enemy) is cheaper, or as cheap and dearer to the enemy."""
    return new[1] < best[1] - TIE or (new[1] <= best[1] + TIE and new[2] > best[2] + TIE)


@kernel
def _tried(spent: float, striker: Floats, struck: Floats, curve: int) -> tuple[float, float, float]:
    own, enemy, _, _ = exchange(spent, striker, struck, curve)
    return spent, own, enemy


@kernel
def _refined(
    low: float, high: float, best: tuple[float, float, float], striker: Floats, struck: Floats, curve: int
) -> tuple[float, float, float]:
    """The best split in an interval in which the cost falls and then rises, if better than the best so far."""
    a, b = low, high
    left = _tried(b - GOLDEN * (b - a), striker, struck, curve)
    right = _tried(a + GOLDEN * (b - a), striker, struck, curve)
    for _ in range(HALVINGS):
        if left[1] <= right[1]:
            b, right = right[0], left
            left = _tried(b - GOLDEN * (b - a), striker, struck, curve)
        else:
            a, left = left[0], right
            right = _tried(a + GOLDEN * (b - a), striker, struck, curve)
    for new in (left, right):
        if _better(new, best):
            best = new
    return best


@kernel
def split(striker: Floats, struck: Floats, curve: int) -> float:
    """How many weapons a striker spends on forces, so that its own cost is least; among equals, dearest to the enemy.

    Args:
        striker, struck: rows, (WIDTH,).
        curve: of the damage.
    Returns:
        weapons spent, 0 to all.
    Valid: own cost to 3e-4 against four thousand equal steps, mostly to 1e-6 (tests/laws/test_stability.py).
    Source: Kent and Thaler (1989), p. 22; the search is own: equal steps and every bend of the curve, then a golden section.
    """
    best = _tried(0.0, striker, struck, curve)
    top = available(striker)
    working, carriers = striker[RELIABILITY], struck[VEHICLES]
    if top <= 0.0 or carriers <= 0.0 or struck[FIXED] <= 0.0 or working * striker[KILL] <= 0.0:
        return 0.0  # nothing to be had by it, and it costs
    step = top / POINTS
    for n in range(1, POINTS + 1):
        new = _tried(n * step, striker, struck, curve)
        if _better(new, best):
            best = new
    for n in range(1, LAYERS + 1):
        if n * carriers < top:
            new = _tried(n * carriers, striker, struck, curve)
            if _better(new, best):
                best = new
        bend = struck[FORCES] / (n * working)
        if 0.0 < bend < top:
            new = _tried(bend, striker, struck, curve)
            if _better(new, best):
                best = new
    middle = best[0]
    for n in range(1 - FINE, FINE):  # interceptors bend the curve more often than the steps show
        spent = middle + step * n / FINE
        if n != 0 and 0.0 < spent < top:
            new = _tried(spent, striker, struck, curve)
            if _better(new, best):
                best = new
    step, middle = step / FINE, best[0]
    low, high = max(0.0, middle - step), min(top, middle + step)
    for n in range(1, LAYERS + 1):
        for bend in (n * carriers, struck[FORCES] / (n * working)):
            if low < bend < middle:
                low = bend
            if middle < bend < high:
                high = bend
    # Away from the best step the cost falls on one side at most, and on none where the curve bends.
    if low < middle and _better(_tried(middle - NEAR * (middle - low), striker, struck, curve), best):
        best = _refined(low, middle, best, striker, struck, curve)
    elif middle < high and _better(_tried(middle + NEAR * (high - middle), striker, struck, curve), best):
        best = _refined(middle, high, best, striker, struck, curve)
    return best[0]


@kernel
def index(side_a: Floats, side_b: Floats, curve: int) -> float:
    """The first-strike index: 1 no incentive, 0 the greatest, above 1 waiting is cheaper; nan where a cost is 0.

    Source: Kent and Thaler (1989), pp. 26 and 29: (C1_A / C2_A) (C1_B / C2_B), C1 of striking and C2 of being struck first.
    """
    first_a, second_b, _, _ = exchange(split(side_a, side_b, curve), side_a, side_b, curve)
    first_b, second_a, _, _ = exchange(split(side_b, side_a, curve), side_b, side_a, curve)
    if first_a <= 0.0 or second_a <= 0.0 or first_b <= 0.0 or second_b <= 0.0:
        return math.nan
    return (first_a / second_a) * (first_b / second_b)


@kernel
def index_many(sides_a: Floats, sides_b: Floats, curve: int, out: Floats) -> None:
    """The index of many pairs of sides, (n, WIDTH) each, into `out`, (n,)."""
    for n in range(out.shape[0]):
        out[n] = index(sides_a[n], sides_b[n], curve)


@kernel
def strike_many(strikers: Floats, struck: Floats, curve: int, out: Floats) -> None:
    """First strikes at their best splits, (n, WIDTH) each, into `out`, (n, 4).

    Returns:
        in `out`: weapons spent on forces, cost to the striker and to the struck, share of the fixed weapons lost.
    """
    for n in range(out.shape[0]):
        spent = split(strikers[n], struck[n], curve)
        out[n, 0] = spent
        out[n, 1], out[n, 2], _, _ = exchange(spent, strikers[n], struck[n], curve)
        out[n, 3] = lost(spent, strikers[n], struck[n])


@kernel
def curve_many(spent: Floats, striker: Floats, struck: Floats, curve: int, out: Floats) -> None:
    """What `exchange` gives along many splits, (n,), into `out`, (n, 4): the drawdown curve."""
    for n in range(spent.shape[0]):
        out[n, 0], out[n, 1], out[n, 2], out[n, 3] = exchange(spent[n], striker, struck, curve)


def row(**numbers: float) -> Floats:
    """A side's row from named numbers; a name is that of a place in lower case, and what is left out is 0."""
    side = np.zeros(WIDTH)
    for name, value in numbers.items():
        side[globals()[name.upper()]] = value
    return side
