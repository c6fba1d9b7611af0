"""What can be answered: reach, footprint."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option, echo

from entente.commands.common import DEG, KM, Json, S, print_json, refusals

commands = typer.Typer()


@commands.command(
    epilog="Example: entente reach deveselu --vehicle mrbm_3000 --lat-deg 36 --lon-deg 46 --azimuth-deg 300"
)
def reach(
    interceptor: Annotated[str, Argument(help="An interceptor of the catalogue; `entente catalogue interceptors`.")],
    vehicle: Annotated[str | None, Option(help="A vehicle class to meet; without one, reach alone is told.")] = None,
    lat_deg: Annotated[float, Option(help="Latitude of the vehicle's launch region.", **DEG)] = 36.0,
    lon_deg: Annotated[float, Option(help="Its longitude.", **DEG)] = 46.0,
    azimuth_deg: Annotated[float, Option(help="Direction in which it lifts off.", **DEG)] = 300.0,
    range_km: Annotated[float | None, Option(help="How far it flies; as far as it can if left out.", **KM)] = None,
    loft: Annotated[str, Option(help="lofted or depressed, where it would fly farther.")] = "lofted",
    commit_s: Annotated[
        list[float] | None,
        Option(help="Also the windows left by a commit so long after lift-off; several times for several.", **S),
    ] = None,
    sigma_km: Annotated[float, Option(help="Error of the position then, 1 sigma.", **KM)] = 0.0,
    sigma_m_s: Annotated[float, Option(help="Error of the velocity then, 1 sigma [m/s].")] = 0.0,
    as_json: Json = False,
) -> None:
    """How far an interceptor reaches, when it must leave to meet a flight, and how that window shrinks."""
    with refusals():
        from entente.errors import ModelError
        from entente.questions.flying import fly
        from entente.questions.reach import reach as reaches

        if vehicle is None and commit_s:
            raise ModelError("commit-s: there is no flight to commit against; add --vehicle")
        flight = fly(vehicle, lat_deg, lon_deg, azimuth_deg, range_km, loft) if vehicle is not None else None
        found = reaches(interceptor, flight)
        left = {
            at: {level: found.length_s(at, level, sigma_km, sigma_m_s) for level in found.levels}
            for at in commit_s or ()
        }
    if as_json:
        print_json(found.to_dict() | ({"window_s_by_commit_s": left} if left else {}))
        return
    echo(found.table())
    if flight is not None:
        echo(
            f"the flight: {flight.range_km:,.0f} km in {flight.time_of_flight_s:,.0f} s, apogee {flight.apogee_km:,.0f} km"
        )
    for at, by_level in left.items():
        echo(f"commit after {at:,.0f} s leaves " + ", ".join(f"{s:,.0f} s ({level})" for level, s in by_level.items()))


@commands.command(
    epilog="Example: entente footprint middle-east mrbm_3000 us_nato --scenario europe-2026 --map out/map.svg"
)
def footprint(
    region: Annotated[str, Argument(help="A launch region of the scenario.")],
    vehicle: Annotated[str, Argument(help="A vehicle class; `entente catalogue vehicles` lists them.")],
    party: Annotated[str, Argument(help="Whose footprint: us_nato or russia.")],
    scenario: Annotated[str, Option(help="Regions, systems and release policies.")] = "europe-2013",
    on: Annotated[str | None, Option(help="A day or a year in the place of the scenario's.")] = None,
    shots: Annotated[str, Option(help="'one salvo' or 'shoot-look-shoot'.")] = "one salvo",
    detections: Annotated[float, Option(help="Expected detections before a commit.")] = 10.0,
    loft: Annotated[str, Option(help="lofted or depressed, where the vehicle would fly farther.")] = "lofted",
    without: Annotated[
        list[str] | None,
        Option(help="A sensor or an interceptor that is left out, by its id; several times for several."),
    ] = None,
    map_file: Annotated[Path | None, Option("--map", help="Draw it as an SVG map into this file.")] = None,
    centre: Annotated[tuple[float, float], Option(help="Latitude and longitude in the middle of the map.")] = (
        46.0,
        28.0,
    ),
    radius_deg: Annotated[
        float, Option(help="How far the map goes to its left and right, in degrees of arc.", **DEG)
    ] = 30.0,
    as_json: Json = False,
) -> None:
    """Whom a party can cover against missiles from a region: alone, with the partner's sensors, and interceptors."""
    with refusals():
        from entente.questions.footprint import footprint as covers

        found = covers(
            region, vehicle, party, scenario, on, shots=shots, detections=detections, loft=loft, without=without or ()
        )
        if map_file is not None:
            from entente.report.footprint_map import write_map
            from entente.report.tones import around

            write_map(found, map_file, around(*centre, radius_deg))
    if as_json:
        print_json(found.to_dict())
        return
    echo(f"{party} against {vehicle} from {found.region}, {found.loft}; {found.shots}, stocks ignored; {found.day}\n")
    echo(found.table())
    if map_file is not None:
        echo(f"\nmap: {map_file}")
