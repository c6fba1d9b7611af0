"""What does a path over the rungs bring, step by step, and what is left if the other party leaves?

Gains end with an exit: the rung falls back to what was in force before. What was revealed does not: each parameter stays
known as well as it ever was over the steps so far. That is the cost of having joined, compared with never having joined.
"""

from dataclasses import dataclass

from entente.comparison.exposing import exposure
from entente.comparison.gains import Balance, Change, Direction, balanced, baseline, cases_of, change, priorities
from entente.comparison.values import once
from entente.errors import ModelError
from entente.scenario.rows import find_rung
from entente.scenario.schema import Way
from entente.study import Study

Known = dict[str, float]  # [nats] by input


@dataclass(frozen=True)
class Exit:
    """What a party is left with if the other leaves after this step, compared with never having joined."""

    vanishes: tuple[Change, ...]  # where it was better off than at the baseline, which ends with the exit
    revealed: Known  # about its own systems: what the other knows and keeps
    learned: Known  # about the other's: what it knows and keeps
    text: str


@dataclass(frozen=True)
class Stride:
    """One step of a path."""

    year: int
    rung: int
    name: str
    since: int  # the rung before it; the baseline for the first step
    needs: tuple[str, ...]  # what must be in place
    gains: tuple[Change, ...]  # marginal: priority measures of every party in every case, since the rung before
    balance: Balance  # of its rung, against the baseline: whether both are better off and neither is worse
    exposure: dict[str, Known]  # by party: at this step, each input in the most revealing case
    accumulated: dict[str, Known]  # the most of each over the steps so far: what is known is not forgotten
    exit: dict[str, Exit]  # by party that stays
    told: bool  # whether there were histories enough to tell what is revealed

    def count(self, party: str, direction: Direction) -> int:
        """In how many of a party's priorities, over all cases, this step makes it better or worse off."""
        return sum(one.party == party and one.direction == direction for one in self.gains)

    def revealed(self, party: str) -> float:
        """What is known of a party's own systems by then, and stays known [nats]."""
        return sum(self.accumulated.get(party, {}).values())


def walk(study: Study, way: Way) -> tuple[Stride, ...]:
    """Every step of a path.

    Raises:
        ModelError: a step stands on a rung that the study did not run.
    """
    run = [int(rung) for rung in study.data["rung"].values]
    missing = [step.rung for step in way.steps if step.rung not in run]
    if missing:
        raise ModelError(
            f"path {way.name!r}: stands on rung {missing[0]}, which was not run; add it to the scenario's rungs {run}"
        )
    parties: list[str] = [party.name for party in study.scenario.parties]
    strides: list[Stride] = []
    since, known = baseline(study), {party: Known() for party in parties}
    for step in way.steps:
        told = {party: _told(study, step.rung, party) for party in parties}
        known = {party: _most(known[party], told[party]) for party in parties}
        row = find_rung(step.rung, study.scenario.ladder)
        strides.append(
            Stride(
                year=step.year,
                rung=step.rung,
                name=row.name,
                since=since,
                needs=tuple(row.needs),
                gains=_changes(study, step.rung, since),
                balance=balanced(study, step.rung),
                exposure=told,
                accumulated=known,
                exit=_exits(study, step.rung, known),
                told=_enough(study, step.rung),
            )
        )
        since = step.rung
    return tuple(strides)


def _changes(study: Study, rung: int, since: int) -> tuple[Change, ...]:
    """The priority measures of every party in every case, noise held to 5 % over all of them."""
    asked = [(party, measure, case) for party, measure in priorities(study) for case in cases_of(study)]
    return once(
        study,
        ("path", rung, since),
        lambda: tuple(change(study, measure, case, rung, party, since, len(asked)) for party, measure, case in asked),
    )


def _told(study: Study, rung: int, party: str) -> Known:
    """What the releases tell about each input of a party, in the most revealing case: a lower bound over all of them."""
    most = Known()
    cases = cases_of(study)
    for case in cases:
        most = _most(most, exposure(study, case, rung, party, of=len(cases)).by_input)
    return most


def _enough(study: Study, rung: int) -> bool:
    """Whether exposure can be told at a rung: with too few histories nothing is, and nothing must not read as none."""
    cases = cases_of(study)
    return all(
        exposure(study, case, rung, party.name, of=len(cases)).enough
        for case in cases
        for party in study.scenario.parties
    )


def _most(one: Known, other: Known) -> Known:
    return {name: max(one.get(name, 0.0), other.get(name, 0.0)) for name in sorted({*one, *other})}


def _exits(study: Study, rung: int, known: dict[str, Known]) -> dict[str, Exit]:
    """For each party: what it is left with when the other goes."""
    start = baseline(study)
    better = [c for c in _changes(study, rung, start) if c.direction == "better"] if rung != start else []
    found = {}
    for party in known:
        other = next(name for name in known if name != party)
        mine = tuple(c for c in better if c.party == party)
        own, theirs = sum(known[party].values()), sum(known[other].values())
        text = f"{len(mine)} of its gains end and everything falls back to rung {start}; " + (
            f"the other keeps {own:.2f} nats about {len(known[party])} of its parameters, "
            f"it keeps {theirs:.2f} nats about {len(known[other])} of the other's; never having joined: neither"
            if _enough(study, rung)
            else "what stays revealed cannot be told from so few histories"
        )
        found[party] = Exit(mine, known[party], known[other], text)
    return found
