"""Where are the numbers behind the page? Every table and figure as CSV, units in the header, one fact a cell.

`histories.csv` is the study's whole Dataset and reads back to it exactly; an empty cell is an undefined number.
"""

import numpy as np

from entente.comparison import Estimate, Exposure
from entente.questions.defended import way_of
from entente.report import centre, guarantees
from entente.report.data_findings import deciders, findings, limits, reversals, several, tolerances, tornado
from entente.report.data_forces import force_levels, taken
from entente.report.data_pictures import areas, ladder, seeing, warnings
from entente.report.material import Material
from entente.report.protection import CHANCES, SAFE, SEAM, SPENT, raids
from entente.report.sheet import INTERVALS, Sheet, headed


def sheets(found: Material) -> list[Sheet]:
    """Every table of the page and of its figures."""
    return [
        histories(found),
        levels(found),
        gains(found),
        exposures(found),
        ladder(found),
        warnings(found),
        *areas(found),
        seeing(found),
        findings(found),
        *several(found),
        *force_levels(found),
        *taken(found),
        *(Sheet(*table) for table in guarantees.files(found)),
        *(Sheet(*table) for table in centre.files(found)),
        protected(found),
        losses(found),
        reciprocity(found),
        paths(found),
        deciders(found),
        tornado(found),
        reversals(found),
        *limits(found),
        *tolerances(found),
    ]


def histories(found: Material) -> Sheet:
    """Every measure of every history: the Dataset as a table."""
    data = found.study.data
    names = [str(name) for name in data]
    shape = [data.sizes[dim] for dim in ("case", "rung", "party", "seed")]
    columns = [data[name].transpose("case", "rung", "party", "seed").values.reshape(-1).tolist() for name in names]
    where = np.indices(shape).reshape(4, -1)
    keys = [data[dim].values[where[i]].tolist() for i, dim in enumerate(("case", "rung", "party", "seed"))]
    header = ["case", "rung", "party", "seed", *(headed(found, name) for name in names)]
    return Sheet("histories.csv", header, zip(*keys, *columns, strict=True))


def levels(found: Material) -> Sheet:
    """The measures of the tables at every rung."""
    header = ["measure", "unit", "case", "rung", "party", "value", *INTERVALS, "histories", "defined [share]"]
    rows = [
        [name, found.unit(name), case, rung, party, *_numbers(one)]
        for (name, case, rung, party), one in found.levels.items()
    ]
    return Sheet("levels.csv", header, rows)


def gains(found: Material) -> Sheet:
    """Gains against the baseline; positive is better."""
    header = ["measure", "unit", "case", "rung", "party", "gain", *INTERVALS, "histories", "defined [share]"]
    header += ["newly_defined [share]", "no_longer_defined [share]", "better [share]", "worse [share]"]
    rows = [
        [name, found.unit(name), case, rung, party, *_numbers(one), one.newly, one.lost, one.better, one.worse]
        for (name, case, rung, party), one in found.gains.items()
    ]
    return Sheet("gains.csv", header, rows)


def _numbers(one: Estimate) -> list[object]:
    return [one.value, *one.sampling, *one.assumption, one.n, one.defined]


def exposures(found: Material) -> Sheet:
    """What each party gives away, in all and by its own parameter."""
    header = ["case", "rung", "party", "input", "exposure [nats]", "low [nats]", "high [nats]"]
    rows: list[list[object]] = []
    for (case, rung, party), one in found.exposures.items():
        rows.append([case, rung, party, "all", one.nats, *one.interval])
        rows += [[case, rung, party, name, nats, None, None] for name, nats in one.by_input.items()]
    return Sheet("exposure.csv", header, rows)


def protected(found: Material) -> Sheet:
    """Finding F4, raid by raid and rung by rung: means over all histories; what is spent, of both parties together."""
    names = [name for name in (*CHANCES, *SAFE, *SPENT, SEAM) if name in found.study.data]
    counted = ["people_covered", "people_in_reach"]
    header = ["case", "party", "rung", *(headed(found, name) for name in names), *counted]
    rows = [
        [
            *(raid.case.name, raid.party, rung, *(raid.means[rung, name] for name in names)),
            *(raid.covered[key] for key in (way_of(found.rung(rung)), "in reach")),
        ]
        for raid in raids(found)
        for rung in found.rungs
    ]
    return Sheet("protection.csv", header, rows)


def losses(found: Material) -> Sheet:
    """Every loss between two rungs, with its cause."""
    header = [
        "measure",
        "unit",
        "case",
        "party",
        "from_rung",
        "to_rung",
        "change",
        *INTERVALS,
        "worse [share]",
        "cause",
    ]
    rows = [
        [
            c.measure,
            found.unit(c.measure),
            c.case,
            c.party,
            loss.before,
            loss.rung,
            c.gain.value,
            *c.gain.sampling,
            *c.gain.assumption,
            c.gain.worse,
            loss.cause,
        ]
        for loss in found.losses
        for c in (loss.change,)
    ]
    return Sheet("losses.csv", header, rows)


def reciprocity(found: Material) -> Sheet:
    """What each party gets and gives at the headline rung, case by case."""
    header = [
        "case",
        "what",
        "unit",
        *(f"{p} {part}" for p in found.parties for part in ("value", "low", "high")),
        "ratio",
    ]
    rows = []
    for line in found.exchanges:
        row: list[object] = [line.case, line.what, line.unit]
        for party in found.parties:
            one = line.values[party]
            row += [one.nats, *one.interval] if isinstance(one, Exposure) else [one.value, *one.sampling]
        rows.append([*row, line.ratio])
    return Sheet("reciprocity.csv", header, rows)


def paths(found: Material) -> Sheet:
    """Every step of every path: what it brings beyond noise, what it asks for, and what an exit then ends and leaves."""
    header = ["path", "year", "rung", "since_rung", "party", "better [measures x cases]", "worse [measures x cases]"]
    header += ["balanced", "ends_with_an_exit [measures x cases]", "revealed_so_far [nats]"]
    header += ["learned_of_the_other [nats]", "needs", "after_an_exit"]
    rows: list[list[object]] = []
    for way, strides in found.walks:
        for stride in strides:
            for party in found.parties:
                leaves, fair = stride.exit[party], "yes" if stride.balance.balanced else "no"
                known = [stride.revealed(party), sum(leaves.learned.values())] if stride.told else [None, None]
                ways = [stride.count(party, "better"), stride.count(party, "worse")]
                at = [way.name, stride.year, stride.rung, stride.since, party]
                ends = [fair, len(leaves.vanishes), *known, "; ".join(stride.needs), leaves.text]
                rows.append([*at, *ways, *ends])
    return Sheet("paths.csv", header, rows)
