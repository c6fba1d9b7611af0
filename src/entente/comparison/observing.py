"""What does an observer learn of two parties from what they let it have, and how late? Computed from a study.

A joint bulletin follows each launch that both parties know of, after a review by officers of both. It says nothing of who saw
what when: that it came at all is the only thing in it that depends on the parties' systems, and so all that it can reveal.
"""

import zlib
from dataclasses import dataclass

import numpy as np

from entente import rng
from entente.comparison.exposing import exposure, inputs_of
from entente.comparison.gains import cases_of
from entente.comparison.values import histories
from entente.compiled import Floats
from entente.questions.observer import Offered, Product, product
from entente.scenario.rows import find_rung
from entente.scenario.world import at_share
from entente.strategy.disclosure import disclosed
from entente.study import Study

MINUTE = 60.0
Three = tuple[float, float, float]  # 5, 50 and 95 per cent


@dataclass(frozen=True)
class Watched:
    """One case as the observer has it.

    Attributes:
        issued: share of histories in which a bulletin comes.
        after_min: minutes after the launch at which it does; nan where it never does.
        in_flight: share of the bulletins that come before the impact; nan where no impact time is known.
        learned: by party, what bulletins reveal of its own systems [nats]; nan with too few histories.
        partner: by party, what its partner learns at the same rung: the most that any observer could [nats].
    """

    case: str
    issued: float
    after_min: Three
    in_flight: float
    learned: dict[str, float]
    partner: dict[str, float]


@dataclass(frozen=True)
class Observed:
    """An observer's product at one rung."""

    rung: int
    products: tuple[Offered, ...]
    told: Product
    cases: tuple[Watched, ...]

    def text(self) -> str:
        """What it gets and does not, what it learns and gives, case by case how late and how much it reveals."""
        lines = [f"An observer at rung {self.rung} gets:"]
        lines += [f"- {one.name}: {one.what}; {', '.join(one.fields)}; {one.when}" for one in self.products]
        if not self.products:
            lines.append("- nothing, for nothing flows between the parties")
        lines += [f"It never gets {', '.join(self.told.withheld)}.", f"It learns {'; '.join(self.told.learns)}."]
        lines.append(f"It gives {'; '.join(self.told.gives)}.")
        return "\n".join([*lines, *(_said(one) for one in self.cases)])


def observed(study: Study, rung: int) -> Observed:
    """An observer's product at a rung, and what it reveals.

    Raises:
        UnknownName: no such rung.
    Valid: a lower bound of what is revealed, as `exposure` is; the observer's own sensors are not modelled.
    """
    row, told = find_rung(rung, study.scenario.ladder), product()
    offered = told.at([str(flow) for flow in row.flows])
    bulletins = [one for one in offered if one.after_min]
    cases = tuple(_watched(study, case, rung, bulletins[0]) for case in cases_of(study)) if bulletins else ()
    return Observed(rung, offered, told, cases)


def _watched(study: Study, case: str, rung: int, bulletin: Offered) -> Watched:
    """One case: when both know, and the review after that."""
    names: list[str] = [party.name for party in study.scenario.parties]
    known = np.max([histories(study, "first_known_s", case, rung, name) for name in names], axis=0)
    issued, after = np.isfinite(known), known / MINUTE + _review(study, bulletin)
    impact = _impact(study, case, rung, names)
    flying = after < impact / MINUTE
    sure = issued & np.isfinite(impact)
    told = {name: _learned(study, name, issued) for name in names}
    cases = len(cases_of(study))
    return Watched(
        case=case,
        issued=float(issued.mean()),
        after_min=_three(after[issued]),
        in_flight=float(flying[sure].mean()) if sure.any() else float("nan"),
        learned=told,
        partner={name: exposure(study, case, rung, name, of=cases).nats for name in names},
    )


def _review(study: Study, bulletin: Offered) -> Floats:
    """How long officers of both take, in each history [min]."""
    assert bulletin.after_min is not None
    key = zlib.crc32(b"observer.after_min") & 0x7FFFFFFF
    seeds = study.data["seed"].values.tolist()
    return np.array([at_share(bulletin.after_min, rng.uniform(seed, rng.INPUTS, key, 0, 0)) for seed in seeds])


def _impact(study: Study, case: str, rung: int, names: list[str]) -> Floats:
    """When the first body comes down, as either party's warning has it [s since launch]; nan where neither warned."""
    if "warning_s" not in study.data or "warning_lead_s" not in study.data:
        return np.full(study.data.sizes["seed"], np.nan)
    ends = [
        histories(study, "warning_s", case, rung, name) + histories(study, "warning_lead_s", case, rung, name)
        for name in names
    ]
    return np.fmax.reduce(ends)


def _learned(study: Study, party: str, issued: Floats) -> float:
    """What it tells of a party's parameters that bulletins come in some histories and not in others [nats]."""
    names = inputs_of(study, party)
    parameters = np.asarray(study.inputs.sel(input=names).values, np.float64)
    return disclosed(parameters, issued.astype(np.float64)[:, None], 2 * len(cases_of(study))).total


def _three(values: Floats) -> Three:
    if not len(values):
        return (float("nan"), float("nan"), float("nan"))
    low, middle, high = np.percentile(values, (5, 50, 95)).tolist()
    return low, middle, high


def _said(one: Watched) -> str:
    """One line a case."""
    if one.issued == 0.0:
        return f"{one.case}: no bulletin, for the two never both know"
    low, middle, high = one.after_min
    told = ", ".join(
        f"{party} {'untold' if np.isnan(nats) else f'{nats:.2f}'} of {one.partner[party]:.2f} nats"
        for party, nats in one.learned.items()
    )
    return (
        f"{one.case}: a bulletin in {one.issued:.0%} of histories, {middle:.0f} min after the launch ({low:.0f} to {high:.0f}); "
        f"it reveals, of what the partner learns: {told}"
    )
