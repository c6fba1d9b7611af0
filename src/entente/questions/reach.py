"""How far does an interceptor reach, and when must it leave to meet a given flight?

Fly-out by burnout speed (low, nominal, high), boost time, floor, ceiling and least range; against one flight the windows
in which it can be met, the latest commit, and how both shrink when the commit comes later or the picture is worse.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from entente.classes import is_land
from entente.compiled import Floats
from entente.constants import R_MEAN
from entente.errors import ModelError, unknown
from entente.physics.earth import ecef_from_geodetic, enu_axes
from entente.physics.intercept import BOOST, FARTHEST, LONGEST, NEAREST, SPEED, deadlines_many, fly_out
from entente.questions.asked import is_number, needed, outside
from entente.questions.cells import surface
from entente.questions.flying import Flight
from entente.scenario.rows import interceptors
from entente.scenario.systems import Interceptor
from entente.scenario.units import DEG, KM, KM_S

LEVELS = ("low", "nominal", "high")  # of the burnout speed
LIMITS: dict[str, tuple[float, float]] = {  # what may be given in the place of a row's value
    "lat_deg": (-90.0, 90.0),
    "lon_deg": (-180.0, 180.0),
    "burnout_speed_km_s": (0.5, 11.0),
    "boost_s": (0.0, 600.0),
    "floor_km": (0.0, 2_000.0),
    "ceiling_km": (0.0, 5_000.0),
    "min_range_km": (0.0, 5_000.0),
    "max_range_km": (0.0, 20_000.0),
    "commit_delay_s": (0.0, 600.0),
    "handover_sigma_km": (0.0, 1_000.0),
    "target_speed_max_km_s": (0.0, 20.0),
}
OPTIONAL = {
    "min_range_km": -1.0,
    "max_range_km": math.inf,
    "commit_delay_s": 0.0,
    "handover_sigma_km": math.inf,
    "target_speed_max_km_s": math.inf,
}
FAR = 0.5 * math.pi  # how far round the Earth reach is looked for


@dataclass(frozen=True)
class Window:
    """One stretch of a flight in which it can be met: when, seconds since lift-off, and at what heights."""

    opens_s: float
    closes_s: float
    opens_km: float
    closes_km: float

    @property
    def length_s(self) -> float:
        """How long it is."""
        return self.closes_s - self.opens_s


@dataclass(frozen=True)
class Reach:
    """What one interceptor reaches. Arrays have one row a burnout speed (L,): low, nominal, high, or one if it is sure.

    Attributes:
        title: of the interceptor; says so where it stands at sea, and is a ship's.
        levels: names of the rows; speeds_km_s: burnout speeds, (L,).
        heights_km: between floor and ceiling, (H,); ground_km: how far along the ground a point at each height may lie to
            be met within 15 minutes, (L, H), nan where even overhead is too far.
        nearest_km: nearer points are not met, (L,): the least range given, or what the burn covers.
        latest_commit_s: seconds since the flight's lift-off after which no commit meets it, (L,); nan where none ever does,
            None without a flight.
        t_s, altitude_km: of the flight after its last burnout, (N,); deadlines_s: the latest commit for a meeting there,
            (L, N), -inf where there is none.
    """

    title: str
    levels: tuple[str, ...]
    speeds_km_s: Floats
    boost_s: float
    floor_km: float
    ceiling_km: float
    commit_delay_s: float
    handover_sigma_km: float
    heights_km: Floats = field(repr=False)
    _cans: tuple[Floats, ...] = field(repr=False)  # one a level, as `physics.intercept.deadline` has them
    nearest_km: Floats
    latest_commit_s: Floats | None
    t_s: Floats = field(repr=False)
    altitude_km: Floats = field(repr=False)
    deadlines_s: Floats = field(repr=False)

    @cached_property
    def ground_km(self) -> Floats:
        """See above; found when first asked for."""
        return np.array([[_farthest(height * KM, can) / KM for height in self.heights_km] for can in self._cans])

    def time_s(self, distance_km: float, height_km: float, level: str = "nominal") -> float:
        """Time from ignition to a point at a distance along the ground and a height; inf where it never gets there.

        Raises:
            ModelError: numbers outside the model. UnknownName: no such level.
        """
        problems = [
            *needed("distance_km", distance_km, 0.0, 20_000.0),
            *needed("height_km", height_km, 0.0, 5_000.0),
        ]
        if problems:
            raise ModelError("\n".join(problems))
        row = self._row(level)
        return _time_to(
            distance_km * KM, height_km * KM, self.speeds_km_s[row] * KM_S, self.boost_s, self.nearest_km[row] * KM
        )

    def windows(
        self, commit_s: float = 0.0, level: str = "nominal", sigma_km: float = 0.0, sigma_m_s: float = 0.0
    ) -> tuple[Window, ...]:
        """The stretches of the flight that are met by a commit at a time, or later.

        Args:
            commit_s: seconds since the flight's lift-off.
            sigma_km, sigma_m_s: the picture then: standard deviations of the position and the velocity, each component;
                a point is met only if the error predicted for the meeting is no larger than the handover allows.
        Raises:
            ModelError: no flight was given, or numbers outside the model. UnknownName: no such level.
        """
        problems = [
            *needed("commit_s", commit_s, 0.0, 20_000.0),
            *needed("sigma_km", sigma_km, 0.0, 10_000.0),
            *needed("sigma_m_s", sigma_m_s, 0.0, 10_000.0),
        ]
        if self.latest_commit_s is None:
            problems.append("flight: none was given; ask en.reach(interceptor, flight)")
        if problems:
            raise ModelError("\n".join(problems))
        sigma = np.hypot(sigma_km, sigma_m_s * (self.t_s - commit_s) / KM)
        can = (self.deadlines_s[self._row(level)] >= commit_s) & (sigma <= self.handover_sigma_km)
        return tuple(self._window(first, last) for first, last in _stretches(can))

    def length_s(
        self, commit_s: float = 0.0, level: str = "nominal", sigma_km: float = 0.0, sigma_m_s: float = 0.0
    ) -> float:
        """Sum of the lengths of `windows`: how much is left of them by a later commit, or a worse picture."""
        return sum(window.length_s for window in self.windows(commit_s, level, sigma_km, sigma_m_s))

    def table(self) -> str:
        """What `en.reach` found, in lines of text."""
        burnt = f"{self.boost_s:g} s of boost, meets between {self.floor_km:g} and {self.ceiling_km:g} km"
        lines = [f"{self.title}: {burnt}", "burnout speed   reaches along the ground at"]
        shown = np.unique(np.linspace(0, len(self.heights_km) - 1, 4).round().astype(int))
        lines[1] += "".join(f"{self.heights_km[n]:10,.0f} km" for n in shown)
        for row, level in enumerate(self.levels):
            cells = (self.ground_km[row, n] for n in shown)
            reaches = "".join(f"{'-':>13}" if math.isnan(km) else f"{km:10,.0f} km" for km in cells)
            lines.append(f"{self.speeds_km_s[row]:4.1f} km/s {level:<8}{'':24}{reaches}")
        if self.latest_commit_s is not None:
            lines.append("against the flight")
            for level, latest in zip(self.levels, self.latest_commit_s, strict=True):
                lines.append(f"  {level:<8} {self._said(level, latest)}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """The same as plain values, ready for JSON; None where there is no number."""
        said: dict[str, Any] = {
            "title": self.title,
            "levels": list(self.levels),
            "speeds_km_s": self.speeds_km_s.tolist(),
            "boost_s": self.boost_s,
            "floor_km": self.floor_km,
            "ceiling_km": self.ceiling_km,
            "nearest_km": self.nearest_km.tolist(),
            "heights_km": self.heights_km.tolist(),
            "ground_km": [[None if math.isnan(km) else km for km in row] for row in self.ground_km.tolist()],
        }
        if self.latest_commit_s is not None:
            latest = [None if math.isnan(s) else s for s in self.latest_commit_s.tolist()]
            windows = [[vars(window) for window in self.windows(level=level)] for level in self.levels]
            said |= {"latest_commit_s": latest, "windows": windows}
        return said

    def _said(self, level: str, latest: float) -> str:
        if math.isnan(latest):
            return "never meets it"
        stretches = ", ".join(f"{w.opens_s:,.0f} to {w.closes_s:,.0f} s" for w in self.windows(level=level))
        return f"meets it {stretches} after lift-off; commit at the latest after {latest:,.0f} s"

    def _row(self, level: str) -> int:
        if level not in self.levels and not (level in LEVELS and len(self.levels) == 1):
            raise unknown("level", str(level)[:40], self.levels)
        return self.levels.index(level) if level in self.levels else 0

    def _window(self, first: int, last: int) -> Window:
        return Window(
            float(self.t_s[first]), float(self.t_s[last]), float(self.altitude_km[first]), float(self.altitude_km[last])
        )


def reach(interceptor: str | None = None, flight: Flight | None = None, **given: float | tuple[float, ...]) -> Reach:
    """How far an interceptor reaches, and the windows in which it meets a flight.

    Args:
        interceptor: id of the catalogue (`entente catalogue interceptors`); None if everything is given.
        flight: as `en.fly` gives it; the interceptor may leave at any time, before its last burnout nothing is met.
        given: values in the place of the row's, numbers: lat_deg, lon_deg, burnout_speed_km_s (also as a tuple low, nominal,
            high), boost_s, floor_km, ceiling_km, min_range_km (what the burn covers if left out), max_range_km,
            commit_delay_s, handover_sigma_km, target_speed_max_km_s.
    Returns:
        Reach; without a flight and without a place what it reaches from anywhere.
    Raises:
        UnknownName: no such interceptor. ModelError: values that are missing, or outside the model, all at once; a
            nuclear-armed interceptor, which no model here fires.
    Valid: free flight over a sphere that does not turn, within 15 minutes; no air, so generous below 30 km. Where a least
        range is given, a faster interceptor never reaches less; where it is left out it may not, as its burn covers more.
    Source: Lagrange's time equation, Battin (1999), section 6.6; docs/explanation/reach.md.
    """
    title, values = _values(interceptor, given, needs_place=flight is not None)
    speeds = values.pop("burnout_speed_km_s")
    assert isinstance(speeds, tuple)
    levels = LEVELS if len(speeds) > 1 else ("nominal",)
    one: dict[str, float] = {name: float(value) for name, value in values.items() if not isinstance(value, tuple)}
    cans = [_can(speed, one) for speed in speeds]
    heights = np.linspace(one["floor_km"], one["ceiling_km"], 41)
    t, altitude, deadlines = np.empty(0), np.empty(0), np.empty((len(cans), 0))
    if flight is not None:
        t, altitude, path = coasting(flight)
        deadlines = np.array([_deadlines(path, t, one, can) for can in cans]) - one["commit_delay_s"]
        deadlines[deadlines < 0.0] = -math.inf  # nothing is committed to before the launch
    latest = None
    if flight is not None:
        best = deadlines.max(axis=1, initial=-math.inf)
        latest = np.where(np.isfinite(best), best, math.nan)
    return Reach(
        title=f"{title}, at sea" if _is_at_sea(one) else title,
        levels=levels,
        speeds_km_s=np.array(speeds),
        boost_s=one["boost_s"],
        floor_km=one["floor_km"],
        ceiling_km=one["ceiling_km"],
        commit_delay_s=one["commit_delay_s"],
        handover_sigma_km=one["handover_sigma_km"],
        heights_km=heights,
        _cans=tuple(cans),
        nearest_km=np.array([_nearest(can) / KM for can in cans]),
        latest_commit_s=latest,
        t_s=t,
        altitude_km=altitude,
        deadlines_s=deadlines,
    )


def _is_at_sea(values: Mapping[str, float]) -> bool:
    """Whether a site was given a place, and that is no land: then it is a ship's."""
    if "lat_deg" not in values or "lon_deg" not in values:
        return False
    return not bool(is_land(np.array(values["lat_deg"] * DEG), np.array(values["lon_deg"] * DEG)))


