"""What do interceptors take from another state's retaliation, and what would make up for it? Findings F2 and F7.

Closed forms over keyed draws. A force rides out two weapons at each silo and loses what is not on alert; bombers are left
out, for no interceptor here meets them. Every interceptor meets a missile, wherever it flies: geometry is ignored, so that
each loss is an upper bound. The strike is the same with the defence and without it; nothing is chosen by anybody.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal, get_args

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.questions.caps import Cap, kept_forces, kept_systems
from entente.questions.holdings import forces
from entente.questions.levels import ASSUMED
from entente.questions.sides import ALERT
from entente.scenario.parts import Ranged
from entente.scenario.rows import first_of_july, interceptors
from entente.scenario.systems import Interceptor
from entente.scenario.world import at_share
from entente.strategy import stability as kernels
from entente.strategy.retaliation import tenth_many

Seen = Literal["deployed", "announced", "worst case"]
Posture = Literal["generated", "day-to-day"]
POSTURES: tuple[Posture, ...] = get_args(Posture)  # the larger retaliation first
BALLISTIC = ("silo", "mobile", "sea")
EACH = 2.0  # weapons at each silo of the side struck; assumed, the usual figure
# China's forces are not stated by leg: the share of what can reach that is left after being struck is assumed.
SURVIVES = Ranged(low=0.1, nominal=0.4, high=0.8)
MOST, HALVINGS = 5_000.0, 50  # interceptors, or times the force, that are searched; steps of the search
LARGEST_GROWTH = 50.0


@dataclass(frozen=True)
class Back:
    """What of a force comes back after it was struck, draw by draw, before any defence.

    Attributes:
        rows: as the kernels take them, (D, WIDTH); lost: share of the fixed warheads, (D,).
        warheads: of missiles, before anything was lost, (D,).
        inputs: (D, K) where in its range each input lies; names: of them; sourced: whether a source states it.
    """

    rows: Floats
    lost: Floats
    warheads: Floats
    inputs: Floats
    names: tuple[str, ...]
    sourced: tuple[bool, ...]

    @property
    def surviving(self) -> Floats:
        """Warheads that are left and launched, (D,)."""
        fixed, sure = self.rows[:, kernels.FIXED], self.rows[:, kernels.ALERT] * self.rows[:, kernels.SURVIVABLE]
        return np.asarray((1.0 - self.lost) * fixed + sure, np.float64)

    def grown(self, times: Floats) -> "Back":
        """The same force in the same mix, so many times as large."""
        rows = self.rows.copy()
        for place in (kernels.FIXED, kernels.VEHICLES, kernels.SURVIVABLE):
            rows[:, place] *= times
        return replace(self, rows=rows, warheads=self.warheads * times)


@dataclass(frozen=True)
class Shield:
    """The interceptors of one view of a defence, draw by draw.

    Attributes:
        count: of them; kill: chance that a shot stops a warhead, if told apart, with failures of tracks one by one, (D,).
        works: the same where tracks do not fail, a bound for failures all at once: what arrives in any case can only be more.
        inputs, names, sourced: as of `Back`.
    """

    count: int
    kill: Floats
    works: Floats
    inputs: Floats
    names: tuple[str, ...]
    sourced: tuple[bool, ...]


@dataclass(frozen=True)
class Taken:
    """What a shield takes from a retaliation, draw by draw, (D,) each.

    Attributes:
        without, tenth: 10th percentile of the warheads that arrive, without and with the shield.
        loss: share of it that is lost.
        growth: warheads more, in the mix of the force, that make up for it; inf where 50 times the force does not.
        most: interceptors that take no more than the bar.
    """

    without: Floats
    tenth: Floats
    loss: Floats
    growth: Floats
    most: Floats


def shares(name: str, draws: int) -> Floats:
    """Where in its range an input lies, draw by draw."""
    key = zlib.crc32(name.encode()) & 0x7FFFFFFF
    return np.array([rng.uniform(n + 1, rng.INPUTS, key, 0, 0) for n in range(draws)])


def _at(value: Ranged, at: Floats) -> Floats:
    return np.array([at_share(value, one) for one in at.tolist()])


def _ranged(ends: tuple[float, float, float]) -> Ranged:
    return Ranged(low=ends[0], nominal=ends[1], high=ends[2])


@cache
def struck(nation: str, year: int, posture: Posture, striker: str, draws: int, caps: tuple[Cap, ...] = ()) -> Back:
    """A nation's missiles after a strike on its silos and on what is not on alert.

    Args:
        striker: whose weapons; their reliability and kill chance are drawn under its name.
        caps: limits that are kept.
    """
    held = kept_forces(forces(nation, year), caps)
    drawn = {
        key: shares(f"{owner}.{key}", draws)
        for owner, key in (
            (nation, "warheads"),
            (nation, "alert"),
            (nation, "reliability"),
            (striker, "kill_per_weapon"),
        )
    }
    rows = np.zeros((draws, kernels.WIDTH))
    rows[:, kernels.RELIABILITY] = _at(_ranged(ASSUMED["reliability"]), drawn["reliability"])
    rows[:, kernels.ALERT] = 1.0
    warheads = np.zeros(draws)
    for name in BALLISTIC:
        if name not in held.legs:
            continue
        leg = held.legs[name]
        loaded = _at(leg.warheads, drawn["warheads"])
        warheads += loaded
        if name == "silo":
            rows[:, kernels.FIXED], rows[:, kernels.VEHICLES] = loaded, _at(leg.carriers, drawn["warheads"])
        else:
            alert = leg.alert if posture == "day-to-day" else _ranged(ALERT["generated"][name])
            rows[:, kernels.SURVIVABLE] += loaded * _at(alert, drawn["alert"])
    kill = _at(_ranged(ASSUMED["kill_per_weapon"]), drawn["kill_per_weapon"])
    reliability = ASSUMED["reliability"][1]  # of the striker, nominal: its kill chance is drawn over a far wider range
    lost = np.where(rows[:, kernels.FIXED] > 0.0, 1.0 - (1.0 - kill * reliability) ** EACH, 0.0)
    names = [f"{nation}.warheads", f"{nation}.alert", f"{nation}.reliability", f"{striker}.kill_per_weapon"]
    known = not any(one.startswith("legs.") and one.endswith(".warheads") for one in held.row.assumed)
    return Back(rows, lost, warheads, np.array(list(drawn.values())).T, tuple(names), (known, False, False, False))


@cache
def able(nation: str, year: int, draws: int) -> Back:
    """A nation's warheads able to reach, each on a carrier of its own, of which an assumed share is left."""
    held = forces(nation, year)
    drawn = [shares(f"{nation}.{key}", draws) for key in ("able_to_reach", "survives", "reliability")]
    rows = np.zeros((draws, kernels.WIDTH))
    reach = _at(held.able_to_reach, drawn[0])
    rows[:, kernels.FIXED] = rows[:, kernels.VEHICLES] = reach
    rows[:, kernels.RELIABILITY] = _at(_ranged(ASSUMED["reliability"]), drawn[2])
    lost = 1.0 - _at(SURVIVES, drawn[1])
    names = tuple(f"{nation}.{key}" for key in ("able_to_reach", "survives", "reliability"))
    sourced = ("able_to_reach" not in held.row.assumed, False, False)
    return Back(rows, lost, reach, np.array(drawn).T, names, sourced)


