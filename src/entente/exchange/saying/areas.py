"""How do areas on the sphere lie to each other? Degrees and kilometres, as messages have them.

Valid: on a sphere of the mean radius, 0.6 % off in distance, and for areas that fit in a hemisphere. Plain Python, so
that both parties and any later reader get the same last bit from the same log.
Source: spherical trigonometry.
"""

import math

from entente.constants import R_MEAN
from entente.exchange.messages import Area, Ellipse, Point

RADIUS_KM = R_MEAN / 1_000
HEMISPHERE_KM = RADIUS_KM * math.pi / 2


def distance_km(a: Point, b: Point) -> float:
    """Along the great circle."""
    (lat_a, lon_a), (lat_b, lon_b) = _radians(a), _radians(b)
    across = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * RADIUS_KM * math.asin(math.sqrt(min(across, 1.0)))


def bearing_deg(a: Point, b: Point) -> float:
    """From `a` to `b` at `a`, 0 to 360, clockwise from north; 0 where they are the same place."""
    (lat_a, lon_a), (lat_b, lon_b) = _radians(a), _radians(b)
    east = math.sin(lon_b - lon_a) * math.cos(lat_b)
    north = math.cos(lat_a) * math.sin(lat_b) - math.sin(lat_a) * math.cos(lat_b) * math.cos(lon_b - lon_a)
    return math.degrees(math.atan2(east, north)) % 360.0


def away(start: Point, bearing: float, far_km: float) -> Point:
    """The place at a bearing and a distance."""
    lat, lon = _radians(start)
    turn, arc = math.radians(bearing), far_km / RADIUS_KM
    up = math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(turn)
    east = math.sin(turn) * math.sin(arc) * math.cos(lat)
    there = lon + math.atan2(east, math.cos(arc) - math.sin(lat) * up)
    return math.degrees(math.asin(max(-1.0, min(up, 1.0)))), turn_deg(0.0, math.degrees(there))


def turn_deg(a: float, b: float) -> float:
    """From bearing `a` to bearing `b` the shorter way, -180 to 180, clockwise positive."""
    return (b - a + 180.0) % 360.0 - 180.0


def centre_of(area: Area) -> Point:
    """Of an ellipse its centre, of a polygon the direction of the mean of its corners."""
    if isinstance(area, Ellipse):
        return area.lat_deg, area.lon_deg
    x = y = z = 0.0
    for lat, lon in map(_radians, area.corners):
        x += math.cos(lat) * math.cos(lon)
        y += math.cos(lat) * math.sin(lon)
        z += math.sin(lat)
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def extent_km(area: Area) -> float:
    """From the centre to the farthest place of the area."""
    if isinstance(area, Ellipse):
        return max(area.semi_major_km, area.semi_minor_km)
    centre = centre_of(area)
    return max(distance_km(centre, corner) for corner in area.corners)


def is_inside(point: Point, area: Area) -> bool:
    """Does the point lie in the area? An ellipse is drawn in distance and bearing from its centre."""
    if isinstance(area, Ellipse):
        far = distance_km(centre_of(area), point)
        turn = math.radians(bearing_deg(centre_of(area), point) - area.bearing_deg)
        along, across = far * math.cos(turn), far * math.sin(turn)
        return (along / area.semi_major_km) ** 2 + (across / area.semi_minor_km) ** 2 <= 1.0
    if distance_km(point, centre_of(area)) > extent_km(area):
        return False
    bearings = [bearing_deg(point, corner) for corner in area.corners]
    return abs(sum(map(turn_deg, bearings, bearings[1:] + bearings[:1]))) > 180.0  # seen all around, or not


def is_proper(area: Area) -> bool:
    """Is it an area at all: axes in order, though it be the whole Earth; corners apart and within a hemisphere?"""
    if isinstance(area, Ellipse):
        return area.semi_minor_km <= area.semi_major_km
    return len(set(area.corners)) == len(area.corners) and extent_km(area) < HEMISPHERE_KM


def _radians(point: Point) -> Point:
    return math.radians(point[0]), math.radians(point[1])
