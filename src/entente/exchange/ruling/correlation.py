"""Is it one launch? Do its times, places and kinds agree, and does an announced one explain it?

Two detections are of one launch if their times agree within 3 sigma, their areas overlap and their classes are
compatible. A notice fits a launch if the time is in the window, the area in the area and the azimuth in the sector, each as
far as the detection can tell: 3 sigma of time and azimuth, the 90 % area.

Chosen by us: 3 sigma; a floor of 1 s under any sigma of time, for who claims less of a launch seen through cloud claims
too much; what is too vague to corroborate or to swallow anything; what classes a boosting missile of each class can be
taken for. Ellipses are drawn as 24-gons around them.
"""

import math

import msgspec

from entente.exchange.messages import Area, Ellipse, LaunchDetected, Polygon, PreLaunch, TrackState
from entente.exchange.saying.areas import HEMISPHERE_KM, away, bearing_deg, centre_of, distance_km, extent_km, is_inside
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

SIGMAS = 3.0
FLOOR_S = 1.0
VAGUE_KM, VAGUE_S = 1_500.0, 120.0  # axis of the 90 % area, and sigma of the launch time
CORNERS = 24
FROM_50_TO_90 = math.sqrt(math.log(10) / math.log(2))  # axes of the 50 % and 90 % ellipses of one plane normal error

ALIKE = {
    "icbm": {"slbm", "irbm", "space launch"},
    "slbm": {"icbm", "irbm", "mrbm", "space launch", "sounding rocket"},
    "irbm": {"icbm", "slbm", "mrbm", "space launch", "sounding rocket"},
    "mrbm": {"slbm", "irbm", "srbm", "sounding rocket"},
    "srbm": {"mrbm", "sounding rocket"},
    "space launch": {"icbm", "slbm", "irbm", "sounding rocket"},
    "sounding rocket": {"slbm", "irbm", "mrbm", "srbm", "space launch"},
    "other": set[str](),
}


class Detection(msgspec.Struct, frozen=True, kw_only=True):
    """What one node says of a launch.

    Attributes:
        index: of the entry that says it.
        sigma_s: of the launch time; the node's clock is in it.
        alone: the clock is too bad to join it with anything automatically.
    """

    index: int
    party: str
    missile: str
    launched_ns: int
    sigma_s: float
    area: Area
    azimuth_deg: float | None = None
    azimuth_sigma_deg: float | None = None
    alone: bool = False


def detection(said: LaunchDetected | TrackState, index: int, offset_ns: int, *, alone: bool) -> Detection | None:
    """What a report says of its launch; None if it names no time or place of one."""
    if said.launched is None or said.launched_sigma_s is None or said.launch_area is None:
        return None
    return Detection(
        index=index,
        party=said.party,
        missile=said.missile,
        launched_ns=nanoseconds(said.launched),
        sigma_s=math.hypot(max(said.launched_sigma_s, FLOOR_S), offset_ns / NS_PER_S),
        area=said.launch_area,
        azimuth_deg=said.azimuth_deg if isinstance(said, LaunchDetected) else None,
        azimuth_sigma_deg=said.azimuth_sigma_deg if isinstance(said, LaunchDetected) else None,
        alone=alone,
    )


def agree(a: Detection, b: Detection) -> bool:
    """Are the two of one launch, and are both clocks good enough to say so?"""
    return not (a.alone or b.alone) and can_be_one(a, b)


def can_be_one(a: Detection, b: Detection) -> bool:
    """Do times, classes and places allow one launch?"""
    return apart(a, b) <= SIGMAS and alike(a.missile, b.missile) and overlap(a.area, b.area)


def apart(a: Detection, b: Detection) -> float:
    """How far their times are from each other, in sigmas."""
    return abs(a.launched_ns - b.launched_ns) / NS_PER_S / math.hypot(a.sigma_s, b.sigma_s)


def alike(a: str, b: str) -> bool:
    """Can a missile of one class be taken for one of the other? Unknown can be anything."""
    return a == b or "unknown" in (a, b) or b in ALIKE[a]


def is_vague(seen: Detection) -> bool:
    """Does it say so little that it would fit most launches of a day?"""
    return seen.sigma_s > VAGUE_S or extent_km(at_90_percent(seen.area)) > VAGUE_KM


