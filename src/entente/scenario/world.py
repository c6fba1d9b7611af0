"""The world one history happens in: units end here, SI begins, and every ranged input is drawn once.

`build` turns a scenario, one of its cases and a seed into records of numbers. The rung is no argument: the rungs of one
history share their world.
"""

import datetime as dt
import math
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from entente import rng
from entente.compiled import Floats
from entente.constants import GEO_RADIUS, R_EQ
from entente.errors import ModelError, unknown
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.geometry import azimuth_elevation_range
from entente.physics.orbits import place_on_orbit, revolutions_a_day
from entente.physics.sunlight import glint, sun_direction
from entente.scenario import schema
from entente.scenario.parts import Ranged
from entente.scenario.rows import interceptors, ladder, radars, satellites, vehicles
from entente.scenario.schema import Stress
from entente.scenario.systems import Interceptor, Radar, Satellite, System, VehicleClass
from entente.scenario.units import DEG, KM, KN

Row = TypeVar("Row", bound=System)

AGAIN = 2**31  # added to the seed of chance in a second history with the same inputs
NOBODY = -1
NOON_2000 = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)
DAY = 86_400.0  # s
RADAR, INFRARED = 1, 2  # phenomenologies, as bits so that a set of them is a sum


@dataclass(frozen=True)
class Sensor:
    """One radar or one satellite, as this history drew it. Angles [rad], lengths [m], times [s]."""

    id: str
    title: str
    party: int
    kind: int  # RADAR or INFRARED
    lat: float
    lon: float
    r_ecef: Floats  # (3,)
    axes: Floats  # (3, 3) rows east, north, up
    faces: Floats  # (F, 6) see physics.signals.off_boresight; (0, 6) for a satellite
    elevation: tuple[float, float]  # lowest, highest of all faces
    reach_published: float  # range of the catalogue row, nominal
    reach_boost: float  # range at which one look detects this case's target with chance 0.5, body and plume
    reach_coast: float  # the same for the re-entry body
    revisit: float
    sigma: Floats  # (3,) range, azimuth, elevation
    p_detect: float  # infrared: one look at a visible plume
    cloud_break: float  # infrared: altitude below which clouds hide a plume
    dimmest_plume: float  # infrared: thrust [N] whose plume it just sees in full; see physics.plumes
    latency: float  # from the look to the nation's knowing
    false_alarms: float  # expected number a scan, anywhere
    glint: Floats  # (3,) infrared: azimuth, elevation of clouds that glint, expected false detections of them a scan


@dataclass(frozen=True)
class Site:
    """One interceptor site, as this history drew it."""

    id: str
    title: str
    party: int
    lat: float
    lon: float
    r_ecef: Floats  # (3,)
    axes: Floats  # (3, 3)
    inventory: int
    speed: float
    boost: float
    floor: float
    ceiling: float
    p_kill: float
    p_common: float
    handover_sigma: float
    commit_delay: float
    target_speed_max: float  # against the ground; inf where no source names a limit
    range_max: float  # along the ground, from the site to the meeting; inf where no source names a limit


@dataclass(frozen=True)
class Threat:
    """The generic vehicle of the case and where it is meant to go."""

    vehicle: VehicleClass
    beta: float  # ballistic coefficient of the re-entry body [kg/m^2]
    origin: tuple[float, float]  # latitude, longitude [rad]
    target: tuple[float, float]
    lofted: bool
    t_launch: float
    launches: int


@dataclass(frozen=True)
class Policy:
    """What a party lets go of, as this history drew its delays. SI."""

    min_range: float
    area_floor: float
    warning_delay: float
    track_sigma: float
    track_delay: float
    track_interval: float
    availability: float  # share of the time at which the line works
    outage: float  # mean length of an outage [s]
    frame_sigma: float  # how far its frame may be off the common one, each component [m]
    clock_sigma: float  # how far its clock may be off [s]
    report_sigma: float  # blur of a released line of sight, each angle [rad]


