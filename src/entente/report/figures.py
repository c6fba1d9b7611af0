"""Which figures stand on the page? Each in a wide and a narrow drawing, and as a file of its own.

What is drawn is gathered here from the study; ladder.py, situation.py and warning.py only draw.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

from entente.comparison import Stride
from entente.report import hinges, words
from entente.report.balance import clocks
from entente.report.clock import draw_clock
from entente.report.ladder import Axis, Panel, Step, draw_ladder
from entente.report.language import Tongue
from entente.report.material import PICTURED, Material, told
from entente.report.paths import Path as PathDrawn
from entente.report.paths import Side, Tread, draw_path
from entente.report.raids import draw_raids, raid_panels
from entente.report.seeing import draw_seeing, height_km
from entente.report.situation import Pen, Scene, beliefs, draw_situation
from entente.report.svg import tag, text
from entente.report.tolerance import Curve, StressPanel, draw_tolerance
from entente.report.tornado import draw_tornado
from entente.report.warning import CasePanel, Lane, draw_warning
from entente.run import Run
from entente.scenario.places import CREDIT_LAND
from entente.scenario.schema import Case
from entente.scenario.units import DEG

HERE = Path(__file__).parent
WIDE, NARROW = (1040.0, 12.5), (328.0, 11.5)  # px: width, size of text
FAR = 45.0 * DEG  # of the Earth between launch and impact: a flight this long is drawn too


@dataclass(frozen=True)
class Figure:
    """One figure in one language: both drawings, its caption, and the table that holds its data."""

    name: str
    wide: Markup
    narrow: Markup
    caption: Markup
    data: str
    mark: str  # EXERCISE on the file of its own; empty for a study

    @property
    def both(self) -> Markup:
        """Both drawings; the style sheet shows the one that fits."""
        return tag("div", self.wide, class_="wide") + tag("div", self.narrow, class_="narrow")

    @property
    def alone(self) -> str:
        """The wide drawing as a file of its own: it carries its colours, light and dark."""
        style = tag("style", Markup(figure_style() + ":root { background: var(--paper); }"))
        drawing = str(self.wide)
        start = drawing.index(">") + 1
        opening = drawing[: start - 1].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
        about = tag("desc", f"{self.caption.striptags()} {CREDIT_LAND}")
        top = WIDE[1] * 1.1
        mark = text(WIDE[0], top, [self.mark], WIDE[1], "strong track-text", "end") if self.mark else ""
        body = drawing[start:].removesuffix("</svg>")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{opening}>{about}{style}{body}{mark}</svg>\n'


@cache
def figure_style() -> str:
    """Colours and the looks of figures."""
    return (HERE / "figures.css").read_text(encoding="utf-8")


def draw_all(found: Material, tongue: Tongue) -> dict[str, Figure]:
    """Every figure of the page, by name: ladder, raids, seeing, map (one or two), warning, tolerance, clock, paths."""
    figures = [
        ladder_figure(found, tongue),
        raids_figure(found, tongue),
        seeing_figure(found, tongue),
        *maps(found, tongue),
        warning_figure(found, tongue),
        tolerance_figure(found, tongue),
        clock_figure(found, tongue),
        path_figure(found, tongue),
        *tornadoes(found, tongue),
    ]
    return {figure.name: figure for figure in figures if figure}


def _drawn(name: str, draw: Callable[[Pen, float], Markup], found: Material, tongue: Tongue, caption: Markup) -> Figure:
    parties = tuple(words.party_name(tongue, party) for party in found.study.scenario.parties)
    wide, narrow = (draw(Pen(tongue, parties, size), width) for width, size in (WIDE, NARROW))
    mark = tongue.say("mark.exercise") if found.study.scenario.origin == "exercise" else ""
    return Figure(name, wide, narrow, caption, f"{name.partition('-')[0]}.csv", mark)


def ladder_figure(found: Material, tongue: Tongue) -> Figure | None:
    """Gain against exposure; None where there is no rung above the baseline or no measure to show."""
    names = [name for name in PICTURED if name in found.study.data]
    panels = [ladder_panel(found, tongue, name, p) for p in range(len(found.parties)) for name in names]
    if not panels:
        return None
    axis = Axis(found.baseline, is_known(found))
    caption = tongue.mark("ladder.caption", baseline=found.baseline, case=tongue.own(found.cases[0].title))
    return _drawn(
        "ladder",
        lambda pen, width: draw_ladder(panels, axis, pen, width),
        found,
        tongue,
        words.asides(caption),
    )


def ladder_panel(found: Material, tongue: Tongue, measure: str, party: int) -> Panel:
    """The steps of the lead case, or of the first case in which the measure is defined for the party; and the others."""
    ways = {case.name: steps(found, measure, case.name, found.parties[party]) for case in found.cases}
    lead = next((case for case in found.cases if any(s.known for s in ways[case.name])), found.cases[0])
    unit = found.unit(measure)
    title = tongue.say(f"ladder.{measure}", unit=words.unit_name(tongue, unit))
    others = tuple(way for name, way in ways.items() if name != lead.name)
    return Panel(party, title, "" if lead == found.cases[0] else lead.title, unit, ways[lead.name], others)


def steps(found: Material, measure: str, case: str, party: str) -> tuple[Step, ...]:
    """Every rung from the baseline up."""
    out: list[Step] = []
    for rung in found.rungs:
        if rung >= found.baseline:
            one, paid = found.gains[measure, case, rung, party], found.exposures[case, rung, party]
            nats = paid.nats if is_known(found) else float(len(out))
            out.append(Step(rung, nats, paid.interval, one.value, one.sampling, one.assumption))
    return tuple(out)


def is_known(found: Material) -> bool:
    """Whether there were histories enough to compute exposure."""
    return all(one.enough for one in found.exposures.values())


def maps(found: Material, tongue: Tongue) -> list[Figure]:
    """The lead case; and, where that is a short one, the first that goes far, seen from above the middle of its way."""
    lead = found.cases[0]
    far = next((case for case in found.cases if _goes_far(found, case)), lead)
    cases = [("map", lead)] + ([("map-far", far)] if far != lead else [])
    return [map_figure(found, tongue, name, case) for name, case in cases]


def _goes_far(found: Material, case: Case) -> bool:
    flights = found.kept(case.name, found.headline).flights
    a, b = (place[0] / np.linalg.norm(place[0]) for place in (flights.launch_ecef, flights.impact_ecef))
    return bool(a @ b < math.cos(FAR))


def map_figure(found: Material, tongue: Tongue, name: str, case: Case) -> Figure:
    """The same instant at the baseline and at the headline rung."""
    rungs = dict.fromkeys((found.baseline, found.headline))
    runs = [(rung, found.kept(case.name, rung)) for rung in rungs]
    scenes = tuple(Scene(words.rung_name(tongue, found.rung(rung)), run, beliefs(run)) for rung, run in runs)
    run = runs[0][1]
    satellites = [
        Markup("{}: {}").format(words.party_name(tongue, party), _satellites(run, p, tongue))
        for p, party in enumerate(run.world.parties)
    ]
    names = [words.party_name(tongue, party) for party in run.world.parties]
    caption = tongue.mark(
        "map.caption",
        case=tongue.own(case.title),
        first=names[0],
        second=names[1],
        satellites=Markup(". ").join(satellites),
    )
    return _drawn(name, lambda pen, width: draw_situation(scenes, pen, width), found, tongue, caption)


def _satellites(run: Run, party: int, tongue: Tongue) -> Markup:
    """The titles of a party's early-warning satellites."""
    titles = "; ".join(s.title for s in run.world.sensors if s.party == party and not len(s.faces))
    return tongue.own(titles) if titles else Markup(tongue.say("none"))


