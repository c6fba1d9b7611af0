"""How does a piece of the Earth look on paper? Lambert's azimuthal equal-area map, clipped, as SVG paths.

Areas are true everywhere, and directions are true from the centre. The sphere has the mean radius: areas on the map are
those on the ellipsoid within 0.5 %.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from entente.constants import R_MEAN
from entente.report.svg import line_path, tag
from entente.scenario.places import borders, disputed, land
from entente.scenario.units import DEG

Floats = NDArray[np.float64]

CAP = 60 * DEG  # nothing further than this from the centre is drawn; shapes stretch too much beyond
MARGIN = 6.0  # px drawn beyond the frame, so that no clipped edge shows


def forward(lat: Floats, lon: Floats, lat0: float, lon0: float) -> tuple[Floats, Floats]:
    """Map coordinates of places.

    Args:
        lat, lon: places [rad], (...).
        lat0, lon0: the centre of the map [rad].
    Returns:
        x to the east, y to the north [m], (...).
    Valid: everywhere but at the antipode of the centre.
    Source: Snyder, Map Projections: A Working Manual (USGS 1395, 1987), equations 24-2, 22-4, 22-5.
    """
    turn = np.asarray(lon) - lon0
    sl, cl = np.sin(lat), np.cos(lat)
    toward = math.sin(lat0) * sl + math.cos(lat0) * cl * np.cos(turn)
    k = R_MEAN * np.sqrt(2.0 / (1.0 + toward))
    return k * cl * np.sin(turn), k * (math.cos(lat0) * sl - math.sin(lat0) * cl * np.cos(turn))


def inverse(x: Floats, y: Floats, lat0: float, lon0: float) -> tuple[Floats, Floats]:
    """Latitude and longitude [rad] of map coordinates [m]; the other way round of `forward`.

    Source: Snyder (1987), equations 24-16, 20-14, 20-15.
    """
    rho = np.hypot(x, y)
    c = 2.0 * np.arcsin(np.clip(rho / (2.0 * R_MEAN), 0.0, 1.0))
    share = np.sinc(c / math.pi) * c / np.where(rho > 0.0, rho, 1.0)  # sin(c) / rho, 0 at the centre
    lat = np.arcsin(np.clip(np.cos(c) * math.sin(lat0) + y * share * math.cos(lat0), -1.0, 1.0))
    turn = np.arctan2(x * share, math.cos(lat0) * np.cos(c) - y * share * math.sin(lat0))
    return lat, (lon0 + turn + math.pi) % (2 * math.pi) - math.pi


@dataclass(frozen=True)
class View:
    """A frame of width by height pixels on the map centred at (lat0, lon0) [rad]."""

    lat0: float
    lon0: float
    width: float
    height: float
    scale: float  # px per m
    x0: float  # px, where the map's centre lies in the frame
    y0: float

    def pixels(self, lat: Floats, lon: Floats) -> Floats:
        """Places [rad] as (N, 2) pixels, y downward."""
        x, y = forward(lat, lon, self.lat0, self.lon0)
        return np.column_stack([self.x0 + x * self.scale, self.y0 - y * self.scale])

    def shows(self, lat: float, lon: float) -> bool:
        """Whether a place lies inside the frame."""
        x, y = self.pixels(np.array([lat]), np.array([lon]))[0]
        return bool(0 <= x <= self.width and 0 <= y <= self.height)


def fit(lat: Floats, lon: Floats, width: float, height: float, margin: float) -> View:
    """The largest view of this size that holds all places (N,) [rad] with a margin [px]."""
    middle = _unit(lat, lon).mean(axis=0)
    lat0, lon0 = math.atan2(middle[2], math.hypot(middle[0], middle[1])), math.atan2(middle[1], middle[0])
    x, y = forward(lat, lon, lat0, lon0)
    scale = min((width - 2 * margin) / np.ptp(x), (height - 2 * margin) / np.ptp(y))
    x0, y0 = width / 2 - scale * (x.min() + x.max()) / 2, height / 2 + scale * (y.min() + y.max()) / 2
    return View(lat0, lon0, width, height, float(scale), float(x0), float(y0))


def area_path(view: View, lat: Floats, lon: Floats) -> str:
    """Path data of the visible part of a ring (N,) [rad], empty where nothing of it shows."""
    points = _cut_to_cap(_unit(lat, lon), _unit(np.array(view.lat0), np.array(view.lon0)))
    if len(points) < 3:
        return ""
    pixels = view.pixels(np.arcsin(np.clip(points[:, 2], -1, 1)), np.arctan2(points[:, 1], points[:, 0]))
    for axis, limit, sign in (
        (0, -MARGIN, 1),
        (0, view.width + MARGIN, -1),
        (1, -MARGIN, 1),
        (1, view.height + MARGIN, -1),
    ):
        pixels = _cut(pixels, sign * (pixels[:, axis] - limit))
    pixels = _thinned(pixels)
    return line_path(pixels, closed=True) if len(pixels) > 2 else ""


def lines_path(view: View, lat: Floats, lon: Floats) -> str:
    """Path data of the visible parts of an open line (N,) [rad]."""
    away = _unit(lat, lon) @ _unit(np.array(view.lat0), np.array(view.lon0)) < math.cos(CAP)
    pixels = view.pixels(np.where(away, view.lat0, lat), np.where(away, view.lon0, lon))
    seen = ~away & np.all((pixels > -MARGIN) & (pixels < [view.width + MARGIN, view.height + MARGIN]), axis=1)
    seen |= ~away & (np.roll(seen, 1) | np.roll(seen, -1))  # one point beyond the frame, so that lines reach it
    parts = np.split(np.arange(len(seen)), np.flatnonzero(np.diff(seen)) + 1)
    return "".join(line_path(_thinned(pixels[part])) for part in parts if seen[part[0]] and len(part) > 1)


@lru_cache(maxsize=64)
def ground(view: View) -> Markup:
    """Sea, land, a graticule of ten degrees, borders, and disputed lines drawn broken."""
    coast = "".join(area_path(view, *_radians(ring)) for ring in land())
    ways = {
        "border": "".join(lines_path(view, *_radians(line)) for line in borders()),
        "border disputed": "".join(lines_path(view, *_radians(line)) for line in disputed()),
        "graticule": "".join(lines_path(view, lat, lon) for lat, lon in _graticule()),
    }
    sea = tag("rect", x=0, y=0, width=view.width, height=view.height, class_="sea")
    shore = tag("path", d=coast, class_="land", fill_rule="evenodd")
    return Markup("").join([sea, shore, *(tag("path", d=d, class_=name) for name, d in ways.items() if d)])


def circle(lat: float, lon: float, radius: Floats, bearing: Floats) -> tuple[Floats, Floats]:
    """Places at distances [m] and bearings [rad] (N,) from a place, on the sphere of the map."""
    arc = radius / R_MEAN
    lat2 = np.arcsin(np.clip(math.sin(lat) * np.cos(arc) + math.cos(lat) * np.sin(arc) * np.cos(bearing), -1, 1))
    turn = np.arctan2(np.sin(bearing) * np.sin(arc) * math.cos(lat), np.cos(arc) - math.sin(lat) * np.sin(lat2))
    return lat2, lon + turn


def _unit(lat: Floats, lon: Floats) -> Floats:
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def _radians(line: Floats) -> tuple[Floats, Floats]:
    return line[:, 1] * DEG, line[:, 0] * DEG


def _graticule() -> list[tuple[Floats, Floats]]:
    along, across = np.arange(-180.0, 181.0, 1.0) * DEG, np.arange(-80.0, 81.0, 1.0) * DEG
    parallels = [(np.full_like(along, lat * DEG), along) for lat in range(-80, 81, 10)]
    return parallels + [(across, np.full_like(across, lon * DEG)) for lon in range(-180, 180, 10)]


def _cut(points: Floats, inside: Floats) -> Floats:
    """Sutherland and Hodgman's cut of a closed polygon (N, D) by the half-space where `inside` (N,) is positive."""
    if not len(points) or np.all(inside >= 0):
        return points
    after, after_inside = np.roll(points, -1, axis=0), np.roll(inside, -1)
    crosses = (inside >= 0) != (after_inside >= 0)
    share = np.where(crosses, inside / np.where(crosses, inside - after_inside, 1.0), 0.0)
    both = np.stack([points, points + share[:, None] * (after - points)], axis=1)
    return both[np.stack([inside >= 0, crosses], axis=1)]


