"""How much may go wrong between two systems before sharing is worse than staying alone? One stress after another.

Each history is made once up to sharing and then told again under every stress, so that sizes are compared on the same luck.
A number is a gain over the party's own sensors alone; where it reaches zero lies the threshold.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import xarray as xr

from entente.compiled import Floats
from entente.errors import ModelError
from entente.journal import FIRST_SEED
from entente.questions.watch import Mistakes
from entente.run import check_rung
from entente.scenario.rows import find_rung, ladder
from entente.scenario.schema import Scenario, Stress
from entente.workers import Sweep, Swept, spread

STRESSES: dict[str, tuple[float, ...]] = {
    "bias_km": (1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
    "clock_skew_s": (1.0, 2.0, 5.0, 10.0, 20.0, 60.0),
    "latency_s": (10.0, 30.0, 60.0, 120.0, 300.0, 600.0),
    "outage": (0.05, 0.1, 0.2, 0.4, 0.6, 0.8),  # share of the time: 1 less the availability
    "coarsening_km": (1.0, 2.0, 5.0, 10.0, 20.0, 50.0),
}
"""The sizes of each stress, from small to the most that is asked."""
GAINS: dict[str, tuple[str, str]] = {
    "area": ("nats", "log score of the impact area: how much better it foretells the impact"),
    "position": ("nats", "logarithm of how many times smaller the error of position is"),
    "warning": ("s", "more time from the credible warning to the impact; none where there is no warning"),
    "protection": ("1", "rise of P(no leaker)"),
}
"""What is gained over staying alone, by name: its unit, and what it is. Positive: sharing is better."""
SOURCES = {
    "area": "impact_score_nats",
    "position": "position_error_km",
    "warning": "warning_lead_s",
    "protection": "p_no_leaker",
}
LEAST_RUNG = 2  # below, nothing flows that a line could spoil
SEEDS, SEEDS_A_JOB = 40, 5
GLANCE_SEEDS = 16
GLANCE: dict[str, tuple[float, ...]] = {
    "bias_km": (1.0, 5.0, 20.0, 50.0),
    "clock_skew_s": (1.0, 5.0, 60.0),
    "latency_s": (30.0, 120.0, 300.0),
    "outage": (0.05, 0.2, 0.8),
    "coarsening_km": (5.0, 50.0),
}
"""The sizes that a study tries in its lead case, for its report."""
RESAMPLES, KEY = 400, 0x70E8  # of the seeds; the same study, the same interval
CONFIDENCE = 0.95
KEYS = ("case", "rung", "party")


@dataclass(frozen=True)
class Tolerance:
    """What a sweep found.

    `data` holds every history: `alone_*` (case, party, seed) and `fused_*` (case, rung, party, stress, step, seed), where
    step 0 is without stress and `size` (stress, step) says how large each is. In `gains`, `gain`, `threshold` and `half` have
    a first dimension `what` (see GAINS) and come with `_low` and `_high`, the ends of their 95 % bootstrap intervals over
    seeds. A threshold is the size at which the mean gain reaches zero, `half` the one at which half of it is left: inf where
    that is never so up to the largest size, 0 where there is no gain to begin with, nan where the gain is not defined.
    """

    scenario: Scenario
    data: xr.Dataset = field(repr=False)
    gains: xr.Dataset = field(repr=False)

    @property
    def most(self) -> dict[str, float]:
        """The largest size of each stress."""
        return {str(s): float(self.data["size"].sel(stress=s).max()) for s in self.data["stress"].values}

    def left(self, what: str, stress: str, size: float, rung: int, party: str) -> float:
        """The share of a mean gain that a stress of one of the sizes tried leaves in the first case; nan if there is none."""
        at = {"what": what, "stress": stress, "rung": rung, "party": party}
        if stress not in self.gains["stress"].values or rung not in self.gains["rung"].values:
            return float("nan")
        gain = self.gains["gain"].sel(at).isel(case=0).values
        tried = np.flatnonzero(self.data["size"].sel(stress=stress).values == size)
        return float(gain[tried[0]] / gain[0]) if len(tried) and gain[0] > 0.0 else float("nan")

    def rows(self) -> list[dict[str, Any]]:
        """Every threshold and every half-gain value as a plain row."""
        out = []
        for at in np.ndindex(self.gains["threshold"].shape):
            one = self.gains["threshold"][at]
            row = {str(k): v.item() for k, v in one.coords.items() if str(k) in ("what", *KEYS, "stress")}
            for name in ("threshold", "half"):
                row |= {key: float(self.gains[key].values[at]) for key in (name, f"{name}_low", f"{name}_high")}
            out.append(row | {"gain": float(self.gains["gain"].values[at][0])})
        return out

    def said(self, row: Mapping[str, Any], name: str = "threshold") -> str:
        """A threshold in words: `3.1 (2.0 to 4.4)`, `none up to 50`."""
        value, low, high = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
        most = self.most[row["stress"]]
        if value != value:
            return "not defined"
        if value == 0.0:
            return "no gain even without"
        if value == np.inf:
            return f"none up to {most:g}" + (f" (from {low:.2g})" if low < np.inf else "")
        return f"{value:.2g} ({low:.2g} to {f'{high:.2g}' if high < np.inf else f'over {most:g}'})"

    def table(self, what: str = "area") -> str:
        """The thresholds of one gain, in lines of text."""
        head = ("case", "rung", "party", "stress", "as good as alone at", "half the gain at")
        rows = [row for row in self.rows() if row["what"] == what]
        lines = [
            head,
            *((r["case"], str(r["rung"]), r["party"], r["stress"], self.said(r), self.said(r, "half")) for r in rows),
        ]
        wide = [max(len(line[i]) for line in lines) for i in range(len(head))]
        return "\n".join(
            "  ".join(cell.ljust(w) for cell, w in zip(line, wide, strict=True)).rstrip() for line in lines
        )


def tolerance(
    scenario: Scenario,
    rungs: Sequence[int] | None = None,
    cases: Sequence[str] | None = None,
    seeds: int | None = None,
    sizes: Mapping[str, Sequence[float]] | None = None,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> Tolerance:
    """Fused against alone as bias, clock skew, latency, outage and coarsening grow, each by itself.

    Args:
        scenario: as `load` gives it; must not have a stress of its own.
        rungs: 2 or higher; if None, those of the scenario at which something else is known than at the one below.
        cases: attacks and tests of third parties; all of the scenario's if None.
        seeds: histories of each case; 40, or the scenario's own number if that is less.
        sizes: by stress (bias_km, clock_skew_s, latency_s, outage, coarsening_km), rising; those of STRESSES if None.
        workers: processes; one a core if None.
        tell: is given a line now and then.
    Raises:
        UnknownName: no such rung, case or stress.
        ModelError: sizes outside the limits or not rising, no seeds or workers, a stress that is there already.
    """
    ladders = {name: tuple(given) for name, given in (STRESSES if sizes is None else sizes).items()}
    _check(scenario, rungs, cases, seeds, ladders, workers)
    count = min(SEEDS, scenario.seeds) if seeds is None else seeds
    chosen = list(cases) if cases is not None else eligible(scenario)
    levels = sorted(rungs) if rungs is not None else distinct_rungs(scenario)
    jobs = sweeps(scenario, chosen, levels, count, ladders)
    done: list[tuple[Sweep, Swept]] = []
    with closing(spread(jobs, workers or os.cpu_count() or 1)) as answers:
        for pair in answers:
            done.append(pair)
            if tell:
                tell(f"{len(done)} of {len(jobs)} parts ...")
    return put_together(scenario, ladders, done)


def glance(scenario: Scenario, rungs: Sequence[int], seeds: int) -> list[Sweep]:
    """The jobs of a sweep beside a study: the first case that is asked, at the highest of its rungs that fuses, few sizes.

    None where the scenario has no such case or rung, or has a stress of its own.
    """
    cases = eligible(scenario)[:1]
    fusing = [rung for rung in rungs if rung in distinct_rungs(scenario)]
    if not cases or not fusing or scenario.stress != Stress():
        return []
    return sweeps(scenario, cases, fusing[-1:], min(GLANCE_SEEDS, seeds), GLANCE, protected=False)


def eligible(scenario: Scenario) -> list[str]:
    """The cases that are asked: attacks and tests by a third party, which both may share the states of."""
    natures = ("attack", "test")
    return [c.name for c in scenario.cases if c.nature in natures and c.launched_by == "third party"]


def distinct_rungs(scenario: Scenario) -> list[int]:
    """The scenario's rungs from 2 on at which the parties know something else than at the rung before."""
    out: list[int] = []
    before = None
    for rung in scenario.rungs:
        row = find_rung(rung, scenario.ladder)
        knows = (row.fusion, *sorted({"warnings", "tracks", "reports"} & set(row.flows)))
        if rung >= LEAST_RUNG and knows != before:
            out.append(rung)
        before = knows
    return out