Values = dict[str, float | tuple[float, ...]]


def _values(
    interceptor: str | None, given: Mapping[str, float | tuple[float, ...]], needs_place: bool
) -> tuple[str, Values]:
    """The title, and every value that counts: those given, else the row's, else the one that means no limit."""
    row = None if interceptor is None else _row_of(interceptor)
    values: Values = dict(OPTIONAL)
    if row is not None:
        values |= _of_row(row)
    problems = [str(unknown("value", name, LIMITS)) for name in given if name not in LIMITS]
    for name, value in given.items():
        if name == "burnout_speed_km_s" and isinstance(value, tuple):
            problems += _speeds(value)
        elif name in LIMITS:
            problems += outside(name, value, *LIMITS[name])
        if name in LIMITS and value is not None:
            values[name] = value
    wanted = [
        "burnout_speed_km_s",
        "boost_s",
        "floor_km",
        "ceiling_km",
        *(("lat_deg", "lon_deg") if needs_place else ()),
    ]
    missing = [name for name in wanted if name not in values]
    if missing:
        problems.append(f"interceptor: {', '.join(missing)} left out; give them, or an interceptor of the catalogue")
    floor, ceiling = values.get("floor_km"), values.get("ceiling_km")
    if is_number(floor) and is_number(ceiling) and floor > ceiling:
        problems.append(f"floor_km: {floor:g} lies above ceiling_km {ceiling:g}; the floor must be the lower")
    if problems:
        raise ModelError("\n".join(problems))
    speeds = values["burnout_speed_km_s"]
    values["burnout_speed_km_s"] = tuple(map(float, speeds)) if isinstance(speeds, tuple) else (float(speeds),)
    return (row.title if row else "an interceptor of your own"), values


