"""What a party's tracks say: when a warning is credible, the best area, whether it holds a point, whom it threatens."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.physics.earth import geodesic, geodetic_from_ecef
from entente.records import INFRARED, RADAR, Areas, Bools, Codes, Ints, Tracks
from entente.scenario.places import cities
from entente.scenario.schema import WarningRule
from entente.scenario.units import DEG, KM2
from entente.scenario.world import Home

IN_90 = -2.0 * math.log(0.1)  # squared axes of the 90 % ellipse over those of the 1-sigma ellipse
IN_50 = -2.0 * math.log(0.5)
TIME_90 = 1.6449  # standard deviations: half of the interval that holds 90 % of a Gaussian


def credible(rule: WarningRule, tracks: Tracks, before: float) -> float:
    """The first moment before `before` [s] at which the party's own rule holds for these tracks of one body; nan if never."""
    size = math.pi * IN_90 * tracks.impact.axes[..., 0] * tracks.impact.axes[..., 1]
    located: Bools = tracks.held & (size <= rule.impact_area_max_km2 * KM2)
    if not located.any():
        return math.nan
    seen: Codes = np.bitwise_or.reduce(np.where(tracks.held, tracks.seen_by, np.int8(0)), axis=0)
    kinds = (seen & RADAR > 0).astype(int) + (seen & INFRARED > 0)
    holds: Bools = located.any(axis=0) & (kinds >= rule.phenomenologies)
    if rule.or_confirmed_track:
        by_radar: Bools = np.isfinite(tracks.x[..., 0]) & (tracks.seen_by & RADAR > 0)
        holds |= (located & by_radar).any(axis=0)
    moments = tracks.t[np.flatnonzero(holds & (tracks.t < before))]
    return float(moments[0]) if len(moments) else math.nan


def best_area(areas: Areas, held: Bools, at: int) -> Floats | None:
    """The smallest area known at a moment of the grid, as a table row; None if none is."""
    if at >= held.shape[1]:
        return None
    rows = areas[:, at].table[held[:, at] & np.isfinite(areas.lat[:, at])]
    return rows[np.argmin(rows[:, 2] * rows[:, 3])] if len(rows) else None


def size_km2(area: Floats | None, squared: float) -> float:
    """Of the ellipse whose squared axes are `squared` times those of 1 sigma; nan if there is none."""
    return math.nan if area is None else math.pi * squared * float(area[2] * area[3]) / KM2


def contains(area: Floats | None, point_ecef: Floats, squared: float) -> float:
    """1 if the ellipse holds the point, 0 if not, nan if there is no ellipse."""
    if area is None:
        return math.nan
    lat, lon, _ = geodetic_from_ecef(*point_ecef)
    return float(_inside(area, np.array([lat]), np.array([lon]), squared)[0])


def time_of(area: Floats | None, truth: float) -> tuple[float, float, float]:
    """What an area says of the time of its event: size of the error, width of the 90 % interval [s], 1 if that holds the truth.

    All nan if there is no area.
    """
    if area is None:
        return math.nan, math.nan, math.nan
    error, half = abs(float(area[5]) - truth), TIME_90 * float(area[6])
    return error, 2.0 * half, float(error <= half)


def log_score(area: Floats, point_ecef: Floats) -> float:
    """Minus the logarithm of the density that an area gives to the point [nats, density per km^2]: less is better.

    Small where the area is small and holds the point; large where it is wide, and larger still where it is small and wrong.
    Nobody lowers its mean by saying anything but what is believed.

    Valid: Gaussian areas; on a sphere, distances to 0.5 %.
    Source: Gneiting and Raftery (2007), Journal of the American Statistical Association 102:359-378, section 4.1.
    """
    lat, lon, _ = geodetic_from_ecef(*point_ecef)
    along, across = _away(area, np.array([lat]), np.array([lon]))
    squared = float((along[0] / area[2]) ** 2 + (across[0] / area[3]) ** 2)
    return math.log(2.0 * math.pi * float(area[2] * area[3]) / KM2) + 0.5 * squared


def people_inside(area: Floats | None) -> float:
    """People in cities of 100,000 and more whose centre lies in the 90 % area; nan if there is no area."""
    return math.nan if area is None else float(_towns().people[_towns_inside(area)].sum())


def states_inside(area: Floats) -> set[str]:
    """Countries (ISO 3166-1 alpha-2) with a city of 100,000 and more in the 90 % area."""
    return set(_towns().country[_towns_inside(area)].tolist())


def _towns_inside(area: Floats) -> Ints:
    """Rows of `_towns` whose centre lies in the 90 % area."""
    towns = _towns()
    margin = 1.01 * math.sqrt(IN_90) * float(area[2]) / R_MEAN
    first, last = np.searchsorted(towns.lat, (area[0] - margin, area[0] + margin))
    inside = _inside(area, towns.lat[first:last], towns.lon[first:last], IN_90)
    return np.asarray(first + np.flatnonzero(inside), np.int32)


@dataclass(frozen=True)
class _Towns:
    """All cities, from south to north. Latitudes and longitudes [rad]."""

    lat: Floats
    lon: Floats
    people: Floats
    country: NDArray[np.str_]


@cache
def _towns() -> _Towns:
    """The cities, in order."""
    towns = cities()
    order = np.argsort(towns.lat_deg)
    return _Towns(
        lat=towns.lat_deg[order] * DEG,
        lon=towns.lon_deg[order] * DEG,
        people=towns.population[order].astype(np.float64),
        country=np.array(towns.country)[order],
    )


def sites_inside(area: Floats | None, lat: Floats, lon: Floats) -> float:
    """How many points [rad] lie in the 90 % area; nan if there is no area."""
    return math.nan if area is None else float(_inside(area, lat, lon, IN_90).sum())


def threatens(area: Floats, homes: tuple[Home, ...]) -> bool:
    """Whether the 90 % area touches a region that somebody answers for."""
    reach = math.sqrt(IN_90) * float(area[2])
    return any(geodesic(float(area[0]), float(area[1]), home.lat, home.lon)[0] <= home.radius + reach for home in homes)


def _inside(area: Floats, lat: Floats, lon: Floats, squared: float) -> Bools:
    """Which points [rad] lie in an ellipse on the ground. Valid: on a sphere, distances to 0.5 %."""
    along, across = _away(area, lat, lon)
    inside: Bools = (along / area[2]) ** 2 + (across / area[3]) ** 2 <= squared
    return inside


def _away(area: Floats, lat: Floats, lon: Floats) -> tuple[Floats, Floats]:
    """How far points [rad] lie from an area's centre, along its longer axis and across it [m]."""
    north = np.cos(area[0]) * np.sin(lat) - np.sin(area[0]) * np.cos(lat) * np.cos(lon - area[1])
    east = np.cos(lat) * np.sin(lon - area[1])
    toward = np.sin(area[0]) * np.sin(lat) + np.cos(area[0]) * np.cos(lat) * np.cos(lon - area[1])
    away = R_MEAN * np.arctan2(np.hypot(east, north), toward)
    azimuth = np.arctan2(east, north) - area[4]
    return away * np.cos(azimuth), away * np.sin(azimuth)
