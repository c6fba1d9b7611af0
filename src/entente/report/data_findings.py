"""The numbers behind the findings: verdicts, what decides them, what turns them, what a limit changes."""

import math

import numpy as np

from entente.findings import Verdict
from entente.massive import MODES
from entente.report.material import Material
from entente.report.raids import raid_panels
from entente.report.sheet import UNITS, Sheet, ranged


def findings(found: Material) -> Sheet:
    """Every finding at every rung where it was computed."""
    header = ["finding", "title", "ruling", "rung", "share", "share_low", "share_high", "ruling_at_rung"]
    rows: list[list[object]] = []
    for v in found.verdicts:
        rows += [
            [v.id, v.title, v.ruling, rung, one.share, *one.interval, one.ruling] for rung, one in v.by_rung.items()
        ] or [
            [
                v.id,
                v.title,
                v.ruling,
                None,
                *_apart(v),
            ]
        ]
    return Sheet("findings.csv", header, rows)


def _apart(verdict: Verdict) -> list[object]:
    """Share, bounds and ruling of a finding that asks nothing of the rungs."""
    first = verdict.raids or verdict.takings
    one = first[0] if first else verdict.levels or verdict.centre
    return [one.share, *one.interval, one.ruling] if one else [None] * 4


def several(found: Material) -> list[Sheet]:
    """Finding F1: every year and case by both kinds of failure; and the raid curves. None where it was not computed."""
    verdicts = [one for v in found.verdicts for one in v.raids]
    if not verdicts:
        return []
    header = [
        "party",
        "year",
        "beside",
        "interceptors",
        "failures",
        *ranged("half"),
        *ranged("stopped_of_1000"),
    ]
    header += ["several", "not_massive", "share"]
    rows: list[list[object]] = [
        [
            one.party,
            one.year,
            one.beside,
            one.interceptors,
            MODES[m.system],
            *m.half,
            *m.stopped,
            m.several,
            m.not_massive,
            m.share,
        ]
        for one in verdicts
        for m in one.modes
    ]
    curves: list[list[object]] = [
        [p.party, p.year, p.pool, p.interceptors, case.beside, int(size), *map(float, ends)]
        for p in raid_panels()
        for case in p.cases
        for size, *ends in zip(
            case.none.sizes, case.none.low, case.none.middle, case.none.high,
            case.share.low, case.share.middle, case.share.high, strict=True,
        )
    ]  # fmt: skip
    head = [
        "party",
        "year",
        "pool",
        "interceptors",
        "beside",
        "warheads",
        *ranged("p_none"),
        *ranged("stopped_share"),
    ]
    return [Sheet("several.csv", header, rows), Sheet("raids.csv", head, curves)]


def limits(found: Material) -> list[Sheet]:
    """What the proposed limits would change; none where none are proposed."""
    if found.limits is None:
        return []
    header = ["finding", "title", "number", "unit", "changed", "ruling_without", "ruling_with", "share_without"]
    header += ["share_with", "number_without", "number_with", "needs"]
    rows: list[list[object]] = []
    for one in found.limits:
        ends = [
            [getattr(s, key) if s else None for s in (one.before, one.after)] for key in ("ruling", "share", "number")
        ]
        said: list[object] = [one.finding, one.title, one.what, UNITS.get(one.unit, one.unit)]
        said.append(None if one.needs else "yes" if one.changed else "no")
        rows.append([*said, *(cell for pair in ends for cell in pair), one.needs])
    return [Sheet("limits.csv", header, rows)]


def deciders(found: Material) -> Sheet:
    """The inputs on which the verdicts hang."""
    header = ["finding", "input", "title", "first_order_index", "threshold", "sourced"]
    rows = [
        [v.id, d.input, d.title, d.index, d.threshold, "yes" if d.sourced else "no"]
        for v in found.verdicts
        for d in v.deciders
    ]
    return Sheet("deciders.csv", header, rows)


def tolerances(found: Material) -> list[Sheet]:
    """The sweep of the lead case: every gain over staying alone, and where it ends; none where nothing was swept."""
    swept = found.study.tolerance
    if swept is None:
        return []
    rows: list[list[object]] = []
    gains = swept.gains
    for at in np.ndindex(gains["gain"].shape):
        one = {str(k): v.item() for k, v in gains["gain"][at].coords.items()}
        if not math.isnan(one["size"]):
            numbers = [float(gains[name].values[at]) for name in ("gain", "gain_low", "gain_high", "histories")]
            rows.append([one[key] for key in ("what", "case", "rung", "party", "stress", "size")] + numbers)
    header = ["what", "case", "rung", "party", "stress", "size", "gain", "low", "high", "histories"]
    ends = swept.rows()
    return [
        Sheet("tolerance.csv", header, rows),
        Sheet("thresholds.csv", list(ends[0]), [list(r.values()) for r in ends]),
    ]


def tornado(found: Material) -> Sheet:
    """What moves the number of each finding: every input that varies, its means in its outer fifths, the number's there."""
    header = ["finding", "number", "case", "unit", "draws", "mean", "input", "input_unit", "input_low", "input_high"]
    header += ["at_low", "at_high", "index [share]", "by_chance [share]", "sourced"]
    rows: list[list[object]] = []
    for name, at in [(v.id, v.hinge) for v in found.verdicts if v.hinge]:
        of: list[object] = [name, at.what, at.case, UNITS.get(at.unit, at.unit), at.draws, at.middle]
        for one in at.swings:
            moved = [one.input, one.unit, one.low, one.high, one.at_low, one.at_high, one.index, one.threshold]
            rows.append([*of, *moved, "yes" if one.sourced else "no"])
    return Sheet("tornado.csv", header, rows)


def reversals(found: Material) -> Sheet:
    """What could reverse each verdict: a row an assumption, those that do so together under one number."""
    header = ["finding", "ruling", "reversal", "input", "side", "value", "unit", "sourced", "bar [share]", "crossed"]
    header += ["share", "share_low", "share_high", "confirming_draws", "of_all_draws [share]"]
    rows: list[list[object]] = []
    for v in found.verdicts:
        for n, one in enumerate(v.hinge.reversals if v.hinge else (), start=1):
            shown: list[object] = [one.bar, "upward" if one.up else "downward", one.share, *one.interval]
            for at in one.bounds:
                named = [at.input, at.side, at.value, at.unit, "yes" if at.sourced else "no"]
                rows.append([v.id, v.ruling, n, *named, *shown, one.draws, one.part])
    return Sheet("reversals.csv", header, rows)
