"""Which world does the user describe? A file or a shipped name, to a `Scenario` that is whole and consistent."""

import hashlib
import json
from pathlib import Path

from entente.errors import unknown
from entente.scenario.checks import check
from entente.scenario.reader import read
from entente.scenario.rows import KINDS, catalogue
from entente.scenario.schema import Scenario

PACKAGED = Path(__file__).parent / "examples"  # in a wheel
EXAMPLES = PACKAGED if PACKAGED.is_dir() else Path(__file__).parents[3] / "examples"  # in a checkout


def load(path_or_name: str | Path) -> Scenario:
    """The scenario in a file, or a shipped one by its bare name, such as ``europe-2013``.

    Raises:
        ScenarioError: with every mistake in the file: place, line, caret, rule, what would be right.
        UnknownName: a bare name that is not shipped.
    """
    file = _file_of(path_or_name)
    return read(file, Scenario, check, lambda: _shelf(file.parent))


def shipped() -> list[str]:
    """The names of the scenarios that come with the package."""
    return sorted(path.stem for path in EXAMPLES.glob("*.yaml"))


def scenario_hash(scenario: Scenario) -> str:
    """Sixteen hexadecimal digits that change whenever the scenario or the catalogue says something else.

    A file based on another has the hash of the same words written out.
    """
    rows = {kind: catalogue(kind).to_dicts() for kind in KINDS}
    said = {"scenario": scenario.model_dump(mode="json", exclude={"based_on"}), "catalogue": rows}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shelf(folder: Path) -> dict[str, Path]:
    """What a scenario in this folder may be based on: its neighbours, before those that come with the package."""
    return {path.stem: path for place in (EXAMPLES, folder) for path in sorted(place.glob("*.yaml"))}


def _file_of(path_or_name: str | Path) -> Path:
    path = Path(path_or_name)
    if isinstance(path_or_name, Path) or path.suffix or path.name != path_or_name or path.exists():
        return path
    if path_or_name not in shipped():
        raise unknown("scenario", path_or_name, shipped())
    return EXAMPLES / f"{path_or_name}.yaml"
