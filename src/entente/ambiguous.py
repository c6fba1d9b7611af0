"""What does finding F6 come to? Ambiguous events with a centre and without, and the false alarms of a year.

It asks nothing of a study's histories: events stand in examples/events, likelihoods and base rates in the catalogue, assumed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from entente.compiled import Floats
from entente.deciders import Decider, first_order, noise
from entente.predicates import FAR, Ambiguous, holds
from entente.questions.falsehood import TRUSTS, Bound, falsehood
from entente.questions.judged import Assumed, assumed
from entente.questions.mistakes import Mistakes, mistakes
from entente.questions.reading import Reading, read_by
from entente.questions.tidings import NOTICES, REPORTS, Chance, Suspect, suspect_of
from entente.rulings import Ruling, rule, share_bounds
from entente.scenario.event_files import load_event, shipped_events
from entente.scenario.events import Event
from entente.scenario.rows import evidence, judging

Three = tuple[float, float, float]  # 5, 50 and 95 per cent of the draws
ENDS = (5.0, 50.0, 95.0)
SUSPICIONS: tuple[Suspect, ...] = ("partner", "third party")
EQUAL = 1e-9  # of a rate: rounding only
NOTED = 0.02  # of the histories of an event: what is less better or worse is not named
DECIDERS_OF = ("judging.", "evidence.")


@dataclass(frozen=True)
class Step:
    """One rung: events read wrongly or not at all, false alarms a year, attacks cleared; three points of the draws, and means."""

    rung: int
    failed: Three
    mean: float  # of `failed`
    false_a_year: Three
    missed: Three
    false_mean: float
    missed_mean: float


@dataclass(frozen=True)
class Told:
    """One event and side: by rung the share of histories in which it is resolved correctly, wrongly, not."""

    event: str
    title: str
    party: str
    side: str  # the party's title
    suspected: Suspect
    rungs: dict[int, Three]

    def change(self, rung: int, against: int) -> float:
        """By how much what is read wrongly or not at all changes."""
        return self.rungs[against][0] - self.rungs[rung][0]


@dataclass(frozen=True)
class Suspicion:
    """All events in which this is suspected.

    Attributes:
        steps: by rung; share: of the draws in which the predicate holds, falls and calm those of its two halves.
        by_notices: share of the gain that rung 1 brings, which needs no sensor's data; nan where there is no gain.
        margin: how far above the bar, draw by draw.
    """

    suspected: Suspect
    sides: int
    steps: tuple[Step, ...]
    share: float
    falls: float
    calm: float
    interval: tuple[float, float]
    ruling: Ruling
    by_notices: float
    margin: Floats


@dataclass(frozen=True)
class Trusted:
    """The predicate where a suspected partner's word is believed so far: its share, and the means at the rung of the centre.

    `falls`, `calm`: the shares of the draws in which its two halves hold; `interval`: bounds of the share.
    """

    trust: float
    share: float
    interval: tuple[float, float]
    falls: float
    calm: float
    failed: float
    false_a_year: float
    missed: float


@dataclass(frozen=True)
class CentreVerdict:
    """The verdict, by the suspicion under which it holds least.

    Attributes:
        suspicions: that one first; trusts: partner suspected, by trust in its word; told: every event and side.
        bounds: how far a false word could move these readings, means over the sides that suspect the partner.
    """

    suspicions: tuple[Suspicion, ...]
    trusts: tuple[Trusted, ...]
    told: tuple[Told, ...]
    bounds: tuple[Bound, ...]
    deciders: tuple[Decider, ...]
    capped: bool
    ruling: Ruling

    @property
    def share(self) -> float:
        """Of the draws in which the predicate holds."""
        return self.suspicions[0].share

    @property
    def interval(self) -> tuple[float, float]:
        """The two one-sided 95 % bounds of the share."""
        return self.suspicions[0].interval

    def of(self, suspected: Suspect) -> Suspicion:
        """What it comes to where this is suspected."""
        return next(one for one in self.suspicions if one.suspected == suspected)


def centre_verdict(predicate: Ambiguous) -> CentreVerdict:
    """The verdict over all shipped events."""
    return _verdict(
        predicate.against,
        predicate.rung,
        predicate.moment_s,
        predicate.falls_by,
        tuple(predicate.trusts),
        predicate.draws,
        predicate.repeats,
    )


@cache
def _verdict(
    against: int, rung: int, moment_s: float, falls_by: float, trusts: tuple[float, ...], draws: int, repeats: int
) -> CentreVerdict:
    """As `centre_verdict`, the same for every study."""
    asked = _Asked(moment_s, falls_by, assumed(draws), Chance(draws, repeats))
    once = replace(asked, chance=Chance(draws))  # an event by itself as `event` tells it, draw by draw
    rungs = sorted({against, *range(NOTICES, REPORTS + 1), rung})
    sides = {one: _sides(one) for one in SUSPICIONS}
    told, suspicions = [], []
    for suspected in SUSPICIONS:
        read = {r: [asked.read(*side, r) for side in sides[suspected]] for r in rungs}
        told += [
            Told(
                event.id,
                event.title,
                party,
                event.title_of(party),
                suspected,
                {r: once.read(event, party, r).shares(moment_s) for r in rungs},
            )
            for event, party in sides[suspected]
        ]
        failed = {r: asked.failed(some) for r, some in read.items()}
        known = {r: mistakes(r, suspected, asked.takes) for r in {_alike(r, suspected) for r in rungs}}
        wrong = {r: known[_alike(r, suspected)] for r in rungs}
        suspicions.append(_suspicion(suspected, failed, wrong, against, rung, falls_by, len(sides[suspected])))
    first = min(suspicions, key=lambda one: one.share)
    ranked = _deciders(first.margin, asked.takes)
    capped = first.ruling == "supported"  # nothing that varies here has a source
    start = _start(asked, sides["partner"], against)
    return CentreVerdict(
        suspicions=(first, *(one for one in suspicions if one is not first)),
        trusts=tuple(_trusted(asked, sides["partner"], rung, one, start) for one in trusts),
        told=tuple(told),
        bounds=_bounds(asked, sides["partner"], rung),
        deciders=ranked,
        capped=capped,
        ruling="supported under stated assumptions" if capped else first.ruling,
    )


def _alike(rung: int, suspected: Suspect) -> int:
    """The rung that errs as often: a suspected partner's word counts for nothing, nor does a third party's missing notice."""
    return min(rung, NOTICES) if suspected == "partner" else 0 if rung == NOTICES else min(rung, REPORTS)


@dataclass(frozen=True)
class _Asked:
    moment_s: float
    falls_by: float
    takes: Assumed
    chance: Chance

    def read(self, event: Event, party: str, rung: int, trust: float | None = None) -> Reading:
        return read_by(event, party, rung, np.array([self.moment_s]), self.takes, self.chance, trust)

    def failed(self, readings: Iterable[Reading]) -> Floats:
        """The share of events read wrongly or not at all, draw by draw."""
        each = [one.failed()[0].reshape(self.chance.seeds, self.chance.repeats).mean(axis=1) for one in readings]
        return np.asarray(np.mean(each, axis=0))


def _sides(suspected: Suspect) -> list[tuple[Event, str]]:
    """The shipped events and the sides that suspect this."""
    known = [load_event(name) for name in shipped_events()]
    return [(one, party) for one in known for party in one.parties if suspect_of(one, party) == suspected]


def _suspicion(
    suspected: Suspect,
    failed: dict[int, Floats],
    wrong: dict[int, Mistakes],
    against: int,
    rung: int,
    falls_by: float,
    sides: int,
) -> Suspicion:
    falls = _fall(failed[against], failed[rung], falls_by)
    calm = _calm(wrong[against], wrong[rung])
    margin = np.minimum(falls, calm)
    held = int(holds(margin).sum())
    gain = failed[against].mean() - failed[rung].mean()
    notices = failed[against].mean() - failed[NOTICES].mean()
    return Suspicion(
        suspected=suspected,
        sides=sides,
        steps=tuple(_step(r, failed[r], wrong[r]) for r in sorted(failed)),
        share=held / len(margin),
        falls=float(holds(falls).mean()),
        calm=float(holds(calm).mean()),
        interval=share_bounds(held, len(margin)),
        ruling=rule(held, len(margin)),
        by_notices=float(notices / gain) if gain > NOTED / 2 else float("nan"),
        margin=margin,
    )


def _step(rung: int, failed: Floats, wrong: Mistakes) -> Step:
    false, missed = wrong.false_a_year["Bayes"], wrong.missed
    means = (float(one.mean()) for one in (false, missed))
    return Step(rung, _three(failed), float(failed.mean()), _three(false), _three(missed), *means)


def _fall(before: Floats, after: Floats, by: float) -> Floats:
    """How far the fall is above the bar, in bars, less one; where nothing failed before, nothing can fall."""
    fall = np.divide(before - after, before, out=np.full(len(before), -1.0), where=before > 0.0)
    return np.clip(fall / by - 1.0 + EQUAL, -1.0 - FAR, FAR)


def _calm(before: Mistakes, after: Mistakes) -> Floats:
    """Not below 0 where false alarms do not rise; else by which share they do."""
    was, now = before.false_a_year["Bayes"], after.false_a_year["Bayes"]
    rise = np.divide(now - was, was, out=np.where(now > EQUAL, FAR, 0.0), where=was > EQUAL)
    return np.where(rise <= EQUAL, FAR, np.clip(-rise, -1.0 - FAR, -EQUAL))


def _start(asked: _Asked, sides: list[tuple[Event, str]], against: int) -> tuple[Floats, Mistakes]:
    return asked.failed(asked.read(*side, against) for side in sides), mistakes(against, "partner", asked.takes)


def _trusted(
    asked: _Asked, sides: list[tuple[Event, str]], rung: int, trust: float, start: tuple[Floats, Mistakes]
) -> Trusted:
    """The predicate, partner suspected, its word believed so far."""
    failed = asked.failed(asked.read(*side, rung, trust) for side in sides)
    wrong = mistakes(min(rung, REPORTS if trust else NOTICES), "partner", asked.takes, trust)
    falls, calm = _fall(start[0], failed, asked.falls_by), _calm(start[1], wrong)
    held = holds(np.minimum(falls, calm))
    shares = (float(one.mean()) for one in (holds(falls), holds(calm)))
    numbers = (float(one.mean()) for one in (failed, wrong.false_a_year["Bayes"], wrong.missed))
    return Trusted(trust, float(held.mean()), share_bounds(int(held.sum()), len(held)), *shares, *numbers)


def _bounds(asked: _Asked, sides: list[tuple[Event, str]], rung: int) -> tuple[Bound, ...]:
    """How far a word could move the readings of all sides, trust by trust: means."""
    each = [
        falsehood(asked.read(*side, NOTICES), min(rung, REPORTS), asked.moment_s, asked.takes, asked.chance)
        for side in sides
    ]
    keys = ("without", "low", "high", "decibans", "alarm", "lull")
    return tuple(
        Bound(trust, *(float(np.mean([getattr(some[n], key) for some in each])) for key in keys))
        for n, trust in enumerate(TRUSTS)
    )


def _deciders(margin: Floats, takes: Assumed) -> tuple[Decider, ...]:
    """The inputs whose index is above noise; no source states any of their ranges."""
    if np.ptp(margin) == 0.0:
        return ()
    titles = {f"judging.{row.id}": row.title for row in judging()}
    titles |= {f"evidence.{row.id}": row.title for row in evidence()}
    names = list(takes.shares)
    indices, least = (
        first_order(np.stack([takes.shares[name] for name in names], axis=1), margin),
        noise(margin, len(names)),
    )
    ranked = [
        Decider(name, _title(name, titles), float(index), least, False)
        for name, index in zip(names, indices, strict=True)
        if index > least
    ]
    return tuple(sorted(ranked, key=lambda one: -one.index))


def _title(name: str, titles: dict[str, str]) -> str:
    """`Share of attacks`; `notice matches, if it is an attack`."""
    if name in titles:
        return titles[name]
    row, _, nature = name.rpartition(".")
    return f"{titles[row]}, if it is: {nature}"


def _three(values: Floats) -> Three:
    low, middle, high = np.percentile(values, ENDS).tolist()
    return low, middle, high


def reasons_centre(predicate: Ambiguous, found: CentreVerdict) -> list[str]:
    """What must be said beside the verdict."""
    said = []
    for one in sorted(found.suspicions, key=lambda one: one.suspected):
        by = {step.rung: f"{step.mean:.2f}" for step in one.steps}
        said.append(
            f"{one.suspected} suspected: {by[predicate.against]} of the histories are read wrongly or not at all without a "
            f"centre, {by[NOTICES]} with notices alone, {by[predicate.rung]} with it"
        )
        said.append(
            f"{one.suspected} suspected: that falls by enough in {one.falls:.2f} of the draws, and false alarms do not rise "
            f"in {one.calm:.2f}"
        )
    said.append(
        f"a suspected partner is believed in nothing but a notice that came before and fits what is seen: "
        f"{_part(found.of('partner').by_notices)} of that gain needs no data of any sensor"
    )
    none, full = found.trusts[0], found.trusts[-1]
    said.append(
        f"if it were believed in full, the finding would hold in {_bounded(full)} of the draws, and in {_bounded(none)} as it "
        f"is: what is misread falls by enough in {full.falls:.2f} instead of {none.falls:.2f}, but false alarms do not rise in "
        f"{full.calm:.2f} instead of {none.calm:.2f}"
    )
    against = predicate.against
    worst = [(one, max(one.rungs, key=lambda rung: one.change(rung, against))) for one in found.told]
    worse = [(one, rung) for one, rung in worst if one.change(rung, against) > NOTED]
    if worse:
        most, at = max(worse, key=lambda pair: pair[0].change(pair[1], against))
        before, after = (most.rungs[rung][0] for rung in (against, at))
        said.append(
            f"{len(worse)} of the {len(found.told)} rows of the table end lower at a rung than at rung 0 by more than "
            f"{NOTED:.0%} of the histories, for what flows or a notice that is due and missing: "
            f"most of all “{most.title}” at rung {at}, {before:.0%} to {after:.0%}"
        )
    half = next(one for one in found.bounds if one.trust == 0.5)
    said.append(
        f"harm case: whatever a partner believed by half says, the odds of an attack rise at most "
        f"{10.0 ** (half.decibans / 10.0):.0f} times ({half.decibans:.0f} decibans); an alarm in {half.alarm:.2f} and an "
        f"all-clear in {half.lull:.2f} of the histories could hang on it alone"
    )
    return said


def _bounded(one: Trusted) -> str:
    """`0.34 (0.28 to 0.40)`."""
    return f"{one.share:.2f} ({one.interval[0]:.2f} to {one.interval[1]:.2f})"


def _part(share: float) -> str:
    return "no part" if np.isnan(share) else f"{min(1.0, max(0.0, share)):.0%}"
