"""What does finding F1 come to? Several warheads stopped, of a massive raid next to none: by party, year and discrimination.

It asks nothing of a study's histories: its curves are exact, and drawn over the assumptions that the catalogue states.
"""

from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np

from entente.compiled import Floats
from entente.deciders import Decider, first_order, noise
from entente.predicates import FAR, Massive, holds
from entente.questions.national import INPUTS, SHOTS_SOURCE, Drawn, Holding, Pool, drawn, holding
from entente.rulings import Ruling, rule, share_bounds
from entente.scenario.parts import PartyName

Three = tuple[float, float, float]  # 5, 50 and 95 per cent of the draws
PARTIES: tuple[str, ...] = get_args(PartyName)
MODES = {False: "per_object", True: "system"}


@dataclass(frozen=True)
class Mode:
    """One curve: failures of tracks one by one, or all at once.

    Attributes:
        half: the raid at which the chance that none leaks is one half; stopped: of the massive raid.
        several, not_massive: shares of the draws in which each half of the claim holds; share: in which both do.
    """

    system: bool
    half: Three
    stopped: Three
    several: float
    not_massive: float
    share: float


@dataclass(frozen=True)
class RaidVerdict:
    """One party in one year, with so many undiscriminated objects beside each warhead, by the less favourable of two modes."""

    party: str
    year: int
    beside: int
    interceptors: int
    modes: tuple[Mode, Mode]
    share: float
    interval: tuple[float, float]
    ruling: Ruling
    capped: bool
    deciders: tuple[Decider, ...]

    @property
    def least(self) -> Mode:
        """The mode that decided."""
        return min(self.modes, key=lambda mode: mode.share)


def raid_verdicts(predicate: Massive) -> tuple[RaidVerdict, ...]:
    """Every party, year and case that can be computed, the latest year and the less favourable case first."""
    return _raid_verdicts(predicate.model_dump_json())


@cache
def _raid_verdicts(said: str) -> tuple[RaidVerdict, ...]:
    predicate = Massive.model_validate_json(said)
    found = [
        _at(predicate, party, year, beside)
        for year in sorted(predicate.years, reverse=True)
        for beside in sorted(predicate.undiscriminated, reverse=True)
        for party in PARTIES
    ]
    return tuple(one for one in found if one)


def _at(predicate: Massive, party: str, year: int, beside: int) -> RaidVerdict | None:
    curves = {
        system: drawn(party, year, "national", beside, system, predicate.massive, predicate.draws)
        for system in (False, True)
    }
    known = {system: curve for system, curve in curves.items() if curve}
    if not known:
        return None
    modes = tuple(_mode(predicate, system, curve) for system, curve in known.items())
    margins = {mode.system: margin(predicate, known[mode.system]) for mode in modes}
    least = min(modes, key=lambda mode: mode.share)
    decided = _deciders(holding(party, year), known[least.system].inputs, margins[least.system])
    held = int(holds(margins[least.system]).sum())
    ruling = rule(held, predicate.draws)
    capped = ruling == "supported" and not all(one.sourced for one in decided)
    return RaidVerdict(
        party=party,
        year=year,
        beside=beside,
        interceptors=known[False].interceptors,
        modes=(modes[0], modes[1]),
        share=held / predicate.draws,
        interval=share_bounds(held, predicate.draws),
        ruling="supported under stated assumptions" if capped else ruling,
        capped=capped,
        deciders=decided,
    )


def _mode(predicate: Massive, system: bool, curve: Drawn) -> Mode:
    several, not_massive = _parts(predicate, curve)
    return Mode(
        system=system,
        half=_three(curve.half),
        stopped=_three(curve.stopped),
        several=float(holds(several).mean()),
        not_massive=float(holds(not_massive).mean()),
        share=float(holds(margin(predicate, curve)).mean()),
    )


def _parts(predicate: Massive, curve: Drawn) -> tuple[Floats, Floats]:
    """How far each half of the claim is above its bar, in units of the bar: several are stopped, and not many are."""
    low, high = predicate.half_between
    most = predicate.stopped_at_most * predicate.massive
    return curve.half / low - 1.0, np.minimum(1.0 - curve.half / high, 1.0 - curve.stopped / most)


def margin(predicate: Massive, curve: Drawn) -> Floats:
    """How far above the bar, draw by draw; the claim holds where it is not negative."""
    return np.clip(np.minimum(*_parts(predicate, curve)), -1.0 - FAR, FAR)


def _three(values: Floats) -> Three:
    low, middle, high = np.percentile(values, (5, 50, 95)).tolist()
    return low, middle, high


def _deciders(held: Holding, inputs: Floats, outcome: Floats) -> tuple[Decider, ...]:
    """The inputs whose index is above noise; all of them where none is, since the verdict hangs on some."""
    sourced = {name: all(name not in row.assumed for row in held.counted) for name in INPUTS}
    sourced["shots"] = "assumed" not in SHOTS_SOURCE
    if np.ptp(outcome) == 0.0:
        indices, least = np.zeros(len(INPUTS)), 0.0
    else:
        indices, least = first_order(inputs, outcome), noise(outcome, len(INPUTS))
    found = [
        Decider(f"{held.party}.{name}", f"{held.party}: {name}", float(index), least, sourced[name])
        for name, index in zip(INPUTS, indices, strict=True)
    ]
    above = [one for one in found if one.index > one.threshold] or found
    return tuple(sorted(above, key=lambda one: -one.index))


def reasons(predicate: Massive, verdicts: tuple[RaidVerdict, ...]) -> list[str]:
    """What must be said beside the verdict."""
    said, last = [], max(predicate.years)
    # Whether tracks fail one by one or all at once, the mean is the same; told apart, most are stopped.
    wide = [_told_apart(predicate, "with local", party, year) for party in PARTIES for year in predicate.years]
    if verdicts and all(mode.not_massive == 1.0 for one in verdicts for mode in one.modes):
        most = max(float(curve.stopped.max()) for curve in wide if curve) / predicate.massive
        said.append(
            f"a massive raid is never stopped, in no draw, year or case: of {predicate.massive:,} warheads at most {most:.0%}, "
            "batteries that only guard what is around them included"
        )
    said.append("every interceptor is taken to meet every warhead, wherever it flies: an upper bound, geometry ignored")
    for party in PARTIES:
        if not any(one.party == party for one in verdicts):
            titles = "; ".join(holding(party, last).left_out)
            said.append(f"{party}: not computable, nor any joint curve: no source gives the number of {titles}")
    for party in PARTIES:
        if armed := _told_apart(predicate, "nuclear-armed", party, last):
            low, middle, high = _three(armed.half)
            said.append(
                f"{party}, nuclear-armed, apart and never pooled: {armed.interceptors} interceptors, one half at "
                f"{middle:.1f} warheads ({low:.1f} to {high:.1f}), each told apart"
            )
    return said


def _told_apart(predicate: Massive, pool: Pool, party: str, year: int) -> Drawn | None:
    return drawn(party, year, pool, 0, False, predicate.massive, predicate.draws)
