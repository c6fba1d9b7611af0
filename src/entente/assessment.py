"""Stage 7: the measures of one history (what each is stands in measures.py)."""

import math

import numpy as np

from entente.compiled import Floats
from entente.estimate.classify import CLASSES
from entente.estimate.picture import gospa_many
from entente.knowing import (
    IN_50,
    IN_90,
    best_area,
    contains,
    credible,
    log_score,
    people_inside,
    sites_inside,
    size_km2,
    states_inside,
    threatens,
    time_of,
)
from entente.measures import GOSPA_CUTOFF_KM, GOSPA_ORDER, LOOK_AT, MEASURES, RESOLVED_AT
from entente.physics.earth import geodesic
from entente.records import (
    FALSE_ALARM,
    TRACK,
    WARNING,
    Assessment,
    Flights,
    NationalTracks,
    Outcome,
    Picture,
    Shared,
    Tracks,
)
from entente.scenario.rows import find_rung
from entente.scenario.units import DEG, KM, KM2
from entente.scenario.world import NOBODY, World
from entente.strategy.attrition import none_through, stopped_each

LATEST_PIECE = 1.2816  # standard deviations after the mean by which nine in ten are down
UNKNOWN_AXIS = 1_500_000.0  # m  1-sigma prior of an impact point of which nothing is known: half a continent

__all__ = ["MEASURES", "assess"]


def assess(
    world: World,
    flights: Flights,
    national: NationalTracks,
    shared: Shared,
    picture: Picture,
    outcome: Outcome,
    rung: int,
) -> Assessment:
    """All measures of one history at one rung."""
    return Assessment(known(world, flights, national, shared, picture) | done(world, flights, outcome, rung))


def known(
    world: World, flights: Flights, national: NationalTracks, shared: Shared, picture: Picture
) -> dict[str, Floats]:
    """The measures of what the parties know and give: the same at all rungs at which the same flows."""
    values = {name: np.full(len(world.parties), np.nan) for name in MEASURES}
    for party in range(len(world.parties)):
        mine = picture.tracks.of(party)
        own = national.tracks.of(party)
        bodies = [mine.rows(mine.obj == obj) for obj in range(flights.count)]
        rule, impacts = world.parties[party].warning, flights.t_impact
        warned = [credible(rule, body, float(impact)) for body, impact in zip(bodies, impacts, strict=True)]
        objects = [_of_object(world, flights, obj, bodies[obj], own, warned[obj]) for obj in range(flights.count)]
        found = {name: _mean([of_one[name] for of_one in objects]) for name in objects[0]}
        # Of a group the first launch is what becomes known first, so from there the time counts.
        first = np.fmin(national.first_seen[party], picture.told[party]) - flights.t_launch.min()
        found |= {"first_known_s": float(first), "spurious_tracks": _too_many(mine)}
        found["gospa_km"] = _gospa(flights, mine)
        found |= _ambiguity(world, flights, party, mine, warned, bool(shared.noticed[party]))
        found |= _given(flights, party, shared)
        for name, value in found.items():
            values[name][party] = value
    return values


def done(world: World, flights: Flights, outcome: Outcome, rung: int) -> dict[str, Floats]:
    """The measures of who answers what, by name; only those that are defined for a party at all."""
    row = find_rung(rung, world.scenario.ladder)
    told = bool({"rules", "assignments"} & set(row.flows))
    values: dict[str, Floats] = {}
    for party in range(len(world.parties)):
        found = _fired(world, flights, party, outcome, known_to_both=row.engagement not in ("alone", "deconflicted"))
        found |= _protection(world, flights, party, outcome) | _aftermath(world, party, outcome, told)
        if "rules" in row.flows and "commit_s" in found:
            found["given_commit_s"] = found["commit_s"]
        for name, value in found.items():
            values.setdefault(name, np.full(len(world.parties), np.nan))[party] = value
    return values


def _mean(values: list[float]) -> float:
    """Over all objects; undefined where it is undefined for one: a mean over other objects would be another question."""
    return float(np.mean(values)) if values else math.nan


