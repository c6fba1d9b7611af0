"""The program in one sentence: read this first, then records.py.

`simulate` is one history. What comes before the rung (flights, detections, national tracks) is the same at every rung of
a history, so a study makes it once and shares it out: `before_sharing`, then `at_rung`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entente.assessment import assess, done, known
from entente.compiled import Floats
from entente.defence import decide, defend, delay_at
from entente.errors import ModelError, unknown
from entente.flights import fly_all
from entente.fusing import join
from entente.measures import MEASURES
from entente.records import Assessment, Detections, Flights, NationalTracks, Outcome, Picture, Shared
from entente.reporting import report
from entente.salvos import Options, options
from entente.scenario.rows import find_rung
from entente.scenario.schema import Scenario, Stress
from entente.scenario.systems import Rung
from entente.scenario.world import World, build
from entente.sensing import observe
from entente.sharing import let_through, releases, share, stressed
from entente.story import tell
from entente.tracking import follow


@dataclass(frozen=True)
class Run:
    """One history at one rung of cooperation: everything each stage handed on."""

    rung: int
    world: World
    flights: Flights
    detections: Detections
    national: NationalTracks
    shared: Shared
    picture: Picture
    outcome: Outcome
    assessment: Assessment


@dataclass(frozen=True)
class Beginning:
    """What a history is before anybody shares anything."""

    world: World
    flights: Flights
    detections: Detections
    national: NationalTracks


def simulate(scenario: Scenario, case: str, rung: int, seed: int) -> Run:
    """One history of the world the scenario describes, at one rung of cooperation.

    Args:
        scenario: as `load` gives it.
        case: name of one of its cases.
        rung: of the ladder, 0 to 8 on the ladder itself.
        seed: 0 to 2^31 - 1; the same seed is the same history, at every rung.
    Raises:
        UnknownName: no such case or rung.
        ModelError: a rung that the parties lack something for, or no such seed.
        Unreachable: the vehicle does not fly that far.
    """
    check_rung(scenario, rung)
    return at_rung(before_sharing(scenario, case, seed), rung)


def check_rung(scenario: Scenario, rung: int) -> Rung:
    """The switches of a rung; refused if it is on no ladder, or if the parties lack what it needs."""
    row = find_rung(rung, scenario.ladder)
    if row.engagement == "sectoral" and not any(party.sectors or party.answers_for for party in scenario.parties):
        raise ModelError(
            f"rung: {rung} has sectoral engagement, and no party has a sector; give sectors or answers_for, or leave it out"
        )
    return row


def check_priorities(scenario: Scenario) -> None:
    """Refuse a party that would judge by what is not measured, or by what is neither better nor worse."""
    judged = [name for name, measure in MEASURES.items() if measure.better != "none"]
    for party in scenario.parties:
        for name in party.priorities:
            if name not in judged:
                raise unknown(f"priority of {party.name}", name, judged)


def before_sharing(scenario: Scenario, case: str, seed: int, again: bool = False) -> Beginning:
    """Everything of a history that does not depend on the rung; `again` is a second one with the same inputs."""
    world = build(scenario, case, seed, again)
    flights = fly_all(world)
    detections = observe(world, flights)
    return Beginning(world, flights, detections, follow(world, flights, detections))


def at_rung(so_far: Beginning, rung: int) -> Run:
    """The rest of a history at one rung of cooperation."""
    world, flights, national = so_far.world, so_far.flights, so_far.national
    shared = report(world, so_far.detections, national, share(world, national, rung), rung)
    picture = join(world, national, shared, rung)
    outcome = defend(world, flights, picture, rung)
    assessment = assess(world, flights, national, shared, picture, outcome, rung)
    assessment = replace(assessment, events=tell(world, flights, picture, outcome, assessment))
    return Run(rung, world, flights, so_far.detections, national, shared, picture, outcome, assessment)


def all_rungs(
    so_far: Beginning, rungs: Sequence[int], story: bool = True, ready: list[Shared] | None = None
) -> dict[int, Run]:
    """What `at_rung` gives, for several rungs: those that let the same things flow share the work of one picture.

    Args:
        story: whether each run tells its events; a study needs them of few.
        ready: the history's `releases`, where they are made already.
    """
    world, flights, national = so_far.world, so_far.flights, so_far.national
    ready = stressed(world, national, releases(world, national) if ready is None else ready)
    made: dict[tuple[str, ...], _Knowledge] = {}
    able: dict[tuple[float, tuple[str, ...]], Options] = {}
    runs = {}
    for rung in rungs:
        row = find_rung(rung, world.scenario.ladder)
        states = (row.fusion, *sorted({"tracks", "reports"} & set(row.flows)))
        flow = (*states, *sorted({"notices", "warnings"} & set(row.flows)))
        if flow not in made:
            shared = report(world, so_far.detections, national, let_through(world, ready, rung), rung)
            picture = join(world, national, shared, rung)
            made[flow] = _Knowledge(shared, picture, known(world, flights, national, shared, picture))
        so_known = made[flow]
        way = delay_at(world, rung), states  # a warning is no state that an interceptor could be sent to
        if way not in able:
            able[way] = options(world, flights, so_known.picture, way[0])
        outcome = decide(world, flights, able[way], rung)
        assessment = Assessment(so_known.values | done(world, flights, outcome, rung))
        if story:
            assessment = replace(assessment, events=tell(world, flights, so_known.picture, outcome, assessment))
        shared, picture = so_known.shared, so_known.picture
        runs[rung] = Run(rung, world, flights, so_far.detections, national, shared, picture, outcome, assessment)
    return runs


def under_stress(
    so_far: Beginning,
    rungs: Sequence[int],
    stresses: Sequence[Stress],
    protected: bool = False,
    ready: list[Shared] | None = None,
) -> list[dict[int, dict[str, Floats]]]:
    """The measures of one history under one stress after another, by rung: the same luck, another line between the two.

    Args:
        protected: whether what the parties do is measured too, and not only what they know.
        ready: the history's `releases`, where they are made already.
    """
    world, flights, national = so_far.world, so_far.flights, so_far.national
    ready, found = releases(world, national) if ready is None else ready, []
    for stress in stresses:
        other = replace(world, stress=stress)
        arriving = stressed(other, national, ready)
        by_rung = {}
        for rung in rungs:
            shared = report(other, so_far.detections, national, let_through(other, arriving, rung), rung)
            picture = join(other, national, shared, rung)
            by_rung[rung] = known(other, flights, national, shared, picture)
            if protected:
                by_rung[rung] |= done(other, flights, defend(other, flights, picture, rung), rung)
        found.append(by_rung)
    return found


@dataclass(frozen=True)
class _Knowledge:
    """What is the same at all rungs that let the same things flow."""

    shared: Shared
    picture: Picture
    values: dict[str, Floats]
