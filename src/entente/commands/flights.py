"""Flights: arc, claim, track, fly."""

from typing import Annotated, Any

import typer
from typer import Argument, Option, echo

from entente.commands.common import DEG, HOURS, KM, NUMBER, Json, S, print_json, refusals

commands = typer.Typer()


@commands.command(epilog="Example: entente arc 1000 --apogee-km 6000")
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
        print_json(found)
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


@commands.command(epilog="Example: entente claim 1000 6000 --time-s 4100")
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
        print_json(found)
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


@commands.command(epilog="Example: entente track molniya --hours 12")
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
        print_json(found)
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


@commands.command(epilog="Example: entente fly scud_b --range-km 250 --azimuth-deg 40")
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
        print_json(found)
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
