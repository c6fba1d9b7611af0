"""What happens in one raid? Shot by shot in compiled histories, where a draw is a function of history and object; and exactly.

An object needs so many shots, or its track fails and no number helps; that is drawn once, the same for every stock,
doctrine and size of the raid, so that all of them are paired. A doctrine then only says who gets how many.
"""

import math

import numpy as np

from entente.compiled import Floats, kernel
from entente.rng import RAID, philox, uniform

BARRAGE, LOOK, RESERVE = 0, 1, 2  # doctrines
EVENLY = 0  # shots: the whole stock over all objects
LOST = 2**30  # shots that an object needs whose track fails
FIRST = 2  # shots before the look of shoot-look-shoot
TRACK, KIND = -1, 1  # keys of the draws: the track that all objects of a history share; which objects are warheads
AT_ONCE = 4  # objects that one block of random words serves, and shots that are compared without a branch
SCALE = 2.0**-32
OK, BAD = 0, 4  # status


@kernel
def draw_needed(history: int, k: float, track: float, system: bool, needed: np.ndarray) -> None:
    """Draw, for each object, the shot that stops it.

    Args:
        history: its number, 0 to 2^32 - 1.
        k: chance of one shot; track: that the track holds; system: it holds for all objects or for none.
        needed: (M,) int64, M a multiple of four, overwritten: 1 for the first shot; LOST where the track fails.
    Valid: chances to 2^-32.
    Source: own: the inverse of 1 - (1 - k)^n, one 32-bit word an object.
    """
    if system and uniform(history, RAID, TRACK, 0, 0) >= track:
        needed[:] = LOST
        return
    holds = 1.0 if system else track
    missed = 1.0 - k
    stop1, stop2 = _threshold(holds * k), _threshold(holds * (1.0 - missed**2))
    stop3, stop4 = _threshold(holds * (1.0 - missed**3)), _threshold(holds * (1.0 - missed**4))
    for block in range(0, needed.shape[0], AT_ONCE):
        w0, w1, w2, w3 = philox(0, 0, block // AT_ONCE, 0, history, RAID)
        # Sums of truths instead of branches, which a processor would guess wrongly every other time.
        n0 = 1 + int(w0 >= stop1) + int(w0 >= stop2) + int(w0 >= stop3) + int(w0 >= stop4)
        n1 = 1 + int(w1 >= stop1) + int(w1 >= stop2) + int(w1 >= stop3) + int(w1 >= stop4)
        n2 = 1 + int(w2 >= stop1) + int(w2 >= stop2) + int(w2 >= stop3) + int(w2 >= stop4)
        n3 = 1 + int(w3 >= stop1) + int(w3 >= stop2) + int(w3 >= stop3) + int(w3 >= stop4)
        needed[block] = n0 if n0 <= AT_ONCE else _further(w0, k, holds)
        needed[block + 1] = n1 if n1 <= AT_ONCE else _further(w1, k, holds)
        needed[block + 2] = n2 if n2 <= AT_ONCE else _further(w2, k, holds)
        needed[block + 3] = n3 if n3 <= AT_ONCE else _further(w3, k, holds)


@kernel
def draw_kind(history: int, mark: Floats) -> None:
    """Draw, for each object, a number that says whether it is a warhead: uniform in (0, 1), (M,) as above, overwritten."""
    for block in range(0, mark.shape[0], AT_ONCE):
        w0, w1, w2, w3 = philox(0, KIND, block // AT_ONCE, 0, history, RAID)
        mark[block], mark[block + 1] = (float(w0) + 0.5) * SCALE, (float(w1) + 0.5) * SCALE
        mark[block + 2], mark[block + 3] = (float(w2) + 0.5) * SCALE, (float(w3) + 0.5) * SCALE


@kernel
def _threshold(chance: float) -> np.uint64:
    """A 32-bit word below this falls within the chance."""
    return np.uint64(math.floor(chance * 2.0**32 + 0.5))


@kernel
def _further(word: np.uint64, k: float, holds: float) -> int:
    """The shot that stops an object which the first four have missed; LOST where its track fails."""
    if word >= _threshold(holds):
        return LOST
    if k <= 0.0:
        return LOST - 1
    left = max(SCALE, 1.0 - (float(word) + 0.5) * SCALE / holds)
    return min(LOST - 1, max(AT_ONCE + 1, 1 + int(math.log(left) / math.log1p(-k))))


@kernel
def _room(objects: int) -> int:
    """The length of arrays for so many objects: a multiple of what one block serves."""
    return (objects + AT_ONCE - 1) // AT_ONCE * AT_ONCE


@kernel
def play(
    warheads: int, objects: int, stock: int, doctrine: int, shots: int, held: int, needed: np.ndarray, mark: Floats
) -> tuple[int, int]:
    """What one doctrine does against one raid.

    Args:
        warheads, objects: warheads lie at random among the objects.
        doctrine: BARRAGE: `shots` at each while the stock lasts, what is left spread evenly (EVENLY: all of it);
            LOOK: two at each, then `shots` - 2 at each that is seen to survive; RESERVE: `held` interceptors are held back
            from a barrage, and one of them fired at each that is seen to survive it.
        needed, mark: as `draw_needed` and `draw_kind` give them, for as many objects as there are interceptors, or all;
            mark is not looked at where every object is a warhead.
    Returns:
        warheads that get through, and interceptors fired; no more than the stock.
    Source: own.
    """
    first, ready = shots, stock
    if doctrine == LOOK:
        first, ready = min(FIRST, shots), min(stock, FIRST * objects)
    elif doctrine == RESERVE:
        ready = stock - held
    # A look waits with what is left; a barrage has nothing to wait for.
    spread = first == EVENLY or (doctrine == BARRAGE and ready >= objects * first)
    base, more = (ready // objects, ready % objects) if spread else (first, 0)
    engaged = min(objects, ready) if spread else min(objects, (ready + first - 1) // first)
    rest = ready if spread else ready - base * (engaged - 1)  # the last one gets no more than what is left
    fired = base * engaged + more if spread else min(ready, base * engaged)
    through, hidden, left, all_are = warheads, float(warheads), stock - fired, objects == warheads
    again = 0 if doctrine == BARRAGE else 1 if doctrine == RESERVE else shots - FIRST
    if all_are and again == 0:
        for obj in range(engaged - 1):
            through -= int(needed[obj] <= base + int(obj < more))
        if engaged > 0:
            through -= int(needed[engaged - 1] <= min(base + int(engaged - 1 < more), rest))
        return through, fired
    for obj in range(engaged):
        n = base + int(obj < more)
        if obj == engaged - 1:
            n = min(n, rest)
        is_warhead = 1 if all_are else int(mark[obj] * (objects - obj) < hidden)
        hidden -= is_warhead
        stopped = int(needed[obj] <= n)
        if again > 0 and left > 0 and stopped == 0 and needed[obj] < LOST:
            second = min(again, left)
            left -= second
            stopped = int(needed[obj] <= n + second)
        through -= is_warhead * stopped
    return through, stock - left if again > 0 else fired


@kernel
def raid_many(
    start: int, histories: int, warheads: int, objects: int, stock: int, doctrine: int, shots: int, held: int,
    k: float, track: float, system: bool, counts: np.ndarray, fired: np.ndarray,
) -> int:  # fmt: skip
    """Play a raid in many histories.

    Args:
        counts: (W + 1,) int64; the number of histories with so many leakers is added.
        fired: (2,) int64; the interceptors fired are added, and their squares.
    Returns:
        status: 0, or 4 for sizes that do not fit.
    """
    if counts.shape[0] != warheads + 1 or objects < warheads or held > stock or shots < 0:
        return BAD
    drawn = min(objects, stock)
    needed, mark = np.empty(_room(drawn), np.int64), np.empty(_room(drawn) if objects > warheads else 0)
    for history in range(start, start + histories):
        draw_needed(history, k, track, system, needed)
        draw_kind(history, mark)
        through, used = play(warheads, objects, stock, doctrine, shots, held, needed, mark)
        counts[through] += 1
        fired[0] += used
        fired[1] += used * used
    return OK


@kernel
def curve_many(
    start: int, histories: int, sizes: np.ndarray, beside: int, stock: int, doctrine: int, shots: int, held: int,
    k: float, track: float, system: bool, counts: np.ndarray,
) -> int:  # fmt: skip
    """Play raids of many sizes in the same histories.

    Args:
        sizes: warheads of each raid, (R,) int64; `beside` undiscriminated objects come with each warhead.
        counts: (R, most + 1) int64, most no less than the stock or the largest raid; the number of histories in which so
            many warheads are stopped is added.
    Returns:
        status: 0, or 4 for sizes that do not fit.
    """
    largest = 0
    for size in sizes:
        largest = max(largest, size)
    if counts.shape[0] != sizes.shape[0] or counts.shape[1] <= min(stock, largest) or held > stock or shots < 0:
        return BAD
    drawn = min(largest * (1 + beside), stock)
    needed, mark = np.empty(_room(drawn), np.int64), np.empty(_room(drawn) if beside else 0)
    for history in range(start, start + histories):
        draw_needed(history, k, track, system, needed)
        draw_kind(history, mark)
        stopped = 0
        for row in range(sizes.shape[0]):
            # Beyond the last object that a stock serves, more warheads change nothing.
            if row == 0 or beside > 0 or sizes[row - 1] <= stock or sizes[row] <= stock:
                objects = sizes[row] * (1 + beside)
                through, _ = play(sizes[row], objects, stock, doctrine, shots, held, needed, mark)
                stopped = sizes[row] - through
            counts[row, stopped] += 1
    return OK


@kernel
def deal(engaged: int, stocks: np.ndarray, given: np.ndarray) -> None:
    """Deal the shots of several stocks round by round, one stock after the other.

    Args:
        stocks: (S,) int64; given: (E, S) int64, overwritten: shots of each stock at each engaged object.
    """
    given[:] = 0
    turn = 0
    for kind in range(stocks.shape[0]):
        for _ in range(stocks[kind]):
            given[turn, kind] += 1
            turn = (turn + 1) % engaged


@kernel
def none_of(warheads: int, objects: int, stopped: Floats, mean: Floats) -> float:
    """Chance that every warhead is stopped, warheads lying at random among the objects.

    Args:
        stopped: (E,) chances of the objects engaged; the others are never stopped.
        mean: (W + 1,), scratch.
    Source: own: the mean of products over all ways to pick j of m objects, by m; sums of positive terms only.
    """
    engaged = stopped.shape[0]
    if warheads > engaged:
        return 0.0
    if objects == warheads:
        product = 1.0
        for chance in stopped:
            product *= chance
        return product
    mean[:] = 0.0
    mean[0] = 1.0
    for m in range(1, objects + 1):
        chance = stopped[m - 1] if m <= engaged else 0.0
        for j in range(min(m, warheads), 0, -1):
            mean[j] = ((m - j) * mean[j] + j * chance * mean[j - 1]) / m
    return mean[warheads]


@kernel
def curve_exact(
    sizes: np.ndarray, beside: int, stocks: np.ndarray, kills: Floats, tracks: Floats, shots: int, system: bool,
    none: Floats, stopped: Floats,
) -> int:  # fmt: skip
    """A barrage against raids of many sizes: the chance that none gets through, and how many are stopped on the average.

    Args:
        sizes: warheads of each raid, (R,) int64; `beside` undiscriminated objects come with each warhead.
        stocks: (S,) int64, pooled; kills: chance of one shot; tracks: that the track holds, falling: where it does for one
            stock it does for every one with a larger chance.
        shots: at each object while the stock lasts, what is left spread evenly; EVENLY: all of it.
        none, stopped: (R,), overwritten.
    Returns:
        status: 0, or 4 where there is nobody to shoot at.
    Source: own; with one stock Wilkening's K_w.
    """
    total, kinds = stocks.sum(), stocks.shape[0]
    for row in range(sizes.shape[0]):
        warheads, objects = sizes[row], sizes[row] * (1 + beside)
        if warheads < 1:
            return BAD
        engaged = min(objects, total)
        if shots > 0 and objects * shots > total:
            engaged = (total + shots - 1) // shots
        none[row], stopped[row] = 0.0, 0.0
        if engaged == 0:
            continue
        given, chance, mean = np.zeros((engaged, kinds), np.int64), np.zeros(engaged), np.zeros(warheads + 1)
        if shots > 0 and objects * shots > total:
            _deal_salvos(shots, stocks, given)
        else:
            deal(engaged, stocks, given)
        each, missed = np.zeros(engaged), np.ones(engaged)
        for kind in range(kinds):
            weight = tracks[kind] - (tracks[kind + 1] if kind + 1 < kinds else 0.0)
            for obj in range(engaged):
                missed[obj] *= (1.0 - kills[kind]) ** given[obj, kind]
                chance[obj] = 1.0 - missed[obj]
                each[obj] += weight * chance[obj]
            if system and weight > 0.0:
                none[row] += weight * none_of(warheads, objects, chance, mean)
        if not system:
            none[row] = none_of(warheads, objects, each, mean)
        stopped[row] = each.sum() * warheads / objects
    return OK


@kernel
def _deal_salvos(shots: int, stocks: np.ndarray, given: np.ndarray) -> None:
    """Deal a short stock: so many shots at each object, the last one gets the rest, stocks round by round over the full ones."""
    given[:] = 0
    total, last = stocks.sum(), given.shape[0] - 1
    full = total // shots
    turn, dealt = 0, 0
    for kind in range(stocks.shape[0]):
        for _ in range(stocks[kind]):
            if dealt < full * shots:
                given[turn, kind] += 1
                turn = (turn + 1) % full
            else:
                given[last, kind] += 1
            dealt += 1