def _check(
    scenario: Scenario,
    rungs: Sequence[int] | None,
    cases: Sequence[str] | None,
    seeds: int | None,
    ladders: Mapping[str, Sequence[float]],
    workers: int | None,
) -> None:
    """Refuse what cannot be swept, all of it at once."""
    wrong = Mistakes()
    known = sorted({row.rung for row in ladder()} | {row.rung for row in scenario.ladder})
    for rung in rungs or ():
        if rung not in known:
            wrong.unknown("rung", rung, map(str, known))
        elif rung < LEAST_RUNG:
            wrong.add(f"rung: at {rung} nothing flows that a line could spoil; ask for {LEAST_RUNG} or higher")
        else:
            try:
                check_rung(scenario, rung)
            except ModelError as problem:
                wrong.add(str(problem))
    asked = eligible(scenario)
    for case in cases or ():
        if case not in [one.name for one in scenario.cases]:
            wrong.unknown(f"case of {scenario.title!r}", case, asked)
        elif case not in asked:
            wrong.add(
                f"case: {case!r} is no attack or test of a third party; ask for {', '.join(asked) or 'another scenario'}"
            )
    if not (rungs or distinct_rungs(scenario)) or not (cases or asked):
        wrong.add(
            f"tolerance: {scenario.title!r} has no rung from {LEAST_RUNG} on, or no attack or test of a third party; give both"
        )
    if scenario.stress != Stress():
        wrong.add(
            f"stress: {scenario.title!r} has one of its own, on which nothing can be laid; leave it out of the scenario"
        )
    for name, value in (("seeds", seeds), ("workers", workers)):
        if value is not None and value < 1:
            wrong.add(f"{name}: {value} were asked for; at least 1 is needed")
    for name, given in ladders.items():
        _check_sizes(wrong, name, given)
    wrong.refuse()


