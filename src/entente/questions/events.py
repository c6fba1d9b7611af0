"""What would a centre have changed? Ambiguous events at every rung: what each side held when, and whether it was resolved.

Every uncertain input is drawn once a seed and is the same at all rungs, so that rungs differ only by what flows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from entente.compiled import Floats
from entente.questions.asked import needed, whole
from entente.questions.attrition import refuse
from entente.questions.dues import due_said, suspicion_of
from entente.questions.falsehood import CHECKS, Bound, falsehood
from entente.questions.judged import assumed
from entente.questions.mistakes import Mistakes, mistakes
from entente.questions.reading import RULES, Reading, Rule, read_by
from entente.questions.tidings import NOTICES, Chance, Suspect, suspect_of
from entente.scenario.event_checks import remarks
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.events import Event
from entente.scenario.rows import ladder

SEEDS = 200
RESOLVED_AT = (300.0, 600.0)  # s: five and ten minutes
MOMENTS = np.arange(0.0, 1_801.0, 30.0)  # s
ENDS = (5.0, 50.0, 95.0)
NAMES = ("right", "wrong", "open")


@dataclass(frozen=True)
class Held:
    """One line of a timeline: what a party holds, from whom, and from when [s]: 5, 50 and 95 per cent of where it comes."""

    says: str
    giver: Literal["own", "notice", "partner"]
    at_s: tuple[float, float, float]
    share: float


@dataclass(frozen=True)
class Account:
    """One event, read by both sides at every rung asked."""

    event: Event
    seeds: int
    rungs: tuple[int, ...]
    readings: dict[tuple[int, str], Reading]
    remarks: tuple[str, ...]

    def suspect(self, party: str) -> Suspect | None:
        """Whom a side suspects."""
        return suspect_of(self.event, party)

    def shares(self, rung: int, party: str, moment_s: float = RESOLVED_AT[1], rule: Rule = "Bayes") -> Floats:
        """Resolved correctly, wrongly, unresolved, (3,)."""
        return np.array(self.readings[rung, party].shares(moment_s, rule))

    def timeline(self, rung: int, party: str) -> list[Held]:
        """What a side holds, in the order in which it comes."""
        out = []
        for one in self.readings[rung, party].items:
            known = np.isfinite(one.at_s)
            if known.any():
                low, middle, high = np.percentile(one.at_s[known], ENDS).tolist()
                out.append(Held(one.says, one.giver, (low, middle, high), float(known.mean())))
        return sorted(out, key=lambda one: one.at_s[1])

    def silence(self) -> list[str]:
        """What it is worth to each side that there is no notice, in a sentence each."""
        return [said for party in self.event.parties if (said := due_said(self.event, party))]

    def attack(self, rung: int, party: str) -> tuple[Floats, Floats]:
        """The chance of an attack over time: moments [s] (T,), and its 5, 50 and 95 per cent over the seeds (T, 3)."""
        one = self.readings[rung, party]
        return one.at_s, np.percentile(one.p[..., 3], ENDS, axis=1).T

    def bounds(self, rung: int, party: str, moment_s: float = RESOLVED_AT[1]) -> tuple[Bound, ...]:
        """How far the partner's word could move this side at a rung whatever it said, trust by trust."""
        takes, chance = assumed(self.seeds), Chance(self.seeds)
        without = read_by(self.event, party, min(rung, NOTICES), np.array([moment_s]), takes, chance)
        return falsehood(without, rung, moment_s, takes, chance)

    def to_dict(self) -> dict[str, Any]:
        """For programs."""
        sides = {
            party: {
                "suspects": self.suspect(party),
                "looks_like": held.looks_like if (held := suspicion_of(self.event, party)) else None,
                "rungs": {rung: self._side(rung, party) for rung in self.rungs},
            }
            for party in self.event.parties
        }
        one = self.event
        head = {"id": one.id, "title": one.title, "date": one.date.isoformat(), "nature": one.truth.nature}
        return head | {
            "seeds": self.seeds,
            "sides": sides,
            "silence": self.silence(),
            "remarks": list(self.remarks),
            "disputed": one.disputed,
        }

    def _side(self, rung: int, party: str) -> dict[str, Any]:
        reading = self.readings[rung, party]
        resolved = {
            rule: {
                f"{moment:.0f}": dict(zip(NAMES, reading.shares(moment, rule), strict=True)) for moment in RESOLVED_AT
            }
            for rule in RULES
        }
        weights = [
            {"channel": channel, "says": says, "decibans": weight}
            for channel, says, weight in reading.weights(RESOLVED_AT[1])
        ]
        held = [
            {"says": h.says, "giver": h.giver, "at_s": h.at_s, "share": h.share} for h in self.timeline(rung, party)
        ]
        chances = reading.chances(RESOLVED_AT[1])
        return {"resolved": resolved, "chances": chances, "weights": weights, "holds": held}

    def __str__(self) -> str:
        """The shares at ten minutes by side and rung; what each side weighs; what is odd in the notices."""
        lines = [
            f"{self.event.title}: {self.event.truth.nature}",
            "resolved correctly / wrongly / not, by the chance of an attack; by the rules OR and AND at 10 min",
        ]
        lines += [f"{'side and rung':33s}{'5 min':>20s}{'10 min':>20s}{'OR':>20s}{'AND':>20s}"]
        for party in self.event.parties:
            suspects = f"suspects {self.suspect(party)}" if self.suspect(party) else "suspects nobody"
            for rung in self.rungs:
                lines.append(f"{party + ', ' + suspects:30s} {rung:2d} {self._line(rung, party)}")
        return "\n".join([*lines, *self.silence(), *self.remarks])

    def _line(self, rung: int, party: str) -> str:
        reading = self.readings[rung, party]
        cells = [reading.shares(moment) for moment in RESOLVED_AT]
        cells += [reading.shares(RESOLVED_AT[1], rule) for rule in RULES[:2]]
        return "".join(f"{' / '.join(f'{share:.2f}' for share in cell):>20s}" for cell in cells)


