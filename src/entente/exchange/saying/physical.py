"""Could anything move like that, and could anybody know it so well? The gates of states, launches and aircraft.

A mistake of units, frame or sign shows here only where it leads out of what is possible: metres for kilometres always do,
knots for metres a second often do not. What a state cannot show, what is declared beside it may: the feed's coverage
(`gates.coverage`), the direction and the time of an impact area. Limits are wide on purpose, and uncertainty widens them.
Plain Python in one order of operations, so that everybody who reads the log refuses the same messages.
"""

import math
from typing import Literal

from entente.constants import GM, OMEGA
from entente.exchange.messages import AirTrack, Area, LaunchDetected, LinesOfSight, Point, PreLaunch, TrackState
from entente.exchange.saying.areas import RADIUS_KM, bearing_deg, centre_of, distance_km, extent_km, turn_deg
from entente.exchange.saying.instants import NS_PER_S, nanoseconds

GM_KM = GM / 1e9  # km3/s2
RADII_KM = 6_330.0, 50_000.0  # from below the lowest ground to beyond the geostationary orbit
SPEED_KM_S = 12.0  # faster leaves the Earth
WIDE = 4.0  # standard deviations that are allowed for
# km: the longest range that defines a class (National Air and Space Intelligence Center, recalled) and, for sounding
# rockets, the greatest height (assumed); half as much energy more is not worth the name.
RANGE_KM = {"srbm": 1_000.0, "mrbm": 3_000.0, "irbm": 5_500.0, "slbm": 12_000.0, "icbm": 15_000.0}
HEIGHT_KM = {"sounding rocket": 1_600.0}
MARGIN = 1.25  # times these; classes are guessed from afar
FLOOR_KM, FLOOR_KM_S = 1e-3, 1e-6  # in any direction; nobody knows better
SENSOR_FLOOR_KM = {"infrared": 0.1, "radar": 0.01, "both": 0.01}  # root of the sum over the axes; assumed, generous
SIGHT_FLOOR_DEG = 1e-4  # 60 m from the geostationary orbit; assumed, generous
CEILING_KM, CEILING_KM_S = 1_000.0, 12.0  # on an axis, beside the bias; worse is no knowledge
BIASED_AXES = (
    math.sqrt(2.0) * 0.999
)  # a bias may spare one axis, as turning a flight spares its height; less is rounding
DIAGONAL = 0, 6, 11, 15, 18, 20  # in the upper triangle, row by row
# Between a launch azimuth and the bearing of the impact: the Earth turns meanwhile, and launchers to orbit bend.
ROUGH_DEG, BENT_DEG = 15.0, 30.0
TOO_FAR_KM = 15_000.0  # near the antipode every direction leads there
FLIGHT_S, GROUND_KM_S = 7_200.0, 8.0  # longest flight that is no orbit, greatest mean speed over ground
PRESSURE_PA = 700.0, 110_000.0  # dynamic: less does not carry an aircraft, more breaks it; assumed
DRIFTING_M_S = 60.0  # slower may be a balloon, which nothing has to carry


Fault = Literal[
    "not-as-real", "identifier", "text", "times", "feed-twice", "area", "same-key", "outside-coverage",
    "radius", "speed", "energy", "covariance", "overconfident", "incomplete", "flight-time", "range", "direction", "flight",
]  # fmt: skip


