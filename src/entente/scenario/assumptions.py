"""Does every assumption of a scenario name an input that one of its histories takes, inside that input's limits?"""

from collections.abc import Iterator

from pydantic import BaseModel

from entente.scenario.explain import field_at, inside, limits_of, near, nearest, slip
from entente.scenario.parts import Ranged
from entente.scenario.rows import systems, vehicles
from entente.scenario.schema import Case, Scenario
from entente.scenario.world import build
from entente.scenario.yaml12 import Finding, Page, Path

ANY = Ranged(low=0.25, nominal=0.5, high=0.75)  # a range, so that whatever takes it remembers its name


def check_assumptions(page: Page, scenario: Scenario) -> Iterator[Finding]:
    """What is wrong with the assumptions of a scenario; silent while its cases name what does not exist."""
    if not scenario.assume or not _can_be_built(scenario):
        return
    known = inputs_of(scenario)
    for index, assumed in enumerate(scenario.assume):
        path: Path = ("assume", index, "input")
        if assumed.input not in known:
            yield Finding(page.place(path), path, _no_input(assumed.input, known))
            continue
        limits = limits_of(field_at(*_declared(assumed.input)))
        path = ("assume", index, "value")
        if not (inside(assumed.value.low, limits) and inside(assumed.value.high, limits)):
            key = assumed.input.rpartition(".")[2]
            text = f"{assumed.value.low:g} to {assumed.value.high:g} is outside {limits[0]:g} to {limits[1]:g}"
            yield Finding(page.place(path), path, text + slip(assumed.value.high, key, limits))


def inputs_of(scenario: Scenario) -> set[str]:
    """The names of all inputs that some case of the scenario takes from a range, or from one of its assumptions."""
    tried = [assumed.model_copy(update={"value": ANY}) for assumed in scenario.assume]
    opened = scenario.model_copy(update={"assume": tried, "inputs": "nominal"})
    return {name for case in scenario.cases for name in build(opened, case.name, 0).inputs}


def _can_be_built(scenario: Scenario) -> bool:
    regions = {region.name for region in scenario.regions}
    classes = {row.id for row in vehicles()}
    return len({party.name for party in scenario.parties}) == 2 and all(
        case.vehicle in classes and {case.origin, case.target} <= regions for case in scenario.cases
    )


def _no_input(given: str, known: set[str]) -> str:
    row, _, key = given.partition(".")
    own = sorted(name for name in known if name.partition(".")[0] == row)
    alike = near(key, [name.partition(".")[2] for name in own])
    if alike:
        right = f"did you mean {f'{row}.{alike[0]}'!r}?"
    elif own or near(given, sorted(known)):
        right = f"known: {', '.join(own)}" if own else nearest(given, sorted(known))
    else:
        right = "name a system that the date and status select"
    return f"{given!r} is no ranged input of any case here; {right}"


def _declared(name: str) -> tuple[type[BaseModel], Path]:
    """The model that declares an input, and its path there."""
    row, *steps = name.split(".")
    for system in systems():
        if system.id == row:
            return type(system), tuple(steps)
    for vehicle in vehicles():
        if vehicle.id == row:
            return type(vehicle), tuple(steps if steps[0] in type(vehicle).model_fields else ["vehicle", *steps])
    if row == "two_keys":
        return Scenario, (row, *steps)
    if steps[0] in Case.model_fields:
        return Scenario, ("cases", 0, *steps)
    return Scenario, ("parties", 0, *steps)
