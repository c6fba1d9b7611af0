"""One history at all its rungs as a document: what the browser draws, and what every export is made from.

The document (format 1) is a JSON object. Angles are in degrees, lengths in kilometres, speeds in km/s, times in seconds since
the epoch. Arrays over moments follow `grid`; null stands where nothing is believed. What seldom changes is a list of
[number of the moment, what holds from then on]. Areas hold 90 % and are
[latitude, longitude, longer semi-axis, shorter, bearing of the longer from north, time, half width of the 90 % interval of it].
`pictures` are shared by the rungs at which the same is known; a party is its number in `parties`, 2 the joint centre.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from entente import provenance
from entente.compiled import Floats, kernel
from entente.console.recorded import changes, rounded
from entente.estimate.belief import MAJOR, MINOR, WHEN_SIGMA
from entente.estimate.classify import CLASSES
from entente.estimate.score import ellipse
from entente.knowing import IN_90, TIME_90
from entente.measures import MEASURES
from entente.physics.earth import enu_axes, geodetic_from_ecef
from entente.records import FALSE_ALARM, LAST_BIT, RADAR, WARNING, Areas, Bools, Flights, Picture, Shared, Tracks
from entente.run import Run, all_rungs, before_sharing
from entente.scenario.load import scenario_hash
from entente.scenario.rows import find_rung
from entente.scenario.schema import Scenario
from entente.scenario.units import DEG, KM
from entente.scenario.world import Sensor, Site, World

FORMAT = 1
PLACE, LENGTH, SHARE = 4, 3, 3  # digits after the point: 11 m, 1 m, a thousandth


def replay(scenario: Scenario, case: str, seed: int, rungs: Sequence[int] | None = None) -> dict[str, Any]:
    """The document of one history.

    Args:
        scenario, case, seed: as `run.simulate` takes them.
        rungs: those of the scenario if None.
    Raises:
        as `run.simulate`.
    """
    chosen = list(scenario.rungs if rungs is None else rungs)
    begun = before_sharing(scenario, case, seed)
    return document(scenario, all_rungs(begun, chosen))


def document(scenario: Scenario, runs: Mapping[int, Run]) -> dict[str, Any]:
    """The document of one history, told at several rungs: (rung -> run)."""
    first = next(iter(runs.values()))
    world, flights, t = first.world, first.flights, first.picture.tracks.t
    pictures: list[Run] = []
    for run in runs.values():
        if not any(run.picture is other.picture for other in pictures):
            pictures.append(run)
    return {
        "format": FORMAT,
        "made_by": {"program": "entente", "version": provenance.version(), "code": provenance.code_hash()},
        "scenario_hash": scenario_hash(scenario),
        "origin": scenario.origin,
        "title": scenario.title,
        "question": scenario.question,
        "epoch": scenario.epoch.isoformat().replace("+00:00", "Z"),
        "case": _case(world),
        "cases": [{"name": case.name, "title": case.title} for case in scenario.cases],
        "seed": world.seed,
        "grid": {"start_s": float(t[0]), "step_s": float(t[1] - t[0]), "count": len(t)},
        "classes": list(CLASSES),
        "parties": [{"name": party.name, "title": party.title} for party in world.parties],
        "regions": _regions(world),
        "sensors": [_sensor(sensor) for sensor in world.sensors],
        "sites": [_site(site) for site in world.sites],
        "notice": _notice(world),
        "truth": [_truth(flights, body, t) for body in range(flights.count)],
        "measures": {name: {"title": m.title, "unit": m.unit, "better": m.better} for name, m in MEASURES.items()},
        "pictures": [_picture(run.picture, run.shared) for run in pictures],
        "rungs": [
            _rung(run, next(i for i, one in enumerate(pictures) if one.picture is run.picture)) for run in runs.values()
        ],
    }


def _case(world: World) -> dict[str, Any]:
    case, vehicle = world.case, world.threat.vehicle
    return {
        "name": case.name,
        "title": case.title,
        "nature": case.nature,
        "launched_by": case.launched_by,
        "launches": case.launches,
        "vehicle": vehicle.title,
        "class": vehicle.range_class,
    }


def _regions(world: World) -> list[dict[str, Any]]:
    """The two ends of the flight and what is defended: centroids with a radius, never places."""
    answered = {name: number for number, party in enumerate(world.parties) for name in party.answers_for}
    out = []
    for region in world.scenario.regions:
        roles = [role for role, one in (("origin", world.origin), ("target", world.target)) if one.name == region.name]
        out.append(
            {
                "name": region.name,
                "title": region.title,
                "lat_deg": region.lat_deg,
                "lon_deg": region.lon_deg,
                "radius_km": region.radius_km,
                "roles": roles,
                "party": answered.get(region.name),
            }
        )
    return out


def _sensor(sensor: Sensor) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "id": sensor.id,
        "title": sensor.title,
        "party": sensor.party,
        "kind": "radar" if sensor.kind == RADAR else "satellite",
        "lat_deg": round(sensor.lat / DEG, PLACE),
        "lon_deg": round(sensor.lon / DEG, PLACE),
        "revisit_s": round(sensor.revisit, 1),
        "latency_s": round(sensor.latency, 1),
    }
    if sensor.kind == RADAR:
        plain["reach_km"] = round(sensor.reach_published / KM)
        plain["reach_body_km"] = round(sensor.reach_coast / KM)
        plain["elevation_deg"] = [round(angle / DEG, 1) for angle in sensor.elevation]
        plain["faces"] = [
            {"azimuth_deg": round(float(face[0]) / DEG, 1), "half_width_deg": round(float(face[1]) / DEG, 1)}
            for face in sensor.faces
        ]
    else:
        lat, lon, alt = geodetic_from_ecef(*sensor.r_ecef)
        plain |= {"lat_deg": round(lat / DEG, PLACE), "lon_deg": round(lon / DEG, PLACE), "alt_km": round(alt / KM)}
    return plain


def _site(site: Site) -> dict[str, Any]:
    return {
        "id": site.id,
        "title": site.title,
        "party": site.party,
        "lat_deg": round(site.lat / DEG, PLACE),
        "lon_deg": round(site.lon / DEG, PLACE),
        "inventory": site.inventory,
        "range_km": round(site.range_max / KM) if math.isfinite(site.range_max) else None,
    }


def _notice(world: World) -> dict[str, Any] | None:
    """What was announced, if anything: a window in time and an area."""
    notice = world.case.notice
    if notice is None:
        return None
    return {
        "by": notice.by,
        "lat_deg": world.origin.lat_deg,
        "lon_deg": world.origin.lon_deg,
        "radius_km": notice.radius_km,
        "window_s": [
            round(world.case.launch_s - 0.5 * notice.window_s),
            round(world.case.launch_s + 0.5 * notice.window_s),
        ],
    }


def _truth(flights: Flights, body: int, t: Floats) -> dict[str, Any]:
    """Where a body really was: for the analyst's eyes."""
    flies = (t >= flights.t_launch[body]) & (t <= flights.t_impact[body])
    return {
        "object": body,
        "launch_s": round(float(flights.t_launch[body]), 1),
        "burnout_s": round(float(flights.t_burnout[body]), 1),
        "impact_s": round(float(flights.t_impact[body]), 1),
        "apogee_km": round(float(flights.apogee[body]) / KM, 1),
        "launch_deg": _place(flights.launch_ecef[body]),
        "impact_deg": _place(flights.impact_ecef[body]),
        **_path(flights.positions_at(body, t), flies),
    }


