"""A history as a table of plain rows: every track, and the truth, at every moment."""

import csv
import io
from typing import Any

from entente.console.spans import Asked, known, spans

COLUMNS = (
    *("origin", "rung", "party", "track", "t_s", "time_utc", "lat_deg", "lon_deg", "alt_km"),
    *("velocity_east_km_s", "velocity_north_km_s", "velocity_up_km_s"),
    *("area_major_km", "area_minor_km", "area_bearing_deg", "height_half_width_km", "chance_that_it_burns"),
    *("impact_lat_deg", "impact_lon_deg", "impact_major_km", "impact_minor_km", "impact_bearing_deg"),
    *("impact_t_s", "impact_t_half_width_s"),
)


def table(what: Asked) -> str:
    """CSV with a header; areas hold 90 %, half widths are of 90 % intervals; empty where nothing is known."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for body in what.truth:
        for i, g in known(body):
            writer.writerow([*_head(what, "truth", body["object"], g), *_place(body, i), *[""] * 15])
    for track in what.tracks:
        impacts = _by_moment(track)
        for i in range(len(track["lat_deg"])):
            g = track["start"] + i
            impact = impacts.get(g)
            if track["lat_deg"][i] is None and impact is None:
                continue
            row = [*track["velocity_km_s"][i], *track["area"][i], track["height_km"][i], track["burns"][i]]
            row = [*_head(what, what.holders[track["holder"]], track["id"], g), *_place(track, i), *row]
            writer.writerow([_blank(value) for value in [*row, *(impact or [None] * 7)]])
    return file.getvalue()


def _head(what: Asked, who: str, number: int, g: int) -> list[Any]:
    t = what.time_s(g)
    return [what.document["origin"], what.rung["rung"], who, number, f"{t:g}", what.utc(t)]


def _place(path: dict[str, Any], i: int) -> list[Any]:
    return [_blank(path[name][i]) for name in ("lat_deg", "lon_deg", "alt_km")]


def _by_moment(track: dict[str, Any]) -> dict[int, list[Any]]:
    """The impact area at each moment at which one is known."""
    end = track["start"] + len(track["lat_deg"])
    return {g: area for begin, until, area in spans(track["impact"], end) for g in range(begin, until)}


def _blank(value: Any) -> Any:
    return "" if value is None else value
