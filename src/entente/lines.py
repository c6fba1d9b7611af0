"""The line between the two systems: when it is down, and what nobody declared goes wrong on it."""

import math
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.scenario.schema import Stress
from entente.scenario.units import KM
from entente.scenario.world import World

MOST_OUTAGES = 1_000  # in one history
FIRST_LINE, SECOND_LINE = 0, 1  # causes of outages: the policy's own, and the stress
UNSTRESSED = Stress()


@dataclass(frozen=True)
class Wrong:
    """What is wrong with everything one giver sends."""

    giver: int
    bias: Floats  # (3,) [m] Earth-fixed
    skew: float  # [s] added to its time stamps
    outages: Floats  # (N, 2) [s]


def wrong_of(world: World, giver: int, until: float) -> Wrong:
    """What the world's stress does to everything one giver sends; sizes of stress share their draws."""
    stress = world.stress
    toward = np.array([rng.normal(world.seed, rng.STRESS, giver, 0, i) for i in range(3)])
    late = rng.uniform(world.seed, rng.STRESS, giver, 0, 3) < 0.5
    outages = _spells(world.seed, giver, SECOND_LINE, stress.availability, world.policies[giver].outage, until)
    bias = stress.bias_km * KM * toward / np.linalg.norm(toward)
    return Wrong(giver, bias, stress.clock_skew_s if late else -stress.clock_skew_s, outages)


def outages_of(world: World, giver: int, until: float) -> Floats:
    """When the giver's line is down by its own policy, (N, 2) from and to [s]."""
    policy = world.policies[giver]
    return _spells(world.seed, giver, FIRST_LINE, policy.availability, policy.outage, until)


def _spells(seed: int, giver: int, line: int, availability: float, outage: float, until: float) -> Floats:
    """When a line is down, (N, 2) from and to [s]: lengths and gaps are exponential, the start is in balance."""
    down = rng.uniform(seed, rng.LINE, giver, line, 0) >= availability
    t, spells = 0.0, []
    for i in range(1, MOST_OUTAGES):
        if t > until or availability >= 1.0:
            break
        works = outage * availability / max(1.0 - availability, 1e-12)
        length = -math.log(rng.uniform(seed, rng.LINE, giver, line, i)) * (outage if down else works)
        if down:
            spells.append((t, t + length))
        t, down = t + length, not down
    return np.array(spells).reshape(-1, 2)


def after_outages(t: Floats, outages: Floats) -> Floats:
    """When what is sent at these moments [s] arrives."""
    out = t.copy()
    for begin, end in outages:
        out[(t >= begin) & (t < end)] = end
    return out