def _place(r_ecef: Floats) -> list[float]:
    lat, lon, _ = geodetic_from_ecef(*r_ecef)
    return [round(lat / DEG, PLACE), round(lon / DEG, PLACE)]


def _path(r_ecef: Floats, there: Bools) -> dict[str, Any]:
    """Latitudes, longitudes and heights of places (G, 3), null where not `there`."""
    table = np.full((len(there), 3), np.nan)
    _geodetic_many(np.ascontiguousarray(r_ecef), there, table)
    table[:, :2] /= DEG
    return {
        "lat_deg": rounded(table[:, 0], PLACE),
        "lon_deg": rounded(table[:, 1], PLACE),
        "alt_km": rounded(table[:, 2] / KM, 2),
    }


@kernel
def _geodetic_many(r_ecef: Floats, there: Bools, out: Floats) -> None:
    for g in range(len(there)):
        if there[g]:
            out[g, 0], out[g, 1], out[g, 2] = geodetic_from_ecef(r_ecef[g, 0], r_ecef[g, 1], r_ecef[g, 2])


@kernel
def _local_many(x: Floats, P: Floats, there: Bools, out: Floats) -> None:
    """Of states (G, 6): velocity east, north, up, then the 1-sigma ellipse on the ground and the sigma of the height."""
    axes, level = np.empty((3, 3)), np.empty((2, 2))
    for g in range(len(there)):
        if not there[g]:
            continue
        lat, lon, _ = geodetic_from_ecef(x[g, 0], x[g, 1], x[g, 2])
        enu_axes(lat, lon, axes)
        for a in range(3):
            out[g, a] = axes[a, 0] * x[g, 3] + axes[a, 1] * x[g, 4] + axes[a, 2] * x[g, 5]
        for a in range(3):
            for b in range(3):
                spread = 0.0
                for i in range(3):
                    for j in range(3):
                        spread += axes[a, i] * P[g, i, j] * axes[b, j]
                if a < 2 and b < 2:
                    level[a, b] = spread
                elif a == 2 and b == 2:
                    out[g, 6] = math.sqrt(spread)
        out[g, 3], out[g, 4], out[g, 5] = ellipse(level)