def _of_object(
    world: World, flights: Flights, obj: int, tracks: Tracks, own: Tracks, warned_at: float
) -> dict[str, float]:
    """The measures of what one party knows of one object by `tracks`, and knew by its `own`; times since its launch."""
    t0, impact = float(flights.t_launch[obj]), float(flights.t_impact[obj])
    flies = t0 + LOOK_AT < impact
    at = int(np.searchsorted(tracks.t, t0 + LOOK_AT)) if flies else len(tracks.t)
    launch, area = best_area(tracks.launch, tracks.held, at), best_area(tracks.impact, tracks.held, at)
    alone = own.obj == obj
    before = best_area(own.impact[alone], own.held[alone], at)
    error, sigma, chance, named = _best_track(flights, obj, tracks, at, CLASSES.index(world.vehicle.range_class))
    late, width, in_time = time_of(area, impact)
    coasting = (tracks.t >= flights.t_burnout[obj]) & (tracks.t <= impact)
    has_state = np.asarray((tracks.held & np.isfinite(tracks.x[..., 0])).any(axis=0))
    critical = world.scenario.critical_sites
    lat, lon = (np.array([getattr(site, key) for site in critical]) * DEG for key in ("lat_deg", "lon_deg"))
    return {
        "warning_s": warned_at - t0,
        "warning_lead_s": impact - warned_at,
        "warned": float(not math.isnan(warned_at)),
        "launch_area_90_km2": size_km2(launch, IN_90),
        "impact_area_50_km2": size_km2(area, IN_50),
        "impact_area_90_km2": size_km2(area, IN_90),
        "impact_inside_50": contains(area, flights.impact_ecef[obj], IN_50),
        "impact_inside_90": contains(area, flights.impact_ecef[obj], IN_90),
        "impact_time_error_s": late,
        "impact_time_90_s": width,
        "impact_time_inside_90": in_time,
        "impact_score_nats": _score(area, flights.impact_ecef[obj]) if flies else math.nan,
        "people_in_area": people_inside(area),
        "sites_in_area": sites_inside(area, lat, lon) if len(critical) else math.nan,
        "position_error_km": error,
        "position_sigma_km": sigma,
        "class_chance": chance,
        "class_named": named,
        "completeness": float(has_state[coasting].mean()) if coasting.any() else math.nan,
        "information_nats": math.log(_spread(before) / _spread(area)) if flies else math.nan,
    }


def _score(area: Floats | None, impact_ecef: Floats) -> float:
    """The log score of an area; where there is none, what the prior of an unknown impact point scores on average."""
    if area is None:
        return math.log(2.0 * math.pi * UNKNOWN_AXIS**2 / KM2) + 1.0
    return log_score(area, impact_ecef)


def _spread(area: Floats | None) -> float:
    """Product of the semi-axes: the exponential of the entropy but for a constant; that of the prior if unknown."""
    return UNKNOWN_AXIS**2 if area is None else float(area[2] * area[3])


def _best_track(flights: Flights, obj: int, tracks: Tracks, at: int, kind: int) -> tuple[float, float, float, float]:
    """Of the best track held at a moment: error and claimed standard deviation (root of the trace) of the position [km],
    the chance it gives to the class `kind`, and 1 if it names that.
    """
    if at >= len(tracks.t) or not (tracks.held[:, at] & np.isfinite(tracks.x[:, at, 0])).any():
        return math.nan, math.nan, math.nan, math.nan
    spread = np.trace(tracks.P[:, at, :3, :3], axis1=1, axis2=2)
    best = int(np.nanargmin(np.where(tracks.held[:, at], spread, np.nan)))
    error = float(np.linalg.norm(tracks.x[best, at, :3] - flights.position_at(obj, float(tracks.t[at]))))
    classes = tracks.classes[best, at]
    named = math.nan if np.isnan(classes[kind]) else float(np.argmax(classes) == kind)
    return error / KM, math.sqrt(float(spread[best])) / KM, float(classes[kind]), named


def _too_many(tracks: Tracks) -> float:
    """Tracks held beyond one for each real object, averaged over the moments at which any is held; 0 if none ever is."""
    held = tracks.held & np.isfinite(tracks.x[..., 0])
    real = np.zeros(held.shape[1])
    for obj in np.unique(tracks.obj[tracks.obj != FALSE_ALARM]):
        real += held[tracks.obj == obj].any(axis=0)
    some = np.asarray(held.any(axis=0))
    return float((held.sum(axis=0) - real)[some].mean()) if some.any() else 0.0