def seen(owner: str, year: int, how: Seen, caps: tuple[Cap, ...] = ()) -> tuple[Interceptor, ...]:
    """The interceptors without a warhead of their own that a party had, or that the other may see coming, on 1 July of a year.

    Deployed and announced: a source states their number, and no limit of range keeps them to their surroundings. Worst case:
    whatever was deployed, planned or cancelled up to that day, batteries with a limit of range and assumed numbers too.
    Limits that are kept cut what is left of these.
    """
    return kept_systems(_seen(owner, year, how), caps)


def _seen(owner: str, year: int, how: Seen) -> tuple[Interceptor, ...]:
    day = first_of_july("year", year)
    rows = [row for row in interceptors() if row.owner == owner and not row.nuclear_armed]
    if how == "worst case":  # what was cancelled can come back
        return tuple(row for row in rows if row.status_on(day) in ("deployed", "planned", "cancelled"))
    wanted = ("deployed",) if how == "deployed" else ("deployed", "planned")
    known = [row for row in rows if "inventory" not in row.assumed and row.basis not in ("assumed", "invented")]
    return tuple(row for row in known if row.range_max_km is None and row.status_on(day) in wanted)


def armed(owner: str, year: int) -> tuple[Interceptor, ...]:
    """The nuclear-armed ones, apart and never pooled."""
    day = first_of_july("year", year)
    return tuple(
        row for row in interceptors() if row.owner == owner and row.nuclear_armed and row.status_on(day) == "deployed"
    )