def _picture(picture: Picture, shared: Shared) -> dict[str, Any]:
    tracks = picture.tracks
    rows = [k for k in range(len(tracks.obj)) if tracks.held[k].any()]
    return {
        "told_s": rounded(picture.told, 1),
        "doubted_s": rounded(picture.doubted, 1),
        "refused": picture.refused.tolist(),
        "noticed": shared.noticed.tolist(),
        "messages": [
            [
                int(shared.giver[m]),
                "warning" if shared.kind[m] == WARNING else "track",
                round(float(shared.t[m]), 1),
                round(float(shared.arrives[m]), 1),
            ]
            for m in range(len(shared.t))
        ],
        "tracks": [_track(tracks, k, number) for number, k in enumerate(rows)],
    }


def _track(tracks: Tracks, k: int, number: int) -> dict[str, Any]:
    """One track over the moments at which it is held; arrays begin at moment `start`."""
    held = tracks.held[k]
    at = np.flatnonzero(held)
    part = slice(at[0], at[-1] + 1)
    known = held & np.isfinite(tracks.x[k, :, 0])
    local = np.full((len(held), 7), np.nan)
    _local_many(tracks.x[k], tracks.P[k], known, local)
    local[:, 3:5] *= math.sqrt(IN_90) / KM
    path = _path(np.nan_to_num(tracks.x[k, :, :3]), known)
    return {
        "id": number,
        "holder": int(tracks.holder[k]),
        "since_s": round(float(tracks.since[k]), 1) if np.isfinite(tracks.since[k]) else None,
        "object": None if tracks.obj[k] == FALSE_ALARM else int(tracks.obj[k]),
        "start": int(at[0]),
        **{name: values[part] for name, values in path.items()},
        "velocity_km_s": rounded(local[part, :3] / KM, 4),
        "area": rounded(np.column_stack([local[part, 3:5], local[part, 5] / DEG]), LENGTH),
        "height_km": rounded(local[part, 6] * TIME_90 / KM, LENGTH),
        "burns": rounded(tracks.p_boost[k, part], 2),
        "launch": _areas(held, tracks.launch[k]),
        "impact": _areas(held, tracks.impact[k]),
        "seen_by": changes(held, tracks.seen_by[k], int),
        "made_of": changes(held, tracks.made_of[k], int),
        "share": changes(held, tracks.share[k], lambda share: None if np.isnan(share) else round(float(share), 2)),
        "sensors": changes(held, tracks.sensors[k], _members),
        "messages": changes(held, tracks.sent[k], lambda rows: rows[rows >= 0].tolist()),
        "class": changes(held, tracks.classes[k], lambda p: None if np.isnan(p[0]) else rounded(p, 2)),
    }


def _areas(held: Bools, areas: Areas) -> list[list[Any]]:
    """90 % areas (G,), where they change."""
    table = areas.table
    table[:, (0, 1, 4)] /= DEG
    table[:, (MAJOR, MINOR)] *= math.sqrt(IN_90) / KM
    table[:, WHEN_SIGMA] *= TIME_90
    digits = (PLACE, PLACE, LENGTH, LENGTH, 1, 1, 1)

    def say(row: Floats) -> list[Any] | None:
        return None if np.isnan(row[0]) else [rounded(value, n) for value, n in zip(row, digits, strict=True)]

    return changes(held, table, say)


def _members(bits: np.int64) -> list[int]:
    """The sensors in a set, by number."""
    return [n for n in range(LAST_BIT + 1) if int(bits) >> n & 1]


def _rung(run: Run, picture: int) -> dict[str, Any]:
    row = find_rung(run.rung, run.world.scenario.ladder)
    outcome = run.outcome
    return {
        "rung": run.rung,
        "name": row.name,
        "flows": list(row.flows),
        "fusion": row.fusion,
        "engagement": row.engagement,
        "picture": picture,
        "shots": [
            {
                "site": int(outcome.site[k]),
                "object": int(outcome.obj[k]),
                "launch_s": round(float(outcome.t_launch[k]), 1),
                "intercept_s": round(float(outcome.t_intercept[k]), 1),
                "p_kill": round(float(outcome.p_kill[k]), SHARE),
                "hit": bool(outcome.hit[k]),
                "place": _place(outcome.r_ecef[k]),
                "alt_km": round(float(geodetic_from_ecef(*outcome.r_ecef[k])[2]) / KM, 1),
            }
            for k in range(len(outcome.site))
        ],
        "events": [
            {
                "t_s": round(event.t, 1),
                "party": event.party if event.party >= 0 else None,
                "what": event.what,
                "text": event.text,
            }
            for event in run.assessment.events
        ],
        "measures": {name: rounded(values, 4) for name, values in run.assessment.values.items()},
    }