def _speeds(value: tuple[float, ...]) -> list[str]:
    name = "burnout_speed_km_s"
    problems = [line for one in value for line in needed(name, one, *LIMITS[name])]
    if not problems and (len(value) != 3 or not value[0] <= value[1] <= value[2]):
        problems.append(f"{name}: {value} is neither a number nor low, nominal, high in rising order")
    return problems


def _row_of(interceptor: str) -> Interceptor:
    known = {row.id: row for row in interceptors()}
    if interceptor not in known:
        raise unknown("interceptor", str(interceptor)[:40], known)
    if known[interceptor].nuclear_armed:
        raise ModelError(
            f"interceptor: {interceptor!r} is nuclear-armed; such interceptors are listed apart and fired by no model here"
        )
    return known[interceptor]


def _of_row(row: Interceptor) -> Values:
    speed = row.burnout_speed_km_s
    values: Values = {
        "lat_deg": row.lat_deg,
        "lon_deg": row.lon_deg,
        "burnout_speed_km_s": (speed.low, speed.nominal, speed.high) if speed.low < speed.high else speed.nominal,
        "boost_s": row.boost_s.nominal,
        "floor_km": row.floor_km.nominal,
        "ceiling_km": row.ceiling_km.nominal,
        "commit_delay_s": row.commit_delay_s.nominal,
        "handover_sigma_km": row.handover_sigma_km.nominal,
    }
    if row.range_max_km is not None:
        values["max_range_km"] = row.range_max_km.nominal
    if row.target_speed_max_km_s is not None:
        values["target_speed_max_km_s"] = row.target_speed_max_km_s.nominal
    return values


