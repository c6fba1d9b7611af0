"""What is known: catalogue, agreements, forces; and which limits a scenario keeps."""

from enum import StrEnum
from typing import Annotated

import typer
from typer import Argument, Option, echo

from entente.commands.common import Json, ScenarioName, print_json, refusals

commands = typer.Typer()


class Kind(StrEnum):
    """What the catalogue lists."""

    radars = "radars"
    satellites = "satellites"
    interceptors = "interceptors"
    vehicles = "vehicles"
    ladder = "ladder"
    agreements = "agreements"
    tests = "tests"
    forces = "forces"
    exchanges = "exchanges"
    inventories = "inventories"
    record = "record"
    moments = "moments"
    chances = "chances"
    evidence = "evidence"
    judging = "judging"


@commands.command(epilog="Example: entente catalogue radars --owner russia --year 2013")
def catalogue(
    kind: Annotated[Kind, Argument(help="What to list.")],
    owner: Annotated[
        str | None, Option(help="us_nato, russia, china, israel, japan, south_korea, taiwan or other.")
    ] = None,
    year: Annotated[int | None, Option(help="Status on 1 July of that year.")] = None,
    status: Annotated[str | None, Option(help="deployed, planned, cancelled or retired.")] = None,
    as_json: Json = False,
) -> None:
    """List what the models know of, each row with its ranges, basis and source."""
    with refusals():
        from entente.scenario.rows import catalogue as list_rows

        found = list_rows(kind.value, owner, year, status)
    if as_json:
        print_json(found.to_dicts())
    else:
        echo(str(found))


@commands.command(epilog="Example: entente agreements --on 2013-04-08")
def agreements(
    on: Annotated[str | None, Option(help="A day such as 2013-04-08, or a year; all of them if left out.")] = None,
    status: Annotated[
        str | None, Option(help="in force (the default with a day), signed only, never operated, lapsed, or any.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the agreements in force on a day: their limits, and what they made flow between the parties."""
    with refusals():
        from entente.questions.agreements import agreements as list_agreements

        found = list_agreements(on, status)
    if as_json:
        print_json(found.to_dicts())
    else:
        echo(str(found))


@commands.command(epilog="Example: entente forces russia 2013")
def forces(
    party: Annotated[str, Argument(help="united_states, united_kingdom, france, russia or china.")],
    year: Annotated[int, Argument(help="A year such as 2013.")],
    as_json: Json = False,
) -> None:
    """Say what strategic forces PARTY had in YEAR, by leg, and what treaties counted of them."""
    with refusals():
        from entente.questions.holdings import forces as find_forces

        found = find_forces(party, year)
    if as_json:
        print_json(found.to_dict())
    else:
        echo(str(found))


@commands.command(epilog="Example: entente comply europe-2013")
def comply(
    scenario: ScenarioName,
    lapsed: Annotated[bool, Option("--lapsed", help="Show agreements that had lapsed, too.")] = False,
    as_json: Json = False,
) -> None:
    """Say which limits SCENARIO keeps on its day, one by one; and what those that it proposes would change in the findings."""
    with refusals():
        from entente.compliance import comply as judge_limits
        from entente.findings import under_limits
        from entente.scenario.load import load

        world = load(scenario)
        found, changes = judge_limits(world), under_limits(world)
    if as_json:
        print_json(found.to_dict() | ({"findings": changes.to_dict()} if changes else {}))
        return
    echo(found.text(lapsed))
    if changes:
        echo(f"\n{changes}")