def _check_sizes(wrong: Mistakes, name: str, given: Sequence[float]) -> None:
    if name not in STRESSES:
        wrong.unknown("stress", name, STRESSES)
        return
    if not given or any(b <= a for a, b in zip((0.0, *given), given, strict=False)):
        wrong.add(f"{name}: {list(given)} do not rise from above 0; write the sizes from small to large")
    for size in given:
        try:
            stress_of(name, size)
        except ModelError as problem:
            wrong.add(f"{name} {size:g}: {problem}")


def stress_of(name: str, size: float) -> Stress:
    """One stress of this size, and nothing else wrong."""
    return Stress(availability=1.0 - size) if name == "outage" else Stress(**{name: float(size)})


def sweeps(
    scenario: Scenario,
    cases: Sequence[str],
    rungs: Sequence[int],
    seeds: int,
    ladders: Mapping[str, Sequence[float]],
    protected: bool = True,
) -> list[Sweep]:
    """The jobs of a sweep: some seeds of a case each; the first stress is none. `protected`: whether protection is asked too."""
    every = (Stress(), *(stress_of(name, size) for name, sizes in ladders.items() for size in sizes))
    blocks = [range(i, min(i + SEEDS_A_JOB, seeds)) for i in range(0, seeds, SEEDS_A_JOB)]
    return [
        Sweep(
            scenario,
            case,
            tuple(rungs),
            every,
            tuple(FIRST_SEED + i for i in block),
            tuple(SOURCES.values()),
            protected,
        )
        for block in blocks
        for case in cases
    ]


def put_together(
    scenario: Scenario, ladders: Mapping[str, Sequence[float]], done: Sequence[tuple[Sweep, Swept]]
) -> Tolerance:
    """The answers of all jobs as one."""
    ordered = sorted(done, key=lambda pair: pair[0].seeds)
    jobs = [job for job, _ in ordered]
    cases = [one.name for one in scenario.cases if one.name in {job.case for job in jobs}]
    of = {case: [found for job, found in ordered if job.case == case] for case in cases}
    alone = np.stack([np.concatenate([one.alone for one in of[case]], axis=-1) for case in cases], axis=1)
    flat = np.stack([np.concatenate([one.fused for one in of[case]], axis=-1) for case in cases], axis=1)
    fused, size = _by_stress(flat, ladders)
    seeds = [seed for job in jobs if job.case == cases[0] for seed in job.seeds]
    coords: dict[str, Any] = {
        "case": cases,
        "rung": list(jobs[0].rungs),
        "party": [party.name for party in scenario.parties],
        "stress": list(ladders),
        "step": np.arange(size.shape[1]),
        "seed": seeds,
        "size": (("stress", "step"), size),
    }
    data = xr.Dataset(coords=coords)
    for m, name in enumerate(jobs[0].measures):
        data[f"alone_{name}"] = (("case", "party", "seed"), alone[m])
        data[f"fused_{name}"] = ((*KEYS, "stress", "step", "seed"), fused[m])
    return Tolerance(scenario, data, _summary(data))


