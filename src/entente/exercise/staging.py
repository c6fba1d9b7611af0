"""What lies in the folder of an exercise? All that `exchange.preparing` makes, with policies that say what the scenario says."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from entente.console.pages import NAMES
from entente.errors import StoreError
from entente.exchange.messages import Role
from entente.exchange.proving.pins import Pins
from entente.exchange.releasing.blurring import LADDER
from entente.exchange.releasing.permits import WHOSE, optional
from entente.exchange.serving.certificates import DAYS
from entente.exchange.serving.preparing import CENTRE, NODE, PINS, SEAT, Side, prepare
from entente.scenario.schema import Party, Scenario

CLOCK = "clock.json"
OBSERVER = "observer"
RELIEF = "relief"  # a second seat, for the next shift
SAID_AT_ONCE = ("pre-launch", "window-change", "post-launch", "cancel", "state-of-health")


@dataclass(frozen=True)
class Stage:
    """An exercise that can begin."""

    folder: Path
    pins: Pins

    @property
    def clock(self) -> Path:
        """The file that tells its time."""
        return self.folder / CLOCK


def stage(
    scenario: Scenario, folder: Path, name: str, hosts: Sequence[str] = ("localhost", "127.0.0.1"), days: int = DAYS
) -> Stage:
    """Make the folder of an exercise: it must not hold one.

    Args:
        name: of the log.
        hosts: by which the centre is reached.
        days: how long certificates are good.
    Raises:
        StoreError: it does, or cannot be written.
    """
    must_be_new(folder, [str(party.name) for party in scenario.parties])
    try:
        return _staged(scenario, folder, name, hosts, days)
    except OSError as problem:
        raise StoreError(
            f"{folder}: cannot be written ({problem.strerror}); make room, or pick another with --out"
        ) from None


def must_be_new(folder: Path, parties: Sequence[str]) -> None:
    """Refuse, before anything is made, a folder that holds an exercise, or parties that are not two.

    Raises:
        StoreError: it does, or they are not.
    """
    if len(parties) != 2:
        raise StoreError(f"scenario: {len(parties)} parties ({', '.join(parties)}); an exercise is between two")
    if (folder / CLOCK).exists() or (folder / PINS).exists():
        raise StoreError(f"{folder}: holds an exercise already, and none is overwritten; pick another with --out")


def _staged(scenario: Scenario, folder: Path, name: str, hosts: Sequence[str], days: int) -> Stage:
    """All files of it."""
    parties = {str(party.name): party for party in scenario.parties}
    sides = {party: _side(party, of) for party, of in parties.items()}
    made = Stage(folder, prepare(folder, name, sides, hosts=hosts, days=days))
    titles = {party: of.title for party, of in parties.items()}
    (folder / CENTRE / NAMES).write_text(json.dumps(titles, ensure_ascii=False), encoding="utf-8")
    return made


def policy_of(name: str, party: Party) -> str:
    """A party's release policy, of the scenario's figures; sizes go up to the next step of the ladder."""
    release = party.release
    common = {"min_range_km": release.min_range_km, "area_floor_km": _step(release.area_floor_km), "classes": "unknown"}
    warnings = {
        "name": "warnings", "kinds": ["launch-detected"], **common, "azimuth_floor_deg": 5.0,
        "delay_s": round(release.warning_delay_s.nominal), "slot_s": 1, "fields": ["impact_area", "impact", "impact_sigma_s"],
    }  # fmt: skip
    states = {
        "name": "states", "kinds": ["track-state"], "whose": [each for each in WHOSE if each != "own"], **common,
        "bias_km": _step(release.track_sigma_km), "delay_s": round(release.track_delay_s.nominal),
        "slot_s": max(1, round(release.track_interval_s)), "fields": ["launch_area", "launched", "launched_sigma_s"],
    }  # fmt: skip
    words = {
        "name": "words", "kinds": list(SAID_AT_ONCE), "delay_s": 0, "slot_s": 1,
        "fields": sorted({field for kind in SAID_AT_ONCE for field in optional(kind)}),
    }  # fmt: skip
    return json.dumps({"party": name, "number": 1, "permits": [warnings, states, words]}, indent=1)


def _side(name: str, party: Party) -> Side:
    """One node and two seats: who is on duty, and who relieves."""
    holders: dict[str, Role] = {f"{name}-{NODE}": "node", f"{name}-{SEAT}": "seat", f"{name}-{RELIEF}": "seat"}
    return Side(policy_of(name, party), holders)


def _step(size: float) -> float:
    """The smallest step of the ladder that is no smaller."""
    return min((step for step in LADDER if step >= size), default=math.inf)