def warning_figure(found: Material, tongue: Tongue) -> Figure | None:
    """Who knows first, in every case at every rung; None where the study does not have the times."""
    if "warning_s" not in found.study.data or "first_known_s" not in found.study.data:
        return None
    panels = [CasePanel(tongue.text(case.title), impact(found, case), lanes(found, case)) for case in found.cases]
    caption = words.asides(tongue.say("warning.caption"))
    return _drawn("warning", lambda pen, width: draw_warning(panels, pen, width), found, tongue, caption)


def impact(found: Material, case: Case) -> float:
    """Seconds from launch to impact in the kept history."""
    flights = found.kept(case.name, found.rungs[0]).flights
    return float(flights.t_impact[0] - flights.t_launch[0])


def lanes(found: Material, case: Case) -> tuple[Lane, ...]:
    """Every rung and party of one case."""
    out = []
    for rung in found.rungs:
        for p, party in enumerate(found.parties):
            known, warning = (found.levels[name, case.name, rung, party] for name in ("first_known_s", "warning_s"))
            word = told(found.study, case.name, rung, party)
            out.append(Lane(rung, p, known.value, warning.value, 1.0 - warning.defined, word))
    return tuple(out)


def seeing_figure(found: Material, tongue: Tongue) -> Figure:
    """What each party's radars see alone, and both, in the lead case."""
    case = found.cases[0]
    run = found.kept(case.name, found.baseline)
    caption = tongue.mark("seeing.caption", case=tongue.own(case.title), km=tongue.whole(height_km(run)))
    return _drawn("seeing", lambda pen, width: draw_seeing(run, pen, width), found, tongue, caption)


def raids_figure(found: Material, tongue: Tongue) -> Figure | None:
    """What raids of every size come to, by year: finding F1; the same for every study."""
    panels = raid_panels()
    if not panels or not any(verdict.raids for verdict in found.verdicts):
        return None
    return _drawn(
        "raids", lambda pen, width: draw_raids(panels, pen, width), found, tongue, tongue.mark("raids.caption")
    )


