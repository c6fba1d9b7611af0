"""Scenarios: run, simulate, tolerance, check."""

import shlex
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from typer import Option, echo

from entente.commands.common import Json, ScenarioName, print_json, refusals, resumable, short

commands = typer.Typer()


@commands.command(epilog="Example: entente run europe-2013 --seeds 20 --out out/try")
def run(
    scenario: ScenarioName,
    out: Annotated[Path | None, Option(help="Folder for the report and the numbers; out/SCENARIO if left out.")] = None,
    seeds: Annotated[
        int | None, Option(min=1, help="Histories a case and rung; the scenario's own number if left out.")
    ] = None,
    workers: Annotated[int | None, Option(min=1, help="Processes; one a core if left out.")] = None,
    resume: Annotated[bool, Option("--resume", help="Continue what was stopped in that folder.")] = False,
    force: Annotated[bool, Option("--force", help="Delete another study that is in that folder.")] = False,
    as_json: Json = False,
) -> None:
    """Run SCENARIO at all its rungs and write the report. A study that is finished there is not run again."""
    with refusals():
        from entente.findings import under_limits
        from entente.report.describe import describe
        from entente.scenario.load import load
        from entente.study import explored

        folder = out or Path("out") / Path(scenario).stem
        options = ["--seeds", str(seeds)] if seeds else []
        again = ["entente", "run", scenario, *options, "--out", str(folder), "--resume"]
        with (
            resumable(folder, shlex.join(again)) as tell,
            explored(load(scenario), seeds, workers, tell, folder, resume, force) as study,
        ):
            study.provenance["command"] = f"entente run {scenario} --seeds {study.provenance['seeds']}"
            page = describe(study, folder)
            changes = under_limits(study.scenario)
    if as_json:
        said = {"report": str(page), "numbers": str(folder / "study.nc"), **study.provenance}
        print_json(said | ({"findings_under_limits": changes.to_dict()} if changes else {}))
        return
    echo(f"report: {page}")
    if changes:
        echo(f"\n{changes}")


@commands.command(epilog="Example: entente simulate europe-2013 --rung 4 --seed 7")
def simulate(
    scenario: ScenarioName,
    case: Annotated[str | None, Option(help="Which case; the first if left out.")] = None,
    rung: Annotated[int, Option(help="Rung of cooperation, 0 to 8.")] = 0,
    seed: Annotated[int, Option(min=0, max=2**31 - 1, help="Which history.")] = 1,
    as_json: Json = False,
) -> None:
    """Tell one history of SCENARIO: who knew what, when, and what came of it."""
    with refusals():
        from entente.assessment import MEASURES
        from entente.composition import compositions, line
        from entente.estimate.scans import REASONS
        from entente.run import simulate as one_history
        from entente.scenario.load import load

        world = load(scenario)
        history = one_history(world, case or world.cases[0].name, rung, seed)
    names = [party.name for party in world.parties]
    found = history.assessment
    made = compositions(history.world, history.picture)
    refused = dict(zip(names, history.picture.refused.tolist(), strict=True))
    amiss = {
        name: {reason: int(n) for reason, n in zip(REASONS, row, strict=True) if n}
        for name, row in zip(names, history.national.counts, strict=True)
    }
    if as_json:
        measures = {k: dict(zip(names, v, strict=True)) for k, v in found.values.items()}
        events = [{"t_s": e.t, "party": names[e.party] if e.party >= 0 else None, "text": e.text} for e in found.events]
        print_json(
            {
                "case": history.world.case.name,
                "origin": world.origin,
                "rung": rung,
                "seed": seed,
                "events": events,
                "measures": measures,
                "tracks": [asdict(track) for track in made],
                "messages_refused": refused,
                "scans_amiss": amiss,
            }
        )
        return
    exercise = "EXERCISE: " if world.origin == "exercise" else ""
    echo(f"{exercise}{history.world.case.title}, rung {rung}, seed {seed}\n")
    for event in found.events:
        minutes, seconds = divmod(round(event.t), 60)
        echo(f"  {minutes:3d}:{seconds:02d}  {names[event.party] if event.party >= 0 else '':8s}  {event.text}")
    echo(f"\n  {'':42s}{names[0]:>14s}{names[1]:>14s}")
    for name, measure in MEASURES.items():
        row = "".join(f"{short(value):>14s}" for value in found.values[name])
        unit = "" if measure.unit == "1" else f" [{measure.unit}]"
        echo(f"  {measure.title + unit:42s}{row}")
    echo("\n  Tracks, each when most of it was the other side's")
    for track in made:
        echo(f"  {line(track)}")
    for name, count in refused.items():
        if count:
            echo(f"  {count} messages of {name} refused: nobody could have used them")
    for name, counts in amiss.items():
        for reason, count in counts.items():
            echo(f"  {name}: {count} {reason}")


@commands.command(epilog="Example: entente tolerance one-launch --rung 4 --seeds 10 --stress clock_skew_s")
def tolerance(
    scenario: ScenarioName,
    case: Annotated[list[str] | None, Option(help="Which case; several times for several; all if left out.")] = None,
    rung: Annotated[list[int] | None, Option(help="Which rung from 2 on; several times for several.")] = None,
    stress: Annotated[
        list[str] | None,
        Option(help="bias_km, clock_skew_s, latency_s, outage or coarsening_km; all five if left out."),
    ] = None,
    seeds: Annotated[int | None, Option(help="Histories a case; 40 if left out.")] = None,
    workers: Annotated[int | None, Option(help="Processes; one a core if left out.")] = None,
    as_json: Json = False,
) -> None:
    """How much may go wrong between the two systems of SCENARIO before sharing is no better than staying alone."""
    with refusals():
        from entente.scenario.load import load
        from entente.tolerance import GAINS, STRESSES
        from entente.tolerance import tolerance as sweep

        sizes = {name: STRESSES.get(name, (1.0,)) for name in stress} if stress else None
        found = sweep(load(scenario), rung, case, seeds, sizes, workers, lambda line: echo(line, err=True))
    if as_json:
        print_json(found.rows())
        return
    for name, (unit, what) in GAINS.items():
        echo(f"{name}: {what}{'' if unit == '1' else f' [{unit}]'}\n{found.table(name)}\n")


@commands.command(epilog="Example: entente check examples/europe-2013.yaml")
def check(scenario: ScenarioName, as_json: Json = False) -> None:
    """Say whether SCENARIO describes a possible world; list every mistake if not."""
    with refusals():
        from entente.flights import check_reach
        from entente.run import check_priorities, check_rung
        from entente.scenario.load import load, scenario_hash

        world = load(scenario)
        for rung in world.rungs:
            check_rung(world, rung)
        check_priorities(world)
        for case in world.cases:
            check_reach(world, case.name)
    said = {
        "title": world.title,
        "cases": len(world.cases),
        "rungs": world.rungs,
        "seeds": world.seeds,
        "hash": scenario_hash(world),
    }
    if as_json:
        print_json(said)
        return
    cases = "1 case" if len(world.cases) == 1 else f"{len(world.cases)} cases"
    echo(f"{world.title}: {cases}, rungs {', '.join(map(str, world.rungs))}, {world.seeds} seeds, hash {said['hash']}")
