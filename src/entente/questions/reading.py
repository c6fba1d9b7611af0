"""How does a side read what it holds of an event? Chances of each nature moment by moment, and what three rules call it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from entente.compiled import Floats
from entente.estimate import nature as kernels
from entente.questions.judged import Assumed, Called, base_id, codes, prior_of, spread, threats
from entente.questions.tidings import Chance, Item, suspect_of, tidings
from entente.scenario.events import Event, Nature

Rule = Literal["OR", "AND", "Bayes"]
RULES: tuple[Rule, ...] = get_args(Rule)
DENIES = ("notice matches", "raw sensors show none")  # under the rules OR and AND
BELIEVED = 0.5  # trust from which the partner's reports count under OR and AND
Three = tuple[float, float, float]


@dataclass(frozen=True)
class Reading:
    """One side's reading of an event at one rung, in R histories.

    Attributes:
        at_s: moments (T,); items: what it holds, sooner or later.
        p: chances of the natures (T, R, N); called: by rule, (T, R): nature.UNRESOLVED, CLEARED or HELD.
        quiet: whether there is nothing to judge, for it holds nothing yet or did it itself (T, R).
        logs: ln likelihood by channel (T, R, N).
    """

    event: str
    party: str
    rung: int
    attack: bool
    at_s: Floats
    items: tuple[Item, ...]
    p: Floats
    called: dict[Rule, Called]
    quiet: np.ndarray
    logs: dict[str, Floats]

    @cached_property
    def right(self) -> Called:
        """What it should be called."""
        return np.array(kernels.HELD if self.attack else kernels.CLEARED)

    def failed(self, rule: Rule = "Bayes") -> np.ndarray:
        """Where it is called wrongly, or not at all (T, R)."""
        return self.called[rule] != self.right

    def shares(self, moment_s: float, rule: Rule = "Bayes") -> Three:
        """Resolved correctly, wrongly and unresolved, as shares of the histories, at one of the moments."""
        called = self.called[rule][self._index(moment_s)]
        correct, open_ = float((called == self.right).mean()), float((called == kernels.UNRESOLVED).mean())
        return correct, max(0.0, 1.0 - correct - open_), open_

    def chances(self, moment_s: float) -> dict[str, float]:
        """The mean chance of each nature at one of the moments."""
        return dict(zip(kernels.NATURES, self.p[self._index(moment_s)].mean(axis=0).tolist(), strict=True))

    def weights(self, moment_s: float) -> list[tuple[str, str, float]]:
        """What is held in at least half of the histories and its weight for an attack against the likeliest rival [dB].

        Channel, what is said in it, and the median weight. They add up, for channels are taken to be independent; what several
        sensors of one channel say has one weight together.
        """
        at = self._index(moment_s)
        mean = self.p[at].mean(axis=0)
        rival = max((n for n in range(len(mean)) if n != kernels.ATTACK), key=lambda n: float(mean[n]))
        out = []
        for channel, logs in self.logs.items():
            held = [one for one in self.items if one.channel == channel]
            said = [one for one in held if one.held(self.at_s[at : at + 1]).mean() >= 0.5]
            if said:
                weight = float(np.median(kernels.decibans(logs[at], kernels.ATTACK, rival)))
                out.append((channel, " and ".join(dict.fromkeys(one.says for one in said)), weight))
        return out

    def rival(self, moment_s: float) -> str:
        """The likeliest nature that is no attack, which weights are against."""
        chances = self.chances(moment_s)
        return max((nature for nature in chances if nature != "attack"), key=lambda nature: chances[nature])

    def _index(self, moment_s: float) -> int:
        return int(np.flatnonzero(self.at_s == moment_s)[0])


def read_by(
    event: Event,
    party: str,
    rung: int,
    at_s: Floats,
    takes: Assumed,
    chance: Chance,
    trust: float | None = None,
) -> Reading:
    """The reading of one side at one rung.

    Args:
        at_s: moments (T,) after the event's zero.
        trust: in the partner's word, 0 to 1; None: 0 where the partner is suspected, as assumed where a third party is.
    """
    items = tuple(tidings(event, party, rung, takes, chance))
    believed = chance.each(trust_of(event, party, takes, trust))
    held = {id(one): one.held(at_s) for one in items}
    logs = {
        channel: _channel([one for one in items if one.channel == channel], held, takes, chance, believed, channel)
        for channel in dict.fromkeys(one.channel for one in items)
    }
    prior = np.repeat(prior_in(event, takes), chance.repeats, axis=0)
    nothing = np.zeros((len(at_s), *prior.shape))
    p = kernels.posterior(prior, sum(logs.values(), nothing))
    attack = event.truth.nature == "attack"
    own = [held[id(one)] for one in items if one.giver == "own"]
    quiet = ~np.any(own, axis=0) if own else np.ones(p.shape[:2], np.bool_)
    called = _called(items, held, believed, p, takes, chance)
    if event.truth.by == party and not attack:  # whoever did it knows
        quiet, p = np.ones_like(quiet), np.zeros_like(p)
        p[..., kernels.NATURES.index(event.truth.nature)] = 1.0
    # Who holds nothing has no event to judge: nothing is wrong about that, unless it is an attack.
    unseen = kernels.UNRESOLVED if attack else kernels.CLEARED
    called = {rule: np.where(quiet, unseen, one) for rule, one in called.items()}
    return Reading(event.id, party, rung, attack, at_s, items, p, called, quiet, logs)


def trust_of(event: Event, party: str, takes: Assumed, trust: float | None) -> Floats:
    """The trust in the partner's word (S,)."""
    if trust is not None:
        return np.full(len(takes.prior), trust)
    third = suspect_of(event, party) == "third party"
    return takes.numbers["trust-third"] if third else np.zeros(len(takes.prior))


