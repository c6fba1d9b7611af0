"""What is seen: coverage."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Option, echo

from entente.commands.common import DEG, Json, print_json, refusals

commands = typer.Typer()


@commands.command(epilog="Example: entente coverage --on 2013 --altitude-km 300 --map out/coverage.svg")
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
            from entente.report.coverage_map import write_map
            from entente.report.tones import around

            write_map(found, map_file, around(*centre, radius_deg))
    if as_json:
        print_json(said)
        return
    where = f"within {region[2]:g} km of {region[0]:g} N {region[1]:g} E" if region else "of the Earth"
    echo(f"{where}, on {found.day}; ranges: {found.target}, {found.reach}\n")
    echo(said)
    echo(f"\n{found.limits()}")
    if map_file is not None:
        echo(f"\nmap: {map_file}")