def _gospa(flights: Flights, tracks: Tracks) -> float:
    """How far the tracks are from what flies [km], averaged over the moments at which anything does."""
    flies = (tracks.t >= flights.t_launch[:, None]) & (tracks.t <= flights.t_impact[:, None])
    places = np.array([flights.positions_at(body, tracks.t) for body in range(flights.count)])
    held = tracks.held & np.isfinite(tracks.x[..., 0])
    apart = np.empty(len(tracks.t))
    gospa_many(held, tracks.x[..., :3], flies, places, GOSPA_CUTOFF_KM * KM, GOSPA_ORDER, apart)
    return float(apart[flies.any(axis=0)].mean()) / KM


def _ambiguity(
    world: World, flights: Flights, party: int, tracks: Tracks, warned: list[float], noticed: bool
) -> dict[str, float]:
    """Whether a party holds an event for what it is: an attack on somebody's region, or not.

    An attack, once a credible warning points at a region that is answered for. Not an attack, if its own announcement or
    one it knows of covers the launch, or if every credible warning points elsewhere. Otherwise unresolved.
    """
    t0 = float(flights.t_launch.min())
    out = {}
    for moment in RESOLVED_AT:
        at = int(np.searchsorted(tracks.t, t0 + moment))
        if at >= len(tracks.t):
            continue
        areas = [
            best_area(tracks.impact[tracks.obj == obj], tracks.held[tracks.obj == obj], at)
            for obj, when in enumerate(warned)
            if when <= t0 + moment
        ]
        pointed = [threatens(area, world.defended) for area in areas if area is not None]
        if any(pointed):
            says: bool | None = True
        elif (
            pointed
            or world.parties[party].name == world.case.launched_by
            or (noticed and _announced(world, tracks, at))
        ):
            says = False
        else:
            says = None
        truth = world.case.nature == "attack"
        out[f"resolved_{moment:.0f}"] = float(says is truth)
        out[f"wrong_{moment:.0f}"] = float(says is (not truth))
        out[f"unresolved_{moment:.0f}"] = float(says is None)
    return out


def _announced(world: World, tracks: Tracks, at: int) -> bool:
    """Whether what is seen at a moment starts where the announcement says."""
    if world.case.notice is None:
        return False
    for row in tracks.launch[:, at].table[tracks.held[:, at]]:
        away, allowed = (
            geodesic(float(row[0]), float(row[1]), *world.threat.origin)[0],
            world.case.notice.radius_km * KM + math.sqrt(IN_90) * float(row[2]),
        )
        if away <= allowed:
            return True
    return False


def _fired(world: World, flights: Flights, party: int, outcome: Outcome, known_to_both: bool) -> dict[str, float]:
    """What a party's sites did; nothing without sites. A second salvo that both know of is agreed, not fired unknowing."""
    sites = [n for n, site in enumerate(world.sites) if site.party == party]
    out: dict[str, float] = {}
    fired = np.zeros((flights.count, len(world.parties)), np.bool_)
    fired[outcome.obj, [world.sites[n].party for n in outcome.site]] = True
    twice = fired.min(axis=1) if not known_to_both else np.zeros(flights.count, np.bool_)
    if sites:
        mine = np.isin(outcome.site, sites)
        out["engaged"] = len(np.unique(outcome.obj[mine])) / flights.count
        out["commit_s"] = float(outcome.t_launch[mine].min() - flights.t_launch.min()) if mine.any() else math.nan
        out["shots"] = float(mine.sum())
        out["shots_left"] = float(outcome.left[sites].sum())
        out["shots_twice"] = float((mine & twice[outcome.obj]).sum())
    if all(any(site.party == p for site in world.sites) for p in range(len(world.parties))):
        out["double_engaged"] = float(twice.mean())
        out["seam_gaps"] = float(outcome.left_to_other.mean())
    return out


