"""What every export asks of a document: which tracks, when what held, and areas as rings on the ground."""

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from entente.constants import R_MEAN
from entente.errors import unknown
from entente.physics.earth import destination
from entente.scenario.units import DEG, KM

SIDES = ("centre", "truth")  # what may be asked for beside the parties' names
CENTRE = 2
CORNERS = 48  # of a ring that stands for an ellipse: within 0.4 % of its area


@dataclass(frozen=True)
class Asked:
    """A document at one rung, from one side or all."""

    document: dict[str, Any]
    rung: dict[str, Any]
    side: str | None  # a party's name, `centre`, `truth`; None for everything

    @property
    def picture(self) -> dict[str, Any]:
        """What is believed at the rung."""
        picture: dict[str, Any] = self.document["pictures"][self.rung["picture"]]
        return picture

    @property
    def holders(self) -> list[str]:
        """The names of those who hold tracks, by number."""
        return [*(party["name"] for party in self.document["parties"]), "centre"]

    @property
    def tracks(self) -> list[dict[str, Any]]:
        """The tracks of the side that is asked for."""
        return [one for one in self.picture["tracks"] if self.side in (None, self.holders[one["holder"]])]

    @property
    def truth(self) -> list[dict[str, Any]]:
        """Where bodies really were, for who asks for all or for the truth."""
        return self.document["truth"] if self.side in (None, "truth") else []

    def time_s(self, moment: int) -> float:
        """Of a moment of the grid, seconds since the epoch."""
        grid = self.document["grid"]
        return float(grid["start_s"] + moment * grid["step_s"])

    def utc(self, seconds: float) -> str:
        """Seconds since the epoch as ISO 8601."""
        epoch = dt.datetime.fromisoformat(self.document["epoch"])
        return (epoch + dt.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def mark(self) -> dict[str, Any]:
        """What every exported thing says of where it comes from."""
        document = self.document
        return {
            "origin": document["origin"],
            "made_by": f"entente {document['made_by']['version']}, scenario {document['scenario_hash']}, "
            f"{document['case']['name']}, seed {document['seed']}, rung {self.rung['rung']}",
        }


def asked(document: dict[str, Any], rung: int | None = None, side: str | None = None) -> Asked:
    """A document at one rung, the highest if None.

    Raises:
        UnknownName: no such rung or side.
    """
    rungs = {one["rung"]: one for one in document["rungs"]}
    if rung is not None and rung not in rungs:
        raise unknown("rung", str(rung), map(str, rungs))
    names = [*(party["name"] for party in document["parties"]), *SIDES]
    if side is not None and side not in names:
        raise unknown("side", side, names)
    return Asked(document, rungs[max(rungs) if rung is None else rung], side)


def spans(changes: list[list[Any]], end: int) -> Iterator[tuple[int, int, Any]]:
    """From which moment to which (not included) each value held that was not null."""
    for n, (moment, value) in enumerate(changes):
        until = changes[n + 1][0] if n + 1 < len(changes) else end
        if value is not None:
            yield moment, until, value


def known(track: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Moments at which a track or a body has a place: number in its own arrays, number on the grid."""
    start = track.get("start", 0)
    for i, lat in enumerate(track["lat_deg"]):
        if lat is not None:
            yield i, start + i


def ring(area: list[float]) -> list[list[float]]:
    """An area as a closed ring of [longitude, latitude], counterclockwise as GeoJSON asks."""
    lat, lon, major, minor, bearing = area[:5]
    out = []
    for k in range(CORNERS):
        turn = -2.0 * math.pi * k / CORNERS
        along, across = major * math.cos(turn), minor * math.sin(turn)
        toward = bearing * DEG + math.atan2(across, along)
        out.append(_step(lat, lon, toward, math.hypot(along, across)))
    return [*out, out[0]]


def fan(sensor: dict[str, Any], face: dict[str, Any]) -> list[list[float]]:
    """A radar's face out to its published range, along the ground, as a closed ring."""
    half, middle = min(face["half_width_deg"], 180.0), face["azimuth_deg"]
    lat, lon, reach = sensor["lat_deg"], sensor["lon_deg"], sensor["reach_km"]
    count = max(2, math.ceil(half / 3.0) * 2)
    edge = [_step(lat, lon, (middle + half - 2.0 * half * k / count) * DEG, reach) for k in range(count + 1)]
    if half >= 180.0:
        return [*edge[:-1], edge[0]]
    return [[lon, lat], *edge, [lon, lat]]


def _step(lat_deg: float, lon_deg: float, azimuth: float, away_km: float) -> list[float]:
    """A place `away_km` from another; longitudes run on past 180 rather than jump, so that rings stay whole."""
    away = min(away_km * KM, 0.999 * math.pi * R_MEAN)
    lat, lon = destination(lat_deg * DEG, lon_deg * DEG, azimuth, away)
    turn = (lon / DEG - lon_deg + 180.0) % 360.0 - 180.0
    return [round(lon_deg + turn, 4), round(lat / DEG, 4)]
