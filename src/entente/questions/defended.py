"""What did a footprint find? The record of who covers which cells, and its answers: people, areas, tables."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.errors import unknown
from entente.questions.covered import MILLION, aligned
from entente.scenario.rows import find_rung
from entente.scenario.systems import Rung

Bools = NDArray[np.bool_]
WAYS = ("alone", "sensors", "interceptors")  # by itself; with the partner's sensors; and with its interceptors too
TITLES = ("alone", "with the partner's sensors", "with the partner's interceptors")
TOGETHER = (
    "coordinated",
    "sectoral",
    "joint",
)  # engagements in which the partner's interceptors answer for a party too


def way_of(rung: Rung) -> str:
    """Which of WAYS a rung makes."""
    if rung.fusion == "none":
        return "alone"
    return "interceptors" if rung.engagement in TOGETHER else "sensors"


@dataclass(frozen=True)
class Footprint:
    """What a party covers against flights from one region; arrays have one row a cell (P,), one column a way (3) of WAYS.

    Attributes:
        in_reach: cells that the vehicle reaches; the others are not asked.
        known_s: when the detections asked for are expected, seconds since lift-off, by the party's radars and with the
            partner's, (P, 2); inf where never.
        margin_s: time left between that moment and the latest commit, (P, 3); a cell is covered where it is not negative.
            With shoot-look-shoot it is the time left for the second salvo.
        site: number of the site with that margin, (P, 3); -1 if none.
        city_cell, city_people, city_country: where each city of 100,000 people and more lies.
        site_place: latitude, longitude [deg] and title of each site.
        asked_at: in_reach and margin_s at places between the cells: latitudes, longitudes [deg] (N,) -> (N,), (N, 3).
    """

    party: str
    partner: str
    region: str
    vehicle: str
    loft: str
    day: dt.date
    shots: str
    detections: float
    cell_km2: float
    sites: tuple[str, ...]
    site_party: tuple[str, ...]
    ladder: tuple[Rung, ...] = field(repr=False)
    lat_deg: Floats = field(repr=False)
    lon_deg: Floats = field(repr=False)
    in_reach: Bools = field(repr=False)
    known_s: Floats = field(repr=False)
    margin_s: Floats = field(repr=False)
    site: NDArray[np.int8] = field(repr=False)
    city_cell: NDArray[np.int64] = field(repr=False)
    city_people: NDArray[np.int64] = field(repr=False)
    city_country: tuple[str, ...] = field(repr=False)
    site_place: tuple[tuple[float, float, str], ...] = field(repr=False)
    asked_at: Callable[[Floats, Floats], tuple[Bools, Floats]] = field(repr=False, compare=False)

    def covered(self, way: str = "alone") -> Bools:
        """Cells that are covered, (P,): "alone", with the partner's "sensors", or with its "interceptors" too.

        Raises:
            UnknownName: no such way.
        """
        if way not in WAYS:
            raise unknown("way", str(way)[:40], WAYS)
        return self.margin_s[:, WAYS.index(way)] >= 0.0

    def way_at(self, rung: int) -> str:
        """Which of the three ways a rung of the ladder makes.

        Raises:
            UnknownName: no such rung.
        """
        return way_of(find_rung(rung, self.ladder))

    def people(self, way: str | None = None) -> int:
        """People in cities of 100,000 and more in covered cells, or in all that the vehicle reaches if None."""
        cells = self.in_reach if way is None else self.covered(way)
        return int(self.city_people[cells[self.city_cell]].sum())

    def people_by_country(self, way: str | None = None) -> dict[str, int]:
        """The same by country (ISO 3166-1 alpha-2), the most first."""
        cells = self.in_reach if way is None else self.covered(way)
        total: dict[str, int] = {}
        for inside, country, people in zip(cells[self.city_cell], self.city_country, self.city_people, strict=True):
            if inside:
                total[country] = total.get(country, 0) + int(people)
        return dict(sorted(total.items(), key=lambda one: -one[1]))

    def area_million_km2(self, way: str | None = None) -> float:
        """Area of covered cells, or of all that the vehicle reaches if None."""
        cells = self.in_reach if way is None else self.covered(way)
        return float(cells.sum()) * self.cell_km2 / MILLION

    @property
    def why_empty(self) -> str:
        """Why nothing is covered in any way; empty where something is."""
        if (self.margin_s >= 0.0).any():
            return ""
        if not self.sites:
            return "neither party has an interceptor on that day that the models fire"
        if not np.isfinite(self.known_s).any():
            return f"no radar of either is expected to detect such a flight {self.detections:g} times after its burnout"
        if (self.site < 0).all():
            return "no interceptor reaches any such flight, however early it leaves"
        return "every interceptor that reaches such a flight would have to leave before enough is known"

    def table(self) -> str:
        """People and areas by way, in lines of text."""
        lines = [("covered", "million people", "million km2", "of people in reach")]
        everybody = max(self.people(), 1)
        for way, title in zip(WAYS, TITLES, strict=True):
            people = self.people(way)
            area = self.area_million_km2(way)
            lines.append((title, f"{people / MILLION:,.1f}", f"{area:.2f}", f"{people / everybody:.1%}"))
        reach = f"{self.people() / MILLION:,.1f}", f"{self.area_million_km2():.2f}", "100.0%"
        lines.append(("in reach of the vehicle", *reach))
        said = aligned(lines)
        return f"{said}\n{self.why_empty}" if self.why_empty else said

    def to_dict(self) -> dict[str, Any]:
        """What `table` says as plain values, ready for JSON; without the cells."""
        everything = {
            way or "in_reach": {
                "people": self.people(way),
                "area_million_km2": self.area_million_km2(way),
                "people_by_country": self.people_by_country(way),
            }
            for way in (*WAYS, None)
        }
        kept = ("party", "partner", "region", "vehicle", "loft", "shots", "detections")
        return {
            **{key: getattr(self, key) for key in kept},
            "day": self.day.isoformat(),
            "sites": dict(zip(self.sites, self.site_party, strict=True)),
            "covered": everything,
            "why_empty": self.why_empty,
        }
