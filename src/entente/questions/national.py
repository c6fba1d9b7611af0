"""Up to how many warheads can one country's defence stop them all, and what share of a massive raid? Finding F1, by year.

Every interceptor of a country is taken to meet every object, wherever it flies and whoever sends it: geometry is ignored, so
that each curve is an upper bound. Systems without a sourced number are left out and named, nuclear-armed ones are computed
apart, and what only guards its surroundings is added in a curve of its own.
"""

import datetime as dt
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.questions.caps import Cap, kept_systems
from entente.questions.raids import half_at
from entente.scenario.parts import Ranged
from entente.scenario.rows import KINDS, first_of_july
from entente.scenario.systems import Interceptor, NotComputable
from entente.scenario.world import at_share
from entente.strategy import raids

Pool = Literal["national", "with local", "nuclear-armed"]
YEARS = (2005, 2013, 2023)
DRAWS = 1_000
SHOTS = Ranged(low=2, nominal=4, high=5)
SHOTS_SOURCE = (
    "4 to 5 a warhead: Blair via Business Insider and SOFREP; 2, the salvo of every other model here, is assumed"
)
INPUTS = (
    "p_kill",
    "p_common",
    "shots",
)  # drawn once for all systems of a country, so that they are good or bad together
MANY = (10, 0)  # undiscriminated objects beside each warhead, the less favourable first
LARGEST = 400  # warheads; the chance that none of so many leaks has long been below one half
ALMOST_ALL = 1.0 - 1e-9  # of a whole number of shots
LOW, HIGH = 5.0, 95.0  # per cent of the draws that a band leaves below and above its ends


@dataclass(frozen=True)
class Holding:
    """What a party had on 1 July of a year.

    Attributes:
        counted: systems whose number a source states, without a limit of range: they may guard a country.
        local: the same with a limit of range: they guard what is around them.
        armed: nuclear-armed ones, never pooled with others.
        left_out: titles of systems whose number no source states, or that open sources do not let us compute.
    """

    party: str
    year: int
    counted: tuple[Interceptor, ...]
    local: tuple[Interceptor, ...]
    armed: tuple[Interceptor, ...]
    left_out: tuple[str, ...]

    def pooled(self, pool: Pool) -> tuple[Interceptor, ...]:
        """The systems of one curve."""
        if pool == "nuclear-armed":
            return self.armed
        return self.counted + (self.local if pool == "with local" else ())


@dataclass(frozen=True)
class Drawn:
    """One curve in every draw of the assumptions, (D,) each.

    Attributes:
        interceptors: the stock.
        half: the raid at which the chance that none leaks is one half.
        stopped: of the massive raid, on the average.
        inputs: (D, 3), where in its range each input lies, 0 to 1, as INPUTS.
    """

    interceptors: int
    half: Floats
    stopped: Floats
    inputs: Floats


def holding(party: str, year: int, caps: tuple[Cap, ...] = ()) -> Holding:
    """The interceptors of a party on 1 July of a year, by what may be computed with them.

    Args:
        caps: limits that are kept.
    """
    day = first_of_july("year", year)
    known = [row for row in KINDS["interceptors"]() if isinstance(row, Interceptor | NotComputable)]
    there = [row for row in known if row.owner == party and _is_there(row, day)]
    usable = [row for row in there if isinstance(row, Interceptor) and _has_a_number(row)]
    kept = kept_systems(usable, caps)
    plain = [row for row in kept if not row.nuclear_armed]
    return Holding(
        party=party,
        year=year,
        counted=tuple(row for row in plain if row.range_max_km is None),
        local=tuple(row for row in plain if row.range_max_km is not None),
        armed=tuple(row for row in kept if row.nuclear_armed),
        left_out=tuple(row.title for row in there if row not in usable),
    )


def _is_there(row: Interceptor | NotComputable, day: dt.date) -> bool:
    """Whether a system was deployed on a day; one without dates is taken to be there."""
    return row.status_on(day) == "deployed" or not row.periods


def _has_a_number(row: Interceptor) -> bool:
    return "inventory" not in row.assumed and row.basis not in ("assumed", "invented")


def shares(party: str, draw: int) -> Floats:
    """Where in its range each input lies, (3,)."""
    keys = [zlib.crc32(f"{party}.{name}".encode()) & 0x7FFFFFFF for name in INPUTS]
    return np.array([rng.uniform(draw, rng.INPUTS, key, 0, 0) for key in keys])


def curves(
    systems: Sequence[Interceptor], party: str, draw: int, sizes: np.ndarray, beside: int, system: bool
) -> tuple[Floats, Floats]:
    """In one draw: the chance that none leaks, and how many are stopped on the average, for raids of these sizes."""
    kill, common, planned = shares(party, draw)
    rows = sorted(
        ((at_share(row.p_common, common), at_share(row.p_kill, kill), row.inventory) for row in systems), reverse=True
    )
    tracks, kills, stocks = (np.array(column) for column in zip(*rows, strict=True))
    none, stopped = np.empty(len(sizes)), np.empty(len(sizes))
    raids.curve_exact(sizes, beside, stocks, kills, tracks, shots_at(planned), system, none, stopped)
    return none, stopped


def shots_at(share: float) -> int:
    """Whole shots planned at each object."""
    return math.floor(at_share(SHOTS, share) + 0.5)


@cache
def drawn(
    party: str,
    year: int,
    pool: Pool,
    beside: int,
    system: bool,
    massive: int,
    draws: int = DRAWS,
    caps: tuple[Cap, ...] = (),
) -> Drawn | None:
    """One curve in every draw; None where the party has nothing that may be computed.

    Args:
        massive: the raid of which the part stopped is asked; caps: limits that are kept.
    """
    systems = holding(party, year, caps).pooled(pool)
    if not systems:
        return None
    half, stopped = np.empty(draws), np.empty(draws)
    for n in range(draws):
        half[n] = _half(systems, party, n + 1, beside, system)
        stopped[n] = curves(systems, party, n + 1, np.array([massive]), beside, system)[1][0]
    inputs = np.array([shares(party, n + 1) for n in range(draws)])
    return Drawn(sum(row.inventory for row in systems), half, stopped, inputs)


def _half(systems: Sequence[Interceptor], party: str, draw: int, beside: int, system: bool) -> float:
    """Where the chance that none leaks falls to one half; raids are tried in tens, for it falls all the way."""
    known = np.empty(0)
    while len(known) < LARGEST and not (known < 0.5).any():
        sizes = np.arange(len(known) + 1, len(known) + 11)
        known = np.concatenate([known, curves(systems, party, draw, sizes, beside, system)[0]])
    return half_at(known)


@dataclass(frozen=True)
class Band:
    """One curve over the size of a raid, and what the assumptions make of it: 5, 50 and 95 per cent, each (R,)."""

    sizes: np.ndarray
    low: Floats
    middle: Floats
    high: Floats


@cache
def bands(party: str, year: int, pool: Pool, beside: int, system: bool, draws: int = 200) -> tuple[Band, Band] | None:
    """The chance that none leaks, and the share stopped, for raids of 1 to 2,000; None where nothing may be computed."""
    systems = holding(party, year).pooled(pool)
    if not systems:
        return None
    sizes = np.unique(np.round(np.geomspace(1, 2_000, 90)).astype(np.int64))
    found = [curves(systems, party, n + 1, sizes, beside, system) for n in range(draws)]
    ends = [np.percentile(np.array(one), (LOW, 50.0, HIGH), axis=0) for one in zip(*found, strict=True)]
    return Band(sizes, *ends[0]), Band(sizes, *(end / sizes for end in ends[1]))
