"""Which part of the Earth can a party's interceptors cover against flights from one region, and who lives there?

Three answers side by side: by the party alone, with the partner's sensors, and with the partner's interceptors too. A cell
is covered if an interceptor can leave in time once so many detections are expected; stocks are ignored.
"""

import datetime as dt
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, cast, get_args

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.errors import ModelError
from entente.physics import covering, geometry
from entente.physics.sight import edges_of, sine_of_elevation
from entente.questions import cells
from entente.questions.asked import needed, one_of, whole
from entente.questions.coverage import FINEST
from entente.questions.defended import WAYS, Footprint
from entente.questions.fan import fan
from entente.questions.watch import Mistakes, day_of
from entente.records import RADAR
from entente.scenario.load import load
from entente.scenario.places import Cities, cities
from entente.scenario.rows import interceptors, radars, satellites, vehicles
from entente.scenario.schema import Case, Scenario
from entente.scenario.units import DEG, KM2
from entente.scenario.world import Sensor, Site, World, build

SHOTS = ("one salvo", "shoot-look-shoot")
LOOK_S = 30.0  # s  from a meeting to the next ignition, while somebody looks; assumed, 10 to 60
DETECTIONS = 10  # after which a commit is taken to be possible; see docs/explanation/reach.md
CHUNK = 1_024  # points at a time in one thread
Loft = Literal["lofted", "depressed"]
ONE = "footprint"  # name of the case that is asked


def footprint(
    region: str,
    vehicle: str,
    party: str,
    scenario: Scenario | str = "europe-2013",
    on: dt.date | str | int | None = None,
    shots: str = "one salvo",
    detections: float = DETECTIONS,
    loft: str = "lofted",
    nside: int = 91,
    without: Iterable[str] = (),
) -> Footprint:
    """Which cells a party covers against flights from a region: alone, with the partner's sensors, and interceptors.

    Args:
        region: name of the scenario's launch region; vehicle: id of a class of the catalogue, such as "mrbm_3000".
        party: whose footprint; scenario: one, or its name, for the regions, systems and release policies.
        on: a day or a year in the place of the scenario's.
        shots: "one salvo", or "shoot-look-shoot": covered only if a second salvo can still leave when the first has met.
        detections: how many by radar after burnout must be expected before a commit.
        loft: which flights, "lofted" or "depressed", where the vehicle would fly farther.
        nside: fineness of the cells, 12 nside^2 of them, 1 to 256; without: ids of sensors and interceptors left out.
    Returns:
        Footprint; empty ones say why.
    Raises:
        UnknownName, ModelError: a question that cannot be; every mistake on a line of its own.
        Unreachable: the vehicle has no such flights.
    Valid: whole flights with the nominal vehicle, interpolated within a kilometre or so; every input nominal; expected
        detections in the place of a filter (docs/explanation/reach.md compares them); interceptors as `en.reach`.
    Source: own.
    """
    told = load(scenario) if isinstance(scenario, str) else scenario
    world = nominal_world(told, region, vehicle, party, on, without, loft)
    problems = [
        *one_of("shots", shots, SHOTS),
        *needed("detections", detections, 0.5, 1_000.0),
        *whole("nside", nside, 1, FINEST),
    ]
    if problems:
        raise ModelError("\n".join(problems))
    lat, lon = cells.centres(int(nside))
    rule = float(detections), LOOK_S if shots == SHOTS[1] else -1.0
    found = cover(world, party, lat, lon, *rule)

    def asked_at(lat_deg: Floats, lon_deg: Floats) -> tuple[NDArray[np.bool_], Floats]:
        there = cover(world, party, lat_deg, lon_deg, *rule)
        return there.status == covering.IN_REACH, there.margin

    residents, home = at_home(int(nside))
    partner = next(one.name for one in world.parties if one.name != party)
    return Footprint(
        party=party,
        partner=partner,
        region=world.origin.title,
        vehicle=vehicle,
        loft=loft,
        day=world.scenario.epoch.date(),
        shots=shots,
        detections=float(detections),
        cell_km2=geometry.earth_area() / KM2 / (12 * int(nside) ** 2),
        sites=tuple(site.id for site in world.sites),
        site_party=tuple(world.parties[site.party].name for site in world.sites),
        ladder=tuple(world.scenario.ladder),
        lat_deg=lat,
        lon_deg=lon,
        in_reach=found.status == covering.IN_REACH,
        known_s=found.known,
        margin_s=found.margin,
        site=found.best,
        city_cell=home,
        city_people=residents.population,
        city_country=residents.country,
        site_place=tuple((site.lat / DEG, site.lon / DEG, site.title) for site in world.sites),
        asked_at=asked_at,
    )


def people_covered(
    scenario: Scenario, region: str, vehicle: str, party: str, loft: str = "lofted", nside: int = 91
) -> dict[str, int]:
    """People covered in each of WAYS, and "in reach" of the vehicle, by one salvo: as `footprint` has them, asked only where
    cities lie.

    Raises:
        as `footprint`.
    """
    world = nominal_world(scenario, region, vehicle, party, None, (), loft)
    residents, places = at_home(nside)
    lat, lon = cells.centres(nside)
    asked, home = np.unique(places, return_inverse=True)
    found = cover(world, party, lat[asked], lon[asked], DETECTIONS, -1.0)
    inside = {way: found.margin[:, n] >= 0.0 for n, way in enumerate(WAYS)}
    inside["in reach"] = found.status == covering.IN_REACH
    return {way: int(residents.population[there[home]].sum()) for way, there in inside.items()}