def state(said: TrackState) -> Fault | None:
    """Radius, speed, covariance and energy of a state, and when it was launched."""
    r, v = math.hypot(*said.r_km), math.hypot(*said.v_km_s)
    if not RADII_KM[0] - WIDE * said.bias_sigma_km <= r <= RADII_KM[1]:
        return "radius"
    if v >= SPEED_KM_S:
        return "speed"
    variances = [said.covariance[i] for i in DIAGONAL]
    if max(variances[:3]) > CEILING_KM**2 + said.bias_sigma_km**2:
        return "covariance"
    if max(variances[3:]) > CEILING_KM_S**2 + said.bias_sigma_km_s**2:
        return "covariance"
    if not _exceeds(said.covariance, FLOOR_KM**2, FLOOR_KM_S**2):
        return "covariance"
    sigma_km, sigma_km_s = math.sqrt(sum(variances[:3])), math.sqrt(sum(variances[3:]))
    least_km = max(SENSOR_FLOOR_KM[said.seen_by], BIASED_AXES * said.bias_sigma_km)
    if sigma_km < least_km or sigma_km_s < BIASED_AXES * said.bias_sigma_km_s:
        return "overconfident"
    if (said.launched is None) != (said.launched_sigma_s is None):
        return "incomplete"
    if said.launched and _later(said.launched, said.observed, (said.launched_sigma_s or 0.0) + said.observed_sigma_s):
        return "times"
    lower, slower = max(r - WIDE * sigma_km, RADII_KM[0]), max(v - WIDE * sigma_km_s, 0.0)
    across = math.hypot(said.r_km[0], said.r_km[1])
    return "energy" if _energy(lower, slower, across) > _MOST_ENERGY.get(said.missile, math.inf) else None


def _energy(r: float, v: float, across: float) -> float:
    """Of a unit of mass in axes that turn with the Earth [km2/s2]; it stays the same in free flight (Jacobi)."""
    return v * v / 2 - GM_KM / r - (OMEGA * across) ** 2 / 2


def _to_reach(range_km: float) -> float:
    """Least energy [km2/s2] for a range, from ground to ground on a sphere that does not turn."""
    half = math.sin(min(range_km / RADIUS_KM, math.pi) / 2)
    return GM_KM / RADIUS_KM * (half / (1 + half) - 1)


_MOST_ENERGY: dict[str, float] = {name: _to_reach(MARGIN * range_km) for name, range_km in RANGE_KM.items()}
_MOST_ENERGY |= {name: -GM_KM / (RADIUS_KM + MARGIN * height_km) for name, height_km in HEIGHT_KM.items()}


def _exceeds(triangle: tuple[float, ...], r2: float, v2: float) -> bool:
    """Is the covariance greater than one of variances `r2`, `v2` on every axis, in every direction? By elimination.

    Axis by axis: what is left beside the part that goes with it must be positive. Written out, for in loops it took as long
    as the rest of the gates together.
    """
    xx, xy, xz, xu, xv, xw, yy, yz, yu, yv, yw, zz, zu, zv, zw, uu, uv, uw, vv, vw, ww = triangle
    xx, yy, zz, uu, vv, ww = xx - r2, yy - r2, zz - r2, uu - v2, vv - v2, ww - v2
    if not xx > 0.0:
        return False
    y, z, u, v, w = xy / xx, xz / xx, xu / xx, xv / xx, xw / xx
    yy, yz, yu, yv, yw = yy - y * xy, yz - y * xz, yu - y * xu, yv - y * xv, yw - y * xw
    zz, zu, zv, zw = zz - z * xz, zu - z * xu, zv - z * xv, zw - z * xw
    uu, uv, uw, vv, vw, ww = uu - u * xu, uv - u * xv, uw - u * xw, vv - v * xv, vw - v * xw, ww - w * xw
    if not yy > 0.0:
        return False
    z, u, v, w = yz / yy, yu / yy, yv / yy, yw / yy
    zz, zu, zv, zw = zz - z * yz, zu - z * yu, zv - z * yv, zw - z * yw
    uu, uv, uw, vv, vw, ww = uu - u * yu, uv - u * yv, uw - u * yw, vv - v * yv, vw - v * yw, ww - w * yw
    if not zz > 0.0:
        return False
    u, v, w = zu / zz, zv / zz, zw / zz
    uu, uv, uw, vv, vw, ww = uu - u * zu, uv - u * zv, uw - u * zw, vv - v * zv, vw - v * zw, ww - w * zw
    if not uu > 0.0:
        return False
    v, w = uv / uu, uw / uu
    vv, vw, ww = vv - v * uv, vw - v * uw, ww - w * uw
    return vv > 0.0 and ww - vw / vv * vw > 0.0