@dataclass(frozen=True)
class Rules:
    """How this history's salvos are decided on, as drawn. Times [s]."""

    second_shots: int  # 0: no second salvo
    look: float  # from a meeting until it is judged
    look_right: float  # chance to judge right on a good track
    reserve: float  # share of each site's interceptors held back
    key_delay: float  # that a second key takes, under joint engagement
    refusal: float  # chance that a key is not turned, under joint engagement


@dataclass(frozen=True)
class Home:
    """A region that must not be hit. Angles [rad], radius [m]."""

    lat: float
    lon: float
    radius: float
    party: int  # who answers for it; NOBODY where the scenario does not say


@dataclass(frozen=True)
class World:
    """Everything a history needs to know before it starts."""

    seed: int  # of chance; the inputs may have been drawn by another
    scenario: schema.Scenario
    case: schema.Case
    parties: tuple[schema.Party, ...]
    policies: tuple[Policy, ...]  # one a party
    sensors: tuple[Sensor, ...]
    sites: tuple[Site, ...]
    origin: schema.Region
    target: schema.Region
    threat: Threat
    passed_on: float  # chance that an announcement received reaches those on duty; 0 where nothing was announced
    defended: tuple[Home, ...]  # regions that somebody answers for
    inputs: dict[str, float]  # every ranged input by name, in the units of its key
    stress: Stress  # what goes wrong between the two systems beyond what the policies declare
    rules: Rules

    @property
    def vehicle(self) -> VehicleClass:
        """The catalogue row of the case's vehicle."""
        return self.threat.vehicle


class Draws:
    """The ranged inputs of one history: each drawn once, by a key made of its own name, and remembered by name.

    `assumed` holds the ranges that the scenario puts in the place of the catalogue's.
    """

    def __init__(self, seed: int, nominal: bool, assumed: Mapping[str, Ranged]) -> None:
        self.seed, self.nominal, self.assumed = seed, nominal, assumed
        self.taken: dict[str, float] = {}

    def take(self, name: str, value: Ranged) -> float:
        """The value of this input in this history."""
        value = self.assumed.get(name, value)
        if self.nominal or value.low == value.high:
            drawn = value.nominal
        else:
            key = zlib.crc32(name.encode()) & 0x7FFFFFFF
            drawn = at_share(value, rng.uniform(self.seed, rng.INPUTS, key, 0, 0))
        if value.low != value.high:
            self.taken[name] = drawn
        return drawn


def at_share(value: Ranged, share: float) -> float:
    """The point of a range below which `share` of the probability lies; see Ranged."""
    low, high = (value.low, value.nominal) if share < 0.5 else (value.nominal, value.high)
    part = 2.0 * share if share < 0.5 else 2.0 * share - 1.0
    if value.low > 0.0 and value.high / value.low >= 10.0:
        return math.exp(math.log(low) + part * (math.log(high) - math.log(low)))
    return low + part * (high - low)


def find_case(scenario: schema.Scenario, name: str) -> schema.Case:
    """The case of that name, or UnknownName."""
    for case in scenario.cases:
        if case.name == name:
            return case
    raise unknown(f"case of {scenario.title!r}", name, [case.name for case in scenario.cases])


def sides(scenario: schema.Scenario) -> dict[str, int]:
    """Which party an owner's systems belong to here, by its place in the scenario: a party's own and its allies'."""
    return {owner: n for n, party in enumerate(scenario.parties) for owner in (party.name, *party.allies)}


def selected(scenario: schema.Scenario, rows: Iterable[Row]) -> list[Row]:
    """The catalogue rows of the two parties and their allies that the scenario's date and status select."""
    day, owners = scenario.epoch.date(), sides(scenario)
    return [
        row
        for row in rows
        if row.owner in owners and row.status_on(day) in scenario.status and row.id not in scenario.exclude
    ]


