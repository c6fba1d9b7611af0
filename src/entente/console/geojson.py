"""A history as GeoJSON (RFC 7946): paths with their times, areas with the time they held, radars, satellites, sites."""

from collections.abc import Iterator
from typing import Any

from entente.console.spans import Asked, fan, known, ring, spans

Feature = dict[str, Any]


def geojson(what: Asked) -> dict[str, Any]:
    """A FeatureCollection; every feature says `kind`, `party` and, where it has any, its times (ISO 8601)."""
    features = [*_places(what), *_truth(what), *_tracks(what), *_shots(what)]
    return {"type": "FeatureCollection", "entente": what.mark(), "features": features}


def _feature(what: Asked, geometry: dict[str, Any], kind: str, **properties: Any) -> Feature:
    mark = {"origin": what.document["origin"]}
    return {"type": "Feature", "geometry": geometry, "properties": {"kind": kind, **properties, **mark}}


def _places(what: Asked) -> Iterator[Feature]:
    document = what.document
    for sensor in document["sensors"]:
        point = {"type": "Point", "coordinates": _at(sensor, 1000.0 * sensor.get("alt_km", 0.0))}
        said = {"name": sensor["title"], "party": what.holders[sensor["party"]]}
        yield _feature(what, point, sensor["kind"], **said)
        for face in sensor.get("faces", ()):
            yield _feature(what, _polygon(fan(sensor, face)), "radar face", reach_km=sensor["reach_km"], **said)
    for site in document["sites"]:
        point = {"type": "Point", "coordinates": _at(site)}
        yield _feature(what, point, "interceptor site", name=site["title"], party=what.holders[site["party"]])
    for region in document["regions"]:
        area = [region["lat_deg"], region["lon_deg"], max(region["radius_km"], 1.0), max(region["radius_km"], 1.0), 0.0]
        party = None if region["party"] is None else what.holders[region["party"]]
        yield _feature(what, _polygon(ring(area)), "region", name=region["title"], party=party)


def _truth(what: Asked) -> Iterator[Feature]:
    for body in what.truth:
        said = {"name": f"flight {body['object'] + 1}", "party": None, "times": _times(what, body)}
        yield _feature(what, _line(body), "truth", **said)


def _tracks(what: Asked) -> Iterator[Feature]:
    for track in what.tracks:
        said = {"track": track["id"], "party": what.holders[track["holder"]]}
        if any(True for _ in known(track)):
            yield _feature(what, _line(track), "track", times=_times(what, track), **said)
        end = track["start"] + len(track["lat_deg"])
        for name in ("launch", "impact"):
            for begin, until, area in spans(track[name], end):
                when = {"from": what.utc(what.time_s(begin)), "to": what.utc(what.time_s(until))}
                about = {"time": what.utc(area[5]), "time_half_width_s": area[6], "containment": 0.9}
                yield _feature(what, _polygon(ring(area)), f"{name} area", **said, **when, **about)


def _shots(what: Asked) -> Iterator[Feature]:
    if what.side is not None:
        return
    for shot in what.rung["shots"]:
        site = what.document["sites"][shot["site"]]
        lat, lon = shot["place"]
        ends = _unwrapped([_at(site, 0.0), [lon, lat, 1000.0 * shot["alt_km"]]])
        said = {"from": what.utc(shot["launch_s"]), "to": what.utc(shot["intercept_s"]), "hit": shot["hit"]}
        line = {"type": "LineString", "coordinates": ends}
        yield _feature(what, line, "interceptor", name=site["title"], party=what.holders[site["party"]], **said)


def _at(place: dict[str, Any], alt_m: float | None = None) -> list[float]:
    point = [place["lon_deg"], place["lat_deg"]]
    return point if alt_m is None else [*point, alt_m]


def _line(path: dict[str, Any]) -> dict[str, Any]:
    points = [[path["lon_deg"][i], path["lat_deg"][i], round(1000.0 * path["alt_km"][i])] for i, _ in known(path)]
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    return {"type": "LineString", "coordinates": _unwrapped(points)}


def _unwrapped(points: list[list[float]]) -> list[list[float]]:
    """Longitudes that run on past 180 rather than jump across the map."""
    out = [points[0]]
    for point in points[1:]:
        turn = (point[0] - out[-1][0] + 180.0) % 360.0 - 180.0
        out.append([round(out[-1][0] + turn, 4), *point[1:]])
    return out


def _times(what: Asked, path: dict[str, Any]) -> list[str]:
    return [what.utc(what.time_s(g)) for _, g in known(path)]


def _polygon(corners: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [corners]}
