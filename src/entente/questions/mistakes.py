"""How many false alarms a year, and how often is an attack cleared? Over every kind of event, exactly, rung by rung.

Every combination of what can be said by ten minutes is weighed by how likely it is; nothing is simulated. The partner is
honest here; what falsehood could do stands in `falsehood`. Who shares warnings shares false ones: they are counted.
"""

from dataclasses import dataclass

import numpy as np

from entente.compiled import Floats
from entente.estimate import nature as kernels
from entente.questions.judged import Assumed, answers, spread, threats
from entente.questions.reading import DENIES, RULES, Rule
from entente.questions.tidings import NOTICES, REPORTS, TRACKS, WARNINGS, Suspect
from entente.scenario.rows import chances

PIECE = 50  # seeds at a time, so that the combinations stay small
NOTHING = ("infrared nothing", "radar nothing")  # what we have of a fault of the partner's


@dataclass(frozen=True)
class Mistakes:
    """Draw by draw, (S,) each, of all events of a year that have to be judged.

    Attributes:
        false_a_year: events that are no attack and are held for one, by rule; those passed on by the partner among them.
        missed: chance that an attack is cleared; failed: chance that an event is called wrongly or not at all, by the rule Bayes.
        passed_on: false alarms a year that are the partner's, under the rule Bayes.
    """

    false_a_year: dict[Rule, Floats]
    missed: Floats
    failed: Floats
    passed_on: Floats


@dataclass(frozen=True)
class Said:
    """All K combinations of what can be said.

    Attributes:
        happens, seen: (S, K, N), how likely each is, and how likely the judge takes it to be up to a factor.
        infrared, radar, denied: (K,), whether our own sensors report a threat, and whether it is denied.
    """

    happens: Floats
    seen: Floats
    infrared: np.ndarray
    radar: np.ndarray
    denied: np.ndarray

    def and_then(self, said: list[str], happens: Floats, seen: Floats) -> "Said":
        """Every combination with every answer (S, A, N) of one more channel."""
        s, k, n = self.happens.shape
        shape = (s, k * len(said), n)
        flag = {name: np.repeat(getattr(self, name), len(said)) for name in ("infrared", "radar", "denied")}
        threat = np.tile([one in threats() for one in said], k)
        return Said(
            happens=(self.happens[:, :, None, :] * happens[:, None]).reshape(shape),
            seen=(self.seen[:, :, None, :] * seen[:, None]).reshape(shape),
            infrared=flag["infrared"] | (threat & np.tile([one.startswith("infrared") for one in said], k)),
            radar=flag["radar"] | (threat & np.tile([one.startswith("radar") for one in said], k)),
            denied=flag["denied"] | np.tile([one in DENIES for one in said], k),
        )


def mistakes(rung: int, suspected: Suspect, takes: Assumed, trust: float | None = None) -> Mistakes:
    """What goes wrong in a year at a rung.

    Args:
        suspected: of an attack; trust: in the partner's word, None: 0 where it is the partner, as assumed where it is not.
    Valid: as the base rates and the likelihoods are; by ten minutes all that flows has come. Under OR and AND only our own
        sensors count.
    """
    seeds = len(takes.prior)
    believed = takes.numbers["trust-third"] if suspected == "third party" else np.zeros(seeds)
    believed = believed if trust is None else np.full(seeds, trust)
    pieces = [slice(n, n + PIECE) for n in range(0, seeds, PIECE)]
    parts = [_piece(rung, suspected, _cut(takes, piece), believed[piece]) for piece in pieces]
    rate = spread(next(row.value for row in chances() if row.id == "ambiguous"), "chance.ambiguous", seeds)
    held = {rule: np.concatenate([part[0][rule] for part in parts]) for rule in RULES}
    missed, failed, own = (np.concatenate([part[n] for part in parts]) for n in (1, 2, 3))
    flows = rung >= WARNINGS
    passed = rate * takes.prior[:, kernels.NATURES.index("sensor fault")] * takes.numbers["partner-alarm"] * own * flows
    false = {rule: rate * one + (passed if rule == "Bayes" else 0.0) for rule, one in held.items()}
    return Mistakes(false, missed, failed, passed)