def at_home(nside: int) -> tuple[Cities, NDArray[np.int64]]:
    """The cities, and the cell that each lies in, by the numbers of `cells.centres`."""
    residents = cities()
    return residents, cells.cell_of(nside, residents.lat_deg, residents.lon_deg)


class Covered:
    """What `physics.covering.cover_many` wrote, one row a point (P,)."""

    def __init__(self, points: int) -> None:
        self.status: NDArray[np.int8] = np.empty(points, np.int8)
        self.known = np.empty((points, 2))
        self.margin = np.empty((points, 3))
        self.best: NDArray[np.int8] = np.empty((points, 3), np.int8)


def cover(world: World, party: str, lat_deg: Floats, lon_deg: Floats, detections: float, look: float) -> Covered:
    """Whether flights of a world's vehicle from its origin to places (P,) can be met, by a party and with its partner."""
    own = next(number for number, one in enumerate(world.parties) if one.name == party)
    threat, policy = world.threat, world.policies[1 - own]
    flights = fan(threat.vehicle.vehicle, *threat.origin, threat.beta, threat.lofted)
    distance, bearing = np.empty(len(lat_deg)), np.empty(len(lat_deg))
    covering.toward_many(*threat.origin, lat_deg * DEG, lon_deg * DEG, distance, bearing)
    out = Covered(len(lat_deg))
    watch = radars_of(world, own)
    line = line_of(world, own)
    rule = covering.Rule(detections, policy.track_delay + world.stress.latency_s, policy.min_range, look)

    def one_chunk(first: int) -> None:
        here = slice(first, first + CHUNK)
        written = out.status[here], out.known[here], out.margin[here], out.best[here]
        covering.cover_many(distance[here], bearing[here], flights, watch, line, rule, *written)

    one_chunk(0)  # compiled before threads begin
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(one_chunk, range(CHUNK, len(lat_deg), CHUNK)))
    return out


def radars_of(world: World, own: int) -> covering.Radars:
    """The radars of a world as `physics.covering` wants them; `own` is the party whose they are, or are not."""
    sensors = [one for one in world.sensors if one.kind == RADAR]
    most = max([len(one.faces) for one in sensors], default=1)
    edges = np.zeros((len(sensors), most, 10))
    edges[:, :, 2] = 2.0  # no face
    for row, one in zip(edges, sensors, strict=True):
        row[: len(one.faces)] = edges_of(one.faces)
    return covering.Radars(
        place=np.array([one.r_ecef for one in sensors]).reshape(-1, 3),
        axes=np.array([one.axes for one in sensors]).reshape(-1, 3, 3),
        edges=edges,
        elevation=np.array([[sine_of_elevation(max(a, 0.0)) for a in one.elevation] for one in sensors]).reshape(-1, 2),
        reach=np.array([one.reach_coast for one in sensors]),
        revisit=np.array([one.revisit for one in sensors]),
        whose=_whose(sensors, own),
    )


def line_of(world: World, own: int) -> covering.Line:
    """The interceptors of a world as `physics.covering` wants them; `own` as above."""
    sites = world.sites
    return covering.Line(
        place=np.array([one.r_ecef for one in sites]).reshape(-1, 3),
        axes=np.array([one.axes for one in sites]).reshape(-1, 3, 3),
        can=np.array([can_of(one) for one in sites]).reshape(-1, 7),
        commit_delay=np.array([one.commit_delay for one in sites]),
        whose=_whose(sites, own),
    )


def can_of(site: Site) -> Floats:
    """What a site's interceptors can do, as `physics.intercept.deadline` has it: no nearer than the burn covers."""
    limits = site.speed, site.boost, site.floor, site.ceiling, -1.0, site.range_max, site.target_speed_max
    return np.array(limits)


def _whose(things: Sequence[Sensor | Site], own: int) -> covering.Codes:
    return np.array([covering.OWN if one.party == own else covering.PARTNER for one in things], np.int8)


def nominal_world(
    scenario: Scenario, region: str, vehicle: str, party: str, on: object, without: Iterable[str], loft: str
) -> World:
    """The nominal world of flights of a vehicle from a region; every mistake is said at once."""
    wrong = Mistakes()
    kinds = {row.id: row.range_class for row in vehicles()}
    ids = [row.id for rows in (radars(), satellites(), interceptors()) for row in rows]
    names = [without] if isinstance(without, str) else list(without)
    known: list[tuple[str, str, Iterable[str]]] = [
        ("region", region, [one.name for one in scenario.regions]),
        ("vehicle", vehicle, kinds),
        ("party", party, [one.name for one in scenario.parties]),
        *(("without", name, ids) for name in names),
        ("loft", loft, get_args(Loft)),
    ]
    for where, given, there in known:
        if given not in there:
            wrong.unknown(where, given, there)
    if kinds.get(vehicle) in ("space launch", "sounding rocket"):
        wrong.add(f"vehicle: {vehicle!r} is a {kinds[vehicle]}; ask for a ballistic missile, such as 'mrbm_3000'")
    day = scenario.epoch.date() if on is None else day_of(on, wrong)
    wrong.refuse()
    case = Case(name=ONE, title=ONE, vehicle=vehicle, origin=region, target=region, loft=cast(Loft, loft))
    changed = {
        "cases": (case,),
        "inputs": "nominal",
        "exclude": (*scenario.exclude, *names),
        "epoch": scenario.epoch.replace(year=day.year, month=day.month, day=day.day),
    }
    return build(scenario.model_copy(update=changed), ONE, 0)
