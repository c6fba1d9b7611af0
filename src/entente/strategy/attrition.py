"""How much gets through: salvos, the chance that each misses, and failures that they have in common.

Detection, tracking and classification hold for a salvo with a chance of its own, and fail together for all salvos of a
party: if they hold for one they hold for every salvo with a larger chance. So a further salvo never makes it worse.

The rest are closed forms for a raid of equal objects and a stock of equal interceptors, in Wilkening's letters:
k one shot, P_track what an object's shots have in common, n shots at an object, W warheads, K = P_track (1 - (1 - k)^n).
"""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom, hypergeom, norm

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Salvos = tuple[tuple[int, int], ...]  # (objects, shots at each of them)

FIRST = 2  # shots before the look of shoot-look-shoot
NEGLIGIBLE = 1e-18  # chance of a case that is left out of a sum
NOTHING = 1e-100  # a chance that is none; SciPy's binomial overflows far below it
ROUNDED = 1e-14  # share by which a root of a confidence may miss the track factor that it is the power of
WHOLE = 1e-9  # share by which rounding errors may lift a whole number of interceptors


def stopped_each(obj: Ints, party: Ints, holds: Floats, missed: Floats, count: int) -> Floats:
    """Chance that an object is stopped, failures in common by object and party.

    Args:
        obj, party: of each salvo, (S,); parties are numbered from 0.
        holds: chance that detection, tracking and classification hold for it, (S,).
        missed: chance that all its shots miss although they hold, (S,).
        count: objects, B.
    Returns:
        (B,); 0 for an object at which nobody fires.
    Source: Wilkening, Science and Global Security 8 (2000): K_w = P_track (1 - (1 - k)^n), for salvos that share P_track.
    """
    through = np.ones(count)
    for side in np.unique(party):
        for body in np.unique(obj[party == side]):
            mine = (party == side) & (obj == body)
            through[body] *= sum(
                weight * float(np.prod(missed[mine][holds[mine] >= least])) for weight, least in _levels(holds[mine])
            )
    return 1.0 - through


def none_through(obj: Ints, party: Ints, holds: Floats, missed: Floats, count: int) -> float:
    """Chance that no object gets through if failures are common to all objects of a party (arguments as `stopped_each`)."""
    cases = [(1.0, np.zeros(len(obj), np.bool_))]
    for side in np.unique(party):
        mine = party == side
        cases = [
            (chance * weight, works | (mine & (holds >= least)))
            for chance, works in cases
            for weight, least in _levels(holds[mine])
        ]
    total = 0.0
    for chance, works in cases:
        through = np.ones(count)
        np.multiply.at(through, obj[works], missed[works])
        total += chance * float(np.prod(1.0 - through))
    return total


def _levels(holds: Floats) -> list[tuple[float, float]]:
    """One draw decides for all: (weight, least) such that with chance `weight` just the salvos with holds >= least work."""
    steps = [1.0, *sorted(set(holds.tolist()), reverse=True), 0.0]
    # Between one level and the next lower one, everything at or above the upper level works.
    return [(upper - lower, upper if number else 2.0) for number, (upper, lower) in enumerate(pairwise(steps))]


def kill_chance(k: float, n: float, track: float) -> float:
    """Chance that n shots, whole or not, stop an object.

    Source: Wilkening (2000): K = P_track (1 - (1 - k)^n).
    """
    return track * (1.0 - (1.0 - k) ** n)


def shots_for(each: float, k: float, track: float) -> float:
    """Shots at an object, a fraction allowed, that stop it with chance `each`; infinite where no number does.

    Source: Wilkening (2000): n = ln(1 - each / P_track) / ln(1 - k). A certain kill takes one shot.
    """
    if each <= 0.0:
        return 0.0
    if each > track * (1.0 + ROUNDED) or k <= 0.0 or (each >= track * (1.0 - ROUNDED) and k < 1.0):
        return math.inf
    return 1.0 if k >= 1.0 else math.log1p(-each / track) / math.log1p(-k)


def stock_for(objects: float, n: float, k: float, looks: bool) -> float:
    """Interceptors for n shots at each object; with a look, two first and the other n - 2 at those that both miss.

    Source: Wilkening (2000): N = n W*, W* = W P_ww + D P_dw. With a look own: W* (2 + (n - 2) (1 - k)^2), what is
    expected if every object is tracked; no more than two shots leave nothing to look for.
    """
    if not looks or n <= FIRST:
        return objects * n
    return objects * (FIRST + (n - FIRST) * (1.0 - k) ** FIRST)


def whole(stock: float) -> int:
    """The least whole number of interceptors that is no less than `stock`, rounding errors aside."""
    return math.ceil(stock * (1.0 - WHOLE))


def survivors_at_most(objects: int, k: float, confidence: float) -> int:
    """How many objects at most survive two shots each, with this confidence, if every one is tracked."""
    return int(binom.ppf(confidence, objects, (1.0 - k) ** FIRST))


