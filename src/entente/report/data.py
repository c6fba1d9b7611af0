"""Where are the numbers behind the page? Every table and figure as CSV, units in the header, one fact a cell.

`histories.csv` is the study's whole Dataset and reads back to it exactly; an empty cell is an undefined number.
"""

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from entente.comparison import Estimate, Exposure
from entente.findings import Verdict
from entente.massive import MODES
from entente.questions.alarms import inadvertence
from entente.questions.deciding import three
from entente.questions.defended import way_of
from entente.questions.reliance import WAYS
from entente.questions.showing import Bracket
from entente.report import centre, guarantees
from entente.report.balance import path as answers
from entente.report.balance import reliance, timelines
from entente.report.figures import impact, lanes, steps
from entente.report.material import PICTURED, Material
from entente.report.protection import CHANCES, SAFE, SEAM, SPENT, raids
from entente.report.raids import raid_panels
from entente.report.seeing import seen_by_both
from entente.report.situation import Belief, beliefs, ground_track, instant
from entente.scenario.units import DEG, KM, KM2
from entente.unilateral import Taking, events

INTERVALS = ("sampling_low", "sampling_high", "assumption_low", "assumption_high")
UNITS = {"1": "share"}
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what such a text begins with


@dataclass(frozen=True)
class Sheet:
    """One table: header cells carry their unit in square brackets."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[object]]

    @property
    def text(self) -> str:
        """As CSV: commas, decimal points, shortest digits that read back to the same number."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.header)
        writer.writerows([[_cell(value) for value in row] for row in self.rows])
        return out.getvalue()


