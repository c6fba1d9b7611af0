"""The command line: read arguments, call one function, print one answer.

Everything heavy is imported inside the command that needs it, so that help answers at once.
"""

import json
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option, echo

from entente.errors import EntenteError, ScenarioError

NUMBER = re.compile(r"[-+]?[0-9.][0-9.,eE]*")
MISUSED = 2  # the exit status of a command line that cannot be read

app = typer.Typer(
    name="entente",
    help="What missile-defence cooperation buys: simulate, compare, explain.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Json = Annotated[bool, Option("--json", help="Print JSON, for programs.")]
ScenarioName = Annotated[
    str, Argument(help="A scenario file, or the name of one that is shipped, such as europe-2013.")
]


def _number(unit: str, example: str) -> dict[str, Callable[[str | float], float]]:
    """How typer reads a number; of what is none it says what was typed, and what to write instead."""

    def number(typed: str | float) -> float:
        try:
            return float(typed)
        except ValueError:
            from entente.scenario.explain import number_in

            right = number_in(str(typed), f"_{unit}") or f"{typed!r} is not a number; write one, such as {example}"
            raise typer.BadParameter(right) from None

    return {"parser": number}


KM, DEG, S, HOURS = _number("km", "1000"), _number("deg", "45.5"), _number("s", "600"), _number("h", "24")


class Kind(StrEnum):
    """What the catalogue lists."""

    radars = "radars"
    satellites = "satellites"
    interceptors = "interceptors"
    vehicles = "vehicles"
    ladder = "ladder"
    agreements = "agreements"


def main() -> None:
    """The program; also what `python -m entente` runs."""
    try:
        app(prog_name="entente")
    except SystemExit as leaving:
        words = sys.argv[1:]
        below = [
            word for before, word in pairwise(words) if word[:1] == "-" and NUMBER.fullmatch(word) and before[:1] != "-"
        ]
        if leaving.code == MISUSED and below and "--" not in words:
            echo(f"Hint: {below[0]} was read as an option; a number below 0 goes after --, as in: "
                 f"entente {words[0]} -- {below[0]}", err=True)  # fmt: skip
        raise


@contextmanager
def refusals() -> Iterator[None]:
    """An EntenteError becomes its lines on stderr and exit status 1; Ctrl-C becomes status 130."""
    try:
        yield
    except EntenteError as problem:
        lines = problem.mistakes if isinstance(problem, ScenarioError) else str(problem).splitlines()
        for line in lines:
            echo(line if line.startswith("Error") else f"Error: {line}", err=True)
        if isinstance(problem, ScenarioError) and len(lines) > 1:
            echo(f"{len(lines)} mistakes", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        echo("stopped", err=True)
        raise typer.Exit(130) from None


@contextmanager
def resumable(folder: Path, command: str) -> Iterator[Callable[[str], None]]:
    """Progress to stderr, overwritten in place on a terminal; at Ctrl-C, what is kept and how to continue."""
    from entente.journal import progress

    terminal, passing = sys.stderr.isatty(), False

    def tell(line: str) -> None:
        nonlocal passing
        start = "\r\x1b[K" if passing else ""
        passing = terminal and line.endswith(" ...")
        echo(start + line, err=True, nl=not passing)

    try:
        yield tell
    except KeyboardInterrupt:
        done, planned = progress(folder)
        kept = f"{done} of {planned} chunks are kept; continue with: {command}" if planned else "nothing was written"
        tell(f"stopped; {kept}")
        raise typer.Exit(130) from None
    finally:
        if passing:
            echo(err=True)


@app.command(epilog="Example: entente run europe-2013 --seeds 20 --out out/try")
def run(
    scenario: ScenarioName,
    out: Annotated[Path | None, Option(help="Folder for the report and the numbers; out/SCENARIO if left out.")] = None,
    seeds: Annotated[
        int | None, Option(min=1, help="Histories a case and rung; the scenario's own number if left out.")
    ] = None,
    workers: Annotated[int | None, Option(min=1, help="Processes; one a core if left out.")] = None,
    resume: Annotated[bool, Option("--resume", help="Continue what was stopped in that folder.")] = False,
    force: Annotated[bool, Option("--force", help="Delete another study that is in that folder.")] = False,
    as_json: Json = False,
) -> None:
    """Run SCENARIO at all its rungs and write the report. A study that is finished there is not run again."""
    with refusals():
        from entente.report.describe import describe
        from entente.scenario.load import load
        from entente.study import explored

        folder = out or Path("out") / Path(scenario).stem
        options = ["--seeds", str(seeds)] if seeds else []
        again = ["entente", "run", scenario, *options, "--out", str(folder), "--resume"]
        with (
            resumable(folder, shlex.join(again)) as tell,
            explored(load(scenario), seeds, workers, tell, folder, resume, force) as study,
        ):
            study.provenance["command"] = f"entente run {scenario} --seeds {study.provenance['seeds']}"
            page = describe(study, folder)
    if as_json:
        _print_json({"report": str(page), "numbers": str(folder / "study.nc"), **study.provenance})
    else:
        echo(f"report: {page}")


@app.command(epilog="Example: entente simulate europe-2013 --rung 4 --seed 7")
def simulate(
    scenario: ScenarioName,
    case: Annotated[str | None, Option(help="Which case; the first if left out.")] = None,
    rung: Annotated[int, Option(help="Rung of cooperation, 0 to 6.")] = 0,
    seed: Annotated[int, Option(min=0, max=2**31 - 1, help="Which history.")] = 1,
    as_json: Json = False,
) -> None:
    """Tell one history of SCENARIO: who knew what, when, and what came of it."""
    with refusals():
        from entente.assessment import MEASURES
        from entente.run import simulate as one_history
        from entente.scenario.load import load

        world = load(scenario)
        history = one_history(world, case or world.cases[0].name, rung, seed)
    names = [party.name for party in world.parties]
    found = history.assessment
    if as_json:
        measures = {k: dict(zip(names, map(_plain, v), strict=True)) for k, v in found.values.items()}
        events = [
            {"t_s": _plain(e.t), "party": names[e.party] if e.party >= 0 else None, "text": e.text}
            for e in found.events
        ]
        _print_json(
            {
                "case": history.world.case.name,
                "origin": world.origin,
                "rung": rung,
                "seed": seed,
                "events": events,
                "measures": measures,
            }
        )
        return
    exercise = "EXERCISE: " if world.origin == "exercise" else ""
    echo(f"{exercise}{history.world.case.title}, rung {rung}, seed {seed}\n")
    for event in found.events:
        minutes, seconds = divmod(round(event.t), 60)
        echo(f"  {minutes:3d}:{seconds:02d}  {names[event.party] if event.party >= 0 else '':8s}  {event.text}")
    echo(f"\n  {'':42s}{names[0]:>14s}{names[1]:>14s}")
    for name, measure in MEASURES.items():
        row = "".join(f"{_short(value):>14s}" for value in found.values[name])
        unit = "" if measure.unit == "1" else f" [{measure.unit}]"
        echo(f"  {measure.title + unit:42s}{row}")


@app.command(epilog="Example: entente check examples/europe-2013.yaml")
def check(scenario: ScenarioName, as_json: Json = False) -> None:
    """Say whether SCENARIO describes a possible world; list every mistake if not."""
    with refusals():
        from entente.flights import check_reach
        from entente.run import check_priorities, check_rung
        from entente.scenario.load import load, scenario_hash

        world = load(scenario)
        for rung in world.rungs:
            check_rung(world, rung)
        check_priorities(world)
        for case in world.cases:
            check_reach(world, case.name)
    said = {
        "title": world.title,
        "cases": len(world.cases),
        "rungs": world.rungs,
        "seeds": world.seeds,
        "hash": scenario_hash(world),
    }
    if as_json:
        _print_json(said)
        return
    cases = "1 case" if len(world.cases) == 1 else f"{len(world.cases)} cases"
    echo(f"{world.title}: {cases}, rungs {', '.join(map(str, world.rungs))}, {world.seeds} seeds, hash {said['hash']}")


@app.command(epilog="Example: entente catalogue radars --owner russia --year 2013")
def catalogue(
    kind: Annotated[Kind, Argument(help="What to list.")],
    owner: Annotated[str | None, Option(help="us_nato, russia, china, israel, japan, taiwan or other.")] = None,
    year: Annotated[int | None, Option(help="Status on 1 July of that year.")] = None,
    status: Annotated[str | None, Option(help="deployed, planned, cancelled or retired.")] = None,
    as_json: Json = False,
) -> None:
    """List what the models know of, each row with its ranges, basis and source."""
    with refusals():
        from entente.scenario.rows import catalogue as list_rows

        found = list_rows(kind.value, owner, year, status)
    if as_json:
        _print_json(found.to_dicts())
    else:
        echo(str(found))


@app.command(epilog="Example: entente agreements --on 2013-04-08")
def agreements(
    on: Annotated[str | None, Option(help="A day such as 2013-04-08, or a year; all of them if left out.")] = None,
    status: Annotated[
        str | None, Option(help="in force (the default with a day), signed only, never operated, lapsed, or any.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List the agreements in force on a day: their limits, and what they made flow between the parties."""
    with refusals():
        from entente.questions.agreements import agreements as list_agreements

        found = list_agreements(on, status)
    if as_json:
        _print_json(found.to_dicts())
    else:
        echo(str(found))


@app.command(epilog="Example: entente arc 1000 --apogee-km 6000")
def arc(
    range_km: Annotated[float | None, Argument(help="Range along the surface; not with two regions.", **KM)] = None,
    apogee_km: Annotated[
        float | None, Option(help="Height of the apogee; the least-energy one if left out.", **KM)
    ] = None,
    burnout_altitude_km: Annotated[
        float, Option(help="Height of the burnout; the range counts from below it.", **KM)
    ] = 0.0,
    lat_deg: Annotated[
        float | None, Option(help="Latitude of a launch region, on the half-degree grid.", **DEG)
    ] = None,
    lon_deg: Annotated[float | None, Option(help="Its longitude.", **DEG)] = None,
    to_lat_deg: Annotated[float | None, Option(help="Latitude of the region to fly to.", **DEG)] = None,
    to_lon_deg: Annotated[float | None, Option(help="Its longitude.", **DEG)] = None,
    rotation: Annotated[bool, Option(help="Whether the Earth turns between two regions.")] = True,
    as_json: Json = False,
) -> None:
    """Free flight over a range, or between two regions while the Earth turns: speed, angle, apogee and time."""
    with refusals():
        from entente.errors import ModelError
        from entente.questions import arcs

        places = [place for place in (lat_deg, lon_deg, to_lat_deg, to_lon_deg) if place is not None]
        if (range_km is None, len(places)) not in ((False, 0), (True, 4)):
            raise ModelError(
                "arc: give one of a range and two regions; regions need "
                "--lat-deg, --lon-deg, --to-lat-deg and --to-lon-deg"
            )
        found: arcs.Arc | arcs.RegionArc
        if range_km is not None:
            found = arcs.arc(range_km, apogee_km, burnout_altitude_km)
        else:
            lat, lon, to_lat, to_lon = places
            found = arcs.arc_between(lat, lon, to_lat, to_lon, apogee_km, rotation, burnout_altitude_km)
    if as_json:
        _print_json(asdict(found))
        return
    apogee = f"apogee          {found.apogee_km:10,.0f} km"
    time = f"time of flight  {found.time_of_flight_s:10,.0f} s  ({found.time_of_flight_s / 60:.1f} min)"
    if isinstance(found, arcs.Arc):
        echo(f"range           {found.range_km:10,.0f} km\n{apogee}")
        echo(f"burnout speed   {found.burnout_speed_km_s:10.3f} km/s")
        echo(f"burnout angle   {found.burnout_angle_deg:10.1f} deg\n{time}")
        return
    _seen_twice("range", found.ground_range_km, found.range_km, ",.0f", "km")
    _seen_twice("burnout speed", found.ground_speed_km_s, found.burnout_speed_km_s, ".3f", "km/s")
    _seen_twice("burnout angle", found.ground_angle_deg, found.burnout_angle_deg, ".1f", "deg")
    _seen_twice("azimuth", found.ground_azimuth_deg, found.azimuth_deg, ".1f", "deg")
    echo(f"{apogee}\n{time}")


def _seen_twice(name: str, ground: Any, inertial: Any, style: str, unit: str) -> None:
    """One quantity as the turning ground sees it and as axes do that do not turn."""
    left = f"{f'{name} (ground)':24s}{ground:8{style}} {unit}"
    echo(f"{left:42s}{f'{name} (inertial)':26s}{inertial:8{style}} {unit}")


@app.command(epilog="Example: entente claim 1000 6000 --time-s 4100")
def claim(
    range_km: Annotated[float, Argument(help="Announced range.", **KM)],
    apogee_km: Annotated[float | None, Argument(help="Announced apogee, if there is one.", **KM)] = None,
    time_s: Annotated[float | None, Option(help="Announced time from launch to impact.", **S)] = None,
    range_error_km: Annotated[float | None, Option(help="How far the range may be off; 1 % if left out.", **KM)] = None,
    apogee_error_km: Annotated[
        float | None, Option(help="How far the apogee may be off; 1 % if left out.", **KM)
    ] = None,
    time_error_s: Annotated[
        float | None,
        Option(help="How far the time may be off; half a minute for whole minutes, else half a second.", **S),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say whether an announced flight, by its range, apogee and time, is consistent with free flight and a boost."""
    with refusals():
        from entente.questions.claims import check_claim

        found = check_claim(range_km, apogee_km, time_s, range_error_km, apogee_error_km, time_error_s)
    if as_json:
        _print_json(asdict(found))
        return
    echo(
        "not consistent"
        if not found.consistent
        else "consistent"
        if found.time_s is not None
        else "nothing to contradict"
    )
    shortest, unending = max(found.shortest_time_s, 0.0), found.longest_time_s == float("inf")
    echo(f"times that pass {shortest:10,.0f} s {'or more' if unending else f'to {found.longest_time_s:,.0f} s'}")
    if not found.apogee_announced:
        echo(f"no apogee announced; the least-energy arc, {found.apogee_km:,.0f} km high, is shown in its place:")
    echo(f"free fall       {found.free_fall_s:10,.0f} s")
    if found.overhead_s is not None:
        echo(f"boost overhead  {found.overhead_s:10,.0f} s")
    echo(f"launch speed    {found.launch_speed_km_s:10.3f} km/s")
    if found.apogee_announced:
        echo(f"same speed goes {found.same_speed_range_km:10,.0f} km")
    echo(found.why)


@app.command(epilog="Example: entente track molniya --hours 12")
def track(
    satellite: Annotated[
        str | None, Argument(help="A satellite of the catalogue, or molniya or tundra; not with --lon-deg.")
    ] = None,
    lon_deg: Annotated[float | None, Option(help="Longitude of a geostationary satellite.", **DEG)] = None,
    hours: Annotated[float, Option(help="How long, at most 744.", **HOURS)] = 24.0,
    step_s: Annotated[float, Option(help="Time between two lines.", **S)] = 1800.0,
    as_json: Json = False,
) -> None:
    """Over which points of the Earth a SATELLITE passes: its period, its drifts, whether the track repeats, and the track."""
    with refusals():
        from entente.errors import ModelError
        from entente.questions.orbiting import ground_track

        which = [given for given in (satellite, lon_deg) if given is not None]
        if len(which) != 1:
            raise ModelError(
                f"track: {'both' if which else 'neither'} of SATELLITE and --lon-deg given; give one of them"
            )
        if satellite is not None and NUMBER.fullmatch(satellite):
            raise ModelError(
                f"track: {satellite!r} is a number, not a satellite; for a longitude write --lon-deg {satellite}"
            )
        found = ground_track(which[0], hours, step_s)
    if as_json:
        _print_json(asdict(found))
        return
    echo(found.satellite)
    echo(f"period          {found.period_s:10,.0f} s  ({found.period_s / 3600:.2f} h)")
    echo(f"plane drift     {found.node_drift_deg_day:10.3f} deg a day")
    echo(f"perigee drift   {found.perigee_drift_deg_day:10.3f} deg a day")
    turns = "1 revolution" if found.revolutions == 1 else f"{found.revolutions} revolutions"
    echo(f"{'repeats after' if found.repeats else 'is nearest after':16s}{found.repeats_after_s:10,.0f} s  "
         f"({turns}), shifted {round(found.track_shift_deg, 2) + 0.0:.2f} deg east")  # fmt: skip
    if not found.repeats:
        echo("it does not repeat its track")
    echo(
        f"apogee over     {', '.join(f'{lon:.1f} deg' for lon in found.apogee_longitude_deg) or 'nothing in this time'}"
    )
    echo(f"{'t [s]':>10s}{'latitude [deg]':>18s}{'longitude [deg]':>18s}{'altitude [km]':>18s}")
    for t, lat, lon, height in zip(found.t_s, found.lat_deg, found.lon_deg, found.altitude_km, strict=True):
        echo(f"{t:10,.0f}{round(lat, 2) + 0.0:18.2f}{round(lon, 2) + 0.0:18.2f}{height:18,.0f}")


@app.command(epilog="Example: entente fly scud_b --range-km 250 --azimuth-deg 40")
def fly(
    vehicle: Annotated[str, Argument(help="A vehicle class of the catalogue; see entente catalogue vehicles.")],
    range_km: Annotated[float | None, Option(help="Planned range; the longest if left out.", **KM)] = None,
    azimuth_deg: Annotated[float, Option(help="Direction at lift-off, clockwise from north.", **DEG)] = 90.0,
    lat_deg: Annotated[float, Option(help="Launch latitude.", **DEG)] = 0.0,
    lon_deg: Annotated[float, Option(help="Launch longitude.", **DEG)] = 0.0,
    apogee_km: Annotated[float | None, Option(help="Planned apogee; needs --range-km.", **KM)] = None,
    loft: Annotated[str, Option(help="lofted or depressed, where no apogee is planned.")] = "lofted",
    steering: Annotated[str, Option(help="'pitch programme' or 'gravity turn'.")] = "pitch programme",
    rotation: Annotated[bool, Option(help="Whether the Earth turns.")] = True,
    as_json: Json = False,
) -> None:
    """Fly a generic VEHICLE: the pitch programme is solved for the planned range, and apogee."""
    with refusals():
        from entente.compiled import is_warm, mark_warm
        from entente.questions.flying import fly as fly_one

        if not is_warm("flight"):
            echo("compiling the models of flight, once on this machine: about 30 s", err=True)
        found = fly_one(vehicle, lat_deg, lon_deg, azimuth_deg, range_km, loft, rotation, apogee_km, steering)
        mark_warm("flight")
    if as_json:
        _print_json(asdict(found))
        return
    echo(f"{vehicle}, azimuth {azimuth_deg:g} deg from {lat_deg:g} N {lon_deg:g} E")
    echo(f"range           {found.range_km:10,.0f} km")
    echo(f"apogee          {found.apogee_km:10,.0f} km")
    echo(f"time of flight  {found.time_of_flight_s:10,.0f} s  ({found.time_of_flight_s / 60:.1f} min)")
    echo(f"burnout         {found.events['burnout_s']:10,.0f} s  at {found.burnout_altitude_km:.0f} km, "
         f"{found.burnout_speed_km_s:.2f} km/s, {found.burnout_angle_deg:.0f} deg")  # fmt: skip
    if found.turn_pitch_deg != found.final_pitch_deg:
        echo(f"pitch           {found.turn_pitch_deg:10.1f} deg where the turn ends (solved)")
    echo(f"final pitch     {found.final_pitch_deg:10.1f} deg (solved)")


@app.command(epilog="Example: entente coverage --on 2013 --altitude-km 300 --map out/coverage.svg")
def coverage(
    on: Annotated[str, Option(help="A day such as 2013-04-08, or a year.")] = "2013-06-01",
    altitude_km: Annotated[
        list[float] | None,
        Option(help="Height of the body, 10 km or more; may be given several times; 500 if left out."),
    ] = None,
    owner: Annotated[str | None, Option(help="us_nato or russia; both if left out.")] = None,
    vehicle: Annotated[str | None, Option(help="A vehicle class: the ranges are scaled to its cross-section.")] = None,
    rcs_m2: Annotated[float | None, Option(help="A cross-section the ranges are scaled to, in all bands.")] = None,
    reach: Annotated[str, Option(help="low, nominal or high end of the ranges.")] = "nominal",
    extra: Annotated[
        list[str] | None, Option(help="A sensor that joins, by its id; several times for several.")
    ] = None,
    without: Annotated[list[str] | None, Option(help="A sensor that is left out, by its id.")] = None,
    region: Annotated[
        tuple[float, float, float] | None,
        Option(help="Latitude, longitude and radius [km]: answer for that region only."),
    ] = None,
    satellites: Annotated[
        bool, Option("--satellites", help="Add the share of a day in view of infrared satellites.")
    ] = False,
    map_file: Annotated[
        Path | None, Option("--map", help="Draw the first height as an SVG map into this file.")
    ] = None,
    centre: Annotated[tuple[float, float], Option(help="Latitude and longitude in the middle of the map.")] = (
        58.0,
        38.0,
    ),
    radius_deg: Annotated[
        float, Option(help="How far the map goes to its left and right, in degrees of arc.", **DEG)
    ] = 46.0,
    as_json: Json = False,
) -> None:
    """Who sees which part of the Earth from what height on, and what each adds to the other."""
    with refusals():
        from entente.questions.coverage import coverage as who_sees

        found = who_sees(
            owner, on, altitude_km or 500.0, rcs_m2, vehicle, reach=reach, extra=extra or (), without=without or (),
            satellites=satellites,
        )  # fmt: skip
        said = found.to_dict(region) if as_json else found.table(region)
        if map_file is not None:
            from entente.report.coverage_map import around, write_map

            write_map(found, map_file, around(*centre, radius_deg))
    if as_json:
        _print_json(said)
        return
    where = f"within {region[2]:g} km of {region[0]:g} N {region[1]:g} E" if region else "of the Earth"
    echo(f"{where}, on {found.day}; ranges: {found.target}, {found.reach}\n")
    echo(said)
    echo(f"\n{found.limits()}")
    if map_file is not None:
        echo(f"\nmap: {map_file}")


def _print_json(value: object) -> None:
    json.dump(_plain(value), sys.stdout, indent=2, allow_nan=False)
    sys.stdout.write("\n")


def _plain(value: Any) -> Any:
    """A value as JSON has it: arrays as lists, nan as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    return value


def _short(value: float) -> str:
    if value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"