@dataclass(frozen=True)
class Accounts:
    """Many events, and what goes wrong in a year over every kind of event."""

    accounts: tuple[Account, ...]
    mistakes: dict[tuple[int, Suspect], Mistakes]
    checks: tuple[str, ...] = CHECKS

    def __iter__(self) -> Iterator[Account]:
        """The events, one by one."""
        return iter(self.accounts)

    def sides(self, suspected: Suspect) -> list[tuple[Account, str]]:
        """The events and sides that suspect this."""
        return [(one, party) for one in self.accounts for party in one.event.parties if one.suspect(party) == suspected]

    def failed(self, rung: int, suspected: Suspect, moment_s: float = RESOLVED_AT[1]) -> float:
        """Share of the histories of these events that are read wrongly or not at all."""
        found = [1.0 - one.shares(rung, party, moment_s)[0] for one, party in self.sides(suspected)]
        return float(np.mean(found)) if found else float("nan")

    def to_dict(self) -> dict[str, Any]:
        """For programs."""
        yearly = {
            f"{suspected}, rung {rung}": {
                "false_a_year": {rule: np.percentile(v, ENDS).tolist() for rule, v in one.false_a_year.items()},
                "missed": np.percentile(one.missed, ENDS).tolist(),
                "passed_on": np.percentile(one.passed_on, ENDS).tolist(),
            }
            for (rung, suspected), one in self.mistakes.items()
        }
        return {"events": [one.to_dict() for one in self.accounts], "a_year": yearly, "checks": list(self.checks)}

    def __str__(self) -> str:
        """A line a rung and suspicion: read wrongly or not at all at ten minutes, false alarms a year, attacks cleared."""
        heads = ("wrong or open at 10 min", "false alarms a year", "attack cleared")
        lines = ["  ".join((f"{'suspected':12s} {'rung':>4s}", *(f"{head:>24s}" for head in heads)))]
        for (rung, suspected), one in self.mistakes.items():
            false, missed = (_three(values) for values in (one.false_a_year["Bayes"], one.missed))
            share = self.failed(rung, suspected)
            lines.append(f"{suspected:12s} {rung:4d}  {share:24.2f}  {false:>24s}  {missed:>24s}")
        return "\n".join([*lines, "base rates, likelihoods and bars are assumed; the ranges are wide on purpose"])


def event(
    name_or_path: str | Path | Event,
    rungs: Sequence[int] | None = None,
    seeds: int = SEEDS,
    trust: float | None = None,
) -> Account:
    """One ambiguous event at the rungs asked: what each side held when, and how it would have read it.

    Args:
        name_or_path: a shipped event such as "sounding-rocket-1995", a file, or an event.
        rungs: of the ladder; None: all. seeds: draws of every uncertain input.
        trust: in the partner's word, 0 to 1; None: 0 where the partner is suspected, as assumed where a third party is.
    Raises:
        ScenarioError, UnknownName: of the event; ModelError: of the other arguments, one line each.
    Valid: as the likelihoods of catalogue/evidence.yaml and the numbers of catalogue/judging.yaml are, which are assumed.
    """
    asked = _rungs(rungs, seeds, trust)
    one = name_or_path if isinstance(name_or_path, Event) else load_event(name_or_path)
    takes, chance = assumed(int(seeds)), Chance(int(seeds))
    readings = {
        (rung, party): read_by(one, party, rung, MOMENTS, takes, chance, trust)
        for rung in asked
        for party in one.parties
    }
    return Account(one, int(seeds), asked, readings, tuple(remarks(one)))


def events(
    names: Sequence[str | Path | Event] | None = None,
    rungs: Sequence[int] | None = None,
    seeds: int = SEEDS,
    trust: float | None = None,
) -> Accounts:
    """Many events as `event`, and the mistakes of a year over every kind of event; None: all shipped events."""
    asked = _rungs(rungs, seeds, trust)
    found = tuple(event(one, asked, seeds, trust) for one in (shipped_events() if names is None else names))
    suspicions: tuple[Suspect, ...] = ("partner", "third party")
    yearly = {(rung, one): _yearly(rung, one, int(seeds), trust) for one in suspicions for rung in asked}
    return Accounts(found, yearly)


@lru_cache(maxsize=64)
def _yearly(rung: int, suspected: Suspect, seeds: int, trust: float | None) -> Mistakes:
    return mistakes(min(rung, 4), suspected, assumed(seeds), trust)


def _rungs(rungs: Sequence[int] | None, seeds: int, trust: float | None) -> tuple[int, ...]:
    """The rungs asked for.

    Raises:
        ModelError: no such rung, no number of seeds, no trust.
    """
    known = [row.rung for row in ladder()]
    asked = known if rungs is None else list(rungs)
    wrong = whole("seeds", seeds, 1, 100_000)
    wrong += [
        f"rungs: {rung!r} is none of the ladder, {known[0]} to {known[-1]}" for rung in asked if rung not in known
    ]
    wrong += [] if asked else ["rungs: none given; give some, or leave them out for all"]
    wrong += [] if trust is None else needed("trust", trust, 0.0, 1.0)
    refuse("events", wrong)
    return tuple(dict.fromkeys(asked))


def _three(values: Floats) -> str:
    low, middle, high = np.percentile(values, ENDS).tolist()
    return f"{middle:.2g} ({low:.2g} to {high:.2g})"