def build(scenario: schema.Scenario, case_name: str, seed: int, again: bool = False) -> World:
    """The world of one history.

    Args:
        again: a second history of the same seed: the same inputs, other chance.
    Raises:
        UnknownName: no such case.
        ModelError: no such seed.
    """
    if not 0 <= seed < AGAIN:
        raise ModelError(f"seed: {seed} names no history; give a whole number from 0 to {AGAIN - 1}")
    case = find_case(scenario, case_name)
    regions = {region.name: region for region in scenario.regions}
    vehicle = next(row for row in vehicles() if row.id == case.vehicle)
    draws = Draws(seed, scenario.inputs == "nominal", {a.input: a.value for a in scenario.assume})
    party = sides(scenario)
    rcs: dict[str, dict[str, float]] = {
        str(phase): {band: draws.take(f"{vehicle.id}.rcs_m2.{phase}.{band}", value) for band, value in by_band.items()}
        for phase, by_band in vehicle.rcs_m2.items()
    }
    chance = seed + AGAIN if again else seed
    clouds = rng.uniform(chance, rng.WEATHER, 0, 0, 0)
    sensors = [_radar(row, party[row.owner], rcs, draws) for row in selected(scenario, radars())]
    sun = sun_direction((scenario.epoch - NOON_2000).total_seconds() / DAY + case.launch_s / DAY)
    sensors += [_satellite(row, party[row.owner], clouds, sun, draws) for row in selected(scenario, satellites())]
    sites = [_site(row, party[row.owner], draws) for row in selected(scenario, interceptors()) if not row.nuclear_armed]
    origin, target = regions[case.origin], regions[case.target]
    beta = vehicle.vehicle.ballistic_coefficient_kg_m2
    threat = Threat(
        vehicle=vehicle,
        beta=draws.take(f"{vehicle.id}.ballistic_coefficient_kg_m2", beta) if beta else 1.0,
        origin=(origin.lat_deg * DEG, origin.lon_deg * DEG),
        target=(target.lat_deg * DEG, target.lon_deg * DEG),
        lofted=case.loft == "lofted",
        t_launch=case.launch_s,
        launches=case.launches,
    )
    return World(
        seed=chance,
        scenario=scenario,
        case=case,
        parties=tuple(scenario.parties),
        policies=tuple(_policy(p, draws) for p in scenario.parties),
        sensors=tuple(sensors),
        sites=tuple(sites),
        origin=origin,
        target=target,
        threat=threat,
        passed_on=draws.take(f"{case.name}.notice.passed_on", case.notice.passed_on) if case.notice else 0.0,
        defended=_homes(scenario, regions),
        inputs=draws.taken,
        stress=scenario.stress,
        rules=_rules(scenario, case, draws),
    )


def _rules(scenario: schema.Scenario, case: schema.Case, draws: Draws) -> Rules:
    """The doctrine of the case and the two keys; what no rung of this case could use is not drawn."""
    doctrine, keys = case.doctrine, scenario.two_keys
    again = doctrine.rule == "shoot-look-shoot"
    rungs = {row.rung: row for row in (*ladder(), *scenario.ladder)}
    joint = any(rungs[rung].engagement == "joint" for rung in scenario.rungs if rung in rungs)

    def of_keys(key: str, value: Ranged) -> float:
        return draws.take(f"two_keys.{key}", value) if joint else value.nominal

    return Rules(
        second_shots=(doctrine.second_shots or case.shots_per_object) if again else 0,
        look=draws.take(f"{case.name}.doctrine.look_s", doctrine.look_s) if again else 0.0,
        look_right=draws.take(f"{case.name}.doctrine.look_right", doctrine.look_right) if again else 1.0,
        reserve=doctrine.reserve,
        key_delay=of_keys("delay_s", keys.delay_s),
        refusal=of_keys("refusal", keys.refusal),
    )