def _cut_to_cap(points: Floats, centre: Floats) -> Floats:
    """The part of a ring of unit vectors within CAP of the centre, closed along the cap's edge."""
    depth = points @ centre - math.cos(CAP)
    if np.all(depth >= 0) or np.all(depth < 0):
        return points if depth[0] >= 0 else points[:0]
    kept = _cut(points, depth)
    kept = kept / np.linalg.norm(kept, axis=1, keepdims=True)
    east = np.cross([0.0, 0.0, 1.0], centre) / np.linalg.norm(np.cross([0.0, 0.0, 1.0], centre))
    north = np.cross(centre, east)
    on_edge = np.abs(kept @ centre - math.cos(CAP)) < 1e-3
    out = []
    for here, there, both in zip(kept, np.roll(kept, -1, axis=0), on_edge & np.roll(on_edge, -1), strict=True):
        out.append(here)
        a, b = (math.atan2(p @ east, p @ north) for p in (here, there))
        turn = (b - a + math.pi) % (2 * math.pi) - math.pi
        if both and abs(turn) > 2 * DEG:
            for angle in a + turn * np.linspace(0, 1, max(3, int(abs(turn) / (2 * DEG))))[1:-1]:
                rim = math.cos(angle) * north + math.sin(angle) * east
                out.append(math.cos(CAP) * centre + math.sin(CAP) * rim)
    return np.array(out)


def _thinned(pixels: Floats) -> Floats:
    """Without points that lie within 0.7 px of the one before; the last one stays."""
    if len(pixels) < 3:
        return pixels
    kept, last = [0], pixels[0]
    for i, point in enumerate(pixels[1:-1], start=1):
        if abs(point[0] - last[0]) + abs(point[1] - last[1]) > 0.7:
            kept.append(i)
            last = point
    return pixels[[*kept, len(pixels) - 1]]