def sub_point(said: TrackState) -> Point:
    """Latitude and longitude [deg] below a state; seen from the Earth's centre, up to 0.2 degrees off."""
    x, y, z = said.r_km
    return math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def launch(said: PreLaunch | LaunchDetected) -> Fault | None:
    """What is announced or was seen of a launch agrees with itself: direction, range, times."""
    if isinstance(said, PreLaunch):
        width = (said.azimuth_to_deg - said.azimuth_from_deg) % 360.0
        middle = said.azimuth_from_deg + width / 2
        return _leads(said, said.impact_areas, middle, width / 2)
    if (said.azimuth_deg is None) != (said.azimuth_sigma_deg is None):
        return "incomplete"
    if (said.impact is None) != (said.impact_sigma_s is None):
        return "incomplete"
    if _later(said.launched, said.observed, said.launched_sigma_s + said.observed_sigma_s):
        return "times"
    if said.impact:
        sigma_s = said.launched_sigma_s + (said.impact_sigma_s or 0.0)
        flight_s = (nanoseconds(said.impact) - nanoseconds(said.launched)) / NS_PER_S
        ground_km = _between(said.launch_area, said.impact_area) if said.impact_area else 0.0
        if flight_s + WIDE * sigma_s <= ground_km / GROUND_KM_S:
            return "flight-time"
        if flight_s > FLIGHT_S and said.missile != "space launch":
            return "flight-time"
    hits = (said.impact_area,) if said.impact_area else ()
    return _leads(said, hits, said.azimuth_deg, WIDE * (said.azimuth_sigma_deg or 0.0))


def _later(first: str, second: str, sigma_s: float) -> bool:
    """Is the first later than the second, beyond doubt?"""
    return nanoseconds(first) - nanoseconds(second) > WIDE * sigma_s * NS_PER_S


def _leads(
    said: PreLaunch | LaunchDetected, hits: tuple[Area, ...], azimuth_deg: float | None, within_deg: float
) -> Fault | None:
    """Does the launch, thrown that way, come down there, and does its class reach it?"""
    start, rough = said.launch_area, BENT_DEG if said.missile == "space launch" else ROUGH_DEG
    for area in hits:
        if _between(start, area) > MARGIN * RANGE_KM.get(said.missile, math.inf):
            return "range"
        away, blur = distance_km(centre_of(start), centre_of(area)), extent_km(start) + extent_km(area)
        if azimuth_deg is None or away <= blur or away > TOO_FAR_KM:
            continue
        off = abs(turn_deg(azimuth_deg, bearing_deg(centre_of(start), centre_of(area))))
        if off > within_deg + rough + math.degrees(math.asin(blur / away)):
            return "direction"
    return None


def _between(a: Area, b: Area) -> float:
    """Kilometres from one area to the other; 0 where they may touch."""
    return max(distance_km(centre_of(a), centre_of(b)) - extent_km(a) - extent_km(b), 0.0)


def looks(said: LinesOfSight) -> Fault | None:
    """No eye in orbit sees finer than its floor."""
    finest = min(min(one.azimuth_sigma_deg, one.elevation_sigma_deg) for one in said.directions)
    return "overconfident" if finest < SIGHT_FLOOR_DEG else None


def air_track(said: AirTrack) -> Fault | None:
    """Air that thin does not carry an aircraft that slow; air that dense breaks one that fast."""
    density = 1.225 * math.exp(-said.alt_m / 7_200.0)  # kg/m3; within a fifth of the standard atmosphere up to 40 km
    pressure = density * said.speed_m_s**2 / 2
    drifts = said.speed_m_s <= DRIFTING_M_S
    return None if (drifts or pressure >= PRESSURE_PA[0]) and pressure <= PRESSURE_PA[1] else "flight"