def _protection(world: World, flights: Flights, party: int, outcome: Outcome) -> dict[str, float]:
    """How safe the region of the raid is if the party answers for it; nothing without a region, or sites to defend it."""
    nobody = all(home.party == NOBODY for home in world.defended)
    has_sites = any(site.party == party for site in world.sites)
    concerned = has_sites if nobody else world.case.target in world.parties[party].answers_for
    if not concerned or world.case.nature != "attack":
        return {}
    party_of = np.array([world.sites[n].party for n in outcome.salvo_site], np.int32)
    holds = np.array([world.sites[n].p_common for n in outcome.salvo_site])
    salvos = outcome.salvo_obj, party_of, holds
    with_decoys = outcome.agreed * stopped_each(*salvos, outcome.missed_decoys, flights.count)
    out = {
        "p_no_leaker": float(np.prod(outcome.p_no_leak)),
        "p_no_leaker_system": outcome.agreed * none_through(*salvos, outcome.missed, flights.count),
        "p_no_leaker_decoys": float(np.prod(with_decoys)),
        "leakers_expected": float((1.0 - outcome.p_no_leak).sum()),
    }
    target = world.target
    people, sites = _in_region(world, target.lat_deg * DEG, target.lon_deg * DEG, target.radius_km * KM)
    for name, count in (("people", people), ("sites", sites)):
        if not math.isnan(count):
            out[f"{name}_protected"] = count * out["p_no_leaker"]
            out[f"{name}_protected_decoys"] = count * out["p_no_leaker_decoys"]
    return out


def _in_region(world: World, lat: float, lon: float, radius: float) -> tuple[float, float]:
    """People in cities, and notional critical sites, inside a circle on the ground; sites nan where the scenario has none."""
    circle = np.array([lat, lon, radius / math.sqrt(IN_90), radius / math.sqrt(IN_90), 0.0, 0.0, 0.0])
    critical = world.scenario.critical_sites
    lats, lons = (np.array([getattr(site, key) for site in critical]) * DEG for key in ("lat_deg", "lon_deg"))
    return people_inside(circle), sites_inside(circle, lats, lons) if critical else math.nan


def _aftermath(world: World, party: int, outcome: Outcome, told: bool) -> dict[str, float]:
    """What a party's salvos leave behind, as predicted when they were fired; only the count of keep-outs if it fired none."""
    mine = outcome.salvo_fired & np.array([world.sites[n].party == party for n in outcome.salvo_site], np.bool_)
    if not any(site.party == party for site in world.sites):
        return {}
    out = {"keep_outs": float(mine.sum()) if told else 0.0}
    if not mine.any():
        return out
    seen = outcome.seen[mine]
    out["flight_seen"] = float(seen.mean())
    out["flight_untold"] = 0.0 if told else float(seen.mean())
    out["flight_alarm"] = 0.0 if told else float((seen & outcome.toward[mine]).mean())
    down = outcome.debris.known[mine]
    areas = outcome.debris.table[mine][down]
    if not len(areas):
        return out
    homes = tuple(home for home in world.defended if home.party == 1 - party)
    out["debris_km2"] = float(np.mean([size_km2(area, IN_90) for area in areas]))
    out["debris_people"] = float(sum(people_inside(area) for area in areas))
    out["debris_states"] = float(len(set().union(*(states_inside(area) for area in areas))))
    out["debris_on_partner"] = float(np.mean([threatens(area, homes) for area in areas]))
    out["keep_out_s"] = float(np.mean(areas[:, 5] + LATEST_PIECE * areas[:, 6] - outcome.salvo_launch[mine][down]))
    return out


def _given(flights: Flights, party: int, shared: Shared) -> dict[str, float]:
    """What a party lets the other see of itself: the features of its own release."""
    rows = shared.giver == party
    out = {"given_messages": float(rows.sum())}
    if not rows.any():
        return out
    arrives = shared.arrives[rows]
    out["given_first_s"] = float(arrives[0] - flights.t_launch.min())
    out["given_gap_s"] = float(np.diff(arrives).max()) if len(arrives) > 1 else math.nan
    areas = shared.impact[rows]
    if areas.known.any():
        out["given_area_km2"] = size_km2(areas.table[np.argmax(areas.known)], IN_90)
    states, warnings = rows & (shared.kind == TRACK), rows & (shared.kind == WARNING)
    if warnings.any():
        out["given_delay_s"] = float(np.median((shared.arrives - shared.t)[warnings]))
    if states.any():
        out["given_state_s"] = float(shared.t[states].min() - flights.t_launch.min())
        out["given_state_delay_s"] = float(np.median((shared.arrives - shared.t)[states]))
        spread = np.trace(shared.P[states][:, :3, :3], axis1=1, axis2=2)
        out["given_sigma_km"] = float(np.sqrt(np.median(spread))) / KM
    return out