def _cut(takes: Assumed, piece: slice) -> Assumed:
    numbers = {name: one[piece] for name, one in takes.numbers.items()}
    return Assumed(numbers, {name: one[piece] for name, one in takes.likelihood.items()}, {})


def _piece(
    rung: int, suspected: Suspect, takes: Assumed, trust: Floats
) -> tuple[dict[Rule, Floats], Floats, Floats, Floats]:
    """Share of all events held wrongly by each rule, missed, failed, and whether a fault of the partner's would be held."""
    said = combinations(rung, suspected, takes, trust)
    bars = takes.numbers["held"][:, None], takes.numbers["cleared"][:, None]
    joint = takes.prior[:, None, :] * said.seen
    p = joint[..., kernels.ATTACK] / np.maximum(joint.sum(axis=-1), kernels.TINY)
    two = said.infrared.astype(np.int64) + said.radar
    called = {
        "OR": np.broadcast_to(kernels.by_or(two, said.denied), p.shape),
        "AND": np.broadcast_to(kernels.by_and(two, said.denied), p.shape),
        "Bayes": kernels.by_bayes(p, *bars),
    }
    weight = takes.prior[:, None, :] * said.happens
    attack = weight[..., kernels.ATTACK]
    other = weight.sum(axis=-1) - attack
    held = {rule: (other * (called[rule] == kernels.HELD)).sum(axis=1) for rule in RULES}
    cleared = called["Bayes"] == kernels.CLEARED
    missed = (said.happens[..., kernels.ATTACK] * cleared).sum(axis=1)
    failed = (other * ~cleared + attack * (called["Bayes"] != kernels.HELD)).sum(axis=1)
    return held, missed, failed, _passed_on(takes, trust, bars)


def combinations(rung: int, suspected: Suspect, takes: Assumed, trust: Floats) -> Said:
    """All that can be said at a rung; where the partner's word weighs nothing it is left out, for it changes nothing."""
    ones, nothing = np.ones((len(trust), 1, len(kernels.NATURES))), np.zeros(1, np.bool_)
    said = Said(ones, ones, nothing, nothing, nothing)
    believes = bool((trust > 0.0).any())
    for channel, shared in (("infrared", REPORTS), ("radar", TRACKS)):
        if believes and rung >= shared:
            said = _both(said, channel, takes, trust)
        else:
            names, each = answers(channel, takes.likelihood)
            said = said.and_then(names, each, each)
    own = ["raw", "feed"] + (["notice"] if rung >= NOTICES and suspected == "partner" else [])
    partner = ["word"] + (["partner"] if rung < REPORTS else [])
    for channel in own + (partner if believes and rung >= WARNINGS else []):
        names, each = answers(channel, takes.likelihood)
        seen = kernels.trusted(each, trust[:, None]) if channel in partner else each
        said = said.and_then(names, each, seen)
    return said


def _both(said: Said, channel: str, takes: Assumed, trust: Floats) -> Said:
    """Our own sensors and the partner's in one channel: with some chance one cause made both say the same."""
    names, each = answers(channel, takes.likelihood)
    theirs = kernels.trusted(each, trust[:, None])
    common, alike = takes.common(channel)[:, None, None, None], np.eye(len(names))[None, :, :, None]
    shape = (len(trust), len(names) ** 2, each.shape[-1])
    first = each[:, :, None, :]
    happens = common * alike * first + (1.0 - common) * first * each[:, None]
    seen = common * alike * first + (1.0 - common) * first * theirs[:, None]
    return said.and_then([name for name in names for _ in names], happens.reshape(shape), seen.reshape(shape))


def _passed_on(takes: Assumed, trust: Floats, bars: tuple[Floats, Floats]) -> Floats:
    """Whether an event of which we see nothing and the partner reports something would be held for an attack (S,)."""
    logs = sum(np.log(np.maximum(takes.likelihood[one], kernels.TINY)) for one in NOTHING)
    logs = logs + np.log(np.maximum(kernels.trusted(takes.likelihood["partner sees it"], trust), kernels.TINY))
    p = kernels.posterior(takes.prior, logs)
    return np.asarray(kernels.by_bayes(p[:, kernels.ATTACK], bars[0][:, 0], bars[1][:, 0]) == kernels.HELD, np.float64)