def _homes(scenario: schema.Scenario, regions: Mapping[str, schema.Region]) -> tuple[Home, ...]:
    """The regions that parties answer for; if none does for any, all that the scenario's attacks are meant for."""
    claimed = {name: i for i, party in enumerate(scenario.parties) for name in party.answers_for}
    names = claimed or {case.target: NOBODY for case in scenario.cases if case.nature == "attack"}
    return tuple(
        Home(regions[name].lat_deg * DEG, regions[name].lon_deg * DEG, regions[name].radius_km * KM, party)
        for name, party in names.items()
    )


def _policy(party: schema.Party, draws: Draws) -> Policy:
    release = party.release
    return Policy(
        min_range=release.min_range_km * KM,
        area_floor=release.area_floor_km * KM,
        warning_delay=draws.take(f"{party.name}.release.warning_delay_s", release.warning_delay_s),
        track_sigma=release.track_sigma_km * KM,
        track_delay=draws.take(f"{party.name}.release.track_delay_s", release.track_delay_s),
        track_interval=release.track_interval_s,
        availability=draws.take(f"{party.name}.release.availability", release.availability),
        outage=draws.take(f"{party.name}.release.outage_s", release.outage_s),
        frame_sigma=release.registration_sigma_km * KM,
        clock_sigma=release.clock_sigma_s,
        report_sigma=release.report_sigma_deg * DEG,
    )


def _place(lat_deg: float, lon_deg: float) -> tuple[float, float, Floats, Floats]:
    """Latitude, longitude [rad], Earth-fixed position and local axes of a place on the ground."""
    lat, lon = lat_deg * DEG, lon_deg * DEG
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    return lat, lon, np.array(ecef_from_geodetic(lat, lon, 0.0)), axes


def _station(row: Satellite, seed: int) -> tuple[float, float, Floats, Floats]:
    """Geocentric latitude, longitude [rad], Earth-fixed position and local axes of a satellite when it is launched.

    One on an ellipse is frozen where the draw of its constellation puts it. In five minutes, a long burn, a 12-hour
    one moves by 0.1 deg at the apogee as seen from below, and by 1.1 deg where it has come down to 26,000 km.
    """
    if row.orbit is None:
        assert row.longitude_deg is not None
        lon = row.longitude_deg * DEG
        r = GEO_RADIUS * np.array([math.cos(lon), math.sin(lon), 0.0])
    else:
        orbit = row.orbit
        perigee, apogee = R_EQ + orbit.perigee_km * KM, R_EQ + orbit.apogee_km * KM
        key = zlib.crc32((orbit.constellation or row.id).encode()) & 0x7FFFFFFF
        # A whole day of revolutions is drawn from, as each passes its apogee over another meridian.
        turns = revolutions_a_day(0.5 * (perigee + apogee)) * rng.uniform(seed, rng.ORBIT, key, 0, 0)
        angles = (orbit.inclination_deg * DEG, orbit.argument_of_perigee_deg * DEG, orbit.apogee_longitude_deg * DEG)
        r = np.array(place_on_orbit(turns + orbit.phase, perigee, apogee, *angles))
    lat, lon = math.asin(r[2] / math.sqrt(r @ r)), math.atan2(r[1], r[0])
    axes = np.empty((3, 3))
    enu_axes(lat, lon, axes)
    return lat, lon, r, axes


def face_table(row: Radar) -> Floats:
    """The faces of a radar as kernels have them, (F, 6) [rad]; see physics.signals.off_boresight."""
    return DEG * np.array(
        [
            [
                face.boresight_deg,
                face.half_width_deg,
                face.boresight_elevation_deg,
                180.0 if face.off_boresight_deg is None else face.off_boresight_deg,
                *row.elevations(face),
            ]
            for face in row.faces
        ]
    )


