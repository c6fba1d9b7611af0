"""What does the other party learn about the giver? Exposure in nats, and the plain list of facts disclosed."""

import math
from dataclasses import dataclass

import numpy as np

from entente.comparison.intervals import Interval
from entente.comparison.values import histories, once
from entente.scenario.rows import find_rung, ladder, systems
from entente.strategy.disclosure import disclosed
from entente.study import Study

TOLD = {  # what a released feature tells, as a fact: text and how a number is said
    "given_first_s": ("when it first tells of a launch: {:.0f} s after it", "s"),
    "given_delay_s": ("how late its word comes: {:.0f} s", "s"),
    "given_state_s": ("from when on it follows a flight: {:.0f} s after the launch", "s"),
    "given_sigma_km": ("how accurate its tracks are: {:.2g} km", "km"),
    "given_area_km2": ("how well it places an impact: a 90 % area of {:,.0f} km2", "km2"),
    "given_gap_s": ("how long its picture has gaps: {:.0f} s", "s"),
    "given_commit_s": ("when its interceptors leave: {:.0f} s after the launch", "s"),
}


@dataclass(frozen=True)
class Exposure:
    """Expected divergence [nats] from the public prior to the receiver's posterior on the giver's own parameters.

    nan with fewer than 30 histories (`enough` is then False). A lower bound: see `strategy.disclosure.disclosed`.
    """

    nats: float
    interval: Interval  # 95 % over seeds
    limit: float  # what is told about one parameter must reach this to be noticed [nats]
    by_input: dict[str, float]  # every parameter of the giver that is told something about, the most first

    @property
    def enough(self) -> bool:
        """Whether there were histories enough to tell."""
        return not math.isnan(self.nats)


@dataclass(frozen=True)
class Fact:
    """One thing that the other party knows by this rung."""

    text: str
    measure: str = ""  # the feature it is computed from; empty for what taking part itself gives away
    value: float = math.nan
    unit: str = ""
    share: float = 1.0  # of histories in which it is disclosed


def inputs_of(study: Study, party: str) -> list[str]:
    """The ranged inputs of a party's own systems and its allies'. A vehicle's are nobody's, a release policy is public."""
    allies = next(one.allies for one in study.scenario.parties if one.name == party)
    own = {row.id for row in systems() if row.owner in (party, *allies)}
    return [str(name) for name in study.inputs["input"].values if str(name).split(".", 1)[0] in own]


def exposure(study: Study, case: str, rung: int, party: str, of: int = 1) -> Exposure:
    """What the features of a party's releases in one case tell about its own parameters.

    What flows adds up, so the features at the lower rungs whose flows a rung keeps are seen at that rung too: a feature
    that mixes warnings with tracks does not hide what the warnings alone told.

    Args:
        of: how many exposures are asked for together; noise is then held to 1 % over all of them.
    Raises:
        UnknownName: no such case, rung or party.
    """
    question = ("exposure", case, rung, party, of)
    return once(study, question, lambda: _exposure(study, case, rung, party, of))


def _exposure(study: Study, case: str, rung: int, party: str, of: int) -> Exposure:
    names = inputs_of(study, party)
    features = [str(name) for name in study.data if str(name).startswith("given_")]
    columns = [histories(study, name, case, one, party) for one in _kept_by(study, rung) for name in features]
    told = {column.tobytes(): column for column in columns}  # what a rung says again tells nothing more
    released = np.array(list(told.values()), np.float64).reshape(len(told), study.data.sizes["seed"]).T
    parameters = np.asarray(study.inputs.sel(input=names).values, np.float64)
    found = disclosed(parameters, released, of)
    by_input = {name: float(nats) for name, nats in zip(names, found.each, strict=True) if nats > 0.0}
    return Exposure(found.total, found.interval, found.limit, dict(sorted(by_input.items(), key=lambda item: -item[1])))


def _kept_by(study: Study, rung: int) -> list[int]:
    """The rungs that were run, up to this one, whose flows this one keeps."""
    own = study.scenario.ladder
    flows = set(find_rung(rung, own).flows)
    run = [int(one) for one in study.data["rung"].values if one <= rung]
    return [one for one in run if set(find_rung(one, own).flows) <= flows]


def facts(study: Study, case: str, rung: int, party: str) -> tuple[Fact, ...]:
    """Everything a party lets the other know by taking part at a rung: what the steps give, and what the numbers show."""
    here = find_rung(rung, study.scenario.ladder)
    rungs = {row.rung: row for row in (*ladder(), *study.scenario.ladder)}
    below = [rungs[n] for n in sorted(rungs) if n <= rung and set(rungs[n].flows) <= set(here.flows)]
    said = dict.fromkeys(text for row in below for text in row.gives)
    found = [Fact(text) for text in said]
    for name, (text, unit) in TOLD.items():
        values = histories(study, name, case, rung, party) if name in study.data else np.empty(0)
        kept = values[np.isfinite(values)]
        if len(kept):
            typical = float(np.median(kept))
            found.append(Fact(text.format(typical), name, typical, unit, len(kept) / len(values)))
    return tuple(found)
