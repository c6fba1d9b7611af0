"""A history as CZML, for Cesium and programs that read its format: paths in time, areas while they held."""

from collections.abc import Iterator
from typing import Any

from entente.console.spans import Asked, known, spans

Packet = dict[str, Any]

COLOURS = {
    0: [0, 114, 178, 255],
    1: [213, 94, 0, 255],
    2: [0, 158, 115, 255],
}  # colour-blind safe (Okabe and Ito, 2008)
TRUTH = [180, 20, 50, 255]
FAINT = 60  # opacity of areas, of 255
METRES = 1000.0


def czml(what: Asked) -> list[Packet]:
    """The packets, the document first."""
    grid = what.document["grid"]
    whole = _interval(what, 0, grid["count"] - 1)
    exercise = "EXERCISE: " if what.document["origin"] == "exercise" else ""
    head = {
        "id": "document",
        "version": "1.0",
        "name": f"{exercise}{what.document['title']}: {what.document['case']['title']}, rung {what.rung['rung']}",
        "description": what.mark()["made_by"],
        "clock": {"interval": whole, "currentTime": what.utc(what.time_s(0)), "multiplier": 20},
    }
    return [head, *_places(what), *_truth(what), *_tracks(what)]


def _interval(what: Asked, begin: int, end: int) -> str:
    return f"{what.utc(what.time_s(begin))}/{what.utc(what.time_s(end))}"


def _places(what: Asked) -> Iterator[Packet]:
    for kind in ("sensors", "sites"):
        for place in what.document[kind]:
            alt = METRES * place.get("alt_km", 0.0)
            yield {
                "id": f"{kind}/{place['id']}",
                "name": place["title"],
                "position": {"cartographicDegrees": [place["lon_deg"], place["lat_deg"], alt]},
                "point": {"pixelSize": 8, "color": {"rgba": COLOURS[place["party"]]}},
                "label": {"text": place["title"], "font": "12px sans-serif", "pixelOffset": {"cartesian2": [0, -14]}},
            }


def _truth(what: Asked) -> Iterator[Packet]:
    for body in what.truth:
        yield _moving(what, body, f"truth/{body['object']}", f"Flight {body['object'] + 1}", TRUTH)


def _tracks(what: Asked) -> Iterator[Packet]:
    for track in what.tracks:
        colour, holder = COLOURS[track["holder"]], what.holders[track["holder"]]
        name = f"{holder}: track {track['id']}"
        key = f"track/{track['id']}"
        if any(True for _ in known(track)):
            yield _moving(what, track, key, name, colour)
        end = track["start"] + len(track["lat_deg"])
        for about in ("launch", "impact"):
            for n, (begin, until, area) in enumerate(spans(track[about], end)):
                lat, lon, major, minor, bearing = area[:5]
                yield {
                    "id": f"{key}/{about}/{n}",
                    "name": f"{name}: 90 % {about} area",
                    "availability": _interval(what, begin, until),
                    "position": {"cartographicDegrees": [lon, lat, 0.0]},
                    "ellipse": {
                        "semiMajorAxis": METRES * max(major, minor),
                        "semiMinorAxis": METRES * minor,
                        # Cesium turns the longer axis counterclockwise from north.
                        "rotation": {"number": -bearing * 3.141592653589793 / 180.0},
                        "fill": True,
                        "material": {"solidColor": {"color": {"rgba": [*colour[:3], FAINT]}}},
                        "outline": True,
                        "outlineColor": {"rgba": colour},
                        "height": 0.0,
                    },
                }


def _moving(what: Asked, path: Packet, key: str, name: str, colour: list[int]) -> Packet:
    """Something with a place at every moment: a point that moves, and the path behind it."""
    moments = list(known(path))
    places: list[float] = []
    for i, g in moments:
        places += [what.time_s(g), path["lon_deg"][i], path["lat_deg"][i], METRES * path["alt_km"][i]]
    return {
        "id": key,
        "name": name,
        "availability": _interval(what, moments[0][1], moments[-1][1]),
        "position": {
            "epoch": what.utc(0.0),
            "cartographicDegrees": places,
            "interpolationAlgorithm": "LAGRANGE",
            "interpolationDegree": 2,
        },
        "point": {"pixelSize": 9, "color": {"rgba": colour}},
        "path": {"material": {"solidColor": {"color": {"rgba": colour}}}, "width": 2, "leadTime": 0, "trailTime": 300},
    }