def _radar(row: Radar, party: int, rcs: dict[str, dict[str, float]], draws: Draws) -> Sensor:
    lat, lon, r, axes = _place(row.lat_deg, row.lon_deg)
    reach = draws.take(f"{row.id}.reach_km", row.reach_km) * KM
    reference = draws.take(f"{row.id}.reference_rcs_m2", row.reference_rcs_m2)
    angle = draws.take(f"{row.id}.angle_sigma_deg", row.angle_sigma_deg) * DEG
    faces = face_table(row)
    return Sensor(
        id=row.id,
        title=row.title,
        party=party,
        kind=RADAR,
        lat=lat,
        lon=lon,
        r_ecef=r,
        axes=axes,
        faces=faces,
        elevation=(float(faces[:, 4].min()), float(faces[:, 5].max())),
        reach_published=row.reach_km.nominal * KM,
        # The radar equation: range goes with the fourth root of the cross-section.
        reach_boost=reach * (rcs["boost"][row.band] / reference) ** 0.25,
        reach_coast=reach * (rcs["coast"][row.band] / reference) ** 0.25,
        revisit=row.revisit_s,
        sigma=np.array([row.range_sigma_m, angle, angle]),
        p_detect=math.nan,
        cloud_break=0.0,
        dimmest_plume=math.nan,
        latency=0.0,
        false_alarms=row.false_alarms_per_scan,
        glint=np.zeros(3),
    )


def _satellite(row: Satellite, party: int, clouds: float, sun: Floats, draws: Draws) -> Sensor:
    lat, lon, r, axes = _station(row, draws.seed)
    more = draws.take(f"{row.id}.glint_factor", row.glint_factor) - 1.0
    angle = draws.take(f"{row.id}.angle_sigma_deg", row.angle_sigma_deg) * DEG
    return Sensor(
        id=row.id,
        title=row.title,
        party=party,
        kind=INFRARED,
        lat=lat,
        lon=lon,
        r_ecef=r,
        axes=axes,
        faces=np.empty((0, 6)),
        elevation=(-math.pi / 2, math.pi / 2),
        reach_published=math.nan,
        reach_boost=math.nan,
        reach_coast=math.nan,
        revisit=row.revisit_s,
        sigma=np.array([math.nan, angle, angle]),
        p_detect=draws.take(f"{row.id}.p_detect", row.p_detect),
        # The same clouds hide the plume from every satellite: one draw, not one per satellite.
        cloud_break=at_share(row.cloud_break_km, 0.5 if draws.nominal else clouds) * KM,
        dimmest_plume=draws.take(f"{row.id}.dimmest_plume_kn", row.dimmest_plume_kn) * KN,
        latency=draws.take(f"{row.id}.report_latency_s", row.report_latency_s),
        false_alarms=row.false_alarms_per_scan,
        glint=_glint(sun, r, axes, more * row.false_alarms_per_scan),
    )


def _glint(sun: Floats, station: Floats, axes: Floats, expected: float) -> Floats:
    """Azimuth, elevation of the clouds that glint towards a satellite and their false detections a scan; zeros if none do."""
    place, aer = glint(sun, station), np.empty(3)
    if np.isnan(place).any():
        return np.zeros(3)
    azimuth_elevation_range(place, station, axes, aer)
    return np.array([aer[0], aer[1], expected])


def _site(row: Interceptor, party: int, draws: Draws) -> Site:
    lat, lon, r, axes = _place(row.lat_deg, row.lon_deg)

    def take(key: str) -> float:
        return draws.take(f"{row.id}.{key}", getattr(row, key))

    return Site(
        id=row.id,
        title=row.title,
        party=party,
        lat=lat,
        lon=lon,
        r_ecef=r,
        axes=axes,
        inventory=row.inventory,
        speed=take("burnout_speed_km_s") * KM,
        boost=take("boost_s"),
        floor=take("floor_km") * KM,
        ceiling=take("ceiling_km") * KM,
        p_kill=take("p_kill"),
        p_common=take("p_common"),
        handover_sigma=take("handover_sigma_km") * KM,
        commit_delay=take("commit_delay_s"),
        target_speed_max=take("target_speed_max_km_s") * KM if row.target_speed_max_km_s else math.inf,
        range_max=take("range_max_km") * KM if row.range_max_km else math.inf,
    )