def prior_in(event: Event, takes: Assumed) -> Floats:
    """Base rates (S, N): the event's own, or those of the catalogue."""
    if event.base_rates is None:
        return takes.prior
    seeds, natures = len(takes.prior), get_args(Nature)
    return prior_of([spread(event.base_rates[one], f"event.{event.id}.{base_id(one)}", seeds) for one in natures])


def _channel(
    items: list[Item], held: dict[int, np.ndarray], takes: Assumed, chance: Chance, believed: Floats, channel: str
) -> Floats:
    """The joint likelihood of one channel (T, R, N)."""
    each = []
    for one in items:
        likelihood = np.repeat(takes.likelihood[one.says], chance.repeats, axis=0)
        if one.due is not None:
            likelihood = kernels.silence(likelihood, one.due)
        each.append(kernels.trusted(likelihood, believed) if one.giver == "partner" else likelihood)
    said = np.array([codes()[one.says] for one in items])
    there = np.stack([held[id(one)] for one in items], axis=-1)
    return kernels.channel_log(np.stack(each, axis=-2), said, there, chance.each(takes.common(channel)))


def _called(
    items: tuple[Item, ...],
    held: dict[int, np.ndarray],
    believed: Floats,
    p: Floats,
    takes: Assumed,
    chance: Chance,
) -> dict[Rule, Called]:
    """What each rule calls it (T, R)."""
    kinds = {name: np.zeros(p.shape[:2], np.bool_) for name in ("infrared", "radar", "screen")}
    denied = np.zeros(p.shape[:2], np.bool_)
    for one in items:
        counts = held[id(one)] & ((believed >= BELIEVED) | (one.giver != "partner"))
        if one.says in threats():
            kinds[one.channel] |= counts
        elif one.says in DENIES:
            denied |= counts
    two = kinds["infrared"].astype(np.int64) + kinds["radar"]
    bars = (chance.each(takes.numbers[name]) for name in ("held", "cleared"))
    return {
        "OR": kernels.by_or(two + kinds["screen"], denied),
        "AND": kernels.by_and(np.where(kinds["screen"], np.maximum(two, 1), two), denied),
        "Bayes": kernels.by_bayes(p[..., kernels.ATTACK], *bars),
    }