def salvos(objects: int, interceptors: int, shots: int | None) -> Salvos:
    """Who gets how many shots: (objects, shots at each), the most first; what is left of a stock is spread evenly.

    Args:
        shots: at each object if the stock allows it: what is left then is spread evenly, one more here and there; where it
            does not, as many objects as possible get so many, one gets the rest, and the others are not engaged.
            None: the whole stock is spread over all objects, so that none has two more than another.
    Source: own. The spread is the one that stops most: K grows ever less with n.
    """
    if shots is None or objects * shots <= interceptors:
        base, more = divmod(interceptors, objects)
        parts: Salvos = ((more, base + 1), (objects - more, base))
    else:
        full, rest = divmod(interceptors, shots)
        parts = ((full, shots), (int(rest > 0), rest), (objects - full - int(rest > 0), 0))
    return tuple((count, n) for count, n in parts if count)


def leakers(warheads: int, groups: Salvos, k: float, track: float, system: bool) -> Floats:
    """Chances that so many warheads get through, (W + 1,).

    Args:
        groups: as `salvos` gives them, over all objects; warheads lie among them at random.
        system: one failure of the track loses every object; else each fails by itself.
    Source: own: binomial in each group, hypergeometric between them.
    """
    objects = sum(count for count, _ in groups)
    chances = [(count, kill_chance(k, n, 1.0 if system else track)) for count, n in groups]
    stopped = _stopped(chances, objects, warheads)
    through = np.zeros(warheads + 1)
    through[warheads - np.arange(len(stopped))] = stopped
    if system:
        through *= track
        through[warheads] += 1.0 - track
    return through


def _stopped(groups: list[tuple[int, float]], objects: int, warheads: int) -> Floats:
    """Chances that so many of the warheads, which lie at random among the objects of these groups, are stopped."""
    (count, chance), *rest = groups
    if not rest:
        return _binomial(warheads, chance)
    total = np.zeros(warheads + 1)
    here = np.arange(max(0, warheads - (objects - count)), min(count, warheads) + 1)
    weights = np.ones(1) if len(here) == 1 else hypergeom.pmf(here, objects, warheads, count)
    for a, weight in zip(here.tolist(), weights.tolist(), strict=True):
        if weight > NEGLIGIBLE:
            both = np.convolve(_binomial(a, chance), _stopped(rest, objects - count, warheads - a))
            total[: len(both)] += weight * both
    return total


def _binomial(tries: int, chance: float) -> Floats:
    """Chances of so many successes, (tries + 1,); just (1,) where there can be none."""
    if chance < NOTHING:
        return np.ones(1)
    return np.asarray(binom.pmf(np.arange(tries + 1), tries, chance), np.float64)


def expected_leakers(warheads: int, groups: Salvos, k: float, track: float) -> float:
    """How many warheads get through on the average; the same whether failures of the track are common or not."""
    objects = sum(count for count, _ in groups)
    return warheads * sum(count * (1.0 - kill_chance(k, n, track)) for count, n in groups) / objects


def expected_after_look(objects: int, interceptors: int, shots: int, k: float, track: float) -> float:
    """How many objects get through shoot-look-shoot on the average: two shots each, the others at survivors while stock lasts.

    Valid: whole shots, more than two; the look is perfect, and sees those that are tracked, each by itself.
    Source: own: the survivors of the first two shots are binomial.
    """
    first = salvos(objects, min(interceptors, FIRST * objects), FIRST)
    through = expected_leakers(objects, first, k, track)
    left, again = interceptors - FIRST * objects, shots - FIRST
    if left <= 0:
        return through
    seen = np.arange(objects + 1)
    full = np.minimum(seen, left // again)
    rest = np.where(seen > full, left % again, 0)
    stopped = full * kill_chance(k, again, 1.0) + (1.0 - (1.0 - k) ** rest)
    return through - float(binom.pmf(seen, objects, track * (1.0 - k) ** FIRST) @ stopped)


def wilson(hits: float, tries: float, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a share.

    Source: Wilson (1927), Journal of the American Statistical Association 22:209-212.
    """
    z = float(norm.ppf(0.5 + 0.5 * confidence))
    middle = (hits + 0.5 * z * z) / (tries + z * z)
    reach = z / (tries + z * z) * math.sqrt(hits * (tries - hits) / tries + 0.25 * z * z)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def clopper(hits: Any, tries: int, confidence: float = 0.95) -> Any:
    """Interval of a share, or of many (n,), that holds it at least as often as said: (low, high).

    Source: Clopper and Pearson (1934), Biometrika 26:404-413.
    """
    tail, count = 0.5 * (1.0 - confidence), np.asarray(hits)
    low = np.where(count > 0, beta.ppf(tail, np.maximum(count, 1), tries - count + 1), 0.0)
    high = np.where(count < tries, beta.ppf(1.0 - tail, count + 1, np.maximum(tries - count, 1)), 1.0)
    return (low, high) if count.ndim else (float(low), float(high))
