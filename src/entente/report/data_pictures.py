"""The numbers behind the page's pictures: the ladder, the first warnings, the areas, what is seen."""

from entente.report.figures import impact, lanes, steps
from entente.report.material import PICTURED, Material
from entente.report.seeing import seen_by_both
from entente.report.sheet import INTERVALS, Sheet
from entente.report.situation import Belief, beliefs, ground_track, instant
from entente.scenario.units import DEG, KM, KM2


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