def tornadoes(found: Material, tongue: Tongue) -> list[Figure]:
    """For each finding which inputs move its number; on its card."""
    figures = []
    for verdict in found.verdicts:
        if what := hinges.tornado(tongue, verdict):
            caption = Markup(escape(hinges.tornado_words(tongue, verdict)))
            draw = partial(draw_tornado, what)
            figures.append(_drawn(f"tornado-{verdict.id}", draw, found, tongue, caption))
    return figures


def clock_figure(found: Material, tongue: Tongue) -> Figure | None:
    """The time to decide against two flights; None where F3 was not computed."""
    if not any(verdict.levels for verdict in found.verdicts):
        return None
    drawn = clocks(found, tongue)
    caption = tongue.mark("clock.caption")
    return _drawn("clock", lambda pen, width: draw_clock(drawn, pen, width), found, tongue, caption)


def tolerance_figure(found: Material, tongue: Tongue) -> Figure | None:
    """How much better together than alone as each stress grows; None where the study has no sweep with a gain to draw."""
    swept = found.study.tolerance
    if swept is None or not np.isfinite(swept.gains["gain"].sel(what="area").values[..., 0]).all():
        return None
    case = next(one for one in found.cases if one.name == str(swept.data["case"].values[0]))
    panels = [stress_panel(found, tongue, str(name)) for name in swept.data["stress"].values]
    rung, seeds = int(swept.data["rung"].values[0]), swept.data.sizes["seed"]
    caption = tongue.mark(
        "tolerance.caption", rung=rung, case=tongue.own(case.title), histories=tongue.count("histories", seeds)
    )
    return _drawn(
        "tolerance", lambda pen, width: draw_tolerance(panels, pen, width), found, tongue, words.asides(caption)
    )


def path_figure(found: Material, tongue: Tongue) -> Figure | None:
    """The first path that leads down again, or the first of all; None where no path was walked."""
    if not found.walks:
        return None
    down = (one for one in found.walks if one[0].steps[-1].rung < max(step.rung for step in one[0].steps))
    way, strides = next(down, found.walks[0])
    drawn = PathDrawn(
        treads=tuple(_tread(found, stride) for stride in strides),
        baseline=found.baseline,
        asked=len([one for one in strides[0].gains if one.party == found.parties[0]]),
        told=all(stride.told for stride in strides),
    )
    limit = tongue.number(max(one.limit for one in found.exposures.values()))
    few = tongue.say("paths.picture.limit" if drawn.told else "paths.picture.few", limit=limit)
    caption = tongue.mark("paths.caption", way=tongue.own(way.title), rung=found.baseline, few=few)
    return _drawn("paths", lambda pen, width: draw_path(drawn, pen, width), found, tongue, caption)


def _tread(found: Material, stride: Stride) -> Tread:
    """One step as it is drawn."""
    sides = tuple(
        Side(
            stride.count(party, "better"),
            stride.count(party, "worse"),
            len(stride.exit[party].vanishes),
            stride.revealed(party),
        )
        for party in found.parties
    )
    return Tread(stride.year, stride.rung, stride.name, stride.balance.balanced, stride.needs, sides)


def stress_panel(found: Material, tongue: Tongue, stress: str) -> StressPanel:
    """One stress of the sweep, for every party."""
    swept = found.study.tolerance
    assert swept is not None
    share = stress == "outage"
    size = swept.data["size"].sel(stress=stress).values
    known = np.isfinite(size)
    curves = []
    for p, party in enumerate(found.parties):
        one = swept.gains.sel(what="area", stress=stress, party=party).isel(case=0, rung=0)
        gain, low, high = (one[name].values[known] for name in ("gain", "gain_low", "gain_high"))
        at, first, last = (float(one[name]) for name in ("threshold", "threshold_low", "threshold_high"))
        said = _threshold(tongue, stress, (at, first, last), float(size[known][-1]))
        curves.append(Curve(p, gain, low, high, at, said))
    ticks = tuple(tongue.number(100.0 * v if share else v) for v in size[known].tolist())
    return StressPanel(tongue.say(f"tolerance.{stress}"), size[known], ticks, share, tuple(curves))


def _threshold(tongue: Tongue, stress: str, found: tuple[float, float, float], most: float) -> str:
    """`7.8 km (4.1 to 20)`, `better up to 50 km`, `no gain even without`."""
    factor, unit = (100.0, "%") if stress == "outage" else (1.0, tongue.say(f"unit.{stress.rsplit('_', 1)[-1]}"))
    at, low, high = (factor * value for value in found)
    end = f"{tongue.number(factor * most)} {unit}"
    if at == 0.0:
        return tongue.say("tolerance.no_gain")
    if math.isinf(at):
        return tongue.say("tolerance.none", most=end)
    top = f">{tongue.number(factor * most)}" if math.isinf(high) else tongue.number(high)
    return f"{tongue.number(at)} {unit} ({tongue.say('span', low=tongue.number(low), high=top)})"
