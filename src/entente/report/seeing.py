"""Who sees what, alone and together? A map for the lead case: what one party's radars see, the other's, and both."""

from functools import cache

import numpy as np
from markupsafe import Markup

from entente.questions.coverage import coverage
from entente.questions.covered import Coverage
from entente.report.coverage_map import coverage_map
from entente.report.maps import View, fit, lines_path
from entente.report.situation import GroundTrack, Pen, ground_track, instant
from entente.report.svg import marker, tag, text
from entente.run import Run
from entente.scenario.schema import Scenario
from entente.scenario.units import KM

HEIGHT, NARROW_HEIGHT = 0.5, 0.95  # of the width
AROUND = 0.36  # of the smaller side, left free around the flight
ROUND_KM, LEAST_KM = 50.0, 50.0  # heights are drawn in steps
NSIDE = 32  # areas over the whole Earth are not said here: the outline is asked of the model, point by point


def height_km(run: Run) -> float:
    """How high the first body is at the instant of the maps [km], in steps of 50."""
    height = ground_track(run.flights)[2]
    at = min(int(instant(run) // 10), len(height) - 1)
    return max(LEAST_KM, ROUND_KM * round(float(height[at]) / KM / ROUND_KM))


@cache
def _seen(key: str, vehicle: str, height: float) -> Coverage:
    """Who sees a body of this class at a height, on the scenario's day and by its systems; asked once for a page."""
    return coverage(altitude_km=height, scenario=Scenario.model_validate_json(key), vehicle=vehicle, nside=NSIDE)


def seen_by_both(run: Run) -> Coverage:
    """Who sees the first body of a history where it is at the instant of the maps."""
    return _seen(run.world.scenario.model_dump_json(), run.world.case.vehicle, height_km(run))


def draw_seeing(run: Run, pen: Pen, width: float) -> Markup:
    """The figure: three tones, each named where it lies, and the flight over them."""
    found, track = seen_by_both(run), ground_track(run.flights)
    high = width * (HEIGHT if width > 600.0 else NARROW_HEIGHT)
    view = fit(track[0], track[1], width, high, margin=AROUND * min(width, high))
    alone = [pen.tongue.say("seeing.alone", party=name) for name in pen.parties]
    parties: list[str] = [party.name for party in run.world.parties]
    names = {f"p{k}": alone[parties.index(name)] for k, name in enumerate(found.parties)}
    drawn = coverage_map(found, view, names=names | {"all": pen.tongue.say("seeing.both")}, clipped=False)
    title = tag("title", pen.tongue.say("seeing.alt"))
    size = {"width": f"{width:g}", "height": f"{high:g}", "viewBox": f"0 0 {width:g} {high:g}"}
    drawn = tag("svg", drawn, x=0, y=0, **size)  # cut at its edge, as a group is not
    parts = [title, drawn, tag("g", *_flight(run, view, track, pen), class_="map")]
    frame = tag("rect", x=0, y=0, width=f"{width:g}", height=f"{high:g}", class_="frame")
    return tag("svg", *parts, frame, viewBox=f"0 0 {width:g} {high:.0f}", role="img", class_="figure seeing")


def _flight(run: Run, view: View, track: GroundTrack, pen: Pen) -> list[Markup]:
    """The ground track, and where the body is."""
    at = min(int(instant(run) // 10), len(track[0]) - 1)
    x, y = view.pixels(track[0][at : at + 1], track[1][at : at + 1])[0]
    said = pen.tongue.say("seeing.now", clock=pen.tongue.clock(instant(run)), km=pen.tongue.whole(height_km(run)))
    side, anchor = (1, "start") if x < 0.6 * view.width else (-1, "end")
    ends = view.pixels(np.array([track[0][0], track[0][-1]]), np.array([track[1][0], track[1][-1]]))
    return [
        tag("path", d=lines_path(view, track[0], track[1]), class_="track"),
        *(marker("circle", float(a), float(b), 0.3 * pen.size, "tick") for a, b in ends),
        marker("circle", float(x), float(y), 0.42 * pen.size, "now"),
        text(
            float(x) + side * 0.8 * pen.size, float(y) - 0.7 * pen.size, [said], pen.size, "strong track-text", anchor
        ),
    ]