def shield(systems: Sequence[Interceptor], owner: str, draws: int, best: bool = False) -> Shield:
    """Interceptors good or bad together; `best`: at the upper ends of their ranges, as the other side has to fear."""
    count = sum(row.inventory for row in systems)
    drawn = [np.ones(draws) if best else shares(f"{owner}.{key}", draws) for key in ("p_kill", "p_common")]
    kill, both = np.zeros(draws), np.zeros(draws)
    for row in systems:
        one = _at(row.p_kill, drawn[0]) * row.inventory / count
        kill += one
        both += one * _at(row.p_common, drawn[1])
    names = () if best else (f"{owner}.p_kill", f"{owner}.p_common")
    known = tuple(all(name.split(".")[1] not in row.assumed for row in systems) for name in names)
    inputs = np.empty((draws, 0)) if best else np.array(drawn).T
    return Shield(count, both, kill, inputs, names, known)


def taken(back: Back, held: Shield, beside: int, bar: float, system: bool = False) -> Taken:
    """What interceptors, one shot at each of what flies before any gets a second, take from a retaliation.

    Args:
        beside: undiscriminated objects beside each warhead, which draw their share of the shots.
        bar: share of the 10th percentile that `most` interceptors may take.
        system: tracks fail all at once; then the loss is a bound.
    """
    kill = held.works if system else held.kill
    number = np.full(len(back.lost), held.count / (1.0 + beside))
    nothing = np.zeros(len(number))
    without = _tenth(back, nothing, kill)
    tenth = np.minimum(_tenth(back, number, kill), without)
    loss = np.divide(without - tenth, without, out=nothing.copy(), where=without > 0.0)

    def short(times: Floats) -> Floats:
        return np.asarray(_tenth(back.grown(times), number, kill) < without)

    def heavy(count: Floats) -> Floats:
        left = _tenth(back, count / (1.0 + beside), kill)
        return np.asarray(without - left <= bar * without)

    times = _edge(short, nothing + 1.0, nothing + LARGEST_GROWTH)
    growth = np.where(times > LARGEST_GROWTH * (1.0 - 1e-6), np.inf, (times - 1.0) * back.warheads)
    return Taken(without, tenth, loss, np.where(loss > 0.0, growth, 0.0), _edge(heavy, nothing, nothing + MOST))


def _tenth(back: Back, number: Floats, kill: Floats) -> Floats:
    """The 10th percentile of what arrives; beyond one shot each never above that of one shot, where the approximation jumps."""
    one_each = back.surviving * back.rows[:, kernels.RELIABILITY]
    found = tenth_many(back.rows, back.lost, number, kill)
    if (number <= one_each).all():
        return found
    return np.minimum(found, tenth_many(back.rows, back.lost, np.minimum(number, one_each), kill))


def _edge(holds: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Where a test that holds at first and then no more changes, draw by draw, by halving."""
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        there = holds(middle)
        low, high = np.where(there, middle, low), np.where(there, high, middle)
    return np.asarray(0.5 * (low + high), np.float64)