def _cell(value: object) -> object:
    """Nothing where it is undefined; text that a spreadsheet would run as a formula is marked as text."""
    if _undefined(value):
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _undefined(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


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
    header = ["case", "rung", "party", "seed", *(_headed(found, name) for name in names)]
    return Sheet("histories.csv", header, zip(*keys, *columns, strict=True))


def _headed(found: Material, measure: str) -> str:
    unit = found.unit(measure)
    return f"{measure} [{UNITS.get(unit, unit)}]"


def _numbers(one: Estimate) -> list[object]:
    return [one.value, *one.sampling, *one.assumption, one.n, one.defined]


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


def exposures(found: Material) -> Sheet:
    """What each party gives away, in all and by its own parameter."""
    header = ["case", "rung", "party", "input", "exposure [nats]", "low [nats]", "high [nats]"]
    rows: list[list[object]] = []
    for (case, rung, party), one in found.exposures.items():
        rows.append([case, rung, party, "all", one.nats, *one.interval])
        rows += [[case, rung, party, name, nats, None, None] for name, nats in one.by_input.items()]
    return Sheet("exposure.csv", header, rows)


def ladder(found: Material) -> Sheet:
    """What the picture of the ladder draws."""
    header = ["measure", "unit", "case", "party", "rung", "exposure [nats]", "exposure_low [nats]"]
    header += ["exposure_high [nats]", "gain", *INTERVALS]
    rows = [
        [
            name,
            found.unit(name),
            case.name,
            party,
            s.rung,
            s.exposure,
            *s.exposure_range,
            s.gain,
            *s.sampling,
            *s.assumption,
        ]
        for name in PICTURED
        if name in found.study.data
        for case in found.cases
        for party in found.parties
        for s in steps(found, name, case.name, party)
    ]
    return Sheet("ladder.csv", header, rows)


def warnings(found: Material) -> Sheet:
    """What the warning chart draws."""
    header = ["case", "rung", "party", "first_report [s]", "credible_warning [s]", "never_warned [share]"]
    header += ["first_report_is_the_partners [share]", "impact [s]"]
    rows = [
        [
            case.name,
            lane.rung,
            found.parties[lane.party],
            lane.known,
            lane.warning,
            lane.never,
            lane.told,
            impact(found, case),
        ]
        for case in found.cases
        if "warning_s" in found.study.data
        for lane in lanes(found, case)
    ]
    return Sheet("warning.csv", header, rows)


def areas(found: Material) -> list[Sheet]:
    """What the maps draw: the areas at the instant, and the ground tracks."""
    header = ["case", "rung", "party", "moment [s]", "lat [deg]", "lon [deg]", "semi_axis_long [km]"]
    header += ["semi_axis_short [km]", "bearing [deg]", "area [km2]"]
    rows, paths_ = [], []
    for case in found.cases:
        for rung in dict.fromkeys((found.baseline, found.headline)):
            run = found.kept(case.name, rung)
            rows += [_area(case.name, rung, found.parties, instant(run), belief) for belief in beliefs(run)]
        lat, lon, height = ground_track(found.kept(case.name, found.headline).flights)
        paths_ += [
            [case.name, i, round(a / DEG, 3), round(o / DEG, 3), round(h / KM, 1)]
            for i, (a, o, h) in enumerate(zip(lat.tolist(), lon.tolist(), height.tolist(), strict=True))
        ]
    track = ["case", "point", "lat [deg]", "lon [deg]", "height [km]"]
    return [Sheet("map.csv", header, rows), Sheet("tracks.csv", track, paths_)]


def seeing(found: Material) -> Sheet:
    """Where along the flight of the lead case radars of each party see the body: what the map of who sees what is about."""
    run = found.kept(found.cases[0].name, found.baseline)
    seen = seen_by_both(run)
    lat, lon, height = ground_track(run.flights)
    counts = seen.counts_at(lat / DEG, lon / DEG)[:, 0]
    header = [
        "point",
        "lat [deg]",
        "lon [deg]",
        "height_drawn [km]",
        "height [km]",
        *(f"{p} [radars]" for p in seen.parties),
    ]
    rows = [
        [i, round(a / DEG, 3), round(o / DEG, 3), float(seen.altitudes_km[0]), round(h / KM, 1), *counts[:, i].tolist()]
        for i, (a, o, h) in enumerate(zip(lat.tolist(), lon.tolist(), height.tolist(), strict=True))
    ]
    return Sheet("seeing.csv", header, rows)


def _area(case: str, rung: int, parties: list[str], moment: float, belief: Belief) -> list[object]:
    long, short = (float(axis) / KM for axis in belief.axes)
    place = [belief.lat / DEG, belief.lon / DEG]
    return [case, rung, parties[belief.party], moment, *place, long, short, belief.bearing / DEG, belief.size / KM2]


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


def force_levels(found: Material) -> list[Sheet]:
    """Finding F3, level by level; the time to decide; false alarms. None where it was not computed."""
    rows: list[list[object]] = [
        [
            one.level,
            *one.index,
            *one.cities,
            *one.forces,
            one.lowers,
            one.raises,
            *one.tenth,
            *_from(cities),
            *_from(forces),
        ]
        for v in found.verdicts
        if v.levels
        for one, cities, forces in zip(
            v.levels.levels, v.levels.fewest["cities"], v.levels.fewest["forces"], strict=True
        )
    ]
    header = [
        "warheads",
        *_ends("index"),
        *_ends("cities_change"),
        *_ends("forces_change"),
        "cities_lower",
        "forces_raise",
    ]
    header += ["arriving_10th_percentile_a", "arriving_10th_percentile_b"]
    header += [f"{name}_{end}" for name in ("cities", "forces") for end in ("lost_at", "shows_at", "lost_again_after")]
    return [Sheet("force_levels.csv", header, rows), clock(found), alarms(found)] if rows else []


def _from(one: Bracket) -> list[object]:
    return [one.lost, one.seen, one.until]


def clock(found: Material) -> Sheet:
    """The time to decide, by flight and party: each step, what is left, what the gain comes to."""
    header = ["flight", "party", "what", "unit", *_ends("value")]
    rows: list[list[object]] = []
    for party, one in timelines(found):
        parts = {f"{name}": seconds for name, seconds in one.steps.items()}
        parts |= {"flight": one.flight_s, "together": one.total_s, "left": one.left_s, "gain": one.gain_s}
        rows += [[one.flight, party, name, "s", *three(seconds)] for name, seconds in parts.items()]
        shares = {"gain of the time to decide": one.share, "gain of what a decision is said to take": one.of_decision}
        rows += [[one.flight, party, name, "share", *three(values)] for name, values in shares.items()]
    return Sheet("clock.csv", header, rows)


def alarms(found: Material) -> Sheet:
    """Inadvertent war in a year by the fault tree, and shared warning under launch under attack."""
    tree, one = inadvertence(), reliance(found)
    rows: list[list[object]] = [
        ["fault tree", way, "chance a year", *three(values)]
        for way, values in (("alone", tree.alone), ("shared", tree.shared))
    ]
    rows.append(["fault tree", "shared", "factor", *three(tree.factor)])
    for n, way in enumerate(WAYS):
        rows.append(["reliance", way, "share launched under attack", *three(one.under_attack[n])])
        for what, unit in (("index", "change of the index"), ("tenth_b", "change of the 10th percentile of B")):
            rows.append(["reliance", way, unit, *three(one.change(what, way))])
        rows.append(["reliance", way, "factor of inadvertent war", *three(one.change("yearly", way))])
    return Sheet("alarms.csv", ["model", "warning", "what", *_ends("value")], rows)


def path() -> Sheet:
    """Finding F2: the path of action and reaction, year by year."""
    header = [
        "year",
        "deployed",
        "deployed_or_announced",
        *_ends("loss"),
        *_ends("loss_after"),
        *_ends("asked_warheads"),
    ]
    header += [
        *_ends("built_warheads"),
        "limit",
        "limit_warheads",
        "counted",
        "counted_on",
        "beyond_limit",
        "change_of_count",
    ]
    rows: list[list[object]] = []
    for one in answers():
        row: list[object] = [
            one.year,
            *one.interceptors,
            *one.loss,
            *one.after,
            *one.asked,
            *one.built,
            one.room.agreement,
        ]
        row += [
            one.room.limit.value if one.room.limit else None,
            one.room.counted,
            one.room.when.isoformat(),
            one.beyond,
        ]
        rows.append([*row, one.counted, "; ".join(one.events), one.verdict])
    return Sheet("answers.csv", [*header, "events", "verdict"], rows)


def taken(found: Material) -> list[Sheet]:
    """Findings F2 and F7, case by case; and what happened to agreements."""
    rows = [[v.id, *_taking(one)] for v in found.verdicts for one in v.takings]
    header = ["finding", "defender", "deterrent", "year", "seen", "posture", "beside", "failures", "interceptors"]
    header += [*_ends("arriving_10th_percentile"), *_ends("loss_share"), *_ends("growth_warheads")]
    header += [*_ends("most_interceptors"), "share", "share_low", "share_high", "ruling"]
    return [Sheet("takings.csv", header, rows), promised(found), path(), record()]


def promised(found: Material) -> Sheet:
    """The guarantees of finding F7, clause by clause: means of verification, what of a breach would be seen, and when."""
    header = ["guarantee", "title", "interceptors_at_most", "observable", "clause", "means", "breach_seen", "when"]
    rows: list[list[object]] = [
        [one.name, one.title, one.at_most, "yes" if one.observable else "no", of.what, of.means, of.breach, of.when]
        for v in found.verdicts
        for one in v.guarantees
        for of in one.clauses
    ]
    return Sheet("guarantees.csv", header, rows)


def _taking(one: Taking) -> list[object]:
    asked: list[object] = [one.defender, one.deterrent, one.year, one.seen, one.posture, one.beside, MODES[one.system]]
    growth = [value if math.isfinite(value) else None for value in one.growth]
    ends = [*one.without, *one.loss, *growth, *one.most, one.share, *one.interval, one.ruling]
    return [*asked, one.interceptors, *ends]


def record() -> Sheet:
    """What happened to agreements, dated and graded."""
    header = ["day", "title", "what", "who", "touches", "reason_given", "grade", "verdict", "source"]
    rows: list[list[object]] = []
    for one in events():
        row: list[object] = [one.day.isoformat(), one.title, one.what, "; ".join(one.who), "; ".join(one.touches)]
        rows.append([*row, one.reason_given, one.grade, one.verdict, "; ".join(one.source)])
    return Sheet("record.csv", header, rows)


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


def several(found: Material) -> list[Sheet]:
    """Finding F1: every year and case by both kinds of failure; and the raid curves. None where it was not computed."""
    verdicts = [one for v in found.verdicts for one in v.raids]
    if not verdicts:
        return []
    header = ["party", "year", "beside", "interceptors", "failures", *_ends("half"), *_ends("stopped_of_1000")]
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
    head = ["party", "year", "pool", "interceptors", "beside", "warheads", *_ends("p_none"), *_ends("stopped_share")]
    return [Sheet("several.csv", header, rows), Sheet("raids.csv", head, curves)]


def protected(found: Material) -> Sheet:
    """Finding F4, raid by raid and rung by rung: means over all histories; what is spent, of both parties together."""
    names = [name for name in (*CHANCES, *SAFE, *SPENT, SEAM) if name in found.study.data]
    counted = ["people_covered", "people_in_reach"]
    header = ["case", "party", "rung", *(_headed(found, name) for name in names), *counted]
    rows = [
        [
            *(raid.case.name, raid.party, rung, *(raid.means[rung, name] for name in names)),
            *(raid.covered[key] for key in (way_of(found.rung(rung)), "in reach")),
        ]
        for raid in raids(found)
        for rung in found.rungs
    ]
    return Sheet("protection.csv", header, rows)


def _ends(name: str) -> list[str]:
    return [f"{name}_5", name, f"{name}_95"]


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
