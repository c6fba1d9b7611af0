"""Which history is shown, and where it comes from: a finished run's folder, or a scenario that is simulated now.

A run keeps its scenario and not its tracks: histories are made again from the scenario and the seed, to the same bits by the
same code. Where another version made the run, the document says so in `notes`.
"""

import gzip
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import ValidationError

from entente import provenance
from entente.console.replay import replay
from entente.errors import ModelError, StoreError, unknown
from entente.journal import FIRST_SEED, first_mistake, read_plan
from entente.scenario.load import load, scenario_hash
from entente.scenario.schema import Scenario
from entente.store import PLAN

KEPT = 24  # documents in memory at once, the last ones asked for; half a megabyte each, packed
LARGEST_SEED = 2**31 - 1


@dataclass(frozen=True)
class Source:
    """A scenario whose histories can be shown, and what there is to say of where it comes from."""

    scenario: Scenario
    rungs: tuple[int, ...]
    notes: tuple[str, ...] = ()
    _packed: OrderedDict[tuple[str, int], bytes] = field(default_factory=OrderedDict, repr=False, compare=False)
    _busy: Lock = field(
        default_factory=Lock, repr=False, compare=False
    )  # one history at a time: kernels use both cores

    def document(self, case: str | None = None, seed: int | None = None) -> dict[str, Any]:
        """One history; the first case and seed if not said otherwise.

        Raises:
            UnknownName: no such case. ModelError: no such seed.
        """
        name, number = self._asked(case, seed)
        return {**replay(self.scenario, name, number, self.rungs), "notes": list(self.notes)}

    def packed(self, case: str | None = None, seed: int | None = None) -> bytes:
        """The same as JSON, packed by gzip; made once."""
        key = self._asked(case, seed)
        with self._busy:
            if key not in self._packed:
                self._packed[key] = gzip.compress(as_json(self.document(*key)), compresslevel=6, mtime=0)
                if len(self._packed) > KEPT:
                    self._packed.popitem(last=False)
            self._packed.move_to_end(key)
            return self._packed[key]

    def _asked(self, case: str | None, seed: int | None) -> tuple[str, int]:
        names = [one.name for one in self.scenario.cases]
        if case is not None and case not in names:
            raise unknown(f"case of {self.scenario.title!r}", case, names)
        if seed is not None and not 0 <= seed <= LARGEST_SEED:
            raise ModelError(f"seed: {seed} names no history; pick one from 0 to {LARGEST_SEED:,}")
        return case or names[0], FIRST_SEED if seed is None else seed


def source(run: str) -> Source:
    """What a run's folder, a scenario's file or a shipped scenario's name stands for.

    Raises:
        StoreError: a folder without a run, a damaged run, or one of a newer version.
        ScenarioError, UnknownName: as `load`.
    """
    folder = Path(run)
    if not folder.is_dir():
        scenario = load(run)
        return Source(scenario, tuple(scenario.rungs))
    plan = read_plan(folder)
    try:
        scenario = Scenario.model_validate_json(json.dumps(plan.scenario))
    except ValidationError as problem:
        raise StoreError(
            f"{folder / PLAN}: is damaged, its scenario: {first_mistake(problem)}; run the scenario again"
        ) from problem
    notes = []
    if plan.code != provenance.code_hash():
        notes.append(
            f"This run was made by other code (version {plan.version}, {plan.code}) than shows it now "
            f"({provenance.version()}, {provenance.code_hash()}): its histories are computed anew and may differ."
        )
    if plan.scenario_hash != scenario_hash(scenario):
        notes.append("The catalogue of systems says something else than when this run was made.")
    return Source(scenario, tuple(plan.rungs), tuple(notes))


def as_json(document: dict[str, Any]) -> bytes:
    """A document as compact JSON."""
    return json.dumps(document, separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode()