def _can(speed_km_s: float, values: Mapping[str, float]) -> Floats:
    """What it can do, as `physics.intercept.deadline` has it."""
    nearest = values["min_range_km"] * KM
    return np.array(
        [
            speed_km_s * KM_S,
            values["boost_s"],
            values["floor_km"] * KM,
            values["ceiling_km"] * KM,
            nearest,
            values["max_range_km"] * KM,
            values["target_speed_max_km_s"] * KM_S,
        ]
    )


def coasting(flight: Flight) -> tuple[Floats, Floats, Floats]:
    """Times, heights [km] and Earth-fixed positions [m] of a flight after its last burnout.

    Raises:
        ModelError: it is no flight.
    """
    if not isinstance(flight, Flight):
        raise ModelError(f"flight: {str(flight)[:40]!r} is none; give what en.fly or en.max_range returns")
    after = flight.t_s >= flight.events["burnout_s"]
    ground, up = surface(flight.lat_deg[after], flight.lon_deg[after])
    return flight.t_s[after], flight.altitude_km[after], ground + flight.altitude_km[after, None] * KM * up


def _deadlines(path: Floats, t: Floats, values: Mapping[str, float], can: Floats) -> Floats:
    lat, lon = values["lat_deg"] * DEG, values["lon_deg"] * DEG
    axes, out = np.empty((3, 3)), np.empty(len(t))
    enu_axes(lat, lon, axes)
    deadlines_many(path, t, np.array(ecef_from_geodetic(lat, lon, 0.0)), axes, can, out)
    return out


def _time_to(distance: float, height: float, speed: float, boost: float, nearest: float) -> float:
    """Time to a point at a distance along the ground and a height [m], on a sphere."""
    angle = distance / R_MEAN
    out, up = (R_MEAN + height) * math.sin(angle), (R_MEAN + height) * math.cos(angle) - R_MEAN
    return fly_out(out, 0.0, up, speed, boost, nearest)


def _farthest(height: float, can: Floats) -> float:
    """The largest distance along the ground at which a point at a height is met [m]; nan where none is, nor overhead."""

    def level(distance: float) -> float:
        return (R_MEAN + height) * math.sin(distance / R_MEAN)

    def meets(distance: float) -> bool:
        # Without the least range: that is a hole in the middle, told apart.
        return (
            _time_to(distance, height, float(can[SPEED]), 0.0, 0.0) + 0.5 * can[BOOST] <= LONGEST
            and level(distance) <= can[FARTHEST]
        )

    if not meets(0.0):
        return math.nan
    low, high = 0.0, FAR * R_MEAN
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if meets(middle) else (low, middle)
    return low


def _nearest(can: Floats) -> float:
    """The least distance that is met [m]: the one given, or what an even acceleration covers in the burn."""
    return float(can[NEAREST]) if can[NEAREST] >= 0.0 else 0.5 * float(can[SPEED] * can[BOOST])


def _stretches(can: Any) -> list[tuple[int, int]]:
    """First and last row of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], can, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in zip(edges[::2], edges[1::2], strict=True)]