def _by_stress(flat: Floats, ladders: Mapping[str, Sequence[float]]) -> tuple[Floats, Floats]:
    """(..., 1 + all sizes, seed) to (..., stress, step, seed), and the sizes (stress, step); nan where a ladder is shorter."""
    steps = 1 + max(map(len, ladders.values()))
    size = np.full((len(ladders), steps), np.nan)
    out = np.full((*flat.shape[:-2], len(ladders), steps, flat.shape[-1]), np.nan)
    at = 1
    for k, sizes in enumerate(ladders.values()):
        size[k, 0], size[k, 1 : 1 + len(sizes)] = 0.0, sizes
        out[..., k, 0, :], out[..., k, 1 : 1 + len(sizes), :] = flat[..., 0, :], flat[..., at : at + len(sizes), :]
        at += len(sizes)
    return out, size


def _summary(data: xr.Dataset) -> xr.Dataset:
    """Mean gains, thresholds and half-gain values with their intervals."""
    each = np.stack([gain_of(name, data) for name in GAINS])  # (what, case, rung, party, stress, step, seed)
    seeds = each.shape[-1]
    counts = np.random.Generator(np.random.Philox(key=KEY)).multinomial(seeds, np.full(seeds, 1.0 / seeds), RESAMPLES)
    weights = np.concatenate([np.ones((1, seeds)), counts.astype(np.float64)])  # the first is what was found
    known = np.isfinite(each)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = np.tensordot(weights, np.where(known, each, 0.0), (1, -1)) / np.tensordot(weights, known * 1.0, (1, -1))
    size = data["size"].values
    points = {"gain": means, "threshold": crossing(means, size, 0.0), "half": crossing(means, size, 0.5)}
    dims = ("what", *KEYS, "stress", "step")
    out = xr.Dataset(coords={"what": list(GAINS), **{k: data.coords[k] for k in (*KEYS, "stress", "step", "size")}})
    for name, values in points.items():
        low, high = _ends(values[1:])
        for key, one in ((name, values[0]), (f"{name}_low", low), (f"{name}_high", high)):
            out[key] = (dims[: one.ndim], one)
    out["histories"] = (dims, known.sum(axis=-1))
    return out


def _ends(values: Floats) -> tuple[Floats, Floats]:
    """The middle 95 % of resamples (B, ...), infinity the largest of all; nan where any is nan."""
    ordered = np.sort(values, axis=0)
    last = len(values) - 1
    cut = round((1.0 - CONFIDENCE) / 2.0 * last)
    broken = np.isnan(values).any(axis=0)
    return np.where(broken, np.nan, ordered[cut]), np.where(broken, np.nan, ordered[last - cut])


def gain_of(what: str, data: xr.Dataset) -> Floats:
    """A gain over staying alone, history by history (case, rung, party, stress, step, seed); nan where it is not defined."""
    source = SOURCES[what]
    fused = data[f"fused_{source}"].values
    alone = data[f"alone_{source}"].values[:, None, :, None, None, :]
    if what == "area":
        return np.asarray(alone - fused)
    if what == "position":
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.log(alone) - np.log(fused))
    if what == "warning":
        asked = np.isfinite(data["size"].values)[
            ..., None
        ]  # a history without a warning has no time, not an unknown one
        return np.where(asked, np.nan_to_num(fused) - np.nan_to_num(alone), np.nan)
    return np.asarray(fused - alone)


def crossing(means: Floats, size: Floats, share: float) -> Floats:
    """The size at which a mean falls to a share of what it is without stress, straight between the sizes tried.

    Args:
        means: (..., stress, step), step 0 without stress; nan where a ladder is shorter.
        size: (stress, step).
    Returns:
        (..., stress): 0 where there is no gain without stress, inf where it never falls so far, nan where it is not defined.
    """
    start = means[..., :1]
    above = means - share * start
    below = np.where(np.isnan(above), False, above <= 0.0)
    below[..., 0] = False
    first = np.maximum(np.argmax(below, axis=-1), 1)[..., None]
    a, b = np.take_along_axis(above, first - 1, -1)[..., 0], np.take_along_axis(above, first, -1)[..., 0]
    sizes = np.broadcast_to(size, means.shape)
    from_, to = (np.take_along_axis(sizes, one, -1)[..., 0] for one in (first - 1, first))
    with np.errstate(invalid="ignore", divide="ignore"):
        found = from_ + (to - from_) * a / (a - b)
    found = np.where(below.any(axis=-1), found, np.inf)
    return np.where(np.isnan(start[..., 0]), np.nan, np.where(start[..., 0] <= 0.0, 0.0, found))