def explains(notice: PreLaunch, opens_ns: int, closes_ns: int, seen: Detection) -> bool:
    """Is this the launch that was announced? The window is given apart, for it may have been changed."""
    slack = slack_ns(seen)
    return (
        opens_ns - slack <= seen.launched_ns <= closes_ns + slack
        and alike(notice.missile, seen.missile)
        and in_sector(notice, seen)
        and overlap(notice.launch_area, seen.area)
    )


def slack_ns(seen: Detection) -> float:
    """By how much the launch may have been sooner or later than it seems."""
    return SIGMAS * seen.sigma_s * NS_PER_S


def in_sector(notice: PreLaunch, seen: Detection) -> bool:
    """Does the azimuth, if one was seen, lie in the sector that was announced, clockwise from one edge to the other?"""
    if seen.azimuth_deg is None:
        return True
    slack = SIGMAS * (seen.azimuth_sigma_deg or 0.0)
    width = (notice.azimuth_to_deg - notice.azimuth_from_deg) % 360.0
    beyond = (seen.azimuth_deg - notice.azimuth_from_deg) % 360.0  # clockwise from the first edge
    return beyond <= width + slack or beyond >= 360.0 - slack


def overlap(a: Area, b: Area) -> bool:
    """Have two areas a place in common? Of ellipses, their 90 % areas.

    Valid: as `areas`; ellipses are at most 1 % too large.
    """
    a, b = at_90_percent(a), at_90_percent(b)
    middle = centre_of(a)
    if distance_km(middle, centre_of(b)) > 1.01 * (extent_km(a) + extent_km(b)):
        return False
    if _around(a, b) or _around(b, a):
        return True
    first, second = drawn(a, middle), drawn(b, middle)
    return _holds(first, second[0]) or _holds(second, first[0]) or _cross(first, second)


def _around(a: Area, b: Area) -> bool:
    """The short answer for most: the centre of an ellipse is one of its places (of a polygon it need not be)."""
    return isinstance(b, Ellipse) and is_inside(centre_of(b), a)


def at_90_percent(area: Area) -> Area:
    """The 90 % ellipse of the error whose 50 % ellipse this is; all else as it is."""
    if isinstance(area, Polygon) or area.containment_percent == 90:
        return area
    return msgspec.structs.replace(
        area,
        semi_major_km=min(area.semi_major_km * FROM_50_TO_90, HEMISPHERE_KM),
        semi_minor_km=min(area.semi_minor_km * FROM_50_TO_90, HEMISPHERE_KM),
        containment_percent=90,
    )


Plane = list[tuple[float, float]]


def drawn(area: Area, middle: tuple[float, float]) -> Plane:
    """Corners in the plane of distance and bearing from a place [km], east and north."""
    plane = []
    for corner in outline(area):
        far, turn = distance_km(middle, corner), math.radians(bearing_deg(middle, corner))
        plane.append((far * math.sin(turn), far * math.cos(turn)))
    return plane


def outline(area: Area) -> tuple[tuple[float, float], ...]:
    """Corners of an area; of an ellipse those of a polygon around it."""
    if isinstance(area, Polygon):
        return area.corners
    return tuple(_on_ellipse(area, 2 * math.pi * k / CORNERS) for k in range(CORNERS))


def _on_ellipse(area: Ellipse, turn: float) -> tuple[float, float]:
    along, across = area.semi_major_km * math.cos(turn), area.semi_minor_km * math.sin(turn)
    far = math.hypot(along, across) / math.cos(math.pi / CORNERS)
    return away(centre_of(area), area.bearing_deg + math.degrees(math.atan2(across, along)), far)


def _holds(polygon: Plane, point: tuple[float, float]) -> bool:
    """Even-odd rule: how many edges lie to the east of the point?"""
    x, y = point
    odd = False
    for (x1, y1), (x2, y2) in _edges(polygon):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            odd = not odd
    return odd


def _cross(first: Plane, second: Plane) -> bool:
    return any(_meet(*p, *q) for p in _edges(first) for q in _edges(second))


def _edges(polygon: Plane) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return list(zip(polygon, polygon[1:] + polygon[:1], strict=True))


def _meet(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    """Do the segments ab and cd have a point in common?"""
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    return _side(a, b, c) * _side(a, b, d) <= 0.0 and _side(c, d, a) * _side(c, d, b) <= 0.0


def _side(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
